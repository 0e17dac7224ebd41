//! Which cells of a form a report that an office wrote itself seems to fill: proposals, each for a person to confirm.
//!
//! Rows are found by their names, as rows of a template are proposed; columns by the period that their heading names. Of
//! a number whose period cannot be told nothing is proposed: it is better typed than taken for another month's.

pub mod words;

use std::collections::BTreeMap;

use model::{Catalogue, Frequency, Period, text};

use crate::propose::proposals;
use crate::{CellKey, Language, Template, entry};

/// A table of the report.
pub type Table = BTreeMap<u32, BTreeMap<u16, Square>>;

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Square {
    /// Its words, or its number as digits with a dot.
    pub text: String,
    /// Whether it is a number by itself, and not words.
    pub is_number: bool,
    /// Whether another cell says it and only spans this one.
    pub is_spanned: bool,
}

/// A cell of the form, and where the report seems to fill it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which cell.
    pub cell: CellKey,
    /// Which table, from 0.
    pub table: usize,
    /// Its row.
    pub row: u32,
    /// Its column.
    pub column: u16,
    /// The name that was found for the row.
    pub label: String,
    /// What stands over the column; empty where nothing does.
    pub heading: String,
    /// Whether the name is the row's own, rather than much like it.
    pub is_same: bool,
    /// The unit of measure that the report gives, where it is not the indicator's.
    pub other_unit: Option<String>,
}

/// What a heading says of its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// Numbers of this period.
    Of(Period),
    /// Something that the form does not ask for: a plan, a change, a sum since January.
    Other,
    /// The unit of measure.
    Unit,
    /// Nothing that is known here.
    Nothing,
}

/// Finds the cells of a form for a period that a report seems to fill, in the order of the report; each once. `lines`
/// are the words of the whole report, in which it may name its own period.
pub fn found(
    tables: &[Table],
    lines: &[String],
    template: &Template,
    catalogue: &Catalogue,
    period: Period,
) -> Vec<Found> {
    let asked = template.sections.iter().flat_map(|section| section.rows());
    let asked = asked.filter_map(|row| catalogue.get(row.indicator.as_str()).cloned());
    let asked = Catalogue::new(asked);
    // A report of last month says so in its title, and "this month" in it is last month's.
    let own = period_of(lines, period).unwrap_or(period);
    let mut all: Vec<Found> = vec![];
    for (number, table) in tables.iter().enumerate() {
        let of_part = |part: &Table| in_table(part, number, template, &asked, period, own);
        for one in parts(table).iter().flat_map(of_part) {
            match all.iter_mut().find(|known| known.cell == one.cell) {
                None => all.push(one),
                Some(known) if one.is_same && !known.is_same => *known = one,
                Some(_) => {}
            }
        }
    }
    all
}

/// The period that the words of a report say it is of: the form's own or an earlier one of its length, if they say it.
pub fn period_of(lines: &[String], period: Period) -> Option<Period> {
    lines.iter().find_map(|line| titled(line, period))
}

/// The language in which a report is written, by which its numbers are read: Vietnamese where most of its lines have
/// letters that English does not.
pub fn language_of(lines: &[String], unless_vietnamese: Language) -> Language {
    let words = lines.iter().filter(|line| line.contains(char::is_alphabetic));
    let is_marked = |line: &&String| line.contains(|c: char| c.is_alphabetic() && !c.is_ascii());
    let (marked, plain): (Vec<&String>, Vec<&String>) = words.partition(is_marked);
    if marked.len() > plain.len() { Language::Vietnamese } else { unless_vietnamese }
}

/// The tables that stand under one another on a sheet, each from its title on: one begins where columns are named again
/// after numbers.
fn parts(table: &Table) -> Vec<Table> {
    const OVER_NAMES: [&str; 6] =
        ["chi tieu", "ten chi tieu", "noi dung", "chi tieu noi dung", "danh muc", "indicator"];
    let names_columns = |squares: &BTreeMap<u16, Square>| {
        let own = squares.values().filter(|one| !one.is_spanned);
        own.into_iter().any(|one| OVER_NAMES.contains(&spaced(&one.text).trim()))
    };
    let (mut parts, mut rest, mut last_numbers) = (vec![], table.clone(), None);
    for (&row, squares) in table {
        if names_columns(squares) {
            let begins = last_numbers.take().map_or(0, |last| last + 1);
            let next = rest.split_off(&begins);
            parts.push(std::mem::replace(&mut rest, next));
        } else if squares.values().any(is_counted) {
            last_numbers = Some(row);
        }
    }
    parts.push(rest);
    parts
}

fn in_table(
    table: &Table,
    number: usize,
    template: &Template,
    asked: &Catalogue,
    period: Period,
    own: Period,
) -> Vec<Found> {
    let words = table.iter().flat_map(|(row, squares)| {
        let own = squares.iter().filter(|(_, one)| !one.is_number && !one.is_spanned);
        own.map(move |(column, one)| ((*row, *column), one.text.clone()))
    });
    let (places, words): (Vec<(u32, u16)>, Vec<String>) = words.unzip();
    let named_rows = proposals(&words, asked);
    // A name may stand in a title too: the rows begin at the first that has a number after its name.
    let begins = |&(row, column): &(u32, u16)| {
        table[&row].range(column + 1..).any(|(_, one)| is_counted(one))
    };
    let named_places = named_rows.iter().map(|one| places[one.line]);
    let Some((first, label)) = named_places.clone().find(begins).or(named_places.clone().next())
    else {
        return vec![];
    };
    let (headings, top) = headings(table, first, label);
    // Of sheets each may be of another month, which stands over its table.
    let title = table.range(..top).flat_map(|(_, squares)| squares.values());
    let title: Vec<String> =
        title.filter(|one| !one.is_spanned).map(|one| one.text.clone()).collect();
    let own = period_of(&title, period).unwrap_or(own);
    let says: BTreeMap<u16, Says> =
        headings.iter().map(|(column, words)| (*column, said(words, period, own))).collect();
    let knows_periods = says.values().any(|says| matches!(says, Says::Of(_)));
    let (mut found, mut last) = (vec![], None);
    for proposed in named_rows {
        let (row, label_column) = places[proposed.line];
        // The first name of a row is its label; what follows on the row is said about it.
        if last.replace(row) == Some(row) {
            continue;
        }
        let Some(candidate) = proposed.candidates.first() else { continue };
        let indicator = candidate.indicator;
        let key = template.sections.iter().find_map(|section| {
            let asked = section.rows().iter().find(|asked| {
                asked.indicator == indicator.code && asked.breakdown == candidate.breakdown
            })?;
            Some((section.row_key(asked), asked.columns()))
        });
        let Some((key, columns)) = key else { continue };
        let squares = &table[&row];
        let other_unit = squares.iter().find_map(|(column, one)| {
            let is_unit = says.get(column) == Some(&Says::Unit) && !one.is_number;
            let unit = text::folded(&one.text);
            let is_own = [&indicator.unit_vi, &indicator.unit_en];
            // A form of ours marks with a star what is required.
            let unit = unit.trim_end_matches([' ', '*']);
            let is_own = is_own.iter().any(|known| text::folded(known) == unit);
            (is_unit && !is_own && !unit.is_empty()).then(|| one.text.clone())
        });
        let numbers = squares.range(label_column + 1..).filter(|(column, one)| {
            let is_other = matches!(says.get(column), Some(Says::Other | Says::Unit));
            !one.is_spanned && !is_other && is_figure(one, indicator)
        });
        let numbers: Vec<u16> = numbers.map(|(column, _)| *column).collect();
        for &column in &numbers {
            let of = match says.get(&column) {
                Some(Says::Of(of)) => *of,
                // A lone number under no heading that says anything is of the report's own period.
                _ if !knows_periods && numbers.len() == 1 => own,
                _ => continue,
            };
            let at = columns.iter().find(|one| one.period(period) == Some(of));
            let Some(&at) = at else { continue };
            let cell = key.cell(at);
            let mut of_row = found.iter().rev().take_while(|known: &&Found| known.row == row);
            if of_row.any(|known| known.cell == cell) {
                continue;
            }
            found.push(Found {
                cell,
                table: number,
                row,
                column,
                label: words[proposed.line].clone(),
                heading: headings.get(&column).cloned().unwrap_or_default(),
                is_same: candidate.is_same,
                other_unit: other_unit.clone(),
            });
        }
    }
    found
}

/// What stands over or before units of measure, folded.
const UNIT: [&str; 4] = ["don vi tinh", "dvt", "unit of measure", "unit"];

/// So many rows make a heading at most.
const HIGHEST_HEADING: usize = 4;

/// What stands over each column in the rows next above those with numbers, from the top down; each words once. What
/// stands over the whole table, as its title and its date do, is no column's heading. Answers the first of these rows too.
fn headings(table: &Table, first: u32, label: u16) -> (BTreeMap<u16, String>, u32) {
    let runs_over_names = |squares: &BTreeMap<u16, Square>| {
        let next = squares.get(&(label + 1)).filter(|next| next.is_spanned);
        next.is_some_and(|next| squares.get(&label).is_some_and(|name| name.text == next.text))
    };
    let mut rows: Vec<(u32, &BTreeMap<u16, Square>)> = vec![];
    for (&row, squares) in table.range(..first).rev() {
        let beside = squares.range(label + 1..).filter(|(_, one)| !is_counted(one)).count();
        let is_title = beside == 0 || runs_over_names(squares);
        let own: Vec<&Square> = squares.values().filter(|one| !one.is_spanned).collect();
        match rows.last() {
            // Names of parts, columns that are counted, rows that the form does not ask for.
            None if is_title || squares.range(label + 1..).any(|(_, one)| is_counted(one)) => {
                continue;
            }
            None => {}
            Some((below, _)) => {
                let is_heading = own.len() > 1 || beside > 1 && !own.iter().any(|one| is_unit(one));
                let is_next = row + 1 == *below && rows.len() < HIGHEST_HEADING;
                if is_title || !is_heading || !is_next {
                    break;
                }
            }
        }
        rows.push((row, squares));
    }
    let top = rows.last().map_or(first, |(row, _)| *row);
    let mut headings: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for (_, squares) in rows.into_iter().rev() {
        for (column, square) in squares.iter().filter(|(_, one)| !is_counted(one)) {
            let over = headings.entry(*column).or_default();
            if !over.contains(&square.text.as_str()) {
                over.push(&square.text);
            }
        }
    }
    (headings.into_iter().map(|(column, words)| (column, words.join(" "))).collect(), top)
}

/// A number by itself, also one that is written as words: "60,8", "(1)", "102%".
fn is_counted(square: &Square) -> bool {
    let of_numbers = |c: char| c.is_ascii_digit() || c.is_whitespace() || ".,%()-".contains(c);
    square.is_number
        || square.text.chars().all(of_numbers) && square.text.contains(|c: char| c.is_ascii_digit())
}

/// "Đơn vị tính: tỷ đồng", over a table.
fn is_unit(square: &Square) -> bool {
    let words = spaced(&square.text);
    UNIT.iter().any(|unit| words.starts_with(&format!(" {unit} ")))
}

/// What stands here is a figure of the indicator, or was meant to be one.
fn is_figure(square: &Square, indicator: &model::Indicator) -> bool {
    if square.is_number {
        return true;
    }
    match entry::read(&square.text, Language::Vietnamese, indicator) {
        Ok(figure) => figure.is_some(),
        Err(misread) => misread.code() != "not_a_number",
    }
}

/// What a heading says: of another period than those of the form it says so too.
fn said(heading: &str, period: Period, own: Period) -> Says {
    const OTHER: [&str; 24] = [
        "luy ke",
        "cong don",
        "cung ky",
        "nam truoc",
        "ke hoach",
        "so voi",
        "so sanh",
        "ty le",
        "tang",
        "giam",
        "ghi chu",
        "giai thich",
        "dau nam",
        "ca nam",
        "muc tieu",
        "stt",
        "year to date",
        "same period",
        "last year",
        "plan",
        "change",
        "compared",
        "note",
        "target",
    ];
    const BEFORE: [&str; 5] =
        ["ky truoc", "thang truoc", "quy truoc", "previous period", "last month"];
    const THIS: [&str; 16] = [
        "ky nay",
        "thang nay",
        "quy nay",
        "ky bao cao",
        "thang bao cao",
        "trong ky",
        "trong thang",
        "thuc hien",
        "uoc",
        "so lieu",
        "gia tri",
        "ket qua",
        "this period",
        "this month",
        "actual",
        "estimate",
    ];
    let folded = spaced(heading);
    let has = |words: &[&str]| words.iter().any(|one| folded.contains(&format!(" {one} ")));
    if has(&UNIT) {
        return Says::Unit;
    }
    if has(&OTHER) {
        return Says::Other;
    }
    if let Some(of) = named(heading, period) {
        return Says::Of(of);
    }
    if let Some(of) = named_briefly(&folded, period) {
        return of;
    }
    if names_some_period(&folded) {
        return Says::Other;
    }
    if has(&BEFORE) {
        return own.previous().map_or(Says::Other, Says::Of);
    }
    if has(&THIS) { Says::Of(own) } else { Says::Nothing }
}

/// So many periods back a report is recognised as what it is of.
const REMEMBERED: usize = 36;

/// The period that words name with its year, of those of a form's length up to a form's own, the longest name first.
fn named(words: &str, period: Period) -> Option<Period> {
    let folded = spaced(words);
    let back = std::iter::successors(Some(period), |at| at.previous()).take(REMEMBERED);
    let mut at = back.filter_map(|of| {
        let at = names(of).iter().filter_map(|name| folded.find(&format!(" {name} "))).min()?;
        Some((at, of))
    });
    let first = at.next()?;
    Some(at.fold(first, |first, other| if other.0 < first.0 { other } else { first }).1)
}

/// The period that the line of a title is of: "Kết quả tháng 6 và nhiệm vụ tháng 7 năm 2024" is of June. The day on which
/// it was written is no period.
fn titled(line: &str, period: Period) -> Option<Period> {
    let Some(word) = word_of(period) else { return named(line, period) };
    let folded = spaced(line);
    let words: Vec<&str> = folded.split_whitespace().collect();
    let is_day = |at: usize| at > 1 && words[at - 2] == "ngay" && part(words[at - 1]).is_some();
    // Where one is named, and which of its year.
    let named = (0..words.len()).filter(|at| words[*at] == word && !is_day(*at));
    let named = named.filter_map(|at| Some((at + 2, part(words.get(at + 1)?)?)));
    let named: Vec<(usize, i8)> = named.collect();
    let year_at = |at: usize| {
        let at = if words.get(at) == Some(&"nam") { at + 1 } else { at };
        words.get(at).filter(|year| year.len() == 4).and_then(|year| year.parse::<i16>().ok())
    };
    let (_, first) = *named.first()?;
    // The year may stand only behind the last that is named; December before January is of the year before.
    let (last, year) = named.iter().find_map(|(at, of)| Some((*of, year_at(*at)?)))?;
    let year = if first > last { year - 1 } else { year };
    let back = std::iter::successors(Some(period), |at| at.previous()).take(REMEMBERED);
    back.into_iter().find(|of| part_of_year(*of) == Some(first) && of.end().year() == year)
}

/// The period that words name without its year: the form's own or the one before, or another, of which nothing is asked.
fn named_briefly(folded: &str, period: Period) -> Option<Says> {
    let word = word_of(period)?;
    let after = folded.split(&format!(" {word} ")).nth(1)?.split(' ').next()?;
    let number = part(after)?;
    let is = |of: &Period| part_of_year(*of) == Some(number);
    let known = [Some(period), period.previous()].into_iter().flatten().find(is);
    // The year may stand over or before it: "Năm 2023" over "Tháng 7".
    let year = folded.split(' ').filter(|word| word.len() == 4).find_map(|word| word.parse().ok());
    let known = known.filter(|of| year.is_none_or(|year: i16| of.end().year() == year));
    Some(known.map_or(Says::Other, Says::Of))
}

/// Whether words name a month, a quarter or a year, of which by now it is known that the form does not ask for it.
fn names_some_period(folded: &str) -> bool {
    let after = |word: &str| -> Option<&str> {
        folded.split(&format!(" {word} ")).nth(1)?.split(' ').next()
    };
    let is_part = |word: &str| after(word).is_some_and(|next| part(next).is_some());
    let is_year = |next: &str| next.len() == 4 && next.bytes().all(|byte| byte.is_ascii_digit());
    is_part("thang") || is_part("quy") || after("nam").is_some_and(is_year)
}

/// What months and quarters are called, folded.
fn word_of(period: Period) -> Option<&'static str> {
    match period.frequency() {
        Frequency::Month => Some("thang"),
        Frequency::Quarter => Some("quy"),
        _ => None,
    }
}

/// The number of a month or a quarter, also as Romans wrote it.
fn part(word: &str) -> Option<i8> {
    match word {
        "i" => Some(1),
        "ii" => Some(2),
        "iii" => Some(3),
        "iv" => Some(4),
        digits => digits.parse().ok(),
    }
}

fn part_of_year(period: Period) -> Option<i8> {
    let month = period.end().month();
    match period.frequency() {
        Frequency::Month => Some(month),
        Frequency::Quarter => Some((month + 2) / 3),
        _ => None,
    }
}

/// How a period is written with its year, folded.
fn names(period: Period) -> Vec<String> {
    let year = period.end().year();
    match (period.frequency(), part_of_year(period)) {
        (Frequency::Month, Some(month)) => [format!("{month}"), format!("{month:02}")]
            .iter()
            .flat_map(|month| {
                [format!("thang {month} {year}"), format!("thang {month} nam {year}")]
            })
            .collect(),
        (Frequency::Quarter, Some(quarter)) => {
            let roman = ["i", "ii", "iii", "iv"][usize::from(quarter.unsigned_abs()) - 1];
            [format!("{quarter}"), roman.to_owned()]
                .iter()
                .flat_map(|part| [format!("quy {part} {year}"), format!("quy {part} nam {year}")])
                .collect()
        }
        (Frequency::Half, _) => {
            let half = if period.end().month() <= 6 { "dau" } else { "cuoi" };
            vec![format!("6 thang {half} nam {year}"), format!("sau thang {half} nam {year}")]
        }
        (Frequency::Year, _) => vec![format!("nam {year}")],
        _ => vec![],
    }
}

/// Folded words with one space before, between and after them, without marks: "Tháng 6/2024:" is " thang 6 2024 ".
fn spaced(words: &str) -> String {
    let folded = text::folded(words);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    format!(" {} ", words.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::indicator;
    use crate::template::{DueRule, Row, Section, SectionKind};
    use crate::{SectionId, TemplateCode};
    use model::{Breakdown, Calendar, Indicator, IndicatorCode, Sector};

    fn catalogue() -> Catalogue {
        let named = |code: &str, vi: &str, unit: &str| Indicator {
            name_vi: vi.to_owned(),
            name_en: format!("{code} in English"),
            ..indicator(code, unit, 1)
        };
        Catalogue::new([
            named("BC.DOANHTHU", "Doanh thu bưu chính", "tỷ đồng"),
            named("BC.LAODONG", "Số lao động bưu chính", "người"),
            named("BC.DIEM", "Số điểm phục vụ bưu chính", "điểm"),
            named("VT.DOANHTHU", "Doanh thu viễn thông", "tỷ đồng"),
        ])
    }

    /// Asks for revenue of this month and of the one before, for staff and the women among it, and for post offices.
    fn template() -> Template {
        let row = |code: &str, breakdown: &str, settle_previous| Row {
            indicator: IndicatorCode::parse(code).unwrap(),
            breakdown: Breakdown::parse(breakdown).unwrap(),
            required: false,
            note: String::new(),
            settle_previous,
        };
        Template {
            code: TemplateCode::parse("T").unwrap(),
            version: 1,
            valid_from: None,
            name_vi: String::new(),
            name_en: String::new(),
            content: String::new(),
            calendar: Calendar::Statistical,
            frequency: Frequency::Month,
            assigned_to: vec![],
            cut_off_vi: String::new(),
            cut_off_en: String::new(),
            due: DueRule { working_days: 5 },
            legal_basis: String::new(),
            recipients: vec![],
            sending: String::new(),
            paper: Default::default(),
            checks: vec![],
            sections: vec![Section {
                id: SectionId::parse("BC").unwrap(),
                sector: Sector::Post,
                name_vi: String::new(),
                name_en: String::new(),
                owner: String::new(),
                kind: SectionKind::Figures(vec![
                    row("BC.DOANHTHU", "", true),
                    row("BC.LAODONG", "", false),
                    row("BC.LAODONG", "SEX=F", false),
                    row("BC.DIEM", "", false),
                ]),
            }],
        }
    }

    /// A table of lines with `|` between cells; `#5` is a number, `^` is spanned by the cell above, `<` by the one before.
    fn table(lines: &str) -> Table {
        let mut table = Table::new();
        let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
        for (row, line) in (0u32..).zip(lines) {
            for (column, text) in (0u16..).zip(line.split('|').map(str::trim)) {
                let of = |row: u32, column: u16| table.get(&row).and_then(|row| row.get(&column));
                let spanned = match text {
                    "" => continue,
                    "^" => of(row - 1, column).cloned(),
                    "<" => of(row, column - 1).cloned(),
                    _ => None,
                };
                let number = text.strip_prefix('#');
                let square = spanned.map_or_else(
                    || Square {
                        text: number.unwrap_or(text).to_owned(),
                        is_number: number.is_some(),
                        is_spanned: false,
                    },
                    |one| Square { is_spanned: true, ..one },
                );
                table.entry(row).or_default().insert(column, square);
            }
        }
        table
    }

    #[track_caller]
    fn check(name: &str, title: &str, lines: &str, expected: &[&str]) {
        let table = table(lines);
        let found = found(
            std::slice::from_ref(&table),
            &[title.to_owned()],
            &template(),
            &catalogue(),
            Period::parse("2024-07").unwrap(),
        );
        let shown: Vec<String> = found
            .iter()
            .map(|one| {
                let said = &table[&one.row][&one.column].text;
                let like = if one.is_same { "" } else { " ~" };
                let unit = one.other_unit.as_ref().map(|unit| format!(" in {unit}"));
                format!("{} {said}{like}{}", one.cell, unit.unwrap_or_default())
            })
            .collect();
        assert_eq!(shown, expected, "{name}");
    }

    #[test]
    fn rows_are_found_by_their_names_and_columns_by_the_period_they_name() {
        check(
            "months with their year",
            "Báo cáo tháng 7/2024",
            "STT | Chỉ tiêu | Đơn vị tính | Thực hiện tháng 6/2024 | Ước thực hiện tháng 7/2024 | Lũy kế 7 tháng
             1 | Doanh thu bưu chính | tỷ đồng | 60,8 | 63,4 | 410
             2 | Số lao động | người | 900 | 905 | 905
             2.1 | Trong đó: nữ | người | 400 | 402 | 402",
            &[
                "BC/BC.DOANHTHU/previous 60,8",
                "BC/BC.DOANHTHU/this 63,4",
                "BC/BC.LAODONG/this 905 ~",
                "BC/BC.LAODONG[SEX=F]/this 402 ~",
            ],
        );
        check(
            "months without it, under a heading that spans them",
            "Báo cáo",
            "Chỉ tiêu | Thực hiện | < | So với cùng kỳ
             ^ | Tháng 6 | Tháng 07 | ^
             Doanh thu bưu chính | #60.8 | #63.4 | #12
             Doanh thu viễn thông | #300 | #310 | #2",
            &["BC/BC.DOANHTHU/previous 60.8", "BC/BC.DOANHTHU/this 63.4"],
        );
        check(
            "words for periods",
            "Báo cáo",
            "Nội dung | Kỳ trước | Kỳ này | Ghi chú
             I. DOANH THU BUU CHINH (tỷ đồng) | 60,8 | 1.5 | 7
             Số điểm phục vụ bưu chính | chưa có số liệu | x",
            &["BC/BC.DOANHTHU/previous 60,8", "BC/BC.DOANHTHU/this 1.5", "BC/BC.DIEM/this x"],
        );
        check(
            "a lone number",
            "Tháng 7 năm 2024",
            "Doanh thu bưu chính | tỷ đồng | 63,4
             Số điểm phục vụ bưu chính | điểm | 80 | 81",
            &["BC/BC.DOANHTHU/this 63,4"],
        );
    }

    #[test]
    fn a_report_of_last_month_speaks_of_last_month() {
        let lines = "Chỉ tiêu | Kỳ trước | Ước kỳ này
                     Doanh thu bưu chính | 59,1 | 60,8
                     Số điểm phục vụ bưu chính | 79 | 80";
        check("its estimate", "Báo cáo tháng 6/2024", lines, &["BC/BC.DOANHTHU/previous 60,8"]);
        check("an older one", "Báo cáo tháng 02 năm 2023", lines, &[]);
        let lines = "Chỉ tiêu | Tháng 5 | Quý II
                     Doanh thu bưu chính | 59,1 | 180";
        check("another month", "Báo cáo tháng 7/2024", lines, &[]);
    }

    #[test]
    fn what_stands_over_the_whole_table_is_no_columns_heading() {
        // A sheet of Excel, where the head of the page is part of the table.
        let page = "UBND TỈNH BÌNH ĐỊNH | < | < | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM | <
                    SỞ THÔNG TIN VÀ TRUYỀN THÔNG | < | < | Bình Định, ngày 31 tháng 7 năm 2024 | <";
        let rows = "I | BƯU CHÍNH
                    1 | Doanh thu bưu chính | tỷ đồng | #60.8 | #63.4
                    2 | Số điểm phục vụ bưu chính | điểm | #79 | #80";
        let title = "BÁO CÁO THÁNG 7 NĂM 2024 | < | < | < | <";
        let both =
            ["BC/BC.DOANHTHU/previous 60.8", "BC/BC.DOANHTHU/this 63.4", "BC/BC.DIEM/this 80"];
        for (name, heading) in [
            ("months", "TT | Chỉ tiêu | Đơn vị tính | Thực hiện tháng 6 | Ước thực hiện tháng 7"),
            ("words", "TT | Chỉ tiêu | ĐVT | Kỳ trước | Kỳ này"),
            (
                "two rows, and columns that are counted",
                "TT | Chỉ tiêu | ĐVT | Năm 2024 | <
                 ^ | ^ | ^ | Tháng 6 | Tháng 7
                 A | B | C | (1) | (2)",
            ),
            (
                "the unit of most, over the table's corner",
                " |  |  |  | Đơn vị tính: tỷ đồng
                 TT | Chỉ tiêu | ĐVT | Tháng 6 | Tháng 7",
            ),
            (
                "the same, joined",
                " |  |  | ĐVT: tỷ đồng | <
                 TT | Chỉ tiêu | ĐVT | Tháng 6 | Tháng 7",
            ),
        ] {
            for title in [title, "BÁO CÁO THÁNG 7 NĂM 2024"] {
                let sheet = format!("{page}\n{title}\n{heading}\n{rows}");
                check(name, "Báo cáo tháng 7/2024", &sheet, &both);
            }
        }
        let last_year = "TT | Chỉ tiêu | ĐVT | Năm 2023 | Năm 2024\n | | | Tháng 7 | Tháng 7";
        let sheet = format!("{page}\n{title}\n{last_year}\n{rows}");
        let this = ["BC/BC.DOANHTHU/this 63.4", "BC/BC.DIEM/this 80"];
        check("the same month of two years", "Báo cáo tháng 7/2024", &sheet, &this);
        let foreign = "TT | Chỉ tiêu | ĐVT | Tháng 6 | Tháng 7\n1 | Trồng rừng | ha | #5 | #6";
        let sheet = format!("{page}\n{title}\n{foreign}\n{rows}");
        check("a row of others first", "Báo cáo tháng 7/2024", &sheet, &both);
    }

    #[test]
    fn tables_under_one_another_have_each_their_own_columns() {
        check(
            "another column in one of them",
            "Báo cáo tháng 7/2024",
            "Báo cáo tháng 7/2024 | < | < | <
             Chỉ tiêu | Đơn vị tính | Tháng 6 | Tháng 7
             Doanh thu bưu chính | tỷ đồng | #60.8 | #63.4
             Bưu cục
             Chỉ tiêu | Tháng 5 | Tháng 7 | Tháng 6
             ^ | (1) | (2) | (3)
             Số điểm phục vụ bưu chính | #78 | #80 | #79",
            &["BC/BC.DOANHTHU/previous 60.8", "BC/BC.DOANHTHU/this 63.4", "BC/BC.DIEM/this 80"],
        );
        check(
            "one a month",
            "Báo cáo tháng 6/2024",
            "Báo cáo tháng 6/2024 | < | <
             Nội dung | Kỳ trước | Kỳ này
             Doanh thu bưu chính | #59.1 | #60.8
             Báo cáo tháng 7/2024 | < | <
             Nội dung | Kỳ trước | Kỳ này
             Doanh thu bưu chính | #60.8 | #63.4",
            &["BC/BC.DOANHTHU/previous 60.8", "BC/BC.DOANHTHU/this 63.4"],
        );
    }

    #[test]
    fn a_report_says_in_which_language_it_is() {
        let (vi, en) = (Language::Vietnamese, Language::English);
        for (lines, expected) in [
            ("Báo cáo|Doanh thu bưu chính|tỷ đồng|60,8|BTS", vi),
            ("Report of Bình Định|Postal revenue|billion dong|60.8", en),
            ("60,8|1.234", en),
        ] {
            let lines: Vec<String> = lines.split('|').map(str::to_owned).collect();
            assert_eq!(language_of(&lines, en), expected, "{lines:?}");
            assert_eq!(language_of(&lines, vi), vi);
        }
    }

    #[test]
    fn each_sheet_is_of_the_period_that_stands_over_its_table() {
        let sheet = |title: &str, numbers: &str| {
            let rows = format!("Chỉ tiêu | Kỳ trước | Kỳ này\nDoanh thu bưu chính | {numbers}");
            table(&format!("{title}\n{rows}"))
        };
        let sheets = [
            sheet("Báo cáo tháng 5 năm 2024 | < | <", "#58.2 | #59.1"),
            sheet("Báo cáo tháng 6 năm 2024 | < | <", "#59.1 | #60.8"),
            sheet("Báo cáo tháng 7 năm 2024 | < | <", "#60.9 | #63.4"),
        ];
        let lines = ["Báo cáo tháng 5 năm 2024".to_owned()];
        let july = Period::parse("2024-07").unwrap();
        let found = found(&sheets, &lines, &template(), &catalogue(), july);
        let said =
            |one: &Found| format!("{} {}", one.cell, sheets[one.table][&one.row][&one.column].text);
        let said: Vec<String> = found.iter().map(said).collect();
        assert_eq!(said, ["BC/BC.DOANHTHU/previous 60.8", "BC/BC.DOANHTHU/this 63.4"]);
    }

    #[test]
    fn a_title_says_of_which_period_a_report_is() {
        for (line, month, expected) in [
            ("Báo cáo tháng 6 năm 2024", "2024-07", Some("2024-06")),
            ("Kết quả tháng 6 và nhiệm vụ tháng 7 năm 2024", "2024-07", Some("2024-06")),
            ("Kết quả tháng 7, phương hướng tháng 8/2024", "2024-07", Some("2024-07")),
            ("Kết quả tháng 12 và nhiệm vụ tháng 01 năm 2025", "2025-01", Some("2024-12")),
            ("Bình Định, ngày 05 tháng 7 năm 2024", "2024-07", None),
            (
                "Theo Công văn ngày 5 tháng 6 năm 2024, báo cáo tháng 7/2024",
                "2024-07",
                Some("2024-07"),
            ),
            ("7 tháng đầu năm 2024", "2024-07", None),
            ("Nhiệm vụ tháng 7", "2024-07", None),
            ("Báo cáo tháng 9/2024", "2024-07", None),
            ("Kết quả quý II, nhiệm vụ quý III năm 2024", "2024-Q3", Some("2024-Q2")),
            ("Báo cáo năm 2023", "2023", Some("2023")),
        ] {
            let titled = titled(line, Period::parse(month).unwrap()).map(|of| of.to_string());
            assert_eq!(titled.as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn what_is_not_asked_or_cannot_be_told_is_left_out() {
        check("nothing", "", "", &[]);
        check("no names", "", "A | B\n1 | 2", &[]);
        check(
            "two numbers, and nothing says of when",
            "",
            "Doanh thu bưu chính | 60,8 | 63,4",
            &[],
        );
        check(
            "plans, changes and notes",
            "",
            "Chỉ tiêu | Kế hoạch năm 2024 | Thực hiện cùng kỳ năm trước | Tỷ lệ % | Ghi chú
             Doanh thu bưu chính | 700 | 50 | 12 | 3",
            &[],
        );
        check(
            "another unit of measure is said",
            "",
            "Chỉ tiêu | ĐVT | Thực hiện tháng 7
             Doanh thu bưu chính | triệu đồng | 63.400
             Số điểm phục vụ bưu chính | Điểm * | 80",
            &["BC/BC.DOANHTHU/this 63.400 in triệu đồng", "BC/BC.DIEM/this 80"],
        );
        check(
            "a number that is only spanned",
            "",
            "Chỉ tiêu | Thực hiện tháng 7
             Số điểm phục vụ bưu chính | 80
             Số lao động bưu chính | ^",
            &["BC/BC.DIEM/this 80"],
        );
        check(
            "the name that is the row's own, wherever it stands",
            "",
            "Chỉ tiêu | Thực hiện tháng 7
             Số điểm bưu chính | 79
             Số điểm phục vụ bưu chính | 80",
            &["BC/BC.DIEM/this 80"],
        );
    }
}
