//! How fast the cube answers over a country of 11,000 communes, made by a rule that any database can repeat.
//!
//! `cargo xtask bench cube` runs this beside its rivals: `measure INDICATORS COMMUNES_IN_1000 FOLDER`. One
//! line a case on standard output, `case<TAB>microseconds`; answers in files of the folder, a line a
//! cell, to be compared with the rivals'.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use cube::{Bytes, Cube, LevelCell, Mark, Row, UnitNumber};
use jiff::Timestamp;
use model::answer::Part;
use model::indicator::{Good, Limits, OverTime, OverUnits};
use model::{
    Breakdown, Calendar, Catalogue, Cell, Decimal, Figure, Frequency, Indicator, IndicatorCode,
    Measure, Observation, Period, Query, Sector, Seq, Source, SourceChoice, Status, Tree, Unit,
    UnitCode, UnitKind, Units, Validity,
};

const PROVINCES: usize = 63;
const DISTRICTS: usize = 700;
const COMMUNES: usize = 11_000;
const FIRST_YEAR: i16 = 2020;
const MONTHS: usize = 60;

fn main() {
    let mut words = std::env::args().skip(1);
    let mut word = || words.next().expect("measure INDICATORS COMMUNES_IN_1000 FOLDER");
    let indicators: usize = word().parse().expect("a number of indicators");
    let in_1000: usize = word().parse().expect("how many communes of a thousand");
    let folder = word();
    let country = Country::new(indicators, in_1000);

    let started = Instant::now();
    let mut cube = country.loaded();
    say("build", started);
    println!("observations\t{}", country.observations());
    println!("bytes\t{}", cube.bytes());

    for (name, query) in country.boards() {
        let started = Instant::now();
        let mut levels = vec![];
        cube.levels(&query, &mut levels).expect("everything is loaded");
        say(&format!("first {name}"), started);
        median(name, || cube.levels(&query, &mut levels).expect("everything is loaded"));
        println!("cells of {name}\t{}", levels.len());
        write(&folder, name, &query, &levels);
    }
    let league = country.league();
    median("league", || {
        cube.answer(&league).expect("everything is loaded");
    });
    println!("bytes when asked\t{}", cube.bytes());

    freshness(&country, &mut cube);
    restart(&country, cube, &folder);
}

/// A checkpoint that is read column by column, as a server does.
struct OnDisk(File);

impl Bytes for OnDisk {
    fn length(&self) -> usize {
        self.0.metadata().map_or(0, |metadata| metadata.len() as usize)
    }

    fn read(&self, range: Range<usize>) -> Option<Cow<'_, [u8]>> {
        let mut text = vec![0; range.len()];
        self.0.read_exact_at(&mut text, range.start as u64).ok()?;
        Some(Cow::Owned(text))
    }
}

/// From a checkpoint on disk to the first boards.
fn restart(country: &Country, cube: Cube, folder: &str) {
    let path = Path::new(folder).join("checkpoint");
    let started = Instant::now();
    let mut file = BufWriter::with_capacity(1 << 20, File::create(&path).expect("a new file"));
    let at = Timestamp::UNIX_EPOCH;
    let mark = Mark { record: [0; 32], recorded_at: at, written_at: at };
    cube.write(&mark, &mut file).and_then(|()| file.flush()).expect("there is room");
    say("checkpoint", started);
    println!("checkpoint bytes\t{}", std::fs::metadata(&path).expect("it was written").len());
    drop(cube);

    let started = Instant::now();
    let file = OnDisk(File::open(&path).expect("it was written"));
    let (cube, _) = Cube::over(file, country.units.clone(), country.catalogue.clone())
        .expect("nothing happened to it");
    say("restart", started);
    for (name, query) in country.boards().drain(..2) {
        let mut levels = vec![];
        cube.levels(&query, &mut levels).expect("everything is in it");
        say(&format!("restart to {name}"), started);
    }
    std::fs::remove_file(&path).expect("it was ours");
}

/// A clock may be read here: this is no part of the cube.
fn say(case: &str, started: Instant) {
    println!("{case}\t{}", started.elapsed().as_nanos() / 1000);
}

fn median(case: &str, mut run: impl FnMut()) {
    let mut took: Vec<u128> = vec![];
    let all = Instant::now();
    while took.len() < 5 || (took.len() < 501 && all.elapsed().as_millis() < 500) {
        let started = Instant::now();
        run();
        took.push(started.elapsed().as_nanos());
    }
    took.sort_unstable();
    let median = took[took.len() / 2];
    println!("{case}\t{}.{:03}", median / 1000, median % 1000);
}

/// A commit of one commune's figures, until a board shows it.
fn freshness(country: &Country, cube: &mut Cube) {
    let (_, board) = country.boards().into_iter().nth(1).expect("there are four boards and more");
    let mut levels = vec![];
    let mut took: Vec<u128> = vec![];
    for number in 0..200u64 {
        let commit = country.commit(number);
        let started = Instant::now();
        cube.follow(&commit);
        cube.levels(&board, &mut levels).expect("everything is loaded");
        took.push(started.elapsed().as_nanos() / 1000);
    }
    took.sort_unstable();
    println!("fresh median\t{}", took[100]);
    println!("fresh p99\t{}", took[197]);
}

fn write(folder: &str, name: &str, query: &Query, levels: &[LevelCell]) {
    let mut text = String::new();
    let mut cells = levels.iter();
    for indicator in &query.indicators {
        for unit in &query.units {
            for period in &query.periods {
                let cell = cells.next().expect("a cell for each that was asked");
                if let Some(value) = cell.value().and_then(|value| value.exactly_at(1)) {
                    let tenths = value.mantissa();
                    writeln!(text, "{indicator}|{unit}|{period}|{tenths}")
                        .expect("writing to a string");
                }
            }
        }
    }
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    std::fs::write(Path::new(folder).join(format!("{name}.txt")), lines.join("\n") + "\n")
        .expect("the folder can be written to");
}

struct Country {
    units: Arc<Units>,
    catalogue: Arc<Catalogue>,
    indicators: Vec<IndicatorCode>,
    months: Vec<Period>,
    in_1000: usize,
}

impl Country {
    fn new(indicators: usize, in_1000: usize) -> Country {
        let indicators: Vec<Indicator> = (0..indicators).map(indicator).collect();
        let months = (0..MONTHS).filter_map(|at| {
            let (year, month) = (at / 12, at % 12);
            Period::month(FIRST_YEAR + year as i16, month as i8 + 1, Calendar::Statistical)
        });
        Country {
            units: Arc::new(Units::new(units()).expect("a tree")),
            indicators: indicators.iter().map(|indicator| indicator.code.clone()).collect(),
            catalogue: Arc::new(Catalogue::new(indicators)),
            months: months.collect(),
            in_1000,
        }
    }

    fn communes(&self) -> impl Iterator<Item = usize> + use<> {
        let in_1000 = self.in_1000;
        (0..COMMUNES).filter(move |commune| commune * 7 % 1000 < in_1000)
    }

    fn observations(&self) -> usize {
        self.indicators.len() * MONTHS * self.communes().count()
    }

    fn loaded(&self) -> Cube {
        let mut cube = Cube::new(self.units.clone(), self.catalogue.clone());
        let communes: Vec<(usize, UnitNumber)> = self
            .communes()
            .map(|commune| (commune, cube.unit_number(&commune_code(commune)).expect("a commune")))
            .collect();
        for (at, indicator) in self.indicators.iter().enumerate() {
            let mut loading = cube.loading(indicator).expect("an indicator");
            for (month, period) in self.months.iter().enumerate() {
                let rows = communes.iter().map(|&(commune, unit)| Row {
                    unit,
                    number: Decimal::new(value(at, month, commune).into(), 1).expect("small"),
                    status: Status::Final,
                    synthetic: false,
                    seq: Seq((month * PROVINCES + commune * PROVINCES / COMMUNES + 1) as u64),
                    recorded_at: Timestamp::UNIX_EPOCH,
                });
                loading.rows(&Breakdown::TOTAL, Source::Reported, Part::Level(*period), rows);
            }
            loading.finish();
        }
        cube
    }

    /// The boards of the design, and those of the issue.
    fn boards(&self) -> Vec<(&'static str, Query)> {
        let provinces: Vec<UnitCode> =
            (0..PROVINCES).map(|at| code(&format!("{:02}", at + 1))).collect();
        let districts: Vec<UnitCode> =
            (0..DISTRICTS).map(|at| code(&format!("{:03}", at + 1))).collect();
        let country = vec![code("VN")];
        let flows = vec![self.indicators[0].clone(), self.indicators[2].clone()];
        let forty: Vec<_> = self.indicators[..40].to_vec();
        let stocks: Vec<_> = forty.iter().skip(1).step_by(2).cloned().collect();
        let year = &self.months[MONTHS - 12..];
        let three_years = &self.months[MONTHS - 36..];
        let quarters: Vec<Period> = (FIRST_YEAR + 2..FIRST_YEAR + 5)
            .flat_map(|year| (1..=4).map(move |quarter| format!("{year}-Q{quarter}")))
            .map(|text| Period::parse(&text).expect("a quarter"))
            .collect();
        let commune = vec![code(&commune_code(0))];
        vec![
            ("2x12x63", query(&flows, &provinces, year)),
            ("40x12x63", query(&forty, &provinces, year)),
            ("40x36xcountry", query(&forty, &country, three_years)),
            ("stocks 20x12x63", query(&stocks, &provinces, &quarters)),
            ("2x36x700", query(&flows, &districts, three_years)),
            ("one commune", query(&self.indicators, &commune, &self.months)),
        ]
    }

    /// Every commune's figure of a month with its place among all.
    fn league(&self) -> Query {
        let communes: Vec<UnitCode> = (0..COMMUNES).map(|at| code(&commune_code(at))).collect();
        Query {
            measures: vec![Measure::Level, Measure::Rank],
            ..query(&self.indicators[..1], &communes, &self.months[MONTHS - 1..])
        }
    }

    fn commit(&self, number: u64) -> Vec<Observation> {
        let seq = Seq(1_000_000 + number);
        let commune = number as usize * 53 % COMMUNES;
        let observation = |(ordinal, indicator): (usize, &IndicatorCode)| Observation {
            cell: Cell {
                indicator: indicator.clone(),
                unit: code(&commune_code(commune)),
                period: self.months[MONTHS - 1],
                breakdown: Breakdown::TOTAL,
                measure: Measure::Level,
            },
            source: Source::Reported,
            publisher: None,
            figure: Figure::Number(Decimal::new(i128::from(number) * 10, 1).expect("small")),
            of: None,
            status: Status::Estimated,
            qualifier: None,
            measured_share: None,
            synthetic: false,
            seq,
            ordinal: ordinal as u32,
            recorded_at: Timestamp::UNIX_EPOCH,
        };
        self.indicators[..40].iter().enumerate().map(observation).collect()
    }
}

/// The rule: tenths, different for each cell, the same in any database.
fn value(indicator: usize, month: usize, commune: usize) -> i64 {
    ((indicator * 7919 + month * 104_729 + commune * 1_299_709) % 100_003) as i64
}

fn commune_code(commune: usize) -> String {
    format!("{:05}", commune + 1)
}

fn code(text: &str) -> UnitCode {
    UnitCode::parse(text).expect("a code")
}

fn query(indicators: &[IndicatorCode], units: &[UnitCode], periods: &[Period]) -> Query {
    Query {
        indicators: indicators.to_vec(),
        units: units.to_vec(),
        periods: periods.to_vec(),
        breakdowns: vec![Breakdown::TOTAL],
        measures: vec![Measure::Level],
        source: SourceChoice::Preferred,
        tree: Tree::Own,
        as_of: Seq::LATEST,
    }
}

fn units() -> Vec<Unit> {
    let unit = |written: &str, kind: UnitKind, above: Option<String>| Unit {
        code: code(written),
        kind,
        name_vi: written.to_owned(),
        name_en: written.to_owned(),
        full_name_vi: written.to_owned(),
        validity: Validity::ALWAYS,
        parents: above.iter().map(|above| (Validity::ALWAYS, code(above))).collect(),
        members: vec![],
        successor: None,
        map_path: None,
    };
    let mut all = vec![unit("VN", UnitKind::Country, None)];
    let region = |province: usize| format!("R{}", province * 6 / PROVINCES + 1);
    all.extend((1..=6).map(|at| unit(&format!("R{at}"), UnitKind::Region, Some("VN".into()))));
    all.extend(
        (0..PROVINCES)
            .map(|at| unit(&format!("{:02}", at + 1), UnitKind::Province, Some(region(at)))),
    );
    all.extend((0..DISTRICTS).map(|at| {
        let province = format!("{:02}", at * PROVINCES / DISTRICTS + 1);
        unit(&format!("{:03}", at + 1), UnitKind::District, Some(province))
    }));
    all.extend((0..COMMUNES).map(|at| {
        let district = format!("{:03}", at * DISTRICTS / COMMUNES + 1);
        unit(&commune_code(at), UnitKind::Commune, Some(district))
    }));
    all
}

/// Flows and stocks by turns.
fn indicator(at: usize) -> Indicator {
    let name = format!("I{at:03}");
    Indicator {
        code: IndicatorCode::parse(&name).expect("a code"),
        sector: Sector::Post,
        name_vi: name.clone(),
        name_en: name,
        unit_vi: "tỷ đồng".into(),
        unit_en: "billion VND".into(),
        scale: 1,
        over_units: OverUnits::Sum,
        over_time: if at.is_multiple_of(2) { OverTime::Sum } else { OverTime::Last },
        good: Good::Up,
        applies_to: vec![(UnitKind::Commune, Validity::ALWAYS)],
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
