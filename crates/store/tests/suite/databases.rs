//! A fresh database for each test, of either kind, and a clock that the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use jiff::Timestamp;
use model::{Cell, Figure, Observation, Source, Status};
use sqlx::{AssertSqlSafe, Connection};
use store::{NewObservation, Origin, OriginKind, Store, StoreError, WriteError, Written};

/// An empty store; its database goes when this is dropped, or with the throw-away server.
pub struct Fresh {
    pub store: Store,
    pub url: String,
    pub clock: TestClock,
    /// Goes with it.
    _folder: tempfile::TempDir,
}

/// Stands still until it is moved.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub fn at(instant: &str) -> TestClock {
        TestClock(Arc::new(AtomicI64::new(time(instant).as_microsecond())))
    }

    pub fn set(&self, instant: &str) {
        self.0.store(time(instant).as_microsecond(), Ordering::SeqCst);
    }

    pub fn clock(&self) -> store::Clock {
        let now = self.0.clone();
        Arc::new(move || Timestamp::from_microsecond(now.load(Ordering::SeqCst)).unwrap())
    }
}

pub fn time(instant: &str) -> Timestamp {
    instant.parse().unwrap()
}

pub const START: &str = "2024-08-05T08:00:00+07:00";

/// Runs a test on every database there is.
pub fn on_each(test: impl AsyncFn(Fresh)) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        test(sqlite().await).await;
        if let Some(fresh) = postgres().await {
            let url = fresh.url.clone();
            test(fresh).await;
            drop_database(&url).await;
        }
    });
}

pub async fn sqlite() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("record.db").display());
    open(url, folder).await
}

/// A database of its own on the test server.
pub async fn postgres() -> Option<Fresh> {
    let folder = tempfile::tempdir().unwrap();
    Some(open(postgres_url().await?, folder).await)
}

pub async fn postgres_url() -> Option<String> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let Ok(server) = std::env::var("QUANTRAC_TEST_POSTGRES") else {
        eprintln!("skipped on PostgreSQL: QUANTRAC_TEST_POSTGRES is not set");
        return None;
    };
    let name = format!("suite_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
    let mut admin = sqlx::PgConnection::connect(&server).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut admin)
        .await
        .unwrap();
    let (server, _) = server.rsplit_once('/').unwrap();
    Some(format!("{server}/{name}"))
}

async fn drop_database(url: &str) {
    let (server, name) = url.rsplit_once('/').unwrap();
    let mut admin = sqlx::PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
    let drop = AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"));
    sqlx::raw_sql(drop).execute(&mut admin).await.unwrap();
}

async fn open(url: String, folder: tempfile::TempDir) -> Fresh {
    let clock = TestClock::at(START);
    let store = Store::open(&url, clock.clock()).await.unwrap();
    Fresh { store, url, clock, _folder: folder }
}

/// `"BC.DOANHTHU 52 2024-06 412.5"` as a reported final figure; `-` for a figure that is missing.
pub fn stated(line: &str) -> NewObservation {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [indicator, unit, period, figure] = words[..] else {
        panic!("indicator unit period figure: {line}")
    };
    NewObservation::of(
        cell(&format!("{indicator} {unit} {period}")),
        number(figure),
        Source::Reported,
        Status::Final,
    )
}

pub fn cell(line: &str) -> Cell {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [indicator, unit, period] = words[..] else { panic!("indicator unit period: {line}") };
    Cell {
        indicator: model::IndicatorCode::parse(indicator).unwrap(),
        unit: model::UnitCode::parse(unit).unwrap(),
        period: model::Period::parse(period).unwrap(),
        breakdown: model::Breakdown::TOTAL,
        measure: model::Measure::Level,
    }
}

pub fn number(text: &str) -> Figure {
    match text {
        "-" => Figure::Absent(model::Absence::Missing),
        _ => Figure::Number(model::Decimal::parse(text).unwrap()),
    }
}

pub fn import() -> Origin {
    Origin::named(OriginKind::Import, "Tệp nhập", "Imported file")
}

/// States these lines in one commit.
pub async fn state(store: &Store, lines: &[&str]) -> Written<()> {
    let observations: Vec<NewObservation> = lines.iter().map(|line| stated(line)).collect();
    let written: Result<_, WriteError<StoreError>> = store
        .write(None, move |tx| {
            Box::pin(async move { tx.append(&import(), &observations).await.map(drop) })
        })
        .await;
    written.unwrap()
}

/// `"3.0 BC.DOANHTHU 52 2024-06 412.5"`, a line each.
pub fn print(observations: &[Observation]) -> String {
    let line = |one: &Observation| {
        let shown = match one.figure {
            Figure::Absent(reason) => reason.code().to_owned(),
            figure => figure.shown().unwrap().at_own_scale(),
        };
        let Cell { indicator, unit, period, .. } = &one.cell;
        format!("{}.{} {indicator} {unit} {period} {shown}\n", one.seq, one.ordinal)
    };
    observations.iter().map(line).collect()
}
