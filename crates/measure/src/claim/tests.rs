use super::*;

/// Việt Nam with two provinces, one of which has a district, and a group of both provinces.
fn units() -> Units {
    let code = |text: &str| UnitCode::parse(text).unwrap();
    let unit = |text: &str, kind, parent: Option<&str>, members: &[&str]| Unit {
        code: code(text),
        kind,
        name_vi: text.into(),
        name_en: text.into(),
        full_name_vi: text.into(),
        validity: Validity::ALWAYS,
        parents: parent.map(|parent| (Validity::ALWAYS, code(parent))).into_iter().collect(),
        members: members.iter().map(|one| (Validity::ALWAYS, code(one))).collect(),
        successor: None,
        map_path: None,
    };
    Units::new(vec![
        unit("VN", UnitKind::Country, None, &[]),
        unit("52", UnitKind::Province, Some("VN"), &[]),
        unit("540", UnitKind::District, Some("52"), &[]),
        unit("48", UnitKind::Province, Some("VN"), &[]),
        unit("@provinces", UnitKind::Group, None, &["52", "48"]),
    ])
    .unwrap()
}

/// `who indicators units from..to`.
fn claim(text: &str) -> Claim {
    let [who, what, whose, days] = text.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{text}: four words")
    };
    let day = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
    let (from, to) = days.split_once("..").unwrap();
    let by = match who {
        "services" => Claimant::List(Register::Services),
        "portal" => Claimant::Portal(PortalCode::parse("52-dvc").unwrap()),
        code => Claimant::Connector {
            code: ConnectorCode::parse(code).unwrap(),
            name: code.to_uppercase(),
        },
    };
    Claim {
        by,
        indicators: indicators(&what.split(',').collect::<Vec<_>>()),
        units: whose.split(',').map(|code| UnitCode::parse(code).unwrap()).collect(),
        days: Validity { from: day(from), to: day(to) },
    }
}

#[test]
fn one_source_measures_an_indicator_of_a_unit_on_any_day() {
    let units = units();
    for (held, wanted, expected) in [
        ("a CDS.HOSO 52 ..", "b CDS.HOSO 52 ..", Some("CDS.HOSO of 52")),
        // Another indicator, another unit, the same connector again.
        ("a CDS.HOSO 52 ..", "b CDS.HOSO_TT 52 ..", None),
        ("a CDS.HOSO 52 ..", "b CDS.HOSO 48 ..", None),
        ("a CDS.HOSO 52 ..", "a CDS.HOSO 52 ..", None),
        // One of several of each.
        ("a CDS.HOSO,CDS.DVC 48,52 ..", "b ATTT.HT,CDS.DVC 52 ..", Some("CDS.DVC of 52")),
        // Above, below, and by a group.
        ("a CDS.HOSO VN ..", "b CDS.HOSO 540 ..", Some("CDS.HOSO of 540")),
        ("a CDS.HOSO 540 ..", "b CDS.HOSO 52 ..", Some("CDS.HOSO of 540")),
        ("a CDS.HOSO @provinces ..", "b CDS.HOSO 48 ..", Some("CDS.HOSO of 48")),
        ("a CDS.HOSO 48 ..", "b CDS.HOSO @provinces ..", Some("CDS.HOSO of 48")),
        ("a CDS.HOSO VN ..", "b CDS.HOSO @provinces ..", Some("CDS.HOSO of 48")),
        // A list and a connector, in either order; a list and a portal are worked out together.
        ("services CDS.DVC 52 2024-01-01..", "b CDS.DVC 52 ..", Some("CDS.DVC of 52")),
        ("a CDS.DVC VN ..", "services CDS.DVC 52 2024-01-01..", Some("CDS.DVC of 52")),
        ("services CDS.DVC_PSHS 52 ..", "portal CDS.DVC_PSHS 52 ..", None),
        ("portal CDS.HOSO 52 ..", "a CDS.HOSO 52 ..", Some("CDS.HOSO of 52")),
        // A hand-over: the first ends on the day on which the second begins, or before.
        ("a CDS.HOSO 52 ..2024-07-01", "b CDS.HOSO 52 2024-07-01..", None),
        ("a CDS.HOSO 52 ..2024-06-01", "b CDS.HOSO 52 2024-07-01..", None),
        ("a CDS.HOSO 52 ..2024-07-02", "b CDS.HOSO 52 2024-07-01..", Some("CDS.HOSO of 52")),
        ("a CDS.HOSO 52 2025-01-01..", "b CDS.HOSO 52 ..2025-01-01", None),
        ("services CDS.DVC 52 2024-01-01..2024-07-01", "b CDS.DVC 52 2024-07-01..", None),
        // Both ended long ago, or begin far ahead: still not together.
        ("a CDS.HOSO 52 ..2020-07-01", "b CDS.HOSO 52 ..2020-01-01", Some("CDS.HOSO of 52")),
        ("a CDS.HOSO 52 2030-07-01..", "b CDS.HOSO 52 2031-01-01..", Some("CDS.HOSO of 52")),
    ] {
        let held = [claim(held)];
        let found = taken(&claim(wanted), &held, &units, "2024-08-05".parse().unwrap());
        let found = found.map(|taken| format!("{} of {}", taken.indicator, taken.unit));
        assert_eq!(found.as_deref(), expected, "{held:?} {wanted}");
    }
}

#[test]
fn the_days_on_which_both_would_measure_are_told() {
    let held = [claim("a CDS.HOSO 52 ..2024-07-01"), claim("c CDS.HOSO 52 2024-09-01..")];
    let wanted = claim("b CDS.HOSO 52 2024-07-01..");
    let taken = taken(&wanted, &held, &units(), "2024-08-05".parse().unwrap()).unwrap();
    assert_eq!(taken.by.by, held[1].by);
    assert_eq!(taken.days.from, Some("2024-09-01".parse().unwrap()));
}
