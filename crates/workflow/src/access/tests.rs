use super::*;
use crate::section::Desk;
use expect_test::expect;
use jiff::Timestamp;

fn body(code: &str) -> BodyCode {
    BodyCode::parse(code).expect("a code")
}

fn actor(grants: Vec<Grant>) -> Actor {
    Actor { person: PersonId(1), name: "Nguyễn Thị Hoa".to_owned(), grants }
}

/// The demonstration's accounts.
fn accounts() -> Vec<(&'static str, Actor)> {
    vec![
        ("nhap.52", actor(vec![Grant::Enterer { body: body("52"), sectors: vec![] }])),
        (
            "nhap.52.bc",
            actor(vec![Grant::Enterer { body: body("52"), sectors: vec![Sector::Post] }]),
        ),
        ("ky.52", actor(vec![Grant::Head { body: body("52") }])),
        ("nhap.48", actor(vec![Grant::Enterer { body: body("48"), sectors: vec![] }])),
        ("bo.duyet.vt", actor(vec![Grant::Reviewer { sectors: vec![Sector::Telecoms] }])),
        ("bo.phantich", actor(vec![Grant::Analyst])),
        ("bo.lanhdao", actor(vec![Grant::Minister])),
        ("bo.quantri", actor(vec![Grant::Admin])),
        ("kiemtoan", actor(vec![Grant::Auditor])),
        ("without", actor(vec![])),
    ]
}

#[test]
fn each_account_has_the_permissions_of_its_role_and_scope() {
    let (of_52, telecoms) = (|| body("52"), Sector::Telecoms);
    let permissions = [
        Permission::SignIn,
        Permission::SeeSignedFigures,
        Permission::SeeReports,
        Permission::IssueReport,
        Permission::SeeDraft { body: of_52(), sectors: vec![Sector::Post, telecoms] },
        Permission::SeeSigned { body: of_52() },
        Permission::SeeCompleteness,
        Permission::SeeBurden { body: of_52() },
        Permission::Open { body: of_52() },
        Permission::EnterCells { body: of_52(), sector: telecoms },
        Permission::Submit { body: of_52(), sector: telecoms },
        Permission::Submit { body: of_52(), sector: Sector::Post },
        Permission::Sign { body: of_52() },
        Permission::ReturnToDrafter { body: of_52() },
        Permission::Receive { sector: telecoms },
        Permission::Return { sector: telecoms },
        Permission::Close { sector: telecoms },
        Permission::Reopen { sector: telecoms },
        Permission::Correct { body: of_52(), sector: telecoms },
        Permission::Receive { sector: Sector::Post },
        Permission::Review,
        Permission::Remind,
        Permission::AskExtension { body: of_52() },
        Permission::Delegate { body: of_52() },
        Permission::GrantExtension { sectors: vec![telecoms] },
        Permission::GrantExtension { sectors: vec![telecoms, Sector::Post] },
        Permission::KeepPaper { body: of_52() },
        Permission::SetPlan,
        Permission::Import,
        Permission::ManageAccounts,
        Permission::ManageUnits,
        Permission::ManageIndicators,
        Permission::ManageTemplates,
        Permission::ReadAudit,
        Permission::SeeStatus,
        Permission::SeeMeasurement,
        Permission::ManageSources,
        Permission::AskExplanation { sector: telecoms },
        Permission::SeeExplanation { body: of_52() },
        Permission::PrepareExplanation { body: of_52(), sector: telecoms },
        Permission::Explain { body: of_52() },
        Permission::EditRegister { bodies: vec![body("52")] },
    ];
    let mut table = String::new();
    for permission in &permissions {
        let answers: Vec<String> = accounts()
            .iter()
            .filter_map(|(user, actor)| match may(actor, permission) {
                Ok(()) => Some((*user).to_owned()),
                Err(Denied::NotFound) => Some(format!("({user})")),
                Err(Denied::Forbidden) => None,
            })
            .collect();
        table.push_str(&format!("{}: {}\n", permission.name(), answers.join(" ")));
    }
    // In brackets: for this account there is no such thing (404). Not named: forbidden (403).
    expect![[r#"
        sign_in: nhap.52 nhap.52.bc ky.52 nhap.48 bo.duyet.vt bo.phantich bo.lanhdao bo.quantri kiemtoan without
        see_signed_figures: nhap.52 nhap.52.bc ky.52 nhap.48 bo.duyet.vt bo.phantich bo.lanhdao bo.quantri kiemtoan
        see_reports: nhap.52 nhap.52.bc ky.52 nhap.48 bo.duyet.vt bo.phantich bo.lanhdao bo.quantri kiemtoan
        issue_report: bo.lanhdao
        see_draft: nhap.52 nhap.52.bc ky.52 (nhap.48) bo.duyet.vt (bo.phantich) (bo.lanhdao) (bo.quantri) (kiemtoan) (without)
        see_signed: nhap.52 nhap.52.bc ky.52 (nhap.48) bo.duyet.vt bo.phantich bo.lanhdao (bo.quantri) kiemtoan (without)
        see_completeness: bo.duyet.vt bo.phantich bo.lanhdao kiemtoan
        see_burden: nhap.52 nhap.52.bc ky.52 (nhap.48) bo.duyet.vt bo.phantich bo.lanhdao bo.quantri kiemtoan (without)
        open: nhap.52 nhap.52.bc ky.52
        enter_cells: nhap.52
        submit: nhap.52
        submit: nhap.52 nhap.52.bc
        sign: ky.52
        return_to_drafter: ky.52
        receive: bo.duyet.vt
        return: bo.duyet.vt
        close: bo.duyet.vt
        reopen: bo.duyet.vt
        correct: ky.52 bo.duyet.vt
        receive: 
        review: bo.duyet.vt
        remind: bo.duyet.vt
        ask_extension: nhap.52 nhap.52.bc ky.52
        delegate: nhap.52 nhap.52.bc ky.52
        grant_extension: bo.duyet.vt
        grant_extension: 
        keep_paper: nhap.52 nhap.52.bc ky.52
        set_plan: bo.phantich bo.quantri
        import: bo.phantich bo.quantri
        manage_accounts: bo.quantri
        manage_units: bo.quantri
        manage_indicators: bo.quantri
        manage_templates: bo.quantri
        read_audit: bo.quantri kiemtoan
        see_status: bo.quantri
        see_measurement: nhap.52 nhap.52.bc ky.52 nhap.48 bo.duyet.vt bo.phantich bo.lanhdao bo.quantri kiemtoan
        manage_sources: bo.quantri
        ask_explanation: bo.duyet.vt
        see_explanation: nhap.52 nhap.52.bc ky.52 (nhap.48) bo.duyet.vt bo.phantich bo.lanhdao (bo.quantri) kiemtoan (without)
        prepare_explanation: nhap.52 ky.52
        explain: ky.52
        edit_register: nhap.52 nhap.52.bc ky.52 bo.quantri
    "#]]
    .assert_eq(&table);
}

#[test]
fn another_bodys_submission_is_not_found_and_its_cells_are_forbidden() {
    let nhap_52 = &accounts()[0].1;
    for (permission, denied) in [
        (
            Permission::SeeDraft { body: body("48"), sectors: Sector::ALL.to_vec() },
            Denied::NotFound,
        ),
        (Permission::SeeSigned { body: body("48") }, Denied::NotFound),
        (Permission::EnterCells { body: body("48"), sector: Sector::Post }, Denied::Forbidden),
    ] {
        assert_eq!(may(nhap_52, &permission), Err(denied), "{permission:?}");
    }
}

#[test]
fn drafts_are_for_the_body_and_the_sectors_reviewers_and_signed_sections_for_the_ministry() {
    let (bc, vt) =
        (SectionId::parse("BC").expect("a name"), SectionId::parse("VT").expect("a name"));
    let reason = crate::section::Reason::parse("Sai đơn vị tính").expect("a reason");
    let now = Timestamp::UNIX_EPOCH;
    let signed = State::Signed { by: PersonId(2), at: now };
    let returned = State::Returned { by: PersonId(3), at: now, reason, from: Desk::Ministry };
    let sees = |user: &str, bc_state: &State, vt_state: &State| {
        let actor = accounts().into_iter().find(|(name, _)| *name == user).expect("an account").1;
        let sections = [(&bc, Sector::Post, bc_state), (&vt, Sector::Telecoms, vt_state)];
        match visible_sections(&actor, &body("52"), sections) {
            Ok(visible) => visible.iter().map(SectionId::to_string).collect::<Vec<_>>().join(" "),
            Err(denied) => denied.code().to_owned(),
        }
    };
    for (user, bc_state, vt_state, expected) in [
        ("nhap.52", &State::Draft, &State::Draft, "BC VT"),
        ("ky.52", &State::Draft, &State::Draft, "BC VT"),
        ("nhap.48", &signed, &signed, "not_found"),
        ("bo.duyet.vt", &State::Draft, &State::Draft, "VT"),
        ("bo.duyet.vt", &signed, &State::Draft, "BC VT"),
        ("bo.phantich", &State::Draft, &State::Draft, "not_found"),
        ("bo.phantich", &signed, &returned, "BC"),
        ("bo.quantri", &signed, &signed, "not_found"),
        ("kiemtoan", &signed, &signed, "BC VT"),
    ] {
        assert_eq!(sees(user, bc_state, vt_state), expected, "{user}");
    }
}

#[test]
fn a_grant_has_exactly_the_scope_of_its_role() {
    let (someone, telecoms) = (|| Some(body("52")), || vec![Sector::Telecoms]);
    for (role, of, sectors, refused) in [
        (Role::Enterer, someone(), vec![], None),
        (Role::Enterer, someone(), telecoms(), None),
        (Role::Enterer, None, vec![], Some(BadGrant::BodyMissing)),
        (Role::Head, someone(), vec![], None),
        (Role::Head, None, vec![], Some(BadGrant::BodyMissing)),
        (Role::Head, someone(), telecoms(), Some(BadGrant::SectorsUnused)),
        (Role::Reviewer, None, telecoms(), None),
        (Role::Reviewer, None, vec![], Some(BadGrant::SectorsMissing)),
        (Role::Reviewer, someone(), telecoms(), Some(BadGrant::BodyUnused)),
        (Role::Admin, None, vec![], None),
        (Role::Admin, someone(), vec![], Some(BadGrant::BodyUnused)),
        (Role::Auditor, None, telecoms(), Some(BadGrant::SectorsUnused)),
    ] {
        let grant = Grant::new(role, of.clone(), sectors.clone());
        assert_eq!(grant.clone().err(), refused, "{role:?} {of:?} {sectors:?}");
        if let Ok(grant) = grant {
            assert_eq!(
                Grant::new(grant.role(), grant.body().cloned(), grant.sectors().to_vec()),
                Ok(grant)
            );
        }
    }
}

#[test]
fn a_person_sees_only_the_places_they_can_use() {
    let table: String = accounts()
        .iter()
        .map(|(user, actor)| format!("{user}: {}\n", places(actor).join(" ")))
        .collect();
    expect![[r#"
        nhap.52: work entry board reports measure
        nhap.52.bc: work entry board reports measure
        ky.52: work entry board reports measure
        nhap.48: work entry board reports measure
        bo.duyet.vt: work review board reports measure
        bo.phantich: work board reports measure plans
        bo.lanhdao: work board reports measure
        bo.quantri: work board reports measure plans admin audit
        kiemtoan: work board reports measure audit
        without: work
    "#]]
    .assert_eq(&table);
}
