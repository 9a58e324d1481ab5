//! Intake: what a first sentence is about, how urgent it sounds, where it lies, and who should have it.
//!
//! Everything here *proposes* with its reasons and a stated certainty; a person disposes (`product.md`, “Rules that hold everywhere”). The tree of
//! categories, the words, the gates and the routes are data in this folder (`*.tsv`), so that an office can read them, argue with them and replace
//! them. The functions are pure: the same sentence gives the same answer on every machine. Nothing here may load a matter, a unit or a place; what it
//! needs of those is handed in.

pub mod address;
pub mod category;
pub mod gates;
pub mod phrases;
pub mod route;
pub mod signs;
pub mod spoken;
pub mod words;

pub use address::{NamedPlace, find_place};
pub use category::{Category, Derived};
pub use gates::{Gate, Peril, codes_of, danger_words, gates};
pub use route::{Finding, Reached, RouteRule, Routed, UnitHint, fitting, route};
pub use spoken::{Spoken, category_marks, danger_marks, spoken};
pub use words::{Guess, Reading, classify};
