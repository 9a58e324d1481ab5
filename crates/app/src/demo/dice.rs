//! Chance out of a seed: the same dice fall the same way.

use domain::kernel::{Instant, Mint};

/// Dice.
#[derive(Debug, Clone)]
pub(crate) struct Dice(Mint);

impl Dice {
    pub(crate) const fn new(secret: [u8; 32]) -> Self {
        Self(Mint::new(Instant(0), secret))
    }

    /// Dice of its own for one part, so that what one part throws does not change another's.
    pub(crate) fn branch(&mut self) -> Self {
        Self(self.0.branch(Instant(0)))
    }

    /// `0..n`; 0 for 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        let bytes = self.0.bytes();
        let drawn = bytes.iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        // The bias of a remainder over 2⁶⁴ is nothing that a demonstration could show.
        usize::try_from(drawn % (n.max(1) as u64)).unwrap_or(0)
    }

    /// `from..=to`.
    pub(crate) fn between(&mut self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.below(usize::try_from(to - from + 1).unwrap_or(1))).unwrap_or(0)
    }

    /// True so many times in a hundred.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let at = self.below(items.len());
        items.get(at)
    }

    /// An index, the first ones more often: some people call often, most once.
    pub(crate) fn skewed(&mut self, n: usize) -> usize {
        self.below(n).min(self.below(n))
    }

    /// An index by weights.
    pub(crate) fn weighted(&mut self, weights: impl Iterator<Item = usize> + Clone) -> usize {
        let mut left = self.below(weights.clone().sum());
        for (at, weight) in weights.enumerate() {
            if left < weight {
                return at;
            }
            left -= weight;
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_kept() {
        let mut dice = Dice::new([3; 32]);
        let mut fell = [0; 3];
        (0..1000).for_each(|_| fell[dice.weighted([1, 0, 3].into_iter())] += 1);
        assert!(fell[0] > 200 && fell[1] == 0 && fell[2] > 700, "{fell:?}");
        assert!((0..100).all(|_| (2..=4).contains(&dice.between(2, 4))));
    }
}
