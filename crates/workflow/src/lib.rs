//! What may happen to a report on its way from an empty form to closed figures, decided without doing it.
//!
//! Nothing here reads a clock, a database or the current user: the state, the actor and the moment
//! are arguments and the decision is the result, so every rule can be shown right by a row in a test.

pub mod access;
pub mod ask_once;
pub mod beside;
pub mod burden;
pub mod calendar;
pub mod check;
pub mod computed;
pub mod deadline;
pub mod delegation;
pub mod entry;
pub mod explanation;
pub mod extension;
pub mod form;
pub mod form_check;
pub mod found;
pub mod help;
pub mod language;
pub mod paper;
pub mod propose;
pub mod section;
pub mod submission;
pub mod template;

#[cfg(test)]
mod fixtures;

pub use access::{Actor, Denied, Grant, Permission, Role, may};
pub use language::Language;
pub use section::{Effect, Move, Reason, Refusal, State};
pub use submission::Overall;
pub use template::{
    CellKey, Column, Row, RowKey, Section, SectionId, SectionKind, Template, TemplateCode, TextId,
    TextPrompt,
};
