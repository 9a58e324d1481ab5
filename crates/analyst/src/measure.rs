//! What a run costs: seconds by phase, CPU seconds, peak memory. The only place of this room that looks at a watch besides [`progress`](crate::progress).

use serde_json::{Map, Value, json};
use std::time::Instant;

/// A stop watch with phases.
pub struct Measure {
    began: Instant,
    cpu_before: f64,
    last: Instant,
    phases: Vec<(&'static str, f64)>,
}

impl Default for Measure {
    fn default() -> Self {
        Self::start()
    }
}

impl Measure {
    /// Starts the watch.
    #[must_use]
    pub fn start() -> Self {
        let now = Instant::now();
        Self { began: now, cpu_before: cpu_seconds(), last: now, phases: Vec::new() }
    }

    /// Ends a phase: all since the last one was this. Gives its seconds.
    pub fn phase(&mut self, name: &'static str) -> f64 {
        let now = Instant::now();
        let seconds = (now - self.last).as_secs_f64();
        self.last = now;
        match self.phases.iter_mut().find(|(own, _)| *own == name) {
            Some((_, sum)) => *sum += seconds,
            None => self.phases.push((name, seconds)),
        }
        seconds
    }

    /// Seconds since the start.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// CPU seconds of all threads since the start (steps of 0.01).
    #[must_use]
    pub fn cpu(&self) -> f64 {
        cpu_seconds() - self.cpu_before
    }

    /// The phases and their seconds, in the order in which they first ended.
    #[must_use]
    pub fn phases(&self) -> &[(&'static str, f64)] {
        &self.phases
    }

    /// All of it for `--json`: `seconds`, `cpu_seconds`, `peak_mib`, `phases`.
    #[must_use]
    pub fn json(&self) -> Value {
        let phases: Map<String, Value> = self.phases.iter().map(|(name, seconds)| ((*name).to_owned(), json!(rounded(*seconds)))).collect();
        json!({ "seconds": rounded(self.seconds()), "cpu_seconds": rounded(self.cpu()), "peak_mib": peak_mib(), "phases": phases })
    }
}

impl std::fmt::Display for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (name, seconds) in &self.phases {
            write!(f, "{name} {seconds:.2} s · ")?;
        }
        write!(f, "共 {:.2} s，CPU {:.2} s", self.seconds(), self.cpu())?;
        if let Some(peak) = peak_mib() {
            write!(f, "，内存峰值 {peak} MiB")?;
        }
        Ok(())
    }
}

/// To a tenth of a millisecond.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1e4).round() / 1e4
}

/// CPU seconds of this process so far, all threads; nought where the system does not tell. Linux counts them in hundredths for user programs.
#[must_use]
pub fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name, in brackets, may hold anything; utime and stime are the 12th and 13th field behind it.
    let Some((_, rest)) = stat.rsplit_once(')') else { return 0.0 };
    rest.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The most memory that this process has held, in MiB; none where the system does not tell.
#[must_use]
pub fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_tells_what_it_cost() {
        let mut measure = Measure::start();
        let sum: u64 = (0..40_000_000_u64).map(|n| n.rotate_left(7) ^ n).fold(0, u64::wrapping_add);
        assert!(sum > 0 && measure.phase("算") >= 0.0);
        let told = measure.json();
        assert!(told["seconds"].as_f64().is_some() && told["phases"]["算"].as_f64().is_some());
        if cfg!(target_os = "linux") {
            assert!(peak_mib().is_some_and(|mib| mib > 0));
        }
    }
}
