//! Registers: what a unit offers and runs (public services, information systems, platforms), one entry at a time.
//!
//! A register is a list of fields, and everything else follows from that list: the form in the browser, the columns of
//! its spreadsheet, what is wrong with a row, what a change changed. What an entry says holds from a day on, so that a
//! figure of last year is made of the services as they were then.

use std::collections::BTreeMap;

use jiff::civil::Date;
use model::UnitCode;

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Register {
    /// Dịch vụ công: a procedure as one unit offers it.
    Services,
    /// Hệ thống thông tin, with its security level and four layers of protection.
    Systems,
    /// Nền tảng tích hợp, chia sẻ dữ liệu: LGSP and the like, over which systems exchange data.
    Exchanges,
    /// Nền tảng số: digital platforms in use.
    Platforms,
}

/// A thing that an entry of a register says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its code in interfaces and storage.
    pub code: &'static str,
    /// How it is headed on Vietnamese screens and in files.
    pub vi: &'static str,
    /// How it is headed on English ones.
    pub en: &'static str,
    /// What can be said.
    pub kind: Kind,
    /// Whether it must be said.
    pub is_needed: bool,
}

/// What can be said in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any words, up to 500 characters.
    Text,
    /// One of these.
    Word(&'static [Word]),
    /// A day.
    Day,
    /// A whole number, zero or more, up to [`MOST_COUNTED`].
    Count,
}

/// A word of a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// As it is kept.
    pub code: &'static str,
    /// In Vietnamese.
    pub vi: &'static str,
    /// In English.
    pub en: &'static str,
}

/// The most characters of a text.
pub const LONGEST: usize = 500;
/// The most characters of a code.
pub const LONGEST_CODE: usize = 60;
/// The largest count.
pub const MOST_COUNTED: u64 = 999_999_999_999;

/// What an entry says, by the code of the field; a field that says nothing is not there. Valid by [`read`].
pub type Values = BTreeMap<&'static str, String>;

/// An entry as it is from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose it is.
    pub unit: UnitCode,
    /// What it is called by, once in a unit: of a service, the code of its procedure.
    pub code: EntryCode,
    /// The first day on which this holds.
    pub since: Date,
    /// What it says; `None` from the day on which the unit no longer has it.
    pub values: Option<Values>,
    /// Made up by a stated rule for the demonstration.
    pub is_synthetic: bool,
}

/// What an entry is called by within its unit: letters without marks, digits, `.`, `-`, `_`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryCode(String);

impl EntryCode {
    /// Reads a code. Spaces around it do not count.
    ///
    /// ```
    /// use measure::register::EntryCode;
    /// assert_eq!(EntryCode::parse(" 1.004428 ").unwrap().as_str(), "1.004428");
    /// assert!(EntryCode::parse("thủ tục").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<EntryCode> {
        let text = text.trim();
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let is_code = !text.is_empty() && text.len() <= LONGEST_CODE && text.chars().all(fits);
        is_code.then(|| EntryCode(text.to_owned()))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is wrong with what was said in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It must be said.
    Empty,
    /// More than this many characters.
    TooLong(usize),
    /// None of the words.
    NotAWord(&'static [Word]),
    /// No day, or one that can be read in two ways.
    NotADay,
    /// No whole number.
    NotACount,
    /// A layer of protection has a day and evidence, or neither.
    OnlyWith(&'static str),
}

const fn text(code: &'static str, vi: &'static str, en: &'static str) -> Field {
    Field { code, vi, en, kind: Kind::Text, is_needed: false }
}

const fn needed(field: Field) -> Field {
    Field { is_needed: true, ..field }
}

const fn words(
    code: &'static str,
    vi: &'static str,
    en: &'static str,
    words: &'static [Word],
) -> Field {
    Field { code, vi, en, kind: Kind::Word(words), is_needed: false }
}

const fn day(code: &'static str, vi: &'static str, en: &'static str) -> Field {
    Field { code, vi, en, kind: Kind::Day, is_needed: false }
}

const fn count(code: &'static str, vi: &'static str, en: &'static str) -> Field {
    Field { code, vi, en, kind: Kind::Count, is_needed: false }
}

const fn word(code: &'static str, vi: &'static str, en: &'static str) -> Word {
    Word { code, vi, en }
}

const NAME: Field = needed(text("name", "Tên", "Name"));

/// Mức độ 1 đến 4 (Decree 43/2011, until June 2022).
const SERVICE_LEVELS: &[Word] = &[
    word("1", "Mức độ 1", "Level 1"),
    word("2", "Mức độ 2", "Level 2"),
    word("3", "Mức độ 3", "Level 3"),
    word("4", "Mức độ 4", "Level 4"),
];

/// Toàn trình; một phần is every other online service (Decree 42/2022, article 11, since July 2022).
const EXTENTS: &[Word] =
    &[word("full", "Toàn trình", "End to end"), word("partial", "Một phần", "Partial")];

const YES_NO: &[Word] = &[word("yes", "Có", "Yes"), word("no", "Không", "No")];

const SECURITY_LEVELS: &[Word] = &[
    word("1", "Cấp độ 1", "Level 1"),
    word("2", "Cấp độ 2", "Level 2"),
    word("3", "Cấp độ 3", "Level 3"),
    word("4", "Cấp độ 4", "Level 4"),
    word("5", "Cấp độ 5", "Level 5"),
];

const SERVICES: &[Field] = &[
    NAME,
    text("owner", "Cơ quan thực hiện", "Owner"),
    text("portal", "Cổng dịch vụ công (mã)", "Portal (code)"),
    words("level", "Mức độ (đến 6/2022)", "Level (until June 2022)", SERVICE_LEVELS),
    words("extent", "Toàn trình, một phần (từ 7/2022)", "Extent (since July 2022)", EXTENTS),
    needed(words("eligible", "Đủ điều kiện toàn trình", "Fit for end to end", YES_NO)),
];

const SYSTEMS: &[Field] = &[
    NAME,
    needed(text("owner", "Chủ quản hệ thống", "Owner")),
    words("level", "Cấp độ an toàn được phê duyệt", "Approved security level", SECURITY_LEVELS),
    day("team_day", "Lực lượng tại chỗ: từ ngày", "Own team: since"),
    text("team_evidence", "Lực lượng tại chỗ: minh chứng", "Own team: evidence"),
    day("watch_day", "Giám sát chuyên nghiệp: từ ngày", "Professional monitoring: since"),
    text(
        "watch_evidence",
        "Giám sát chuyên nghiệp: minh chứng",
        "Professional monitoring: evidence",
    ),
    day("assessment_day", "Kiểm tra, đánh giá độc lập: từ ngày", "Independent assessment: since"),
    text(
        "assessment_evidence",
        "Kiểm tra, đánh giá độc lập: minh chứng",
        "Independent assessment: evidence",
    ),
    day(
        "centre_day",
        "Kết nối Trung tâm quốc gia: từ ngày",
        "Connected to the national centre: since",
    ),
    text(
        "centre_evidence",
        "Kết nối Trung tâm quốc gia: minh chứng",
        "Connected to the national centre: evidence",
    ),
];

/// The national exchange is NDXP (Decree 47/2020, article 11).
const EXCHANGES: &[Field] = &[
    NAME,
    needed(text("owner", "Chủ quản nền tảng", "Owner")),
    day("launched", "Ngày đưa vào sử dụng", "Launched"),
    needed(words(
        "national",
        "Kết nối Nền tảng tích hợp, chia sẻ dữ liệu quốc gia",
        "Connected to the national exchange",
        YES_NO,
    )),
    count("systems", "Số hệ thống đã kết nối", "Connected systems"),
    count("services", "Số dịch vụ dữ liệu đang cung cấp", "Data services offered"),
];

const PLATFORMS: &[Field] = &[
    NAME,
    needed(text("owner", "Chủ quản nền tảng", "Owner")),
    day("launched", "Ngày đưa vào sử dụng", "Launched"),
    count("users", "Số người dùng", "Users"),
];

/// The four layers of protection: the day and the evidence of each.
pub const LAYERS: [(&str, &str); 4] = [
    ("team_day", "team_evidence"),
    ("watch_day", "watch_evidence"),
    ("assessment_day", "assessment_evidence"),
    ("centre_day", "centre_evidence"),
];

impl Register {
    /// Every register, in the order of the tabs.
    pub const ALL: [Register; 4] =
        [Register::Services, Register::Systems, Register::Exchanges, Register::Platforms];

    /// Its code in interfaces and storage.
    pub fn code(self) -> &'static str {
        match self {
            Register::Services => "services",
            Register::Systems => "systems",
            Register::Exchanges => "exchanges",
            Register::Platforms => "platforms",
        }
    }

    /// The register with this code.
    pub fn parse(code: &str) -> Option<Register> {
        Register::ALL.into_iter().find(|one| one.code() == code)
    }

    /// What an entry says, in the order of forms and files. The first is its name.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Register::Services => SERVICES,
            Register::Systems => SYSTEMS,
            Register::Exchanges => EXCHANGES,
            Register::Platforms => PLATFORMS,
        }
    }
}

/// What an entry says, read from texts as people and spreadsheets write them; or everything that is wrong, by field.
///
/// Words are read by their code or as they are shown in either language; a day as 2024-07-31 or 31/7/2024.
pub fn read<'a>(
    register: Register,
    said: impl Fn(&str) -> &'a str,
) -> Result<Values, Vec<(&'static str, Wrong)>> {
    let mut values = Values::new();
    let mut wrong = vec![];
    for field in register.fields() {
        match read_field(field, said(field.code)) {
            Ok(Some(value)) => drop(values.insert(field.code, value)),
            Ok(None) if field.is_needed => wrong.push((field.code, Wrong::Empty)),
            Ok(None) => {}
            Err(why) => wrong.push((field.code, why)),
        }
    }
    if register == Register::Systems {
        for (day, evidence) in LAYERS {
            let is_wrong = |code| wrong.iter().any(|(found, _)| *found == code);
            match (values.contains_key(day), values.contains_key(evidence)) {
                (true, false) if !is_wrong(evidence) => {
                    wrong.push((evidence, Wrong::OnlyWith(day)))
                }
                (false, true) if !is_wrong(day) => wrong.push((day, Wrong::OnlyWith(evidence))),
                (true, _) | (_, true) | (false, false) => {}
            }
        }
    }
    if wrong.is_empty() { Ok(values) } else { Err(wrong) }
}

fn read_field(field: &Field, said: &str) -> Result<Option<String>, Wrong> {
    let said = model::text::normalised(said.trim());
    if said.is_empty() {
        return Ok(None);
    }
    let read = match field.kind {
        Kind::Text if said.chars().count() > LONGEST => return Err(Wrong::TooLong(LONGEST)),
        Kind::Text => said,
        Kind::Word(words) => {
            let folded = model::text::folded(&said);
            let is_it = |word: &&Word| {
                [word.code, word.vi, word.en].iter().any(|one| model::text::folded(one) == folded)
            };
            words.iter().find(is_it).ok_or(Wrong::NotAWord(words))?.code.to_owned()
        }
        Kind::Day => read_day(&said).ok_or(Wrong::NotADay)?.to_string(),
        Kind::Count => read_count(&said).ok_or(Wrong::NotACount)?.to_string(),
    };
    Ok(Some(read))
}

/// A day as it is written in Vietnam, 31/7/2024, or 2024-07-31. A time behind it, as spreadsheets write one, is midnight.
///
/// ```
/// use measure::register::read_day;
/// assert_eq!(read_day("1/7/2024"), read_day("2024-07-01"));
/// assert_eq!(read_day("2024-07-01 00:00:00"), read_day("2024-07-01"));
/// assert!(read_day("31/2/2024").is_none());
/// ```
pub fn read_day(text: &str) -> Option<Date> {
    let text = text.trim();
    let text = text.strip_suffix("00:00:00").map_or(text, |day| day.trim_end_matches([' ', 'T']));
    if let [day, month, year] = text.split('/').collect::<Vec<_>>()[..] {
        let year = (year.len() == 4).then(|| year.parse().ok())??;
        return Date::new(year, month.parse().ok()?, day.parse().ok()?).ok();
    }
    (text.len() == 10).then(|| text.parse().ok())?
}

/// A whole number, with or without the points of thousands: 1500, 1.500.
fn read_count(text: &str) -> Option<u64> {
    let mut groups = text.split('.');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let is_grouped = rest.is_empty()
        || ((1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3));
    let digits = text.replace('.', "");
    let is_number = is_grouped && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let number = is_number.then(|| digits.parse().ok())??;
    (number <= MOST_COUNTED).then_some(number)
}

/// The fields in which two states of an entry differ, in the order of the register.
pub fn changed(
    register: Register,
    before: Option<&Values>,
    after: Option<&Values>,
) -> Vec<&'static str> {
    let said = |values: Option<&Values>, code| values.and_then(|values| values.get(code)).cloned();
    let differs = |field: &&Field| said(before, field.code) != said(after, field.code);
    register.fields().iter().filter(differs).map(|field| field.code).collect()
}

/// The state of an entry on a day: what was said last of those statements that hold from that day or an earlier one.
/// `None` before the first and after the last day on which the unit has it.
pub fn on_day(statements: &[Entry], day: Date) -> Option<&Values> {
    statements.iter().rev().find(|said| said.since <= day)?.values.as_ref()
}

#[cfg(test)]
mod tests;
