//! What was said of a cell: a number, or a reason why there is none, and how sure it is.

use crate::Decimal;

/// A number, a range, an order of magnitude, or a stated absence. Absent is never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// One exact number.
    Number(Decimal),
    /// From `low` to `high`: "700–1.000".
    Range {
        /// The lower end.
        low: Decimal,
        /// The upper end.
        high: Decimal,
    },
    /// An order of magnitude, as its power of ten: "hàng triệu" is 1000000.
    Magnitude(Decimal),
    /// No number, and why.
    Absent(Absence),
}

impl Figure {
    /// The one number that can be added up; ranges and magnitudes have none.
    pub fn number(self) -> Option<Decimal> {
        match self {
            Figure::Number(number) => Some(number),
            Figure::Range { .. } | Figure::Magnitude(_) | Figure::Absent(_) => None,
        }
    }

    /// The number, the lower end or the power of ten, for showing.
    pub fn shown(self) -> Option<Decimal> {
        match self {
            Figure::Number(number) | Figure::Magnitude(number) => Some(number),
            Figure::Range { low, .. } => Some(low),
            Figure::Absent(_) => None,
        }
    }

    /// The upper end of a range.
    pub fn upper(self) -> Option<Decimal> {
        match self {
            Figure::Range { high, .. } => Some(high),
            Figure::Number(_) | Figure::Magnitude(_) | Figure::Absent(_) => None,
        }
    }

    /// Why there is no number.
    pub fn absence(self) -> Option<Absence> {
        match self {
            Figure::Absent(reason) => Some(reason),
            Figure::Number(_) | Figure::Range { .. } | Figure::Magnitude(_) => None,
        }
    }
}

/// Gives an enum its codes and a parser that cannot disagree with them.
macro_rules! coded {
    ($name:ident { $($variant:ident = $code:literal),+ $(,)? }) => {
        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The code used in interfaces and storage.
            pub fn code(self) -> &'static str {
                match self { $($name::$variant => $code),+ }
            }

            /// The value with this code.
            pub fn parse(code: &str) -> Option<$name> {
                match code { $($code => Some($name::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use coded;

/// Why a figure has no number. The first five are said by people, the last two by a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Absence {
    /// Chưa có số liệu.
    Missing,
    /// Không áp dụng: outside the denominator of coverage.
    NotApplicable,
    /// Exists, and is not shown.
    Confidential,
    /// Nobody collects it.
    NotCollected,
    /// Was stated, and its section was returned.
    Withdrawn,
    /// Could be answered, but too few units are in it (or it contradicts a rule of comparison).
    Withheld,
    /// Nothing was recorded.
    NothingRecorded,
}

coded!(Absence {
    Missing = "missing",
    NotApplicable = "not_applicable",
    Confidential = "confidential",
    NotCollected = "not_collected",
    Withdrawn = "withdrawn",
    Withheld = "withheld",
    NothingRecorded = "nothing_recorded",
});

/// Where a figure came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Số báo cáo: stated by the body that answers for the unit.
    Reported,
    /// Số đo trực tuyến.
    Measured,
    /// Printed by somebody else, who is named.
    Published,
    /// Loaded from a file of unknown standing.
    Imported,
}

coded!(Source {
    Reported = "reported",
    Measured = "measured",
    Published = "published",
    Imported = "imported",
});

/// SDMX observation status E, P, A; the weakest first, so that the least of many is the status of their sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Ước tính.
    Estimated,
    /// Sơ bộ.
    Provisional,
    /// Chính thức.
    Final,
}

coded!(Status { Estimated = "estimated", Provisional = "provisional", Final = "final" });

/// What was said before the number: "nearly 7 tỷ" stays what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Qualifier {
    /// Gần.
    Nearly,
    /// Trên, hơn.
    Over,
    /// Dưới.
    Under,
    /// Khoảng.
    About,
    /// Ít nhất, tối thiểu.
    AtLeast,
    /// Nhiều nhất, tối đa.
    AtMost,
}

coded!(Qualifier {
    Nearly = "nearly",
    Over = "over",
    Under = "under",
    About = "about",
    AtLeast = "at_least",
    AtMost = "at_most",
});
