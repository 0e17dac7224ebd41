//! A system of the demonstration's own that is asked as any other: it answers at this server's own address, and the
//! connector to it really runs, so that there is a run, its log and its figures to look at.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, Result};
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use measure::connector::schedule::{About, Times};
use measure::connector::{
    Columns, Format, Http, Kind, Limits, Paging, Path, Pull, Schedule, SignIn, ValueColumn, Values,
};
use measure::{Connector, ConnectorCode};
use model::{
    BodyCode, Breakdown, Calendar, Decimal, Frequency, IndicatorCode, Period, UnitCode, Validity,
};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{ConnectorRun, RunEnd};

use crate::connect::{self, Why};
use crate::state::App;

/// Where the sample system answers.
pub const PATH: &str = "/he-thong-mau/buu-chinh.json";
const CODE: &str = "mau-92";

/// About which month.
#[derive(Debug, Deserialize)]
pub struct Asked {
    ky: String,
}

/// The answer of the sample system; where there is no demonstration, nothing is here.
pub async fn answer(State(app): State<App>, Query(asked): Query<Asked>) -> Response {
    let is_there = super::is_in(&app.config.data);
    let period = Period::parse(&asked.ky).ok().filter(|_| is_there);
    let Some(numbers) = period.and_then(demonstration::sample_answer) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut row = json!({ "ma_tinh": demonstration::SAMPLE_UNIT, "ky": asked.ky });
    for (column, number) in numbers {
        // As a text, so that no digit is lost on the way.
        row[column] = Value::String(number.to_string());
    }
    let body = json!({ "nguon": "Hệ thống mẫu, số liệu mô phỏng", "du_lieu": [row] });
    ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// Sets the connector to the sample system up when it is missing or this server listens elsewhere than before; one that
/// was never done, as when the server was stopped meanwhile, is run at once.
pub async fn connect(app: App, listen: SocketAddr) {
    if let Err(error) = set_up(&app, listen).await {
        tracing::warn!("the sample connector: {error:#}");
    }
}

async fn set_up(app: &App, listen: SocketAddr) -> Result<()> {
    let inside = match listen.ip() {
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    let at = SocketAddr::new(inside, listen.port());
    let wanted = sample(at);
    let mut reader = app.store.read().await?;
    let kept = reader.connectors(Some(&wanted.code)).await?.pop();
    let runs = reader.last_connector_runs().await?;
    let accounts = reader.accounts().await?;
    drop(reader);
    let by = accounts.iter().find(|account| account.login == "bo.quantri");
    let by = by.context("the demonstration has an administrator")?.id;
    let url = |connector: &Connector| match &connector.kind {
        Kind::Http(http) => http.url.clone(),
        Kind::Sql(_) | Kind::Push => String::new(),
    };
    let code = wanted.code.clone();
    // Whether somebody let it rest stays as it is.
    let is_paused = kept.as_ref().is_some_and(|kept| kept.connector.is_paused);
    if kept.as_ref().is_none_or(|kept| url(&kept.connector) != url(&wanted)) {
        let seen = kept.map_or(0, |kept| kept.version);
        let saved = app.store.write(None, move |tx| {
            let wanted = Connector { is_paused, ..wanted };
            Box::pin(async move {
                tx.save_connector(&wanted, seen, by).await.map_err(anyhow::Error::from)?;
                anyhow::Ok(())
            })
        });
        saved.await?;
    }
    let is_done = |run: &ConnectorRun| matches!(run.ended, Some((_, RunEnd::Done { .. })));
    if !runs.iter().any(|run| run.connector == code && is_done(run)) && !is_paused {
        while tokio::net::TcpStream::connect(at).await.is_err() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let ran = connect::run(app, &code, Why::Asked(by, None)).await;
        ran.map_err(|problem| {
            anyhow::anyhow!(problem.message.text(workflow::Language::English).to_owned())
        })?;
    }
    Ok(())
}

fn sample(at: SocketAddr) -> Connector {
    let column = |(column, indicator): (&str, &str)| ValueColumn {
        column: column.to_owned(),
        indicator: code(indicator),
        breakdown: Breakdown::TOTAL,
    };
    let pull = Pull {
        schedule: Schedule { times: Times::Daily { hour: 6, minute: 0 }, about: About::Closed },
        columns: Columns {
            values: Values::Several(
                demonstration::SAMPLE_COLUMNS.into_iter().map(column).collect(),
            ),
            unit: Some("ma_tinh".to_owned()),
            period: Some("ky".to_owned()),
        },
        limits: Limits::USUAL,
        internal_hosts: vec![at.ip().to_string()],
    };
    let unit = demonstration::SAMPLE_UNIT;
    Connector {
        code: ConnectorCode::parse(CODE).expect("it is a code"),
        name: "Hệ thống bưu chính mẫu (mô phỏng)".to_owned(),
        owner: BodyCode::parse(unit).expect("a province's department has its code"),
        kind: Kind::Http(Http {
            url: format!("http://{at}{PATH}?ky={{period}}"),
            headers: vec![],
            sign_in: SignIn::Open,
            format: Format::Json { rows: Path::parse("$.du_lieu[*]").expect("it is a path") },
            paging: Paging::One,
            pull,
        }),
        indicators: demonstration::SAMPLE_COLUMNS.into_iter().map(|(_, of)| code(of)).collect(),
        units: vec![UnitCode::parse(unit).expect("it is a province")],
        frequency: Frequency::Month,
        calendar: Calendar::Statistical,
        validity: Validity::ALWAYS,
        measured_share: Some(Decimal::whole(40)),
        is_paused: false,
    }
}

fn code(text: &str) -> IndicatorCode {
    IndicatorCode::parse(text).expect("it is of the catalogue")
}
