//! The life of one section of a submission: drafted, sent up for signature, signed, received, closed.
//!
//! A state holds exactly the facts that are true in it, and every move asks the one table in
//! [`State::refusal`] first, so what a page offers and what the server accepts cannot differ.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use model::PersonId;

use crate::Language;

/// Where a section stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nháp: being filled in; working rows, not in the record.
    Draft,
    /// Trình ký: waits for the head of the body.
    AwaitingSignature {
        /// Who sent it up.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// Đã ký và gửi: its figures are in the record.
    Signed {
        /// The head who signed.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// Đã tiếp nhận.
    Received {
        /// The reviewer.
        by: PersonId,
        /// When.
        at: Timestamp,
        /// Who had signed.
        signed_by: PersonId,
    },
    /// Trả lại để chỉnh sửa: can be filled in again.
    Returned {
        /// Who returned it.
        by: PersonId,
        /// When.
        at: Timestamp,
        /// What is to be put right.
        reason: Reason,
        /// From which desk it came back.
        from: Desk,
    },
    /// Đã chốt số liệu.
    Closed {
        /// The reviewer.
        by: PersonId,
        /// When.
        at: Timestamp,
        /// Who had signed.
        signed_by: PersonId,
    },
    /// Mở lại: can be filled in again; the closed figures stand until it is signed again.
    Reopened {
        /// The reviewer.
        by: PersonId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: Reason,
    },
}

/// Who returned a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Desk {
    /// The head of the body, to the drafter: nothing had been signed.
    Head,
    /// The ministry, to the body: what had been signed is withdrawn.
    Ministry,
}

impl Desk {
    /// `head` or `ministry`.
    pub fn code(self) -> &'static str {
        match self {
            Desk::Head => "head",
            Desk::Ministry => "ministry",
        }
    }

    /// The desk with this code.
    pub fn parse(code: &str) -> Option<Desk> {
        [Desk::Head, Desk::Ministry].into_iter().find(|desk| desk.code() == code)
    }
}

/// What a person can do to a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    /// Write into its cells; the state stays.
    Edit,
    /// Trình ký.
    Submit,
    /// Ký và gửi.
    Sign,
    /// The head gives it back to the drafter.
    ReturnToDrafter,
    /// Tiếp nhận.
    Receive,
    /// The ministry gives it back to the body.
    Return,
    /// Chốt số liệu.
    Close,
    /// Mở lại.
    Reopen,
    /// Đính chính: a revision of closed figures; the state stays.
    Correct,
}

impl Move {
    /// Every move.
    pub const ALL: [Move; 9] = [
        Move::Edit,
        Move::Submit,
        Move::Sign,
        Move::ReturnToDrafter,
        Move::Receive,
        Move::Return,
        Move::Close,
        Move::Reopen,
        Move::Correct,
    ];

    /// The code used in interfaces and storage.
    pub fn code(self) -> &'static str {
        match self {
            Move::Edit => "edit",
            Move::Submit => "submit",
            Move::Sign => "sign",
            Move::ReturnToDrafter => "return_to_drafter",
            Move::Receive => "receive",
            Move::Return => "return",
            Move::Close => "close",
            Move::Reopen => "reopen",
            Move::Correct => "correct",
        }
    }

    /// The move with this code.
    pub fn parse(code: &str) -> Option<Move> {
        Move::ALL.into_iter().find(|step| step.code() == code)
    }

    /// What it does to the record.
    pub fn effect(self) -> Effect {
        match self {
            Move::Sign => Effect::Appends,
            Move::Return => Effect::Withdraws,
            Move::Correct => Effect::Revises,
            Move::Edit
            | Move::Submit
            | Move::ReturnToDrafter
            | Move::Receive
            | Move::Close
            | Move::Reopen => Effect::Nothing,
        }
    }
}

/// What a move does to the figures in the record. That it happened is recorded either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// No figure changes.
    Nothing,
    /// Every figure of the section is stated.
    Appends,
    /// Every figure that the section stated for its own period is stated as withdrawn. Actuals that
    /// it stated for the period before stand: they are better than the estimate they settled.
    Withdraws,
    /// One figure is stated anew, with a reason.
    Revises,
}

/// Why something was done, in words for the person it is done to.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Reason(Arc<str>);

/// The most characters of a reason.
pub const LONGEST_REASON: usize = 2000;

impl Reason {
    /// A reason of 1 to 2,000 characters, without the white space around it.
    pub fn parse(text: &str) -> Result<Reason, Refusal> {
        let text = text.trim();
        if !text.chars().any(char::is_alphanumeric) {
            Err(Refusal::ReasonMissing)
        } else if text.chars().count() > LONGEST_REASON {
            Err(Refusal::ReasonTooLong)
        } else {
            Ok(Reason(text.into()))
        }
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

/// Why a move is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The section is not where this move starts.
    #[error("a section that is {} cannot be {}", state_in_words(.state, Language::English), done_in_words(*.step, Language::English))]
    NotNow {
        /// The move.
        step: Move,
        /// The code of the state it is in.
        state: &'static str,
    },
    /// The signer and the receiver are two people.
    #[error("whoever signed a section cannot also receive it")]
    ReceivesOwnSignature,
    /// Nothing was said.
    #[error("say why, so that the others know what to do")]
    ReasonMissing,
    /// Too much was said.
    #[error("a reason has at most 2,000 characters")]
    ReasonTooLong,
}

impl Refusal {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NotNow { .. } => "not_now",
            Refusal::ReceivesOwnSignature => "receives_own_signature",
            Refusal::ReasonMissing => "reason_missing",
            Refusal::ReasonTooLong => "reason_too_long",
        }
    }

    /// The sentence the user reads.
    pub fn message(&self, language: Language) -> String {
        match (language, self) {
            (Language::English, refusal) => capitalised(&format!("{refusal}.")),
            (Language::Vietnamese, Refusal::NotNow { step, state }) => format!(
                "Phần này {} nên chưa thể {}.",
                state_in_words(state, language),
                done_in_words(*step, language)
            ),
            (Language::Vietnamese, Refusal::ReceivesOwnSignature) => {
                "Người đã ký phần này không được đồng thời tiếp nhận.".to_owned()
            }
            (Language::Vietnamese, Refusal::ReasonMissing) => {
                "Hãy ghi lý do để những người khác biết cần làm gì.".to_owned()
            }
            (Language::Vietnamese, Refusal::ReasonTooLong) => {
                "Lý do dài tối đa 2.000 ký tự.".to_owned()
            }
        }
    }
}

fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// "đang chờ ký", after "phần số liệu".
fn state_in_words(state: &str, language: Language) -> &'static str {
    let (vi, en) = match state {
        "draft" => ("đang là bản nháp", "a draft"),
        "awaiting_signature" => ("đang chờ ký", "awaiting signature"),
        "signed" => ("đã ký và gửi", "signed and sent"),
        "received" => ("đã được tiếp nhận", "received"),
        "returned" => ("đã được trả lại", "returned"),
        "closed" => ("đã chốt số liệu", "closed"),
        "reopened" => ("đã được mở lại", "reopened"),
        _ => unreachable!("states name themselves"),
    };
    language.pick(vi, en)
}

fn done_in_words(step: Move, language: Language) -> &'static str {
    let (vi, en) = match step {
        Move::Edit => ("sửa", "edited"),
        Move::Submit => ("trình ký", "sent up for signature"),
        Move::Sign => ("ký", "signed"),
        Move::ReturnToDrafter => ("trả lại người lập biểu", "returned to the preparer"),
        Move::Receive => ("tiếp nhận", "received"),
        Move::Return => ("trả lại để chỉnh sửa", "returned for correction"),
        Move::Close => ("chốt số liệu", "closed"),
        Move::Reopen => ("mở lại", "reopened"),
        Move::Correct => ("đính chính", "corrected"),
    };
    language.pick(vi, en)
}

impl State {
    /// The code of every state.
    pub const CODES: [&'static str; 7] =
        ["draft", "awaiting_signature", "signed", "received", "returned", "closed", "reopened"];

    /// The code used in interfaces and storage.
    pub fn code(&self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::AwaitingSignature { .. } => "awaiting_signature",
            State::Signed { .. } => "signed",
            State::Received { .. } => "received",
            State::Returned { .. } => "returned",
            State::Closed { .. } => "closed",
            State::Reopened { .. } => "reopened",
        }
    }

    /// The words on the screen.
    pub fn label(&self, language: Language) -> &'static str {
        let (vi, en) = match self {
            State::Draft => ("Nháp", "Draft"),
            State::AwaitingSignature { .. } => ("Trình ký", "Awaiting signature"),
            State::Signed { .. } => ("Đã ký và gửi", "Signed and sent"),
            State::Received { .. } => ("Đã tiếp nhận", "Received"),
            State::Returned { .. } => ("Trả lại để chỉnh sửa", "Returned for correction"),
            State::Closed { .. } => ("Đã chốt số liệu", "Closed"),
            State::Reopened { .. } => ("Mở lại", "Reopened"),
        };
        language.pick(vi, en)
    }

    /// Who signed what stands in the record now.
    pub fn signed_by(&self) -> Option<PersonId> {
        match self {
            State::Signed { by, .. } => Some(*by),
            State::Received { signed_by, .. } | State::Closed { signed_by, .. } => Some(*signed_by),
            State::Draft
            | State::AwaitingSignature { .. }
            | State::Returned { .. }
            | State::Reopened { .. } => None,
        }
    }

    /// Whether its cells can be written.
    pub fn is_open(&self) -> bool {
        match self {
            State::Draft | State::Returned { .. } | State::Reopened { .. } => true,
            State::AwaitingSignature { .. }
            | State::Signed { .. }
            | State::Received { .. }
            | State::Closed { .. } => false,
        }
    }

    /// Whether it has left the body: its figures are visible to all staff.
    pub fn is_signed(&self) -> bool {
        self.signed_by().is_some()
    }

    /// Why a person cannot make a move now; `None` when they can. Roles are decided by [`crate::may`].
    pub fn refusal(&self, step: Move, who: PersonId) -> Option<Refusal> {
        let starts_here = match step {
            Move::Edit | Move::Submit => self.is_open(),
            Move::Sign | Move::ReturnToDrafter => matches!(self, State::AwaitingSignature { .. }),
            Move::Receive => matches!(self, State::Signed { .. }),
            Move::Return => matches!(self, State::Signed { .. } | State::Received { .. }),
            Move::Close => matches!(self, State::Received { .. }),
            Move::Reopen | Move::Correct => matches!(self, State::Closed { .. }),
        };
        if !starts_here {
            return Some(Refusal::NotNow { step, state: self.code() });
        }
        (step == Move::Receive && self.signed_by() == Some(who))
            .then_some(Refusal::ReceivesOwnSignature)
    }

    fn checked(&self, step: Move, who: PersonId) -> Result<(), Refusal> {
        self.refusal(step, who).map_or(Ok(()), Err)
    }

    /// The drafter sends it up.
    pub fn submit(&self, by: PersonId, at: Timestamp) -> Result<State, Refusal> {
        self.checked(Move::Submit, by)?;
        Ok(State::AwaitingSignature { by, at })
    }

    /// The head signs; its figures enter the record.
    pub fn sign(&self, by: PersonId, at: Timestamp) -> Result<State, Refusal> {
        self.checked(Move::Sign, by)?;
        Ok(State::Signed { by, at })
    }

    /// The head gives it back to the drafter.
    pub fn return_to_drafter(
        &self,
        by: PersonId,
        at: Timestamp,
        reason: Reason,
    ) -> Result<State, Refusal> {
        self.checked(Move::ReturnToDrafter, by)?;
        Ok(State::Returned { by, at, reason, from: Desk::Head })
    }

    /// The ministry receives it.
    pub fn receive(&self, by: PersonId, at: Timestamp) -> Result<State, Refusal> {
        self.checked(Move::Receive, by)?;
        let signed_by = self.signed_by().expect("only a signed section can be received");
        Ok(State::Received { by, at, signed_by })
    }

    /// The ministry gives it back to the body; its figures are withdrawn.
    pub fn return_(&self, by: PersonId, at: Timestamp, reason: Reason) -> Result<State, Refusal> {
        self.checked(Move::Return, by)?;
        Ok(State::Returned { by, at, reason, from: Desk::Ministry })
    }

    /// The ministry closes the figures.
    pub fn close(&self, by: PersonId, at: Timestamp) -> Result<State, Refusal> {
        self.checked(Move::Close, by)?;
        let signed_by =
            self.signed_by().expect("only a received section can be closed, and it was signed");
        Ok(State::Closed { by, at, signed_by })
    }

    /// The ministry opens closed figures again.
    pub fn reopen(&self, by: PersonId, at: Timestamp, reason: Reason) -> Result<State, Refusal> {
        self.checked(Move::Reopen, by)?;
        Ok(State::Reopened { by, at, reason })
    }

    /// One closed figure is stated anew; the section stays closed by whoever closed it.
    pub fn correct(&self, by: PersonId, _reason: &Reason) -> Result<State, Refusal> {
        self.checked(Move::Correct, by)?;
        Ok(self.clone())
    }

    /// Why the cells cannot be written, and who can open them; `None` while they can.
    pub fn locked_reason(&self, language: Language) -> Option<&'static str> {
        let (vi, en) = match self {
            State::Draft | State::Returned { .. } | State::Reopened { .. } => return None,
            State::AwaitingSignature { .. } => (
                "Đang chờ thủ trưởng đơn vị ký duyệt. Thủ trưởng đơn vị có thể trả lại để sửa tiếp.",
                "Awaiting the signature of the head of the body, who can return it for further changes.",
            ),
            State::Signed { .. } => (
                "Đã ký và gửi Bộ. Người tiếp nhận lĩnh vực này ở Bộ có thể trả lại để chỉnh sửa.",
                "Signed and sent to the ministry. The ministry's reviewer of this sector can return it for correction.",
            ),
            State::Received { .. } => (
                "Bộ đã tiếp nhận. Người tiếp nhận lĩnh vực này ở Bộ có thể trả lại để chỉnh sửa khi chưa chốt số liệu.",
                "Received by the ministry. Its reviewer of this sector can return it for correction until it is closed.",
            ),
            State::Closed { .. } => (
                "Đã chốt số liệu. Người tiếp nhận lĩnh vực này ở Bộ có thể mở lại hoặc đính chính, kèm lý do.",
                "Closed. The ministry's reviewer of this sector can reopen or correct it, with a reason.",
            ),
        };
        Some(language.pick(vi, en))
    }

    /// The state as columns of a table.
    pub fn facts(&self) -> Facts {
        let mut facts = Facts {
            state: self.code(),
            by: None,
            at: None,
            signed_by: self.signed_by(),
            reason: None,
            from: None,
        };
        match self {
            State::Draft => {}
            State::AwaitingSignature { by, at }
            | State::Signed { by, at }
            | State::Received { by, at, .. }
            | State::Closed { by, at, .. } => {
                (facts.by, facts.at) = (Some(*by), Some(*at));
            }
            State::Returned { by, at, reason, from } => {
                (facts.by, facts.at) = (Some(*by), Some(*at));
                (facts.reason, facts.from) = (Some(reason.as_str().to_owned()), Some(*from));
            }
            State::Reopened { by, at, reason } => {
                (facts.by, facts.at) = (Some(*by), Some(*at));
                facts.reason = Some(reason.as_str().to_owned());
            }
        }
        facts
    }

    /// The state that such columns hold; `None` when a fact of it is not there.
    pub fn from_facts(
        state: &str,
        by: Option<PersonId>,
        at: Option<Timestamp>,
        signed_by: Option<PersonId>,
        reason: Option<&str>,
        from: Option<Desk>,
    ) -> Option<State> {
        let reason = || Reason::parse(reason?).ok();
        Some(match state {
            "draft" => State::Draft,
            "awaiting_signature" => State::AwaitingSignature { by: by?, at: at? },
            "signed" => State::Signed { by: by?, at: at? },
            "received" => State::Received { by: by?, at: at?, signed_by: signed_by? },
            "returned" => State::Returned { by: by?, at: at?, reason: reason()?, from: from? },
            "closed" => State::Closed { by: by?, at: at?, signed_by: signed_by? },
            "reopened" => State::Reopened { by: by?, at: at?, reason: reason()? },
            _ => return None,
        })
    }
}

/// A state as columns of a table: what [`State::from_facts`] reads back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its code.
    pub state: &'static str,
    /// Who made the last move.
    pub by: Option<PersonId>,
    /// When.
    pub at: Option<Timestamp>,
    /// Who signed what stands.
    pub signed_by: Option<PersonId>,
    /// Why it was returned or reopened.
    pub reason: Option<String>,
    /// Who returned it.
    pub from: Option<Desk>,
}

#[cfg(test)]
mod tests;
