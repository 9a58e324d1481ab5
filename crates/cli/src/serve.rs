//! `serve`: the listener, the sweeper, and an orderly end.

use crate::config::{Config, Flags, Setting};
use crate::house::{self, Refusal};
use crate::machine::{self, PracticeMachine, SystemMachine};
use crate::tls::{self, Certificate, Doorway, with_peers};
use crate::{log, trail};
use anyhow::Context;
use app::desk::{Desk, Machine};
use domain::kernel::MINUTE;
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;
use store::db::Store;

/// How often time is looked at: a clock of one minute is then at most a hundredth late.
const TURN: Duration = Duration::from_millis(500);
/// How long the courier waits for a commit, and in which slices: a second in all.
const SLICE: Duration = Duration::from_millis(50);
const SLICES: u32 = 20;
/// How long requests may go on after the order to stop; live streams never end by themselves.
const DRAIN: Duration = Duration::from_secs(5);
/// How far the trail may be ahead of the clock before something must be wrong with one of them.
const AHEAD: i64 = 5 * MINUTE;

/// `serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    flags: Flags,
    /// Address to listen at (监听地址)
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Practise: the clock can be set forward; only on a practice or demonstration database (练习)
    #[arg(long)]
    practice: bool,
}

/// Serves an installation until it is told to stop.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let mut config = Config::load(&args.flags)?;
    config.flag(Setting::Listen, "--listen", args.listen);
    let listener = listen(config.listen()?)?;
    log::start(&config)?;
    let store = house::store(&config.database())?;
    house::installed(&store)?;
    let keys = house::key(&config.path(Setting::Key))?;
    let (wake, woken) = sync_channel(1);
    let machine = machine_for(&store, args.practice, &wake)?;
    let desk = house::desk(&config, store, keys, machine);
    Service { config, desk, listener, practice: args.practice, wake, woken }.run(|_, _| Ok(()))
}

/// Takes the address; somebody else having it is a sentence.
pub(crate) fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).map_err(|why| Refusal::new(format!("无法监听 {address}：{why} (cannot listen)")))?;
    listener.set_nonblocking(true).context("the listener")?;
    Ok(listener)
}

/// The machine that a database is served with. A practice clock begins where the trail ends, so that it never runs back; a database whose trail lies in the
/// future is served with no other.
pub(crate) fn machine_for(store: &Store, practice: bool, wake: &SyncSender<()>) -> anyhow::Result<Box<dyn Machine>> {
    let last = store.read_now(|tx| -> Result<_, app::fault::Fault> { Ok(store::trail::last_at(tx)?) })?;
    let ahead = last.map_or(0, |last| last.since(machine::now()).max(0));
    if !practice {
        if ahead > AHEAD {
            return Err(Refusal::new(format!(
                "留痕的最后一条比现在晚 {} 分钟：这是拨过时钟的练习库（请加 --practice），或者本机时钟不对 (the trail is ahead of the clock)",
                ahead / MINUTE
            ))
            .into());
        }
        return Ok(Box::new(SystemMachine));
    }
    let marked = |name| house::setting(store, name).map(|value| value.as_deref() == Some("true"));
    if !marked(app::seed::DEMO)? && !marked(crate::install::PRACTICE)? {
        return Err(Refusal::new(
            "这是正式数据库，不能用于练习；请另建练习库：xinjiean install --practice，或 xinjiean demo --practice (not a practice database)",
        )
        .into());
    }
    Ok(Box::new(PracticeMachine::new(ahead, wake.clone())))
}

/// A service that is ready to run.
pub(crate) struct Service {
    pub(crate) config: Config,
    pub(crate) desk: Desk,
    pub(crate) listener: TcpListener,
    pub(crate) practice: bool,
    pub(crate) wake: SyncSender<()>,
    pub(crate) woken: Receiver<()>,
}

impl Service {
    /// Answers requests at once; `first` runs beside them before time is looked at. Returns when it was told to stop and everything is written.
    pub(crate) fn run(self, first: impl FnOnce(&Desk, &AtomicBool) -> anyhow::Result<()> + Send + 'static) -> anyhow::Result<ExitCode> {
        let Self { config, desk, listener, practice, wake, woken } = self;
        let certificate = config.certificate()?;
        let (behind_proxy, limits) = (config.trusted_proxy()?, config.limits()?);
        let settings = api::Settings { practice, secure_cookies: behind_proxy || certificate.is_some(), behind_proxy, limits };
        let stop = Arc::new(AtomicBool::new(false));
        let sweeper = {
            let (desk, stop, folder) = (desk.clone(), Arc::clone(&stop), config.path(Setting::Checkpoints));
            std::thread::Builder::new().name("sweeper".to_owned()).spawn(move || {
                if let Err(error) = first(&desk, &stop) {
                    tracing::error!(%error, "what had to be done first failed");
                }
                sweep(&desk, &folder, &stop, &woken);
            })
        };
        let sweeper = sweeper.context("the sweeper")?;
        let courier = {
            let (desk, stop, out) = (desk.clone(), Arc::clone(&stop), house::post(&config, &desk));
            std::thread::Builder::new().name("courier".to_owned()).spawn(move || carry(&desk, &out, &stop))
        };
        let courier = courier.context("the courier")?;
        let address = listener.local_addr()?;
        tracing::info!(%address, practice, database = %desk.store().place(), "serving");
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let served = runtime.block_on(async {
            let router = api::harden(api::router(desk.clone(), settings).fallback_service(web::router()));
            answer(listener, certificate, router).await
        });
        // Streams that still hang on do not keep the database open.
        runtime.shutdown_timeout(Duration::from_secs(1));
        stop.store(true, Ordering::SeqCst);
        wake.try_send(()).ok();
        if sweeper.join().is_err() {
            tracing::error!("the sweeper had panicked");
        }
        if courier.join().is_err() {
            tracing::error!("the courier had panicked");
        }
        drop(desk);
        tracing::info!("stopped");
        served.map(|()| ExitCode::SUCCESS)
    }
}

async fn answer(listener: TcpListener, certificate: Option<Arc<Certificate>>, router: axum::Router) -> anyhow::Result<()> {
    let listener = Doorway::open(tokio::net::TcpListener::from_std(listener)?, certificate)?;
    let (told, mut heard) = tokio::sync::watch::channel(false);
    let server = axum::serve(listener, with_peers(router).into_make_service_with_connect_info::<tls::From>()).with_graceful_shutdown(async move {
        asked_to_stop().await;
        told.send_replace(true);
    });
    let drained = async {
        heard.wait_for(|told| *told).await.ok();
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        done = server.into_future() => done.context("the listener"),
        () = drained => Ok(()),
    }
}

async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(error) => {
            tracing::error!(%error, "no SIGTERM here");
            tokio::signal::ctrl_c().await.ok();
        }
    }
}

/// The sweeper's life: a turn, a rest; sooner when somebody sets the clock.
fn sweep(desk: &Desk, checkpoints: &std::path::Path, stop: &AtomicBool, woken: &Receiver<()>) {
    let mut filed = None;
    while !stop.load(Ordering::SeqCst) {
        match app::dispatch::turn(desk) {
            Ok(0) => {}
            Ok(acts) => tracing::info!(acts, "did what time asked for"),
            Err(fault) => tracing::error!(%fault, "a turn of the sweeper failed; the next one tries again"),
        }
        match trail::file_checkpoints(desk.store(), checkpoints, filed) {
            Ok(last) => filed = last,
            Err(error) => tracing::error!(error = format!("{error:#}"), "a checkpoint could not be filed"),
        }
        woken.recv_timeout(TURN).ok();
    }
}

/// The courier's life: what is due is done; then it waits for a commit, or a second.
fn carry(desk: &Desk, out: &app::out::Post, stop: &AtomicBool) {
    let mut commits = desk.store().changes();
    while !stop.load(Ordering::SeqCst) {
        commits.mark_unchanged();
        if let Err(fault) = app::jobs::turn(desk, out) {
            tracing::error!(%fault, "a turn of the courier failed; the next one tries again");
        }
        for _ in 0..SLICES {
            if stop.load(Ordering::SeqCst) || commits.has_changed().unwrap_or(true) {
                break;
            }
            std::thread::sleep(SLICE);
        }
    }
}
