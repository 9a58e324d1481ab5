//! What a person may ask about the data on himself (个人信息保护法 art. 45–47): a copy, a correction, an erasure.
//!
//! The person is found by telephone number. How it was made sure who asks is noted, and is an entry of the chain like the answer. Nothing is refused without
//! the basis on which it must be kept.

use super::{lists, lock, note};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::trail::record;
use domain::accounts::{Actor, Right, Seat, may_somewhere};
use domain::kernel::{DestructionId, Instant, MatterId, Mint, PersonalData, Refusal, ReportId, Retention, SubjectRequestId, Words, WordsId};
use domain::matters::{ActKind, Care, Decision, Matter, reopen_window_ends};
use domain::trail::{Fact, Item, KEEPING, KeepingFact, ListState, Origin, Request, RequestKind, RequestOutcome, Said};
use store::db::Tx;
use store::trail::Kept;

/// What a person asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What.
    pub kind: RequestKind,
    /// The telephone number that the person gave and is known by.
    pub phone: String,
    /// How it was made sure who asks.
    pub identity: String,
    /// For a correction: the name as it should be.
    pub name: Option<String>,
    /// For an erasure: also what the person said, where nothing needs it any more.
    pub said: bool,
}

/// What is held of a person in one matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyOf {
    /// The matter.
    pub matter: MatterId,
    /// Its number.
    pub number: String,
    /// The report.
    pub report: ReportId,
    /// When it was received.
    pub received_at: Instant,
    /// Where the matter stands.
    pub state: String,
    /// What the person said; none if erased.
    pub said: Option<String>,
    /// The name as it is kept.
    pub name: Option<String>,
    /// The number as it is kept.
    pub phone: Option<String>,
    /// Until when the contact is kept under the rules of now; none for good or while the matter is open.
    pub kept_until: Option<Instant>,
    /// On which legal basis it is kept.
    pub basis: String,
    /// For what it is kept.
    pub purpose: String,
}

/// What is held of a person.
pub type Copy = Vec<CopyOf>;

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its id.
    pub request: SubjectRequestId,
    /// What became of it.
    pub outcome: RequestOutcome,
    /// On which basis.
    pub basis: String,
    /// What is held, for a copy.
    pub copy: Copy,
    /// The list by which something will be erased at the next turn.
    pub list: Option<DestructionId>,
}

/// On which basis a copy is given.
const GIVEN: &str = "个人信息保护法第四十五条";
/// On which basis a datum is corrected.
const CORRECTED: &str = "个人信息保护法第四十六条";
/// On which basis a contact is erased.
const ERASED: &str = "个人信息保护法第四十七条第一款第一项";
/// On which basis a contact is kept in spite of the request.
const KEPT: &str = "个人信息保护法第四十七条第二款：事项未办结或仍在 30 日重开期内，须保留联系方式以完成办理与告知；期满后可再次申请";

/// On which bases some contacts are erased and others kept.
const PARTLY: &str = "个人信息保护法第四十七条：已办结且过了 30 日重开期的，予以删除；未办结或仍在重开期内的，依第二款保留联系方式，期满后可再次申请";

/// Answers a person's request; the entry says what was asked and what became of it.
pub fn answer(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, asked: &Asked, now: Instant, mint: &mut Mint) -> Result<Answer, Fault> {
    let seat = may_somewhere(actor, Right::AnswerPersons)?.clone();
    let missing: Vec<_> = [("phone", &asked.phone), ("identity", &asked.identity)]
        .into_iter()
        .filter(|(_, text)| text.trim().is_empty())
        .map(|(datum, _)| domain::kernel::Missing { datum: datum.to_owned(), why: "missing" })
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::Data(missing).into());
    }
    lock(tx)?;
    let found = found(tx, desk, actor, asked.phone.trim())?;
    let request: SubjectRequestId = mint.id(SubjectRequestId::PREFIX);
    let matters = i64::try_from(found.iter().map(|(matter, _)| &matter.id).collect::<std::collections::BTreeSet<_>>().len()).unwrap_or(i64::MAX);
    let (outcome, basis, copy, list) = match asked.kind {
        _ if found.is_empty() => (RequestOutcome::Nothing, GIVEN, Copy::new(), None),
        RequestKind::Copy => (RequestOutcome::Done, GIVEN, copy(tx, desk, &found)?, None),
        RequestKind::Correct => {
            correct(tx, desk, actor, &seat, &request, &found, asked.name.as_deref().unwrap_or_default().trim(), now, mint)?;
            (RequestOutcome::Done, CORRECTED, Copy::new(), None)
        }
        RequestKind::Erase => match erase(tx, actor, &seat, &found, asked.said, now, mint)? {
            (Some(list), false) => (RequestOutcome::Done, ERASED, Copy::new(), Some(list)),
            (Some(list), true) => (RequestOutcome::Partly, PARTLY, Copy::new(), Some(list)),
            (None, _) => (RequestOutcome::MustKeep, KEPT, Copy::new(), None),
        },
    };
    let identity = Words {
        id: mint.id(WordsId::PREFIX),
        salt: mint.salt(),
        text: asked.identity.trim().to_owned(),
        personal: PersonalData::Free,
        retention: Retention::Working,
    };
    let row = Request {
        kind: asked.kind,
        at: now,
        taken_by: actor.account().clone(),
        identity: (identity.id.clone(), identity.commit()),
        matters,
        outcome,
        basis: basis.to_owned(),
        list: list.clone(),
    };
    store::keeping::put_request(tx, &request, &row)?;
    let said = Said { name: "identity".to_owned(), words: identity.id.clone(), commit: identity.commit() };
    let fact =
        KeepingFact::Answered { request: request.clone(), kind: asked.kind, identity: said, matters, outcome, basis: basis.to_owned(), list: list.clone() };
    let head = lock(tx)?;
    let seq = note(tx, &head, now, "answer_person", &request.0, &actor.by(Some(&seat)), &[fact])?;
    store::trail::keep(tx, &identity, &Kept::Clear(identity.text.clone()), KEEPING, seq)?;
    Ok(Answer { request, outcome, basis: basis.to_owned(), copy, list })
}

/// Reports that carry the number, with their matters, of those that the actor may see: a class that he may not know of is answered by who may.
fn found(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, phone: &str) -> Result<Vec<(Matter, ReportId)>, Fault> {
    let scope = actor.scope();
    let digits: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '-').collect();
    let mut found = Vec::new();
    for id in store::intake::by_contact(tx, &desk.keys().index(&digits), 1_000)? {
        if !store::matters::in_scope(tx, &scope, &id)? {
            continue;
        }
        let Some(matter) = store::matters::load(tx, &id)? else { continue };
        let mut reports = Vec::new();
        for report in &matter.reports {
            let Some(said) = &report.phone else { continue };
            if let Some(kept) = store::trail::words(tx, said.words.as_str())?
                && let Kept::Sealed { bytes, .. } = kept.kept
                && desk.keys().open_sealed(&bytes, &kept.id).as_deref() == Some(digits.as_str())
            {
                reports.push(report.id.clone());
            }
        }
        found.extend(reports.into_iter().map(|report| (matter.clone(), report)));
    }
    Ok(found)
}

fn copy(tx: &mut Tx<'_>, desk: &Desk, found: &[(Matter, ReportId)]) -> Result<Copy, Fault> {
    let rules = super::rules(tx)?;
    let mut copy = Copy::new();
    for (matter, id) in found {
        let Some(report) = matter.reports.iter().find(|report| report.id == *id) else { continue };
        let mut text = |said: &Said| -> Result<Option<String>, Fault> {
            Ok(match store::trail::words(tx, said.words.as_str())?.map(|words| (words.kept, words.id)) {
                Some((Kept::Clear(text), _)) => Some(text),
                Some((Kept::Sealed { bytes, .. }, id)) => desk.keys().open_sealed(&bytes, &id),
                _ => None,
            })
        };
        let rule = domain::trail::retention::rule_for(&rules, Retention::Contact, matter.category.as_deref());
        copy.push(CopyOf {
            matter: matter.id.clone(),
            number: matter.number.clone(),
            report: id.clone(),
            received_at: report.received_at,
            state: matter.state.code().to_owned(),
            said: text(&report.said)?,
            name: report.name.as_ref().map(&mut text).transpose()?.flatten(),
            phone: report.phone.as_ref().map(&mut text).transpose()?.flatten(),
            kept_until: rule.zip(matter.closed_at).and_then(|(rule, closed)| domain::trail::retention::kept_until(rule, closed)),
            basis: rule.map_or_else(String::new, |rule| rule.basis.clone()),
            purpose: rule.map_or_else(String::new, |rule| rule.purpose.clone()),
        });
    }
    Ok(copy)
}

/// What is held of the person who has this number, of what the actor may see.
pub fn held(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, phone: &str) -> Result<Copy, Fault> {
    may_somewhere(actor, Right::AnswerPersons)?;
    let found = found(tx, desk, actor, phone.trim())?;
    copy(tx, desk, &found)
}

/// The record of requests, newest first, for those who answer them and those who look after them.
pub fn requests(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<(SubjectRequestId, Request)>, Fault> {
    may_somewhere(actor, Right::ReadRetention)?;
    Ok(store::keeping::requests(tx, 200)?)
}

/// Sets the name as it should be in every report of the person; the old one is erased with it.
#[expect(clippy::too_many_arguments, reason = "who corrects what of whom, for which request, when and with which chance")]
fn correct(
    tx: &mut Tx<'_>,
    desk: &Desk,
    actor: &Actor,
    seat: &Seat,
    request: &SubjectRequestId,
    found: &[(Matter, ReportId)],
    name: &str,
    now: Instant,
    mint: &mut Mint,
) -> Result<(), Fault> {
    if name.is_empty() {
        return Err(Refusal::missing("name").into());
    }
    for (matter, report) in found {
        let head = store::trail::lock(tx, &matter.home.0)?;
        let before = store::matters::load(tx, &matter.id)?.ok_or(Fault::Missing)?;
        let old: Vec<WordsId> =
            before.reports.iter().filter(|one| one.id == *report).filter_map(|one| one.name.as_ref().map(|name| name.words.clone())).collect();
        let words =
            Words { id: mint.id(WordsId::PREFIX), salt: mint.salt(), text: name.to_owned(), personal: PersonalData::Name, retention: Retention::Contact };
        let said = Said { name: "contact_name".to_owned(), words: words.id.clone(), commit: words.commit() };
        let facts = vec![Fact::ContactName { report: report.clone(), name: said }];
        let decision = Decision { act: ActKind::Amend, by: actor.by(Some(seat)), facts, words: vec![words] };
        store::keeping::erase(tx, &old, now)?;
        record(tx, desk, head, Some(&before), &matter.id, decision, now, mint)?;
        if !old.is_empty() {
            let head = lock(tx)?;
            let fact = KeepingFact::WordsReplaced { request: request.clone(), words: old };
            note(tx, &head, now, "replace", &request.0, &actor.by(Some(seat)), &[fact])?;
        }
    }
    Ok(())
}

/// Lists the contacts of the person for erasure where nothing needs them any more; says also whether any must be kept. Whoever else has a contact in the same
/// matter keeps it. The person's own demand stands for the asking; the answer for the decision.
fn erase(
    tx: &mut Tx<'_>,
    actor: &Actor,
    seat: &Seat,
    found: &[(Matter, ReportId)],
    said: bool,
    now: Instant,
    mint: &mut Mint,
) -> Result<(Option<DestructionId>, bool), Fault> {
    let needed = |matter: &Matter| matter.state.is_open() || matter.closed_at.is_some_and(|closed| now < reopen_window_ends(closed));
    let (kept, over): (Vec<_>, Vec<_>) = found.iter().partition(|(matter, _)| needed(matter));
    let mut items: Vec<Item> = Vec::new();
    for (matter, report) in &over {
        match items.iter_mut().find(|item| item.matter == matter.id) {
            Some(item) => item.reports.push(report.clone()),
            None => items.push(Item {
                matter: matter.id.clone(),
                class: Retention::Contact,
                rule: "subject".to_owned(),
                until_at: now,
                due_at: now,
                texts: 0,
                files: 0,
                reports: vec![report.clone()],
                said,
            }),
        }
    }
    if items.is_empty() {
        return Ok((None, true));
    }
    for item in &mut items {
        item.texts = i64::try_from(super::carry::texts(tx, item)?.len()).unwrap_or(i64::MAX);
    }
    let care = over.iter().map(|(matter, _)| matter.care).max().unwrap_or(Care::Open);
    let (id, mut list) = lists::make(tx, Origin::Subject, care, &items, actor, Some(seat), now, mint)?;
    let head = lock(tx)?;
    (list.state, list.decided) = (ListState::Approved, Some((actor.account().clone(), now)));
    store::keeping::move_list(tx, &id, &list)?;
    let fact = KeepingFact::ListDecided { list: id.clone(), state: ListState::Approved, by: actor.account().clone(), reason: None };
    note(tx, &head, now, "approve_destruction", &id.0, &actor.by(Some(seat)), &[fact])?;
    Ok((Some(id), !kept.is_empty()))
}
