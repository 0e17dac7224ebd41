//! Registers and the dossiers that portals count, as rows with their history.
//!
//! A ministry has a hundred thousand services, so each entry is a row of its own and a list is asked for a page at a
//! time. Nothing is changed or taken out: a change is a further statement about the entry, a day sent again a further
//! version of the day.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use measure::dossier::{Channel, Count, Day, State};
use measure::register::{Entry, EntryCode, Kind, Register, Values};
use measure::{Portal, PortalCode};
use model::{PersonId, UnitCode, Validity};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::backup::hex;
use crate::columns::{code, day_number, word};
use crate::rows::Rows;
use crate::shapes::Stored;
use crate::sql::{Row, args, bulk_sql, sql};
use crate::{Reader, StoreError, Tx};

/// Which entries of a register are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryFilter {
    /// Of which register.
    pub register: Register,
    /// As they are on which day.
    pub day: Date,
    /// Of one unit.
    pub unit: Option<UnitCode>,
    /// With this in their name, code or owner, without marks.
    pub search: String,
    /// Whose field of a closed list, or portal, says this; at most two.
    pub words: Vec<(String, String)>,
    /// In which order.
    pub order: EntryOrder,
    /// So many of the first are left out.
    pub skip: usize,
}

/// In which order entries are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EntryOrder {
    /// By unit, then by code.
    #[default]
    Unit,
    /// By code, then by unit.
    Code,
    /// Those that hold from the latest day on come first.
    Since,
}

impl EntryOrder {
    /// Every order, as they are offered.
    pub const ALL: [EntryOrder; 3] = [EntryOrder::Unit, EntryOrder::Code, EntryOrder::Since];

    /// The code used in interfaces and queries.
    pub fn code(self) -> &'static str {
        match self {
            EntryOrder::Unit => "unit",
            EntryOrder::Code => "code",
            EntryOrder::Since => "since",
        }
    }

    /// The order with this code.
    pub fn parse(code: &str) -> Option<EntryOrder> {
        EntryOrder::ALL.into_iter().find(|order| order.code() == code)
    }
}

impl EntryFilter {
    /// Every entry of a register on a day.
    pub fn of(register: Register, day: Date) -> EntryFilter {
        EntryFilter {
            register,
            day,
            unit: None,
            search: String::new(),
            words: vec![],
            order: EntryOrder::Unit,
            skip: 0,
        }
    }
}

/// An entry as it stands, with how often it was stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptEntry {
    /// What is said.
    pub entry: Entry,
    /// 1 for the first statement.
    pub version: u32,
}

/// A statement about an entry, with who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What was said.
    pub kept: KeptEntry,
    /// When it was recorded.
    pub at: Timestamp,
    /// The name of who said it; `None` of what came with the demonstration.
    pub by_name: Option<String>,
}

/// A list was said to be whole from a day on, or no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// From which day the list has everything; `None` when that was taken back.
    pub since: Option<Date>,
    /// The first day from which nothing follows from it any more; `None` while there is none.
    pub until: Option<Date>,
    /// Why it was taken back or ended.
    pub reason: Option<String>,
    /// Who said so.
    pub by: Option<PersonId>,
    /// The name of who said so.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
}

impl Confirmed {
    /// Whether figures of a period that ends on this day follow from the list.
    pub fn holds_on(&self, day: Date) -> bool {
        self.since.is_some_and(|from| Validity { from: Some(from), to: self.until }.holds_on(day))
    }
}

/// A day of a portal as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentDay {
    /// Whose.
    pub portal: String,
    /// Which day.
    pub day: Date,
    /// 1 for the first time it was sent.
    pub version: u32,
    /// The sum of its counts.
    pub dossiers: u64,
    /// How many people had used end-to-end services by its end, where the portal said so.
    pub users: Option<u64>,
    /// When this version was sent.
    pub at: Timestamp,
    sha256: String,
}

/// The dossiers of some days by portal, service, channel and state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DossierSum {
    /// Whose.
    pub portal: String,
    /// What of them; `dossiers` is the sum.
    pub count: Count,
}

/// What came of a day that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayKept {
    /// It is the first version.
    New,
    /// It stands in the place of another.
    Replaced,
    /// The same stood there already.
    Unchanged,
}

/// How many rows go into one bulk statement.
const CHUNK: usize = 2000;
/// Past the last code, for a list from its beginning.
const FROM_THE_FIRST: (&str, &str) = ("", "");

fn date_of(number: i64) -> Result<Date, StoreError> {
    let part = |divisor: i64, modulus: i64| ((number / divisor) % modulus) as i8;
    let year = i16::try_from(number / 10_000).unwrap_or_default();
    Date::new(year, part(100, 100), part(1, 100))
        .map_err(|error| StoreError::unreadable("a day", error))
}

fn entry_code(text: &str) -> Result<EntryCode, StoreError> {
    EntryCode::parse(text).ok_or_else(|| StoreError::unreadable("the code of an entry", text))
}

fn values(register: Register, json: &str) -> Result<Values, StoreError> {
    let said: HashMap<String, String> = serde_json::from_str(json)
        .map_err(|error| StoreError::unreadable("an entry of a register", error))?;
    let kept = register.fields().iter();
    Ok(kept.filter_map(|field| Some((field.code, said.get(field.code)?.clone()))).collect())
}

/// What an entry is searched by: its code, its name and whose it is, without marks.
fn search_text(entry: &Entry) -> String {
    let said = |field| entry.values.as_ref().and_then(|values| values.get(field));
    let parts = [
        Some(entry.code.as_str()),
        said("name").map(String::as_str),
        said("owner").map(String::as_str),
    ];
    model::text::folded(&parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// What an entry is filtered by: ` level=4 portal=main `.
fn words_text(register: Register, entry: &Entry) -> String {
    let is_word = |field: &&measure::register::Field| {
        matches!(field.kind, Kind::Word(_)) || field.code == "portal"
    };
    let said = |field: &measure::register::Field| {
        let value = entry.values.as_ref()?.get(field.code)?;
        Some(format!(" {}={value} ", field.code))
    };
    register.fields().iter().filter(is_word).filter_map(said).collect()
}

/// A pattern that finds a text anywhere.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '~') {
            pattern.push('~');
        }
        pattern.push(c);
    }
    pattern + "%"
}

impl EntryFilter {
    fn args(&self) -> Vec<crate::sql::Arg> {
        let word = |at: usize| {
            self.words
                .get(at)
                .map_or("%".to_owned(), |(field, value)| pattern(&format!(" {field}={value} ")))
        };
        args![
            self.register.code(),
            day_number(self.day),
            self.unit.as_ref().map(|unit| unit.as_str()),
            pattern(&model::text::folded(&self.search)),
            word(0),
            word(1),
        ]
    }
}

fn kept_entry(register: Register, row: &Row) -> Result<KeptEntry, StoreError> {
    Ok(KeptEntry {
        entry: Entry {
            unit: code("a unit", UnitCode::parse(row.text(0)?))?,
            code: entry_code(row.text(1)?)?,
            since: date_of(row.int(3)?)?,
            values: row.maybe_text(4)?.map(|json| values(register, json)).transpose()?,
            is_synthetic: row.int(5)? != 0,
        },
        version: row.int(2)? as u32,
    })
}

impl Reader {
    /// The entries that are asked for, by unit and code: so many after one, or from the first.
    pub async fn register_entries(
        &mut self,
        asked: &EntryFilter,
        after: Option<(&str, &str)>,
        most: usize,
    ) -> Result<Vec<KeptEntry>, StoreError> {
        let (unit, code) = after.unwrap_or(FROM_THE_FIRST);
        let mut args = asked.args();
        args.extend(args![unit, code, most as i64, asked.order.code(), asked.skip as i64]);
        let rows = self.conn.fetch_all(sql!("register_entries"), args).await?;
        rows.iter().map(|row| kept_entry(asked.register, row)).collect()
    }

    /// How many entries are asked for.
    pub async fn count_register_entries(&mut self, asked: &EntryFilter) -> Result<u64, StoreError> {
        let row = self.conn.fetch_one(sql!("count_register_entries"), asked.args()).await?;
        Ok(row.int(0)? as u64)
    }

    /// Every statement about an entry, the oldest first; none about one that there never was.
    pub async fn register_history(
        &mut self,
        register: Register,
        unit: &UnitCode,
        entry: &EntryCode,
    ) -> Result<Vec<Statement>, StoreError> {
        let asked = args![register.code(), unit.as_str(), entry.as_str()];
        let rows = self.conn.fetch_all(sql!("register_history"), asked).await?;
        let statement = |row: &Row| {
            Ok(Statement {
                kept: KeptEntry {
                    entry: Entry {
                        unit: unit.clone(),
                        code: entry.clone(),
                        since: date_of(row.int(1)?)?,
                        values: row
                            .maybe_text(2)?
                            .map(|json| values(register, json))
                            .transpose()?,
                        is_synthetic: row.int(3)? != 0,
                    },
                    version: row.int(0)? as u32,
                },
                at: row.instant(4)?,
                by_name: row.maybe_string(5)?,
            })
        };
        rows.iter().map(statement).collect()
    }

    /// The units of which a register has ever said anything.
    pub async fn register_units(
        &mut self,
        register: Register,
    ) -> Result<Vec<UnitCode>, StoreError> {
        let rows = self.conn.fetch_all(sql!("register_units"), args![register.code()]).await?;
        rows.iter().map(|row| code("a unit", UnitCode::parse(row.text(0)?))).collect()
    }

    /// Every version of a portal, the oldest first: what it was, when it was defined, and by whom.
    pub async fn portal_history(
        &mut self,
        portal: &PortalCode,
    ) -> Result<Vec<(Portal, Timestamp, Option<String>)>, StoreError> {
        let rows = self.conn.fetch_all(sql!("portal_history"), args![portal.as_str()]).await?;
        let version = |row: &Row| {
            let content = serde_json::from_str(row.text(1)?)
                .map_err(|error| StoreError::unreadable("a portal", error))?;
            Ok((Portal::read(portal.as_str(), content)?, row.instant(2)?, row.maybe_string(3)?))
        };
        rows.iter().map(version).collect()
    }

    /// Whether a unit's list was said to be whole, and by whom; `None` when nobody ever said so.
    pub async fn register_confirmed(
        &mut self,
        register: Register,
        unit: &UnitCode,
    ) -> Result<Option<Confirmed>, StoreError> {
        let asked = args![Confirmation::KIND, format!("{}/{unit}", register.code())];
        let Some(row) = self.conn.fetch_optional(sql!("last_definition"), asked).await? else {
            return Ok(None);
        };
        let content: ConfirmationShape = serde_json::from_str(row.text(1)?)
            .map_err(|error| StoreError::unreadable("a confirmed register", error))?;
        let by_name = match content.by {
            Some(by) => self.conn.fetch_optional(sql!("account_name"), args![by]).await?,
            None => None,
        };
        let day =
            |text: String| text.parse().map_err(|error| StoreError::unreadable("a day", error));
        Ok(Some(Confirmed {
            since: content.since.map(day).transpose()?,
            until: content.until.map(day).transpose()?,
            reason: content.reason,
            by: content.by.map(PersonId),
            by_name: by_name.map(|row| row.string(0)).transpose()?.unwrap_or_default(),
            at: row.instant(2)?,
        }))
    }

    /// The days that a portal, or any, has sent, from one to another, as they stand.
    pub async fn dossier_days(
        &mut self,
        portal: Option<&str>,
        first: Date,
        last: Date,
    ) -> Result<Vec<SentDay>, StoreError> {
        let asked = args![portal, day_number(first), day_number(last)];
        let rows = self.conn.fetch_all(sql!("dossier_days"), asked).await?;
        let day = |row: &Row| {
            Ok(SentDay {
                portal: row.string(0)?,
                day: date_of(row.int(1)?)?,
                version: row.int(2)? as u32,
                dossiers: row.int(3)? as u64,
                sha256: row.string(4)?,
                at: row.instant(5)?,
                users: row.maybe_int(6)?.map(|users| users as u64),
            })
        };
        rows.iter().map(day).collect()
    }

    /// Every version of a day: its number, its dossiers and when it was sent, the oldest first.
    pub async fn dossier_day_versions(
        &mut self,
        portal: &str,
        day: Date,
    ) -> Result<Vec<(u32, u64, Timestamp)>, StoreError> {
        let asked = args![portal, day_number(day)];
        let rows = self.conn.fetch_all(sql!("dossier_day_versions"), asked).await?;
        let version = |row: &Row| Ok((row.int(0)? as u32, row.int(1)? as u64, row.instant(2)?));
        rows.iter().map(version).collect()
    }

    /// The dossiers of a portal, or all, from one day to another, as they stand.
    pub async fn dossier_sums(
        &mut self,
        portal: Option<&str>,
        first: Date,
        last: Date,
    ) -> Result<Vec<DossierSum>, StoreError> {
        let asked = args![portal, day_number(first), day_number(last)];
        let rows = self.conn.fetch_all(sql!("dossier_sums"), asked).await?;
        let sum = |row: &Row| {
            Ok(DossierSum {
                portal: row.string(0)?,
                count: Count {
                    service: entry_code(row.text(1)?)?,
                    channel: word("a channel", row.text(2)?, Channel::parse)?,
                    state: word("a state", row.text(3)?, State::parse)?,
                    dossiers: row.int(4)? as u64,
                },
            })
        };
        rows.iter().map(sum).collect()
    }
}

impl Tx {
    /// Makes these statements about entries of a register; each is the next version of its entry. No entry twice.
    pub async fn state_entries(
        &mut self,
        register: Register,
        entries: &[Entry],
        by: Option<PersonId>,
    ) -> Result<(), StoreError> {
        let mut versions: BTreeMap<UnitCode, HashMap<String, i64>> = BTreeMap::new();
        for unit in entries.iter().map(|entry| &entry.unit).collect::<BTreeSet<_>>() {
            let asked = args![register.code(), unit.as_str()];
            let rows = self.conn.fetch_all(sql!("register_versions"), asked).await?;
            let last = rows.iter().map(|row| Ok((row.string(0)?, row.int(1)?)));
            versions.insert(unit.clone(), last.collect::<Result<_, StoreError>>()?);
        }
        if entries.is_empty() {
            return Ok(());
        }
        let (seq, engine) = (self.seq().await?, self.conn.engine());
        for chunk in entries.chunks(CHUNK) {
            let mut rows = Rows::new(engine);
            for entry in chunk {
                let last = versions[&entry.unit].get(entry.code.as_str()).copied().unwrap_or(0);
                let content = entry.values.as_ref().map(|values| {
                    serde_json::to_string(values).expect("texts by text are plain data")
                });
                rows.row()
                    .text(entry.unit.as_str())
                    .text(entry.code.as_str())
                    .int(last + 1)
                    .int(day_number(entry.since))
                    .text(content.as_deref())
                    .text(&*search_text(entry))
                    .text(&*words_text(register, entry))
                    .int(i64::from(entry.is_synthetic));
            }
            let stated = rows.after(args![register.code(), seq, by.map(|by| by.0)]);
            self.conn.execute(bulk_sql!(engine, "add_register_entries"), stated).await?;
        }
        Ok(())
    }

    /// Says that a unit's list is whole from a day on and perhaps until another, or takes that back, and why.
    pub async fn confirm_register(
        &mut self,
        register: Register,
        unit: &UnitCode,
        (since, until): (Option<Date>, Option<Date>),
        reason: Option<&str>,
        by: Option<PersonId>,
    ) -> Result<(), StoreError> {
        let content = ConfirmationShape {
            since: since.map(|since| since.to_string()),
            until: until.map(|until| until.to_string()),
            reason: reason.map(str::to_owned),
            by: by.map(|by| by.0),
        };
        let of = format!("{}/{unit}", register.code());
        self.define(&[Confirmation { of, content }]).await
    }

    /// Keeps what a portal says of a day, in the place of what it said before.
    pub async fn keep_dossier_day(
        &mut self,
        portal: &str,
        day: &Day,
    ) -> Result<DayKept, StoreError> {
        let last = self.dossier_days(Some(portal), day.day, day.day).await?.pop();
        let mut hash = Sha256::new();
        for count in &day.counts {
            let Count { service, channel, state, dossiers } = count;
            let line =
                [service.as_str(), channel.code(), state.code(), &dossiers.to_string()].join(" ");
            hash.update(line + "\n");
        }
        if let Some(users) = day.users {
            hash.update(format!("users {users}\n"));
        }
        let sha256 = hex(&hash.finalize());
        if last.as_ref().is_some_and(|last| last.sha256 == sha256) {
            return Ok(DayKept::Unchanged);
        }
        let version = last.as_ref().map_or(1, |last| last.version + 1);
        let (seq, engine, number) = (self.seq().await?, self.conn.engine(), day_number(day.day));
        let dossiers: u64 = day.counts.iter().map(|count| count.dossiers).sum();
        let users = day.users.map(|users| users as i64);
        let row = args![portal, number, i64::from(version), seq, dossiers as i64, sha256, users];
        self.conn.execute(sql!("add_dossier_day"), row).await?;
        for chunk in day.counts.chunks(CHUNK) {
            let mut rows = Rows::new(engine);
            for count in chunk {
                rows.row()
                    .text(count.service.as_str())
                    .text(count.channel.code())
                    .text(count.state.code())
                    .int(count.dossiers as i64);
            }
            let counted = rows.after(args![portal, number, i64::from(version)]);
            self.conn.execute(bulk_sql!(engine, "add_dossier_counts"), counted).await?;
        }
        Ok(if version == 1 { DayKept::New } else { DayKept::Replaced })
    }
}

/// That a list is whole: a definition, because it is said rarely and its history is wanted.
struct Confirmation {
    of: String,
    content: ConfirmationShape,
}

#[derive(Clone, Serialize, Deserialize)]
struct ConfirmationShape {
    since: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    by: Option<i64>,
}

impl Stored for Confirmation {
    const KIND: &'static str = "register_confirmed";
    type Shape = ConfirmationShape;

    fn code(&self) -> &str {
        &self.of
    }

    fn shape(&self) -> ConfirmationShape {
        self.content.clone()
    }

    fn read(of: &str, content: ConfirmationShape) -> Result<Confirmation, StoreError> {
        Ok(Confirmation { of: of.to_owned(), content })
    }
}
