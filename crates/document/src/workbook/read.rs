//! Reads a form that comes back as a workbook, whatever program saved it.
//!
//! The file is a stranger's until its seal is checked: it is unpacked once to see how large it is and that it is
//! whole, and then read cell by cell, so that neither a bomb nor a cell at the far end of a sheet takes memory.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};
use zip::ZipArchive;

use super::number::digits_of;
use super::percent::percents;
use super::write::letters;
use super::{COMMENT, FILLED_MARK, LABEL, MAP_MARK, Map, Mapped};
use crate::Lang;

/// The most bytes of a file when it is unpacked.
const MOST_UNPACKED: u64 = 64 << 20;
/// The most files in it.
const MOST_PARTS: usize = 500;
/// The most cells with something in them.
const MOST_CELLS: usize = 200_000;
/// What begins an OLE file: an .xls, or an .xlsx with a password.
const OLE: [u8; 4] = [0xD0, 0xCF, 0x11, 0xE0];
/// The stream of an OLE file in which one with a password is kept, as such files write names.
const ENCRYPTED: &str = "EncryptedPackage";

/// Why a file cannot be read as a form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A file with a password.
    #[error("the file has a password")]
    Locked,
    /// An .xls or a .doc.
    #[error("the file is of Office 97–2003")]
    Old,
    /// A spreadsheet of LibreOffice's own kind.
    #[error("the file is an OpenDocument spreadsheet")]
    OpenDocument,
    /// A page, a text, a picture.
    #[error("the file is not an .xlsx workbook")]
    NotAWorkbook,
    /// It has a program in it.
    #[error("the file has macros")]
    Macros,
    /// It unpacks to too much.
    #[error("the file is too large when it is unpacked")]
    TooLarge,
    /// Cut off, or edited by what does not know the format.
    #[error("the file is damaged")]
    Damaged,
    /// A good workbook that no form was written into.
    #[error("the file was not downloaded as a form")]
    NotAForm,
}

impl Unreadable {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Unreadable::Locked | Unreadable::Old => "workbook_locked",
            Unreadable::OpenDocument | Unreadable::NotAWorkbook => "not_a_workbook",
            Unreadable::Macros => "workbook_macros",
            Unreadable::TooLarge => "workbook_too_large",
            Unreadable::Damaged => "workbook_damaged",
            Unreadable::NotAForm => "not_a_form",
        }
    }

    /// The sentence the user reads.
    pub fn message(&self, lang: Lang) -> &'static str {
        match self {
            Unreadable::Locked => lang.pick(
                "Tệp có mật khẩu nên không đọc được. Hãy mở tệp, bỏ mật khẩu, lưu lại rồi nộp.",
                "The file has a password and cannot be read. Open it, remove the password, save it and upload that.",
            ),
            Unreadable::Old => lang.pick(
                "Tệp thuộc dạng cũ .xls (Excel 97–2003). Hãy mở tệp, lưu lại dưới dạng .xlsx rồi nộp.",
                "The file is an old .xls (Excel 97–2003). Open it, save it as .xlsx and upload that.",
            ),
            Unreadable::OpenDocument => lang.pick(
                "Đây là tệp .ods. Hãy lưu lại dưới dạng .xlsx (Excel 2007–365) rồi nộp.",
                "This is an .ods file. Save it as .xlsx (Excel 2007–365) and upload that.",
            ),
            Unreadable::NotAWorkbook => lang.pick(
                "Tệp này không phải là tệp Excel .xlsx. Hãy lưu lại dưới dạng .xlsx rồi nộp.",
                "This is not an .xlsx file. Save it as .xlsx and upload that.",
            ),
            Unreadable::Macros => lang.pick(
                "Tệp có macro nên không được nhận. Hãy lưu lại dưới dạng .xlsx không có macro.",
                "The file has macros and is not taken. Save it as .xlsx without macros.",
            ),
            Unreadable::TooLarge => lang.pick(
                "Tệp quá lớn khi mở ra, có thể do hình ảnh, trang hoặc dòng thừa. Hãy xóa phần thừa, lưu lại rồi nộp.",
                "The file is too large once it is opened, perhaps for pictures, sheets or rows that it does not need. Delete them, save it and upload that.",
            ),
            Unreadable::Damaged => lang.pick(
                "Tệp bị hỏng, không đọc được hết. Hãy mở tệp, lưu lại rồi nộp.",
                "The file is damaged. Open it, save it again and upload that.",
            ),
            Unreadable::NotAForm => lang.pick(
                "Tệp này không phải là biểu tải về từ hệ thống. Hãy tải biểu Excel về, nhập vào đó rồi nộp.",
                "This file was not downloaded from the system as a form. Download the Excel form, fill it in and upload it.",
            ),
        }
    }
}

/// How a file differs from the form it was written as.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Altered {
    /// The map stands twice, or not with all that belongs to it.
    #[error("the map of the file was changed")]
    Map,
    /// A row of the form is no longer there.
    #[error("the row “{label}” is missing")]
    RowMissing {
        /// Its label.
        label: String,
    },
    /// A row stands twice.
    #[error("the row “{label}” stands twice")]
    RowTwice {
        /// Its label.
        label: String,
        /// The second time.
        at: Place,
    },
    /// A label reads otherwise.
    #[error("the label “{was}” now reads “{is}”")]
    Label {
        /// As it was written.
        was: String,
        /// As it is.
        is: String,
        /// Where.
        at: Place,
    },
}

impl Altered {
    /// The sentence the user reads.
    pub fn message(&self, lang: Lang) -> String {
        match self {
            Altered::Map => lang
                .pick(
                    "Phần ẩn của tệp, nơi ghi ô nào là ô nào, đã bị thay đổi.",
                    "The hidden part of the file, which says which cell is which, was changed.",
                )
                .to_owned(),
            Altered::RowMissing { label } => lang.pick(
                format!("Tệp thiếu dòng hoặc cột của “{label}”."),
                format!("The row or the column of “{label}” is missing from the file."),
            ),
            Altered::RowTwice { label, at } => lang.pick(
                format!("Dòng “{label}” có hai lần, lần sau ở {}.", at.words(lang)),
                format!("The row “{label}” stands twice, the second time at {}.", at.words(lang)),
            ),
            Altered::Label { was, is, at } => lang.pick(
                format!("Tên “{was}” đã bị đổi thành “{is}” ở {}.", at.words(lang)),
                format!("The label “{was}” was changed to “{is}” at {}.", at.words(lang)),
            ),
        }
    }
}

/// Where something stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The sheet's name.
    pub sheet: String,
    /// From 1.
    pub row: u32,
    /// In letters.
    pub column: String,
}

impl Place {
    /// `F12`.
    pub fn cell(&self) -> String {
        format!("{}{}", self.column, self.row)
    }

    /// "ô F12, trang “Biểu số liệu”".
    pub fn words(&self, lang: Lang) -> String {
        let (cell, sheet) = (self.cell(), &self.sheet);
        lang.pick(format!("ô {cell}, trang “{sheet}”"), format!("cell {cell}, sheet “{sheet}”"))
    }
}

/// What stands in a cell that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing.
    Empty,
    /// A number, by its digits.
    Number {
        /// All of them.
        shortest: String,
        /// The fifteen that a spreadsheet shows.
        fifteen: String,
        /// Whether it is shown as a percentage: what stands in the file is the fraction.
        is_percent: bool,
    },
    /// Words, or a number typed as words.
    Text(String),
    /// `#REF!`.
    Fault(String),
    /// Yes or no, a date, a time: not a figure.
    Other,
    /// A formula whose result the file does not have.
    Uncalculated,
}

/// A cell of the form, as it came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// Where.
    pub at: Place,
    /// What.
    pub content: Content,
    /// What is said about it, where the file has a place for that, and where.
    pub comment: Option<(Place, Content)>,
}

/// A form that came back; whose it is and whether it is whole is for the reader to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// What the file says of itself.
    pub map: Map,
    rows: Vec<Line>,
    /// There is more than one map.
    has_several_maps: bool,
}

/// A row with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    key: String,
    sheet: String,
    row: u32,
    /// By the names of the columns.
    cells: HashMap<String, (u16, Content)>,
}

impl Line {
    fn at(&self, column: u16) -> Place {
        Place { sheet: self.sheet.clone(), row: self.row + 1, column: letters(column) }
    }
}

/// Reads a workbook with one form; of several, the first, as one that was altered.
pub fn read(bytes: &[u8]) -> Result<Returned, Unreadable> {
    let mut forms = read_all(bytes)?.into_iter();
    let first = forms.next().ok_or(Unreadable::NotAForm)?;
    let has_several_maps = first.has_several_maps || forms.next().is_some();
    Ok(Returned { has_several_maps, ..first })
}

/// Reads a workbook with a form, or with several: never none.
pub fn read_all(bytes: &[u8]) -> Result<Vec<Returned>, Unreadable> {
    look_for_workbook(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
    let percents = percents(bytes);
    let mut maps: Vec<(String, Map)> = vec![];
    let mut rows: Vec<(String, Line)> = vec![];
    let mut room = MOST_CELLS;
    for name in book.sheet_names() {
        let found = marked_sheet(&mut book, &name, percents.get(&name), &mut room)?;
        let Some((tag, sheet)) = found else { continue };
        match sheet {
            Sheet::Map(map) => maps.push((tag, map)),
            Sheet::Filled(lines) => rows.extend(lines.into_iter().map(|line| (tag.clone(), line))),
        }
    }
    let mut forms: Vec<(String, Returned)> = vec![];
    for (tag, map) in maps {
        match forms.iter_mut().find(|(known, _)| *known == tag) {
            Some((_, form)) => form.has_several_maps = true,
            None => forms.push((tag, Returned { map, rows: vec![], has_several_maps: false })),
        }
    }
    for (tag, line) in rows {
        if let Some((_, form)) = forms.iter_mut().find(|(known, _)| *known == tag) {
            form.rows.push(line);
        }
    }
    if forms.is_empty() {
        return Err(Unreadable::NotAForm);
    }
    Ok(forms.into_iter().map(|(_, form)| form).collect())
}

/// A row of a plain sheet that has something in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// Its number in the file, from 1.
    pub number: u32,
    /// What its cells say, from column A on.
    cells: BTreeMap<u16, String>,
    /// Those of them that are numbers, at the fifteen digits that a spreadsheet shows.
    numbers: BTreeMap<u16, String>,
}

impl TableRow {
    /// The fifteen digits that a spreadsheet shows of a number; `None` where words stand, or nothing.
    pub fn rounded(&self, column: usize) -> Option<&str> {
        let column = u16::try_from(column).ok()?;
        self.numbers.get(&column).map(String::as_str)
    }

    /// What stands in a column, counted from 0; nothing where nothing stands.
    pub fn text(&self, column: usize) -> &str {
        let column = u16::try_from(column).ok();
        column.and_then(|column| self.cells.get(&column)).map_or("", String::as_str)
    }

    /// The columns that say something, counted from 0.
    pub fn columns(&self) -> impl Iterator<Item = (usize, &str)> {
        self.cells.iter().map(|(column, text)| (usize::from(*column), text.as_str()))
    }
}

/// Reads the first sheet of a workbook that somebody made: the rows that say something, in order, their words trimmed.
pub fn table(bytes: &[u8]) -> Result<Vec<TableRow>, Unreadable> {
    look_for_workbook(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
    let name = book.sheet_names().into_iter().next().ok_or(Unreadable::Damaged)?;
    let mut reader = book.worksheet_cells_reader(&name).map_err(|_| Unreadable::Damaged)?;
    let mut rows: BTreeMap<u32, TableRow> = BTreeMap::new();
    let mut room = MOST_CELLS;
    while let Some(cell) = reader.next_cell_with_formula().map_err(|_| Unreadable::Damaged)? {
        let (row, column) = cell.pos;
        let content = content(cell.value, cell.formula.is_some(), false);
        let said = match &content {
            Content::Fault(fault) => fault.clone(),
            content => text(Some(content)).trim().to_owned(),
        };
        let Ok(column) = u16::try_from(column) else { continue };
        if !said.is_empty() {
            room = room.checked_sub(1).ok_or(Unreadable::TooLarge)?;
            let of = rows.entry(row).or_insert_with(|| TableRow {
                number: row + 1,
                cells: BTreeMap::new(),
                numbers: BTreeMap::new(),
            });
            if let Content::Number { fifteen, .. } = content {
                of.numbers.insert(column, fifteen);
            }
            of.cells.insert(column, said);
        }
    }
    Ok(rows.into_values().collect())
}

/// What kind of file there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Of Excel.
    Workbook,
    /// Of Word.
    Document,
}

/// Refuses what is no workbook.
fn look_for_workbook(bytes: &[u8]) -> Result<(), Unreadable> {
    match look_inside(bytes)? {
        Kind::Workbook => Ok(()),
        Kind::Document => Err(Unreadable::NotAWorkbook),
    }
}

/// Unpacks everything once, keeping nothing; answers what it is.
pub(crate) fn look_inside(bytes: &[u8]) -> Result<Kind, Unreadable> {
    if bytes.starts_with(&OLE) {
        let name: Vec<u8> = ENCRYPTED.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let is_locked = bytes.windows(name.len()).any(|part| part == name);
        return Err(if is_locked { Unreadable::Locked } else { Unreadable::Old });
    }
    if !bytes.starts_with(b"PK") {
        return Err(Unreadable::NotAWorkbook);
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
    if archive.len() > MOST_PARTS {
        return Err(Unreadable::TooLarge);
    }
    let mut left = MOST_UNPACKED;
    let (mut kind, mut is_open_document) = (None, false);
    for number in 0..archive.len() {
        let mut part = archive.by_index(number).map_err(|_| Unreadable::Damaged)?;
        let name = part.name().map_err(|_| Unreadable::Damaged)?.to_lowercase();
        if name.ends_with("vbaproject.bin") || name.starts_with("xl/macrosheets/") {
            return Err(Unreadable::Macros);
        }
        match name.as_str() {
            "xl/workbook.xml" => kind = Some(Kind::Workbook),
            "word/document.xml" => kind = Some(Kind::Document),
            _ => {}
        }
        is_open_document |= name == "content.xml";
        let unpacked = std::io::copy(&mut (&mut part).take(left + 1), &mut std::io::sink());
        let unpacked = unpacked.map_err(|_| Unreadable::Damaged)?;
        left = left.checked_sub(unpacked).ok_or(Unreadable::TooLarge)?;
    }
    kind.ok_or(if is_open_document { Unreadable::OpenDocument } else { Unreadable::NotAWorkbook })
}

enum Sheet {
    Map(Map),
    Filled(Vec<Line>),
}

type Cells = BTreeMap<u32, BTreeMap<u16, Content>>;

/// The mark in a sheet's first cell, and which of several forms it is of.
fn marked(text: &str) -> Option<(&str, &str)> {
    let (mark, tag) = text.split_once(' ').unwrap_or((text, ""));
    matches!(mark, FILLED_MARK | MAP_MARK).then_some((mark, tag))
}

/// Reads a sheet that is one of a form's, with which of several; of another, no more than its first cell.
fn marked_sheet(
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    percents: Option<&HashSet<(u32, u32)>>,
    room: &mut usize,
) -> Result<Option<(String, Sheet)>, Unreadable> {
    // A sheet of charts has no cells to read.
    let Ok(mut reader) = book.worksheet_cells_reader(name) else { return Ok(None) };
    let mut cells = Cells::new();
    while let Some(cell) = reader.next_cell_with_formula().map_err(|_| Unreadable::Damaged)? {
        let (row, column) = cell.pos;
        let is_mark = |text: &str| marked(text).is_some();
        if cells.is_empty() {
            match &cell.value {
                DataRef::Empty if row == 0 => continue,
                DataRef::SharedString(text) if (row, column) == (0, 0) && is_mark(text) => {}
                DataRef::String(text) if (row, column) == (0, 0) && is_mark(text) => {}
                _ => return Ok(None),
            }
        }
        let is_percent = percents.is_some_and(|cells| cells.contains(&cell.pos));
        let content = content(cell.value, cell.formula.is_some(), is_percent);
        let Ok(column) = u16::try_from(column) else { continue };
        if content == Content::Empty {
            continue;
        }
        *room = room.checked_sub(1).ok_or(Unreadable::TooLarge)?;
        cells.entry(row).or_default().insert(column, content);
    }
    let Some(first) = cells.remove(&0) else { return Ok(None) };
    let mark = text(first.get(&0));
    let Some((mark, tag)) = marked(&mark) else { return Ok(None) };
    let tag = tag.to_owned();
    if mark == MAP_MARK {
        return Ok(Some((tag, Sheet::Map(map(&cells)))));
    }
    let columns: Vec<(u16, String)> = first
        .iter()
        .filter(|(column, _)| **column > 0)
        .map(|(column, code)| (*column, text(Some(code))))
        .collect();
    let lines = cells.into_iter().filter_map(|(row, mut cells)| {
        let key = text(cells.remove(&0).as_ref());
        let at = |(column, code): &(u16, String)| {
            (code.clone(), (*column, cells.get(column).cloned().unwrap_or(Content::Empty)))
        };
        let cells = columns.iter().map(at).collect();
        (!key.is_empty()).then(|| Line { key, sheet: name.to_owned(), row, cells })
    });
    Ok(Some((tag, Sheet::Filled(lines.collect()))))
}

/// What stands in a cell.
pub(crate) fn content(value: DataRef, is_formula: bool, is_percent: bool) -> Content {
    match value {
        DataRef::Empty if is_formula => Content::Uncalculated,
        DataRef::Empty => Content::Empty,
        DataRef::Int(number) => {
            let digits = number.to_string();
            Content::Number { shortest: digits.clone(), fifteen: digits, is_percent }
        }
        DataRef::Float(number) => {
            let (shortest, fifteen) = digits_of(number);
            Content::Number { shortest, fifteen, is_percent }
        }
        DataRef::String(text) => Content::Text(text),
        DataRef::SharedString(text) => Content::Text(text.to_owned()),
        DataRef::Error(fault) => Content::Fault(fault.to_string()),
        DataRef::Bool(_)
        | DataRef::DateTime(_)
        | DataRef::DateTimeIso(_)
        | DataRef::DurationIso(_) => Content::Other,
    }
}

fn text(content: Option<&Content>) -> String {
    match content {
        Some(Content::Text(text)) => text.clone(),
        Some(Content::Number { shortest, .. }) => shortest.clone(),
        Some(Content::Empty | Content::Fault(_) | Content::Other | Content::Uncalculated)
        | None => String::new(),
    }
}

fn map(cells: &Cells) -> Map {
    let mut map = Map::default();
    for line in cells.values() {
        let at = |column: u16| text(line.get(&column));
        match at(0).as_str() {
            "fact" => map.facts.push((at(1), at(2))),
            "cell" => {
                map.cells.push(Mapped { cell: at(1), label: at(2), value: at(3), comment: at(4) })
            }
            "seal" => map.seal = at(1),
            _ => {}
        }
    }
    map
}

impl Returned {
    /// Every cell of the map with where it stands and what is in it, in the order of the map; or the first difference
    /// between what the map says and what the sheets show.
    pub fn cells(&self) -> Result<Vec<(&Mapped, Filled)>, Altered> {
        if self.has_several_maps {
            return Err(Altered::Map);
        }
        let mut rows: HashMap<&str, &Line> = HashMap::new();
        for line in &self.rows {
            if rows.insert(&line.key, line).is_some() {
                let (column, label) = line.cells.get(LABEL).ok_or(Altered::Map)?;
                return Err(Altered::RowTwice { label: text(Some(label)), at: line.at(*column) });
            }
        }
        self.map.cells.iter().map(|mapped| Ok((mapped, filled(mapped, &rows)?))).collect()
    }
}

fn filled(mapped: &Mapped, rows: &HashMap<&str, &Line>) -> Result<Filled, Altered> {
    let missing = || Altered::RowMissing { label: mapped.label.clone() };
    let (key, column) = mapped.cell.rsplit_once('/').ok_or(Altered::Map)?;
    let line = rows.get(key).ok_or_else(missing)?;
    let (at, label) = line.cells.get(LABEL).ok_or_else(missing)?;
    let (was, is) = (&mapped.label, text(Some(label)));
    if model::text::normalised(was) != model::text::normalised(&is) {
        let is = is.chars().take(80).collect();
        return Err(Altered::Label { was: was.clone(), is, at: line.at(*at) });
    }
    let (at, content) = line.cells.get(column).ok_or_else(missing)?;
    let comment = match column {
        "this" => {
            let (at, said) = line.cells.get(COMMENT).ok_or_else(missing)?;
            Some((line.at(*at), said.clone()))
        }
        _ => None,
    };
    Ok(Filled { at: line.at(*at), content: content.clone(), comment })
}
