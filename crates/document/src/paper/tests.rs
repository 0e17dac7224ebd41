use super::*;
use std::io::Write;

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = zip::ZipWriter::new(Cursor::new(vec![]));
    for (name, part) in parts {
        file.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
        file.write_all(part).expect("memory");
    }
    file.finish().expect("memory").into_inner()
}

/// A document with this body, as Word writes it.
fn document(body: &str) -> Vec<u8> {
    let xml = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}<w:sectPr/></w:body></w:document>"#
    );
    zipped(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", xml.as_bytes())])
}

/// A line for each piece; of a table a line for each row: `0 label | 1 63,4 | 2 (63,4)`, what is only spanned in brackets.
fn shown(paper: &Paper) -> Vec<String> {
    let mut lines = vec![];
    for piece in &paper.pieces {
        match piece {
            Piece::Line(text) => lines.push(text.clone()),
            Piece::Table(table) => lines.extend(table.rows.iter().map(|(row, squares)| {
                let said = squares.iter().map(|(column, square)| {
                    let text = match &square.content {
                        Content::Text(text) => text.clone(),
                        Content::Number { shortest, .. } => shortest.clone(),
                        other => format!("{other:?}"),
                    };
                    if square.is_spanned {
                        format!("{column} ({text})")
                    } else {
                        format!("{column} {text}")
                    }
                });
                format!("{row}: {}", said.collect::<Vec<_>>().join(" | "))
            })),
        }
    }
    lines
}

#[test]
fn lines_and_tables_are_read_in_their_order_with_what_spans_others() {
    let paper = read(&document(
        r#"<w:p><w:r><w:t xml:space="preserve">Báo cáo </w:t></w:r><w:r><w:t>tháng&#32;7 &amp; lũy kế</w:t><w:tab/><w:t>2024</w:t></w:r></w:p>
           <w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:del><w:r><w:delText>cũ</w:delText></w:r></w:del></w:p>
           <w:tbl><w:tblGrid/>
             <w:tr><w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr><w:p><w:r><w:t>Chỉ tiêu</w:t></w:r></w:p></w:tc>
                   <w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p><w:r><w:t>Thực hiện</w:t></w:r></w:p></w:tc></w:tr>
             <w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc><w:tc><w:p><w:r><w:t>Tháng 6</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Tháng 7</w:t></w:r></w:p></w:tc></w:tr>
             <w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p><w:p><w:r><w:t>2</w:t></w:r></w:p></w:tc>
                   <w:tc><w:tbl><w:tr><w:tc><w:p><w:r><w:t>63,4</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p/></w:tc></w:tr>
           </w:tbl>
           <w:p><mc:AlternateContent xmlns:mc="m"><mc:Choice><w:r><w:t>Người ký</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>Người ký</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>"#,
    ))
    .expect("a document");
    assert_eq!(
        shown(&paper),
        [
            "Báo cáo tháng 7 & lũy kế 2024",
            "0: 0 Chỉ tiêu | 1 Thực hiện | 2 (Thực hiện)",
            "1: 0 (Chỉ tiêu) | 1 Tháng 6 | 2 Tháng 7",
            "2: 1 1 2 | 2 63,4",
            "Người ký",
        ]
    );
    let texts = paper.texts(Lang::Vi);
    assert_eq!(texts[1], ("bảng 1, dòng 1, cột 1".to_owned(), "Chỉ tiêu".to_owned()));
    assert_eq!(texts.iter().filter(|(_, text)| text == "Chỉ tiêu").count(), 1);
}

#[test]
fn the_sheets_of_a_workbook_are_tables_and_what_only_a_program_reads_is_none() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Biểu 1").expect("a name");
    let plain = rust_xlsxwriter::Format::new();
    sheet.merge_range(0, 1, 0, 2, "Thực\nhiện", &plain).expect("a span");
    sheet.write_string(1, 0, "Doanh thu").expect("a cell");
    sheet.write_number(1, 1, 63.4).expect("a cell");
    sheet
        .write_formula(1, 2, rust_xlsxwriter::Formula::new("=1+2").set_result("3"))
        .expect("a cell");
    book.add_worksheet().write_string(0, 0, MAP_MARK).expect("a cell");
    let paper = read(&book.save_to_buffer().expect("a workbook")).expect("a workbook");
    assert_eq!(shown(&paper), ["0: 1 Thực hiện | 2 (Thực hiện)", "1: 0 Doanh thu | 1 63.4 | 2 3"]);
    let place = paper.tables().next().expect("a table").name.place(1, 2, Lang::En);
    assert_eq!(place, "cell C2, sheet “Biểu 1”");
}

#[test]
fn what_is_no_report_is_refused_with_its_reason() {
    let good = document("<w:p><w:r><w:t>Báo cáo</w:t></w:r></w:p>");
    let zeroes = vec![b' '; 65 << 20];
    let many = (0..501).map(|number| format!("part{number}")).collect::<Vec<_>>();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let bomb = r#"<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><w:document><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"#;
    let far = "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"65535\"/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
    for (name, bytes, code) in [
        ("nothing", vec![], "not_a_report"),
        (
            "a page named .docx",
            b"<html><table><tr><td>1</td></tr></table></html>".to_vec(),
            "not_a_report",
        ),
        ("an old one", vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1], "report_locked"),
        ("OpenDocument", zipped(&[("content.xml", b"<office/>")]), "not_a_report"),
        ("slides", zipped(&[("ppt/presentation.xml", b"<p/>")]), "not_a_report"),
        ("a bomb", zipped(&[("word/document.xml", &zeroes)]), "report_too_large"),
        ("many parts", zipped(&many), "report_too_large"),
        (
            "macros",
            zipped(&[("word/document.xml", b"<d/>"), ("word/vbaProject.bin", b"")]),
            "report_macros",
        ),
        ("half a file", good[..good.len() / 2].to_vec(), "report_damaged"),
        ("no body", zipped(&[("word/document.xml", b"<w:document/>")]), "report_damaged"),
        ("not XML", zipped(&[("word/document.xml", b"<w:body><w:p></w:body>")]), "report_damaged"),
        ("cut off", zipped(&[("word/document.xml", b"<w:body><w:p>")]), "report_damaged"),
        ("entities", zipped(&[("word/document.xml", bomb.as_bytes())]), "report_damaged"),
        ("many wide cells", document(&far.repeat(4000)), "report_too_large"),
    ] {
        let refused = read(&bytes).map(|paper| paper.pieces.len()).map_err(|why| why.code());
        assert_eq!(refused, Err(code), "{name}");
    }
    assert!(read(&good).is_ok());
}

#[test]
fn a_byte_that_was_changed_is_a_refusal_or_a_report_and_never_a_crash() {
    let good = document(
        "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr><w:p><w:r><w:t>Doanh thu</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
    );
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 0x55;
        let _ = read(&bytes);
    }
}

/// Written by openpyxl, and the same opened and saved by LibreOffice: 17.23% and 63.4.
#[test]
fn what_other_programs_show_as_a_percentage_is_told_from_a_number() {
    let files: [&[u8]; 2] = [
        include_bytes!("percentages/openpyxl.xlsx"),
        include_bytes!("percentages/libreoffice.xlsx"),
    ];
    for file in files {
        let paper = read(file).unwrap();
        let table = paper.tables().next().unwrap();
        let shown = [1, 2].map(|row| match &table.rows[&row][&1].content {
            Content::Number { fifteen, is_percent, .. } => (fifteen.as_str(), *is_percent),
            other => panic!("{other:?}"),
        });
        assert_eq!(shown, [("0.1723", true), ("63.4", false)]);
    }
}

#[test]
fn what_is_counted_has_a_unit_beside_it() {
    let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let row = |texts: &[&str]| {
        let cells: String = texts.iter().map(|text| cell(text)).collect();
        format!("<w:tr>{cells}</w:tr>")
    };
    let wide = "<w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr><w:p><w:r><w:t>Báo chí</w:t></w:r></w:p></w:tc>";
    let rows = [
        row(&["TT", "Nội dung", "Đơn vị tính", "Ghi chú"]),
        row(&["1", "Số trang bị chặn", "trang", "theo tháng"]),
        row(&["", "Chia theo khu vực:", "", ""]),
        format!("<w:tr>{}{wide}</w:tr>", cell("B")),
    ];
    let body = format!("<w:p><w:r><w:t>Biểu</w:t></w:r></w:p><w:tbl>{}</w:tbl>", rows.concat());
    let paper = read(&document(&body));
    let said: Vec<String> = paper
        .expect("a document")
        .words(Lang::Vi)
        .iter()
        .map(|one| match &one.beside {
            Beside::Unit(unit) => format!("{} ({unit})", one.text),
            Beside::NoUnit => format!("{} -", one.text),
            Beside::Unsaid => one.text.clone(),
        })
        .collect();
    assert_eq!(
        said,
        [
            "Biểu",
            "TT",
            "Nội dung",
            "Đơn vị tính",
            "Ghi chú",
            "1 -",
            "Số trang bị chặn (trang)",
            "trang -",
            "theo tháng -",
            "Chia theo khu vực: -",
            "B -",
            "Báo chí -",
        ]
    );
}
