//! quantrac: HTTP, jobs and the command line over the record.
//!
//! The only crate that owns a clock, files and sockets. Everything is decided below, in crates that
//! do nothing; here a request is read, decided, stored and shown.

pub mod api;
pub mod auth;
pub mod beacon;
pub mod book;
pub mod claims;
pub mod cli;
pub mod clock;
pub mod config;
pub mod connect;
pub mod derived;
pub mod digest;
pub mod follow_up;
pub mod forms;
pub mod http;
pub mod ical;
pub mod import;
pub mod inventory;
pub mod mail;
pub mod measured;
mod pages;
pub mod patience;
pub mod peer;
pub mod problem;
pub mod registers;
pub mod reminders;
pub mod seal;
pub mod serve;
pub mod state;
pub mod words;
