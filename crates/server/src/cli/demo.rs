//! `quantrac demo`: the demonstration ministry, loaded once into an empty record, then served.
//!
//! Its accounts and their one password are made here and nowhere else, so a ministry that was started
//! by `init` cannot have them.

mod july;
pub(crate) mod sample;
mod traffic;

use std::collections::{HashMap, HashSet};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use demonstration::{Commit, Kind};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use measure::{Portal, PortalCode, SiteKey};
use model::{Figure, Observation, PersonId, Source, Status, UnitCode, Validity};
use serde_json::json;
use store::{HistoryCommit, NewAccount, NewEvent, NewObservation, Origin, OriginKind, Store, Tx};
use workflow::Language;
use workflow::deadline::day_of;

use crate::auth::password::hash;
use crate::auth::secret_hash;
use crate::clock::{Clock, time_zone};
use crate::config::Config;
use crate::forms::last_ended;
use crate::serve::serve;
use crate::state::{App, open_store};
use traffic::Doors;

/// Stands in the data folder of a demonstration.
const MARK: &str = "clock";
/// What is kept here while the demonstration is being loaded.
const LOADING: &str = "demonstration being loaded";

/// Whether a folder holds the demonstration.
pub(super) fn is_in(data: &Path) -> bool {
    data.join(MARK).exists()
}

/// Loads what is missing, and serves.
pub(super) async fn run(config: Config, today: Option<Date>) -> Result<()> {
    std::fs::create_dir_all(&config.data)
        .with_context(|| format!("making {}", config.data.display()))?;
    let clock = Clock::demonstration(&config.data, today)?;
    let store = open_store(&config, clock).await?;
    // Not in the match itself, which would hold the connection for as long as the loading takes.
    let kept = store.read().await?.setting("ministry").await?;
    match kept.as_deref() {
        Some("demonstration") => {}
        Some(LOADING) => {
            store.close().await;
            begin_anew(&config)?;
            return Err(start_again());
        }
        Some(_) => {
            bail!("a real ministry is kept here; the demonstration needs a place of its own")
        }
        None => {
            store.close().await;
            let started = Instant::now();
            load(&config, clock.now()).await?;
            eprintln!("the demonstration was loaded in {:.1} s", started.elapsed().as_secs_f64());
            return Err(start_again());
        }
    }
    let app = App::new(store, clock, &config).await?;
    tokio::spawn(sample::connect(app.clone(), config.listen));
    serve(app, config.listen).await
}

/// Takes away what an interrupted loading left, and nothing else.
fn begin_anew(config: &Config) -> Result<()> {
    if config.postgres.is_some() {
        bail!(
            "loading the demonstration was interrupted; it needs an empty database to begin anew"
        );
    }
    for name in ["quantrac.db", "quantrac.db-wal", "quantrac.db-shm"] {
        let path = config.data.join(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("removing {}", path.display()));
            }
            Ok(()) | Err(_) => {}
        }
    }
    let events = config.data.join("events");
    if events.exists() {
        std::fs::remove_dir_all(&events)
            .with_context(|| format!("removing {}", events.display()))?;
    }
    Ok(())
}

/// Begins anew as this same program, so that what loading needed of memory is not kept while serving.
fn start_again() -> anyhow::Error {
    match std::env::current_exe() {
        Ok(program) => {
            let error =
                std::process::Command::new(program).args(std::env::args_os().skip(1)).exec();
            anyhow::Error::from(error).context("starting again after loading")
        }
        Err(error) => anyhow::Error::from(error).context("finding this program"),
    }
}

/// Loads the demonstration as it is at a moment into an empty record, and closes it.
///
/// The past comes in two parts, because the portals send June on the first of July and a record goes forwards only.
pub async fn load(config: &Config, now: Timestamp) -> Result<()> {
    let first_of_july = morning(7);
    let clock = Clock::standing_at(first_of_july);
    let store = open_store(config, clock).await?;
    say("figures from January 2018 to May 2024");
    let (before, after): (Vec<Commit>, Vec<Commit>) =
        demonstration::history().partition(|commit| commit.recorded_at <= first_of_july);
    load_before(&store, before).await?;
    let app = App::new(store.clone(), clock, config).await?;
    let mut doors = Doors::open(app, clock).await?;
    say("what happened on the portals in June 2024");
    let (first, last) = traffic::in_june();
    doors.tell(first, last).await?;
    doors.send(last, first_of_july).await?;
    say("figures of June 2024, and July as it is open");
    clock.set(now);
    load_after(&store, after).await?;
    say("what happened on the portals in July 2024");
    let (first, last) = traffic::since_july();
    doors.tell(first, last).await?;
    doors.send(last, now).await?;
    doors.close().await?;
    let loaded = store.write(None, move |tx| {
        Box::pin(async move {
            tx.set_setting("ministry", "demonstration").await?;
            tx.event(NewEvent { kind: "ministry_started".into(), ..NewEvent::default() }).await?;
            Ok::<(), anyhow::Error>(())
        })
    });
    loaded.await?;
    store.close().await;
    Ok(())
}

/// Six in the morning of the first day of a month of 2024.
fn morning(month: i8) -> Timestamp {
    let moment = date(2024, month, 1).at(6, 0, 0, 0).to_zoned(time_zone());
    moment.expect("a fixed offset has every moment").timestamp()
}

/// The past up to the first of July, and everything that is defined.
async fn load_before(store: &Store, history: Vec<Commit>) -> Result<()> {
    let password = hash(demonstration::PASSWORD)?;
    let loaded = store.write(None, move |tx| {
        Box::pin(async move {
            tx.set_setting("ministry", LOADING).await?;
            for account in demonstration::accounts() {
                tx.add_account(&new_account(account, &password)).await?;
            }
            let people = people(tx).await?;
            let recorded = history.into_iter().map(|commit| history_commit(commit, &people));
            let mut commits: Vec<HistoryCommit> = recorded.collect();
            for (month, said) in demonstration::measured_spring_2024() {
                commits.push(measured(month, said));
            }
            commits.sort_by_key(|commit| commit.recorded_at);
            tx.load_history(&commits).await.map_err(anyhow::Error::from)?;
            drop(commits);
            say("units, indicators and templates");
            tx.define_units(&demonstration::units()).await?;
            tx.define_bodies(&demonstration::bodies()).await?;
            tx.define_indicators(&demonstration::indicators()).await?;
            tx.define_templates(&demonstration::templates()).await?;
            tx.define_inventory(&demonstration::duties(), 0, None).await?;
            tx.define_portals(&[sample_portal()]).await?;
            tx.define_portals(&portals()).await?;
            for (register, entries) in demonstration::registers() {
                tx.state_entries(register, &entries, None).await?;
            }
            for (portal, day) in demonstration::dossiers() {
                tx.keep_dossier_day(portal.as_str(), &day).await?;
            }
            Ok::<(), anyhow::Error>(())
        })
    });
    loaded.await?;
    Ok(())
}

/// The past since the first of July, and the forms that are open.
async fn load_after(store: &Store, history: Vec<Commit>) -> Result<()> {
    let loaded = store.write(None, move |tx| {
        Box::pin(async move {
            let people = people(tx).await?;
            let templates = demonstration::templates();
            let today = day_of(tx.now());
            let mut commits: Vec<HistoryCommit> = vec![];
            for commit in history {
                let mut recorded = history_commit(commit.clone(), &people);
                if let Kind::Submission { template, period } = &commit.kind
                    && let Some(form) = templates.iter().find(|form| form.code == *template)
                    && last_ended(form, today) == Some(*period)
                {
                    july::closed(tx, &people, form, &commit, &mut recorded).await?;
                }
                commits.push(recorded);
            }
            commits.extend(july::open(tx, &people).await?);
            commits.push(measured(7, demonstration::measured_july_2024()));
            commits.sort_by_key(|commit| commit.recorded_at);
            tx.continue_history(&commits).await.map_err(anyhow::Error::from)?;
            Ok::<(), anyhow::Error>(())
        })
    });
    loaded.await?;
    Ok(())
}

/// Accounts by the name they sign in with.
async fn people(tx: &mut Tx) -> Result<HashMap<String, PersonId>> {
    let accounts = tx.accounts().await?;
    Ok(accounts.into_iter().map(|account| (account.login, account.id)).collect())
}

/// The provinces' portals; those that send have their secrets.
fn portals() -> Vec<Portal> {
    let sending: HashSet<PortalCode> = demonstration::traffic::telling().into_iter().collect();
    let with_secret = |portal: Portal| Portal {
        secret_hash: sending
            .contains(&portal.code)
            .then(|| secret_hash(&traffic::secret_of(&portal.code))),
        ..portal
    };
    demonstration::portals().into_iter().map(with_secret).collect()
}

/// The portal of `web/sample/portal.mjs`, of which everything is known: it exists to be tried out.
fn sample_portal() -> Portal {
    Portal {
        code: PortalCode::parse("52-mau").expect("a code"),
        unit: UnitCode::parse("52").expect("a code"),
        name_vi: "Cổng dịch vụ công mẫu tỉnh Bình Định".into(),
        name_en: "Sample public service portal of Binh Dinh".into(),
        address: "http://127.0.0.1:8099".into(),
        validity: Validity::ALWAYS,
        site_keys: vec![SiteKey { key: "mau52quantracdemo".into(), ended_at: None }],
        secret_hash: Some(secret_hash("quantrac-demo-portal")),
        is_trial: true,
        pages_see_all_since: None,
        respects_do_not_track: true,
    }
}

/// A commit of the demonstration as the record keeps it.
fn history_commit(commit: Commit, people: &HashMap<String, PersonId>) -> HistoryCommit {
    let template = match &commit.kind {
        Kind::Submission { template, .. } | Kind::Correction { template, .. } => {
            Some(template.to_string())
        }
        Kind::Release { .. } | Kind::Plan { .. } => None,
    };
    let (origin, event, period, reason) = match &commit.kind {
        Kind::Submission { period, .. } => {
            (OriginKind::Submission, "section_sign", Some(*period), None)
        }
        Kind::Correction { reason_vi, .. } => {
            (OriginKind::Submission, "section_correct", None, Some(*reason_vi))
        }
        Kind::Release { .. } => (OriginKind::Release, "published", None, None),
        Kind::Plan { year } => (OriginKind::Plan, "plan_set", Some(*year), None),
    };
    let actor = people.get(&commit.actor).copied();
    let event = NewEvent {
        kind: event.to_owned(),
        actor,
        body: Some(commit.body),
        period,
        detail: json!({ "template": template, "label_vi": commit.label_vi, "label_en": commit.label_en, "reason": reason }),
        ..NewEvent::default()
    };
    let origin = Origin {
        kind: origin,
        label_vi: commit.label_vi,
        label_en: commit.label_en,
        submission: None,
        section: None,
        reason: reason.map(str::to_owned),
        actor,
    };
    let mut words: HashMap<u32, String> = commit.words.into_iter().collect();
    let observations = commit.observations.into_iter().map(|said| {
        let words = words.remove(&said.ordinal);
        new_observation(said, words)
    });
    HistoryCommit {
        recorded_at: commit.recorded_at,
        statements: vec![(origin, observations.collect())],
        events: vec![event],
    }
}

/// What systems measured of a month of 2024, as they would say it on the first morning of the next.
fn measured(month: i8, said: Vec<demonstration::Measured>) -> HistoryCommit {
    let said = said.into_iter().map(|one| NewObservation {
        measured_share: Some(one.share),
        synthetic: true,
        ..NewObservation::of(
            one.cell,
            Figure::Number(one.number),
            Source::Measured,
            Status::Provisional,
        )
    });
    let origin = Origin::named(
        OriginKind::Demonstration,
        &format!("Số đo trực tuyến tháng {month}/2024 (mô phỏng)"),
        &format!("Measured in {month}/2024 (synthetic)"),
    );
    HistoryCommit {
        recorded_at: morning(month + 1),
        statements: vec![(origin, said.collect())],
        events: vec![],
    }
}

fn new_observation(said: Observation, words: Option<String>) -> NewObservation {
    NewObservation {
        cell: said.cell,
        source: said.source,
        publisher: said.publisher,
        figure: said.figure,
        of: said.of,
        status: said.status,
        qualifier: said.qualifier,
        measured_share: said.measured_share,
        synthetic: said.synthetic,
        words,
    }
}

fn new_account(account: demonstration::Account, password: &str) -> NewAccount {
    NewAccount {
        login: account.user,
        name: account.name,
        email: Some(account.email),
        password: Some(password.to_owned()),
        lang: Language::default(),
        grants: vec![account.grant],
    }
}

fn say(what: &str) {
    eprintln!("loading {what}");
}
