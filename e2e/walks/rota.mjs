/** 值班: a month made by the chief and one swap; a night handed over, signed by both, and seen in the next shift's workbench. */
import { allLeave, sit } from "../lib/browser.mjs";
import { House } from "../lib/house.mjs";
import { test, wanted } from "../lib/runner.mjs";

/** @typedef {import("../lib/person.mjs").Person} Person */

const DESKS = ["shengzhong-desk", "shengzhong-desk-2", "shengzhong-desk-3", "shengzhong-desk-4"];

/** What stands at the top right: one's own name. @param {Person} person */
const ownName = async (person) => (await person.page.locator(".frame-top .who").innerText()).replace(/\s*▾\s*$/, "").trim();

/** The four of the desk, each at a screen. @param {string} url */
async function desk(url) {
  /** @type {Person[]} */
  const people = [];
  for (const login of DESKS) people.push(await (await sit(url, login)).logIn(login));
  return people;
}

/** The one whose name stands in a text. @param {Person[]} people @param {string} text */
async function named(people, text) {
  for (const person of people) if (text.includes(await ownName(person))) return person;
  throw new Error(`nobody of the desk is named in: ${text}`);
}

/** @param {string} url */
async function month(url) {
  await test("rota: a month is made, and two swap", async () => {
    const chief = await (await sit(url, "chief")).logIn("shengzhong-chief");
    await chief.menu("值班表");
    // Two months on nothing is laid out yet.
    for (let n = 0; n < 2; n += 1) await chief.page.getByRole("button", { name: "下一月" }).click();
    await chief.page.getByText("这个月还没有排班").waitFor();
    await chief.page.getByRole("button", { name: "排班…" }).first().click();
    const form = chief.page.getByRole("region", { name: "排班" });
    await form.getByRole("button", { name: "预览" }).click();
    await form.getByText("每一班都有人，没有空缺。").waitFor();
    await form.getByRole("button", { name: "保存为草稿" }).click();
    await chief.page.getByRole("button", { name: "发布草稿" }).click();
    await chief.page.getByRole("button", { name: "发布草稿" }).waitFor({ state: "detached" });
    // The month is walked by the keyboard: from a person's first day to the next.
    await chief.page.locator(".grid tbody button[tabindex='0']").focus();
    await chief.page.keyboard.press("ArrowRight");
    await chief.page.keyboard.press("Enter");
    await chief.page.locator(".two .sheet h2").first().waitFor();
    // The panel leaves the whole month in sight: its last column too.
    const [sum, width] = await chief.page.locator(".grid thead .sum").evaluate((cell) => [cell.getBoundingClientRect().right, cell.closest(".scroll")?.getBoundingClientRect().right ?? 0]);
    if (sum > width + 1) throw new Error(`the month's last column ends at ${sum}, its frame at ${width}`);
    await chief.shot("month");

    const people = await desk(url);
    const asks = people[0];
    if (!asks) throw new Error("no desk");
    await asks.menu("我的班次");
    const later = asks.page.getByRole("button", { name: /^申请…/ }).last();
    await later.click();
    const theirs = asks.page.getByLabel("与谁的班次交换");
    const choice = theirs.locator("option:not([value=''])").last();
    await choice.waitFor({ state: "attached" });
    const text = (await choice.textContent()) ?? "";
    await theirs.selectOption((await choice.getAttribute("value")) ?? "");
    await asks.page.getByLabel("理由").fill("家里老人复诊");
    await asks.page.getByRole("button", { name: "提交" }).click();
    await asks.page.getByText("待对方同意").first().waitFor();

    const other = await named(people, text);
    // Both heard of the month, and the other of what is asked.
    await other.page.locator("a.bell").click();
    await other.page.getByRole("link", { name: "有同事请您换班或顶班，请答复" }).waitFor();
    await other.page.getByRole("link", { name: "值班表已发布，请查看您的班次" }).first().waitFor();
    await other.page.getByRole("button", { name: /全部知道了/ }).click();
    await other.page.getByText("已读").nth(1).waitFor();
    await other.shot("told");
    await other.menu("我的班次");
    await other.page.getByText("家里老人复诊").first().waitFor();
    await other.page.getByRole("button", { name: "同意", exact: true }).first().click();
    await chief.menu("我的班次");
    await chief.page.getByRole("button", { name: "批准", exact: true }).first().click();
    await chief.page.getByRole("button", { name: "批准", exact: true }).first().waitFor({ state: "detached" });
    await asks.menu("工作台");
    await asks.menu("我的班次");
    await asks.page.getByText("已批准").first().waitFor();
    await allLeave();
  });
}

/** @param {string} url */
async function night(url) {
  await test("rota: a night is handed over", async () => {
    const clock = await (await sit(url, "clock")).logIn("command-1");
    const hour = async () => Number(/ (\d\d):/.exec((await clock.page.locator(".practice time").textContent()) ?? "")?.[1]);
    clock.provoked.add(401);
    for (let n = 0; n < 26 && (await hour()) !== 7; n += 1) {
      const before = await hour();
      await clock.page.locator(".practice select").selectOption(String(3_600_000));
      // Nobody's session lives through a night.
      await clock.page.waitForFunction((was) => document.querySelector("#login") || Number(/ (\d\d):/.exec(document.querySelector(".practice time")?.textContent ?? "")?.[1]) !== was, before);
      await clock.page.reload();
      await clock.page.locator("#login").or(clock.page.locator(".practice time")).first().waitFor();
      if (await clock.page.locator("#login").count()) await clock.enter();
    }
    const people = await desk(url);
    const first = people[0];
    if (!first) throw new Error("no desk");
    await first.menu("交接班");
    const goes = await named(people, await first.page.getByText(/^交班：/).innerText());
    const comes = await named(people, await first.page.getByText(/^接班：/).innerText());
    if (goes !== first) await goes.menu("交接班");
    // Every piece of the register is looked at; one radio is not there, and that takes a word.
    await goes.page.getByRole("radiogroup").first().waitFor();
    await goes.page.getByRole("radiogroup").first().getByLabel("缺失").check();
    await goes.page.getByRole("button", { name: "其余均完好" }).click();
    await goes.page.getByText("已逐件清点").waitFor();
    await goes.page.getByLabel("设备说明").fill("一件送修，单据在柜内");
    await goes.shot("hand-over");
    await goes.page.getByLabel("其他交代").fill("三组路灯坏了一盏，已报修");
    await goes.page.getByRole("button", { name: "交班签字" }).click();
    await goes.page.waitForURL(/\/hand-overs\/[^/]+$/);
    await goes.page.getByText("待接班人签字").first().waitFor();
    await comes.page.goto(new URL(goes.page.url()).pathname);
    await comes.page.getByText("三组路灯坏了一盏，已报修").waitFor();
    await comes.page.getByText("缺失", { exact: true }).waitFor();
    await comes.shot("hand-over-record");
    await comes.page.getByRole("button", { name: "接班签字" }).click();
    await comes.page.getByRole("button", { name: "接班签字" }).waitFor({ state: "detached" });
    await comes.menu("工作台");
    await comes.page.getByRole("tab", { name: /交接/ }).waitFor();
    await allLeave();
  });
}

export async function walkRota() {
  if (!["rota"].some(wanted)) return;
  const house = await House.make("sqlite", 3);
  try {
    const server = await house.serve();
    await month(server.url);
    await night(server.url);
  } finally {
    await house.close();
  }
}
