//! What the database answers is the cube's, to the last field, on both databases: the levels that it adds up itself,
//! and every question from the newest statements that it finds.

#[path = "../../cube/tests/drawn/mod.rs"]
mod drawn;

use std::collections::BTreeMap;

use cube::Cube;
use drawn::{Draw, Ministry};
use jiff::Timestamp;
use model::{Measure, Observation, Query, Seq, SourceChoice};
use store::{HistoryCommit, NewObservation, NotInSql, Origin, OriginKind, Store};

/// How many ministries are drawn.
const CASES: u64 = 12;

#[tokio::test(flavor = "multi_thread")]
async fn the_database_answers_as_the_cube_does() {
    let folder = tempfile::tempdir().unwrap();
    let mut answered = compare(async |number| {
        format!("sqlite:{}", folder.path().join(format!("{number}.db")).display())
    })
    .await;
    if let Ok(server) = std::env::var("QUANTRAC_TEST_POSTGRES") {
        let on_postgres = compare(async |number| database(&server, number)).await;
        assert_eq!(answered, on_postgres);
    } else {
        eprintln!("skipped on PostgreSQL: QUANTRAC_TEST_POSTGRES is not set");
    }
    let any = answered.remove("any").unwrap_or_default();
    assert!(any > 5_000, "{any}");
    let rolled_up = answered.remove("rolled_up").unwrap_or_default();
    let stated = answered.remove("stated").unwrap_or_default();
    assert!(rolled_up > 100 && stated > 100, "{rolled_up} {stated}");
    // What is refused is refused for a reason, and each reason occurs.
    let refused: Vec<&str> = answered.keys().map(String::as_str).collect();
    assert_eq!(refused, ["measured", "nested", "over_time", "over_units"]);
}

/// A fresh database on a server.
fn database(server: &str, number: u64) -> String {
    let name = format!("sql_{}_{number}", std::process::id());
    let made = std::process::Command::new("createdb")
        .args(["--maintenance-db", server, &name])
        .status()
        .expect("createdb comes with PostgreSQL's client");
    assert!(made.success(), "createdb {name}: {made}");
    let (server, _) = server.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}

/// Asks both the same of each ministry; how many cells were answered how, how many questions refused why.
async fn compare(url: impl AsyncFn(u64) -> String) -> BTreeMap<String, usize> {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for number in 0..CASES {
        let mut draw = Draw(number);
        let ministry = Ministry::drawn(&mut draw);
        let commits = ministry.commits(&mut draw, 300);
        let now = "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap();
        let store =
            Store::open(&url(number).await, std::sync::Arc::new(move || now)).await.unwrap();
        let history = commits.iter().enumerate().map(|(at, commit)| recorded(at, commit));
        let head = store.load_history(history.collect()).await.unwrap().seq;
        let mut reader = store.read().await.unwrap();
        let said = reader.observations_after(Seq(0)).await.unwrap();
        for as_of in [head, Seq(head.0 / 2)] {
            let known: Vec<Observation> =
                said.iter().filter(|one| one.seq <= as_of).cloned().collect();
            let cube = ministry.loaded(&known);
            for _ in 0..40 {
                let query = asked(&ministry, &mut draw, as_of);
                let by_cube = answered_by(&cube, &query);
                match reader.levels(&ministry.units, &ministry.catalogue, &query).await {
                    Ok(by_sql) => {
                        assert_eq!(by_sql, by_cube, "{number}: {query:?}");
                        for one in by_sql.iter().filter(|one| one.source.is_some()) {
                            *found.entry(one.basis.code().to_owned()).or_default() += 1;
                        }
                    }
                    Err(NotInSql::Measured) => *found.entry("measured".into()).or_default() += 1,
                    Err(NotInSql::Nested(_)) => *found.entry("nested".into()).or_default() += 1,
                    Err(NotInSql::OverTime(..)) => {
                        *found.entry("over_time".into()).or_default() += 1;
                    }
                    Err(NotInSql::OverUnits(_)) => {
                        *found.entry("over_units".into()).or_default() += 1;
                    }
                    Err(other) => panic!("{number}: {other}"),
                }
            }
            for _ in 0..10 {
                let query = Query { as_of, ..ministry.query(&mut draw) };
                let by_cube = answered_by(&cube, &query);
                let by_sql = reader.answer(&ministry.units, &ministry.catalogue, &query).await;
                assert_eq!(by_sql.unwrap(), by_cube, "{number}: {query:?}");
                let told = by_cube.iter().filter(|one| one.source.is_some()).count();
                *found.entry("any".into()).or_default() += told;
            }
        }
        drop(reader);
        store.close().await;
    }
    found
}

fn answered_by(cube: &Cube, query: &Query) -> Vec<model::Answered> {
    cube.answer(query).expect("everything is loaded, and the cube is not later")
}

/// Levels of one source, of one indicator, mostly at periods that nothing rolls up to.
fn asked(ministry: &Ministry, draw: &mut Draw, as_of: Seq) -> Query {
    let drawn = ministry.query(draw);
    let shortest: Vec<_> =
        ministry.busy.1.iter().filter(|period| period.parts().is_empty()).copied().collect();
    let named = [
        SourceChoice::Reported,
        SourceChoice::Reported,
        SourceChoice::Measured,
        SourceChoice::Published,
        SourceChoice::Imported,
    ];
    Query {
        indicators: draw.some_of(&ministry.busy.0, 1),
        units: if draw.once_in(2) { ministry.codes.clone() } else { drawn.units },
        periods: if draw.once_in(6) { drawn.periods } else { draw.some_of(&shortest, 4) },
        measures: vec![Measure::Level],
        source: draw.of(&named),
        as_of,
        ..drawn
    }
}

/// A drawn commit as the record takes it: with a place and a moment of its own.
fn recorded(at: usize, commit: &[Observation]) -> HistoryCommit {
    let origin = Origin::named(OriginKind::Import, "Thử", "Test");
    let stated = commit.iter().cloned().map(|one| NewObservation {
        cell: one.cell,
        source: one.source,
        publisher: one.publisher,
        figure: one.figure,
        of: one.of,
        status: one.status,
        qualifier: one.qualifier,
        measured_share: one.measured_share,
        synthetic: one.synthetic,
        words: None,
    });
    HistoryCommit {
        recorded_at: Timestamp::from_second(1_700_000_000 + at as i64 * 60).unwrap(),
        statements: vec![(origin, stated.collect())],
        events: vec![],
    }
}
