/** Each number of the board opens the rows that it counts. */
import { allLeave, sit } from "../lib/browser.mjs";
import { test } from "../lib/runner.mjs";

/** Stations whose numbers are opened; the others are made by the same lines. */
const STATIONS = 4;

/** @param {string} url */
export async function walkBoard(url) {
  await test("board: every number opens its rows", async () => {
    const command = await (await sit(url, "command")).logIn("command-1");
    const { page } = command;
    await command.menu("指挥室");
    await page.locator(".station").first().waitFor();
    const stations = await page.locator(".station").count();
    if (stations !== 26) throw new Error(`the board shows ${stations} stations`);

    const selectors = [
      ...Array.from({ length: await page.locator(".room a").count() }, (_, i) => `.room li:nth-child(${i + 1}) a`),
      ...Array.from({ length: STATIONS }, (_, s) => [1, 2, 3, 4].map((n) => `.station:nth-child(${s + 1}) .numbers a:nth-child(${n})`)).flat(),
    ];
    let opened = 0;
    for (const selector of selectors) {
      // The hours go on while one looks, so a number may move between two glances; twice in a row it does not.
      const [n, rows] = (await glance(command, selector)) ?? (await glance(command, selector)) ?? [0, 0];
      if (n !== rows) throw new Error(`${selector} says ${n} and opens ${rows}`);
      if (n) opened += 1;
    }
    if (opened < 8) throw new Error(`only ${opened} numbers of the board were not nought`);
    await allLeave();
  });
}

/** Opens a number; gives it with the count of what it opened, nothing if they differ at the first glance. @param {import("../lib/person.mjs").Person} person @param {string} selector */
async function glance(person, selector) {
  const { page } = person;
  const link = page.locator(selector);
  await link.waitFor();
  const n = Number(/\d+/.exec(await link.innerText())?.[0]);
  await link.click();
  const total = page.locator(".desk footer span").first();
  const none = page.locator(".desk .list").getByText(/^没有/);
  await total.or(none).first().waitFor();
  const rows = (await none.count()) ? 0 : Number(/\d+/.exec(await total.innerText())?.[0]);
  await person.menu("指挥室");
  if (n === rows || seen.has(selector)) return /** @type {const} */ ([n, rows]);
  seen.add(selector);
  return null;
}

/** Numbers that differed once. */
const seen = new Set();
