//! What was recorded before the demonstration begins, commit by commit, in the order of time.
//!
//! Departments and ministries send a month's figures within the days their template gives them;
//! the ministry's reviews and the outlets' articles come in between on the day they came out; a few
//! departments correct a month long after it, so that histories and "as known at" have something to
//! show. The iterator makes one commit at a time: the whole is some 340,000 observations.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::{TimeZone, offset};
use model::indicator::OverTime;
use model::{
    BodyCode, Breakdown, Calendar, Catalogue, Cell, Decimal, Figure, IndicatorCode, Measure,
    Observation, Period, Seq, Source, Status, UnitCode,
};
use workflow::deadline::Holidays;
use workflow::{Template, TemplateCode};

use crate::catalogue::indicators;
use crate::form::templates;
use crate::published::{Release, Said, releases};
use crate::rule::{Figures, apportion, figures, month_number};
use crate::table::{mixed, number_of};

/// What a commit was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A body's signed figures of one period.
    Submission {
        /// Which form.
        template: TemplateCode,
        /// Of when.
        period: Period,
    },
    /// A body's correction of closed figures.
    Correction {
        /// Which form.
        template: TemplateCode,
        /// Why, in Vietnamese.
        reason_vi: &'static str,
        /// Why, in English.
        reason_en: &'static str,
    },
    /// A document that was published.
    Release {
        /// As named in the data.
        document: String,
    },
    /// The year's plan figures.
    Plan {
        /// Which year.
        year: Period,
    },
}

impl Kind {
    /// The code of the origin in interfaces.
    pub fn code(&self) -> &'static str {
        match self {
            Kind::Submission { .. } => "submission",
            Kind::Correction { .. } => "correction",
            Kind::Release { .. } => "release",
            Kind::Plan { .. } => "plan",
        }
    }
}

/// Observations that were recorded together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// When; never before the commit before.
    pub recorded_at: Timestamp,
    /// The demonstration account that did it.
    pub actor: String,
    /// For which body.
    pub body: BodyCode,
    /// What it was.
    pub kind: Kind,
    /// What to call it in Vietnamese: "Báo cáo sơ kết 6 tháng đầu năm 2024".
    pub label_vi: String,
    /// The same in English.
    pub label_en: String,
    /// In order; their seq counts commits from 1.
    pub observations: Vec<Observation>,
    /// The words as said, by the observation's ordinal, where there were any.
    pub words: Vec<(u32, String)>,
}

/// The last month that was reported when the demonstration begins: June 2024.
const LAST: usize = 77;

/// A department said something else first. The amount is that many thousandths of the first month's figure; with
/// a second month it had been booked there, so that the year's total never changed.
struct FirstSaid {
    unit: &'static str,
    indicator: &'static str,
    month: (i16, i8),
    thousandths: i128,
    instead_of: Option<(i16, i8)>,
    corrected: Date,
    reason_vi: &'static str,
    reason_en: &'static str,
}

const FIRST_SAID: [FirstSaid; 7] = [
    FirstSaid {
        unit: "79",
        indicator: "TN.NSNN",
        month: (2022, 6),
        thousandths: 45,
        instead_of: Some((2022, 8)),
        corrected: date(2023, 2, 21),
        reason_vi: "Khoản nộp gia hạn được hạch toán vào tháng 8 thay cho tháng 6",
        reason_en: "A deferred payment was booked in August instead of June",
    },
    FirstSaid {
        unit: "52",
        indicator: "BC.BUUGUI",
        month: (2023, 6),
        thousandths: 62,
        instead_of: Some((2023, 7)),
        corrected: date(2023, 11, 14),
        reason_vi: "Sản lượng ba ngày cuối tháng 7 đã cộng nhầm vào tháng 6",
        reason_en: "Items of the last days of July had been added to June",
    },
    FirstSaid {
        unit: "27",
        indicator: "CN.XUATKHAU",
        month: (2023, 4),
        thousandths: 80,
        instead_of: None,
        corrected: date(2023, 12, 12),
        reason_vi: "Loại phần gia công cho doanh nghiệp ngoài tỉnh đã tính trùng",
        reason_en: "Work done for enterprises elsewhere had been counted twice",
    },
    FirstSaid {
        unit: "01",
        indicator: "TN.DOANHTHU",
        month: (2023, 5),
        thousandths: 25,
        instead_of: Some((2023, 9)),
        corrected: date(2024, 1, 16),
        reason_vi: "Chuyển doanh thu của hai doanh nghiệp từ tháng 5 sang tháng 9 theo ngày xuất hóa đơn",
        reason_en: "Revenue of two enterprises moved from May to September by the date of the invoice",
    },
    FirstSaid {
        unit: "31",
        indicator: "VT.DOANHTHU",
        month: (2023, 3),
        thousandths: 40,
        instead_of: Some((2023, 10)),
        corrected: date(2024, 2, 22),
        reason_vi: "Đối soát cước kết nối quý I được ghi nhận vào tháng 10",
        reason_en: "Interconnection charges of the first quarter were settled in October",
    },
    FirstSaid {
        unit: "92",
        indicator: "VT.BTS",
        month: (2023, 12),
        thousandths: 30,
        instead_of: None,
        corrected: date(2024, 3, 19),
        reason_vi: "Loại các vị trí trạm đã ngừng phát sóng trong quý IV",
        reason_en: "Sites switched off in the fourth quarter were taken out",
    },
    FirstSaid {
        unit: "48",
        indicator: "CDS.HOSO",
        month: (2024, 2),
        thousandths: 55,
        instead_of: None,
        corrected: date(2024, 5, 21),
        reason_vi: "Hồ sơ nộp lại sau khi bổ sung đã tính hai lần",
        reason_en: "Dossiers filed again after completion had been counted twice",
    },
];

/// Plans of 2024 for each province: national plan at the indicator's scale as a sum, divided as 2023
/// turned out. The budget's is the published one; the others are last year's figure and so many
/// thousandths more, made up and marked so: the revenue's gives a share of 50.2% where 50% was printed.
const PLANS: [(&str, Planned); 7] = [
    ("TN.DOANHTHU", Planned::More(100)),
    ("TN.NSNN", Planned::Published(101_593)),
    ("BC.DOANHTHU", Planned::More(120)),
    ("BC.BUUGUI", Planned::More(180)),
    ("VT.DOANHTHU", Planned::More(40)),
    ("CN.DOANHTHU", Planned::More(95)),
    ("CN.XUATKHAU", Planned::More(90)),
];

#[derive(Clone, Copy)]
enum Planned {
    More(i128),
    Published(i64),
}

enum Pending {
    Submission { template: usize, month: usize, unit: usize },
    Correction { first: &'static FirstSaid },
    Release { number: usize },
    Plan,
}

/// The commits of the demonstration, made one at a time.
pub struct History {
    catalogue: Catalogue,
    figures: Figures,
    templates: Vec<Template>,
    releases: Vec<Release>,
    pending: std::vec::IntoIter<(Timestamp, Pending)>,
    seq: u64,
}

/// Everything that was recorded before 5 August 2024, the earliest first.
pub fn history() -> History {
    let catalogue = Catalogue::new(indicators());
    let figures = figures(&catalogue);
    let templates = templates();
    let releases = releases(&catalogue);
    let mut pending = vec![];
    let holidays = Holidays::of_vietnam();
    for (template, form) in templates.iter().enumerate() {
        let series =
            || figures.series.iter().filter(|series| series.template == form.code.as_str());
        let since = series().map(|series| series.since).min().unwrap_or(LAST);
        for month in since..=last_month(form) {
            let period = period_of(month, form.calendar);
            for (unit, code) in figures.units_of(form.code.as_str()).iter().enumerate() {
                let luck = mixed(&[number_of(form.code.as_str()), number_of(code), month as u64]);
                let days = 1 + (luck % u64::from(form.due.working_days)) as u16;
                let seconds = (luck >> 16) % (8 * 3600);
                let at = moment(holidays.working_days_after(period.end(), days), seconds);
                pending.push((at, Pending::Submission { template, month, unit }));
            }
        }
    }
    pending.extend(
        releases
            .iter()
            .enumerate()
            .map(|(number, release)| (moment(release.day, 5400), Pending::Release { number })),
    );
    pending.extend(
        FIRST_SAID
            .iter()
            .map(|first| (moment(first.corrected, 7200), Pending::Correction { first })),
    );
    pending.push((moment(date(2024, 1, 22), 3600), Pending::Plan));
    pending.sort_by_key(|(at, _)| *at);
    History { catalogue, figures, templates, releases, pending: pending.into_iter(), seq: 0 }
}

/// The administrative July ended on the 14th, before the demonstration begins; the calendar's July is open.
fn last_month(template: &Template) -> usize {
    match template.calendar {
        Calendar::Statistical => LAST,
        Calendar::Administrative => LAST + 1,
    }
}

/// The month of this number since January 2018.
pub(crate) fn period_of(month: usize, calendar: Calendar) -> Period {
    let (year, month) = (2018 + (month / 12) as i16, (month % 12) as i8 + 1);
    Period::month(year, month, calendar).expect("months are 1 to 12")
}

/// So many seconds after eight in the morning, in Vietnam.
pub(crate) fn moment(day: Date, seconds: u64) -> Timestamp {
    let (hours, rest) = ((seconds / 3600) as i8, seconds % 3600);
    day.at(8 + hours, (rest / 60) as i8, (rest % 60) as i8, 0)
        .to_zoned(TimeZone::fixed(offset(7)))
        .expect("a fixed offset has every moment of every day")
        .timestamp()
}

fn amount(first: &FirstSaid, figures: &Figures) -> Decimal {
    let (series, unit) = corrected_series(first, figures);
    let right = series.at(month_number(first.month.0, first.month.1), unit);
    Decimal::new(i128::from(right.mantissa()) * first.thousandths / 1000, series.scale)
        .expect("less than the figure")
}

fn corrected_series<'a>(
    first: &FirstSaid,
    figures: &'a Figures,
) -> (&'a crate::rule::Series, usize) {
    let unit =
        figures.provinces.iter().position(|code| code == first.unit).expect("it is one of the 63");
    (figures.find("SO-THANG", first.indicator, "").expect("the template asks for it"), unit)
}

/// What was said first of a figure that was corrected later.
fn said_first(
    figures: &Figures,
    unit: &str,
    indicator: &IndicatorCode,
    month: usize,
    right: Decimal,
) -> Decimal {
    for first in FIRST_SAID
        .iter()
        .filter(|first| first.unit == unit && first.indicator == indicator.as_str())
    {
        if month == month_number(first.month.0, first.month.1) {
            return right.plus(amount(first, figures)).expect("a small change");
        }
        if first.instead_of.is_some_and(|(year, of_year)| month == month_number(year, of_year)) {
            return right.minus(amount(first, figures)).expect("a small change");
        }
    }
    right
}

fn body(code: &str) -> BodyCode {
    BodyCode::parse(code).expect("the committed tables hold valid codes")
}

impl History {
    fn observation(&self, cell: Cell, number: Decimal, at: Timestamp) -> Observation {
        Observation {
            cell,
            source: Source::Reported,
            publisher: None,
            figure: Figure::Number(number),
            of: None,
            status: Status::Final,
            qualifier: None,
            measured_share: None,
            synthetic: true,
            seq: Seq(self.seq),
            ordinal: 0,
            recorded_at: at,
        }
    }

    fn submission(&self, at: Timestamp, template: usize, month: usize, unit: usize) -> Commit {
        let form = &self.templates[template];
        let period = period_of(month, form.calendar);
        let code = &self.figures.units_of(form.code.as_str())[unit];
        let unit_code = UnitCode::parse(code).expect("the committed tables hold valid codes");
        let series = self.figures.series.iter().filter(|series| {
            series.template == form.code.as_str() && series.since <= month && month <= series.until
        });
        let observations = series
            .map(|series| {
                let cell = Cell {
                    indicator: series.indicator.clone(),
                    unit: unit_code.clone(),
                    period,
                    breakdown: series.breakdown.clone(),
                    measure: Measure::Level,
                };
                let right = series.at(month, unit);
                let said = match form.code.as_str() == "SO-THANG"
                    && series.breakdown == Breakdown::TOTAL
                {
                    true => said_first(&self.figures, code, &series.indicator, month, right),
                    false => right,
                };
                let mut one = self.observation(cell, said, at);
                // June's flows are settled in the form of July, which is open.
                let flow = self
                    .catalogue
                    .get(series.indicator.as_str())
                    .is_some_and(|i| i.over_time == OverTime::Sum);
                if flow && month == LAST && form.calendar == Calendar::Statistical {
                    one.status = Status::Estimated;
                }
                one
            })
            .collect();
        let (year, of_year) = (period.named_year(), period.last_month());
        Commit {
            recorded_at: at,
            actor: format!("ky.{code}"),
            body: body(code),
            kind: Kind::Submission { template: form.code.clone(), period },
            label_vi: format!("{}, tháng {of_year}/{year}", form.name_vi),
            label_en: format!("{}, {of_year}/{year}", form.name_en),
            observations,
            words: vec![],
        }
    }

    fn correction(&self, at: Timestamp, first: &'static FirstSaid) -> Commit {
        let (series, unit) = corrected_series(first, &self.figures);
        let observations = [Some(first.month), first.instead_of]
            .into_iter()
            .flatten()
            .map(|(year, of_year)| {
                let month = month_number(year, of_year);
                let cell = Cell {
                    indicator: series.indicator.clone(),
                    unit: UnitCode::parse(first.unit).expect("a valid code"),
                    period: period_of(month, Calendar::Statistical),
                    breakdown: Breakdown::TOTAL,
                    measure: Measure::Level,
                };
                self.observation(cell, series.at(month, unit), at)
            })
            .collect();
        Commit {
            recorded_at: at,
            actor: format!("ky.{}", first.unit),
            body: body(first.unit),
            kind: Kind::Correction {
                template: TemplateCode::parse("SO-THANG").expect("a valid code"),
                reason_vi: first.reason_vi,
                reason_en: first.reason_en,
            },
            label_vi: format!("Đính chính số liệu tháng {}/{}", first.month.1, first.month.0),
            label_en: format!("Correction of {}/{}", first.month.1, first.month.0),
            observations,
            words: vec![],
        }
    }

    fn release(&self, at: Timestamp, number: usize) -> Commit {
        let release = &self.releases[number];
        let stated = |said: &Said| Observation {
            cell: said.cell.clone(),
            source: said.source,
            publisher: said.publisher.clone(),
            figure: said.figure,
            of: said.of,
            status: said.status,
            qualifier: said.qualifier,
            measured_share: None,
            synthetic: false,
            seq: Seq(self.seq),
            ordinal: 0,
            recorded_at: at,
        };
        let words = release.said.iter().enumerate().filter(|(_, said)| !said.words.is_empty());
        Commit {
            recorded_at: at,
            actor: "bo.phantich".to_owned(),
            body: body("BTTTT.KHTC"),
            kind: Kind::Release { document: release.document.clone() },
            label_vi: release.label_vi.clone(),
            label_en: release.label_en.clone(),
            words: words.map(|(at, said)| (at as u32, said.words.clone())).collect(),
            observations: release.said.iter().map(stated).collect(),
        }
    }

    fn plan(&self, at: Timestamp) -> Commit {
        let year = Period::year(2024, Calendar::Statistical).expect("a year");
        let mut observations = vec![];
        for (code, planned) in PLANS {
            let series = self.figures.find("SO-THANG", code, "").expect("the template asks for it");
            let months = month_number(2023, 1)..=month_number(2023, 12);
            let last_year: Vec<i128> = (0..self.figures.provinces.len())
                .map(|unit| {
                    months.clone().map(|month| i128::from(series.at(month, unit).mantissa())).sum()
                })
                .collect();
            let total = match planned {
                Planned::More(thousandths) => {
                    last_year.iter().sum::<i128>() * (1000 + thousandths) / 1000
                }
                Planned::Published(whole) => i128::from(
                    Decimal::whole(whole)
                        .exactly_at(series.scale)
                        .expect("a short number")
                        .mantissa(),
                ),
            };
            for (unit, part) in self.figures.provinces.iter().zip(apportion(total, &last_year)) {
                let cell = Cell {
                    indicator: series.indicator.clone(),
                    unit: UnitCode::parse(unit).expect("the committed tables hold valid codes"),
                    period: year,
                    breakdown: Breakdown::TOTAL,
                    measure: Measure::Plan,
                };
                observations.push(self.observation(
                    cell,
                    Decimal::new(part, series.scale).expect("a short number"),
                    at,
                ));
            }
        }
        Commit {
            recorded_at: at,
            actor: "bo.phantich".to_owned(),
            body: body("BTTTT.KHTC"),
            kind: Kind::Plan { year },
            label_vi: "Giao kế hoạch năm 2024 cho các tỉnh, thành phố".to_owned(),
            label_en: "Plan figures of 2024 for the provinces".to_owned(),
            observations,
            words: vec![],
        }
    }
}

impl Iterator for History {
    type Item = Commit;

    fn next(&mut self) -> Option<Commit> {
        let (at, pending) = self.pending.next()?;
        self.seq += 1;
        let mut commit = match pending {
            Pending::Submission { template, month, unit } => {
                self.submission(at, template, month, unit)
            }
            Pending::Correction { first } => self.correction(at, first),
            Pending::Release { number } => self.release(at, number),
            Pending::Plan => self.plan(at),
        };
        for (ordinal, observation) in commit.observations.iter_mut().enumerate() {
            observation.ordinal = ordinal as u32;
        }
        Some(commit)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.pending.size_hint()
    }
}

#[cfg(test)]
mod tests;
