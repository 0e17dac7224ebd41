//! Who acts for whom, and what that lends them; and the digests of weeks that people were sent.

use jiff::Timestamp;
use jiff::civil::Date;
use model::{BodyCode, PersonId};
use workflow::Grant;
use workflow::delegation::Delegation;

use crate::columns::{code, word};
use crate::people::grant;
use crate::sql::{Row, args, sql};
use crate::{Reader, StoreError, Tx};

/// A delegation as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeDelegation {
    /// Its number.
    pub id: i64,
    /// Who, for whom, where, when.
    pub what: Delegation,
    /// Why.
    pub reason: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it was ended before its time.
    pub ended_at: Option<Timestamp>,
    /// The name of who is away.
    pub giver_name: String,
    /// The name of who acts for them.
    pub deputy_name: String,
}

/// What a delegation lends to its deputy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lent {
    /// By which, whether it holds already or no longer.
    pub by: Delegation,
    /// The name of who is away.
    pub giver_name: String,
    /// The giver's own grants for the body.
    pub grants: Vec<Grant>,
}

/// The digest of a week that waits to go out by e-mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// For whom.
    pub account: PersonId,
    /// The Monday of its week.
    pub week: Date,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
}

impl Reader {
    /// Every delegation of a body, or of all bodies, the newest first.
    pub async fn delegations(
        &mut self,
        body: Option<&BodyCode>,
    ) -> Result<Vec<MadeDelegation>, StoreError> {
        let asked = args![body.map(BodyCode::as_str)];
        let rows = self.conn.fetch_all(sql!("delegations"), asked).await?;
        rows.iter()
            .map(|row| {
                let ended_at = row.maybe_instant(9)?;
                Ok(MadeDelegation {
                    id: row.int(0)?,
                    what: Delegation {
                        giver: PersonId(row.int(1)?),
                        deputy: PersonId(row.int(2)?),
                        body: code("a body", BodyCode::parse(row.text(3)?))?,
                        first_day: day(row.text(4)?)?,
                        last_day: day(row.text(5)?)?,
                        is_ended: ended_at.is_some(),
                    },
                    reason: row.string(6)?,
                    made_at: row.instant(7)?,
                    ended_at,
                    giver_name: row.string(10)?,
                    deputy_name: row.string(11)?,
                })
            })
            .collect()
    }

    /// What is lent to an account, or to each: the deputy and what they hold by it.
    pub(crate) async fn delegated(
        &mut self,
        id: Option<i64>,
        login: Option<&str>,
    ) -> Result<Vec<(PersonId, Lent)>, StoreError> {
        let mut found: Vec<(PersonId, Lent)> = vec![];
        for row in self.conn.fetch_all(sql!("delegated"), args![id, login]).await? {
            let (deputy, lent) = one_lent(&row)?;
            match found.iter_mut().find(|(of, other)| *of == deputy && other.by == lent.by) {
                Some((_, other)) => other.grants.extend(lent.grants),
                None => found.push((deputy, lent)),
            }
        }
        Ok(found)
    }

    /// Whether the digest of a week was sent.
    pub async fn has_digest(&mut self, week: Date) -> Result<bool, StoreError> {
        let asked = args![week.to_string()];
        Ok(self.conn.fetch_one(sql!("digests_of_week"), asked).await?.int(0)? > 0)
    }

    /// The digests since a week that have not gone out by e-mail.
    pub async fn digests_to_mail(&mut self, since: Date) -> Result<Vec<Digest>, StoreError> {
        let rows = self.conn.fetch_all(sql!("digests_to_mail"), args![since.to_string()]).await?;
        rows.iter()
            .map(|row| {
                Ok(Digest {
                    account: PersonId(row.int(0)?),
                    week: day(row.text(1)?)?,
                    subject: row.string(2)?,
                    text: row.string(3)?,
                })
            })
            .collect()
    }
}

impl Tx {
    /// Somebody acts for somebody else. The caller has checked that they may.
    pub async fn add_delegation(
        &mut self,
        what: &Delegation,
        reason: &str,
    ) -> Result<i64, StoreError> {
        let id = self.new_id("delegation").await?;
        let now = self.now();
        let row = args![
            id,
            what.giver,
            what.deputy,
            what.body.as_str(),
            what.first_day.to_string(),
            what.last_day.to_string(),
            reason,
            now,
        ];
        self.conn.execute(sql!("add_delegation"), row).await?;
        Ok(id)
    }

    /// Ends a delegation before its time; answers whether nobody had.
    pub async fn end_delegation(&mut self, id: i64, by: PersonId) -> Result<bool, StoreError> {
        let now = self.now();
        Ok(self.conn.execute(sql!("end_delegation"), args![id, by, now]).await? == 1)
    }

    /// Keeps the digest of a week for a person.
    pub async fn add_digest(&mut self, digest: &Digest) -> Result<(), StoreError> {
        let now = self.now();
        let Digest { account, week, subject, text } = digest;
        let row = args![*account, week.to_string(), subject.as_str(), text.as_str(), now];
        self.conn.execute(sql!("add_digest"), row).await.map(drop)
    }

    /// The digest went out by e-mail, or nobody can be written to.
    pub async fn digest_mailed(&mut self, account: PersonId, week: Date) -> Result<(), StoreError> {
        let now = self.now();
        let row = args![account, week.to_string(), now];
        self.conn.execute(sql!("digest_mailed"), row).await.map(drop)
    }
}

fn one_lent(row: &Row) -> Result<(PersonId, Lent), StoreError> {
    let by = Delegation {
        deputy: PersonId(row.int(0)?),
        giver: PersonId(row.int(1)?),
        body: code("a body", BodyCode::parse(row.text(2)?))?,
        first_day: day(row.text(3)?)?,
        last_day: day(row.text(4)?)?,
        is_ended: false,
    };
    let grants = vec![grant(row.text(6)?, row.maybe_text(7)?, row.text(8)?)?];
    Ok((by.deputy, Lent { giver_name: row.string(5)?, grants, by }))
}

fn day(text: &str) -> Result<Date, StoreError> {
    word("a day", text, |text| text.parse().ok())
}
