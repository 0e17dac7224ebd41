//! A throw-away PostgreSQL: its own folder, its own port, nobody's data.
//!
//! The record must behave the same on both databases, so the tests bring up a real one from Debian's package.

use crate::certificates::Certificates;
use crate::machine;
use crate::process::{self, MINUTE, Scratch, Service};
use anyhow::{Context, Result};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Whether what was acknowledged must survive a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// As an installation runs it: what a measurement is compared with.
    Full,
    /// Nothing is synced: for tests, which throw it away.
    None,
}

/// A running PostgreSQL with an empty database `postgres`; gone when dropped.
pub struct Postgres {
    // Dropped in this order: the server ends before its folder goes.
    _service: Service,
    folder: Scratch,
    port: u16,
    programs: PathBuf,
    authority: Option<PathBuf>,
}

impl Postgres {
    pub fn start(durability: Durability) -> Result<Self> {
        process::say("PostgreSQL in a temporary folder");
        let programs = machine::postgres_programs().context(
            "PostgreSQL 15 is not installed; run:\n  sudo apt-get install -y postgresql-15",
        )?;
        let folder = Scratch::new("postgres")?;
        let data = folder.path().join("data");
        let user = if machine::is_root() { Some(machine::unprivileged_user()?) } else { None };
        if let Some((user, group)) = user {
            chown(folder.path(), Some(user), Some(group))
                .context("giving the folder to PostgreSQL's user")?;
        }

        // Trust is for this machine's loopback and a socket in a folder of ours, for minutes.
        process::output(
            "initdb",
            process::as_user(user, "timeout")
                .arg("--kill-after=5")
                .arg((2 * MINUTE).as_secs().to_string())
                .arg(programs.join("initdb"))
                .args([
                    "--username=quantrac",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--no-sync",
                ])
                .arg("--pgdata")
                .arg(&data)
                .current_dir(folder.path()),
        )?;

        // What is measured is measured without.
        let certificates = match durability {
            Durability::None => Some(Certificates::make(folder.path(), user)?),
            Durability::Full => None,
        };
        let port = process::free_port()?;
        let log = std::fs::File::create(folder.path().join("log"))?;
        let mut command = process::as_user(user, programs.join("postgres"));
        command.arg("-D").arg(&data).arg("-k").arg(folder.path()).args([
            "-h",
            "127.0.0.1",
            "-p",
            &port.to_string(),
        ]);
        command.args([
            "-c",
            "max_connections=200",
            "-c",
            "shared_buffers=256MB",
            "-c",
            "max_wal_size=4GB",
        ]);
        if durability == Durability::None {
            command.args([
                "-c",
                "fsync=off",
                "-c",
                "full_page_writes=off",
                "-c",
                "synchronous_commit=off",
            ]);
        }
        if let Some(made) = &certificates {
            let file = |name: &str, path: &Path| format!("{name}={}", path.display());
            command.args(["-c", "ssl=on"]);
            command.args(["-c", &file("ssl_cert_file", &made.server)]);
            command.args(["-c", &file("ssl_key_file", &made.key)]);
        }
        command.current_dir(folder.path()).stdout(log.try_clone()?).stderr(log);
        // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients to leave.
        let mut service = Service::start("PostgreSQL", "INT", &mut command)?;

        let port_text = port.to_string();
        let answers = || {
            let status = Command::new(programs.join("pg_isready"))
                .args(["-q", "-t", "2", "-h", "127.0.0.1", "-p", &port_text])
                .stdout(Stdio::null())
                .status();
            status.is_ok_and(|status| status.success()).then_some(())
        };
        if let Err(error) = service.wait_until(Duration::from_secs(60), answers) {
            eprint!("{}", std::fs::read_to_string(folder.path().join("log")).unwrap_or_default());
            return Err(error);
        }
        let authority = certificates.map(|made| made.authority);
        Ok(Self { _service: service, folder, port, programs, authority })
    }

    /// What a client connects to.
    pub fn url(&self) -> String {
        format!("postgres://quantrac@127.0.0.1:{}/postgres", self.port)
    }

    /// The authority of its certificate, which is for `localhost`; of one that is measured, none.
    pub fn authority(&self) -> Option<&Path> {
        self.authority.as_deref()
    }

    /// A folder that the database itself can write to.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs one statement and answers its rows, a line each, columns separated by `|`.
    pub fn ask(&self, sql: &str) -> Result<String> {
        process::output("psql", self.psql().args(["--command", sql]))
    }

    /// `psql` that stops at the first error and prints rows only.
    pub fn psql(&self) -> Command {
        let mut command = process::bounded(15 * MINUTE, self.programs.join("psql"));
        command.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
        command.args(["--set", "ON_ERROR_STOP=1", "--dbname", &self.url()]);
        command
    }
}

#[cfg(test)]
mod tests {
    use super::{Durability, Postgres};

    #[test]
    fn a_throw_away_server_answers_and_leaves_nothing_behind() {
        let postgres = Postgres::start(Durability::None).unwrap();
        let folder = postgres.folder.path().to_owned();
        assert_eq!(postgres.ask("SELECT 1 + 1").unwrap().trim(), "2");
        assert!(postgres.ask("SHOW server_version").unwrap().starts_with("15."));
        let id = postgres._service.id();
        drop(postgres);
        assert!(!folder.exists());
        assert!(!std::path::Path::new(&format!("/proc/{id}")).exists());
    }
}
