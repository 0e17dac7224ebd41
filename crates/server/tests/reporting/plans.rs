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
