//! How long it takes to see that a form asks nothing twice: 200 live templates of 60 rows, each filled by 63 bodies.
//!
//! `cargo run --release -p workflow --example ask_once`; a line a case, its name and its milliseconds.

use std::time::Instant;

use model::indicator::{Good, Limits, OverTime, OverUnits};
use model::unit::Bodies;
use model::{
    Body, BodyCode, Breakdown, Calendar, Catalogue, Decimal, Frequency, Indicator, IndicatorCode,
    Sector, Unit, UnitCode, UnitKind, Units, Validity,
};
use workflow::ask_once::{Known, live};
use workflow::template::{Assigned, Assignment, DueRule};
use workflow::{Row, Section, SectionId, SectionKind, Template, TemplateCode};

const TEMPLATES: usize = 200;
const BODIES: usize = 63;
const ROWS: usize = 60;
const INDICATORS: usize = 4000;
/// The median of so many runs.
const RUNS: usize = 9;

fn main() {
    let catalogue = Catalogue::new((0..INDICATORS).map(indicator));
    let (units, bodies) = provinces();
    let templates: Vec<Template> = (0..TEMPLATES).map(template).collect();
    let versions = live(templates.iter());
    let form = Template { code: TemplateCode::parse("MOI").expect("a name"), ..template(0) };
    let mut found = 0;
    let one = median(|| {
        found = Known::new(&catalogue, &units, &bodies, &versions, &[]).findings(&form).len();
    });
    println!("1 form beside {TEMPLATES} templates x {BODIES} bodies\t{one:.3}");
    let every = median(|| {
        let known = Known::new(&catalogue, &units, &bodies, &versions, &[]);
        found = templates.iter().map(|template| known.findings(template).len()).sum();
    });
    println!("{TEMPLATES} templates beside one another x {BODIES} bodies\t{every:.3}");
    assert!(found > TEMPLATES, "forms that ask for the same were made");
}

fn median(mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[RUNS / 2]
}

/// Every fifth form is of the other calendar, every third of quarters; each asks for a stretch of the catalogue, so that a number stands in about three.
fn template(number: usize) -> Template {
    let row = |row: usize| Row {
        indicator: code((number * 37 + row) % INDICATORS),
        breakdown: Breakdown::parse(if row.is_multiple_of(4) { "SEX=F" } else { "" })
            .expect("a part"),
        required: true,
        note: String::new(),
        settle_previous: false,
    };
    Template {
        code: TemplateCode::parse(&format!("T{number:03}")).expect("a name"),
        version: 1,
        valid_from: jiff::civil::date(2020, 1, 1)
            .checked_add(jiff::ToSpan::days(number as i64))
            .ok(),
        name_vi: format!("Biểu {number}"),
        name_en: format!("Form {number}"),
        content: String::new(),
        calendar: match number % 5 {
            0 => Calendar::Administrative,
            _ => Calendar::Statistical,
        },
        frequency: match number % 3 {
            0 => Frequency::Quarter,
            _ => Frequency::Month,
        },
        assigned_to: vec![Assignment::always(Assigned::Kind(UnitKind::Province))],
        cut_off_vi: String::new(),
        cut_off_en: String::new(),
        due: DueRule { working_days: 5 },
        legal_basis: String::new(),
        recipients: vec![],
        sending: String::new(),
        paper: Default::default(),
        checks: vec![],
        sections: vec![Section {
            id: SectionId::parse("P1").expect("a name"),
            sector: Sector::Post,
            name_vi: String::new(),
            name_en: String::new(),
            owner: String::new(),
            kind: SectionKind::Figures((0..ROWS).map(row).collect()),
        }],
    }
}

fn code(number: usize) -> IndicatorCode {
    IndicatorCode::parse(&format!("I{number:04}")).expect("a code")
}

fn indicator(number: usize) -> Indicator {
    Indicator {
        code: code(number),
        sector: Sector::Post,
        name_vi: String::new(),
        name_en: String::new(),
        unit_vi: String::new(),
        unit_en: String::new(),
        scale: 0,
        over_units: OverUnits::Sum,
        over_time: OverTime::Sum,
        good: Good::Unsaid,
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

fn provinces() -> (Units, Bodies) {
    let name = |number: usize| format!("{number:02}");
    let unit = |number: usize| Unit {
        code: UnitCode::parse(&name(number)).expect("a code"),
        kind: UnitKind::Province,
        name_vi: name(number),
        name_en: name(number),
        full_name_vi: name(number),
        // Every third ends when the provinces were joined.
        validity: Validity {
            from: None,
            to: number.is_multiple_of(3).then(|| jiff::civil::date(2025, 7, 1)),
        },
        parents: vec![],
        members: vec![],
        successor: None,
        map_path: None,
    };
    let body = |number: usize| Body {
        code: BodyCode::parse(&name(number)).expect("a code"),
        unit: UnitCode::parse(&name(number)).expect("a code"),
        names: vec![],
        email: None,
    };
    let bodies = (0..BODIES).map(body).map(|body| (body.code.clone(), body)).collect();
    (Units::new((0..BODIES).map(unit).collect()).expect("a tree"), bodies)
}
