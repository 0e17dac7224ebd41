//! Ký thay: who acts for whom while they are away.
//!
//! A person of a body names somebody of the same body for some days. Within these days the deputy may do for the
//! body what the one who is away may do, besides what is their own; the day after, it is over by itself. What was
//! lent is not lent on: only a person's own grants count, so there is no chain. Whatever a deputy does that is not
//! their own is told as done for the other.

use jiff::ToSpan;
use jiff::civil::Date;
use model::{BodyCode, PersonId};

use crate::access::{Actor, Grant, Role};
use crate::section::{LONGEST_REASON, Reason};
use crate::{Language, Permission, may};

/// The longest time at once, in days.
pub const LONGEST_DAYS: i32 = 92;

/// Somebody acts for somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// Who is away.
    pub giver: PersonId,
    /// Who acts for them.
    pub deputy: PersonId,
    /// For which body.
    pub body: BodyCode,
    /// From this day.
    pub first_day: Date,
    /// Up to this day, included.
    pub last_day: Date,
    /// Somebody has ended it before its time.
    pub is_ended: bool,
}

/// Where a delegation stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Its first day is still to come.
    Ahead,
    /// It holds.
    Now,
    /// Its last day has passed.
    Over,
    /// Somebody has ended it.
    Ended,
}

impl Standing {
    /// Every one.
    pub const ALL: [Standing; 4] =
        [Standing::Ahead, Standing::Now, Standing::Over, Standing::Ended];

    /// The code used in interfaces.
    pub fn code(self) -> &'static str {
        match self {
            Standing::Ahead => "ahead",
            Standing::Now => "now",
            Standing::Over => "over",
            Standing::Ended => "ended",
        }
    }
}

impl Delegation {
    /// Where it stands on a day.
    pub fn standing(&self, day: Date) -> Standing {
        if self.is_ended {
            Standing::Ended
        } else if day < self.first_day {
            Standing::Ahead
        } else if day > self.last_day {
            Standing::Over
        } else {
            Standing::Now
        }
    }

    /// What its deputy may do by it on a day: of the giver's own grants, those for the body.
    pub fn lends<'a>(
        &'a self,
        own_of_giver: &'a [Grant],
        day: Date,
    ) -> impl Iterator<Item = &'a Grant> {
        let holds = self.standing(day) == Standing::Now;
        own_of_giver.iter().filter(move |grant| holds && grant.body() == Some(&self.body))
    }

    /// Whether somebody may end it before its time: who gave it, who holds it, the head of the body, an administrator.
    pub fn may_be_ended_by(&self, actor: &Actor) -> bool {
        let is_head = |grant: &Grant| matches!(grant, Grant::Head { body } if *body == self.body);
        [self.giver, self.deputy].contains(&actor.person)
            || actor.grants.iter().any(is_head)
            || may(actor, &Permission::ManageAccounts).is_ok()
    }
}

/// Why a delegation is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody lends what is not theirs, or what was lent to them.
    #[error("only somebody who prepares or signs for a body themselves names a deputy")]
    NotOwn,
    /// Nobody is away from themselves.
    #[error("a person cannot be their own deputy")]
    Oneself,
    /// The deputy is of another body, or of none.
    #[error("the deputy has to be of the same body")]
    OfAnotherBody,
    /// The last day is before the first.
    #[error("the last day is before the first")]
    Backwards,
    /// The first day has passed.
    #[error("the first day has passed")]
    Past,
    /// More days than anybody is away.
    #[error("at most {LONGEST_DAYS} days at once")]
    TooLong,
    /// Another deputy of the same person has some of these days.
    #[error("another deputy has some of these days")]
    Twice,
    /// No reason, or one that nobody would read.
    #[error("a reason of at most {LONGEST_REASON} characters is needed")]
    Reason,
}

impl Refusal {
    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::NotOwn => "not_own",
            Refusal::Oneself => "deputy_oneself",
            Refusal::OfAnotherBody => "deputy_of_another_body",
            Refusal::Backwards => "days_backwards",
            Refusal::Past => "day_past",
            Refusal::TooLong => "too_many_days",
            Refusal::Twice => "deputy_twice",
            Refusal::Reason => "reason_missing",
        }
    }

    /// Where it stands in the request.
    pub fn field(self) -> &'static str {
        match self {
            Refusal::NotOwn => "body",
            Refusal::Oneself | Refusal::OfAnotherBody => "deputy",
            Refusal::Backwards | Refusal::TooLong => "last_day",
            Refusal::Past | Refusal::Twice => "first_day",
            Refusal::Reason => "reason",
        }
    }

    /// The sentence the user reads.
    pub fn message(self, language: Language) -> String {
        let (vi, en) = match self {
            Refusal::NotOwn => (
                "Chỉ người trực tiếp lập biểu hoặc ký của đơn vị mới giao người ký thay; việc được giao không giao lại cho người khác.".to_owned(),
                "Only somebody who prepares or signs for the body themselves names a deputy; what was lent is not lent on.".to_owned(),
            ),
            Refusal::Oneself => (
                "Hãy chọn một người khác làm thay.".to_owned(),
                "Choose somebody else to act for you.".to_owned(),
            ),
            Refusal::OfAnotherBody => (
                "Người làm thay phải thuộc cùng đơn vị.".to_owned(),
                "The deputy has to be of the same body.".to_owned(),
            ),
            Refusal::Backwards => (
                "Ngày cuối phải từ ngày đầu trở đi.".to_owned(),
                "The last day has to be the first or a later one.".to_owned(),
            ),
            Refusal::Past => (
                "Ngày đầu phải từ hôm nay trở đi.".to_owned(),
                "The first day has to be today or a later one.".to_owned(),
            ),
            Refusal::TooLong => (
                format!("Mỗi lần giao tối đa {LONGEST_DAYS} ngày."),
                format!("At most {LONGEST_DAYS} days at once."),
            ),
            Refusal::Twice => (
                "Đã có người làm thay trong một số ngày này. Hãy kết thúc lần giao đó trước.".to_owned(),
                "Somebody else acts for you on some of these days. End that first.".to_owned(),
            ),
            Refusal::Reason => (
                format!("Hãy ghi lý do, không quá {LONGEST_REASON} ký tự."),
                format!("Say why, in at most {LONGEST_REASON} characters."),
            ),
        };
        language.pick(vi, en)
    }
}

/// Whether somebody may name a deputy: by their own grants and the deputy's, as they are on `today`.
pub fn check(
    wanted: &Delegation,
    own_of_giver: &[Grant],
    own_of_deputy: &[Grant],
    others: &[Delegation],
    reason: &str,
    today: Date,
) -> Result<(), Refusal> {
    let is_of_body = |grants: &[Grant]| {
        let works = |grant: &Grant| {
            matches!(grant.role(), Role::Enterer | Role::Head) && grant.body() == Some(&wanted.body)
        };
        grants.iter().any(works)
    };
    if !is_of_body(own_of_giver) {
        return Err(Refusal::NotOwn);
    }
    if wanted.giver == wanted.deputy {
        return Err(Refusal::Oneself);
    }
    if !is_of_body(own_of_deputy) {
        return Err(Refusal::OfAnotherBody);
    }
    if wanted.last_day < wanted.first_day {
        return Err(Refusal::Backwards);
    }
    if wanted.first_day < today {
        return Err(Refusal::Past);
    }
    let last_allowed = wanted.first_day.checked_add((LONGEST_DAYS - 1).days());
    if last_allowed.is_ok_and(|last| wanted.last_day > last) {
        return Err(Refusal::TooLong);
    }
    let meets = |other: &Delegation| {
        (other.giver, &other.body) == (wanted.giver, &wanted.body)
            && !other.is_ended
            && other.first_day <= wanted.last_day
            && wanted.first_day <= other.last_day
    };
    if others.iter().any(meets) {
        return Err(Refusal::Twice);
    }
    Reason::parse(reason).map(drop).map_err(|_| Refusal::Reason)
}

#[cfg(test)]
mod tests;
