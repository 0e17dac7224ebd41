//! Dossier counts: what a portal's back end says of a day, by service, channel and state.
//!
//! A portal sends a day whole, again if it has to. A day that was not sent is unknown and never zero; a day that was
//! sent without a count is one on which nothing happened.

use jiff::civil::Date;

use crate::register::EntryCode;

/// How a dossier was filed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    /// Trực tuyến.
    #[default]
    Online,
    /// Trực tiếp tại bộ phận một cửa.
    Counter,
    /// Qua bưu chính công ích.
    Post,
}

/// What became of a dossier on the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Tiếp nhận.
    Received,
    /// Giải quyết trước hạn, đúng hạn.
    InTime,
    /// Giải quyết quá hạn.
    Late,
    /// Trả lại, rút hồ sơ.
    Refused,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Channel; 3] = [Channel::Online, Channel::Counter, Channel::Post];

    /// The code used in interfaces and storage.
    pub fn code(self) -> &'static str {
        match self {
            Channel::Online => "online",
            Channel::Counter => "counter",
            Channel::Post => "post",
        }
    }

    /// The channel with this code.
    pub fn parse(code: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|one| one.code() == code)
    }
}

impl State {
    /// Every state.
    pub const ALL: [State; 4] = [State::Received, State::InTime, State::Late, State::Refused];

    /// The code used in interfaces and storage.
    pub fn code(self) -> &'static str {
        match self {
            State::Received => "received",
            State::InTime => "in_time",
            State::Late => "late",
            State::Refused => "refused",
        }
    }

    /// The state with this code.
    pub fn parse(code: &str) -> Option<State> {
        State::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// How many dossiers of a service came to a state through a channel on the day.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Count {
    /// The code of the service in its register.
    pub service: EntryCode,
    /// How they were filed.
    pub channel: Channel,
    /// What became of them.
    pub state: State,
    /// How many; up to [`MOST`].
    pub dossiers: u64,
}

/// The most dossiers of a count: more than any portal has in a day.
pub const MOST: u64 = 1_000_000;

/// The most users of a portal: more than there are people.
pub const MOST_USERS: u64 = 1_000_000_000;

/// What a portal says of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day, of Vietnam.
    pub day: Date,
    /// No service, channel and state twice, in their order; a count that is missing is zero, because the day was sent.
    pub counts: Vec<Count>,
    /// How many adults have used at least one end-to-end service of the portal by the end of the day, each once; up to
    /// [`MOST_USERS`]. `None` of a portal that does not know.
    pub users: Option<u64>,
}

impl Day {
    /// A day with its counts in order; or the place of the first that says the same thing a second time.
    pub fn new(day: Date, mut counts: Vec<Count>) -> Result<Day, usize> {
        let mut seen = std::collections::HashSet::new();
        let key = |count: &Count| (count.service.clone(), count.channel, count.state);
        if let Some(place) = counts.iter().position(|count| !seen.insert(key(count))) {
            return Err(place);
        }
        counts.retain(|count| count.dossiers > 0);
        counts.sort();
        Ok(Day { day, counts, users: None })
    }
}
