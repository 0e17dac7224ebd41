//! English.

use model::ask::{MOST_NAMED, MOST_SETS, Why};

use super::Message;

/// The sentence of a message.
pub(super) fn text(message: &Message) -> String {
    match message {
        Message::Internal => "The system failed and nothing was changed. Try again in a few minutes.".into(),
        Message::Timeout => "The system is busy and could not answer in time. Try again.".into(),
        Message::NoSuchPath => "The interface has no such address.".into(),
        Message::NoSuchMethod => "This address does not take that method.".into(),
        Message::NotFound => "Not found, or not yours to see.".into(),
        Message::TooLarge(most) => format!("The file is too large: {most} MB at most. See whether it is the right one, or split it."),
        Message::BadJson(why) => format!("What was sent is not the JSON that is expected: {why}"),
        Message::BadContentType(known) => format!("This kind of content is not read here; send {known}."),
        Message::UnknownParameter(name) => format!("There is no parameter “{name}”."),
        Message::MissingParameter(name) => format!("The parameter “{name}” is missing."),
        Message::BadQuery(why) => format!("The parameters cannot be read: {why}."),
        Message::BadParameter { name, value, expected } => {
            format!("The parameter “{name}” cannot be read: “{value}”. Expected: {expected}.")
        }
        Message::SignedOut => "You are not signed in, or the session has ended.".into(),
        Message::WrongPassword => "The user name or the password is wrong.".into(),
        Message::LockedOut(minutes) => {
            format!("Too many failed attempts. Try again in {minutes} minutes, or ask an administrator for a reset link.")
        }
        Message::Disabled => "This account is disabled. Ask an administrator.".into(),
        Message::CrossSite => "The write came from another site and was refused.".into(),
        Message::BadKey => "An Idempotency-Key has 1 to 128 printable ASCII characters.".into(),
        Message::KeyReused => "This Idempotency-Key was used for another request. Use a new one.".into(),
        Message::Behind { asked, have } => {
            format!("This server has not reached {asked} of the record yet (it is at {have}). Try again at once.")
        }
        Message::UnknownIndicator(code) => format!("There is no indicator “{code}”."),
        Message::UnknownUnit(code) => format!("There is no unit “{code}”."),
        Message::UnknownSector(code) => format!("There is no sector “{code}”."),
        Message::UnknownTemplate(code) => format!("There is no template “{code}”."),
        Message::UnknownBody(code) => format!("There is no body “{code}”."),
        Message::UnknownAccount(code) => format!("There is no account “{code}”."),
        Message::BadPeriod(text) => {
            format!("“{text}” is not a period: 2024, 2024-S1, 2024-Q2, 2024-06, 2024-W23, 2024-06-15, 2024-04-01/2024-05-31 or 2024-06~adm are.")
        }
        Message::BadMeasure(text) => {
            format!("“{text}” is not a measure: level, change_on_year, change_on_period, change_on:2020-04, points, points_on:2019-Q4, share_of_plan, ytd, plan, target, threshold, rank, share_of_whole, coverage and count_ge:30 are.")
        }
        Message::BadBreakdown(text) => {
            format!("“{text}” is not a breakdown: SEX=F or AGE=Y15T24,SEX=F are; the total is written empty.")
        }
        Message::TooManyCells { cells, most, of: [indicators, units, periods, breakdowns, measures], longest } => format!(
            "The question has {cells} cells ({indicators} indicators × {units} units × {periods} periods × {breakdowns} breakdowns × {measures} measures), {most} at most. Ask for fewer {}, of which there are most, or split the question.",
            longest.code()
        ),
        Message::CannotBeAsked(why) => cannot_be_asked(why),
        Message::OneOfTheseTogether(known) => format!("These members do not belong together; one of these sets is expected: {known}."),
        Message::UnknownField(name) => format!("There is no member “{name}” here."),
        Message::NotAcceptable(known) => format!("None of the formats that are accepted is answered here; these are: {known}."),
        Message::BadFile(findings) => format!("{findings} places need attention; nothing was written."),
        Message::UnknownColumn(name) => format!("There is no column “{name}”."),
        Message::MissingColumn(name) => format!("The column “{name}” is missing."),
        Message::BadLine(why) => format!("This line cannot be read: {why}"),
        Message::NotANumber(text) => {
            format!("“{text}” is not a number. In a file numbers are digits with a decimal dot and no separators of thousands.")
        }
        Message::NumberTooLong(text) => format!("“{text}” has too many digits: 18 at most."),
        Message::TooManyDecimals { value, scale } => {
            format!("“{value}” has too many decimals: this indicator keeps {scale}.")
        }
        Message::UpsideDown => "The upper value is below the lower one.".into(),
        Message::ValueOrAbsence => "A row has exactly one of a value and a reason why there is none.".into(),
        Message::NotOneOf { value, known } => format!("“{value}” is not one of: {known}."),
        Message::UnitDidNotExist { unit, period } => format!("Unit {unit} did not exist in {period}."),
        Message::DoesNotApply { indicator, unit } => format!("Indicator {indicator} does not apply to unit {unit}."),
        Message::PeriodAhead(period) => format!("The period {period} has not begun."),
        Message::PeriodClosed { unit, period } => {
            format!("The figures of {unit} for {period} are closed. A reviewer of the ministry can reopen or correct them with a reason.")
        }
        Message::Twice(row) => format!("This cell stands on row {row} of the same file."),
        Message::PublisherNeeded => "A published figure needs its publisher (column publisher).".into(),
        Message::Empty(field) => format!("“{field}” must not be empty."),
        Message::TooLong { field, most } => format!("{} is longer than {most} characters.", written(field)),
        Message::UserTaken(user) => format!("The user name “{user}” is taken."),
        Message::BadUser(user) => {
            format!("“{user}” cannot be a user name: 3 to 64 lower-case letters, digits, dots, underscores or hyphens.")
        }
        Message::BadEmail(email) => format!("“{email}” is not an e-mail address."),
        Message::WeakPassword => "A password has at least 12 characters and is not the user name.".into(),
        Message::BadLink => "This link was used or is too old. Ask an administrator for a new one.".into(),
        Message::LastAdministrator => "The last administrator cannot be disabled.".into(),
        Message::BadUnits(why) => format!("The units are not a tree: {why}."),
        Message::BadSpreadsheet => "The spreadsheet cannot be read; an .xlsx file with the columns user, name, email, role, body, sectors in its first row is expected.".into(),
        Message::Said { en, .. } => en.clone(),
    }
}

/// What somebody writes, by the name of its field.
fn written(field: &str) -> String {
    match field {
        "text" | "comment" | "note" | "reason" | "name" | "position" => format!("The {field}"),
        _ => format!("“{field}”"),
    }
}

fn cannot_be_asked(why: &Why) -> String {
    match why {
        Why::UnknownIndicator { code, .. } => text(&Message::UnknownIndicator(code.clone())),
        Why::UnknownUnit { code, .. } => text(&Message::UnknownUnit(code.clone())),
        Why::BadPeriod(sent) => text(&Message::BadPeriod(sent.clone())),
        Why::BadBreakdown(sent) => text(&Message::BadBreakdown(sent.clone())),
        Why::BadMeasure(sent) => text(&Message::BadMeasure(sent.clone())),
        Why::NotAGroup(code) => format!(
            "Unit {code} is not a group. Its units are asked for with children_of or below."
        ),
        Why::TwoCalendars(from, to) => {
            format!(
                "{from} and {to} are of different calendars, which never mix. Ask for each in a range of its own."
            )
        }
        Why::TwoLengths(from, to) => format!(
            "{from} and {to} are of different lengths; a range goes from one to another of the same length."
        ),
        Why::Backwards(from, to) => format!("The range ends ({to}) before it begins ({from})."),
        Why::NoNext(period) => format!(
            "{period} is a campaign, after which there is no next one; name each campaign by its own code."
        ),
        Why::NoSuchLength(frequency, calendar) => {
            format!(
                "The {} calendar has no periods of the length “{}” to count.",
                calendar.code(),
                frequency.code()
            )
        }
        Why::NotThen(period, years) => {
            format!("There is no period that is to {years} years before what {period} is now.")
        }
        Why::TooMany => format!("More than {MOST_NAMED} are named in this list."),
        Why::TooManySets => format!(
            "More than {MOST_SETS} sets of units are named in this list; one that holds them all is answered faster."
        ),
        Why::Nothing => {
            "Nothing is named here: the list is empty, or nothing of the kind exists on that day."
                .into()
        }
        Why::Incomparable { measure, period } => {
            format!(
                "“{measure}” compares with a period of another length or calendar than {period}, which is asked for too."
            )
        }
        Why::Impossible { measure, period } => {
            format!("“{measure}” does not exist for {period}, which is asked for too.")
        }
    }
}

/// What an event of this kind was.
pub(super) fn event(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "section_submit" => "Sent up for signature",
        "section_sign" => "Signed and sent",
        "section_return_to_drafter" => "Returned to the preparer",
        "section_receive" => "Received",
        "section_return" => "Returned for correction",
        "section_close" => "Closed",
        "section_reopen" => "Reopened",
        "section_correct" => "Corrected",
        "extension_ask" => "Extension requested",
        "extension_grant" => "Extension granted",
        "extension_refuse" => "Extension refused",
        "document_numbered" => "Document numbered",
        "scan_attached" => "Signed scan attached",
        "help_ask" => "Another office asked for figures",
        "help_send" => "Figures sent by another office",
        "help_accept" => "Figures of another office accepted",
        "help_decline" => "Figures of another office declined",
        "help_withdraw" => "Request for figures withdrawn",
        "explanation_ask" => "Explanation asked for",
        "explanation_prepare" => "Explanation prepared",
        "explanation_explain" => "Explanation sent",
        "explanation_ask_again" => "More explanation asked for",
        "explanation_close" => "Explanation closed",
        "reminded" => "Reminded",
        "published" => "Published",
        "plan_set" => "Plan set",
        "imported" => "Imported a file of figures",
        "account_added" => "Account added",
        "account_disabled" => "Account disabled",
        "account_enabled" => "Account enabled",
        "reset_link_made" => "Reset link made",
        "password_set" => "Password set",
        "token_added" => "Token added",
        "token_removed" => "Token removed",
        "locked_out" => "Sign-in locked after failed attempts",
        "delegation_made" => "Deputy named",
        "delegation_ended" => "Deputy ended",
        "register_changed" => "A register was changed",
        "register_imported" => "A register was imported",
        "register_confirmed" => "A register was confirmed",
        "inventory_imported" => "Inventory of report duties imported",
        "template_published" => "Template published",
        "asked_again" => "Asked again for numbers that the ministry has",
        "definitions_changed" => "Definitions changed",
        "connector_saved" => "Saved a connector",
        "connector_trouble" => "Told of a connector in trouble",
        "explanation_reminded" => "Reminded of an explanation",
        "connector_paused" => "Paused a connector",
        "connector_resumed" => "Resumed a connector",
        "connector_key_made" => "Made a new key for a connector",
        "ministry_started" => "The ministry was started",
        _ => return None,
    })
}
