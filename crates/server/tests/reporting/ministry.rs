//! A small ministry on a fresh database, its people, and what they ask the server.
//!
//! It has the demonstration's units, indicators, templates and people without the history, so a test
//! begins in well under a second; requests go through the whole router, as from outside.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use model::figure::Figure;
use model::unit::UnitKind;
use model::{Cell, Decimal, Measure, Period, Source, Status};
use serde_json::{Value, json};
use server::auth;
use server::clock::Clock;
use server::config::Config;
use server::state::App;
use store::{NewAccount, NewObservation, Origin, OriginKind, Store, StoreError};
use tower::ServiceExt;
use workflow::{Grant, Language};

use crate::described::{self, Answered};

/// A running ministry; its database goes when this is dropped, or with the throw-away server.
pub struct Ministry {
    pub app: App,
    postgres: Option<String>,
    /// Goes with it.
    _folder: tempfile::TempDir,
    pub router: Router,
    tokens: HashMap<String, String>,
}

/// Somebody who asks.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    ministry: &'a Ministry,
    user: &'a str,
}

/// What the server answered.
pub struct Reply {
    pub asked: String,
    pub status: u16,
    pub seq: Option<u64>,
    pub replayed: bool,
    pub body: Value,
}

/// Runs a test on every database there is.
pub fn on_each(test: impl AsyncFn(Ministry)) {
    runtime().block_on(async {
        test(Ministry::on_sqlite(Config::default()).await).await;
        match std::env::var("QUANTRAC_TEST_POSTGRES") {
            Ok(server) => test(Ministry::on_postgres(&server).await).await,
            Err(_) => eprintln!("skipped on PostgreSQL: QUANTRAC_TEST_POSTGRES is not set"),
        }
    });
}

/// Runs a test on PostgreSQL, if there is one, with its address.
pub fn on_postgres(test: impl AsyncFn(Ministry, String)) {
    let Ok(server) = std::env::var("QUANTRAC_TEST_POSTGRES") else {
        eprintln!("skipped: QUANTRAC_TEST_POSTGRES is not set");
        return;
    };
    runtime().block_on(async {
        let ministry = Ministry::on_postgres(&server).await;
        let postgres = ministry.postgres.clone().expect("it is on PostgreSQL");
        test(ministry, postgres).await;
    });
}

/// Runs a test on SQLite.
pub fn on_sqlite(test: impl AsyncFn(Ministry)) {
    on_sqlite_as(Config::default(), test);
}

/// Runs a test on SQLite with a configuration of its own; the folder is made here.
pub fn on_sqlite_as(config: Config, test: impl AsyncFn(Ministry)) {
    runtime().block_on(async { test(Ministry::on_sqlite(config).await).await });
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

impl Ministry {
    async fn on_sqlite(config: Config) -> Ministry {
        let folder = tempfile::tempdir().unwrap();
        let config = Config { data: folder.path().to_owned(), ..config };
        Ministry::over(folder, config).await
    }

    async fn on_postgres(server: &str) -> Ministry {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let name = format!("reporting_{}_{number}", std::process::id());
        let made = std::process::Command::new("createdb")
            .args(["--maintenance-db", server, &name])
            .status()
            .expect("createdb comes with PostgreSQL's client");
        assert!(made.success(), "createdb {name}: {made}");
        let (server, _) = server.rsplit_once('/').unwrap();
        let folder = tempfile::tempdir().unwrap();
        let postgres = Some(format!("{server}/{name}"));
        let config = Config { data: folder.path().to_owned(), postgres, ..Config::default() };
        Ministry::over(folder, config).await
    }

    async fn over(folder: tempfile::TempDir, config: Config) -> Ministry {
        let clock = Clock::demonstration(folder.path(), None).unwrap();
        let store = server::state::open_store(&config, clock).await.unwrap();
        let tokens = furnish(&store, |_| true).await;
        Ministry::serving(store, clock, folder, config, tokens).await
    }

    async fn serving(
        store: Store,
        clock: Clock,
        folder: tempfile::TempDir,
        config: Config,
        tokens: HashMap<String, String>,
    ) -> Ministry {
        let app = App::new(store, clock, &config).await.unwrap();
        let router = server::http::router(app.clone());
        Ministry { app, postgres: config.postgres, _folder: folder, router, tokens }
    }

    /// Another server on the same database, with a folder of its own.
    pub async fn beside(&self, postgres: &str) -> Ministry {
        let folder = tempfile::tempdir().unwrap();
        let postgres = Some(postgres.to_owned());
        let config = Config { data: folder.path().to_owned(), postgres, ..Config::default() };
        let clock = self.app.clock;
        let store = server::state::open_store(&config, clock).await.unwrap();
        Ministry::serving(store, clock, folder, config, self.tokens.clone()).await
    }

    /// The person who signs in as `user`.
    pub fn person<'a>(&'a self, user: &'a str) -> Person<'a> {
        Person { ministry: self, user }
    }

    /// Somebody without an account.
    pub fn stranger(&self) -> Person<'_> {
        Person { ministry: self, user: "" }
    }

    /// The last commit.
    pub fn head(&self) -> u64 {
        self.app.store.head().seq.0
    }

    /// What `/values` answers of a figure: `120.5 estimated`, or why there is no number.
    pub async fn value(&self, indicator: &str, unit: &str, period: &str) -> String {
        self.value_as_of(indicator, unit, period, None).await
    }

    /// The same, as it was known at a seq.
    pub async fn value_as_of(
        &self,
        indicator: &str,
        unit: &str,
        period: &str,
        as_of: Option<u64>,
    ) -> String {
        let as_of = as_of.map(|seq| format!("&as_of={seq}")).unwrap_or_default();
        let path = format!(
            "/values?indicator={indicator}&unit={unit}&period={period}&source=reported{as_of}"
        );
        let found = self.person("bo.phantich").get(&path).await.ok();
        let value = &found["values"][0];
        match (value["value"].as_str(), value["absent"].as_str()) {
            (Some(number), _) => {
                format!("{number} {}", value["status"].as_str().unwrap_or_default())
            }
            (None, Some(absent)) => absent.to_owned(),
            (None, None) => panic!("neither a number nor an absence: {value}"),
        }
    }
}

/// Puts definitions, people and a token for each into an empty record. Of the bodies, only those asked for.
pub async fn furnish(store: &Store, wanted: impl Fn(&str) -> bool) -> HashMap<String, String> {
    let accounts: Vec<demonstration::Account> = demonstration::accounts()
        .into_iter()
        .filter(|account| account.grant.body().is_none_or(|body| wanted(body.as_str())))
        .collect();
    let mut tokens = HashMap::new();
    let mut people = vec![];
    for account in accounts {
        let (secret, hash) = auth::new_secret();
        tokens.insert(account.user.clone(), secret);
        people.push((account, hash));
    }
    let bodies: Vec<model::Body> =
        demonstration::bodies().into_iter().filter(|body| wanted(body.code.as_str())).collect();
    let units: Vec<model::Unit> = demonstration::units()
        .into_iter()
        .filter(|unit| !matches!(unit.kind, UnitKind::District | UnitKind::Commune))
        .collect();
    let furnished = store.write(None, move |tx| {
        Box::pin(async move {
            for (account, hash) in people {
                let new = NewAccount {
                    login: account.user,
                    name: account.name,
                    email: Some(account.email),
                    password: None,
                    lang: Language::default(),
                    grants: vec![account.grant],
                };
                let id = tx.add_account(&new).await?;
                tx.add_api_token(id, "thử", &hash, None).await?;
            }
            // Somebody who signs for a body and receives a sector, which must not be the same signature.
            let hash = auth::secret_hash(TWO_DESKS);
            let body = model::BodyCode::parse("52").unwrap();
            let new = NewAccount {
                login: "hai.ban".into(),
                name: "Người ở hai bàn".into(),
                email: None,
                password: None,
                lang: Language::default(),
                grants: vec![
                    Grant::Head { body },
                    Grant::Reviewer { sectors: model::Sector::ALL.to_vec() },
                ],
            };
            let id = tx.add_account(&new).await?;
            tx.add_api_token(id, "thử", &hash, None).await?;
            // Somebody who enters for two bodies.
            let hash = auth::secret_hash(TWO_BODIES);
            let enters = |body: &str| Grant::Enterer {
                body: model::BodyCode::parse(body).unwrap(),
                sectors: vec![],
            };
            let new = NewAccount {
                login: "hai.tinh".into(),
                name: "Người nhập cho hai tỉnh".into(),
                email: None,
                password: None,
                lang: Language::default(),
                grants: vec![enters("52"), enters("48")],
            };
            let id = tx.add_account(&new).await?;
            tx.add_api_token(id, "thử", &hash, None).await?;
            tx.define_units(&units).await?;
            tx.define_bodies(&bodies).await?;
            tx.define_indicators(&demonstration::indicators()).await?;
            tx.define_templates(&demonstration::templates()).await?;
            tx.set_setting("ministry", "demonstration").await?;
            let june = Origin::named(OriginKind::Submission, "Báo cáo tháng 6", "Report of June");
            let mut stated = vec![];
            for month in 1..=5 {
                stated.push(said(&format!("2024-0{month}"), "100", Status::Final));
            }
            stated.push(said("2024-06", "110", Status::Estimated));
            stated.push(said("2023-07", "100", Status::Final));
            tx.append(&june, &stated).await?;
            let plan = Origin::named(OriginKind::Plan, "Kế hoạch năm 2024", "Plan of 2024");
            let mut planned = said("2024", "1461", Status::Final);
            planned.cell.measure = Measure::Plan;
            tx.append(&plan, &[planned]).await?;
            Ok::<(), StoreError>(())
        })
    });
    furnished.await.unwrap();
    tokens.insert("hai.ban".to_owned(), TWO_DESKS.to_owned());
    tokens.insert("hai.tinh".to_owned(), TWO_BODIES.to_owned());
    tokens
}

const TWO_DESKS: &str = "two-desks";
const TWO_BODIES: &str = "two-bodies";

/// Revenue of post in Bình Định.
fn said(period: &str, number: &str, status: Status) -> NewObservation {
    let cell = Cell {
        indicator: model::IndicatorCode::parse("BC.DOANHTHU").unwrap(),
        unit: model::UnitCode::parse("52").unwrap(),
        period: Period::parse(period).unwrap(),
        breakdown: model::Breakdown::default(),
        measure: Measure::Level,
    };
    NewObservation::of(
        cell,
        Figure::Number(Decimal::parse(number).unwrap()),
        Source::Reported,
        status,
    )
}

impl Person<'_> {
    pub async fn get(self, path: &str) -> Reply {
        self.ask("GET", path, None, None).await
    }

    pub async fn post(self, path: &str, body: Value) -> Reply {
        self.ask("POST", path, Some(body), None).await
    }

    /// Under an Idempotency-Key.
    pub async fn post_once(self, key: &str, path: &str, body: Value) -> Reply {
        self.ask("POST", path, Some(body), Some(key)).await
    }

    pub async fn put(self, path: &str, body: Value) -> Reply {
        self.ask("PUT", path, Some(body), None).await
    }

    /// Sends bytes of whatever kind.
    pub async fn attach(self, path: &str, file: &[u8]) -> Reply {
        let kind = "application/octet-stream";
        self.send("POST", path, kind, Body::from(file.to_vec()), None).await.0
    }

    pub async fn patch(self, path: &str, body: Value) -> Reply {
        self.ask("PATCH", path, Some(body), None).await
    }

    /// A file.
    pub async fn download(self, path: &str) -> Vec<u8> {
        let (reply, bytes) = self.send("GET", path, "", Body::empty(), None).await;
        assert_eq!(reply.status, 200, "{}: {}", reply.asked, reply.body);
        bytes
    }

    /// Sends a file, under an Idempotency-Key if there is one.
    pub async fn upload(self, path: &str, file: &[u8], key: Option<&str>) -> Reply {
        let kind = document::workbook::MEDIA_TYPE;
        self.send("POST", path, kind, Body::from(file.to_vec()), key).await.0
    }

    async fn ask(self, method: &str, path: &str, body: Option<Value>, key: Option<&str>) -> Reply {
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(method, path, "application/json", body, key).await.0
    }

    async fn send(
        self,
        method: &str,
        path: &str,
        kind: &str,
        body: Body,
        key: Option<&str>,
    ) -> (Reply, Vec<u8>) {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("content-type", kind);
        if !self.user.is_empty() {
            let token = self.ministry.tokens.get(self.user);
            let token = token.unwrap_or_else(|| panic!("nobody is {}", self.user));
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.answered(method, path, request.body(body).unwrap()).await
    }

    /// What a request is answered, checked against the description.
    async fn answered(self, method: &str, path: &str, request: Request<Body>) -> (Reply, Vec<u8>) {
        let response = self.ministry.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        described::check(&Answered {
            method,
            path: &format!("/api/v1{path}"),
            status: head.status.as_u16(),
            headers: &head.headers,
            text: &String::from_utf8_lossy(&bytes),
        });
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let reply = Reply {
            asked: format!("{} {method} {path}", self.user),
            status: head.status.as_u16(),
            seq: header("quantrac-seq").and_then(|seq| seq.parse().ok()),
            replayed: header("idempotency-replayed").is_some(),
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
        };
        (reply, bytes.to_vec())
    }

    /// Sends any request with headers of its own, as a page or a server elsewhere does.
    pub async fn tell(
        self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Reply {
        let address = format!("/api/v1{path}");
        let mut request = Request::builder().method(method).uri(&address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let (head, body) =
            self.ministry.router.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let (status, headers) = (head.status.as_u16(), &head.headers);
        let text = String::from_utf8_lossy(&bytes);
        described::check(&Answered { method, path: &address, status, headers, text: &text });
        Reply {
            asked: format!("{method} {path}"),
            status,
            seq: None,
            replayed: false,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }

    /// Sends a signed batch to a connector.
    pub async fn push(
        self,
        connector: &str,
        id: &str,
        second: i64,
        signature: &str,
        body: &str,
    ) -> Reply {
        let request = Request::builder()
            .method("POST")
            .uri(format!("/api/v1/push/{connector}"))
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", second)
            .header("webhook-signature", signature)
            .body(Body::from(body.to_owned()));
        self.answered("POST", &format!("/push/{connector}"), request.unwrap()).await.0
    }

    /// Opens the form of a body for a period; answers its path.
    pub async fn open(self, body: &str, period: &str) -> String {
        let form = json!({"template": "SO-THANG", "body": body, "period": period});
        let opened = self.post("/submissions", form).await.ok();
        format!("/submissions/{}", opened["id"].as_str().unwrap())
    }

    /// Writes cells, `BC/BC.DOANHTHU/this=120,5` a line, over whatever stands in them.
    pub async fn write(self, form: &str, cells: &str) -> Value {
        let saved = self.get(form).await.ok();
        self.patch(&format!("{form}/cells"), edits(&saved, cells)).await.ok()
    }
}

/// The edits of cells written `BC/BC.DOANHTHU/this=120,5 | comment`, at the versions that stand in a form.
pub fn edits(saved: &Value, cells: &str) -> Value {
    let lines = cells.lines().map(str::trim).filter(|line| !line.is_empty());
    let edit = |line: &str| {
        let (line, comment) = match line.split_once(" | ") {
            Some((line, comment)) => (line, Some(comment)),
            None => (line, None),
        };
        let (cell, text) = line.split_once('=').unwrap();
        let cell = cell.trim();
        json!({"cell": cell, "text": text.trim(), "comment": comment, "version": version(saved, cell)})
    };
    json!({"cells": lines.map(edit).collect::<Vec<Value>>()})
}

/// The version of a cell in a form; 0 for one that nobody has saved.
pub fn version(form: &Value, cell: &str) -> u64 {
    let cells = form["cells"].as_array().unwrap();
    let saved = cells.iter().find(|saved| saved["cell"] == cell);
    saved.map_or(0, |saved| saved["version"].as_u64().unwrap())
}

impl Reply {
    /// The body of a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(
            (200..300).contains(&self.status),
            "{}: {} {:#}",
            self.asked,
            self.status,
            self.body
        );
        self.body
    }

    /// The body of a refusal with this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        let found = (self.status, self.body["code"].as_str().unwrap_or_default());
        assert_eq!(found, (status, code), "{}: {:#}", self.asked, self.body);
        self.body
    }
}

/// Every required cell of the departments' form, without contradictions.
pub const FILLED: &str = "
    TN/TN.DOANHTHU/this=900
    TN/TN.NSNN/this=20
    TN/TN.LAODONG/this=9000
    BC/BC.DOANHTHU/this=120,5
    BC/BC.BUUGUI/this=3,25
    VT/VT.DOANHTHU/this=300
    VT/VT.TB_DIDONG/this=1.400.000
    VT/VT.BR_CODINH/this=300.000
    CDS/CDS.DVC_DK/this=1500
    CDS/CDS.DVC_TT/this=900
    CDS/CDS.HOSO/this=50.000
    CDS/CDS.HOSO_TT/this=30.000
    ATTT/ATTT.TANCONG/this=5
    ATTT/ATTT.HT/this=40
    ATTT/ATTT.HT_CAPDO/this=30
    CN/CN.DN_SO/this=300
    CN/CN.DOANHTHU/this=80
    BCTT/BCTT.DAI_XA/this=150";

/// The names of what a JSON list of strings holds.
pub fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

/// Puts a small ministry of a few bodies into a folder, for a server of its own; answers the tokens.
pub fn furnish_folder(data: &Path, bodies: &[&str]) -> HashMap<String, String> {
    runtime().block_on(async {
        let config = Config { data: data.to_owned(), ..Config::default() };
        let clock = Clock::demonstration(data, None).unwrap();
        let store = server::state::open_store(&config, clock).await.unwrap();
        let tokens = furnish(&store, |body| bodies.contains(&body)).await;
        store.close().await;
        tokens
    })
}
