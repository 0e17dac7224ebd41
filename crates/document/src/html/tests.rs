use expect_test::expect;
use model::answer::Coverage;
use model::{Catalogue, Decimal, Period, Qualifier, SourceChoice, Units};

use super::tests_support::{answered, indicator, unit};
use super::*;
use crate::markup;
use crate::tree::{Column, Letterhead};

fn document(blocks: Vec<Block>) -> Document {
    Document {
        id: "2024-S1".into(),
        lang: Lang::Vi,
        letterhead: Letterhead {
            superior: None,
            agency: "Bộ Thông tin và Truyền thông".into(),
            number: "Số:    /BC-BTTTT".into(),
            place_and_date: "Hà Nội, ngày 29 tháng 7 năm 2024".into(),
        },
        kind: "Báo cáo".into(),
        title: "Sơ kết <6 tháng> & \"kế hoạch\"".into(),
        blocks,
    }
}

fn line(text: &str) -> Vec<Inline> {
    markup::read(text, Period::parse("2024-S1").unwrap()).unwrap()
}

/// Growth was stated as 27 and follows as 28,0747; the provinces said over 30, and 17 was measured.
fn known(figure: &FigureRef) -> Option<Answered> {
    let cell = &figure.cell;
    let key = format!("{} {} {} {}", cell.indicator, cell.unit, cell.period, cell.measure);
    Some(match (key.as_str(), figure.source) {
        ("TN.DOANHTHU VN 2024-S1 level", _) => {
            Answered { status: Some(Status::Estimated), ..answered(&key, "2067389") }
        }
        ("TN.DOANHTHU VN 2024-S1 change_on_year", _) => {
            Answered { computed: Some(Decimal::parse("28.0747").unwrap()), ..answered(&key, "27") }
        }
        ("CDS.TYLE @provinces 2024-S1 level", SourceChoice::Measured) => {
            Answered { source: Some(Source::Measured), ..answered(&key, "17") }
        }
        ("CDS.TYLE @provinces 2024-S1 level", _) => {
            Answered { qualifier: Some(Qualifier::Over), ..answered(&key, "30") }
        }
        ("TN.DOANHTHU 52 2024-S1 level", _) => {
            let mut partial = answered(&key, "1204.5678");
            partial.basis = Basis::RolledUp;
            partial.coverage = Coverage { present: 5, expected: 6 };
            partial
        }
        _ => return None,
    })
}

fn written(document: &Document, mode: Mode) -> String {
    let catalogue = Catalogue::new([indicator("TN.DOANHTHU"), indicator("CDS.TYLE")]);
    let units = Units::new(vec![unit("VN"), unit("@provinces"), unit("52")]).unwrap();
    html(document, Context { catalogue: &catalogue, units: &units }, &known, mode)
}

#[test]
fn how_far_reported_and_measured_lie_apart_is_written_when_both_are_there() {
    let text =
        "Chênh {CDS.TYLE unit=@provinces apart}; {TN.DOANHTHU unit=52 apart}, {CDS.TYLE apart}.";
    let page = written(&document(vec![Block::Paragraph(line(text))]), Mode::Fragment);
    assert!(page.contains("Chênh +13 điểm %; 0 tỷ đồng, ."), "{page}");
}

fn small() -> Document {
    document(vec![
        Block::Heading { level: 1, text: "I. Kết quả".into() },
        Block::Paragraph(line(
            "Doanh thu {TN.DOANHTHU attained}, {TN.DOANHTHU change_on_year}; của Bình Định {TN.DOANHTHU unit=52}; năm trước {TN.DOANHTHU period=2023-S1}.",
        )),
        Block::Table(Table {
            caption: "Báo cáo và đo".into(),
            unit_note: Some("Đơn vị tính: %".into()),
            columns: vec![
                Column { title: "TT".into(), kind: ColumnKind::Ordinal },
                Column { title: "Chỉ tiêu".into(), kind: ColumnKind::Name },
                Column { title: "Số báo cáo".into(), kind: ColumnKind::Figures },
                Column { title: "Số đo".into(), kind: ColumnKind::Figures },
            ],
            rows: vec![
                Row {
                    cells: vec![
                        line("Dịch vụ công"),
                        line("{CDS.TYLE unit=@provinces number}"),
                        line("{CDS.TYLE unit=@provinces source=measured number}"),
                    ],
                    when_unanswered: WhenUnanswered::LeftOut,
                },
                Row {
                    cells: vec![line("Không ai hỏi"), line("{CDS.TYLE unit=52 number}"), vec![]],
                    when_unanswered: WhenUnanswered::LeftOut,
                },
            ],
        }),
    ])
}

#[test]
fn a_fragment_has_buttons_that_say_what_they_are() {
    expect![[r#"
        <article class="document" lang="vi">
        <h2>I. Kết quả</h2>
        <p>Doanh thu ước đạt <button type="button" class="figure estimated" data-indicator="TN.DOANHTHU" data-unit="VN" data-period="2024-S1" data-measure="level" data-breakdown="" data-source="preferred" aria-label="2.067.389 tỷ đồng: Doanh thu toàn ngành TT&amp;TT, 6 tháng đầu năm 2024 (ước tính; số báo cáo)">2.067.389 tỷ đồng</button>, <button type="button" class="figure" data-indicator="TN.DOANHTHU" data-unit="VN" data-period="2024-S1" data-measure="change_on_year" data-breakdown="" data-source="preferred" aria-label="tăng 27%: Doanh thu toàn ngành TT&amp;TT, 6 tháng đầu năm 2024, so với cùng kỳ năm trước (số báo cáo; tính từ số liệu: 28,07%)">tăng 27%</button><sup>1</sup>; của Bình Định <button type="button" class="figure derived" data-indicator="TN.DOANHTHU" data-unit="52" data-period="2024-S1" data-measure="level" data-breakdown="" data-source="preferred" aria-label="1.204,6 tỷ đồng: Doanh thu toàn ngành TT&amp;TT, tỉnh Bình Định, 6 tháng đầu năm 2024 (số báo cáo; 5/6 tỉnh đã có số liệu)">1.204,6 tỷ đồng</button><sup>2</sup>; năm trước <button type="button" class="figure absent" data-indicator="TN.DOANHTHU" data-unit="VN" data-period="2023-S1" data-measure="level" data-breakdown="" data-source="preferred" aria-label="chưa có số liệu: Doanh thu toàn ngành TT&amp;TT, 6 tháng đầu năm 2023">chưa có số liệu</button>.</p><p class="notes"><span><sup>1</sup> Tính từ số liệu: 28,07%</span> <span><sup>2</sup> 5/6 tỉnh đã có số liệu</span> </p>
        <div class="table" role="region" tabindex="0" aria-label="Bảng 1. Báo cáo và đo"><table><caption><span class="title">Bảng 1. Báo cáo và đo</span> <span class="unit">Đơn vị tính: %</span></caption><thead><tr><th scope="col" class="ordinal">TT</th><th scope="col" class="name">Chỉ tiêu</th><th scope="col" class="figures">Số báo cáo</th><th scope="col" class="figures">Số đo</th></tr></thead><tbody><tr><td class="ordinal">1</td><th scope="row">Dịch vụ công</th><td class="figures"><button type="button" class="figure" data-indicator="CDS.TYLE" data-unit="@provinces" data-period="2024-S1" data-measure="level" data-breakdown="" data-source="preferred" aria-label="trên 30: Tỷ lệ người dân sử dụng DVCTT toàn trình, các tỉnh, thành phố, 6 tháng đầu năm 2024 (số báo cáo)">trên 30</button><span class="slot"></span></td><td class="figures"><button type="button" class="figure measured" data-indicator="CDS.TYLE" data-unit="@provinces" data-period="2024-S1" data-measure="level" data-breakdown="" data-source="measured" aria-label="17: Tỷ lệ người dân sử dụng DVCTT toàn trình, các tỉnh, thành phố, 6 tháng đầu năm 2024 (số đo trực tuyến)">17</button><span class="slot"><sup><abbr title="số đo trực tuyến">đ</abbr></sup></span></td></tr></tbody></table></div>
        <div class="about"><p class="legend">Ký hiệu — đ: số đo trực tuyến.</p><p class="sources">Nguồn: số báo cáo; số đo trực tuyến. Số liệu ghi nhận đến 17:00 ngày 6/7/2024.</p></div>
        </article>
    "#]].assert_eq(&written(&small(), Mode::Fragment));
}

#[test]
fn a_page_has_text_a_letterhead_and_everything_escaped() {
    let printing = Printing {
        by: "<b>",
        at: jiff::civil::date(2024, 8, 5).at(8, 5, 0, 0),
        address: "http://x/?a=1&b=2",
    };
    let page = written(&small(), Mode::Page(printing)).replace(PAGE_CSS, "");
    expect![[r#"
        <!doctype html>
        <html lang="vi">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Báo cáo Sơ kết &lt;6 tháng&gt; &amp; &quot;kế hoạch&quot;</title>
        <style></style>
        </head>
        <body>
        <main>
        <header>
        <div class="agency"><p class="name">Bộ Thông tin và Truyền thông</p><p class="number">Số:    /BC-BTTTT</p></div>
        <div class="nation"><p class="state">Cộng hòa xã hội chủ nghĩa Việt Nam</p><p class="motto">Độc lập - Tự do - Hạnh phúc</p><p class="date">Hà Nội, ngày 29 tháng 7 năm 2024</p></div>
        </header>
        <h1><span class="kind">Báo cáo</span> Sơ kết &lt;6 tháng&gt; &amp; &quot;kế hoạch&quot;</h1>
        <article class="document" lang="vi">
        <h2>I. Kết quả</h2>
        <p>Doanh thu ước đạt <span class="figure estimated" title="2.067.389 tỷ đồng: Doanh thu toàn ngành TT&amp;TT, 6 tháng đầu năm 2024 (ước tính; số báo cáo)">2.067.389 tỷ đồng</span>, <span class="figure" title="tăng 27%: Doanh thu toàn ngành TT&amp;TT, 6 tháng đầu năm 2024, so với cùng kỳ năm trước (số báo cáo; tính từ số liệu: 28,07%)">tăng 27%</span><sup>1</sup>; của Bình Định <span class="figure derived" title="1.204,6 tỷ đồng: Doanh thu toàn ngành TT&amp;TT, tỉnh Bình Định, 6 tháng đầu năm 2024 (số báo cáo; 5/6 tỉnh đã có số liệu)">1.204,6 tỷ đồng</span><sup>2</sup>; năm trước <span class="figure absent" title="chưa có số liệu: Doanh thu toàn ngành TT&amp;TT, 6 tháng đầu năm 2023">chưa có số liệu</span>.</p><p class="notes"><span><sup>1</sup> Tính từ số liệu: 28,07%</span> <span><sup>2</sup> 5/6 tỉnh đã có số liệu</span> </p>
        <div class="table" role="region" tabindex="0" aria-label="Bảng 1. Báo cáo và đo"><table><caption><span class="title">Bảng 1. Báo cáo và đo</span> <span class="unit">Đơn vị tính: %</span></caption><thead><tr><th scope="col" class="ordinal">TT</th><th scope="col" class="name">Chỉ tiêu</th><th scope="col" class="figures">Số báo cáo</th><th scope="col" class="figures">Số đo</th></tr></thead><tbody><tr><td class="ordinal">1</td><th scope="row">Dịch vụ công</th><td class="figures"><span class="figure" title="trên 30: Tỷ lệ người dân sử dụng DVCTT toàn trình, các tỉnh, thành phố, 6 tháng đầu năm 2024 (số báo cáo)">trên 30</span><span class="slot"></span></td><td class="figures"><span class="figure measured" title="17: Tỷ lệ người dân sử dụng DVCTT toàn trình, các tỉnh, thành phố, 6 tháng đầu năm 2024 (số đo trực tuyến)">17</span><span class="slot"><sup><abbr title="số đo trực tuyến">đ</abbr></sup></span></td></tr></tbody></table></div>
        <div class="about"><p class="legend">Ký hiệu — đ: số đo trực tuyến.</p><p class="sources">Nguồn: số báo cáo; số đo trực tuyến. Số liệu ghi nhận đến 17:00 ngày 6/7/2024.</p></div>
        </article>
        <footer><p class="printed">Người in: &lt;b&gt;, 08:05 ngày 5/8/2024. http://x/?a=1&amp;b=2</p></footer>
        </main>
        </body>
        </html>
    "#]].assert_eq(&page);
}
