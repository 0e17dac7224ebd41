//! A form as it is open: what was filled in, what the record knows beside it, and what follows.
//!
//! The entry page, the checks, the signature and the review all start from the same [`OpenForm`], so
//! that what a person was shown is what is decided on.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use anyhow::Context;
use jiff::Timestamp;
use model::{
    Body, Breakdown, Cell, Decimal, IndicatorCode, Measure, Period, Query, Seq, SourceChoice,
    SubmissionId, Tree, UnitCode,
};
use store::{
    BesideMeasured, DraftCell, DraftValue, Event, EventFilter, Reader, SaveCell, Submission,
    SubmissionSection, Tx,
};
use workflow::beside::{Beside, MeasuredNumber, beside};
use workflow::check::{Finding, Form, Problem, check};
use workflow::computed::{Before, Computed, computed};
use workflow::deadline::Holidays;
use workflow::extension::Extension;
use workflow::form::{Cells, Content, Filled};
use workflow::submission::overall;
use workflow::{CellKey, Column, Overall, RowKey, State, Template, TemplateCode};

use crate::problem::Answer;
use crate::state::{App, Ministry};
use crate::words::Message;

/// A submission with everything that is needed to show it and to decide on it.
#[derive(Clone)]
pub struct OpenForm {
    /// Where it stands.
    pub submission: Submission,
    /// The version of the template it was opened with.
    pub template: Arc<Template>,
    /// Whose.
    pub body: Body,
    /// The cells as they are saved, and the same for the rules.
    pub saved: Arc<SavedCells>,
    /// What the record knows of each row.
    pub before: Arc<Rows>,
    /// What is measured of each row for the form's period.
    pub measured: Arc<MeasuredRows>,
    /// What was said of the cells beside it.
    pub kept: Arc<BTreeMap<CellKey, BesideMeasured>>,
    /// The ministry as it was when the form was read.
    pub ministry: Arc<Ministry>,
    found: OnceLock<Vec<Finding>>,
}

/// What is measured of the rows of a form, for its period.
pub type MeasuredRows = HashMap<(IndicatorCode, Breakdown), MeasuredNumber>;

/// The cells of a form after one of its changes.
pub struct SavedCells {
    /// The last change: no two of a form's changes have the same cursor, and each leaves a cell that carries it.
    cursor: i64,
    /// As they are saved, emptied ones included.
    pub drafts: Vec<DraftCell>,
    /// The same, for the rules.
    pub cells: Cells,
}

impl SavedCells {
    fn new(drafts: Vec<DraftCell>) -> SavedCells {
        let cursor = drafts.iter().map(|draft| draft.cursor).max().unwrap_or_default();
        SavedCells { cursor, cells: as_cells(&drafts), drafts }
    }
}

/// Forms whose cells were read a moment ago, so that the next step of the same form reads only where it stands.
#[derive(Default)]
pub struct KeptCells {
    of: Mutex<HashMap<SubmissionId, Arc<SavedCells>>>,
}

/// The cells of so many forms are kept.
const MOST_KEPT_CELLS: usize = 500;

impl KeptCells {
    fn at(&self, id: SubmissionId, cursor: i64) -> Option<Arc<SavedCells>> {
        let kept = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&id).filter(|saved| saved.cursor == cursor).cloned()
    }

    fn keep(&self, id: SubmissionId, saved: SavedCells) -> Arc<SavedCells> {
        let saved = Arc::new(saved);
        let mut kept = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT_CELLS {
            kept.clear();
        }
        kept.insert(id, saved.clone());
        saved
    }
}

impl OpenForm {
    /// Reads a submission and what stands beside it; `None` when there is none of that number.
    pub async fn read(app: &App, id: SubmissionId) -> Answer<Option<OpenForm>> {
        let Some(mut form) = OpenForm::alone(app, id).await? else { return Ok(None) };
        form.before =
            before(app, &form.ministry, &form.template, &form.body.unit, form.submission.period)
                .await?;
        let rows = form.template.sections.iter().flat_map(|section| section.rows());
        let (unit, period) = (&form.body.unit, form.submission.period);
        let measured = app.measured.beside(&app.store, rows, unit, period).await?;
        if !measured.is_empty() {
            form.kept = Arc::new(app.store.read().await?.beside_measured(id).await?);
            form.measured = Arc::new(measured);
        }
        Ok(Some(form))
    }

    /// Reads a submission without what the record knows beside it: enough for moves that check no figure.
    pub async fn alone(app: &App, id: SubmissionId) -> Answer<Option<OpenForm>> {
        let mut reader = app.store.read().await.context("reading a submission")?;
        let Some(submission) = reader.submission(id).await.context("reading a submission")? else {
            return Ok(None);
        };
        let saved = match app.cells.at(id, submission.cursor) {
            Some(saved) => saved,
            None => {
                let drafts = reader.cells(id).await.context("reading the cells of a submission")?;
                app.cells.keep(id, SavedCells::new(drafts))
            }
        };
        drop(reader);
        let ministry = app.ministry();
        let template = template_of(&ministry, &submission)?;
        let body = ministry.bodies.get(&submission.body).cloned().with_context(|| {
            format!("submission {id} is of body {}, which is unknown", submission.body)
        })?;
        Ok(Some(OpenForm {
            submission,
            template,
            body,
            saved,
            before: Arc::default(),
            measured: Arc::default(),
            kept: Arc::default(),
            ministry,
            found: OnceLock::new(),
        }))
    }

    /// A form that nobody has opened: how a template will look to a body, with what the record knows beside its rows.
    pub async fn imagined(
        app: &App,
        ministry: &Arc<Ministry>,
        template: Template,
        body: Body,
        period: Period,
    ) -> Answer<OpenForm> {
        // Asked for anew: what is kept for a version would be that of another draft.
        let before = ask_before(app, ministry, &template, &body.unit, period).await?;
        let now = app.store.now();
        let section = |section: &workflow::Section| SubmissionSection {
            id: section.id.clone(),
            state: State::Draft,
        };
        let submission = Submission {
            id: SubmissionId(0),
            template: template.code.clone(),
            template_version: template.version,
            body: body.code.clone(),
            period,
            sections: template.sections.iter().map(section).collect(),
            filled: 0,
            cursor: 0,
            extension: Extension::default(),
            created_at: now,
            updated_at: now,
        };
        Ok(OpenForm {
            submission,
            template: Arc::new(template),
            body,
            saved: Arc::new(SavedCells::new(vec![])),
            before,
            measured: Arc::default(),
            kept: Arc::default(),
            ministry: ministry.clone(),
            found: OnceLock::new(),
        })
    }

    /// A part of it, with these cells and nothing that the record knows: what somebody from outside may see.
    pub fn part(&self, template: Template, drafts: Vec<DraftCell>) -> OpenForm {
        let mut submission = self.submission.clone();
        submission.sections.iter_mut().for_each(|section| section.state = State::Draft);
        OpenForm {
            submission,
            template: Arc::new(template),
            saved: Arc::new(SavedCells::new(drafts)),
            before: Arc::default(),
            found: OnceLock::new(),
            ..self.clone()
        }
    }

    /// The same form with its cells and states as a command sees them.
    pub async fn again(&self, tx: &mut Tx) -> Answer<OpenForm> {
        let id = self.submission.id;
        let submission =
            tx.submission(id).await?.with_context(|| format!("submission {id} is gone"))?;
        let kept = match self.measured.is_empty() {
            true => self.kept.clone(),
            false => Arc::new(tx.beside_measured(id).await?),
        };
        if submission.cursor == self.saved.cursor && kept == self.kept {
            return Ok(OpenForm { submission, ..self.clone() });
        }
        let saved = Arc::new(SavedCells::new(tx.cells(id).await?));
        Ok(OpenForm { submission, saved, kept, found: OnceLock::new(), ..self.clone() })
    }

    /// The same form as it would be with these cells saved.
    pub fn with(&self, saves: &[SaveCell]) -> OpenForm {
        let mut cells = self.saved.cells.clone();
        cells.extend(
            saves
                .iter()
                .map(|save| (save.cell.clone(), as_filled(&save.value, save.comment.as_deref()))),
        );
        let SavedCells { cursor, drafts, .. } = &*self.saved;
        let saved = Arc::new(SavedCells { cursor: *cursor, drafts: drafts.clone(), cells });
        OpenForm { saved, found: OnceLock::new(), ..self.clone() }
    }

    /// Everything wrong or surprising in it, looked for once.
    pub fn findings(&self) -> &[Finding] {
        self.found.get_or_init(|| {
            let before = |row: &RowKey| self.before.get(row).cloned().unwrap_or_default();
            let form = Form {
                template: &self.template,
                catalogue: &self.ministry.catalogue,
                cells: &self.saved.cells,
                before: &before,
            };
            let mut found = check(&form);
            found.extend(self.besides().into_iter().filter_map(|(cell, beside, _)| {
                let explained = match beside {
                    Beside::ToExplain { .. } => false,
                    Beside::Explained { .. } => true,
                    Beside::Hidden
                    | Beside::Shown { .. }
                    | Beside::ToConfirm { .. }
                    | Beside::Confirmed { .. } => return None,
                };
                let problem = Problem::MeasuredDiffers { measured: beside.measured()?.number };
                Some(Finding { cell, problem, explained })
            }));
            found
        })
    }

    /// The cells that have a measured number beside them, with how they stand to it and what was said of it.
    pub fn besides(&self) -> Vec<(CellKey, Beside, BesideMeasured)> {
        if self.measured.is_empty() {
            return vec![];
        }
        let rows = self
            .template
            .sections
            .iter()
            .flat_map(|section| section.rows().iter().map(move |row| (section, row)));
        rows.filter_map(|(section, row)| {
            let measured = self.measured.get(&(row.indicator.clone(), row.breakdown.clone()))?;
            let indicator = self.ministry.catalogue.get(row.indicator.as_str())?;
            let cell = section.row_key(row).cell(Column::This);
            let kept = self.kept.get(&cell).cloned().unwrap_or_default();
            let filled = self.saved.cells.get(&cell);
            let found = beside(*measured, indicator.measured_threshold, filled, kept.cause);
            Some((cell, found, kept))
        })
        .collect()
    }

    /// The columns that nobody types, by row, with what they are worked out from.
    pub fn computed(&self) -> Vec<(RowKey, Computed, Before)> {
        let rows = self
            .template
            .sections
            .iter()
            .flat_map(|section| section.rows().iter().map(move |row| section.row_key(row)));
        rows.filter_map(|key| {
            let indicator = self.ministry.catalogue.get(key.indicator.as_str())?;
            let before = self.before.get(&key).cloned().unwrap_or_default();
            let columns = computed(&key, indicator, &self.saved.cells, &before);
            Some((key, columns, before))
        })
        .collect()
    }

    /// Where the whole stands.
    pub fn overall(&self) -> Overall {
        overall_of(&self.submission)
    }
}

/// Where a submission stands.
pub fn overall_of(submission: &Submission) -> Overall {
    let states: Vec<&State> = submission.sections.iter().map(|section| &section.state).collect();
    overall(states, submission.filled as usize)
}

/// The template of a submission, in its version.
pub fn template_of(ministry: &Ministry, submission: &Submission) -> Answer<Arc<Template>> {
    let key = (submission.template.clone(), submission.template_version);
    let found = ministry.templates.get(&key).with_context(|| {
        format!(
            "submission {} uses template {} version {}, which is unknown",
            submission.id, key.0, key.1
        )
    })?;
    Ok(found.clone())
}

/// When a submission is due: by the rule of its template, or on the day that was agreed.
pub fn due_of(template: &Template, submission: &Submission) -> Timestamp {
    submission.extension.due(template.due(submission.period, holidays()))
}

/// Whether a submission is or was late: signed after its deadline, or unsigned when it has passed.
pub fn is_late(due: Timestamp, signed_at: Option<Timestamp>, now: Timestamp) -> bool {
    signed_at.unwrap_or(now) > due
}

/// When every section had been signed, from the moves; `None` while one is with the body.
pub fn signed_at(submission: &Submission, moves: &[Event]) -> Option<Timestamp> {
    if !overall_of(submission).is_sent() {
        return None;
    }
    moves.iter().filter(|event| event.what.kind == "section_sign").map(|event| event.at).max()
}

/// What happened to a submission, the oldest first.
pub async fn moves(reader: &mut Reader, id: SubmissionId) -> anyhow::Result<Vec<Event>> {
    let filter = EventFilter { submission: Some(id), ..EventFilter::default() };
    let mut events = reader.events(&filter).await?;
    events.reverse();
    Ok(events)
}

/// The public holidays that deadlines skip.
pub fn holidays() -> &'static Holidays {
    static OF_VIETNAM: LazyLock<Holidays> = LazyLock::new(Holidays::of_vietnam);
    &OF_VIETNAM
}

fn as_cells(drafts: &[DraftCell]) -> Cells {
    let filled =
        |draft: &DraftCell| (draft.cell.clone(), as_filled(&draft.value, draft.comment.as_deref()));
    drafts.iter().map(filled).collect()
}

fn as_filled(value: &DraftValue, comment: Option<&str>) -> Filled {
    let content = match value {
        DraftValue::Empty => Content::Empty,
        DraftValue::Figure(figure) => Content::Figure(*figure),
        DraftValue::Text(text) => Content::Text(text.clone()),
    };
    Filled { content, comment: comment.unwrap_or_default().to_owned() }
}

/// What the record knows of each row of a form.
pub type Rows = HashMap<RowKey, Before>;

/// What was worked out beside a form, kept while nothing is stated about its unit and no definition changes: figures of
/// other units, which make most commits of a deadline day, cannot change it.
#[derive(Default)]
pub struct KeptRows {
    rows: Mutex<HashMap<FormOf, (AsOf, Arc<Rows>)>>,
}

/// A version of a form, of a unit, for a period.
type FormOf = (TemplateCode, u32, UnitCode, Period);

/// Where the definitions and the unit's figures stood.
type AsOf = (Seq, Seq);

/// What stands beside so many forms is kept.
const MOST_KEPT_ROWS: usize = 300;

/// What the record knows of every row of a form.
async fn before(
    app: &App,
    ministry: &Arc<Ministry>,
    template: &Template,
    unit: &UnitCode,
    period: Period,
) -> Answer<Arc<Rows>> {
    let as_of = (ministry.seq, app.book.touched(&app.store, ministry, unit).await?);
    let form = (template.code.clone(), template.version, unit.clone(), period);
    let kept = || app.rows.rows.lock().unwrap_or_else(PoisonError::into_inner);
    let known = kept().get(&form).filter(|(known_as_of, _)| *known_as_of == as_of).cloned();
    if let Some((_, rows)) = known {
        return Ok(rows);
    }
    let rows = ask_before(app, ministry, template, unit, period).await?;
    let mut kept = kept();
    if kept.len() >= MOST_KEPT_ROWS {
        kept.clear();
    }
    kept.insert(form, (as_of, rows.clone()));
    Ok(rows)
}

/// Asks for every row of a form, in one question per breakdown.
async fn ask_before(
    app: &App,
    ministry: &Arc<Ministry>,
    template: &Template,
    unit: &UnitCode,
    period: Period,
) -> Answer<Arc<Rows>> {
    let mut by_breakdown: BTreeMap<Breakdown, BTreeSet<IndicatorCode>> = BTreeMap::new();
    for row in template.sections.iter().flat_map(|section| section.rows()) {
        by_breakdown.entry(row.breakdown.clone()).or_default().insert(row.indicator.clone());
    }
    let earlier: Vec<Period> = period
        .whole_year()
        .map(|year| same_length(year, period).into_iter().filter(|part| *part < period).collect())
        .unwrap_or_default();
    let mut periods: Vec<Period> = earlier.clone();
    periods.extend(period.previous());
    periods.extend(period.same_last_year());
    periods.sort_unstable();
    periods.dedup();
    let mut queries = vec![];
    for (breakdown, indicators) in by_breakdown {
        let levels = Query {
            indicators: indicators.into_iter().collect(),
            units: vec![unit.clone()],
            periods: periods.clone(),
            breakdowns: vec![breakdown],
            measures: vec![Measure::Level],
            source: SourceChoice::Reported,
            tree: Tree::Own,
            as_of: Seq::LATEST,
        };
        let plans = Query {
            periods: period.whole_year().into_iter().collect(),
            measures: vec![Measure::Plan],
            ..levels.clone()
        };
        queries.extend([levels, plans]);
    }
    let mut known: HashMap<(IndicatorCode, Breakdown, Period, Measure), Decimal> = HashMap::new();
    let (_, answers) = app.book.answer_all(&app.store, ministry, queries).await?;
    for answered in answers.into_iter().flatten() {
        if let Some(number) = answered.figure.number() {
            let Cell { indicator, breakdown, period, measure, .. } = answered.cell;
            known.insert((indicator, breakdown, period, measure), number);
        }
    }
    let rows = template
        .sections
        .iter()
        .flat_map(|section| section.rows().iter().map(|row| section.row_key(row)));
    let rows = rows
        .map(|key| {
            let level = |at: Option<Period>| {
                known
                    .get(&(key.indicator.clone(), key.breakdown.clone(), at?, Measure::Level))
                    .copied()
            };
            let plan = period.whole_year().and_then(|year| {
                known
                    .get(&(key.indicator.clone(), key.breakdown.clone(), year, Measure::Plan))
                    .copied()
            });
            let before = Before {
                previous: level(period.previous()),
                last_year: level(period.same_last_year()),
                earlier_this_year: earlier.iter().map(|part| level(Some(*part))).collect(),
                plan,
            };
            (key, before)
        })
        .collect();
    Ok(Arc::new(rows))
}

/// The periods of a year that are as long as this one.
fn same_length(year: Period, like: Period) -> Vec<Period> {
    let mut at = vec![year];
    while at.first().is_some_and(|part| part.frequency() != like.frequency()) {
        let finer: Vec<Period> = at.iter().flat_map(|part| part.parts()).collect();
        if finer.is_empty() {
            return vec![];
        }
        at = finer;
    }
    at
}

/// Opens the forms that bodies have to fill now: of every template, for the last period that has
/// ended, for every body it is assigned to. Answers how many were opened.
pub async fn open_duties(app: &App) -> Answer<usize> {
    let ministry = app.ministry();
    let today = workflow::deadline::day_of(app.store.now());
    let mut duties = vec![];
    for (template, period) in last_to_fill(&ministry, today) {
        for body in ministry.bodies.values() {
            let Some(unit) = ministry.units.get(body.unit.as_str()) else { continue };
            if template.is_assigned_to(unit, &ministry.units, period.end()) {
                duties.push((template.clone(), body.code.clone(), period));
            }
        }
    }
    let written = app
        .write(None, move |tx| {
            Box::pin(async move {
                let mut opened = 0usize;
                for (template, body, period) in duties {
                    let sections: Vec<_> =
                        template.sections.iter().map(|section| section.id.clone()).collect();
                    let (_, new) = tx
                        .open_submission(&template.code, template.version, &body, period, &sections)
                        .await?;
                    opened += usize::from(new);
                }
                Ok(opened)
            })
        })
        .await?;
    Ok(written.value)
}

/// Each template with its last period that has ended by a day, in the version that is filled for it.
pub fn last_to_fill(ministry: &Ministry, today: jiff::civil::Date) -> Vec<(&Template, Period)> {
    let mut found: BTreeMap<&TemplateCode, (&Template, Period)> = BTreeMap::new();
    for template in ministry.templates.values() {
        let Some(period) = last_ended(template, today) else { continue };
        if template.valid_from.is_none_or(|from| from <= period.end()) {
            found.insert(&template.code, (template, period));
        }
    }
    found.into_values().collect()
}

/// The last period of a template that has ended by a day.
pub fn last_ended(template: &Template, today: jiff::civil::Date) -> Option<Period> {
    let mut at = Period::containing(today, template.frequency, template.calendar)?;
    while at.end() >= today {
        at = at.previous()?;
    }
    Some(at)
}

/// Refuses a period that a form cannot be opened for.
pub fn check_period(template: &Template, period: Period, today: jiff::civil::Date) -> Answer<()> {
    if !template.is_for(period) {
        return Err(Message::BadPeriod(period.to_string()).into());
    }
    if period.start() > today {
        return Err(Message::PeriodAhead(period.to_string()).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_last_period_that_has_ended() {
        for (calendar, frequency, today, expected) in [
            (model::Calendar::Statistical, model::Frequency::Month, date(2024, 8, 5), "2024-07"),
            (
                model::Calendar::Administrative,
                model::Frequency::Month,
                date(2024, 8, 5),
                "2024-07~adm",
            ),
            (
                model::Calendar::Administrative,
                model::Frequency::Month,
                date(2024, 8, 15),
                "2024-08~adm",
            ),
            (model::Calendar::Statistical, model::Frequency::Quarter, date(2024, 8, 5), "2024-Q2"),
            (model::Calendar::Statistical, model::Frequency::Year, date(2024, 8, 5), "2023"),
            (
                model::Calendar::Administrative,
                model::Frequency::Year,
                date(2024, 12, 15),
                "2024~adm",
            ),
            (model::Calendar::Statistical, model::Frequency::Week, date(2024, 8, 5), "2024-W31"),
            (model::Calendar::Statistical, model::Frequency::Day, date(2024, 8, 5), "2024-08-04"),
        ] {
            let template = Template {
                code: workflow::TemplateCode::parse("T").unwrap(),
                version: 1,
                valid_from: None,
                name_vi: String::new(),
                name_en: String::new(),
                content: String::new(),
                calendar,
                frequency,
                assigned_to: vec![],
                cut_off_vi: String::new(),
                cut_off_en: String::new(),
                due: workflow::template::DueRule { working_days: 5 },
                legal_basis: String::new(),
                recipients: vec![],
                sending: String::new(),
                paper: Default::default(),
                checks: vec![],
                sections: vec![],
            };
            assert_eq!(last_ended(&template, today).unwrap().to_string(), expected);
        }
    }
}
