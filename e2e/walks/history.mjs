/** What is walked on a house with a few days of history: the board's numbers, the keyboard, a changed rule, refusals, and every screen in both themes and languages. */
import { House } from "../lib/house.mjs";
import { wanted } from "../lib/runner.mjs";
import { walkAccess } from "./access.mjs";
import { walkBoard } from "./board.mjs";
import { walkKeyboard } from "./keyboard.mjs";
import { walkRefusals } from "./refusals.mjs";
import { walkRules } from "./rules.mjs";

const DAYS = 5;

export async function walkHistory() {
  if (!["board", "keyboard", "refusal", "access", "rules"].some(wanted)) return;
  const house = await House.make("sqlite", DAYS);
  try {
    const said = await house.command("account", "add", "wang-new", "--name", "王新来", "--post", "pst_330109014218_desk_clerk");
    const first = /口令 (\S+?)（/.exec(said)?.[1];
    if (!first) throw new Error(`no first password in: ${said}`);
    const server = await house.serve();
    await walkBoard(server.url);
    await walkKeyboard(server.url);
    await walkAccess(server.url, first);
    await walkRules(server.url);
    await walkRefusals(server, first);
  } finally {
    await house.close();
  }
}
