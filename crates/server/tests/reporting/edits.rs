//! Cells that were filled in without a line and come as a file: shown, saved once, and refused for a clear reason.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::ministry::{Ministry, Person, on_each, on_sqlite};

const REVENUE: &str = "BC/BC.DOANHTHU/this";

/// A file as version 1 of the application wrote it: every way a cell can be said, in Vietnamese.
const FIRST_FILE: &[u8] = include_bytes!("edits-1.json");

fn of_july(cells: Value) -> Value {
    json!({
        "template": "SO-THANG", "template_version": 1, "body": "52", "period": "2024-07", "lang": "vi",
        "made_at": "2024-08-05T01:00:00Z", "by": "nhap.52", "cells": cells,
    })
}

fn file(content: &Value) -> Vec<u8> {
    let content = content.to_string();
    let digest = Sha256::digest(content.as_bytes());
    let sha256: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let file =
        json!({"format": "quantrac-edits", "version": 1, "sha256": sha256, "content": content});
    file.to_string().into_bytes()
}

async fn open(ministry: &Ministry) -> (Person<'_>, String) {
    let enterer = ministry.person("nhap.52");
    let form = enterer.open("52", "2024-07").await;
    enterer.write(&form, "BC/BC.DOANHTHU/this=120,5\nVT/VT.BTS/this=1500").await;
    (enterer, form)
}

fn differences(answer: &Value) -> Vec<String> {
    let said = |one: &Value| {
        let text = |name: &str| one[name].as_str().map(str::to_owned);
        text("value").or(text("absent")).or(text("text")).unwrap_or_else(|| "nothing".to_owned())
    };
    let line = |one: &Value| {
        let conflict = if one["conflict"] == true { "conflict " } else { "" };
        let cell = one["cell"].as_str().unwrap();
        format!("{conflict}{cell} {} → {}", said(&one["old"]), said(&one["new"]))
    };
    answer["differences"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn the_first_version_of_the_file_is_shown_and_then_saved_once() {
    on_each(async |ministry| {
        let (enterer, form) = open(&ministry).await;
        let path = format!("{form}/edits");
        let expected = [
            "BC/BC.DOANHTHU/this 120.5 → 1234.5",
            "BC/BC.BUUGUI/this nothing → 3.25",
            "VT/VT.BTS/this 1500 → not_collected",
            "CDS/CDS.DLMO/this nothing → not_applicable",
            "LOI/KETQUA/text nothing → Doanh thu tăng.",
        ];
        let preview = enterer.upload(&format!("{path}?dry_run=true"), FIRST_FILE, None).await.ok();
        assert_eq!(differences(&preview), expected);
        assert_eq!(preview["differences"][0]["name"], "Doanh thu bưu chính");
        assert_eq!(preview["blocking"], 0);
        assert_eq!(enterer.get(&form).await.ok()["cursor"], preview["cursor"], "nothing was saved");

        let saved = enterer.upload(&path, FIRST_FILE, Some("7")).await;
        assert!(!saved.replayed);
        let saved = saved.ok();
        assert_eq!(differences(&saved), expected);
        let again = enterer.upload(&path, FIRST_FILE, Some("7")).await;
        assert!(again.replayed);
        assert_eq!(again.ok()["cells"], saved["cells"]);
        let same = enterer.upload(&format!("{path}?dry_run=true"), FIRST_FILE, None).await.ok();
        assert_eq!(differences(&same), [] as [&str; 0], "what stands already is no difference");
        let cells = enterer.get(&form).await.ok()["cells"].clone();
        let sent =
            cells.as_array().unwrap().iter().find(|cell| cell["cell"] == "BC/BC.BUUGUI/this");
        assert_eq!(sent.unwrap()["comment"], "Tăng do sàn thương mại điện tử");
    });
}

#[test]
fn a_cell_that_somebody_else_saved_since_is_shown_with_both_values() {
    on_each(async |ministry| {
        let (enterer, form) = open(&ministry).await;
        let path = format!("{form}/edits");
        let sent = file(&of_july(json!([
            {"cell": REVENUE, "text": "63,4", "version": 1},
            {"cell": "VT/VT.BTS/this", "value": "1520", "version": 1},
        ])));
        enterer.write(&form, "BC/BC.DOANHTHU/this=70").await;
        let expected = ["conflict BC/BC.DOANHTHU/this 70 → 63.4", "VT/VT.BTS/this 1500 → 1520"];
        let preview = enterer.upload(&format!("{path}?dry_run=true"), &sent, None).await.ok();
        assert_eq!(differences(&preview), expected);
        let refused = enterer.upload(&path, &sent, None).await.refused(412, "stale_version");
        assert_eq!(differences(&refused), expected);
        let theirs = enterer.upload(&format!("{path}?conflicts=theirs"), &sent, None).await.ok();
        assert_eq!(differences(&theirs), expected[1..]);
        let preview = enterer.upload(&format!("{path}?dry_run=true"), &sent, None).await.ok();
        let mine = format!("{path}?conflicts=mine&cursor={}", preview["cursor"]);
        assert_eq!(differences(&enterer.upload(&mine, &sent, None).await.ok()), expected[..1]);
    });
}

#[test]
fn a_file_that_cannot_be_taken_is_refused_with_the_reason_and_changes_nothing() {
    on_sqlite(async |ministry| {
        let (enterer, form) = open(&ministry).await;
        let before = enterer.get(&form).await.ok();
        let one = json!([{"cell": REVENUE, "text": "63,4", "version": 1}]);
        let good = file(&of_july(one.clone()));
        let with = |name: &str, value: Value| {
            let mut content = of_july(one.clone());
            content[name] = value;
            file(&content)
        };
        let touched = |from: &str, to: &str| {
            String::from_utf8(good.clone()).unwrap().replace(from, to).into_bytes()
        };
        let cells = |cells: Value| file(&of_july(cells));
        let rows: Vec<(&str, Vec<u8>, &str, &str)> = vec![
            ("nothing", vec![], "not_edits", "không phải là tệp các ô chờ gửi"),
            ("a page", b"<html></html>".to_vec(), "not_edits", "không phải là tệp"),
            ("other JSON", b"{\"format\":\"x\"}".to_vec(), "not_edits", "không phải là tệp"),
            ("a list", b"[1]".to_vec(), "not_edits", "không phải là tệp"),
            (
                "half a file",
                FIRST_FILE[..FIRST_FILE.len() / 2].to_vec(),
                "edits_damaged",
                "bị hỏng",
            ),
            ("another number", touched("63,4", "93,4"), "edits_damaged", "đã bị sửa sau khi xuất"),
            ("no sum", touched("sha256", "sha255"), "edits_damaged", "bị hỏng"),
            ("version 0", touched("\"version\":1}", "\"version\":0}"), "edits_damaged", "bị hỏng"),
            (
                "a later version",
                touched("\"version\":1}", "\"version\":2}"),
                "edits_of_later_version",
                "phiên bản mới hơn",
            ),
            ("another body's", with("body", json!("48")), "foreign_form", "Đà Nẵng, tháng 7/2024"),
            ("another month's", with("period", json!("2024-06")), "foreign_form", "tháng 6/2024"),
            ("no body", with("body", json!("??")), "foreign_form", "không phải biểu đang mở"),
            (
                "an older form",
                with("template_version", json!(0)),
                "outdated_form",
                "Biểu đã có mẫu mới",
            ),
            ("no version", with("template_version", json!("1")), "edits_damaged", "bị hỏng"),
            (
                "a cell of no form",
                cells(json!([{"cell": "BC/BC.X/this", "text": "1", "version": 0}])),
                "unknown_cell",
                "không có ô như vậy",
            ),
            (
                "a cell twice",
                cells(json!([
                    {"cell": REVENUE, "text": "1", "version": 1},
                    {"cell": REVENUE, "text": "2", "version": 1},
                ])),
                "edits_damaged",
                "bị hỏng",
            ),
            (
                "two readings",
                cells(json!([{"cell": REVENUE, "text": "1.5", "version": 1}])),
                "findings",
                "",
            ),
            (
                "a long word",
                cells(json!([{"cell": REVENUE, "comment": "a".repeat(2001), "version": 1}])),
                "findings",
                "",
            ),
        ];
        for (name, sent, code, said) in rows {
            let refused = enterer.upload(&format!("{form}/edits"), &sent, None).await;
            let refused = refused.refused(422, code);
            let detail = refused["detail"].as_str().unwrap();
            assert!(detail.contains(said), "{name}: {detail}");
        }
        let none = cells(json!([]));
        enterer.upload(&format!("{form}/edits"), &none, None).await.refused(422, "empty");
        let ambiguous = cells(json!([{"cell": REVENUE, "text": "1.5", "version": 1}]));
        let preview =
            enterer.upload(&format!("{form}/edits?dry_run=true"), &ambiguous, None).await.ok();
        let found = &preview["findings"][0];
        assert_eq!((&found["cell"], &preview["blocking"]), (&json!(REVENUE), &json!(1)));
        let text = found["text"].as_str().unwrap();
        assert!(text.starts_with("Doanh thu bưu chính: Số 1.5 có thể là 1,5 hoặc 15"), "{text}");
        assert_eq!(enterer.get(&form).await.ok(), before);
    });
}

#[test]
fn whoever_enters_for_the_body_imports_and_nobody_else() {
    on_sqlite(async |ministry| {
        let (enterer, form) = open(&ministry).await;
        let path = format!("{form}/edits");
        for who in ["nhap.48", "ky.52", "bo.duyet", "bo.phantich", "bo.quantri"] {
            for path in [path.clone(), format!("{path}?dry_run=true")] {
                let refused = ministry.person(who).upload(&path, FIRST_FILE, None).await;
                refused.refused(403, "forbidden");
            }
        }
        enterer.upload(&path, FIRST_FILE, None).await.ok();
    });
}
