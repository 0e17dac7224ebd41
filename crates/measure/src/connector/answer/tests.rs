use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::super::schedule::{About, Times};
use super::super::{Format, Http, Kind, Limits, Paging, Pull, Schedule, SignIn, ValueColumn};
use super::*;
use model::{BodyCode, Breakdown, Frequency, IndicatorCode, UnitCode, Validity};

use crate::ConnectorCode;

#[test]
fn json_is_read_by_path_and_a_number_keeps_its_digits() {
    check_json(
        r#"{"ok":true,"data":[
            {"ma":"52","ky":"2024-06","so":1234.50,"gioi":"SEX=F"},
            {"ma":"01","ky":"2024-06","so":"0.1"},
            {"ma":"48","ky":"2024-06-30","so":123456789012345.678},
            {"ma":"49","ky":"06/2024","so":1.2345E7},
            {"ma":"50","ky":"2024-06-01T00:00:00Z","so":-5e-3},
            {"ma":"51","ky":"2024-06","so":null},
            {"ma":"54","ky":"2024-06","so":""},
            {"ma":"56","ky":"2024-06"}]}"#,
        expect![[r#"
            1 CDS.HS 52 2024-06 SEX=F = 1234.50
            2 CDS.HS 01 2024-06  = 0.1
            3 CDS.HS 48 2024-06  = 123456789012345.678
            4 CDS.HS 49 2024-06  = 12345000
            5 CDS.HS 50 2024-06  = -0.005
            3 of 8 rows are unknown
        "#]],
    );
}

#[test]
fn what_is_wrong_in_one_row_names_the_row() {
    check_json(
        r#"{"data":[
            {"ma":"52","ky":"2024-05","so":1},
            {"ma":"52","ky":"2024-06","so":true},
            {"ma":"52","ky":"2024-06","so":{"n":1}},
            {"ma":"52","ky":"2024-06","so":1,"so":2},
            {"ky":"2024-06","so":1},
            ["52",1]]}"#,
        expect![[r#"
            row 1: about 2024-05, not 2024-06
            row 2: “so” is true, not a number or a text
            row 3: “so” is {"n":1}, not a number or a text
            row 4: “so” stands twice in one object
            row 5: no row has “ma”
            row 6: no row has “ky”
            0 of 6 rows are unknown
        "#]],
    );
}

#[test]
fn an_answer_that_is_not_what_was_said_is_refused_whole() {
    for (text, expected) in [
        ("<html>lỗi</html>", "the answer is not JSON from line 1, character 1 on"),
        ("", "the answer is not JSON from line 1, character 0 on"),
        (r#"{"data":[{"ma":"52","#, "the answer is not JSON from line 1, character 20 on"),
        (
            r#"{"data":[{"ma":"52","ky":"2024-06","so":NaN}]}"#,
            "the answer is not JSON from line 1, character 41 on",
        ),
        (r#"{"data":[]} trailing"#, "the answer is not JSON from line 1, character 13 on"),
        (r#"{"rows":[]}"#, "nothing stands at $.data[*]"),
        (r#"{"data":{"ma":"52"}}"#, "nothing stands at $.data[*]"),
        (r#"{"data":[],"data":[]}"#, "“data” stands twice in one object"),
        (r#"{"data":[{"ma":"52","ky":"2024-06","n":1}]}"#, "no row has “so”"),
        (r#"{"data":[1,2,3,4,5,6,7,8,9,10,11]}"#, "there are more than 10 rows"),
    ] {
        let connector = connector();
        let mut reading = Reading::new(&connector, june()).unwrap();
        let read = reading.json(text.as_bytes(), &Path::parse("$.data[*]").unwrap());
        let refused = read.and_then(|_| reading.finish()).unwrap_err();
        assert_eq!(refused.to_string(), expected, "{text}");
    }
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let connector = connector();
    let mut reading = Reading::new(&connector, june()).unwrap();
    let refused = reading.json(deep.as_bytes(), &Path::parse("$.data[*]").unwrap());
    assert_eq!(refused.unwrap_err(), Fault::LeadsNowhere("$.data[*]".into()));
}

#[test]
fn csv_is_read_by_the_names_of_its_header() {
    check_csv(
        "\u{feff}ma;ky;so;gioi\r\n52;2024-06;1234.50;SEX=F\r\n01;2024-06;;\r\n48;2024-05;7;\r\n",
        expect![[r#"
            2 CDS.HS 52 2024-06 SEX=F = 1234.50
            row 4: about 2024-05, not 2024-06
            1 of 3 rows are unknown
        "#]],
    );
    check_csv("ma,so,gioi\n52,1,\n", expect!["refused: no row has “ky”"]);
    check_csv("ma,ky,so,so,gioi\n", expect!["refused: the header has “so” twice"]);
    check_csv("ma,ky,so,gioi\n52,2024-06\n", expect!["refused: line 2 is not CSV in UTF-8"]);
}

#[test]
fn a_row_with_several_columns_of_numbers_is_several_figures() {
    let of = |column: &str, indicator: &str, breakdown: &str| ValueColumn {
        column: column.to_owned(),
        indicator: IndicatorCode::parse(indicator).unwrap(),
        breakdown: Breakdown::parse(breakdown).unwrap(),
    };
    let mut connector = connector();
    let Kind::Http(http) = &mut connector.kind else { unreachable!("it asks an address") };
    http.pull.columns.values = Values::Several(vec![
        of("nhan", "CDS.HOSO", ""),
        of("qua_mang", "CDS.HOSO_TT", ""),
        of("nu", "CDS.HOSO", "SEX=F"),
    ]);
    let rows = Path::parse("$.data[*]").unwrap();
    let read = |text: &str| {
        let mut reading = Reading::new(&connector, june()).unwrap();
        let read = reading.json(text.as_bytes(), &rows);
        shown(read.and_then(|_| reading.finish()))
    };
    expect![[r#"
        1 CDS.HOSO 52 2024-06  = 40
        1 CDS.HOSO_TT 52 2024-06  = 9
        1 CDS.HOSO 52 2024-06 SEX=F = 21
        2 CDS.HOSO 48 2024-06  = 7
        2 of 2 rows are unknown
    "#]]
    .assert_eq(&read(
        r#"{"data":[{"ma":"52","ky":"2024-06","nhan":40,"qua_mang":9,"nu":21},
            {"ma":"48","ky":"2024-06","nhan":7,"qua_mang":null}]}"#,
    ));
    // A column that no row has is a mistake of whoever set it up, not numbers that are unknown.
    expect!["refused: no row has “nu”"]
        .assert_eq(&read(r#"{"data":[{"ma":"52","ky":"2024-06","nhan":40,"qua_mang":9}]}"#));
    // One wrong number refuses its row, not half of it.
    expect![[r#"
        row 1: “qua_mang” is true, not a number or a text
        0 of 1 rows are unknown
    "#]]
    .assert_eq(&read(r#"{"data":[{"ma":"52","ky":"2024-06","nhan":40,"qua_mang":true,"nu":1}]}"#));
    let mut reading = Reading::new(&connector, june()).unwrap();
    let read = reading.csv("ma,ky,nhan,qua_mang,nu\n52,2024-06,40,,21\n".as_bytes());
    expect![[r#"
        2 CDS.HOSO 52 2024-06  = 40
        2 CDS.HOSO 52 2024-06 SEX=F = 21
        1 of 1 rows are unknown
    "#]]
    .assert_eq(&shown(read.and_then(|_| reading.finish())));
}

#[test]
fn pages_go_on_counting_and_the_next_is_named_by_the_answer() {
    let connector = connector();
    let mut reading = Reading::new(&connector, june()).unwrap();
    let rows = Path::parse("$.data[*]").unwrap();
    let page = |so: u32| format!(r#"{{"data":[{{"ma":"52","ky":"2024-06","so":{so}}}]}}"#);
    for so in [1, 2] {
        assert_eq!(reading.json(page(so).as_bytes(), &rows), Ok(1));
    }
    let numbers: Vec<u64> =
        reading.finish().unwrap().figures.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [1, 2]);

    let path = Path::parse("$.links.next").unwrap();
    for (text, expected) in [
        (r#"{"links":{"next":"/p?2"}}"#, Ok(Some("/p?2".to_owned()))),
        (r#"{"links":{"next":null}}"#, Ok(None)),
        (r#"{"links":{}}"#, Ok(None)),
        (r#"{}"#, Ok(None)),
        ("[", Err(Fault::NotJson { line: 1, column: 1 })),
    ] {
        assert_eq!(next_link(text.as_bytes(), &path), expected, "{text}");
    }
}

#[test]
fn an_administrative_month_may_be_said_without_its_calendar() {
    for (said, asked, is_about_it) in [
        ("2024-06", "2024-06~adm", true),
        ("2024-06~adm", "2024-06~adm", true),
        ("2024-06~adm", "2024-06", false),
        ("2024-05-15", "2024-06~adm", true),
        ("2024-06-01", "2024-06~adm", false),
        ("202406", "2024-06", true),
        ("6/2024", "2024-06", true),
        ("2024-06-30 00:00:00", "2024-06", true),
        ("2024-Q2", "2024-06", false),
        ("tháng sáu năm nay", "2024-06", false),
        ("ngàyđầuđầu", "2024-06", false),
        ("2024", "2024", true),
        ("2024-06-15", "2024-06-15", true),
    ] {
        assert_eq!(is_about(said, Period::parse(asked).unwrap()), is_about_it, "{said} of {asked}");
    }
}

#[test]
fn a_batch_says_every_figure_and_nothing_else() {
    for (text, expected) in [
        (
            r#"{"figures":[{"unit":"52","period":"2024-06","value":"12.50","share":95},{"period":"2024-06","value":null}]}"#,
            expect![[r#"
                1 CDS.HS 52 2024-06  = 12.50 (95)
                1 of 2 rows are unknown
            "#]],
        ),
        (
            r#"{"figures":[{"period":"2024-06"},{"value":1,"valeu":2},7]}"#,
            expect![[r#"
                row 1: no row has “value”
                row 2: “valeu” does not belong here
                row 3: “figures” is 7, not a number or a text
                0 of 3 rows are unknown
            "#]],
        ),
        (r#"{"figure":[]}"#, expect!["refused: “figure” does not belong here"]),
        (r#"{"figures":{}}"#, expect!["refused: nothing stands at figures"]),
        (r#"[]"#, expect!["refused: nothing stands at figures"]),
    ] {
        expected.assert_eq(&shown(pushed(text.as_bytes(), &connector(), 10)));
    }
}

proptest! {
    /// No digit of a number is lost or made up on its way through JSON.
    #[test]
    fn a_number_is_what_was_written(whole in 0u64..1_000_000_000_000, fraction in "[0-9]{0,6}") {
        let written = if fraction.is_empty() { whole.to_string() } else { format!("{whole}.{fraction}") };
        let text = format!(r#"{{"data":[{{"ma":"52","ky":"2024-06","so":{written}}}]}}"#);
        let connector = connector();
        let mut reading = Reading::new(&connector, june()).unwrap();
        reading.json(text.as_bytes(), &Path::parse("$.data[*]").unwrap()).unwrap();
        prop_assert_eq!(&reading.finish().unwrap().figures[0].value, &written);
    }

    /// An exponent moves the point and changes no digit.
    #[test]
    fn an_exponent_is_multiplied_out(mantissa in 1i64..1_000_000, exponent in -6i32..6) {
        let plain = without_exponent(&format!("{mantissa}e{exponent}")).into_owned();
        let value = model::Decimal::parse(&plain).unwrap();
        let expected = if exponent >= 0 {
            model::Decimal::new(i128::from(mantissa) * 10i128.pow(exponent as u32), 0)
        } else {
            model::Decimal::new(mantissa.into(), exponent.unsigned_abs() as u8)
        };
        prop_assert_eq!(value, expected.unwrap());
    }

    /// Whatever comes is read or refused.
    #[test]
    fn nothing_that_is_sent_stops_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "[\\[\\]{}\",:0-9eE.a-z \\\\-]{0,60}") {
        let connector = connector();
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            let mut reading = Reading::new(&connector, june()).unwrap();
            let _ = reading.json(bytes, &Path::parse("$.data[*]").unwrap());
            let _ = reading.csv(bytes);
            let _ = reading.finish();
            let _ = pushed(bytes, &connector, 10);
        }
    }
}

fn june() -> Period {
    Period::parse("2024-06").unwrap()
}

fn connector() -> Connector {
    let column = |name: &str| Some(name.to_owned());
    let pull = Pull {
        schedule: Schedule { times: Times::Daily { hour: 6, minute: 0 }, about: About::Closed },
        columns: Columns {
            values: Values::One { column: "so".into(), indicator: None, breakdown: column("gioi") },
            unit: column("ma"),
            period: column("ky"),
        },
        limits: Limits { most_rows: 10, ..Limits::USUAL },
        internal_hosts: vec![],
    };
    Connector {
        code: ConnectorCode::parse("dvc").unwrap(),
        name: "Cổng dịch vụ công".into(),
        owner: BodyCode::parse("52").unwrap(),
        kind: Kind::Http(Http {
            url: "https://dvc.vn".into(),
            headers: vec![],
            sign_in: SignIn::Open,
            format: Format::Csv,
            paging: Paging::One,
            pull,
        }),
        indicators: vec![IndicatorCode::parse("CDS.HS").unwrap()],
        units: vec![UnitCode::parse("VN").unwrap()],
        frequency: Frequency::Month,
        calendar: Calendar::Statistical,
        validity: Validity::ALWAYS,
        measured_share: None,
        is_paused: false,
    }
}

#[track_caller]
fn check_json(text: &str, expected: Expect) {
    let connector = connector();
    let mut reading = Reading::new(&connector, june()).unwrap();
    let read = reading.json(text.as_bytes(), &Path::parse("$.data[*]").unwrap());
    expected.assert_eq(&shown(read.and_then(|_| reading.finish())));
}

#[track_caller]
fn check_csv(text: &str, expected: Expect) {
    let connector = connector();
    let mut reading = Reading::new(&connector, june()).unwrap();
    let read = reading.csv(text.as_bytes());
    expected.assert_eq(&shown(read.and_then(|_| reading.finish())));
}

fn shown(answer: Result<Answer, Fault>) -> String {
    let answer = match answer {
        Ok(answer) => answer,
        Err(fault) => return format!("refused: {fault}"),
    };
    let mut shown = String::new();
    for row in &answer.figures {
        let share = row.share.as_ref().map(|share| format!(" ({share})")).unwrap_or_default();
        let Row { number, indicator, unit, period, breakdown, value, .. } = row;
        shown += &format!("{number} {indicator} {unit} {period} {breakdown} = {value}{share}\n");
    }
    for fault in &answer.faults {
        let why = match &fault.why {
            RowWhy::Unreadable(fault) => fault.to_string(),
            RowWhy::AnotherPeriod { said, asked } => format!("about {said}, not {asked}"),
        };
        shown += &format!("row {}: {why}\n", fault.row);
    }
    shown + &format!("{} of {} rows are unknown\n", answer.unknown, answer.rows)
}
