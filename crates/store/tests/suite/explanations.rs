//! Explanations: steps are only added, and a thread is found by whom and what it is about.

use jiff::civil::date;
use model::{BodyCode, IndicatorCode, Period, PersonId, UnitCode};
use store::{ExplanationFilter, NewStep, Number, StoreError};
use workflow::beside::Cause;
use workflow::explanation::{Answer, Outcome, Standing, Step};

use crate::databases::on_each;
use crate::people::new;

/// What the ministry asks of Bình Định.
pub fn asked(actor: PersonId) -> (BodyCode, Number, NewStep) {
    let number = Number {
        indicator: IndicatorCode::parse("CDS.HOSO_TT").unwrap(),
        unit: UnitCode::parse("52").unwrap(),
        period: Period::parse("2024-07").unwrap(),
    };
    let step = NewStep {
        step: Step::Ask,
        actor,
        words: "Đề nghị giải trình phần chênh lệch.".to_owned(),
        due: Some(date(2024, 8, 5)),
        cause: None,
        answer: None,
        outcome: None,
    };
    (BodyCode::parse("52").unwrap(), number, step)
}

#[test]
fn what_was_asked_and_explained_comes_back_step_by_step() {
    on_each(async |fresh| {
        let written = fresh.store.write(None, |tx| {
            Box::pin(async move {
                let person = tx.add_account(&new("bo.duyet", vec![])).await?;
                let (body, number, ask) = asked(person);
                let id = tx.add_explanation(&body, &number, date(2024, 8, 12), &ask).await?;
                let other = Number { unit: UnitCode::parse("48").unwrap(), ..number };
                tx.add_explanation(&BodyCode::parse("48").unwrap(), &other, date(2024, 8, 9), &ask)
                    .await?;
                Ok::<_, StoreError>((id, person.0))
            })
        });
        let (id, person) = written.await.unwrap().value;
        let person = PersonId(person);
        let steps = [
            (Standing::Asked, Step::Prepare, None, Some((Cause::Timing, Answer::Objection)), None),
            (
                Standing::Explained,
                Step::Explain,
                None,
                Some((Cause::Timing, Answer::Correction)),
                None,
            ),
            (Standing::Asked, Step::AskAgain, Some(date(2024, 8, 20)), None, None),
            (Standing::Closed, Step::Close, None, None, Some(Outcome::Corrected)),
        ];
        for (number, (standing, step, due, said, outcome)) in steps.into_iter().enumerate() {
            let new = NewStep {
                step,
                actor: person,
                words: format!("bước {number}"),
                due,
                cause: said.map(|(cause, _)| cause),
                answer: said.map(|(_, answer)| answer),
                outcome,
            };
            let expected = new.clone();
            let written = fresh.store.write(None, move |tx| {
                Box::pin(async move {
                    let filter = ExplanationFilter { id: Some(id), ..ExplanationFilter::default() };
                    let before = tx.explanations(&filter).await?.pop().expect("it was begun");
                    tx.move_explanation(&before, standing, &new).await
                })
            });
            written.await.unwrap();
            let mut reader = fresh.store.read().await.unwrap();
            let filter = ExplanationFilter { id: Some(id), ..ExplanationFilter::default() };
            let now = reader.explanations(&filter).await.unwrap().pop().unwrap();
            assert_eq!(
                (now.standing, now.outcome, now.steps.len()),
                (standing, outcome, number + 2)
            );
            assert_eq!(now.due, if number < 2 { date(2024, 8, 12) } else { date(2024, 8, 20) });
            let last = now.steps.last().unwrap();
            assert_eq!((&last.what, last.actor_name.as_str()), (&expected, "Người bo.duyet"));
        }
        let mut reader = fresh.store.read().await.unwrap();
        for (filter, found) in [
            (ExplanationFilter::default(), 2),
            (ExplanationFilter { is_open: true, ..ExplanationFilter::default() }, 1),
            (
                ExplanationFilter {
                    body: BodyCode::parse("52").ok(),
                    ..ExplanationFilter::default()
                },
                1,
            ),
            (
                ExplanationFilter {
                    body: BodyCode::parse("01").ok(),
                    ..ExplanationFilter::default()
                },
                0,
            ),
            (
                ExplanationFilter {
                    unit: UnitCode::parse("48").ok(),
                    ..ExplanationFilter::default()
                },
                1,
            ),
            (
                ExplanationFilter {
                    period: Period::parse("2024-07").ok(),
                    ..ExplanationFilter::default()
                },
                2,
            ),
            (
                ExplanationFilter {
                    period: Period::parse("2024-06").ok(),
                    ..ExplanationFilter::default()
                },
                0,
            ),
            (
                ExplanationFilter {
                    indicator: IndicatorCode::parse("CDS.HOSO").ok(),
                    ..ExplanationFilter::default()
                },
                0,
            ),
        ] {
            assert_eq!(reader.explanations(&filter).await.unwrap().len(), found, "{filter:?}");
        }
    });
}
