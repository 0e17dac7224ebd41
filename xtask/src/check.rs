//! `cargo xtask check`: what holds of the text of the project, before anything runs.
//!
//! The map in ARCHITECTURE.md is only true as long as something refuses what contradicts it.

mod arrows;
mod figures;
mod messages;
mod sources;

use crate::process::{self, MINUTE};
use crate::{Verdict, web};
use anyhow::{Result, bail};

/// One check and, when it does not hold, what is wrong.
pub struct Outcome {
    pub name: &'static str,
    pub failure: Option<String>,
}

type Check = fn() -> Result<()>;

pub fn run() -> Result<Verdict> {
    // The server's crate embeds the bundle: without one it cannot be looked at.
    web::ensure_bundle()?;
    let outcomes = all();
    let mut failed = 0;
    for outcome in &outcomes {
        if let Some(failure) = &outcome.failure {
            eprintln!("FAILED {}: {failure}", outcome.name);
            failed += 1;
        }
    }
    println!("{} passed, {failed} failed", outcomes.len() - failed);
    Ok(if failed == 0 { Verdict::Holds } else { Verdict::DoesNotHold })
}

/// Every check, in order of how fast it answers.
pub fn all() -> Vec<Outcome> {
    let checks: [(&str, Check); 7] = [
        ("formatting", formatting),
        ("arrows between crates", arrows::check),
        ("SQL only in store", sources::sql_only_in_store),
        ("no floats near figures", figures::no_floats),
        ("messages in both languages", messages::check),
        ("licences and sources of dependencies", dependencies),
        ("lints", lints),
    ];
    checks
        .into_iter()
        .map(|(name, check)| {
            process::say(name);
            Outcome { name, failure: check().err().map(|error| format!("{error:#}")) }
        })
        .collect()
}

fn formatting() -> Result<()> {
    process::run(
        "cargo fmt --check",
        process::bounded(5 * MINUTE, "cargo").args(["fmt", "--all", "--check"]),
    )
}

fn lints() -> Result<()> {
    process::run(
        "cargo clippy",
        process::bounded(40 * MINUTE, "cargo").args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ]),
    )
}

/// cargo-deny is no part of a fresh machine and long to compile: it is run where somebody has it.
fn dependencies() -> Result<()> {
    if process::find_in_path("cargo-deny").is_none() {
        eprintln!("cargo-deny is not installed: licences and sources are not checked here");
        return Ok(());
    }
    process::run(
        "cargo deny check",
        process::bounded(5 * MINUTE, "cargo").args([
            "deny",
            "--offline",
            "check",
            "bans",
            "licenses",
            "sources",
        ]),
    )
}

/// Refuses with every place that is wrong, one a line.
fn refuse_any(wrong: Vec<String>) -> Result<()> {
    if wrong.is_empty() {
        return Ok(());
    }
    bail!("{}", wrong.join("\n"))
}
