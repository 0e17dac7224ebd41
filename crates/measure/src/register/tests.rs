use super::*;
use expect_test::{Expect, expect};
use proptest::prelude::*;

#[test]
fn a_row_is_read_as_people_write_it() {
    check(
        Register::Services,
        "name=Cấp giấy phép bưu chính; level=Mức độ 4; extent=toan trinh; eligible=CÓ",
        expect!["eligible=yes; extent=full; level=4; name=Cấp giấy phép bưu chính"],
    );
    check(
        Register::Platforms,
        "name=Họp trực tuyến; owner=Sở; launched=1/7/2020; users=1.500",
        expect!["launched=2020-07-01; name=Họp trực tuyến; owner=Sở; users=1500"],
    );
    check(
        Register::Exchanges,
        "name=LGSP; owner=Sở; launched=1/7/2020; national=có; systems=12; services=1.040",
        expect![
            "launched=2020-07-01; name=LGSP; national=yes; owner=Sở; services=1040; systems=12"
        ],
    );
    check(
        Register::Systems,
        "name=Cổng; owner=Sở; level=cấp độ 3; team_day=2024-01-31 00:00:00; team_evidence=QĐ 12",
        expect!["level=3; name=Cổng; owner=Sở; team_day=2024-01-31; team_evidence=QĐ 12"],
    );
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    check(
        Register::Services,
        "level=5; extent=một nửa",
        expect!["name: Empty; level: a word; extent: a word; eligible: Empty"],
    );
    check(
        Register::Platforms,
        "name=x; owner=y; launched=31/2/2024; users=1,5",
        expect!["launched: NotADay; users: NotACount"],
    );
    check(
        Register::Exchanges,
        "name=x; owner=y; systems=-1; services=12a",
        expect!["national: Empty; systems: NotACount; services: NotACount"],
    );
    check(
        Register::Systems,
        "name=x; owner=y; team_day=1/1/2024; watch_evidence=hợp đồng; centre_day=hôm nay; centre_evidence=z",
        expect![[
            r#"centre_day: NotADay; team_evidence: OnlyWith("team_day"); watch_day: OnlyWith("watch_evidence")"#
        ]],
    );
}

#[test]
fn what_is_said_later_holds_from_its_day_on() {
    let said = [
        ("2020-01-01", Some("2")),
        ("2021-03-01", Some("4")),
        ("2020-06-01", Some("3")),
        ("2024-01-01", None),
    ];
    let statements: Vec<Entry> = said.iter().map(|(since, level)| entry(since, *level)).collect();
    let level = |day: &str| on_day(&statements, day.parse().unwrap()).map(|it| it["level"].clone());
    let days = ["2019-12-31", "2020-01-01", "2020-06-01", "2021-03-01", "2023-12-31", "2024-01-01"];
    let found: Vec<String> = days.iter().map(|day| level(day).unwrap_or("none".into())).collect();
    expect!["none 2 3 3 3 none"].assert_eq(&found.join(" "));
}

fn entry(since: &str, level: Option<&str>) -> Entry {
    Entry {
        unit: UnitCode::parse("52").unwrap(),
        code: EntryCode::parse("1.001").unwrap(),
        since: since.parse().unwrap(),
        values: level.map(|level| Values::from([("level", level.to_owned())])),
        is_synthetic: false,
    }
}

#[track_caller]
fn check(register: Register, row: &str, expected: Expect) {
    let said: BTreeMap<&str, &str> =
        row.split("; ").filter_map(|one| one.split_once('=')).collect();
    let found = match read(register, |code| said.get(code).copied().unwrap_or("")) {
        Ok(values) => {
            values.iter().map(|(code, value)| format!("{code}={value}")).collect::<Vec<_>>()
        }
        Err(wrong) => wrong
            .iter()
            .map(|(code, why)| match why {
                Wrong::NotAWord(_) => format!("{code}: a word"),
                Wrong::Empty
                | Wrong::TooLong(_)
                | Wrong::NotADay
                | Wrong::NotACount
                | Wrong::OnlyWith(_) => format!("{code}: {why:?}"),
            })
            .collect(),
    };
    expected.assert_eq(&found.join("; "));
}

proptest! {
    /// What was read is read again as the same: a file that was downloaded changes nothing.
    #[test]
    fn what_was_read_reads_the_same(
        register in prop::sample::select(&Register::ALL[..]),
        texts in prop::collection::vec("[a-z0-9 /.-]{0,12}|yes|no|full|4|3/2/2021|1.000", 12),
    ) {
        let at = |code: &str| register.fields().iter().position(|field| field.code == code).unwrap();
        if let Ok(values) = read(register, |code| &texts[at(code)]) {
            let again = read(register, |code| values.get(code).map_or("", String::as_str));
            prop_assert_eq!(again.unwrap(), values);
        }
    }

    /// A day reads the same in both notations.
    #[test]
    fn a_day_reads_the_same_in_both_notations(year in 1900i16..2200, month in 1i8..=12, day in 1i8..=28) {
        let (a, b) = (format!("{day}/{month}/{year}"), format!("{year}-{month:02}-{day:02}"));
        prop_assert_eq!(read_day(&a).unwrap(), read_day(&b).unwrap());
    }
}
