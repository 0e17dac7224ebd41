//! The demonstration ministry: real units, a catalogue, templates, plans, accounts, and six and a
//! half years of figures that agree with what was published.
//!
//! Pure: data come from the committed tables by `include_str!` and no clock is read. Whatever was
//! not published is made by the rule stated in [`rule`] and marked synthetic, so that nobody can
//! take it for a fact.

pub mod account;
pub mod body;
pub mod catalogue;
pub mod contradictions;
pub mod duty;
pub mod form;
pub mod history;
pub mod measured;
pub mod open_month;
pub mod place;
pub mod published;
pub mod register;
pub mod rule;
mod table;
pub mod traffic;

pub use account::{Account, PASSWORD, accounts};
pub use body::bodies;
pub use catalogue::indicators;
pub use contradictions::{Contradiction, contradictions};
pub use duty::duties;
pub use form::templates;
pub use history::{Commit, Kind, history};
pub use measured::{
    Measured, SAMPLE_COLUMNS, SAMPLE_UNIT, measured_july_2024, measured_spring_2024, sample_answer,
};
pub use open_month::{Entry, Filled, Opened, Step, july_2024};
pub use place::{REFORM, units};
pub use published::without_period;
pub use register::{dossiers, portals, registers};
