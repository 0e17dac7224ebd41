//! A form on paper: blank, under way, or as it was sent, with the number that its body gave it.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use document::form::{Asked, Form, Line, Part, paper};
use document::tree::{Letterhead, Signatory};
use document::{Context, Lang, Mode, Printing, html};
use jiff::civil::Date;
use model::Figure;
use serde::Deserialize;
use store::Event;
use utoipa::IntoParams;
use utoipa_axum::routes;
use workflow::form::{Content, Filled};
use workflow::paper::{DocumentNumber, Instead};
use workflow::{CellKey, Column, Language, RowKey, Section, SectionId, SectionKind};

use super::spreadsheet::label;
use super::{may_see, moves_of, submission_id};
use crate::api::{Endpoints, Needs};
use crate::auth::Caller;
use crate::clock::time_zone;
use crate::forms::OpenForm;
use crate::http::Params;
use crate::problem::Answer;
use crate::state::App;
use crate::words::Message;

/// What a body calls its document, in the record of what happened.
pub(super) const NUMBERED: &str = "document_numbered";

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints.add(Needs::ByContent(&["see_draft", "see_signed"]), routes!(print))
}

/// How to print a form.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct PrintParams {
    /// true: with nothing in it, to be filled in by hand
    blank: bool,
}

/// A form as a page for A4 paper: what was sent, a draft that says so, or a blank one.
#[utoipa::path(get, operation_id = "print_submission", path = "/print/submissions/{id}", tag = "submissions", params(("id" = String, Path), PrintParams),
    responses((status = 200, body = String, content_type = "text/html", description = "A page of HTML, in the caller's language")))]
async fn print(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(asked): Params<PrintParams>,
) -> Answer<Response> {
    let id = submission_id(&id)?;
    let form = OpenForm::read(&app, id).await?.ok_or(Message::NotFound)?;
    let visible = may_see(&caller, &form.submission, &form.template)?;
    let address = format!("{}/nhap-lieu/{id}", app.address);
    if asked.blank {
        let (template, period) =
            (workflow::Template::clone(&form.template), form.submission.period);
        let blank = OpenForm::imagined(&app, &form.ministry, template, form.body, period).await?;
        return page(&app, &caller, &blank, &visible, None, &address);
    }
    let moves = moves_of(&app, id).await?;
    page(&app, &caller, &form, &visible, Some(&moves), &address)
}

/// The page of a form with these sections of it; without its moves it is a blank one.
pub fn page(
    app: &App,
    caller: &Caller,
    form: &OpenForm,
    visible: &[SectionId],
    moves: Option<&[Event]>,
    address: &str,
) -> Answer<Response> {
    let ministry = &form.ministry;
    let context = Context { catalogue: &ministry.catalogue, units: &ministry.units };
    let at = app.now().to_zoned(time_zone()).datetime();
    let by = caller.actor()?.name.as_str();
    let document = paper(&filled(form, visible, moves, caller.speaks()));
    let page = html(&document, context, &|_| None, Mode::Page(Printing { by, at, address }));
    Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response())
}

/// The number and date that stand now: the last that were given.
pub(super) fn numbered(moves: &[Event]) -> Option<(DocumentNumber, &Event)> {
    let event = moves.iter().rev().find(|event| event.what.kind == NUMBERED)?;
    let number = event.what.detail["number"].as_str()?.to_owned();
    let date = event.what.detail["date"].as_str()?.parse().ok()?;
    Some((DocumentNumber { number, date }, event))
}

fn filled(
    form: &OpenForm,
    visible: &[SectionId],
    moves: Option<&[Event]>,
    language: Language,
) -> Form {
    let (template, period) = (&form.template, form.submission.period);
    let lang = language.pick(Lang::Vi, Lang::En);
    let unit = form.ministry.units.get(form.body.unit.as_str());
    let heading = template.paper.heading(template, &form.body, unit, period, language);
    let said = moves.unwrap_or_default();
    let given = numbered(said).map(|(given, _)| given);
    let last = |kind: &str| {
        let event = said.iter().rev().find(|event| event.what.kind == kind);
        event.and_then(|event| event.actor_name.clone())
    };
    let is_sent = form.overall().is_sent();
    let mut parts = Parts { form, language, absences: false, computed: form.computed() };
    let sections = template.sections.iter().filter(|section| visible.contains(&section.id));
    let parts_of = sections.map(|section| parts.part(section)).collect();
    let mut remarks = vec![];
    if parts.absences {
        let marks =
            ("…: chưa có số liệu; x: không áp dụng.", "…: no figure yet; x: not applicable.");
        remarks.push(lang.pick(marks.0, marks.1).to_owned());
    }
    if moves.is_some() {
        remarks.extend(about(form, said, language));
    }
    Form {
        id: form.submission.id.to_string(),
        lang,
        letterhead: Letterhead {
            superior: heading.superior,
            agency: heading.agency,
            number: number_line(given.as_ref(), &heading.symbol, lang),
            place_and_date: place_and_date(
                &heading.place,
                given.as_ref().map(|given| given.date),
                lang,
            ),
        },
        name: template.name(language).to_owned(),
        period,
        recipients: template.recipients.clone(),
        legal_basis: template.legal_basis.clone(),
        parts: parts_of,
        remarks,
        preparer: Signatory {
            role: heading.preparer,
            position: None,
            name: last("section_submit").filter(|_| is_sent),
        },
        signer: signer(heading.signer, said, is_sent, language),
        copies: heading.copies,
    }
}

/// Who signed, and for whom: before the office of the head stands how a deputy stands in for it, below it their own.
fn signer(office: String, moves: &[Event], is_sent: bool, language: Language) -> Signatory {
    let blank = Signatory { role: office.clone(), position: None, name: None };
    let signed = moves.iter().rev().find(|event| event.what.kind == "section_sign");
    let Some(event) = signed.filter(|_| is_sent) else { return blank };
    let name = event.actor_name.clone();
    if event.what.detail["acting_for"].is_null() {
        return Signatory { name, ..blank };
    }
    let instead = event.what.detail["instead"].as_str().and_then(Instead::parse);
    let position = event.what.detail["position"].as_str().map(str::to_owned);
    let role = instead.unwrap_or(Instead::ForHead).line(&office, language);
    Signatory { role, position, name }
}

/// What is to be said of the whole: that it is a draft, or when it was sent and what was corrected since.
fn about(form: &OpenForm, moves: &[Event], language: Language) -> Vec<String> {
    let lang = language.pick(Lang::Vi, Lang::En);
    let moment =
        |at: jiff::Timestamp| document::period::moment(at.to_zoned(time_zone()).datetime(), lang);
    let Some(at) = crate::forms::signed_at(&form.submission, moves) else {
        let draft = language.pick("Bản nháp, chưa ký và gửi.", "Draft: not signed and sent yet.");
        return vec![draft.to_owned()];
    };
    let mut said = vec![language.pick(
        format!("Đã ký và gửi trên hệ thống lúc {}.", moment(at)),
        format!("Signed and sent through the system at {}.", moment(at)),
    )];
    let corrected = moves.iter().filter(|event| event.what.kind == "section_correct");
    for event in corrected.filter(|event| event.at > at) {
        let cells = event.what.detail["cells"].as_array().map(Vec::as_slice).unwrap_or_default();
        let rows: Vec<String> = cells
            .iter()
            .filter_map(|cell| CellKey::parse(cell.as_str()?).ok())
            .map(|cell| label(form, &cell, language))
            .collect();
        let (rows, at) = (rows.join("; "), moment(event.at));
        let reason = event.what.detail["reason"].as_str().unwrap_or_default();
        said.push(language.pick(
            format!("Đính chính lúc {at}: {rows} ({reason})."),
            format!("Corrected at {at}: {rows} ({reason})."),
        ));
    }
    said
}

/// "Số: 15/BC-STTTT"; with room for a number that is given by hand.
fn number_line(given: Option<&DocumentNumber>, symbol: &str, lang: Lang) -> String {
    let number = match given {
        Some(given) => given.number.clone(),
        None => format!("{}/{symbol}", " ".repeat(10)),
    };
    lang.pick(format!("Số: {number}"), format!("No. {number}"))
}

/// "Bình Định, ngày 08 tháng 8 năm 2024": days below ten and the first two months have a nought before them, as the
/// decree on documents asks.
fn place_and_date(place: &str, date: Option<Date>, lang: Lang) -> String {
    let blank = " ".repeat(6);
    match date {
        Some(date) => {
            let month = match date.month() {
                month @ 1..=2 => format!("0{month}"),
                month => month.to_string(),
            };
            lang.pick(
                format!("{place}, ngày {:02} tháng {month} năm {}", date.day(), date.year()),
                format!("{place}, {}", document::period::date(date, lang)),
            )
        }
        None => lang.pick(
            format!("{place}, ngày {blank} tháng {blank} năm {blank}"),
            format!("{place}, {blank}{blank}{blank}"),
        ),
    }
}

/// Writes sections, and remembers what the marks in them are.
struct Parts<'a> {
    form: &'a OpenForm,
    language: Language,
    absences: bool,
    computed: Vec<(RowKey, workflow::computed::Computed, workflow::computed::Before)>,
}

impl Parts<'_> {
    fn part(&mut self, section: &Section) -> Part {
        let asked = match &section.kind {
            SectionKind::Figures(rows) => {
                Asked::Figures(rows.iter().map(|row| self.line(section, row)).collect())
            }
            SectionKind::Texts(prompts) => Asked::Words(
                prompts
                    .iter()
                    .map(|prompt| {
                        let key = CellKey::Text {
                            section: section.id.clone(),
                            prompt: prompt.id.clone(),
                        };
                        let answer = match self.form.saved.cells.get(&key).map(|one| &one.content) {
                            Some(Content::Text(text)) => Some(text.clone()),
                            Some(Content::Empty | Content::Figure(_)) | None => None,
                        };
                        let question = self.language.pick(&prompt.name_vi, &prompt.name_en);
                        (question.clone(), answer)
                    })
                    .collect(),
            ),
        };
        Part { title: section.name(self.language).to_owned(), asked }
    }

    fn line(&mut self, section: &Section, row: &workflow::Row) -> Line {
        let key = section.row_key(row);
        let cell = key.cell(Column::This);
        let written = self.form.saved.cells.get(&cell);
        let this = written.and_then(Filled::as_figure);
        let known = self.computed.iter().find(|(of, ..)| *of == key);
        // Nothing follows for a row that is empty.
        let follows = |of: fn(&workflow::computed::Computed) -> Figure| {
            known.map(|(_, computed, _)| of(computed)).filter(|_| this.is_some())
        };
        self.absences |= this.is_some_and(|figure| figure.absence().is_some());
        let indicator = self.form.ministry.catalogue.get(row.indicator.as_str());
        let unit = indicator.map(|one| self.language.pick(&one.unit_vi, &one.unit_en).clone());
        Line {
            name: label(self.form, &cell, self.language),
            unit: unit.unwrap_or_default(),
            previous: known.map(|(_, computed, _)| computed.previous),
            this,
            is_estimate: row.status(Column::This) == model::Status::Estimated,
            year_to_date: follows(|computed| computed.year_to_date),
            change_on_year: follows(|computed| computed.change_on_year),
            comment: written.map(|one| one.comment.clone()).filter(|said| !said.is_empty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_document_is_dated_as_the_decree_on_documents_asks() {
        for (day, expected) in [
            (Some(date(2024, 8, 8)), "Bình Định, ngày 08 tháng 8 năm 2024"),
            (Some(date(2024, 2, 10)), "Bình Định, ngày 10 tháng 02 năm 2024"),
            (Some(date(2024, 12, 1)), "Bình Định, ngày 01 tháng 12 năm 2024"),
            (None, "Bình Định, ngày        tháng        năm       "),
        ] {
            assert_eq!(place_and_date("Bình Định", day, Lang::Vi), expected);
        }
        let given = DocumentNumber { number: "15/BC-STTTT".to_owned(), date: date(2024, 8, 8) };
        assert_eq!(number_line(Some(&given), "BC", Lang::Vi), "Số: 15/BC-STTTT");
        assert_eq!(number_line(None, "BC-STTTT", Lang::Vi), "Số:           /BC-STTTT");
    }
}
