//! Counts over weeks and days: which are beyond what is usual, and what is to be expected.
//!
//! [`Farrington`] for series with years of history, [`Ears`] for those without, [`pair()`] beside them for what comes in more than one week, [`discovery_rates`]
//! where many series are looked at, [`Shape`] for forecasts with trend, season, weekday and holidays. Pure and without chance: the same counts give the same
//! result on any number of threads. May not read a file or a clock, or know a calendar: times are numbers, and the caller says which days are free.

pub mod chance;
mod ears;
mod farrington;
mod many;
mod oneway;
pub mod pair;
mod regress;

pub use ears::{Back, Bound, Ears};
pub use farrington::{Farrington, Judged, Settings, Threshold};
pub use many::{discovery_rates, each};
pub use pair::{Pair, pair};
pub use regress::{Fitted, Period, Predicted, Season, Shape, Spread};
