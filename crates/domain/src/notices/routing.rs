//! By which way a person is told, and when: channels as data, each person's wishes, quiet hours, one digest instead of forty groups.

use crate::kernel::{DAY, Instant, MINUTE, coded};

coded! {
    /// What a channel speaks.
    ChannelKind {
        /// The browser: live while it is open, Web Push when it is not.
        Browser = "browser", "浏览器推送", "browser push";
        /// A gateway of text messages over HTTP.
        Sms = "sms", "短信", "text message";
        /// DingTalk: a robot of a group, signed.
        DingTalk = "ding_talk", "钉钉", "DingTalk";
        /// 浙政钉: the application's key, signed.
        ZheZhengDing = "zhe_zheng_ding", "浙政钉", "Zhezhengding";
        /// WeCom: an application's message by token.
        WeCom = "we_com", "企业微信", "WeCom";
        /// E-mail by SMTP.
        Mail = "mail", "电子邮件", "e-mail";
    }
}

impl ChannelKind {
    /// Whether an urgent word may be expected to wake somebody by it, in the order in which they are tried when a person has said nothing else.
    #[must_use]
    pub const fn haste(self) -> u8 {
        match self {
            Self::Browser => 0,
            Self::Sms => 1,
            Self::ZheZhengDing => 2,
            Self::DingTalk => 3,
            Self::WeCom => 4,
            Self::Mail => 5,
        }
    }
}

/// How a person wants to be told what is not urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeWish {
    /// Each notice at once, outside of quiet hours; else all together in the digest.
    pub at_once: bool,
    /// From which minute of the day it is quiet.
    pub quiet_from: i64,
    /// Until which minute of the day; the same as `quiet_from` means never.
    pub quiet_to: i64,
    /// At which minute of the day the digest comes.
    pub digest_at: i64,
}

impl Default for NoticeWish {
    /// Quiet from 22:00 to 7:00, a digest at 8:20, before the offices open.
    fn default() -> Self {
        Self { at_once: false, quiet_from: 22 * 60, quiet_to: 7 * 60, digest_at: 8 * 60 + 20 }
    }
}

/// A way to a person: a channel with that person's place in the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The channel.
    pub channel: String,
    /// What it speaks.
    pub kind: ChannelKind,
    /// The person's own order, the first is tried first.
    pub ordinal: i64,
}

/// The ways by which the attempt number `n` (from 0) is made: the first for what is not urgent; for an urgent one the next at each attempt, round and round, and
/// from the second round on all at once.
#[must_use]
pub fn ways_at(ways: &[Way], n: usize) -> Vec<&Way> {
    let mut sorted: Vec<&Way> = ways.iter().collect();
    sorted.sort_by_key(|way| (way.ordinal, way.kind.haste(), way.channel.clone()));
    if n < sorted.len() { vec![sorted[n]] } else { sorted }
}

fn minute_of(at: Instant) -> i64 {
    at.since(at.day().start()) / MINUTE
}

/// Until when it is quiet for this person, if it is now. An urgent notice does not ask.
#[must_use]
pub fn quiet(wish: &NoticeWish, now: Instant) -> Option<Instant> {
    let (minute, from, to) = (minute_of(now), wish.quiet_from, wish.quiet_to);
    let today = now.day().start();
    if from == to {
        None
    } else if from < to {
        (from <= minute && minute < to).then(|| today.plus(to * MINUTE))
    } else if minute >= from {
        Some(today.plus(DAY + to * MINUTE))
    } else {
        (minute < to).then(|| today.plus(to * MINUTE))
    }
}

/// The digest that a notice of `now` will be in: the next at this person's minute.
#[must_use]
pub fn digest_slot(wish: &NoticeWish, now: Instant) -> Instant {
    let today = now.day().start().plus(wish.digest_at * MINUTE);
    if now < today { today } else { today.plus(DAY) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Day;

    fn at(hour: i64, minute: i64) -> Instant {
        Day::read("2026-11-24").map(|day| day.start().plus((hour * 60 + minute) * MINUTE)).unwrap()
    }

    #[test]
    fn quiet_hours_pass_midnight_and_end_in_the_morning() {
        let wish = NoticeWish::default();
        assert_eq!(quiet(&wish, at(12, 0)), None);
        assert_eq!(quiet(&wish, at(22, 0)), Some(at(31, 0)));
        assert_eq!(quiet(&wish, at(6, 59)), Some(at(7, 0)));
        assert_eq!(quiet(&wish, at(7, 0)), None);
        let noon = NoticeWish { quiet_from: 12 * 60, quiet_to: 13 * 60, ..wish };
        assert_eq!((quiet(&noon, at(12, 30)), quiet(&noon, at(13, 0))), (Some(at(13, 0)), None));
        assert_eq!(quiet(&NoticeWish { quiet_from: 0, quiet_to: 0, ..wish }, at(3, 0)), None);
    }

    #[test]
    fn a_digest_comes_once_a_day_at_the_persons_minute() {
        let wish = NoticeWish::default();
        assert_eq!(digest_slot(&wish, at(8, 19)), at(8, 20));
        assert_eq!(digest_slot(&wish, at(8, 20)), at(32, 20));
        assert_eq!(digest_slot(&wish, at(23, 0)), at(32, 20));
    }

    #[test]
    fn each_attempt_takes_the_next_way_and_then_all() {
        let way = |channel: &str, kind, ordinal| Way { channel: channel.to_owned(), kind, ordinal };
        let ways = [way("m", ChannelKind::Mail, 2), way("s", ChannelKind::Sms, 1), way("b", ChannelKind::Browser, 1)];
        let tried = |n| ways_at(&ways, n).iter().map(|way| way.channel.clone()).collect::<Vec<_>>();
        assert_eq!((tried(0), tried(1), tried(2)), (vec!["b".to_owned()], vec!["s".to_owned()], vec!["m".to_owned()]));
        assert_eq!(tried(3).len(), 3);
        assert!(ways_at(&[], 0).is_empty());
    }
}
