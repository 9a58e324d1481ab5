//! When: the windows in time that are looked at.

/// Half-open: from interval `start` until before interval `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Window {
    /// The first interval.
    pub start: u32,
    /// The interval behind the last.
    pub end: u32,
}

impl Window {
    /// Whether two windows have an interval in common.
    #[must_use]
    pub const fn meets(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Which windows a scan looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// The whole period as one: purely spatial.
    Whole,
    /// Every window of `least..=most` intervals.
    Any {
        /// The shortest, in intervals.
        least: u32,
        /// The longest, in intervals.
        most: u32,
        /// Whether a cluster of the last interval alone is reported. SaTScan looks at it in a retrospective scan, and lets it stand in the way of others, but does
        /// not report it.
        last_alone: bool,
    },
    /// Those of `least..=most` intervals that reach the end of the period: what is going on now.
    Alive {
        /// The shortest, in intervals.
        least: u32,
        /// The longest, in intervals.
        most: u32,
    },
}

impl Timing {
    /// Whether a cluster in this window is reported.
    #[must_use]
    pub const fn reports(self, window: &Window, intervals: u32) -> bool {
        match self {
            Self::Any { last_alone, .. } => last_alone || window.start + 1 < intervals || intervals == 1,
            Self::Whole | Self::Alive { .. } => true,
        }
    }

    /// The windows over `intervals` intervals, by length, then by start: windows of one length follow each other.
    #[must_use]
    pub fn windows(self, intervals: u32) -> Vec<Window> {
        let lengths = |least: u32, most: u32| least.max(1)..=most.min(intervals);
        match self {
            Self::Whole => vec![Window { start: 0, end: intervals }],
            Self::Alive { least, most } => lengths(least, most).map(|length| Window { start: intervals - length, end: intervals }).collect(),
            Self::Any { least, most, .. } => {
                lengths(least, most).flat_map(|length| (0..=intervals - length).map(move |start| Window { start, end: start + length })).collect()
            }
        }
    }
}
