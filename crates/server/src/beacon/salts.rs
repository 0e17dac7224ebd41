//! What makes visitors of one day countable and of two days unrecognisable.
//!
//! A visitor is a keyed hash of address and browser, under a key that is drawn anew each day. The keys are in memory,
//! and sealed in one file so that a start does not count everybody twice; 48 hours after its day began a key is gone from
//! both, and with it the only way from a hash back to a person. The address itself is written nowhere.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use measure::beacon::{Span, start_of};
use sha2::Sha256;

use crate::seal::Sealer;

/// A key lives so long after its day began.
const LIFE: SignedDuration = SignedDuration::from_hours(48);
const USED_FOR: &str = "beacon/salts";

type Salt = [u8; 32];

/// The keys of today and yesterday.
pub struct Salts {
    path: PathBuf,
    sealer: Sealer,
    days: Mutex<BTreeMap<Timestamp, Arc<Hmac<Sha256>>>>,
    secrets: Mutex<BTreeMap<Timestamp, Salt>>,
}

impl Salts {
    /// The keys of a folder; what cannot be opened any more is drawn anew.
    pub fn open(folder: &Path, sealer: Sealer) -> Result<Salts> {
        let path = folder.join("salts");
        let sealed = match std::fs::read_to_string(&path) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
        };
        let opened = sealer.open(USED_FOR, sealed.trim()).unwrap_or_default();
        let secrets: BTreeMap<Timestamp, Salt> = opened
            .chunks_exact(40)
            .filter_map(|one| {
                let (day, salt) = one.split_first_chunk::<8>()?;
                let day = Timestamp::from_second(i64::from_le_bytes(*day)).ok()?;
                Some((day, salt.try_into().ok()?))
            })
            .collect();
        let days = secrets.iter().map(|(day, salt)| (*day, keyed(salt))).collect();
        Ok(Salts { path, sealer, days: Mutex::new(days), secrets: Mutex::new(secrets) })
    }

    /// Who came, as 64 bits that mean something on the day of `at` only; nothing of a day whose key is destroyed.
    pub fn visitor(&self, at: Timestamp, now: Timestamp, parts: [&str; 2]) -> Result<Option<u64>> {
        let day = start_of(at, Span::Day);
        if now.duration_since(day) >= LIFE {
            return Ok(None);
        }
        let known = self.days.lock().unwrap_or_else(PoisonError::into_inner).get(&day).cloned();
        let mut hash = match known {
            Some(keyed) => Hmac::clone(&keyed),
            None => Hmac::clone(&*self.draw(day, now)?),
        };
        for part in parts {
            hash.update(&(part.len() as u32).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let hash = hash.finalize().into_bytes();
        let first = hash.first_chunk::<8>().expect("a hash of 32 bytes");
        Ok(Some(u64::from_le_bytes(*first)))
    }

    /// Destroys the keys whose time is over.
    pub fn forget(&self, now: Timestamp) -> Result<()> {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        let before = secrets.len();
        secrets.retain(|day, _| now.duration_since(*day) < LIFE);
        if secrets.len() == before {
            return Ok(());
        }
        self.write(&secrets)?;
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        days.retain(|day, _| secrets.contains_key(day));
        Ok(())
    }

    fn draw(&self, day: Timestamp, now: Timestamp) -> Result<Arc<Hmac<Sha256>>> {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.retain(|day, _| now.duration_since(*day) < LIFE);
        let is_new = !secrets.contains_key(&day);
        let salt = *secrets.entry(day).or_insert_with(rand::random);
        if is_new {
            self.write(&secrets)?;
        }
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        days.retain(|day, _| secrets.contains_key(day));
        Ok(days.entry(day).or_insert_with(|| keyed(&salt)).clone())
    }

    fn write(&self, secrets: &BTreeMap<Timestamp, Salt>) -> Result<()> {
        let mut plain = vec![];
        for (day, salt) in secrets {
            plain.extend(day.as_second().to_le_bytes());
            plain.extend(salt);
        }
        let writing = || format!("writing {}", self.path.display());
        let partial = self.path.with_extension("partial");
        std::fs::write(&partial, self.sealer.seal(USED_FOR, &plain)).with_context(writing)?;
        std::fs::rename(&partial, &self.path).with_context(writing)
    }
}

fn keyed(salt: &Salt) -> Arc<Hmac<Sha256>> {
    Arc::new(Hmac::new_from_slice(salt).expect("a key of any length"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_is_known_again_on_the_same_day_and_on_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let sealer = Sealer::of_folder(folder.path()).unwrap();
        let salts = Salts::open(folder.path(), sealer.clone()).unwrap();
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let morning = at("2024-08-05T00:00:00+07:00");
        let evening = at("2024-08-05T23:59:59+07:00");
        let next = at("2024-08-06T08:00:00+07:00");
        let visitor =
            |salts: &Salts, when, now, who| salts.visitor(when, now, [who, "Firefox"]).unwrap();
        let lan = visitor(&salts, morning, morning, "203.0.113.7").unwrap();
        assert_eq!(visitor(&salts, evening, evening, "203.0.113.7"), Some(lan));
        assert_ne!(visitor(&salts, evening, evening, "203.0.113.8"), Some(lan));
        assert_ne!(visitor(&salts, next, next, "203.0.113.7"), Some(lan));

        let again = Salts::open(folder.path(), sealer.clone()).unwrap();
        assert_eq!(visitor(&again, evening, next, "203.0.113.7"), Some(lan), "after a start");

        let file = || std::fs::read_to_string(folder.path().join("salts")).unwrap();
        let before = file();
        assert!(!before.contains("203.0.113"));
        let gone = at("2024-08-07T00:00:00+07:00");
        again.forget(gone).unwrap();
        assert!(file().len() < before.len(), "the key of the first day is destroyed on disk");
        assert_eq!(visitor(&again, evening, gone, "203.0.113.7"), None);
        let third = Salts::open(folder.path(), sealer).unwrap();
        assert_eq!(visitor(&third, evening, gone, "203.0.113.7"), None);
    }

    #[test]
    fn parts_do_not_run_into_one_another() {
        let folder = tempfile::tempdir().unwrap();
        let salts = Salts::open(folder.path(), Sealer::of_folder(folder.path()).unwrap()).unwrap();
        let now: Timestamp = "2024-08-05T08:00:00+07:00".parse().unwrap();
        let of = |parts| salts.visitor(now, now, parts).unwrap();
        assert_ne!(of(["ab", "c"]), of(["a", "bc"]));
    }
}
