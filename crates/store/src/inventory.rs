//! The inventory of report duties: what bodies were asked to report before forms took its place.
//!
//! It is replaced whole and each is the next version of one definition, so that the burden can be told of any of them
//! and the second of two administrators is told that there was a first.

use jiff::Timestamp;
use model::PersonId;
use serde::{Deserialize, Serialize};
use workflow::TemplateCode;
use workflow::burden::Duty;

use crate::columns::code;
use crate::shapes::{AssignedShape, Stored, assigned, assigned_shape};
use crate::sql::{Row, args, sql};
use crate::{Reader, StoreError, Tx};

/// There is one, under this code.
const CODE: &str = "inventory";

/// A version of the inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inventory {
    /// 1 for the first.
    pub version: u32,
    /// Who imported it; `None` of the one that came with the demonstration.
    pub by: Option<PersonId>,
    /// Their name.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
    /// What it holds, in the order of the file.
    pub duties: Vec<Duty>,
}

/// Why an inventory did not take the place of the last one.
#[derive(Debug, thiserror::Error)]
pub enum StaleInventory {
    /// Another version stands there than the one that was seen; 0 for none.
    #[error("version {0} stands there meanwhile")]
    Other(u32),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

struct Kept {
    content: InventoryShape,
}

#[derive(Clone, Serialize, Deserialize)]
struct InventoryShape {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<i64>,
    duties: Vec<DutyShape>,
}

#[derive(Clone, Serialize, Deserialize)]
struct DutyShape {
    name: String,
    asked_by: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    basis: String,
    of: AssignedShape,
    times: u16,
    cells: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaced_by: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    source: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    synthetic: bool,
}

impl From<&Duty> for DutyShape {
    fn from(duty: &Duty) -> DutyShape {
        DutyShape {
            name: duty.name.clone(),
            asked_by: duty.asked_by.clone(),
            basis: duty.legal_basis.clone(),
            of: assigned_shape(&duty.of),
            times: duty.times_a_year,
            cells: duty.cells,
            first: duty.first_cells,
            replaced_by: duty.replaced_by.as_ref().map(TemplateCode::to_string),
            source: duty.source.clone(),
            synthetic: duty.is_synthetic,
        }
    }
}

impl DutyShape {
    fn read(self) -> Result<Duty, StoreError> {
        let template = |text: String| code("a template", TemplateCode::parse(&text));
        Ok(Duty {
            name: self.name,
            asked_by: self.asked_by,
            legal_basis: self.basis,
            of: assigned(self.of)?,
            times_a_year: self.times,
            cells: self.cells,
            first_cells: self.first,
            replaced_by: self.replaced_by.map(template).transpose()?,
            source: self.source,
            is_synthetic: self.synthetic,
        })
    }
}

impl Stored for Kept {
    const KIND: &'static str = "duty_inventory";
    type Shape = InventoryShape;

    fn code(&self) -> &str {
        CODE
    }

    fn shape(&self) -> InventoryShape {
        self.content.clone()
    }

    fn read(_: &str, content: InventoryShape) -> Result<Kept, StoreError> {
        Ok(Kept { content })
    }
}

impl Reader {
    /// The inventory as it is now; `None` before the first was imported.
    pub async fn inventory(&mut self) -> Result<Option<Inventory>, StoreError> {
        Ok(self.inventories(None).await?.into_iter().next())
    }

    /// Every version, the newest first; or the one that is asked for.
    pub async fn inventories(
        &mut self,
        version: Option<u32>,
    ) -> Result<Vec<Inventory>, StoreError> {
        let asked = args![version.map(i64::from)];
        let rows = self.conn.fetch_all(sql!("inventories"), asked).await?;
        let mut found = vec![];
        for row in &rows {
            found.push(self.one_inventory(row).await?);
        }
        Ok(found)
    }

    async fn one_inventory(&mut self, row: &Row) -> Result<Inventory, StoreError> {
        let shape: InventoryShape = serde_json::from_str(row.text(1)?)
            .map_err(|error| StoreError::unreadable("an inventory", error))?;
        let by_name = match shape.by {
            Some(by) => self.conn.fetch_optional(sql!("account_name"), args![by]).await?,
            None => None,
        };
        Ok(Inventory {
            version: row.int(0)? as u32,
            by: shape.by.map(PersonId),
            by_name: by_name.map(|row| row.string(0)).transpose()?.unwrap_or_default(),
            at: row.instant(2)?,
            duties: shape.duties.into_iter().map(DutyShape::read).collect::<Result<_, _>>()?,
        })
    }
}

impl Tx {
    /// Puts an inventory in the place of the version that was seen (0 for none); answers its version.
    pub async fn define_inventory(
        &mut self,
        duties: &[Duty],
        seen: u32,
        by: Option<PersonId>,
    ) -> Result<u32, StaleInventory> {
        let last = self.inventory().await?.map_or(0, |last| last.version);
        if last != seen {
            return Err(StaleInventory::Other(last));
        }
        let content = InventoryShape {
            by: by.map(|by| by.0),
            duties: duties.iter().map(DutyShape::from).collect(),
        };
        self.define(&[Kept { content }]).await?;
        Ok(last + 1)
    }
}
