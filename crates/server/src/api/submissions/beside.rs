//! A measured number beside a cell: hidden until the officer has typed theirs, or to be confirmed or explained.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use store::{BesideMeasured, DraftValue, SaveCell, Tx};
use utoipa::ToSchema;
use utoipa_axum::routes;
use workflow::beside::{Beside, Cause};
use workflow::{CellKey, SectionId};

use super::{
    FindingShown, check_open, findings_body, may_enter, may_see, submission_id, unknown_cell,
};
use crate::api::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::forms::OpenForm;
use crate::http::{SentJson, written};
use crate::problem::{Answer, Problem};
use crate::state::App;
use crate::words::Message;

/// Adds the endpoint of causes.
pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints.add(Needs::ByContent(&["enter_cells"]), routes!(explain))
}

/// How a cell stands to the measured number of its unit and period.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MeasuredBeside {
    #[schema(example = "CDS/CDS.HOSO/this")]
    cell: String,
    #[schema(value_type = codes::BesideStanding)]
    standing: String,
    /// The measured number; null while it is hidden.
    value: Option<String>,
    /// How much of the unit's systems is measured, per cent; null while the number is hidden.
    share: Option<String>,
    /// What was typed less what is measured.
    difference: Option<String>,
    /// What was typed before the measured number was seen.
    typed_blind: Option<String>,
    #[schema(value_type = Option<codes::CauseOfDifference>)]
    cause: Option<String>,
}

/// Every cell of some sections that has a measured number beside it, in the order of the form.
pub(super) fn body(form: &OpenForm, visible: &[SectionId]) -> Vec<MeasuredBeside> {
    let seen = form.besides().into_iter().filter(|(cell, ..)| visible.contains(cell.section()));
    let body = |(cell, beside, kept): (CellKey, Beside, BesideMeasured)| {
        let measured = beside.measured();
        MeasuredBeside {
            cell: cell.to_string(),
            standing: beside.code().to_owned(),
            value: measured.map(|one| one.number.to_string()),
            share: measured.map(|one| one.share.to_string()),
            difference: beside.difference().map(|number| number.to_string()),
            typed_blind: measured.and(kept.typed_blind).map(|number| number.to_string()),
            cause: kept.cause.map(|cause| cause.code().to_owned()),
        }
    };
    seen.map(body).collect()
}

/// Keeps what is typed into cells whose measured number nobody has seen: the first number of each.
pub(super) async fn keep_blind(tx: &mut Tx, form: &OpenForm, saves: &[SaveCell]) -> Answer<()> {
    for (cell, beside, kept) in form.besides() {
        let typed = saves.iter().find(|save| save.cell == cell).and_then(|save| match save.value {
            DraftValue::Figure(figure) => figure.number(),
            DraftValue::Empty | DraftValue::Text(_) => None,
        });
        if beside == Beside::Hidden && kept.typed_blind.is_none() && typed.is_some() {
            let kept = BesideMeasured { typed_blind: typed, ..kept };
            tx.keep_beside_measured(form.submission.id, &cell, &kept).await?;
        }
    }
    Ok(())
}

/// Why a number differs from the measured one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Explanation {
    #[schema(example = "CDS/CDS.HOSO/this")]
    cell: String,
    /// Null takes it back.
    #[schema(value_type = Option<codes::CauseOfDifference>)]
    cause: Option<String>,
}

/// How the cells of a form stand to what is measured, after a cause was said.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Explained {
    measured: Vec<MeasuredBeside>,
    findings: Vec<FindingShown>,
}

/// Says why the number of a cell differs from the measured one; with a comment in the cell it is explained.
#[utoipa::path(put, path = "/submissions/{id}/cause", tag = "submissions", params(("id" = String, Path)), request_body = Explanation,
    responses((status = 200, body = Explained),
        (status = 403, description = "Another body's cell, named in `at`: `forbidden`"),
        (status = 422, description = "No such cell or cause, or nothing is measured beside it: `unknown_cell`, `not_one_of`, `not_measured`; or `idempotency_key_reused`"),
        (status = 423, description = "The section is not with its writer: `locked`")))]
async fn explain(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: SentJson<Explanation>,
) -> Answer<Response> {
    let id = submission_id(&id)?;
    let form = OpenForm::read(&app, id).await?.ok_or(Message::NotFound)?;
    may_enter(&caller, &form, &sent.value.cell)?;
    let visible = may_see(&caller, &form.submission, &form.template)?;
    let cell = CellKey::parse(&sent.value.cell).ok().filter(|cell| form.template.has(cell));
    let cell = cell.ok_or_else(|| unknown_cell(&sent.value.cell))?;
    let known = || Cause::ALL.map(Cause::code).join(", ");
    let cause = sent.value.cause.map(|code| {
        let value = crate::api::values::shortened(&code);
        Cause::parse(&code).ok_or_else(|| {
            Problem::from(Message::NotOneOf { value, known: known() }).in_column("cause")
        })
    });
    let cause = cause.transpose()?;
    let language = caller.speaks();
    let of = form.clone();
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let now = of.again(tx).await?;
                let touched = SaveCell {
                    cell: cell.clone(),
                    version: 0,
                    value: DraftValue::Empty,
                    comment: None,
                };
                check_open(&now, std::slice::from_ref(&touched), language)?;
                let found = now
                    .besides()
                    .into_iter()
                    .find(|(of, beside, _)| *of == cell && *beside != Beside::Hidden);
                let Some((_, _, kept)) = found else { return Err(not_measured(&cell)) };
                let kept = BesideMeasured { cause, ..kept };
                Ok(tx.keep_beside_measured(of.submission.id, &cell, &kept).await?)
            })
        })
        .await?;
    let after = OpenForm::read(&app, id).await?.ok_or(Message::NotFound)?;
    let value = Explained {
        measured: body(&after, &visible),
        findings: findings_body(after.findings(), language),
    };
    let store::Written { seq, replayed, .. } = done;
    Ok(written(StatusCode::OK, store::Written { seq, value, replayed }))
}

fn not_measured(cell: &CellKey) -> Problem {
    let message = Message::said(422, "not_measured", |language| {
        language
            .pick(
                "Ô này không có số đo trực tuyến để giải trình.",
                "There is no measured number beside this cell.",
            )
            .to_owned()
    });
    Problem::from(message).in_cell(cell.to_string())
}
