//! Vietnamese text as people type and search it.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Composed form, white space folded, Icelandic Ð taken for Đ: what is stored of a typed name.
pub fn normalised(text: &str) -> String {
    let composed: String = text.nfc().map(|c| if c == 'Ð' { 'Đ' } else { c }).collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lower case without marks, đ as d: "da nang" for "Đà Nẵng".
pub fn folded(text: &str) -> String {
    let bare: String = text.nfd().filter(|c| !is_combining_mark(*c)).collect();
    let plain: String =
        bare.to_lowercase().chars().map(|c| if matches!(c, 'đ' | 'ð') { 'd' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How well a name answers a search, the least first: exact accents before folded, beginnings
/// before middles; `None` when it does not.
pub fn match_rank(name: &str, asked: &str) -> Option<u8> {
    let (exact, wanted) = (normalised(name).to_lowercase(), normalised(asked).to_lowercase());
    let (loose, loosely) = (folded(name), folded(asked));
    let starts_word =
        |text: &str, part: &str| text.starts_with(part) || text.contains(&format!(" {part}"));
    if wanted.is_empty() || exact == wanted {
        Some(0)
    } else if starts_word(&exact, &wanted) {
        Some(1)
    } else if loose == loosely {
        Some(2)
    } else if starts_word(&loose, &loosely) {
        Some(3)
    } else if loose.contains(&loosely) {
        Some(4)
    } else {
        None
    }
}

/// The few codes that differ least from one that does not exist, for the error that names it.
pub fn nearest<'a>(code: &str, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    let wanted = folded(code);
    let mut scored: Vec<(usize, &str)> =
        known.map(|candidate| (distance(&wanted, &folded(candidate)), candidate)).collect();
    scored.sort_unstable();
    let limit = (wanted.chars().count() / 2).max(2);
    scored
        .into_iter()
        .filter(|(score, _)| *score <= limit)
        .take(3)
        .map(|(_, code)| code.to_owned())
        .collect()
}

/// Levenshtein's edit distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_finds_names_without_marks_and_prefers_exact_accents() {
        for (name, asked, rank) in [
            ("Đà Nẵng", "đà nẵng", Some(0)),
            ("Đà Nẵng", "da nang", Some(2)),
            ("Ða\u{300} Na\u{306}\u{303}ng", "đà nẵng", Some(0)),
            ("Bà Rịa - Vũng Tàu", "vũng", Some(1)),
            ("Bà Rịa - Vũng Tàu", "vung", Some(3)),
            ("Hà Nội", "sai gon", None),
        ] {
            assert_eq!(match_rank(name, asked), rank, "{name} / {asked}");
        }
    }

    #[test]
    fn an_unknown_code_names_its_neighbours() {
        assert_eq!(
            nearest("BC.DOANTHU", ["BC.DOANHTHU", "VT.DOANHTHU", "ATTT.TANCONG"].into_iter()),
            ["BC.DOANHTHU", "VT.DOANHTHU"]
        );
    }
}
