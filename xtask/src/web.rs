//! The staff application: its packages and its bundle, each made only when what it is made from changed.

use crate::process::{self, MINUTE};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

/// What the bundle is made from. Tests and built files are not among it.
const SOURCES: [&str; 8] = [
    "web/src",
    "web/public",
    "web/index.html",
    "web/package.json",
    "web/package-lock.json",
    "web/vite.config.ts",
    "web/svelte.config.js",
    "web/tsconfig.json",
];

/// Installs the packages that the lock file names, unless these very ones are there.
pub fn ensure_packages() -> Result<()> {
    let lock = read_json("web/package-lock.json")?;
    // npm notes there what it installed.
    let installed = read_json("web/node_modules/.package-lock.json").unwrap_or_default();
    if are_installed(&lock["packages"], &installed["packages"]) {
        return Ok(());
    }
    process::run("npm ci", npm().args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))
}

/// Whether each package of the lock file is installed in its version. One for another platform need not be.
fn are_installed(lock: &Value, installed: &Value) -> bool {
    let Some(lock) = lock.as_object() else {
        return false;
    };
    lock.iter().filter(|(folder, _)| !folder.is_empty()).all(|(folder, wanted)| {
        match installed.get(folder) {
            Some(installed) => installed["version"] == wanted["version"],
            None => wanted["optional"] == true && installed.is_object(),
        }
    })
}

fn read_json(path: &str) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {path}"))?;
    serde_json::from_str(&text).with_context(|| format!("reading {path}"))
}

/// Builds web/dist when a source is newer than it.
pub fn ensure_bundle() -> Result<()> {
    ensure_packages()?;
    let built = modified(Path::new("web/dist/index.html"));
    let newest = SOURCES.iter().filter_map(|source| newest_in(Path::new(source))).max();
    if built.is_some() && built >= newest {
        return Ok(());
    }
    build()
}

fn build() -> Result<()> {
    process::run("vite build", tool(10 * MINUTE, "vite").arg("build"))
}

/// `npm` in web/.
pub fn npm() -> Command {
    let mut command = process::bounded(15 * MINUTE, "npm");
    command.current_dir("web");
    command
}

/// A program of web's own packages, run in web/.
pub fn tool(limit: Duration, name: &str) -> Command {
    let mut command = process::bounded(limit, format!("node_modules/.bin/{name}"));
    command.current_dir("web");
    command
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// When anything in this file or folder last changed; a folder's own time tells of removed files.
fn newest_in(path: &Path) -> Option<SystemTime> {
    let own = modified(path);
    let inside = fs::read_dir(path)
        .ok()
        .and_then(|entries| entries.filter_map(|entry| newest_in(&entry.ok()?.path())).max());
    own.max(inside)
}

#[cfg(test)]
mod tests {
    use super::are_installed;
    use serde_json::json;

    #[test]
    fn packages_are_installed_when_each_is_there_in_its_version() {
        let lock = json!({
            "": {},
            "node_modules/vite": { "version": "8.3.8" },
            "node_modules/for-mac": { "version": "1.0.0", "optional": true },
        });
        let rows = [
            (json!({ "node_modules/vite": { "version": "8.3.8" } }), true),
            (json!({ "node_modules/vite": { "version": "8.3.7" } }), false),
            (json!({}), false),
            (json!(null), false),
        ];
        for (installed, expected) in rows {
            assert_eq!(are_installed(&lock, &installed), expected, "{installed}");
        }
    }
}
