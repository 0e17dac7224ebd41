//! What accounts are lent by others, and the inventory of report duties in its versions.

use jiff::civil::date;
use model::{BodyCode, PersonId, UnitKind};
use store::{NewAccount, StaleInventory, Store, StoreError, WriteError};
use workflow::burden::Duty;
use workflow::delegation::Delegation;
use workflow::template::Assigned;
use workflow::{Grant, Language, TemplateCode};

use crate::databases::*;

fn body(code: &str) -> BodyCode {
    BodyCode::parse(code).unwrap()
}

async fn add(store: &Store, login: &str, grants: Vec<Grant>) -> PersonId {
    let new = NewAccount {
        login: login.to_owned(),
        name: format!("Người {login}"),
        email: None,
        password: None,
        lang: Language::Vietnamese,
        grants,
    };
    let added: Result<_, WriteError<StoreError>> =
        store.write(None, |tx| Box::pin(async move { Ok(tx.add_account(&new).await?.0) })).await;
    PersonId(added.unwrap().value)
}

/// The roles of an account on a day of August 2024.
async fn roles(store: &Store, login: &str, day: i8) -> String {
    let account = store.read().await.unwrap().account_by_login(login).await.unwrap().unwrap();
    let actor = account.actor_on(date(2024, 8, day));
    let roles = actor.grants.iter().map(|grant| grant.role().code());
    roles.collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_lent_holds_on_its_days_until_it_is_ended_or_the_giver_is_gone() {
    on_each(async |fresh| {
        let store = &fresh.store;
        let head = vec![
            Grant::Head { body: body("52") },
            Grant::Head { body: body("48") },
            Grant::Analyst,
        ];
        let giver = add(store, "ky", head).await;
        let deputy =
            add(store, "nhap", vec![Grant::Enterer { body: body("52"), sectors: vec![] }]).await;
        let (first_day, last_day) = (date(2024, 8, 5), date(2024, 8, 9));
        let lent =
            Delegation { giver, deputy, body: body("52"), first_day, last_day, is_ended: false };
        let add = {
            let lent = lent.clone();
            store.write(None, move |tx| {
                Box::pin(async move { tx.add_delegation(&lent, "Đi công tác").await })
            })
        };
        let added: Result<_, WriteError<StoreError>> = add.await;
        let id = added.unwrap().value;
        for (day, expected) in
            [(4, "enterer"), (5, "enterer head"), (9, "enterer head"), (10, "enterer")]
        {
            assert_eq!(roles(store, "nhap", day).await, expected, "{day}");
        }
        assert_eq!(roles(store, "ky", 5).await, "head head analyst");
        let made = store.read().await.unwrap().delegations(Some(&body("52"))).await.unwrap();
        assert_eq!((&made[0].what, &*made[0].giver_name), (&lent, "Người ky"));
        assert_eq!(store.read().await.unwrap().delegations(Some(&body("48"))).await.unwrap(), []);

        // Somebody who can no longer sign in lends nothing.
        let disable = |disabled: bool| {
            store.write(None, move |tx| {
                Box::pin(async move {
                    let account = tx.account(giver).await?.unwrap();
                    tx.update_account(&store::Account { disabled, ..account }).await
                })
            })
        };
        let done: Result<_, WriteError<StoreError>> = disable(true).await;
        done.unwrap();
        assert_eq!(roles(store, "nhap", 5).await, "enterer");
        let done: Result<_, WriteError<StoreError>> = disable(false).await;
        done.unwrap();
        assert_eq!(roles(store, "nhap", 5).await, "enterer head");

        let end = || {
            store.write(None, move |tx| Box::pin(async move { tx.end_delegation(id, giver).await }))
        };
        let ended: Result<_, WriteError<StoreError>> = end().await;
        assert!(ended.unwrap().value);
        let again: Result<_, WriteError<StoreError>> = end().await;
        assert!(!again.unwrap().value, "it was ended before");
        assert_eq!(roles(store, "nhap", 5).await, "enterer");
        let made = store.read().await.unwrap().delegations(None).await.unwrap();
        assert!(made[0].what.is_ended && made[0].ended_at.is_some(), "nothing is taken out");
    });
}

fn duty(name: &str) -> Duty {
    Duty {
        name: name.to_owned(),
        asked_by: "Vụ Bưu chính".to_owned(),
        legal_basis: "Thông tư 02/2023/TT-BTTTT".to_owned(),
        of: Assigned::Kind(UnitKind::Province),
        times_a_year: 12,
        cells: 20,
        first_cells: Some(5),
        replaced_by: Some(TemplateCode::parse("SO-THANG").unwrap()),
        source: "Báo cáo sơ kết".to_owned(),
        is_synthetic: true,
    }
}

#[test]
fn an_inventory_takes_the_place_of_the_one_that_was_seen_and_all_are_kept() {
    on_each(async |fresh| {
        let store = &fresh.store;
        let bare = Duty {
            legal_basis: String::new(),
            first_cells: None,
            replaced_by: None,
            source: String::new(),
            is_synthetic: false,
            ..duty("B")
        };
        let import = |duties: Vec<Duty>, seen: u32| {
            store.write(None, move |tx| {
                Box::pin(async move { tx.define_inventory(&duties, seen, None).await })
            })
        };
        assert_eq!(store.read().await.unwrap().inventory().await.unwrap(), None);
        assert_eq!(import(vec![duty("A")], 0).await.unwrap().value, 1);
        for seen in [0, 2] {
            let refused = import(vec![bare.clone()], seen).await.unwrap_err();
            assert!(matches!(refused, WriteError::Refused(StaleInventory::Other(1))), "{seen}");
        }
        assert_eq!(import(vec![duty("A"), bare.clone()], 1).await.unwrap().value, 2);
        let mut reader = store.read().await.unwrap();
        let last = reader.inventory().await.unwrap().unwrap();
        assert_eq!((last.version, last.duties), (2, vec![duty("A"), bare]));
        let first = reader.inventories(Some(1)).await.unwrap().pop().unwrap();
        assert_eq!((first.version, first.duties), (1, vec![duty("A")]));
        assert_eq!(reader.inventories(Some(7)).await.unwrap(), []);
        assert_eq!(reader.inventories(None).await.unwrap().len(), 2);
    });
}
