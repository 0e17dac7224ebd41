//! From an empty form to closed figures, through the real router over a real database.

mod bad_input;
#[path = "../shared/described.rs"]
mod described;
mod edits;
mod extension;
mod kill;
mod mail;
mod ministry;
mod reminders;
mod servers;
mod spreadsheet;
mod stop;
mod story;
