//! A small ministry on a fresh database, and requests through the whole router, as from outside.

use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use model::unit::UnitKind;
use serde_json::Value;
use server::auth::password;
use server::clock::Clock;
use server::config::Config;
use server::patience::Patient;
use server::state::App;
use store::{NewAccount, NewObservation, Origin, OriginKind, Store, StoreError};
use tokio::net::TcpListener;
use tower::ServiceExt;
use workflow::Language;

use crate::described::{self, Answered};

pub const PASSWORD: &str = "mật khẩu để thử";

pub struct Ministry {
    pub app: App,
    pub folder: tempfile::TempDir,
    router: Router,
}

pub struct Reply {
    pub asked: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub bytes: Vec<u8>,
    pub body: Value,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    #[track_caller]
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {} {}", self.asked, self.status, self.text);
        self.body
    }
}

impl Ministry {
    /// The demonstration's units down to provinces, indicators, templates and some of its people; no history.
    pub async fn new() -> Ministry {
        Ministry::over(furnish).await
    }

    /// Over a fresh database that is filled first.
    pub async fn over(fill: impl AsyncFnOnce(Store)) -> Ministry {
        let folder = tempfile::tempdir().unwrap();
        let config = Config { data: folder.path().to_owned(), ..Config::default() };
        let clock = Clock::demonstration(folder.path(), None).unwrap();
        let store = server::state::open_store(&config, clock).await.unwrap();
        fill(store.clone()).await;
        let app = App::new(store, clock, &config).await.unwrap();
        let router = server::http::router(app.clone());
        Ministry { app, folder, router }
    }

    /// The same after a stop and a start.
    pub async fn started_again(self) -> Ministry {
        let Ministry { app, folder, router } = self;
        let (store, clock) = (app.store.clone(), app.clock);
        drop((app, router));
        store.close().await;
        let config = Config { data: folder.path().to_owned(), ..Config::default() };
        let store = server::state::open_store(&config, clock).await.unwrap();
        let app = App::new(store, clock, &config).await.unwrap();
        let router = server::http::router(app.clone());
        Ministry { app, folder, router }
    }

    /// States figures, `BC.DOANHTHU 52 2024-06 = 120.5` a line, as reported.
    pub async fn state(&self, figures: &str) -> u64 {
        let said: Vec<NewObservation> = figures
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(|line| {
                let (cell, number) = line.split_once(" = ").unwrap();
                let parts: Vec<&str> = cell.split(' ').collect();
                let cell = model::Cell {
                    indicator: model::IndicatorCode::parse(parts[0]).unwrap(),
                    unit: model::UnitCode::parse(parts[1]).unwrap(),
                    period: model::Period::parse(parts[2]).unwrap(),
                    breakdown: model::Breakdown::TOTAL,
                    measure: parts
                        .get(3)
                        .map_or(model::Measure::Level, |text| model::Measure::parse(text).unwrap()),
                };
                let figure = model::Figure::Number(model::Decimal::parse(number).unwrap());
                NewObservation::of(cell, figure, model::Source::Reported, model::Status::Final)
            })
            .collect();
        let origin = Origin::named(OriginKind::Release, "Báo cáo thử", "Test report");
        self.app.store.append_all(origin, said).await.unwrap().0
    }

    /// Listens on a socket of its own; who takes nothing for so long is let go of.
    pub async fn serve(&self, patience: Duration) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = self.router.clone();
        let listener = Patient::new(listener, patience);
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let (status, text) = (head.status.as_u16(), String::from_utf8_lossy(&bytes).into_owned());
        described::check(&Answered {
            method: method.as_str(),
            path: uri.path(),
            status,
            headers: &head.headers,
            text: &text,
        });
        Reply {
            asked: format!("{method} {uri}"),
            status,
            headers: head.headers,
            text,
            bytes: bytes.to_vec(),
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }

    /// Signs in; answers the cookie.
    pub async fn cookie(&self, user: &str) -> String {
        let body = serde_json::json!({ "user": user, "password": PASSWORD }).to_string();
        let request = Request::post("/api/v1/session").header("content-type", "application/json");
        let reply = self.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.header("set-cookie").split(';').next().unwrap().to_owned()
    }

    pub async fn get(&self, cookie: &str, path: &str) -> Reply {
        let request = Request::get(format!("/api/v1{path}")).header("cookie", cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, cookie: &str, path: &str, body: Value) -> Reply {
        self.post_bytes(cookie, path, "application/json", None, body.to_string().into_bytes()).await
    }

    pub async fn post_bytes(
        &self,
        cookie: &str,
        path: &str,
        kind: &str,
        key: Option<&str>,
        body: Vec<u8>,
    ) -> Reply {
        let mut request = Request::post(format!("/api/v1{path}"))
            .header("cookie", cookie)
            .header("content-type", kind);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    pub async fn put(&self, cookie: &str, path: &str, body: Value) -> Reply {
        let request = Request::put(format!("/api/v1{path}"))
            .header("cookie", cookie)
            .header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub async fn delete(&self, cookie: &str, path: &str) -> Reply {
        let request = Request::delete(format!("/api/v1{path}")).header("cookie", cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub fn head(&self) -> u64 {
        self.app.store.head().seq.0
    }
}

/// The demonstration's definitions and some of its people.
async fn furnish(store: Store) {
    let hash = password::hash(PASSWORD).unwrap();
    let furnished = store.write(None, move |tx| {
        Box::pin(async move {
            let wanted = ["nhap.52", "ky.52", "bo.phantich", "bo.quantri", "kiemtoan"];
            for account in demonstration::accounts()
                .into_iter()
                .filter(|one| wanted.contains(&one.user.as_str()))
            {
                let new = NewAccount {
                    login: account.user,
                    name: account.name,
                    email: Some(account.email),
                    password: Some(hash.clone()),
                    lang: Language::default(),
                    grants: vec![account.grant],
                };
                tx.add_account(&new).await?;
            }
            let low = |kind| matches!(kind, UnitKind::District | UnitKind::Commune);
            let units: Vec<_> =
                demonstration::units().into_iter().filter(|unit| !low(unit.kind)).collect();
            tx.define_units(&units).await?;
            tx.define_bodies(&demonstration::bodies()).await?;
            tx.define_indicators(&demonstration::indicators()).await?;
            tx.define_templates(&demonstration::templates()).await?;
            Ok::<(), StoreError>(())
        })
    });
    furnished.await.unwrap();
}

/// A spreadsheet of texts.
pub fn spreadsheet(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in rows.iter().enumerate() {
        for (column, text) in cells.iter().enumerate() {
            sheet.write_string(row as u32, column as u16, *text).unwrap();
        }
    }
    let mut bytes = vec![];
    bytes.write_all(&book.save_to_buffer().unwrap()).unwrap();
    bytes
}
