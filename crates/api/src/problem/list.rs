//! Every code that a problem may carry, with what it means: printed into the guide, kept as a snapshot (`tests/problems.table`).

/// The codes that any route may answer.
const GENERAL: &[(&str, u16, &str)] = &[
    ("bad_request", 400, "请求看不懂：JSON 有误、参数不对，或含有不可用的字符"),
    ("idempotency_key_missing", 400, "写操作须带 `Idempotency-Key`（8 至 100 个字符）"),
    ("not_logged_in", 401, "没有登录，或者会话、令牌已经失效"),
    ("wrong_password", 401, "登录名或密码不对，或者帐户已停用、锁定（不作区分）"),
    ("second_factor", 401, "密码正确，还须动态验证码（`code`）"),
    ("second_factor_wrong", 401, "动态验证码不对或已经用过"),
    ("csrf", 403, "浏览器会话的写操作须带 `X-CSRF-Token`"),
    ("must_change_password", 403, "首次登录须先修改密码"),
    ("must_enrol_second_factor", 403, "管理员须先绑定动态验证码"),
    ("token_reach", 403, "令牌的范围不含此项"),
    ("not_yours", 403, "岗位不能办理此项；`would` 列出可以办理的岗位"),
    ("not_found", 404, "没有找到，或者不在范围内（两者不作区分）"),
    ("method_not_allowed", 405, "这个接口没有这种请求方法；`Allow` 头列出有的"),
    ("stale", 409, "别人刚刚改动过；`current` 是现在的版本，`changed` 是改动"),
    ("state_forbids", 409, "当前状态不能办理此项；`would` 列出可以办理的状态"),
    ("too_large", 413, "内容太大：JSON 不超过 1 MB，文件不超过 20 MB"),
    (
        "data_missing",
        422,
        "资料不全或有误；`errors` 逐项列出：`missing` 没有填、`unknown` 不是可选的值、`too_long` 太长、`bad` 看不懂、`not_found` 没有找到、`not_asked` 不需要",
    ),
    ("idempotency_key_reused", 422, "同一个幂等键用于不同的请求"),
    ("too_many", 429, "请求太频繁；按 `Retry-After` 稍后再试"),
    ("internal", 500, "系统内部错误，没有保存；凭 `request_id` 查日志"),
    ("busy", 503, "系统正忙，没有保存；按 `Retry-After` 稍后再试"),
    ("disk_full", 507, "服务器磁盘已满，没有保存"),
];

/// The codes of the rules, all 422; `errors` names the datum that a rule concerns, if it concerns one.
const RULES: &[(&str, &str)] = &[
    ("already_held", "此人在这段时间里已任这个岗位"),
    ("answer_not_told", "当场办结须已告知群众"),
    ("asker_decides", "申请人不能自己决定"),
    ("asking_not_built", "暂不支持这种申请"),
    ("asking_open", "已有一项申请在等决定"),
    ("assists_open", "协办任务未完成，不能反馈"),
    ("beyond_station", "综治站只能交本站办理"),
    ("caller_is_doer", "回访人不能是办理人"),
    ("checker_is_doer", "核查人不能是办理人"),
    ("code_wrong", "动态验证码不对或已经用过"),
    ("contact_time", "联系时间须在收到之后、现在之前"),
    ("decline_not_told", "不予受理须已把正确途径告知群众"),
    ("delegated_onward", "代理的岗位不能再转委托"),
    ("delegation_span", "委托须有止期，最长 30 天"),
    ("deputy_elsewhere", "只能委托给本单位在岗的另一位同事"),
    ("dispute_checked_by_papers", "纠纷类事项不能仅电话核查通过"),
    ("file_empty", "文件是空的"),
    ("file_incomplete", "卷宗不全，不能归档"),
    ("file_large", "文件超过 20 MB"),
    ("file_type", "不支持这种文件"),
    ("hazard_checked_on_site", "隐患类事项须现场核查才能通过"),
    ("hazard_photos", "隐患类事项须有处置前、处置后照片"),
    ("holding_ended", "这段任职已经结束"),
    ("holding_span", "任职止期须晚于起期"),
    ("lead_twice", "主办单位不能同时是协办或抄送单位"),
    ("login_shape", "登录名由字母、数字、-、_、. 组成，最多 64 个"),
    ("login_taken", "登录名已有人用"),
    ("no_command_room", "该站所属街道没有设置指挥室"),
    ("no_lead", "事项没有主办单位"),
    ("not_called_back", "回访还没有结果，不能办结"),
    ("not_closed", "还没有办结，不能归档"),
    ("not_of_unit", "只能派给本单位在岗的办理人员"),
    ("not_the_decider", "这项申请由别的岗位决定"),
    ("nothing_recorded", "还没有处置记录，不能反馈"),
    ("own_account", "不能对自己的帐户这样做，由另一位安全管理员办理"),
    ("password_short", "新密码太短"),
    ("password_weak", "新密码与旧密码相同或包含登录名"),
    ("password_wrong", "旧密码不对"),
    ("phone_unreadable", "电话看不懂"),
    ("post_not_held", "现在不在这个岗位上"),
    ("received_in_future", "收到时间不能晚于现在"),
    ("register_makes_a_matter", "登记会产生新的事项，走 `POST /api/v1/reports`"),
    ("reopen_window", "办结或引导已超过 30 天，请登记新事项"),
    ("reopen_window_open", "群众还可以不同意办结，期满才能归档"),
    ("result_against_person", "群众说未解决，不能以“诉求满足”办结"),
    ("return_barred", "已裁定不得再退回"),
    ("return_hops", "已退回 3 次，不能再退"),
    ("return_reason_used", "同一理由已经退回过一次"),
    ("return_twice", "本单位已退回过一次"),
    ("return_window", "退回期限已过"),
    ("second_factor_not_begun", "先生成密钥，再输入验证码"),
    ("second_factor_off", "动态验证码没有启用"),
    ("second_factor_on", "动态验证码已经启用"),
    ("separate_administrators", "三类管理员须三人分设，且不兼办理事项的岗位"),
    ("task_not_given_by_you", "任务只能由交办它的单位解除"),
    ("task_not_yours", "任务是交给别人的"),
    ("tasks_open", "还有任务未完成"),
    ("token_span", "令牌有效期为 1 至 366 天"),
    ("told_time", "告知时间须在收到之后、现在之前"),
    ("unit_elsewhere", "该单位不在本街道范围内"),
    ("unit_outside", "该单位不在本系统内"),
    ("unit_unstaffed", "该单位目前无人在岗"),
];

/// The list of problems as Markdown.
#[must_use]
pub fn problems() -> String {
    let mut text = String::from("| code | status | 说明 |\n|---|---|---|\n");
    let rules = RULES.iter().map(|(code, said)| (*code, 422, *said));
    for (code, status, said) in GENERAL.iter().copied().chain(rules) {
        text.push_str(&format!("| `{code}` | {status} | {said} |\n"));
    }
    text
}
