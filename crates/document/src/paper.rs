//! A report that an office wrote itself, as a Word or an Excel file: its lines and its tables, in their order.
//!
//! Nobody made it for a program to read, so nothing is left out that a person sees: a cell that spans others is there for
//! each of them, and says so. It passes the same guards as a form that comes back; nothing outside the file is looked at.

mod word;

use std::collections::{BTreeMap, HashSet};
use std::io::Cursor;

use calamine::Xlsx;
use model::text;

use crate::Lang;
use crate::workbook::{
    Content, Kind, MAP_MARK, Unreadable, content, letters, look_inside, percents,
};

/// The most cells with something in them.
const MOST_CELLS: usize = 200_000;
/// A cell that spans more columns or rows than this is there for the first of them.
const WIDEST: u32 = 64;
const HIGHEST: u32 = 500;

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paper {
    /// In their order.
    pub pieces: Vec<Piece>,
}

/// A line or a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A paragraph outside tables.
    Line(String),
    /// A table, or a sheet.
    Table(Table),
}

/// The cells of a table that say something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Which.
    pub name: Name,
    /// By row and column, from 0.
    pub rows: BTreeMap<u32, BTreeMap<u16, Square>>,
}

/// How a table is found in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// A sheet of a workbook.
    Sheet(String),
    /// The so-manieth table of a document, from 1.
    Number(u32),
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Square {
    /// What it says.
    pub content: Content,
    /// Whether it is only spanned by the cell that says it.
    pub is_spanned: bool,
}

impl Name {
    /// Where a cell is: "ô F12, trang “Biểu”", "bảng 2, dòng 3, cột 4".
    pub fn place(&self, row: u32, column: u16, lang: Lang) -> String {
        let (line, place) = (row + 1, column + 1);
        match self {
            Name::Sheet(name) => {
                let cell = format!("{}{line}", letters(column));
                lang.pick(
                    format!("ô {cell}, trang “{name}”"),
                    format!("cell {cell}, sheet “{name}”"),
                )
            }
            Name::Number(number) => lang.pick(
                format!("bảng {number}, dòng {line}, cột {place}"),
                format!("table {number}, row {line}, column {place}"),
            ),
        }
    }
}

/// Some words, and where they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// As a person finds it: "ô B12, trang “Biểu 01”".
    pub place: String,
    /// On one line.
    pub text: String,
    /// What stands beside them.
    pub beside: Beside,
}

/// Whether a unit of measure stands beside some words: in a table that has a column of units, only what is counted has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beside {
    /// They name what this row counts, in this unit.
    Unit(String),
    /// The table has a column of units, and these words have none: a heading, a note, the unit itself.
    NoUnit,
    /// There is no such column.
    Unsaid,
}

/// What stands over a column of units, folded.
const UNIT_HEADS: [&str; 6] =
    ["don vi tinh", "dvt", "don vi", "don vi do", "unit", "unit of measure"];

impl Table {
    /// The row of its heading and the column in which units of measure stand.
    fn units(&self) -> Option<(u32, u16)> {
        self.rows.iter().find_map(|(row, squares)| {
            let heads = |square: &Square| {
                let folded = text::folded(square.words());
                UNIT_HEADS.contains(&folded.trim_end_matches([':', '.']))
            };
            let column = squares.iter().find(|(_, square)| heads(square))?.0;
            Some((*row, *column))
        })
    }

    /// What stands beside the words in a column of a row, where units stand in another.
    fn beside(&self, squares: &BTreeMap<u16, Square>, column: u16, units: u16) -> Beside {
        let said = |(_, square): &(&u16, &Square)| {
            !square.is_spanned && square.words().chars().any(char::is_alphabetic)
        };
        // The name is the longest of what stands before the unit; beside it are a number and a code.
        let before = squares.iter().filter(|(at, _)| **at < units).filter(said);
        let name = before.max_by_key(|(_, square)| square.words().chars().count());
        let Some((at, name)) = name else { return Beside::NoUnit };
        match squares.get(&units) {
            Some(unit)
                if *at == column && !unit.words().is_empty() && unit.words() != name.words() =>
            {
                Beside::Unit(unit.words().to_owned())
            }
            Some(_) | None => Beside::NoUnit,
        }
    }
}

impl Square {
    /// Its words on one line; nothing of a number.
    pub fn words(&self) -> &str {
        match &self.content {
            Content::Text(text) => text,
            Content::Empty
            | Content::Number { .. }
            | Content::Fault(_)
            | Content::Other
            | Content::Uncalculated => "",
        }
    }
}

/// Why a file cannot be read as a report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotRead(pub Unreadable);

impl NotRead {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self.0 {
            Unreadable::Locked | Unreadable::Old => "report_locked",
            Unreadable::OpenDocument | Unreadable::NotAWorkbook | Unreadable::NotAForm => {
                "not_a_report"
            }
            Unreadable::Macros => "report_macros",
            Unreadable::TooLarge => "report_too_large",
            Unreadable::Damaged => "report_damaged",
        }
    }

    /// The sentence the user reads.
    pub fn message(&self, lang: Lang) -> &'static str {
        match self.0 {
            Unreadable::Old => lang.pick(
                "Tệp thuộc dạng cũ .doc, .xls (Office 97–2003). Hãy mở tệp, lưu lại dưới dạng .docx hoặc .xlsx rồi nộp.",
                "The file is an old .doc or .xls (Office 97–2003). Open it, save it as .docx or .xlsx and upload that.",
            ),
            Unreadable::OpenDocument => lang.pick(
                "Đây là tệp OpenDocument (.odt, .ods). Hãy lưu lại dưới dạng .docx hoặc .xlsx rồi nộp.",
                "This is an OpenDocument file (.odt, .ods). Save it as .docx or .xlsx and upload that.",
            ),
            Unreadable::NotAWorkbook | Unreadable::NotAForm => lang.pick(
                "Tệp này không phải là tệp Word .docx hay Excel .xlsx. Hãy lưu lại dưới một trong hai dạng đó rồi nộp.",
                "This is neither a .docx nor an .xlsx file. Save it as one of them and upload that.",
            ),
            Unreadable::Macros => lang.pick(
                "Tệp có macro nên không được nhận. Hãy lưu lại dưới dạng .docx hoặc .xlsx không có macro.",
                "The file has macros and is not taken. Save it as .docx or .xlsx without macros.",
            ),
            Unreadable::Locked | Unreadable::TooLarge | Unreadable::Damaged => self.0.message(lang),
        }
    }
}

/// Reads a report, of Word or of Excel.
pub fn read(bytes: &[u8]) -> Result<Paper, NotRead> {
    let read = match look_inside(bytes).map_err(NotRead)? {
        Kind::Document => word::read(bytes),
        Kind::Workbook => sheets(bytes),
    };
    read.map_err(NotRead)
}

impl Paper {
    /// Its words in their order, each with where it stands: the lines of a form that was not made here.
    pub fn texts(&self, lang: Lang) -> Vec<(String, String)> {
        self.words(lang).into_iter().map(|one| (one.place, one.text)).collect()
    }

    /// The same, each with the unit of measure that stands beside it.
    pub fn words(&self, lang: Lang) -> Vec<Words> {
        let mut words = vec![];
        let mut line = 0;
        for piece in &self.pieces {
            match piece {
                Piece::Line(text) => {
                    line += 1;
                    let place = lang.pick(format!("đoạn {line}"), format!("paragraph {line}"));
                    words.push(Words { place, text: text.clone(), beside: Beside::Unsaid });
                }
                Piece::Table(table) => {
                    let units = table.units();
                    for (row, squares) in &table.rows {
                        let own = squares.iter().filter(|(_, one)| !one.is_spanned);
                        for (column, square) in own.filter(|(_, one)| !one.words().is_empty()) {
                            words.push(Words {
                                place: table.name.place(*row, *column, lang),
                                text: square.words().to_owned(),
                                beside: match units {
                                    Some((head, of)) if *row > head => {
                                        table.beside(squares, *column, of)
                                    }
                                    Some(_) | None => Beside::Unsaid,
                                },
                            });
                        }
                    }
                }
            }
        }
        words
    }

    /// Its tables.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Table(table) => Some(table),
            Piece::Line(_) => None,
        })
    }
}

/// The sheets of a workbook. What only a program reads, the map of a form of ours, is left out.
fn sheets(bytes: &[u8]) -> Result<Paper, Unreadable> {
    let mut book: Xlsx<_> =
        calamine::Reader::new(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
    let (all_percents, none) = (percents(bytes), HashSet::new());
    let (mut pieces, mut room) = (vec![], MOST_CELLS);
    for name in calamine::Reader::sheet_names(&book) {
        // A sheet of charts has no cells to read.
        let Ok(mut reader) = book.worksheet_cells_reader(&name) else { continue };
        let mut rows: BTreeMap<u32, BTreeMap<u16, Square>> = BTreeMap::new();
        let mut is_map = false;
        let percents = all_percents.get(&name).unwrap_or(&none);
        while let Some(cell) = reader.next_cell_with_formula().map_err(|_| Unreadable::Damaged)? {
            let (row, column) = cell.pos;
            let is_percent = percents.contains(&cell.pos);
            let content = match content(cell.value, cell.formula.is_some(), is_percent) {
                Content::Text(text) => Content::Text(one_line(&text)),
                other => other,
            };
            let Ok(column) = u16::try_from(column) else { continue };
            let is_mark = matches!(&content, Content::Text(text) if text.starts_with(MAP_MARK));
            is_map |= (row, column) == (0, 0) && is_mark;
            if is_map {
                break;
            }
            if content != Content::Empty && content != Content::Text(String::new()) {
                room = room.checked_sub(1).ok_or(Unreadable::TooLarge)?;
                rows.entry(row).or_default().insert(column, Square { content, is_spanned: false });
            }
        }
        drop(reader);
        if is_map {
            continue;
        }
        let spans = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        for span in spans {
            let ((top, left), (bottom, right)) = (span.start, span.end);
            let Ok(left) = u16::try_from(left) else { continue };
            let Some(said) = rows.get(&top).and_then(|row| row.get(&left)).cloned() else {
                continue;
            };
            let said = Square { is_spanned: true, ..said };
            for row in top..=bottom.min(top.saturating_add(HIGHEST)) {
                for column in left..=right.min(u32::from(left) + WIDEST).try_into().unwrap_or(left)
                {
                    if (row, column) != (top, left) {
                        room = room.checked_sub(1).ok_or(Unreadable::TooLarge)?;
                        rows.entry(row).or_default().insert(column, said.clone());
                    }
                }
            }
        }
        if !rows.is_empty() {
            pieces.push(Piece::Table(Table { name: Name::Sheet(name), rows }));
        }
    }
    Ok(Paper { pieces })
}

/// Words without the breaks between their lines.
fn one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
