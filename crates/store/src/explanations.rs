//! Giải trình: what bodies were asked about reported and measured numbers, step by step.
//!
//! Steps are only added. Where a thread stands is kept beside them, so that what waits for somebody is found without
//! reading what was said.

use jiff::Timestamp;
use jiff::civil::Date;
use model::{BodyCode, IndicatorCode, Period, PersonId, Seq, UnitCode};
use workflow::beside::Cause;
use workflow::explanation::{Answer, Outcome, Standing, Step};

use crate::columns::{code, word};
use crate::sql::{Arg, Row, args, sql};
use crate::{Reader, StoreError, Tx};

/// The number that is to be explained: its total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// What is counted.
    pub indicator: IndicatorCode,
    /// Of which unit.
    pub unit: UnitCode,
    /// For when.
    pub period: Period,
}

/// A thread as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Its number.
    pub id: i64,
    /// Who explains.
    pub body: BodyCode,
    /// What.
    pub of: Number,
    /// Whose turn it is.
    pub standing: Standing,
    /// The last day on which the body can answer in time.
    pub due: Date,
    /// What came of it, once it is closed.
    pub outcome: Option<Outcome>,
    /// What was done, the oldest first.
    pub steps: Vec<MadeStep>,
}

/// A step to be added to a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStep {
    /// What is done.
    pub step: Step,
    /// By whom.
    pub actor: PersonId,
    /// In words.
    pub words: String,
    /// Until when, when something is asked.
    pub due: Option<Date>,
    /// Why the numbers differ, when it is explained.
    pub cause: Option<Cause>,
    /// What becomes of the reported number, when it is explained.
    pub answer: Option<Answer>,
    /// What came of it, when it is closed.
    pub outcome: Option<Outcome>,
}

/// A step as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeStep {
    /// What.
    pub what: NewStep,
    /// The name of who did it.
    pub actor_name: String,
    /// When.
    pub at: Timestamp,
    /// The end of the record then: the numbers as they were seen.
    pub seq: Seq,
}

/// Which threads; what is not said is any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExplanationFilter {
    /// This one.
    pub id: Option<i64>,
    /// Of this body.
    pub body: Option<BodyCode>,
    /// Of this indicator.
    pub indicator: Option<IndicatorCode>,
    /// Of this unit.
    pub unit: Option<UnitCode>,
    /// Of this period.
    pub period: Option<Period>,
    /// Only what is not closed.
    pub is_open: bool,
}

impl ExplanationFilter {
    fn args(&self) -> Vec<Arg> {
        args![
            self.id,
            self.body.as_ref().map(BodyCode::as_str),
            self.indicator.as_ref().map(IndicatorCode::as_str),
            self.unit.as_ref().map(UnitCode::as_str),
            self.period.map(|period| period.to_string()),
            self.is_open.then_some(Standing::Closed.code()),
        ]
    }
}

impl Reader {
    /// The threads of a filter with their steps, the newest first.
    pub async fn explanations(
        &mut self,
        filter: &ExplanationFilter,
    ) -> Result<Vec<Explanation>, StoreError> {
        let rows = self.conn.fetch_all(sql!("explanations"), filter.args()).await?;
        let mut found = rows.iter().map(explanation).collect::<Result<Vec<_>, _>>()?;
        for row in self.conn.fetch_all(sql!("explanation_steps"), filter.args()).await? {
            let of = row.int(0)?;
            if let Some(one) = found.iter_mut().find(|one| one.id == of) {
                one.steps.push(step(&row)?);
            }
        }
        Ok(found)
    }
}

impl Tx {
    /// Begins a thread; answers its number.
    pub async fn add_explanation(
        &mut self,
        body: &BodyCode,
        of: &Number,
        due: Date,
        asked: &NewStep,
    ) -> Result<i64, StoreError> {
        let id = self.new_id("explanation").await?;
        let row = args![
            id,
            body.as_str(),
            of.indicator.as_str(),
            of.unit.as_str(),
            of.period.to_string(),
            Standing::Asked.code(),
            due.to_string(),
        ];
        self.conn.execute(sql!("add_explanation"), row).await?;
        self.add_step(id, 0, asked).await?;
        Ok(id)
    }

    /// Adds a step to a thread that stands as it was read in this transaction.
    pub async fn move_explanation(
        &mut self,
        before: &Explanation,
        standing: Standing,
        new: &NewStep,
    ) -> Result<(), StoreError> {
        let due = new.due.unwrap_or(before.due).to_string();
        let outcome = new.outcome.map(Outcome::code);
        let row = args![before.id, standing.code(), due, outcome];
        self.conn.execute(sql!("move_explanation"), row).await?;
        self.add_step(before.id, before.steps.len(), new).await
    }

    async fn add_step(&mut self, id: i64, ordinal: usize, new: &NewStep) -> Result<(), StoreError> {
        let (now, seq) = (self.now(), self.head().seq);
        let row = args![
            id,
            ordinal as i64,
            new.step.code(),
            new.actor,
            now,
            seq,
            new.words.as_str(),
            new.due.map(|day| day.to_string()),
            new.cause.map(Cause::code),
            new.answer.map(Answer::code),
            new.outcome.map(Outcome::code),
        ];
        self.conn.execute(sql!("add_explanation_step"), row).await.map(drop)
    }
}

fn explanation(row: &Row) -> Result<Explanation, StoreError> {
    Ok(Explanation {
        id: row.int(0)?,
        body: code("a body", BodyCode::parse(row.text(1)?))?,
        of: Number {
            indicator: code("an indicator", IndicatorCode::parse(row.text(2)?))?,
            unit: code("a unit", UnitCode::parse(row.text(3)?))?,
            period: code("a period", Period::parse(row.text(4)?))?,
        },
        standing: word("a standing", row.text(5)?, Standing::parse)?,
        due: code("a day", row.text(6)?.parse())?,
        outcome: maybe("an outcome", row.maybe_text(7)?, Outcome::parse)?,
        steps: vec![],
    })
}

fn step(row: &Row) -> Result<MadeStep, StoreError> {
    Ok(MadeStep {
        what: NewStep {
            step: word("a step", row.text(1)?, Step::parse)?,
            actor: PersonId(row.int(2)?),
            words: row.string(6)?,
            due: row.maybe_text(7)?.map(|text| code("a day", text.parse())).transpose()?,
            cause: maybe("a cause", row.maybe_text(8)?, Cause::parse)?,
            answer: maybe("an answer", row.maybe_text(9)?, Answer::parse)?,
            outcome: maybe("an outcome", row.maybe_text(10)?, Outcome::parse)?,
        },
        actor_name: row.maybe_string(3)?.unwrap_or_default(),
        at: row.instant(4)?,
        seq: Seq(row.int(5)? as u64),
    })
}

fn maybe<T>(
    what: &'static str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, StoreError> {
    text.map(|text| word(what, text, parse)).transpose()
}
