//! Help from outside: cells of a form that another office was asked for, and what it answered.
//!
//! It stands beside the drafts, because what somebody without an account says of a cell is nothing the body has said
//! until it accepts it.

use jiff::Timestamp;
use model::{Decimal, PersonId, SubmissionId};
use workflow::CellKey;
use workflow::help::{Dates, Decision, Standing, standing};

use crate::columns::{code, word};
use crate::drafts::{columns_of, value};
use crate::sql::{Row, args, sql};
use crate::{DraftValue, Reader, StoreError, Tx};

/// A request for help, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Help {
    /// Its number.
    pub id: i64,
    /// Of which form.
    pub submission: SubmissionId,
    /// Which office was asked.
    pub office: String,
    /// What was said to it.
    pub note: Option<String>,
    /// Who asked.
    pub asked_by: PersonId,
    /// Their name.
    pub asked_by_name: String,
    /// How long it can be answered, and when it was answered or taken back.
    pub dates: Dates,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Who answers, as they say it themselves.
    pub sender_name: Option<String>,
    /// Of which office they say they are.
    pub sender_office: Option<String>,
    /// The cells that were asked for, in the order of the form.
    pub cells: Vec<HelpCell>,
}

/// A cell that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpCell {
    /// Which.
    pub cell: CellKey,
    /// What is answered.
    pub value: DraftValue,
    /// What is said about it.
    pub comment: Option<String>,
    /// What the body made of it.
    pub decision: Option<Decided>,
}

/// What was decided about an answer, by whom and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What.
    pub decision: Decision,
    /// Their name.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
}

/// Cells to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewHelp {
    /// Of which form.
    pub submission: SubmissionId,
    /// The hash of the link.
    pub token_hash: String,
    /// Which office is asked.
    pub office: String,
    /// What is said to it.
    pub note: Option<String>,
    /// Who asks.
    pub asked_by: PersonId,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
    /// In the order of the form, each once.
    pub cells: Vec<CellKey>,
}

impl Help {
    /// Where it stands.
    pub fn standing(&self, now: Timestamp) -> Standing {
        let open = self.cells.iter().any(|cell| cell.waits());
        standing(&self.dates, open, now)
    }
}

impl HelpCell {
    /// Whether it was answered and nobody has decided on it yet.
    pub fn waits(&self) -> bool {
        self.value != DraftValue::Empty && self.decision.is_none()
    }
}

impl Reader {
    /// What other offices were asked for of a form, the oldest first.
    pub async fn helps(&mut self, id: SubmissionId) -> Result<Vec<Help>, StoreError> {
        self.helps_of(Some(id), None).await
    }

    /// The request that a link with this hash belongs to, however it stands.
    pub async fn help_by_link(&mut self, token_hash: &str) -> Result<Option<Help>, StoreError> {
        Ok(self.helps_of(None, Some(token_hash)).await?.pop())
    }

    async fn helps_of(
        &mut self,
        submission: Option<SubmissionId>,
        token_hash: Option<&str>,
    ) -> Result<Vec<Help>, StoreError> {
        let asked = || args![submission.map(|id| id.0), token_hash];
        let rows = self.conn.fetch_all(sql!("helps"), asked()).await?;
        let mut helps = rows.iter().map(help).collect::<Result<Vec<_>, _>>()?;
        for row in self.conn.fetch_all(sql!("help_cells"), asked()).await? {
            let of = row.int(0)?;
            if let Some(help) = helps.iter_mut().find(|help| help.id == of) {
                help.cells.push(cell(&row)?);
            }
        }
        Ok(helps)
    }
}

impl Tx {
    /// Asks another office for cells; answers the number of the request.
    pub async fn add_help(&mut self, new: &NewHelp) -> Result<i64, StoreError> {
        let id = self.new_id("help").await?;
        let now = self.now();
        let row = args![
            id,
            new.submission,
            new.token_hash.as_str(),
            new.office.as_str(),
            new.note.as_deref(),
            new.asked_by,
            now,
            new.expires_at,
        ];
        self.conn.execute(sql!("add_help"), row).await?;
        for (ordinal, cell) in new.cells.iter().enumerate() {
            let row = args![id, cell.to_string(), ordinal as i64];
            self.conn.execute(sql!("add_help_cell"), row).await?;
        }
        Ok(id)
    }

    /// Writes what is answered in cells that were asked for, over what was answered before.
    pub async fn save_help_cells(
        &mut self,
        id: i64,
        cells: &[(CellKey, DraftValue, Option<String>)],
    ) -> Result<(), StoreError> {
        for (cell, value, comment) in cells {
            let (figure, text) = columns_of(value);
            let mantissa = |number: Option<Decimal>| number.map(Decimal::mantissa);
            let scale = |number: Option<Decimal>| number.map(|number| i64::from(number.scale()));
            let row = args![
                id,
                cell.to_string(),
                figure.kind,
                mantissa(figure.low),
                scale(figure.low),
                mantissa(figure.high),
                scale(figure.high),
                text,
                comment.as_deref(),
            ];
            self.conn.execute(sql!("save_help_cell"), row).await?;
        }
        Ok(())
    }

    /// Writes who answers.
    pub async fn set_help_sender(
        &mut self,
        id: i64,
        name: Option<&str>,
        office: Option<&str>,
    ) -> Result<(), StoreError> {
        self.conn.execute(sql!("set_help_sender"), args![id, name, office]).await.map(drop)
    }

    /// The answer is on its way: it can no longer be changed.
    pub async fn send_help(&mut self, id: i64) -> Result<(), StoreError> {
        let now = self.now();
        self.conn.execute(sql!("send_help"), args![id, now]).await.map(drop)
    }

    /// The body no longer asks.
    pub async fn withdraw_help(&mut self, id: i64) -> Result<(), StoreError> {
        let now = self.now();
        self.conn.execute(sql!("withdraw_help"), args![id, now]).await.map(drop)
    }

    /// Gives a request another link; the one before no longer works.
    pub async fn set_help_link(&mut self, id: i64, token_hash: &str) -> Result<(), StoreError> {
        self.conn.execute(sql!("set_help_link"), args![id, token_hash]).await.map(drop)
    }

    /// Writes what the body made of an answer; what was decided stays.
    pub async fn decide_help_cell(
        &mut self,
        id: i64,
        cell: &CellKey,
        decision: Decision,
        by: PersonId,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let row = args![id, cell.to_string(), decision.code(), by, now];
        self.conn.execute(sql!("decide_help_cell"), row).await.map(drop)
    }
}

fn help(row: &Row) -> Result<Help, StoreError> {
    Ok(Help {
        id: row.int(0)?,
        submission: SubmissionId(row.int(1)?),
        office: row.string(2)?,
        note: row.maybe_string(3)?,
        asked_by: PersonId(row.int(4)?),
        asked_by_name: row.maybe_string(5)?.unwrap_or_default(),
        asked_at: row.instant(6)?,
        dates: Dates {
            expires_at: row.instant(7)?,
            sent_at: row.maybe_instant(10)?,
            withdrawn_at: row.maybe_instant(11)?,
        },
        sender_name: row.maybe_string(8)?,
        sender_office: row.maybe_string(9)?,
        cells: vec![],
    })
}

fn cell(row: &Row) -> Result<HelpCell, StoreError> {
    let decision = match row.maybe_text(9)? {
        None => None,
        Some(text) => Some(Decided {
            decision: word("a decision", text, Decision::parse)?,
            by_name: row.maybe_string(10)?.unwrap_or_default(),
            at: row.instant(11)?,
        }),
    };
    Ok(HelpCell {
        cell: code("a cell", CellKey::parse(row.text(1)?))?,
        value: value(row, 2)?,
        comment: row.maybe_string(8)?,
        decision,
    })
}
