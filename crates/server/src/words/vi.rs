//! Vietnamese, as officers write it.

use model::ask::{Dimension, MOST_NAMED, MOST_SETS, Why};

use super::Message;

/// The sentence of a message.
pub(super) fn text(message: &Message) -> String {
    match message {
        Message::Internal => "Hệ thống gặp lỗi, dữ liệu chưa thay đổi. Hãy thử lại sau ít phút.".into(),
        Message::Timeout => "Hệ thống đang bận, chưa kịp trả lời. Hãy thử lại.".into(),
        Message::NoSuchPath => "Không có địa chỉ này trong giao diện lập trình.".into(),
        Message::NoSuchMethod => "Địa chỉ này không nhận phương thức đã gửi.".into(),
        Message::NotFound => "Không tìm thấy, hoặc không thuộc phạm vi xem của bạn.".into(),
        Message::TooLarge(most) => format!("Tệp gửi lên quá lớn: hệ thống nhận tối đa {most} MB. Hãy xem đã chọn đúng tệp chưa, hoặc chia nhỏ tệp."),
        Message::BadJson(why) => format!("Nội dung gửi lên không đúng cấu trúc JSON: {why}"),
        Message::BadContentType(known) => format!("Không đọc được kiểu nội dung này; hãy gửi {known}."),
        Message::UnknownParameter(name) => format!("Không có tham số “{name}”."),
        Message::MissingParameter(name) => format!("Thiếu tham số “{name}”."),
        Message::BadQuery(why) => format!("Các tham số không đọc được: {why}."),
        Message::BadParameter { name, value, expected } => {
            format!("Tham số “{name}” không đọc được: “{value}”. Cần: {expected}.")
        }
        Message::SignedOut => "Bạn chưa đăng nhập, hoặc phiên làm việc đã hết hạn.".into(),
        Message::WrongPassword => "Tên đăng nhập hoặc mật khẩu không đúng.".into(),
        Message::LockedOut(minutes) => {
            format!("Đăng nhập sai quá nhiều lần. Hãy thử lại sau {minutes} phút, hoặc nhờ quản trị viên cấp liên kết đặt lại mật khẩu.")
        }
        Message::Disabled => "Tài khoản này đã bị khóa. Hãy liên hệ quản trị viên.".into(),
        Message::CrossSite => "Yêu cầu ghi đến từ một trang khác nên bị từ chối.".into(),
        Message::BadKey => "Idempotency-Key phải có từ 1 đến 128 ký tự ASCII in được.".into(),
        Message::KeyReused => "Idempotency-Key này đã dùng cho một yêu cầu khác. Hãy dùng khóa mới.".into(),
        Message::Behind { asked, have } => {
            format!("Máy chủ chưa nhận tới bản ghi {asked} (mới tới {have}). Hãy thử lại ngay.")
        }
        Message::UnknownIndicator(code) => format!("Không có chỉ tiêu “{code}”."),
        Message::UnknownUnit(code) => format!("Không có phạm vi “{code}”."),
        Message::UnknownSector(code) => format!("Không có lĩnh vực “{code}”."),
        Message::UnknownTemplate(code) => format!("Không có biểu mẫu “{code}”."),
        Message::UnknownBody(code) => format!("Không có đơn vị báo cáo “{code}”."),
        Message::UnknownAccount(code) => format!("Không có tài khoản “{code}”."),
        Message::BadPeriod(text) => {
            format!("“{text}” không phải là kỳ. Ví dụ đúng: 2024, 2024-S1, 2024-Q2, 2024-06, 2024-W23, 2024-06-15, 2024-04-01/2024-05-31, 2024-06~adm.")
        }
        Message::BadMeasure(text) => {
            format!("“{text}” không phải là đại lượng. Có: level, change_on_year, change_on_period, change_on:2020-04, points, points_on:2019-Q4, share_of_plan, ytd, plan, target, threshold, rank, share_of_whole, coverage, count_ge:30.")
        }
        Message::BadBreakdown(text) => {
            format!("“{text}” không phải là phân tổ. Ví dụ đúng: SEX=F hoặc AGE=Y15T24,SEX=F; để trống là tổng số.")
        }
        Message::TooManyCells { cells, most, of: [indicators, units, periods, breakdowns, measures], longest } => format!(
            "Câu hỏi có {cells} ô ({indicators} chỉ tiêu × {units} phạm vi × {periods} kỳ × {breakdowns} phân tổ × {measures} đại lượng), tối đa {most}. Nhiều nhất là {}: hãy bớt đi, hoặc chia thành nhiều câu hỏi.",
            match longest {
                Dimension::Indicators => "chỉ tiêu",
                Dimension::Units => "phạm vi",
                Dimension::Periods => "kỳ",
                Dimension::Breakdowns => "phân tổ",
                Dimension::Measures => "đại lượng",
            }
        ),
        Message::CannotBeAsked(why) => cannot_be_asked(why),
        Message::OneOfTheseTogether(known) => format!("Các trường này không đi cùng nhau; cần một trong các bộ: {known}."),
        Message::UnknownField(name) => format!("Ở đây không có trường “{name}”."),
        Message::NotAcceptable(known) => format!("Không trả lời được ở định dạng mà yêu cầu chấp nhận; có: {known}."),
        Message::BadFile(findings) => format!("Có {findings} chỗ cần sửa; chưa ghi gì."),
        Message::UnknownColumn(name) => format!("Không có cột “{name}”."),
        Message::MissingColumn(name) => format!("Thiếu cột “{name}”."),
        Message::BadLine(why) => format!("Dòng này không đọc được: {why}"),
        Message::NotANumber(text) => {
            format!("“{text}” không phải là số. Trong tệp, số viết bằng chữ số với dấu chấm thập phân, không có dấu phân cách hàng nghìn.")
        }
        Message::NumberTooLong(text) => format!("“{text}” có quá nhiều chữ số: tối đa 18."),
        Message::TooManyDecimals { value, scale } => {
            format!("“{value}” có quá nhiều chữ số thập phân: chỉ tiêu này lấy {scale}.")
        }
        Message::UpsideDown => "Giá trị trên nhỏ hơn giá trị dưới.".into(),
        Message::ValueOrAbsence => "Mỗi dòng cần đúng một trong hai: giá trị, hoặc lý do không có số liệu.".into(),
        Message::NotOneOf { value, known } => format!("“{value}” không hợp lệ. Có: {known}."),
        Message::UnitDidNotExist { unit, period } => format!("Phạm vi {unit} không tồn tại trong kỳ {period}."),
        Message::DoesNotApply { indicator, unit } => {
            format!("Chỉ tiêu {indicator} không áp dụng cho phạm vi {unit}.")
        }
        Message::PeriodAhead(period) => format!("Kỳ {period} chưa bắt đầu."),
        Message::PeriodClosed { unit, period } => {
            format!("Số liệu kỳ {period} của {unit} đã chốt. Người duyệt của Bộ có thể mở lại hoặc đính chính kèm lý do.")
        }
        Message::Twice(row) => format!("Ô này đã có ở dòng {row} trong cùng tệp."),
        Message::PublisherNeeded => "Số công bố phải ghi nơi công bố (cột publisher).".into(),
        Message::Empty(field) => format!("“{field}” không được để trống."),
        Message::TooLong { field, most } => format!("{} dài quá {most} ký tự.", written(field)),
        Message::UserTaken(user) => format!("Tên đăng nhập “{user}” đã có người dùng."),
        Message::BadUser(user) => {
            format!("“{user}” không dùng làm tên đăng nhập được: 3 đến 64 chữ thường, chữ số, dấu chấm, gạch dưới hoặc gạch nối.")
        }
        Message::BadEmail(email) => format!("“{email}” không phải là địa chỉ thư điện tử."),
        Message::WeakPassword => "Mật khẩu cần ít nhất 12 ký tự và không trùng tên đăng nhập.".into(),
        Message::BadLink => "Liên kết này đã được dùng hoặc đã quá hạn. Hãy xin quản trị viên liên kết mới.".into(),
        Message::LastAdministrator => "Không thể khóa quản trị viên cuối cùng.".into(),
        Message::BadUnits(why) => format!("Cây phạm vi không hợp lệ: {why}."),
        Message::BadSpreadsheet => "Không đọc được tệp bảng tính; cần tệp .xlsx với các cột user, name, email, role, body, sectors ở dòng đầu.".into(),
        Message::Said { vi, .. } => vi.clone(),
    }
}

/// What somebody writes, by the name of its field.
fn written(field: &str) -> String {
    match field {
        "text" => "Nội dung".into(),
        "comment" => "Lời giải thích".into(),
        "note" => "Ghi chú".into(),
        "reason" => "Lý do".into(),
        "name" => "Tên".into(),
        "position" => "Chức vụ".into(),
        _ => format!("“{field}”"),
    }
}

fn cannot_be_asked(why: &Why) -> String {
    match why {
        Why::UnknownIndicator { code, .. } => text(&Message::UnknownIndicator(code.clone())),
        Why::UnknownUnit { code, .. } => text(&Message::UnknownUnit(code.clone())),
        Why::BadPeriod(sent) => text(&Message::BadPeriod(sent.clone())),
        Why::BadBreakdown(sent) => text(&Message::BadBreakdown(sent.clone())),
        Why::BadMeasure(sent) => text(&Message::BadMeasure(sent.clone())),
        Why::NotAGroup(code) => format!(
            "Phạm vi {code} không phải là nhóm. Hãy hỏi các phạm vi bên trong bằng children_of hoặc below."
        ),
        Why::TwoCalendars(from, to) => {
            format!(
                "{from} và {to} thuộc hai lịch khác nhau, không bao giờ trộn lẫn. Hãy hỏi mỗi lịch một khoảng riêng."
            )
        }
        Why::TwoLengths(from, to) => format!(
            "{from} và {to} dài khác nhau; một khoảng đi từ kỳ này tới kỳ khác có cùng độ dài."
        ),
        Why::Backwards(from, to) => format!("Khoảng kết thúc ({to}) trước khi bắt đầu ({from})."),
        Why::NoNext(period) => {
            format!("{period} là một đợt, không có kỳ tiếp theo; hãy ghi mã của từng đợt.")
        }
        Why::NoSuchLength(frequency, calendar) => {
            format!("Lịch “{}” không có kỳ “{}” để đếm.", calendar.code(), frequency.code())
        }
        Why::NotThen(period, years) => {
            format!("Không có kỳ tương ứng với {period} vào {years} năm trước.")
        }
        Why::TooMany => format!("Danh sách này nêu hơn {MOST_NAMED} mục."),
        Why::TooManySets => format!(
            "Danh sách này nêu hơn {MOST_SETS} tập hợp phạm vi; hãy hỏi một tập hợp chứa tất cả."
        ),
        Why::Nothing => {
            "Ở đây chưa nêu gì: danh sách trống, hoặc vào ngày đó không có phạm vi, kỳ nào như vậy."
                .into()
        }
        Why::Incomparable { measure, period } => {
            format!(
                "“{measure}” so với một kỳ có độ dài hoặc lịch khác với {period}, cũng được hỏi ở đây."
            )
        }
        Why::Impossible { measure, period } => {
            format!("“{measure}” không có nghĩa với {period}, cũng được hỏi ở đây.")
        }
    }
}

/// What an event of this kind was.
pub(super) fn event(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "section_submit" => "Trình ký",
        "section_sign" => "Ký và gửi",
        "section_return_to_drafter" => "Trả lại người lập biểu",
        "section_receive" => "Tiếp nhận",
        "section_return" => "Trả lại để chỉnh sửa",
        "section_close" => "Chốt số liệu",
        "section_reopen" => "Mở lại",
        "section_correct" => "Đính chính",
        "extension_ask" => "Đề nghị gia hạn",
        "extension_grant" => "Đồng ý gia hạn",
        "extension_refuse" => "Không đồng ý gia hạn",
        "document_numbered" => "Ghi số, ký hiệu văn bản",
        "scan_attached" => "Đính kèm bản ký",
        "help_ask" => "Nhờ đơn vị khác cung cấp số liệu",
        "help_send" => "Đơn vị khác gửi số liệu được nhờ",
        "help_accept" => "Nhận số liệu đơn vị khác cung cấp",
        "help_decline" => "Không nhận số liệu đơn vị khác cung cấp",
        "help_withdraw" => "Thu hồi đề nghị cung cấp số liệu",
        "explanation_ask" => "Yêu cầu giải trình",
        "explanation_prepare" => "Dự thảo giải trình",
        "explanation_explain" => "Gửi giải trình",
        "explanation_ask_again" => "Yêu cầu giải trình thêm",
        "explanation_close" => "Kết thúc giải trình",
        "reminded" => "Đôn đốc",
        "published" => "Công bố",
        "plan_set" => "Giao kế hoạch",
        "imported" => "Nhập tệp số liệu",
        "account_added" => "Tạo tài khoản",
        "account_disabled" => "Khóa tài khoản",
        "account_enabled" => "Mở khóa tài khoản",
        "reset_link_made" => "Cấp liên kết đặt lại mật khẩu",
        "password_set" => "Đặt mật khẩu",
        "token_added" => "Tạo mã truy cập cho phần mềm",
        "token_removed" => "Thu hồi mã truy cập",
        "locked_out" => "Tạm khóa đăng nhập do sai mật khẩu nhiều lần",
        "delegation_made" => "Giao người làm thay",
        "delegation_ended" => "Kết thúc việc làm thay",
        "register_changed" => "Sửa danh mục đo lường",
        "register_imported" => "Nhập danh mục đo lường",
        "register_confirmed" => "Xác nhận danh mục đo lường",
        "inventory_imported" => "Nhập danh mục báo cáo",
        "template_published" => "Ban hành biểu mẫu",
        "asked_again" => "Vẫn hỏi số liệu Bộ đã có",
        "definitions_changed" => "Thay đổi danh mục",
        "connector_saved" => "Lưu kết nối",
        "connector_trouble" => "Báo kết nối có trục trặc",
        "explanation_reminded" => "Nhắc giải trình",
        "connector_paused" => "Tạm dừng kết nối",
        "connector_resumed" => "Cho kết nối chạy lại",
        "connector_key_made" => "Cấp khóa mới cho kết nối",
        "ministry_started" => "Khởi tạo hệ thống",
        _ => return None,
    })
}
