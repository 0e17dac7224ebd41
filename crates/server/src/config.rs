//! What an installation decides before it starts: one small typed file, read once.
//!
//! Unknown keys are refused, so that a misspelt setting is found on the day it is written and not
//! on the day it was needed. Whatever an administrator changes while running is data, not configuration.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

/// Everything that can be set; each has a default, and a missing file is the defaults.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where to listen. Default `127.0.0.1:8080`: a proxy with TLS stands in front.
    pub listen: SocketAddr,
    /// The folder of the record (SQLite), of uploads and of the clock. Default `data`.
    pub data: PathBuf,
    /// `postgres://…` to keep the record in PostgreSQL instead of in the data folder.
    pub postgres: Option<String>,
    /// The address people open, for links in mail. Default: where it listens.
    pub public_url: Option<String>,
    /// Whether cookies are sent over TLS only. Default: when `public_url` begins with `https:`.
    pub secure_cookies: Option<bool>,
    /// The mail server for reminders; without it they stay in the application.
    pub smtp: Option<Smtp>,
    /// The memory in MB that figures may take between questions: at least 16, 1024 unless it is set. What was not asked
    /// about for longest is given back; it is answered all the same, after it was read again from disk.
    pub cube_memory_mb: CubeMemory,
    /// The days for which single events of portals are kept in the data folder, after which only their counts are left:
    /// at least 3, 30 unless it is set.
    pub event_days: EventDays,
    /// The most events a second of one portal, over which it is told to wait. 2,000 unless it is set.
    pub events_a_second: u32,
}

/// Days for which events are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u16")]
pub struct EventDays(u16);

impl EventDays {
    /// How many.
    pub fn days(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for EventDays {
    type Error = &'static str;

    fn try_from(days: u16) -> Result<EventDays, &'static str> {
        // An event that comes again within two days is known by the log.
        if days < 3 { Err("event_days is at least 3") } else { Ok(EventDays(days)) }
    }
}

/// Memory for the cube.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u32")]
pub struct CubeMemory(u32);

impl CubeMemory {
    /// The same in bytes.
    pub fn bytes(self) -> usize {
        (self.0 as usize) << 20
    }
}

impl TryFrom<u32> for CubeMemory {
    type Error = &'static str;

    fn try_from(mb: u32) -> Result<CubeMemory, &'static str> {
        if mb < 16 { Err("cube_memory_mb is at least 16") } else { Ok(CubeMemory(mb)) }
    }
}

/// A mail server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// Its name.
    pub host: String,
    /// Its port.
    #[serde(default = "submission_port")]
    pub port: u16,
    /// The address reminders come from.
    pub from: String,
}

fn submission_port() -> u16 {
    25
}

impl Default for Config {
    fn default() -> Config {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data: PathBuf::from("data"),
            postgres: None,
            public_url: None,
            secure_cookies: None,
            smtp: None,
            cube_memory_mb: CubeMemory(1024),
            event_days: EventDays(30),
            events_a_second: 2000,
        }
    }
}

impl Config {
    /// Reads a file; `None` is the defaults.
    pub fn read(file: Option<&Path>) -> Result<Config> {
        let Some(file) = file else { return Ok(Config::default()) };
        let text =
            std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
        Config::parse(&text).with_context(|| format!("in {}", file.display()))
    }

    fn parse(text: &str) -> Result<Config> {
        Ok(toml::from_str(text)?)
    }

    /// What the store opens: the PostgreSQL address, or the file in the data folder.
    pub fn database(&self) -> String {
        match &self.postgres {
            Some(url) => url.clone(),
            None => format!("sqlite://{}", self.data.join("quantrac.db").display()),
        }
    }

    /// The address for links, without a slash at its end.
    pub fn address(&self) -> String {
        let address = self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen));
        address.trim_end_matches('/').to_owned()
    }

    /// Whether cookies carry `Secure`.
    pub fn cookies_are_secure(&self) -> bool {
        self.secure_cookies.unwrap_or_else(|| self.address().starts_with("https:"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whole_or_refused_by_the_key_that_is_wrong() {
        for (text, expected) in [
            ("", Ok("127.0.0.1:8080")),
            ("listen = \"0.0.0.0:80\"", Ok("0.0.0.0:80")),
            ("cube_memory_mb = 64", Ok("127.0.0.1:8080")),
            ("cube_memory_mb = 8", Err("cube_memory_mb is at least 16")),
            ("event_days = 3", Ok("127.0.0.1:8080")),
            ("event_days = 2", Err("event_days is at least 3")),
            ("lisen = \"0.0.0.0:80\"", Err("unknown field `lisen`")),
            (
                "[smtp]\nhost = \"mail\"\nfrom = \"a@b\"\npasword = 1",
                Err("unknown field `pasword`"),
            ),
        ] {
            match (Config::parse(text), expected) {
                (Ok(config), Ok(listen)) => assert_eq!(config.listen.to_string(), listen, "{text}"),
                (Err(error), Err(part)) => {
                    assert!(format!("{error:#}").contains(part), "{text}: {error:#}")
                }
                (got, _) => panic!("{text}: {got:?}"),
            }
        }
    }

    #[test]
    fn cookies_are_secure_where_people_come_by_tls() {
        for (text, secure) in [
            ("", false),
            ("public_url = \"https://so.gov.vn/\"", true),
            ("secure_cookies = true", true),
        ] {
            assert_eq!(Config::parse(text).unwrap().cookies_are_secure(), secure, "{text}");
        }
    }
}
