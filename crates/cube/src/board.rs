//! Levels in bulk: many indicators, units and periods at a few nanoseconds a cell.
//!
//! A board asks for levels and nothing else, so an answer here is 32 bytes without codes or names. A
//! cell whose number is a kept node or a plain leaf is read off its column; every other cell goes
//! the way of [`Cube::answer`], so that both say the same.

use std::sync::Arc;

use model::answer::{Basis, Coverage, Part};
use model::indicator::OverTime;
use model::{
    Absence, Answered, Decimal, Figure, Measure, Query, Seq, Source, SourceChoice, Status,
};

use crate::ask::{Asked, Asker};
use crate::column::{Column, decimal};
use crate::held::{Said, Stated};
use crate::kept::{Kept, KeptKey, how};
use crate::{Cube, Unanswered};

/// The level of one cell, as boards show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelCell {
    value: i64,
    seq: u64,
    coverage: Coverage,
    scale: u8,
    what: What,
    /// Basis, status and source, and what else is known of it.
    said: Said8,
    flags: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Value,
    Absent(Absence),
}

/// Basis in bits 0–1, status + 1 in 2–3, source + 1 in 4–6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Said8(u8);

const SYNTHETIC: u8 = 1;
const MORE: u8 = 2;

impl Said8 {
    fn new(basis: Basis, status: Option<Status>, source: Option<Source>) -> Said8 {
        let status = status.map_or(0, |status| status as u8 + 1);
        let source = source.map_or(0, |source| source as u8 + 1);
        Said8(basis as u8 | status << 2 | source << 4)
    }
}

impl LevelCell {
    /// Nothing was recorded.
    fn nothing(expected: u32) -> LevelCell {
        LevelCell {
            value: 0,
            seq: 0,
            coverage: Coverage { present: 0, expected },
            scale: 0,
            what: What::Absent(Absence::NothingRecorded),
            said: Said8::new(Basis::Stated, None, None),
            flags: 0,
        }
    }

    fn of(answered: &Answered) -> LevelCell {
        let (what, value) = match answered.figure {
            Figure::Absent(reason) => (What::Absent(reason), Decimal::ZERO),
            figure => (What::Value, figure.shown().unwrap_or(Decimal::ZERO)),
        };
        let has_more = answered.computed.is_some()
            || answered.of.is_some()
            || answered.qualifier.is_some()
            || answered.publisher.is_some()
            || matches!(answered.figure, Figure::Range { .. } | Figure::Magnitude(_));
        LevelCell {
            value: value.mantissa(),
            seq: answered.seq.0,
            coverage: answered.coverage,
            scale: value.scale(),
            what,
            said: Said8::new(answered.basis, answered.status, answered.source),
            flags: u8::from(answered.synthetic) * SYNTHETIC | u8::from(has_more) * MORE,
        }
    }

    /// The number, the lower end of a range or the power of ten; `None` when it is absent.
    pub fn value(&self) -> Option<Decimal> {
        match self.what {
            What::Value => Some(decimal(self.value, self.scale)),
            What::Absent(_) => None,
        }
    }

    /// Why there is no number.
    pub fn absence(&self) -> Option<Absence> {
        match self.what {
            What::Value => None,
            What::Absent(reason) => Some(reason),
        }
    }

    /// The units in it.
    pub fn coverage(&self) -> Coverage {
        self.coverage
    }

    /// The latest commit in it.
    pub fn seq(&self) -> Seq {
        Seq(self.seq)
    }

    /// How it came about.
    pub fn basis(&self) -> Basis {
        Basis::ALL[usize::from(self.said.0 & 3)]
    }

    /// The weakest status in it.
    pub fn status(&self) -> Option<Status> {
        Status::ALL.get(usize::from(self.said.0 >> 2 & 3).checked_sub(1)?).copied()
    }

    /// Whose number.
    pub fn source(&self) -> Option<Source> {
        Source::ALL.get(usize::from(self.said.0 >> 4).checked_sub(1)?).copied()
    }

    /// Whether any of it is made up by the demonstration's rule.
    pub fn is_synthetic(&self) -> bool {
        self.flags & SYNTHETIC != 0
    }

    /// Whether [`Cube::answer`] says more of it: a computed value beside, a qualifier, a publisher, an upper end.
    pub fn has_more(&self) -> bool {
        self.flags & MORE != 0
    }
}

impl Cube {
    /// Answers the level of every cell of a query in the order asked; measures are not looked at.
    /// Pass the same vector again and it is not made anew.
    pub fn levels(&self, query: &Query, into: &mut Vec<LevelCell>) -> Result<(), Unanswered> {
        self.can_answer(query)?;
        let asker = Asker::new(self, self.places.tree(query.tree));
        let units: Vec<u32> =
            query.units.iter().map(|code| self.unit(code.as_str())).collect::<Result<_, _>>()?;
        let (periods, breakdowns) = (query.periods.len(), query.breakdowns.len());
        into.resize(
            query.indicators.len() * units.len() * periods * breakdowns,
            LevelCell::nothing(0),
        );
        let stride = periods * breakdowns;
        for (at_indicator, code) in query.indicators.iter().enumerate() {
            let indicator = self.indicator(code)?;
            for (at_period, &period) in query.periods.iter().enumerate() {
                for (at_breakdown, breakdown) in query.breakdowns.iter().enumerate() {
                    let asked = asker.asked(indicator, 0, period, breakdown);
                    let first =
                        at_indicator * units.len() * stride + at_period * breakdowns + at_breakdown;
                    let cells = into[first..].iter_mut().step_by(stride).zip(&units);
                    level_of_each(&asker, asked, query.source, cells);
                }
            }
        }
        Ok(())
    }
}

fn level_of_each<'c>(
    asker: &Asker<'_>,
    asked: Asked<'_>,
    choice: SourceChoice,
    cells: impl Iterator<Item = (&'c mut LevelCell, &'c u32)>,
) {
    let singly =
        |unit: u32| LevelCell::of(&asker.answer(asked.about(unit), Measure::Level, choice));
    let found = asked.said.and_then(|said| Some((said, plain_part(asker, asked, said, choice)?)));
    let Some((said, found)) = found else {
        cells.for_each(|(cell, &unit)| *cell = singly(unit));
        return;
    };
    let key = found.key;
    let plain = Plain {
        kept: &found.kept,
        column: found.kept.leaves(said, key),
        stated: said.series(key.0).columns.get(&key.1),
        source: key.0,
        found: &found,
        scale: asked.indicator.scale,
    };
    cells.for_each(|(cell, &unit)| *cell = plain.cell(unit).unwrap_or_else(|| singly(unit)));
}

/// The part that an indicator's plain levels of a period can be read off.
struct Found {
    kept: Arc<Kept>,
    key: KeptKey,
    /// Whether it is a shorter period, at whose end a stock is asked for.
    is_at_the_end: bool,
    /// Whether a number could also come from shorter periods of the same unit.
    has_shorter: bool,
}

/// `None` where cells have to be looked at one by one: ratios, means, several sources.
fn plain_part(
    asker: &Asker<'_>,
    asked: Asked<'_>,
    said: &Said,
    choice: SourceChoice,
) -> Option<Found> {
    how(asked.indicator)?;
    let mut speaking = choice.sources().iter().copied().filter(|source| said.has(*source));
    let source = speaking.next()?;
    let is_judged = source == Source::Measured && choice == SourceChoice::Preferred;
    if speaking.next().is_some() || is_judged {
        return None;
    }
    let columns = &said.series(source).columns;
    let is_stock = asked.indicator.over_time == OverTime::Last;
    let mut period = asked.period;
    let mut parts = period.parts();
    while is_stock && !columns.contains_key(&Part::Level(period)) {
        let Some(last) = parts.last() else { break };
        period = *last;
        parts = period.parts();
    }
    if is_stock && !parts.is_empty() {
        return None;
    }
    let key = (source, Part::Level(period), asker.tree());
    let kept = asker.kept(asked, said, key)?;
    let found =
        Found { kept, key, is_at_the_end: period != asked.period, has_shorter: !parts.is_empty() };
    (!found.kept.is_told).then_some(found)
}

/// One column to read plain cells off.
struct Plain<'a> {
    kept: &'a Kept,
    column: Option<&'a Column>,
    stated: Option<&'a Stated>,
    source: Source,
    found: &'a Found,
    scale: u8,
}

impl Plain<'_> {
    /// The cell of a unit; `None` where it is not plain.
    fn cell(&self, unit: u32) -> Option<LevelCell> {
        let shape = &self.kept.shape;
        if self.stated.is_some_and(|stated| stated.outside.contains_key(&unit)) {
            return None;
        }
        let Some(node) = shape.node(unit) else {
            return self.leaf(shape.domain.place(unit)?);
        };
        if shape.domain.place(unit).is_some() {
            return None;
        }
        let packed = self.kept.packed(node);
        if packed.present == 0 {
            let can_be_sure =
                !self.found.has_shorter && !self.found.is_at_the_end && !packed.is_elsewhere();
            return can_be_sure
                .then(|| LevelCell::nothing(shape.nodes[node as usize].listed.len() as u32));
        }
        let (value, scale) = self.rounded(packed.value, packed.scale);
        Some(LevelCell {
            value,
            seq: packed.seq.into(),
            coverage: Coverage { present: packed.present, expected: packed.expected },
            scale,
            what: What::Value,
            said: Said8::new(Basis::RolledUp, packed.status(), Some(self.source)),
            flags: u8::from(packed.is_synthetic()) * SYNTHETIC,
        })
    }

    fn leaf(&self, place: u32) -> Option<LevelCell> {
        let is_rolled = self.found.is_at_the_end || self.found.has_shorter;
        if is_rolled && self.stated.is_some() && !self.found.is_at_the_end {
            return None;
        }
        let column = self.column?;
        let plain = column.plain(place)?;
        let mantissa = plain.number.ok()?;
        let (basis, (value, scale)) = if is_rolled {
            (Basis::RolledUp, self.rounded(mantissa, column.scale()))
        } else {
            (Basis::Stated, (mantissa, column.scale()))
        };
        Some(LevelCell {
            value,
            seq: plain.seq.into(),
            coverage: Coverage::ONE,
            scale,
            what: What::Value,
            said: Said8::new(basis, Some(plain.status), Some(self.source)),
            flags: u8::from(plain.synthetic) * SYNTHETIC,
        })
    }

    fn rounded(&self, mantissa: i64, scale: u8) -> (i64, u8) {
        if scale <= self.scale {
            return (mantissa, scale);
        }
        let rounded = decimal(mantissa, scale).rounded(self.scale);
        (rounded.mantissa(), rounded.scale())
    }
}
