//! The second factor's arithmetic: time-based one-time passwords (RFC 6238 over RFC 4226; HMAC-SHA-1, six digits, 30 seconds, as every authenticator has it).

use domain::kernel::{Instant, SECOND};
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

/// One step.
const STEP: i64 = 30 * SECOND;
/// A code of the step before or after is taken too: clocks of telephones differ.
const SKEW: i64 = 1;
/// Bytes of a secret: the length of the hash, as RFC 4226 §4 asks.
pub(super) const SECRET: usize = 20;

/// The step that an instant lies in.
pub(super) const fn step(at: Instant) -> i64 {
    at.0.div_euclid(STEP)
}

/// The code of a step.
pub(super) fn code(secret: &[u8], step: i64) -> String {
    let digest: [u8; 20] = match Hmac::<Sha1>::new_from_slice(secret) {
        Ok(mut mac) => {
            mac.update(&step.to_be_bytes());
            mac.finalize().into_bytes().into()
        }
        // HMAC takes keys of any length; a code that nobody can know keeps this total.
        Err(_) => return String::new(),
    };
    let at = usize::from(digest[19] & 0x0f);
    let four = u32::from_be_bytes([digest[at] & 0x7f, digest[at + 1], digest[at + 2], digest[at + 3]]);
    format!("{:06}", four % 1_000_000)
}

/// The step whose code this is, if it is one of those that count now.
pub(super) fn fits(secret: &[u8], said: &str, now: Instant) -> Option<i64> {
    let here = step(now);
    // Every step is looked at, so that time does not say which one it was.
    (here - SKEW..=here + SKEW).fold(None, |found, step| {
        let right = bool::from(code(secret, step).as_bytes().ct_eq(said.as_bytes()));
        if right && !said.is_empty() { Some(step) } else { found }
    })
}

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Base 32 (RFC 4648) without padding, as authenticators read it.
pub(super) fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(char::from(ALPHABET[((bits >> held) & 31) as usize]));
        }
    }
    if held > 0 {
        text.push(char::from(ALPHABET[((bits << (5 - held)) & 31) as usize]));
    }
    text
}

/// Reads base 32.
pub(super) fn unbase32(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0_u32);
    for letter in text.bytes() {
        let five = ALPHABET.iter().position(|known| *known == letter)?;
        bits = (bits << 5) | u32::try_from(five).ok()?;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // RFC 4226, appendix D; RFC 6238, appendix B (the last six of its eight digits).
        let secret = b"12345678901234567890";
        for (step, said) in ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"].iter().enumerate() {
            assert_eq!(code(secret, i64::try_from(step).unwrap()), *said);
        }
        for (seconds, said) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")] {
            assert_eq!(code(secret, step(Instant(seconds * SECOND))), said);
        }
    }

    #[test]
    fn a_code_counts_one_step_early_and_one_late_and_no_more() {
        let (secret, now) = (b"12345678901234567890", Instant(1_795_449_600_000));
        for away in -3..=3 {
            let said = code(secret, step(now) + away);
            assert_eq!(fits(secret, &said, now), (away.abs() <= 1).then_some(step(now) + away), "{away}");
        }
        for said in ["", "12345", "1234567", "abcdef"] {
            assert_eq!(fits(secret, said, now), None);
        }
    }

    #[test]
    fn base_32_is_that_of_the_standard() {
        for (plain, said) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(plain.as_bytes()), said);
            assert_eq!(unbase32(said).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(unbase32("a1"), None);
    }
}
