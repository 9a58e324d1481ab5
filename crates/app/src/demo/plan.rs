//! A life: what is done next about one matter, by whom and after how long. It looks at the matter as it stands, so what the clocks did in between counts.

use super::dice::Dice;
use super::people::{Person, Staff, Told, Village};
use super::photos::Pair;
use super::stories::{Assist, Course, Story};
use domain::accounts::Actor;
use domain::dispatch::{Calendar, ClockKind, Urgency};
use domain::kernel::{DAY, HOUR, Instant, MINUTE, SECOND, UnitId};
use domain::matters::{ActKind, AskingState, FilePurpose, Matter, Phase, Raw, RawForm, State, Task, TaskKind, reopen_window_ends};
use domain::places::{Network, PostKind, UnitKind};

/// Everything that lives look things up in; it does not change while a history is written.
pub(super) struct World {
    pub(super) network: Network,
    pub(super) calendar: Calendar,
    pub(super) command: UnitId,
    pub(super) staff: Staff,
    pub(super) villages: Vec<Village>,
    pub(super) stories: Vec<Story>,
    pub(super) photos: Vec<Pair>,
}

/// What chance has decided about a life beforehand.
#[derive(Debug, Clone)]
struct Fate {
    /// Percent of the finish span after which the lead feeds back.
    pace: i64,
    /// The lead sends back first.
    returns: bool,
    /// The lead lets the accept window pass.
    silent: bool,
    /// The head names a person.
    assigns: bool,
    /// The first check fails.
    rework: bool,
    /// The person objects: at the call-back, or days after the closing.
    objects: Option<i64>,
    /// Call-backs that reach nobody.
    misses: usize,
    /// The desk entered it by mistake.
    mistaken: bool,
    /// The chief does not agree to decline or void.
    denied: bool,
    /// Somebody corrects something.
    amends: bool,
    /// Somebody writes a remark.
    notes: bool,
    pair: usize,
}

/// One matter's life.
#[derive(Debug, Clone)]
pub(super) struct Life {
    pub(super) story: usize,
    pub(super) village: usize,
    teller: Person,
    told: Told,
    anonymous: bool,
    source: &'static str,
    dice: Dice,
    fate: Fate,
    /// As the last act left it.
    pub(super) matter: Option<Matter>,
}

/// An act that is about to be done.
pub(super) struct Deed {
    pub(super) actor: Actor,
    pub(super) act: ActKind,
    pub(super) data: RawForm,
    /// Photo to be uploaded with it.
    pub(super) photo: Option<(FilePurpose, usize)>,
    /// When to look again.
    pub(super) then: Instant,
}

/// What comes next.
pub(super) enum Next {
    Do(Box<Deed>),
    Wait(Instant),
    End,
}

/// A form, filled in.
struct Data(RawForm);

impl Data {
    fn new() -> Self {
        Self(RawForm::new())
    }

    fn text(mut self, name: &str, text: impl Into<String>) -> Self {
        self.0.insert(name.to_owned(), Raw::Text(text.into()));
        self
    }

    fn flag(mut self, name: &str, on: bool) -> Self {
        self.0.insert(name.to_owned(), Raw::Flag(on));
        self
    }

    fn at(mut self, name: &str, at: Instant) -> Self {
        self.0.insert(name.to_owned(), Raw::Int(at.0));
        self
    }

    fn units(mut self, name: &str, units: &[UnitId]) -> Self {
        self.0.insert(name.to_owned(), Raw::List(units.iter().map(|unit| unit.0.clone()).collect()));
        self
    }
}

impl Life {
    /// The number by which who tells it is known.
    pub(super) fn phone(&self) -> &str {
        &self.teller.phone
    }

    /// The name of who tells it.
    pub(super) fn name(&self) -> &str {
        &self.teller.name
    }

    /// A life that is about to begin: who tells what, where, and what chance has in store.
    pub(super) fn new(world: &World, village: usize, story: usize, dice: &mut Dice) -> Self {
        let mut dice = dice.branch();
        let (home, tale) = (&world.villages[village], &world.stories[story]);
        let teller = home.residents[dice.skewed(home.residents.len())].clone();
        let told = home.tell(tale, &teller, &mut dice);
        let source = match tale.family() {
            "J" => "police",
            "X" if dice.chance(40) => "petition",
            "F" | "A" | "C" if dice.chance(25) => "patrol",
            _ => ["call", "visit", "hotline", "online"][dice.weighted([50, 28, 14, 8].into_iter())],
        };
        let fate = Fate {
            pace: if dice.chance(86) { dice.between(12, 92) } else { dice.between(104, 230) },
            returns: matches!(tale.course, Course::Street(_)) && tale.urgency != "extreme" && dice.chance(11),
            silent: dice.chance(6),
            assigns: dice.chance(45),
            rework: dice.chance(6),
            objects: dice.chance(5).then(|| if dice.chance(60) { 0 } else { dice.between(1, 12) }),
            misses: [0, 1, 3][dice.weighted([85, 11, 4].into_iter())],
            mistaken: dice.chance(1),
            denied: dice.chance(12),
            amends: dice.chance(4),
            notes: dice.chance(12),
            pair: dice.below(world.photos.len()),
        };
        Self { story, village, teller, told, anonymous: dice.chance(9), source, dice, fate, matter: None }
    }

    /// What is done at `now`.
    pub(super) fn next(&mut self, world: &World, now: Instant) -> Next {
        let Some(matter) = self.matter.clone() else { return self.register(world, now) };
        match matter.state {
            State::Registered => self.triage(world, &matter, now),
            State::Offered => self.offered(world, &matter, now),
            State::Returned => self.arbitrate(world, &matter, now),
            State::Working => self.work(world, &matter, now),
            State::FedBack => self.check(world, &matter, now),
            State::Callback => self.call_back(world, &matter, now),
            State::Closed => self.after(world, &matter, now),
            State::Paused | State::Shelved | State::Archived | State::Declined | State::Void => Next::End,
        }
    }

    fn tale<'w>(&self, world: &'w World) -> &'w Story {
        &world.stories[self.story]
    }

    fn home<'w>(&self, world: &'w World) -> &'w UnitId {
        &world.villages[self.village].station
    }

    fn protected(&self, world: &World) -> bool {
        self.tale(world).family() == "P"
    }

    /// Somebody who holds the post; without one the life stops there, as it would.
    fn act(&mut self, world: &World, unit: &UnitId, post: PostKind, act: ActKind, data: Data, then: Instant) -> Next {
        let all = world.staff.all(unit, post);
        match self.dice.pick(all) {
            Some(actor) => Next::Do(Box::new(Deed { actor: actor.clone(), act, data: data.0, photo: None, then })),
            None => Next::End,
        }
    }

    fn by(actor: &Actor, act: ActKind, data: Data, then: Instant) -> Next {
        Next::Do(Box::new(Deed { actor: actor.clone(), act, data: data.0, photo: None, then }))
    }

    fn minutes(&mut self, from: i64, to: i64) -> i64 {
        self.dice.between(from * MINUTE, to * MINUTE)
    }

    /// How long from one step to the next: seconds when life is in danger, else as said.
    fn soon(&mut self, world: &World, now: Instant, from: i64, to: i64) -> Instant {
        let millis = if self.tale(world).urgency == "extreme" { self.dice.between(15, 70) * SECOND } else { self.minutes(from, to) };
        now.plus(millis)
    }

    fn register(&mut self, world: &World, now: Instant) -> Next {
        let tale = self.tale(world).clone();
        let home = self.home(world).clone();
        let mut data = Data::new()
            .text("said", &self.told.said)
            .text("title", &self.told.title)
            .text("spot", &self.told.spot)
            .text("place", self.teller.place.as_str())
            .text("source", self.source)
            .text("urgency", tale.urgency);
        data = if self.anonymous {
            data.text("anonymous_reason", "来人不愿留电话")
        } else {
            data.text("contact_name", &self.teller.name).text("contact_phone", &self.teller.phone)
        };
        if let Some(category) = tale.category.filter(|_| self.dice.chance(70)) {
            data = data.text("category", category);
        }
        let then = self.soon(world, now, 2, 8);
        match self.source {
            "patrol" => self.act(world, &home, PostKind::GridWorker, ActKind::Register, data, then),
            "hotline" => self.act(world, &world.command, PostKind::CommandOfficer, ActKind::Register, data, then),
            _ => self.act(world, &home, PostKind::DeskClerk, ActKind::Register, data, then),
        }
    }

    fn triage(&mut self, world: &World, matter: &Matter, now: Instant) -> Next {
        let (tale, home) = (self.tale(world).clone(), self.home(world).clone());
        if let Some(asking) = matter.open_askings().next() {
            let (post, unit) = if asking.decider == home { (PostKind::StationChief, home) } else { (PostKind::CommandHead, asking.decider.clone()) };
            let data = Data::new().text("asking", asking.id.as_str());
            let then = now.plus(self.minutes(5, 25));
            return if self.fate.denied {
                self.act(world, &unit, post, ActKind::Refuse, data.text("reason", "情况还可以在站里先办，请登记后交办"), then)
            } else {
                self.act(world, &unit, post, ActKind::Approve, data, then)
            };
        }
        let asked = matter.askings.iter().any(|asking| asking.state == AskingState::Denied);
        let decided = self.fallen(world, now, 20, 180);
        if self.fate.mistaken && !asked {
            let data = Data::new().text("reason", "与上一件重复登记，来人确认是同一件事");
            return self.act(world, &home, PostKind::DeskClerk, ActKind::Void, data, decided);
        }
        let end = now.plus(DAY);
        match tale.course {
            Course::Decline(reason) if !asked => {
                let mut data = Data::new().text("reason", reason.code()).text("route", &self.told.outcome).text("told_how", "in_person");
                if reason.code() == "D6" {
                    data = data.text("handed_over", "已出具引导单，来人签收");
                }
                self.act(world, &home, PostKind::DeskClerk, ActKind::Decline, data, decided)
            }
            Course::Answer => {
                let told = if self.dice.chance(50) { "call" } else { "in_person" };
                let mut data = Data::new().text("outcome", &self.told.outcome).text("result", tale.result).text("told_how", told);
                if let Some(category) = tale.category {
                    data = data.text("category", category);
                }
                self.act(world, &home, PostKind::DeskClerk, ActKind::Answer, data, end)
            }
            Course::Station | Course::Decline(_) => self.dispatch(world, &tale, home.clone(), now),
            Course::Street(function) => match world.network.for_function(function, &self.teller.place) {
                Some(unit) => self.dispatch(world, &tale, unit.id.clone(), now),
                None => Next::End,
            },
        }
    }

    fn dispatch(&mut self, world: &World, tale: &Story, lead: UnitId, now: Instant) -> Next {
        let home = self.home(world).clone();
        let assist = match tale.assist {
            Assist::Nobody => None,
            Assist::Station => Some(home.clone()),
            Assist::Unit(function) => world.network.for_function(function, &self.teller.place).map(|unit| unit.id.clone()),
        };
        // A station hands out to itself; with the help of a department it is the command room's.
        let assist = assist.filter(|unit| *unit != lead && !self.protected(world) && (lead != home || self.dice.chance(50)));
        let mut data = Data::new().text("lead", lead.as_str()).text("category", tale.category.unwrap_or("X-04")).text("level", tale.level);
        if let Some(unit) = &assist {
            data = data.units("assists", std::slice::from_ref(unit)).text("assist_what", "派人到场配合，并把了解到的情况写进任务");
        }
        if lead != home && assist.as_ref() != Some(&home) && self.dice.chance(30) {
            data = data.units("copies", std::slice::from_ref(&home));
        }
        if self.dice.chance(50) {
            data = data.text("requirement", "请先联系群众，办理前后拍照，办完告知结果");
        }
        let then = self.soon(world, now, 4, 95);
        let then = if tale.urgency == "extreme" { then } else { self.at_work(world, &lead, then) };
        if lead == home && assist.is_none() {
            self.act(world, &home, PostKind::DeskClerk, ActKind::Dispatch, data, then)
        } else {
            self.act(world, &world.command, PostKind::CommandOfficer, ActKind::Dispatch, data, then)
        }
    }

    /// Who works on it for the lead: the person named, else an officer; protected persons' matters are the head's own.
    fn worker(&self, world: &World, matter: &Matter) -> Option<Actor> {
        let lead = matter.lead.as_ref()?;
        let named = matter.handler.as_ref().and_then(|account| world.staff.account(account));
        let post = if self.protected(world) { head(world, lead) } else { PostKind::UnitOfficer };
        named.or_else(|| world.staff.all(lead, post).first()).cloned()
    }

    fn offered(&mut self, world: &World, matter: &Matter, now: Instant) -> Next {
        let (Some(worker), Some(lead)) = (self.worker(world, matter), matter.lead.clone()) else { return Next::End };
        let then = self.soon(world, now, 10, 150);
        let then = self.working_time(world, &lead, then);
        let is_station = lead == *self.home(world);
        if self.fate.returns && !is_station && !matter.barred && matter.returns.is_empty() {
            let (reason, words) = [
                ("R1", "职责清单里这类事项不归本单位，建议由综治站或执法队先处置"),
                ("R3", "只有一句话，没有具体门牌和当事人，无法上门"),
                ("R6", "涉及几个部门，需要街道牵头协调"),
            ][self.dice.below(3)];
            let mut data = Data::new().text("reason", reason).text("words", words);
            data = match reason {
                "R3" => data.text("lacking", "当事人姓名和具体门牌"),
                _ => data.text("proposal", self.home(world).as_str()),
            };
            let then = now.plus(self.minutes(20, 300));
            return Self::by(&worker, ActKind::SendBack, data, self.at_work(world, &world.command, then));
        }
        if self.fate.silent
            && let Some(clock) = matter.running().find(|clock| clock.kind == ClockKind::Accept).filter(|clock| clock.due_at >= now)
        {
            return Next::Wait(clock.due_at.plus(self.minutes(10, 200)));
        }
        Self::by(&worker, ActKind::Accept, Data::new(), then)
    }

    fn arbitrate(&mut self, world: &World, matter: &Matter, now: Instant) -> Next {
        let proposed = matter.returns.last().and_then(|hop| hop.proposal.clone());
        let (lead, words) = match proposed {
            Some(unit) if self.dice.chance(50) => (unit, "同意建议，由属地站先行办理，部门配合"),
            _ => match matter.lead.clone() {
                Some(lead) => (lead, "属该单位法定职责，由原单位办理，不再退回"),
                None => return Next::End,
            },
        };
        let then = now.plus(self.minutes(10, 120));
        let then = self.at_work(world, &lead, then);
        let data = Data::new().text("lead", lead.as_str()).text("words", words);
        self.act(world, &world.command, PostKind::CommandOfficer, ActKind::Arbitrate, data, then)
    }

    fn work(&mut self, world: &World, matter: &Matter, now: Instant) -> Next {
        let (tale, Some(lead)) = (self.tale(world).clone(), matter.lead.clone()) else { return Next::End };
        let assist = matter.open_tasks().find(|task| task.kind == TaskKind::Assist).cloned();
        let left = i64::from(matter.contacted_at.is_none()) + (2 - matter.records).max(0) + i64::from(assist.is_some()) + 1;
        let then = self.paced(world, matter, &lead, now, left);
        let head = head(world, &lead);
        if self.fate.assigns && matter.handler.is_none() && !self.protected(world) {
            self.fate.assigns = false;
            let post = if head == PostKind::StationChief { PostKind::by_family(tale.family()) } else { PostKind::UnitOfficer };
            if let Some(person) = world.staff.all(&lead, post).first() {
                let data = Data::new().text("to", person.account().as_str()).text("words", "请今天先到现场看一下");
                let then = now.plus(self.minutes(5, 40));
                return self.act(world, &lead, head, ActKind::Assign, data, then);
            }
        }
        if self.fate.amends {
            self.fate.amends = false;
            let data = Data::new().text("reason", "上月同一地点反映过，列为重复");
            let then = now.plus(self.minutes(5, 30));
            return self.act(
                world,
                self.home(world),
                PostKind::StationChief,
                ActKind::Amend,
                data.text("field", "flag").text("flag", "repeat").flag("on", true),
                then,
            );
        }
        if matter.phase() == Phase::Late && matter.urged == 0 && self.dice.chance(35) {
            let data = Data::new().text("words", "已超过时限，请今天内反馈进展");
            let then = now.plus(self.minutes(30, 240));
            return self.act(world, &world.command, PostKind::CommandOfficer, ActKind::Urge, data, then);
        }
        let Some(worker) = self.worker(world, matter) else { return Next::End };
        if matter.contacted_at.is_none() {
            let reached = self.dice.chance(88);
            let how = if self.dice.chance(70) { "call" } else { "in_person" };
            let words = if reached { "已联系上，说明由我们办理，约定上门时间" } else { "电话无人接听，稍后再打" };
            let at = now.plus(-self.minutes(0, 3)).max(matter.received_at);
            let then = if reached { then } else { now.plus(self.minutes(30, 120)) };
            return Self::by(&worker, ActKind::Contact, Data::new().at("at", at).text("how", how).flag("reached", reached).text("words", words), then);
        }
        if matter.records == 0 {
            let done = if matter.rework + matter.reopened > 0 {
                "按提出的意见再次到现场，列出还差的几项。"
            } else {
                "到现场查看，情况与反映基本一致，已拍照。"
            };
            return self.record(&worker, done, FilePurpose::Before, then);
        }
        if let Some(task) = assist {
            return self.assist(world, &task, then);
        }
        if self.fate.notes {
            self.fate.notes = false;
            let data = Data::new().text("words", "已和群众说明进度，材料随后补上。");
            return Self::by(&worker, ActKind::Note, data, now.plus(self.minutes(10, 90)));
        }
        if matter.records == 1 {
            let done = if self.told.done == "-" { "已按职责了解情况并当面答复。".to_owned() } else { self.told.done.clone() };
            return self.record(&worker, &done, FilePurpose::After, then);
        }
        let result = if tale.result == "-" { "explained" } else { tale.result };
        let told_at = now.plus(-self.minutes(1, 20)).max(matter.received_at);
        let data = Data::new().text("result", result).text("outcome", &self.told.outcome).text("told_how", "call").at("told_at", told_at);
        let then = self.fallen(world, now, 40, 900);
        Self::by(&worker, ActKind::FeedBack, data, then)
    }

    fn record(&mut self, worker: &Actor, done: &str, purpose: FilePurpose, then: Instant) -> Next {
        let data = Data::new().text("done", done);
        Next::Do(Box::new(Deed { actor: worker.clone(), act: ActKind::Record, data: data.0, photo: Some((purpose, self.fate.pair)), then }))
    }

    fn assist(&mut self, world: &World, task: &Task, then: Instant) -> Next {
        let data = Data::new().text("task", task.id.as_str()).text("done", "已派人到场配合，情况属实，后续由主办单位统一答复。");
        self.act(world, &task.unit, PostKind::UnitOfficer, ActKind::FinishTask, data, then)
    }

    fn check(&mut self, world: &World, matter: &Matter, now: Instant) -> Next {
        let family = self.tale(world).family();
        let way = match family {
            "F" | "A" => "site",
            "D" => "papers",
            _ => ["site", "papers", "call"][self.dice.below(3)],
        };
        let mut data = Data::new().text("way", way);
        let rework = self.fate.rework && matter.rework == 0;
        data = if rework {
            data.text("verdict", "rework").text("lacking", "照片看不出整改后的样子，请补充并再联系一次群众")
        } else {
            data.text("verdict", "pass").text("words", "与反馈一致")
        };
        let then = self.fallen(world, now, 30, 2000);
        if self.protected(world) {
            return self.act(world, &world.command, PostKind::DutyOfficer, ActKind::Check, data, then);
        }
        self.act(world, &world.command, PostKind::Checker, ActKind::Check, data, then)
    }

    fn call_back(&mut self, world: &World, matter: &Matter, now: Instant) -> Next {
        let since = matter.fed_back_at.unwrap_or(matter.registered_at);
        let tried = matter.calls.iter().filter(|call| call.at >= since).count();
        // A protected person's matter is the duty officer's to call about: the desk does not see it.
        let desk = if self.protected(world) { PostKind::DutyOfficer } else { PostKind::CallbackClerk };
        if matter.owner_post != Some(desk) {
            // The call-back has its result: now the chief of the lead's tier, or the person again.
            let (Some(unit), Some(post)) = (matter.owner_unit.clone(), matter.owner_post) else { return Next::End };
            let unsolved = matter.calls.last().is_some_and(|call| call.solved == Some(domain::matters::Solved::No));
            if self.fate.objects == Some(0) && matter.reopened == 0 {
                let data = Data::new().text("reason", "回访时说没过两天又和原来一样，不同意办结");
                let then = self.fallen(world, now, 60, 600);
                return self.act(world, &world.command, desk, ActKind::Object, data, then);
            }
            let result = matter.result.map_or("explained", |result| result.code());
            let result = if unsolved && matches!(result, "met" | "settled") { "partly_met" } else { result };
            let end = now.plus(DAY);
            return self.act(world, &unit, post, ActKind::Close, Data::new().text("result", result), end);
        }
        if tried < self.fate.misses {
            let data = Data::new().flag("reached", false).text("words", "无人接听");
            let then = self.fallen(world, now, 300, 1300);
            return self.act(world, &world.command, desk, ActKind::CallBack, data, then);
        }
        let unhappy = self.fate.objects == Some(0) && matter.reopened == 0;
        let solved = if unhappy { "no" } else { ["yes", "partly", "no"][self.dice.weighted([88, 9, 3].into_iter())] };
        let marks = if solved == "yes" { ["5", "4", "4", "3"] } else { ["3", "2", "2", "1"] };
        let mut data = Data::new().flag("reached", true).text("solved", solved).text("satisfaction", marks[self.dice.below(4)]);
        data = data.flag("timely", self.dice.chance(85));
        if solved != "yes" {
            data = data.text("still_open", "还想有人隔段时间再来看看");
        }
        let then = self.fallen(world, now, 20, 600);
        self.act(world, &world.command, desk, ActKind::CallBack, data, then)
    }

    /// After the closing: the sample of the answers, the person's second thoughts, the file.
    fn after(&mut self, world: &World, matter: &Matter, now: Instant) -> Next {
        let Some(closed) = matter.closed_at else { return Next::End };
        let archive = reopen_window_ends(closed).plus(9 * HOUR);
        if let Some(task) = matter.open_tasks().find(|task| task.kind == TaskKind::FollowUp) {
            let data = Data::new().text("task", task.id.as_str()).text("done", "电话回访：答复清楚，没有新的诉求。");
            let desk = if self.protected(world) { PostKind::CommandOfficer } else { PostKind::CallbackClerk };
            return self.act(world, &world.command, desk, ActKind::FinishTask, data, archive);
        }
        if let Some(days) = self.fate.objects.filter(|days| *days > 0 && matter.reopened == 0 && !self.protected(world)) {
            let at = closed.plus(days * DAY);
            if now < at {
                return Next::Wait(self.fallen(world, at, 0, 300));
            }
            let data = Data::new().text("reason", "过了几天又发生了，要求再处理");
            let then = self.fallen(world, now, 30, 300);
            return self.act(world, &world.command, PostKind::CallbackClerk, ActKind::Object, data, then);
        }
        if now < archive {
            return Next::Wait(self.fallen(world, archive, 0, 2000));
        }
        self.act(world, &world.command, PostKind::Archivist, ActKind::Archive, Data::new(), now)
    }

    /// The instant of the next of `left` steps, so that the last of them falls where the pace wants it.
    fn paced(&mut self, world: &World, matter: &Matter, lead: &UnitId, now: Instant, left: i64) -> Instant {
        let finish = matter.running().find(|clock| clock.kind == ClockKind::Finish);
        let target = finish.map_or(now, |clock| clock.started_at.plus(clock.due_at.since(clock.started_at) / 100 * self.fate.pace));
        let gap = (target.since(now) / left.max(1)).max(5 * MINUTE);
        let then = now.plus(gap / 100 * self.dice.between(60, 125));
        self.working_time(world, lead, then)
    }

    /// As `at_work`, but danger does not wait for the morning, and what is urgent not for the end of a holiday.
    fn working_time(&mut self, world: &World, unit: &UnitId, at: Instant) -> Instant {
        match self.matter.as_ref().map(|matter| matter.urgency) {
            Some(Urgency::Extreme) => at,
            Some(Urgency::Urgent) if !(7 * HOUR..22 * HOUR).contains(&at.of_day()) => {
                let day = if at.of_day() < 7 * HOUR { at.day() } else { at.day().plus(1) };
                day.start().plus(7 * HOUR + self.minutes(0, 90))
            }
            Some(Urgency::Urgent) => at,
            _ => self.at_work(world, unit, at),
        }
    }

    /// A time in the command room's day, so many minutes from now.
    fn fallen(&mut self, world: &World, now: Instant, from: i64, to: i64) -> Instant {
        let at = now.plus(self.minutes(from, to));
        self.at_work(world, &world.command, at)
    }

    /// The first instant from `at` on at which people of the unit work: stations every day from 8 to 20, departments on working days from 8:30 to 17:30.
    fn at_work(&mut self, world: &World, unit: &UnitId, at: Instant) -> Instant {
        let station = world.network.unit(unit).is_some_and(|unit| unit.kind == UnitKind::Station);
        let (from, to) = if station { (8 * HOUR, 20 * HOUR) } else { (8 * HOUR + 30 * MINUTE, 17 * HOUR + 30 * MINUTE) };
        let open = |day: domain::kernel::Day| station || world.calendar.is_working(day);
        let day = at.day();
        if open(day) && (from..to).contains(&at.of_day()) {
            return at;
        }
        let mut next = if at.of_day() < from { day } else { day.plus(1) };
        while !open(next) {
            next = next.plus(1);
        }
        next.start().plus(from + self.minutes(0, 75))
    }
}

/// The head of a unit.
fn head(world: &World, unit: &UnitId) -> PostKind {
    match world.network.unit(unit).map(|unit| unit.kind) {
        Some(UnitKind::Station) => PostKind::StationChief,
        Some(UnitKind::CommandRoom) => PostKind::CommandHead,
        _ => PostKind::UnitHead,
    }
}

/// Whom a station chief sends: the mediator to a dispute, a grid worker to what lies in the street.
trait Sent {
    fn by_family(family: &str) -> Self;
}

impl Sent for PostKind {
    fn by_family(family: &str) -> Self {
        match family {
            "D" => Self::Mediator,
            "C" | "F" | "S" => Self::GridWorker,
            _ => Self::UnitOfficer,
        }
    }
}
