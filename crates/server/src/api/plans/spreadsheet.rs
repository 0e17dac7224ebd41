//! The plan of a year as a spreadsheet: downloaded, filled in Excel or LibreOffice, and read again. Reading saves nothing:
//! whoever sent the file sees what it would change and saves that.

use std::collections::{BTreeSet, HashMap};

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use document::Lang;
use document::workbook::{self, Grid, GridColumn, GridLine, TableRow, Unreadable, cell_name};
use model::text::folded;
use model::{Decimal, Indicator, Period, Unit};
use serde::Serialize;
use store::Written;
use utoipa::ToSchema;
use utoipa_axum::routes;
use workflow::{Language, Permission};

use super::{MOST_CELLS, PlanEdit, PlanKey, PlanParams, PlannedCell, read, year_of, year_plan};
use crate::api::accounts::Spreadsheet;
use crate::api::values::shortened;
use crate::api::{Endpoints, Needs};
use crate::auth::Caller;
use crate::http::{Params, Sent, written};
use crate::problem::{Answer, FindingBody, Found, Place, Problem};
use crate::state::{App, Ministry};
use crate::words::Message;

/// The most bytes of a filled plan.
const LARGEST: usize = 8 << 20;
/// So many findings are told.
const MOST_FINDINGS: usize = 200;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let needs = Needs::Permission(Permission::SetPlan);
    endpoints.add_large(needs, LARGEST, routes!(download, read_file))
}

/// The plan of a year as a spreadsheet: what is under way, or what was issued where nothing is.
#[utoipa::path(get, operation_id = "plan_spreadsheet", path = "/plans/{year}/plan.xlsx", tag = "plans", params(("year" = String, Path), PlanParams),
    responses((status = 200, body = Spreadsheet, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "A line to each unit, a column to each indicator, in the caller's language")))]
async fn download(
    State(app): State<App>,
    caller: Caller,
    Path(year): Path<String>,
    Params(asked): Params<PlanParams>,
) -> Answer<Response> {
    let language = caller.speaks();
    let plan = year_plan(&app, &year, &asked).await?;
    let ministry = app.ministry();
    let mut numbers: HashMap<(&str, &str), Option<&str>> = HashMap::new();
    for cell in &plan.cells {
        numbers.insert((&cell.indicator, &cell.unit), cell.issued.as_deref());
    }
    for cell in plan.draft.iter().flat_map(|draft| &draft.cells) {
        numbers.insert((&cell.indicator, &cell.unit), cell.value.as_deref());
    }
    let indicators: Vec<&Indicator> =
        plan.indicators.iter().filter_map(|code| ministry.catalogue.get(code)).collect();
    let number = |indicator: &Indicator, unit: &str| {
        let number = numbers.get(&(indicator.code.as_str(), unit)).copied().flatten()?;
        Decimal::parse(number).ok()
    };
    let grid = Grid {
        lang: language.pick(Lang::Vi, Lang::En),
        sheet: language.pick(format!("Kế hoạch {year}"), format!("Plan {year}")),
        title: language.pick(format!("Kế hoạch năm {year}"), format!("Plan of {year}")),
        about: vec![
            language
                .pick(
                    "Nhập hoặc dán số vào các ô màu vàng rồi tải tệp lên trang Kế hoạch; chưa có gì được lưu trước khi bạn xác nhận.",
                    "Type or paste numbers into the yellow cells and upload the file on the page of plans; nothing is saved before you confirm.",
                )
                .to_owned(),
            language
                .pick(
                    "Ô để trống giữ nguyên số đang có. Không sửa các mã ở cột A và ở dòng mã phía trên các số.",
                    "An empty cell leaves what stands. Keep the codes in column A and in the line over the numbers.",
                )
                .to_owned(),
        ],
        lines_are: (
            language.pick("Mã", "Code").to_owned(),
            language.pick("Phạm vi", "Unit").to_owned(),
        ),
        columns: indicators
            .iter()
            .map(|one| GridColumn {
                code: one.code.to_string(),
                name: language.pick(
                    format!("{} ({})", one.name_vi, one.unit_vi),
                    format!("{} ({})", one.name_en, one.unit_en),
                ),
                scale: one.scale,
            })
            .collect(),
        lines: plan
            .units
            .iter()
            .map(|unit| GridLine {
                code: unit.code.clone(),
                name: language.pick(&unit.name_vi, &unit.name_en).clone(),
                numbers: indicators.iter().map(|one| number(one, &unit.code)).collect(),
            })
            .collect(),
    };
    let bytes = tokio::task::spawn_blocking(move || workbook::write_grid(&grid))
        .await
        .map_err(anyhow::Error::from)?
        .map_err(anyhow::Error::from)?;
    let name = format!("attachment; filename=\"ke-hoach-{}.xlsx\"", plan.year);
    let name = HeaderValue::from_str(&name).map_err(anyhow::Error::from)?;
    let kind = HeaderValue::from_static(workbook::MEDIA_TYPE);
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}

/// What a spreadsheet would plan.
#[derive(Debug, Serialize, ToSchema)]
struct PlanRead {
    /// The numbers of the file, to be saved; those that say what stands are among them.
    cells: Vec<PlannedCell>,
    /// What is wrong, by cell; while there is something no cell is answered.
    findings: Vec<FindingBody>,
}

/// Reads a spreadsheet of a year's plan and saves nothing: a line of indicator codes over the numbers, and a unit's code
/// or name before each line of them.
#[utoipa::path(post, operation_id = "read_plan_spreadsheet", path = "/plans/{year}/plan.xlsx", tag = "plans", params(("year" = String, Path)),
    request_body(content = Spreadsheet, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    responses((status = 200, body = PlanRead),
        (status = 422, description = "Not such a file: `no_plan_in_file`, `not_a_workbook`, `workbook_locked`, `workbook_macros`, `workbook_too_large`, `workbook_damaged`")))]
async fn read_file(
    State(app): State<App>,
    caller: Caller,
    Path(year): Path<String>,
    sent: Sent,
) -> Answer<Response> {
    let year = year_of(&year)?;
    let language = caller.speaks();
    let bytes = sent.bytes.clone();
    // A file that makes the reader stumble is damaged, whatever else it is.
    let table = tokio::task::spawn_blocking(move || workbook::table(&bytes)).await;
    let table = table.unwrap_or(Err(Unreadable::Damaged))?;
    let ministry = app.ministry();
    let (cells, findings) = read_table(&table, &ministry, year, language)?;
    let cells = if findings.is_empty() { cells } else { vec![] };
    let value = PlanRead {
        cells: cells
            .into_iter()
            .map(|((indicator, unit), number)| PlannedCell {
                indicator: indicator.to_string(),
                unit: unit.to_string(),
                value: Some(number.to_string()),
            })
            .collect(),
        findings: findings.iter().take(MOST_FINDINGS).map(|found| found.body(language)).collect(),
    };
    let seq = app.store.head().seq;
    Ok(written(StatusCode::OK, Written { seq, value, replayed: false }))
}

type ReadCells = Vec<(PlanKey, Decimal)>;

fn read_table(
    table: &[TableRow],
    ministry: &Ministry,
    year: Period,
    language: Language,
) -> Answer<(ReadCells, Vec<Found>)> {
    let is_code = |text: &str| ministry.catalogue.get(text).is_some();
    let begins = |row: &TableRow| row.columns().any(|(_, text)| is_code(text));
    let at = table.iter().position(begins).ok_or_else(no_plan)?;
    let (header, lines) = (&table[at], &table[at + 1..]);
    let first = header.columns().find(|(_, text)| is_code(text)).map_or(0, |(column, _)| column);
    let mut findings = vec![];
    let mut columns: Vec<(usize, &str)> = vec![];
    for (column, code) in header.columns().filter(|(column, _)| *column >= first) {
        let place = cell_name(header.number, column);
        if !is_code(code) {
            let nearest = ministry.catalogue.nearest(code);
            let message = Message::UnknownIndicator(shortened(code));
            findings.push(found(header.number, place, message, nearest));
        } else if columns.iter().any(|(_, other)| *other == code) {
            findings.push(found(header.number, place, twice(), vec![]));
        } else {
            columns.push((column, code));
        }
    }
    let (mut cells, mut seen) = (vec![], BTreeSet::new());
    for line in lines {
        let is_filled = |column: usize| !line.text(column).is_empty();
        let numbers: Vec<(usize, &str)> =
            columns.iter().copied().filter(|(column, _)| is_filled(*column)).collect();
        if numbers.is_empty() {
            continue;
        }
        let Some(unit) = unit_of(line, first, ministry, year) else {
            let named = (0..first).map(|column| line.text(column)).find(|text| !text.is_empty());
            let message = Message::UnknownUnit(shortened(named.unwrap_or_default()));
            findings.push(found(line.number, cell_name(line.number, 0), message, vec![]));
            continue;
        };
        for (column, indicator) in numbers {
            let place = cell_name(line.number, column);
            match read_cell(line, column, (indicator, unit), ministry, (year, language)) {
                Ok((key, number)) if seen.insert(key.clone()) => cells.push((key, number)),
                Ok(_) => findings.push(found(line.number, place, twice(), vec![])),
                Err(problem) => {
                    findings.push(found(
                        line.number,
                        place,
                        problem.message.clone(),
                        problem.suggestions.clone(),
                    ));
                }
            }
        }
    }
    if cells.len() > MOST_CELLS {
        return Err(Unreadable::TooLarge.into());
    }
    Ok((cells, findings))
}

fn read_cell(
    line: &TableRow,
    column: usize,
    (indicator, unit): (&str, &Unit),
    ministry: &Ministry,
    (year, language): (Period, Language),
) -> Answer<(PlanKey, Decimal)> {
    let as_edit = |value: Option<&str>, text: Option<&str>| {
        let edit = PlanEdit {
            indicator: indicator.to_owned(),
            unit: unit.code.to_string(),
            value: value.map(str::to_owned),
            text: text.map(str::to_owned),
        };
        read(ministry, &edit, year, language)
    };
    let said = line.text(column);
    let (key, number) = match line.rounded(column) {
        None => as_edit(None, Some(said))?,
        // What is computed in a spreadsheet has a tail of digits that nobody sees.
        Some(rounded) => as_edit(Some(said), None)
            .or_else(|problem| as_edit(Some(rounded), None).map_err(|_| problem))?,
    };
    let number = number.ok_or_else(|| Message::NotANumber(shortened(said)))?;
    Ok((key, number))
}

/// The unit that a line is of: by its code, of which a spreadsheet may have dropped the zero before, or by its name.
fn unit_of<'a>(
    line: &TableRow,
    before: usize,
    ministry: &'a Ministry,
    year: Period,
) -> Option<&'a Unit> {
    let words: Vec<&str> =
        (0..before).map(|column| line.text(column)).filter(|text| !text.is_empty()).collect();
    let by_code = words.iter().find_map(|text| {
        ministry.units.get(text).or_else(|| ministry.units.get(&format!("{text:0>2}")))
    });
    by_code.or_else(|| {
        let names: Vec<String> = words.iter().map(|text| folded(text)).collect();
        let is_it = |unit: &&Unit| {
            let own = [&unit.name_vi, &unit.full_name_vi, &unit.name_en];
            unit.validity.holds_on(year.start())
                && own.iter().any(|name| names.contains(&folded(name)))
        };
        let mut found = ministry.units.iter().filter(is_it);
        // Two of one name are none.
        found.next().filter(|_| found.next().is_none())
    })
}

fn found(row: u32, cell: String, message: Message, suggestions: Vec<String>) -> Found {
    let at = Place { row: Some(u64::from(row)), column: None, cell: Some(cell) };
    Found { at, message, suggestions }
}

fn twice() -> Message {
    Message::said(422, "duplicate_cell", |language| {
        language
            .pick(
                "Chỉ tiêu hoặc phạm vi này đã có ở trên; mỗi số kế hoạch chỉ ghi một lần.",
                "This indicator or unit stands above already; a plan figure is given once.",
            )
            .to_owned()
    })
}

fn no_plan() -> Problem {
    Message::said(422, "no_plan_in_file", |language| {
        language
            .pick(
                "Không thấy dòng mã chỉ tiêu (ví dụ BC.DOANHTHU) trong trang tính đầu tiên. Hãy tải tệp kế hoạch về, nhập vào đó rồi tải lên.",
                "There is no line of indicator codes (such as BC.DOANHTHU) on the first sheet. Download the plan as a file, fill it in and upload it.",
            )
            .to_owned()
    })
    .into()
}
