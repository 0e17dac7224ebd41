//! The three templates: the departments' monthly statistical form, the ministries', and the
//! departments' administrative form, which asks for other things in the other calendar.
//!
//! Their rows stand in `data/rows.csv`, beside the rule that makes the figures of each, so that
//! what is asked for and what was reported cannot drift apart.

use std::collections::HashMap;

use model::indicator::OverTime;
use model::{Breakdown, Calendar, Frequency, Indicator, IndicatorCode, Sector, UnitCode, UnitKind};
use serde::Deserialize;
use workflow::template::{Assigned, Assignment, DueRule};
use workflow::{Row, Section, SectionId, SectionKind, Template, TemplateCode, TextId, TextPrompt};

use crate::catalogue::indicators;
use crate::table::rows;

/// A row of a template, with the rule of its figures.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Asked {
    pub template: String,
    pub indicator: String,
    pub breakdown: String,
    pub kind: String,
    pub of: String,
    pub weights: String,
    pub season: String,
    pub since: String,
    pub required: String,
    pub y2018: String,
    pub y2019: String,
    pub y2020: String,
    pub y2021: String,
    pub y2022: String,
    pub y2023: String,
    pub y2024: String,
}

/// Every row of the three templates, in the order of the forms.
pub(crate) fn asked() -> Vec<Asked> {
    rows(include_str!("../data/rows.csv"))
}

struct Form {
    code: &'static str,
    name_vi: &'static str,
    name_en: &'static str,
    calendar: Calendar,
    content: &'static str,
    assigned_to: fn() -> Assigned,
    cut_off: (&'static str, &'static str),
    working_days: u16,
    legal_basis: &'static str,
}

const FORMS: [Form; 3] = [
    // Six working days after the month: firms have closed their books by then, and the ministry has
    // its figures a week before its own report of the 15th. July 2024 is due on 8 August at 17:00.
    Form {
        code: "SO-THANG",
        name_vi: "Báo cáo thống kê tháng của Sở",
        name_en: "Monthly statistical report of departments",
        calendar: Calendar::Statistical,
        content: "Số liệu thống kê tháng của sáu lĩnh vực trên địa bàn tỉnh, thành phố.",
        assigned_to: || Assigned::Kind(UnitKind::Province),
        cut_off: ("ngày cuối cùng của tháng dương lịch", "the last day of the calendar month"),
        working_days: 6,
        legal_basis: "Thông tư 04/2022/TT-BTTTT",
    },
    // Two days more than the departments: a ministry gathers from its own departments first.
    Form {
        code: "BO-THANG",
        name_vi: "Báo cáo tháng về chuyển đổi số của bộ, ngành",
        name_en: "Monthly report of ministries on digital transformation",
        calendar: Calendar::Statistical,
        content: "Số liệu tháng về dịch vụ công trực tuyến và an toàn thông tin của bộ, ngành.",
        assigned_to: || Assigned::Group(UnitCode::parse("@ministries").expect("a valid code")),
        cut_off: ("ngày cuối cùng của tháng dương lịch", "the last day of the calendar month"),
        working_days: 8,
        legal_basis: "Nghị định 42/2022/NĐ-CP; Thông tư 04/2022/TT-BTTTT",
    },
    // The circular says "by day 15", and the administrative month ends on day 14.
    Form {
        code: "SO-HC",
        name_vi: "Báo cáo hành chính tháng của Sở",
        name_en: "Monthly administrative report of departments",
        calendar: Calendar::Administrative,
        content: "Tình hình chỉ đạo, điều hành và giải quyết thủ tục hành chính của Sở trong tháng.",
        assigned_to: || Assigned::Kind(UnitKind::Province),
        cut_off: ("ngày 14 của tháng báo cáo", "day 14 of the reporting month"),
        working_days: 1,
        legal_basis: "Nghị định 09/2019/NĐ-CP; Thông tư 02/2023/TT-BTTTT",
    },
];

/// Who in a department fills a sector's section.
fn owner(template: &str, sector: Sector) -> &'static str {
    match (template, sector) {
        ("SO-HC", _) => "Văn phòng Sở",
        ("BO-THANG", Sector::Security) => "Đơn vị chuyên trách an toàn thông tin",
        ("BO-THANG", _) => "Đơn vị chuyên trách công nghệ thông tin",
        (_, Sector::Whole) => "Phòng Kế hoạch - Tài chính",
        (_, Sector::Post | Sector::Telecoms) => "Phòng Bưu chính, viễn thông",
        (_, Sector::DigitalTransformation | Sector::Security | Sector::Industry) => {
            "Phòng Công nghệ thông tin"
        }
        (_, Sector::Press) => "Phòng Thông tin, báo chí, xuất bản",
    }
}

/// The templates, version 1.
pub fn templates() -> Vec<Template> {
    let catalogue: HashMap<String, Indicator> =
        indicators().into_iter().map(|indicator| (indicator.code.to_string(), indicator)).collect();
    let asked = asked();
    FORMS
        .iter()
        .map(|form| {
            let rows: Vec<&Asked> = asked.iter().filter(|row| row.template == form.code).collect();
            let mut sections: Vec<Section> = Sector::ALL
                .into_iter()
                .filter_map(|sector| figures(form, sector, &rows, &catalogue))
                .collect();
            sections.push(words(form));
            Template {
                code: TemplateCode::parse(form.code).expect("a valid code"),
                version: 1,
                valid_from: None,
                name_vi: form.name_vi.to_owned(),
                name_en: form.name_en.to_owned(),
                content: form.content.to_owned(),
                calendar: form.calendar,
                frequency: Frequency::Month,
                assigned_to: vec![Assignment::always((form.assigned_to)())],
                cut_off_vi: form.cut_off.0.to_owned(),
                cut_off_en: form.cut_off.1.to_owned(),
                due: DueRule { working_days: form.working_days },
                legal_basis: form.legal_basis.to_owned(),
                recipients: vec![
                    "Bộ Thông tin và Truyền thông (Vụ Kế hoạch - Tài chính)".to_owned(),
                ],
                sending: "Trên hệ thống báo cáo của Bộ, thủ trưởng đơn vị ký số".to_owned(),
                paper: Default::default(),
                checks: vec![],
                sections,
            }
        })
        .collect()
}

fn figures(
    form: &Form,
    sector: Sector,
    rows: &[&Asked],
    catalogue: &HashMap<String, Indicator>,
) -> Option<Section> {
    let rows: Vec<Row> = rows
        .iter()
        .map(|row| (row, &catalogue[&row.indicator]))
        .filter(|(_, indicator)| indicator.sector == sector)
        .map(|(row, indicator)| Row {
            indicator: IndicatorCode::parse(&row.indicator)
                .expect("the committed table holds valid codes"),
            breakdown: Breakdown::parse(&row.breakdown)
                .expect("the committed table holds valid breakdowns"),
            required: row.required == "yes",
            note: String::new(),
            // A flow of a month that has just ended is an estimate and is settled in the next form.
            settle_previous: indicator.over_time == OverTime::Sum
                && form.calendar == Calendar::Statistical,
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let (id, name_vi, name_en) = match form.code {
        "SO-HC" => (
            "HC",
            "Chỉ đạo, điều hành và thủ tục hành chính",
            "Direction and administrative procedures",
        ),
        _ => (sector.code(), sector.name_vi(), sector.name_en()),
    };
    Some(Section {
        id: SectionId::parse(id).expect("a valid name"),
        sector,
        name_vi: name_vi.to_owned(),
        name_en: name_en.to_owned(),
        owner: owner(form.code, sector).to_owned(),
        kind: SectionKind::Figures(rows),
    })
}

fn words(form: &Form) -> Section {
    let prompt = |id: &str, name_vi: &str, name_en: &str| TextPrompt {
        id: TextId::parse(id).expect("a valid name"),
        name_vi: name_vi.to_owned(),
        name_en: name_en.to_owned(),
    };
    Section {
        id: SectionId::parse("LOI").expect("a valid name"),
        sector: Sector::Whole,
        name_vi: "Đánh giá chung".to_owned(),
        name_en: "Narrative".to_owned(),
        owner: owner(form.code, Sector::Whole).to_owned(),
        kind: SectionKind::Texts(vec![
            prompt("KETQUA", "Kết quả nổi bật trong kỳ", "Main results of the period"),
            prompt("KHOKHAN", "Khó khăn, vướng mắc", "Difficulties"),
            prompt("KIENNGHI", "Đề xuất, kiến nghị", "Proposals"),
            prompt("NHIEMVU", "Nhiệm vụ trọng tâm kỳ tới", "Tasks of the next period"),
        ]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use model::{Catalogue, Period};
    use workflow::deadline::{Holidays, moment_of};

    #[test]
    fn the_templates_have_no_faults_and_ask_for_about_as_much_as_people_can_fill() {
        let catalogue = Catalogue::new(indicators());
        for (template, figures, sections) in
            [("SO-THANG", 64, 8), ("BO-THANG", 12, 3), ("SO-HC", 11, 2)]
        {
            let template =
                templates().into_iter().find(|t| t.code.as_str() == template).expect("it exists");
            assert_eq!(template.faults(&catalogue), [], "{}", template.code);
            let rows: usize = template.sections.iter().map(|section| section.rows().len()).sum();
            assert_eq!((rows, template.sections.len()), (figures, sections), "{}", template.code);
        }
    }

    #[test]
    fn july_2024_is_due_three_days_after_the_demonstration_begins() {
        let holidays = Holidays::of_vietnam();
        for (code, period, day) in [
            ("SO-THANG", "2024-07", date(2024, 8, 8)),
            ("BO-THANG", "2024-07", date(2024, 8, 12)),
            ("SO-HC", "2024-08~adm", date(2024, 8, 15)),
        ] {
            let template =
                templates().into_iter().find(|t| t.code.as_str() == code).expect("it exists");
            let period = Period::parse(period).expect("a period");
            assert!(template.is_for(period));
            assert_eq!(template.due(period, &holidays), moment_of(day), "{code}");
        }
    }
}
