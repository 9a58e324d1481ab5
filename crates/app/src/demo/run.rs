//! Writing the history: one queue in order of time, some acts a commit.
//!
//! A batch is a pure function from a [`Simulation`] and a transaction to the next simulation, so it may be run twice as any use-case; what it did counts only
//! once it is committed. Acts are in order of time across all chains; a clock's step comes before an act of the same instant.

use super::dice::Dice;
use super::people::{Staff, villages};
use super::photos;
use super::plan::{Deed, Life, Next, World};
use super::stories;
use super::{Plan, WHOLE};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::intake::register;
use crate::matters::{Act, act};
use crate::trail::reindex;
use domain::dispatch::Calendar;
use domain::kernel::{DAY, Day, FileId, HOUR, Instant, MINUTE, MatterId, Mint};
use domain::matters::{ActKind, FilePurpose, Raw};
use domain::places::{Network, UnitKind};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::db::Tx;
use store::papers::File;

/// Acts in one commit: enough that the disk does not count, few enough that a log-in in between does not wait.
const TOGETHER: usize = 64;
/// Reports on a day of the middle.
const A_DAY: i64 = 36;
/// Length of a shift, and how many changes of shift have their hand-overs.
const SHIFT: i64 = 8 * HOUR;
const CHANGES: i64 = 4;
/// Drawn places.
const PHOTOS: usize = 20;
/// How the reports of a day fall on its hours: a morning peak, one in the afternoon, one in the evening, a quiet night.
const HOURS: [usize; 24] = [2, 1, 1, 1, 1, 2, 6, 14, 38, 70, 66, 44, 22, 34, 62, 58, 44, 30, 26, 40, 42, 24, 10, 4];
/// How the reports of a week fall on its days, Monday first, in percent of the middle.
const WEEK: [i64; 7] = [122, 110, 102, 100, 104, 84, 78];

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Matters registered.
    pub matters: u64,
    /// Acts, those of the clocks included.
    pub acts: u64,
    /// Acts that a rule refused, by its code: each ends one telling. A sound story book has none.
    pub refused: BTreeMap<String, u64>,
}

/// What comes at an instant; of the same instant the day before the lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    /// A day begins: its reports are drawn, yesterday is sealed by a checkpoint.
    Day(Day),
    /// One shift ends and another begins.
    Change,
    /// Somebody looks at a matter.
    Life(usize),
}

/// Everything that changes. Cloned for each batch: lives are shared until touched.
#[derive(Clone)]
struct Simulation {
    queue: BinaryHeap<Reverse<(Instant, Item)>>,
    lives: Vec<Arc<Life>>,
    of: Arc<HashMap<MatterId, usize>>,
    dice: Dice,
    mint: Mint,
    written: Written,
    over: bool,
}

/// Writes the history into an installation that [`prepare`](super::prepare) has laid out. Answers nothing if it was told to stop before the end.
pub fn write(desk: &Desk, plan: &Plan, stop: &AtomicBool) -> Result<Option<Written>, Fault> {
    let desk = super::desk(desk.store(), desk.keys(), desk.files(), plan).indexing_later();
    let world = Arc::new(world(&desk, plan)?);
    let mut now = Simulation::begin(plan, &world);
    while !now.over {
        if stop.load(Ordering::SeqCst) {
            return Ok(None);
        }
        let (desk, world, plan) = (desk.clone(), Arc::clone(&world), *plan);
        now = desk.store().clone().write_now(move |tx| -> Result<Simulation, Fault> {
            let mut next = now.clone();
            for _ in 0..TOGETHER {
                if next.over {
                    break;
                }
                next.step(tx, &desk, &world, &plan)?;
            }
            Ok(next)
        })?;
    }
    for lives in now.lives.chunks(TOGETHER) {
        let (desk, lives) = (desk.clone(), lives.to_vec());
        desk.store()
            .clone()
            .write_now(move |tx| lives.iter().filter_map(|life| life.matter.as_ref()).try_for_each(|matter| reindex(tx, desk.keys(), matter)))?;
    }
    super::keeping::write(&desk, &world, &now.lives, plan)?;
    desk.store().write_now(|tx| -> Result<(), Fault> { Ok(store::places::put_setting(tx, WHOLE, "true")?) })?;
    Ok(Some(now.written))
}

fn world(desk: &Desk, plan: &Plan) -> Result<World, Fault> {
    let mut dice = Dice::new(plan.secret("world"));
    let now = plan.now;
    let (network, staff): (Network, Staff) =
        desk.store().read_now(move |tx| -> Result<_, Fault> { Ok((store::places::network(tx)?, Staff::read(tx, now)?)) })?;
    let command = network.units.iter().find(|unit| unit.kind == UnitKind::CommandRoom).map(|unit| unit.id.clone()).ok_or(Fault::Missing)?;
    let folder: &Path = desk.files();
    Ok(World {
        villages: villages(&network, &mut dice),
        photos: photos::draw(folder, PHOTOS, &mut dice)?,
        network,
        calendar: Calendar::seed(),
        command,
        staff,
        stories: stories::all(),
    })
}

impl Simulation {
    fn begin(plan: &Plan, world: &World) -> Self {
        let mut simulation = Self {
            queue: BinaryHeap::new(),
            lives: Vec::new(),
            of: Arc::default(),
            dice: Dice::new(plan.secret("lives")),
            mint: Mint::new(plan.start(), plan.secret("mint")),
            written: Written::default(),
            over: plan.days == 0,
        };
        for day in 0..=plan.days {
            let day = plan.start().day().plus(day);
            simulation.queue.push(Reverse((day.start(), Item::Day(day))));
        }
        // Hand-overs of the last day only: nobody looks at those before, and each is a record of its own.
        let turn = plan.now.day().start().0.rem_euclid(SHIFT);
        let last = plan.now.0 - (plan.now.0 - turn).rem_euclid(SHIFT);
        for at in (0..CHANGES).map(|n| Instant(last - n * SHIFT)).filter(|at| at.day() > plan.start().day()) {
            simulation.queue.push(Reverse((at, Item::Change)));
        }
        simulation.lately(plan, world);
        simulation
    }

    /// What has just happened when somebody looks for the first time: the two stories of the article, a danger, a call a minute ago.
    fn lately(&mut self, plan: &Plan, world: &World) {
        let told: [(&str, i64); 6] = [
            ("我家的猫走失了", 170 * MINUTE),
            ("我想提前退租", 26 * HOUR),
            ("家里老人", 34 * MINUTE),
            ("老伴在电话里", 9 * MINUTE),
            ("{spot}楼下一辆电动车在冒烟", 40_000),
            ("{spot}旁边的垃圾桶", 2 * MINUTE),
        ];
        for (begins, ago) in told {
            let at = plan.now.plus(-ago);
            if let Some(story) = world.stories.iter().position(|story| story.said.starts_with(begins)).filter(|_| at >= plan.start()) {
                let village = self.village(world);
                self.born(world, village, story, at);
            }
        }
    }

    fn village(&mut self, world: &World) -> usize {
        self.dice.weighted(world.villages.iter().map(|village| village.weight))
    }

    fn born(&mut self, world: &World, village: usize, story: usize, at: Instant) {
        self.queue.push(Reverse((at, Item::Life(self.lives.len()))));
        self.lives.push(Arc::new(Life::new(world, village, story, &mut self.dice)));
    }

    /// The next thing in order of time.
    fn step(&mut self, tx: &mut Tx<'_>, desk: &Desk, world: &World, plan: &Plan) -> Result<(), Fault> {
        let next = self.queue.peek().map(|Reverse((at, _))| *at);
        if let Some(due) = store::dispatch::next_due(tx)?.filter(|due| *due <= next.unwrap_or(plan.now).min(plan.now)) {
            return self.time(tx, desk, due);
        }
        match self.queue.pop() {
            Some(Reverse((at, item))) if at <= plan.now => match item {
                Item::Day(day) => self.day(tx, desk, world, plan, day),
                Item::Change => {
                    let done = super::rota::change(tx, desk, world, at, &mut self.mint.branch(at));
                    self.told(done)
                }
                Item::Life(life) => self.life(tx, desk, world, life, at),
            },
            _ => {
                self.over = true;
                Ok(())
            }
        }
    }

    /// What a rule refused is counted, and the history goes on.
    fn told(&mut self, done: Result<(), Fault>) -> Result<(), Fault> {
        if let Err(Fault::Refused(refusal)) = &done {
            *self.written.refused.entry(refusal.code().to_owned()).or_insert(0) += 1;
            return Ok(());
        }
        done
    }

    /// A clock's step, as the sweeper would have done it at that instant.
    fn time(&mut self, tx: &mut Tx<'_>, desk: &Desk, at: Instant) -> Result<(), Fault> {
        let Some(id) = store::dispatch::due(tx, at, 1)?.pop() else { return Ok(()) };
        let mut mint = self.mint.branch(at);
        if let Some(recorded) = crate::dispatch::step(tx, desk, &id, at, &mut mint)? {
            self.written.acts += 1;
            if let Some(life) = self.of.get(&id) {
                Arc::make_mut(&mut self.lives[*life]).matter = Some(recorded.matter);
            }
        }
        Ok(())
    }

    /// Draws the day's reports; seals the day before; people read what they were told.
    fn day(&mut self, tx: &mut Tx<'_>, desk: &Desk, world: &World, plan: &Plan, day: Day) -> Result<(), Fault> {
        let start = day.start();
        let mut mint = self.mint.branch(start);
        let done = super::rota::day(tx, desk, world, day, day == plan.start().day(), day == plan.now.day(), &mut mint);
        self.told(done)?;
        if day == plan.now.day().plus(-1) {
            let done = super::rota::swaps(tx, desk, world, start, &mut mint);
            self.told(done)?;
        }
        if day > plan.start().day() {
            crate::trail::checkpoint(tx, desk, start)?;
            acknowledge(tx, desk, world, start, &mut self.mint.branch(start))?;
        }
        let share = usize::try_from(day.weekday() - 1).ok().and_then(|at| WEEK.get(at)).copied().unwrap_or(100);
        let share = if world.calendar.is_working(day) || share < 100 { share } else { 80 };
        let n = A_DAY * share / 100 + self.dice.between(-5, 5);
        for _ in 0..n {
            let hour = i64::try_from(self.dice.weighted(HOURS.into_iter())).unwrap_or(0);
            let at = start.plus(hour * HOUR + self.dice.between(0, HOUR - 1));
            let village = self.village(world);
            let story = self.dice.weighted(world.stories.iter().map(|story| story.weight));
            self.born(world, village, story, at);
        }
        Ok(())
    }

    fn life(&mut self, tx: &mut Tx<'_>, desk: &Desk, world: &World, life: usize, now: Instant) -> Result<(), Fault> {
        match Arc::make_mut(&mut self.lives[life]).next(world, now) {
            Next::End => {}
            Next::Wait(at) => self.queue.push(Reverse((at.max(now.plus(MINUTE)), Item::Life(life)))),
            Next::Do(deed) => {
                let then = deed.then;
                let mut mint = self.mint.branch(now);
                match self.deed(tx, desk, world, life, *deed, now, &mut mint) {
                    Ok(()) => self.queue.push(Reverse((then.max(now.plus(1)), Item::Life(life)))),
                    // Somebody who was looking on has acted himself, or a story asks for what no rule gives: this telling ends here.
                    Err(Fault::Refused(refusal)) => *self.written.refused.entry(refusal.code().to_owned()).or_insert(0) += 1,
                    Err(Fault::Stale { .. }) => *self.written.refused.entry("stale".to_owned()).or_insert(0) += 1,
                    Err(Fault::Missing) => *self.written.refused.entry("missing".to_owned()).or_insert(0) += 1,
                    Err(other) => return Err(other),
                }
            }
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "the act, where it is done and when")]
    fn deed(&mut self, tx: &mut Tx<'_>, desk: &Desk, world: &World, life: usize, deed: Deed, now: Instant, mint: &mut Mint) -> Result<(), Fault> {
        let Deed { actor, act: kind, mut data, photo, then: _ } = deed;
        if let Some((purpose, pair)) = photo {
            let pair = &world.photos[pair];
            let (photo, name) = if purpose == FilePurpose::After { (&pair.after, "处置后.png") } else { (&pair.before, "处置前.png") };
            let file = File {
                id: mint.id(FileId::PREFIX),
                sha256: photo.sha256.clone(),
                name: name.to_owned(),
                media_type: "image/png".to_owned(),
                size: photo.size,
                uploaded_by: actor.account().clone(),
                uploaded_at: now,
            };
            store::papers::put_file(tx, &file)?;
            data.insert("files".to_owned(), Raw::List(vec![file.id.0]));
            data.insert("purpose".to_owned(), Raw::Text(purpose.code().to_owned()));
        }
        let recorded = match (&self.lives[life].matter, kind) {
            (None, ActKind::Register) => {
                let recorded = register(tx, desk, &actor, data, now, mint)?.recorded;
                self.written.matters += 1;
                Arc::make_mut(&mut self.of).insert(recorded.matter.id.clone(), life);
                recorded
            }
            (Some(matter), _) => act(tx, desk, &actor, &Act { matter: matter.id.clone(), version: matter.version, act: kind, data }, now, mint)?,
            (None, _) => return Err(Fault::Missing),
        };
        self.written.acts += 1;
        Arc::make_mut(&mut self.lives[life]).matter = Some(recorded.matter);
        Ok(())
    }
}

/// Everybody reads in the evening what came the day before; what came today waits.
fn acknowledge(tx: &mut Tx<'_>, desk: &Desk, world: &World, now: Instant, mint: &mut Mint) -> Result<(), Fault> {
    for actor in world.staff.everybody() {
        crate::notices::acknowledge_before(tx, desk, actor, now.plus(-DAY / 2), now, mint)?;
    }
    Ok(())
}
