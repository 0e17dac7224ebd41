//! What is due as a calendar file (RFC 5545), which any calendar takes.
//!
//! An entry keeps its UID, so that a file that is imported again changes what is there and adds nothing twice.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Something that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The same for the same thing, for ever.
    pub uid: String,
    /// When it is due.
    pub due: Timestamp,
    /// What.
    pub summary: String,
    /// More about it; empty for nothing.
    pub description: String,
    /// Its page.
    pub url: String,
}

/// The most octets of a line before it is folded.
const LINE: usize = 75;

/// The file, as it was at a moment.
pub fn write(name: &str, entries: &[Entry], now: Timestamp) -> String {
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Quantrac//Quantrac//VI".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        "METHOD:PUBLISH".to_owned(),
        format!("X-WR-CALNAME:{}", escaped(name)),
        "X-WR-TIMEZONE:Asia/Ho_Chi_Minh".to_owned(),
    ];
    for entry in entries {
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}", escaped(&entry.uid)),
            format!("DTSTAMP:{}", utc(now)),
            format!("DTSTART:{}", utc(entry.due)),
            format!("SUMMARY:{}", escaped(&entry.summary)),
        ]);
        if !entry.description.is_empty() {
            lines.push(format!("DESCRIPTION:{}", escaped(&entry.description)));
        }
        lines.extend([
            format!("URL:{}", entry.url),
            // A deadline makes nobody busy.
            "TRANSP:TRANSPARENT".to_owned(),
            "END:VEVENT".to_owned(),
        ]);
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line) + "\r\n").collect()
}

fn utc(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Text as a value: what has a meaning of its own is marked.
fn escaped(text: &str) -> String {
    let mut said = String::new();
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => said.extend(['\\', c]),
            '\n' => said.push_str("\\n"),
            c if c.is_control() => {}
            c => said.push(c),
        }
    }
    said
}

/// A long line in parts of at most 75 octets, none of which ends within a letter.
fn folded(line: &str) -> String {
    let (mut said, mut octets) = (String::new(), 0);
    for c in line.chars() {
        if octets + c.len_utf8() > LINE {
            said.push_str("\r\n ");
            octets = 1;
        }
        said.push(c);
        octets += c.len_utf8();
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn a_deadline_is_an_event_at_17_hours_of_vietnam() {
        let entry = Entry {
            uid: "SO-THANG.2024-07.52@quantrac".into(),
            due: workflow::deadline::moment_of(jiff::civil::date(2024, 8, 8)),
            summary: "Hạn gửi: Báo cáo thống kê tháng của Sở, tháng 7/2024; Sở TT&TT Bình Định"
                .into(),
            description: "Chưa bắt đầu\nCòn 3 ngày".into(),
            url: "https://quantrac.example/nhap-lieu/7".into(),
        };
        let now = workflow::deadline::moment_of(jiff::civil::date(2024, 8, 5));
        let file = write("Lịch báo cáo", &[entry], now);
        expect![[r#"
            BEGIN:VCALENDAR
            VERSION:2.0
            PRODID:-//Quantrac//Quantrac//VI
            CALSCALE:GREGORIAN
            METHOD:PUBLISH
            X-WR-CALNAME:Lịch báo cáo
            X-WR-TIMEZONE:Asia/Ho_Chi_Minh
            BEGIN:VEVENT
            UID:SO-THANG.2024-07.52@quantrac
            DTSTAMP:20240805T100000Z
            DTSTART:20240808T100000Z
            SUMMARY:Hạn gửi: Báo cáo thống kê tháng của Sở\, tháng 7/202
             4\; Sở TT&TT Bình Định
            DESCRIPTION:Chưa bắt đầu\nCòn 3 ngày
            URL:https://quantrac.example/nhap-lieu/7
            TRANSP:TRANSPARENT
            END:VEVENT
            END:VCALENDAR
        "#]]
        .assert_eq(&file.replace("\r\n", "\n"));
        assert!(file.lines().all(|line| line.len() <= LINE), "{file}");
        assert_eq!(file.matches("\r\n").count(), file.matches('\n').count());
    }
}
