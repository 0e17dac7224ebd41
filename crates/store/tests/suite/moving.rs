//! Moving a store: by a backup, to the other database, from an earlier version.

use std::path::{Path, PathBuf};

use jiff::civil::date;
use measure::dossier::{Channel, Count, Day, State};
use measure::register::{Entry, EntryCode, Register, Values};
use model::{BodyCode, Period, PersonId, Seq, UnitCode, UnitKind};
use sqlx::{AssertSqlSafe, Connection};
use store::{
    BackupError, BesideMeasured, Digest, DraftValue, IdempotencyKey, NewAccount, NewEvent, NewHelp,
    NewRun, NewScan, RunCause, SaveCell, SaveError, Store,
};
use workflow::beside::Cause;
use workflow::delegation::Delegation;
use workflow::template::{Assigned, Assignment};
use workflow::{CellKey, Grant, Language, SectionId, TemplateCode};

use crate::databases::*;
use crate::definitions::{define, everything};

/// Something in every table.
async fn fill(store: &Store) {
    define(store, everything()).await;
    state(store, &["BC.DOANHTHU 52 2024-06 412.50", "BC.DOANHTHU 01 2024-06 -"]).await;
    let key =
        IdempotencyKey { account: PersonId(1), key: "k".to_owned(), request_hash: "h".to_owned() };
    let written = store.write(Some(key), |tx| {
        Box::pin(async move {
            let person = tx
                .add_account(&NewAccount {
                    login: "nhap.52".to_owned(),
                    name: "Đỗ \"Lan\"\n".to_owned(),
                    email: None,
                    password: Some("$argon2id$".to_owned()),
                    lang: Language::Vietnamese,
                    grants: vec![Grant::Head { body: BodyCode::parse("52").unwrap() }],
                })
                .await?;
            tx.add_session("s", person, time("2030-01-01T00:00:00Z")).await?;
            tx.add_api_token(person, "t", "t", None).await?;
            tx.add_reset_link(person, "r", time("2030-01-01T00:00:00Z")).await?;
            tx.add_notice(person, "vi", "en", "/").await?;
            tx.add_return_reason(person, "Sai").await?;
            tx.set_setting("demonstration", "yes").await?;
            let (template, body) =
                (TemplateCode::parse("SO-THANG").unwrap(), BodyCode::parse("52").unwrap());
            let period = Period::parse("2024-07").unwrap();
            tx.add_reminder(&template, period, &body, Some(person)).await?;
            let sections = [SectionId::parse("BC").unwrap()];
            let (id, _) = tx.open_submission(&template, 1, &body, period, &sections).await?;
            let cell = SaveCell {
                cell: CellKey::parse("BC/BC.DOANHTHU/this").unwrap(),
                version: 0,
                value: DraftValue::Figure(number("1.50")),
                comment: Some("ước".to_owned()),
            };
            let asked = cell.cell.clone();
            tx.save_cells(id, person, &[cell]).await?;
            let cell = CellKey::parse("BC/BC.DOANHTHU/this").unwrap();
            let beside = BesideMeasured {
                typed_blind: Some(model::Decimal::parse("1.50").unwrap()),
                cause: Some(Cause::Timing),
            };
            tx.keep_beside_measured(id, &cell, &beside).await?;
            let deputy = tx.add_account(&deputy()).await?;
            let (first_day, last_day) = (date(2024, 8, 5), date(2024, 8, 9));
            let lent =
                Delegation { giver: person, deputy, body, first_day, last_day, is_ended: false };
            tx.add_delegation(&lent, "Đi công tác").await?;
            tx.add_digest(&Digest {
                account: person,
                week: first_day,
                subject: "Tuần 5/8".to_owned(),
                text: "1 biểu đến hạn".to_owned(),
            })
            .await?;
            let scan = NewScan {
                submission: id,
                name: "Bản ký.pdf".to_owned(),
                kind: "application/pdf",
                content: b"%PDF-1.7\n\xff\0\n%%EOF\n".to_vec(),
                by: person,
            };
            tx.add_scan(&scan).await?;
            let help = tx
                .add_help(&NewHelp {
                    submission: id,
                    token_hash: "h".to_owned(),
                    office: "Cục Thống kê".to_owned(),
                    note: None,
                    asked_by: person,
                    expires_at: time("2030-01-01T00:00:00Z"),
                    cells: vec![asked.clone()],
                })
                .await?;
            let answer = (asked, DraftValue::Figure(number("2.5")), None);
            tx.save_help_cells(help, &[answer]).await?;
            let (of_body, number, asked) = crate::explanations::asked(person);
            tx.add_explanation(&of_body, &number, first_day, &asked).await?;
            let values = Values::from([("name", "Cổng".to_owned()), ("owner", "Sở".to_owned())]);
            let entry = Entry {
                unit: UnitCode::parse("52").unwrap(),
                code: EntryCode::parse("HT.1").unwrap(),
                since: first_day,
                values: Some(values),
                is_synthetic: false,
            };
            tx.state_entries(Register::Systems, &[entry], Some(person)).await?;
            let count = Count {
                service: EntryCode::parse("1.001").unwrap(),
                channel: Channel::Online,
                state: State::Received,
                dossiers: 5,
            };
            let day = Day::new(first_day, vec![count]).expect("nothing is said twice");
            tx.keep_dossier_day("52-dvc", &day).await?;
            let connector = measure::ConnectorCode::parse("dvc-52").unwrap();
            tx.set_connector_secret(&connector, Some("sealed")).await?;
            tx.begin_connector_run(&NewRun {
                connector,
                cause: RunCause::Person,
                attempt: 1,
                due_at: None,
                period: Some(period),
                actor: Some(person),
                push: None,
            })
            .await?;
            tx.event(NewEvent { kind: "saved".to_owned(), ..NewEvent::default() }).await?;
            Ok::<(), SaveError>(())
        })
    });
    written.await.unwrap();
    crate::beacon::count_some(store).await;
}

/// Somebody else of the body.
fn deputy() -> NewAccount {
    NewAccount {
        login: "ky.52".to_owned(),
        name: "Người làm thay".to_owned(),
        email: None,
        password: None,
        lang: Language::Vietnamese,
        grants: vec![Grant::Enterer { body: BodyCode::parse("52").unwrap(), sectors: vec![] }],
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_backup_of_a_restored_store_is_the_same_on_whichever_database() {
    on_each(async |fresh| {
        fill(&fresh.store).await;
        let folder = tempfile::tempdir().unwrap();
        let first = folder.path().join("first.backup");
        let trailer = fresh.store.backup(&first).await.unwrap();
        assert_eq!(trailer.seq, 3);
        for table in fresh.store.verify().await.unwrap().tables {
            assert!(table.rows > 0, "{} is empty, so this test shows nothing of it", table.table);
        }
        let mut others = vec![sqlite().await];
        others.extend(postgres().await);
        for other in others {
            assert_eq!(other.store.restore(&first).await.unwrap(), trailer);
            let second = folder.path().join("second.backup");
            other.store.backup(&second).await.unwrap();
            assert_eq!(read(&second), read(&first));
            assert_eq!(other.store.verify().await.unwrap(), fresh.store.verify().await.unwrap());
            // It goes on where the other stopped.
            assert_eq!(other.store.head(), fresh.store.head());
            assert_eq!(state(&other.store, &["BC.DOANHTHU 52 2024-06 1"]).await.seq, Seq(4));
        }
    });
}

#[test]
fn a_backup_has_every_column_of_every_table() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let fresh = sqlite().await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backup");
        fresh.store.backup(&path).await.unwrap();
        let mut kept: Vec<(String, String)> = vec![];
        for line in read(&path).lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            for column in line.get("columns").and_then(|columns| columns.as_array()).into_iter().flatten() {
                kept.push((line["table"].as_str().unwrap().to_owned(), column.as_str().unwrap().to_owned()));
            }
        }
        let conn = rusqlite::Connection::open(fresh.url.strip_prefix("sqlite:").unwrap()).unwrap();
        let mut columns = conn
            .prepare("SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name <> 'migration'")
            .unwrap();
        let rows = columns.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let mut there: Vec<(String, String)> = rows.collect::<Result<_, _>>().unwrap();
        kept.sort_unstable();
        there.sort_unstable();
        assert_eq!(kept, there);
    });
}

#[test]
fn a_damaged_backup_is_refused_and_leaves_nothing() {
    on_each(async |fresh| {
        fill(&fresh.store).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backup");
        fresh.store.backup(&path).await.unwrap();
        let good = read(&path);
        let lines: Vec<&str> = good.lines().collect();
        let empty = sqlite().await;
        for (damaged, says) in [
            (String::new(), "the file ends here"),
            (good[..good.len() - 10].to_owned(), "the line is cut off"),
            (lines[..lines.len() - 1].join("\n") + "\n", "the file ends here"),
            (good.replacen("41250", "41251", 1), "the checksum of table observation differs"),
            (good.replacen("\"schema\":5", "\"schema\":99", 1), "schema version 99"),
            (
                good.replacen("{\"table\":\"origin\"", "{\"table\":\"other\"", 1),
                "table origin with its columns is expected",
            ),
            ("hello\n".to_owned(), "the first line of a Quantrac backup is expected"),
        ] {
            std::fs::write(&path, damaged).unwrap();
            let refused = empty.store.restore(&path).await.unwrap_err().to_string();
            assert!(refused.contains(says), "{refused}");
        }
        std::fs::write(&path, good).unwrap();
        empty.store.restore(&path).await.unwrap();
        assert!(matches!(fresh.store.restore(&path).await, Err(BackupError::NotEmpty(_))));
        assert!(fresh.store.verify().await.unwrap().is_whole());
    });
}

#[test]
fn a_backup_is_of_one_moment_while_people_work() {
    on_each(async |fresh| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backup");
        let store = fresh.store.clone();
        let working = tokio::spawn(async move {
            for number in 0..60 {
                state(
                    &store,
                    &[&format!("BC.DOANHTHU 52 2024-06 {number}"), "BC.LAODONG 52 2024-06 1"],
                )
                .await;
            }
        });
        fresh.store.wait_for(Seq(5), std::time::Duration::from_secs(10)).await;
        let trailer = fresh.store.backup(&path).await.unwrap();
        working.await.unwrap();
        let other = sqlite().await;
        other.store.restore(&path).await.unwrap();
        let verified = other.store.verify().await.unwrap();
        assert!(verified.is_whole(), "{verified}");
        assert_eq!(verified.head.seq.0, trailer.seq);
        assert!((5..=60).contains(&trailer.seq));
    });
}

#[test]
fn verify_names_what_is_wrong() {
    on_each(async |fresh| {
        fill(&fresh.store).await;
        state(&fresh.store, &["BC.DOANHTHU 52 2024-06 7"]).await;
        assert!(fresh.store.verify().await.unwrap().is_whole());
        for (damage, says) in [
            ("UPDATE observation SET kind = 'rumour' WHERE seq = 4", "a kind of figure"),
            (
                "UPDATE observation SET ordinal = 9 WHERE seq = 4",
                "gaps in the order of their observations",
            ),
            (
                "UPDATE observation SET origin = 9 WHERE seq = 4",
                "observations have no commit or no origin",
            ),
            (
                "UPDATE committed SET recorded_at = 5 WHERE seq = 4",
                "recorded earlier than the one before",
            ),
            (
                "DELETE FROM committed WHERE seq = 2",
                "the head is at 4, but 3 commits run from 1 to 4",
            ),
            ("UPDATE head SET seq = 7", "the head is at 7"),
            ("UPDATE scan SET content = 'AAAA'", "scan 1 is not what was attached"),
        ] {
            run(&fresh.url, damage).await;
            let found = fresh.store.verify().await.unwrap().findings.join("; ");
            assert!(found.contains(says), "{found}");
        }
    });
}

/// Every version ever shipped is kept as the statements that make it, with rows in it.
#[test]
fn a_database_of_every_earlier_version_opens_with_all_that_was_in_it() {
    for version in 1.. {
        let fixture = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join(format!("tests/fixtures/version-{version}.sql"));
        if !fixture.exists() {
            assert!(version > 1, "the fixtures are gone");
            break;
        }
        let script = read(&fixture);
        on_each(async |fresh| {
            // A database beside the fresh one, of the same kind, that only the fixture has touched.
            let folder = tempfile::tempdir().unwrap();
            let url = match fresh.url.starts_with("sqlite:") {
                true => format!("sqlite:{}", folder.path().join("old.db").display()),
                false => postgres_url().await.unwrap(),
            };
            run(&url, &script).await;
            let store = Store::open(&url, fresh.clock.clock()).await.unwrap();
            let verified = store.verify().await.unwrap();
            assert!(verified.is_whole(), "{verified}");
            assert_eq!(verified.head.seq, Seq(3));
            let mut reader = store.read().await.unwrap();
            assert_eq!(
                print(&reader.observations_after(Seq(0)).await.unwrap()),
                "2.0 BC.DOANHTHU 52 2024-06 412.50\n2.1 BC.DOANHTHU 01 2024-06 missing\n"
            );
            assert_eq!(reader.account_by_login("nhap.52").await.unwrap().unwrap().grants.len(), 1);
            let defined = reader.definitions_as_known_at(Seq::LATEST).await.unwrap();
            assert_eq!(defined.indicators.len(), 3);
            if version < 3 {
                // Their templates had one assignment, which held at all times.
                let assigned = defined.templates.iter().map(|one| one.assigned_to.as_slice());
                let group = Assigned::Group(UnitCode::parse("@ministries").unwrap());
                let each = [group, Assigned::Kind(UnitKind::Province)].map(Assignment::always);
                assert_eq!(assigned.collect::<Vec<_>>(), [&each[..1], &each[1..]]);
            } else {
                let assigned = |templates: &[workflow::Template]| -> Vec<Vec<Assignment>> {
                    templates.iter().map(|one| one.assigned_to.clone()).collect()
                };
                assert_eq!(assigned(&defined.templates), assigned(&everything().templates));
            }
            drop(reader);
            assert_eq!(state(&store, &["BC.DOANHTHU 52 2024-06 1"]).await.seq, Seq(4));
            store.close().await;
        });
    }
}

/// Backups ever written stay readable.
#[test]
fn a_backup_of_every_earlier_version_is_restored() {
    for version in 1.. {
        let fixture = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join(format!("tests/fixtures/backup-{version}.jsonl"));
        if !fixture.exists() {
            assert!(version > 1, "the fixtures are gone");
            break;
        }
        on_each(async |fresh| {
            fresh.store.restore(&fixture).await.unwrap();
            assert_eq!(fresh.store.head().seq, Seq(3));
            assert!(fresh.store.verify().await.unwrap().is_whole());
        });
    }
}

#[test]
fn a_newer_database_is_left_alone() {
    on_each(async |fresh| {
        run(&fresh.url, "INSERT INTO migration (version) VALUES (99)").await;
        let refused = Store::open(&fresh.url, fresh.clock.clock()).await.err().unwrap().to_string();
        assert_eq!(
            refused,
            "the database has schema version 99, this program knows 5: a newer Quantrac wrote it"
        );
    });
}

async fn run(url: &str, script: &str) {
    if let Some(path) = url.strip_prefix("sqlite:") {
        let conn = rusqlite::Connection::open(path).unwrap();
        conn.execute_batch(script).unwrap();
    } else {
        let mut conn = sqlx::PgConnection::connect(url).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(script.to_owned())).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    }
}

/// Writes the fixtures of the present version: run once when a version is shipped, never again for it.
#[test]
#[ignore = "writes files; run by hand when a schema version is shipped"]
fn write_fixtures() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let fresh = sqlite().await;
        fill(&fresh.store).await;
        let steps = [
            include_str!("../../migrations/0001_record.sql"),
            include_str!("../../migrations/0002_extension.sql"),
            include_str!("../../migrations/0003_forms.sql"),
            include_str!("../../migrations/0004_measure.sql"),
            include_str!("../../migrations/0005_measured.sql"),
        ];
        let version = steps.len();
        let backup = folder.join(format!("backup-{version}.jsonl"));
        fresh.store.backup(&backup).await.unwrap();
        let mut script =
            String::from("CREATE TABLE migration (version BIGINT NOT NULL PRIMARY KEY);\n");
        for (before, step) in steps.iter().enumerate() {
            script += &format!("INSERT INTO migration (version) VALUES ({});\n{step}", before + 1);
        }
        script += "\nDELETE FROM head;\n";
        let mut opening = (String::new(), String::new());
        for line in read(&backup).lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            if let Some(table) = line.get("table") {
                let columns: Vec<&str> = line["columns"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|name| name.as_str().unwrap())
                    .collect();
                opening = (table.as_str().unwrap().to_owned(), columns.join(", "));
            } else if let Some(row) = line.as_array() {
                let values: Vec<String> = row
                    .iter()
                    .map(|value| match value.as_str() {
                        Some(text) => format!("'{}'", text.replace('\'', "''")),
                        None => value.to_string().replace("null", "NULL"),
                    })
                    .collect();
                script += &format!(
                    "INSERT INTO {} ({}) VALUES ({});\n",
                    opening.0,
                    opening.1,
                    values.join(", ")
                );
            }
        }
        std::fs::write(folder.join(format!("version-{version}.sql")), script).unwrap();
    });
}
