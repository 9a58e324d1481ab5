/**
 * Walks through the screens in a real browser, on SQLite and, if TEST_POSTGRES_URL names one, on PostgreSQL.
 * XINJIEAN_BIN is the binary to walk through, CHROMIUM the browser; ONLY is a pattern of walks for trying one by itself.
 */
import { rm } from "node:fs/promises";
import { closeBrowser, openBrowser, picturesOfAll } from "./lib/browser.mjs";
import { House, POSTGRES } from "./lib/house.mjs";
import { SHOTS, close, lookWhenFailed, shotFolder, skip } from "./lib/runner.mjs";
import { walkClasses } from "./walks/classes.mjs";
import { walkHistory } from "./walks/history.mjs";
import { walkMatters } from "./walks/matters.mjs";
import { walkNotices } from "./walks/notices.mjs";
import { walkPlaces } from "./walks/places.mjs";
import { walkRota } from "./walks/rota.mjs";

const start = performance.now();
await rm(SHOTS, { recursive: true, force: true });
await shotFolder("failed");
lookWhenFailed(picturesOfAll);
await openBrowser();
try {
  await walkHistory();
  await walkPlaces();
  await walkRota();
  await walkNotices();
  await walkClasses();
  await walkMatters("sqlite");
  if (POSTGRES) await walkMatters("postgres");
  else skip("everything on PostgreSQL", "TEST_POSTGRES_URL is not set");
} finally {
  await closeBrowser();
}
console.log(`\n${((performance.now() - start) / 1000).toFixed(0)} s together`);
process.exitCode = close();
