//! The interface as programs and browsers see it: rows of requests and what they are answered.

mod book;
#[path = "../shared/described.rs"]
mod described;
mod ministry;
mod query;
mod registers;
mod templates;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Request};
use described::Answered;
use expect_test::expect;
use ministry::{Ministry, PASSWORD, spreadsheet};
use serde_json::json;

/// Every answer of these tests is compared with the description; what is not described is found.
#[test]
fn an_answer_that_is_not_as_described_is_found() {
    let sector = r#"{"code":"BC","name_vi":"Bưu chính","name_en":"Post"}"#;
    let other = sector.replace("BC", "XX");
    for (path, status, text, found) in [
        ("/sectors", 200, format!(r#"{{"sectors":[{sector}]}}"#), ""),
        (
            "/sectors",
            200,
            format!(r#"{{"sectors":[{other}]}}"#),
            "sectors[0].code: \"XX\" is not one of",
        ),
        ("/sectors", 200, format!(r#"{{"sectors":{sector}}}"#), "sectors: object instead of"),
        ("/sectors", 200, "{}".to_owned(), "sectors is missing"),
        ("/sectors", 200, r#"{"sectors":[],"more":1}"#.to_owned(), "more is not described"),
        ("/values", 200, r#"{"seq":1,"values":[]}"#.to_owned(), "Quantrac-Seq is missing"),
        ("/sectors", 201, String::new(), "this status is not described"),
        ("/nowhere", 200, String::new(), "there is no such operation"),
    ] {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, "application/json".parse().unwrap())]);
        let path = &format!("/api/v1{path}");
        let answered = Answered { method: "GET", path, status, headers: &headers, text: &text };
        let undescribed = described::undescribed(&answered).join("\n");
        let agrees =
            if found.is_empty() { undescribed.is_empty() } else { undescribed.contains(found) };
        assert!(agrees, "{path} {status} {text}: “{found}”, not “{undescribed}”");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_signed_in_is_told_so_in_their_language() {
    let ministry = Ministry::new().await;
    for (path, language, status, code, detail) in [
        ("/units", "", 401, "signed_out", "Bạn chưa đăng nhập, hoặc phiên làm việc đã hết hạn."),
        ("/units", "en-GB", 401, "signed_out", "You are not signed in, or the session has ended."),
        (
            "/units?lang=en",
            "vi",
            401,
            "signed_out",
            "You are not signed in, or the session has ended.",
        ),
        ("/nowhere", "en", 404, "no_such_path", "The interface has no such address."),
    ] {
        let request = Request::get(format!("/api/v1{path}")).header("accept-language", language);
        let reply = ministry.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((reply.status, reply.code()), (status, code), "{path}: {}", reply.text);
        assert_eq!(reply.body["detail"], detail);
        assert_eq!(reply.header("content-type"), "application/problem+json");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_a_strict_cookie_and_ends_when_signed_out() {
    let ministry = Ministry::new().await;
    let body = json!({ "user": "nhap.52", "password": PASSWORD }).to_string();
    let request = Request::post("/api/v1/session").header("content-type", "application/json");
    let reply = ministry.send(request.body(Body::from(body)).unwrap()).await;
    let cookie = reply.header("set-cookie").to_owned();
    assert!(cookie.contains("; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();

    let session = ministry.get(cookie, "/session").await.ok();
    let person = &session["person"];
    assert_eq!(person["user"], "nhap.52");
    assert_eq!(person["body"]["code"], "52");
    assert_eq!(person["places"], json!(["work", "entry", "board", "reports", "measure"]));
    assert_eq!(session["clock"]["demonstration"], true);
    assert!(session["clock"]["now"].as_str().unwrap().ends_with("+07:00"));

    assert_eq!(ministry.delete(cookie, "/session").await.status, 204);
    let out = ministry.get(cookie, "/session").await;
    assert_eq!((out.status, out.code()), (401, "signed_out"));
    assert_eq!(out.body["demonstration"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_passwords_lock_the_name_whether_it_exists_or_not() {
    let ministry = Ministry::new().await;
    for user in ["ky.52", "nobody"] {
        for (attempt, password, status, code) in [
            (1, "wrong", 401, "wrong_password"),
            (2, "wrong", 401, "wrong_password"),
            (3, "wrong", 401, "wrong_password"),
            (4, "wrong", 401, "wrong_password"),
            (5, "wrong", 429, "locked_out"),
            (6, PASSWORD, 429, "locked_out"),
        ] {
            let reply =
                ministry.post("", "/session", json!({ "user": user, "password": password })).await;
            assert_eq!(
                (reply.status, reply.code()),
                (status, code),
                "{user} {attempt}: {}",
                reply.text
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_from_another_site_is_refused() {
    let ministry = Ministry::new().await;
    let cookie = ministry.cookie("bo.quantri").await;
    for (name, value, status) in [
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "same-origin", 201),
        ("origin", "https://evil.example", 403),
        ("origin", "null", 403),
        ("origin", "http://so.gov.vn", 201),
    ] {
        let request = Request::post("/api/v1/tokens")
            .header("cookie", &cookie)
            .header("host", "so.gov.vn")
            .header("content-type", "application/json")
            .header(name, value);
        let reply = ministry.send(request.body(Body::from("{\"name\":\"máy\"}")).unwrap()).await;
        assert_eq!(reply.status, status, "{name}: {value}: {}", reply.text);
    }
    let read = Request::get("/api/v1/units?limit=1")
        .header("cookie", &cookie)
        .header("sec-fetch-site", "cross-site");
    assert_eq!(ministry.send(read.body(Body::empty()).unwrap()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_come_with_a_token_or_a_pair() {
    use base64::Engine as _;
    let ministry = Ministry::new().await;
    let cookie = ministry.cookie("bo.phantich").await;
    let made = ministry.post(&cookie, "/tokens", json!({ "name": "cổng dữ liệu" })).await.ok();
    let secret = made["secret"].as_str().unwrap();
    let pair = |user: &str, password: &str| {
        let encoded =
            base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        format!("Basic {encoded}")
    };
    for (authorization, status) in [
        (format!("Bearer {secret}"), 200),
        ("Bearer wrong".to_owned(), 401),
        (pair("bo.phantich", PASSWORD), 200),
        (pair("bo.phantich", PASSWORD), 200),
        (pair("bo.phantich", "wrong"), 401),
        ("Digest x".to_owned(), 401),
    ] {
        let request = Request::get("/api/v1/sectors").header("authorization", &authorization);
        let reply = ministry.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status, status, "{authorization}: {}", reply.text);
    }
    let listed = ministry.get(&cookie, "/tokens").await.ok();
    let id = listed["tokens"][0]["id"].as_str().unwrap();
    assert!(!listed.to_string().contains(secret));
    assert_eq!(ministry.delete(&cookie, &format!("/tokens/{id}")).await.status, 204);
    let request =
        Request::get("/api/v1/sectors").header("authorization", format!("Bearer {secret}"));
    assert_eq!(ministry.send(request.body(Body::empty()).unwrap()).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_of_an_address_is_named() {
    let ministry = Ministry::new().await;
    let cookie = ministry.cookie("bo.phantich").await;
    let whole = "indicator=BC.DOANHTHU&unit=VN&period=2024";
    for (query, status, code, suggested) in [
        ("unit=VN&period=2024", 400, "missing_parameter", ""),
        ("indicator=BC.DOANTHU&unit=VN&period=2024", 404, "unknown_indicator", "BC.DOANHTHU"),
        ("indicator=XX.*&unit=VN&period=2024", 404, "unknown_indicator", ""),
        ("indicator=BC.*&unit=5X&period=2024", 404, "unknown_unit", "51"),
        ("indicator=BC.*&unit=VN&period=2024-13", 400, "bad_period", ""),
        ("indicator=BC.*&unit=VN&period=2024&measure=growth", 400, "bad_measure", ""),
        ("indicator=BC.*&unit=VN&period=2024&source=guessed", 400, "bad_parameter", ""),
        ("indicator=BC.*&unit=VN&period=2024&breakdown=SEX", 400, "bad_breakdown", ""),
        ("indicator=BC.*&unit=VN&period=2024&tree=yes", 400, "bad_parameter", ""),
        ("indicator=BC.*&unit=VN&period=2024&as_of=yesterday", 400, "bad_parameter", ""),
        ("indicator=BC.*&unit=VN&period=2024&as_of=999999", 503, "behind", ""),
        ("indicator=BC.*&unit=VN&period=2024&perod=2023", 400, "unknown_parameter", "period"),
        ("indicator=BC.*&unit=VN&period=2024&period=2023", 400, "bad_query", ""),
    ] {
        let reply = ministry.get(&cookie, &format!("/values?{query}")).await;
        assert_eq!((reply.status, reply.code()), (status, code), "{query}: {}", reply.text);
        let suggestions = reply.body["suggestions"].as_array().cloned().unwrap_or_default();
        assert!(
            suggested.is_empty() || suggestions.contains(&json!(suggested)),
            "{query}: {}",
            reply.text
        );
    }
    let behind = ministry.get(&cookie, &format!("/values?{whole}&min_seq=999999")).await;
    assert_eq!((behind.status, behind.code()), (503, "behind"));
    let bad = ministry.get(&cookie, &format!("/values?{whole}&min_seq=x")).await;
    assert_eq!((bad.status, bad.code()), (400, "bad_parameter"));

    let months: Vec<String> = (2000..2024)
        .flat_map(|year| (1..=12).map(move |month| format!("{year}-{month:02}")))
        .collect();
    let large =
        format!("/values?indicator=TN.*,BC.*,VT.*,CDS.*&unit=VN,01,52&period={}", months.join(","));
    let reply = ministry.get(&cookie, &large).await;
    assert_eq!((reply.status, reply.code()), (400, "too_many_cells"), "{}", reply.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_answered_with_basis_coverage_and_as_they_were_known() {
    let ministry = Ministry::new().await;
    let cookie = ministry.cookie("bo.phantich").await;
    let first = ministry.state("BC.DOANHTHU 52 2024-05 = 100\nBC.DOANHTHU 51 2024-05 = 50.5").await;
    ministry.state("BC.DOANHTHU 52 2024-05 = 110\nBC.DOANHTHU 52 2023-05 = 88\nBC.DOANHTHU 52 2024 plan = 1000").await;
    let head = ministry.head();
    let ask = async |query: String| {
        let answered =
            ministry.get(&cookie, &format!("/values?indicator=BC.DOANHTHU&{query}")).await.ok();
        let shown = |value: &serde_json::Value| {
            let text = |name: &str| value[name].as_str().unwrap_or("-").to_owned();
            let coverage = &value["coverage"];
            format!(
                "{} {} {}: {} {} {} {}/{}\n",
                text("unit"),
                text("period"),
                text("measure"),
                text("value"),
                text("absent"),
                text("basis"),
                coverage["present"],
                coverage["expected"]
            )
        };
        answered["values"].as_array().unwrap().iter().map(shown).collect::<String>()
    };
    let told = [
        ask("unit=VN,52,52@2024-06-30&period=2024-05".to_owned()).await,
        ask(format!("unit=52&period=2024-05&as_of={first}")).await,
        ask("unit=52&period=2024-05&as_of=2024-08-04".to_owned()).await,
        ask("unit=52&period=2024-05&as_of=2024-08-05&measure=level,change_on_year,share_of_plan,ytd".to_owned()).await,
        ask(format!("unit=52&period=2024-05&source=measured&min_seq={head}")).await,
    ];
    expect![[r#"
        VN 2024-05 level: 160.5 - rolled_up 2/63
        52 2024-05 level: 110 - stated 1/1
        52 2024-05 level: 110 - stated 1/1
        52 2024-05 level: 100 - stated 1/1
        52 2024-05 level: - nothing_recorded stated 0/1
        52 2024-05 level: 110 - stated 1/1
        52 2024-05 change_on_year: 25 - computed 1/1
        52 2024-05 share_of_plan: - nothing_recorded stated 0/1
        52 2024-05 ytd: - nothing_recorded stated 0/1
        52 2024-05 level: - nothing_recorded stated 0/1
    "#]]
    .assert_eq(&told.concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_opens_to_its_history_and_parts() {
    let ministry = Ministry::new().await;
    let cookie = ministry.cookie("bo.phantich").await;
    ministry.state("BC.DOANHTHU 52 2024-05 = 100\nBC.DOANHTHU 51 2024-05 = 50.5").await;
    ministry.state("BC.DOANHTHU 52 2024-05 = 110").await;
    let page =
        ministry.get(&cookie, "/figure?indicator=BC.DOANHTHU&unit=52&period=2024-05").await.ok();
    assert_eq!(page["value"]["value"], "110");
    let history: Vec<&str> = page["history"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["value"].as_str())
        .collect();
    assert_eq!(history, ["100", "110"]);
    assert!(page["sentence_vi"].as_str().unwrap().contains("Bình Định"), "{}", page["sentence_vi"]);
    let whole =
        ministry.get(&cookie, "/figure?indicator=BC.DOANHTHU&unit=VN&period=2024-05").await.ok();
    assert_eq!(
        (&whole["made_by"], whole["made_of"].as_array().unwrap().len()),
        (&json!("units"), 6)
    );
    let missing = ministry.get(&cookie, "/figure?indicator=BC.DOANHTHU&unit=VN").await;
    assert_eq!((missing.status, missing.code()), (400, "missing_parameter"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_names_the_place_and_changes_nothing() {
    let ministry = Ministry::new().await;
    let cookie = ministry.cookie("bo.quantri").await;
    let before = ministry.head();
    for (row, code, column) in [
        ("BC.DOANHTHU,52,2024-05,nhiều", "not_a_number", "value"),
        ("BC.DOANHTHU,52,2024-05,\"1,5\"", "not_a_number", "value"),
        ("BC.DOANHTHU,52,2024-05,NaN", "not_a_number", "value"),
        ("BC.DOANHTHU,52,2024-05,1e40", "not_a_number", "value"),
        (
            "BC.DOANHTHU,52,2024-05,10000000000000000000000000000000000000000",
            "number_too_long",
            "value",
        ),
        ("BC.DOANHTHU,52,2024-05,1.2345678", "too_many_decimals", "value"),
        ("BC.DOANHTHU,52,2024-05,", "value_or_absence", "value"),
        ("BC.DOANTHU,52,2024-05,1", "unknown_indicator", "indicator"),
        ("BC.DOANHTHU,5X,2024-05,1", "unknown_unit", "unit"),
        ("BC.DOANHTHU,24@2025-07,2024-05,1", "unit_did_not_exist", "unit"),
        ("BC.DOANHTHU,52,2025-08,1", "unit_did_not_exist", "unit"),
        ("BC.DOANHTHU,52,2024-5,1", "bad_period", "period"),
        ("BC.DOANHTHU,52,2024-09,1", "period_ahead", "period"),
        ("BC.DOANHTHU,G14,2024-05,1", "does_not_apply", "unit"),
        ("BC.DOANHTHU,51,2024-05,1", "twice", "indicator"),
    ] {
        let file = format!("indicator,unit,period,value\nBC.DOANHTHU,51,2024-05,1\n{row}\n");
        let dry = ministry
            .post_bytes(
                &cookie,
                "/import?dry_run=true",
                "text/csv",
                None,
                file.clone().into_bytes(),
            )
            .await
            .ok();
        assert_eq!(dry["found"], 1, "{row}: {dry}");
        let reply =
            ministry.post_bytes(&cookie, "/import", "text/csv", None, file.into_bytes()).await;
        let finding = &reply.body["findings"][0];
        assert_eq!((reply.status, reply.code()), (422, "findings"), "{row}: {}", reply.text);
        assert_eq!(
            (finding["code"].as_str(), finding["row"].as_str()),
            (Some(code), Some("3")),
            "{row}: {finding}"
        );
        assert_eq!(finding["column"], column, "{row}");
    }
    for (kind, file, status, code) in [
        ("text/csv", "indicator,unit,perod,value\n", 422, "findings"),
        (
            "application/json",
            "{\"observations\":[{\"indicator\":\"BC.DOANHTHU\",\"value\":1.5}]}",
            400,
            "bad_json",
        ),
        ("application/json", "[{\"indicatr\":\"x\"}]", 400, "bad_json"),
        ("text/plain", "x", 415, "bad_content_type"),
    ] {
        let reply =
            ministry.post_bytes(&cookie, "/import", kind, None, file.as_bytes().to_vec()).await;
        assert_eq!((reply.status, reply.code()), (status, code), "{file}: {}", reply.text);
    }
    assert_eq!(ministry.head(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_recorded_once_however_often_it_is_sent() {
    let ministry = Ministry::new().await;
    let cookie = ministry.cookie("bo.phantich").await;
    let file = "\u{feff}indicator;unit;period;value;upper;absent;source;publisher;note\n\
                BC.DOANHTHU;52;2024-05;12.5;;;;;gần 13 tỷ\n\
                BC.DOANHTHU;51;2024-05;10;20;;;;\n\
                BC.DOANHTHU;54;2024-05;;;missing;;;\n\
                BC.DOANHTHU;VN;2024-05;700;;;published;ictnews;\n";
    let send = async |body: String| {
        ministry
            .post_bytes(
                &cookie,
                "/import?name=thang5.csv",
                "text/csv",
                Some("t5"),
                body.into_bytes(),
            )
            .await
    };
    let first = send(file.to_owned()).await;
    let head = ministry.head();
    assert_eq!(first.body["observations"], 4, "{}", first.text);
    assert_eq!(first.header("quantrac-seq"), head.to_string());
    let again = send(file.to_owned()).await;
    assert_eq!(
        (again.text.as_str(), again.header("quantrac-seq")),
        (first.text.as_str(), first.header("quantrac-seq"))
    );
    assert_eq!(again.header("idempotency-replayed"), "true");
    let other = send(file.replace("12.5", "13")).await;
    assert_eq!((other.status, other.code()), (422, "idempotency_key_reused"));
    assert_eq!(ministry.head(), head);

    let values = ministry
        .get(&cookie, "/values?indicator=BC.DOANHTHU&unit=52,51,54,VN&period=2024-05")
        .await
        .ok();
    let shown: Vec<String> = values["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|value| {
            format!(
                "{} {} {} {} {}",
                value["unit"], value["value"], value["upper"], value["absent"], value["source"]
            )
        })
        .collect();
    expect![[r#"
        "52" "12.5" null null "imported"
        "51" "10" "20" null "imported"
        "54" null null "missing" "imported"
        "VN" "700" null null "published""#]]
    .assert_eq(&shown.join("\n"));
    let page =
        ministry.get(&cookie, "/figure?indicator=BC.DOANHTHU&unit=52&period=2024-05").await.ok();
    assert_eq!(page["history"][0]["origin"]["label_vi"], "Tệp thang5.csv, nhập ngày 5/8/2024");
    assert_eq!(page["history"][0]["origin"]["words"], "gần 13 tỷ");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_is_refused() {
    let ministry = Ministry::new().await;
    let cookie = ministry.cookie("nhap.52").await;
    for (path, body) in [
        ("/import", json!([])),
        ("/accounts", json!({})),
        ("/units", json!({})),
        ("/indicators", json!({})),
        ("/accounts/1/disable", json!({})),
    ] {
        let reply = ministry.post(&cookie, path, body).await;
        assert_eq!((reply.status, reply.code()), (403, "forbidden"), "{path}: {}", reply.text);
    }
    for path in ["/accounts", "/audit", "/audit.csv"] {
        let reply = ministry.get(&cookie, path).await;
        assert_eq!((reply.status, reply.code()), (403, "forbidden"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_body_is_refused_without_being_kept() {
    let ministry = Ministry::new().await;
    let cookie = ministry.cookie("bo.quantri").await;
    let endless = || {
        let chunk = axum::body::Bytes::from(vec![b'x'; 1 << 20]);
        let chunks =
            futures::stream::iter((0..200).map(move |_| Ok::<_, std::io::Error>(chunk.clone())));
        Body::from_stream(chunks)
    };
    for (path, kind, most) in
        [("/import", "text/csv", "64 MB"), ("/tokens", "application/json", "1 MB")]
    {
        for announced in [None, Some("209715200")] {
            let mut request = Request::post(format!("/api/v1{path}"))
                .header("cookie", &cookie)
                .header("content-type", kind);
            if let Some(length) = announced {
                request = request.header("content-length", length);
            }
            let reply = ministry.send(request.body(endless()).unwrap()).await;
            assert_eq!((reply.status, reply.code()), (413, "too_large"), "{path}");
            assert!(reply.body["detail"].as_str().unwrap().contains(most), "{}", reply.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_made_gets_a_password_by_its_link_and_can_be_disabled() {
    let ministry = Ministry::new().await;
    let admin = ministry.cookie("bo.quantri").await;
    for (request, status, code) in [
        (json!({"user": "A b", "name": "x", "role": "head", "body": "52"}), 422, "bad_user"),
        (json!({"user": "a.b", "name": " ", "role": "head", "body": "52"}), 422, "empty"),
        (json!({"user": "a.b", "name": "x", "role": "head"}), 422, "bad_grant"),
        (json!({"user": "a.b", "name": "x", "role": "head", "body": "5X"}), 404, "unknown_body"),
        (json!({"user": "a.b", "name": "x", "role": "boss"}), 422, "not_one_of"),
        (
            json!({"user": "a.b", "name": "x", "role": "admin", "email": "nowhere"}),
            422,
            "bad_email",
        ),
        (json!({"user": "ky.52", "name": "x", "role": "admin"}), 409, "user_taken"),
    ] {
        let reply = ministry.post(&admin, "/accounts", request.clone()).await;
        assert_eq!((reply.status, reply.code()), (status, code), "{request}: {}", reply.text);
    }
    // Somebody may enter for several bodies, each named once.
    let several =
        json!({"user": "hai.tinh", "name": "Hai tỉnh", "role": "enterer", "body": "48, 52;48"});
    let several = ministry.post(&admin, "/accounts", several).await.ok();
    let roles = several["account"]["roles"].as_array().unwrap();
    let bodies: Vec<&str> = roles.iter().map(|role| role["body"].as_str().unwrap()).collect();
    assert_eq!(bodies, ["48", "52"]);
    let unknown = json!({"user": "ba.tinh", "name": "x", "role": "enterer", "body": "48, 5X"});
    let reply = ministry.post(&admin, "/accounts", unknown).await;
    assert_eq!((reply.status, reply.code()), (404, "unknown_body"), "{}", reply.text);
    let request = json!({"user": "moi.52", "name": "Người mới", "role": "enterer", "body": "52", "sectors": ["BC"]});
    let made = ministry.post(&admin, "/accounts", request).await.ok();
    let link = made["reset_link"].as_str().unwrap();
    let token = link.rsplit_once("token=").unwrap().1;
    for (password, status, code) in [
        ("ngắn quá", 422, "weak_password"),
        ("moi.52 là tôi đây", 422, "weak_password"),
        ("một mật khẩu dài", 204, ""),
        ("một mật khẩu khác", 410, "bad_link"),
    ] {
        let reply =
            ministry.post("", "/password", json!({"token": token, "password": password})).await;
        assert_eq!((reply.status, reply.code()), (status, code), "{password}: {}", reply.text);
    }
    let session = ministry
        .post("", "/session", json!({"user": "moi.52", "password": "một mật khẩu dài"}))
        .await;
    let cookie = session.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(ministry.get(&cookie, "/sectors").await.status, 200);
    let id = made["account"]["id"].as_str().unwrap();
    ministry.post(&admin, &format!("/accounts/{id}/disable"), json!({})).await.ok();
    assert_eq!(ministry.get(&cookie, "/sectors").await.status, 401);
    let out = ministry
        .post("", "/session", json!({"user": "moi.52", "password": "một mật khẩu dài"}))
        .await;
    assert_eq!((out.status, out.code()), (403, "account_disabled"));
    ministry.post(&admin, &format!("/accounts/{id}/enable"), json!({})).await.ok();

    let own = ministry.get(&admin, "/accounts").await.ok();
    let own =
        own["accounts"].as_array().unwrap().iter().find(|one| one["user"] == "bo.quantri").unwrap()
            ["id"]
            .clone();
    let last = ministry
        .post(&admin, &format!("/accounts/{}/disable", own.as_str().unwrap()), json!({}))
        .await;
    assert_eq!((last.status, last.code()), (409, "last_administrator"));

    let auditor = ministry.cookie("kiemtoan").await;
    let audit = ministry.get(&auditor, "/audit?person=bo.quantri&limit=2").await.ok();
    assert_eq!(audit["entries"][0]["kind"], "account_enabled");
    assert_eq!(audit["entries"][1]["text_vi"], "Khóa tài khoản: moi.52, Người mới");
    let next = ministry
        .get(&auditor, &format!("/audit?before={}", audit["next"].as_str().unwrap()))
        .await
        .ok();
    assert_eq!(next["entries"][0]["kind"], "password_set");
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_come_from_a_spreadsheet_all_or_none() {
    let ministry = Ministry::new().await;
    let admin = ministry.cookie("bo.quantri").await;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let header: &[&str] = &["user", "name", "email", "role", "body", "sectors"];
    let good: &[&str] = &["=mo.51", "x", "", "enterer", "51", ""];
    let bad = spreadsheet(&[header, &["mot.51", "=Một", "", "enterer", "51", "BC, VT"], good]);
    let dry = ministry
        .post_bytes(&admin, "/accounts/import?dry_run=true", kind, None, bad.clone())
        .await
        .ok();
    assert_eq!((&dry["rows"], &dry["findings"][0]["row"]), (&json!(2), &json!("3")), "{dry}");
    let refused = ministry.post_bytes(&admin, "/accounts/import", kind, None, bad).await;
    assert_eq!((refused.status, refused.code()), (422, "findings"));
    let file = spreadsheet(&[header, &["mot.51", "=Một", "", "enterer", "51", "BC, VT"]]);
    let made =
        ministry.post_bytes(&admin, "/accounts/import", kind, Some("k"), file.clone()).await.ok();
    assert_eq!(made["accounts"][0]["account"]["roles"][0]["sectors"], json!(["BC", "VT"]));
    let again = ministry.post_bytes(&admin, "/accounts/import", kind, None, file).await;
    assert_eq!(again.body["findings"][0]["code"], "user_taken", "{}", again.text);
    for (file, code) in [
        (b"junk".to_vec(), "not_a_workbook"),
        (b"PK junk".to_vec(), "workbook_damaged"),
        (b"\xD0\xCF\x11\xE0 of 1997".to_vec(), "workbook_locked"),
        (spreadsheet(&[]), "bad_spreadsheet"),
        (spreadsheet(&[&["user", "name"], &["mot.51", "Một"]]), "bad_spreadsheet"),
    ] {
        let refused = ministry.post_bytes(&admin, "/accounts/import", kind, None, file).await;
        assert_eq!((refused.status, refused.code()), (422, code));
    }
    // The far corner of a sheet costs no more than its other cells.
    let mut far = rust_xlsxwriter::Workbook::new();
    let sheet = far.add_worksheet();
    for (column, title) in header.iter().enumerate() {
        sheet.write_string(0, column as u16, *title).unwrap();
    }
    sheet.write_string(1_048_575, 16_383, "x").unwrap();
    let file = far.save_to_buffer().unwrap();
    let dry = ministry.post_bytes(&admin, "/accounts/import?dry_run=true", kind, None, file).await;
    assert_eq!(dry.ok()["findings"][0]["row"], "1048576");

    let auditor = ministry.cookie("kiemtoan").await;
    let file = ministry.get(&auditor, "/audit.csv").await;
    assert!(file.text.contains("Tạo tài khoản: mot.51, =Một"), "{}", file.text);
    assert!(file.header("content-type").starts_with("text/csv"));
}

#[tokio::test(flavor = "multi_thread")]
async fn units_and_indicators_are_defined_while_the_system_runs() {
    let ministry = Ministry::new().await;
    let admin = ministry.cookie("bo.quantri").await;
    let unit = json!({"code": "B99", "kind": "portal", "name_vi": "Cổng thử", "name_en": "Test portal", "parent": "52",
                      "valid_from": "2024-01-01"});
    let made = ministry.post(&admin, "/units", unit.clone()).await.ok();
    assert_eq!((&made["parent"], &made["valid_from"]), (&json!("52"), &json!("2024-01-01")));
    assert_eq!(ministry.get(&admin, "/units/B99").await.ok()["name_vi"], "Cổng thử");
    let mut other = unit;
    other["parent"] = json!("9X");
    assert_eq!(ministry.post(&admin, "/units", other).await.code(), "unknown_unit");

    let indicator = json!({"code": "BC.THUNGTHU", "name_vi": "Chỉ tiêu thử", "name_en": "A test", "unit_vi": "thư", "unit_en": "letters",
        "scale": 1, "over_units": "sum", "over_time": "sum", "good": "up", "applies_to": ["province"], "frequency": "month"});
    assert_eq!(ministry.post(&admin, "/indicators", indicator.clone()).await.ok()["version"], 1);
    assert_eq!(ministry.post(&admin, "/indicators", indicator.clone()).await.ok()["version"], 2);
    for (field, value, code) in [
        ("code", json!("XX.THU"), "bad_parameter"),
        ("scale", json!(0), "bad_indicator"),
        ("over_units", json!("average"), "bad_parameter"),
        ("part_of", json!("BC.NONE"), "unknown_indicator"),
        ("applies_to", json!(["planet"]), "bad_parameter"),
    ] {
        let mut wrong = indicator.clone();
        wrong[field] = value;
        let reply = ministry.post(&admin, "/indicators", wrong).await;
        assert_eq!(reply.code(), code, "{field}: {}", reply.text);
    }
    // A ratio cannot be worked out from what is worked out from it.
    let mut share = indicator.clone();
    share["code"] = json!("BC.TYLETHU");
    share["over_units"] = json!("ratio");
    share["over_time"] = json!("ratio");
    share["ratio"] =
        json!({"numerator": "BC.THUNGTHU", "denominator": "BC.BUUGUI", "factor": "100"});
    ministry.post(&admin, "/indicators", share).await.ok();
    let mut round = indicator.clone();
    round["over_units"] = json!("weighted_mean");
    for weight in ["BC.TYLETHU", "BC.THUNGTHU"] {
        round["weight"] = json!(weight);
        let reply = ministry.post(&admin, "/indicators", round.clone()).await;
        assert_eq!(
            (reply.code(), &reply.body["at"]["column"]),
            ("bad_indicator", &json!("weight"))
        );
    }
    ministry.state("BC.THUNGTHU 52 2024-05 = 1.5").await;
    let analyst = ministry.cookie("bo.phantich").await;
    let values =
        ministry.get(&analyst, "/values?indicator=BC.THUNGTHU&unit=VN&period=2024-05").await.ok();
    assert_eq!(values["values"][0]["value"], "1.5");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_forbids_what_is_inline_and_foreign() {
    let ministry = Ministry::new().await;
    for path in ["/", "/nhap-lieu/1", "/api/openapi.json", "/healthz"] {
        let reply = ministry.send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert!(reply.header("content-security-policy").contains("script-src 'self';"), "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
    }
    let missing = ministry.send(Request::get("/assets/none.js").body(Body::empty()).unwrap()).await;
    assert_eq!(missing.status, 404);
    let healthy = ministry.send(Request::get("/healthz").body(Body::empty()).unwrap()).await;
    assert_eq!(healthy.status, 200);
}
