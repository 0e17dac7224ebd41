//! The command line: the same program serves, loads, saves and checks.

pub(crate) mod demo;

pub use demo::load as load_demonstration;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Parser, Subcommand};
use jiff::SignedDuration;
use jiff::civil::Date;
use store::{NewAccount, NewEvent};
use workflow::{Grant, Language};

use crate::api::reports;
use crate::auth;
use crate::clock::{self, Clock};
use crate::config::Config;
use crate::import::{self, Closed};
use crate::serve::serve;
use crate::state::{App, open_store};

/// The number system of a ministry: ask once, measure what can be measured, answer everything from the same numbers.
#[derive(Parser)]
#[command(name = "quantrac", version, about, max_term_width = 100)]
struct Quantrac {
    /// The configuration; without it, defaults
    #[arg(long, global = true, value_name = "FILE", env = "QUANTRAC_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the ministry that is kept here
    Serve(Place),
    /// Loads the demonstration ministry once, and serves it
    Demo(Demo),
    /// Starts an empty ministry and prints a one-time link for its first administrator
    Init(Init),
    /// Brings the record's schema up to date
    Migrate(Place),
    /// Records the observations of a file, all or nothing
    #[command(long_about = import::HELP)]
    Import {
        /// CSV, or JSON when its name ends so
        file: PathBuf,
        /// Checks only
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Writes a report as a page that prints on A4
    Report {
        /// Which: 2024-S1
        id: String,
        /// Where to
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// As known at: a seq, an instant, or a day
        #[arg(long)]
        as_of: Option<String>,
        /// vi or en
        #[arg(long, default_value = "vi")]
        lang: String,
        #[command(flatten)]
        place: Place,
    },
    /// Writes a backup, consistent while people work
    Backup {
        /// Where to
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Puts a backup into an empty record
    Restore {
        /// Where from
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Checks the record: sums, order of seq, orphaned rows
    Verify(Place),
}

/// Where the record is and where to listen; each overrides the configuration.
#[derive(Args, Clone)]
struct Place {
    /// Port on 127.0.0.1
    #[arg(long)]
    port: Option<u16>,
    /// Where the record is kept
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Keep the record in this PostgreSQL instead
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
}

#[derive(Args)]
struct Demo {
    #[command(flatten)]
    place: Place,
    /// The day the demonstration's clock stands at, instead of 2024-08-05
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
}

#[derive(Args)]
struct Init {
    #[command(flatten)]
    place: Place,
    /// What the first administrator signs in as
    #[arg(long, default_value = "quantri", value_name = "NAME")]
    admin: String,
}

impl Place {
    fn over(&self, mut config: Config) -> Config {
        if let Some(port) = self.port {
            config.listen = SocketAddr::from(([127, 0, 0, 1], port));
        }
        if let Some(data) = &self.data {
            config.data.clone_from(data);
        }
        if let Some(postgres) = &self.postgres {
            config.postgres = Some(postgres.clone());
        }
        config
    }
}

/// Runs what the command line says.
pub fn run() -> ExitCode {
    let asked = Quantrac::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,sqlx=error,server=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("quantrac: starting: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(asked.run()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("quantrac: {error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Quantrac {
    async fn run(self) -> Result<ExitCode> {
        let config = Config::read(self.config.as_deref())?;
        match self.command {
            Command::Serve(place) => {
                let config = place.over(config);
                let clock = clock_of(&config)?;
                let store = open_store(&config, clock).await?;
                let app = App::new(store, clock, &config).await?;
                serve(app, config.listen).await?;
            }
            Command::Demo(asked) => demo::run(asked.place.over(config), asked.today).await?,
            Command::Init(asked) => init(&asked.place.over(config), &asked.admin).await?,
            Command::Migrate(place) => {
                let config = place.over(config);
                open_store(&config, Clock::real()).await?.close().await;
                eprintln!("the schema is up to date");
            }
            Command::Import { file, dry_run, place } => {
                return import_file(&place.over(config), &file, dry_run).await;
            }
            Command::Report { id, out, as_of, lang, place } => {
                let config = place.over(config);
                let clock = clock_of(&config)?;
                let language = Language::parse(&lang).context("--lang is vi or en")?;
                let app = App::new(open_store(&config, clock).await?, clock, &config).await?;
                let page =
                    reports::printed(&app, &id, language, as_of.as_deref(), "quantrac report")
                        .await;
                let page = page.map_err(|problem| anyhow!(problem.message.text(language)))?;
                std::fs::write(&out, page).with_context(|| format!("writing {}", out.display()))?;
                app.store.clone().close().await;
            }
            Command::Backup { file, place } => {
                let store = open_store(&place.over(config), Clock::real()).await?;
                let written = store
                    .backup(&file)
                    .await
                    .with_context(|| format!("writing {}", file.display()))?;
                eprintln!("{written:?}");
                store.close().await;
            }
            Command::Restore { file, place } => {
                let store = open_store(&place.over(config), Clock::real()).await?;
                let read = store
                    .restore(&file)
                    .await
                    .with_context(|| format!("reading {}", file.display()))?;
                eprintln!("{read:?}");
                store.close().await;
            }
            Command::Verify(place) => {
                let store = open_store(&place.over(config), Clock::real()).await?;
                let found = store.verify().await?;
                println!("{found:#?}");
                let whole = found.is_whole();
                store.close().await;
                return Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE });
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Records a file's observations; what is found is printed, a line each.
async fn import_file(config: &Config, file: &Path, dry_run: bool) -> Result<ExitCode> {
    let clock = clock_of(config)?;
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let app = App::new(open_store(config, clock).await?, clock, config).await?;
    let (ministry, today) = (app.ministry(), clock::local_date(app.now()));
    let closed = Closed::read(&mut app.store.read().await?, &ministry).await?;
    let read = if file.extension().is_some_and(|extension| extension == "json") {
        import::read_json(&bytes, &ministry, &closed, today)
            .map_err(|problem| anyhow!(problem.message.text(Language::default())))?
    } else {
        import::read_csv(&bytes, &ministry, &closed, today)
    };
    for found in &read.findings {
        let (row, column) =
            (found.at.row.unwrap_or_default(), found.at.column.as_deref().unwrap_or("-"));
        println!("{}:{row}:{column}: {}", file.display(), found.message.text(Language::default()));
    }
    if read.found > 0 {
        bail!("{} findings in {} rows; nothing was recorded", read.found, read.rows);
    }
    if !dry_run {
        let name =
            file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let origin = crate::api::import::origin(&name, today, None);
        let recorded = app.store.append_all(origin, read.observations).await?;
        eprintln!("{} rows were recorded as {recorded}", read.rows);
    } else {
        eprintln!("{} rows could be recorded", read.rows);
    }
    app.store.clone().close().await;
    Ok(ExitCode::SUCCESS)
}

/// The demonstration keeps its own clock wherever it is served from.
fn clock_of(config: &Config) -> Result<Clock> {
    if demo::is_in(&config.data) {
        Clock::demonstration(&config.data, None)
    } else {
        Ok(Clock::real())
    }
}

/// An empty ministry: one account without a password, and the link to set it, which works once.
async fn init(config: &Config, admin: &str) -> Result<()> {
    if demo::is_in(&config.data) {
        bail!(
            "{} holds the demonstration; an empty ministry needs a place of its own",
            config.data.display()
        );
    }
    let store = open_store(config, Clock::real()).await?;
    if store.head().seq.0 != 0 || !store.read().await?.accounts().await?.is_empty() {
        bail!("something is recorded here already");
    }
    let (secret, hash) = auth::new_secret();
    let account = NewAccount {
        login: admin.to_owned(),
        name: "Quản trị".to_owned(),
        email: None,
        password: None,
        lang: Language::default(),
        grants: vec![Grant::Admin],
    };
    let started = store.write(None, move |tx| {
        Box::pin(async move {
            let id = tx.add_account(&account).await?;
            let ends = tx.now().checked_add(SignedDuration::from_hours(24)).unwrap_or(tx.now());
            tx.add_reset_link(id, &hash, ends).await?;
            tx.set_setting("ministry", "real").await?;
            tx.event(NewEvent { kind: "ministry_started".into(), ..NewEvent::default() }).await?;
            Ok::<(), store::StoreError>(())
        })
    });
    started.await?;
    let ends = clock::rfc3339(store.now().checked_add(SignedDuration::from_hours(24))?);
    store.close().await;
    println!("{}/dat-mat-khau?token={secret}", config.address());
    eprintln!("the link sets the password of “{admin}”, once, until {ends}; then: quantrac serve");
    Ok(())
}
