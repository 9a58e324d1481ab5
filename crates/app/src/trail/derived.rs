//! Verifying what stands beside a matter's own rows: texts with their kinds and indexes, notices, counters, numbers, imports, files.

use super::verify::{Finding, Report, Seen, compare_tables};
use crate::fault::Fault;
use crate::keys::Keys;
use domain::kernel::{Commit, MatterId, PersonalData, Retention};
use domain::matters::Matter;
use domain::trail::{KEEPING, NOTICES, READS, ROTA, RuleTable};
use std::collections::{BTreeMap, BTreeSet};
use store::db::Tx;
use store::trail::{Kept, WholeWords};

/// Every text: that an event speaks of it, that it is the one which the event committed to, and that it is kept as its kind is kept.
pub(super) fn texts(tx: &mut Tx<'_>, keys: Option<&Keys>, seen: &Seen, report: &mut Report) -> Result<(), Fault> {
    let (mut found, mut there) = (Vec::new(), BTreeSet::new());
    let (mut erased, mut unopened) = (0, 0);
    report.words = store::trail::each_words(tx, |whole| {
        let place = format!("words {}", whole.words.id);
        let mut find = |said: String| found.push(Finding { code: "words", place: place.clone(), said });
        there.insert(whole.words.id.clone());
        let Some(told) = seen.said.get(&whole.words.id) else {
            find("no event speaks of it".to_owned());
            return Ok(());
        };
        if told.chain != whole.words.chain || told.seq != whole.words.seq {
            find(format!("names event {} #{}, was said in {} #{}", whole.words.chain, whole.words.seq, told.chain, told.seq));
        }
        kind(&told.chain, &told.name, &whole).into_iter().for_each(&mut find);
        let erased_by_event = seen.keeping.words.get(whole.words.id.as_str()).copied();
        if erased_by_event != whole.erased {
            find(
                if whole.erased.is_some() {
                    "is erased and no event says so, or at another instant"
                } else {
                    "an event says that it is erased, and it is there"
                }
                .to_owned(),
            );
        }
        let text = match &whole.words.kept {
            Kept::Clear(text) => Some(text.clone()),
            Kept::Sealed { .. } if keys.is_none() => {
                unopened += 1;
                return Ok(());
            }
            Kept::Sealed { bytes, whole: index, tail } => {
                let text = keys.and_then(|keys| keys.open_sealed(bytes, &whole.words.id));
                if let (Some(keys), Some(text)) = (keys, &text)
                    && (keys.index(text) != *index || keys.tail_index(text) != *tail)
                {
                    find("its index in contact_index is not that of the text".to_owned());
                }
                text
            }
            Kept::Erased => {
                erased += 1;
                return Ok(());
            }
        };
        match (text, &whole.words.salt) {
            (Some(text), Some(salt)) if Commit::of(salt, &text) == told.commit => {}
            (None, _) => find("the sealed text cannot be opened".to_owned()),
            _ => find("the text is not the one that the event committed to".to_owned()),
        }
        Ok(())
    })?;
    for id in seen.said.keys().filter(|id| !there.contains(*id)) {
        found.push(Finding { code: "missing", place: format!("words {id}"), said: "an event speaks of it, the row is gone".to_owned() });
    }
    report.erased = erased;
    report.unopened = unopened;
    report.findings.append(&mut found);
    Ok(())
}

/// What a text of this name is: the rule book gives each name one kind, free words unless it is a way to a person; why somebody looked is a working note.
fn kind_of(chain: &str, name: &str) -> (PersonalData, Retention) {
    match name {
        _ if chain == READS || chain == KEEPING || chain == ROTA => (PersonalData::Free, Retention::Working),
        // Where a colleague is reached is kept sealed like any number; why a letter was dropped is a working note.
        "way" => (PersonalData::Phone, Retention::Working),
        _ if chain == NOTICES => (PersonalData::Free, Retention::Working),
        "contact_name" => (PersonalData::Name, Retention::Contact),
        "contact_phone" => (PersonalData::Phone, Retention::Contact),
        "receipt" => (PersonalData::Identity, Retention::Contact),
        _ => (PersonalData::Free, Retention::Matter),
    }
}

/// What is wrong with how a text is kept.
fn kind(chain: &str, name: &str, whole: &WholeWords) -> Vec<String> {
    let (personal, retention) = kind_of(chain, name);
    let mut wrong = Vec::new();
    if whole.words.personal != personal.code() || whole.retention != retention.code() || !whole.lawful {
        wrong.push(format!("is not kept as {name} is kept (whose data, how long, on which basis, for what)"));
    }
    let erased = whole.words.kept == Kept::Erased;
    if erased != whole.erased.is_some() || erased != whole.words.salt.is_none() {
        wrong.push("is half erased".to_owned());
    }
    let sealed = matches!(whole.words.kept, Kept::Sealed { .. });
    if !erased && sealed != matches!(personal, PersonalData::Phone | PersonalData::Identity) {
        wrong.push(format!("{name} is {}", if sealed { "sealed" } else { "not sealed" }));
    }
    if sealed != whole.indexed {
        wrong.push("has an index and no sealed text, or the reverse".to_owned());
    }
    wrong
}

/// Every row that only repeats what the events say.
pub(super) fn rows(tx: &mut Tx<'_>, seen: &Seen, report: &mut Report) -> Result<(), Fault> {
    notices(tx, seen, report)?;
    places(tx, seen, report)?;
    rules(tx, seen, report)?;
    let (fresh, stations) = store::board::fresh(seen.matters.values());
    counters("tally", &fresh, store::board::kept(tx)?, report);
    counters("station_tally", &stations, store::board::kept_of_stations(tx)?, report);
    done(tx, seen, report)?;
    series(tx, seen, report)?;
    imports(tx, seen, report)?;
    for file in store::papers::altered(tx)? {
        report.find("row", format!("file {file}"), "its hash is not the one under which it was attached");
    }
    Ok(())
}

/// The network and what stands in its stations.
fn places(tx: &mut Tx<'_>, seen: &Seen, report: &mut Report) -> Result<(), Fault> {
    if !seen.places_told {
        return Ok(());
    }
    let (told, kept) = (&seen.places, store::places::book(tx, None)?);
    compare_tables("place", &told.places, &kept.places, report);
    compare_tables("duty_month", &told.months, &kept.months, report);
    compare_tables("unit", &told.units, &kept.units, report);
    compare_tables("post", &told.posts, &kept.posts, report);
    compare_tables("duty", &told.duties, &kept.duties, report);
    compare_tables("room", &told.rooms, &kept.rooms, report);
    compare_tables("booking", &told.bookings, &kept.bookings, report);
    compare_tables("equipment", &told.equipment, &kept.equipment, report);
    compare_tables("posting", &told.postings, &kept.postings, report);
    Ok(())
}

/// The clock book, in every version that a clock may be pinned to.
fn rules(tx: &mut Tx<'_>, seen: &Seen, report: &mut Report) -> Result<(), Fault> {
    if !seen.rules_told {
        return Ok(());
    }
    let rows = store::dispatch::every_policy(tx)?;
    let kept: BTreeMap<_, _> = rows.into_iter().map(|row| (RuleTable::key(&row.id, row.version), (row.line, row.ordinal, row.current))).collect();
    compare_tables("policy", &seen.rules.policies, &kept, report);
    Ok(())
}

fn notices(tx: &mut Tx<'_>, seen: &Seen, report: &mut Report) -> Result<(), Fault> {
    let none = BTreeMap::new();
    for id in seen.matters.keys() {
        if *seen.told_by.get(id).unwrap_or(&none) != store::notices::acts(tx, id)? {
            report.find("row", format!("notice of {id}"), "the notices are not told by the acts, or not in the order, that its events say");
        }
    }
    let channels: BTreeMap<_, _> =
        store::notices::channels(tx)?.into_iter().map(|c| (c.id, (c.kind.code().to_owned(), c.name, c.enabled, c.ordinal, c.settings))).collect();
    let ways: BTreeMap<_, _> =
        store::notices::each_way(tx)?.into_iter().map(|w| (w.id, (w.account, w.channel, w.ordinal, w.address.words.0, w.address.commit.0))).collect();
    let wishes: BTreeMap<_, _> = store::notices::wishes(tx)?.into_iter().map(|(who, w)| (who, (w.at_once, w.quiet_from, w.quiet_to, w.digest_at))).collect();
    compare_tables("channel", &seen.channels.channels, &channels, report);
    compare_tables("way", &seen.channels.ways, &ways, report);
    compare_tables("notice_wish", &seen.channels.wishes, &wishes, report);
    Ok(())
}

fn counters<K: Ord + Clone + std::fmt::Debug>(table: &str, fresh: &BTreeMap<K, i64>, kept: Vec<(K, i64)>, report: &mut Report) {
    let kept: BTreeMap<K, i64> = kept.into_iter().collect();
    for key in fresh.keys().chain(kept.keys()).collect::<BTreeSet<_>>() {
        if fresh.get(key) != kept.get(key) {
            report.find("counter", format!("{table} {key:?}"), format!("says {:?}, should be {:?}", kept.get(key), fresh.get(key)));
        }
    }
}

fn done(tx: &mut Tx<'_>, seen: &Seen, report: &mut Report) -> Result<(), Fault> {
    let named = |(account, matter): &(domain::kernel::AccountId, MatterId)| format!("{account} {matter}");
    let care = |id: &MatterId| seen.matters.get(id).map_or("", |matter| matter.care.code()).to_owned();
    let folded: BTreeMap<_, _> = seen.done.iter().map(|(key, at)| (named(key), (*at, care(&key.1)))).collect();
    let rows: BTreeMap<_, _> = store::board::kept_done(tx)?.into_iter().map(|(key, row)| (named(&key), row)).collect();
    compare_tables("done", &folded, &rows, report);
    Ok(())
}

/// Series and number of a matter, or of one that it had: `综〔2026〕330109014218-000123` is number 123 of the station's series of that year.
fn numbered(matter: &Matter, number: &str) -> Option<(String, i64)> {
    let (mark, rest) = number.split_once('〔')?;
    // Confidential matters have no series.
    if mark == "密" {
        return None;
    }
    let (year, rest) = rest.split_once('〕')?;
    Some((format!("{mark} {year} {}", matter.home), rest.rsplit_once('-')?.1.parse().ok()?))
}

fn series(tx: &mut Tx<'_>, seen: &Seen, report: &mut Report) -> Result<(), Fault> {
    let mut folded: BTreeMap<String, i64> = BTreeMap::new();
    for (name, n) in seen.matters.values().flat_map(|matter| matter.former.iter().chain([&matter.number]).filter_map(|number| numbered(matter, number))) {
        let last = folded.entry(name).or_insert(n);
        *last = n.max(*last);
    }
    compare_tables("series", &folded, &store::papers::series(tx)?, report);
    Ok(())
}

/// A row that was imported names the matter whose report has its lineage, and the reverse: else a second import would make it again.
fn imports(tx: &mut Tx<'_>, seen: &Seen, report: &mut Report) -> Result<(), Fault> {
    let mut folded: BTreeMap<String, (String, String)> = BTreeMap::new();
    for matter in seen.matters.values() {
        for lineage in matter.reports.iter().filter_map(|report| report.lineage.as_ref()) {
            folded.insert(matter.id.0.clone(), (lineage.source_id.clone(), lineage.digest.clone()));
        }
    }
    let rows: BTreeMap<_, _> = store::intake::all_imported(tx)?.into_iter().map(|(matter, source, digest)| (matter.0, (source, digest))).collect();
    compare_tables("import_row", &folded, &rows, report);
    Ok(())
}
