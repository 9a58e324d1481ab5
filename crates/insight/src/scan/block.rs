//! How a centre's list of places is cut into blocks that are judged at once.
//!
//! While a circle grows, its cases and the cases that it needs both grow. So what the largest circle of a block holds is held against what the smallest needs:
//! if that is too little in every window, no circle of the block beats the level, and none has to be looked at. A cut costs one comparison; a block in which
//! the circle grows much is let through too often. Wherever the cuts are, the result is the same.

use super::chance::Slots;

/// How much a circle's weight may grow within a block at most.
const GROWTH: f64 = 0.25;
/// And how much in standard deviations of the cases in its longest window: what has to be reached lies some four of them above what is expected.
const DEVIATIONS: f64 = 1.2;
/// The most rows in a block.
const ROWS: u32 = 16;

/// Consecutive places of a centre's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    /// Its first place in [`super::Zones::near`].
    pub(super) from: u32,
    /// Behind its last.
    pub(super) to: u32,
}

/// Cuts a list that begins at `from` in [`super::Zones::near`]. `weight` is that of a place over the whole period, `most` what a block may hold of it,
/// `share` the cases expected in the longest window for each unit of it.
pub(super) fn cut(list: &[u32], from: u32, weight: &[f64], share: f64, most: f64, slots: &Slots, blocks: &mut Vec<Block>) {
    let mut begin = 0;
    let mut smallest = 0.0;
    let mut sum = 0.0;
    let mut inside = 0.0;
    let mut rows = 0;
    for (at, place) in list.iter().enumerate() {
        let more = weight[*place as usize];
        let more_rows = slots.of(*place).len() as u32;
        if at > begin && (sum + more > smallest * (1.0 + GROWTH.min(DEVIATIONS / (smallest * share).sqrt())) || rows + more_rows > ROWS || inside + more > most)
        {
            blocks.push(Block { from: from + begin as u32, to: from + at as u32 });
            begin = at;
        }
        if at == begin {
            (smallest, inside, rows) = (sum + more, 0.0, 0);
        }
        sum += more;
        inside += more;
        rows += more_rows;
    }
    if begin < list.len() {
        blocks.push(Block { from: from + begin as u32, to: from + list.len() as u32 });
    }
}
