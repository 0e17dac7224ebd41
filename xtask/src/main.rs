//! The project's own tools: `cargo xtask demo | test | check | bench`.
//!
//! One program in the project's own language, so that a fresh clone needs nothing but cargo, node and npm,
//! and what a person runs is what the build machine runs.

mod bench;
mod certificates;
mod check;
mod demo;
mod machine;
mod mariadb;
mod postgres;
mod process;
mod server;
mod test;
mod web;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own tools", max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    tool: Tool,
}

#[derive(Subcommand)]
enum Tool {
    /// Build all that is needed, load the demonstration ministry once, serve it
    Demo(demo::Options),
    /// Every test: the check, the workspace on both databases, the web, the story in a browser
    Test(test::Options),
    /// Formatting, lints, arrows between crates, SQL in one place, no floats near figures, words in both languages
    Check,
    /// Measure, beside a named rival in the same run
    Bench(bench::Options),
}

/// What a run that could be carried out to its end has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Holds,
    /// Said already, in the run's last line.
    DoesNotHold,
}

fn main() -> ExitCode {
    match run(&Arguments::parse().tool) {
        Ok(Verdict::Holds) => ExitCode::SUCCESS,
        Ok(Verdict::DoesNotHold) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(tool: &Tool) -> Result<Verdict> {
    std::env::set_current_dir(root())?;
    match tool {
        Tool::Demo(options) => demo::run(options)?,
        Tool::Test(options) => return test::run(options),
        Tool::Check => return check::run(),
        Tool::Bench(options) => bench::run(options)?,
    }
    Ok(Verdict::Holds)
}

/// The folder of the workspace: every path in xtask is relative to it.
fn root() -> PathBuf {
    let xtask = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().expect("xtask is a folder of the workspace").to_owned()
}
