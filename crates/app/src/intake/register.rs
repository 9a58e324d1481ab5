//! Registering: the report and its matter, at the station where it happened.

use crate::desk::Desk;
use crate::fault::Fault;
use crate::rulebook::Rulebook;
use crate::trail::{Recorded, record};
use domain::accounts::Actor;
use domain::kernel::{Instant, MatterId, Mint, PlaceCode, Refusal, UnitId};
use domain::matters::{ActKind, Care, Form, Matter, RawForm, Registration};
use domain::places::UnitKind;
use domain::trail::Lineage;
use store::db::Tx;

/// What a registration gives.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The matter and its event.
    pub recorded: Recorded,
    /// The receipt's code, shown once.
    pub receipt: String,
}

/// What an import says beside the form.
#[derive(Debug, Clone, Default)]
pub struct Extra {
    /// Home station that the import names.
    pub home: Option<UnitId>,
    /// From when clocks count, if not from receipt.
    pub counts_from: Option<Instant>,
    /// The row it comes from.
    pub lineage: Option<Lineage>,
    /// No unit was found for it.
    pub unrouted: bool,
}

/// Registers a report at the actor's own desk.
pub fn register(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, data: RawForm, now: Instant, mint: &mut Mint) -> Result<Registered, Fault> {
    register_with(tx, desk, actor, data, &Extra::default(), now, mint)
}

/// Registers a report with what an import adds.
pub fn register_with(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, data: RawForm, extra: &Extra, now: Instant, mint: &mut Mint) -> Result<Registered, Fault> {
    let book = desk.rulebook(tx, now)?;
    let form = Form::check(ActKind::Register, data)?;
    let at = extra
        .home
        .clone()
        .or_else(|| own_desk(actor))
        .ok_or_else(|| Refusal::NotYours { act: "register", who: domain::accounts::posts_for(ActKind::Register) })?;
    let home = extra.home.clone().unwrap_or_else(|| home_of(&book, form.place("place").as_ref(), &at));
    let head = store::trail::lock(tx, &home.0)?;
    let care = form.text("category").and_then(|code| book.category_facts.get(code)).map_or(Care::Open, |facts| facts.care);
    let care = if form.unit("accused").is_some() { Care::Confidential } else { care };
    let id: MatterId = mint.id(MatterId::PREFIX);
    let registration = Registration {
        id: id.clone(),
        number: number(tx, &book, &home, care, now, mint)?,
        home,
        at,
        counts_from: extra.counts_from,
        unrouted: extra.unrouted,
        lineage: extra.lineage.clone(),
    };
    let files = crate::papers::facts(tx, actor, &form)?;
    let hash_before = head.hash.clone();
    let decision = domain::matters::register(&form, &registration, actor, &mut book.desk(now, mint, &files, &hash_before))?;
    let receipt = decision.words.iter().find(|words| is_receipt(&decision.facts, &words.id)).map(|words| words.text.clone()).unwrap_or_default();
    let recorded = record(tx, desk, head, None::<&Matter>, &id, decision, now, mint)?;
    Ok(Registered { recorded, receipt })
}

fn is_receipt(facts: &[domain::trail::Fact], id: &domain::kernel::WordsId) -> bool {
    facts.iter().any(|fact| matches!(fact, domain::trail::Fact::Reported { receipt, .. } if receipt.words == *id))
}

/// The desk that the actor sits at: a station before a command room.
fn own_desk(actor: &Actor) -> Option<UnitId> {
    let register = domain::accounts::reach(ActKind::Register);
    let seats = || actor.seats().iter().filter(|seat| register.iter().any(|(kind, _)| *kind == seat.kind));
    seats().find(|seat| seat.unit_kind == UnitKind::Station).or_else(|| seats().next()).map(|seat| seat.unit.clone())
}

/// Place first: the station where it happened; an unknown place belongs to the desk that took it (`domain.md` §11.1).
fn home_of(book: &Rulebook, place: Option<&PlaceCode>, at: &UnitId) -> UnitId {
    let station = |id: &UnitId| book.network.unit(id).is_some_and(|unit| matches!(unit.kind, UnitKind::Station | UnitKind::CommandRoom));
    let by_place = place.and_then(|place| book.network.home(place)).map(|unit| unit.id.clone());
    let above = || book.network.unit(at).and_then(|unit| book.network.command_room(&unit.place)).map(|unit| unit.id.clone());
    by_place.or_else(|| station(at).then(|| at.clone())).or_else(above).unwrap_or_else(|| at.clone())
}

/// Of 256 numbers of a series, about so many are left out.
const LEFT_OUT: u8 = 24;

/// `综〔2026〕330109014218-000123`: per station and year. A class that needs more care has a series of its own; and as a matter may be moved to one later, which
/// leaves a gap, gaps are ordinary: about one number in ten is never given, so that a gap tells nothing.
pub(crate) fn number(tx: &mut Tx<'_>, book: &Rulebook, home: &UnitId, care: Care, now: Instant, mint: &mut Mint) -> Result<String, Fault> {
    let place = book.network.unit(home).map_or_else(String::new, |unit| unit.place.0.clone());
    let year = now.day().year();
    let mark = match care {
        Care::Open => "综",
        Care::Protected => "护",
        Care::Confidential => "密",
    };
    if care == Care::Confidential {
        // No series at all: from one number nothing can be told about others, nor how many there are.
        return Ok(format!("{mark}〔{year}〕{place}-{}", mint.code(8)));
    }
    let series = format!("{mark} {year} {}", home.0);
    if mint.bytes()[0] < LEFT_OUT {
        store::papers::next(tx, &series)?;
    }
    let n = store::papers::next(tx, &series)?;
    Ok(format!("{mark}〔{year}〕{place}-{n:06}"))
}
