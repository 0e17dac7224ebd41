//! The rule that makes the figures nobody published, in whole numbers from end to end.
//!
//! 1. **National total of a month.** A *flow* has a total for each year (the published one, else
//!    the one of `data/rows.csv`), cut to months by its season (twelve weights). Published months,
//!    quarters, halves and years-to-date are fixed first, the shortest first; what is left of a
//!    longer one is spread over its free months. So a published half is met exactly and the other
//!    half absorbs the difference to the published year. A *stock* runs in a straight line between
//!    year ends and published moments; a published moment more than a tenth away from the one before
//!    contradicts it (1.767.766 workers after 1.512.144) and is not followed. A *national share* is so many
//!    thousandths of another total.
//! 2. **Province of a month.** The total is divided by weights (people, industry, or both) that
//!    swing by at most 6% a month for flows and drift by at most 2% a year for stocks; the rest of the
//!    division goes to the largest remainders, so the provinces always add up to the total.
//! 3. A *share* (fibre of fixed broadband) is a part in a million of the province's own figure,
//!    rounded down, so that a part never exceeds its whole. Attacks are split by kind, half-year by half-year.
//!
//! The swing of a unit in a month is a hash of both and nothing else: no clock, no chance, no
//! fractions, the same figures on every machine. Weights are orders of magnitude of our own, no statistics.

use std::collections::HashMap;

use model::{Breakdown, Catalogue, Decimal, Figure, Frequency, IndicatorCode, Measure, Period};
use serde::Deserialize;

use crate::form::{Asked, asked};
use crate::published::{Said, levels_to_follow};
use crate::table::{mixed, number_of, rows};

/// January 2018 is month 0.
const FIRST_YEAR: i16 = 2018;
const YEARS: usize = 7;
/// Until the end of 2024, so that July 2024 can be filled in plausibly.
pub(crate) const MONTHS: usize = 12 * YEARS;

/// A month by its number since January 2018.
pub(crate) fn month_number(year: i16, month: i8) -> usize {
    (i32::from(year - FIRST_YEAR) * 12 + i32::from(month) - 1)
        .try_into()
        .expect("nothing is before 2018")
}

#[derive(Deserialize)]
struct Weight {
    unit: String,
    people: i128,
    industry: i128,
}

/// The figures of one row of a template: month by month, unit by unit, at the indicator's scale.
#[derive(Clone, Debug)]
pub struct Series {
    /// The template that asks for it.
    pub template: String,
    /// What is counted.
    pub indicator: IndicatorCode,
    /// Of which part.
    pub breakdown: Breakdown,
    /// Decimals of the mantissas.
    pub scale: u8,
    /// The first month that was reported, by its number since January 2018.
    pub since: usize,
    /// The last month that was reported, by its number.
    pub until: usize,
    /// Mantissas by month, then by unit.
    values: Vec<Vec<i64>>,
}

/// Every figure the rule makes.
#[derive(Clone, Debug)]
pub struct Figures {
    /// The 63 provinces, in official order.
    pub provinces: Vec<String>,
    /// The 22 ministries and Vietnam Social Security.
    pub ministries: Vec<String>,
    /// Row by row.
    pub series: Vec<Series>,
}

impl Series {
    /// The figure of a unit (its place among those of the template) in a month.
    pub fn at(&self, month: usize, unit: usize) -> Decimal {
        Decimal::new(self.values[month][unit].into(), self.scale)
            .expect("the rule stays far below 18 digits")
    }

    fn total(&self, month: usize) -> i128 {
        self.values[month].iter().map(|value| i128::from(*value)).sum()
    }
}

impl Figures {
    /// The units that fill a template.
    pub fn units_of(&self, template: &str) -> &[String] {
        if template == "BO-THANG" { &self.ministries } else { &self.provinces }
    }

    /// The series of a row.
    pub fn find(&self, template: &str, indicator: &str, breakdown: &str) -> Option<&Series> {
        self.series.iter().find(|series| {
            series.template == template
                && series.indicator.as_str() == indicator
                && series.breakdown.as_str() == breakdown
        })
    }
}

/// Divides a total by weights; the rest goes to the largest remainders, the first of equals first.
/// With a total no greater than the sum of the weights, no part exceeds its weight.
pub(crate) fn apportion(total: i128, weights: &[i128]) -> Vec<i128> {
    let sum: i128 = weights.iter().sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let mut parts: Vec<i128> =
        weights.iter().map(|weight| (total * weight).div_euclid(sum)).collect();
    let mut by_rest: Vec<usize> = (0..weights.len()).collect();
    by_rest.sort_by_key(|&at| (-(total * weights[at]).rem_euclid(sum), at));
    let left = total - parts.iter().sum::<i128>();
    for &at in by_rest.iter().take(left.try_into().expect("each part misses less than one")) {
        parts[at] += 1;
    }
    parts
}

/// Divides a total by weights so that no part exceeds its cap: what is cut off goes to the others.
fn apportion_capped(total: i128, weights: &[i128], caps: &[i128]) -> Vec<i128> {
    let mut full = vec![false; weights.len()];
    loop {
        let fixed: i128 = (0..caps.len()).filter(|&at| full[at]).map(|at| caps[at]).sum();
        let open: Vec<i128> =
            (0..weights.len()).map(|at| if full[at] { 0 } else { weights[at] }).collect();
        let parts = apportion(total - fixed, &open);
        let over: Vec<usize> =
            (0..parts.len()).filter(|&at| !full[at] && parts[at] > caps[at]).collect();
        if over.is_empty() {
            return (0..parts.len())
                .map(|at| if full[at] { caps[at] } else { parts[at] })
                .collect();
        }
        for at in over {
            full[at] = true;
        }
    }
}

fn season(name: &str) -> [i128; 12] {
    match name {
        "revenue" => [86, 78, 98, 97, 99, 102, 100, 101, 103, 106, 108, 122],
        "parcel" => [90, 74, 88, 86, 95, 101, 104, 106, 108, 111, 116, 121],
        "work" => [100, 72, 108, 102, 100, 102, 102, 104, 98, 106, 106, 100],
        "even" => [102, 92, 100, 99, 100, 99, 100, 101, 100, 102, 101, 104],
        other => panic!("the committed table has no season called {other}"),
    }
}

/// The months of a statistical period from 2018 to 2024, by number.
fn months_of(period: Period, measure: Measure) -> Option<std::ops::RangeInclusive<usize>> {
    if !(FIRST_YEAR..FIRST_YEAR + YEARS as i16).contains(&period.named_year()) {
        return None;
    }
    let last = month_number(period.named_year(), period.last_month());
    let length = match (measure, period.frequency()) {
        (Measure::YearToDate, _) => {
            usize::try_from(period.last_month()).expect("months are positive")
        }
        (_, Frequency::Month) => 1,
        (_, Frequency::Quarter) => 3,
        (_, Frequency::Half) => 6,
        (_, Frequency::Year) => 12,
        (_, Frequency::Day | Frequency::Week | Frequency::Range) => return None,
    };
    Some(last + 1 - length..=last)
}

fn mantissa(figure: Figure, scale: u8) -> Option<i128> {
    Some(figure.number()?.exactly_at(scale)?.mantissa().into())
}

/// The yearly numbers of a row at a scale; `None` where the table is empty.
fn yearly(row: &Asked, scale: u8) -> [Option<i128>; YEARS] {
    [&row.y2018, &row.y2019, &row.y2020, &row.y2021, &row.y2022, &row.y2023, &row.y2024].map(
        |text| {
            let number = (!text.is_empty()).then(|| {
                Decimal::parse(text).expect("the committed table holds decimals with a dot")
            })?;
            Some(
                number
                    .exactly_at(scale)
                    .expect("the committed table keeps to the scale")
                    .mantissa()
                    .into(),
            )
        },
    )
}

/// A straight line through year ends and other moments; level before the first.
fn line(mut anchors: Vec<(i128, i128)>) -> Vec<i128> {
    anchors.sort_unstable();
    if let [(11, first), (_, second), ..] = anchors[..] {
        // What grew from little did not begin below nothing.
        anchors.insert(0, (-1, (first - (second - first)).max(first / 2)));
    }
    (0..MONTHS as i128)
        .map(|month| {
            let after = anchors.iter().position(|(at, _)| *at >= month);
            match after {
                Some(0) => anchors[0].1,
                None => anchors[anchors.len() - 1].1,
                Some(next) => {
                    let ((from, low), (to, high)) = (anchors[next - 1], anchors[next]);
                    low + ((high - low) * (month - from)).div_euclid(to - from)
                }
            }
        })
        .collect()
}

/// The parts in a million of a share, month by month.
fn share_of_a_million(row: &Asked) -> Vec<i128> {
    let ends = yearly(row, 0);
    line((0..YEARS).filter_map(|year| Some((12 * year as i128 + 11, ends[year]? * 1000))).collect())
}

fn flow_totals(row: &Asked, scale: u8, followed: &[&Said]) -> Vec<i128> {
    let weights = season(&row.season);
    let mut fixed: Vec<(usize, usize, i128)> = vec![];
    for said in followed {
        let (Some(months), Some(value)) =
            (months_of(said.cell.period, said.cell.measure), mantissa(said.figure, scale))
        else {
            continue;
        };
        // The first statement of the same months is followed; a later one stays a published figure.
        if !fixed.iter().any(|(from, to, _)| (*from, *to) == (*months.start(), *months.end())) {
            fixed.push((*months.start(), *months.end(), value));
        }
    }
    for (year, total) in yearly(row, scale).into_iter().enumerate() {
        let months = (12 * year, 12 * year + 11);
        if !fixed.iter().any(|(from, to, _)| (*from, *to) == months) {
            fixed.extend(total.map(|total| (months.0, months.1, total)));
        }
    }
    fixed.sort_by_key(|(from, to, _)| (to - from, *from));
    let mut totals: Vec<Option<i128>> = vec![None; MONTHS];
    for (from, to, value) in fixed {
        let open: Vec<usize> = (from..=to).filter(|&month| totals[month].is_none()).collect();
        let spoken_for: i128 = totals[from..=to].iter().flatten().sum();
        let shares: Vec<i128> = open.iter().map(|month| weights[month % 12]).collect();
        for (month, part) in open.iter().zip(apportion((value - spoken_for).max(0), &shares)) {
            totals[*month] = Some(part);
        }
    }
    totals.into_iter().map(|total| total.unwrap_or(0)).collect()
}

fn stock_totals(row: &Asked, scale: u8, followed: &[&Said]) -> Vec<i128> {
    let mut moments: Vec<(i128, i128)> = followed
        .iter()
        .filter_map(|said| {
            Some((
                *months_of(said.cell.period, Measure::Level)?.end() as i128,
                mantissa(said.figure, scale)?,
            ))
        })
        .collect();
    moments.sort_by_key(|(month, _)| *month);
    let mut anchors: Vec<(i128, i128)> = vec![];
    for (month, value) in moments {
        let agrees =
            anchors.last().is_none_or(|(_, before)| (value - before).abs() * 10 <= *before);
        if agrees {
            anchors.push((month, value));
        }
    }
    for (year, end) in yearly(row, scale).into_iter().enumerate() {
        let month = 12 * year as i128 + 11;
        if !anchors.iter().any(|(at, _)| *at == month) {
            anchors.extend(end.map(|end| (month, end)));
        }
    }
    line(anchors)
}

struct Weights(Vec<Weight>);

impl Weights {
    fn of(units: &[String]) -> Weights {
        let mut table: HashMap<String, Weight> = rows(include_str!("../data/weights.csv"))
            .into_iter()
            .map(|weight: Weight| (weight.unit.clone(), weight))
            .collect();
        Weights(
            units
                .iter()
                .map(|unit| table.remove(unit).expect("every reporting unit has weights"))
                .collect(),
        )
    }

    /// Each unit's weight, in no unit of measure.
    fn named(&self, name: &str) -> Vec<i128> {
        let people: i128 = self.0.iter().map(|weight| weight.people).sum();
        let industry: i128 = self.0.iter().map(|weight| weight.industry).sum();
        let mean = people / self.0.len() as i128;
        let both = |of_people: i128, of_industry: i128| {
            self.0
                .iter()
                .map(|w| of_people * w.people * industry + of_industry * w.industry * people)
                .collect()
        };
        match name {
            "people" => self.0.iter().map(|w| w.people).collect(),
            "industry" => self.0.iter().map(|w| w.industry).collect(),
            "flat" => self.0.iter().map(|w| w.people + mean).collect(),
            "mix" => both(15, 85),
            "post" => both(60, 40),
            other => panic!("the committed table has no weights called {other}"),
        }
    }
}

/// The swing of a flow in a month: −60 to 60 thousandths. Rows of one season that are parts of one
/// another swing together, so that a part stays below its whole.
fn swing(row: &Asked, unit: &str, month: usize) -> i128 {
    let family = match row.season.as_str() {
        "revenue" | "parcel" => row.season.as_str(),
        _ => row.indicator.as_str(),
    };
    i128::from(mixed(&[number_of(family), number_of(unit), month as u64]) % 121) - 60
}

/// The drift of a stock: −20 to 20 thousandths a year; workers drift together.
fn drift(row: &Asked, unit: &str) -> i128 {
    let family =
        if row.indicator.ends_with("LAODONG") { "LAODONG" } else { row.indicator.as_str() };
    i128::from(mixed(&[number_of(family), number_of(unit)]) % 41) - 20
}

fn narrow(values: Vec<Vec<i128>>) -> Vec<Vec<i64>> {
    let narrow = |value: i128| i64::try_from(value).expect("the rule stays far below 18 digits");
    values.into_iter().map(|month| month.into_iter().map(narrow).collect()).collect()
}

/// Makes every figure of the three templates, and of the levels of public services that the
/// departments reported until June 2022.
pub fn figures(catalogue: &Catalogue) -> Figures {
    let followed = levels_to_follow(catalogue);
    let provinces = crate::place::provinces_63();
    let ministries: Vec<String> = crate::place::ministries()
        .into_iter()
        .filter(|(code, _, _, agency)| !agency || code == "A01")
        .map(|(code, ..)| code)
        .collect();
    let mut all = Figures { provinces, ministries, series: vec![] };
    for row in asked() {
        let values = values_of(&row, catalogue, &followed, &all);
        let indicator =
            catalogue.get(&row.indicator).expect("templates ask for indicators of the catalogue");
        let since = match row.since.split_once('-') {
            Some((year, month)) => {
                let parsed = year.parse().ok().zip(month.parse().ok());
                let (year, month) = parsed.expect("the committed table holds months");
                month_number(year, month)
            }
            None => 0,
        };
        all.series.push(Series {
            template: row.template,
            indicator: indicator.code.clone(),
            breakdown: Breakdown::parse(&row.breakdown)
                .expect("the committed table holds valid breakdowns"),
            scale: indicator.scale,
            since,
            until: MONTHS - 1,
            values: narrow(values),
        });
    }
    let services = levels_of_service(&all);
    all.series.extend(services);
    all
}

fn values_of(
    row: &Asked,
    catalogue: &Catalogue,
    followed: &[Said],
    all: &Figures,
) -> Vec<Vec<i128>> {
    let scale =
        catalogue.get(&row.indicator).expect("templates ask for indicators of the catalogue").scale;
    let units = all.units_of(&row.template);
    // What was published of the country is spread over the departments; ministries have no such total.
    let followed: Vec<&Said> = followed
        .iter()
        .filter(|said| {
            row.template == "SO-THANG"
                && row.breakdown.is_empty()
                && said.cell.indicator.as_str() == row.indicator
        })
        .collect();
    let whole = || all.find(&row.template, &row.of, "").expect("a share stands below its whole");
    let divided = |totals: Vec<i128>, moving: &dyn Fn(&str, usize) -> i128| {
        let weights = Weights::of(units).named(&row.weights);
        totals
            .into_iter()
            .enumerate()
            .map(|(month, total)| {
                let moved: Vec<i128> = units
                    .iter()
                    .zip(&weights)
                    .map(|(unit, weight)| weight * moving(unit, month))
                    .collect();
                apportion(total, &moved)
            })
            .collect()
    };
    match row.kind.as_str() {
        "flow" => divided(flow_totals(row, scale, &followed), &|unit, month| {
            1000 + swing(row, unit, month)
        }),
        "stock" => divided(stock_totals(row, scale, &followed), &|unit, month| {
            12_000 + drift(row, unit) * month as i128
        }),
        "national_share" => {
            let (whole, share) = (whole(), share_of_a_million(row));
            let totals =
                (0..MONTHS).map(|month| whole.total(month) * share[month] / 1_000_000).collect();
            divided(totals, &|unit, month| 1000 + swing(row, unit, month))
        }
        "share" => {
            let (whole, share) = (whole(), share_of_a_million(row));
            let is_flow = catalogue
                .get(&row.indicator)
                .is_some_and(|i| i.over_time == model::indicator::OverTime::Sum);
            (0..MONTHS)
                .map(|month| {
                    let room = share[month].min(1_000_000 - share[month]);
                    let of_unit = |at: usize| {
                        let own = i128::from(
                            mixed(&[number_of(&row.indicator), number_of(&units[at])]) % 121,
                        ) - 60;
                        let moved = if is_flow { swing(row, &units[at], month) / 6 } else { 0 };
                        i128::from(whole.values[month][at])
                            * (share[month] + room * (own + moved) / 1000)
                            / 1_000_000
                    };
                    (0..units.len()).map(of_unit).collect()
                })
                .collect()
        }
        "attack" => attacks(row, followed.as_slice(), all),
        other => panic!("the committed table has no rule called {other}"),
    }
}

/// Splits the attacks of each half-year by kind: the published numbers where there are any, else 30%
/// phishing and 15% defacement of the country's total; the rest is malware.
fn attacks(row: &Asked, followed: &[&Said], all: &Figures) -> Vec<Vec<i128>> {
    let whole = all.find(&row.template, &row.of, "").expect("the kinds stand below the whole");
    let earlier: Vec<&Series> = ["ATTT.TANCONG_PHISHING", "ATTT.TANCONG_DEFACE"]
        .iter()
        .filter_map(|code| all.find(&row.template, code, ""))
        .collect();
    let percent = [30, 15].get(earlier.len());
    let mut values = vec![];
    for half in 0..MONTHS / 6 {
        let months = 6 * half..6 * half + 6;
        let left: Vec<i128> = months
            .clone()
            .flat_map(|month| (0..all.provinces.len()).map(move |at| (month, at)))
            .map(|(month, at)| {
                let taken: i64 = earlier.iter().map(|series| series.values[month][at]).sum();
                i128::from(whole.values[month][at] - taken)
            })
            .collect();
        let total: i128 = months.clone().map(|month| whole.total(month)).sum();
        let said = followed.iter().find(|said| {
            months_of(said.cell.period, said.cell.measure) == Some(months.start..=months.end - 1)
        });
        let split = match (said.and_then(|said| mantissa(said.figure, 0)), percent) {
            (_, None) => left,
            (Some(published), _) => apportion(published, &left),
            (None, Some(percent)) => apportion(total * percent / 100, &left),
        };
        values.extend(split.chunks(all.provinces.len()).map(<[i128]>::to_vec));
    }
    values
}

/// The bodies ahead of the others in 2020: four ministries and four provinces over 30% at level 4.
const AHEAD: [&str; 8] = ["G07", "G08", "G14", "G18", "22", "46", "48", "80"];
/// The two ministries that had all services at level 4 by June 2020, as the review of July 2020 says.
const COMPLETE: [&str; 2] = ["G14", "G18"];
/// The last month of levels: Decree 42/2022 replaced them.
const LAST_OF_LEVELS: (i16, i8) = (2022, 6);

/// Public services, those at level 3 or 4 and those at level 4, until June 2022: totals chosen so that
/// the shares of December 2019 and March 2020 are those the review of March 2020 printed.
fn levels_of_service(all: &Figures) -> Vec<Series> {
    let month = |year, month| month_number(year, month) as i128;
    let ends = [
        month(2018, 12),
        month(2019, 12),
        month(2020, 3),
        month(2020, 6),
        month(2020, 12),
        month(2021, 12),
        month(2022, 6),
    ];
    let path = |values: [i128; 7]| line(ends.into_iter().zip(values).collect());
    let of_provinces = (
        path([100_000; 7]),
        path([22_000, 30_000, 31_500, 36_000, 50_000, 80_000, 88_000]),
        path([6_500, 10_480, 10_850, 17_300, 31_000, 55_000, 63_000]),
    );
    let of_ministries = (
        path([4_000, 4_000, 3_754, 3_754, 3_754, 3_754, 3_754]),
        path([1_500, 1_700, 1_700, 1_900, 2_800, 3_300, 3_500]),
        path([500, 710, 698, 1_080, 2_300, 3_000, 3_250]),
    );
    let mut made = vec![];
    for (template, (services, some, full), weights, since) in [
        ("SO-THANG", of_provinces, "flat", 0),
        ("BO-THANG", of_ministries, "people", month_number(2019, 1)),
    ] {
        let units = all.units_of(template);
        let weights = Weights::of(units).named(weights);
        let eager: Vec<i128> = units
            .iter()
            .map(|unit| match AHEAD.contains(&unit.as_str()) {
                true => 4_000,
                false => 700 + i128::from(mixed(&[number_of("level 4"), number_of(unit)]) % 500),
            })
            .collect();
        let mut values: [Vec<Vec<i128>>; 3] = Default::default();
        for month in 0..MONTHS {
            let all_levels = apportion(services[month], &weights);
            let wanted: Vec<i128> =
                all_levels.iter().zip(&eager).map(|(services, eager)| services * eager).collect();
            let complete =
                |unit: &String| month >= month_number(2020, 6) && COMPLETE.contains(&unit.as_str());
            let already: i128 = units
                .iter()
                .zip(&all_levels)
                .filter(|(unit, _)| complete(unit))
                .map(|(_, n)| n)
                .sum();
            let open: Vec<i128> = units
                .iter()
                .zip(&wanted)
                .map(|(unit, w)| if complete(unit) { 0 } else { *w })
                .collect();
            let mut level_4 = apportion_capped(full[month] - already, &open, &all_levels);
            for (at, unit) in units.iter().enumerate() {
                if complete(unit) {
                    level_4[at] = all_levels[at];
                }
            }
            let rest: Vec<i128> =
                all_levels.iter().zip(&level_4).map(|(all, done)| all - done).collect();
            let more = apportion((some[month] - full[month]).max(0), &rest);
            let level_3: Vec<i128> =
                level_4.iter().zip(&more).map(|(done, more)| done + more).collect();
            values[0].push(all_levels);
            values[1].push(level_3);
            values[2].push(level_4);
        }
        for (code, values) in ["CDS.DVC", "CDS.DVC_MD34", "CDS.DVC_MD4"].into_iter().zip(values) {
            made.push(Series {
                template: template.to_owned(),
                indicator: IndicatorCode::parse(code).expect("a valid code"),
                breakdown: Breakdown::TOTAL,
                scale: 0,
                since,
                until: month_number(LAST_OF_LEVELS.0, LAST_OF_LEVELS.1),
                values: narrow(values),
            });
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::indicators;

    fn made() -> (Catalogue, Figures) {
        let catalogue = Catalogue::new(indicators());
        let figures = figures(&catalogue);
        (catalogue, figures)
    }

    #[test]
    fn a_division_gives_everything_away_and_no_part_exceeds_its_weight() {
        for (total, weights, expected) in [
            (10, vec![1, 1, 1], vec![4, 3, 3]),
            (7, vec![5, 3, 1], vec![4, 2, 1]),
            (0, vec![2, 3], vec![0, 0]),
            (5, vec![2, 3], vec![2, 3]),
        ] {
            assert_eq!(apportion(total, &weights), expected);
        }
        assert_eq!(apportion_capped(90, &[8, 1, 1], &[50, 50, 50]), [50, 20, 20]);
    }

    #[test]
    fn provinces_add_up_to_every_published_national_figure_that_is_followed() {
        let (catalogue, figures) = made();
        let mut seen: Vec<(String, String, String)> = vec![];
        for said in levels_to_follow(&catalogue) {
            let cell = &said.cell;
            let Some(series) = figures.find("SO-THANG", cell.indicator.as_str(), "") else {
                continue;
            };
            let key =
                (cell.indicator.to_string(), cell.period.to_string(), cell.measure.to_string());
            // 1.767.766 workers at the end of 2023 contradict the months around it.
            if seen.contains(&key) || (key.0 == "TN.LAODONG" && key.1 == "2023") {
                continue;
            }
            let Some(months) = months_of(cell.period, cell.measure) else { continue };
            let last_only = catalogue.get(&key.0).map(|i| i.over_time)
                == Some(model::indicator::OverTime::Last);
            let from = if last_only { *months.end() } else { *months.start() };
            let sum: i128 = (from..=*months.end()).map(|month| series.total(month)).sum();
            assert_eq!(Some(sum), mantissa(said.figure, series.scale), "{key:?}");
            seen.push(key);
        }
        assert!(seen.len() >= 30, "{}", seen.len());
    }

    #[test]
    fn a_part_never_exceeds_its_whole_and_nothing_is_negative() {
        let (catalogue, figures) = made();
        for part in &figures.series {
            let smallest = part.values.iter().flatten().min();
            assert!(smallest >= Some(&0), "{} {smallest:?}", part.indicator);
            let Some(whole) =
                &catalogue.get(part.indicator.as_str()).expect("in the catalogue").part_of
            else {
                continue;
            };
            let Some(whole) = figures.find(&part.template, whole.as_str(), "") else { continue };
            for month in part.since..=part.until {
                for (at, unit) in figures.units_of(&part.template).iter().enumerate() {
                    assert!(
                        part.at(month, at) <= whole.at(month, at),
                        "{} {unit} month {month}",
                        part.indicator
                    );
                }
            }
        }
    }

    #[test]
    fn level_4_services_are_as_the_review_of_march_2020_printed() {
        let (_, figures) = made();
        let total = |template: &str, code: &str, month| {
            figures.find(template, code, "").map_or(0, |s| s.total(month))
        };
        for (year, month, provinces, ministries, all) in
            [(2019, 12, 1048, 1775, 1076), (2020, 3, 1085, 1859, 1113)]
        {
            let at = month_number(year, month);
            let pair =
                |template| (total(template, "CDS.DVC_MD4", at), total(template, "CDS.DVC", at));
            let share = |(part, whole): (i128, i128)| (part * 100_000 / whole + 5) / 10;
            let (p, m) = (pair("SO-THANG"), pair("BO-THANG"));
            assert_eq!(
                (share(p), share(m), share((p.0 + m.0, p.1 + m.1))),
                (provinces, ministries, all)
            );
        }
        let march = month_number(2020, 3);
        let over_30 = |template: &str| {
            let of = |code: &str, at| figures.find(template, code, "").map(|s| s.values[march][at]);
            let units = figures.units_of(template).iter().enumerate();
            let over = units.filter(|(at, _)| {
                of("CDS.DVC_MD4", *at).zip(of("CDS.DVC", *at)).is_some_and(|(n, d)| n * 10 >= d * 3)
            });
            over.map(|(_, unit)| unit.clone()).collect::<Vec<_>>()
        };
        assert_eq!(over_30("BO-THANG"), ["G07", "G08", "G14", "G18"]);
        assert_eq!(over_30("SO-THANG"), ["22", "46", "48", "80"]);
    }

    #[test]
    fn departments_report_that_over_30_percent_use_end_to_end_services() {
        let (_, figures) = made();
        let june = month_number(2024, 6);
        let total = |code: &str| figures.find("SO-THANG", code, "").map_or(0, |s| s.total(june));
        let thousandths = total("CDS.DAN_DUNG_DVC_TT") * 1000 / total("CDS.DAN_TRUONGTHANH");
        assert!((300..=312).contains(&thousandths), "{thousandths}");
    }
}
