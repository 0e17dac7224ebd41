//! Ministries that only look like chance: trees that change, every kind of indicator, gaps, sources, revisions, both
//! calendars. Drawn from a number, so that a case that fails is named by it.

use std::sync::Arc;

use cube::Cube;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use model::indicator::{Good, Limits, OverTime, OverUnits, Ratio};
use model::{
    Absence, Breakdown, Calendar, Catalogue, Cell, Decimal, Figure, Frequency, Indicator,
    IndicatorCode, Measure, Observation, Period, Qualifier, Query, Sector, Seq, Source,
    SourceChoice, Status, Tree, Unit, UnitCode, UnitKind, Units, Validity,
};

/// Numbers that only look like chance.
pub struct Draw(pub u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// One time in so many.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    pub fn some_of<T: Clone>(&mut self, all: &[T], count: usize) -> Vec<T> {
        (0..count).map(|_| self.of(all)).collect()
    }
}

const DAYS: [Date; 4] = [date(2023, 7, 1), date(2024, 1, 1), date(2024, 5, 10), date(2024, 7, 1)];

pub struct Ministry {
    pub units: Arc<Units>,
    pub catalogue: Arc<Catalogue>,
    pub indicators: Vec<IndicatorCode>,
    pub codes: Vec<UnitCode>,
    pub periods: Vec<Period>,
    pub months: Vec<Period>,
    /// Much is said and asked of these, so that what is said meets.
    pub busy: (Vec<IndicatorCode>, Vec<Period>),
}

impl Ministry {
    pub fn drawn(draw: &mut Draw) -> Ministry {
        let units = Arc::new(Units::new(drawn_units(draw)).expect("no unit is above itself"));
        let catalogue = Arc::new(drawn_catalogue(draw));
        let period = |text: &str| Period::parse(text).unwrap();
        let mut periods = vec![];
        let mut months = vec![];
        for calendar in ["", "~adm"] {
            for year in ["2023", "2024"] {
                months.extend((1..=12).map(|m| period(&format!("{year}-{m:02}{calendar}"))));
                periods.push(period(&format!("{year}{calendar}")));
                periods.extend((1..=2).map(|half| period(&format!("{year}-S{half}{calendar}"))));
                periods.extend((1..=4).map(|q| period(&format!("{year}-Q{q}{calendar}"))));
            }
        }
        periods
            .extend(["2024-W20", "2024-05-10", "2024-02-29", "2024-04-01/2024-07-01"].map(period));
        periods.extend(&months);
        let calendar =
            if draw.once_in(4) { Calendar::Administrative } else { Calendar::Statistical };
        let is_busy =
            |period: &&Period| period.calendar() == calendar && period.end().year() == 2024;
        let all: Vec<IndicatorCode> = catalogue.iter().map(|i| i.code.clone()).collect();
        let busy = (draw.some_of(&all, 4), periods.iter().filter(is_busy).copied().collect());
        Ministry {
            busy,
            indicators: catalogue.iter().map(|indicator| indicator.code.clone()).collect(),
            codes: units.iter().map(|unit| unit.code.clone()).collect(),
            units,
            catalogue,
            periods,
            months,
        }
    }

    /// Observations in commits: single ones of every kind, and runs of months so that there are quarters and years.
    pub fn commits(&self, draw: &mut Draw, count: usize) -> Vec<Vec<Observation>> {
        let mut commits: Vec<Vec<Observation>> = vec![];
        let mut commit = vec![];
        let mut left = count;
        let calendar = if self.busy.1[0].calendar() == Calendar::Statistical { 0 } else { 24 };
        while left > 0 {
            let any = draw.once_in(4);
            let indicator = draw.of(if any { &self.indicators } else { &self.busy.0 });
            let from = calendar + draw.of(&[0usize, 3, 6, 12, 12, 15, 18]);
            let plain = !draw.once_in(3);
            let length = if draw.once_in(3) { 1 } else { draw.of(&[3, 3, 6, 12]) };
            let source = drawn_source(draw);
            let units = draw.below(4) + 1;
            for unit in draw.some_of(&self.codes, units) {
                for at in from..(from + length).min(calendar + 24) {
                    let period = match (length, draw.once_in(3)) {
                        (1, true) => draw.of(&self.periods),
                        (1, false) => draw.of(&self.busy.1),
                        _ => self.months[at],
                    };
                    let measure =
                        if length == 1 { drawn_measure(draw, period) } else { Measure::Level };
                    let cell = Cell {
                        indicator: indicator.clone(),
                        unit: unit.clone(),
                        period: if measure == Measure::Plan {
                            period.whole_year().unwrap_or(period)
                        } else {
                            period
                        },
                        breakdown: drawn_breakdown(draw),
                        measure,
                    };
                    commit.push(drawn_observation(
                        draw,
                        cell,
                        source,
                        plain,
                        commits.len(),
                        commit.len(),
                    ));
                    left = left.saturating_sub(1);
                }
            }
            if draw.once_in(2) {
                commits.push(std::mem::take(&mut commit));
            }
        }
        commits.push(commit);
        commits
    }

    pub fn loaded(&self, observations: &[Observation]) -> Cube {
        let mut cube = Cube::new(self.units.clone(), self.catalogue.clone());
        for indicator in &self.indicators {
            let of = observations.iter().rev().filter(|o| o.cell.indicator == *indicator);
            cube.load(indicator, of.cloned());
        }
        cube
    }

    pub fn query(&self, draw: &mut Draw) -> Query {
        let tree = if draw.once_in(3) {
            Tree::Of(draw.of(&[DAYS[0], DAYS[2], DAYS[3], date(2023, 2, 1), date(2025, 1, 1)]))
        } else {
            Tree::Own
        };
        let measures = [
            Measure::Level,
            Measure::ChangeOnYear,
            Measure::ChangeOnPeriod,
            Measure::ChangeOn(draw.of(&self.periods)),
            Measure::Points,
            Measure::PointsOn(draw.of(&self.periods)),
            Measure::ShareOfPlan,
            Measure::YearToDate,
            Measure::Plan,
            Measure::Target,
            Measure::Threshold,
            Measure::Rank,
            Measure::ShareOfWhole,
            Measure::Coverage,
            Measure::CountAtLeast(Decimal::new(draw.below(100) as i128, 1).unwrap()),
        ];
        let (all, wide) = (draw.once_in(3), draw.once_in(4));
        Query {
            indicators: draw.some_of(if wide { &self.indicators } else { &self.busy.0 }, 4),
            units: if all { self.codes.clone() } else { draw.some_of(&self.codes, 5) },
            periods: draw.some_of(if wide { &self.periods } else { &self.busy.1 }, 6),
            breakdowns: if draw.once_in(3) {
                vec![female(), Breakdown::TOTAL]
            } else {
                vec![Breakdown::TOTAL]
            },
            measures: if all {
                vec![Measure::Level, Measure::YearToDate, draw.of(&measures)]
            } else {
                measures.to_vec()
            },
            source: if draw.once_in(2) {
                SourceChoice::Preferred
            } else {
                draw.of(SourceChoice::ALL)
            },
            tree,
            as_of: Seq::LATEST,
        }
    }
}

fn female() -> Breakdown {
    Breakdown::parse("SEX=F").unwrap()
}

fn drawn_breakdown(draw: &mut Draw) -> Breakdown {
    if draw.once_in(12) { female() } else { Breakdown::TOTAL }
}

fn drawn_source(draw: &mut Draw) -> Source {
    if draw.once_in(3) { draw.of(Source::ALL) } else { Source::Reported }
}

fn drawn_measure(draw: &mut Draw, period: Period) -> Measure {
    match draw.below(12) {
        0 => Measure::ChangeOnYear,
        1 => Measure::ShareOfPlan,
        2 => Measure::Target,
        3 => Measure::Rank,
        4 | 5 => Measure::Plan,
        6 | 7 => Measure::YearToDate,
        8 if period.calendar() == Calendar::Statistical => Measure::CountAtLeast(Decimal::whole(5)),
        _ => Measure::Level,
    }
}

fn drawn_observation(
    draw: &mut Draw,
    cell: Cell,
    source: Source,
    plain: bool,
    commit: usize,
    ordinal: usize,
) -> Observation {
    let number = |draw: &mut Draw| {
        let scale = if plain { 1 } else { draw.below(3) as u8 };
        let sign = if draw.once_in(8) { -1 } else { 1 };
        Decimal::new(sign * draw.below(200) as i128, scale).unwrap()
    };
    let figure = match draw.below(if plain { 60 } else { 16 }) {
        0 => Figure::Absent(Absence::NotApplicable),
        1 => Figure::Absent(Absence::Missing),
        2 => Figure::Absent(Absence::Withdrawn),
        3 => Figure::Absent(Absence::Confidential),
        4 => Figure::Range { low: number(draw), high: number(draw) },
        5 => Figure::Magnitude(Decimal::whole(1000)),
        6 => Figure::Number(Decimal::new(900_000_000_000_000_000, 1).unwrap()),
        _ => Figure::Number(number(draw)),
    };
    let seq = Seq(commit as u64 * 3 + 1);
    let odd = !plain && draw.once_in(5);
    let share = source == Source::Measured && !draw.once_in(4);
    Observation {
        cell,
        source,
        publisher: (odd && draw.once_in(2)).then(|| draw.of(&["A", "B"]).into()),
        figure,
        of: (odd && draw.once_in(3)).then(|| number(draw)),
        status: if draw.once_in(3) { draw.of(Status::ALL) } else { Status::Final },
        qualifier: (odd && draw.once_in(2)).then(|| draw.of(Qualifier::ALL)),
        measured_share: share.then(|| Decimal::whole(draw.of(&[40, 92, 100]))),
        synthetic: draw.once_in(4),
        seq,
        ordinal: ordinal as u32,
        recorded_at: Timestamp::from_second(
            1_700_000_000 + seq.0 as i64 + i64::from(odd && draw.once_in(4)),
        )
        .unwrap(),
    }
}

fn drawn_validity(draw: &mut Draw) -> Validity {
    match draw.below(8) {
        0 => Validity { from: Some(draw.of(&DAYS)), to: None },
        1 => Validity { from: None, to: Some(draw.of(&DAYS)) },
        2 => Validity { from: Some(DAYS[0]), to: Some(DAYS[2]) },
        _ => Validity::ALWAYS,
    }
}

/// A country, regions, provinces old and new, districts, communes, a firm, a ministry and groups.
fn drawn_units(draw: &mut Draw) -> Vec<Unit> {
    let code = |text: &str| UnitCode::parse(text).unwrap();
    let unit = |written: &str, kind: UnitKind, validity: Validity| Unit {
        code: code(written),
        kind,
        name_vi: written.to_owned(),
        name_en: written.to_owned(),
        full_name_vi: written.to_owned(),
        validity,
        parents: vec![],
        members: vec![],
        successor: None,
        map_path: None,
    };
    let reform = draw.of(&DAYS);
    let until = Validity { from: None, to: Some(reform) };
    let since = Validity { from: Some(reform), to: None };
    let mut all = vec![unit("VN", UnitKind::Country, Validity::ALWAYS)];
    for region in ["R1", "R2"] {
        let validity = drawn_validity(draw);
        all.push(Unit {
            parents: vec![(validity, code("VN"))],
            ..unit(region, UnitKind::Region, validity)
        });
    }
    let regions = ["R1", "R2", "VN"];
    for number in 1..=4 {
        let ends = number <= 2 || draw.once_in(4);
        let mut parents = vec![(until, code(draw.of(&regions)))];
        if draw.once_in(8) {
            parents.push((Validity::ALWAYS, code("VN")));
        } else if !ends {
            parents.push((since, code(draw.of(&regions))));
        }
        all.push(Unit {
            parents,
            successor: ends.then(|| code("01@2024")),
            ..unit(
                &format!("0{number}"),
                UnitKind::Province,
                if ends { until } else { Validity::ALWAYS },
            )
        });
    }
    all.push(Unit {
        parents: vec![(since, code("VN"))],
        ..unit("01@2024", UnitKind::Province, since)
    });
    let provinces = ["01", "02", "03", "04", "01@2024"];
    for number in 1..=5 {
        let validity = drawn_validity(draw);
        let parents = vec![(until, code(draw.of(&provinces))), (since, code(draw.of(&provinces)))];
        all.push(Unit { parents, ..unit(&format!("10{number}"), UnitKind::District, validity) });
    }
    let above = ["101", "102", "103", "104", "105", "01", "03", "04", "01@2024"];
    for number in 1..=12 {
        let validity = drawn_validity(draw);
        let parents = if draw.once_in(2) {
            vec![(Validity::ALWAYS, code(draw.of(&above)))]
        } else {
            vec![(until, code(draw.of(&above))), (since, code(draw.of(&above)))]
        };
        let successor = draw.once_in(4).then(|| code("1000013"));
        all.push(Unit {
            parents,
            successor,
            ..unit(&format!("10000{number:02}"), UnitKind::Commune, validity)
        });
    }
    all.push(Unit {
        parents: vec![(since, code("04"))],
        ..unit("1000013", UnitKind::Commune, since)
    });
    all.push(Unit {
        parents: vec![(Validity::ALWAYS, code("03"))],
        ..unit("F1", UnitKind::Firm, Validity::ALWAYS)
    });
    all.push(unit("G1", UnitKind::Ministry, Validity::ALWAYS));
    let grouped: Vec<UnitCode> = all.iter().map(|unit| unit.code.clone()).collect();
    for group in ["@a", "@b"] {
        let members = draw
            .some_of(&grouped, 4)
            .into_iter()
            .map(|member| (drawn_validity(draw), member))
            .collect();
        all.push(Unit { members, ..unit(group, UnitKind::Group, Validity::ALWAYS) });
    }
    all
}

fn drawn_catalogue(draw: &mut Draw) -> Catalogue {
    let code = |text: &str| IndicatorCode::parse(text).unwrap();
    let kinds = [
        UnitKind::Commune,
        UnitKind::District,
        UnitKind::Province,
        UnitKind::Firm,
        UnitKind::Ministry,
        UnitKind::Country,
    ];
    let mut usual = vec![(draw.of(&kinds[..3]), Validity::ALWAYS)];
    if draw.once_in(3) {
        usual.push((draw.of(&kinds), drawn_validity(draw)));
    }
    let indicators = [
        ("FLOW", OverUnits::Sum, OverTime::Sum, None),
        ("FLOW2", OverUnits::Sum, OverTime::Sum, None),
        ("STOCK", OverUnits::Sum, OverTime::Last, None),
        ("GREATEST", OverUnits::Max, OverTime::Max, None),
        ("HIGHEST", OverUnits::Max, OverTime::Last, None),
        ("SUMMAX", OverUnits::Sum, OverTime::Max, None),
        ("UNIQUE", OverUnits::None, OverTime::Sum, None),
        ("ONCE", OverUnits::Sum, OverTime::None, None),
        ("MEAN", OverUnits::WeightedMean(code("STOCK")), OverTime::Last, None),
        ("MEANFLOW", OverUnits::WeightedMean(code("FLOW")), OverTime::None, None),
        ("RATE", OverUnits::Ratio, OverTime::None, Some(("FLOW", "FLOW2"))),
        ("PERHEAD", OverUnits::Ratio, OverTime::Last, Some(("FLOW", "STOCK"))),
        ("NORATIO", OverUnits::Ratio, OverTime::Sum, None),
    ];
    Catalogue::new(indicators.map(|(name, over_units, over_time, ratio)| {
        let mut applies_to = usual.clone();
        if draw.once_in(4) {
            applies_to = vec![
                (draw.of(&kinds), drawn_validity(draw)),
                (draw.of(&kinds), drawn_validity(draw)),
            ];
        }
        Indicator {
            code: code(name),
            sector: Sector::Post,
            name_vi: name.to_owned(),
            name_en: name.to_owned(),
            unit_vi: "tỷ đồng".to_owned(),
            unit_en: "billion VND".to_owned(),
            scale: draw.below(3) as u8,
            over_units,
            over_time,
            good: draw.of(Good::ALL),
            applies_to,
            ratio: ratio.map(|(numerator, denominator)| Ratio {
                numerator: code(numerator),
                denominator: code(denominator),
                factor: Decimal::whole(100),
            }),
            part_of: None,
            frequency: Frequency::Month,
            definition_vi: String::new(),
            definition_en: String::new(),
            legal_basis: String::new(),
            limits: Limits::default(),
            measured_threshold: Decimal::whole(draw.of(&[50, 90])),
            coverage_threshold: Decimal::whole(draw.of(&[0, 50, 80])),
            compared: model::indicator::Compared::default(),
            version: 1,
        }
    }))
}
