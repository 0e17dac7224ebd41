//! Portals tell of themselves: what is taken is counted, to the unit, and what is not is refused for its reason.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use measure::{Portal, PortalCode, SiteKey};
use model::{UnitCode, Validity};
use serde_json::{Value, json};
use server::auth;
use server::clock::{Clock, local_date};
use server::config::Config;
use store::{Store, StoreError, WriteError};
use tower::ServiceExt;

use crate::kill::{Client, Server};
use crate::ministry::{Ministry, furnish_folder, on_each, on_sqlite, on_sqlite_as};

const KEY: &str = "mau52demonstration";
const SECRET: &str = "secret of the portal's server";
const HASH: &str = "0123456789abcdef0123456789abcdef";

fn portal() -> Portal {
    Portal {
        code: PortalCode::parse("52-dvc").unwrap(),
        unit: UnitCode::parse("52").unwrap(),
        name_vi: "Cổng dịch vụ công tỉnh Bình Định".into(),
        name_en: "Public service portal of Binh Dinh".into(),
        address: "https://dichvucong.binhdinh.gov.vn".into(),
        validity: Validity::ALWAYS,
        site_keys: vec![SiteKey { key: KEY.into(), ended_at: None }],
        secret_hash: Some(auth::secret_hash(SECRET)),
        is_trial: false,
        pages_see_all_since: None,
        respects_do_not_track: true,
    }
}

async fn register(store: &Store) {
    let done: Result<_, WriteError<StoreError>> =
        store.write(None, |tx| Box::pin(async move { tx.define_portals(&[portal()]).await })).await;
    done.unwrap();
}

async fn connected(ministry: &Ministry) {
    register(&ministry.app.store).await;
    ministry.app.read_ministry_again().await.unwrap();
}

fn event(id: u64, more: &str) -> String {
    format!(r#"{{"key":"{KEY}","id":"event-{id:08}",{more}}}"#)
}

/// Headers by name.
type Headers<'a> = Vec<(&'a str, &'a str)>;

const BROWSER: (&str, &str) = ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/131.0");
const PAGE: (&str, &str) = ("origin", "https://dichvucong.binhdinh.gov.vn");
const ELSEWHERE: (&str, &str) = ("sec-fetch-site", "cross-site");

#[test]
fn an_event_is_counted_or_refused_for_its_reason_and_both_are_shown() {
    on_each(async |ministry| {
        connected(&ministry).await;
        let page = [BROWSER, PAGE, ELSEWHERE];
        let view = r#""event":"view","service":"1.004206""#;
        let submitted = format!(r#""event":"submitted","service":"1.004206","dossier":"{HASH}""#);
        let large = format!("{view},\"at\":\"{}\"", "x".repeat(2100));
        let tomorrow = format!(r#"{view},"at":"2099-01-01T00:00:00+07:00""#);
        let long_ago = format!(r#"{view},"at":"2020-01-01T00:00:00+07:00""#);
        let forged = event(20, view).replace(KEY, "mau53demonstration");
        let rows: Vec<(Headers<'_>, String, u16, &str)> = vec![
            (page.to_vec(), event(1, view), 204, ""),
            // The same visitor looks again: an event more and no visitor.
            (page.to_vec(), event(2, view), 204, ""),
            (page.to_vec(), event(3, &submitted), 204, ""),
            // The page of the receipt is loaded again: the same dossier under another name.
            (page.to_vec(), event(4, &submitted), 204, ""),
            (page.to_vec(), event(1, view), 204, "replayed"),
            (vec![BROWSER], event(5, view), 204, ""),
            (vec![("user-agent", "Googlebot/2.1")], event(6, view), 204, "bot"),
            (vec![BROWSER, PAGE, ("sec-gpc", "1")], event(7, view), 204, "declined"),
            (vec![BROWSER, PAGE, ("dnt", "1")], event(8, view), 204, "declined"),
            (vec![BROWSER, ("origin", "https://example.org")], event(9, view), 403, "forged"),
            (page.to_vec(), forged, 403, "forged"),
            (page.to_vec(), event(10, &large), 413, "oversized"),
            (page.to_vec(), event(11, &tomorrow), 422, "future_dated"),
            (page.to_vec(), event(12, &long_ago), 422, "too_old"),
            (page.to_vec(), event(13, r#""event":"opened""#), 422, "unknown_step"),
            (page.to_vec(), event(14, r#""event":"started""#), 400, "malformed"),
            (page.to_vec(), "{".into(), 400, "malformed"),
        ];
        for (headers, sent, status, code) in rows {
            let reply = ministry.stranger().tell("POST", "/events", &headers, &sent).await;
            assert_eq!(reply.status, status, "{sent}: {:#}", reply.body);
            if status != 204 {
                assert_eq!(reply.body["code"], code, "{sent}");
                assert!(
                    reply.body["detail"].as_str().is_some_and(|text| text.ends_with('.')),
                    "{sent}"
                );
            }
        }
        let pixel = format!("/events.gif?key={KEY}&event=started&service=1.004206&id=event-pixel");
        assert_eq!(ministry.stranger().tell("GET", &pixel, &[BROWSER], "").await.status, 200);
        let bad = format!("/events.gif?key={KEY}&event=started&id=event-pixel2");
        ministry.stranger().tell("GET", &bad, &[BROWSER], "").await.refused(400, "malformed");

        ministry.app.count_what_was_taken().await.unwrap();
        let shown = ministry.person("bo.phantich").get("/beacon/52-dvc").await.ok();
        let funnel: Vec<String> = shown["funnel"]
            .as_array()
            .unwrap()
            .iter()
            .map(|step| {
                let step_code = step["step"].as_str().unwrap();
                format!("{step_code} {} {} {}", step["count"], step["events"], step["bots"])
            })
            .collect();
        // Without an address in this test, nobody's visit can be told from another's: none is counted.
        let expected = [
            "view 0 3 1",
            "started 0 1 0",
            "submitted 1 2 0",
            "paid 0 0 0",
            "accepted 0 0 0",
            "delivered 0 0 0",
        ];
        assert_eq!(funnel, expected);
        let refused = |list: &Value| -> Vec<String> {
            let rows = list.as_array().unwrap().iter();
            rows.map(|row| format!("{} {}", row["reason"].as_str().unwrap(), row["events"]))
                .collect()
        };
        assert_eq!(
            refused(&shown["refused"]),
            ["declined 2", "forged 1", "future_dated 1", "replayed 1", "too_old 1"]
        );
        assert_eq!(
            refused(&shown["refused_of_nobody"]),
            ["forged 1", "malformed 3", "oversized 1", "unknown_step 1"]
        );
        assert!(shown["last_heard"].is_string());
        let snippet = shown["snippet"].as_str().unwrap();
        assert!(snippet.contains(KEY) && snippet.contains("dnt gpc"), "{snippet}");

        let services = ministry.person("bo.phantich").get("/beacon/52-dvc/services").await.ok();
        let service = &services["services"][0];
        let counted = (&service["views"], &service["submitted"], &service["submitted_online"]);
        assert_eq!(counted, (&json!(3), &json!(1), &json!(1)));
        for by in ["minute", "hour", "day", "month"] {
            let path = format!("/beacon/52-dvc/counts?by={by}&from=2024-08-05&to=2024-08-05");
            let counts = ministry.person("bo.phantich").get(&path).await.ok();
            let views = |one: &&Value| one["step"] == "view";
            let rows: Vec<&Value> =
                counts["counts"].as_array().unwrap().iter().filter(views).collect();
            let events: u64 = rows.iter().map(|one| one["events"].as_u64().unwrap()).sum();
            assert_eq!(events, 3, "{by}");
            // Never "people a month", nor of anything but a day.
            assert!(rows.iter().all(|one| one["visitors"].is_null() == (by != "day")), "{by}");
        }
        for (path, status, code) in [
            ("/beacon/53-dvc", 404, "not_found"),
            ("/beacon/52-dvc?from=x", 400, "bad_parameter"),
            ("/beacon/52-dvc/counts?by=week", 400, "bad_parameter"),
            ("/beacon/52-dvc/counts?by=minute&from=2024-08-01&to=2024-08-05", 422, "too_many_days"),
            ("/beacon/52-dvc?from=2024-08-06&to=2024-08-05", 422, "too_many_days"),
        ] {
            ministry.person("bo.phantich").get(path).await.refused(status, code);
        }
        ministry.stranger().get("/beacon/52-dvc").await.refused(401, "signed_out");
    });
}

#[test]
fn a_portals_server_sends_batches_under_its_secret() {
    on_each(async |ministry| {
        connected(&ministry).await;
        let bearer = format!("Bearer {SECRET}");
        let proven = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let accepted = |id: u64| {
            json!({"event": "accepted", "service": "1.004206", "id": format!("batch-{id:08}"),
                "dossier": format!("{id:032}"), "channel": "counter"})
        };
        let batch = json!([accepted(1), accepted(2), accepted(1), {"event": "lost", "id": "batch-0009"},
            {"event": "view", "id": "batch-view", "visitor": "hash-of-the-day", "agent": "Mozilla/5.0 Firefox/131.0"},
            {"event": "view", "id": "batch-bot1", "visitor": "hash-of-a-bot", "agent": "curl/8.5"}]);
        let taken = ministry
            .stranger()
            .tell("POST", "/events/batch", &proven, &batch.to_string())
            .await
            .ok();
        assert_eq!((&taken["taken"], &taken["repeated"]), (&json!(4), &json!(1)));
        assert_eq!(
            (&taken["refused"][0]["place"], &taken["refused"][0]["reason"]),
            (&json!(3), &json!("unknown_step"))
        );
        let again = ministry
            .stranger()
            .tell("POST", "/events/batch", &proven, &batch.to_string())
            .await
            .ok();
        assert_eq!((&again["taken"], &again["repeated"]), (&json!(0), &json!(5)));
        ministry.app.count_what_was_taken().await.unwrap();
        let shown = ministry.person("bo.phantich").get("/beacon/52-dvc").await.ok();
        assert_eq!(
            (&shown["funnel"][0]["count"], &shown["funnel"][0]["bots"]),
            (&json!(1), &json!(1))
        );
        assert_eq!(
            (&shown["funnel"][4]["count"], &shown["funnel"][4]["events"]),
            (&json!(2), &json!(2))
        );
        for (headers, body, status, code) in [
            (vec![], "[]", 401, "forged"),
            (vec![("authorization", "Bearer guessed")], "[]", 401, "forged"),
            (proven.to_vec(), "{}", 400, "malformed"),
        ] {
            ministry
                .stranger()
                .tell("POST", "/events/batch", &headers, body)
                .await
                .refused(status, code);
        }
    });
}

#[test]
fn what_pages_tell_counts_as_filed_on_line_until_the_back_end_sends_the_day() {
    on_each(async |ministry| {
        connected(&ministry).await;
        let admin = ministry.person("bo.quantri");
        let yesterday = local_date(ministry.app.now()).yesterday().unwrap();
        let month = format!("{:04}-{:02}", yesterday.year(), yesterday.month());
        let define = async |trial: bool, since: Value| {
            let portal = json!({"code": "52-dvc", "unit": "52", "name_vi": "Cổng", "name_en": "Portal",
                "address": "https://dichvucong.binhdinh.gov.vn", "trial": trial, "pages_see_all_since": since});
            admin.post("/portals", portal).await.ok()
        };
        // Portals, days that pages told, what both told; figures.
        let shown = async || {
            let shown = admin.get(&format!("/measured/52?period={month}")).await.ok();
            let portals = shown["portals"].as_array().unwrap().iter().map(|one| {
                format!(
                    "{}: {} {}/{}",
                    one["portal"], one["told"], one["filed_sent"], one["filed_told"]
                )
            });
            let figures = shown["figures"].as_array().unwrap().iter().map(|one| {
                format!("{}={}", one["indicator"].as_str().unwrap(), one["value"].as_str().unwrap())
            });
            portals.chain(figures).collect::<Vec<_>>().join(" ").replace('"', "")
        };
        let submitted = |id: u64, channel: &str| {
            json!({"event": "submitted", "service": "1.004206", "id": format!("filed-{id:08}"),
                "dossier": format!("{id:032}"), "channel": channel, "at": format!("{yesterday}T10:00:00+07:00")})
        };
        let batch =
            json!([submitted(1, "online"), submitted(2, "online"), submitted(3, "counter")]);
        let bearer = format!("Bearer {SECRET}");
        let proven = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let batch = batch.to_string();
        let sent = ministry.stranger().tell("POST", "/events/batch", &proven, &batch).await;
        assert_eq!(sent.ok()["taken"], 3);
        ministry.app.count_what_was_taken().await.unwrap();

        assert_eq!(shown().await, "52-dvc: 0 0/0", "nobody said that its pages see all");
        define(false, json!(yesterday.tomorrow().unwrap().to_string())).await;
        assert_eq!(shown().await, "52-dvc: 0 0/0", "not since that day");
        define(false, json!(yesterday.to_string())).await;
        assert_eq!(shown().await, "52-dvc: 1 0/0 CDS.HOSO_TT=2");

        let count = |service: &str, channel: &str, dossiers: u64| json!({"service": service, "channel": channel, "state": "received", "dossiers": dossiers});
        let counts = [
            count("1.004206", "online", 5),
            count("1.004206", "counter", 4),
            count("other", "online", 9),
        ];
        let days =
            json!({"days": [{"day": yesterday.to_string(), "counts": counts, "users": 1234}]});
        let proven = [("quantrac-portal-secret", SECRET), ("content-type", "application/json")];
        let send = async |days: &Value| {
            let days = days.to_string();
            ministry.stranger().tell("POST", "/portals/52-dvc/dossiers", &proven, &days).await
        };
        send(&days).await.ok();
        let all = "CDS.HOSO=18 CDS.HOSO_TT=14 CDS.HOSO_DUNGHAN=0 CDS.DAN_DUNG_DVC_TT=1234";
        assert_eq!(shown().await, format!("52-dvc: 0 5/2 {all}"));
        for bad in [json!(-1), json!(1.5), json!(1_000_000_001_u64)] {
            let mut wrong = days.clone();
            wrong["days"][0]["users"] = bad;
            send(&wrong).await.refused(422, "findings");
        }
        assert_eq!(shown().await, format!("52-dvc: 0 5/2 {all}"));

        define(true, Value::Null).await;
        assert_eq!(shown().await, "", "a trial portal counts for nothing");
        let history = admin.get("/portals/52-dvc").await.ok();
        let changed = &history["history"][0]["changed"];
        assert_eq!(changed, &json!(["trial", "pages_see_all_since"]));
    });
}

#[test]
fn a_new_key_works_beside_the_old_one_until_that_is_ended() {
    on_each(async |ministry| {
        connected(&ministry).await;
        let send = async |key: &str, id: u64| {
            let view = event(id, r#""event":"view""#).replace(KEY, key);
            ministry.stranger().tell("POST", "/events", &[BROWSER], &view).await.status
        };
        ministry
            .person("bo.phantich")
            .post("/beacon/52-dvc/keys", json!({}))
            .await
            .refused(403, "forbidden");
        let keys = ministry.person("bo.quantri").post("/beacon/52-dvc/keys", json!({})).await.ok();
        let fresh = keys[1]["key"].as_str().unwrap().to_owned();
        assert_eq!((send(KEY, 1).await, send(&fresh, 2).await), (204, 204));
        let end = format!("/beacon/52-dvc/keys/{KEY}/end");
        ministry.person("bo.quantri").post(&end, json!({})).await.ok();
        assert_eq!((send(KEY, 3).await, send(&fresh, 4).await), (403, 204));
        let unknown =
            ministry.person("bo.quantri").post("/beacon/52-dvc/keys/none/end", json!({})).await;
        unknown.refused(404, "not_found");
    });
}

#[test]
fn a_portal_that_sends_too_much_is_told_to_wait() {
    let config = Config { events_a_second: 1, ..Config::default() };
    on_sqlite_as(config, async |ministry| {
        connected(&ministry).await;
        let mut told = vec![];
        // Two at once are let through; so many more do not come a second apart.
        for id in 0..20 {
            told.push(sent(&ministry, id).await);
        }
        assert_eq!(told[..2], [(204, None), (204, None)]);
        assert!(told.contains(&(429, Some(true))), "{told:?}");
    });
}

/// Sends an event: what it is answered, and whether a time to come again is told.
async fn sent(ministry: &Ministry, id: u64) -> (u16, Option<bool>) {
    let request = Request::post("/api/v1/events").header(BROWSER.0, BROWSER.1);
    let request = request.body(Body::from(event(id, r#""event":"view""#))).unwrap();
    let answer = ministry.router.clone().oneshot(request).await.unwrap();
    let again = answer.headers().get("retry-after").map(|value| value.to_str().unwrap());
    (answer.status().as_u16(), again.map(|seconds| seconds.parse::<u32>().unwrap() > 0))
}

#[test]
fn an_event_that_cannot_be_kept_is_not_acknowledged_and_is_told_when_to_come_again() {
    on_sqlite(async |ministry| {
        connected(&ministry).await;
        assert_eq!(sent(&ministry, 1).await, (204, None));
        // A log that takes no more, as one whose disk does not keep up.
        ministry.app.close_beacon().await;
        assert_eq!(sent(&ministry, 2).await, (503, Some(true)));
    });
}

#[test]
fn the_script_is_small_and_keeps_nothing() {
    let script = server::beacon::SCRIPT;
    for word in ["cookie", "localStorage", "sessionStorage", "indexedDB", "userAgent"] {
        assert!(!script.to_lowercase().contains(&format!(".{}", word.to_lowercase())), "{word}");
    }
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    let deflated = zip::write::SimpleFileOptions::default();
    zip.start_file("count.v1.js", deflated).unwrap();
    zip.write_all(script.as_bytes()).unwrap();
    let size = zip.finish().unwrap().into_inner().len();
    // The frame of a zip file is larger than that of gzip.
    assert!(size < 2048, "{size} bytes");
}

/// Sends events over a kept connection until the server is gone.
fn send_until_killed(address: &str, number: &AtomicU64, sent: &Mutex<Sent>) {
    let Ok(stream) = TcpStream::connect(address) else { return };
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut stream = BufReader::new(stream);
    loop {
        let id = number.fetch_add(1, Ordering::SeqCst);
        sent.lock().unwrap().begun.insert(id);
        if !send(&mut stream, id) {
            return;
        }
        sent.lock().unwrap().acknowledged.insert(id);
    }
}

/// Whether the event was acknowledged.
fn send(stream: &mut BufReader<TcpStream>, id: u64) -> bool {
    let body = event(
        id,
        &format!(r#""event":"submitted","service":"1.004206","dossier":"{:032}""#, id / 2),
    );
    let request = format!(
        "POST /api/v1/events HTTP/1.1\r\nHost: q\r\nUser-Agent: Mozilla/5.0 Firefox/131.0\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    if stream.get_mut().write_all(request.as_bytes()).is_err() {
        return false;
    }
    let mut head = String::new();
    loop {
        match stream.read_line(&mut head) {
            Ok(0) | Err(_) => return false,
            Ok(_) if head.ends_with("\r\n\r\n") => break,
            Ok(_) => {}
        }
    }
    assert!(head.starts_with("HTTP/1.1 204"), "{head}");
    true
}

#[derive(Default)]
struct Sent {
    begun: BTreeSet<u64>,
    acknowledged: BTreeSet<u64>,
}

#[test]
fn a_connection_is_answered_in_order_whatever_comes_on_it() {
    let folder = tempfile::tempdir().unwrap();
    furnish_folder(folder.path(), &["52"]);
    register_in(folder.path());
    let server = Server::start(folder.path());
    let beacon = |id: u64, body: &str| {
        let body = event(id, body);
        format!(
            "POST /api/v1/events HTTP/1.1\r\nHost: q\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let health = "GET /healthz HTTP/1.1\r\nHost: q\r\n\r\n";
    let view = r#""event":"view""#;
    for (requests, expected) in [
        (vec![beacon(1, view), beacon(2, view), beacon(1, view)], vec![204, 204, 204]),
        (vec![beacon(3, view), health.to_owned(), beacon(4, view)], vec![204, 200, 204]),
        (
            vec![beacon(5, view), beacon(6, r#""event":"lost""#), beacon(7, view)],
            vec![204, 422, 204],
        ),
        (vec![health.to_owned(), beacon(8, view)], vec![200, 204]),
    ] {
        let sent = requests.concat();
        // Together, and a few bytes at a time.
        for step in [sent.len(), 37] {
            let stream = TcpStream::connect(&server.address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            let mut stream = BufReader::new(stream);
            for part in sent.as_bytes().chunks(step) {
                stream.get_mut().write_all(part).unwrap();
            }
            let found: Vec<u16> = expected.iter().map(|_| answered(&mut stream)).collect();
            assert_eq!(found, expected, "{step}: {sent}");
        }
    }
}

/// The status of the next answer; its body is read away.
fn answered(stream: &mut BufReader<TcpStream>) -> u16 {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(stream.read_line(&mut head).unwrap() > 0, "{head}");
    }
    let length = head.to_lowercase().lines().find_map(|line| {
        line.strip_prefix("content-length: ").map(|length| length.parse::<usize>().unwrap())
    });
    stream.read_exact(&mut vec![0; length.unwrap_or(0)]).unwrap();
    head.split(' ').nth(1).unwrap().parse().unwrap()
}

fn register_in(folder: &Path) {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let config = Config { data: folder.to_owned(), ..Config::default() };
        let clock = Clock::demonstration(folder, None).unwrap();
        let store = server::state::open_store(&config, clock).await.unwrap();
        register(&store).await;
        store.close().await;
    });
}

/// Half the rounds of the bench, which kills a release build under a full load.
const ROUNDS: u64 = 10;

#[test]
fn a_killed_server_has_every_acknowledged_event_and_what_is_sent_again_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = furnish_folder(folder.path(), &["52"]);
    register_in(folder.path());
    let (number, sent) = (AtomicU64::new(0), Mutex::new(Sent::default()));
    let config = folder.path().join("quantrac.toml");
    std::fs::write(&config, "events_a_second = 1000000\n").unwrap();
    let unbounded = ["--config", config.to_str().unwrap()];
    for round in 0..ROUNDS {
        let server = Server::start_with(folder.path(), &unbounded);
        let address = server.address.clone();
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| send_until_killed(&address, &number, &sent));
            }
            thread::sleep(Duration::from_millis(120 + round * 170));
            server.kill();
        });
    }
    let server = Server::start_with(folder.path(), &unbounded);
    let sent = sent.into_inner().unwrap();
    let counted = || {
        let client = Client { address: &server.address, token: &tokens["bo.phantich"] };
        let shown = client.get("/beacon/52-dvc");
        let step = &shown["funnel"][2];
        (step["events"].as_u64().unwrap(), step["count"].as_u64().unwrap())
    };
    let until = |holds: &dyn Fn((u64, u64)) -> bool| {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let last = counted();
            if holds(last) || Instant::now() > deadline {
                return last;
            }
            thread::yield_now();
        }
    };
    let (acknowledged, begun) = (sent.acknowledged.len() as u64, sent.begun.len() as u64);
    let (events, _) = until(&|(events, _)| events >= acknowledged);
    assert!(
        (acknowledged..=begun).contains(&events),
        "{acknowledged} acknowledged, {events} counted, {begun} sent"
    );
    // A retry storm: everything that was ever sent comes again.
    let mut stream = BufReader::new(TcpStream::connect(&server.address).unwrap());
    for id in &sent.begun {
        assert!(send(&mut stream, *id));
    }
    let dossiers = sent.begun.iter().map(|id| id / 2).collect::<BTreeSet<u64>>().len() as u64;
    assert_eq!(until(&|counted| counted == (begun, dossiers)), (begun, dossiers));
    eprintln!("{ROUNDS} times killed; {acknowledged} acknowledged of {begun}");
    assert!(acknowledged > ROUNDS * 10, "{acknowledged}");
}
