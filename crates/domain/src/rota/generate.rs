//! Generating a rota: who comes to which slot, by the rest rules, fair in nights and free days, and the same for the same input.
//!
//! Slots are filled in order of time by whoever fits and has had the fewest of that kind. Where nobody fits, the slots just before are laid out again by trying; where
//! that fails too the slot stays empty and is shown as a gap. In the end nights and free days are evened out by giving and exchanging.

use super::pattern::Slot;
use super::rules::{Rest, Spell, breaks};
use crate::kernel::{AccountId, Instant};

/// Somebody who can be put on the rota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub account: AccountId,
    /// What the person does besides: the rota before, other duties.
    pub busy: Vec<Spell>,
    /// When the person is away.
    pub away: Vec<(Instant, Instant)>,
}

/// How many slots are laid out again when nobody fits, and how many tries that may take.
const BACK: usize = 12;
const TRIES: usize = 3_000;
/// Rounds of evening out; each moves one slot.
const EVENING: usize = 400;

/// Fills `seats` places of each slot from the people in their order. The answer has a row for each slot; an empty place is a gap.
#[must_use]
pub fn generate(slots: &[Slot], seats: usize, people: &[Candidate], rest: &Rest) -> Vec<Vec<Option<AccountId>>> {
    let places: Vec<Slot> = slots.iter().flat_map(|slot| std::iter::repeat_n(*slot, seats)).collect();
    let mut board = Board { places: &places, people, rest, chosen: vec![None; places.len()], own: people.iter().map(|p| p.busy.clone()).collect() };
    for at in 0..places.len() {
        if board.fill(at) {
            continue;
        }
        board.again(at);
    }
    for measure in [Measure::Nights, Measure::Off] {
        board.even_out(measure);
    }
    board.chosen.chunks(seats.max(1)).map(|row| row.iter().map(|who| who.map(|who| people[who].account.clone())).collect()).collect()
}

/// What is to be fair.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Measure {
    Nights,
    Off,
}

impl Measure {
    const fn counts(self, slot: &Slot) -> bool {
        match self {
            Self::Nights => slot.kind.is_night(),
            Self::Off => slot.off,
        }
    }
}

const fn spell(slot: &Slot) -> Spell {
    Spell { kind: slot.kind, from_at: slot.from_at, to_at: slot.to_at }
}

/// The plan while it is made.
struct Board<'a> {
    places: &'a [Slot],
    people: &'a [Candidate],
    rest: &'a Rest,
    chosen: Vec<Option<usize>>,
    /// What each person does, the given spells first.
    own: Vec<Vec<Spell>>,
}

impl Board<'_> {
    fn fits(&self, who: usize, at: usize) -> bool {
        breaks(&self.own[who], &self.people[who].away, &spell(&self.places[at]), self.rest).is_none()
    }

    fn put(&mut self, at: usize, who: usize) {
        self.chosen[at] = Some(who);
        self.own[who].push(spell(&self.places[at]));
    }

    fn take(&mut self, at: usize) -> Option<usize> {
        let who = self.chosen[at].take()?;
        let gone = spell(&self.places[at]);
        if let Some(i) = self.own[who].iter().rposition(|spell| *spell == gone) {
            self.own[who].remove(i);
        }
        Some(who)
    }

    fn count(&self, who: usize, measure: Measure) -> usize {
        self.chosen.iter().zip(self.places).filter(|(chosen, slot)| **chosen == Some(who) && measure.counts(slot)).count()
    }

    /// Who could take a place, the fairest first.
    fn order(&self, at: usize) -> Vec<usize> {
        let slot = &self.places[at];
        let mut fit: Vec<(usize, usize, i64, Option<Instant>, usize)> = (0..self.people.len())
            .filter(|who| self.fits(*who, at))
            .map(|who| {
                let of_kind = |measure: Measure| if measure.counts(slot) { self.count(who, measure) } else { 0 };
                let hours = self.chosen.iter().zip(self.places).filter(|(c, _)| **c == Some(who)).map(|(_, slot)| slot.to_at.since(slot.from_at)).sum();
                let last = self.own[who].iter().map(|spell| spell.to_at).max();
                (of_kind(Measure::Nights), of_kind(Measure::Off), hours, last, who)
            })
            .collect();
        fit.sort_unstable();
        fit.into_iter().map(|(.., who)| who).collect()
    }

    fn fill(&mut self, at: usize) -> bool {
        match self.order(at).first() {
            Some(who) => {
                self.put(at, *who);
                true
            }
            None => false,
        }
    }

    /// Lays out the places before `at` again so that `at` can be filled too; the nearest few first. What cannot be helped is left as it was.
    fn again(&mut self, at: usize) {
        for back in [3, 6, BACK] {
            let from = at.saturating_sub(back);
            let before: Vec<Option<usize>> = (from..at).map(|i| self.take(i)).collect();
            let mut tries = TRIES;
            // A place that was a gap before may stay one; `at` itself may not.
            if self.search(from, at, &before, from, &mut tries) {
                return;
            }
            for (i, who) in (from..at).zip(before) {
                if let Some(who) = who {
                    self.put(i, who);
                }
            }
        }
    }

    fn search(&mut self, i: usize, last: usize, before: &[Option<usize>], from: usize, tries: &mut usize) -> bool {
        if i > last {
            return true;
        }
        for who in self.order(i) {
            if *tries == 0 {
                return false;
            }
            *tries -= 1;
            self.put(i, who);
            if self.search(i + 1, last, before, from, tries) {
                return true;
            }
            self.take(i);
        }
        before.get(i - from).is_some_and(Option::is_none) && self.search(i + 1, last, before, from, tries)
    }

    /// Moves places from who has most to who has least of a measure, while that brings them nearer.
    fn even_out(&mut self, measure: Measure) {
        for _ in 0..EVENING {
            let mut ranks: Vec<(usize, usize)> = (0..self.people.len()).map(|who| (self.count(who, measure), who)).collect();
            ranks.sort_unstable();
            let moved = ranks.iter().rev().any(|(most, high)| ranks.iter().any(|(least, low)| least + 1 < *most && self.shift_one(*high, *low, measure)));
            if !moved {
                return;
            }
        }
    }

    /// One place of the measure goes from `high` to `low`: given, or exchanged for one that does not count (and counts alike by the other measure).
    fn shift_one(&mut self, high: usize, low: usize, measure: Measure) -> bool {
        let of = |chosen: &[Option<usize>], who: usize| chosen.iter().enumerate().filter(|(_, c)| **c == Some(who)).map(|(i, _)| i).collect::<Vec<_>>();
        let gives: Vec<usize> = of(&self.chosen, high).into_iter().filter(|i| measure.counts(&self.places[*i])).collect();
        let alike = |a: &Slot, b: &Slot| measure == Measure::Nights || a.kind.is_night() == b.kind.is_night();
        for give in gives {
            self.take(give);
            let others: Vec<usize> = of(&self.chosen, low).into_iter().filter(|i| !measure.counts(&self.places[*i])).collect();
            for take in others.into_iter().filter(|take| alike(&self.places[give], &self.places[*take])) {
                self.take(take);
                if self.fits(low, give) {
                    self.put(give, low);
                    if self.fits(high, take) {
                        self.put(take, high);
                        return true;
                    }
                    self.take(give);
                }
                self.put(take, low);
            }
            if measure == Measure::Nights && self.fits(low, give) {
                self.put(give, low);
                return true;
            }
            self.put(give, high);
        }
        false
    }
}
