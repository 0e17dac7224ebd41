use super::rollup::Rollup;
use super::*;
use proptest::prelude::*;

const KEY: &str = "qk0demonstration";

#[test]
fn an_event_is_read_or_refused_for_the_part_that_is_wrong() {
    let hash = "0123456789abcdef0123456789abcdef";
    let long = "x".repeat(65);
    for (members, expected) in [
        (r#""event":"view","id":"abcdefgh""#.to_owned(), "view online"),
        (r#""event":"view","service":"1.004206","id":"abcdefgh""#.into(), "view 1.004206 online"),
        (r#""event":"started","service":"1.004206","id":"abcdefgh""#.into(), "started 1.004206 online"),
        (format!(r#""event":"submitted","service":"1.004206","dossier":"{hash}","id":"abcdefgh""#), "submitted 1.004206 online"),
        (format!(r#""event":"accepted","service":"1.004206","dossier":"{hash}","channel":"counter","id":"abcdefgh""#), "accepted 1.004206 counter"),
        (r#""event":"started","id":"abcdefgh""#.into(), "malformed service"),
        (r#""event":"submitted","service":"1.004206","id":"abcdefgh""#.into(), "malformed dossier"),
        (format!(r#""event":"view","dossier":"{hash}","id":"abcdefgh""#), "malformed dossier"),
        (r#""event":"submitted","service":"1.004206","dossier":"000.00.15.H08-240805-0001","id":"abcdefgh""#.into(), "malformed dossier"),
        (r#""event":"opened","id":"abcdefgh""#.into(), "unknown_step"),
        (r#""event":"view","id":"short""#.into(), "malformed id"),
        (format!(r#""event":"view","id":"{long}""#), "malformed id"),
        (r#""event":"view","id":"abc defgh""#.into(), "malformed id"),
        (r#""event":"view","service":"a/b","id":"abcdefgh""#.into(), "malformed service"),
        (r#""event":"view","channel":"fax","id":"abcdefgh""#.into(), "malformed channel"),
        (r#""event":"view","at":"yesterday","id":"abcdefgh""#.into(), "malformed at"),
        (r#""event":"view","visitor":"abcdefgh","id":"abcdefgh""#.into(), "malformed visitor"),
        (r#""event":"view","name":"Nguyễn","id":"abcdefgh""#.into(), "malformed json"),
        (r#""event":"view","event":"view","id":"abcdefgh""#.into(), "malformed json"),
        (r#""event":"view","id":"abcdefgh","agent":null"#.into(), "view online"),
    ] {
        let sent = format!(r#"{{"key":"{KEY}",{members}}}"#);
        assert_eq!(print(read(sent.as_bytes())), expected, "{sent}");
    }
    assert_eq!(read(&[b' '; EVENT_BYTES + 1]).unwrap_err(), Refusal::Oversized);
    assert_eq!(
        read(br#"{"event":"view","id":"abcdefgh"}"#).unwrap_err(),
        Refusal::Malformed("key")
    );
}

fn print(read: Result<Said<'_>, Refusal>) -> String {
    match read {
        Ok(said) => {
            let service = said.service.map(|service| format!(" {service}")).unwrap_or_default();
            format!("{}{service} {}", said.step.code(), said.channel.code())
        }
        Err(Refusal::Malformed(place)) => format!("malformed {place}"),
        Err(refusal) => refusal.code().to_owned(),
    }
}

#[test]
fn a_pixel_says_the_same_in_its_address() {
    for (query, expected) in [
        ("key=qk0demonstration&event=view&id=abcdefgh", "view online"),
        (
            "key=qk0demonstration&event=started&service=1.004206&id=abcdefgh",
            "started 1.004206 online",
        ),
        ("", "malformed query"),
        ("key=qk0demonstration&event=view", "malformed id"),
        ("key=qk0demonstration&event=view&id=abcdefgh&id=abcdefgi", "malformed query"),
        ("key=qk0demonstration&event=view&id=abcdefgh&agent=x", "malformed query"),
        ("key=qk0%64emonstration&event=view&id=abcdefgh", "malformed key"),
    ] {
        assert_eq!(print(read_query(query)), expected, "{query}");
    }
    assert_eq!(read_query(&"x".repeat(EVENT_BYTES + 1)).unwrap_err(), Refusal::Oversized);
}

#[test]
fn of_a_batch_each_event_stands_for_itself() {
    let batch = br#"[{"event":"view","id":"abcdefgh","visitor":"0123456789","agent":"Mozilla \"5\""},
        {"key":"qk0demonstration","event":"view","id":"abcdefgh"}, 7, {"event":"viewed","id":"abcdefgh"}]"#;
    let read = read_batch(batch).unwrap();
    let printed: Vec<String> = read.into_iter().map(print).collect();
    assert_eq!(printed, ["view online", "malformed key", "malformed json", "unknown_step"]);
    let many = format!("[{}0]", "0,".repeat(BATCH_EVENTS));
    assert_eq!(read_batch(many.as_bytes()).unwrap_err(), Refusal::Oversized);
    assert_eq!(read_batch(b"{}").unwrap_err(), Refusal::Malformed("json"));
}

#[test]
fn an_event_of_tomorrow_or_of_long_ago_is_refused() {
    let now: Timestamp = "2024-08-05T08:00:00+07:00".parse().unwrap();
    for (said, expected) in [
        (None, Ok("2024-08-05T01:00:00Z")),
        (Some("2024-08-05T08:05:00+07:00"), Ok("2024-08-05T01:05:00Z")),
        (Some("2024-08-05T08:05:01+07:00"), Err(Refusal::FutureDated)),
        (Some("2024-08-03T08:00:00+07:00"), Ok("2024-08-03T01:00:00Z")),
        (Some("2024-08-03T07:59:59+07:00"), Err(Refusal::TooOld)),
    ] {
        let found = happened(said.map(|at| at.parse().unwrap()), now);
        assert_eq!(found.map(|at| at.to_string()), expected.map(str::to_owned), "{said:?}");
    }
}

#[test]
fn a_day_begins_at_midnight_in_vietnam() {
    for (at, span, expected) in [
        ("2024-07-31T16:59:59Z", Span::Day, "2024-07-30T17:00:00Z"),
        ("2024-07-31T17:00:00Z", Span::Day, "2024-07-31T17:00:00Z"),
        ("2024-07-31T17:00:00Z", Span::Hour, "2024-07-31T17:00:00Z"),
        ("2024-07-31T16:59:59.9Z", Span::Minute, "2024-07-31T16:59:00Z"),
        ("1969-12-31T16:59:59Z", Span::Day, "1969-12-30T17:00:00Z"),
    ] {
        assert_eq!(
            start_of(at.parse().unwrap(), span).to_string(),
            expected,
            "{at} {}",
            span.code()
        );
    }
}

fn event() -> impl Strategy<Value = Event> {
    let at = 1_722_000_000i64..1_722_400_000;
    let parts = (0usize..2, 0usize..6, 0usize..3, 0usize..3, any::<bool>());
    (parts, at, 0u64..50, any::<u64>()).prop_map(
        |((site, step, channel, service, is_bot), at, who, id)| {
            let step = Step::ALL[step];
            Event {
                site: ["P01", "P02"][site].to_owned(),
                step,
                service: if step == Step::View && service == 0 {
                    String::new()
                } else {
                    format!("1.{service:06}")
                },
                dossier: if step.has_dossier() { format!("{who:032x}") } else { String::new() },
                channel: Channel::ALL[channel],
                id: format!("{id:016x}"),
                at: Timestamp::from_second(at).unwrap(),
                visitor: (who % 7 != 0).then(|| who.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
                is_bot,
            }
        },
    )
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in ".{0,200}") {
        let _ = (read(&bytes), read_batch(&bytes), record::read(&mut &bytes[..]));
        let _ = (read(text.as_bytes()), read_query(&text), read_batch(text.as_bytes()));
    }

    /// Whatever is changed in a good event, what is read is within its limits.
    #[test]
    fn what_is_read_is_within_its_limits(at in 0usize..110, byte in any::<u8>()) {
        let mut sent = br#"{"key":"qk0demonstration","event":"submitted","service":"1.004206","dossier":"0123456789abcdef","id":"abcdefgh"}"#.to_vec();
        let at = at % sent.len();
        sent[at] = byte;
        if let Ok(said) = read(&sent) {
            prop_assert!((8..=64).contains(&said.id.len()) && said.id.is_ascii());
            prop_assert!(said.key.is_some_and(|key| (16..=64).contains(&key.len())));
            prop_assert_eq!(said.dossier.is_some(), said.step.has_dossier());
        }
    }

    #[test]
    fn what_is_written_is_read_back(events in proptest::collection::vec(event(), 0..20)) {
        let mut bytes = vec![];
        events.iter().for_each(|event| record::write(event, &mut bytes));
        let mut rest = &bytes[..];
        let read: Vec<Event> = std::iter::from_fn(|| record::read(&mut rest)).collect();
        prop_assert_eq!(read, events);
        prop_assert!(rest.is_empty());
    }

    /// Any order and any grouping comes to the same.
    #[test]
    fn rolling_up_knows_no_order_and_no_groups(
        events in proptest::collection::vec(event(), 0..60).prop_shuffle(),
        cuts in proptest::collection::vec(0usize..60, 0..6),
    ) {
        let of = |events: &[Event]| {
            let mut rollup = Rollup::default();
            events.iter().for_each(|event| rollup.add(event.clone()));
            rollup
        };
        let mut sorted = events.clone();
        sorted.sort_by_key(|event| (event.at, event.id.clone()));
        let whole = of(&sorted);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(events.len())).collect();
        cuts.extend([0, events.len()]);
        cuts.sort_unstable();
        let mut merged = Rollup::default();
        for pair in cuts.windows(2) {
            merged.merge(of(&events[pair[0]..pair[1]]));
        }
        prop_assert_eq!(&merged, &whole);
        let counts = whole.counts();
        prop_assert_eq!(&merged.counts(), &counts);
        let of_day = |service: bool| -> u64 {
            counts.iter()
                .filter(|(key, _)| key.span == Span::Day && key.service.is_some() == service)
                .map(|(_, count)| count.events)
                .sum()
        };
        prop_assert_eq!(of_day(false), events.len() as u64);
        prop_assert_eq!(of_day(true), events.iter().filter(|event| !event.service.is_empty()).count() as u64);
    }
}
