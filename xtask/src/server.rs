//! The server under test or measurement: started on a free port, ready when it says so, stopped when dropped.

use crate::process::{self, Service};
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

pub struct Server {
    service: Service,
    url: String,
}

impl Server {
    /// Starts `binary COMMAND --port N --data DATA …`; what it prints goes to `DATA.log`.
    pub fn start(
        binary: &Path,
        command: &str,
        data: &Path,
        more: &[&str],
        limit: Duration,
    ) -> Result<Self> {
        let port = process::free_port()?;
        process::say(&format!("quantrac {command} on port {port}"));
        let log = log_of(data);
        let printed = File::create(&log).with_context(|| format!("making {}", log.display()))?;
        let mut service = Service::start(
            "quantrac",
            "TERM",
            Command::new("setpriv")
                .args(["--pdeathsig", "TERM", "--"])
                .arg(binary)
                .arg(command)
                .args(["--port", &port.to_string(), "--data"])
                .arg(data)
                .args(more)
                .stdout(Stdio::from(printed.try_clone()?))
                .stderr(printed),
        )?;
        let ready = || ready_line(&fs::read_to_string(&log).ok()?);
        match service.wait_until(limit, ready) {
            Ok(url) => Ok(Self { service, url }),
            Err(error) => {
                eprint!("{}", fs::read_to_string(&log).unwrap_or_default());
                Err(error)
            }
        }
    }

    /// `http://127.0.0.1:N`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The host and port alone.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    pub fn id(&self) -> u32 {
        self.service.id()
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) -> Result<()> {
        self.service.kill()
    }
}

/// What the server printed, beside its data folder.
pub fn log_of(data: &Path) -> PathBuf {
    data.with_extension("log")
}

/// A copy of the data folder of a server that has ended.
pub fn copy_data(from: &Path, to: &Path) -> Result<()> {
    let copying = || format!("copying {} to {}", from.display(), to.display());
    fs::create_dir(to).with_context(copying)?;
    for entry in fs::read_dir(from).with_context(copying)? {
        let entry = entry?;
        let (file, copy) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_data(&file, &copy)?;
        } else {
            fs::copy(&file, &copy).with_context(copying)?;
        }
    }
    Ok(())
}

/// The address in the line `ready http://…`, once that line is whole.
fn ready_line(printed: &str) -> Option<String> {
    printed
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .find_map(|line| line.trim_end().strip_prefix("ready "))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::ready_line;

    #[test]
    fn the_server_is_ready_when_the_whole_line_is_there() {
        let rows = [
            ("", None),
            ("loading\nready http://127.0.0.1:80", None),
            ("loading\nready http://127.0.0.1:8080\n", Some("http://127.0.0.1:8080")),
            ("already http://x\n", None),
        ];
        for (printed, expected) in rows {
            assert_eq!(ready_line(printed).as_deref(), expected, "{printed:?}");
        }
    }
}
