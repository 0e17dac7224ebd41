//! What systems measure, as far as forms need to know: of what, how much, and the share that stands behind it; and what
//! the writers of a form said beside it.

use std::collections::BTreeMap;

use model::{Breakdown, Decimal, IndicatorCode, Period, Seq, Status, SubmissionId, UnitCode};
use workflow::CellKey;
use workflow::beside::Cause;

use crate::columns::{code, decimal, word};
use crate::sql::{args, sql};
use crate::{Reader, StoreError, Tx};

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
    /// The number; `None` when there is none.
    pub number: Option<Decimal>,
    /// How sure.
    pub status: Status,
}

/// What is kept of a cell that has a measured number beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BesideMeasured {
    /// What its writer typed before seeing the measured number.
    pub typed_blind: Option<Decimal>,
    /// Why theirs differs.
    pub cause: Option<Cause>,
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
                number: decimal(row, 7)?.filter(|_| is_number),
                status: word("a status", row.text(9)?, Status::parse)?,
            })
        };
        rows.iter().map(said).collect()
    }

    /// What is kept of a form's cells that have a measured number beside them.
    pub async fn beside_measured(
        &mut self,
        id: SubmissionId,
    ) -> Result<BTreeMap<CellKey, BesideMeasured>, StoreError> {
        let rows = self.conn.fetch_all(sql!("beside_measured"), args![id]).await?;
        let kept = |row: &crate::sql::Row| {
            let number = |text: &str| code("a number", Decimal::parse(text));
            let kept = BesideMeasured {
                typed_blind: row.maybe_text(1)?.map(number).transpose()?,
                cause: row
                    .maybe_text(2)?
                    .map(|text| word("a cause", text, Cause::parse))
                    .transpose()?,
            };
            Ok((code("a cell", CellKey::parse(row.text(0)?))?, kept))
        };
        rows.iter().map(kept).collect()
    }
}

impl Tx {
    /// Keeps what is said of a cell beside its measured number, in place of what was.
    pub async fn keep_beside_measured(
        &mut self,
        id: SubmissionId,
        cell: &CellKey,
        kept: &BesideMeasured,
    ) -> Result<(), StoreError> {
        let cell = cell.to_string();
        self.conn.execute(sql!("remove_beside_measured"), args![id, cell.as_str()]).await?;
        let typed = kept.typed_blind.map(Decimal::at_own_scale);
        let cause = kept.cause.map(|cause| cause.code());
        let row = args![id, cell.as_str(), typed, cause];
        self.conn.execute(sql!("add_beside_measured"), row).await.map(drop)
    }
}
