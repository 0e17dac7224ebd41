//! Units, bodies, indicators and templates come back as they were defined, at every version.

use jiff::Timestamp;
use jiff::civil::date;
use measure::{Portal, PortalCode, SiteKey};
use model::indicator::{Compared, Good, Limits, OverTime, OverUnits, Ratio};
use model::{
    Body, BodyCode, Breakdown, Calendar, Decimal, Frequency, Indicator, IndicatorCode, Sector, Seq,
    Unit, UnitCode, UnitKind, Validity,
};
use store::{Definitions, StoreError, WriteError};
use workflow::check::Severity;
use workflow::form_check::{FormCheck, Over, Rule};
use workflow::paper::Paper;
use workflow::template::{Assigned, Assignment, DueRule};
use workflow::{
    Row, RowKey, Section, SectionId, SectionKind, Template, TemplateCode, TextId, TextPrompt,
};

use crate::databases::*;

fn unit(code: &str) -> UnitCode {
    UnitCode::parse(code).unwrap()
}

fn indicator(code: &str) -> IndicatorCode {
    IndicatorCode::parse(code).unwrap()
}

/// One of everything, with every optional part there.
pub fn everything() -> Definitions {
    let until_2025 = Validity { from: None, to: Some(date(2025, 7, 1)) };
    let country = Unit {
        code: unit("VN"),
        kind: UnitKind::Country,
        name_vi: "Cả nước".to_owned(),
        name_en: "Viet Nam".to_owned(),
        full_name_vi: "Nước CHXHCN Việt Nam".to_owned(),
        validity: Validity::ALWAYS,
        parents: vec![],
        members: vec![],
        successor: None,
        map_path: None,
    };
    let province = Unit {
        code: unit("52"),
        kind: UnitKind::Province,
        name_vi: "Bình Định".to_owned(),
        validity: until_2025,
        parents: vec![(until_2025, unit("VN"))],
        successor: Some(unit("VN")),
        map_path: Some("m 1 2 z".to_owned()),
        ..country.clone()
    };
    let group = Unit {
        code: unit("@provinces"),
        kind: UnitKind::Group,
        members: vec![(until_2025, unit("52"))],
        ..country.clone()
    };
    let body = Body {
        code: BodyCode::parse("52").unwrap(),
        unit: unit("52"),
        names: vec![(until_2025, "Sở TT&TT \"Bình Định\"".to_owned(), "Department".to_owned())],
        email: Some("so@example.vn".to_owned()),
    };
    let revenue = Indicator {
        code: indicator("BC.DOANHTHU"),
        sector: Sector::Post,
        name_vi: "Doanh thu bưu chính".to_owned(),
        name_en: "Postal revenue".to_owned(),
        unit_vi: "tỷ đồng".to_owned(),
        unit_en: "billion dong".to_owned(),
        scale: 2,
        over_units: OverUnits::Sum,
        over_time: OverTime::Sum,
        good: Good::Up,
        applies_to: vec![(UnitKind::Province, until_2025)],
        ratio: None,
        part_of: Some(indicator("TN.DOANHTHU")),
        frequency: Frequency::Month,
        definition_vi: "…".to_owned(),
        definition_en: "…".to_owned(),
        legal_basis: "Thông tư 04/2022/TT-BTTTT".to_owned(),
        limits: Limits {
            min: Some(Decimal::ZERO),
            max: None,
            growth_percent: Decimal::new(3000, 1),
        },
        measured_threshold: Decimal::whole(90),
        coverage_threshold: Decimal::whole(80),
        compared: Compared {
            tolerance: Decimal::new(250, 2),
            measured_as_vi: "Chỉ đo trên cổng".to_owned(),
            measured_as_en: "Portals only".to_owned(),
        },
        version: 1,
    };
    let share = Indicator {
        code: indicator("BC.TYLE"),
        over_units: OverUnits::Ratio,
        ratio: Some(Ratio {
            numerator: indicator("A"),
            denominator: indicator("B"),
            factor: Decimal::whole(100),
        }),
        ..revenue.clone()
    };
    let mean = Indicator {
        code: indicator("BC.TRUNGBINH"),
        over_units: OverUnits::WeightedMean(indicator("A")),
        ..revenue.clone()
    };
    let row = |code: &str| RowKey::parse(&format!("BC/{code}[SEX=F]")).unwrap();
    let check = |rule, severity| FormCheck {
        rule,
        severity,
        message_vi: "Xem lại".to_owned(),
        message_en: String::new(),
    };
    let template = Template {
        code: TemplateCode::parse("SO-THANG").unwrap(),
        version: 1,
        valid_from: Some(date(2024, 1, 1)),
        name_vi: "Báo cáo tháng".to_owned(),
        name_en: "Monthly report".to_owned(),
        content: "Bưu chính".to_owned(),
        calendar: Calendar::Statistical,
        frequency: Frequency::Month,
        assigned_to: vec![
            Assignment::always(Assigned::Kind(UnitKind::Province)),
            Assignment { to: Assigned::Units(vec![unit("VN"), unit("52")]), days: until_2025 },
        ],
        cut_off_vi: "ngày cuối cùng của tháng".to_owned(),
        cut_off_en: "the last day of the month".to_owned(),
        due: DueRule { working_days: 7 },
        legal_basis: "Thông tư 04/2022/TT-BTTTT".to_owned(),
        recipients: vec!["Bộ TT&TT".to_owned()],
        sending: "Trên hệ thống".to_owned(),
        paper: Paper {
            superior: "Ủy ban nhân dân tỉnh".to_owned(),
            symbol: "BC-STTTT".to_owned(),
            place: "Quy Nhơn".to_owned(),
            preparer: "Người lập biểu".to_owned(),
            signer: "Giám đốc".to_owned(),
            copies: vec!["Như trên".to_owned()],
        },
        checks: vec![
            check(Rule::AtMost { part: row("A"), whole: row("B") }, Severity::Error),
            check(
                Rule::Sum { parts: vec![row("A"), row("B")], whole: row("C") },
                Severity::Warning,
            ),
            check(
                Rule::Change {
                    row: row("A"),
                    on: Over::LastYear,
                    percent: Decimal::new(125, 1).unwrap(),
                },
                Severity::Warning,
            ),
        ],
        sections: vec![
            Section {
                id: SectionId::parse("BC").unwrap(),
                sector: Sector::Post,
                name_vi: "Bưu chính".to_owned(),
                name_en: "Post".to_owned(),
                owner: "Phòng Bưu chính".to_owned(),
                kind: SectionKind::Figures(vec![Row {
                    indicator: indicator("BC.DOANHTHU"),
                    breakdown: Breakdown::parse("SEX=F").unwrap(),
                    required: true,
                    note: "Không gồm thuế".to_owned(),
                    settle_previous: true,
                }]),
            },
            Section {
                id: SectionId::parse("LOI").unwrap(),
                sector: Sector::Whole,
                name_vi: "Đánh giá".to_owned(),
                name_en: "Remarks".to_owned(),
                owner: String::new(),
                kind: SectionKind::Texts(vec![TextPrompt {
                    id: TextId::parse("KHOKHAN").unwrap(),
                    name_vi: "Khó khăn".to_owned(),
                    name_en: "Difficulties".to_owned(),
                }]),
            },
        ],
    };
    let other = Template {
        code: TemplateCode::parse("BO-THANG").unwrap(),
        valid_from: None,
        assigned_to: vec![Assignment::always(Assigned::Group(unit("@ministries")))],
        ..template.clone()
    };
    let portal = Portal {
        code: PortalCode::parse("52-dvc").unwrap(),
        unit: unit("52"),
        name_vi: "Cổng dịch vụ công tỉnh Bình Định".to_owned(),
        name_en: "Public service portal of Binh Dinh".to_owned(),
        address: "https://dichvucong.binhdinh.gov.vn".to_owned(),
        validity: until_2025,
        site_keys: vec![
            SiteKey {
                key: "k".repeat(32),
                ended_at: Some(Timestamp::from_microsecond(1_722_819_600_000_001).unwrap()),
            },
            SiteKey { key: "n".repeat(32), ended_at: None },
        ],
        secret_hash: Some("ab".repeat(32)),
        is_trial: true,
        pages_see_all_since: Some(jiff::civil::date(2024, 7, 1)),
        respects_do_not_track: true,
    };
    Definitions {
        portals: vec![portal],
        units: vec![province, group, country],
        bodies: vec![body],
        indicators: vec![revenue, mean, share],
        templates: vec![other, template],
    }
}

pub async fn define(store: &store::Store, these: Definitions) -> Seq {
    let written: Result<_, WriteError<StoreError>> = store
        .write(None, move |tx| {
            Box::pin(async move {
                tx.define_units(&these.units).await?;
                tx.define_bodies(&these.bodies).await?;
                tx.define_indicators(&these.indicators).await?;
                tx.define_portals(&these.portals).await?;
                tx.define_templates(&these.templates).await
            })
        })
        .await;
    written.unwrap().seq
}

#[test]
fn a_definition_is_known_from_its_commit_on_and_every_version_stays() {
    on_each(async |fresh| {
        let first = everything();
        assert_eq!(define(&fresh.store, first.clone()).await, Seq(1), "one commit");
        let mut second = first.clone();
        second.units[0].name_vi = "Bình Định (cũ)".to_owned();
        second.indicators[0].scale = 3;
        second.indicators[0].version = 2;
        for template in &mut second.templates {
            template.version = 2;
        }
        define(&fresh.store, second.clone()).await;

        let mut reader = fresh.store.read().await.unwrap();
        let sorted = |mut these: Definitions| {
            these.units.sort_by(|a, b| a.code.cmp(&b.code));
            these
        };
        assert_eq!(reader.definitions_as_known_at(Seq(0)).await.unwrap(), Definitions::default());
        assert_eq!(reader.definitions_as_known_at(Seq(1)).await.unwrap(), sorted(first.clone()));
        let now = reader.definitions_as_known_at(Seq::LATEST).await.unwrap();
        let versions: Vec<_> =
            now.templates.iter().map(|one| format!("{} {}", one.code, one.version)).collect();
        assert_eq!(versions, ["BO-THANG 1", "BO-THANG 2", "SO-THANG 1", "SO-THANG 2"]);
        assert_eq!(Definitions { templates: second.templates.clone(), ..now }, sorted(second));
    });
}
