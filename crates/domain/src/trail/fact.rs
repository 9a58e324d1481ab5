//! Facts: what an event holds.
//!
//! Acts are many and will be more; the facts that they leave are few. An event carries what was *decided* (the state after, the owner after, the clock's
//! due instant), never what would have to be computed again, so that folding events needs no policy, no calendar and no network of places.
//! A new act is a new combination of facts; a new fact is a new arm in `matters::apply`.

use crate::kernel::{AccountId, AskingId, ClockId, Commit, FileId, Instant, NoticeId, PlaceCode, PostId, ReportId, TaskId, UnitId, WordsId};
use serde::{Deserialize, Serialize};

/// A text that was said: where it is kept, and the commitment that binds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The datum's name.
    pub name: String,
    /// Id of the row in `words`.
    pub words: WordsId,
    /// Salted commitment of the text.
    pub commit: Commit,
}

/// Where an imported report came from, down to the row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    /// Name of the file.
    pub file: String,
    /// Name of the sheet; empty for CSV.
    pub sheet: String,
    /// Row number as the file's reader sees it, from 1.
    pub row: i64,
    /// Id of the row in its source.
    pub source_id: String,
    /// SHA-256 of the row's cells, so that a changed row is seen.
    pub digest: String,
}

/// One fact of an event in the life of a matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "an event has a handful of facts and lives for one act; a box would only hide the shape of the first one")]
pub enum Fact {
    /// The matter began.
    Opened {
        /// Its number.
        number: String,
        /// Its home station.
        home: UnitId,
        /// Who may see it.
        care: crate::matters::Care,
        /// Where its first report came from.
        source: crate::matters::Source,
        /// When the first report was received; clocks count from here.
        received_at: Instant,
        /// From when clocks count: `received_at`, or the import for historical lists.
        counts_from: Instant,
        /// Who registered it.
        registered_by: AccountId,
        /// Title.
        title: Said,
        /// Where, in words.
        spot: Said,
    },
    /// A report was written.
    Reported {
        /// Its id.
        report: ReportId,
        /// Where it came from.
        source: crate::matters::Source,
        /// By which channel (a telephone number, a list, a counter).
        channel: String,
        /// When it was received.
        received_at: Instant,
        /// What was said.
        said: Said,
        /// Name of the person.
        name: Option<Said>,
        /// Telephone number (sealed at rest).
        phone: Option<Said>,
        /// Why there is no contact.
        anonymous: Option<Said>,
        /// The receipt's code (sealed at rest).
        receipt: Said,
        /// The row of a file that it came from.
        lineage: Option<Lineage>,
    },
    /// A person is named for the matter, or no longer: he sees it whatever his posts see.
    Named {
        /// The person.
        account: AccountId,
        /// Named, or no longer.
        on: bool,
    },
    /// The matter has another number, of the series of its class; the one before answers only to who may see it.
    Renumbered {
        /// The number.
        number: String,
    },
    /// The name of the person who reported is now this one: it was corrected at the person's request.
    ContactName {
        /// The report.
        report: ReportId,
        /// The name.
        name: Said,
    },
    /// The matter is now in this state.
    State {
        /// The state.
        state: crate::matters::State,
    },
    /// The accountable owner is now this post of this unit (none when closed).
    Owner {
        /// Unit, or none.
        unit: Option<UnitId>,
        /// Post kind, or none.
        post: Option<crate::places::PostKind>,
    },
    /// The lead unit.
    Lead {
        /// The unit.
        unit: UnitId,
    },
    /// The person of the lead unit who works on it.
    Handler {
        /// The person, or none.
        account: Option<AccountId>,
    },
    /// A unit takes part: it may see the matter from now on.
    Joined {
        /// The unit.
        unit: UnitId,
        /// `home`, `lead`, `assist`, `copy`, `owner`, `follow_up`.
        role: String,
    },
    /// Level.
    Level {
        /// The level.
        level: crate::dispatch::Level,
    },
    /// Urgency.
    Urgency {
        /// The urgency.
        urgency: crate::dispatch::Urgency,
    },
    /// Category.
    Category {
        /// Its code.
        category: String,
        /// Who may see the matter now.
        care: crate::matters::Care,
    },
    /// Who may see the matter now, set apart from its category (a flag tightened it).
    Care {
        /// The class.
        care: crate::matters::Care,
    },
    /// Place.
    Place {
        /// Its code.
        place: PlaceCode,
    },
    /// Title.
    Title {
        /// The words.
        title: Said,
    },
    /// Where, in words.
    Spot {
        /// The words.
        spot: Said,
    },
    /// A flag is on or off.
    Flag {
        /// The flag.
        flag: crate::matters::Flag,
        /// On or off.
        on: bool,
    },
    /// The result.
    Result {
        /// The result.
        result: crate::matters::Outcome,
    },
    /// Something happened at this instant, or is taken back.
    Stamp {
        /// Which instant.
        what: Stamp,
        /// When, or none.
        at: Option<Instant>,
    },
    /// A count now stands at `n`.
    Counted {
        /// Which count.
        what: Count,
        /// The new value.
        n: i64,
    },
    /// A clock runs.
    ClockStarted {
        /// Its id.
        clock: ClockId,
        /// What it measures.
        kind: crate::dispatch::ClockKind,
        /// The policy it is pinned to.
        policy: String,
        /// The policy's version.
        version: i64,
        /// From when it counts.
        started_at: Instant,
        /// When it is due.
        due_at: Instant,
        /// Whether the calendar of the due day is not known yet (暂定).
        provisional: bool,
        /// The next step (percent of the span), if any.
        next_step: Option<i64>,
        /// When the next step is.
        next_at: Option<Instant>,
    },
    /// A step of a clock's ladder fired.
    ClockStepped {
        /// The clock.
        clock: ClockId,
        /// The step that fired (percent of the span).
        step: i64,
        /// The next step, if any.
        next_step: Option<i64>,
        /// When the next step is.
        next_at: Option<Instant>,
    },
    /// A clock's policy changed (another level or urgency); the time consumed is kept because it still counts from its start.
    ClockMoved {
        /// The clock.
        clock: ClockId,
        /// The policy it is pinned to now.
        policy: String,
        /// The policy's version.
        version: i64,
        /// When it is due now.
        due_at: Instant,
        /// Whether the calendar of the due day is not known yet.
        provisional: bool,
        /// Last step that counts as fired.
        step: i64,
        /// The next step, if any.
        next_step: Option<i64>,
        /// When the next step is.
        next_at: Option<Instant>,
    },
    /// A clock stopped.
    ClockStopped {
        /// The clock.
        clock: ClockId,
        /// When.
        at: Instant,
        /// How.
        outcome: crate::matters::ClockOutcome,
    },
    /// A task was given.
    TaskOpened {
        /// Its id.
        task: TaskId,
        /// What it is for.
        kind: crate::matters::TaskKind,
        /// Which unit must do it.
        unit: UnitId,
        /// Which person, if one was named.
        account: Option<AccountId>,
        /// Which unit gave it.
        given_by: UnitId,
        /// What must be done.
        what: Said,
        /// By when.
        due_at: Option<Instant>,
    },
    /// A task ended.
    TaskEnded {
        /// The task.
        task: TaskId,
        /// Done or lifted.
        state: crate::matters::TaskState,
        /// When.
        at: Instant,
        /// By whom.
        by: AccountId,
        /// What was done, or why it was lifted.
        words: Said,
    },
    /// A task that was given to a person is now the whole unit's, or another person's.
    TaskPassed {
        /// The task.
        task: TaskId,
        /// Who has it now; none for the unit.
        account: Option<AccountId>,
    },
    /// Somebody asks for a decision.
    AskingOpened {
        /// Its id.
        asking: AskingId,
        /// What is asked.
        what: crate::matters::Asked,
        /// Who asks.
        by: AccountId,
        /// Which unit's chief decides.
        decider: UnitId,
        /// A code that says why, if the kind has codes.
        code: Option<String>,
        /// The reason in words.
        reason: Said,
        /// When.
        at: Instant,
    },
    /// An asking was decided.
    AskingDecided {
        /// The asking.
        asking: AskingId,
        /// Granted or denied.
        state: crate::matters::AskingState,
        /// By whom.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// A unit sent the matter back.
    SentBack {
        /// The unit.
        unit: UnitId,
        /// The reason.
        reason: crate::matters::ReturnReason,
        /// The unit that it proposes.
        proposal: Option<UnitId>,
        /// When.
        at: Instant,
    },
    /// The decision bars further sending back.
    Barred,
    /// A call-back was made or tried.
    CalledBack {
        /// When.
        at: Instant,
        /// Whether the person was reached.
        reached: bool,
        /// Solved?
        solved: Option<crate::matters::Solved>,
        /// Satisfied?
        satisfaction: Option<crate::matters::Satisfaction>,
        /// Told in time?
        timely: Option<bool>,
    },
    /// Whether the draw chose the matter for a call-back: `SHA-256(matter ‖ hash of the event before)`, first eight bytes modulo ten equal to zero.
    Drawn {
        /// Chosen.
        chosen: bool,
        /// The hash that it was drawn with.
        with: String,
    },
    /// A datum of the act's form, in clear (codes, instants, ids, yes or no).
    Datum {
        /// Its name.
        name: String,
        /// Its value as text.
        value: String,
    },
    /// Words of the act's form.
    Words {
        /// The words.
        words: Said,
    },
    /// A person worked on it in the lead or an assist, and so may not check it.
    Worked {
        /// The person.
        account: AccountId,
    },
    /// Number of records of what was done since the last rework.
    Records {
        /// The number.
        n: i64,
    },
    /// A file was attached.
    Attached {
        /// The file.
        file: FileId,
        /// SHA-256 of its bytes.
        sha256: String,
        /// What it shows.
        purpose: crate::matters::FilePurpose,
        /// When.
        at: Instant,
        /// By whom.
        by: AccountId,
        /// Its name; older events do not say it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Said>,
    },
    /// Somebody was told in the application: a post of a unit, or a person.
    Notified {
        /// The notice's id; events from before notices were folded have none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<NoticeId>,
        /// Which unit.
        unit: UnitId,
        /// Which post, or every post of the unit that takes matters.
        post: Option<crate::places::PostKind>,
        /// The person on duty whom it names.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<AccountId>,
        /// Which rung of the ladder, 0 for none.
        rung: i64,
        /// Whether a rung below was empty and passed over.
        passed_over: bool,
        /// How it climbs, if it must be acknowledged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        climb: Option<crate::notices::Climb>,
    },
    /// Nobody had acknowledged a notice when a step of its policy was due: the next channel, or at 100 % the next rung.
    NoticeStepped {
        /// The notice.
        notice: NoticeId,
        /// The step that fired, percent.
        step: i64,
        /// The next step, if any.
        next_step: Option<i64>,
        /// When the next step is.
        next_at: Option<Instant>,
    },
    /// A rung of the ladder was empty and passed at once.
    RungEmpty {
        /// Its number.
        rung: i64,
        /// Which unit.
        unit: UnitId,
        /// Which post.
        post: crate::places::PostKind,
    },
    /// A named person has acknowledged a notice; with it the whole ladder rests.
    Acknowledged {
        /// The notice.
        notice: NoticeId,
        /// Who.
        account: AccountId,
        /// When.
        at: Instant,
    },
}

impl Fact {
    /// Whether it only says who was told and who has answered: such an event leaves the matter's version alone, so that a form that somebody is filling in while
    /// others are woken is not refused as out of date.
    #[must_use]
    pub const fn is_of_notices(&self) -> bool {
        matches!(self, Self::Notified { .. } | Self::NoticeStepped { .. } | Self::RungEmpty { .. } | Self::Acknowledged { .. } | Self::Joined { .. })
    }
}

/// Instants that a matter remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stamp {
    /// Handed to the lead.
    Offered,
    /// Accepted by the lead.
    Accepted,
    /// The person was first contacted.
    Contacted,
    /// Fed back.
    FedBack,
    /// Closed.
    Closed,
    /// Archived.
    Archived,
}

/// Counts that a matter keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// Times sent back.
    Hops,
    /// Times a check failed.
    Rework,
    /// Times reopened or objected to.
    Reopened,
    /// Times urged.
    Urged,
}

/// Who did an act: a person by a post, or the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// The account; `system` for the sweeper.
    pub account: AccountId,
    /// The post by which it was done.
    pub post: Option<PostId>,
    /// The unit of that post.
    pub unit: Option<UnitId>,
    /// Whose post it is, if it was done as a deputy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf: Option<AccountId>,
}
