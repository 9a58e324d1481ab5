//! 值班: laying out rotas, changing shifts, swaps and absences, hand-overs, calendar addresses. Each write is an entry of the chain `rota` with the rows that follow.
//!
//! May not: decide who may (`domain::accounts`), what a plan breaks or who comes to which slot (`domain::rota`).

mod askings;
mod call_outs;
mod feeds;
mod hand_overs;
mod look;
mod plan;
mod sheet;
mod shifts;
mod telling;

pub use askings::{Ask, AskingView, answer, ask, askings};
pub use call_outs::{call_outs, put_call_out};
pub use feeds::{feed_text, feeds, make_feed, revoke_feed};
pub use hand_overs::{HandOverView, Handing, Saying, around, current, due, hand_over, hand_overs, handed, handing, missing, register, take_over, view};
pub use look::{Gap, Member, Month, Now, Overview, Rung, UnitDuties, gaps, light, members, mine, month, overview, rungs, uncovered};
pub use plan::{Lay, Proposal, Share, draft, drop_draft, propose, publish};
pub use sheet::{Loaded, Sheeted, load, sheet};
pub use shifts::{assign, consider};
pub use store::rota::Feed;
pub use telling::{hear, tell_missing, told};

use crate::desk::Desk;
use crate::fault::Fault;
use crate::rulebook::Rulebook;
use crate::trail::{keep_words, note};
use domain::accounts::{Actor, Right, Seat, may_over};
use domain::kernel::{AccountId, DAY, Instant, Mint, PersonalData, Refusal, Retention, UnitId, Words, WordsId};
use domain::places::Unit;
use domain::rota::{Roster, Spell};
use domain::trail::{ROTA, RotaFact, Said};
use store::db::Tx;
use store::trail::Head;

/// How far before and after now the roster of the rule book reaches.
const BACK: i64 = 2 * DAY;
const AHEAD: i64 = 8 * DAY;

/// Who is on duty around now, for the rule book.
pub(crate) fn roster(tx: &mut Tx<'_>, now: Instant) -> Result<Roster, Fault> {
    let (from, until) = (now.plus(-BACK), now.plus(AHEAD));
    let published = store::rota::published(tx, from.day())?;
    let shifts = if published.is_empty() { Vec::new() } else { store::rota::shifts(tx, &store::rota::Shifts::default(), from, until)? };
    Ok(Roster::new(from, until, published, shifts))
}

/// A unit over which the actor has a right, and the post by which. What the actor may not see is not there.
fn over<'a, 'b>(book: &'b Rulebook, actor: &'a Actor, right: Right, unit: &UnitId) -> Result<(&'a Seat, &'b Unit), Fault> {
    let found = book.network.unit(unit).ok_or(Fault::Missing)?;
    may_over(actor, Right::SeeRota, unit, &found.place).map_err(|_| Fault::Missing)?;
    Ok((may_over(actor, right, unit, &found.place)?, found))
}

/// A text that is kept beside the chain, and what the chain says of it.
fn say(mint: &mut Mint, name: &str, text: &str) -> (Said, Words) {
    let words =
        Words { id: mint.id(WordsId::PREFIX), salt: mint.salt(), text: text.trim().to_owned(), personal: PersonalData::Free, retention: Retention::Working };
    (Said { name: name.to_owned(), words: words.id.clone(), commit: words.commit() }, words)
}

/// A reason that must be given.
fn reason(mint: &mut Mint, text: &str) -> Result<(Said, Words), Fault> {
    match text.trim() {
        "" => Err(Refusal::missing("reason").into()),
        text if text.chars().count() > 500 => Err(Refusal::Data(vec![domain::kernel::Missing { datum: "reason".to_owned(), why: "too_long" }]).into()),
        text => Ok(say(mint, "reason", text)),
    }
}

/// What a write to the rota is done with.
struct Pen<'a> {
    head: Head,
    by: domain::trail::By,
    now: Instant,
    words: Vec<Words>,
    facts: Vec<RotaFact>,
    desk: &'a Desk,
}

impl<'a> Pen<'a> {
    /// Takes the lock of the rota's chain.
    fn take(tx: &mut Tx<'_>, desk: &'a Desk, now: Instant) -> Result<Self, Fault> {
        let head = store::trail::lock(tx, ROTA)?;
        Ok(Self { head, by: Actor::system().by(None), now, words: Vec::new(), facts: Vec::new(), desk })
    }

    /// Says who writes and by which post.
    fn signed(&mut self, actor: &Actor, seat: Option<&Seat>) {
        self.by = actor.by(seat);
    }

    /// Adds a fact.
    fn fact(&mut self, fact: RotaFact) {
        self.facts.push(fact);
    }

    /// Writes the entry and its texts.
    fn write(self, tx: &mut Tx<'_>, act: &str, subject: &str, mint: &mut Mint) -> Result<(), Fault> {
        let seq = note(tx, &self.head, self.now, act, subject, &self.by, &self.facts)?;
        keep_words(tx, self.desk, &self.words, ROTA, seq, mint)
    }
}

/// What a person does by published rotas around some days, leaving out one rota and one shift: what a plan is held against.
fn spells(tx: &mut Tx<'_>, account: &AccountId, from: Instant, until: Instant, without: impl Fn(&domain::rota::Shift) -> bool) -> Result<Vec<Spell>, Fault> {
    let wanted = store::rota::Shifts { account: Some(account.clone()), ..store::rota::Shifts::default() };
    let reach = domain::rota::reach_of(&domain::rota::Rest::DEFAULT);
    let shifts = store::rota::shifts(tx, &wanted, from.plus(-reach), until.plus(reach))?;
    let own = shifts.into_iter().filter(|shift| shift.person() == Some(account) && !without(shift));
    Ok(own.map(|shift| Spell { kind: shift.kind, from_at: shift.from_at, to_at: shift.to_at }).collect())
}

/// When a person is away by approved absences.
fn away(tx: &mut Tx<'_>, account: &AccountId, from: Instant, until: Instant) -> Result<Vec<(Instant, Instant)>, Fault> {
    let wanted = store::rota::Shifts { account: Some(account.clone()), ..store::rota::Shifts::default() };
    let shifts = store::rota::shifts(tx, &wanted, from, until)?;
    Ok(shifts.into_iter().filter(|shift| shift.absent && shift.account.as_ref() == Some(account)).map(|shift| (shift.from_at, shift.to_at)).collect())
}
