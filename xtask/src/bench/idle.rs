//! What an installation costs when nobody uses it: how soon it answers, how much memory it keeps, how large it is.

use super::{Measurement, Scale};
use crate::process::{MINUTE, Scratch};
use crate::server::Server;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

const BINARY: &str = "target/release/quantrac";

pub fn measure(_: Scale) -> Result<Vec<Measurement>> {
    let folder = Scratch::new("bench-idle")?;
    let data = folder.path().join("data");
    let start = || Server::start(Path::new(BINARY), "demo", &data, &[], 10 * MINUTE);

    let first = Instant::now();
    drop(start()?);
    let first = first.elapsed();
    let again = Instant::now();
    let server = start()?;
    let again = again.elapsed();
    // What it does after its first answer is part of idling too.
    thread::sleep(Duration::from_secs(5));
    let status = fs::read_to_string(format!("/proc/{}/status", server.id()))
        .context("reading its status")?;
    let resident_kb = resident_kb(&status).context("no VmRSS")?;
    let binary = fs::metadata(BINARY)?.len();

    let line = |case: &str, value, unit| Measurement {
        bench: "idle",
        case: case.into(),
        value,
        unit,
        rival: None,
    };
    Ok(vec![
        line("first start, loading the demonstration", first.as_secs_f64(), "s"),
        line("every later start", again.as_secs_f64(), "s"),
        line("resident memory", resident_kb as f64 / 1024.0, "MiB"),
        line("binary", binary as f64 / f64::from(1 << 20), "MiB"),
    ])
}

/// `VmRSS:     5120 kB` as the kernel says it.
fn resident_kb(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn resident_memory_is_read_from_the_kernels_words() {
        assert_eq!(super::resident_kb("Name:\tquantrac\nVmRSS:\t    5120 kB\n"), Some(5120));
        assert_eq!(super::resident_kb("Name:\tx\n"), None);
    }
}
