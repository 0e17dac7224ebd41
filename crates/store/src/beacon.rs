//! What portals tell of themselves, counted: by minute, hour, day and month, exactly, however often the server was killed.
//!
//! Up to where a server's log of events was counted is written in the transaction that writes the counts, so an event
//! is in both or in neither. The events themselves are not in the database.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use measure::PortalCode;
use measure::beacon::parts::parts;
use measure::beacon::rollup::{Count, Key, Rollup};
use measure::beacon::{Channel, Span, Step, start_of};
use measure::sketch::Sketch;
use measure::when::{day_of, start_of_day};

use crate::columns::code;
use crate::rows::Rows;
use crate::sql::{Row, args, bulk_sql, sql};
use crate::{Reader, StoreError, Tx};

/// Rows of one bulk statement.
const CHUNK: usize = 2000;

/// A stretch of a log, and what its events came to.
#[derive(Clone, Debug, Default)]
pub struct CountedEvents {
    /// The name of the log.
    pub log: String,
    /// Where the stretch begins.
    pub from: u64,
    /// Where it ends.
    pub to: u64,
    /// What its events came to.
    pub rollup: Rollup,
    /// By portal (empty where it is not known), start of the day and reason: events that were refused.
    pub refused: BTreeMap<(String, Timestamp, &'static str), u64>,
}

/// What was counted of some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BeaconCount {
    /// Where the minute, hour or day begins.
    pub start: Timestamp,
    /// How far they came.
    pub step: Step,
    /// How the dossiers came in.
    pub channel: Channel,
    /// Machines are counted apart.
    pub is_bot: bool,
    /// Events.
    pub events: u64,
    /// Dossiers that came to the step for the first time.
    pub dossiers: u64,
    /// The visitors, of steps without a dossier.
    pub visitors: Sketch,
}

/// What was counted over some time, whatever the rows it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BeaconSum {
    /// Where the month begins in which it was; of [`Reader::beacon_sums`], the month of which part of the days are asked
    /// for too.
    pub month: Date,
    /// How far they came.
    pub step: Step,
    /// How the dossiers came in.
    pub channel: Channel,
    /// Machines are counted apart.
    pub is_bot: bool,
    /// Events.
    pub events: u64,
    /// Dossiers that came to the step for the first time.
    pub dossiers: u64,
    /// The different visitors of each day, estimated, added up over the days; of steps without a dossier.
    pub visits: u64,
}

/// What was counted of a service over some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceCount {
    /// The code of the procedure.
    pub service: String,
    /// How far they came.
    pub step: Step,
    /// How the dossiers came in.
    pub channel: Channel,
    /// Machines are counted apart.
    pub is_bot: bool,
    /// Events.
    pub events: u64,
    /// Dossiers that came to the step for the first time.
    pub dossiers: u64,
}

/// Distinct dossiers of a day that people, not machines, brought to a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DossiersOfDay {
    /// Of which procedure.
    pub service: String,
    /// The day, of Vietnam.
    pub day: Date,
    /// How they came in.
    pub channel: Channel,
    /// How many; each dossier counts once, on the first day.
    pub dossiers: u64,
}

/// Refused events of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedEvents {
    /// Where the day begins, in UTC+7.
    pub day: Timestamp,
    /// The code of the reason.
    pub reason: String,
    /// How many.
    pub events: u64,
}

impl Reader {
    /// Up to where a log was counted; 0 of one that is not known.
    pub async fn beacon_position(&mut self, log: &str) -> Result<u64, StoreError> {
        let row = self.conn.fetch_optional(sql!("beacon_position"), args![log]).await?;
        Ok(row.map(|row| row.int(0)).transpose()?.unwrap_or(0) as u64)
    }

    /// What was counted of a portal, or of one of its services, in spans that begin in `from..to`, in order of time.
    pub async fn beacon_counts(
        &mut self,
        portal: &PortalCode,
        service: Option<&str>,
        span: Span,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<BeaconCount>, StoreError> {
        let asked = args![portal.as_str(), span.code(), service.unwrap_or_default(), from, to];
        let rows = self.conn.fetch_all(sql!("beacon_counts"), asked).await?;
        rows.iter()
            .map(|row| {
                Ok(BeaconCount {
                    start: row.instant(0)?,
                    step: step(row.text(1)?)?,
                    channel: channel(row.text(2)?)?,
                    is_bot: row.truth(3)?,
                    events: row.int(4)? as u64,
                    dossiers: row.int(5)? as u64,
                    visitors: sketch(row, 6)?,
                })
            })
            .collect()
    }

    /// What was counted of a portal, or of one of its services, from one day to another, both included, by month: read
    /// from rows of months, and of days only where a month is not asked for whole.
    pub async fn beacon_sums(
        &mut self,
        portal: &PortalCode,
        service: Option<&str>,
        first: Date,
        last: Date,
    ) -> Result<Vec<BeaconSum>, StoreError> {
        let parts = parts(first, last);
        let mut sums: BTreeMap<_, (u64, u64, u64)> = BTreeMap::new();
        for (first, last) in parts.days {
            let (from, to) = (start_of_day(first), end_of_day(last));
            for one in self.beacon_counts(portal, service, Span::Day, from, to).await? {
                let month = day_of(one.start).first_of_month();
                let sum = sums.entry((month, one.step, one.channel, one.is_bot)).or_default();
                sum.0 += one.events;
                sum.1 += one.dossiers;
                sum.2 += one.visitors.estimate();
            }
        }
        if let Some((first, last)) = parts.months {
            let (from, to) = (start_of_day(first), end_of_day(last));
            let asked = args![portal.as_str(), service.unwrap_or_default(), from, to];
            for row in self.conn.fetch_all(sql!("beacon_months"), asked).await? {
                let key = (
                    day_of(row.instant(0)?),
                    step(row.text(1)?)?,
                    channel(row.text(2)?)?,
                    row.truth(3)?,
                );
                sums.insert(key, (row.int(4)? as u64, row.int(5)? as u64, row.int(6)? as u64));
            }
        }
        let sums = sums.into_iter().map(|((month, step, channel, is_bot), sum)| {
            let (events, dossiers, visits) = sum;
            BeaconSum { month, step, channel, is_bot, events, dossiers, visits }
        });
        Ok(sums.collect())
    }

    /// What was counted of each service of a portal from one day to another, both included.
    pub async fn beacon_services(
        &mut self,
        portal: &PortalCode,
        first: Date,
        last: Date,
    ) -> Result<Vec<ServiceCount>, StoreError> {
        let parts = parts(first, last);
        let mut sums: BTreeMap<(String, Step, Channel, bool), (u64, u64)> = BTreeMap::new();
        let days = parts.days.into_iter().map(|part| (sql!("beacon_services"), part));
        let months = parts.months.map(|part| (sql!("beacon_services_by_month"), part));
        for (statement, (first, last)) in days.chain(months) {
            let asked = args![portal.as_str(), start_of_day(first), end_of_day(last)];
            for row in self.conn.fetch_all(statement, asked).await? {
                let key =
                    (row.string(0)?, step(row.text(1)?)?, channel(row.text(2)?)?, row.truth(3)?);
                let sum = sums.entry(key).or_default();
                sum.0 += row.int(4)? as u64;
                sum.1 += row.int(5)? as u64;
            }
        }
        let sums =
            sums.into_iter().map(|((service, step, channel, is_bot), (events, dossiers))| {
                ServiceCount { service, step, channel, is_bot, events, dossiers }
            });
        Ok(sums.collect())
    }

    /// Distinct dossiers of a portal that came to a step, by service, day and channel, from one day to another, both
    /// included. Machines are left out. A service without any is not there.
    pub async fn beacon_dossiers(
        &mut self,
        portal: &PortalCode,
        of: Step,
        first: Date,
        last: Date,
    ) -> Result<Vec<DossiersOfDay>, StoreError> {
        let asked = args![portal.as_str(), start_of_day(first), end_of_day(last), of.code()];
        let rows = self.conn.fetch_all(sql!("beacon_dossiers_by_day"), asked).await?;
        rows.iter()
            .map(|row| {
                Ok(DossiersOfDay {
                    service: row.string(0)?,
                    day: day_of(row.instant(1)?),
                    channel: channel(row.text(2)?)?,
                    dossiers: row.int(3)? as u64,
                })
            })
            .collect()
    }

    /// When the last counted event of each portal happened.
    pub async fn beacon_heard(&mut self) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        let rows = self.conn.fetch_all(sql!("beacon_heard"), vec![]).await?;
        rows.iter().map(|row| Ok((row.string(0)?, row.instant(1)?))).collect()
    }

    /// Events that were refused on days that begin in `from..to`; without a portal, those of nobody known.
    pub async fn beacon_refused(
        &mut self,
        portal: Option<&PortalCode>,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<RefusedEvents>, StoreError> {
        let asked = args![portal.map_or("", PortalCode::as_str), from, to];
        let rows = self.conn.fetch_all(sql!("beacon_refused"), asked).await?;
        rows.iter()
            .map(|row| {
                Ok(RefusedEvents {
                    day: row.instant(0)?,
                    reason: row.string(1)?,
                    events: row.int(2)? as u64,
                })
            })
            .collect()
    }
}

impl Tx {
    /// Counts a stretch of a log once: answers false, and changes nothing, when the log was not counted up to just where
    /// the stretch begins.
    pub async fn count_events(&mut self, counted: &CountedEvents) -> Result<bool, StoreError> {
        if self.beacon_position(&counted.log).await? != counted.from {
            return Ok(false);
        }
        let moved = args![counted.log.as_str(), counted.to as i64];
        self.conn.execute(sql!("set_beacon_position"), moved).await?;
        let mut rows: BTreeMap<Key, (Count, u64)> =
            counted.rollup.counts().into_iter().map(|(key, count)| (key, (count, 0))).collect();
        self.add_dossiers(&counted.rollup, &mut rows).await?;
        let mut rows: Vec<(Key, (Count, u64))> = rows.into_iter().collect();
        let mut months = Months::default();
        for chunk in rows.chunks_mut(CHUNK) {
            let before = self.merge_kept_visitors(chunk).await?;
            for (place, (key, (count, dossiers))) in chunk.iter().enumerate() {
                let before = before.get(&place).copied().unwrap_or_default();
                months.add(key, count, *dossiers, before);
            }
            let mut given = Rows::new(self.conn.engine());
            for (key, (count, dossiers)) in &*chunk {
                let visitors = (!count.visitors.is_empty()).then(|| count.visitors.encode());
                put_key(&mut given, key);
                given.int(count.events as i64).int(*dossiers as i64).text(visitors.as_deref());
            }
            let statement = bulk_sql!(self.conn.engine(), "add_beacon_counts");
            self.conn.execute(statement, given.after(vec![])).await?;
        }
        self.add_months(&months).await?;
        for (portal, at) in counted.rollup.heard() {
            self.conn.execute(sql!("heard_beacon"), args![portal.as_str(), *at]).await?;
        }
        for ((portal, day, reason), events) in &counted.refused {
            let row = args![portal.as_str(), *day, *reason, *events as i64];
            self.conn.execute(sql!("add_beacon_refused"), row).await?;
        }
        Ok(true)
    }

    /// Forgets counts of minutes and hours that are older than they are kept; their days stay.
    pub async fn forget_fine_counts(&mut self, now: Timestamp) -> Result<(), StoreError> {
        for portal in self.beacon_heard().await?.into_keys() {
            for span in Span::ALL {
                let Some(kept) = span.kept() else { continue };
                let before = start_of(now - kept, Span::Day);
                let which = args![portal.as_str(), span.code(), before];
                self.conn.execute(sql!("forget_beacon_counts"), which).await?;
            }
        }
        Ok(())
    }

    /// Of the dossiers that were not there before, raises the counts of their step.
    async fn add_dossiers(
        &mut self,
        rollup: &Rollup,
        rows: &mut BTreeMap<Key, (Count, u64)>,
    ) -> Result<(), StoreError> {
        // The first of each: they are in order of time within a dossier's step.
        let mut first = BTreeMap::new();
        for one in rollup.dossiers() {
            let key = (one.site.as_str(), one.step.code(), one.is_bot, one.dossier.as_str());
            let earliest = first.entry(key).or_insert(one);
            if one.at < earliest.at {
                *earliest = one;
            }
        }
        let all: Vec<_> = first.keys().copied().collect();
        for chunk in all.chunks(CHUNK) {
            let mut given = Rows::new(self.conn.engine());
            for (portal, step, is_bot, dossier) in chunk {
                given.row().text(*portal).text(*step).int(i64::from(*is_bot)).text(*dossier);
            }
            let statement = bulk_sql!(self.conn.engine(), "add_beacon_dossiers");
            for row in self.conn.fetch_all(statement, given.after(vec![])).await? {
                let key = (row.text(0)?, row.text(1)?, row.truth(2)?, row.text(3)?);
                let one = first.get(&key).expect("a row that was given is returned");
                for span in Span::ALL {
                    for service in [None, Some(one.service.clone())] {
                        let key = Key {
                            site: one.site.clone(),
                            span,
                            start: start_of(one.at, span),
                            service,
                            step: one.step,
                            channel: one.channel,
                            is_bot: one.is_bot,
                        };
                        rows.entry(key).or_default().1 += 1;
                    }
                }
            }
        }
        Ok(())
    }

    async fn add_months(&mut self, months: &Months) -> Result<(), StoreError> {
        let rows: Vec<_> = months.0.iter().collect();
        for chunk in rows.chunks(CHUNK) {
            let mut given = Rows::new(self.conn.engine());
            for ((portal, service, begins, step, channel, is_bot), (events, dossiers, visits)) in
                chunk
            {
                given
                    .row()
                    .text(portal.as_str())
                    .text(service.as_str())
                    .int(begins.as_microsecond())
                    .text(step.code())
                    .text(channel.code())
                    .int(i64::from(*is_bot))
                    .int(*events)
                    .int(*dossiers)
                    .int(*visits);
            }
            let statement = bulk_sql!(self.conn.engine(), "add_beacon_months");
            self.conn.execute(statement, given.after(vec![])).await?;
        }
        Ok(())
    }

    /// Makes the rows of months from those of days, once: days that were counted before there were months have none.
    pub async fn count_months_of_before(&mut self) -> Result<(), StoreError> {
        const DONE: &str = "beacon_months";
        if self.setting(DONE).await?.is_some() {
            return Ok(());
        }
        for portal in self.beacon_heard().await?.into_keys() {
            let mut months = Months::default();
            for row in
                self.conn.fetch_all(sql!("beacon_days_of_all"), args![portal.as_str()]).await?
            {
                let service = row.string(1)?;
                let key = Key {
                    site: row.string(0)?,
                    span: Span::Day,
                    start: row.instant(2)?,
                    service: Some(service).filter(|service| !service.is_empty()),
                    step: step(row.text(3)?)?,
                    channel: channel(row.text(4)?)?,
                    is_bot: row.truth(5)?,
                };
                let count = Count { events: row.int(6)? as u64, visitors: sketch(&row, 8)? };
                months.add(&key, &count, row.int(7)? as u64, 0);
            }
            self.conn.execute(sql!("forget_beacon_months"), args![portal.as_str()]).await?;
            self.add_months(&months).await?;
        }
        self.set_setting(DONE, "1").await
    }

    /// Answers, by place, how many visitors there were before; one that is not there had none.
    async fn merge_kept_visitors(
        &mut self,
        rows: &mut [(Key, (Count, u64))],
    ) -> Result<HashMap<usize, u64>, StoreError> {
        let mut before = HashMap::new();
        let mut places = vec![];
        let mut given = Rows::new(self.conn.engine());
        for (place, (key, (count, _))) in rows.iter().enumerate() {
            if !count.visitors.is_empty() {
                put_key(&mut given, key);
                places.push(place);
            }
        }
        if places.is_empty() {
            return Ok(before);
        }
        let statement = bulk_sql!(self.conn.engine(), "beacon_visitors");
        for row in self.conn.fetch_all(statement, given.after(vec![])).await? {
            let place = places[row.int(0)? as usize];
            let kept = sketch(&row, 1)?;
            if rows[place].0.span == Span::Day {
                before.insert(place, kept.estimate());
            }
            rows[place].1.0.visitors.merge(&kept);
        }
        Ok(before)
    }
}

/// Of a row of a month: portal, service, where it begins, step, channel, whether machines.
type MonthKey = (String, String, Timestamp, Step, Channel, bool);

/// What comes to rows of months: events, dossiers, visits.
#[derive(Default)]
struct Months(BTreeMap<MonthKey, (i64, i64, i64)>);

impl Months {
    /// Adds what came to a day, whose visitors are all of the day and were `before`; other spans are nothing to a month.
    fn add(&mut self, key: &Key, count: &Count, dossiers: u64, before: u64) {
        if key.span != Span::Day {
            return;
        }
        let begins = start_of_day(day_of(key.start).first_of_month());
        let service = key.service.clone().unwrap_or_default();
        let key = (key.site.clone(), service, begins, key.step, key.channel, key.is_bot);
        let sum = self.0.entry(key).or_default();
        sum.0 += count.events as i64;
        sum.1 += dossiers as i64;
        sum.2 += count.visitors.estimate() as i64 - before as i64;
    }
}

/// Where the day after this one begins.
fn end_of_day(day: Date) -> Timestamp {
    start_of_day(day.tomorrow().unwrap_or(day))
}

fn put_key(rows: &mut Rows, key: &Key) {
    rows.row()
        .text(&*key.site)
        .text(key.span.code())
        .text(key.service.as_deref().unwrap_or_default())
        .int(key.start.as_microsecond())
        .text(key.step.code())
        .text(key.channel.code())
        .int(i64::from(key.is_bot));
}

fn step(text: &str) -> Result<Step, StoreError> {
    Step::parse(text).ok_or_else(|| StoreError::unreadable("a step", text))
}

fn channel(text: &str) -> Result<Channel, StoreError> {
    Channel::parse(text).ok_or_else(|| StoreError::unreadable("a channel", text))
}

fn sketch(row: &Row, column: usize) -> Result<Sketch, StoreError> {
    match row.maybe_text(column)? {
        None => Ok(Sketch::default()),
        Some(text) => code("a sketch", Sketch::decode(text)),
    }
}
