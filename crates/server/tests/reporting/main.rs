//! From an empty form to closed figures, through the real router over a real database.

mod bad_input;
mod kill;
mod mail;
mod ministry;
mod story;
