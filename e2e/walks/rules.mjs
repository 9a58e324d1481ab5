/** A rule is changed on the screen with what it would move, and then undone. */
import { allLeave, sit } from "../lib/browser.mjs";
import { test } from "../lib/runner.mjs";

/** @param {string} url */
export async function walkRules(url) {
  await test("rules: a period is changed with a preview of what it moves, then undone", async () => {
    const head = await (await sit(url, "head")).logIn("command-head");
    await head.album("rules");
    await head.menu("规则");
    const { page } = head;
    await page.getByRole("button", { name: "一般事项办结", exact: true }).click();
    const span = page.locator("form.form label.span input");
    const was = await span.inputValue();
    await page.locator(".versions li").first().waitFor();
    await head.shot("rule");

    // What cannot be read is refused at its cell.
    await span.fill("很快");
    await head.provoke(422, async () => {
      await page.locator("[data-act='look']").click();
      await page.locator("label.span [role=alert]").waitFor();
    });
    await head.shot("unreadable");

    // Looked at: how many, whose, by how much; and nothing has moved yet.
    const look = async () => {
      await page.locator("[data-act='look']").click();
      await page.locator(".preview h3", { hasText: /件未办结事项会变动/ }).waitFor();
      return Number((await page.locator(".preview h3").innerText()).match(/^(\d+)/)?.[1]);
    };
    await span.fill("5d");
    await page.locator("label.source input").fill("街道 2026 年第 9 号通知（演示）");
    const moves = await look();
    const units = await page.locator(".preview tbody tr").count();
    if (!moves || !units) throw new Error(`${moves} matters of ${units} units`);
    await page.locator(".preview tbody tr", { hasText: "提前 2 天" }).first().waitFor();
    await head.shot("preview");

    await page.locator(".preview .el-checkbox").click();
    await page.locator("[data-act='keep']").click();
    await page.locator(".versions li", { hasText: "第 2 版" }).waitFor();

    // Undone: the first version is filled in, looked at, and set again; the same matters move back.
    await page.locator(".versions li", { hasText: "第 1 版" }).locator("[data-act='back']").click();
    if ((await span.inputValue()) !== was) throw new Error(`the first version says ${await span.inputValue()}`);
    const back = await look();
    if (back !== moves) throw new Error(`${moves} moved and ${back} would move back`);
    await page.locator(".preview .el-checkbox").click();
    await page.locator("[data-act='keep']").click();
    await page.locator(".versions li", { hasText: "第 3 版" }).waitFor();
    await head.shot("undone");
    await allLeave();
  });
}
