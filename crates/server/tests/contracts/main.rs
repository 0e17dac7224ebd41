//! What others rely on, as committed files: who may call what, and the description of the interface.
//!
//! `QUANTRAC_UPDATE=1 cargo test -p server --test contracts` writes them anew; the diff is reviewed.

mod laws;

use std::fmt::Write;
use std::path::Path;

#[test]
fn every_endpoint_names_its_permission() {
    let mut list = String::from(
        "# Every endpoint under /api/v1 and what it needs. Written by `QUANTRAC_UPDATE=1 cargo test -p server --test contracts`.\n",
    );
    for endpoint in server::api::endpoints().list() {
        writeln!(list, "{:6} {:45} {}", endpoint.method, endpoint.path, endpoint.needs).unwrap();
    }
    agrees("permissions.txt", &list);
}

#[test]
fn the_description_of_the_interface_is_committed() {
    let (_, description) = server::api::endpoints().split();
    agrees("../../web/openapi.json", &format!("{description}\n"));
}

#[track_caller]
fn agrees(file: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("QUANTRAC_UPDATE").is_some() {
        std::fs::write(&path, now).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let hint = "run with QUANTRAC_UPDATE=1 and review the difference";
    for (line, (committed, now)) in committed.lines().zip(now.lines()).enumerate() {
        assert_eq!(committed, now, "{file}, line {}: {hint}", line + 1);
    }
    assert_eq!(committed.lines().count(), now.lines().count(), "{file}: {hint}");
}
