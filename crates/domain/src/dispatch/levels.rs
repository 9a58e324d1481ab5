//! How urgent a matter is and how heavy: two fields, never mixed.

use crate::kernel::coded;

coded! {
    /// How soon somebody must move. A field of the matter, not a flag.
    Urgency {
        /// Danger to life or a crowd: 110, 119 and 120 first.
        Extreme = "extreme", "特急", "extreme";
        /// Today.
        Urgent = "urgent", "紧急", "urgent";
        /// Everything else.
        Normal = "normal", "普通", "normal";
    }
}

coded! {
    /// How heavy the matter is; a dispute's grade is this level, there is no second field.
    Level {
        /// Answered or helped on the spot, in the same shift.
        Instant = "instant", "即时", "instant";
        /// One unit, clear facts, no danger.
        Simple = "simple", "简单", "simple";
        /// Two sides; needs mediation or a department.
        Ordinary = "ordinary", "一般", "ordinary";
        /// Three units, five people or 50,000 yuan and more, or a middle risk.
        Complex = "complex", "复杂", "complex";
        /// With a history, a group or a high risk; a leader takes it.
        Hard = "hard", "疑难", "hard";
    }
}
