//! The mint: ids and salts out of an instant and a seed, so that a use-case that is run again makes the same ones.

use super::Instant;
use sha2::{Digest, Sha256};

/// Makes ids, salts and codes for one command.
///
/// Output is `SHA-256(seed ‖ counter)`; the seed (32 bytes from the operating system) comes in with the command.
/// A use-case may run twice (the database asked for it again): it begins with a clone of the same mint and makes the same values.
#[derive(Debug, Clone)]
pub struct Mint {
    at: Instant,
    seed: [u8; 32],
    count: u64,
}

impl Mint {
    /// A mint for one command at `at`.
    #[must_use]
    pub const fn new(at: Instant, seed: [u8; 32]) -> Self {
        Self { at, seed, count: 0 }
    }

    /// The next 32 pseudo-random bytes.
    pub fn bytes(&mut self) -> [u8; 32] {
        self.count += 1;
        Sha256::new().chain_update(self.seed).chain_update(self.count.to_be_bytes()).finalize().into()
    }

    /// A mint of its own for one part of a bulk command.
    #[must_use]
    pub fn branch(&mut self, at: Instant) -> Self {
        Self::new(at, self.bytes())
    }

    /// A new id: prefix and ULID (48 bits of milliseconds, 80 random bits, Crockford base 32).
    pub fn id<I: From<String>>(&mut self, prefix: &str) -> I {
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let bytes = self.bytes();
        let mut value = u128::from(self.at.0.unsigned_abs() & 0xffff_ffff_ffff) << 80;
        for (i, byte) in bytes.iter().take(10).enumerate() {
            value |= u128::from(*byte) << (8 * (9 - i));
        }
        let mut text = String::with_capacity(prefix.len() + 26);
        text.push_str(prefix);
        for i in (0..26).rev() {
            let five = usize::try_from((value >> (5 * i)) & 31).unwrap_or(0);
            text.push(char::from(ALPHABET[five]));
        }
        I::from(text)
    }

    /// A 16-byte salt in hexadecimal.
    pub fn salt(&mut self) -> String {
        super::words::hex(&self.bytes()[..16])
    }

    /// A receipt code of `len` characters without those that are misread aloud (0/O, 1/I/L, U/V, 2/Z).
    pub fn code(&mut self, len: usize) -> String {
        const CLEAR: &[u8; 24] = b"3456789ABCDEFGHJKMNPQRTW";
        let mut text = String::with_capacity(len);
        while text.len() < len {
            for byte in self.bytes() {
                // 240 = 10 · 24: bytes above it would favour the first codes.
                if byte < 240 && text.len() < len {
                    text.push(char::from(CLEAR[usize::from(byte) % 24]));
                }
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::MatterId;

    #[test]
    fn the_same_seed_makes_the_same_ids_in_order_of_time() {
        let mint = Mint::new(Instant(1_795_449_600_000), [7; 32]);
        let a: MatterId = mint.clone().id(MatterId::PREFIX);
        let b: MatterId = mint.clone().id(MatterId::PREFIX);
        assert_eq!(a, b);
        let later: MatterId = Mint::new(Instant(1_795_449_600_001), [0; 32]).id(MatterId::PREFIX);
        assert!(a < later, "{a} {later}");
        assert_eq!(a.as_str().len(), 30);
    }
}
