//! Every published figure that the demonstration must answer stands in its review as a live figure.

use std::collections::BTreeMap;

use document::reviews::{REVIEWS, review};
use document::{Context, Document, FigureRef, Lang, Mode, Printing, html, number, questions};
use model::answer::{Answered, Basis, Coverage};
use model::indicator::{Good, Limits, OverTime, OverUnits};
use model::{
    Breakdown, Catalogue, Cell, Decimal, Figure, Frequency, Indicator, IndicatorCode, Measure,
    Period, Qualifier, Sector, Seq, Source, SourceChoice, Status, Unit, UnitCode, UnitKind, Units,
    Validity,
};

#[test]
fn every_published_figure_stands_live_in_its_review() {
    let rows = published();
    assert_eq!(rows.iter().filter(|row| row.check).count(), 56);
    let (catalogue, units) = (catalogue(&rows), units());
    let context = Context { catalogue: &catalogue, units: &units };
    for lang in Lang::ALL {
        for row in rows.iter().filter(|row| row.check) {
            let document = review(row.review, context, lang).unwrap();
            let asked = questions(&document);
            let cell = &row.answered.cell;
            let found = asked.iter().any(|(asked, source)| {
                asked == cell && (*source == row.source || *source == SourceChoice::Preferred)
            });
            assert!(found, "{}: {cell:?} is not asked ({})", row.review, lang.code());

            let page = html(&document, context, &|figure| answer(&rows, figure), Mode::Fragment);
            let (before, after) = ("<button", "</button>");
            let names = format!(
                "data-indicator=\"{}\" data-unit=\"{}\" data-period=\"{}\" data-measure=\"{}\"",
                cell.indicator, cell.unit, cell.period, cell.measure
            );
            let printed = number::bare(row.answered.figure, lang);
            let shown = page
                .split(before)
                .filter_map(|part| part.split_once(after).map(|(button, _)| button))
                .any(|button| {
                    button.contains(&names)
                        && button.rsplit('>').next().is_some_and(|text| text.contains(&printed))
                });
            assert!(shown, "{}: {cell:?} is not printed as {printed}", row.review);
        }
    }
}

#[test]
fn both_languages_ask_the_same_questions() {
    let rows = published();
    let (catalogue, units) = (catalogue(&rows), units());
    let context = Context { catalogue: &catalogue, units: &units };
    for known in REVIEWS {
        let asked = |lang| {
            let mut asked: Vec<String> = questions(&review(known.id, context, lang).unwrap())
                .iter()
                .map(|q| format!("{q:?}"))
                .collect();
            asked.sort();
            asked
        };
        assert_eq!(asked(Lang::Vi), asked(Lang::En), "{}", known.id);
    }
    assert!(review("2024-S2", context, Lang::Vi).is_none());
}

#[test]
fn a_contradiction_is_printed_as_it_was_said() {
    let rows = published();
    let page = page(&rows, "2020-Q1", Lang::Vi);
    assert!(page.contains(">4/19<"), "the ministries' count");
    assert!(page.contains(">4/6<"), "the provinces' count as printed");
    assert!(page.contains("mâu thuẫn"));
}

#[test]
fn a_printed_page_is_whole() {
    let rows = published();
    for known in REVIEWS {
        let page = page(&rows, known.id, Lang::Vi);
        for part in [
            "<!doctype html>",
            "Độc lập - Tự do - Hạnh phúc",
            "Người lập biểu",
            "Thủ trưởng đơn vị",
            "Nguồn: ",
            "Người in: Trần Thị Phân tích, 08:00 ngày 5/8/2024",
            "</html>",
        ] {
            assert!(page.contains(part), "{}: {part}", known.id);
        }
        assert!(!page.contains("<button") && !page.contains("<script"), "{}", known.id);
        if let Ok(folder) = std::env::var("QUANTRAC_PAGES") {
            std::fs::write(format!("{folder}/{}.html", known.id), page).unwrap();
        }
    }
}

fn page(rows: &[Published], id: &str, lang: Lang) -> String {
    let (catalogue, units) = (catalogue(rows), units());
    let context = Context { catalogue: &catalogue, units: &units };
    let document: Document = review(id, context, lang).unwrap();
    let printing = Printing {
        by: "Trần Thị Phân tích",
        at: jiff::civil::date(2024, 8, 5).at(8, 0, 0, 0),
        address: "https://quantrac.example/bao-cao/2024-S1",
    };
    html(&document, context, &|figure| answer(rows, figure), Mode::Page(printing))
}

struct Published {
    review: &'static str,
    name: String,
    unit_of_measure: String,
    source: SourceChoice,
    answered: Answered,
    check: bool,
}

fn answer(rows: &[Published], asked: &FigureRef) -> Option<Answered> {
    let of = |row: &&Published| row.answered.cell == asked.cell;
    let chosen =
        |row: &&Published| row.source == asked.source || asked.source == SourceChoice::Preferred;
    rows.iter().filter(of).find(chosen).map(|row| row.answered.clone())
}

fn published() -> Vec<Published> {
    let mut reader = csv::Reader::from_reader(include_str!("published_figures.csv").as_bytes());
    let rows = reader.deserialize::<BTreeMap<String, String>>();
    rows.map(|row| {
        let row = row.unwrap();
        let number = |name: &str| {
            Some(row[name].as_str())
                .filter(|text| !text.is_empty())
                .map(|text| Decimal::parse(text).unwrap())
        };
        let words = row["words"].as_str();
        let value = number("value").unwrap();
        let figure = match number("upper") {
            Some(high) => Figure::Range { low: value, high },
            None if words.starts_with("hàng") => Figure::Magnitude(value),
            None => Figure::Number(value),
        };
        let source = SourceChoice::parse(&row["source"]).unwrap();
        Published {
            review: match row["report"].get(..7).unwrap() {
                "2024-07" => "2024-S1",
                "2020-07" => "2020-S1",
                _ => "2020-Q1",
            },
            name: row["indicator_vi"].clone(),
            unit_of_measure: row["unit_of_measure"].clone(),
            source,
            answered: Answered {
                cell: Cell {
                    indicator: IndicatorCode::parse(&row["indicator"]).unwrap(),
                    unit: UnitCode::parse(&row["unit"]).unwrap(),
                    period: Period::parse(&row["period"]).unwrap(),
                    breakdown: Breakdown::TOTAL,
                    measure: Measure::parse(&row["measure"]).unwrap(),
                },
                figure,
                basis: Basis::Stated,
                computed: (row["indicator"] == "TN.DOANHTHU" && row["measure"] == "change_on_year")
                    .then(|| Decimal::parse("28.0747").unwrap()),
                of: number("of"),
                status: Some(if words.starts_with("ước") {
                    Status::Estimated
                } else {
                    Status::Final
                }),
                qualifier: match words {
                    "gần" => Some(Qualifier::Nearly),
                    "trên" | "hơn" | "tăng trên" => Some(Qualifier::Over),
                    "dưới" => Some(Qualifier::Under),
                    "khoảng" => Some(Qualifier::About),
                    "tối thiểu" | "ít nhất" => Some(Qualifier::AtLeast),
                    _ => None,
                },
                source: Some(if source == SourceChoice::Measured {
                    Source::Measured
                } else {
                    Source::Reported
                }),
                publisher: None,
                coverage: Coverage { present: 1, expected: 1 },
                measured_share: None,
                seq: Seq(1),
                recorded_at: Some("2024-07-06T10:00:00Z".parse().unwrap()),
                synthetic: false,
            },
            check: row["check"] == "yes",
        }
    })
    .collect()
}

fn catalogue(rows: &[Published]) -> Catalogue {
    // The level's row names the unit of measure; rows of changes say only "%".
    let levels_last =
        [Measure::is_percentage as fn(Measure) -> bool, |measure| !measure.is_percentage()];
    Catalogue::new(levels_last.into_iter().flat_map(|kind| {
        rows.iter().filter(move |row| kind(row.answered.cell.measure)).map(|row| {
            let code = row.answered.cell.indicator.clone();
            let is_count = matches!(row.answered.cell.measure, Measure::CountAtLeast(_));
            let unit = if is_count { "%".to_owned() } else { row.unit_of_measure.clone() };
            Indicator {
                sector: Sector::parse(code.as_str().split('.').next().unwrap()).unwrap(),
                name_vi: row.name.clone(),
                name_en: row.name.clone(),
                unit_vi: unit.clone(),
                unit_en: unit,
                scale: 2,
                over_units: OverUnits::Sum,
                over_time: OverTime::Sum,
                good: Good::Up,
                applies_to: vec![(UnitKind::Province, Validity::ALWAYS)],
                ratio: None,
                part_of: None,
                frequency: Frequency::Month,
                definition_vi: String::new(),
                definition_en: String::new(),
                legal_basis: String::new(),
                limits: Limits::default(),
                measured_threshold: Decimal::whole(90),
                coverage_threshold: Decimal::whole(80),
                compared: model::indicator::Compared::default(),
                version: 1,
                code,
            }
        })
    }))
}

fn units() -> Units {
    let unit = |code: &str, kind, name: &str, parent: Option<&str>| Unit {
        code: UnitCode::parse(code).unwrap(),
        kind,
        name_vi: name.to_owned(),
        name_en: name.to_owned(),
        full_name_vi: name.to_owned(),
        validity: Validity::ALWAYS,
        parents: parent
            .into_iter()
            .map(|code| (Validity::ALWAYS, UnitCode::parse(code).unwrap()))
            .collect(),
        members: vec![],
        successor: None,
        map_path: None,
    };
    Units::new(vec![
        unit("VN", UnitKind::Country, "Toàn quốc", None),
        unit("48", UnitKind::Province, "Đà Nẵng", Some("VN")),
        unit("52", UnitKind::Province, "Bình Định", Some("VN")),
        unit("15", UnitKind::Province, "Yên Bái", Some("VN")),
        unit("@provinces", UnitKind::Group, "Các tỉnh, thành phố", None),
        unit("@ministries", UnitKind::Group, "Các bộ, ngành", None),
        unit("@bodies", UnitKind::Group, "Các bộ, ngành, địa phương", None),
        unit("G14", UnitKind::Ministry, "Bộ Thông tin và Truyền thông", None),
        unit("G18", UnitKind::Ministry, "Bộ Y tế", None),
    ])
    .unwrap()
}
