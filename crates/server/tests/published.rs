//! The whole demonstration answers what was published, to the printed digit, and the same from both databases.

use std::collections::HashMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use model::Decimal;
use serde_json::Value;
use server::clock::Clock;
use server::config::Config;
use server::state::App;
use tower::ServiceExt;

#[tokio::test(flavor = "multi_thread")]
async fn every_published_figure_that_is_checked_comes_out_to_the_printed_digit() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { data: folder.path().to_owned(), ..Config::default() };
    let demonstration = Demonstration::load(config).await;
    let rows = published_rows();
    assert!(rows.len() > 50, "only {} rows are checked", rows.len());
    let mut wrong = vec![];
    for row in &rows {
        let answer = demonstration.ask(&question(row)).await;
        let value = &answer["values"][0];
        let same = |name: &str, printed: &str| match value[name].as_str().map(Decimal::parse) {
            Some(Ok(number)) => Decimal::parse(printed) == Ok(number),
            _ => printed.is_empty(),
        };
        if !(same("value", &row["value"])
            && same("upper", &row["upper"])
            && (row["of"].is_empty() || same("of", &row["of"])))
        {
            wrong.push(format!(
                "{}: {} {} {} printed, answered {value}",
                question(row),
                row["value"],
                row["upper"],
                row["of"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    let Ok(postgres) = std::env::var("QUANTRAC_TEST_POSTGRES") else {
        println!(
            "QUANTRAC_TEST_POSTGRES is not set: the demonstration is not compared with PostgreSQL"
        );
        return;
    };
    compare_with_postgres(&demonstration, &postgres, &rows).await;
}

/// What differs between two loads of the same past (the moment of loading) is in no answer about it.
async fn compare_with_postgres(on_sqlite: &Demonstration, postgres: &str, rows: &[Row]) {
    let name = format!("published_{}", std::process::id());
    let made = std::process::Command::new("createdb")
        .args(["--maintenance-db", postgres, &name])
        .status()
        .expect("createdb comes with PostgreSQL's client");
    assert!(made.success(), "createdb {name}: {made}");
    let (server, _) = postgres.rsplit_once('/').unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        data: folder.path().to_owned(),
        postgres: Some(format!("{server}/{name}")),
        ..Config::default()
    };
    let on_postgres = Demonstration::load(config).await;
    let boards = ["TN.*", "BC.*", "CDS.*"].map(|sector| {
        format!(
            "/api/v1/values?indicator={sector}&unit=VN,R4,52,@ministries&period=2024-06,2024-S1,2023&measure=level,change_on_year,share_of_plan,ytd"
        )
    });
    let past =
        "/api/v1/values?indicator=TN.NSNN&unit=VN,79&period=2022&as_of=2022-12-31".to_owned();
    for asked in rows.iter().map(question).chain(boards).chain([past]) {
        assert_eq!(on_sqlite.ask(&asked).await, on_postgres.ask(&asked).await, "{asked}");
    }
}

type Row = HashMap<String, String>;

fn published_rows() -> Vec<Row> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../demonstration/data/published_figures.csv");
    let mut rows = csv::Reader::from_path(file).unwrap();
    rows.deserialize().map(|row| row.unwrap()).filter(|row: &Row| row["check"] == "yes").collect()
}

fn question(row: &Row) -> String {
    format!(
        "/api/v1/values?indicator={}&unit={}&period={}&measure={}&source={}",
        row["indicator"], row["unit"], row["period"], row["measure"], row["source"]
    )
}

/// A loaded demonstration with somebody signed in.
struct Demonstration {
    router: Router,
    cookie: String,
}

impl Demonstration {
    async fn load(config: Config) -> Demonstration {
        let clock = Clock::demonstration(&config.data, None).unwrap();
        server::cli::load_demonstration(&config, clock.now()).await.unwrap();
        let store = server::state::open_store(&config, clock).await.unwrap();
        let router = server::http::router(App::new(store, clock, &config).await.unwrap());
        let request = Request::post("/api/v1/session")
            .header("content-type", "application/json")
            .body(Body::from("{\"user\":\"bo.phantich\",\"password\":\"quantrac-demo\"}"));
        let response = router.clone().oneshot(request.unwrap()).await.unwrap();
        let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
        Demonstration { router, cookie }
    }

    async fn ask(&self, path: &str) -> Value {
        let request =
            Request::get(path).header("cookie", &self.cookie).body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }
}
