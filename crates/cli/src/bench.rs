//! `bench acts`: real acts on this machine, as many clients as asked for, each at a station of its own.
//!
//! A client registers, dispatches to its own station, accepts, contacts and records, again and again, through the same use-cases as the screen; an act counts
//! once its commit has answered.

use crate::bench_places;
use crate::bench_refusals;
use crate::drill;
use crate::house::{self, Refusal};
use crate::machine::{self, SystemMachine};
use crate::nights;
use crate::trail::Scratch;
use app::desk::Desk;
use app::fault::Fault;
use app::keys::Keys;
use app::matters::{Act, act};
use domain::accounts::Actor;
use domain::kernel::{MatterId, UnitId};
use domain::matters::{ActKind, Raw, RawForm};
use domain::places::PostKind;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use store::db::Place;

/// `bench …`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Acts per second (动作)
    Acts(Acts),
    /// Urgent notices over a thousand simulated nights (紧急通知的千夜模拟)
    Nights(nights::Nights),
    /// Plants marks, destroys them, and looks through the raw bytes (销毁后逐字节查找)
    Erasure(drill::Erasure),
    /// “Refused” and “not there” take one time (无权与不存在用时相同)
    Refusals(bench_refusals::Refusals),
    /// Pickers, scope checks and units of 2,000 grids and 400 accounts (组织网格)
    Places(bench_places::Places),
}

/// `bench acts`.
#[derive(Debug, clap::Args)]
pub(crate) struct Acts {
    /// Empty databases to measure: files or postgres://…; a file of our own if none is named (空数据库)
    #[arg(long, value_name = "FILE|URL")]
    database: Vec<String>,
    /// Seconds for each number of clients (秒)
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Numbers of clients (并发)
    #[arg(long, value_delimiter = ',', default_value = "1,8,32,128")]
    clients: Vec<usize>,
}

/// Measures and prints a table.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    let args = match command {
        Command::Acts(args) => args,
        Command::Nights(args) => return nights::print(&args),
        Command::Erasure(args) => return drill::erasure(args),
        Command::Refusals(args) => return bench_refusals::refusals(&args),
        Command::Places(args) => return bench_places::run(&args),
    };
    let scratch = Scratch::new()?;
    let own = scratch.0.join("bench.db").display().to_string();
    let databases = if args.database.is_empty() { vec![own] } else { args.database };
    println!("{:<34} {:>8} {:>10} {:>9} {:>9} {:>9}", "数据库 database", "并发", "动作/秒", "p50 ms", "p99 ms", "被拒");
    for database in &databases {
        let place = Place::read(database);
        let desk = lay_out(&place, &scratch)?;
        for clients in &args.clients {
            let measured = measure(&desk, *clients, Duration::from_secs(args.seconds))?;
            println!("{:<34} {clients:>8} {measured}", place.to_string().chars().rev().take(34).collect::<Vec<_>>().iter().rev().collect::<String>());
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn lay_out(place: &Place, scratch: &Scratch) -> anyhow::Result<Desk> {
    let store = house::store(place)?;
    if !store.read_now(app::seed::is_empty)? {
        return Err(Refusal::new(format!("{place} 不是空的；测速会写入许多事项 (not empty)")).into());
    }
    let desk = Desk::new(store, Keys::new(machine::seed()), scratch.0.join("files"), Box::new(SystemMachine));
    app::seed::demonstration(&desk, desk.now())?;
    Ok(desk)
}

/// What one number of clients did.
struct Measured {
    per_second: f64,
    p50: f64,
    p99: f64,
    refused: usize,
}

impl std::fmt::Display for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:>10.0} {:>9.2} {:>9.2} {:>9}", self.per_second, self.p50, self.p99, self.refused)
    }
}

fn measure(desk: &Desk, clients: usize, span: Duration) -> anyhow::Result<Measured> {
    let now = desk.now();
    let desks = desk.store().read_now(move |tx| -> Result<Vec<(Actor, UnitId)>, Fault> {
        let mut desks = Vec::new();
        for (account, unit, kind) in store::accounts::holders(tx, now)? {
            if kind == PostKind::DeskClerk {
                desks.push((Actor::person(account.clone(), store::accounts::seats(tx, &account, now)?), unit));
            }
        }
        Ok(desks)
    })?;
    let stop = AtomicBool::new(false);
    let began = Instant::now();
    let results: Vec<(Vec<Duration>, usize)> = std::thread::scope(|scope| {
        let work = |n: usize| {
            let (stop, desks) = (&stop, &desks);
            move || desks.get(n % desks.len().max(1)).map_or_else(Default::default, |(actor, unit)| client(desk, actor, unit, stop))
        };
        let threads: Vec<_> = (0..clients).map(|n| scope.spawn(work(n))).collect();
        std::thread::sleep(span);
        stop.store(true, Ordering::SeqCst);
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let seconds = began.elapsed().as_secs_f64();
    let refused = results.iter().map(|(_, refused)| refused).sum();
    let mut took: Vec<f64> = results.into_iter().flat_map(|(took, _)| took).map(|took| took.as_secs_f64() * 1000.0).collect();
    took.sort_by(f64::total_cmp);
    let at = |percent: usize| took.get((took.len() * percent / 100).min(took.len().saturating_sub(1))).copied().unwrap_or(0.0);
    #[expect(clippy::cast_precision_loss, reason = "counts of some thousands")]
    let per_second = took.len() as f64 / seconds;
    Ok(Measured { per_second, p50: at(50), p99: at(99), refused })
}

/// One client's life: how long each act took, and how many were refused.
fn client(desk: &Desk, actor: &Actor, unit: &UnitId, stop: &AtomicBool) -> (Vec<Duration>, usize) {
    let (mut took, mut refused) = (Vec::new(), 0);
    let mut timed = |result: Result<(MatterId, i64), Fault>, since: Instant| match result {
        Ok(done) => {
            took.push(since.elapsed());
            Some(done)
        }
        Err(_) => {
            refused += 1;
            None
        }
    };
    while !stop.load(Ordering::SeqCst) {
        let since = Instant::now();
        let (by, data) = (actor.clone(), registration());
        let made = desk.write_at(desk.now(), move |tx, desk, now, mint| {
            let made = app::intake::register(tx, desk, &by, data.clone(), now, mint)?.recorded.matter;
            Ok((made.id, made.version))
        });
        let Some((id, mut version)) = timed(made, since) else { continue };
        for kind in [ActKind::Dispatch, ActKind::Accept, ActKind::Contact, ActKind::Record] {
            let (since, by, id) = (Instant::now(), actor.clone(), id.clone());
            let data = form(kind, unit, desk.now().0);
            let done = desk.write_at(desk.now(), move |tx, desk, now, mint| {
                let cmd = Act { matter: id.clone(), version, act: kind, data: data.clone() };
                let matter = act(tx, desk, &by, &cmd, now, mint)?.matter;
                Ok((matter.id, matter.version))
            });
            match timed(done, since) {
                Some((_, now)) => version = now,
                None => break,
            }
        }
    }
    (took, refused)
}

fn registration() -> RawForm {
    let text = |name: &str, value: &str| (name.to_owned(), Raw::Text(value.to_owned()));
    RawForm::from([
        text("said", "楼道里堆了沙发和纸箱，安全出口门都打不开，请尽快来人看看。"),
        text("spot", "3组12号"),
        text("source", "call"),
        text("urgency", "normal"),
        text("contact_name", "测速"),
        text("contact_phone", "15400000000"),
        text("category", "C-02"),
    ])
}

fn form(kind: ActKind, unit: &UnitId, now: i64) -> RawForm {
    let text = |name: &str, value: &str| (name.to_owned(), Raw::Text(value.to_owned()));
    match kind {
        ActKind::Dispatch => RawForm::from([text("lead", unit.as_str()), text("category", "C-02"), text("level", "simple")]),
        ActKind::Contact => RawForm::from([("at".to_owned(), Raw::Int(now)), text("how", "call"), ("reached".to_owned(), Raw::Flag(true))]),
        ActKind::Record => RawForm::from([text("done", "已到现场清理，楼道恢复畅通。")]),
        _ => RawForm::new(),
    }
}
