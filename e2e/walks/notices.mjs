/** 通知: a vacancy passed upward. The chief's post is empty, the event says so, and the next named person acknowledges by key. */
import { allLeave, sit } from "../lib/browser.mjs";
import { House } from "../lib/house.mjs";
import { test, wanted } from "../lib/runner.mjs";
import { takeCall } from "./loop.mjs";

export async function walkNotices() {
  if (!wanted("notices: a vacancy passed upward")) return;
  const house = await House.make("sqlite", 2);
  try {
    await house.command("account", "end-post", "shengzhong-chief", "pst_330109014218_station_chief");
    const server = await house.serve();
    await test("notices: a vacancy passed upward", async () => {
      const desk = await (await sit(server.url, "desk")).logIn("shengzhong-desk");
      const duty = await (await sit(server.url, "duty")).logIn("duty");
      const number = await takeCall(desk);
      // Nobody takes it on: the time of the desk passes, and the chief's chair is empty.
      await desk.page.locator(".practice select").selectOption({ label: "1 小时" });
      await duty.page.locator("a.bell").click();
      const row = duty.page.locator("section.must li", { hasText: number }).first();
      await row.getByText("第 3 级").waitFor();
      await row.getByText("下一级无人在岗").first().waitFor();
      await duty.shot("to-acknowledge");
      // The first is picked; the keys go to the one and say that one has it.
      const rows = duty.page.locator("section.must li");
      for (let n = 0; n < (await rows.count()) && !((await duty.page.locator("section.must li.picked").textContent()) ?? "").includes(number); n += 1) await duty.page.keyboard.press("j");
      await duty.page.keyboard.press("a");
      await duty.page.locator("section.must li", { hasText: number }).waitFor({ state: "detached" });
      await duty.find(number);
      const trail = duty.page.locator(".trail");
      await trail.getByText(/第 1 级 .*站长 无人在岗，直接上移/).waitFor();
      await trail.getByText(/已确认收到/).first().waitFor();
      await duty.shot("trail");
      await allLeave();
    });
    await test("notices: quiet hours, a channel and an undelivered letter", async () => {
      const admin = await (await sit(server.url, "admin")).logIn("system-admin");
      await admin.menu("通知通道");
      await admin.page.getByText("短信（演示，未开通）").waitFor();
      await admin.shot("channels");
      await admin.menu("未送达通知");
      const letter = admin.page.locator("main li", { hasText: "sms.key" }).first();
      await letter.getByLabel("不再送的理由").fill("演示通道，不再使用");
      await letter.getByRole("button", { name: "不再送" }).click();
      await admin.page.getByText("没有未送达的通知。").waitFor();
      const chief = await (await sit(server.url, "officer")).logIn("police-head");
      await chief.page.locator("a.bell").click();
      await chief.page.getByRole("link", { name: "我的通知方式" }).click();
      await chief.page.getByLabel("每日汇总时间").fill("09:00");
      await chief.page.getByRole("button", { name: "保存" }).click();
      await chief.page.getByText("已保存。").waitFor();
      await chief.shot("ways");
      await allLeave();
    });
  } finally {
    await house.close();
  }
}
