//! Nhật ký: everything that happened, by whom, to what; append-only, and of the same seq as what it tells of.

use jiff::Timestamp;
use model::{BodyCode, IndicatorCode, Period, PersonId, Seq, SubmissionId};
use serde_json::Value;

use crate::columns::code;
use crate::rows::Rows;
use crate::sql::{Row, args, bulk_sql, sql};
use crate::{Reader, StoreError, Tx};

/// Something that happened, about to be recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewEvent {
    /// A stable code: `signed_in`, `section_signed`, `account_disabled`.
    pub kind: String,
    /// Who did it; `None` for the machine or someone unknown.
    pub actor: Option<PersonId>,
    /// The body concerned.
    pub body: Option<BodyCode>,
    /// The submission concerned.
    pub submission: Option<SubmissionId>,
    /// The section concerned.
    pub section: Option<String>,
    /// The indicator concerned.
    pub indicator: Option<IndicatorCode>,
    /// The period concerned.
    pub period: Option<Period>,
    /// Whatever else belongs to it: the reason, the value before and after.
    pub detail: Value,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its commit.
    pub seq: Seq,
    /// Its place in the commit.
    pub ordinal: u32,
    /// When.
    pub at: Timestamp,
    /// The name of who did it.
    pub actor_name: Option<String>,
    /// What.
    pub what: NewEvent,
}

/// Which events are asked for; the newest come first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Done by this person.
    pub actor: Option<PersonId>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Concerning this body.
    pub body: Option<BodyCode>,
    /// Concerning this submission.
    pub submission: Option<SubmissionId>,
    /// Concerning this indicator.
    pub indicator: Option<IndicatorCode>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// Older than this place in the record: the last of the page before.
    pub before: Option<(Seq, u32)>,
    /// At most so many; 0 for all.
    pub limit: u32,
}

impl Tx {
    /// Records that something happened, in this command's commit.
    pub async fn event(&mut self, event: NewEvent) -> Result<Seq, StoreError> {
        self.record_events(&[event]).await?;
        self.seq().await
    }

    /// Records that several things happened.
    pub async fn record_events(&mut self, events: &[NewEvent]) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        let taken = self.take().await?;
        let (seq, first) = (taken.seq, taken.events);
        taken.events += events.len() as u32;
        let mut rows = Rows::new(self.conn.engine());
        for (place, event) in events.iter().enumerate() {
            rows.row()
                .int(i64::from(first) + place as i64)
                .text(&*event.kind)
                .int(event.actor.map(|id| id.0))
                .text(event.body.as_ref().map(BodyCode::as_str))
                .int(event.submission.map(|id| id.0))
                .text(event.section.as_deref())
                .text(event.indicator.as_ref().map(IndicatorCode::as_str))
                .text(event.period.map(|period| period.to_string()).as_deref())
                .text(&*event.detail.to_string());
        }
        let statement = bulk_sql!(self.conn.engine(), "add_events");
        self.conn.execute(statement, rows.after(args![seq])).await.map(drop)
    }
}

impl Reader {
    /// What happened, the newest first.
    pub async fn events(&mut self, filter: &EventFilter) -> Result<Vec<Event>, StoreError> {
        let limit = if filter.limit == 0 { i64::MAX } else { i64::from(filter.limit) };
        let (before_seq, before_ordinal) =
            filter.before.map_or((i64::MAX, 0), |(seq, ordinal)| (seq.0 as i64, ordinal.into()));
        let asked = args![
            filter.actor.map(|id| id.0),
            filter.body.as_ref().map(BodyCode::as_str),
            filter.submission.map(|id| id.0),
            filter.indicator.as_ref().map(IndicatorCode::as_str),
            filter.kind.as_deref(),
            filter.from.map_or(i64::MIN, Timestamp::as_microsecond),
            filter.to.map_or(i64::MAX, Timestamp::as_microsecond),
            before_seq,
            before_ordinal,
            limit,
        ];
        let statement = match filter.submission {
            Some(_) => sql!("events_of_submission"),
            None => sql!("events"),
        };
        let rows = self.conn.fetch_all(statement, asked).await?;
        rows.iter().map(event).collect()
    }
}

fn event(row: &Row) -> Result<Event, StoreError> {
    let detail = serde_json::from_str(row.text(11)?)
        .map_err(|error| StoreError::unreadable("an event", error))?;
    Ok(Event {
        seq: Seq(row.int(0)? as u64),
        ordinal: row.int(1)? as u32,
        at: row.instant(2)?,
        actor_name: row.maybe_string(3)?,
        what: NewEvent {
            kind: row.string(4)?,
            actor: row.maybe_int(5)?.map(PersonId),
            body: row
                .maybe_text(6)?
                .map(|text| code("a body", BodyCode::parse(text)))
                .transpose()?,
            submission: row.maybe_int(7)?.map(SubmissionId),
            section: row.maybe_string(8)?,
            indicator: row
                .maybe_text(9)?
                .map(|text| code("an indicator", IndicatorCode::parse(text)))
                .transpose()?,
            period: row
                .maybe_text(10)?
                .map(|text| code("a period", Period::parse(text)))
                .transpose()?,
            detail,
        },
    })
}
