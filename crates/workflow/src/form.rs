//! What has been written into a form so far, and what of it a signature states in the record.
//!
//! Drafts are working rows; the record knows only what was signed. This is the one place that turns
//! the first into the second, so a cell cannot mean one thing on the page and another in the record.

use std::collections::BTreeMap;

use model::{Absence, Cell, Decimal, Figure, Measure, Period, Status, UnitCode};

use crate::template::{CellKey, Column, Section, Template};

/// What stands in one cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Content {
    /// Nothing yet.
    #[default]
    Empty,
    /// A number or a stated absence.
    Figure(Figure),
    /// Words.
    Text(String),
}

/// One cell with the comment that explains it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// What stands in it.
    pub content: Content,
    /// What its writer says of it; empty for nothing.
    pub comment: String,
}

/// The cells of a form that somebody has touched.
pub type Cells = BTreeMap<CellKey, Filled>;

/// A comment of fewer letters explains nothing.
const FEWEST_LETTERS: usize = 3;

impl Filled {
    /// A figure without a comment.
    pub fn figure(figure: Figure) -> Filled {
        Filled { content: Content::Figure(figure), comment: String::new() }
    }

    /// The figure, if it holds one.
    pub fn as_figure(&self) -> Option<Figure> {
        match self.content {
            Content::Figure(figure) => Some(figure),
            Content::Empty | Content::Text(_) => None,
        }
    }

    /// Whether nothing was said; white space says nothing.
    pub fn is_empty(&self) -> bool {
        match &self.content {
            Content::Empty => true,
            Content::Figure(_) => false,
            Content::Text(text) => text.trim().is_empty(),
        }
    }

    /// Whether the comment says something.
    pub fn is_explained(&self) -> bool {
        self.comment.chars().filter(|c| c.is_alphabetic()).count() >= FEWEST_LETTERS
    }
}

/// The number in a cell, if there is one.
pub fn number(cells: &Cells, cell: &CellKey) -> Option<Decimal> {
    cells.get(cell)?.as_figure()?.number()
}

/// How many of the counted cells have something in them: the 82 of "82/120 ô".
pub fn filled(template: &Template, cells: &Cells) -> usize {
    template
        .counted_cells()
        .iter()
        .filter(|cell| cells.get(cell).is_some_and(|filled| !filled.is_empty()))
        .count()
}

/// The figure that a person states by choosing a reason instead of a number. What did not occur is
/// a zero; that something was withdrawn or withheld is not for people to say.
pub fn stated_absence(code: &str) -> Option<Figure> {
    if code == "none_occurred" {
        return Some(Figure::Number(Decimal::ZERO));
    }
    match Absence::parse(code)? {
        said @ (Absence::Missing
        | Absence::NotApplicable
        | Absence::Confidential
        | Absence::NotCollected) => Some(Figure::Absent(said)),
        Absence::Withdrawn | Absence::Withheld | Absence::NothingRecorded => None,
    }
}

/// One figure for the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Which cell of the form it comes from.
    pub from: CellKey,
    /// Of what.
    pub cell: Cell,
    /// What is said.
    pub figure: Figure,
    /// How sure.
    pub status: Status,
}

/// What a cell of the form is called in the record; `None` for words, for cells the section does
/// not have, and for a column whose period has no name.
pub fn recorded_as(
    section: &Section,
    key: &CellKey,
    unit: &UnitCode,
    period: Period,
) -> Option<(Cell, Status)> {
    let CellKey::Figure { row, column } = key else { return None };
    let asked = section.rows().iter().find(|asked| section.row_key(asked) == *row)?;
    let cell = Cell {
        indicator: row.indicator.clone(),
        unit: unit.clone(),
        period: column.period(period)?,
        breakdown: row.breakdown.clone(),
        measure: Measure::Level,
    };
    Some((cell, asked.status(*column)))
}

/// What the signature of a section states: every figure in it, and, for cells that an earlier
/// signature of it stated (`stated_before`) and that are empty now, that they are withdrawn.
pub fn statements(
    section: &Section,
    cells: &Cells,
    unit: &UnitCode,
    period: Period,
    stated_before: &[Cell],
) -> Vec<Statement> {
    let stated = |key: CellKey| {
        let (cell, status) = recorded_as(section, &key, unit, period)?;
        let written = cells.get(&key).and_then(Filled::as_figure);
        let emptied =
            || stated_before.contains(&cell).then_some(Figure::Absent(Absence::Withdrawn));
        let figure = written.or_else(emptied)?;
        Some(Statement { from: key, cell, figure, status })
    };
    section.cells().into_iter().filter_map(stated).collect()
}

/// What returning a section states: that each figure it gave for its own period is withdrawn. The
/// actuals it gave for the period before stand.
pub fn withdrawals(
    section: &Section,
    cells: &Cells,
    unit: &UnitCode,
    period: Period,
) -> Vec<Statement> {
    statements(section, cells, unit, period, &[])
        .into_iter()
        .filter(|statement| matches!(statement.from, CellKey::Figure { column: Column::This, .. }))
        .map(|statement| Statement { figure: Figure::Absent(Absence::Withdrawn), ..statement })
        .collect()
}

#[cfg(test)]
mod tests;
