//! The record: what was stated, of what, from what source, by whom, in the order of commits.
//!
//! Nothing here updates or deletes. An origin (what a group of statements comes from) is a row of its
//! own, so that a hundred figures of one section say once who signed them.

use std::sync::Arc;

use jiff::Timestamp;
use model::figure::Figure;
use model::{
    Cell, Decimal, IndicatorCode, Observation, PersonId, Qualifier, Seq, Source, Status,
    SubmissionId,
};

use crate::columns::{code, day_number, put_decimal, put_figure, word};
use crate::events::NewEvent;
use crate::rows::Rows;
use crate::sql::{args, bulk_sql, sql};
use crate::{Head, Reader, Store, StoreError, Tx, WriteError};

/// A statement about to enter the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewObservation {
    /// Of what.
    pub cell: Cell,
    /// Where it came from.
    pub source: Source,
    /// Who printed it, for published figures.
    pub publisher: Option<Arc<str>>,
    /// What was said.
    pub figure: Figure,
    /// The denominator that was said with a count.
    pub of: Option<Decimal>,
    /// How sure.
    pub status: Status,
    /// Said before the number.
    pub qualifier: Option<Qualifier>,
    /// For measured figures: how much of the unit's systems is measured, per cent.
    pub measured_share: Option<Decimal>,
    /// Made up by a stated rule for the demonstration.
    pub synthetic: bool,
    /// The words it was said in, where they matter.
    pub words: Option<String>,
}

impl NewObservation {
    /// A plain statement: nothing but a figure, its source and how sure it is.
    pub fn of(cell: Cell, figure: Figure, source: Source, status: Status) -> NewObservation {
        NewObservation {
            cell,
            source,
            publisher: None,
            figure,
            of: None,
            status,
            qualifier: None,
            measured_share: None,
            synthetic: false,
            words: None,
        }
    }
}

/// What statements come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OriginKind {
    /// A section of a signed submission.
    Submission,
    /// A published document.
    Release,
    /// A file that was imported.
    Import,
    /// A plan or a set of targets.
    Plan,
    /// What a connected system answered or sent.
    Connector,
    /// A rule of the demonstration set.
    Demonstration,
    /// What registers and portals say: figures that Quantrac worked out of them.
    Measurement,
}

impl OriginKind {
    /// Every kind.
    pub const ALL: [OriginKind; 7] = [
        OriginKind::Submission,
        OriginKind::Release,
        OriginKind::Import,
        OriginKind::Plan,
        OriginKind::Connector,
        OriginKind::Demonstration,
        OriginKind::Measurement,
    ];

    /// The code used in interfaces and storage.
    pub fn code(self) -> &'static str {
        match self {
            OriginKind::Submission => "submission",
            OriginKind::Release => "release",
            OriginKind::Import => "import",
            OriginKind::Plan => "plan",
            OriginKind::Connector => "connector",
            OriginKind::Demonstration => "demonstration",
            OriginKind::Measurement => "measurement",
        }
    }

    /// The kind with this code.
    pub fn parse(code: &str) -> Option<OriginKind> {
        OriginKind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// What a group of statements comes from, who made them, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// What it is.
    pub kind: OriginKind,
    /// Its name on Vietnamese screens.
    pub label_vi: String,
    /// Its name on English screens.
    pub label_en: String,
    /// The submission.
    pub submission: Option<SubmissionId>,
    /// The section of the submission.
    pub section: Option<String>,
    /// Why: of a withdrawal, a correction.
    pub reason: Option<String>,
    /// Who.
    pub actor: Option<PersonId>,
}

impl Origin {
    /// An origin that is only named.
    pub fn named(kind: OriginKind, label_vi: &str, label_en: &str) -> Origin {
        Origin {
            kind,
            label_vi: label_vi.to_owned(),
            label_en: label_en.to_owned(),
            submission: None,
            section: None,
            reason: None,
            actor: None,
        }
    }
}

/// A statement with where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The statement.
    pub observation: Observation,
    /// The words it was said in.
    pub words: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// The name of who made it.
    pub actor_name: Option<String>,
}

/// Statements with instants of their own, for the demonstration and for an import into an empty record.
pub type History = Vec<HistoryCommit>;

/// One commit of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryCommit {
    /// When it was recorded; not before the commit before it.
    pub recorded_at: Timestamp,
    /// What was stated, by origin.
    pub statements: Vec<(Origin, Vec<NewObservation>)>,
    /// What happened.
    pub events: Vec<NewEvent>,
}

/// Why a history is not loaded.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// Something is recorded already.
    #[error("the record already has {0} commits: only an empty one can be given a past")]
    NotEmpty(Seq),
    /// Time would go back.
    #[error("commit {number} of the history is recorded at {at}, before the one ahead of it")]
    OutOfOrder {
        /// Which, from 1.
        number: usize,
        /// When it says it was recorded.
        at: Timestamp,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How many rows go into one bulk statement.
const CHUNK: usize = 2000;

impl Tx {
    /// States these figures, from one origin, in this command's commit.
    pub async fn append(
        &mut self,
        origin: &Origin,
        observations: &[NewObservation],
    ) -> Result<Seq, StoreError> {
        self.append_each(&[(origin, observations)]).await
    }

    /// States the figures of several origins in this command's commit: the sections of one signature. Answers the seq
    /// of the commit; of nothing, the head's.
    pub async fn append_each(
        &mut self,
        stated: &[(&Origin, &[NewObservation])],
    ) -> Result<Seq, StoreError> {
        if stated.is_empty() {
            return Ok(self.head().seq);
        }
        let taken = self.take().await?;
        let (seq, first_origin, first) = (taken.seq, taken.origins, taken.observations);
        taken.origins += stated.len() as u32;
        taken.observations +=
            stated.iter().map(|(_, observations)| observations.len() as u32).sum::<u32>();

        let engine = self.conn.engine();
        let mut origins = Rows::new(engine);
        for ((origin, _), number) in stated.iter().zip(first_origin..) {
            origins
                .row()
                .int(i64::from(number))
                .text(origin.kind.code())
                .text(&*origin.label_vi)
                .text(&*origin.label_en)
                .int(origin.submission.map(|id| id.0))
                .text(origin.section.as_deref())
                .text(origin.reason.as_deref())
                .int(origin.actor.map(|id| id.0));
        }
        self.conn.execute(bulk_sql!(engine, "add_origins"), origins.after(args![seq])).await?;

        let mut numbered: Vec<(u32, &NewObservation)> = vec![];
        for ((_, observations), origin) in stated.iter().zip(first_origin..) {
            numbered.extend(observations.iter().map(|observation| (origin, observation)));
        }
        for (number, chunk) in numbered.chunks(CHUNK).enumerate() {
            let mut rows = Rows::new(engine);
            for (place, (origin, observation)) in chunk.iter().enumerate() {
                let ordinal = i64::from(first) + (number * CHUNK + place) as i64;
                put_observation(rows.row().int(ordinal).int(i64::from(*origin)), observation);
            }
            let statement = bulk_sql!(engine, "append_observations");
            self.conn.execute(statement, rows.after(args![seq])).await?;
        }
        Ok(seq)
    }

    /// Gives an empty record its past, commit by commit. The commits' instants ascend.
    pub async fn load_history(&mut self, commits: &[HistoryCommit]) -> Result<Seq, HistoryError> {
        if self.head().seq != Seq(0) {
            return Err(HistoryError::NotEmpty(self.head().seq));
        }
        self.continue_history(commits).await
    }

    /// Gives a record what was recorded between its last commit and now. The commits' instants ascend.
    pub async fn continue_history(
        &mut self,
        commits: &[HistoryCommit],
    ) -> Result<Seq, HistoryError> {
        let mut before = match self.head() {
            Head { seq: Seq(0), .. } => Timestamp::MIN,
            head => head.recorded_at,
        };
        for (place, commit) in commits.iter().enumerate() {
            if commit.recorded_at < before || commit.recorded_at > self.now() {
                return Err(HistoryError::OutOfOrder { number: place + 1, at: commit.recorded_at });
            }
            before = commit.recorded_at;
        }
        for commit in commits {
            self.take_next(commit.recorded_at).await?;
            let stated: Vec<(&Origin, &[NewObservation])> = commit
                .statements
                .iter()
                .map(|(origin, observations)| (origin, observations.as_slice()))
                .collect();
            self.append_each(&stated).await?;
            self.record_events(&commit.events).await?;
        }
        // What else the command records is of today.
        let end = self.head().seq;
        self.give_back_taken();
        Ok(end)
    }
}

impl Store {
    /// Gives an empty record its past.
    pub async fn load_history(&self, history: History) -> Result<Head, WriteError<HistoryError>> {
        self.write(None, move |tx| {
            Box::pin(async move { tx.load_history(&history).await.map(drop) })
        })
        .await?;
        Ok(self.head())
    }

    /// States a great many figures in one commit: an import. All or nothing.
    pub async fn append_all(
        &self,
        origin: Origin,
        observations: Vec<NewObservation>,
    ) -> Result<Seq, WriteError<StoreError>> {
        let written = self
            .write(None, move |tx| {
                Box::pin(async move { tx.append(&origin, &observations).await.map(drop) })
            })
            .await?;
        Ok(written.seq)
    }
}

fn put_observation(rows: &mut Rows, observation: &NewObservation) {
    let cell = &observation.cell;
    rows.text(cell.indicator.as_str())
        .text(cell.unit.as_str())
        .text(&*cell.period.to_string())
        .int(day_number(cell.period.start()))
        .int(day_number(cell.period.end()))
        .text(cell.breakdown.as_str())
        .text(&*cell.measure.to_string())
        .text(observation.source.code())
        .text(observation.publisher.as_deref());
    put_figure(rows, observation.figure);
    put_decimal(rows, observation.of);
    put_decimal(rows, observation.measured_share);
    rows.text(observation.status.code())
        .text(observation.qualifier.map(Qualifier::code))
        .int(i64::from(observation.synthetic))
        .text(observation.words.as_deref());
}

impl Reader {
    /// Every statement about these indicators that a reader of the record at `seq` could have seen, each indicator's in the order of the record.
    pub async fn observations_as_known_at(
        &mut self,
        indicators: &[IndicatorCode],
        seq: Seq,
    ) -> Result<Vec<Observation>, StoreError> {
        let mut found = vec![];
        for indicator in indicators {
            let asked = args![indicator.as_str(), seq];
            self.observations(sql!("observations_as_known_at"), asked, |one| found.push(one))
                .await?;
        }
        Ok(found)
    }

    /// Every statement of the commits after `seq`, in the order of the record: what a copy in memory lacks.
    pub async fn observations_after(&mut self, seq: Seq) -> Result<Vec<Observation>, StoreError> {
        self.observations_between(seq, Seq::LATEST).await
    }

    /// Every statement of the commits after one up to another, in the order of the record.
    pub async fn observations_between(
        &mut self,
        after: Seq,
        up_to: Seq,
    ) -> Result<Vec<Observation>, StoreError> {
        let mut found = vec![];
        let asked = args![after, up_to];
        self.observations(sql!("observations_between"), asked, |one| found.push(one)).await?;
        Ok(found)
    }

    /// Every statement of the commits after `seq` that the demonstration did not make up, one at a time.
    pub async fn each_stated_after(
        &mut self,
        seq: Seq,
        show: impl FnMut(Observation),
    ) -> Result<(), StoreError> {
        self.observations(sql!("stated_after"), args![seq], show).await
    }

    /// Every statement of the commits after `seq`, one at a time.
    pub async fn each_observation_after(
        &mut self,
        seq: Seq,
        show: impl FnMut(Observation),
    ) -> Result<(), StoreError> {
        self.observations(sql!("observations_between"), args![seq, Seq::LATEST], show).await
    }

    pub(crate) async fn observations(
        &mut self,
        sql: &'static str,
        asked: Vec<crate::sql::Arg>,
        mut show: impl FnMut(Observation),
    ) -> Result<(), StoreError> {
        let interner = self.interner.clone();
        let read = |row: crate::sql::Row| {
            let mut interner = interner.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            show(interner.observation(row.text(0)?)?);
            Ok(())
        };
        self.conn.for_each(sql, asked, read).await
    }

    /// What was ever said of a cell up to `seq`, from every source, the oldest first.
    pub async fn history_of_cell(
        &mut self,
        cell: &Cell,
        seq: Seq,
    ) -> Result<Vec<Recorded>, StoreError> {
        let asked = args![
            cell.indicator.as_str(),
            cell.unit.as_str(),
            cell.period.to_string(),
            cell.breakdown.as_str(),
            cell.measure.to_string(),
            seq,
        ];
        let rows = self.conn.fetch_all(sql!("history_of_cell"), asked).await?;
        let mut interner = self.interner.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        rows.iter()
            .map(|row| {
                Ok(Recorded {
                    observation: interner.observation(row.text(0)?)?,
                    words: row.maybe_string(1)?,
                    origin: Origin {
                        kind: word("an origin", row.text(2)?, OriginKind::parse)?,
                        label_vi: row.string(3)?,
                        label_en: row.string(4)?,
                        submission: row.maybe_int(5)?.map(SubmissionId),
                        section: row.maybe_string(6)?,
                        reason: row.maybe_string(7)?,
                        actor: row.maybe_int(8)?.map(PersonId),
                    },
                    actor_name: row.maybe_string(9)?,
                })
            })
            .collect()
    }

    /// The last commit recorded at or before an instant: "as known at" that moment.
    pub async fn seq_at(&mut self, at: Timestamp) -> Result<Seq, StoreError> {
        Ok(Seq(self.conn.fetch_one(sql!("seq_at"), args![at]).await?.int(0)? as u64))
    }

    /// When a commit was recorded; `None` when there is no such commit.
    pub async fn committed_at(&mut self, seq: Seq) -> Result<Option<Timestamp>, StoreError> {
        let row = self.conn.fetch_optional(sql!("committed_at"), args![seq]).await?;
        row.map(|row| row.instant(0)).transpose()
    }

    /// The last commit that this reader sees.
    pub async fn head(&mut self) -> Result<Head, StoreError> {
        Head::read(&mut self.conn).await
    }

    /// The indicators of which anything is recorded.
    pub async fn recorded_indicators(&mut self) -> Result<Vec<IndicatorCode>, StoreError> {
        let rows = self.conn.fetch_all(sql!("recorded_indicators"), vec![]).await?;
        rows.iter().map(|row| code("an indicator", IndicatorCode::parse(row.text(0)?))).collect()
    }
}
