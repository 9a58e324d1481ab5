//! Policies: how long each step may take, on whose word, and what happens then.
//!
//! A policy is a versioned row of data; a running clock keeps the id and version that it began with. The list here is the one that ships. What
//! is marked [`Mark::L`] may be tightened by the installation and never loosened; the rest are defaults to be confirmed or replaced.

use super::{Book, Level, Pause, Span, Urgency};
use crate::kernel::{Refusal, coded};

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
        /// A period that a law or another authority sets, beside the loop's own clocks.
        Statutory = "statutory", "法定期限", "statutory period";
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

/// By how much a period may be made longer, always before it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extension {
    /// Not at all.
    None,
    /// So often, each time by no more than so much.
    AtMost {
        /// The most of one extension.
        each: Span,
        /// How often.
        times: i64,
    },
    /// As the parties agree.
    Agreed,
}

/// One row of the rule book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Stable name, e.g. `accept.extreme`.
    pub id: String,
    /// Version of the row, from 1; a clock pins it.
    pub version: i64,
    /// The row of the master table (`domain.md` §6.2) that it stands for, if one.
    pub row: Option<String>,
    /// Which clock it sets.
    pub kind: ClockKind,
    /// Only for this urgency, or for any.
    pub urgency: Option<Urgency>,
    /// Only for this level, or for any (also for a matter without one yet).
    pub level: Option<Level>,
    /// How long.
    pub span: Span,
    /// Further spans from the same start; the first to expire wins.
    pub also: Vec<Span>,
    /// Whether it says how long something must at least be kept, and not how long it may take.
    pub least: bool,
    /// By which calendar.
    pub basis: Basis,
    /// By how much it may be made longer.
    pub extension: Extension,
    /// For which reasons it may stand still.
    pub pauses: Vec<Pause>,
    /// What happens when it is due.
    pub at_due: AtDue,
    /// Rungs in percent of the span; 80 reminds, 100 is due.
    pub steps: Vec<i64>,
    /// What starts it, for the reader.
    pub from: String,
    /// Where the number comes from, for the screen: the article, where it is law.
    pub source: String,
    /// How sure it is.
    pub mark: Mark,
    /// How it is called.
    pub name: String,
}

impl Policy {
    /// Its spans, the first to expire of which wins.
    pub fn spans(&self) -> impl Iterator<Item = Span> {
        std::iter::once(self.span).chain(self.also.iter().copied())
    }

    /// Whether `next` may take this row's place: what the law sets may be tightened and never loosened.
    ///
    /// # Errors
    /// `law_loosened` with the article and the datum.
    pub fn may_become(&self, next: &Self) -> Result<(), Refusal> {
        if self.mark != Mark::L {
            return Ok(());
        }
        let refused = |datum: &'static str, said: String| Err(Refusal::at("law_loosened", datum, format!("{}：{said}（{}）", self.name, self.source)));
        if next.mark != Mark::L || next.kind != self.kind || next.least != self.least {
            return refused("mark", "法定期限的性质不能更改".to_owned());
        }
        let all = |span: Span| self.spans().any(|own| if self.least { own.within(span) } else { span.within(own) });
        let kept = if self.least { next.spans().all(all) } else { next.spans().any(all) };
        if !kept {
            let bound = if self.least { "不得短于" } else { "不得长于" };
            return refused("span", format!("{bound} {}，可以收紧，不能放宽", self.span.said_zh()));
        }
        let extension = match (self.extension, next.extension) {
            (_, Extension::None) | (Extension::Agreed, _) => true,
            (Extension::AtMost { each, times }, Extension::AtMost { each: other, times: often }) => other.within(each) && often <= times,
            _ => false,
        };
        if !extension {
            return refused("extend", "延长的幅度和次数不得超过法律规定".to_owned());
        }
        let lawful =
            |pause: &Pause| self.pauses.iter().any(|own| own.kind == pause.kind && own.cap.is_none_or(|cap| pause.cap.is_some_and(|other| other.within(cap))));
        if !next.pauses.iter().all(lawful) {
            return refused("pause", "不得增加法律没有规定的中止事由".to_owned());
        }
        Ok(())
    }

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

/// The rows that ship ([`Book::shipped`]). An instant matter stays at its 8 hours even when extreme, since `finish.instant` stands before `finish.extreme`:
/// whichever is earlier. There is no reply row: what a source expects (12345 in Hangzhou) is not published, so no reply clock runs before it is configured.
#[must_use]
pub fn defaults() -> Vec<Policy> {
    Book::shipped().policies().to_vec()
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
        assert!(policies.iter().all(|p| Span::new(p.span.n, p.span.unit).is_some() && p.steps.contains(&100) && !p.source.is_empty()));
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
        for kind in ClockKind::ALL.iter().filter(|kind| !matches!(kind, ClockKind::FirstFeedback | ClockKind::Reply | ClockKind::Statutory)) {
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
