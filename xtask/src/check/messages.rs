//! Every text of the web application exists in Vietnamese and in English.
//!
//! A missing key shows its own name to an officer in the middle of a form; it is found here instead.

use super::refuse_any;
use super::sources::files_under;
use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

pub fn check() -> Result<()> {
    let folder = Path::new("web/src/i18n");
    let mut files = files_under(folder, "ts")?;
    files.extend(files_under(folder, "json")?);
    let mut wrong = Vec::new();
    let mut pairs = 0;
    for vi in &files {
        let Some(en) = other_language(vi, "vi", "en") else {
            continue;
        };
        pairs += 1;
        let keys_of = |path: &Path| -> Result<BTreeSet<String>> {
            Ok(keys(
                &fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?,
            ))
        };
        let (in_vi, in_en) = (keys_of(vi)?, keys_of(&en)?);
        wrong.extend(
            in_vi.difference(&in_en).map(|key| format!("{key} is not in {}", en.display())),
        );
        wrong.extend(
            in_en.difference(&in_vi).map(|key| format!("{key} is not in {}", vi.display())),
        );
    }
    ensure!(pairs > 0, "no messages found in {}", folder.display());
    refuse_any(wrong)
}

/// `i18n/vi.ts` → `i18n/en.ts`, `i18n/vi/entry.ts` → `i18n/en/entry.ts`; `None` for a file of no language.
fn other_language(path: &Path, from: &str, to: &str) -> Option<PathBuf> {
    if path.file_stem()? == from {
        return Some(path.with_file_name(to).with_extension(path.extension()?));
    }
    let folder = path.parent()?;
    (folder.file_name()? == from)
        .then(|| folder.with_file_name(to).join(path.file_name().unwrap_or_default()))
}

/// The keys of an object written one a line, as TypeScript or as JSON: `entry.title` for a nested one.
fn keys(text: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut above: Vec<(usize, &str)> = Vec::new();
    for line in text.lines() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        let Some(key) = key_of(code) else { continue };
        while above.last().is_some_and(|(depth, _)| *depth >= indent) {
            above.pop();
        }
        above.push((indent, key));
        keys.insert(above.iter().map(|(_, key)| *key).collect::<Vec<_>>().join("."));
    }
    keys
}

/// `title` of `title: 'Việc của tôi',` or `"title": "Việc của tôi"`.
fn key_of(code: &str) -> Option<&str> {
    let quote = code.chars().next().filter(|first| matches!(first, '\'' | '"'));
    let Some(quote) = quote else {
        let end = code.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
        return (end > 0 && code[end..].starts_with(':')).then(|| &code[..end]);
    };
    let (key, rest) = code[1..].split_once(quote)?;
    rest.trim_start().starts_with(':').then_some(key)
}

#[cfg(test)]
mod tests {
    use super::{keys, other_language};
    use std::path::Path;

    #[test]
    fn keys_are_read_from_typescript_and_from_json() {
        let typescript = "export const vi = {\n  work: {\n    title: 'Việc của tôi: hôm nay',\n    due: (n: number) => `${n}`,\n  },\n  'entry.save':\n    'Lưu',\n}\n";
        let json = "{\n  \"work\": {\n    \"title\": \"Việc\",\n    \"due\": \"còn\"\n  },\n  \"entry.save\": \"Lưu\"\n}\n";
        let expected = ["entry.save", "work", "work.due", "work.title"];
        assert_eq!(keys(typescript).iter().map(String::as_str).collect::<Vec<_>>(), expected);
        assert_eq!(keys(json).iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn each_vietnamese_file_has_an_english_one() {
        let rows = [
            ("i18n/vi.ts", Some("i18n/en.ts")),
            ("i18n/vi/entry.ts", Some("i18n/en/entry.ts")),
            ("i18n/index.ts", None),
            ("i18n/en.ts", None),
        ];
        for (path, expected) in rows {
            assert_eq!(
                other_language(Path::new(path), "vi", "en").as_deref(),
                expected.map(Path::new)
            );
        }
    }
}
