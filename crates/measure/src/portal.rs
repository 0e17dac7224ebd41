//! Cổng dịch vụ công: a web site that measures itself by telling what happens on it.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use model::codes::BadCode;
use model::{UnitCode, Validity};

/// A portal's code, as unit codes are written: `52-dvc`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortalCode(Arc<str>);

impl PortalCode {
    /// Reads a code of 1 to 64 letters, digits and `. _ @ -`.
    pub fn parse(text: &str) -> Result<PortalCode, BadCode> {
        UnitCode::parse(text).map(|code| PortalCode(code.as_str().into()))
    }

    /// The code as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PortalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PortalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a page of the portal names itself by when it tells of an event. It stands in public pages: it says which portal,
/// and proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteKey {
    /// 16 to 64 letters and digits, different for every portal.
    pub key: String,
    /// From when on it no longer counts; `None` for one in use.
    pub ended_at: Option<Timestamp>,
}

impl SiteKey {
    /// Whether events under it count at a moment.
    pub fn counts_at(&self, now: Timestamp) -> bool {
        self.ended_at.is_none_or(|end| now < end)
    }
}

/// A portal as it is registered now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portal {
    /// Its code.
    pub code: PortalCode,
    /// Whose services it offers.
    pub unit: UnitCode,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Where people open it: `https://dichvucong.binhdinh.gov.vn`, without a slash at the end.
    pub address: String,
    /// From when until when it is in use.
    pub validity: Validity,
    /// What its pages name it by, the newest last; none before it is connected.
    pub site_keys: Vec<SiteKey>,
    /// The SHA-256 in hex of the secret with which its back end sends; `None` when it does not.
    pub secret_hash: Option<String>,
    /// Whether it is only for trying things out: what happens on it is shown, and never counts into its unit's figures.
    pub is_trial: bool,
    /// From which day on every dossier that is filed on line is told of by its pages; `None` of a portal that does not
    /// promise it.
    pub pages_see_all_since: Option<Date>,
    /// Whether visits of people whose browser asks not to be tracked (Do Not Track, Global Privacy Control) are left out.
    pub respects_do_not_track: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_counts_until_the_moment_it_is_ended() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let ended = |end: Option<i64>| SiteKey { key: "k".into(), ended_at: end.map(at) };
        for (end, now, counts) in [(None, 0, true), (Some(10), 9, true), (Some(10), 10, false)] {
            assert_eq!(ended(end).counts_at(at(now)), counts, "{end:?} at {now}");
        }
    }
}
