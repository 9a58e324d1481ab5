//! The live stream (server-sent events): what changed, to those who may see it, within a second of the act, also when another instance did it.
//!
//! One poller an instance asks where the chains stand, as often as commits wake it and at least every 100 ms on a shared database; it reads the new entries and hands
//! them to the listeners. A chain's numbers have no gaps and are given under its lock, so what has been told is known exactly. A listener that falls behind,
//! or comes back, is told `resync` and fetches anew.

use crate::door::State;
use crate::problem::Problem;
use crate::session::Caller;
use app::desk::Desk;
use app::fault::Fault;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use domain::accounts::Scope;
use domain::kernel::{AccountId, MatterId, PlaceCode, UnitId};
use domain::matters::Care;
use serde::Serialize;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::{Stream, StreamExt};

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
}

type Told = Arc<(Change, Audience)>;

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
                    Ok((heads, changes)) => {
                        told = Some(heads);
                        for change in changes {
                            // Nobody listening is no fault.
                            let _ = sender.send(Arc::new(change));
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
            if seq > last {
                for entry in app::trail::since(tx, &chain, last, BATCH)? {
                    let id = MatterId::from(entry.subject.as_str());
                    if let Some((care, place, units, accounts)) = app::trail::audience(tx, &id)? {
                        let change = Change { chain: chain.clone(), seq: entry.seq, matter: entry.subject, act: entry.act, home: chain.clone() };
                        changes.push((change, Audience { care, place, units, accounts }));
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
#[utoipa::path(get, path = "/api/v1/stream", responses((status = 200, description = "server-sent events", content_type = "text/event-stream"), (status = "default", body = Problem)), tag = "board")]
pub(crate) async fn stream(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let scope = caller.actor().scope();
    let hub = Arc::clone(&state.hub);
    let first = tokio_stream::once(Ok(Event::default().event("resync").data("{}")));
    let rest = BroadcastStream::new(state.hub.sender.subscribe()).filter_map(move |told| {
        // The hub lives as long as somebody listens.
        let _ = &hub;
        match told {
            Ok(told) => sees(&scope, &told.1).then(|| event(&told.0)),
            Err(_) => Some(Ok(Event::default().event("resync").data("{}"))),
        }
    });
    Sse::new(first.chain(rest)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

fn sees(scope: &Scope, audience: &Audience) -> bool {
    scope.sees(audience.care, &audience.place, &audience.units, &audience.accounts)
}

fn event(change: &Change) -> Result<Event, Infallible> {
    Ok(Event::default().event("change").data(serde_json::to_string(change).unwrap_or_default()))
}
