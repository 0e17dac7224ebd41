//! A report that an office wrote itself: the cells it seems to fill are proposed, and nothing is saved before.

use std::io::{Cursor, Write};

use serde_json::{Value, json};

use crate::ministry::on_sqlite;

/// A Word document of a title and a table; cells by `|`, rows by line.
fn document(title: &str, rows: &str) -> Vec<u8> {
    let words = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    let row = |line: &str| {
        let cells = line.split('|').map(|text| format!("<w:tc>{}</w:tc>", words(text.trim())));
        format!("<w:tr>{}</w:tr>", cells.collect::<String>())
    };
    let rows: String = rows.lines().map(row).collect();
    let xml =
        format!("<w:document><w:body>{}<w:tbl>{rows}</w:tbl></w:body></w:document>", words(title));
    let mut file = zip::ZipWriter::new(Cursor::new(vec![]));
    file.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    file.write_all(xml.as_bytes()).unwrap();
    file.finish().unwrap().into_inner()
}

/// `BC/BC.DOANHTHU/this 63.4 (63,4 at table 1, row 2, column 4)`, one per proposal.
fn shown(answer: &Value) -> Vec<String> {
    let text = |one: &Value, name: &str| one[name].as_str().map(str::to_owned);
    let line = |one: &Value| {
        let said = text(one, "value").or(text(one, "absent")).unwrap_or("?".to_owned());
        let of = |name: &str| text(one, name).unwrap();
        let like = if one["same"] == true { "" } else { "~ " };
        format!("{like}{} {said} ({} at {})", of("cell"), of("typed"), of("place"))
    };
    answer["cells"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn what_a_report_seems_to_say_is_proposed_with_where_it_stands_and_nothing_is_saved() {
    on_sqlite(async |ministry| {
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        let path = format!("{form}/own-report");
        let before = enterer.get(&form).await.ok();
        let file = document(
            "BÁO CÁO tháng 7/2024",
            "TT | Chỉ tiêu | ĐVT | Thực hiện tháng 6 | Ước tháng 7 | Lũy kế
             1 | Doanh thu bưu chính | tỷ đồng | 60,8 | 1.5 | 400
             2 | Số điểm phục vụ bưu chính | điểm | 79 | chưa có số liệu | 5
             3 | Sản lượng bưu gửi | bưu gửi | 3 | 3,25 | 20
             4 | Trồng rừng | ha | 5 | 6 | 7",
        );
        let found = enterer.upload(&path, &file, None).await.ok();
        assert_eq!(
            shown(&found),
            [
                "BC/BC.DOANHTHU/previous 60.8 (60,8 at bảng 1, dòng 2, cột 4)",
                "BC/BC.DOANHTHU/this ? (1.5 at bảng 1, dòng 2, cột 5)",
                "BC/BC.DIEM/this missing (chưa có số liệu at bảng 1, dòng 3, cột 5)",
                "BC/BC.BUUGUI/previous 3 (3 at bảng 1, dòng 4, cột 4)",
                "BC/BC.BUUGUI/this 3.25 (3,25 at bảng 1, dòng 4, cột 5)",
            ]
        );
        assert_eq!(found["period"], "2024-07");
        let asked = &found["cells"][1];
        assert_eq!(asked["suggestions"], json!(["1,5", "15"]));
        assert!(asked["problem"].as_str().unwrap().contains("1,5 hoặc 15"), "{asked}");
        assert_eq!(found["cells"][4]["other_unit"], "bưu gửi");
        assert_eq!(enterer.get(&form).await.ok(), before);

        // Who reads English has numbers read as the report writes them, and is asked in their own way.
        let english = enterer.upload(&format!("{path}?lang=en"), &file, None).await.ok();
        let values = |answer: &Value| -> Vec<Value> {
            answer["cells"].as_array().unwrap().iter().map(|one| one["value"].clone()).collect()
        };
        assert_eq!(values(&english), values(&found));
        assert_eq!(english["cells"][1]["suggestions"], json!(["1.5", "15"]));

        // A report of the month before fills what is settled of it, and says of when it is.
        let earlier = document("BÁO CÁO công tác tháng 6 năm 2024", "Doanh thu bưu chính | 60,8");
        let found = enterer.upload(&path, &earlier, None).await.ok();
        assert_eq!(
            (&found["period"], shown(&found)),
            (
                &json!("2024-06"),
                vec!["BC/BC.DOANHTHU/previous 60.8 (60,8 at bảng 1, dòng 1, cột 2)".to_owned()]
            )
        );

        // The same report in Excel, where numbers are numbers.
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (column, text) in (0u16..).zip(["Chỉ tiêu", "Kỳ trước", "Kỳ này"]) {
            sheet.write_string(0, column, text).unwrap();
        }
        sheet.write_string(1, 0, "Doanh thu bưu chính").unwrap();
        sheet.write_number(1, 1, 60.8).unwrap();
        sheet.write_number(1, 2, 63.45).unwrap();
        let found = enterer.upload(&path, &book.save_to_buffer().unwrap(), None).await.ok();
        let place = "trang “Sheet1”";
        assert_eq!(
            shown(&found),
            [
                format!("BC/BC.DOANHTHU/previous 60.8 (60.8 at ô B2, {place})"),
                format!("BC/BC.DOANHTHU/this ? (63.45 at ô C2, {place})"),
            ]
        );
        assert!(found["cells"][1]["problem"].as_str().unwrap().contains("thập phân"));
    });
}

#[test]
fn only_who_may_write_a_cell_is_proposed_anything_and_what_is_no_report_is_refused() {
    on_sqlite(async |ministry| {
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        let path = format!("{form}/own-report");
        let file = document("", "Doanh thu bưu chính | 63,4");
        for who in ["nhap.48", "ky.52", "bo.duyet"] {
            ministry.person(who).upload(&path, &file, None).await.refused(403, "forbidden");
        }
        // Of a list of everything there is nobody compares each line with each name.
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for row in 0..20_001 {
            sheet.write_string(row, 0, format!("Doanh thu bưu chính {row}")).unwrap();
        }
        let endless = book.save_to_buffer().unwrap();
        for (bytes, code) in [
            (endless, "report_too_large"),
            (b"<html><table></table></html>".to_vec(), "not_a_report"),
            (vec![0xD0, 0xCF, 0x11, 0xE0], "report_locked"),
            (file[..file.len() / 2].to_vec(), "report_damaged"),
        ] {
            enterer.upload(&path, &bytes, None).await.refused(422, code);
        }
        let large = vec![b'P'; (8 << 20) + 1];
        enterer.upload(&path, &large, None).await.refused(413, "too_large");
        assert_eq!(shown(&enterer.upload(&path, &file, None).await.ok()).len(), 1);
        // Nothing can be put into a form that is on its way.
        enterer.write(&form, crate::ministry::FILLED).await;
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        assert!(shown(&enterer.upload(&path, &file, None).await.ok()).is_empty());
    });
}

/// Adds a row of an indicator in per cent to the departments' form of July.
pub async fn with_a_percentage(ministry: &crate::ministry::Ministry) {
    let admin = ministry.person("bo.quantri");
    let share = json!({"code": "BC.THU_TYLE", "name_vi": "Tỷ lệ thư phát đúng hạn", "name_en": "Letters on time",
        "unit_vi": "%", "unit_en": "%", "scale": 2, "over_units": "none", "over_time": "none", "good": "up",
        "applies_to": ["province"], "frequency": "month"});
    admin.post("/indicators", share).await.ok();
    let draft = admin.post("/template-drafts", json!({"code": "SO-THANG"})).await.ok();
    let mut template = draft["template"].clone();
    template["valid_from"] = json!("2024-07-01");
    let sections = template["sections"].as_array_mut().unwrap();
    let post = sections.iter_mut().find(|section| section["id"] == "BC").unwrap();
    let row = json!({"indicator": "BC.THU_TYLE", "breakdown": null, "required": false, "settle_previous": false, "note": ""});
    post["rows"].as_array_mut().unwrap().push(row);
    let saved = json!({"saves": draft["saves"], "template": template});
    let saved = admin.put("/template-drafts/SO-THANG", saved).await.ok();
    let publish = json!({"saves": saved["saves"]});
    admin.post("/template-drafts/SO-THANG/publish", publish).await.ok();
}

#[test]
fn a_percentage_of_a_spreadsheet_is_taken_as_it_is_shown() {
    on_sqlite(async |ministry| {
        with_a_percentage(&ministry).await;
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        let percent = rust_xlsxwriter::Format::new().set_num_format("0.00%");
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write_string(0, 0, "Chỉ tiêu").unwrap();
        sheet.write_string(0, 1, "Kỳ này").unwrap();
        for (row, name) in (1..).zip(["Tỷ lệ thư phát đúng hạn", "Doanh thu bưu chính"])
        {
            sheet.write_string(row, 0, name).unwrap();
            sheet.write_number_with_format(row, 1, 0.1723, &percent).unwrap();
        }
        let file = book.save_to_buffer().unwrap();
        let found = enterer.upload(&format!("{form}/own-report"), &file, None).await.ok();
        let cell = |code: &str| -> Value {
            let mut cells = found["cells"].as_array().unwrap().iter();
            cells.find(|one| one["cell"] == code).cloned().unwrap()
        };
        let share = cell("BC/BC.THU_TYLE/this");
        assert_eq!(
            [&share["value"], &share["typed"], &share["percent"], &share["other_unit"]],
            [&json!("17.23"), &json!("17.23%"), &json!(true), &json!(null)]
        );
        // Of what it is a percentage nobody knows here: it is no amount, and its unit is told.
        let revenue = cell("BC/BC.DOANHTHU/this");
        assert_eq!(
            [&revenue["percent"], &revenue["other_unit"], &revenue["value"]],
            [&json!(false), &json!("%"), &json!(null)]
        );
        assert!(revenue["problem"].as_str().unwrap().contains("17,23%"), "{revenue}");
    });
}
