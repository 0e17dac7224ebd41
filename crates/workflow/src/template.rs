//! A form before anyone fills it: its sections, rows and prompts, who fills it, and when it is due.
//!
//! The entry page, its checks, its spreadsheet and its printed page are all read from here, so they
//! cannot disagree about which cells there are.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use model::{
    Breakdown, Calendar, Catalogue, Frequency, IndicatorCode, Period, Sector, Status, Unit,
    UnitCode, UnitKind, Units,
};

use crate::Language;
use crate::deadline::{Holidays, moment_of};

/// One version of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// `SO-THANG`.
    pub code: TemplateCode,
    /// 1 for the first; a submission keeps the version it was opened with.
    pub version: u32,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Whose months its periods are.
    pub calendar: Calendar,
    /// How often it is filled.
    pub frequency: Frequency,
    /// Which bodies fill it.
    pub assigned_to: Assignment,
    /// Thời gian chốt số liệu, in words: "ngày cuối cùng của tháng".
    pub cut_off_vi: String,
    /// The same in English.
    pub cut_off_en: String,
    /// Thời hạn gửi báo cáo.
    pub due: DueRule,
    /// The circular or decision that asks for it.
    pub legal_basis: String,
    /// Đơn vị nhận báo cáo.
    pub recipients: Vec<String>,
    /// In the order of the form.
    pub sections: Vec<Section>,
}

/// Which bodies fill a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assignment {
    /// Those that answer for a unit of this kind.
    Kind(UnitKind),
    /// Those that answer for a member of this group.
    Group(UnitCode),
}

impl Assignment {
    /// Whether the body that answers for `unit` fills the form on a day.
    pub fn includes(&self, unit: &Unit, units: &Units, day: Date) -> bool {
        unit.validity.holds_on(day)
            && match self {
                Assignment::Kind(kind) => unit.kind == *kind,
                Assignment::Group(group) => units
                    .children(group.as_str(), day)
                    .iter()
                    .any(|member| member.code == unit.code),
            }
    }
}

/// A deadline: so many working days after the period's last day, at 17:00 Vietnamese time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueRule {
    /// How many; 0 is the last day itself.
    pub working_days: u16,
}

impl DueRule {
    /// The day on which a period is due.
    pub fn day(self, period: Period, holidays: &Holidays) -> Date {
        holidays.working_days_after(period.end(), self.working_days)
    }
}

/// Rows of figures or prompts for text, of one sector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Unique in its template.
    pub id: SectionId,
    /// Whose reviewers receive it.
    pub sector: Sector,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Who in the body fills it: "Phòng Bưu chính, viễn thông".
    pub owner: String,
    /// What is filled in.
    pub kind: SectionKind,
}

impl Section {
    /// Its rows; of a section of text, none.
    pub fn rows(&self) -> &[Row] {
        match &self.kind {
            SectionKind::Figures(rows) => rows,
            SectionKind::Texts(_) => &[],
        }
    }

    /// Its prompts; of a section of figures, none.
    pub fn texts(&self) -> &[TextPrompt] {
        match &self.kind {
            SectionKind::Texts(prompts) => prompts,
            SectionKind::Figures(_) => &[],
        }
    }

    /// The name in a language.
    pub fn name(&self, language: Language) -> &str {
        language.pick(&self.name_vi, &self.name_en)
    }

    /// The key of one of its rows.
    pub fn row_key(&self, row: &Row) -> RowKey {
        RowKey {
            section: self.id.clone(),
            indicator: row.indicator.clone(),
            breakdown: row.breakdown.clone(),
        }
    }

    /// Every cell a person can fill, in the order of the form.
    pub fn cells(&self) -> Vec<CellKey> {
        let figures = self.rows().iter().flat_map(|row| {
            let key = self.row_key(row);
            row.columns().iter().map(move |&column| CellKey::Figure { row: key.clone(), column })
        });
        let texts = self
            .texts()
            .iter()
            .map(|prompt| CellKey::Text { section: self.id.clone(), prompt: prompt.id.clone() });
        figures.chain(texts).collect()
    }
}

/// What a section asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// Numbers.
    Figures(Vec<Row>),
    /// Words: results, difficulties, proposals, next period's tasks.
    Texts(Vec<TextPrompt>),
}

/// One indicator asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What is counted.
    pub indicator: IndicatorCode,
    /// Of which part.
    pub breakdown: Breakdown,
    /// Whether leaving it empty stops the signature.
    pub required: bool,
    /// Guidance beside the row; empty for none.
    pub note: String,
    /// Whether the previous period's actual is asked for too, in place of the estimate given then.
    pub settle_previous: bool,
}

impl Row {
    /// The columns that are filled in.
    pub fn columns(&self) -> &'static [Column] {
        if self.settle_previous { &[Column::Previous, Column::This] } else { &[Column::This] }
    }

    /// How sure a figure of this column is when it is signed: what will be settled next period is an estimate.
    pub fn status(&self, column: Column) -> Status {
        match column {
            Column::This if self.settle_previous => Status::Estimated,
            Column::This | Column::Previous => Status::Final,
        }
    }
}

/// One question that is answered in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextPrompt {
    /// Unique in its section.
    pub id: TextId,
    /// Vietnamese question.
    pub name_vi: String,
    /// English question.
    pub name_en: String,
}

/// A fault of a template, found before anyone is asked to fill it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Two sections of the same name.
    #[error("section {0} stands twice")]
    SectionTwice(SectionId),
    /// Two cells of the same key: a number would be asked for twice.
    #[error("cell {0} stands twice")]
    CellTwice(CellKey),
    /// The catalogue does not have it.
    #[error("cell {0} asks for an indicator that does not exist")]
    UnknownIndicator(CellKey),
    /// A ratio is computed from its parts, never asked for.
    #[error("cell {0} asks for a ratio, which is computed from its numerator and denominator")]
    AsksForRatio(CellKey),
}

impl Template {
    /// The section with this name.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.id.as_str() == id)
    }

    /// The row a key names, with its section.
    pub fn row(&self, key: &RowKey) -> Option<(&Section, &Row)> {
        let section = self.section(key.section.as_str())?;
        let row = section
            .rows()
            .iter()
            .find(|row| row.indicator == key.indicator && row.breakdown == key.breakdown)?;
        Some((section, row))
    }

    /// Whether the form has this cell.
    pub fn has(&self, cell: &CellKey) -> bool {
        match cell {
            CellKey::Figure { row, column } => {
                self.row(row).is_some_and(|(_, row)| row.columns().contains(column))
            }
            CellKey::Text { section, prompt } => self
                .section(section.as_str())
                .is_some_and(|section| section.texts().iter().any(|text| text.id == *prompt)),
        }
    }

    /// Every cell a person can fill, in the order of the form.
    pub fn cells(&self) -> Vec<CellKey> {
        self.sections.iter().flat_map(Section::cells).collect()
    }

    /// How many cells count towards "82/120 ô": all but the optional actuals of the period before.
    pub fn counted_cells(&self) -> Vec<CellKey> {
        self.cells().into_iter().filter(CellKey::is_counted).collect()
    }

    /// The sectors whose reviewers have something to receive.
    pub fn sectors(&self) -> Vec<Sector> {
        Sector::ALL
            .into_iter()
            .filter(|sector| self.sections.iter().any(|section| section.sector == *sector))
            .collect()
    }

    /// Whether a period is one that this template is filled for.
    pub fn is_for(&self, period: Period) -> bool {
        period.frequency() == self.frequency && period.calendar() == self.calendar
    }

    /// The moment after which a submission for the period is late.
    pub fn due(&self, period: Period, holidays: &Holidays) -> Timestamp {
        moment_of(self.due.day(period, holidays))
    }

    /// The name in a language.
    pub fn name(&self, language: Language) -> &str {
        language.pick(&self.name_vi, &self.name_en)
    }

    /// Everything wrong with it beside a catalogue; empty when it can be used.
    pub fn faults(&self, catalogue: &Catalogue) -> Vec<Fault> {
        let mut faults = vec![];
        let mut sections = HashSet::new();
        let mut cells = HashSet::new();
        for section in &self.sections {
            if !sections.insert(section.id.clone()) {
                faults.push(Fault::SectionTwice(section.id.clone()));
            }
            for cell in section.cells() {
                if !cells.insert(cell.clone()) {
                    faults.push(Fault::CellTwice(cell.clone()));
                }
                if let CellKey::Figure { row, column: Column::This } = &cell {
                    match catalogue.get(row.indicator.as_str()) {
                        None => faults.push(Fault::UnknownIndicator(cell)),
                        Some(indicator) if indicator.ratio.is_some() => {
                            faults.push(Fault::AsksForRatio(cell))
                        }
                        Some(_) => {}
                    }
                }
            }
        }
        faults
    }
}

/// A name inside a template that is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a name: 1 to 32 letters, digits, and . _ - are expected")]
pub struct BadName(pub String);

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Reads a name of 1 to 32 letters, digits and `. _ -`.
            pub fn parse(text: &str) -> Result<Self, BadName> {
                let known = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
                if text.is_empty() || text.len() > 32 || !text.chars().all(known) {
                    return Err(BadName(text.chars().take(40).collect()));
                }
                Ok(Self(text.into()))
            }

            /// The name as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// A template, for example `SO-THANG`.
    TemplateCode
);
name!(
    /// A section of a template, for example `BC`.
    SectionId
);
name!(
    /// A question answered in words, for example `KHOKHAN`.
    TextId
);

/// Which of a row's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The actual of the period before, which settles its estimate.
    Previous,
    /// This period.
    This,
}

impl Column {
    /// `previous` or `this`.
    pub fn code(self) -> &'static str {
        match self {
            Column::Previous => "previous",
            Column::This => "this",
        }
    }

    /// The period its figures are about; `None` where the period before has no name.
    pub fn period(self, of_form: Period) -> Option<Period> {
        match self {
            Column::Previous => of_form.previous(),
            Column::This => Some(of_form),
        }
    }
}

/// A row of a form: `BC/BC.DOANHTHU[SEX=F]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey {
    /// In which section.
    pub section: SectionId,
    /// What is counted.
    pub indicator: IndicatorCode,
    /// Of which part.
    pub breakdown: Breakdown,
}

impl RowKey {
    /// Reads what is printed.
    pub fn parse(text: &str) -> Result<RowKey, BadCellKey> {
        let bad = || BadCellKey::of(text);
        let (section, counted) = text.split_once('/').ok_or_else(bad)?;
        let (indicator, breakdown) = match counted.split_once('[') {
            None => (counted, ""),
            Some((indicator, rest)) => (
                indicator,
                rest.strip_suffix(']').filter(|inside| !inside.is_empty()).ok_or_else(bad)?,
            ),
        };
        Ok(RowKey {
            section: SectionId::parse(section).map_err(|_| bad())?,
            indicator: IndicatorCode::parse(indicator).map_err(|_| bad())?,
            breakdown: Breakdown::parse(breakdown).map_err(|_| bad())?,
        })
    }

    /// One of its cells.
    pub fn cell(&self, column: Column) -> CellKey {
        CellKey::Figure { row: self.clone(), column }
    }
}

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.section, self.indicator)?;
        match self.breakdown.as_str() {
            "" => Ok(()),
            breakdown => write!(f, "[{breakdown}]"),
        }
    }
}

/// The name of a cell that can be filled: `BC/BC.DOANHTHU[SEX=F]/this`, `LOI/KHOKHAN/text`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CellKey {
    /// A number.
    Figure {
        /// Of which row.
        row: RowKey,
        /// For which period.
        column: Column,
    },
    /// Words.
    Text {
        /// In which section.
        section: SectionId,
        /// To which question.
        prompt: TextId,
    },
}

/// Why a text does not name a cell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” does not name a cell: BC/BC.DOANHTHU/this, BC/BC.LAODONG[SEX=F]/previous and LOI/KHOKHAN/text do"
)]
pub struct BadCellKey(pub String);

impl BadCellKey {
    fn of(text: &str) -> BadCellKey {
        BadCellKey(text.chars().take(80).collect())
    }
}

impl CellKey {
    /// Reads what is printed.
    ///
    /// ```
    /// use workflow::CellKey;
    /// let cell = CellKey::parse("BC/BC.LAODONG[SEX=F]/this").unwrap();
    /// assert_eq!(cell.to_string(), "BC/BC.LAODONG[SEX=F]/this");
    /// ```
    pub fn parse(text: &str) -> Result<CellKey, BadCellKey> {
        let bad = || BadCellKey::of(text);
        let (row, column) = text.rsplit_once('/').ok_or_else(bad)?;
        let figure =
            |column| Ok(CellKey::Figure { row: RowKey::parse(row).map_err(|_| bad())?, column });
        match column {
            "this" => figure(Column::This),
            "previous" => figure(Column::Previous),
            "text" => {
                let (section, prompt) = row.split_once('/').ok_or_else(bad)?;
                Ok(CellKey::Text {
                    section: SectionId::parse(section).map_err(|_| bad())?,
                    prompt: TextId::parse(prompt).map_err(|_| bad())?,
                })
            }
            _ => Err(bad()),
        }
    }

    /// In which section.
    pub fn section(&self) -> &SectionId {
        match self {
            CellKey::Figure { row, .. } => &row.section,
            CellKey::Text { section, .. } => section,
        }
    }

    /// The row of a number; of words, none.
    pub fn row(&self) -> Option<&RowKey> {
        match self {
            CellKey::Figure { row, .. } => Some(row),
            CellKey::Text { .. } => None,
        }
    }

    /// Everything before the last slash: `BC/BC.DOANHTHU`, `LOI/KHOKHAN`.
    pub fn row_code(&self) -> String {
        match self {
            CellKey::Figure { row, .. } => row.to_string(),
            CellKey::Text { section, prompt } => format!("{section}/{prompt}"),
        }
    }

    /// `previous`, `this` or `text`.
    pub fn column_code(&self) -> &'static str {
        match self {
            CellKey::Figure { column, .. } => column.code(),
            CellKey::Text { .. } => "text",
        }
    }

    /// Whether it counts towards "82/120 ô".
    pub fn is_counted(&self) -> bool {
        match self {
            CellKey::Figure { column: Column::Previous, .. } => false,
            CellKey::Figure { column: Column::This, .. } | CellKey::Text { .. } => true,
        }
    }
}

impl fmt::Display for CellKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.row_code(), self.column_code())
    }
}

#[cfg(test)]
mod tests;
