//! How this server does, for its operator: where the cube stands against the record, what it holds, what took long.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;
use workflow::Permission;

use super::{Endpoints, Needs, codes};
use crate::book::Unfit;
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
    /// How far it has read the record ahead of being asked; null when it has read all there is.
    reading_ahead: Option<ProgressBody>,
    /// What is found at the next start in place of reading the record; null until the first is written.
    checkpoint: Option<CheckpointBody>,
    /// Why the checkpoint that was found at this start was thrown away and the record read; null when it was not.
    #[schema(value_type = Option<codes::UnfitCheckpoint>)]
    checkpoint_unfit: Option<&'static str>,
    /// The memory it takes, in bytes, with earlier moments.
    bytes: u64,
    /// The memory it may take between questions, in bytes; what was not asked about for longest goes first.
    most_bytes: u64,
    /// How many earlier moments are kept, for what is asked as known then.
    earlier: u32,
    /// The indicators that are loaded, of those in the catalogue.
    indicators: u32,
    /// How many the catalogue has.
    of_indicators: u32,
    loaded: Vec<LoadedBody>,
}

/// How many indicators are read, of those of which anything is recorded.
#[derive(Debug, Serialize, ToSchema)]
struct ProgressBody {
    done: u32,
    of: u32,
}

/// The cube on disk.
#[derive(Debug, Serialize, ToSchema)]
struct CheckpointBody {
    /// The last commit that is in it.
    seq: u64,
    written_at: String,
    /// How long ago that was, in seconds.
    age_s: u64,
    bytes: u64,
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
            reading_ahead: cube
                .reading_ahead
                .map(|read| ProgressBody { done: read.done as u32, of: read.of as u32 }),
            checkpoint: cube.checkpoint.kept.map(|kept| CheckpointBody {
                seq: kept.seq.0,
                written_at: rfc3339(kept.written_at),
                age_s: app.now().duration_since(kept.written_at).as_secs().max(0) as u64,
                bytes: kept.bytes,
            }),
            checkpoint_unfit: cube.checkpoint.unfit.map(Unfit::code),
            bytes: cube.bytes as u64,
            most_bytes: cube.most_bytes as u64,
            earlier: cube.earlier as u32,
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
