//! Seeding an empty installation: the network, the rule book's data, the first accounts.

use crate::accounts::hash_password;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::trail::note;
use domain::accounts::Actor;
use domain::dispatch::{Calendar, defaults};
use domain::intake::{Category, category, route::seed_rules};
use domain::kernel::{AccountId, HoldingId, Instant, PostId};
use domain::places::demo::{self, DemoAccount};
use domain::places::{Network, PlaceBook, Posting, shipped};
use domain::trail::{ACCOUNTS, AccountFact, By, PLACES, PlaceFact, RULES};
use store::accounts::{Account, Holding};
use store::db::Tx;
use store::intake::Route;

/// The password of every demonstration account. It is printed with them; a demonstration holds no real data.
pub const DEMO_PASSWORD: &str = "xinjiean-demo";

/// Setting that says what the installation is called.
pub const NAME: &str = "installation.name";
/// Setting that says that this is a demonstration; it can never be taken back.
pub const DEMO: &str = "installation.demo";

/// A setting of the installation.
pub fn setting(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, Fault> {
    Ok(store::places::setting(tx, name)?)
}

/// Whether nothing has been seeded yet.
pub fn is_empty(tx: &mut Tx<'_>) -> Result<bool, Fault> {
    Ok(store::places::setting(tx, NAME)?.is_none())
}

/// Seeds the rule book's data: calendar, policies, categories, routes. Everything here is data that the installation may change.
pub fn rulebook(tx: &mut Tx<'_>) -> Result<(), Fault> {
    let calendar = Calendar::seed();
    store::dispatch::put_calendar(tx, calendar.entries(), calendar.known_years())?;
    store::dispatch::put_policies(tx, &defaults())?;
    let categories: Vec<store::intake::Category> = Category::seed()
        .iter()
        .map(|c| store::intake::Category {
            code: c.code.to_owned(),
            parent: c.parent.map(str::to_owned),
            name: c.zh.to_owned(),
            name_en: c.en.to_owned(),
            family: category::Category::family(c.code).map_or_else(String::new, |family| family.code.to_owned()),
            care: c.care,
            leaf: c.leaf,
        })
        .collect();
    store::intake::put_categories(tx, &categories)?;
    let routes: Vec<Route> = seed_rules()
        .into_iter()
        .map(|r| Route {
            position: r.pos,
            category: r.category,
            place: r.place.unwrap_or_default(),
            level: r.level.unwrap_or_default(),
            lead: r.lead.code().to_owned(),
            assists: r.assists.iter().map(|hint| hint.code()).collect::<Vec<_>>().join(" "),
            note: r.note,
        })
        .collect();
    Ok(store::intake::put_routes(tx, &routes)?)
}

/// Seeds a real installation: its name, its network, one system administrator who must change the password first.
pub fn install(desk: &Desk, name: &str, network: &Network, admin: &DemoAccount, password: &str, now: Instant) -> Result<(), Fault> {
    seed(desk, name, network, std::slice::from_ref(admin), password, now, false)
}

/// Seeds any network with its people, who need not change their password: for measuring.
pub fn lay_out(desk: &Desk, name: &str, network: &Network, people: &[DemoAccount], password: &str, now: Instant) -> Result<(), Fault> {
    seed(desk, name, network, people, password, now, false)
}

/// Seeds the demonstration network with its accounts, in office since `since`.
pub fn demonstration(desk: &Desk, since: Instant) -> Result<(), Fault> {
    seed(desk, "新街街道（演示）", &demo::xinjie(), &demo::accounts(), DEMO_PASSWORD, since, true)
}

/// Seeds the demonstration network with these accounts only: for simulations in which posts are vacant.
pub(crate) fn peopled(desk: &Desk, people: &[DemoAccount], since: Instant) -> Result<(), Fault> {
    seed(desk, "模拟", &demo::xinjie(), people, DEMO_PASSWORD, since, true)
}

fn seed(desk: &Desk, name: &str, network: &Network, people: &[DemoAccount], password: &str, now: Instant, is_demo: bool) -> Result<(), Fault> {
    // One hash for all accounts of a demonstration: their password is printed anyway, and 191 argon2 runs would be the longest part of the start.
    let hash = hash_password(password, &desk.mint(now).bytes())?;
    let (name, network, people) = (name.to_owned(), network.clone(), people.to_vec());
    desk.write_at(now, move |tx, _, now, mint| {
        let head = store::trail::lock(tx, ACCOUNTS)?;
        store::places::put_setting(tx, NAME, &name)?;
        store::places::put_setting(tx, DEMO, if is_demo { "true" } else { "false" })?;
        rulebook(tx)?;
        // The first duty lists are examples like the routes; the street replaces both by its own.
        let mut book = PlaceBook::of(&network, shipped(&network));
        if is_demo {
            demo::furnish(&mut book);
        }
        store::places::put_book(tx, &book)?;
        let guests = if is_demo { demo::postings() } else { Vec::new() };
        let mut extra = if is_demo { demo::grid_holders() } else { Vec::new() };
        extra.extend(guests.iter().map(|guest| (guest.login.to_owned(), guest.post.clone())));
        let mut head = head;
        for person in &people {
            let account = Account {
                id: mint.id(AccountId::PREFIX),
                login: person.login.clone(),
                name: person.name.clone(),
                password: hash.clone(),
                must_change: !is_demo,
                enabled: true,
                demo: is_demo,
                failed: 0,
                locked_until: None,
                created_at: now,
                second_factor: false,
                seen_at: None,
            };
            let mut holdings = Vec::new();
            let more = extra.iter().filter(|(login, _)| *login == person.login).map(|(_, post)| post);
            for post in person.posts.iter().chain(more) {
                holdings.push(Holding { id: mint.id(HoldingId::PREFIX), account: account.id.clone(), post: post.clone(), from_at: now, to_at: None });
            }
            head = open_account(tx, head, &account, &holdings, &Actor::system().by(None), now)?;
            for guest in guests.iter().filter(|guest| guest.login == person.login) {
                let Some(holding) = holdings.iter().find(|holding| holding.post == guest.post) else { continue };
                let row = Posting { holding: holding.id.clone(), home: guest.home.clone(), presence: guest.presence, weekdays: guest.weekdays };
                store::places::put(tx, &PlaceFact::Posting { row })?;
            }
        }
        let places = store::trail::lock(tx, PLACES)?;
        crate::places::lay_out(tx, places, now)?;
        let rules = store::trail::lock(tx, RULES)?;
        crate::rules::lay_out(tx, rules, now)?;
        Ok(())
    })
}

/// Opens an account with its posts, as one entry of the accounts' chain; answers the chain's new head.
pub fn open_account(
    tx: &mut Tx<'_>,
    head: store::trail::Head,
    account: &Account,
    holdings: &[Holding],
    by: &By,
    now: Instant,
) -> Result<store::trail::Head, Fault> {
    store::accounts::put(tx, account)?;
    let mut facts = vec![
        AccountFact::AccountOpened { account: account.id.clone(), login: account.login.clone(), demo: account.demo },
        AccountFact::PasswordSet { account: account.id.clone(), must_change: account.must_change },
    ];
    for holding in holdings {
        store::accounts::put_holding(tx, holding)?;
        facts.push(AccountFact::Held {
            holding: holding.id.clone(),
            account: holding.account.clone(),
            post: holding.post.clone(),
            from_at: holding.from_at,
            to_at: holding.to_at,
        });
    }
    note(tx, &head, now, "open_account", &account.id.0, by, &facts)?;
    Ok(store::trail::lock(tx, ACCOUNTS)?)
}

/// The account that holds a post: for the command line, which acts in somebody's name.
pub fn holder_of(tx: &mut Tx<'_>, post: &PostId, now: Instant) -> Result<Option<Actor>, Fault> {
    let holding = store::accounts::holdings(tx)?.into_iter().find(|h| h.post == *post && domain::accounts::held(h.from_at, h.to_at, now));
    let Some(holding) = holding else { return Ok(None) };
    let seats = store::accounts::seats(tx, &holding.account, now)?;
    Ok(Some(Actor::person(holding.account, seats)))
}
