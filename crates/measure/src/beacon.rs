//! What a portal says of its visitors and dossiers, one event at a time, and which of it is refused.
//!
//! Events come from anybody's browser, so nothing of them is believed before it was read here: every part has a limit,
//! and what is wrong is refused with its reason, which is counted too. Nothing here does I/O or reads a clock.

pub mod bots;
pub mod parts;
pub mod record;
pub mod rollup;

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

pub use crate::dossier::Channel;

/// The most bytes of one event as it is sent.
pub const EVENT_BYTES: usize = 2048;
/// The most events of one batch.
pub const BATCH_EVENTS: usize = 1000;
/// The most bytes of one batch.
pub const BATCH_BYTES: usize = 1 << 20;
/// A sender's clock may be so far ahead.
pub const AHEAD: SignedDuration = SignedDuration::from_mins(5);
/// So long an event may be late, and so long a repeated one is recognised.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(48);

/// How far somebody came with a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A page was looked at.
    View,
    /// Somebody began to fill a form in.
    Started,
    /// A dossier was handed in.
    Submitted,
    /// Its fee was paid.
    Paid,
    /// The office took it on.
    Accepted,
    /// The result was handed over.
    Delivered,
}

impl Step {
    /// In the order of the funnel.
    pub const ALL: [Step; 6] =
        [Step::View, Step::Started, Step::Submitted, Step::Paid, Step::Accepted, Step::Delivered];

    /// As it is sent and stored.
    pub fn code(self) -> &'static str {
        match self {
            Step::View => "view",
            Step::Started => "started",
            Step::Submitted => "submitted",
            Step::Paid => "paid",
            Step::Accepted => "accepted",
            Step::Delivered => "delivered",
        }
    }

    /// The step with this code.
    pub fn parse(code: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.code() == code)
    }

    /// Whether there is a dossier by now; before, visitors are counted, from here on dossiers.
    pub fn has_dossier(self) -> bool {
        match self {
            Step::View | Step::Started => false,
            Step::Submitted | Step::Paid | Step::Accepted | Step::Delivered => true,
        }
    }
}

/// One event as it was sent, every part within its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said<'a> {
    /// The site key; a batch has none, its token says whose it is.
    pub key: Option<&'a str>,
    /// How far somebody came.
    pub step: Step,
    /// The code of the procedure, as the national list has it: 1 to 32 letters, digits, `.`, `-`, `_`. Only a view may
    /// have none.
    pub service: Option<&'a str>,
    /// What the portal calls the dossier, so that nobody else knows which one it is: a hash of 16 to 64 letters,
    /// digits, `-`, `_`. There from the step *submitted* on.
    pub dossier: Option<&'a str>,
    /// How the dossier came in.
    pub channel: Channel,
    /// The sender's name for this event, 8 to 64 letters, digits, `-`, `_`: sent again, it is counted once.
    pub id: &'a str,
    /// When it happened; without it, when it arrived.
    pub at: Option<Timestamp>,
    /// In a batch: what tells the visitors of one day apart, 8 to 64 letters, digits, `-`, `_`.
    pub visitor: Option<&'a str>,
    /// In a batch: what the visitor's browser calls itself, at most 512 bytes.
    pub agent: Option<Cow<'a, str>>,
}

/// An event that is counted. Of its visitor nothing is left but a keyed hash whose key is destroyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The code of the portal.
    pub site: String,
    /// How far somebody came.
    pub step: Step,
    /// Of which procedure; empty for a page that is of none.
    pub service: String,
    /// Which dossier; empty before there is one.
    pub dossier: String,
    /// How it came in.
    pub channel: Channel,
    /// The sender's name for it.
    pub id: String,
    /// When it happened.
    pub at: Timestamp,
    /// The visitor's keyed hash of the day; `None` when the sender does not say.
    pub visitor: Option<u64>,
    /// Whether a machine came; counted apart.
    pub is_bot: bool,
}

/// Why an event is not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Refusal {
    /// No portal has this key, or another site sent it.
    #[error("no portal has this key, or it was sent from another site")]
    Forged,
    /// More bytes or events than there may be.
    #[error("an event has at most 2048 bytes, a batch at most 1000 events")]
    Oversized,
    /// Not JSON, or a member is missing, unknown or out of its limits.
    #[error("`{0}` is missing or out of its limits")]
    Malformed(&'static str),
    /// There is no such step.
    #[error("there is no such step")]
    UnknownStep,
    /// More than five minutes ahead.
    #[error("it has not happened yet")]
    FutureDated,
    /// Older than the window in which repeated events are recognised.
    #[error("it happened more than 48 hours ago")]
    TooOld,
    /// It was counted before.
    #[error("it was counted before")]
    Replayed,
    /// More events than the key may send.
    #[error("this key sends too many events")]
    TooMany,
    /// The visitor asked not to be counted.
    #[error("the visitor asked not to be counted")]
    Declined,
}

impl Refusal {
    /// Every reason that is shown, with one of its refusals.
    pub const ALL: [Refusal; 9] = [
        Refusal::Forged,
        Refusal::Oversized,
        Refusal::Malformed(""),
        Refusal::UnknownStep,
        Refusal::FutureDated,
        Refusal::TooOld,
        Refusal::Replayed,
        Refusal::TooMany,
        Refusal::Declined,
    ];

    /// As it is stored and shown.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::Forged => "forged",
            Refusal::Oversized => "oversized",
            Refusal::Malformed(_) => "malformed",
            Refusal::UnknownStep => "unknown_step",
            Refusal::FutureDated => "future_dated",
            Refusal::TooOld => "too_old",
            Refusal::Replayed => "replayed",
            Refusal::TooMany => "too_many",
            Refusal::Declined => "declined",
        }
    }
}

/// The members as JSON has them. An escape is refused: no valid part needs one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members<'a> {
    key: Option<&'a str>,
    event: &'a str,
    service: Option<&'a str>,
    dossier: Option<&'a str>,
    channel: Option<&'a str>,
    id: &'a str,
    at: Option<&'a str>,
    visitor: Option<&'a str>,
    #[serde(borrow)]
    agent: Option<Cow<'a, str>>,
}

/// Reads the body of a beacon: one JSON object.
///
/// ```
/// use measure::beacon::{Refusal, Step, read};
/// let said = read(br#"{"key":"qk0demonstration","event":"view","service":"1.004206","id":"a1b2c3d4"}"#).unwrap();
/// assert_eq!((said.step, said.service), (Step::View, Some("1.004206")));
/// assert_eq!(read(b"{").unwrap_err(), Refusal::Malformed("json"));
/// ```
pub fn read(bytes: &[u8]) -> Result<Said<'_>, Refusal> {
    if bytes.len() > EVENT_BYTES {
        return Err(Refusal::Oversized);
    }
    let members: Members<'_> =
        serde_json::from_slice(bytes).map_err(|_| Refusal::Malformed("json"))?;
    from_browser(members)
}

/// Reads the address of a pixel: `key=…&event=view&service=…&id=…`, without escapes.
pub fn read_query(query: &str) -> Result<Said<'_>, Refusal> {
    if query.len() > EVENT_BYTES {
        return Err(Refusal::Oversized);
    }
    let mut key = None;
    let (mut event, mut service, mut dossier, mut channel, mut id) = (None, None, None, None, None);
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').ok_or(Refusal::Malformed("query"))?;
        let member = match name {
            "key" => &mut key,
            "event" => &mut event,
            "service" => &mut service,
            "dossier" => &mut dossier,
            "channel" => &mut channel,
            "id" => &mut id,
            _ => return Err(Refusal::Malformed("query")),
        };
        if member.replace(value).is_some() {
            return Err(Refusal::Malformed("query"));
        }
    }
    from_browser(Members {
        key,
        event: event.ok_or(Refusal::Malformed("event"))?,
        service,
        dossier,
        channel,
        id: id.ok_or(Refusal::Malformed("id"))?,
        at: None,
        visitor: None,
        agent: None,
    })
}

/// Reads a batch from a portal's own server: a JSON array of events without keys.
pub fn read_batch(bytes: &[u8]) -> Result<Vec<Result<Said<'_>, Refusal>>, Refusal> {
    if bytes.len() > BATCH_BYTES {
        return Err(Refusal::Oversized);
    }
    let batch: Vec<&serde_json::value::RawValue> =
        serde_json::from_slice(bytes).map_err(|_| Refusal::Malformed("json"))?;
    if batch.len() > BATCH_EVENTS {
        return Err(Refusal::Oversized);
    }
    Ok(batch.into_iter().map(read_of_batch).collect())
}

fn read_of_batch(raw: &serde_json::value::RawValue) -> Result<Said<'_>, Refusal> {
    let text = raw.get();
    if text.len() > EVENT_BYTES {
        return Err(Refusal::Oversized);
    }
    let members: Members<'_> =
        serde_json::from_str(text).map_err(|_| Refusal::Malformed("json"))?;
    match members.key {
        Some(_) => Err(Refusal::Malformed("key")),
        None => checked(members),
    }
}

fn from_browser(members: Members<'_>) -> Result<Said<'_>, Refusal> {
    let key = members.key.ok_or(Refusal::Malformed("key"))?;
    within(key, "key", 16..=64, b"")?;
    // These a browser shows itself.
    if members.visitor.is_some() {
        return Err(Refusal::Malformed("visitor"));
    }
    if members.agent.is_some() {
        return Err(Refusal::Malformed("agent"));
    }
    checked(members)
}

fn checked(members: Members<'_>) -> Result<Said<'_>, Refusal> {
    let step = Step::parse(members.event).ok_or(Refusal::UnknownStep)?;
    within(members.id, "id", 8..=64, b"")?;
    match members.service {
        Some(service) => within(service, "service", 1..=32, b".")?,
        None if step == Step::View => {}
        None => return Err(Refusal::Malformed("service")),
    }
    match members.dossier {
        Some(dossier) if step.has_dossier() => within(dossier, "dossier", 16..=64, b"")?,
        None if !step.has_dossier() => {}
        Some(_) | None => return Err(Refusal::Malformed("dossier")),
    }
    let channel = match members.channel {
        None => Channel::default(),
        Some(code) => Channel::parse(code).ok_or(Refusal::Malformed("channel"))?,
    };
    let at = members.at.map(|at| at.parse::<Timestamp>().map_err(|_| Refusal::Malformed("at")));
    if let Some(visitor) = members.visitor {
        within(visitor, "visitor", 8..=64, b"")?;
    }
    if members.agent.as_ref().is_some_and(|agent| agent.len() > 512) {
        return Err(Refusal::Malformed("agent"));
    }
    Ok(Said {
        key: members.key,
        step,
        service: members.service,
        dossier: members.dossier,
        channel,
        id: members.id,
        at: at.transpose()?,
        visitor: members.visitor,
        agent: members.agent,
    })
}

/// Letters, digits, `-`, `_` and what else is allowed.
fn within(
    text: &str,
    name: &'static str,
    lengths: std::ops::RangeInclusive<usize>,
    also: &[u8],
) -> Result<(), Refusal> {
    let allowed = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || also.contains(&byte)
    };
    let fits = lengths.contains(&text.len()) && text.bytes().all(allowed);
    if fits { Ok(()) } else { Err(Refusal::Malformed(name)) }
}

/// When an event happened, given when it arrived; refused when that cannot be.
pub fn happened(said: Option<Timestamp>, arrived: Timestamp) -> Result<Timestamp, Refusal> {
    let Some(at) = said else { return Ok(arrived) };
    let ahead = at.duration_since(arrived);
    if ahead > AHEAD {
        return Err(Refusal::FutureDated);
    }
    if -ahead > WINDOW {
        return Err(Refusal::TooOld);
    }
    Ok(at)
}

/// The start of the minute, hour or day, at UTC+7, in which an instant lies.
pub fn start_of(at: Timestamp, span: Span) -> Timestamp {
    let seconds = at.as_second();
    let length = span.seconds();
    let start = (seconds + 7 * 3600).div_euclid(length) * length - 7 * 3600;
    Timestamp::from_second(start).expect("it is within a day of an instant")
}

/// How long the time is for which counts are kept together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// Kept for two days.
    Minute,
    /// Kept for 35 days.
    Hour,
    /// Kept for ever.
    Day,
}

impl Span {
    /// Every span, the shortest first.
    pub const ALL: [Span; 3] = [Span::Minute, Span::Hour, Span::Day];

    /// As it is stored and asked for.
    pub fn code(self) -> &'static str {
        match self {
            Span::Minute => "minute",
            Span::Hour => "hour",
            Span::Day => "day",
        }
    }

    /// Its length in seconds.
    pub fn seconds(self) -> i64 {
        match self {
            Span::Minute => 60,
            Span::Hour => 3600,
            Span::Day => 86_400,
        }
    }

    /// How long counts of this span are kept; `None` for ever.
    pub fn kept(self) -> Option<SignedDuration> {
        match self {
            Span::Minute => Some(SignedDuration::from_hours(48)),
            Span::Hour => Some(SignedDuration::from_hours(35 * 24)),
            Span::Day => None,
        }
    }
}

#[cfg(test)]
mod tests;
