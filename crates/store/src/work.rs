//! What waits for people: notices, reminders, the reasons a reviewer keeps at hand, and facts about this installation.

use jiff::Timestamp;
use model::{BodyCode, Period, PersonId};
use workflow::TemplateCode;

use crate::columns::code;
use crate::sql::{Row, args, sql};
use crate::{Reader, StoreError, Tx};

/// A line that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its number.
    pub id: i64,
    /// For whom.
    pub account: PersonId,
    /// Since when.
    pub at: Timestamp,
    /// In Vietnamese.
    pub text_vi: String,
    /// In English.
    pub text_en: String,
    /// The page it is about.
    pub href: String,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// A reason for returning a section, kept for the next time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnReason {
    /// Its number.
    pub id: i64,
    /// The words.
    pub text: String,
}

/// A body was reminded of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// Its number.
    pub id: i64,
    /// Of which form.
    pub template: TemplateCode,
    /// For when.
    pub period: Period,
    /// Whom.
    pub body: BodyCode,
    /// By whom; `None` for the machine.
    pub sent_by: Option<PersonId>,
    /// When.
    pub sent_at: Timestamp,
    /// When it went out by e-mail.
    pub mailed_at: Option<Timestamp>,
}

impl Reader {
    /// A person's notices, the newest first.
    pub async fn notices(
        &mut self,
        account: PersonId,
        limit: u32,
    ) -> Result<Vec<Notice>, StoreError> {
        let rows = self.conn.fetch_all(sql!("notices"), args![account, i64::from(limit)]).await?;
        rows.iter()
            .map(|row| {
                Ok(Notice {
                    id: row.int(0)?,
                    account,
                    at: row.instant(1)?,
                    text_vi: row.string(2)?,
                    text_en: row.string(3)?,
                    href: row.string(4)?,
                    read_at: row.maybe_instant(5)?,
                })
            })
            .collect()
    }

    /// The reasons a person keeps.
    pub async fn return_reasons(
        &mut self,
        account: PersonId,
    ) -> Result<Vec<ReturnReason>, StoreError> {
        let rows = self.conn.fetch_all(sql!("return_reasons"), args![account]).await?;
        rows.iter().map(|row| Ok(ReturnReason { id: row.int(0)?, text: row.string(1)? })).collect()
    }

    /// The reminders of a form and period, the oldest first.
    pub async fn reminders(
        &mut self,
        template: &TemplateCode,
        period: Period,
    ) -> Result<Vec<Reminder>, StoreError> {
        let asked = args![template.as_str(), period.to_string()];
        self.conn.fetch_all(sql!("reminders"), asked).await?.iter().map(reminder).collect()
    }

    /// The reminders that have not gone out by e-mail, the oldest first.
    pub async fn reminders_to_mail(&mut self) -> Result<Vec<Reminder>, StoreError> {
        self.conn.fetch_all(sql!("reminders_to_mail"), vec![]).await?.iter().map(reminder).collect()
    }

    /// A fact about this installation.
    pub async fn setting(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        let row = self.conn.fetch_optional(sql!("setting"), args![name]).await?;
        row.map(|row| row.string(0)).transpose()
    }
}

impl Tx {
    /// Leaves a line for a person.
    pub async fn add_notice(
        &mut self,
        account: PersonId,
        text_vi: &str,
        text_en: &str,
        href: &str,
    ) -> Result<i64, StoreError> {
        let id = self.new_id("notice").await?;
        let now = self.now();
        self.conn
            .execute(sql!("add_notice"), args![id, account, now, text_vi, text_en, href])
            .await?;
        Ok(id)
    }

    /// The person has read these of their notices.
    pub async fn read_notices(&mut self, account: PersonId, ids: &[i64]) -> Result<(), StoreError> {
        let now = self.now();
        for &id in ids {
            self.conn.execute(sql!("read_notice"), args![account, id, now]).await?;
        }
        Ok(())
    }

    /// Keeps a reason for the next time.
    pub async fn add_return_reason(
        &mut self,
        account: PersonId,
        text: &str,
    ) -> Result<i64, StoreError> {
        let id = self.new_id("return_reason").await?;
        self.conn.execute(sql!("add_return_reason"), args![id, account, text]).await?;
        Ok(id)
    }

    /// No longer keeps a reason; answers whether it was theirs.
    pub async fn remove_return_reason(
        &mut self,
        account: PersonId,
        id: i64,
    ) -> Result<bool, StoreError> {
        Ok(self.conn.execute(sql!("remove_return_reason"), args![account, id]).await? == 1)
    }

    /// A body is reminded.
    pub async fn add_reminder(
        &mut self,
        template: &TemplateCode,
        period: Period,
        body: &BodyCode,
        sent_by: Option<PersonId>,
    ) -> Result<i64, StoreError> {
        let id = self.new_id("reminder").await?;
        let now = self.now();
        let sent_by = sent_by.map(|id| id.0);
        let row = args![id, template.as_str(), period.to_string(), body.as_str(), sent_by, now];
        self.conn.execute(sql!("add_reminder"), row).await?;
        Ok(id)
    }

    /// A reminder went out by e-mail.
    pub async fn reminder_mailed(&mut self, id: i64) -> Result<(), StoreError> {
        let now = self.now();
        self.conn.execute(sql!("reminder_mailed"), args![id, now]).await.map(drop)
    }

    /// Writes a fact about this installation.
    pub async fn set_setting(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        self.conn.execute(sql!("set_setting"), args![name, value]).await.map(drop)
    }

    /// A fact about this installation; this one, when it has none of that name yet.
    pub async fn setting_or(&mut self, name: &str, value: &str) -> Result<String, StoreError> {
        self.conn.execute(sql!("keep_setting"), args![name, value]).await?;
        Ok(self.setting(name).await?.unwrap_or_default())
    }
}

fn reminder(row: &Row) -> Result<Reminder, StoreError> {
    Ok(Reminder {
        id: row.int(0)?,
        template: code("a template", TemplateCode::parse(row.text(1)?))?,
        period: code("a period", Period::parse(row.text(2)?))?,
        body: code("a body", BodyCode::parse(row.text(3)?))?,
        sent_by: row.maybe_int(4)?.map(PersonId),
        sent_at: row.instant(5)?,
        mailed_at: row.maybe_instant(6)?,
    })
}
