//! Boards over 11,000 communes: the cube in process, beside PostgreSQL's analytics table and DuckDB.
//!
//! All three make the same values by the same rule and answer the same boards in one run, and an answer
//! that differs ends it: a ratio to a rival who answers something else says nothing.

use super::http::{Client, Sender};
use super::{Measurement, Rival, Scale, by_case, percentile_ms, submit};
use crate::postgres::{Durability, Postgres};
use crate::process::{self, MINUTE, Scratch};
use crate::server::Server;
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

/// How many observations, roughly, and what makes so many: indicators of 60 months, communes of each thousand.
struct Size {
    name: &'static str,
    indicators: usize,
    in_1000: usize,
    /// The analytics table of 100 million rows would take forty gigabytes.
    on_postgres: bool,
}

const SIZES: [Size; 3] = [
    Size { name: "1M", indicators: 40, in_1000: 38, on_postgres: true },
    Size { name: "10M", indicators: 40, in_1000: 380, on_postgres: true },
    Size { name: "100M", indicators: 152, in_1000: 1000, on_postgres: false },
];

/// Each board as SQL over the analytics table: which rows, by what unit, by what period.
const BOARDS: [(&str, &str, &str, &str); 6] = [
    ("2x12x63", "dx IN ('I000', 'I002') AND year = 2024", "uidlevel3", "monthly"),
    ("40x12x63", "dx < 'I040' AND year = 2024", "uidlevel3", "monthly"),
    ("40x36xcountry", "dx < 'I040' AND year IN (2022, 2023, 2024)", "uidlevel1", "monthly"),
    (
        "stocks 20x12x63",
        "dx < 'I040' AND substr(dx, 4)::int % 2 = 1 AND year IN (2022, 2023, 2024) AND substr(monthly, 5) IN ('03', '06', '09', '12')",
        "uidlevel3",
        "quarterly",
    ),
    ("2x36x700", "dx IN ('I000', 'I002') AND year IN (2022, 2023, 2024)", "uidlevel4", "monthly"),
    ("one commune", "ou = '00001'", "ou", "monthly"),
];

const LEAGUE: &str = "SELECT ou, value, rank() OVER (ORDER BY value DESC) FROM analytics WHERE dx = 'I000' AND year = 2024 AND monthly = '202412'";

/// What a program printed: cases with their numbers.
type Said = BTreeMap<String, f64>;

pub fn measure(scale: Scale) -> Result<Vec<Measurement>> {
    let sizes = match scale {
        Scale::Full => &SIZES[..],
        Scale::Quick => &SIZES[..1],
    };
    let commits = match scale {
        Scale::Full => 1_000,
        Scale::Quick => 50,
    };
    let folder = Scratch::new("bench-cube")?;
    let mut measurements = over_http(&folder.path().join("served"), commits)?;
    let duckdb = Duckdb::install(&folder)?;
    for size in sizes {
        let cube = on_cube(size, folder.path())?;
        let by_duckdb = duckdb.measure(size, folder.path())?;
        compare(folder.path(), "duckdb")?;
        let by_postgres =
            if size.on_postgres { Some(on_postgres(size, folder.path())?) } else { None };
        measurements.extend(of_size(size, &cube, &by_duckdb, by_postgres.as_ref())?);
    }
    Ok(measurements)
}

/// What a client of the demonstration waits for, over one connection that is kept.
fn over_http(data: &Path, times: usize) -> Result<Vec<Measurement>> {
    let server =
        Server::start(Path::new("target/release/quantrac"), "demo", data, &[], 10 * MINUTE)?;
    let mut client = Client::connect(server.address())?;
    let cookie = submit::session(&mut client, "bo.quantri")?;
    let mut measurements = answers(&mut client, &cookie, times)?;
    measurements.extend(freshness(&mut client, &cookie, times)?);
    Ok(measurements)
}

/// From a question to the last byte of its answer: boards of some thousand cells, which the demonstration has.
fn answers(client: &mut Client, cookie: &str, times: usize) -> Result<Vec<Measurement>> {
    let months: Vec<String> = (1..=12).map(|month| format!("2023-{month:02}")).collect();
    let compared = "level,change_on_year,change_on_period,rank,ytd";
    let units = submit::provinces(client, cookie)?.join(",");
    let boards = [
        ("1,512 levels", 2 * 12 * 63, months.join(","), "level"),
        ("630 levels, changes and ranks", 2 * 63 * 5, "2024-06".to_owned(), compared),
    ];
    let mut measurements = vec![];
    for (case, cells, periods, measures) in boards {
        let path = format!(
            "/api/v1/values?indicator=BC.DOANHTHU,VT.DOANHTHU&unit={units}&period={periods}&measure={measures}"
        );
        process::say(&format!("{times} times {case} over HTTP"));
        let mut took = Vec::new();
        for _ in 0..times + 10 {
            let asked = Instant::now();
            let sender = Sender { cookie, ..Sender::default() };
            let answer = client.request("GET", &path, sender, b"")?.ok()?;
            took.push(asked.elapsed());
            if took.len() == 1 {
                let answered = answer.json()?;
                let values = answered["values"].as_array().map_or(0, Vec::len);
                ensure!(values == cells, "{case}: {values} values");
            }
        }
        // The first ones read columns.
        let mut took = took.split_off(10);
        took.sort_unstable();
        measurements.extend([("median", 50), ("p99", 99)].map(|(name, percent)| Measurement {
            bench: "cube",
            case: format!("{case} over HTTP, {name}"),
            value: percentile_ms(&took, percent),
            unit: "ms",
            rival: None,
        }));
    }
    Ok(measurements)
}

/// From the acknowledgement of a commit until its roll-ups have been answered; each answer is held against the sum of
/// what was sent.
fn freshness(client: &mut Client, cookie: &str, commits: usize) -> Result<Vec<Measurement>> {
    let provinces = submit::provinces(client, cookie)?;
    let mut sent: BTreeMap<&str, usize> = BTreeMap::new();
    let mut took = Vec::new();
    process::say(&format!("{commits} commits, each until its roll-ups have it"));
    for number in 0..commits {
        let province = provinces[number * 5 % provinces.len()].as_str();
        sent.insert(province, 1000 + number);
        let file =
            format!("indicator,unit,period,value\nBC.DIEM,{province},2019-01,{}\n", 1000 + number);
        let key = format!("fresh-{number}");
        let sender =
            Sender { cookie, content_type: "text/csv", idempotency_key: &key, ..Sender::default() };
        client.request("POST", "/api/v1/import", sender, file.as_bytes())?.ok()?;
        let acknowledged = Instant::now();
        let asked =
            "/api/v1/values?indicator=BC.DIEM&unit=VN&period=2019-01&source=imported&measure=level";
        let answer = submit::get(client, cookie, asked)?;
        took.push(acknowledged.elapsed());
        let total: usize = sent.values().sum();
        let answered = answer["values"][0]["value"].as_str();
        ensure!(answered == Some(&total.to_string()), "{total} was sent, answered {answer}");
    }
    took.sort_unstable();
    let case = |name: &str, percent: usize| Measurement {
        bench: "cube",
        case: format!("a commit over HTTP to its roll-up, {name}"),
        value: percentile_ms(&took, percent),
        unit: "ms",
        rival: None,
    };
    Ok(vec![case("median", 50), case("p99", 99)])
}

fn of_size(
    size: &Size,
    cube: &Said,
    duckdb: &Said,
    postgres: Option<&Said>,
) -> Result<Vec<Measurement>> {
    let of = |said: &Said, case: &str| {
        said.get(case).copied().with_context(|| format!("{case} was not measured"))
    };
    let mut measurements = Vec::new();
    for case in BOARDS.iter().map(|board| board.0).chain(["league"]) {
        let own = of(cube, case)?;
        let rivals = [("PostgreSQL 15", postgres), ("DuckDB", Some(duckdb))];
        for (name, said) in rivals.into_iter().filter_map(|(name, said)| Some((name, said?))) {
            let value = of(said, case)?;
            measurements.push(Measurement {
                bench: "cube",
                case: format!("{}: {case}", size.name),
                value: own,
                unit: "µs",
                rival: Some(Rival { name, value, ratio: value / own }),
            });
        }
    }
    let observations = of(cube, "observations")?;
    let alone = [
        ("first 40x12x63 after loading", of(cube, "first 40x12x63")? / 1000.0, "ms"),
        (
            "a commit of 40 figures to the next 40x12x63, median",
            of(cube, "fresh median")? / 1000.0,
            "ms",
        ),
        ("a commit of 40 figures to the next 40x12x63, p99", of(cube, "fresh p99")? / 1000.0, "ms"),
        ("loading", of(cube, "build")? / 1e6, "s"),
        ("memory", of(cube, "bytes when asked")? / observations, "bytes/value"),
        ("checkpoint", of(cube, "checkpoint bytes")? / observations, "bytes/value"),
        ("checkpoint written", of(cube, "checkpoint")? / 1e6, "s"),
        ("checkpoint opened, to the first board", of(cube, "restart to 2x12x63")? / 1000.0, "ms"),
        ("checkpoint opened, to 40x12x63", of(cube, "restart to 40x12x63")? / 1000.0, "ms"),
    ];
    measurements.extend(alone.map(|(case, value, unit)| Measurement {
        bench: "cube",
        case: format!("{}: {case}", size.name),
        value,
        unit,
        rival: None,
    }));
    Ok(measurements)
}

/// The measuring is an example of the crate itself, compiled as the server is.
fn on_cube(size: &Size, folder: &Path) -> Result<Said> {
    process::say(&format!("the cube over {} observations", size.name));
    let mut cargo = process::bounded(30 * MINUTE, "cargo");
    cargo.args(["run", "--release", "--locked", "--quiet", "--package", "cube"]);
    cargo.args(["--example", "measure", "--"]).args(size.arguments()).arg(folder);
    by_case(&process::output("the cube's measure", &mut cargo)?)
}

impl Size {
    fn arguments(&self) -> [String; 2] {
        [self.indicators.to_string(), self.in_1000.to_string()]
    }
}

/// Refuses when a rival answered something else.
fn compare(folder: &Path, rival: &str) -> Result<()> {
    for (case, ..) in BOARDS {
        let answers = |kind: &str| {
            let path = folder.join(format!("{case}.{kind}"));
            fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
        };
        let (own, other) = (answers("txt")?, answers(rival)?);
        let differs = own.lines().zip(other.lines()).find(|(own, other)| own != other);
        ensure!(
            own == other,
            "{case}: {rival} has {} answers of {}, first difference {differs:?}",
            other.lines().count(),
            own.lines().count(),
        );
    }
    Ok(())
}

/// DuckDB from PyPI, in a folder of ours.
struct Duckdb<'a> {
    packages: std::path::PathBuf,
    folder: &'a Scratch,
}

impl<'a> Duckdb<'a> {
    fn install(folder: &'a Scratch) -> Result<Self> {
        let packages = folder.path().join("python");
        let mut pip = process::bounded(10 * MINUTE, "python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        pip.args(["--root-user-action=ignore", "--target"]).arg(&packages).arg("duckdb==2.0.*");
        process::output("DuckDB from PyPI", &mut pip)?;
        Ok(Self { packages, folder })
    }

    fn measure(&self, size: &Size, folder: &Path) -> Result<Said> {
        process::say(&format!("DuckDB over {} observations", size.name));
        let script = self.folder.path().join("rival.py");
        fs::write(&script, include_str!("cube/rival.py"))?;
        let mut python = process::bounded(30 * MINUTE, "python3");
        python.env("PYTHONPATH", &self.packages).arg(script).args(size.arguments()).arg(folder);
        by_case(&process::output("DuckDB", &mut python)?)
    }
}

fn on_postgres(size: &Size, folder: &Path) -> Result<Said> {
    let postgres = Postgres::start(Durability::None)?;
    process::say(&format!("the analytics table of {} rows and its indexes", size.name));
    let tables = folder.join("analytics.sql");
    fs::write(&tables, include_str!("cube/analytics.sql"))?;
    let mut psql = postgres.psql();
    psql.args(["--set", &format!("indicators={}", size.indicators)]);
    psql.args(["--set", &format!("in_1000={}", size.in_1000)]);
    process::output("psql", psql.arg("--file").arg(&tables))?;

    let mut said = Said::new();
    for (case, rows, unit, period) in BOARDS {
        let query = |value: &str| {
            format!(
                "SELECT dx, {unit}, {period}, {value} FROM analytics WHERE {rows} GROUP BY 1, 2, 3"
            )
        };
        said.insert(case.to_owned(), timed(&postgres, folder, &query("sum(value)"))?);
        let answers = postgres.ask(&query("round((sum(value) * 10)::numeric)::bigint"))?;
        let mut lines: Vec<String> = answers.lines().map(with_dash).collect();
        lines.sort_unstable();
        fs::write(folder.join(format!("{case}.postgres")), lines.join("\n") + "\n")?;
    }
    said.insert("league".to_owned(), timed(&postgres, folder, LEAGUE)?);
    compare(folder, "postgres")?;
    Ok(said)
}

/// `I000|01|202401|7` as it is said here: `I000|01|2024-01|7`.
fn with_dash(line: &str) -> String {
    let mut words: Vec<String> = line.split('|').map(str::to_owned).collect();
    if let Some(period) = words.get_mut(2) {
        period.insert(4, '-');
    }
    words.join("|")
}

/// The median of five, warm, in microseconds, as psql tells it: sent, answered and received.
fn timed(postgres: &Postgres, folder: &Path, query: &str) -> Result<f64> {
    let script = folder.join("timed.sql");
    let once = format!("{query};\n");
    let text =
        format!("SET work_mem = '256MB';\n\\o /dev/null\n{once}\\timing on\n{}", once.repeat(5));
    fs::write(&script, text)?;
    let printed = process::output("psql", postgres.psql().arg("--file").arg(&script))?;
    let mut took: Vec<f64> = printed
        .lines()
        .filter_map(|line| line.strip_prefix("Time: ")?.split(' ').next()?.parse().ok())
        .collect();
    ensure!(took.len() == 5, "five times were to be told: {printed}");
    took.sort_by(f64::total_cmp);
    Ok(took[2] * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::{by_case, with_dash};

    #[test]
    fn what_a_program_prints_is_read_by_case() {
        let said = by_case("2x12x63\t35.4\nbuild\t7\n").unwrap();
        assert_eq!((said["2x12x63"], said["build"]), (35.4, 7.0));
        assert!(by_case("build\tlong").is_err());
    }

    #[test]
    fn periods_are_named_as_here() {
        assert_eq!(with_dash("I000|01|202401|7"), "I000|01|2024-01|7");
        assert_eq!(with_dash("I001|01|2024Q1|7"), "I001|01|2024-Q1|7");
    }
}
