//! The cube answers about the demonstration's whole history as the reference does over its rows: when it was loaded, after
//! it has followed the last commits, and when it was read back from a checkpoint.

use std::sync::Arc;

use cube::{Cube, Mark};
use model::{
    Breakdown, Catalogue, Decimal, Facts, IndicatorCode, Measure, Observation, Period, Query, Seq,
    SourceChoice, Tree, UnitCode, UnitKind, Units, answer,
};

/// Every so many indicators, units and periods, from a place of its own: what is compared is spread over all of them.
const STEPS: (usize, usize, usize) = (5, 41, 6);

struct Ministry {
    units: Arc<Units>,
    catalogue: Arc<Catalogue>,
}

impl Ministry {
    fn questions(&self, from: usize) -> Vec<Query> {
        fn spread<T: Clone>(all: &[T], from: usize, step: usize) -> Vec<T> {
            all.iter().skip(from % step).step_by(step).cloned().collect()
        }
        let indicators: Vec<IndicatorCode> =
            self.catalogue.iter().map(|indicator| indicator.code.clone()).collect();
        let is_large = |kind| !matches!(kind, UnitKind::District | UnitKind::Commune);
        let units = self.units.iter().filter(|unit| is_large(unit.kind));
        let units: Vec<UnitCode> = units.map(|unit| unit.code.clone()).collect();
        let periods: Vec<Period> = ["2019", "2022", "2023", "2024", "2025"]
            .iter()
            .flat_map(|year| {
                ["", "-S1", "-S2", "-Q1", "-Q2", "-Q4", "-01", "-05", "-06", "-07", "-06~adm"]
                    .map(|part| Period::parse(&format!("{year}{part}")).expect("a period"))
            })
            .collect();
        let country = UnitCode::parse("VN").expect("a code");
        let mut asked = spread(&units, from, STEPS.1);
        asked.push(country);
        let query = Query {
            indicators: spread(&indicators, from, STEPS.0),
            units: asked,
            periods: spread(&periods, from, STEPS.2),
            breakdowns: vec![Breakdown::TOTAL],
            measures: vec![
                Measure::Level,
                Measure::YearToDate,
                Measure::ChangeOnYear,
                Measure::ChangeOnPeriod,
                Measure::ShareOfPlan,
                Measure::Rank,
                Measure::CountAtLeast(Decimal::whole(30)),
            ],
            source: SourceChoice::Preferred,
            tree: Tree::Own,
            as_of: Seq::LATEST,
        };
        let reformed = Query { tree: Tree::Of(demonstration::REFORM), ..query.clone() };
        vec![query, reformed]
    }

    /// Holds the cube's answers against those of the rows; answers how many have a source.
    fn compare(&self, cube: &Cube, facts: &Facts, from: usize) -> usize {
        let mut found = 0;
        for query in self.questions(from) {
            let fast = cube.answer(&query).expect("everything is loaded");
            let reference =
                answer(&self.units, &self.catalogue, facts, &query).expect("every code exists");
            assert_eq!(fast.len(), reference.len());
            for (fast, reference) in fast.iter().zip(&reference) {
                assert_eq!(fast, reference);
                // Decimals are equal by value; what is printed has to be the same too.
                assert_eq!(format!("{:?}", fast.figure), format!("{:?}", reference.figure));
            }
            found += reference.iter().filter(|answered| answered.source.is_some()).count();
        }
        found
    }
}

#[test]
fn the_cube_says_of_the_demonstration_what_its_rows_say() {
    let ministry = Ministry {
        units: Arc::new(Units::new(demonstration::units()).expect("a tree")),
        catalogue: Arc::new(Catalogue::new(demonstration::indicators())),
    };
    let commits: Vec<Vec<Observation>> =
        demonstration::history().map(|commit| commit.observations).collect();
    let (loaded, followed) = commits.split_at(commits.len() - 200);
    let mut cube = Cube::new(ministry.units.clone(), ministry.catalogue.clone());
    let mut facts = Facts::default();
    let mut by_indicator: std::collections::HashMap<&str, Vec<Observation>> = Default::default();
    for observation in loaded.iter().flatten() {
        by_indicator
            .entry(observation.cell.indicator.as_str())
            .or_default()
            .push(observation.clone());
    }
    for indicator in ministry.catalogue.iter() {
        let own = by_indicator.remove(indicator.code.as_str()).unwrap_or_default();
        cube.load(&indicator.code, own.clone());
        facts.load(indicator.code.clone(), own);
    }
    let mut found = ministry.compare(&cube, &facts, 0);

    for commit in followed {
        cube.follow(commit);
        facts.follow(commit.iter().cloned());
    }
    found += ministry.compare(&cube, &facts, 0);

    let mut checkpoint = vec![];
    let at = jiff::Timestamp::UNIX_EPOCH;
    let mark = Mark { record: [0; 32], recorded_at: at, written_at: at };
    cube.write(&mark, &mut checkpoint).expect("memory takes everything");
    let read = Cube::over(checkpoint, ministry.units.clone(), ministry.catalogue.clone());
    let (read, _) = read.expect("it was written just now");
    found += ministry.compare(&read, &facts, 1);
    assert!(found > 1_000, "only {found} cells had anything in them");
}
