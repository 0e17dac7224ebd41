//! Rows for a draft, proposed from a form that exists as a spreadsheet or a document: each for its maker to confirm.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use document::paper::{self, Beside, NotRead};
use document::workbook::Unreadable;
use serde::{Deserialize, Serialize};
use store::Written;
use utoipa::ToSchema;
use utoipa_axum::routes;
use workflow::propose::{Asks, Line};
use workflow::{Permission, propose};

use super::read;
use crate::api::accounts::Spreadsheet;
use crate::api::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::http::{Sent, written};
use crate::problem::Answer;
use crate::state::App;

/// The most bytes of a form that exists.
const LARGEST: usize = 8 << 20;
/// The most lines that are looked at.
const MOST_LINES: usize = 5_000;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let needs = Needs::Permission(Permission::ManageTemplates);
    endpoints.add_large(needs, LARGEST, routes!(propose_rows))
}

/// What the lines of a form seem to ask for.
#[derive(Debug, Serialize, ToSchema)]
struct ProposedRows {
    /// In the order of the file; lines that ask for nothing are left out.
    lines: Vec<ProposedLine>,
    /// How many lines of words the file has.
    of_lines: u32,
    /// What the form says of itself, each field once.
    stated: Vec<StatedField>,
}

/// A field of the template as the form says it.
#[derive(Debug, Serialize, ToSchema)]
struct StatedField {
    #[schema(value_type = codes::TemplateField)]
    field: &'static str,
    /// Where it stands, in the language of the caller.
    place: String,
    /// What it says; of the frequency its code.
    value: String,
}

/// A line of a form with what it may mean.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct ProposedLine {
    /// Where it stands, in the language of the caller.
    #[schema(example = "cell B12, sheet “Biểu 01”")]
    place: String,
    /// As it stands there.
    text: String,
    /// The unit of measure that stands beside it.
    unit: Option<String>,
    /// The likeliest first; none where the catalogue does not have it.
    candidates: Vec<CandidateRow>,
}

/// A row that a line may mean.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct CandidateRow {
    indicator: String,
    /// Of which part; null for the total.
    breakdown: Option<String>,
    name_vi: String,
    name_en: String,
    /// Whether the line reads as its name does, rather than much like it.
    same: bool,
    /// Whether it is computed from two others, so that it is not asked for.
    ratio: bool,
}

/// Proposes rows from a form that exists as an .xlsx or a .docx; nothing is changed.
#[utoipa::path(post, operation_id = "propose_template_rows", path = "/template-drafts/{code}/proposals", tag = "templates", params(("code" = String, Path)),
    request_body(content = Spreadsheet, content_type = "application/octet-stream"),
    responses((status = 200, body = ProposedRows), (status = 404, description = "`no_draft`"),
        (status = 422, description = "The file is not taken: `not_a_report`, `report_locked`, `report_macros`, `report_too_large`, `report_damaged`; or `idempotency_key_reused`")))]
async fn propose_rows(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    sent: Sent,
) -> Answer<Response> {
    read(&app, &code).await?;
    let lang = caller.speaks().pick(document::Lang::Vi, document::Lang::En);
    let reading = tokio::task::spawn_blocking(move || paper::read(&sent.bytes)).await;
    // A file that makes the reader stumble is damaged, whatever else it is.
    let words = reading.unwrap_or(Err(NotRead(Unreadable::Damaged)))?.words(lang);
    if words.len() > MOST_LINES {
        return Err(NotRead(Unreadable::TooLarge).into());
    }
    let asks = |beside: &Beside| match beside {
        Beside::Unit(_) => Asks::Yes,
        Beside::NoUnit => Asks::No,
        Beside::Unsaid => Asks::Unsaid,
    };
    let lines: Vec<Line> =
        words.iter().map(|one| Line { text: &one.text, asks: asks(&one.beside) }).collect();
    let ministry = app.ministry();
    let candidate = |one: propose::Candidate| CandidateRow {
        indicator: one.indicator.code.to_string(),
        breakdown: Some(one.breakdown.to_string()).filter(|breakdown| !breakdown.is_empty()),
        name_vi: one.indicator.name_vi.clone(),
        name_en: one.indicator.name_en.clone(),
        same: one.is_same,
        ratio: one.indicator.ratio.is_some(),
    };
    let short = |text: &str| text.chars().take(300).collect::<String>();
    let shown = propose::rows(&lines, &ministry.catalogue).into_iter().map(|proposed| {
        let words = &words[proposed.line];
        ProposedLine {
            place: words.place.clone(),
            text: short(&words.text),
            unit: match &words.beside {
                Beside::Unit(unit) => Some(short(unit)),
                Beside::NoUnit | Beside::Unsaid => None,
            },
            candidates: proposed.candidates.into_iter().map(candidate).collect(),
        }
    });
    let stated = propose::stated(&lines).into_iter().map(|one| StatedField {
        field: one.about.code(),
        place: words[one.line].place.clone(),
        value: short(&one.value),
    });
    let value = ProposedRows {
        lines: shown.collect(),
        of_lines: words.len() as u32,
        stated: stated.collect(),
    };
    let seq = app.store.head().seq;
    Ok(written(StatusCode::OK, Written { seq, value, replayed: false }))
}
