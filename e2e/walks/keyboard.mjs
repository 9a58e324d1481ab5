/** A desk worked with the keyboard alone: no mouse is touched, and the focus is never lost. */
import { allLeave, sit } from "../lib/browser.mjs";
import { test } from "../lib/runner.mjs";

/** @typedef {import("../lib/person.mjs").Person} Person */

/** Tabs on until something that fits has the focus. @param {Person} person @param {string} selector */
async function tabTo(person, selector) {
  for (let i = 0; i < 25; i += 1) {
    if (await person.page.evaluate((what) => document.activeElement?.matches(what), selector)) return;
    await person.page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${selector}`);
}

/** Waits until what has the focus fits. @param {Person} person @param {string} selector */
async function focused(person, selector) {
  await person.page.waitForFunction((what) => document.activeElement?.matches(what), selector).catch(async () => {
    const at = await person.page.evaluate(() => document.activeElement?.outerHTML.slice(0, 160));
    throw new Error(`the focus should be on ${selector} and is on ${at}`);
  });
}

/** Whether what has the focus can be seen to have it: an outline or a shadow that is not there without. @param {Person} person */
async function ringed(person) {
  const ring = await person.page.evaluate(() => {
    const one = document.activeElement;
    if (!one || one === document.body) return false;
    const box = one.closest(".el-input__wrapper") ?? one;
    return [one, box].some((it) => {
      const style = getComputedStyle(it);
      return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
    });
  });
  if (!ring) throw new Error(`the focus cannot be seen on ${await person.page.evaluate(() => document.activeElement?.outerHTML.slice(0, 160))}`);
}

/** @param {string} url */
export async function walkKeyboard(url) {
  await test("keyboard: a morning at the desk", async () => {
    const desk = await sit(url, "desk");
    await desk.album("keyboard");
    await desk.logIn("shengzhong-desk");
    const { page } = desk;
    const { keyboard } = page;
    await page.locator("tbody tr, .list .el-button").first().waitFor();

    // N: the words, then the short fields, the machine's view by Alt and a figure.
    await keyboard.press("n");
    await focused(desk, "#reg-said");
    await keyboard.type("盛中村 8 幢楼下邻居天天把电瓶车停在楼道里，楼上漏水也不管，吵了好几次");
    await tabTo(desk, "#reg-spot");
    await ringed(desk);
    await keyboard.type("盛中村 8 幢 1 单元");
    await tabTo(desk, "#reg-contact_phone");
    await keyboard.type("13957100456");
    await page.locator(".thoughts .offer").first().waitFor();
    for (const key of ["Alt+2", "Alt+3", "Alt+4"]) await keyboard.press(key);
    await page.waitForFunction(() => document.querySelectorAll(".thoughts .offer[aria-pressed=true]").length === 3);
    await desk.shot("register");
    await keyboard.press("Control+Enter");
    await focused(desk, ".receipt h2");
    const number = /已登记 (\S+)/.exec(await page.locator(".receipt h2").innerText())?.[1] ?? "";
    await desk.shot("receipt");

    // E: the first act, with what was accepted filled in; Esc leaves it and the focus stays where it was.
    await page.locator(".acts [data-act]").first().waitFor();
    await keyboard.press("e");
    await page.locator("form.act-form").waitFor();
    await desk.shot("first-act");
    await keyboard.press("Escape");
    await focused(desk, ".acts [data-act]");
    await ringed(desk);

    // N again: the next one.
    await keyboard.press("n");
    await focused(desk, "#reg-said");
    await keyboard.type("楼道灯不亮");
    await tabTo(desk, "#reg-spot");
    await keyboard.type("盛中村 9 幢");
    await tabTo(desk, "#reg-contact_phone");
    await keyboard.type("13957100457");
    await keyboard.press("Control+Enter");
    await focused(desk, ".receipt h2");
    // And a third, which is left before it is begun.
    await keyboard.press("n");
    await focused(desk, "#reg-said");
    await keyboard.press("Escape");
    await focused(desk, "body");

    // /: finds the matter by its number; Enter opens it.
    await keyboard.press("/");
    await focused(desk, "[role=search] input");
    await keyboard.type(number);
    await keyboard.press("Enter");
    await desk.row(number).waitFor();
    await keyboard.press("Escape");
    await keyboard.press("j");
    await focused(desk, "tbody tr a.title");
    await ringed(desk);
    await keyboard.press("Enter");
    await page.locator("header.top", { hasText: number }).waitFor();
    await focused(desk, "main h1");

    // A note by keyboard: to the button, into the words, Ctrl+Enter; afterwards the next thing has the focus.
    await tabTo(desk, ".acts [data-act=note]");
    await keyboard.press("Enter");
    await focused(desk, "form.act-form textarea");
    await keyboard.type("来电人说晚上七点后在家");
    await keyboard.press("Control+Enter");
    await page.locator(".acts .told").waitFor();
    await focused(desk, ".acts button");
    await desk.shot("noted");

    // W, J, K: up and down the pile.
    await keyboard.press("w");
    await page.locator("main h1", { hasText: "工作台" }).waitFor();
    const rows = page.locator("tbody tr");
    await rows.nth(1).waitFor();
    await keyboard.press("j");
    await keyboard.press("j");
    await focused(desk, "tbody tr:nth-child(2) a.title");
    await keyboard.press("k");
    await focused(desk, "tbody tr:nth-child(1) a.title");
    await desk.shot("workbench");
    await keyboard.press("e");
    await page.locator("aside form.act-form, aside .acts").first().waitFor();
    await desk.shot("beside");
    await keyboard.press("Escape");
    if (await page.locator("aside.side").count()) await keyboard.press("Escape");
    await focused(desk, "tbody tr a.title");

    // ?: the keys that count here; Esc closes the sheet.
    await keyboard.press("?");
    await focused(desk, ".keys-sheet");
    await desk.shot("keys");
    await keyboard.press("Escape");
    await page.locator(".keys-sheet").waitFor({ state: "detached" });
    await focused(desk, "button, a");
    await allLeave();
  });
}
