//! Reported beside measured: what is answered, and the thread of explanation from the question to its outcome.

use expect_test::expect;
use model::{
    Breakdown, Cell, Decimal, Figure, IndicatorCode, Measure, Period, Source, Status, UnitCode,
};
use serde_json::{Value, json};
use server::follow_up::remind_of_explanations;
use store::{NewObservation, Origin, OriginKind, StoreError};

use crate::ministry::{FILLED, Ministry, names, on_each, on_sqlite};

/// `indicator unit period source number share` a line; the share of a measured number, per cent.
async fn state(ministry: &Ministry, lines: &str) -> u64 {
    let said: Vec<NewObservation> = lines.trim().lines().map(said).collect();
    let written = ministry.app.store.write(None, move |tx| {
        Box::pin(async move {
            let origin = Origin::named(OriginKind::Import, "Nhập", "Imported");
            tx.append(&origin, &said).await?;
            Ok::<(), StoreError>(())
        })
    });
    written.await.unwrap().seq.0
}

fn said(line: &str) -> NewObservation {
    let parts: Vec<&str> = line.split_whitespace().collect();
    let [indicator, unit, period, source, number] = parts[..5] else { panic!("{line}") };
    let cell = Cell {
        indicator: IndicatorCode::parse(indicator).unwrap(),
        unit: UnitCode::parse(unit).unwrap(),
        period: Period::parse(period).unwrap(),
        breakdown: Breakdown::TOTAL,
        measure: Measure::Level,
    };
    let figure = Figure::Number(Decimal::parse(number).unwrap());
    let source = Source::parse(source).unwrap();
    let share = parts.get(5).map(|share| Decimal::parse(share).unwrap());
    NewObservation {
        measured_share: share,
        ..NewObservation::of(cell, figure, source, Status::Estimated)
    }
}

/// Five provinces, of which one each agrees, is higher, has too little measured, was not reported, is not measured.
const JUNE: &str = "
    CDS.DAN_DUNG_DVC_TT 52 2024-06 reported 300
    CDS.DAN_TRUONGTHANH 52 2024-06 reported 1000
    CDS.DAN_DUNG_DVC_TT 52 2024-06 measured 170 95
    CDS.DAN_TRUONGTHANH 52 2024-06 measured 1000 100
    CDS.DAN_DUNG_DVC_TT 48 2024-06 reported 200
    CDS.DAN_TRUONGTHANH 48 2024-06 reported 1000
    CDS.DAN_DUNG_DVC_TT 48 2024-06 measured 198 92
    CDS.DAN_TRUONGTHANH 48 2024-06 measured 1000 100
    CDS.DAN_DUNG_DVC_TT 01 2024-06 reported 400
    CDS.DAN_TRUONGTHANH 01 2024-06 reported 1000
    CDS.DAN_DUNG_DVC_TT 01 2024-06 measured 120 61
    CDS.DAN_TRUONGTHANH 01 2024-06 measured 1000 100
    CDS.DAN_DUNG_DVC_TT 02 2024-06 measured 0 99
    CDS.DAN_DUNG_DVC_TT 04 2024-06 reported 0
";

fn lines(answer: &Value) -> String {
    let row = |row: &Value| {
        let text = |name: &str| row[name].as_str().unwrap_or("-").to_owned();
        let said = |name: &str| {
            let value = row[name]["value"].as_str().unwrap_or("-");
            let coverage = &row[name]["coverage"];
            format!("{value} of {}/{}", coverage["present"], coverage["expected"])
        };
        format!(
            "{} {} {}: {} | {} @{}: {} {}, M/R {}, R-M {}{}\n",
            text("indicator"),
            text("unit"),
            text("period"),
            said("reported"),
            said("measured"),
            text("measured_share"),
            text("verdict"),
            text("why"),
            text("ratio"),
            text("difference"),
            if row["open"] == true { ", open" } else { "" },
        )
    };
    answer["rows"].as_array().unwrap().iter().map(row).collect()
}

fn agreements(answer: &Value) -> String {
    let line = |one: &Value| {
        let of = one["unit"].as_str().or(one["indicator"].as_str()).unwrap_or("all");
        format!(
            "{} {of}: {} agree, {} higher, {} lower, {} not, {}\n",
            one["period"].as_str().unwrap(),
            one["agree"],
            one["higher"],
            one["lower"],
            one["not_comparable"],
            one["percent"].as_str().unwrap_or("-"),
        )
    };
    answer["agreements"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn two_numbers_are_answered_side_by_side_with_what_may_be_said_of_them() {
    on_each(async |ministry| {
        state(&ministry, JUNE).await;
        let minister = ministry.person("bo.lanhdao");
        let share = "indicator=CDS.DAN_DUNG_DVC_TT_TYLE,CDS.DAN_DUNG_DVC_TT&period=2024-06";
        let asked = format!("/reconciliation?{share}&unit=52,48,01,02,04,06");
        let answer = minister.get(&asked).await.ok();
        expect![[r#"
            CDS.DAN_DUNG_DVC_TT 01 2024-06: 400 of 1/1 | 120 of 1/1 @61: not_comparable share_too_low, M/R 0.3, R-M 280
            CDS.DAN_DUNG_DVC_TT 02 2024-06: - of 0/1 | 0 of 1/1 @99: not_comparable reported_missing, M/R -, R-M -
            CDS.DAN_DUNG_DVC_TT 04 2024-06: 0 of 1/1 | - of 0/1 @-: not_comparable measured_missing, M/R -, R-M -
            CDS.DAN_DUNG_DVC_TT 06 2024-06: - of 0/1 | - of 0/1 @-: not_comparable both_missing, M/R -, R-M -
            CDS.DAN_DUNG_DVC_TT 48 2024-06: 200 of 1/1 | 198 of 1/1 @92: agrees -, M/R 0.99, R-M 2
            CDS.DAN_DUNG_DVC_TT 52 2024-06: 300 of 1/1 | 170 of 1/1 @95: reported_higher -, M/R 0.5667, R-M 130
            CDS.DAN_DUNG_DVC_TT_TYLE 01 2024-06: 40 of 1/1 | 12 of 1/1 @61: not_comparable share_too_low, M/R 0.3, R-M 28
            CDS.DAN_DUNG_DVC_TT_TYLE 02 2024-06: - of 0/1 | - of 0/1 @-: not_comparable both_missing, M/R -, R-M -
            CDS.DAN_DUNG_DVC_TT_TYLE 04 2024-06: - of 0/1 | - of 0/1 @-: not_comparable both_missing, M/R -, R-M -
            CDS.DAN_DUNG_DVC_TT_TYLE 06 2024-06: - of 0/1 | - of 0/1 @-: not_comparable both_missing, M/R -, R-M -
            CDS.DAN_DUNG_DVC_TT_TYLE 48 2024-06: 20 of 1/1 | 19.8 of 1/1 @92: agrees -, M/R 0.99, R-M 0.2
            CDS.DAN_DUNG_DVC_TT_TYLE 52 2024-06: 30 of 1/1 | 17 of 1/1 @95: reported_higher -, M/R 0.5667, R-M 13
        "#]].assert_eq(&lines(&answer));
        expect![[r#"
            2024-06 all: 2 agree, 2 higher, 0 lower, 8 not, 50
            2024-06 CDS.DAN_DUNG_DVC_TT: 1 agree, 1 higher, 0 lower, 4 not, 50
            2024-06 CDS.DAN_DUNG_DVC_TT_TYLE: 1 agree, 1 higher, 0 lower, 4 not, 50
            2024-06 01: 0 agree, 0 higher, 0 lower, 2 not, -
            2024-06 02: 0 agree, 0 higher, 0 lower, 2 not, -
            2024-06 04: 0 agree, 0 higher, 0 lower, 2 not, -
            2024-06 06: 0 agree, 0 higher, 0 lower, 2 not, -
            2024-06 48: 2 agree, 0 higher, 0 lower, 0 not, 100
            2024-06 52: 0 agree, 2 higher, 0 lower, 0 not, 0
        "#]]
        .assert_eq(&agreements(&answer));
        let higher = minister.get(&format!("{asked}&verdict=reported_higher")).await.ok();
        assert_eq!(higher["rows"].as_array().unwrap().len(), 2);
        assert_eq!(higher["agreements"], answer["agreements"], "agreement is of all verdicts");
        assert_eq!(
            higher["rows"][1]["sentence_vi"],
            "Tháng 6/2024, tỷ lệ người dân sử dụng dịch vụ công toàn trình của tỉnh Bình Định: đơn vị báo cáo 30%, đo trực tuyến đạt 17%."
        );
        // A roll-up says how many units are in it, and is compared when all are.
        let group = minister
            .get(&format!("/reconciliation?{share}&unit=@provinces&kind=province"))
            .await
            .ok();
        let all = group["rows"].as_array().unwrap();
        assert_eq!(all.len(), 2 * 64, "the group, and each of its 63 members");
        assert_eq!(
            (all[0]["unit"].as_str(), all[0]["why"].as_str()),
            (Some("@provinces"), Some("different_units"))
        );
        assert_eq!(
            all[0]["sentence_vi"],
            Value::Null,
            "numbers of other units are not said together"
        );
        // Without a question: the last month that is no longer filled, all that was measured then.
        let own = minister.get("/reconciliation").await.ok();
        assert_eq!(names(&own["periods"]), ["2024-06"]);
        let first = own["rows"].as_array().unwrap().len();
        assert_eq!(
            first,
            3 * 64,
            "two indicators and their ratio, of the provinces and of them together"
        );

        let file = minister
            .download(
                &format!("{asked}&verdict=agrees")
                    .replace("reconciliation?", "reconciliation.csv?"),
            )
            .await;
        expect![[r#"
            ﻿indicator,unit,unit_name,period,open,reported,reported_status,reported_seq,measured,measured_seq,measured_share,ratio,difference,tolerance,verdict,why
            CDS.DAN_DUNG_DVC_TT,48,Đà Nẵng,2024-06,false,200,estimated,2,198,2,92,0.99,2,5,agrees,
            CDS.DAN_DUNG_DVC_TT_TYLE,48,Đà Nẵng,2024-06,false,20,estimated,2,19.8,2,92,0.99,0.2,2,agrees,
        "#]].assert_eq(std::str::from_utf8(&file).unwrap());
    });
}

#[test]
fn what_is_late_revised_or_still_running_is_told_as_it_is_known() {
    on_each(async |ministry| {
        let measured = state(&ministry, "CDS.HOSO 52 2024-07 measured 1000 95").await;
        let late = state(&ministry, "CDS.HOSO 52 2024-07 reported 1400").await;
        let revised = state(&ministry, "CDS.HOSO 52 2024-07 reported 1010").await;
        let thousand = state(&ministry, "CDS.HOSO 52 2024-07 reported 1.01").await;
        let minister = ministry.person("bo.lanhdao");
        let mut told = String::new();
        for seq in [measured, late, revised, thousand] {
            let asked =
                format!("/reconciliation?indicator=CDS.HOSO&unit=52&period=2024-07&as_of={seq}");
            let answer = minister.get(&asked).await.ok();
            told.push_str(&lines(&answer));
            assert_eq!(answer["rows"][0]["thousandfold"], seq == thousand);
        }
        state(&ministry, "CDS.HOSO 52 2024-07~adm reported 900").await;
        // A quarter that runs on is a running number too; another calendar's month is no number of this one's.
        let asked = "/reconciliation?indicator=CDS.HOSO&unit=52&period=2024-Q3,2024-07~adm,2024-06";
        told.push_str(&lines(&minister.get(asked).await.ok()));
        expect![[r#"
            CDS.HOSO 52 2024-07: - of 0/1 | 1000 of 1/1 @95: not_comparable reported_missing, M/R -, R-M -, open
            CDS.HOSO 52 2024-07: 1400 of 1/1 | 1000 of 1/1 @95: reported_higher -, M/R 0.7143, R-M 400, open
            CDS.HOSO 52 2024-07: 1010 of 1/1 | 1000 of 1/1 @95: agrees -, M/R 0.9901, R-M 10, open
            CDS.HOSO 52 2024-07: 1.01 of 1/1 | 1000 of 1/1 @95: reported_lower -, M/R 990.099, R-M -998.99, open
            CDS.HOSO 52 2024-Q3: - of 0/1 | - of 0/1 @-: not_comparable both_missing, M/R -, R-M -, open
            CDS.HOSO 52 2024-07~adm: 900 of 1/1 | - of 0/1 @-: not_comparable different_windows, M/R -, R-M -, open
            CDS.HOSO 52 2024-06: - of 0/1 | - of 0/1 @-: not_comparable both_missing, M/R -, R-M -
        "#]].assert_eq(&told);
    });
}

#[test]
fn another_definition_stands_beside_and_is_not_compared() {
    on_sqlite(async |ministry| {
        state(&ministry, "CDS.LGSP_GIAODICH 52 2024-06 reported 120\nCDS.LGSP_GIAODICH 52 2024-06 measured 60 99").await;
        let asked = "/reconciliation?indicator=CDS.LGSP_GIAODICH&unit=52&period=2024-06";
        let row = ministry.person("nhap.48").get(asked).await.ok()["rows"][0].clone();
        assert_eq!(
            (row["why"].as_str(), row["difference"].as_str()),
            (Some("definitions_differ"), Some("60"))
        );
        // An administrator says what is measured, and how far the two may lie apart.
        let admin = ministry.person("bo.quantri");
        let known = admin.get("/indicators/CDS.LGSP_GIAODICH").await.ok();
        assert_ne!(known["measured_as_vi"], "");
        let fields = [
            "code",
            "name_vi",
            "name_en",
            "unit_vi",
            "unit_en",
            "scale",
            "over_units",
            "over_time",
            "good",
            "applies_to",
            "definition_vi",
            "definition_en",
            "legal_basis",
            "frequency",
        ];
        let mut next = json!({"measured_as_vi": "", "measured_as_en": "", "tolerance": "150"});
        for field in fields {
            next[field] = known[field].clone();
        }
        let refused = admin.post("/indicators", next.clone()).await.refused(400, "bad_parameter");
        assert_eq!(refused["at"]["column"], "tolerance");
        next["tolerance"] = json!("100");
        admin.post("/indicators", next).await.ok();
        let row = ministry.person("nhap.48").get(asked).await.ok()["rows"][0].clone();
        assert_eq!(
            (row["verdict"].as_str(), row["tolerance"].as_str()),
            (Some("agrees"), Some("100"))
        );
    });
}

#[test]
fn what_cannot_be_asked_is_refused_by_name() {
    on_sqlite(async |ministry| {
        let minister = ministry.person("bo.lanhdao");
        for (asked, status, code) in [
            ("verdict=equal", 400, "bad_parameter"),
            ("kind=city", 400, "bad_parameter"),
            ("period=2024-13", 400, "bad_period"),
            ("indicator=CDS.NOTHING", 404, "unknown_indicator"),
            ("unit=9999", 404, "unknown_unit"),
            ("source=measured", 400, "unknown_parameter"),
        ] {
            minister.get(&format!("/reconciliation?{asked}")).await.refused(status, code);
            minister.get(&format!("/reconciliation.csv?{asked}")).await.refused(status, code);
        }
        ministry.stranger().get("/reconciliation").await.refused(401, "signed_out");
    });
}

/// `step who words` of each, with what it decided.
fn steps(thread: &Value) -> String {
    let line = |step: &Value| {
        let facts = ["due", "cause", "answer", "outcome"];
        let facts: Vec<&str> = facts.iter().filter_map(|fact| step[*fact].as_str()).collect();
        let text = |name: &str| step[name].as_str().unwrap().to_owned();
        format!("{} {} “{}” {}\n", text("step"), text("actor"), text("words"), facts.join(" "))
    };
    thread["steps"].as_array().unwrap().iter().map(line).collect()
}

async fn kinds(ministry: &Ministry, user: &str, of: &str) -> Vec<String> {
    let work = ministry.person(user).get("/work").await.ok();
    let items = work["items"].as_array().unwrap().iter();
    items
        .filter(|item| item["href"] == of)
        .map(|item| item["kind"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_difference_is_asked_about_explained_corrected_and_closed() {
    on_each(async |ministry| {
        let (enterer, head) = (ministry.person("nhap.52"), ministry.person("ky.52"));
        let reviewer = ministry.person("bo.duyet.cds");
        let form = enterer.open("52", "2024-07").await;
        enterer.write(&form, FILLED).await;
        enterer.write(&form, "CDS/CDS.HOSO_TT/this=900 | tháng cao điểm").await;
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        head.post(&format!("{form}/sign"), json!({})).await.ok();
        for step in ["receive", "close"] {
            reviewer.post(&format!("{form}/sections/CDS/{step}"), json!({})).await.ok();
        }
        state(&ministry, "CDS.HOSO_TT 52 2024-07 measured 600 95").await;
        let asked = "/reconciliation?indicator=CDS.HOSO_TT&unit=52&period=2024-07";
        let row = async |who: &str| ministry.person(who).get(asked).await.ok()["rows"][0].clone();
        assert_eq!(row("nhap.52").await["verdict"], "reported_higher");
        assert_eq!(row("bo.duyet.cds").await["can_ask"], true);
        for who in ["nhap.52", "bo.duyet.bc", "bo.lanhdao"] {
            assert_eq!(row(who).await["can_ask"], false, "{who}");
        }

        let question = json!({"indicator": "CDS.HOSO_TT", "unit": "52", "period": "2024-07",
            "until": "2024-08-12", "words": "Số đo trên cổng là 600."});
        let body = reviewer.post("/explanations", question.clone()).await.ok();
        let path = format!("/explanations/{}", body["id"].as_str().unwrap());
        let page = format!("/doi-chieu/giai-trinh/{}", body["id"].as_str().unwrap());
        assert_eq!(
            (body["asked_reported"].as_str(), body["asked_measured"].as_str()),
            (Some("900"), Some("600"))
        );
        assert_eq!(body["corrected_in"]["cell"], "CDS/CDS.HOSO_TT/this");
        assert_eq!(body["corrected_in"]["state"], "closed");
        for (who, corrects) in [("nhap.52", false), ("ky.52", true), ("bo.lanhdao", false)] {
            let seen = ministry.person(who).get(&path).await.ok();
            assert_eq!(seen["corrected_in"]["can_correct"], corrects, "{who}");
            assert_eq!(seen["can"]["explain"], corrects, "{who}");
        }
        reviewer.post("/explanations", question).await.refused(409, "already_asked");
        assert_eq!(row("nhap.52").await["explanation"]["standing"], "asked");
        assert_eq!(row("bo.duyet.cds").await["can_ask"], false, "it is asked already");
        assert_eq!(row("nhap.48").await["explanation"], Value::Null, "another body's is not seen");
        for who in ["nhap.52", "ky.52"] {
            assert_eq!(kinds(&ministry, who, &page).await, ["explain"], "{who}");
            let told = ministry.person(who).get("/notices").await.ok();
            assert_eq!(told["notices"][0]["href"], page.as_str(), "{who}");
        }
        assert!(kinds(&ministry, "bo.duyet.cds", &page).await.is_empty());

        // What is prepared is the body's own until the head sends it.
        let said =
            json!({"cause": "timing", "answer": "correction", "words": "Đếm cả hồ sơ tháng 8."});
        reviewer.post(&format!("{path}/prepare"), said.clone()).await.refused(403, "forbidden");
        enterer.post(&format!("{path}/explain"), said.clone()).await.refused(403, "forbidden");
        let prepared = enterer.post(&format!("{path}/prepare"), said.clone()).await.ok();
        assert_eq!(prepared["steps"].as_array().unwrap().len(), 2);
        assert_eq!(reviewer.get(&path).await.ok()["steps"].as_array().unwrap().len(), 1);
        reviewer
            .post(&format!("{path}/close"), json!({"outcome": "accepted", "words": "Được"}))
            .await
            .refused(409, "nothing_explained");
        head.post(&format!("{path}/explain"), said).await.ok();
        assert_eq!(kinds(&ministry, "bo.duyet.cds", &page).await, ["explained"]);
        assert!(kinds(&ministry, "ky.52", &page).await.is_empty());
        let again = json!({"until": "2024-08-15", "words": "Đề nghị nêu số đúng."});
        reviewer.post(&format!("{path}/ask-again"), again).await.ok();
        let said = json!({"cause": "timing", "answer": "correction", "words": "Số đúng là 610."});
        head.post(&format!("{path}/explain"), said).await.ok();

        // The number goes the way of every correction.
        let cell = body["corrected_in"]["cell"].as_str().unwrap();
        let correction = json!({"cell": cell, "value": "610", "reason": "Đếm cả hồ sơ tháng 8"});
        head.post(&format!("{form}/sections/CDS/correct"), correction).await.ok();
        assert_eq!(row("bo.lanhdao").await["verdict"], "agrees");
        let closed =
            json!({"outcome": "corrected", "words": "Đã đính chính, khớp trong mức cho phép."});
        let body = reviewer.post(&format!("{path}/close"), closed).await.ok();
        expect![[r#"
            ask Chuyên viên tiếp nhận, Cục Chuyển đổi số quốc gia “Số đo trên cổng là 600.” 2024-08-12
            explain Giám đốc, Sở TT&TT Bình Định “Đếm cả hồ sơ tháng 8.” timing correction
            ask_again Chuyên viên tiếp nhận, Cục Chuyển đổi số quốc gia “Đề nghị nêu số đúng.” 2024-08-15
            explain Giám đốc, Sở TT&TT Bình Định “Số đúng là 610.” timing correction
            close Chuyên viên tiếp nhận, Cục Chuyển đổi số quốc gia “Đã đính chính, khớp trong mức cho phép.” corrected
        "#]].assert_eq(&steps(&body));
        assert_eq!(
            (body["standing"].as_str(), body["outcome"].as_str(), body["due"].as_str()),
            (Some("closed"), Some("corrected"), Some("2024-08-15"))
        );
        assert_eq!(body["asked_reported"], "900", "as it was when it was asked");
        head.post(
            &format!("{path}/explain"),
            json!({"cause": "error", "answer": "objection", "words": "x"}),
        )
        .await
        .refused(409, "already_closed");
        assert!(kinds(&ministry, "bo.duyet.cds", &page).await.is_empty());

        let audit = ministry.person("kiemtoan").get("/audit?body=52").await.ok();
        let done = audit["entries"].as_array().unwrap().iter().rev();
        let done: Vec<&str> = done
            .map(|one| one["kind"].as_str().unwrap())
            .filter(|kind| kind.starts_with("explanation_"))
            .collect();
        assert_eq!(
            done,
            [
                "explanation_ask",
                "explanation_prepare",
                "explanation_explain",
                "explanation_ask_again",
                "explanation_explain",
                "explanation_close"
            ]
        );
        let list = |who: &'static str| ministry.person(who).get("/explanations?body=52");
        assert_eq!(list("bo.lanhdao").await.ok()["explanations"].as_array().unwrap().len(), 1);
        assert_eq!(list("nhap.48").await.ok()["explanations"].as_array().unwrap().len(), 0);
    });
}

#[test]
fn a_body_is_reminded_of_an_explanation_as_it_falls_due_each_step_once() {
    on_sqlite(async |ministry| {
        state(
            &ministry,
            "CDS.HOSO_TT 52 2024-06 reported 900
             CDS.HOSO_TT 52 2024-06 measured 600 95
             CDS.HOSO 52 2024-06 reported 900
             CDS.HOSO 52 2024-06 measured 600 95",
        )
        .await;
        let reviewer = ministry.person("bo.duyet.cds");
        // Today is Monday the 5th: one is due on the next working day, the other in three.
        for (indicator, until) in [("CDS.HOSO_TT", "2024-08-06"), ("CDS.HOSO", "2024-08-08")] {
            let question = json!({"indicator": indicator, "unit": "52", "period": "2024-06",
                "until": until, "words": "Số đo thấp hơn."});
            reviewer.post("/explanations", question).await.ok();
        }
        let reminders = async |user: &str| -> Vec<String> {
            let told = ministry.person(user).get("/notices").await.ok();
            let all = told["notices"].as_array().unwrap().iter();
            let all = all.map(|one| one["text_vi"].as_str().unwrap().to_owned());
            all.filter(|text| text.starts_with("Nhắc giải trình: ")).collect()
        };
        assert_eq!(remind_of_explanations(&ministry.app).await.unwrap(), 2);
        // Whoever prepares hears of both, the head of the one that presses, nobody else of any.
        assert_eq!(reminders("nhap.52").await.len(), 2);
        let head = reminders("ky.52").await;
        assert!(head.len() == 1 && head[0].contains("còn 1 ngày đến hạn"), "{head:?}");
        for user in ["nhap.48", "ky.48", "bo.duyet.cds"] {
            assert_eq!(reminders(user).await, Vec::<String>::new(), "{user}");
        }
        assert_eq!(remind_of_explanations(&ministry.app).await.unwrap(), 0, "once");
    });
}

#[test]
fn to_others_there_is_no_thread_and_bad_questions_change_nothing() {
    on_sqlite(async |ministry| {
        state(&ministry, JUNE).await;
        let reviewer = ministry.person("bo.duyet.cds");
        let ask = |changed: Value| {
            let mut asked = json!({"indicator": "CDS.DAN_DUNG_DVC_TT_TYLE", "unit": "52", "period": "2024-06", "words": "Vì sao?"});
            for (name, value) in changed.as_object().unwrap() {
                asked[name] = value.clone();
            }
            asked
        };
        for (changed, status, code, at) in [
            (json!({"indicator": "CDS.NOTHING"}), 404, "unknown_indicator", "indicator"),
            (json!({"unit": "9999"}), 404, "unknown_unit", "unit"),
            (json!({"unit": "R1"}), 422, "no_body", "unit"),
            (json!({"period": "June"}), 400, "bad_period", "period"),
            (json!({"until": "tomorrow"}), 400, "bad_parameter", "until"),
            (json!({"until": "2024-08-05"}), 422, "not_later", "until"),
            (json!({"until": "2024-08-10"}), 422, "not_a_working_day", "until"),
            (json!({"until": "2025-08-05"}), 422, "too_far", "until"),
            (json!({"words": " "}), 422, "reason_missing", "words"),
        ] {
            let refused =
                reviewer.post("/explanations", ask(changed.clone())).await.refused(status, code);
            assert_eq!(refused["at"]["column"], at, "{changed}");
        }
        for other in ["bo.duyet.bc", "nhap.52", "bo.lanhdao", "bo.quantri"] {
            ministry
                .person(other)
                .post("/explanations", ask(json!({})))
                .await
                .refused(403, "forbidden");
        }
        let made = reviewer.post("/explanations", ask(json!({}))).await.ok();
        assert_eq!(made["due"], "2024-08-12", "five working days");
        assert_eq!((made["id"].as_str(), made["corrected_in"].clone()), (Some("1"), Value::Null));
        let moves = [
            ("prepare", json!({"cause": "error", "answer": "objection", "words": "x"})),
            ("explain", json!({"cause": "error", "answer": "objection", "words": "x"})),
            ("ask-again", json!({"words": "x"})),
            ("close", json!({"outcome": "unexplained", "words": "x"})),
        ];
        for other in ["nhap.48", "ky.48", "bo.quantri"] {
            let other = ministry.person(other);
            other.get("/explanations/1").await.refused(404, "not_found");
            for (step, body) in &moves {
                other
                    .post(&format!("/explanations/1/{step}"), body.clone())
                    .await
                    .refused(404, "not_found");
            }
        }
        for missing in ["2", "x", "-1", "99999999999999999999"] {
            reviewer.get(&format!("/explanations/{missing}")).await.refused(404, "not_found");
        }
        let head = ministry.person("ky.52");
        for (said, at) in [
            (json!({"cause": "weather", "answer": "objection", "words": "x"}), "cause"),
            (json!({"cause": "error", "answer": "maybe", "words": "x"}), "answer"),
            (json!({"cause": "error", "answer": "objection", "words": ""}), "words"),
        ] {
            let answered = head.post("/explanations/1/explain", said).await;
            assert_eq!(answered.body["at"]["column"], at);
        }
        assert_eq!(
            reviewer.get("/explanations/1").await.ok()["steps"].as_array().unwrap().len(),
            1
        );
    });
}
