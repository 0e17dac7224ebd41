//! The inventory of report duties as a file: CSV or XLSX in, CSV out; read whole, checked whole.
//!
//! Every row is checked before anything is changed, so that a file is mended in one pass. What is written can be read
//! again: an administrator downloads a version, changes it in a spreadsheet and imports it as the next.

use csv::ReaderBuilder;
use document::workbook::{self, Unreadable};
use model::{UnitCode, UnitKind};
use workflow::burden::Duty;
use workflow::template::Assigned;
use workflow::{Language, TemplateCode};

use crate::api::values::shortened;
use crate::problem::{Found, Place};
use crate::state::Ministry;
use crate::words::Message;

/// So many duties an inventory can have.
const MOST_DUTIES: usize = 5_000;
/// The most characters of a name or a source.
const LONGEST: usize = 500;
/// The most numbers of one report.
const MOST_CELLS: u32 = 100_000;

/// A column: its code, and how it is headed in Vietnamese and in English. Files may use any of the three.
struct Heading {
    code: &'static str,
    vi: &'static str,
    en: &'static str,
    is_needed: bool,
}

const fn heading(
    code: &'static str,
    vi: &'static str,
    en: &'static str,
    is_needed: bool,
) -> Heading {
    Heading { code, vi, en, is_needed }
}

/// In the order in which a file is written.
const HEADINGS: [Heading; 10] = [
    heading("name", "Tên báo cáo", "Report", true),
    heading("asked_by", "Cơ quan yêu cầu", "Asked by", true),
    heading("legal_basis", "Căn cứ pháp lý", "Legal basis", false),
    heading("of", "Đối tượng thực hiện", "Who reports", true),
    heading("frequency", "Tần suất", "Frequency", true),
    heading("cells", "Số ô", "Cells", true),
    heading("first_cells", "Số ô chưa báo cáo nào khác hỏi", "Cells asked nowhere else", false),
    heading("replaced_by", "Biểu thay thế", "Replaced by", false),
    heading("source", "Nguồn", "Source", false),
    heading("synthetic", "Mô phỏng", "Synthetic", false),
];

/// How often a year, as it is written.
const FREQUENCIES: [(&str, &str, &str, u16); 5] = [
    ("week", "hằng tuần", "weekly", 52),
    ("month", "hằng tháng", "monthly", 12),
    ("quarter", "hằng quý", "quarterly", 4),
    ("half", "6 tháng", "half-yearly", 2),
    ("year", "hằng năm", "yearly", 1),
];

/// What was read of a file.
#[derive(Debug, Default)]
pub struct Read {
    /// Rows of data.
    pub rows: u64,
    /// What they say, as far as they could be read.
    pub duties: Vec<Duty>,
    /// What is wrong, in the order of rows.
    pub findings: Vec<Found>,
}

/// A row of a file with its number, as texts.
type Line = (u64, Vec<String>);

/// Reads a file of either kind; an error is a file that is none.
pub fn read(bytes: &[u8], ministry: &Ministry) -> Result<Read, Unreadable> {
    let lines = if bytes.starts_with(b"PK") || bytes.starts_with(&[0xD0, 0xCF]) {
        workbook::table(bytes)?
            .iter()
            .map(|row| {
                let width = row.columns().last().map_or(0, |(column, _)| column + 1);
                let cells = (0..width).map(|column| row.text(column).to_owned()).collect();
                (u64::from(row.number), cells)
            })
            .collect()
    } else {
        csv_lines(bytes)
    };
    Ok(read_lines(&lines, ministry))
}

fn csv_lines(bytes: &[u8]) -> Vec<Line> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = if header.contains(&b';') && !header.contains(&b',') { b';' } else { b',' };
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(bytes);
    let lines = reader.byte_records().zip(1..).map(|(record, number)| {
        let record = record.unwrap_or_default();
        // A mark that no text can have where a byte is no text, so that the cell is named.
        let cells = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned());
        (number, cells.collect())
    });
    lines.filter(|(_, cells): &Line| cells.iter().any(|cell| !cell.trim().is_empty())).collect()
}

fn read_lines(lines: &[Line], ministry: &Ministry) -> Read {
    let mut read = Read::default();
    let Some(((first, header), rows)) = lines.split_first() else {
        read.findings.push(found(1, None, Message::MissingColumn(HEADINGS[0].code)));
        return read;
    };
    let mut places = [None; HEADINGS.len()];
    for (column, title) in header.iter().enumerate().filter(|(_, title)| !title.trim().is_empty()) {
        let named = model::text::folded(title);
        let is_it = |one: &Heading| {
            [one.code, one.vi, one.en].iter().any(|known| model::text::folded(known) == named)
        };
        match HEADINGS.iter().position(is_it) {
            Some(at) => places[at] = Some(column),
            None => {
                let message = Message::UnknownColumn(shortened(title));
                read.findings.push(found(*first, Some(title.trim()), message));
            }
        }
    }
    for (heading, _) in
        HEADINGS.iter().zip(places).filter(|(one, place)| one.is_needed && place.is_none())
    {
        read.findings.push(found(*first, None, Message::MissingColumn(heading.vi)));
    }
    read.rows = rows.len() as u64;
    if rows.len() > MOST_DUTIES {
        read.findings.push(found(MOST_DUTIES as u64 + 2, None, too_many(rows.len())));
    }
    if !read.findings.is_empty() {
        return read;
    }
    for (number, cells) in rows {
        let at = |code: &str| text_of(cells, &places, code);
        match duty(&at, ministry) {
            Ok(duty) => read.duties.push(duty),
            Err(wrong) => read.findings.extend(wrong.into_iter().map(|(code, message)| {
                let column = header_of(header, &places, code);
                found(*number, Some(column), message)
            })),
        }
    }
    read
}

/// How the file itself heads the column of a code, so that the place is found; a column that it lacks, as we head it.
fn header_of<'a>(header: &'a [String], places: &[Option<usize>], code: &'a str) -> &'a str {
    let known = HEADINGS.iter().position(|one| one.code == code);
    let own = known.and_then(|at| header.get(places[at]?)).map(|title| title.trim());
    own.or(known.map(|at| HEADINGS[at].vi)).unwrap_or(code)
}

/// What a row says in the column of a code; nothing where there is no such column.
fn text_of<'a>(cells: &'a [String], places: &[Option<usize>], code: &str) -> &'a str {
    let column = HEADINGS.iter().position(|one| one.code == code).and_then(|at| places[at]);
    column.and_then(|column| cells.get(column)).map_or("", |text| text.trim())
}

fn found(row: u64, column: Option<&str>, message: Message) -> Found {
    let at = Place { row: Some(row), column: column.map(str::to_owned), cell: None };
    Found { at, message, suggestions: vec![] }
}

fn too_many(rows: usize) -> Message {
    Message::said(422, "too_many_rows", |language| {
        language.pick(
            format!("Danh mục được tối đa {MOST_DUTIES} dòng; tệp này có {rows} dòng."),
            format!("An inventory has at most {MOST_DUTIES} rows; this file has {rows}."),
        )
    })
}

/// One row, or everything that is wrong with it by column.
fn duty<'a>(
    at: &dyn Fn(&str) -> &'a str,
    ministry: &Ministry,
) -> Result<Duty, Vec<(&'static str, Message)>> {
    let mut wrong = vec![];
    for column in ["name", "asked_by", "legal_basis", "source"] {
        if at(column).chars().count() > LONGEST {
            wrong.push((column, Message::TooLong { field: column, most: LONGEST }));
        } else if at(column).contains('\u{fffd}') {
            wrong.push((column, not_text()));
        }
    }
    for column in ["name", "asked_by"] {
        if at(column).is_empty() {
            wrong.push((column, empty()));
        }
    }
    let of = assigned(at("of"), ministry).map_err(|message| wrong.push(("of", message))).ok();
    let times = times_a_year(at("frequency"));
    if times.is_none() {
        wrong.push(("frequency", bad_frequency(at("frequency"))));
    }
    let cells = count(at("cells")).filter(|cells| (1..=MOST_CELLS).contains(cells));
    if cells.is_none() {
        wrong.push(("cells", bad_count(at("cells"), MOST_CELLS)));
    }
    let first_cells = match at("first_cells") {
        "" => None,
        text => {
            let most = cells.unwrap_or(MOST_CELLS);
            let first = count(text).filter(|first| *first <= most);
            if first.is_none() {
                wrong.push(("first_cells", bad_count(text, most)));
            }
            first
        }
    };
    let replaced_by = match at("replaced_by") {
        "" => None,
        text => {
            let known = ministry.template(text).map(|template| template.code.clone());
            if known.is_none() {
                wrong.push(("replaced_by", Message::UnknownTemplate(shortened(text))));
            }
            known
        }
    };
    let is_synthetic = match model::text::folded(at("synthetic")).as_str() {
        "" | "khong" | "no" => Some(false),
        "co" | "yes" | "x" => Some(true),
        _ => None,
    };
    if is_synthetic.is_none() {
        let known = "có, không, yes, no".to_owned();
        wrong.push(("synthetic", Message::NotOneOf { value: shortened(at("synthetic")), known }));
    }
    match (of, times, cells, is_synthetic) {
        (Some(of), Some(times_a_year), Some(cells), Some(is_synthetic)) if wrong.is_empty() => {
            Ok(Duty {
                name: model::text::normalised(at("name")),
                asked_by: model::text::normalised(at("asked_by")),
                legal_basis: model::text::normalised(at("legal_basis")),
                of,
                times_a_year,
                cells,
                first_cells,
                replaced_by,
                source: model::text::normalised(at("source")),
                is_synthetic,
            })
        }
        _ => Err(wrong),
    }
}

/// Kinds of units as offices name them, folded.
const KINDS: [(&str, UnitKind); 5] = [
    ("tinh, thanh pho", UnitKind::Province),
    ("cac tinh, thanh pho", UnitKind::Province),
    ("tinh", UnitKind::Province),
    ("bo", UnitKind::Ministry),
    ("cac bo", UnitKind::Ministry),
];

/// `tỉnh, thành phố`, `province`, `@ministries`, `52; 48`.
fn assigned(text: &str, ministry: &Ministry) -> Result<Assigned, Message> {
    if text.is_empty() {
        return Err(empty());
    }
    let said = model::text::folded(text);
    let in_words = KINDS.iter().find(|(words, _)| *words == said).map(|(_, kind)| *kind);
    if let Some(kind) = UnitKind::parse(text).or(in_words) {
        return Ok(Assigned::Kind(kind));
    }
    let unit = |code: &str| -> Result<UnitCode, Message> {
        let found = ministry.units.get(code).map(|unit| unit.code.clone());
        found.ok_or_else(|| Message::UnknownUnit(shortened(code)))
    };
    if text.starts_with('@') {
        return Ok(Assigned::Group(unit(text)?));
    }
    let codes = text.split([';', ',', ' ']).filter(|code| !code.is_empty());
    Ok(Assigned::Units(codes.map(unit).collect::<Result<_, _>>()?))
}

fn times_a_year(text: &str) -> Option<u16> {
    let said = model::text::folded(text);
    // "năm", "hàng năm" and "hằng năm" are one.
    let bare = |words: &str| {
        let often = ["hang ", "moi "].iter().find_map(|word| words.strip_prefix(word));
        often.unwrap_or(words).to_owned()
    };
    let known = FREQUENCIES.iter().find(|(code, vi, en, _)| {
        [*code, vi, en].iter().any(|word| bare(&model::text::folded(word)) == bare(&said))
    });
    if let Some((.., times)) = known {
        return Some(*times);
    }
    let number = said.split_whitespace().next().unwrap_or_default();
    let rest = said[number.len()..].trim();
    let is_times = matches!(rest, "" | "lan/nam" | "lan" | "times a year" | "/nam" | "lan mot nam");
    number.parse().ok().filter(|times| is_times && (1..=366).contains(times))
}

fn count(text: &str) -> Option<u32> {
    text.parse().ok()
}

fn empty() -> Message {
    Message::said(422, "empty", |language| {
        language.pick("Ô này không được để trống.", "This is not to be left empty.").to_owned()
    })
}

fn not_text() -> Message {
    Message::said(422, "not_text", |language| {
        language
            .pick(
                "Ô này không phải chữ UTF-8. Hãy lưu tệp dưới dạng CSV UTF-8 hoặc .xlsx.",
                "This is no text in UTF-8. Save the file as CSV UTF-8 or as .xlsx.",
            )
            .to_owned()
    })
}

fn bad_frequency(text: &str) -> Message {
    let text = shortened(text);
    Message::said(422, "bad_frequency", |language| {
        language.pick(
            format!("“{text}” không phải là tần suất. Ví dụ đúng: hằng tháng, hằng quý, 6 tháng, hằng năm, hằng tuần, 7 lần/năm."),
            format!("“{text}” is not a frequency. Right: monthly, quarterly, half-yearly, yearly, weekly, 7 times a year."),
        )
    })
}

fn bad_count(text: &str, most: u32) -> Message {
    let text = shortened(text);
    Message::said(422, "bad_count", |language| {
        language.pick(
            format!("“{text}” không phải là số ô: cần số nguyên không quá {most}, viết liền."),
            format!("“{text}” is not a number of cells: a whole one up to {most}, without marks."),
        )
    })
}

/// How often, as it is written and read again.
pub fn frequency_words(times_a_year: u16, language: Language) -> String {
    let known = FREQUENCIES.iter().find(|(.., times)| *times == times_a_year);
    match known {
        Some((_, vi, en, _)) => language.pick(*vi, *en).to_owned(),
        None => {
            language.pick(format!("{times_a_year} lần/năm"), format!("{times_a_year} times a year"))
        }
    }
}

/// Who reports, as it is written and read again.
pub fn assigned_words(of: &Assigned) -> String {
    match of {
        Assigned::Kind(kind) => kind.code().to_owned(),
        Assigned::Group(group) => group.to_string(),
        Assigned::Units(units) => units.iter().map(UnitCode::as_str).collect::<Vec<_>>().join("; "),
    }
}

/// The file: a header, then a row for each duty, in a language that [`read`] reads.
pub fn csv_rows(duties: &[Duty], language: Language) -> Vec<Vec<String>> {
    let header = HEADINGS.iter().map(|one| language.pick(one.vi, one.en).to_owned()).collect();
    let row = |duty: &Duty| {
        let or_empty = |text: Option<String>| text.unwrap_or_default();
        let synthetic = if duty.is_synthetic { language.pick("có", "yes") } else { "" };
        vec![
            duty.name.clone(),
            duty.asked_by.clone(),
            duty.legal_basis.clone(),
            assigned_words(&duty.of),
            frequency_words(duty.times_a_year, language),
            duty.cells.to_string(),
            or_empty(duty.first_cells.map(|first| first.to_string())),
            or_empty(duty.replaced_by.as_ref().map(TemplateCode::to_string)),
            duty.source.clone(),
            synthetic.to_owned(),
        ]
    };
    std::iter::once(header).chain(duties.iter().map(row)).collect()
}
