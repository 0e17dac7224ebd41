//! Checks that a form's makers write, from the builder to the officer's cell, the spreadsheet and the signature.

use serde_json::{Value, json};

use crate::ministry::{FILLED, Ministry, on_sqlite};

const REVENUE: &str = "BC/BC.DOANHTHU";

fn check(kind: &str, row: &str, others: &[&str], severity: &str) -> Value {
    json!({"kind": kind, "row": row, "others": others, "severity": severity, "message_vi": "", "message_en": ""})
}

/// Saves these checks into a draft of the departments' form that holds from July; answers the draft.
async fn drafted(ministry: &Ministry, checks: Value) -> Value {
    let admin = ministry.person("bo.quantri");
    let draft = match admin.get("/template-drafts/SO-THANG").await {
        found if found.status == 200 => found.body,
        _ => admin.post("/template-drafts", json!({"code": "SO-THANG"})).await.ok(),
    };
    let mut template = draft["template"].clone();
    template["valid_from"] = json!("2024-07-01");
    template["checks"] = checks;
    template["paper"] = json!({"symbol": "BC-STTTT", "signer": "Giám đốc", "copies": ["Như trên", "Lưu: VT, KHTC"]});
    let saved = json!({"saves": draft["saves"], "template": template});
    admin.put("/template-drafts/SO-THANG", saved).await.ok()
}

fn codes(findings: &Value, at: &str, of: &str) -> Vec<String> {
    let found = findings.as_array().unwrap().iter().filter(|one| one[at] == of || of.is_empty());
    found
        .map(|one| {
            format!("{} {}", one["severity"].as_str().unwrap(), one["code"].as_str().unwrap())
        })
        .collect()
}

#[test]
fn a_forms_own_checks_reach_the_officer_and_stop_the_signature() {
    on_sqlite(async |ministry| {
        let (enterer, admin) = (ministry.person("nhap.52"), ministry.person("bo.quantri"));
        let mut limit = check("change", REVENUE, &[], "warning");
        limit["on"] = json!("previous_period");
        limit["percent"] = json!("5");
        let mut own = check("at_most", "CN/CN.DOANHTHU", &["TN/TN.DOANHTHU"], "error");
        own["message_vi"] = json!("Doanh thu công nghiệp không thể lớn hơn toàn ngành.");
        let draft = drafted(&ministry, json!([limit, own])).await;
        assert_eq!(draft["template"]["checks"][0]["percent"], "5", "as it was sent");
        assert_eq!(
            codes(&draft["findings"], "field", "checks"),
            [""; 0],
            "{:#}",
            draft["findings"]
        );
        let printed =
            ministry.person("bo.quantri").download("/print/template-drafts/SO-THANG?body=52").await;
        let printed = String::from_utf8(printed).unwrap();
        for part in [
            "/BC-STTTT",
            "Giám đốc",
            "- Như trên;",
            "- Lưu: VT, KHTC.",
            "Ủy ban nhân dân tỉnh Bình Định",
        ] {
            assert!(printed.contains(part), "{part}");
        }
        admin
            .post("/template-drafts/SO-THANG/publish", json!({"saves": draft["saves"]}))
            .await
            .ok();

        let form = enterer.open("52", "2024-07").await;
        assert_eq!(enterer.get(&form).await.ok()["template_def"]["version"], 2);
        enterer.write(&form, FILLED).await;
        let saved = enterer.write(&form, "BC/BC.DOANHTHU/this=120\nCN/CN.DOANHTHU/this=1000").await;
        let told = |of: &str| {
            saved["findings"]
                .as_array()
                .unwrap()
                .iter()
                .find(|one| one["code"] == of)
                .unwrap()
                .clone()
        };
        let change = told("check_change");
        assert_eq!(
            (&change["cell"], &change["severity"]),
            (&json!("BC/BC.DOANHTHU/this"), &json!("warning"))
        );
        assert_eq!(change["text"], "Tăng 9,1% so với kỳ trước; mức cho phép của biểu này là 5%.");
        let most = told("check_at_most");
        assert_eq!(
            (&most["cell"], &most["severity"]),
            (&json!("CN/CN.DOANHTHU/this"), &json!("error"))
        );
        assert_eq!(most["text"], "Doanh thu công nghiệp không thể lớn hơn toàn ngành.");

        // It stops the signature, and stands in the preview of an upload.
        let refused =
            enterer.post(&format!("{form}/submit"), json!({})).await.refused(422, "findings");
        assert!(
            codes(&refused["findings"], "cell", "CN/CN.DOANHTHU/this")
                .contains(&"error check_at_most".to_owned())
        );
        let file = enterer.download(&format!("{form}/form.xlsx")).await;
        let preview =
            enterer.upload(&format!("{form}/form.xlsx?dry_run=true"), &file, None).await.ok();
        assert!(
            codes(&preview["findings"], "cell", "CN/CN.DOANHTHU/this")
                .contains(&"error check_at_most".to_owned())
        );

        // What may be explained is explained by a comment; what must hold is put right.
        enterer
            .write(&form, "CN/CN.DOANHTHU/this=80\nBC/BC.DOANHTHU/this=120 | Doanh nghiệp mới")
            .await;
        let seen = enterer.get(&form).await.ok();
        let change = seen["findings"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["code"] == "check_change")
            .unwrap();
        assert_eq!(change["explained"], true);
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
    });
}

#[test]
fn a_check_that_makes_no_sense_keeps_the_form_from_being_published() {
    on_sqlite(async |ministry| {
        let admin = ministry.person("bo.quantri");
        for (check, code) in [
            (check("at_most", REVENUE, &["BC/BC.X"], "error"), "check_unknown_row"),
            (check("at_most", REVENUE, &[REVENUE], "error"), "check_row_twice"),
            (check("at_most", REVENUE, &["TN/TN.LAODONG"], "error"), "check_units_differ"),
            (check("sum", REVENUE, &["VT/VT.DOANHTHU"], "error"), "check_too_few_parts"),
        ] {
            let draft = drafted(&ministry, json!([check])).await;
            let found = codes(&draft["findings"], "field", "checks");
            assert!(found.contains(&format!("error {code}")), "{found:?}");
            let publish = json!({"saves": draft["saves"]});
            admin
                .post("/template-drafts/SO-THANG/publish", publish)
                .await
                .refused(422, "unfinished_template");
        }
        let draft = admin.get("/template-drafts/SO-THANG").await.ok();
        for (check, at) in [
            (check("within", REVENUE, &[], "error"), "checks[0].kind"),
            (check("change", REVENUE, &[], "error"), "checks[0].on"),
            (check("at_most", "DOANHTHU", &[REVENUE], "error"), "checks[0].row"),
            (check("at_most", REVENUE, &[REVENUE], "fatal"), "checks[0].severity"),
        ] {
            let mut template = draft["template"].clone();
            template["checks"] = json!([check]);
            let sent = json!({"saves": draft["saves"], "template": template});
            let refused =
                admin.put("/template-drafts/SO-THANG", sent).await.refused(422, "bad_template");
            assert_eq!(refused["at"]["column"], at);
        }
    });
}
