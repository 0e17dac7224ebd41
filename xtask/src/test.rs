//! `cargo xtask test`: everything that must hold, in one run, on a machine that has nothing yet.
//!
//! A step that fails does not hide the next ones; the run ends with one line that counts them all.

use crate::process::{self, MINUTE, Scratch};
use crate::server::{self, Server};
use crate::{Verdict, check, machine, mariadb, postgres, web};
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::Path;
use std::process::Command;

#[derive(clap::Args)]
pub struct Options {
    /// Only this part
    #[arg(value_enum)]
    part: Option<Part>,
    /// Only the browser tests whose file name contains this
    #[arg(long, value_name = "NAME")]
    spec: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The web application's types and unit tests
    Web,
    /// `cargo xtask check`
    Check,
    /// The crates, on both databases
    Crates,
    /// The pages, in a browser
    Browser,
}

pub fn run(options: &Options) -> Result<Verdict> {
    let wanted = |part| options.part.is_none_or(|only| only == part);
    let mut tally = Tally::default();

    // Without these nothing below could run.
    machine::ensure_test_programs()?;
    web::ensure_bundle()?;

    if wanted(Part::Web) {
        tally.step("npm run check", web::npm().args(["run", "check"]));
        tally.runner("vitest", web::tool(10 * MINUTE, "vitest").args(["run", "--no-color"]));
    }
    if wanted(Part::Check) {
        tally.add(check::all());
    }
    if wanted(Part::Crates) {
        tally.attempt(crates);
    }
    if wanted(Part::Browser) {
        tally.attempt(|tally| browser(tally, options.spec.as_deref()));
    }

    for failure in &tally.failures {
        eprintln!("FAILED {failure}");
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(if tally.failed == 0 { Verdict::Holds } else { Verdict::DoesNotHold })
}

/// The tests of every crate, with a PostgreSQL beside SQLite, and a MariaDB for the connectors that ask one.
fn crates(tally: &mut Tally) -> Result<()> {
    let postgres = postgres::Postgres::start(postgres::Durability::None)?;
    let mariadb = mariadb::Mariadb::start()?;
    let with_databases = |command: &mut Command| {
        command
            .env("QUANTRAC_TEST_POSTGRES", postgres.url())
            .env("QUANTRAC_TEST_MARIADB", mariadb.url())
            .env("QUANTRAC_TEST_MARIADB_CA", mariadb.authority())
            .env("CARGO_TERM_COLOR", "never");
        if let Some(authority) = postgres.authority() {
            command.env("QUANTRAC_TEST_POSTGRES_CA", authority);
        }
    };
    let mut tests = process::bounded(50 * MINUTE, "cargo");
    if process::find_in_path("cargo-nextest").is_some() {
        tests.args([
            "nextest",
            "run",
            "--workspace",
            "--locked",
            "--no-fail-fast",
            "--no-tests=pass",
        ]);
    } else {
        tests.args([
            "test",
            "--workspace",
            "--locked",
            "--no-fail-fast",
            "--lib",
            "--bins",
            "--tests",
        ]);
    }
    with_databases(&mut tests);
    tally.runner("the crates' tests", &mut tests);

    // The examples in the documentation; nextest does not run them.
    let mut examples = process::bounded(20 * MINUTE, "cargo");
    examples.args(["test", "--workspace", "--locked", "--doc", "--no-fail-fast"]);
    with_databases(&mut examples);
    tally.runner("the examples in the documentation", &mut examples);
    Ok(())
}

/// The pages, in Debian's Chromium, against a server with the demonstration set.
fn browser(tally: &mut Tally, only: Option<&str>) -> Result<()> {
    let mut build = process::bounded(40 * MINUTE, "cargo");
    // The profile of the tests: nothing is compiled twice.
    process::run("cargo build (server)", build.args(["build", "--locked", "--package", "server"]))?;

    let specs = specs(only)?;
    ensure!(!specs.is_empty(), "no browser test has that name");
    let chromium = machine::chromium().context("chromium is not installed")?;
    let folder = Scratch::new("browser")?;
    let binary = Path::new("target/debug/quantrac");
    // Loading takes long and starting again does not: it is loaded once, and closed so that its files are whole.
    let loaded = folder.path().join("loaded");
    drop(Server::start(binary, "demo", &loaded, &[], 10 * MINUTE)?);
    // Each file has a ministry of its own: what one signs does not surprise the next.
    for spec in specs {
        let data = folder.path().join(spec.trim_end_matches(".test.mjs"));
        server::copy_data(&loaded, &data)?;
        let server = Server::start(binary, "demo", &data, &[], 2 * MINUTE)?;
        let failed_before = tally.failed;
        tally.runner(
            &format!("web/e2e/{spec}"),
            process::bounded(15 * MINUTE, "node")
                .args(["--test", "--test-reporter=spec", "--test-timeout=600000"])
                .arg(format!("e2e/{spec}"))
                .current_dir("web")
                .env("QUANTRAC_URL", server.url())
                .env("QUANTRAC_CHROMIUM", &chromium),
        );
        drop(server);
        if tally.failed > failed_before {
            eprintln!("-- what the server printed last");
            eprintln!(
                "{}",
                last_lines(&fs::read_to_string(server::log_of(&data)).unwrap_or_default(), 40)
            );
        }
        // A disk holds one copy at a time.
        fs::remove_dir_all(&data).with_context(|| format!("removing {}", data.display()))?;
    }
    Ok(())
}

/// The files of web/e2e that hold tests, in order of name.
fn specs(only: Option<&str>) -> Result<Vec<String>> {
    let mut specs = Vec::new();
    for entry in fs::read_dir("web/e2e").context("reading web/e2e")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") && only.is_none_or(|only| name.contains(only)) {
            specs.push(name);
        }
    }
    specs.sort();
    Ok(specs)
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// What held and what did not.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    failures: Vec<String>,
}

impl Tally {
    /// A program that passes or fails as a whole.
    fn step(&mut self, name: &str, command: &mut Command) {
        match process::run(name, command) {
            Ok(()) => self.passed += 1,
            Err(error) => self.fail(format!("{error:#}")),
        }
    }

    /// A test runner: its tests count one by one.
    fn runner(&mut self, name: &str, command: &mut Command) {
        self.attempt(|tally| {
            let (status, printed) = process::watched(name, command)?;
            let counted = counted(&printed);
            tally.passed += counted.passed;
            tally.failed += counted.failed;
            match (status.success(), counted.failed) {
                (true, 0) => Ok(()),
                (true, _) => bail!("{name}: says both success and failure"),
                (false, 0) => process::succeeded(name, status),
                (false, failed) => {
                    tally.failures.push(format!("{name}: {failed} of {}", counted.passed + failed));
                    Ok(())
                }
            }
        });
    }

    /// Work that adds to the tally itself, or cannot be done at all.
    fn attempt(&mut self, work: impl FnOnce(&mut Tally) -> Result<()>) {
        if let Err(error) = work(self) {
            self.fail(format!("{error:#}"));
        }
    }

    fn add(&mut self, checks: Vec<check::Outcome>) {
        for check in checks {
            match check.failure {
                None => self.passed += 1,
                Some(failure) => self.fail(format!("{}: {failure}", check.name)),
            }
        }
    }

    fn fail(&mut self, what: String) {
        self.failed += 1;
        self.failures.push(what);
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Counted {
    passed: usize,
    failed: usize,
}

/// What the closing lines of nextest, cargo test, vitest and node's runner say, added up.
fn counted(printed: &str) -> Counted {
    let mut counted = Counted::default();
    for line in printed.lines().map(str::trim) {
        let vitest = line
            .strip_prefix("Tests ")
            .map(str::trim_start)
            .filter(|rest| rest.contains(" passed") || rest.contains(" failed"));
        let rust = line.strip_prefix("test result: ").or_else(|| line.strip_prefix("Summary ["));
        if let Some(summary) = rust.or(vitest) {
            counted.passed += number_before(summary, " passed");
            counted.failed +=
                number_before(summary, " failed") + number_before(summary, " timed out");
        }
        // node: "ℹ pass 3" from its spec reporter, "# pass 3" as TAP.
        let node = line
            .strip_prefix("ℹ ")
            .or_else(|| line.strip_prefix("# "))
            .and_then(|rest| rest.split_once(' '));
        match node {
            Some(("pass", number)) => counted.passed += number.parse().unwrap_or(0),
            Some(("fail" | "cancelled", number)) => counted.failed += number.parse().unwrap_or(0),
            Some(_) | None => {}
        }
    }
    counted
}

/// The number that stands right before `word`, or 0.
fn number_before(text: &str, word: &str) -> usize {
    let Some((before, _)) = text.split_once(word) else {
        return 0;
    };
    let digits = before.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Counted, counted};

    #[test]
    fn each_runners_closing_line_is_counted() {
        let rows = [
            ("     Summary [   0.021s] 6 tests run: 5 passed (1 slow), 1 failed, 2 skipped", 5, 1),
            (
                "     Summary [   0.021s] 6 tests run: 4 passed, 1 failed, 1 timed out, 0 skipped",
                4,
                2,
            ),
            ("     Summary [   0.021s] 6/9 tests run: 6 passed, 0 skipped", 6, 0),
            (
                "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
                3,
                0,
            ),
            (
                "test result: FAILED. 3 passed; 2 failed; 0 ignored\ntest result: ok. 4 passed; 0 failed; 0 ignored",
                7,
                2,
            ),
            (" Test Files  1 failed | 2 passed (3)\n      Tests  1 failed | 20 passed (21)", 20, 1),
            ("      Tests  12 passed (12)", 12, 0),
            ("ℹ tests 3\nℹ suites 0\nℹ pass 2\nℹ fail 1\nℹ cancelled 0\nℹ skipped 0", 2, 1),
            ("# tests 3\n# pass 3\n# fail 0\n# cancelled 0", 3, 0),
            ("Tests are rows\n2 passed in a sentence", 0, 0),
        ];
        for (printed, passed, failed) in rows {
            assert_eq!(counted(printed), Counted { passed, failed }, "{printed}");
        }
    }
}
