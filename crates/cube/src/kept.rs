//! What each leaf and each node of a tree comes to for one part: worked out when first asked for,
//! then moved with each commit.
//!
//! A node is put together from the nodes and leaves just below it, so that a figure that changes
//! moves one node for each level of the tree and nothing has to be subtracted.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use model::answer::{Level, Part};
use model::indicator::{OverTime, OverUnits};
use model::{Frequency, Indicator, Period, Source};

use crate::ask::{Asked, Asker};
use crate::column::{Column, Moments, Plain};
use crate::held::{Said, period_of};
use crate::places::{Kinds, Node, Shape, TreeOf};
use crate::total::{How, Packed, Total, for_each_word, is_told, over_time};

/// Whose figures are kept, of which part, in which tree.
pub(crate) type KeptKey = (Source, Part, TreeOf);

/// Leaves and nodes of one part.
pub(crate) struct Kept {
    pub shape: Arc<Shape>,
    leaves: Leaves,
    /// By node; empty where nodes come to nothing, or have to be worked out leaf by leaf.
    nodes: Vec<Packed>,
    elsewhere: HashMap<u32, Total>,
    how: Option<How>,
    /// Whether nodes have to be worked out leaf by leaf.
    pub is_told: bool,
    /// Whether something was stated for this part of units that the indicator is not collected from.
    pub is_stated_outside: bool,
}

enum Leaves {
    /// The leaves are what was stated.
    AsStated,
    /// The leaves follow from what was stated for this part and for shorter periods.
    Own(Column),
}

/// How an indicator's leaves are put together, when a total of totals is possible.
pub(crate) fn how(indicator: &Indicator) -> Option<How> {
    match (&indicator.ratio, &indicator.over_units) {
        (None, OverUnits::Sum) => Some(How::Sum),
        (None, OverUnits::Max) => Some(How::Max),
        (Some(_), _) | (None, OverUnits::Ratio | OverUnits::WeightedMean(_) | OverUnits::None) => {
            None
        }
    }
}

/// Whether leaves can be kept: a leaf that is itself a ratio or a mean of others cannot.
fn can_be_kept(indicator: &Indicator, shape: &Shape) -> bool {
    match (&indicator.ratio, &indicator.over_units) {
        (Some(_), _) => false,
        (None, OverUnits::Sum | OverUnits::Max | OverUnits::Ratio | OverUnits::None) => true,
        (None, OverUnits::WeightedMean(_)) => shape.both.is_empty(),
    }
}

/// The shorter periods whose levels an indicator's number of a part follows from.
fn shorter(indicator: &Indicator, part: Part) -> Vec<Period> {
    let parts = match part {
        Part::Level(period) => period.parts(),
        Part::YearToDate(period) => period.year_to_date(),
        Part::Plan(_) => vec![],
    };
    match (part, indicator.over_time) {
        (Part::YearToDate(_), _) if parts.len() == 1 => parts,
        (_, OverTime::Sum | OverTime::Max) => parts,
        (_, OverTime::Last) => parts.last().copied().into_iter().collect(),
        (_, OverTime::None) => vec![],
    }
}

/// Whether a number of one part can follow from what is said of another.
pub(crate) fn follows(part: Part, from: Part) -> bool {
    let is_of_months = |period: Period| match period.frequency() {
        Frequency::Month | Frequency::Quarter | Frequency::Half | Frequency::Year => true,
        Frequency::Day | Frequency::Week | Frequency::Range => false,
    };
    if part == from {
        return true;
    }
    let (Part::Level(finer), Part::Level(period) | Part::YearToDate(period)) = (from, part) else {
        return false;
    };
    let is_within = is_of_months(finer)
        && is_of_months(period)
        && finer.calendar() == period.calendar()
        && finer.end() <= period.end();
    match part {
        Part::Level(_) => is_within && period.start() <= finer.start(),
        Part::YearToDate(_) => is_within && finer.named_year() == period.named_year(),
        Part::Plan(_) => false,
    }
}

impl Kept {
    /// The leaves, as places of the domain. Of what they say only what goes into totals is sure.
    pub fn leaves<'a>(&'a self, said: &'a Said, (source, part, _): KeptKey) -> Option<&'a Column> {
        match &self.leaves {
            Leaves::AsStated => said.series(source).column(part).map(|stated| &stated.column),
            Leaves::Own(column) => Some(column),
        }
    }

    /// What the leaves of a node come to.
    pub fn level(&self, node: u32, moments: &Moments) -> Option<Level> {
        self.total(node)?.level(moments)
    }

    /// What the leaves of each node come to; empty where that is not kept.
    pub fn nodes(&self) -> &[Packed] {
        &self.nodes
    }

    fn total(&self, node: u32) -> Option<Total> {
        let packed = *self.nodes.get(node as usize)?;
        if packed.is_elsewhere() {
            self.elsewhere.get(&node).cloned()
        } else {
            Some(packed.total())
        }
    }

    pub fn bytes(&self) -> usize {
        let leaves = match &self.leaves {
            Leaves::AsStated => 0,
            Leaves::Own(column) => column.bytes(),
        };
        leaves
            + self.nodes.capacity() * size_of::<Packed>()
            + self.elsewhere.len() * (size_of::<Total>() + 16)
            + size_of::<Kept>()
    }

    /// Works out every leaf and node; `None` where they cannot be kept.
    pub fn make<'a>(
        asker: &Asker<'a>,
        asked: Asked<'a>,
        said: &Said,
        key: KeptKey,
    ) -> Option<Kept> {
        let (source, part, tree) = key;
        let indicator = asked.indicator;
        let shape = asker.cube.places.shape(indicator, tree, period_of(part).end());
        if !can_be_kept(indicator, &shape) {
            return None;
        }
        let columns = &said.series(source).columns;
        let is_as_stated = shape.both.is_empty()
            && match part {
                Part::Level(_) | Part::YearToDate(_) => {
                    !columns.keys().any(|from| *from != part && follows(part, *from))
                }
                Part::Plan(_) => false,
            };
        let leaves = if is_as_stated {
            Leaves::AsStated
        } else {
            Leaves::Own(leaves_over_time(asker, asked, said, key, &shape))
        };
        let mut kept = Kept {
            shape,
            leaves,
            nodes: vec![],
            elsewhere: HashMap::new(),
            how: how(indicator),
            is_told: false,
            is_stated_outside: columns
                .get(&part)
                .is_some_and(|slot| !slot.get().outside.is_empty()),
        };
        kept.make_nodes(asker, asked, said, key);
        Some(kept)
    }

    fn make_nodes<'a>(&mut self, asker: &Asker<'a>, asked: Asked<'a>, said: &Said, key: KeptKey) {
        let shape = self.shape.clone();
        let is_empty = self.leaves(said, key).is_none_or(Column::is_empty) && shape.both.is_empty();
        if is_empty {
            return;
        }
        self.look_for_told(said, key, asker.moments());
        if self.how.is_some() && !self.is_told {
            self.nodes = vec![Packed::default(); shape.nodes.len()];
        }
        let is_both: HashMap<u32, u32> =
            shape.both.iter().map(|(place, node)| (*node, *place)).collect();
        for (number, node) in shape.nodes.iter().enumerate() {
            self.move_node(said, key, number as u32, node);
            if let Some(&place) = is_both.get(&(number as u32)) {
                self.move_leaf_of_node(asker, asked, key, place, number as u32, node);
            }
        }
    }

    fn look_for_told(&mut self, said: &Said, key: KeptKey, moments: &Moments) {
        let Some(how) = self.how else { return };
        let told = self.leaves(said, key).is_some_and(|column| {
            column.odd().values().any(|level| is_told(level, how, column.scale(), moments))
        });
        if told {
            self.become_told();
        }
    }

    fn become_told(&mut self) {
        self.is_told = true;
        self.nodes = vec![];
        self.elsewhere.clear();
    }

    fn move_node(&mut self, said: &Said, key: KeptKey, number: u32, node: &Node) {
        if self.nodes.is_empty() {
            return;
        }
        let how = self.how.expect("nodes are kept only where there is a way to put them together");
        let column = self.leaves(said, key);
        let of_runs = |runs: &[_]| column.map(|column| Total::of(column, runs, how));
        let total = match (&node.made_of, &node.runs) {
            (Some(made_of), _) => {
                let mut total = of_runs(&made_of.runs).unwrap_or_default();
                for &below in &made_of.nodes {
                    if let Some(part) = self.total(below) {
                        total.add_total(&part, how);
                    }
                }
                total
            }
            (None, Some(runs)) => of_runs(runs).unwrap_or_default(),
            (None, None) => {
                let mut total = Total::default();
                for &place in &node.listed {
                    if let Some(one) = of_runs(std::slice::from_ref(&(place..place + 1))) {
                        total.add_total(&one, how);
                    }
                }
                total
            }
        };
        if !self.elsewhere.is_empty() {
            self.elsewhere.remove(&number);
        }
        self.nodes[number as usize] = match Packed::of(&total) {
            Some(packed) => packed,
            None => {
                self.elsewhere.insert(number, total);
                Packed::elsewhere()
            }
        };
    }

    /// A leaf that is made of others: what it comes to follows from its node, which has just been moved.
    fn move_leaf_of_node<'a>(
        &mut self,
        asker: &Asker<'a>,
        asked: Asked<'a>,
        (source, part, _): KeptKey,
        place: u32,
        number: u32,
        node: &Node,
    ) {
        let Leaves::Own(column) = &self.leaves else {
            unreachable!("leaves that are made of others are not what was stated");
        };
        let moments = asker.moments();
        let of_units = match self.how {
            None => None,
            Some(_) if self.is_told => asker.over_leaves(asked.indicator, column, &node.listed),
            Some(_) => self.level(number, moments),
        };
        let level = asker.part_given(source, asked.about(node.unit), part, |_, _| of_units);
        self.put_leaf(place, level, moments);
    }

    fn put_leaf(&mut self, place: u32, level: Option<Level>, moments: &Moments) {
        let Leaves::Own(column) = &mut self.leaves else { return };
        let told = |how| level.as_ref().is_some_and(|l| is_told(l, how, column.scale(), moments));
        let told = self.how.is_some_and(told);
        column.put(place, level.map(in_totals), moments);
        if told && !self.is_told {
            self.become_told();
        }
    }

    /// Moves what follows from new statements of these places, said for `from`. Answers whether that
    /// could be done; if not it has to be worked out anew.
    pub fn follow<'a>(
        &mut self,
        asker: &Asker<'a>,
        asked: Asked<'a>,
        said: &Said,
        key: KeptKey,
        (from, places): (Part, &BTreeSet<u32>),
    ) -> bool {
        let (source, part, _) = key;
        if from == part {
            let stated = said.series(source).column(part);
            self.is_stated_outside = stated.is_some_and(|stated| !stated.outside.is_empty());
        }
        if places.is_empty() {
            return true;
        }
        let is_kept = self.how.is_none() || self.is_told || !self.nodes.is_empty();
        let shape = self.shape.clone();
        // A leaf that was made of others in a shorter period moves when any of those does.
        let is_plain_over_time = key.2 == TreeOf::Own && !Kinds::ever(asked.indicator).nest();
        if !is_kept || from != part && !is_plain_over_time {
            return false;
        }
        let both: HashMap<u32, u32> = shape.both.iter().copied().collect();
        match &self.leaves {
            Leaves::AsStated if from != part => return false,
            Leaves::AsStated => {
                let moments = asker.moments();
                if let (Some(how), Some(column)) = (self.how, self.leaves(said, key)) {
                    let told = places.iter().filter_map(|place| column.odd().get(place));
                    let told = told.into_iter().any(|l| is_told(l, how, column.scale(), moments));
                    if told && !self.is_told {
                        self.become_told();
                    }
                }
            }
            Leaves::Own(_) => {
                for &place in places.iter().filter(|place| !both.contains_key(place)) {
                    let unit = shape.domain.units[place as usize];
                    let level = asker.part(source, asked.about(unit), part);
                    self.put_leaf(place, level, asker.moments());
                }
            }
        }
        let mut dirty = shape.above(places.iter().copied().chain(both.keys().copied()));
        dirty.extend(both.values());
        let is_both: HashMap<u32, u32> = both.iter().map(|(place, node)| (*node, *place)).collect();
        for number in dirty {
            let node = &shape.nodes[number as usize];
            self.move_node(said, key, number, node);
            if let Some(&place) = is_both.get(&number) {
                self.move_leaf_of_node(asker, asked, key, place, number, node);
            }
        }
        true
    }
}

/// What of a leaf goes into totals, so that it is plain where that is.
fn in_totals(level: Level) -> Level {
    Level {
        basis: model::Basis::Stated,
        computed: None,
        ratio: None,
        of: None,
        qualifier: None,
        coverage: model::Coverage::ONE,
        ..level
    }
}

/// Every leaf from what was stated for this part, and from the levels of shorter periods.
fn leaves_over_time<'a>(
    asker: &Asker<'a>,
    asked: Asked<'a>,
    said: &Said,
    key: KeptKey,
    shape: &Shape,
) -> Column {
    let (source, part, tree) = key;
    let (indicator, moments, domain) = (asked.indicator, asker.moments(), &shape.domain);
    let mut column = Column::new(domain.len());
    // Places that are looked at one by one; the others follow from plain numbers of shorter periods.
    let mut singly: BTreeSet<u32> = BTreeSet::new();
    let stated: &[Source] = match part {
        Part::Plan(_) => Source::ALL,
        Part::Level(_) | Part::YearToDate(_) => &[source],
    };
    for source in stated {
        if let Some(stated) = said.series(*source).column(part) {
            singly.extend(said_places(&stated.column));
        }
    }
    let shorter = shorter(indicator, part);
    let keys: Vec<KeptKey> =
        shorter.iter().map(|period| (source, Part::Level(*period), tree)).collect();
    let kept: Option<Vec<Arc<Kept>>> =
        keys.iter().map(|key| asker.kept(asked, said, *key)).collect();
    match kept {
        None => singly.extend(0..domain.len() as u32),
        Some(kept) => {
            let columns: Option<Vec<&Column>> =
                kept.iter().zip(&keys).map(|(kept, key)| kept.leaves(said, *key)).collect();
            // Where one of several shorter periods has nothing, nothing follows.
            if let Some(columns) = columns {
                for part in &columns {
                    singly.extend(part.odd().keys());
                }
                match (part, columns.as_slice()) {
                    (_, []) => {}
                    (Part::YearToDate(_), [only]) => singly.extend(said_places(only)),
                    (_, columns) => {
                        let how = match indicator.over_time {
                            OverTime::Max => How::Max,
                            OverTime::Sum | OverTime::Last | OverTime::None => How::Sum,
                        };
                        add_up(&mut column, columns, how, &mut singly);
                    }
                }
            }
        }
    }
    // Leaves that are made of others wait for those.
    for place in singly {
        let unit = domain.units[place as usize];
        if shape.node(unit).is_some() {
            continue;
        }
        let level = asker.part(source, asked.about(unit), part);
        column.put(place, level.map(in_totals), moments);
    }
    column
}

fn said_places(column: &Column) -> Vec<u32> {
    column.plain_places().into_iter().chain(column.odd().keys().copied()).collect()
}

/// Puts the plain numbers of shorter periods together where all are there.
fn add_up(column: &mut Column, parts: &[&Column], how: How, singly: &mut BTreeSet<u32>) {
    let scale = parts[0].scale();
    let is_alike = parts.iter().all(|part| part.scale() == scale);
    let mut plain: Vec<Plain> = Vec::with_capacity(parts.len());
    let mut add = |place: u32| {
        plain.clear();
        plain.extend(parts.iter().filter_map(|part| part.plain(place)));
        if plain.len() == parts.len() && plain.iter().all(|figure| figure.number.is_ok()) {
            if !is_alike {
                singly.insert(place);
            } else if let Some(whole) = over_time(&plain, how) {
                column.put_plain(place, whole, scale);
            }
        }
    };
    match parts.iter().map(|part| part.dense()).collect::<Option<Vec<_>>>() {
        Some(dense) => for_each_word(0..parts[0].places() as u32, |at, _| {
            let mut left = dense.iter().fold(u64::MAX, |all, part| all & part.has[at]);
            while left != 0 {
                add((at * 64) as u32 + left.trailing_zeros());
                left &= left - 1;
            }
        }),
        None => {
            let sparse = parts.iter().find(|part| part.dense().is_none());
            sparse.into_iter().flat_map(|part| part.plain_places()).for_each(add);
        }
    }
}
