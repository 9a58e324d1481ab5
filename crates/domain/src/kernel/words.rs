//! Words: free text and personal data, kept apart from the event that speaks of them.
//!
//! An event holds only the *commitment* `SHA-256("words" ‖ salt ‖ text)`. The text and its salt stand in one row of their own, with the reason
//! why they may be kept and for how long; erasing that row leaves every event and the chain valid (`architecture.md` §4.4, 个人信息保护法 art. 47).

use super::{WordsId, coded};
use sha2::{Digest, Sha256};

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).map(char::from).collect()
}

/// A salted commitment to a text: 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Commit(pub String);

impl Commit {
    /// Commits to `text` under `salt`. The lengths are hashed too, so that no two pairs read alike.
    #[must_use]
    pub fn of(salt: &str, text: &str) -> Self {
        let mut hash = Sha256::new();
        for part in ["words", salt, text] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        Self(hex(&hash.finalize()))
    }
}

coded! {
    /// Whose data a text holds, and so how carefully it is kept.
    PersonalData {
        /// Facts about things, no person.
        None = "none", "非个人信息", "no personal data";
        /// Free words that may name people.
        Free = "free", "自由文本", "free text";
        /// A name.
        Name = "name", "姓名", "name";
        /// A telephone number; sealed at rest.
        Phone = "phone", "电话", "telephone number";
        /// An identity number; sealed at rest.
        Identity = "identity", "证件号码", "identity number";
    }
}

coded! {
    /// How long a text is kept (`domain.md` §7.10; the spans are the installation's, these are the classes).
    Retention {
        /// A matter's own words: ten years after archiving unless the archive authority says otherwise.
        Matter = "matter", "事项档案", "file of a matter";
        /// How to reach a person: as long as the matter is open and may be reopened.
        Contact = "contact", "联系方式", "contact";
        /// Working notes.
        Working = "working", "工作记录", "working record";
    }
}

/// A text with its salt: what a use-case hands to the store beside the events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Its id, which the state rows point to.
    pub id: WordsId,
    /// 32 hexadecimal digits.
    pub salt: String,
    /// The text itself (NFC).
    pub text: String,
    /// Whose data it holds.
    pub personal: PersonalData,
    /// How long it is kept.
    pub retention: Retention,
}

impl Words {
    /// The commitment that the event holds.
    #[must_use]
    pub fn commit(&self) -> Commit {
        Commit::of(&self.salt, &self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_hides_and_binds() {
        let one = Commit::of("aa", "房东不退押金");
        assert_eq!(one.0.len(), 64);
        assert_ne!(one, Commit::of("ab", "房东不退押金"));
        assert_ne!(Commit::of("a", "ab"), Commit::of("aa", "b"));
    }
}
