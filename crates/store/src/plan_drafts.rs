//! Kế hoạch under way: what the ministry is about to assign for a year, before it is issued.
//!
//! As with templates, each save is the next version of a definition of its own kind, so the second of two people is
//! told that there was a first.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{Decimal, IndicatorCode, PersonId, UnitCode};
use serde::{Deserialize, Serialize};

use crate::columns::code;
use crate::shapes::{Stored, number};
use crate::sql::{args, sql};
use crate::{Reader, StoreError, Tx};

/// The figures that are to change; `None` takes a plan back.
pub type PlanCells = BTreeMap<(IndicatorCode, UnitCode), Option<Decimal>>;

/// The plan of a year as it is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanDraft {
    /// What changes against what was issued.
    pub cells: PlanCells,
    /// Who saved it.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
}

/// How a save is kept; without cells it says that nothing is under way any more.
struct Save {
    year: String,
    content: SaveShape,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SaveShape {
    by: i64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cells: Vec<(String, String, Option<String>)>,
}

impl Stored for Save {
    const KIND: &'static str = "plan_draft";
    type Shape = SaveShape;

    fn code(&self) -> &str {
        &self.year
    }

    fn shape(&self) -> SaveShape {
        self.content.clone()
    }

    fn read(named: &str, content: SaveShape) -> Result<Save, StoreError> {
        Ok(Save { year: named.to_owned(), content })
    }
}

impl Reader {
    /// How often the plan of a year was saved, and what is under way of it.
    pub async fn plan_draft(&mut self, year: i16) -> Result<(u32, Option<PlanDraft>), StoreError> {
        let asked = args![Save::KIND, year.to_string()];
        let Some(row) = self.conn.fetch_optional(sql!("last_definition"), asked).await? else {
            return Ok((0, None));
        };
        let content: SaveShape = serde_json::from_str(row.text(1)?)
            .map_err(|error| StoreError::unreadable("a plan under way", error))?;
        let saves = row.int(0)? as u32;
        if content.cells.is_empty() {
            return Ok((saves, None));
        }
        let mut cells = PlanCells::new();
        for (indicator, unit, value) in &content.cells {
            let key = (
                code("an indicator", IndicatorCode::parse(indicator))?,
                code("a unit", UnitCode::parse(unit))?,
            );
            let value = value.as_deref().map(|text| number("a plan", text)).transpose()?;
            cells.insert(key, value);
        }
        let named = self.conn.fetch_optional(sql!("account_name"), args![content.by]).await?;
        let by_name = named.map(|row| row.string(0)).transpose()?.unwrap_or_default();
        Ok((saves, Some(PlanDraft { cells, by_name, at: row.instant(2)? })))
    }
}

impl Tx {
    /// Saves what is under way of a year's plan; of nothing, that nothing is. The caller has compared how often it was
    /// saved. Answers how often it has been saved now.
    pub async fn save_plan_draft(
        &mut self,
        year: i16,
        cells: &PlanCells,
        by: PersonId,
    ) -> Result<u32, StoreError> {
        let (saves, _) = self.plan_draft(year).await?;
        let cells = cells.iter().map(|((indicator, unit), value)| {
            (indicator.to_string(), unit.to_string(), value.map(|value| value.to_string()))
        });
        let content = SaveShape { by: by.0, cells: cells.collect() };
        self.define(&[Save { year: year.to_string(), content }]).await?;
        Ok(saves + 1)
    }
}
