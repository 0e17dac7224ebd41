//! How long a form waits before it is published: all its numbers beside those of 200 live templates × 63 bodies.
//!
//! There is no rival: nothing else that is at hand asks this.

use super::{Measurement, Scale};
use crate::process::{self, MINUTE};
use anyhow::{Context, Result};

/// The work is the same at either scale: it takes less than a second.
pub fn measure(_: Scale) -> Result<Vec<Measurement>> {
    let mut cargo = process::bounded(30 * MINUTE, "cargo");
    cargo.args(["run", "--release", "--locked", "--quiet", "--package", "workflow"]);
    let printed = process::output("ask_once", cargo.args(["--example", "ask_once"]))?;
    let measured = |line: &str| {
        let (case, ms) = line.split_once('\t').with_context(|| format!("reading “{line}”"))?;
        let value = ms.parse().with_context(|| format!("reading “{ms}”"))?;
        Ok(Measurement { bench: "askonce", case: case.to_owned(), value, unit: "ms", rival: None })
    };
    printed.lines().map(measured).collect()
}
