//! The JSON of the nouns that several endpoints show.
//!
//! Shapes live here and nowhere below: the model never says how it looks on the wire.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::Write;

use jiff::Timestamp;
use jiff::civil::Date;
use model::indicator::OverUnits;
use model::observation::Observation;
use model::{Answered, Cell, Decimal, Units};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::codes;
use crate::clock::{VIETNAM, rfc3339};

/// One of the six sectors, or the whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sector {
    /// TN, BC, VT, CDS, ATTT, CN or BCTT.
    #[schema(value_type = codes::SectorCode)]
    pub code: &'static str,
    /// In Vietnamese.
    pub name_vi: &'static str,
    /// In English.
    pub name_en: &'static str,
}

/// What a figure can be about.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Unit {
    /// Canonical code.
    pub code: String,
    /// country, region, province, district, commune, ministry, agency, firm, newsroom, portal or group.
    #[schema(value_type = codes::UnitKind)]
    pub kind: String,
    /// Short name: Bình Định.
    pub name_vi: String,
    /// In English.
    pub name_en: String,
    /// Full name: Tỉnh Bình Định.
    pub full_name_vi: String,
    /// The first day; null for as long as anyone remembers.
    pub valid_from: Option<String>,
    /// The first day on which it no longer exists.
    pub valid_to: Option<String>,
    /// The unit above, on the day that was asked about.
    pub parent: Option<String>,
    /// Its name in the drawing of the country.
    pub map_path: Option<String>,
    /// Of a group: its members on the day that was asked about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    pub members: Option<Vec<String>>,
}

impl Unit {
    /// A unit as of a day.
    pub fn of(unit: &model::Unit, units: &Units, day: Date) -> Unit {
        let seen = match (unit.validity.to, unit.validity.from) {
            (Some(to), _) if to <= day => to.yesterday().unwrap_or(to),
            (_, Some(from)) if from > day => from,
            _ => day,
        };
        let is_group = unit.kind == model::UnitKind::Group;
        let members = || {
            units
                .children(unit.code.as_str(), day)
                .iter()
                .map(|member| member.code.to_string())
                .collect()
        };
        Unit {
            code: unit.code.to_string(),
            kind: unit.kind.code().to_owned(),
            name_vi: unit.name_vi.clone(),
            name_en: unit.name_en.clone(),
            full_name_vi: unit.full_name_vi.clone(),
            valid_from: unit.validity.from.map(|day| day.to_string()),
            valid_to: unit.validity.to.map(|day| day.to_string()),
            parent: units.parent(unit, seen).map(|parent| parent.code.to_string()),
            map_path: unit.map_path.clone(),
            members: is_group.then(members),
        }
    }
}

/// Numerator over denominator, times a factor.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ratio {
    /// An indicator.
    pub numerator: String,
    /// An indicator.
    pub denominator: String,
    /// 100 for per cent.
    pub factor: String,
}

/// What a plausible figure keeps to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Limits {
    /// The least value.
    pub min: Option<String>,
    /// The greatest value.
    pub max: Option<String>,
    /// The greatest change that needs no comment, per cent.
    pub growth_percent: Option<String>,
}

/// What is counted.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Indicator {
    /// Its code.
    pub code: String,
    /// Its sector's code.
    #[schema(value_type = codes::SectorCode)]
    pub sector: String,
    /// In Vietnamese.
    pub name_vi: String,
    /// In English.
    pub name_en: String,
    /// Unit of measure in Vietnamese.
    pub unit_vi: String,
    /// Unit of measure in English.
    pub unit_en: String,
    /// Decimals kept.
    pub scale: u8,
    /// sum, ratio, weighted_mean, max or none.
    #[schema(value_type = codes::OverUnits)]
    pub over_units: String,
    /// The indicator that weighs a weighted mean.
    pub weight: Option<String>,
    /// sum, last, max, none or ratio.
    #[schema(value_type = codes::OverTime)]
    pub over_time: String,
    /// up, down or none.
    #[schema(value_type = codes::Good)]
    pub good: String,
    /// Kinds of units it applies to.
    #[schema(value_type = Vec<codes::UnitKind>)]
    pub applies_to: Vec<String>,
    /// What it is a ratio of.
    pub ratio: Option<Ratio>,
    /// The indicator it is a part of.
    pub part_of: Option<String>,
    /// In Vietnamese.
    pub definition_vi: String,
    /// In English.
    pub definition_en: String,
    /// Law, circular or decision.
    pub legal_basis: String,
    /// How often it is collected.
    #[schema(value_type = codes::Frequency)]
    pub frequency: String,
    /// Plausible values.
    pub limits: Limits,
    /// How far a reported number may lie from the measured one and still agree: points of a percentage, per cent of the
    /// measured number of all else; null for the default, which is 1 point or 5 per cent.
    pub tolerance: Option<String>,
    /// What is measured, where it is not what is reported; empty where it is the same.
    pub measured_as_vi: String,
    /// The same in English.
    pub measured_as_en: String,
    /// 1 for the first.
    pub version: u32,
}

/// A number as every interface writes it.
pub fn decimal(number: Option<Decimal>) -> Option<String> {
    number.map(|number| number.to_string())
}

impl From<&model::Indicator> for Indicator {
    fn from(indicator: &model::Indicator) -> Indicator {
        let (over_units, weight) = match &indicator.over_units {
            OverUnits::Sum => ("sum", None),
            OverUnits::Ratio => ("ratio", None),
            OverUnits::WeightedMean(weight) => ("weighted_mean", Some(weight.to_string())),
            OverUnits::Max => ("max", None),
            OverUnits::None => ("none", None),
        };
        let mut applies_to: Vec<String> =
            indicator.applies_to.iter().map(|(kind, _)| kind.code().to_owned()).collect();
        applies_to.dedup();
        Indicator {
            code: indicator.code.to_string(),
            sector: indicator.sector.code().to_owned(),
            name_vi: indicator.name_vi.clone(),
            name_en: indicator.name_en.clone(),
            unit_vi: indicator.unit_vi.clone(),
            unit_en: indicator.unit_en.clone(),
            scale: indicator.scale,
            over_units: over_units.to_owned(),
            weight,
            over_time: if indicator.ratio.is_some() { "ratio" } else { indicator.over_time.code() }
                .to_owned(),
            good: indicator.good.code().to_owned(),
            applies_to,
            ratio: indicator.ratio.as_ref().map(|ratio| Ratio {
                numerator: ratio.numerator.to_string(),
                denominator: ratio.denominator.to_string(),
                factor: ratio.factor.to_string(),
            }),
            part_of: indicator.part_of.as_ref().map(ToString::to_string),
            definition_vi: indicator.definition_vi.clone(),
            definition_en: indicator.definition_en.clone(),
            legal_basis: indicator.legal_basis.clone(),
            frequency: indicator.frequency.code().to_owned(),
            limits: Limits {
                min: decimal(indicator.limits.min),
                max: decimal(indicator.limits.max),
                growth_percent: decimal(indicator.limits.growth_percent),
            },
            tolerance: decimal(indicator.compared.tolerance),
            measured_as_vi: indicator.compared.measured_as_vi.clone(),
            measured_as_en: indicator.compared.measured_as_en.clone(),
            version: indicator.version,
        }
    }
}

/// How many units are in a number.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct Coverage {
    /// Units with a number.
    pub present: u32,
    /// Units that should have one.
    pub expected: u32,
}

/// The answer for one cell.
// Not named `Value`: the derived description takes a type of that name for any JSON.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FigureValue {
    /// What.
    pub indicator: String,
    /// About what.
    pub unit: String,
    /// When.
    pub period: String,
    /// Of which part; null for the total.
    pub breakdown: Option<String>,
    /// What is said.
    pub measure: String,
    /// A decimal with a dot; null when absent. Of a range, the lower end.
    pub value: Option<String>,
    /// The upper end of a range.
    pub upper: Option<String>,
    /// The denominator of a count or a rank.
    pub of: Option<String>,
    /// Why there is no number: missing, not_applicable, confidential, not_collected, withdrawn, withheld or nothing_recorded.
    #[schema(value_type = Option<codes::Absence>)]
    pub absent: Option<String>,
    /// stated, rolled_up or computed.
    #[schema(value_type = codes::Basis)]
    pub basis: String,
    /// What follows from other figures, where a stated one was answered.
    pub computed: Option<String>,
    /// estimated, provisional or final: the weakest in it.
    #[schema(value_type = Option<codes::Status>)]
    pub status: Option<String>,
    /// nearly, over, under, about, at_least or at_most.
    #[schema(value_type = Option<codes::Qualifier>)]
    pub qualifier: Option<String>,
    /// reported, measured, published or imported.
    #[schema(value_type = Option<codes::Source>)]
    pub source: Option<String>,
    /// Who printed it.
    pub publisher: Option<String>,
    /// The units in it.
    pub coverage: Coverage,
    /// The latest commit in it.
    pub seq: Option<u64>,
    /// When that was recorded.
    pub recorded_at: Option<String>,
    /// Whether any of it was made up for the demonstration.
    pub synthetic: bool,
}

fn total_is_null(breakdown: &str) -> Option<String> {
    (!breakdown.is_empty()).then(|| breakdown.to_owned())
}

impl From<&Answered> for FigureValue {
    fn from(answered: &Answered) -> FigureValue {
        let cell = &answered.cell;
        FigureValue {
            indicator: cell.indicator.to_string(),
            unit: cell.unit.to_string(),
            period: cell.period.to_string(),
            breakdown: total_is_null(cell.breakdown.as_str()),
            measure: cell.measure.to_string(),
            value: decimal(answered.figure.shown()),
            upper: decimal(answered.figure.upper()),
            of: decimal(answered.of),
            absent: answered.figure.absence().map(|reason| reason.code().to_owned()),
            basis: answered.basis.code().to_owned(),
            computed: decimal(answered.computed),
            status: answered.status.map(|status| status.code().to_owned()),
            qualifier: answered.qualifier.map(|qualifier| qualifier.code().to_owned()),
            source: answered.source.map(|source| source.code().to_owned()),
            publisher: answered.publisher.as_deref().map(str::to_owned),
            coverage: Coverage {
                present: answered.coverage.present,
                expected: answered.coverage.expected,
            },
            seq: answered.recorded_at.map(|_| answered.seq.0),
            recorded_at: answered.recorded_at.map(rfc3339),
            synthetic: answered.synthetic,
        }
    }
}

impl FigureValue {
    /// Writes the JSON that serde writes of [`FigureValue::from`] an answer, in less time: no text is made on the
    /// way, and nothing is escaped that has nothing to escape. A test holds the two equal.
    pub fn write(answered: &Answered, into: &mut Vec<u8>) {
        let cell = &answered.cell;
        let mut row = Row { into, next: b'{' };
        row.text("indicator", cell.indicator.as_str());
        row.text("unit", cell.unit.as_str());
        row.shown("period", Some(cell.period));
        let breakdown = Some(cell.breakdown.as_str()).filter(|code| !code.is_empty());
        row.code("breakdown", breakdown);
        row.shown("measure", Some(cell.measure));
        row.shown("value", answered.figure.shown());
        row.shown("upper", answered.figure.upper());
        row.shown("of", answered.of);
        row.code("absent", answered.figure.absence().map(|reason| reason.code()));
        row.text("basis", answered.basis.code());
        row.shown("computed", answered.computed);
        row.code("status", answered.status.map(|status| status.code()));
        row.code("qualifier", answered.qualifier.map(|qualifier| qualifier.code()));
        row.code("source", answered.source.map(|source| source.code()));
        match answered.publisher.as_deref() {
            Some(publisher) => row.bare("publisher", serde_json::json!(publisher)),
            None => row.code("publisher", None),
        }
        let model::Coverage { present, expected } = answered.coverage;
        row.bare("coverage", format_args!("{{\"present\":{present},\"expected\":{expected}}}"));
        match answered.recorded_at {
            Some(_) => row.bare("seq", answered.seq),
            None => row.code("seq", None),
        }
        row.shown("recorded_at", answered.recorded_at.map(|at| at.display_with_offset(VIETNAM)));
        row.raw("synthetic", if answered.synthetic { "true" } else { "false" });
        row.into.push(b'}');
    }
}

/// An object that is being written, member by member.
struct Row<'a> {
    into: &'a mut Vec<u8>,
    /// What stands before the next member.
    next: u8,
}

impl Row<'_> {
    fn name(&mut self, name: &str) {
        self.into.extend_from_slice(&[self.next, b'"']);
        self.next = b',';
        self.into.extend_from_slice(name.as_bytes());
        self.into.extend_from_slice(b"\":");
    }

    /// A text with nothing to escape.
    fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.into.push(b'"');
        self.into.extend_from_slice(text.as_bytes());
        self.into.push(b'"');
    }

    fn code(&mut self, name: &str, code: Option<&str>) {
        match code {
            Some(code) => self.text(name, code),
            None => self.raw(name, "null"),
        }
    }

    fn raw(&mut self, name: &str, json: &str) {
        self.name(name);
        self.into.extend_from_slice(json.as_bytes());
    }

    /// As text, with nothing to escape.
    fn shown(&mut self, name: &str, value: Option<impl Display>) {
        match value {
            Some(value) => self.bare(name, format_args!("\"{value}\"")),
            None => self.code(name, None),
        }
    }

    fn bare(&mut self, name: &str, value: impl Display) {
        self.name(name);
        write!(self.into, "{value}").expect("memory takes everything");
    }
}

impl From<&Observation> for FigureValue {
    fn from(observation: &Observation) -> FigureValue {
        let Cell { indicator, unit, period, breakdown, measure } = &observation.cell;
        FigureValue {
            indicator: indicator.to_string(),
            unit: unit.to_string(),
            period: period.to_string(),
            breakdown: total_is_null(breakdown.as_str()),
            measure: measure.to_string(),
            value: decimal(observation.figure.shown()),
            upper: decimal(observation.figure.upper()),
            of: decimal(observation.of),
            absent: observation.figure.absence().map(|reason| reason.code().to_owned()),
            basis: "stated".to_owned(),
            computed: None,
            status: Some(observation.status.code().to_owned()),
            qualifier: observation.qualifier.map(|qualifier| qualifier.code().to_owned()),
            source: Some(observation.source.code().to_owned()),
            publisher: observation.publisher.as_deref().map(str::to_owned),
            coverage: Coverage { present: 1, expected: 1 },
            seq: Some(observation.seq.0),
            recorded_at: Some(rfc3339(observation.recorded_at)),
            synthetic: observation.synthetic,
        }
    }
}

/// What time it is here.
#[derive(Debug, Serialize, ToSchema)]
pub struct Clock {
    /// RFC 3339.
    pub now: String,
    /// Whether it is the demonstration's.
    pub demonstration: bool,
    /// How far from the real time.
    pub offset_seconds: i64,
}

impl From<&crate::clock::Clock> for Clock {
    fn from(clock: &crate::clock::Clock) -> Clock {
        Clock {
            now: at(clock.now()),
            demonstration: clock.is_demonstration(),
            offset_seconds: clock.offset_seconds(),
        }
    }
}

/// A timestamp to the second, as screens compare them.
pub fn at(timestamp: Timestamp) -> String {
    rfc3339(timestamp)
}

/// A role with its scope.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Role {
    /// enterer, head, reviewer, analyst, minister, admin or auditor.
    #[schema(value_type = codes::RoleCode)]
    pub role: String,
    /// The body it is bound to.
    pub body: Option<String>,
    /// The sectors it is bound to; of an enterer none means all.
    #[schema(value_type = Vec<codes::SectorCode>)]
    pub sectors: Vec<String>,
}

impl From<&workflow::Grant> for Role {
    fn from(grant: &workflow::Grant) -> Role {
        Role {
            role: grant.role().code().to_owned(),
            body: grant.body().map(ToString::to_string),
            sectors: grant.sectors().iter().map(|sector| sector.code().to_owned()).collect(),
        }
    }
}

/// A list under its name, for answers that are one list.
pub type Named<T> = BTreeMap<&'static str, Vec<T>>;
