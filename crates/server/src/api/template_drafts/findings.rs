//! What keeps a draft from being published: what is not finished in it, and what the ministry has already.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use workflow::ask_once::{self, Finding, How, Known, Measured};
use workflow::check::Severity;
use workflow::{Language, Template};

use crate::api::codes;
use crate::problem::{Answer, Found, Place as At, Problem};
use crate::state::Ministry;
use crate::words::Message;

/// So many bodies are named with a finding; the others are counted.
const NAMED: usize = 5;

/// Something found in a draft.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TemplateFinding {
    /// An error keeps it from being published; a number that the ministry has already does so without a reason only.
    #[schema(value_type = codes::Severity)]
    pub severity: &'static str,
    /// Stable; for programs.
    pub code: &'static str,
    /// The sentence for a person.
    pub text: String,
    /// The field of the draft that it is about; `rows` for a cell.
    pub field: &'static str,
    /// The section.
    pub section: Option<String>,
    /// The cell.
    pub cell: Option<String>,
    /// Of a number that the ministry has already: where.
    pub already: Option<AlreadyThere>,
}

/// Where a number is already.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlreadyThere {
    /// The row that asks for it; of a ratio, the rows of its numerator and its denominator; of what is measured, none.
    places: Vec<PlaceOfNumber>,
    /// Of what is measured: the least share of a unit's systems, per cent.
    measured_share: Option<String>,
    /// Of what is measured: the last period.
    measured_up_to: Option<String>,
    /// Some of the bodies that it is of.
    bodies: Vec<NamedBody>,
    /// How many bodies it is of.
    of_bodies: u32,
}

/// A row of a published form.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct PlaceOfNumber {
    template: String,
    version: u32,
    template_name_vi: String,
    template_name_en: String,
    section: String,
    section_name_vi: String,
    section_name_en: String,
    #[schema(example = "BC/BC.DOANHTHU/this")]
    cell: String,
    #[schema(value_type = codes::Calendar)]
    calendar: &'static str,
    #[schema(value_type = codes::Frequency)]
    frequency: &'static str,
}

/// A body by its name.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct NamedBody {
    code: String,
    name_vi: String,
    name_en: String,
}

/// Everything found in a draft, what is unfinished first.
pub fn of(
    ministry: &Ministry,
    template: &Template,
    measured: &[Measured],
    language: Language,
) -> Vec<TemplateFinding> {
    let faults = template.faults(&ministry.catalogue);
    let mut found: Vec<TemplateFinding> = faults
        .iter()
        .map(|fault| TemplateFinding {
            severity: Severity::Error.code(),
            code: fault.code(),
            text: fault.message(language),
            field: fault.field(),
            section: fault.section().map(ToString::to_string),
            cell: fault.cell().map(ToString::to_string),
            already: None,
        })
        .collect();
    if template.valid_from.is_none() && template.version > 1 {
        let text = language.pick(
            "Phiên bản mới phải có ngày bắt đầu áp dụng.",
            "A new version has to have a first day.",
        );
        found.push(TemplateFinding {
            severity: Severity::Error.code(),
            code: "missing",
            text: text.to_owned(),
            field: "valid_from",
            section: None,
            cell: None,
            already: None,
        });
    }
    found.extend(each_already(ministry, template, measured, |finding| TemplateFinding {
        severity: finding.severity().code(),
        code: finding.how.code(),
        text: finding.message(&ministry.catalogue, language),
        field: "rows",
        section: Some(finding.cell.section().to_string()),
        cell: Some(finding.cell.to_string()),
        already: Some(already(ministry, template, finding)),
    }));
    found
}

/// Each number that the ministry has already, as it is wanted.
fn each_already<T>(
    ministry: &Ministry,
    template: &Template,
    measured: &[Measured],
    of: impl Fn(&Finding) -> T,
) -> Vec<T> {
    let live = ask_once::live(ministry.templates.values().map(|version| &**version));
    let known = Known::new(&ministry.catalogue, &ministry.units, &ministry.bodies, &live, measured);
    known.findings(template).iter().map(of).collect()
}

fn already(ministry: &Ministry, template: &Template, finding: &Finding) -> AlreadyThere {
    let place = |place: ask_once::Place| PlaceOfNumber {
        template: place.template.code.to_string(),
        version: place.template.version,
        template_name_vi: place.template.name_vi.clone(),
        template_name_en: place.template.name_en.clone(),
        section: place.section.id.to_string(),
        section_name_vi: place.section.name_vi.clone(),
        section_name_en: place.section.name_en.clone(),
        cell: place.cell().to_string(),
        calendar: place.template.calendar.code(),
        frequency: place.template.frequency.code(),
    };
    let (share, up_to) = match finding.how {
        How::Measured { share, period } | How::MeasuredInOtherCalendar { share, period } => {
            (Some(share.to_string()), Some(period.to_string()))
        }
        How::Asked(_)
        | How::AddsUp(_)
        | How::Computed { .. }
        | How::OtherCalendar(_)
        | How::PartOf(_) => (None, None),
    };
    let day = template.valid_from.unwrap_or(Date::MAX);
    let named = |code: &&model::BodyCode| {
        let body = ministry.bodies.get(code.as_str())?;
        let (vi, en) = body.name_on(day);
        Some(NamedBody { code: code.to_string(), name_vi: vi.to_owned(), name_en: en.to_owned() })
    };
    AlreadyThere {
        places: finding.how.places().into_iter().map(place).collect(),
        measured_share: share,
        measured_up_to: up_to,
        bodies: finding.bodies.iter().take(NAMED).filter_map(named).collect(),
        of_bodies: finding.bodies.len() as u32,
    }
}

/// A number that is asked for though the ministry has it, as the log keeps it.
pub struct Again {
    /// The row that asks: `BC/BC.DOANHTHU`.
    pub row: String,
    how: &'static str,
    places: Vec<String>,
    bodies: usize,
}

impl Again {
    /// Everything that is kept of it.
    pub fn detail(&self) -> Value {
        json!({ "row": self.row, "how": self.how, "places": self.places, "bodies": self.bodies })
    }
}

/// Refuses what is not finished, and what asks for a number that the ministry has, unless a reason is given; answers
/// what is asked for again.
pub fn allow(
    ministry: &Ministry,
    template: &Template,
    measured: &[Measured],
    found: Vec<TemplateFinding>,
    has_reason: bool,
) -> Answer<Vec<Again>> {
    let is_error = |one: &TemplateFinding| one.severity == Severity::Error.code();
    let (unfinished, already): (Vec<_>, Vec<_>) =
        found.into_iter().filter(is_error).partition(|one| one.already.is_none());
    if !unfinished.is_empty() {
        let count = unfinished.len();
        let said = |language: Language| {
            language.pick(
                format!("Biểu mẫu còn {count} chỗ phải hoàn thiện trước khi ban hành."),
                format!("{count} things have to be finished before the form is published."),
            )
        };
        let problem = Problem::from(Message::said(422, "unfinished_template", said));
        return Err(with_findings(problem, &unfinished));
    }
    if !already.is_empty() && !has_reason {
        let count = already.len();
        let said = |language: Language| {
            language.pick(
                format!("Biểu mẫu hỏi {count} số liệu mà Bộ đã có. Hãy bỏ các dòng đó, hoặc ghi lý do vẫn phải hỏi."),
                format!("The form asks for {count} numbers that the ministry has already. Take these rows out, or say why they are needed all the same."),
            )
        };
        let problem = Problem::from(Message::said(409, "asked_already", said));
        let shown = serde_json::to_value(&already).unwrap_or_default();
        return Err(with_findings(problem, &already).with("already", shown));
    }
    let again = each_already(ministry, template, measured, |finding| {
        (finding.severity() == Severity::Error).then(|| Again {
            row: finding.cell.row_code(),
            how: finding.how.code(),
            places: finding
                .how
                .places()
                .iter()
                .map(|place| {
                    let of = place.template;
                    format!("{}@{} {}", of.code, of.version, place.cell())
                })
                .collect(),
            bodies: finding.bodies.len(),
        })
    });
    Ok(again.into_iter().flatten().collect())
}

/// The findings of a refusal: where, and in the caller's words.
fn with_findings(mut problem: Problem, found: &[TemplateFinding]) -> Problem {
    problem.findings = found
        .iter()
        .map(|one| {
            let column = Some(one.field.to_owned()).filter(|_| one.cell.is_none());
            let at = At { row: None, column, cell: one.cell.clone() };
            let message = Message::said(422, one.code, |_| one.text.clone());
            Found { at, message, suggestions: vec![] }
        })
        .collect();
    problem
}
