//! Failed attempts to sign in, and pairs that were right a moment ago; both in memory only.
//!
//! A lock that outlived a restart would let anybody lock out a ministry for good; one that is kept
//! per server is a little weaker on several, and says so here.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use model::PersonId;
use sha2::Sha256;

const MOST_FAILURES: u32 = 5;
const LOCKED_FOR: Duration = Duration::from_secs(15 * 60);
const REMEMBERED_FOR: Duration = Duration::from_secs(60);
/// Names that do not exist are counted too; so many of them are kept.
const MOST_NAMES: usize = 100_000;

/// Failures by the name that was typed.
#[derive(Default)]
pub struct Attempts {
    failures: Mutex<HashMap<String, (u32, Instant)>>,
}

impl Attempts {
    /// How many minutes are left of a lock; `None` when there is none.
    pub fn locked_for(&self, user: &str, now: Instant) -> Option<i64> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, last) = failures.get(user)?;
        let left = LOCKED_FOR.checked_sub(now.saturating_duration_since(*last))?;
        (*count >= MOST_FAILURES).then(|| left.as_secs().div_ceil(60) as i64)
    }

    /// Counts a failure; older ones than the lock's length no longer count.
    pub fn failed(&self, user: &str, now: Instant) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= MOST_NAMES {
            failures.retain(|_, (_, last)| now.saturating_duration_since(*last) < LOCKED_FOR);
        }
        let entry = failures.entry(user.to_owned()).or_insert((0, now));
        let old = now.saturating_duration_since(entry.1) >= LOCKED_FOR;
        *entry = (if old { 1 } else { entry.0 + 1 }, now);
    }

    /// Whether the last failure is the one that locked the name.
    pub fn begins_lock(&self, user: &str) -> bool {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.get(user).is_some_and(|(count, _)| *count == MOST_FAILURES)
    }

    /// Forgets the failures of somebody who got in, or whose password was set anew.
    pub fn succeeded(&self, user: &str) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(user);
    }
}

/// Basic pairs that were verified a moment ago, by a hash under a key that nobody knows.
pub struct Remembered {
    key: [u8; 32],
    pairs: Mutex<HashMap<[u8; 32], (PersonId, Instant)>>,
}

impl Default for Remembered {
    fn default() -> Remembered {
        Remembered { key: rand::random(), pairs: Mutex::default() }
    }
}

impl Remembered {
    fn digest(&self, pair: &[u8]) -> [u8; 32] {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.key)
            .expect("HMAC takes keys of any length");
        mac.update(pair);
        mac.finalize().into_bytes().into()
    }

    /// Whose pair it is, if it was right within the last minute.
    pub fn person(&self, pair: &[u8], now: Instant) -> Option<PersonId> {
        let pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
        let (person, at) = pairs.get(&self.digest(pair))?;
        (now.saturating_duration_since(*at) < REMEMBERED_FOR).then_some(*person)
    }

    /// Remembers a pair that is right.
    pub fn put(&self, pair: &[u8], person: PersonId, now: Instant) {
        let digest = self.digest(pair);
        let mut pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
        pairs.retain(|_, (_, at)| now.saturating_duration_since(*at) < REMEMBERED_FOR);
        pairs.insert(digest, (person, now));
    }

    /// Forgets somebody, whose password or standing changed.
    pub fn forget(&self, person: PersonId) {
        self.pairs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|_, (other, _)| *other != person);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_lock_for_a_quarter_of_an_hour() {
        let attempts = Attempts::default();
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        for second in 0..4 {
            attempts.failed("ky.52", at(second));
        }
        assert_eq!(attempts.locked_for("ky.52", at(4)), None);
        attempts.failed("ky.52", at(4));
        for (second, left) in
            [(4, Some(15)), (5, Some(15)), (65, Some(14)), (903, Some(1)), (905, None)]
        {
            assert_eq!(attempts.locked_for("ky.52", at(second)), left, "{second}");
        }
        assert_eq!(attempts.locked_for("ky.51", at(4)), None);
        attempts.failed("ky.52", at(1000));
        assert_eq!(attempts.locked_for("ky.52", at(1000)), None, "it starts again from one");
    }

    #[test]
    fn a_verified_pair_is_remembered_for_a_minute() {
        let remembered = Remembered::default();
        let start = Instant::now();
        remembered.put(b"ky.52:secret", PersonId(7), start);
        let later = |seconds| start + Duration::from_secs(seconds);
        for (pair, seconds, expected) in [
            (b"ky.52:secret" as &[u8], 59, Some(PersonId(7))),
            (b"ky.52:secret", 60, None),
            (b"ky.52:Secret", 1, None),
        ] {
            assert_eq!(remembered.person(pair, later(seconds)), expected);
        }
        remembered.forget(PersonId(7));
        assert_eq!(remembered.person(b"ky.52:secret", start), None);
    }
}
