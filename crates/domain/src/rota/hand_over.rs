//! 交接班: what one shift hands to the next. It is made from what is open, not typed; who goes signs by making it, who comes signs by taking it.

use super::{Duty, HandedWhy};
use crate::dispatch::Urgency;
use crate::kernel::{AccountId, EquipmentId, HandOverId, Instant, MINUTE, MatterId, Missing, Refusal, UnitId};
use crate::matters::{Phase, State};
use crate::places::{Equipment, EquipmentState};
use crate::trail::Said;

/// A hand-over is missing when so long after the end of a shift there is none.
pub const GRACE: i64 = 30 * MINUTE;
/// So long before the end of a shift it may be made.
pub const AHEAD: i64 = 60 * MINUTE;

/// A hand-over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// Its id.
    pub id: HandOverId,
    /// Of which unit.
    pub unit: UnitId,
    /// Between the shifts of which duty.
    pub duty: Duty,
    /// The instant at which one shift ends and the next begins.
    pub at: Instant,
    /// The matters that are handed over, the most pressing first, and why.
    pub items: Vec<(MatterId, HandedWhy)>,
    /// What of the unit's register was looked at, and how each piece was found.
    pub gear: Vec<(EquipmentId, EquipmentState)>,
    /// What is to be said of the equipment.
    pub equipment: Option<Said>,
    /// What else the next shift should know.
    pub remarks: Option<Said>,
    /// Who went, and signed.
    pub outgoing: AccountId,
    /// When.
    pub outgoing_at: Instant,
    /// Who came, and signed.
    pub incoming: Option<AccountId>,
    /// When.
    pub incoming_at: Option<Instant>,
}

/// Why an open matter is handed over to a shift that ends at `until`, if it is: the first reason that holds. `due` is the due instant of its governing clock.
#[must_use]
pub fn why(state: State, urgency: Urgency, phase: Phase, due: Option<Instant>, until: Instant) -> Option<HandedWhy> {
    match () {
        () if !state.is_open() => None,
        () if urgency != Urgency::Normal => Some(HandedWhy::Urgent),
        () if phase == Phase::Late => Some(HandedWhy::Late),
        () if state == State::Callback => Some(HandedWhy::NotCalledBack),
        () if due.is_some_and(|due| due < until) => Some(HandedWhy::Promised),
        () => None,
    }
}

/// Which pieces of a unit's register are handed over: devices in service. Signs hang on the wall and are looked at by the chief.
#[must_use]
pub fn is_handed(thing: &Equipment) -> bool {
    !thing.kind.is_sign() && thing.state != EquipmentState::Retired
}

/// Whether the equipment was looked at: every piece of the register once, nothing else, and a word about whatever is broken or not there.
///
/// # Errors
/// Names `gear` if a piece was left out, is another unit's or was found in a state that nothing in service can have; `equipment` if a piece is not well and nobody says why.
pub fn check_gear(register: &[Equipment], found: &[(EquipmentId, EquipmentState)], said: &str) -> Result<(), Refusal> {
    let datum = |datum: &str, why| Err(Refusal::Data(vec![Missing { datum: datum.to_owned(), why }]));
    if register.iter().any(|thing| !found.iter().any(|(id, _)| *id == thing.id)) {
        return datum("gear", "missing");
    }
    let ours = |id: &EquipmentId| register.iter().any(|thing| thing.id == *id);
    if found.len() != register.len() || found.iter().any(|(id, state)| !ours(id) || *state == EquipmentState::Retired) {
        return datum("gear", "bad");
    }
    if said.trim().is_empty() && found.iter().any(|(_, state)| *state != EquipmentState::Good) {
        return datum("equipment", "missing");
    }
    Ok(())
}

/// Whether who comes may sign.
///
/// # Errors
/// It is signed already, or by the same person.
pub fn may_take(hand_over: &HandOver, who: &AccountId) -> Result<(), Refusal> {
    if hand_over.incoming.is_some() {
        return Err(Refusal::rule("hand_over_taken", "这份交接班记录已经由接班人签字"));
    }
    if hand_over.outgoing == *who {
        return Err(Refusal::rule("hand_over_own", "交班人不能替接班人签字，请接班同事用自己的帐户签字"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::EquipmentKind;

    fn thing(id: &str, kind: EquipmentKind, state: EquipmentState) -> Equipment {
        Equipment { id: id.into(), unit: "unt_1".into(), zone: None, kind, name: id.to_owned(), state, checked_at: None, checked_by: None }
    }

    #[test]
    fn signs_and_what_is_out_of_service_are_not_handed_over() {
        assert!(is_handed(&thing("a", EquipmentKind::Radio, EquipmentState::Missing)));
        assert!(!is_handed(&thing("a", EquipmentKind::NamePlate, EquipmentState::Good)));
        assert!(!is_handed(&thing("a", EquipmentKind::Radio, EquipmentState::Retired)));
    }

    #[test]
    fn every_piece_is_looked_at_once_and_what_is_not_well_is_explained() {
        let register = [thing("a", EquipmentKind::Radio, EquipmentState::Good), thing("b", EquipmentKind::Camera, EquipmentState::Good)];
        let found = |states: &[(&str, EquipmentState)]| states.iter().map(|(id, state)| (EquipmentId::from(*id), *state)).collect::<Vec<_>>();
        let refused = |states, said: &str| match check_gear(&register, &found(states), said) {
            Err(Refusal::Data(missing)) => Some((missing[0].datum.clone(), missing[0].why)),
            Ok(()) => None,
            Err(other) => panic!("{other:?}"),
        };
        use EquipmentState::{Good, Missing as Gone, Retired};
        assert_eq!(refused(&[("a", Good), ("b", Good)], ""), None);
        assert_eq!(refused(&[("a", Good)], ""), Some(("gear".to_owned(), "missing")));
        assert_eq!(refused(&[("a", Good), ("b", Good), ("b", Good)], ""), Some(("gear".to_owned(), "bad")));
        assert_eq!(refused(&[("a", Good), ("b", Retired)], ""), Some(("gear".to_owned(), "bad")));
        assert_eq!(refused(&[("a", Good), ("b", Gone)], " "), Some(("equipment".to_owned(), "missing")));
        assert_eq!(refused(&[("a", Good), ("b", Gone)], "送修"), None);
    }
}
