//! Giao kế hoạch: drafted, issued under a document, changed by a later one, and followed by every share of plan.

use serde_json::{Value, json};

use crate::ministry::{Ministry, on_each, on_sqlite};

const REVENUE: &str = "BC.DOANHTHU";

fn edits(saves: u64, cells: &[(&str, &str)]) -> Value {
    let cells: Vec<Value> = cells
        .iter()
        .map(|(unit, text)| json!({"indicator": REVENUE, "unit": unit, "text": text}))
        .collect();
    json!({"saves": saves, "cells": cells})
}

fn issue(saves: u64, number: &str, reason: Option<&str>) -> Value {
    json!({"saves": saves, "number": number, "date": "2024-08-05", "reason": reason})
}

async fn asked(ministry: &Ministry, measure: &str, period: &str, as_of: Option<u64>) -> Value {
    let as_of = as_of.map(|seq| format!("&as_of={seq}")).unwrap_or_default();
    let path =
        format!("/values?indicator={REVENUE}&unit=52&period={period}&measure={measure}{as_of}");
    ministry.person("bo.phantich").get(&path).await.ok()["values"][0]["value"].clone()
}

fn cell<'a>(plan: &'a Value, unit: &str) -> &'a Value {
    plan["cells"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["unit"] == unit && one["indicator"] == REVENUE)
        .unwrap()
}

#[test]
fn a_plan_is_drafted_issued_and_changed_and_the_share_of_plan_follows() {
    on_each(async |ministry| {
        let analyst = ministry.person("bo.phantich");
        let plan = analyst.get("/plans/2024").await.ok();
        assert_eq!(
            (&plan["kind"], plan["units"].as_array().unwrap().len()),
            (&json!("province"), 63)
        );
        assert_eq!(cell(&plan, "52")["issued"], "1461");
        assert_eq!((&plan["draft"], &plan["saves"]), (&json!(null), &json!(0)));
        // 610 of 1461 since January.
        let share = asked(&ministry, "share_of_plan", "2024-06", None).await;
        assert_eq!(share, "41.7522");

        // A draft is nobody else's figure; what says the same as what was issued is none.
        let saved = analyst
            .patch("/plans/2024/draft", edits(0, &[("52", "1.220"), ("48", "1.000,5")]))
            .await
            .ok();
        assert_eq!((&saved["saves"], &saved["changes"]), (&json!(1), &json!(2)));
        assert_eq!(asked(&ministry, "plan", "2024", None).await, "1461");
        let other = ministry
            .person("bo.quantri")
            .patch("/plans/2024/draft", edits(0, &[("48", "7")]))
            .await;
        other.refused(412, "stale_version");
        let drafted = analyst.get("/plans/2024").await.ok();
        assert_eq!(
            drafted["draft"]["cells"],
            json!([
                {"indicator": REVENUE, "unit": "48", "value": "1000.5"}, {"indicator": REVENUE, "unit": "52", "value": "1220"},
            ])
        );

        // What was issued changes only for a reason, and is not overwritten.
        let before = ministry.head();
        analyst
            .post("/plans/2024/issue", issue(1, "2345/QĐ-BTTTT", None))
            .await
            .refused(409, "reason_missing");
        analyst
            .post("/plans/2024/issue", issue(0, "2345/QĐ-BTTTT", Some("Điều chỉnh giữa năm")))
            .await
            .refused(412, "stale_version");
        assert_eq!(ministry.head(), before);
        let issued = analyst
            .post("/plans/2024/issue", issue(1, "2345/QĐ-BTTTT", Some("Điều chỉnh giữa năm")))
            .await
            .ok();
        assert_eq!(issued, json!({"cells": 2, "changed": 1}));
        assert_eq!(asked(&ministry, "plan", "2024", None).await, "1220");
        assert_eq!(asked(&ministry, "share_of_plan", "2024-06", None).await, "50");
        assert_eq!(
            asked(&ministry, "plan", "2024", Some(before)).await,
            "1461",
            "as it was known before"
        );
        assert_eq!(asked(&ministry, "share_of_plan", "2024-06", Some(before)).await, share);
        let after = analyst.get("/plans/2024").await.ok();
        assert_eq!(
            (&after["draft"], &after["issues"][0]["number"]),
            (&json!(null), &json!("2345/QĐ-BTTTT"))
        );
        assert_eq!(
            (&after["issues"][0]["cells"], &after["issues"][0]["reason"]),
            (&json!(2), &json!("Điều chỉnh giữa năm"))
        );
        analyst
            .post("/plans/2024/issue", issue(2, "1/QĐ", None))
            .await
            .refused(409, "nothing_under_way");

        // An emptied cell takes the plan back; typing what was issued again takes the change back.
        let saves = after["saves"].as_u64().unwrap();
        let saved = analyst
            .patch("/plans/2024/draft", edits(saves, &[("52", ""), ("48", "1.000,5")]))
            .await
            .ok();
        assert_eq!(saved["changes"], 1);
        analyst
            .post("/plans/2024/issue", issue(saves + 1, "2400/QĐ-BTTTT", Some("Giao nhầm")))
            .await
            .ok();
        assert_eq!(asked(&ministry, "plan", "2024", None).await, json!(null));
        assert_eq!(asked(&ministry, "share_of_plan", "2024-06", None).await, json!(null));
    });
}

#[test]
fn what_cannot_be_planned_is_named_and_changes_nothing() {
    on_sqlite(async |ministry| {
        let analyst = ministry.person("bo.phantich");
        let before = ministry.head();
        for (indicator, unit, text, status, code) in [
            (REVENUE, "52", "nhiều", 422, "not_a_number"),
            (REVENUE, "52", "1.5", 422, "ambiguous_number"),
            (REVENUE, "52", "-5", 422, "below_least"),
            (REVENUE, "52", "chưa có", 422, "not_a_number"),
            (REVENUE, "G14", "5", 422, "does_not_apply"),
            (REVENUE, "XX", "5", 404, "unknown_unit"),
            ("BC.X", "52", "5", 404, "unknown_indicator"),
        ] {
            let cells = json!({"saves": 0, "cells": [{"indicator": REVENUE, "unit": "48", "text": "5"}, {"indicator": indicator, "unit": unit, "text": text}]});
            let refused = analyst.patch("/plans/2025/draft", cells).await.refused(status, code);
            assert_eq!(refused["at"]["cell"], format!("{indicator}/{unit}"), "{refused}");
        }
        for year in ["2024-06", "x", "2024~adm"] {
            assert_eq!(analyst.get(&format!("/plans/{year}")).await.status, 400, "{year}");
        }
        assert_eq!(ministry.head(), before);
        assert_eq!(analyst.get("/plans/2025").await.ok()["draft"], json!(null));
        for user in ["nhap.52", "bo.duyet", "bo.lanhdao"] {
            ministry.person(user).get("/plans/2024").await.refused(403, "forbidden");
        }
    });
}

/// A workbook of these cells: words, or numbers where there is a `#` before them.
fn workbook(cells: &[(&str, &str)]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (place, said) in cells {
        let column = u16::from(place.as_bytes()[0] - b'A');
        let row = place[1..].parse::<u32>().unwrap() - 1;
        match said.strip_prefix('#') {
            Some(number) => {
                sheet.write_number(row, column, number.parse::<f64>().unwrap()).map(drop)
            }
            None => sheet.write_string(row, column, *said).map(drop),
        }
        .unwrap();
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn a_plan_goes_out_as_a_spreadsheet_and_what_comes_back_is_read_and_not_saved() {
    on_sqlite(async |ministry| {
        let analyst = ministry.person("bo.phantich");
        analyst.patch("/plans/2024/draft", edits(0, &[("48", "1.000,5")])).await.ok();
        let before = ministry.head();
        let path = "/plans/2024/plan.xlsx";

        // What was downloaded says what stands: what is under way, else what was issued.
        let file = analyst.download(&format!("{path}?indicator={REVENUE}")).await;
        let read = analyst.upload(path, &file, None).await.ok();
        assert_eq!(read["findings"], json!([]));
        let planned = |unit: &str| {
            let cells = read["cells"].as_array().unwrap();
            let cell = cells.iter().find(|one| one["unit"] == unit);
            cell.map(|one| one["value"].clone()).unwrap_or_default()
        };
        assert_eq!((planned("48"), planned("52")), (json!("1000.5"), json!("1461")));

        // A file that somebody made: units by code, by a code without its zero, by name; numbers as both.
        let own = workbook(&[
            ("A1", "Kế hoạch của Sở"),
            ("B3", "Tỉnh"),
            ("C3", REVENUE),
            ("D3", "VT.TB_DIDONG"),
            ("A4", "52"),
            ("C4", "1.234,5"),
            ("D4", "#15000"),
            ("A5", "#1"),
            ("C5", "#950"),
            ("B6", "Đà Nẵng"),
            ("C6", "#0.30000000000000004"),
            ("D6", "0"),
            ("A7", "Ghi chú: số tạm tính"),
        ]);
        let read = analyst.upload(path, &own, None).await.ok();
        let said: Vec<String> = read["cells"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let of = |name: &str| one[name].as_str().unwrap().to_owned();
                format!("{} {} {}", of("indicator"), of("unit"), of("value"))
            })
            .collect();
        assert_eq!(
            said,
            [
                "BC.DOANHTHU 52 1234.5",
                "VT.TB_DIDONG 52 15000",
                "BC.DOANHTHU 01 950",
                "BC.DOANHTHU 48 0.3",
                "VT.TB_DIDONG 48 0",
            ],
            "{read}"
        );

        // Each mistake is named by its cell, and no number is answered while there is one.
        let wrong = workbook(&[
            ("A1", "Mã"),
            ("B1", REVENUE),
            ("C1", "BC.DOANHTHUX"),
            ("D1", REVENUE),
            ("A2", "52"),
            ("B2", "1.5"),
            ("A3", "48"),
            ("B3", "nhiều"),
            ("A4", "XX"),
            ("B4", "5"),
            ("A5", "G14"),
            ("B5", "5"),
            ("A6", "01"),
            ("B6", "#-5"),
            ("A7", "02"),
            ("B7", "5"),
            ("A8", "02"),
            ("B8", "6"),
        ]);
        let read = analyst.upload(path, &wrong, None).await.ok();
        let found: Vec<String> = read["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let code = one["code"].as_str().unwrap();
                format!("{} {code}", one["cell"].as_str().unwrap())
            })
            .collect();
        assert_eq!(
            found,
            [
                "C1 unknown_indicator",
                "D1 duplicate_cell",
                "B2 ambiguous_number",
                "B3 not_a_number",
                "A4 unknown_unit",
                "B5 does_not_apply",
                "B6 below_least",
                "B8 duplicate_cell",
            ],
            "{read}"
        );
        assert_eq!(read["cells"], json!([]));

        for (file, code) in [
            (workbook(&[("A1", "Ghi chú")]), "no_plan_in_file"),
            (b"<html>".to_vec(), "not_a_workbook"),
            (own[..own.len() / 2].to_vec(), "workbook_damaged"),
            (vec![], "not_a_workbook"),
        ] {
            analyst.upload(path, &file, None).await.refused(422, code);
        }
        ministry.person("nhap.52").upload(path, &own, None).await.refused(403, "forbidden");
        assert_eq!(ministry.head(), before, "reading saves nothing");
        assert_eq!(analyst.get("/plans/2024").await.ok()["saves"], 1);
    });
}
