//! How this server does, for its operator: where the cube stands against the record, what it holds, what took long.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;
use workflow::Permission;

use super::{Endpoints, Needs, codes};
use crate::clock::rfc3339;
use crate::problem::Answer;
use crate::state::App;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints.add(Needs::Permission(Permission::SeeStatus), routes!(status))
}

/// How this server does.
#[derive(Debug, Serialize, ToSchema)]
struct StatusBody {
    /// Of the program.
    version: &'static str,
    /// `sqlite` or `postgres`.
    database: &'static str,
    /// The last commit of the record.
    #[schema(example = 8123)]
    seq: u64,
    /// When it was recorded.
    recorded_at: String,
    /// Since this server answers.
    started_at: String,
    cube: CubeBody,
    /// The questions that took longest since the start, the slowest first.
    slowest: Vec<SlowBody>,
}

/// The fast aggregates: disposable, read from the record.
#[derive(Debug, Serialize, ToSchema)]
struct CubeBody {
    /// The last commit that is in it.
    seq: u64,
    /// How many commits it is behind; they are read with the next question.
    lag: u64,
    /// Whether it still reads ahead of being asked.
    reading_ahead: bool,
    /// The memory it takes, in bytes.
    bytes: u64,
    /// The memory it may take, in bytes; what was not asked about for longest goes first.
    most_bytes: u64,
    /// The indicators that are loaded, of those in the catalogue.
    indicators: u32,
    /// How many the catalogue has.
    of_indicators: u32,
    loaded: Vec<LoadedBody>,
}

/// What one source said of one breakdown of an indicator.
#[derive(Debug, Serialize, ToSchema)]
struct LoadedBody {
    indicator: String,
    /// Empty for the total.
    breakdown: String,
    #[schema(value_type = codes::Source)]
    source: &'static str,
    /// Columns, each of one period.
    columns: u32,
    bytes: u64,
}

/// A question and how long it took.
#[derive(Debug, Serialize, ToSchema)]
struct SlowBody {
    /// What was asked, in short.
    question: String,
    cells: u64,
    /// In milliseconds.
    took_ms: f64,
    at: String,
}

/// How this server does.
#[utoipa::path(get, path = "/status", tag = "operation", responses((status = 200, body = StatusBody, description = "Where the cube stands, what it holds, what took long")))]
async fn status(State(app): State<App>) -> Answer<Json<StatusBody>> {
    let head = app.store.head();
    let cube = app.book.status();
    let mut indicators: Vec<&model::IndicatorCode> =
        cube.loaded.iter().map(|loaded| &loaded.indicator).collect();
    indicators.dedup();
    Ok(Json(StatusBody {
        version: env!("CARGO_PKG_VERSION"),
        database: match app.store.engine() {
            store::Engine::Sqlite => "sqlite",
            store::Engine::Postgres => "postgres",
        },
        seq: head.seq.0,
        recorded_at: rfc3339(head.recorded_at),
        started_at: rfc3339(app.started_at),
        cube: CubeBody {
            seq: cube.seq.0,
            lag: head.seq.0.saturating_sub(cube.seq.0),
            reading_ahead: cube.reading_ahead,
            bytes: cube.bytes as u64,
            most_bytes: cube.most_bytes as u64,
            indicators: indicators.len() as u32,
            of_indicators: app.ministry().catalogue.iter().count() as u32,
            loaded: cube
                .loaded
                .iter()
                .map(|loaded| LoadedBody {
                    indicator: loaded.indicator.to_string(),
                    breakdown: loaded.breakdown.to_string(),
                    source: loaded.source.code(),
                    columns: loaded.columns as u32,
                    bytes: loaded.bytes as u64,
                })
                .collect(),
        },
        slowest: cube
            .slowest
            .into_iter()
            .map(|slow| SlowBody {
                question: slow.question,
                cells: slow.cells as u64,
                took_ms: slow.took.as_secs_f64() * 1000.0,
                at: rfc3339(slow.at),
            })
            .collect(),
    }))
}
