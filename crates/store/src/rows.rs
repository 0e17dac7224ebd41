//! Many rows as one argument: a JSON array of arrays, which both databases take apart by themselves.
//!
//! A statement for each row costs more than the row: SQLite writes ten times as many this way.

/// Rows under way to a bulk statement.
pub(crate) struct Rows {
    json: String,
    fresh: bool,
    count: usize,
}

impl Rows {
    pub fn new() -> Rows {
        Rows { json: String::from("["), fresh: true, count: 0 }
    }

    /// Begins a row.
    pub fn row(&mut self) -> &mut Rows {
        self.json.push_str(if self.count == 0 { "[" } else { "],[" });
        self.fresh = true;
        self.count += 1;
        self
    }

    fn separate(&mut self) {
        if !self.fresh {
            self.json.push(',');
        }
        self.fresh = false;
    }

    pub fn int(&mut self, value: impl Into<Option<i64>>) -> &mut Rows {
        self.separate();
        match value.into() {
            Some(value) => self.json.push_str(&value.to_string()),
            None => self.json.push_str("null"),
        }
        self
    }

    pub fn text<'a>(&mut self, value: impl Into<Option<&'a str>>) -> &mut Rows {
        self.separate();
        match value.into() {
            Some(value) => push_json_string(&mut self.json, value),
            None => self.json.push_str("null"),
        }
        self
    }

    /// The argument.
    pub fn finish(mut self) -> String {
        self.json.push_str(if self.count == 0 { "]" } else { "]]" });
        self.json
    }
}

fn push_json_string(json: &mut String, value: &str) {
    json.push('"');
    for c in value.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            // PostgreSQL has no text with NUL in it; nobody can mean one.
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

    #[test]
    fn rows_are_read_as_they_were_written() {
        let mut rows = Rows::new();
        rows.row().int(1).text("a\"\\\n\u{1}đ").int(None);
        rows.row().int(999_999_999_999_999_999).text(None).int(-3);
        let read: serde_json::Value = serde_json::from_str(&rows.finish()).unwrap();
        let wanted =
            serde_json::json!([[1, "a\"\\\n\u{1}đ", null], [999_999_999_999_999_999i64, null, -3]]);
        assert_eq!(read, wanted);
        assert_eq!(Rows::new().finish(), "[]");
    }
}
