//! Never ask twice: which numbers that a form is about to ask for the ministry has already, and where.
//!
//! Officers key a number once; who publishes a form is told, before anyone is asked, where it already is.
//! The rule, for each row of the form and each unit whose body is to fill it:
//!
//! - *Asked*: another live template asks the unit for the same indicator and breakdown, for the same periods.
//! - *Adds up*: another one asks for it in the parts of these periods (months of a quarter) and the indicator
//!   adds up over time, so the number follows.
//! - *Computed*: the indicator is a ratio, and its numerator and denominator are both asked of the unit, by any
//!   template, this one included.
//! - *Measured*: a system measures the number of this unit for these periods or for parts of them, with at
//!   least the share that the indicator's threshold wants, and has done so within the last year.
//!
//! These refuse; two more only warn, because the number itself is not there:
//!
//! - the same indicator asked or measured under *the other calendar*, whose windows are others;
//! - *the whole* of these periods is asked elsewhere (a quarter, where months are to be asked): it will follow
//!   from the new numbers and can be taken out there.
//!
//! Windows are compared as they are filled: by whole periods, on the days on which both templates are
//! assigned to the unit, so a form that begins when another ends asks nothing twice. Settling an estimate
//! (the column of the period before) is never a question of its own. A template's earlier versions do not
//! count against their successor.

use std::collections::HashMap;

use model::indicator::OverTime;
use model::unit::Bodies;
use model::{
    Body, BodyCode, Breakdown, Calendar, Catalogue, Decimal, Frequency, Indicator, IndicatorCode,
    Period, Unit, UnitCode, Units, Validity,
};

use crate::Language;
use crate::check::Severity;
use crate::template::{CellKey, Column, Row, Section, Template};

/// A version of a template with the days on which it is the one that is filled.
#[derive(Clone, Copy, Debug)]
pub struct Live<'a> {
    /// The version.
    pub template: &'a Template,
    /// From its first day to that of the version after it.
    pub days: Validity,
}

/// The versions that are filled at some time, of templates in the order of codes, then versions.
pub fn live<'a>(versions: impl DoubleEndedIterator<Item = &'a Template>) -> Vec<Live<'a>> {
    let mut found: Vec<Live<'a>> = vec![];
    // From the last back: a version ends where any later one of its template begins.
    let mut later: Option<(&str, Option<jiff::civil::Date>)> = None;
    for template in versions.rev() {
        let code = template.code.as_str();
        let from = template.valid_from;
        match later.filter(|(of, _)| *of == code) {
            None => {
                found.push(Live { template, days: Validity { from, to: None } });
                later = Some((code, from));
            }
            Some((_, Some(to))) if from.is_none_or(|from| from < to) => {
                found.push(Live { template, days: Validity { from, to: Some(to) } });
                later = Some((code, from));
            }
            Some((_, _)) => {}
        }
    }
    found.reverse();
    found
}

/// The latest measured number of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// What is measured.
    pub indicator: IndicatorCode,
    /// Of which part.
    pub breakdown: Breakdown,
    /// Of which unit.
    pub unit: UnitCode,
    /// The last period with a number.
    pub period: Period,
    /// How much of the unit's systems is measured, per cent.
    pub share: Decimal,
}

impl Measured {
    /// Whether it stands for an asked number of the same unit, indicator and breakdown: for its periods or for parts of
    /// them that add up, with the share that the indicator wants, and still.
    pub fn suffices(&self, indicator: &Indicator, asked: Period) -> bool {
        let lie = Lie::of(
            (self.period.frequency(), self.period.calendar()),
            (asked.frequency(), asked.calendar()),
        );
        let is_of_it = match lie {
            Lie::Same => true,
            Lie::Parts => indicator.over_time != OverTime::None,
            Lie::Wholes | Lie::OtherCalendar | Lie::Unrelated => false,
        };
        is_of_it
            && self.share >= indicator.measured_threshold
            && (asked.end() - self.period.end()).get_days() <= STILL_MEASURED_DAYS
    }
}

/// A measured number whose last period ended more than so many days before a form begins is measured no longer.
const STILL_MEASURED_DAYS: i32 = 366;

/// A row of a live template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// Of which template, in which version.
    pub template: &'a Template,
    /// In which section.
    pub section: &'a Section,
    /// Which row; the number stands in the column of its own period.
    pub row: &'a Row,
}

impl Place<'_> {
    /// The cell in which the number stands.
    pub fn cell(&self) -> CellKey {
        self.section.row_key(self.row).cell(Column::This)
    }
}

/// How the ministry has a number already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How<'a> {
    /// It is asked for, for the same periods.
    Asked(Place<'a>),
    /// It adds up from numbers that are asked for.
    AddsUp(Place<'a>),
    /// It is the ratio of two numbers that are asked for.
    Computed {
        /// Where the one is asked for.
        numerator: Place<'a>,
        /// Where the other is.
        denominator: Place<'a>,
    },
    /// It is measured with enough share.
    Measured {
        /// Of the bodies' least measured unit, per cent.
        share: Decimal,
        /// The last period of that unit.
        period: Period,
    },
    /// It is asked for under the other calendar.
    OtherCalendar(Place<'a>),
    /// It is measured under the other calendar.
    MeasuredInOtherCalendar {
        /// Of the bodies' least measured unit, per cent.
        share: Decimal,
        /// The last period of that unit.
        period: Period,
    },
    /// It is a part of a number that is asked for.
    PartOf(Place<'a>),
}

/// A row that asks for a number which the ministry has already, of some bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding<'a> {
    /// The cell that asks.
    pub cell: CellKey,
    /// How the number is there already.
    pub how: How<'a>,
    /// For which bodies, in the order of their codes; never none.
    pub bodies: Vec<&'a BodyCode>,
}

/// Everything that is asked or measured, ready to be compared with.
pub struct Known<'a> {
    catalogue: &'a Catalogue,
    units: &'a Units,
    bodies: Vec<(&'a Body, &'a Unit)>,
    live: Vec<Asking<'a>>,
    asked: HashMap<Number<'a>, Vec<Asked<'a>>>,
    measured: HashMap<Number<'a>, HashMap<&'a UnitCode, &'a Measured>>,
}

/// What is counted, of which part.
type Number<'a> = (&'a IndicatorCode, &'a Breakdown);

/// The days on which each body fills a template, by the body's place.
type Days = Vec<Vec<Validity>>;

struct Asking<'a> {
    template: &'a Template,
    days: Days,
}

#[derive(Clone, Copy)]
struct Asked<'a> {
    live: usize,
    section: &'a Section,
    row: &'a Row,
}

/// How another template's periods lie to those of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lie {
    Same,
    Parts,
    Wholes,
    OtherCalendar,
    Unrelated,
}

impl Lie {
    fn of(
        (theirs, calendar): (Frequency, Calendar),
        (ours, our_calendar): (Frequency, Calendar),
    ) -> Lie {
        // A day is the same day in both calendars.
        if calendar != our_calendar && theirs != Frequency::Day {
            Lie::OtherCalendar
        } else if theirs == ours {
            Lie::Same
        } else if is_part_of(theirs, ours) {
            Lie::Parts
        } else if is_part_of(ours, theirs) {
            Lie::Wholes
        } else {
            Lie::Unrelated
        }
    }
}

/// Whether periods of one length are made of whole periods of another.
fn is_part_of(part: Frequency, whole: Frequency) -> bool {
    use Frequency::{Day, Half, Month, Quarter, Range, Week, Year};
    match part {
        Day => matches!(whole, Week | Month | Quarter | Half | Year),
        Month => matches!(whole, Quarter | Half | Year),
        Quarter => matches!(whole, Half | Year),
        Half => whole == Year,
        // A week lies in two months; a campaign adds up with nothing.
        Week | Year | Range => false,
    }
}

/// How another template meets the form: which bodies both ask, by their places.
struct Meeting {
    lie: Lie,
    bodies: Vec<usize>,
}

impl<'a> Known<'a> {
    /// All that live templates ask of these bodies, and all that is measured of their units.
    pub fn new(
        catalogue: &'a Catalogue,
        units: &'a Units,
        bodies: &'a Bodies,
        live: &[Live<'a>],
        measured: &'a [Measured],
    ) -> Known<'a> {
        let bodies = bodies.values();
        let bodies: Vec<_> =
            bodies.filter_map(|body| Some((body, units.get(body.unit.as_str())?))).collect();
        let mut known = Known {
            catalogue,
            units,
            bodies,
            live: vec![],
            asked: HashMap::new(),
            measured: HashMap::new(),
        };
        // The last version first: of a number that stands in several, it is the one to be shown.
        for one in live.iter().rev() {
            let days = known.days(one.template, one.days);
            for section in &one.template.sections {
                for row in section.rows() {
                    let asked = Asked { live: known.live.len(), section, row };
                    known.asked.entry((&row.indicator, &row.breakdown)).or_default().push(asked);
                }
            }
            known.live.push(Asking { template: one.template, days });
        }
        for one in measured {
            let of = known.measured.entry((&one.indicator, &one.breakdown)).or_default();
            let last = of.entry(&one.unit).or_insert(one);
            if last.period.end() < one.period.end() {
                *last = one;
            }
        }
        known
    }

    /// Every number of a form to be published that the ministry has already, in the order of its rows.
    pub fn findings(&self, form: &'a Template) -> Vec<Finding<'a>> {
        let days = self.days(form, Validity { from: form.valid_from, to: None });
        let mut meetings = Meetings { known: self, form, days: &days, of: HashMap::new() };
        let mut findings = vec![];
        for section in &form.sections {
            for row in section.rows() {
                let Some(indicator) = self.catalogue.get(row.indicator.as_str()) else { continue };
                let cell = section.row_key(row).cell(Column::This);
                let mut found = self.asked_elsewhere(&mut meetings, indicator, row);
                found.extend(self.computed(&mut meetings, indicator, row));
                found.extend(self.measured(form, &days, indicator, row));
                found.sort_by_key(|(how, _)| how.severity());
                findings.extend(found.into_iter().map(|(how, bodies)| {
                    let bodies = bodies.into_iter().map(|at| &self.bodies[at].0.code).collect();
                    Finding { cell: cell.clone(), how, bodies }
                }));
            }
        }
        findings
    }

    fn days(&self, template: &Template, live: Validity) -> Days {
        let of = |(_, unit): &(&Body, &Unit)| {
            let days = template.assigned_to.iter().flat_map(|one| one.days_of(unit, self.units));
            days.filter_map(|days| days.both(live)).collect()
        };
        self.bodies.iter().map(of).collect()
    }

    /// What other templates ask, by template.
    fn asked_elsewhere(
        &self,
        meetings: &mut Meetings<'a, '_>,
        indicator: &Indicator,
        row: &Row,
    ) -> Vec<(How<'a>, Vec<usize>)> {
        let adds_up = indicator.over_time != OverTime::None;
        let mut found: Vec<(How<'a>, Vec<usize>)> = vec![];
        for asked in self.asked.get(&(&row.indicator, &row.breakdown)).into_iter().flatten() {
            let place = self.place(asked);
            let meeting = meetings.with(asked.live);
            let how = match meeting.lie {
                Lie::Same => How::Asked(place),
                Lie::Parts if adds_up => How::AddsUp(place),
                Lie::Wholes if adds_up => How::PartOf(place),
                Lie::OtherCalendar => How::OtherCalendar(place),
                Lie::Parts | Lie::Wholes | Lie::Unrelated => continue,
            };
            let same = |(other, _): &&mut (How<'a>, Vec<usize>)| other.is_in_version_of(&how);
            match found.iter_mut().find(same) {
                Some((_, bodies)) => {
                    bodies.extend(&meeting.bodies);
                    bodies.sort_unstable();
                    bodies.dedup();
                }
                None if meeting.bodies.is_empty() => {}
                None => found.push((how, meeting.bodies.clone())),
            }
        }
        found
    }

    /// Whether both parts of a ratio are asked of some bodies.
    fn computed(
        &self,
        meetings: &mut Meetings<'a, '_>,
        indicator: &Indicator,
        row: &'a Row,
    ) -> Vec<(How<'a>, Vec<usize>)> {
        let Some(ratio) = &indicator.ratio else { return vec![] };
        let numerators = self.places_of(meetings, &ratio.numerator, &row.breakdown);
        let denominators = self.places_of(meetings, &ratio.denominator, &row.breakdown);
        let mut found: Vec<(How<'a>, Vec<usize>)> = vec![];
        for (numerator, of) in &numerators {
            for (denominator, also_of) in &denominators {
                let is_told = |at: &usize| found.iter().any(|(_, bodies)| bodies.contains(at));
                let both = of.iter().filter(|at| also_of.contains(at) && !is_told(at));
                let both: Vec<usize> = both.copied().collect();
                if !both.is_empty() {
                    let (numerator, denominator) = (*numerator, *denominator);
                    found.push((How::Computed { numerator, denominator }, both));
                }
            }
        }
        found
    }

    /// Where a part of a ratio is asked for in the periods of the form or their parts, this form included.
    fn places_of(
        &self,
        meetings: &mut Meetings<'a, '_>,
        code: &IndicatorCode,
        breakdown: &Breakdown,
    ) -> Vec<(Place<'a>, Vec<usize>)> {
        let adds_up =
            self.catalogue.get(code.as_str()).is_some_and(|one| one.over_time != OverTime::None);
        let form = meetings.form;
        let own = form.sections.iter().flat_map(|section| {
            let rows = section.rows().iter();
            let asked = rows.filter(|row| row.indicator == *code && row.breakdown == *breakdown);
            asked.map(move |row| Place { template: form, section, row })
        });
        let asked_here = (0..self.bodies.len()).filter(|at| !meetings.days[*at].is_empty());
        let asked_here: Vec<usize> = asked_here.collect();
        let mut places: Vec<_> = own.map(|place| (place, asked_here.clone())).collect();
        for asked in self.asked.get(&(code, breakdown)).into_iter().flatten() {
            let place = self.place(asked);
            let meeting = meetings.with(asked.live);
            if meeting.lie == Lie::Same || (meeting.lie == Lie::Parts && adds_up) {
                places.push((place, meeting.bodies.clone()));
            }
        }
        places
    }

    /// Whether systems measure it with enough share.
    fn measured(
        &self,
        form: &Template,
        days: &Days,
        indicator: &Indicator,
        row: &Row,
    ) -> Vec<(How<'a>, Vec<usize>)> {
        let Some(of) = self.measured.get(&(&row.indicator, &row.breakdown)) else {
            return vec![];
        };
        let mut here: (Vec<usize>, Option<&Measured>) = (vec![], None);
        let mut elsewhere = here.clone();
        for (at, (_, unit)) in self.bodies.iter().enumerate() {
            let Some(measured) = of.get(&unit.code) else { continue };
            let is_enough = measured.share >= indicator.measured_threshold;
            if !is_enough || !is_still_measured(measured.period, &days[at]) {
                continue;
            }
            let period = (measured.period.frequency(), measured.period.calendar());
            let (bodies, least) = match Lie::of(period, (form.frequency, form.calendar)) {
                Lie::Same => &mut here,
                Lie::Parts if indicator.over_time != OverTime::None => &mut here,
                Lie::OtherCalendar => &mut elsewhere,
                Lie::Parts | Lie::Wholes | Lie::Unrelated => continue,
            };
            bodies.push(at);
            if least.is_none_or(|least| measured.share < least.share) {
                *least = Some(measured);
            }
        }
        let told = |(bodies, least): (Vec<usize>, Option<&Measured>),
                    how: fn(Decimal, Period) -> How<'a>| {
            least.map(|least| (how(least.share, least.period), bodies))
        };
        let here = told(here, |share, period| How::Measured { share, period });
        let elsewhere =
            told(elsewhere, |share, period| How::MeasuredInOtherCalendar { share, period });
        here.into_iter().chain(elsewhere).collect()
    }

    fn place(&self, asked: &Asked<'a>) -> Place<'a> {
        let template = self.live[asked.live].template;
        Place { template, section: asked.section, row: asked.row }
    }
}

/// Whether what was last measured for a period still is when a form begins to ask.
fn is_still_measured(last: Period, days: &[Validity]) -> bool {
    days.iter().any(|days| {
        days.from.is_none_or(|from| (from - last.end()).get_days() <= STILL_MEASURED_DAYS)
    })
}

/// How each live template meets the form, worked out once for all its rows.
struct Meetings<'a, 'b> {
    known: &'b Known<'a>,
    form: &'a Template,
    days: &'b Days,
    of: HashMap<usize, Meeting>,
}

impl<'a> Meetings<'a, '_> {
    fn with(&mut self, live: usize) -> &Meeting {
        let (known, form, days) = (self.known, self.form, self.days);
        self.of.entry(live).or_insert_with(|| {
            let theirs = &known.live[live];
            let period = (theirs.template.frequency, theirs.template.calendar);
            let lie = Lie::of(period, (form.frequency, form.calendar));
            // What a version asked is what its successor may ask again.
            let is_own = theirs.template.code == form.code;
            let mut bodies = vec![];
            if !is_own && lie != Lie::Unrelated {
                // Most bodies have the same days: each pair of them is compared once.
                let mut compared: Vec<(&[Validity], &[Validity], bool)> = vec![];
                for (at, (ours, theirs)) in days.iter().zip(&theirs.days).enumerate() {
                    let same = |(one, other, _): &&(&[Validity], &[Validity], bool)| {
                        *one == &ours[..] && *other == &theirs[..]
                    };
                    let meets = compared.iter().find(same).map(|(.., meets)| *meets);
                    let meets = meets.unwrap_or_else(|| {
                        let meets = ours.iter().any(|ours| {
                            theirs.iter().any(|theirs| do_meet(lie, form, period.0, *ours, *theirs))
                        });
                        compared.push((ours, theirs, meets));
                        meets
                    });
                    bodies.extend(meets.then_some(at));
                }
            }
            Meeting { lie, bodies }
        })
    }
}

/// Whether some period is asked of a body by both: wholly, where one follows from the other.
fn do_meet(
    lie: Lie,
    form: &Template,
    theirs_are: Frequency,
    ours: Validity,
    theirs: Validity,
) -> bool {
    let Some(both) = ours.both(theirs) else { return false };
    let parts_are = match lie {
        Lie::Same => form.frequency,
        Lie::Parts => theirs_are,
        Lie::Wholes | Lie::OtherCalendar | Lie::Unrelated => return true,
    };
    // Without a first day there is always a period early enough.
    let Some(first) = both.from else { return true };
    let mut period = Period::containing(first, form.frequency, form.calendar);
    while let Some(asked) = period {
        if both.to.is_some_and(|to| to <= asked.end()) {
            return false;
        }
        let first_part = match lie {
            Lie::Parts => Period::containing(asked.start(), parts_are, form.calendar),
            _ => Some(asked),
        };
        // A part is asked for on its last day; the others follow it without a gap.
        let is_whole =
            first_part.is_none_or(|part| theirs.from.is_none_or(|from| from <= part.end()));
        if is_whole {
            return true;
        }
        period = asked.next();
    }
    // Campaigns have no next one: their days are all there is to compare.
    true
}

impl<'a> How<'a> {
    /// Whether it stops the publication or is only told.
    pub fn severity(&self) -> Severity {
        match self {
            How::Asked(_) | How::AddsUp(_) | How::Computed { .. } | How::Measured { .. } => {
                Severity::Error
            }
            How::OtherCalendar(_) | How::MeasuredInOtherCalendar { .. } | How::PartOf(_) => {
                Severity::Warning
            }
        }
    }

    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            How::Asked(_) => "asked",
            How::AddsUp(_) => "adds_up",
            How::Computed { .. } => "computed",
            How::Measured { .. } => "measured",
            How::OtherCalendar(_) => "other_calendar",
            How::MeasuredInOtherCalendar { .. } => "measured_in_other_calendar",
            How::PartOf(_) => "part_of",
        }
    }

    /// The rows in which it stands; of what is measured, none.
    pub fn places(&self) -> Vec<Place<'a>> {
        match self {
            How::Asked(place)
            | How::AddsUp(place)
            | How::OtherCalendar(place)
            | How::PartOf(place) => vec![*place],
            How::Computed { numerator, denominator } => vec![*numerator, *denominator],
            How::Measured { .. } | How::MeasuredInOtherCalendar { .. } => vec![],
        }
    }

    /// Whether both are told of the same row in two versions of one template.
    fn is_in_version_of(&self, other: &How<'a>) -> bool {
        let code = |how: &How<'a>| how.places().first().map(|place| &place.template.code);
        self.code() == other.code() && code(self) == code(other)
    }
}

impl Finding<'_> {
    /// Whether it stops the publication or is only told.
    pub fn severity(&self) -> Severity {
        self.how.severity()
    }

    /// The sentence the user reads.
    pub fn message(&self, catalogue: &Catalogue, language: Language) -> String {
        let at = |place: &Place| place.in_words(catalogue, language);
        let bodies = self.bodies.len();
        let (cua, of) = (
            format!("của {bodies} đơn vị"),
            if bodies == 1 { "of 1 body".to_owned() } else { format!("of {bodies} bodies") },
        );
        let measured = |share: &Decimal| crate::entry::print(*share, language);
        let (vi, en) = match &self.how {
            How::Asked(place) => (
                format!("Số liệu này {cua} đã được hỏi ở {}.", at(place)),
                format!("This number {of} is asked for already in {}.", at(place)),
            ),
            How::AddsUp(place) => (
                format!("Số liệu này {cua} cộng được từ số đã hỏi ở {}.", at(place)),
                format!("This number {of} adds up from what is asked for in {}.", at(place)),
            ),
            How::Computed { numerator, denominator } => (
                format!(
                    "Số liệu này {cua} tính được từ tử số ở {} và mẫu số ở {}.",
                    at(numerator),
                    at(denominator)
                ),
                format!(
                    "This number {of} is computed from its numerator in {} and its denominator in {}.",
                    at(numerator),
                    at(denominator)
                ),
            ),
            How::Measured { share, period } => (
                format!(
                    "Số liệu này {cua} đã được đo trực tuyến: ít nhất {}% số hệ thống, đến kỳ {period}.",
                    measured(share)
                ),
                format!(
                    "This number {of} is measured: at least {}% of the systems, up to {period}.",
                    measured(share)
                ),
            ),
            How::OtherCalendar(place) => (
                format!("Theo lịch báo cáo khác, số liệu này {cua} đã được hỏi ở {}.", at(place)),
                format!("Under the other calendar this number {of} is asked for in {}.", at(place)),
            ),
            How::MeasuredInOtherCalendar { share, period } => (
                format!(
                    "Theo lịch báo cáo khác, số liệu này {cua} đã được đo trực tuyến: ít nhất {}% số hệ thống, đến kỳ {period}.",
                    measured(share)
                ),
                format!(
                    "Under the other calendar this number {of} is measured: at least {}% of the systems, up to {period}.",
                    measured(share)
                ),
            ),
            How::PartOf(place) => (
                format!("Khi có số này, số {cua} ở {} sẽ cộng được và nên bỏ ở đó.", at(place)),
                format!(
                    "With this number, the one {of} in {} will add up and can be taken out there.",
                    at(place)
                ),
            ),
        };
        language.pick(vi, en)
    }
}

impl Place<'_> {
    /// biểu “Báo cáo tháng” (SO-THANG, phiên bản 1), phần “Bưu chính”, dòng “Doanh thu”, cột kỳ này, hằng tháng theo tháng dương lịch
    fn in_words(&self, catalogue: &Catalogue, language: Language) -> String {
        let Place { template, section, row } = self;
        let indicator = catalogue.get(row.indicator.as_str());
        let named = indicator
            .map_or(row.indicator.as_str(), |one| language.pick(&one.name_vi, &one.name_en));
        let (code, version) = (&template.code, template.version);
        let (name, section) = (template.name(language), section.name(language));
        let often = how_often(template.frequency, template.calendar, language);
        language.pick(
            format!(
                "biểu “{name}” ({code}, phiên bản {version}), phần “{section}”, dòng “{named}”, cột kỳ này, {often}"
            ),
            format!(
                "form “{name}” ({code}, version {version}), section “{section}”, row “{named}”, column of the period, {often}"
            ),
        )
    }
}

/// hằng tháng theo tháng dương lịch
fn how_often(frequency: Frequency, calendar: Calendar, language: Language) -> String {
    let (vi, en) = match frequency {
        Frequency::Day => ("hằng ngày", "daily"),
        Frequency::Week => ("hằng tuần", "weekly"),
        Frequency::Month => ("hằng tháng", "monthly"),
        Frequency::Quarter => ("hằng quý", "quarterly"),
        Frequency::Half => ("6 tháng một lần", "half-yearly"),
        Frequency::Year => ("hằng năm", "yearly"),
        Frequency::Range => ("theo đợt", "by campaign"),
    };
    let (of_vi, of_en) = match calendar {
        Calendar::Statistical => ("theo tháng dương lịch", "in calendar months"),
        Calendar::Administrative => {
            ("theo tháng hành chính (15–14)", "in administrative months (15th to 14th)")
        }
    };
    language.pick(format!("{vi} {of_vi}"), format!("{en} {of_en}"))
}

#[cfg(test)]
pub(crate) mod tests;
