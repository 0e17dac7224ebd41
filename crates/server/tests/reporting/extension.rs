//! A later deadline: asked for by a body, answered by the ministry, and followed by everything that says when a form is due.

use serde_json::json;

use crate::ministry::on_each;

#[test]
fn a_later_deadline_is_asked_for_and_agreed_to_and_everything_follows_it() {
    on_each(async |ministry| {
        let (enterer, reviewer) = (ministry.person("nhap.52"), ministry.person("bo.duyet"));
        let form = enterer.open("52", "2024-07").await;
        let due = "2024-08-08T17:00:00+07:00";
        let seen = enterer.get(&form).await.ok();
        assert_eq!((&seen["due"], &seen["can"]["ask_extension"]), (&json!(due), &json!(true)));
        assert_eq!(seen["extension"]["asked"], json!(null));

        let asked = json!({"until": "2024-08-13", "reason": "Bưu điện tỉnh chưa gửi số liệu"});
        let ask = format!("{form}/extension");
        let waiting = enterer.post_once("k", &ask, asked.clone()).await.ok();
        assert_eq!(
            (&waiting["extension"]["asked"], &waiting["due"]),
            (&json!("2024-08-13"), &json!(due))
        );
        assert_eq!(waiting["extension"]["reason"], asked["reason"]);
        assert!(enterer.post_once("k", &ask, asked).await.replayed);

        // The reviewer of all of the form hears of it, and answers; one of a part may not.
        let work = reviewer.get("/work").await.ok();
        let item =
            &work["items"].as_array().unwrap().iter().find(|one| one["kind"] == "extend").unwrap();
        assert!(
            item["title_vi"].as_str().unwrap().contains("đề nghị gia hạn đến 13/8/2024"),
            "{item}"
        );
        let notices = reviewer.get("/notices").await.ok();
        assert!(
            notices["notices"][0]["text_en"].as_str().unwrap().contains("13 August 2024"),
            "{notices}"
        );
        ministry
            .person("bo.duyet.bc")
            .post(&format!("{ask}/grant"), json!({}))
            .await
            .refused(403, "forbidden");
        let granted = reviewer.post(&format!("{ask}/grant"), json!({})).await.ok();
        assert_eq!(granted["due"], "2024-08-13T17:00:00+07:00");
        assert_eq!(
            (&granted["extension"]["granted"], &granted["extension"]["by_rule"]),
            (&json!("2024-08-13"), &json!(due))
        );
        reviewer.post(&format!("{ask}/grant"), json!({})).await.refused(409, "nothing_asked");

        let told = enterer.get("/notices").await.ok();
        assert!(
            told["notices"][0]["text_vi"]
                .as_str()
                .unwrap()
                .starts_with("Bộ đồng ý gia hạn đến 13/8/2024")
        );
        let work = enterer.get("/work").await.ok();
        assert_eq!(work["items"][0]["due"], "2024-08-13T17:00:00+07:00");
        let rows = reviewer.get("/completeness?template=SO-THANG&period=2024-07").await.ok();
        let row = rows["rows"].as_array().unwrap().iter().find(|row| row["body"] == "52").unwrap();
        assert_eq!(row["due"], "2024-08-13T17:00:00+07:00");
        let moves: Vec<&str> = granted["moves"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["move"].as_str().unwrap())
            .collect();
        assert_eq!(moves, ["extension_ask", "extension_grant"]);
    });
}

#[test]
fn a_later_deadline_is_refused_for_a_reason_and_bad_days_are_named() {
    on_each(async |ministry| {
        let (enterer, reviewer) = (ministry.person("nhap.52"), ministry.person("bo.duyet"));
        let form = enterer.open("52", "2024-07").await;
        let ask = format!("{form}/extension");
        for (until, reason, status, code) in [
            ("13/8/2024", "x", 400, "bad_parameter"),
            ("2024-08-08", "x", 422, "not_later"),
            ("2024-08-10", "x", 422, "not_a_working_day"),
            ("2024-12-31", "x", 422, "too_far"),
            ("2024-08-13", " ", 409, "reason_missing"),
        ] {
            let before = ministry.head();
            let refused = enterer
                .post(&ask, json!({"until": until, "reason": reason}))
                .await
                .refused(status, code);
            if code != "reason_missing" {
                assert_eq!(refused["at"]["column"], "until", "{refused}");
            }
            assert_eq!(ministry.head(), before, "{code} changes nothing");
        }
        let later = json!({"until": "2024-08-13", "reason": "x"});
        ministry.person("nhap.48").post(&ask, later.clone()).await.refused(404, "not_found");
        reviewer.post(&ask, later.clone()).await.refused(403, "forbidden");

        enterer.post(&ask, later).await.ok();
        reviewer
            .post(&format!("{ask}/refuse"), json!({"reason": ""}))
            .await
            .refused(409, "reason_missing");
        let refused = reviewer
            .post(&format!("{ask}/refuse"), json!({"reason": "Đã nhắc từ tuần trước"}))
            .await
            .ok();
        assert_eq!(refused["due"], "2024-08-08T17:00:00+07:00");
        assert_eq!(refused["extension"]["asked"], json!(null));
        let told = enterer.get("/notices").await.ok();
        assert!(
            told["notices"][0]["text_vi"].as_str().unwrap().starts_with("Bộ không đồng ý gia hạn")
        );
    });
}
