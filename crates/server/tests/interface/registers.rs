//! Registers, the dossiers of portals, and what follows from both, as programs and browsers see them.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::ministry::{Ministry, Reply, spreadsheet};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What an entry says, of pairs.
fn said(pairs: &[(&str, &str)]) -> Value {
    pairs.iter().map(|(field, value)| json!({ "field": field, "value": value })).collect()
}

fn service(name: &str, portal: &str, extent: &str) -> Value {
    said(&[("name", name), ("portal", portal), ("extent", extent), ("eligible", "có")])
}

async fn with_portal(ministry: &Ministry) -> (String, String) {
    let admin = ministry.cookie("bo.quantri").await;
    let portal = json!({ "code": "52-dvc", "unit": "52", "name_vi": "Cổng thử", "name_en": "Test portal",
        "address": "https://dvc.example.vn/", "valid_from": "1/1/2024" });
    let made = ministry.post(&admin, "/portals", portal).await.ok();
    assert_eq!(made["address"], "https://dvc.example.vn");
    let secret = ministry.post(&admin, "/portals/52-dvc/secret", json!({})).await.ok();
    (admin, secret["secret"].as_str().unwrap().to_owned())
}

async fn send(ministry: &Ministry, portal: &str, secret: &str, body: &str) -> Reply {
    let request = Request::post(format!("/api/v1/portals/{portal}/dossiers"))
        .header("content-type", "application/json")
        .header("quantrac-portal-secret", secret);
    ministry.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

fn days(days: std::ops::RangeInclusive<u8>, counts: &Value) -> String {
    let day = |day: u8| json!({ "day": format!("2024-08-{day:02}"), "counts": counts });
    json!({ "days": days.map(day).collect::<Vec<_>>() }).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_is_stated_changed_undone_and_ended_and_its_history_stays() {
    let ministry = Ministry::new().await;
    let (admin, _) = with_portal(&ministry).await;
    let officer = ministry.cookie("nhap.52").await;
    let path = "/registers/services/52/1.001";
    let put = async |values: Value, since: &str, seen: u32| {
        let body = json!({ "values": values, "since": since, "seen": seen });
        ministry.put(&officer, path, body).await
    };
    let partial = service("Cấp phép bưu chính", "52-dvc", "một phần");
    assert_eq!(put(partial.clone(), "1/7/2022", 0).await.ok()["version"], 1);
    // The same again changes nothing.
    assert_eq!(put(partial, "2022-07-01", 1).await.ok()["version"], 1);
    let full = service("Cấp phép bưu chính", "52-dvc", "full");
    assert_eq!(put(full.clone(), "2024-08-01", 1).await.ok()["version"], 2);
    let late = put(full, "2024-08-01", 1).await;
    assert_eq!((late.status, late.code()), (412, "stale_entry"));
    let extent = async |day: &str| {
        let found =
            ministry.get(&admin, &format!("/registers/services?unit=52&day={day}")).await.ok();
        {
            let values = found["entries"][0]["values"].as_array().cloned().unwrap_or_default();
            let extent = values.iter().find(|one| one["field"] == "extent");
            extent.map_or(Value::Null, |one| one["value"].clone())
        }
    };
    assert_eq!(extent("2024-07-31").await, "partial");
    assert_eq!(extent("2024-08-01").await, "full");
    let undone = ministry.post(&officer, &format!("{path}/undo"), json!({ "seen": 2 })).await.ok();
    assert_eq!(undone["version"], 3);
    assert_eq!(extent("2024-08-01").await, "partial");
    let ended = put(Value::Null, "2024-08-05", 3).await.ok();
    assert_eq!(ended["version"], 4);
    assert_eq!(extent("2024-08-05").await, Value::Null);
    let kept = ministry.get(&admin, path).await.ok();
    let history = kept["history"].as_array().unwrap();
    let stated: Vec<_> =
        history.iter().map(|one| (one["version"].clone(), one["changed"][0].clone())).collect();
    assert_eq!(json!(stated), json!([[4, "name"], [3, "extent"], [2, "extent"], [1, "name"]]));
    let findings =
        put(said(&[("name", ""), ("portal", "52-xx"), ("extent", "nửa")]), "2024-08-05", 4).await;
    let found: Vec<&str> = findings.body["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["column"].as_str().unwrap())
        .collect();
    assert_eq!((findings.status, found), (422, vec!["name", "extent", "eligible"]));
    for (values, code) in
        [(said(&[("color", "red")]), "unknown_field"), (service("x", "99-dvc", "full"), "findings")]
    {
        assert_eq!(put(values, "2024-08-05", 4).await.code(), code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_changes_its_own_unit_only_and_learns_nothing_of_others() {
    let ministry = Ministry::new().await;
    let (admin, _) = with_portal(&ministry).await;
    let body = json!({ "values": service("Thử", "52-dvc", "full"), "seen": 0 });
    ministry.put(&admin, "/registers/services/48/1.001", body.clone()).await.ok();
    let officer = ministry.cookie("nhap.52").await;
    let mut told = vec![];
    for path in ["48/1.001", "48/1.999", "9X/1.001"] {
        let refused =
            ministry.put(&officer, &format!("/registers/services/{path}"), body.clone()).await;
        told.push((refused.status, refused.code().to_owned(), refused.body["detail"].clone()));
        let undo = ministry
            .post(&officer, &format!("/registers/services/{path}/undo"), json!({ "seen": 1 }))
            .await;
        told.push((undo.status, undo.code().to_owned(), undo.body["detail"].clone()));
    }
    told.dedup();
    assert_eq!((told.len(), told[0].0, told[0].1.as_str()), (1, 403, "forbidden"));
    let refused = ministry.put(&officer, "/registers/services/48", json!({ "whole": true })).await;
    assert_eq!(refused.status, 403);
    let analyst = ministry.cookie("bo.phantich").await;
    assert_eq!(ministry.put(&analyst, "/registers/services/52/1.001", body).await.status, 403);
    let seen = ministry.get(&analyst, "/registers/services").await.ok();
    assert_eq!((&seen["total"], &seen["editable_units"]), (&json!(1), &json!([])));
    assert_eq!(
        ministry.get(&officer, "/registers/services").await.ok()["editable_units"],
        json!(["52"])
    );
    for path in ["/portals", "/portals/52-dvc/secret"] {
        assert_eq!(ministry.post(&officer, path, json!({})).await.status, 403, "{path}");
    }
    assert_eq!(ministry.get(&officer, "/registers/nothing").await.status, 404);
    assert_eq!(
        ministry.get(&officer, "/registers/services?with=colour:red").await.code(),
        "bad_parameter"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_taken_whole_or_not_at_all_and_says_what_it_does() {
    let ministry = Ministry::new().await;
    let (admin, _) = with_portal(&ministry).await;
    let officer = ministry.cookie("nhap.52").await;
    let header = [
        "Đơn vị (mã)",
        "Mã",
        "Tên",
        "Cổng dịch vụ công (mã)",
        "Toàn trình, một phần (từ 7/2022)",
        "Đủ điều kiện toàn trình",
    ];
    let file = |rows: &[[&str; 6]]| {
        let rows: Vec<&[&str]> =
            std::iter::once(&header[..]).chain(rows.iter().map(|row| &row[..])).collect();
        spreadsheet(&rows)
    };
    let import = async |how: &str, bytes: Vec<u8>| {
        ministry
            .post_bytes(&officer, &format!("/registers/services?{how}"), XLSX, None, bytes)
            .await
    };
    let wrong = file(&[
        ["52", "1.001", "Một", "52-dvc", "toàn trình", "có"],
        ["48", "1.002", "Hai", "", "Toàn trình", "Có"],
        ["52", "mã sai", "", "52-yy", "một nửa", "Có"],
        ["52", "1.001", "Lại", "", "", "Không"],
    ]);
    let found = import("dry_run=true", wrong.clone()).await.ok();
    let places: Vec<String> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!(
                "{} {} {}",
                one["row"].as_str().unwrap(),
                one["cell"].as_str().unwrap(),
                one["code"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        places,
        [
            "3 A3 not_your_unit",
            "4 B4 bad_entry_code",
            "4 C4 empty",
            "4 E4 not_one_of",
            "5 B5 twice"
        ]
    );
    let refused = import("", wrong).await;
    assert_eq!((refused.status, refused.code()), (422, "findings"));
    assert_eq!(ministry.get(&admin, "/registers/services").await.ok()["total"], 0);

    let good = [
        ["52", "1.001", "Một", "52-dvc", "toàn trình", "có"],
        ["52", "1.002", "Hai", "", "Một phần", "Không"],
    ];
    let counted =
        |reply: &Value| format!("{} {} {}", reply["added"], reply["changed"], reply["ended"]);
    assert_eq!(counted(&import("dry_run=true", file(&good)).await.ok()), "2 0 0");
    assert_eq!(counted(&import("since=2024-01-01", file(&good)).await.ok()), "2 0 0");
    assert_eq!(counted(&import("", file(&good)).await.ok()), "0 0 0");
    let changed = file(&[["52", "1.002", "Hai", "", "Toàn trình", "Không"]]);
    assert_eq!(counted(&import("dry_run=true", changed.clone()).await.ok()), "0 1 0");
    assert_eq!(counted(&import("whole=true", changed).await.ok()), "0 1 1");
    assert_eq!(ministry.get(&admin, "/registers/services").await.ok()["total"], 1);

    // What is downloaded is taken back and changes nothing, in either language.
    for lang in ["vi", "en"] {
        let list = ministry
            .get(&officer, &format!("/registers/services/list.xlsx?unit=52&lang={lang}"))
            .await;
        assert_eq!(list.header("content-type"), XLSX);
        assert_eq!(counted(&import("whole=true", list.bytes).await.ok()), "0 0 0");
    }
    for (bytes, code) in [
        (b"junk".to_vec(), "not_a_workbook"),
        (spreadsheet(&[&["Mã"]]), "findings"),
        (spreadsheet(&[]), "findings"),
    ] {
        assert_eq!(import("", bytes).await.code(), code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_sends_whole_days_by_its_own_secret_and_a_day_again_replaces_it() {
    let ministry = Ministry::new().await;
    let (admin, secret) = with_portal(&ministry).await;
    let counts =
        json!([{ "service": "1.001", "channel": "online", "state": "received", "dossiers": 5 }]);
    let sent = send(&ministry, "52-dvc", &secret, &days(1..=2, &counts)).await.ok();
    assert_eq!(
        sent["days"],
        json!([{ "day": "2024-08-01", "outcome": "new" }, { "day": "2024-08-02", "outcome": "new" }])
    );
    let head = ministry.head();
    let again = send(&ministry, "52-dvc", &secret, &days(1..=2, &counts)).await.ok();
    assert_eq!(again["days"][0]["outcome"], "unchanged");
    assert_eq!(ministry.head(), head, "the same day twice is no commit");
    assert_eq!(
        send(&ministry, "52-dvc", &secret, &days(2..=2, &json!([]))).await.ok()["days"][0]["outcome"],
        "replaced"
    );
    let seen = ministry.get(&admin, "/portals/52-dvc/dossiers").await.ok();
    assert_eq!(seen["missing"], json!(["2024-08-03", "2024-08-04"]));
    assert_eq!((&seen["days"][1]["version"], &seen["days"][1]["dossiers"]), (&json!(2), &json!(0)));
    assert_eq!(ministry.get(&admin, "/portals").await.ok()["portals"][0]["last_day"], "2024-08-02");

    for (portal, with) in [("52-dvc", "wrong"), ("52-xx", secret.as_str()), ("52-dvc", "")] {
        let refused = send(&ministry, portal, with, &days(1..=1, &counts)).await;
        assert_eq!((refused.status, refused.code()), (401, "bad_portal_secret"), "{portal} {with}");
    }
    let head = ministry.head();
    let row = |service: &str, channel: &str, state: &str, dossiers: Value| json!({ "service": service, "channel": channel, "state": state, "dossiers": dossiers });
    let bad = json!({ "days": [
        { "day": "2024-08-03", "counts": [row("1.001", "online", "received", json!(1)), row("1 001", "online", "received", json!(1)),
            row("1.002", "fax", "received", json!(1)), row("1.002", "online", "lost", json!(1)), row("1.002", "post", "late", json!(1.5)),
            row("1.002", "post", "late", json!(-1)), row("1.002", "post", "late", json!(1_000_001))] },
        { "day": "2024-08-05", "counts": [] }, { "day": "31/7/2024", "counts": [] }, { "day": "2023-12-31", "counts": [] },
        { "day": "2024-08-04", "counts": [row("1.001", "online", "received", json!(1)), row("1.001", "online", "received", json!(2))] },
    ] });
    let refused = send(&ministry, "52-dvc", &secret, &bad.to_string()).await;
    let found: Vec<String> = refused.body["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!(
                "{} {} {}",
                one["row"].as_str().unwrap_or("-"),
                one["column"].as_str().unwrap(),
                one["code"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "2 service bad_entry_code",
            "3 channel not_one_of",
            "4 state not_one_of",
            "5 dossiers bad_count",
            "6 dossiers bad_count",
            "7 dossiers bad_count",
            "- day day_not_over",
            "- day not_a_day",
            "- day portal_not_in_use",
            "9 service said_twice"
        ]
    );
    for (body, code) in [
        ("{", "bad_json"),
        ("{\"days\": 1}", "bad_json"),
        ("{\"days\": [], \"more\": 1}", "bad_json"),
    ] {
        assert_eq!(send(&ministry, "52-dvc", &secret, body).await.code(), code);
    }
    let many = json!({ "days": vec![json!({ "day": "2024-08-01", "counts": [] }); 32] });
    assert_eq!(send(&ministry, "52-dvc", &secret, &many.to_string()).await.code(), "too_many_days");
    assert_eq!(
        send(&ministry, "52-dvc", &secret, &" ".repeat((16 << 20) + 1)).await.code(),
        "too_large"
    );
    assert_eq!(ministry.head(), head, "what is refused changes nothing");

    let mut other = json!({ "code": "52-dvc", "unit": "52", "name_vi": "Cổng khác", "name_en": "Test portal",
        "address": "dvc.example.vn", "valid_from": "2024-01-01" });
    assert_eq!(
        ministry.post(&admin, "/portals", other.clone()).await.body["at"]["column"],
        "address"
    );
    other["address"] = json!("https://dvc.example.vn");
    ministry.post(&admin, "/portals", other).await.ok();
    let history = ministry.get(&admin, "/portals/52-dvc").await.ok()["history"].clone();
    let changed: Vec<&Value> =
        history.as_array().unwrap().iter().map(|one| &one["changed"]).collect();
    assert_eq!(json!(changed), json!([["name_vi"], ["secret"], []]));
    assert!(history[0]["by"].is_string());

    // A new secret ends the one before it, and one that is taken away leaves none.
    let fresh = ministry.post(&admin, "/portals/52-dvc/secret", json!({})).await.ok()["secret"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(send(&ministry, "52-dvc", &secret, &days(3..=3, &counts)).await.status, 401);
    assert_eq!(send(&ministry, "52-dvc", &fresh, &days(3..=3, &counts)).await.status, 200);
    assert_eq!(ministry.delete(&admin, "/portals/52-dvc/secret").await.status, 204);
    assert_eq!(send(&ministry, "52-dvc", &fresh, &days(3..=3, &counts)).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_follows_is_recorded_as_measured_with_its_share_and_its_origin() {
    let ministry = Ministry::new().await;
    let (admin, secret) = with_portal(&ministry).await;
    for (code, portal, extent) in
        [("1.001", "52-dvc", "full"), ("1.002", "52-dvc", "partial"), ("1.003", "", "")]
    {
        let body =
            json!({ "values": service(code, portal, extent), "since": "2024-01-01", "seen": 0 });
        ministry.put(&admin, &format!("/registers/services/52/{code}"), body).await.ok();
    }
    let measured = async |indicator: &str| {
        let path = format!("/values?indicator={indicator}&unit=52&period=2024-08&source=measured");
        ministry.get(&admin, &path).await.ok()["values"][0].clone()
    };
    // Nobody has said that the list is whole, and no day came: nothing is known.
    assert_eq!(measured("CDS.DVC_TT").await["value"], Value::Null);
    ministry.put(&admin, "/registers/services/52", json!({ "whole": true })).await.ok();
    let values = [
        measured("CDS.DVC_DK").await,
        measured("CDS.DVC_TT").await,
        measured("CDS.DVC_TT_TYLE").await,
    ];
    assert_eq!(values.map(|one| one["value"].clone()), [json!("3"), json!("1"), json!("33.33")]);
    assert_eq!(measured("CDS.HOSO").await["value"], Value::Null);

    let counts = json!([
        { "service": "1.001", "channel": "online", "state": "received", "dossiers": 5 },
        { "service": "1.002", "channel": "counter", "state": "received", "dossiers": 7 },
        { "service": "1.001", "channel": "online", "state": "in_time", "dossiers": 4 },
    ]);
    send(&ministry, "52-dvc", &secret, &days(1..=3, &counts)).await.ok();
    let whole = async || ministry.get(&admin, "/measured/52?period=2024-08").await.ok();
    // The fourth day is over and was not sent.
    let seen = whole().await;
    assert_eq!(
        (&seen["unit"]["share"], &seen["portals"][0]["missing"]),
        (&json!("0"), &json!(["2024-08-04"]))
    );
    send(&ministry, "52-dvc", &secret, &days(4..=4, &counts)).await.ok();
    let seen = whole().await;
    assert_eq!(seen["unit"]["share"], "66.67");
    let figures: Vec<String> = seen["figures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!("{}={}", one["indicator"].as_str().unwrap(), one["value"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        figures,
        [
            "CDS.DVC_DK=3",
            "CDS.DVC_TT=1",
            "CDS.DVC_TRUCTUYEN=2",
            "CDS.HOSO=48",
            "CDS.HOSO_TT=20",
            "CDS.HOSO_DUNGHAN=16",
            "CDS.DVC_PSHS=2"
        ]
    );
    let online = measured("CDS.HOSO_TT").await;
    assert_eq!((&online["value"], &online["status"]), (&json!("20"), &json!("provisional")));
    assert_eq!(measured("CDS.HOSO_TT_TYLE").await["value"], "41.67");
    let figure = ministry
        .get(&admin, "/figure?indicator=CDS.HOSO_TT&unit=52&period=2024-08&source=measured")
        .await
        .ok();
    let origin = &figure["history"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["value"] == "20")
        .unwrap()["origin"];
    assert_eq!(origin["kind"], "measurement");
    assert!(
        origin["label_vi"].as_str().unwrap().contains("hồ sơ 4 ngày của cổng 52-dvc"),
        "{origin}"
    );

    // What stays as it was is not recorded again.
    let head = ministry.head();
    let august = [model::Period::parse("2024-08").unwrap()];
    let recorded = server::derived::record(&ministry.app, None, &august);
    assert_eq!((recorded.await.unwrap(), ministry.head()), (0, head));
    let all = ministry.get(&admin, "/measured?period=2024-08").await.ok();
    assert_eq!(
        (all["units"].as_array().unwrap().len(), &all["units"][0]["rule"]["verdict"]),
        (1, &json!("unknown"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn portals_are_imported_whole_or_not_at_all_and_keep_their_secrets() {
    let ministry = Ministry::new().await;
    let (admin, secret) = with_portal(&ministry).await;
    let header = ["Mã cổng", "Đơn vị (mã)", "Tên", "Tên tiếng Anh", "Địa chỉ", "Hoạt động từ ngày"];
    let file = |rows: &[[&str; 6]]| {
        let rows: Vec<&[&str]> =
            std::iter::once(&header[..]).chain(rows.iter().map(|row| &row[..])).collect();
        spreadsheet(&rows)
    };
    let import = async |who: &str, how: &str, bytes: Vec<u8>| {
        ministry.post_bytes(who, &format!("/portals/import?{how}"), XLSX, None, bytes).await
    };
    let wrong = file(&[
        ["52-dvc", "52", "Cổng thử", "Test portal", "https://dvc.example.vn", "1/1/2024"],
        ["cổng", "9X", "", "Two", "ftp://x", "31/2/2024"],
        ["48-dvc", "48", "Ba", "Three", "https://c.vn", ""],
        ["48-dvc", "48", "Ba", "Three", "https://c.vn", ""],
    ]);
    let found = import(&admin, "dry_run=true", wrong.clone()).await.ok();
    let cells: Vec<String> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", one["cell"].as_str().unwrap(), one["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        cells,
        [
            "A3 bad_code",
            "B3 unknown_unit",
            "C3 empty",
            "E3 not_a_web_address",
            "F3 not_a_day",
            "A5 twice"
        ]
    );
    assert_eq!(import(&admin, "", wrong).await.code(), "findings");
    assert_eq!(ministry.get(&admin, "/portals").await.ok()["portals"].as_array().unwrap().len(), 1);

    let good = file(&[
        ["52-dvc", "52", "Cổng mới", "Test portal", "https://dvc.example.vn", "1/1/2024"],
        ["48-dvc", "48", "Ba", "Three", "https://c.vn", ""],
    ]);
    let told = import(&admin, "dry_run=true", good.clone()).await.ok();
    assert_eq!(
        (&told["added"], &told["changed"], &told["changes"][0]["fields"]),
        (&json!(1), &json!(1), &json!(["name_vi"]))
    );
    import(&admin, "", good.clone()).await.ok();
    let again = import(&admin, "", good.clone()).await.ok();
    assert_eq!((&again["added"], &again["changed"]), (&json!(0), &json!(0)));
    // The secret still holds, and what is downloaded changes nothing.
    assert_eq!(send(&ministry, "52-dvc", &secret, r#"{"days":[]}"#).await.status, 200);
    for lang in ["vi", "en"] {
        let list = ministry.get(&admin, &format!("/portals/list.xlsx?lang={lang}")).await;
        let again = import(&admin, "", list.bytes).await.ok();
        assert_eq!((&again["rows"], &again["changed"]), (&json!(2), &json!(0)));
    }
    let officer = ministry.cookie("nhap.52").await;
    assert_eq!(import(&officer, "dry_run=true", good).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_a_confirmation_back_withdraws_what_followed_from_it_and_says_why() {
    let ministry = Ministry::new().await;
    let (admin, _) = with_portal(&ministry).await;
    let body =
        json!({ "values": service("Một", "52-dvc", "full"), "since": "2024-01-01", "seen": 0 });
    ministry.put(&admin, "/registers/services/52/1.001", body).await.ok();
    let whole = async |body: Value| ministry.put(&admin, "/registers/services/52", body).await;
    let eligible = async |period: &str| {
        let path = format!("/values?indicator=CDS.DVC_DK&unit=52&period={period}&source=measured");
        let found = ministry.get(&admin, &path).await.ok();
        let one = &found["values"][0];
        one["value"].as_str().or(one["absent"].as_str()).unwrap().to_owned()
    };
    assert_eq!(whole(json!({ "whole": true, "since": "2024-07-01" })).await.status, 204);
    assert_eq!((eligible("2024-07").await, eligible("2024-08").await), ("1".into(), "1".into()));

    // Why is asked; then both months are withdrawn, by later statements.
    let refused = whole(json!({ "whole": false })).await;
    assert_eq!((refused.status, refused.code()), (422, "empty"));
    assert_eq!(whole(json!({ "whole": false, "reason": "Thiếu cấp huyện" })).await.status, 204);
    assert_eq!(
        (eligible("2024-07").await, eligible("2024-08").await),
        ("withdrawn".into(), "withdrawn".into())
    );
    let figure = ministry.get(&admin, "/figure?indicator=CDS.DVC_DK&unit=52&period=2024-07").await;
    let told = figure.ok().to_string();
    assert!(told.contains("Thiếu cấp huyện") && told.contains("\"1\""), "{told}");
    let listed = ministry.get(&admin, "/registers/services?unit=52").await.ok();
    assert_eq!(
        (&listed["whole"]["since"], &listed["whole"]["reason"]),
        (&Value::Null, &json!("Thiếu cấp huyện"))
    );

    // Undone, both months are there again; ended on a day, what was before stays.
    assert_eq!(whole(json!({ "whole": true, "since": "2024-07-01" })).await.status, 204);
    assert_eq!((eligible("2024-07").await, eligible("2024-08").await), ("1".into(), "1".into()));
    let ended = json!({ "whole": true, "since": "2024-07-01", "until": "2024-08-01", "reason": "Kết nối đo" });
    assert_eq!(whole(ended).await.status, 204);
    assert_eq!(eligible("2024-07").await, "1");
    let bad = json!({ "whole": true, "since": "2024-07-01", "until": "2024-07-01", "reason": "x" });
    assert_eq!(whole(bad).await.code(), "bad_parameter");
}

#[tokio::test(flavor = "multi_thread")]
async fn exchange_platforms_are_a_list_of_their_own_paged_and_sorted_over_all() {
    let ministry = Ministry::new().await;
    let officer = ministry.cookie("nhap.52").await;
    for (number, since) in [(1, "2024-03-01"), (2, "2024-01-01"), (3, "2024-02-01")] {
        let values = said(&[
            ("name", "LGSP"),
            ("owner", "Sở"),
            ("national", "có"),
            ("systems", "12"),
            ("services", "1.040"),
        ]);
        let body = json!({ "values": values, "since": since, "seen": 0 });
        ministry.put(&officer, &format!("/registers/exchanges/52/X.{number}"), body).await.ok();
    }
    let page = async |how: &str| {
        let found = ministry.get(&officer, &format!("/registers/exchanges?{how}")).await.ok();
        let codes = found["entries"].as_array().unwrap().iter();
        let codes: Vec<&str> = codes.map(|one| one["code"].as_str().unwrap()).collect();
        format!("{} of {}", codes.join(" "), found["total"])
    };
    for (how, expected) in [
        ("limit=2", "X.1 X.2 of 3"),
        ("limit=2&page=2", "X.3 of 3"),
        ("limit=2&page=3", " of 3"),
        ("sort=since&limit=2", "X.1 X.3 of 3"),
        ("sort=since&limit=2&page=2", "X.2 of 3"),
        ("sort=code&q=lgsp&with=national:yes", "X.1 X.2 X.3 of 3"),
        ("with=national:no", " of 0"),
    ] {
        assert_eq!(page(how).await, expected, "{how}");
    }
    let refused = ministry.get(&officer, "/registers/exchanges?sort=name").await;
    assert_eq!(refused.code(), "bad_parameter");
}
