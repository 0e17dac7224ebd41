//! Reading the crates' source line by line, comments apart; and where SQL may stand.

use super::refuse_any;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// The first words of statements, as SQL is written here.
const SQL: [&str; 8] = [
    "SELECT ",
    "INSERT INTO ",
    "DELETE FROM ",
    "CREATE TABLE ",
    "CREATE INDEX ",
    "ALTER TABLE ",
    "DROP TABLE ",
    "PRAGMA ",
];

/// One text runs on both databases because it is all in one place.
pub fn sql_only_in_store() -> Result<()> {
    let mut wrong = Vec::new();
    for path in files_under(Path::new("crates"), "rs")? {
        if !path.starts_with("crates/store") {
            wrong.extend(lines_where(&path, has_sql)?);
        }
    }
    for path in files_under(Path::new("crates"), "sql")? {
        if !path.starts_with("crates/store") {
            wrong.push(path.display().to_string());
        }
    }
    refuse_any(wrong)
}

fn has_sql(code: &str) -> bool {
    code.contains("sqlx::")
        || code.contains("rusqlite::")
        || SQL.iter().any(|words| code.contains(words))
}

/// Files with this extension in a folder and all below it, in order of path.
pub fn files_under(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in
            fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?
        {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// `path:line: text` for each line whose code is wrong. Comments are not code.
pub fn lines_where(path: &Path, is_wrong: impl Fn(&str) -> bool) -> Result<Vec<String>> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let wrong = text.lines().enumerate().filter(|(_, line)| is_wrong(without_comment(line)));
    Ok(wrong
        .map(|(number, line)| format!("{}:{}: {}", path.display(), number + 1, line.trim()))
        .collect())
}

/// The code of a line. An address in a string (`http://`) is no comment.
fn without_comment(line: &str) -> &str {
    let comment = line.match_indices("//").find(|(at, _)| !line[..*at].ends_with(':'));
    comment.map_or(line, |(at, _)| &line[..at])
}

#[cfg(test)]
mod tests {
    use super::{has_sql, without_comment};

    #[test]
    fn sql_is_seen_in_code_and_not_in_comments() {
        let rows = [
            (r#"let rows = "SELECT seq FROM head";"#, true),
            ("sqlx::query(text)", true),
            ("rusqlite::Connection::open(path)", true),
            ("// SELECT is what the store does", false),
            ("let selected = select(unit);", false),
            (r#"get("http://127.0.0.1") // INSERT INTO x"#, false),
        ];
        for (line, expected) in rows {
            assert_eq!(has_sql(without_comment(line)), expected, "{line}");
        }
    }
}
