use super::*;
use expect_test::{Expect, expect};
use proptest::prelude::*;

const JULY: &str = "2024-07";

/// Code, portal, level, extent, whether eligible.
const SERVICES: &str = "
    a  main  4 full    yes
    b  main  3 full    yes
    c  main  2 partial yes
    d  other 1 -       yes
    e  other 3 partial no
    f  -     - -       no";

#[test]
fn before_july_2022_services_have_levels_and_since_then_extents() {
    check(
        "2022-06",
        SERVICES,
        "",
        "",
        expect!["CDS.DVC 5 (100); CDS.DVC_MD34 3 (100); CDS.DVC_MD4 1 (100)"],
    );
    check(
        "2022-07",
        SERVICES,
        "",
        "",
        expect!["CDS.DVC_DK 4 (100); CDS.DVC_TT 2 (100); CDS.DVC_TRUCTUYEN 4 (100)"],
    );
}

#[test]
fn portals_that_sent_nothing_are_unknown_and_not_zero() {
    check(
        JULY,
        SERVICES,
        "main -; other -",
        "",
        expect!["CDS.DVC_DK 4 (100); CDS.DVC_TT 2 (100); CDS.DVC_TRUCTUYEN 4 (100)"],
    );
    check(JULY, "", "main -", "", expect![""]);
}

#[test]
fn a_day_without_a_count_is_zero_and_a_missing_day_takes_its_portal_out_of_the_share() {
    check(
        JULY,
        "",
        "main 1-31",
        "",
        expect!["CDS.HOSO 0 (100); CDS.HOSO_TT 0 (100); CDS.HOSO_DUNGHAN 0 (100)"],
    );
    check(
        JULY,
        "",
        "main 1-31; other 1-30",
        "",
        expect!["CDS.HOSO 0 (50); CDS.HOSO_TT 0 (50); CDS.HOSO_DUNGHAN 0 (50)"],
    );
    check(
        JULY,
        SERVICES,
        "main 1-31; other 2-31",
        "a online received 5",
        expect![
            "CDS.DVC_DK 4 (100); CDS.DVC_TT 2 (100); CDS.DVC_TRUCTUYEN 4 (100); CDS.HOSO 5 (50); CDS.HOSO_TT 5 (50); CDS.HOSO_DUNGHAN 0 (50); CDS.DVC_PSHS 1 (50)"
        ],
    );
}

#[test]
fn dossiers_are_counted_by_channel_and_state() {
    let sent = "a online received 10; a counter received 30; b post received 2; a online in_time 9; a counter late 1; a online refused 1";
    check(
        JULY,
        "",
        "main 1-31",
        sent,
        expect!["CDS.HOSO 42 (100); CDS.HOSO_TT 10 (100); CDS.HOSO_DUNGHAN 9 (100)"],
    );
}

#[test]
fn what_pages_tell_counts_for_days_that_the_back_end_did_not_send_and_for_filings_on_line_only() {
    let day = |day: i8| date(2024, 7, day);
    let filed = dossiers("a online received 7");
    let sent = dossiers("a online received 10; a counter received 30; a online in_time 9");
    let services = services(SERVICES);
    for (sent_days, told_days, expected) in [
        (
            "main 1-31; other -",
            0..0,
            "CDS.HOSO 40 (50); CDS.HOSO_TT 17 (50); CDS.HOSO_DUNGHAN 9 (50)",
        ),
        // Its pages told of the days that are missing.
        (
            "main 1-20; other -",
            21..32,
            "CDS.HOSO 40 (0); CDS.HOSO_TT 17 (50); CDS.HOSO_DUNGHAN 9 (0)",
        ),
        (
            "main 1-20; other -",
            21..31,
            "CDS.HOSO 40 (0); CDS.HOSO_TT 17 (0); CDS.HOSO_DUNGHAN 9 (0)",
        ),
    ] {
        let mut portals = portals(sent_days);
        portals[0].told = told_days.map(day).collect();
        let mut input = input(JULY, &services, &portals, &sent);
        input.filed_on_pages = &filed;
        input.services_are_whole = false;
        assert_eq!(shown(&derive(&input)), expected, "{sent_days}");
    }
    // Without a back end nothing else is known.
    let mut portals = portals("main -; other -");
    portals[0].told = (1..32).map(day).collect();
    let mut input = input(JULY, &services, &portals, &[]);
    input.filed_on_pages = &filed;
    input.services_are_whole = false;
    assert_eq!(shown(&derive(&input)), "CDS.HOSO_TT 7 (50)");
}

#[test]
fn users_are_those_of_the_last_day_that_is_over() {
    let users = |period, services: &str, rows: &str, over: &str| {
        let (services, portals) = (self::services(services), portals(rows));
        let mut input = input(period, &services, &portals, &[]);
        input.services_are_whole = false;
        input.over = over.parse().unwrap();
        let made = derive(&input).into_iter().find(|one| one.indicator == "CDS.DAN_DUNG_DVC_TT");
        made.map(|one| format!("{} ({})", one.number, one.share))
    };
    for (period, services, rows, over, expected) in [
        (JULY, SERVICES, "main 1-31 500; other 1-31 70", "2024-08-04", Some("570 (83.33)")),
        // Half of the services are of the portal that says so.
        (JULY, SERVICES, "main 1-31 500; other 1-31", "2024-08-04", Some("500 (50)")),
        (JULY, SERVICES, "main 1-31 500; other 1-30 70", "2024-08-04", Some("500 (50)")),
        // It says so of the last day, though a day before it is missing.
        (JULY, SERVICES, "main 2-31 500; other -", "2024-08-04", Some("500 (50)")),
        (JULY, "", "main 1-31 0; other -", "2024-08-04", Some("0 (50)")),
        (JULY, SERVICES, "main 1-31; other 1-31", "2024-08-04", None),
        (JULY, SERVICES, "main 1-4 500; other -", "2024-07-04", Some("500 (50)")),
        (JULY, SERVICES, "main 1-4 500; other -", "2024-07-05", None),
        ("2022-06", SERVICES, "main 1-30 500; other -", "2024-08-04", None),
    ] {
        let found = users(period, services, rows, over);
        assert_eq!(found.as_deref(), expected, "{period} {rows} {over}");
    }
}

#[test]
fn in_an_open_period_only_days_that_are_over_can_be_missing() {
    let portals = portals("main 1-4");
    let mut input = input(JULY, &[], &portals, &[]);
    input.over = "2024-07-04".parse().unwrap();
    assert_eq!(share_measured(&input), Some(full()));
    assert!(missing(&input, &portals[0]).is_empty());
    input.over = "2024-07-06".parse().unwrap();
    assert_eq!(missing(&input, &portals[0]).len(), 2);
    assert_eq!(share_measured(&input), Some(Decimal::ZERO));
}

#[test]
fn a_service_without_dossiers_is_named_only_where_every_day_is_known() {
    let (services, portals) = (services(SERVICES), portals("main 1-31; other 1-30"));
    let sent = dossiers("a online received 5");
    let found = without_dossiers(&input(JULY, &services, &portals, &sent));
    let found: Vec<&str> = found.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(found, ["b", "c"]);
}

#[test]
fn the_rule_of_2020_has_three_parts_and_a_verdict() {
    // a, b and e are at levels 3 and 4: three of six; what is filed for f, which no portal offers, is never known.
    for (portals, sent, expected) in [
        ("main -; other -", "", "3/6 ? ? Unknown"),
        (
            "main 1-30; other 1-30",
            "a online received 5; b online received 5; c counter received 10",
            "3/6 10/20 2/3 Unknown",
        ),
        (
            "main 1-30; other 1-29",
            "a online received 5; b online received 5",
            "3/6 10/10 2/3 Unknown",
        ),
        (
            "main 1-30; other 1-30",
            "a online received 1; c counter received 2",
            "3/6 1/3 1/3 Unknown",
        ),
    ] {
        rule("2022-06", SERVICES, portals, sent, expected);
    }
    let all = "a main 4 - yes\nb main 3 - yes\nc main 2 - yes";
    rule(
        "2022-06",
        all,
        "main 1-30",
        "a online received 5; b online received 5; c counter received 10",
        "2/3 10/20 2/2 Met",
    );
    rule(
        "2022-06",
        all,
        "main 1-30",
        "a online received 5; c counter received 5",
        "2/3 5/10 1/2 NotMet",
    );
    // A first part that fails is enough, whatever is missing.
    rule(
        "2022-06",
        "a main 1 - yes\nb main 3 - yes\nc main 1 - no\nd main 1 - no",
        "main -",
        "",
        "1/4 ? ? NotMet",
    );
    assert_eq!(rule_of_2020(&input("2022-06", &[], &[], &[])), None);
}

#[test]
fn a_system_has_a_layer_from_its_day_on_and_with_evidence() {
    let values = |day: &str| -> Values {
        LAYERS
            .iter()
            .flat_map(|(since, evidence)| [(*since, day.to_owned()), (*evidence, "QĐ".into())])
            .collect()
    };
    let mut partly = values("2024-01-01");
    partly.remove("centre_evidence");
    let systems = [values("2024-01-01"), values("2024-07-31"), values("2024-08-01"), partly];
    let mut input = input(JULY, &[], &[], &[]);
    input.services_are_whole = false;
    input.systems = &systems;
    input.systems_are_whole = true;
    assert_eq!(
        shown(&derive(&input)),
        "ATTT.HT 4 (100); ATTT.HT_CAPDO 0 (100); ATTT.HT_4LOP 2 (100)"
    );
}

proptest! {
    /// The parts never exceed their wholes, and the share is one.
    #[test]
    fn parts_are_within_their_wholes(
        kinds in prop::collection::vec((0u8..3, 1u8..=4, 0u8..3, any::<bool>()), 0..12),
        days in prop::collection::vec(0i8..=31, 2),
        counts in prop::collection::vec((0usize..12, 0usize..3, 0usize..4, 0u64..50), 0..30),
    ) {
        let services: Vec<Service> = kinds.iter().enumerate().map(|(at, (portal, level, extent, is_eligible))| Service {
            code: code(&format!("s{at}")),
            name: String::new(),
            portal: [Some("main"), Some("other"), None][*portal as usize].map(str::to_owned),
            level: Some(*level),
            extent: [Some(Extent::Full), Some(Extent::Partial), None][*extent as usize],
            is_eligible: *is_eligible,
        }).collect();
        let portals: Vec<PortalDays> = ["main", "other"].iter().zip(&days).map(|(portal, last)| PortalDays {
            portal: (*portal).to_owned(),
            sent: (1..=*last).map(|day| date(2024, 7, day)).collect(),
            users: BTreeMap::new(),
            told: BTreeSet::new(),
        }).collect();
        let sent: Vec<Dossiers> = counts.iter().map(|(service, channel, state, number)| Dossiers {
            portal: "main".into(),
            service: code(&format!("s{service}")),
            channel: Channel::ALL[*channel],
            state: State::ALL[*state],
            number: *number,
        }).collect();
        let input = input(JULY, &services, &portals, &sent);
        let made: HashMap<&str, &Derived> = HashMap::new();
        let derived = derive(&input);
        let made = derived.iter().fold(made, |mut made, one| { made.insert(one.indicator, one); made });
        for (part, of) in [("CDS.DVC_TT", "CDS.DVC_DK"), ("CDS.HOSO_TT", "CDS.HOSO"), ("CDS.DVC_PSHS", "CDS.DVC_TRUCTUYEN")] {
            if let (Some(part), Some(of)) = (made.get(part), made.get(of)) {
                prop_assert!(part.number <= of.number);
            }
        }
        prop_assert!(derived.iter().all(|one| one.share >= Decimal::ZERO && one.share <= full()));
        let known = portals.iter().any(|one| !one.sent.is_empty());
        prop_assert_eq!(made.contains_key("CDS.HOSO"), known && share_measured(&input).is_some());
        // What was recorded already is not recorded again.
        let last = derived.iter().map(|one| (one.indicator.to_owned(), (one.number, one.share))).collect();
        prop_assert!(changed(derived, &last).is_empty());
        if let Some(rule) = rule_of_2020(&input) {
            prop_assert!(rule.supply.part <= rule.supply.of);
            prop_assert!(rule.transactions.is_none_or(|one| one.part <= one.of));
            prop_assert!(rule.used.is_none_or(|one| one.part <= one.of));
        }
    }
}

#[track_caller]
fn check(period: &str, said: &str, days: &str, sent: &str, expected: Expect) {
    let (services, portals, sent) = (services(said), portals(days), dossiers(sent));
    let mut input = input(period, &services, &portals, &sent);
    input.services_are_whole = !services.is_empty();
    expected.assert_eq(&shown(&derive(&input)));
}

#[track_caller]
fn rule(period: &str, said: &str, days: &str, sent: &str, expected: &str) {
    let (services, portals, sent) = (services(said), portals(days), dossiers(sent));
    let rule = rule_of_2020(&input(period, &services, &portals, &sent)).unwrap();
    let portion =
        |one: Option<Portion>| one.map_or("?".into(), |one| format!("{}/{}", one.part, one.of));
    let found = [
        portion(Some(rule.supply)),
        portion(rule.transactions),
        portion(rule.used),
        format!("{:?}", rule.verdict),
    ];
    assert_eq!(found.join(" "), expected);
}

fn shown(made: &[Derived]) -> String {
    let one =
        |one: &Derived| format!("{} {} ({})", one.indicator, one.number, one.share.rounded(0));
    made.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn input<'a>(
    period: &str,
    services: &'a [Service],
    portals: &'a [PortalDays],
    dossiers: &'a [Dossiers],
) -> Input<'a> {
    Input {
        period: Period::parse(period).unwrap(),
        over: date(2025, 1, 1),
        services,
        services_are_whole: true,
        systems: &[],
        systems_are_whole: false,
        portals,
        dossiers,
        filed_on_pages: &[],
    }
}

fn code(text: &str) -> EntryCode {
    EntryCode::parse(text).unwrap()
}

fn services(rows: &str) -> Vec<Service> {
    let row = |line: &str| {
        let [code_, portal, level, extent, eligible] =
            line.split_whitespace().collect::<Vec<_>>()[..]
        else {
            panic!("five words: {line}")
        };
        let values: Values =
            [("portal", portal), ("level", level), ("extent", extent), ("eligible", eligible)]
                .into_iter()
                .filter(|(_, said)| *said != "-")
                .map(|(field, said)| (field, said.to_owned()))
                .collect();
        Service::new(code(code_), &values)
    };
    rows.lines().filter(|line| !line.trim().is_empty()).map(row).collect()
}

/// `main 1-31 500; other -`: the days of the month that each portal sent, and how many users it told of on the last.
fn portals(rows: &str) -> Vec<PortalDays> {
    let row = |one: &str| {
        let (portal, days) = one.split_once(' ').expect("a portal and its days");
        let (days, users) = match days.split_once(' ') {
            Some((days, users)) => (days, Some(users.parse().unwrap())),
            None => (days, None),
        };
        let days = days.split_once('-').filter(|(first, _)| !first.is_empty());
        let sent = days.map_or(BTreeSet::new(), |(first, last)| {
            let days = first.parse::<i8>().unwrap()..=last.parse().unwrap();
            let month = |year, month| days.clone().map(move |day| Date::new(year, month, day));
            month(2024, 7).chain(month(2022, 6)).filter_map(Result::ok).collect()
        });
        let last = |year| sent.iter().rfind(|day: &&Date| day.year() == year).copied();
        let users = users.into_iter().flat_map(|users| {
            [last(2022), last(2024)].into_iter().flatten().map(move |day| (day, users))
        });
        PortalDays {
            portal: portal.to_owned(),
            users: users.collect(),
            sent,
            told: BTreeSet::new(),
        }
    };
    rows.split("; ").filter(|one| !one.is_empty()).map(row).collect()
}

/// `a online received 5; …`
fn dossiers(rows: &str) -> Vec<Dossiers> {
    let row = |one: &str| {
        let [service, channel, state, number] = one.split_whitespace().collect::<Vec<_>>()[..]
        else {
            panic!("four words: {one}")
        };
        Dossiers {
            portal: "main".into(),
            service: code(service),
            channel: Channel::parse(channel).unwrap(),
            state: State::parse(state).unwrap(),
            number: number.parse().unwrap(),
        }
    };
    rows.split("; ").filter(|one| !one.is_empty()).map(row).collect()
}
