//! A measured number beside a cell: nobody sees it before a number is typed, unless it suffices and is to be confirmed.

use std::io::{Cursor, Read};

use expect_test::expect;
use model::{
    Breakdown, Cell, Decimal, Figure, IndicatorCode, Measure, Period, Source, Status, UnitCode,
};
use serde_json::{Value, json};
use store::{NewObservation, Origin, OriginKind, StoreError};

use crate::ministry::{FILLED, Ministry, on_each, version};
use crate::spreadsheet::filled;

/// Suffices: 95% of the systems.
const RECEIVED: &str = "CDS/CDS.HOSO/this";
/// Does not: 62%.
const ONLINE: &str = "CDS/CDS.HOSO_TT/this";
const SECRET: &str = "57731";

async fn measure(ministry: &Ministry) {
    let said = |code: &str, number: i64, share: i64| NewObservation {
        measured_share: Some(Decimal::whole(share)),
        ..NewObservation::of(
            Cell {
                indicator: IndicatorCode::parse(code).unwrap(),
                unit: UnitCode::parse("52").unwrap(),
                period: Period::parse("2024-07").unwrap(),
                breakdown: Breakdown::TOTAL,
                measure: Measure::Level,
            },
            Figure::Number(Decimal::whole(number)),
            Source::Measured,
            Status::Provisional,
        )
    };
    let all = vec![said("CDS.HOSO", 81_204, 95), said("CDS.HOSO_TT", 57_731, 62)];
    let measured = ministry.app.store.write(None, move |tx| {
        Box::pin(async move {
            let origin = Origin::named(OriginKind::Import, "Số đo trực tuyến", "Measured");
            tx.append(&origin, &all).await?;
            Ok::<(), StoreError>(())
        })
    });
    measured.await.unwrap();
}

/// `cell standing value difference typed blind cause` of each.
fn lines(told: &Value) -> String {
    let line = |one: &Value| {
        let text = |name: &str| one[name].as_str().unwrap_or("-").to_owned();
        let facts = ["cell", "standing", "value", "difference", "typed_blind", "cause"].map(text);
        format!("{}\n", facts.join(" "))
    };
    told["measured"].as_array().unwrap().iter().map(line).collect()
}

fn differs(told: &Value) -> Vec<bool> {
    let found = told["findings"].as_array().unwrap().iter();
    let found = found.filter(|one| one["code"] == "measured_differs");
    found.map(|one| one["explained"].as_bool().unwrap()).collect()
}

#[test]
fn too_little_measured_is_typed_blind_and_then_shown() {
    on_each(async |ministry| {
        measure(&ministry).await;
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        let opened = enterer.get(&form).await.ok();
        expect![[r#"
            CDS/CDS.HOSO/this to_confirm 81204 - - -
            CDS/CDS.HOSO_TT/this hidden - - - -
        "#]]
        .assert_eq(&lines(&opened));
        // Nowhere in what the page gets, nor in the file; a gap that is stated shows nothing, nor does a comment.
        let gap =
            enterer.write(&form, &format!("{ONLINE}=chưa có số liệu | Cổng đang nâng cấp")).await;
        for told in [
            &opened,
            &gap,
            &enterer.get(&form).await.ok(),
            &enterer.get(&format!("{form}/cells?since=0")).await.ok(),
        ] {
            assert!(!told.to_string().contains(SECRET), "{told}");
        }
        let file = enterer.download(&format!("{form}/form.xlsx")).await;
        assert!(!unpacked(&file).contains(SECRET));
        let early = json!({"cell": ONLINE, "cause": "timing"});
        let refused =
            enterer.put(&format!("{form}/cause"), early).await.refused(422, "not_measured");
        assert!(!refused.to_string().contains(SECRET), "{refused}");

        let typed = enterer.write(&form, &format!("{ONLINE}=60.000")).await;
        expect![[r#"
            CDS/CDS.HOSO/this to_confirm 81204 - - -
            CDS/CDS.HOSO_TT/this shown 57731 2269 60000 -
        "#]]
        .assert_eq(&lines(&typed));
        // What was typed before it was seen stays, whatever is typed after; emptied, it is hidden again.
        let again = enterer.write(&form, &format!("{ONLINE}=58.000")).await;
        assert!(
            lines(&again).contains("HOSO_TT/this shown 57731 269 60000 -"),
            "{}",
            lines(&again)
        );
        assert_eq!(differs(&again), Vec::<bool>::new(), "what does not suffice asks for nothing");
        let emptied = enterer.write(&form, &format!("{ONLINE}=")).await;
        assert!(!emptied["measured"].to_string().contains(SECRET), "{emptied}");
        ministry.person("nhap.48").get(&form).await.refused(404, "not_found");
    });
}

#[test]
fn a_number_that_is_to_be_typed_blind_is_not_to_be_asked_for_either() {
    on_each(async |ministry| {
        measure(&ministry).await;
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        let question = json!({"indicators": ["CDS.HOSO_TT"], "units": ["52"], "periods": ["2024-07"], "source": "measured"});
        let ways = async |user: &str| -> Vec<String> {
            let person = ministry.person(user);
            let at = "indicator=CDS.HOSO_TT&unit=52&period=2024-07";
            let asked = [
                format!("/values?{at}&source=measured"),
                format!("/values?{at}&source=measured&measure=ytd"),
                "/values?indicator=CDS.HOSO_TT&unit=52&period=2024-Q3&source=measured".to_owned(),
                format!("/figure?{at}"),
                format!("/figure?{at}&source=measured"),
                "/reconciliation?unit=52&period=2024-07".to_owned(),
            ];
            let mut told = vec![];
            for path in asked {
                told.push(person.get(&path).await.ok().to_string());
            }
            told.push(person.post("/query", question.clone()).await.ok().to_string());
            told
        };
        for (way, told) in ways("nhap.52").await.iter().enumerate() {
            assert!(!told.contains(SECRET), "way {way}: {told}");
        }
        let hidden = enterer.post("/query", question.clone()).await.ok();
        let hidden = &hidden["values"][0];
        assert_eq!((&hidden["absent"], &hidden["value"]), (&json!("confidential"), &json!(null)));
        // Whom it is not asked of, and what suffices: as ever.
        for user in ["nhap.48", "bo.lanhdao"] {
            let told = ways(user).await;
            let shown = [0, 3, 4, 5, 6].map(|way| told[way].contains(SECRET));
            assert_eq!(shown, [true; 5], "{user}: {told:?}");
        }
        let other = "/values?indicator=CDS.HOSO&unit=52&period=2024-07&source=measured";
        assert_eq!(enterer.get(other).await.ok()["values"][0]["value"], "81204");
        enterer.write(&form, &format!("{ONLINE}=60.000")).await;
        let told = ways("nhap.52").await;
        assert_eq!([0, 3, 4, 5, 6].map(|way| told[way].contains(SECRET)), [true; 5], "{told:?}");
    });
}

#[test]
fn enough_measured_asks_to_confirm_or_to_say_why_not() {
    on_each(async |ministry| {
        measure(&ministry).await;
        let (enterer, head) = (ministry.person("nhap.52"), ministry.person("ky.52"));
        let form = enterer.open("52", "2024-07").await;
        let confirmed = enterer.write(&form, &format!("{RECEIVED}=81.204")).await;
        assert!(lines(&confirmed).starts_with("CDS/CDS.HOSO/this confirmed 81204 - - -"));
        assert_eq!(differs(&confirmed), Vec::<bool>::new());

        let filled = enterer.write(&form, FILLED).await;
        expect![[r#"
            CDS/CDS.HOSO/this to_explain 81204 -31204 - -
            CDS/CDS.HOSO_TT/this shown 57731 -27731 30000 -
        "#]]
        .assert_eq(&lines(&filled));
        assert_eq!(differs(&filled), [false]);
        let cause = format!("{form}/cause");
        let because = |cell: &str, cause: Value| json!({"cell": cell, "cause": cause});
        enterer.put(&cause, because(RECEIVED, json!("weather"))).await.refused(422, "not_one_of");
        enterer
            .put(&cause, because("BC/BC.DOANHTHU/this", json!("timing")))
            .await
            .refused(422, "not_measured");
        enterer
            .put(&cause, because("BC/XX/this", json!("timing")))
            .await
            .refused(422, "unknown_cell");
        for user in ["nhap.48", "ky.52", "bo.duyet"] {
            let refused =
                ministry.person(user).put(&cause, because(RECEIVED, json!("timing"))).await;
            refused.refused(403, "forbidden");
        }
        let said = enterer.put(&cause, because(RECEIVED, json!("timing"))).await.ok();
        assert_eq!(differs(&said), [false], "a cause without a word explains nothing");
        let comment = format!("{RECEIVED}=50.000 | Chốt số vào ngày 25");
        let explained = enterer.write(&form, &comment).await;
        assert!(
            lines(&explained).contains("HOSO/this explained 81204 -31204 - timing"),
            "{}",
            lines(&explained)
        );
        assert_eq!(differs(&explained), [true]);
        let back = enterer.put(&cause, because(RECEIVED, Value::Null)).await.ok();
        assert_eq!(differs(&back), [false]);
        enterer.put(&cause, because(RECEIVED, json!("missing_system"))).await.ok();

        // It stops nothing, and is said with the figure in the record.
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        enterer.put(&cause, because(RECEIVED, json!("timing"))).await.refused(423, "locked");
        head.post(&format!("{form}/sign"), json!({})).await.ok();
        let cell = Cell {
            indicator: IndicatorCode::parse("CDS.HOSO").unwrap(),
            unit: UnitCode::parse("52").unwrap(),
            period: Period::parse("2024-07").unwrap(),
            breakdown: Breakdown::TOTAL,
            measure: Measure::Level,
        };
        let mut reader = ministry.app.store.read().await.unwrap();
        let history = reader.history_of_cell(&cell, model::Seq::LATEST).await.unwrap();
        let reported =
            history.iter().find(|one| one.observation.source == Source::Reported).unwrap();
        assert_eq!(
            reported.words.as_deref(),
            Some("Khác số đo trực tuyến, còn hệ thống chưa đo: Chốt số vào ngày 25")
        );
    });
}

#[test]
fn a_number_that_comes_in_a_spreadsheet_is_typed_blind_too() {
    on_each(async |ministry| {
        measure(&ministry).await;
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        let file = enterer.download(&format!("{form}/form.xlsx")).await;
        let file = filled(&file, &format!("{ONLINE}: 60000"));
        let dry = enterer.upload(&format!("{form}/form.xlsx?dry_run=true"), &file, None).await.ok();
        assert!(!dry.to_string().contains(SECRET), "{dry}");
        enterer.upload(&format!("{form}/form.xlsx"), &file, None).await.ok();
        let told = enterer.get(&form).await.ok();
        assert!(lines(&told).contains("HOSO_TT/this shown 57731 2269 60000 -"), "{}", lines(&told));
        assert_eq!(version(&told, ONLINE), 1);
    });
}

/// Everything that is written in a workbook.
fn unpacked(file: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut all = String::new();
    for number in 0..archive.len() {
        let mut bytes = vec![];
        archive.by_index(number).unwrap().read_to_end(&mut bytes).unwrap();
        all += &String::from_utf8_lossy(&bytes);
    }
    all
}

#[test]
fn the_side_panel_knows_who_else_asks_what_follows_and_which_review_has_it() {
    on_each(async |ministry| {
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        // A quarter of the same number, of this department, and a ratio's part for another.
        let quarterly = |template: &workflow::Template| {
            let mut other = template.clone();
            other.code = workflow::TemplateCode::parse("QUY").unwrap();
            other.name_vi = "Báo cáo quý".to_owned();
            other.frequency = model::Frequency::Quarter;
            other.sections.retain(|section| section.id.as_str() == "CDS");
            other
        };
        let all = demonstration::templates();
        let monthly = all.iter().find(|one| one.code.as_str() == "SO-THANG").unwrap();
        let quarter = quarterly(monthly);
        let defined = ministry
            .app
            .store
            .write(None, move |tx| Box::pin(async move { tx.define_templates(&[quarter]).await }));
        defined.await.unwrap();
        ministry.app.read_ministry_again().await.unwrap();
        let asked = async |cell: &str| enterer.get(&format!("{form}/elsewhere?cell={cell}")).await;
        let told = asked("CDS/CDS.HOSO_TT/this").await.ok();
        let places = told["asked"].as_array().unwrap().iter();
        let places: Vec<_> =
            places.map(|one| (&one["template"], &one["how"], &one["frequency"])).collect();
        assert_eq!(places, [(&json!("QUY"), &json!("part_of"), &json!("quarter"))]);
        let computed = told["computed"].as_array().unwrap();
        assert!(computed.iter().any(|one| one["indicator"] == "CDS.HOSO_TT_TYLE"), "{told}");
        let nowhere = asked("BC/BC.BUUGUI/this").await.ok();
        assert_eq!(nowhere["asked"], json!([]));
        let revenue = asked("TN/TN.DOANHTHU/this").await.ok();
        assert!(
            revenue["used"].as_array().unwrap().iter().any(|one| one["report"] == "2024-S1"),
            "{revenue}"
        );
        asked("BC/XX/this").await.refused(422, "unknown_cell");
        let other = ministry
            .person("nhap.48")
            .get(&format!("{form}/elsewhere?cell=BC/BC.BUUGUI/this"))
            .await;
        other.refused(404, "not_found");
    });
}
