//! Measuring directly: what is read of the systems that produce a number, and what follows from it.
//!
//! Nothing here fetches, reads a clock or a database: what a system answered, and when, are arguments.

pub mod beacon;
pub mod portal;
pub mod sketch;

pub use portal::{Portal, PortalCode, SiteKey};
