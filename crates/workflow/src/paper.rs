//! Văn bản: what surrounds a form on paper, the number that its body gives it, and what a scan of it can be.
//!
//! The heading and the signature block are those of an administrative document (Decree 30/2020/NĐ-CP, annex I). What a
//! template does not say follows from the body and its unit, so one template makes the right paper of 63 departments.

use jiff::civil::Date;
use model::{Body, Period, Unit, UnitKind, text};

use crate::{Language, Template};

/// What a template says of the paper of its forms; what is empty follows from the body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paper {
    /// Tên cơ quan chủ quản, above the body's own name.
    pub superior: String,
    /// Ký hiệu, after the number: "BC-STTTT".
    pub symbol: String,
    /// Địa danh, before the date: "Bình Định".
    pub place: String,
    /// Who prepared it: "Người lập biểu".
    pub preparer: String,
    /// Who signs: "Giám đốc".
    pub signer: String,
    /// Nơi nhận: who gets a copy.
    pub copies: Vec<String>,
}

/// The words around one body's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Tên cơ quan chủ quản; `None` where the body has none.
    pub superior: Option<String>,
    /// Tên cơ quan, tổ chức ban hành văn bản.
    pub agency: String,
    /// Ký hiệu without the number: "BC-STTTT"; empty when nobody has said it.
    pub symbol: String,
    /// Địa danh.
    pub place: String,
    /// Who prepared it.
    pub preparer: String,
    /// Who signs.
    pub signer: String,
    /// Nơi nhận.
    pub copies: Vec<String>,
}

impl Paper {
    /// What stands around the form of a body for a period. A department of a province is under its people's committee.
    pub fn heading(
        &self,
        template: &Template,
        body: &Body,
        unit: Option<&Unit>,
        period: Period,
        language: Language,
    ) -> Heading {
        let (vi, en) = body.name_on(period.end());
        let province = unit.filter(|unit| unit.kind == UnitKind::Province);
        let committee = province.map(|unit| {
            language.pick(
                format!("Ủy ban nhân dân {}", lowercase_first(&unit.full_name_vi)),
                format!("People's Committee of {}", unit.name_en),
            )
        });
        let place =
            province.map_or("Hà Nội", |unit| language.pick(&unit.name_vi, &unit.name_en));
        let said = |words: &str, otherwise: &str| -> String {
            if words.is_empty() { otherwise } else { words }.to_owned()
        };
        let copies = if self.copies.is_empty() {
            let archive = language.pick("Lưu: VT", "Archive: VT").to_owned();
            template.recipients.iter().cloned().chain([archive]).collect()
        } else {
            self.copies.clone()
        };
        Heading {
            superior: Some(self.superior.clone()).filter(|said| !said.is_empty()).or(committee),
            agency: language.pick(vi, en).to_owned(),
            symbol: self.symbol.clone(),
            place: said(&self.place, place),
            preparer: said(&self.preparer, language.pick("Người lập biểu", "Prepared by")),
            signer: said(&self.signer, language.pick("Thủ trưởng đơn vị", "Head of the body")),
            copies,
        }
    }
}

/// "Tỉnh Bình Định" inside a name: "tỉnh Bình Định".
fn lowercase_first(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next();
    first.into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

/// In whose stead somebody signs, as Decree 30/2020/NĐ-CP (article 13; annex I) has it written before the office of the
/// one who would sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// Ký thay: a deputy of the head.
    ForHead,
    /// Thừa lệnh: the head of a unit of the office, by order.
    ByOrder,
    /// Thừa ủy quyền: by a written authority, for some time and some documents.
    ByAuthority,
}

impl Instead {
    /// Every one; the first is what a deputy does unless they say otherwise.
    pub const ALL: [Instead; 3] = [Instead::ForHead, Instead::ByOrder, Instead::ByAuthority];

    /// The code in interfaces and storage: the abbreviation of the decree.
    pub fn code(self) -> &'static str {
        match self {
            Instead::ForHead => "KT",
            Instead::ByOrder => "TL",
            Instead::ByAuthority => "TUQ",
        }
    }

    /// The one with this code.
    pub fn parse(code: &str) -> Option<Instead> {
        Instead::ALL.into_iter().find(|one| one.code() == code)
    }

    /// The line above the signer's own position: "KT. Giám đốc".
    pub fn line(self, office: &str, language: Language) -> String {
        let en = match self {
            Instead::ForHead => "For",
            Instead::ByOrder => "By order of",
            Instead::ByAuthority => "By authority of",
        };
        language.pick(format!("{}. {office}", self.code()), format!("{en}: {office}"))
    }
}

/// Số, ký hiệu and date of a document, as the body that sends it numbers its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentNumber {
    /// "15/BC-STTTT".
    pub number: String,
    /// The day on the document.
    pub date: Date,
}

/// The most characters of a number with its symbol.
const LONGEST_NUMBER: usize = 60;

/// Why a number or a date is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadDocument {
    /// Not a number with a symbol.
    #[error("“{0}” is not a document number: 15/BC-STTTT is")]
    Number(String),
    /// After today.
    #[error("the date is after today")]
    Ahead,
    /// The period of the form had not begun.
    #[error("the date is before the period begins, on {0}")]
    BeforePeriod(Date),
}

impl BadDocument {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            BadDocument::Number(_) => "bad_document_number",
            BadDocument::Ahead => "date_ahead",
            BadDocument::BeforePeriod(_) => "date_before_period",
        }
    }

    /// What was sent that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            BadDocument::Number(_) => "number",
            BadDocument::Ahead | BadDocument::BeforePeriod(_) => "date",
        }
    }

    /// The sentence the user reads.
    pub fn message(&self, language: Language) -> String {
        match self {
            BadDocument::Number(sent) => language.pick(
                format!("“{sent}” không phải là số, ký hiệu văn bản. Hãy ghi như 15/BC-STTTT."),
                format!("“{sent}” is not a document number. Write it as 15/BC-STTTT."),
            ),
            BadDocument::Ahead => language
                .pick(
                    "Ngày văn bản không thể sau hôm nay.",
                    "The date of the document cannot be after today.",
                )
                .to_owned(),
            BadDocument::BeforePeriod(first) => language.pick(
                format!(
                    "Ngày văn bản không thể trước ngày đầu kỳ báo cáo, {}/{}/{}.",
                    first.day(),
                    first.month(),
                    first.year()
                ),
                format!(
                    "The date of the document cannot be before the period begins, on {}.",
                    first.strftime("%-d %B %Y")
                ),
            ),
        }
    }
}

impl DocumentNumber {
    /// Reads what a body gives: a number that begins with a digit and has a symbol after a slash, and a day from the
    /// period's first to today.
    pub fn read(
        number: &str,
        date: Date,
        period: Period,
        today: Date,
    ) -> Result<DocumentNumber, BadDocument> {
        let number = text::normalised(number);
        let known = |c: char| c.is_alphanumeric() || "/-.,& ".contains(c);
        let is_number = number.starts_with(|c: char| c.is_ascii_digit())
            && number.split_once('/').is_some_and(|(_, symbol)| !symbol.trim().is_empty())
            && number.chars().all(known)
            && number.chars().count() <= LONGEST_NUMBER;
        if !is_number {
            return Err(BadDocument::Number(number.chars().take(LONGEST_NUMBER).collect()));
        }
        if date > today {
            return Err(BadDocument::Ahead);
        }
        if date < period.start() {
            return Err(BadDocument::BeforePeriod(period.start()));
        }
        Ok(DocumentNumber { number, date })
    }
}

/// What a scan can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanKind {
    /// A PDF document.
    Pdf,
    /// A JPEG picture.
    Jpeg,
    /// A PNG picture.
    Png,
}

impl ScanKind {
    /// What a file is by its own bytes, whatever it is called; `None` for anything that is not kept as a scan.
    pub fn of(bytes: &[u8]) -> Option<ScanKind> {
        let kinds: [(&[u8], ScanKind); 3] = [
            (b"%PDF-", ScanKind::Pdf),
            (b"\xff\xd8\xff", ScanKind::Jpeg),
            (b"\x89PNG\r\n\x1a\n", ScanKind::Png),
        ];
        kinds.into_iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| kind)
    }

    /// Whether the file ends as such files do: one that was cut off on its way does not.
    pub fn is_whole(self, bytes: &[u8]) -> bool {
        let end: &[u8] = match self {
            ScanKind::Pdf => b"%%EOF",
            ScanKind::Jpeg => b"\xff\xd9",
            ScanKind::Png => b"IEND",
        };
        // Scanners leave a little after the end.
        let tail = &bytes[bytes.len().saturating_sub(1024)..];
        tail.windows(end.len()).any(|part| part == end)
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            ScanKind::Pdf => "application/pdf",
            ScanKind::Jpeg => "image/jpeg",
            ScanKind::Png => "image/png",
        }
    }

    /// How names of such files end.
    pub fn extension(self) -> &'static str {
        match self {
            ScanKind::Pdf => "pdf",
            ScanKind::Jpeg => "jpg",
            ScanKind::Png => "png",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn who_signs_for_the_head_is_written_as_the_decree_on_documents_asks() {
        let lines = Instead::ALL.map(|one| {
            let line = |language| one.line("Giám đốc", language);
            assert_eq!(Instead::parse(one.code()), Some(one));
            format!("{} / {}", line(Language::Vietnamese), line(Language::English))
        });
        assert_eq!(
            lines,
            [
                "KT. Giám đốc / For: Giám đốc",
                "TL. Giám đốc / By order of: Giám đốc",
                "TUQ. Giám đốc / By authority of: Giám đốc",
            ]
        );
        assert_eq!(Instead::parse("kt"), None);
    }

    #[test]
    fn a_document_is_numbered_as_bodies_number_theirs() {
        let (july, today) = (Period::parse("2024-07").expect("a period"), date(2024, 8, 8));
        for (number, day, expected) in [
            ("15/BC-STTTT", today, "15/BC-STTTT"),
            (" 1204/BC-STTTT ", date(2024, 7, 1), "1204/BC-STTTT"),
            ("15/2024/BC-SVHTT&DL", today, "15/2024/BC-SVHTT&DL"),
            ("15a/BC-UBND", today, "15a/BC-UBND"),
            ("", today, "bad_document_number"),
            ("BC-STTTT", today, "bad_document_number"),
            ("15", today, "bad_document_number"),
            ("15/", today, "bad_document_number"),
            ("15/BC<b>", today, "bad_document_number"),
            ("15/BC-STTTT", date(2024, 8, 9), "date_ahead"),
            ("15/BC-STTTT", date(2024, 6, 30), "date_before_period"),
        ] {
            let read = DocumentNumber::read(number, day, july, today);
            let said = read.map_or_else(|bad| bad.code().to_owned(), |document| document.number);
            assert_eq!(said, expected, "{number} {day}");
        }
        let long = format!("1/{}", "B".repeat(LONGEST_NUMBER));
        assert!(DocumentNumber::read(&long, today, july, today).is_err());
    }

    #[test]
    fn a_scan_is_what_its_bytes_say_and_ends_as_it_must() {
        for (bytes, expected) in [
            (&b"%PDF-1.7\n...\n%%EOF\n"[..], "application/pdf whole"),
            (b"%PDF-1.7\n...", "application/pdf cut"),
            (b"\xff\xd8\xff\xe0..\xff\xd9", "image/jpeg whole"),
            (b"\xff\xd8\xff\xe0..", "image/jpeg cut"),
            (b"\x89PNG\r\n\x1a\n..IEND\xaeB`\x82", "image/png whole"),
            (b"<html>%PDF-1.7", "none"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "none"),
            (b"MZ\x90", "none"),
            (b"", "none"),
        ] {
            let said = ScanKind::of(bytes).map_or("none".to_owned(), |kind| {
                let whole = if kind.is_whole(bytes) { "whole" } else { "cut" };
                format!("{} {whole}", kind.media_type())
            });
            assert_eq!(said, expected);
        }
    }
}
