//! Drafts: working cells, a version each, so that the second writer of a cell sees that there was a first.
//!
//! They are durable but not in the record, and take no seq: nobody has stated them yet.

use std::collections::HashMap;

use jiff::Timestamp;
use model::{Figure, PersonId, SubmissionId};
use workflow::CellKey;

use crate::columns::{FigureColumns, code, figure, put_decimal};
use crate::rows::Rows;
use crate::sql::{Row, args, bulk_sql, sql};
use crate::{Reader, StoreError, Tx};

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftValue {
    /// Nothing, or no longer anything.
    Empty,
    /// A number or a stated absence.
    Figure(Figure),
    /// Words.
    Text(String),
}

/// A cell as it is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftCell {
    /// Which.
    pub cell: CellKey,
    /// 1 for the first save.
    pub version: u32,
    /// What stands in it.
    pub value: DraftValue,
    /// What the drafter says about it.
    pub comment: Option<String>,
    /// Who saved it last.
    pub by: PersonId,
    /// Their name.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
    /// The change of the submission that saved it.
    pub cursor: i64,
}

/// A cell to be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaveCell {
    /// Which.
    pub cell: CellKey,
    /// The version that the writer saw; 0 for a cell that nobody has saved.
    pub version: u32,
    /// What is to stand in it.
    pub value: DraftValue,
    /// What is said about it.
    pub comment: Option<String>,
}

/// Somebody else has saved the cell meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cell {cell} was saved by somebody else meanwhile")]
pub struct StaleVersion {
    /// Which.
    pub cell: CellKey,
    /// What they saved; `None` if the cell does not exist and a version was expected.
    pub theirs: Option<Box<DraftCell>>,
}

/// Why cells were not saved; then none was.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// Somebody else was first.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DraftCell {
    /// Whether it counts as filled: it holds something, and something of this period.
    pub fn is_filled(&self) -> bool {
        self.value != DraftValue::Empty && self.cell.is_counted()
    }
}

impl Tx {
    /// Saves all of these cells, or none when one of them is stale. Answers them as they stand now, in the order given.
    ///
    /// A cell named twice is refused by the database: callers name each once.
    pub async fn save_cells(
        &mut self,
        id: SubmissionId,
        by: PersonId,
        cells: &[SaveCell],
    ) -> Result<Vec<DraftCell>, SaveError> {
        if cells.is_empty() {
            return Ok(vec![]);
        }
        let now = self.now();
        let moved = self.conn.fetch_one(sql!("move_cells_cursor"), args![id, now]).await?;
        let cursor = moved.int(0)?;
        let saved: HashMap<CellKey, DraftCell> =
            self.cells(id).await?.into_iter().map(|cell| (cell.cell.clone(), cell)).collect();

        let mut rows = Rows::new(self.conn.engine());
        for save in cells {
            let theirs = saved.get(&save.cell);
            if theirs.map_or(0, |theirs| theirs.version) != save.version {
                let theirs = theirs.cloned().map(Box::new);
                return Err(StaleVersion { cell: save.cell.clone(), theirs }.into());
            }
            put_cell(&mut rows, save);
        }
        let statement = bulk_sql!(self.conn.engine(), "save_cells");
        self.conn.execute(statement, rows.after(args![id, by, now, cursor])).await?;

        let named = self.conn.fetch_optional(sql!("account_name"), args![by]).await?;
        let by_name = named.map(|row| row.string(0)).transpose()?.unwrap_or_default();
        let as_it_stands = |save: &SaveCell| DraftCell {
            cell: save.cell.clone(),
            version: save.version + 1,
            value: save.value.clone(),
            comment: save.comment.clone(),
            by,
            by_name: by_name.clone(),
            at: now,
            cursor,
        };
        Ok(cells.iter().map(as_it_stands).collect())
    }
}

/// What stands in a cell as the columns of a figure, and its words.
pub(crate) fn columns_of(value: &DraftValue) -> (FigureColumns, Option<&str>) {
    let without = |kind| FigureColumns { kind, low: None, high: None };
    match value {
        DraftValue::Figure(figure) => (FigureColumns::from(*figure), None),
        DraftValue::Empty => (without("empty"), None),
        DraftValue::Text(text) => (without("text"), Some(text)),
    }
}

/// What stands in a cell, from the columns of a figure and the words after them.
pub(crate) fn value(row: &Row, column: usize) -> Result<DraftValue, StoreError> {
    Ok(match row.text(column)? {
        "empty" => DraftValue::Empty,
        "text" => DraftValue::Text(row.string(column + 5)?),
        _ => DraftValue::Figure(figure(row, column)?),
    })
}

fn put_cell(rows: &mut Rows, save: &SaveCell) {
    let (figure, text) = columns_of(&save.value);
    rows.row().text(&*save.cell.to_string()).int(i64::from(save.version) + 1).text(figure.kind);
    put_decimal(rows, figure.low);
    put_decimal(rows, figure.high);
    rows.text(text).text(save.comment.as_deref());
}

impl Reader {
    /// Every cell that was ever saved in a submission, emptied ones included.
    pub async fn cells(&mut self, id: SubmissionId) -> Result<Vec<DraftCell>, StoreError> {
        self.cells_since(id, 0).await
    }

    /// The cells saved after a cursor: what the other person wrote.
    pub async fn cells_since(
        &mut self,
        id: SubmissionId,
        cursor: i64,
    ) -> Result<Vec<DraftCell>, StoreError> {
        let rows = self.conn.fetch_all(sql!("cells_since"), args![id, cursor]).await?;
        rows.iter().map(cell).collect()
    }
}

fn cell(row: &Row) -> Result<DraftCell, StoreError> {
    Ok(DraftCell {
        cell: code("a cell", CellKey::parse(row.text(0)?))?,
        version: row.int(1)? as u32,
        value: value(row, 2)?,
        comment: row.maybe_string(8)?,
        by: PersonId(row.int(9)?),
        by_name: row.maybe_string(10)?.unwrap_or_default(),
        at: row.instant(11)?,
        cursor: row.int(12)?,
    })
}
