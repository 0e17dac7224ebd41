//! Everything the server says to a person, in one place per language.
//!
//! A message is a value until it is shown: the code and the status belong to it, the sentence to
//! the reader's language. A message without a sentence in one of the languages does not compile.

mod en;
mod vi;

use model::ask::{Dimension, Why};
use workflow::Language;

/// The first language of an `Accept-Language` header that exists here, by its weight.
pub fn accepted(header: &str) -> Option<Language> {
    let mut offers: Vec<(u32, Language)> = header
        .split(',')
        .filter_map(|offer| {
            let (code, weight) = offer.split_once(";q=").unwrap_or((offer, "1"));
            let (whole, fraction) = weight.trim().split_once('.').unwrap_or((weight.trim(), ""));
            let thousandths: u32 = format!("{whole}{fraction:0<3.3}").parse().ok()?;
            Some((thousandths, Language::parse(code.trim())?))
        })
        .collect();
    offers.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    offers.first().map(|(_, language)| *language)
}

/// What the server has to say, with the facts that are in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Something failed that nobody at the screen can mend.
    Internal,
    /// The answer took too long.
    Timeout,
    /// No such page of the interface.
    NoSuchPath,
    /// The path exists, the method does not.
    NoSuchMethod,
    /// No such thing, or not for this person.
    NotFound,
    /// The body is larger than allowed, in MiB.
    TooLarge(u64),
    /// The body is not the JSON that is expected.
    BadJson(String),
    /// The body is not of a kind that is read here.
    BadContentType(&'static str),
    /// A parameter that does not exist.
    UnknownParameter(String),
    /// A parameter that is needed.
    MissingParameter(&'static str),
    /// The parameters cannot be read at all.
    BadQuery(String),
    /// A parameter that cannot be read, with what is expected.
    BadParameter {
        /// Its name.
        name: &'static str,
        /// As sent.
        value: String,
        /// What would be right.
        expected: &'static str,
    },
    /// Nobody is signed in.
    SignedOut,
    /// The name or the password is wrong.
    WrongPassword,
    /// Too many failures; for so many minutes.
    LockedOut(i64),
    /// The account is disabled.
    Disabled,
    /// A write that another site made the browser send.
    CrossSite,
    /// The Idempotency-Key is not one.
    BadKey,
    /// The same key with another request.
    KeyReused,
    /// The record here is behind what was asked for.
    Behind {
        /// Asked.
        asked: u64,
        /// Had.
        have: u64,
    },
    /// No such indicator.
    UnknownIndicator(String),
    /// No such unit.
    UnknownUnit(String),
    /// No such sector.
    UnknownSector(String),
    /// No such template.
    UnknownTemplate(String),
    /// No such body.
    UnknownBody(String),
    /// No such account.
    UnknownAccount(String),
    /// Not a period.
    BadPeriod(String),
    /// Not a measure.
    BadMeasure(String),
    /// Not a breakdown.
    BadBreakdown(String),
    /// Too many cells in one question.
    TooManyCells {
        /// Asked.
        cells: usize,
        /// Allowed.
        most: usize,
        /// How many of each: indicators, units, periods, breakdowns, measures.
        of: [usize; 5],
        /// Where there is most to leave out.
        longest: Dimension,
    },
    /// What a question names cannot be asked for.
    CannotBeAsked(Why),
    /// Members that do not belong together; what does.
    OneOfTheseTogether(&'static str),
    /// A member that does not exist.
    UnknownField(String),
    /// Nothing that is answered is accepted.
    NotAcceptable(&'static str),
    /// A file with findings; nothing was imported.
    BadFile(usize),
    /// A column that does not exist.
    UnknownColumn(String),
    /// A column that is needed.
    MissingColumn(&'static str),
    /// A line that is not CSV.
    BadLine(String),
    /// The text is not a number.
    NotANumber(String),
    /// More than 18 digits.
    NumberTooLong(String),
    /// More decimals than the indicator keeps.
    TooManyDecimals {
        /// As sent.
        value: String,
        /// Kept.
        scale: u8,
    },
    /// The upper end is below the lower.
    UpsideDown,
    /// A value and an absence, or neither.
    ValueOrAbsence,
    /// A word that is not one of a list.
    NotOneOf {
        /// As sent.
        value: String,
        /// The list.
        known: String,
    },
    /// The unit did not exist at the period.
    UnitDidNotExist {
        /// Which.
        unit: String,
        /// When.
        period: String,
    },
    /// The indicator has no figures of such units.
    DoesNotApply {
        /// Which indicator.
        indicator: String,
        /// Which unit.
        unit: String,
    },
    /// The period has not begun.
    PeriodAhead(String),
    /// The period of this cell is closed.
    PeriodClosed {
        /// The unit.
        unit: String,
        /// The period.
        period: String,
    },
    /// The same cell stands on another row of the file.
    Twice(u64),
    /// A published figure needs its publisher.
    PublisherNeeded,
    /// A text that must not be empty.
    Empty(&'static str),
    /// A text that is too long.
    TooLong {
        /// Which.
        field: &'static str,
        /// The most characters.
        most: usize,
    },
    /// The account's name is taken.
    UserTaken(String),
    /// Not a name of an account.
    BadUser(String),
    /// Not an address.
    BadEmail(String),
    /// The password is too short.
    WeakPassword,
    /// The link was used or is too old.
    BadLink,
    /// Nobody would be left to administer.
    LastAdministrator,
    /// The units would not be a tree.
    BadUnits(String),
    /// The spreadsheet cannot be read.
    BadSpreadsheet,
    /// A refusal whose sentence was decided elsewhere, in both languages.
    Said {
        /// The HTTP status.
        status: u16,
        /// The stable code.
        code: &'static str,
        /// In Vietnamese.
        vi: String,
        /// In English.
        en: String,
    },
}

/// What happened, in a sentence for the audit; `body` is the name of the body concerned.
pub fn event(what: &store::NewEvent, body: Option<&str>, language: Language) -> String {
    let said = match language {
        Language::Vietnamese => vi::event(&what.kind),
        Language::English => en::event(&what.kind),
    };
    let mut text = said.map_or_else(|| what.kind.clone(), str::to_owned);
    let period = what.period.map(|period| match language {
        Language::Vietnamese => document::period::words(period, document::Lang::Vi),
        Language::English => document::period::words(period, document::Lang::En),
    });
    let of = |name: &str| what.detail[name].as_str().map(str::to_owned);
    let label = of(language.pick("label_vi", "label_en"));
    let details = [
        what.section.clone(),
        body.map(str::to_owned),
        period,
        label,
        of("acting_for").map(|name| language.pick("ký thay ", "on behalf of ").to_owned() + &name),
        of("account"),
        of("user"),
        of("name"),
        of("reason").map(|reason| format!("“{reason}”")),
    ];
    for (number, detail) in details.into_iter().flatten().enumerate() {
        text.push_str(if number == 0 { ": " } else { ", " });
        text.push_str(&detail);
    }
    text
}

impl Message {
    /// A refusal that is decided elsewhere and says itself in both languages.
    pub fn said(status: u16, code: &'static str, text: impl Fn(Language) -> String) -> Message {
        Message::Said { status, code, vi: text(Language::Vietnamese), en: text(Language::English) }
    }

    /// The sentence, in the reader's language.
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::Vietnamese => vi::text(self),
            Language::English => en::text(self),
        }
    }

    /// The HTTP status and the stable code.
    pub fn status_and_code(&self) -> (u16, &'static str) {
        match self {
            Message::Internal => (500, "internal"),
            Message::Timeout => (503, "timeout"),
            Message::NoSuchPath => (404, "no_such_path"),
            Message::NoSuchMethod => (405, "no_such_method"),
            Message::NotFound => (404, "not_found"),
            Message::TooLarge(_) => (413, "too_large"),
            Message::BadJson(_) => (400, "bad_json"),
            Message::BadContentType(_) => (415, "bad_content_type"),
            Message::UnknownParameter(_) => (400, "unknown_parameter"),
            Message::MissingParameter(_) => (400, "missing_parameter"),
            Message::BadQuery(_) => (400, "bad_query"),
            Message::BadParameter { .. } => (400, "bad_parameter"),
            Message::SignedOut => (401, "signed_out"),
            Message::WrongPassword => (401, "wrong_password"),
            Message::LockedOut(_) => (429, "locked_out"),
            Message::Disabled => (403, "account_disabled"),
            Message::CrossSite => (403, "cross_site"),
            Message::BadKey => (400, "bad_idempotency_key"),
            Message::KeyReused => (422, "idempotency_key_reused"),
            Message::Behind { .. } => (503, "behind"),
            Message::UnknownIndicator(_) => (404, "unknown_indicator"),
            Message::UnknownUnit(_) => (404, "unknown_unit"),
            Message::UnknownSector(_) => (404, "unknown_sector"),
            Message::UnknownTemplate(_) => (404, "unknown_template"),
            Message::UnknownBody(_) => (404, "unknown_body"),
            Message::UnknownAccount(_) => (404, "unknown_account"),
            Message::BadPeriod(_) => (400, "bad_period"),
            Message::BadMeasure(_) => (400, "bad_measure"),
            Message::BadBreakdown(_) => (400, "bad_breakdown"),
            Message::TooManyCells { .. } => (400, "too_many_cells"),
            Message::CannotBeAsked(why) => (400, cannot_be_asked(why)),
            Message::OneOfTheseTogether(_) => (400, "bad_combination"),
            Message::UnknownField(_) => (400, "unknown_field"),
            Message::NotAcceptable(_) => (406, "not_acceptable"),
            Message::BadFile(_) => (422, "findings"),
            Message::UnknownColumn(_) => (422, "unknown_column"),
            Message::MissingColumn(_) => (422, "missing_column"),
            Message::BadLine(_) => (422, "bad_line"),
            Message::NotANumber(_) => (422, "not_a_number"),
            Message::NumberTooLong(_) => (422, "number_too_long"),
            Message::TooManyDecimals { .. } => (422, "too_many_decimals"),
            Message::UpsideDown => (422, "upside_down"),
            Message::ValueOrAbsence => (422, "value_or_absence"),
            Message::NotOneOf { .. } => (422, "not_one_of"),
            Message::UnitDidNotExist { .. } => (422, "unit_did_not_exist"),
            Message::DoesNotApply { .. } => (422, "does_not_apply"),
            Message::PeriodAhead(_) => (422, "period_ahead"),
            Message::PeriodClosed { .. } => (422, "period_closed"),
            Message::Twice(_) => (422, "twice"),
            Message::PublisherNeeded => (422, "publisher_needed"),
            Message::Empty(_) => (422, "empty"),
            Message::TooLong { .. } => (422, "too_long"),
            Message::UserTaken(_) => (409, "user_taken"),
            Message::BadUser(_) => (422, "bad_user"),
            Message::BadEmail(_) => (422, "bad_email"),
            Message::WeakPassword => (422, "weak_password"),
            Message::BadLink => (410, "bad_link"),
            Message::LastAdministrator => (409, "last_administrator"),
            Message::BadUnits(_) => (422, "bad_units"),
            Message::BadSpreadsheet => (422, "bad_spreadsheet"),
            Message::Said { status, code, .. } => (*status, code),
        }
    }
}

fn cannot_be_asked(why: &Why) -> &'static str {
    match why {
        Why::UnknownIndicator { .. } => "unknown_indicator",
        Why::UnknownUnit { .. } => "unknown_unit",
        Why::NotAGroup(_) => "not_a_group",
        Why::BadPeriod(_) => "bad_period",
        Why::BadBreakdown(_) => "bad_breakdown",
        Why::BadMeasure(_) => "bad_measure",
        Why::TwoCalendars(..) => "two_calendars",
        Why::TwoLengths(..) => "two_frequencies",
        Why::Backwards(..) => "backwards",
        Why::NoNext(_) => "no_next_period",
        Why::NoSuchLength(..) => "no_such_periods",
        Why::NotThen(..) => "no_such_period",
        Why::TooMany => "too_many_named",
        Why::TooManySets => "too_many_sets",
        Why::Nothing => "nothing_named",
        Why::Incomparable { .. } | Why::Impossible { .. } => "contradictory_measure",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_accepted_language_is_the_heaviest_that_exists_here() {
        for (header, expected) in [
            ("vi", Some(Language::Vietnamese)),
            ("en-GB,en;q=0.8", Some(Language::English)),
            ("fr, vi;q=0.5, en;q=0.9", Some(Language::English)),
            ("fr", None),
            ("", None),
        ] {
            assert_eq!(accepted(header), expected, "{header}");
        }
    }
}
