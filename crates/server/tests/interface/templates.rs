//! Templates made through the interface: drafts, what is found in them, their publication, and what is refused.

use model::{Breakdown, Decimal, Figure, Measure, Source, Status};
use serde_json::{Value, json};
use store::{NewAccount, NewObservation, Origin, OriginKind, StoreError};

use crate::ministry::{Ministry, PASSWORD, Reply, spreadsheet};

const DRAFTS: &str = "/template-drafts";

/// A ministry, and its administrator.
async fn furnished() -> (Ministry, String) {
    let ministry = Ministry::new().await;
    let admin = ministry.cookie("bo.quantri").await;
    (ministry, admin)
}

/// A quarter's form for the provinces, with nothing in it that anybody has been asked for.
fn whole(rows: &[&str]) -> Value {
    let row = |row: &&str| {
        let (indicator, breakdown) = row.split_once('[').unwrap_or((row, ""));
        let breakdown = breakdown.trim_end_matches(']');
        json!({"indicator": indicator, "breakdown": (!breakdown.is_empty()).then_some(breakdown),
            "required": true, "settle_previous": false, "note": ""})
    };
    json!({
        "valid_from": "2024-07-01", "name_vi": "Báo cáo thử", "name_en": "", "content": "Để thử",
        "calendar": "statistical", "frequency": "month",
        "assigned_to": [{"by": "kind", "codes": ["province"], "from": null, "to": null}],
        "cut_off_vi": "ngày cuối tháng", "cut_off_en": "", "due_working_days": 5,
        "legal_basis": "Thông tư 02/2023/TT-BTTTT", "recipients": ["Văn phòng Bộ"], "sending": "Trên hệ thống",
        "sections": [{"id": "P1", "sector": "BC", "name_vi": "Bưu chính", "name_en": "", "owner": "", "kind": "figures",
            "rows": rows.iter().map(row).collect::<Vec<_>>(), "texts": []}],
    })
}

/// An indicator that no form asks for.
async fn define(ministry: &Ministry, admin: &str, code: &str, over_time: &str) {
    let indicator = json!({"code": code, "name_vi": format!("Chỉ tiêu {code}"), "name_en": code, "unit_vi": "thư",
        "unit_en": "letters", "scale": 0, "over_units": "sum", "over_time": over_time, "good": "up",
        "applies_to": ["province"], "frequency": "month"});
    ministry.post(admin, "/indicators", indicator).await.ok();
}

async fn begin(ministry: &Ministry, admin: &str, code: &str) -> Value {
    ministry.post(admin, DRAFTS, json!({ "code": code })).await.ok()
}

async fn save(ministry: &Ministry, admin: &str, code: &str, saves: u64, content: &Value) -> Reply {
    let body = json!({ "saves": saves, "template": content });
    ministry.put(admin, &format!("{DRAFTS}/{code}"), body).await
}

async fn publish(ministry: &Ministry, admin: &str, code: &str, body: Value) -> Reply {
    ministry.post(admin, &format!("{DRAFTS}/{code}/publish"), body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_made_from_nothing_and_filled_by_those_it_is_given_to() {
    let (ministry, admin) = furnished().await;
    define(&ministry, &admin, "BC.THUTHU", "sum").await;
    let begun = begin(&ministry, &admin, "SO-THU").await;
    assert_eq!((&begun["version"], &begun["saves"]), (&json!(1), &json!(1)));
    let fields = |reply: &Value| -> Vec<String> {
        let findings = reply["findings"].as_array().unwrap();
        findings.iter().map(|one| one["field"].as_str().unwrap().to_owned()).collect()
    };
    // Everything that is missing, at once; what all forms of the ministry have in common is there.
    assert_eq!(fields(&begun), ["name_vi", "content", "assigned_to", "legal_basis", "sections"]);

    let early = publish(&ministry, &admin, "SO-THU", json!({ "saves": 1 })).await;
    assert_eq!((early.status, early.code()), (422, "unfinished_template"), "{}", early.text);
    assert_eq!(early.body["findings"].as_array().unwrap().len(), 5);

    let saved = save(&ministry, &admin, "SO-THU", 1, &whole(&["BC.THUTHU"])).await.ok();
    assert_eq!(saved["findings"], json!([]));
    assert_eq!((&saved["bodies"], &saved["first_period"]), (&json!(63), &json!("2024-07")));
    assert_eq!(saved["first_due"], "2024-08-07T17:00:00+07:00");
    let officer = ministry.cookie("nhap.52").await;
    let wanted = json!({"template": "SO-THU", "body": "52", "period": "2024-07"});
    let unknown = ministry.post(&officer, "/submissions", wanted.clone()).await;
    assert_eq!(unknown.code(), "unknown_template", "a draft is nobody's to fill");

    let published = publish(&ministry, &admin, "SO-THU", json!({ "saves": 2 })).await;
    assert_eq!(published.status, 201, "{}", published.text);
    assert_eq!(
        (&published.body["version"], &published.body["asked_again"]),
        (&json!(1), &json!(0))
    );
    for (version, status) in [("", 200), ("?version=1", 200), ("?version=2", 404)] {
        let read = ministry.get(&officer, &format!("/templates/SO-THU{version}")).await;
        assert_eq!(read.status, status, "{version}");
    }
    let again = ministry.get(&admin, &format!("{DRAFTS}/SO-THU")).await;
    assert_eq!((again.status, again.code()), (404, "no_draft"));

    // It was opened for the month that has ended, and not for a month before its first day.
    let open = ministry.get(&officer, "/submissions?template=SO-THU").await.ok();
    assert_eq!(open["submissions"][0]["period"], "2024-07");
    let form = ministry.post(&officer, "/submissions", wanted).await.ok();
    assert_eq!(form["template_def"]["sections"][0]["rows"][0]["indicator"], "BC.THUTHU");
    assert_eq!(form["template_def"]["name_en"], "Báo cáo thử", "nobody wrote an English name");
    let june = json!({"template": "SO-THU", "body": "52", "period": "2024-06"});
    assert_eq!(ministry.post(&officer, "/submissions", june).await.code(), "unknown_template");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_a_new_version_and_what_is_open_keeps_its_own() {
    let (ministry, admin) = furnished().await;
    let officer = ministry.cookie("nhap.52").await;
    let form = |period: &str| json!({"template": "SO-HC", "body": "52", "period": period});
    let july = ministry.post(&officer, "/submissions", form("2024-07~adm")).await.ok();
    let begun = begin(&ministry, &admin, "SO-HC").await;
    assert_eq!(begun["version"], 2);
    assert_eq!(begun["findings"], json!([]), "its own earlier version asks nothing twice");
    assert_eq!(begun["template"]["valid_from"], "2024-08-15", "the period that begins next");
    let mut content = begun["template"].clone();
    let rows = content["sections"][0]["rows"].as_array_mut().unwrap();
    let last = rows.pop().unwrap();
    save(&ministry, &admin, "SO-HC", 1, &content).await.ok();
    publish(&ministry, &admin, "SO-HC", json!({ "saves": 2 })).await.ok();

    let row = |form: &Value| {
        let rows = form["template_def"]["sections"][0]["rows"].as_array().unwrap().clone();
        rows.iter().any(|row| row["indicator"] == last["indicator"])
    };
    let id = july["id"].as_str().unwrap();
    let kept = ministry.get(&officer, &format!("/submissions/{id}")).await.ok();
    assert!(row(&kept) && kept["template_def"]["version"] == 1);
    // August's window ends on the 14th, the day before the new version begins.
    let august = ministry.post(&officer, "/submissions", form("2024-08~adm")).await.ok();
    assert!(row(&august) && august["template_def"]["version"] == 1);
    let listed = ministry.get(&admin, DRAFTS).await.ok();
    let listed = listed["templates"].as_array().unwrap().clone();
    let made = listed.iter().find(|one| one["code"] == "SO-HC").unwrap();
    let versions: Vec<_> = made["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["version"].as_u64().unwrap(), one["in_force"].as_bool().unwrap()))
        .collect();
    assert_eq!(versions, [(2, false), (1, true)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_ministry_has_is_not_asked_for_again_without_a_reason() {
    let (ministry, admin) = furnished().await;
    begin(&ministry, &admin, "SO-QUY").await;
    let mut content = whole(&["BC.DOANHTHU"]);
    content["frequency"] = json!("quarter");
    let saved = save(&ministry, &admin, "SO-QUY", 1, &content).await.ok();
    let found = &saved["findings"][0];
    assert_eq!((&found["severity"], &found["code"]), (&json!("error"), &json!("adds_up")));
    assert_eq!(found["cell"], "P1/BC.DOANHTHU/this");
    let place = &found["already"]["places"][0];
    assert_eq!(
        (&place["template"], &place["cell"]),
        (&json!("SO-THANG"), &json!("BC/BC.DOANHTHU/this"))
    );
    assert_eq!((&place["calendar"], &place["frequency"]), (&json!("statistical"), &json!("month")));
    assert_eq!(found["already"]["of_bodies"], 63);
    assert_eq!(found["already"]["bodies"].as_array().unwrap().len(), 5);

    let refused = publish(&ministry, &admin, "SO-QUY", json!({ "saves": 2 })).await;
    assert_eq!((refused.status, refused.code()), (409, "asked_already"), "{}", refused.text);
    let said = refused.body["findings"][0]["text"].as_str().unwrap();
    assert!(said.contains("SO-THANG") && said.contains("“Bưu chính”"), "{said}");
    assert_eq!(refused.body["findings"][0]["cell"], "P1/BC.DOANHTHU/this");
    assert_eq!(refused.body["already"][0]["already"]["places"][0]["template"], "SO-THANG");
    for reason in ["", "  ", "…"] {
        let body = json!({ "saves": 2, "reason": reason });
        let refused = publish(&ministry, &admin, "SO-QUY", body).await;
        assert!([409, 422].contains(&refused.status), "{reason}: {}", refused.text);
    }
    let english = ministry
        .post(&admin, &format!("{DRAFTS}/SO-QUY/publish?lang=en"), json!({ "saves": 2 }))
        .await;
    let said = english.body["findings"][0]["text"].as_str().unwrap().to_owned();
    assert!(
        said.starts_with("This number of 63 bodies adds up from what is asked for in form"),
        "{said}"
    );

    let reason = "Cần đối chiếu số quý với số tháng";
    let body = json!({ "saves": 2, "reason": reason });
    let published = publish(&ministry, &admin, "SO-QUY", body).await.ok();
    assert_eq!(published["asked_again"], 1);
    let log = ministry.get(&ministry.cookie("kiemtoan").await, "/audit").await.ok();
    let entries = log["entries"].as_array().unwrap();
    let told = entries.iter().find(|one| one["kind"] == "asked_again").unwrap();
    let said = told["text_vi"].as_str().unwrap();
    assert!(said.contains(reason) && said.contains("BC.DOANHTHU"), "{said}");

    // The burden page tells it with its reason, to the bodies that fill the form too.
    for user in ["bo.phantich", "nhap.52"] {
        let burden = ministry.get(&ministry.cookie(user).await, "/burden").await.ok();
        let overrides = burden["overrides"].as_array().unwrap();
        assert_eq!(overrides.len(), 1, "{user}: {overrides:?}");
        let told =
            (&overrides[0]["reason"], &overrides[0]["template"], &overrides[0]["rows"][0]["how"]);
        assert_eq!(told, (&json!(reason), &json!("SO-QUY"), &json!("adds_up")), "{user}");
        let place = json!([{
            "template": "SO-THANG",
            "version": 1,
            "template_name_vi": "Báo cáo thống kê tháng của Sở",
            "template_name_en": "Monthly statistical report of departments",
        }]);
        assert_eq!(overrides[0]["rows"][0]["places"], place, "{user}");
    }
    assert!(entries.iter().any(|one| one["kind"] == "template_published"));
    // Whoever looks for the indicator in the log finds it.
    let auditor = ministry.cookie("kiemtoan").await;
    let of = ministry.get(&auditor, "/audit?indicator=BC.DOANHTHU").await.ok();
    assert!(of["entries"].as_array().unwrap().iter().any(|one| one["kind"] == "asked_again"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_measured_with_enough_share_is_not_asked_for() {
    let (ministry, admin) = furnished().await;
    define(&ministry, &admin, "BC.THUDO", "sum").await;
    begin(&ministry, &admin, "SO-DO").await;
    for (saves, share, bodies) in [(1, 89, Value::Null), (2, 90, json!(1))] {
        let cell = model::Cell {
            indicator: model::IndicatorCode::parse("BC.THUDO").unwrap(),
            unit: model::UnitCode::parse("52").unwrap(),
            period: model::Period::parse("2024-06").unwrap(),
            breakdown: Breakdown::TOTAL,
            measure: Measure::Level,
        };
        let figure = Figure::Number(Decimal::whole(17));
        let said = NewObservation {
            measured_share: Some(Decimal::whole(share)),
            ..NewObservation::of(cell, figure, Source::Measured, Status::Final)
        };
        let origin = Origin::named(OriginKind::Import, "Đo", "Measured");
        ministry.app.store.append_all(origin, vec![said]).await.unwrap();
        let saved = save(&ministry, &admin, "SO-DO", saves, &whole(&["BC.THUDO"])).await.ok();
        assert_eq!(saved["findings"][0]["already"]["of_bodies"], bodies, "{share}%");
    }
    let refused = publish(&ministry, &admin, "SO-DO", json!({ "saves": 3 })).await;
    assert_eq!(refused.body["already"][0]["already"]["measured_share"], "90", "{}", refused.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_builders_do_not_overwrite_one_another() {
    let (ministry, admin) = furnished().await;
    let second = ministry.app.store.write(None, |tx| {
        Box::pin(async move {
            let hash = server::auth::password::hash(PASSWORD).unwrap();
            let new = NewAccount {
                login: "bo.quantri2".to_owned(),
                name: "Người thứ hai".to_owned(),
                email: None,
                password: Some(hash),
                lang: workflow::Language::Vietnamese,
                grants: vec![workflow::Grant::Admin],
            };
            tx.add_account(&new).await?;
            Ok::<(), StoreError>(())
        })
    });
    second.await.unwrap();
    let other = ministry.cookie("bo.quantri2").await;
    define(&ministry, &admin, "BC.THUTHU", "sum").await;
    begin(&ministry, &admin, "SO-HAI").await;
    let exists = ministry.post(&other, DRAFTS, json!({ "code": "SO-HAI" })).await;
    assert_eq!((exists.status, exists.code()), (409, "draft_exists"));

    let content = whole(&["BC.THUTHU"]);
    save(&ministry, &other, "SO-HAI", 1, &content).await.ok();
    for stale in [
        save(&ministry, &admin, "SO-HAI", 1, &content).await,
        publish(&ministry, &admin, "SO-HAI", json!({ "saves": 1 })).await,
        ministry.delete(&admin, &format!("{DRAFTS}/SO-HAI?saves=1")).await,
    ] {
        assert_eq!((stale.status, stale.code()), (412, "stale_version"), "{}", stale.text);
        assert_eq!(stale.body["theirs"]["by"], "Người thứ hai");
        assert_eq!(stale.body["theirs"]["saves"], 2);
    }
    assert_eq!(ministry.delete(&admin, &format!("{DRAFTS}/SO-HAI?saves=2")).await.status, 204);
    let gone = save(&ministry, &other, "SO-HAI", 2, &content).await;
    assert_eq!((gone.status, gone.code()), (404, "no_draft"));
    assert_eq!(publish(&ministry, &other, "SO-HAI", json!({ "saves": 2 })).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publication_that_is_repeated_under_its_key_is_one() {
    let (ministry, admin) = furnished().await;
    define(&ministry, &admin, "BC.THUTHU", "sum").await;
    begin(&ministry, &admin, "SO-LAI").await;
    save(&ministry, &admin, "SO-LAI", 1, &whole(&["BC.THUTHU"])).await.ok();
    let (path, kind) = (format!("{DRAFTS}/SO-LAI/publish"), "application/json");
    for (key, replayed, status) in [("k1", "", 201), ("k1", "true", 201), ("k2", "", 404)] {
        let body = json!({ "saves": 2 }).to_string().into_bytes();
        let reply = ministry.post_bytes(&admin, &path, kind, Some(key), body).await;
        assert_eq!(reply.status, status, "{key}: {}", reply.text);
        assert_eq!(reply.header("idempotency-replayed"), replayed);
    }
    assert_eq!(ministry.get(&admin, "/templates/SO-LAI").await.ok()["version"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_seen_as_its_officers_will_see_it() {
    let (ministry, admin) = furnished().await;
    ministry.state("BC.DOANHTHU 52 2024-06 = 120.5").await;
    begin(&ministry, &admin, "SO-XEM").await;
    save(&ministry, &admin, "SO-XEM", 1, &whole(&["BC.DOANHTHU"])).await.ok();
    let path = format!("{DRAFTS}/SO-XEM/preview?body=52");
    let seen = ministry.get(&admin, &path).await.ok();
    assert_eq!((&seen["body"], &seen["period"]), (&json!("52"), &json!("2024-07")));
    assert_eq!(seen["computed"][0]["previous"]["value"], "120.5");
    assert_eq!(seen["can"]["edit"], false);
    let file = ministry.get(&admin, &format!("{DRAFTS}/SO-XEM/form.xlsx?body=52")).await;
    assert_eq!((file.status, &file.bytes[..2]), (200, &b"PK"[..]));
    assert!(file.header("content-disposition").contains("SO-XEM_52_2024-07.xlsx"));
    for (query, status, code) in [
        ("?body=5X", 404, "unknown_body"),
        ("?period=2024-13", 400, "bad_period"),
        ("?bodi=52", 400, "unknown_parameter"),
    ] {
        let reply = ministry.get(&admin, &format!("{DRAFTS}/SO-XEM/preview{query}")).await;
        assert_eq!((reply.status, reply.code()), (status, code), "{query}: {}", reply.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_of_a_draft_is_named_and_changes_nothing() {
    let (ministry, admin) = furnished().await;
    for (code, status, said) in [
        ("", 422, "bad_template_code"),
        ("biểu", 422, "bad_template_code"),
        ("A".repeat(33).as_str(), 422, "bad_template_code"),
    ] {
        let reply = ministry.post(&admin, DRAFTS, json!({ "code": code })).await;
        assert_eq!((reply.status, reply.code()), (status, said), "{code}: {}", reply.text);
    }
    let copy = json!({ "code": "SO-SAI", "copy_of": "SO-NONE" });
    assert_eq!(ministry.post(&admin, DRAFTS, copy).await.code(), "unknown_template");
    begin(&ministry, &admin, "SO-SAI").await;
    let head = ministry.head();
    let long = "x".repeat(301);
    let rows = vec!["BC.DOANHTHU"; 3001];
    let decomposed = "Bu\u{31b}u chi\u{301}nh \u{1f4ee}";
    for (pointer, value, status, code, column) in [
        ("/name_vi", json!(long), 422, "too_long", "name_vi"),
        ("/calendar", json!("lunar"), 422, "bad_template", "calendar"),
        ("/frequency", json!("range"), 422, "bad_template", "frequency"),
        ("/valid_from", json!("1/7/2024"), 422, "bad_template", "valid_from"),
        ("/valid_from", json!("9999-01-01"), 422, "bad_template", "valid_from"),
        ("/due_working_days", json!(67), 422, "bad_template", "due_working_days"),
        ("/due_working_days", json!(-1), 400, "bad_json", ""),
        ("/assigned_to/0/codes", json!(["planet"]), 422, "bad_template", "assigned_to[0].codes"),
        ("/assigned_to/0/codes", json!([]), 422, "bad_template", "assigned_to[0]"),
        (
            "/assigned_to/0/codes",
            json!(["province", "ministry"]),
            422,
            "bad_template",
            "assigned_to[0]",
        ),
        ("/assigned_to/0/by", json!("units"), 404, "unknown_unit", "assigned_to[0].codes"),
        ("/assigned_to/0/from", json!("July"), 422, "bad_template", "assigned_to[0].from"),
        ("/sections/0/id", json!("bưu chính"), 422, "bad_template", "sections[0].id"),
        ("/sections/0/sector", json!("XX"), 422, "bad_template", "sections[0].sector"),
        ("/sections/0/kind", json!("text"), 422, "bad_template", "sections[0].kind"),
        (
            "/sections/0/rows/0/indicator",
            json!("Đ"),
            422,
            "bad_template",
            "sections[0].rows[0].indicator",
        ),
        (
            "/sections/0/rows/0/breakdown",
            json!("SEX"),
            422,
            "bad_template",
            "sections[0].rows[0].breakdown",
        ),
        ("/sections/0/rows/0/color", json!("red"), 400, "bad_json", ""),
        (
            "/sections/0/rows",
            whole(&rows)["sections"][0]["rows"].clone(),
            422,
            "too_many_rows",
            "sections",
        ),
        ("/sections", json!({}), 400, "bad_json", ""),
    ] {
        let mut content = whole(&["BC.DOANHTHU"]);
        match content.pointer_mut(pointer) {
            Some(at) => *at = value,
            None => {
                let (parent, name) = pointer.rsplit_once('/').unwrap();
                content.pointer_mut(parent).unwrap()[name] = value;
            }
        }
        let reply = save(&ministry, &admin, "SO-SAI", 1, &content).await;
        assert_eq!((reply.status, reply.code()), (status, code), "{pointer}: {}", reply.text);
        let at = reply.body["at"]["column"].as_str().unwrap_or_default();
        assert_eq!(at, column, "{pointer}: {}", reply.text);
    }
    assert_eq!(ministry.head(), head, "nothing was saved");
    // What can be read is kept as people write it, whatever is still wrong with it.
    let mut content = whole(&["BC.KHONGCO", "BC.KHONGCO"]);
    content["name_vi"] = json!(decomposed);
    content["sections"][0]["name_vi"] = json!("  ");
    content["assigned_to"][0] = json!({"by": "units", "codes": [], "from": null, "to": null});
    let saved = save(&ministry, &admin, "SO-SAI", 1, &content).await.ok();
    assert_eq!(saved["template"]["name_vi"], "Bưu chính \u{1f4ee}");
    let codes: Vec<_> =
        saved["findings"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert_eq!(codes, ["nobody", "section_nameless", "unknown_indicator", "cell_twice"]);
    let large = json!({ "saves": 2, "template": { "name_vi": "x".repeat(1 << 20) } });
    assert_eq!(ministry.put(&admin, &format!("{DRAFTS}/SO-SAI"), large).await.status, 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_proposed_from_a_form_that_exists() {
    let (ministry, admin) = furnished().await;
    begin(&ministry, &admin, "SO-CU").await;
    let (path, kind) = (
        format!("{DRAFTS}/SO-CU/proposals"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    );
    let form = spreadsheet(&[
        &["BÁO CÁO THÁNG", ""],
        &["1", "1. DOANH THU BUU CHINH (tỷ đồng)"],
        &["2", "Tổng số lao động toàn ngành"],
        &["", "Trong đó: nữ"],
        &["", "=HYPERLINK(\"x\")"],
    ]);
    let asked = ministry.post_bytes(&admin, &path, kind, None, form).await.ok();
    let said: Vec<String> = asked["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            let first = &line["candidates"][0];
            format!("{} {} {}", line["place"], first["indicator"], first["breakdown"])
        })
        .collect();
    assert_eq!(
        said,
        [
            "\"ô B2, trang “Sheet1”\" \"BC.DOANHTHU\" null",
            "\"ô B3, trang “Sheet1”\" \"TN.LAODONG\" null",
            "\"ô B4, trang “Sheet1”\" \"TN.LAODONG\" \"SEX=F\"",
        ]
    );
    // The same from a document: its lines and its tables.
    let document = document_of(
        "<w:p><w:r><w:t>Tổng số lao động toàn ngành</w:t></w:r></w:p>\
         <w:tbl><w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc>\
         <w:tc><w:p><w:r><w:t>Doanh thu </w:t></w:r><w:r><w:t>bưu chính</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
    );
    let asked = ministry.post_bytes(&admin, &path, kind, None, document).await.ok();
    let said = |line: usize| {
        let line = &asked["lines"][line];
        (line["place"].clone(), line["candidates"][0]["indicator"].clone())
    };
    assert_eq!(said(0), (json!("đoạn 1"), json!("TN.LAODONG")));
    assert_eq!(said(1), (json!("bảng 1, dòng 1, cột 2"), json!("BC.DOANHTHU")));
    assert_eq!(asked["stated"], json!([]));
    // What the form says of itself.
    let document = document_of("<w:p><w:r><w:t>7. Tần suất: Hằng quý.</w:t></w:r></w:p>");
    let asked = ministry.post_bytes(&admin, &path, kind, None, document).await.ok();
    let stated = json!([{ "field": "frequency", "place": "đoạn 1", "value": "quarter" }]);
    assert_eq!(asked["stated"], stated);
    let unchanged = ministry.get(&admin, &format!("{DRAFTS}/SO-CU")).await.ok();
    assert_eq!((&unchanged["saves"], &unchanged["template"]["sections"]), (&json!(1), &json!([])));
    for (bytes, code) in [
        (b"<html>".to_vec(), "not_a_report"),
        (b"PK\x03\x04 cut off".to_vec(), "report_damaged"),
        (vec![0xD0, 0xCF, 0x11, 0xE0, 0, 0], "report_locked"),
    ] {
        let reply = ministry.post_bytes(&admin, &path, kind, None, bytes).await;
        assert_eq!((reply.status, reply.code()), (422, code), "{}", reply.text);
    }
    let large = ministry.post_bytes(&admin, &path, kind, None, vec![0; (8 << 20) + 1]).await;
    assert_eq!(large.status, 413);
    let nothing = format!("{DRAFTS}/SO-KHONG/proposals");
    let reply = ministry.post_bytes(&admin, &nothing, kind, None, spreadsheet(&[])).await;
    assert_eq!((reply.status, reply.code()), (404, "no_draft"));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_administrator_makes_forms() {
    let (ministry, admin) = furnished().await;
    begin(&ministry, &admin, "SO-KIN").await;
    for user in ["nhap.52", "ky.52", "bo.phantich", "kiemtoan"] {
        let cookie = ministry.cookie(user).await;
        let one = format!("{DRAFTS}/SO-KIN");
        for reply in [
            ministry.get(&cookie, DRAFTS).await,
            ministry.get(&cookie, &one).await,
            ministry.get(&cookie, &format!("{one}/preview")).await,
            ministry.get(&cookie, &format!("{one}/form.xlsx")).await,
            ministry.post(&cookie, DRAFTS, json!({ "code": "SO-KHAC" })).await,
            save(&ministry, &cookie, "SO-KIN", 1, &whole(&[])).await,
            publish(&ministry, &cookie, "SO-KIN", json!({ "saves": 1 })).await,
            ministry.delete(&cookie, &format!("{one}?saves=1")).await,
            ministry.post(&cookie, &format!("{one}/proposals"), json!({})).await,
        ] {
            assert_eq!((reply.status, reply.code()), (403, "forbidden"), "{user} {}", reply.asked);
        }
    }
}

/// A Word document with this body.
fn document_of(body: &str) -> Vec<u8> {
    use std::io::Write;
    let xml = format!("<w:document><w:body>{body}</w:body></w:document>");
    let mut file = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    file.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    file.write_all(xml.as_bytes()).unwrap();
    file.finish().unwrap().into_inner()
}
