//! The cube answers what `model::answer` answers over the same observations, to the last digit:
//! loaded at once, followed commit by commit, and read back from a checkpoint.
//!
//! Trees, indicators and observations are drawn from a number, so that a case that fails is named by it.

mod drawn;

use cube::{BadCheckpoint, Cube, Mark, Unanswered};
use drawn::{Draw, Ministry};
use jiff::Timestamp;
use model::{Answered, Facts, Figure, Measure, Observation, Query};
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

impl Ministry {
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

    #[track_caller]
    fn check(&self, cube: &Cube, facts: &Facts, query: &Query, number: u64) {
        let expected = model::answer(&self.units, &self.catalogue, facts, query).unwrap();
        let answered = cube.answer(query).unwrap();
        self.check_levels(cube, facts, query, number);
        // A board is of units of one kind and of periods that follow one another; those of two years are cut.
        for unit in query.units.iter().take(2) {
            let units = vec![unit.clone()];
            let periods = self.busy.1.iter().chain(&query.periods).copied().collect();
            self.check_levels(cube, facts, &Query { units, periods, ..query.clone() }, number);
        }
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
