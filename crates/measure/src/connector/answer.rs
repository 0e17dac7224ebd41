//! What a system answered, as rows of texts: a number keeps the digits that it was written with.
//!
//! Nothing here knows indicators and units; their codes are checked where every import is. A row without a number is
//! unknown and is counted, never taken for zero.

use std::borrow::Cow;

use model::{Calendar, Period};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::fault::RowWhy;
use super::path::Step;
use super::{Columns, Connector, Fault, Path, RowFault, Values};

/// One figure as the system says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Rows of JSON and of a database count from 1, lines of CSV from 2; pages go on counting.
    pub number: u64,
    /// The indicator's code.
    pub indicator: String,
    /// The unit's code.
    pub unit: String,
    /// The period's code.
    pub period: String,
    /// The breakdown; empty for the total.
    pub breakdown: String,
    /// The number, as digits with a dot.
    pub value: String,
    /// The measured share that this row says; `None` when the connector's counts.
    pub share: Option<String>,
}

/// Everything that was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Rows read, with and without a number.
    pub rows: u64,
    /// Places without a number, one to a row unless it has several: unknown, not zero.
    pub unknown: u64,
    /// The numbers.
    pub figures: Vec<Row>,
    /// What was found in single rows.
    pub faults: Vec<RowFault>,
}

/// What stands in a place.
enum Found<'a> {
    /// The place is not there.
    Missing,
    /// It is empty.
    Nothing,
    /// A text, or the digits of a number.
    Text(Cow<'a, str>),
}

/// Reads the pages of one answer, one after another.
pub struct Reading<'a> {
    connector: &'a Connector,
    columns: &'a Columns,
    asked: Period,
    most_rows: u64,
    answer: Answer,
    /// Which of the columns of numbers were there at all.
    seen: Vec<bool>,
}

impl<'a> Reading<'a> {
    /// Begins to read what was asked about a period. The connector is one that is asked.
    pub fn new(connector: &'a Connector, asked: Period) -> Option<Reading<'a>> {
        let pull = connector.pull()?;
        Some(Reading {
            connector,
            columns: &pull.columns,
            asked,
            most_rows: pull.limits.most_rows,
            answer: Answer::default(),
            seen: vec![false; pull.columns.values.columns().len()],
        })
    }

    /// Reads a page of JSON; answers how many rows it has.
    pub fn json(&mut self, bytes: &[u8], rows: &Path) -> Result<u64, Fault> {
        let mut found = vec![];
        find(whole(bytes)?, rows.steps(), rows, &mut found)?;
        let paths = self.columns.named().map(|column| Ok((column, Path::parse(column)?)));
        let paths: Vec<(&str, Path)> = paths.collect::<Result<_, Fault>>()?;
        for row in &found {
            let number = self.count()?;
            self.row(number, |column| {
                let path = paths.iter().find(|(name, _)| *name == column);
                let (_, path) = path.expect("every column that is asked for is named");
                inside(row, path)
            });
        }
        Ok(found.len() as u64)
    }

    /// Reads a page of CSV; answers how many rows it has.
    pub fn csv(&mut self, bytes: &[u8]) -> Result<u64, Fault> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter(bytes)).from_reader(bytes);
        let header = reader.headers().map_err(|_| Fault::NotCsv(1))?;
        let names: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        let mut record = csv::StringRecord::new();
        let mut rows = 0;
        self.check_header(&names)?;
        loop {
            // A header is line 1 of every page.
            let number = self.answer.rows + 2;
            if !reader.read_record(&mut record).map_err(|_| Fault::NotCsv(number))? {
                return Ok(rows);
            }
            rows += 1;
            let number = self.count()? + 1;
            self.row(number, |column| Ok(cell(&names, column, |place| record.get(place))));
        }
    }

    /// Reads the rows of a database: the names of its columns, and the texts of each row.
    pub fn table(&mut self, names: &[String], rows: &[Vec<Option<String>>]) -> Result<(), Fault> {
        // A database names the columns of its rows, and of none nothing.
        if !rows.is_empty() {
            self.check_header(names)?;
        }
        for row in rows {
            let number = self.count()?;
            let at = |place: usize| row.get(place).and_then(Option::as_deref);
            self.row(number, |column| Ok(cell(names, column, at)));
        }
        Ok(())
    }

    /// Everything that was answered.
    pub fn finish(self) -> Result<Answer, Fault> {
        if self.answer.rows > 0 && self.answer.faults.is_empty() {
            let columns = self.columns.values.columns();
            let missing = columns.iter().zip(&self.seen).find(|(_, is_seen)| !**is_seen);
            if let Some((column, _)) = missing {
                return Err(Fault::NoColumn((*column).to_owned()));
            }
        }
        Ok(self.answer)
    }

    fn count(&mut self) -> Result<u64, Fault> {
        self.answer.rows += 1;
        if self.answer.rows > self.most_rows {
            return Err(Fault::TooManyRows(self.most_rows));
        }
        Ok(self.answer.rows)
    }

    fn check_header(&mut self, names: &[String]) -> Result<(), Fault> {
        for column in self.columns.named() {
            match names.iter().filter(|name| *name == column).count() {
                0 => return Err(Fault::NoColumn(column.to_owned())),
                1 => {}
                _ => return Err(Fault::ColumnTwice(column.to_owned())),
            }
        }
        self.seen.fill(true);
        Ok(())
    }

    fn row<'b>(&mut self, number: u64, get: impl Fn(&str) -> Result<Found<'b>, Fault>) {
        match self.read_row(number, get) {
            Ok(found) => {
                for one in found {
                    match one {
                        Some(row) => self.answer.figures.push(row),
                        None => self.answer.unknown += 1,
                    }
                }
            }
            Err(why) => self.answer.faults.push(RowFault { row: number, why }),
        }
    }

    /// The figures of a row; `None` for a place without a number.
    fn read_row<'b>(
        &mut self,
        number: u64,
        get: impl Fn(&str) -> Result<Found<'b>, Fault>,
    ) -> Result<Vec<Option<Row>>, RowWhy> {
        let columns = self.columns;
        let text = |column: &Option<String>, otherwise: &str| match column {
            None => Ok(otherwise.to_owned()),
            Some(column) => match get(column).map_err(RowWhy::Unreadable)? {
                Found::Missing => Err(RowWhy::Unreadable(Fault::NoColumn(column.clone()))),
                Found::Nothing => Ok(String::new()),
                Found::Text(text) => Ok(text.into_owned()),
            },
        };
        let period = self.asked.to_string();
        let said = text(&columns.period, &period)?;
        if !is_about(&said, self.asked) {
            let said = said.chars().take(40).collect();
            return Err(RowWhy::AnotherPeriod { said, asked: self.asked });
        }
        let first_unit = self.connector.units.first().map_or("", |code| code.as_str());
        let unit = text(&columns.unit, first_unit)?;
        let seen = &mut self.seen;
        let mut value = |place: usize, column: &str| {
            let found = get(column).map_err(RowWhy::Unreadable)?;
            seen[place] |= !matches!(found, Found::Missing);
            Ok(match found {
                Found::Missing | Found::Nothing => None,
                Found::Text(value) => Some(value.into_owned()),
            })
        };
        let row = |indicator: String, breakdown: String, value: Option<String>| {
            let (unit, period) = (unit.clone(), period.clone());
            Some(Row { number, indicator, unit, period, breakdown, value: value?, share: None })
        };
        let found = match &columns.values {
            Values::One { column, indicator, breakdown } => {
                let first = self.connector.indicators.first().map_or("", |code| code.as_str());
                let indicator = text(indicator, first)?;
                // Some systems leave the member out for totals.
                let breakdown = match breakdown.as_deref().map(&get).transpose() {
                    Ok(Some(Found::Text(text))) => text.into_owned(),
                    Ok(Some(Found::Missing | Found::Nothing) | None) => String::new(),
                    Err(fault) => return Err(RowWhy::Unreadable(fault)),
                };
                vec![row(indicator, breakdown, value(0, column)?)]
            }
            Values::Several(columns) => columns
                .iter()
                .enumerate()
                .map(|(place, one)| {
                    let value = value(place, &one.column)?;
                    Ok(row(one.indicator.to_string(), one.breakdown.as_str().to_owned(), value))
                })
                .collect::<Result<_, RowWhy>>()?,
        };
        Ok(found)
    }
}

impl Values {
    /// The columns that numbers are looked for in.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Values::One { column, .. } => vec![column],
            Values::Several(columns) => columns.iter().map(|one| one.column.as_str()).collect(),
        }
    }
}

impl Columns {
    /// The columns that are looked for, each once.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        let mut named = self.values.columns();
        let others = match &self.values {
            Values::One { indicator, breakdown, .. } => {
                [indicator.as_deref(), breakdown.as_deref()]
            }
            Values::Several(_) => [None, None],
        };
        named.extend(others.into_iter().flatten());
        named.extend([self.unit.as_deref(), self.period.as_deref()].into_iter().flatten());
        let mut seen = std::collections::HashSet::new();
        named.retain(|column| seen.insert(*column));
        named.into_iter()
    }
}

fn cell<'b>(names: &[String], column: &str, at: impl Fn(usize) -> Option<&'b str>) -> Found<'b> {
    let place = names.iter().position(|name| name == column);
    match place.and_then(at).map(str::trim) {
        None | Some("") => Found::Nothing,
        Some(text) => Found::Text(Cow::Borrowed(text)),
    }
}

/// Whether a text names this period: its code, the month as `06/2024`, or its first or last day.
fn is_about(said: &str, asked: Period) -> bool {
    let said = said.trim();
    let day = said.get(..10).filter(|_| said[10..].starts_with(['T', ' '])).unwrap_or(said);
    if day.len() == 10
        && let Ok(day) = day.parse()
    {
        return asked.start() == day || asked.end() == day;
    }
    let turned = said.split_once('/').filter(|(_, year)| year.len() == 4);
    let code = turned.map_or(said.to_owned(), |(month, year)| format!("{year}-{month:0>2}"));
    let code = match asked.calendar() {
        Calendar::Administrative if !code.ends_with("~adm") => format!("{code}~adm"),
        Calendar::Administrative | Calendar::Statistical => code,
    };
    Period::parse(&code) == Ok(asked)
}

/// The address of the next page; `None` on the last.
pub fn next_link(bytes: &[u8], path: &Path) -> Result<Option<String>, Fault> {
    match inside(whole(bytes)?, path)? {
        Found::Missing | Found::Nothing => Ok(None),
        Found::Text(link) => Ok(Some(link.into_owned()).filter(|link| !link.is_empty())),
    }
}

/// A column, or a path into a row, with what stands there in the first row.
pub type SeenColumn = (String, Option<String>);

/// So many columns and lists of an answer are told, so deep, and so many characters of an example.
const MOST_TOLD: usize = 100;
const DEEPEST_TOLD: usize = 5;
const LONGEST_EXAMPLE: usize = 60;

/// What the rows of a page of JSON have, by path, and the paths of lists in it; nothing of what is no JSON.
pub fn members(bytes: &[u8], rows: &Path) -> (Vec<SeenColumn>, Vec<String>) {
    let (mut columns, mut lists) = (vec![], vec![]);
    let Ok(page) = whole(bytes) else { return (columns, lists) };
    lists_of(page, "$", 0, &mut lists);
    let mut found = vec![];
    if find(page, rows.steps(), rows, &mut found).is_ok()
        && let Some(row) = found.first()
    {
        members_of(row, "", 0, &mut columns);
    }
    (columns, lists)
}

fn lists_of(value: &RawValue, path: &str, depth: usize, told: &mut Vec<String>) {
    if told.len() >= MOST_TOLD || depth > DEEPEST_TOLD {
        return;
    }
    if list(value).is_some() {
        told.push(format!("{path}[*]"));
    }
    for (name, inner) in object(value).ok().flatten().unwrap_or_default() {
        lists_of(inner, &format!("{path}{}", step(&name, false)), depth + 1, told);
    }
}

fn members_of(row: &RawValue, path: &str, depth: usize, told: &mut Vec<SeenColumn>) {
    for (name, value) in object(row).ok().flatten().unwrap_or_default() {
        if told.len() >= MOST_TOLD {
            return;
        }
        let path = format!("{path}{}", step(&name, path.is_empty()));
        match text_of(&name, value) {
            Ok(Found::Text(text)) => {
                told.push((path, Some(text.chars().take(LONGEST_EXAMPLE).collect())));
            }
            Ok(Found::Nothing | Found::Missing) => told.push((path, None)),
            Err(_) if depth < DEEPEST_TOLD => members_of(value, &path, depth + 1, told),
            Err(_) => {}
        }
    }
}

/// A member's name as a path goes on with it.
fn step(name: &str, is_first: bool) -> String {
    let is_plain =
        !name.is_empty() && !name.contains(['.', '[', ']', '?', '@', '*', '\'', '"', '$']);
    match (is_plain, is_first) {
        (true, true) => name.to_owned(),
        (true, false) => format!(".{name}"),
        (false, _) if name.contains('\'') => format!("[\"{name}\"]"),
        (false, _) => format!("['{name}']"),
    }
}

/// The columns of a page of CSV; nothing of what is none.
pub fn header(bytes: &[u8]) -> Vec<SeenColumn> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter(bytes)).from_reader(bytes);
    let Ok(names) = reader.headers().cloned() else { return vec![] };
    let mut first = csv::StringRecord::new();
    let has_row = reader.read_record(&mut first).unwrap_or(false);
    let example = |place: usize| {
        let text = first.get(place).filter(|_| has_row).map(str::trim)?;
        (!text.is_empty()).then(|| text.chars().take(LONGEST_EXAMPLE).collect())
    };
    let told = names.iter().enumerate().take(MOST_TOLD);
    told.map(|(place, name)| (name.trim().to_owned(), example(place))).collect()
}

/// Whether the header of CSV is by comma or semicolon.
fn delimiter(bytes: &[u8]) -> u8 {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if first.contains(&b';') && !first.contains(&b',') { b';' } else { b',' }
}

/// Reads a batch that a system sent: `{"figures":[{"indicator","unit","period","breakdown","value","share"}]}`.
///
/// `unit` and `indicator` may be left out where the connector has one, `breakdown` for totals, `share` where the
/// connector's counts. A `value` of null is unknown.
pub fn pushed(bytes: &[u8], connector: &Connector, most_rows: u64) -> Result<Answer, Fault> {
    let members = object(whole(bytes)?)?.ok_or_else(|| Fault::LeadsNowhere("figures".into()))?;
    let mut figures = None;
    for (name, value) in &members {
        match name.as_str() {
            "figures" => figures = list(value),
            _ => return Err(Fault::UnknownMember(name.chars().take(40).collect())),
        }
    }
    let rows = figures.ok_or_else(|| Fault::LeadsNowhere("figures".into()))?;
    if rows.len() as u64 > most_rows {
        return Err(Fault::TooManyRows(most_rows));
    }
    let mut answer = Answer { rows: rows.len() as u64, ..Answer::default() };
    for (row, number) in rows.into_iter().zip(1..) {
        match pushed_row(row, number, connector) {
            Ok(Some(row)) => answer.figures.push(row),
            Ok(None) => answer.unknown += 1,
            Err(why) => {
                answer.faults.push(RowFault { row: number, why: RowWhy::Unreadable(why) });
            }
        }
    }
    Ok(answer)
}

fn pushed_row(row: &RawValue, number: u64, connector: &Connector) -> Result<Option<Row>, Fault> {
    let only = |codes: Vec<&str>| match codes[..] {
        [only] => only.to_owned(),
        _ => String::new(),
    };
    let mut read = Row {
        number,
        indicator: only(connector.indicators.iter().map(|code| code.as_str()).collect()),
        unit: only(connector.units.iter().map(|code| code.as_str()).collect()),
        period: String::new(),
        breakdown: String::new(),
        value: String::new(),
        share: None,
    };
    let mut value = None;
    let members = object(row)?;
    let members = members.ok_or_else(|| wrong_type("figures", row))?;
    for (name, content) in &members {
        let found = match text_of(name, content)? {
            Found::Text(text) => Some(text.into_owned()),
            Found::Missing | Found::Nothing => None,
        };
        match name.as_str() {
            "value" => value = found,
            "share" => read.share = found,
            "indicator" => read.indicator = found.unwrap_or_default(),
            "unit" => read.unit = found.unwrap_or_default(),
            "period" => read.period = found.unwrap_or_default(),
            "breakdown" => read.breakdown = found.unwrap_or_default(),
            _ => return Err(Fault::UnknownMember(name.chars().take(40).collect())),
        }
    }
    let has_value = members.iter().any(|(name, _)| name == "value");
    match value {
        Some(value) => Ok(Some(Row { value, ..read })),
        None if has_value => Ok(None),
        None => Err(Fault::NoColumn("value".into())),
    }
}

/// The bytes as one value of JSON, checked to its end.
fn whole(bytes: &[u8]) -> Result<&RawValue, Fault> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    serde_json::from_slice(bytes)
        .map_err(|error| Fault::NotJson { line: error.line(), column: error.column() })
}

/// Everything that a path leads to.
fn find<'a>(
    at: &'a RawValue,
    steps: &[Step],
    path: &Path,
    found: &mut Vec<&'a RawValue>,
) -> Result<(), Fault> {
    let Some((step, rest)) = steps.split_first() else {
        found.push(at);
        return Ok(());
    };
    let nowhere = || Fault::LeadsNowhere(path.to_string());
    match step {
        Step::Member(name) => {
            let members = object(at)?.ok_or_else(nowhere)?;
            let (_, member) =
                members.into_iter().find(|(one, _)| one == name).ok_or_else(nowhere)?;
            find(member, rest, path, found)
        }
        Step::Element(index) => {
            let elements = list(at).ok_or_else(nowhere)?;
            find(elements.into_iter().nth(*index).ok_or_else(nowhere)?, rest, path, found)
        }
        Step::All => list(at)
            .ok_or_else(nowhere)?
            .into_iter()
            .try_for_each(|one| find(one, rest, path, found)),
    }
}

/// What stands at a path inside a row.
fn inside<'a>(row: &'a RawValue, path: &Path) -> Result<Found<'a>, Fault> {
    let mut found = vec![];
    match find(row, path.steps(), path, &mut found) {
        Err(Fault::LeadsNowhere(_)) => Ok(Found::Missing),
        Err(fault) => Err(fault),
        Ok(()) => match found[..] {
            [one] => text_of(&path.to_string(), one),
            [] => Ok(Found::Missing),
            _ => Err(wrong_type(&path.to_string(), row)),
        },
    }
}

/// A member of an object: its name, and what it holds.
type Member<'a> = (String, &'a RawValue);

/// The members of an object in the order in which they stand; `None` of anything else.
fn object(raw: &RawValue) -> Result<Option<Vec<Member<'_>>>, Fault> {
    struct Members<'a>(Vec<Member<'a>>);

    impl<'de> serde::Deserialize<'de> for Members<'de> {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            from.deserialize_map(InOrder)
        }
    }

    struct InOrder;

    impl<'de> Visitor<'de> for InOrder {
        type Value = Members<'de>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Members<'de>, M::Error> {
            let mut members = vec![];
            while let Some((name, value)) = map.next_entry()? {
                members.push((name, value));
            }
            Ok(Members(members))
        }
    }

    if !raw.get().starts_with('{') {
        return Ok(None);
    }
    let Members(members) = serde_json::from_str(raw.get())
        .map_err(|error| Fault::NotJson { line: error.line(), column: error.column() })?;
    let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Fault::DuplicateKey(pair[0].chars().take(60).collect())),
        None => Ok(Some(members)),
    }
}

/// The elements of a list; `None` of anything else.
fn list(raw: &RawValue) -> Option<Vec<&RawValue>> {
    if raw.get().starts_with('[') { serde_json::from_str(raw.get()).ok() } else { None }
}

/// A text or the digits of a number.
fn text_of<'a>(column: &str, raw: &'a RawValue) -> Result<Found<'a>, Fault> {
    let written = raw.get();
    match written.as_bytes()[0] {
        b'n' => Ok(Found::Nothing),
        b'"' => {
            let text: String =
                serde_json::from_str(written).map_err(|_| wrong_type(column, raw))?;
            let text = text.trim();
            Ok(if text.is_empty() { Found::Nothing } else { Found::Text(text.to_owned().into()) })
        }
        b'-' | b'0'..=b'9' => Ok(Found::Text(without_exponent(written))),
        _ => Err(wrong_type(column, raw)),
    }
}

fn wrong_type(column: &str, raw: &RawValue) -> Fault {
    let found = raw.get().chars().take(30).collect();
    Fault::WrongType { column: column.chars().take(60).collect(), found }
}

/// `1.5E3` as `1500`: some systems write large numbers so. Beyond 40 places it stays, and is no number.
fn without_exponent(written: &str) -> Cow<'_, str> {
    let Some((digits, exponent)) = written.split_once(['e', 'E']) else {
        return Cow::Borrowed(written);
    };
    let Ok(exponent @ -40..=40) = exponent.parse::<i32>() else {
        return Cow::Borrowed(written);
    };
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{before}{after}");
    let point = before.len() as i32 + exponent;
    let plain = if point <= 0 {
        format!("{sign}0.{}{all}", "0".repeat(point.unsigned_abs() as usize))
    } else if point as usize >= all.len() {
        format!("{sign}{all}{}", "0".repeat(point as usize - all.len()))
    } else {
        format!("{sign}{}.{}", &all[..point as usize], &all[point as usize..])
    };
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests;
