/** Classes that need more care: a matter becomes confidential, takes another number, a person is named for it; and what was destroyed and asked is seen. */
import { allLeave, sit } from "../lib/browser.mjs";
import { House } from "../lib/house.mjs";
import { test, wanted } from "../lib/runner.mjs";
import { takeCall } from "./loop.mjs";

export async function walkClasses() {
  if (!wanted("classes: an open matter becomes confidential")) return;
  const house = await House.make("sqlite", 2);
  try {
    const server = await house.serve();
    await test("classes: an open matter becomes confidential", async () => {
      const desk = await (await sit(server.url, "desk")).logIn("shengzhong-desk");
      const head = await (await sit(server.url, "head")).logIn("command-head");
      const chief = await (await sit(server.url, "chief")).logIn("shengzhong-chief");
      // His page of it may be asked for once more after it is no longer his.
      chief.provoked.add(404);
      const number = await takeCall(desk);
      await chief.find(number);
      await head.find(number);
      await head.act("amend", { 更正哪一项: "标记", 标记: "保密", 有此标记: "是", 理由: "来人反映村干部，属检举控告" });
      await head.page.locator("header.top", { hasText: "密〔" }).waitFor();
      await head.page.locator(".facts dd", { hasText: number }).waitFor();
      const form = await head.begin("name_person");
      const field = head.field(form, "指定谁");
      await field.getByRole("combobox").click();
      const option = field.getByRole("option").first();
      const name = (await option.locator("span").first().innerText()).trim();
      await option.click();
      await head.fill(form, "为什么需要此人知情", "协助核实");
      await head.shot("name-person");
      await head.send(form);
      await head.page.locator(".facts dd", { hasText: name }).waitFor();
      await head.page.locator(".reads li", { hasText: "指定知悉" }).filter({ hasText: name }).waitFor();
      await head.shot("named");
      // Who may not see it finds nothing by the number that stands on the slip.
      await chief.page.getByRole("search", { name: "搜索事项" }).getByRole("searchbox").fill(number);
      await chief.page.keyboard.press("Enter");
      await chief.page.locator("main").getByText("没有符合这些条件的事项").waitFor();
      await chief.shot("nothing");
      await allLeave();
    });
  } finally {
    await house.close();
  }
}
