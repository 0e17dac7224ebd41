//! A throw-away MariaDB: its own folder, its own port, nobody's data.
//!
//! Connectors read other people's databases, so the tests bring up a real one from Debian's package.

use crate::certificates::Certificates;
use crate::machine;
use crate::process::{self, MINUTE, Scratch, Service};
use anyhow::{Context, Result};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// A running MariaDB in which `root` needs no password on loopback; gone when dropped.
pub struct Mariadb {
    // Dropped in this order: the server ends before its folder goes.
    _service: Service,
    _folder: Scratch,
    port: u16,
    authority: PathBuf,
}

impl Mariadb {
    pub fn start() -> Result<Self> {
        process::say("MariaDB in a temporary folder");
        let program = machine::mariadb()
            .context("MariaDB is not installed; run:\n  sudo apt-get install -y mariadb-server")?;
        let folder = Scratch::new("mariadb")?;
        let data = folder.path().join("data");
        let user = if machine::is_root() { Some(machine::unprivileged_user()?) } else { None };
        if let Some((user, group)) = user {
            chown(folder.path(), Some(user), Some(group))
                .context("giving the folder to MariaDB's user")?;
        }
        // Without a password for root: for this machine's loopback, for minutes.
        process::output(
            "mariadb-install-db",
            process::as_user(user, "timeout")
                .arg("--kill-after=5")
                .arg((2 * MINUTE).as_secs().to_string())
                .args(["mariadb-install-db", "--no-defaults", "--skip-test-db"])
                .arg("--auth-root-authentication-method=normal")
                .arg(format!("--datadir={}", data.display()))
                .current_dir(folder.path()),
        )?;

        let made = Certificates::make(folder.path(), user)?;
        let port = process::free_port()?;
        let log = std::fs::File::create(folder.path().join("log"))?;
        let mut command = process::as_user(user, program);
        command
            .args(["--no-defaults", "--bind-address=127.0.0.1"])
            .arg(format!("--datadir={}", data.display()))
            .arg(format!("--socket={}", folder.path().join("socket").display()))
            .arg(format!("--pid-file={}", folder.path().join("pid").display()))
            .arg(format!("--port={port}"))
            .arg(format!("--ssl-cert={}", made.server.display()))
            .arg(format!("--ssl-key={}", made.key.display()))
            .arg(format!("--ssl-ca={}", made.authority.display()))
            .args(["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M"])
            .current_dir(folder.path())
            .stdout(log.try_clone()?)
            .stderr(log);
        let mut service = Service::start("MariaDB", "TERM", &mut command)?;
        let port_text = port.to_string();
        let answers = || {
            let status = Command::new("mariadb-admin")
                .args(["--no-defaults", "--protocol=tcp", "-h", "127.0.0.1", "-P", &port_text])
                .args(["-u", "root", "--connect-timeout=2", "ping"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            status.is_ok_and(|status| status.success()).then_some(())
        };
        if let Err(error) = service.wait_until(Duration::from_secs(60), answers) {
            eprint!("{}", std::fs::read_to_string(folder.path().join("log")).unwrap_or_default());
            return Err(error);
        }
        Ok(Self { _service: service, _folder: folder, port, authority: made.authority })
    }

    /// The authority of its certificate, which is for `localhost`.
    pub fn authority(&self) -> &Path {
        &self.authority
    }

    /// What a client connects to.
    pub fn url(&self) -> String {
        format!("mysql://root@127.0.0.1:{}/mysql", self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::Mariadb;
    use std::process::Command;

    #[test]
    fn a_throw_away_server_answers_and_leaves_nothing_behind() {
        let mariadb = Mariadb::start().unwrap();
        let folder = mariadb._folder.path().to_owned();
        let asked = Command::new("mariadb")
            .args(["--no-defaults", "-h", "127.0.0.1", "-P", &mariadb.port.to_string()])
            .args(["-u", "root", "-N", "-e", "SELECT 1 + 1"])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&asked.stdout).trim(), "2");
        let id = mariadb._service.id();
        drop(mariadb);
        assert!(!folder.exists());
        assert!(!std::path::Path::new(&format!("/proc/{id}")).exists());
    }
}
