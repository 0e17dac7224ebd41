//! How counted events lie in the log: a few bytes each, read back after a crash without ever failing loudly.
//!
//! The log frames and checksums them; this is what is inside a frame.

use jiff::Timestamp;

use super::{Channel, Event, Step};

/// Appends an event.
pub fn write(event: &Event, into: &mut Vec<u8>) {
    let kind = event.step as u8 | (event.channel as u8) << 3 | u8::from(event.is_bot) << 5;
    into.push(kind | u8::from(event.visitor.is_some()) << 6);
    into.extend(event.at.as_microsecond().to_le_bytes());
    if let Some(visitor) = event.visitor {
        into.extend(visitor.to_le_bytes());
    }
    for text in [&event.site, &event.service, &event.dossier, &event.id] {
        let bytes = &text.as_bytes()[..text.len().min(usize::from(u8::MAX))];
        into.push(bytes.len() as u8);
        into.extend(bytes);
    }
}

/// Reads the next event off the front; `None` at the end, and where no event stands.
pub fn read(bytes: &mut &[u8]) -> Option<Event> {
    let [kind] = take(bytes)?;
    let at = Timestamp::from_microsecond(i64::from_le_bytes(take(bytes)?)).ok()?;
    let visitor = match kind & 1 << 6 {
        0 => None,
        _ => Some(u64::from_le_bytes(take(bytes)?)),
    };
    let mut text = || {
        let [length] = take(bytes)?;
        let (text, rest) = bytes.split_at_checked(usize::from(length))?;
        *bytes = rest;
        String::from_utf8(text.to_vec()).ok()
    };
    let (site, service, dossier, id) = (text()?, text()?, text()?, text()?);
    Some(Event {
        site,
        step: *Step::ALL.get(usize::from(kind & 7))?,
        service,
        dossier,
        channel: *Channel::ALL.get(usize::from(kind >> 3 & 3))?,
        id,
        at,
        visitor,
        is_bot: kind & 1 << 5 != 0,
    })
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}
