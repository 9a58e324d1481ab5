//! `bench places`: a district-sized network (2,000 grids, 400 accounts unless asked otherwise) on a database of its own, and how long the questions take that every
//! page asks: the pickers, who somebody is with what he may see, the units' page, one unit, lists, counts and callers among the matters of 100,000 reporters, and an
//! edit with the whole check.

use crate::house;
use crate::machine::{self, SystemMachine};
use crate::trail::Scratch;
use app::desk::Desk;
use app::fault::Fault;
use app::keys::Keys;
use app::places::{Ask, change, overview, pick, preview, unit_page};
use domain::accounts::Actor;
use domain::kernel::{AccountId, Mint, PlaceCode};
use domain::matters::{Raw, RawForm};
use domain::places::demo::DemoAccount;
use domain::places::{GridKind, Network, Place, Post, PostKind, StationFunction, Tier, Unit, UnitKind};
use std::process::ExitCode;
use std::time::Instant;
use store::db::Place as Database;

/// `bench places`.
#[derive(Debug, clap::Args)]
pub(crate) struct Places {
    /// An empty database to measure: a file or postgres://…; a file of our own if none is named (空数据库)
    #[arg(long, value_name = "FILE|URL")]
    database: Option<String>,
    /// Grids (网格数)
    #[arg(long, default_value_t = 2_000)]
    grids: usize,
    /// Accounts (帐户数)
    #[arg(long, default_value_t = 400)]
    accounts: usize,
    /// Reporters with a telephone number, a matter each (来电人数)
    #[arg(long, default_value_t = 100_000)]
    contacts: usize,
    /// How often each question is asked (次数)
    #[arg(long, default_value_t = 200)]
    times: usize,
}

const DISTRICT: &str = "330199";

/// Lays the network out, asks, and prints a table; fails if a question takes longer than it may.
pub(crate) fn run(args: &Places) -> anyhow::Result<ExitCode> {
    let scratch = Scratch::new()?;
    let database = args.database.clone().unwrap_or_else(|| scratch.0.join("places.db").display().to_string());
    let desk = Desk::new(house::store(&Database::read(&database))?, Keys::new(machine::seed()), scratch.0.join("files"), Box::new(SystemMachine));
    let network = network(args.grids);
    let people = people(&network, args.accounts);
    let began = Instant::now();
    app::seed::lay_out(&desk, "测速", &network, &people, "xinjiean-bench", desk.now())?;
    println!(
        "{} 个地点，{} 个单位，{} 个岗位，{} 个帐户；建库 {:.1} 秒",
        network.places.len(),
        network.units.len(),
        network.posts.len(),
        people.len(),
        began.elapsed().as_secs_f64()
    );
    let accounts: Vec<AccountId> =
        desk.store().read_now(|tx| -> Result<_, Fault> { Ok(store::accounts::all(tx)?.into_iter().map(|account| account.id).collect()) })?;
    let desks = seated(&desk, &accounts, PostKind::DeskClerk)?;
    let began = Instant::now();
    reporters(&desk, &desks, args.contacts)?;
    println!("{} 位来电人、事项各一件；登记 {:.1} 秒", args.contacts, began.elapsed().as_secs_f64());
    println!("{:<44} {:>9} {:>9} {:>9}", "问题 question", "p50 ms", "p95 ms", "最长 max");
    let station = network.stations().next().map(|unit| unit.id.clone()).ok_or_else(|| anyhow::anyhow!("no station"))?;
    let admin = seated(&desk, &accounts, PostKind::SystemAdmin)?.into_iter().next().ok_or_else(|| anyhow::anyhow!("nobody administers"))?;
    let head = seated(&desk, &accounts, PostKind::CommandHead)?.into_iter().next().ok_or_else(|| anyhow::anyhow!("nobody commands"))?;
    let mut slow = 0;
    let mut ask = |name: &str, most: f64, question: &mut dyn FnMut(usize) -> Result<(), Fault>| -> anyhow::Result<()> {
        let mut took = Vec::with_capacity(args.times);
        for n in 0..args.times {
            let since = Instant::now();
            question(n)?;
            took.push(since.elapsed().as_secs_f64() * 1_000.0);
        }
        took.sort_by(f64::total_cmp);
        let at = |percent: usize| took[(took.len() * percent / 100).min(took.len() - 1)];
        slow += usize::from(at(95) > most);
        println!("{name:<44} {:>9.2} {:>9.2} {:>9.2}{}", at(50), at(95), at(100), if at(95) > most { "  太慢 too slow" } else { "" });
        Ok(())
    };
    let now = desk.now();
    let of = |n: usize| accounts[n * 7 % accounts.len()].clone();
    ask("who somebody is and what he may see", 50.0, &mut |n| {
        let account = of(n);
        desk.store().read_now(move |tx| {
            drop(Actor::person(account.clone(), store::accounts::seats(tx, &account, now)?).scope());
            Ok(())
        })
    })?;
    ask("picker: places by name", 50.0, &mut |n| {
        let (desk, words) = (desk.clone(), format!("第{}", n % 90));
        desk.clone().store().read_now(move |tx| {
            drop(pick(&*desk.rulebook(tx, now)?, &words, "", 20));
            Ok(())
        })
    })?;
    ask("who called before: matters of a number", 50.0, &mut |n| {
        let (actor, phone) = (desks[n % desks.len()].clone(), phone(n * 7_919 % args.contacts.max(1)));
        let index = desk.keys().index(&phone);
        desk.store().read_now(move |tx| {
            let ids = store::intake::by_contact(tx, &index, 20)?;
            let _: () = drop(store::matters::by_ids(tx, &actor.scope(), &ids)?);
            Ok(())
        })
    })?;
    for (name, actors) in [("a desk's list, 50 rows", &desks), ("a command room's list, 50 rows", &vec![head.clone()])] {
        ask(name, 50.0, &mut |n| {
            let actor = actors[n % actors.len()].clone();
            desk.store().read_now(move |tx| {
                let _: () = drop(store::matters::rows(tx, &actor.scope(), &store::matters::Filter::default(), 50)?);
                Ok(())
            })
        })?;
    }
    ask("how many a desk may see", 50.0, &mut |n| {
        let actor = desks[n % desks.len()].clone();
        desk.store().read_now(move |tx| {
            let _: store::matters::Total = store::matters::count(tx, &actor.scope(), &store::matters::Filter::default())?;
            Ok(())
        })
    })?;
    let some: Vec<domain::kernel::MatterId> = {
        let head = head.clone();
        desk.store().read_now(move |tx| -> Result<_, Fault> {
            Ok(store::matters::rows(tx, &head.scope(), &store::matters::Filter::default(), 50)?.rows.into_iter().map(|row| row.id).collect())
        })?
    };
    if !some.is_empty() {
        ask("whether one may see a matter (mostly not)", 50.0, &mut |n| {
            let (actor, id) = (desks[n % desks.len()].clone(), some[n * 13 % some.len()].clone());
            desk.store().read_now(move |tx| {
                let _: bool = store::matters::in_scope(tx, &actor.scope(), &id)?;
                Ok(())
            })
        })?;
    }
    ask("scope: a matter list of anybody", 50.0, &mut |n| {
        let account = of(n);
        desk.store().read_now(move |tx| {
            let scope = Actor::person(account.clone(), store::accounts::seats(tx, &account, now)?).scope();
            let _: () = drop(store::matters::rows(tx, &scope, &store::matters::Filter::default(), 50)?);
            Ok(())
        })
    })?;
    ask("units with vacancies, all of them", 50.0, &mut |_| {
        let admin = admin.clone();
        desk.store().read_now(move |tx| {
            let _: () = drop(overview(tx, &admin, now)?);
            Ok(())
        })
    })?;
    ask("one unit", 50.0, &mut |_| {
        let (admin, station) = (admin.clone(), station.clone());
        desk.store().read_now(move |tx| {
            let _: () = drop(unit_page(tx, &admin, &station, now)?);
            Ok(())
        })
    })?;
    ask("an edit looked at, with the whole check", 250.0, &mut |n| {
        let (admin, ask) = (admin.clone(), renamed(&network, n));
        desk.store().read_now(move |tx| {
            let _: () = drop(preview(tx, &admin, std::slice::from_ref(&ask), now, &mut Mint::new(now, [1; 32]))?);
            Ok(())
        })
    })?;
    ask("an edit done, and the rule book read again", 500.0, &mut |n| {
        let (admin, ask) = (admin.clone(), renamed(&network, n + 1));
        desk.write_at(now, move |tx, desk, now, mint| {
            change(tx, desk, &admin, std::slice::from_ref(&ask), None, now, mint)?;
            let _: () = drop(desk.rulebook(tx, now)?);
            Ok(())
        })
    })?;
    Ok(if slow == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Everybody who holds a post of this kind.
fn seated(desk: &Desk, accounts: &[AccountId], kind: PostKind) -> anyhow::Result<Vec<Actor>> {
    let (now, accounts) = (desk.now(), accounts.to_vec());
    Ok(desk.store().read_now(move |tx| -> Result<Vec<Actor>, Fault> {
        let mut found = Vec::new();
        for account in &accounts {
            let actor = Actor::person(account.clone(), store::accounts::seats(tx, account, now)?);
            if actor.holds(kind) {
                found.push(actor);
            }
        }
        Ok(found)
    })?)
}

/// How many reports go into one transaction.
const BATCH: usize = 200;

/// The number of the `n`th reporter.
fn phone(n: usize) -> String {
    format!("139{n:08}")
}

/// Registers a report of each reporter by the ordinary act, over the desks in turn.
fn reporters(desk: &Desk, desks: &[Actor], contacts: usize) -> anyhow::Result<()> {
    if desks.is_empty() && contacts > 0 {
        anyhow::bail!("no desk has a clerk");
    }
    for first in (0..contacts).step_by(BATCH) {
        let (last, actor) = ((first + BATCH).min(contacts), desks[first / BATCH % desks.len()].clone());
        desk.write_at(desk.now(), move |tx, desk, now, mint| {
            for n in first..last {
                let text = |name: &str, value: String| (name.to_owned(), Raw::Text(value));
                let form = RawForm::from([
                    text("said", format!("楼道里堆了沙发和纸箱，安全出口门打不开，请来人看看。第{n}件")),
                    text("spot", format!("{}组{}号", n % 30 + 1, n % 200 + 1)),
                    text("source", "call".to_owned()),
                    text("urgency", "normal".to_owned()),
                    text("contact_name", format!("来电人{n}")),
                    text("contact_phone", phone(n)),
                    text("category", "C-02".to_owned()),
                ]);
                app::intake::register(tx, desk, &actor, form, now, mint)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// The `n`th grid with another name.
fn renamed(network: &Network, n: usize) -> Ask {
    let grids: Vec<&Place> = network.places.iter().filter(|place| place.tier == Tier::Grid).collect();
    let row = grids[n % grids.len()].clone();
    Ask::Place {
        code: row.code.0,
        name: format!("{}改{n}", row.name),
        tier: row.tier,
        parent: row.parent,
        grid: row.grid,
        edition: row.edition,
        valid_from: None,
        valid_to: None,
        predecessor: None,
        police_code: None,
    }
}

/// Streets of 25 villages with four grids each, until there are enough.
fn network(grids: usize) -> Network {
    let mut network = Network::default();
    let place = |code: String, name: String, tier: Tier, parent: Option<String>| Place {
        code: PlaceCode(code),
        name,
        tier,
        parent: parent.map(PlaceCode),
        demo: true,
        edition: "local".to_owned(),
        valid_from: None,
        valid_to: None,
        predecessor: None,
        police_code: None,
        grid: (tier == Tier::Grid).then_some(GridKind::Base),
    };
    network.places.push(place(DISTRICT.into(), "测速区".into(), Tier::District, None));
    let mut left = grids;
    for s in 1..100 {
        if left == 0 {
            break;
        }
        let street = format!("{DISTRICT}{s:03}");
        network.places.push(place(street.clone(), format!("第{s}街道"), Tier::Street, Some(DISTRICT.into())));
        let command = unit(&format!("{street}_command"), &format!("第{s}街道指挥室"), UnitKind::CommandRoom, &street, Tier::Street, None);
        network.posts.extend([PostKind::CommandHead, PostKind::CommandOfficer, PostKind::SystemAdmin].map(|kind| Post::of(&command, kind)));
        for v in 201..226 {
            if left == 0 {
                break;
            }
            let village = format!("{street}{v}");
            network.places.push(place(village.clone(), format!("第{s}街道第{v}村"), Tier::Village, Some(street.clone())));
            let station = unit(&village, &format!("第{s}街道第{v}村综治站"), UnitKind::Station, &village, Tier::Village, Some(command.id.as_str()));
            network.posts.extend(
                [PostKind::StationChief, PostKind::DeskClerk, PostKind::UnitOfficer, PostKind::Mediator, PostKind::GridWorker]
                    .map(|kind| Post::of(&station, kind)),
            );
            for g in 1..=left.min(4) {
                let grid = format!("{village}{g:03}");
                network.places.push(place(grid.clone(), format!("第{v}村第{g}网格"), Tier::Grid, Some(village.clone())));
                for kind in [PostKind::GridLeader, PostKind::GridWorker, PostKind::GridGuide] {
                    let code = PlaceCode(grid.clone());
                    network.posts.push(Post { id: Post::id_in(&code, kind), grid: Some(code), ..Post::of(&station, kind) });
                }
            }
            left -= left.min(4);
            network.units.push(station);
        }
        network.units.push(command);
    }
    network
}

fn unit(code: &str, name: &str, kind: UnitKind, place: &str, tier: Tier, parent: Option<&str>) -> Unit {
    Unit {
        id: format!("unt_{code}").into(),
        code: code.to_owned(),
        name: name.to_owned(),
        kind,
        place: place.into(),
        tier,
        function: None,
        parent: parent.map(Into::into),
        demo: true,
        overlaps: Vec::new(),
        functions: if kind == UnitKind::Station { StationFunction::ALL.to_vec() } else { Vec::new() },
        valid_to: None,
    }
}

/// So many people over the posts in their order.
fn people(network: &Network, n: usize) -> Vec<DemoAccount> {
    let admin = network.posts.iter().filter(|post| post.kind == PostKind::SystemAdmin).take(1);
    let others = network.posts.iter().filter(|post| !matches!(post.kind, PostKind::SystemAdmin)).cycle();
    let holder = |(n, post): (usize, &Post)| DemoAccount { login: format!("bench-{n}"), name: format!("测{n}"), posts: vec![post.id.clone()] };
    admin.chain(others).take(n).enumerate().map(holder).collect()
}
