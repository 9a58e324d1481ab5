//! Facts of an event as short sentences for the trail on the screen.

use app::rulebook::Rulebook;
use domain::matters::{DatumKind, codes, data};
use domain::trail::{Count, Fact, Said, Stamp};

/// The texts that a fact speaks of and that the trail shows; the receipt's code and a telephone number are not among them.
pub(super) fn words(fact: &Fact) -> Vec<&Said> {
    match fact {
        Fact::Opened { title, spot, .. } => vec![title, spot],
        Fact::Reported { said, anonymous, .. } => std::iter::once(said).chain(anonymous).collect(),
        Fact::TaskOpened { what, .. } => vec![what],
        Fact::Words { words } => vec![words],
        _ => Vec::new(),
    }
}

/// What followed from an act, in Chinese and English; none for what the act's name says already.
pub(super) fn said(book: &Rulebook, fact: &Fact) -> Option<(String, String)> {
    let pair = |zh: String, en: String| Some((zh, en));
    match fact {
        Fact::State { state } => pair(format!("状态：{}", state.zh()), format!("state: {}", state.en())),
        Fact::Owner { unit: Some(unit), post } => {
            let name = book.unit_name(unit);
            let (zh, en) = post.map_or(("", ""), |post| (post.zh(), post.en()));
            pair(format!("由 {name} {zh} 负责"), format!("owned by {name} {en}"))
        }
        Fact::Lead { unit } => pair(format!("主办：{}", book.unit_name(unit)), format!("lead: {}", book.unit_name(unit))),
        Fact::Handler { account: None } => pair("经办人：无，由单位另行安排".to_owned(), "handler: none, the unit decides".to_owned()),
        Fact::TaskPassed { account: None, .. } => pair("任务转由单位承担".to_owned(), "the task is the unit's now".to_owned()),
        Fact::Handler { account: Some(account) } => pair(format!("经办人：{}", book.account_name(account)), format!("handler: {}", book.account_name(account))),
        Fact::Joined { unit, role } if role == "copy" => pair(format!("抄送：{}", book.unit_name(unit)), format!("copy to {}", book.unit_name(unit))),
        Fact::Named { account, on: true } => pair(format!("指定知悉：{}", book.account_name(account)), format!("named: {}", book.account_name(account))),
        Fact::Named { account, on: false } => {
            pair(format!("不再指定：{}", book.account_name(account)), format!("no longer named: {}", book.account_name(account)))
        }
        Fact::Renumbered { number } => pair(format!("改用编号：{number}"), format!("number is now {number}")),
        Fact::Care { care } => pair(format!("等级：{}", care.zh()), format!("class: {}", care.en())),
        Fact::Level { level } => pair(format!("级别：{}", level.zh()), format!("level: {}", level.en())),
        Fact::Urgency { urgency } => pair(format!("紧急程度：{}", urgency.zh()), format!("urgency: {}", urgency.en())),
        Fact::Category { category, .. } => pair(format!("类别：{}", book.category_name(category)), format!("category: {category}")),
        Fact::Place { place } => {
            let name = book.network.place(place).map_or_else(|| place.0.clone(), |place| place.name.clone());
            pair(format!("地点：{name}"), format!("place: {name}"))
        }
        Fact::Flag { flag, on } => {
            pair(format!("标记“{}”：{}", flag.zh(), if *on { "有" } else { "无" }), format!("flag {}: {}", flag.en(), if *on { "on" } else { "off" }))
        }
        Fact::Result { result } => pair(format!("结果：{}", result.zh()), format!("result: {}", result.en())),
        Fact::Stamp { what: Stamp::Contacted, at: Some(at) } => pair(format!("首次联系：{}", at.written()), format!("first contact: {}", at.written())),
        Fact::Counted { what, n } => {
            let (zh, en) = match what {
                Count::Hops => ("退回", "returns"),
                Count::Rework => ("返工", "rework"),
                Count::Reopened => ("重开", "reopened"),
                Count::Urged => ("催办", "urged"),
            };
            pair(format!("{zh}第 {n} 次"), format!("{en}: {n}"))
        }
        Fact::ClockStarted { kind, due_at, provisional, .. } => pair(
            format!("{}时限：{}{}", kind.zh(), due_at.written(), if *provisional { "（暂定）" } else { "" }),
            format!("{} due {}{}", kind.en(), due_at.written(), if *provisional { " (provisional)" } else { "" }),
        ),
        Fact::ClockMoved { due_at, .. } => pair(format!("时限改为：{}", due_at.written()), format!("now due {}", due_at.written())),
        Fact::ClockStepped { step, .. } => pair(format!("时限已过 {step}%"), format!("{step} % of the span has passed")),
        Fact::ClockStopped { outcome, .. } => pair(format!("计时结束：{}", outcome.zh()), format!("clock stopped: {}", outcome.en())),
        Fact::TaskOpened { kind, unit, .. } => {
            pair(format!("{}任务：{}", kind.zh(), book.unit_name(unit)), format!("{} task: {}", kind.en(), book.unit_name(unit)))
        }
        Fact::TaskEnded { state, .. } => pair(format!("任务{}", state.zh()), format!("task {}", state.en())),
        Fact::AskingOpened { what, decider, .. } => {
            pair(format!("申请{}，由 {} 决定", what.zh(), book.unit_name(decider)), format!("asks {}, decided by {}", what.en(), book.unit_name(decider)))
        }
        Fact::AskingDecided { state, .. } => pair(format!("申请：{}", state.zh()), format!("asking: {}", state.en())),
        Fact::SentBack { unit, reason, proposal, .. } => pair(
            format!(
                "{} 退回：{}{}",
                book.unit_name(unit),
                reason.zh(),
                proposal.as_ref().map_or_else(String::new, |p| format!("，建议由 {} 办理", book.unit_name(p)))
            ),
            format!("returned by {}: {}", book.unit_name(unit), reason.en()),
        ),
        Fact::Barred => pair("不得再退回".to_owned(), "no further return".to_owned()),
        Fact::CalledBack { reached, solved, satisfaction, .. } => {
            let zh = if *reached { "已联系上" } else { "未联系上" };
            let solved = solved.map_or(("", ""), |s| (s.zh(), s.en()));
            let satisfied = satisfaction.map_or(("", ""), |s| (s.zh(), s.en()));
            pair(
                format!("{zh} {} {}", solved.0, satisfied.0).trim_end().to_owned(),
                format!("{} {} {}", if *reached { "reached" } else { "not reached" }, solved.1, satisfied.1).trim_end().to_owned(),
            )
        }
        Fact::Drawn { chosen, .. } => pair(
            if *chosen { "抽中回访".to_owned() } else { "未抽中回访".to_owned() },
            if *chosen { "drawn for a call-back".to_owned() } else { "not drawn for a call-back".to_owned() },
        ),
        Fact::Attached { purpose, .. } => pair(format!("附件：{}", purpose.zh()), format!("file: {}", purpose.en())),
        Fact::Notified { unit, post, account, passed_over, rung, climb, .. } if *rung > 0 || climb.is_some() => {
            let name = book.unit_name(unit);
            let (zh, en) = post.map_or(("", ""), |post| (post.zh(), post.en()));
            let who = account.as_ref().map_or_else(String::new, |account| format!("（{}）", book.account_name(account)));
            let (level, rung) = match *rung {
                0 => (String::new(), String::new()),
                domain::notices::ALARM => ("，顶级警报".to_owned(), ", top alarm".to_owned()),
                rung => (format!("，第 {rung} 级"), format!(", rung {rung}")),
            };
            let must = if climb.is_some() { ("，须确认收到", ", to be acknowledged") } else { ("", "") };
            pair(
                format!("已通知 {name} {zh}{who}{level}{}{}", must.0, if *passed_over { "（下一级无人在岗，已上移）" } else { "" }),
                format!("told {name} {en}{who}{rung}{}{}", must.1, if *passed_over { " (an empty rung was passed over)" } else { "" }),
            )
        }
        Fact::RungEmpty { rung, unit, post } => pair(
            format!("第 {rung} 级 {} {} 无人在岗，直接上移", book.unit_name(unit), post.zh()),
            format!("rung {rung}, {} {}, is empty and passed at once", book.unit_name(unit), post.en()),
        ),
        Fact::NoticeStepped { next_at: Some(_), .. } => pair("未确认 → 换通道再通知".to_owned(), "no answer: told again by the next channel".to_owned()),
        Fact::NoticeStepped { .. } => pair("未确认 → 上一级".to_owned(), "no answer: on to the next rung".to_owned()),
        Fact::Acknowledged { account, at, .. } => pair(
            format!("{} 已确认收到（{}）", book.account_name(account), at.written()),
            format!("acknowledged by {} ({})", book.account_name(account), at.written()),
        ),
        Fact::Datum { name, value } => datum(name, value),
        _ => None,
    }
}

/// A code of the act's form, by its label and term.
fn datum(name: &str, value: &str) -> Option<(String, String)> {
    let spec = domain::matters::ActKind::ALL.iter().flat_map(|act| data(*act)).find(|spec| spec.name == name)?;
    match spec.kind {
        DatumKind::Code(list) => {
            let (_, zh, en) = codes(list).into_iter().find(|(code, _, _)| *code == value)?;
            Some((format!("{}：{zh}", spec.zh), format!("{}: {en}", spec.en)))
        }
        DatumKind::Flag => {
            let on = value == "true";
            Some((format!("{}：{}", spec.zh, if on { "是" } else { "否" }), format!("{}: {}", spec.en, if on { "yes" } else { "no" })))
        }
        _ => None,
    }
}
