//! A measured number beside a cell: shown after the officer has typed theirs, or to be confirmed.
//!
//! While too little of a unit's systems is measured, the officer types blind and sees the measured number then: what was
//! typed is not led by it, and the two can be compared. Once the share reaches what the indicator wants, the number is
//! shown at once, and the cell asks to confirm it, or to say why another is right: the cause, and a comment.

use model::Decimal;

use crate::Language;
use crate::form::Filled;

/// The measured number of a cell's unit for its period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasuredNumber {
    /// The number, at the scale of its indicator.
    pub number: Decimal,
    /// How much of the unit's systems is measured, per cent.
    pub share: Decimal,
}

/// Why a number that is reported differs from a measured one that suffices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The two count by different definitions.
    Definition,
    /// The two were taken at different times.
    Timing,
    /// A system is not among those that are measured.
    MissingSystem,
    /// What is measured is wrong.
    Error,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Cause; 4] =
        [Cause::Definition, Cause::Timing, Cause::MissingSystem, Cause::Error];

    /// The code used in interfaces and storage.
    pub fn code(self) -> &'static str {
        match self {
            Cause::Definition => "definition",
            Cause::Timing => "timing",
            Cause::MissingSystem => "missing_system",
            Cause::Error => "error",
        }
    }

    /// The cause with this code.
    pub fn parse(code: &str) -> Option<Cause> {
        Cause::ALL.into_iter().find(|cause| cause.code() == code)
    }

    /// The words on the screen.
    pub fn label(self, language: Language) -> &'static str {
        let (vi, en) = match self {
            Cause::Definition => ("khác cách tính", "another definition"),
            Cause::Timing => ("khác thời điểm", "another time"),
            Cause::MissingSystem => ("còn hệ thống chưa đo", "a system that is not measured"),
            Cause::Error => ("số đo sai", "an error in what is measured"),
        };
        language.pick(vi, en)
    }
}

/// How a cell stands to its measured number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// There is one, and nobody sees it before a number is typed.
    Hidden,
    /// A number was typed: the measured one stands beside it.
    Shown {
        /// The measured number.
        measured: MeasuredNumber,
        /// What was typed less what is measured; `None` when that has too many digits.
        difference: Option<Decimal>,
    },
    /// It suffices, and nobody has said anything.
    ToConfirm {
        /// The measured number.
        measured: MeasuredNumber,
    },
    /// It suffices, and the same was said.
    Confirmed {
        /// The measured number.
        measured: MeasuredNumber,
    },
    /// It suffices, and something else was said without saying why.
    ToExplain {
        /// The measured number.
        measured: MeasuredNumber,
        /// What was typed less what is measured; `None` of a gap.
        difference: Option<Decimal>,
    },
    /// It suffices, and something else was said, with the cause and a comment.
    Explained {
        /// The measured number.
        measured: MeasuredNumber,
        /// What was typed less what is measured; `None` of a gap.
        difference: Option<Decimal>,
        /// Why.
        cause: Cause,
    },
}

impl Beside {
    /// Every code, in the order of the enum.
    pub const CODES: [&'static str; 6] =
        ["hidden", "shown", "to_confirm", "confirmed", "to_explain", "explained"];

    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Beside::Hidden => "hidden",
            Beside::Shown { .. } => "shown",
            Beside::ToConfirm { .. } => "to_confirm",
            Beside::Confirmed { .. } => "confirmed",
            Beside::ToExplain { .. } => "to_explain",
            Beside::Explained { .. } => "explained",
        }
    }

    /// The measured number, when it may be seen.
    pub fn measured(&self) -> Option<MeasuredNumber> {
        match self {
            Beside::Hidden => None,
            Beside::Shown { measured, .. }
            | Beside::ToConfirm { measured }
            | Beside::Confirmed { measured }
            | Beside::ToExplain { measured, .. }
            | Beside::Explained { measured, .. } => Some(*measured),
        }
    }

    /// What was typed less what is measured, when both are there.
    pub fn difference(&self) -> Option<Decimal> {
        match self {
            Beside::Shown { difference, .. }
            | Beside::ToExplain { difference, .. }
            | Beside::Explained { difference, .. } => *difference,
            Beside::Hidden | Beside::ToConfirm { .. } | Beside::Confirmed { .. } => None,
        }
    }
}

/// How a cell with this content stands to a measured number, of which the indicator wants at least `threshold` per cent.
pub fn beside(
    measured: MeasuredNumber,
    threshold: Decimal,
    filled: Option<&Filled>,
    cause: Option<Cause>,
) -> Beside {
    let said = filled.and_then(Filled::as_figure);
    let typed = said.and_then(|figure| figure.number());
    let difference = typed.and_then(|typed| typed.minus(measured.number));
    if measured.share < threshold {
        return match typed {
            // A gap that is stated is no number: it shows nothing, so that nobody looks by stating one.
            None => Beside::Hidden,
            Some(_) => Beside::Shown { measured, difference },
        };
    }
    match (said, typed) {
        (None, _) => Beside::ToConfirm { measured },
        (Some(_), Some(typed)) if typed == measured.number => Beside::Confirmed { measured },
        (Some(_), _) => match cause.filter(|_| filled.is_some_and(Filled::is_explained)) {
            Some(cause) => Beside::Explained { measured, difference, cause },
            None => Beside::ToExplain { measured, difference },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use model::{Absence, Figure};
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).expect("a decimal")
    }

    fn filled(written: &str, comment: &str) -> Option<Filled> {
        let figure = match written {
            "" => return None,
            "missing" => Figure::Absent(Absence::Missing),
            number => Figure::Number(decimal(number)),
        };
        Some(Filled { comment: comment.to_owned(), ..Filled::figure(figure) })
    }

    #[test]
    fn a_measured_number_is_hidden_shown_confirmed_or_explained() {
        let mut table = String::new();
        for (share, said, comment, cause) in [
            ("89.9", "", "", None),
            ("89.9", "missing", "", None),
            ("89.9", "120", "", None),
            ("89.9", "100", "", None),
            ("90", "", "", None),
            ("90", "100", "", None),
            ("90", "100.00", "", None),
            ("90", "120", "", None),
            ("90", "120", "Chốt sau", None),
            ("90", "120", "", Some(Cause::Timing)),
            ("90", "120", "!!", Some(Cause::Timing)),
            ("90", "120", "Chốt sau", Some(Cause::Timing)),
            ("100", "missing", "", None),
            ("100", "missing", "Cổng hỏng", Some(Cause::Error)),
        ] {
            let measured = MeasuredNumber { number: decimal("100"), share: decimal(share) };
            let found = beside(measured, decimal("90"), filled(said, comment).as_ref(), cause);
            let number = found.measured().map_or("-".to_owned(), |one| one.number.to_string());
            let difference = found.difference().map_or("-".to_owned(), |one| one.to_string());
            table.push_str(&format!(
                "{share}% said “{said}” “{comment}” {}: {} {number} {difference}\n",
                cause.map_or("-", Cause::code),
                found.code()
            ));
        }
        expect![[r#"
            89.9% said “” “” -: hidden - -
            89.9% said “missing” “” -: hidden - -
            89.9% said “120” “” -: shown 100 20
            89.9% said “100” “” -: shown 100 0
            90% said “” “” -: to_confirm 100 -
            90% said “100” “” -: confirmed 100 -
            90% said “100.00” “” -: confirmed 100 -
            90% said “120” “” -: to_explain 100 20
            90% said “120” “Chốt sau” -: to_explain 100 20
            90% said “120” “” timing: to_explain 100 20
            90% said “120” “!!” timing: to_explain 100 20
            90% said “120” “Chốt sau” timing: explained 100 20
            100% said “missing” “” -: to_explain 100 -
            100% said “missing” “Cổng hỏng” error: explained 100 -
        "#]]
        .assert_eq(&table);
        assert!(Cause::ALL.into_iter().all(|cause| Cause::parse(cause.code()) == Some(cause)));
    }

    proptest! {
        /// Below the threshold nothing is seen before a number is typed, whatever the numbers.
        #[test]
        fn nobody_sees_before_they_typed(number in -9999i64..9999, share in 0i64..90, comment in ".{0,9}") {
            let measured = MeasuredNumber { number: Decimal::whole(number), share: Decimal::whole(share) };
            for empty in [None, Some(Filled { comment: comment.clone(), ..Filled::default() })] {
                let found = beside(measured, Decimal::whole(90), empty.as_ref(), Some(Cause::Error));
                prop_assert_eq!((found, found.measured(), found.difference()), (Beside::Hidden, None, None));
            }
        }
    }
}
