//! A form before anyone fills it: its sections, rows and prompts, who fills it, and when it is due.
//!
//! The entry page, its checks, its spreadsheet and its printed page are all read from here, so they
//! cannot disagree about which cells there are.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use model::{
    Breakdown, Calendar, Catalogue, Frequency, IndicatorCode, Period, Sector, Status, Unit,
    UnitCode, UnitKind, Units, Validity,
};

use crate::Language;
use crate::deadline::{Holidays, moment_of};
use crate::form_check::{BadCheck, FormCheck};
use crate::paper::Paper;

/// One version of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// `SO-THANG`.
    pub code: TemplateCode,
    /// 1 for the first; a submission keeps the version it was opened with.
    pub version: u32,
    /// Periods that end on this day or later are filled with this version; `None` for as long as anyone remembers.
    pub valid_from: Option<Date>,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Nội dung báo cáo: what it is about, in a sentence or two.
    pub content: String,
    /// Whose months its periods are.
    pub calendar: Calendar,
    /// How often it is filled.
    pub frequency: Frequency,
    /// Đối tượng thực hiện: which bodies fill it, and when.
    pub assigned_to: Vec<Assignment>,
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
    /// Hình thức, phương thức gửi.
    pub sending: String,
    /// What surrounds it on paper.
    pub paper: Paper,
    /// What has to hold between its rows.
    pub checks: Vec<FormCheck>,
    /// In the order of the form.
    pub sections: Vec<Section>,
}

/// Some of the bodies that fill a template, and the days on which they do. A period is filled by those
/// to whom the template is assigned on its last day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Which.
    pub to: Assigned,
    /// When.
    pub days: Validity,
}

/// Which bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assigned {
    /// Those that answer for a unit of this kind.
    Kind(UnitKind),
    /// Those that answer for a member of this group, or for a unit right below this one.
    Group(UnitCode),
    /// Those that answer for these units.
    Units(Vec<UnitCode>),
}

impl Assignment {
    /// To these bodies, at all times.
    pub fn always(to: Assigned) -> Assignment {
        Assignment { to, days: Validity::ALWAYS }
    }

    /// The days on which the body that answers for `unit` fills the form: while the unit exists, is one of
    /// those meant, and the assignment holds.
    pub fn days_of(&self, unit: &Unit, units: &Units) -> Vec<Validity> {
        let meant: Vec<Validity> = match &self.to {
            Assigned::Kind(kind) if unit.kind == *kind => vec![Validity::ALWAYS],
            Assigned::Kind(_) => vec![],
            Assigned::Group(group) => {
                let members = units.get(group.as_str()).map_or(&[][..], |group| &group.members);
                let among = members.iter().filter(|(_, member)| *member == unit.code);
                let below = unit.parents.iter().filter(|(_, parent)| parent == group);
                among.chain(below).map(|(days, _)| *days).collect()
            }
            Assigned::Units(listed) if listed.contains(&unit.code) => vec![Validity::ALWAYS],
            Assigned::Units(_) => vec![],
        };
        let held = meant.into_iter().filter_map(|days| days.both(self.days)?.both(unit.validity));
        held.collect()
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

/// What a report regime has to name (Circular 02/2023/TT-BTTTT, under Decree 09/2019/NĐ-CP).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// Tên báo cáo.
    Name,
    /// Nội dung.
    Content,
    /// Đối tượng thực hiện.
    AssignedTo,
    /// Cơ quan nhận.
    Recipients,
    /// Thời gian chốt số liệu.
    CutOff,
    /// Hình thức, phương thức gửi.
    Sending,
    /// Căn cứ pháp lý.
    LegalBasis,
    /// Mẫu đề cương, biểu mẫu.
    Sections,
}

impl Field {
    /// Where it stands in the interface.
    pub fn code(self) -> &'static str {
        match self {
            Field::Name => "name_vi",
            Field::Content => "content",
            Field::AssignedTo => "assigned_to",
            Field::Recipients => "recipients",
            Field::CutOff => "cut_off_vi",
            Field::Sending => "sending",
            Field::LegalBasis => "legal_basis",
            Field::Sections => "sections",
        }
    }

    fn missing(self, language: Language) -> &'static str {
        let (vi, en) = match self {
            Field::Name => ("Chưa ghi tên báo cáo.", "The report has no name."),
            Field::Content => {
                ("Chưa ghi nội dung báo cáo.", "It is not said what the report is about.")
            }
            Field::AssignedTo => ("Chưa giao cho đơn vị nào báo cáo.", "No body is to fill it."),
            Field::Recipients => ("Chưa ghi đơn vị nhận báo cáo.", "No receiving body is named."),
            Field::CutOff => ("Chưa ghi thời gian chốt số liệu.", "The data cut-off is not said."),
            Field::Sending => {
                ("Chưa ghi hình thức, phương thức gửi.", "The way of sending is not said.")
            }
            Field::LegalBasis => ("Chưa ghi căn cứ pháp lý.", "The legal basis is not said."),
            Field::Sections => ("Biểu mẫu chưa có phần nào.", "The form has no section."),
        };
        language.pick(vi, en)
    }
}

/// A fault of a template, found before anyone is asked to fill it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Something that a report regime has to name is not there.
    #[error("{} is missing", .0.code())]
    Missing(Field),
    /// The calendar has no periods of this length.
    #[error("the {} calendar has no periods of the length {}", .0.code(), .1.code())]
    NoSuchPeriods(Calendar, Frequency),
    /// The days of an assignment, counted from 1, end before they begin.
    #[error("assignment {0} ends before it begins")]
    Backwards(usize),
    /// The list of an assignment, counted from 1, has no unit.
    #[error("assignment {0} is to nobody")]
    Nobody(usize),
    /// Two sections of the same name.
    #[error("section {0} stands twice")]
    SectionTwice(SectionId),
    /// A section that nobody can find.
    #[error("section {0} has no name")]
    SectionNameless(SectionId),
    /// A section that asks for nothing.
    #[error("section {0} is empty")]
    SectionEmpty(SectionId),
    /// Two cells of the same key: a number would be asked for twice.
    #[error("cell {0} stands twice")]
    CellTwice(CellKey),
    /// The same number in two sections: they would overwrite one another.
    #[error("cell {0} asks for what section {1} asks for")]
    InTwoSections(CellKey, SectionId),
    /// A question without words.
    #[error("cell {0} has no question")]
    Wordless(CellKey),
    /// The catalogue does not have it.
    #[error("cell {0} asks for an indicator that does not exist")]
    UnknownIndicator(CellKey),
    /// A ratio is computed from its parts, never asked for.
    #[error("cell {0} asks for a ratio, which is computed from its numerator and denominator")]
    AsksForRatio(CellKey),
    /// A check, counted from 1, cannot be made.
    #[error("check {0}: {1}")]
    Check(usize, BadCheck),
}

impl Fault {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Fault::Missing(_) => "missing",
            Fault::NoSuchPeriods(..) => "no_such_periods",
            Fault::Backwards(_) => "backwards",
            Fault::Nobody(_) => "nobody",
            Fault::SectionTwice(_) => "section_twice",
            Fault::SectionNameless(_) => "section_nameless",
            Fault::SectionEmpty(_) => "section_empty",
            Fault::CellTwice(_) => "cell_twice",
            Fault::InTwoSections(..) => "in_two_sections",
            Fault::Wordless(_) => "wordless",
            Fault::UnknownIndicator(_) => "unknown_indicator",
            Fault::AsksForRatio(_) => "asks_for_ratio",
            Fault::Check(_, bad) => bad.code(),
        }
    }

    /// The cell that it is about, if it is about one.
    pub fn cell(&self) -> Option<&CellKey> {
        match self {
            Fault::CellTwice(cell)
            | Fault::InTwoSections(cell, _)
            | Fault::Wordless(cell)
            | Fault::UnknownIndicator(cell)
            | Fault::AsksForRatio(cell) => Some(cell),
            Fault::Missing(_)
            | Fault::NoSuchPeriods(..)
            | Fault::Backwards(_)
            | Fault::Nobody(_)
            | Fault::SectionTwice(_)
            | Fault::SectionNameless(_)
            | Fault::SectionEmpty(_)
            | Fault::Check(..) => None,
        }
    }

    /// The section that it is about, if it is about one.
    pub fn section(&self) -> Option<&SectionId> {
        match self {
            Fault::SectionTwice(section)
            | Fault::SectionNameless(section)
            | Fault::SectionEmpty(section) => Some(section),
            Fault::Missing(_)
            | Fault::NoSuchPeriods(..)
            | Fault::Backwards(_)
            | Fault::Nobody(_)
            | Fault::Check(..) => None,
            Fault::CellTwice(_)
            | Fault::InTwoSections(..)
            | Fault::Wordless(_)
            | Fault::UnknownIndicator(_)
            | Fault::AsksForRatio(_) => self.cell().map(CellKey::section),
        }
    }

    /// Where it stands in the interface: a field of the form, `sections`, `rows` or `checks`.
    pub fn field(&self) -> &'static str {
        match self {
            Fault::Missing(field) => field.code(),
            Fault::NoSuchPeriods(..) => "frequency",
            Fault::Backwards(_) | Fault::Nobody(_) => "assigned_to",
            Fault::Check(..) => "checks",
            Fault::SectionTwice(_) | Fault::SectionNameless(_) | Fault::SectionEmpty(_) => {
                "sections"
            }
            Fault::CellTwice(_)
            | Fault::InTwoSections(..)
            | Fault::Wordless(_)
            | Fault::UnknownIndicator(_)
            | Fault::AsksForRatio(_) => "rows",
        }
    }

    /// The sentence the user reads.
    pub fn message(&self, language: Language) -> String {
        let (vi, en) = match self {
            Fault::Missing(field) => return field.missing(language).to_owned(),
            Fault::NoSuchPeriods(..) => (
                "Lịch này không có kỳ dài như vậy.".to_owned(),
                "This calendar has no periods of that length.".to_owned(),
            ),
            Fault::Backwards(_) => (
                "Ngày kết thúc phải sau ngày bắt đầu.".to_owned(),
                "The last day has to come after the first.".to_owned(),
            ),
            Fault::Nobody(number) => (
                format!("Lần giao thứ {number} chưa chọn đơn vị nào."),
                format!("Assignment {number} names no body."),
            ),
            Fault::SectionTwice(section) => (
                format!("Hai phần cùng mang mã {section}."),
                format!("Two sections have the code {section}."),
            ),
            Fault::SectionNameless(section) => (
                format!("Phần {section} chưa có tên."),
                format!("Section {section} has no name."),
            ),
            Fault::SectionEmpty(section) => (
                format!("Phần {section} chưa có dòng nào."),
                format!("Section {section} has no row."),
            ),
            Fault::CellTwice(_) => (
                "Chỉ tiêu này đứng hai lần trong cùng một phần.".to_owned(),
                "This indicator stands twice in the section.".to_owned(),
            ),
            Fault::InTwoSections(_, other) => (
                format!("Chỉ tiêu này đã có ở phần {other} của chính biểu này."),
                format!("Section {other} of this very form asks for this indicator."),
            ),
            Fault::Wordless(_) => (
                "Mục này chưa có câu hỏi.".to_owned(),
                "This item has no question.".to_owned(),
            ),
            Fault::UnknownIndicator(_) => (
                "Danh mục không còn chỉ tiêu này.".to_owned(),
                "The catalogue does not have this indicator.".to_owned(),
            ),
            Fault::AsksForRatio(_) => (
                "Chỉ tiêu này được tính từ tử số và mẫu số, không hỏi trực tiếp. Hãy hỏi hai số đó."
                    .to_owned(),
                "This indicator is computed from its numerator and denominator; ask for those."
                    .to_owned(),
            ),
            Fault::Check(number, bad) => (
                format!("Kiểm tra {number}: {}", bad.message(Language::Vietnamese)),
                format!("Check {number}: {}", bad.message(Language::English)),
            ),
        };
        language.pick(vi, en)
    }
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

    /// The same with its Vietnamese words wherever nobody has written English ones, as it is published: a reader of
    /// English then sees a name, and not nothing.
    pub fn or_vietnamese(mut self) -> Template {
        let or = |en: &mut String, vi: &String| {
            if en.trim().is_empty() {
                en.clone_from(vi);
            }
        };
        or(&mut self.name_en, &self.name_vi);
        or(&mut self.cut_off_en, &self.cut_off_vi);
        for section in &mut self.sections {
            or(&mut section.name_en, &section.name_vi);
            if let SectionKind::Texts(texts) = &mut section.kind {
                texts.iter_mut().for_each(|text| or(&mut text.name_en, &text.name_vi));
            }
        }
        self
    }

    /// Whether the body that answers for `unit` fills the form on a day.
    pub fn is_assigned_to(&self, unit: &Unit, units: &Units, day: Date) -> bool {
        let mut days = self.assigned_to.iter().flat_map(|one| one.days_of(unit, units));
        days.any(|days| days.holds_on(day))
    }

    /// Everything wrong with it beside a catalogue; empty when it can be used.
    pub fn faults(&self, catalogue: &Catalogue) -> Vec<Fault> {
        let mut faults = self.faults_of_regime();
        let mut sections = HashSet::new();
        let mut cells = HashSet::new();
        let mut asked: HashMap<(&IndicatorCode, &Breakdown), &SectionId> = HashMap::new();
        for section in &self.sections {
            if !sections.insert(&section.id) {
                faults.push(Fault::SectionTwice(section.id.clone()));
            }
            if section.name_vi.trim().is_empty() {
                faults.push(Fault::SectionNameless(section.id.clone()));
            }
            if section.rows().is_empty() && section.texts().is_empty() {
                faults.push(Fault::SectionEmpty(section.id.clone()));
            }
            for row in section.rows() {
                let cell = section.row_key(row).cell(Column::This);
                let first = *asked.entry((&row.indicator, &row.breakdown)).or_insert(&section.id);
                match catalogue.get(row.indicator.as_str()) {
                    _ if !cells.insert(cell.clone()) => faults.push(Fault::CellTwice(cell)),
                    _ if *first != section.id => {
                        faults.push(Fault::InTwoSections(cell, first.clone()));
                    }
                    None => faults.push(Fault::UnknownIndicator(cell)),
                    Some(one) if one.ratio.is_some() => faults.push(Fault::AsksForRatio(cell)),
                    Some(_) => {}
                }
            }
            for text in section.texts() {
                let cell = CellKey::Text { section: section.id.clone(), prompt: text.id.clone() };
                if text.name_vi.trim().is_empty() {
                    faults.push(Fault::Wordless(cell.clone()));
                }
                if !cells.insert(cell.clone()) {
                    faults.push(Fault::CellTwice(cell));
                }
            }
        }
        for (check, number) in self.checks.iter().zip(1..) {
            let bad = check.faults(self, catalogue);
            faults.extend(bad.into_iter().map(|bad| Fault::Check(number, bad)));
        }
        faults
    }

    /// What a report regime has to name and this one does not.
    fn faults_of_regime(&self) -> Vec<Fault> {
        let is_blank = |text: &str| text.trim().is_empty();
        let missing = [
            (Field::Name, is_blank(&self.name_vi)),
            (Field::Content, is_blank(&self.content)),
            (Field::AssignedTo, self.assigned_to.is_empty()),
            (Field::Recipients, self.recipients.iter().all(|one| is_blank(one))),
            (Field::CutOff, is_blank(&self.cut_off_vi)),
            (Field::Sending, is_blank(&self.sending)),
            (Field::LegalBasis, is_blank(&self.legal_basis)),
            (Field::Sections, self.sections.is_empty()),
        ];
        let missing = missing.into_iter().filter(|(_, is_missing)| *is_missing);
        let mut faults: Vec<Fault> = missing.map(|(field, _)| Fault::Missing(field)).collect();
        let some_day = jiff::civil::date(2024, 6, 14);
        if Period::containing(some_day, self.frequency, self.calendar).is_none() {
            faults.push(Fault::NoSuchPeriods(self.calendar, self.frequency));
        }
        let backwards = self.assigned_to.iter().zip(1..).filter(
            |(one, _)| matches!((one.days.from, one.days.to), (Some(from), Some(to)) if to <= from),
        );
        faults.extend(backwards.map(|(_, number)| Fault::Backwards(number)));
        let empty = self
            .assigned_to
            .iter()
            .zip(1..)
            .filter(|(one, _)| matches!(&one.to, Assigned::Units(units) if units.is_empty()));
        faults.extend(empty.map(|(_, number)| Fault::Nobody(number)));
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
