//! Which questions of a form that are answered in words a report answers: under a heading that reads as the question does,
//! up to the next heading.

use model::text::folded;

use crate::{CellKey, Template};

/// What stands in a report, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// A paragraph.
    Line(&'a str),
    /// A table; words after it belong to nothing before it.
    Table,
}

/// An answer that a report seems to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundText {
    /// Which cell of the form.
    pub cell: CellKey,
    /// The line of the heading among the lines, from 0.
    pub line: usize,
    /// The heading as it stands.
    pub heading: String,
    /// Whether the heading is the question's own name, rather than one that contains it.
    pub is_same: bool,
    /// The paragraphs under it, a line each.
    pub text: String,
}

/// A heading that only contains a question's name has at most so many words more,
const MOST_MORE: usize = 8;
/// and so many of the name's first words.
const FIRST_WORDS: usize = 3;
/// Longer than this nobody writes a heading.
const LONGEST_HEADING: usize = 160;
/// What stands after the last answer.
const ENDS: [&str; 4] = ["noi nhan", "nguoi lap bieu", "thu truong don vi", "tren day la bao cao"];

/// A question with its names in both languages, as words.
struct Question {
    cell: CellKey,
    names: [Vec<String>; 2],
}

/// Finds the answers in the order of the report; each question's first one that says something, and its own name before a
/// name that is like it.
pub fn texts(parts: &[Part], template: &Template) -> Vec<FoundText> {
    let questions: Vec<Question> = template
        .sections
        .iter()
        .flat_map(|section| {
            section.texts().iter().map(|prompt| Question {
                cell: CellKey::Text { section: section.id.clone(), prompt: prompt.id.clone() },
                names: [plain(&prompt.name_vi), plain(&prompt.name_en)],
            })
        })
        .collect();
    let mut all: Vec<FoundText> = vec![];
    let mut open: Option<(FoundText, Option<Rank>)> = None;
    let mut take = |found: Option<(FoundText, Option<Rank>)>| {
        let Some((found, _)) = found.filter(|(found, _)| !found.text.is_empty()) else { return };
        match all.iter_mut().find(|known| known.cell == found.cell) {
            None => all.push(found),
            Some(known) if found.is_same && !known.is_same => *known = found,
            Some(_) => {}
        }
    };
    let mut line = 0;
    for part in parts {
        let Part::Line(words) = part else {
            take(open.take());
            continue;
        };
        let number = line;
        line += 1;
        let words = words.trim();
        let (rank, said) = ranked(words);
        if let Some((cell, is_same, rest)) = asked(said, &questions) {
            take(open.take());
            let text = rest.to_owned();
            let heading = words[..words.len() - rest.len()].trim_end_matches([':', ' ']).to_owned();
            open = Some((FoundText { cell, line: number, heading, is_same, text }, rank));
            continue;
        }
        let Some((found, of)) = &mut open else { continue };
        // A heading of the same rank is of something else; one of a lower rank is part of the answer.
        let is_next = rank.is_some() && rank == *of && said.chars().count() <= LONGEST_HEADING;
        if is_next || ENDS.iter().any(|end| folded(said).starts_with(end)) {
            take(open.take());
        } else if !words.is_empty() {
            if !found.text.is_empty() {
                found.text.push('\n');
            }
            found.text.push_str(words);
        }
    }
    take(open.take());
    all.sort_by_key(|found| found.line);
    all
}

/// How headings are numbered: those that are numbered alike are of one rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rank {
    Roman,
    Number,
    Letter,
    /// 2.1
    Inner,
}

/// The numbering of a line and what follows it.
fn ranked(line: &str) -> (Option<Rank>, &str) {
    let Some((number, rest)) = line.split_once([' ', '\t', '\u{a0}']) else { return (None, line) };
    let Some(bare) =
        number.strip_suffix(['.', ')', '/']).or(number.contains('.').then_some(number))
    else {
        return (None, line);
    };
    let is = |known: fn(char) -> bool| !bare.is_empty() && bare.chars().all(known);
    let rank = if is(|c| c.is_ascii_digit()) {
        Rank::Number
    } else if is(|c| "IVX".contains(c)) {
        Rank::Roman
    } else if is(|c| c.is_ascii_digit() || c == '.') {
        Rank::Inner
    } else if bare.chars().count() == 1 && is(char::is_alphabetic) {
        Rank::Letter
    } else {
        return (None, line);
    };
    (Some(rank), rest.trim())
}

/// The words of a heading without what is written in one report and not in the other: marks, commas, "và".
fn plain(text: &str) -> Vec<String> {
    let words = folded(text);
    let words = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.filter(|word| !["va", "and"].contains(word)).map(str::to_owned).collect()
}

/// The question that a line asks, whether by its own name, and what follows a colon on the line.
fn asked<'a>(line: &'a str, questions: &[Question]) -> Option<(CellKey, bool, &'a str)> {
    let (heading, rest) = match line.split_once(':') {
        Some((heading, rest)) => (heading, rest.trim()),
        None => (line, ""),
    };
    if heading.chars().count() > LONGEST_HEADING {
        return None;
    }
    let said = plain(heading);
    if let Some(own) = questions.iter().find(|question| question.names.contains(&said)) {
        return Some((own.cell.clone(), true, rest));
    }
    // A sentence that happens to say it is no heading.
    if rest.is_empty() && line.trim_end().ends_with(['.', ';', ',']) {
        return None;
    }
    let like = |question: &&Question| question.names.iter().any(|name| is_like(&said, name));
    questions.iter().find(like).map(|question| (question.cell.clone(), false, rest))
}

/// A heading is like a name when it has the name's first words, or is a part of it.
fn is_like(heading: &[String], name: &[String]) -> bool {
    let has = |all: &[String], part: &[String]| {
        !part.is_empty() && all.windows(part.len()).any(|words| words == part)
    };
    if heading.len() < 2 || heading.len() > name.len() + MOST_MORE {
        return false;
    }
    has(name, heading) || has(heading, &name[..name.len().min(FIRST_WORDS)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::template;
    use crate::{Section, SectionKind, TextId, TextPrompt};

    /// Lines of a report, `|` for a table, and what is found in them: `KETQUA 0 "heading": text`, `~` where only like.
    fn found(report: &str) -> Vec<String> {
        let prompt = |id: &str, name_vi: &str, name_en: &str| TextPrompt {
            id: TextId::parse(id).unwrap(),
            name_vi: name_vi.to_owned(),
            name_en: name_en.to_owned(),
        };
        let mut form = template(&["BC.DOANHTHU"]);
        form.sections.push(Section {
            kind: SectionKind::Texts(vec![
                prompt("KETQUA", "Kết quả nổi bật trong kỳ", "Main results of the period"),
                prompt("KHOKHAN", "Khó khăn, vướng mắc", "Difficulties"),
                prompt("KIENNGHI", "Đề xuất, kiến nghị", "Proposals"),
                prompt("NHIEMVU", "Nhiệm vụ trọng tâm kỳ tới", "Tasks of the next period"),
            ]),
            ..form.sections[0].clone()
        });
        let part = |line| if line == "|" { Part::Table } else { Part::Line(line) };
        let parts: Vec<Part> = report.lines().map(str::trim).map(part).collect();
        let shown = |one: FoundText| {
            let cell = one.cell.to_string();
            let id = cell.split('/').nth(1).unwrap();
            let like = if one.is_same { "" } else { "~" };
            format!("{like}{id} {} “{}”: {}", one.line, one.heading, one.text.replace('\n', " / "))
        };
        texts(&parts, &form).into_iter().map(shown).collect()
    }

    #[test]
    fn what_stands_under_a_heading_answers_the_question_that_reads_like_it() {
        for (case, report, expected) in [
            (
                "numbered headings, of which a lower rank is part of the answer",
                "BÁO CÁO THÁNG 7
                 I. KẾT QUẢ NỔI BẬT TRONG KỲ
                 1. Bưu chính
                 Doanh thu tăng 5%.
                 II. KHÓ KHĂN, VƯỚNG MẮC
                 Thiếu nhân lực.
                 III. Công tác khác
                 Không có.",
                vec![
                    "KETQUA 1 “I. KẾT QUẢ NỔI BẬT TRONG KỲ”: 1. Bưu chính / Doanh thu tăng 5%.",
                    "KHOKHAN 4 “II. KHÓ KHĂN, VƯỚNG MẮC”: Thiếu nhân lực.",
                ],
            ),
            (
                "on the line of the heading",
                "Đề xuất và kiến nghị: Bổ sung kinh phí.\nSớm ban hành hướng dẫn.",
                vec![
                    "KIENNGHI 0 “Đề xuất và kiến nghị”: Bổ sung kinh phí. / Sớm ban hành hướng dẫn.",
                ],
            ),
            (
                "a heading that is only like it",
                "1. Kết quả nổi bật tháng 7/2024\nĐạt kế hoạch.\n2. Phương hướng, nhiệm vụ trọng tâm tháng 8\nHoàn thành.",
                vec![
                    "~KETQUA 0 “1. Kết quả nổi bật tháng 7/2024”: Đạt kế hoạch.",
                    "~NHIEMVU 2 “2. Phương hướng, nhiệm vụ trọng tâm tháng 8”: Hoàn thành.",
                ],
            ),
            (
                "a table and the foot end an answer",
                "Khó khăn, vướng mắc\nĐường truyền chậm.\n|\nBảng trên là số ước.\nĐề xuất, kiến nghị\nKhông.\nNơi nhận:\n- Như trên",
                vec![
                    "KHOKHAN 0 “Khó khăn, vướng mắc”: Đường truyền chậm.",
                    "KIENNGHI 3 “Đề xuất, kiến nghị”: Không.",
                ],
            ),
            (
                "the own name before one like it, the first before the second",
                "Khó khăn\nMột.\nKhó khăn, vướng mắc\nHai.\nKhó khăn, vướng mắc\nBa.",
                vec!["KHOKHAN 2 “Khó khăn, vướng mắc”: Hai."],
            ),
            (
                "in English",
                "Difficulties\nToo few people.",
                vec!["KHOKHAN 0 “Difficulties”: Too few people."],
            ),
            ("a heading with nothing under it", "Khó khăn, vướng mắc\n|", vec![]),
            (
                "a sentence is no heading",
                "Tháng này khó khăn, vướng mắc còn nhiều ở cơ sở.\nHết.",
                vec![],
            ),
            ("nothing", "", vec![]),
        ] {
            assert_eq!(found(report), expected, "{case}");
        }
    }
}
