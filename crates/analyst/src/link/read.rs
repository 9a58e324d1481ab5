//! Tables into records: read row by row, turned into numbers on all cores.

use crate::progress::Progress;
use crate::tables::Source;
use anyhow::{Result, bail};
use csv::StringRecord;
use insight::link::{Batch, Records, Schema};
use std::path::Path;
use std::sync::mpsc;

/// Rows that are handed to a core at once.
const ROWS: usize = 8192;

/// The ids of all records, one after the other.
#[derive(Debug, Default)]
pub(super) struct Ids {
    text: String,
    ends: Vec<u32>,
}

impl Ids {
    pub(super) fn push(&mut self, id: &str) {
        self.text.push_str(id);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    pub(super) fn get(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.text[start..self.ends[at] as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.get(at))
    }

    /// Where an id stands.
    pub(super) fn find(&self, id: &str) -> Option<usize> {
        self.iter().position(|own| own == id)
    }
}

/// Reads one or two tables; the second number is where the second table begins.
pub(super) fn records(schema: &Schema, id: &str, columns: &[String], paths: &[&Path]) -> Result<(Ids, Records, Option<usize>)> {
    let mut ids = Ids::default();
    let mut split = None;
    let mut batches: Vec<(usize, Batch)> = Vec::new();
    for (table, path) in paths.iter().enumerate() {
        if table == 1 {
            split = Some(ids.len());
        }
        let mut source = Source::open(path)?;
        let id = source.column(id)?;
        let cells = source.columns(columns)?;
        let mut progress = Progress::new("读取", None);
        let first = batches.len();
        let (full, work) = mpsc::sync_channel::<(usize, Vec<StringRecord>)>(2);
        let (empty, used) = mpsc::channel::<Vec<StringRecord>>();
        let work = std::sync::Mutex::new(work);
        let done = std::sync::Mutex::new(&mut batches);
        let encode = || {
            loop {
                let Ok((number, rows)) = work.lock().unwrap_or_else(std::sync::PoisonError::into_inner).recv() else { break };
                let mut batch = Batch::new();
                let mut row = vec![""; cells.len()];
                for record in &rows {
                    row.iter_mut().zip(&cells).for_each(|(cell, column)| *cell = record.get(*column).unwrap_or(""));
                    batch.push(schema, &row);
                }
                done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((number, batch));
                if empty.send(rows).is_err() {
                    break;
                }
            }
        };
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        std::thread::scope(|scope| -> Result<()> {
            for _ in 0..cores {
                scope.spawn(encode);
            }
            let full = full;
            let mut number = first;
            loop {
                let mut rows = used.try_recv().unwrap_or_default();
                let mut n = 0;
                let mut more = true;
                while n < ROWS {
                    if rows.len() == n {
                        rows.push(StringRecord::new());
                    }
                    if source.read(&mut rows[n])?.is_none() {
                        more = false;
                        break;
                    }
                    ids.push(rows[n].get(id).unwrap_or(""));
                    n += 1;
                }
                rows.truncate(n);
                progress.add(n as u64);
                if n > 0 && full.send((number, rows)).is_err() {
                    bail!("读取中断。");
                }
                number += 1;
                if !more {
                    return Ok(());
                }
            }
        })?;
    }
    batches.sort_by_key(|(number, _)| *number);
    if u32::try_from(ids.len()).is_err() {
        bail!("记录太多：{}。", ids.len());
    }
    let records = Records::gather(schema, batches.into_iter().map(|(_, batch)| batch).collect());
    Ok((ids, records, split))
}
