//! Which indicators the lines of an existing form seem to ask for: proposals, each for a person to confirm.
//!
//! Forms were typed by many hands: with numbers before the names, units behind them, marks or none. Names are
//! compared as folded words, so that these do not matter; nothing is ever taken for granted.

use std::collections::BTreeSet;

use model::{Breakdown, Catalogue, Frequency, Indicator, text};

/// An indicator that a line may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// Which.
    pub indicator: &'a Indicator,
    /// Of which part; the total unless the line is "trong đó: nữ" under another.
    pub breakdown: Breakdown,
    /// Whether the line reads as its name does, rather than much like it.
    pub is_same: bool,
}

/// A line that may mean an indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed<'a> {
    /// Which line, from 0.
    pub line: usize,
    /// The likeliest first; none where the line asks for something that the catalogue does not have.
    pub candidates: Vec<Candidate<'a>>,
}

/// A line of a form, and whether the form says that it asks for a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its words.
    pub text: &'a str,
    /// What stands beside it.
    pub asks: Asks,
}

/// Whether a line of a form asks for a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// A unit of measure stands beside it.
    Yes,
    /// Other lines have one beside them and this one has none: it is a heading or a note unless it has an indicator's name.
    No,
    /// The form does not say.
    Unsaid,
}

/// So many are proposed for a line.
const MOST: usize = 3;

/// Of the words of a line and a name together, so many in ten have to be in both.
const IN_TEN: usize = 6;

/// Proposes indicators for the lines of a report, in their order. Ratios are left out: they are computed.
pub fn proposals<'a>(lines: &[String], catalogue: &'a Catalogue) -> Vec<Proposed<'a>> {
    let lines = lines.iter().map(|text| Line { text, asks: Asks::Unsaid });
    read(lines, catalogue.iter().filter(|indicator| indicator.ratio.is_none()), catalogue)
}

/// Proposes rows for the lines of a form, in their order: ratios too, so that they can be told, and what asks for a number
/// that the catalogue does not have, with no candidate.
pub fn rows<'a>(lines: &[Line], catalogue: &'a Catalogue) -> Vec<Proposed<'a>> {
    read(lines.iter().copied(), catalogue.iter(), catalogue)
}

fn read<'a, 'b>(
    lines: impl Iterator<Item = Line<'b>>,
    asked: impl Iterator<Item = &'a Indicator>,
    catalogue: &Catalogue,
) -> Vec<Proposed<'a>> {
    let names: Vec<(&Indicator, [String; 2])> =
        asked.map(|one| (one, [bare(&one.name_vi), bare(&one.name_en)])).collect();
    let named: Vec<(&Indicator, [Name; 2])> = names
        .iter()
        .map(|(one, names)| (*one, names.each_ref().map(|name| in_words(name))))
        .collect();
    // A unit of measure stands beside each name and is none.
    let units: BTreeSet<String> =
        catalogue.iter().flat_map(|one| [bare(&one.unit_vi), bare(&one.unit_en)]).collect();
    let mut found: Vec<Proposed<'a>> = vec![];
    let mut above: Vec<Candidate<'a>> = vec![];
    for (line, Line { text, asks }) in lines.enumerate() {
        let bare = bare(text);
        let mut candidates = match part(&bare) {
            // A part belongs to the line above it.
            Some(breakdown) => {
                let of = above.iter().cloned();
                of.map(|above| Candidate { breakdown: breakdown.clone(), ..above }).collect()
            }
            None if units.contains(&bare) => continue,
            None => like(&bare, &named),
        };
        if asks == Asks::No {
            candidates.retain(|one| one.is_same);
        }
        // Only what is likeliest is told to be a ratio: none of the others could be chosen.
        let is_ratio = candidates.first().is_some_and(|first| first.indicator.ratio.is_some());
        candidates.retain(|one| is_ratio || one.indicator.ratio.is_none());
        let is_unknown = candidates.is_empty() && asks == Asks::Yes && bare.contains(' ');
        if is_unknown || !candidates.is_empty() {
            above.clone_from(&candidates);
            found.push(Proposed { line, candidates });
        }
    }
    found
}

/// What a form says of itself in a line of its own, as Circular 02/2023/TT-BTTTT lays a report regime out:
/// "1. Tên báo cáo: Báo cáo quý".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// Which line, from 0.
    pub line: usize,
    /// What it says something about.
    pub about: About,
    /// What it says; of the frequency its code.
    pub value: String,
}

/// What a form may say of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Tên báo cáo.
    Name,
    /// Nội dung.
    Content,
    /// Căn cứ pháp lý.
    LegalBasis,
    /// Tần suất.
    Frequency,
    /// Thời gian chốt số liệu.
    CutOff,
    /// Cơ quan nhận.
    Recipients,
    /// Hình thức, phương thức gửi.
    Sending,
}

impl About {
    /// Each, in the order of a template.
    pub const ALL: [About; 7] = [
        About::Name,
        About::Content,
        About::LegalBasis,
        About::Frequency,
        About::CutOff,
        About::Recipients,
        About::Sending,
    ];

    /// The field of a template.
    pub fn code(self) -> &'static str {
        match self {
            About::Name => "name_vi",
            About::Content => "content",
            About::LegalBasis => "legal_basis",
            About::Frequency => "frequency",
            About::CutOff => "cut_off_vi",
            About::Recipients => "recipients",
            About::Sending => "sending",
        }
    }

    /// What stands before the colon, folded.
    fn labels(self) -> &'static [&'static str] {
        match self {
            About::Name => &["ten bao cao", "ten bieu mau", "ten bieu"],
            About::Content => &["noi dung", "noi dung bao cao", "noi dung yeu cau bao cao"],
            About::LegalBasis => &["can cu phap ly", "can cu", "co so phap ly"],
            About::Frequency => &["tan suat", "tan suat bao cao", "tan suat thuc hien bao cao"],
            About::CutOff => &["thoi gian chot so lieu", "thoi gian chot so lieu bao cao"],
            About::Recipients => &[
                "co quan nhan",
                "co quan nhan bao cao",
                "don vi nhan",
                "don vi nhan bao cao",
                "noi nhan bao cao",
            ],
            About::Sending => &[
                "phuong thuc gui",
                "phuong thuc gui, nhan",
                "phuong thuc gui, nhan bao cao",
                "hinh thuc, phuong thuc gui",
                "hinh thuc, phuong thuc gui, nhan",
                "hinh thuc, phuong thuc gui, nhan bao cao",
            ],
        }
    }
}

/// What a form says of itself, each thing once, in the order of its lines.
pub fn stated(lines: &[Line]) -> Vec<Stated> {
    let mut found: Vec<Stated> = vec![];
    for (line, Line { text, .. }) in lines.iter().enumerate() {
        let Some((label, said)) = text.split_once(':') else { continue };
        let folded = text::folded(label);
        // The number or the letter before it is no part of it.
        let folded = folded.trim_start_matches(|c: char| !c.is_alphabetic());
        let label = match folded.split_once([')', '.']) {
            Some((letter, rest)) if letter.len() == 1 => rest.trim_start(),
            Some(_) | None => folded,
        };
        let Some(about) = About::ALL.into_iter().find(|one| one.labels().contains(&label)) else {
            continue;
        };
        let said = said.trim().trim_end_matches('.');
        let value = match about {
            About::Frequency => often(said).map(|often| often.code().to_owned()),
            _ => Some(said.to_owned()).filter(|said| !said.is_empty()),
        };
        if let Some(value) = value.filter(|_| found.iter().all(|one| one.about != about)) {
            found.push(Stated { line, about, value });
        }
    }
    found
}

/// How often: "hằng quý", "6 tháng một lần"; nothing where several are named.
fn often(said: &str) -> Option<Frequency> {
    let folded = text::folded(said);
    let named = folded.trim_start_matches("hang ").trim_start_matches("dinh ky ");
    let named = named.trim_start_matches("hang ");
    let bare =
        named.trim_end_matches(" mot lan").trim_end_matches("/lan").trim_end_matches("1 lan");
    match bare.trim().trim_end_matches('/') {
        "ngay" => Some(Frequency::Day),
        "tuan" => Some(Frequency::Week),
        "thang" => Some(Frequency::Month),
        "quy" => Some(Frequency::Quarter),
        "6 thang" | "nua nam" => Some(Frequency::Half),
        "nam" => Some(Frequency::Year),
        _ => None,
    }
}

/// A name and its words.
type Name<'a> = (&'a str, BTreeSet<&'a str>);

fn in_words(name: &str) -> Name<'_> {
    (name, name.split(' ').collect())
}

fn like<'a>(bare: &str, named: &[(&'a Indicator, [Name; 2])]) -> Vec<Candidate<'a>> {
    let words: BTreeSet<&str> = bare.split(' ').filter(|word| !word.is_empty()).collect();
    if words.len() < 2 {
        return vec![];
    }
    let mut scored: Vec<(bool, usize, &Indicator)> = vec![];
    for (indicator, names) in named {
        let is_same = names.iter().any(|(name, _)| *name == bare);
        let scores = names.iter().map(|(_, other)| {
            let common = words.intersection(other).count();
            // How many words in a thousand are in both, when enough are.
            let all = words.len() + other.len();
            (20 * common >= IN_TEN * all).then_some(2000 * common / all)
        });
        if let Some(score) = scores.flatten().max() {
            scored.push((is_same, score, indicator));
        }
    }
    scored.sort_by_key(|(is_same, score, indicator)| {
        (std::cmp::Reverse((*is_same, *score)), indicator.code.clone())
    });
    // Beside the name itself, what is only like it says nothing.
    let has_same = scored.first().is_some_and(|(is_same, ..)| *is_same);
    let likely = scored.into_iter().filter(|(is_same, ..)| *is_same || !has_same).take(MOST);
    likely
        .map(|(is_same, _, indicator)| Candidate {
            indicator,
            breakdown: Breakdown::TOTAL,
            is_same,
        })
        .collect()
}

/// The folded words of a label, without the number before them and the unit behind them.
fn bare(label: &str) -> String {
    let folded = text::folded(label);
    let named = folded.split('(').next().unwrap_or_default();
    let mut words: Vec<&str> =
        named.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':')).collect();
    words.retain(|word| !word.is_empty());
    let is_number = |word: &&str| {
        let inside = word.trim_end_matches(['.', ')', '/']);
        let is_counted = inside.chars().all(|c| c.is_ascii_digit() || c == '.');
        let is_roman = inside.chars().all(|c| matches!(c, 'i' | 'v' | 'x'));
        let is_letter = inside.len() == 1 && word.len() > 1;
        !word.chars().any(char::is_alphanumeric) || is_counted || is_roman || is_letter
    };
    let begins = words.iter().position(|word| !is_number(word)).unwrap_or(words.len());
    words[begins..].join(" ")
}

/// The part of the line above that a line asks for.
fn part(bare: &str) -> Option<Breakdown> {
    let named = bare.strip_prefix("trong do").or(bare.strip_prefix("of which")).unwrap_or(bare);
    let code = match named.trim() {
        "nu" | "so nu" | "lao dong nu" | "women" | "female" => "SEX=F",
        "nam" | "so nam" | "men" | "male" => "SEX=M",
        "thanh thi" | "urban" => "AREA=U",
        "nong thon" | "rural" => "AREA=R",
        named if named.contains("tuoi") || named.contains("aged") => ages(named)?,
        _ => return None,
    };
    Breakdown::parse(code).ok()
}

/// The age group between two ages: "từ 15 đến 24 tuổi", "15-24 tuổi".
fn ages(named: &str) -> Option<&'static str> {
    let numbers = named.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    match numbers.collect::<Vec<_>>()[..] {
        ["15", "24"] => Some("AGE=Y15T24"),
        ["25", "54"] => Some("AGE=Y25T54"),
        ["55", "64"] => Some("AGE=Y55T64"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{indicator, share};

    fn catalogue() -> Catalogue {
        let named = |code: &str, vi: &str, en: &str| Indicator {
            name_vi: vi.to_owned(),
            name_en: en.to_owned(),
            ..indicator(code, "tỷ đồng", 0)
        };
        Catalogue::new([
            named("BC.DOANHTHU", "Doanh thu bưu chính", "Postal revenue"),
            named("VT.DOANHTHU", "Doanh thu viễn thông", "Telecoms revenue"),
            named("BC.LAODONG", "Số lao động bưu chính", "Postal workers"),
            named("BC.KTRA", "Số cuộc thanh tra, kiểm tra (bưu chính)", "Inspections"),
            named("BC.DIEM", "Số điểm phục vụ bưu chính", "Post offices"),
            Indicator {
                name_vi: "Tỷ lệ số hóa".to_owned(),
                ..share("BC.TL", "BC.DIEM", "BC.LAODONG")
            },
        ])
    }

    #[test]
    fn a_line_is_read_without_its_number_its_unit_and_its_marks() {
        for (label, expected) in [
            ("Doanh thu bưu chính", "BC.DOANHTHU!"),
            ("1. Doanh thu bưu chính (tỷ đồng)", "BC.DOANHTHU!"),
            ("II. DOANH THU BUU CHINH", "BC.DOANHTHU!"),
            ("a) doanh thu bưu chính:", "BC.DOANHTHU!"),
            ("- 1.2. Doanh thu bưu chính", "BC.DOANHTHU!"),
            ("Postal revenue", "BC.DOANHTHU!"),
            ("4. Số cuộc thanh tra, kiểm tra", "BC.KTRA!"),
            ("tỷ đồng", ""),
            ("Doanh thu dịch vụ bưu chính", "BC.DOANHTHU"),
            ("Số điểm bưu chính", "BC.DIEM BC.LAODONG"),
            ("Doanh thu", "BC.DOANHTHU VT.DOANHTHU"),
            ("Tỷ lệ số hóa", ""),
            ("Người lập biểu", ""),
            ("STT", ""),
            ("", ""),
            ("1.", ""),
        ] {
            let catalogue = catalogue();
            let found = proposals(&[label.to_owned()], &catalogue);
            let said: Vec<String> = found
                .iter()
                .flat_map(|one| &one.candidates)
                .map(|one| format!("{}{}", one.indicator.code, if one.is_same { "!" } else { "" }))
                .collect();
            assert_eq!(said.join(" "), expected, "{label}");
        }
    }

    #[test]
    fn a_part_belongs_to_the_line_above_it() {
        let catalogue = catalogue();
        let lines = ["Nữ", "3. Số lao động bưu chính", "Trong đó: nữ", "Người lập biểu", "Nam"];
        let lines = lines.map(str::to_owned);
        let found = proposals(&lines, &catalogue);
        let said: Vec<String> = found
            .iter()
            .map(|one| {
                let first = &one.candidates[0];
                format!("{} {}[{}]", one.line, first.indicator.code, first.breakdown)
            })
            .collect();
        assert_eq!(said, ["1 BC.LAODONG[]", "2 BC.LAODONG[SEX=F]", "4 BC.LAODONG[SEX=M]"]);
    }

    #[test]
    fn a_form_tells_its_rows_from_its_headings_by_their_units() {
        let catalogue = catalogue();
        let lines = [
            ("I. BƯU CHÍNH", Asks::No),
            ("Số lao động bưu chính", Asks::Yes),
            ("Chia theo nhóm tuổi:", Asks::No),
            ("- Từ 15 đến 24 tuổi", Asks::Yes),
            ("- 25-54 tuổi", Asks::No),
            ("Số thư, bưu kiện bị khiếu nại", Asks::Yes),
            ("Trong đó: nữ", Asks::Yes),
            ("Tỷ lệ số hóa", Asks::Yes),
            ("Doanh thu bưu chính", Asks::No),
            ("Doanh thu dịch vụ bưu chính", Asks::No),
            ("Doanh thu dịch vụ viễn thông", Asks::Unsaid),
            ("tỷ đồng", Asks::No),
            ("B", Asks::Yes),
        ]
        .map(|(text, asks)| Line { text, asks });
        let said = rows(&lines, &catalogue).into_iter().map(|one| {
            let first = one.candidates.first();
            let first = first.map(|one| format!("{}[{}]", one.indicator.code, one.breakdown));
            format!(
                "{}: {}",
                lines[one.line].text,
                first.unwrap_or("not in the catalogue".to_owned())
            )
        });
        assert_eq!(
            said.collect::<Vec<_>>(),
            [
                "Số lao động bưu chính: BC.LAODONG[]",
                "- Từ 15 đến 24 tuổi: BC.LAODONG[AGE=Y15T24]",
                "- 25-54 tuổi: BC.LAODONG[AGE=Y25T54]",
                "Số thư, bưu kiện bị khiếu nại: not in the catalogue",
                "Trong đó: nữ: not in the catalogue",
                "Tỷ lệ số hóa: BC.TL[]",
                "Doanh thu bưu chính: BC.DOANHTHU[]",
                "Doanh thu dịch vụ viễn thông: VT.DOANHTHU[]",
            ]
        );
    }

    #[test]
    fn a_form_says_what_it_is_as_the_circular_lays_it_out() {
        let lines = [
            "1. Tên báo cáo: Báo cáo tình hình an toàn thông tin quý.",
            "2. Nội dung yêu cầu báo cáo: Số liệu; đánh giá: kiến nghị.",
            "3. Đối tượng thực hiện: Sở Thông tin và Truyền thông.",
            "4. CƠ QUAN NHẬN BÁO CÁO: Văn phòng Bộ; Cục An toàn thông tin.",
            "b) Phương thức gửi, nhận: thư điện tử.",
            "7. Tần suất: Hằng quý.",
            "Tần suất: hằng tháng",
            "8. Thời gian chốt số liệu:",
            "Căn cứ: Thông tư 02/2023/TT-BTTTT",
            "Ghi chú: không",
        ]
        .map(|text| Line { text, asks: Asks::Unsaid });
        let said = stated(&lines).into_iter();
        let said = said.map(|one| format!("{} {}: {}", one.line, one.about.code(), one.value));
        assert_eq!(
            said.collect::<Vec<_>>(),
            [
                "0 name_vi: Báo cáo tình hình an toàn thông tin quý",
                "1 content: Số liệu; đánh giá: kiến nghị",
                "3 recipients: Văn phòng Bộ; Cục An toàn thông tin",
                "4 sending: thư điện tử",
                "5 frequency: quarter",
                "8 legal_basis: Thông tư 02/2023/TT-BTTTT",
            ]
        );
        for (said, expected) in [
            ("hàng tháng", Some(Frequency::Month)),
            ("định kỳ hằng năm", Some(Frequency::Year)),
            ("6 tháng một lần", Some(Frequency::Half)),
            ("6 tháng/lần", Some(Frequency::Half)),
            ("hằng tháng, hằng quý", None),
            ("đột xuất", None),
        ] {
            assert_eq!(often(said), expected, "{said}");
        }
    }
}
