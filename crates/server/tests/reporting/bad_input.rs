//! What cannot be saved is refused with the place and a sentence, and changes nothing.

use serde_json::{Value, json};

use crate::ministry::{FILLED, Ministry, on_each};

const REVENUE: &str = "BC/BC.DOANHTHU/this";

/// Everything that a refused request could have changed.
async fn everything(ministry: &Ministry, form: &str) -> (u64, Value, Value) {
    let seen = ministry.person("nhap.52").get(form).await.ok();
    let events = ministry
        .app
        .store
        .read()
        .await
        .unwrap()
        .events(&store::EventFilter::default())
        .await
        .unwrap();
    (ministry.head(), seen, json!(events.len()))
}

#[test]
fn a_cell_that_cannot_be_saved_is_named_and_nothing_changes() {
    on_each(async |ministry| {
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        enterer.write(&form, FILLED).await;
        // Post goes its way and is closed; the rest is open again.
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        ministry.person("ky.52").post(&format!("{form}/sign"), json!({})).await.ok();
        let reviewer = ministry.person("bo.duyet");
        for step in ["sections/BC/receive", "sections/BC/close"] {
            reviewer.post(&format!("{form}/{step}"), json!({})).await.ok();
        }
        for section in ["VT", "LOI", "CDS"] {
            let back = json!({"reason": "Để thử"});
            reviewer.post(&format!("{form}/sections/{section}/return"), back).await.ok();
        }
        let before = everything(&ministry, &form).await;

        let typed = |cell: &str, text: &str| json!({"cell": cell, "text": text, "version": 0});
        let dotted = |cell: &str, value: &str| json!({"cell": cell, "value": value, "version": 0});
        let bts = "VT/VT.BTS/this";
        let ten_to_the_40th = format!("1{}", "0".repeat(40));
        let long_text = "á".repeat(20_001);
        let long_comment = "á".repeat(2_001);
        for (who, edit, status, code, said) in [
            ("nhap.52", typed(bts, "một trăm"), 422, "not_a_number", "“một trăm” không phải là số"),
            (
                "nhap.52",
                typed("VT/VT.DOANHTHU/previous", "1.5"),
                422,
                "ambiguous_number",
                "có thể là 1,5 hoặc 15",
            ),
            ("nhap.52", typed(bts, &ten_to_the_40th), 422, "number_too_long", "18 chữ số"),
            ("nhap.52", dotted(bts, &ten_to_the_40th), 422, "number_too_long", "tối đa 18"),
            ("nhap.52", typed(bts, "NaN"), 422, "not_a_number", "“NaN” không phải là số"),
            ("nhap.52", dotted(bts, "NaN"), 422, "not_a_number", "NaN"),
            ("nhap.52", dotted(bts, "1e3"), 422, "not_a_number", "1e3"),
            ("nhap.52", dotted(bts, "1,5"), 422, "not_a_number", "1,5"),
            ("nhap.52", typed(bts, "1,5"), 422, "too_many_decimals", "chỉ nhận số nguyên"),
            ("nhap.52", dotted(bts, "1.5"), 422, "too_many_decimals", "số nguyên"),
            (
                "nhap.52",
                typed("VT/VT.DOANHTHU/previous", "1,55"),
                422,
                "too_many_decimals",
                "1 chữ số thập phân",
            ),
            ("nhap.52", typed(bts, "5-15"), 422, "several_numbers", "nhiều số"),
            (
                "nhap.52",
                typed("VT/VT.DOANHTHU/previous", "2,5 triệu"),
                422,
                "unit_written",
                "tỷ đồng",
            ),
            (
                "nhap.52",
                json!({"cell": bts, "absent": "withdrawn", "version": 0}),
                422,
                "not_one_of",
                "withdrawn",
            ),
            ("nhap.52", typed("VT/VT.LA/this", "1"), 422, "unknown_cell", "không có ô"),
            ("nhap.52", typed("VT/VT.BTS/previous", "1"), 422, "unknown_cell", "không có ô"),
            ("nhap.52", typed("VT/VT.BTS[SEX=F]/this", "1"), 422, "unknown_cell", "không có ô"),
            ("nhap.52", typed("VT.BTS", "1"), 422, "unknown_cell", "không có ô"),
            ("nhap.52", typed("LOI/KETQUA/text", &long_text), 422, "too_long", "20000"),
            (
                "nhap.52",
                json!({"cell": bts, "comment": long_comment, "version": 0}),
                422,
                "too_long",
                "2000",
            ),
            ("nhap.52", typed(REVENUE, "1"), 423, "locked", "Đã chốt số liệu"),
            ("nhap.52", typed("TN/TN.DOANHTHU/this", "1"), 423, "locked", "Đã ký và gửi Bộ"),
            (
                "nhap.52",
                typed("VT/VT.DOANHTHU/this", "1"),
                412,
                "stale_version",
                "Người khác vừa lưu",
            ),
            (
                "nhap.52",
                json!({"cell": bts, "text": "1", "version": 7}),
                412,
                "stale_version",
                "Người khác vừa lưu",
            ),
            ("nhap.48", typed(bts, "1"), 403, "forbidden", "không có quyền"),
            ("ky.52", typed(bts, "1"), 403, "forbidden", "không có quyền"),
            ("bo.duyet", typed(bts, "1"), 403, "forbidden", "không có quyền"),
        ] {
            // A good cell stands beside the bad one, so that half a save would show.
            let good = json!({"cell": "CDS/CDS.DLMO/this", "text": "12", "version": 0});
            let refused = ministry
                .person(who)
                .patch(&format!("{form}/cells"), json!({"cells": [edit, good]}))
                .await;
            let refused = refused.refused(status, code);
            assert_eq!(refused["at"]["cell"], edit["cell"], "{edit}: {refused}");
            assert!(refused["detail"].as_str().unwrap().contains(said), "{edit}: {refused}");
            assert_eq!(everything(&ministry, &form).await, before, "{edit} changed something");
        }
    });
}

#[test]
fn what_may_have_been_meant_is_suggested_in_the_language_of_the_writer() {
    on_each(async |ministry| {
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        for (language, text, suggestions) in [
            ("vi", "1.5", json!(["1,5", "15"])),
            ("en", "1,5", json!(["1.5", "15"])),
            ("vi", "1.50", json!(["1,5", "150"])),
        ] {
            let save = json!({"cells": [{"cell": REVENUE, "text": text, "version": 0}]});
            let refused = enterer.patch(&format!("{form}/cells?lang={language}"), save).await;
            assert_eq!(
                refused.refused(422, "ambiguous_number")["suggestions"],
                suggestions,
                "{language} {text}"
            );
        }
        let saved = enterer.write(&form, "BC/BC.DOANHTHU/this=2.017").await;
        assert_eq!(saved["cells"][0]["value"], "2017", "groups of three are thousands");
    });
}

#[test]
fn a_request_that_makes_no_sense_is_refused_whole() {
    on_each(async |ministry| {
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        let before = everything(&ministry, &form).await;
        let cells = format!("{form}/cells");
        let twice = json!({"cell": REVENUE, "text": "1", "version": 0});
        let many: Vec<Value> = (0..2_001).map(|_| twice.clone()).collect();
        for (path, body, status, code) in [
            (cells.as_str(), json!({"cells": []}), 422, "empty"),
            (&cells, json!({"cells": [twice, twice]}), 422, "cell_twice"),
            (&cells, json!({"cells": many}), 422, "too_many_cells"),
            (&cells, json!({"cell": []}), 400, "bad_json"),
            (&cells, json!({"cells": [{"cell": REVENUE, "number": 1}]}), 400, "bad_json"),
            ("/submissions/999999/cells", json!({"cells": [twice]}), 404, "not_found"),
            ("/submissions/NaN/cells", json!({"cells": [twice]}), 404, "not_found"),
        ] {
            enterer.patch(path, body).await.refused(status, code);
        }
        for (body, status, code) in [
            (
                json!({"template": "SO-NGAY", "body": "52", "period": "2024-07"}),
                404,
                "unknown_template",
            ),
            (
                json!({"template": "BO-THANG", "body": "52", "period": "2024-07"}),
                404,
                "unknown_template",
            ),
            (json!({"template": "SO-THANG", "body": "52", "period": "2024-13"}), 400, "bad_period"),
            (json!({"template": "SO-THANG", "body": "52", "period": "2024-Q2"}), 400, "bad_period"),
            (
                json!({"template": "SO-THANG", "body": "52", "period": "2024-07~adm"}),
                400,
                "bad_period",
            ),
            (
                json!({"template": "SO-THANG", "body": "52", "period": "2024-09"}),
                422,
                "period_ahead",
            ),
            (
                json!({"template": "SO-THANG", "body": "99", "period": "2024-07"}),
                404,
                "unknown_body",
            ),
            (json!({"template": "SO-THANG", "body": "48", "period": "2024-07"}), 403, "forbidden"),
        ] {
            enterer.post("/submissions", body).await.refused(status, code);
        }
        let reviewer = ministry.person("bo.duyet");
        let long = "á".repeat(2_001);
        for (path, body, status, code) in [
            ("sections/XX/return", json!({"reason": "Không có phần này"}), 404, "not_found"),
            ("sections/BC/return", json!({"reason": "Chưa ký"}), 409, "not_now"),
            ("sections/BC/receive", json!({}), 409, "not_now"),
            ("sections/BC/receive", json!({"reason": long}), 409, "reason_too_long"),
            (
                "sections/BC/return",
                json!({"reason": "x1", "cells": ["BC/BC.LA/this"]}),
                422,
                "unknown_cell",
            ),
        ] {
            reviewer.post(&format!("{form}/{path}"), body).await.refused(status, code);
        }
        assert_eq!(everything(&ministry, &form).await, before);
    });
}
