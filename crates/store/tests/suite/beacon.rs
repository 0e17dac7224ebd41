//! Events of portals are counted once, whatever the stretches they come in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use measure::PortalCode;
use measure::beacon::rollup::Rollup;
use measure::beacon::{Channel, Event, Span, Step, start_of};
use measure::sketch::Sketch;
use measure::when::{day_of, start_of_day};
use store::{CountedEvents, Store, StoreError, WriteError};

use crate::databases::{on_each, time};

fn event(number: u64) -> Event {
    // A fixed draw: every combination comes, and dossiers come back at other minutes.
    let draw = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    let step = Step::ALL[(draw % 6) as usize];
    let minutes = (draw / 6 % 3000) as i64;
    Event {
        site: ["52-dvc", "48-dvc"][(draw / 7 % 2) as usize].to_owned(),
        step,
        service: match step {
            Step::View if draw.is_multiple_of(5) => String::new(),
            _ => format!("1.00{}", draw / 11 % 3),
        },
        dossier: if step.has_dossier() {
            format!("dossier-{:016}", draw / 13 % 60)
        } else {
            String::new()
        },
        channel: Channel::ALL[(draw / 17 % 3) as usize],
        id: format!("event-{number}"),
        at: time("2024-08-04T00:00:00+07:00") + SignedDuration::from_mins(minutes),
        visitor: Some((draw % 40).wrapping_mul(0x9e37_79b9_7f4a_7c15)),
        is_bot: draw.is_multiple_of(9),
    }
}

async fn count(store: &Store, from: u64, to: u64, events: &[Event]) -> bool {
    let mut rollup = Rollup::default();
    events.iter().for_each(|event| rollup.add(event.clone()));
    let refused = BTreeMap::from([((String::new(), time("2024-08-04T17:00:00Z"), "forged"), 2)]);
    let counted = CountedEvents { log: "log-a".into(), from, to, rollup, refused };
    let written: Result<_, WriteError<StoreError>> =
        store.write(None, move |tx| Box::pin(async move { tx.count_events(&counted).await })).await;
    written.unwrap().value
}

/// Something in every table of the beacon.
pub async fn count_some(store: &Store) {
    let events: Vec<Event> = (0..20).map(event).collect();
    assert!(count(store, 0, 20, &events).await);
}

#[test]
fn counts_are_exact_whatever_the_stretches_and_however_often_one_is_sent() {
    on_each(async |fresh| {
        let store = &fresh.store;
        let events: Vec<Event> = (0..1500).map(event).collect();
        let cuts = [0, 1, 2, 400, 401, 1100, 1500];
        for pair in cuts.windows(2) {
            let stretch = &events[pair[0]..pair[1]];
            assert!(count(store, pair[0] as u64, pair[1] as u64, stretch).await);
            // A server that was killed after the commit and before it knew, sends it again.
            assert!(!count(store, pair[0] as u64, pair[1] as u64, stretch).await);
        }
        let mut reader = store.read().await.unwrap();
        assert_eq!(reader.beacon_position("log-a").await.unwrap(), 1500);
        assert_eq!(reader.beacon_position("log-b").await.unwrap(), 0);
        let (from, to) = (time("2024-08-01T00:00:00Z"), time("2024-09-01T00:00:00Z"));
        for portal in ["52-dvc", "48-dvc"] {
            let code = PortalCode::parse(portal).unwrap();
            for service in [None, Some("1.000"), Some("1.002")] {
                for span in Span::ALL {
                    let found = reader.beacon_counts(&code, service, span, from, to).await.unwrap();
                    let of = events.iter().filter(|one| {
                        one.site == portal && service.is_none_or(|service| one.service == service)
                    });
                    let mut expected: BTreeMap<_, (u64, Sketch)> = BTreeMap::new();
                    for one in of.clone() {
                        let key = (
                            start_of(one.at, span),
                            one.step.code(),
                            one.channel.code(),
                            one.is_bot,
                        );
                        let count = expected.entry(key).or_default();
                        count.0 += 1;
                        if !one.step.has_dossier() {
                            count.1.add(one.visitor.unwrap());
                        }
                    }
                    let printed: BTreeMap<_, _> = found
                        .iter()
                        .map(|one| {
                            let key = (one.start, one.step.code(), one.channel.code(), one.is_bot);
                            (key, (one.events, one.visitors.clone()))
                        })
                        .collect();
                    assert_eq!(printed, expected, "{portal} {service:?} {}", span.code());
                    if service.is_none() {
                        // Distinct over services too: a dossier belongs to one.
                        let distinct: BTreeSet<_> = of
                            .filter(|one| one.step.has_dossier())
                            .map(|one| (one.step, one.is_bot, &one.dossier))
                            .collect();
                        let counted: u64 = found.iter().map(|one| one.dossiers).sum();
                        assert_eq!(counted, distinct.len() as u64);
                    }
                }
            }
        }
        let heard = reader.beacon_heard().await.unwrap();
        let last =
            |portal: &str| events.iter().filter(|one| one.site == portal).map(|one| one.at).max();
        assert_eq!(heard.get("52-dvc").copied(), last("52-dvc"));

        let code = PortalCode::parse("52-dvc").unwrap();
        let (first, last) = (date(2024, 8, 1), date(2024, 8, 31));
        let submitted = reader.beacon_dossiers(&code, Step::Submitted, first, last).await.unwrap();
        let total: u64 = submitted.iter().map(|one| one.dossiers).sum();
        let people: BTreeSet<_> = events
            .iter()
            .filter(|one| one.site == "52-dvc" && one.step == Step::Submitted && !one.is_bot)
            .map(|one| &one.dossier)
            .collect();
        assert_eq!(total, people.len() as u64);
        let services = reader.beacon_services(&code, first, last).await.unwrap();
        let of_services: u64 = services.iter().map(|one| one.events).sum();
        let with_service =
            events.iter().filter(|one| one.site == "52-dvc" && !one.service.is_empty());
        assert_eq!(of_services, with_service.count() as u64);
        let refused = reader.beacon_refused(None, from, to).await.unwrap();
        assert_eq!((refused.len(), refused[0].events, &*refused[0].reason), (1, 12, "forged"));
    });
}

#[test]
fn minutes_are_forgotten_after_two_days_and_days_stay() {
    on_each(async |fresh| {
        let store = &fresh.store;
        let events: Vec<Event> = (0..300).map(event).collect();
        assert!(count(store, 0, 300, &events).await);
        let code = PortalCode::parse("52-dvc").unwrap();
        let rows = async |span: Span| {
            let mut reader = store.read().await.unwrap();
            let (from, to) = (time("2024-08-01T00:00:00Z"), time("2024-09-01T00:00:00Z"));
            let found = reader.beacon_counts(&code, None, span, from, to).await.unwrap();
            found.iter().map(|one| one.events).sum::<u64>()
        };
        let all = rows(Span::Day).await;
        for (now, minute, hour) in [
            ("2024-08-05T12:00:00+07:00", all, all),
            ("2024-08-09T12:00:00+07:00", 0, all),
            ("2024-09-30T12:00:00+07:00", 0, 0),
        ] {
            let now: Timestamp = time(now);
            let forgotten: Result<_, WriteError<StoreError>> = store
                .write(None, move |tx| Box::pin(async move { tx.forget_fine_counts(now).await }))
                .await;
            forgotten.unwrap();
            let kept = (rows(Span::Minute).await, rows(Span::Hour).await, rows(Span::Day).await);
            assert_eq!(kept, (minute, hour, all), "{now}");
        }
    });
}

/// By month, step, channel and machines: events, dossiers, visits.
type Sums = BTreeMap<(Date, Step, Channel, bool), (u64, u64, u64)>;

/// What the rows of days add up to.
async fn added_up(
    store: &Store,
    code: &PortalCode,
    service: Option<&str>,
    first: Date,
    last: Date,
) -> Sums {
    let (from, to) = (start_of_day(first), start_of_day(last.tomorrow().unwrap()));
    let mut reader = store.read().await.unwrap();
    let mut sums = Sums::new();
    for one in reader.beacon_counts(code, service, Span::Day, from, to).await.unwrap() {
        let month = day_of(one.start).first_of_month();
        let sum = sums.entry((month, one.step, one.channel, one.is_bot)).or_default();
        sum.0 += one.events;
        sum.1 += one.dossiers;
        sum.2 += one.visitors.estimate();
    }
    sums
}

async fn answered(
    store: &Store,
    code: &PortalCode,
    service: Option<&str>,
    first: Date,
    last: Date,
) -> Sums {
    let mut reader = store.read().await.unwrap();
    let sums = reader.beacon_sums(code, service, first, last).await.unwrap();
    let key = |one: &store::BeaconSum| (one.month, one.step, one.channel, one.is_bot);
    sums.iter().map(|one| (key(one), (one.events, one.dossiers, one.visits))).collect()
}

#[test]
fn months_answer_what_their_days_add_up_to() {
    on_each(async |fresh| {
        let store = &fresh.store;
        // Five months, in stretches that come back to days that were counted before.
        let events: Vec<Event> = (0..2400)
            .map(|number| {
                let one = event(number);
                Event { at: one.at + SignedDuration::from_hours(24 * (number as i64 % 151)), ..one }
            })
            .collect();
        for (place, stretch) in events.chunks(500).enumerate() {
            let from = place as u64 * 500;
            assert!(count(store, from, from + stretch.len() as u64, stretch).await);
        }
        let code = PortalCode::parse("52-dvc").unwrap();
        let asked = [
            (date(2024, 8, 1), date(2024, 12, 31)),
            (date(2024, 8, 4), date(2025, 1, 5)),
            (date(2024, 9, 1), date(2024, 9, 30)),
            (date(2024, 8, 20), date(2024, 9, 3)),
            (date(2024, 9, 2), date(2024, 9, 29)),
            (date(2023, 1, 1), date(2023, 12, 31)),
            (date(2024, 9, 2), date(2024, 9, 1)),
        ];
        let mut seen = 0;
        for (first, last) in asked {
            for service in [None, Some("1.000"), Some("1.002")] {
                let expected = added_up(store, &code, service, first, last).await;
                let found = answered(store, &code, service, first, last).await;
                assert_eq!(found, expected, "{first} to {last} of {service:?}");
                seen += found.len();
            }
            let mut reader = store.read().await.unwrap();
            let services = reader.beacon_services(&code, first, last).await.unwrap();
            let mut of_services = [0; 2];
            for one in &services {
                of_services[0] += one.events;
                of_services[1] += one.dossiers;
            }
            let mut of_each = [0; 2];
            for service in ["1.000", "1.001", "1.002"] {
                for (events, dossiers, _) in
                    added_up(store, &code, Some(service), first, last).await.into_values()
                {
                    of_each[0] += events;
                    of_each[1] += dossiers;
                }
            }
            assert_eq!(of_services, of_each, "{first} to {last}");
        }
        assert!(seen > 200, "{seen}");

        // Days that were counted by a version without months get theirs, once.
        let before = answered(store, &code, None, date(2024, 8, 1), date(2024, 12, 31)).await;
        for _ in 0..2 {
            let made: Result<_, WriteError<StoreError>> = store
                .write(None, |tx| Box::pin(async move { tx.count_months_of_before().await }))
                .await;
            made.unwrap();
        }
        let after = answered(store, &code, None, date(2024, 8, 1), date(2024, 12, 31)).await;
        assert_eq!(after, before);
    });
}
