use super::*;
use jiff::civil::date;
use proptest::prelude::*;

fn row(indicator: &str, breakdown: &str, settle_previous: bool) -> Row {
    Row {
        indicator: IndicatorCode::parse(indicator).expect("a code"),
        breakdown: Breakdown::parse(breakdown).expect("a breakdown"),
        required: true,
        note: String::new(),
        settle_previous,
    }
}

fn section(id: &str, sector: Sector, kind: SectionKind) -> Section {
    Section {
        id: SectionId::parse(id).expect("a name"),
        sector,
        name_vi: sector.name_vi().to_owned(),
        name_en: sector.name_en().to_owned(),
        owner: "Phòng Bưu chính, viễn thông".to_owned(),
        kind,
    }
}

fn template() -> Template {
    let prompt = TextPrompt {
        id: TextId::parse("KHOKHAN").expect("a name"),
        name_vi: "Khó khăn, vướng mắc".to_owned(),
        name_en: "Difficulties".to_owned(),
    };
    Template {
        code: TemplateCode::parse("SO-THANG").expect("a name"),
        version: 1,
        valid_from: None,
        name_vi: "Báo cáo tháng".to_owned(),
        name_en: "Monthly report".to_owned(),
        content: "Kết quả hoạt động bưu chính trong tháng".to_owned(),
        calendar: Calendar::Statistical,
        frequency: Frequency::Month,
        assigned_to: vec![Assignment::always(Assigned::Kind(UnitKind::Province))],
        cut_off_vi: "Ngày cuối cùng của tháng".to_owned(),
        cut_off_en: "The last day of the month".to_owned(),
        due: DueRule { working_days: 8 },
        legal_basis: "Thông tư 04/2022/TT-BTTTT".to_owned(),
        recipients: vec!["Bộ Thông tin và Truyền thông".to_owned()],
        sending: "Trên hệ thống báo cáo của Bộ".to_owned(),
        paper: Default::default(),
        checks: vec![],
        sections: vec![
            section(
                "BC",
                Sector::Post,
                SectionKind::Figures(vec![
                    row("BC.DOANHTHU", "", true),
                    row("BC.LAODONG", "", false),
                    row("BC.LAODONG", "SEX=F", false),
                ]),
            ),
            section("LOI", Sector::Whole, SectionKind::Texts(vec![prompt])),
        ],
    }
}

#[test]
fn a_template_lists_its_cells_in_the_order_of_the_form() {
    let template = template();
    let cells: Vec<String> = template.cells().iter().map(CellKey::to_string).collect();
    assert_eq!(
        cells,
        [
            "BC/BC.DOANHTHU/previous",
            "BC/BC.DOANHTHU/this",
            "BC/BC.LAODONG/this",
            "BC/BC.LAODONG[SEX=F]/this",
            "LOI/KHOKHAN/text",
        ]
    );
    assert_eq!(
        template.counted_cells().len(),
        4,
        "an optional actual of the period before is not counted"
    );
    assert!(template.cells().iter().all(|cell| template.has(cell)));
    for absent in
        ["BC/BC.LAODONG/previous", "BC/VT.DOANHTHU/this", "VT/BC.DOANHTHU/this", "LOI/KETQUA/text"]
    {
        assert!(!template.has(&CellKey::parse(absent).expect("a cell key")), "{absent}");
    }
    assert_eq!(template.sectors(), [Sector::Whole, Sector::Post]);
}

#[test]
fn a_figure_that_will_be_settled_is_an_estimate() {
    for (settles, column, status) in [
        (true, Column::This, Status::Estimated),
        (true, Column::Previous, Status::Final),
        (false, Column::This, Status::Final),
    ] {
        assert_eq!(row("BC.DOANHTHU", "", settles).status(column), status, "{settles} {column:?}");
    }
}

#[test]
fn a_form_is_due_at_five_in_the_afternoon_of_a_working_day() {
    let template = template();
    let holidays = Holidays::of_vietnam();
    for (period, working_days, due) in [
        ("2024-07", 8, "2024-08-12T10:00:00Z"),
        ("2024-07", 0, "2024-07-31T10:00:00Z"),
        ("2024-06~adm", 1, "2024-06-17T10:00:00Z"),
        ("2024-01", 8, "2024-02-19T10:00:00Z"),
        ("2024-08", 1, "2024-09-04T10:00:00Z"),
    ] {
        let template = Template { due: DueRule { working_days }, ..template.clone() };
        let period = Period::parse(period).expect("a period");
        assert_eq!(template.due(period, &holidays).to_string(), due, "{period}");
    }
    assert!(template.is_for(Period::parse("2024-07").expect("a period")));
    assert!(!template.is_for(Period::parse("2024-07~adm").expect("a period")));
    assert!(!template.is_for(Period::parse("2024-Q2").expect("a period")));
}

#[test]
fn every_fault_of_a_template_is_found_at_once() {
    let mut template = template();
    template.sections.push(section(
        "BC",
        Sector::Post,
        SectionKind::Figures(vec![row("BC.LAODONG", "", false)]),
    ));
    let faults: Vec<String> =
        template.faults(&Catalogue::default()).iter().map(Fault::to_string).collect();
    assert_eq!(
        faults,
        [
            "cell BC/BC.DOANHTHU/this asks for an indicator that does not exist",
            "cell BC/BC.LAODONG/this asks for an indicator that does not exist",
            "cell BC/BC.LAODONG[SEX=F]/this asks for an indicator that does not exist",
            "section BC stands twice",
            "cell BC/BC.LAODONG/this stands twice",
        ]
    );
}

#[test]
fn a_form_names_what_its_regime_has_to_name_and_asks_each_number_in_one_place() {
    let known = |code: &str| crate::fixtures::indicator(code, "tỷ đồng", 0);
    let catalogue = Catalogue::new([
        known("BC.DOANHTHU"),
        known("BC.LAODONG"),
        crate::fixtures::share("BC.TYLE", "BC.DOANHTHU", "BC.LAODONG"),
    ]);
    assert_eq!(template().faults(&catalogue), []);
    let figures = |id, rows| section(id, Sector::Post, SectionKind::Figures(rows));
    let backwards = Assignment {
        to: Assigned::Kind(UnitKind::Ministry),
        days: Validity { from: Some(date(2024, 7, 1)), to: Some(date(2024, 7, 1)) },
    };
    let template = Template {
        name_vi: " ".to_owned(),
        content: String::new(),
        calendar: Calendar::Administrative,
        frequency: Frequency::Week,
        assigned_to: vec![Assignment::always(Assigned::Units(vec![])), backwards],
        cut_off_vi: String::new(),
        legal_basis: String::new(),
        recipients: vec![String::new()],
        sending: String::new(),
        paper: Default::default(),
        checks: vec![],
        sections: vec![
            figures("BC", vec![row("BC.DOANHTHU", "", true), row("BC.TYLE", "", true)]),
            Section { name_vi: String::new(), ..figures("VT", vec![row("BC.DOANHTHU", "", true)]) },
            figures("CN", vec![]),
        ],
        ..template()
    };
    let faults = template.faults(&catalogue);
    let said: Vec<String> = faults.iter().map(|one| format!("{}: {one}", one.field())).collect();
    assert_eq!(
        said,
        [
            "name_vi: name_vi is missing",
            "content: content is missing",
            "recipients: recipients is missing",
            "cut_off_vi: cut_off_vi is missing",
            "sending: sending is missing",
            "legal_basis: legal_basis is missing",
            "frequency: the administrative calendar has no periods of the length week",
            "assigned_to: assignment 2 ends before it begins",
            "assigned_to: assignment 1 is to nobody",
            "rows: cell BC/BC.TYLE/this asks for a ratio, which is computed from its numerator and denominator",
            "sections: section VT has no name",
            "rows: cell VT/BC.DOANHTHU/this asks for what section BC asks for",
            "sections: section CN is empty",
        ]
    );
    let nothing = Template { assigned_to: vec![], sections: vec![], ..self::template() };
    assert_eq!(
        nothing.faults(&catalogue),
        [Fault::Missing(Field::AssignedTo), Fault::Missing(Field::Sections)]
    );
}

#[test]
fn what_does_not_name_a_cell_is_refused() {
    for text in [
        "",
        "BC",
        "BC/BC.DOANHTHU",
        "BC/BC.DOANHTHU/ytd",
        "BC//this",
        "/BC.DOANHTHU/this",
        "BC/BC.DOANHTHU[]/this",
        "BC/BC.DOANHTHU[SEX]/this",
        "BC/BC.DOANHTHU[SEX=F/this",
        "BC/BC.DOANHTHU/x/this",
        "LOI/KHÓ KHĂN/text",
    ] {
        assert!(CellKey::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_form_goes_to_the_bodies_of_units_that_exist() {
    let unit = |code: &str, kind, members: Vec<(model::Validity, UnitCode)>| Unit {
        code: UnitCode::parse(code).expect("a code"),
        kind,
        name_vi: code.to_owned(),
        name_en: code.to_owned(),
        full_name_vi: code.to_owned(),
        validity: model::Validity { from: None, to: Some(date(2025, 7, 1)) },
        parents: vec![],
        members,
        successor: None,
        map_path: None,
    };
    let member = (model::Validity::ALWAYS, UnitCode::parse("G14").expect("a code"));
    let units = Units::new(vec![
        unit("52", UnitKind::Province, vec![]),
        unit("G14", UnitKind::Ministry, vec![]),
        unit("@ministries", UnitKind::Group, vec![member]),
    ])
    .expect("a tree");
    let group = Assigned::Group(UnitCode::parse("@ministries").expect("a code"));
    let listed = Assigned::Units(vec![UnitCode::parse("52").expect("a code")]);
    let province = Assigned::Kind(UnitKind::Province);
    let in_2024 = Validity { from: Some(date(2024, 1, 1)), to: Some(date(2025, 1, 1)) };
    for (assigned, days, code, day, expected) in [
        (&province, Validity::ALWAYS, "52", date(2024, 7, 31), true),
        (&province, Validity::ALWAYS, "52", date(2025, 7, 31), false),
        (&province, Validity::ALWAYS, "G14", date(2024, 7, 31), false),
        (&group, Validity::ALWAYS, "G14", date(2024, 7, 31), true),
        (&group, Validity::ALWAYS, "52", date(2024, 7, 31), false),
        (&listed, Validity::ALWAYS, "52", date(2024, 7, 31), true),
        (&listed, Validity::ALWAYS, "G14", date(2024, 7, 31), false),
        (&listed, in_2024, "52", date(2023, 12, 31), false),
        (&listed, in_2024, "52", date(2024, 12, 31), true),
        (&group, in_2024, "G14", date(2025, 1, 1), false),
    ] {
        let unit = units.get(code).expect("it is there");
        let assigned_to = vec![Assignment { to: assigned.clone(), days }];
        let template = Template { assigned_to, ..template() };
        let found = template.is_assigned_to(unit, &units, day);
        assert_eq!(found, expected, "{assigned:?} {days:?} {code} on {day}");
    }
}

proptest! {
    #[test]
    fn a_printed_cell_key_reads_back(
        section in "[A-Z]{1,6}",
        code in "[A-Z]{2,4}\\.[A-Z0-9_-]{1,12}",
        breakdown in prop::option::of("[A-Z]{1,5}=[A-Z0-9]{1,5}"),
        column in 0..3u8,
    ) {
        let key = match column {
            2 => CellKey::Text {
                section: SectionId::parse(&section).unwrap(),
                prompt: TextId::parse(&code).unwrap(),
            },
            _ => CellKey::Figure {
                row: RowKey {
                    section: SectionId::parse(&section).unwrap(),
                    indicator: IndicatorCode::parse(&code).unwrap(),
                    breakdown: Breakdown::parse(&breakdown.unwrap_or_default()).unwrap(),
                },
                column: if column == 0 { Column::This } else { Column::Previous },
            },
        };
        prop_assert_eq!(CellKey::parse(&key.to_string()), Ok(key));
    }

    #[test]
    fn no_text_makes_the_reader_fail_otherwise_than_by_refusing(text in "\\PC{0,40}") {
        if let Ok(key) = CellKey::parse(&text) {
            prop_assert!(!key.to_string().is_empty());
        }
    }
}
