//! The bodies: who answers for which unit, under which name and when.
//!
//! Every province has one department, and not all of them carried the same name (Bạc Liêu reported
//! through its department of culture); in March 2025 they became departments of science and
//! technology. National figures are stated by the ministry's own departments, so that what the
//! ministry published has somebody who answers for it.

use jiff::civil::{Date, date};
use model::{Body, BodyCode, UnitCode, Validity};

use crate::place::{ministries, province_names};

/// The day on which the ministry and its departments joined those of science and technology.
pub const MERGER: Date = date(2025, 3, 1);

/// The ministry's own departments: code after `BTTTT.`, unit, Vietnamese and English name.
const OWN: [(&str, &str, &str, &str); 13] = [
    ("KHTC", "VN", "Vụ Kế hoạch - Tài chính", "Department of Planning and Finance"),
    ("VP", "@provinces", "Văn phòng Bộ", "Ministry Office"),
    ("BC", "VN", "Vụ Bưu chính", "Department of Post"),
    ("CVT", "VN", "Cục Viễn thông", "Authority of Telecommunications"),
    ("CDSQG", "@bodies", "Cục Chuyển đổi số quốc gia", "National Digital Transformation Agency"),
    (
        "KTSXHS",
        "@provinces",
        "Vụ Kinh tế số và Xã hội số",
        "Department of Digital Economy and Society",
    ),
    ("ATTT", "VN", "Cục An toàn thông tin", "Authority of Information Security"),
    (
        "CNICT",
        "VN",
        "Cục Công nghiệp công nghệ thông tin và truyền thông",
        "Authority of ICT Industry",
    ),
    ("CBC", "VN", "Cục Báo chí", "Authority of Press"),
    (
        "PTTH",
        "VN",
        "Cục Phát thanh, truyền hình và thông tin điện tử",
        "Authority of Broadcasting and Electronic Information",
    ),
    ("PC", "VN", "Vụ Pháp chế", "Department of Legal Affairs"),
    ("TT", "VN", "Thanh tra Bộ", "Ministry Inspectorate"),
    ("TTTT", "VN", "Trung tâm Thông tin", "Information Centre"),
];

/// The name of a province's department in 2024: Vietnamese, then English.
pub(crate) fn department(province: &str, name: &str) -> (String, String) {
    match province {
        "95" => (
            format!("Sở Văn hóa, Thông tin, Thể thao và Du lịch {name}"),
            format!("Department of Culture, Information, Sports and Tourism, {name}"),
        ),
        "46" => (
            "Sở Thông tin và Truyền thông Thừa Thiên Huế".to_owned(),
            "Department of Information and Communications, Thừa Thiên Huế".to_owned(),
        ),
        _ => (
            format!("Sở Thông tin và Truyền thông {name}"),
            format!("Department of Information and Communications, {name}"),
        ),
    }
}

/// Every body: 63 departments, 30 ministries and agencies, and the ministry's own departments.
pub fn bodies() -> Vec<Body> {
    let until = Validity { from: None, to: Some(MERGER) };
    let since = Validity { from: Some(MERGER), to: None };
    let body = |code: &str, unit: &str, names| Body {
        code: BodyCode::parse(code).expect("the committed tables hold valid codes"),
        unit: UnitCode::parse(unit).expect("the committed tables hold valid codes"),
        names,
        email: Some(format!("{}@quantrac.example", code.to_lowercase())),
    };
    let mut all: Vec<Body> = province_names()
        .iter()
        .map(|(code, name)| {
            let (vi, en) = department(code, name);
            let later = (
                format!("Sở Khoa học và Công nghệ {name}"),
                format!("Department of Science and Technology, {name}"),
            );
            body(code, code, vec![(until, vi, en), (since, later.0, later.1)])
        })
        .collect();
    all.extend(ministries().into_iter().map(|(code, name, name_en, _)| {
        body(&code, &code, vec![(Validity::ALWAYS, name, name_en)])
    }));
    all.extend(OWN.iter().map(|(code, unit, name, name_en)| {
        body(
            &format!("BTTTT.{code}"),
            unit,
            vec![(Validity::ALWAYS, (*name).to_owned(), (*name_en).to_owned())],
        )
    }));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_department_carries_the_name_of_its_day() {
        let bodies: model::unit::Bodies =
            bodies().into_iter().map(|body| (body.code.clone(), body)).collect();
        assert_eq!(bodies.len(), 63 + 30 + OWN.len());
        for (code, day, name) in [
            ("52", date(2024, 6, 30), "Sở Thông tin và Truyền thông Bình Định"),
            ("52", date(2025, 3, 1), "Sở Khoa học và Công nghệ Bình Định"),
            ("95", date(2024, 6, 30), "Sở Văn hóa, Thông tin, Thể thao và Du lịch Bạc Liêu"),
            ("G14", date(2024, 6, 30), "Bộ Thông tin và Truyền thông"),
            ("BTTTT.KHTC", date(2024, 6, 30), "Vụ Kế hoạch - Tài chính"),
        ] {
            assert_eq!(bodies[code].name_on(day).0, name);
        }
    }
}
