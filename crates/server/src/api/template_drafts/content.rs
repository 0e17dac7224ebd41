//! A template as it is sent and shown: read into one that is valid, or refused with the place.

use jiff::civil::Date;
use model::{
    Breakdown, Calendar, Decimal, Frequency, IndicatorCode, Sector, UnitCode, UnitKind, Validity,
    text,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use workflow::check::Severity;
use workflow::form_check::{FormCheck, Over, Rule};
use workflow::paper::Paper;
use workflow::template::{Assigned, Assignment, DueRule};
use workflow::{
    Row, RowKey, Section, SectionId, SectionKind, Template, TemplateCode, TextId, TextPrompt,
};

use crate::api::codes;
use crate::api::values::{shortened, unit};
use crate::problem::{Answer, Problem};
use crate::state::Ministry;
use crate::words::Message;

/// The most characters of a name, and of a sentence or two.
const LONGEST_NAME: usize = 300;
const LONGEST_WORDS: usize = 2_000;
/// The most rows and prompts of a form: three times what the widest asks for.
const MOST_ROWS: usize = 3_000;
const MOST_SECTIONS: usize = 60;
const MOST_ASSIGNMENTS: usize = 50;
const MOST_UNITS: usize = 2_000;
const MOST_CHECKS: usize = 200;
/// Three months of working days.
const LATEST_DUE: u16 = 66;

/// A form as it is made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateContent {
    /// Periods that end on this day or later are filled with this version; null for as long as anyone remembers.
    #[schema(required = true)]
    valid_from: Option<String>,
    name_vi: String,
    /// The Vietnamese name when it is empty; so with the English words of sections and prompts.
    name_en: String,
    /// What it is about.
    content: String,
    #[schema(value_type = codes::Calendar)]
    calendar: String,
    #[schema(value_type = codes::Frequency)]
    frequency: String,
    /// Which bodies fill it, and when.
    assigned_to: Vec<AssignedBodies>,
    /// What the figures are cut off at, in words.
    cut_off_vi: String,
    cut_off_en: String,
    /// Working days after the period's last day, at 17:00.
    due_working_days: u16,
    /// The circular or decision that asks for it.
    legal_basis: String,
    /// Who receives it.
    recipients: Vec<String>,
    /// How it is sent.
    sending: String,
    /// What surrounds it on paper; what is left out follows from the body.
    #[serde(default)]
    #[schema(required = true)]
    paper: PaperContent,
    /// What has to hold between its rows.
    #[serde(default)]
    #[schema(required = true)]
    checks: Vec<CheckContent>,
    /// In the order of the form.
    sections: Vec<SectionContent>,
}

/// A check of a form as it is made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckContent {
    /// `at_most`: the row is at most the other; `sum`: it is the sum of the others; `change`: it differs from an earlier
    /// figure of it by at most so many per cent.
    #[schema(value_type = codes::CheckKind)]
    kind: String,
    /// Where it is told when it does not hold.
    #[schema(example = "BC/BC.LAODONG[SEX=F]")]
    row: String,
    /// The other rows; of `change`, none.
    others: Vec<String>,
    /// Of `change`: from which figure.
    #[serde(default)]
    #[schema(required = true, value_type = Option<codes::ChangeOn>)]
    on: Option<String>,
    /// Of `change`: the limit, with a decimal dot.
    #[serde(default)]
    #[schema(required = true)]
    percent: Option<String>,
    /// `error`: it must hold; `warning`: what does not has to be explained.
    #[schema(value_type = codes::Severity)]
    severity: String,
    /// What the officer reads; empty for the usual words.
    message_vi: String,
    /// The Vietnamese words when it is empty.
    message_en: String,
}

impl CheckContent {
    /// The check as it is sent.
    pub fn of(check: &FormCheck) -> CheckContent {
        let (on, percent) = match &check.rule {
            Rule::Change { on, percent, .. } => (Some(on.code()), Some(percent.to_string())),
            Rule::AtMost { .. } | Rule::Sum { .. } => (None, None),
        };
        CheckContent {
            kind: check.rule.code().to_owned(),
            row: check.rule.told_at().to_string(),
            others: check.rule.others().into_iter().map(RowKey::to_string).collect(),
            on: on.map(str::to_owned),
            percent,
            severity: check.severity.code().to_owned(),
            message_vi: check.message_vi.clone(),
            message_en: check.message_en.clone(),
        }
    }

    fn read(&self, at: &str) -> Answer<FormCheck> {
        let place = |name: &str| format!("{at}.{name}");
        at_most(&place("others"), self.others.len(), MOST_ROWS)?;
        let row = |name: &str, text: &str| {
            RowKey::parse(text).map_err(|_| bad(&place(name), text, "BC/BC.DOANHTHU"))
        };
        let told_at = row("row", &self.row)?;
        let others = self.others.iter().map(|other| row("others", other));
        let others: Vec<RowKey> = others.collect::<Answer<_>>()?;
        let rule = match (self.kind.as_str(), &others[..]) {
            ("at_most", [whole]) => Rule::AtMost { part: told_at, whole: whole.clone() },
            ("sum", _) => Rule::Sum { parts: others, whole: told_at },
            ("change", []) => {
                let (on, percent) =
                    (self.on.as_deref().unwrap_or(""), self.percent.as_deref().unwrap_or(""));
                Rule::Change {
                    row: told_at,
                    on: Over::parse(on)
                        .ok_or_else(|| bad(&place("on"), on, "previous_period, last_year"))?,
                    percent: Decimal::parse(percent)
                        .map_err(|_| bad(&place("percent"), percent, "20; 12.5"))?,
                }
            }
            (kind, _) => {
                return Err(bad(&place("kind"), kind, "at_most + 1, sum + others, change"));
            }
        };
        let severity = match self.severity.as_str() {
            "error" => Severity::Error,
            "warning" => Severity::Warning,
            other => return Err(bad(&place("severity"), other, "error, warning")),
        };
        Ok(FormCheck {
            rule,
            severity,
            message_vi: name(&place("message_vi"), &self.message_vi)?,
            message_en: name(&place("message_en"), &self.message_en)?,
        })
    }
}

/// The heading and the signature block of a form on paper; what is empty follows from the body.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct PaperContent {
    /// Tên cơ quan chủ quản; of a department of a province, its people's committee.
    #[schema(required = true)]
    superior: String,
    /// Ký hiệu, after the number.
    #[schema(required = true, example = "BC-STTTT")]
    symbol: String,
    /// Địa danh, before the date; of a department of a province, the province.
    #[schema(required = true)]
    place: String,
    /// Who prepared it.
    #[schema(required = true)]
    preparer: String,
    /// Who signs.
    #[schema(required = true)]
    signer: String,
    /// Nơi nhận; the receivers and the archive.
    #[schema(required = true)]
    copies: Vec<String>,
}

impl PaperContent {
    fn of(paper: &Paper) -> PaperContent {
        let Paper { superior, symbol, place, preparer, signer, copies } = paper.clone();
        PaperContent { superior, symbol, place, preparer, signer, copies }
    }

    fn read(&self) -> Answer<Paper> {
        at_most("paper.copies", self.copies.len(), MOST_ASSIGNMENTS)?;
        let copies = self.copies.iter().enumerate();
        let copies = copies.map(|(at, one)| name(&format!("paper.copies[{at}]"), one));
        let copies: Vec<String> = copies.collect::<Answer<_>>()?;
        Ok(Paper {
            superior: name("paper.superior", &self.superior)?,
            symbol: name("paper.symbol", &self.symbol)?,
            place: name("paper.place", &self.place)?,
            preparer: name("paper.preparer", &self.preparer)?,
            signer: name("paper.signer", &self.signer)?,
            copies: copies.into_iter().filter(|copy| !copy.is_empty()).collect(),
        })
    }
}

/// Some of the bodies that fill a form: those for which a period's last day lies in these days.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AssignedBodies {
    /// What the codes are.
    #[schema(value_type = codes::AssignedBy)]
    by: String,
    /// One kind of units, one group of units, or units.
    codes: Vec<String>,
    /// The first day; null for none.
    #[schema(required = true)]
    from: Option<String>,
    /// The first day on which it no longer holds; null for none.
    #[schema(required = true)]
    to: Option<String>,
}

/// A section as it is made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SectionContent {
    /// Unique in its form.
    id: String,
    /// Whose reviewers receive it.
    #[schema(value_type = codes::SectorCode)]
    sector: String,
    name_vi: String,
    name_en: String,
    /// Who in the body fills it.
    owner: String,
    #[schema(value_type = codes::SectionKind)]
    kind: String,
    /// Of a section of figures.
    rows: Vec<RowContent>,
    /// Of a section of text.
    texts: Vec<TextContent>,
}

/// A row as it is made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RowContent {
    indicator: String,
    /// Of which part; null for the total.
    #[schema(required = true)]
    breakdown: Option<String>,
    /// Whether it must be filled before signing.
    required: bool,
    /// Whether the actual of the period before is asked for too.
    settle_previous: bool,
    /// How it is filled.
    note: String,
}

/// A prompt as it is made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TextContent {
    /// Unique in its section.
    id: String,
    name_vi: String,
    name_en: String,
}

impl TemplateContent {
    /// A template as it is shown.
    pub fn of(template: &Template) -> TemplateContent {
        let day = |day: Option<Date>| day.map(|day| day.to_string());
        let assigned = |one: &Assignment| {
            let (by, codes) = match &one.to {
                Assigned::Kind(kind) => ("kind", vec![kind.code().to_owned()]),
                Assigned::Group(group) => ("group", vec![group.to_string()]),
                Assigned::Units(units) => {
                    ("units", units.iter().map(UnitCode::to_string).collect())
                }
            };
            AssignedBodies {
                by: by.to_owned(),
                codes,
                from: day(one.days.from),
                to: day(one.days.to),
            }
        };
        TemplateContent {
            valid_from: day(template.valid_from),
            name_vi: template.name_vi.clone(),
            name_en: template.name_en.clone(),
            content: template.content.clone(),
            calendar: template.calendar.code().to_owned(),
            frequency: template.frequency.code().to_owned(),
            assigned_to: template.assigned_to.iter().map(assigned).collect(),
            cut_off_vi: template.cut_off_vi.clone(),
            cut_off_en: template.cut_off_en.clone(),
            due_working_days: template.due.working_days,
            legal_basis: template.legal_basis.clone(),
            recipients: template.recipients.clone(),
            sending: template.sending.clone(),
            paper: PaperContent::of(&template.paper),
            checks: template.checks.iter().map(CheckContent::of).collect(),
            sections: template.sections.iter().map(section_shown).collect(),
        }
    }

    /// The template that this is, whatever is still missing in it.
    pub fn read(&self, code: TemplateCode, version: u32, ministry: &Ministry) -> Answer<Template> {
        let rows: usize = self.sections.iter().map(|one| one.rows.len() + one.texts.len()).sum();
        at_most("sections", rows, MOST_ROWS)?;
        at_most("sections", self.sections.len(), MOST_SECTIONS)?;
        at_most("assigned_to", self.assigned_to.len(), MOST_ASSIGNMENTS)?;
        at_most("recipients", self.recipients.len(), MOST_ASSIGNMENTS)?;
        if self.due_working_days > LATEST_DUE {
            let days = self.due_working_days.to_string();
            return Err(bad("due_working_days", &days, "0–66"));
        }
        let frequency = Frequency::parse(&self.frequency).filter(|one| *one != Frequency::Range);
        let assigned = self.assigned_to.iter().enumerate();
        let sections = self.sections.iter().enumerate();
        let recipients = self.recipients.iter().enumerate();
        at_most("checks", self.checks.len(), MOST_CHECKS)?;
        let checks = self.checks.iter().enumerate();
        Ok(Template {
            code,
            version,
            valid_from: day("valid_from", self.valid_from.as_deref())?,
            name_vi: name("name_vi", &self.name_vi)?,
            name_en: name("name_en", &self.name_en)?,
            content: words("content", &self.content)?,
            calendar: Calendar::parse(&self.calendar)
                .ok_or_else(|| bad("calendar", &self.calendar, "statistical, administrative"))?,
            frequency: frequency.ok_or_else(|| {
                bad("frequency", &self.frequency, "day, week, month, quarter, half, year")
            })?,
            assigned_to: assigned
                .map(|(at, one)| one.read(&format!("assigned_to[{at}]"), ministry))
                .collect::<Answer<_>>()?,
            cut_off_vi: name("cut_off_vi", &self.cut_off_vi)?,
            cut_off_en: name("cut_off_en", &self.cut_off_en)?,
            due: DueRule { working_days: self.due_working_days },
            legal_basis: words("legal_basis", &self.legal_basis)?,
            recipients: recipients
                .map(|(at, one)| name(&format!("recipients[{at}]"), one))
                .collect::<Answer<_>>()?,
            sending: words("sending", &self.sending)?,
            paper: self.paper.read()?,
            checks: checks
                .map(|(at, one)| one.read(&format!("checks[{at}]")))
                .collect::<Answer<_>>()?,
            sections: sections
                .map(|(at, one)| one.read(&format!("sections[{at}]")))
                .collect::<Answer<_>>()?,
        })
    }
}

impl AssignedBodies {
    fn read(&self, at: &str, ministry: &Ministry) -> Answer<Assignment> {
        at_most(&format!("{at}.codes"), self.codes.len(), MOST_UNITS)?;
        let found = |code: &String| -> Answer<UnitCode> {
            unit(ministry, code).map_err(|problem| problem.in_column(format!("{at}.codes")))
        };
        let to = match (self.by.as_str(), &self.codes[..]) {
            ("kind", [kind]) => Assigned::Kind(UnitKind::parse(kind).ok_or_else(|| {
                bad(&format!("{at}.codes"), kind, "province, ministry, agency, …")
            })?),
            ("group", [group]) => Assigned::Group(found(group)?),
            ("units", codes) => Assigned::Units(codes.iter().map(found).collect::<Answer<_>>()?),
            (by, codes) => {
                let sent = format!("{by}: {}", codes.join(", "));
                return Err(bad(at, &sent, "kind: province; group: @provinces; units: 48, 52"));
            }
        };
        let day = |name: &str, text: &Option<String>| day(&format!("{at}.{name}"), text.as_deref());
        let days = Validity { from: day("from", &self.from)?, to: day("to", &self.to)? };
        Ok(Assignment { to, days })
    }
}

impl SectionContent {
    fn read(&self, at: &str) -> Answer<Section> {
        let place = |name: &str| format!("{at}.{name}");
        let (rows, texts) = (self.rows.iter().enumerate(), self.texts.iter().enumerate());
        let kind = match (self.kind.as_str(), self.rows.len(), self.texts.len()) {
            ("figures", _, 0) => SectionKind::Figures(
                rows.map(|(row, one)| one.read(&format!("{at}.rows[{row}]")))
                    .collect::<Answer<_>>()?,
            ),
            ("text", 0, _) => SectionKind::Texts(
                texts
                    .map(|(text, one)| one.read(&format!("{at}.texts[{text}]")))
                    .collect::<Answer<_>>()?,
            ),
            _ => return Err(bad(&place("kind"), &self.kind, "figures + rows, text + texts")),
        };
        Ok(Section {
            id: SectionId::parse(&self.id)
                .map_err(|_| bad(&place("id"), &self.id, "A–Z, 0–9, . _ -"))?,
            sector: Sector::parse(&self.sector).ok_or_else(|| {
                bad(&place("sector"), &self.sector, "TN, BC, VT, CDS, ATTT, CN, BCTT")
            })?,
            name_vi: name(&place("name_vi"), &self.name_vi)?,
            name_en: name(&place("name_en"), &self.name_en)?,
            owner: name(&place("owner"), &self.owner)?,
            kind,
        })
    }
}

impl RowContent {
    fn read(&self, at: &str) -> Answer<Row> {
        let place = |name: &str| format!("{at}.{name}");
        let breakdown = self.breakdown.as_deref().unwrap_or_default();
        Ok(Row {
            indicator: IndicatorCode::parse(&self.indicator)
                .map_err(|_| bad(&place("indicator"), &self.indicator, "BC.DOANHTHU"))?,
            breakdown: Breakdown::parse(breakdown)
                .map_err(|_| bad(&place("breakdown"), breakdown, "SEX=F; AGE=Y15T24,SEX=F"))?,
            required: self.required,
            note: words(&place("note"), &self.note)?,
            settle_previous: self.settle_previous,
        })
    }
}

impl TextContent {
    fn read(&self, at: &str) -> Answer<TextPrompt> {
        let place = |name: &str| format!("{at}.{name}");
        Ok(TextPrompt {
            id: TextId::parse(&self.id)
                .map_err(|_| bad(&place("id"), &self.id, "A–Z, 0–9, . _ -"))?,
            name_vi: name(&place("name_vi"), &self.name_vi)?,
            name_en: name(&place("name_en"), &self.name_en)?,
        })
    }
}

fn section_shown(section: &Section) -> SectionContent {
    let row = |row: &Row| RowContent {
        indicator: row.indicator.to_string(),
        breakdown: Some(row.breakdown.to_string()).filter(|breakdown| !breakdown.is_empty()),
        required: row.required,
        settle_previous: row.settle_previous,
        note: row.note.clone(),
    };
    let text = |text: &TextPrompt| TextContent {
        id: text.id.to_string(),
        name_vi: text.name_vi.clone(),
        name_en: text.name_en.clone(),
    };
    SectionContent {
        id: section.id.to_string(),
        sector: section.sector.code().to_owned(),
        name_vi: section.name_vi.clone(),
        name_en: section.name_en.clone(),
        owner: section.owner.clone(),
        kind: match section.kind {
            SectionKind::Figures(_) => "figures".to_owned(),
            SectionKind::Texts(_) => "text".to_owned(),
        },
        rows: section.rows().iter().map(row).collect(),
        texts: section.texts().iter().map(text).collect(),
    }
}

/// What cannot be read, with its place and what would be right.
fn bad(at: &str, value: &str, expected: &str) -> Problem {
    let value = shortened(value);
    let said = |language: workflow::Language| {
        language.pick(
            format!("“{value}” ở {at} không đọc được. Cần: {expected}."),
            format!("“{value}” at {at} cannot be read. Expected: {expected}."),
        )
    };
    Problem::from(Message::said(422, "bad_template", said)).in_column(at)
}

fn at_most(at: &str, count: usize, most: usize) -> Answer<()> {
    if count <= most {
        return Ok(());
    }
    let said = |language: workflow::Language| {
        language.pick(
            format!("Tối đa {most} mục ở {at}; đang có {count}."),
            format!("At most {most} items at {at}; there are {count}."),
        )
    };
    Err(Problem::from(Message::said(422, "too_many_rows", said)).in_column(at))
}

/// A line of words, however they were composed.
fn name(at: &str, sent: &str) -> Answer<String> {
    short_enough(at, text::normalised(sent), LONGEST_NAME)
}

/// A sentence or two.
fn words(at: &str, sent: &str) -> Answer<String> {
    short_enough(at, text::normalised(sent), LONGEST_WORDS)
}

fn short_enough(at: &str, text: String, most: usize) -> Answer<String> {
    let count = text.chars().count();
    if count <= most {
        return Ok(text);
    }
    let said = |language: workflow::Language| {
        language.pick(
            format!("{at} dài {count} ký tự; tối đa {most}."),
            format!("{at} has {count} characters; at most {most}."),
        )
    };
    Err(Problem::from(Message::said(422, "too_long", said)).in_column(at))
}

fn day(at: &str, text: Option<&str>) -> Answer<Option<Date>> {
    let read = |text: &str| {
        let day = text.parse::<Date>().ok().filter(|day| (1900..=2200).contains(&day.year()));
        day.ok_or_else(|| bad(at, text, "2024-07-01"))
    };
    text.filter(|text| !text.is_empty()).map(read).transpose()
}
