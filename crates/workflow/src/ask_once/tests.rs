use std::fmt::Write;

use expect_test::{Expect, expect};
use jiff::civil::{Date, date};
use model::indicator::OverTime;
use model::{Body, BodyCode, UnitKind};
use proptest::prelude::*;

use super::*;
use crate::fixtures::{code, indicator, share};
use crate::template::{Assigned, Assignment, DueRule, SectionId, SectionKind, TemplateCode};

#[test]
fn the_same_number_for_the_same_periods_is_asked_once() {
    check(
        "live A@1 stat month province : DT LD",
        [
            ("form B@1 stat month province : DT", "nothing but a copy"),
            ("form B@1 stat month province : SL", "another indicator"),
            ("form B@1 stat month province : DT[SEX=F]", "a part is not its total"),
            ("form B@1 stat month @ministries : DT", "other bodies"),
            ("form B@1 stat month 52 : LD DT", "one body of those"),
        ],
        expect![[r#"
            nothing but a copy
              BC/DT/this error asked A@1 BC/DT/this: 48 52
            another indicator
            a part is not its total
            other bodies
            one body of those
              BC/LD/this error asked A@1 BC/LD/this: 52
              BC/DT/this error asked A@1 BC/DT/this: 52
        "#]],
    );
}

#[test]
fn a_breakdown_is_a_number_of_its_own() {
    check(
        "live A@1 stat month province : DT[SEX=F] DT[AREA=U,SEX=F]",
        [
            ("form B@1 stat month province : DT", "the total"),
            ("form B@1 stat month province : DT[SEX=F]", "the same part"),
            ("form B@1 stat month province : DT[SEX=M]", "the other part"),
            (
                "form B@1 stat month province : DT[SEX=F,AREA=U]",
                "the same cross, written otherwise",
            ),
        ],
        expect![[r#"
            the total
            the same part
              BC/DT[SEX=F]/this error asked A@1 BC/DT[SEX=F]/this: 48 52
            the other part
            the same cross, written otherwise
              BC/DT[AREA=U,SEX=F]/this error asked A@1 BC/DT[AREA=U,SEX=F]/this: 48 52
        "#]],
    );
}

#[test]
fn what_adds_up_over_time_counts_as_asked_in_longer_periods() {
    check(
        "live A@1 stat month province : DT LD IP
         live D@1 stat quarter province : SL
         live W@1 stat week province : TS",
        [
            ("form B@1 stat quarter province : DT", "a flow of a quarter is its months"),
            ("form B@1 stat year province : LD", "a stock of a year is its last month"),
            ("form B@1 stat quarter province : IP", "unique addresses do not add up"),
            ("form B@1 stat half province : SL", "a half-year is its quarters"),
            ("form B@1 stat month province : SL", "months are not had from a quarter"),
            ("form B@1 stat month province : TS", "a week lies in two months"),
        ],
        expect![[r#"
            a flow of a quarter is its months
              BC/DT/this error adds_up A@1 BC/DT/this: 48 52
            a stock of a year is its last month
              BC/LD/this error adds_up A@1 BC/LD/this: 48 52
            unique addresses do not add up
            a half-year is its quarters
              BC/SL/this error adds_up D@1 BC/SL/this: 48 52
            months are not had from a quarter
              BC/SL/this warning part_of D@1 BC/SL/this: 48 52
            a week lies in two months
        "#]],
    );
}

#[test]
fn the_other_calendar_only_warns() {
    check(
        "live A@1 adm month province : DT
         live D@1 stat day province : SL",
        [
            ("form B@1 stat month province : DT", "calendar months beside the 15th to the 14th"),
            ("form B@1 stat year province : DT", "whatever the length"),
            ("form B@1 adm quarter province : DT", "within one calendar it adds up"),
            ("form B@1 adm month province : SL", "a day is a day in both calendars"),
        ],
        expect![[r#"
            calendar months beside the 15th to the 14th
              BC/DT/this warning other_calendar A@1 BC/DT/this: 48 52
            whatever the length
              BC/DT/this warning other_calendar A@1 BC/DT/this: 48 52
            within one calendar it adds up
              BC/DT/this error adds_up A@1 BC/DT/this: 48 52
            a day is a day in both calendars
              BC/SL/this error adds_up D@1 BC/SL/this: 48 52
        "#]],
    );
}

#[test]
fn a_ratio_of_two_that_are_asked_is_computed() {
    check(
        "live A@1 stat month province : DT
         live C@1 stat quarter 52 : LD",
        [
            ("form B@1 stat month province : LD TL", "the other part stands in the form itself"),
            ("form B@1 stat quarter province : TL", "of the one body that is asked for both"),
            ("form B@1 stat month province : TL", "a part that is asked by the quarter only"),
            ("form B@1 stat quarter province : TL[SEX=F]", "of a part nobody is asked for"),
        ],
        expect![[r#"
            the other part stands in the form itself
              BC/LD/this warning part_of C@1 BC/LD/this: 52
              BC/TL/this error computed A@1 BC/DT/this, B@1 BC/LD/this: 48 52
            of the one body that is asked for both
              BC/TL/this error computed A@1 BC/DT/this, C@1 BC/LD/this: 52
            a part that is asked by the quarter only
            of a part nobody is asked for
        "#]],
    );
}

#[test]
fn a_version_does_not_count_against_its_successor_and_ends_where_that_begins() {
    check(
        "live A@1 stat month province : DT LD
         live A@2 stat month province from 2024-07-01 : DT SL
         live A@3 stat month province from 2025-01-01 : DT",
        [
            ("form A@4 stat month province from 2025-07-01 : DT LD SL", "the next version"),
            ("form B@1 stat month province from 2024-07-01 : LD", "the first asked it until June"),
            ("form B@1 stat month province from 2024-06-30 : LD", "June ends before the second"),
            ("form B@1 stat month province from 2024-12-01 : SL", "December is the second's"),
            ("form B@1 stat month province from 2025-01-31 : SL", "January is the third's"),
            (
                "form B@1 stat month province from 2024-07-01 : DT",
                "of two versions the last is named",
            ),
        ],
        expect![[r#"
            the next version
            the first asked it until June
            June ends before the second
              BC/LD/this error asked A@1 BC/LD/this: 48 52
            December is the second's
              BC/SL/this error asked A@2 BC/SL/this: 48 52
            January is the third's
            of two versions the last is named
              BC/DT/this error asked A@3 BC/DT/this: 48 52
        "#]],
    );
}

#[test]
fn windows_are_compared_by_whole_periods() {
    check(
        "live A@1 stat month province on 2024-01-01..2024-08-01 : DT",
        [
            ("form B@1 stat month province from 2024-08-01 : DT", "one begins when the other ends"),
            ("form B@1 stat month province from 2024-07-31 : DT", "July is asked by both"),
            (
                "form B@1 stat month province on ..2024-01-01 : DT",
                "one ended before the other began",
            ),
            (
                "form B@1 stat month province on 2024-07-05..2024-07-20 : DT",
                "no month ends in there",
            ),
            (
                "form B@1 stat quarter province from 2024-07-01 : DT",
                "of the third quarter only July",
            ),
            ("form B@1 stat quarter province from 2024-06-30 : DT", "the second quarter is whole"),
            ("form B@1 stat year province from 2023-12-31 : DT", "no whole year"),
        ],
        expect![[r#"
            one begins when the other ends
            July is asked by both
              BC/DT/this error asked A@1 BC/DT/this: 48 52
            one ended before the other began
            no month ends in there
            of the third quarter only July
            the second quarter is whole
              BC/DT/this error adds_up A@1 BC/DT/this: 48 52
            no whole year
        "#]],
    );
}

#[test]
fn bodies_are_compared_one_by_one_however_they_are_assigned() {
    check(
        "live A@1 stat month @north : DT
         live C@1 stat month 52 : LD
         live D@1 stat month @ministries : SL",
        [
            ("form B@1 stat month province : DT", "48 is in the group from July 2024"),
            ("form B@1 stat month province on ..2024-07-01 : DT", "and was not before"),
            ("form B@1 stat month province from 2025-07-01 : LD", "52 is no longer"),
            ("form B@1 stat month 48,52,G14 : DT LD SL", "a list"),
        ],
        expect![[r#"
            48 is in the group from July 2024
              BC/DT/this error asked A@1 BC/DT/this: 48
            and was not before
            52 is no longer
            a list
              BC/DT/this error asked A@1 BC/DT/this: 48
              BC/LD/this error asked C@1 BC/LD/this: 52
              BC/SL/this error asked D@1 BC/SL/this: G14
        "#]],
    );
}

#[test]
fn what_is_measured_with_enough_share_is_known() {
    check(
        "measured DT 48 2024-06 90
         measured DT 52 2024-06 89.9
         measured LD 52 2024-06-15 95
         measured SL 48 2024-06~adm 95
         measured IP 48 2024-Q1 100
         measured TS 48 2023-06 100
         measured TS 48 2023-01 10",
        [
            ("form B@1 stat month province from 2024-07-01 : DT", "from the threshold on"),
            ("form B@1 stat quarter province from 2024-07-01 : DT", "months add up"),
            ("form B@1 adm month province from 2024-07-01 : LD", "so do days, in both calendars"),
            ("form B@1 stat month province from 2024-07-01 : SL", "the other calendar"),
            (
                "form B@1 stat month province from 2024-07-01 : IP",
                "months are not had from a quarter",
            ),
            ("form B@1 stat month province from 2024-07-01 : TS", "measured no longer"),
            ("form B@1 stat month province from 2024-06-30 : TS", "the last is a year old at most"),
            ("form B@1 stat month province from 2024-07-01 : DT[SEX=F]", "of a part"),
        ],
        expect![[r#"
            from the threshold on
              BC/DT/this error measured 90 up to 2024-06: 48
            months add up
              BC/DT/this error measured 90 up to 2024-06: 48
            so do days, in both calendars
              BC/LD/this error measured 95 up to 2024-06-15: 52
            the other calendar
              BC/SL/this warning measured_in_other_calendar 95 up to 2024-06~adm: 48
            months are not had from a quarter
            measured no longer
            the last is a year old at most
              BC/TS/this error measured 100 up to 2023-06: 48
            of a part
        "#]],
    );
}

#[test]
fn settling_an_estimate_is_no_question_of_its_own() {
    // Each row of these forms asks for the period before as well; only the number of the period itself is compared.
    check(
        "live A@1 stat month province until-settled : DT
         live C@1 stat month province on ..2024-07-01 until-settled : LD",
        [
            (
                "form A@2 stat month province from 2024-07-01 until-settled : DT",
                "its own estimates",
            ),
            (
                "form B@1 stat month province from 2024-07-01 until-settled : LD",
                "June's, in July's form",
            ),
        ],
        expect![[r#"
            its own estimates
            June's, in July's form
        "#]],
    );
}

#[test]
fn a_finding_says_where_the_number_is() {
    let ministry = Ministry::of("live A@1 stat month province : DT\nmeasured DT 48 2024-06 95.5");
    let form = form("B@1 adm quarter 48 from 2024-07-01 : DT");
    let said = ministry.found(&form, |finding, catalogue| {
        Language::ALL.map(|language| finding.message(catalogue, language) + "\n").concat()
    });
    expect![[r#"
        Theo lịch báo cáo khác, số liệu này của 1 đơn vị đã được hỏi ở biểu “Biểu A” (A, phiên bản 1), phần “Bưu chính”, dòng “Chỉ tiêu DT”, cột kỳ này, hằng tháng theo tháng dương lịch.
        Under the other calendar this number of 1 body is asked for in form “Form A” (A, version 1), section “Post”, row “Indicator DT”, column of the period, monthly in calendar months.
        Theo lịch báo cáo khác, số liệu này của 1 đơn vị đã được đo trực tuyến: ít nhất 95,5% số hệ thống, đến kỳ 2024-06.
        Under the other calendar this number of 1 body is measured: at least 95.5% of the systems, up to 2024-06.
    "#]]
    .assert_eq(&said.concat());
}

fn frequency() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("month"), Just("quarter"), Just("half"), Just("year")]
}

proptest! {
    /// A copy of a live form is refused whole, and for no other body than those it is asked of.
    #[test]
    fn a_copy_is_refused_in_every_row(
        calendar in prop_oneof![Just("stat"), Just("adm")],
        often in frequency(),
        to in prop_oneof![Just("province"), Just("48"), Just("@ministries"), Just("52,G14")],
        from in 0i64..3000,
    ) {
        let from = date(2018, 1, 1).checked_add(jiff::ToSpan::days(from)).unwrap();
        let line = format!("@1 {calendar} {often} {to} from {from} : DT LD IP SL");
        let ministry = Ministry::of(&format!("live A{line}"));
        let form = form(&format!("B{line}"));
        let found = ministry.found(&form, |one, _| (one.how.code(), one.bodies.len()));
        // 52 is there until July 2025: a form that begins later has nothing of it to ask.
        let bodies = found.first().map_or(0, |(_, bodies)| *bodies);
        prop_assert!(found.iter().all(|one| *one == ("asked", bodies)), "{found:?}");
        prop_assert_eq!(found.len(), if bodies == 0 { 0 } else { 4 });
        prop_assert!(bodies > 0 || from > date(2024, 1, 1), "{from} {bodies}");
    }

    /// Whether two forms ask the same for the same periods does not depend on which was there first.
    #[test]
    fn asking_the_same_is_mutual(
        one in 0i64..1500,
        other in 0i64..1500,
        lasts in 1i64..400,
        also in 1i64..400,
        often in frequency(),
    ) {
        let day = |days: i64| date(2020, 1, 1).checked_add(jiff::ToSpan::days(days)).unwrap();
        let line = |code: &str, from: i64, lasts: i64| {
            let (from, to) = (day(from), day(from + lasts));
            format!("{code}@1 stat {often} province on {from}..{to} : DT")
        };
        let (a, b) = (line("A", one, lasts), line("B", other, also));
        let count = |live: &str, asked: &str| {
            Ministry::of(&format!("live {live}")).found(&form(asked), |_, _| ()).len()
        };
        prop_assert_eq!(count(&a, &b), count(&b, &a));
    }
}

/// Each form against the same ministry; what is found, a line each.
#[track_caller]
fn check<const N: usize>(known: &str, cases: [(&str, &str); N], expected: Expect) {
    let ministry = Ministry::of(known);
    let mut said = String::new();
    for (asked, case) in cases {
        let form = form(asked.strip_prefix("form ").expect("a form"));
        writeln!(said, "{case}").unwrap();
        said += &ministry.found(&form, |finding, _| line(finding)).concat();
    }
    expected.assert_eq(&said);
}

fn line(finding: &Finding) -> String {
    let at = |place: &Place| {
        format!("{}@{} {}", place.template.code, place.template.version, place.cell())
    };
    let how = match &finding.how {
        How::Measured { share, period } | How::MeasuredInOtherCalendar { share, period } => {
            format!("{share} up to {period}")
        }
        how => how.places().iter().map(at).collect::<Vec<_>>().join(", "),
    };
    let bodies: Vec<&str> = finding.bodies.iter().map(|body| body.as_str()).collect();
    let (severity, code) = (finding.severity().code(), finding.how.code());
    format!("  {} {severity} {code} {how}: {}\n", finding.cell, bodies.join(" "))
}

struct Ministry {
    templates: Vec<Template>,
    measured: Vec<Measured>,
}

impl Ministry {
    /// Lines of `live` forms and `measured` numbers.
    fn of(known: &str) -> Ministry {
        let lines = || known.lines().map(str::trim);
        let templates = lines().filter_map(|line| line.strip_prefix("live ")).map(form).collect();
        let measured = lines().filter_map(|line| line.strip_prefix("measured ")).map(|line| {
            let [what, unit, period, share] = words(line);
            Measured {
                indicator: code(what),
                breakdown: Breakdown::TOTAL,
                unit: UnitCode::parse(unit).expect("a unit"),
                period: Period::parse(period).expect("a period"),
                share: Decimal::parse(share).expect("a share"),
            }
        });
        Ministry { templates, measured: measured.collect() }
    }

    /// What is found in a form, each as it is wanted.
    fn found<T>(&self, form: &Template, of: impl Fn(&Finding, &Catalogue) -> T) -> Vec<T> {
        let catalogue = catalogue();
        let (units, bodies) = units();
        let live = live(self.templates.iter());
        let known = Known::new(&catalogue, &units, &bodies, &live, &self.measured);
        known.findings(form).iter().map(|finding| of(finding, &catalogue)).collect()
    }
}

fn words<const N: usize>(line: &str) -> [&str; N] {
    line.split_whitespace().collect::<Vec<_>>().try_into().expect("as many words")
}

/// `A@1 stat month province from 2024-07-01 on 2024-01-01..2025-01-01 : DT LD[SEX=F]`
pub(crate) fn form(line: &str) -> Template {
    let (about, rows) = line.split_once(" : ").expect("rows");
    let about: Vec<&str> = about.split_whitespace().collect();
    let [named, calendar, frequency, to] = about[..4].try_into().expect("what it is");
    let (template, version) = named.split_once('@').expect("a version");
    let option = |name: &str| about.iter().position(|word| *word == name).map(|at| about[at + 1]);
    let day = |text: &str| (!text.is_empty()).then(|| text.parse::<Date>().expect("a day"));
    let (from, until) = option("on").and_then(|days| days.split_once("..")).unwrap_or(("", ""));
    let to = match UnitKind::parse(to) {
        Some(kind) => Assigned::Kind(kind),
        None if to.starts_with('@') => Assigned::Group(UnitCode::parse(to).expect("a group")),
        None => Assigned::Units(
            to.split(',').map(|unit| UnitCode::parse(unit).expect("a unit")).collect(),
        ),
    };
    let row = |text: &str| {
        let (of, breakdown) = text.split_once('[').unwrap_or((text, ""));
        Row {
            indicator: code(of),
            breakdown: Breakdown::parse(breakdown.trim_end_matches(']')).expect("a breakdown"),
            required: true,
            note: String::new(),
            settle_previous: about.contains(&"until-settled"),
        }
    };
    Template {
        code: TemplateCode::parse(template).expect("a name"),
        version: version.parse().expect("a version"),
        valid_from: option("from").and_then(day),
        name_vi: format!("Biểu {template}"),
        name_en: format!("Form {template}"),
        content: String::new(),
        calendar: match calendar {
            "adm" => Calendar::Administrative,
            _ => Calendar::Statistical,
        },
        frequency: Frequency::parse(frequency).expect("a frequency"),
        assigned_to: vec![Assignment { to, days: Validity { from: day(from), to: day(until) } }],
        cut_off_vi: String::new(),
        cut_off_en: String::new(),
        due: DueRule { working_days: 5 },
        legal_basis: String::new(),
        recipients: vec![],
        sending: String::new(),
        paper: Default::default(),
        checks: vec![],
        sections: vec![Section {
            id: SectionId::parse("BC").expect("a name"),
            sector: model::Sector::Post,
            name_vi: "Bưu chính".to_owned(),
            name_en: "Post".to_owned(),
            owner: String::new(),
            kind: SectionKind::Figures(rows.split_whitespace().map(row).collect()),
        }],
    }
}

/// A flow, a stock, one that does not add up over time, two more flows, and the ratio of the first two.
fn catalogue() -> Catalogue {
    let over_time = |of: &str, over_time| Indicator { over_time, ..indicator(of, "máy", 0) };
    Catalogue::new([
        indicator("DT", "tỷ đồng", 2),
        over_time("LD", OverTime::Last),
        over_time("IP", OverTime::None),
        indicator("SL", "bưu phẩm", 0),
        indicator("TS", "tin", 0),
        share("TL", "DT", "LD"),
    ])
}

/// Provinces 48 and 52 (until July 2025), ministry G14; `@north` has had 48 since July 2024.
pub(crate) fn units() -> (Units, Bodies) {
    let days = |from: Option<Date>, to| Validity { from, to };
    let unit = |code: &str, kind, validity| Unit {
        code: UnitCode::parse(code).expect("a code"),
        kind,
        name_vi: code.to_owned(),
        name_en: code.to_owned(),
        full_name_vi: code.to_owned(),
        validity,
        parents: vec![],
        members: vec![],
        successor: None,
        map_path: None,
    };
    let group = |code: &str, since, member: &str| Unit {
        members: vec![(days(since, None), UnitCode::parse(member).expect("a code"))],
        ..unit(code, UnitKind::Group, Validity::ALWAYS)
    };
    let units = Units::new(vec![
        unit("48", UnitKind::Province, Validity::ALWAYS),
        unit("52", UnitKind::Province, days(None, Some(date(2025, 7, 1)))),
        unit("G14", UnitKind::Ministry, Validity::ALWAYS),
        group("@ministries", None, "G14"),
        group("@north", Some(date(2024, 7, 1)), "48"),
    ]);
    let body = |code: &str| Body {
        code: BodyCode::parse(code).expect("a code"),
        unit: UnitCode::parse(code).expect("a code"),
        names: vec![],
        email: None,
    };
    let bodies = ["48", "52", "G14"].map(body);
    let bodies = bodies.into_iter().map(|body| (body.code.clone(), body));
    (units.expect("a tree"), bodies.collect())
}
