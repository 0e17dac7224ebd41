//! How much is asked of a body in a year: before, by an inventory of its report duties, and now, by the live forms.
//!
//! Both are counted the same way, so that they can stand side by side: how many reports are sent, how many cells
//! they have, how many numbers somebody types, and how often each of them is typed. A duty that a live form has
//! taken the place of is compared with that form; what is asked beside is told apart and hides nothing.
//!
//! Of a form, the cells count that are asked for: not the optional actual of the period before, and nothing that
//! is computed, which has no cell. What is measured with enough share is only confirmed, so it is not typed.

use std::collections::HashSet;

use jiff::civil::Date;
use model::{Breakdown, Decimal, Frequency, IndicatorCode, Period, Unit, Units};

use crate::ask_once::Live;
use crate::template::{Assigned, Assignment, Row, Template, TemplateCode};

/// A number typed takes so many keys: five digits and one to go on. The same is assumed of a form and of an
/// inventory, which knows no digits; words are not counted.
pub const KEYS_A_FIGURE: u64 = 6;

/// A report that is sent by rule, as an inventory has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Tên báo cáo.
    pub name: String,
    /// Cơ quan yêu cầu.
    pub asked_by: String,
    /// Căn cứ pháp lý; empty when none is known.
    pub legal_basis: String,
    /// Đối tượng thực hiện.
    pub of: Assigned,
    /// Tần suất: how often a year, 1 to 366.
    pub times_a_year: u16,
    /// How many numbers it asks for each time.
    pub cells: u32,
    /// How many of them no other duty of the inventory asks for; `None` when nobody has counted.
    pub first_cells: Option<u32>,
    /// The form that has taken its place; `None` while it is still asked for by itself.
    pub replaced_by: Option<TemplateCode>,
    /// Where it is said that there is such a duty.
    pub source: String,
    /// Made up by a rule, for a demonstration.
    pub is_synthetic: bool,
}

/// What is asked for in a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Different reports or forms.
    pub forms: u64,
    /// How often one is sent.
    pub reports: u64,
    /// Cells to fill, those for words included.
    pub cells: u64,
    /// Numbers that somebody types.
    pub keyed: u64,
    /// Different numbers among them; `None` when an inventory does not say.
    pub figures: Option<u64>,
}

impl Load {
    /// Nothing is asked for.
    pub const NONE: Load = Load { forms: 0, reports: 0, cells: 0, keyed: 0, figures: Some(0) };

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Load) -> Load {
        Load {
            forms: self.forms + other.forms,
            reports: self.reports + other.reports,
            cells: self.cells + other.cells,
            keyed: self.keyed + other.keyed,
            figures: self.figures.zip(other.figures).map(|(one, two)| one + two),
        }
    }

    /// Keys that are pressed.
    pub fn keystrokes(&self) -> u64 {
        self.keyed * KEYS_A_FIGURE
    }

    /// How often each number is typed, to two decimals; `None` when it is not known, or nothing is typed.
    pub fn keyings_a_figure(&self) -> Option<Decimal> {
        let figures = self.figures.filter(|figures| *figures > 0)?;
        let whole = |number: u64| i64::try_from(number).ok().map(Decimal::whole);
        whole(self.keyed)?.times_over(Decimal::whole(1), whole(figures)?, 2)
    }
}

/// What is asked of a body in a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Burden {
    /// Duties that a form has taken the place of; `None` of a body that the inventory does not name.
    pub replaced: Option<Load>,
    /// Duties that are still asked for by themselves; `None` likewise.
    pub kept: Option<Load>,
    /// The forms that have taken the place of duties.
    pub instead: Load,
    /// The other forms.
    pub beside: Load,
}

impl Burden {
    /// What was asked before; `None` of a body that the inventory does not name.
    pub fn before(&self) -> Option<Load> {
        Some(self.replaced?.plus(self.kept?))
    }

    /// What is asked now.
    pub fn now(&self) -> Load {
        self.instead.plus(self.beside).plus(self.kept.unwrap_or(Load::NONE))
    }

    /// Of two bodies together. What is not known of one is left out of the sum of those that are.
    #[must_use]
    pub fn plus(self, other: Burden) -> Burden {
        let known = |one: Option<Load>, other: Option<Load>| match (one, other) {
            (Some(one), Some(other)) => Some(one.plus(other)),
            (one, other) => one.or(other),
        };
        Burden {
            replaced: known(self.replaced, other.replaced),
            kept: known(self.kept, other.kept),
            instead: self.instead.plus(other.instead),
            beside: self.beside.plus(other.beside),
        }
    }
}

/// Whether a number of a unit for a period is measured with enough share, so that nobody types it.
pub type IsMeasured<'a> = &'a dyn Fn(&Unit, &Row, Period) -> bool;

/// A form with what it asks of one body in a year.
#[derive(Clone, Copy, Debug)]
pub struct Filled<'a> {
    /// The last of its versions in the year.
    pub template: &'a Template,
    /// Whether it has taken the place of a duty of the body.
    pub is_instead: bool,
    /// What it asks for, in all its versions of the year.
    pub load: Load,
}

/// What is asked of one body in a year, duty by duty and form by form.
#[derive(Clone, Debug)]
pub struct Account<'a> {
    /// Its duties in the inventory, with what each asks for.
    pub duties: Vec<(&'a Duty, Load)>,
    /// Its forms; those that have taken the place of duties come first.
    pub forms: Vec<Filled<'a>>,
}

impl Account<'_> {
    /// All of it, added up.
    pub fn burden(&self) -> Burden {
        let fills = |code: &TemplateCode| self.forms.iter().any(|one| one.template.code == *code);
        let is_replaced = |duty: &Duty| duty.replaced_by.as_ref().is_some_and(fills);
        let before = |replaced: bool| {
            let those = self.duties.iter().filter(|(duty, _)| is_replaced(duty) == replaced);
            those.map(|(_, load)| *load).fold(Load::NONE, Load::plus)
        };
        let now = |instead: bool| {
            let those = self.forms.iter().filter(|form| form.is_instead == instead);
            those.map(|form| form.load).fold(Load::NONE, Load::plus)
        };
        let is_named = !self.duties.is_empty();
        Burden {
            replaced: is_named.then(|| before(true)),
            kept: is_named.then(|| before(false)),
            instead: now(true),
            beside: now(false),
        }
    }
}

/// What is asked in a year of the body that answers for a unit.
pub fn account<'a>(
    unit: &Unit,
    units: &Units,
    year: i16,
    duties: &'a [Duty],
    live: &[Live<'a>],
    is_measured: IsMeasured,
) -> Account<'a> {
    let duties = duties.iter().filter(|duty| is_of(duty, unit, units, year));
    let duties: Vec<(&Duty, Load)> = duties.map(|duty| (duty, load_of(duty))).collect();
    let takes_a_place = |template: &Template| {
        duties.iter().any(|(duty, _)| duty.replaced_by.as_ref() == Some(&template.code))
    };
    let mut versions: Vec<(&Template, Vec<Period>, bool)> = live
        .iter()
        .map(|one| (one.template, periods_of(one, unit, units, year)))
        .filter(|(_, periods)| !periods.is_empty())
        .map(|(template, periods)| (template, periods, takes_a_place(template)))
        .collect();
    // In this order, so that a number which both ask for is one of what took a place.
    versions.sort_by_key(|(.., is_instead)| !is_instead);
    let mut seen = HashSet::new();
    let mut forms: Vec<Filled> = vec![];
    for (template, periods, is_instead) in versions {
        let load = asked_by(template, &periods, unit, is_measured, &mut seen);
        match forms.iter_mut().find(|form| form.template.code == template.code) {
            Some(form) => {
                form.template = template;
                form.load = form.load.plus(load);
            }
            None => forms.push(Filled { template, is_instead, load: Load { forms: 1, ..load } }),
        }
    }
    Account { duties, forms }
}

/// Whether the body that answers for a unit has a duty at the end of a year, or at the unit's own end within it.
fn is_of(duty: &Duty, unit: &Unit, units: &Units, year: i16) -> bool {
    let last = Date::new(year, 12, 31).unwrap_or(Date::MAX);
    let first = Date::new(year, 1, 1).unwrap_or(Date::MIN);
    let of_year = model::Validity { from: Some(first), to: last.tomorrow().ok() };
    let days = Assignment::always(duty.of.clone()).days_of(unit, units);
    days.into_iter().any(|days| days.meets(of_year))
}

fn load_of(duty: &Duty) -> Load {
    let times = u64::from(duty.times_a_year);
    let cells = times * u64::from(duty.cells);
    let figures = duty.first_cells.map(|first| times * u64::from(first));
    Load { forms: 1, reports: times, cells, keyed: cells, figures }
}

/// The periods of a year for which a unit's body fills a version of a form.
fn periods_of(live: &Live, unit: &Unit, units: &Units, year: i16) -> Vec<Period> {
    let Live { template, days } = live;
    let of_year = periods_in(year, template);
    let is_filled = |period: &Period| {
        days.holds_on(period.end()) && template.is_assigned_to(unit, units, period.end())
    };
    of_year.into_iter().filter(is_filled).collect()
}

/// The periods of a template that end in a year; of campaigns, none.
fn periods_in(year: i16, template: &Template) -> Vec<Period> {
    if template.frequency == Frequency::Range {
        return vec![];
    }
    let first = Date::new(year, 1, 1).ok();
    let first =
        first.and_then(|day| Period::containing(day, template.frequency, template.calendar));
    std::iter::successors(first, |period| period.next())
        .take_while(|period| period.end().year() == year)
        .collect()
}

/// What one version asks for in these periods.
fn asked_by<'a>(
    template: &'a Template,
    periods: &[Period],
    unit: &Unit,
    is_measured: IsMeasured,
    seen: &mut HashSet<(&'a IndicatorCode, &'a Breakdown, Period)>,
) -> Load {
    let mut load = Load { reports: periods.len() as u64, ..Load::NONE };
    load.cells = load.reports * template.counted_cells().len() as u64;
    let mut figures = 0;
    for row in template.sections.iter().flat_map(|section| section.rows()) {
        for period in periods.iter().filter(|period| !is_measured(unit, row, **period)) {
            load.keyed += 1;
            figures += u64::from(seen.insert((&row.indicator, &row.breakdown, *period)));
        }
    }
    Load { figures: Some(figures), ..load }
}

#[cfg(test)]
mod tests;
