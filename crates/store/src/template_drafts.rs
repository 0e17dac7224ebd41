//! Templates under way: what an administrator is making, before anyone is asked to fill it.
//!
//! Each save is the next version of a definition of its own kind, so that the second of two builders is told that
//! there was a first, and what was thrown away can still be looked up.

use jiff::Timestamp;
use model::PersonId;
use serde::{Deserialize, Serialize};
use workflow::{Template, TemplateCode};

use crate::shapes::{Stored, TemplateShape};
use crate::sql::{Row, args, sql};
use crate::{Reader, StoreError, Tx};

/// A template under way, as it was saved last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateDraft {
    /// What it is to be; `version` is the one that it will have.
    pub template: Template,
    /// How often drafts of this code were saved: what a builder has to have seen to save on top of it.
    pub saves: u32,
    /// Who saved it.
    pub by: PersonId,
    /// Their name.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
}

/// Why a draft was not saved.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// Somebody else has saved or closed it since it was seen.
    #[error("the draft was saved by somebody else meanwhile")]
    Stale(Option<Box<TemplateDraft>>),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How a save is kept; without a template it says that nothing is under way any more.
struct Save {
    code: TemplateCode,
    content: SaveShape,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SaveShape {
    by: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    template: Option<TemplateShape>,
}

impl Stored for Save {
    const KIND: &'static str = "template_draft";
    type Shape = SaveShape;

    fn code(&self) -> &str {
        self.code.as_str()
    }

    fn shape(&self) -> SaveShape {
        let template = self.content.template.clone();
        SaveShape { by: self.content.by, template }
    }

    fn read(named: &str, content: SaveShape) -> Result<Save, StoreError> {
        Ok(Save { code: crate::columns::code("a template", TemplateCode::parse(named))?, content })
    }
}

impl Reader {
    /// Every template under way, by code.
    pub async fn template_drafts(&mut self) -> Result<Vec<TemplateDraft>, StoreError> {
        let saves = self.last_saves(None).await?;
        Ok(saves.into_iter().filter_map(|(_, draft)| draft).collect())
    }

    /// The template under way with this code.
    pub async fn template_draft(
        &mut self,
        code: &TemplateCode,
    ) -> Result<Option<TemplateDraft>, StoreError> {
        Ok(self.last_saves(Some(code)).await?.pop().and_then(|(_, draft)| draft))
    }

    /// How often drafts of each code were saved, and what is under way of it.
    async fn last_saves(
        &mut self,
        code: Option<&TemplateCode>,
    ) -> Result<Vec<(u32, Option<TemplateDraft>)>, StoreError> {
        let asked = args![code.map(TemplateCode::as_str)];
        let rows = self.conn.fetch_all(sql!("template_drafts"), asked).await?;
        let mut found = vec![];
        for row in &rows {
            found.push(self.last_save(row).await?);
        }
        Ok(found)
    }

    async fn last_save(&mut self, row: &Row) -> Result<(u32, Option<TemplateDraft>), StoreError> {
        let content: SaveShape = serde_json::from_str(row.text(2)?)
            .map_err(|error| StoreError::unreadable("a draft of a template", error))?;
        let saves = row.int(1)? as u32;
        let Some(shape) = content.template else { return Ok((saves, None)) };
        let named = self.conn.fetch_optional(sql!("account_name"), args![content.by]).await?;
        let draft = TemplateDraft {
            template: Template::read(row.text(0)?, shape)?,
            saves,
            by: PersonId(content.by),
            by_name: named.map(|row| row.string(0)).transpose()?.unwrap_or_default(),
            at: row.instant(3)?,
        };
        Ok((saves, Some(draft)))
    }
}

impl Tx {
    /// Saves a draft on top of the one that was seen (`None` when nothing was under way); answers how often drafts of
    /// its code have been saved.
    pub async fn save_template_draft(
        &mut self,
        template: &Template,
        seen: Option<u32>,
        by: PersonId,
    ) -> Result<u32, DraftError> {
        self.put_draft(&template.code, seen, by, Some(template.shape())).await
    }

    /// Nothing is under way any more: the draft was published or thrown away.
    pub async fn close_template_draft(
        &mut self,
        code: &TemplateCode,
        seen: u32,
        by: PersonId,
    ) -> Result<(), DraftError> {
        self.put_draft(code, Some(seen), by, None).await.map(drop)
    }

    async fn put_draft(
        &mut self,
        code: &TemplateCode,
        seen: Option<u32>,
        by: PersonId,
        template: Option<TemplateShape>,
    ) -> Result<u32, DraftError> {
        let last = self.last_saves(Some(code)).await?.pop();
        let (saves, there) = last.unwrap_or_default();
        if there.as_ref().map(|draft| draft.saves) != seen {
            return Err(DraftError::Stale(there.map(Box::new)));
        }
        let content = SaveShape { by: by.0, template };
        self.define(&[Save { code: code.clone(), content }]).await?;
        Ok(saves + 1)
    }
}
