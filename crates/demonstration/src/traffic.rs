//! What happens on the portals of the provinces from June 2024 on: made up by the rule below, one event and one count at
//! a time, and sent by whoever loads the demonstration to the doors by which real portals send.
//!
//! **Pages.** On each province's portal people look at the procedures of its department, begin some, hand in a few
//! dossiers, pay, and get their results days later; a machine passes by now and then. All of it is told as events.
//!
//! **Back ends.** Of each day of June the portal says what its pages told of those procedures, to the unit, what came
//! over the counter, and what the other offices of the province received, all under one code ([`OTHER_OFFICES`]). The
//! month adds up to 96% to 99% of the dossiers that the department reported, about 57% of those filed on line, and as many
//! users of end-to-end services as [`crate::measured`] says: so the provinces are at 17%. The department whose July is closed
//! sends July too. Bình Định's sends the first days of August, and its second portal nothing.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};
use measure::PortalCode;
use measure::beacon::Step;
use measure::dossier::{Channel, Count, Day, State};
use model::{Calendar, Catalogue};

use crate::catalogue::indicators;
use crate::history::period_of;
use crate::measured::users;
use crate::open_month::{PLAYED, closed_july};
use crate::place::province_names;
use crate::register::{OTHER_OFFICES, offered_on_line, procedure};
use crate::rule::{Figures, figures, month_number};
use crate::table::{mixed, number_of};

/// The first day on which pages tell of themselves.
pub const FIRST_DAY: Date = date(2024, 6, 1);
/// The last day that is over when the demonstration begins.
pub const LAST_DAY: Date = date(2024, 8, 4);

/// An event that a portal's server tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// How far somebody came.
    pub step: Step,
    /// With which procedure; `None` is the portal's first page.
    pub service: Option<String>,
    /// What the portal calls the dossier, from the step *submitted* on.
    pub dossier: Option<String>,
    /// Its name for the event.
    pub id: String,
    /// When it happened.
    pub at: Timestamp,
    /// What tells the visitors of one day apart.
    pub visitor: Option<String>,
    /// What a browser calls itself, where it is a machine.
    pub agent: Option<&'static str>,
}

/// A portal with all that happened on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// Which.
    pub portal: PortalCode,
    /// What its pages tell, in order of time.
    pub told: Vec<Told>,
    /// What its back end says of its days, in their order.
    pub said: Vec<Day>,
}

/// The portals that tell what happens on them: the first of each province.
pub fn telling() -> Vec<PortalCode> {
    province_names().into_iter().map(|(of, _)| portal_of(&of)).collect()
}

fn portal_of(province: &str) -> PortalCode {
    PortalCode::parse(&format!("{province}-dvc")).expect("the codes of this set are valid")
}

/// What happened on each of them.
pub fn traffic() -> Vec<Traffic> {
    let figures = figures(&Catalogue::new(indicators()));
    let of = |province: &String| {
        let told = told(province);
        Traffic { said: said(&figures, province, &told), portal: portal_of(province), told }
    };
    figures.provinces.iter().map(of).collect()
}

/// Everything that happened on the pages of a province's portal, in order of time.
fn told(province: &str) -> Vec<Told> {
    let mut all = vec![];
    for day in days(FIRST_DAY, LAST_DAY) {
        all.extend(told_of_day(province, day));
    }
    all.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    all
}

fn days(first: Date, last: Date) -> impl Iterator<Item = Date> {
    first.series(1.day()).take_while(move |day| *day <= last)
}

fn draw(province: &str, what: &str, day: Date, place: u64) -> u64 {
    mixed(&[number_of(province), number_of(what), number_of(&day.to_string()), place])
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday)
}

/// What began on a day, with what becomes of it later.
fn told_of_day(province: &str, day: Date) -> Vec<Told> {
    let procedures = offered_on_line(province);
    let drawn = |what: &str, place: u64| draw(province, what, day, place);
    // From half past seven to six in the evening.
    let at = |day: Date, second: u64| {
        let morning = day.at(7, 30, 0, 0).to_zoned(TimeZone::fixed(Offset::constant(7)));
        let morning = morning.expect("a fixed offset has every moment").timestamp();
        morning + (second % 37_800).cast_signed().seconds()
    };
    let (weekend, mut all) = (is_weekend(day), vec![]);
    let visits = if weekend { drawn("visits", 0) % 2 } else { 2 + drawn("visits", 0) % 3 };
    for visit in 0..visits {
        let number = drawn("visitor", visit);
        let (visitor, second) = (format!("khach{:06}", number % 1_000_000), number % 36_000);
        let which = (drawn("procedure", visit) % procedures.len() as u64) as usize;
        let service = procedure(procedures[which]).as_str().to_owned();
        let dossier = format!("mp{number:016x}");
        let one = |step: Step, at: Timestamp| Told {
            step,
            service: Some(service.clone()),
            dossier: step.has_dossier().then(|| dossier.clone()),
            id: format!("mp-{}-{number:016x}", step.code()),
            at,
            visitor: (!step.has_dossier()).then(|| visitor.clone()),
            agent: None,
        };
        all.push(one(Step::View, at(day, second)));
        // Of three that look, two begin, and of three that begin, two hand in.
        if drawn("began", visit) % 3 == 0 {
            continue;
        }
        all.push(one(Step::Started, at(day, second + 240)));
        if drawn("handed in", visit) % 3 == 0 {
            continue;
        }
        all.push(one(Step::Submitted, at(day, second + 900)));
        if drawn("fee", visit) % 2 == 0 {
            all.push(one(Step::Paid, at(day, second + 960)));
        }
        for (step, later) in
            [(Step::Accepted, 1), (Step::Delivered, 3 + (drawn("length", visit) % 9).cast_signed())]
        {
            let mut when = day.saturating_add(later.days());
            while is_weekend(when) {
                when = when.saturating_add(1.day());
            }
            if when <= LAST_DAY {
                all.push(one(step, at(when, second)));
            }
        }
    }
    if drawn("machine", 0) % 5 == 0 {
        all.push(Told {
            step: Step::View,
            service: None,
            dossier: None,
            id: format!("mp-bot-{:016x}", drawn("machine", 1)),
            at: at(day, drawn("machine", 2)),
            visitor: None,
            agent: Some("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
        });
    }
    all
}

/// What the back end of a province's portal says of the days of June, and of July and August where it does.
fn said(figures: &Figures, province: &str, told: &[Told]) -> Vec<Day> {
    let mut all = said_of_month(figures, province, told, (2024, 6));
    if province == closed_july(figures) {
        all.extend(said_of_month(figures, province, told, (2024, 7)));
    }
    if province == PLAYED {
        all.extend(days(date(2024, 8, 1), LAST_DAY).map(|day| {
            Day::new(day, of_department(province, told, day)).expect("nothing is said twice")
        }));
    }
    all
}

/// What a department's own procedures came to on a day: by its pages, and over the counter.
fn of_department(province: &str, told: &[Told], day: Date) -> Vec<Count> {
    let of_day = |one: &&Told| measure::when::day_of(one.at) == day && one.agent.is_none();
    let mut counts: BTreeMap<(String, Channel, State), u64> = BTreeMap::new();
    for one in told.iter().filter(of_day) {
        let state = match one.step {
            Step::Submitted => State::Received,
            Step::Delivered => State::InTime,
            Step::View | Step::Started | Step::Paid | Step::Accepted => continue,
        };
        let service = one.service.clone().expect("a dossier is of a procedure");
        *counts.entry((service, Channel::Online, state)).or_default() += 1;
    }
    if !is_weekend(day) {
        let procedures = offered_on_line(province);
        let drawn = draw(province, "counter", day, 0);
        let service = procedure(procedures[(drawn % procedures.len() as u64) as usize]);
        counts.insert(
            (service.as_str().to_owned(), Channel::Counter, State::Received),
            1 + drawn % 4,
        );
    }
    let count = |((service, channel, state), dossiers): ((String, Channel, State), u64)| Count {
        service: measure::register::EntryCode::parse(&service).expect("it was one"),
        channel,
        state,
        dossiers,
    };
    counts.into_iter().map(count).collect()
}

fn said_of_month(
    figures: &Figures,
    province: &str,
    told: &[Told],
    (year, month): (i16, i8),
) -> Vec<Day> {
    let place = figures.provinces.iter().position(|other| other == province);
    let place = place.expect("it is one of them");
    let reported = |code: &str, percent: u64| -> u64 {
        let series = figures.find("SO-THANG", code, "").expect("a row of the form");
        let number = series.at(month_number(year, month), place);
        let number: u64 = number.rounded(0).to_string().parse().expect("a whole number of people");
        number * percent / 100
    };
    let drawn = |what: &str| mixed(&[number_of(what), number_of(province)]);
    let received = reported("CDS.HOSO", 96 + drawn("received") % 4);
    let online = reported("CDS.HOSO_TT", 48 + drawn("online") % 19);
    let in_time = reported("CDS.HOSO_DUNGHAN", 94 + drawn("in time") % 5).min(received);
    let users = reported("CDS.DAN_DUNG_DVC_TT", users(province, month).1 as u64);
    let period = period_of(month_number(year, month), Calendar::Statistical);
    let days: Vec<Date> = days(period.start(), period.end()).collect();
    let weights: Vec<u64> = days.iter().map(|day| if is_weekend(*day) { 1 } else { 8 }).collect();
    let own: Vec<Vec<Count>> = days.iter().map(|day| of_department(province, told, *day)).collect();
    let of_own = |state: State, channel: Option<Channel>| -> u64 {
        let counted = own.iter().flatten();
        let counted = counted.filter(|one| one.state == state);
        counted
            .filter(|one| channel.is_none_or(|it| it == one.channel))
            .map(|one| one.dossiers)
            .sum()
    };
    // What is left of the month is of the other offices, spread over its days.
    let other_online = online - of_own(State::Received, Some(Channel::Online)).min(online);
    let other = received - of_own(State::Received, None).min(received);
    let other_in_time = in_time - of_own(State::InTime, None).min(in_time);
    let online = spread(other_online, &weights);
    let counter = spread(other.saturating_sub(other_online), &weights);
    let in_time = spread(other_in_time, &weights);
    // A twenty-fifth of the users came in this month.
    let came = spread(users / 25, &weights);
    let mut so_far = users - users / 25;
    let offices = measure::register::EntryCode::parse(OTHER_OFFICES).expect("a valid code");
    let count =
        |channel, state, dossiers| Count { service: offices.clone(), channel, state, dossiers };
    let mut all = vec![];
    for (at, (day, mut counts)) in days.into_iter().zip(own).enumerate() {
        let by_counter = in_time[at] / 2;
        counts.extend([
            count(Channel::Online, State::Received, online[at]),
            count(Channel::Counter, State::Received, counter[at] - counter[at] / 50),
            count(Channel::Post, State::Received, counter[at] / 50),
            count(Channel::Online, State::InTime, in_time[at] - by_counter),
            count(Channel::Counter, State::InTime, by_counter),
            count(Channel::Counter, State::Late, in_time[at] / 40),
        ]);
        so_far += came[at];
        let day = Day::new(day, counts).expect("nothing is said twice");
        all.push(Day { users: Some(so_far), ..day });
    }
    all
}

/// A number in parts that are as these weights, and add up to it.
fn spread(number: u64, weights: &[u64]) -> Vec<u64> {
    let whole: u64 = weights.iter().sum();
    let (mut given, mut weight) = (0, 0);
    let part = |one: &u64| {
        weight += one;
        let up_to = (u128::from(number) * u128::from(weight) / u128::from(whole)) as u64;
        let part = up_to - given;
        given = up_to;
        part
    };
    weights.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn in_june_the_portals_count_seventeen_percent_of_the_adults() {
        let figures = figures(&Catalogue::new(indicators()));
        let june = month_number(2024, 6);
        let adults = figures.find("SO-THANG", "CDS.DAN_TRUONGTHANH", "").unwrap();
        let places = 0..figures.provinces.len();
        let adults = model::Decimal::sum(places.map(|place| adults.at(june, place))).unwrap();
        let traffic = traffic();
        let last_of_june = |one: &Traffic| {
            one.said.iter().find(|day| day.day == date(2024, 6, 30)).unwrap().users.unwrap()
        };
        let users: u64 = traffic.iter().map(last_of_june).sum();
        let percent = model::Decimal::whole(users as i64)
            .times_over(model::Decimal::whole(100), adults, 2)
            .unwrap();
        expect!["17.23"].assert_eq(&percent.to_string());
    }

    #[test]
    fn what_pages_told_of_a_day_is_what_the_back_end_says_of_the_department() {
        for one in traffic() {
            let mut of_month = 0;
            for day in one.said.iter().filter(|day| day.day.month() == 6) {
                let submitted = one.told.iter().filter(|told| {
                    told.step == Step::Submitted && measure::when::day_of(told.at) == day.day
                });
                let of_department = day.counts.iter().filter(|count| {
                    count.service.as_str() != OTHER_OFFICES
                        && count.channel == Channel::Online
                        && count.state == State::Received
                });
                let online: u64 = of_department.map(|count| count.dossiers).sum();
                assert_eq!(online, submitted.count() as u64, "{} {}", one.portal, day.day);
                of_month += online;
            }
            assert!(of_month > 0, "{}", one.portal);
        }
    }

    #[test]
    fn an_event_is_told_once_and_of_a_day_that_is_over() {
        let mut number = 0;
        for one in traffic() {
            let ids: BTreeSet<&str> = one.told.iter().map(|told| told.id.as_str()).collect();
            assert_eq!(ids.len(), one.told.len(), "{}", one.portal);
            let days = one.told.iter().map(|told| measure::when::day_of(told.at));
            assert!(days.into_iter().all(|day| (FIRST_DAY..=LAST_DAY).contains(&day)));
            number += one.told.len();
        }
        expect!["29415"].assert_eq(&number.to_string());
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_whole(number in 0u64..100_000_000, weights in prop::collection::vec(1u64..20, 1..40)) {
            prop_assert_eq!(spread(number, &weights).iter().sum::<u64>(), number);
        }
    }
}
