//! From an empty form to closed figures, through the real router over a real database.

mod bad_input;
mod beacon;
mod beside;
mod burden;
mod calendar;
mod connectors;
mod delegation;
#[path = "../shared/described.rs"]
mod described;
mod edits;
mod extension;
mod form_checks;
mod help;
mod kill;
mod large;
mod mail;
mod ministry;
mod own_report;
mod plans;
mod reconciliation;
mod reminders;
mod sent;
mod servers;
mod several;
mod spreadsheet;
mod stop;
mod story;
mod system;
