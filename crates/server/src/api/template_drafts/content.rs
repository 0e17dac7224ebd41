//! A template as it is sent and shown: read into one that is valid, or refused with the place.

use jiff::civil::Date;
use model::{
    Breakdown, Calendar, Frequency, IndicatorCode, Sector, UnitCode, UnitKind, Validity, text,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use workflow::template::{Assigned, Assignment, DueRule};
use workflow::{Row, Section, SectionId, SectionKind, Template, TemplateCode, TextId, TextPrompt};

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
    /// In the order of the form.
    sections: Vec<SectionContent>,
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
