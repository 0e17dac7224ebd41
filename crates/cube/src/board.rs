//! Levels in bulk: many indicators, units and periods at a few nanoseconds a cell.
//!
//! A board asks for levels and nothing else, so an answer here is 24 bytes without codes or names. The
//! cells of nodes are copied from a grid, a stretch of periods at once; a plain leaf is read off its
//! column; every other cell goes the way of [`Cube::answer`], so that both say the same.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use model::answer::{Basis, Coverage, Level, Part};
use model::indicator::OverTime;
use model::{
    Absence, Answered, Decimal, Figure, Measure, Period, Query, Seq, Source, SourceChoice, Status,
};

use crate::ask::{Asked, Asker};
use crate::column::{Column, decimal};
use crate::grid::{Grid, Stretch, fill};
use crate::held::Said;
use crate::kept::{Kept, KeptKey, how};
use crate::places::Shape;
use crate::total::Packed;
use crate::{Cube, Unanswered};

/// The level of one cell, as boards show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelCell {
    value: i64,
    /// The lowest bits of it; the others are beside what was said.
    seq: u32,
    present: u32,
    expected: u32,
    said: Bits,
}

/// Whatever is small, in one number that is written at once: basis in bits 0–1, status + 1 in 2–3,
/// source + 1 in 4–6, synthetic in 7, absence + 1 in 8–11, more to say in 12, scale in 13–17, and in
/// 18–31 the bits of a seq that 32 bits have no room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bits(u32);

impl Bits {
    const SYNTHETIC: u32 = 1 << 7;
    const MORE: u32 = 1 << 12;

    fn new(basis: Basis, status: Option<Status>, source: Option<Source>) -> Bits {
        let bits = Bits(basis as u32 | source.map_or(0, |source| source as u32 + 1) << 4);
        bits.with_status(status.map_or(0, |status| status as u8 + 1))
    }

    fn with_status(self, code: u8) -> Bits {
        Bits(self.0 | u32::from(code) << 2)
    }

    fn absent(self, reason: Absence) -> Bits {
        Bits(self.0 | (reason as u32 + 1) << 8)
    }

    fn at_scale(self, scale: u8) -> Bits {
        Bits(self.0 | u32::from(scale) << 13)
    }

    fn at_seq(self, seq: u64) -> Bits {
        Bits(self.0 | ((seq >> 32) as u32) << 18)
    }

    fn flagged(self, flag: u32, is_so: bool) -> Bits {
        Bits(self.0 | if is_so { flag } else { 0 })
    }

    fn field(self, from: u32, mask: u32) -> usize {
        (self.0 >> from & mask) as usize
    }
}

impl LevelCell {
    /// What a cell is not: it has to be looked at singly.
    pub(crate) const SINGLY: LevelCell =
        LevelCell { value: 0, seq: 0, present: 0, expected: 0, said: Bits(15 << 8) };

    /// Nothing was recorded.
    fn nothing(expected: u32) -> LevelCell {
        LevelCell {
            value: 0,
            seq: 0,
            present: 0,
            expected,
            said: Bits::new(Basis::Stated, None, None).absent(Absence::NothingRecorded),
        }
    }

    fn of(answered: &Answered) -> LevelCell {
        let has_more = answered.computed.is_some()
            || answered.of.is_some()
            || answered.qualifier.is_some()
            || answered.publisher.is_some()
            || matches!(answered.figure, Figure::Range { .. } | Figure::Magnitude(_));
        let said = Bits::new(answered.basis, answered.status, answered.source)
            .flagged(Bits::SYNTHETIC, answered.synthetic)
            .flagged(Bits::MORE, has_more)
            .at_seq(answered.seq.0);
        let value = answered.value().unwrap_or(Decimal::ZERO);
        LevelCell {
            value: value.mantissa(),
            seq: answered.seq.0 as u32,
            present: answered.coverage.present,
            expected: answered.coverage.expected,
            said: match answered.figure.absence() {
                Some(reason) => said.absent(reason),
                None => said.at_scale(value.scale()),
            },
        }
    }

    /// The number, the lower end of a range or the power of ten; `None` when it is absent.
    pub fn value(&self) -> Option<Decimal> {
        self.absence().is_none().then(|| decimal(self.value, self.said.field(13, 31) as u8))
    }

    /// Why there is no number.
    pub fn absence(&self) -> Option<Absence> {
        Absence::ALL.get(self.said.field(8, 15).checked_sub(1)?).copied()
    }

    /// The units in it.
    pub fn coverage(&self) -> Coverage {
        Coverage { present: self.present, expected: self.expected }
    }

    /// The latest commit in it.
    pub fn seq(&self) -> Seq {
        Seq((self.said.field(18, u32::MAX) as u64) << 32 | u64::from(self.seq))
    }

    /// How it came about.
    pub fn basis(&self) -> Basis {
        Basis::ALL[self.said.field(0, 3)]
    }

    /// The weakest status in it.
    pub fn status(&self) -> Option<Status> {
        Status::ALL.get(self.said.field(2, 3).checked_sub(1)?).copied()
    }

    /// Whose number.
    pub fn source(&self) -> Option<Source> {
        Source::ALL.get(self.said.field(4, 7).checked_sub(1)?).copied()
    }

    /// Whether any of it is made up by the demonstration's rule.
    pub fn is_synthetic(&self) -> bool {
        self.said.0 & Bits::SYNTHETIC != 0
    }

    /// Whether [`Cube::answer`] says more of it: a computed value beside, a qualifier, a publisher, an upper end.
    pub fn has_more(&self) -> bool {
        self.said.0 & Bits::MORE != 0
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
        for code in &query.indicators {
            self.indicator(code)?;
        }
        if into.is_empty() {
            return Ok(());
        }
        let stretches = Stretch::cut(&query.periods, &self.places);
        let row = periods * breakdowns;
        let mut board = Board { asker: &asker, units, known: vec![], choice: query.source };
        for (at_indicator, code) in query.indicators.iter().enumerate() {
            let indicator = self.indicator(code)?;
            for (at_breakdown, breakdown) in query.breakdowns.iter().enumerate() {
                let asked = asker.asked(indicator, 0, query.periods[0], breakdown);
                let first = at_indicator * board.units.len() * row + at_breakdown;
                let mut into = Rows { cells: &mut into[first..], row, step: breakdowns };
                for at in board.copy(asked, &query.periods, &stretches, &mut into) {
                    let cells = &mut into.cells[at * breakdowns..];
                    board.answer(Asked { period: query.periods[at], ..asked }, cells, row);
                }
            }
        }
        Ok(())
    }
}

/// The cells of an indicator and a breakdown: a row of periods for each unit.
struct Rows<'c> {
    cells: &'c mut [LevelCell],
    /// From a unit to the next.
    row: usize,
    /// From a period to the next.
    step: usize,
}

/// The units that are asked about, and where they are found in each tree.
struct Board<'b, 'a> {
    asker: &'b Asker<'a>,
    units: Vec<u32>,
    known: Vec<(Arc<Shape>, Rc<Wheres>)>,
    choice: SourceChoice,
}

/// Where a unit's level is found.
#[derive(Clone, Copy)]
enum Where {
    Node(u32),
    Leaf(u32),
    /// It is looked at singly.
    Elsewhere,
}

struct Wheres {
    all: Vec<Where>,
    /// Those of them that are nodes.
    nodes: Vec<u32>,
    are_leaves: bool,
    are_nodes: bool,
}

impl<'a> Board<'_, 'a> {
    /// Copies what can be copied; answers which of the periods are left.
    fn copy(
        &mut self,
        asked: Asked<'a>,
        periods: &[Period],
        stretches: &[Stretch],
        into: &mut Rows<'_>,
    ) -> Vec<usize> {
        let said = asked.said.filter(|_| how(asked.indicator).is_some());
        let source = said.and_then(|said| Some((said, only_source(said, self.choice)?)));
        let Some((said, source)) = source else { return (0..periods.len()).collect() };
        let (mut left, mut next) = (vec![], 0);
        for stretch in stretches {
            left.extend(next..stretch.asked.start);
            next = stretch.asked.end;
            let before = left.len();
            let key = stretch.key(source, self.asker.tree());
            let mut copy = |board: &mut Self, left: &mut Vec<usize>| {
                let copied = said.with_grid(&key, |grid| {
                    board.copy_rows(grid, asked, (stretch, periods), into, left);
                });
                if copied.is_none() {
                    left.extend(stretch.asked.clone());
                }
            };
            copy(self, &mut left);
            let asked = Asked { period: periods[stretch.asked.start], ..asked };
            if left.len() > before
                && self.wheres(&self.asker.shape(asked)).are_nodes
                && fill(self.asker, asked, (said, source), stretch, periods)
            {
                left.truncate(before);
                copy(self, &mut left);
            }
        }
        left.extend(next..periods.len());
        left
    }

    fn copy_rows(
        &mut self,
        grid: &Grid,
        asked: Asked<'a>,
        (stretch, periods): (&Stretch, &[Period]),
        into: &mut Rows<'_>,
        left: &mut Vec<usize>,
    ) {
        let wheres = self.wheres(&grid.shape);
        let (within, from) = grid.within(stretch);
        if !wheres.are_nodes || within.is_empty() {
            left.extend(stretch.asked.clone());
            return;
        }
        left.extend(stretch.asked.start..within.start);
        left.extend(within.end..stretch.asked.end);
        let mut singly = vec![];
        for (at, period) in within.clone().enumerate() {
            match grid.knows(from + at) {
                Some(true) => {}
                Some(false) => singly.push(period),
                None => left.push(period),
            }
        }
        let rows = into.cells.chunks_mut(into.row);
        for (&node, row) in wheres.nodes.iter().zip(rows) {
            let cells = grid.row(node, from, within.len());
            let row = &mut row[within.start * into.step..];
            if into.step == 1 {
                row[..cells.len()].copy_from_slice(cells);
            } else {
                row.iter_mut().step_by(into.step).zip(cells).for_each(|(to, cell)| *to = *cell);
            }
        }
        for at in singly {
            let asked = Asked { period: periods[at], ..asked };
            let cells = into.cells[at * into.step..].iter_mut().step_by(into.row);
            for (cell, &unit) in cells.zip(&self.units) {
                if *cell == LevelCell::SINGLY {
                    *cell = one(self.asker, asked.about(unit), self.choice);
                }
            }
        }
    }

    /// Answers one level of each unit, into every so many cells.
    fn answer(&mut self, asked: Asked<'a>, into: &mut [LevelCell], stride: usize) {
        let (asker, choice) = (self.asker, self.choice);
        let singly = |unit: u32| one(asker, asked.about(unit), choice);
        let said = asked.said.filter(|_| asked.indicator.ratio.is_none());
        let source = said.and_then(|said| Some((said, only_source(said, choice)?)));
        if let Some((said, source)) = source
            && asked.period.parts().is_empty()
        {
            let wheres = self.wheres(&asker.shape(asked));
            if wheres.are_leaves {
                // Leaves are what was stated: nothing has to be worked out for them.
                let stated = said.series(source).column(Part::Level(asked.period));
                let column = stated.map(|stated| &stated.column);
                for (at, (&unit, place)) in self.units.iter().zip(&wheres.all).enumerate() {
                    let cell = &mut into[at * stride];
                    if !matches!(place, Where::Leaf(place) if leaf(column, *place, source, cell)) {
                        *cell = singly(unit);
                    }
                }
                return;
            }
        }
        let found =
            source.and_then(|(said, source)| Some((said, found(asker, asked, said, source)?)));
        let Some((said, found)) = found else {
            for (at, &unit) in self.units.iter().enumerate() {
                into[at * stride] = singly(unit);
            }
            return;
        };
        let wheres = self.wheres(&found.kept.shape);
        let plain = found.plain(said);
        for (at, (&unit, place)) in self.units.iter().zip(&wheres.all).enumerate() {
            let cell = &mut into[at * stride];
            let is_plain = match *place {
                _ if plain.is_stated_outside(unit) => false,
                Where::Node(node) => plain.node(found.packed(node), node, cell),
                Where::Leaf(place) => plain.leaf(place, cell),
                Where::Elsewhere => false,
            };
            if !is_plain {
                *cell = singly(unit);
            }
        }
    }

    fn wheres(&mut self, shape: &Arc<Shape>) -> Rc<Wheres> {
        if let Some((_, known)) = self.known.iter().find(|(known, _)| Arc::ptr_eq(known, shape)) {
            return known.clone();
        }
        let of_unit = |&unit: &u32| match (shape.node(unit), shape.domain.place(unit)) {
            (Some(node), None) => Where::Node(node),
            (None, Some(place)) => Where::Leaf(place),
            // A leaf that is made of others can be stated as well.
            (Some(_), Some(_)) | (None, None) => Where::Elsewhere,
        };
        let all: Vec<Where> = self.units.iter().map(of_unit).collect();
        let are_leaves = all.iter().all(|place| matches!(place, Where::Leaf(_)));
        let of_place = |place: &Where| match *place {
            Where::Node(node) => Some(node),
            Where::Leaf(_) | Where::Elsewhere => None,
        };
        let nodes: Vec<u32> = all.iter().filter_map(of_place).collect();
        let are_nodes = nodes.len() == all.len();
        let wheres = Rc::new(Wheres { all, nodes, are_leaves, are_nodes });
        self.known.push((shape.clone(), wheres.clone()));
        wheres
    }
}

#[cold]
#[inline(never)]
fn one<'a>(asker: &Asker<'a>, asked: Asked<'a>, choice: SourceChoice) -> LevelCell {
    LevelCell::of(&asker.answer(asked, Measure::Level, choice))
}

/// The part that an indicator's plain levels of a period can be read off.
pub(crate) struct Found {
    pub kept: Arc<Kept>,
    pub key: KeptKey,
    scale: u8,
    /// Whether it is a shorter period, at whose end a stock is asked for.
    is_at_the_end: bool,
    /// Whether a number could also come from shorter periods of the same unit.
    has_shorter: bool,
}

impl Found {
    /// What a node comes to.
    pub fn packed(&self, node: u32) -> Packed {
        self.kept.nodes().get(node as usize).copied().unwrap_or_default()
    }

    /// What cells are read off.
    pub fn plain<'a>(&'a self, said: &'a Said) -> Plain<'a> {
        let (source, part, _) = self.key;
        let stated = said.series(source).column(part);
        Plain {
            found: self,
            leaves: self.kept.leaves(said, self.key),
            stated: stated.map(|stated| &stated.column),
            outside: stated.map(|stated| &stated.outside).filter(|outside| !outside.is_empty()),
            source,
            rolled_up: Bits::new(Basis::RolledUp, None, Some(source)),
        }
    }
}

/// The one source that a choice leaves; `None` where sources have to be chosen cell by cell.
fn only_source(said: &Said, choice: SourceChoice) -> Option<Source> {
    let mut speaking = choice.sources().iter().copied().filter(|source| said.has(*source));
    let source = speaking.next()?;
    let is_judged = source == Source::Measured && choice == SourceChoice::Preferred;
    (speaking.next().is_none() && !is_judged).then_some(source)
}

/// Writes the cell of a leaf that is what was stated; answers whether it is plain.
fn leaf(column: Option<&Column>, place: u32, source: Source, cell: &mut LevelCell) -> bool {
    let plain = column.and_then(|column| column.plain(place));
    let Some(plain) = plain else {
        let is_odd = column.is_some_and(|column| column.odd().contains_key(&place));
        if !is_odd {
            *cell = LevelCell::nothing(1);
        }
        return !is_odd;
    };
    let said = Bits::new(Basis::Stated, Some(plain.status), Some(source))
        .flagged(Bits::SYNTHETIC, plain.synthetic);
    cell.value = plain.number.unwrap_or_default();
    (cell.seq, cell.present, cell.expected) = (plain.seq, 1, 1);
    cell.said = match plain.number {
        Ok(_) => said.at_scale(column.map_or(0, Column::scale)),
        Err(reason) => said.absent(reason),
    };
    true
}

/// `None` where cells have to be looked at one by one, such as means.
pub(crate) fn found<'a>(
    asker: &Asker<'a>,
    asked: Asked<'a>,
    said: &Said,
    source: Source,
) -> Option<Found> {
    how(asked.indicator)?;
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
    let found = Found {
        kept,
        key,
        scale: asked.indicator.scale,
        is_at_the_end: period != asked.period,
        has_shorter: !parts.is_empty(),
    };
    (!found.kept.is_told).then_some(found)
}

/// One column to read plain cells off.
pub(crate) struct Plain<'a> {
    found: &'a Found,
    /// As they go into totals, where not everything that was said of them does.
    leaves: Option<&'a Column>,
    stated: Option<&'a Column>,
    /// What was stated of units that the indicator is not collected from.
    outside: Option<&'a BTreeMap<u32, Level>>,
    source: Source,
    rolled_up: Bits,
}

impl Plain<'_> {
    pub fn is_stated_outside(&self, unit: u32) -> bool {
        self.outside.is_some_and(|outside| outside.contains_key(&unit))
    }

    /// Writes the cell of a node; answers whether it is plain.
    pub fn node(&self, packed: Packed, node: u32, cell: &mut LevelCell) -> bool {
        if packed.present == 0 {
            let shape = &self.found.kept.shape;
            let is_sure =
                !self.found.has_shorter && !self.found.is_at_the_end && !packed.is_elsewhere();
            if is_sure {
                *cell = LevelCell::nothing(shape.nodes[node as usize].listed.len() as u32);
            }
            return is_sure;
        }
        let (value, scale) = self.rounded(packed.value, packed.scale);
        let said = self.rolled_up.with_status(packed.status_code()).at_scale(scale);
        *cell = LevelCell {
            value,
            seq: packed.seq,
            present: packed.present,
            expected: packed.expected,
            said: said.flagged(Bits::SYNTHETIC, packed.is_synthetic()),
        };
        true
    }

    /// Writes the cell of a leaf; answers whether it is plain.
    fn leaf(&self, place: u32, cell: &mut LevelCell) -> bool {
        let is_rolled = self.found.is_at_the_end || self.found.has_shorter;
        if is_rolled && self.stated.is_some() && !self.found.is_at_the_end {
            return false;
        }
        let column = if is_rolled { self.leaves } else { self.stated };
        let Some(column) = column else { return false };
        let Some(plain) = column.plain(place) else { return false };
        let Ok(mantissa) = plain.number else { return false };
        let (basis, (value, scale)) = if is_rolled {
            (Basis::RolledUp, self.rounded(mantissa, column.scale()))
        } else {
            (Basis::Stated, (mantissa, column.scale()))
        };
        cell.value = value;
        (cell.seq, cell.present, cell.expected) = (plain.seq, 1, 1);
        cell.said = Bits::new(basis, Some(plain.status), Some(self.source))
            .at_scale(scale)
            .flagged(Bits::SYNTHETIC, plain.synthetic);
        true
    }

    fn rounded(&self, mantissa: i64, scale: u8) -> (i64, u8) {
        if scale <= self.found.scale {
            (mantissa, scale)
        } else {
            rounded(mantissa, scale, self.found.scale)
        }
    }
}

#[cold]
#[inline(never)]
fn rounded(mantissa: i64, scale: u8, to: u8) -> (i64, u8) {
    let rounded = decimal(mantissa, scale).rounded(to);
    (rounded.mantissa(), rounded.scale())
}
