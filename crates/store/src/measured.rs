//! What systems measure, as far as forms need to know: of what, and the share that stands behind it.

use model::{Breakdown, Decimal, IndicatorCode, Period, Seq, UnitCode};

use crate::columns::{code, decimal};
use crate::sql::{args, sql};
use crate::{Reader, StoreError};

/// Somebody said that a number is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaidMeasured {
    /// What is measured.
    pub indicator: IndicatorCode,
    /// Of which part.
    pub breakdown: Breakdown,
    /// Of which unit.
    pub unit: UnitCode,
    /// For when.
    pub period: Period,
    /// How much of the unit's systems is measured, per cent; `None` when nobody has said, or when there is no number.
    pub share: Option<Decimal>,
}

impl Reader {
    /// What was said to be measured by the commits after one up to another, in the order of the record: a later
    /// statement of the same number takes the place of an earlier one.
    pub async fn measured_between(
        &mut self,
        after: Seq,
        up_to: Seq,
    ) -> Result<Vec<SaidMeasured>, StoreError> {
        let rows = self.conn.fetch_all(sql!("measured_between"), args![after, up_to]).await?;
        let said = |row: &crate::sql::Row| {
            let is_number = row.text(4)? == "number";
            Ok(SaidMeasured {
                indicator: code("an indicator", IndicatorCode::parse(row.text(0)?))?,
                breakdown: code("a breakdown", Breakdown::parse(row.text(1)?))?,
                unit: code("a unit", UnitCode::parse(row.text(2)?))?,
                period: code("a period", Period::parse(row.text(3)?))?,
                share: decimal(row, 5)?.filter(|_| is_number),
            })
        };
        rows.iter().map(said).collect()
    }
}
