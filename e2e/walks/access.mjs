/** Every screen for everybody: axe finds nothing, in both themes and languages; nothing is cut at the sizes of the desks; no word is left untranslated. */
import AxeBuilder from "@axe-core/playwright";
import path from "node:path";
import { DESK, WIDE, allLeave, sit } from "../lib/browser.mjs";
import { shotFolder, test } from "../lib/runner.mjs";
import { watchData } from "../lib/data.mjs";

/** @typedef {import("../lib/person.mjs").Person} Person */

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/**
 * A screen: who looks at it, where it is, what shows that it is there, and what is done to it before it is looked at.
 * @typedef {{ name: string, who: string | null, path: string, ready: string, then?: (page: import("playwright-core").Page) => Promise<void> }} Screen
 */

/** @type {(matter: string) => Screen[]} */
const screens = (matter) => [
  { name: "login", who: null, path: "/login", ready: "#login" },
  { name: "first-password", who: "wang-new", path: "/first-password", ready: "#pw-old" },
  { name: "workbench", who: "shengzhong-desk", path: "/workbench", ready: "tbody tr" },
  { name: "workbench-beside", who: "shengzhong-desk", path: "/workbench", ready: "tbody tr", then: async (page) => {
    await page.locator("tbody tr .next button").first().click();
    await page.locator("aside .acts").waitFor();
  } },
  { name: "register", who: "shengzhong-desk", path: "/register", ready: "#reg-said", then: async (page) => {
    await page.locator("#reg-said").fill("盛中村 5 幢楼上漏水，邻居不肯修，房东不退押金，电动车还在楼道里充电");
    await page.locator("#reg-spot").fill("盛中村 5 幢");
    await page.locator(".thoughts .offer").first().waitFor();
  } },
  { name: "register-refused", who: "shengzhong-desk", path: "/register", ready: "#reg-said", then: async (page) => {
    await page.locator("#reg-said").fill("");
    await page.locator("#reg-spot").fill("");
    await page.keyboard.press("Control+Enter");
    await page.locator(".datum.bad").first().waitFor();
  } },
  { name: "matters", who: "command-1", path: "/matters", ready: "tbody tr" },
  { name: "matters-filters", who: "command-1", path: "/matters", ready: "tbody tr", then: async (page) => {
    await page.locator(".chips > button").click();
    await page.locator("#chip-category").click();
    await page.locator("[role=option]").first().waitFor();
  } },
  { name: "matter", who: "enforcement-officer", path: `/matters/${matter}`, ready: "header.top", then: async (page) => {
    await page.locator("header.top button[aria-controls]").click();
    await page.locator("#clock-why").waitFor();
  } },
  { name: "matter-act", who: "enforcement-officer", path: `/matters/${matter}`, ready: "header.top", then: async (page) => {
    await page.locator(".acts [data-act]").first().click();
    await page.locator("form.act-form").waitFor();
  } },
  { name: "checks", who: "checker-1", path: "/checks", ready: ".desk .list" },
  { name: "callbacks", who: "callback-1", path: "/callbacks", ready: ".desk .list" },
  { name: "board", who: "command-1", path: "/board", ready: ".station" },
  { name: "notices", who: "enforcement-head", path: "/notices", ready: "section.sheet" },
  { name: "account", who: "command-1", path: "/account", ready: "main h1" },
  { name: "nowhere", who: "command-1", path: "/nicht/da", ready: "main h1" },
  { name: "keys", who: "command-1", path: "/workbench", ready: "main h1", then: async (page) => {
    await page.keyboard.press("?");
    await page.locator(".keys-sheet").waitFor();
  } },
  { name: "menu", who: "command-1", path: "/workbench", ready: "main h1", then: async (page) => {
    await page.locator(".frame-top .who").click();
    await page.locator("#account-menu").waitFor();
  } },
];

/** The screens of those who keep the house: the network, shifts, notices, accounts, what is kept. @type {Screen[]} */
const OFFICE = [
  { name: "units", who: "system-admin", path: "/units", ready: "tbody tr" },
  { name: "unit", who: "command-head", path: "/units", ready: "tbody tr", then: async (page) => {
    await page.locator("tbody a", { hasText: "盛中村综治站" }).first().click();
    await page.locator("#duties").waitFor();
  } },
  { name: "unit-here", who: "command-head", path: "/units", ready: "tbody tr", then: async (page) => {
    await page.locator("tbody a[href$='/here']").first().click();
    await page.locator(".sheet table").first().waitFor();
  } },
  { name: "places", who: "system-admin", path: "/places", ready: ".sheet", then: async (page) => {
    await page.getByText("盛中村", { exact: true }).first().click();
  } },
  { name: "duties", who: "system-admin", path: "/places/duties", ready: ".sheet" },
  { name: "places-import", who: "system-admin", path: "/places/import", ready: "input[type=file]" },
  { name: "rota", who: "shengzhong-chief", path: "/rota", ready: ".grid tbody", then: async (page) => {
    await page.locator(".grid tbody button[tabindex='0']").focus();
    await page.keyboard.press("Enter");
    await page.locator(".two .sheet h2").first().waitFor();
  } },
  { name: "my-shifts", who: "shengzhong-desk", path: "/rota/mine", ready: ".sheet li" },
  { name: "hand-overs", who: "shengzhong-desk", path: "/rota/hand-overs", ready: ".sheet li" },
  { name: "hand-over", who: "shengzhong-desk", path: "/rota/hand-overs", ready: "main a[href*='/hand-overs/']", then: async (page) => {
    await page.locator("main a[href*='/hand-overs/']").first().click();
    await page.locator("main table").first().waitFor();
  } },
  { name: "rules", who: "shengzhong-desk", path: "/rules", ready: "tbody tr" },
  { name: "rule", who: "command-head", path: "/rules", ready: "tbody tr", then: async (page) => {
    await page.locator("tbody button").first().click();
    await page.locator(".versions li").first().waitFor();
    await page.locator("[data-act='look']").waitFor();
  } },
  { name: "ways", who: "enforcement-head", path: "/notices/ways", ready: "section.sheet" },
  { name: "channels", who: "system-admin", path: "/channels", ready: "tbody tr" },
  { name: "letters", who: "system-admin", path: "/letters", ready: "main .sheet li" },
  { name: "people", who: "security-admin", path: "/accounts", ready: "tbody tr" },
  { name: "person", who: "security-admin", path: "/accounts", ready: "tbody tr", then: async (page) => {
    await page.locator("tbody a").first().click();
    await page.locator("#state-title").waitFor();
  } },
  { name: "account-trail", who: "auditor", path: "/account-trail", ready: "tbody tr" },
  { name: "policy", who: "security-admin", path: "/policy", ready: "tbody tr" },
  { name: "keeping", who: "archivist", path: "/keeping", ready: "tbody tr" },
  { name: "persons", who: "archivist", path: "/persons", ready: ".sheet form" },
  { name: "reads", who: "auditor", path: "/reads", ready: "section.sheet" },
];

/** @param {string} url @param {string} first the first password of the new account */
export async function walkAccess(url, first) {
  /** @type {Map<string | null, { person: Person, data: Set<string> }>} */
  const people = new Map();
  const seat = async (/** @type {string | null} */ who) => {
    const there = people.get(who);
    if (there && !there.person.page.isClosed()) return there;
    const person = await sit(url, who ?? "nobody");
    const one = { person, data: watchData(person.page) };
    people.set(who, one);
    if (who === "wang-new") {
      await person.page.goto("/");
      await person.page.getByLabel("帐号").fill(who);
      await person.page.getByLabel("密码").fill(first);
      await person.page.keyboard.press("Enter");
      await person.page.locator("#pw-old").waitFor();
    } else if (who) await person.logIn(who);
    return one;
  };

  let matter = "";
  await test("access: the people of the screens sit down", async () => {
    const { person } = await seat("enforcement-officer");
    await person.page.getByRole("tab", { name: /在办/ }).click();
    const link = person.page.locator("tbody tr", { hasText: "办理中" }).first().locator("a.title");
    matter = (await link.getAttribute("href"))?.split("/").pop() ?? "";
    if (!matter) throw new Error("the officer has nothing in hand");
  });

  // Each theme and each language on every screen; colours know nothing of languages, so two passes see all.
  for (const [language, theme] of [
    ["zh", "light"],
    ["en", "dark"],
  ]) for (const [part, shown] of /** @type {[string, () => Screen[]][]} */ ([["matters", () => screens(matter)], ["the house", () => OFFICE]])) {
    await test(`access: every screen of ${part}, ${language}, ${theme}`, async () => {
      const folder = await shotFolder("screens", `${language}-${theme}`);
      /** @type {string[]} */
      const found = [];
      for (const screen of shown()) {
        const { person, data } = await seat(screen.who);
        person.provoked.add(422);
        const { page } = person;
        await page.evaluate(([l, t]) => {
          localStorage.setItem("xja.language", l);
          localStorage.setItem("xja.theme", t);
        }, [language, theme]).catch(() => undefined);
        await page.goto(screen.path);
        if (screen.who === null) {
          await page.evaluate(([l, t]) => {
            localStorage.setItem("xja.language", l);
            localStorage.setItem("xja.theme", t);
          }, [language, theme]);
          await page.reload();
        }
        await page.locator(screen.ready).first().waitFor();
        await screen.then?.(page);
        for (const problem of await look(page)) found.push(`${screen.name}: ${problem}`);
        for (const word of await leftOver(page, language, data)) found.push(`${screen.name}: not translated: ${word}`);
        await page.screenshot({ path: path.join(folder, `${screen.name}-1366.png`) });
        if (language === "zh" && theme === "light") {
          await page.setViewportSize(WIDE);
          await page.screenshot({ path: path.join(folder, `${screen.name}-1920.png`) });
          for (const problem of await sideways(page)) found.push(`${screen.name} at 1920: ${problem}`);
          await page.setViewportSize(DESK);
        }
      }
      if (found.length) throw new Error(`${found.length} findings:\n${[...new Set(found)].join("\n")}`);
    });
  }
  await test("access: no complaints of the browser on any screen", allLeave);
}

/** What axe and the ruler find. There are no frames, so axe may run where it stands and needs no page of its own. @param {import("playwright-core").Page} page */
async function look(page) {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(TAGS).analyze();
  const said = violations.flatMap((one) => one.nodes.map((node) => `${one.id} at ${node.target.join(" ")} ${node.html.slice(0, 120)} (${node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? one.help})`));
  return [...said, ...(await sideways(page))];
}

/** A page that scrolls sideways hides something. @param {import("playwright-core").Page} page */
async function sideways(page) {
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  return wide > window ? [`${wide} px wide in a window of ${window}`] : [];
}

/**
 * Words of the screen itself that are in the wrong language, and keys that have no words. Words of the data stay as they were said.
 * @param {import("playwright-core").Page} page @param {string} language @param {Set<string>} data
 */
async function leftOver(page, language, data) {
  const words = await page.evaluate(() => {
    /** @type {string[]} */
    const all = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node instanceof Element ? node : node.parentElement;
      // What says that it is in another language may be.
      const own = element?.closest("[lang]")?.getAttribute("lang");
      if (own && own !== document.documentElement.lang) continue;
      if (node instanceof Element) {
        for (const name of ["aria-label", "title", "placeholder", "alt", "aria-description"]) if (node.hasAttribute(name)) all.push(node.getAttribute(name) ?? "");
        if (node instanceof HTMLInputElement && node.getAttribute("role") === "combobox") all.push(node.value);
      } else if (element && !["SCRIPT", "STYLE"].includes(element.tagName)) all.push(node.textContent ?? "");
    }
    return all.map((text) => text.trim()).filter(Boolean);
  });
  const keys = words.filter((text) => /^[a-z]+(\.[a-zA-Z_]+)+$/.test(text));
  if (language === "zh") return [...new Set(keys)];
  const known = [...data].filter(Boolean).sort((a, b) => b.length - a.length);
  const chinese = words
    .filter((text) => /[\u3400-\u9fff]/.test(text))
    .map((text) => known.reduce((rest, word) => rest.replaceAll(word, ""), text))
    .filter((text) => /[\u3400-\u9fff]/.test(text))
    .map((text) => text.slice(0, 80));
  return [...new Set([...keys, ...chinese])];
}
