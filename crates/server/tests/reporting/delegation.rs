//! Ký thay: a deputy does within some days what the one who is away may do, and everything says for whom.

use serde_json::{Value, json};
use server::reminders::remind_of_deadlines;

use crate::ministry::{FILLED, Ministry, on_each};

async fn number_of(ministry: &Ministry, user: &str) -> String {
    let accounts = ministry.person("bo.quantri").get("/accounts").await.ok();
    let accounts = accounts["accounts"].as_array().unwrap();
    let one = accounts.iter().find(|one| one["user"] == user).unwrap();
    one["id"].as_str().unwrap().to_owned()
}

async fn wanted(ministry: &Ministry, deputy: &str, days: (&str, &str)) -> Value {
    let deputy = number_of(ministry, deputy).await;
    let (first, last) = days;
    json!({"deputy": deputy, "body": "52", "first_day": first, "last_day": last, "reason": "Đi công tác"})
}

#[test]
fn a_deputy_signs_for_the_head_within_the_days_and_the_form_and_the_log_say_so() {
    on_each(async |ministry| {
        let (enterer, head) = (ministry.person("nhap.52"), ministry.person("ky.52"));
        let form = enterer.open("52", "2024-07").await;
        enterer.write(&form, FILLED).await;
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        enterer.post(&format!("{form}/sign"), json!({})).await.refused(403, "forbidden");

        let asked = wanted(&ministry, "nhap.52", ("2024-08-05", "2024-08-09")).await;
        let made = head.post("/delegations", asked.clone()).await.ok();
        assert_eq!((&made["standing"], &made["may_end"]), (&json!("now"), &json!(true)));
        head.post("/delegations", asked).await.refused(422, "deputy_twice");
        let session = enterer.get("/session").await.ok();
        assert_eq!(session["person"]["acting_for"][0]["name"], made["giver_name"]);
        assert_eq!(enterer.get(&form).await.ok()["can"]["sign"], true);
        let sign = format!("{form}/sign");
        enterer.post(&sign, json!({"instead": "KY"})).await.refused(422, "not_one_of");
        let as_deputy = json!({"instead": "TUQ", "position": "Phó Giám đốc"});
        let signed = enterer.post(&sign, as_deputy).await.ok();
        assert_eq!(signed["state"], "signed");
        let last = signed["moves"].as_array().unwrap().last().unwrap();
        assert_eq!((&last["move"], &last["acting_for"]), (&json!("sign"), &made["giver_name"]));
        // On paper the office of the head stands below how the deputy stands in for it, with their own under it.
        let print = String::from_utf8(enterer.download(&format!("/print{form}")).await).unwrap();
        let at = |words: &str| print.find(words).unwrap_or_else(|| panic!("{words}: {print}"));
        let lines = ["TUQ. Thủ trưởng đơn vị", "Phó Giám đốc", "(Ký, họ và tên, đóng dấu)"];
        assert!(lines.map(at).is_sorted());
        // What is their own, they do for nobody.
        let submitted = signed["moves"].as_array().unwrap().iter();
        let submitted: Vec<&Value> = submitted.filter(|one| one["move"] == "submit").collect();
        assert!(submitted.iter().all(|one| one["acting_for"].is_null()), "{submitted:?}");
        let log = ministry.person("kiemtoan").get("/audit?body=52&limit=20").await.ok();
        let texts: Vec<&str> = log["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["text_vi"].as_str().unwrap())
            .collect();
        assert!(
            texts.iter().any(|text| text.contains("ký thay Giám đốc, Sở TT&TT Bình Định")),
            "{texts:?}"
        );
        assert!(texts.iter().any(|text| text.starts_with("Giao người làm thay")), "{texts:?}");

        // Ended: at once nothing is lent any more.
        let end = format!("/delegations/{}/end", made["id"].as_str().unwrap());
        ministry.person("nhap.48").post(&end, json!({})).await.refused(404, "not_found");
        let ended = ministry.person("bo.quantri").post(&end, json!({})).await.ok();
        assert_eq!(ended["standing"], "ended");
        ministry.person("bo.quantri").post(&end, json!({})).await.refused(409, "delegation_over");
        assert_eq!(enterer.get("/session").await.ok()["person"]["acting_for"], json!([]));
        enterer.post(&format!("{form}/sign"), json!({})).await.refused(403, "forbidden");
        let told = head.get("/notices").await.ok();
        assert!(
            told["notices"][0]["text_vi"].as_str().unwrap().starts_with("Đã kết thúc việc"),
            "{told}"
        );
    });
}

#[test]
fn what_was_lent_is_not_lent_on_and_is_for_its_days_only() {
    on_each(async |ministry| {
        let (enterer, head) = (ministry.person("nhap.52"), ministry.person("ky.52"));
        for (deputy, days, code) in [
            ("nhap.48", ("2024-08-05", "2024-08-09"), "deputy_of_another_body"),
            ("ky.52", ("2024-08-05", "2024-08-09"), "deputy_oneself"),
            ("nhap.52", ("2024-08-09", "2024-08-05"), "days_backwards"),
            ("nhap.52", ("2024-08-02", "2024-08-05"), "day_past"),
            ("nhap.52", ("2024-08-05", "2024-12-31"), "too_many_days"),
            ("nhap.52", ("hôm nay", "2024-08-05"), "bad_parameter"),
        ] {
            let asked = wanted(&ministry, deputy, days).await;
            let status = if code == "bad_parameter" { 400 } else { 422 };
            let refused = head.post("/delegations", asked).await.refused(status, code);
            assert!(refused["at"]["column"].is_string(), "{refused}");
        }
        let unknown = json!({"deputy": "999999", "body": "52", "first_day": "2024-08-05", "last_day": "2024-08-05", "reason": "x"});
        head.post("/delegations", unknown).await.refused(404, "unknown_account");
        let other = wanted(&ministry, "nhap.52", ("2024-08-05", "2024-08-05")).await;
        ministry
            .person("ky.48")
            .post("/delegations", other.clone())
            .await
            .refused(403, "forbidden");
        ministry.person("bo.duyet").post("/delegations", other).await.refused(403, "forbidden");
        // From tomorrow on: today nothing is lent.
        let ahead = wanted(&ministry, "nhap.52", ("2024-08-06", "2024-08-09")).await;
        assert_eq!(head.post("/delegations", ahead).await.ok()["standing"], "ahead");
        assert_eq!(enterer.get("/session").await.ok()["person"]["acting_for"], json!([]));
        // Today the head acts for the preparer, and lends on only what is the head's own.
        let back = wanted(&ministry, "ky.52", ("2024-08-05", "2024-08-05")).await;
        enterer.post("/delegations", back).await.ok();
        let form = head.open("52", "2024-07").await;
        head.write(&form, FILLED).await;
        let seen = |told: Value| told["delegations"].as_array().unwrap().len();
        for (user, count) in
            [("nhap.52", 2), ("ky.52", 2), ("bo.quantri", 2), ("nhap.48", 0), ("bo.duyet", 0)]
        {
            assert_eq!(seen(ministry.person(user).get("/delegations").await.ok()), count, "{user}");
        }
        let bodies = head.get("/delegations").await.ok();
        assert_eq!(bodies["bodies"][0]["people"].as_array().unwrap().len(), 3, "{bodies}");
        // Reminders for whoever prepares go to the deputy too.
        assert!(remind_of_deadlines(&ministry.app).await.unwrap() > 0);
        let told = head.get("/notices").await.ok();
        let of_july = told["notices"].as_array().unwrap().iter().filter(|one| {
            let text = one["text_vi"].as_str().unwrap();
            text.starts_with("Nhắc đến hạn") && text.contains("thống kê tháng")
        });
        assert_eq!(of_july.count(), 1, "{told}");
    });
}
