//! Observations in bulk: CSV or JSON, with a dry run, all or nothing.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{NewEvent, Origin, OriginKind, Written};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::Permission;

use super::{Endpoints, Needs};
use crate::auth::Caller;
use crate::clock::local_date;
use crate::http::{LARGE_BODY, Params, Sent, written};
use crate::import::{self, Closed, Import};
use crate::problem::{Answer, FindingBody, Problem};
use crate::state::App;
use crate::words::Message;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints.add_large(
        Needs::Permission(Permission::Import),
        LARGE_BODY,
        routes!(import_observations),
    )
}

/// How to import.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportParams {
    /// true: check only
    #[serde(default)]
    dry_run: bool,
    /// What the file is called, for the history of its figures
    name: Option<String>,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Imported {
    /// Rows of data.
    rows: u64,
    /// Statements recorded; in a dry run, that would be.
    observations: u64,
    /// Whether nothing was to be recorded.
    dry_run: bool,
    /// How many findings there are.
    found: usize,
}

/// What an import did; of a dry run also what it found.
#[derive(Debug, Serialize, ToSchema)]
pub struct DryRun {
    #[serde(flatten)]
    imported: Imported,
    /// By row and column; the first thousand.
    #[schema(required = false)]
    findings: Vec<FindingBody>,
}

/// Records the observations of a file, all or nothing.
///
/// A file of observations: CSV in UTF-8 with a header (comma or semicolon), or JSON: an array of objects, or
/// `{"observations": [...]}`, with the same names. Columns: `indicator`, `unit`, `period` (needed), `value` (a decimal
/// with a dot) or `absent` (missing, not_applicable, confidential, not_collected, none_occurred), `upper`, `breakdown`,
/// `measure` (level), `source` (imported), `status` (final), `qualifier`, `publisher` (needed when published), `note`.
/// Findings name the row (the first row of data is 2) and the column. At most 64 MiB.
#[utoipa::path(post, path = "/import", tag = "figures", params(ImportParams),
    request_body(content((String = "text/csv"), (Object = "application/json"))),
    responses((status = 200, content((DryRun = "application/json")), description = "It was recorded; or what a dry run found"),
              (status = 422, description = "Nothing was recorded, and why by row and column: `findings`; or `idempotency_key_reused`")))]
async fn import_observations(
    State(app): State<App>,
    caller: Caller,
    Params(asked): Params<ImportParams>,
    sent: Sent,
) -> Answer<Response> {
    let actor = caller.actor()?.person;
    let (ministry, today) = (app.ministry(), local_date(app.now()));
    let closed = if mentions_reported(&sent.bytes) {
        Closed::read(&mut app.store.read().await?, &ministry).await?
    } else {
        Closed::default()
    };
    let is_csv = match sent.content_type.as_str() {
        "text/csv" | "application/csv" => true,
        "application/json" => false,
        _ => return Err(Message::BadContentType("text/csv, application/json").into()),
    };
    let bytes = sent.bytes;
    let read = tokio::task::spawn_blocking(move || {
        if is_csv {
            Ok(import::read_csv(&bytes, &ministry, &closed, today))
        } else {
            import::read_json(&bytes, &ministry, &closed, today)
        }
    });
    let Import { rows, observations, findings, found } =
        read.await.map_err(anyhow::Error::from)??;
    let done =
        Imported { rows, observations: observations.len() as u64, dry_run: asked.dry_run, found };
    if asked.dry_run {
        let findings = findings.iter().map(|found| found.body(caller.speaks())).collect();
        let value = DryRun { imported: done, findings };
        let seq = app.store.head().seq;
        return Ok(written(StatusCode::OK, Written { seq, value, replayed: false }));
    }
    if found > 0 {
        let mut problem = Problem::from(Message::BadFile(found));
        problem.at = findings.first().map(|first| first.at.clone());
        problem.suggestions =
            findings.first().map(|first| first.suggestions.clone()).unwrap_or_default();
        problem.findings = findings;
        return Err(problem);
    }
    let name: String = asked.name.unwrap_or_default().chars().take(200).collect();
    let origin = origin(&name, today, Some(actor));
    let recorded = app.write(sent.key, move |tx| {
        Box::pin(async move {
            if observations.is_empty() {
                return Ok(done);
            }
            tx.append(&origin, &observations).await?;
            let detail = json!({ "rows": rows, "name": name });
            tx.event(NewEvent {
                kind: "imported".into(),
                actor: Some(actor),
                detail,
                ..NewEvent::default()
            })
            .await?;
            Ok(done)
        })
    });
    Ok(written(StatusCode::OK, recorded.await?))
}

/// Where imported figures come from.
pub fn origin(name: &str, today: jiff::civil::Date, actor: Option<model::PersonId>) -> Origin {
    use document::Lang;
    let (vi, en) =
        (document::period::date(today, Lang::Vi), document::period::date(today, Lang::En));
    let (vi, en) = if name.is_empty() {
        (format!("Tệp nhập ngày {vi}"), format!("File imported on {en}"))
    } else {
        (format!("Tệp {name}, nhập ngày {vi}"), format!("File {name}, imported on {en}"))
    };
    Origin { actor, ..Origin::named(OriginKind::Import, &vi, &en) }
}

/// Only figures that a body reported can meet a closed section.
fn mentions_reported(bytes: &[u8]) -> bool {
    bytes.windows(8).any(|window| window == b"reported")
}
