//! 事项: acts on a matter, its page, lists.

use crate::desk::Desk;
use crate::fault::{Changed, Fault};
use crate::rulebook::Rulebook;
use crate::trail::{Recorded, note, record};
use domain::accounts::Actor;
use domain::dispatch::{Line, due};
use domain::kernel::{AccountId, Instant, MatterId, Mint, PersonalData, Refusal, ReportId, Retention, UnitId, Words, WordsId};
use domain::matters::{ActKind, Care, Form, Matter, Offer, RawForm, TaskKind, decide, nameable, offered};
use domain::places::PostKind;
use domain::trail::{AccountFact, Body, Fact, READS, Said};
use std::collections::BTreeMap;
use store::db::Tx;
use store::matters::Mine;
pub use store::matters::{Filter, Page, Row, Sort, Tab, Total};
use store::papers::File;
use store::trail::{Entry, Kept};

/// An act as it comes in.
#[derive(Debug, Clone)]
pub struct Act {
    /// The matter.
    pub matter: MatterId,
    /// The version that the actor saw.
    pub version: i64,
    /// The act.
    pub act: ActKind,
    /// Its data.
    pub data: RawForm,
}

/// Does an act: lock the chain, look whether it may be seen, compare versions, decide, record.
pub fn act(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, cmd: &Act, now: Instant, mint: &mut Mint) -> Result<Recorded, Fault> {
    // Asked before anything is locked: what is not there and what is not his take one path, and neither waits for the station at which it lies.
    if !store::matters::in_scope(tx, &actor.scope(), &cmd.matter)? {
        return Err(Fault::Missing);
    }
    let home = store::matters::locked(tx, &cmd.matter)?.ok_or(Fault::Missing)?;
    let head = store::trail::lock(tx, &home.0)?;
    if !store::matters::in_scope(tx, &actor.scope(), &cmd.matter)? {
        return Err(Fault::Missing);
    }
    let matter = store::matters::load(tx, &cmd.matter)?.ok_or(Fault::Missing)?;
    let book = desk.rulebook(tx, now)?;
    if matter.version != cmd.version {
        return Err(Fault::Stale { current: matter.version, changed: changed(tx, &book, &matter, cmd.version)? });
    }
    let form = Form::check(cmd.act, cmd.data.clone())?;
    let files = crate::papers::facts(tx, actor, &form)?;
    let hash_before = head.hash.clone();
    let mut decision = decide(&matter, &form, actor, &mut book.desk(now, mint, &files, &hash_before))?;
    let care = domain::matters::care_after(&matter, &decision.facts);
    if care > matter.care {
        // A number of the open series would go on telling that there is such a matter.
        decision.facts.push(Fact::Renumbered { number: crate::intake::number(tx, &book, &matter.home, care, now, mint)? });
    }
    let (by, facts) = (decision.by.clone(), decision.facts.clone());
    let recorded = record(tx, desk, head, Some(&matter), &cmd.matter, decision, now, mint)?;
    crate::trail::reading::admitted(tx, &cmd.matter, &by, &facts, now)?;
    Ok(recorded)
}

fn changed(tx: &mut Tx<'_>, book: &Rulebook, matter: &Matter, seen: i64) -> Result<Vec<Changed>, Fault> {
    let missed = usize::try_from(matter.version.saturating_sub(seen)).unwrap_or(0).min(50);
    // What only told or acknowledged did not change the matter, and is passed over; so a few more are read.
    let entries = store::trail::entries_after(tx, &matter.home.0, &matter.id.0, 100)?;
    let moved = |entry: &Entry| Body::<Fact>::read(&entry.body).is_ok_and(|body| body.facts.is_empty() || !body.facts.iter().all(Fact::is_of_notices));
    Ok(entries
        .into_iter()
        .filter(moved)
        .take(missed)
        .map(|entry| Changed { act: entry.act, at: entry.at, by: book.account_name(&entry.account.into()) })
        .collect())
}

impl Rulebook {
    /// What lies on the desk while an act is decided.
    pub(crate) fn desk<'a>(
        &'a self,
        now: Instant,
        mint: &'a mut Mint,
        files: &'a [domain::matters::FileFacts],
        hash_before: &'a str,
    ) -> domain::matters::Desk<'a> {
        domain::matters::Desk {
            now,
            mint,
            network: &self.network,
            duties: &self.duties,
            policies: &self.policies,
            former: &self.former,
            calendar: &self.calendar,
            categories: &self.category_facts,
            holders: &self.holders,
            roster: &self.roster,
            files,
            hash_before,
        }
    }
}

/// Owners of which posts count as one's own work: the queue that a post takes from.
#[must_use]
pub fn takes(actor: &Actor) -> Vec<(UnitId, PostKind)> {
    let mut own = Vec::new();
    for seat in actor.seats() {
        let posts: &[PostKind] = match seat.kind.acts_as() {
            PostKind::DeskClerk => &[PostKind::DeskClerk],
            PostKind::StationChief => &[PostKind::StationChief, PostKind::DeskClerk],
            PostKind::UnitHead => &[PostKind::UnitHead],
            PostKind::UnitOfficer => &[PostKind::UnitHead, PostKind::StationChief],
            PostKind::CommandOfficer => &[PostKind::CommandOfficer],
            PostKind::DutyOfficer => &[PostKind::DutyOfficer, PostKind::CommandOfficer],
            PostKind::CommandHead => &[PostKind::CommandHead, PostKind::CommandOfficer],
            PostKind::Checker => &[PostKind::Checker],
            PostKind::CallbackClerk => &[PostKind::CallbackClerk],
            _ => &[],
        };
        for post in posts {
            let pair = (seat.unit.clone(), *post);
            if !own.contains(&pair) {
                own.push(pair);
            }
        }
    }
    own
}

/// Units whose open tasks are one's own work: assists for whoever works there and sees what the unit has a part in; follow-ups for the call-back desk.
fn tasks_of(actor: &Actor) -> Vec<(UnitId, TaskKind)> {
    let mut tasks = Vec::new();
    for seat in actor.seats() {
        let kind = match seat.kind.acts_as() {
            PostKind::UnitHead | PostKind::UnitOfficer | PostKind::StationChief | PostKind::DeskClerk | PostKind::Mediator | PostKind::CommandOfficer => {
                TaskKind::Assist
            }
            PostKind::CallbackClerk => TaskKind::FollowUp,
            _ => continue,
        };
        let pair = (seat.unit.clone(), kind);
        if !tasks.contains(&pair) {
            tasks.push(pair);
        }
    }
    tasks
}

/// What counts as one's own work. Who takes from no queue (a grid worker, a mediator) works on what is assigned by name.
fn mine(actor: &Actor) -> Mine {
    let takes = takes(actor);
    let assigned = takes.is_empty().then(|| actor.account().clone());
    Mine { takes, tasks_of: tasks_of(actor), assigned }
}

/// One page of a list.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, mut filter: Filter, limit: i64) -> Result<(Page, Option<Total>), Fault> {
    let scope = actor.scope();
    if filter.tab == Some(Tab::Done) {
        return Ok((masked(store::matters::done(tx, &scope, filter.after, limit)?), None));
    }
    if filter.tab.is_some() {
        filter.mine = mine(actor);
    }
    let total = store::matters::count(tx, &scope, &filter)?;
    Ok((masked(store::matters::rows(tx, &scope, &filter, limit)?), Some(total)))
}

/// In a list nobody has given a reason yet: numbers of people that stand in a title or an address are masked for everybody.
fn masked(page: Page) -> Page {
    Page { rows: page.rows.into_iter().map(masked_row).collect(), ..page }
}

/// A row with the numbers of people in its texts masked.
pub(crate) fn masked_row(row: Row) -> Row {
    Row { title: mask_numbers(&row.title), spot: mask_numbers(&row.spot), ..row }
}

/// A search query; none if it holds nothing to look for.
pub fn search(tx: &mut Tx<'_>, words: &str) -> Option<store::search::Ask> {
    store::search::Ask::new(tx, crate::intake::phrases(words))
}

/// The flags of the matters of a page.
pub fn flags(tx: &mut Tx<'_>, rows: &[Row]) -> Result<Vec<(MatterId, String)>, Fault> {
    Ok(store::matters::flags(tx, rows)?)
}

/// The id of a matter that the actor sees, by its number. One query finds neither what is not there nor what is not his, so that both take one time.
pub fn by_number(tx: &mut Tx<'_>, actor: &Actor, number: &str) -> Result<MatterId, Fault> {
    store::matters::numbered(tx, &actor.scope(), number)?.ok_or(Fault::Missing)
}

/// The counts of the workbench's tabs: todo, doing, soon, late, done.
pub fn workbench(tx: &mut Tx<'_>, actor: &Actor) -> Result<[i64; 5], Fault> {
    Ok(store::matters::tabs(tx, &actor.scope(), &mine(actor))?)
}

/// Everything that the page of a matter shows.
#[derive(Debug)]
pub struct Seen {
    /// The matter.
    pub matter: Matter,
    /// Texts by id: in clear, masked if they reach a person, none if erased.
    pub texts: BTreeMap<String, String>,
    /// Events, oldest first.
    pub entries: Vec<Entry>,
    /// Files.
    pub files: Vec<File>,
    /// Acts that stand open, the likely one first.
    pub offers: Vec<Offer>,
    /// Why each clock is due when it is: by the clock's id.
    pub why: BTreeMap<String, Vec<Line>>,
    /// Whether names are shown in full and numbers may be, with a reason.
    pub reveals: bool,
    /// Whom the actor may name for it.
    pub nameable: Vec<AccountId>,
}

/// Reads the page of a matter.
pub fn page(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, id: &MatterId, now: Instant) -> Result<Seen, Fault> {
    let scope = actor.scope();
    if !store::matters::in_scope(tx, &scope, id)? {
        return Err(Fault::Missing);
    }
    let matter = store::matters::load(tx, id)?.ok_or(Fault::Missing)?;
    let book = desk.rulebook(tx, now)?;
    let place = book.network.unit(&matter.home).map(|unit| unit.place.clone()).ok_or(Fault::Missing)?;
    let reveals = domain::accounts::may_reveal(actor, &matter, &place).is_ok();
    let names = domain::accounts::may(actor, ActKind::NamePerson, &matter, &place).ok().filter(|_| matter.care != Care::Open);
    let nameable = names.map_or_else(Vec::new, |seat| nameable(&matter, seat, &book.network, &book.holders));
    let mut texts = BTreeMap::new();
    for words in store::trail::words_of(tx, &matter.home.0, &id.0)? {
        match words.kept {
            Kept::Clear(text) => {
                let shown = match (reveals, words.personal == PersonalData::Name.code()) {
                    (true, _) => text,
                    (false, true) => mask_name(&text),
                    (false, false) => mask_numbers(&text),
                };
                texts.insert(words.id, shown);
            }
            Kept::Sealed { bytes, .. } => {
                // The receipt's code belongs to the person; staff see that there is one.
                if words.personal == domain::kernel::PersonalData::Phone.code()
                    && let Some(text) = desk.keys().open_sealed(&bytes, &words.id)
                {
                    texts.insert(words.id, mask(&text));
                }
            }
            Kept::Erased => {}
        }
    }
    let mut why = BTreeMap::new();
    for clock in &matter.clocks {
        if let Some(policy) = store::dispatch::pinned(tx, &clock.policy, clock.version)? {
            why.insert(clock.id.0.clone(), due(&book.calendar, clock.started_at, policy.span).why);
        }
    }
    Ok(Seen {
        offers: offered(&matter, actor, &place, now),
        entries: store::trail::entries_of(tx, &matter.home.0, &id.0)?,
        files: files(tx, id, reveals)?,
        matter,
        texts,
        why,
        reveals,
        nameable,
    })
}

/// The files of a matter; the name of one may hold somebody's number.
fn files(tx: &mut Tx<'_>, id: &MatterId, reveals: bool) -> Result<Vec<File>, Fault> {
    let mut files = store::papers::files_of(tx, id)?;
    if !reveals {
        files.iter_mut().for_each(|file| file.name = mask_numbers(&file.name));
    }
    Ok(files)
}

/// A text as it is shown to who need not know whom it speaks of: mobile numbers and numbers of identity cards that people wrote into it keep their ends only.
#[must_use]
pub fn mask_numbers(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (mut shown, mut at) = (String::with_capacity(text.len()), 0);
    while at < chars.len() {
        let digits = chars[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        let card = digits == 17 && chars.get(at + digits).is_some_and(|c| matches!(c, 'x' | 'X'));
        let run: String = chars[at..at + digits + usize::from(card)].iter().collect();
        match digits {
            0 => shown.push(chars[at]),
            11 if run.starts_with('1') => shown.push_str(&mask(&run)),
            18 => shown.push_str(&mask(&run)),
            17 if card => shown.push_str(&mask(&run)),
            _ => shown.push_str(&run),
        }
        at += run.chars().count().max(1);
    }
    shown
}

/// A telephone number as it is shown: the first three and the last four digits.
#[must_use]
pub fn mask(phone: &str) -> String {
    let chars: Vec<char> = phone.chars().collect();
    if chars.len() <= 7 {
        return "*".repeat(chars.len());
    }
    let (head, tail) = (&chars[..3], &chars[chars.len() - 4..]);
    head.iter().copied().chain(std::iter::repeat_n('*', chars.len() - 7)).chain(tail.iter().copied()).collect()
}

/// A name as it is shown to who need not know it: the first character, and a mark for each of the others.
#[must_use]
pub fn mask_name(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| std::iter::once(first).chain(chars.map(|_| '*')).collect())
}

/// Shows a telephone number in full: with a reason, and as an entry of the reading chain.
#[expect(clippy::too_many_arguments, reason = "who looks at what, why, when and with which chance: none of these can be told from another")]
pub fn reveal(
    tx: &mut Tx<'_>,
    desk: &Desk,
    actor: &Actor,
    id: &MatterId,
    report: &ReportId,
    reason: &str,
    now: Instant,
    mint: &mut Mint,
) -> Result<String, Fault> {
    let head = store::trail::lock(tx, READS)?;
    if !store::matters::in_scope(tx, &actor.scope(), id)? {
        return Err(Fault::Missing);
    }
    if reason.trim().is_empty() {
        return Err(Refusal::missing("reason").into());
    }
    let matter = store::matters::load(tx, id)?.ok_or(Fault::Missing)?;
    let book = desk.rulebook(tx, now)?;
    let place = book.network.unit(&matter.home).map(|unit| unit.place.clone()).ok_or(Fault::Missing)?;
    let seat = domain::accounts::may_reveal(actor, &matter, &place)?.clone();
    let said = matter.reports.iter().find(|r| r.id == *report).and_then(|r| r.phone.clone()).ok_or(Fault::Missing)?;
    let words = store::trail::words(tx, said.words.as_str())?.ok_or(Fault::Missing)?;
    let Kept::Sealed { bytes, .. } = words.kept else { return Err(Fault::Missing) };
    let phone = desk.keys().open_sealed(&bytes, &words.id).ok_or_else(|| Fault::Broken("a sealed number cannot be opened with this key".to_owned()))?;
    let why =
        Words { id: mint.id(WordsId::PREFIX), salt: mint.salt(), text: reason.trim().to_owned(), personal: PersonalData::Free, retention: Retention::Working };
    let reason = Said { name: "reason".to_owned(), words: why.id.clone(), commit: why.commit() };
    let fact = AccountFact::Viewed { what: "phone".to_owned(), words: words.id, reason };
    let seq = note(tx, &head, now, "reveal", &id.0, &actor.by(Some(&seat)), &[fact])?;
    store::trail::keep(tx, &why, &Kept::Clear(why.text.clone()), READS, seq)?;
    Ok(phone)
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_of_people_in_a_text_are_masked_and_other_numbers_are_not() {
        let text = "房东电话13800138000，身份证33010919800101123X，编号综〔2026〕330109014218-000123，3组12号，押金2000";
        let shown = super::mask_numbers(text);
        assert_eq!(shown, "房东电话138****8000，身份证330***********123X，编号综〔2026〕330109014218-000123，3组12号，押金2000");
        assert_eq!((super::mask_numbers(""), super::mask_numbers("330109198001011234")), (String::new(), "330***********1234".to_owned()));
    }

    #[test]
    fn a_masked_number_keeps_its_ends() {
        assert_eq!(super::mask("13800138000"), "138****8000");
        assert_eq!(super::mask("82610000"), "826*0000");
        assert_eq!(super::mask("12345"), "*****");
        assert_eq!((super::mask_name("周阿兴"), super::mask_name("")), ("周**".to_owned(), String::new()));
    }
}
