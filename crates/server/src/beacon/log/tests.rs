use std::collections::BTreeSet;

use measure::beacon::{Channel, Step};

use super::*;

const NOW: &str = "2024-08-05T08:00:00+07:00";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn event(number: u32) -> Event {
    Event {
        site: "52-dvc".to_owned(),
        step: Step::Submitted,
        service: "1.004206".to_owned(),
        dossier: format!("{number:032}"),
        channel: Channel::Online,
        id: format!("event-{number}"),
        at: now(),
        visitor: Some(u64::from(number)),
        is_bot: false,
    }
}

async fn open(folder: &Path, rolled_up: u64) -> Log {
    Log::open(folder, now(), async |_| Ok(rolled_up)).await.unwrap()
}

/// Takes events, each in a group of its own.
async fn take(log: &Log, numbers: std::ops::Range<u32>) -> Vec<bool> {
    let mut repeated = vec![];
    for number in numbers {
        let taken = log.take(event(number), now()).unwrap();
        repeated.push(taken.is_repeated);
        taken.on_disk.await.unwrap();
    }
    repeated
}

fn ids(log: &Log) -> Vec<String> {
    let mut ids = vec![];
    while let Some(stretch) = log.stretch().unwrap() {
        ids.extend(stretch.events.into_iter().map(|event| event.id));
    }
    ids
}

fn only_segment(folder: &Path) -> PathBuf {
    let mut segments = segments(folder).unwrap();
    assert_eq!(segments.len(), 1);
    segments.pop().unwrap().path
}

#[tokio::test]
async fn wherever_a_file_is_cut_what_stands_whole_before_is_read_and_the_rest_is_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut ends = vec![0];
    {
        let log = open(folder.path(), 0).await;
        for number in 0..5 {
            take(&log, number..number + 1).await;
            ends.push(std::fs::metadata(only_segment(folder.path())).unwrap().len());
        }
    }
    let whole = std::fs::read(only_segment(folder.path())).unwrap();
    for length in 0..=whole.len() {
        let there = tempfile::tempdir().unwrap();
        std::fs::write(there.path().join("00000000000000000000.log"), &whole[..length]).unwrap();
        let kept = ends.iter().filter(|end| **end <= length as u64).count() as u32 - 1;
        let expected: Vec<String> = (0..kept).map(|number| event(number).id).collect();
        let log = open(there.path(), 0).await;
        assert_eq!(ids(&log), expected, "cut at {length}");
        // What was kept is known when it comes again, what was cut is taken.
        let repeated = take(&log, 0..5).await;
        assert_eq!(
            repeated,
            (0..5).map(|number| number < kept).collect::<Vec<_>>(),
            "cut at {length}"
        );
        drop(log);
        assert_eq!(ids(&open(there.path(), 0).await).len(), 5, "cut at {length}");
    }
}

#[tokio::test]
async fn a_changed_byte_is_never_read_as_an_event() {
    let folder = tempfile::tempdir().unwrap();
    {
        let log = open(folder.path(), 0).await;
        take(&log, 0..3).await;
    }
    let whole = std::fs::read(only_segment(folder.path())).unwrap();
    let good: BTreeSet<String> = (0..3).map(|number| event(number).id).collect();
    for at in 0..whole.len() {
        let there = tempfile::tempdir().unwrap();
        let mut changed = whole.clone();
        changed[at] ^= 0x41;
        std::fs::write(there.path().join("00000000000000000000.log"), &changed).unwrap();
        let read = ids(&open(there.path(), 0).await);
        assert!(read.len() < 3 && read.iter().all(|id| good.contains(id)), "{at}: {read:?}");
    }
}

#[tokio::test]
async fn a_start_goes_on_where_the_counts_in_the_database_end() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path(), 0).await;
    take(&log, 0..3).await;
    let first = log.stretch().unwrap().unwrap();
    take(&log, 3..5).await;
    let name = log.name().to_owned();
    drop(log);
    let log = open(folder.path(), first.to).await;
    assert_eq!(log.name(), name);
    let second = log.stretch().unwrap().unwrap();
    assert_eq!((second.from, second.events.len()), (first.to, 2));
    assert!(log.stretch().unwrap().is_none());
    drop(log);
    // The log was lost, or an older copy of it was put back: positions are never given out twice.
    std::fs::remove_file(only_segment(folder.path())).unwrap();
    let log = open(folder.path(), second.to).await;
    take(&log, 7..8).await;
    let third = log.stretch().unwrap().unwrap();
    assert_eq!((third.from, third.events.len()), (second.to, 1));
    drop(log);
    let log = open(folder.path(), third.to).await;
    assert_eq!(take(&log, 7..8).await, [true]);
}

#[tokio::test]
async fn one_process_writes_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let _log = open(folder.path(), 0).await;
    let second = Log::open(folder.path(), now(), async |_| Ok(0)).await;
    assert!(second.err().unwrap().to_string().contains("another server"));
}

#[tokio::test]
async fn more_than_may_wait_is_refused_and_what_was_taken_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path(), 0).await;
    let mut taken = vec![];
    let mut refused = 0;
    for number in 0..60_000 {
        match log.take(event(number), now()) {
            Ok(one) => taken.push((number, one)),
            Err(Overloaded) => refused += 1,
        }
    }
    let mut expected = vec![];
    for (number, one) in taken {
        one.on_disk.await.unwrap();
        expected.push(event(number).id);
    }
    assert_eq!(ids(&log), expected);
    assert_eq!(expected.len() + refused, 60_000);
}

#[tokio::test]
async fn what_is_rolled_up_and_old_is_removed_and_ids_are_forgotten_after_the_window() {
    let folder = tempfile::tempdir().unwrap();
    {
        let log = open(folder.path(), 0).await;
        take(&log, 0..2).await;
    }
    let first = only_segment(folder.path());
    let end = std::fs::metadata(&first).unwrap().len();
    std::fs::write(folder.path().join(format!("{end:020}.log")), b"").unwrap();
    let long_ago = SystemTime::now() - Duration::from_secs(40 * 86_400);
    File::options().write(true).open(&first).unwrap().set_modified(long_ago).unwrap();
    let log = open(folder.path(), 0).await;
    take(&log, 2..3).await;
    let kept = SignedDuration::from_hours(30 * 24);
    log.forget(now(), 0, kept).unwrap();
    assert!(first.exists(), "it is not rolled up");
    log.forget(now(), end, kept).unwrap();
    assert!(!first.exists());
    assert_eq!(take(&log, 2..3).await, [true]);
    log.forget(now() + WINDOW + SignedDuration::from_hours(2), end, kept).unwrap();
    assert_eq!(take(&log, 2..3).await, [false]);
}
