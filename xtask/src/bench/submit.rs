//! Deadline day: every department enters, sends and signs, all in the same minutes.
//!
//! Measured as the officers see it: over HTTP, through the whole path from an empty form to a signature that is on
//! disk; then the server is killed and everything it acknowledged is looked for.

use super::http::{Answer, Client, Sender};
use super::{Measurement, Scale, percentile_ms};
use crate::process::{self, MINUTE, Scratch};
use crate::server::Server;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const CLIENTS: usize = 64;
const TEMPLATE: &str = "SO-THANG";
/// After the last month of the 63 provinces.
const TODAY: &str = "2025-07-15";
/// So many months of 63 departments are 10,000 forms; the demonstration's open month is passed over.
const FIRST_OPEN: (u16, u8) = (2012, 3);
const OPEN_IN_THE_DEMONSTRATION: &str = "2024-07";

/// One form to fill, send and sign.
struct Job {
    body: String,
    period: String,
}

/// Both people of one department, signed in.
struct Office {
    enterer: String,
    head: String,
}

/// What one client saw.
#[derive(Default)]
struct Seen {
    /// How long each kind of request took.
    requests: BTreeMap<&'static str, Vec<Duration>>,
    /// From the empty form to the signature.
    whole: Vec<Duration>,
    /// Submissions whose signature was acknowledged.
    signed: Vec<(String, String)>,
    cells: usize,
}

pub fn measure(scale: Scale) -> Result<Vec<Measurement>> {
    let count = match scale {
        Scale::Full => 10_000,
        Scale::Quick => 100,
    };
    let folder = Scratch::new("bench-submit")?;
    let data = folder.path().join("data");
    let server = start(&data)?;
    let offices = sign_in(server.address())?;
    let jobs = jobs(offices.keys(), count);

    process::say(&format!("{count} submissions from {CLIENTS} clients"));
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    let seen: Vec<Result<Seen>> = thread::scope(|scope| {
        let client = |_| {
            scope.spawn(|| {
                let mut client = Client::connect(server.address())?;
                let mut seen = Seen::default();
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    submit(&mut client, &offices[&job.body], job, &mut seen)
                        .with_context(|| format!("{} of {}", job.period, job.body))?;
                }
                Ok(seen)
            })
        };
        let clients: Vec<_> = (0..CLIENTS).map(client).collect();
        clients.into_iter().map(|client| client.join().expect("a client does not panic")).collect()
    });
    let elapsed = started.elapsed();
    // Killed at once: whatever was acknowledged must be on disk already.
    server.kill()?;

    let mut total = Seen::default();
    for seen in seen {
        let seen = seen?;
        for (kind, durations) in seen.requests {
            total.requests.entry(kind).or_default().extend(durations);
        }
        total.whole.extend(seen.whole);
        total.signed.extend(seen.signed);
        total.cells += seen.cells;
    }
    ensure!(
        total.signed.len() == count,
        "{} of {count} submissions were signed",
        total.signed.len()
    );

    let server = start(&data)?;
    let lost = count_lost(server.address(), &total.signed)?;
    drop(server);
    ensure!(lost == 0, "{lost} of {count} acknowledged submissions are lost");

    let line =
        |case: String, value, unit| Measurement { bench: "submit", case, value, unit, rival: None };
    let cells = total.cells / count;
    let mut lines = vec![line(
        format!("{count} submissions of {cells} cells, {CLIENTS} clients"),
        count as f64 / elapsed.as_secs_f64(),
        "submissions/s",
    )];
    for (kind, mut durations) in total.requests {
        durations.sort_unstable();
        lines.push(line(
            format!("p99 of one request: {kind}"),
            percentile_ms(&durations, 99),
            "ms",
        ));
    }
    total.whole.sort_unstable();
    lines.push(line(
        "p99 from empty form to signature".into(),
        percentile_ms(&total.whole, 99),
        "ms",
    ));
    lines.push(line("acknowledged and lost after kill -9".into(), lost as f64, "submissions"));
    Ok(lines)
}

fn start(data: &Path) -> Result<Server> {
    Server::start(
        Path::new("target/release/quantrac"),
        "demo",
        data,
        &["--today", TODAY],
        5 * MINUTE,
    )
}

/// Signs in the enterer and the head of every provincial department.
fn sign_in(address: &str) -> Result<BTreeMap<String, Office>> {
    let mut client = Client::connect(address)?;
    let cookie = session(&mut client, "bo.duyet")?;
    let mut offices = BTreeMap::new();
    for body in provinces(&mut client, &cookie)? {
        let enterer = session(&mut client, &format!("nhap.{body}"))?;
        let head = session(&mut client, &format!("ky.{body}"))?;
        offices.insert(body, Office { enterer, head });
    }
    Ok(offices)
}

/// The cookie of a new session.
pub fn session(client: &mut Client, user: &str) -> Result<String> {
    let body = json!({ "user": user, "password": "quantrac-demo" }).to_string();
    let sender = Sender { content_type: "application/json", ..Sender::default() };
    let answer = client.request("POST", "/api/v1/session", sender, body.as_bytes())?.ok()?;
    answer.cookie.with_context(|| format!("{user} got no cookie"))
}

/// The codes of the 63 provinces.
pub fn provinces(client: &mut Client, cookie: &str) -> Result<Vec<String>> {
    let units = get(client, cookie, "/api/v1/units?kind=province&at=2024-07-31&limit=100")?;
    let units = units["units"].as_array().context("no units")?;
    let codes: Vec<_> =
        units.iter().filter_map(|unit| unit["code"].as_str().map(str::to_owned)).collect();
    ensure!(codes.len() == 63, "{} provinces", codes.len());
    Ok(codes)
}

pub fn get(client: &mut Client, cookie: &str, path: &str) -> Result<Value> {
    client.request("GET", path, Sender { cookie, ..Sender::default() }, b"")?.ok()?.json()
}

/// Month by month, so that clients which follow one another write for different departments.
fn jobs<'a>(bodies: impl Iterator<Item = &'a String> + Clone, count: usize) -> Vec<Job> {
    let (first_year, first_month) = FIRST_OPEN;
    let months =
        (u16::from(first_month) - 1..).map(|month| (first_year + month / 12, month % 12 + 1));
    months
        .map(|(year, month)| format!("{year}-{month:02}"))
        .filter(|period| period != OPEN_IN_THE_DEMONSTRATION)
        .flat_map(|period| {
            bodies.clone().map(move |body| Job { body: body.clone(), period: period.clone() })
        })
        .take(count)
        .collect()
}

/// From an empty form to an acknowledged signature.
fn submit(client: &mut Client, office: &Office, job: &Job, seen: &mut Seen) -> Result<()> {
    let started = Instant::now();
    let mut step = |kind: &'static str,
                    method: &str,
                    path: &str,
                    cookie: &str,
                    body: &Value|
     -> Result<Answer> {
        let key = format!("{kind}-{}-{}", job.body, job.period);
        let sender = Sender {
            cookie,
            content_type: "application/json",
            idempotency_key: &key,
            ..Sender::default()
        };
        let asked = Instant::now();
        let answer = client.request(method, path, sender, body.to_string().as_bytes())?;
        seen.requests.entry(kind).or_default().push(asked.elapsed());
        answer.ok().context(kind)
    };

    let form = json!({ "template": TEMPLATE, "body": job.body, "period": job.period });
    let form = step("open", "POST", "/api/v1/submissions", &office.enterer, &form)?.json()?;
    let id = form["id"].as_str().context("a submission without id")?.to_owned();
    let cells = filled(&form);
    let count = cells.len();
    let path = format!("/api/v1/submissions/{id}");
    step("save", "PATCH", &format!("{path}/cells"), &office.enterer, &json!({ "cells": cells }))?;
    step("send", "POST", &format!("{path}/submit"), &office.enterer, &json!({}))?;
    step("sign", "POST", &format!("{path}/sign"), &office.head, &json!({}))?;
    seen.whole.push(started.elapsed());
    seen.signed.push((job.period.clone(), id));
    seen.cells += count;
    Ok(())
}

/// A value for each cell that can be entered, this period's first, a hundred at most. Each is what the record knows
/// of its row, because a form of ones is refused: nobody signs for a province of one person.
fn filled(form: &Value) -> Vec<Value> {
    let none = Vec::new();
    let computed = form["computed"].as_array().unwrap_or(&none);
    let known = |row: &str| {
        let row = computed.iter().find(|computed| computed["row"] == row)?;
        row["last_year"]["value"].as_str().or(row["previous"]["value"].as_str())
    };
    let sections = form["template_def"]["sections"].as_array().unwrap_or(&none);
    let mut cells = Vec::new();
    for column in ["this", "previous"] {
        for section in sections {
            for row in section["rows"].as_array().unwrap_or(&none) {
                if column == "previous" && row["settle_previous"] != true {
                    continue;
                }
                let breakdown = row["breakdown"].as_str().filter(|breakdown| !breakdown.is_empty());
                let breakdown =
                    breakdown.map(|breakdown| format!("[{breakdown}]")).unwrap_or_default();
                let section = section["id"].as_str().unwrap_or_default();
                let indicator = row["indicator"].as_str().unwrap_or_default();
                let row = format!("{section}/{indicator}{breakdown}");
                let (cell, value) = (format!("{row}/{column}"), known(&row).unwrap_or("1000"));
                cells.push(
                    json!({ "cell": cell, "value": value, "version": 0, "comment": "đã kiểm tra" }),
                );
            }
        }
    }
    cells.truncate(100);
    cells
}

/// How many of these submissions are not signed in the record that was opened again.
fn count_lost(address: &str, signed: &[(String, String)]) -> Result<usize> {
    let mut client = Client::connect(address)?;
    let cookie = session(&mut client, "bo.duyet")?;
    let mut by_period: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (period, id) in signed {
        by_period.entry(period).or_default().push(id);
    }
    let mut lost = 0;
    for (period, ids) in by_period {
        let path = format!("/api/v1/submissions?template={TEMPLATE}&period={period}");
        let found = get(&mut client, &cookie, &path)?;
        let found = found["submissions"].as_array().context("no submissions")?;
        let is_signed =
            |id: &&str| found.iter().any(|row| row["id"] == **id && row["state"] == "signed");
        lost += ids.iter().filter(|id| !is_signed(id)).count();
    }
    Ok(lost)
}

#[cfg(test)]
mod tests {
    use super::{filled, jobs};
    use serde_json::json;

    #[test]
    fn months_follow_one_another_over_the_turn_of_the_year() {
        let bodies = ["01".to_owned(), "02".to_owned()];
        let jobs = jobs(bodies.iter(), 24);
        let text: Vec<_> = jobs.iter().map(|job| format!("{} {}", job.period, job.body)).collect();
        assert_eq!(text[..3], ["2012-03 01", "2012-03 02", "2012-04 01"]);
        assert_eq!(text[18..22], ["2012-12 01", "2012-12 02", "2013-01 01", "2013-01 02"]);
    }

    #[test]
    fn this_periods_cells_are_filled_before_those_of_the_period_before() {
        let rows = json!([{ "indicator": "BC.A", "breakdown": null, "settle_previous": true }, { "indicator": "BC.A", "breakdown": "SEX=F" }]);
        let form = json!({ "template_def": { "sections": [{ "id": "BC", "rows": rows }, { "id": "LOI" }] } });
        let cells: Vec<_> =
            filled(&form).iter().map(|cell| cell["cell"].as_str().unwrap().to_owned()).collect();
        assert_eq!(cells, ["BC/BC.A/this", "BC/BC.A[SEX=F]/this", "BC/BC.A/previous"]);
    }
}
