//! Call-out lists: whom to call, in which order, when more people are needed.

use super::{Pen, over};
use crate::desk::Desk;
use crate::fault::Fault;
use domain::accounts::{Actor, Right};
use domain::kernel::{AccountId, Instant, Mint, Missing, Refusal, UnitId};
use domain::rota::{CallOutBy, Duty};
use domain::trail::RotaFact;
use std::collections::BTreeMap;
use store::db::Tx;
use store::rota::CallOut;

/// The call-out lists of a unit by duty.
pub fn call_outs(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, unit: &UnitId, now: Instant) -> Result<BTreeMap<Duty, CallOut>, Fault> {
    let book = desk.rulebook(tx, now)?;
    over(&book, actor, Right::SeeRota, unit)?;
    Ok(store::rota::call_outs(tx, unit)?.into_iter().map(|((_, duty), list)| (duty, list)).collect())
}

/// Replaces the call-out list of a duty.
#[expect(clippy::too_many_arguments, reason = "the list, whose it is, by whom and when")]
pub fn put_call_out(
    tx: &mut Tx<'_>,
    desk: &Desk,
    actor: &Actor,
    unit: &UnitId,
    duty: Duty,
    people: &[(AccountId, CallOutBy)],
    now: Instant,
    mint: &mut Mint,
) -> Result<(), Fault> {
    let mut pen = Pen::take(tx, desk, now)?;
    let book = desk.rulebook(tx, now)?;
    let (seat, _) = over(&book, actor, Right::EditRota, unit)?;
    pen.signed(actor, Some(seat));
    let twice = people.iter().enumerate().any(|(i, person)| people[..i].contains(person));
    if people.len() > 50 || twice || people.iter().any(|(account, _)| !book.names.contains_key(&account.0)) {
        return Err(Refusal::Data(vec![Missing { datum: "people".to_owned(), why: "bad" }]).into());
    }
    store::rota::put_call_out(tx, unit, duty, people)?;
    pen.fact(RotaFact::CallOut { unit: unit.clone(), duty, people: people.to_vec() });
    pen.write(tx, "put_call_out", &unit.0, mint)
}
