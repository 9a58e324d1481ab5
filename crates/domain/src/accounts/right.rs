//! Rights: what posts may do that is no act upon a matter (the network, the rota, accounts, channels, the trail). Same form as the acts' table: one exhaustive
//! `match`, default deny, a snapshot (`rights.table`).

use super::actor::{Actor, Seat};
use crate::kernel::{PlaceCode, Refusal, UnitId, coded};
use crate::places::PostKind;
use crate::places::PostKind::{
    Archivist, Auditor, CommandHead, CommandOfficer, DeskClerk, DutyOfficer, GridWorker, Mediator, SecurityAdmin, StationChief, StreetLeader, SystemAdmin,
    UnitHead, UnitOfficer,
};

coded! {
    /// Something that is done to the house and not to a matter.
    Right {
        /// Changes places, units, posts, rooms, equipment and duty lists.
        EditNetwork = "edit_network", "维护组织网格", "edit the network";
        /// Sees who holds which post of a unit, who is there, its rooms, equipment and duty list.
        SeeUnit = "see_unit", "查看本单位", "see a unit";
        /// Keeps rooms, signs and equipment of a unit.
        KeepUnit = "keep_unit", "维护房间与设备", "keep rooms and equipment";
        /// Books a room, or gives a booking up.
        BookRooms = "book_rooms", "预订房间", "book rooms";
        /// Posts people of one unit to another (常驻, 轮驻, 随驻), or calls them back.
        PostPeople = "post_people", "派驻人员", "post people";
        /// Gives a post to a person, or ends it.
        GrantPosts = "grant_posts", "任免岗位", "grant posts";
        /// Sees the rota of a unit and its hand-overs.
        SeeRota = "see_rota", "查看值班表", "see the rota";
        /// Lays out the rota, publishes and changes it, keeps the call-out list.
        EditRota = "edit_rota", "排班", "edit the rota";
        /// Decides about swaps and absences.
        DecideShifts = "decide_shifts", "审批换班请假", "decide about shifts";
        /// Hands a shift over and takes it over.
        HandOver = "hand_over", "交接班", "hand over";
        /// Opens, closes and unlocks accounts, sets first passwords, takes in whoever leaves.
        ManageAccounts = "manage_accounts", "管理帐户", "manage accounts";
        /// Sees and ends other people's sessions and tokens.
        EndSessions = "end_sessions", "终止会话和令牌", "end sessions and tokens";
        /// Reads who was granted what, when, by whom.
        ReadAccountTrail = "read_account_trail", "查阅帐户留痕", "read the trail of accounts";
        /// Sets up the channels of notices, tries them, clears what could not be delivered.
        ManageChannels = "manage_channels", "管理通知通道", "manage channels";
        /// Reads rules of retention, lists of destruction, certificates.
        ReadRetention = "read_retention", "查看保管与销毁", "read retention and destruction";
        /// Sets how long a class of texts is kept.
        SetRetention = "set_retention", "设定保管期限", "set keeping times";
        /// Asks that a list be destroyed.
        AskDestruction = "ask_destruction", "申请销毁", "ask for destruction";
        /// Approves or refuses a destruction that somebody else asked for.
        DecideDestruction = "decide_destruction", "审批销毁", "decide on destruction";
        /// Answers what a person asks about the data on himself.
        AnswerPersons = "answer_persons", "办理个人信息请求", "answer requests of persons";
        /// Reads the rule book: periods with their sources, versions, who changed them.
        SeeRules = "see_rules", "查看规则", "see the rule book";
        /// Changes the rule book, after having seen what it would move.
        SetRules = "set_rules", "修改规则", "change the rule book";
        /// Reads who has read what, without the texts.
        ReadReads = "read_reads", "查阅查看记录", "read the record of reads";
    }
}

/// How far from the post's own unit a right reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// The post's own unit only.
    OwnUnit,
    /// Everything that lies in the place of the post's unit.
    Below,
    /// The whole installation.
    Everywhere,
}

impl Within {
    /// The name in the matrix.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OwnUnit => "own_unit",
            Self::Below => "below",
            Self::Everywhere => "everywhere",
        }
    }
}

/// Which posts have a right, and how far it reaches.
#[must_use]
pub const fn granted(right: Right) -> &'static [(PostKind, Within)] {
    match right {
        Right::EditNetwork => &[(SystemAdmin, Within::Everywhere)],
        Right::SeeUnit => &[
            (SystemAdmin, Within::Everywhere),
            (SecurityAdmin, Within::Everywhere),
            (CommandHead, Within::Below),
            (CommandOfficer, Within::Below),
            (DutyOfficer, Within::Below),
            (StreetLeader, Within::Below),
            (StationChief, Within::OwnUnit),
            (UnitHead, Within::OwnUnit),
            (DeskClerk, Within::OwnUnit),
            (UnitOfficer, Within::OwnUnit),
            (Mediator, Within::OwnUnit),
            (GridWorker, Within::OwnUnit),
        ],
        Right::KeepUnit => &[(SystemAdmin, Within::Everywhere), (StationChief, Within::OwnUnit), (UnitHead, Within::OwnUnit)],
        Right::BookRooms => &[
            (StationChief, Within::OwnUnit),
            (DeskClerk, Within::OwnUnit),
            (Mediator, Within::OwnUnit),
            (UnitOfficer, Within::OwnUnit),
            (CommandOfficer, Within::Below),
            (DutyOfficer, Within::Below),
        ],
        Right::ManageChannels => &[(SystemAdmin, Within::Everywhere)],
        Right::PostPeople => &[(SecurityAdmin, Within::Everywhere), (CommandHead, Within::Below)],
        Right::GrantPosts | Right::ManageAccounts | Right::EndSessions => &[(SecurityAdmin, Within::Everywhere)],
        Right::ReadAccountTrail => &[(PostKind::Auditor, Within::Everywhere)],
        Right::SeeRota => &[
            (CommandHead, Within::Below),
            (CommandOfficer, Within::Below),
            (DutyOfficer, Within::Below),
            (StreetLeader, Within::Below),
            (StationChief, Within::OwnUnit),
            (UnitHead, Within::OwnUnit),
            (DeskClerk, Within::OwnUnit),
            (UnitOfficer, Within::OwnUnit),
            (GridWorker, Within::OwnUnit),
            (Mediator, Within::OwnUnit),
            (PostKind::Checker, Within::OwnUnit),
            (PostKind::CallbackClerk, Within::OwnUnit),
            (Archivist, Within::OwnUnit),
        ],
        Right::EditRota | Right::DecideShifts => &[(StationChief, Within::OwnUnit), (UnitHead, Within::OwnUnit), (CommandHead, Within::Below)],
        Right::HandOver => &[
            (DeskClerk, Within::OwnUnit),
            (StationChief, Within::OwnUnit),
            (UnitOfficer, Within::OwnUnit),
            (UnitHead, Within::OwnUnit),
            (DutyOfficer, Within::OwnUnit),
            (CommandOfficer, Within::OwnUnit),
        ],
        Right::ReadRetention => &[
            (Archivist, Within::Below),
            (CommandHead, Within::Below),
            (StreetLeader, Within::Below),
            (SystemAdmin, Within::Everywhere),
            (SecurityAdmin, Within::Everywhere),
            (Auditor, Within::Everywhere),
        ],
        Right::SetRetention => &[(SystemAdmin, Within::Everywhere)],
        // The heads stand in for classes that the archivist may not know of (`domain.md` §10.8): then one asks and the other decides.
        Right::AskDestruction => &[(Archivist, Within::Below), (CommandHead, Within::Below)],
        Right::DecideDestruction => &[(CommandHead, Within::Below), (StreetLeader, Within::Below), (SecurityAdmin, Within::Everywhere)],
        Right::AnswerPersons => &[(CommandHead, Within::Below), (Archivist, Within::Below)],
        // What counts for everybody may be read by everybody who works by it.
        Right::SeeRules => &[
            (CommandHead, Within::Everywhere),
            (CommandOfficer, Within::Everywhere),
            (DutyOfficer, Within::Everywhere),
            (StreetLeader, Within::Everywhere),
            (StationChief, Within::Everywhere),
            (UnitHead, Within::Everywhere),
            (DeskClerk, Within::Everywhere),
            (UnitOfficer, Within::Everywhere),
            (GridWorker, Within::Everywhere),
            (Mediator, Within::Everywhere),
            (PostKind::Checker, Within::Everywhere),
            (PostKind::CallbackClerk, Within::Everywhere),
            (Archivist, Within::Everywhere),
            (SystemAdmin, Within::Everywhere),
            (Auditor, Within::Everywhere),
        ],
        // A rule moves matters, and whoever moves them must see which: so it is no administrator's.
        Right::SetRules => &[(CommandHead, Within::Everywhere)],
        Right::ReadReads => &[(Auditor, Within::Everywhere)],
    }
}

/// The first of the actor's posts that has `right` over the unit `at`, which lies in `place`.
///
/// # Errors
/// [`Refusal::NotYours`] with the posts that have it.
pub fn may_over<'a>(actor: &'a Actor, right: Right, at: &UnitId, place: &PlaceCode) -> Result<&'a Seat, Refusal> {
    seat_with(actor, right, |seat, within| match within {
        Within::OwnUnit => seat.unit == *at,
        Within::Below => seat.unit == *at || seat.place.covers(place),
        Within::Everywhere => true,
    })
}

/// The first of the actor's posts that has `right` anywhere at all: for pages that then show what lies within.
///
/// # Errors
/// [`Refusal::NotYours`] with the posts that have it.
pub fn may_somewhere(actor: &Actor, right: Right) -> Result<&Seat, Refusal> {
    seat_with(actor, right, |_, _| true)
}

fn seat_with(actor: &Actor, right: Right, reaches: impl Fn(&Seat, Within) -> bool) -> Result<&Seat, Refusal> {
    granted(right)
        .iter()
        .find_map(|(kind, within)| actor.seats().iter().find(|seat| seat.kind.acts_as() == *kind && reaches(seat, *within)))
        .ok_or_else(|| Refusal::NotYours { act: right.code(), who: granted(right).iter().map(|(post, _)| post.code()).collect() })
}

/// The whole matrix of rights as text, one row a right.
#[must_use]
pub fn rights_matrix() -> String {
    let mut text = String::from("right | post@within …\n");
    for right in Right::ALL {
        let row: Vec<String> = granted(*right).iter().map(|(post, within)| format!("{}@{}", post.code(), within.code())).collect();
        text.push_str(&format!("{} | {}\n", right.code(), row.join(" ")));
    }
    text
}
