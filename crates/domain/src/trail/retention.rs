//! Retention: how long a class of texts is kept, from which instant that counts, on which legal basis and for what (个人信息保护法 art. 19, 47; `domain.md` §7.9).
//!
//! The rule book's own rules are [`RULES`]; an installation may set others in their place (an act, with history). The rule with the longest fitting category
//! wins, so that what must be kept for good (group matters, land) is never reached by the general one.

use crate::kernel::{Day, Instant, Retention, coded};

coded! {
    /// From which instant a keeping time counts.
    CountsFrom {
        /// When the matter was archived.
        Archived = "archived", "归档", "archiving";
        /// When the matter was closed, declined or voided.
        Closed = "closed", "办结", "closing";
        /// When the text was written.
        Written = "written", "写下", "writing";
    }
}

/// One rule of retention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its id, stable over changes.
    pub id: String,
    /// Which class of texts.
    pub class: Retention,
    /// Beginning of the category's code; empty for all.
    pub category: String,
    /// Months that the texts are kept; none for good.
    pub months: Option<i64>,
    /// From when they count.
    pub counts_from: CountsFrom,
    /// The legal basis.
    pub basis: String,
    /// What the texts are kept for.
    pub purpose: String,
}

/// The rules that hold until an installation sets its own. Keeping times of mediation and petition files are not set by law (`domain.md` §7.10); ten years is the
/// default, groups and land for good. All are for the archive authority to confirm.
#[expect(clippy::type_complexity, reason = "one row a rule, read as a table")]
const RULES: &[(&str, Retention, &str, Option<i64>, CountsFrom, &str, &str)] = &[
    ("matter", Retention::Matter, "", Some(120), CountsFrom::Archived, "档案法第十三条；个人信息保护法第十三条第一款第三项、第十九条", "事项办理与备查"),
    ("matter-group", Retention::Matter, "G", None, CountsFrom::Archived, "档案法第十三条（群体性事项永久保管）", "事项办理与备查"),
    ("matter-land", Retention::Matter, "09", None, CountsFrom::Archived, "档案法第十三条（土地权属永久保管）", "事项办理与备查"),
    ("matter-resettlement", Retention::Matter, "11", None, CountsFrom::Archived, "档案法第十三条（征迁安置永久保管）", "事项办理与备查"),
    ("contact", Retention::Contact, "", Some(12), CountsFrom::Closed, "个人信息保护法第十三条第一款第三项、第十九条", "联系、回访与重开"),
    ("working", Retention::Working, "", Some(36), CountsFrom::Written, "个人信息保护法第五十四条、第五十六条", "查看记录备查"),
];

/// The rule book's own rules.
#[must_use]
pub fn rules() -> Vec<Rule> {
    let rule = |(id, class, category, months, counts_from, basis, purpose): &(&str, Retention, &str, Option<i64>, CountsFrom, &str, &str)| Rule {
        id: (*id).to_owned(),
        class: *class,
        category: (*category).to_owned(),
        months: *months,
        counts_from: *counts_from,
        basis: (*basis).to_owned(),
        purpose: (*purpose).to_owned(),
    };
    RULES.iter().map(rule).collect()
}

/// The rule for a class of a matter of this category: the longest fitting one.
#[must_use]
pub fn rule_for<'r>(rules: &'r [Rule], class: Retention, category: Option<&str>) -> Option<&'r Rule> {
    rules.iter().filter(|rule| rule.class == class && category.unwrap_or_default().starts_with(&rule.category)).max_by_key(|rule| rule.category.len())
}

/// Until when what began at `from` is kept under a rule; none for good. Months are calendar months; a day that a month does not have is its last.
#[must_use]
pub fn kept_until(rule: &Rule, from: Instant) -> Option<Instant> {
    let months = rule.months?;
    let written = from.day().written();
    let mut parts = written.split('-').map(|part| part.parse::<i64>().unwrap_or(1));
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let all = year * 12 + month - 1 + months;
    let (year, month) = (i16::try_from(all.div_euclid(12)).ok()?, i8::try_from(all.rem_euclid(12) + 1).ok()?);
    // The day after, so that the last day is kept to its end.
    (0..4).find_map(|less| Day::of(year, month, i8::try_from(day - less).ok()?)).map(|day| day.plus(1).start())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Day::read(text).unwrap().start()
    }

    #[test]
    fn a_keeping_time_ends_after_its_last_day() {
        let rules = rules();
        let contact = rule_for(&rules, Retention::Contact, Some("F-03")).unwrap();
        assert_eq!(kept_until(contact, at("2026-11-24")), Some(at("2027-11-25")));
        let month = Rule { months: Some(1), ..contact.clone() };
        assert_eq!(kept_until(&month, at("2027-01-31")), Some(at("2027-03-01")));
    }

    #[test]
    fn the_longest_fitting_rule_wins() {
        let rules = rules();
        let id = |category| rule_for(&rules, Retention::Matter, category).unwrap().id.clone();
        assert_eq!(
            (id(None), id(Some("0602")), id(Some("G-01")), id(Some("1102"))),
            ("matter".into(), "matter".into(), "matter-group".into(), "matter-resettlement".into())
        );
        assert_eq!(kept_until(rule_for(&rules, Retention::Matter, Some("0901")).unwrap(), at("2000-01-01")), None);
    }
}
