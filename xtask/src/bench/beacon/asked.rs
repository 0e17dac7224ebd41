//! What a portal's page asks, over a year of a hundred million events as a server keeps them, beside raw events.
//!
//! The store is filled through the function that counts events and asked through those that answer the page. Five million
//! raw events in PostgreSQL, by portal and time in an index, stand for keeping what came as it came: a twentieth of the
//! events, because a hundred million rows take longer to make than the rest of the bench.

use super::super::{Measurement, Rival, Scale, by_case};
use crate::postgres::{Durability, Postgres};
use crate::process::{self, MINUTE};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::Path;

const RIVAL: &str = "5 million raw events in PostgreSQL";

pub fn measure(scale: Scale, folder: &Path) -> Result<Vec<Measurement>> {
    let (portals, days, raw) = match scale {
        Scale::Full => (20, 365, 5_000_000),
        Scale::Quick => (2, 62, 50_000),
    };
    process::say(&format!("{days} days of {portals} portals, counted and asked for"));
    let mut cargo = process::bounded(30 * MINUTE, "cargo");
    cargo.args(["run", "--release", "--locked", "--quiet", "--package", "store"]);
    cargo.args(["--example", "beacon", "--"]).arg(folder);
    cargo.args([portals.to_string(), days.to_string()]);
    let printed = process::output("the questions of a portal's page", &mut cargo)?;
    let said = by_case(&printed)?;
    let events = *said.get("events").context("how many events there are is printed")?;
    let raw = raw_events(portals, days, raw)?;
    let asked = said.iter().filter(|(case, _)| *case != "events");
    let line = |(case, microseconds): (&String, &f64)| {
        let value = microseconds / 1000.0;
        let rival =
            raw.get(case).map(|other| Rival { name: RIVAL, value: *other, ratio: other / value });
        Measurement {
            bench: "beacon",
            case: format!("of {:.0} million events, {case}", events / 1e6),
            value,
            unit: "ms",
            rival,
        }
    };
    Ok(asked.map(line).collect())
}

/// The same questions put to events that were kept one by one, in milliseconds: the median of seven.
fn raw_events(portals: u32, days: u32, number: u32) -> Result<BTreeMap<String, f64>> {
    let postgres = Postgres::start(Durability::None)?;
    postgres.ask(&format!(
        "CREATE UNLOGGED TABLE event AS SELECT 'cong-' || n % {portals} AS portal, \
         timestamp '2023-01-01' + (n::bigint * 7919 % ({days} * 86400)) * interval '1 second' AS at, \
         (ARRAY['view', 'view', 'view', 'started'])[1 + n % 4] AS step, '1.' || n % 30 AS service, \
         hashint8extended(n % 1600, 0) AS visitor FROM generate_series(1, {number}) AS n"
    ))?;
    postgres.ask("CREATE INDEX ON event (portal, at)")?;
    postgres.ask("ANALYZE event")?;
    let last = days - 31;
    let mut took = BTreeMap::new();
    for (name, first, length) in [("a month", last, 31), ("a year", 0, days)] {
        let of = format!(
            "FROM event WHERE portal = 'cong-1' AND at >= timestamp '2023-01-01' + {first} * interval '1 day' \
             AND at < timestamp '2023-01-01' + {} * interval '1 day'",
            first + length
        );
        for (question, sql) in [
            (
                "funnel",
                format!(
                    "SELECT step, count(*), count(DISTINCT (at::date, visitor)) {of} GROUP BY step"
                ),
            ),
            ("services", format!("SELECT service, step, count(*) {of} GROUP BY service, step")),
            (
                "visits by day",
                format!(
                    "SELECT at::date, step, count(DISTINCT visitor) {of} GROUP BY at::date, step"
                ),
            ),
        ] {
            let mut times = vec![];
            for _ in 0..7 {
                let mut psql = postgres.psql();
                psql.args(["--command", "\\timing on", "--command", &sql]);
                times.push(milliseconds(&process::output("psql", &mut psql)?)?);
            }
            times.sort_by(f64::total_cmp);
            took.insert(format!("{question} of {name}, median"), times[times.len() / 2]);
        }
    }
    Ok(took)
}

/// The time that psql printed last.
fn milliseconds(printed: &str) -> Result<f64> {
    let line = printed.lines().rev().find_map(|line| line.strip_prefix("Time: "));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.context("psql prints how long it took")?.parse().context("a number of milliseconds")
}

#[cfg(test)]
mod tests {
    use super::{by_case, milliseconds};

    #[test]
    fn what_is_printed_is_read() {
        assert_eq!(
            by_case("events\t12\nfunnel of a year, p99\t340\n").unwrap()["funnel of a year, p99"],
            340.0
        );
        assert!(by_case("events\tmany\n").is_err());
        assert_eq!(milliseconds("view|3|2\nTime: 12.345 ms\n").unwrap(), 12.345);
        assert!(milliseconds("view|3|2\n").is_err());
    }
}
