//! Bulk loading: row by row, so that no list of observations has to be in memory at once.

use model::answer::{Level, Part};
use model::{Breakdown, Decimal, IndicatorCode, Observation, Seq, Source, Status};

use jiff::Timestamp;

use crate::Cube;
use crate::column::Plain;
use crate::held::{Held, Stated};
use crate::slot::Slot;

/// A unit as the cube numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnitNumber(pub(crate) u32);

/// A plain number: no qualifier, publisher, measured share or denominator.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// About what.
    pub unit: UnitNumber,
    /// How much.
    pub number: Decimal,
    /// How sure.
    pub status: Status,
    /// Made up for the demonstration.
    pub synthetic: bool,
    /// Its commit.
    pub seq: Seq,
    /// When that was recorded.
    pub recorded_at: Timestamp,
}

/// An indicator that is being loaded; it is in the cube when [`Loading::finish`] is called.
pub struct Loading<'a> {
    cube: &'a mut Cube,
    indicator: IndicatorCode,
    held: Held,
    /// The column that is being filled, apart from the others.
    open: Option<((Breakdown, Source, Part), Stated)>,
    latest: Option<Seq>,
}

impl Cube {
    /// The number of a unit, for rows.
    pub fn unit_number(&self, code: &str) -> Option<UnitNumber> {
        self.places.units.number(code).map(|number| UnitNumber(number as u32))
    }

    /// Begins to load an indicator; `None` when there is no such one. What is said twice of a cell
    /// may come in any order, except inside one commit.
    pub fn loading(&mut self, indicator: &IndicatorCode) -> Option<Loading<'_>> {
        let known = self.catalogue.get(indicator.as_str())?;
        let held = Held::new(self.places.domain(known));
        Some(Loading { indicator: indicator.clone(), held, open: None, latest: None, cube: self })
    }
}

impl Loading<'_> {
    /// Adds rows of one part by one source.
    pub fn rows(
        &mut self,
        breakdown: &Breakdown,
        source: Source,
        part: Part,
        rows: impl IntoIterator<Item = Row>,
    ) {
        self.open(breakdown, source, part);
        for row in rows {
            self.row(row);
        }
    }

    /// Adds one observation of whatever kind.
    pub fn observation(&mut self, observation: &Observation) {
        self.close();
        self.cube.know(observation.seq, observation.recorded_at);
        let Some(unit) = self.cube.unit_number(observation.cell.unit.as_str()) else { return };
        self.held.put(observation, unit.0, &self.cube.moments);
    }

    /// Puts what was loaded in place of what was here.
    pub fn finish(mut self) {
        self.close();
        self.cube.held.insert(self.indicator, self.held);
    }

    fn open(&mut self, breakdown: &Breakdown, source: Source, part: Part) {
        let is_open = self
            .open
            .as_ref()
            .is_some_and(|((b, s, p), _)| b == breakdown && *s == source && *p == part);
        if is_open {
            return;
        }
        self.close();
        let series = self.held.said_mut(breakdown, source);
        let stated = series.columns.remove(&part).map(Slot::into_stated);
        let stated = stated.unwrap_or_else(|| Stated::new(self.held.domain.len()));
        self.open = Some(((breakdown.clone(), source, part), stated));
    }

    fn close(&mut self) {
        if let Some(((breakdown, source, part), stated)) = self.open.take() {
            self.held.said_mut(&breakdown, source).columns.insert(part, Slot::of(stated));
        }
    }

    fn row(&mut self, row: Row) {
        if self.latest != Some(row.seq) {
            self.cube.know(row.seq, row.recorded_at);
            self.latest = Some(row.seq);
        }
        let (_, stated) = self.open.as_mut().expect("rows are added to an open column");
        let Row { number, status, synthetic, .. } = row;
        if let (Some(place), Ok(seq)) =
            (self.held.domain.place(row.unit.0), u32::try_from(row.seq.0))
            && stated.column.seq(place).is_none_or(|known| known <= row.seq)
        {
            let plain = Plain { number: Ok(number.mantissa()), status, synthetic, seq };
            if stated.column.put_plain(place, plain, number.scale()) {
                return;
            }
        }
        let level = Level {
            figure: model::Figure::Number(number),
            basis: model::Basis::Stated,
            computed: None,
            ratio: None,
            of: None,
            status,
            qualifier: None,
            publisher: None,
            measured_share: None,
            coverage: model::Coverage::ONE,
            seq: row.seq,
            recorded_at: row.recorded_at,
            synthetic,
        };
        stated.put(row.unit.0, level, &self.held.domain, &self.cube.moments);
    }
}
