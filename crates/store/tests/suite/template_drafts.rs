//! Templates under way: saved on top of what was seen, closed when they are published or thrown away; and what is
//! measured, which they need not ask for.

use model::{Decimal, PersonId, Seq, Source};
use store::{DraftError, NewObservation, Store, WriteError};
use workflow::Template;

use crate::databases::*;
use crate::definitions::everything;

#[derive(Clone, Copy)]
enum Step {
    Save(&'static str, Option<u32>),
    Close(u32),
}

/// Does a step; answers how often the draft has been saved, or what stands there instead.
async fn does(store: &Store, template: &Template, step: Step) -> String {
    let mut template = template.clone();
    let written = store.write(None, move |tx| {
        Box::pin(async move {
            let person = PersonId(1);
            match step {
                Step::Save(name, seen) => {
                    template.name_vi = name.to_owned();
                    tx.save_template_draft(&template, seen, person).await
                }
                Step::Close(seen) => {
                    tx.close_template_draft(&template.code, seen, person).await.map(|()| 0)
                }
            }
        })
    });
    match written.await {
        Ok(written) => format!("saved {} times", written.value),
        Err(WriteError::Refused(DraftError::Stale(theirs))) => {
            theirs.map_or("nothing is under way".to_owned(), |theirs| {
                format!(
                    "{} saved “{}” first, {}",
                    theirs.by.0, theirs.template.name_vi, theirs.saves
                )
            })
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn the_second_of_two_builders_is_told_of_the_first() {
    on_each(async |fresh| {
        let template = everything().templates.remove(1);
        for (step, expected) in [
            (Step::Save("Một", None), "saved 1 times"),
            (Step::Save("Hai", None), "1 saved “Một” first, 1"),
            (Step::Save("Hai", Some(1)), "saved 2 times"),
            (Step::Save("Ba", Some(1)), "1 saved “Hai” first, 2"),
            (Step::Close(1), "1 saved “Hai” first, 2"),
            (Step::Close(2), "saved 0 times"),
            (Step::Close(2), "nothing is under way"),
            (Step::Save("Ba", Some(2)), "nothing is under way"),
            (Step::Save("Lại", None), "saved 4 times"),
        ] {
            assert_eq!(does(&fresh.store, &template, step).await, expected);
        }
        let mut reader = fresh.store.read().await.unwrap();
        let drafts = reader.template_drafts().await.unwrap();
        let named: Vec<_> = drafts.iter().map(|draft| draft.template.name_vi.as_str()).collect();
        assert_eq!(named, ["Lại"]);
        assert_eq!(drafts[0].at, time(START));
        let kept = Template { name_vi: "Lại".to_owned(), ..template.clone() };
        assert_eq!(reader.template_draft(&template.code).await.unwrap().unwrap().template, kept);
        assert_eq!(
            reader.definitions_as_known_at(Seq::LATEST).await.unwrap().templates,
            [],
            "what is under way is nobody's to fill"
        );
    });
}

#[test]
fn what_is_measured_is_read_from_where_reading_stopped() {
    let measured = |line: &str, share: Option<i64>| NewObservation {
        source: Source::Measured,
        measured_share: share.map(Decimal::whole),
        ..stated(line)
    };
    on_each(async |fresh| {
        let mut seqs = vec![];
        for said in [
            vec![measured("A 52 2024-05 17", Some(90)), stated("A 52 2024-05 30")],
            vec![measured("A 52 2024-06 18", None), measured("A 48 2024-06 -", Some(95))],
        ] {
            seqs.push(fresh.store.append_all(import(), said).await.unwrap());
        }
        let mut reader = fresh.store.read().await.unwrap();
        for (after, expected) in [
            (Seq(0), "A 52 2024-05 90%, A 52 2024-06 unsaid, A 48 2024-06 unsaid"),
            (seqs[0], "A 52 2024-06 unsaid, A 48 2024-06 unsaid"),
            (seqs[1], ""),
        ] {
            let said = reader.measured_between(after, Seq::LATEST).await.unwrap();
            let said: Vec<String> = said
                .iter()
                .map(|one| {
                    let share = one.share.map_or("unsaid".to_owned(), |share| format!("{share}%"));
                    format!("{} {} {} {share}", one.indicator, one.unit, one.period)
                })
                .collect();
            assert_eq!(said.join(", "), expected);
        }
    });
}
