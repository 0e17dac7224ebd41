//! A form that goes out as a spreadsheet and comes back: what was changed in it is what is saved, and nothing else.
//!
//! The files are the product's own, with cells rewritten as a spreadsheet program writes them.

use std::collections::HashMap;
use std::io::{Cursor, Read, Write};

use document::workbook;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::ministry::{FILLED, Ministry, on_each, on_sqlite};

const REVENUE: &str = "BC/BC.DOANHTHU/this";

/// An open form of Bình Định with something in it; its path.
async fn open(ministry: &Ministry) -> String {
    let enterer = ministry.person("nhap.52");
    let form = enterer.open("52", "2024-07").await;
    enterer.write(&form, FILLED).await;
    enterer
        .write(
            &form,
            "BC/BC.DOANHTHU/previous=118,5
             BC/BC.BUUGUI/this=3,25 | Tăng do sàn thương mại điện tử
             VT/VT.BTS/this=chưa có số liệu
             LOI/KETQUA/text=Doanh thu tăng.",
        )
        .await;
    form
}

fn sheet(form: &str) -> String {
    format!("{form}/form.xlsx")
}

fn dry(form: &str) -> String {
    format!("{form}/form.xlsx?dry_run=true")
}

#[test]
fn a_form_that_was_only_saved_again_changes_nothing() {
    on_each(async |ministry| {
        let form = open(&ministry).await;
        let enterer = ministry.person("nhap.52");
        let before = enterer.get(&form).await.ok();
        for language in ["vi", "en"] {
            let path = format!("{}?lang={language}", sheet(&form));
            let started = std::time::Instant::now();
            let file = enterer.download(&path).await;
            let written_ms = started.elapsed().as_millis();
            let started = std::time::Instant::now();
            let preview = enterer.upload(&dry(&form), &file, None).await.ok();
            let read_ms = started.elapsed().as_millis();
            eprintln!(
                "{language}: {} bytes, written in {written_ms} ms, read in {read_ms} ms",
                file.len()
            );
            assert_eq!(preview["differences"], json!([]), "{language}");
            let saved = enterer.upload(&sheet(&form), &file, None).await.ok();
            assert_eq!((&saved["differences"], &saved["cells"]), (&json!([]), &json!([])));
        }
        assert_eq!(enterer.get(&form).await.ok(), before);
    });
}

#[test]
fn the_column_of_the_period_is_an_estimate_only_where_the_next_form_settles_it() {
    on_sqlite(async |ministry| {
        let enterer = ministry.person("nhap.52");
        for (template, period, heading) in [
            ("SO-THANG", "2024-07", "Ước thực hiện kỳ này"),
            ("SO-HC", "2024-07~adm", "Thực hiện kỳ này"),
        ] {
            let form = json!({"template": template, "body": "52", "period": period});
            let opened = enterer.post("/submissions", form).await.ok();
            let form = format!("/submissions/{}", opened["id"].as_str().unwrap());
            let file = enterer.download(&sheet(&form)).await;
            let mut file = zip::ZipArchive::new(Cursor::new(file)).unwrap();
            let mut words = String::new();
            file.by_name("xl/sharedStrings.xml").unwrap().read_to_string(&mut words).unwrap();
            let found = words.split('>').find(|words| words.contains("hực hiện kỳ này"));
            assert_eq!(found.and_then(|found| found.lines().next()), Some(heading), "{template}");
        }
    });
}

#[test]
fn what_was_changed_in_the_file_is_shown_and_then_saved_once() {
    on_each(async |ministry| {
        let form = open(&ministry).await;
        let enterer = ministry.person("nhap.52");
        let file = filled(
            &enterer.download(&sheet(&form)).await,
            "BC/BC.DOANHTHU/this: 63.4
             BC/BC.DOANHTHU/previous: “118,7”
             BC/BC.BUUGUI/comment: “Sàn thương mại điện tử tăng”
             VT/VT.DOANHTHU/this: =299.9+0.2 → 300.09999999999997
             VT/VT.TB_DIDONG/this: ='[so-lieu.xlsx]Sheet1'!A1 → 1730001
             VT/VT.BTS/this: 1520
             CDS/CDS.DLMO/this: “không áp dụng”
             TN/TN.LAODONG/this: (nothing)
             LOI/KETQUA/text: “Doanh thu giảm.
Vì bão.”",
        );
        let expected = json!([
            "TN/TN.LAODONG/this 9000 → nothing",
            "BC/BC.DOANHTHU/previous 118.5 → 118.7",
            "BC/BC.DOANHTHU/this 120.5 → 63.4",
            "BC/BC.BUUGUI/this 3.25 (Tăng do sàn thương mại điện tử) → 3.25 (Sàn thương mại điện tử tăng)",
            "VT/VT.DOANHTHU/this 300 → 300.1",
            "VT/VT.TB_DIDONG/this 1400000 → 1730001",
            "VT/VT.BTS/this missing → 1520",
            "CDS/CDS.DLMO/this nothing → not_applicable",
            "LOI/KETQUA/text Doanh thu tăng. → Doanh thu giảm.\nVì bão.",
        ]);
        let head = ministry.head();
        let preview = enterer.upload(&dry(&form), &file, None).await.ok();
        assert_eq!(differences(&preview), expected);
        let first = &preview["differences"][0];
        assert_eq!(
            (&first["name"], &first["sheet"]),
            (&json!("Tổng số lao động toàn ngành"), &json!("Biểu số liệu"))
        );
        let required =
            |one: &&Value| one["code"] == "required" && one["cell"] == "TN/TN.LAODONG/this";
        assert!(
            preview["findings"].as_array().unwrap().iter().any(|one| required(&one)),
            "the same checks"
        );
        assert_eq!(preview["cells"], json!([]));
        assert_eq!(enterer.get(&form).await.ok()["cursor"], preview["cursor"], "nothing was saved");

        let saved = enterer.upload(&sheet(&form), &file, Some("5")).await;
        assert!(!saved.replayed);
        let saved = saved.ok();
        assert_eq!(differences(&saved), expected);
        assert_eq!(saved["cells"].as_array().unwrap().len(), 9);
        let again = enterer.upload(&sheet(&form), &file, Some("5")).await;
        assert!(again.replayed);
        assert_eq!(again.ok()["cells"], saved["cells"]);
        assert_eq!(cell(&enterer.get(&form).await.ok(), REVENUE)["value"], "63.4");
        assert_eq!(enterer.upload(&dry(&form), &file, None).await.ok()["differences"], json!([]));
        assert_eq!(ministry.head(), head, "a draft is not in the record");
    });
}

#[test]
fn what_cannot_be_read_is_named_by_sheet_row_and_column_and_nothing_is_saved() {
    on_sqlite(async |ministry| {
        let form = open(&ministry).await;
        let enterer = ministry.person("nhap.52");
        let file = enterer.download(&sheet(&form)).await;
        for (typed, code, said) in [
            ("“1.5”", "ambiguous_number", "Số 1.5 có thể là 1,5 hoặc 15"),
            ("“gần 60”", "not_a_number", "“gần 60” không phải là số"),
            ("“63,4 triệu”", "unit_written", "Đơn vị tính"),
            ("63.456", "too_many_decimals", "chữ số thập phân"),
            ("1e300", "number_too_long", "18 chữ số"),
            ("#REF!", "formula_error", "Công thức báo lỗi #REF!"),
            ("=1+2 → ", "formula_without_result", "chưa có kết quả"),
            ("='[so-lieu.xlsx]Sheet1'!A1 → ", "formula_without_result", "chưa có kết quả"),
            (
                "0.634 as 10",
                "percent_written",
                "số phần trăm (63,4%), còn chỉ tiêu này tính bằng tỷ đồng",
            ),
            ("TRUE", "not_a_number", "đúng/sai"),
        ] {
            let lines = format!("{REVENUE}: {typed}\nVT/VT.BTS/this: 1520");
            let wrong = filled(&file, &lines);
            let preview = enterer.upload(&dry(&form), &wrong, None).await.ok();
            let found = &preview["findings"][0];
            assert_eq!(
                (&found["code"], &found["cell"]),
                (&json!(code), &json!(REVENUE)),
                "{typed}"
            );
            let (text, place) = (found["text"].as_str().unwrap(), place(&file, REVENUE));
            let at = format!("Ô {}, trang “Biểu số liệu” (Doanh thu bưu chính): ", place.cell());
            assert!(text.starts_with(&at) && text.contains(said), "{typed}: {text}");
            assert_eq!(found["row"], place.row.to_string());
            assert_eq!(found["column"], place.column);
            let refused =
                enterer.upload(&sheet(&form), &wrong, None).await.refused(422, "findings");
            assert_eq!(refused["findings"][0]["code"], code);
        }
        let seen = enterer.get(&form).await.ok();
        assert_eq!(cell(&seen, "VT/VT.BTS/this")["absent"], "missing", "all or nothing");
    });
}

#[test]
fn words_and_numbers_are_read_under_the_language_of_the_file() {
    on_sqlite(async |ministry| {
        let form = open(&ministry).await;
        let enterer = ministry.person("nhap.52");
        for (language, typed, value) in [
            ("vi", "“1.234,5”", "1234.5"),
            ("en", "“1,234.5”", "1234.5"),
            ("vi", "63.400000000000006", "63.4"),
            ("vi", "“Không phát sinh”", "0"),
            ("en", "“None occurred”", "0"),
            ("vi", "“Không thu thập”", "not_collected"),
            ("en", "“Confidential”", "confidential"),
            ("vi", "“…”", "missing"),
            ("vi", "0", "0"),
        ] {
            enterer.write(&form, "BC/BC.DOANHTHU/this=120,5").await;
            let path = format!("{}?lang={language}", sheet(&form));
            let file = filled(&enterer.download(&path).await, &format!("{REVENUE}: {typed}"));
            // Whoever uploads it may read another language.
            let saved =
                enterer.upload(&format!("{}?lang=vi", sheet(&form)), &file, None).await.ok();
            let new = &saved["differences"][0]["new"];
            assert_eq!(new["value"].as_str().or(new["absent"].as_str()), Some(value), "{typed}");
        }
    });
}

/// `0.1113 as 10` is 0.1113 under format 10 of every program, `0.00%`.
#[test]
fn a_percentage_is_taken_as_the_file_shows_it() {
    on_sqlite(async |ministry| {
        crate::own_report::with_a_percentage(&ministry).await;
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        let file = enterer.download(&sheet(&form)).await;
        for (typed, value, is_fraction) in [
            ("0.1113 as 10", "11.13", true),
            ("0.11130000000000001 as 10", "11.13", true),
            ("1 as 9", "100", true),
            ("11.13", "11.13", false),
        ] {
            let share = filled(&file, &format!("BC/BC.THU_TYLE/this: {typed}"));
            let preview = enterer.upload(&dry(&form), &share, None).await.ok();
            let one = &preview["differences"][0];
            assert_eq!(
                (&one["new"]["value"], &one["percent"], &preview["blocking"]),
                (&json!(value), &json!(is_fraction), &json!(0)),
                "{typed}: {preview}"
            );
        }
        let share = filled(&file, "BC/BC.THU_TYLE/this: 0.1113 as 10");
        enterer.upload(&sheet(&form), &share, None).await.ok();
        assert_eq!(cell(&enterer.get(&form).await.ok(), "BC/BC.THU_TYLE/this")["value"], "11.13");
    });
}

/// As Excel keeps a formula that looks into another file: its last result here, the other's address in a part of its own.
#[test]
fn a_formula_that_looks_into_another_file_opens_nothing() {
    on_sqlite(async |ministry| {
        let form = open(&ministry).await;
        let enterer = ministry.person("nhap.52");
        let file = enterer.download(&sheet(&form)).await;
        let elsewhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        elsewhere.set_nonblocking(true).unwrap();
        let target = format!("http://{}/so-lieu.xlsx", elsewhere.local_addr().unwrap());
        let linked = filled(&file, &format!("{REVENUE}: =[1]Sheet1!A1 → 63.4"));
        let linked = with_part(
            &rewritten(&linked, |name, text| {
                match name {
                "xl/_rels/workbook.xml.rels" => text.replace(
                    "</Relationships>",
                    r#"<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink" Target="externalLinks/externalLink1.xml"/></Relationships>"#,
                ),
                "xl/workbook.xml" => text.replace(
                    "</sheets>",
                    r#"</sheets><externalReferences><externalReference r:id="rId99"/></externalReferences>"#,
                ),
                _ => text,
            }
            }),
            "xl/externalLinks/_rels/externalLink1.xml.rels",
            &format!(
                r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" Target="{target}" TargetMode="External"/></Relationships>"#
            ),
        );
        let saved = enterer.upload(&sheet(&form), &linked, None).await.ok();
        assert_eq!(differences(&saved), json!([format!("{REVENUE} 120.5 → 63.4")]));
        let asked = elsewhere.accept().map(drop).map_err(|error| error.kind());
        assert_eq!(asked, Err(std::io::ErrorKind::WouldBlock), "nobody asks for the other file");
    });
}

#[test]
fn what_somebody_else_changed_meanwhile_is_shown_and_not_written_over_unseen() {
    on_each(async |ministry| {
        let form = open(&ministry).await;
        let enterer = ministry.person("nhap.52");
        let file = filled(
            &enterer.download(&sheet(&form)).await,
            &format!("{REVENUE}: 63.4\nVT/VT.BTS/this: 1520"),
        );
        // A colleague changes one of the two, and two that the file leaves alone.
        enterer
            .write(&form, "BC/BC.DOANHTHU/this=70\nVT/VT.DOANHTHU/this=310\nLOI/KETQUA/text=Khác")
            .await;
        let preview = enterer.upload(&dry(&form), &file, None).await.ok();
        let expected =
            json!(["conflict BC/BC.DOANHTHU/this 70 → 63.4", "VT/VT.BTS/this missing → 1520"]);
        assert_eq!(differences(&preview), expected);
        let refused =
            enterer.upload(&sheet(&form), &file, None).await.refused(412, "stale_version");
        assert_eq!(differences(&refused), expected);
        assert_eq!(refused["at"]["cell"], REVENUE);

        // What changed after the preview is not written over either.
        enterer.write(&form, "BC/BC.DOANHTHU/this=71").await;
        let mine = format!("{}?conflicts=mine&cursor={}", sheet(&form), preview["cursor"]);
        enterer.upload(&mine, &file, None).await.refused(412, "stale_version");
        let theirs = format!("{}?conflicts=theirs", sheet(&form));
        let saved = enterer.upload(&theirs, &file, None).await.ok();
        assert_eq!(differences(&saved), json!(["VT/VT.BTS/this missing → 1520"]));
        let preview = enterer.upload(&dry(&form), &file, None).await.ok();
        let mine = format!("{}?conflicts=mine&cursor={}", sheet(&form), preview["cursor"]);
        let saved = enterer.upload(&mine, &file, None).await.ok();
        assert_eq!(differences(&saved), json!(["conflict BC/BC.DOANHTHU/this 71 → 63.4"]));
        let seen = enterer.get(&form).await.ok();
        assert_eq!(cell(&seen, "VT/VT.DOANHTHU/this")["value"], "310");
        assert_eq!(cell(&seen, "LOI/KETQUA/text")["text"], "Khác");
        enterer
            .upload(&format!("{}?conflicts=both", sheet(&form)), &file, None)
            .await
            .refused(400, "bad_parameter");
    });
}

#[test]
fn a_file_that_is_not_this_form_is_refused_with_the_reason() {
    on_sqlite(async |ministry| {
        let form = open(&ministry).await;
        let enterer = ministry.person("nhap.52");
        let file = enterer.download(&sheet(&form)).await;
        let neighbour = ministry.person("nhap.48");
        let theirs = neighbour.open("48", "2024-07").await;
        let of_another_body = neighbour.download(&sheet(&theirs)).await;
        let earlier = enterer.open("52", "2024-06").await;
        let of_another_month = enterer.download(&sheet(&earlier)).await;
        let strings = |from: &'static str, to: &'static str| {
            rewritten(&file, |name, text| match name {
                "xl/sharedStrings.xml" => text.replace(from, to),
                _ => text,
            })
        };
        let accounts = {
            let mut book = rust_xlsxwriter::Workbook::new();
            book.add_worksheet().write_string(0, 0, "user").unwrap();
            book.save_to_buffer().unwrap()
        };
        let half = file[..file.len() / 2].to_vec();
        for (name, sent, code, said) in [
            ("another body's", of_another_body, "foreign_form", "Đà Nẵng, tháng 7/2024"),
            (
                "another month's",
                of_another_month,
                "foreign_form",
                "tháng 6/2024, không phải biểu đang mở",
            ),
            ("a plain workbook", accounts, "not_a_form", "không phải là biểu tải về"),
            ("half a file", half, "workbook_damaged", "bị hỏng"),
            ("a page", b"<html></html>".to_vec(), "not_a_workbook", "không phải là tệp Excel"),
            ("nothing", vec![], "not_a_workbook", "không phải là tệp Excel"),
            ("an old one", vec![0xD0, 0xCF, 0x11, 0xE0], "workbook_locked", "dạng cũ .xls"),
            (
                "another key of a cell",
                strings("BC/BC.DOANHTHU/this", "VT/VT.DOANHTHU/this"),
                "altered_form",
                "Phần ẩn",
            ),
            (
                "another value at the download",
                strings(">120.5<", ">120.6<"),
                "altered_form",
                "Phần ẩn",
            ),
            (
                "another installation",
                strings("installation", "installatiom"),
                "foreign_form",
                "hệ thống khác",
            ),
            (
                "another row key",
                strings(">BC/BC.DOANHTHU<", ">BC/BC.LA<"),
                "altered_form",
                "“Doanh thu bưu chính”",
            ),
        ] {
            for path in [dry(&form), sheet(&form)] {
                let refused = enterer.upload(&path, &sent, None).await.refused(422, code);
                let detail = refused["detail"].as_str().unwrap();
                assert!(detail.contains(said), "{name}: {detail}");
            }
        }
        let large = vec![b'P'; (8 << 20) + 1];
        enterer.upload(&sheet(&form), &large, None).await.refused(413, "too_large");
    });
}

/// A later program may write the map of a form otherwise: what was downloaded before says an older way, under its seal.
#[test]
fn a_file_of_an_older_form_is_refused_as_outdated() {
    on_sqlite(async |ministry| {
        // The first form of all has the number that is replaced below.
        ministry.person("nhap.48").open("48", "2024-07").await;
        let form = open(&ministry).await;
        let enterer = ministry.person("nhap.52");
        let file = enterer.download(&sheet(&form)).await;
        let strings = |file: &[u8], from: &str, to: &str| {
            rewritten(file, |name, text| match name {
                "xl/sharedStrings.xml" => text.replace(from, to),
                _ => text,
            })
        };
        let older = strings(&file, ">1<", ">0<");
        let map = workbook::read(&older).unwrap().map;
        assert_eq!((map.fact("format"), map.fact("version")), ("0", "0"));
        // Changed by hand it is altered; sealed here, it is one that was good once.
        enterer.upload(&sheet(&form), &older, None).await.refused(422, "altered_form");
        let key = ministry.app.sealing_key().await.unwrap();
        let outdated = strings(&older, &map.seal, &sealed(&map, key));
        for path in [dry(&form), sheet(&form)] {
            let refused = enterer.upload(&path, &outdated, None).await;
            let refused = refused.refused(422, "outdated_form");
            let detail = refused["detail"].as_str().unwrap();
            assert!(detail.contains("Biểu đã có mẫu mới"), "{detail}");
        }
    });
}

/// The seal of a map, as this installation makes it.
fn sealed(map: &workbook::Map, key: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(b"map");
    let facts = map.facts.iter().flat_map(|(name, fact)| ["fact", name, fact]);
    let cells = map.cells.iter();
    let cells = cells.flat_map(|one| ["cell", &one.cell, &one.label, &one.value, &one.comment]);
    for part in facts.chain(cells) {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    server::auth::hex(&mac.finalize().into_bytes())
}

#[test]
fn who_may_read_the_form_gets_it_and_who_may_enter_cells_fills_it() {
    on_sqlite(async |ministry| {
        let form = open(&ministry).await;
        let enterer = ministry.person("nhap.52");
        let file = enterer.download(&sheet(&form)).await;
        let changed = filled(&file, &format!("{REVENUE}: 63.4"));
        for who in ["nhap.48", "bo.phantich"] {
            ministry.person(who).get(&sheet(&form)).await.refused(404, "not_found");
        }
        for who in ["nhap.48", "ky.52", "bo.duyet", "bo.phantich"] {
            for path in [dry(&form), sheet(&form)] {
                ministry.person(who).upload(&path, &changed, None).await.refused(403, "forbidden");
            }
        }
        // The head reads it with every cell locked.
        let of_head = ministry.person("ky.52").download(&sheet(&form)).await;
        assert_eq!(unlocked(&of_head), 0);
        assert!(unlocked(&file) > 100, "{}", unlocked(&file));

        // Once it is on its way, nothing is taken, and the preview says why.
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        let preview = enterer.upload(&dry(&form), &changed, None).await.ok();
        assert_eq!(preview["findings"][0]["code"], "locked", "{preview}");
        let refused = enterer.upload(&sheet(&form), &changed, None).await.refused(423, "locked");
        assert_eq!(refused["at"]["cell"], REVENUE);
        assert_eq!(unlocked(&enterer.download(&sheet(&form)).await), 0);
    });
}

/// `BC/BC.DOANHTHU/this 120.5 → 63.4`, one per difference.
pub fn differences(answer: &Value) -> Value {
    let said = |one: &Value| {
        let text = |name: &str| one[name].as_str().map(str::to_owned);
        let said = text("value").or(text("absent")).or(text("text"));
        let said = said.unwrap_or_else(|| "nothing".to_owned());
        text("comment").map_or(said.clone(), |comment| format!("{said} ({comment})"))
    };
    let line = |one: &Value| {
        let conflict = if one["conflict"] == true { "conflict " } else { "" };
        let cell = one["cell"].as_str().unwrap();
        json!(format!("{conflict}{cell} {} → {}", said(&one["old"]), said(&one["new"])))
    };
    answer["differences"].as_array().unwrap().iter().map(line).collect()
}

fn cell(form: &Value, cell: &str) -> Value {
    let cells = form["cells"].as_array().unwrap();
    cells.iter().find(|one| one["cell"] == cell).cloned().unwrap_or_default()
}

fn place(file: &[u8], cell: &str) -> workbook::Place {
    places(file).remove(cell).unwrap_or_else(|| panic!("{cell} is not in the file"))
}

/// Where each cell stands; a comment as the column `comment` of its row.
fn places(file: &[u8]) -> HashMap<String, workbook::Place> {
    let returned = workbook::read_all(file).unwrap();
    let several = returned.len() > 1;
    let mut places = HashMap::new();
    for form in &returned {
        // Of several forms each cell is named with its body.
        let of = if several { format!("{} ", form.map.fact("body")) } else { String::new() };
        for (mapped, filled) in form.cells().unwrap() {
            if let Some((at, _)) = filled.comment {
                let comment = mapped.cell.replace("/this", "/comment");
                places.insert(format!("{of}{comment}"), at);
            }
            places.insert(format!("{of}{}", mapped.cell), filled.at);
        }
    }
    places
}

/// How many cells take a key: those of a format that is unlocked.
fn unlocked(file: &[u8]) -> usize {
    let styles = part(file, "xl/styles.xml");
    let formats = styles.split_once("<cellXfs").unwrap().1.split_once("</cellXfs>").unwrap().0;
    let open = |format: &&(usize, &str)| format.1.contains(r#"locked="0""#);
    let formats: Vec<(usize, &str)> = formats.split("<xf ").skip(1).enumerate().collect();
    let open: Vec<usize> = formats.iter().filter(open).map(|(number, _)| *number).collect();
    ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"]
        .iter()
        .map(|name| {
            let sheet = part(file, name);
            let of = |number: &usize| sheet.matches(&format!(r#" s="{number}""#)).count();
            open.iter().map(of).sum::<usize>()
        })
        .sum()
}

/// The file with cells as a spreadsheet program would write them, a line each: a number, one under a format by its number
/// (`0.17 as 10`), “words”, `=1+2 → 3`, an error, `(nothing)`.
pub fn filled(file: &[u8], lines: &str) -> Vec<u8> {
    let places = places(file);
    let mut edits: Vec<(String, String)> = vec![];
    for line in lines.lines() {
        match line.trim().split_once(": ") {
            Some((cell, typed)) if places.contains_key(cell) => {
                edits.push((cell.to_owned(), typed.to_owned()));
            }
            _ => {
                let (_, typed) = edits.last_mut().unwrap();
                typed.push('\n');
                typed.push_str(line.trim());
            }
        }
    }
    let names = sheet_names(file);
    let formats = part(file, "xl/styles.xml");
    let formats = formats.split_once("<cellXfs").unwrap().1.split_once("</cellXfs>").unwrap().0;
    let formats = formats.matches("<xf ").count();
    rewritten(file, |name, mut sheet| {
        if name == "xl/styles.xml" {
            // The formats that every program has, so that their numbers can be named.
            let more: String = (0..=14).map(|of| format!(r#"<xf numFmtId="{of}"/>"#)).collect();
            return sheet.replace("</cellXfs>", &format!("{more}</cellXfs>"));
        }
        for (cell, typed) in &edits {
            let place = &places[cell];
            let own = names.iter().position(|name| *name == place.sheet).unwrap() + 1;
            if name == format!("xl/worksheets/sheet{own}.xml") {
                sheet = with_cell(&sheet, &place.cell(), typed, formats);
            }
        }
        sheet
    })
}

/// In the order in which they were written.
fn sheet_names(file: &[u8]) -> Vec<String> {
    let book = part(file, "xl/workbook.xml");
    let names = book.split("<sheet name=\"").skip(1);
    names.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

fn with_cell(sheet: &str, place: &str, typed: &str, formats: usize) -> String {
    let start = sheet.find(&format!("<c r=\"{place}\"")).unwrap_or_else(|| panic!("no {place}"));
    let (before, rest) = sheet.split_at(start);
    let (tag, after) = rest.split_once('>').unwrap();
    let after = if tag.ends_with('/') { after } else { after.split_once("</c>").unwrap().1 };
    let style = tag.split("s=\"").nth(1).and_then(|style| style.split('"').next()).unwrap_or("0");
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let cell = if let Some(words) = typed.strip_prefix('“') {
        let words = escaped(words.strip_suffix('”').unwrap());
        format!(
            r#"<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>"#
        )
    } else if let Some(formula) = typed.strip_prefix('=') {
        let (formula, value) = formula.split_once("→").unwrap();
        let (formula, value) = (escaped(formula.trim()), value.trim());
        format!(r#"<c r="{place}" s="{style}"><f>{formula}</f><v>{value}</v></c>"#)
    } else if typed.starts_with('#') {
        format!(r#"<c r="{place}" s="{style}" t="e"><v>{typed}</v></c>"#)
    } else if typed == "TRUE" {
        format!(r#"<c r="{place}" s="{style}" t="b"><v>1</v></c>"#)
    } else if let Some((number, format)) = typed.split_once(" as ") {
        let style = formats + format.parse::<usize>().unwrap();
        format!(r#"<c r="{place}" s="{style}"><v>{number}</v></c>"#)
    } else if typed == "(nothing)" {
        format!(r#"<c r="{place}" s="{style}"/>"#)
    } else {
        format!(r#"<c r="{place}" s="{style}"><v>{typed}</v></c>"#)
    };
    format!("{before}{cell}{after}")
}

/// The file with one more part.
fn with_part(file: &[u8], name: &str, text: &str) -> Vec<u8> {
    let mut to = zip::ZipWriter::new_append(Cursor::new(file.to_vec())).unwrap();
    to.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    to.write_all(text.as_bytes()).unwrap();
    to.finish().unwrap().into_inner()
}

pub fn part(file: &[u8], name: &str) -> String {
    let mut text = String::new();
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The file with the text of its parts changed.
pub fn rewritten(file: &[u8], change: impl Fn(&str, String) -> String) -> Vec<u8> {
    let names: Vec<String> = {
        let archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
        archive.file_names().map(|name| name.unwrap().into_owned()).collect()
    };
    let mut to = zip::ZipWriter::new(Cursor::new(vec![]));
    for name in names {
        let text = change(&name, part(file, &name));
        to.start_file(&*name, zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(text.as_bytes()).unwrap();
    }
    to.finish().unwrap().into_inner()
}
