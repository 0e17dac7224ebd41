//! Submissions and where their sections stand. What was signed is in the record; this is the working side of it.

use jiff::Timestamp;
use jiff::civil::Date;
use model::{BodyCode, Period, PersonId, SubmissionId};
use workflow::extension::Extension;
use workflow::section::Desk;
use workflow::{SectionId, State, TemplateCode};

use crate::columns::code;
use crate::rows::Rows;
use crate::sql::{Row, args, bulk_sql, sql};
use crate::{Reader, StoreError, Tx};

/// One body's form for one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Its number.
    pub id: SubmissionId,
    /// The form.
    pub template: TemplateCode,
    /// The version of the form it was opened with.
    pub template_version: u32,
    /// Whose.
    pub body: BodyCode,
    /// For when.
    pub period: Period,
    /// In the order of the form.
    pub sections: Vec<SubmissionSection>,
    /// How many cells that count have something in them.
    pub filled: u32,
    /// The last change of a cell, for those who follow them.
    pub cursor: i64,
    /// What was asked about its deadline, and agreed.
    pub extension: Extension,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When a cell or a state last changed.
    pub updated_at: Timestamp,
}

impl Submission {
    /// Where a section stands.
    pub fn state(&self, section: &str) -> Option<&State> {
        self.sections.iter().find(|one| one.id.as_str() == section).map(|one| &one.state)
    }
}

/// A section and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmissionSection {
    /// Which.
    pub id: SectionId,
    /// Where it stands.
    pub state: State,
}

/// Which submissions are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubmissionFilter {
    /// Only this one.
    pub id: Option<SubmissionId>,
    /// Of this form.
    pub template: Option<TemplateCode>,
    /// Of this body.
    pub body: Option<BodyCode>,
    /// For this period.
    pub period: Option<Period>,
}

impl SubmissionFilter {
    fn args(&self) -> Vec<crate::sql::Arg> {
        args![
            self.id.map(|id| id.0),
            self.template.as_ref().map(TemplateCode::as_str),
            self.body.as_ref().map(BodyCode::as_str),
            self.period.map(|period| period.to_string()),
        ]
    }
}

impl Reader {
    /// The submissions of a filter, in the order they were opened.
    pub async fn submissions(
        &mut self,
        filter: &SubmissionFilter,
    ) -> Result<Vec<Submission>, StoreError> {
        let mut sections =
            self.conn.fetch_all(sql!("sections"), filter.args()).await?.into_iter().peekable();
        let rows = self.conn.fetch_all(sql!("submissions"), filter.args()).await?;
        let mut found = vec![];
        for row in &rows {
            let mut one = submission(row)?;
            // Both answers are in the order of submissions; one opened between the two questions is passed over.
            while let Some(section) = sections.peek() {
                let of = section.int(0)?;
                if of > one.id.0 {
                    break;
                }
                if of == one.id.0 {
                    one.sections.push(section_of(section)?);
                }
                sections.next();
            }
            if !one.sections.is_empty() {
                found.push(one);
            }
        }
        Ok(found)
    }

    /// The number of a body's form for a period, if it is open.
    pub async fn submission_of(
        &mut self,
        template: &TemplateCode,
        body: &BodyCode,
        period: Period,
    ) -> Result<Option<SubmissionId>, StoreError> {
        let asked = args![template.as_str(), body.as_str(), period.to_string()];
        let open = self.conn.fetch_optional(sql!("submission_of"), asked).await?;
        open.map(|row| row.int(0).map(SubmissionId)).transpose()
    }

    /// One submission.
    pub async fn submission(&mut self, id: SubmissionId) -> Result<Option<Submission>, StoreError> {
        let Some(row) = self.conn.fetch_optional(sql!("submission"), args![id]).await? else {
            return Ok(None);
        };
        let mut one = submission(&row)?;
        for section in &self.conn.fetch_all(sql!("sections_of_submission"), args![id]).await? {
            one.sections.push(section_of(section)?);
        }
        Ok(Some(one))
    }
}

impl Tx {
    /// Opens a form with all sections as drafts; answers the one that is open already, if it is.
    pub async fn open_submission(
        &mut self,
        template: &TemplateCode,
        template_version: u32,
        body: &BodyCode,
        period: Period,
        sections: &[SectionId],
    ) -> Result<(SubmissionId, bool), StoreError> {
        if let Some(open) = self.submission_of(template, body, period).await? {
            return Ok((open, false));
        }
        let id = self.new_id("submission").await?;
        let now = self.now();
        let row = args![
            id,
            template.as_str(),
            i64::from(template_version),
            body.as_str(),
            period.to_string(),
            now,
            now,
        ];
        self.conn.execute(sql!("add_submission"), row).await?;
        let engine = self.conn.engine();
        let mut rows = Rows::new(engine);
        for (ordinal, section) in sections.iter().enumerate() {
            rows.row().text(section.as_str()).int(ordinal as i64);
        }
        self.conn.execute(bulk_sql!(engine, "add_sections"), rows.after(args![id])).await?;
        Ok((SubmissionId(id), true))
    }

    /// Writes what was asked about the deadline of a form, and agreed.
    pub async fn set_extension(
        &mut self,
        id: SubmissionId,
        extension: Extension,
    ) -> Result<(), StoreError> {
        let Extension { asked, granted } = extension;
        let text = |day: Option<Date>| day.map(|day| day.to_string());
        let now = self.now();
        self.conn
            .execute(sql!("set_extension"), args![id, text(asked), text(granted), now])
            .await
            .map(drop)
    }

    /// Writes where sections stand now.
    pub async fn set_states(
        &mut self,
        id: SubmissionId,
        states: &[(SectionId, State)],
    ) -> Result<(), StoreError> {
        if states.is_empty() {
            return Ok(());
        }
        let engine = self.conn.engine();
        let mut rows = Rows::new(engine);
        for (section, state) in states {
            let facts = state.facts();
            rows.row()
                .text(section.as_str())
                .text(facts.state)
                .int(facts.by.map(|id| id.0))
                .int(facts.at.map(Timestamp::as_microsecond))
                .int(facts.signed_by.map(|id| id.0))
                .text(facts.reason.as_deref())
                .text(facts.from.map(Desk::code));
        }
        let changed =
            self.conn.execute(bulk_sql!(engine, "set_states"), rows.after(args![id])).await?;
        if changed != states.len() as u64 {
            return Err(StoreError::unreadable("a submission without one of these sections", id));
        }
        let now = self.now();
        self.conn.execute(sql!("touch_submission"), args![id, now]).await.map(drop)
    }
}

fn submission(row: &Row) -> Result<Submission, StoreError> {
    Ok(Submission {
        id: SubmissionId(row.int(0)?),
        template: code("a template", TemplateCode::parse(row.text(1)?))?,
        template_version: row.int(2)? as u32,
        body: code("a body", BodyCode::parse(row.text(3)?))?,
        period: code("a period", Period::parse(row.text(4)?))?,
        sections: vec![],
        cursor: row.int(5)?,
        created_at: row.instant(6)?,
        updated_at: row.instant(7)?,
        filled: row.int(8)? as u32,
        extension: Extension { asked: day(row, 9)?, granted: day(row, 10)? },
    })
}

fn day(row: &Row, column: usize) -> Result<Option<Date>, StoreError> {
    row.maybe_text(column)?.map(|text| code("a day", text.parse::<Date>())).transpose()
}

fn section_of(row: &Row) -> Result<SubmissionSection, StoreError> {
    let from = row.maybe_text(7)?.and_then(Desk::parse);
    let (by, signed_by) = (row.maybe_int(3)?.map(PersonId), row.maybe_int(5)?.map(PersonId));
    let state = State::from_facts(
        row.text(2)?,
        by,
        row.maybe_instant(4)?,
        signed_by,
        row.maybe_text(6)?,
        from,
    );
    Ok(SubmissionSection {
        id: code("a section", SectionId::parse(row.text(1)?))?,
        state: state
            .ok_or_else(|| StoreError::unreadable("a state", row.text(2).unwrap_or_default()))?,
    })
}
