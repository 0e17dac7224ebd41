//! Measuring directly: what is read of the systems that produce a number, and what follows from it.
//!
//! Nothing here fetches, reads a clock or a database: what a system answered, and when, are arguments.

pub mod portal;
pub mod reconcile;
pub mod when;

pub use portal::{Portal, PortalCode, SiteKey};
