//! What portals tell of themselves, from the socket to the counts: taken when it is on disk, counted once a second.
//!
//! A browser's event is decided upon in one function, whether it came by the short way in ([`front`]), by the router, as a
//! pixel or in a batch of a portal's own server, so that none of them is a way around the others.

pub mod front;
pub mod log;
pub mod salts;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use measure::Portal;
use measure::beacon::rollup::Rollup;
use measure::beacon::{Event, Refusal, Said, Span, bots, happened, start_of};
use store::{CountedEvents, StoreError, WriteError};

use crate::clock::local_date;
use crate::config::Config;
use crate::seal::Sealer;
use crate::state::{App, Ministry};
use log::{Log, Stretch, Taken};
use salts::Salts;

/// The script that portals have in their pages.
pub const SCRIPT: &str = include_str!("beacon/count.v1.js");

/// Counts reach the database so often.
const EVERY: Duration = Duration::from_secs(1);
/// What is too old is looked for so often.
const TIDY_EVERY: Duration = Duration::from_secs(60);
/// A key that was silent may send so many seconds' worth at once.
const BURST_SECONDS: u64 = 2;

/// The events of this server.
pub struct Beacon {
    log: Log,
    salts: Salts,
    sites: RwLock<Option<Arc<Sites>>>,
    buckets: Mutex<HashMap<String, Bucket>>,
    refused: Mutex<BTreeMap<(String, Timestamp, &'static str), u64>>,
    events_a_second: u64,
    kept: SignedDuration,
    rolled_up: AtomicU64,
}

/// Portals by what their pages and servers prove themselves with.
pub struct Sites {
    of: Arc<Ministry>,
    /// Tomorrow another portal may be in use.
    day: Timestamp,
    by_key: HashMap<String, (Arc<Site>, Option<Timestamp>)>,
}

/// A portal as events are decided upon.
pub struct Site {
    code: String,
    /// The host of its address.
    host: String,
    is_in_use: bool,
    respects_do_not_track: bool,
}

/// Who sends an event. The address goes into a keyed hash and nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// Where from.
    pub address: &'a str,
    /// What the browser calls itself.
    pub agent: &'a str,
    /// The site whose page sends it, when the browser says so.
    pub origin: Option<&'a str>,
    /// Whether the browser asks not to be tracked.
    pub declines: bool,
}

/// Why an event was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// It is refused, and counted as such of this portal.
    Refused(Refusal, Option<String>),
    /// More is waiting for the disk than may be.
    Overloaded,
    /// Something failed that nobody outside can mend; it was logged.
    Failed,
}

/// How many events a key may still send now.
struct Bucket {
    left: u64,
    filled: Instant,
}

impl Sites {
    fn new(of: Arc<Ministry>, now: Timestamp) -> Sites {
        let mut by_key = HashMap::new();
        for portal in of.portals.values() {
            let site = Arc::new(Site::new(portal, now));
            for key in &portal.site_keys {
                by_key.insert(key.key.clone(), (site.clone(), key.ended_at));
            }
        }
        Sites { of, day: start_of(now, Span::Day), by_key }
    }

    fn of_key(&self, key: &str, now: Timestamp) -> Option<&Arc<Site>> {
        let (site, ended_at) = self.by_key.get(key)?;
        (site.is_in_use && ended_at.is_none_or(|end| now < end)).then_some(site)
    }
}

impl Site {
    fn new(portal: &Portal, now: Timestamp) -> Site {
        Site {
            code: portal.code.to_string(),
            host: host(&portal.address).unwrap_or_default().to_owned(),
            is_in_use: portal.validity.holds_on(local_date(now)),
            respects_do_not_track: portal.respects_do_not_track,
        }
    }

    /// The portal's code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Whether a page of the portal, or of a part of it with a name of its own, sent this.
    fn is_of_page(&self, origin: &str) -> bool {
        let Some(sender) = host(origin) else {
            // A page that keeps to itself where it is says `null`.
            return origin == "null";
        };
        let own =
            sender.len().checked_sub(self.host.len()).and_then(|at| sender.split_at_checked(at));
        own.is_some_and(|(part, host)| {
            host.eq_ignore_ascii_case(&self.host) && (part.is_empty() || part.ends_with('.'))
        })
    }
}

/// The host of an address, without its port.
fn host(address: &str) -> Option<&str> {
    let authority = address.split_once("://")?.1.split(['/', '?', '#']).next()?;
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    Some(host).filter(|host| !host.is_empty())
}

impl<'a> Sender<'a> {
    /// What the headers of a request say.
    pub fn of(address: &'a str, headers: &'a HeaderMap) -> Sender<'a> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        Sender {
            address,
            agent: text("user-agent").unwrap_or_default(),
            origin: text("origin").or_else(|| text("referer")),
            declines: text("dnt") == Some("1") || text("sec-gpc") == Some("1"),
        }
    }
}

impl Beacon {
    async fn open(app: &App, config: &Config, sealer: Sealer) -> Result<Beacon> {
        let folder = config.data.join("events");
        let position = async |log: &str| {
            let mut reader = app.store.read().await?;
            Ok(reader.beacon_position(log).await?)
        };
        let months: std::result::Result<_, WriteError<StoreError>> = app
            .store
            .write(None, |tx| Box::pin(async move { tx.count_months_of_before().await }))
            .await;
        months.context("counting months")?;
        let log = Log::open(&folder, app.now(), position).await?;
        let rolled_up = app.store.read().await?.beacon_position(log.name()).await?;
        let salts = Salts::open(&folder, sealer)?;
        Ok(Beacon {
            log,
            salts,
            sites: RwLock::default(),
            buckets: Mutex::default(),
            refused: Mutex::default(),
            events_a_second: u64::from(config.events_a_second),
            kept: SignedDuration::from_hours(24 * i64::from(config.event_days.days())),
            rolled_up: AtomicU64::new(rolled_up),
        })
    }

    /// The portals as they are now.
    pub fn sites(&self, ministry: &Arc<Ministry>, now: Timestamp) -> Arc<Sites> {
        let known = self.sites.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(sites) = known
            && Arc::ptr_eq(&sites.of, ministry)
            && sites.day == start_of(now, Span::Day)
        {
            return sites;
        }
        let fresh = Arc::new(Sites::new(ministry.clone(), now));
        *self.sites.write().unwrap_or_else(PoisonError::into_inner) = Some(fresh.clone());
        fresh
    }

    /// Takes an event of a browser. Refusals are not counted here: see [`Beacon::refuse`].
    pub fn take(
        &self,
        sites: &Sites,
        said: &Said<'_>,
        sender: Sender<'_>,
        now: Timestamp,
    ) -> Result<(Taken, Arc<Site>), NotTaken> {
        let forged = |code| NotTaken::Refused(Refusal::Forged, code);
        let site = sites.of_key(said.key.unwrap_or_default(), now).ok_or_else(|| forged(None))?;
        let of = || Some(site.code.clone());
        if sender.origin.is_some_and(|origin| !site.is_of_page(origin)) {
            return Err(forged(of()));
        }
        let taken = self.take_of(site, said, sender, now)?;
        Ok((taken, site.clone()))
    }

    /// Takes an event of which it is known whose it is.
    pub fn take_of(
        &self,
        site: &Site,
        said: &Said<'_>,
        sender: Sender<'_>,
        now: Timestamp,
    ) -> Result<Taken, NotTaken> {
        let refused = |why| NotTaken::Refused(why, Some(site.code.clone()));
        if sender.declines && site.respects_do_not_track {
            return Err(refused(Refusal::Declined));
        }
        let at = happened(said.at, now).map_err(refused)?;
        if !self.may_send(&site.code) {
            return Err(refused(Refusal::TooMany));
        }
        let visitor = match (said.visitor, sender.address) {
            (Some(visitor), _) => self.salts.visitor(at, now, [&site.code, visitor]),
            (None, "") => Ok(None),
            (None, address) => self.salts.visitor(at, now, [address, sender.agent]),
        };
        let visitor = visitor.map_err(|error| {
            tracing::error!("{error:#}");
            NotTaken::Failed
        })?;
        let event = Event {
            site: site.code.clone(),
            step: said.step,
            service: said.service.unwrap_or_default().to_owned(),
            dossier: said.dossier.unwrap_or_default().to_owned(),
            channel: said.channel,
            id: said.id.to_owned(),
            at,
            visitor,
            is_bot: bots::is_bot(sender.agent),
        };
        self.log.take(event, now).map_err(|log::Overloaded| NotTaken::Overloaded)
    }

    /// Counts a refused event, by day and reason.
    pub fn refuse(&self, of: Option<&str>, why: Refusal, now: Timestamp) {
        let key = (of.unwrap_or_default().to_owned(), start_of(now, Span::Day), why.code());
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        *refused.entry(key).or_default() += 1;
    }

    fn may_send(&self, site: &str) -> bool {
        let most = self.events_a_second * BURST_SECONDS;
        let mut buckets: MutexGuard<'_, HashMap<String, Bucket>> =
            self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let bucket = match buckets.get_mut(site) {
            Some(bucket) => bucket,
            None => buckets.entry(site.to_owned()).or_insert(Bucket { left: most, filled: now }),
        };
        if bucket.left == 0 || bucket.left < most / 2 {
            let passed = now.saturating_duration_since(bucket.filled).as_micros() as u64;
            let more = passed.min(60_000_000) * self.events_a_second / 1_000_000;
            if more > 0 {
                bucket.left = (bucket.left + more).min(most);
                bucket.filled = now;
            }
        }
        bucket.left = match bucket.left.checked_sub(1) {
            Some(left) => left,
            None => return false,
        };
        true
    }
}

impl App {
    /// The events of this server; the log is opened when it is first needed.
    pub async fn beacon(&self) -> Result<&Beacon> {
        let opened = self
            .beacon
            .get_or_try_init(|| Box::pin(Beacon::open(self, &self.config, self.sealer.clone())));
        opened.await
    }

    /// The portal that a server proves to be, by its secret.
    pub fn site_of_secret(&self, secret: &str) -> Option<Site> {
        let hash = crate::auth::secret_hash(secret);
        let ministry = self.ministry();
        let of_hash = |portal: &&Portal| portal.secret_hash.as_deref() == Some(hash.as_str());
        let portal = ministry.portals.values().find(of_hash)?;
        Some(Site::new(portal, self.now())).filter(|site| site.is_in_use)
    }

    /// Brings what is on disk to the counts in the database; what cannot be written now is kept for the next time.
    pub async fn count_what_was_taken(&self) -> Result<()> {
        let beacon = self.beacon().await?;
        let mut kept = self.counting.lock().await;
        loop {
            if kept.is_none() {
                let stretch = beacon.log.stretch()?;
                let refused = std::mem::take(
                    &mut *beacon.refused.lock().unwrap_or_else(PoisonError::into_inner),
                );
                *kept = match stretch {
                    None if refused.is_empty() => return Ok(()),
                    stretch => Some(self.counted(beacon, stretch, refused).await?),
                };
            }
            let counted = kept.clone().expect("it was put there");
            let written: std::result::Result<_, WriteError<StoreError>> = self
                .store
                .write(None, move |tx| Box::pin(async move { tx.count_events(&counted).await }))
                .await;
            let counted = kept.as_ref().expect("it was put there");
            if !written.context("counting events")?.value {
                // It was committed, and the answer was lost on the way.
                let reached = self.store.read().await?.beacon_position(&counted.log).await?;
                anyhow::ensure!(
                    reached == counted.to,
                    "the log {} was counted up to {reached} by somebody else",
                    counted.log
                );
            }
            beacon.rolled_up.store(counted.to, Ordering::Relaxed);
            *kept = None;
        }
    }

    async fn counted(
        &self,
        beacon: &Beacon,
        stretch: Option<Stretch>,
        refused: BTreeMap<(String, Timestamp, &'static str), u64>,
    ) -> Result<CountedEvents> {
        let log = beacon.log.name().to_owned();
        let Some(stretch) = stretch else {
            let here = self.store.read().await?.beacon_position(&log).await?;
            return Ok(CountedEvents { log, from: here, to: here, refused, ..Default::default() });
        };
        let rolled_up = tokio::task::spawn_blocking(move || {
            let mut rollup = Rollup::default();
            stretch.events.into_iter().for_each(|event| rollup.add(event));
            rollup
        });
        let rollup = rolled_up.await.context("rolling up")?;
        Ok(CountedEvents { log, from: stretch.from, to: stretch.to, rollup, refused })
    }

    /// Counts once a second, and forgets what is too old, until the server ends.
    pub async fn keep_counting(self) {
        let mut tidied: Option<Instant> = None;
        loop {
            if let Err(error) = self.count_what_was_taken().await {
                tracing::error!("{error:#}");
            }
            if tidied.is_none_or(|at| at.elapsed() >= TIDY_EVERY) {
                if let Err(error) = self.forget_what_is_old().await {
                    tracing::error!("{error:#}");
                }
                tidied = Some(Instant::now());
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Forgets keys, events and counts that are older than they are kept.
    pub async fn forget_what_is_old(&self) -> Result<()> {
        let (beacon, now) = (self.beacon().await?, self.now());
        beacon.salts.forget(now)?;
        let rolled_up = beacon.rolled_up.load(Ordering::Relaxed);
        beacon.log.forget(now, rolled_up, beacon.kept)?;
        let forgotten: std::result::Result<_, WriteError<StoreError>> = self
            .store
            .write(None, move |tx| Box::pin(async move { tx.forget_fine_counts(now).await }))
            .await;
        forgotten.context("forgetting counts")?;
        Ok(())
    }

    /// Writes what was taken and counts it, before the store is closed.
    pub async fn close_beacon(&self) {
        let Some(beacon) = self.beacon.get() else { return };
        beacon.log.close();
        if let Err(error) = self.count_what_was_taken().await {
            tracing::error!("{error:#}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_the_portal_is_told_from_others_by_its_host() {
        let site = Site {
            code: "52-dvc".into(),
            host: "dichvucong.binhdinh.gov.vn".into(),
            is_in_use: true,
            respects_do_not_track: false,
        };
        for (origin, expected) in [
            ("https://dichvucong.binhdinh.gov.vn", true),
            ("https://dichvucong.binhdinh.gov.vn/thu-tuc?x=1", true),
            ("https://motcua.dichvucong.binhdinh.gov.vn", true),
            ("https://DichVuCong.BinhDinh.gov.vn", true),
            ("https://xdichvucong.binhdinh.gov.vn", false),
            ("https://binhdinh.gov.vn", false),
            ("https://dichvucong.binhdinh.gov.vn:8443", true),
            ("http://[::1]:80", false),
            ("https://dichvucong.binhdinh.gov.vn.example", false),
            ("null", true),
            ("", false),
        ] {
            assert_eq!(site.is_of_page(origin), expected, "{origin}");
        }
    }
}
