//! Connectors in their versions, their sealed secrets and their runs.

use jiff::Timestamp;
use measure::connector::schedule::{About, Times};
use measure::connector::{
    Columns, Encryption, Engine, Format, Http, Kind, Limits, Paging, Path, Pull, Schedule, SignIn,
    Sql, ValueColumn, Values,
};
use measure::{Connector, ConnectorCode};
use model::{
    BodyCode, Breakdown, Calendar, Decimal, Frequency, IndicatorCode, Period, PersonId, Seq,
    UnitCode, Validity,
};
use store::{NewRun, RunCause, RunCounts, RunEnd, StaleConnector, StoreError, Tx, WriteError};

use crate::databases::*;

fn pull() -> Pull {
    let column = |name: &str| Some(name.to_owned());
    Pull {
        schedule: Schedule {
            times: Times::Weekly { weekday: 3, hour: 6, minute: 30 },
            about: About::Running,
        },
        columns: Columns {
            values: Values::One { column: "so".into(), indicator: column("ma"), breakdown: None },
            unit: None,
            period: column("ky"),
        },
        limits: Limits::USUAL,
        internal_hosts: vec!["10.0.0.1".into()],
    }
}

fn connector(code: &str, kind: Kind) -> Connector {
    Connector {
        code: ConnectorCode::parse(code).unwrap(),
        name: "Cổng dịch vụ công Bình Định".into(),
        owner: BodyCode::parse("52").unwrap(),
        kind,
        indicators: vec![IndicatorCode::parse("CDS.HS").unwrap()],
        units: vec![UnitCode::parse("52").unwrap()],
        frequency: Frequency::Month,
        calendar: Calendar::Administrative,
        measured_share: Some(Decimal::parse("95.5").unwrap()),
        validity: Validity { from: Some(jiff::civil::date(2024, 7, 1)), to: None },
        is_paused: false,
    }
}

fn http(sign_in: SignIn, format: Format, paging: Paging) -> Kind {
    let headers = vec![("Accept-Language".to_owned(), "vi".to_owned())];
    let url = "https://dvc.vn?ky={period}".to_owned();
    Kind::Http(Http { url, headers, sign_in, format, paging, pull: pull() })
}

/// One of every form that a connector can have.
fn every_kind() -> Vec<Connector> {
    let path = |text: &str| Path::parse(text).unwrap();
    let user = "quantrac".to_owned();
    let number = Paging::Number { parameter: "trang".into(), first: 1 };
    let several = |column: &str, breakdown: &str| ValueColumn {
        column: column.into(),
        indicator: IndicatorCode::parse("CDS.HS").unwrap(),
        breakdown: Breakdown::parse(breakdown).unwrap(),
    };
    let mut wide = pull();
    wide.columns.values = Values::Several(vec![several("nhan", ""), several("nu", "SEX=F")]);
    let sql = |engine, encryption| {
        Kind::Sql(Sql {
            engine,
            host: "10.0.0.1".into(),
            port: 5432,
            database: "dvc".into(),
            encryption,
            user: "doc".into(),
            query: "select 1 as so where ngay >= {from}".into(),
            pull: wide.clone(),
        })
    };
    let kinds = [
        http(SignIn::Open, Format::Csv, Paging::One),
        http(SignIn::Bearer, Format::Json { rows: path("$.data[*]") }, number),
        http(SignIn::Basic { user }, Format::Csv, Paging::NextLink(path("$.next"))),
        http(SignIn::Header { name: "X-Key".into() }, Format::Csv, Paging::One),
        sql(Engine::Postgres, Encryption::Machine),
        sql(Engine::Postgres, Encryption::Off),
        sql(Engine::Mysql, Encryption::Authority("-----BEGIN CERTIFICATE-----".into())),
        Kind::Push,
    ];
    let numbered = kinds.into_iter().zip(1..);
    numbered.map(|(kind, number)| connector(&format!("dvc-{number}"), kind)).collect()
}

/// Runs one command.
async fn write<T, F>(fresh: &Fresh, command: F) -> Result<T, WriteError<StoreError>>
where
    T: serde::Serialize + serde::de::DeserializeOwned + Send + 'static,
    F: for<'a> FnOnce(&'a mut Tx) -> futures::future::BoxFuture<'a, Result<T, StoreError>>
        + Send
        + 'static,
{
    fresh.store.write(None, command).await.map(|written| written.value)
}

#[test]
fn every_connector_is_read_as_it_was_saved_and_a_second_editor_is_told() {
    on_each(async |fresh| {
        let all = every_kind();
        let saved = all.clone();
        write(&fresh, move |tx| {
            Box::pin(async move {
                for one in &saved {
                    tx.save_connector(one, 0, PersonId(7)).await.map_err(unexpected)?;
                }
                Ok(())
            })
        })
        .await
        .unwrap();
        let kept = fresh.store.read().await.unwrap().connectors(None).await.unwrap();
        let read: Vec<_> = kept.iter().map(|kept| kept.connector.clone()).collect();
        assert_eq!(read, all);
        assert!(kept.iter().all(|kept| kept.version == 1 && kept.secret_at.is_none()));

        let changed = Connector { is_paused: true, ..all[0].clone() };
        let versions = write(&fresh, move |tx| {
            Box::pin(async move {
                let next = tx.save_connector(&changed, 1, PersonId(7)).await.map_err(unexpected)?;
                match tx.save_connector(&changed, 1, PersonId(8)).await {
                    Err(StaleConnector::Other(there)) => Ok((next, there)),
                    other => panic!("{other:?}"),
                }
            })
        })
        .await;
        assert_eq!(versions.unwrap(), (2, 2));
        let code = &all[0].code;
        let kept = fresh.store.read().await.unwrap().connectors(Some(code)).await.unwrap();
        assert!(kept.len() == 1 && kept[0].connector.is_paused && kept[0].version == 2);
    });
}

fn unexpected(error: StaleConnector) -> StoreError {
    match error {
        StaleConnector::Store(error) => error,
        StaleConnector::Other(version) => panic!("version {version} stands there"),
    }
}

#[test]
fn a_secret_is_replaced_and_taken_away() {
    on_each(async |fresh| {
        let code = ConnectorCode::parse("dvc-1").unwrap();
        for sealed in [Some("first"), Some("second"), None] {
            let of = code.clone();
            write(&fresh, move |tx| {
                Box::pin(async move { tx.set_connector_secret(&of, sealed).await })
            })
            .await
            .unwrap();
            let kept = fresh.store.read().await.unwrap().connector_secret(&code).await.unwrap();
            assert_eq!(kept.as_deref(), sealed);
        }
    });
}

#[test]
fn a_run_is_open_until_it_ends_and_ends_once() {
    on_each(async |fresh| {
        let new = |cause, push: Option<&str>| NewRun {
            connector: ConnectorCode::parse("dvc-1").unwrap(),
            cause,
            attempt: 2,
            due_at: (cause == RunCause::Schedule).then(|| Timestamp::from_second(9).unwrap()),
            period: Some(Period::parse("2024-06~adm").unwrap()),
            actor: None,
            push: push.map(|key| (key.to_owned(), "hash".to_owned())),
        };
        let (scheduled, pushed) = (new(RunCause::Schedule, None), new(RunCause::Push, Some("key")));
        let code = scheduled.connector.clone();
        let counts = RunCounts { bytes: 1, rows: 5, unknown: 2, figures: 3, recorded: 4 };
        let failed = RunEnd::Failed {
            may_pass: true,
            code: "silent".into(),
            vi: "im lặng".into(),
            en: "silent".into(),
        };
        let (first, second) = write(&fresh, move |tx| {
            Box::pin(async move {
                Ok((
                    tx.begin_connector_run(&scheduled).await?,
                    tx.begin_connector_run(&pushed).await?,
                ))
            })
        })
        .await
        .unwrap();
        let open = fresh.store.read().await.unwrap().open_connector_run(&code).await.unwrap();
        assert_eq!(open.map(|run| run.id), Some(second));

        let end = failed.clone();
        let ended = write(&fresh, move |tx| {
            Box::pin(async move {
                let done = RunEnd::Done { seq: Some(Seq(12)) };
                let once = tx.finish_connector_run(first, counts, &end).await?;
                let twice = tx.finish_connector_run(first, counts, &done).await?;
                let other = tx.finish_connector_run(second, counts, &done).await?;
                Ok((once, twice, other))
            })
        })
        .await;
        assert_eq!(ended.unwrap(), (true, false, true));

        let mut reader = fresh.store.read().await.unwrap();
        assert_eq!(reader.open_connector_run(&code).await.unwrap(), None);
        let runs = reader.connector_runs(&code, None, 10).await.unwrap();
        assert_eq!(runs.iter().map(|run| run.id).collect::<Vec<_>>(), [second, first]);
        assert_eq!(reader.last_connector_runs().await.unwrap(), runs);
        assert_eq!(reader.connector_runs(&code, Some(second), 10).await.unwrap().len(), 1);
        let run = &runs[1];
        assert_eq!((run.cause, run.attempt, run.counts), (RunCause::Schedule, 2, counts));
        assert_eq!(run.due_at, Some(Timestamp::from_second(9).unwrap()));
        assert_eq!(run.period, Some(Period::parse("2024-06~adm").unwrap()));
        assert_eq!(run.ended.as_ref().map(|(_, end)| end), Some(&failed));
        let by_key = reader.connector_run_by_key(&code, "key").await.unwrap();
        assert_eq!(by_key.as_ref(), Some(&runs[0]));
        assert_eq!(reader.connector_run_by_key(&code, "other").await.unwrap(), None);
    });
}
