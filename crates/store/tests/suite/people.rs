//! Accounts, sessions, tokens and links; what waits for people.

use model::{BodyCode, Period, PersonId, Sector};
use store::{Account, NewAccount, Store, StoreError, WriteError};
use workflow::{Grant, Language, TemplateCode};

use crate::databases::*;

pub fn new(login: &str, grants: Vec<Grant>) -> NewAccount {
    NewAccount {
        login: login.to_owned(),
        name: format!("Người {login}"),
        email: Some(format!("{login}@example.vn")),
        password: Some("$argon2id$…".to_owned()),
        lang: Language::English,
        grants,
    }
}

/// Runs a command that cannot refuse.
macro_rules! write {
    ($store:expr, |$tx:ident| $body:expr) => {{
        let written: Result<_, WriteError<StoreError>> =
            $store.write(None, move |$tx| Box::pin(async move { $body })).await;
        written.unwrap().value
    }};
}

async fn account(store: &Store, login: &str) -> Account {
    store.read().await.unwrap().account_by_login(login).await.unwrap().unwrap()
}

#[test]
fn an_account_comes_back_with_what_it_is_trusted_with() {
    on_each(async |fresh| {
        let store = &fresh.store;
        let body = BodyCode::parse("52").unwrap();
        let grants = vec![
            Grant::Enterer { body: body.clone(), sectors: vec![Sector::Post, Sector::Press] },
            Grant::Head { body },
            Grant::Reviewer { sectors: vec![Sector::Telecoms] },
            Grant::Auditor,
        ];
        let (first, second) =
            (new("nhap.52", grants.clone()), new("bo.quantri", vec![Grant::Admin]));
        write!(store, |tx| {
            tx.add_account(&first).await?;
            tx.add_account(&second).await.map(drop)
        });
        let mut found = account(store, "nhap.52").await;
        assert_eq!(
            (found.id, &found.grants, found.lang),
            (PersonId(1), &grants, Language::English)
        );
        assert_eq!(store.read().await.unwrap().account_by_login("nobody").await.unwrap(), None);

        found.failures = 5;
        found.locked_until = Some(time("2024-08-05T08:15:00+07:00"));
        found.disabled = true;
        found.password = None;
        found.grants = vec![Grant::Analyst];
        let changed = found.clone();
        write!(store, |tx| {
            tx.update_account(&changed).await?;
            tx.set_grants(changed.id, &changed.grants).await
        });
        assert_eq!(store.read().await.unwrap().account(found.id).await.unwrap(), Some(found));
        let everybody = store.read().await.unwrap().accounts().await.unwrap();
        assert_eq!(
            everybody.iter().map(|one| one.login.as_str()).collect::<Vec<_>>(),
            ["nhap.52", "bo.quantri"]
        );
        assert_eq!(everybody[1].grants, [Grant::Admin]);
    });
}

#[test]
fn nobody_else_signs_in_with_the_same_name() {
    on_each(async |fresh| {
        let first = new("nhap.52", vec![]);
        let second = first.clone();
        write!(&fresh.store, |tx| tx.add_account(&first).await.map(|id| id.0));
        let again: Result<_, WriteError<StoreError>> = fresh
            .store
            .write(None, move |tx| {
                Box::pin(async move { tx.add_account(&second).await.map(|id| id.0) })
            })
            .await;
        assert!(matches!(again, Err(WriteError::Refused(StoreError::Database(_)))));
        fresh.store.check_health().await.unwrap();
    });
}

#[test]
fn sessions_tokens_and_links_end_when_they_should() {
    on_each(async |fresh| {
        let store = &fresh.store;
        let person = PersonId(1);
        let (noon, one) = (time("2024-08-05T12:00:00+07:00"), time("2024-08-05T13:00:00+07:00"));
        let account = new("nhap.52", vec![]);
        write!(store, |tx| {
            tx.add_account(&account).await?;
            tx.add_session("s1", person, noon).await?;
            tx.add_session("s2", person, noon).await?;
            tx.extend_session("s2", one).await?;
            tx.add_api_token(person, "cổng dữ liệu", "t1", None).await?;
            tx.add_api_token(person, "thử", "t2", Some(noon)).await?;
            tx.add_reset_link(person, "r0", noon).await?;
            tx.add_reset_link(person, "r1", noon).await
        });
        let mut reader = store.read().await.unwrap();
        for (hash, now, good) in [
            ("s1", time(START), true),
            ("s1", noon, false),
            ("s2", noon, true),
            ("s3", noon, false),
        ] {
            assert_eq!(reader.session(hash, now).await.unwrap().is_some(), good, "{hash}");
        }
        for (hash, now, good) in [("t1", one, true), ("t2", time(START), true), ("t2", noon, false)]
        {
            assert_eq!(reader.api_token(hash, now).await.unwrap().is_some(), good, "{hash}");
        }
        assert_eq!(reader.api_tokens(person).await.unwrap().len(), 2);
        assert_eq!(reader.reset_link("r0").await.unwrap(), None, "a new link ends the one before");
        assert!(reader.reset_link("r1").await.unwrap().is_some());
        let used = write!(store, |tx| {
            let first = tx.use_reset_link("r1").await?;
            let second = tx.use_reset_link("r1").await?;
            let removed = tx.remove_api_token(person, 1).await?;
            tx.end_session("s1").await?;
            Ok((first, second, removed, tx.remove_api_token(PersonId(2), 2).await?))
        });
        assert_eq!(used, (true, false, true, false));
        fresh.clock.set("2024-08-05T12:30:00+07:00");
        write!(store, |tx| tx.end_sessions_of(person).await);
        assert_eq!(reader.session("s2", noon).await.unwrap(), None);
    });
}

#[test]
fn notices_reasons_reminders_and_settings_are_kept() {
    on_each(async |fresh| {
        let store = &fresh.store;
        let person = PersonId(1);
        let account = new("nhap.52", vec![]);
        let (template, body) =
            (TemplateCode::parse("SO-THANG").unwrap(), BodyCode::parse("52").unwrap());
        let (july, form) = (Period::parse("2024-07").unwrap(), template.clone());
        write!(store, |tx| {
            tx.add_account(&account).await?;
            tx.add_notice(person, "Đã trả lại", "Returned", "/nhap-lieu/1").await?;
            tx.add_notice(person, "Đến hạn", "Due", "/nhap-lieu/1").await?;
            tx.read_notices(person, &[1]).await?;
            tx.add_return_reason(person, "Sai đơn vị tính").await?;
            tx.add_return_reason(person, "Thiếu thuyết minh").await?;
            assert!(!tx.remove_return_reason(PersonId(2), 1).await?);
            assert!(tx.remove_return_reason(person, 1).await?);
            tx.add_reminder(&form, july, &body, Some(person)).await?;
            tx.add_reminder(&form, july, &body, None).await?;
            tx.reminder_mailed(1).await?;
            tx.set_setting("demonstration", "no").await?;
            tx.set_setting("demonstration", "yes").await
        });
        let mut reader = store.read().await.unwrap();
        let notices = reader.notices(person, 10).await.unwrap();
        let shown: Vec<_> =
            notices.iter().map(|one| (one.text_vi.as_str(), one.read_at.is_some())).collect();
        assert_eq!(shown, [("Đến hạn", false), ("Đã trả lại", true)]);
        let reasons = reader.return_reasons(person).await.unwrap();
        assert_eq!(
            reasons.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(),
            ["Thiếu thuyết minh"]
        );
        assert_eq!(reader.reminders(&template, july).await.unwrap().len(), 2);
        let waiting = reader.reminders_to_mail().await.unwrap();
        assert_eq!(
            waiting.iter().map(|one| (one.id, one.sent_by)).collect::<Vec<_>>(),
            [(2, None)]
        );
        assert_eq!(reader.setting("demonstration").await.unwrap().as_deref(), Some("yes"));
        assert_eq!(reader.setting("other").await.unwrap(), None);
    });
}
