//! After sending: the paper of a form, where its figures are used, and its place among its peers.

use serde_json::{Value, json};

use crate::ministry::{FILLED, Ministry, names, on_each, on_sqlite};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n\xff\x00\n%%EOF\n";
const REVENUE: &str = "BC/BC.DOANHTHU";

/// Fills, submits and signs the form of a province for July; answers its path.
async fn signed(ministry: &Ministry, body: &str, changed: &str) -> String {
    let (enterer, head) = (format!("nhap.{body}"), format!("ky.{body}"));
    let (enterer, head) = (ministry.person(&enterer), ministry.person(&head));
    let form = enterer.open(body, "2024-07").await;
    enterer.write(&form, FILLED).await;
    if !changed.is_empty() {
        enterer.write(&form, changed).await;
    }
    enterer.post(&format!("{form}/submit"), json!({})).await.ok();
    head.post(&format!("{form}/sign"), json!({})).await.ok();
    form
}

async fn page(ministry: &Ministry, user: &str, path: &str) -> String {
    String::from_utf8(ministry.person(user).download(path).await).unwrap()
}

#[test]
fn what_was_sent_is_numbered_scanned_and_printed_and_nothing_of_it_is_lost() {
    on_each(async |ministry| {
        let (enterer, head) = (ministry.person("nhap.52"), ministry.person("ky.52"));
        let form = enterer.open("52", "2024-07").await;
        enterer.write(&form, FILLED).await;
        let (document, scans) =
            (format!("{form}/document"), format!("{form}/scans?name=B%E1%BA%A3n%20k%C3%BD.html"));
        let number = json!({"number": "15/BC-STTTT", "date": "2024-08-05"});
        head.put(&document, number.clone()).await.refused(409, "not_sent");
        head.attach(&scans, PDF).await.refused(409, "not_sent");
        let draft = page(&ministry, "nhap.52", &format!("/print{form}")).await;
        assert!(draft.contains("Bản nháp, chưa ký và gửi."), "{draft}");
        let blank = page(&ministry, "nhap.52", &format!("/print{form}?blank=true")).await;
        assert!(!blank.contains("120,5") && !blank.contains("Bản nháp"), "{blank}");

        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        head.post(&format!("{form}/sign"), json!({})).await.ok();
        let after = enterer.get(&format!("{form}/sent")).await.ok();
        assert_eq!((&after["can_keep_paper"], &after["documents"]), (&json!(true), &json!([])));
        assert_eq!(after["next"], json!({"period": "2024-08", "due": "2024-09-11T17:00:00+07:00"}));
        assert!(after["sent_at"].is_string() && after["sent_by"].is_string(), "{after}");

        // A number that was wrong is given again; both stand.
        head.put(&document, number).await.ok();
        let again = json!({"number": " 16/BC-STTTT ", "date": "2024-08-05"});
        assert_eq!(enterer.put(&document, again).await.ok()["number"], "16/BC-STTTT");
        // A later scan does not remove an earlier one.
        let first = head.attach(&scans, PDF).await.ok();
        assert_eq!(
            (&first["kind"], &first["name"]),
            (&json!("application/pdf"), &json!("Bản ký.html"))
        );
        assert_eq!(first["size_bytes"], PDF.len());
        let second = [PDF, b"\n"].concat();
        enterer.attach(&format!("{form}/scans"), &second).await.ok();
        head.attach(&scans, PDF).await.refused(409, "already_attached");
        let after = enterer.get(&format!("{form}/sent")).await.ok();
        let numbers: Vec<&str> = after["documents"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["number"].as_str().unwrap())
            .collect();
        assert_eq!(numbers, ["16/BC-STTTT", "15/BC-STTTT"]);
        let all = after["scans"].as_array().unwrap();
        assert_eq!((all.len(), &all[1]["sha256"]), (2, &first["sha256"]));
        let one = format!("{form}/scans/{}", first["id"]);
        assert_eq!(ministry.person("bo.duyet").download(&one).await, PDF);

        let printed = page(&ministry, "bo.duyet", &format!("/print{form}")).await;
        for part in [
            "Ủy ban nhân dân tỉnh Bình Định",
            "Số: 16/BC-STTTT",
            "Bình Định, ngày 05 tháng 8 năm 2024",
            "120,5",
            "Đã ký và gửi trên hệ thống lúc",
            "Lưu: VT.",
        ] {
            assert!(printed.contains(part), "{part}\n{printed}");
        }
        let english = page(&ministry, "bo.duyet", &format!("/print{form}?lang=en")).await;
        assert!(english.contains("Signed and sent through the system"), "{english}");
    });
}

#[test]
fn what_is_no_scan_or_no_number_is_refused_and_changes_nothing() {
    on_sqlite(async |ministry| {
        let form = signed(&ministry, "52", "").await;
        let head = ministry.person("ky.52");
        let before = ministry.head();
        let scans = format!("{form}/scans?name=b.pdf");
        for (file, code) in [
            (&b"<html><script>alert(1)</script></html>"[..], "not_a_scan"),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "not_a_scan"),
            (b"MZ\x90\x00", "not_a_scan"),
            (b"", "not_a_scan"),
            (b"%PDF-1.7\nhalf of it", "scan_damaged"),
        ] {
            head.attach(&scans, file).await.refused(422, code);
        }
        let large = vec![b'x'; (10 << 20) + 1];
        head.attach(&scans, &large).await.refused(413, "too_large");
        for (number, date, status, code, at) in [
            ("BC", "2024-08-05", 422, "bad_document_number", "number"),
            ("15/BC", "2024-08-06", 422, "date_ahead", "date"),
            ("15/BC", "2024-06-30", 422, "date_before_period", "date"),
            ("15/BC", "5/8/2024", 400, "bad_parameter", "date"),
        ] {
            let sent = json!({"number": number, "date": date});
            let refused = head.put(&format!("{form}/document"), sent).await.refused(status, code);
            assert_eq!(refused["at"]["column"], at, "{refused}");
        }
        // Who is not of the body may look and not add; another body hears nothing.
        let reviewer = ministry.person("bo.duyet");
        reviewer.attach(&scans, PDF).await.refused(403, "forbidden");
        assert_eq!(reviewer.get(&format!("{form}/sent")).await.ok()["can_keep_paper"], false);
        let other = ministry.person("nhap.48");
        other.attach(&scans, PDF).await.refused(404, "not_found");
        for path in [format!("{form}/sent"), format!("{form}/scans/1"), format!("/print{form}")] {
            other.get(&path).await.refused(404, "not_found");
        }
        head.get(&format!("{form}/scans/77")).await.refused(404, "not_found");
        assert_eq!(ministry.head(), before);
        let after = head.get(&format!("{form}/sent")).await.ok();
        assert_eq!((&after["scans"], &after["documents"]), (&json!([]), &json!([])));
        // A scan is of its form.
        let scan = head.attach(&scans, PDF).await.ok();
        let own = signed(&ministry, "48", "").await;
        ministry
            .person("ky.48")
            .get(&format!("{own}/scans/{}", scan["id"]))
            .await
            .refused(404, "not_found");
    });
}

#[test]
fn a_number_has_its_place_among_its_peers_and_equal_numbers_share_it() {
    on_sqlite(async |ministry| {
        let mut forms = vec![];
        for (body, revenue) in
            [("48", "300"), ("52", "120,5"), ("56", "120,5"), ("79", "90"), ("01", "300")]
        {
            forms.push(signed(&ministry, body, &format!("{REVENUE}/this={revenue}")).await);
        }
        let place = async |form: &str, body: &str| -> Value {
            let user = format!("nhap.{body}");
            let after = ministry.person(&user).get(&format!("{form}/sent")).await.ok();
            after["places"]
                .as_array()
                .unwrap()
                .iter()
                .find(|one| one["row"] == REVENUE)
                .unwrap()
                .clone()
        };
        let mine = place(&forms[1], "52").await;
        assert_eq!(
            (&mine["rank"], &mine["of"], &mine["expected"]),
            (&json!(3), &json!(5), &json!(63))
        );
        let told = |peers: &Value| {
            let units: Vec<&str> = peers["units"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["code"].as_str().unwrap())
                .collect();
            format!("{} {} {}", peers["rank"], peers["value"].as_str().unwrap(), units.join(","))
        };
        assert_eq!(told(&mine["tied"]), "3 120.5 56");
        assert_eq!(told(&mine["above"]), "1 300 01,48");
        assert_eq!(told(&mine["below"]), "5 90 79");
        let first = place(&forms[0], "48").await;
        assert_eq!((&first["rank"], &first["above"]), (&json!(1), &json!(null)));
        let last = place(&forms[3], "79").await;
        assert_eq!((&last["rank"], &last["below"]), (&json!(5), &json!(null)));
    });
}

#[test]
fn where_the_figures_are_used_is_said_of_those_that_were_signed() {
    on_sqlite(async |ministry| {
        let form = signed(&ministry, "52", "BC/BC.DOANHTHU/previous=112").await;
        let after = ministry.person("nhap.52").get(&format!("{form}/sent")).await.ok();
        let boards: Vec<&str> = after["boards"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["unit"].as_str().unwrap())
            .collect();
        assert_eq!((boards.first(), boards.last()), (Some(&"52"), Some(&"VN")));
        // June's actual, which this form settled, is in the review of the first half; July's is in none.
        let reports = after["reports"].as_array().unwrap();
        let half = reports.iter().find(|one| one["id"] == "2024-S1").unwrap();
        assert_eq!(names(&half["rows"]), [REVENUE]);
        let computed = after["computed"].as_array().unwrap();
        assert!(computed.iter().all(|one| !one["rows"].as_array().unwrap().is_empty()));
        let shares: Vec<&Value> = computed
            .iter()
            .filter(|one| names(&one["rows"]).contains(&"CDS/CDS.HOSO_TT"))
            .collect();
        assert!(!shares.is_empty(), "{computed:?}");

        // A section that came back is used nowhere until it is sent again.
        let back = json!({"reason": "Kiểm tra lại doanh thu"});
        ministry.person("bo.duyet").post(&format!("{form}/sections/BC/return"), back).await.ok();
        let after = ministry.person("nhap.52").get(&format!("{form}/sent")).await.ok();
        assert_eq!((&after["sent_at"], &after["reports"]), (&json!(null), &json!([])));
        assert!(after["places"].as_array().unwrap().iter().all(|one| one["row"] != REVENUE));
    });
}
