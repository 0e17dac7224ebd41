//! Units as numbers, in an order in which what lies below a unit lies together.
//!
//! A tree changes on few days. Between two of them nothing does, so whatever is worked out of the tree is
//! worked out once per such stretch (an *epoch*) and kind of indicator, by the very functions of
//! [`model::Units`], and shared by every column of it.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::civil::Date;
use model::{Indicator, Tree, Unit, UnitKind, Units};

/// No place: the unit is not there.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// A set of kinds of units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Kinds(u16);

impl Kinds {
    /// The kinds to which an indicator applies on a day.
    pub fn on(indicator: &Indicator, day: Date) -> Kinds {
        Kinds::of(
            indicator.applies_to.iter().filter(|(_, v)| v.holds_on(day)).map(|(kind, _)| *kind),
        )
    }

    /// The kinds to which an indicator applies at any time.
    pub fn ever(indicator: &Indicator) -> Kinds {
        Kinds::of(indicator.applies_to.iter().map(|(kind, _)| *kind))
    }

    fn of(kinds: impl Iterator<Item = UnitKind>) -> Kinds {
        Kinds(kinds.fold(0, |all, kind| all | 1 << kind as u16))
    }

    pub fn holds(self, kind: UnitKind) -> bool {
        self.0 >> kind as u16 & 1 == 1
    }

    /// Whether units of some of these kinds can lie below others.
    pub fn nest(self) -> bool {
        UnitKind::ALL.iter().any(|&kind| self.holds(kind) && self.can_be_below(kind))
    }

    /// Whether units of these kinds can lie below one of that kind.
    fn can_be_below(self, kind: UnitKind) -> bool {
        UnitKind::ALL.iter().any(|&below| self.holds(below) && kind.can_hold(below))
    }
}

/// The stretch between two days on which units, their places or what applies to them change.
pub(crate) type Epoch = u16;

/// Whose tree, with days of one epoch taken for the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TreeOf {
    Own,
    Epoch(Epoch),
}

/// The units that indicators of some kinds ever have leaves among, depth first.
#[derive(Debug)]
pub(crate) struct Domain {
    /// By place.
    pub units: Box<[u32]>,
    /// By unit number.
    place: Box<[u32]>,
}

impl Domain {
    pub fn len(&self) -> usize {
        self.units.len()
    }

    pub fn place(&self, unit: u32) -> Option<u32> {
        Some(self.place[unit as usize]).filter(|&place| place != NOWHERE)
    }
}

/// What the figures of each unit are made of, in one epoch of one tree, for one set of kinds.
#[derive(Debug)]
pub(crate) struct Shape {
    pub domain: Arc<Domain>,
    /// By unit number.
    node: Box<[u32]>,
    /// The units that are made of others; those that are only made of earlier ones come first.
    pub nodes: Box<[Node]>,
    /// By place in the domain: the nodes that it is in without another between.
    above: Box<[Box<[u32]>]>,
    /// Units of the domain that are made of others all the same: their place and node.
    pub both: Box<[(u32, u32)]>,
}

/// A unit that is made of others.
#[derive(Debug)]
pub(crate) struct Node {
    /// Its number.
    pub unit: u32,
    /// The places of its leaves, in the order in which [`model::answer`] goes through them.
    pub listed: Box<[u32]>,
    /// The same places as few stretches, when none stands twice.
    pub runs: Option<Box<[Range<u32>]>>,
    /// Earlier nodes and the stretches beside them that make up its leaves.
    pub made_of: Option<MadeOf>,
    /// Later nodes that are made of it.
    above: Vec<u32>,
}

#[derive(Debug)]
pub(crate) struct MadeOf {
    pub nodes: Box<[u32]>,
    pub runs: Box<[Range<u32>]>,
}

impl Shape {
    pub fn node(&self, unit: u32) -> Option<u32> {
        Some(self.node[unit as usize]).filter(|&node| node != NOWHERE)
    }

    /// The leaves of a unit; `None` when it stands for itself.
    pub fn leaves(&self, unit: u32) -> Option<&[u32]> {
        self.node(unit).map(|node| &*self.nodes[node as usize].listed)
    }

    /// Every node that the figure at one of these places goes into, each after those it is made of.
    pub fn above(&self, places: impl IntoIterator<Item = u32>) -> BTreeSet<u32> {
        let mut open: Vec<u32> = places
            .into_iter()
            .flat_map(|place| self.above[place as usize].iter().copied())
            .collect();
        let mut found = BTreeSet::new();
        while let Some(node) = open.pop() {
            if found.insert(node) {
                open.extend(&self.nodes[node as usize].above);
            }
        }
        found
    }

    pub fn bytes(&self) -> usize {
        let lists = self.nodes.iter().map(|node| {
            size_of::<Node>()
                + node.listed.len() * 4
                + node.runs.as_ref().map_or(0, |runs| runs.len() * 8)
        });
        lists.sum::<usize>() + self.node.len() * 4 + self.above.len() * 24
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct ShapeKey {
    tree: TreeOf,
    own: Epoch,
    /// What applied on the tree's day, on the period's, and ever.
    kinds: [Kinds; 3],
}

/// All units and what was worked out of them so far.
pub(crate) struct Places {
    pub units: Arc<Units>,
    depth_first: Vec<u32>,
    /// The first day of every epoch but the first.
    days: Vec<Date>,
    domains: RwLock<HashMap<Kinds, Arc<Domain>>>,
    shapes: RwLock<HashMap<ShapeKey, Arc<Shape>>>,
}

impl Places {
    pub fn new<'a>(units: Arc<Units>, indicators: impl Iterator<Item = &'a Indicator>) -> Places {
        let mut validities: Vec<_> = units
            .iter()
            .flat_map(|unit| {
                let placed =
                    unit.parents.iter().chain(&unit.members).map(|(validity, _)| *validity);
                placed.chain([unit.validity])
            })
            .collect();
        validities
            .extend(indicators.flat_map(|i| i.applies_to.iter().map(|(_, validity)| *validity)));
        let days: BTreeSet<Date> =
            validities.into_iter().flat_map(|v| [v.from, v.to]).flatten().collect();
        let depth_first = depth_first(&units);
        Places {
            units,
            depth_first,
            days: days.into_iter().collect(),
            domains: RwLock::default(),
            shapes: RwLock::default(),
        }
    }

    pub fn epoch(&self, day: Date) -> Epoch {
        self.days.partition_point(|first| *first <= day) as Epoch
    }

    pub fn tree(&self, tree: Tree) -> TreeOf {
        match tree {
            Tree::Own => TreeOf::Own,
            Tree::Of(day) => TreeOf::Epoch(self.epoch(day)),
        }
    }

    pub fn first_day(&self, epoch: Epoch) -> Date {
        epoch.checked_sub(1).map_or(Date::MIN, |before| self.days[usize::from(before)])
    }

    pub fn domain(&self, indicator: &Indicator) -> Arc<Domain> {
        let kinds = Kinds::ever(indicator);
        if let Some(known) = self.domains.read().unwrap_or_else(PoisonError::into_inner).get(&kinds)
        {
            return known.clone();
        }
        let of_kinds = |&number: &u32| kinds.holds(self.units.at(number as usize).kind);
        let units: Box<[u32]> = self.depth_first.iter().copied().filter(of_kinds).collect();
        let mut place = vec![NOWHERE; self.depth_first.len()].into_boxed_slice();
        for (at, &unit) in units.iter().enumerate() {
            place[unit as usize] = at as u32;
        }
        let mut domains = self.domains.write().unwrap_or_else(PoisonError::into_inner);
        domains.entry(kinds).or_insert_with(|| Arc::new(Domain { units, place })).clone()
    }

    /// What an indicator's figures are made of on a day, in a tree.
    pub fn shape(&self, indicator: &Indicator, tree: TreeOf, day: Date) -> Arc<Shape> {
        let own = self.epoch(day);
        let tree_day = match tree {
            TreeOf::Own => day,
            TreeOf::Epoch(epoch) => self.first_day(epoch),
        };
        let kinds =
            [Kinds::on(indicator, tree_day), Kinds::on(indicator, day), Kinds::ever(indicator)];
        let key = ShapeKey { tree, own, kinds };
        if let Some(known) = self.shapes.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let shape = Arc::new(self.make(key, self.domain(indicator)));
        let mut shapes = self.shapes.write().unwrap_or_else(PoisonError::into_inner);
        shapes.entry(key).or_insert(shape).clone()
    }

    /// Bytes of what was worked out so far.
    pub fn bytes(&self) -> usize {
        let shapes = self.shapes.read().unwrap_or_else(PoisonError::into_inner);
        shapes.values().map(|shape| shape.bytes()).sum()
    }

    fn make(&self, key: ShapeKey, domain: Arc<Domain>) -> Shape {
        let leaves = Leaves { places: self, key };
        let mut made: Vec<(u32, Box<[u32]>)> = vec![];
        for (number, unit) in self.units.iter().enumerate() {
            let Some(below) = leaves.of(unit) else { continue };
            let places = below.into_iter().map(|leaf| {
                domain.place(self.number(leaf)).expect("a leaf is of a kind that applies")
            });
            made.push((number as u32, places.collect()));
        }

        // A unit is made of its children where each leaf is in one of them; of its leaves otherwise.
        let is_made: HashMap<u32, usize> =
            made.iter().enumerate().map(|(at, (unit, _))| (*unit, at)).collect();
        let parts: Vec<Option<(Vec<u32>, Vec<u32>)>> = made
            .iter()
            .map(|(unit, listed)| {
                if key.tree != TreeOf::Own {
                    return None;
                }
                let (mut nodes, mut places, mut leaves) = (vec![], vec![], 0);
                for child in self.units.children(self.code(*unit), self.first_day(key.own)) {
                    let number = self.number(child);
                    if key.kinds[1].holds(child.kind) {
                        places.push(domain.place(number)?);
                        leaves += 1;
                    } else if let Some(&at) = is_made.get(&number) {
                        nodes.push(number);
                        leaves += made[at].1.len();
                    }
                }
                (leaves == listed.len()).then_some((nodes, places))
            })
            .collect();
        let mut heights: HashMap<u32, usize> = HashMap::new();
        let both: HashMap<u32, u32> =
            made.iter().filter_map(|(unit, _)| Some((domain.place(*unit)?, *unit))).collect();
        for (unit, _) in &made {
            height(*unit, &made, &is_made, &parts, &both, &mut heights, 0);
        }

        let rank: HashMap<u32, usize> =
            self.depth_first.iter().enumerate().map(|(at, unit)| (*unit, at)).collect();
        let mut order: Vec<usize> = (0..made.len()).collect();
        order.sort_by_key(|&at| {
            let unit = made[at].0;
            (heights[&unit], self.units.at(unit as usize).kind, rank[&unit])
        });
        let mut node = vec![NOWHERE; self.depth_first.len()].into_boxed_slice();
        for (number, &at) in order.iter().enumerate() {
            node[made[at].0 as usize] = number as u32;
        }
        let mut nodes: Vec<Node> = order
            .iter()
            .map(|&at| {
                let (unit, listed) = (made[at].0, made[at].1.clone());
                let runs = runs_of(listed.to_vec());
                let made_of = parts[at].as_ref().and_then(|(nodes, places)| {
                    let nodes = nodes.iter().map(|&unit| node[unit as usize]).collect();
                    Some(MadeOf { nodes, runs: runs_of(places.clone())? })
                });
                Node { unit, listed, runs, made_of, above: vec![] }
            })
            .collect();
        let mut above: Vec<Vec<u32>> = vec![vec![]; domain.len()];
        for number in 0..nodes.len() {
            let at = &nodes[number];
            let places: Vec<u32> = match &at.made_of {
                Some(made_of) => made_of.runs.iter().cloned().flatten().collect(),
                None => at.listed.to_vec(),
            };
            let below =
                at.made_of.as_ref().map(|made_of| made_of.nodes.clone()).unwrap_or_default();
            places.into_iter().for_each(|place| above[place as usize].push(number as u32));
            below.iter().for_each(|&below| nodes[below as usize].above.push(number as u32));
        }
        let mut both: Box<[(u32, u32)]> =
            both.into_iter().map(|(place, unit)| (place, node[unit as usize])).collect();
        both.sort_unstable_by_key(|(_, node)| *node);
        Shape {
            domain,
            node,
            nodes: nodes.into(),
            above: above.into_iter().map(Into::into).collect(),
            both,
        }
    }

    fn code(&self, number: u32) -> &str {
        self.units.at(number as usize).code.as_str()
    }

    pub fn number(&self, unit: &Unit) -> u32 {
        self.units.number(unit.code.as_str()).expect("the unit is one of these") as u32
    }
}

/// How many nodes have to be worked out before this one.
fn height(
    unit: u32,
    made: &[(u32, Box<[u32]>)],
    is_made: &HashMap<u32, usize>,
    parts: &[Option<(Vec<u32>, Vec<u32>)>],
    both: &HashMap<u32, u32>,
    heights: &mut HashMap<u32, usize>,
    depth: usize,
) -> usize {
    if let Some(&known) = heights.get(&unit) {
        return known;
    }
    // Units are not above themselves; the limit is for a tree of another day that says so.
    if depth > 64 {
        return 0;
    }
    let at = is_made[&unit];
    let (nodes, places): (&[u32], &[u32]) = match &parts[at] {
        Some((nodes, places)) => (nodes, places),
        None => (&[], &made[at].1),
    };
    let own_leaf = |leaf: &u32| both.get(leaf).copied().filter(|&below| below != unit);
    let below: Vec<u32> = nodes.iter().copied().chain(places.iter().filter_map(own_leaf)).collect();
    let tallest = below
        .into_iter()
        .map(|below| height(below, made, is_made, parts, both, heights, depth + 1) + 1)
        .max();
    let height = tallest.unwrap_or(0);
    heights.insert(unit, height);
    height
}

/// The units that a unit's figures are made of: the same decisions as [`model::answer`] takes.
struct Leaves<'a> {
    places: &'a Places,
    key: ShapeKey,
}

impl<'a> Leaves<'a> {
    fn of(&self, unit: &'a Unit) -> Option<Vec<&'a Unit>> {
        let units = &*self.places.units;
        let own_day = self.places.first_day(self.key.own);
        let [on_tree, on_own, ever] = self.key.kinds;
        let TreeOf::Epoch(tree) = self.key.tree else {
            if !ever.can_be_below(unit.kind) {
                return None;
            }
            let below = units.below(unit.code.as_str(), own_day, &|u| on_own.holds(u.kind));
            return (!below.is_empty()).then_some(below);
        };
        let day = self.places.first_day(tree);
        let past_of = |unit: &'a Unit| {
            units
                .predecessors(unit.code.as_str(), day)
                .into_iter()
                .filter(|past| past.validity.holds_on(own_day) && on_own.holds(past.kind))
                .collect::<Vec<_>>()
        };
        let below = units.below(unit.code.as_str(), day, &|u| on_tree.holds(u.kind));
        if below.is_empty() {
            let past = if unit.validity.holds_on(own_day) { vec![] } else { past_of(unit) };
            return (!past.is_empty()).then_some(past);
        }
        let then = below.into_iter().flat_map(|leaf| {
            let mut parts = past_of(leaf);
            parts.extend(leaf.validity.holds_on(own_day).then_some(leaf));
            parts
        });
        Some(then.collect())
    }
}

/// Sorted places as stretches; `None` when one stands twice.
fn runs_of(mut places: Vec<u32>) -> Option<Box<[Range<u32>]>> {
    places.sort_unstable();
    let mut runs: Vec<Range<u32>> = vec![];
    for place in places {
        match runs.last_mut() {
            Some(run) if run.end == place => run.end += 1,
            Some(run) if run.end > place => return None,
            _ => runs.push(place..place + 1),
        }
    }
    Some(runs.into())
}

/// Every unit after the one it was first placed under, so that what lies below a unit lies together.
fn depth_first(units: &Units) -> Vec<u32> {
    let all: Vec<&Unit> = units.iter().collect();
    let mut below: Vec<Vec<u32>> = vec![vec![]; all.len()];
    let mut open: Vec<u32> = vec![];
    for (number, unit) in all.iter().enumerate() {
        let above = unit.parents.first().and_then(|(_, code)| units.number(code.as_str()));
        match above {
            Some(above) => below[above].push(number as u32),
            None => open.push(number as u32),
        }
    }
    let by_code = |a: &u32, b: &u32| all[*b as usize].code.cmp(&all[*a as usize].code);
    open.sort_by(by_code);
    let mut order = Vec::with_capacity(all.len());
    while let Some(number) = open.pop() {
        order.push(number);
        let mut children = std::mem::take(&mut below[number as usize]);
        children.sort_by(by_code);
        open.extend(children);
    }
    order
}
