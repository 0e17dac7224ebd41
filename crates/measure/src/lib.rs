//! Measuring directly: what is read of the systems that produce a number, and what follows from it.
//!
//! Nothing here fetches, reads a clock or a database: what a system answered, and when, are arguments.

pub mod connector;
pub mod portal;

pub use connector::{Connector, ConnectorCode};
pub use portal::{Portal, PortalCode, SiteKey};
