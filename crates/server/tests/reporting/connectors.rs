//! Connected systems: what they answer well is recorded once, and what they answer badly is a line and no figure.

use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use measure::ConnectorCode;
use model::Period;
use serde_json::{Value, json};
use server::connect::{end_what_was_left, run_due};
use server::follow_up::tell_of_connectors;
use store::{NewRun, RunCause};

use crate::ministry::{Ministry, on_each, on_postgres, on_sqlite};
use crate::system::System;

/// A connector of Bình Định's portal that asks this address.
fn asks(url: &str) -> Value {
    json!({
        "code": "dvc-52", "name": "Cổng dịch vụ công Bình Định", "owner": "52", "kind": "http",
        "indicators": ["BC.DOANHTHU"], "units": ["52"], "frequency": "month", "calendar": "statistical",
        "measured_share": "95",
        "http": {"url": url, "sign_in": "open", "format": "json", "rows": "$.data[*]", "paging": "one"},
        "schedule": {"times": "daily", "hour": 6, "minute": 0, "about": "closed"},
        "columns": {"value": "so", "unit": "ma", "period": "ky"},
        "limits": {"most_bytes": 65536, "most_rows": 100, "most_pages": 3, "total_seconds": 5, "idle_seconds": 1},
        "internal_hosts": ["127.0.0.1"],
    })
}

/// Saves a connector on top of whatever stands there.
async fn save(ministry: &Ministry, connector: &Value, secret: Option<&str>) -> Value {
    let admin = ministry.person("bo.quantri");
    let path = format!("/connectors/{}", connector["code"].as_str().unwrap());
    let there = admin.get(&path).await;
    let seen = there.body["version"].as_u64().unwrap_or(0);
    let mut body = json!({"connector": connector, "seen": seen});
    if let Some(secret) = secret {
        body["secret"] = secret.into();
    }
    admin.put(&path, body).await.ok()
}

async fn run(ministry: &Ministry, period: &str) -> Value {
    let admin = ministry.person("bo.quantri");
    admin.post("/connectors/dvc-52/run", json!({ "period": period })).await.ok()
}

/// What is measured of Bình Định's revenue.
async fn measured(ministry: &Ministry, period: &str) -> String {
    let path = format!("/values?indicator=BC.DOANHTHU&unit=52&period={period}&source=measured");
    let found = ministry.person("bo.phantich").get(&path).await.ok();
    let value = &found["values"][0];
    value["value"].as_str().or(value["absent"].as_str()).unwrap().to_owned()
}

#[test]
fn an_answer_is_recorded_once_and_a_later_one_as_a_revision() {
    on_each(async |ministry| {
        let system = System::start();
        save(&ministry, &asks(&system.url("/ok?ky={period}")), None).await;
        let before = ministry.head();
        let first = run(&ministry, "2024-06").await;
        assert_eq!(
            (&first["outcome"], &first["rows"], &first["figures"], &first["recorded"]),
            (&json!("done"), &json!(1), &json!(1), &json!(1)),
            "{first}"
        );
        assert_eq!(first["seq"], before + 1);
        assert_eq!(measured(&ministry, "2024-06").await, "17.5");
        assert_eq!(system.asked()[0], "GET /ok?ky=2024-06 HTTP/1.1");

        // The same again changes nothing.
        let again = run(&ministry, "2024-06").await;
        assert_eq!(
            (&again["figures"], &again["recorded"], &again["seq"]),
            (&json!(1), &json!(0), &Value::Null)
        );
        assert_eq!(ministry.head(), before + 1);

        // Another number is a later observation; the history names the connector and the run.
        save(&ministry, &asks(&system.url("/later")), None).await;
        let later = run(&ministry, "2024-06").await;
        assert_eq!(later["recorded"], 1);
        assert_eq!(measured(&ministry, "2024-06").await, "18");
        let figure = "/figure?indicator=BC.DOANHTHU&unit=52&period=2024-06";
        let figure = ministry.person("bo.phantich").get(figure).await.ok().to_string();
        let named = format!("(dvc-52), lần chạy {}", later["id"].as_str().unwrap());
        assert!(figure.contains(&named), "{figure}");
        assert!(figure.contains("\"17.5\""), "the earlier number is gone: {figure}");
    });
}

#[test]
fn every_bad_answer_is_a_line_in_the_log_and_no_figure_changes() {
    on_sqlite(async |ministry| {
        let system = System::start();
        let rows: &[(&str, &str)] = &[
            ("/html", "not_json"),
            ("/truncated", "cut_off"),
            ("/short", "not_json"),
            ("/endless", "answer_too_large"),
            ("/announced-1gb", "answer_too_large"),
            ("/gzip-bomb", "answer_too_large"),
            ("/gzip-broken", "cut_off"),
            ("/brotli", "unknown_compression"),
            ("/wrong-type", "findings"),
            ("/not-a-number", "findings"),
            ("/duplicate-key", "findings"),
            ("/duplicate-cell", "findings"),
            ("/other-period", "findings"),
            ("/unknown-unit", "findings"),
            ("/other-unit", "findings"),
            ("/too-many-decimals", "findings"),
            ("/no-column", "no_column"),
            ("/nowhere", "path_leads_nowhere"),
            ("/many-rows", "too_many_rows"),
            ("/drip", "too_slow"),
            ("/silent", "silent"),
            ("/status/500", "bad_status"),
            ("/status/404", "bad_status"),
            ("/to-metadata", "internal_address"),
            ("/to-localhost", "internal_address"),
            ("/loop", "too_many_redirects"),
            ("/to-file", "bad_address"),
        ];
        let before = (
            ministry.value("BC.DOANHTHU", "52", "2024-06").await,
            measured(&ministry, "2024-06").await,
        );
        for (path, code) in rows {
            let mut connector = asks(&system.url(path));
            match *path {
                "/drip" => connector["limits"]["total_seconds"] = 1.into(),
                "/silent" => {}
                // A busy machine is no silent one.
                _ => connector["limits"]["idle_seconds"] = 5.into(),
            }
            save(&ministry, &connector, None).await;
            let head = ministry.head();
            let ran = run(&ministry, "2024-06").await;
            assert_eq!(
                (&ran["outcome"], &ran["error_code"]),
                (&json!("failed"), &json!(code)),
                "{path}: {ran}"
            );
            assert!(ran["error"].as_str().unwrap().chars().count() > 15, "{path}: {ran}");
            assert_eq!(ministry.head(), head, "{path} changed the record");
        }
        for (url, code) in [
            ("http://169.254.169.254/latest/meta-data/".to_owned(), "internal_address"),
            ("http://[::1]:1/".to_owned(), "internal_address"),
            // A name that leads inside.
            (system.url("/ok").replace("127.0.0.1", "localhost"), "internal_address"),
            ("http://khong-co.invalid/".to_owned(), "no_such_host"),
            ("http://127.0.0.1:1/".to_owned(), "not_reached"),
            (system.url("/ok").replace("http:", "https:"), "not_reached"),
        ] {
            save(&ministry, &asks(&url), None).await;
            let ran = run(&ministry, "2024-06").await;
            assert_eq!(ran["error_code"], code, "{url}: {ran}");
        }
        let after = (
            ministry.value("BC.DOANHTHU", "52", "2024-06").await,
            measured(&ministry, "2024-06").await,
        );
        assert_eq!(before, after);
        let log = ministry.person("kiemtoan").get("/connectors/dvc-52/runs").await.ok();
        assert_eq!(log["runs"].as_array().unwrap().len(), rows.len() + 6);
    });
}

#[test]
fn a_line_of_the_log_says_where_in_both_languages() {
    on_sqlite(async |ministry| {
        let system = System::start();
        save(&ministry, &asks(&system.url("/other-period")), None).await;
        run(&ministry, "2024-06").await;
        for (lang, expected) in [
            (
                "vi",
                "Có 1 lỗi trong các dòng, không ghi số liệu nào. Dòng 1: Dòng này của kỳ “2024-05”, không phải kỳ đang hỏi 2024-06.",
            ),
            (
                "en",
                "1 faults were found in the rows; nothing was recorded. Row 1: This row is about “2024-05”, not 2024-06, which was asked about.",
            ),
        ] {
            let path = format!("/connectors/dvc-52/runs?lang={lang}");
            let log = ministry.person("bo.quantri").get(&path).await.ok();
            assert_eq!(log["runs"][0]["error"], expected);
        }
    });
}

#[test]
fn pages_are_followed_and_bounded() {
    on_sqlite(async |ministry| {
        let system = System::start();
        for (url, paging, at, outcome) in [
            ("/next/1", "next_link", "$.next", "1 2"),
            ("/numbered", "number", "trang", "1 2"),
            ("/next-for-ever", "next_link", "$.next", "too_many_pages"),
        ] {
            let mut connector = asks(&system.url(url));
            connector["http"]["paging"] = paging.into();
            connector["http"]["paging_at"] = at.into();
            connector["http"]["first_page"] = 1.into();
            connector["units"] = json!(["VN"]);
            save(&ministry, &connector, None).await;
            let ran = run(&ministry, "2024-06").await;
            match ran["outcome"].as_str().unwrap() {
                "done" => assert_eq!(format!("1 {}", ran["rows"]), outcome, "{url}: {ran}"),
                _ => assert_eq!(ran["error_code"], outcome, "{url}: {ran}"),
            }
        }
    });
}

#[test]
fn a_secret_goes_to_its_own_system_and_is_never_shown() {
    on_sqlite(async |ministry| {
        const SECRET: &str = "mat-khau-rat-dai-1234";
        let (system, other) = (System::start(), System::start());
        let admin = ministry.person("bo.quantri");
        let mut connector = asks(&system.url("/echo"));
        connector["http"]["sign_in"] = "bearer".into();
        // Needed and not there.
        save(&ministry, &connector, None).await;
        assert_eq!(run(&ministry, "2024-06").await["error_code"], "no_secret");

        save(&ministry, &connector, Some(SECRET)).await;
        assert_eq!(run(&ministry, "2024-06").await["error_code"], "path_leads_nowhere");
        assert!(system.heard().contains(&format!("authorization: Bearer {SECRET}")));

        // The system repeats it; neither the test nor the log nor the connector shows it.
        let tested = admin
            .post("/connectors/test", json!({"connector": connector, "period": "2024-06"}))
            .await
            .ok();
        assert!(tested["answer"].as_str().unwrap().contains("Bearer •••"), "{tested}");
        assert!(tested["requests"][0].as_str().unwrap().contains("authorization: •••"), "{tested}");
        let shown = [
            tested,
            admin.get("/connectors/dvc-52").await.ok(),
            admin.get("/connectors").await.ok(),
            admin.get("/connectors/dvc-52/runs").await.ok(),
            ministry.person("kiemtoan").get("/audit?limit=50").await.ok(),
        ];
        assert!(shown.iter().all(|one| !one.to_string().contains(SECRET)), "{shown:?}");

        // Redirected to another system, it stays here.
        let mut away = asks(&system.url(&format!("/to/{}", other.port())));
        away["http"]["sign_in"] = "bearer".into();
        save(&ministry, &away, None).await;
        run(&ministry, "2024-06").await;
        assert!(!other.heard().contains(SECRET), "the secret went to another system");
        assert!(other.heard().contains("GET /ok"), "{}", other.heard());

        // Moved to another system, it has to be entered again, and a test does not send it there.
        let mut moved = asks(&other.url("/echo"));
        moved["http"]["sign_in"] = "bearer".into();
        let body = json!({"connector": moved, "seen": 3});
        admin.put("/connectors/dvc-52", body).await.refused(422, "secret_again");
        let tested = admin
            .post("/connectors/test", json!({"connector": moved, "period": "2024-06"}))
            .await
            .ok();
        assert_eq!(tested["findings"][0]["code"], "no_secret");
        assert!(!other.heard().contains(SECRET));
    });
}

#[test]
fn a_test_shows_what_would_be_recorded_beside_what_is_and_records_nothing() {
    on_sqlite(async |ministry| {
        let system = System::start();
        let admin = ministry.person("bo.quantri");
        let head = ministry.head();
        let body = json!({"connector": asks(&system.url("/ok?ky={period}")), "period": "2024-06"});
        let tested = admin.post("/connectors/test", body).await.ok();
        let figure = &tested["figures"][0];
        assert_eq!(
            (&figure["value"], &figure["measured_now"], &figure["reported_now"], &figure["is_new"]),
            (&json!("17.5"), &Value::Null, &json!("110"), &json!(true)),
            "{tested}"
        );
        assert_eq!((&tested["status"], &tested["rows"]), (&json!(200), &json!(1)));
        assert_eq!(
            (ministry.head(), measured(&ministry, "2024-06").await.as_str()),
            (head, "nothing_recorded")
        );
    });
}

#[test]
fn what_is_wrong_with_a_connector_is_found_at_once_by_field() {
    on_sqlite(async |ministry| {
        let admin = ministry.person("bo.quantri");
        let put = async |connector: &Value| {
            admin.put("/connectors/dvc-52", json!({"connector": connector, "seen": 0})).await
        };
        let at = |path: &str, value: Value| {
            let mut connector = asks("https://dvc.vn/?ky={period}");
            *connector.pointer_mut(path).unwrap() = value;
            connector
        };
        for (connector, field, code) in [
            (at("/name", json!(" ")), "name", "empty"),
            (at("/owner", json!("5x")), "owner", "unknown_body"),
            (at("/indicators", json!(["BC.DOANTHU"])), "indicators", "unknown_indicator"),
            (at("/units", json!([])), "units", "empty"),
            (at("/frequency", json!("range")), "frequency", "not_one_of"),
            (at("/measured_share", json!("101")), "measured_share", "bad_share"),
            (at("/http/url", json!("ftp://dvc.vn")), "http.url", "bad_address"),
            (at("/http/url", json!("https://a:b@dvc.vn")), "http.url", "bad_address"),
            (at("/http/url", json!("https://dvc.vn/{ngay}")), "http.url", "unknown_placeholder"),
            (at("/http/rows", json!("$..data")), "http.rows", "bad_path"),
            (at("/http/sign_in", json!("oauth")), "http.sign_in", "not_one_of"),
            (at("/schedule/hour", json!(24)), "schedule.times", "not_one_of"),
            (at("/limits/most_bytes", json!(1u64 << 40)), "limits.most_bytes", "not_one_of"),
            (at("/columns/value", json!("")), "columns.value", "empty"),
        ] {
            let refused = put(&connector).await.refused(422, "findings");
            let found = &refused["findings"][0];
            assert_eq!(
                (&found["column"], &found["code"]),
                (&json!(field), &json!(code)),
                "{refused}"
            );
        }
        let mut two = asks("https://dvc.vn/");
        two["indicators"] = json!([]);
        two["http"]["url"] = "x".into();
        two["http"]["headers"] = json!([{"name": "Authorization", "value": "Bearer x"}]);
        let refused = put(&two).await.refused(422, "findings");
        let fields: Vec<&str> = refused["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["column"].as_str().unwrap())
            .collect();
        assert!(
            ["indicators", "http.url", "http.headers"].iter().all(|field| fields.contains(field)),
            "{fields:?}"
        );
    });
}

#[test]
fn a_body_knows_its_own_connectors_and_nobody_else_of_them() {
    on_sqlite(async |ministry| {
        save(&ministry, &asks("https://dvc.vn/"), None).await;
        for (user, sees, status) in
            [("nhap.52", 1, 200), ("ky.48", 0, 404), ("bo.phantich", 1, 200), ("kiemtoan", 1, 200)]
        {
            let person = ministry.person(user);
            let list = person.get("/connectors").await.ok();
            assert_eq!(list["connectors"].as_array().unwrap().len(), sees, "{user}");
            assert_eq!(person.get("/connectors/dvc-52").await.status, status, "{user}");
            assert_eq!(person.get("/connectors/dvc-52/runs").await.status, status, "{user}");
            person.post("/connectors/dvc-52/run", json!({})).await.refused(403, "forbidden");
            person
                .post("/connectors/dvc-52/pause", json!({"is_paused": true}))
                .await
                .refused(403, "forbidden");
        }
    });
}

#[test]
fn what_is_due_is_asked_once_by_whichever_server_and_again_after_a_failure_that_may_pass() {
    on_postgres(async |ministry, postgres| {
        let beside = ministry.beside(&postgres).await;
        let system = System::start();
        save(&ministry, &asks(&system.url("/ok?ky={period}")), None).await;
        let due = async |after: SignedDuration| {
            let now: Timestamp = ministry.app.now() + after;
            let (one, other) = tokio::join!(run_due(&ministry.app, now), run_due(&beside.app, now));
            one.unwrap() + other.unwrap()
        };
        let (none, tomorrow) = (SignedDuration::ZERO, SignedDuration::from_hours(24));
        assert_eq!(due(none).await, 0, "it was set up after its time");
        assert_eq!(due(tomorrow).await, 1);
        assert_eq!(due(tomorrow).await, 0, "it was asked twice");
        assert_eq!(measured(&ministry, "2024-07").await, "17.5");

        // It fails and is tried again, but not for ever.
        save(&ministry, &asks(&system.url("/status/503")), None).await;
        let admin = ministry.person("bo.quantri");
        for attempt in 1..=4 {
            let now = ministry.app.now() + tomorrow * 2;
            assert_eq!(run_due(&ministry.app, now).await.unwrap(), 1);
            let log = admin.get("/connectors/dvc-52/runs").await.ok();
            assert_eq!(log["runs"][0]["attempt"], attempt);
        }
        assert_eq!(due(tomorrow * 2).await, 0, "it is tried for ever");
        let listed = admin.get("/connectors").await.ok();
        assert_eq!(listed["connectors"][0]["last_run"]["error_code"], "bad_status");

        admin.post("/connectors/dvc-52/pause", json!({"is_paused": true})).await.ok();
        assert_eq!(due(tomorrow * 3).await, 0, "it rests");
    });
}

/// A key, then what it signs.
fn signed(secret: &str, id: &str, second: i64, body: &str) -> String {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use hmac::{Hmac, KeyInit, Mac};
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut signed = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
    signed.update(format!("{id}.{second}.{body}").as_bytes());
    format!("v1,{}", BASE64_STANDARD.encode(signed.finalize().into_bytes()))
}

#[test]
fn a_signed_batch_is_taken_once_and_whole() {
    on_each(async |ministry| {
        let admin = ministry.person("bo.quantri");
        let connector = json!({
            "code": "day-52", "name": "Trục liên thông", "owner": "52", "kind": "push",
            "indicators": ["BC.DOANHTHU"], "units": ["52"], "frequency": "month", "calendar": "statistical",
            "measured_share": "40",
        });
        save(&ministry, &connector, None).await;
        let made = admin.post("/connectors/day-52/push-secret", json!({})).await.ok();
        let secret = made["secret"].as_str().unwrap();
        let push = async |id: &str, ago: i64, body: &str| {
            let second = Timestamp::now().as_second() - ago;
            let signature = signed(secret, id, second, body);
            ministry.stranger().push("day-52", id, second, &signature, body).await
        };
        let good = r#"{"figures":[{"period":"2024-06","value":"12.5"},{"period":"2024-05","value":null}]}"#;
        let taken = push("lo-1", 0, good).await.ok();
        assert_eq!(
            (&taken["rows"], &taken["unknown"], &taken["recorded"]),
            (&json!(2), &json!(1), &json!(1))
        );
        assert_eq!(measured(&ministry, "2024-06").await, "12.5");
        assert_eq!(measured(&ministry, "2024-05").await, "nothing_recorded");

        let again = push("lo-1", 1, good).await;
        assert!(again.replayed && again.body == taken, "{}", again.body);
        let other = good.replace("12.5", "13");
        push("lo-1", 0, &other).await.refused(422, "idempotency_key_reused");
        push("lo-2", 600, good).await.refused(401, "bad_signature");
        push("lo-2", -600, good).await.refused(401, "bad_signature");
        let forged = ministry
            .stranger()
            .push("day-52", "lo-2", Timestamp::now().as_second(), "v1,AAAA", good)
            .await;
        forged.refused(401, "bad_signature");
        let nobody = ministry
            .stranger()
            .push("khong-co", "lo-2", Timestamp::now().as_second(), "v1,AAAA", good)
            .await;
        nobody.refused(401, "bad_signature");

        // All or nothing, with every row that is wrong.
        let head = ministry.head();
        let bad = r#"{"figures":[{"period":"2024-04","value":"1"},{"period":"2024-04","unit":"48","value":"1"},
            {"period":"2024-03","indicator":"VT.DOANHTHU","value":"1"},{"period":"2024-02","value":"một"},
            {"period":"2024-01","value":"1","share":"140"},{"period":"2024-12","value":"1"}]}"#;
        let refused = push("lo-3", 0, bad).await.refused(422, "findings");
        let rows: Vec<&str> = refused["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["row"].as_str().unwrap())
            .collect();
        assert_eq!(rows, ["2", "3", "4", "5", "6"], "{refused}");
        push("lo-4", 0, "{").await.refused(422, "not_json");
        assert_eq!(ministry.head(), head);
        // Mended under the same name.
        let mended = r#"{"figures":[{"period":"2024-04","value":"1"}]}"#;
        assert_eq!(push("lo-3", 0, mended).await.ok()["recorded"], 1);

        admin.post("/connectors/day-52/pause", json!({"is_paused": true})).await.ok();
        push("lo-5", 0, mended).await.refused(409, "connector_paused");
        let log = admin.get("/connectors/day-52/runs").await.ok();
        let outcomes: Vec<&str> = log["runs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|run| run["outcome"].as_str().unwrap())
            .collect();
        assert_eq!(outcomes, ["done", "failed", "failed", "done"], "{log}");

        // A new key: the old one no longer holds.
        admin.post("/connectors/day-52/pause", json!({"is_paused": false})).await.ok();
        admin.post("/connectors/day-52/push-secret", json!({})).await.ok();
        push("lo-6", 0, mended).await.refused(401, "bad_signature");
    });
}

/// Runs a statement in a database of a server, by its client.
type Tell = Box<dyn Fn(&str, &str)>;

/// A database that is asked: who it is, and how its client is told to run statements.
struct Database {
    engine: &'static str,
    host: String,
    port: u16,
    user: String,
    name: &'static str,
    /// The authority of its certificate, which is for `localhost`, as PEM.
    authority: Option<String>,
    tell: Tell,
}

fn authority(variable: &str) -> Option<String> {
    let found = std::env::var(variable).ok().and_then(|path| std::fs::read_to_string(path).ok());
    if found.is_none() {
        eprintln!("without TLS: {variable} is not set");
    }
    found
}

/// Every database that the environment names; made empty, under this name.
fn databases(name: &'static str) -> Vec<Database> {
    let mut found = vec![];
    let parts = |url: &str| {
        let rest = url.split_once("://").unwrap().1;
        let (user, rest) = rest.split_once('@').unwrap();
        let (host, rest) = rest.split_once(':').unwrap();
        let port: u16 = rest.split('/').next().unwrap().parse().unwrap();
        (user.to_owned(), host.to_owned(), port)
    };
    match std::env::var("QUANTRAC_TEST_POSTGRES") {
        Ok(url) => {
            let (user, host, port) = parts(&url);
            let base = url.rsplit_once('/').unwrap().0.to_owned();
            let tell = move |database: &str, sql: &str| {
                let url = format!("{base}/{database}");
                let done = Command::new("psql")
                    .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &url, "-c", sql])
                    .status();
                assert!(done.unwrap().success(), "{sql}");
            };
            tell("postgres", &format!("drop database if exists {name}"));
            tell("postgres", &format!("create database {name}"));
            let tell = Box::new(tell);
            found.push(Database {
                engine: "postgres",
                host,
                port,
                user,
                name,
                authority: authority("QUANTRAC_TEST_POSTGRES_CA"),
                tell,
            });
        }
        Err(_) => eprintln!("skipped on PostgreSQL: QUANTRAC_TEST_POSTGRES is not set"),
    }
    match std::env::var("QUANTRAC_TEST_MARIADB") {
        Ok(url) => {
            let (user, host, port) = parts(&url);
            let (as_user, at) = (user.clone(), host.clone());
            let tell = move |database: &str, sql: &str| {
                let done = Command::new("mariadb")
                    .args(["--no-defaults", "-h", &at, "-P", &port.to_string(), "-u", &as_user])
                    .args(["-D", database, "-e", sql])
                    .status();
                assert!(done.unwrap().success(), "{sql}");
            };
            tell("mysql", &format!("drop database if exists {name}"));
            tell("mysql", &format!("create database {name}"));
            let tell = Box::new(tell);
            found.push(Database {
                engine: "mysql",
                host,
                port,
                user,
                name,
                authority: authority("QUANTRAC_TEST_MARIADB_CA"),
                tell,
            });
        }
        Err(_) => eprintln!("skipped on MariaDB: QUANTRAC_TEST_MARIADB is not set"),
    }
    found
}

#[test]
fn a_database_is_asked_and_only_reads() {
    on_sqlite(async |ministry| {
        for database in databases("nguon_do") {
            (database.tell)(
                database.name,
                "create table ho_so (ma varchar(10), ngay date, so numeric(20, 4), dong double precision);
                 insert into ho_so values ('52', '2024-06-01', 10.25, 1.5), ('52', '2024-06-30', 2.25, 1.5),
                     ('52', '2024-07-01', 99, 1.5), ('48', '2024-06-15', null, 1.5)",
            );
            let writes = match database.engine {
                "postgres" => {
                    "with gone as (delete from ho_so returning *) select '52' as ma, 1 as so from gone"
                }
                _ => "delete from ho_so",
            };
            let sleeps = if database.engine == "postgres" { "pg_sleep(9)" } else { "sleep(9)" };
            let sleeps = format!("select '52' as ma, 1 as so, {sleeps} as ngu");
            let sum = "select ma, sum(so) as so from ho_so where ngay >= {from} and ngay <= {to} group by ma order by ma desc";
            let rows: [(&str, &str); 12] = [
                (sum, "done 12.5"),
                ("select '52' as ma, cast({year} as decimal(10, 0)) as so", "done 2024"),
                ("select '52' as ma, count(*) as so from ho_so", "done 4"),
                ("select ma, dong as so from ho_so", "column_type"),
                ("select ma from ho_so", "no_column"),
                ("select * from khong_co", "database_said"),
                ("select '52' as ma, 1 as so; delete from ho_so", "database_said"),
                (writes, "query_writes"),
                ("update ho_so set so = 0", "query_writes"),
                ("drop table ho_so", "query_writes"),
                ("select a.ma, a.so from ho_so a, ho_so b, ho_so c, ho_so d", "too_many_rows"),
                (&sleeps, "too_slow"),
            ];
            let connector = |query: &str| {
                let mut connector = asks("");
                connector["kind"] = "sql".into();
                connector["http"] = Value::Null;
                connector["units"] = json!(["VN"]);
                connector["columns"] = json!({"value": "so", "unit": "ma"});
                connector["limits"]["total_seconds"] = 2.into();
                connector["sql"] = json!({"engine": database.engine, "host": database.host, "port": database.port,
                    "database": database.name, "encryption": "off", "user": database.user, "query": query});
                connector["internal_hosts"] = json!([database.host]);
                connector
            };
            for (query, expected) in rows {
                save(&ministry, &connector(query), None).await;
                let ran = run(&ministry, "2024-06").await;
                let came = match ran["outcome"].as_str().unwrap() {
                    "done" => format!("done {}", measured(&ministry, "2024-06").await),
                    _ => ran["error_code"].as_str().unwrap().to_owned(),
                };
                assert_eq!(came, expected, "{} {query}: {ran}", database.engine);
            }
            // Nothing of it was written.
            save(&ministry, &connector("select '52' as ma, sum(so) as so from ho_so"), None).await;
            run(&ministry, "2024-06").await;
            assert_eq!(measured(&ministry, "2024-06").await, "111.5", "{}", database.engine);

            // A host that was not allowed, a password that does not hold, a text in quotes.
            let mut inside = connector(sum);
            inside["internal_hosts"] = json!([]);
            save(&ministry, &inside, None).await;
            assert_eq!(run(&ministry, "2024-06").await["error_code"], "internal_address");
            let mut unknown = connector(sum);
            unknown["sql"]["user"] = "khong_ai".into();
            save(&ministry, &unknown, None).await;
            let refused = run(&ministry, "2024-06").await;
            assert_eq!(refused["error_code"], "not_let_in", "{refused}");
            let quoted = connector("select 1 as so where '{period}' = '2024-06'");
            let admin = ministry.person("bo.quantri");
            let body = json!({"connector": quoted, "seen": 0});
            let refused = admin.put("/connectors/dvc-52", body).await.refused(422, "findings");
            assert_eq!(refused["findings"][0]["code"], "quoted_placeholder");
        }
    });
}

#[test]
fn a_database_is_asked_over_a_line_that_nobody_can_listen_to_or_pretend_to_be() {
    on_sqlite(async |ministry| {
        for database in databases("nguon_do_tls") {
            let Some(own) = &database.authority else { continue };
            // An authority of nobody's: the tests' own, made for another purpose.
            let other = include_str!("authority.pem");
            let connector = |host: &str, encryption: &str, authority: &str| {
                let mut connector = asks("");
                connector["kind"] = "sql".into();
                connector["http"] = Value::Null;
                connector["columns"] = json!({ "value": "so" });
                connector["sql"] = json!({"engine": database.engine, "host": host, "port": database.port,
                    "database": database.name, "encryption": encryption, "authority": authority,
                    "user": database.user, "query": "select 12.5 as so"});
                connector["internal_hosts"] = json!(["localhost", "127.0.0.1"]);
                connector
            };
            for (host, encryption, authority, expected) in [
                ("localhost", "authority", own.as_str(), "done"),
                ("localhost", "off", "", "done"),
                // Signed by whom this machine does not know; by another; for another name.
                ("localhost", "machine", "", "not_trusted"),
                ("localhost", "authority", other, "not_trusted"),
                ("127.0.0.1", "authority", own.as_str(), "not_trusted"),
            ] {
                save(&ministry, &connector(host, encryption, authority), None).await;
                let ran = run(&ministry, "2024-06").await;
                let came = ran["error_code"].as_str().or(ran["outcome"].as_str()).unwrap();
                assert_eq!(came, expected, "{} {host} {encryption}: {ran}", database.engine);
            }
            let admin = ministry.person("bo.quantri");
            let listed = admin.get("/connectors").await.ok();
            assert_eq!(listed["connectors"][0]["is_unencrypted"], false);
            let body = json!({"connector": connector("localhost", "authority", "x"), "seen": 9});
            let refused = admin.put("/connectors/dvc-52", body).await.refused(422, "findings");
            assert_eq!(refused["findings"][0]["code"], "no_certificate");
        }
        // Without encryption only inside: this address is everybody's.
        let mut outside = asks("");
        outside["kind"] = "sql".into();
        outside["http"] = Value::Null;
        outside["sql"] = json!({"engine": "postgres", "host": "8.8.8.8", "port": 5432, "database": "x",
            "encryption": "off", "user": "x", "query": "select 1 as so"});
        save(&ministry, &outside, None).await;
        assert_eq!(run(&ministry, "2024-06").await["error_code"], "unencrypted");
        let listed = ministry.person("bo.quantri").get("/connectors").await.ok();
        assert_eq!(listed["connectors"][0]["is_unencrypted"], true);
    });
}

#[test]
fn a_gigabyte_is_cut_off_at_the_limit() {
    on_sqlite(async |ministry| {
        let system = System::start();
        let mut connector = asks(&system.url("/endless"));
        connector["limits"]["most_bytes"] = (4 << 20).into();
        connector["limits"]["total_seconds"] = 60.into();
        save(&ministry, &connector, None).await;
        let ran = run(&ministry, "2024-06").await;
        assert_eq!(ran["error_code"], "answer_too_large", "{ran}");
        // It would have sent a gigabyte; what it could send is the limit and what lies in sockets between.
        let sent = system.sent();
        assert!(sent > 4 << 20 && sent < 32 << 20, "{sent} bytes were taken");
    });
}

#[test]
fn a_number_has_one_measured_source_until_it_is_handed_over() {
    on_sqlite(async |ministry| {
        let system = System::start();
        let admin = ministry.person("bo.quantri");
        let mut first = asks(&system.url("/ok?ky={period}"));
        save(&ministry, &first, None).await;
        let mut second = asks(&system.url("/later"));
        second["code"] = "khac".into();
        second["units"] = json!(["VN"]);
        let put = async |connector: &Value, seen: u32| {
            let path = format!("/connectors/{}", connector["code"].as_str().unwrap());
            admin.put(&path, json!({"connector": connector, "seen": seen})).await
        };
        let refused = put(&second, 0).await.refused(409, "already_measured");
        let said = refused["detail"].as_str().unwrap();
        assert!(said.contains("Cổng dịch vụ công Bình Định (dvc-52)"), "{said}");

        // The first ends on the day on which the second begins.
        first["valid_to"] = "1/7/2024".into();
        second["valid_from"] = "2024-07-01".into();
        put(&first, 1).await.ok();
        put(&second, 0).await.ok();
        let ran = run(&ministry, "2024-07").await;
        assert_eq!(ran["error_code"], "findings");
        assert!(ran["error"].as_str().unwrap().contains("nằm ngoài thời gian"), "{ran}");
        assert_eq!(run(&ministry, "2024-06").await["outcome"], "done");
        let listed = admin.get("/connectors").await.ok();
        let over = listed["connectors"].as_array().unwrap();
        let over = over.iter().find(|one| one["code"] == "dvc-52").unwrap();
        assert_eq!((&over["next_at"], &over["trouble"]), (&Value::Null, &Value::Null), "{over}");

        // One that rests has nothing; it wakes up only where nobody has taken its numbers over.
        admin.post("/connectors/khac/pause", json!({"is_paused": true})).await.ok();
        first["valid_to"] = Value::Null;
        put(&first, 2).await.ok();
        let woken = admin.post("/connectors/khac/pause", json!({"is_paused": false})).await;
        woken.refused(409, "already_measured");
    });
}

#[test]
fn what_a_connector_measures_no_portal_counts_unless_it_is_a_trial_one() {
    on_sqlite(async |ministry| {
        let system = System::start();
        let admin = ministry.person("bo.quantri");
        let mut connector = asks(&system.url("/ok"));
        connector["indicators"] = json!(["CDS.HOSO_TT"]);
        save(&ministry, &connector, None).await;
        let define = async |trial: bool, since: Value| {
            let portal = json!({"code": "52-dvc", "unit": "52", "name_vi": "Cổng", "name_en": "Portal",
                "address": "https://dichvucong.binhdinh.gov.vn", "trial": trial, "pages_see_all_since": since});
            admin.post("/portals", portal).await
        };
        define(false, Value::Null).await.ok();
        admin.post("/portals/52-dvc/secret", json!({})).await.refused(409, "already_measured");
        define(false, json!("2024-07-01")).await.refused(409, "already_measured");
        define(true, json!("2024-07-01")).await.ok();
        admin.post("/portals/52-dvc/secret", json!({})).await.ok();
        define(false, Value::Null).await.refused(409, "already_measured");

        // The other way round: what a portal counts no connector measures.
        admin.post("/connectors/dvc-52/pause", json!({"is_paused": true})).await.ok();
        define(false, Value::Null).await.ok();
        let woken = admin.post("/connectors/dvc-52/pause", json!({"is_paused": false})).await;
        let refused = woken.refused(409, "already_measured");
        assert!(refused["detail"].as_str().unwrap().contains("cổng 52-dvc"), "{refused}");
    });
}

#[test]
fn a_row_of_a_source_is_several_figures_of_one_run() {
    on_sqlite(async |ministry| {
        let system = System::start();
        let admin = ministry.person("bo.quantri");
        let mut wide = asks(&system.url("/wide"));
        wide["indicators"] = json!(["BC.DOANHTHU", "BC.DN"]);
        wide["columns"] = json!({"unit": "ma", "several": [
            {"column": "thu", "indicator": "BC.DOANHTHU"},
            {"column": "san.luong", "indicator": "BC.DN"}]});
        // What the answer has is told before the columns are known.
        let mut unknown = wide.clone();
        unknown["columns"] = json!({});
        unknown["indicators"] = json!([]);
        unknown["code"] = "".into();
        let looked = admin
            .post("/connectors/look", json!({"connector": unknown, "period": "2024-06"}))
            .await
            .ok();
        let columns: Vec<&str> = looked["columns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].as_str().unwrap())
            .collect();
        assert_eq!(
            (columns, &looked["lists"]),
            (vec!["ma", "thu", "san.luong"], &json!(["$.data[*]"])),
            "{looked}"
        );
        let mut bad = wide.clone();
        bad["columns"]["value"] = "thu".into();
        bad["columns"]["several"][1]["indicator"] = "CDS.HOSO".into();
        let refused = admin.put("/connectors/dvc-52", json!({"connector": bad, "seen": 0})).await;
        let refused = refused.refused(422, "findings");
        let codes: Vec<&str> = refused["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["code"].as_str().unwrap())
            .collect();
        assert_eq!(codes, ["either_one_or_several", "unknown_indicator"]);
        save(&ministry, &wide, None).await;
        let ran = run(&ministry, "2024-06").await;
        assert_eq!((&ran["rows"], &ran["recorded"]), (&json!(1), &json!(2)), "{ran}");
        assert_eq!(measured(&ministry, "2024-06").await, "21.5");
    });
}

#[test]
fn what_a_stopped_server_left_running_ends_when_it_starts_again() {
    on_sqlite(async |ministry| {
        let system = System::start();
        save(&ministry, &asks(&system.url("/ok")), None).await;
        let begun = NewRun {
            connector: ConnectorCode::parse("dvc-52").unwrap(),
            cause: RunCause::Person,
            attempt: 1,
            due_at: None,
            period: Period::parse("2024-06").ok(),
            actor: None,
            push: None,
        };
        let write = ministry
            .app
            .store
            .write(None, move |tx| Box::pin(async move { tx.begin_connector_run(&begun).await }));
        write.await.unwrap();
        let admin = ministry.person("bo.quantri");
        let asked = json!({"period": "2024-06"});
        let busy = admin.post("/connectors/dvc-52/run", asked).await;
        busy.refused(409, "already_running");
        end_what_was_left(&ministry.app).await.unwrap();
        let ended = admin.get("/connectors/dvc-52/runs").await.ok();
        assert_eq!(ended["runs"][0]["error_code"], "interrupted", "{ended}");
        assert_eq!(run(&ministry, "2024-06").await["outcome"], "done");
    });
}

#[test]
fn the_owner_of_a_connector_that_fails_hears_once_and_the_list_shows_it() {
    on_sqlite(async |ministry| {
        let system = System::start();
        let notices = async |user: &str| -> usize {
            let told = ministry.person(user).get("/notices").await.ok();
            let all = told["notices"].as_array().unwrap().iter();
            let named = |one: &&Value| one["href"] == "/do-luong/ket-noi/dvc-52";
            all.filter(named).count()
        };
        let trouble = async || {
            let listed = ministry.person("bo.quantri").get("/connectors").await.ok();
            listed["connectors"][0]["trouble"].clone()
        };
        save(&ministry, &asks(&system.url("/status/404")), None).await;
        assert_eq!(tell_of_connectors(&ministry.app).await.unwrap(), 0, "it has not run");
        run(&ministry, "2024-06").await;
        assert_eq!(trouble().await, "failing");
        assert_eq!(tell_of_connectors(&ministry.app).await.unwrap(), 1);
        assert_eq!(tell_of_connectors(&ministry.app).await.unwrap(), 0, "once");
        for (user, expected) in [("nhap.52", 1), ("ky.52", 1), ("bo.quantri", 1), ("nhap.48", 0)] {
            assert_eq!(notices(user).await, expected, "{user}");
        }
        // Mended, it is well again; failing anew, they hear again.
        save(&ministry, &asks(&system.url("/ok")), None).await;
        run(&ministry, "2024-06").await;
        assert_eq!(trouble().await, Value::Null);
        save(&ministry, &asks(&system.url("/status/404")), None).await;
        run(&ministry, "2024-06").await;
        assert_eq!(tell_of_connectors(&ministry.app).await.unwrap(), 1);
        assert_eq!(notices("nhap.52").await, 2);
    });
}
