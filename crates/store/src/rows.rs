//! Many rows as a few arguments: JSON for SQLite, an array a column for PostgreSQL.
//!
//! A statement for each row costs more than the row: SQLite writes ten times as many this way, and
//! PostgreSQL takes arrays apart several times as fast as JSON.

use crate::Engine;
use crate::sql::Arg;

/// Rows under way to a bulk statement.
pub(crate) struct Rows {
    form: Form,
    /// The next column of the row under way.
    next: usize,
    count: usize,
}

enum Form {
    Json(String),
    Columns(Vec<Arg>),
}

impl Rows {
    pub fn new(engine: Engine) -> Rows {
        let form = match engine {
            Engine::Sqlite => Form::Json(String::from("[")),
            Engine::Postgres => Form::Columns(vec![]),
        };
        Rows { form, next: 0, count: 0 }
    }

    /// Begins a row.
    pub fn row(&mut self) -> &mut Rows {
        if let Form::Json(json) = &mut self.form {
            json.push_str(if self.count == 0 { "[" } else { "],[" });
        }
        self.next = 0;
        self.count += 1;
        self
    }

    pub fn int(&mut self, value: impl Into<Option<i64>>) -> &mut Rows {
        let value = value.into();
        match &mut self.form {
            Form::Json(json) => {
                push_comma(json, self.next);
                match value {
                    Some(value) => json.push_str(&value.to_string()),
                    None => json.push_str("null"),
                }
            }
            Form::Columns(columns) => {
                if columns.len() == self.next {
                    columns.push(Arg::Ints(vec![]));
                }
                match &mut columns[self.next] {
                    Arg::Ints(column) => column.push(value),
                    other => unreachable!("a column of whole numbers began as {other:?}"),
                }
            }
        }
        self.next += 1;
        self
    }

    pub fn text<'a>(&mut self, value: impl Into<Option<&'a str>>) -> &mut Rows {
        let value = value.into();
        match &mut self.form {
            Form::Json(json) => {
                push_comma(json, self.next);
                match value {
                    Some(value) => push_json_string(json, value),
                    None => json.push_str("null"),
                }
            }
            Form::Columns(columns) => {
                if columns.len() == self.next {
                    columns.push(Arg::Texts(vec![]));
                }
                match &mut columns[self.next] {
                    // PostgreSQL has no text with NUL in it; nobody can mean one.
                    Arg::Texts(column) => column.push(value.map(|value| value.replace('\0', ""))),
                    other => unreachable!("a column of texts began as {other:?}"),
                }
            }
        }
        self.next += 1;
        self
    }

    /// Puts the rows behind a statement's other arguments.
    pub fn after(self, mut args: Vec<Arg>) -> Vec<Arg> {
        match self.form {
            Form::Json(json) => {
                let end = if self.count == 0 { "]" } else { "]]" };
                args.push(Arg::Text(Some(json + end)));
            }
            Form::Columns(columns) => args.extend(columns),
        }
        args
    }
}

fn push_comma(json: &mut String, next: usize) {
    if next > 0 {
        json.push(',');
    }
}

fn push_json_string(json: &mut String, value: &str) {
    json.push('"');
    for c in value.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\0' => {}
            c if c < ' ' => json.push_str(&format!("\\u{:04x}", c as u32)),
            c => json.push(c),
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_rows(engine: Engine) -> Vec<Arg> {
        let mut rows = Rows::new(engine);
        rows.row().int(1).text("a\"\\\n\u{1}\0đ").int(None);
        rows.row().int(999_999_999_999_999_999).text(None).int(-3);
        rows.after(vec![])
    }

    #[test]
    fn rows_are_read_as_they_were_written() {
        let [Arg::Text(Some(json))] = &two_rows(Engine::Sqlite)[..] else {
            panic!("one text is expected")
        };
        let read: serde_json::Value = serde_json::from_str(json).unwrap();
        let wanted =
            serde_json::json!([[1, "a\"\\\n\u{1}đ", null], [999_999_999_999_999_999i64, null, -3]]);
        assert_eq!(read, wanted);
        expect_test::expect![[r#"[Ints([Some(1), Some(999999999999999999)]), Texts([Some("a\"\\\n\u{1}đ"), None]), Ints([None, Some(-3)])]"#]]
            .assert_eq(&format!("{:?}", two_rows(Engine::Postgres)));
    }
}
