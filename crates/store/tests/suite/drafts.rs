//! Forms under way: opened once, saved cell by cell, moved from desk to desk.

use model::{Absence, BodyCode, Figure, Period, PersonId, SubmissionId};
use store::{
    DraftCell, DraftValue, NewAccount, SaveCell, SaveError, Store, StoreError, SubmissionFilter,
    WriteError, Written,
};
use workflow::{CellKey, Language, Reason, SectionId, State, TemplateCode};

use crate::databases::*;

fn save(cell: &str, version: u32, value: &str) -> SaveCell {
    let value = match value {
        "" => DraftValue::Empty,
        words if words.starts_with('“') => DraftValue::Text(words.to_owned()),
        figure => DraftValue::Figure(number(figure)),
    };
    SaveCell { cell: CellKey::parse(cell).unwrap(), version, value, comment: None }
}

fn show(cell: &DraftCell) -> String {
    let value = match &cell.value {
        DraftValue::Empty => "empty".to_owned(),
        DraftValue::Text(words) => words.clone(),
        DraftValue::Figure(Figure::Absent(reason)) => reason.code().to_owned(),
        DraftValue::Figure(figure) => figure.shown().unwrap().at_own_scale(),
    };
    format!("{} v{} {value}", cell.cell, cell.version)
}

async fn open_form(store: &Store, body: &str) -> Written<(i64, bool)> {
    let (template, body) =
        (TemplateCode::parse("SO-THANG").unwrap(), BodyCode::parse(body).unwrap());
    let opened: Result<_, WriteError<StoreError>> = store
        .write(None, move |tx| {
            Box::pin(async move {
                let sections = ["BC", "LOI"].map(|id| SectionId::parse(id).unwrap());
                let period = Period::parse("2024-07").unwrap();
                let (id, is_new) =
                    tx.open_submission(&template, 1, &body, period, &sections).await?;
                Ok((id.0, is_new))
            })
        })
        .await;
    opened.unwrap()
}

async fn save_all(store: &Store, id: SubmissionId, cells: Vec<SaveCell>) -> Result<String, String> {
    let written = store
        .write(None, move |tx| {
            Box::pin(async move {
                let saved = tx.save_cells(id, PersonId(1), &cells).await?;
                Ok::<_, SaveError>(saved.iter().map(show).collect::<Vec<_>>().join(", "))
            })
        })
        .await;
    match written {
        Ok(written) => Ok(written.value),
        Err(WriteError::Refused(SaveError::Stale(stale))) => {
            let theirs = stale.theirs.as_deref().map_or("nothing".to_owned(), show);
            Err(format!("{stale}; theirs: {theirs}"))
        }
        Err(other) => panic!("{other:?}"),
    }
}

async fn all_cells(store: &Store, id: SubmissionId) -> Vec<String> {
    store.read().await.unwrap().cells(id).await.unwrap().iter().map(show).collect()
}

#[test]
fn the_second_writer_of_a_cell_sees_that_there_was_a_first() {
    on_each(async |fresh| {
        let store = &fresh.store;
        let id = SubmissionId(open_form(store, "52").await.value.0);
        let (revenue, staff) = ("BC/BC.DOANHTHU/this", "BC/BC.LAODONG[SEX=F]/previous");
        let check = async |cells, expected: Result<&str, &str>| {
            let answer = save_all(store, id, cells).await;
            assert_eq!(answer.as_deref().map_err(String::as_str), expected);
        };
        check(vec![save(revenue, 0, "412.50")], Ok("BC/BC.DOANHTHU/this v1 412.50")).await;
        check(
            vec![save(staff, 0, "7"), save(revenue, 0, "9")],
            Err("cell BC/BC.DOANHTHU/this was saved by somebody else meanwhile; theirs: BC/BC.DOANHTHU/this v1 412.50"),
        )
        .await;
        assert_eq!(all_cells(store, id).await, ["BC/BC.DOANHTHU/this v1 412.50"], "all or nothing");
        check(
            vec![save(staff, 3, "7")],
            Err("cell BC/BC.LAODONG[SEX=F]/previous was saved by somebody else meanwhile; theirs: nothing"),
        )
        .await;
        check(
            vec![save(revenue, 1, "415"), save(staff, 0, "-"), save("LOI/KHOKHAN/text", 0, "“thiếu người”")],
            Ok("BC/BC.DOANHTHU/this v2 415, BC/BC.LAODONG[SEX=F]/previous v1 missing, LOI/KHOKHAN/text v1 “thiếu người”"),
        )
        .await;
        check(vec![save(revenue, 2, "")], Ok("BC/BC.DOANHTHU/this v3 empty")).await;
        assert_eq!(number("-"), Figure::Absent(Absence::Missing));
    });
}

#[test]
fn the_other_person_gets_the_cells_saved_since() {
    on_each(async |fresh| {
        let store = &fresh.store;
        let written: Result<_, WriteError<StoreError>> = store
            .write(None, |tx| {
                Box::pin(async move {
                    let new = NewAccount {
                        login: "nhap.52".to_owned(),
                        name: "Nguyễn Thị Lan".to_owned(),
                        email: None,
                        password: None,
                        lang: Language::Vietnamese,
                        grants: vec![],
                    };
                    tx.add_account(&new).await.map(|id| id.0)
                })
            })
            .await;
        assert_eq!(written.unwrap().value, 1);
        let id = SubmissionId(open_form(store, "52").await.value.0);
        save_all(store, id, vec![save("BC/A/this", 0, "1"), save("BC/B/this", 0, "2")])
            .await
            .unwrap();
        let mut reader = store.read().await.unwrap();
        let cursor = reader.submission(id).await.unwrap().unwrap().cursor;
        assert_eq!(reader.cells_since(id, cursor).await.unwrap(), vec![]);
        save_all(store, id, vec![save("BC/B/this", 1, "3")]).await.unwrap();
        let since = reader.cells_since(id, cursor).await.unwrap();
        assert_eq!(since.iter().map(show).collect::<Vec<_>>(), ["BC/B/this v2 3"]);
        assert_eq!(since[0].by_name, "Nguyễn Thị Lan");
        assert_eq!(since[0].at, time(START));
    });
}

#[test]
fn drafts_are_on_disk_and_take_no_seq() {
    on_each(async |fresh| {
        let first = open_form(&fresh.store, "52").await;
        assert_eq!((first.seq.0, first.value.1), (0, true));
        let again = open_form(&fresh.store, "52").await;
        assert_eq!(again.value, (first.value.0, false), "one form for a body and a period");
        save_all(&fresh.store, SubmissionId(first.value.0), vec![save("BC/A/this", 0, "1")])
            .await
            .unwrap();
        assert_eq!(fresh.store.head().seq.0, 0);
        state(&fresh.store, &["BC.DOANHTHU 52 2024-06 1"]).await;
        assert_eq!(open_form(&fresh.store, "01").await.seq.0, 1, "the head it ran on");
    });
}

#[test]
fn a_section_stands_where_it_was_moved_with_every_fact_of_its_state() {
    on_each(async |fresh| {
        let store = &fresh.store;
        let id = SubmissionId(open_form(store, "52").await.value.0);
        open_form(store, "01").await;
        save_all(
            store,
            id,
            vec![
                save("BC/A/this", 0, "1"),
                save("BC/A/previous", 0, "1"),
                save("BC/B/this", 0, ""),
            ],
        )
        .await
        .unwrap();
        let (enterer, head, reviewer) = (PersonId(1), PersonId(2), PersonId(3));
        let at = time("2024-08-05T09:00:00+07:00");
        let waiting = State::Draft.submit(enterer, at).unwrap();
        let signed = waiting.sign(head, at).unwrap();
        let received = signed.receive(reviewer, at).unwrap();
        let closed = received.close(reviewer, at).unwrap();
        let reason = || Reason::parse("Kiểm tra lại doanh thu").unwrap();
        let states = [
            signed.return_(reviewer, at, reason()).unwrap(),
            waiting.return_to_drafter(head, at, reason()).unwrap(),
            closed.reopen(reviewer, at, reason()).unwrap(),
            waiting,
            signed,
            received,
            closed,
            State::Draft,
        ];
        for state in states {
            let moved = state.clone();
            let written: Result<_, WriteError<StoreError>> = store
                .write(None, move |tx| {
                    Box::pin(async move {
                        tx.set_states(id, &[(SectionId::parse("LOI").unwrap(), moved)]).await
                    })
                })
                .await;
            written.unwrap();
            let found = store.read().await.unwrap().submission(id).await.unwrap().unwrap();
            assert_eq!(found.state("LOI"), Some(&state));
            assert_eq!(found.state("BC"), Some(&State::Draft));
            assert_eq!(
                found.filled, 1,
                "what is emptied or settles the period before is not counted"
            );
        }
        let mut reader = store.read().await.unwrap();
        for (filter, count) in [
            (SubmissionFilter::default(), 2),
            (
                SubmissionFilter {
                    body: Some(BodyCode::parse("01").unwrap()),
                    ..SubmissionFilter::default()
                },
                1,
            ),
            (
                SubmissionFilter {
                    period: Some(Period::parse("2024-06").unwrap()),
                    ..SubmissionFilter::default()
                },
                0,
            ),
            (
                SubmissionFilter {
                    template: Some(TemplateCode::parse("SO-THANG").unwrap()),
                    ..SubmissionFilter::default()
                },
                2,
            ),
        ] {
            assert_eq!(reader.submissions(&filter).await.unwrap().len(), count, "{filter:?}");
        }
    });
}
