//! What of a period can stand in an address or a query: `{period}`, `{year}`, `{month}`, `{from}`, `{to}`.
//!
//! In an address it is written out; in a query it is a parameter, so that no text ever becomes SQL.

use jiff::civil::Date;
use model::{Frequency, Period};

use super::Fault;

/// What of a period is put there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// Its code: `2024-06`.
    Period,
    /// The year it is named for: `2024`.
    Year,
    /// The number of its last month in two digits: `06`.
    Month,
    /// Its first day: `2024-06-01`, in the administrative calendar `2024-05-15`.
    From,
    /// Its last day.
    To,
}

/// What stands for a placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put {
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A day.
    Day(Date),
}

impl Placeholder {
    /// Every placeholder, in the order in which the help names them.
    pub const ALL: [Placeholder; 5] = [
        Placeholder::Period,
        Placeholder::Year,
        Placeholder::Month,
        Placeholder::From,
        Placeholder::To,
    ];

    /// As it is written: `{year}`.
    pub fn written(self) -> &'static str {
        match self {
            Placeholder::Period => "{period}",
            Placeholder::Year => "{year}",
            Placeholder::Month => "{month}",
            Placeholder::From => "{from}",
            Placeholder::To => "{to}",
        }
    }

    /// What stands for it; `{month}` says nothing of periods that are longer than a month, or not made of months.
    pub fn of(self, period: Period) -> Result<Put, Fault> {
        Ok(match self {
            Placeholder::Period => Put::Text(period.to_string()),
            Placeholder::Year => Put::Whole(period.named_year().into()),
            Placeholder::Month => match period.frequency() {
                Frequency::Month | Frequency::Day => Put::Whole(period.last_month().into()),
                Frequency::Week
                | Frequency::Quarter
                | Frequency::Half
                | Frequency::Year
                | Frequency::Range => return Err(Fault::NotOfPeriod { placeholder: self, period }),
            },
            Placeholder::From => Put::Day(period.start()),
            Placeholder::To => Put::Day(period.end()),
        })
    }
}

/// A stretch of a text with placeholders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// As it stands.
    Text(&'a str),
    /// To be put in.
    Put(Placeholder),
}

/// A text taken apart at its placeholders. Braces around anything but lower-case letters stay what they are.
pub fn parts(text: &str) -> Result<Vec<Part<'_>>, Fault> {
    let mut parts = vec![];
    let mut begin = 0;
    let mut from = 0;
    while let Some(open) = text[from..].find('{').map(|at| at + from) {
        let name = text[open + 1..].split('}').next().unwrap_or_default();
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase());
        let end = open + name.len() + 2;
        if !is_name || end > text.len() {
            from = open + 1;
            continue;
        }
        let placeholder =
            Placeholder::ALL.into_iter().find(|one| one.written() == &text[open..end]);
        let Some(placeholder) = placeholder else {
            return Err(Fault::UnknownPlaceholder(name.chars().take(40).collect()));
        };
        if begin < open {
            parts.push(Part::Text(&text[begin..open]));
        }
        parts.push(Part::Put(placeholder));
        (begin, from) = (end, end);
    }
    if begin < text.len() {
        parts.push(Part::Text(&text[begin..]));
    }
    Ok(parts)
}

/// An address with its placeholders written out.
///
/// ```
/// use measure::connector::placeholder::written_out;
/// let june = model::Period::parse("2024-06").unwrap();
/// let url = written_out("https://dvc.vn/so-lieu?tu={from}&nam={year}&thang={month}", june).unwrap();
/// assert_eq!(url, "https://dvc.vn/so-lieu?tu=2024-06-01&nam=2024&thang=06");
/// ```
pub fn written_out(text: &str, period: Period) -> Result<String, Fault> {
    let mut written = String::new();
    for part in parts(text)? {
        match part {
            Part::Text(text) => written.push_str(text),
            Part::Put(placeholder) => match placeholder.of(period)? {
                // A slash of a range would be part of a path.
                Put::Text(text) => written.push_str(&text.replace('/', "%2F")),
                Put::Whole(number) => written.push_str(&format!("{number:02}")),
                Put::Day(day) => written.push_str(&day.to_string()),
            },
        }
    }
    Ok(written)
}

/// A query with a parameter of the database's own manner for each placeholder, and what is bound to them in order.
///
/// `parameter` writes the one with this number, from 1: `$1`, or `?`.
pub fn bound(
    query: &str,
    period: Period,
    parameter: impl Fn(usize) -> String,
) -> Result<(String, Vec<Put>), Fault> {
    let (mut sql, mut puts) = (String::new(), vec![]);
    for part in parts(query)? {
        match part {
            Part::Text(text) => sql.push_str(text),
            Part::Put(placeholder) if is_quoted(&sql) => {
                return Err(Fault::QuotedPlaceholder(placeholder));
            }
            Part::Put(placeholder) => {
                puts.push(placeholder.of(period)?);
                sql.push_str(&parameter(puts.len()));
            }
        }
    }
    Ok((sql, puts))
}

/// Whether what follows stands inside a text of SQL: an odd number of quotes is before it.
fn is_quoted(sql: &str) -> bool {
    sql.matches('\'').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_says_the_period_in_its_own_calendar() {
        for (text, period, expected) in [
            ("x?ky={period}", "2024-06", Ok("x?ky=2024-06")),
            ("x?ky={period}", "2024-06~adm", Ok("x?ky=2024-06~adm")),
            ("x/{year}/{month}", "2024-06", Ok("x/2024/06")),
            ("x/{from}/{to}", "2024-06", Ok("x/2024-06-01/2024-06-30")),
            ("x/{from}/{to}", "2024-06~adm", Ok("x/2024-05-15/2024-06-14")),
            ("x/{year}/{month}", "2024-01~adm", Ok("x/2024/01")),
            ("x/{from}", "2024-Q2", Ok("x/2024-04-01")),
            ("x/{month}", "2024-06-15", Ok("x/06")),
            ("x/{month}", "2024-Q2", Err("{month} says nothing of 2024-Q2")),
            ("x/{day}", "2024-06", Err("{day} is not a placeholder")),
            ("x/{Id}{}{", "2024-06", Ok("x/{Id}{}{")),
            ("không có gì", "2024-06", Ok("không có gì")),
        ] {
            let got = written_out(text, Period::parse(period).unwrap());
            let got = got.map_err(|fault| fault.to_string());
            assert_eq!(got.as_deref().map_err(String::as_str), expected, "{text} {period}");
        }
    }

    #[test]
    fn a_query_has_parameters_and_never_the_text_of_a_period() {
        let june = Period::parse("2024-06").unwrap();
        let numbered = |number: usize| format!("${number}");
        let (sql, puts) =
            bound("select 1 where d >= {from} and y = {year}", june, numbered).unwrap();
        assert_eq!(sql, "select 1 where d >= $1 and y = $2");
        assert_eq!(puts, [Put::Day(june.start()), Put::Whole(2024)]);
        let quoted = bound("select 1 where d = '{period}'", june, numbered);
        assert_eq!(quoted.unwrap_err(), Fault::QuotedPlaceholder(Placeholder::Period));
    }

    proptest! {
        /// Taking a text apart loses nothing of it.
        #[test]
        fn parts_put_together_are_the_text(text in "[a-z{} é]{0,40}") {
            if let Ok(parts) = parts(&text) {
                let again: String = parts.iter().map(|part| match part {
                    Part::Text(text) => *text,
                    Part::Put(placeholder) => placeholder.written(),
                }).collect();
                prop_assert_eq!(again, text);
            }
        }
    }
}
