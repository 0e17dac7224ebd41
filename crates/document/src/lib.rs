//! One document tree of text and live figures, and how numbers, periods and sentences read.
//!
//! A report is a question to the record: its text is fixed, its figures are cells that are answered
//! when it is written out. So a report, a board and an interface cannot disagree, and every number
//! on a page can be opened to where it came from.

pub mod collation;
pub mod form;
mod html;
pub mod markup;
pub mod number;
pub mod paper;
pub mod period;
pub mod reviews;
pub mod sentence;
pub mod sheet;
pub mod tree;
mod words;
pub mod workbook;

pub use html::{Context, Mode, PAGE_CSS, Printing, html};
pub use number::Lang;
pub use tree::{Document, FigureRef, questions};
pub use words::breakdown;
