//! The half-year review of 2024.

use model::{Indicator, Sector, Unit, UnitKind, Validity};

use super::{Author, Review};
use crate::tree::{Block, Column, ColumnKind, Inline, Row, Table, WhenUnanswered};
use crate::{collation, markup, period};

pub(super) const REVIEW: Review = Review {
    id: "2024-S1",
    title_vi: "Sơ kết công tác 6 tháng đầu năm 2024 ngành Thông tin và Truyền thông",
    title_en: "Half-year review 2024 of the information and communications sector",
    write,
};

fn write(author: &mut Author) {
    results(author);
    documents(author);
    sectors(author);
    burden(author);
    author.signatures();
    annex(author);
}

fn results(author: &mut Author) {
    author.heading(1, ("I. Kết quả chung của ngành", "I. The whole sector"));
    author.paragraph((
        "6 tháng đầu năm 2024, doanh thu toàn ngành TT&TT {TN.DOANHTHU attained}, {TN.DOANHTHU change_on_year} so với cùng kỳ năm trước, {TN.DOANHTHU share_of_plan attained} kế hoạch năm. Nộp ngân sách nhà nước {TN.NSNN attained}, {TN.NSNN change_on_year} so với cùng kỳ năm trước, {TN.NSNN share_of_plan attained} kế hoạch năm.",
        "In the first half of 2024 the sector's revenue {TN.DOANHTHU attained}, {TN.DOANHTHU change_on_year} on the same period of last year; share of the year's plan: {TN.DOANHTHU share_of_plan}. Payments to the state budget: {TN.NSNN}, {TN.NSNN change_on_year}; share of the year's plan: {TN.NSNN share_of_plan}.",
    ));
    author.paragraph((
        "Đóng góp của ngành vào GDP {TN.GDP attained}, {TN.GDP change_on_year} so với cùng kỳ năm trước, {TN.GDP share_of_plan attained} kế hoạch năm. Đến hết tháng 6/2024, tổng số lao động toàn ngành {TN.LAODONG attained period=2024-06}, {TN.LAODONG change_on_year period=2024-06} so với cùng kỳ năm trước.",
        "The sector's contribution to GDP {TN.GDP attained}, {TN.GDP change_on_year} on the same period of last year; share of the year's plan: {TN.GDP share_of_plan}. At the end of June 2024 the sector's labour force {TN.LAODONG attained period=2024-06}, {TN.LAODONG change_on_year period=2024-06} on the same time last year.",
    ));
    author.table(
        (
            "Các chỉ tiêu chủ yếu của ngành, 6 tháng đầu năm 2024",
            "Main indicators of the sector, first half of 2024",
        ),
        None,
        &[
            (ColumnKind::Ordinal, ("TT", "No.")),
            (ColumnKind::Name, ("Chỉ tiêu", "Indicator")),
            (ColumnKind::Words, ("Đơn vị tính", "Unit")),
            (ColumnKind::Figures, ("Thực hiện", "Level")),
            (ColumnKind::Figures, ("So với cùng kỳ năm trước", "On the year")),
            (ColumnKind::Figures, ("So với kế hoạch năm", "Share of plan")),
        ],
        &[
            &[
                ("Doanh thu toàn ngành TT&TT", "Revenue"),
                ("tỷ đồng", "billion VND"),
                ("{TN.DOANHTHU number}", "{TN.DOANHTHU number}"),
                ("{TN.DOANHTHU change_on_year arrow}", "{TN.DOANHTHU change_on_year arrow}"),
                ("{TN.DOANHTHU share_of_plan}", "{TN.DOANHTHU share_of_plan}"),
            ],
            &[
                ("Nộp ngân sách nhà nước", "Payments to the state budget"),
                ("tỷ đồng", "billion VND"),
                ("{TN.NSNN number}", "{TN.NSNN number}"),
                ("{TN.NSNN change_on_year arrow}", "{TN.NSNN change_on_year arrow}"),
                ("{TN.NSNN share_of_plan}", "{TN.NSNN share_of_plan}"),
            ],
            &[
                ("Đóng góp vào GDP", "Contribution to GDP"),
                ("tỷ đồng", "billion VND"),
                ("{TN.GDP number}", "{TN.GDP number}"),
                ("{TN.GDP change_on_year arrow}", "{TN.GDP change_on_year arrow}"),
                ("{TN.GDP share_of_plan}", "{TN.GDP share_of_plan}"),
            ],
            &[
                (
                    "Tổng số lao động (đến hết tháng 6/2024)",
                    "Labour force (at the end of June 2024)",
                ),
                ("lao động", "persons"),
                ("{TN.LAODONG number period=2024-06}", "{TN.LAODONG number period=2024-06}"),
                (
                    "{TN.LAODONG change_on_year arrow period=2024-06}",
                    "{TN.LAODONG change_on_year arrow period=2024-06}",
                ),
                (
                    "{TN.LAODONG share_of_plan period=2024-06}",
                    "{TN.LAODONG share_of_plan period=2024-06}",
                ),
            ],
        ],
    );
}

fn documents(author: &mut Author) {
    author.heading(1, ("II. Xây dựng thể chế", "II. Laws and policies"));
    author.paragraph((
        "Trong 6 tháng, các văn bản thuộc lĩnh vực thông tin và truyền thông đã được ban hành gồm:",
        "Documents issued in the sector in the half-year:",
    ));
    author.list(&[
        (
            "Chính phủ ban hành {TN.VB.NGHIDINH}, {TN.VB.NGHIQUYET};",
            "by the Government: {TN.VB.NGHIDINH}, {TN.VB.NGHIQUYET};",
        ),
        (
            "Thủ tướng Chính phủ ban hành {TN.VB.QD_TTG} phê duyệt quy hoạch, chiến lược và {TN.VB.CHITHI_TTG} về bảo đảm an toàn thông tin mạng;",
            "by the Prime Minister: {TN.VB.QD_TTG} approving plans and strategies, and {TN.VB.CHITHI_TTG} on information security;",
        ),
        ("Bộ Thông tin và Truyền thông ban hành {TN.VB.THONGTU}.", "by the Ministry: {TN.VB.THONGTU}."),
    ]);
    author.paragraph((
        "Bộ đã trình Chính phủ {TN.VB.HOSO_LUAT_TRINH} đề nghị xây dựng luật, {TN.VB.NGHIDINH_TRINH}, {TN.VB.DEAN_TRINH} và {TN.VB.KEHOACH_TRINH}.",
        "The Ministry submitted to the Government {TN.VB.HOSO_LUAT_TRINH} proposing laws, {TN.VB.NGHIDINH_TRINH}, {TN.VB.DEAN_TRINH} and {TN.VB.KEHOACH_TRINH}.",
    ));
}

fn sectors(author: &mut Author) {
    author.heading(1, ("III. Kết quả theo lĩnh vực", "III. The six sectors"));

    author.heading(2, ("1. Bưu chính", "1. Post"));
    author.paragraph_if_collected((
        "Doanh thu bưu chính {BC.DOANHTHU attained}, {BC.DOANHTHU change_on_year} so với cùng kỳ năm trước.",
        "Revenue of postal services {BC.DOANHTHU attained}, {BC.DOANHTHU change_on_year} on the same period of last year.",
    ));
    author.sector_table(Sector::Post);

    author.heading(2, ("2. Viễn thông", "2. Telecoms"));
    author.paragraph_if_collected((
        "Doanh thu viễn thông {VT.DOANHTHU attained}, {VT.DOANHTHU change_on_year} so với cùng kỳ năm trước.",
        "Revenue of telecom services {VT.DOANHTHU attained}, {VT.DOANHTHU change_on_year} on the same period of last year.",
    ));
    author.sector_table(Sector::Telecoms);

    author.heading(2, ("3. Chuyển đổi số", "3. Digital transformation"));
    author.paragraph((
        "Tỷ lệ người dân sử dụng dịch vụ công trực tuyến toàn trình do các tỉnh báo cáo là {CDS.DAN_DUNG_DVC_TT_TYLE unit=@provinces source=reported}; khi đo trực tuyến trên hệ thống, tỷ lệ này chỉ là {CDS.DAN_DUNG_DVC_TT_TYLE unit=@provinces source=measured}. Hai số được giữ cạnh nhau; phần chênh lệch cần được các đơn vị giải trình.",
        "The share of people using end-to-end online public services that the provinces reported is {CDS.DAN_DUNG_DVC_TT_TYLE unit=@provinces source=reported}; measured in the systems it is {CDS.DAN_DUNG_DVC_TT_TYLE unit=@provinces source=measured}. Both are kept side by side; the difference is to be explained.",
    ));
    let june = author.period.months().last().copied().unwrap_or(author.period);
    author.reconciled(
        (
            "Số báo cáo và số đo trực tuyến của các tỉnh, 6 tháng đầu năm 2024",
            "Reported and measured, provinces, first half of 2024",
        ),
        "@provinces",
        &[
            ("CDS.DAN_DUNG_DVC_TT_TYLE", author.period),
            ("CDS.DAN_DUNG_DVC_TT_TYLE", june),
            ("CDS.DAN_DUNG_DVC_TT", june),
            ("CDS.DAN_TRUONGTHANH", june),
        ],
    );
    author.sector_table(Sector::DigitalTransformation);

    author.heading(2, ("4. An toàn thông tin mạng", "4. Information security"));
    author.paragraph_if_collected((
        "Số cuộc tấn công mạng vào hệ thống thông tin tại Việt Nam {ATTT.TANCONG attained}, {ATTT.TANCONG change_on_year} so với cùng kỳ năm trước.",
        "Attacks on information systems in Việt Nam: {ATTT.TANCONG}, {ATTT.TANCONG change_on_year} on the same period of last year.",
    ));
    author.sector_table(Sector::Security);

    author.heading(2, ("5. Công nghiệp ICT", "5. ICT industry"));
    author.paragraph_if_collected((
        "Doanh thu công nghiệp ICT {CN.DOANHTHU attained}, {CN.DOANHTHU change_on_year} so với cùng kỳ năm trước.",
        "Revenue of the ICT industry {CN.DOANHTHU attained}, {CN.DOANHTHU change_on_year} on the same period of last year.",
    ));
    author.sector_table(Sector::Industry);

    author.heading(2, ("6. Báo chí, truyền thông", "6. Press and media"));
    author.sector_table(Sector::Press);
}

fn burden(author: &mut Author) {
    author.heading(1, ("IV. Giảm gánh nặng báo cáo", "IV. Fewer reports"));
    author.paragraph((
        "Mỗi năm các Sở phải gửi về Bộ {TN.BAOCAO_NAM number unit=@provinces period=2024} báo cáo. Từ nay mỗi tháng mỗi Sở điền {TN.BIEU_THANG number unit=@provinces period=2024} lần vào một mẫu số liệu chung; các đơn vị của Bộ lấy số liệu từ cơ sở dữ liệu, không yêu cầu báo cáo lại. Khối lượng báo cáo của cấp dưới nhờ đó giảm mười lần.",
        "Each year the departments send the Ministry {TN.BAOCAO_NAM number unit=@provinces period=2024} reports. From now on each department fills one common form {TN.BIEU_THANG number unit=@provinces period=2024} time a month, and the Ministry's units take their figures from the database instead of asking again: ten times fewer reports.",
    ));
}

/// A few indicators by province, one for each sector.
fn annex(author: &mut Author) {
    let lang = author.lang;
    let day = author.period.end();
    let country = author.context.units.below("VN", day, &|unit| unit.kind == UnitKind::Province);
    let mut provinces: Vec<&Unit> = country;
    provinces.sort_by(|a, b| collation::compare(&a.name_vi, &b.name_vi));
    let chosen: Vec<&Indicator> =
        Sector::ALL.into_iter().filter_map(|sector| by_province(author, sector)).collect();
    if provinces.is_empty() || chosen.is_empty() {
        return;
    }
    let mut columns = author.columns(&[
        (ColumnKind::Ordinal, ("TT", "No.")),
        (ColumnKind::Name, ("Tỉnh, thành phố", "Province")),
    ]);
    columns.extend(chosen.iter().map(|indicator| Column {
        title: lang.pick(
            format!("{} ({})", indicator.name_vi, indicator.unit_vi),
            format!("{} ({})", indicator.name_en, indicator.unit_en),
        ),
        kind: ColumnKind::Figures,
    }));
    let rows = provinces.iter().map(|province| {
        let figures = chosen.iter().map(|indicator| {
            let at = author.told_at(indicator);
            let text = format!("{{{} number unit={} period={at}}}", indicator.code, province.code);
            markup::read(&text, author.period).expect("codes are codes")
        });
        let name = Inline::Text(lang.pick(&province.name_vi, &province.name_en).clone());
        Row {
            cells: std::iter::once(vec![name]).chain(figures).collect(),
            when_unanswered: WhenUnanswered::Kept,
        }
    });
    let rows = rows.collect();
    let when = period::words(author.period, lang);
    author.blocks.push(Block::Annex {
        label: lang.pick("Phụ lục", "Annex").to_owned(),
        title: lang
            .pick("Một số chỉ tiêu theo tỉnh, thành phố", "Some indicators by province")
            .to_owned(),
    });
    author.blocks.push(Block::Table(Table {
        caption: lang.pick(
            format!("Số liệu của các tỉnh, thành phố, {when}"),
            format!("Figures of the provinces, {when}"),
        ),
        unit_note: None,
        columns,
        rows,
    }));
}

/// What a reader looks for first in each sector's figures of the provinces.
const FIRST_LOOKED_FOR: [&str; 7] = [
    "TN.DOANHTHU",
    "BC.DOANHTHU",
    "VT.DOANHTHU",
    "CDS.DAN_DUNG_DVC_TT_TYLE",
    "ATTT.HT_4LOP_TYLE",
    "CN.DOANHTHU",
    "BCTT.DAI_XA_TYLE",
];

fn by_province<'a>(author: &Author<'a>, sector: Sector) -> Option<&'a Indicator> {
    let day = author.period.end();
    let reported = |indicator: &&Indicator| {
        let applies = |(kind, validity): &(UnitKind, Validity)| {
            *kind == UnitKind::Province && validity.holds_on(day)
        };
        indicator.sector == sector && indicator.applies_to.iter().any(applies)
    };
    let rank = |indicator: &&Indicator| !FIRST_LOOKED_FOR.contains(&indicator.code.as_str());
    author.context.catalogue.iter().filter(reported).min_by_key(rank)
}
