//! `POST /query`: the one question, in its whole form.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use expect_test::expect;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::ministry::{Ministry, Reply};

async fn ask(ministry: &Ministry, cookie: &str, accept: &str, body: Value) -> Reply {
    let request = Request::post("/api/v1/query")
        .header("cookie", cookie)
        .header("accept", accept)
        .header("accept-language", "en")
        .header("content-type", "application/json");
    ministry.send(request.body(Body::from(body.to_string())).unwrap()).await
}

/// A ministry with some figures of May 2024 and of the year before.
async fn furnished() -> (Ministry, String) {
    let ministry = Ministry::new().await;
    let cookie = ministry.cookie("bo.phantich").await;
    ministry
        .state(
            "BC.DOANHTHU 52 2024-05 = 110
             BC.DOANHTHU 51 2024-05 = 50.5
             BC.DOANHTHU 52 2023-05 = 88",
        )
        .await;
    (ministry, cookie)
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_answered_in_the_order_asked_as_the_short_form_answers_them() {
    let (ministry, cookie) = furnished().await;
    let query = json!({
        "indicators": ["BC.DOANHTHU", "BC.GOIKIEN"], "units": ["VN", "52", "51", "52"],
        "periods": ["2024-05", "2023-05"], "measures": ["level", "change_on_year"],
    });
    let whole = ask(&ministry, &cookie, "application/json", query).await;
    let short = "/values?indicator=BC.DOANHTHU,BC.GOIKIEN&unit=VN,52,51,52&period=2024-05,2023-05&measure=level,change_on_year";
    let short = ministry.get(&cookie, short).await;
    assert_eq!(whole.text, short.text);
    assert_eq!(whole.header("quantrac-seq"), ministry.head().to_string());
    assert_eq!(whole.body["values"].as_array().unwrap().len(), 2 * 4 * 2 * 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn units_and_periods_are_named_many_at_once() {
    let (ministry, cookie) = furnished().await;
    let mut table = String::new();
    for (units, periods) in [
        (json!([{"level": "province"}]), json!(["2024-05"])),
        (json!([{"level": "province"}]), json!(["2025-07"])),
        (json!([{"group": "@provinces"}, "@provinces"]), json!(["2024-05"])),
        (json!([{"children_of": "VN"}]), json!(["2024-05"])),
        (json!([{"below": "R5", "level": "province"}]), json!(["2024-05"])),
        (json!(["52"]), json!([{"last": 3, "frequency": "month"}])),
        (json!(["52"]), json!([{"last": 1, "frequency": "month", "years_before": 1}])),
        (json!(["52"]), json!([{"year_to_date": "quarter"}, "2024"])),
        (json!(["52"]), json!([{"from": "2023-11", "to": "2024-01"}])),
        (json!(["52"]), json!([{"last": 1, "frequency": "month", "calendar": "administrative"}])),
    ] {
        let query = json!({"indicators": ["BC.DOANHTHU"], "units": units, "periods": periods});
        let answered = ask(&ministry, &cookie, "*/*", query).await.ok();
        let values = answered["values"].as_array().unwrap();
        let cells: Vec<String> = values
            .iter()
            .map(|value| {
                format!("{} {}", value["unit"].as_str().unwrap(), value["period"].as_str().unwrap())
            })
            .collect();
        let shown = if cells.len() > 6 {
            format!("{} … {} ({})", cells[0], cells[cells.len() - 1], cells.len())
        } else {
            cells.join(", ")
        };
        table.push_str(&format!("{units} {periods}: {shown}\n"));
    }
    expect![[r#"
        [{"level":"province"}] ["2024-05"]: 01 2024-05 … 96 2024-05 (63)
        [{"level":"province"}] ["2025-07"]: 01 2025-07 … 96@2025-07 2025-07 (34)
        [{"group":"@provinces"},"@provinces"] ["2024-05"]: 01 2024-05 … @provinces 2024-05 (64)
        [{"children_of":"VN"}] ["2024-05"]: A01 2024-05 … R6 2024-05 (29)
        [{"below":"R5","level":"province"}] ["2024-05"]: 70 2024-05, 72 2024-05, 74 2024-05, 75 2024-05, 77 2024-05, 79 2024-05
        ["52"] [{"frequency":"month","last":3}]: 52 2024-05, 52 2024-06, 52 2024-07
        ["52"] [{"frequency":"month","last":1,"years_before":1}]: 52 2023-07
        ["52"] [{"year_to_date":"quarter"},"2024"]: 52 2024-Q1, 52 2024-Q2, 52 2024
        ["52"] [{"from":"2023-11","to":"2024-01"}]: 52 2023-11, 52 2023-12, 52 2024-01
        ["52"] [{"calendar":"administrative","frequency":"month","last":1}]: 52 2024-07~adm
    "#]].assert_eq(&table);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_has_a_line_for_each_cell_and_says_why_there_is_no_value() {
    let (ministry, cookie) = furnished().await;
    let query = json!({
        "indicators": ["BC.DOANHTHU"], "units": ["VN", "@provinces", "54"], "periods": ["2024-05"],
        "measures": ["level"], "as_of": ministry.head(), "source": "reported",
    });
    let file = ask(&ministry, &cookie, "text/csv", query).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(file.header("quantrac-seq"), ministry.head().to_string());
    let without_time: Vec<String> = file
        .text
        .lines()
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            assert_eq!(fields.len(), server::api::rows::COLUMNS.len(), "{line}");
            fields.into_iter().filter(|field| !field.contains("T08:")).collect::<Vec<_>>().join(",")
        })
        .collect();
    expect![[r#"
        indicator,unit,period,breakdown,measure,value,upper,of,absent,basis,computed,status,qualifier,source,publisher,present,expected,seq,recorded_at,synthetic
        BC.DOANHTHU,VN,2024-05,,level,160.5,,,,rolled_up,,final,,reported,,2,63,2,false
        BC.DOANHTHU,@provinces,2024-05,,level,160.5,,,,rolled_up,,final,,reported,,2,63,2,false
        BC.DOANHTHU,54,2024-05,,level,,,,nothing_recorded,stated,,,,,,0,1,,,false"#]].assert_eq(&without_time.join("\n"));
}

/// Batches follow the schema and the end follows them; what is in them is compared in `api::arrow`.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_columns_has_a_beginning_and_an_end() {
    let (ministry, cookie) = furnished().await;
    for (from, messages) in [("2024-05", 1), ("2019-06", 4)] {
        let query = json!({"indicators": ["BC.DOANHTHU"], "units": [{"level": "province"}],
                           "periods": [{"from": from, "to": "2024-05"}], "measures": ["level", "rank", "ytd", "plan", "points", "target"]});
        let kind = "application/vnd.apache.arrow.stream";
        let stream = ask(&ministry, &cookie, kind, query).await;
        assert_eq!((stream.status, stream.header("content-type")), (200, kind), "{}", stream.text);
        assert!(stream.bytes.starts_with(&[0xff; 4]));
        assert!(stream.bytes.ends_with(&[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
        let marks =
            stream.bytes.windows(5).filter(|five| five[..4] == [0xff; 4] && five[4] != 0xff);
        assert!(marks.count() >= messages + 2, "a schema, {messages} batches, an end");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_question_is_named_with_its_place() {
    let (ministry, cookie) = furnished().await;
    let good = json!({"indicators": ["BC.DOANHTHU"], "units": ["52"], "periods": ["2024-05"]});
    let mut table = String::new();
    for (member, value) in [
        ("indicators", json!(["BC.DOANHTHU", "BC.DOANTHU"])),
        ("indicators", json!("BC.DOANHTHU")),
        ("indicators", json!([])),
        ("units", json!(["52", "5X"])),
        ("units", json!(["52", 52.5])),
        ("units", json!([{"levl": "province"}])),
        ("units", json!([{"level": "county"}])),
        ("units", json!([{"level": "province", "group": "@provinces"}])),
        ("units", json!([{}])),
        ("units", json!([{"group": "52"}])),
        ("units", json!([{"below": "9X"}])),
        ("units", json!([{"children_of": "52"}])),
        ("periods", json!(["2024-05", "2024-13"])),
        ("periods", json!([{"from": "2024-01", "to": "2024-06~adm"}])),
        ("periods", json!([{"from": "2024-01", "to": "2024-Q2"}])),
        ("periods", json!([{"from": "2024-06", "to": "2024-01"}])),
        ("periods", json!([{"from": "2024-06"}])),
        ("periods", json!([{"last": -1, "frequency": "month"}])),
        ("periods", json!([{"last": 2, "frequency": "moon"}])),
        ("periods", json!([{"last": 2, "frequency": "week", "calendar": "administrative"}])),
        ("measures", json!(["level", "growth"])),
        ("measures", json!(["level", "change_on:2020-Q1"])),
        ("measures", json!(["points_on:2020-04~adm"])),
        ("breakdowns", json!(["", "SEX"])),
        ("source", json!("guessed")),
        ("tree", json!("yes")),
        ("as_of", json!("yesterday")),
        ("as_of", json!(999_999)),
        ("min_seq", json!(999_999)),
        ("today", json!("5/8/2024")),
        ("perods", json!(["2024-05"])),
    ] {
        let mut wrong = good.clone();
        wrong[member] = value.clone();
        let reply = ask(&ministry, &cookie, "application/json", wrong).await;
        let at = reply.body["at"]["column"].as_str().unwrap_or("-");
        let suggested = &reply.body["suggestions"];
        let suggested = if suggested.is_null() { String::new() } else { format!(" {suggested}") };
        table.push_str(&format!(
            "{member} {value}: {} {} {at}{suggested}\n",
            reply.status,
            reply.code()
        ));
    }
    expect![[r#"
        indicators ["BC.DOANHTHU","BC.DOANTHU"]: 404 unknown_indicator indicators[1] ["BC.DOANHTHU","CN.DOANHTHU","TN.DOANHTHU"]
        indicators "BC.DOANHTHU": 400 bad_json indicators
        indicators []: 400 nothing_named indicators
        units ["52","5X"]: 404 unknown_unit units[1] ["51","52","54"]
        units ["52",52.5]: 400 bad_json units[1]
        units [{"levl":"province"}]: 400 unknown_field units[0].levl ["level"]
        units [{"level":"county"}]: 400 bad_parameter units[0]
        units [{"group":"@provinces","level":"province"}]: 400 bad_combination units[0]
        units [{}]: 400 bad_combination units[0]
        units [{"group":"52"}]: 400 not_a_group units[0]
        units [{"below":"9X"}]: 404 unknown_unit units[0] ["91","92","93"]
        units [{"children_of":"52"}]: 400 nothing_named units
        periods ["2024-05","2024-13"]: 400 bad_period periods[1]
        periods [{"from":"2024-01","to":"2024-06~adm"}]: 400 two_calendars periods[0]
        periods [{"from":"2024-01","to":"2024-Q2"}]: 400 two_frequencies periods[0]
        periods [{"from":"2024-06","to":"2024-01"}]: 400 backwards periods[0]
        periods [{"from":"2024-06"}]: 400 bad_combination periods[0]
        periods [{"frequency":"month","last":-1}]: 400 bad_json periods[0].last
        periods [{"frequency":"moon","last":2}]: 400 bad_parameter periods[0]
        periods [{"calendar":"administrative","frequency":"week","last":2}]: 400 no_such_periods periods[0]
        measures ["level","growth"]: 400 bad_measure measures[1]
        measures ["level","change_on:2020-Q1"]: 400 contradictory_measure measures[1]
        measures ["points_on:2020-04~adm"]: 400 contradictory_measure measures[0]
        breakdowns ["","SEX"]: 400 bad_breakdown breakdowns[1]
        source "guessed": 400 bad_parameter source
        tree "yes": 400 bad_parameter tree
        as_of "yesterday": 400 bad_parameter as_of
        as_of 999999: 503 behind -
        min_seq 999999: 503 behind -
        today "5/8/2024": 400 bad_parameter today
        perods ["2024-05"]: 400 unknown_field perods ["periods"]
    "#]].assert_eq(&table);

    let html = ask(&ministry, &cookie, "text/html", good.clone()).await;
    assert_eq!((html.status, html.code()), (406, "not_acceptable"));
    let nobody = ask(&ministry, "", "*/*", good.clone()).await;
    assert_eq!((nobody.status, nobody.code()), (401, "signed_out"));
    for (kind, body, status, code) in [
        ("text/plain", good.to_string(), 415, "bad_content_type"),
        ("application/json", "{".to_owned(), 400, "bad_json"),
        ("application/json", String::new(), 400, "bad_json"),
        ("application/json", format!("{good} {good}"), 400, "bad_json"),
    ] {
        let reply = ministry.post_bytes(&cookie, "/query", kind, None, body.into_bytes()).await;
        assert_eq!((reply.status, reply.code()), (status, code), "{}", reply.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_is_too_large_says_where_to_begin() {
    let (ministry, cookie) = furnished().await;
    let all = json!(["TN.*", "BC.*", "VT.*", "CDS.*", "ATTT.*", "CN.*", "BCTT.*"]);
    for (units, periods, status, code, at) in [
        (
            json!([{"below": "VN"}]),
            json!([{"last": 100_000, "frequency": "day"}]),
            400,
            "too_many_cells",
            "periods",
        ),
        (
            json!([{"below": "VN"}]),
            json!([{"last": 12, "frequency": "month"}, "2020"]),
            200,
            "",
            "",
        ),
        (
            json!(vec![json!({"below": "VN"}); 100]),
            json!([{"last": 400, "frequency": "month"}]),
            400,
            "too_many_cells",
            "units",
        ),
        (
            json!(["VN"]),
            json!([{"last": 1_000_000_000_000u64, "frequency": "day"}]),
            400,
            "too_many_named",
            "periods[0]",
        ),
        (
            json!(vec![json!({"below": "VN"}); 101]),
            json!(["2024"]),
            400,
            "too_many_sets",
            "units[100]",
        ),
    ] {
        let query = json!({"indicators": all, "units": units, "periods": periods});
        let reply = ask(&ministry, &cookie, "text/csv", query).await;
        assert_eq!(
            (reply.status, reply.code()),
            (status, code),
            "{}",
            reply.text.chars().take(300).collect::<String>()
        );
        let place = reply.body["at"]["column"].as_str().unwrap_or_default();
        assert!(place.starts_with(at), "{}", reply.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_answer_is_the_small_ones_one_after_another() {
    let (ministry, cookie) = furnished().await;
    let of = |from: &str, to: &str| {
        json!({"indicators": ["BC.DOANHTHU"], "units": [{"level": "province"}], "periods": [{"from": from, "to": to}],
               "measures": ["level", "change_on_year", "rank"]})
    };
    let whole = ask(&ministry, &cookie, "text/csv", of("2015-01", "2024-06")).await;
    let lines: Vec<&str> = whole.text.lines().collect();
    assert_eq!(lines.len(), 1 + 63 * 114 * 3);
    let may: Vec<&str> = lines.iter().filter(|line| line.contains(",2024-05,")).copied().collect();
    let small = ask(&ministry, &cookie, "text/csv", of("2024-05", "2024-05")).await;
    assert_eq!(may, small.text.lines().skip(1).collect::<Vec<_>>());
    let values = ask(&ministry, &cookie, "application/json", of("2015-01", "2024-06")).await.ok();
    assert_eq!(values["values"].as_array().unwrap().len(), 63 * 114 * 3);
}

/// A socket on which a large answer has begun.
async fn begun(ministry: &Ministry, cookie: &str, patience: Duration) -> TcpStream {
    let address = ministry.serve(patience).await;
    let body = json!({"indicators": ["BC.DOANHTHU"], "units": [{"level": "province"}],
                      "periods": [{"from": "1950-01", "to": "2199-12"}], "measures": ["level", "rank", "plan"]});
    let body = body.to_string();
    let mut socket = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/v1/query HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    socket.write_all((head + &body).as_bytes()).await.unwrap();
    let mut read = vec![0; 20_000];
    socket.read_exact(&mut read).await.unwrap();
    assert!(read.starts_with(b"HTTP/1.1 200 OK\r\n"), "{}", String::from_utf8_lossy(&read));
    socket
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_closes_mid_stream_holds_nothing() {
    let (ministry, cookie) = furnished().await;
    let definitions = ministry.app.ministry();
    let before = Arc::strong_count(&definitions);
    let socket = begun(&ministry, &cookie, LONG).await;
    assert!(Arc::strong_count(&definitions) > before, "the answer is being made");
    drop(socket);
    let_go(&definitions, before).await;
}

/// More than any test takes.
const LONG: Duration = Duration::from_secs(600);

/// Waits until nobody works with these definitions who did not before.
async fn let_go<T>(definitions: &Arc<T>, before: usize) {
    let let_go = async {
        while Arc::strong_count(definitions) > before {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), let_go).await.expect("it is let go of");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_stops_mid_stream_is_let_go_of_and_little_was_made_for_it() {
    let (ministry, cookie) = furnished().await;
    let definitions = ministry.app.ministry();
    let before = Arc::strong_count(&definitions);
    let mut socket = begun(&ministry, &cookie, Duration::from_millis(300)).await;
    let_go(&definitions, before).await;
    // The answer has 114 parts; of those only what fits into the sockets' buffers was ever asked for.
    let asked = ministry.app.book.status().slowest.len();
    assert!(asked < 20, "{asked} parts were made");
    let mut rest = vec![];
    let read = tokio::time::timeout(Duration::from_secs(20), socket.read_to_end(&mut rest)).await;
    assert!(read.is_ok(), "the connection is over");
    assert!(!rest.ends_with(b"]}\r\n0\r\n\r\n"), "and the answer is not whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn shares_of_the_country_and_coverage_are_measures_of_a_question() {
    let (ministry, cookie) = furnished().await;
    let provinces: Vec<String> = ministry
        .app
        .ministry()
        .units
        .iter()
        .filter(|unit| unit.code.as_str().len() == 2 && unit.kind == model::UnitKind::Province)
        .map(|unit| format!("BC.GOIKIEN {} 2024-05 = 10", unit.code))
        .collect();
    ministry.state(&provinces.join("\n")).await;
    let query = json!({"indicators": ["BC.GOIKIEN", "BC.DOANHTHU"], "units": ["VN", "R4", "52"], "periods": ["2024-05"],
                       "measures": ["share_of_whole", "coverage"]});
    let answered = ask(&ministry, &cookie, "*/*", query).await.ok();
    let told: Vec<String> = answered["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|value| {
            let (number, why) = (value["value"].as_str(), value["absent"].as_str());
            let of = &value["coverage"];
            let said = [&value["indicator"], &value["unit"], &value["measure"]];
            let said = said.map(|text| text.as_str().unwrap()).join(" ");
            let said = format!("{said}: {}", number.or(why).unwrap());
            format!("{said} ({}/{})", of["present"], of["expected"])
        })
        .collect();
    expect![[r#"
        BC.GOIKIEN VN share_of_whole: 100 (63/63)
        BC.GOIKIEN VN coverage: 100 (63/63)
        BC.GOIKIEN R4 share_of_whole: 7.9365 (63/63)
        BC.GOIKIEN R4 coverage: 100 (5/5)
        BC.GOIKIEN 52 share_of_whole: 1.5873 (63/63)
        BC.GOIKIEN 52 coverage: 100 (1/1)
        BC.DOANHTHU VN share_of_whole: withheld (2/63)
        BC.DOANHTHU VN coverage: 3.1746 (2/63)
        BC.DOANHTHU R4 share_of_whole: nothing_recorded (0/5)
        BC.DOANHTHU R4 coverage: nothing_recorded (0/5)
        BC.DOANHTHU 52 share_of_whole: withheld (2/63)
        BC.DOANHTHU 52 coverage: 100 (1/1)"#]]
    .assert_eq(&told.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_stops_keeps_nobody_waiting() {
    let (ministry, cookie) = furnished().await;
    let _socket = begun(&ministry, &cookie, LONG).await;
    let others = async {
        for number in 1..4 {
            ministry.state(&format!("BC.DOANHTHU 52 2024-06 = {number}")).await;
            let asked = "/values?indicator=BC.DOANHTHU&unit=52&period=2024-06";
            let answered = ministry.get(&cookie, asked).await.ok();
            assert_eq!(answered["values"][0]["value"], number.to_string());
        }
    };
    tokio::time::timeout(Duration::from_secs(20), others).await.expect("nobody waits");
}
