//! Cells that were filled in without a line, carried to one as a file: read, shown and saved as a filled spreadsheet is.
//!
//! The staff application writes the file (`web/src/offline/file.ts`). It is JSON of four members: `format` is
//! `quantrac-edits`, `version` is 1, `content` is a text, and `sha256` is the SHA-256 of that text's UTF-8 bytes in
//! hexadecimal, so that a file that was cut off or touched on its way is seen. The text is JSON again: `template`,
//! `template_version`, `body` and `period` say which form it is of, `lang` how its numbers are written, and `cells` is
//! what `PATCH /submissions/{id}/cells` takes, each with the version that its writer saw.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use utoipa_axum::routes;
use workflow::section::LONGEST_REASON;
use workflow::{CellKey, Language};

use super::spreadsheet::book;
use super::spreadsheet::{
    Change, FilledForm, Seen, StaleForm, UploadParams, found, may_enter_any, take,
};
use super::{CellEdit, check_count, read_value, submission_id, unknown_cell};
use crate::api::{Endpoints, Needs};
use crate::auth::{Caller, hex};
use crate::forms::OpenForm;
use crate::http::{Params, Sent};
use crate::problem::{Answer, Found, Problem};
use crate::state::App;
use crate::words::Message;

/// The first member of every file.
const FORMAT: &str = "quantrac-edits";
/// How the file is written now.
const VERSION: u32 = 1;
/// The most bytes of a file: 2,000 cells with the longest texts are seldom a tenth of it.
const LARGEST: usize = 8 << 20;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let needs = Needs::ByContent(&["see_draft", "see_signed", "enter_cells"]);
    endpoints.add_large(needs, LARGEST, routes!(import))
}

/// A file of cells that were filled in without a line.
#[derive(Deserialize, ToSchema)]
struct EditsFile {
    /// Always `quantrac-edits`.
    #[schema(example = "quantrac-edits")]
    format: String,
    /// How it is written: 1.
    version: u32,
    /// Of the content's UTF-8 bytes, in hexadecimal.
    sha256: String,
    /// JSON with `template`, `template_version`, `body`, `period`, `lang`, `made_at`, `by` and `cells`, which are as
    /// `PATCH /submissions/{id}/cells` takes them.
    content: String,
}

/// What the file carries.
#[derive(Deserialize)]
struct Carried {
    template: String,
    template_version: u32,
    body: String,
    period: String,
    lang: String,
    cells: Vec<CellEdit>,
}

/// Takes cells that were filled in without a line: saves them, all or none, or answers what they would change.
#[utoipa::path(post, operation_id = "import_edits", path = "/submissions/{id}/edits", tag = "submissions", params(("id" = String, Path), UploadParams),
    request_body(content = EditsFile, content_type = "application/vnd.quantrac.edits+json"),
    responses((status = 200, body = FilledForm),
        (status = 403, description = "A cell of another body or sector, named in `at`: `forbidden`"),
        (status = 412, body = StaleForm, description = "Somebody else has changed cells since: `stale_version`, with both values"),
        (status = 422, description = "Cells that cannot be read, all of them: `findings`; or the file is not taken: `not_edits`, `edits_of_later_version`, `edits_damaged`, `foreign_form`, `outdated_form`; or `idempotency_key_reused`"),
        (status = 423, description = "A section is not with its writer: `locked`")))]
async fn import(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(asked): Params<UploadParams>,
    sent: Sent,
) -> Answer<Response> {
    let form = OpenForm::read(&app, submission_id(&id)?).await?.ok_or(Message::NotFound)?;
    may_enter_any(&caller, &form)?;
    let carried = carried(&sent.bytes)?;
    check_is_of(&form, &carried)?;
    check_count(carried.cells.len())?;
    let read = read(&form, &carried)?;
    take(&app, &caller, form, read, &asked, sent.key).await
}

/// What a file carries; a refusal when it is no such file, a later one, or was touched on its way.
fn carried(bytes: &[u8]) -> Answer<Carried> {
    let is_ours = || bytes.windows(FORMAT.len()).any(|part| part == FORMAT.as_bytes());
    let cut_off = |_| if is_ours() { damaged() } else { not_edits() };
    let file: serde_json::Value = serde_json::from_slice(bytes).map_err(cut_off)?;
    if file["format"] != FORMAT {
        return Err(not_edits());
    }
    if file["version"].as_u64().is_some_and(|version| version > VERSION.into()) {
        return Err(refused(
            "edits_of_later_version",
            "Tệp này do một phiên bản mới hơn của hệ thống xuất ra. Hãy nộp tệp tại hệ thống đã cập nhật.",
            "This file was written by a later version of the system. Import it where the system is up to date.",
        ));
    }
    let file: EditsFile = serde_json::from_value(file).map_err(|_| damaged())?;
    let is_whole = file.format == FORMAT
        && file.version == VERSION
        && hex(&Sha256::digest(file.content.as_bytes())) == file.sha256;
    if !is_whole {
        return Err(damaged());
    }
    serde_json::from_str(&file.content).map_err(|_| damaged())
}

fn refused(code: &'static str, vi: &str, en: &str) -> Problem {
    Message::said(422, code, |language| language.pick(vi, en).to_owned()).into()
}

fn not_edits() -> Problem {
    refused(
        "not_edits",
        "Tệp này không phải là tệp các ô chờ gửi do hệ thống xuất ra.",
        "This is not a file of waiting cells that the system has written.",
    )
}

fn damaged() -> Problem {
    refused(
        "edits_damaged",
        "Tệp này bị hỏng hoặc đã bị sửa sau khi xuất. Hãy xuất lại từ máy đã nhập số liệu.",
        "This file is damaged or was changed after it was written. Export it again where the figures were entered.",
    )
}

/// Refuses a file of another form, or of another version of this one.
fn check_is_of(form: &OpenForm, carried: &Carried) -> Answer<()> {
    let submission = &form.submission;
    let own = [
        submission.template.to_string(),
        submission.body.to_string(),
        submission.period.to_string(),
    ];
    let of = [&carried.template, &carried.body, &carried.period].map(String::as_str);
    if own.each_ref().map(String::as_str) != of {
        return Err(book::foreign(form, of));
    }
    if carried.template_version != submission.template_version {
        return Err(refused(
            "outdated_form",
            "Biểu đã có mẫu mới sau khi tệp này được xuất. Hãy mở biểu và nhập lại các số trong tệp.",
            "The form has changed since this file was written. Open the form and enter the figures of the file again.",
        ));
    }
    Ok(())
}

/// The cells of the file, and what of them cannot be read.
fn read(form: &OpenForm, carried: &Carried) -> Answer<(Vec<Change>, Vec<Found>)> {
    let language = Language::parse(&carried.lang).unwrap_or_default();
    let (mut changes, mut unread): (Vec<Change>, Vec<Found>) = (vec![], vec![]);
    for edit in &carried.cells {
        let cell = CellKey::parse(&edit.cell).ok().filter(|cell| form.template.has(cell));
        let cell = cell.ok_or_else(|| unknown_cell(&edit.cell))?;
        if changes.iter().any(|change| change.cell == cell) {
            return Err(damaged());
        }
        if edit.comment.as_ref().is_some_and(|said| said.chars().count() > LONGEST_REASON) {
            let long = Message::TooLong { field: "comment", most: LONGEST_REASON };
            unread.push(found(form, &cell, None, &long.into()));
        }
        let comment = edit.comment.as_ref().map(|comment| comment.trim().to_owned());
        match read_value(form, &cell, edit, language) {
            Err(problem) => unread.push(found(form, &cell, None, &problem)),
            Ok(value) => {
                let seen = Seen::Version(edit.version);
                changes.push(Change {
                    cell,
                    name: String::new(),
                    at: None,
                    seen,
                    value,
                    comment,
                    is_fraction: false,
                });
            }
        }
    }
    Ok((changes, unread))
}
