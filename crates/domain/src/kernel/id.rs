//! Ids: text, a prefix and a ULID, readable in a log and the same in both engines.

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub String);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(&self.0) }
        }

        impl From<String> for $name { fn from(text: String) -> Self { Self(text) } }
        impl From<&str> for $name { fn from(text: &str) -> Self { Self(text.to_owned()) } }
    )+};
}

ids! {
    /// A report: what came in, immutable.
    ReportId = "rpt_";
    /// A matter: the thing itself.
    MatterId = "mat_";
    /// A task of a matter.
    TaskId = "tsk_";
    /// An asking that waits for a decision.
    AskingId = "ask_";
    /// A running or stopped clock of a matter.
    ClockId = "clk_";
    /// A free text or personal datum, kept beside its salt.
    WordsId = "wrd_";
    /// A stored file.
    FileId = "fil_";
    /// A notice to a post or a person.
    NoticeId = "ntc_";
    /// An account: a person who can log in.
    AccountId = "acc_";
    /// A post of a unit.
    PostId = "pst_";
    /// A post held by an account over a span of time.
    HoldingId = "hld_";
    /// A post that a colleague sits on for a while.
    DelegationId = "dlg_";
    /// A rota: one duty of one unit for some days.
    RotaId = "rta_";
    /// A shift of a rota.
    ShiftId = "shf_";
    /// A swap or an absence that somebody asks for.
    ShiftAskingId = "sas_";
    /// A record of what one shift hands to the next.
    HandOverId = "hov_";
    /// A calendar address of one's own shifts.
    RotaFeedId = "fed_";
    /// What somebody was told about duty.
    DutyNoticeId = "dnt_";
    /// A browser session.
    SessionId = "ses_";
    /// An API token.
    TokenId = "tok_";
    /// A unit: a station, the command room, a group, a department, an outside body.
    UnitId = "unt_";
    /// A room of a station.
    RoomId = "rom_";
    /// A booking of a room.
    BookingId = "bkg_";
    /// A sign or a piece of equipment.
    EquipmentId = "eqp_";
    /// A list of what is to be destroyed.
    DestructionId = "dst_";
    /// What a person asked about the data on himself.
    SubjectRequestId = "sbj_";
    /// A place code: 6, 9, 12 or 15 digits (GB/T 2260 county, street, village or community, grid).
    PlaceCode = "";
}

impl PlaceCode {
    /// Whether `other` lies in this place: a code is a prefix of the codes below it.
    #[must_use]
    pub fn covers(&self, other: &PlaceCode) -> bool {
        !self.0.is_empty() && other.0.starts_with(&self.0)
    }
}
