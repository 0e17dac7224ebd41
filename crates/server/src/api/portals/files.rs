//! Portals as a workbook: the list as it stands, and a workbook that somebody changed, taken whole or not at all.
//!
//! Secrets and site keys are in no file; those of a portal stay as they are.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use measure::Portal;
use measure::register::{Field, Kind};
use serde::Deserialize;
use store::Written;
use utoipa::IntoParams;
use utoipa_axum::routes;
use workflow::{Language, Permission};

use super::super::registers::{
    ChangeBody, ImportedEntries, ImportedEntriesRead, SHOWN_CHANGES, SPREADSHEET,
};
use super::super::{Endpoints, Needs};
use super::{PortalRequest, changed, define, read_portal};
use crate::auth::Caller;
use crate::clock::local_date;
use crate::http::{Params, Sent, written};
use crate::problem::{Answer, Problem};
use crate::registers::Table;
use crate::state::{App, Ministry};
use crate::words::Message;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints.add(Needs::Permission(Permission::SeeMeasurement), routes!(portal_list)).add_large(
        Needs::Permission(Permission::ManageSources),
        SPREADSHEET,
        routes!(import_portals),
    )
}

const fn column(code: &'static str, vi: &'static str, en: &'static str, kind: Kind) -> Field {
    let is_needed = matches!(kind, Kind::Text);
    Field { code, vi, en, kind, is_needed }
}

/// The columns of the file, in order.
const COLUMNS: [Field; 7] = [
    column("code", "Mã cổng", "Code", Kind::Text),
    column("unit", "Đơn vị (mã)", "Unit (code)", Kind::Text),
    column("name_vi", "Tên", "Vietnamese name", Kind::Text),
    column("name_en", "Tên tiếng Anh", "English name", Kind::Text),
    column("address", "Địa chỉ", "Address", Kind::Text),
    column("valid_from", "Hoạt động từ ngày", "In use since", Kind::Day),
    column("valid_to", "Ngừng từ ngày", "Not in use since", Kind::Day),
];

/// The portals as a workbook that can be changed and imported again.
#[utoipa::path(get, path = "/portals/list.xlsx", tag = "measurement",
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "A header, then a row for each portal")))]
async fn portal_list(State(app): State<App>, caller: Caller) -> Answer<Response> {
    let language = caller.speaks();
    let ministry = app.ministry();
    let mut portals: Vec<&Portal> = ministry.portals.values().collect();
    portals.sort_by_key(|portal| (&portal.unit, &portal.code));
    let header: Vec<&str> = COLUMNS.iter().map(|field| language.pick(field.vi, field.en)).collect();
    let row = |portal: &&Portal| -> Vec<String> {
        let day = |day: Option<jiff::civil::Date>| match (day, language) {
            (None, _) => String::new(),
            (Some(day), Language::Vietnamese) => document::period::date(day, document::Lang::Vi),
            (Some(day), Language::English) => day.to_string(),
        };
        vec![
            portal.code.to_string(),
            portal.unit.to_string(),
            portal.name_vi.clone(),
            portal.name_en.clone(),
            portal.address.clone(),
            day(portal.validity.from),
            day(portal.validity.to),
        ]
    };
    let rows: Vec<Vec<String>> = portals.iter().map(row).collect();
    let bytes = document::sheet::write(language.pick("Cổng", "Portals"), &header, &rows)
        .map_err(anyhow::Error::from)?;
    let name = format!("attachment; filename=\"portals-{}.xlsx\"", local_date(app.now()));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(document::workbook::MEDIA_TYPE)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&name).expect("a file's name is of plain letters"),
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// How to import.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PortalsAsked {
    /// true: read and compare only
    #[serde(default)]
    dry_run: bool,
}

/// What a file says: every portal that it adds or changes, with how many rows it has and what is wrong with them.
fn read(bytes: &[u8], ministry: &Ministry) -> Answer<(Table, Vec<Portal>)> {
    let (mut table, rows) = Table::read(bytes, &COLUMNS.iter().collect::<Vec<_>>())?;
    let mut portals: Vec<Portal> = vec![];
    let mut seen = std::collections::HashMap::new();
    for row in rows {
        let said = |code: &str| row.at(code).to_owned();
        let day = |code: &str| Some(said(code)).filter(|text| !text.is_empty());
        let request = PortalRequest {
            code: said("code"),
            unit: said("unit"),
            name_vi: said("name_vi"),
            name_en: said("name_en"),
            address: said("address"),
            valid_from: day("valid_from"),
            valid_to: day("valid_to"),
            // A file says nothing of these: they stay as they are.
            trial: None,
            pages_see_all_since: None,
        };
        let number = row.number();
        match read_portal(&request, ministry) {
            Ok(portal) => match seen.insert(portal.code.clone(), number) {
                Some(first) => row.find(&mut table, "code", Message::Twice(first)),
                None => portals.push(portal),
            },
            Err(wrong) => {
                for problem in wrong {
                    let field = problem.at.as_ref().and_then(|at| at.column.clone());
                    let field = field.unwrap_or_else(|| "code".to_owned());
                    row.find(&mut table, &field, problem.message.clone());
                }
            }
        }
    }
    Ok((table, portals))
}

fn imported(
    rows: usize,
    dry_run: bool,
    portals: &[Portal],
    ministry: &Ministry,
) -> (ImportedEntries, Vec<Portal>) {
    let mut done = ImportedEntries { rows: rows as u64, dry_run, ..ImportedEntries::default() };
    let mut kept = vec![];
    for portal in portals {
        let before = ministry.portals.get(&portal.code);
        let fields = changed(before, portal);
        let does = match before {
            None => "add",
            Some(_) if fields.is_empty() => continue,
            Some(_) => "change",
        };
        *(if before.is_none() { &mut done.added } else { &mut done.changed }) += 1;
        if done.changes.len() < SHOWN_CHANGES {
            done.changes.push(ChangeBody {
                unit: portal.unit.to_string(),
                code: portal.code.to_string(),
                name: portal.name_vi.clone(),
                does: does.to_owned(),
                fields: fields.into_iter().map(str::to_owned).collect(),
            });
        }
        kept.push(portal.clone());
    }
    (done, kept)
}

/// Takes a workbook of portals, all or nothing: the columns are those of the list that can be downloaded. What a file
/// lacks stays; secrets stay.
#[utoipa::path(post, path = "/portals/import", tag = "measurement",
    params(PortalsAsked),
    request_body(content((super::super::accounts::Spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    responses((status = 200, body = ImportedEntriesRead, description = "It stands so; or what a dry run found"),
        (status = 422, description = "Nothing was changed, and why by row, column and cell: `findings`; or `not_a_workbook`, `workbook_locked`, `workbook_macros`, `workbook_too_large`, `workbook_damaged`, `idempotency_key_reused`")))]
async fn import_portals(
    State(app): State<App>,
    caller: Caller,
    Params(asked): Params<PortalsAsked>,
    sent: Sent,
) -> Answer<Response> {
    let (actor, ministry) = (caller.actor()?.person, app.ministry());
    let (table, portals) = {
        let (bytes, ministry) = (sent.bytes.clone(), ministry.clone());
        let read = tokio::task::spawn_blocking(move || read(&bytes, &ministry));
        read.await.map_err(anyhow::Error::from)??
    };
    if !asked.dry_run && table.found > 0 {
        let mut problem = Problem::from(Message::BadFile(table.found));
        problem.at = table.findings.first().map(|first| first.at.clone());
        problem.findings = table.findings;
        return Err(problem);
    }
    let (done, kept) = imported(table.rows, asked.dry_run, &portals, &ministry);
    let language = caller.speaks();
    let shown = |imported| ImportedEntriesRead {
        imported,
        found: table.found as u64,
        findings: table.findings.iter().map(|found| found.body(language)).collect(),
    };
    if asked.dry_run {
        let seq = app.store.head().seq;
        return Ok(written(StatusCode::OK, Written { seq, value: shown(done), replayed: false }));
    }
    let Written { seq, value, replayed } = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                for portal in &kept {
                    define(tx, portal, actor).await?;
                }
                Ok(done)
            })
        })
        .await?;
    app.read_ministry_again().await?;
    Ok(written(StatusCode::OK, Written { seq, value: shown(value), replayed }))
}
