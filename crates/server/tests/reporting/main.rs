//! From an empty form to closed figures, through the real router over a real database.

mod bad_input;
#[path = "../shared/described.rs"]
mod described;
mod extension;
mod help;
mod kill;
mod mail;
mod ministry;
mod own_report;
mod reminders;
mod servers;
mod several;
mod spreadsheet;
mod stop;
mod story;
