//! A form as a spreadsheet: written for an officer to fill, and read when it comes back.
//!
//! Which cell is which stands in the file itself: hidden beside each row and over each column, and again in a map on
//! a hidden sheet, which whoever asked for the file has sealed. So a sheet can be renamed and rows can be moved,
//! while a label that was changed, a row that is gone and a map that was edited are seen.

mod grid;
mod number;
mod percent;
mod read;
mod write;

pub use grid::{Grid, GridColumn, GridLine, cell_name, write_grid};
pub use percent::hundredfold;
pub(crate) use percent::percents;
pub use read::{
    Altered, Content, Filled, Place, Returned, TableRow, Unreadable, read, read_all, table,
};
pub(crate) use read::{Kind, content, look_inside};
pub(crate) use write::letters;
pub use write::{write, write_all};

use model::Decimal;

use crate::Lang;

/// The kind of file.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The first cell of a sheet that is filled in, and of the sheet with the map.
const FILLED_MARK: &str = "quantrac:form";
pub(crate) const MAP_MARK: &str = "quantrac:map";

/// The columns of a filled sheet, as its hidden first row names them.
const LABEL: &str = "label";
const COMMENT: &str = "comment";

/// A form to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workbook {
    /// Which of several forms of one file it is.
    pub part: Option<Part>,
    /// The language of its headings, and of the numbers that are typed as text.
    pub lang: Lang,
    /// What the form is called.
    pub title: String,
    /// Whose it is and for when, a line each.
    pub about: Vec<String>,
    /// Over the columns.
    pub headings: Headings,
    /// In the order of the form.
    pub sections: Vec<Section>,
    /// What may be written instead of a number, and when it is right.
    pub absences: Vec<(String, String)>,
    /// Which cell is which.
    pub map: Map,
}

/// One of several forms of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Different from that of every other form of the file.
    pub tag: String,
    /// What its sheets are called; likewise.
    pub name: String,
}

/// What stands over the columns that name a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headings {
    /// The period before.
    pub previous: String,
    /// The period that is reported.
    pub this: String,
    /// The same period a year ago.
    pub last_year: String,
    /// Since January.
    pub year_to_date: String,
    /// The plan of the year.
    pub plan: String,
}

/// A part of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// What it is called.
    pub name: String,
    /// Who fills it, or why it is closed.
    pub about: String,
    /// What it asks for.
    pub asks: Asks,
}

/// What a section asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Numbers.
    Figures(Vec<Row>),
    /// Words.
    Texts(Vec<Prompt>),
}

/// An indicator with what is known and what is asked of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `BC/BC.DOANHTHU`.
    pub key: String,
    /// The indicator's code, with its breakdown.
    pub code: String,
    /// What is counted.
    pub label: String,
    /// What whoever fills the row is told; empty for nothing.
    pub note: String,
    /// In which unit of measure.
    pub unit: String,
    /// How many decimals are kept.
    pub scale: u8,
    /// Whether it must be filled in.
    pub required: bool,
    /// The period before: asked for again where the row settles it.
    pub previous: Previous,
    /// The period that is reported.
    pub this: Input,
    /// What is said about it.
    pub comment: String,
    /// The same period a year ago.
    pub last_year: Option<Decimal>,
    /// Since January.
    pub year_to_date: Option<Decimal>,
    /// The plan of the year.
    pub plan: Option<Decimal>,
}

/// The period before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Previous {
    /// It stands in the record.
    Known(Option<Decimal>),
    /// It was an estimate, this one, and is asked for again.
    Asked(Input, Option<Decimal>),
}

/// A cell that a person fills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// What stands in it.
    pub said: Said,
    /// Whether it may be changed now.
    pub is_open: bool,
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Nothing.
    Nothing,
    /// A number.
    Number(Decimal),
    /// Words.
    Words(String),
}

/// A question that is answered in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// `LOI/KHOKHAN`.
    pub key: String,
    /// The question.
    pub label: String,
    /// The answer.
    pub answer: Input,
}

/// Which cells the file has, what stood in them, and the seal that says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map {
    /// Of which form the file is, by name.
    pub facts: Vec<(String, String)>,
    /// The cells to fill.
    pub cells: Vec<Mapped>,
    /// Made by whoever wrote the file, over the rest.
    pub seal: String,
}

/// A cell to fill, as it was when the file was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// `BC/BC.DOANHTHU/this`: the key of its row and its column.
    pub cell: String,
    /// The label of its row.
    pub label: String,
    /// What stood in it, in the writer's notation.
    pub value: String,
    /// What was said about it, likewise; empty for nothing.
    pub comment: String,
}

impl Map {
    /// A fact by its name.
    pub fn fact(&self, name: &str) -> &str {
        self.facts.iter().find(|(known, _)| known == name).map_or("", |(_, fact)| fact)
    }
}

#[cfg(test)]
mod tests;
