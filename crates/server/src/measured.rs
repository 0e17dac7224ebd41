//! What systems measure now, followed from the record: forms do not ask for it, or show it beside what is asked.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::{Breakdown, Cell, Decimal, IndicatorCode, Period, Seq, UnitCode};
use store::{SaidMeasured, Store};
use tokio::sync::{Mutex, MutexGuard};
use workflow::Row;
use workflow::ask_once::Measured;
use workflow::beside::MeasuredNumber;

use crate::problem::Answer;

/// Every measured number by what it is of, as far as the record was read. Reading goes on from there, because what was
/// said before never changes.
#[derive(Default)]
pub struct MeasuredKept(Mutex<Kept>);

/// Measured numbers of totals.
pub type MeasuredNumbers = HashMap<(IndicatorCode, UnitCode, Period), Decimal>;

#[derive(Default)]
struct Kept {
    seq: Seq,
    said: HashMap<(IndicatorCode, Breakdown, UnitCode), BTreeMap<Period, SaidMeasured>>,
}

impl MeasuredKept {
    /// The last number of each unit, indicator and breakdown with the share of the unit's systems behind it. One that
    /// was withdrawn, or whose share nobody has said, counts for nothing.
    pub async fn last(&self, store: &Store) -> Answer<Vec<Measured>> {
        let kept = self.up_to_date(store).await?;
        let last = |periods: &BTreeMap<Period, SaidMeasured>| {
            let numbers = periods.values().filter(|said| said.share.is_some());
            numbers.max_by_key(|said| said.period.end()).cloned()
        };
        let measured = kept.said.values().filter_map(last).filter_map(|said| {
            let SaidMeasured { indicator, breakdown, unit, period, share, .. } = said;
            Some(Measured { indicator, breakdown, unit, period, share: share? })
        });
        Ok(measured.collect())
    }

    /// The measured numbers of totals for these periods, whatever the share behind them.
    pub async fn numbers(
        &self,
        store: &Store,
        wanted: impl Fn(Period) -> bool,
    ) -> Answer<MeasuredNumbers> {
        let kept = self.up_to_date(store).await?;
        let totals =
            kept.said.iter().filter(|((_, breakdown, _), _)| *breakdown == Breakdown::TOTAL);
        let numbers = totals.flat_map(|((indicator, _, unit), periods)| {
            let of = |(period, said): (&Period, &SaidMeasured)| {
                let number = said.number.filter(|_| wanted(*period))?;
                Some(((indicator.clone(), unit.clone(), *period), number))
            };
            periods.iter().filter_map(of)
        });
        Ok(numbers.collect())
    }

    /// The measured numbers of a unit for a period, of these rows; one whose share nobody has said counts for nothing.
    pub async fn beside(
        &self,
        store: &Store,
        rows: impl Iterator<Item = &Row>,
        unit: &UnitCode,
        period: Period,
    ) -> Answer<HashMap<(IndicatorCode, Breakdown), MeasuredNumber>> {
        let kept = self.up_to_date(store).await?;
        let found = rows.filter_map(|row| {
            let of = (row.indicator.clone(), row.breakdown.clone(), unit.clone());
            let said = kept.said.get(&of)?.get(&period)?;
            let (indicator, breakdown, _) = of;
            let measured = MeasuredNumber { number: said.number?, share: said.share? };
            Some(((indicator, breakdown), measured))
        });
        Ok(found.collect())
    }

    /// What was measured last of a unit in a period, of these indicators' totals, by code: the number and its share.
    pub async fn last_of<'a>(
        &self,
        store: &Store,
        unit: &UnitCode,
        period: Period,
        indicators: impl Iterator<Item = &'a IndicatorCode>,
    ) -> Answer<HashMap<String, (Decimal, Decimal)>> {
        let kept = self.up_to_date(store).await?;
        let found = indicators.filter_map(|indicator| {
            let of = (indicator.clone(), Breakdown::TOTAL, unit.clone());
            let said = kept.said.get(&of)?.get(&period)?;
            Some((indicator.to_string(), (said.number?, said.share?)))
        });
        Ok(found.collect())
    }

    /// The periods for which anything was ever measured of a unit's totals of these indicators, in their order.
    pub async fn periods(
        &self,
        store: &Store,
        unit: &UnitCode,
        indicators: &[IndicatorCode],
    ) -> Answer<BTreeSet<Period>> {
        let kept = self.up_to_date(store).await?;
        let of = |indicator: &IndicatorCode| {
            kept.said.get(&(indicator.clone(), Breakdown::TOTAL, unit.clone()))
        };
        Ok(indicators.iter().filter_map(of).flat_map(|periods| periods.keys().copied()).collect())
    }

    /// What was said last of each of these cells, of levels; `None` where nothing was.
    pub async fn said<'a>(
        &self,
        store: &Store,
        cells: impl Iterator<Item = &'a Cell>,
    ) -> Answer<Vec<Option<SaidMeasured>>> {
        let kept = self.up_to_date(store).await?;
        let said = cells.map(|cell| {
            let of = (cell.indicator.clone(), cell.breakdown.clone(), cell.unit.clone());
            kept.said.get(&of)?.get(&cell.period).cloned()
        });
        Ok(said.collect())
    }

    async fn up_to_date(&self, store: &Store) -> Answer<MutexGuard<'_, Kept>> {
        let mut kept = self.0.lock().await;
        let head = store.head().seq;
        if kept.seq < head {
            for said in store.read().await?.measured_between(kept.seq, head).await? {
                let number = (said.indicator.clone(), said.breakdown.clone(), said.unit.clone());
                kept.said.entry(number).or_default().insert(said.period, said);
            }
            kept.seq = head;
        }
        Ok(kept)
    }
}
