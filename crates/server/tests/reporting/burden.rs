//! What is asked of bodies, before and now: counted from an inventory that is imported and from the live forms.

use expect_test::expect;
use serde_json::Value;

use crate::ministry::{Ministry, on_each, on_sqlite};

const HEADER: &str = "Tên báo cáo;Cơ quan yêu cầu;Đối tượng thực hiện;Tần suất;Số ô;Số ô chưa báo cáo nào khác hỏi;Biểu thay thế;Mô phỏng";

async fn import(ministry: &Ministry, rows: &str, how: &str) -> crate::ministry::Reply {
    let file = format!("{HEADER}\n{rows}");
    ministry.person("bo.quantri").upload(&format!("/inventory?{how}"), file.as_bytes(), None).await
}

/// `reports cells typed keyings` of what stands under a name.
fn load(of: &Value) -> String {
    if of.is_null() {
        return "unknown".to_owned();
    }
    let keyings = of["keyings_a_figure"].as_str().unwrap_or("-");
    format!("{} {} {} {keyings}", of["reports"], of["cells"], of["keyed"])
}

#[test]
fn the_ministrys_own_case_follows_from_the_inventory_and_the_forms() {
    on_each(async |ministry| {
        let inventory = document_of(&demonstration::duties());
        let admin = ministry.person("bo.quantri");
        let before = ministry.person("bo.phantich").get("/burden").await.ok();
        assert_eq!((&before["inventory"], &before["case"]), (&Value::Null, &Value::Null));
        assert!(before["bodies"].as_array().unwrap().iter().all(|one| one["before"].is_null()));
        let done = admin.upload("/inventory?seen=0", inventory.as_bytes(), None).await.ok();
        assert_eq!((&done["version"], &done["added"]), (&1.into(), &24.into()));

        let told = ministry.person("bo.phantich").get("/burden?year=2024").await.ok();
        let case = &told["case"];
        let told_of = ["bodies", "replaced", "instead"].map(|of| case[of].as_u64().unwrap());
        assert_eq!(told_of, [63, 8001, 756]);
        let each =
            ["replaced_each", "instead_each", "times_fewer"].map(|of| case[of].as_str().unwrap());
        assert_eq!(each, ["127", "12", "10.6"]);
        let line = |code: &str| {
            let bodies = told["bodies"].as_array().unwrap();
            let one = bodies.iter().find(|one| one["body"] == code).unwrap();
            let said = ["before", "instead", "beside", "now"].map(|of| load(&one[of]));
            format!("{code}: {}\n", said.join("; "))
        };
        expect![[r#"
            52: 127 3058 3058 3.62; 12 816 768 1; 12 180 132 1; 24 996 900 1
            G14: unknown; 0 0 0 -; 12 192 144 1; 12 192 144 1
        "#]]
        .assert_eq(&(line("52") + &line("G14")));
        assert_eq!(told["inventory"]["synthetic"], 24);

        // The department sees its own line, and its duties one by one.
        let own = ministry.person("nhap.52").get("/burden").await.ok();
        assert_eq!(own["bodies"].as_array().unwrap().len(), 1);
        assert_eq!(own["case"]["replaced_each"], "127");
        let detail = ministry.person("ky.52").get("/burden/52").await.ok();
        assert_eq!(detail["duties"].as_array().unwrap().len(), 24);
        let forms = detail["forms"].as_array().unwrap().iter();
        let forms: Vec<_> =
            forms.map(|form| (form["template"].as_str().unwrap(), &form["instead"])).collect();
        assert_eq!(forms, [("SO-THANG", &true.into()), ("SO-HC", &false.into())]);
        ministry.person("nhap.48").get("/burden/52").await.refused(404, "not_found");
        ministry.person("nhap.48").get("/burden/99X").await.refused(404, "not_found");
        let file =
            String::from_utf8(ministry.person("bo.lanhdao").download("/burden.csv").await).unwrap();
        assert!(file.lines().count() == 1 + 63 + 23, "{file}");
        assert!(
            file.contains("\n52,Sở Thông tin và Truyền thông Bình Định,24,127,3058,"),
            "{file}"
        );
    });
}

/// The demonstration's inventory, as an administrator downloads it.
fn document_of(duties: &[workflow::burden::Duty]) -> String {
    let rows = server::inventory::csv_rows(duties, workflow::Language::Vietnamese);
    let mut file = csv::Writer::from_writer(vec![]);
    rows.iter().for_each(|row| file.write_record(row).unwrap());
    String::from_utf8(file.into_inner().unwrap()).unwrap()
}

#[test]
fn every_wrong_place_of_an_inventory_is_named_and_nothing_changes() {
    on_sqlite(async |ministry| {
        let rows = "Báo cáo A;Vụ Bưu chính;province;hằng tháng;20;5;SO-THANG;có
;Vụ Bưu chính;@khong-co;thỉnh thoảng;1,5;;;
Báo cáo C;;52 99;400 lần/năm;0;7;MAU-LA;có thể
Báo cáo D;Cục Viễn thông;52; 7 lần/năm;10;11;;";
        let dry = import(&ministry, rows, "dry_run=true").await.ok();
        let findings = dry["findings"].as_array().unwrap().iter();
        let said = findings.map(|one| {
            let at = |name: &str| one[name].as_str().unwrap_or("-").to_owned();
            format!("{} {} {}: {}\n", at("row"), at("column"), at("code"), at("text"))
        });
        expect![[r#"
            3 Tên báo cáo empty: Ô này không được để trống.
            3 Đối tượng thực hiện unknown_unit: Không có phạm vi “@khong-co”.
            3 Tần suất bad_frequency: “thỉnh thoảng” không phải là tần suất. Ví dụ đúng: hằng tháng, hằng quý, 6 tháng, hằng năm, hằng tuần, 7 lần/năm.
            3 Số ô bad_count: “1,5” không phải là số ô: cần số nguyên không quá 100000, viết liền.
            4 Cơ quan yêu cầu empty: Ô này không được để trống.
            4 Đối tượng thực hiện unknown_unit: Không có phạm vi “99”.
            4 Tần suất bad_frequency: “400 lần/năm” không phải là tần suất. Ví dụ đúng: hằng tháng, hằng quý, 6 tháng, hằng năm, hằng tuần, 7 lần/năm.
            4 Số ô bad_count: “0” không phải là số ô: cần số nguyên không quá 100000, viết liền.
            4 Biểu thay thế unknown_template: Không có biểu mẫu “MAU-LA”.
            4 Mô phỏng not_one_of: “có thể” không hợp lệ. Có: có, không, yes, no.
            5 Số ô chưa báo cáo nào khác hỏi bad_count: “11” không phải là số ô: cần số nguyên không quá 10, viết liền.
        "#]]
        .assert_eq(&said.collect::<String>());
        // As offices write it.
        let words = "Báo cáo E;Vụ Bưu chính;Tỉnh, thành phố;năm;20;;;\nBáo cáo F;Vụ Bưu chính;Các bộ;hàng tháng;20;;;";
        let dry = import(&ministry, words, "dry_run=true").await.ok();
        assert_eq!(dry["findings"].as_array().unwrap().len(), 0, "{dry}");
        let refused = import(&ministry, rows, "seen=0").await.refused(422, "findings");
        assert_eq!(refused["findings"].as_array().unwrap().len(), 11);
        let admin = ministry.person("bo.quantri");
        let kept = admin.get("/inventory").await.ok();
        assert_eq!((&kept["about"], kept["versions"].as_array().unwrap().len()), (&Value::Null, 0));
        // Files that are none, and people who may not.
        let table = "a,b\n1,2\n";
        let dry = admin.upload("/inventory?dry_run=true", table.as_bytes(), None).await.ok();
        assert_eq!(dry["findings"][0]["code"], "unknown_column");
        assert_eq!(dry["findings"].as_array().unwrap().last().unwrap()["code"], "missing_column");
        admin
            .upload("/inventory?seen=0", b"PK\x03\x04 broken", None)
            .await
            .refused(422, "workbook_damaged");
        admin.upload("/inventory?dry_run=true", b"", None).await.ok();
        for user in ["nhap.52", "bo.duyet", "bo.phantich"] {
            ministry
                .person(user)
                .upload("/inventory?seen=0", table.as_bytes(), None)
                .await
                .refused(403, "forbidden");
            ministry.person(user).get("/inventory").await.refused(403, "forbidden");
        }
    });
}

#[test]
fn an_inventory_is_replaced_whole_and_every_version_is_kept() {
    on_each(async |ministry| {
        let admin = ministry.person("bo.quantri");
        let first = "Báo cáo A;Vụ Bưu chính;province;hằng tháng;20;5;SO-THANG;
Báo cáo B;Cục Viễn thông;52;hằng quý;10;;;";
        import(&ministry, first, "seen=0").await.ok();
        let second = "Báo cáo A;Vụ Bưu chính;province;hằng quý;20;5;SO-THANG;
Báo cáo C;Cục Viễn thông;@ministries;7 lần/năm;10;;;";
        import(&ministry, second, "seen=0").await.refused(412, "stale_inventory");
        import(&ministry, second, "").await.refused(400, "missing_parameter");
        let dry = import(&ministry, second, "dry_run=true").await.ok();
        let compared =
            ["added", "removed", "changed", "version"].map(|of| dry[of].as_u64().unwrap());
        assert_eq!(compared, [1, 1, 1, 1]);
        let done = import(&ministry, second, "seen=1").await.ok();
        assert_eq!(done["version"], 2);

        let now = admin.get("/inventory").await.ok();
        let of = |told: &Value| -> Vec<String> {
            let duties = told["duties"].as_array().unwrap().iter();
            duties
                .map(|one| format!("{} {} {}", one["name"], one["of"], one["frequency_vi"]))
                .collect()
        };
        assert_eq!(
            of(&now),
            [r#""Báo cáo A" "province" "hằng quý""#, r#""Báo cáo C" "@ministries" "7 lần/năm""#]
        );
        assert_eq!(now["versions"][0]["by"], "Quản trị hệ thống, Trung tâm Thông tin");
        let before = admin.get("/inventory?version=1").await.ok();
        assert_eq!(before["duties"][1]["name"], "Báo cáo B");
        admin.get("/inventory?version=9").await.refused(404, "not_found");
        // What is downloaded is what can be imported again: nothing differs.
        for lang in ["vi", "en"] {
            let file = admin.download(&format!("/inventory.csv?lang={lang}")).await;
            let again = admin.upload("/inventory?dry_run=true", &file, None).await.ok();
            let compared = ["added", "removed", "changed"].map(|of| again[of].as_u64().unwrap());
            assert_eq!(
                (compared, again["findings"].as_array().map(Vec::len)),
                ([0, 0, 0], Some(0)),
                "{again}"
            );
        }
        // What the last version does not name is not asked for.
        let own = ministry.person("nhap.52").get("/burden/52").await.ok();
        assert_eq!(own["line"]["kept"]["reports"], 0, "no longer in the inventory");
        assert_eq!(of(&own), [r#""Báo cáo A" "province" "hằng quý""#]);
    });
}
