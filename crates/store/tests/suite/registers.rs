//! Registers with their history, and the days of dossiers that portals send.

use jiff::civil::{Date, date};
use measure::dossier::{Channel, Count, Day, State};
use measure::register::{Entry, EntryCode, Register, read};
use model::UnitCode;
use store::{DayKept, EntryFilter, KeptEntry, Store, StoreError, WriteError};

use crate::databases::*;

const SERVICES: Register = Register::Services;
const TODAY: Date = date(2024, 8, 5);

/// `52 1.001 2024-01-01 level=4 name=Cấp phép`: an entry as it is from a day on; `-` when it is gone.
fn entry(line: &str) -> Entry {
    let mut words = line.splitn(4, ' ');
    let mut next = || words.next().unwrap();
    let (unit, code, since, said) = (next(), next(), next(), next());
    let field = |code: &str| {
        said.split("; ").find_map(|one| one.strip_prefix(&format!("{code}="))).unwrap_or("")
    };
    Entry {
        unit: UnitCode::parse(unit).unwrap(),
        code: EntryCode::parse(code).unwrap(),
        since: since.parse().unwrap(),
        values: (said != "-").then(|| {
            read(SERVICES, |code| if code == "eligible" { "yes" } else { field(code) }).unwrap()
        }),
        is_synthetic: false,
    }
}

async fn say(store: &Store, lines: &[&str]) {
    let entries: Vec<Entry> = lines.iter().map(|line| entry(line)).collect();
    let said: Result<_, WriteError<StoreError>> = store
        .write(None, move |tx| {
            Box::pin(async move { tx.state_entries(SERVICES, &entries, None).await })
        })
        .await;
    said.unwrap();
}

async fn found(store: &Store, filter: &EntryFilter) -> String {
    let mut reader = store.read().await.unwrap();
    let found = reader.register_entries(filter, None, 100).await.unwrap();
    assert_eq!(reader.count_register_entries(filter).await.unwrap(), found.len() as u64);
    found.iter().map(print).collect::<Vec<_>>().join(" ")
}

fn print(kept: &KeptEntry) -> String {
    let Entry { unit, code, values, .. } = &kept.entry;
    let level = values.as_ref().and_then(|values| values.get("level")).map_or("-", String::as_str);
    format!("{unit}/{}@{}:{level}", code.as_str(), kept.version)
}

#[test]
fn an_entry_stands_as_it_was_on_the_day_that_is_asked() {
    on_each(async |fresh| {
        let store = &fresh.store;
        say(
            store,
            &[
                "52 1.001 2020-01-01 name=Cấp phép bưu chính; level=2; portal=52-dvc",
                "48 1.001 2020-01-01 name=Cấp phép; level=3",
            ],
        )
        .await;
        say(store, &["52 1.001 2021-03-01 name=Cấp phép bưu chính; level=4; portal=52-dvc"]).await;
        say(store, &["52 1.002 2021-06-01 name=100% khác; level=1"]).await;
        say(store, &["48 1.001 2022-01-01 -"]).await;
        let on = |day: Date| EntryFilter::of(SERVICES, day);
        for (day, expected) in [
            (date(2019, 12, 31), ""),
            (date(2020, 1, 1), "48/1.001@1:3 52/1.001@1:2"),
            (date(2021, 3, 1), "48/1.001@1:3 52/1.001@2:4"),
            (TODAY, "52/1.001@2:4 52/1.002@1:1"),
        ] {
            assert_eq!(found(store, &on(day)).await, expected, "{day}");
        }
        let today = on(TODAY);
        let search = |text: &str| EntryFilter { search: text.into(), ..today.clone() };
        assert_eq!(found(store, &search("Bưu Chính")).await, "52/1.001@2:4");
        assert_eq!(found(store, &search("0%")).await, "52/1.002@1:1", "a percent sign is itself");
        let word = |field: &str, value: &str| EntryFilter {
            words: vec![(field.into(), value.into()), ("eligible".into(), "yes".into())],
            ..today.clone()
        };
        assert_eq!(found(store, &word("level", "4")).await, "52/1.001@2:4");
        assert_eq!(found(store, &word("portal", "52-dvc")).await, "52/1.001@2:4");
        assert_eq!(found(store, &word("portal", "52")).await, "");

        let mut reader = store.read().await.unwrap();
        let page = reader.register_entries(&today, Some(("52", "1.001")), 1).await.unwrap();
        assert_eq!(page.iter().map(print).collect::<String>(), "52/1.002@1:1");
        let unit = |code| UnitCode::parse(code).unwrap();
        let code = EntryCode::parse("1.001").unwrap();
        let history = reader.register_history(SERVICES, &unit("48"), &code).await.unwrap();
        let history: Vec<String> = history.iter().map(|one| print(&one.kept)).collect();
        assert_eq!(history, ["48/1.001@1:3", "48/1.001@2:-"]);
        assert_eq!(reader.register_units(SERVICES).await.unwrap(), [unit("48"), unit("52")]);
        assert_eq!(reader.register_units(Register::Systems).await.unwrap(), []);
    });
}

#[test]
fn a_list_is_whole_when_somebody_says_so_and_until_that_is_taken_back() {
    on_each(async |fresh| {
        let store = &fresh.store;
        let unit = UnitCode::parse("52").unwrap();
        for since in [Some(TODAY), None] {
            let of = unit.clone();
            let said: Result<_, WriteError<StoreError>> = store
                .write(None, move |tx| {
                    Box::pin(async move {
                        tx.confirm_register(SERVICES, &of, (since, None), Some("nhầm"), None).await
                    })
                })
                .await;
            said.unwrap();
            let mut reader = store.read().await.unwrap();
            let confirmed = reader.register_confirmed(SERVICES, &unit).await.unwrap().unwrap();
            assert_eq!((confirmed.since, confirmed.reason.as_deref()), (since, Some("nhầm")));
            assert_eq!(reader.register_confirmed(Register::Systems, &unit).await.unwrap(), None);
        }
    });
}

async fn send(store: &Store, day: Date, counts: &str) -> DayKept {
    let count = |line: &str| {
        let [service, channel, state, dossiers] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("four words: {line}")
        };
        Count {
            service: EntryCode::parse(service).unwrap(),
            channel: Channel::parse(channel).unwrap(),
            state: State::parse(state).unwrap(),
            dossiers: dossiers.parse().unwrap(),
        }
    };
    let counts = counts.split("; ").filter(|line| !line.is_empty()).map(count).collect();
    let day = Day::new(day, counts).unwrap();
    let kept = store.write(None, move |tx| {
        Box::pin(async move {
            Ok::<_, StoreError>(match tx.keep_dossier_day("52-dvc", &day).await? {
                DayKept::New => 0,
                DayKept::Replaced => 1,
                DayKept::Unchanged => 2,
            })
        })
    });
    [DayKept::New, DayKept::Replaced, DayKept::Unchanged][kept.await.unwrap().value as usize]
}

#[test]
fn a_day_that_is_sent_again_takes_the_place_of_the_one_before_which_stays() {
    on_each(async |fresh| {
        let store = &fresh.store;
        let (first, second) = (date(2024, 7, 30), date(2024, 7, 31));
        let counts = "1.001 online received 5; 1.001 counter received 7; 1.002 online in_time 2";
        assert_eq!(send(store, first, counts).await, DayKept::New);
        assert_eq!(send(store, first, counts).await, DayKept::Unchanged);
        assert_eq!(send(store, second, "1.001 online received 1").await, DayKept::New);
        assert_eq!(send(store, first, "1.001 online received 6").await, DayKept::Replaced);
        let mut reader = store.read().await.unwrap();
        let sums = |sums: Vec<store::DossierSum>| -> Vec<String> {
            let one = |sum: &store::DossierSum| {
                let Count { service, channel, state, dossiers } = &sum.count;
                format!("{} {} {} {dossiers}", service.as_str(), channel.code(), state.code())
            };
            sums.iter().map(one).collect()
        };
        let all = reader.dossier_sums(None, first, second).await.unwrap();
        assert_eq!(sums(all), ["1.001 online received 7"]);
        let of = reader.dossier_sums(Some("52-dvc"), second, second).await.unwrap();
        assert_eq!(sums(of), ["1.001 online received 1"]);
        assert_eq!(reader.dossier_sums(Some("48-dvc"), first, second).await.unwrap(), []);
        let days = reader.dossier_days(None, first, second).await.unwrap();
        let days: Vec<_> = days.iter().map(|day| (day.day, day.version, day.dossiers)).collect();
        assert_eq!(days, [(first, 2, 6), (second, 1, 1)]);
        let versions = reader.dossier_day_versions("52-dvc", first).await.unwrap();
        let versions: Vec<_> = versions.iter().map(|(version, sum, _)| (*version, *sum)).collect();
        assert_eq!(versions, [(1, 14), (2, 6)]);
        // A day on which nothing happened was sent all the same.
        let third = date(2024, 8, 1);
        assert_eq!(send(store, third, "").await, DayKept::New);
        let days = store.read().await.unwrap().dossier_days(None, third, third).await.unwrap();
        assert_eq!(days[0].dossiers, 0);
    });
}

/// As many services as 63 provinces have: how long they take to be stated, listed, searched and read whole.
#[test]
#[ignore = "it takes a minute; run it for its figures: cargo test -p store --test suite -- --ignored --nocapture thousand"]
fn a_hundred_thousand_services_are_listed_and_searched() {
    on_each(async |fresh| {
        let store = &fresh.store;
        let began = std::time::Instant::now();
        for province in 10..73 {
            let lines: Vec<String> = (0..1500)
                .map(|at| {
                    format!(
                        "{province} 1.{at:06} 2024-01-01 name=Thủ tục số {at}; level={}",
                        1 + at % 4
                    )
                })
                .collect();
            say(store, &lines.iter().map(String::as_str).collect::<Vec<_>>()).await;
        }
        println!("stated in {:?}", began.elapsed());
        let mut reader = store.read().await.unwrap();
        let all = EntryFilter::of(SERVICES, TODAY);
        let found = EntryFilter { search: "thu tuc so 1499".into(), ..all.clone() };
        let level = EntryFilter { words: vec![("level".into(), "4".into())], ..all.clone() };
        for (what, filter, expected) in
            [("all", &all, 94_500), ("searched", &found, 63), ("filtered", &level, 23_625)]
        {
            let began = std::time::Instant::now();
            let page = reader.register_entries(filter, Some(("40", "")), 100).await.unwrap();
            let paged = began.elapsed();
            let count = reader.count_register_entries(filter).await.unwrap();
            println!(
                "{what}: a page of {} in {paged:?}, counted in {:?}",
                page.len(),
                began.elapsed() - paged
            );
            assert_eq!(count, expected);
        }
        let began = std::time::Instant::now();
        let whole = reader.register_entries(&all, None, 1_000_000).await.unwrap();
        println!("{} read whole in {:?}", whole.len(), began.elapsed());
    });
}
