/** What goes wrong at a desk: somebody was faster, the line is cut, the page is loaded anew, the password is another's. */
import { allLeave, sit } from "../lib/browser.mjs";
import { test } from "../lib/runner.mjs";

/** @typedef {import("../lib/house.mjs").Server} Server */

/** @param {Server} server @param {string} first the first password of the new account */
export async function walkRefusals(server, first) {
  await test("refusal: somebody else was faster, and one's own words are kept", async () => {
    const officer = await (await sit(server.url, "officer")).logIn("enforcement-officer");
    const head = await (await sit(server.url, "head")).logIn("enforcement-head");
    await officer.album("refusals");
    await officer.page.getByRole("tab", { name: /在办/ }).click();
    await officer.page.locator("tbody tr", { hasText: "办理中" }).first().waitFor();
    const number = (await officer.page.locator("tbody tr", { hasText: "办理中" }).first().locator(".number").innerText()).trim();
    await officer.find(number);
    await head.find(number);

    const form = await officer.begin("record");
    await officer.fill(form, "做了什么", "写到一半的处置情况");
    await head.act("note", { 备注: "请注意当事人情绪" });
    await form.locator("[role=alert]", { hasText: "备注" }).waitFor();
    await officer.shot("changed");
    const kept = await form.locator("textarea").first().inputValue();
    if (kept !== "写到一半的处置情况") throw new Error(`one's own words became “${kept}”`);
    await officer.send(form);
    await officer.page.locator(".trail .words", { hasText: "写到一半的处置情况" }).waitFor();

    // The same where the screen could not know: the stream comes too late, and the server refuses.
    const second = await officer.begin("record");
    await officer.fill(second, "做了什么", "再写一次");
    await officer.page.route(/\/api\/v1\/matters\/[^/]+$/, (route) => route.abort());
    officer.cut = true;
    // The head has heard of the record; else it would be the head who is refused.
    await head.page.locator(".trail .words", { hasText: "写到一半的处置情况" }).waitFor();
    await head.act("note", { 备注: "再提醒一次" });
    await officer.provoke(409, async () => {
      await second.locator("button[type=submit]").click();
      await second.locator("[role=alert]", { hasText: "备注" }).waitFor();
    });
    await officer.page.unroute(/\/api\/v1\/matters\/[^/]+$/);
    if ((await second.locator("textarea").first().inputValue()) !== "再写一次") throw new Error("the words were lost with the refusal");
    await officer.shot("refused");
    await second.locator("button[type=submit]").click();
    await officer.page.locator(".acts .told").waitFor();
    officer.cut = false;
    await allLeave();
  });

  await test("refusal: a half-written registration survives a reload", async () => {
    const desk = await (await sit(server.url, "desk")).logIn("shengzhong-desk");
    await desk.album("refusals");
    await desk.menu("受理登记");
    const form = desk.page.locator("form.words");
    await desk.fill(form, "说了什么", "路灯坏了三天，晚上看不见");
    await desk.fill(form, "哪里", "盛中村文化礼堂东侧");
    // At once: the last letters before a reload or a closed window are words too.
    await desk.page.reload();
    await desk.page.getByText(/接着 .* 的草稿写/).waitFor();
    for (const [label, words] of [
      ["说了什么", "路灯坏了三天，晚上看不见"],
      ["哪里", "盛中村文化礼堂东侧"],
    ]) {
      const kept = await desk.field(form, label).locator("textarea, input").first().inputValue();
      if (kept !== words) throw new Error(`${label} became “${kept}”`);
    }
    await desk.shot("draft");
    await allLeave();
  });

  await test("refusal: the line is cut, and what was written goes when it is back", async () => {
    const desk = await (await sit(server.url, "desk")).logIn("xinhe-desk");
    await desk.album("refusals");
    await desk.menu("受理登记");
    const form = desk.page.locator("form.words");
    await desk.fill(form, "说了什么", "小区门口垃圾堆了一周没人清");
    await desk.fill(form, "哪里", "新和社区北门");
    await desk.fill(form, "电话", "13757100789");
    desk.cut = true;
    await server.stop();
    await desk.page.keyboard.press("Control+Enter");
    await desk.page.getByText("还没有送出").waitFor();
    await desk.page.locator(".lost", { hasText: "连接中断" }).waitFor();
    await desk.shot("cut");
    await server.start();
    await desk.page.locator(".receipt h2").waitFor({ timeout: 20_000 });
    await desk.page.locator(".lost").waitFor({ state: "detached", timeout: 20_000 });
    desk.cut = false;
    await desk.menu("事项");
    const rows = desk.page.locator("tbody tr", { hasText: "小区门口垃圾堆了一周没人清" });
    await rows.first().waitFor();
    if ((await rows.count()) !== 1) throw new Error("it was sent more than once");
    await allLeave();
  });

  await test("refusal: a first password opens nothing until it is changed", async () => {
    const fresh = await sit(server.url, "new");
    await fresh.album("refusals");
    const { page } = fresh;
    await page.goto("/");
    await page.waitForFunction(() => document.activeElement?.id === "login");
    await page.keyboard.press("Enter");
    await page.getByText("请输入帐号和密码").waitFor();
    const enter = async (/** @type {string} */ password) => {
      await page.getByLabel("帐号").fill("wang-new");
      await page.getByLabel("密码").fill(password);
      await page.keyboard.press("Enter");
    };
    await enter("不是这个");
    await page.getByRole("alert").filter({ hasText: "不对" }).waitFor();
    await enter(first);
    await page.locator("h1", { hasText: "请先更换初始密码" }).waitFor();
    await fresh.shot("first-password");
    await page.goto("/matters");
    await page.locator("h1", { hasText: "请先更换初始密码" }).waitFor();

    const submit = page.getByRole("button", { name: "更换密码" });
    const old = page.getByLabel("原密码");
    const [one, again] = [page.getByLabel("新密码", { exact: true }), page.getByLabel("再输一次新密码")];
    await submit.click();
    await page.getByText("请输入原密码").waitFor();
    await page.getByText("请输入新密码").waitFor();
    await page.waitForFunction(() => document.activeElement?.id === "pw-old");
    await old.fill(first);
    await one.fill("短");
    await again.fill("短");
    await fresh.provoke(422, async () => {
      await submit.click();
      await page.locator("#pw-new-error").waitFor();
    });
    await fresh.shot("too-short");
    await one.fill("清晨的运河边有三只白鹭");
    await again.fill("清晨的运河边有三只白鹭");
    await submit.click();
    await page.locator("main h1", { hasText: "工作台" }).waitFor();
    await page.locator(".desk .list tbody tr, .desk .list .el-button").first().waitFor();
    await page.locator(".tabs .n").first().waitFor();
    await page.getByRole("button", { name: /王新来/ }).click();
    await page.getByRole("button", { name: "退出登录" }).click();
    await enter("清晨的运河边有三只白鹭");
    await page.locator("main h1", { hasText: "工作台" }).waitFor();
    await allLeave();
  });
}
