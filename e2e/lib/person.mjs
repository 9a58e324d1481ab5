/** A person at a screen: finds things by the words that stand there, presses what can be pressed, waits for what must come. Nothing here calls the API. */
import path from "node:path";
import { PASSWORD } from "./house.mjs";
import { shotFolder } from "./runner.mjs";

/** @typedef {import("playwright-core").Locator} Locator */
/** What is put into a field: words, a choice by its word, several choices, or files. @typedef {string | string[] | { name: string, mimeType: string, buffer: Buffer }} Filling */

/** @param {string} text */
const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

export class Person {
  /** @param {import("playwright-core").BrowserContext} context @param {import("playwright-core").Page} page @param {string} name */
  constructor(context, page, name) {
    this.context = context;
    this.page = page;
    this.name = name;
    /** What the browser complained of and nobody expected. @type {string[]} */
    this.complaints = [];
    /** Statuses that a walk provokes. @type {Set<number>} */
    this.provoked = new Set();
    /** Whether the server is gone on purpose. */
    this.cut = false;
    this.shots = 0;
    page.on("pageerror", (error) => this.complaints.push(String(error.stack ?? error)));
    page.on("console", (message) => {
      if (message.type() !== "error" && !message.text().startsWith("[Vue warn]")) return;
      const text = message.text();
      const { url } = message.location();
      const status = Number(/status of (\d+)/.exec(text)?.[1] ?? 0);
      // Asking who is logged in is answered 401 before anybody is; browsers write that down as an error.
      if (status === 401 && url.endsWith("/api/v1/session")) return;
      if (this.provoked.has(status)) return;
      if (this.cut && /net::ERR_|Failed to fetch/.test(text)) return;
      this.complaints.push(`${text} (${url})`);
    });
  }

  /** Comes in the morning. @param {string} login @param {string} password */
  async logIn(login, password = PASSWORD) {
    this.login = login;
    this.password = password;
    await this.page.goto("/");
    return this.enter();
  }

  /** Logs in at the form that is shown, with the keyboard. */
  async enter() {
    await this.page.getByLabel("帐号").fill(String(this.login));
    await this.page.getByLabel("密码").fill(String(this.password));
    await this.page.keyboard.press("Enter");
    await this.page.locator(".frame-menu").waitFor();
    return this;
  }

  /** Goes by the menu. @param {string} word */
  async menu(word) {
    await this.page.locator(".frame-menu a", { hasText: word }).click();
    await this.page.locator("main h1", { hasText: word }).waitFor();
  }

  /** Finds a matter by its number with the search on top and opens its page. @param {string} number */
  async find(number) {
    await this.page.getByRole("search", { name: "搜索事项" }).getByRole("searchbox").fill(number);
    await this.page.keyboard.press("Enter");
    await this.row(number).locator("a.title").click();
    await this.page.locator("header.top", { hasText: number }).waitFor();
  }

  /** The line of a matter in a list. @param {string} number */
  row(number) {
    return this.page.locator("tbody tr", { hasText: number });
  }

  /** A field of a form by its label. @param {Locator} form @param {string} label */
  field(form, label) {
    return form.locator(".datum", { has: this.page.locator(".name", { hasText: new RegExp(`^\\s*${literal(label)}(选填)?\\s*$`) }) });
  }

  /** Fills a field as its kind wants it. @param {Locator} form @param {string} label @param {Filling} filling */
  async fill(form, label, filling) {
    const field = this.field(form, label);
    await field.waitFor();
    if (typeof filling === "object" && !Array.isArray(filling)) {
      await field.locator("input[type=file]").first().setInputFiles(filling);
      await field.getByText("已上传").waitFor();
      return;
    }
    const combobox = field.getByRole("combobox");
    if (await combobox.count()) {
      for (const choice of Array.isArray(filling) ? filling : [filling]) {
        await combobox.fill(choice);
        await field.getByRole("option").filter({ has: this.page.locator("span", { hasText: new RegExp(`^${literal(choice)}$`) }) }).first().click();
      }
      return;
    }
    const word = String(filling);
    if (await field.getByRole("radio").count()) await field.locator("label.el-radio").filter({ hasText: new RegExp(`^\\s*${literal(word)}\\s*$`) }).click();
    else await field.locator("textarea, input[type=text]").first().fill(word);
  }

  /** Opens the form of an act that is offered. @param {string} act its code */
  async begin(act) {
    await this.page.locator(`.acts [data-act="${act}"]`).first().click();
    const form = this.page.locator("form.act-form");
    await form.waitFor();
    return form;
  }

  /** Presses the form's button and waits until the screen says that it is done. @param {Locator} form */
  async send(form) {
    await form.locator("button[type=submit]").click();
    await this.page.locator(".acts .told").waitFor();
  }

  /**
   * Does an act by its form.
   * @param {string} act its code
   * @param {Record<string, Filling>} data what is put in, by label
   * @param {{ lacks?: string[], form?: Locator }} more `lacks`: submits the form empty before and expects these labels refused
   */
  async act(act, data = {}, more = {}) {
    const form = more.form ?? (await this.begin(act));
    if (more.lacks) await this.refused(form, more.lacks);
    for (const [label, filling] of Object.entries(data)) await this.fill(form, label, filling);
    await this.shot(act);
    await this.send(form);
  }

  /**
   * Submits a form that lacks data: each stands under its field in Chinese, and the first has the focus.
   * @param {Locator} form @param {string[]} labels
   */
  async refused(form, labels) {
    await this.provoke(422, async () => {
      await this.page.keyboard.press("Control+Enter");
      await form.locator(".datum.bad").first().waitFor();
    });
    const bad = await form.locator(".datum.bad").evaluateAll((fields) =>
      fields.map((one) => ({
        label: (one.querySelector(".name")?.firstChild?.textContent ?? "").trim(),
        said: one.querySelector(".error")?.textContent ?? "",
        focused: one.contains(document.activeElement),
      })),
    );
    const named = bad.map((one) => one.label);
    if (named.join() !== labels.join()) throw new Error(`the empty form named [${named.join()}] and should have named [${labels.join()}]`);
    const silent = bad.filter((one) => !/[\u4e00-\u9fff]/.test(one.said));
    if (silent.length) throw new Error(`no sentence in Chinese under ${silent.map((one) => one.label).join()}`);
    if (!bad[0]?.focused) throw new Error(`the focus is not on ${labels[0]}, but on ${await this.page.evaluate(() => document.activeElement?.outerHTML.slice(0, 120))}`);
  }

  /** Lets something be refused that this walk wants refused. @template T @param {number} status @param {() => Promise<T>} during */
  async provoke(status, during) {
    this.provoked.add(status);
    try {
      return await during();
    } finally {
      // The browser writes its line a moment after the answer; it must not be taken for a complaint of later.
      await this.page.evaluate(() => new Promise((then) => requestAnimationFrame(() => setTimeout(then))));
      this.provoked.delete(status);
    }
  }

  /** Where this person's pictures go. @param {...string} names */
  async album(...names) {
    this.folder = await shotFolder(...names);
    return this;
  }

  /** A picture of the screen as it is. @param {string} name */
  async shot(name) {
    if (!this.folder) return;
    await this.page.screenshot({ path: path.join(this.folder, `${album(this.folder)}-${this.name}-${name}.png`) });
  }
}

/** One numbering for all who share an album, so that the pictures lie in the order of the story. @type {Map<string, number>} */
const counts = new Map();

/** @param {string} folder */
function album(folder) {
  const next = (counts.get(folder) ?? 0) + 1;
  counts.set(folder, next);
  return String(next).padStart(2, "0");
}
