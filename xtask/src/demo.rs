//! `cargo xtask demo`: from a clone to a served ministry in one command.

use crate::process::{self, MINUTE};
use crate::web;
use anyhow::{Context, Result};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

#[derive(clap::Args)]
pub struct Options {
    /// Port on 127.0.0.1
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Where the record is kept
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// The day the demonstration's clock starts at, instead of 2024-08-05
    #[arg(long, value_name = "DATE")]
    today: Option<String>,
    /// Keep the record in this PostgreSQL instead
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
}

pub fn run(options: &Options) -> Result<()> {
    web::ensure_bundle()?;
    build_release(&["server"])?;
    let mut server = Command::new("target/release/quantrac");
    server.arg("demo").args(["--port", &options.port.to_string()]).arg("--data").arg(&options.data);
    if let Some(today) = &options.today {
        server.args(["--today", today]);
    }
    if let Some(url) = &options.postgres {
        server.args(["--postgres", url]);
    }
    // This process becomes the server: Ctrl-C and TERM reach it with nothing in between.
    Err(server.exec()).context("starting target/release/quantrac")
}

/// The optimised binary of these packages, in target/release.
pub fn build_release(packages: &[&str]) -> Result<()> {
    let mut cargo = process::bounded(40 * MINUTE, "cargo");
    cargo.args(["build", "--release", "--locked"]);
    for package in packages {
        cargo.args(["--package", package]);
    }
    process::run(&format!("cargo build --release ({})", packages.join(", ")), &mut cargo)
}
