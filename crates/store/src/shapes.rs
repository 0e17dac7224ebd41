//! How units, bodies, indicators and templates are written as JSON in the database.
//!
//! The nouns do not know how they are stored. Every shape here is read for as long as a database holds
//! it: a field may be added with a default, and none may change its meaning.

use jiff::Timestamp;
use jiff::civil::Date;
use measure::{Portal, PortalCode, SiteKey};
use model::indicator::{Compared, Good, Limits, OverTime, OverUnits, Ratio};
use model::{
    Body, BodyCode, Breakdown, Calendar, Decimal, Frequency, Indicator, IndicatorCode, Sector,
    Unit, UnitCode, UnitKind, Validity,
};
use serde::{Deserialize, Serialize};
use workflow::check::Severity;
use workflow::form_check::{FormCheck, Over, Rule};
use workflow::paper::Paper;
use workflow::template::{Assigned, Assignment, DueRule};
use workflow::{
    Row, RowKey, Section, SectionId, SectionKind, Template, TemplateCode, TextId, TextPrompt,
};

use crate::StoreError;
use crate::columns::{code, word};

/// A noun and its shape.
pub(crate) trait Stored: Sized {
    /// The word in the `kind` column.
    const KIND: &'static str;
    type Shape: Serialize + for<'a> Deserialize<'a>;

    fn code(&self) -> &str;
    fn shape(&self) -> Self::Shape;
    fn read(code: &str, shape: Self::Shape) -> Result<Self, StoreError>;
}

/// From and to, as written: `["2004-01-01", null]`.
type Days = (Option<Day>, Option<Day>);

/// A day as it is written: `2004-01-01`.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
struct Day(Date);

impl From<Day> for String {
    fn from(day: Day) -> String {
        day.0.to_string()
    }
}

impl TryFrom<String> for Day {
    type Error = jiff::Error;
    fn try_from(text: String) -> Result<Day, jiff::Error> {
        text.parse().map(Day)
    }
}

fn days(validity: Validity) -> Days {
    (validity.from.map(Day), validity.to.map(Day))
}

fn validity((from, to): Days) -> Validity {
    Validity { from: from.map(|day| day.0), to: to.map(|day| day.0) }
}

pub(crate) fn number(what: &'static str, text: &str) -> Result<Decimal, StoreError> {
    code(what, Decimal::parse(text))
}

#[derive(Serialize, Deserialize)]
pub(crate) struct UnitShape {
    kind: String,
    vi: String,
    en: String,
    full_vi: String,
    days: Days,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parents: Vec<(Days, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    members: Vec<(Days, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    successor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    map_path: Option<String>,
}

fn dated(units: &[(Validity, UnitCode)]) -> Vec<(Days, String)> {
    units.iter().map(|(validity, unit)| (days(*validity), unit.to_string())).collect()
}

fn undated(units: Vec<(Days, String)>) -> Result<Vec<(Validity, UnitCode)>, StoreError> {
    units
        .into_iter()
        .map(|(days, unit)| Ok((validity(days), code("a unit", UnitCode::parse(&unit))?)))
        .collect()
}

impl Stored for Unit {
    const KIND: &'static str = "unit";
    type Shape = UnitShape;

    fn code(&self) -> &str {
        self.code.as_str()
    }

    fn shape(&self) -> UnitShape {
        UnitShape {
            kind: self.kind.code().to_owned(),
            vi: self.name_vi.clone(),
            en: self.name_en.clone(),
            full_vi: self.full_name_vi.clone(),
            days: days(self.validity),
            parents: dated(&self.parents),
            members: dated(&self.members),
            successor: self.successor.as_ref().map(UnitCode::to_string),
            map_path: self.map_path.clone(),
        }
    }

    fn read(named: &str, shape: UnitShape) -> Result<Unit, StoreError> {
        let successor =
            shape.successor.map(|unit| code("a unit", UnitCode::parse(&unit))).transpose()?;
        Ok(Unit {
            code: code("a unit", UnitCode::parse(named))?,
            kind: word("a kind of unit", &shape.kind, UnitKind::parse)?,
            name_vi: shape.vi,
            name_en: shape.en,
            full_name_vi: shape.full_vi,
            validity: validity(shape.days),
            parents: undated(shape.parents)?,
            members: undated(shape.members)?,
            successor,
            map_path: shape.map_path,
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct BodyShape {
    unit: String,
    names: Vec<(Days, String, String)>,
    email: Option<String>,
}

impl Stored for Body {
    const KIND: &'static str = "body";
    type Shape = BodyShape;

    fn code(&self) -> &str {
        self.code.as_str()
    }

    fn shape(&self) -> BodyShape {
        let names =
            self.names.iter().map(|(validity, vi, en)| (days(*validity), vi.clone(), en.clone()));
        BodyShape { unit: self.unit.to_string(), names: names.collect(), email: self.email.clone() }
    }

    fn read(named: &str, shape: BodyShape) -> Result<Body, StoreError> {
        let names = shape.names.into_iter().map(|(days, vi, en)| (validity(days), vi, en));
        Ok(Body {
            code: code("a body", BodyCode::parse(named))?,
            unit: code("a unit", UnitCode::parse(&shape.unit))?,
            names: names.collect(),
            email: shape.email,
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct PortalShape {
    unit: String,
    vi: String,
    en: String,
    address: String,
    days: Days,
    /// With the microsecond of its end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    site_keys: Vec<(String, Option<i64>)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret_hash: Option<String>,
    #[serde(default, skip_serializing_if = "is_not")]
    is_trial: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pages_see_all_since: Option<String>,
    respects_do_not_track: bool,
}

fn is_not(said: &bool) -> bool {
    !said
}

impl Stored for Portal {
    const KIND: &'static str = "portal";
    type Shape = PortalShape;

    fn code(&self) -> &str {
        self.code.as_str()
    }

    fn shape(&self) -> PortalShape {
        let end = |key: &SiteKey| key.ended_at.map(Timestamp::as_microsecond);
        PortalShape {
            unit: self.unit.to_string(),
            vi: self.name_vi.clone(),
            en: self.name_en.clone(),
            address: self.address.clone(),
            days: days(self.validity),
            site_keys: self.site_keys.iter().map(|key| (key.key.clone(), end(key))).collect(),
            secret_hash: self.secret_hash.clone(),
            is_trial: self.is_trial,
            pages_see_all_since: self.pages_see_all_since.map(|day| day.to_string()),
            respects_do_not_track: self.respects_do_not_track,
        }
    }

    fn read(named: &str, shape: PortalShape) -> Result<Portal, StoreError> {
        let site_key = |(key, end): (String, Option<i64>)| {
            let ended_at = end.map(Timestamp::from_microsecond).transpose();
            Ok(SiteKey { key, ended_at: code("a moment", ended_at)? })
        };
        Ok(Portal {
            code: code("a portal", PortalCode::parse(named))?,
            unit: code("a unit", UnitCode::parse(&shape.unit))?,
            name_vi: shape.vi,
            name_en: shape.en,
            address: shape.address,
            validity: validity(shape.days),
            site_keys: shape
                .site_keys
                .into_iter()
                .map(site_key)
                .collect::<Result<_, StoreError>>()?,
            secret_hash: shape.secret_hash,
            is_trial: shape.is_trial,
            pages_see_all_since: shape
                .pages_see_all_since
                .map(|day| code("a day", day.parse()))
                .transpose()?,
            respects_do_not_track: shape.respects_do_not_track,
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct IndicatorShape {
    sector: String,
    vi: String,
    en: String,
    unit_vi: String,
    unit_en: String,
    scale: u8,
    over_units: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weighted_by: Option<String>,
    over_time: String,
    good: String,
    applies_to: Vec<(String, Days)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ratio: Option<(String, String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    part_of: Option<String>,
    frequency: String,
    definition_vi: String,
    definition_en: String,
    legal_basis: String,
    limits: (Option<String>, Option<String>, Option<String>),
    measured_threshold: String,
    coverage_threshold: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tolerance: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    measured_as_vi: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    measured_as_en: String,
    version: u32,
}

impl Stored for Indicator {
    const KIND: &'static str = "indicator";
    type Shape = IndicatorShape;

    fn code(&self) -> &str {
        self.code.as_str()
    }

    fn shape(&self) -> IndicatorShape {
        let (over_units, weighted_by) = match &self.over_units {
            OverUnits::Sum => ("sum", None),
            OverUnits::Ratio => ("ratio", None),
            OverUnits::WeightedMean(weight) => ("weighted_mean", Some(weight.to_string())),
            OverUnits::Max => ("max", None),
            OverUnits::None => ("none", None),
        };
        // At its own scale, so that 10.0 stays a number with one decimal.
        let print = Decimal::at_own_scale;
        let ratio = self.ratio.as_ref();
        IndicatorShape {
            sector: self.sector.code().to_owned(),
            vi: self.name_vi.clone(),
            en: self.name_en.clone(),
            unit_vi: self.unit_vi.clone(),
            unit_en: self.unit_en.clone(),
            scale: self.scale,
            over_units: over_units.to_owned(),
            weighted_by,
            over_time: self.over_time.code().to_owned(),
            good: self.good.code().to_owned(),
            applies_to: self
                .applies_to
                .iter()
                .map(|(kind, validity)| (kind.code().to_owned(), days(*validity)))
                .collect(),
            ratio: ratio.map(|ratio| {
                (ratio.numerator.to_string(), ratio.denominator.to_string(), print(ratio.factor))
            }),
            part_of: self.part_of.as_ref().map(IndicatorCode::to_string),
            frequency: self.frequency.code().to_owned(),
            definition_vi: self.definition_vi.clone(),
            definition_en: self.definition_en.clone(),
            legal_basis: self.legal_basis.clone(),
            limits: (
                self.limits.min.map(print),
                self.limits.max.map(print),
                self.limits.growth_percent.map(print),
            ),
            measured_threshold: print(self.measured_threshold),
            coverage_threshold: print(self.coverage_threshold),
            tolerance: self.compared.tolerance.map(print),
            measured_as_vi: self.compared.measured_as_vi.clone(),
            measured_as_en: self.compared.measured_as_en.clone(),
            version: self.version,
        }
    }

    fn read(named: &str, shape: IndicatorShape) -> Result<Indicator, StoreError> {
        let indicator = |text: &str| code("an indicator", IndicatorCode::parse(text));
        let over_units = match (shape.over_units.as_str(), &shape.weighted_by) {
            ("sum", None) => OverUnits::Sum,
            ("ratio", None) => OverUnits::Ratio,
            ("weighted_mean", Some(weight)) => OverUnits::WeightedMean(indicator(weight)?),
            ("max", None) => OverUnits::Max,
            ("none", None) => OverUnits::None,
            (other, _) => return Err(StoreError::unreadable("a way of adding up", other)),
        };
        let ratio = match &shape.ratio {
            None => None,
            Some((numerator, denominator, factor)) => Some(Ratio {
                numerator: indicator(numerator)?,
                denominator: indicator(denominator)?,
                factor: number("a factor", factor)?,
            }),
        };
        let limit =
            |text: &Option<String>| text.as_deref().map(|text| number("a limit", text)).transpose();
        let (min, max, growth) = &shape.limits;
        let applies_to = shape.applies_to.iter().map(|(kind, days)| {
            Ok((word("a kind of unit", kind, UnitKind::parse)?, validity(*days)))
        });
        Ok(Indicator {
            code: indicator(named)?,
            sector: word("a sector", &shape.sector, Sector::parse)?,
            scale: shape.scale,
            over_units,
            over_time: word("a way of adding up", &shape.over_time, OverTime::parse)?,
            good: word("a direction", &shape.good, Good::parse)?,
            applies_to: applies_to.collect::<Result<_, StoreError>>()?,
            ratio,
            part_of: shape.part_of.as_deref().map(indicator).transpose()?,
            frequency: word("a frequency", &shape.frequency, Frequency::parse)?,
            limits: Limits { min: limit(min)?, max: limit(max)?, growth_percent: limit(growth)? },
            measured_threshold: number("a threshold", &shape.measured_threshold)?,
            coverage_threshold: number("a threshold", &shape.coverage_threshold)?,
            compared: Compared {
                tolerance: limit(&shape.tolerance)?,
                measured_as_vi: shape.measured_as_vi,
                measured_as_en: shape.measured_as_en,
            },
            version: shape.version,
            name_vi: shape.vi,
            name_en: shape.en,
            unit_vi: shape.unit_vi,
            unit_en: shape.unit_en,
            definition_vi: shape.definition_vi,
            definition_en: shape.definition_en,
            legal_basis: shape.legal_basis,
        })
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct TemplateShape {
    version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_from: Option<Day>,
    vi: String,
    en: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    content: String,
    calendar: String,
    frequency: String,
    assigned_to: AssignedToShape,
    cut_off_vi: String,
    cut_off_en: String,
    due_working_days: u16,
    legal_basis: String,
    recipients: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    sending: String,
    #[serde(default, skip_serializing_if = "PaperShape::is_empty")]
    paper: PaperShape,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    checks: Vec<CheckShape>,
    sections: Vec<SectionShape>,
}

#[derive(Clone, Serialize, Deserialize)]
struct CheckShape {
    must: bool,
    rule: RuleShape,
    vi: String,
    en: String,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RuleShape {
    AtMost { part: String, whole: String },
    Sum { parts: Vec<String>, whole: String },
    Change { row: String, on: String, percent: String },
}

/// What a template says of its paper; templates of before say nothing.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct PaperShape {
    superior: String,
    symbol: String,
    place: String,
    preparer: String,
    signer: String,
    copies: Vec<String>,
}

impl PaperShape {
    fn is_empty(&self) -> bool {
        *self == PaperShape::default()
    }

    fn of(paper: &Paper) -> PaperShape {
        let Paper { superior, symbol, place, preparer, signer, copies } = paper.clone();
        PaperShape { superior, symbol, place, preparer, signer, copies }
    }

    fn read(self) -> Paper {
        let PaperShape { superior, symbol, place, preparer, signer, copies } = self;
        Paper { superior, symbol, place, preparer, signer, copies }
    }
}

/// Until templates were made in the browser, each had one assignment, which held at all times.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum AssignedToShape {
    Many(Vec<AssignmentShape>),
    One(AssignedShape),
}

#[derive(Clone, Serialize, Deserialize)]
struct AssignmentShape {
    to: AssignedShape,
    days: Days,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AssignedShape {
    Kind(String),
    Group(String),
    Units(Vec<String>),
}

#[derive(Clone, Serialize, Deserialize)]
struct SectionShape {
    id: String,
    sector: String,
    vi: String,
    en: String,
    owner: String,
    #[serde(flatten)]
    kind: SectionKindShape,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SectionKindShape {
    Rows(Vec<RowShape>),
    Texts(Vec<TextShape>),
}

#[derive(Clone, Serialize, Deserialize)]
struct RowShape {
    indicator: String,
    breakdown: String,
    required: bool,
    note: String,
    settle_previous: bool,
}

#[derive(Clone, Serialize, Deserialize)]
struct TextShape {
    id: String,
    vi: String,
    en: String,
}

impl Stored for Template {
    const KIND: &'static str = "template";
    type Shape = TemplateShape;

    fn code(&self) -> &str {
        self.code.as_str()
    }

    fn shape(&self) -> TemplateShape {
        TemplateShape {
            version: self.version,
            valid_from: self.valid_from.map(Day),
            vi: self.name_vi.clone(),
            en: self.name_en.clone(),
            content: self.content.clone(),
            calendar: self.calendar.code().to_owned(),
            frequency: self.frequency.code().to_owned(),
            assigned_to: AssignedToShape::Many(
                self.assigned_to.iter().map(assignment_shape).collect(),
            ),
            cut_off_vi: self.cut_off_vi.clone(),
            cut_off_en: self.cut_off_en.clone(),
            due_working_days: self.due.working_days,
            legal_basis: self.legal_basis.clone(),
            recipients: self.recipients.clone(),
            sending: self.sending.clone(),
            paper: PaperShape::of(&self.paper),
            checks: self.checks.iter().map(check_shape).collect(),
            sections: self.sections.iter().map(section_shape).collect(),
        }
    }

    fn read(named: &str, shape: TemplateShape) -> Result<Template, StoreError> {
        Ok(Template {
            code: code("a template", TemplateCode::parse(named))?,
            version: shape.version,
            valid_from: shape.valid_from.map(|day| day.0),
            name_vi: shape.vi,
            name_en: shape.en,
            content: shape.content,
            calendar: word("a calendar", &shape.calendar, Calendar::parse)?,
            frequency: word("a frequency", &shape.frequency, Frequency::parse)?,
            assigned_to: match shape.assigned_to {
                AssignedToShape::One(to) => vec![Assignment::always(assigned(to)?)],
                AssignedToShape::Many(all) => {
                    all.into_iter().map(assignment).collect::<Result<_, _>>()?
                }
            },
            cut_off_vi: shape.cut_off_vi,
            cut_off_en: shape.cut_off_en,
            due: DueRule { working_days: shape.due_working_days },
            legal_basis: shape.legal_basis,
            recipients: shape.recipients,
            sending: shape.sending,
            paper: shape.paper.read(),
            checks: shape.checks.into_iter().map(check).collect::<Result<_, _>>()?,
            sections: shape.sections.into_iter().map(section).collect::<Result<_, _>>()?,
        })
    }
}

fn assignment_shape(one: &Assignment) -> AssignmentShape {
    AssignmentShape { to: assigned_shape(&one.to), days: days(one.days) }
}

pub(crate) fn assigned_shape(to: &Assigned) -> AssignedShape {
    match to {
        Assigned::Kind(kind) => AssignedShape::Kind(kind.code().to_owned()),
        Assigned::Group(group) => AssignedShape::Group(group.to_string()),
        Assigned::Units(units) => {
            AssignedShape::Units(units.iter().map(UnitCode::to_string).collect())
        }
    }
}

fn assignment(shape: AssignmentShape) -> Result<Assignment, StoreError> {
    Ok(Assignment { to: assigned(shape.to)?, days: validity(shape.days) })
}

pub(crate) fn assigned(shape: AssignedShape) -> Result<Assigned, StoreError> {
    let unit = |text: &String| code("a unit", UnitCode::parse(text));
    Ok(match shape {
        AssignedShape::Kind(kind) => {
            Assigned::Kind(word("a kind of unit", &kind, UnitKind::parse)?)
        }
        AssignedShape::Group(group) => Assigned::Group(code("a group", UnitCode::parse(&group))?),
        AssignedShape::Units(units) => {
            Assigned::Units(units.iter().map(unit).collect::<Result<_, _>>()?)
        }
    })
}

fn section_shape(section: &Section) -> SectionShape {
    SectionShape {
        id: section.id.to_string(),
        sector: section.sector.code().to_owned(),
        vi: section.name_vi.clone(),
        en: section.name_en.clone(),
        owner: section.owner.clone(),
        kind: match &section.kind {
            SectionKind::Figures(rows) => {
                SectionKindShape::Rows(rows.iter().map(row_shape).collect())
            }
            SectionKind::Texts(texts) => {
                SectionKindShape::Texts(texts.iter().map(text_shape).collect())
            }
        },
    }
}

fn check_shape(check: &FormCheck) -> CheckShape {
    let rule = match &check.rule {
        Rule::AtMost { part, whole } => {
            RuleShape::AtMost { part: part.to_string(), whole: whole.to_string() }
        }
        Rule::Sum { parts, whole } => RuleShape::Sum {
            parts: parts.iter().map(RowKey::to_string).collect(),
            whole: whole.to_string(),
        },
        Rule::Change { row, on, percent } => RuleShape::Change {
            row: row.to_string(),
            on: on.code().to_owned(),
            percent: percent.to_string(),
        },
    };
    CheckShape {
        must: check.severity == Severity::Error,
        rule,
        vi: check.message_vi.clone(),
        en: check.message_en.clone(),
    }
}

fn check(shape: CheckShape) -> Result<FormCheck, StoreError> {
    let row = |text: &String| code("a row", RowKey::parse(text));
    let rule = match &shape.rule {
        RuleShape::AtMost { part, whole } => Rule::AtMost { part: row(part)?, whole: row(whole)? },
        RuleShape::Sum { parts, whole } => Rule::Sum {
            parts: parts.iter().map(row).collect::<Result<_, _>>()?,
            whole: row(whole)?,
        },
        RuleShape::Change { row: of, on, percent } => Rule::Change {
            row: row(of)?,
            on: word("an earlier figure", on, Over::parse)?,
            percent: number("a limit", percent)?,
        },
    };
    let severity = if shape.must { Severity::Error } else { Severity::Warning };
    Ok(FormCheck { rule, severity, message_vi: shape.vi, message_en: shape.en })
}

fn row_shape(row: &Row) -> RowShape {
    RowShape {
        indicator: row.indicator.to_string(),
        breakdown: row.breakdown.to_string(),
        required: row.required,
        note: row.note.clone(),
        settle_previous: row.settle_previous,
    }
}

fn text_shape(text: &TextPrompt) -> TextShape {
    TextShape { id: text.id.to_string(), vi: text.name_vi.clone(), en: text.name_en.clone() }
}

fn section(shape: SectionShape) -> Result<Section, StoreError> {
    Ok(Section {
        id: code("a section", SectionId::parse(&shape.id))?,
        sector: word("a sector", &shape.sector, Sector::parse)?,
        name_vi: shape.vi,
        name_en: shape.en,
        owner: shape.owner,
        kind: match shape.kind {
            SectionKindShape::Rows(rows) => {
                SectionKind::Figures(rows.into_iter().map(row).collect::<Result<_, _>>()?)
            }
            SectionKindShape::Texts(texts) => {
                SectionKind::Texts(texts.into_iter().map(text).collect::<Result<_, _>>()?)
            }
        },
    })
}

fn row(shape: RowShape) -> Result<Row, StoreError> {
    Ok(Row {
        indicator: code("an indicator", IndicatorCode::parse(&shape.indicator))?,
        breakdown: code("a breakdown", Breakdown::parse(&shape.breakdown))?,
        required: shape.required,
        note: shape.note,
        settle_previous: shape.settle_previous,
    })
}

fn text(shape: TextShape) -> Result<TextPrompt, StoreError> {
    Ok(TextPrompt {
        id: code("a prompt", TextId::parse(&shape.id))?,
        name_vi: shape.vi,
        name_en: shape.en,
    })
}
