use super::*;
use expect_test::expect;
use proptest::prelude::*;

const DRAFTER: PersonId = PersonId(1);
const HEAD: PersonId = PersonId(2);
const REVIEWER: PersonId = PersonId(3);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a moment")
}

fn reason() -> Reason {
    Reason::parse("Doanh thu thấp hơn nộp ngân sách").expect("a reason")
}

fn make(state: &State, step: Move, who: PersonId) -> Result<State, Refusal> {
    let now = at(100);
    match step {
        Move::Edit => state.refusal(step, who).map_or(Ok(state.clone()), Err),
        Move::Submit => state.submit(who, now),
        Move::Sign => state.sign(who, now),
        Move::ReturnToDrafter => state.return_to_drafter(who, now, reason()),
        Move::Receive => state.receive(who, now),
        Move::Return => state.return_(who, now, reason()),
        Move::Close => state.close(who, now),
        Move::Reopen => state.reopen(who, now, reason()),
        Move::Correct => state.correct(who, &reason()),
    }
}

fn every_state() -> Vec<State> {
    let now = at(50);
    vec![
        State::Draft,
        State::AwaitingSignature { by: DRAFTER, at: now },
        State::Signed { by: HEAD, at: now },
        State::Received { by: REVIEWER, at: now, signed_by: HEAD },
        State::Returned { by: REVIEWER, at: now, reason: reason(), from: Desk::Ministry },
        State::Returned { by: HEAD, at: now, reason: reason(), from: Desk::Head },
        State::Closed { by: REVIEWER, at: now, signed_by: HEAD },
        State::Reopened { by: REVIEWER, at: now, reason: reason() },
    ]
}

#[test]
fn every_state_is_in_the_list_of_codes() {
    let mut codes: Vec<&str> = every_state().iter().map(State::code).collect();
    codes.dedup();
    assert_eq!(codes, State::CODES);
}

#[test]
fn each_move_starts_only_where_it_may_and_ends_where_it_should() {
    let mut table = String::new();
    for state in every_state() {
        let moves: Vec<String> = Move::ALL
            .into_iter()
            .filter_map(|step| {
                Some(format!("{} → {}", step.code(), make(&state, step, REVIEWER).ok()?.code()))
            })
            .collect();
        table.push_str(&format!("{}: {}\n", state.code(), moves.join("; ")));
    }
    expect![[r#"
        draft: edit → draft; submit → awaiting_signature
        awaiting_signature: sign → signed; return_to_drafter → returned
        signed: receive → received; return → returned
        received: return → returned; close → closed
        returned: edit → returned; submit → awaiting_signature
        returned: edit → returned; submit → awaiting_signature
        closed: reopen → reopened; correct → closed
        reopened: edit → reopened; submit → awaiting_signature
    "#]]
    .assert_eq(&table);
}

#[test]
fn nobody_receives_what_they_signed() {
    let signed = State::Signed { by: HEAD, at: at(1) };
    assert_eq!(signed.receive(HEAD, at(2)), Err(Refusal::ReceivesOwnSignature));
    assert_eq!(signed.refusal(Move::Receive, HEAD), Some(Refusal::ReceivesOwnSignature));
    assert_eq!(
        signed.receive(REVIEWER, at(2)),
        Ok(State::Received { by: REVIEWER, at: at(2), signed_by: HEAD })
    );
}

#[test]
fn a_section_goes_from_draft_to_closed_with_one_return() {
    let second = Reason::parse(" Kiểm tra lại doanh thu \n").expect("a reason");
    assert_eq!(second.as_str(), "Kiểm tra lại doanh thu");
    let closed = State::Draft
        .submit(DRAFTER, at(1))
        .and_then(|state| state.sign(HEAD, at(2)))
        .and_then(|state| state.return_(REVIEWER, at(3), second))
        .and_then(|state| state.submit(DRAFTER, at(4)))
        .and_then(|state| state.sign(HEAD, at(5)))
        .and_then(|state| state.receive(REVIEWER, at(6)))
        .and_then(|state| state.close(REVIEWER, at(7)));
    assert_eq!(closed, Ok(State::Closed { by: REVIEWER, at: at(7), signed_by: HEAD }));
}

#[test]
fn a_reason_says_something_and_not_too_much() {
    let longest = "ệ".repeat(LONGEST_REASON);
    let too_long = "ệ".repeat(LONGEST_REASON + 1);
    for (text, refused) in [
        ("Sai đơn vị tính", None),
        (longest.as_str(), None),
        (too_long.as_str(), Some(Refusal::ReasonTooLong)),
        ("", Some(Refusal::ReasonMissing)),
        (" \u{a0}\n", Some(Refusal::ReasonMissing)),
        ("...", Some(Refusal::ReasonMissing)),
    ] {
        assert_eq!(Reason::parse(text).err(), refused, "{} characters", text.chars().count());
    }
}

#[test]
fn what_is_locked_says_why_and_who_can_open_it() {
    for state in every_state() {
        for language in Language::ALL {
            assert_eq!(state.locked_reason(language).is_none(), state.is_open(), "{state:?}");
        }
    }
}

#[test]
fn refusals_are_sentences() {
    let refusals = [
        Refusal::NotNow { step: Move::Receive, state: "draft" },
        Refusal::NotNow { step: Move::Edit, state: "closed" },
        Refusal::NotNow { step: Move::Close, state: "signed" },
        Refusal::ReceivesOwnSignature,
        Refusal::ReasonMissing,
        Refusal::ReasonTooLong,
    ];
    let sentences: String = refusals
        .iter()
        .flat_map(|refusal| Language::ALL.map(|language| refusal.message(language) + "\n"))
        .collect();
    expect![[r#"
        Phần này đang là bản nháp nên chưa thể tiếp nhận.
        A section that is a draft cannot be received.
        Phần này đã chốt số liệu nên chưa thể sửa.
        A section that is closed cannot be edited.
        Phần này đã ký và gửi nên chưa thể chốt số liệu.
        A section that is signed and sent cannot be closed.
        Người đã ký phần này không được đồng thời tiếp nhận.
        Whoever signed a section cannot also receive it.
        Hãy ghi lý do để những người khác biết cần làm gì.
        Say why, so that the others know what to do.
        Lý do dài tối đa 2.000 ký tự.
        A reason has at most 2,000 characters.
    "#]]
    .assert_eq(&sentences);
}

#[test]
fn only_a_signature_a_ministry_return_and_a_correction_change_figures() {
    let changing: Vec<Move> =
        Move::ALL.into_iter().filter(|step| step.effect() != Effect::Nothing).collect();
    assert_eq!(changing, [Move::Sign, Move::Return, Move::Correct]);
    for step in Move::ALL {
        assert_eq!(Move::parse(step.code()), Some(step));
    }
}

fn read_back(facts: &Facts) -> Option<State> {
    State::from_facts(
        facts.state,
        facts.by,
        facts.at,
        facts.signed_by,
        facts.reason.as_deref(),
        facts.from,
    )
}

#[test]
fn a_stored_state_reads_back() {
    for state in every_state() {
        assert_eq!(read_back(&state.facts()), Some(state));
    }
    assert_eq!(State::from_facts("received", Some(HEAD), Some(at(1)), None, None, None), None);
}

proptest! {
    #[test]
    fn whatever_is_tried_a_received_section_was_received_by_another_than_its_signer(
        steps in prop::collection::vec((0..Move::ALL.len(), 1..4i64), 0..40),
    ) {
        let mut state = State::Draft;
        for (step, who) in steps {
            let (step, who) = (Move::ALL[step], PersonId(who));
            let refusal = state.refusal(step, who);
            let made = make(&state, step, who);
            prop_assert_eq!(made.as_ref().err(), refusal.as_ref());
            state = made.unwrap_or(state);
            if let State::Received { by, signed_by, .. } = &state {
                prop_assert_ne!(by, signed_by);
            }
            prop_assert_eq!(read_back(&state.facts()), Some(state.clone()));
        }
    }
}
