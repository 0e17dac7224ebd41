//! What went wrong with a connector, as whoever looks after it reads it.

use measure::connector::fault::RowWhy;
use measure::connector::{Fault, RowFault};
use workflow::Language;

use crate::problem::{Found, Place};
use crate::words::Message;

/// A fault with its stable code.
pub fn said(fault: &Fault) -> Message {
    Message::said(422, code(fault), |language| match language {
        Language::Vietnamese => vi(fault),
        Language::English => en(fault),
    })
}

/// What was found in a row.
pub fn found(fault: &RowFault) -> Found {
    let message = match &fault.why {
        RowWhy::Unreadable(fault) => said(fault),
        RowWhy::AnotherPeriod { said, asked } => {
            Message::said(422, "another_period", |language| match language {
                Language::Vietnamese => {
                    format!("Dòng này của kỳ “{said}”, không phải kỳ đang hỏi {asked}.")
                }
                Language::English => {
                    format!("This row is about “{said}”, not {asked}, which was asked about.")
                }
            })
        }
    };
    let at = Place { row: Some(fault.row), ..Place::default() };
    Found { at, message, suggestions: vec![] }
}

fn code(fault: &Fault) -> &'static str {
    match fault {
        Fault::BadAddress(_) => "bad_address",
        Fault::Internal { .. } => "internal_address",
        Fault::NoSuchHost(_) => "no_such_host",
        Fault::NotReached(_) => "not_reached",
        Fault::NotTrusted(_) => "not_trusted",
        Fault::Unencrypted(_) => "unencrypted",
        Fault::TooSlow(_) => "too_slow",
        Fault::Silent(_) => "silent",
        Fault::CutOff => "cut_off",
        Fault::Redirects(_) => "too_many_redirects",
        Fault::Status(_) => "bad_status",
        Fault::TooLarge(_) => "answer_too_large",
        Fault::Encoding(_) => "unknown_compression",
        Fault::NoSecret => "no_secret",
        Fault::NotLetIn(_) => "not_let_in",
        Fault::Writes(_) => "query_writes",
        Fault::Database(_) => "database_said",
        Fault::ColumnType { .. } => "column_type",
        Fault::NotJson { .. } => "not_json",
        Fault::DuplicateKey(_) => "duplicate_key",
        Fault::NotCsv(_) => "not_csv",
        Fault::UnknownMember(_) => "unknown_member",
        Fault::LeadsNowhere(_) => "path_leads_nowhere",
        Fault::NoColumn(_) => "no_column",
        Fault::ColumnTwice(_) => "column_twice",
        Fault::WrongType { .. } => "wrong_type",
        Fault::TooManyRows(_) => "too_many_rows",
        Fault::TooManyPages(_) => "too_many_pages",
        Fault::BadPath(_) => "bad_path",
        Fault::UnknownPlaceholder(_) => "unknown_placeholder",
        Fault::NotOfPeriod { .. } => "placeholder_of_another_period",
        Fault::QuotedPlaceholder(_) => "quoted_placeholder",
        Fault::Rows(_) => "findings",
        Fault::Interrupted => "interrupted",
    }
}

/// Bytes as people say them.
fn size(bytes: u64) -> String {
    if bytes >= 1 << 20 { format!("{} MiB", bytes >> 20) } else { format!("{} KiB", bytes >> 10) }
}

fn vi(fault: &Fault) -> String {
    match fault {
        Fault::BadAddress(text) => {
            format!("“{text}” không phải là địa chỉ http hoặc https dùng được.")
        }
        Fault::Internal { host, address } => format!(
            "{host} dẫn tới địa chỉ nội bộ {address} nên không được gọi. Nếu đúng là hệ thống của Bộ, hãy ghi máy chủ này vào danh sách máy chủ nội bộ được phép."
        ),
        Fault::NoSuchHost(host) => format!("Không tìm thấy địa chỉ của máy chủ {host}."),
        Fault::NotReached(host) => format!("Không kết nối được với máy chủ {host}."),
        Fault::NotTrusted(host) => format!("Chứng thư số của {host} không được tin cậy."),
        Fault::Unencrypted(host) => format!(
            "Đường truyền tới {host} không được mã hóa. Hãy bật TLS trên máy chủ đó; chỉ chọn không mã hóa khi máy chủ nằm trong mạng nội bộ của Bộ."
        ),
        Fault::TooSlow(seconds) => format!("Hệ thống trả lời quá {seconds} giây nên đã dừng."),
        Fault::Silent(seconds) => format!("Hệ thống im lặng quá {seconds} giây nên đã dừng."),
        Fault::CutOff => "Trả lời bị ngắt giữa chừng hoặc hỏng khi truyền.".into(),
        Fault::Redirects(most) => format!("Hệ thống chuyển hướng quá {most} lần."),
        Fault::Status(status) => format!("Hệ thống trả lời mã lỗi {status}."),
        Fault::TooLarge(most) => format!("Trả lời lớn hơn giới hạn {}.", size(*most)),
        Fault::Encoding(name) => format!(
            "Trả lời được nén theo kiểu “{name}”, không đọc được; hãy dùng gzip hoặc không nén."
        ),
        Fault::NoSecret => "Chưa có mật khẩu hoặc khóa dùng được. Hãy nhập lại.".into(),
        Fault::NotLetIn(text) => format!("Cơ sở dữ liệu không cho đăng nhập: {text}"),
        Fault::Writes(text) => {
            format!("Câu truy vấn định ghi dữ liệu nên bị cơ sở dữ liệu từ chối: {text}")
        }
        Fault::Database(text) => format!("Cơ sở dữ liệu báo: {text}"),
        Fault::ColumnType { column, found } => format!(
            "Cột “{column}” có kiểu {found}, không đọc được chính xác từng chữ số. Hãy đổi sang số thập phân hoặc văn bản trong câu truy vấn (cast)."
        ),
        Fault::NotJson { line, column } => {
            format!("Trả lời không phải JSON hoặc bị cụt, từ dòng {line}, ký tự {column}.")
        }
        Fault::DuplicateKey(name) => {
            format!("Tên “{name}” xuất hiện hai lần trong cùng một đối tượng JSON.")
        }
        Fault::NotCsv(line) => format!("Dòng {line} không đọc được theo CSV mã UTF-8."),
        Fault::UnknownMember(name) => format!("Không có trường “{name}” trong cấu trúc này."),
        Fault::LeadsNowhere(path) => format!("Trả lời không có gì ở đường dẫn {path}."),
        Fault::NoColumn(column) => format!("Không có cột hoặc trường “{column}”."),
        Fault::ColumnTwice(column) => format!("Dòng tiêu đề có hai cột “{column}”."),
        Fault::WrongType { column, found } => {
            format!("“{column}” là {found}, không phải số hoặc chữ.")
        }
        Fault::TooManyRows(most) => format!("Trả lời có quá {most} dòng."),
        Fault::TooManyPages(most) => format!("Trả lời có quá {most} trang."),
        Fault::BadPath(path) => {
            format!("“{path}” không phải là đường dẫn đọc được; ví dụ đúng: $.data[*].so_luong.")
        }
        Fault::UnknownPlaceholder(name) => format!(
            "Không có chỗ điền {{{name}}}; dùng được: {{period}}, {{year}}, {{month}}, {{from}}, {{to}}."
        ),
        Fault::NotOfPeriod { placeholder, period } => {
            format!("{} không dùng được cho kỳ {period}.", placeholder.written())
        }
        Fault::QuotedPlaceholder(placeholder) => {
            format!("{} là tham số, không đặt trong dấu nháy.", placeholder.written())
        }
        Fault::Rows(number) => format!("Có {number} lỗi trong các dòng, không ghi số liệu nào."),
        Fault::Interrupted => {
            "Máy chủ Quantrac dừng khi đang chạy; lần chạy này không ghi gì.".into()
        }
    }
}

fn en(fault: &Fault) -> String {
    match fault {
        Fault::BadAddress(text) => {
            format!("“{text}” is not an http or https address that can be used.")
        }
        Fault::Internal { host, address } => format!(
            "{host} leads to {address}, an internal address, and was not called. If it is one of the ministry's own systems, add it to the internal hosts that are allowed."
        ),
        Fault::NoSuchHost(host) => format!("No address was found for {host}."),
        Fault::NotReached(host) => format!("{host} could not be reached."),
        Fault::NotTrusted(host) => format!("The certificate of {host} is not trusted."),
        Fault::Unencrypted(host) => format!(
            "The line to {host} would not be encrypted. Turn TLS on there; choose no encryption only for a server inside the ministry's own network."
        ),
        Fault::TooSlow(seconds) => {
            format!("The system took more than {seconds} seconds, so it was stopped.")
        }
        Fault::Silent(seconds) => {
            format!("The system was silent for more than {seconds} seconds, so it was stopped.")
        }
        Fault::CutOff => "The answer was cut off or damaged on its way.".into(),
        Fault::Redirects(most) => format!("The system redirected more than {most} times."),
        Fault::Status(status) => format!("The system answered with status {status}."),
        Fault::TooLarge(most) => format!("The answer is larger than the limit of {}.", size(*most)),
        Fault::Encoding(name) => {
            format!("The answer is compressed as “{name}”, which cannot be read; use gzip or none.")
        }
        Fault::NoSecret => "There is no password or key that can be used. Enter it again.".into(),
        Fault::NotLetIn(text) => format!("The database did not let us in: {text}"),
        Fault::Writes(text) => {
            format!("The query would write and was refused by the database: {text}")
        }
        Fault::Database(text) => format!("The database says: {text}"),
        Fault::ColumnType { column, found } => format!(
            "Column “{column}” is of type {found}, which cannot be read to its last digit. Cast it to a decimal number or a text in the query."
        ),
        Fault::NotJson { line, column } => format!(
            "The answer is not JSON, or is cut short, from line {line}, character {column} on."
        ),
        Fault::DuplicateKey(name) => format!("“{name}” stands twice in one JSON object."),
        Fault::NotCsv(line) => format!("Line {line} cannot be read as CSV in UTF-8."),
        Fault::UnknownMember(name) => format!("There is no member “{name}” here."),
        Fault::LeadsNowhere(path) => format!("The answer has nothing at {path}."),
        Fault::NoColumn(column) => format!("There is no column or member “{column}”."),
        Fault::ColumnTwice(column) => format!("The header has two columns “{column}”."),
        Fault::WrongType { column, found } => {
            format!("“{column}” is {found}, neither a number nor a text.")
        }
        Fault::TooManyRows(most) => format!("The answer has more than {most} rows."),
        Fault::TooManyPages(most) => format!("The answer has more than {most} pages."),
        Fault::BadPath(path) => {
            format!("“{path}” is not a path that can be read; $.data[*].value is one.")
        }
        Fault::UnknownPlaceholder(name) => format!(
            "There is no {{{name}}}; there are {{period}}, {{year}}, {{month}}, {{from}} and {{to}}."
        ),
        Fault::NotOfPeriod { placeholder, period } => {
            format!("{} cannot be used for {period}.", placeholder.written())
        }
        Fault::QuotedPlaceholder(placeholder) => {
            format!("{} is a parameter and does not stand between quotes.", placeholder.written())
        }
        Fault::Rows(number) => {
            format!("{number} faults were found in the rows; nothing was recorded.")
        }
        Fault::Interrupted => {
            "The Quantrac server stopped while this ran; nothing was recorded.".into()
        }
    }
}
