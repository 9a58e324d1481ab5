//! 三级流转: the sweeper. It takes no input, is woken by time, and does what clocks say through ordinary acts, each in a transaction of its own.

use crate::desk::Desk;
use crate::fault::Fault;
use crate::trail::{Recorded, record};
use domain::kernel::{Instant, MatterId, Mint};
use domain::matters::system;
use store::db::Tx;

/// Matters looked at in one round.
const ROUND: i64 = 200;
/// Steps of one matter in one round; a matter has few clocks with few steps each.
const STEPS: usize = 40;

/// Fires every step that is due at `now`. Says how many acts that were. Safe to run twice, and by several instances: the step is looked at again under the lock.
pub fn sweep(desk: &Desk, now: Instant) -> Result<u64, Fault> {
    let mut acts = 0;
    loop {
        let due = desk.store().read_now(move |tx| store::dispatch::due(tx, now, ROUND).map_err(Fault::from))?;
        let mut moved = 0;
        for matter in &due {
            match sweep_matter(desk, matter, now) {
                Ok(acts) => moved += acts,
                Err(fault @ (Fault::Busy | Fault::Full)) => return Err(fault),
                // One matter that cannot be moved must not keep the clocks of all others from being heard.
                Err(fault) => tracing::error!(matter.id = %matter, error = %fault, "a clock's step failed"),
            }
        }
        acts += moved;
        if moved == 0 || i64::try_from(due.len()).unwrap_or(i64::MAX) < ROUND {
            return Ok(acts);
        }
    }
}

fn sweep_matter(desk: &Desk, id: &MatterId, now: Instant) -> Result<u64, Fault> {
    let mut acts = 0;
    for _ in 0..STEPS {
        let id = id.clone();
        let moved = desk.write_at(now, move |tx, desk, now, mint| Ok(step(tx, desk, &id, now, mint)?.is_some()))?;
        if !moved {
            break;
        }
        acts += 1;
    }
    Ok(acts)
}

/// Fires the next step of a matter that is due at `now`; nothing if there is none, or somebody else was faster.
pub(crate) fn step(tx: &mut Tx<'_>, desk: &Desk, id: &MatterId, now: Instant, mint: &mut Mint) -> Result<Option<Recorded>, Fault> {
    let Some(home) = store::matters::locked(tx, id)? else { return Ok(None) };
    let head = store::trail::lock(tx, &home.0)?;
    let Some(matter) = store::matters::load(tx, id)? else { return Ok(None) };
    let book = desk.rulebook(tx, now)?;
    let hash = head.hash.clone();
    let Some(decision) = system(&matter, &mut book.desk(now, mint, &[], &hash))? else { return Ok(None) };
    record(tx, desk, head, Some(&matter), id, decision, now, mint).map(Some)
}

/// From when in the night the keeping is looked after.
const NIGHT: i64 = 2 * domain::kernel::HOUR;

/// Carries out destructions that were approved; once a night looks for what is due. A fault there must not keep the clocks from being heard.
fn keep(desk: &Desk, now: Instant) -> Result<(), Fault> {
    let night = now.of_day() >= NIGHT && desk.store().read_now(move |tx| Ok::<_, Fault>(store::keeping::day(tx)? != Some(now.day())))?;
    // Of several instances one takes the night.
    let night = night && desk.write_at(now, move |tx, _, now, _| Ok(store::keeping::take_day(tx, now.day())?))?;
    match crate::trail::keeping::turn(desk, now, night) {
        Err(fault @ (Fault::Busy | Fault::Full)) => Err(fault),
        Err(fault) => {
            tracing::error!(error = %fault, "the keeping of texts was not looked after");
            Ok(())
        }
        Ok(_) => Ok(()),
    }
}

/// One turn of everything that time alone brings: clocks, keeping, the month's record of kinds without an owner, the hourly checkpoint.
pub fn turn(desk: &Desk) -> Result<u64, Fault> {
    let now = desk.now();
    let acts = sweep(desk, now)?;
    keep(desk, now)?;
    if desk.store().read_now(move |tx| crate::places::month_due(tx, now))? {
        desk.write_at(now, |tx, desk, now, _| crate::places::list_month(tx, desk, now))?;
    }
    let due = desk.store().read_now(move |tx| crate::trail::checkpoint_due(tx, now))?;
    if due {
        desk.write_at(now, |tx, desk, now, _| if crate::trail::checkpoint_due(tx, now)? { crate::trail::checkpoint(tx, desk, now).map(drop) } else { Ok(()) })?;
        desk.write_at(now, |tx, _, now, _| crate::jobs::schedule(tx, now))?;
    }
    Ok(acts)
}
