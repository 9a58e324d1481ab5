//! A line on the terminal that says how far the work is. Silent when nobody looks.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// How often the line changes.
const EVERY: Duration = Duration::from_millis(200);

/// A line of progress on the standard error stream. It vanishes when it is dropped, and is not there at all unless the stream is a terminal.
pub struct Progress {
    shown: bool,
    what: String,
    total: Option<u64>,
    done: u64,
    began: Instant,
    last: Instant,
}

impl Progress {
    /// Begins a line: what is being done, and of how much, if that is known.
    #[must_use]
    pub fn new(what: &str, total: Option<u64>) -> Self {
        let now = Instant::now();
        Self { shown: stderr().is_terminal(), what: what.to_owned(), total, done: 0, began: now, last: now }
    }

    /// So much more is done.
    pub fn add(&mut self, more: u64) {
        self.done += more;
        if !self.shown || self.last.elapsed() < EVERY {
            return;
        }
        self.last = Instant::now();
        let seconds = self.began.elapsed().as_secs_f64();
        let share = self.total.filter(|total| *total > 0).map_or_else(String::new, |total| {
            let share = self.done as f64 / total as f64;
            format!(" / {total} · {:.0}% · 还需 {:.0} 秒", share * 100.0, seconds / share.max(1e-9) - seconds)
        });
        let _ = write!(stderr(), "\r\x1b[K{} {}{share}", self.what, self.done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}
