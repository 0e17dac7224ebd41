//! The cube answers what `model::answer` answers over the same observations, to the last digit:
//! loaded at once, followed commit by commit, and read back from a checkpoint.
//!
//! Trees, indicators and observations are drawn from a number, so that a case that fails is named by it.

use std::sync::Arc;

use cube::{BadCheckpoint, Cube, Mark, Unanswered};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use model::indicator::{Good, Limits, OverTime, OverUnits, Ratio};
use model::{
    Absence, Answered, Breakdown, Calendar, Catalogue, Cell, Decimal, Facts, Figure, Frequency,
    Indicator, IndicatorCode, Measure, Observation, Period, Qualifier, Query, Sector, Seq, Source,
    SourceChoice, Status, Tree, Unit, UnitCode, UnitKind, Units, Validity,
};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    /// What was loaded at once.
    #[test]
    fn a_loaded_cube_answers_as_the_rows_do(number in any::<u64>(), count in 0usize..400) {
        let mut draw = Draw(number);
        let ministry = Ministry::drawn(&mut draw);
        let commits = ministry.commits(&mut draw, count);
        let cube = ministry.loaded(&commits.concat());
        let facts = ministry.facts(&commits.concat());
        for _ in 0..6 {
            ministry.check(&cube, &facts, &ministry.query(&mut draw), number);
        }
    }

    /// What was followed commit by commit, asked about in between, so that there is something to move.
    #[test]
    fn a_cube_that_followed_answers_as_the_rows_do(number in any::<u64>(), count in 0usize..250) {
        let mut draw = Draw(number);
        let ministry = Ministry::drawn(&mut draw);
        let commits = ministry.commits(&mut draw, count);
        let (early, late) = commits.split_at(commits.len() / 3);
        let mut cube = ministry.loaded(&early.concat());
        let mut facts = ministry.facts(&early.concat());
        let queries: Vec<Query> = (0..3).map(|_| ministry.query(&mut draw)).collect();
        for (at, commit) in late.iter().enumerate() {
            cube.follow(commit);
            facts.follow(commit.iter().cloned());
            ministry.check(&cube, &facts, &queries[at % 3], number);
        }
        // Said again, nothing changes.
        late.iter().rev().take(2).rev().for_each(|commit| cube.follow(commit));
        for query in queries.iter().chain([&ministry.query(&mut draw)]) {
            ministry.check(&cube, &facts, query, number);
        }
    }

    /// What was written and read back, followed, and written again.
    #[test]
    fn a_cube_read_back_answers_as_the_rows_do(number in any::<u64>(), count in 0usize..250) {
        let mut draw = Draw(number);
        let ministry = Ministry::drawn(&mut draw);
        let commits = ministry.commits(&mut draw, count);
        let (early, late) = commits.split_at(commits.len() / 2);
        let mut cube = ministry.read_back(written(&ministry.loaded(&early.concat()))).unwrap();
        let queries: Vec<Query> = (0..2).map(|_| ministry.query(&mut draw)).collect();
        let facts = ministry.facts(&early.concat());
        queries.iter().for_each(|query| ministry.check(&cube, &facts, query, number));
        late.iter().for_each(|commit| cube.follow(commit));
        let text = written(&cube);
        let facts = ministry.facts(&commits.concat());
        let mut again = ministry.read_back(text.clone()).unwrap();
        prop_assert_eq!(again.seq(), cube.seq());
        prop_assert!(written(&again) == text, "the same is written the same");
        // What is given back under a ceiling is read again, or loaded again.
        let gone = again.shed(again.bytes() / 2);
        prop_assert!(gone.iter().all(|code| !again.holds(code.as_str())));
        for code in &gone {
            let of = commits.iter().flatten().filter(|o| o.cell.indicator == *code);
            again.load(code, of.cloned());
        }
        for query in &queries {
            ministry.check(&again, &facts, query, number);
            ministry.check(&cube, &facts, query, number);
        }
    }

    /// What stands while the cube moves on is written as it stood, and the cube then rests on that: the memory of
    /// what has not changed since can be given back, and is read again.
    #[test]
    fn a_cube_that_rests_on_its_checkpoint_answers_as_the_rows_do(number in any::<u64>(), count in 0usize..250) {
        let mut draw = Draw(number);
        let ministry = Ministry::drawn(&mut draw);
        let commits = ministry.commits(&mut draw, count);
        let (early, late) = commits.split_at(commits.len() / 2);
        let mut cube = ministry.loaded(&early.concat());
        let queries: Vec<Query> = (0..2).map(|_| ministry.query(&mut draw)).collect();
        let (before, after) = (ministry.facts(&early.concat()), ministry.facts(&commits.concat()));
        queries.iter().for_each(|query| ministry.check(&cube, &before, query, number));
        let text = written(&cube);

        let then = cube.as_it_stands(|_| true);
        late.iter().for_each(|commit| cube.follow(commit));
        prop_assert!(written(&then) == text, "what stands does not move on");
        queries.iter().for_each(|query| ministry.check(&then, &before, query, number));
        cube.rest_on(&then, &ministry.read_back(text).unwrap());
        drop(then);
        let gone = cube.shed(cube.bytes() / 3);
        for code in &gone {
            let of = commits.iter().flatten().filter(|o| o.cell.indicator == *code);
            cube.load(code, of.cloned());
        }
        queries.iter().for_each(|query| ministry.check(&cube, &after, query, number));
    }

    /// A byte that changed anywhere is noticed: nothing is answered that the rows do not say.
    #[test]
    fn a_damaged_checkpoint_is_never_believed(number in any::<u64>(), at in any::<u64>(), flip in 1u8..) {
        let mut draw = Draw(number);
        let ministry = Ministry::drawn(&mut draw);
        let observations = ministry.commits(&mut draw, 100).concat();
        let whole = written(&ministry.loaded(&observations));
        let at = at as usize % whole.len();

        let mut damaged = whole.clone();
        damaged[at] ^= flip;
        if let Ok(cube) = ministry.read_back(damaged) {
            let facts = ministry.facts(&observations);
            let query = Query { indicators: ministry.indicators.clone(), ..ministry.query(&mut draw) };
            prop_assert_eq!(cube.missing(&query).len(), 1, "one column of one indicator is damaged");
            let (_, sound) = ministry.indicators.iter().cloned().partition::<Vec<_>, _>(|code| {
                let query = Query { indicators: vec![code.clone()], ..query.clone() };
                matches!(cube.answer(&query), Err(Unanswered::NotLoaded(_)))
            });
            ministry.check(&cube, &facts, &Query { indicators: sound, ..query }, number);
        }
        prop_assert_eq!(ministry.read_back(whole[..at].to_vec()).err(), Some(BadCheckpoint::Damaged));
    }
}

#[test]
fn a_checkpoint_of_others_is_not_read() {
    let (ministry, others) = (Ministry::drawn(&mut Draw(1)), Ministry::drawn(&mut Draw(2)));
    let text = written(&ministry.loaded(&[]));
    assert!(ministry.read_back(text.clone()).is_ok());
    assert_eq!(others.read_back(text.clone()).err(), Some(BadCheckpoint::Foreign));

    let mut older = text.clone();
    older[8] = 1;
    let checksum = crc32fast::hash(&older[..116]);
    older[116..120].copy_from_slice(&checksum.to_le_bytes());
    assert_eq!(ministry.read_back(older).err(), Some(BadCheckpoint::OtherVersion));
    assert_eq!(ministry.read_back(vec![]).err(), Some(BadCheckpoint::Damaged));
}

fn written(cube: &Cube) -> Vec<u8> {
    let mut text = vec![];
    cube.write(&mark(), &mut text).expect("a vector takes everything");
    text
}

fn mark() -> Mark {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    Mark {
        record: std::array::from_fn(|at| at as u8),
        recorded_at: at("2024-07-01T03:04:05.000006Z"),
        written_at: at("2024-08-05T01:00:00Z"),
    }
}

/// More of them with `PROPTEST_CASES`.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64)
}

/// Numbers that only look like chance.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// One time in so many.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    fn some_of<T: Clone>(&mut self, all: &[T], count: usize) -> Vec<T> {
        (0..count).map(|_| self.of(all)).collect()
    }
}

const DAYS: [Date; 4] = [date(2023, 7, 1), date(2024, 1, 1), date(2024, 5, 10), date(2024, 7, 1)];

struct Ministry {
    units: Arc<Units>,
    catalogue: Arc<Catalogue>,
    indicators: Vec<IndicatorCode>,
    codes: Vec<UnitCode>,
    periods: Vec<Period>,
    months: Vec<Period>,
    /// Much is said and asked of these, so that what is said meets.
    busy: (Vec<IndicatorCode>, Vec<Period>),
}

impl Ministry {
    fn drawn(draw: &mut Draw) -> Ministry {
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
    fn commits(&self, draw: &mut Draw, count: usize) -> Vec<Vec<Observation>> {
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

    fn loaded(&self, observations: &[Observation]) -> Cube {
        let mut cube = Cube::new(self.units.clone(), self.catalogue.clone());
        for indicator in &self.indicators {
            let of = observations.iter().rev().filter(|o| o.cell.indicator == *indicator);
            cube.load(indicator, of.cloned());
        }
        cube
    }

    fn read_back(&self, text: Vec<u8>) -> Result<Cube, BadCheckpoint> {
        let read = Cube::over(text, self.units.clone(), self.catalogue.clone());
        read.map(|(cube, read)| {
            assert_eq!(read, mark());
            cube
        })
    }

    fn facts(&self, observations: &[Observation]) -> Facts {
        let mut facts = Facts::default();
        for indicator in &self.indicators {
            let of = observations.iter().filter(|o| o.cell.indicator == *indicator);
            facts.load(indicator.clone(), of.cloned().collect());
        }
        facts
    }

    fn query(&self, draw: &mut Draw) -> Query {
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

    #[track_caller]
    fn check(&self, cube: &Cube, facts: &Facts, query: &Query, number: u64) {
        let expected = model::answer(&self.units, &self.catalogue, facts, query).unwrap();
        let answered = cube.answer(query).unwrap();
        self.check_levels(cube, facts, query, number);
        assert_eq!(answered.len(), expected.len());
        for (answered, expected) in answered.iter().zip(&expected) {
            // As written, not only as compared: 1.50 is not 1.5 here.
            let written = |a: &Answered| format!("{:?} {:?} {:?}", a.figure, a.computed, a.of);
            let is_same = answered == expected && written(answered) == written(expected);
            assert!(
                is_same,
                "{number}: {:?} {:?}\n{answered:#?}\n{expected:#?}",
                query.tree, query.source
            );
        }
    }
}

impl Ministry {
    /// What boards are answered is the same, without what they do not show.
    #[track_caller]
    fn check_levels(&self, cube: &Cube, facts: &Facts, query: &Query, number: u64) {
        let query = Query { measures: vec![Measure::Level], ..query.clone() };
        let expected = model::answer(&self.units, &self.catalogue, facts, &query).unwrap();
        let mut levels = vec![];
        cube.levels(&query, &mut levels).unwrap();
        assert_eq!(levels.len(), expected.len());
        for (level, expected) in levels.iter().zip(&expected) {
            let has_more = expected.computed.is_some()
                || expected.of.is_some()
                || expected.qualifier.is_some()
                || expected.publisher.is_some()
                || matches!(expected.figure, Figure::Range { .. } | Figure::Magnitude(_));
            let shown = (level.value(), level.absence(), level.coverage(), level.seq());
            assert_eq!(
                shown,
                (expected.value(), expected.figure.absence(), expected.coverage, expected.seq),
                "{number}: {expected:#?}"
            );
            let said = (level.status(), level.source(), level.basis(), level.is_synthetic());
            let expected_said =
                (expected.status, expected.source, expected.basis, expected.synthetic);
            assert_eq!(said, expected_said, "{number}: {expected:#?}");
            assert_eq!(level.has_more(), has_more, "{number}: {expected:#?}");
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
            version: 1,
        }
    }))
}
