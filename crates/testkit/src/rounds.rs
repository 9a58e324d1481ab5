//! How long the seeded tests go on, and from where.

/// How many rounds a seeded test makes: `usual`, or what `ROUNDS` says.
#[must_use]
pub fn rounds(usual: u64) -> u64 {
    number("ROUNDS").unwrap_or(usual)
}

/// The first seed of a seeded test: `SEED` repeats one that failed.
#[must_use]
pub fn first_seed(usual: u64) -> u64 {
    number("SEED").unwrap_or(usual)
}

#[expect(clippy::disallowed_methods, reason = "tests may ask the machine")]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs `test` with each seed and says which one failed.
pub fn with_seeds(usual_rounds: u64, usual_first: u64, mut test: impl FnMut(u64)) {
    let first = first_seed(usual_first);
    for seed in first..first + rounds(usual_rounds) {
        let told = Told(seed);
        test(seed);
        std::mem::forget(told);
    }
}

/// Says the seed when a panic passes by.
struct Told(u64);

impl Drop for Told {
    fn drop(&mut self) {
        eprintln!("failed with SEED={} (again: SEED={} ROUNDS=1)", self.0, self.0);
    }
}

/// Chance that comes in as a number, for choices among what is possible.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall the same for the same seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}
