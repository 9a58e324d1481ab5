//! Which acts stand open on the screen: the rules that look at the matter alone, tried before anybody fills in a form.

use super::super::act::ActKind;
use super::super::lists::Care;
use super::super::matter::Matter;
use super::{asking, closing, moving, working};
use crate::accounts::{Actor, Seat};
use crate::kernel::{Instant, Refusal};

/// Whether an act may be offered.
pub(in super::super) enum Open {
    /// Yes.
    Yes,
    /// It is shown greyed with its reason.
    Barred(Refusal),
    /// It would make no sense to show it.
    Senseless,
}

impl From<Result<(), Refusal>> for Open {
    fn from(verdict: Result<(), Refusal>) -> Self {
        verdict.map_or_else(Self::Barred, |()| Self::Yes)
    }
}

/// Whether `act`, lawful in this state and allowed to this post, stands open now.
pub(in super::super) fn stands_open(act: ActKind, matter: &Matter, seat: &Seat, actor: &Actor, now: Instant) -> Open {
    let sensible = |sense: bool| if sense { Open::Yes } else { Open::Senseless };
    match act {
        ActKind::Approve | ActKind::Refuse => match matter.open_askings().next() {
            None => Open::Senseless,
            Some(asking) => asking::may_decide(asking, actor.account(), seat).into(),
        },
        ActKind::Decline | ActKind::Void => asking::may_ask(matter).into(),
        ActKind::SendBack => moving::may_send_back(matter, &seat.unit).into(),
        ActKind::FeedBack => working::may_feed_back(matter).into(),
        ActKind::FinishTask => {
            sensible(matter.open_tasks().any(|task| task.unit == seat.unit && task.account.as_ref().is_none_or(|account| account == actor.account())))
        }
        ActKind::LiftTask => sensible(matter.open_tasks().any(|task| task.given_by == seat.unit)),
        ActKind::Check => closing::may_check(matter, actor.account()).into(),
        ActKind::CallBack => closing::may_call_back(matter, actor.account()).into(),
        ActKind::Close => closing::may_close(matter).into(),
        ActKind::NamePerson => sensible(matter.care != Care::Open),
        ActKind::UnnamePerson => sensible(!matter.named.is_empty()),
        ActKind::Object => closing::window_open(matter, now).into(),
        ActKind::Reopen => closing::may_reopen(matter, now).into(),
        ActKind::Archive => closing::may_archive(matter, now).into(),
        _ => Open::Yes,
    }
}
