//! What the tests need of the machine, from Debian's packages.
//!
//! A fresh clone must be testable with one command; where we may not install, that command says the one line to run.

use crate::process::{self, MINUTE};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

/// Installs what is missing when we may, otherwise says what to run.
pub fn ensure_test_programs() -> Result<()> {
    let mut missing = Vec::new();
    if chromium().is_none() {
        missing.push("chromium");
    }
    if postgres_programs().is_none() {
        missing.push("postgresql-15");
    }
    if mariadb().is_none() {
        missing.push("mariadb-server");
    }
    if process::find_in_path("openssl").is_none() {
        missing.push("openssl");
    }
    if process::find_in_path("strace").is_none() {
        missing.push("strace");
    }
    // The mail server that reminders are sent to.
    if !Path::new("/usr/lib/python3/dist-packages/aiosmtpd").is_dir() {
        missing.push("python3-aiosmtpd");
    }
    // What other people fill forms in with.
    if !Path::new("/usr/lib/python3/dist-packages/openpyxl").is_dir() {
        missing.push("python3-openpyxl");
    }
    if process::find_in_path("soffice").is_none() {
        missing.push("libreoffice-calc-nogui");
    }
    if missing.is_empty() {
        return Ok(());
    }

    install_missing(&missing)
}

/// Installs the packages of these programs, each with its package, unless they are there.
pub fn ensure_programs(programs: &[(&str, &'static str)]) -> Result<()> {
    let absent = |(program, package): &(&str, &'static str)| {
        // Debian keeps what only root runs out of other people's PATH.
        let is_there = process::find_in_path(program).is_some()
            || Path::new("/usr/sbin").join(program).is_file();
        (!is_there).then_some(*package)
    };
    let missing: Vec<&str> = programs.iter().filter_map(absent).collect();
    if missing.is_empty() { Ok(()) } else { install_missing(&missing) }
}

fn install_missing(missing: &[&str]) -> Result<()> {
    let packages = missing.join(" ");
    if !is_root() {
        bail!(
            "programs are needed that are not installed; run:\n  sudo apt-get install -y {packages}"
        );
    }
    if install(missing).is_ok() {
        return Ok(());
    }
    // The package lists are absent or older than the packages they name.
    process::run("apt-get update", process::bounded(5 * MINUTE, "apt-get").arg("update"))?;
    install(missing)
}

fn install(packages: &[&str]) -> Result<()> {
    process::run(
        &format!("apt-get install {}", packages.join(" ")),
        process::bounded(15 * MINUTE, "apt-get")
            .args(["install", "-y", "-q", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"])
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

pub fn chromium() -> Option<PathBuf> {
    process::find_in_path("chromium")
}

/// The folder of `initdb` and `postgres`: Debian keeps them out of PATH.
pub fn postgres_programs() -> Option<PathBuf> {
    let debian = PathBuf::from("/usr/lib/postgresql/15/bin");
    if debian.join("postgres").is_file() {
        return Some(debian);
    }
    // A link in PATH leads to the folder where `postgres` itself is.
    let initdb = process::find_in_path("initdb")?.canonicalize().ok()?;
    let folder = initdb.parent()?.to_owned();
    folder.join("postgres").is_file().then_some(folder)
}

/// MariaDB's server, with which its client and its tools come.
pub fn mariadb() -> Option<PathBuf> {
    let debian = PathBuf::from("/usr/sbin/mariadbd");
    if debian.is_file() { Some(debian) } else { process::find_in_path("mariadbd") }
}

/// Root owns its own entry in /proc; nobody else does.
pub fn is_root() -> bool {
    owner_of(Path::new("/proc/self")).is_some_and(|owner| owner == 0)
}

fn owner_of(path: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|metadata| metadata.uid())
}

/// A user that is not root, with its user and group numbers: PostgreSQL refuses to run as root.
pub fn unprivileged_user() -> Result<(u32, u32)> {
    let users = std::fs::read_to_string("/etc/passwd")?;
    match user_in(&users, "postgres").or_else(|| user_in(&users, "nobody")) {
        Some(user) => Ok(user),
        None => bail!("there is neither a user `postgres` nor `nobody` to run PostgreSQL as"),
    }
}

fn user_in(passwd: &str, name: &str) -> Option<(u32, u32)> {
    let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2).map(|field| field.parse().ok());
    Some((fields.next()??, fields.next()??))
}

#[cfg(test)]
mod tests {
    use super::user_in;

    #[test]
    fn a_user_is_found_by_its_whole_name() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\nnobodyelse:x:7:7::/:/bin/sh\nnobody:x:65534:65533:n:/:/bin/sh\n";
        assert_eq!(user_in(passwd, "nobody"), Some((65534, 65533)));
        assert_eq!(user_in(passwd, "postgres"), None);
    }
}
