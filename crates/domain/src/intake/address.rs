//! Place first: which village, community, grid or area station a text speaks of.
//!
//! The places are handed in (code, name, aliases); nothing is known here. The longest name wins, so that “长山头村” is not read as “长山社区”; two
//! different places in one text are no answer, unless the more precise lies within the other. An unknown place is `None`: the desk's own station keeps the
//! matter (`domain.md` §11.1).

use super::phrases::Text;

/// A place as it is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPlace {
    /// Its code: 12 digits for a village or area station, three more for a grid.
    pub code: String,
    /// Its full name: 盛中村.
    pub name: String,
    /// Other names: 盛中, 红垦.
    pub aliases: Vec<String>,
}

/// The place that a text speaks of, to the grid if it names one (“盛中村3网格”, “盛中村三组”) and the grid exists among `places`.
#[must_use]
pub fn find_place(text: &str, places: &[NamedPlace]) -> Option<String> {
    let text: String = Text::of(text).to_string();
    let mut hits: Vec<(usize, usize, &NamedPlace)> = places
        .iter()
        .flat_map(|place| std::iter::once(&place.name).chain(&place.aliases).map(move |name| (place, name)))
        .filter(|(_, name)| name.chars().count() >= 2)
        .flat_map(|(place, name)| {
            let name = Text::of(name).to_string();
            text.match_indices(&name).map(|(at, found)| (at, at + found.len(), place)).collect::<Vec<_>>()
        })
        .collect();
    // A hit that lies inside a longer one is part of another name.
    let all = hits.clone();
    hits.retain(|(from, to, _)| !all.iter().any(|(f, t, _)| (f, t) != (from, to) && f <= from && t >= to));
    let first = hits.first()?;
    let mut found = first.2;
    let mut end = first.1;
    for (_, to, place) in &hits[1..] {
        if place.code.starts_with(&found.code) {
            (found, end) = (place, *to);
        } else if !found.code.starts_with(&place.code) {
            return None;
        }
    }
    let grid = number_after(&text[end..]).map(|number| format!("{}{number:03}", found.code));
    Some(grid.filter(|code| places.iter().any(|place| place.code == *code)).unwrap_or_else(|| found.code.clone()))
}

/// Reads “3网格”, “第3网格”, “三组”, “3组” at the beginning of a text, full-width digits and Chinese numerals included.
fn number_after(text: &str) -> Option<u32> {
    let text = text.trim_start_matches(['第', '村', '社', '区', ',', ' ']);
    let digits: String = text.chars().take_while(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(*c)).collect();
    let rest = &text[digits.len()..];
    (!digits.is_empty() && ["网格", "号网格", "组", "村民小组"].iter().any(|unit| rest.starts_with(unit))).then(|| numeral(&digits)).flatten()
}

fn numeral(digits: &str) -> Option<u32> {
    if let Ok(number) = digits.parse() {
        return Some(number);
    }
    let one = |c: char| "一二三四五六七八九".chars().position(|known| known == c).and_then(|at| u32::try_from(at + 1).ok());
    match digits.split_once('十') {
        None if digits.chars().count() == 1 => digits.chars().next().and_then(one),
        None => None,
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { 1 } else { tens.chars().next().and_then(one)? };
            let ones = if ones.is_empty() { 0 } else { ones.chars().next().and_then(one)? };
            Some(tens * 10 + ones)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Vec<NamedPlace> {
        let place = |code: &str, name: &str, aliases: &[&str]| NamedPlace {
            code: code.into(),
            name: name.into(),
            aliases: aliases.iter().map(|a| (*a).into()).collect(),
        };
        vec![
            place("330109014", "新街街道", &["新街"]),
            place("330109014001", "长山社区", &["长山"]),
            place("330109014225", "长山头村", &["长山头"]),
            place("330109014218", "盛中村", &["盛中"]),
            place("330109014218003", "盛中村第3网格", &[]),
            place("330109014008", "红垦社区", &["红垦"]),
            place("330109014902", "桥南区块综治站", &["桥南"]),
        ]
    }

    #[test]
    fn names_aliases_and_grids() {
        let find = |text: &str| find_place(text, &places());
        assert_eq!(find("盛中村有人打架").as_deref(), Some("330109014218"));
        assert_eq!(find("我是盛中的").as_deref(), Some("330109014218"));
        assert_eq!(find("盛中村3组王家门口").as_deref(), Some("330109014218003"));
        assert_eq!(find("盛中村第三网格").as_deref(), Some("330109014218003"));
        assert_eq!(find("盛中村９网格").as_deref(), Some("330109014218"), "a grid that does not exist");
        assert_eq!(find("长山头村口").as_deref(), Some("330109014225"));
        assert_eq!(find("桥南那个厂").as_deref(), Some("330109014902"));
        assert_eq!(find("新街街道红垦").as_deref(), Some("330109014008"));
    }

    #[test]
    fn unknown_and_undecided_are_none() {
        assert_eq!(find_place("A市A3区桐梓坡西路", &places()), None);
        assert_eq!(find_place("从盛中村到红垦社区的路", &places()), None);
        assert_eq!(find_place("", &places()), None);
    }

    #[test]
    fn numerals_are_read() {
        assert_eq!(["三", "十", "十二", "二十", "二十一", "15"].map(numeral), [Some(3), Some(10), Some(12), Some(20), Some(21), Some(15)]);
    }
}
