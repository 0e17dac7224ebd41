//! Names and nouns as they stand inside sentences, tables and labels.

use model::answer::{Answered, Basis, Coverage};
use model::{Breakdown, Decimal, Figure, Indicator, Measure, Qualifier, Source, Unit, UnitKind};

use crate::{Lang, number, period};

/// The name of an indicator.
pub(crate) fn indicator(indicator: &Indicator, lang: Lang) -> &str {
    lang.pick(&indicator.name_vi, &indicator.name_en)
}

/// A name inside a sentence: "Doanh thu" becomes "doanh thu"; GDP and IPv6 stay as they are.
pub(crate) fn inside(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() && !second.is_ascii_digit() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => name.to_owned(),
    }
}

/// The unit as it stands inside a sentence; nothing for the whole country, which goes without saying.
pub(crate) fn place(unit: &Unit, lang: Lang) -> Option<String> {
    Some(match (unit.kind, lang) {
        (UnitKind::Country, _) => return None,
        (UnitKind::Group, Lang::Vi) => inside(&unit.name_vi),
        (UnitKind::Group, Lang::En) => inside(&unit.name_en),
        (UnitKind::Province | UnitKind::District | UnitKind::Commune, Lang::Vi) => {
            inside(&unit.full_name_vi)
        }
        (UnitKind::Region, Lang::Vi) if !unit.name_vi.to_lowercase().starts_with("vùng") => {
            format!("vùng {}", unit.name_vi)
        }
        (UnitKind::Region, Lang::Vi) => inside(&unit.name_vi),
        (_, Lang::Vi) => unit.name_vi.clone(),
        (_, Lang::En) => unit.name_en.clone(),
    })
}

/// What the members of a unit are called when they are counted: "4/19 bộ, ngành".
pub(crate) fn members(unit: &Unit, lang: Lang) -> &'static str {
    let code = unit.code.as_str();
    if code.starts_with("@bodies") {
        lang.pick("bộ, ngành, địa phương", "ministries, agencies and localities")
    } else if code.starts_with("@ministries") {
        lang.pick("bộ, ngành", "ministries")
    } else if code.starts_with("@provinces")
        || matches!(unit.kind, UnitKind::Country | UnitKind::Region)
    {
        lang.pick("tỉnh, thành phố", "provinces")
    } else {
        lang.pick("đơn vị", "units")
    }
}

/// "41/63 tỉnh đã có số liệu".
pub(crate) fn coverage(coverage: Coverage, indicator: &Indicator, lang: Lang) -> String {
    let applies = |kind| indicator.applies_to.iter().any(|(applied, _)| *applied == kind);
    let noun = if applies(UnitKind::Province) {
        lang.pick("tỉnh", "provinces")
    } else if applies(UnitKind::Ministry) {
        lang.pick("bộ, ngành", "ministries")
    } else {
        lang.pick("đơn vị", "units")
    };
    let Coverage { present, expected } = coverage;
    lang.pick(
        format!("{present}/{expected} {noun} đã có số liệu"),
        format!("{present} of {expected} {noun} have figures"),
    )
}

/// Whether coverage must be said: the figure is added up or worked out, and something is missing in it.
pub(crate) fn is_partial(answered: &Answered) -> bool {
    answered.basis != Basis::Stated
        && answered.coverage.expected > 0
        && !answered.coverage.is_full()
}

/// The unit of measure of what is said of an indicator.
pub(crate) fn unit_of_measure(indicator: &Indicator, measure: Measure, lang: Lang) -> &str {
    match measure {
        Measure::ChangeOnYear
        | Measure::ChangeOnPeriod
        | Measure::ChangeOn(_)
        | Measure::ShareOfPlan
        | Measure::ShareOfWhole
        | Measure::Coverage => "%",
        Measure::Points | Measure::PointsOn(_) if indicator.is_percentage() => {
            lang.pick("điểm %", "points")
        }
        Measure::Rank | Measure::CountAtLeast(_) => "",
        Measure::Points
        | Measure::PointsOn(_)
        | Measure::Level
        | Measure::YearToDate
        | Measure::Plan
        | Measure::Target
        | Measure::Threshold => lang.pick(&indicator.unit_vi, &indicator.unit_en),
    }
}

/// The figure at the precision at which it is shown: as stated, or rounded where it was worked out.
pub(crate) fn shown(answered: &Answered, indicator: &Indicator) -> Figure {
    match (answered.figure, answered.basis) {
        (Figure::Number(number), Basis::RolledUp | Basis::Computed) => {
            let decimals = if answered.cell.measure.is_percentage() {
                1
            } else {
                indicator.scale.max(number_of_decimals(answered))
            };
            Figure::Number(number.rounded(decimals))
        }
        (figure, _) => figure,
    }
}

/// Differences of percentages need two decimals even where the percentages are whole.
fn number_of_decimals(answered: &Answered) -> u8 {
    match answered.cell.measure {
        Measure::Points | Measure::PointsOn(_) => 2,
        _ => 0,
    }
}

/// What follows from other figures, where it differs from what was said at the precision at which it was said.
pub(crate) fn differing(answered: &Answered, indicator: &Indicator, lang: Lang) -> Option<String> {
    let (computed, stated) = (answered.computed?, answered.figure.number()?);
    let agrees = match answered.qualifier {
        None => computed.rounded(stated.least_scale()) == stated,
        Some(Qualifier::Over | Qualifier::AtLeast) => computed >= stated,
        Some(Qualifier::Nearly | Qualifier::Under | Qualifier::AtMost) => computed <= stated,
        Some(Qualifier::About) => computed.rounded(0) == stated.rounded(0),
    };
    if agrees {
        return None;
    }
    let decimals = if answered.cell.measure.is_percentage() { 2 } else { indicator.scale };
    let unit = unit_of_measure(indicator, answered.cell.measure, lang);
    let number = number::joined(&number::minimal(computed.rounded(decimals), lang), unit);
    Some(
        lang.pick(
            format!("tính từ số liệu: {number}"),
            format!("computed from the figures: {number}"),
        ),
    )
}

/// Where a figure came from, in words.
pub(crate) fn source(source: Source, publisher: Option<&str>, lang: Lang) -> String {
    match (source, publisher) {
        (Source::Reported, _) => lang.pick("số báo cáo", "reported").to_owned(),
        (Source::Measured, _) => lang.pick("số đo trực tuyến", "measured").to_owned(),
        (Source::Published, Some(by)) => {
            lang.pick(format!("{by} công bố"), format!("published by {by}"))
        }
        (Source::Published, None) => lang.pick("số đã công bố", "published").to_owned(),
        (Source::Imported, _) => lang.pick("số nhập từ tệp", "imported").to_owned(),
    }
}

/// What is said of the cell, for labels; nothing for the level.
pub(crate) fn measure(measure: Measure, at: model::Period, lang: Lang) -> Option<String> {
    Some(match measure {
        Measure::Level => return None,
        Measure::ChangeOnYear | Measure::Points => on_year(lang).to_owned(),
        Measure::ChangeOnPeriod => match at.previous() {
            Some(before) => on(before, lang),
            None => lang.pick("so với kỳ trước", "on the period before").to_owned(),
        },
        Measure::ChangeOn(base) | Measure::PointsOn(base) => on(base, lang),
        Measure::ShareOfPlan => {
            lang.pick("so với kế hoạch năm", "share of the year's plan").to_owned()
        }
        Measure::YearToDate => lang.pick("lũy kế từ đầu năm", "year to date").to_owned(),
        Measure::Plan => lang.pick("kế hoạch năm", "the year's plan").to_owned(),
        Measure::Target => lang.pick("mục tiêu", "target").to_owned(),
        Measure::Threshold => lang.pick("ngưỡng", "threshold").to_owned(),
        Measure::Rank => lang.pick("xếp hạng", "rank").to_owned(),
        Measure::ShareOfWhole => {
            lang.pick("tỷ trọng trong cả nước", "share of the country").to_owned()
        }
        Measure::Coverage => {
            lang.pick("tỷ lệ đơn vị có số liệu", "share of units with figures").to_owned()
        }
        Measure::CountAtLeast(threshold) => at_least(threshold, lang),
    })
}

/// "so với cùng kỳ năm trước".
pub(crate) fn on_year(lang: Lang) -> &'static str {
    lang.pick("so với cùng kỳ năm trước", "on the same period of last year")
}

/// "so với quý IV/2019".
pub(crate) fn on(base: model::Period, lang: Lang) -> String {
    let base = period::words(base, lang);
    lang.pick(format!("so với {base}"), format!("on {base}"))
}

/// "từ 30% trở lên", without its unit.
pub(crate) fn at_least(threshold: Decimal, lang: Lang) -> String {
    let threshold = number::minimal(threshold, lang);
    lang.pick(
        format!("số đơn vị đạt từ {threshold} trở lên"),
        format!("units at {threshold} or more"),
    )
}

/// A breakdown in words: "nữ", "15–24 tuổi"; a code that has no words stays a code.
pub fn breakdown(breakdown: &Breakdown, lang: Lang) -> Option<String> {
    if breakdown.as_str().is_empty() {
        return None;
    }
    let words = breakdown.as_str().split(',').map(|part| match part {
        "SEX=F" => lang.pick("nữ", "women").to_owned(),
        "SEX=M" => lang.pick("nam", "men").to_owned(),
        "URB=U" | "AREA=U" | "AREA=URBAN" => lang.pick("thành thị", "urban").to_owned(),
        "URB=R" | "AREA=R" | "AREA=RURAL" => lang.pick("nông thôn", "rural").to_owned(),
        other => match other.strip_prefix("AGE=Y").and_then(|ages| ages.split_once('T')) {
            Some((from, to)) => lang.pick(format!("{from}–{to} tuổi"), format!("aged {from}–{to}")),
            None => other.to_owned(),
        },
    });
    Some(words.collect::<Vec<_>>().join(", "))
}
