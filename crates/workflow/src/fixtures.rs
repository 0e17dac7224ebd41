//! Indicators and forms for the tests of this crate.

use model::indicator::{Good, Limits, OverTime, OverUnits, Ratio};
use model::{Breakdown, Calendar, Decimal, Frequency, Indicator, IndicatorCode, Sector, UnitKind};

use crate::form::{Cells, Filled};
use crate::template::{
    Assigned, Assignment, CellKey, DueRule, Row, Section, SectionId, SectionKind, Template,
    TemplateCode,
};

pub fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).expect("a decimal")
}

pub fn code(text: &str) -> IndicatorCode {
    IndicatorCode::parse(text).expect("a code")
}

pub fn cell(text: &str) -> CellKey {
    CellKey::parse(text).expect("a cell key")
}

/// A flow in tỷ đồng unless changed by the test.
pub fn indicator(of: &str, unit_vi: &str, scale: u8) -> Indicator {
    Indicator {
        code: code(of),
        sector: Sector::Post,
        name_vi: format!("Chỉ tiêu {of}"),
        name_en: format!("Indicator {of}"),
        unit_vi: unit_vi.to_owned(),
        unit_en: format!("{unit_vi} (en)"),
        scale,
        over_units: OverUnits::Sum,
        over_time: OverTime::Sum,
        good: Good::Up,
        applies_to: vec![],
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

pub fn share(of: &str, numerator: &str, denominator: &str) -> Indicator {
    let ratio = Ratio {
        numerator: code(numerator),
        denominator: code(denominator),
        factor: Decimal::whole(100),
    };
    Indicator { ratio: Some(ratio), over_units: OverUnits::Ratio, ..indicator(of, "%", 2) }
}

/// `BC.DOANHTHU`, `BC.LAODONG[SEX=F]`; every row required, every one settling the period before.
pub fn section(rows: &[&str]) -> Section {
    let row = |text: &&str| {
        let (indicator, breakdown) = text.split_once('[').unwrap_or((text, ""));
        Row {
            indicator: code(indicator),
            breakdown: Breakdown::parse(breakdown.trim_end_matches(']')).expect("a breakdown"),
            required: true,
            note: String::new(),
            settle_previous: true,
        }
    };
    Section {
        id: SectionId::parse("BC").expect("a name"),
        sector: Sector::Post,
        name_vi: "Bưu chính".to_owned(),
        name_en: "Post".to_owned(),
        owner: String::new(),
        kind: SectionKind::Figures(rows.iter().map(row).collect()),
    }
}

/// `DT/this=12.5` for the cell `BC/DT/this`; `missing` for a stated absence.
pub fn cells(written: &str) -> Cells {
    let one = |pair: &str| {
        let (key, value) = pair.rsplit_once('=').expect("a pair");
        let figure = match crate::form::stated_absence(value) {
            Some(absence) => absence,
            None => model::Figure::Number(decimal(value)),
        };
        (cell(&format!("BC/{key}")), Filled::figure(figure))
    };
    written.split_whitespace().map(one).collect()
}

/// A monthly form of provinces with one section of these rows.
pub fn template(rows: &[&str]) -> Template {
    Template {
        code: TemplateCode::parse("SO-THANG").expect("a name"),
        version: 1,
        valid_from: None,
        name_vi: String::new(),
        name_en: String::new(),
        content: String::new(),
        calendar: Calendar::Statistical,
        frequency: Frequency::Month,
        assigned_to: vec![Assignment::always(Assigned::Kind(UnitKind::Province))],
        cut_off_vi: String::new(),
        cut_off_en: String::new(),
        due: DueRule { working_days: 8 },
        legal_basis: String::new(),
        recipients: vec![],
        sending: String::new(),
        paper: Default::default(),
        checks: vec![],
        sections: vec![section(rows)],
    }
}
