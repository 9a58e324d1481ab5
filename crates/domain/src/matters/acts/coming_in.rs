//! Coming in: registering, answering at once, correcting facts.

use super::super::decide::Registration;
use super::super::lists::{Amendable, Care, ClockOutcome, FilePurpose, Flag, Outcome, Source, State, TaskKind, ToldHow};
use super::super::matter::Clock;
use super::super::writer::Writer;
use super::closing::called_back;
use super::moving::open_task;
use super::naming::tightened;
use crate::dispatch::{ClockKind, Level, Urgency, choose, due_at};
use crate::kernel::{PersonalData, Refusal, ReportId, Retention};
use crate::places::PostKind;
use crate::trail::{Fact, Said, Stamp};

/// Characters of the first sentence that make a title when none is given.
const TITLE: usize = 30;

/// `register`: the report and its matter.
pub(in super::super) fn register(w: &mut Writer<'_, '_>, registration: &Registration) -> Result<(), Refusal> {
    let now = w.now();
    let received_at = w.form.instant("received_at").unwrap_or(now);
    if received_at > now {
        return Err(Refusal::at("received_in_future", "received_at", "收到时间不能晚于现在"));
    }
    let source: Source = w.form.need_code("source")?;
    let urgency: Urgency = w.form.need_code("urgency")?;
    let level: Option<Level> = w.form.code("level");
    let phone = w.form.text("contact_phone").map(normal_phone).transpose()?;
    let said_text = w.form.need("said")?.to_owned();
    let title_text = w.form.text("title").map_or_else(|| first_sentence(&said_text), str::to_owned);
    let spot_text = w.form.need("spot")?.to_owned();
    let category = w.form.text("category").map(str::to_owned);
    let care = match &category {
        Some(code) => w.desk.category(code)?.care,
        None => Care::Open,
    };
    // Who is complained of must not learn that the matter exists (信访工作条例 art. 30): such a matter is confidential whatever its category.
    let accused = w.form.unit("accused");
    if let Some(unit) = &accused {
        w.desk.any_unit(unit, "accused")?;
    }
    let care = if accused.is_some() { Care::Confidential } else { care };
    if let Some(place) = w.form.place("place") {
        match w.desk.network.place(&place) {
            None => return Err(Refusal::Data(vec![crate::kernel::Missing { datum: "place".to_owned(), why: "not_found" }])),
            // What came in while the place was in use may name it, also when it is brought in later.
            Some(place) if !place.open(Some(received_at.day())) => {
                return Err(Refusal::at("place_closed", "place", format!("“{}”在收到这件事时不在使用期内，请选现在的地点", place.name)));
            }
            Some(_) => {}
        }
    }

    let counts_from = registration.counts_from.unwrap_or(received_at);
    let title = w.words("title", &title_text);
    let spot = w.words("spot", &spot_text);
    w.fact(Fact::Opened {
        number: registration.number.clone(),
        home: registration.home.clone(),
        care,
        source,
        received_at,
        counts_from,
        registered_by: w.by.account.clone(),
        title,
        spot,
    });
    report(w, registration, source, received_at, &said_text, phone.as_deref());
    w.fact(Fact::Urgency { urgency });
    if let Some(level) = level {
        w.fact(Fact::Level { level });
    }
    if let Some(category) = category {
        w.fact(Fact::Category { category, care });
    }
    if let Some(place) = w.form.place("place") {
        w.fact(Fact::Place { place });
    }
    w.joins(&registration.home, "home");
    if let Some(unit) = &accused {
        w.joins(unit, "accused");
    }
    w.state(State::Registered);
    if registration.unrouted || care == Care::Confidential {
        // A desk that may not see the class cannot be its owner; the head of the command room triages it.
        let command = w.desk.command_room(&registration.home)?;
        w.joins(&command, "owner");
        w.owner(command, if care == Care::Confidential { PostKind::CommandHead } else { PostKind::CommandOfficer });
    } else {
        w.owner(registration.home.clone(), PostKind::DeskClerk);
    }
    w.start_clock(ClockKind::Triage, counts_from, urgency, level);
    w.attach(FilePurpose::Site)
}

fn report(w: &mut Writer<'_, '_>, registration: &Registration, source: Source, received_at: crate::kernel::Instant, said: &str, phone: Option<&str>) {
    let contact = |w: &mut Writer<'_, '_>, name: &str, text: &str, personal| -> Said { w.say(name, text, personal, Retention::Contact) };
    let said = w.words("said", said);
    let name = w.form.text("contact_name").map(str::to_owned).map(|text| contact(w, "contact_name", &text, PersonalData::Name));
    let phone = phone.map(|text| contact(w, "contact_phone", text, PersonalData::Phone));
    let anonymous = w.form.text("anonymous_reason").map(str::to_owned).map(|text| w.words("anonymous_reason", &text));
    let code = w.desk.mint.code(8);
    let receipt = contact(w, "receipt", &code, PersonalData::Identity);
    let fact = Fact::Reported {
        report: w.desk.mint.id(ReportId::PREFIX),
        source,
        channel: w.form.text("channel").unwrap_or_default().to_owned(),
        received_at,
        said,
        name,
        phone,
        anonymous,
        receipt,
        lineage: registration.lineage.clone(),
    };
    w.fact(fact);
}

/// A title out of what was said: up to the first full stop, at most [`TITLE`] characters.
fn first_sentence(said: &str) -> String {
    let sentence = said.split(['。', '！', '？', '!', '?', '\n', '；']).find(|part| !part.trim().is_empty()).unwrap_or(said).trim();
    let mut title: String = sentence.chars().take(TITLE).collect();
    if sentence.chars().count() > TITLE {
        title.push('…');
    }
    title
}

/// A telephone number as it is kept: digits; `-` before an extension that was said with 转; without the country code of a Chinese mobile.
fn normal_phone(text: &str) -> Result<String, Refusal> {
    let plain: String = text.chars().map(|c| if ('０'..='９').contains(&c) { char::from_digit(c as u32 - '０' as u32, 10).unwrap_or(c) } else { c }).collect();
    let (main, extension) = plain.split_once('转').unwrap_or((&plain, ""));
    let of = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let (digits, extension) = (of(main), of(extension));
    let odd = plain.chars().any(|c| !(c.is_ascii_digit() || matches!(c, '+' | '＋' | '-' | '－' | ' ' | '(' | ')' | '（' | '）' | '转' | '—')));
    if odd || !(5..=20).contains(&digits.len()) || extension.len() > 8 {
        return Err(Refusal::at("phone_unreadable", "contact_phone", "电话看不懂：请填 11 位手机号，或带区号的固定电话"));
    }
    let digits = if digits.len() == 13 && digits.starts_with("861") { digits[2..].to_owned() } else { digits };
    Ok(if extension.is_empty() { digits } else { format!("{digits}-{extension}") })
}

/// `answer`: solved at the desk.
pub(in super::super) fn answer(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    let result: Outcome = w.form.need_code("result")?;
    let told: ToldHow = w.form.need_code("told_how")?;
    if told == ToldHow::NotTold {
        return Err(Refusal::at("answer_not_told", "told_how", "当场办结须已告知群众；没有告知请走交办"));
    }
    let now = w.now();
    w.categorise()?;
    if w.matter.level.is_none() {
        w.fact(Fact::Level { level: Level::Instant });
    }
    w.fact(Fact::Result { result });
    w.stop_clocks(&[ClockKind::Triage]);
    drop_askings(w);
    w.stamp(Stamp::Closed, Some(now));
    w.state(State::Closed);
    w.nobody_owns();
    follow_up(w)
}

/// An answer at the desk enters the sample of the call-backs as a task on the closed matter (`domain.md` §10.3). An answer out of a historical list was given
/// long ago: its clocks count from the import, and nobody is called about it.
fn follow_up(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    let category = w.form.text("category").map(str::to_owned).or_else(|| w.matter.category.clone());
    if w.matter.counts_from > w.matter.received_at || !called_back(w, category.as_deref()) {
        return Ok(());
    }
    let command = w.command_room()?;
    let due = choose(w.desk.policies, ClockKind::Callback, w.matter.urgency, w.matter.level).map(|policy| due_at(w.desk.calendar, w.now(), policy.span).0);
    open_task(w, TaskKind::FollowUp, command.clone(), None, command, "回访当场办结的事项", due);
    Ok(())
}

/// An open asking ends when the matter goes another way: denied by the course of things, in the name of who acts.
pub(in super::super) fn drop_askings(w: &mut Writer<'_, '_>) {
    let (now, by) = (w.now(), w.by.account.clone());
    let open: Vec<_> = w.matter.open_askings().map(|asking| asking.id.clone()).collect();
    for asking in open {
        w.fact(Fact::AskingDecided { asking, state: super::super::lists::AskingState::Denied, by: by.clone(), at: now });
    }
}

/// `amend`: a fact is corrected, with the reason; clocks are recomputed and keep what was consumed.
pub(in super::super) fn amend(w: &mut Writer<'_, '_>) -> Result<(), Refusal> {
    let field: Amendable = w.form.need_code("field")?;
    let is_chief = w.seat.as_ref().is_some_and(|seat| {
        matches!(seat.kind, PostKind::StationChief | PostKind::UnitHead | PostKind::CommandHead | PostKind::CommandOfficer | PostKind::DutyOfficer)
    });
    if matches!(field, Amendable::Level | Amendable::Urgency | Amendable::Flag) && !is_chief {
        return Err(Refusal::NotYours { act: w.act().code(), who: vec!["station_chief", "unit_head", "command_officer", "command_head"] });
    }
    match field {
        Amendable::Category => {
            old(w, w.matter.category.clone().unwrap_or_default());
            w.categorise()?;
            let care = w.form.text("category").and_then(|code| w.desk.category(code).ok()).map_or(Care::Open, |facts| facts.care);
            tightened(w, care)?;
        }
        Amendable::Place => {
            let place = w.form.place("place").ok_or_else(|| Refusal::missing("place"))?;
            if w.desk.network.place(&place).is_none() {
                return Err(Refusal::Data(vec![crate::kernel::Missing { datum: "place".to_owned(), why: "not_found" }]));
            }
            old(w, w.matter.place.as_ref().map_or_else(String::new, |p| p.0.clone()));
            w.fact(Fact::Place { place });
        }
        Amendable::Spot => {
            let text = w.form.need("spot")?.to_owned();
            let spot = w.words("spot", &text);
            w.fact(Fact::Spot { spot });
        }
        Amendable::Title => {
            let text = w.form.need("title")?.to_owned();
            let title = w.words("title", &text);
            w.fact(Fact::Title { title });
        }
        Amendable::Parties => {}
        Amendable::Level => {
            let level: Level = w.form.need_code("level")?;
            old(w, w.matter.level.map_or("", Level::code).to_owned());
            w.fact(Fact::Level { level });
            move_clocks(w, w.matter.urgency, Some(level), |_| true);
        }
        Amendable::Urgency => {
            let urgency: Urgency = w.form.need_code("urgency")?;
            old(w, w.matter.urgency.code().to_owned());
            w.fact(Fact::Urgency { urgency });
            move_clocks(w, urgency, w.matter.level, |_| true);
            first_feedback(w, urgency);
        }
        Amendable::Flag => {
            let flag: Flag = w.form.need_code("flag")?;
            let on = w.form.flag("on");
            old(w, w.matter.flags.contains(&flag).to_string());
            w.fact(Fact::Flag { flag, on });
            if on && flag.care() > w.matter.care {
                w.fact(Fact::Care { care: flag.care() });
                tightened(w, flag.care())?;
            }
        }
        Amendable::Accused => {
            let unit = w.form.unit("accused").ok_or_else(|| Refusal::missing("accused"))?;
            w.desk.unit(&unit, "accused")?;
            w.joins(&unit, "accused");
            if w.matter.care != Care::Confidential {
                w.fact(Fact::Care { care: Care::Confidential });
            }
            tightened(w, Care::Confidential)?;
        }
    }
    Ok(())
}

fn old(w: &mut Writer<'_, '_>, value: String) {
    w.fact(Fact::Datum { name: "old".to_owned(), value });
}

/// Recomputes the running clocks that are `meant` from their own start under the policy that fits now. Steps that lie in the past count as fired: nobody is woken twice.
pub(in super::super) fn move_clocks(w: &mut Writer<'_, '_>, urgency: Urgency, level: Option<Level>, meant: impl Fn(&Clock) -> bool) {
    let now = w.now();
    let running: Vec<_> = w.matter.running().filter(|clock| meant(clock)).cloned().collect();
    for clock in running {
        let Some(policy) = choose(w.desk.policies, clock.kind, urgency, level).cloned() else {
            w.fact(Fact::ClockStopped { clock: clock.id, at: now, outcome: ClockOutcome::Moot });
            continue;
        };
        if policy.id == clock.policy && policy.version == clock.version {
            continue;
        }
        let (due, provisional) = due_at(w.desk.calendar, clock.started_at, policy.span);
        let mut step = 0;
        let (mut next_step, mut next_at) = w.next_step(&policy, clock.started_at, step);
        while let (Some(percent), Some(at)) = (next_step, next_at) {
            // A last rung in the past that has not fired is left to the sweeper, so that being late is always said by an act, once.
            if at > now || (percent >= 100 && clock.step < percent) {
                break;
            }
            step = percent;
            (next_step, next_at) = w.next_step(&policy, clock.started_at, step);
        }
        w.fact(Fact::ClockMoved { clock: clock.id, policy: policy.id, version: policy.version, due_at: due, provisional, step, next_step, next_at });
    }
}

/// A matter with a lead that becomes urgent owes a first feedback, if nothing was recorded yet.
fn first_feedback(w: &mut Writer<'_, '_>, urgency: Urgency) {
    let owed = matches!(w.matter.state, State::Offered | State::Working) && w.matter.records == 0;
    if owed && !w.matter.running().any(|clock| clock.kind == ClockKind::FirstFeedback) {
        let now = w.now();
        w.start_clock(ClockKind::FirstFeedback, now, urgency, w.matter.level);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_first_sentence() {
        assert_eq!(first_sentence("房东不退押金。我上周退租的"), "房东不退押金");
        assert_eq!(first_sentence(&"长".repeat(40)).chars().count(), TITLE + 1);
    }

    #[test]
    fn phones_are_read_as_people_say_them() {
        assert_eq!(normal_phone("138 0013-8000").unwrap(), "13800138000");
        assert_eq!(normal_phone("+86 13800138000").unwrap(), "13800138000");
        assert_eq!(normal_phone("0571-8261 0000").unwrap(), "057182610000");
        assert_eq!(normal_phone("不知道").unwrap_err().code(), "phone_unreadable");
    }
}
