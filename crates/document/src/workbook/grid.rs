//! A plain table of numbers as a workbook: a name to each line, a code over each column; to be filled and read again as
//! [`super::table`] reads it. Nothing is hidden in it and nothing is sealed: a file that somebody makes reads the same.

use model::Decimal;
use rust_xlsxwriter::{DocProperties, Workbook as Book, XlsxError};

use super::write::{Looks, Place, paper, put};
use super::{Said, letters};
use crate::Lang;

/// A table to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// The language of its words, and of numbers too long for a spreadsheet.
    pub lang: Lang,
    /// What the sheet is called.
    pub sheet: String,
    /// The heading.
    pub title: String,
    /// How it is filled, a line each.
    pub about: Vec<String>,
    /// What the codes and the names in the first two columns are of.
    pub lines_are: (String, String),
    /// From left to right.
    pub columns: Vec<GridColumn>,
    /// From top to bottom.
    pub lines: Vec<GridLine>,
}

/// A column of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridColumn {
    /// `BC.DOANHTHU`
    pub code: String,
    /// What it is, with its unit of measure.
    pub name: String,
    /// How many decimals are kept.
    pub scale: u8,
}

/// A line of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridLine {
    /// `52`
    pub code: String,
    /// What it is of.
    pub name: String,
    /// As many as there are columns.
    pub numbers: Vec<Option<Decimal>>,
}

const CODE: u16 = 0;
const NAME: u16 = 1;
const FIRST: u16 = 2;

/// Writes a table as an .xlsx file. Names stand over codes, so that what follows the line of codes are numbers.
pub fn write_grid(grid: &Grid) -> Result<Vec<u8>, XlsxError> {
    let mut book = Book::new();
    book.set_properties(&DocProperties::new().set_title(&grid.title).set_author("Quantrac"));
    let looks = Looks::new();
    let sheet = book.add_worksheet();
    sheet.set_name(&grid.sheet)?;
    sheet.set_column_width(CODE, 9)?;
    sheet.set_column_width(NAME, 26)?;
    let last = FIRST + grid.columns.len().max(1) as u16 - 1;
    for column in FIRST..=last {
        sheet.set_column_width(column, 18)?;
    }
    sheet.merge_range(0, CODE, 0, last, &grid.title, &looks.title)?;
    let mut row = 1;
    for line in &grid.about {
        sheet.merge_range(row, CODE, row, last, line, &looks.about)?;
        sheet.set_row_height(row, 16 * (1 + line.chars().count() as u16 / 90))?;
        row += 1;
    }
    let (names, codes) = (row, row + 1);
    for at in [names, codes] {
        sheet.write_blank(at, CODE, &looks.heading)?;
        sheet.write_blank(at, NAME, &looks.heading)?;
    }
    sheet.write_string_with_format(codes, CODE, &grid.lines_are.0, &looks.heading)?;
    sheet.write_string_with_format(codes, NAME, &grid.lines_are.1, &looks.heading)?;
    sheet.set_row_height(names, 48)?;
    for (column, of) in (FIRST..).zip(&grid.columns) {
        sheet.write_string_with_format(names, column, &of.name, &looks.heading)?;
        sheet.write_string_with_format(codes, column, &of.code, &looks.heading)?;
    }
    let mut at = codes + 1;
    for line in &grid.lines {
        sheet.write_string_with_format(at, CODE, &line.code, &looks.code)?;
        sheet.write_string_with_format(at, NAME, &line.name, &looks.label)?;
        for ((column, of), number) in (FIRST..).zip(&grid.columns).zip(&line.numbers) {
            let said = number.map_or(Said::Nothing, Said::Number);
            put(sheet, (at, column), &said, grid.lang, &looks.number(Place::Open, of.scale))?;
        }
        at += 1;
    }
    sheet.set_freeze_panes(codes + 1, FIRST)?;
    sheet.set_repeat_rows(names, codes)?;
    sheet.set_print_area(0, CODE, at.saturating_sub(1), last)?;
    paper(sheet, &grid.title);
    book.save_to_buffer()
}

/// How a spreadsheet calls a cell: `C7` for the third column of row 7.
pub fn cell_name(row: u32, column: usize) -> String {
    u16::try_from(column).map_or_else(|_| row.to_string(), |at| format!("{}{row}", letters(at)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::table;

    #[test]
    fn a_table_reads_as_it_was_written() {
        let number = |text| Decimal::parse(text).unwrap();
        let column =
            |code: &str, scale| GridColumn { code: code.into(), name: format!("{code}!"), scale };
        let line =
            |code: &str, numbers| GridLine { code: code.into(), name: "Tỉnh".into(), numbers };
        let grid = Grid {
            lang: Lang::Vi,
            sheet: "Kế hoạch".into(),
            title: "Kế hoạch năm 2025".into(),
            about: vec!["Ô trống giữ nguyên.".into()],
            lines_are: ("Mã".into(), "Phạm vi".into()),
            columns: vec![column("BC.DOANHTHU", 1), column("VT.TB_DIDONG", 0)],
            lines: vec![
                line("01", vec![Some(number("1234.5")), None]),
                line("52", vec![Some(Decimal::ZERO), Some(number("123456789012345678"))]),
            ],
        };
        let rows = table(&write_grid(&grid).unwrap()).unwrap();
        let cell =
            |name: &str, text: &str, is_number| (name.to_owned(), text.to_owned(), is_number);
        let said = |row: &'_ crate::workbook::TableRow| {
            let cells = row.columns().map(|(column, text)| {
                let is_number = row.rounded(column).is_some();
                (cell_name(row.number, column), text.to_owned(), is_number)
            });
            cells.collect::<Vec<_>>()
        };
        let figure = |name, text| cell(name, text, true);
        let words = |name, text| cell(name, text, false);
        let expected = [
            vec![words("C3", "BC.DOANHTHU!"), words("D3", "VT.TB_DIDONG!")],
            vec![
                words("A4", "Mã"),
                words("B4", "Phạm vi"),
                words("C4", "BC.DOANHTHU"),
                words("D4", "VT.TB_DIDONG"),
            ],
            vec![words("A5", "01"), words("B5", "Tỉnh"), figure("C5", "1234.5")],
            // More digits than a spreadsheet keeps stand there as words.
            vec![
                words("A6", "52"),
                words("B6", "Tỉnh"),
                figure("C6", "0"),
                words("D6", "123.456.789.012.345.678"),
            ],
        ];
        assert_eq!(rows[2..].iter().map(said).collect::<Vec<_>>(), expected);
    }
}
