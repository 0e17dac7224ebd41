//! The demonstration ministry: real units, a catalogue, templates, plans, accounts, and six and a
//! half years of figures that agree with what was published.
//!
//! Pure: data come from the committed tables by `include_str!`, the clock is an argument of nobody.
//! Whatever was not published is made by the rule stated in `rule` and marked synthetic, so that
//! nobody can take it for a fact.

pub mod account;
pub mod body;
pub mod catalogue;
pub mod place;
mod table;

pub use account::{Account, accounts};
pub use body::bodies;
pub use catalogue::indicators;
pub use place::{REFORM, units};
