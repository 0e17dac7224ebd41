//! The measured figures that follow from registers and dossier counts, of one unit and one period.
//!
//! Only parts are made here (how many services, how many of them end to end); their ratios follow wherever they are
//! asked. What is not known is not made: a register that nobody has confirmed whole gives no count of services, and
//! portals of which no day came give no count of dossiers, because neither is zero.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::{Date, date};
use model::{Decimal, Period};

use crate::dossier::{Channel, State};
use crate::register::{EntryCode, LAYERS, Values, read_day};

/// From this day public services are full or partial (Decree 42/2022), no longer of levels 1 to 4 (Decree 43/2011).
pub const EXTENTS_SINCE: Date = date(2022, 7, 1);

/// How much of a service is on line since July 2022.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Toàn trình.
    Full,
    /// Một phần.
    Partial,
}

/// A public service as it was at the end of the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The code of its procedure.
    pub code: EntryCode,
    /// Its name.
    pub name: String,
    /// The portal that offers it.
    pub portal: Option<String>,
    /// 1 to 4, while levels held.
    pub level: Option<u8>,
    /// Since levels ended; `None` when it is not on line.
    pub extent: Option<Extent>,
    /// Whether it can be offered end to end.
    pub is_eligible: bool,
}

impl Service {
    /// A service from what its register says.
    pub fn new(code: EntryCode, values: &Values) -> Service {
        let said = |field: &str| values.get(field).map(String::as_str);
        Service {
            code,
            name: said("name").unwrap_or_default().to_owned(),
            portal: said("portal").map(str::to_owned),
            level: said("level").and_then(|level| level.parse().ok()),
            extent: match said("extent") {
                Some("full") => Some(Extent::Full),
                Some("partial") => Some(Extent::Partial),
                _ => None,
            },
            is_eligible: said("eligible") == Some("yes"),
        }
    }

    /// Whether it is one of those that the rule of the period's time looks at: levels 3 and 4, or on line.
    pub fn is_online(&self, period: Period) -> bool {
        if has_levels(period) { self.level >= Some(3) } else { self.extent.is_some() }
    }
}

/// How many of a system's four layers of protection were in place on a day.
pub fn layers(values: &Values, day: Date) -> usize {
    let holds = |(since, evidence): &&(&str, &str)| {
        let since = values.get(since).and_then(|since| read_day(since));
        since.is_some_and(|since| since <= day) && values.contains_key(*evidence)
    };
    LAYERS.iter().filter(holds).count()
}

/// Whether services of the period have levels 1 to 4.
pub fn has_levels(period: Period) -> bool {
    period.end() < EXTENTS_SINCE
}

/// The days of a period that a portal has sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalDays {
    /// Its code.
    pub portal: String,
    /// Which days it sent; others do not count.
    pub sent: BTreeSet<Date>,
    /// Of days that it sent: how many people had used its end-to-end services by the end of the day, where it said so.
    pub users: BTreeMap<Date, u64>,
    /// Days that it did not send, of which its pages told, where they see every dossier that is filed on line.
    pub told: BTreeSet<Date>,
}

/// How many dossiers of a service came to a state through a channel, in the days of the period that the back end of a
/// portal sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dossiers {
    /// Of which portal.
    pub portal: String,
    /// Of which service.
    pub service: EntryCode,
    /// Through which channel.
    pub channel: Channel,
    /// Come to which state.
    pub state: State,
    /// How many.
    pub number: u64,
}

/// What a unit's registers and portals say of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input<'a> {
    /// When.
    pub period: Period,
    /// The last day that is over, of the period or after it: later days are not missing yet.
    pub over: Date,
    /// At the period's end; `None` while nobody has confirmed that the list is whole.
    pub services: &'a [Service],
    /// Whether the list of services was confirmed to be whole.
    pub services_are_whole: bool,
    /// The systems, as what their register says of each at the period's end.
    pub systems: &'a [Values],
    /// Whether the list of systems was confirmed to be whole.
    pub systems_are_whole: bool,
    /// Every portal of the unit, also one that sent nothing.
    pub portals: &'a [PortalDays],
    /// What they sent.
    pub dossiers: &'a [Dossiers],
    /// What their pages told of days that the back ends did not send, filed on line: nothing else is known to pages.
    pub filed_on_pages: &'a [Dossiers],
}

/// A measured figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    /// Of which indicator.
    pub indicator: &'static str,
    /// How much.
    pub number: Decimal,
    /// Of how much of the unit's systems, per cent with two decimals.
    pub share: Decimal,
}

/// The measured figures of a unit and a period, in the order of the catalogue.
pub fn derive(input: &Input) -> Vec<Derived> {
    let mut made = vec![];
    if input.services_are_whole {
        made.extend(of_services(input.period, input.services));
    }
    let mut of_portals = share_measured(input).map_or(vec![], |share| of_dossiers(input, share));
    // After the dossiers received, of which they are a part.
    let place = of_portals.len().min(1);
    of_portals.splice(place..place, of_filings(input));
    made.extend(of_portals);
    made.extend(of_users(input));
    if input.systems_are_whole {
        made.extend(of_systems(input.period.end().min(input.over), input.systems));
    }
    made
}

/// Part and whole, from which a share follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Portion {
    /// The part.
    pub part: u64,
    /// The whole; with none there is no share.
    pub of: u64,
}

impl Portion {
    fn new(part: usize, of: usize) -> Portion {
        Portion { part: part as u64, of: of as u64 }
    }

    /// Whether the part is at least so many hundredths of the whole; of nothing, no part is enough.
    fn is_at_least(self, percent: u64) -> bool {
        self.of > 0 && self.part * 100 >= self.of * percent
    }

    /// Whether the part is more than so many hundredths of the whole.
    fn is_more_than(self, percent: u64) -> bool {
        self.part * 100 > self.of * percent
    }

    /// Whether it is the whole, and not of nothing.
    pub fn is_whole(self) -> bool {
        self.of > 0 && self.part == self.of
    }

    /// The share, per cent with two decimals, half up; `None` of nothing.
    pub fn percent(self) -> Option<Decimal> {
        let whole = |number: u64| Decimal::whole(number as i64);
        (self.of > 0).then(|| whole(self.part).times_over(whole(100), whole(self.of), 2))?
    }
}

fn whole(indicator: &'static str, number: usize, share: Decimal) -> Derived {
    Derived { indicator, number: Decimal::whole(number as i64), share }
}

fn full() -> Decimal {
    Decimal::new(10_000, 2).expect("it is small")
}

/// From the register of services alone.
fn of_services(period: Period, services: &[Service]) -> Vec<Derived> {
    let count =
        |is_counted: fn(&Service) -> bool| services.iter().filter(|one| is_counted(one)).count();
    let counts: Vec<(&'static str, usize)> = if has_levels(period) {
        vec![
            ("CDS.DVC", count(|one| one.level.is_some())),
            ("CDS.DVC_MD34", count(|one| one.level >= Some(3))),
            ("CDS.DVC_MD4", count(|one| one.level == Some(4))),
        ]
    } else {
        vec![
            ("CDS.DVC_DK", count(|one| one.is_eligible)),
            ("CDS.DVC_TT", count(|one| one.is_eligible && one.extent == Some(Extent::Full))),
            ("CDS.DVC_TRUCTUYEN", count(|one| one.extent.is_some())),
        ]
    };
    counts.into_iter().map(|(indicator, number)| whole(indicator, number, full())).collect()
}

/// From the register of systems alone.
fn of_systems(day: Date, systems: &[Values]) -> Vec<Derived> {
    let with_level = systems.iter().filter(|one| one.contains_key("level")).count();
    let protected = systems.iter().filter(|one| layers(one, day) == LAYERS.len()).count();
    vec![
        whole("ATTT.HT", systems.len(), full()),
        whole("ATTT.HT_CAPDO", with_level, full()),
        whole("ATTT.HT_4LOP", protected, full()),
    ]
}

/// How far services are offered on line: of levels, those at level 4 of those with a level; since July 2022, those end to
/// end of those fit for it.
pub fn supply(input: &Input) -> Portion {
    let count = |is_counted: fn(&Service) -> bool| {
        input.services.iter().filter(|one| is_counted(one)).count()
    };
    if has_levels(input.period) {
        Portion::new(count(|one| one.level == Some(4)), count(|one| one.level.is_some()))
    } else {
        let full = count(|one| one.is_eligible && one.extent == Some(Extent::Full));
        Portion::new(full, count(|one| one.is_eligible))
    }
}

/// The systems that have all four layers of protection at the period's end, of all.
pub fn protected(input: &Input) -> Portion {
    let day = input.period.end().min(input.over);
    let has_all = |one: &&Values| layers(one, day) == LAYERS.len();
    Portion::new(input.systems.iter().filter(has_all).count(), input.systems.len())
}

/// From what portals sent.
fn of_dossiers(input: &Input, share: Decimal) -> Vec<Derived> {
    let sum = |is_counted: &dyn Fn(&Dossiers) -> bool| -> Decimal {
        let number: u64 =
            input.dossiers.iter().filter(|one| is_counted(one)).map(|one| one.number).sum();
        Decimal::whole(number as i64)
    };
    let received = |one: &Dossiers| one.state == State::Received;
    let mut made = vec![
        Derived { indicator: "CDS.HOSO", number: sum(&received), share },
        Derived {
            indicator: "CDS.HOSO_DUNGHAN",
            number: sum(&|one| one.state == State::InTime),
            share,
        },
    ];
    if input.services_are_whole && !has_levels(input.period) {
        let used = with_dossiers(input);
        made.push(whole("CDS.DVC_PSHS", used.part as usize, share));
    }
    made
}

/// Dossiers filed on line, which pages know too: a day of a portal is what its back end says, or else what its pages told.
fn of_filings(input: &Input) -> Option<Derived> {
    let of_period = |day: &Date| *day >= input.period.start() && *day <= input.period.end();
    let known = |one: &PortalDays| one.sent.union(&one.told).copied().collect::<BTreeSet<Date>>();
    if !input.portals.iter().any(|one| known(one).iter().any(of_period)) {
        return None;
    }
    let filed = |one: &&Dossiers| one.state == State::Received && one.channel == Channel::Online;
    let all = input.dossiers.iter().chain(input.filed_on_pages);
    let number: u64 = all.filter(filed).map(|one| one.number).sum();
    Some(Derived {
        indicator: "CDS.HOSO_TT",
        number: Decimal::whole(number as i64),
        share: share_of(input, &complete(input, known))?,
    })
}

/// The people who have used end-to-end services, as the portals say of the last day that is over: each counts its own
/// users once, so nobody who uses two portals of a unit is found out. Not while services had levels.
fn of_users(input: &Input) -> Option<Derived> {
    let day = input.period.end().min(input.over);
    let said = |one: &&PortalDays| one.users.contains_key(&day);
    let portals: Vec<&PortalDays> = input.portals.iter().filter(said).collect();
    if portals.is_empty() || has_levels(input.period) {
        return None;
    }
    let number: u64 = portals.iter().map(|one| one.users[&day]).sum();
    let known = portals.iter().map(|one| one.portal.as_str()).collect();
    Some(Derived {
        indicator: "CDS.DAN_DUNG_DVC_TT",
        number: Decimal::whole(number as i64),
        share: share_of(input, &known)?,
    })
}

/// The online services with at least one dossier received in the period, of all that are on line.
pub fn with_dossiers(input: &Input) -> Portion {
    let used = services_used(input);
    let online = input.services.iter().filter(|one| one.is_online(input.period));
    let of = online.clone().count();
    Portion::new(online.filter(|one| used.contains(&one.code)).count(), of)
}

/// The online services without a single dossier in the period, in the order of the register. Nothing can be said while a
/// day is missing of the portal that offers one: such services are left out.
pub fn without_dossiers<'a>(input: &Input<'a>) -> Vec<&'a Service> {
    let used = services_used(input);
    let complete: BTreeSet<&str> = complete_portals(input);
    let is_known = |one: &&Service| one.portal.as_deref().is_some_and(|it| complete.contains(it));
    let online = input.services.iter().filter(|one| one.is_online(input.period));
    online.filter(is_known).filter(|one| !used.contains(&one.code)).collect()
}

fn services_used<'a>(input: &Input<'a>) -> BTreeSet<&'a EntryCode> {
    let received = |one: &&Dossiers| one.state == State::Received && one.number > 0;
    input.dossiers.iter().filter(received).map(|one| &one.service).collect()
}

/// The days of the period that are over.
fn days(input: &Input) -> Vec<Date> {
    let end = input.period.end().min(input.over);
    input.period.start().series(jiff::Span::new().days(1)).take_while(|day| *day <= end).collect()
}

/// The days of the period, as far as they are over, that a portal has not sent. They are unknown, never zero.
pub fn missing(input: &Input, portal: &PortalDays) -> Vec<Date> {
    days(input).into_iter().filter(|day| !portal.sent.contains(day)).collect()
}

fn complete_portals<'a>(input: &Input<'a>) -> BTreeSet<&'a str> {
    complete(input, |one| one.sent.clone())
}

/// The portals of which every day is known that is over.
fn complete<'a>(
    input: &Input<'a>,
    known: impl Fn(&PortalDays) -> BTreeSet<Date>,
) -> BTreeSet<&'a str> {
    let days = days(input);
    let is_complete = |one: &&PortalDays| {
        let known = known(one);
        !days.is_empty() && days.iter().all(|day| known.contains(day))
    };
    input.portals.iter().filter(is_complete).map(|one| one.portal.as_str()).collect()
}

/// The measured share of dossier figures: how many of the unit's services are offered by a portal that sent every day of
/// the period that is over, per cent. A unit without a register of services has its portals counted alike. `None` while
/// no day of the period came from any portal: then nothing is known.
pub fn share_measured(input: &Input) -> Option<Decimal> {
    let of_period = |day: &Date| *day >= input.period.start() && *day <= input.period.end();
    if !input.portals.iter().any(|one| one.sent.iter().any(of_period)) {
        return None;
    }
    share_of(input, &complete_portals(input))
}

/// How many of the unit's services these portals offer, per cent; of a unit without services, how many of its portals.
fn share_of(input: &Input, portals: &BTreeSet<&str>) -> Option<Decimal> {
    let measured = if input.services.is_empty() {
        Portion::new(portals.len(), input.portals.len())
    } else {
        let is_measured =
            |one: &&Service| one.portal.as_deref().is_some_and(|it| portals.contains(it));
        Portion::new(input.services.iter().filter(is_measured).count(), input.services.len())
    };
    measured.percent()
}

/// The rule of 2020, with its three parts: at least 30% of services at levels 3 and 4, carrying at least 50% of
/// transactions, and more than 50% of them with dossiers. Since levels ended it is asked of services that are on line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule2020 {
    /// Services at levels 3 and 4, of all services.
    pub supply: Portion,
    /// Dossiers received by those services, of all dossiers received; `None` while no day came.
    pub transactions: Option<Portion>,
    /// Those services with at least one dossier, of those services; `None` while no day came.
    pub used: Option<Portion>,
    /// Whether it is met.
    pub verdict: Verdict,
}

/// Whether a rule is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All its parts are.
    Met,
    /// A part is not, whatever is still missing.
    NotMet,
    /// Days are missing, and with them it could come out either way.
    Unknown,
}

/// The rule of 2020 of a unit and a period; `None` of a unit without services.
pub fn rule_of_2020(input: &Input) -> Option<Rule2020> {
    if input.services.is_empty() {
        return None;
    }
    let share = share_measured(input);
    let online: BTreeSet<&EntryCode> = input
        .services
        .iter()
        .filter(|one| one.is_online(input.period))
        .map(|one| &one.code)
        .collect();
    let supply = Portion::new(online.len(), input.services.len());
    let mut received: BTreeMap<bool, u64> = BTreeMap::new();
    for one in input.dossiers.iter().filter(|one| one.state == State::Received) {
        *received.entry(online.contains(&one.service)).or_default() += one.number;
    }
    let carried = received.get(&true).copied().unwrap_or_default();
    let all = carried + received.get(&false).copied().unwrap_or_default();
    let transactions = share.map(|_| Portion { part: carried, of: all });
    let used = share.map(|_| with_dossiers(input));
    let is_complete = share == Some(full());
    let verdict = match (supply.is_at_least(30), transactions, used) {
        (false, ..) => Verdict::NotMet,
        (true, Some(transactions), Some(used)) if is_complete => {
            let is_met = transactions.is_at_least(50) && used.is_more_than(50);
            if is_met { Verdict::Met } else { Verdict::NotMet }
        }
        (true, ..) => Verdict::Unknown,
    };
    Some(Rule2020 { supply, transactions, used, verdict })
}

/// The figures that differ from what was measured last, by number or by share: what is left to be recorded.
pub fn changed(made: Vec<Derived>, last: &HashMap<String, (Decimal, Decimal)>) -> Vec<Derived> {
    let is_new = |one: &Derived| last.get(one.indicator) != Some(&(one.number, one.share));
    made.into_iter().filter(is_new).collect()
}

#[cfg(test)]
mod tests;
