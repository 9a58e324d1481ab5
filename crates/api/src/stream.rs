//! The live stream (server-sent events): what changed, to those who may see it, within a second of the act, also when another instance did it.
//!
//! One poller an instance asks where the chains stand, as often as commits wake it and at least every 100 ms on a shared database; it reads the new entries and hands
//! them to the listeners. A chain's numbers have no gaps and are given under its lock, so what has been told is known exactly. A listener that falls behind,
//! or comes back, is told `resync` and fetches anew.

use crate::door::State;
use crate::problem::ProblemDto;
use crate::session::{Caller, visitor};
use app::desk::Desk;
use app::fault::Fault;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use domain::accounts::Scope;
use domain::kernel::{AccountId, MatterId, PlaceCode, UnitId};
use domain::matters::Care;
use domain::trail::{KEEPING, READS};
use futures_util::stream::{Stream, unfold};
use serde::Serialize;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::MissedTickBehavior;

/// What is told: ids only, never a text.
#[derive(Debug, Clone, Serialize)]
struct Change {
    chain: String,
    seq: i64,
    matter: String,
    act: String,
    home: String,
}

/// Who may be told.
#[derive(Debug)]
struct Audience {
    care: Care,
    place: PlaceCode,
    units: Vec<UnitId>,
    accounts: Vec<AccountId>,
    accused: Vec<UnitId>,
}

/// A change with its audience; none says `resync`.
type Told = Option<Arc<(Change, Audience)>>;

/// Hands changes to listeners.
pub(crate) struct Hub {
    sender: broadcast::Sender<Told>,
}

/// How many changes a slow listener may be behind.
const BEHIND: usize = 1024;
/// Entries read of one chain at once.
const BATCH: i64 = 200;

impl Hub {
    pub(crate) fn start(desk: Desk) -> Arc<Self> {
        let (sender, _) = broadcast::channel(BEHIND);
        let hub = Arc::new(Self { sender: sender.clone() });
        let keeper = Arc::downgrade(&hub);
        tokio::spawn(async move {
            let mut commits = desk.store().changes();
            let mut told: Option<BTreeMap<String, i64>> = None;
            loop {
                tokio::select! {
                    changed = commits.changed() => if changed.is_err() { break },
                    () = tokio::time::sleep(Duration::from_millis(100)) => {}
                }
                if keeper.strong_count() == 0 {
                    break;
                }
                if sender.receiver_count() == 0 {
                    told = None;
                    continue;
                }
                match poll(&desk, told.clone()).await {
                    // Nobody listening is no fault.
                    Ok((heads, changes)) => {
                        if told.replace(heads).is_none() {
                            // What was done between the listener's coming and this first look is told by nobody else.
                            let _ = sender.send(None);
                        }
                        for change in changes {
                            let _ = sender.send(Some(Arc::new(change)));
                        }
                    }
                    Err(fault) => tracing::warn!(error = %fault, "the live stream could not read the chains"),
                }
                // A burst of commits is told together.
                tokio::time::sleep(Duration::from_millis(15)).await;
            }
        });
        hub
    }
}

type Heads = BTreeMap<String, i64>;

async fn poll(desk: &Desk, told: Option<Heads>) -> Result<(Heads, Vec<(Change, Audience)>), Fault> {
    desk.read(move |tx, _| {
        let (mut now, mut changes) = (Heads::new(), Vec::new());
        for (chain, seq) in app::trail::heads(tx)? {
            let last = told.as_ref().map_or(seq, |told| told.get(&chain).copied().unwrap_or(0));
            // Who looks at something, and what is destroyed, is told to nobody who is listening.
            if seq > last && chain != READS && chain != KEEPING {
                for entry in app::trail::since(tx, &chain, last, BATCH)? {
                    let id = MatterId::from(entry.subject.as_str());
                    if let Some((care, place, units, accounts, accused)) = app::trail::audience(tx, &id)? {
                        let change = Change { chain: chain.clone(), seq: entry.seq, matter: entry.subject, act: entry.act, home: chain.clone() };
                        changes.push((change, Audience { care, place, units, accounts, accused }));
                    }
                }
            }
            now.insert(chain, seq.min(last + BATCH));
        }
        Ok((now, changes))
    })
    .await
}

/// What changes, to whom it concerns: `change` (chain, seq, matter, act, home), `resync`.
#[utoipa::path(get, path = "/api/v1/stream", responses((status = 200, description = "server-sent events", content_type = "text/event-stream"), (status = "default", body = ProblemDto)), tag = "board")]
pub(crate) async fn stream(
    axum::extract::State(state): axum::extract::State<State>,
    caller: Caller,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut recheck = tokio::time::interval_at(tokio::time::Instant::now() + RECHECK, RECHECK);
    recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let listener = Listener { scope: caller.actor().scope(), changes: state.hub.sender.subscribe(), state, headers, recheck, greeted: false };
    let events = unfold(listener, |mut listener| async move { listener.next().await.map(|event| (Ok(event), listener)) });
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

/// How long a stream goes on for somebody who has been logged out, or has lost a post.
const RECHECK: Duration = Duration::from_secs(10);

/// One open stream. It holds the state, and so the hub, for as long as it listens.
struct Listener {
    state: State,
    headers: HeaderMap,
    scope: Scope,
    changes: broadcast::Receiver<Told>,
    recheck: tokio::time::Interval,
    greeted: bool,
}

impl Listener {
    /// The next event; none when the session or token has ended.
    async fn next(&mut self) -> Option<Event> {
        if !std::mem::replace(&mut self.greeted, true) {
            return Some(resync());
        }
        loop {
            tokio::select! {
                told = self.changes.recv() => match told {
                    Ok(Some(told)) if sees(&self.scope, &told.1) => return Some(event(&told.0)),
                    Ok(Some(_)) => {}
                    Ok(None) | Err(RecvError::Lagged(_)) => return Some(resync()),
                    Err(RecvError::Closed) => return None,
                },
                _ = self.recheck.tick() => match visitor(&self.headers, &self.state).await {
                    Ok(visitor) => self.scope = visitor.actor.scope(),
                    // Too much to do is no reason to hang up.
                    Err(problem) if problem.status >= 500 => {}
                    Err(_) => return None,
                },
            }
        }
    }
}

fn sees(scope: &Scope, audience: &Audience) -> bool {
    !scope.barred(&audience.accused) && scope.sees(audience.care, &audience.place, &audience.units, &audience.accounts)
}

fn resync() -> Event {
    Event::default().event("resync").data("{}")
}

fn event(change: &Change) -> Event {
    Event::default().event("change").data(serde_json::to_string(change).unwrap_or_default())
}
