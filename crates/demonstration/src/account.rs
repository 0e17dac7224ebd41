//! The demonstration accounts, all with one password; they exist nowhere else.
//!
//! Nobody is invented: a name is a post, such as "Chuyên viên nhập liệu, Sở TT&TT Bình Định".

use model::{BodyCode, Sector};
use workflow::Grant;

use crate::body::department;
use crate::place::{ministries, province_names};

/// The password of every demonstration account.
pub const PASSWORD: &str = "quantrac-demo";

/// Somebody who can sign in to the demonstration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name typed to sign in: `nhap.52`.
    pub user: String,
    /// The post, shown instead of a person's name.
    pub name: String,
    /// Where mail goes; a domain that can receive none.
    pub email: String,
    /// What they are trusted with, and for whom.
    pub grant: Grant,
}

fn account(user: &str, name: String, grant: Grant) -> Account {
    Account { user: user.to_owned(), name, email: format!("{user}@quantrac.example"), grant }
}

/// The one who enters and the one who signs for a body.
fn pair(code: &str, office: &str, head: &str) -> [Account; 2] {
    let body = BodyCode::parse(code).expect("the committed tables hold valid codes");
    let enterer = Grant::Enterer { body: body.clone(), sectors: vec![] };
    [
        account(&format!("nhap.{code}"), format!("Chuyên viên nhập liệu, {office}"), enterer),
        account(&format!("ky.{code}"), format!("{head}, {office}"), Grant::Head { body }),
    ]
}

/// Every demonstration account.
pub fn accounts() -> Vec<Account> {
    let mut all = vec![];
    for (code, name) in province_names() {
        let office = department(&code, &name).0.replace("Thông tin và Truyền thông", "TT&TT");
        all.extend(pair(&code, &office, "Giám đốc"));
    }
    for (code, name, _, agency) in ministries() {
        all.extend(pair(&code, &name, if agency { "Thủ trưởng" } else { "Lãnh đạo" }));
    }
    let reviewer = |user: &str, office: &str, sectors: &[Sector]| {
        let name = format!("Chuyên viên tiếp nhận, {office}");
        account(user, name, Grant::Reviewer { sectors: sectors.to_vec() })
    };
    all.push(reviewer("bo.duyet", "Vụ Kế hoạch - Tài chính", &Sector::ALL));
    for (suffix, office, sector) in [
        ("bc", "Vụ Bưu chính", Sector::Post),
        ("vt", "Cục Viễn thông", Sector::Telecoms),
        ("cds", "Cục Chuyển đổi số quốc gia", Sector::DigitalTransformation),
        ("attt", "Cục An toàn thông tin", Sector::Security),
        ("cn", "Cục Công nghiệp CNTT và truyền thông", Sector::Industry),
        ("bctt", "Cục Báo chí", Sector::Press),
    ] {
        all.push(reviewer(&format!("bo.duyet.{suffix}"), office, &[sector]));
    }
    for (user, name, grant) in [
        ("bo.phantich", "Chuyên viên phân tích, Vụ Kế hoạch - Tài chính", Grant::Analyst),
        ("bo.lanhdao", "Lãnh đạo Bộ", Grant::Minister),
        ("bo.quantri", "Quản trị hệ thống, Trung tâm Thông tin", Grant::Admin),
        ("kiemtoan", "Kiểm toán viên", Grant::Auditor),
    ] {
        all.push(account(user, name.to_owned(), grant));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_body_outside_the_ministry_has_somebody_who_enters_and_somebody_who_signs() {
        let all = accounts();
        assert_eq!(all.len(), 2 * (63 + 30) + 11);
        for user in [
            "nhap.52",
            "ky.52",
            "nhap.G14",
            "ky.A01",
            "bo.duyet",
            "bo.duyet.attt",
            "bo.lanhdao",
            "kiemtoan",
        ] {
            assert_eq!(all.iter().filter(|account| account.user == user).count(), 1, "{user}");
        }
        let signer = all
            .iter()
            .find(|account| account.user == "nhap.52")
            .map(|account| account.name.as_str());
        assert_eq!(signer, Some("Chuyên viên nhập liệu, Sở TT&TT Bình Định"));
    }
}
