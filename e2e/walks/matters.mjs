/** Real matters on one engine: what one does is seen by the others at once, and two matters go once round the loop. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { allLeave } from "../lib/browser.mjs";
import { House } from "../lib/house.mjs";
import { skip, test, wanted } from "../lib/runner.mjs";
import { walkLive } from "./live.mjs";
import { INJURY, NEIGHBOURS, roundTheLoop, seven, takeCall } from "./loop.mjs";

/** Public appeals that lie beside the repository where it is worked on. */
const APPEALS = fileURLToPath(new URL("../../../shared/data/appeals-hunan/appeals_labelled.csv.gz", import.meta.url));
const MAP = fileURLToPath(new URL("../../docs/guide/maps/hunan_labelled.toml", import.meta.url));
/** Source ids of the three that are imported: a worker hurt on a site, a building left unfinished, a pavement taken by a fence. */
const IDS = ["5315", "37", "24"];

/** Cuts the header and three rows; quoted fields may hold line breaks. @param {string} text @param {string[]} ids */
function cut(text, ids) {
  const rows = text.match(/(?:"(?:[^"]|"")*"|[^\n"])+/g) ?? [];
  const chosen = rows.filter((row, i) => i === 0 || ids.includes(row.split(",")[0] ?? ""));
  if (chosen.length !== ids.length + 1) throw new Error(`found ${chosen.length - 1} of ${ids.length} appeals`);
  return `${chosen.join("\n")}\n`;
}

/** Brings the appeals in; gives the title of the first, or nothing when there is no file. @param {House} house */
async function bringIn(house) {
  const packed = await readFile(APPEALS).catch(() => null);
  if (!packed) return null;
  const file = path.join(house.folder, "appeals.csv");
  const text = gunzipSync(packed).toString("utf8").replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
  await writeFile(file, cut(text, IDS));
  const said = await house.command("import", "reports", file, "--map", MAP, "--station", "330109014218");
  if (!said.includes("新建 3")) throw new Error(`the import said: ${said}`);
  const again = await house.command("import", "reports", file, "--map", MAP, "--station", "330109014218");
  if (!again.includes("未变 3")) throw new Error(`the second import said: ${again}`);
  return "拒绝支付医疗费";
}

/** @param {"sqlite" | "postgres"} engine */
export async function walkMatters(engine) {
  if (!["live", "phone", "appeal"].some((name) => wanted(`${engine}: ${name}`))) return;
  const house = await House.make(engine, 0);
  try {
    const title = await bringIn(house);
    const server = await house.serve();
    const other = engine === "postgres" ? await house.serve() : server;
    await walkLive(engine, server.url, other.url);

    await test(`${engine}: phone call once round the loop`, async () => {
      const people = await seven(server.url, NEIGHBOURS, [engine, "phone"]);
      const empty = engine === "sqlite";
      const number = await takeCall(people.desk, empty);
      await roundTheLoop(people, number, NEIGHBOURS, { empty });
      await allLeave();
    });

    if (title === null) skip(`${engine}: appeal`, `${APPEALS} is not here`);
    else
      await test(`${engine}: appeal from Hunan once round the loop`, async () => {
        const people = await seven(server.url, INJURY, [engine, "appeal"]);
        const { desk } = people;
        // The clerk finds what was imported among the matters of the station, and where it came from.
        await desk.menu("事项");
        const row = desk.page.locator("tbody tr", { hasText: title });
        await row.waitFor();
        await desk.shot("imported");
        const number = (await row.locator(".number").innerText()).trim();
        await row.locator("a.title").click();
        await desk.page.getByText(/导入自 appeals\.csv .*第 \d+ 行/).waitFor();
        await desk.shot("lineage");
        await roundTheLoop(people, number, INJURY);
        await allLeave();
      });
  } finally {
    await house.close();
  }
}
