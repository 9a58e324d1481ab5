//! The calendar of one person's shifts as iCalendar text (RFC 5545): duty and place, nobody's name.

use super::Shift;
use crate::kernel::Instant;

/// A shift as it stands in a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The shift.
    pub shift: &'a Shift,
    /// Name of its unit.
    pub place: &'a str,
}

/// The calendar `name` with these entries, as of `now`. Lines end with CR LF and are folded at 75 octets (§3.1), texts are escaped (§3.3.11), times are UTC.
#[must_use]
pub fn calendar(name: &str, entries: &[Entry<'_>], now: Instant) -> String {
    let mut text = String::new();
    let mut line = |content: &str| fold(&mut text, content);
    for content in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//xinjiean//rota//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"] {
        line(content);
    }
    line(&format!("X-WR-CALNAME:{}", escape(name)));
    for Entry { shift, place } in entries {
        let what = format!("{} · {}", shift.duty.zh(), shift.kind.zh());
        line("BEGIN:VEVENT");
        line(&format!("UID:{}@xinjiean", shift.id));
        line(&format!("DTSTAMP:{}", utc(now)));
        line(&format!("DTSTART:{}", utc(shift.from_at)));
        line(&format!("DTEND:{}", utc(shift.to_at)));
        line(&format!("SUMMARY:{}", escape(&what)));
        line(&format!("LOCATION:{}", escape(place)));
        line("TRANSP:OPAQUE");
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    text
}

/// `20261124T013000Z`.
fn utc(at: Instant) -> String {
    // `written` is Shanghai time; eight hours earlier it is UTC.
    let written = at.plus(-8 * crate::kernel::HOUR).written();
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let seconds = at.0.div_euclid(1_000).rem_euclid(60);
    format!("{}T{}{seconds:02}Z", &digits[..8], &digits[8..])
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A content line; what is longer than 75 octets goes on behind a line break and a space, never inside a character.
fn fold(out: &mut String, content: &str) {
    let mut used = 0;
    for c in content.chars() {
        if used + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Day;
    use crate::rota::{Duty, ShiftKind};

    fn shift() -> Shift {
        let day = Day::read("2026-11-24").unwrap();
        Shift {
            id: "shf_1".into(),
            rota: "rta_1".into(),
            unit: "unt_1".into(),
            duty: Duty::Desk,
            kind: ShiftKind::Early,
            from_at: day.start().plus(8 * crate::kernel::HOUR),
            to_at: day.start().plus(16 * crate::kernel::HOUR),
            account: Some("acc_1".into()),
            absent: false,
            stand_in: None,
        }
    }

    #[test]
    fn a_shift_is_an_event_in_universal_time() {
        let shift = shift();
        let text = calendar("我的值班", &[Entry { shift: &shift, place: "盛中村综治站" }], Instant(1_795_449_600_000));
        for line in [
            "DTSTART:20261124T000000Z",
            "DTEND:20261124T080000Z",
            "DTSTAMP:20261123T160000Z",
            "UID:shf_1@xinjiean",
            "SUMMARY:受理席 · 早班",
            "LOCATION:盛中村综治站",
        ] {
            assert!(text.contains(&format!("\r\n{line}\r\n")), "{line}\n{text}");
        }
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
        assert!(!text.contains("acc_1"));
    }

    #[test]
    fn long_lines_are_folded_and_texts_escaped() {
        let shift = shift();
        let place = "很长的名字,分号;反斜杠\\换行\n尾".repeat(9);
        let text = calendar("x", &[Entry { shift: &shift, place: &place }], Instant(0));
        assert!(text.split("\r\n").all(|line| line.len() <= 75));
        let whole = text.replace("\r\n ", "");
        assert!(whole.contains("LOCATION:很长的名字\\,分号\\;反斜杠\\\\换行\\n尾很长"));
    }
}
