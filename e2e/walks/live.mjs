/** What one does, the others see within a second: in a list, on the matter's page, on the board; through another instance too. */
import { allLeave, sit } from "../lib/browser.mjs";
import { test } from "../lib/runner.mjs";
import { takeCall } from "./loop.mjs";

/** @typedef {import("../lib/person.mjs").Person} Person */

const MOST_MS = 1000;

/**
 * Waits at a screen, from now on, until a selector shows a text; gives the instant. Watches the document itself, for a poll would measure its own pace.
 * @param {Person} person @param {string} selector @param {string} text
 * @returns {Promise<number>}
 */
function sees(person, selector, text) {
  return person.page.evaluate(
    ([where, what]) =>
      new Promise((then, fail) => {
        const shows = () => [...document.querySelectorAll(where)].some((one) => one.textContent?.includes(what));
        if (shows()) fail(new Error(`${where} shows ${what} already`));
        const eye = new MutationObserver(() => {
          if (!shows()) return;
          eye.disconnect();
          then(Date.now());
        });
        eye.observe(document.body, { subtree: true, childList: true, characterData: true });
        setTimeout(() => fail(new Error(`${where} did not show ${what} within 10 s`)), 10_000);
      }),
    [selector, text],
  );
}

/**
 * The instant at which the server said yes to the next act of this person.
 * @param {Person} person @param {RegExp} address
 */
async function saysYes(person, address) {
  const answer = await person.page.waitForResponse((one) => one.request().method() === "POST" && address.test(one.url()));
  await answer.finished();
  const { startTime, responseStart } = answer.request().timing();
  return startTime + responseStart;
}

/** @param {"sqlite" | "postgres"} engine @param {string} here @param {string} there address of another instance, or the same */
export async function walkLive(engine, here, there) {
  await test(`${engine}: live${here === there ? "" : ", through another instance"}`, async () => {
    const desk = await (await sit(here, "desk")).logIn("shengzhong-desk");
    const command = await (await sit(there, "command")).logIn("command-1");
    const officer = await (await sit(there, "officer")).logIn("housing-officer");
    const head = await (await sit(here, "head")).logIn("housing-head");
    await command.menu("指挥室");
    await command.page.locator(".station").first().waitFor();
    await head.menu("事项");

    /** @type {string[]} */
    const lines = [];
    /** @param {string} what @param {Promise<number>} done @param {Promise<number>[]} seen */
    const measure = (what, done, ...seen) => {
      const whole = compare(what, done, seen);
      // It is awaited after the act; until then its failure must wait too.
      whole.catch(() => undefined);
      return whole;
    };
    /** @param {string} what @param {Promise<number>} done @param {Promise<number>[]} seen */
    const compare = async (what, done, seen) => {
      const [at, ...instants] = await Promise.all([done, ...seen]);
      const spans = instants.map((instant) => Math.max(0, Math.round(instant - at)));
      lines.push(`        ${what}: ${spans.join(", ")} ms`);
      if (Math.max(...spans) > MOST_MS) throw new Error(`${what} was seen after ${spans.join(", ")} ms`);
    };

    const registering = measure("registered → board", saysYes(desk, /\/reports$/), sees(command, ".now", "登记"));
    const number = await takeCall(desk);
    await registering;

    await desk.find(number);
    await command.find(number);
    const dispatching = measure("dispatched → workbench of the unit, page of the desk", saysYes(command, /\/acts\/dispatch$/), sees(officer, "tbody", number), sees(desk, ".trail .head strong", "交办"));
    await command.act("dispatch", { 主办: "住建（房管）所", 类别: "其他邻里纠纷", 级别: "一般" });
    await dispatching;

    await officer.row(number).locator("a.title").click();
    const accepting = measure("accepted → list of the head, page of the command room", saysYes(officer, /\/acts\/accept$/), sees(head, "tbody tr .marks", "办理中"), sees(command, ".trail .head strong", "签收"));
    await officer.act("accept");
    await accepting;

    await command.menu("指挥室");
    await command.page.locator(".station").first().waitFor();
    const noting = measure("noted → page of the officer, board", saysYes(desk, /\/acts\/note$/), sees(officer, ".trail .words", "住户又来电"), sees(command, ".now", "备注"));
    await desk.act("note", { 备注: "住户又来电，问什么时候来人" });
    await noting;
    console.log(lines.join("\n"));
    await allLeave();
  });
}
