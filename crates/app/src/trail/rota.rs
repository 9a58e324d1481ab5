//! Verifying the rota: its rows are what the facts of its chain add up to.

use super::verify::{Report, compare_tables};
use crate::fault::Fault;
use domain::trail::RotaTable;
use std::collections::BTreeMap;
use store::db::Tx;

/// Compares every table of the rota with the fold of its chain.
pub(super) fn rows(tx: &mut Tx<'_>, folded: &RotaTable, report: &mut Report) -> Result<(), Fault> {
    let rotas: BTreeMap<_, _> = store::rota::all(tx)?.into_iter().map(|row| (row.id.clone(), row)).collect();
    let shifts: BTreeMap<_, _> = store::rota::all_shifts(tx)?.into_iter().map(|row| (row.id.clone(), row)).collect();
    let askings: BTreeMap<_, _> = store::rota::all_askings(tx)?.into_iter().map(|row| (row.id.clone(), row)).collect();
    let hand_overs: BTreeMap<_, _> = store::rota::all_hand_overs(tx)?.into_iter().map(|row| (row.id.clone(), row)).collect();
    let told: BTreeMap<_, _> = store::rota::all_told(tx)?.into_iter().map(|row| (row.id.clone(), row)).collect();
    let feeds: BTreeMap<_, _> = store::rota::all_feeds(tx)?.into_iter().map(|row| (row.id, (row.account, row.revoked))).collect();
    compare_tables("rota", &folded.rotas, &rotas, report);
    compare_tables("shift", &folded.shifts, &shifts, report);
    compare_tables("shift_asking", &folded.askings, &askings, report);
    compare_tables("hand_over", &folded.hand_overs, &hand_overs, report);
    compare_tables("duty_notice", &folded.told, &told, report);
    compare_tables("rota_feed", &folded.feeds, &feeds, report);
    let named = |lists: BTreeMap<(domain::kernel::UnitId, domain::rota::Duty), store::rota::CallOut>| -> BTreeMap<String, store::rota::CallOut> {
        // A list that was emptied has no row.
        lists.into_iter().filter(|(_, list)| !list.is_empty()).map(|((unit, duty), list)| (format!("{unit} {duty}"), list)).collect()
    };
    compare_tables("call_out", &named(folded.call_outs.clone()), &named(store::rota::all_call_outs(tx)?), report);
    Ok(())
}
