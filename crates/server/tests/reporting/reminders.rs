//! The system reminds by itself: whoever prepares first, once, and nobody who has sent the form.

use serde_json::{Value, json};
use server::reminders::remind_of_deadlines;

use crate::ministry::{FILLED, on_each};

#[test]
fn three_days_before_it_is_due_those_who_prepare_a_form_hear_once() {
    on_each(async |ministry| {
        let notices_of = async |user: &str, form: &str| -> Vec<Value> {
            let told = ministry.person(user).get("/notices").await.ok();
            let all = told["notices"].as_array().unwrap().iter();
            all.filter(|one| one["text_vi"].as_str().unwrap().contains(form)).cloned().collect()
        };
        let notices = async |user: &str| notices_of(user, "Báo cáo thống kê tháng").await;
        // Đà Nẵng has sent its form; Bình Định has begun.
        let (enterer, head) = (ministry.person("nhap.48"), ministry.person("ky.48"));
        let sent = enterer.open("48", "2024-07").await;
        enterer.write(&sent, FILLED).await;
        enterer.post(&format!("{sent}/submit"), json!({})).await.ok();
        head.post(&format!("{sent}/sign"), json!({})).await.ok();
        let form = ministry.person("nhap.52").open("52", "2024-07").await;

        assert!(remind_of_deadlines(&ministry.app).await.unwrap() > 0);
        let told = notices("nhap.52").await;
        assert_eq!(told.len(), 1, "{told:?}");
        let text = told[0]["text_vi"].as_str().unwrap();
        assert!(
            text.starts_with("Nhắc đến hạn: ") && text.ends_with("còn 3 ngày đến hạn"),
            "{text}"
        );
        assert_eq!(told[0]["href"], format!("/nhap-lieu/{}", form.rsplit('/').next().unwrap()));
        for user in ["ky.52", "nhap.48", "bo.duyet"] {
            assert_eq!(notices(user).await, Vec::<Value>::new(), "{user}");
        }
        // The administrative month ended on 14 July and nobody has sent it: heads hear, and the ministry in one line.
        let late = "Báo cáo hành chính tháng";
        assert_eq!(notices_of("ky.52", late).await.len(), 1);
        // What presses so is among the head's work too, as soon as somebody has opened it.
        let unsent = async || -> Vec<Value> {
            let work = ministry.person("ky.52").get("/work").await.ok();
            let items = work["items"].as_array().unwrap().iter();
            items.filter(|one| one["kind"] == "unsent").cloned().collect()
        };
        assert_eq!(unsent().await, Vec::<Value>::new(), "three days are left of the other form");
        let opened = json!({"template": "SO-HC", "body": "52", "period": "2024-07~adm"});
        ministry.person("nhap.52").post("/submissions", opened).await.ok();
        let waits = unsent().await;
        assert_eq!(waits.len(), 1, "{waits:?}");
        let detail = waits[0]["detail_vi"].as_str().unwrap();
        assert!(detail.contains("chưa trình ký, quá hạn"), "{detail}");
        let told = notices_of("bo.duyet", late).await;
        assert_eq!(told.len(), 1, "{told:?}");
        let text = told[0]["text_vi"].as_str().unwrap();
        assert!(text.starts_with("63 đơn vị vừa quá hạn: "), "{text}");
        assert_eq!(notices_of("bo.duyet.bc", late).await, Vec::<Value>::new());
        assert_eq!(remind_of_deadlines(&ministry.app).await.unwrap(), 0, "once");
        assert_eq!(notices("nhap.52").await.len(), 1);

        // Whom the ministry reminds, all of the body hears, however often.
        let who = json!({"template": "SO-THANG", "period": "2024-07", "bodies": ["52", "48"]});
        let reminded = ministry.person("bo.duyet").post("/reminders", who).await.ok();
        assert_eq!(reminded["sent"], 1);
        assert_eq!((notices("nhap.52").await.len(), notices("ky.52").await.len()), (2, 1));
    });
}
