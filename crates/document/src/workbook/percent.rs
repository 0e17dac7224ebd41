//! Which cells of a workbook are shown as percentages: in them stands the fraction, 0.1723 for 17.23%.
//!
//! The reader of workbooks tells numbers from dates and no more, so the formats are looked up here. What cannot be made
//! out is no percentage: then the number stands as it is in the file.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;

/// The formats that every program has for percentages: `0%` and `0.00%`.
const BUILT_IN: [&str; 2] = ["9", "10"];

/// Cells by row and column, from 0, of each sheet by its name.
pub(crate) type Percents = HashMap<String, HashSet<(u32, u32)>>;

/// The cells of a workbook that are shown as percentages; the file has been looked into before.
pub(crate) fn percents(bytes: &[u8]) -> Percents {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return Percents::new() };
    let mut part = |name: &str| {
        let mut xml = String::new();
        archive.by_name(name).ok()?.read_to_string(&mut xml).ok()?;
        Some(xml)
    };
    let styles = part("xl/styles.xml").map(|xml| styles(&xml)).unwrap_or_default();
    if styles.is_empty() {
        return Percents::new();
    }
    let mut targets: HashMap<String, String> = HashMap::new();
    each(&part("xl/_rels/workbook.xml.rels").unwrap_or_default(), |tag, _| {
        if let (Some(id), Some(target)) = (said(tag, "Id"), said(tag, "Target")) {
            targets.insert(id, target);
        }
    });
    let mut sheets: Vec<(String, String)> = vec![];
    each(&part("xl/workbook.xml").unwrap_or_default(), |tag, _| {
        if tag.local_name().as_ref() == "sheet"
            && let (Some(name), Some(id)) = (said(tag, "name"), said(tag, "id"))
            && let Some(target) = targets.get(&id)
        {
            let path = match target.strip_prefix('/') {
                Some(whole) => whole.to_owned(),
                None => format!("xl/{target}"),
            };
            sheets.push((name, path));
        }
    });
    let cells = |xml: String| {
        let mut cells = HashSet::new();
        each(&xml, |tag, _| {
            let style = || said(tag, "s")?.parse::<usize>().ok();
            if tag.local_name().as_ref() == "c" && style().is_some_and(|one| styles.contains(&one))
            {
                cells.extend(said(tag, "r").and_then(|place| place_of(&place)));
            }
        });
        cells
    };
    let read = sheets.into_iter().filter_map(|(name, path)| Some((name, cells(part(&path)?))));
    read.collect()
}

/// The numbers of the cell styles whose format is a percentage.
fn styles(xml: &str) -> HashSet<usize> {
    let mut formats: HashSet<String> = BUILT_IN.map(str::to_owned).into();
    let mut styles = HashSet::new();
    let mut number = 0;
    each(xml, |tag, over| match tag.local_name().as_ref() {
        "numFmt" => {
            let shows = said(tag, "formatCode").is_some_and(|code| is_percent(&code));
            formats.extend(said(tag, "numFmtId").filter(|_| shows));
        }
        "xf" if over == "cellXfs" => {
            if said(tag, "numFmtId").is_some_and(|id| formats.contains(&id)) {
                styles.insert(number);
            }
            number += 1;
        }
        _ => {}
    });
    styles
}

/// A sign between quotes or after a stroke is only printed; any other multiplies by a hundred.
fn is_percent(code: &str) -> bool {
    let (mut is_quoted, mut letters) = (false, code.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '"' => is_quoted = !is_quoted,
            '\\' | '_' | '*' if !is_quoted => {
                letters.next();
            }
            '%' if !is_quoted => return true,
            _ => {}
        }
    }
    false
}

/// Every element, with the name of the one around it; up to where the text is no longer understood.
fn each(xml: &str, mut seen: impl FnMut(&BytesStart, &str)) {
    let mut reader = Reader::from_str(xml);
    let mut around: Vec<String> = vec![];
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                seen(&tag, around.last().map_or("", String::as_str));
                around.push(tag.local_name().as_ref().to_owned());
            }
            Ok(Event::Empty(tag)) => seen(&tag, around.last().map_or("", String::as_str)),
            Ok(Event::End(_)) => {
                around.pop();
            }
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

/// An attribute by its name, whatever stands before a colon in it.
fn said(tag: &BytesStart, name: &str) -> Option<String> {
    let mut attributes = tag.attributes();
    let mut all = attributes.with_checks(false).flatten();
    let found = all.find(|one| one.key.local_name().as_ref() == name)?;
    Some(found.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
}

/// `C7` as row 6, column 2.
fn place_of(place: &str) -> Option<(u32, u32)> {
    let digits = place.find(|letter: char| letter.is_ascii_digit())?;
    let (letters, row) = place.split_at(digits);
    let column = letters.bytes().try_fold(0u32, |column, letter| {
        let value = u32::from(letter.to_ascii_uppercase().checked_sub(b'A')?) + 1;
        column.checked_mul(26)?.checked_add(value)
    })?;
    Some((row.parse::<u32>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

/// A hundred times a number, by its digits: `0.1723` as `17.23`.
pub fn hundredfold(number: &str) -> String {
    let (sign, number) = number.strip_prefix('-').map_or(("", number), |number| ("-", number));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{fraction:0<2}");
    let (two, rest) = digits.split_at(2);
    let (whole, rest) = (format!("{whole}{two}"), rest.trim_end_matches('0'));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rust_xlsxwriter::{Format, Workbook};

    #[test]
    fn cells_that_are_shown_as_percentages_are_found() {
        let mut book = Workbook::new();
        let formats = ["0%", "0.00%", "#,##0.0%;-0.0%", "0.00", "0\"%\"", "0.0\\%"];
        let sheet = book.add_worksheet();
        sheet.set_name("Tháng 7 & lũy kế").unwrap();
        for (column, format) in (0..).zip(formats) {
            let format = Format::new().set_num_format(format);
            sheet.write_number_with_format(1, column, 0.1723, &format).unwrap();
        }
        book.add_worksheet().write_number(0, 0, 0.5).unwrap();
        let found = percents(&book.save_to_buffer().unwrap());
        assert_eq!(found["Tháng 7 & lũy kế"], HashSet::from([(1, 0), (1, 1), (1, 2)]));
        assert!(found.values().map(HashSet::len).sum::<usize>() == 3, "{found:?}");
        assert_eq!(percents(b"PK nothing"), Percents::new());
        assert_eq!(place_of("AA10"), Some((9, 26)));
    }

    #[test]
    fn a_hundred_times_a_number_is_its_digits_two_places_on() {
        for (number, expected) in [
            ("0.1723", "17.23"),
            ("1", "100"),
            ("0.005", "0.5"),
            ("-1.5", "-150"),
            ("0", "0"),
            ("0.1", "10"),
        ] {
            assert_eq!(hundredfold(number), expected);
        }
    }

    proptest! {
        /// What is divided by a hundred comes back.
        #[test]
        fn a_hundredth_comes_back(whole in 0u64..99_999_999, cents in 0u64..100) {
            let fraction = format!("{whole}.{cents:02}");
            prop_assert_eq!(hundredfold(&fraction), (whole * 100 + cents).to_string());
        }
    }
}
