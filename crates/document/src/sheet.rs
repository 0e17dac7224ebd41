//! A plain table as a workbook: a header that stays in sight, then rows of words.
//!
//! Every cell is text, so that a code keeps its zeros, a day is not turned into another, and nothing is a formula.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// The most characters by which a column is made wide.
const WIDEST: usize = 48;

/// Writes a table. Rows may be shorter than the header; what is beyond it is left out.
pub fn write(title: &str, header: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (head, text) = (
        Format::new().set_bold().set_text_wrap().set_num_format("@"),
        Format::new().set_num_format("@"),
    );
    let sheet = book.add_worksheet();
    sheet.set_name(title.chars().take(31).collect::<String>())?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, name) in header.iter().enumerate() {
        let width = |row: &Vec<String>| row.get(column).map_or(0, |cell| cell.chars().count());
        let widest = rows.iter().map(width).chain([name.chars().count() / 2, 10]).max();
        let at = column as u16;
        sheet.set_column_width(at, widest.unwrap_or(10).min(WIDEST) as u16)?;
        sheet.set_column_format(at, &text)?;
        sheet.write_string_with_format(0, at, *name, &head)?;
    }
    for (row, cells) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(cells.iter().take(header.len())) {
            if !cell.is_empty() {
                sheet.write_string_with_format(row, column, cell, &text)?;
            }
        }
    }
    book.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_as_words() {
        let rows = vec![
            vec!["052".to_owned(), "=1+2".to_owned(), "31/7/2024".to_owned()],
            vec!["1.004428".to_owned(), String::new(), "Có".to_owned(), "beyond".to_owned()],
        ];
        let bytes = write("Dịch vụ", &["Mã", "Tên", "Ngày"], &rows).unwrap();
        let read = crate::workbook::table(&bytes).unwrap();
        let cells: Vec<Vec<&str>> =
            read.iter().map(|row| (0..4).map(|column| row.text(column)).collect()).collect();
        assert_eq!(cells[0], ["Mã", "Tên", "Ngày", ""]);
        assert_eq!(cells[1], ["052", "=1+2", "31/7/2024", ""]);
        assert_eq!(cells[2], ["1.004428", "", "Có", ""]);
    }
}
