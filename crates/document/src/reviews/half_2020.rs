//! The half-year review of 2020.

use super::{Author, Review};

pub(super) const REVIEW: Review = Review {
    id: "2020-S1",
    title_vi: "Sơ kết công tác 6 tháng đầu năm 2020 ngành Thông tin và Truyền thông",
    title_en: "Half-year review 2020 of the information and communications sector",
    write,
};

fn write(author: &mut Author) {
    author.heading(1, ("I. Bưu chính", "I. Post"));
    author.paragraph((
        "6 tháng đầu năm 2020, doanh thu bưu chính {BC.DOANHTHU attained}, {BC.DOANHTHU change_on_year} so với cùng kỳ năm trước. Sản lượng gói, kiện {BC.GOIKIEN attained}, {BC.GOIKIEN change_on_year} so với cùng kỳ năm trước.",
        "In the first half of 2020 revenue of postal services {BC.DOANHTHU attained}, {BC.DOANHTHU change_on_year} on the same period of last year. Parcels: {BC.GOIKIEN}, {BC.GOIKIEN change_on_year} on the same period of last year.",
    ));
    author.paragraph((
        "Riêng tháng 5/2020, sản lượng gói, kiện {BC.GOIKIEN change_on:2020-04 period=2020-05}, doanh thu chuyển phát gói, kiện {BC.GOIKIEN_DOANHTHU change_on:2020-04 period=2020-05} so với tháng 4/2020.",
        "In May 2020 alone parcels were {BC.GOIKIEN change_on:2020-04 period=2020-05} and their revenue {BC.GOIKIEN_DOANHTHU change_on:2020-04 period=2020-05} on April 2020.",
    ));

    author.heading(1, ("II. Viễn thông", "II. Telecoms"));
    author.paragraph((
        "Các nhà mạng tăng {VT.TANG_DATA} dung lượng dữ liệu của các gói cước di động, tăng băng thông các gói cáp quang gấp {VT.TANG_FTTH}, giá không đổi; {VT.DIEMCAU_QH unit=@provinces} tại các tỉnh, thành phố được kết nối phục vụ kỳ họp Quốc hội.",
        "Operators raised the data of mobile plans by {VT.TANG_DATA} and the bandwidth of fibre plans by a factor of {VT.TANG_FTTH} at the same price; {VT.DIEMCAU_QH unit=@provinces} in the provinces were connected for the session of the National Assembly.",
    ));
    author.paragraph((
        "Trong tháng 4 và tháng 5/2020, dung lượng sử dụng của toàn xã hội tăng thêm {VT.TANG_DUNGLUONG period=2020-04-01/2020-05-31} mà không tăng giá.",
        "In April and May 2020 the capacity for everybody rose by {VT.TANG_DUNGLUONG period=2020-04-01/2020-05-31} without a rise in price.",
    ));

    author.heading(
        1,
        (
            "III. Công nghệ số trong phòng, chống COVID-19",
            "III. Digital technology against COVID-19",
        ),
    );
    author.paragraph((
        "Đã có {CDS.COVID_CONGTY} công nghệ tham gia xây dựng {CDS.COVID_UNGDUNG} phòng, chống COVID-19; các ứng dụng phổ biến như Ncovi, Bluezone có {CDS.COVID_LUOTTAI} tải.",
        "In the industry {CDS.COVID_CONGTY} took part and built {CDS.COVID_UNGDUNG} against COVID-19; popular ones such as Ncovi and Bluezone had {CDS.COVID_LUOTTAI}.",
    ));

    author.heading(1, ("IV. Chuyển đổi số", "IV. Digital transformation"));
    author.paragraph((
        "Tỷ lệ dịch vụ công trực tuyến mức độ 4 {CDS.DVC_MD4_TYLE change_on_year unit=@bodies} so với cùng kỳ năm trước. Đã có {CDS.DVC_MD4_TYLE count_ge:100 number unit=@ministries} bộ đưa toàn bộ dịch vụ công lên mức độ 4: Bộ Thông tin và Truyền thông ({CDS.DVC_MD4_TYLE unit=G14}) và Bộ Y tế ({CDS.DVC_MD4_TYLE unit=G18}).",
        "The share of online public services at level 4 was {CDS.DVC_MD4_TYLE change_on_year unit=@bodies} on the same period of last year. So far {CDS.DVC_MD4_TYLE count_ge:100 number unit=@ministries} ministries have all their services at level 4: Information and Communications ({CDS.DVC_MD4_TYLE unit=G14}) and Health ({CDS.DVC_MD4_TYLE unit=G18}).",
    ));
    author.paragraph((
        "Mục tiêu chậm nhất năm 2021: {CDS.DVC_MD4_TYLE target unit=@bodies period=2021} dịch vụ công trực tuyến của các bộ, ngành, địa phương ở mức độ 4. Mục tiêu đến năm 2025: Việt Nam thuộc nhóm {CDS.IDI_HANG target number period=2025} nước dẫn đầu về công nghệ thông tin (IDI).",
        "Target for 2021 at the latest: {CDS.DVC_MD4_TYLE target unit=@bodies period=2021} of the online public services of all bodies at level 4. Target for 2025: Việt Nam among the first {CDS.IDI_HANG target number period=2025} countries in information technology (IDI).",
    ));

    author.heading(1, ("V. An toàn thông tin mạng", "V. Information security"));
    author.paragraph((
        "6 tháng đầu năm 2020 ghi nhận {ATTT.TANCONG} tấn công mạng vào các hệ thống thông tin tại Việt Nam. Mục tiêu năm 2020: {ATTT.HT_4LOP_TYLE target unit=@bodies period=2020} hệ thống thông tin của cơ quan nhà nước được bảo vệ theo mô hình 4 lớp.",
        "In the first half of 2020, {ATTT.TANCONG} on information systems in Việt Nam were recorded. Target for 2020: {ATTT.HT_4LOP_TYLE target unit=@bodies period=2020} of the information systems of state bodies protected in four layers.",
    ));

    author.heading(1, ("VI. Công nghiệp ICT", "VI. ICT industry"));
    author.paragraph((
        "Dự kiến khi thương mại 5G vào tháng 10/2020, {CN.TB5G_VN_TYLE target period=2020-10} thiết bị là của Việt Nam; đến năm 2022, thiết bị Make in Viet Nam chiếm {CN.TB5G_VN_TYLE target period=2022} thiết bị mạng 5G.",
        "When 5G goes commercial in October 2020, {CN.TB5G_VN_TYLE target period=2020-10} of its equipment is to be Vietnamese; by 2022 equipment made in Việt Nam is to be {CN.TB5G_VN_TYLE target period=2022} of the 5G network.",
    ));

    author.heading(1, ("VII. Báo chí, truyền thông", "VII. Press and media"));
    author.paragraph((
        "Trong thời gian có dịch, báo chí đăng {BCTT.TIN_NGAY} về dịch, với {BCTT.LUOTDOC_NGAY}. Doanh nghiệp ICT hỗ trợ phóng viên tuyến đầu {BCTT.HOTRO_PV}, miễn phí kênh truyền và hosting cho báo chí điện tử trong {BCTT.MIENPHI_THANG period=2020-04-01/2020-05-31} (tháng 4 và tháng 5/2020).",
        "During the epidemic the press published {BCTT.TIN_NGAY} on it, read {BCTT.LUOTDOC_NGAY}. ICT firms gave {BCTT.HOTRO_PV} to reporters at the front, and free lines and hosting to online newspapers for {BCTT.MIENPHI_THANG period=2020-04-01/2020-05-31} (April and May 2020).",
    ));
    author.signatures();
}
