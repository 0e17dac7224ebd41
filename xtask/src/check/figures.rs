//! No floating point between entry and print.
//!
//! A figure is exact to its last digit; one `f64` on its way and nobody can say so any more.

use super::refuse_any;
use super::sources::{files_under, lines_where};
use anyhow::Result;
use std::path::Path;

/// The crates a figure passes through.
const EXACT: [&str; 6] = ["model", "workflow", "measure", "cube", "store", "document"];

/// Where a figure meets somebody else's floats: a spreadsheet has no other numbers, and they are taken by their digits.
const SPREADSHEET: &str = "crates/document/src/workbook/number.rs";

pub fn no_floats() -> Result<()> {
    let mut wrong = Vec::new();
    for name in EXACT {
        for path in files_under(&Path::new("crates").join(name).join("src"), "rs")? {
            if path == Path::new(SPREADSHEET) {
                continue;
            }
            wrong.extend(lines_where(&path, has_float)?);
        }
    }
    refuse_any(wrong)
}

/// Whether a float type is named, as a word or as the suffix of a number.
fn has_float(code: &str) -> bool {
    ["f32", "f64"].iter().any(|float| {
        code.match_indices(float).any(|(at, _)| {
            let before = code[..at].chars().next_back();
            let after = code[at + float.len()..].chars().next();
            let part_of_name = |c: char| c.is_alphabetic() || c == '_';
            let goes_on = |c: char| c.is_alphanumeric() || c == '_';
            !before.is_some_and(part_of_name) && !after.is_some_and(goes_on)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::has_float;

    #[test]
    fn a_float_is_seen_as_a_word_and_as_a_suffix() {
        let rows = [
            ("let rate: f64 = 0;", true),
            ("x as f32", true),
            ("let one = 1f64;", true),
            ("Vec<f64>", true),
            ("let buf64 = 0;", false),
            ("f640", false),
            ("let half_f64x = 1;", false),
        ];
        for (code, expected) in rows {
            assert_eq!(has_float(code), expected, "{code}");
        }
    }
}
