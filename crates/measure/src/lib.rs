//! Measuring directly: what is read of the systems that produce a number, and what follows from it.
//!
//! Nothing here fetches, reads a clock or a database: what a system answered, and when, are arguments.

pub mod beacon;
pub mod claim;
pub mod connector;
pub mod derive;
pub mod dossier;
pub mod portal;
pub mod reconcile;
pub mod register;
pub mod sketch;
pub mod when;

pub use connector::{Connector, ConnectorCode};
pub use portal::{Portal, PortalCode, SiteKey};
