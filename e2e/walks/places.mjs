/** 单位与网格: 26 stations brought in from a table with three faulty rows repaired; a department person posted to a station takes a matter there. */
import { readFile } from "node:fs/promises";
import { allLeave, sit } from "../lib/browser.mjs";
import { House } from "../lib/house.mjs";
import { test, wanted } from "../lib/runner.mjs";
import { takeCall } from "./loop.mjs";

const HEADER = ["单位代码", "名称", "类型", "地点代码", "职能", "上级单位代码", "兼管地点代码", "五站职能", "停用日期"];

/** @param {string[][]} rows */
const table = (rows) => ({ name: "单位.csv", mimeType: "text/csv", buffer: Buffer.from([HEADER, ...rows].map((row) => row.join(",")).join("\r\n")) });

/** @param {string} url */
async function imports(url) {
  await test("places: an import of 26 stations with three faulty rows repaired", async () => {
    const admin = await (await sit(url, "admin")).logIn("system-admin");
    await admin.menu("单位与网格");
    const units = await admin.page.evaluate(async () => (await (await fetch("/api/v1/units")).json()).units.map((/** @type {any} */ line) => line.unit));
    const stations = units.filter((/** @type {any} */ unit) => unit.kind === "station");
    if (stations.length !== 26) throw new Error(`${stations.length} stations`);
    const word = /** @type {Record<string, string>} */ ({ smart: "智治站", police: "警务站", traffic: "交治站", mediation: "矛调站", fire: "微消站" });
    const rows = stations.map((/** @type {any} */ unit) => [unit.code, `新街${unit.name}`, "综治站", unit.place, "", "330109014_command", unit.overlaps.join(" "), unit.functions.map((/** @type {string} */ code) => word[code]).join(" "), ""]);
    const faulty = rows.map((/** @type {string[]} */ row) => [...row]);
    faulty[2][2] = "派出所";
    faulty[9][3] = "330109014999";
    faulty[17][5] = "不存在的单位";
    await admin.page.getByRole("link", { name: "表格导入" }).click();
    const file = admin.page.locator("input[type=file]");
    await file.setInputFiles(table(faulty));
    await admin.page.getByText(/发现 \d+ 处错误，没有写入任何一行/).waitFor();
    await admin.shot("import-faulty");
    const [download] = await Promise.all([admin.page.waitForEvent("download"), admin.page.getByRole("button", { name: "下载标错表" }).click()]);
    const marked = await readFile(await download.path());
    if (marked.subarray(0, 2).toString() !== "PK") throw new Error("the marked table is no workbook");
    await file.setInputFiles(table(rows));
    await admin.page.getByText("检查通过，将有 26 处改动；尚未写入。").waitFor();
    await admin.page.getByRole("button", { name: "全部导入" }).click();
    await admin.page.getByText("已导入，共 26 处改动。").waitFor();
    await admin.page.getByRole("link", { name: "单位与岗位" }).click();
    await admin.page.getByRole("link", { name: "新街盛中村综治站" }).click();
    await admin.page.getByText("修改").first().waitFor();
    await admin.shot("station");
    await allLeave();
  });
}

/** @param {string} url */
async function duties(url) {
  await test("places: a duty list is changed with its source, the routes are held against it, and its history tells", async () => {
    const admin = await (await sit(url, "admin")).logIn("system-admin");
    await admin.menu("单位与网格");
    await admin.page.getByRole("link", { name: "市场监管所", exact: true }).click();
    const list = admin.page.getByRole("region", { name: "职责清单" });
    await list.getByRole("button", { name: "修改" }).click();
    const form = list.getByRole("form", { name: "职责清单" });
    await form.getByRole("combobox", { name: "M-02 食品 的角色" }).selectOption({ label: "协办" });
    await form.getByRole("textbox", { name: "M-02 食品 的依据" }).fill("区局统一主办");
    await form.getByRole("button", { name: "保存" }).click();
    await list.getByText("区局统一主办").waitFor();
    await list.getByRole("button", { name: "职责清单 的变更记录" }).click();
    await list.getByText("协办 · 区局统一主办").waitFor();
    await admin.shot("duty-list");
    const head = await (await sit(url, "head")).logIn("command-head");
    await head.menu("单位与网格");
    await head.page.getByRole("link", { name: "职责对照" }).click();
    await head.page.getByText(/主办，但该单位的职责清单没有M-02/).waitFor();
    await head.page.getByRole("region", { name: "无主事项类别" }).getByText("M-02 食品").waitFor();
    await head.shot("duties-against-routes");
    await allLeave();
  });
}

/** @param {string} url */
async function posting(url) {
  await test("places: a department person posted to a station takes a matter there", async () => {
    const desk = await (await sit(url, "desk")).logIn("shengzhong-desk");
    const number = await takeCall(desk);
    await desk.find(number);
    const station = (await desk.page.evaluate(async (code) => (await (await fetch("/api/v1/units")).json()).units.map((/** @type {any} */ line) => line.unit).find((/** @type {any} */ unit) => unit.place === code && unit.kind === "station"), "330109014218")).name;
    await desk.act("dispatch", { 主办: station, 类别: "其他邻里纠纷", 级别: "一般" });
    const head = await (await sit(url, "head")).logIn("command-head");
    await head.menu("单位与网格");
    await head.page.getByRole("link", { name: /盛中村综治站$/ }).first().click();
    await head.page.getByRole("button", { name: "派驻人员", exact: true }).click();
    const form = head.page.getByRole("form", { name: "派驻人员" });
    await form.getByRole("combobox", { name: "派谁" }).fill("公安");
    await form.getByRole("option").filter({ hasText: "公安" }).last().click();
    const name = ((await form.getByRole("combobox", { name: "派谁" }).inputValue()).split(" · ")[0] ?? "").trim();
    await form.getByRole("button", { name: "派驻人员" }).click();
    await head.page.getByText("常驻 · 新街派出所").or(head.page.getByText(/常驻 · .*公安|常驻 · .*派出所/)).first().waitFor();
    const officer = await (await sit(url, "officer")).logIn("police-officer");
    const own = await officer.page.locator(".frame-top").innerText();
    if (!own.includes(name)) {
      await officer.page.context().clearCookies();
      await officer.logIn("police-head");
    }
    await officer.find(number);
    await officer.act("accept");
    await officer.shot("posted-accepts");
    await head.page.getByRole("link", { name: "现在谁在" }).click();
    await head.page.getByRole("heading", { name: "派驻在站" }).waitFor();
    await head.shot("who-is-here");
    await allLeave();
  });
}

export async function walkPlaces() {
  if (!["places"].some(wanted)) return;
  const house = await House.make("sqlite", 3);
  try {
    const server = await house.serve();
    await imports(server.url);
    await duties(server.url);
    await posting(server.url);
  } finally {
    await house.close();
  }
}
