//! The nouns of official reporting, and what can be decided about them without asking anyone.
//!
//! Nothing here reads a file, a clock or a database: time, actor and the record are arguments, so
//! that a report can be answered again exactly as it stood on any day.

pub mod answer;
pub mod ask;
pub mod codes;
pub mod decimal;
pub mod figure;
pub mod indicator;
pub mod observation;
pub mod period;
pub mod query;
pub mod reads;
pub mod text;
pub mod unit;

pub use answer::{Answered, BadQuery, Basis, Coverage, Facts, MadeBy, answer};
pub use codes::{BodyCode, IndicatorCode, PersonId, Sector, Seq, SubmissionId, UnitCode};
pub use decimal::Decimal;
pub use figure::{Absence, Figure, Qualifier, Source, Status};
pub use indicator::{Catalogue, Indicator};
pub use observation::{Breakdown, Cell, Measure, Observation};
pub use period::{Calendar, Frequency, Period};
pub use query::{Query, SourceChoice, Tree};
pub use reads::Reads;
pub use unit::{Body, Unit, UnitKind, Units, Validity};
