//! Registers as files: the current list as a workbook, and a workbook that somebody changed, read whole and checked whole.
//!
//! The columns are the fields of the register, so a file, the form in the browser and the interface cannot differ.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use document::workbook::{self, Unreadable};
use jiff::civil::Date;
use measure::PortalCode;
use measure::register::{self, Entry, EntryCode, Field, Kind, Register, Values, Word, Wrong};
use model::UnitCode;
use store::KeptEntry;
use workflow::Language;

use crate::api::values::shortened;
use crate::problem::{Found, Place};
use crate::state::Ministry;
use crate::words::Message;

/// So many rows a file can have: a province's services forty times over.
pub const MOST_ROWS: usize = 60_000;
/// So many findings are told of a file; their number is told of all.
const MOST_FINDINGS: usize = 1000;

/// The two columns before the fields: whose the entry is, and what it is called by.
const UNIT: Field =
    Field {
        code: "unit", vi: "Đơn vị (mã)", en: "Unit (code)", kind: Kind::Text, is_needed: true
    };
const CODE: Field =
    Field { code: "code", vi: "Mã", en: "Code", kind: Kind::Text, is_needed: true };

/// The columns of a register's file, in order.
pub fn columns(register: Register) -> impl Iterator<Item = &'static Field> {
    [&UNIT, &CODE].into_iter().chain(register.fields())
}

/// A workbook's rows under the columns that were asked for, with what is wrong with it.
#[derive(Debug, Default)]
pub struct Table {
    /// Rows of data.
    pub rows: usize,
    /// What is wrong, in the order of rows; the first thousand.
    pub findings: Vec<Found>,
    /// How much is wrong.
    pub found: usize,
}

/// A column that was asked for, with its place and its title where the file has it.
type Column = (&'static Field, Option<(usize, String)>);

/// A row of a workbook.
#[derive(Debug)]
pub struct FileRow {
    line: workbook::TableRow,
    columns: Arc<Vec<Column>>,
}

impl FileRow {
    /// Its number, as the spreadsheet counts.
    pub fn number(&self) -> u64 {
        self.line.number.into()
    }

    /// What stands in a column.
    pub fn at(&self, code: &str) -> &str {
        let place = self.columns.iter().find(|(field, _)| field.code == code);
        place
            .and_then(|(_, place)| place.as_ref())
            .map_or("", |(column, _)| self.line.text(*column))
    }

    /// Adds what is wrong with what stands in a column.
    pub fn find(&self, table: &mut Table, code: &str, message: Message) {
        let known = self.columns.iter().find(|(field, _)| field.code == code);
        let place = known.and_then(|(_, place)| place.as_ref());
        let title = place.map(|(_, title)| title.as_str()).or(known.map(|(field, _)| field.vi));
        let cell = place.map(|(column, _)| format!("{}{}", letters(*column), self.number()));
        table.find(self.number(), title, cell, message);
    }
}

impl Table {
    fn find(&mut self, row: u64, column: Option<&str>, cell: Option<String>, message: Message) {
        self.found += 1;
        if self.findings.len() < MOST_FINDINGS {
            let at = Place { row: Some(row), column: column.map(str::to_owned), cell };
            self.findings.push(Found { at, message, suggestions: vec![] });
        }
    }

    /// Reads a workbook; an error is a file that is none. There are no rows where the header is wrong.
    pub fn read(
        bytes: &[u8],
        fields: &[&'static Field],
    ) -> Result<(Table, Vec<FileRow>), Unreadable> {
        let mut lines = workbook::table(bytes)?;
        let mut table = Table::default();
        if lines.is_empty() {
            let needed = fields.iter().find(|field| field.is_needed);
            let missing = needed.map_or("", |field| field.vi);
            table.find(1, None, None, Message::MissingColumn(missing));
            return Ok((table, vec![]));
        }
        let rows = lines.split_off(1);
        let header = &lines[0];
        let mut columns: Vec<Column> = fields.iter().map(|field| (*field, None)).collect();
        for (column, title) in header.columns() {
            let named = model::text::folded(title);
            let is_it = |(field, _): &&mut Column| {
                [field.code, field.vi, field.en]
                    .iter()
                    .any(|name| model::text::folded(name) == named)
            };
            match columns.iter_mut().find(is_it) {
                Some((_, place)) => *place = Some((column, title.to_owned())),
                None => {
                    let unknown = Message::UnknownColumn(shortened(title));
                    table.find(header.number.into(), Some(title), None, unknown);
                }
            }
        }
        for (field, place) in &columns {
            if field.is_needed && place.is_none() {
                table.find(header.number.into(), None, None, Message::MissingColumn(field.vi));
            }
        }
        table.rows = rows.len();
        if rows.len() > MOST_ROWS {
            table.find(MOST_ROWS as u64 + 2, None, None, too_many(rows.len()));
        }
        if table.found > 0 {
            return Ok((table, vec![]));
        }
        let columns = Arc::new(columns);
        let row = |line| FileRow { line, columns: columns.clone() };
        Ok((table, rows.into_iter().map(row).collect()))
    }
}

/// What was read of a register's file.
#[derive(Debug, Default)]
pub struct Read {
    /// Its rows, and what is wrong with them.
    pub table: Table,
    /// What they say, as far as they could be read, with the number of the row.
    pub entries: Vec<(u64, UnitCode, EntryCode, Values)>,
}

/// Reads a workbook; an error is a file that is none. `may_edit` says whose entries the sender may change.
pub fn read(
    bytes: &[u8],
    register: Register,
    ministry: &Ministry,
    may_edit: impl Fn(&UnitCode) -> bool,
) -> Result<Read, Unreadable> {
    let (mut table, rows) = Table::read(bytes, &columns(register).collect::<Vec<_>>())?;
    let mut entries = vec![];
    let mut seen: HashMap<(UnitCode, EntryCode), u64> = HashMap::new();
    for row in rows {
        let at = |code: &str| row.at(code);
        let mut wrong: Vec<(&'static str, Message)> = vec![];
        let unit = ministry.units.get(at("unit")).map(|unit| unit.code.clone());
        match &unit {
            None => wrong.push(("unit", Message::UnknownUnit(shortened(at("unit"))))),
            Some(unit) if !may_edit(unit) => wrong.push(("unit", not_yours())),
            Some(_) => {}
        }
        let code = EntryCode::parse(at("code"));
        if code.is_none() {
            wrong.push(("code", bad_code(at("code"))));
        }
        let values = register::read(register, at);
        if let Err(found) = &values {
            wrong
                .extend(found.iter().map(|(field, why)| (*field, said(register, *why, at(field)))));
        }
        if let Ok(values) = &values
            && let Some(unknown) = unknown_portal(values, ministry)
        {
            wrong.push(("portal", unknown));
        }
        if let (Some(unit), Some(code)) = (&unit, &code)
            && let Some(first) = seen.insert((unit.clone(), code.clone()), row.number())
        {
            wrong.push(("code", Message::Twice(first)));
        }
        match (unit, code, values) {
            (Some(unit), Some(code), Ok(values)) if wrong.is_empty() => {
                entries.push((row.number(), unit, code, values));
            }
            _ => wrong.into_iter().for_each(|(field, why)| row.find(&mut table, field, why)),
        }
    }
    Ok(Read { table, entries })
}

/// The letters over a column of a spreadsheet, counted from 0: A, Z, AA.
fn letters(column: usize) -> String {
    let letter = char::from(b'A' + (column % 26) as u8).to_string();
    if column < 26 { letter } else { letters(column / 26 - 1) + &letter }
}

/// The refusal of a portal that nobody has registered.
pub fn unknown_portal(values: &Values, ministry: &Ministry) -> Option<Message> {
    let named = values.get("portal")?;
    let known = PortalCode::parse(named).is_ok_and(|code| ministry.portals.contains_key(&code));
    let shown = shortened(named);
    (!known).then(|| {
        Message::said(422, "unknown_portal", |language| {
            language.pick(
                format!(
                    "Không có cổng nào có mã “{shown}”. Hãy khai cổng ở mục Cổng dịch vụ công."
                ),
                format!("There is no portal with the code “{shown}”. Register it under Portals."),
            )
        })
    })
}

/// The refusal of a code that is none.
pub fn bad_code(text: &str) -> Message {
    let text = shortened(text);
    Message::said(422, "bad_entry_code", |language| {
        language.pick(
            format!("“{text}” không phải là mã: cần 1 đến {} chữ cái không dấu, chữ số, dấu chấm, gạch nối hoặc gạch dưới.", register::LONGEST_CODE),
            format!("“{text}” is not a code: 1 to {} letters without marks, digits, points, hyphens or underscores.", register::LONGEST_CODE),
        )
    })
}

fn not_yours() -> Message {
    Message::said(422, "not_your_unit", |language| {
        language
            .pick(
                "Tài khoản của bạn không được sửa danh mục của đơn vị này.",
                "Your account may not change the registers of this unit.",
            )
            .to_owned()
    })
}

fn too_many(rows: usize) -> Message {
    Message::said(422, "too_many_rows", |language| {
        language.pick(
            format!("Tệp được tối đa {MOST_ROWS} dòng; tệp này có {rows} dòng."),
            format!("A file has at most {MOST_ROWS} rows; this one has {rows}."),
        )
    })
}

/// What was typed is no day.
pub fn not_a_day(text: &str) -> Message {
    let text = shortened(text);
    Message::said(422, "not_a_day", |language| {
        language.pick(
            format!("“{text}” không phải là ngày. Ví dụ đúng: 31/7/2024."),
            format!("“{text}” is not a day. Right: 2024-07-31 or 31/7/2024."),
        )
    })
}

/// What is wrong with a field, in a sentence.
pub fn said(register: Register, wrong: Wrong, text: &str) -> Message {
    let text = shortened(text);
    let plain = |code: &'static str, vi: String, en: String| {
        Message::said(422, code, |language| language.pick(vi.clone(), en.clone()))
    };
    match wrong {
        Wrong::Empty => plain(
            "empty",
            "Ô này không được để trống.".into(),
            "This is not to be left empty.".into(),
        ),
        Wrong::TooLong(most) => plain(
            "too_long",
            format!("Ô này dài quá {most} ký tự."),
            format!("This is longer than {most} characters."),
        ),
        Wrong::NotAWord(words) => plain(
            "not_one_of",
            format!(
                "“{text}” không có trong danh sách. Các giá trị đúng: {}.",
                listed(words, |one| one.vi)
            ),
            format!("“{text}” is not in the list. Right: {}.", listed(words, |one| one.en)),
        ),
        Wrong::NotADay => not_a_day(&text),
        Wrong::NotACount => plain(
            "bad_count",
            format!("“{text}” không phải là số nguyên. Ví dụ đúng: 1500 hoặc 1.500."),
            format!("“{text}” is not a whole number. Right: 1500 or 1.500."),
        ),
        Wrong::OnlyWith(other) => {
            let other = register.fields().iter().find(|field| field.code == other);
            let (vi, en) = other.map_or(("", ""), |field| (field.vi, field.en));
            plain(
                "only_with",
                format!(
                    "Ô này phải điền cùng với “{vi}”: mỗi lớp bảo vệ cần cả ngày và minh chứng."
                ),
                format!(
                    "This goes with “{en}”: a layer of protection needs its day and its evidence."
                ),
            )
        }
    }
}

fn listed(words: &[Word], of: impl Fn(&Word) -> &'static str) -> String {
    words.iter().map(of).collect::<Vec<_>>().join("; ")
}

/// A value as it is shown and read again.
pub fn shown(field: &Field, value: &str, language: Language) -> String {
    match field.kind {
        Kind::Word(words) => {
            let word = words.iter().find(|word| word.code == value);
            word.map_or(value, |word| language.pick(word.vi, word.en)).to_owned()
        }
        Kind::Day => match (language, value.parse::<Date>()) {
            (Language::Vietnamese, Ok(day)) => document::period::date(day, document::Lang::Vi),
            (Language::English, _) | (_, Err(_)) => value.to_owned(),
        },
        Kind::Text | Kind::Count => value.to_owned(),
    }
}

/// The current list as a workbook that can be changed and sent back; without entries it is a form to fill.
pub fn workbook(
    register: Register,
    entries: &[KeptEntry],
    title: &str,
    language: Language,
) -> Result<Vec<u8>, anyhow::Error> {
    let header: Vec<&str> =
        columns(register).map(|field| language.pick(field.vi, field.en)).collect();
    let row = |kept: &KeptEntry| -> Vec<String> {
        let entry = &kept.entry;
        let value = |field: &Field| {
            let said = entry.values.as_ref().and_then(|values| values.get(field.code));
            said.map_or(String::new(), |value| shown(field, value, language))
        };
        [entry.unit.to_string(), entry.code.as_str().to_owned()]
            .into_iter()
            .chain(register.fields().iter().map(value))
            .collect()
    };
    let rows: Vec<Vec<String>> = entries.iter().map(row).collect();
    Ok(document::sheet::write(title, &header, &rows)?)
}

/// What a file would do to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// The unit did not have it.
    Add,
    /// It says something else.
    Change,
    /// The file does not have it any more.
    End,
}

/// A statement that a file makes, with what it does.
#[derive(Clone, Debug)]
pub struct Change {
    /// The statement.
    pub entry: Entry,
    /// What it does.
    pub does: Does,
    /// Its name.
    pub name: String,
    /// The fields that change.
    pub fields: Vec<&'static str>,
}

/// How a file differs from the lists of its units as they stand. With `is_whole`, what the file lacks of them is ended.
pub fn changes(
    register: Register,
    read: &Read,
    standing: &[KeptEntry],
    since: Date,
    is_whole: bool,
) -> Vec<Change> {
    let mut before: BTreeMap<(&UnitCode, &EntryCode), &Values> = standing
        .iter()
        .filter_map(|kept| {
            Some(((&kept.entry.unit, &kept.entry.code), kept.entry.values.as_ref()?))
        })
        .collect();
    let units: BTreeSet<&UnitCode> = read.entries.iter().map(|(_, unit, ..)| unit).collect();
    let statement = |unit: &UnitCode, code: &EntryCode, values: Option<&Values>| Entry {
        unit: unit.clone(),
        code: code.clone(),
        since,
        values: values.cloned(),
        is_synthetic: false,
    };
    let name = |values: &Values| values.get("name").cloned().unwrap_or_default();
    let mut changes = vec![];
    for (_, unit, code, values) in &read.entries {
        let was = before.remove(&(unit, code));
        let fields = register::changed(register, was, Some(values));
        if !fields.is_empty() {
            let does = if was.is_none() { Does::Add } else { Does::Change };
            let entry = statement(unit, code, Some(values));
            changes.push(Change { entry, does, name: name(values), fields });
        }
    }
    if is_whole {
        for ((unit, code), was) in before.into_iter().filter(|((unit, _), _)| units.contains(unit))
        {
            let entry = statement(unit, code, None);
            changes.push(Change { entry, does: Does::End, name: name(was), fields: vec![] });
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_a_spreadsheet_does() {
        let named: Vec<String> = [0, 25, 26, 27, 701, 702].into_iter().map(letters).collect();
        assert_eq!(named, ["A", "Z", "AA", "AB", "ZZ", "AAA"]);
    }
}
