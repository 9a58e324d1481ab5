//! What a notice says outside of the house: number, kind, due, link. Never a name, a telephone number, an address or a word that somebody said.

use crate::kernel::{Instant, MatterId, NoticeId};
use crate::matters::{ActKind, Care};

/// A notice on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// One line.
    pub title: String,
    /// The whole text, a line or two, without the link.
    pub text: String,
    /// Path of the page behind it, below the installation's address.
    pub path: String,
}

/// The letter of a notice. Of protected and confidential matters it says that there is one, and nothing that could be guessed from (`domain.md` §10.8).
#[expect(clippy::too_many_arguments, reason = "what a letter is made of, each of another type")]
#[must_use]
pub fn letter(care: Care, number: &str, act: &str, rung: i64, due: Option<Instant>, matter: &MatterId, notice: &NoticeId, urgent: bool) -> Letter {
    let mark = if urgent { "【特急】" } else { "" };
    if care != Care::Open {
        let title = format!("{mark}有一件事项待您处理");
        return Letter { text: title.clone(), title, path: format!("/notices?n={notice}") };
    }
    let title = format!("{mark}{}", said(act, rung, false));
    let due = due.map_or_else(String::new, |due| format!("，时限 {}", due.written()));
    Letter { text: format!("{number}：{title}{due}"), title, path: format!("/matters/{matter}?n={notice}") }
}

/// One sentence without personal data: what the act means for whoever is told.
#[must_use]
pub fn said(act: &str, rung: i64, passed_over: bool) -> String {
    let passed = if passed_over { "（下一级无人在岗，已上移）" } else { "" };
    match (act, rung) {
        (_, super::ALARM) => format!("各级均未确认收到，请立即处置{passed}"),
        ("escalate", 0) => "时限将到，请尽快办理".to_owned(),
        ("escalate", _) => format!("已超时限或无人确认，请督促办理{passed}"),
        ("auto_accept", _) => "超时未签收，已视为签收".to_owned(),
        ("dispatch" | "arbitrate", _) => "有新的交办，请签收".to_owned(),
        ("feed_back", _) => "已反馈，请核查".to_owned(),
        ("check", _) => "核查完毕，请处理".to_owned(),
        ("send_back", _) => "有退回，请裁定".to_owned(),
        ("urge", _) => "上级催办，请尽快办理".to_owned(),
        ("object" | "reopen", _) => "群众不同意办结或已重开，请重新办理".to_owned(),
        _ => format!("“{}”与您有关，请查看", act.parse::<ActKind>().map(ActKind::zh).unwrap_or(act)),
    }
}

/// The letter of a digest: how many wait, and where they are.
#[must_use]
pub fn digest(waiting: usize) -> Letter {
    let text = format!("您有 {waiting} 条通知尚未确认，请登录查看");
    Letter { title: "每日通知汇总".to_owned(), text, path: "/notices".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_about_a_protected_matter_says_only_that_there_is_one() {
        let (matter, notice) = (MatterId::from("mat_1"), NoticeId::from("ntc_1"));
        let open = letter(Care::Open, "综〔2026〕330109014218-000123", "dispatch", 0, Some(Instant(1_795_449_600_000)), &matter, &notice, false);
        assert!(open.text.contains("000123") && open.text.contains("请签收") && open.text.contains("时限") && open.path.contains("mat_1"));
        for care in [Care::Protected, Care::Confidential] {
            let closed = letter(care, "综〔2026〕330109014218-000123", "dispatch", 0, Some(Instant(1_795_449_600_000)), &matter, &notice, false);
            assert_eq!((closed.title.as_str(), closed.text.as_str(), closed.path.as_str()), ("有一件事项待您处理", "有一件事项待您处理", "/notices?n=ntc_1"));
        }
    }
}
