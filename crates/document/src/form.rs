//! A form as an official paper: blank to be filled by hand, or as it was sent.
//!
//! Unlike a review its numbers are not questions to the record: what was sent is what stood in the form.

use model::{Figure, Period};

use crate::tree::{
    Block, Column, ColumnKind, Inline, Letterhead, Row, Signatory, Table, WhenUnanswered,
};
use crate::{Document, Lang, number, period};

/// A form and what stands in it.
#[derive(Clone, Debug)]
pub struct Form {
    /// Its name in addresses.
    pub id: String,
    /// The language of its printed words.
    pub lang: Lang,
    /// What stands above the title.
    pub letterhead: Letterhead,
    /// The name of the report.
    pub name: String,
    /// What it is for.
    pub period: Period,
    /// To whom it goes.
    pub recipients: Vec<String>,
    /// What asks for it.
    pub legal_basis: String,
    /// In the order of the form.
    pub parts: Vec<Part>,
    /// What is to be said of the whole, each in a line under it.
    pub remarks: Vec<String>,
    /// Who prepared it.
    pub preparer: Signatory,
    /// Who signs.
    pub signer: Signatory,
    /// Nơi nhận.
    pub copies: Vec<String>,
}

/// A section of a form.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its name.
    pub title: String,
    /// What is asked in it.
    pub asked: Asked,
}

/// What a section asks for, with the answers.
#[derive(Clone, Debug)]
pub enum Asked {
    /// Numbers.
    Figures(Vec<Line>),
    /// Questions, and what was written.
    Words(Vec<(String, Option<String>)>),
}

/// A row of numbers; what nobody has filled in is left empty.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// What is counted, and of which part.
    pub name: String,
    /// The unit of measure.
    pub unit: String,
    /// The period before.
    pub previous: Option<Figure>,
    /// This period.
    pub this: Option<Figure>,
    /// Whether this period's number is an estimate, which the next form settles.
    pub is_estimate: bool,
    /// Since January.
    pub year_to_date: Option<Figure>,
    /// Per cent on the same period of last year.
    pub change_on_year: Option<Figure>,
    /// What its writer says of it.
    pub comment: Option<String>,
}

/// The form as a document, to be written as a page.
pub fn paper(form: &Form) -> Document {
    let lang = form.lang;
    let kind = lang.pick("Báo cáo", "Report");
    // "Báo cáo số liệu tháng" has its kind on a line of its own.
    let name = form.name.strip_prefix(kind).map_or(form.name.as_str(), str::trim_start);
    let period = period::words(form.period, lang);
    let mut blocks = vec![];
    if !form.recipients.is_empty() {
        let to = lang.pick("Kính gửi", "To");
        blocks.push(Block::Paragraph(vec![Inline::Strong(format!(
            "{to}: {}",
            form.recipients.join("; ")
        ))]));
    }
    let agency = &form.letterhead.agency;
    let basis = form.legal_basis.trim().trim_end_matches('.');
    let opening = match basis.is_empty() {
        true => lang.pick(
            format!("{agency} báo cáo số liệu {period} như sau:"),
            format!("{agency} reports for {period}:"),
        ),
        false => lang.pick(
            format!(
                "Thực hiện chế độ báo cáo theo {basis}, {agency} báo cáo số liệu {period} như sau:"
            ),
            format!("Under {basis}, {agency} reports for {period}:"),
        ),
    };
    blocks.push(text(opening));
    for (part, at) in form.parts.iter().zip(1..) {
        blocks.push(Block::Heading { level: 1, text: format!("{}. {}", roman(at), part.title) });
        match &part.asked {
            Asked::Figures(lines) => figures(lines, lang, &mut blocks),
            Asked::Words(answers) => {
                for (question, answer) in answers {
                    blocks.push(Block::Heading { level: 3, text: question.clone() });
                    let answer = answer.as_deref().unwrap_or_default();
                    let lines = answer.lines().map(str::trim).filter(|line| !line.is_empty());
                    let before = blocks.len();
                    blocks.extend(lines.map(|line| text(line.to_owned())));
                    if blocks.len() == before {
                        blocks.push(text("…".to_owned()));
                    }
                }
            }
        }
    }
    blocks
        .extend(form.remarks.iter().map(|remark| Block::Note(vec![Inline::Text(remark.clone())])));
    blocks.push(Block::Foot {
        preparer: form.preparer.clone(),
        signer: form.signer.clone(),
        copies: form.copies.clone(),
    });
    Document {
        id: form.id.clone(),
        lang,
        letterhead: form.letterhead.clone(),
        kind: kind.to_owned(),
        title: format!("{}, {period}", lang.pick(name.to_owned(), period::capitalised(name))),
        blocks,
    }
}

fn text(words: String) -> Block {
    Block::Paragraph(vec![Inline::Text(words)])
}

fn figures(lines: &[Line], lang: Lang, blocks: &mut Vec<Block>) {
    let is_estimated = lines.iter().any(|line| line.is_estimate);
    let column =
        |kind, (vi, en): (&str, &str)| Column { title: lang.pick(vi, en).to_owned(), kind };
    let this = match is_estimated {
        true => ("Ước thực hiện kỳ này", "This period, estimated"),
        false => ("Thực hiện kỳ này", "This period"),
    };
    let columns = vec![
        column(ColumnKind::Ordinal, ("STT", "No.")),
        column(ColumnKind::Name, ("Chỉ tiêu", "Indicator")),
        column(ColumnKind::Words, ("Đơn vị tính", "Unit of measure")),
        column(ColumnKind::Figures, ("Thực hiện kỳ trước", "Previous period")),
        column(ColumnKind::Figures, this),
        column(ColumnKind::Figures, ("Lũy kế từ đầu năm", "Year to date")),
        column(ColumnKind::Figures, ("So với cùng kỳ (%)", "On last year (%)")),
    ];
    let said = |figure: Option<Figure>| figure.map(|figure| number::bare(figure, lang));
    // What follows from other numbers is left empty where it does not.
    let follows = |figure: Option<Figure>| figure.filter(|figure| figure.absence().is_none());
    let rows = lines.iter().map(|line| {
        let change = match follows(line.change_on_year) {
            Some(Figure::Number(percent)) => Some(number::fixed(percent, 1, lang)),
            other => said(other),
        };
        let cells = [
            Some(line.name.clone()),
            Some(line.unit.clone()),
            said(follows(line.previous)),
            said(line.this),
            said(follows(line.year_to_date)),
            change,
        ];
        let cells = cells.map(|cell| vec![Inline::Text(cell.unwrap_or_default())]);
        Row { cells: cells.into(), when_unanswered: WhenUnanswered::Kept }
    });
    blocks.push(Block::Table(Table {
        caption: String::new(),
        unit_note: None,
        columns,
        rows: rows.collect(),
    }));
    let noted: Vec<Vec<Inline>> = lines
        .iter()
        .filter_map(|line| {
            let comment = line.comment.as_ref()?;
            Some(vec![Inline::Text(format!("{}: {comment}", line.name))])
        })
        .collect();
    if !noted.is_empty() {
        let said = lang.pick("Giải trình, ghi chú:", "Explanations and notes:");
        blocks.push(text(said.to_owned()));
        blocks.push(Block::List(noted));
    }
}

/// Sections are numbered as official documents number theirs.
fn roman(mut number: usize) -> String {
    let mut said = String::new();
    for (value, sign) in
        [(50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]
    {
        while number >= value {
            said.push_str(sign);
            number -= value;
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Context, Mode, Printing, html};
    use model::{Absence, Catalogue, Decimal, Units};

    fn form() -> Form {
        let number = |text: &str| Some(Figure::Number(Decimal::parse(text).unwrap()));
        let signatory = |role: &str, name: Option<&str>| Signatory {
            role: role.to_owned(),
            position: None,
            name: name.map(str::to_owned),
        };
        Form {
            id: "7".to_owned(),
            lang: Lang::Vi,
            letterhead: Letterhead {
                superior: Some("Ủy ban nhân dân tỉnh Bình Định".to_owned()),
                agency: "Sở Thông tin và Truyền thông".to_owned(),
                number: "Số: 15/BC-STTTT".to_owned(),
                place_and_date: "Bình Định, ngày 8 tháng 8 năm 2024".to_owned(),
            },
            name: "Báo cáo số liệu tháng".to_owned(),
            period: Period::parse("2024-07").unwrap(),
            recipients: vec!["Bộ Thông tin và Truyền thông".to_owned()],
            legal_basis: "Thông tư 04/2022/TT-BTTTT.".to_owned(),
            parts: vec![
                Part {
                    title: "Bưu chính".to_owned(),
                    asked: Asked::Figures(vec![
                        Line {
                            name: "Doanh thu <bưu chính>".to_owned(),
                            unit: "tỷ đồng".to_owned(),
                            this: number("1234.5"),
                            is_estimate: true,
                            change_on_year: number("11.1349"),
                            comment: Some("Doanh nghiệp mới".to_owned()),
                            ..Line::default()
                        },
                        Line {
                            name: "Lao động".to_owned(),
                            this: Some(Figure::Absent(Absence::NotApplicable)),
                            year_to_date: Some(Figure::Absent(Absence::NothingRecorded)),
                            ..Line::default()
                        },
                    ]),
                },
                Part {
                    title: "Đánh giá chung".to_owned(),
                    asked: Asked::Words(vec![
                        ("Khó khăn".to_owned(), Some("Mưa lũ\n\nThiếu người".to_owned())),
                        ("Kiến nghị".to_owned(), None),
                    ]),
                },
            ],
            remarks: vec!["Dự thảo".to_owned()],
            preparer: signatory("Người lập biểu", Some("Trần Thị B")),
            signer: signatory("Giám đốc", None),
            copies: vec!["Như trên;".to_owned(), "Lưu: VT.".to_owned()],
        }
    }

    fn page(form: &Form) -> String {
        let (catalogue, units) = (Catalogue::new([]), Units::default());
        let context = Context { catalogue: &catalogue, units: &units };
        let at = jiff::civil::datetime(2024, 8, 8, 10, 30, 0, 0);
        let printing = Printing { by: "B", at, address: "http://x" };
        html(&paper(form), context, &|_| None, Mode::Page(printing))
    }

    #[test]
    fn a_form_is_printed_with_its_heading_its_numbers_and_its_foot() {
        let page = page(&form());
        for part in [
            "<p class=\"superior\">Ủy ban nhân dân tỉnh Bình Định</p>",
            "<p class=\"number\">Số: 15/BC-STTTT</p>",
            "<span class=\"kind\">Báo cáo</span> số liệu tháng, tháng 7/2024</h1>",
            "Thực hiện chế độ báo cáo theo Thông tư 04/2022/TT-BTTTT, Sở Thông tin và Truyền thông báo cáo số liệu tháng 7/2024 như sau:",
            "<h2>I. Bưu chính</h2>",
            "Ước thực hiện kỳ này",
            "<th scope=\"row\">Doanh thu &lt;bưu chính&gt;</th><td class=\"words\">tỷ đồng</td><td class=\"figures\"></td><td class=\"figures\">1.234,5</td><td class=\"figures\"></td><td class=\"figures\">11,1</td>",
            "<td class=\"figures\">x</td><td class=\"figures\"></td>",
            "<li>Doanh thu &lt;bưu chính&gt;: Doanh nghiệp mới</li>",
            "<h2>II. Đánh giá chung</h2>",
            "<p>Mưa lũ</p>\n<p>Thiếu người</p>",
            "<p class=\"remark\">Dự thảo</p>",
            "<p class=\"signed\">Trần Thị B</p>",
            "<p class=\"copy\">- Như trên;</p><p class=\"copy\">- Lưu: VT.</p>",
        ] {
            assert!(page.contains(part), "{part}\n{page}");
        }
        assert!(!page.contains("Bảng 1"), "a section's heading names its table");
    }

    #[test]
    fn sections_are_numbered_in_roman() {
        let said: Vec<String> = [1, 4, 9, 14, 49].into_iter().map(roman).collect();
        assert_eq!(said, ["I", "IV", "IX", "XIV", "XLIX"]);
    }
}
