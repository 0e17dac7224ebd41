//! How long the questions of a portal's page take over a year of events, counted as a server counts them.
//!
//! `beacon FOLDER PORTALS DAYS`: fills a fresh database in a folder through the function that counts what portals sent,
//! forgets minutes and hours as a server does, then asks. Prints a case and a whole number a line, with a tab between:
//! how many events stand there, and microseconds (median and 99th of a hundred).

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use measure::PortalCode;
use measure::beacon::rollup::Rollup;
use measure::beacon::{Channel, Event, Span, Step};
use measure::when::start_of_day;
use store::{CountedEvents, Store, StoreError, WriteError};

/// Of each day: visitors who look or begin, how often each, and dossiers that are handed in.
const VISITORS: u64 = 1600;
const TIMES: u64 = 9;
const DOSSIERS: u64 = 20;
const SERVICES: u64 = 30;
const ASKED: usize = 100;

fn draw(parts: [u64; 3]) -> u64 {
    parts.iter().fold(0x9e37_79b9_7f4a_7c15, |sum: u64, part| {
        let z = (sum ^ part).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (z ^ (z >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb) ^ (z >> 32)
    })
}

fn event(portal: u64, day: u64, begins: Timestamp, place: u64) -> Event {
    let drawn = draw([portal, day, place]);
    let step = match place {
        _ if place >= VISITORS => Step::Submitted,
        _ if place.is_multiple_of(4) => Step::Started,
        _ => Step::View,
    };
    let dossier = if step.has_dossier() { format!("{drawn:016x}") } else { String::new() };
    Event {
        site: site(portal),
        step,
        service: format!("1.{:06}", drawn % SERVICES),
        dossier,
        channel: Channel::Online,
        id: String::new(),
        // Minutes are forgotten before anybody asks for a month: a few are enough.
        at: begins + (9 + (drawn % 3).cast_signed()).hours(),
        visitor: Some(drawn),
        is_bot: false,
    }
}

fn site(portal: u64) -> String {
    format!("cong-{portal:02}")
}

async fn fill(
    store: &Store,
    portals: u64,
    first: Date,
    days: u64,
) -> Result<u64, WriteError<StoreError>> {
    let mut events = 0;
    for number in 0..days {
        let begins = start_of_day(first.saturating_add(number.cast_signed().days()));
        let mut rollup = Rollup::default();
        for portal in 0..portals {
            for place in 0..VISITORS + DOSSIERS {
                let times = if place < VISITORS { TIMES } else { 1 };
                rollup.add_times(event(portal, number, begins, place), times);
                events += times;
            }
        }
        let counted = CountedEvents {
            log: "bench".into(),
            from: number,
            to: number + 1,
            rollup,
            ..CountedEvents::default()
        };
        let now = begins + 24.hours();
        let counting = store.write(None, move |tx| {
            Box::pin(async move {
                tx.count_events(&counted).await?;
                tx.forget_fine_counts(now).await
            })
        });
        counting.await?;
    }
    Ok(events)
}

fn say(case: &str, mut took: Vec<u128>) {
    took.sort_unstable();
    println!("{case}, median\t{}", took[took.len() / 2]);
    println!("{case}, p99\t{}", took[(took.len() * 99).div_ceil(100) - 1]);
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let said: Vec<String> = std::env::args().skip(1).collect();
    let [folder, portals, days] = &said[..] else { anyhow::bail!("FOLDER PORTALS DAYS") };
    let (portals, days): (u64, u64) = (portals.parse()?, days.parse()?);
    let path = PathBuf::from(folder).join("beacon.db");
    let first = date(2023, 1, 1);
    let last = first.saturating_add((days.cast_signed() - 1).days());
    let now = start_of_day(last);
    let store = Store::open(&format!("sqlite:{}", path.display()), Arc::new(move || now)).await?;
    println!("events\t{}", fill(&store, portals, first, days).await?);
    let month = (last.first_of_month(), last.last_of_month());
    // One that begins and ends within a month, and one of whole months.
    let odd = (first.saturating_add(1.day()), last.saturating_sub(1.day()));
    let mut reader = store.read().await?;
    for (name, (from, to)) in [("a month", month), ("363 days", odd), ("a year", (first, last))] {
        let (mut funnels, mut services, mut by_day) = (vec![], vec![], vec![]);
        for place in 0..ASKED {
            let portal = PortalCode::parse(&site(place as u64 % portals))?;
            let begun = Instant::now();
            reader.beacon_sums(&portal, None, from, to).await?;
            funnels.push(begun.elapsed().as_micros());
            let begun = Instant::now();
            reader.beacon_services(&portal, from, to).await?;
            services.push(begun.elapsed().as_micros());
            let begun = Instant::now();
            let (starts, ends) = (start_of_day(from), start_of_day(to.saturating_add(1.day())));
            let counts = reader.beacon_counts(&portal, None, Span::Day, starts, ends).await?;
            let visits: u64 = counts.iter().map(|one| one.visitors.estimate()).sum();
            by_day.push(begun.elapsed().as_micros());
            anyhow::ensure!(visits > 0, "nobody came in {name}");
        }
        say(&format!("funnel of {name}"), funnels);
        say(&format!("services of {name}"), services);
        say(&format!("visits by day of {name}"), by_day);
    }
    drop(reader);
    store.close().await;
    Ok(())
}
