//! `cargo xtask bench`: how fast, as a ratio to a named rival in the same run where there is one.
//!
//! A number alone says more about the machine than about the product; a ratio measured on the same machine in the
//! same minute can be compared from one year to the next.

mod askonce;
mod beacon;
mod cube;
mod http;
mod idle;
mod import;
mod month;
mod submit;

use crate::{demo, process, web};
use anyhow::{Context, Result};
use serde_json::json;
use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

#[derive(clap::Args)]
pub struct Options {
    /// Only this one
    #[arg(value_enum)]
    name: Option<Name>,
    /// One JSON object a line on standard output, and nothing else there
    #[arg(long)]
    json: bool,
    /// A hundredth of the work: whether it runs, not how fast
    #[arg(long)]
    quick: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Name {
    /// Deadline day: submissions a second from 64 clients
    Submit,
    /// Rows a second over HTTP, durable on acknowledgement, beside PostgreSQL COPY
    Import,
    /// Start, memory and size of a server that nobody uses
    Idle,
    /// A form to be published beside 200 live templates, for 63 bodies
    Askonce,
    /// One form by keyboard, by pasting and as a spreadsheet, in a real browser
    Month,
    /// Boards over 11,000 communes in process, beside PostgreSQL's analytics table and DuckDB
    Cube,
    /// Events of portals, on disk before the answer, beside nginx's empty 204; and killed under load
    Beacon,
}

type Bench = fn(Scale) -> Result<Vec<Measurement>>;

/// One line of the result.
pub struct Measurement {
    pub bench: &'static str,
    pub case: String,
    pub value: f64,
    pub unit: &'static str,
    pub rival: Option<Rival>,
}

/// The same work done by somebody else in the same run; `ratio` over 1 means that Quantrac is better.
pub struct Rival {
    pub name: &'static str,
    pub value: f64,
    pub ratio: f64,
}

/// How much work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    Full,
    Quick,
}

pub fn run(options: &Options) -> Result<()> {
    if cfg!(debug_assertions) {
        return run_optimised();
    }
    let scale = if options.quick { Scale::Quick } else { Scale::Full };
    let benches: [(Name, Bench); 7] = [
        (Name::Submit, submit::measure),
        (Name::Import, import::measure),
        (Name::Idle, idle::measure),
        (Name::Askonce, askonce::measure),
        (Name::Month, month::measure),
        (Name::Cube, cube::measure),
        (Name::Beacon, beacon::measure),
    ];
    for (name, bench) in benches {
        if options.name.is_none_or(|only| only == name) {
            for measurement in bench(scale)? {
                let line =
                    if options.json { measurement.as_json() } else { measurement.as_words() };
                println!("{line}");
            }
        }
    }
    Ok(())
}

/// The clients take their share of the same two cores: they are compiled as the server is.
fn run_optimised() -> Result<()> {
    web::ensure_bundle()?;
    demo::build_release(&["server", "xtask"])?;
    process::say("target/release/xtask bench");
    let error = Command::new("target/release/xtask").args(std::env::args_os().skip(1)).exec();
    Err(error).context("starting target/release/xtask")
}

/// What a program printed: `case<tab>number` a line. These are times and sizes of machines, never figures.
fn by_case(printed: &str) -> Result<BTreeMap<String, f64>> {
    let lines = printed.lines().filter_map(|line| line.split_once('\t'));
    lines
        .map(|(case, number)| {
            let number = number.parse().with_context(|| format!("{case}: {number}"))?;
            Ok((case.to_owned(), number))
        })
        .collect()
}

impl Measurement {
    fn as_json(&self) -> String {
        let rival = self.rival.as_ref();
        json!({
            "bench": self.bench,
            "case": self.case,
            "value": rounded(self.value),
            "unit": self.unit,
            "rival": rival.map(|rival| rival.name),
            "rival_value": rival.map(|rival| rounded(rival.value)),
            "ratio": rival.map(|rival| rounded(rival.ratio)),
        })
        .to_string()
    }

    fn as_words(&self) -> String {
        let own = format!(
            "{:<8} {:<44} {:>12} {}",
            self.bench,
            self.case,
            rounded(self.value),
            self.unit
        );
        match &self.rival {
            Some(rival) => {
                format!(
                    "{own}; {}: {} ({}×)",
                    rival.name,
                    rounded(rival.value),
                    rounded(rival.ratio)
                )
            }
            None => own,
        }
    }
}

/// Three decimals say all that a measurement on two cores can.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// The duration that this share of the sorted durations does not exceed, in milliseconds.
fn percentile_ms(sorted: &[Duration], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(rank).map_or(0.0, |duration| duration.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::{Measurement, Rival, percentile_ms};
    use std::time::Duration;

    #[test]
    fn a_percentile_is_a_duration_that_was_measured() {
        let hundred: Vec<_> = (1..=100).map(Duration::from_millis).collect();
        let rows = [
            (&hundred[..], 99, 99.0),
            (&hundred[..], 50, 50.0),
            (&hundred[..1], 99, 1.0),
            (&[], 99, 0.0),
        ];
        for (sorted, percent, expected) in rows {
            assert_eq!(percentile_ms(sorted, percent), expected);
        }
    }

    #[test]
    fn a_line_names_its_rival_or_says_that_there_is_none() {
        let alone = Measurement {
            bench: "submit",
            case: "signed".into(),
            value: 1.23456,
            unit: "ms",
            rival: None,
        };
        assert_eq!(
            alone.as_json(),
            r#"{"bench":"submit","case":"signed","value":1.235,"unit":"ms","rival":null,"rival_value":null,"ratio":null}"#
                .parse::<serde_json::Value>()
                .unwrap()
                .to_string()
        );
        let beside = Measurement {
            rival: Some(Rival { name: "PostgreSQL COPY", value: 2.0, ratio: 0.617 }),
            ..alone
        };
        assert_eq!(
            beside.as_words(),
            "submit   signed                                              1.235 ms; PostgreSQL COPY: 2 (0.617×)"
        );
    }
}
