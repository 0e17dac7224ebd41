//! What every endpoint works with: the record, the clock, the ministry's definitions, the book of figures.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::{Context, Result};
use futures::future::BoxFuture;
use jiff::Timestamp;
use jiff::civil::Date;
use measure::{Portal, PortalCode};
use model::unit::Bodies;
use model::{Body, BodyCode, Catalogue, Seq, Units};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{
    CountedEvents, EventFilter, IdempotencyKey, Store, StoreError, Tx, WriteError, Written,
};
use workflow::{Template, TemplateCode};

use crate::api::figures::Stated;
use crate::auth::Known;
use crate::auth::attempts::{Attempts, Remembered};
use crate::auth::password::Passwords;
use crate::beacon::Beacon;
use crate::book::Book;
use crate::clock::Clock;
use crate::config::{Config, Smtp};
use crate::forms::{KeptCells, KeptRows};
use crate::measured::MeasuredKept;
use crate::problem::{Answer, Problem};
use crate::seal::Sealer;
use crate::words::Message;

/// The kind of the event that tells every server to read the definitions again.
pub const DEFINITIONS_CHANGED: &str = "definitions_changed";
/// The kind of the event that a form was published, which tells them so too.
pub const TEMPLATE_PUBLISHED: &str = "template_published";

/// Units, indicators, bodies and templates as they are now. Replaced whole when one changes.
pub struct Ministry {
    /// The tree, in time.
    pub units: Arc<Units>,
    /// The indicators.
    pub catalogue: Arc<Catalogue>,
    /// The offices that answer for units.
    pub bodies: Bodies,
    /// The portals that tell what happens on them, by code.
    pub portals: BTreeMap<PortalCode, Portal>,
    /// Every version of every template.
    pub templates: BTreeMap<(TemplateCode, u32), Arc<Template>>,
    /// Up to where the record was read for this.
    pub seq: Seq,
}

impl Ministry {
    /// Every version of a template, the last one first.
    pub fn versions<'a, 'b>(
        &'a self,
        code: &'b str,
    ) -> impl Iterator<Item = &'a Template> + use<'a, 'b> {
        let versions = self.templates.values().rev().map(Arc::as_ref);
        versions.filter(move |template| template.code.as_str() == code)
    }

    /// The last version of a template, which may be filled only from a later day on.
    pub fn template(&self, code: &str) -> Option<&Template> {
        self.versions(code).next()
    }

    /// The version of a template that is filled for the periods that end on a day.
    pub fn template_on(&self, code: &str, day: Date) -> Option<&Template> {
        let is_begun = |one: &&Template| one.valid_from.is_none_or(|from| from <= day);
        self.versions(code).find(is_begun)
    }

    /// The version of each template that is filled for the periods that end on a day, by code.
    pub fn templates_on(&self, day: Date) -> Vec<&Template> {
        let is_begun = |one: &&Template| one.valid_from.is_none_or(|from| from <= day);
        let begun = self.templates.values().map(Arc::as_ref).filter(is_begun);
        let last: BTreeMap<&TemplateCode, &Template> = begun.map(|one| (&one.code, one)).collect();
        last.into_values().collect()
    }

    /// A body, or the refusal that names the nearest ones.
    pub fn body(&self, code: &str) -> Answer<&Body> {
        self.bodies.get(code).ok_or_else(|| {
            let nearest = model::text::nearest(code, self.bodies.keys().map(BodyCode::as_str));
            Problem::from(Message::UnknownBody(code.chars().take(60).collect())).suggesting(nearest)
        })
    }
}

/// The state of the server; clones are the same.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// What is shared.
pub struct Shared {
    /// The record and everything beside it.
    pub store: Store,
    /// What time it is here.
    pub clock: Clock,
    /// The figures that were asked about.
    pub book: Arc<Book>,
    /// What was worked out beside forms.
    pub rows: KeptRows,
    /// The cells of forms that were read a moment ago.
    pub cells: KeptCells,
    /// Hashing and verifying.
    pub passwords: Passwords,
    /// Failures to sign in.
    pub attempts: Attempts,
    /// Links opened that do not exist, by where they were opened from.
    pub link_attempts: Attempts,
    /// Pairs verified a moment ago.
    pub remembered: Remembered,
    /// Accounts looked up a moment ago.
    pub known: Known,
    /// Whether cookies carry `Secure`.
    pub secure_cookies: bool,
    /// The address for links.
    pub address: String,
    /// Since when this server answers.
    pub started_at: Timestamp,
    /// Where reminders go out.
    pub smtp: Option<Smtp>,
    /// What encrypts secrets of other systems.
    pub sealer: Sealer,
    /// The events of portals, once the first one came.
    pub(crate) beacon: tokio::sync::OnceCell<Beacon>,
    /// What was read of the log of events and is not yet counted.
    pub(crate) counting: tokio::sync::Mutex<Option<CountedEvents>>,
    pub(crate) config: Config,
    /// What systems measure, for the forms that need not ask for it.
    pub measured: MeasuredKept,
    /// What was stated of cells, for the page of contradictions.
    pub stated: tokio::sync::Mutex<Stated>,
    ministry: RwLock<Arc<Ministry>>,
    sealing_key: tokio::sync::OnceCell<String>,
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// Opens the record under a clock.
pub async fn open_store(config: &Config, clock: Clock) -> Result<Store> {
    if config.postgres.is_none() {
        std::fs::create_dir_all(&config.data)
            .with_context(|| format!("making {}", config.data.display()))?;
    }
    let database = config.database();
    let now: store::Clock = Arc::new(move || clock.now());
    Store::open(&database, now)
        .await
        .with_context(|| format!("opening {}", without_password(&database)))
}

fn without_password(url: &str) -> String {
    match url.rsplit_once('@') {
        Some((_, place)) if url.starts_with("postgres") => format!("postgres://…@{place}"),
        _ => url.to_owned(),
    }
}

impl App {
    /// The state over an open record.
    pub async fn new(store: Store, clock: Clock, config: &Config) -> Result<App> {
        let ministry = read_ministry(&store).await?;
        let most_bytes = config.cube_memory_mb.bytes();
        let book = Book::open(&store, &ministry, &config.data, most_bytes).await?;
        let shared = Shared {
            book: Arc::new(book),
            rows: KeptRows::default(),
            cells: KeptCells::default(),
            passwords: Passwords::new()?,
            attempts: Attempts::default(),
            link_attempts: Attempts::default(),
            remembered: Remembered::default(),
            known: Known::default(),
            secure_cookies: config.cookies_are_secure(),
            address: config.address(),
            smtp: config.smtp.clone(),
            started_at: clock.now(),
            sealer: Sealer::of_folder(&config.data)?,
            beacon: tokio::sync::OnceCell::new(),
            counting: tokio::sync::Mutex::default(),
            config: config.clone(),
            measured: MeasuredKept::default(),
            stated: tokio::sync::Mutex::default(),
            ministry: RwLock::new(Arc::new(ministry)),
            sealing_key: tokio::sync::OnceCell::new(),
            clock,
            store,
        };
        Ok(App(Arc::new(shared)))
    }

    /// What time it is here.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The definitions as they are now.
    pub fn ministry(&self) -> Arc<Ministry> {
        self.ministry.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The key of this installation, with which it seals what goes out and comes back. Made when it is first needed,
    /// the same on every server of a database, and part of its backups.
    pub async fn sealing_key(&self) -> Answer<&str> {
        const NAME: &str = "sealing_key";
        let key = self.sealing_key.get_or_try_init(async || {
            if let Some(key) = self.store.read().await?.setting(NAME).await? {
                return Ok::<String, Problem>(key);
            }
            let fresh = crate::auth::hex(&rand::random::<[u8; 32]>());
            let made = self.write(None, move |tx| {
                Box::pin(async move { Ok(tx.setting_or(NAME, &fresh).await?) })
            });
            Ok(made.await?.value)
        });
        Ok(key.await?)
    }

    /// Reads the definitions again.
    pub async fn read_ministry_again(&self) -> Result<()> {
        let read = Arc::new(read_ministry(&self.store).await?);
        *self.ministry.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }

    /// Carries out a command once per Idempotency-Key and answers when it is on disk.
    pub async fn write<T, F>(&self, key: Option<IdempotencyKey>, command: F) -> Answer<Written<T>>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> BoxFuture<'a, Answer<T>> + Send + 'static,
    {
        self.store.write(key, command).await.map_err(|error| match error {
            WriteError::Refused(problem) => problem,
            WriteError::KeyReused => Message::KeyReused.into(),
            WriteError::Failed(error) => error.into(),
        })
    }

    /// Follows definitions that another server changed, until the store is closed.
    pub async fn follow_definitions(self) {
        let mut head = self.store.head_changes();
        while head.changed().await.is_ok() {
            tokio::time::sleep(Duration::from_millis(200)).await;
            head.borrow_and_update();
            if let Err(error) = self.read_ministry_if_changed().await {
                tracing::error!("reading the definitions again: {error:#}");
            }
        }
    }

    async fn read_ministry_if_changed(&self) -> Result<()> {
        for kind in [DEFINITIONS_CHANGED, TEMPLATE_PUBLISHED] {
            let asked =
                EventFilter { kind: Some(kind.to_owned()), limit: 1, ..EventFilter::default() };
            let last = self.store.read().await?.events(&asked).await?.pop();
            if last.is_some_and(|event| event.seq > self.ministry().seq) {
                self.read_ministry_again().await?;
            }
        }
        Ok(())
    }
}

/// A failure of the database: logged, shown as "try later".
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        anyhow::Error::from(error).into()
    }
}

async fn read_ministry(store: &Store) -> Result<Ministry> {
    let mut reader = store.read().await?;
    let seq = reader.head().await?.seq;
    let defined = reader.definitions_as_known_at(seq).await?;
    Ok(Ministry {
        units: Arc::new(Units::new(defined.units).context("the units of the record")?),
        catalogue: Arc::new(Catalogue::new(defined.indicators)),
        bodies: defined.bodies.into_iter().map(|body| (body.code.clone(), body)).collect(),
        portals: defined.portals.into_iter().map(|one| (one.code.clone(), one)).collect(),
        templates: defined
            .templates
            .into_iter()
            .map(|one| ((one.code.clone(), one.version), Arc::new(one)))
            .collect(),
        seq,
    })
}
