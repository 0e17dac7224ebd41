//! What nobody may ask before they typed: the measured number of a cell that its writer is still to fill blind.
//!
//! The form hides it, so no question answers it either, to whoever writes that cell, while it is open and no number was
//! typed. It is decided where questions are answered, not in the book: what others ask stays as it is, and costs nothing.

use model::query::SourceChoice;
use model::{Absence, Answered, Cell, Figure, IndicatorCode, Measure, Period, Source, UnitCode};
use store::SubmissionFilter;
use workflow::Permission;
use workflow::beside::Beside;

use crate::auth::Caller;
use crate::forms::OpenForm;
use crate::problem::Answer;
use crate::state::App;

/// What a caller has to type before they see it measured.
#[derive(Clone, Debug, Default)]
pub struct Blind {
    cells: Vec<(IndicatorCode, UnitCode, Period)>,
}

impl Blind {
    /// Of a question: only one for what is measured shows any.
    pub async fn asked(app: &App, caller: &Caller, source: SourceChoice) -> Answer<Blind> {
        match source {
            SourceChoice::Measured => Blind::of(app, caller).await,
            SourceChoice::Preferred
            | SourceChoice::Reported
            | SourceChoice::Published
            | SourceChoice::Imported => Ok(Blind::default()),
        }
    }

    /// Of whom. Only who prepares forms of a body has any, so nothing is read for others.
    pub async fn of(app: &App, caller: &Caller) -> Answer<Blind> {
        let mut blind = Blind::default();
        let bodies = caller.actor()?.grants.iter().filter_map(|grant| grant.body());
        let mut bodies: Vec<_> = bodies.cloned().collect();
        bodies.sort();
        bodies.dedup();
        for body in bodies {
            let filter = SubmissionFilter { body: Some(body), ..SubmissionFilter::default() };
            let forms = app.store.read().await?.submissions(&filter).await?;
            let is_open = |state: &workflow::State| state.locked_reason(caller.speaks()).is_none();
            for form in forms {
                if form.sections.iter().any(|section| is_open(&section.state))
                    && let Some(form) = OpenForm::read(app, form.id).await?
                {
                    blind.add(app, caller, &form, is_open);
                }
            }
        }
        Ok(blind)
    }

    fn add(
        &mut self,
        app: &App,
        caller: &Caller,
        form: &OpenForm,
        is_open: impl Fn(&workflow::State) -> bool,
    ) {
        let ministry = app.ministry();
        for (cell, beside, _) in form.besides() {
            let section = form.template.section(cell.section().as_str());
            let is_theirs = section.is_some_and(|section| {
                let body = form.body.code.clone();
                caller.may(&Permission::EnterCells { body, sector: section.sector }).is_ok()
            });
            let is_open = form.submission.state(cell.section().as_str()).is_some_and(&is_open);
            if beside != Beside::Hidden || !is_theirs || !is_open {
                continue;
            }
            let Some(row) = cell.row() else { continue };
            // What is worked out from it would give it away.
            let ratios = ministry.catalogue.iter().filter(|one| {
                one.ratio.as_ref().is_some_and(|ratio| {
                    ratio.numerator == row.indicator || ratio.denominator == row.indicator
                })
            });
            let all = ratios.map(|one| one.code.clone()).chain([row.indicator.clone()]);
            let (unit, period) = (&form.body.unit, form.submission.period);
            self.cells.extend(all.map(|indicator| (indicator, unit.clone(), period)));
        }
    }

    /// Whether the measured number of a cell, or what is compared with it, is not to be seen yet.
    pub fn hides(&self, cell: &Cell) -> bool {
        self.cells.iter().any(|(indicator, unit, period)| {
            let asked = cell.period;
            // A change, a rank or a sum since January of a later month is worked out from it, too.
            *indicator == cell.indicator
                && *unit == cell.unit
                && asked.end() >= period.start()
                && (asked.start() <= period.end() || cell.measure != Measure::Level)
        })
    }

    /// The answer as its reader may see it: that there is a number, and that it is not shown.
    pub fn seen(&self, answered: Answered) -> Answered {
        if answered.source != Some(Source::Measured) || !self.hides(&answered.cell) {
            return answered;
        }
        Answered {
            figure: Figure::Absent(Absence::Confidential),
            computed: None,
            of: None,
            qualifier: None,
            measured_share: None,
            ..answered
        }
    }
    /// The answers as their reader may see them.
    pub fn all_seen(&self, answers: Vec<Answered>) -> Vec<Answered> {
        if self.cells.is_empty() {
            return answers;
        }
        answers.into_iter().map(|answered| self.seen(answered)).collect()
    }
}
