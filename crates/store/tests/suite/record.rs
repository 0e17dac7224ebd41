//! The record: its order, its past, and what is asked of it.

use std::sync::Arc;
use std::time::Duration;

use expect_test::{Expect, expect};
use model::figure::Figure;
use model::{
    Absence, Decimal, IndicatorCode, Measure, Period, PersonId, Qualifier, Seq, Source, Status,
    SubmissionId,
};
use serde_json::json;
use store::{
    EventFilter, HistoryCommit, HistoryError, IdempotencyKey, NewEvent, NewObservation, Store,
    StoreError, WriteError,
};

use crate::databases::*;

fn indicators(codes: &str) -> Vec<IndicatorCode> {
    codes.split_whitespace().map(|code| IndicatorCode::parse(code).unwrap()).collect()
}

async fn known_at(store: &Store, codes: &str, seq: u64) -> String {
    let mut reader = store.read().await.unwrap();
    print(&reader.observations_as_known_at(&indicators(codes), Seq(seq)).await.unwrap())
}

#[test]
fn a_correction_shows_only_from_its_place_in_the_record() {
    on_each(async |fresh| {
        let check = async |seq, expected: Expect| {
            expected.assert_eq(&known_at(&fresh.store, "BC.DOANHTHU", seq).await)
        };
        state(&fresh.store, &["BC.DOANHTHU 52 2024-06 412.50", "BC.LAODONG 52 2024-06 1530528"])
            .await;
        state(&fresh.store, &["BC.DOANHTHU 52 2024-06 415", "BC.DOANHTHU 01 2024-06 -"]).await;
        check(0, expect![[""]]).await;
        let first = || {
            expect![[r#"
            1.0 BC.DOANHTHU 52 2024-06 412.50
        "#]]
        };
        check(1, first()).await;
        check(
            2,
            expect![[r#"
            1.0 BC.DOANHTHU 52 2024-06 412.50
            2.0 BC.DOANHTHU 52 2024-06 415
            2.1 BC.DOANHTHU 01 2024-06 missing
        "#]],
        )
        .await;
        state(&fresh.store, &["BC.DOANHTHU 52 2024-06 999"]).await;
        check(1, first()).await;
    });
}

#[test]
fn servers_that_start_at_once_on_an_empty_database_both_open_it() {
    on_each(async |fresh| {
        let folder = tempfile::tempdir().unwrap();
        let url = match fresh.url.starts_with("sqlite:") {
            true => format!("sqlite:{}", folder.path().join("new.db").display()),
            false => postgres_url().await.unwrap(),
        };
        let open = || Store::open(&url, fresh.clock.clock());
        let (a, b, c) = tokio::join!(open(), open(), open());
        for store in [a, b, c] {
            state(&store.unwrap(), &["BC.DOANHTHU 52 2024-06 1"]).await;
        }
    });
}

/// Whatever is recorded later, a reader of an earlier place sees what it saw then.
#[test]
fn the_past_is_stable() {
    use proptest::test_runner::{Config, TestRunner};

    let figure = (0..3u8, 0..3u8, -99i64..99);
    let commits = proptest::collection::vec(proptest::collection::vec(figure, 1..4), 1..8);
    let mut runner =
        TestRunner::new(Config { cases: 3, failure_persistence: None, ..Config::default() });
    let law = |commits: Vec<Vec<(u8, u8, i64)>>| {
        on_each(async |fresh| {
            let mut seen = vec![];
            for commit in &commits {
                seen.push(known_at(&fresh.store, "A0 A1 A2", u64::MAX >> 1).await);
                let lines: Vec<String> = commit
                    .iter()
                    .map(|(indicator, unit, number)| {
                        format!("A{indicator} {unit} 2024-06 {number}")
                    })
                    .collect();
                let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
                state(&fresh.store, &lines).await;
            }
            for (seq, seen) in seen.iter().enumerate() {
                assert_eq!(&known_at(&fresh.store, "A0 A1 A2", seq as u64).await, seen);
            }
        });
        Ok(())
    };
    runner.run(&commits, law).unwrap();
}

#[test]
fn a_copy_in_memory_gets_exactly_what_it_lacks() {
    on_each(async |fresh| {
        state(&fresh.store, &["BC.DOANHTHU 52 2024-06 412.5", "BC.LAODONG 52 2024-06 7"]).await;
        state(&fresh.store, &["BC.DOANHTHU 01 2024-06 3"]).await;
        let mut reader = fresh.store.read().await.unwrap();
        expect![[r#"
            2.0 BC.DOANHTHU 01 2024-06 3
        "#]]
        .assert_eq(&print(&reader.observations_after(Seq(1)).await.unwrap()));
        assert_eq!(reader.observations_after(Seq(0)).await.unwrap().len(), 3);
        assert_eq!(
            reader.recorded_indicators().await.unwrap(),
            indicators("BC.DOANHTHU BC.LAODONG")
        );
    });
}

#[test]
fn everything_that_is_said_of_a_figure_comes_back() {
    on_each(async |fresh| {
        let decimal = |text| Decimal::parse(text).unwrap();
        let mut said = NewObservation {
            publisher: Some("Báo Nhân Dân".into()),
            figure: Figure::Range { low: decimal("700"), high: decimal("1000.50") },
            of: Some(decimal("19")),
            qualifier: Some(Qualifier::Nearly),
            measured_share: Some(decimal("91.2")),
            synthetic: true,
            words: Some("gần \"7 tỷ\"\n".to_owned()),
            ..stated("BC.DOANHTHU 24@2025-07 2024-06~adm 1")
        };
        said.cell.breakdown = model::Breakdown::parse("SEX=F").unwrap();
        said.cell.measure = Measure::ChangeOn(Period::parse("2020-04").unwrap());
        (said.source, said.status) = (Source::Published, Status::Estimated);
        let plain = |figure| NewObservation { figure, ..stated("BC.DOANHTHU 52 2024 1") };
        let widest = "-0.999999999999999999";
        let all = vec![
            said.clone(),
            plain(Figure::Magnitude(decimal("1000000"))),
            plain(Figure::Absent(Absence::Withdrawn)),
            plain(Figure::Number(decimal(widest))),
            plain(Figure::Number(decimal("999999999999999999"))),
        ];
        let origin = store::Origin {
            submission: Some(SubmissionId(7)),
            section: Some("BC".to_owned()),
            reason: Some("Đính chính".to_owned()),
            actor: Some(PersonId(1)),
            ..import()
        };
        let (sent, from) = (all.clone(), origin.clone());
        let written: Result<_, WriteError<StoreError>> = fresh
            .store
            .write(None, move |tx| Box::pin(async move { tx.append(&from, &sent).await.map(drop) }))
            .await;
        assert_eq!(written.unwrap().seq, Seq(1));

        let mut reader = fresh.store.read().await.unwrap();
        let read = reader.observations_after(Seq(0)).await.unwrap();
        for (sent, read) in all.iter().zip(&read) {
            assert_eq!((&sent.cell, sent.figure, sent.of), (&read.cell, read.figure, read.of));
            assert_eq!(
                (sent.source, sent.status, sent.qualifier),
                (read.source, read.status, read.qualifier)
            );
            assert_eq!(
                (&sent.publisher, sent.measured_share, sent.synthetic),
                (&read.publisher, read.measured_share, read.synthetic)
            );
            assert_eq!(read.recorded_at, time(START));
        }
        assert_eq!(read[3].figure.shown().unwrap().at_own_scale(), widest);
        assert!(Arc::ptr_eq(
            read[0].publisher.as_ref().unwrap(),
            reader.observations_after(Seq(0)).await.unwrap()[0].publisher.as_ref().unwrap()
        ));

        let history = reader.history_of_cell(&said.cell, Seq::LATEST).await.unwrap();
        assert_eq!(history.len(), 1);
        assert_eq!((&history[0].origin, &history[0].words), (&origin, &said.words));
        assert_eq!(reader.history_of_cell(&said.cell, Seq(0)).await.unwrap(), vec![]);
    });
}

#[test]
fn seq_is_the_order_of_commits_without_gaps_whoever_writes() {
    on_each(async |fresh| {
        // Two servers on one database, many clients each; every third command refuses.
        let other = Store::open(&fresh.url, fresh.clock.clock()).await.unwrap();
        let mut clients = vec![];
        for client in 0..8 {
            let store = if client % 2 == 0 { fresh.store.clone() } else { other.clone() };
            clients.push(tokio::spawn(async move {
                let mut seqs = vec![];
                for turn in 0..12 {
                    let observation = stated(&format!("BC.DOANHTHU 52 2024-06 {client}{turn:02}"));
                    let refuse = turn % 3 == 2;
                    let written: Result<_, WriteError<Refused>> = store
                        .write(None, move |tx| {
                            Box::pin(async move {
                                let seq = tx.append(&import(), &[observation]).await?;
                                if refuse { Err(Refused::Asked) } else { Ok(seq.0) }
                            })
                        })
                        .await;
                    match written {
                        Ok(written) => {
                            assert_eq!(written.seq.0, written.value);
                            assert!(store.head().seq >= written.seq);
                            seqs.push(written.seq.0);
                        }
                        Err(WriteError::Refused(Refused::Asked)) => assert!(refuse),
                        Err(other) => panic!("{other:?}"),
                    }
                }
                seqs
            }));
        }
        let mut all = vec![];
        for client in clients {
            let seqs = client.await.unwrap();
            assert!(seqs.is_sorted(), "a client's later commit has a later seq");
            all.extend(seqs);
        }
        all.sort_unstable();
        assert_eq!(all, (1..=64).collect::<Vec<u64>>());
        assert!(fresh.store.wait_for(Seq(64), Duration::from_secs(5)).await);
        assert!(!fresh.store.wait_for(Seq(65), Duration::from_millis(10)).await);
        let verified = fresh.store.verify().await.unwrap();
        assert!(verified.is_whole(), "{verified}");
        other.close().await;
    });
}

/// Looking alone would find each only at the next fifth of a second: twenty would take four.
#[test]
fn servers_tell_one_another_of_their_commits() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let Some(fresh) = postgres().await else { return };
        let other = Store::open(&fresh.url, fresh.clock.clock()).await.unwrap();
        let mut heads = other.head_changes();
        // The first may still be found by looking.
        let mut begun = std::time::Instant::now();
        for turn in 0..=20 {
            let written = state(&fresh.store, &[&format!("BC.DOANHTHU 52 2024-06 {turn}")]).await;
            heads.wait_for(|head| head.seq >= written.seq).await.unwrap();
            assert_eq!(other.head(), fresh.store.head());
            if turn == 0 {
                begun = std::time::Instant::now();
            }
        }
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    });
}

#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("refused, as the test asked")]
    Asked,
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[test]
fn a_command_that_fails_or_panics_leaves_the_others_alone() {
    on_each(async |fresh| {
        let store = &fresh.store;
        let good = state(store, &["BC.DOANHTHU 52 2024-06 1"]);
        let broken = store.write::<(), StoreError, _>(None, |tx| {
            Box::pin(async move {
                // The same place in the record twice: the database refuses.
                tx.append(&import(), &[stated("BC.DOANHTHU 52 2024-06 2")]).await?;
                tx.load_history(&[]).await.map(drop).map_err(|_| StoreError::Closed)
            })
        });
        let panics = store.write::<(), StoreError, _>(None, |tx| {
            Box::pin(async move {
                tx.append(&import(), &[stated("BC.DOANHTHU 52 2024-06 3")]).await?;
                panic!("a bug in a command")
            })
        });
        let also_good = state(store, &["BC.DOANHTHU 52 2024-06 4"]);
        let (good, broken, panics, also_good) = tokio::join!(good, broken, panics, also_good);
        assert!(broken.is_err() && panics.is_err());
        let mut seqs = [good.seq.0, also_good.seq.0];
        seqs.sort_unstable();
        assert_eq!(seqs, [1, 2]);
        assert!(store.verify().await.unwrap().is_whole());
        store.check_health().await.unwrap();
    });
}

#[test]
fn the_same_request_twice_is_done_once() {
    on_each(async |fresh| {
        let ask = async |key: &str, hash: &str, figure: &str| {
            let key = IdempotencyKey {
                account: PersonId(1),
                key: key.to_owned(),
                request_hash: hash.to_owned(),
            };
            let observation = stated(&format!("BC.DOANHTHU 52 2024-06 {figure}"));
            let said = format!("kept {figure}");
            let written: Result<_, WriteError<StoreError>> = fresh
                .store
                .write(Some(key), move |tx| {
                    Box::pin(
                        async move { tx.append(&import(), &[observation]).await.map(|_| said) },
                    )
                })
                .await;
            match written {
                Ok(written) => {
                    format!("{} {} replayed: {}", written.seq, written.value, written.replayed)
                }
                Err(error) => error.to_string(),
            }
        };
        assert_eq!(ask("a", "h1", "1").await, "1 kept 1 replayed: false");
        assert_eq!(ask("a", "h1", "1").await, "1 kept 1 replayed: true");
        assert_eq!(ask("a", "h2", "2").await, "this Idempotency-Key was used for another request");
        assert_eq!(ask("b", "h2", "2").await, "2 kept 2 replayed: false");
        // Answers are kept for a week.
        fresh.clock.set("2024-08-12T07:59:59+07:00");
        assert_eq!(ask("a", "h1", "1").await, "1 kept 1 replayed: true");
        fresh.clock.set("2024-08-12T08:00:01+07:00");
        assert_eq!(ask("c", "h3", "3").await, "3 kept 3 replayed: false");
        assert_eq!(ask("a", "h4", "4").await, "4 kept 4 replayed: false");
    });
}

#[test]
fn recorded_time_never_goes_back_and_finds_its_seq() {
    on_each(async |fresh| {
        state(&fresh.store, &["BC.DOANHTHU 52 2024-06 1"]).await;
        fresh.clock.set("2024-08-06T08:00:00+07:00");
        state(&fresh.store, &["BC.DOANHTHU 52 2024-06 2"]).await;
        fresh.clock.set("2024-08-01T08:00:00+07:00");
        state(&fresh.store, &["BC.DOANHTHU 52 2024-06 3"]).await;
        assert_eq!(fresh.store.head().recorded_at, time("2024-08-06T08:00:00+07:00"));
        let mut reader = fresh.store.read().await.unwrap();
        for (instant, seq) in [
            ("2024-08-05T07:59:59+07:00", 0),
            (START, 1),
            ("2024-08-05T23:59:59+07:00", 1),
            ("2024-08-06T08:00:00+07:00", 3),
            ("2030-01-01T00:00:00+07:00", 3),
        ] {
            assert_eq!(reader.seq_at(time(instant)).await.unwrap(), Seq(seq), "{instant}");
        }
    });
}

#[test]
fn only_an_empty_record_can_be_given_a_past() {
    on_each(async |fresh| {
        let commit = |at: &str, line: &str| HistoryCommit {
            recorded_at: time(at),
            statements: vec![(import(), vec![stated(line)])],
            events: vec![NewEvent { kind: "released".to_owned(), ..NewEvent::default() }],
        };
        let early = || commit("2018-02-01T00:00:00Z", "BC.DOANHTHU 52 2018-01 1");
        let later = || commit("2018-03-01T00:00:00Z", "BC.DOANHTHU 52 2018-02 2");
        let check = async |history: Vec<HistoryCommit>, expected: &str| {
            let answer = match fresh.store.load_history(history).await {
                Ok(head) => format!("head {}", head.seq),
                Err(WriteError::Refused(
                    error @ (HistoryError::NotEmpty(_) | HistoryError::OutOfOrder { .. }),
                )) => error.to_string(),
                Err(other) => panic!("{other:?}"),
            };
            assert_eq!(answer, expected);
        };
        check(vec![later(), early()], "commit 2 of the history is recorded at 2018-02-01T00:00:00Z, before the one ahead of it").await;
        check(vec![early(), later(), later()], "head 3").await;
        check(
            vec![early()],
            "the record already has 3 commits: only an empty one can be given a past",
        )
        .await;
        state(&fresh.store, &["BC.DOANHTHU 52 2024-06 1"]).await;
        let verified = fresh.store.verify().await.unwrap();
        assert!(verified.is_whole(), "{verified}");
        assert_eq!(verified.sums, vec![(0, 6)]);
    });
}

#[test]
fn what_happened_is_found_by_person_body_kind_and_time() {
    on_each(async |fresh| {
        let event = |kind: &str, actor, body: &str| NewEvent {
            kind: kind.to_owned(),
            actor: Some(PersonId(actor)),
            body: Some(model::BodyCode::parse(body).unwrap()),
            period: Some(Period::parse("2024-07").unwrap()),
            detail: json!({"reason": "kiểm tra lại"}),
            ..NewEvent::default()
        };
        for events in [
            vec![event("signed_in", 1, "52")],
            vec![event("submitted", 1, "52"), event("signed", 2, "52")],
            vec![event("signed", 2, "01")],
        ] {
            let written: Result<_, WriteError<StoreError>> = fresh
                .store
                .write(None, move |tx| Box::pin(async move { tx.record_events(&events).await }))
                .await;
            written.unwrap();
            fresh.clock.set("2024-08-06T08:00:00+07:00");
        }
        let mut reader = fresh.store.read().await.unwrap();
        let mut check = async |filter: EventFilter, expected: &str| {
            let found = reader.events(&filter).await.unwrap();
            let line: Vec<String> = found
                .iter()
                .map(|one| format!("{}.{} {}", one.seq, one.ordinal, one.what.kind))
                .collect();
            assert_eq!(line.join(", "), expected);
        };
        let all = EventFilter::default;
        check(all(), "3.0 signed, 2.1 signed, 2.0 submitted, 1.0 signed_in").await;
        check(EventFilter { limit: 2, ..all() }, "3.0 signed, 2.1 signed").await;
        check(EventFilter { before: Some((Seq(2), 1)), ..all() }, "2.0 submitted, 1.0 signed_in")
            .await;
        check(EventFilter { actor: Some(PersonId(1)), ..all() }, "2.0 submitted, 1.0 signed_in")
            .await;
        check(
            EventFilter { body: Some(model::BodyCode::parse("01").unwrap()), ..all() },
            "3.0 signed",
        )
        .await;
        check(EventFilter { kind: Some("submitted".to_owned()), ..all() }, "2.0 submitted").await;
        check(
            EventFilter { from: Some(time("2024-08-06T00:00:00+07:00")), ..all() },
            "3.0 signed, 2.1 signed, 2.0 submitted",
        )
        .await;
        check(
            EventFilter { to: Some(time("2024-08-06T00:00:00+07:00")), ..all() },
            "1.0 signed_in",
        )
        .await;
        let found = reader.events(&EventFilter { limit: 1, ..all() }).await.unwrap();
        assert_eq!(found[0].what, event("signed", 2, "01"));
    });
}
