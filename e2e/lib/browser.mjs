/** The browser, and people at it: each has a context of their own, so that seven are logged in at once. */
import path from "node:path";
import { chromium } from "playwright-core";
import { SHOTS } from "./runner.mjs";
import { Person } from "./person.mjs";

// The network of a test machine is closed; the browser must not look for it.
const FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** The desk machines' screens. */
export const DESK = { width: 1366, height: 768 };
/** The larger ones. */
export const WIDE = { width: 1920, height: 1080 };

/** @type {import("playwright-core").Browser | undefined} */
let browser;
/** @type {Set<Person>} */
const people = new Set();

export async function openBrowser() {
  const root = process.getuid?.() === 0;
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: root ? ["--no-sandbox", ...FLAGS] : FLAGS });
}

export async function closeBrowser() {
  await browser?.close();
}

/**
 * Somebody at a screen of their own, not logged in yet.
 * @param {string} url where the installation is served
 * @param {string} name whose screen it is, in messages and names of pictures
 * @param {{ width: number, height: number }} viewport
 */
export async function sit(url, name, viewport = DESK) {
  if (!browser) throw new Error("the browser is not open");
  const context = await browser.newContext({ baseURL: url, viewport, locale: "zh-CN", timezoneId: "Asia/Shanghai", serviceWorkers: "block", reducedMotion: "reduce", colorScheme: "light" });
  context.setDefaultTimeout(20_000);
  const person = new Person(context, await context.newPage(), name);
  people.add(person);
  context.on("close", () => people.delete(person));
  return person;
}

/** Everybody goes home; a screen on which something went wrong that no walk expected is a failure. */
export async function allLeave() {
  const complaints = [...people].flatMap((person) => person.complaints.map((said) => `${person.name}: ${said}`));
  await Promise.all([...people].map((person) => person.context.close()));
  people.clear();
  if (complaints.length) throw new Error(`the browser complained:\n${complaints.join("\n")}`);
}

/** Pictures of all screens, when a walk failed. @param {string} walk */
export async function picturesOfAll(walk) {
  const folder = path.join(SHOTS, "failed");
  for (const person of people) {
    await person.page.screenshot({ path: path.join(folder, `${walk.replaceAll(/[^\p{L}\p{N}]+/gu, "-")}-${person.name}.png`) }).catch(() => undefined);
  }
  await Promise.all([...people].map((person) => person.context.close().catch(() => undefined)));
  people.clear();
}
