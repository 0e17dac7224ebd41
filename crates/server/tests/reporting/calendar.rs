//! What is due on which day, for a body and for the ministry; the file of it; and the digest of a week, once.

use expect_test::expect;
use serde_json::{Value, json};
use server::digest::send_digests;

use crate::ministry::{FILLED, Ministry, on_each, on_sqlite};

/// `date template period state late sent/expected` of each entry.
fn lines(told: &Value) -> String {
    let line = |one: &Value| {
        let text = |name: &str| one[name].as_str().unwrap_or("-").to_owned();
        let (late, sent) = (&one["late"], &one["sent"]);
        let by_rule = one["by_rule"].as_str().map(|day| format!(" instead of {day}"));
        format!(
            "{} {} {} {} late {late} sent {sent}/{}{}\n",
            text("date"),
            text("template"),
            text("period"),
            text("state"),
            one["expected"],
            by_rule.unwrap_or_default()
        )
    };
    told["entries"].as_array().unwrap().iter().map(line).collect()
}

async fn send_form_of(ministry: &Ministry, body: &str) {
    let (enterer, head) = (format!("nhap.{body}"), format!("ky.{body}"));
    let (enterer, head) = (ministry.person(&enterer), ministry.person(&head));
    let form = enterer.open(body, "2024-07").await;
    enterer.write(&form, FILLED).await;
    enterer.post(&format!("{form}/submit"), json!({})).await.ok();
    head.post(&format!("{form}/sign"), json!({})).await.ok();
}

#[test]
fn a_body_sees_its_own_days_and_the_ministry_how_many_have_sent() {
    on_each(async |ministry| {
        send_form_of(&ministry, "48").await;
        let form = ministry.person("nhap.52").open("52", "2024-07").await;
        let ask = json!({"until": "2024-08-12", "reason": "Bưu điện tỉnh chưa gửi số liệu"});
        ministry.person("nhap.52").post(&format!("{form}/extension"), ask).await.ok();
        ministry.person("bo.duyet").post(&format!("{form}/extension/grant"), json!({})).await.ok();
        let august = async |user: &str| {
            ministry.person(user).get("/calendar?from=2024-08-01&to=2024-08-31").await.ok()
        };
        let own = august("nhap.52").await;
        expect![[r#"
            2024-08-12 SO-THANG 2024-07 not_started late 0 sent null/1 instead of 2024-08-08
            2024-08-15 SO-HC 2024-08~adm not_started late 0 sent null/1
        "#]]
        .assert_eq(&lines(&own));
        assert_eq!(own["today"], "2024-08-05");
        assert_eq!(
            own["entries"][0]["href"].as_str().unwrap().rsplit('/').next(),
            form.rsplit('/').next()
        );
        expect![[r#"
            2024-08-08 SO-THANG 2024-07 signed late 0 sent null/1
            2024-08-15 SO-HC 2024-08~adm not_started late 0 sent null/1
        "#]]
        .assert_eq(&lines(&august("ky.48").await));
        expect![[r#"
            2024-08-08 SO-THANG 2024-07 - late 0 sent 1/63
            2024-08-12 BO-THANG 2024-07 - late 0 sent 0/23
            2024-08-15 SO-HC 2024-08~adm - late 0 sent 0/63
        "#]]
        .assert_eq(&lines(&august("bo.duyet").await));
        // Of forms from before they were kept here nothing is known; what was opened and not sent is late.
        let late = json!({"template": "SO-HC", "body": "52", "period": "2024-07~adm"});
        ministry.person("nhap.52").post("/submissions", late).await.ok();
        let july =
            ministry.person("bo.lanhdao").get("/calendar?from=2024-07-10&to=2024-07-20").await;
        expect![[r#"
            2024-07-10 BO-THANG 2024-06 - late 0 sent null/23
            2024-07-15 SO-HC 2024-07~adm - late 1 sent 0/63
        "#]]
        .assert_eq(&lines(&july.ok()));
        // An administrator sees the days and no counts.
        let plain = august("bo.quantri").await;
        assert_eq!(plain["entries"][0]["sent"], Value::Null);
        // Tết, by its name; and days that are none.
        let february = ministry.person("nhap.52").get("/calendar?from=2024-02-01").await.ok();
        assert_eq!(february["to"], "2024-02-29");
        assert_eq!(february["days_off"].as_array().unwrap().len(), 5);
        assert_eq!(february["days_off"][0]["name_vi"], "Tết Nguyên đán");
        for (asked, code) in [
            ("from=hôm nay", "bad_parameter"),
            ("from=2024-08-10&to=2024-08-09", "bad_parameter"),
            ("from=2024-01-01&to=2026-01-01", "bad_parameter"),
            ("form=2024-01-01", "unknown_parameter"),
        ] {
            let asked = asked.replace(' ', "%20").replace('ô', "%C3%B4");
            ministry.person("nhap.52").get(&format!("/calendar?{asked}")).await.refused(400, code);
        }
    });
}

#[test]
fn the_file_has_an_event_for_each_form_under_a_name_that_stays() {
    on_sqlite(async |ministry| {
        let bytes = ministry.person("nhap.52").download("/calendar.ics").await;
        let file = String::from_utf8(bytes).unwrap();
        assert!(file.starts_with("BEGIN:VCALENDAR\r\n") && file.ends_with("END:VCALENDAR\r\n"));
        let ids: Vec<&str> = file.lines().filter(|line| line.starts_with("UID:")).collect();
        assert!(ids.contains(&"UID:SO-THANG.2024-07.52@quantrac"), "{ids:?}");
        assert_eq!(ids.len(), ids.iter().collect::<std::collections::BTreeSet<_>>().len());
        assert!(file.contains("DTSTART:20240808T100000Z"), "{file}");
        let english = ministry.person("bo.duyet").download("/calendar.ics?lang=en").await;
        let english = String::from_utf8(english).unwrap();
        assert!(
            english.contains("SUMMARY:Due: Monthly statistical report of departments"),
            "{english}"
        );
    });
}

#[test]
fn the_digest_of_the_week_is_sent_once_to_whom_it_concerns() {
    on_each(async |ministry| {
        send_form_of(&ministry, "48").await;
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        enterer.write(&form, FILLED).await;
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        let digests = async |user: &str| -> Vec<String> {
            let told = ministry.person(user).get("/notices").await.ok();
            let all = told["notices"].as_array().unwrap().iter();
            let texts = all.map(|one| one["text_vi"].as_str().unwrap().to_owned());
            texts.filter(|text| text.starts_with("Tuần ")).collect()
        };
        let late = json!({"template": "SO-HC", "body": "52", "period": "2024-07~adm"});
        enterer.post("/submissions", late).await.ok();
        assert!(send_digests(&ministry.app).await.unwrap() > 100);
        assert_eq!(send_digests(&ministry.app).await.unwrap(), 0, "once");
        let told = |due: u8, late: u8, waiting: u8| {
            format!(
                "Tuần 5/8/2024 – 9/8/2024: {due} biểu đến hạn, {late} biểu quá hạn, {waiting} việc chờ bạn"
            )
        };
        for (user, expected) in [
            ("nhap.52", told(1, 1, 0)),
            ("ky.52", told(1, 1, 1)),
            ("nhap.01", told(1, 0, 0)),
            ("bo.duyet", told(1, 1, 1)),
            ("bo.lanhdao", told(1, 1, 0)),
        ] {
            assert_eq!(digests(user).await, [expected], "{user}");
        }
        for user in ["nhap.48", "bo.phantich", "bo.quantri", "kiemtoan"] {
            assert_eq!(digests(user).await, Vec::<String>::new(), "{user}");
        }
    });
}
