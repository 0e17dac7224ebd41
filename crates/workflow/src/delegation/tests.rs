use super::*;
use jiff::civil::date;
use proptest::prelude::*;

fn body(code: &str) -> BodyCode {
    BodyCode::parse(code).expect("a code")
}

/// `head 52`, `enterer 52`, `admin`; several after commas.
fn grants(written: &str) -> Vec<Grant> {
    let grant = |one: &str| match one.split_once(' ') {
        Some(("head", of)) => Grant::Head { body: body(of) },
        Some(("enterer", of)) => Grant::Enterer { body: body(of), sectors: vec![] },
        _ => Grant::Admin,
    };
    written.split(", ").filter(|one| !one.is_empty()).map(grant).collect()
}

/// August 2024.
fn august(day: i8) -> Date {
    date(2024, 8, day)
}

/// Of person 1 to person 2, for body 52.
fn from_to(first: i8, last: i8) -> Delegation {
    Delegation {
        giver: PersonId(1),
        deputy: PersonId(2),
        body: body("52"),
        first_day: august(first),
        last_day: august(last),
        is_ended: false,
    }
}

#[test]
fn a_deputy_is_named_of_the_same_body_for_days_to_come() {
    let other = from_to(12, 14);
    let ended = Delegation { is_ended: true, ..other.clone() };
    let of_another = Delegation { giver: PersonId(9), ..other.clone() };
    for (giver, deputy, wanted, others, reason, refused) in [
        ("head 52", "enterer 52", from_to(5, 9), vec![], "Đi công tác", None),
        ("enterer 52", "head 52", from_to(5, 5), vec![], "Nghỉ phép", None),
        ("enterer 52", "enterer 52", from_to(8, 9), vec![&other], "Nghỉ phép", None),
        ("head 48", "enterer 52", from_to(5, 9), vec![], "x", Some(Refusal::NotOwn)),
        ("admin", "enterer 52", from_to(5, 9), vec![], "x", Some(Refusal::NotOwn)),
        ("head 52", "enterer 48", from_to(5, 9), vec![], "x", Some(Refusal::OfAnotherBody)),
        ("head 52", "admin", from_to(5, 9), vec![], "x", Some(Refusal::OfAnotherBody)),
        ("head 52", "enterer 52", from_to(9, 8), vec![], "x", Some(Refusal::Backwards)),
        ("head 52", "enterer 52", from_to(4, 9), vec![], "x", Some(Refusal::Past)),
        ("head 52", "enterer 52", from_to(9, 12), vec![&other], "x", Some(Refusal::Twice)),
        ("head 52", "enterer 52", from_to(9, 12), vec![&ended, &of_another], "Nghỉ", None),
        ("head 52", "enterer 52", from_to(5, 9), vec![], " ", Some(Refusal::Reason)),
    ] {
        let others: Vec<Delegation> = others.into_iter().cloned().collect();
        let found =
            check(&wanted, &grants(giver), &grants(deputy), &others, reason, august(5)).err();
        assert_eq!(found, refused, "{giver} to {deputy} {wanted:?}");
    }
    let oneself = Delegation { deputy: PersonId(1), ..from_to(5, 9) };
    let own = grants("head 52");
    assert_eq!(check(&oneself, &own, &own, &[], "x", august(5)), Err(Refusal::Oneself));
    for (last_day, refused) in
        [(date(2024, 11, 4), None), (date(2024, 11, 5), Some(Refusal::TooLong))]
    {
        let wanted = Delegation { last_day, ..from_to(5, 5) };
        let found = check(&wanted, &own, &grants("enterer 52"), &[], "Đi học", august(5)).err();
        assert_eq!(found, refused, "{last_day}");
    }
}

#[test]
fn what_is_lent_is_the_givers_own_for_the_body_on_these_days_and_ends_by_itself() {
    let own = grants("head 52, enterer 48, admin");
    let ended = Delegation { is_ended: true, ..from_to(5, 9) };
    for (delegation, day, standing, lent) in [
        (from_to(5, 9), 4, Standing::Ahead, ""),
        (from_to(5, 9), 5, Standing::Now, "head 52"),
        (from_to(5, 9), 9, Standing::Now, "head 52"),
        (from_to(5, 9), 10, Standing::Over, ""),
        (ended, 6, Standing::Ended, ""),
    ] {
        assert_eq!(delegation.standing(august(day)), standing, "{day}");
        let found: Vec<Grant> = delegation.lends(&own, august(day)).cloned().collect();
        assert_eq!(found, grants(lent), "{day}");
    }
}

#[test]
fn who_gave_it_who_holds_it_the_head_and_an_administrator_may_end_it() {
    for (person, of, may_end) in [
        (1, "enterer 52", true),
        (2, "enterer 52", true),
        (3, "enterer 52", false),
        (3, "head 52", true),
        (3, "head 48", false),
        (4, "admin", true),
    ] {
        let actor = Actor { person: PersonId(person), name: String::new(), grants: grants(of) };
        assert_eq!(from_to(5, 9).may_be_ended_by(&actor), may_end, "{person} {of}");
    }
}

proptest! {
    /// Nothing is lent on: what a deputy holds by delegation is never among what they can lend.
    #[test]
    fn there_is_no_chain(first in 1i8..28, lasts in 0i8..3, day in 1i8..31) {
        let given = from_to(first, (first + lasts).min(31));
        let own_of_deputy = grants("enterer 52");
        let onward = Delegation { giver: PersonId(2), deputy: PersonId(3), ..given.clone() };
        let lent: Vec<&Grant> = onward.lends(&own_of_deputy, august(day)).collect();
        prop_assert!(lent.iter().all(|grant| grant.role() == Role::Enterer));
        prop_assert_eq!(lent.is_empty(), given.standing(august(day)) != Standing::Now);
    }
}
