//! Events of portals are counted once, whatever the stretches they come in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use measure::PortalCode;
use measure::beacon::rollup::Rollup;
use measure::beacon::{Channel, Event, Span, Step, start_of};
use measure::sketch::Sketch;
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

        let submitted = reader.beacon_dossiers(Step::Submitted, from, to).await.unwrap();
        let total: u64 = submitted.iter().map(|one| one.dossiers).sum();
        let people: BTreeSet<_> = events
            .iter()
            .filter(|one| one.step == Step::Submitted && !one.is_bot)
            .map(|one| (&one.site, &one.dossier))
            .collect();
        assert_eq!(total, people.len() as u64);
        let services =
            reader.beacon_services(&PortalCode::parse("52-dvc").unwrap(), from, to).await.unwrap();
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
