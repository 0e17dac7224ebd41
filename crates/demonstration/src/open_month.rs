//! July 2024 as it stands when the demonstration begins, on Monday 5 August at eight: 41 of 63
//! departments have something, in every state a form can be in.
//!
//! Bình Định (52) has not begun, so that its story can be played from the empty form. What each
//! department did is told as cells and steps in the order of time; where a section stands follows
//! from the steps by `workflow::State`, and is not said twice.

use jiff::Timestamp;
use jiff::civil::date;
use model::{Absence, BodyCode, Calendar, Catalogue, Decimal, Period, Sector};
use workflow::{CellKey, Column, Move, Section, SectionId, Template, TemplateCode};

use crate::catalogue::indicators;
use crate::form::templates;
use crate::history::{moment, period_of};
use crate::rule::{Figures, Series, figures, month_number};
use crate::table::{mixed, number_of};

/// What somebody put into a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A number at the indicator's scale.
    Number(Decimal),
    /// A stated gap.
    Absent(Absence),
    /// Words.
    Text(String),
}

/// A cell that has something in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// Which.
    pub cell: CellKey,
    /// What.
    pub entry: Entry,
    /// The explanation beside it.
    pub comment: Option<String>,
    /// The demonstration account that filled it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// One thing that was done to a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// The demonstration account that did it.
    pub by: String,
    /// What.
    pub step: Move,
    /// To which section; `None` for every section of the form.
    pub section: Option<SectionId>,
    /// Why, for a return.
    pub reason: Option<&'static str>,
}

/// A form that somebody has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Which form.
    pub template: TemplateCode,
    /// Whose.
    pub body: BodyCode,
    /// Of when.
    pub period: Period,
    /// Its cells, in the order of the form.
    pub cells: Vec<Filled>,
    /// What was done, in order; none for a draft.
    pub steps: Vec<Step>,
}

/// How far a body has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// So many per cent of the form.
    Draft(usize),
    Awaiting,
    Signed,
    /// Post and telecoms were received, the rest was not looked at.
    SomeReceived,
    /// Post came back with a reason.
    Returned,
    Received,
    Closed,
}

use Stage::{Awaiting, Closed, Draft, Received, Returned, Signed, SomeReceived};

const DEPARTMENTS: [Stage; 41] = [
    Draft(85),
    Draft(12),
    Draft(30),
    Draft(45),
    Draft(60),
    Draft(72),
    Draft(8),
    Draft(95),
    Draft(38),
    Draft(52),
    Draft(20),
    Draft(66),
    Draft(78),
    Draft(25),
    Draft(90),
    Draft(55),
    Awaiting,
    Awaiting,
    Awaiting,
    Awaiting,
    Awaiting,
    Awaiting,
    Awaiting,
    Signed,
    Signed,
    Signed,
    Signed,
    Signed,
    Signed,
    Signed,
    Signed,
    SomeReceived,
    SomeReceived,
    SomeReceived,
    SomeReceived,
    SomeReceived,
    Returned,
    Received,
    Received,
    Received,
    Closed,
];
const MINISTRIES: [Stage; 9] =
    [Draft(40), Draft(75), Draft(20), Awaiting, Awaiting, Signed, Signed, SomeReceived, Received];

/// The department whose story is played: it has not begun.
pub(crate) const PLAYED: &str = "52";

const WORDS: [(&str, [&str; 3]); 4] = [
    (
        "KETQUA",
        [
            "Doanh thu các lĩnh vực giữ mức tăng so với cùng kỳ; hồ sơ nộp trực tuyến tiếp tục tăng.",
            "Hoàn thành phủ sóng băng rộng di động tại các thôn còn lại; tổ công nghệ số cộng đồng hoạt động đều.",
            "Đã tổ chức tập huấn an toàn thông tin cho cán bộ cấp xã; tỷ lệ hồ sơ đúng hạn đạt cao.",
        ],
    ),
    (
        "KHOKHAN",
        [
            "Một số doanh nghiệp bưu chính gửi số liệu chậm.",
            "Nhân lực chuyên trách an toàn thông tin còn thiếu.",
            "Việc đồng bộ hồ sơ lên Cổng dịch vụ công quốc gia còn chậm.",
        ],
    ),
    (
        "KIENNGHI",
        [
            "Đề nghị Bộ hướng dẫn thống nhất cách tính thuê bao dùng điện thoại thông minh.",
            "Đề nghị Bộ mở kết nối để lấy số liệu doanh nghiệp trực tiếp.",
            "Không có.",
        ],
    ),
    (
        "NHIEMVU",
        [
            "Tiếp tục đôn đốc doanh nghiệp báo cáo; rà soát hồ sơ cấp độ an toàn hệ thống thông tin.",
            "Triển khai kế hoạch phủ cáp quang đến thôn; tổ chức diễn tập an toàn thông tin.",
            "Nâng tỷ lệ người dân sử dụng dịch vụ công trực tuyến toàn trình.",
        ],
    ),
];

/// The units of a form but the played one, those that come first being the least far.
fn in_order(units: &[String]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..units.len()).filter(|&at| units[at] != PLAYED).collect();
    order.sort_by_key(|&at| mixed(&[number_of("July 2024"), number_of(&units[at])]));
    order
}

/// The department whose July is closed.
pub(crate) fn closed_july(figures: &Figures) -> String {
    let closed = DEPARTMENTS.iter().position(|stage| *stage == Closed).expect("one is closed");
    figures.provinces[in_order(&figures.provinces)[closed]].clone()
}

/// The forms of July 2024 that somebody has begun: 41 departments' and 9 ministries'.
pub fn july_2024() -> Vec<Opened> {
    let catalogue = Catalogue::new(indicators());
    let figures = figures(&catalogue);
    let mut opened = vec![];
    for template in templates() {
        let stages: &[Stage] = match template.code.as_str() {
            "SO-THANG" => &DEPARTMENTS,
            "BO-THANG" => &MINISTRIES,
            // The administrative July is recorded; that of August is still running.
            _ => continue,
        };
        let units = figures.units_of(template.code.as_str());
        for (unit, &stage) in in_order(units).into_iter().zip(stages) {
            opened.push(
                Month {
                    template: &template,
                    figures: &figures,
                    catalogue: &catalogue,
                    unit,
                    stage,
                }
                .opened(),
            );
        }
    }
    opened.sort_by(|a, b| (&a.template, &a.body).cmp(&(&b.template, &b.body)));
    opened
}

struct Month<'a> {
    template: &'a Template,
    figures: &'a Figures,
    catalogue: &'a Catalogue,
    unit: usize,
    stage: Stage,
}

impl Month<'_> {
    fn code(&self) -> &str {
        &self.figures.units_of(self.template.code.as_str())[self.unit]
    }

    fn july() -> usize {
        month_number(2024, 7)
    }

    /// Minutes after 8:00 on Friday 2 August, a little different for everybody.
    fn friday(&self, minutes: u64) -> Timestamp {
        moment(date(2024, 8, 2), (minutes + mixed(&[number_of(self.code()), minutes]) % 20) * 60)
    }

    fn opened(&self) -> Opened {
        Opened {
            template: self.template.code.clone(),
            body: BodyCode::parse(self.code()).expect("the committed tables hold valid codes"),
            period: period_of(Month::july(), Calendar::Statistical),
            cells: self.cells(),
            steps: self.steps(),
        }
    }

    fn cells(&self) -> Vec<Filled> {
        let counted = self.template.counted_cells().len();
        let most = match self.stage {
            Draft(percent) => (counted * percent).div_ceil(100),
            Awaiting | Signed | SomeReceived | Returned | Received | Closed => counted,
        };
        let mut done = 0;
        let mut filled = vec![];
        for cell in self.template.cells() {
            done += usize::from(cell.is_counted());
            if done > most {
                break;
            }
            // On Thursday, a minute for each cell.
            let at = moment(
                date(2024, 8, 1),
                60 * filled.len() as u64 + mixed(&[number_of(self.code())]) % 7200,
            );
            let (entry, comment) = match &cell {
                CellKey::Figure { row, column } => {
                    let series = self
                        .figures
                        .find(
                            self.template.code.as_str(),
                            row.indicator.as_str(),
                            row.breakdown.as_str(),
                        )
                        .expect("every row of a template has its rule");
                    self.figure(&cell, series, *column)
                }
                CellKey::Text { prompt, .. } => {
                    (Entry::Text(self.words(prompt.as_str()).to_owned()), None)
                }
            };
            filled.push(Filled { cell, entry, comment, by: format!("nhap.{}", self.code()), at });
        }
        filled
    }

    fn figure(&self, cell: &CellKey, series: &Series, column: Column) -> (Entry, Option<String>) {
        let july = Month::july();
        let (indicator, number) = match column {
            Column::Previous => (series.indicator.as_str(), series.at(july - 1, self.unit)),
            Column::This => (series.indicator.as_str(), series.at(july, self.unit)),
        };
        // Typed in million đồng where thousand million are asked: for the checks to find.
        if self.stage == DEPARTMENTS[0] && cell.to_string() == "VT/VT.DOANHTHU/this" {
            let jumped = number.times_over(Decimal::whole(1000), Decimal::whole(1), number.scale());
            return (Entry::Number(jumped.expect("far below 18 digits")), None);
        }
        if self.stage == Closed && indicator == "CDS.DLMO" {
            return (
                Entry::Absent(Absence::Missing),
                Some("Cổng dữ liệu đang nâng cấp, sẽ bổ sung ở kỳ sau.".to_owned()),
            );
        }
        let comment =
            (column == Column::This && !matches!(self.stage, Draft(_)) && self.jumps(series))
                .then(|| "Đã kiểm tra với báo cáo của doanh nghiệp, số liệu đúng.".to_owned());
        (Entry::Number(number), comment)
    }

    /// Whether July moves further from June or from last July than the indicator's limit.
    fn jumps(&self, series: &Series) -> bool {
        let Some(limit) =
            self.catalogue.get(series.indicator.as_str()).and_then(|i| i.limits.growth_percent)
        else {
            return false;
        };
        let july = series.at(Month::july(), self.unit);
        [Month::july() - 1, Month::july() - 12]
            .into_iter()
            .filter(|month| *month >= series.since)
            .any(|month| {
                let base = series.at(month, self.unit);
                let change = july
                    .minus(base)
                    .and_then(|change| change.times_over(Decimal::whole(100), base, 4));
                change.is_some_and(|change| change.magnitude() > limit)
            })
    }

    fn words(&self, prompt: &str) -> &'static str {
        let (_, variants) = WORDS
            .iter()
            .find(|(id, _)| *id == prompt)
            .expect("the templates have these four prompts");
        variants[(mixed(&[number_of(self.code()), number_of(prompt)]) % 3) as usize]
    }

    fn steps(&self) -> Vec<Step> {
        let (enterer, head) = (format!("nhap.{}", self.code()), format!("ky.{}", self.code()));
        let whole = |minutes, by: &str, step| Step {
            at: self.friday(minutes),
            by: by.to_owned(),
            step,
            section: None,
            reason: None,
        };
        let part = |minutes, section: &Section, step| Step {
            at: self.friday(minutes),
            by: reviewer(section.sector),
            step,
            section: Some(section.id.clone()),
            reason: None,
        };
        let sections = &self.template.sections;
        let mut steps = vec![];
        if matches!(self.stage, Draft(_)) {
            return steps;
        }
        steps.push(whole(0, &enterer, Move::Submit));
        if self.stage == Awaiting {
            return steps;
        }
        steps.push(whole(120, &head, Move::Sign));
        match self.stage {
            Draft(_) | Awaiting | Signed => {}
            SomeReceived => {
                let looked_at =
                    |section: &&Section| matches!(section.id.as_str(), "BC" | "VT" | "CDS");
                steps.extend(
                    sections
                        .iter()
                        .filter(looked_at)
                        .map(|section| part(360, section, Move::Receive)),
                );
            }
            Returned => {
                let post = sections.iter().filter(|section| section.sector == Sector::Post);
                steps.extend(post.map(|section| Step {
                    reason: Some(
                        "Doanh thu bưu chính chưa gồm doanh nghiệp chuyển phát nước ngoài trên địa bàn; đề nghị bổ sung.",
                    ),
                    ..part(380, section, Move::Return)
                }));
            }
            Received | Closed => {
                steps.extend(sections.iter().map(|section| part(360, section, Move::Receive)));
            }
        }
        if self.stage == Closed {
            steps.extend(sections.iter().map(|section| part(500, section, Move::Close)));
        }
        steps.sort_by_key(|step| step.at);
        steps
    }
}

/// Whoever receives a sector's sections.
fn reviewer(sector: Sector) -> String {
    match sector {
        Sector::Whole => "bo.duyet".to_owned(),
        _ => format!("bo.duyet.{}", sector.code().to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::PersonId;
    use model::indicator::OverTime;
    use std::collections::{BTreeMap, HashMap};
    use workflow::section::Reason;
    use workflow::submission::{Overall, overall};
    use workflow::{Refusal, State};

    fn played(opened: &Opened, template: &Template) -> Result<Overall, Refusal> {
        let mut people: HashMap<String, i64> = HashMap::new();
        let mut states: BTreeMap<SectionId, State> =
            template.sections.iter().map(|section| (section.id.clone(), State::Draft)).collect();
        for step in &opened.steps {
            let next = people.len() as i64;
            let who = PersonId(*people.entry(step.by.clone()).or_insert(next));
            for (_, state) in states
                .iter_mut()
                .filter(|(id, _)| step.section.as_ref().is_none_or(|only| only == *id))
            {
                *state = match step.step {
                    Move::Submit => state.submit(who, step.at)?,
                    Move::Sign => state.sign(who, step.at)?,
                    Move::Receive => state.receive(who, step.at)?,
                    Move::Return => {
                        state.return_(who, step.at, Reason::parse(step.reason.unwrap_or(""))?)?
                    }
                    Move::Close => state.close(who, step.at)?,
                    other => panic!("{other:?} does not happen before the demonstration"),
                };
            }
        }
        Ok(overall(states.values(), opened.cells.len()))
    }

    #[test]
    fn forty_one_departments_have_something_in_every_state_and_binh_dinh_has_nothing() {
        let all = july_2024();
        assert_eq!(all, july_2024(), "the same every time");
        let templates = templates();
        let mut counts: BTreeMap<(String, Overall), usize> = BTreeMap::new();
        for opened in &all {
            let template = templates.iter().find(|t| t.code == opened.template).expect("it exists");
            let state = played(opened, template)
                .unwrap_or_else(|refusal| panic!("{}: {refusal:?}", opened.body));
            *counts.entry((opened.template.to_string(), state)).or_default() += 1;
        }
        let of =
            |template: &str, state| counts.get(&(template.to_owned(), state)).copied().unwrap_or(0);
        for (state, departments) in [
            (Overall::Draft, 16),
            (Overall::AwaitingSignature, 7),
            (Overall::Signed, 13),
            (Overall::Returned, 1),
            (Overall::Received, 3),
            (Overall::Closed, 1),
        ] {
            assert_eq!(of("SO-THANG", state), departments, "{state:?}");
        }
        assert_eq!(all.iter().filter(|opened| opened.template.as_str() == "SO-THANG").count(), 41);
        assert!(all.iter().all(|opened| opened.body.as_str() != PLAYED));
    }

    #[test]
    fn cells_are_of_the_template_in_time_and_few_need_an_explanation() {
        let catalogue = Catalogue::new(indicators());
        let templates = templates();
        let (mut cells, mut explained, mut jumped) = (0, 0, 0);
        for opened in july_2024() {
            let template = templates.iter().find(|t| t.code == opened.template).expect("it exists");
            let begun = opened.steps.first().map_or(moment(date(2024, 8, 5), 0), |step| step.at);
            for filled in &opened.cells {
                assert!(template.has(&filled.cell), "{}", filled.cell);
                assert!(filled.at < begun, "{} {}", opened.body, filled.cell);
                if let CellKey::Figure { row, column: Column::Previous } = &filled.cell {
                    let over_time =
                        catalogue.get(row.indicator.as_str()).map(|indicator| indicator.over_time);
                    assert_eq!(over_time, Some(OverTime::Sum), "only flows are settled");
                }
                if let (CellKey::Figure { row, .. }, Entry::Number(number)) =
                    (&filled.cell, &filled.entry)
                {
                    let jump =
                        row.indicator.as_str() == "VT.DOANHTHU" && *number > Decimal::whole(20_000);
                    jumped += usize::from(jump);
                }
                cells += 1;
                explained += usize::from(filled.comment.is_some());
            }
            assert!(opened.steps.iter().all(|step| step.at < moment(date(2024, 8, 5), 0)));
        }
        assert!(explained * 50 < cells, "{explained} of {cells}");
        assert_eq!(jumped, 1, "one draft has the wrong unit");
    }
}
