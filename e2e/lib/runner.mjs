/** A runner of a few lines: walks go one after the other, because they are people who wait for each other, and the last line says how many passed. */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Pictures of each step, not kept in the repository; looked at as the person who works there. SHOTS names another folder, so that two runs do not wipe each other's. */
export const SHOTS = process.env.SHOTS ?? fileURLToPath(new URL("../shots", import.meta.url));

/** The longest that one walk may take. */
const LONGEST_MS = 180_000;

let passed = 0;
let failed = 0;
/** @type {{ name: string, why: unknown }[]} */
const failures = [];
/** What is looked at when a walk fails: everybody's screen. @type {(name: string) => Promise<void>} */
let whenFailed = async () => undefined;

/** @param {(name: string) => Promise<void>} then */
export function lookWhenFailed(then) {
  whenFailed = then;
}

const only = process.env.ONLY ? new RegExp(process.env.ONLY) : null;

/** Whether a walk of this name was asked for; all are, unless ONLY holds a pattern. @param {string} name */
export const wanted = (name) => only === null || only.test(name);

/**
 * One walk.
 * @param {string} name
 * @param {() => Promise<void>} walk
 */
export async function test(name, walk) {
  if (!wanted(name)) return;
  const start = performance.now();
  /** @type {NodeJS.Timeout | undefined} */
  let alarm;
  const late = new Promise((_, reject) => {
    alarm = setTimeout(() => reject(new Error(`not done after ${LONGEST_MS / 1000} s`)), LONGEST_MS);
  });
  try {
    await Promise.race([walk(), late]);
    passed += 1;
    console.log(`ok      ${name} (${seconds(start)})`);
  } catch (why) {
    failed += 1;
    failures.push({ name, why });
    console.log(`FAILED  ${name} (${seconds(start)})`);
    console.log(indent(told(why)));
    await whenFailed(name).catch(() => undefined);
  } finally {
    clearTimeout(alarm);
  }
}

/** Says loudly that something was not tried, and why. @param {string} what @param {string} why */
export function skip(what, why) {
  console.log(`SKIPPED ${what}: ${why}`);
}

/** @param {number} start */
const seconds = (start) => `${((performance.now() - start) / 1000).toFixed(1)} s`;
/** @param {unknown} why */
const told = (why) => (why instanceof Error ? (why.stack ?? why.message) : String(why));
/** @param {string} text */
const indent = (text) => text.replace(/^/gm, "        ");

/** Says what failed once more and the closing line; gives the exit code. */
export function close() {
  for (const { name, why } of failures) console.log(`\n${name}\n${indent(told(why).split("\n").slice(0, 6).join("\n"))}`);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed ? 1 : 0;
}

/** A folder for pictures. @param {...string} names */
export async function shotFolder(...names) {
  const folder = path.join(SHOTS, ...names);
  await mkdir(folder, { recursive: true });
  return folder;
}
