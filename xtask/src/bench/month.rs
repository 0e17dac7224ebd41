//! What a month costs an officer: one form by keyboard, by pasting and as a spreadsheet, in a real browser.
//!
//! Beside the fields to fill stand those that a bare spreadsheet needs to say as much: codes, names, units, and the
//! figures that follow from others, which a form has by itself.

use super::{Measurement, Rival, Scale};
use crate::process::{self, MINUTE, Scratch};
use crate::server::Server;
use crate::{machine, web};
use anyhow::{Context, Result, bail};
use std::path::Path;

const BINARY: &str = "target/release/quantrac";

pub fn measure(scale: Scale) -> Result<Vec<Measurement>> {
    let chromium = machine::chromium().context("chromium is not installed")?;
    web::ensure_packages()?;
    let folder = Scratch::new("bench-month")?;
    let data = folder.path().join("data");
    let server = Server::start(Path::new(BINARY), "demo", &data, &[], 10 * MINUTE)?;
    let mut node = process::bounded(20 * MINUTE, "node");
    node.arg("e2e/measure-month.mjs").current_dir("web");
    node.env("QUANTRAC_URL", server.url()).env("QUANTRAC_CHROMIUM", chromium);
    if scale == Scale::Quick {
        node.env("CELLS", "12").env("PACE_MS", "0");
    }
    let printed = process::output("measure-month", &mut node)?;
    printed.lines().map(measured).collect()
}

/// `case<tab>value<tab>unit`, and the value of a bare spreadsheet where there is one.
fn measured(line: &str) -> Result<Measurement> {
    let parts: Vec<&str> = line.split('\t').collect();
    let number =
        |text: &str| text.parse::<f64>().with_context(|| format!("reading “{text}” in “{line}”"));
    let (case, value, unit, bare) = match parts[..] {
        [case, value, unit] => (case, value, unit, None),
        [case, value, unit, bare] => (case, value, unit, Some(number(bare)?)),
        _ => bail!("reading “{line}”"),
    };
    let unit = ["fields", "keys", "s"].into_iter().find(|known| *known == unit);
    let (value, unit) = (number(value)?, unit.with_context(|| format!("no unit in “{line}”"))?);
    let rival =
        bare.map(|bare| Rival { name: "a bare spreadsheet", value: bare, ratio: bare / value });
    Ok(Measurement { bench: "month", case: case.to_owned(), value, unit, rival })
}

#[cfg(test)]
mod tests {
    use super::measured;

    #[test]
    fn a_line_of_the_script_is_a_measurement() {
        let line = |text: &str| measured(text).map(|one| one.as_json()).ok();
        let bare = r#"{"bench":"month","case":"fields","ratio":2.5,"rival":"a bare spreadsheet","rival_value":300.0,"unit":"fields","value":120.0}"#;
        assert_eq!(line("fields\t120\tfields\t300").as_deref(), Some(bare));
        let alone = r#"{"bench":"month","case":"by keyboard","ratio":null,"rival":null,"rival_value":null,"unit":"s","value":9.5}"#;
        assert_eq!(line("by keyboard\t9.5\ts").as_deref(), Some(alone));
        for wrong in ["", "by keyboard\t9.5", "by keyboard\tnine\ts", "by keyboard\t9\tmiles"] {
            assert_eq!(line(wrong), None, "{wrong}");
        }
    }
}
