//! Verifying the rows of keeping: rules, lists and their items, certificates, requests, erased files. Each is what the chain of keeping says, to the column.

use super::verify::{Report, compare_tables};
use crate::fault::Fault;
use crate::keys::{self, Keys};
use domain::kernel::{DestructionId, Instant, MatterId, Retention};
use domain::trail::{Item, KeepingTable};
use std::collections::BTreeMap;
use store::db::Tx;

pub(super) fn keeping(tx: &mut Tx<'_>, own: Option<&Keys>, folded: &KeepingTable, report: &mut Report) -> Result<(), Fault> {
    let rules: BTreeMap<_, _> = store::keeping::rules(tx)?.into_iter().map(|rule| (rule.id.clone(), rule)).collect();
    compare_tables("retention_rule", &folded.rules, &rules, report);
    let lists: BTreeMap<_, _> = store::keeping::all_lists(tx)?.into_iter().map(|listed| (listed.id, listed.list)).collect();
    compare_tables("destruction", &folded.lists, &lists, report);
    items(tx, folded, report)?;
    certificates(tx, own, folded, report)?;
    let requests: BTreeMap<_, _> = store::keeping::requests(tx, i64::MAX)?.into_iter().collect();
    compare_tables("subject_request", &folded.requests, &requests, report);
    let mut files = BTreeMap::new();
    for (id, at, name) in store::keeping::erased_files(tx)? {
        if !name.is_empty() {
            report.find("row", format!("file {id}"), "is erased and still has its name");
        }
        files.insert(id, at);
    }
    compare_tables("file", &folded.files, &files, report);
    Ok(())
}

fn items(tx: &mut Tx<'_>, folded: &KeepingTable, report: &mut Report) -> Result<(), Fault> {
    let named = |list: &DestructionId, matter: &MatterId, class: Retention| format!("{list} {matter} {class}");
    let said: BTreeMap<String, &(Item, Option<Instant>)> =
        folded.items.iter().map(|((list, matter, class), item)| (named(list, matter, *class), item)).collect();
    let rows = store::keeping::all_items(tx)?;
    let kept: Vec<(String, (Item, Option<Instant>))> = rows.into_iter().map(|(list, item, at)| (named(&list, &item.matter, item.class), (item, at))).collect();
    let kept: BTreeMap<String, &(Item, Option<Instant>)> = kept.iter().map(|(key, item)| (key.clone(), item)).collect();
    compare_tables("destruction_item", &said, &kept, report);
    Ok(())
}

fn certificates(tx: &mut Tx<'_>, own: Option<&Keys>, folded: &KeepingTable, report: &mut Report) -> Result<(), Fault> {
    let mut rows = BTreeMap::new();
    for made in store::keeping::certificates(tx)? {
        if !keys::verify(&made.body, &made.signature, &made.public_key) || own.is_some_and(|keys| keys.public() != made.public_key) {
            report.find("signature", format!("certificate {}", made.number), "is not signed by this installation");
        }
        rows.insert(made.number.clone(), (made.list.clone(), crate::papers::sha256(made.body.as_bytes()), made.at));
    }
    compare_tables("certificate", &folded.certificates, &rows, report);
    Ok(())
}
