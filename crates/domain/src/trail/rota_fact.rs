//! Facts of the chain of the rota: plans, shifts, askings, call-out lists, hand-overs, calendar addresses.

use super::Said;
use crate::kernel::{AccountId, Day, DutyNoticeId, EquipmentId, HandOverId, Instant, MatterId, RotaFeedId, RotaId, ShiftAskingId, ShiftId, UnitId};
use crate::places::EquipmentState;
use crate::rota::{
    CallOutBy, Duty, DutyNotice, DutyTold, HandOver, HandedWhy, Pattern, RotaState, Shift, ShiftAsked, ShiftAsking, ShiftAskingState, ShiftKind,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One fact about the rota.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum RotaFact {
    /// A draft was begun.
    Planned {
        /// Its id.
        rota: RotaId,
        /// Which unit's.
        unit: UnitId,
        /// Which duty.
        duty: Duty,
        /// How it is laid out.
        pattern: Pattern,
        /// First day.
        from_day: i64,
        /// Last day.
        to_day: i64,
        /// People a shift.
        seats: i64,
        /// Whether it is of the demonstration.
        demo: bool,
    },
    /// A draft was taken away with its shifts.
    Dropped {
        /// Which.
        rota: RotaId,
    },
    /// A shift stands in a rota.
    Laid {
        /// Its id.
        shift: ShiftId,
        /// Whose.
        rota: RotaId,
        /// Which part of the day.
        kind: ShiftKind,
        /// From when.
        from_at: Instant,
        /// Until when.
        to_at: Instant,
        /// Who; nobody is a gap.
        account: Option<AccountId>,
    },
    /// A rota is in force.
    Published {
        /// Which.
        rota: RotaId,
    },
    /// Somebody else, or nobody, is to come to a shift.
    Assigned {
        /// Which.
        shift: ShiftId,
        /// Who.
        account: Option<AccountId>,
    },
    /// The person of a shift is away, and somebody or nobody stands in.
    StoodIn {
        /// Which.
        shift: ShiftId,
        /// Whether the person is away.
        absent: bool,
        /// Who stands in.
        stand_in: Option<AccountId>,
    },
    /// Why it was changed.
    Because {
        /// The reason.
        reason: Said,
    },
    /// Somebody asks for a swap, a cover or an absence.
    Asked {
        /// Its id.
        asking: ShiftAskingId,
        /// What.
        what: ShiftAsked,
        /// Whose rota.
        unit: UnitId,
        /// The shift.
        shift: ShiftId,
        /// The other's shift.
        other_shift: Option<ShiftId>,
        /// Who asks.
        by: AccountId,
        /// Who takes over, swaps or stands in.
        other: Option<AccountId>,
        /// Why.
        reason: Said,
        /// Where it stands.
        state: ShiftAskingState,
        /// When.
        at: Instant,
    },
    /// An asking was answered.
    Answered {
        /// Which.
        asking: ShiftAskingId,
        /// Where it stands.
        state: ShiftAskingState,
        /// Who decided, if that ends it.
        by: Option<AccountId>,
        /// When, if that ends it.
        at: Option<Instant>,
    },
    /// The call-out list of a duty, from the first to be called to the last.
    CallOut {
        /// Which unit's.
        unit: UnitId,
        /// Which duty.
        duty: Duty,
        /// Who, and how they are reached.
        people: Vec<(AccountId, CallOutBy)>,
    },
    /// A shift handed over what is open.
    HandedOver {
        /// Its id.
        hand_over: HandOverId,
        /// Which unit's.
        unit: UnitId,
        /// Which duty.
        duty: Duty,
        /// At which change of shift.
        at: Instant,
        /// The matters and why.
        items: Vec<(MatterId, HandedWhy)>,
        /// What of the register was looked at, and how it was found.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        gear: Vec<(EquipmentId, EquipmentState)>,
        /// What is to be said of the equipment.
        equipment: Option<Said>,
        /// What else.
        remarks: Option<Said>,
        /// Who went.
        by: AccountId,
        /// When that was signed.
        signed_at: Instant,
    },
    /// Who came signed.
    TakenOver {
        /// Which.
        hand_over: HandOverId,
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// Somebody was told about duty.
    Told {
        /// Its id.
        notice: DutyNoticeId,
        /// To whom.
        account: AccountId,
        /// What.
        what: DutyTold,
        /// Of which unit.
        unit: UnitId,
        /// Of which duty.
        duty: Duty,
        /// The shift or the change of shift that it is about.
        about: Instant,
        /// When.
        at: Instant,
    },
    /// The person said that it was read.
    Heard {
        /// Which.
        notice: DutyNoticeId,
        /// When.
        at: Instant,
    },
    /// An address of one's own calendar was made.
    FeedMade {
        /// Its id.
        feed: RotaFeedId,
        /// Whose.
        account: AccountId,
    },
    /// It was revoked.
    FeedRevoked {
        /// Its id.
        feed: RotaFeedId,
    },
}

impl RotaFact {
    /// The texts that it commits to.
    #[must_use]
    pub fn said(&self) -> Vec<&Said> {
        match self {
            Self::Because { reason } | Self::Asked { reason, .. } => vec![reason],
            Self::HandedOver { equipment, remarks, .. } => [equipment, remarks].into_iter().flatten().collect(),
            _ => Vec::new(),
        }
    }
}

/// A rota as its row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotaRow {
    /// Its id.
    pub id: RotaId,
    /// Which unit's.
    pub unit: UnitId,
    /// Which duty.
    pub duty: Duty,
    /// How it is laid out.
    pub pattern: Pattern,
    /// First day.
    pub from_day: Day,
    /// Last day.
    pub to_day: Day,
    /// People a shift.
    pub seats: i64,
    /// Draft or in force.
    pub state: RotaState,
    /// Whether it is of the demonstration.
    pub demo: bool,
}

/// The fold of the rota's chain: what its rows must say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RotaTable {
    /// Rotas.
    pub rotas: BTreeMap<RotaId, RotaRow>,
    /// Shifts.
    pub shifts: BTreeMap<ShiftId, Shift>,
    /// Askings.
    pub askings: BTreeMap<ShiftAskingId, ShiftAsking>,
    /// Call-out lists.
    pub call_outs: BTreeMap<(UnitId, Duty), Vec<(AccountId, CallOutBy)>>,
    /// Hand-overs.
    pub hand_overs: BTreeMap<HandOverId, HandOver>,
    /// What people were told.
    pub told: BTreeMap<DutyNoticeId, DutyNotice>,
    /// Calendar addresses: whose, and whether revoked.
    pub feeds: BTreeMap<RotaFeedId, (AccountId, bool)>,
}

impl RotaTable {
    /// Folds one fact in.
    pub fn apply(&mut self, fact: &RotaFact) {
        match fact.clone() {
            RotaFact::Planned { rota, unit, duty, pattern, from_day, to_day, seats, demo } => {
                let row = RotaRow { id: rota.clone(), unit, duty, pattern, from_day: Day(from_day), to_day: Day(to_day), seats, state: RotaState::Draft, demo };
                self.rotas.insert(rota, row);
            }
            RotaFact::Dropped { rota } => {
                self.rotas.remove(&rota);
                self.shifts.retain(|_, shift| shift.rota != rota);
            }
            RotaFact::Laid { shift, rota, kind, from_at, to_at, account } => {
                let Some(row) = self.rotas.get(&rota) else { return };
                let (unit, duty) = (row.unit.clone(), row.duty);
                let laid = Shift { id: shift.clone(), rota, unit, duty, kind, from_at, to_at, account, absent: false, stand_in: None };
                self.shifts.insert(shift, laid);
            }
            RotaFact::Published { rota } => {
                if let Some(row) = self.rotas.get_mut(&rota) {
                    row.state = RotaState::Published;
                }
            }
            RotaFact::Assigned { shift, account } => {
                if let Some(row) = self.shifts.get_mut(&shift) {
                    (row.account, row.absent, row.stand_in) = (account, false, None);
                }
            }
            RotaFact::StoodIn { shift, absent, stand_in } => {
                if let Some(row) = self.shifts.get_mut(&shift) {
                    (row.absent, row.stand_in) = (absent, stand_in);
                }
            }
            RotaFact::Because { .. } => {}
            RotaFact::Asked { asking, what, unit, shift, other_shift, by, other, reason, state, at } => {
                let row = ShiftAsking {
                    id: asking.clone(),
                    what,
                    unit,
                    shift,
                    other_shift,
                    by,
                    other,
                    reason,
                    state,
                    asked_at: at,
                    decided_by: None,
                    decided_at: None,
                };
                self.askings.insert(asking, row);
            }
            RotaFact::Answered { asking, state, by, at } => {
                if let Some(row) = self.askings.get_mut(&asking) {
                    (row.state, row.decided_by, row.decided_at) = (state, by, at);
                }
            }
            RotaFact::CallOut { unit, duty, people } => {
                self.call_outs.insert((unit, duty), people);
            }
            RotaFact::HandedOver { hand_over, unit, duty, at, items, gear, equipment, remarks, by, signed_at } => {
                let row = HandOver {
                    id: hand_over.clone(),
                    unit,
                    duty,
                    at,
                    items,
                    gear,
                    equipment,
                    remarks,
                    outgoing: by,
                    outgoing_at: signed_at,
                    incoming: None,
                    incoming_at: None,
                };
                self.hand_overs.insert(hand_over, row);
            }
            RotaFact::TakenOver { hand_over, by, at } => {
                if let Some(row) = self.hand_overs.get_mut(&hand_over) {
                    (row.incoming, row.incoming_at) = (Some(by), Some(at));
                }
            }
            RotaFact::Told { notice, account, what, unit, duty, about, at } => {
                self.told.insert(notice.clone(), DutyNotice { id: notice, account, what, unit, duty, about, at, heard_at: None });
            }
            RotaFact::Heard { notice, at } => {
                if let Some(row) = self.told.get_mut(&notice) {
                    row.heard_at = Some(at);
                }
            }
            RotaFact::FeedMade { feed, account } => {
                self.feeds.insert(feed, (account, false));
            }
            RotaFact::FeedRevoked { feed } => {
                if let Some(row) = self.feeds.get_mut(&feed) {
                    row.1 = true;
                }
            }
        }
    }
}
