//! The story of one form, as its people live it; each test is one promise of it.

use serde_json::{Value, json};

use crate::ministry::{FILLED, Ministry, edits, names, on_each, on_sqlite, version};

const REVENUE: &str = "BC/BC.DOANHTHU/this";

/// Fills and sends the form of Bình Định; answers its path.
async fn sent(ministry: &Ministry) -> String {
    let enterer = ministry.person("nhap.52");
    let form = enterer.open("52", "2024-07").await;
    enterer.write(&form, FILLED).await;
    enterer.post(&format!("{form}/submit"), json!({})).await.ok();
    form
}

async fn signed(ministry: &Ministry) -> String {
    let form = sent(ministry).await;
    ministry.person("ky.52").post(&format!("{form}/sign"), json!({})).await.ok();
    form
}

/// Receives and closes every section that is signed.
async fn closed(ministry: &Ministry) -> String {
    let form = signed(ministry).await;
    let reviewer = ministry.person("bo.duyet");
    for section in sections(&reviewer.get(&form).await.ok(), "signed") {
        for step in ["receive", "close"] {
            reviewer.post(&format!("{form}/sections/{section}/{step}"), json!({})).await.ok();
        }
    }
    form
}

/// The sections of a form in a state.
fn sections(form: &Value, state: &str) -> Vec<String> {
    let all = form["sections"].as_array().unwrap().iter();
    let found = all.filter(|section| section["state"] == state);
    found.map(|section| section["id"].as_str().unwrap().to_owned()).collect()
}

/// What waits for a person: kinds of work with their counts.
async fn work(ministry: &Ministry, user: &str) -> Vec<String> {
    let work = ministry.person(user).get("/work").await.ok();
    let items = work["items"].as_array().unwrap().iter();
    let statistical =
        items.filter(|item| item["title_vi"].as_str().unwrap().contains("thống kê tháng"));
    statistical
        .map(|item| match item["count"].as_u64() {
            Some(count) => format!("{} {count}", item["kind"].as_str().unwrap()),
            None => item["kind"].as_str().unwrap().to_owned(),
        })
        .collect()
}

#[test]
fn a_form_goes_from_entry_to_closing_and_the_record_follows() {
    on_each(async |ministry| {
        let revenue = async || ministry.value("BC.DOANHTHU", "52", "2024-07").await;
        let (enterer, head) = (ministry.person("nhap.52"), ministry.person("ky.52"));
        let (post, all) = (ministry.person("bo.duyet.bc"), ministry.person("bo.duyet"));

        let form = sent(&ministry).await;
        assert_eq!(revenue().await, "nothing_recorded", "a draft is not in the record");
        let before = ministry.head();
        head.post(&format!("{form}/sign"), json!({})).await.ok();
        assert_eq!(revenue().await, "120.5 estimated");
        assert_eq!(ministry.value("VT.TB_DIDONG", "52", "2024-07").await, "1400000 final");
        assert_eq!(ministry.head(), before + 1, "a signature is one commit");
        assert_eq!(
            ministry.value_as_of("BC.DOANHTHU", "52", "2024-07", Some(before)).await,
            "nothing_recorded"
        );

        let reason = "Doanh thu chưa gồm chuyển phát nước ngoài";
        let back = json!({"reason": reason, "cells": [REVENUE]});
        post.post(&format!("{form}/sections/BC/return"), back).await.ok();
        assert_eq!(revenue().await, "withdrawn");
        assert_eq!(
            ministry.value("VT.TB_DIDONG", "52", "2024-07").await,
            "1400000 final",
            "the rest stands"
        );
        assert_eq!(
            ministry.value_as_of("BC.DOANHTHU", "52", "2024-07", Some(before + 1)).await,
            "120.5 estimated"
        );
        let seen = enterer.get(&form).await.ok();
        assert_eq!(seen["state"], "returned");
        assert_eq!(names(&seen["can"]["edit_sections"]), ["BC"]);
        let moved = seen["moves"].as_array().unwrap().last().unwrap();
        assert_eq!(
            (&moved["move"], &moved["section"], &moved["reason"]),
            (&json!("return"), &json!("BC"), &json!(reason))
        );

        enterer.write(&form, "BC/BC.DOANHTHU/this=131,5").await;
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        assert_eq!(revenue().await, "withdrawn", "until it is signed again");
        head.post(&format!("{form}/sign"), json!({})).await.ok();
        assert_eq!(revenue().await, "131.5 estimated");

        post.post(&format!("{form}/sections/BC/receive"), json!({})).await.ok();
        post.post(&format!("{form}/sections/VT/receive"), json!({}))
            .await
            .refused(403, "forbidden");
        post.post(&format!("{form}/sections/BC/close"), json!({})).await.ok();
        for section in sections(&all.get(&form).await.ok(), "signed") {
            all.post(&format!("{form}/sections/{section}/receive"), json!({})).await.ok();
            all.post(&format!("{form}/sections/{section}/close"), json!({})).await.ok();
        }
        assert_eq!(enterer.get(&form).await.ok()["state"], "closed");

        let locked = json!({"cells": [{"cell": REVENUE, "text": "1", "version": 2}]});
        let refused = enterer.patch(&format!("{form}/cells"), locked).await.refused(423, "locked");
        assert!(refused["detail"].as_str().unwrap().contains("có thể mở lại"), "{refused}");
        assert_eq!(refused["at"]["cell"], REVENUE);
        let seen = enterer.get(&form).await.ok();
        assert!(seen["locked_reason"].as_str().unwrap().contains("Đã chốt số liệu"));

        let correct = format!("{form}/sections/BC/correct");
        post.post(&correct, json!({"cell": REVENUE, "value": "132", "reason": " "}))
            .await
            .refused(409, "reason_missing");
        enterer
            .post(&correct, json!({"cell": REVENUE, "value": "132", "reason": "Cộng sót"}))
            .await
            .refused(403, "forbidden");
        head.post(
            &correct,
            json!({"cell": REVENUE, "text": "132", "reason": "Cộng sót một doanh nghiệp"}),
        )
        .await
        .ok();
        assert_eq!(revenue().await, "132 estimated");
        let page = post.get("/figure?indicator=BC.DOANHTHU&unit=52&period=2024-07").await.ok();
        let history: Vec<String> = page["history"]
            .as_array()
            .unwrap()
            .iter()
            .map(|said| {
                let said_value = said["value"].as_str().or(said["absent"].as_str()).unwrap();
                format!("{said_value} {}", said["reason"].as_str().unwrap_or("-"))
            })
            .collect();
        assert_eq!(
            history,
            ["120.5 -", &format!("withdrawn {reason}"), "131.5 -", "132 Cộng sót một doanh nghiệp"]
        );

        post.post(&format!("{form}/sections/BC/reopen"), json!({}))
            .await
            .refused(409, "reason_missing");
        post.post(&format!("{form}/sections/BC/reopen"), json!({"reason": "Đơn vị đề nghị"}))
            .await
            .ok();
        assert_eq!(
            revenue().await,
            "132 estimated",
            "closed figures stand until they are signed again"
        );
        enterer.write(&form, "BC/BC.DOANHTHU/this=133").await;
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        head.post(&format!("{form}/sign"), json!({})).await.ok();
        assert_eq!(revenue().await, "133 estimated");
        let end = enterer.get(&form).await.ok();
        assert_eq!(sections(&end, "closed").len(), 7);
        assert_eq!(sections(&end, "signed"), ["BC"]);
        assert!(ministry.app.store.verify().await.unwrap().is_whole());
    });
}

#[test]
fn whoever_signed_cannot_receive() {
    on_sqlite(async |ministry| {
        let form = sent(&ministry).await;
        let both = ministry.person("hai.ban");
        both.post(&format!("{form}/sign"), json!({})).await.ok();
        let refused = both.post(&format!("{form}/sections/BC/receive"), json!({})).await;
        refused.refused(409, "receives_own_signature");
        let clean = json!({"template": "SO-THANG", "period": "2024-07"});
        let answer = both.post("/submissions/receive-clean", clean).await.ok();
        assert_eq!(answer["received"], json!([]));
        assert_eq!(answer["skipped"].as_array().unwrap().len(), 8);
        ministry
            .person("bo.duyet.bc")
            .post(&format!("{form}/sections/BC/receive"), json!({}))
            .await
            .ok();
    });
}

#[test]
fn the_head_gives_a_form_back_and_nothing_enters_the_record() {
    on_sqlite(async |ministry| {
        let form = sent(&ministry).await;
        let (enterer, head) = (ministry.person("nhap.52"), ministry.person("ky.52"));
        enterer.post(&format!("{form}/sign"), json!({})).await.refused(403, "forbidden");
        head.post(&format!("{form}/return"), json!({})).await.refused(409, "reason_missing");
        head.post(&format!("{form}/return"), json!({"reason": "Rà soát lại lao động"})).await.ok();
        let seen = enterer.get(&form).await.ok();
        assert_eq!(
            (seen["state"].as_str().unwrap(), sections(&seen, "returned").len()),
            ("returned", 8)
        );
        assert_eq!(ministry.value("BC.DOANHTHU", "52", "2024-07").await, "nothing_recorded");
    });
}

#[test]
fn errors_stop_the_signature_and_all_are_said_at_once() {
    on_sqlite(async |ministry| {
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        enterer
            .write(&form, "CDS/CDS.HOSO/this=10\nCDS/CDS.HOSO_TT/this=11\nBC/BC.DOANHTHU/this=300")
            .await;
        let refused =
            enterer.post(&format!("{form}/submit"), json!({})).await.refused(422, "findings");
        let found = refused["findings"].as_array().unwrap().iter();
        let errors: Vec<&Value> = found.filter(|finding| finding["severity"] == "error").collect();
        let of = |code: &str| errors.iter().filter(|error| error["code"] == code).count();
        assert_eq!((of("required"), of("exceeds_whole")), (15, 1), "{errors:#?}");
        assert_eq!(enterer.get(&form).await.ok()["state"], "draft");
    });
}

#[test]
fn clean_sections_are_received_at_once_and_the_others_say_why_not() {
    on_sqlite(async |ministry| {
        let form = sent(&ministry).await;
        let enterer = ministry.person("nhap.52");
        let head = ministry.person("ky.52");
        head.post(&format!("{form}/return"), json!({"reason": "Sửa doanh thu"})).await.ok();
        // Twice last month: surprising, not impossible.
        enterer.write(&form, "BC/BC.DOANHTHU/this=240").await;
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        head.post(&format!("{form}/sign"), json!({})).await.ok();

        let clean = json!({"template": "SO-THANG", "period": "2024-07"});
        let one = ministry
            .person("bo.duyet.vt")
            .post("/submissions/receive-clean", clean.clone())
            .await
            .ok();
        assert_eq!(
            one["received"].as_array().unwrap().len(),
            1,
            "a reviewer receives their own sector"
        );
        let seq = ministry.head();
        let rest = ministry.person("bo.duyet").post("/submissions/receive-clean", clean).await.ok();
        let received: Vec<&str> = rest["received"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["section"].as_str().unwrap())
            .collect();
        assert_eq!(received, ["TN", "CDS", "ATTT", "CN", "BCTT", "LOI"]);
        assert_eq!(rest["skipped"][0]["section"], "BC");
        assert!(!rest["skipped"][0]["reason"].as_str().unwrap().is_empty());
        assert_eq!(ministry.head(), seq + 1);

        ministry
            .person("bo.duyet.bc")
            .post(&format!("{form}/sections/BC/return"), json!({"reason": "Giải trình"}))
            .await
            .ok();
        enterer.write(&form, "BC/BC.DOANHTHU/this=240 | Thêm hai doanh nghiệp mới").await;
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        head.post(&format!("{form}/sign"), json!({})).await.ok();
        let clean = json!({"template": "SO-THANG", "period": "2024-07", "sector": "BC"});
        let explained =
            ministry.person("bo.duyet").post("/submissions/receive-clean", clean).await.ok();
        assert_eq!(
            explained["received"].as_array().unwrap().len(),
            1,
            "an explained warning is clean: {explained}"
        );
    });
}

#[test]
fn work_follows_the_form_from_desk_to_desk() {
    on_sqlite(async |ministry| {
        server::forms::open_duties(&ministry.app).await.unwrap();
        let desks = async || {
            let mut all = vec![];
            for user in ["nhap.52", "ky.52", "bo.duyet.bc"] {
                all.push(work(&ministry, user).await.join(", "));
            }
            all
        };
        assert_eq!(desks().await, ["enter", "", "remind 63"]);
        let form = sent(&ministry).await;
        assert_eq!(desks().await, ["", "sign", "remind 63"]);
        ministry.person("ky.52").post(&format!("{form}/sign"), json!({})).await.ok();
        assert_eq!(desks().await, ["", "", "receive 1, remind 62"]);
        let back = json!({"reason": "Kiểm tra lại"});
        ministry.person("bo.duyet.bc").post(&format!("{form}/sections/BC/return"), back).await.ok();
        assert_eq!(desks().await, ["returned 1", "", "remind 63"]);
        let progress = ministry.person("bo.duyet").get("/work").await.ok();
        assert_eq!(
            progress["progress"]["template"], "SO-THANG",
            "the form that most bodies fill: {progress:#}"
        );
        assert_eq!(
            (&progress["progress"]["have"], &progress["progress"]["expected"]),
            (&json!(1), &json!(63))
        );
    });
}

#[test]
fn completeness_counts_bodies_and_a_body_sees_its_own_line() {
    on_sqlite(async |ministry| {
        server::forms::open_duties(&ministry.app).await.unwrap();
        signed(&ministry).await;
        let asked = "/completeness?template=SO-THANG&period=2024-07";
        let all = ministry.person("bo.lanhdao").get(asked).await.ok();
        assert_eq!(
            (&all["have"], &all["sent"], &all["expected"]),
            (&json!(1), &json!(1), &json!(63))
        );
        let rows = all["rows"].as_array().unwrap();
        let own = rows.iter().find(|row| row["body"] == "52").unwrap();
        assert_eq!((own["state"].as_str(), own["filled"].as_u64()), (Some("signed"), Some(18)));
        assert!(own["signed_at"].as_str().unwrap().starts_with("2024-08-05T08:"), "{own}");
        assert_eq!((own["late"].as_bool(), own["region"].as_str()), (Some(false), Some("R3")));
        assert_eq!(own["due"], "2024-08-08T17:00:00+07:00");
        let mine = ministry.person("nhap.52").get(asked).await.ok();
        assert_eq!(mine["rows"].as_array().unwrap().len(), 1);
        ministry.person("bo.quantri").get(asked).await.refused(403, "forbidden");
    });
}

#[test]
fn who_sees_what() {
    on_each(async |ministry| {
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        enterer.write(&form, FILLED).await;
        let visible = async |user: &str| {
            let reply = ministry.person(user).get(&form).await;
            if reply.status == 404 { 404 } else { reply.ok()["cells"].as_array().unwrap().len() }
        };
        let listed = async |user: &str| {
            let found = ministry.person(user).get("/submissions?body=52&period=2024-07").await.ok();
            found["submissions"].as_array().unwrap().len()
        };
        // While it is a draft: the body, and the ministry's reviewers of each sector.
        for (user, cells) in [
            ("nhap.52", 18),
            ("ky.52", 18),
            ("bo.duyet", 18),
            ("bo.duyet.bc", 2),
            ("bo.duyet.vt", 3),
            ("nhap.48", 404),
            ("ky.48", 404),
            ("bo.phantich", 404),
            ("bo.lanhdao", 404),
            ("kiemtoan", 404),
            ("bo.quantri", 404),
        ] {
            assert_eq!(visible(user).await, cells, "{user} sees a draft");
            assert_eq!(listed(user).await, usize::from(cells != 404), "{user} lists a draft");
        }
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        ministry.person("ky.52").post(&format!("{form}/sign"), json!({})).await.ok();
        for (user, cells) in [
            ("bo.duyet.bc", 18),
            ("bo.phantich", 18),
            ("bo.lanhdao", 18),
            ("kiemtoan", 18),
            ("nhap.48", 404),
            ("ky.48", 404),
            ("bo.quantri", 404),
        ] {
            assert_eq!(visible(user).await, cells, "{user} sees what is signed");
        }
        // The figures themselves are for all staff.
        for user in ["nhap.48", "bo.quantri", "kiemtoan"] {
            let seen = ministry
                .person(user)
                .get("/values?indicator=BC.DOANHTHU&unit=52&period=2024-07")
                .await
                .ok();
            assert_eq!(seen["values"][0]["value"], "120.5", "{user}");
        }
        // Of a form that is not theirs, nothing can be done and nothing is said.
        for path in [
            "submit",
            "sign",
            "return",
            "sections/BC/receive",
            "sections/BC/close",
            "sections/BC/correct",
        ] {
            let body = json!({"reason": "x", "cell": REVENUE, "value": "1"});
            let body = if path.ends_with("correct") { body } else { json!({"reason": "xyz"}) };
            ministry
                .person("ky.48")
                .post(&format!("{form}/{path}"), body)
                .await
                .refused(404, "not_found");
        }
        ministry
            .person("nhap.48")
            .get(&format!("{form}/cells?since=0"))
            .await
            .refused(404, "not_found");
        ministry
            .person("nhap.48")
            .post(
                "/submissions",
                json!({"template": "SO-THANG", "body": "52", "period": "2024-07"}),
            )
            .await
            .refused(403, "forbidden");
    });
}

#[test]
fn a_cell_emptied_after_a_return_is_withdrawn_by_the_next_signature() {
    on_each(async |ministry| {
        let form = sent(&ministry).await;
        let (enterer, head) = (ministry.person("nhap.52"), ministry.person("ky.52"));
        head.post(&format!("{form}/return"), json!({"reason": "Thêm số thư"})).await.ok();
        enterer.write(&form, "BC/BC.THU/this=7,5").await;
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        head.post(&format!("{form}/sign"), json!({})).await.ok();
        let letters = async || ministry.value("BC.THU", "52", "2024-07").await;
        assert_eq!(letters().await, "7.5 estimated");
        closed_part(&ministry, &form).await;
        ministry
            .person("bo.duyet.bc")
            .post(&format!("{form}/sections/BC/reopen"), json!({"reason": "Bỏ số thư"}))
            .await
            .ok();
        enterer.write(&form, "BC/BC.THU/this=").await;
        assert_eq!(letters().await, "7.5 estimated");
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        head.post(&format!("{form}/sign"), json!({})).await.ok();
        assert_eq!(letters().await, "withdrawn");
        assert_eq!(ministry.value("BC.DOANHTHU", "52", "2024-07").await, "120.5 estimated");
    });
}

#[test]
fn what_the_next_month_has_settled_is_not_stated_again_by_a_form_that_is_reopened() {
    on_each(async |ministry| {
        let (enterer, head) = (ministry.person("nhap.52"), ministry.person("ky.52"));
        let send = async |form: &str| {
            enterer.post(&format!("{form}/submit"), json!({})).await.ok();
            head.post(&format!("{form}/sign"), json!({})).await.ok();
        };
        let revenue = async || ministry.value("BC.DOANHTHU", "52", "2024-07").await;
        let july = signed(&ministry).await;
        closed_part(&ministry, &july).await;
        assert_eq!(revenue().await, "120.5 estimated");
        let august = enterer.open("52", "2024-08").await;
        enterer.write(&august, FILLED).await;
        enterer.write(&august, "BC/BC.DOANHTHU/previous=121").await;
        send(&august).await;
        assert_eq!(revenue().await, "121 final");

        // Reopened for another cell: the estimate is what it was, and the actual stands.
        let reopen = async |why: &str| {
            let reviewer = ministry.person("bo.duyet.bc");
            reviewer
                .post(&format!("{july}/sections/BC/reopen"), json!({ "reason": why }))
                .await
                .ok();
        };
        reopen("Thiếu số thư").await;
        enterer.write(&july, "BC/BC.THU/this=7,5").await;
        send(&july).await;
        assert_eq!(revenue().await, "121 final");
        assert_eq!(ministry.value("BC.THU", "52", "2024-07").await, "7.5 estimated");
        // Returned by the ministry before it is received: what July itself said is withdrawn, the actual is August's.
        ministry
            .person("bo.duyet.bc")
            .post(&format!("{july}/sections/BC/return"), json!({"reason": "Xem lại số thư"}))
            .await
            .ok();
        assert_eq!(revenue().await, "121 final");
        assert_eq!(ministry.value("BC.THU", "52", "2024-07").await, "withdrawn");
        // Said anew, and differently: the later word counts.
        enterer.write(&july, "BC/BC.DOANHTHU/this=122").await;
        send(&july).await;
        assert_eq!(revenue().await, "122 estimated");
    });
}

async fn closed_part(ministry: &Ministry, form: &str) {
    for step in ["receive", "close"] {
        ministry
            .person("bo.duyet.bc")
            .post(&format!("{form}/sections/BC/{step}"), json!({}))
            .await
            .ok();
    }
}

#[test]
fn last_months_estimate_is_settled_without_reopening_anything() {
    on_each(async |ministry| {
        let june = async || ministry.value("BC.DOANHTHU", "52", "2024-06").await;
        assert_eq!(june().await, "110 estimated");
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        enterer.write(&form, FILLED).await;
        let saved = enterer.write(&form, "BC/BC.DOANHTHU/previous=120").await;
        let row = saved["computed"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["row"] == "BC/BC.DOANHTHU")
            .unwrap();
        let column = |name: &str| row[name]["value"].as_str().unwrap_or_default().to_owned();
        // 5 × 100 + 120 + 120,5 of a plan of 1461; against June as settled, and July of last year.
        assert_eq!(column("ytd"), "740.5");
        assert_eq!(column("previous"), "120");
        assert_eq!(column("change_on_period"), "0.4167");
        assert_eq!(column("change_on_year"), "20.5");
        assert_eq!(column("share_of_plan"), "50.6845");
        assert_eq!(june().await, "110 estimated", "until it is signed");
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        ministry.person("ky.52").post(&format!("{form}/sign"), json!({})).await.ok();
        assert_eq!(june().await, "120 final");
        // A return withdraws July and lets the settled June stand.
        let back = json!({"reason": "Kiểm tra lại tháng 7"});
        ministry.person("bo.duyet.bc").post(&format!("{form}/sections/BC/return"), back).await.ok();
        assert_eq!(june().await, "120 final");
        assert_eq!(ministry.value("BC.DOANHTHU", "52", "2024-07").await, "withdrawn");
        // Taken back altogether, the estimate that it settled stands again.
        enterer.write(&form, "BC/BC.DOANHTHU/previous=").await;
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        ministry.person("ky.52").post(&format!("{form}/sign"), json!({})).await.ok();
        assert_eq!(june().await, "110 estimated");
    });
}

#[test]
fn two_people_in_one_form_see_each_other_and_neither_loses_anything() {
    on_each(async |ministry| {
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        let cells = format!("{form}/cells");
        let first = enterer
            .write(&form, "BC/BC.DOANHTHU/this=100\nLOI/KETQUA/text=Bưu chính tăng khá")
            .await;
        let cursor = first["cursor"].as_i64().unwrap();
        let nothing = enterer.get(&format!("{cells}?since={cursor}")).await.ok();
        assert_eq!(
            (nothing["cells"].as_array().unwrap().len(), nothing["cursor"].as_i64()),
            (0, Some(cursor))
        );
        enterer.write(&form, "VT/VT.DOANHTHU/this=250 | Số của bốn doanh nghiệp").await;
        let news = enterer.get(&format!("{cells}?since={cursor}")).await.ok();
        let seen = &news["cells"];
        assert_eq!(seen.as_array().unwrap().len(), 1);
        assert_eq!(
            (seen[0]["cell"].as_str(), seen[0]["value"].as_str(), seen[0]["version"].as_u64()),
            (Some("VT/VT.DOANHTHU/this"), Some("250"), Some(1))
        );
        assert_eq!(seen[0]["comment"], "Số của bốn doanh nghiệp");
        assert!(seen[0]["by"].as_str().unwrap().starts_with("Chuyên viên nhập liệu"));

        // Both saw version 1 of a cell and both save it: the second sees both values, and nothing of theirs is saved.
        let save = |number: &str, other: &str| {
            json!({"cells": [
                {"cell": "VT/VT.BTS/this", "text": other, "version": 0},
                {"cell": REVENUE, "text": number, "version": 1},
            ]})
        };
        enterer
            .patch(&cells, json!({"cells": [{"cell": REVENUE, "text": "101", "version": 1}]}))
            .await
            .ok();
        let stale = enterer.patch(&cells, save("102", "9")).await.refused(412, "stale_version");
        assert_eq!(stale["at"]["cell"], REVENUE);
        assert_eq!(
            (
                stale["yours"]["text"].as_str(),
                stale["theirs"]["value"].as_str(),
                stale["theirs"]["version"].as_u64()
            ),
            (Some("102"), Some("101"), Some(2))
        );
        let now = enterer.get(&form).await.ok();
        assert_eq!((version(&now, REVENUE), version(&now, "VT/VT.BTS/this")), (2, 0));

        // A comment alone leaves the number as it is.
        enterer
            .patch(
                &cells,
                json!({"cells": [{"cell": REVENUE, "comment": "Đã đối chiếu", "version": 2}]}),
            )
            .await
            .ok();
        let now = enterer.get(&form).await.ok();
        let cell =
            now["cells"].as_array().unwrap().iter().find(|cell| cell["cell"] == REVENUE).unwrap();
        assert_eq!(
            (cell["value"].as_str(), cell["comment"].as_str()),
            (Some("101"), Some("Đã đối chiếu"))
        );
    });
}

#[test]
fn of_many_people_who_save_one_cell_at_once_one_is_first() {
    on_each(async |ministry| {
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        let path = format!("{form}/cells");
        let saves = (0..16).map(|number| {
            let save =
                json!({"cells": [{"cell": REVENUE, "value": number.to_string(), "version": 0}]});
            enterer.patch(&path, save)
        });
        let replies = futures::future::join_all(saves).await;
        let status = |wanted: u16| replies.iter().filter(|reply| reply.status == wanted).count();
        assert_eq!((status(200), status(412)), (1, 15));
        assert_eq!(version(&enterer.get(&form).await.ok(), REVENUE), 1);
    });
}

#[test]
fn words_are_kept_as_written_and_reach_the_ministry_when_signed() {
    on_sqlite(async |ministry| {
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        let words = "Kết quả:\n- Bưu chính tăng 20%\n- “Một cửa” 100%";
        let save = json!({"cells": [{"cell": "LOI/KETQUA/text", "text": format!("  {words}\n"), "version": 0}]});
        let saved = enterer.patch(&format!("{form}/cells"), save).await.ok();
        assert_eq!(
            (saved["cells"][0]["text"].as_str(), saved["filled"].as_u64()),
            (Some(words), Some(1))
        );
        enterer.write(&form, FILLED).await;
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        ministry.person("ky.52").post(&format!("{form}/sign"), json!({})).await.ok();
        let seen = ministry.person("bo.phantich").get(&form).await.ok();
        let cell = seen["cells"]
            .as_array()
            .unwrap()
            .iter()
            .find(|cell| cell["cell"] == "LOI/KETQUA/text")
            .unwrap();
        assert_eq!(cell["text"], words);
    });
}

#[test]
fn a_request_that_is_sent_twice_is_done_once() {
    on_each(async |ministry| {
        let form = sent(&ministry).await;
        let head = ministry.person("ky.52");
        let sign = format!("{form}/sign");
        let first = head.post_once("k-1", &sign, json!({})).await;
        let at = ministry.head();
        let again = head.post_once("k-1", &sign, json!({})).await;
        assert_eq!((first.seq, again.seq, ministry.head()), (Some(at), Some(at), at));
        assert_eq!((first.replayed, again.replayed), (false, true));
        assert_eq!(first.ok(), again.ok());
        head.post_once("k-1", &sign, json!({"reason": "khác"}))
            .await
            .refused(422, "idempotency_key_reused");
        head.post(&sign, json!({})).await.refused(409, "not_now");
        assert_eq!(ministry.head(), at);

        let enterer = ministry.person("nhap.48");
        let other = enterer.open("48", "2024-07").await;
        let save = json!({"cells": [{"cell": REVENUE, "text": "7", "version": 0}]});
        let saves: Vec<Value> = vec![
            enterer
                .post_once(
                    "k-2",
                    "/submissions",
                    json!({"template": "SO-THANG", "body": "48", "period": "2024-07"}),
                )
                .await
                .ok(),
            enterer.get(&other).await.ok(),
        ];
        assert_eq!(saves[0]["id"], saves[1]["id"], "opening what is open answers it");
        enterer.patch(&format!("{other}/cells"), save.clone()).await.ok();
        enterer.patch(&format!("{other}/cells"), save).await.refused(412, "stale_version");
    });
}

#[test]
fn a_closed_form_says_who_can_open_it() {
    on_sqlite(async |ministry| {
        let form = closed(&ministry).await;
        let reviewer = ministry.person("bo.duyet.bc").get(&form).await.ok();
        assert_eq!(names(&reviewer["can"]["reopen"]), ["BC"]);
        assert_eq!(names(&reviewer["can"]["correct"]), ["BC"]);
        let enterer = ministry.person("nhap.52");
        let own = enterer.get(&form).await.ok();
        assert_eq!(
            (own["can"]["edit"].as_bool(), own["can"]["submit"].as_bool()),
            (Some(false), Some(false))
        );
        for language in ["vi", "en"] {
            let seen = enterer.get(&format!("{form}?lang={language}")).await.ok();
            let expected = if language == "vi" {
                "Người tiếp nhận lĩnh vực này"
            } else {
                "reviewer of this sector"
            };
            assert!(seen["locked_reason"].as_str().unwrap().contains(expected), "{seen}");
        }
        let stale = edits(&own, "BC/BC.DOANHTHU/this=1");
        enterer.patch(&format!("{form}/cells"), stale).await.refused(423, "locked");
    });
}
