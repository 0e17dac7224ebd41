//! Cells that another office is asked for: by a link without an account, or by a file; taken or not by the body.

use model::{PersonId, SubmissionId};
use serde_json::{Value, json};
use store::NewHelp;
use workflow::CellKey;

use crate::ministry::{Ministry, Person, on_each, on_sqlite};
use crate::spreadsheet::filled;

const REVENUE: &str = "BC/BC.DOANHTHU/this";
const BEFORE: &str = "BC/BC.DOANHTHU/previous";
const PARCELS: &str = "BC/BC.BUUGUI/this";
const RESULTS: &str = "LOI/KETQUA/text";

/// Bình Định asks the statistics office for cells; answers the form, the request and the link.
async fn ask(enterer: Person<'_>, cells: &[&str]) -> (String, String, String) {
    let form = enterer.open("52", "2024-07").await;
    let asked =
        json!({"office": " Cục Thống kê  Bình Định", "cells": cells, "note": "Số liệu 31/7."});
    let made = enterer.post(&format!("{form}/help"), asked).await.ok();
    let (_, link) = made["link"].as_str().unwrap().rsplit_once('/').unwrap();
    let help = format!("{form}/help/{}", made["made"].as_str().unwrap());
    (form, help, format!("/help/{link}"))
}

fn named() -> Value {
    json!({"sender_name": "Lê Mai", "sender_office": "Cục Thống kê Bình Định"})
}

/// `waiting`, or `settled`, of the newest request.
fn state(list: &Value) -> &str {
    list["requests"][0]["state"].as_str().unwrap()
}

fn cell<'a>(cells: &'a Value, key: &str) -> &'a Value {
    let mut cells = cells.as_array().unwrap().iter();
    cells.find(|one| one["cell"] == key).unwrap_or_else(|| panic!("{key} is not there"))
}

#[test]
fn an_office_without_an_account_answers_and_the_body_takes_what_it_wants() {
    on_each(async |ministry| {
        let (enterer, stranger) = (ministry.person("nhap.52"), ministry.stranger());
        let (form, help, link) = ask(enterer, &[REVENUE, BEFORE, PARCELS, RESULTS]).await;
        enterer
            .write(&form, "BC/BC.DOANHTHU/this=120,5 | Tăng do mưa.\nVT/VT.DOANHTHU/this=7")
            .await;
        let list = enterer.get(&format!("{form}/help")).await.ok();
        assert_eq!(state(&list), "waiting");
        // Due on Thursday 8 August 2024: two working days are left to look.
        assert_eq!(list["requests"][0]["until"], "2024-08-06T17:00:00+07:00");
        assert_eq!(list["requests"][0]["office"], "Cục Thống kê Bình Định");

        // What is asked, and nothing that stands in the form.
        let page = stranger.get(&link).await.ok();
        let shown: Vec<&Value> = page["sections"].as_array().unwrap().iter().collect();
        assert_eq!(shown.len(), 2);
        let cells = &page["sections"][0]["cells"];
        assert_eq!(cells.as_array().unwrap().len(), 3);
        let revenue = cell(cells, REVENUE);
        assert_eq!(
            (&revenue["unit_vi"], &revenue["value"], &revenue["comment"]),
            (&json!("tỷ đồng"), &Value::Null, &Value::Null)
        );
        assert_eq!(revenue["estimated"], true);
        assert_eq!(cell(cells, BEFORE)["estimated"], false);
        assert!(!revenue["definition_vi"].as_str().unwrap().is_empty());
        assert!(!page.to_string().contains("120.5"), "{page}");

        // It is kept and gone on with, under the rules of typing, and unseen by the body.
        let typed = json!({"cells": [{"cell": REVENUE, "text": "1.234,5"}, {"cell": RESULTS, "text": "Tăng."}]});
        let saved = stranger.patch(&link, typed).await.ok();
        assert_eq!(cell(&saved["sections"][0]["cells"], REVENUE)["value"], "1234.5");
        let english = json!({"cells": [{"cell": PARCELS, "text": "1.5", "comment": "Sơ bộ."}], "sender_name": "Lê Mai"});
        let path = format!("{link}?lang=en");
        assert_eq!(stranger.patch(&path, english).await.ok()["sender_name"], "Lê Mai");
        let list = enterer.get(&format!("{form}/help")).await.ok();
        assert_eq!(cell(&list["requests"][0]["cells"], REVENUE)["value"], Value::Null);
        assert_eq!(list["requests"][0]["sender_name"], Value::Null);

        let thanks = stranger.post(&format!("{link}/send"), named()).await.ok();
        assert_eq!(cell(&thanks["sections"][0]["cells"], PARCELS)["value"], "1.5");
        let list = enterer.get(&format!("{form}/help")).await.ok();
        let request = &list["requests"][0];
        assert_eq!((state(&list), &request["sender_name"]), ("answered", &json!("Lê Mai")));
        let notices = enterer.get("/notices").await.ok();
        let told = notices["notices"][0]["text_vi"].as_str().unwrap();
        assert!(told.starts_with("Cục Thống kê Bình Định đã gửi số liệu"), "{told}");
        // It is among the work of whoever may take it, until all of it is decided on.
        let awaited = async |user: &str| -> Vec<Value> {
            let work = ministry.person(user).get("/work").await.ok();
            let items = work["items"].as_array().unwrap().iter();
            items.filter(|one| one["kind"] == "supplied").cloned().collect()
        };
        let waits = awaited("nhap.52").await;
        assert_eq!(waits.len(), 1, "{waits:?}");
        assert_eq!(waits[0]["count"], 3);
        let (number, request) =
            (form.rsplit_once('/').unwrap().1, help.rsplit_once('/').unwrap().1);
        assert_eq!(waits[0]["href"], format!("/nhap-lieu/{number}?nho={request}"));
        for user in ["ky.52", "nhap.48"] {
            assert_eq!(awaited(user).await, Vec::<Value>::new(), "{user}");
        }

        // Under the version that was seen; a later one is shown and not written over.
        let stale = json!({"cells": [{"cell": REVENUE, "version": 0}]});
        let accept = format!("{help}/accept");
        let refused = enterer.post(&accept, stale).await.refused(412, "stale_version");
        assert_eq!(refused["theirs"]["value"], "120.5");
        let seen =
            json!({"cells": [{"cell": REVENUE, "version": 1}, {"cell": PARCELS, "version": 0}]});
        enterer.post_once("7", &accept, seen.clone()).await.ok();
        assert!(enterer.post_once("7", &accept, seen).await.replayed);
        let saved = enterer.get(&form).await.ok();
        assert_eq!(cell(&saved["cells"], REVENUE)["value"], "1234.5");
        let credit = "Số liệu do Lê Mai, Cục Thống kê Bình Định cung cấp.";
        assert_eq!(cell(&saved["cells"], REVENUE)["comment"], format!("Tăng do mưa.\n{credit}"));
        assert_eq!(cell(&saved["cells"], PARCELS)["comment"], format!("Sơ bộ.\n{credit}"));

        let again = json!({"cells": [{"cell": REVENUE, "version": 2}]});
        let refused = enterer.post(&accept, again).await.refused(409, "nothing_waits");
        assert_eq!(refused["at"]["cell"], REVENUE);
        let decline = format!("{help}/decline");
        // What was not answered is not there to be declined.
        let refused = enterer.post(&decline, json!({"cells": [RESULTS, BEFORE]})).await;
        refused.refused(409, "nothing_waits");
        let list = enterer.post(&decline, json!({"cells": [RESULTS]})).await.ok();
        assert_eq!(state(&list), "settled");
        assert_eq!(awaited("nhap.52").await, Vec::<Value>::new());
        let text = enterer.get(&form).await.ok();
        assert!(!text["cells"].to_string().contains(RESULTS), "a declined answer changes nothing");

        // Every step is in the log.
        let log = ministry.person("kiemtoan").get("/audit?limit=20").await.ok().to_string();
        for kind in ["help_ask", "help_send", "help_accept", "help_decline"] {
            assert!(log.contains(kind), "{kind}: {log}");
        }
    });
}

#[test]
fn who_supplied_a_figure_stands_in_its_history_once_it_is_signed() {
    on_sqlite(async |ministry| {
        let (enterer, stranger) = (ministry.person("nhap.52"), ministry.stranger());
        let (form, help, link) = ask(enterer, &[REVENUE]).await;
        enterer.write(&form, crate::ministry::FILLED).await;
        let typed = json!({"cells": [{"cell": REVENUE, "text": "121"}]});
        stranger.patch(&link, typed).await.ok();
        stranger.post(&format!("{link}/send"), named()).await.ok();
        let seen = json!({"cells": [{"cell": REVENUE, "version": 1}]});
        enterer.post(&format!("{help}/accept"), seen).await.ok();
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        ministry.person("ky.52").post(&format!("{form}/sign"), json!({})).await.ok();
        let path = "/figure?indicator=BC.DOANHTHU&unit=52&period=2024-07";
        let figure = ministry.person("bo.phantich").get(path).await.ok().to_string();
        assert!(figure.contains("Số liệu do Lê Mai, Cục Thống kê Bình Định cung cấp."), "{figure}");
    });
}

#[test]
fn a_link_that_does_not_hold_says_the_same_whatever_the_reason() {
    on_each(async |ministry| {
        let (enterer, stranger) = (ministry.person("nhap.52"), ministry.stranger());
        let (form, help, withdrawn) = ask(enterer, &[REVENUE]).await;
        let list = enterer.post(&format!("{help}/withdraw"), json!({})).await.ok();
        assert_eq!(state(&list), "withdrawn");
        enterer.post(&format!("{help}/withdraw"), json!({})).await.refused(409, "nothing_waits");
        let (_, _, used) = ask(enterer, &[REVENUE]).await;
        let typed = json!({"cells": [{"cell": REVENUE, "text": "121"}]});
        stranger.patch(&used, typed.clone()).await.ok();
        stranger.post(&format!("{used}/send"), named()).await.ok();
        let expired = ministry.expired_help(&form).await;
        assert_eq!(state(&enterer.get(&format!("{form}/help")).await.ok()), "expired");

        let mut said: Vec<Value> = vec![];
        let unknown = "/help/bm8gc3VjaCBsaW5r".to_owned();
        for link in [&withdrawn, &used, &expired, &unknown] {
            said.push(stranger.get(link).await.refused(410, "closed_link"));
        }
        for link in [&withdrawn, &used, &expired] {
            said.push(stranger.patch(link, typed.clone()).await.refused(410, "closed_link"));
            let sent = stranger.post(&format!("{link}/send"), named()).await;
            said.push(sent.refused(410, "closed_link"));
            let file = stranger.get(&format!("{link}/form.xlsx")).await;
            said.push(file.refused(410, "closed_link"));
        }
        said.dedup();
        assert_eq!(said.len(), 1, "{said:#?}");

        // Whoever goes on trying is sent away, and links that are good are not tried either.
        let (_, _, good) = ask(enterer, &[REVENUE]).await;
        for _ in 0..4 {
            stranger.get(&unknown).await.refused(410, "closed_link");
        }
        stranger.get(&unknown).await.refused(429, "too_many_tries");
        stranger.get(&good).await.refused(429, "too_many_tries");
    });
}

#[test]
fn what_is_wrong_is_named_and_nothing_is_changed() {
    on_sqlite(async |ministry| {
        let (enterer, stranger) = (ministry.person("nhap.52"), ministry.stranger());
        let form = enterer.open("52", "2024-07").await;
        let path = format!("{form}/help");
        let asked = |cells: Value, office: &str, until: Value| json!({"office": office, "cells": cells, "until": until});
        let null = Value::Null;
        for (body, status, code) in [
            (asked(json!([]), "Cục", null.clone()), 422, "empty"),
            (asked(json!([REVENUE]), " ", null.clone()), 422, "empty"),
            (asked(json!([REVENUE]), &"x".repeat(201), null.clone()), 422, "too_long"),
            (asked(json!(["BC/NONE/this"]), "Cục", null.clone()), 422, "unknown_cell"),
            (asked(json!([REVENUE, REVENUE]), "Cục", null.clone()), 422, "cell_twice"),
            (asked(json!([REVENUE]), "Cục", json!("mai")), 400, "bad_parameter"),
            (asked(json!([REVENUE]), "Cục", json!("2024-08-01")), 422, "day_is_over"),
            (asked(json!([REVENUE]), "Cục", json!("2024-12-01")), 422, "too_far"),
        ] {
            enterer.post(&path, body.clone()).await.refused(status, code);
        }
        for (who, status, code) in [
            ("nhap.48", 404, "not_found"),
            ("ky.52", 403, "forbidden"),
            ("bo.duyet", 403, "forbidden"),
        ] {
            let body = asked(json!([REVENUE]), "Cục", null.clone());
            ministry.person(who).post(&path, body).await.refused(status, code);
        }
        ministry.person("nhap.48").get(&path).await.refused(404, "not_found");
        assert_eq!(enterer.get(&path).await.ok()["requests"], json!([]));

        let (_, help, link) = ask(enterer, &[REVENUE, PARCELS]).await;
        for (cells, code) in [
            (json!([{"cell": REVENUE, "text": "1.5"}]), "ambiguous_number"),
            (
                json!([{"cell": PARCELS, "text": "7"}, {"cell": REVENUE, "text": "nhiều"}]),
                "not_a_number",
            ),
            (json!([{"cell": "VT/VT.DOANHTHU/this", "text": "7"}]), "unknown_cell"),
            (json!([{"cell": REVENUE, "text": "7"}, {"cell": REVENUE, "text": "8"}]), "cell_twice"),
            (json!([{"cell": REVENUE, "text": "1,23456789"}]), "too_many_decimals"),
        ] {
            let refused = stranger.patch(&link, json!({"cells": cells})).await.refused(422, code);
            assert!(refused["at"]["cell"].is_string(), "{refused}");
        }
        let page = stranger.get(&link).await.ok();
        assert_eq!(cell(&page["sections"][0]["cells"], PARCELS)["value"], Value::Null);
        stranger.post(&format!("{link}/send"), named()).await.refused(422, "empty");
        stranger.patch(&link, json!({"cells": [{"cell": REVENUE, "text": "7"}]})).await.ok();
        let nobody = json!({"sender_name": " ", "sender_office": "Cục"});
        let refused = stranger.post(&format!("{link}/send"), nobody).await.refused(422, "empty");
        assert_eq!(refused["at"]["column"], "sender_name");
        // Nothing is there to take before it is sent, and nothing of another form.
        let seen = json!({"cells": [{"cell": REVENUE, "version": 0}]});
        enterer.post(&format!("{help}/accept"), seen.clone()).await.refused(409, "nothing_waits");
        let june = enterer.open("52", "2024-06").await;
        let (_, id) = help.rsplit_once('/').unwrap();
        let of_another = format!("{june}/help/{id}/accept");
        enterer.post(&of_another, seen.clone()).await.refused(404, "not_found");
        // Once the form is on its way, nothing is taken into it.
        stranger.post(&format!("{link}/send"), named()).await.ok();
        enterer.write(&form, crate::ministry::FILLED).await;
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        let seen = json!({"cells": [{"cell": REVENUE, "version": 1}]});
        enterer.post(&format!("{help}/accept"), seen).await.refused(423, "locked");
        let body = asked(json!([REVENUE]), "Cục", null);
        enterer.post(&path, body).await.refused(423, "locked");
    });
}

#[test]
fn the_cells_go_out_and_come_back_as_a_spreadsheet_too() {
    on_each(async |ministry| {
        let (enterer, stranger) = (ministry.person("nhap.52"), ministry.stranger());
        let (form, help, link) = ask(enterer, &[BEFORE, PARCELS, RESULTS]).await;
        enterer.write(&form, "BC/BC.DOANHTHU/this=120,5\nBC/BC.BUUGUI/this=9,75").await;
        let sheet = format!("{link}/form.xlsx");
        let file = stranger.download(&sheet).await;
        let found = document::workbook::read(&file).unwrap();
        let cells: Vec<&str> = found.map.cells.iter().map(|one| one.cell.as_str()).collect();
        assert_eq!(cells, [BEFORE, PARCELS, RESULTS]);
        assert!(found.map.cells.iter().all(|one| one.value.is_empty()), "nothing of the form");

        // What is uploaded at the link is not sent yet, and goes on where it was.
        let changed = filled(&file, "BC/BC.BUUGUI/this: 3.25\nLOI/KETQUA/text: “Tăng.”");
        let page = stranger.upload(&sheet, &changed, None).await.ok();
        assert_eq!(cell(&page["sections"][0]["cells"], PARCELS)["value"], "3.25");
        let wrong = filled(&file, "BC/BC.BUUGUI/this: “1.5”");
        let refused = stranger.upload(&sheet, &wrong, None).await.refused(422, "findings");
        assert_eq!(refused["findings"][0]["code"], "ambiguous_number");
        stranger.upload(&sheet, &file, None).await.ok();

        // A file of one is none of the other.
        let whole = enterer.download(&format!("{form}/form.xlsx")).await;
        stranger.upload(&sheet, &whole, None).await.refused(422, "foreign_form");
        let own = format!("{form}/form.xlsx");
        enterer.upload(&own, &changed, None).await.refused(422, "foreign_form");
        let (_, other, _) = ask(enterer, &[PARCELS]).await;
        let back = format!("{other}/form.xlsx?name=Mai");
        enterer.upload(&back, &changed, None).await.refused(422, "foreign_form");

        // By hand: the body sends the file out and puts in what came back.
        let out = enterer.download(&format!("{other}/form.xlsx")).await;
        enterer.upload(&back, &out, None).await.refused(422, "empty");
        let nameless = format!("{other}/form.xlsx?name=");
        let filled = filled(&out, "BC/BC.BUUGUI/this: 4.5");
        enterer.upload(&nameless, &filled, None).await.refused(422, "empty");
        ministry.person("nhap.48").upload(&back, &filled, None).await.refused(404, "not_found");
        let list = enterer.upload(&back, &filled, Some("9")).await.ok();
        assert_eq!(state(&list), "answered");
        let request = &list["requests"][0];
        assert_eq!(
            (&request["sender_name"], &request["sender_office"]),
            (&json!("Mai"), &json!("Cục Thống kê Bình Định"))
        );
        assert_eq!(cell(&request["cells"], PARCELS)["value"], "4.5");
        enterer.upload(&back, &filled, None).await.refused(409, "nothing_waits");
        let seen = json!({"cells": [{"cell": PARCELS, "version": 1}]});
        enterer.post(&format!("{other}/accept"), seen).await.ok();
        assert_eq!(cell(&enterer.get(&form).await.ok()["cells"], PARCELS)["value"], "4.5");
        assert!(enterer.get(&help).await.status == 404);
    });
}

impl Ministry {
    /// A request with a link whose time is over.
    async fn expired_help(&self, form: &str) -> String {
        let (_, id) = form.rsplit_once('/').unwrap();
        let submission = SubmissionId(id.parse().unwrap());
        let (secret, token_hash) = server::auth::new_secret();
        let made = self.app.store.write(None, move |tx| {
            Box::pin(async move {
                let cells = vec![CellKey::parse(REVENUE).unwrap()];
                let expires_at = "2024-08-01T00:00:00Z".parse().unwrap();
                let (office, note, asked_by) = ("Cục Thống kê".to_owned(), None, PersonId(1));
                tx.add_help(&NewHelp {
                    submission,
                    token_hash,
                    office,
                    note,
                    asked_by,
                    expires_at,
                    cells,
                })
                .await
            })
        });
        made.await.unwrap();
        format!("/help/{secret}")
    }
}
