//! Sessions: who is logged in where, and ending that.

use crate::fault::Fault;
use crate::trail::note;
use domain::accounts::Actor;
use domain::kernel::{AccountId, Instant};
use domain::trail::{ACCOUNTS, AccountFact};
pub use store::accounts::Session;
use store::db::Tx;

/// How many digits of a session's id its owner sees: enough to tell it from others, too few to be of use to anybody.
const HANDLE: usize = 16;

/// The name of a session in lists.
#[must_use]
pub fn handle(session: &str) -> &str {
    session.get(..HANDLE).unwrap_or(session)
}

/// The sessions of an account that have not ended, newest first.
pub fn sessions(tx: &mut Tx<'_>, account: &AccountId, now: Instant) -> Result<Vec<Session>, Fault> {
    Ok(store::accounts::sessions_of(tx, account, now)?)
}

/// Ends a session by its secret's id.
pub fn log_out(tx: &mut Tx<'_>, session: &str) -> Result<(), Fault> {
    Ok(store::accounts::end_session(tx, session)?)
}

/// Ends sessions of `account`: the one with this handle, or all but `keep`. `actor` is the owner, or whoever has the right to end others'.
pub(super) fn end(tx: &mut Tx<'_>, actor: &Actor, account: &AccountId, which: Which<'_>, by: &domain::trail::By, now: Instant) -> Result<i64, Fault> {
    let head = store::trail::lock(tx, ACCOUNTS)?;
    let n = match which {
        Which::One(wanted) => {
            let found = store::accounts::sessions_of(tx, account, now)?.into_iter().find(|session| handle(&session.id) == wanted).ok_or(Fault::Missing)?;
            store::accounts::end_session(tx, &found.id)?;
            1
        }
        Which::AllBut(keep) => i64::try_from(store::accounts::end_other_sessions(tx, account, keep)?).unwrap_or(i64::MAX),
    };
    if n > 0 || actor.account() != account {
        note(tx, &head, now, "end_sessions", &account.0, by, &[AccountFact::SessionsEnded { account: account.clone(), n }])?;
    }
    Ok(n)
}

/// Which sessions end.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// The one with this handle.
    One(&'a str),
    /// All but the one with this id; none is kept if it is empty.
    AllBut(&'a str),
}

/// Ends sessions of one's own.
pub fn end_own_sessions(tx: &mut Tx<'_>, actor: &Actor, which: Which<'_>, now: Instant) -> Result<i64, Fault> {
    end(tx, actor, actor.account(), which, &actor.by(None), now)
}
