//! Names that are always valid once they exist: codes and positions, one type for each idea.

use std::fmt;
use std::sync::Arc;

/// A code that is not one: empty, too long, or with a character codes do not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a code: 1 to 64 letters, digits, and . _ @ - are expected")]
pub struct BadCode(pub String);

macro_rules! code {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Reads a code of 1 to 64 letters, digits and `. _ @ -`.
            pub fn parse(text: &str) -> Result<Self, BadCode> {
                let known = |c: char| c.is_ascii_alphanumeric() || "._@-".contains(c);
                if text.is_empty() || text.len() > 64 || !text.chars().all(known) {
                    return Err(BadCode(text.chars().take(80).collect()));
                }
                Ok(Self(text.into()))
            }

            /// The code as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

code!(
    /// What is counted, for example `BC.DOANHTHU`.
    IndicatorCode
);
code!(
    /// What a figure is about, for example `VN`, `52`, `52@2025-07`, `@provinces`.
    UnitCode
);
code!(
    /// The office that answers for a unit, for example `52`, `G14`, `BTTTT.KHTC`.
    BodyCode
);

/// Position in the record: the number of a commit. "As known at" means "up to this seq".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub u64);

impl Seq {
    /// Later than everything recorded: "as known now".
    pub const LATEST: Seq = Seq(u64::MAX >> 1);
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub i64);

/// One body's filled template for one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubmissionId(pub i64);

impl fmt::Display for SubmissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One of the six sectors the ministry governs, or the whole of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sector {
    /// Toàn ngành.
    Whole,
    /// Bưu chính.
    Post,
    /// Viễn thông.
    Telecoms,
    /// Chuyển đổi số.
    DigitalTransformation,
    /// An toàn thông tin mạng.
    Security,
    /// Công nghiệp ICT.
    Industry,
    /// Báo chí, truyền thông.
    Press,
}

impl Sector {
    /// In the order in which reviews list them.
    pub const ALL: [Sector; 7] = [
        Sector::Whole,
        Sector::Post,
        Sector::Telecoms,
        Sector::DigitalTransformation,
        Sector::Security,
        Sector::Industry,
        Sector::Press,
    ];

    /// The prefix of the sector's indicator codes.
    pub fn code(self) -> &'static str {
        match self {
            Sector::Whole => "TN",
            Sector::Post => "BC",
            Sector::Telecoms => "VT",
            Sector::DigitalTransformation => "CDS",
            Sector::Security => "ATTT",
            Sector::Industry => "CN",
            Sector::Press => "BCTT",
        }
    }

    /// The sector with this code.
    pub fn parse(code: &str) -> Option<Sector> {
        Sector::ALL.into_iter().find(|sector| sector.code() == code)
    }

    /// The name on Vietnamese screens.
    pub fn name_vi(self) -> &'static str {
        match self {
            Sector::Whole => "Toàn ngành",
            Sector::Post => "Bưu chính",
            Sector::Telecoms => "Viễn thông",
            Sector::DigitalTransformation => "Chuyển đổi số",
            Sector::Security => "An toàn thông tin mạng",
            Sector::Industry => "Công nghiệp ICT",
            Sector::Press => "Báo chí, truyền thông",
        }
    }

    /// The name on English screens.
    pub fn name_en(self) -> &'static str {
        match self {
            Sector::Whole => "Whole sector",
            Sector::Post => "Post",
            Sector::Telecoms => "Telecoms",
            Sector::DigitalTransformation => "Digital transformation",
            Sector::Security => "Information security",
            Sector::Industry => "ICT industry",
            Sector::Press => "Press and media",
        }
    }
}
