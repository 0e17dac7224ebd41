//! Which crate may use which.
//!
//! The table is the shape of the system: a crate that is not in it has no place yet, and an arrow that is not in
//! it is a decision somebody has to make here, where a reviewer sees it.

use super::refuse_any;
use crate::process::{self, MINUTE};
use anyhow::{Context, Result};
use serde_json::Value;

/// What each crate may use, of the workspace's own.
const ARROWS: [(&str, &[&str]); 12] = [
    ("model", &[]),
    ("formula", &["model"]),
    ("workflow", &["model", "formula"]),
    ("measure", &["model"]),
    ("cube", &["model", "formula"]),
    ("document", &["model"]),
    ("exchange", &["model"]),
    ("assistant", &["model"]),
    ("demonstration", &["model", "workflow", "measure"]),
    ("store", &["model", "workflow", "measure"]),
    (
        "server",
        &[
            "model",
            "formula",
            "workflow",
            "measure",
            "cube",
            "document",
            "exchange",
            "assistant",
            "demonstration",
            "store",
        ],
    ),
    ("xtask", &[]),
];

pub fn check() -> Result<()> {
    let metadata = process::output(
        "cargo metadata",
        process::bounded(2 * MINUTE, "cargo").args([
            "metadata",
            "--no-deps",
            "--format-version=1",
            "--locked",
        ]),
    )?;
    let metadata: Value = serde_json::from_str(&metadata).context("reading cargo metadata")?;
    refuse_any(wrong_arrows(&metadata))
}

/// `metadata` as `cargo metadata --no-deps` prints it. Arrows of tests and build scripts count as well.
fn wrong_arrows(metadata: &Value) -> Vec<String> {
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_ours = |name: &str| packages.iter().any(|package| package["name"] == name);
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, may_use)) = ARROWS.iter().find(|(of, _)| *of == name) else {
            wrong.push(format!("the crate {name} is not in the table of arrows"));
            continue;
        };
        for dependency in package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default()
        {
            let used = dependency["name"].as_str().unwrap_or_default();
            if is_ours(used) && used != name && !may_use.contains(&used) {
                wrong.push(format!("{name} may not use {used}"));
            }
            if ["sqlx", "rusqlite"].contains(&used) && name != "store" {
                wrong.push(format!("{name} may not use {used}: SQL is only in store"));
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::wrong_arrows;
    use serde_json::{Value, json};

    /// A crate and what it uses.
    type Crate<'a> = (&'a str, &'a [&'a str]);

    #[test]
    fn an_arrow_that_is_not_in_the_table_is_refused() {
        let rows: [(&[Crate<'_>], &str); 6] = [
            (&[("model", &["jiff"]), ("workflow", &["model"])], ""),
            (&[("model", &["workflow"]), ("workflow", &["model"])], "model may not use workflow"),
            (&[("store", &["document"]), ("document", &[])], "store may not use document"),
            (&[("server", &["sqlx"])], "server may not use sqlx: SQL is only in store"),
            (&[("server", &["rusqlite"])], "server may not use rusqlite: SQL is only in store"),
            (&[("helpers", &[])], "the crate helpers is not in the table of arrows"),
        ];
        for (crates, expected) in rows {
            assert_eq!(wrong_arrows(&metadata(crates)).join("\n"), expected);
        }
    }

    fn metadata(crates: &[Crate<'_>]) -> Value {
        let package = |(name, uses): &Crate<'_>| {
            let uses: Vec<_> = uses.iter().map(|used| json!({ "name": used })).collect();
            json!({ "name": name, "dependencies": uses })
        };
        json!({ "packages": crates.iter().map(package).collect::<Vec<_>>() })
    }
}
