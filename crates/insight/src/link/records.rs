//! Records as numbers: what [`normal`](crate::normal) reads from the cells, in rows of one width, so that millions fit and two of them are compared without a
//! look at their text.

use super::schema::{Kind, Part, Schema};
use crate::normal::address::{Address, Gazetteer, Reader};
use crate::normal::idno::IdNo;
use crate::normal::names::{Name, Sex, modern, sound, surname_sound};
use crate::normal::phone::Phone;
use crate::normal::{dates, mark, mark_of};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Some records that are being read; several can be filled at once, and [`Records::gather`] puts them together.
#[derive(Debug)]
pub struct Batch {
    rows: Vec<u32>,
    /// Addresses and mentions, whole: they are taken apart when all names of districts are known.
    places: String,
    /// Where each place ends in `places`; two a row and address field.
    ends: Vec<u32>,
    known: Gazetteer,
    reader: Reader,
    words: BTreeMap<u32, Box<str>>,
}

/// Records as numbers.
#[derive(Debug)]
pub struct Records {
    /// Rows of [`Schema::stride`] numbers, one after the other.
    pub(super) rows: Vec<u32>,
    pub(super) stride: usize,
    /// The text of words and codes by their mark.
    pub(super) words: BTreeMap<u32, Box<str>>,
    /// The names of districts and streets that the addresses wrote out.
    pub known: Gazetteer,
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

impl Batch {
    /// An empty batch.
    #[must_use]
    pub fn new() -> Self {
        Self { rows: Vec::new(), places: String::new(), ends: Vec::new(), known: Gazetteer::default(), reader: Reader::default(), words: BTreeMap::new() }
    }

    /// Reads one record from its cells; a cell that is not there is empty.
    pub fn push(&mut self, schema: &Schema, cells: &[&str]) {
        for field in &schema.fields {
            let cell = |i: usize| field.cells.get(i).and_then(|at| cells.get(*at)).map_or("", |cell| cell.trim());
            match field.kind {
                Kind::Name => self.rows.extend(name(cell(0))),
                Kind::IdNo => {
                    let id = IdNo::parse(cell(0)).unwrap_or_default().0;
                    self.rows.extend([low(id), low(id >> 32), low(id >> 64)]);
                }
                Kind::Phone => {
                    let phone = u128::from(Phone::parse(cell(0)).unwrap_or_default().0);
                    self.rows.extend([low(phone), low(phone >> 32)]);
                }
                Kind::Address => {
                    for text in [cell(0), said(cell(1)).1] {
                        self.reader.learn(text, &mut self.known);
                        self.places.push_str(text);
                        self.ends.push(u32::try_from(self.places.len()).unwrap_or(u32::MAX));
                    }
                    self.rows.extend([0; 10]);
                }
                Kind::Year => {
                    let id = IdNo::parse(cell(1)).and_then(IdNo::birthday).map(|day| day / 10_000);
                    let year = dates::year(cell(0)).or(id).unwrap_or(0);
                    self.rows.push(year << 1 | u32::from(id.is_some()));
                }
                Kind::Sex => {
                    let id = IdNo::parse(cell(1)).map(IdNo::is_male);
                    let told = Name::parse(cell(0)).and_then(|name| name.sex).map(|sex| sex == Sex::Male);
                    let value = told.or(id).map_or(0, |male| if male { 1 } else { 2 });
                    self.rows.push(value << 1 | u32::from(id.is_some() && told.is_none()));
                }
                Kind::Said => {
                    let (what, place) = said(cell(0));
                    let day = dates::parse(cell(1)).map_or(0, |day| (day + 1_000_000.0) as u32);
                    self.rows.extend([if what.is_empty() { 0 } else { mark(what) }, if place.is_empty() { 0 } else { mark(place) }, day]);
                }
                Kind::Word | Kind::Code | Kind::Term => {
                    let text = crate::text::fold(cell(0));
                    let value = if text.is_empty() { 0 } else { mark(&text) };
                    if value != 0 && field.kind != Kind::Term {
                        self.words.entry(value).or_insert_with(|| text.into_boxed_str());
                    }
                    self.rows.push(value);
                }
            }
        }
        self.rows.extend(std::iter::repeat_n(0, schema.counts().div_ceil(8)));
    }
}

const fn low(value: u128) -> u32 {
    value as u32
}

/// full, sound, surname, surname's sound, characters one and two, three and four, how long the surname is.
fn name(text: &str) -> [u32; 7] {
    let Some(name) = Name::parse(text) else { return [0; 7] };
    let mut chars = [0_u32; 4];
    let mut sounds = [0_u32; 8];
    let mut n = 0;
    let mut long = 0;
    for (i, c) in name.surname.chars().chain(name.given.chars()).filter(|c| c.is_alphanumeric()).map(modern).enumerate() {
        if i < 4 {
            chars[i] = c as u32 & 0xffff;
        }
        if i < 8 {
            sounds[i] = if i == 0 { surname_sound(c) } else { sound(c) };
        }
        n = i + 1;
        long = if i < name.surname.chars().count() { n } else { long };
    }
    let n = n.min(8);
    let surname = mark_of(name.surname.chars().map(|c| modern(c) as u32));
    let of_surname = mark_of(sounds[..long.min(n)].iter().copied());
    let (full, all) = if name.given.is_empty() {
        (0, 0)
    } else {
        (mark_of(name.surname.chars().chain(name.given.chars()).map(|c| modern(c) as u32)), mark_of(sounds[..n].iter().copied()))
    };
    [full, all, surname, of_surname, chars[0] << 16 | chars[1], chars[2] << 16 | chars[3], u32::try_from(long).unwrap_or(1)]
}

/// What a note says, without who took it down (来电人称…) and without the place (在…，), and the place. Both may be empty.
#[must_use]
pub fn said(text: &str) -> (&str, &str) {
    let mut rest = text;
    for (n, (at, c)) in text.char_indices().enumerate().take(9) {
        let two = &text[at..];
        if matches!(c, '：' | ':') || c == '称' && n > 0 {
            rest = &text[at + c.len_utf8()..];
            break;
        }
        if two.starts_with("反映") && n > 0 {
            rest = &text[at + "反映".len()..];
            break;
        }
    }
    let stop = |c: char| matches!(c, '，' | '。' | ',' | '；' | ';' | '！' | '？' | '\n');
    let mut clauses = rest.split(stop).map(str::trim).filter(|clause| !clause.is_empty());
    let first = clauses.next().unwrap_or("");
    match ["在", "位于", "家住"].iter().find_map(|before| first.strip_prefix(before)) {
        Some(place) => (clauses.next().unwrap_or(""), place),
        None => (first, ""),
    }
}

impl Records {
    /// Puts batches together, in their order, and takes the addresses apart.
    #[must_use]
    pub fn gather(schema: &Schema, mut batches: Vec<Batch>) -> Self {
        let mut known = Gazetteer::default();
        let mut words = BTreeMap::new();
        for batch in &mut batches {
            known.merge(std::mem::take(&mut batch.known));
            words.append(&mut batch.words);
        }
        let stride = schema.stride();
        let places: Vec<usize> =
            (0..schema.fields.len()).filter(|field| schema.fields[*field].kind == Kind::Address).map(|field| schema.offset(field)).collect();
        batches.par_iter_mut().for_each(|batch| {
            let mut start = 0_usize;
            let mut ends = batch.ends.iter().map(|end| *end as usize);
            for row in batch.rows.chunks_exact_mut(stride) {
                for at in &places {
                    for slot in 0..2 {
                        let end = ends.next().unwrap_or(start);
                        let address = batch.reader.read(batch.places.get(start..end).unwrap_or(""), &known);
                        start = end;
                        row[at + 5 * slot..at + 5 * slot + 5].copy_from_slice(&[address.village, address.estate, address.block, address.house, address.room]);
                    }
                }
            }
            (batch.places, batch.ends) = (String::new(), Vec::new());
        });
        let mut rows = Vec::with_capacity(batches.iter().map(|batch| batch.rows.len()).sum());
        for batch in batches {
            rows.extend_from_slice(&batch.rows);
        }
        Self { rows, stride, words, known }
    }

    /// The numbers of the one record of a batch, read with the names of places that are known already.
    pub(super) fn read_one(schema: &Schema, batch: Batch, known: &Gazetteer) -> Vec<u32> {
        let Batch { mut rows, places, ends, mut reader, .. } = batch;
        let mut start = 0;
        let mut ends = ends.iter().map(|end| *end as usize);
        for at in (0..schema.fields.len()).filter(|field| schema.fields[*field].kind == Kind::Address).map(|field| schema.offset(field)) {
            for slot in 0..2 {
                let end = ends.next().unwrap_or(start);
                let address = reader.read(places.get(start..end).unwrap_or(""), known);
                start = end;
                rows[at + 5 * slot..at + 5 * slot + 5].copy_from_slice(&[address.village, address.estate, address.block, address.house, address.room]);
            }
        }
        rows
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len() / self.stride.max(1)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A record's numbers.
    #[must_use]
    pub fn row(&self, record: usize) -> &[u32] {
        &self.rows[record * self.stride..(record + 1) * self.stride]
    }

    /// The bytes that the rows take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.rows.capacity() * 4
    }
}

/// The address in one of the two places of an address field.
#[must_use]
pub(super) fn address(row: &[u32], slot: usize) -> Address {
    let at = 5 * slot;
    Address { village: row[at], estate: row[at + 1], block: row[at + 2], house: row[at + 3], room: row[at + 4] }
}

/// An identity number.
#[must_use]
pub(super) fn id(row: &[u32]) -> IdNo {
    IdNo(u128::from(row[0]) | u128::from(row[1]) << 32 | u128::from(row[2]) << 64)
}

/// A telephone number.
#[must_use]
pub(super) fn phone(row: &[u32]) -> Phone {
    Phone(u64::from(row[0]) | u64::from(row[1]) << 32)
}

/// A mark of one part of a record, for bringing records together; nought where it is not there.
#[must_use]
pub(super) fn key(schema: &Schema, records: &Records, row: &[u32], part: Part) -> u32 {
    let row = &row[schema.offset(part.field)..];
    let of = |value: u64| if value == 0 { 0 } else { mark_of([value as u32, (value >> 32) as u32]) };
    match schema.fields[part.field].kind {
        Kind::Name => [row[0], row[1], row[3]][part.part.min(2)],
        Kind::IdNo => {
            let id = id(row);
            match part.part {
                _ if id.0 == 0 => 0,
                0 => mark_of([row[0], row[1], row[2]]),
                1 => id.birthday().unwrap_or(0),
                _ => of((id.0 >> 16) as u64),
            }
        }
        Kind::Phone => {
            let phone = phone(row);
            match part.part {
                _ if phone.0 == 0 => 0,
                0 => of(phone.0),
                1 => of(phone.head()),
                _ => of(phone.tail() | 0x1_0000),
            }
        }
        Kind::Address => {
            let (own, mentioned) = (address(row, 0), address(row, 1));
            match part.part {
                0 => {
                    if own.door() != 0 {
                        own.door()
                    } else {
                        mentioned.door()
                    }
                }
                1 => {
                    if own.place() != 0 {
                        own.place()
                    } else {
                        mentioned.place()
                    }
                }
                2 => mentioned.door(),
                _ => mentioned.place(),
            }
        }
        Kind::Said => row[part.part.min(1)],
        Kind::Year => row[0] >> 1,
        Kind::Sex => row[0] >> 1,
        Kind::Term => row[0],
        Kind::Word | Kind::Code => match part.part {
            0 => row[0],
            which => {
                let word = records.words.get(&row[0]).map_or("", |word| word);
                match (schema.fields[part.field].kind, which) {
                    (_, _) if word.is_empty() => 0,
                    (Kind::Word, 1) => mark(&super::words::soundex(word)),
                    (_, 1) | (Kind::Word, _) => mark(&word.chars().take(4).collect::<String>()),
                    _ => mark(&word.chars().rev().take(4).collect::<String>()),
                }
            }
        },
    }
}
