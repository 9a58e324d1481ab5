//! Checkpoints: where every chain stood at an hour, as one small text that can be signed and kept elsewhere.
//!
//! A tail that is cut off leaves a valid shorter chain; only a checkpoint that was written before shows that it was longer. The text has a Merkle root over the
//! heads, so that the proof of one chain is small and shows no other's. Signing is the shell's work (it holds the key).

use crate::kernel::{Instant, hex};
use sha2::{Digest, Sha256};

/// Where every chain stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// When it was taken.
    pub at: Instant,
    /// Chain, number and hash of its last entry, in order of chain.
    pub heads: Vec<(String, i64, String)>,
}

impl Checkpoint {
    /// The text that is signed: one line each, no room for two readings.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("xinjiean checkpoint 1\nat {}\nroot {}\n", self.at.0, merkle(&self.leaves()));
        for (chain, seq, hash) in &self.heads {
            text.push_str(&format!("head {chain} {seq} {hash}\n"));
        }
        text
    }

    /// Reads such a text; `None` if it is not one, or its root is not that of its heads.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()? != "xinjiean checkpoint 1" {
            return None;
        }
        let at = Instant(lines.next()?.strip_prefix("at ")?.parse().ok()?);
        let root = lines.next()?.strip_prefix("root ")?;
        let mut heads = Vec::new();
        for line in lines {
            let mut parts = line.strip_prefix("head ")?.split(' ');
            heads.push((parts.next()?.to_owned(), parts.next()?.parse().ok()?, parts.next()?.to_owned()));
        }
        let checkpoint = Self { at, heads };
        (merkle(&checkpoint.leaves()) == root && checkpoint.text() == text).then_some(checkpoint)
    }

    fn leaves(&self) -> Vec<String> {
        self.heads.iter().map(|(chain, seq, hash)| format!("{chain} {seq} {hash}")).collect()
    }
}

/// The Merkle root over leaves, with the domain separation of RFC 6962 §2.1 (0x00 before a leaf, 0x01 before a pair); the hash of nothing for no leaves.
#[must_use]
pub fn merkle(leaves: &[String]) -> String {
    fn root(leaves: &[String]) -> [u8; 32] {
        match leaves {
            [] => Sha256::digest([]).into(),
            [leaf] => Sha256::new().chain_update([0]).chain_update(leaf).finalize().into(),
            many => {
                // The largest power of two smaller than the number of leaves.
                let split = many.len().next_power_of_two() / 2;
                Sha256::new().chain_update([1]).chain_update(root(&many[..split])).chain_update(root(&many[split..])).finalize().into()
            }
        }
    }
    hex(&root(leaves))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_reads_back_and_a_changed_one_does_not() {
        let point = Checkpoint { at: Instant(5), heads: vec![("a".into(), 3, "ff".into()), ("b".into(), 1, "00".into()), ("c".into(), 2, "11".into())] };
        let text = point.text();
        assert_eq!(Checkpoint::read(&text), Some(point));
        assert_eq!(Checkpoint::read(&text.replace("head a 3", "head a 2")), None);
    }
}
