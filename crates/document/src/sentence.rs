//! A finished sentence for any answered figure, ready for Word or a chat: "Sao chép câu".
//!
//! People quote numbers without their period, place, status and basis; the sentence carries them.
//! An estimate says that it is one, what is incomplete says how much is there, and nothing is
//! called an achievement that is only a number.

use model::answer::Answered;
use model::indicator::{Good, OverTime};
use model::{Cell, Figure, Indicator, Measure, Period, Source, Status, Unit, UnitKind};

use crate::{Lang, number, period, words};

/// What a figure is about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// What is counted.
    pub indicator: &'a Indicator,
    /// About what.
    pub unit: &'a Unit,
}

/// What else is known of the same cell, and is said with its level.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// Change on the same period of last year.
    pub change_on_year: Option<&'a Answered>,
    /// Share of the year's plan.
    pub share_of_plan: Option<&'a Answered>,
    /// The same level from the other source, where one reports and one measures.
    pub other_source: Option<&'a Answered>,
}

/// The sentence for one answered figure.
pub fn sentence(answered: &Answered, subject: Subject, beside: Beside, lang: Lang) -> String {
    let Subject { indicator, unit } = subject;
    let cell = &answered.cell;
    let named = named(answered, subject, lang);
    let when = opening(answered, indicator, lang);
    let said = said(answered, indicator, lang);
    let figure = words::shown(answered, indicator);
    let told = match cell.measure {
        _ if matches!(figure, Figure::Absent(_)) => {
            let what = words::measure(cell.measure, cell.period, lang)
                .map(|m| format!(" ({m})"))
                .unwrap_or_default();
            format!("{when}, {named}{what}: {said}")
        }
        Measure::Level | Measure::YearToDate => match beside
            .other_source
            .and_then(|other| pair(answered, other))
        {
            Some((reported, measured)) => {
                let (reported, measured) =
                    (self::said(reported, indicator, lang), self::said(measured, indicator, lang));
                let (named, who) = who_reports(&named, subject, lang);
                lang.pick(
                    format!("{when}, {named}: {who} báo cáo {reported}, đo trực tuyến đạt {measured}"),
                    format!("{when}, {named}: {who} reported {reported}; measured in the systems it was {measured}"),
                )
            }
            None => {
                let mut told = format!(
                    "{when}, {named} {} {said}",
                    attains(answered.status, indicator.good, lang)
                );
                for clause in clauses(&answered.cell, beside, indicator, lang) {
                    told.push_str(", ");
                    told.push_str(&clause);
                }
                told
            }
        },
        Measure::ChangeOnYear
        | Measure::ChangeOnPeriod
        | Measure::ChangeOn(_)
        | Measure::Points
        | Measure::PointsOn(_) => {
            let base = words::measure(cell.measure, cell.period, lang).unwrap_or_default();
            let change = change(answered, indicator, lang);
            let verb = lang.pick("", "was ");
            format!("{when}, {named} {verb}{change} {base}")
        }
        Measure::ShareOfPlan => {
            let verb = attains(answered.status, Good::Up, lang);
            lang.pick(
                format!("{when}, {named} {verb} {said} kế hoạch năm"),
                format!("{when}, {named} {verb} {said} of the year's plan"),
            )
        }
        Measure::Plan => {
            let year = period::words(cell.period, lang);
            lang.pick(
                format!("Kế hoạch {year} về {named}: {said}"),
                format!("Plan for {year}, {named}: {said}"),
            )
        }
        Measure::Target => {
            let by = period::words(cell.period, lang);
            lang.pick(
                format!("Mục tiêu đến {by} về {named}: {said}"),
                format!("Target for {by}, {named}: {said}"),
            )
        }
        Measure::Threshold => {
            let at = period::words(cell.period, lang);
            lang.pick(
                format!("Ngưỡng {at} về {named}: {said}"),
                format!("Threshold for {at}, {named}: {said}"),
            )
        }
        Measure::ShareOfWhole => lang.pick(
            format!("{when}, {named} chiếm {said} của cả nước"),
            format!("{when}, {named} made up {said} of the country"),
        ),
        Measure::Coverage => lang.pick(
            format!("{when}, {said} số đơn vị đã có số liệu về {named}"),
            format!("{when}, {said} of units have figures for {named}"),
        ),
        Measure::Rank => {
            let place = words::place(unit, lang)
                .unwrap_or_else(|| lang.pick("cả nước", "the country").to_owned());
            let name = words::inside(words::indicator(indicator, lang));
            lang.pick(
                format!("{when}, {place} xếp thứ {said} về {name}"),
                format!("{when}, {place} ranked {said} by {name}"),
            )
        }
        Measure::CountAtLeast(threshold) => {
            let name = words::inside(words::indicator(indicator, lang));
            let members = words::members(unit, lang);
            let threshold = number::joined(
                &number::minimal(threshold, lang),
                lang.pick(&indicator.unit_vi, &indicator.unit_en),
            );
            lang.pick(
                format!("{when}, {said} {members} có {name} từ {threshold} trở lên"),
                format!("{when}, {said} {members} stood at {threshold} or more: {name}"),
            )
        }
    };
    let partial = match words::is_partial(answered) {
        true => format!(" ({})", words::coverage(answered.coverage, indicator, lang)),
        false => String::new(),
    };
    format!("{told}{partial}.")
}

/// The figure as it is said, at the precision at which it is shown: "gần 8.000 báo cáo", `4/19`.
pub(crate) fn said(answered: &Answered, indicator: &Indicator, lang: Lang) -> String {
    let figure = words::shown(answered, indicator);
    let unit = words::unit_of_measure(indicator, answered.cell.measure, lang);
    match (figure, answered.of) {
        (Figure::Number(number), Some(_)) => number::count(number, answered.of, lang),
        _ => number::said(figure, answered.qualifier, unit, lang),
    }
}

/// A change in words, with its unit: "tăng 27%", "giảm 3,2 điểm %".
pub(crate) fn change(answered: &Answered, indicator: &Indicator, lang: Lang) -> String {
    let unit = words::unit_of_measure(indicator, answered.cell.measure, lang);
    number::change(words::shown(answered, indicator), answered.qualifier, unit, lang)
}

/// The verb that fits a status: "ước đạt", "sơ bộ đạt", "đạt"; what nobody wants more of is not attained.
pub(crate) fn attains(status: Option<Status>, good: Good, lang: Lang) -> &'static str {
    let wanted = good == Good::Up;
    match (status, wanted) {
        (Some(Status::Estimated), true) => lang.pick("ước đạt", "was estimated at"),
        (Some(Status::Estimated), false) => lang.pick("ước là", "was estimated at"),
        (Some(Status::Provisional), true) => lang.pick("sơ bộ đạt", "was provisionally"),
        (Some(Status::Provisional), false) => lang.pick("sơ bộ là", "was provisionally"),
        (Some(Status::Final) | None, true) => lang.pick("đạt", "was"),
        (Some(Status::Final) | None, false) => lang.pick("là", "was"),
    }
}

/// "doanh thu bưu chính của tỉnh Bình Định (nữ)".
fn named(answered: &Answered, subject: Subject, lang: Lang) -> String {
    let mut named = words::inside(words::indicator(subject.indicator, lang));
    if let Some(breakdown) = words::breakdown(&answered.cell.breakdown, lang) {
        named.push_str(&format!(" ({breakdown})"));
    }
    if let Some(place) = words::place(subject.unit, lang) {
        let of = match subject.unit.kind {
            UnitKind::Region | UnitKind::Province | UnitKind::District | UnitKind::Commune => {
                lang.pick("của", "in")
            }
            UnitKind::Country
            | UnitKind::Ministry
            | UnitKind::Agency
            | UnitKind::Firm
            | UnitKind::Newsroom
            | UnitKind::Portal
            | UnitKind::Group => lang.pick("của", "of"),
        };
        named.push_str(&format!(" {of} {place}"));
    }
    named
}

fn opening(answered: &Answered, indicator: &Indicator, lang: Lang) -> String {
    let at = answered.cell.period;
    match (answered.cell.measure, indicator.over_time) {
        (Measure::ShareOfPlan, _) if !is_since_january(at, indicator) => {
            let since = period::year_to_date(at, lang);
            lang.pick(format!("Lũy kế {since}"), format!("In {since}"))
        }
        (Measure::YearToDate, _) => {
            let since = period::year_to_date(at, lang);
            lang.pick(format!("Lũy kế {since}"), format!("In {since}"))
        }
        (Measure::Level, OverTime::Last) if !matches!(answered.figure, Figure::Absent(_)) => {
            let by = period::words(at, lang);
            lang.pick(format!("Đến hết {by}"), format!("At the end of {by}"))
        }
        _ => period::opening(at, lang),
    }
}

/// What is said with a level. The change and the share that stand beside a cell are of its period:
/// growth of a month is not growth since January, and the plan's share is always since January.
fn clauses(cell: &Cell, beside: Beside, indicator: &Indicator, lang: Lang) -> Vec<String> {
    let told = |answered: &&Answered| !matches!(answered.figure, Figure::Absent(_));
    let since_january = is_since_january(cell.period, indicator);
    let is_to_date = cell.measure == Measure::YearToDate;
    let grown =
        beside.change_on_year.filter(told).filter(|_| since_january || !is_to_date).map(
            |answered| format!("{} {}", change(answered, indicator, lang), words::on_year(lang)),
        );
    let planned = beside.share_of_plan.filter(told).map(|answered| {
        let share = said(answered, indicator, lang);
        if since_january || is_to_date {
            lang.pick(format!("đạt {share} kế hoạch năm"), format!("{share} of the year's plan"))
        } else {
            lang.pick(
                format!("lũy kế từ đầu năm đạt {share} kế hoạch năm"),
                format!("year to date {share} of the year's plan"),
            )
        }
    });
    grown.into_iter().chain(planned).collect()
}

/// Whether the level of a period is already all there is of the year: stocks always, flows when it begins in January.
fn is_since_january(at: Period, indicator: &Indicator) -> bool {
    indicator.over_time != OverTime::Sum
        || at.year_to_date().first().is_none_or(|first| *first == at)
}

/// The reported and the measured one of two answers, if they are that.
fn pair<'a>(one: &'a Answered, other: &'a Answered) -> Option<(&'a Answered, &'a Answered)> {
    let both_told = one.value().is_some() && other.value().is_some();
    match (one.source, other.source) {
        (Some(Source::Reported), Some(Source::Measured)) if both_told => Some((one, other)),
        (Some(Source::Measured), Some(Source::Reported)) if both_told => Some((other, one)),
        _ => None,
    }
}

/// The name and who reported it; a group that reports is named once.
fn who_reports(named: &str, subject: Subject, lang: Lang) -> (String, String) {
    let code = subject.unit.code.as_str();
    let group = if code.starts_with("@provinces") {
        lang.pick("các tỉnh", "the provinces")
    } else if code.starts_with("@ministries") {
        lang.pick("các bộ, ngành", "the ministries")
    } else {
        return (named.to_owned(), lang.pick("đơn vị", "the body").to_owned());
    };
    (words::inside(words::indicator(subject.indicator, lang)), group.to_owned())
}

#[cfg(test)]
mod tests;
