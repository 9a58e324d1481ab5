//! Chinese addresses: administrative head, village or road, estate, and the numbers down to the door.
//!
//! The same door is written in many ways: 杭州市萧山区新街街道盛中村3组5号, 新街盛中村第三组5号, 盛中3-5. The parts make them comparable. Names of districts and streets
//! that were written out in full somewhere (萧山区, 新街街道) are collected in a [`Gazetteer`], so that 萧山新街盛中 is understood too; nothing is shipped with the program.

use super::{digit, han_number, mark_of, numeral};
use std::collections::BTreeMap;

/// The parts of one address. Marks of names ([`mark_of`]) and numbers; nought where a part is not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Address {
    /// Village, community or road, without its suffix.
    pub village: u32,
    /// Estate or building with a name.
    pub estate: u32,
    /// 幢, 栋, 号楼 of an estate; 组 of a village.
    pub block: u32,
    /// 单元 of an estate; 号 of a village or road.
    pub house: u32,
    /// 室.
    pub room: u32,
}

/// Names of districts and streets, without their suffix.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gazetteer {
    districts: Names,
    streets: Names,
}

/// Names by their mark, and a sieve over their first two characters that answers “surely none” at once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Names {
    names: BTreeMap<u32, Vec<char>>,
    sieve: [u64; 32],
}

impl Names {
    fn bit(chars: &[char]) -> Option<(usize, u64)> {
        let [a, b, ..] = chars else { return None };
        let at = (*a as u32).wrapping_mul(31).wrapping_add(*b as u32).wrapping_mul(0x9e37_79b1) >> 21;
        Some(((at >> 6) as usize, 1 << (at & 63)))
    }

    fn add(&mut self, name: &[char]) {
        let mark = mark_of(name.iter().map(|c| *c as u32));
        if let Some((at, bit)) = Self::bit(name)
            && (self.sieve[at] & bit == 0 || !self.names.contains_key(&mark))
        {
            self.sieve[at] |= bit;
            self.names.insert(mark, name.to_vec());
        }
    }

    /// Where the longest name that `chars` has at `at` ends.
    fn strip(&self, chars: &[char], at: usize) -> Option<usize> {
        let rest = chars.get(at..)?;
        let (word, bit) = Self::bit(rest)?;
        if self.sieve[word] & bit == 0 {
            return None;
        }
        (2..=NAME)
            .rev()
            .find_map(|width| rest.get(..width).filter(|name| self.names.contains_key(&mark_of(name.iter().map(|c| *c as u32)))).map(|_| at + width))
    }
}

/// Suffixes of districts and above, then of streets.
const DISTRICT: &[&[char]] = &[&['省'], &['市'], &['区'], &['县'], &['自', '治', '区']];
const STREET: &[&[char]] = &[&['街', '道'], &['镇'], &['乡']];
/// What an estate's name ends in.
const ESTATES: &[&str] = &[
    "花园", "家园", "小区", "公寓", "名邸", "华庭", "雅苑", "新村", "大厦", "广场", "山庄", "别墅", "公馆", "名苑", "豪庭", "花苑", "中心", "城", "苑", "里",
    "府", "居", "庭", "园", "坊", "邸", "湾",
];
/// Longest name of a district or street, in characters.
const NAME: usize = 6;

impl Gazetteer {
    /// Notes the names that an address writes out with their suffix.
    pub fn learn(&mut self, text: &str) {
        let mut chars = Vec::new();
        folded(text, &mut chars);
        self.learn_folded(&chars);
    }

    fn learn_folded(&mut self, chars: &[char]) {
        let mut at = 0;
        while let Some((name, end, street)) = headed(chars, at) {
            if street { &mut self.streets } else { &mut self.districts }.add(name);
            at = end;
        }
    }

    /// Adds the names of another.
    pub fn merge(&mut self, other: Self) {
        other.districts.names.values().for_each(|name| self.districts.add(name));
        other.streets.names.values().for_each(|name| self.streets.add(name));
    }
}

/// The administrative name that begins at `at`: its characters, where it ends, whether it is a street's.
fn headed(chars: &[char], at: usize) -> Option<(&[char], usize, bool)> {
    for width in 1..=NAME {
        let stop = at + width;
        let rest = chars.get(stop..)?;
        let before = *chars.get(stop - 1)?;
        if before.is_ascii_digit() && width == 1 || matches!(before, '第') {
            return None;
        }
        let here = |suffixes: &[&[char]]| suffixes.iter().find(|suffix| rest.starts_with(suffix)).map(|suffix| suffix.len());
        // 社区, 小区, 新区, 园区 are no districts.
        if let Some(long) = here(DISTRICT).filter(|_| !matches!((before, rest[0]), ('社' | '小' | '新' | '园' | '校' | '库' | '厂' | '片', '区'))) {
            // 市心路 is a road: the suffix needs a name before it.
            if width >= 2 {
                return Some((&chars[at..stop], stop + long, false));
            }
        }
        if let Some(long) = here(STREET).filter(|_| width >= 2 || matches!(rest[0], '镇')) {
            // 古镇村, 乡村路: what follows must not belong to the word.
            if !matches!(rest.get(long), Some('村' | '社' | '路')) {
                return Some((&chars[at..stop], stop + long, true));
            }
        }
        if matches!(before, '村' | '路') {
            return None;
        }
    }
    None
}

/// Characters to compare: half-width, simplified, no spaces.
fn folded(text: &str, out: &mut Vec<char>) {
    out.clear();
    out.extend(text.chars().filter(|c| !c.is_whitespace()).take(120).map(|c| match c {
        '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10).unwrap_or(c),
        '－' | '—' | '–' | '﹣' | '―' | '~' => '-',
        '＃' => '#',
        _ if c.is_ascii() => c,
        _ => super::names::modern(c),
    }));
}

/// Whether a number belongs to what is written from here on.
fn is_marker(chars: &[char]) -> bool {
    matches!(chars.first(), Some('组' | '幢' | '栋' | '号' | '室' | '弄' | '层' | '楼' | '座' | '队' | '房' | '#')) || chars.starts_with(&['单', '元'])
}

/// A number at `at`: value and where it ends. Han numerals only before a marker, because they stand in names too (三联村).
fn number(chars: &[char], at: usize) -> Option<(u32, usize)> {
    let first = *chars.get(at)?;
    if first.is_ascii_digit() {
        let mut value = 0_u32;
        let mut end = at;
        while let Some(d) = chars.get(end).and_then(|c| digit(*c)) {
            value = value.saturating_mul(10).saturating_add(d);
            end += 1;
        }
        // A3区, 7县 of texts made anonymous are names.
        if matches!(chars.get(end), Some('区' | '市' | '县' | '路')) {
            return None;
        }
        return Some((value, end));
    }
    if numeral(first).is_some() || matches!(first, '十' | '百') {
        let (value, width) = han_number(&chars[at..])?;
        return is_marker(&chars[at + width..]).then(|| (u32::try_from(value).unwrap_or(u32::MAX), at + width));
    }
    None
}

/// The kinds of numbers in an address.
#[derive(Clone, Copy, PartialEq)]
enum Said {
    Plain,
    Group,
    Block,
    Unit,
    House,
    Room,
}

/// A reader of addresses that keeps its buffer.
#[derive(Debug, Default)]
pub struct Reader {
    chars: Vec<char>,
}

impl Reader {
    /// Takes an address apart, by the names that `known` holds.
    pub fn read(&mut self, text: &str, known: &Gazetteer) -> Address {
        folded(text, &mut self.chars);
        parse(&self.chars, known)
    }

    /// As [`Gazetteer::learn`], with this buffer.
    pub fn learn(&mut self, text: &str, known: &mut Gazetteer) {
        folded(text, &mut self.chars);
        known.learn_folded(&self.chars);
    }
}

/// Takes an address apart.
#[must_use]
pub fn read(text: &str, known: &Gazetteer) -> Address {
    Reader::default().read(text, known)
}

fn parse(chars: &[char], known: &Gazetteer) -> Address {
    let mut at = 0;
    let mut seen_district = false;
    while let Some((_, end, street)) = headed(chars, at) {
        seen_district |= !street;
        at = end;
        if street {
            break;
        }
    }
    // 萧山新街盛中: names that others wrote with their suffix. A street's only behind a district's, for villages are named like streets.
    let stays = |end: usize| !matches!(chars.get(end), None | Some('村' | '社' | '路')) && !matches!(chars.get(end + 1), None | Some('村'));
    if let Some(end) = known.districts.strip(chars, at).filter(|end| stays(*end)) {
        at = end;
        seen_district = true;
    }
    if seen_district && let Some(end) = known.streets.strip(chars, at).filter(|end| stays(*end)) {
        at = end;
    }
    let rest = &chars[at..];
    // The name part ends where numbers begin.
    let stop = (0..rest.len()).find(|&i| number(rest, i).is_some() || rest[i] == '第' && (number(rest, i + 1).is_some())).unwrap_or(rest.len());
    let (name, tail) = rest.split_at(stop);
    let name: &[char] = name.strip_suffix(&['第']).unwrap_or(name);
    let mut address = Address::default();
    named(name, &mut address);
    numbers(tail, &mut address);
    address
}

/// Village and estate in the part before the numbers.
fn named(name: &[char], address: &mut Address) {
    let name: &[char] = match name.iter().position(|c| !c.is_alphanumeric()) {
        Some(end) if end >= 2 => &name[..end],
        _ => name,
    };
    if name.is_empty() {
        return;
    }
    let of = |part: &[char]| if part.is_empty() { 0 } else { mark_of(part.iter().map(|c| *c as u32)) };
    let is_estate = |part: &[char]| ESTATES.iter().any(|end| part.len() > end.chars().count() && part.ends_with(&end.chars().collect::<Vec<char>>()));
    let mut cut = None;
    for i in 1..name.len() {
        let long = if name[i..].starts_with(&['社', '区']) {
            2
        } else if name[i] == '村' && name[i - 1] != '新' && name.get(i + 1) != Some(&'路') {
            if name[i..].starts_with(&['村', '委', '会']) { 3 } else { 1 }
        } else if name[i] == '路' || name[i] == '街' && i + 1 == name.len() {
            // A road keeps its last character: 人民路 is not 人民村.
            cut = Some((i + 1, i + 1));
            break;
        } else {
            continue;
        };
        cut = Some((i, i + long));
        break;
    }
    match cut {
        Some((end, next)) => {
            address.village = of(&name[..end]);
            address.estate = of(&name[next..]);
        }
        None if is_estate(name) => address.estate = of(name),
        None => address.village = of(name),
    }
}

/// The numbers down to the door.
fn numbers(tail: &[char], address: &mut Address) {
    let mut found: [(Said, u32); 6] = [(Said::Plain, 0); 6];
    let (mut n, mut at) = (0, 0);
    while at < tail.len() && n < found.len() {
        let Some((value, end)) = number(tail, at) else {
            at += 1;
            continue;
        };
        let rest = &tail[end..];
        let (said, long) = match rest.first() {
            Some('组' | '队' | '社') => (Said::Group, 1),
            Some('号') if rest.get(1) == Some(&'楼') => (Said::Block, 2),
            Some('幢' | '栋' | '座' | '#') => (Said::Block, 1),
            Some('楼' | '层') => (Said::Plain, 1),
            Some('单') => (Said::Unit, 2),
            Some('室' | '房') => (Said::Room, 1),
            Some('号' | '弄') => (Said::House, 1),
            _ => (Said::Plain, 0),
        };
        found[n] = (said, value);
        n += 1;
        at = end + long;
    }
    let found = &found[..n];
    let first = |kind: Said| found.iter().find(|(said, _)| *said == kind).map_or(0, |(_, value)| *value);
    let mut plain = found.iter().filter(|(said, _)| *said == Said::Plain).map(|(_, value)| *value);
    let (block, unit, room, group, house) = (first(Said::Block), first(Said::Unit), first(Said::Room), first(Said::Group), first(Said::House));
    let in_estate = address.estate != 0 || block != 0 || unit != 0;
    address.room = room;
    if in_estate {
        (address.block, address.house) = (block, unit);
        match found.iter().filter(|(said, _)| *said == Said::Plain).count() {
            0 => {
                if block == 0 {
                    address.block = house;
                }
            }
            // Behind a block or a unit a bare number is the room; alone it is the block.
            1 if block != 0 || unit != 0 => address.room = if room == 0 { plain.next().unwrap_or(0) } else { room },
            1 => address.block = plain.next().unwrap_or(0),
            2 => (address.block, address.room) = (plain.next().unwrap_or(0), if room == 0 { plain.next().unwrap_or(0) } else { room }),
            _ => (address.block, address.house, address.room) = (plain.next().unwrap_or(0), plain.next().unwrap_or(0), plain.next().unwrap_or(0)),
        }
    } else {
        (address.block, address.house) = (group, house);
        for value in plain {
            if address.block == 0 && house == 0 && group == 0 {
                address.block = value;
            } else if address.house == 0 {
                address.house = value;
            } else if address.room == 0 {
                address.room = value;
            }
        }
        // One bare number is a house: 人民路88.
        if found.len() == 1 && found[0].0 == Said::Plain {
            (address.block, address.house) = (0, found[0].1);
        }
    }
}

impl Address {
    /// A mark of the named place: the estate, else the village; nought where neither is known.
    #[must_use]
    pub const fn place(self) -> u32 {
        if self.estate != 0 { self.estate } else { self.village }
    }

    /// A mark of the door; nought where it is not said. Of an estate: name, block and room (units are often left out); of a village: name, house and room.
    #[must_use]
    pub fn door(self) -> u32 {
        if self.estate != 0 {
            if self.block != 0 && self.room != 0 { mark_of([self.estate, self.block, self.room]) } else { 0 }
        } else if self.village != 0 && self.house != 0 {
            mark_of([self.village, self.house, self.room])
        } else {
            0
        }
    }

    /// How two addresses of the same kind agree; none where that cannot be told.
    #[must_use]
    pub fn compare(self, other: Self) -> Option<Agreement> {
        let told = |a: u32, b: u32| a != 0 && b != 0;
        if told(self.estate, other.estate) {
            if self.estate != other.estate || told(self.village, other.village) && self.village != other.village {
                return Some(Agreement::Elsewhere);
            }
            if !told(self.block, other.block) {
                return Some(Agreement::Place);
            }
            if self.block != other.block {
                return Some(Agreement::Neighbours);
            }
            if told(self.house, other.house) && self.house != other.house {
                return Some(if told(self.room, other.room) { Agreement::House } else { Agreement::Neighbours });
            }
            return Some(if !told(self.room, other.room) {
                Agreement::Block
            } else if self.room == other.room {
                Agreement::Door
            } else {
                Agreement::House
            });
        }
        if !told(self.village, other.village) {
            return None;
        }
        if self.village != other.village {
            return Some(Agreement::Elsewhere);
        }
        if self.estate != other.estate {
            // One names the estate and the other does not: the numbers cannot be compared, unless one has none.
            return Some(if self.house == 0 && self.block == 0 || other.house == 0 && other.block == 0 { Agreement::Place } else { Agreement::Neighbours });
        }
        if !told(self.house, other.house) {
            return Some(if !told(self.block, other.block) {
                Agreement::Place
            } else if self.block == other.block {
                Agreement::Block
            } else {
                Agreement::Neighbours
            });
        }
        if self.house != other.house || told(self.block, other.block) && self.block != other.block {
            return Some(Agreement::Neighbours);
        }
        Some(if self.room == other.room {
            Agreement::Door
        } else if told(self.room, other.room) {
            Agreement::House
        } else {
            Agreement::Block
        })
    }
}

/// How two addresses agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agreement {
    /// The same door.
    Door,
    /// As far as both say, the same: block or group, the rest unknown.
    Block,
    /// The same house, another room.
    House,
    /// The same village or estate, the rest unknown.
    Place,
    /// The same village or estate, another door.
    Neighbours,
    /// Another place.
    Elsewhere,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Gazetteer {
        let mut known = Gazetteer::default();
        for text in ["浙江省杭州市萧山区新街街道盛中村14组85号", "临安区於潜镇朱湾村21-103", "滨江区长河街道"] {
            known.learn(text);
        }
        known
    }

    #[test]
    fn spellings_of_a_door_are_one() {
        let known = known();
        let doors = [
            vec![
                "浙江省杭州市萧山区新街街道盛中村14组85号",
                "盛中村14-85",
                "萧山新街盛中村第14组85号",
                "盛中村第十四组85号",
                "新街街道盛中14组85号",
                "盛中14-85",
            ],
            vec![
                "红垦社区新世纪小区19幢1单元1702室",
                "新世纪小区19-1-1702",
                "新世纪小区19号楼1单元1702",
                "新街街道新世纪小区十九幢1702室",
                "萧山新街红垦社区新世纪小区19栋1单元1702室",
            ],
            vec!["临安於潜朱湾村21-103", "朱湾村21组103号", "临安区於潜镇朱湾村第21组103号"],
        ];
        for spellings in doors {
            let first = read(spellings[0], &known);
            assert_ne!(first.door(), 0, "{}", spellings[0]);
            for spelling in &spellings {
                let other = read(spelling, &known);
                assert_eq!(first.door(), other.door(), "{spelling}: {other:?} {first:?}");
                assert_eq!(first.compare(other), Some(Agreement::Door), "{spelling}");
            }
        }
    }

    #[test]
    fn parts_that_are_not_said_are_unknown_and_not_different() {
        let known = known();
        let cases = [
            ("盛中村14组85号", "盛中村", Some(Agreement::Place)),
            ("盛中村14组85号", "盛中14组", Some(Agreement::Block)),
            ("盛中村14组85号", "盛中村14组86号", Some(Agreement::Neighbours)),
            ("盛中村14组85号", "朱湾村14组85号", Some(Agreement::Elsewhere)),
            ("盛中村14组85号101室", "盛中村14组85号102室", Some(Agreement::House)),
            ("新世纪小区19幢", "红垦社区新世纪小区19幢1单元1702室", Some(Agreement::Block)),
            ("新世纪小区19幢1702室", "盛中村14组85号", None),
            ("", "盛中村", None),
        ];
        for (a, b, agreement) in cases {
            let (a, b) = (read(a, &known), read(b, &known));
            assert_eq!(a.compare(b), agreement, "{a:?} {b:?}");
            assert_eq!(b.compare(a), agreement);
        }
    }
}
