//! What goes over the wire about places: rows as the screens show them, days as `2026-11-24`.

use super::acts::DutyRowDto;
use app::places::{Change, HeldPost, Here, Line, OneUnit, Present, Proposed, Seen, UnitLine};
use app::rulebook::Rulebook;
use domain::kernel::{Day, UnitId};
use domain::places::{Booking, Duty, Equipment, Place, Posting, Room, Unit, Wrong};
use serde::Serialize;
use utoipa::ToSchema;

/// A place of the tree.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceDto {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) tier: String,
    pub(super) parent: Option<String>,
    pub(super) grid: Option<String>,
    pub(super) edition: String,
    pub(super) valid_from: Option<String>,
    pub(super) valid_to: Option<String>,
    pub(super) predecessor: Option<String>,
    pub(super) police_code: Option<String>,
    pub(super) demo: bool,
    /// Whether it holds today.
    pub(super) open: bool,
    /// The station that owns what happens here.
    pub(super) station: Option<String>,
    /// The area station beside it.
    pub(super) area_station: Option<String>,
}

pub(super) fn place(book: &Rulebook, row: &Place) -> PlaceDto {
    let day = |day: Option<Day>| day.map(Day::written);
    PlaceDto {
        code: row.code.0.clone(),
        name: row.name.clone(),
        tier: row.tier.code().to_owned(),
        parent: row.parent.as_ref().map(|parent| parent.0.clone()),
        grid: row.grid.map(|kind| kind.code().to_owned()),
        edition: row.edition.clone(),
        valid_from: day(row.valid_from),
        valid_to: day(row.valid_to),
        predecessor: row.predecessor.as_ref().map(|before| before.0.clone()),
        police_code: row.police_code.clone(),
        demo: row.demo,
        open: row.open(book.network.on),
        station: book.network.primary_station(&row.code).map(|unit| unit.id.0.clone()),
        area_station: book.network.area_station(&row.code).map(|unit| unit.id.0.clone()),
    }
}

/// A unit as it is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitRowDto {
    id: String,
    code: String,
    name: String,
    kind: String,
    place: String,
    tier: String,
    function: Option<String>,
    parent: Option<String>,
    demo: bool,
    overlaps: Vec<String>,
    functions: Vec<String>,
    valid_to: Option<String>,
}

pub(super) fn unit(row: &Unit) -> UnitRowDto {
    UnitRowDto {
        id: row.id.0.clone(),
        code: row.code.clone(),
        name: row.name.clone(),
        kind: row.kind.code().to_owned(),
        place: row.place.0.clone(),
        tier: row.tier.code().to_owned(),
        function: row.function.map(|function| function.code().to_owned()),
        parent: row.parent.as_ref().map(|parent| parent.0.clone()),
        demo: row.demo,
        overlaps: row.overlaps.iter().map(|place| place.0.clone()).collect(),
        functions: row.functions.iter().map(|function| function.code().to_owned()).collect(),
        valid_to: row.valid_to.map(Day::written),
    }
}

/// A unit with how its establishment stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitLineDto {
    unit: UnitRowDto,
    /// People planned.
    planned: i64,
    /// Posts held now.
    held: i64,
    /// Missing to the plan.
    vacant: i64,
    /// Kinds on the duty list.
    duties: i64,
    /// Equipment out of order.
    faulty: i64,
}

pub(super) fn unit_line(row: &UnitLine) -> UnitLineDto {
    UnitLineDto { unit: unit(&row.unit), planned: row.planned, held: row.held, vacant: row.vacant, duties: row.duties, faulty: row.faulty }
}

/// Who holds or held a post.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PostHolderDto {
    holding: String,
    account: String,
    name: String,
    from_at: i64,
    to_at: Option<i64>,
    /// Only a person of another unit: from which.
    home: Option<String>,
    home_name: Option<String>,
    /// In which way the person is there.
    presence: Option<String>,
    /// On which days of the week: bit 0 is Monday.
    weekdays: Option<i64>,
}

fn holder(book: &Rulebook, row: &HeldPost, posting: Option<&Posting>) -> PostHolderDto {
    PostHolderDto {
        holding: row.holding.0.clone(),
        account: row.account.0.clone(),
        name: row.name.clone(),
        from_at: row.from_at.0,
        to_at: row.to_at.map(|at| at.0),
        home: posting.map(|posting| posting.home.0.clone()),
        home_name: posting.map(|posting| book.unit_name(&posting.home)),
        presence: posting.map(|posting| posting.presence.code().to_owned()),
        weekdays: posting.map(|posting| posting.weekdays),
    }
}

/// A post with who holds it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineDto {
    id: String,
    kind: String,
    name: String,
    grid: Option<String>,
    grid_name: Option<String>,
    standing: String,
    planned: i64,
    held: i64,
    vacant: i64,
    holders: Vec<PostHolderDto>,
}

fn line(book: &Rulebook, line: &Line) -> LineDto {
    let post = &line.post;
    LineDto {
        id: post.id.0.clone(),
        kind: post.kind.code().to_owned(),
        name: post.name.clone(),
        grid: post.grid.as_ref().map(|grid| grid.0.clone()),
        grid_name: post.grid.as_ref().and_then(|grid| book.network.place(grid)).map(|place| place.name.clone()),
        standing: post.standing.code().to_owned(),
        planned: post.planned,
        held: line.held,
        vacant: line.vacant,
        holders: line.holders.iter().map(|(row, posting)| holder(book, row, posting.as_ref())).collect(),
    }
}

/// A booking.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BookingDto {
    id: String,
    from_at: i64,
    to_at: i64,
    purpose: String,
    by: String,
}

fn booking(book: &Rulebook, row: &Booking) -> BookingDto {
    BookingDto { id: row.id.0.clone(), from_at: row.from_at.0, to_at: row.to_at.0, purpose: row.purpose.code().to_owned(), by: book.account_name(&row.by) }
}

/// A room with its bookings from now on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoomDto {
    id: String,
    zone: String,
    name: String,
    seats: i64,
    closed: bool,
    bookings: Vec<BookingDto>,
}

fn room(book: &Rulebook, row: &Room, bookings: &[Booking]) -> RoomDto {
    RoomDto {
        id: row.id.0.clone(),
        zone: row.zone.code().to_owned(),
        name: row.name.clone(),
        seats: row.seats,
        closed: row.closed,
        bookings: bookings.iter().map(|row| booking(book, row)).collect(),
    }
}

/// A sign or a piece of equipment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EquipmentDto {
    id: String,
    zone: Option<String>,
    kind: String,
    sign: bool,
    name: String,
    state: String,
    checked_at: Option<i64>,
    checked_by: Option<String>,
}

fn equipment(book: &Rulebook, row: &Equipment) -> EquipmentDto {
    EquipmentDto {
        id: row.id.0.clone(),
        zone: row.zone.map(|zone| zone.code().to_owned()),
        kind: row.kind.code().to_owned(),
        sign: row.kind.is_sign(),
        name: row.name.clone(),
        state: row.state.code().to_owned(),
        checked_at: row.checked_at.map(|at| at.0),
        checked_by: row.checked_by.as_ref().map(|who| book.account_name(who)),
    }
}

fn duty(row: &Duty) -> DutyRowDto {
    DutyRowDto { kind: row.kind.clone(), role: row.role.code().to_owned(), source: row.source.clone() }
}

/// Somebody of this unit who is posted elsewhere.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AwayDto {
    unit: String,
    unit_name: String,
    grid: Option<String>,
    person: PostHolderDto,
}

/// One unit with everything that belongs to it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitPageDto {
    unit: UnitRowDto,
    posts: Vec<LineDto>,
    duties: Vec<DutyRowDto>,
    rooms: Vec<RoomDto>,
    equipment: Vec<EquipmentDto>,
    away: Vec<AwayDto>,
    /// Number of the chain of places: an act upon what is seen here names it.
    seq: i64,
    /// Which rights the caller has over this unit.
    rights: Vec<String>,
}

pub(super) fn unit_page(book: &Rulebook, page: &OneUnit) -> UnitPageDto {
    UnitPageDto {
        unit: unit(&page.unit),
        posts: page.lines.iter().map(|row| line(book, row)).collect(),
        duties: page.duties.iter().map(duty).collect(),
        rooms: page.rooms.iter().map(|(row, bookings)| room(book, row, bookings)).collect(),
        equipment: page.equipment.iter().map(|row| equipment(book, row)).collect(),
        away: page
            .away
            .iter()
            .map(|(row, post, posting)| AwayDto {
                unit: post.unit.0.clone(),
                unit_name: book.unit_name(&post.unit),
                grid: post.grid.as_ref().map(|grid| grid.0.clone()),
                person: holder(book, row, Some(posting)),
            })
            .collect(),
        seq: page.seq,
        rights: page.rights.iter().map(|right| right.code().to_owned()).collect(),
    }
}

/// Somebody who is here.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HereDto {
    account: String,
    name: String,
    post: String,
    grid: Option<String>,
    grid_name: Option<String>,
    /// `on_duty`, `posted`, `holds` or `on_call`.
    why: String,
    /// The duty, for who is on duty; the way of posting, for who is posted.
    how: Option<String>,
    until: Option<i64>,
    home: Option<String>,
    home_name: Option<String>,
}

pub(super) fn here(book: &Rulebook, row: &Here) -> HereDto {
    let (why, how) = match row.why {
        Present::OnDuty(duty) => ("on_duty", Some(duty.code().to_owned())),
        Present::Posted(presence) => ("posted", Some(presence.code().to_owned())),
        Present::Holds => ("holds", None),
        Present::OnCall => ("on_call", None),
    };
    HereDto {
        account: row.account.0.clone(),
        name: row.name.clone(),
        post: row.post.code().to_owned(),
        grid: row.grid.as_ref().map(|grid| grid.0.clone()),
        grid_name: row.grid.as_ref().and_then(|grid| book.network.place(grid)).map(|place| place.name.clone()),
        why: why.to_owned(),
        how,
        until: row.until.map(|at| at.0),
        home: row.home.as_ref().map(|home| home.0.clone()),
        home_name: row.home.as_ref().map(|home: &UnitId| book.unit_name(home)),
    }
}

/// A column of a row that is different.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DifferenceDto {
    field: String,
    before: Option<String>,
    after: Option<String>,
}

fn differences(rows: &[domain::trail::Difference]) -> Vec<DifferenceDto> {
    rows.iter().map(|row| DifferenceDto { field: row.field.clone(), before: row.before.clone(), after: row.after.clone() }).collect()
}

/// A row that changes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangeDto {
    act: String,
    table: String,
    key: String,
    differences: Vec<DifferenceDto>,
}

pub(super) fn change(row: &Change) -> ChangeDto {
    ChangeDto { act: row.act.to_owned(), table: row.fact.table().to_owned(), key: row.fact.key().to_owned(), differences: differences(&row.differences) }
}

/// Something that is wrong with what was proposed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WrongDto {
    /// Which of the acts, counted from nought.
    at: Option<usize>,
    /// The rule.
    code: String,
    field: Option<String>,
    said: String,
}

fn wrong(row: &Wrong) -> WrongDto {
    WrongDto { at: row.at, code: row.code.to_owned(), field: row.field.map(str::to_owned), said: row.said.clone() }
}

/// What a proposal comes to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProposedDto {
    changes: Vec<ChangeDto>,
    wrong: Vec<WrongDto>,
    seq: i64,
    /// Whether it was done.
    done: bool,
}

pub(super) fn proposed(row: &Proposed, done: bool) -> ProposedDto {
    ProposedDto { changes: row.changes.iter().map(change).collect(), wrong: row.wrong.iter().map(wrong).collect(), seq: row.seq, done }
}

/// One entry in the history of a row.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SeenDto {
    seq: i64,
    at: i64,
    act: String,
    by: String,
    differences: Vec<DifferenceDto>,
}

pub(super) fn seen(row: &Seen) -> SeenDto {
    SeenDto { seq: row.seq, at: row.at.0, act: row.act.clone(), by: row.by.clone(), differences: differences(&row.differences) }
}
