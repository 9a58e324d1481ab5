//! Jobs: what is done after a commit, outside of any transaction. The outbox of the acts, and what comes by the clock.
//!
//! A job is made in the transaction of what it follows from ([`store::jobs::enqueue`]). Whoever runs them takes a lease, does the work, and writes down how it ended;
//! a lease that runs out is somebody else's, so a job must bear being done twice. After ten tries it is dead, and lies on a screen. Nobody leads: a cron job's id is
//! its slot, so that of several instances one makes it.

mod dead;

pub use dead::{Dead, list as dead, retire, revive};

use crate::desk::Desk;
use crate::fault::Fault;
use crate::out::{Again, Failure, Out};
use domain::kernel::{DAY, HOUR, Instant, MINUTE};
use sha2::{Digest, Sha256};
use store::db::Tx;
use store::jobs::Job;

/// After so many tries a job is dead.
pub const TRIES: i64 = 10;
/// How long somebody who took a job has it.
const LEASE: i64 = 60_000;
/// Jobs taken in one round; each runs on a thread of its own, so that a gateway that sleeps holds up nobody else.
const ROUND: i64 = 8;
/// How long jobs that are done are kept, to answer “was it sent”.
const KEPT: i64 = 30 * DAY;

/// How long to wait after the try number `attempt` (from 0): 2^attempt × 5 s, a fifth more or less by the job's own name, so that those that failed together do not
/// come back together.
#[must_use]
pub fn back_off(id: &str, attempt: i64) -> i64 {
    let plain = 5_000_i64.saturating_mul(1 << attempt.clamp(0, 20));
    let digest = Sha256::new().chain_update(id).chain_update(attempt.to_be_bytes()).finalize();
    let share = i64::from(digest[0]) - 128;
    plain + plain / 5 * share / 128
}

/// Runs every job that may run now. Says how many that were.
pub fn turn(desk: &Desk, out: &dyn Out) -> Result<u64, Fault> {
    let mut ran = 0;
    loop {
        let now = desk.now();
        let due = desk.store().read_now(store::jobs::next_due).map_err(Fault::from)?.is_some_and(|due| due <= now);
        if !due {
            return Ok(ran);
        }
        let jobs = desk.write_at(now, move |tx, _, now, _| Ok(store::jobs::claim(tx, now, now.plus(LEASE), ROUND)?))?;
        if jobs.is_empty() {
            return Ok(ran);
        }
        ran += jobs.len() as u64;
        let ended: Vec<Result<(), Fault>> = std::thread::scope(|scope| {
            let threads: Vec<_> = jobs.iter().map(|job| scope.spawn(move || run(desk, out, job))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(Fault::Broken("a job panicked".to_owned())))).collect()
        });
        ended.into_iter().collect::<Result<Vec<()>, Fault>>()?;
    }
}

/// Runs one job and writes down how it ended.
fn run(desk: &Desk, out: &dyn Out, job: &Job) -> Result<(), Fault> {
    let ended = perform(desk, out, job).unwrap_or_else(|fault| Err(Failure::later(format!("house {fault}"))));
    let now = desk.now();
    if let Err(failure) = &ended {
        tracing::warn!(job.id = job.id, job.attempt = job.attempt, why = failure.why, "a job failed");
    }
    let job = job.clone();
    desk.write_at(now, move |tx, _, now, _| {
        match &ended {
            Ok(()) => store::jobs::done(tx, &job.id, now)?,
            Err(failure) => {
                let again = match failure.again {
                    Again::Later(least) if job.attempt + 1 < TRIES => Some(now.plus(back_off(&job.id, job.attempt).max(least.unwrap_or(0)))),
                    Again::Later(_) | Again::Never | Again::Gone => None,
                };
                store::jobs::failed(tx, &job.id, now, &failure.why, again)?;
            }
        }
        Ok(())
    })
}

/// Does what a job says, by its kind.
fn perform(desk: &Desk, out: &dyn Out, job: &Job) -> Result<Result<(), Failure>, Fault> {
    match job.kind.as_str() {
        "deliver" => crate::notices::deliver(desk, out, job),
        "duty" => crate::notices::deliver_duty(desk, out, job),
        "hand_overs" => crate::rota::tell_missing(desk, desk.now()).map(|_| Ok(())),
        "digest" => crate::notices::deliver_digest(desk, out, job),
        "trial" => crate::notices::deliver_trial(desk, out, job),
        "retime" => crate::rules::retime_stretch(desk, job),
        "forget" => desk.write_at(desk.now(), |tx, _, now, _| Ok(store::jobs::forget(tx, now.plus(-KEPT))?)).map(|_| Ok(())),
        other => Ok(Err(Failure::never(format!("house {other}")))),
    }
}

/// How often somebody looks whether a hand-over is missing.
const LOOKS: i64 = 10 * MINUTE;

/// Makes the jobs of the clock, of today and of the hour, once: the id is the slot.
pub fn schedule(tx: &mut Tx<'_>, now: Instant) -> Result<(), Fault> {
    let day = now.day();
    store::jobs::enqueue(tx, &Job::new(format!("forget:{}", day.written()), "forget", "{}".to_owned(), day.start().plus(3 * HOUR)))?;
    let first = now.0.div_euclid(LOOKS);
    for slot in first..=first + HOUR / LOOKS {
        let at = Instant(slot * LOOKS);
        store::jobs::enqueue(tx, &Job::new(format!("hand_overs:{}", at.0), "hand_overs", "{}".to_owned(), at))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn waiting_doubles_and_is_spread_by_a_fifth() {
        for attempt in 0..10 {
            let plain = 5_000 << attempt;
            for id in ["a", "b", "deliver:ntc_1:0:way_1"] {
                let waits = super::back_off(id, attempt);
                assert!((plain * 4 / 5..=plain * 6 / 5).contains(&waits), "{id} {attempt}: {waits}");
                assert_eq!(waits, super::back_off(id, attempt), "the same again");
            }
        }
        assert_ne!(super::back_off("a", 3), super::back_off("b", 3));
    }
}
