//! What nodes come to, as boards show it, a row of periods for each node: a board copies it.
//!
//! Finding a number takes longer than copying it, and a board asks for the same stretch of months of every
//! province. So the cells of one indicator, breakdown and source stand side by side in time, finished, from
//! the first question about a period on; a commit moves those that follow from it, as it moves what is kept.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use model::answer::Part;
use model::{Calendar, Frequency, Period, Source};

use crate::ask::{Asked, Asker};
use crate::board::{Found, LevelCell, found};
use crate::held::Said;
use crate::kept::follows;
use crate::places::{Epoch, Places, Shape, TreeOf};

/// Periods of one length, whose number counts them through all years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Rhythm {
    frequency: Frequency,
    calendar: Calendar,
}

/// Whose figures are in a grid, of which periods, in which tree: all have one shape.
pub(crate) type GridKey = (Source, TreeOf, Rhythm, Epoch);

/// Asked periods that follow one another in a grid.
pub(crate) struct Stretch {
    /// Where they stand among the asked ones.
    pub asked: Range<usize>,
    rhythm: Rhythm,
    epoch: Epoch,
    /// The number of the first.
    first: i32,
}

/// Nodes by periods.
pub(crate) struct Grid {
    pub shape: Arc<Shape>,
    /// The number of the first period.
    first: i32,
    /// By period.
    known: Vec<Option<Known>>,
    /// By node, then period.
    cells: Vec<LevelCell>,
}

/// A period whose cells are here.
#[derive(Clone, Copy)]
struct Known {
    period: Period,
    /// What they were read off.
    part: Part,
    /// Whether none has to be looked at singly.
    is_whole: bool,
}

/// A grid may be so many times as long as what is known in it, and a year: a period a century away is answered apart.
const SPREAD: usize = 4;

impl Rhythm {
    /// The rhythm of a period of months and its number in it.
    fn of(period: Period) -> Option<(Rhythm, i32)> {
        let months = match period.frequency() {
            Frequency::Month => 1,
            Frequency::Quarter => 3,
            Frequency::Half => 6,
            Frequency::Year => 12,
            Frequency::Day | Frequency::Week | Frequency::Range => return None,
        };
        let rhythm = Rhythm { frequency: period.frequency(), calendar: period.calendar() };
        let last_month = i32::from(period.named_year()) * 12 + i32::from(period.last_month()) - 1;
        Some((rhythm, last_month / months))
    }
}

impl Stretch {
    /// Cuts periods where one does not follow the one before it; what is not made of months is left out.
    pub fn cut(periods: &[Period], places: &Places) -> Vec<Stretch> {
        let mut all: Vec<Stretch> = vec![];
        for (at, &period) in periods.iter().enumerate() {
            let Some((rhythm, number)) = Rhythm::of(period) else { continue };
            let epoch = places.epoch(period.end());
            match all.last_mut() {
                Some(last)
                    if (last.rhythm, last.epoch, last.asked.end) == (rhythm, epoch, at)
                        && last.first + last.asked.len() as i32 == number =>
                {
                    last.asked.end += 1;
                }
                _ => all.push(Stretch { asked: at..at + 1, rhythm, epoch, first: number }),
            }
        }
        all
    }

    /// Where its cells are.
    pub fn key(&self, source: Source, tree: TreeOf) -> GridKey {
        (source, tree, self.rhythm, self.epoch)
    }

    fn numbers(&self) -> Vec<i32> {
        (self.first..self.first + self.asked.len() as i32).collect()
    }
}

impl Grid {
    /// The asked periods of a stretch that a grid is long enough for, and where they stand in a row.
    pub fn within(&self, stretch: &Stretch) -> (Range<usize>, usize) {
        let end = self.first + self.known.len() as i32;
        let from = stretch.first.max(self.first);
        let to = (stretch.first + stretch.asked.len() as i32).min(end).max(from);
        let at = |number: i32| stretch.asked.start + (number - stretch.first) as usize;
        (at(from)..at(to), (from - self.first) as usize)
    }

    /// Whether the cells of a period are here; whether none of them has to be looked at singly.
    pub fn knows(&self, at: usize) -> Option<bool> {
        self.known[at].map(|known| known.is_whole)
    }

    /// The cells of a node.
    pub fn row(&self, node: u32, from: usize, count: usize) -> &[LevelCell] {
        let start = node as usize * self.known.len() + from;
        &self.cells[start..start + count]
    }

    pub fn bytes(&self) -> usize {
        self.cells.capacity() * size_of::<LevelCell>()
            + self.known.capacity() * size_of::<Option<Known>>()
            + size_of::<Grid>()
    }

    fn new(shape: Arc<Shape>) -> Grid {
        Grid { shape, first: 0, known: vec![], cells: vec![] }
    }

    /// Makes it long enough for these periods, of which so many are to be put here; answers whether it now is.
    fn reach(&mut self, numbers: Range<i32>, coming: usize) -> bool {
        let old_length = self.known.len();
        if old_length == 0 {
            self.first = numbers.start;
        }
        let first = self.first.min(numbers.start);
        let length = (self.first + old_length as i32).max(numbers.end) - first;
        let length = length as usize;
        if length == old_length {
            return true;
        }
        let known = self.known.iter().flatten().count() + coming;
        if length > known * SPREAD + 12 {
            return false;
        }
        let before = (self.first - first) as usize;
        let mut cells = vec![LevelCell::SINGLY; self.shape.nodes.len() * length];
        if old_length > 0 {
            for (to, from) in cells.chunks_mut(length).zip(self.cells.chunks(old_length)) {
                to[before..before + old_length].copy_from_slice(from);
            }
        }
        let mut all = vec![None; length];
        all[before..before + old_length].copy_from_slice(&self.known);
        (self.first, self.known, self.cells) = (first, all, cells);
        true
    }

    /// Puts the cells of all nodes at a period.
    fn fill(&mut self, at: usize, period: Period, said: &Said, found: &Found) {
        let nodes = 0..self.shape.nodes.len() as u32;
        let is_whole = self.put(at, nodes, said, found);
        self.known[at] = Some(Known { period, part: found.key.1, is_whole });
    }

    /// Puts the cells of some nodes; answers whether none has to be looked at singly.
    fn put(
        &mut self,
        at: usize,
        nodes: impl IntoIterator<Item = u32>,
        said: &Said,
        found: &Found,
    ) -> bool {
        let (shape, length) = (self.shape.clone(), self.known.len());
        let plain = found.plain(said);
        let mut is_whole = true;
        for node in nodes {
            let cell = &mut self.cells[node as usize * length + at];
            let unit = shape.nodes[node as usize].unit;
            if plain.is_stated_outside(unit) || !plain.node(found.packed(node), node, cell) {
                *cell = LevelCell::SINGLY;
                is_whole = false;
            }
        }
        is_whole
    }

    /// Moves the cells that follow from new statements of these places, said for `from`.
    pub fn follow<'a>(
        &mut self,
        asker: &Asker<'a>,
        asked: Asked<'a>,
        said: &Said,
        source: Source,
        (from, places): (Part, &BTreeSet<u32>),
    ) {
        let shape = self.shape.clone();
        let both = || shape.both.iter().copied();
        let mut dirty = None;
        for at in 0..self.known.len() {
            let Some(known) = self.known[at] else { continue };
            if !follows(Part::Level(known.period), from) {
                continue;
            }
            self.known[at] = None;
            // What was not moved with the commit is worked out, and put here, when it is asked for.
            if said.kept(&(source, known.part, asker.tree())).is_none() {
                continue;
            }
            let asked = Asked { period: known.period, ..asked };
            let Some(found) = found(asker, asked, said, source) else { continue };
            if found.key.1 != known.part || found.kept.is_stated_outside {
                continue;
            }
            let dirty = dirty.get_or_insert_with(|| {
                let below = places.iter().copied().chain(both().map(|(place, _)| place));
                let mut dirty = shape.above(below);
                dirty.extend(both().map(|(_, node)| node));
                dirty
            });
            let is_whole = self.put(at, dirty.iter().copied(), said, &found);
            self.known[at] = Some(Known { is_whole: is_whole && known.is_whole, ..known });
        }
    }
}

/// Puts the asked periods of a stretch into a grid where they can be and are not yet; answers whether any was.
pub(crate) fn fill<'a>(
    asker: &Asker<'a>,
    asked: Asked<'a>,
    (said, source): (&'a Said, Source),
    stretch: &Stretch,
    periods: &[Period],
) -> bool {
    let key = stretch.key(source, asker.tree());
    let mut missing = stretch.numbers();
    said.with_grid(&key, |grid| {
        missing.retain(|number| {
            let at = usize::try_from(number - grid.first).ok();
            !at.is_some_and(|at| grid.known.get(at).is_some_and(Option::is_some))
        });
    });
    let found_at = |number: i32| {
        let period = periods[stretch.asked.start + (number - stretch.first) as usize];
        let found = found(asker, Asked { period, ..asked }, said, source)?;
        // Where nothing was said there is nothing to copy.
        (!found.kept.nodes().is_empty()).then_some((number, period, found))
    };
    let all: Vec<(i32, Period, Found)> = missing.into_iter().filter_map(found_at).collect();
    let (Some((first, _, one)), Some((last, ..))) = (all.first(), all.last()) else {
        return false;
    };
    let new = || Grid::new(one.kept.shape.clone());
    asker.cube.worked_out.fetch_add(1, Ordering::Relaxed);
    said.change_grid(key, new, |grid| {
        let is_long_enough = grid.reach(*first..last + 1, all.len());
        for (number, period, found) in all.iter().filter(|_| is_long_enough) {
            grid.fill((number - grid.first) as usize, *period, said, found);
        }
        is_long_enough
    })
}
