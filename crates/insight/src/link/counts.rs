//! How common values are: a name that two thousand people bear says less than one that two bear.

use super::records::{Records, address, key};
use super::schema::{Kind, Part, Schema};
use rayon::prelude::*;

/// Bands of commonness: by the binary logarithm of the number of records that have a value.
pub(super) const BANDS: usize = 16;

/// For each count of the schema, how many pairs of records agree in a value of each band.
pub(super) type Agreeing = Vec<[f64; BANDS]>;

/// How often each value stands in a table: open addressing, no deletion.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    slots: Vec<(u32, u32)>,
    filled: usize,
}

impl Tally {
    pub(super) fn new(expected: usize) -> Self {
        Self { slots: vec![(0, 0); (expected.max(8) * 2).next_power_of_two()], filled: 0 }
    }

    fn slot(&self, value: u32) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = value.wrapping_mul(0x9e37_79b1) as usize & mask;
        while self.slots[at].0 != value && self.slots[at].0 != 0 {
            at = (at + 1) & mask;
        }
        at
    }

    /// One more of a value; nought is no value.
    pub(super) fn add(&mut self, value: u32) -> u32 {
        if value == 0 {
            return 0;
        }
        if self.filled * 10 >= self.slots.len() * 7 {
            let old = std::mem::take(&mut self.slots);
            self.slots = vec![(0, 0); old.len() * 2];
            for (value, n) in old.into_iter().filter(|(value, _)| *value != 0) {
                let at = self.slot(value);
                self.slots[at] = (value, n);
            }
        }
        let at = self.slot(value);
        self.filled += usize::from(self.slots[at].0 == 0);
        self.slots[at] = (value, self.slots[at].1 + 1);
        self.slots[at].1
    }

    pub(super) fn get(&self, value: u32) -> u32 {
        if value == 0 { 0 } else { self.slots[self.slot(value)].1 }
    }
}

/// The band of a number of records.
pub(super) fn band(n: u32) -> usize {
    n.max(1).ilog2().min(15) as usize
}

/// The value that a count of a field counts; nought for none.
pub(super) fn value(schema: &Schema, records: &Records, row: &[u32], field: usize, count: usize) -> u32 {
    let part = |part: usize| key(schema, records, row, Part { field, part });
    match schema.fields[field].kind {
        Kind::Name => part(count),
        Kind::Address => {
            let row = &row[schema.offset(field)..];
            let (own, mentioned) = (address(row, 0), address(row, 1));
            match count {
                0 => {
                    if own.door() != 0 {
                        own.door()
                    } else {
                        mentioned.door()
                    }
                }
                _ => {
                    if own.place() != 0 {
                        own.place()
                    } else {
                        mentioned.place()
                    }
                }
            }
        }
        _ => part(0),
    }
}

/// Counts all values of all fields, notes in each record how common its values are, and tells how many pairs agree by band.
pub(super) fn fill(schema: &Schema, records: &mut Records) -> Agreeing {
    let all: Vec<(usize, usize)> =
        (0..schema.fields.len()).flat_map(|field| (0..schema.fields[field].kind.counts()).map(move |count| (field, count))).collect();
    let n = records.len();
    let told: Vec<(Vec<u8>, [f64; BANDS])> = all
        .par_iter()
        .map(|(field, count)| {
            let mut tally = Tally::new(n / 2);
            let values: Vec<u32> = (0..n).map(|record| value(schema, records, records.row(record), *field, *count)).collect();
            for value in &values {
                tally.add(*value);
            }
            let mut agreeing = [0.0; BANDS];
            // Half of the others that agree, summed over all records, is the number of pairs.
            let bands = values
                .iter()
                .map(|value| {
                    let n = tally.get(*value);
                    agreeing[band(n)] += f64::from(n.saturating_sub(1)) / 2.0;
                    band(n) as u8
                })
                .collect();
            // Names that sound alike but are not written alike: take those written alike off, in the band of the sound.
            if schema.fields[*field].kind == Kind::Name && *count == 1 {
                let mut full = Tally::new(n / 2);
                let marks: Vec<u32> = (0..n).map(|record| value(schema, records, records.row(record), *field, 0)).collect();
                for mark in &marks {
                    full.add(*mark);
                }
                for (mark, value) in marks.iter().zip(&values) {
                    agreeing[band(tally.get(*value))] -= f64::from(full.get(*mark).saturating_sub(1)) / 2.0;
                }
            }
            (bands, agreeing)
        })
        .collect();
    let tail = schema.offset(schema.fields.len());
    records.rows.par_chunks_mut(records.stride.max(1)).enumerate().for_each(|(record, row)| {
        for (i, (bands, _)) in told.iter().enumerate() {
            row[tail + i / 8] |= u32::from(bands[record]) << (4 * (i % 8));
        }
    });
    told.into_iter().map(|(_, agreeing)| agreeing).collect()
}
