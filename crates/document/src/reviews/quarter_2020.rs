//! The quarterly review of March 2020: online public services of level 4.

use super::{Author, Review};
use crate::tree::ColumnKind;

pub(super) const REVIEW: Review = Review {
    id: "2020-Q1",
    title_vi: "Giao ban quý I năm 2020 ngành Thông tin và Truyền thông",
    title_en: "Quarterly review of March 2020 of the information and communications sector",
    write,
};

fn write(author: &mut Author) {
    author.heading(
        1,
        ("I. Dịch vụ công trực tuyến mức độ 4", "I. Online public services of level 4"),
    );
    author.paragraph((
        "Quý I/2020, tỷ lệ dịch vụ công trực tuyến mức độ 4 của cả nước {CDS.DVC_MD4_TYLE attained}, so với {CDS.DVC_MD4_TYLE period=2019-Q4} của quý IV/2019 ({CDS.DVC_MD4_TYLE points_on:2019-Q4}). Khối bộ, ngành {CDS.DVC_MD4_TYLE attained unit=@ministries}, quý trước là {CDS.DVC_MD4_TYLE unit=@ministries period=2019-Q4}; khối tỉnh, thành phố {CDS.DVC_MD4_TYLE attained unit=@provinces}, quý trước là {CDS.DVC_MD4_TYLE unit=@provinces period=2019-Q4}.",
        "In Q1 2020 the share of online public services at level 4 in the whole country {CDS.DVC_MD4_TYLE attained}, against {CDS.DVC_MD4_TYLE period=2019-Q4} in Q4 2019 ({CDS.DVC_MD4_TYLE points_on:2019-Q4}). For the ministries it {CDS.DVC_MD4_TYLE attained unit=@ministries}, {CDS.DVC_MD4_TYLE unit=@ministries period=2019-Q4} a quarter earlier; for the provinces it {CDS.DVC_MD4_TYLE attained unit=@provinces}, {CDS.DVC_MD4_TYLE unit=@provinces period=2019-Q4} a quarter earlier.",
    ));
    author.table(
        ("Tỷ lệ dịch vụ công trực tuyến mức độ 4", "Share of online public services at level 4"),
        Some(("Đơn vị tính: %", "Unit: %")),
        &[
            (ColumnKind::Name, ("Phạm vi", "Scope")),
            (ColumnKind::Figures, ("Quý IV/2019", "Q4 2019")),
            (ColumnKind::Figures, ("Quý I/2020", "Q1 2020")),
            (ColumnKind::Figures, ("Chênh lệch", "Difference")),
        ],
        &[
            &[
                ("Cả nước", "Whole country"),
                (
                    "{CDS.DVC_MD4_TYLE number period=2019-Q4}",
                    "{CDS.DVC_MD4_TYLE number period=2019-Q4}",
                ),
                ("{CDS.DVC_MD4_TYLE number}", "{CDS.DVC_MD4_TYLE number}"),
                (
                    "{CDS.DVC_MD4_TYLE points_on:2019-Q4 arrow}",
                    "{CDS.DVC_MD4_TYLE points_on:2019-Q4 arrow}",
                ),
            ],
            &[
                (
                    "Bộ, ngành (gồm cả Bảo hiểm xã hội Việt Nam)",
                    "Ministries (with Viet Nam Social Security)",
                ),
                (
                    "{CDS.DVC_MD4_TYLE number unit=@ministries period=2019-Q4}",
                    "{CDS.DVC_MD4_TYLE number unit=@ministries period=2019-Q4}",
                ),
                (
                    "{CDS.DVC_MD4_TYLE number unit=@ministries}",
                    "{CDS.DVC_MD4_TYLE number unit=@ministries}",
                ),
                (
                    "{CDS.DVC_MD4_TYLE points_on:2019-Q4 arrow unit=@ministries}",
                    "{CDS.DVC_MD4_TYLE points_on:2019-Q4 arrow unit=@ministries}",
                ),
            ],
            &[
                ("Tỉnh, thành phố", "Provinces"),
                (
                    "{CDS.DVC_MD4_TYLE number unit=@provinces period=2019-Q4}",
                    "{CDS.DVC_MD4_TYLE number unit=@provinces period=2019-Q4}",
                ),
                (
                    "{CDS.DVC_MD4_TYLE number unit=@provinces}",
                    "{CDS.DVC_MD4_TYLE number unit=@provinces}",
                ),
                (
                    "{CDS.DVC_MD4_TYLE points_on:2019-Q4 arrow unit=@provinces}",
                    "{CDS.DVC_MD4_TYLE points_on:2019-Q4 arrow unit=@provinces}",
                ),
            ],
        ],
    );
    author.paragraph((
        "Số đơn vị có tỷ lệ từ {CDS.DVC_MD4_TYLE target unit=@bodies period=2020} trở lên: {CDS.DVC_MD4_TYLE count_ge:30 unit=@ministries} bộ, ngành; {CDS.DVC_MD4_TYLE count_ge:30 unit=@provinces} tỉnh, thành phố.",
        "Bodies at {CDS.DVC_MD4_TYLE target unit=@bodies period=2020} or more: {CDS.DVC_MD4_TYLE count_ge:30 unit=@ministries} ministries; {CDS.DVC_MD4_TYLE count_ge:30 unit=@provinces} provinces.",
    ));
    author.note((
        "Số của các tỉnh được giữ đúng như báo cáo đã in. Mẫu số in trong báo cáo không thể là số tỉnh, thành phố (63): đây là một mâu thuẫn, số liệu không được sửa mà được nêu ra để giải trình.",
        "The provinces' count is kept as the report printed it. The printed denominator cannot be the number of provinces (63): it is a contradiction, which is not corrected but shown, to be explained.",
    ));

    author.heading(1, ("II. Mục tiêu năm 2020", "II. Targets for 2020"));
    author.table(
        ("Mục tiêu đến hết năm 2020", "Targets for the end of 2020"),
        None,
        &[
            (ColumnKind::Ordinal, ("TT", "No.")),
            (ColumnKind::Name, ("Chỉ tiêu", "Indicator")),
            (ColumnKind::Words, ("Phạm vi", "Scope")),
            (ColumnKind::Figures, ("Mục tiêu", "Target")),
        ],
        &[
            &[
                ("Tỷ lệ dịch vụ công trực tuyến mức độ 3 và mức độ 4", "Online public services of levels 3 and 4"),
                ("Bộ, ngành, địa phương", "All bodies"),
                ("{CDS.DVC_MD34_TYLE target unit=@bodies period=2020}", "{CDS.DVC_MD34_TYLE target unit=@bodies period=2020}"),
            ],
            &[
                ("Tỷ trọng giao dịch qua dịch vụ công trực tuyến mức độ 3, 4 trong tổng giao dịch", "Transactions through services of levels 3 and 4, of all transactions"),
                ("Bộ, ngành, địa phương", "All bodies"),
                ("{CDS.GIAODICH_MD34_TYTRONG target unit=@bodies period=2020}", "{CDS.GIAODICH_MD34_TYTRONG target unit=@bodies period=2020}"),
            ],
            &[
                ("Tỷ lệ dịch vụ công trực tuyến mức độ 3, 4 có phát sinh hồ sơ", "Services of levels 3 and 4 with applications"),
                ("Bộ, ngành, địa phương", "All bodies"),
                ("{CDS.PHATSINH_MD34_TYLE target unit=@bodies period=2020}", "{CDS.PHATSINH_MD34_TYLE target unit=@bodies period=2020}"),
            ],
            &[
                ("Tỷ lệ bộ, ngành, địa phương có nền tảng chia sẻ dữ liệu dùng chung", "Bodies with a shared data platform"),
                ("Bộ, ngành, địa phương", "All bodies"),
                ("{CDS.CHIASE_TYLE target unit=@bodies period=2020}", "{CDS.CHIASE_TYLE target unit=@bodies period=2020}"),
            ],
            &[
                ("Tỷ lệ người dân có điện thoại thông minh", "People with a smartphone"),
                ("Cả nước", "Whole country"),
                ("{VT.DTTM_TYLE target period=2020}", "{VT.DTTM_TYLE target period=2020}"),
            ],
        ],
    );
    author.signatures();
}
