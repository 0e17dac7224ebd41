//! Questions put to the database itself: for a record that no one machine holds.
//!
//! Where rows are spread by unit, each node finds the newest statements of its own. What adds up is added up
//! there too ([`Reader::levels`]: levels of one named source but the measured one, of indicators that add up
//! or are a maximum over units, for periods that nothing shorter rolls up to) and those parts are put together; for any other
//! question the newest statements that it can read are fetched, and answered from ([`Reader::answer`]).
//! Either way an answer is the cube's to the last field.

use std::collections::{BTreeMap, HashMap};

use model::answer::{Level, answer, beside, finished, leaves};
use model::indicator::{OverTime, OverUnits};
use model::{
    Answered, BadQuery, Basis, Breakdown, Catalogue, Cell, Coverage, Decimal, Facts, Figure,
    Indicator, IndicatorCode, Measure, Observation, Period, Query, Reads, Seq, Source,
    SourceChoice, Status, Unit, UnitCode, Units,
};

use crate::rows::Rows;
use crate::sql::{Row, args, bulk_sql};
use crate::{Reader, StoreError};

/// Why a question was not answered.
#[derive(Debug, thiserror::Error)]
pub enum NotAnswered {
    /// It names what there is not.
    #[error(transparent)]
    BadQuery(#[from] BadQuery),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why the database does not add a question up itself.
#[derive(Debug, thiserror::Error)]
pub enum NotInSql {
    /// No such indicator.
    #[error("there is no indicator {0}")]
    UnknownIndicator(IndicatorCode),
    /// No such unit.
    #[error("there is no unit {0}")]
    UnknownUnit(UnitCode),
    /// Another measure than the level.
    #[error("{0} is worked out by the cube")]
    Measure(Measure),
    /// Sources are chosen cell by cell.
    #[error("one source is named, not the preferred one")]
    Source,
    /// What is measured comes with the share behind it, which the database does not put together.
    #[error("the share behind measured numbers is put together by the cube")]
    Measured,
    /// A ratio or a weighted mean.
    #[error("{0} neither adds up nor is a maximum")]
    OverUnits(IndicatorCode),
    /// A period that shorter ones roll up to.
    #[error("{0} of {1} may follow from shorter periods")]
    OverTime(IndicatorCode, Period),
    /// A unit's figures are made of units whose figures are made of others.
    #[error("{0} is made of others and part of others")]
    Nested(UnitCode),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the leaves of one unit come to for one period, by scale.
#[derive(Default)]
struct Total {
    numbers: Vec<AtScale>,
    not_applicable: u32,
}

/// Numbers of one scale, put together.
struct AtScale {
    scale: u8,
    leaves: u32,
    sum: i128,
    greatest: i64,
    level: Level,
    /// Where the leaf that was stated last stands among the leaves.
    position: i64,
}

/// What the leaves of a unit are, for every period of one shape of the tree.
struct Shapes<'a> {
    /// By number: the leaves of each asked unit, `None` of one that stands for itself.
    all: Vec<Vec<Option<Vec<&'a Unit>>>>,
    of_period: HashMap<Period, usize>,
}

impl Reader {
    /// Answers any question as the cube does: added up by the database where it can, otherwise from the newest
    /// statements that the question can read.
    pub async fn answer(
        &mut self,
        units: &Units,
        catalogue: &Catalogue,
        query: &Query,
    ) -> Result<Vec<Answered>, NotAnswered> {
        match self.levels(units, catalogue, query).await {
            Ok(answers) => return Ok(answers),
            Err(NotInSql::Store(error)) => return Err(error.into()),
            Err(_) => {}
        }
        let reads = Reads::of(units, catalogue, query)?;
        let mut facts = Facts::default();
        for indicator in reads.indicators.into_iter().filter(|_| query.cells() > 0) {
            let (units, periods) = (reads.units.iter(), reads.periods.iter());
            let mut said = vec![];
            self.newest(&indicator, units, periods, &query.breakdowns, query.as_of, |one| {
                said.push(one);
            })
            .await?;
            facts.load(indicator, said);
        }
        Ok(answer(units, catalogue, &facts, query)?)
    }

    /// Answers levels in the order asked, as the cube does; refuses what the database cannot add up.
    pub async fn levels(
        &mut self,
        units: &Units,
        catalogue: &Catalogue,
        query: &Query,
    ) -> Result<Vec<Answered>, NotInSql> {
        let source = covered(query)?;
        if query.cells() == 0 {
            return Ok(vec![]);
        }
        let asked: Vec<&Unit> = query
            .units
            .iter()
            .map(|code| {
                units.resolve(code.as_str()).ok_or_else(|| NotInSql::UnknownUnit(code.clone()))
            })
            .collect::<Result<_, _>>()?;
        let mut answers = vec![];
        for code in &query.indicators {
            let unknown = || NotInSql::UnknownIndicator(code.clone());
            let indicator = catalogue.get(code.as_str()).ok_or_else(unknown)?;
            adds_up(indicator, &query.periods)?;
            let shapes = Shapes::of(units, indicator, &asked, query)?;
            let mut by_breakdown = vec![];
            for breakdown in &query.breakdowns {
                let stated = self.stated(indicator, breakdown, source, &asked, query).await?;
                let totals =
                    self.totals(indicator, breakdown, source, &asked, query, &shapes).await?;
                by_breakdown.push((breakdown, stated, totals));
            }
            for (at, unit) in asked.iter().enumerate() {
                for &period in &query.periods {
                    let leaves = shapes.all[shapes.of_period[&period]][at].as_ref();
                    for (breakdown, stated, totals) in &by_breakdown {
                        let key = (unit.code.clone(), period);
                        let rolled = totals.get(&key).and_then(|total| {
                            total.level(indicator, leaves.map_or(0, |leaves| leaves.len() as u32))
                        });
                        let mut level = beside(stated.get(&key).cloned(), rolled);
                        if let (Some(level), Some(leaves)) = (&mut level, leaves)
                            && level.basis == Basis::Stated
                        {
                            let expected = leaves.len() as u32;
                            level.coverage = Coverage { present: expected, expected };
                        }
                        let cell = Cell {
                            indicator: code.clone(),
                            unit: unit.code.clone(),
                            period,
                            breakdown: (*breakdown).clone(),
                            measure: Measure::Level,
                        };
                        let found = level.map(|level| (source, level));
                        let expected = || leaves.map_or(1, |leaves| leaves.len() as u32);
                        let answer = finished(cell, indicator, found, expected);
                        answers.extend(query.measures.iter().map(|_| answer.clone()));
                    }
                }
            }
        }
        Ok(answers)
    }

    /// What was said of the asked units themselves.
    async fn stated(
        &mut self,
        indicator: &Indicator,
        breakdown: &Breakdown,
        source: Source,
        asked: &[&Unit],
        query: &Query,
    ) -> Result<HashMap<(UnitCode, Period), Level>, StoreError> {
        let units = asked.iter().map(|unit| &unit.code);
        let breakdown = std::slice::from_ref(breakdown);
        let mut found = HashMap::new();
        self.newest(&indicator.code, units, query.periods.iter(), breakdown, query.as_of, |one| {
            if one.source == source && one.cell.measure == Measure::Level {
                let level = Level::stated(&one);
                found.insert((one.cell.unit, one.cell.period), level);
            }
        })
        .await?;
        Ok(found)
    }

    /// The newest statement up to `as_of` of each cell of an indicator at these units, periods and breakdowns.
    async fn newest<'a>(
        &mut self,
        indicator: &IndicatorCode,
        units: impl Iterator<Item = &'a UnitCode>,
        periods: impl Iterator<Item = &'a Period>,
        breakdowns: &[Breakdown],
        as_of: Seq,
        show: impl FnMut(Observation),
    ) -> Result<(), StoreError> {
        let engine = self.conn.engine();
        let [mut of_units, mut of_periods, mut of_breakdowns] = [(); 3].map(|()| Rows::new(engine));
        for unit in units {
            of_units.row().text(unit.as_str());
        }
        for period in periods {
            of_periods.row().text(&*period.to_string());
        }
        for breakdown in breakdowns {
            of_breakdowns.row().text(breakdown.as_str());
        }
        let asked = of_units.after(args![indicator.as_str(), as_of]);
        let asked = of_breakdowns.after(of_periods.after(asked));
        self.observations(bulk_sql!(engine, "newest_statements"), asked, show).await
    }

    /// What the units below the asked ones come to.
    async fn totals(
        &mut self,
        indicator: &Indicator,
        breakdown: &Breakdown,
        source: Source,
        asked: &[&Unit],
        query: &Query,
        shapes: &Shapes<'_>,
    ) -> Result<HashMap<(UnitCode, Period), Total>, StoreError> {
        let engine = self.conn.engine();
        let (mut made, mut spans) = (Rows::new(engine), Rows::new(engine));
        let mut is_any = false;
        for (number, shape) in shapes.all.iter().enumerate() {
            let mut seen = std::collections::HashSet::new();
            for (unit, leaves) in
                asked.iter().zip(shape).filter(|(unit, _)| seen.insert(&unit.code))
            {
                for (position, leaf) in leaves.iter().flatten().enumerate() {
                    made.row()
                        .int(number as i64)
                        .text(unit.code.as_str())
                        .text(leaf.code.as_str())
                        .int(position as i64);
                    is_any = true;
                }
            }
        }
        if !is_any {
            return Ok(HashMap::new());
        }
        for (period, shape) in &shapes.of_period {
            spans.row().text(&*period.to_string()).int(*shape as i64);
        }
        let cells = args![indicator.code.as_str(), breakdown.as_str(), source.code(), query.as_of];
        let statement = bulk_sql!(engine, "levels_of_leaves");
        let rows = self.conn.fetch_all(statement, spans.after(made.after(cells))).await?;
        let mut totals: HashMap<(UnitCode, Period), Total> = HashMap::new();
        for row in &rows {
            let unit = crate::columns::code("a unit", UnitCode::parse(row.text(0)?))?;
            let period = crate::columns::code("a period", Period::parse(row.text(1)?))?;
            let total = totals.entry((unit, period)).or_default();
            if row.text(2)? == "number" {
                total.numbers.push(AtScale::read(row)?);
            } else {
                total.not_applicable += row.int(4)? as u32;
            }
        }
        Ok(totals)
    }
}

/// The one source that is asked, if only levels are.
fn covered(query: &Query) -> Result<Source, NotInSql> {
    if let Some(other) = query.measures.iter().find(|measure| **measure != Measure::Level) {
        return Err(NotInSql::Measure(*other));
    }
    match (query.source, query.source.sources()) {
        (SourceChoice::Preferred, _) => Err(NotInSql::Source),
        (SourceChoice::Measured, _) => Err(NotInSql::Measured),
        (_, [only]) => Ok(*only),
        (_, _) => Err(NotInSql::Source),
    }
}

fn adds_up(indicator: &Indicator, periods: &[Period]) -> Result<(), NotInSql> {
    let code = || indicator.code.clone();
    match (&indicator.ratio, &indicator.over_units) {
        (None, OverUnits::Sum | OverUnits::Max | OverUnits::None) => {}
        (Some(_), _) | (None, OverUnits::Ratio | OverUnits::WeightedMean(_)) => {
            return Err(NotInSql::OverUnits(code()));
        }
    }
    let follows =
        |period: &&Period| indicator.over_time != OverTime::None && !period.parts().is_empty();
    match periods.iter().find(follows) {
        Some(period) => Err(NotInSql::OverTime(code(), *period)),
        None => Ok(()),
    }
}

impl<'a> Shapes<'a> {
    fn of(
        units: &'a Units,
        indicator: &Indicator,
        asked: &[&'a Unit],
        query: &Query,
    ) -> Result<Shapes<'a>, NotInSql> {
        let mut shapes = Shapes { all: vec![], of_period: HashMap::new() };
        let mut known: BTreeMap<Vec<Option<Vec<&str>>>, usize> = BTreeMap::new();
        for &period in &query.periods {
            let leaves_of = |unit: &'a Unit| leaves(units, indicator, unit, period, query.tree);
            let shape: Vec<Option<Vec<&Unit>>> = asked.iter().map(|unit| leaves_of(unit)).collect();
            let nested = shape.iter().flatten().flatten().find(|leaf| leaves_of(leaf).is_some());
            if let Some(leaf) = nested {
                return Err(NotInSql::Nested(leaf.code.clone()));
            }
            let codes = |leaves: &Option<Vec<&'a Unit>>| {
                leaves.as_ref().map(|all| all.iter().map(|leaf| leaf.code.as_str()).collect())
            };
            let number =
                *known.entry(shape.iter().map(codes).collect()).or_insert(shapes.all.len());
            if number == shapes.all.len() {
                shapes.all.push(shape);
            }
            shapes.of_period.insert(period, number);
        }
        Ok(shapes)
    }
}

impl AtScale {
    fn read(row: &Row) -> Result<AtScale, StoreError> {
        let bad = |what: &str| StoreError::unreadable("a total", what);
        let scale = u8::try_from(row.int(3)?).map_err(|_| bad("its scale"))?;
        let weakest = usize::try_from(row.int(11)?).ok();
        // Seq, position among the leaves, publisher of the leaf that was stated last.
        let mut latest = row.text(12)?.splitn(3, '|').skip(1);
        let position = latest.next().and_then(|text| text.parse().ok());
        let position = position.ok_or_else(|| bad("its latest leaf"))?;
        let publisher = latest.next().filter(|name| !name.is_empty()).map(Into::into);
        let status = weakest.and_then(|at| Status::ALL.get(at)).ok_or_else(|| bad("its status"))?;
        let level = Level {
            figure: Figure::Number(Decimal::ZERO),
            basis: Basis::RolledUp,
            computed: None,
            ratio: None,
            of: None,
            status: *status,
            qualifier: None,
            publisher,
            measured_share: None,
            coverage: Coverage::default(),
            seq: Seq(row.int(8)? as u64),
            recorded_at: row.instant(9)?,
            synthetic: row.truth(10)?,
        };
        Ok(AtScale {
            scale,
            leaves: row.int(4)? as u32,
            sum: (i128::from(row.int(5)?) << 32) + i128::from(row.int(6)?),
            greatest: row.int(7)?,
            level,
            position,
        })
    }
}

impl Total {
    /// The numbers of all scales as one.
    fn level(&self, indicator: &Indicator, leaves: u32) -> Option<Level> {
        let latest = self.numbers.iter().max_by_key(|part| (part.level.seq, part.position))?;
        let number = match indicator.over_units {
            OverUnits::Sum => {
                let scale = self.numbers.iter().map(|part| part.scale).max()?;
                let at = |part: &AtScale| {
                    part.sum.checked_mul(10i128.pow(u32::from(scale - part.scale)))
                };
                let sum =
                    self.numbers.iter().try_fold(0i128, |sum, part| sum.checked_add(at(part)?));
                Decimal::new(sum?, scale)?
            }
            OverUnits::Max => {
                let number = |part: &AtScale| Decimal::new(part.greatest.into(), part.scale);
                self.numbers.iter().filter_map(number).max()?
            }
            OverUnits::Ratio | OverUnits::WeightedMean(_) | OverUnits::None => return None,
        };
        Some(Level {
            figure: Figure::Number(number),
            status: self.numbers.iter().map(|part| part.level.status).min()?,
            coverage: Coverage {
                present: self.numbers.iter().map(|part| part.leaves).sum(),
                expected: leaves - self.not_applicable,
            },
            synthetic: self.numbers.iter().any(|part| part.level.synthetic),
            ..latest.level.clone()
        })
    }
}
