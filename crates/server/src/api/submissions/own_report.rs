//! A report that an office wrote itself, in Word or Excel: the cells it seems to fill are proposed, and nothing is saved.
//!
//! What is confirmed of it is saved like anything that is typed, so there is one way into a cell.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use document::number::minimal;
use document::paper::{self, NotRead, Paper, Piece, Square};
use document::workbook::{Content, Unreadable, hundredfold};
use serde::Serialize;
use store::{DraftValue, Written};
use utoipa::ToSchema;
use utoipa_axum::routes;
use workflow::found::words::{self, Part};
use workflow::found::{self, Found};
use workflow::{CellKey, Language};

use super::spreadsheet::{LARGEST, book, is_fraction, may_enter_any, value_of};
use super::{LONGEST_TEXT, check_open_cell, may_enter, submission_id};
use crate::api::accounts::Spreadsheet;
use crate::api::{Endpoints, Needs, codes};
use crate::auth::Caller;
use crate::forms::OpenForm;
use crate::http::{Sent, written};
use crate::problem::Answer;
use crate::state::App;
use crate::words::Message;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let by_content = Needs::ByContent(&["enter_cells"]);
    endpoints.add_large(by_content, LARGEST, routes!(propose))
}

/// What a report seems to say of a form.
#[derive(Debug, Serialize, ToSchema)]
struct OwnReport {
    /// The period that its title names, if it is the form's own or an earlier one; null where it names none.
    #[schema(example = "2024-07")]
    period: Option<String>,
    /// In the order of the report; each cell once.
    cells: Vec<ProposedCell>,
    /// Answers in words, likewise.
    texts: Vec<ProposedText>,
    /// How many tables it has.
    tables: u32,
    /// How many lines of words.
    lines: u32,
}

/// A cell of the form that a report seems to fill.
#[derive(Debug, Serialize, ToSchema)]
struct ProposedCell {
    #[schema(example = "BC/BC.DOANHTHU/this")]
    cell: String,
    /// The row's name in the language of the caller.
    name: String,
    /// The name that stands in the report.
    label: String,
    /// Whether it is the row's own name, rather than much like it.
    same: bool,
    /// Where the number stands, in words.
    #[schema(example = "table 2, row 5, column 4")]
    place: String,
    /// What stands over it; empty where nothing does.
    heading: String,
    /// What stands there.
    typed: String,
    /// As it is read; null where it cannot be, and `problem` says why.
    value: Option<String>,
    #[schema(value_type = Option<codes::StatedAbsence>)]
    absent: Option<String>,
    /// Why it cannot be read as it stands.
    problem: Option<String>,
    /// What it may mean.
    suggestions: Vec<String>,
    /// The unit of measure that the report gives, where it is not the indicator's: the number may have to be converted.
    other_unit: Option<String>,
    /// The file holds a fraction and shows it as a percentage, 0.1723 as 17.23%: `value` is what it shows.
    percent: bool,
}

/// An answer in words that a report seems to give.
#[derive(Debug, Serialize, ToSchema)]
struct ProposedText {
    #[schema(example = "LOI/KHOKHAN/text")]
    cell: String,
    /// The question in the language of the caller.
    name: String,
    /// The heading that stands in the report.
    label: String,
    /// Whether it is the question's own name, rather than much like it.
    same: bool,
    /// Where the heading stands, in words.
    #[schema(example = "paragraph 12")]
    place: String,
    /// What stands under it, paragraphs by line.
    text: String,
}

/// Proposes cells from a .docx or an .xlsx that the office wrote itself; nothing is saved.
#[utoipa::path(post, operation_id = "propose_from_report", path = "/submissions/{id}/own-report", tag = "submissions", params(("id" = String, Path)),
    request_body(content = Spreadsheet, content_type = "application/octet-stream"),
    responses((status = 200, body = OwnReport),
        (status = 422, description = "The file is not taken: `not_a_report`, `report_locked`, `report_macros`, `report_too_large`, `report_damaged`; or `idempotency_key_reused`")))]
async fn propose(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer<Response> {
    let form = OpenForm::alone(&app, submission_id(&id)?).await?.ok_or(Message::NotFound)?;
    may_enter_any(&caller, &form)?;
    let of = form.clone();
    let reading = tokio::task::spawn_blocking(move || look(&of, &sent.bytes)).await;
    // A file that makes the reader stumble is damaged, whatever else it is.
    let Looked { paper, lines, found, texts } =
        reading.unwrap_or(Err(NotRead(Unreadable::Damaged)))?;
    let lang = book::lang_of(caller.speaks());
    let may_fill = |cell: &CellKey| {
        may_enter(&caller, &form, &cell.to_string()).is_ok()
            && check_open_cell(&form, cell, caller.speaks()).is_ok()
    };
    let cells = found.iter().filter(|one| may_fill(&one.cell));
    let written_in = found::language_of(&lines, caller.speaks());
    let cells = cells.map(|one| proposed(&form, &caller, (&paper, written_in), one));
    let texts = texts.into_iter().filter(|one| may_fill(&one.cell));
    let texts = texts.map(|one| {
        let number = one.line + 1;
        ProposedText {
            name: book::label(&form, &one.cell, caller.speaks()),
            cell: one.cell.to_string(),
            label: one.heading.chars().take(300).collect(),
            same: one.is_same,
            place: lang.pick(format!("đoạn {number}"), format!("paragraph {number}")),
            text: one.text.chars().take(LONGEST_TEXT).collect(),
        }
    });
    let value = OwnReport {
        period: found::period_of(&lines, form.submission.period).map(|of| of.to_string()),
        cells: cells.collect(),
        texts: texts.collect(),
        tables: paper.tables().count() as u32,
        lines: lines.len() as u32,
    };
    let seq = app.store.head().seq;
    Ok(written(StatusCode::OK, Written { seq, value, replayed: false }))
}

/// The most lines and cells with words that are compared with the names of a form.
const MOST_LINES: usize = 20_000;

/// What was found in a report.
struct Looked {
    paper: Paper,
    lines: Vec<String>,
    found: Vec<Found>,
    texts: Vec<words::FoundText>,
}

fn look(form: &OpenForm, bytes: &[u8]) -> Result<Looked, NotRead> {
    let paper = paper::read(bytes)?;
    let lines = paper.texts(document::Lang::Vi).into_iter().map(|(_, text)| text);
    let lines: Vec<String> = lines.collect();
    if lines.len() > MOST_LINES {
        return Err(NotRead(Unreadable::TooLarge));
    }
    let tables: Vec<found::Table> = paper.tables().map(table).collect();
    let (template, catalogue) = (&form.template, &form.ministry.catalogue);
    let found = found::found(&tables, &lines, template, catalogue, form.submission.period);
    let parts = paper.pieces.iter().map(|piece| match piece {
        Piece::Line(line) => Part::Line(line),
        Piece::Table(_) => Part::Table,
    });
    let texts = words::texts(&parts.collect::<Vec<Part>>(), template);
    Ok(Looked { paper, lines, found, texts })
}

fn table(table: &paper::Table) -> found::Table {
    let square = |(column, one): (&u16, &Square)| {
        (
            *column,
            found::Square {
                text: said(&one.content),
                is_number: matches!(one.content, Content::Number { .. }),
                is_spanned: one.is_spanned,
            },
        )
    };
    table.rows.iter().map(|(row, squares)| (*row, squares.iter().map(square).collect())).collect()
}

fn said(content: &Content) -> String {
    match content {
        Content::Text(text) | Content::Fault(text) => text.clone(),
        Content::Number { fifteen, is_percent: true, .. } => format!("{}%", hundredfold(fifteen)),
        Content::Number { fifteen, .. } => fifteen.clone(),
        Content::Empty | Content::Other | Content::Uncalculated => String::new(),
    }
}

fn proposed(
    form: &OpenForm,
    caller: &Caller,
    (paper, written_in): (&Paper, Language),
    one: &Found,
) -> ProposedCell {
    let (language, lang) = (caller.speaks(), book::lang_of(caller.speaks()));
    let table = paper.tables().nth(one.table).expect("it was found in this table");
    let square = &table.rows[&one.row][&one.column];
    let read_as = |content: &Content| value_of(form, &one.cell, content, written_in);
    // What may be meant is chosen by somebody who reads another language.
    let rewritten = |meant: &String| match read_as(&Content::Text(meant.clone())) {
        Ok(DraftValue::Figure(figure)) => figure.shown().map(|number| minimal(number, lang)),
        Ok(DraftValue::Empty | DraftValue::Text(_)) | Err(_) => None,
    };
    let read = read_as(&square.content);
    let (value, absent, problem, suggestions) = match read {
        Ok(DraftValue::Figure(figure)) => (
            figure.shown().map(|number| number.to_string()),
            figure.absence().map(|reason| reason.code().to_owned()),
            None,
            vec![],
        ),
        Ok(DraftValue::Empty | DraftValue::Text(_)) => (None, None, None, vec![]),
        Err(problem) => {
            let meant = problem.suggestions.iter();
            let meant = meant.map(|one| rewritten(one).unwrap_or_else(|| one.clone()));
            (None, None, Some(problem.message.text(language)), meant.collect())
        }
    };
    let is_fraction = is_fraction(form, &one.cell, &square.content);
    let is_percent = matches!(square.content, Content::Number { is_percent: true, .. });
    // A percentage of something that is not counted in per cent: nobody knows here of what.
    let other_percent = (is_percent && !is_fraction).then(|| "%".to_owned());
    ProposedCell {
        cell: one.cell.to_string(),
        name: book::label(form, &one.cell, language),
        label: one.label.chars().take(300).collect(),
        same: one.is_same,
        place: table.name.place(one.row, one.column, lang),
        heading: one.heading.chars().take(300).collect(),
        typed: said(&square.content).chars().take(80).collect(),
        value,
        absent,
        problem,
        suggestions,
        other_unit: one.other_unit.clone().or(other_percent),
        percent: is_fraction,
    }
}
