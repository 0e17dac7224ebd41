//! What a figure is about: units in a tree that changes in time, groups of units with dated
//! membership, and the bodies that answer for them.
//!
//! Codes are reused (15 and 24 name other provinces since 1 July 2025), so a unit is a code *and* a
//! date: the bare code belongs to the unit that first held it, `24@2025-07` to the one valid then.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use crate::figure::coded;
use crate::{BodyCode, UnitCode, text};

/// What kind of thing a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitKind {
    /// Toàn quốc.
    Country,
    /// Vùng kinh tế - xã hội.
    Region,
    /// Tỉnh, thành phố trực thuộc trung ương.
    Province,
    /// Huyện, quận, thị xã, thành phố thuộc tỉnh (until 1 July 2025).
    District,
    /// Xã, phường, thị trấn, đặc khu.
    Commune,
    /// Bộ, cơ quan ngang bộ.
    Ministry,
    /// Cơ quan thuộc Chính phủ.
    Agency,
    /// Doanh nghiệp.
    Firm,
    /// Cơ quan báo chí.
    Newsroom,
    /// Cổng dịch vụ công.
    Portal,
    /// Several units, with dated membership.
    Group,
}

coded!(UnitKind {
    Country = "country",
    Region = "region",
    Province = "province",
    District = "district",
    Commune = "commune",
    Ministry = "ministry",
    Agency = "agency",
    Firm = "firm",
    Newsroom = "newsroom",
    Portal = "portal",
    Group = "group",
});

impl UnitKind {
    /// Whether units of the other kind can lie below (or in) one of this kind.
    pub fn can_hold(self, other: UnitKind) -> bool {
        match self {
            UnitKind::Group => true,
            UnitKind::Country => other != UnitKind::Country,
            UnitKind::Region | UnitKind::Province | UnitKind::District | UnitKind::Commune => {
                other > self && !matches!(other, UnitKind::Ministry | UnitKind::Agency)
            }
            UnitKind::Ministry | UnitKind::Agency => other > UnitKind::Agency,
            UnitKind::Firm | UnitKind::Newsroom | UnitKind::Portal => false,
        }
    }
}

/// The days on which something holds: from the first (inclusive) to the last (exclusive).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    /// The first day; `None` for "as long as anyone remembers".
    pub from: Option<Date>,
    /// The first day on which it no longer holds.
    pub to: Option<Date>,
}

impl Validity {
    /// Always.
    pub const ALWAYS: Validity = Validity { from: None, to: None };

    /// Whether the day is inside.
    pub fn holds_on(self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day < to)
    }

    /// Whether any day of the other is inside.
    pub fn meets(self, other: Validity) -> bool {
        let before = |to: Option<Date>, from: Option<Date>| matches!((to, from), (Some(to), Some(from)) if to <= from);
        !before(self.to, other.from) && !before(other.to, self.from)
    }

    /// The days of both; `None` when there are none.
    pub fn both(self, other: Validity) -> Option<Validity> {
        // No last day is later than any.
        let to = match (self.to, other.to) {
            (Some(one), Some(another)) => Some(one.min(another)),
            (one, another) => one.or(another),
        };
        let days = Validity { from: self.from.max(other.from), to };
        let is_empty = matches!((days.from, days.to), (Some(from), Some(to)) if to <= from);
        (!is_empty).then_some(days)
    }
}

/// A unit with its names, its days, and its places in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Canonical code.
    pub code: UnitCode,
    /// What kind of thing.
    pub kind: UnitKind,
    /// Short name: Bình Định.
    pub name_vi: String,
    /// Short name on English screens.
    pub name_en: String,
    /// Full name: Tỉnh Bình Định.
    pub full_name_vi: String,
    /// When it exists.
    pub validity: Validity,
    /// The unit above it, by date; of a group, nothing.
    pub parents: Vec<(Validity, UnitCode)>,
    /// The units of a group, by date; of anything else, nothing.
    pub members: Vec<(Validity, UnitCode)>,
    /// The unit that all of it became part of when it ended.
    pub successor: Option<UnitCode>,
    /// Its path in the drawing of the country.
    pub map_path: Option<String>,
}

impl Unit {
    /// The code without its date: `24` of `24@2025-07`.
    pub fn bare_code(&self) -> &str {
        bare(self.code.as_str())
    }
}

fn bare(code: &str) -> &str {
    match code.find('@') {
        Some(at) if at > 0 => &code[..at],
        _ => code,
    }
}

/// Every unit, checked once: codes are unique, parents and members exist, nothing is above itself.
#[derive(Clone, Debug, Default)]
pub struct Units {
    units: Vec<Unit>,
    by_code: HashMap<UnitCode, usize>,
    by_bare: HashMap<String, Vec<usize>>,
    children: HashMap<UnitCode, Vec<(Validity, usize)>>,
    ended_into: HashMap<UnitCode, Vec<usize>>,
}

/// Why a set of units is not a tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUnits {
    /// The code stands twice.
    #[error("unit {0} stands twice")]
    Twice(UnitCode),
    /// A parent, member or successor that is not there.
    #[error("unit {0} names {1}, which does not exist")]
    Unknown(UnitCode, UnitCode),
    /// Its own ancestor.
    #[error("unit {0} is above itself")]
    Circle(UnitCode),
}

impl Units {
    /// Checks and indexes the units.
    pub fn new(units: Vec<Unit>) -> Result<Units, BadUnits> {
        let mut all = Units::default();
        for (number, unit) in units.iter().enumerate() {
            if all.by_code.insert(unit.code.clone(), number).is_some() {
                return Err(BadUnits::Twice(unit.code.clone()));
            }
            all.by_bare.entry(unit.bare_code().to_owned()).or_default().push(number);
        }
        for (number, unit) in units.iter().enumerate() {
            let named = unit
                .parents
                .iter()
                .chain(&unit.members)
                .map(|(_, code)| code)
                .chain(&unit.successor);
            for code in named {
                if !all.by_code.contains_key(code) {
                    return Err(BadUnits::Unknown(unit.code.clone(), code.clone()));
                }
            }
            if let Some(successor) = &unit.successor {
                all.ended_into.entry(successor.clone()).or_default().push(number);
            }
            for (validity, parent) in unit.parents.iter() {
                all.children.entry(parent.clone()).or_default().push((*validity, number));
            }
            for (validity, member) in unit.members.iter() {
                let member = all.by_code[member];
                all.children.entry(unit.code.clone()).or_default().push((*validity, member));
            }
        }
        all.units = units;
        for unit in &all.units {
            if all.is_below_itself(unit) {
                return Err(BadUnits::Circle(unit.code.clone()));
            }
        }
        Ok(all)
    }

    fn is_below_itself(&self, unit: &Unit) -> bool {
        let mut above: Vec<&UnitCode> = unit.parents.iter().map(|(_, code)| code).collect();
        for _ in 0..16 {
            if above.contains(&&unit.code) {
                return true;
            }
            above = above
                .into_iter()
                .flat_map(|code| {
                    self.units[self.by_code[code]].parents.iter().map(|(_, code)| code)
                })
                .collect();
            if above.is_empty() {
                return false;
            }
        }
        true
    }

    /// Every unit, in the order given.
    pub fn iter(&self) -> impl Iterator<Item = &Unit> {
        self.units.iter()
    }

    /// The unit with this canonical code.
    pub fn get(&self, code: &str) -> Option<&Unit> {
        self.number(code).map(|number| self.at(number))
    }

    /// The place of the unit with this canonical code in the order given.
    pub fn number(&self, code: &str) -> Option<usize> {
        self.by_code.get(code).copied()
    }

    /// The unit at a place in the order given, which [`Units::number`] answered.
    pub fn at(&self, number: usize) -> &Unit {
        &self.units[number]
    }

    /// The unit that a written code names: canonical (`52`, `24@2025-07`), or with a date on which
    /// a unit of that bare code existed (`01@2025-07`, `52@2024-06-30`).
    pub fn resolve(&self, written: &str) -> Option<&Unit> {
        if let Some(unit) = self.get(written) {
            return Some(unit);
        }
        let at = written.find('@').filter(|&at| at > 0)?;
        let day = match &written[at + 1..] {
            day if day.len() == 10 => day.parse::<Date>().ok()?,
            period => crate::Period::parse(period).ok()?.start(),
        };
        self.valid_on(&written[..at], day)
    }

    /// The unit that holds this bare code on a day.
    pub fn valid_on(&self, bare_code: &str, day: Date) -> Option<&Unit> {
        let numbers = self.by_bare.get(bare_code)?;
        numbers.iter().map(|&number| &self.units[number]).find(|unit| unit.validity.holds_on(day))
    }

    /// The unit above, on a day.
    pub fn parent(&self, unit: &Unit, day: Date) -> Option<&Unit> {
        let (_, code) = unit.parents.iter().find(|(validity, _)| validity.holds_on(day))?;
        self.get(code.as_str())
    }

    /// The units directly below (or the members of a group) that exist on a day, in the order of codes.
    pub fn children(&self, code: &str, day: Date) -> Vec<&Unit> {
        let Some(below) = self.children.get(code) else {
            return vec![];
        };
        let mut found: Vec<&Unit> = below
            .iter()
            .filter(|(validity, _)| validity.holds_on(day))
            .map(|&(_, number)| &self.units[number])
            .filter(|unit| unit.validity.holds_on(day))
            .collect();
        found.sort_by(|a, b| a.code.cmp(&b.code));
        found.dedup_by(|a, b| a.code == b.code);
        found
    }

    /// Every unit below (or in) this one on a day that `wanted` accepts; what is accepted is not searched further.
    pub fn below<'a>(
        &'a self,
        code: &str,
        day: Date,
        wanted: &dyn Fn(&Unit) -> bool,
    ) -> Vec<&'a Unit> {
        let mut found = vec![];
        let mut open = self.children(code, day);
        while let Some(unit) = open.pop() {
            if wanted(unit) {
                found.push(unit);
            } else {
                open.extend(self.children(unit.code.as_str(), day));
            }
        }
        found.sort_by(|a, b| a.code.cmp(&b.code));
        found.dedup_by(|a, b| a.code == b.code);
        found
    }

    /// Whether `unit` lies below (or is) `above` on a day.
    pub fn lies_in(&self, unit: &Unit, above: &str, day: Date) -> bool {
        let mut at = Some(unit);
        while let Some(current) = at {
            if current.code.as_str() == above {
                return true;
            }
            at = self.parent(current, day);
        }
        false
    }

    /// What a unit had become by a day: itself while it exists, then its successor.
    pub fn as_of<'a>(&'a self, unit: &'a Unit, day: Date) -> Option<&'a Unit> {
        let mut at = unit;
        for _ in 0..8 {
            if at.validity.holds_on(day) {
                return Some(at);
            }
            at = self.get(at.successor.as_ref()?.as_str())?;
        }
        None
    }

    /// Units that ended and are part of this one on a day: what a later province sums for its past.
    pub fn predecessors(&self, code: &str, day: Date) -> Vec<&Unit> {
        if !self.get(code).is_some_and(|unit| unit.validity.holds_on(day)) {
            return vec![];
        }
        let mut found: Vec<usize> = vec![];
        let mut open: Vec<&str> = vec![code];
        while let Some(into) = open.pop() {
            for &number in self.ended_into.get(into).into_iter().flatten() {
                let unit = &self.units[number];
                if !unit.validity.holds_on(day) {
                    found.push(number);
                    open.push(unit.code.as_str());
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|number| &self.units[number]).collect()
    }

    /// The codes nearest to one that does not exist, for the error that names it.
    pub fn nearest(&self, code: &str) -> Vec<String> {
        text::nearest(
            code,
            self.units.iter().filter(|u| u.kind != UnitKind::Commune).map(|u| u.code.as_str()),
        )
    }
}

/// The office that answers for units; its name changes in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Its code.
    pub code: BodyCode,
    /// The unit it answers for.
    pub unit: UnitCode,
    /// Its names, by date: Vietnamese, then English.
    pub names: Vec<(Validity, String, String)>,
    /// Where reminders go.
    pub email: Option<String>,
}

impl Body {
    /// Its Vietnamese and English name on a day; the last known one after that.
    pub fn name_on(&self, day: Date) -> (&str, &str) {
        let named =
            self.names.iter().find(|(validity, ..)| validity.holds_on(day)).or(self.names.last());
        named.map_or((self.code.as_str(), self.code.as_str()), |(_, vi, en)| (vi, en))
    }
}

/// Bodies by code.
pub type Bodies = BTreeMap<BodyCode, Body>;

#[cfg(test)]
mod tests;
