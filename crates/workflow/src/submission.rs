//! Where a whole submission stands, which is never stored: it follows from its sections.
//!
//! A submission is as far as its least finished section, because that is what somebody must act on.

use model::{BodyCode, Sector};

use crate::{Actor, Language, Move, Permission, SectionId, State, may};

/// Where a submission stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Overall {
    /// Nobody has written anything.
    NotStarted,
    /// Something is with the drafter.
    Draft,
    /// A section came back and is with the drafter.
    Returned,
    /// Something waits for the head.
    AwaitingSignature,
    /// Something waits for the ministry.
    Signed,
    /// All of it was received.
    Received,
    /// All of it is closed.
    Closed,
}

impl Overall {
    /// Every state, the least finished first.
    pub const ALL: [Overall; 7] = [
        Overall::NotStarted,
        Overall::Draft,
        Overall::Returned,
        Overall::AwaitingSignature,
        Overall::Signed,
        Overall::Received,
        Overall::Closed,
    ];

    /// The code used in interfaces.
    pub fn code(self) -> &'static str {
        match self {
            Overall::NotStarted => "not_started",
            Overall::Draft => "draft",
            Overall::Returned => "returned",
            Overall::AwaitingSignature => "awaiting_signature",
            Overall::Signed => "signed",
            Overall::Received => "received",
            Overall::Closed => "closed",
        }
    }

    /// The state with this code.
    pub fn parse(code: &str) -> Option<Overall> {
        Overall::ALL.into_iter().find(|overall| overall.code() == code)
    }

    /// The words on the screen.
    pub fn label(self, language: Language) -> &'static str {
        let (vi, en) = match self {
            Overall::NotStarted => ("Chưa bắt đầu", "Not started"),
            Overall::Draft => ("Nháp", "Draft"),
            Overall::Returned => ("Trả lại để chỉnh sửa", "Returned for correction"),
            Overall::AwaitingSignature => ("Trình ký", "Awaiting signature"),
            Overall::Signed => ("Đã ký và gửi", "Signed and sent"),
            Overall::Received => ("Đã tiếp nhận", "Received"),
            Overall::Closed => ("Đã chốt số liệu", "Closed"),
        };
        language.pick(vi, en)
    }

    /// Whether the body has sent everything.
    pub fn is_sent(self) -> bool {
        self >= Overall::Signed
    }
}

/// Where a submission of these sections stands; `filled` says how many cells have something in them.
pub fn overall<'a>(sections: impl IntoIterator<Item = &'a State>, filled: usize) -> Overall {
    let stage = |state: &State| match state {
        State::Draft if filled == 0 => Overall::NotStarted,
        State::Draft | State::Reopened { .. } => Overall::Draft,
        State::Returned { .. } => Overall::Returned,
        State::AwaitingSignature { .. } => Overall::AwaitingSignature,
        State::Signed { .. } => Overall::Signed,
        State::Received { .. } => Overall::Received,
        State::Closed { .. } => Overall::Closed,
    };
    let stages: Vec<Overall> = sections.into_iter().map(stage).collect();
    if stages.contains(&Overall::Returned) {
        // What came back has a reason to read, and is named before what was never sent.
        return Overall::Returned;
    }
    stages.into_iter().min().unwrap_or(Overall::NotStarted)
}

/// The permission that a move on a section of this sector needs.
pub fn permission_for(step: Move, body: &BodyCode, sector: Sector) -> Permission {
    let body = body.clone();
    match step {
        Move::Edit => Permission::EnterCells { body, sector },
        Move::Submit => Permission::Submit { body, sector },
        Move::Sign => Permission::Sign { body },
        Move::ReturnToDrafter => Permission::ReturnToDrafter { body },
        Move::Receive => Permission::Receive { sector },
        Move::Return => Permission::Return { sector },
        Move::Close => Permission::Close { sector },
        Move::Reopen => Permission::Reopen { sector },
        Move::Correct => Permission::Correct { body, sector },
    }
}

/// The sections that this person can move so now, by role and by state: what a page offers, and
/// what a move of the whole form (submit, sign, return to the drafter) moves.
pub fn movable<'a>(
    actor: &Actor,
    step: Move,
    body: &BodyCode,
    sections: impl IntoIterator<Item = (&'a SectionId, Sector, &'a State)>,
) -> Vec<SectionId> {
    sections
        .into_iter()
        .filter(|(_, sector, state)| {
            may(actor, &permission_for(step, body, *sector)).is_ok()
                && state.refusal(step, actor.person).is_none()
        })
        .map(|(id, ..)| id.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Grant;
    use crate::section::Desk;
    use jiff::Timestamp;
    use model::PersonId;

    #[test]
    fn a_person_can_move_what_role_and_state_both_allow() {
        let body = BodyCode::parse("52").expect("a code");
        let id = |code| SectionId::parse(code).expect("a name");
        let (bc, vt) = (id("BC"), id("VT"));
        let (signed, returned) = (state("signed"), state("returned"));
        let enterer = Grant::Enterer { body: body.clone(), sectors: vec![] };
        let head = Grant::Head { body: body.clone() };
        let reviewer = Grant::Reviewer { sectors: vec![Sector::Post, Sector::Telecoms] };
        // Person 1 signed what is signed.
        for (person, grant, step, expected) in [
            (5, &enterer, Move::Edit, vec!["VT"]),
            (5, &enterer, Move::Submit, vec!["VT"]),
            (5, &enterer, Move::Sign, vec![]),
            (1, &head, Move::Edit, vec![]),
            (1, &head, Move::Sign, vec![]),
            (2, &reviewer, Move::Receive, vec!["BC"]),
            (2, &reviewer, Move::Return, vec!["BC"]),
            (1, &reviewer, Move::Receive, vec![]),
            (2, &reviewer, Move::Close, vec![]),
        ] {
            let actor = Actor {
                person: PersonId(person),
                name: String::new(),
                grants: vec![grant.clone()],
            };
            let sections = [(&bc, Sector::Post, &signed), (&vt, Sector::Telecoms, &returned)];
            let moved = movable(&actor, step, &body, sections);
            let moved: Vec<&str> = moved.iter().map(SectionId::as_str).collect();
            assert_eq!(moved, expected, "{grant:?} {step:?}");
        }
    }

    fn state(code: &str) -> State {
        let reason = Some("Kiểm tra lại doanh thu");
        let person = Some(PersonId(1));
        State::from_facts(
            code,
            person,
            Some(Timestamp::UNIX_EPOCH),
            person,
            reason,
            Some(Desk::Ministry),
        )
        .expect("every fact is given")
    }

    #[test]
    fn a_submission_is_as_far_as_its_least_finished_section() {
        for (sections, filled, expected) in [
            ("draft draft", 0, Overall::NotStarted),
            ("draft draft", 1, Overall::Draft),
            ("awaiting_signature awaiting_signature", 9, Overall::AwaitingSignature),
            ("signed awaiting_signature", 9, Overall::AwaitingSignature),
            ("signed received", 9, Overall::Signed),
            ("received received closed", 9, Overall::Received),
            ("received returned", 9, Overall::Returned),
            ("returned draft", 9, Overall::Returned),
            ("closed closed", 9, Overall::Closed),
            ("closed reopened", 9, Overall::Draft),
            ("", 0, Overall::NotStarted),
        ] {
            let states: Vec<State> = sections.split_whitespace().map(state).collect();
            assert_eq!(overall(&states, filled), expected, "{sections}");
        }
    }
}
