/** The great walk: one matter once round, with seven people who are all logged in, by the screen alone. */
import { photograph } from "../lib/png.mjs";
import { sit } from "../lib/browser.mjs";

/** @typedef {import("../lib/person.mjs").Person} Person */

const STATION = "盛中村综治站";

/**
 * What differs between the two matters.
 * @typedef {object} Story
 * @property {string} department the lead, by its name
 * @property {string} letters of its log-ins
 * @property {string} elsewhere the unit that it says should do it
 * @property {string} category the leaf
 * @property {string} assist what the station must do
 * @property {[string, string, string]} work what was done, the three times
 */

/** @type {Story} */
export const NEIGHBOURS = {
  department: "综合行政执法队",
  letters: "enforcement",
  elsewhere: "住建（房管）所",
  category: "其他邻里纠纷",
  assist: "到楼上楼下两家看现场，稳住双方，把漏水点拍下来",
  work: ["到现场查看，责令停止拆改承重墙，下达整改通知书", "二次到现场，楼上已恢复墙体，漏水点仍潮湿", "防水重做，闭水 24 小时不漏，双方签字"],
};

/** @type {Story} */
export const INJURY = {
  department: "人社（劳动保障）所",
  letters: "labour",
  elsewhere: "住建（房管）所",
  category: "劳务损害责任纠纷",
  assist: "联系工地负责人，核实用工名册",
  work: ["约谈施工单位，调取用工台账和病历", "核对垫付凭证，单位同意补付医疗费", "医疗费已到账，家属签收"],
};

/**
 * Seven people, each at their own screen.
 * @param {string} url @param {Story} story @param {string[]} album
 */
export async function seven(url, story, album) {
  const seats = {
    desk: "shengzhong-desk",
    command: "command-1",
    department: `${story.letters}-officer`,
    checker: "checker-1",
    callback: "callback-1",
    chief: `${story.letters}-head`,
    archivist: "archivist",
  };
  const entries = await Promise.all(
    Object.entries(seats).map(async ([name, login]) => {
      const person = await sit(url, name);
      await person.album(...album);
      return /** @type {const} */ ([name, await person.logIn(login)]);
    }),
  );
  return /** @type {Record<keyof typeof seats, Person>} */ (Object.fromEntries(entries));
}

/** The desk writes down a call; gives the matter's number. @param {Person} desk @param {boolean} empty whether the empty form is tried first */
export async function takeCall(desk, empty = false) {
  await desk.menu("受理登记");
  const form = desk.page.locator("form.words");
  if (empty) await desk.refused(form, ["说了什么", "哪里", "电话"]);
  await desk.fill(form, "说了什么", "盛中村 3 幢 2 单元，楼上邻居装修砸墙，卫生间漏水漏到我家客厅，天花板都鼓起来了，上门说了两次不理人，再不处理我就找人去砸他家门。");
  await desk.fill(form, "哪里", "盛中村 3 幢 2 单元 501");
  await desk.fill(form, "电话", "13857100123");
  await desk.fill(form, "称呼", "王女士");
  await desk.page.locator(".thoughts .offer").first().waitFor();
  await desk.shot("register");
  await desk.page.keyboard.press("Control+Enter");
  const receipt = desk.page.locator(".receipt h2");
  await receipt.waitFor();
  await desk.shot("receipt");
  const number = /已登记 (\S+)/.exec(await receipt.innerText())?.[1];
  if (!number) throw new Error("the receipt shows no number");
  return number;
}

/**
 * Lets a month pass by the practice clock on the screen. Nobody's session lives that long: who goes on logs in again, and lands where they were.
 * @param {Person} setter @param {Person[]} people everybody whose session ends @param {Person[]} on those who go on
 */
async function aMonthPasses(setter, people, on) {
  for (const person of people) person.provoked.add(401);
  const clock = setter.page.locator(".practice time");
  const before = (await clock.innerText()).slice(0, 10);
  await setter.page.locator(".practice select").selectOption({ label: "31 天" });
  await setter.page.locator("#login").or(clock.filter({ hasNotText: before })).first().waitFor();
  for (const person of on) {
    await person.page.reload();
    await person.enter();
    await person.page.locator("header.top").waitFor();
  }
}

/** The state that a matter's page shows. @param {Person} person @param {string} state */
export async function stands(person, state) {
  await person.page.locator("header.top .mark", { hasText: state }).first().waitFor();
}

/**
 * From a matter that is registered to the archive.
 * @param {Awaited<ReturnType<typeof seven>>} people @param {string} number @param {Story} story
 * @param {{ empty?: boolean }} how `empty`: each form is first submitted empty
 */
export async function roundTheLoop(people, number, story, { empty = false } = {}) {
  const { desk, command, department, checker, callback, chief, archivist } = people;
  const photo = { name: "现场.png", mimeType: "image/png", buffer: photograph() };
  /** @param {...string} labels */
  const lacks = (...labels) => (empty ? { lacks: labels } : {});

  await command.find(number);
  await command.act(
    "dispatch",
    { 主办: story.department, 类别: story.category, 级别: "一般", 协办: [STATION], 协办要做什么: story.assist, 要求: "24 小时内到现场" },
    lacks("主办", "类别", "级别"),
  );
  await stands(command, "已交办");

  // The department finds it on its workbench, which was open, and does not want it.
  await department.row(number).waitFor();
  await department.shot("workbench");
  await department.row(number).locator("a.title").click();
  await department.act("send_back", { 退回理由: "不属本单位职责", 说明: "涉及房屋和工地管理，请主管单位牵头", 建议由谁办: story.elsewhere }, lacks("退回理由", "说明"));
  await stands(department, "已退回");

  // The command room sees it among what waits for its decision.
  await command.menu("指挥室");
  const waits = command.page.locator(".waiting li", { hasText: number });
  await waits.waitFor();
  await command.shot("board");
  await waits.getByRole("link").click();
  await command.page.locator("form.act-form").waitFor();
  await command.act("arbitrate", { 裁定由谁主办: story.department, 裁定理由: "本单位为执法主体，由你单位牵头，相关单位配合，不得再退" }, { form: command.page.locator("form.act-form"), ...lacks("裁定由谁主办", "裁定理由") });
  await stands(command, "已交办");

  await department.act("accept");
  await stands(department, "办理中");
  await department.act("contact", { 联系方式: "电话", 联系上了: "是", 沟通情况: "约定下午到现场，请对方先不要争执" }, lacks("联系方式", "联系上了"));
  await department.act("record", { 做了什么: story.work[0], 照片或材料: photo, 照片是: "处置后" }, lacks("做了什么"));
  await department.page.locator("section", { hasText: "现场.png" }).first().waitFor();
  await department.shot("recorded");

  // Before the station has done its part there is no feeding back, and the screen says why.
  await department.page.locator(".barred li", { hasText: "协办" }).waitFor();
  await department.shot("barred");
  await desk.find(number);
  const task = await desk.begin("finish_task");
  // Which task is asked only where the button does not say it.
  const which = (await desk.field(task, "哪项任务").count()) > 0;
  await desk.act("finish_task", { ...(which ? { 哪项任务: story.assist } : {}), 完成情况: "两家都已到过，双方愿意等处理结果" }, { form: task, ...(which ? lacks("哪项任务", "完成情况") : lacks("完成情况")) });
  await department.page.locator(`.acts [data-act="feed_back"]`).waitFor();

  const feedBack = async (/** @type {string} */ outcome, /** @type {{ lacks?: string[] }} */ more = {}) => {
    await department.act("feed_back", { 结果: "诉求满足", 办理情况: outcome, 告知方式: "电话" }, more);
    await stands(department, "已反馈");
  };
  const check = async (/** @type {Record<string, string>} */ data, /** @type {{ lacks?: string[] }} */ more = {}) => {
    await checker.menu("核查");
    await checker.row(number).waitFor();
    await checker.row(number).locator(".next button").click();
    const form = checker.page.locator("form.act-form");
    await form.waitFor();
    await checker.act("check", data, { form, ...more });
  };
  const redo = async (/** @type {string} */ done) => {
    await stands(department, "办理中");
    await department.act("record", { 做了什么: done, 照片或材料: photo, 照片是: "处置后" });
    await feedBack(done);
  };
  const callBack = async (/** @type {Record<string, string>} */ data, /** @type {{ lacks?: string[] }} */ more = {}) => {
    await callback.menu("回访");
    await callback.row(number).waitFor();
    await callback.row(number).locator(".next button").click();
    const form = callback.page.locator("form.act-form");
    await form.waitFor();
    await callback.act("call_back", data, { form, ...more });
  };

  await feedBack(story.work[0], lacks("结果", "办理情况", "告知方式"));
  await check({ 核查方式: "现场核查", 核查结论: "不通过，返工", 还缺什么: "只有通知书，没有办完的凭证，当事人说还没有解决" }, lacks("核查方式", "核查结论"));
  await redo(story.work[1]);
  await check({ 核查方式: "现场核查", 核查结论: "属实，通过", 核查情况: "现场和材料与反馈相符" });

  // The person does not agree, and says so to the one who calls.
  await callBack({ 联系上了: "是", 是否已解决: "未解决", 满意程度: "不满意", 是否及时告知: "是", 还有什么没解决: "答应的只做了一半", 群众原话: "人是来过了，事情还没有完，你们再来看看" }, lacks("联系上了"));
  await callback.act("object", { 不同意的理由: "当事人不同意办结：答应的没有做完，要求继续办理" }, lacks("不同意的理由"));
  await redo(story.work[2]);
  await check({ 核查方式: "现场核查", 核查结论: "属实，通过", 核查情况: "当面看过，确已办完" });
  await callBack({ 联系上了: "是", 是否已解决: "已解决", 满意程度: "满意", 是否及时告知: "是", 群众原话: "这次解决了，谢谢" });

  // The head of the lead closes it from the workbench.
  await chief.menu("工作台");
  await chief.row(number).waitFor();
  await chief.shot("workbench");
  await chief.row(number).locator("a.title").click();
  await chief.act("close", { 结果: "诉求满足", 办结意见: "双方认可，同意办结" }, lacks("结果"));
  await stands(chief, "已办结");

  // Thirty days in which the person may still come back; then the archive.
  await archivist.find(number);
  await archivist.page.locator(".barred li", { hasText: "归档" }).waitFor();
  await archivist.shot("too-early");
  await aMonthPasses(archivist, Object.values(people), [archivist, department]);
  await archivist.page.locator(`.acts [data-act="archive"]`).waitFor();
  await archivist.act("archive", { 归档说明: "卷宗齐全" });
  await stands(archivist, "已归档");
  await archivist.shot("archived");

  // What everybody did stands in the trail, newest first, and everybody's open page shows it.
  const acts = (await archivist.page.locator(".trail > li .head strong").allInnerTexts()).filter((act) => !["升级提醒", "超时默认签收"].includes(act));
  const story_ = "归档 办结 回访 核查 反馈 处置记录 不同意办结 回访 核查 反馈 处置记录 核查 反馈 完成任务 处置记录 联系当事人 签收 裁定 退回 交办 登记";
  if (acts.join(" ") !== story_) throw new Error(`the trail reads ${acts.join(" ")}`);
  await stands(department, "已归档");
}
