//! Portals, registers and days of dossiers of the demonstration: made up by the rule below, and marked synthetic.
//!
//! Every province has a portal, Bình Định two of which only the first sends. Each offers the same 24 procedures, whose
//! codes are of this set and of no real list, and those of the province's other offices under one code. Until June 2022
//! they have levels, since July 2022 an extent; Đà Nẵng and Thừa Thiên Huế have brought all of them to the end. Since then
//! some provinces offer some of them elsewhere than on their portal, so that not all of a province is measured. Six
//! systems, an exchange and two platforms each. Dossiers came for June 2022, the last month of levels, of Đà Nẵng and Bình Định; those
//! of 2024 are in [`crate::traffic`]. Nobody has confirmed a list, so no count of services follows from one.

use jiff::civil::{Date, date};
use measure::dossier::{Channel, Count, Day, State};
use measure::register::{Entry, EntryCode, LAYERS, Register, Values};
use measure::{Portal, PortalCode};
use model::{UnitCode, Validity};

use crate::measured::procedures_elsewhere;
use crate::place::province_names;
use crate::table::{mixed, number_of};

/// The province of the two portals.
const TWO_PORTALS: &str = "52";
/// Those whose services are all at level 4, then end to end.
const ALL_ON_LINE: [&str; 2] = ["48", "46"];
/// So many of the procedures of Bình Định are offered by its first portal.
const BY_THE_FIRST: usize = 18;

/// Of the procedures, the one that stands for those of the other offices.
const OTHER: usize = 24;
/// Its code.
pub(crate) const OTHER_OFFICES: &str = "TH.00";

const BEGINNING: Date = date(2018, 1, 1);
const SINCE_EXTENTS: Date = date(2022, 7, 1);

const PROCEDURES: [&str; 25] = [
    "Cấp giấy phép bưu chính trong phạm vi nội tỉnh",
    "Cấp văn bản xác nhận thông báo hoạt động bưu chính",
    "Sửa đổi, bổ sung giấy phép bưu chính",
    "Cấp lại giấy phép bưu chính khi hết hạn",
    "Cấp giấy phép xuất bản tài liệu không kinh doanh",
    "Cấp giấy phép nhập khẩu xuất bản phẩm không kinh doanh",
    "Cấp giấy phép hoạt động in xuất bản phẩm",
    "Cấp lại giấy phép hoạt động in xuất bản phẩm",
    "Đăng ký hoạt động cơ sở in",
    "Thay đổi thông tin đăng ký hoạt động cơ sở in",
    "Đăng ký hoạt động phát hành xuất bản phẩm",
    "Cấp giấy phép xuất bản bản tin",
    "Thay đổi nội dung ghi trong giấy phép xuất bản bản tin",
    "Cho phép họp báo trong nước",
    "Cấp giấy phép thiết lập trang thông tin điện tử tổng hợp",
    "Gia hạn giấy phép trang thông tin điện tử tổng hợp",
    "Thông báo thay đổi tên miền trang thông tin điện tử",
    "Cấp đăng ký thu tín hiệu truyền hình nước ngoài trực tiếp từ vệ tinh",
    "Cấp giấy chứng nhận đủ điều kiện điểm cung cấp trò chơi điện tử công cộng",
    "Gia hạn giấy chứng nhận điểm cung cấp trò chơi điện tử công cộng",
    "Xác nhận khai báo máy photocopy màu",
    "Chuyển nhượng máy photocopy màu",
    "Trưng bày tranh, ảnh, ấn phẩm của cơ quan báo chí",
    "Cấp thẻ nhà báo tại địa phương",
    "Thủ tục hành chính của các sở, ngành khác (gộp)",
];

const SYSTEMS: [&str; 6] = [
    "Cổng thông tin điện tử tỉnh",
    "Hệ thống thông tin giải quyết thủ tục hành chính",
    "Hệ thống quản lý văn bản và điều hành",
    "Nền tảng tích hợp, chia sẻ dữ liệu",
    "Trung tâm dữ liệu tỉnh",
    "Hệ thống họp trực tuyến",
];

fn unit(code: &str) -> UnitCode {
    UnitCode::parse(code).expect("the committed tables hold valid codes")
}

fn code(text: &str) -> EntryCode {
    EntryCode::parse(text).expect("the codes of this set are valid")
}

pub(crate) fn procedure(place: usize) -> EntryCode {
    if place == OTHER { code(OTHER_OFFICES) } else { code(&format!("TTTT.{:02}", place + 1)) }
}

/// The department's procedures that a province's first portal offers on line since July 2022.
pub(crate) fn offered_on_line(province: &str) -> Vec<usize> {
    let is_here = |place: &usize| {
        level(province, *place) >= 3
            && portal_of(province, *place) == portal_of(province, 0)
            && !is_elsewhere(province, *place)
    };
    (0..OTHER).filter(is_here).collect()
}

/// Whether a province offers a procedure elsewhere than on a portal of its own since July 2022.
fn is_elsewhere(province: &str, place: usize) -> bool {
    let all_here = ALL_ON_LINE.contains(&province) || province == TWO_PORTALS;
    place < OTHER && !all_here && place + procedures_elsewhere(province) >= OTHER
}

/// The portal that offers a procedure of a province.
fn portal_of(province: &str, place: usize) -> String {
    let second = province == TWO_PORTALS && (BY_THE_FIRST..OTHER).contains(&place);
    format!("{province}-{}", if second { "motcua" } else { "dvc" })
}

/// The portals of the provinces.
pub fn portals() -> Vec<Portal> {
    let portal =
        |code: String, of: &str, name_vi: String, name_en: String, address: String| Portal {
            code: PortalCode::parse(&code).expect("the codes of this set are valid"),
            unit: unit(of),
            name_vi,
            name_en,
            address,
            validity: Validity { from: Some(BEGINNING), to: None },
            site_keys: vec![],
            secret_hash: None,
            is_trial: false,
            pages_see_all_since: None,
            respects_do_not_track: true,
        };
    let mut all = vec![];
    for (of, name) in province_names() {
        let of = of.as_str();
        all.push(portal(
            portal_of(of, 0),
            of,
            format!("Cổng dịch vụ công {name} (mô phỏng)"),
            format!("Public service portal of {name} (synthetic)"),
            format!("https://dvc-{of}.example.vn"),
        ));
        if of == TWO_PORTALS {
            all.push(portal(
                portal_of(of, BY_THE_FIRST),
                of,
                format!("Hệ thống một cửa điện tử {name} (mô phỏng)"),
                format!("One-stop system of {name} (synthetic)"),
                format!("https://motcua-{of}.example.vn"),
            ));
        }
    }
    all
}

fn draw(province: &str, what: &str, place: usize) -> u64 {
    mixed(&[number_of(province), number_of(what), place as u64]) % 100
}

fn level(province: &str, place: usize) -> u8 {
    match draw(province, "level", place) {
        _ if ALL_ON_LINE.contains(&province) || place == OTHER => 4,
        0..45 => 4,
        45..60 => 3,
        60..85 => 2,
        _ => 1,
    }
}

/// Every register with its entries, each statement from its day on.
pub fn registers() -> Vec<(Register, Vec<Entry>)> {
    // The first statements of all services, then the later ones: an entry is stated once at a time.
    let (mut with_levels, mut with_extents) = (vec![], vec![]);
    let (mut systems, mut exchanges, mut platforms) = (vec![], vec![], vec![]);
    for (province, name) in province_names() {
        let province = province.as_str();
        let entry = |code: EntryCode, since: Date, said: &[(&'static str, String)]| Entry {
            unit: unit(province),
            code,
            since,
            values: Some(Values::from_iter(said.iter().cloned())),
            is_synthetic: true,
        };
        let owner = format!("Sở Thông tin và Truyền thông {name}");
        for (place, procedure_name) in PROCEDURES.iter().enumerate() {
            let level = level(province, place);
            let is_eligible = level > 1 || draw(province, "eligible", place) < 30;
            let said = |more: Option<(&'static str, String)>, is_here: bool| {
                let known = [
                    ("name", (*procedure_name).to_owned()),
                    ("owner", owner.clone()),
                    ("level", level.to_string()),
                    ("eligible", if is_eligible { "yes" } else { "no" }.to_owned()),
                ];
                let portal = is_here.then(|| ("portal", portal_of(province, place)));
                known.into_iter().chain(portal).chain(more).collect::<Vec<_>>()
            };
            with_levels.push(entry(procedure(place), BEGINNING, &said(None, true)));
            let extent = match level {
                4 => Some("full"),
                2 | 3 => Some("partial"),
                _ => None,
            };
            let is_here = !is_elsewhere(province, place);
            if extent.is_some() || !is_here {
                let said = said(extent.map(|extent| ("extent", extent.to_owned())), is_here);
                with_extents.push(entry(procedure(place), SINCE_EXTENTS, &said));
            }
        }
        for (place, system) in SYSTEMS.iter().enumerate() {
            let mut said = vec![("name", (*system).to_owned()), ("owner", owner.clone())];
            if draw(province, "security", place) < 80 {
                said.push(("level", (1 + draw(province, "system", place) % 3).to_string()));
            }
            for (at, (day, evidence)) in LAYERS.iter().enumerate() {
                if ALL_ON_LINE.contains(&province) || draw(province, day, place) < 85 {
                    let since = date(2020, 1 + at as i8, 15 + place as i8);
                    said.push((day, since.to_string()));
                    said.push((evidence, format!("Văn bản mô phỏng số {}", 10 * place + at + 1)));
                }
            }
            systems.push(entry(code(&format!("HT.{:02}", place + 1)), date(2020, 6, 1), &said));
        }
        let has_all = ALL_ON_LINE.contains(&province);
        let national = has_all || draw(province, "national", 0) < 90;
        let said = [
            ("name", "LGSP của tỉnh".to_owned()),
            ("owner", owner.clone()),
            ("launched", date(2020, 10, 10).to_string()),
            ("national", if national { "yes" } else { "no" }.to_owned()),
            ("systems", (4 + draw(province, "connected", 0) % 30).to_string()),
            ("services", (2 + draw(province, "offered", 0) % 20).to_string()),
        ];
        exchanges.push(entry(code("NT.01"), date(2022, 12, 31), &said));
        for (place, platform) in [(1, "Nền tảng họp trực tuyến"), (2, "Ứng dụng công dân số")]
        {
            let users = 1000 * (1 + draw(province, "users", place));
            let said = [
                ("name", platform.to_owned()),
                ("owner", owner.clone()),
                ("launched", date(2020 + place as i16, 10, 10).to_string()),
                ("users", users.to_string()),
            ];
            platforms.push(entry(code(&format!("NT.{:02}", place + 1)), date(2022, 12, 31), &said));
        }
    }
    vec![
        (Register::Services, with_levels),
        (Register::Services, with_extents),
        (Register::Systems, systems),
        (Register::Exchanges, exchanges),
        (Register::Platforms, platforms),
    ]
}

/// The days of dossiers that portals sent before they told of events too.
pub fn dossiers() -> Vec<(PortalCode, Day)> {
    let june: Vec<Date> = (1..=30).map(|day| date(2022, 6, day)).collect();
    let sent: [(&str, &str, &[Date]); 3] =
        [("48", "48-dvc", &june), ("52", "52-dvc", &june), ("52", "52-motcua", &june)];
    let mut all = vec![];
    for (province, portal, days) in sent {
        for day in days {
            let offered =
                (0..PROCEDURES.len()).filter(|place| portal_of(province, *place) == portal);
            let counts = offered.flat_map(|place| counts(province, place, *day)).collect();
            let portal = PortalCode::parse(portal).expect("the codes of this set are valid");
            let day = Day::new(*day, counts).expect("nothing is said twice");
            all.push((portal, day));
        }
    }
    all
}

/// What a procedure has on a day: nothing of every fifth, few on line where it is not.
fn counts(province: &str, place: usize, day: Date) -> Vec<Count> {
    if draw(province, "unused", place) < 20 {
        return vec![];
    }
    let drawn = draw(province, &day.to_string(), place);
    let online = if level(province, place) >= 3 { drawn % 7 } else { 0 };
    let counter = drawn % 5;
    let in_time = (online + counter) * 9 / 10;
    let late = u64::from(drawn.is_multiple_of(11));
    [
        (Channel::Online, State::Received, online),
        (Channel::Counter, State::Received, counter),
        (Channel::Online, State::InTime, in_time),
        (Channel::Counter, State::Late, late),
    ]
    .into_iter()
    .filter(|(.., dossiers)| *dossiers > 0)
    .map(|(channel, state, dossiers)| Count { service: procedure(place), channel, state, dossiers })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use measure::register::read;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn every_entry_reads_as_its_register_asks_and_is_marked_synthetic() {
        for (register, entries) in registers() {
            let mut seen = BTreeSet::new();
            for entry in &entries {
                let values = entry.values.as_ref().unwrap();
                let again = read(register, |field| values.get(field).map_or("", String::as_str));
                assert_eq!(again.as_ref(), Ok(values), "{} {}", entry.unit, entry.code.as_str());
                assert!(entry.is_synthetic);
                assert!(
                    seen.insert((entry.unit.clone(), entry.code.clone())),
                    "stated twice at once"
                );
            }
        }
    }

    #[test]
    fn no_service_is_offered_by_a_portal_of_another_province() {
        let portals: BTreeMap<String, UnitCode> =
            portals().into_iter().map(|one| (one.code.to_string(), one.unit)).collect();
        assert_eq!(portals.len(), 64);
        for (register, entries) in registers() {
            for entry in entries.iter().filter(|_| register == Register::Services) {
                let portal = entry.values.as_ref().unwrap().get("portal");
                assert!(portal.is_none_or(|portal| portals[portal] == entry.unit));
            }
        }
        assert!(dossiers().iter().all(|(portal, _)| portals.contains_key(portal.as_str())));
    }
}
