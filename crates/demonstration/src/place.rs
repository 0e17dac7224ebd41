//! The units: the country, six regions, the provinces, districts and communes of both eras, the
//! ministries and agencies, and the groups of them.
//!
//! Codes are reused: 15, 24, 44, 52, 80, 82 and 91 name another province since the reform of
//! 1 July 2025. The bare code stays with its first holder; a unit that took it over is written
//! `52@2025-07`; a unit that came through unchanged is one unit with two parents by date.

use std::collections::{HashMap, HashSet};

use jiff::civil::{Date, date};
use model::{Unit, UnitCode, UnitKind, Validity};
use serde::Deserialize;

use crate::table::rows;

/// The first day of 34 provinces and two levels: 1 July 2025.
pub const REFORM: Date = date(2025, 7, 1);

/// The regions as planning knew them until the reform, north to south.
const REGIONS: [(&str, &str, &str); 6] = [
    ("R1", "Trung du và miền núi phía Bắc", "Northern midlands and mountains"),
    ("R2", "Đồng bằng sông Hồng", "Red River delta"),
    ("R3", "Bắc Trung Bộ và Duyên hải miền Trung", "North central and central coast"),
    ("R4", "Tây Nguyên", "Central highlands"),
    ("R5", "Đông Nam Bộ", "South-east"),
    ("R6", "Đồng bằng sông Cửu Long", "Mekong delta"),
];

/// The 19 ministries of the March 2020 review's "4/19". Which 19 was not said: these are assumed to be
/// those with public services for citizens and firms, without Defence, Foreign Affairs and the
/// Government's own Office.
const ASSUMED_19: [&str; 19] = [
    "G02", "G04", "G05", "G06", "G07", "G08", "G09", "G10", "G11", "G12", "G13", "G14", "G15",
    "G16", "G17", "G18", "G19", "G20", "A01",
];

#[derive(Deserialize)]
struct Province {
    code: String,
    name: String,
    full_name: String,
    region: String,
    map_path_id: String,
    merged_into: String,
}

#[derive(Deserialize)]
struct NewProvince {
    code: String,
    name: String,
    full_name: String,
}

#[derive(Deserialize)]
struct District {
    code: String,
    name: String,
    full_name: String,
    province: String,
}

#[derive(Deserialize)]
struct Commune {
    code: String,
    name: String,
    full_name: String,
    district: String,
}

#[derive(Deserialize)]
struct NewCommune {
    code: String,
    name: String,
    full_name: String,
    province: String,
}

#[derive(Deserialize)]
struct Successor {
    old_code: String,
    new_code: String,
    relation: String,
    main_successor: String,
}

#[derive(Deserialize)]
struct Ministry {
    code: String,
    name: String,
    name_en: String,
    kind: String,
}

const UNTIL_REFORM: Validity = Validity { from: None, to: Some(REFORM) };
const FROM_REFORM: Validity = Validity { from: Some(REFORM), to: None };

fn code(text: &str) -> UnitCode {
    UnitCode::parse(text).expect("the committed tables hold valid codes")
}

fn unit(written: &str, kind: UnitKind, name: &str, full_name: &str, validity: Validity) -> Unit {
    Unit {
        code: code(written),
        kind,
        name_vi: name.to_owned(),
        name_en: name.to_owned(),
        full_name_vi: full_name.to_owned(),
        validity,
        parents: vec![],
        members: vec![],
        successor: None,
        map_path: None,
    }
}

/// Codes of the 63 provinces before the reform, in official order.
pub(crate) fn provinces_63() -> Vec<String> {
    provinces_before().into_iter().map(|province| province.code).collect()
}

/// Codes and Vietnamese and English names of the ministries and agencies, and whether it is an agency.
pub(crate) fn ministries() -> Vec<(String, String, String, bool)> {
    let table: Vec<Ministry> = rows(include_str!("../data/units/ministries_and_agencies_2024.csv"));
    table
        .into_iter()
        .map(|m| (m.code, m.name, m.name_en, m.kind == "agency under the Government"))
        .collect()
}

/// Short and full names of the 63 provinces by code.
pub(crate) fn province_names() -> Vec<(String, String)> {
    provinces_before().into_iter().map(|province| (province.code, province.name)).collect()
}

fn provinces_before() -> Vec<Province> {
    rows(include_str!("../data/units/provinces_before_2025-07.csv"))
}

/// Every unit of the demonstration, those above before those below.
pub fn units() -> Vec<Unit> {
    let mut all = vec![Unit {
        name_en: "Viet Nam".into(),
        ..unit("VN", UnitKind::Country, "Việt Nam", "Toàn quốc", Validity::ALWAYS)
    }];
    all.extend(REGIONS.iter().map(|(code_of, name, name_en)| Unit {
        name_en: (*name_en).into(),
        parents: vec![(UNTIL_REFORM, code("VN"))],
        ..unit(code_of, UnitKind::Region, name, &format!("Vùng {name}"), UNTIL_REFORM)
    }));
    let now = provinces(&mut all);
    places_below(&mut all, &now);
    offices(&mut all);
    all.extend(groups(&all));
    all
}

/// The provinces of both eras; answers the canonical code of each new province by its bare code.
fn provinces(all: &mut Vec<Unit>) -> HashMap<String, UnitCode> {
    let before = provinces_before();
    let later: Vec<NewProvince> = rows(include_str!("../data/units/provinces_from_2025-07.csv"));
    let mut merged: HashMap<&str, usize> = HashMap::new();
    for province in &before {
        *merged.entry(&province.merged_into).or_default() += 1;
    }
    let continued = |bare: &str| merged.get(bare) == Some(&1);
    let held: HashSet<&str> = before.iter().map(|province| province.code.as_str()).collect();
    let canonical = |bare: &str| {
        if continued(bare) || !held.contains(bare) {
            code(bare)
        } else {
            code(&format!("{bare}@2025-07"))
        }
    };
    for province in &before {
        let region = REGIONS
            .iter()
            .find(|(_, name, _)| *name == province.region)
            .expect("every province lies in a region")
            .0;
        let stays = continued(&province.merged_into);
        let mut parents = vec![(UNTIL_REFORM, code(region))];
        if stays {
            parents.push((FROM_REFORM, code("VN")));
        }
        // Huế took its name and became a city on 1 January 2025: the same place and code, so one
        // unit, whose full name says what it was called in the years of the figures.
        let full_name = match province.code.as_str() {
            "46" => "Thành phố Huế (tỉnh Thừa Thiên Huế đến hết năm 2024)",
            _ => &province.full_name,
        };
        all.push(Unit {
            parents,
            successor: (!stays).then(|| canonical(&province.merged_into)),
            map_path: Some(province.map_path_id.clone()),
            ..unit(
                &province.code,
                UnitKind::Province,
                &province.name,
                full_name,
                if stays { Validity::ALWAYS } else { UNTIL_REFORM },
            )
        });
    }
    for province in later.iter().filter(|province| !continued(&province.code)) {
        all.push(Unit {
            parents: vec![(FROM_REFORM, code("VN"))],
            ..unit(
                canonical(&province.code).as_str(),
                UnitKind::Province,
                &province.name,
                &province.full_name,
                FROM_REFORM,
            )
        });
    }
    later.iter().map(|province| (province.code.clone(), canonical(&province.code))).collect()
}

/// Districts until the reform, and the communes of both eras.
fn places_below(all: &mut Vec<Unit>, now: &HashMap<String, UnitCode>) {
    let districts: Vec<District> = rows(include_str!("../data/units/districts_before_2025-07.csv"));
    let before: Vec<Commune> = rows(include_str!("../data/units/communes_before_2025-07.csv"));
    let later: Vec<NewCommune> = rows(include_str!("../data/units/communes_from_2025-07.csv"));
    let successors: Vec<Successor> =
        rows(include_str!("../data/units/commune_successors_2025-07.csv"));

    all.extend(districts.iter().map(|district| Unit {
        parents: vec![(UNTIL_REFORM, code(&district.province))],
        ..unit(
            &district.code,
            UnitKind::District,
            &district.name,
            &district.full_name,
            UNTIL_REFORM,
        )
    }));

    let old_names: HashMap<&str, &str> =
        before.iter().map(|c| (c.code.as_str(), c.full_name.as_str())).collect();
    let mut came_from: HashMap<&str, Vec<&Successor>> = HashMap::new();
    for successor in &successors {
        came_from.entry(&successor.new_code).or_default().push(successor);
    }
    let continued: HashMap<&str, &NewCommune> = later
        .iter()
        .filter(|commune| match came_from.get(commune.code.as_str()).map(Vec::as_slice) {
            Some([only]) => {
                only.relation == "whole"
                    && only.old_code == commune.code
                    && old_names.get(commune.code.as_str()) == Some(&commune.full_name.as_str())
            }
            _ => false,
        })
        .map(|commune| (commune.code.as_str(), commune))
        .collect();
    let canonical = |bare: &str| {
        if old_names.contains_key(bare) && !continued.contains_key(bare) {
            code(&format!("{bare}@2025-07"))
        } else {
            code(bare)
        }
    };
    let main: HashMap<&str, &str> = successors
        .iter()
        .filter(|successor| successor.main_successor == "yes")
        .map(|successor| (successor.old_code.as_str(), successor.new_code.as_str()))
        .collect();

    for commune in &before {
        let stays = continued.get(commune.code.as_str());
        let mut parents = vec![(UNTIL_REFORM, code(&commune.district))];
        if let Some(later) = stays {
            parents.push((FROM_REFORM, now[&later.province].clone()));
        }
        all.push(Unit {
            parents,
            successor: if stays.is_some() {
                None
            } else {
                main.get(commune.code.as_str()).map(|bare| canonical(bare))
            },
            ..unit(
                &commune.code,
                UnitKind::Commune,
                &commune.name,
                &commune.full_name,
                if stays.is_some() { Validity::ALWAYS } else { UNTIL_REFORM },
            )
        });
    }
    for commune in later.iter().filter(|commune| !continued.contains_key(commune.code.as_str())) {
        all.push(Unit {
            parents: vec![(FROM_REFORM, now[&commune.province].clone())],
            ..unit(
                canonical(&commune.code).as_str(),
                UnitKind::Commune,
                &commune.name,
                &commune.full_name,
                FROM_REFORM,
            )
        });
    }
}

/// Ministries and agencies. Those of `@bodies` lie under the country, so that a national ratio of
/// public services counts them beside the provinces; the other agencies offer none and lie outside.
fn offices(all: &mut Vec<Unit>) {
    for (written, name, name_en, agency) in ministries() {
        let in_bodies = !agency || written == "A01";
        all.push(Unit {
            name_en,
            parents: if in_bodies { vec![(Validity::ALWAYS, code("VN"))] } else { vec![] },
            ..unit(
                &written,
                if agency { UnitKind::Agency } else { UnitKind::Ministry },
                &name,
                &name,
                Validity::ALWAYS,
            )
        });
    }
}

fn groups(all: &[Unit]) -> Vec<Unit> {
    let members = |wanted: &dyn Fn(&Unit) -> bool| -> Vec<(Validity, UnitCode)> {
        all.iter()
            .filter(|unit| wanted(unit))
            .map(|unit| (unit.validity, unit.code.clone()))
            .collect()
    };
    let province = |unit: &Unit| unit.kind == UnitKind::Province;
    let ministry = |unit: &Unit| unit.kind == UnitKind::Ministry || unit.code.as_str() == "A01";
    let group = |written: &str, name: &str, name_en: &str, members| Unit {
        name_en: name_en.into(),
        members,
        ..unit(written, UnitKind::Group, name, name, Validity::ALWAYS)
    };
    vec![
        group("@provinces", "Các tỉnh, thành phố", "Provinces", members(&province)),
        group("@ministries", "Các bộ, ngành", "Ministries", members(&ministry)),
        group(
            "@bodies",
            "Các bộ, ngành, địa phương",
            "Ministries and provinces",
            members(&|unit| province(unit) || ministry(unit)),
        ),
        group(
            "@ministries19",
            "19 bộ, ngành có dịch vụ công (danh sách giả định)",
            "19 ministries with public services (assumed list)",
            members(&|unit| ASSUMED_19.contains(&unit.code.as_str())),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Units;

    #[test]
    fn each_era_has_the_units_it_had() {
        let units = Units::new(units()).expect("the units are a tree");
        for (day, provinces, districts, communes, regions) in [
            (date(2024, 6, 30), 63, 696, 10_035, 6),
            (date(2025, 6, 30), 63, 696, 10_035, 6),
            (date(2025, 7, 1), 34, 0, 3_321, 0),
        ] {
            let below = |kind: UnitKind| units.below("VN", day, &|unit| unit.kind == kind).len();
            assert_eq!(below(UnitKind::Province), provinces, "provinces on {day}");
            assert_eq!(below(UnitKind::District), districts, "districts on {day}");
            assert_eq!(below(UnitKind::Commune), communes, "communes on {day}");
            assert_eq!(below(UnitKind::Region), regions, "regions on {day}");
            assert_eq!(units.children("@provinces", day).len(), provinces, "@provinces on {day}");
            assert_eq!(units.children("@bodies", day).len(), provinces + 23, "@bodies on {day}");
        }
        assert_eq!(units.children("@ministries", date(2024, 6, 30)).len(), 23);
        assert_eq!(units.children("@ministries19", date(2024, 6, 30)).len(), 19);
    }

    #[test]
    fn a_reused_code_names_two_units_and_an_unchanged_one_answers_to_both() {
        let units = Units::new(units()).expect("the units are a tree");
        let name = |written: &str| units.resolve(written).map(|unit| unit.name_vi.clone());
        for (written, expected) in [
            ("52", "Bình Định"),
            ("52@2025-07", "Gia Lai"),
            ("52@2024-06-30", "Bình Định"),
            ("64", "Gia Lai"),
            ("15", "Yên Bái"),
            ("15@2025-07", "Lào Cai"),
            ("01@2025-07", "Hà Nội"),
            ("08@2025-07", "Tuyên Quang"),
        ] {
            assert_eq!(name(written).as_deref(), Some(expected), "{written}");
        }
        let today = date(2025, 7, 1);
        let binh_dinh = units.get("52").expect("52 exists");
        assert_eq!(
            units.as_of(binh_dinh, today).map(|unit| unit.code.as_str()),
            Some("52@2025-07")
        );
        let hanoi = units.get("01").expect("01 exists");
        assert_eq!(units.parent(hanoi, today).map(|unit| unit.code.as_str()), Some("VN"));
        assert_eq!(
            units.parent(hanoi, date(2024, 1, 1)).map(|unit| unit.code.as_str()),
            Some("R2")
        );
    }

    #[test]
    fn every_commune_that_ended_says_what_it_became_part_of() {
        let units = Units::new(units()).expect("the units are a tree");
        let lost: Vec<&str> = units
            .iter()
            .filter(|unit| {
                matches!(unit.kind, UnitKind::Commune | UnitKind::Province)
                    && unit.validity.to.is_some()
            })
            .filter(|unit| units.as_of(unit, REFORM).is_none())
            .map(|unit| unit.code.as_str())
            .collect();
        assert_eq!(lost, [""; 0]);
    }
}
