//! What the machine thinks while the desk listens: danger, category, place, unit, what may be the same, who came before. Proposals with reasons; nothing is chosen.

use crate::desk::Desk;
use crate::fault::Fault;
use crate::intake::senses;
use crate::rulebook::Rulebook;
use domain::accounts::Actor;
use domain::intake::{Gate, NamedPlace, Reached, RouteRule, UnitHint, classify, find_place, fitting, gates};
use domain::kernel::{DAY, Instant, PlaceCode, UnitId};
use domain::matters::Care;
use domain::places::{Tier, UnitKind};
use store::db::Tx;
use store::matters::{Filter, Row, Sort};

/// Beyond so many characters a text is a letter.
const LETTER: usize = 80;

/// A category that may be meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// How certain, 0 to 1.
    pub certainty: f64,
    /// The words that speak for it.
    pub because: String,
}

/// A unit that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likely {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// The rule that says so; none if no rule fits.
    pub rule: Option<i64>,
    /// Why.
    pub because: String,
}

/// A matter that may be the same, or of the same caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Similar {
    /// The matter, as lists show it.
    pub row: Row,
    /// Why.
    pub because: String,
}

/// What is suggested.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggested {
    /// The gate that answers, if one does.
    pub gate: Option<Gate>,
    /// Categories, the most certain first, at most three.
    pub categories: Vec<Guess>,
    /// The place, to the grid if it was named.
    pub grid: Option<(PlaceCode, String)>,
    /// The home station.
    pub home: Option<(UnitId, String)>,
    /// Units.
    pub units: Vec<Likely>,
    /// Matters that may be the same.
    pub similar: Vec<Similar>,
    /// Matters of the same telephone number.
    pub before: Vec<Similar>,
}

/// Reads what was said so far.
pub fn suggest(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, said: &str, spot: &str, phone: &str, now: Instant) -> Result<Suggested, Fault> {
    let book = desk.rulebook(tx, now)?;
    let gate = gates(said, senses::peril(said));
    // Sentences are for the engine that learnt from sentences; letters for the words that were written for letters.
    let guesses = if said.chars().count() <= LETTER { senses::categories(said, 3) } else { classify("", said, None).guesses };
    let place = place_of(&book, actor, &format!("{spot}\n{said}"));
    let at = actor.seats().first().map(|seat| seat.unit.clone());
    let home = place.as_ref().and_then(|place| book.network.home(place)).map(|unit| unit.id.clone()).or(at);
    let category = gate.as_ref().filter(|gate| gate.n <= 3).map(|gate| gate.code).or_else(|| guesses.first().map(|guess| guess.code));
    let units = category.map(|code| units(&book, code, place.as_ref(), home.as_ref())).unwrap_or_default();
    Ok(Suggested {
        categories: categories(&book, gate.as_ref(), &guesses),
        gate,
        grid: place.map(|code| {
            let name = book.network.place(&code).map_or_else(String::new, |place| place.name.clone());
            (code, name)
        }),
        home: home.map(|id| {
            let name = book.unit_name(&id);
            (id, name)
        }),
        units,
        similar: similar(tx, actor, said, spot, now)?,
        before: before(tx, desk, actor, phone)?,
    })
}

/// At most three categories: that of a danger first, then those that were heard.
fn categories(book: &Rulebook, gate: Option<&Gate>, guesses: &[domain::intake::Guess]) -> Vec<Guess> {
    let known = |code: &str| book.category_facts.get(code).is_some_and(|facts| facts.leaf);
    let first = gate.filter(|gate| gate.is_danger() && known(gate.code)).map(|gate| {
        let certainty = guesses.iter().find(|guess| guess.code == gate.code).map_or(0.0, |guess| guess.certainty);
        Guess { code: gate.code.to_owned(), name: book.category_name(gate.code), certainty, because: gate.because.join("、") }
    });
    let words = guesses.iter().map(|guess| Guess {
        code: guess.code.to_owned(),
        name: book.category_name(guess.code),
        certainty: guess.certainty,
        because: guess.because.join("、"),
    });
    let mut all: Vec<Guess> = Vec::new();
    for guess in first.into_iter().chain(words) {
        if all.len() < 3 && !all.iter().any(|known| known.code == guess.code) {
            all.push(guess);
        }
    }
    all
}

/// The place that a text speaks of, among those of the actor's street (or district).
fn place_of(book: &Rulebook, actor: &Actor, text: &str) -> Option<PlaceCode> {
    let near: Vec<&str> = actor.seats().iter().filter_map(|seat| seat.place.0.get(..9).or(Some(seat.place.as_str()))).collect();
    let named: Vec<NamedPlace> = book
        .network
        .places
        .iter()
        .filter(|place| {
            place.open(book.network.on) && place.tier != Tier::District && place.tier != Tier::Street && near.iter().any(|code| place.code.0.starts_with(code))
        })
        .map(|place| NamedPlace { code: place.code.0.clone(), name: place.name.clone(), aliases: aliases(&place.name) })
        .collect();
    find_place(text, &named).map(PlaceCode)
}

/// Names people use: without 村, 社区, 村委会.
pub(crate) fn aliases(name: &str) -> Vec<String> {
    ["村", "社区", "片区"].iter().filter_map(|tail| name.strip_suffix(tail)).filter(|short| short.chars().count() >= 2).map(str::to_owned).collect()
}

/// The routing rules as the rules want them; a row whose codes are not known is left out (the lint names it).
pub(crate) fn rules(book: &Rulebook) -> Vec<RouteRule> {
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    book.routes
        .iter()
        .filter_map(|row| {
            Some(RouteRule {
                pos: row.position,
                category: row.category.clone(),
                place: given(&row.place),
                level: given(&row.level),
                lead: row.lead.parse().ok()?,
                assists: row.assists.split(' ').filter_map(|code| code.parse().ok()).collect(),
                note: row.note.clone(),
            })
        })
        .collect()
}

/// The unit that a function means here; the command room for what is outside.
pub(crate) fn unit_of(book: &Rulebook, hint: UnitHint, place: Option<&PlaceCode>, home: Option<&UnitId>) -> Option<UnitId> {
    let home_place = home.and_then(|id| book.network.unit(id)).map(|unit| unit.place.clone());
    let near = place.or(home_place.as_ref());
    let command = || near.and_then(|place| book.network.command_room(place)).map(|unit| unit.id.clone());
    match hint.reached() {
        Reached::Home => home.cloned(),
        Reached::Command | Reached::Outside => command(),
        Reached::Unit(function) => {
            let unit = near.and_then(|place| book.network.for_function(function, place))?;
            if unit.kind == UnitKind::External { command() } else { Some(unit.id.clone()) }
        }
    }
}

fn units(book: &Rulebook, category: &str, place: Option<&PlaceCode>, home: Option<&UnitId>) -> Vec<Likely> {
    let rules = rules(book);
    let mut likely: Vec<Likely> = Vec::new();
    for routed in fitting(&rules, Some(category), place.map(PlaceCode::as_str), None) {
        let Some(unit) = unit_of(book, routed.lead, place, home) else { continue };
        if likely.len() < 3 && !likely.iter().any(|known| known.unit == unit) {
            // The lint names it to who keeps the rules; who is shown the proposal should know it too.
            let answers = book.duties.get(&unit).is_some_and(|list| domain::places::answers(list, category, domain::places::DutyRole::Lead));
            let because = if answers || routed.lead.reached() == Reached::Command {
                routed.because
            } else {
                format!("{}（该单位的职责清单没有这一类）", routed.because)
            };
            likely.push(Likely { name: book.unit_name(&unit), unit, rule: routed.rule, because });
        }
    }
    likely
}

/// Open matters of the last 90 days in which the place's words occur; confidential and protected ones are never shown as similar (`domain.md` §10.8).
fn similar(tx: &mut Tx<'_>, actor: &Actor, said: &str, spot: &str, now: Instant) -> Result<Vec<Similar>, Fault> {
    let words = |text: &str| -> String { text.chars().filter(|c| insight::text::is_han(*c) || c.is_alphanumeric()).collect() };
    let spot: String = words(spot);
    if spot.chars().count() < 3 {
        return Ok(Vec::new());
    }
    let phrases = phrases(&spot);
    let Some(search) = store::search::Ask::new(tx, phrases) else { return Ok(Vec::new()) };
    let filter = Filter { search: Some(search), from: Some(now.plus(-90 * DAY)), sort: Sort::Received, ..Filter::default() };
    let rows = store::matters::rows(tx, &actor.scope(), &filter, 20)?.rows;
    let said = words(said);
    let shared = |title: &str| -> usize {
        let title: Vec<char> = words(title).chars().collect();
        title.windows(2).filter(|pair| said.contains(&pair.iter().collect::<String>())).count()
    };
    let mut found: Vec<(usize, Row)> = rows.into_iter().filter(|row| row.care == Care::Open).map(|row| (shared(&row.title), row)).collect();
    found.sort_by_key(|(shared, _)| std::cmp::Reverse(*shared));
    Ok(found
        .into_iter()
        .take(5)
        .map(|(n, row)| Similar {
            because: if n > 0 { "同一地点，说法相近".to_owned() } else { "同一地点".to_owned() }, row: crate::matters::masked_row(row)
        })
        .collect())
}

fn before(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, phone: &str) -> Result<Vec<Similar>, Fault> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < 7 {
        return Ok(Vec::new());
    }
    let ids = store::intake::by_contact(tx, &desk.keys().index(&digits), 20)?;
    let mut found = Vec::new();
    for row in store::matters::by_ids(tx, &actor.scope(), &ids)? {
        if row.care == Care::Open && found.len() < 5 {
            found.push(Similar { row: crate::matters::masked_row(row), because: "同一电话".to_owned() });
        }
    }
    Ok(found)
}

/// The phrases of a query for the store.
#[must_use]
pub fn phrases(text: &str) -> Vec<store::search::Phrase> {
    insight::text::query(text).into_iter().map(|phrase| store::search::Phrase { tokens: phrase.tokens, prefix: phrase.prefix }).collect()
}
