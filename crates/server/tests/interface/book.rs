//! What questions are answered from: a cube that is kept on disk, given back, thrown away and asked about the past,
//! and says the same each time.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use model::{
    Answered, Breakdown, Decimal, Facts, IndicatorCode, Measure, Period, Query, Seq, SourceChoice,
    Tree, UnitCode,
};
use server::book::{Book, Unfit};

use crate::ministry::Ministry;

const MUCH: usize = 1 << 30;

/// Figures of two years in several commits, some said twice.
async fn furnished() -> Ministry {
    let ministry = Ministry::new().await;
    for figures in [
        "BC.DOANHTHU 52 2023-05 = 88
         BC.DOANHTHU 51 2023-05 = 40.5
         BC.DOANHTHU 52 2024-01 = 1
         BC.DOANHTHU 52 2024-02 = 2
         BC.DOANHTHU 52 2024-03 = 3",
        "BC.DOANHTHU 52 2024-05 = 110
         BC.DOANHTHU 51 2024-05 = 50.5
         BC.GOIKIEN 52 2024-05 = 7
         CN.DOANHTHU VN 2024-05 = 9000",
        "BC.DOANHTHU 52 2024-05 = 111
         BC.DOANHTHU 52 2024 plan = 1200",
    ] {
        ministry.state(figures).await;
    }
    ministry
}

fn question() -> Query {
    let codes = ["BC.DOANHTHU", "BC.GOIKIEN", "CN.DOANHTHU"];
    let periods = ["2023-05", "2024-Q1", "2024-05", "2024"];
    Query {
        indicators: codes.iter().map(|code| IndicatorCode::parse(code).unwrap()).collect(),
        units: ["VN", "R4", "51", "52"].iter().map(|code| UnitCode::parse(code).unwrap()).collect(),
        periods: periods.iter().map(|text| Period::parse(text).unwrap()).collect(),
        breakdowns: vec![Breakdown::TOTAL],
        measures: vec![
            Measure::Level,
            Measure::ChangeOnYear,
            Measure::ShareOfPlan,
            Measure::YearToDate,
            Measure::Rank,
            Measure::CountAtLeast(Decimal::whole(50)),
        ],
        source: SourceChoice::Preferred,
        tree: Tree::Own,
        as_of: Seq::LATEST,
    }
}

/// What the reference says, over every row.
async fn by_rows(ministry: &Ministry, as_of: Seq) -> Vec<Answered> {
    let definitions = ministry.app.ministry();
    let mut reader = ministry.app.store.read().await.unwrap();
    let mut facts = Facts::default();
    for indicator in definitions.catalogue.iter() {
        let code = std::slice::from_ref(&indicator.code);
        let rows = reader.observations_as_known_at(code, Seq::LATEST).await.unwrap();
        facts.load(indicator.code.clone(), rows);
    }
    let query = Query { as_of, ..question() };
    model::answer(&definitions.units, &definitions.catalogue, &facts, &query).unwrap()
}

async fn opened(ministry: &Ministry, folder: &Path, most_bytes: usize) -> Arc<Book> {
    let app = &ministry.app;
    Arc::new(Book::open(&app.store, &app.ministry(), folder, most_bytes).await.unwrap())
}

async fn asked(ministry: &Ministry, book: &Arc<Book>, as_of: Seq) -> Vec<Answered> {
    let query = Query { as_of, ..question() };
    book.answer(&ministry.app.store, &ministry.app.ministry(), query).await.unwrap().1
}

async fn kept(ministry: &Ministry, book: &Arc<Book>) {
    let app = &ministry.app;
    book.read_ahead(&app.store, &app.ministry()).await.unwrap();
    book.keep(&app.store, &app.ministry()).await.unwrap();
}

fn file(folder: &Path) -> std::path::PathBuf {
    folder.join("cube.checkpoint")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_is_found_at_the_start_and_followed_from_there() {
    let ministry = furnished().await;
    kept(&ministry, &ministry.app.book.clone()).await;
    let checkpoint = ministry.app.book.status().checkpoint.kept.expect("it was written");
    assert_eq!(checkpoint.seq, Seq(ministry.head()));
    ministry.state("BC.DOANHTHU 54 2024-05 = 30").await;
    let (head, expected) = (ministry.head(), by_rows(&ministry, Seq::LATEST).await);

    let again = ministry.started_again().await;
    let found = again.app.book.status();
    assert_eq!(found.seq, checkpoint.seq, "the record was not read yet");
    assert_eq!(found.loaded.len(), 3, "what was kept is there");
    assert_eq!(found.checkpoint.kept, Some(checkpoint));
    assert_eq!(asked(&again, &again.app.book, Seq::LATEST).await, expected);
    assert_eq!(again.app.book.status().seq, Seq(head));
    // What has changed is written anew, what has not is taken as it was.
    kept(&again, &again.app.book.clone()).await;
    let again = again.started_again().await;
    assert_eq!(again.app.book.status().seq, Seq(head));
    assert_eq!(asked(&again, &again.app.book, Seq::LATEST).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_checkpoint_is_never_believed() {
    let ministry = furnished().await;
    kept(&ministry, &ministry.app.book.clone()).await;
    let whole = fs::read(file(ministry.folder.path())).unwrap();
    let expected = by_rows(&ministry, Seq::LATEST).await;
    let folder = tempfile::tempdir().unwrap();
    let mut thrown_away = 0;
    for at in (0..whole.len()).step_by(whole.len() / 60 + 1) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        for damaged in [whole[..at].to_vec(), flipped] {
            fs::write(file(folder.path()), &damaged).unwrap();
            let book = opened(&ministry, folder.path(), MUCH).await;
            match book.status().checkpoint.unfit {
                Some(unfit) => {
                    assert_eq!(unfit, Unfit::Damaged, "at {at}");
                    assert!(!file(folder.path()).exists(), "it is thrown away");
                    thrown_away += 1;
                }
                // One column is damaged, and its indicator is read from the record.
                None => assert_eq!(damaged.len(), whole.len(), "cut at {at}"),
            }
            assert_eq!(asked(&ministry, &book, Seq::LATEST).await, expected, "at {at}");
        }
    }
    assert!(thrown_away > 60, "{thrown_away}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_changes_under_the_server_is_noticed() {
    let ministry = furnished().await;
    kept(&ministry, &ministry.app.book.clone()).await;
    let expected = by_rows(&ministry, Seq::LATEST).await;
    let again = ministry.started_again().await;
    // Looked at and found sound; then somebody cuts it.
    assert_eq!(again.app.book.status().loaded.len(), 3);
    let one = Query { indicators: question().indicators[..1].to_vec(), ..question() };
    let one = Query { periods: one.periods[..1].to_vec(), ..one };
    again.app.book.answer(&again.app.store, &again.app.ministry(), one).await.unwrap();
    fs::OpenOptions::new()
        .write(true)
        .open(file(again.folder.path()))
        .unwrap()
        .set_len(200)
        .unwrap();
    assert_eq!(asked(&again, &again.app.book, Seq::LATEST).await, expected);
    assert_eq!(asked(&again, &again.app.book, Seq::LATEST).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_of_another_record_is_not_taken_for_this_ones() {
    let ministry = furnished().await;
    let backup = ministry.folder.path().join("backup.jsonl");
    // What it calls itself is in its backups.
    kept(&ministry, &ministry.app.book.clone()).await;
    ministry.app.store.backup(&backup).await.unwrap();
    ministry.state("BC.DOANHTHU 54 2024-05 = 30").await;
    kept(&ministry, &ministry.app.book.clone()).await;
    let (head, later) = (ministry.head(), fs::read(file(ministry.folder.path())).unwrap());

    let restored = restored(&backup).await;
    let unfit = async |ministry: &Ministry| {
        fs::write(file(ministry.folder.path()), &later).unwrap();
        let book = opened(ministry, ministry.folder.path(), MUCH).await;
        let expected = by_rows(ministry, Seq::LATEST).await;
        assert_eq!(asked(ministry, &book, Seq::LATEST).await, expected);
        book.status().checkpoint.unfit
    };
    assert_eq!(unfit(&restored).await, Some(Unfit::Ahead));
    restored.state("BC.DOANHTHU 54 2024-05 = 31").await;
    assert_eq!(restored.head(), head);
    assert_eq!(unfit(&restored).await, Some(Unfit::OtherRecord), "the record went another way");
    let stranger = furnished().await;
    stranger.state("BC.DOANHTHU 54 2024-05 = 32").await;
    assert_eq!(unfit(&stranger).await, Some(Unfit::OtherRecord));
    assert_eq!(unfit(&ministry).await, None);

    let mut changed = demonstration::indicators();
    changed.truncate(changed.len() - 1);
    changed[0].scale += 1;
    changed[0].version += 1;
    let write = ministry.app.store.write(None, move |tx| {
        Box::pin(async move { tx.define_indicators(&changed[..1]).await.map(drop) })
    });
    write.await.unwrap();
    let again = ministry.started_again().await;
    assert_eq!(again.app.book.status().checkpoint.unfit, Some(Unfit::OtherDefinitions));
}

/// The ministry of a backup, in a place of its own.
async fn restored(backup: &Path) -> Ministry {
    Ministry::over(async |store| drop(store.restore(backup).await.unwrap())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn under_a_small_ceiling_everything_is_answered_all_the_same() {
    let ministry = furnished().await;
    let expected = by_rows(&ministry, Seq::LATEST).await;
    let before = by_rows(&ministry, Seq(ministry.head() - 1)).await;
    let folder = tempfile::tempdir().unwrap();
    for keeps in [false, true] {
        let all = opened(&ministry, folder.path(), MUCH).await;
        asked(&ministry, &all, Seq::LATEST).await;
        for most_bytes in [1, all.status().bytes * 3 / 4, all.status().bytes] {
            let book = opened(&ministry, folder.path(), most_bytes).await;
            if keeps {
                kept(&ministry, &book).await;
            }
            for as_of in [Seq::LATEST, Seq(ministry.head() - 1), Seq::LATEST, Seq::LATEST] {
                let expected = if as_of == Seq::LATEST { &expected } else { &before };
                assert_eq!(asked(&ministry, &book, as_of).await, *expected);
                let status = book.status();
                let is_kept = status.bytes <= most_bytes;
                // What is known of units is no figure, and stays.
                let nothing_left = status.loaded.is_empty() && status.earlier == 0;
                assert!(is_kept || nothing_left, "{} of {most_bytes}", status.bytes);
                assert!(most_bytes > 1 || nothing_left);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_known_at_each_moment_is_answered_as_the_rows_say_it() {
    let ministry = furnished().await;
    let book = opened(&ministry, ministry.folder.path(), MUCH).await;
    let mut answers = vec![];
    for _ in 0..2 {
        for seq in 0..=ministry.head() {
            let expected = by_rows(&ministry, Seq(seq)).await;
            assert_eq!(asked(&ministry, &book, Seq(seq)).await, expected, "as known at {seq}");
            answers.push(expected);
        }
    }
    answers.dedup();
    assert!(answers.len() > 4, "the moments differ");
    assert_eq!(book.status().earlier as u64, ministry.head(), "each is kept");
}

/// A long answer is of one moment, whatever is recorded while it is read.
#[tokio::test(flavor = "multi_thread")]
async fn a_moment_is_held_while_the_record_grows() {
    let ministry = furnished().await;
    let (book, store, defined) =
        (ministry.app.book.clone(), &ministry.app.store, ministry.app.ministry());
    let expected = asked(&ministry, &book, Seq::LATEST).await;
    let seq = book.hold(store, &defined, &question()).await.unwrap();
    ministry.state("BC.DOANHTHU 52 2024-05 = 999").await;
    assert_ne!(asked(&ministry, &book, Seq::LATEST).await, expected);
    assert_eq!(asked(&ministry, &book, seq).await, expected);
}

/// While indicators are read, commits come in and are asked about; nothing is lost and nothing is said twice.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_while_the_record_is_read_is_in_the_answers() {
    let ministry = Arc::new(furnished().await);
    for turn in 0..6 {
        let folder = tempfile::tempdir().unwrap();
        let book = opened(&ministry, folder.path(), MUCH).await;
        let reading = {
            let (ministry, book) = (ministry.clone(), book.clone());
            tokio::spawn(async move {
                book.read_ahead(&ministry.app.store, &ministry.app.ministry()).await.unwrap();
            })
        };
        for number in 0..8 {
            let number = turn * 10 + number;
            ministry.state(&format!("BC.DOANHTHU 52 2024-05 = {number}")).await;
            ministry.state(&format!("BC.GOIKIEN 51 2024-05 = {number}")).await;
            asked(&ministry, &book, Seq::LATEST).await;
        }
        reading.await.unwrap();
        let expected = by_rows(&ministry, Seq::LATEST).await;
        assert_eq!(asked(&ministry, &book, Seq::LATEST).await, expected);
    }
}
