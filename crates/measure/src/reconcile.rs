//! Reported against measured: how the two numbers of one cell lie to one another, and what may be said of it.
//!
//! A verdict says where the numbers lie, never whose fault it is, and none is given where the two cannot be compared.
//! Both numbers come from the same answers as every board's, so that nothing here can contradict them.

use model::answer::{Answered, Coverage};
use model::{Decimal, Figure, Indicator, Period, Seq, Status};

/// M/R is rounded half away from zero to so many decimals.
pub const RATIO_SCALE: u8 = 4;
/// The share of comparable numbers that agree is rounded to so many decimals, per cent.
pub const SHARE_SCALE: u8 = 1;

/// What one source says of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// The figure; a stated zero is a number, a stated gap is none.
    pub figure: Figure,
    /// For when.
    pub period: Period,
    /// How sure; of a roll-up the weakest.
    pub status: Status,
    /// The units in it.
    pub coverage: Coverage,
    /// Of a measured number: how much of the units' systems is measured, per cent; `None` when nobody has said.
    pub share: Option<Decimal>,
    /// The latest commit in it.
    pub seq: Seq,
}

impl Said {
    /// What an answer says; `None` when there is nothing behind it.
    pub fn from_answer(answered: &Answered) -> Option<Said> {
        answered.source?;
        Some(Said {
            figure: answered.figure,
            period: answered.cell.period,
            status: answered.status?,
            coverage: answered.coverage,
            share: answered.measured_share,
            seq: answered.seq,
        })
    }
}

/// What an indicator asks of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How far the numbers may lie apart: points of a percentage, per cent of the measured number of all else.
    pub tolerance: Decimal,
    /// Whether they are percentages.
    pub is_percentage: bool,
    /// The measured share from which the measured number stands for the unit, per cent.
    pub least_share: Decimal,
    /// Whether what is measured is not what is reported.
    pub definitions_differ: bool,
}

impl From<&Indicator> for Terms {
    fn from(indicator: &Indicator) -> Terms {
        Terms {
            tolerance: indicator.tolerance(),
            is_percentage: indicator.is_percentage(),
            least_share: indicator.measured_threshold,
            definitions_differ: indicator.compared.definitions_differ(),
        }
    }
}

/// How the two numbers lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Within the tolerance.
    Agrees,
    /// The reported number is higher by more than it.
    ReportedHigher,
    /// The reported number is lower by more than it.
    ReportedLower,
    /// There is not enough to compare.
    NotComparable(Why),
}

impl Verdict {
    /// Every code, in the order of the enum.
    pub const CODES: [&'static str; 4] =
        ["agrees", "reported_higher", "reported_lower", "not_comparable"];

    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            Verdict::Agrees => "agrees",
            Verdict::ReportedHigher => "reported_higher",
            Verdict::ReportedLower => "reported_lower",
            Verdict::NotComparable(_) => "not_comparable",
        }
    }

    /// Why there is nothing to compare.
    pub fn why(self) -> Option<Why> {
        match self {
            Verdict::NotComparable(why) => Some(why),
            Verdict::Agrees | Verdict::ReportedHigher | Verdict::ReportedLower => None,
        }
    }
}

/// Why two numbers are not compared; of several reasons the first of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Neither is there.
    BothMissing,
    /// Nothing was reported.
    ReportedMissing,
    /// Nothing is measured. That is unknown, never zero.
    MeasuredMissing,
    /// One is a range or an order of magnitude, or too long to reckon with.
    Inexact,
    /// One is of other days than the other: an administrative month beside a calendar month.
    DifferentWindows,
    /// What is measured is not what is reported.
    DefinitionsDiffer,
    /// One is of other units than the other: a roll-up in which some are missing.
    DifferentUnits,
    /// Nobody has said how much of the systems is measured.
    ShareUnknown,
    /// Too little of the systems is measured.
    ShareTooLow,
}

impl Why {
    /// Every reason, the first that counts first.
    pub const ALL: [Why; 9] = [
        Why::BothMissing,
        Why::ReportedMissing,
        Why::MeasuredMissing,
        Why::Inexact,
        Why::DifferentWindows,
        Why::DefinitionsDiffer,
        Why::DifferentUnits,
        Why::ShareUnknown,
        Why::ShareTooLow,
    ];

    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            Why::BothMissing => "both_missing",
            Why::ReportedMissing => "reported_missing",
            Why::MeasuredMissing => "measured_missing",
            Why::Inexact => "inexact",
            Why::DifferentWindows => "different_windows",
            Why::DefinitionsDiffer => "definitions_differ",
            Why::DifferentUnits => "different_units",
            Why::ShareUnknown => "share_unknown",
            Why::ShareTooLow => "share_too_low",
        }
    }
}

/// Two numbers set beside one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reconciled {
    /// How they lie.
    pub verdict: Verdict,
    /// M/R at [`RATIO_SCALE`]; `None` of a reported zero, and where one of them is no number of these days.
    pub ratio: Option<Decimal>,
    /// R − M in the indicator's own unit: points of a percentage. Also where too little is measured for a verdict.
    pub difference: Option<Decimal>,
    /// One is about a thousand times the other: perhaps one was written in thousands.
    pub is_thousandfold: bool,
}

/// Sets what was reported beside what is measured.
pub fn reconcile(reported: Option<&Said>, measured: Option<&Said>, terms: &Terms) -> Reconciled {
    let refused = |why| Reconciled {
        verdict: Verdict::NotComparable(why),
        ratio: None,
        difference: None,
        is_thousandfold: false,
    };
    let is_there = |said: &&Said| said.figure.absence().is_none();
    let (reported, measured) = match (reported.filter(is_there), measured.filter(is_there)) {
        (Some(reported), Some(measured)) => (reported, measured),
        (None, None) => return refused(Why::BothMissing),
        (None, Some(_)) => return refused(Why::ReportedMissing),
        (Some(_), None) => return refused(Why::MeasuredMissing),
    };
    let numbers = reported.figure.number().zip(measured.figure.number());
    let Some((r, m)) = numbers else { return refused(Why::Inexact) };
    if reported.period != measured.period {
        return refused(Why::DifferentWindows);
    }
    let (Some(difference), Some(is_within)) = (r.minus(m), is_within(r, m, terms)) else {
        return refused(Why::Inexact);
    };
    let verdict = match why_not(reported, measured, terms) {
        Some(why) => Verdict::NotComparable(why),
        None if is_within => Verdict::Agrees,
        None if difference.is_negative() => Verdict::ReportedLower,
        None => Verdict::ReportedHigher,
    };
    Reconciled {
        verdict,
        ratio: m.times_over(Decimal::whole(1), r, RATIO_SCALE),
        difference: Some(difference),
        is_thousandfold: !terms.is_percentage && is_thousandfold(r, m, terms),
    }
}

fn why_not(reported: &Said, measured: &Said, terms: &Terms) -> Option<Why> {
    if terms.definitions_differ {
        return Some(Why::DefinitionsDiffer);
    }
    if !(reported.coverage.is_full() && measured.coverage.is_full()) {
        return Some(Why::DifferentUnits);
    }
    match measured.share {
        None => Some(Why::ShareUnknown),
        Some(share) if share < terms.least_share => Some(Why::ShareTooLow),
        Some(_) => None,
    }
}

/// Whether two numbers lie within the tolerance, exactly; `None` when they are too long to reckon with.
fn is_within(r: Decimal, m: Decimal, terms: &Terms) -> Option<bool> {
    let apart = r.minus(m)?.magnitude();
    if terms.is_percentage {
        return Some(apart <= terms.tolerance);
    }
    // apart ≤ tolerance % of |m|, as whole numbers: nothing is rounded on the way.
    let ten_to = |scale: u8| 10i128.checked_pow(scale.into());
    let whole = |number: Decimal| number.rounded(number.least_scale());
    let (apart, tolerance, m) = (whole(apart), whole(terms.tolerance), whole(m.magnitude()));
    let left = i128::from(apart.mantissa())
        .checked_mul(100)?
        .checked_mul(ten_to(tolerance.scale())?)?
        .checked_mul(ten_to(m.scale())?)?;
    let right = i128::from(tolerance.mantissa())
        .checked_mul(m.mantissa().into())?
        .checked_mul(ten_to(apart.scale())?)?;
    Some(left <= right)
}

fn is_thousandfold(r: Decimal, m: Decimal, terms: &Terms) -> bool {
    let is_thousand_of = |great: Decimal, small: Decimal| {
        let thousand = small.times_over(Decimal::whole(1000), Decimal::whole(1), small.scale());
        let is_near = |thousand| is_within(great, thousand, terms).unwrap_or(false);
        !small.is_zero() && thousand.is_some_and(is_near)
    };
    is_thousand_of(r, m) || is_thousand_of(m, r)
}

/// Mức độ khớp: how many of some comparisons agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Within the tolerance.
    pub agree: u32,
    /// Reported higher.
    pub higher: u32,
    /// Reported lower.
    pub lower: u32,
    /// Not compared; they count for nothing.
    pub not_comparable: u32,
}

impl Agreement {
    /// Counts verdicts.
    pub fn of(verdicts: impl IntoIterator<Item = Verdict>) -> Agreement {
        let mut counted = Agreement::default();
        for verdict in verdicts {
            *match verdict {
                Verdict::Agrees => &mut counted.agree,
                Verdict::ReportedHigher => &mut counted.higher,
                Verdict::ReportedLower => &mut counted.lower,
                Verdict::NotComparable(_) => &mut counted.not_comparable,
            } += 1;
        }
        counted
    }

    /// Those that could be compared.
    pub fn comparable(self) -> u32 {
        self.agree + self.higher + self.lower
    }

    /// How many per cent of those agree, at [`SHARE_SCALE`]; `None` when nothing could be compared.
    pub fn percent(self) -> Option<Decimal> {
        let (agree, all) = (Decimal::whole(self.agree.into()), self.comparable());
        agree.times_over(Decimal::whole(100), Decimal::whole(all.into()), SHARE_SCALE)
    }
}

#[cfg(test)]
mod tests;
