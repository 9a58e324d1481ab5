//! Two records beside each other: how each field agrees, and how common what they agree in is.

use super::records::{Records, address, id, phone};
use super::schema::{Kind, Schema};
use super::words::{edits, jaro_winkler};
use crate::normal::address::Agreement;
use crate::normal::idno::one_slip;

/// How two records agree: eight bits a field, the first field lowest: four for the level (nought: cannot be told), four for how common the agreed value is (the
/// binary logarithm of how many records have it).
pub type Pattern = u128;

/// The level and the commonness of one field of a pattern.
#[must_use]
pub const fn of_field(pattern: Pattern, field: usize) -> (usize, usize) {
    let bits = (pattern >> (8 * field)) as usize & 255;
    (bits >> 4, bits & 15)
}

/// Compares two records in all fields.
#[must_use]
pub(super) fn pattern(schema: &Schema, records: &Records, a: &[u32], b: &[u32]) -> Pattern {
    let (mut pattern, mut offset, mut count) = (0, 0, 0);
    let tail = schema.offset(schema.fields.len());
    for (i, field) in schema.fields.iter().enumerate() {
        let kind = field.kind;
        let level = level(kind, records, &a[offset..offset + kind.width()], &b[offset..offset + kind.width()]);
        if level > 0 {
            let band = kind.levels()[level as usize - 1].counted.map_or(0, |of| {
                let of = count + of;
                let at = |row: &[u32]| row[tail + of / 8] >> (4 * (of % 8)) & 15;
                at(a).max(at(b))
            });
            pattern |= Pattern::from(level << 4 | band) << (8 * i);
        }
        offset += kind.width();
        count += kind.counts();
    }
    pattern
}

/// Bits per field at 8 × 16 = 128: as many fields as there may be.
pub(super) const MOST_FIELDS: usize = 16;

fn level(kind: Kind, records: &Records, a: &[u32], b: &[u32]) -> u32 {
    match kind {
        Kind::Name => name(a, b),
        Kind::IdNo => {
            let (a, b) = (id(a).0, id(b).0);
            match () {
                () if a == 0 || b == 0 => 0,
                () if a == b => 1,
                () if one_slip(a, b) => 2,
                // Birthday and nothing else: digits 7 to 14.
                () if (a ^ b) >> 16 & 0xffff_ffff == 0 => 3,
                () => 4,
            }
        }
        Kind::Phone => {
            let (a, b) = (phone(a).0, phone(b).0);
            match () {
                () if a == 0 || b == 0 => 0,
                () if a == b => 1,
                () if one_slip(u128::from(a), u128::from(b)) => 2,
                () => 3,
            }
        }
        Kind::Address => {
            let agreement = |i: usize, j: usize| address(a, i).compare(address(b, j));
            let own = agreement(0, 0);
            let best = if own == Some(Agreement::Door) {
                own
            } else {
                let other = [agreement(0, 1), agreement(1, 0), agreement(1, 1)].into_iter().flatten().min();
                match (own, other) {
                    (None, other) => other,
                    // What is said in passing may tell more, never less.
                    (Some(own), other) => Some(other.map_or(own, |other| own.min(other))),
                }
            };
            best.map_or(0, |best| best as u32 + 1)
        }
        Kind::Year => match (a[0] >> 1, b[0] >> 1) {
            (0, _) | (_, 0) => 0,
            // The years of two identity numbers were compared with the numbers.
            _ if a[0] & b[0] & 1 == 1 => 0,
            (a, b) => a.abs_diff(b).min(2) + 1,
        },
        Kind::Sex => match (a[0] >> 1, b[0] >> 1) {
            (0, _) | (_, 0) => 0,
            _ if a[0] & b[0] & 1 == 1 => 0,
            (a, b) => 1 + u32::from(a != b),
        },
        Kind::Said => {
            if a[0] == 0 || b[0] == 0 {
                return 0;
            }
            let near = a[2] == 0 || b[2] == 0 || a[2].abs_diff(b[2]) <= 60;
            match (a[1] != 0 && a[1] == b[1], a[0] == b[0]) {
                (true, true) => 1,
                (true, false) => 2,
                (false, true) => 4 - u32::from(near),
                (false, false) => 6 - u32::from(near),
            }
        }
        Kind::Word => words(records, a[0], b[0], |a, b| {
            let alike = jaro_winkler(a, b);
            if alike >= 0.92 {
                2
            } else if alike >= 0.8 {
                3
            } else {
                4
            }
        }),
        Kind::Code => words(records, a[0], b[0], |a, b| edits(a, b, 2).clamp(1, 3) as u32 + 1),
        Kind::Term => match (a[0], b[0]) {
            (0, _) | (_, 0) => 0,
            (a, b) => 1 + u32::from(a != b),
        },
    }
}

fn words(records: &Records, a: u32, b: u32, unequal: impl Fn(&str, &str) -> u32) -> u32 {
    match (a, b) {
        (0, _) | (_, 0) => 0,
        (a, b) if a == b => 1,
        (a, b) => {
            let word = |mark: u32| records.words.get(&mark).map_or("", |word| word);
            unequal(word(a), word(b))
        }
    }
}

fn name(a: &[u32], b: &[u32]) -> u32 {
    if a[2] == 0 || b[2] == 0 {
        return 0;
    }
    let whole = a[0] != 0 && b[0] != 0;
    if whole {
        if a[0] == b[0] {
            return 1;
        }
        if a[1] == b[1] {
            return 2;
        }
        let chars = |row: &[u32]| [row[4] >> 16, row[4] & 0xffff, row[5] >> 16, row[5] & 0xffff];
        let (c, d) = (chars(a), chars(b));
        let differ = (0..4).filter(|i| c[*i] != d[*i]).count();
        let swapped = differ == 2 && a[6] == b[6] && {
            let (i, j) = (a[6] as usize, a[6] as usize + 1);
            j < 4 && c[i] == d[j] && c[j] == d[i]
        };
        if swapped || differ == 1 && (c[3] == 0 || d[3] == 0 || a[6] == 2) {
            return 3;
        }
    }
    match (a[3] == b[3], whole) {
        (true, false) => 4,
        (true, true) => 5,
        _ => 6,
    }
}
