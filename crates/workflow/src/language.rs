//! The two languages every sentence exists in.

/// The language a person reads and types numbers in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Vietnamese: decimal comma, dots between thousands.
    #[default]
    Vietnamese,
    /// English: decimal dot, commas between thousands.
    English,
}

impl Language {
    /// Both.
    pub const ALL: [Language; 2] = [Language::Vietnamese, Language::English];

    /// `vi` or `en`.
    pub fn code(self) -> &'static str {
        self.pick("vi", "en")
    }

    /// The language with this code; `vi-VN` is Vietnamese too.
    pub fn parse(code: &str) -> Option<Language> {
        match code.split(['-', '_']).next() {
            Some("vi") => Some(Language::Vietnamese),
            Some("en") => Some(Language::English),
            _ => None,
        }
    }

    /// The one of the two that is in this language.
    pub fn pick<T>(self, vietnamese: T, english: T) -> T {
        match self {
            Language::Vietnamese => vietnamese,
            Language::English => english,
        }
    }
}
