//! A form as the workbook that goes out, and whether the one that comes back is still that form.
//!
//! The map of the file is sealed with a key of this installation: values are the officer's to change, while which
//! cell is which, of whose form, and what stood there are not.

use document::workbook::{
    Asks, Headings, Input, Map, Mapped, Previous, Prompt, Row, Said, Section, Workbook,
};
use document::{Lang, period};
use hmac::{Hmac, KeyInit, Mac};
use model::{Decimal, Figure};
use sha2::{Digest, Sha256};
use store::{DraftCell, DraftValue};
use workflow::deadline::day_of;
use workflow::entry::{ABSENCES, absence_words};
use workflow::section::Move;
use workflow::submission::movable;
use workflow::{Actor, CellKey, Column, Language, RowKey, SectionId, SectionKind};

use super::super::standing;
use crate::auth::hex;
use crate::forms::{self, OpenForm};
use crate::problem::{Answer, Problem};
use crate::words::Message;

/// How the map is written; a later one says so, and what was downloaded before is then outdated.
const FORMAT: &str = "1";

/// The language of a page in the words of documents.
pub(in super::super) fn lang_of(language: Language) -> Lang {
    language.pick(Lang::Vi, Lang::En)
}

/// What of a form is in a file, and for whom.
pub(in super::super) struct Scope {
    visible: Vec<SectionId>,
    open: Vec<CellKey>,
    /// The request for help that the file is about, and what it says over its table.
    help: Option<(i64, Vec<String>)>,
}

impl Scope {
    /// The form, as its reader may see it.
    pub fn of(form: &OpenForm, visible: &[SectionId], actor: &Actor) -> Scope {
        let sections = standing(&form.submission, &form.template);
        let open = movable(actor, Move::Edit, &form.body.code, sections);
        let is_open = |section: &&workflow::Section| open.contains(&section.id);
        let cells = form.template.sections.iter().filter(is_open).flat_map(|one| one.cells());
        Scope { visible: visible.to_vec(), open: cells.collect(), help: None }
    }

    /// The cells that another office is asked for: of a form that has nothing else.
    pub fn of_help(form: &OpenForm, id: i64, cells: Vec<CellKey>, about: Vec<String>) -> Scope {
        let visible = form.template.sections.iter().map(|section| section.id.clone()).collect();
        Scope { visible, open: cells, help: Some((id, about)) }
    }

    /// Whether the file has the cell for its reader to fill, or to see what the body says.
    fn has(&self, cell: &CellKey) -> bool {
        self.help.is_none() || self.open.contains(cell)
    }
}

/// The form, in so far as the file is about it.
pub(super) fn workbook(form: &OpenForm, scope: &Scope, language: Language, key: &str) -> Workbook {
    let writer = Writer { form, language, open: &scope.open };
    let sections: Vec<&workflow::Section> = form
        .template
        .sections
        .iter()
        .filter(|section| scope.visible.contains(&section.id))
        .collect();
    let cells = sections.iter().flat_map(|section| section.cells());
    let help = scope.help.as_ref().map(|(id, _)| *id);
    let mut map = Map {
        facts: facts(form, help, language, key),
        cells: cells.filter(|cell| scope.has(cell)).map(|cell| writer.mapped(&cell)).collect(),
        seal: String::new(),
    };
    map.seal = seal(&map, key);
    Workbook {
        part: None,
        lang: lang_of(language),
        title: form.template.name(language).to_owned(),
        about: scope.help.as_ref().map_or_else(|| writer.about(), |(_, about)| about.clone()),
        headings: writer.headings(),
        sections: sections.into_iter().map(|section| writer.section(section)).collect(),
        absences: ABSENCES
            .iter()
            .map(|(code, vi, en)| {
                (language.pick(*vi, *en).to_owned(), when(code, language).to_owned())
            })
            .collect(),
        map,
    }
}

/// When a word is right.
fn when(code: &str, language: Language) -> &'static str {
    match code {
        "none_occurred" => language.pick(
            "Trong kỳ không có việc này; được ghi là số 0.",
            "It did not happen in the period; it is kept as 0.",
        ),
        "missing" => language
            .pick("Có thu thập nhưng chưa tổng hợp kịp.", "It is collected and not there yet."),
        "not_applicable" => language.pick(
            "Chỉ tiêu không áp dụng cho đơn vị.",
            "The indicator does not apply to this body.",
        ),
        "confidential" => language.pick(
            "Có số liệu nhưng không được công bố.",
            "The figure exists and may not be shown.",
        ),
        _ => language.pick("Đơn vị không thu thập chỉ tiêu này.", "Nobody collects it here."),
    }
}

/// Of which form the file is.
fn facts(
    form: &OpenForm,
    help: Option<i64>,
    language: Language,
    key: &str,
) -> Vec<(String, String)> {
    let submission = &form.submission;
    let of_help = help.map(|id| ("help", id.to_string()));
    let facts = [
        ("format", FORMAT.to_owned()),
        ("installation", installation(key)),
        ("submission", submission.id.to_string()),
        ("template", submission.template.to_string()),
        ("version", submission.template_version.to_string()),
        ("body", submission.body.to_string()),
        ("period", submission.period.to_string()),
        ("language", language.code().to_owned()),
        ("cursor", submission.cursor.to_string()),
    ];
    facts.into_iter().chain(of_help).map(|(name, fact)| (name.to_owned(), fact)).collect()
}

struct Writer<'a> {
    form: &'a OpenForm,
    language: Language,
    open: &'a [CellKey],
}

impl Writer<'_> {
    fn draft(&self, cell: &CellKey) -> Option<&DraftCell> {
        self.form.saved.drafts.iter().find(|draft| draft.cell == *cell)
    }

    fn mapped(&self, cell: &CellKey) -> Mapped {
        let draft = self.draft(cell);
        Mapped {
            cell: cell.to_string(),
            label: label(self.form, cell, self.language),
            value: notation(draft.map_or(&DraftValue::Empty, |draft| &draft.value)),
            comment: comment_notation(draft.and_then(|draft| draft.comment.as_deref())),
        }
    }

    fn about(&self) -> Vec<String> {
        let OpenForm { submission, template, body, .. } = self.form;
        let (language, lang) = (self.language, lang_of(self.language));
        let (vi, en) = body.name_on(submission.period.end());
        let body = language.pick(vi, en);
        let when = period::words(submission.period, lang);
        let due = day_of(forms::due_of(template, submission));
        let due = period::weekday_date(due, lang);
        let code = &template.code;
        vec![
            language.pick(
                format!("Đơn vị báo cáo: {body} · Kỳ báo cáo: {when}"),
                format!("Reporting body: {body} · Period: {when}"),
            ),
            language.pick(
                format!("Biểu {code} · Hạn gửi: {due} · {}", template.legal_basis),
                format!("Form {code} · Due: {due} · {}", template.legal_basis),
            ),
        ]
    }

    /// Whether the next form settles any number of this one.
    fn is_estimated(&self) -> bool {
        let mut rows = self.form.template.sections.iter().flat_map(workflow::Section::rows);
        rows.any(|row| row.settle_previous)
    }

    fn headings(&self) -> Headings {
        let (language, lang) = (self.language, lang_of(self.language));
        let this = self.form.submission.period;
        let of = |vi: &str, en: &str, period: Option<model::Period>| {
            let name = language.pick(vi, en);
            period.map_or(name.to_owned(), |period| {
                format!("{name}\n{}", period::words(period, lang))
            })
        };
        Headings {
            previous: of("Thực hiện kỳ trước", "Actual of the previous period", this.previous()),
            this: match self.is_estimated() {
                true => of("Ước thực hiện kỳ này", "Estimate of this period", Some(this)),
                false => of("Thực hiện kỳ này", "This period", Some(this)),
            },
            last_year: of("Cùng kỳ năm trước", "Same period last year", this.same_last_year()),
            year_to_date: of("Lũy kế từ đầu năm", "Year to date", None),
            plan: of("Kế hoạch năm", "Plan of the year", None),
        }
    }

    fn section(&self, section: &workflow::Section) -> Section {
        let state = self.form.submission.state(section.id.as_str());
        let locked = state.and_then(|state| state.locked_reason(self.language));
        Section {
            name: section.name(self.language).to_owned(),
            about: locked.map_or_else(|| section.owner.clone(), str::to_owned),
            asks: match &section.kind {
                SectionKind::Figures(rows) => {
                    Asks::Figures(rows.iter().filter_map(|row| self.row(section, row)).collect())
                }
                SectionKind::Texts(prompts) => Asks::Texts(
                    prompts.iter().map(|prompt| self.prompt(section, &prompt.id)).collect(),
                ),
            },
        }
    }

    fn row(&self, section: &workflow::Section, row: &workflow::Row) -> Option<Row> {
        let form = self.form;
        let key = section.row_key(row);
        let indicator = form.ministry.catalogue.get(row.indicator.as_str())?;
        let before = form.before.get(&key).cloned().unwrap_or_default();
        let this = key.cell(Column::This);
        let code = match row.breakdown.as_str() {
            "" => row.indicator.to_string(),
            breakdown => format!("{} [{breakdown}]", row.indicator),
        };
        Some(Row {
            code,
            label: label(form, &this, self.language),
            note: row.note.clone(),
            unit: self.language.pick(&indicator.unit_vi, &indicator.unit_en).clone(),
            scale: indicator.scale,
            required: row.required,
            previous: if row.columns().contains(&Column::Previous) {
                Previous::Asked(self.input(&key.cell(Column::Previous)), before.previous)
            } else {
                Previous::Known(before.previous)
            },
            this: self.input(&this),
            comment: self.draft(&this).and_then(|draft| draft.comment.clone()).unwrap_or_default(),
            last_year: before.last_year,
            year_to_date: self.year_to_date(&key),
            plan: before.plan,
            key: key.to_string(),
        })
    }

    fn year_to_date(&self, key: &RowKey) -> Option<Decimal> {
        let indicator = self.form.ministry.catalogue.get(key.indicator.as_str())?;
        let before = self.form.before.get(key)?;
        let cells = &self.form.saved.cells;
        workflow::computed::computed(key, indicator, cells, before).year_to_date.number()
    }

    fn prompt(&self, section: &workflow::Section, prompt: &workflow::TextId) -> Prompt {
        let cell = CellKey::Text { section: section.id.clone(), prompt: prompt.clone() };
        Prompt {
            key: cell.row_code(),
            label: label(self.form, &cell, self.language),
            answer: self.input(&cell),
        }
    }

    fn input(&self, cell: &CellKey) -> Input {
        let said = match self.draft(cell).map(|draft| &draft.value) {
            None | Some(DraftValue::Empty) => Said::Nothing,
            Some(DraftValue::Text(text)) => Said::Words(text.clone()),
            Some(DraftValue::Figure(figure)) => match figure.absence() {
                Some(reason) => absence_words(reason, self.language)
                    .map_or(Said::Nothing, |words| Said::Words(words.to_owned())),
                None => figure.shown().map_or(Said::Nothing, Said::Number),
            },
        };
        Input { said, is_open: self.open.contains(cell) }
    }
}

/// The name of a cell's row.
pub(in crate::api::submissions) fn label(
    form: &OpenForm,
    cell: &CellKey,
    language: Language,
) -> String {
    match cell {
        CellKey::Figure { row, .. } => {
            let indicator = form.ministry.catalogue.get(row.indicator.as_str());
            let name = indicator
                .map_or(row.indicator.as_str(), |one| language.pick(&one.name_vi, &one.name_en));
            match document::breakdown(&row.breakdown, lang_of(language)) {
                Some(part) => format!("{name} ({part})"),
                None => name.to_owned(),
            }
        }
        CellKey::Text { section, prompt } => form
            .template
            .section(section.as_str())
            .and_then(|section| section.texts().iter().find(|text| text.id == *prompt))
            .map_or_else(String::new, |text| language.pick(&text.name_vi, &text.name_en).clone()),
    }
}

/// What stands in a cell, as the map notes it.
pub(super) fn notation(value: &DraftValue) -> String {
    match value {
        DraftValue::Empty => String::new(),
        DraftValue::Figure(Figure::Absent(reason)) => absence_words(*reason, Language::default())
            .map_or_else(String::new, |_| format!("absent {}", reason.code())),
        DraftValue::Figure(figure) => {
            figure.shown().map_or_else(String::new, |number| number.to_string())
        }
        DraftValue::Text(text) => comment_notation(Some(text)),
    }
}

/// What is said about a cell, as the map notes it: words by their digest, empty for none.
pub(super) fn comment_notation(comment: Option<&str>) -> String {
    let words = lines(comment.unwrap_or_default());
    if words.is_empty() {
        return words;
    }
    hex(&Sha256::digest(words)[..16])
}

/// Words as a spreadsheet gives them back: lines end one way, and nothing hangs over.
pub(super) fn lines(words: &str) -> String {
    words.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
}

fn mac(key: &str) -> Hmac<Sha256> {
    Hmac::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length")
}

/// A name for this installation that says nothing of its key.
fn installation(key: &str) -> String {
    hex(&mac(key).chain_update("installation").finalize().into_bytes()[..8])
}

/// The seal of a map: every part with its length, so that none can run into the next.
fn sealed(map: &Map, key: &str) -> Hmac<Sha256> {
    let facts = map.facts.iter().flat_map(|(name, fact)| ["fact", name, fact]);
    let cells = map
        .cells
        .iter()
        .flat_map(|one| ["cell", one.cell.as_str(), &one.label, &one.value, &one.comment]);
    facts.chain(cells).fold(mac(key).chain_update("map"), |mac, part| {
        mac.chain_update((part.len() as u64).to_be_bytes()).chain_update(part)
    })
}

fn seal(map: &Map, key: &str) -> String {
    hex(&sealed(map, key).finalize().into_bytes())
}

/// Whether two seals are the same, in a time that does not say where they differ.
fn same(ours: &str, theirs: &str) -> bool {
    ours.len() == theirs.len()
        && ours.bytes().zip(theirs.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

/// Refuses a file that is not of this form, or of this request for help with it, as it is open now, on this
/// installation; answers the file's language.
pub(super) fn check(map: &Map, form: &OpenForm, help: Option<i64>, key: &str) -> Answer<Language> {
    let refused = |code, vi: String, en: String| -> Problem {
        Message::said(422, code, |language| language.pick(vi.clone(), en.clone())).into()
    };
    if map.fact("installation") != installation(key) {
        return Err(refused(
            "foreign_form",
            "Tệp này được tải về từ một hệ thống khác. Hãy tải biểu Excel về từ đúng hệ thống này."
                .into(),
            "This file was downloaded from another system. Download the Excel form from this one."
                .into(),
        ));
    }
    if !same(&seal(map, key), &map.seal) {
        return Err(super::altered(
            "Phần ẩn của tệp, nơi ghi ô nào là ô nào, đã bị thay đổi.",
            "The hidden part of the file, which says which cell is which, was changed.",
        ));
    }
    let language = Language::parse(map.fact("language")).unwrap_or_default();
    let now = facts(form, help, language, key);
    let now = |name: &str| now.iter().find(|(known, _)| known == name).map_or("", |(_, fact)| fact);
    if map.fact("submission") != now("submission") {
        return Err(foreign(form, [map.fact("template"), map.fact("body"), map.fact("period")]));
    }
    if map.fact("help") != now("help") {
        return Err(match map.fact("help") {
            "" => refused(
                "foreign_form",
                "Tệp này là cả biểu, không phải phần số liệu của đề nghị này.".into(),
                "This file is the whole form, and not the cells of this request.".into(),
            ),
            _ => refused(
                "foreign_form",
                "Tệp này là phần số liệu nhờ đơn vị khác cung cấp. Hãy nộp ở đúng đề nghị đó, mục “Nhờ đơn vị khác”.".into(),
                "This file holds cells that another office was asked for. Upload it at that request, under “Ask another office”.".into(),
            ),
        });
    }
    let outdated = ["format", "template", "version", "body", "period"]
        .into_iter()
        .any(|name| map.fact(name) != now(name));
    if outdated {
        return Err(refused(
            "outdated_form",
            "Biểu đã có mẫu mới sau khi tệp này được tải về. Hãy tải biểu về lại và chép số liệu sang.".into(),
            "The form has changed since this file was downloaded. Download it again and copy the data over.".into(),
        ));
    }
    Ok(language)
}

/// The refusal of a file of another form: of which template, body and period it is.
pub(in crate::api::submissions) fn foreign(form: &OpenForm, of: [&str; 3]) -> Problem {
    Message::said(422, "foreign_form", |language| {
        let what = what(form, of, language);
        language.pick(
            format!("Tệp này là {what}, không phải biểu đang mở."),
            format!("This file is {what}, and not the form that is open."),
        )
    })
    .into()
}

/// What a file of another form is, in words.
fn what(form: &OpenForm, [template, body, period]: [&str; 3], language: Language) -> String {
    let ministry = &form.ministry;
    let named = ministry.template(template).map_or(template, |known| known.name(language));
    let at = model::Period::parse(period).ok();
    let of = ministry.body(body).ok().zip(at).map(|(body, period)| {
        let (vi, en) = body.name_on(period.end());
        language.pick(vi, en).to_owned()
    });
    let of = of.unwrap_or_else(|| body.to_owned());
    let at = at.map_or_else(|| period.to_owned(), |at| period::words(at, lang_of(language)));
    language.pick(format!("“{named}” của {of}, {at}"), format!("“{named}” of {of}, {at}"))
}
