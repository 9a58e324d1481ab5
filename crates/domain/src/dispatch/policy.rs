//! Policies: how long each step may take, on whose word, and what happens then.
//!
//! A policy is a versioned row of data; a running clock keeps the id and version that it began with. The list here is the one that ships. What
//! is marked [`Mark::L`] may be tightened by the installation and never loosened; the rest are defaults to be confirmed or replaced.

use super::{Level, Span, SpanUnit, Urgency};
use crate::kernel::coded;

coded! {
    /// What a clock of a matter measures.
    ClockKind {
        /// From registration to dispatch.
        Triage = "triage", "分流", "triage";
        /// From offer to acceptance by the unit.
        Accept = "accept", "签收", "acceptance";
        /// From receipt by the unit to the first word with the person.
        FirstContact = "first_contact", "首次联系", "first contact";
        /// From receipt to the first report of what was found.
        FirstFeedback = "first_feedback", "首次反馈", "first feedback";
        /// From receipt to the finished feedback.
        Finish = "finish", "办结", "finish";
        /// From feedback to the check.
        Check = "check", "核查", "check";
        /// From the check to the end of calling back.
        Callback = "callback", "回访", "call-back";
        /// From a return to the command room's ruling.
        Arbitrate = "arbitrate", "裁定", "arbitration";
        /// What a report's own source expects back by then.
        Reply = "reply", "答复来源", "reply to the source";
        /// How long one rung of the ladder may be silent; its steps are the next channel each, 100 % is the next rung. No clock of a matter.
        Acknowledge = "acknowledge", "确认收到", "acknowledgement";
    }
}

coded! {
    /// By which calendar a policy counts; follows from its span's unit and is kept for the reader.
    Basis {
        /// Service hours or working days.
        Service = "service", "工作日历", "service calendar";
        /// Calendar days by the Civil Code.
        Civil = "civil", "自然日（民法典）", "civil days";
        /// Real time, holidays too.
        Real = "real", "昼夜连续", "real time";
    }
}

coded! {
    /// What happens when the span is consumed.
    AtDue {
        /// The unit has accepted by silence.
        AutoAccept = "auto_accept", "默认签收", "auto-accept";
        /// The ladder climbs a rung.
        Escalate = "escalate", "升级", "escalate";
    }
}

coded! {
    /// How sure a number is.
    Mark {
        /// Read in the law: may be tightened, never loosened.
        L = "L", "法定", "law";
        /// Read in a standard.
        S = "S", "标准", "standard";
        /// Read in shipped software.
        V = "V", "软件", "shipped software";
        /// Published by an authority.
        O = "O", "公开", "authority's page";
        /// A weaker page.
        W = "W", "参考", "weaker page";
        /// Our default, to be confirmed by the customer.
        I = "I", "默认", "our default";
        /// Sources disagree.
        D = "D", "分歧", "sources disagree";
    }
}

/// One row of the rule book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Stable name, e.g. `accept.extreme`.
    pub id: String,
    /// Version of the row, from 1; a clock pins it.
    pub version: i64,
    /// Which clock it sets.
    pub kind: ClockKind,
    /// Only for this urgency, or for any.
    pub urgency: Option<Urgency>,
    /// Only for this level, or for any (also for a matter without one yet).
    pub level: Option<Level>,
    /// How long.
    pub span: Span,
    /// By which calendar.
    pub basis: Basis,
    /// What happens when it is due.
    pub at_due: AtDue,
    /// Rungs in percent of the span; 80 reminds, 100 is due.
    pub steps: Vec<i64>,
    /// Where the number comes from, for the screen.
    pub source: String,
    /// How sure it is.
    pub mark: Mark,
}

impl Policy {
    fn fits(&self, kind: ClockKind, urgency: Urgency, level: Option<Level>) -> bool {
        self.kind == kind && self.urgency.is_none_or(|own| own == urgency) && self.level.is_none_or(|own| Some(own) == level)
    }

    fn narrowness(&self) -> u8 {
        u8::from(self.urgency.is_some()) + u8::from(self.level.is_some())
    }
}

/// The policy that fits: the one that asks for most; of those that ask for as much, the first of the list.
#[must_use]
pub fn choose(policies: &[Policy], kind: ClockKind, urgency: Urgency, level: Option<Level>) -> Option<&Policy> {
    policies.iter().filter(|policy| policy.fits(kind, urgency, level)).reduce(|best, next| if next.narrowness() > best.narrowness() { next } else { best })
}

/// The rows that ship. An instant matter stays at its 8 hours even when extreme, since `finish.instant` stands before `finish.extreme`: whichever
/// is earlier. There is no reply row: what a source expects (12345 in Hangzhou) is not published, so no reply clock runs before it is configured.
#[must_use]
pub fn defaults() -> Vec<Policy> {
    use ClockKind::{Accept, Arbitrate, Callback, Check, Finish, FirstContact, FirstFeedback, Triage};
    const LOOP: &str = "杭州“小脑+手脚”1/8/1 小时/24 小时闭环（2023-07）";
    const OURS: &str = "示例默认值，请按本街道文件修改";
    const LEVELS: &str = "东至县分级办理时限，作默认值";
    let extreme = Some(Urgency::Extreme);
    vec![
        row("triage.extreme", Triage, extreme, None, Span::minutes(1), LOOP, Mark::O),
        row("triage", Triage, None, None, Span::minutes(10), OURS, Mark::I),
        row("accept.extreme", Accept, extreme, None, Span::minutes(1), LOOP, Mark::O),
        row("accept", Accept, None, None, Span::working_hours(2), OURS, Mark::I),
        row("first_contact.extreme", FirstContact, extreme, None, Span::hours(1), OURS, Mark::I),
        row("first_contact", FirstContact, None, None, Span::working_days(1), OURS, Mark::I),
        row("first_feedback.extreme", FirstFeedback, extreme, None, Span::hours(1), LOOP, Mark::O),
        row("finish.instant", Finish, None, Some(Level::Instant), Span::hours(8), "即时事项当班办结，按一班 8 小时", Mark::I),
        row("finish.extreme", Finish, extreme, None, Span::hours(24), LOOP, Mark::O),
        row("finish.simple", Finish, None, Some(Level::Simple), Span::hours(24), LEVELS, Mark::I),
        row("finish.ordinary", Finish, None, Some(Level::Ordinary), Span::days(7), LEVELS, Mark::I),
        row("finish.complex", Finish, None, Some(Level::Complex), Span::days(20), LEVELS, Mark::I),
        row("finish.hard", Finish, None, Some(Level::Hard), Span::days(60), "疑难事项按方案办理，以信访工作条例第34条为上限", Mark::I),
        row("finish", Finish, None, None, Span::days(7), "未定级的按一般办理", Mark::I),
        row("check", Check, None, None, Span::working_days(1), OURS, Mark::I),
        row("callback", Callback, None, None, Span::days(3), OURS, Mark::I),
        row("arbitrate.extreme", Arbitrate, extreme, None, Span::minutes(10), OURS, Mark::I),
        row("arbitrate", Arbitrate, None, None, Span::working_days(1), OURS, Mark::I),
        // Six rungs at the most, two minutes each: an extreme matter has an answer or its top alarm within twelve minutes.
        climbs("acknowledge.extreme", extreme, Span::minutes(2), &[25, 50, 75, 100]),
        climbs("acknowledge.urgent", Some(Urgency::Urgent), Span::hours(1), &[50, 100]),
        climbs("acknowledge", None, Span::working_days(1), &[50, 100]),
    ]
}

fn climbs(id: &str, urgency: Option<Urgency>, span: Span, steps: &[i64]) -> Policy {
    let row = row(id, ClockKind::Acknowledge, urgency, None, span, "示例默认值：每一级的确认时间；各步换通道，100% 上移一级", Mark::I);
    Policy { steps: steps.to_vec(), ..row }
}

fn row(id: &str, kind: ClockKind, urgency: Option<Urgency>, level: Option<Level>, span: Span, source: &str, mark: Mark) -> Policy {
    let basis = match span.unit {
        SpanUnit::Minute | SpanUnit::Hour => Basis::Real,
        SpanUnit::Day => Basis::Civil,
        SpanUnit::WorkingDay | SpanUnit::WorkingHour => Basis::Service,
    };
    let at_due = if kind == ClockKind::Accept { AtDue::AutoAccept } else { AtDue::Escalate };
    Policy { id: id.to_owned(), version: 1, kind, urgency, level, span, basis, at_due, steps: vec![80, 100], source: source.to_owned(), mark }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn chosen(kind: ClockKind, urgency: Urgency, level: Option<Level>) -> Option<String> {
        choose(&defaults(), kind, urgency, level).map(|policy| policy.id.clone())
    }

    #[test]
    fn ids_are_unique_and_every_span_is_possible() {
        let policies = defaults();
        assert_eq!(policies.iter().map(|p| &p.id).collect::<BTreeSet<_>>().len(), policies.len());
        assert!(policies.iter().all(|p| Span::new(p.span.n, p.span.unit).is_some() && (p.steps == [80, 100] || p.kind == ClockKind::Acknowledge) && !p.source.is_empty()));
    }

    #[test]
    fn the_narrower_row_wins_and_the_order_breaks_ties() {
        use ClockKind::{Accept, Finish, Triage};
        let id = |text: &str| Some(text.to_owned());
        assert_eq!(chosen(Triage, Urgency::Extreme, None), id("triage.extreme"));
        assert_eq!(chosen(Triage, Urgency::Urgent, Some(Level::Hard)), id("triage"));
        assert_eq!(chosen(Accept, Urgency::Normal, None), id("accept"));
        assert_eq!(chosen(Finish, Urgency::Extreme, Some(Level::Instant)), id("finish.instant"));
        assert_eq!(chosen(Finish, Urgency::Extreme, Some(Level::Hard)), id("finish.extreme"));
        assert_eq!(chosen(Finish, Urgency::Extreme, None), id("finish.extreme"));
        assert_eq!(chosen(Finish, Urgency::Normal, Some(Level::Complex)), id("finish.complex"));
        assert_eq!(chosen(Finish, Urgency::Normal, None), id("finish"));
        assert_eq!(chosen(ClockKind::FirstFeedback, Urgency::Normal, None), None);
        assert_eq!(chosen(ClockKind::Reply, Urgency::Normal, None), None);
    }

    #[test]
    fn every_clock_but_feedback_and_reply_has_a_row_for_every_matter() {
        for kind in ClockKind::ALL.iter().filter(|kind| !matches!(kind, ClockKind::FirstFeedback | ClockKind::Reply)) {
            for urgency in Urgency::ALL {
                assert!(chosen(*kind, *urgency, None).is_some(), "{kind} {urgency}");
                for level in Level::ALL {
                    assert!(chosen(*kind, *urgency, Some(*level)).is_some(), "{kind} {urgency} {level}");
                }
            }
        }
    }

    #[test]
    fn only_an_offer_is_accepted_by_silence() {
        assert!(defaults().iter().all(|p| (p.at_due == AtDue::AutoAccept) == (p.kind == ClockKind::Accept)));
    }
}
