//! Deciding: from a matter, a checked form and an actor to facts, or to a refusal that says what would make it possible.

use super::act::{ActKind, lawful};
use super::acts;
use super::form::{DatumKind, Form, Raw};
use super::lists::{AskingState, Care, Source};
use super::matter::Matter;
use super::writer::Writer;
use crate::accounts::{Actor, may, may_register, seats_for};
use crate::dispatch::{Calendar, Policy};
use crate::kernel::{AccountId, FileId, Instant, MatterId, Mint, PlaceCode, Refusal, UnitId, Words};
use crate::places::{DutyLists, Network, PostKind, Unit};
use crate::rota::Roster;
use crate::trail::{By, Fact, Lineage};
use std::collections::BTreeMap;

/// What the rules need to know of a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryFacts {
    /// Who may see matters of it.
    pub care: Care,
    /// Its family: `D`, `F`, `S` …
    pub family: String,
    /// Whether a matter may carry it (only leaves may).
    pub leaf: bool,
}

/// What the rules need to know of an uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// The file.
    pub id: FileId,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its name.
    pub name: String,
}

/// Who holds which kind of post in which unit now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holders(pub Vec<(AccountId, UnitId, PostKind)>);

impl Holders {
    /// Whether anybody holds the post.
    #[must_use]
    pub fn any(&self, unit: &UnitId, post: PostKind) -> bool {
        self.0.iter().any(|(_, u, p)| u == unit && *p == post)
    }

    /// Who holds the post.
    pub fn of(&self, unit: &UnitId, post: PostKind) -> impl Iterator<Item = &AccountId> {
        self.0.iter().filter(move |(_, u, p)| u == unit && *p == post).map(|(account, ..)| account)
    }

    /// Whether the account holds any post.
    #[must_use]
    pub fn any_of(&self, account: &AccountId) -> bool {
        self.0.iter().any(|(a, ..)| a == account)
    }

    /// Whether the account holds this post in the unit.
    #[must_use]
    pub fn holds(&self, account: &AccountId, unit: &UnitId, post: PostKind) -> bool {
        self.0.iter().any(|(a, u, p)| a == account && u == unit && *p == post)
    }
}

/// What lies on the desk while an act is decided: the instant, the mint, and the data that rules look things up in.
pub struct Desk<'a> {
    /// Now.
    pub now: Instant,
    /// Makes ids and salts.
    pub mint: &'a mut Mint,
    /// Places and units.
    pub network: &'a Network,
    /// 职责清单 by unit: who may take a confidential accusation.
    pub duties: &'a DutyLists,
    /// The rule book's spans.
    pub policies: &'a [Policy],
    /// Their earlier versions, to which clocks that run may be pinned.
    pub former: &'a [Policy],
    /// Working days.
    pub calendar: &'a Calendar,
    /// Categories by code.
    pub categories: &'a BTreeMap<String, CategoryFacts>,
    /// Who holds which post.
    pub holders: &'a Holders,
    /// Who is on duty.
    pub roster: &'a Roster,
    /// Uploaded files that the form names and the actor may use.
    pub files: &'a [FileFacts],
    /// The hash of the last entry of the chain, for the draw.
    pub hash_before: &'a str,
}

impl Desk<'_> {
    /// Whether somebody is there now for a post of a unit: by the rota where the post is done in turns, else by holding it.
    #[must_use]
    pub fn is_there(&self, unit: &UnitId, post: PostKind) -> bool {
        !self.roster.there(unit, post, self.now, self.holders).is_empty()
    }

    /// A unit that works now: the only ones that something new may be given to.
    ///
    /// # Errors
    /// [`Refusal::Data`] naming `datum` if it is not there; `unit_closed` if its last day has passed.
    pub fn unit(&self, id: &UnitId, datum: &'static str) -> Result<&Unit, Refusal> {
        let unit = self.any_unit(id, datum)?;
        if unit.open(self.network.on) {
            return Ok(unit);
        }
        Err(Refusal::at("unit_closed", datum, format!("“{}”已停用，请另选单位", unit.name)))
    }

    /// A unit that exists, closed or not.
    ///
    /// # Errors
    /// [`Refusal::Data`] naming `datum`.
    pub fn any_unit(&self, id: &UnitId, datum: &str) -> Result<&Unit, Refusal> {
        self.network.unit(id).ok_or_else(|| Refusal::Data(vec![crate::kernel::Missing { datum: datum.to_owned(), why: "not_found" }]))
    }

    /// The place of a unit; a unit that is gone lies nowhere.
    #[must_use]
    pub fn place_of(&self, id: &UnitId) -> PlaceCode {
        self.network.unit(id).map_or_else(|| PlaceCode(String::new()), |unit| unit.place.clone())
    }

    /// The command room above a station.
    ///
    /// # Errors
    /// If the network has none, which its own check finds before it goes live.
    pub fn command_room(&self, home: &UnitId) -> Result<UnitId, Refusal> {
        self.network
            .command_room(&self.place_of(home))
            .map(|unit| unit.id.clone())
            .ok_or_else(|| Refusal::rule("no_command_room", "该站所属街道没有设置综合信息指挥室，请系统管理员先补上"))
    }

    /// Facts of a category.
    ///
    /// # Errors
    /// [`Refusal::Data`] if there is no such leaf.
    pub fn category(&self, code: &str) -> Result<&CategoryFacts, Refusal> {
        self.categories
            .get(code)
            .filter(|facts| facts.leaf)
            .ok_or_else(|| Refusal::Data(vec![crate::kernel::Missing { datum: "category".to_owned(), why: "unknown" }]))
    }
}

/// What follows from an act: facts for the event, texts for `words`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The act.
    pub act: ActKind,
    /// Who did it, by which post.
    pub by: By,
    /// What follows.
    pub facts: Vec<Fact>,
    /// The texts that the facts commit to.
    pub words: Vec<Words>,
}

/// What a registration needs beside its form.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The matter's id.
    pub id: MatterId,
    /// Its number.
    pub number: String,
    /// Its home station: by the place where it happened, else where it is registered.
    pub home: UnitId,
    /// The unit at whose desk it is registered.
    pub at: UnitId,
    /// From when clocks count; `None` is the receipt. A historical import says its own instant.
    pub counts_from: Option<Instant>,
    /// No unit could be found: the command room owns it.
    pub unrouted: bool,
    /// The row of a file that it comes from.
    pub lineage: Option<Lineage>,
}

/// Decides a registration: the report and its matter in one act.
///
/// # Errors
/// A [`Refusal`] as for every act.
pub fn register(form: &Form, registration: &Registration, actor: &Actor, desk: &mut Desk<'_>) -> Result<Decision, Refusal> {
    let home = registration.home.clone();
    desk.unit(&home, "home")?;
    let place = desk.unit(&registration.at, "at")?.place.clone();
    let seat = may_register(actor, &registration.at, &place)?.clone();
    let mut matter = Matter::unborn(registration.id.clone());
    matter.home = home;
    let mut writer = Writer::new(&matter, form, desk, actor.by(Some(&seat)), Some(seat));
    acts::register(&mut writer, registration)?;
    Ok(writer.done())
}

/// Decides an act of a person on a matter.
///
/// # Errors
/// In this order: the state forbids it, no post of the actor may do it, the rule of the act refuses it. What is out of scope never comes here.
pub fn decide(matter: &Matter, form: &Form, actor: &Actor, desk: &mut Desk<'_>) -> Result<Decision, Refusal> {
    let act = form.act();
    if !lawful(matter.state, act) {
        return Err(Refusal::State { state: matter.state.code(), act: act.code(), from: act.from().iter().map(|s| s.code()).collect() });
    }
    let home = desk.place_of(&matter.home);
    let seat = may(actor, act, matter, &home)?.clone();
    let mut writer = Writer::new(matter, form, desk, actor.by(Some(&seat)), Some(seat));
    writer.echo(&[]);
    perform(&mut writer, act)?;
    Ok(writer.done())
}

fn perform(w: &mut Writer<'_, '_>, act: ActKind) -> Result<(), Refusal> {
    match act {
        ActKind::Register => Err(Refusal::rule("register_makes_a_matter", "登记会产生新的事项，请从受理登记页办理")),
        ActKind::Answer => acts::answer(w),
        ActKind::Ask => acts::ask(w),
        ActKind::Decline => acts::ask_decline(w),
        ActKind::Void => acts::ask_void(w),
        ActKind::Approve => acts::decide_asking(w, AskingState::Granted),
        ActKind::Refuse => acts::decide_asking(w, AskingState::Denied),
        ActKind::Dispatch => acts::dispatch(w),
        ActKind::Amend => acts::amend(w),
        ActKind::Accept => acts::accept(w),
        ActKind::SendBack => acts::send_back(w),
        ActKind::Arbitrate => acts::arbitrate(w),
        ActKind::Assign => acts::assign(w),
        ActKind::Contact => acts::contact(w),
        ActKind::Record => acts::record(w),
        ActKind::Note => Ok(()),
        ActKind::FeedBack => acts::feed_back(w),
        ActKind::Check => acts::check(w),
        ActKind::CallBack => acts::call_back(w),
        ActKind::Object => acts::object(w),
        ActKind::Close => acts::close(w),
        ActKind::Reopen => acts::reopen(w),
        ActKind::Urge => acts::urge(w),
        ActKind::Archive => acts::archive(w),
        ActKind::FinishTask => acts::finish_task(w),
        ActKind::LiftTask => acts::lift_task(w),
        ActKind::NamePerson => acts::name_person(w),
        ActKind::UnnamePerson => acts::unname_person(w),
        ActKind::Acknowledge => Err(Refusal::rule("acknowledge_a_notice", "请在通知页确认收到")),
        ActKind::AutoAccept | ActKind::Escalate | ActKind::Release | ActKind::Retime => Err(Refusal::NotYours { act: act.code(), who: vec!["system"] }),
    }
}

/// Decides what the sweeper does about the clocks and the climbing notices of a matter that have a step due at `desk.now`: one act a step, the earliest first, `None`
/// if there is none.
///
/// # Errors
/// Only if the network is incomplete.
pub fn system(matter: &Matter, desk: &mut Desk<'_>) -> Result<Option<Decision>, Refusal> {
    let now = desk.now;
    let clock = matter.running().filter(|clock| clock.next_at.is_some_and(|at| at <= now)).min_by_key(|clock| (clock.next_at, clock.id.clone())).cloned();
    let notice = matter.notices.iter().find(|notice| notice.next_at().is_some_and(|at| at <= now)).cloned();
    let act = match (&clock, &notice) {
        (Some(clock), notice) if notice.as_ref().is_none_or(|notice| clock.next_at <= notice.next_at()) => acts::due_act(matter, clock),
        (_, Some(_)) => ActKind::Escalate,
        _ => return Ok(None),
    };
    let form = Form::check(act, BTreeMap::new())?;
    let mut writer = Writer::new(matter, &form, desk, Actor::system().by(None), None);
    match (clock, notice) {
        (Some(clock), _) if act == ActKind::AutoAccept => acts::auto_accept(&mut writer, &clock)?,
        (Some(clock), notice) if notice.as_ref().is_none_or(|notice| clock.next_at <= notice.next_at()) => acts::escalate(&mut writer, &clock)?,
        (_, Some(notice)) => acts::climb(&mut writer, &notice),
        (_, None) => {}
    }
    Ok(Some(writer.done()))
}

/// Decides what becomes of a matter when `account` leaves: what that person had in hand is the unit's again, whose head is told. `None` if it was nothing.
///
/// # Errors
/// Only if the network is incomplete.
pub fn release(matter: &Matter, account: &AccountId, desk: &mut Desk<'_>) -> Result<Option<Decision>, Refusal> {
    if !lawful(matter.state, ActKind::Release) || !acts::holds_work(matter, account) {
        return Ok(None);
    }
    let form = Form::check(ActKind::Release, BTreeMap::new())?;
    let mut writer = Writer::new(matter, &form, desk, Actor::system().by(None), None);
    acts::release(&mut writer, account);
    Ok(Some(writer.done()))
}

/// Decides what becomes of the clocks that run by `policy` when it has changed: each is counted anew from its own start by the rule that fits now, and keeps what it
/// has consumed. `None` if none of them moves.
///
/// # Errors
/// None today: a form that asks for nothing is always complete.
pub fn retime(matter: &Matter, policy: &str, desk: &mut Desk<'_>) -> Result<Option<Decision>, Refusal> {
    if !lawful(matter.state, ActKind::Retime) {
        return Ok(None);
    }
    let form = Form::check(ActKind::Retime, BTreeMap::new())?;
    let mut writer = Writer::new(matter, &form, desk, Actor::system().by(None), None);
    acts::move_clocks(&mut writer, matter.urgency, matter.level, |clock| clock.policy == policy);
    let decision = writer.done();
    Ok((!decision.facts.is_empty()).then_some(decision))
}

/// Whether the reopen window (30 days, `domain.md` §10.1) after closing is still open.
#[must_use]
pub fn reopen_window_ends(closed_at: Instant) -> Instant {
    closed_at.day().plus(31).start()
}

/// An act that the screen may offer, or show greyed with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The act.
    pub act: ActKind,
    /// The posts by which the actor could do it, the one that is taken by itself first.
    pub posts: Vec<crate::kernel::PostId>,
    /// Why not, if it is only shown greyed.
    pub barred: Option<Refusal>,
}

/// Exactly the acts that the actor may do to the matter now, the likely one first; and those that only a rule bars, with its reason.
///
/// Rules that look at the data of the form (a unit, a reason) are not tried here; rules that look at the matter alone are.
#[must_use]
pub fn offered(matter: &Matter, actor: &Actor, home: &PlaceCode, now: Instant) -> Vec<Offer> {
    LIKELY
        .iter()
        .filter(|act| act.by_form() && **act != ActKind::Register && **act != ActKind::Ask && lawful(matter.state, **act))
        .filter_map(|act| {
            let seats = seats_for(actor, *act, matter, home);
            let posts = seats.iter().map(|seat| seat.post.clone()).collect();
            match acts::stands_open(*act, matter, seats.first()?, actor, now) {
                acts::Open::Yes => Some(Offer { act: *act, posts, barred: None }),
                acts::Open::Barred(why) => Some(Offer { act: *act, posts, barred: Some(why) }),
                acts::Open::Senseless => None,
            }
        })
        .collect()
}

/// All acts in the order in which they are likely, so that the first offered one is the button to press.
const LIKELY: &[ActKind] = &[
    ActKind::Approve,
    ActKind::Arbitrate,
    ActKind::Accept,
    ActKind::Check,
    ActKind::Close,
    ActKind::CallBack,
    ActKind::Contact,
    ActKind::FinishTask,
    ActKind::Dispatch,
    ActKind::Answer,
    ActKind::FeedBack,
    ActKind::Record,
    ActKind::Archive,
    ActKind::Object,
    ActKind::Assign,
    ActKind::SendBack,
    ActKind::Refuse,
    ActKind::Decline,
    ActKind::Void,
    ActKind::Reopen,
    ActKind::LiftTask,
    ActKind::Amend,
    ActKind::NamePerson,
    ActKind::UnnamePerson,
    ActKind::Urge,
    ActKind::Note,
];

/// The class of a matter after an act.
#[must_use]
pub fn care_after(matter: &Matter, facts: &[Fact]) -> Care {
    facts.iter().fold(matter.care, |care, fact| match fact {
        Fact::Care { care } | Fact::Category { care, .. } => *care,
        _ => care,
    })
}

/// Whom `seat` may name for a matter that needs care: people of its own unit, or of the whole range for the command room; nobody who sits in a unit complained of.
#[must_use]
pub fn nameable(matter: &Matter, seat: &crate::accounts::Seat, network: &Network, holders: &Holders) -> Vec<AccountId> {
    let mut people: Vec<AccountId> =
        holders.0.iter().map(|(account, ..)| account).filter(|account| acts::nameable(matter, seat, network, holders, account).is_ok()).cloned().collect();
    people.sort();
    people.dedup();
    people
}

/// Kinds of matter that are all called back (`domain.md` §10.5): disputes, police and petition reports, joint and supervised ones.
#[must_use]
pub fn always_called_back(matter: &Matter, family: &str) -> bool {
    use super::lists::Flag;
    family == "D"
        || matter.reports.iter().any(|report| matches!(report.source, Source::Police | Source::Petition))
        || matter.flags.contains(&Flag::Joint)
        || matter.flags.contains(&Flag::Supervised)
}

/// Whether a datum of this kind is words (kept in `words`) or a fact in clear.
pub(super) const fn is_words(kind: DatumKind) -> bool {
    matches!(kind, DatumKind::Text | DatumKind::Long)
}

pub(super) fn as_text(raw: &Raw) -> String {
    match raw {
        Raw::Text(text) => text.clone(),
        Raw::List(items) => items.join(" "),
        Raw::Flag(on) => on.to_string(),
        Raw::Int(n) => n.to_string(),
    }
}
