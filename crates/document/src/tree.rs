//! A document as a tree of blocks whose numbers are questions, not text.
//!
//! A figure in a report is the cell it asks for and the way it is shown, so the same tree is the
//! page on the screen, the printed page and, later, the file for Word; none of them holds a number.

use model::{Cell, SourceChoice};

use crate::Lang;

/// A whole report, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its name in addresses, for example `2024-S1`.
    pub id: String,
    /// The language of its text and of its figures.
    pub lang: Lang,
    /// What stands above the title on paper.
    pub letterhead: Letterhead,
    /// The kind of document: "Báo cáo".
    pub kind: String,
    /// What it is about.
    pub title: String,
    /// The text.
    pub blocks: Vec<Block>,
}

/// The agency block of an official document; the national title beside it is the same for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letterhead {
    /// The agency above, if it is named.
    pub superior: Option<String>,
    /// Whose document it is.
    pub agency: String,
    /// Number and symbol: "Số:      /BC-BTTTT".
    pub number: String,
    /// "Hà Nội, ngày … tháng 7 năm 2024".
    pub place_and_date: String,
}

/// One piece of a document, from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading of the first, second or third level.
    Heading {
        /// 1 for the document's own sections.
        level: u8,
        /// Its text.
        text: String,
    },
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A list without numbers.
    List(Vec<Vec<Inline>>),
    /// A table.
    Table(Table),
    /// A remark set apart from the text.
    Note(Vec<Inline>),
    /// What follows begins on a new page.
    Annex {
        /// "Phụ lục".
        label: String,
        /// What it holds.
        title: String,
    },
    /// Who prepared it and who signs, side by side.
    Signatures {
        /// The one who prepared it: "Người lập biểu".
        preparer: String,
        /// The one who signs: "Thủ trưởng đơn vị".
        signer: String,
    },
    /// The foot of a form: who prepared it above who gets a copy, and who signs beside them.
    Foot {
        /// Who prepared it.
        preparer: Signatory,
        /// Who signs.
        signer: Signatory,
        /// Nơi nhận, a line each.
        copies: Vec<String>,
    },
}

/// One who signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signatory {
    /// As whom: "Người lập biểu"; of who signs for another, "KT. Giám đốc".
    pub role: String,
    /// Their own position, where they sign for another: "Phó Giám đốc".
    pub position: Option<String>,
    /// The name under the signature; nothing on a form that nobody has signed.
    pub name: Option<String>,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Words.
    Text(String),
    /// Words that weigh more.
    Strong(String),
    /// A live figure.
    Figure(FigureRef),
    /// What was reported less what is measured, in the indicator's own unit: `+13 điểm %`. Nothing while one is missing.
    Apart {
        /// What was reported.
        reported: FigureRef,
        /// What is measured.
        measured: FigureRef,
    },
}

/// A table with its unit of measure at the top right and its header repeated on every page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What it shows; numbered when written. Nothing under a heading that says it already.
    pub caption: String,
    /// "Đơn vị tính: tỷ đồng", when one unit holds for the whole table.
    pub unit_note: Option<String>,
    /// The columns; the first of kind [`ColumnKind::Name`] names the rows.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its header.
    pub title: String,
    /// What stands in it.
    pub kind: ColumnKind,
}

/// What stands in a column, and so how it is aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// The row's number.
    Ordinal,
    /// The row's name.
    Name,
    /// Words, such as a unit of measure.
    Words,
    /// Figures, to the right.
    Figures,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// One for each column after the ordinal, which is counted when written.
    pub cells: Vec<Vec<Inline>>,
    /// Whether the row stands there when none of its figures has an answer.
    pub when_unanswered: WhenUnanswered,
}

/// What becomes of a row without a single answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenUnanswered {
    /// It stands, and shows that there is nothing.
    Kept,
    /// It is left out: the indicator was not collected then.
    LeftOut,
}

/// A live figure: what is asked, from whom, and how the answer is shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FigureRef {
    /// What is asked.
    pub cell: Cell,
    /// From whom.
    pub source: SourceChoice,
    /// How the answer is shown.
    pub show: Show,
}

/// How an answer is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Show {
    /// Qualifier and number, for tables whose header says the unit: `2.067.389`, `4/19`.
    Number,
    /// Qualifier, number and unit: "2.067.389 tỷ đồng".
    Said,
    /// With a verb that fits its status: "ước đạt 2.067.389 tỷ đồng".
    Attained,
    /// As people say it: "2,07 triệu tỷ đồng".
    Compact,
    /// A change in words: "tăng 27%".
    Change,
    /// A change in a table: `▲ 27%`.
    Arrow,
    /// The units in it: `41/63`.
    Coverage,
}

impl Document {
    /// Every figure of the document, in reading order.
    pub fn figures(&self) -> Vec<&FigureRef> {
        let lines = self.blocks.iter().flat_map(|block| -> Vec<&Vec<Inline>> {
            match block {
                Block::Paragraph(line) | Block::Note(line) => vec![line],
                Block::List(lines) => lines.iter().collect(),
                Block::Table(table) => table.rows.iter().flat_map(|row| &row.cells).collect(),
                Block::Heading { .. }
                | Block::Annex { .. }
                | Block::Signatures { .. }
                | Block::Foot { .. } => vec![],
            }
        });
        lines.flatten().flat_map(Inline::figures).collect()
    }
}

impl Inline {
    /// The figures it asks for.
    pub fn figures(&self) -> Vec<&FigureRef> {
        match self {
            Inline::Figure(figure) => vec![figure],
            Inline::Apart { reported, measured } => vec![reported, measured],
            Inline::Text(_) | Inline::Strong(_) => vec![],
        }
    }
}

/// What must be asked to write the document out: each cell and source once, in reading order.
pub fn questions(document: &Document) -> Vec<(Cell, SourceChoice)> {
    let mut seen = std::collections::HashSet::new();
    document
        .figures()
        .into_iter()
        .map(|figure| (figure.cell.clone(), figure.source))
        .filter(|question| seen.insert(question.clone()))
        .collect()
}
