//! Small indicators, units and answers for the tests of sentences and pages.

use model::answer::{Answered, Basis, Coverage};
use model::indicator::{Good, Limits, OverTime, OverUnits};
use model::{
    Breakdown, Cell, Decimal, Figure, Frequency, Indicator, IndicatorCode, Measure, Period, Sector,
    Seq, Source, Status, Unit, UnitCode, UnitKind, Validity,
};

/// A stated, final, reported number of "indicator unit period measure".
pub(crate) fn answered(cell: &str, value: &str) -> Answered {
    let [indicator, unit, period, measure] = cell.split(' ').collect::<Vec<_>>()[..] else {
        panic!("four words")
    };
    Answered {
        cell: Cell {
            indicator: IndicatorCode::parse(indicator).unwrap(),
            unit: UnitCode::parse(unit).unwrap(),
            period: Period::parse(period).unwrap(),
            breakdown: Breakdown::TOTAL,
            measure: Measure::parse(measure).unwrap(),
        },
        figure: Figure::Number(Decimal::parse(value).unwrap()),
        basis: Basis::Stated,
        computed: None,
        of: None,
        status: Some(Status::Final),
        qualifier: None,
        source: Some(Source::Reported),
        publisher: None,
        coverage: Coverage { present: 1, expected: 1 },
        measured_share: None,
        seq: Seq(1),
        recorded_at: Some("2024-07-06T10:00:00Z".parse().unwrap()),
        synthetic: false,
    }
}

/// Revenue in tỷ đồng, or a rate in per cent.
pub(crate) fn indicator(code: &str) -> Indicator {
    let is_rate = code.ends_with("TYLE");
    let pick = |rate: &str, money: &str| if is_rate { rate } else { money }.to_owned();
    Indicator {
        code: IndicatorCode::parse(code).unwrap(),
        sector: Sector::Whole,
        name_vi: pick("Tỷ lệ người dân sử dụng DVCTT toàn trình", "Doanh thu toàn ngành TT&TT"),
        name_en: pick("Share of people using online services", "Revenue of the sector"),
        unit_vi: pick("%", "tỷ đồng"),
        unit_en: pick("%", "VND billion"),
        scale: 1,
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
    }
}

/// The country, Bình Định, or a group.
pub(crate) fn unit(code: &str) -> Unit {
    let (kind, name, full) = match code {
        "VN" => (UnitKind::Country, "Toàn quốc", "Toàn quốc"),
        "52" => (UnitKind::Province, "Bình Định", "Tỉnh Bình Định"),
        "@provinces" => (UnitKind::Group, "Các tỉnh, thành phố", "Các tỉnh, thành phố"),
        "@ministries" => (UnitKind::Group, "Các bộ, ngành", "Các bộ, ngành"),
        _ => (UnitKind::Group, "Các bộ, ngành, địa phương", "Các bộ, ngành, địa phương"),
    };
    Unit {
        code: UnitCode::parse(code).unwrap(),
        kind,
        name_vi: name.into(),
        name_en: name.into(),
        full_name_vi: full.into(),
        validity: Validity::ALWAYS,
        parents: vec![],
        members: vec![],
        successor: None,
        map_path: None,
    }
}
