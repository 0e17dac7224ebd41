//! The inventory of report duties: what the ministry's units asked of each department before there was one form.
//!
//! Published is the total: about 8,000 reports a year from 63 departments (the half-year review of July 2024), which is
//! 127 each. Which reports these were was not: the rows of `data/duties.csv` are made up so that they come to 127 a
//! year, and every one is marked as synthetic. The departments' monthly statistical form has taken their place.

use model::UnitKind;
use serde::Deserialize;
use workflow::TemplateCode;
use workflow::burden::Duty;
use workflow::template::Assigned;

use crate::table::rows;

/// Where the total stands.
const SOURCE: &str = "Tổng số khoảng 8.000 báo cáo mỗi năm của 63 Sở (127 báo cáo mỗi Sở): báo cáo sơ kết 6 tháng đầu năm 2024 của Bộ. Từng dòng là mô phỏng.";

#[derive(Deserialize)]
struct Line {
    asked_by: String,
    name: String,
    times_a_year: u16,
    cells: u32,
    first_cells: u32,
}

/// The inventory of the demonstration.
pub fn duties() -> Vec<Duty> {
    let line = |line: Line| Duty {
        name: line.name,
        asked_by: line.asked_by,
        legal_basis: String::new(),
        of: Assigned::Kind(UnitKind::Province),
        times_a_year: line.times_a_year,
        cells: line.cells,
        first_cells: Some(line.first_cells),
        replaced_by: Some(TemplateCode::parse("SO-THANG").expect("a valid code")),
        source: SOURCE.to_owned(),
        is_synthetic: true,
    };
    rows(include_str!("../data/duties.csv")).into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_department_was_asked_for_127_reports_a_year_and_all_of_them_for_about_8000() {
        let all = duties();
        let each: u32 = all.iter().map(|duty| u32::from(duty.times_a_year)).sum();
        assert_eq!((each, 63 * each), (127, 8001));
        assert!(all.iter().all(|duty| duty.is_synthetic && duty.first_cells <= Some(duty.cells)));
        let mut names: Vec<_> = all.iter().map(|duty| (&duty.name, &duty.asked_by)).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all.len(), "a duty stands once");
    }
}
