//! Bulk import over HTTP, durable when acknowledged, beside PostgreSQL taking the very same rows by COPY.
//!
//! COPY is the fastest way into the same table with its indexes, and checks nothing: half of its rate, with every
//! row validated and recorded, is the goal.

use super::http::{Client, Sender};
use super::{Measurement, Rival, Scale, submit};
use crate::postgres::{Durability, Postgres};
use crate::process::{self, MINUTE, Scratch};
use crate::server::Server;
use anyhow::{Context, Result, ensure};
use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

/// One request carries so many rows: a large file of the kind that is really imported.
const ROWS_A_REQUEST: usize = 50_000;

pub fn measure(scale: Scale) -> Result<Vec<Measurement>> {
    let count = match scale {
        Scale::Full => 300_000,
        Scale::Quick => 3_000,
    };
    let folder = Scratch::new("bench-import")?;
    let postgres = Postgres::start(Durability::Full)?;

    let on_sqlite = import(&folder.path().join("sqlite"), &[], count)?;
    let before = postgres_seq_after_load(&folder, &postgres)?;
    let on_postgres =
        import(&folder.path().join("postgres"), &["--postgres", &postgres.url()], count)?;
    let by_copy = copy(&postgres, before, count)?;

    let beside_copy = |case: &str, value: f64| Measurement {
        bench: "import",
        case: format!("{count} rows over HTTP, {case}"),
        value,
        unit: "rows/s",
        rival: Some(Rival { name: "PostgreSQL COPY", value: by_copy, ratio: value / by_copy }),
    };
    Ok(vec![beside_copy("SQLite", on_sqlite), beside_copy("PostgreSQL", on_postgres)])
}

/// Loads the demonstration into PostgreSQL; the record's last seq then.
fn postgres_seq_after_load(folder: &Scratch, postgres: &Postgres) -> Result<u64> {
    drop(start(&folder.path().join("postgres"), &["--postgres", &postgres.url()])?);
    let seq = postgres.ask("SELECT max(seq) FROM observation")?;
    seq.trim().parse().context("the last seq of the demonstration")
}

fn start(data: &Path, more: &[&str]) -> Result<Server> {
    Server::start(Path::new("target/release/quantrac"), "demo", data, more, 10 * MINUTE)
}

/// Rows a second from the first byte sent to the last acknowledgement.
fn import(data: &Path, more: &[&str], count: usize) -> Result<f64> {
    let server = start(data, more)?;
    let mut client = Client::connect(server.address())?;
    let cookie = submit::session(&mut client, "bo.quantri")?;
    let provinces = submit::provinces(&mut client, &cookie)?;
    let indicators = indicators(&mut client, &cookie)?;
    let requests = csv(&indicators, &provinces, count);

    process::say(&format!("importing {count} rows"));
    let started = Instant::now();
    for (number, request) in requests.iter().enumerate() {
        let key = format!("import-{number}");
        let sender = Sender {
            cookie: &cookie,
            content_type: "text/csv",
            idempotency_key: &key,
            ..Sender::default()
        };
        client
            .request("POST", "/api/v1/import", sender, request.as_bytes())?
            .ok()
            .context("import")?;
    }
    Ok(count as f64 / started.elapsed().as_secs_f64())
}

/// Plain indicators of which a province has figures.
fn indicators(client: &mut Client, cookie: &str) -> Result<Vec<String>> {
    let all = submit::get(client, cookie, "/api/v1/indicators")?;
    let all = all["indicators"].as_array().context("no indicators")?;
    let usable = all.iter().filter(|indicator| {
        let applies = indicator["applies_to"].as_array();
        // Online services were defined anew in 2022: those indicators do not apply to the years before.
        indicator["ratio"].is_null()
            && indicator["sector"] != "CDS"
            && applies.is_some_and(|kinds| kinds.iter().any(|kind| kind == "province"))
    });
    let codes: Vec<_> =
        usable.filter_map(|indicator| indicator["code"].as_str().map(str::to_owned)).collect();
    ensure!(!codes.is_empty(), "no indicator applies to provinces");
    Ok(codes)
}

/// The rows, in files of [`ROWS_A_REQUEST`], month by month.
fn csv(indicators: &[String], provinces: &[String], count: usize) -> Vec<String> {
    let months = (2010..2024).flat_map(|year| (1..=12).map(move |month| (year, month)));
    let mut cells = months.flat_map(|month| {
        indicators.iter().flat_map(move |indicator| {
            provinces.iter().map(move |province| (month, indicator, province))
        })
    });
    let mut files = Vec::new();
    let mut left = count;
    while left > 0 {
        let rows = left.min(ROWS_A_REQUEST);
        let mut file = String::from("indicator,unit,period,value\n");
        for ((year, month), indicator, province) in cells.by_ref().take(rows) {
            let value = 1000 + left % 7;
            writeln!(file, "{indicator},{province},{year}-{month:02},{value}")
                .expect("writing to a string");
        }
        files.push(file);
        left -= rows;
    }
    files
}

/// Rows a second of COPY: the rows that were imported, taken out and put in again.
fn copy(postgres: &Postgres, before: u64, count: usize) -> Result<f64> {
    let file = postgres.folder().join("rows.copy");
    let file = file.display();
    postgres.ask(&format!(
        "COPY (SELECT * FROM observation WHERE seq > {before} ORDER BY seq, ordinal) TO '{file}'"
    ))?;
    postgres.ask(&format!("DELETE FROM observation WHERE seq > {before}"))?;
    postgres.ask("VACUUM ANALYZE observation")?;
    postgres.ask("CHECKPOINT")?;
    process::say(&format!("COPY of the same {count} rows"));
    let started = Instant::now();
    postgres.ask(&format!("COPY observation FROM '{file}'"))?;
    let elapsed = started.elapsed();
    let copied = postgres.ask(&format!("SELECT count(*) FROM observation WHERE seq > {before}"))?;
    ensure!(copied.trim() == count.to_string(), "{} of {count} rows were copied", copied.trim());
    Ok(count as f64 / elapsed.as_secs_f64())
}
