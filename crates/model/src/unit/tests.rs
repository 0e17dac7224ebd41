use super::*;
use jiff::civil::date;

fn unit(
    code: &str,
    kind: UnitKind,
    from: Option<Date>,
    to: Option<Date>,
    parent: Option<&str>,
    successor: Option<&str>,
) -> Unit {
    let parsed = |code: &str| UnitCode::parse(code).unwrap();
    Unit {
        code: parsed(code),
        kind,
        name_vi: code.into(),
        name_en: code.into(),
        full_name_vi: code.into(),
        validity: Validity { from, to },
        parents: parent.map(|code| (Validity::ALWAYS, parsed(code))).into_iter().collect(),
        members: vec![],
        successor: successor.map(parsed),
        map_path: None,
    }
}

/// Bắc Giang (24) and Bắc Ninh (27) became a new province with the code 24 on 1 July 2025; 01 went on.
fn reform() -> Units {
    let day = Some(date(2025, 7, 1));
    Units::new(vec![
        unit("VN", UnitKind::Country, None, None, None, None),
        unit("01", UnitKind::Province, None, None, Some("VN"), None),
        unit("24", UnitKind::Province, None, day, Some("VN"), Some("24@2025-07")),
        unit("27", UnitKind::Province, None, day, Some("VN"), Some("24@2025-07")),
        unit("24@2025-07", UnitKind::Province, day, None, Some("VN"), None),
    ])
    .unwrap()
}

#[test]
fn a_code_means_the_unit_valid_then() {
    let units = reform();
    for (written, code) in [
        ("24", Some("24")),
        ("24@2025-07", Some("24@2025-07")),
        ("24@2024-06", Some("24")),
        ("24@2026-01-15", Some("24@2025-07")),
        ("01@2025-07", Some("01")),
        ("27@2025-07", None),
        ("99", None),
    ] {
        assert_eq!(units.resolve(written).map(|unit| unit.code.as_str()), code, "{written}");
    }
}

#[test]
fn the_tree_is_that_of_the_day() {
    let units = reform();
    let codes = |day| -> Vec<String> {
        units.children("VN", day).iter().map(|u| u.code.to_string()).collect()
    };
    assert_eq!(codes(date(2025, 6, 30)), ["01", "24", "27"]);
    assert_eq!(codes(date(2025, 7, 1)), ["01", "24@2025-07"]);
    let parts: Vec<&str> = units
        .predecessors("24@2025-07", date(2025, 7, 1))
        .iter()
        .map(|u| u.code.as_str())
        .collect();
    assert_eq!(parts, ["24", "27"]);
}

#[test]
fn a_set_that_is_no_tree_is_refused() {
    let twice = vec![
        unit("VN", UnitKind::Country, None, None, None, None),
        unit("VN", UnitKind::Country, None, None, None, None),
    ];
    assert_eq!(Units::new(twice).unwrap_err().to_string(), "unit VN stands twice");
    let circle = vec![
        unit("A1", UnitKind::Region, None, None, Some("A2"), None),
        unit("A2", UnitKind::Region, None, None, Some("A1"), None),
    ];
    assert_eq!(Units::new(circle).unwrap_err().to_string(), "unit A1 is above itself");
    let orphan = vec![unit("A1", UnitKind::Region, None, None, Some("A2"), None)];
    assert_eq!(
        Units::new(orphan).unwrap_err().to_string(),
        "unit A1 names A2, which does not exist"
    );
}
