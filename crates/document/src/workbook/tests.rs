use super::*;
use std::io::{Cursor, Read, Write};

#[test]
fn what_is_written_is_read() {
    for lang in Lang::ALL {
        let form = form(lang);
        let returned = read(&write(&form).expect("it is written")).expect("it is read");
        assert_eq!(returned.map, form.map);
        let cells = returned.cells().expect("it is whole");
        let shown: Vec<String> = cells
            .iter()
            .map(|(mapped, filled)| {
                let content = match &filled.content {
                    Content::Number { shortest, .. } => shortest.clone(),
                    other => format!("{other:?}"),
                };
                format!("{} {} {content}", mapped.cell, filled.at.cell())
            })
            .collect();
        let long = lang.pick("123.456.789.012.345.678", "123,456,789,012,345,678");
        assert_eq!(
            shown,
            [
                "BC/A/previous E8 Text(\"Chưa có số liệu\")",
                "BC/A/this F8 1234.5",
                &format!("BC/B/this F9 Text({long:?})"),
                "LOI/K/text C7 Text(\"=1+1\\nhai dòng\")",
            ]
        );
        assert_eq!(cells[1].1.comment.as_ref().map(|(at, _)| at.cell()), Some("G8".to_owned()));
    }
}

#[test]
fn a_cell_in_per_cent_says_how_it_is_typed() {
    let prompts = |unit: &str| {
        let mut form = form(Lang::Vi);
        for section in &mut form.sections {
            if let Asks::Figures(rows) = &mut section.asks {
                rows.iter_mut().for_each(|row| row.unit = unit.to_owned());
            }
        }
        let bytes = write(&form).expect("it is written");
        let mut sheet = String::new();
        let mut file = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        file.by_name("xl/worksheets/sheet1.xml")
            .expect("a sheet")
            .read_to_string(&mut sheet)
            .expect("text");
        sheet.matches("không gõ dấu %").count()
    };
    assert_eq!((prompts("%"), prompts("tỷ đồng")), (3, 0));
}

#[test]
fn several_forms_of_one_file_are_told_apart() {
    let part = |tag: &str, name: &str| {
        let mut form = form(Lang::Vi);
        form.part = Some(Part { tag: tag.to_owned(), name: name.to_owned() });
        form.map.facts = vec![("submission".to_owned(), tag.to_owned())];
        form
    };
    let forms = [part("7", "52 Bình Định"), part("8", "48 Đà Nẵng")];
    let bytes = write_all(&forms).expect("they are written");
    let returned = read_all(&bytes).expect("they are read");
    let shown: Vec<String> = returned
        .iter()
        .map(|one| {
            let cells = one.cells().expect("it is whole");
            let sheets: Vec<&str> = cells.iter().map(|(_, one)| one.at.sheet.as_str()).collect();
            format!("{}: {} and {}", one.map.fact("submission"), sheets[0], sheets[3])
        })
        .collect();
    assert_eq!(
        shown,
        ["7: 52 Bình Định and 52 Bình Định (lời)", "8: 48 Đà Nẵng and 48 Đà Nẵng (lời)"]
    );
    // Where one form is expected, several are none.
    assert_eq!(read(&bytes).expect("it is read").cells(), Err(Altered::Map));
    let one = read_all(&write(&form(Lang::Vi)).expect("it is written")).expect("it is read");
    assert_eq!(one.len(), 1);
}

#[test]
fn what_is_no_workbook_is_refused_with_its_reason() {
    let good = write(&form(Lang::Vi)).expect("it is written");
    let zipped = |parts: &[(&str, &[u8])]| {
        let mut file = zip::ZipWriter::new(Cursor::new(vec![]));
        for (name, part) in parts {
            file.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
            file.write_all(part).expect("memory");
        }
        file.finish().expect("memory").into_inner()
    };
    let zeroes = vec![0u8; 65 << 20];
    for (bytes, reason) in [
        (vec![], Unreadable::NotAWorkbook),
        (b"<html><table><tr><td>1</td></tr></table></html>".to_vec(), Unreadable::NotAWorkbook),
        (vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1], Unreadable::Old),
        // Saved by Excel's own way of passwords, and by LibreOffice.
        (include_bytes!("foreign/password.xlsx").to_vec(), Unreadable::Locked),
        (include_bytes!("foreign/excel97.xls").to_vec(), Unreadable::Old),
        (include_bytes!("foreign/libreoffice.ods").to_vec(), Unreadable::OpenDocument),
        (zipped(&[("content.xml", b"<office/>")]), Unreadable::OpenDocument),
        (zipped(&[("readme.txt", b"hello")]), Unreadable::NotAWorkbook),
        (zipped(&[("xl/workbook.xml", &zeroes)]), Unreadable::TooLarge),
        (zipped(&[("xl/workbook.xml", b"<workbook/>")]), Unreadable::Damaged),
        (
            zipped(&[("xl/workbook.xml", b"<workbook/>"), ("xl/vbaProject.bin", b"")]),
            Unreadable::Macros,
        ),
        (
            zipped(&[("xl/workbook.xml", b"<workbook/>"), ("xl/macrosheets/sheet1.xml", b"")]),
            Unreadable::Macros,
        ),
        (good[..good.len() / 2].to_vec(), Unreadable::Damaged),
    ] {
        let size = bytes.len();
        assert_eq!(read(&bytes).map(drop), Err(reason), "{size} bytes");
    }
    let mut other = rust_xlsxwriter::Workbook::new();
    other.add_worksheet().write_string(0, 0, "Báo cáo").expect("a cell");
    let other = other.save_to_buffer().expect("a workbook");
    assert_eq!(read(&other).map(drop), Err(Unreadable::NotAForm));
}

#[test]
fn what_another_program_adds_around_the_cells_changes_no_number() {
    let good = write(&form(Lang::Vi)).expect("it is written");
    let filled = |bytes: &[u8]| {
        let returned = read(bytes).expect("it is read");
        let cells = returned.cells().expect("it is as it was");
        cells
            .iter()
            .map(|(mapped, filled)| format!("{} {filled:?}", mapped.cell))
            .collect::<Vec<_>>()
    };
    let before = filled(&good);
    // Days counted from 1904, as old programs on a Mac do; a million rows that say nothing; cells joined outside the form.
    let empty: String = (2_000..1_002_000).map(|row| format!(r#"<row r="{row}"/>"#)).collect();
    let added = rewritten(&good, |name, text| match name {
        "xl/workbook.xml" => {
            assert!(text.contains("<workbookPr "));
            text.replacen("<workbookPr ", r#"<workbookPr date1904="1" "#, 1)
        }
        "xl/worksheets/sheet2.xml" | "xl/worksheets/sheet1.xml" => {
            let joined = r#"</sheetData><mergeCells count="1"><mergeCell ref="AA1900:AB1901"/></mergeCells>"#;
            let joined = if text.contains("<mergeCells") { "</sheetData>" } else { joined };
            text.replacen("</sheetData>", &format!("{empty}{joined}"), 1)
        }
        _ => text,
    });
    assert!(added != good && filled(&added) == before);
}

#[test]
fn a_byte_that_was_changed_is_a_refusal_or_the_same_form_and_never_a_crash() {
    let form = form(Lang::Vi);
    let good = write(&form).expect("it is written");
    for at in (0..good.len()).step_by(37) {
        let mut bytes = good.clone();
        bytes[at] ^= 0x55;
        if let Ok(returned) = read(&bytes) {
            assert_eq!(returned.map.seal, form.map.seal, "byte {at}");
        }
    }
}

#[test]
fn what_a_form_no_longer_shows_is_named() {
    for (from, to, said) in [
        (
            "Doanh thu bưu chính",
            "Doanh thu viễn thông",
            "đã bị đổi thành “Doanh thu viễn thông” ở ô C8",
        ),
        (">BC/B<", ">BC/C<", "Tệp thiếu dòng hoặc cột của “Sản lượng"),
        (">BC/B<", ">BC/A<", "có hai lần, lần sau ở ô C9, trang “Biểu số liệu”"),
        (">this<", ">that<", "Tệp thiếu dòng hoặc cột của “Doanh thu bưu chính"),
    ] {
        let mut form = form(Lang::Vi);
        // What the map says of the label is not what was changed.
        form.map.cells.iter_mut().for_each(|one| one.label.push(' '));
        let bytes = rewritten(&write(&form).expect("it is written"), |name, text| {
            if name == "xl/sharedStrings.xml" { text.replacen(from, to, 1) } else { text }
        });
        let altered = read(&bytes).expect("it is read").cells().expect_err("it was altered");
        let message = altered.message(Lang::Vi);
        assert!(message.contains(said), "{from} → {to}: {message}");
    }
}

#[test]
fn what_whoever_fills_a_row_is_told_stands_beside_its_cell() {
    let found = std::cell::Cell::new(0);
    rewritten(&write(&form(Lang::Vi)).expect("it is written"), |_, text| {
        let notes = text.split(" prompt=\"").skip(1).filter(|rest| rest.starts_with("Không tính"));
        found.set(found.get() + notes.count());
        text
    });
    assert_eq!(found.get(), 1);
}

/// The file with the text of its parts changed.
fn rewritten(bytes: &[u8], change: impl Fn(&str, String) -> String) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut to = zip::ZipWriter::new(Cursor::new(vec![]));
    for number in 0..from.len() {
        let mut part = from.by_index(number).expect("a part");
        let mut text = String::new();
        part.read_to_string(&mut text).expect("text");
        let name = part.name().expect("a name").into_owned();
        to.start_file(&*name, zip::write::SimpleFileOptions::default()).expect("a part");
        to.write_all(change(&name, text).as_bytes()).expect("memory");
    }
    to.finish().expect("memory").into_inner()
}

fn form(lang: Lang) -> Workbook {
    let open = |said| Input { said, is_open: true };
    let number = |text: &str| Decimal::parse(text).expect("a number");
    let row = |key: &str, label: &str| Row {
        key: key.to_owned(),
        code: key.to_owned(),
        label: label.to_owned(),
        note: String::new(),
        unit: "tỷ đồng".to_owned(),
        scale: 1,
        required: true,
        previous: Previous::Known(Some(number("7"))),
        this: open(Said::Number(number("1234.5"))),
        comment: String::new(),
        last_year: Some(number("3.5")),
        year_to_date: None,
        plan: None,
    };
    let mapped = |cell: &str, label: &str| Mapped {
        cell: cell.to_owned(),
        label: label.to_owned(),
        value: "1234.5".to_owned(),
        comment: String::new(),
    };
    Workbook {
        part: None,
        lang,
        title: "Báo cáo".to_owned(),
        about: vec!["Sở".to_owned(), "Tháng 7".to_owned()],
        headings: Headings {
            previous: "Kỳ trước".to_owned(),
            this: "Kỳ này".to_owned(),
            last_year: "Cùng kỳ".to_owned(),
            year_to_date: "Lũy kế".to_owned(),
            plan: "Kế hoạch".to_owned(),
        },
        sections: vec![
            Section {
                name: "Bưu chính".to_owned(),
                about: "Phòng Bưu chính".to_owned(),
                asks: Asks::Figures(vec![
                    Row {
                        previous: Previous::Asked(
                            open(Said::Words("Chưa có số liệu".to_owned())),
                            None,
                        ),
                        ..row("BC/A", "Doanh thu bưu chính")
                    },
                    Row {
                        // Longer than Excel takes.
                        note: "Không tính bưu phẩm quốc tế. ".repeat(20),
                        this: open(Said::Number(number("123456789012345678"))),
                        ..row("BC/B", "Sản lượng")
                    },
                ]),
            },
            Section {
                name: "Đánh giá".to_owned(),
                about: String::new(),
                asks: Asks::Texts(vec![Prompt {
                    key: "LOI/K".to_owned(),
                    label: "Khó khăn".to_owned(),
                    answer: open(Said::Words("=1+1\nhai dòng".to_owned())),
                }]),
            },
        ],
        absences: vec![("Chưa có số liệu".to_owned(), "Chưa thu được".to_owned())],
        map: Map {
            facts: vec![("submission".to_owned(), "7".to_owned())],
            cells: vec![
                mapped("BC/A/previous", "Doanh thu bưu chính"),
                mapped("BC/A/this", "Doanh thu bưu chính"),
                mapped("BC/B/this", "Sản lượng"),
                mapped("LOI/K/text", "Khó khăn"),
            ],
            seal: "abc".to_owned(),
        },
    }
}
