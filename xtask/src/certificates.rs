//! Certificates of the tests' own: an authority that nobody trusts, and what it signed for a server called `localhost`.

use crate::process;
use anyhow::{Context, Result};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};

/// The files of an authority and its server.
#[derive(Clone, Debug)]
pub struct Certificates {
    /// The authority's certificate.
    pub authority: PathBuf,
    /// The server's, for `localhost` and no address.
    pub server: PathBuf,
    /// The server's key.
    pub key: PathBuf,
}

impl Certificates {
    /// Makes them in a folder, the key for a user alone.
    pub fn make(folder: &Path, user: Option<(u32, u32)>) -> Result<Certificates> {
        let at = |name: &str| folder.join(name);
        let made = Certificates {
            authority: at("authority.pem"),
            server: at("server.pem"),
            key: at("server.key"),
        };
        let openssl = |arguments: &str| {
            let mut command = process::bounded(process::MINUTE, "openssl");
            command.args(arguments.split(' ')).current_dir(folder);
            process::output("openssl", &mut command)
        };
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
        openssl(&format!(
            "req -x509 {key} -keyout authority.key -out authority.pem -subj /CN=tests"
        ))?;
        openssl(&format!(
            "req -x509 {key} -keyout server.key -out server.pem -subj /CN=localhost -CA authority.pem -CAkey authority.key \
             -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE"
        ))?;
        if let Some((user, group)) = user {
            for file in [&made.server, &made.key, &made.authority] {
                chown(file, Some(user), Some(group)).context("giving a certificate away")?;
            }
        }
        Ok(made)
    }
}
