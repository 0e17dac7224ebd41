//! The forms of several bodies in one spreadsheet: each body is taken whole or not at all, and it is said which.

use serde_json::{Value, json};

use crate::ministry::{Ministry, on_each, on_sqlite};
use crate::spreadsheet::{differences, filled, rewritten};

const FILE: &str = "/forms.xlsx";
const ASKED: &str = "/forms.xlsx?template=SO-THANG&period=2024-07";
const DRY: &str = "/forms.xlsx?dry_run=true";

/// The forms of Đà Nẵng (48) and Bình Định (52), the second with a figure.
async fn open(ministry: &Ministry) -> [String; 2] {
    let both = ministry.person("hai.tinh");
    let forms = [both.open("48", "2024-07").await, both.open("52", "2024-07").await];
    both.write(&forms[1], "BC/BC.DOANHTHU/this=120,5").await;
    forms
}

/// `48 changed: BC/BC.DOANHTHU/this nothing → 7`, one for each body.
fn shown(answer: &Value) -> Vec<String> {
    let line = |one: &Value| {
        let body = one["body"].as_str().unwrap_or("?");
        let changes = differences(one);
        let changes = changes.as_array().unwrap().iter().map(|one| one.as_str().unwrap());
        let changes: Vec<&str> = changes.collect();
        format!("{body} {}: {}", one["outcome"].as_str().unwrap(), changes.join(", "))
    };
    answer["bodies"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn each_body_has_its_sheet_and_what_was_changed_on_it_is_saved() {
    on_each(async |ministry| {
        let forms = open(&ministry).await;
        let both = ministry.person("hai.tinh");
        let file = both.download(ASKED).await;
        assert_eq!(
            shown(&both.upload(DRY, &file, None).await.ok()),
            ["48 unchanged: ", "52 unchanged: "]
        );
        let changed = filled(
            &file,
            "48 BC/BC.DOANHTHU/this: 7
             52 BC/BC.DOANHTHU/this: 63.4
             52 LOI/KETQUA/text: “Tăng.”",
        );
        let expected = |outcome: &str| {
            [
                format!("48 {outcome}: BC/BC.DOANHTHU/this nothing → 7"),
                format!(
                    "52 {outcome}: BC/BC.DOANHTHU/this 120.5 → 63.4, LOI/KETQUA/text nothing → Tăng."
                ),
            ]
        };
        let before = both.get(&forms[0]).await.ok();
        assert_eq!(shown(&both.upload(DRY, &changed, None).await.ok()), expected("changed"));
        assert_eq!(both.get(&forms[0]).await.ok(), before, "nothing was saved");
        let saved = both.upload(FILE, &changed, Some("3")).await;
        assert_eq!(shown(&saved.ok()), expected("saved"));
        assert!(both.upload(FILE, &changed, Some("3")).await.replayed);
        assert!(both.get(&forms[0]).await.ok()["cells"].to_string().contains("\"7\""));
        // The file of one body is a common file of one.
        let alone = both.download(&format!("{}/form.xlsx", forms[0])).await;
        let alone = filled(&alone, "BC/BC.DOANHTHU/this: 8");
        let saved = both.upload(FILE, &alone, None).await.ok();
        assert_eq!(shown(&saved), ["48 saved: BC/BC.DOANHTHU/this 7 → 8"]);
    });
}

#[test]
fn what_is_wrong_with_one_body_keeps_none_of_the_others() {
    on_sqlite(async |ministry| {
        let forms = open(&ministry).await;
        let both = ministry.person("hai.tinh");
        let file = both.download(ASKED).await;
        let wrong = filled(
            &file,
            "48 BC/BC.DOANHTHU/this: “1.5”
             48 BC/BC.BUUGUI/this: 3.25
             52 BC/BC.DOANHTHU/this: 63.4",
        );
        for path in [DRY, FILE] {
            let answer = both.upload(path, &wrong, None).await.ok();
            let first = &answer["bodies"][0];
            assert_eq!((&first["outcome"], &first["blocking"]), (&json!("refused"), &json!(1)));
            let text = first["findings"][0]["text"].as_str().unwrap();
            assert!(text.contains("trang “48 Đà Nẵng”") && text.contains("1,5 hoặc 15"), "{text}");
            assert_ne!(answer["bodies"][1]["outcome"], "refused");
        }
        assert_eq!(both.get(&forms[0]).await.ok()["cells"], json!([]), "all or nothing of a body");

        // Somebody else was there meanwhile, and a form is on its way.
        ministry.person("nhap.52").write(&forms[1], "BC/BC.DOANHTHU/this=99").await;
        let late = filled(&file, "52 BC/BC.DOANHTHU/this: 70\n48 BC/BC.BUUGUI/this: 3.25");
        let answer = both.upload(FILE, &late, None).await.ok();
        assert_eq!(shown(&answer)[0], "48 saved: BC/BC.BUUGUI/this nothing → 3.25");
        let refusal = answer["bodies"][1]["refusal"].as_str().unwrap();
        assert!(refusal.contains("Người khác đã sửa"), "{refusal}");
        let theirs = both.upload("/forms.xlsx?conflicts=theirs", &late, None).await.ok();
        assert_eq!(shown(&theirs), ["48 unchanged: ", "52 unchanged: "]);
        both.upload("/forms.xlsx?conflicts=mine", &late, None).await.refused(400, "bad_parameter");

        // A sheet whose hidden part was changed, and one of a body that is not theirs.
        let altered = rewritten(&file, |name, text| match name {
            "xl/sharedStrings.xml" => text.replace(">BC/BC.DOANHTHU<", ">BC/BC.LA<"),
            _ => text,
        });
        let answer = both.upload(FILE, &altered, None).await.ok();
        assert_eq!(shown(&answer), ["48 refused: ", "52 refused: "]);
        let only_one = ministry.person("nhap.48").upload(FILE, &late, None).await.ok();
        assert_eq!(shown(&only_one), ["48 unchanged: ", "? refused: "]);
        assert_eq!(only_one["bodies"][1]["body_name_vi"], Value::Null, "nothing is given away");
    });
}

#[test]
fn who_enters_for_a_body_gets_its_form_and_a_common_file_is_no_form_of_one() {
    on_sqlite(async |ministry| {
        let forms = open(&ministry).await;
        let both = ministry.person("hai.tinh");
        let file = both.download(ASKED).await;
        let own = format!("{}/form.xlsx", forms[1]);
        let refused = both.upload(&own, &file, None).await.refused(422, "foreign_form");
        assert!(refused["detail"].as_str().unwrap().contains("nhiều đơn vị"));
        for who in ["nhap.49", "ky.52", "bo.duyet"] {
            ministry.person(who).get(ASKED).await.refused(404, "not_found");
        }
        let of = |file: &[u8]| document::workbook::read_all(file).unwrap().len();
        assert_eq!((of(&file), of(&ministry.person("nhap.48").download(ASKED).await)), (2, 1));
        for (path, status, code) in [
            ("/forms.xlsx?template=SO-THANG&period=2024-13", 400, "bad_period"),
            ("/forms.xlsx?template=SO-THANG", 400, "bad_query"),
            ("/forms.xlsx?template=SO-THANG&period=2019-07", 404, "not_found"),
        ] {
            both.get(path).await.refused(status, code);
        }
        for (bytes, code) in [
            (b"<html>".to_vec(), "not_a_workbook"),
            (file[..file.len() / 2].to_vec(), "workbook_damaged"),
        ] {
            both.upload(FILE, &bytes, None).await.refused(422, code);
        }
    });
}
