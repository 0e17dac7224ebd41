//! Writes a document as HTML: a fragment for the staff application, or a whole page for A4 paper.
//!
//! In the application a figure is a button that opens its page; on paper it is text, and what a
//! button would have told (status, source, what was computed, what is missing) stands in marks,
//! notes under the block, and a legend at the foot.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use model::answer::{Answered, Basis};
use model::indicator::Good;
use model::{Absence, Catalogue, Figure, Indicator, Measure, Source, Status, Units};

use crate::tree::{
    Block, ColumnKind, Document, FigureRef, Inline, Row, Show, Signatory, Table, WhenUnanswered,
};
use crate::{Lang, number, period, sentence, words};

/// What names the indicators and units that figures speak of.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Every indicator.
    pub catalogue: &'a Catalogue,
    /// Every unit.
    pub units: &'a Units,
}

/// Where the HTML goes.
#[derive(Clone, Copy, Debug)]
pub enum Mode<'a> {
    /// Into a page of the staff application: figures are buttons, no letterhead.
    Fragment,
    /// A page of its own, to be printed.
    Page(Printing<'a>),
}

/// What a printed page says of its printing.
#[derive(Clone, Copy, Debug)]
pub struct Printing<'a> {
    /// Who printed it.
    pub by: &'a str,
    /// When, as clocks in Việt Nam show it.
    pub at: DateTime,
    /// The address where it is found.
    pub address: &'a str,
}

/// The style of the printed page; stands inside it, so that a saved page still prints.
pub const PAGE_CSS: &str = include_str!("page.css");

/// Writes the document; `answers` gives the answer for each figure, or nothing where none could be asked.
pub fn html(
    document: &Document,
    context: Context,
    answers: &dyn Fn(&FigureRef) -> Option<Answered>,
    mode: Mode,
) -> String {
    let mut writer = Writer {
        out: String::new(),
        lang: document.lang,
        context,
        answers,
        mode,
        notes: vec![],
        noted: 0,
        tables: 0,
        heading: String::new(),
        seen: Seen::default(),
    };
    match mode {
        Mode::Fragment => writer.article(document),
        Mode::Page(printing) => writer.page(document, printing),
    }
    writer.out
}

/// The text with what HTML reserves written out.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// What the legend and the sources underneath must explain.
#[derive(Default)]
struct Seen {
    statuses: BTreeSet<Status>,
    sources: BTreeSet<String>,
    measured: bool,
    nothing: bool,
    not_applicable: bool,
    synthetic: bool,
    latest: Option<Timestamp>,
}

struct Writer<'a> {
    out: String,
    lang: Lang,
    context: Context<'a>,
    answers: &'a dyn Fn(&FigureRef) -> Option<Answered>,
    mode: Mode<'a>,
    /// Notes of the block that is being written.
    notes: Vec<String>,
    noted: usize,
    tables: usize,
    /// The last heading, which names a table without a caption.
    heading: String,
    seen: Seen,
}

/// A table of more columns than this is set smaller.
const WIDE: usize = 7;

/// Where a figure stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Line,
    Cell,
}

impl Writer<'_> {
    fn put(&mut self, html: &str) {
        self.out.push_str(html);
    }

    fn text(&mut self, text: &str) {
        self.out.push_str(&escaped(text));
    }

    fn element(&mut self, name: &str, class: &str, text: &str) {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let _ = write!(self.out, "<{name}{class}>{}</{name}>", escaped(text));
    }

    fn page(&mut self, document: &Document, printing: Printing) {
        let lang = self.lang;
        let _ = write!(
            self.out,
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n<style>{PAGE_CSS}</style>\n</head>\n<body>\n<main>\n",
            lang.code(),
            escaped(format!("{} {}", document.kind, document.title).trim()),
        );
        let letterhead = &document.letterhead;
        self.put("<header>\n<div class=\"agency\">");
        if let Some(superior) = &letterhead.superior {
            self.element("p", "superior", superior);
        }
        self.element("p", "name", &letterhead.agency);
        self.element("p", "number", &letterhead.number);
        self.put("</div>\n<div class=\"nation\">");
        self.element(
            "p",
            "state",
            lang.pick("Cộng hòa xã hội chủ nghĩa Việt Nam", "Socialist Republic of Viet Nam"),
        );
        self.element(
            "p",
            "motto",
            lang.pick("Độc lập - Tự do - Hạnh phúc", "Independence - Freedom - Happiness"),
        );
        self.element("p", "date", &letterhead.place_and_date);
        self.put("</div>\n</header>\n<h1>");
        self.element("span", "kind", &document.kind);
        self.put(" ");
        self.text(&document.title);
        self.put("</h1>\n");
        self.article(document);
        self.put("<footer>");
        let by = lang.pick("Người in", "Printed by");
        let at = period::moment(printing.at, lang);
        self.element("p", "printed", &format!("{by}: {}, {at}. {}", printing.by, printing.address));
        self.put("</footer>\n</main>\n</body>\n</html>\n");
    }

    fn article(&mut self, document: &Document) {
        let _ = writeln!(self.out, "<article class=\"document\" lang=\"{}\">", self.lang.code());
        for block in &document.blocks {
            self.block(block);
        }
        self.about_the_figures();
        self.put("</article>\n");
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { level, text } => {
                self.heading.clone_from(text);
                self.element(&format!("h{}", level.clamp(&1, &3) + 1), "", text);
            }
            Block::Paragraph(line) => self.paragraph("", line),
            Block::Note(line) => self.paragraph("remark", line),
            Block::List(lines) => {
                self.put("<ul>");
                for line in lines {
                    self.put("<li>");
                    self.line(line, Place::Line);
                    self.put("</li>");
                }
                self.put("</ul>");
            }
            Block::Table(table) => self.table(table),
            Block::Annex { label, title } => {
                self.put("<h2 class=\"annex\">");
                self.element("span", "label", label);
                self.put(" ");
                self.text(title);
                self.put("</h2>");
            }
            Block::Signatures { preparer, signer } => {
                if matches!(self.mode, Mode::Page(_)) {
                    let (prepares, signs) = self.lang.pick(
                        ("(Ký, họ và tên)", "(Ký, họ và tên, đóng dấu)"),
                        ("(signature, full name)", "(signature, full name, seal)"),
                    );
                    self.put("<div class=\"signatures\"><div>");
                    self.element("p", "role", preparer);
                    self.element("p", "hint", prepares);
                    self.put("</div><div>");
                    self.element("p", "role", signer);
                    self.element("p", "hint", signs);
                    self.put("</div></div>");
                }
            }
            Block::Foot { preparer, signer, copies } => self.foot(preparer, signer, copies),
        }
        self.block_notes();
        self.put("\n");
    }

    fn foot(&mut self, preparer: &Signatory, signer: &Signatory, copies: &[String]) {
        let lang = self.lang;
        self.put("<div class=\"signatures foot\"><div>");
        self.signatory(preparer, lang.pick("(Ký, họ và tên)", "(signature, full name)"));
        if !copies.is_empty() {
            self.put("<div class=\"copies\">");
            self.element("p", "to", lang.pick("Nơi nhận:", "Copies to:"));
            let last = copies.len() - 1;
            for (at, copy) in copies.iter().enumerate() {
                let mark = if at == last { "." } else { ";" };
                let copy = copy.trim_end_matches(['.', ';']);
                self.element("p", "copy", &format!("- {copy}{mark}"));
            }
            self.put("</div>");
        }
        self.put("</div><div>");
        let hint = lang.pick("(Ký, họ và tên, đóng dấu)", "(signature, full name, seal)");
        self.signatory(signer, hint);
        self.put("</div></div>");
    }

    fn signatory(&mut self, who: &Signatory, hint: &str) {
        self.put("<div class=\"signatory\">");
        self.element("p", "role", &who.role);
        if let Some(position) = &who.position {
            self.element("p", "role", position);
        }
        self.element("p", "hint", hint);
        self.element("p", "signed", who.name.as_deref().unwrap_or_default());
        self.put("</div>");
    }

    fn paragraph(&mut self, class: &str, line: &[Inline]) {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let _ = write!(self.out, "<p{class}>");
        self.line(line, Place::Line);
        self.put("</p>");
    }

    fn line(&mut self, line: &[Inline], place: Place) {
        for inline in line {
            match inline {
                Inline::Text(text) => self.text(text),
                Inline::Strong(text) => self.element("strong", "", text),
                Inline::Figure(figure) => self.figure(figure, place),
                Inline::Apart { reported, measured } => self.apart(reported, measured),
            }
        }
    }

    /// What the figures of the block just written differ in, or lack.
    fn block_notes(&mut self) {
        if self.notes.is_empty() {
            return;
        }
        let first = self.noted - self.notes.len() + 1;
        self.put("<p class=\"notes\">");
        for (at, note) in std::mem::take(&mut self.notes).iter().enumerate() {
            let _ = write!(
                self.out,
                "<span><sup>{}</sup> {}</span> ",
                first + at,
                escaped(&period::capitalised(note))
            );
        }
        self.put("</p>");
    }

    fn table(&mut self, table: &Table) {
        let rows: Vec<&Row> = table.rows.iter().filter(|row| self.stands(row)).collect();
        if rows.is_empty() {
            let nothing =
                self.lang.pick("Chưa có số liệu trong kỳ.", "No figures in this period yet.");
            self.element("p", "remark", nothing);
            return;
        }
        let is_named = !table.caption.is_empty();
        self.tables += usize::from(is_named);
        let caption = match is_named {
            true => {
                format!("{} {}. {}", self.lang.pick("Bảng", "Table"), self.tables, table.caption)
            }
            false => self.heading.clone(),
        };
        let width = if table.columns.len() > WIDE { " class=\"wide\"" } else { "" };
        let _ = write!(
            self.out,
            "<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"{}\"><table{width}><caption>",
            escaped(&caption)
        );
        if is_named {
            self.element("span", "title", &caption);
        }
        if let Some(unit) = &table.unit_note {
            self.put(" ");
            self.element("span", "unit", unit);
        }
        self.put("</caption><thead><tr>");
        for column in &table.columns {
            let _ = write!(
                self.out,
                "<th scope=\"col\" class=\"{}\">{}</th>",
                class(column.kind),
                escaped(&column.title)
            );
        }
        self.put("</tr></thead><tbody>");
        for (at, row) in rows.into_iter().enumerate() {
            self.row(table, row, at + 1);
        }
        self.put("</tbody></table></div>");
    }

    fn stands(&self, row: &Row) -> bool {
        match row.when_unanswered {
            WhenUnanswered::Kept => true,
            WhenUnanswered::LeftOut => {
                row.cells.iter().flatten().flat_map(Inline::figures).any(|figure| {
                    (self.answers)(figure).is_some_and(|answered| answered.value().is_some())
                })
            }
        }
    }

    fn row(&mut self, table: &Table, row: &Row, ordinal: usize) {
        self.put("<tr>");
        let mut cells = row.cells.iter();
        for column in &table.columns {
            match column.kind {
                ColumnKind::Ordinal => self.element("td", "ordinal", &ordinal.to_string()),
                ColumnKind::Name => {
                    self.put("<th scope=\"row\">");
                    self.line(cells.next().map_or(&[], Vec::as_slice), Place::Cell);
                    self.put("</th>");
                }
                ColumnKind::Words | ColumnKind::Figures => {
                    let _ = write!(self.out, "<td class=\"{}\">", class(column.kind));
                    self.line(cells.next().map_or(&[], Vec::as_slice), Place::Cell);
                    self.put("</td>");
                }
            }
        }
        self.put("</tr>");
    }

    /// How far what was reported lies from what is measured; nothing while one of them is no exact number.
    fn apart(&mut self, reported: &FigureRef, measured: &FigureRef) {
        let number = |figure| (self.answers)(figure)?.figure.number();
        let apart = number(reported).zip(number(measured)).and_then(|(r, m)| r.minus(m));
        let indicator = self.context.catalogue.get(reported.cell.indicator.as_str());
        let (Some(apart), Some(indicator)) = (apart, indicator) else { return };
        let unit = match indicator.is_percentage() {
            true => self.lang.pick("điểm %", "points"),
            false => self.lang.pick(indicator.unit_vi.as_str(), indicator.unit_en.as_str()),
        };
        let sign = if apart.is_negative() || apart.is_zero() { "" } else { "+" };
        let written = format!("{sign}{}", number::minimal(apart, self.lang));
        self.text(&number::joined(&written, unit));
    }

    fn figure(&mut self, figure: &FigureRef, place: Place) {
        let indicator = self.context.catalogue.get(figure.cell.indicator.as_str());
        let (Some(indicator), Some(answered)) = (indicator, (self.answers)(figure)) else {
            self.unanswered(figure, indicator, place);
            return;
        };
        self.remember(&answered);
        if figure.show == Show::Coverage {
            if answered.basis != Basis::Stated && answered.coverage.expected > 0 {
                let (present, expected) = (answered.coverage.present, answered.coverage.expected);
                self.text(&format!("{present}/{expected}"));
            }
            return;
        }
        let absent = matches!(answered.figure, Figure::Absent(_));
        if figure.show == Show::Attained && !absent {
            let good = if answered.cell.measure == Measure::ShareOfPlan {
                Good::Up
            } else {
                indicator.good
            };
            self.text(sentence::attains(answered.status, good, self.lang));
            self.put(" ");
        }
        let visible = self.visible(figure.show, &answered, indicator, place);
        let label = self.label(&visible, figure, Some(&answered), indicator);
        let mut classes = String::from("figure");
        for (holds, class) in [
            (absent, " absent"),
            (answered.status == Some(Status::Estimated), " estimated"),
            (answered.status == Some(Status::Provisional), " provisional"),
            (answered.source == Some(Source::Measured), " measured"),
            (answered.basis != Basis::Stated, " derived"),
        ] {
            if holds {
                classes.push_str(class);
            }
        }
        if figure.show == Show::Arrow {
            classes.push_str(judged(&answered, indicator));
        }
        self.open(figure, &classes, &label, &escaped(&visible));
        self.marks(figure, &answered, indicator, place);
    }

    fn unanswered(&mut self, figure: &FigureRef, indicator: Option<&Indicator>, place: Place) {
        if figure.show == Show::Coverage {
            return;
        }
        let visible = match place {
            Place::Line => number::absence(Absence::NothingRecorded, self.lang),
            Place::Cell => number::absence_mark(Absence::NothingRecorded),
        };
        self.seen.nothing |= place == Place::Cell;
        match indicator {
            Some(indicator) => {
                let label = self.label(visible, figure, None, indicator);
                self.open(figure, "figure absent", &label, &escaped(visible));
            }
            None => self.text(visible),
        }
        if place == Place::Cell {
            self.put("<span class=\"slot\"></span>");
        }
    }

    /// The button or the span of a figure.
    fn open(&mut self, figure: &FigureRef, classes: &str, label: &str, visible: &str) {
        let cell = &figure.cell;
        match self.mode {
            Mode::Fragment => {
                let _ = write!(
                    self.out,
                    "<button type=\"button\" class=\"{classes}\" data-indicator=\"{}\" data-unit=\"{}\" data-period=\"{}\" data-measure=\"{}\" data-breakdown=\"{}\" data-source=\"{}\" aria-label=\"{}\">{visible}</button>",
                    escaped(cell.indicator.as_str()),
                    escaped(cell.unit.as_str()),
                    cell.period,
                    cell.measure,
                    escaped(cell.breakdown.as_str()),
                    figure.source.code(),
                    escaped(label),
                );
            }
            Mode::Page(_) => {
                let _ = write!(
                    self.out,
                    "<span class=\"{classes}\" title=\"{}\">{visible}</span>",
                    escaped(label)
                );
            }
        }
    }

    fn visible(
        &mut self,
        show: Show,
        answered: &Answered,
        indicator: &Indicator,
        place: Place,
    ) -> String {
        let lang = self.lang;
        let figure = words::shown(answered, indicator);
        if let Figure::Absent(reason) = figure {
            return match place {
                Place::Line => number::absence(reason, lang).to_owned(),
                Place::Cell => {
                    let mark = number::absence_mark(reason);
                    self.seen.nothing |= mark == "…";
                    self.seen.not_applicable |= mark == "x";
                    mark.to_owned()
                }
            };
        }
        let unit = words::unit_of_measure(indicator, answered.cell.measure, lang);
        match (show, figure) {
            (Show::Number, Figure::Number(number)) if answered.of.is_some() => {
                number::count(number, answered.of, lang)
            }
            (Show::Number, Figure::Magnitude(_)) => {
                number::said(figure, answered.qualifier, unit, lang)
            }
            (Show::Number, _) => {
                let sign = if answered.cell.measure.is_percentage() { "%" } else { "" };
                number::said(figure, answered.qualifier, sign, lang)
            }
            (Show::Compact, Figure::Number(number)) => {
                let unit = if lang == Lang::En
                    && number::money(number, &indicator.unit_vi, lang).is_some()
                {
                    &indicator.unit_vi
                } else {
                    unit
                };
                number::compact(number, unit, lang)
            }
            (Show::Change, _) => sentence::change(answered, indicator, lang),
            (Show::Arrow, Figure::Number(number)) => {
                let arrow = match number.cmp(&model::Decimal::ZERO) {
                    std::cmp::Ordering::Less => "▼ ",
                    std::cmp::Ordering::Equal => "",
                    std::cmp::Ordering::Greater => "▲ ",
                };
                let size = number::joined(&number::minimal(number.magnitude(), lang), unit);
                match answered.qualifier {
                    Some(before) => format!("{arrow}{} {size}", number::qualifier(before, lang)),
                    None => format!("{arrow}{size}"),
                }
            }
            (Show::Arrow, _) => sentence::change(answered, indicator, lang),
            (Show::Said | Show::Attained | Show::Compact | Show::Coverage, _) => {
                sentence::said(answered, indicator, lang)
            }
        }
    }

    /// What a screen reader hears and a pointer sees: the figure, then what it is and where it came from.
    fn label(
        &self,
        visible: &str,
        figure: &FigureRef,
        answered: Option<&Answered>,
        indicator: &Indicator,
    ) -> String {
        let (lang, cell) = (self.lang, &figure.cell);
        let spoken = match (figure.show, answered) {
            (Show::Arrow, Some(answered)) => sentence::change(answered, indicator, lang),
            _ => visible.to_owned(),
        };
        let unit = self.context.units.get(cell.unit.as_str());
        let mut parts = vec![words::indicator(indicator, lang).to_owned()];
        parts.extend(unit.and_then(|unit| words::place(unit, lang)));
        parts.extend(words::breakdown(&cell.breakdown, lang));
        parts.push(period::words(cell.period, lang));
        parts.extend(words::measure(cell.measure, cell.period, lang));
        let mut about = vec![];
        if let Some(answered) = answered {
            about.extend(match answered.figure {
                Figure::Absent(reason) => Some(number::absence(reason, lang).to_owned()),
                _ => None,
            });
            about.extend(
                answered
                    .status
                    .filter(|s| *s != Status::Final)
                    .map(|s| number::status(s, lang).to_owned()),
            );
            about.extend(
                answered.source.map(|s| words::source(s, answered.publisher.as_deref(), lang)),
            );
            if words::is_partial(answered) {
                about.push(words::coverage(answered.coverage, indicator, lang));
            }
            about.extend(words::differing(answered, indicator, lang));
        }
        let about =
            if about.is_empty() { String::new() } else { format!(" ({})", about.join("; ")) };
        format!("{spoken}: {}{about}", parts.join(", "))
    }

    /// The small marks after a figure; in a cell they have a place of their own, so that digits stand under digits.
    fn marks(
        &mut self,
        figure: &FigureRef,
        answered: &Answered,
        indicator: &Indicator,
        place: Place,
    ) {
        let mut marks = vec![];
        let measure = answered.cell.measure;
        let is_goal = matches!(measure, Measure::Plan | Measure::Target | Measure::Threshold);
        let tells_status = !matches!(figure.show, Show::Attained | Show::Change | Show::Arrow)
            && !measure.is_percentage()
            && !is_goal
            && answered.value().is_some();
        if let Some(status) =
            answered.status.filter(|status| *status != Status::Final && tells_status)
        {
            self.seen.statuses.insert(status);
            let mark = number::status_mark(status, self.lang);
            marks.push(format!(
                "<abbr title=\"{}\">{mark}</abbr>",
                number::status(status, self.lang)
            ));
        }
        if answered.source == Some(Source::Measured) {
            self.seen.measured = true;
            let (mark, words) =
                (measured_mark(self.lang), words::source(Source::Measured, None, self.lang));
            marks.push(format!("<abbr title=\"{}\">{mark}</abbr>", escaped(&words)));
        }
        let mut notes: Vec<String> =
            words::differing(answered, indicator, self.lang).into_iter().collect();
        if words::is_partial(answered) && place == Place::Line {
            notes.push(words::coverage(answered.coverage, indicator, self.lang));
        }
        if !notes.is_empty() {
            marks.push(self.note(notes.join("; ")).to_string());
        }
        let marks = match marks.is_empty() {
            true => String::new(),
            false => format!("<sup>{}</sup>", marks.join(" ")),
        };
        match place {
            Place::Line => self.put(&marks),
            Place::Cell => {
                let _ = write!(self.out, "<span class=\"slot\">{marks}</span>");
            }
        }
    }

    /// The number of a note under the block; what is said twice has one number.
    fn note(&mut self, text: String) -> usize {
        let first = self.noted - self.notes.len() + 1;
        match self.notes.iter().position(|known| *known == text) {
            Some(at) => first + at,
            None => {
                self.noted += 1;
                self.notes.push(text);
                self.noted
            }
        }
    }

    fn remember(&mut self, answered: &Answered) {
        self.seen.synthetic |= answered.synthetic;
        self.seen.latest = self.seen.latest.max(answered.recorded_at);
        if let Some(source) = answered.source {
            self.seen.sources.insert(words::source(
                source,
                answered.publisher.as_deref(),
                self.lang,
            ));
        }
    }

    /// Legend, sources and date, underneath.
    fn about_the_figures(&mut self) {
        let lang = self.lang;
        let mut legend: Vec<String> = self
            .seen
            .statuses
            .iter()
            .map(|status| {
                format!("{}: {}", number::status_mark(*status, lang), number::status(*status, lang))
            })
            .collect();
        for (holds, mark, words) in [
            (self.seen.measured, measured_mark(lang), lang.pick("số đo trực tuyến", "measured")),
            (self.seen.nothing, "…", number::absence(Absence::Missing, lang)),
            (self.seen.not_applicable, "x", number::absence(Absence::NotApplicable, lang)),
        ] {
            if holds {
                legend.push(format!("{mark}: {words}"));
            }
        }
        if legend.is_empty() && self.seen.sources.is_empty() && !self.seen.synthetic {
            return;
        }
        self.put("<div class=\"about\">");
        if !legend.is_empty() {
            let words = lang.pick("Ký hiệu", "Marks");
            self.element("p", "legend", &format!("{words} — {}.", legend.join("; ")));
        }
        if !self.seen.sources.is_empty() {
            let sources = self.seen.sources.iter().cloned().collect::<Vec<_>>().join("; ");
            let recorded = self.seen.latest.map(|latest| {
                let vietnam = TimeZone::fixed(Offset::constant(7));
                let at = period::moment(latest.to_zoned(vietnam).datetime(), lang);
                lang.pick(
                    format!(" Số liệu ghi nhận đến {at}."),
                    format!(" Figures recorded up to {at}."),
                )
            });
            let words = lang.pick("Nguồn", "Sources");
            self.element(
                "p",
                "sources",
                &format!("{words}: {sources}.{}", recorded.unwrap_or_default()),
            );
        }
        if self.seen.synthetic {
            let words = lang.pick(
                "Bộ dữ liệu trình diễn: một phần số liệu là số mô phỏng theo quy tắc, không phải số đã công bố.",
                "Demonstration set: some figures are made up by a stated rule and were not published.",
            );
            self.element("p", "synthetic", words);
        }
        self.put("</div>\n");
    }
}

fn measured_mark(lang: Lang) -> &'static str {
    lang.pick("đ", "m")
}

fn class(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Ordinal => "ordinal",
        ColumnKind::Name => "name",
        ColumnKind::Words => "words",
        ColumnKind::Figures => "figures",
    }
}

/// Whether a change is for the better; nothing when nobody has said which way that is.
fn judged(answered: &Answered, indicator: &Indicator) -> &'static str {
    let Some(number) = answered.value().filter(|number| !number.is_zero()) else { return "" };
    match (indicator.good, number.is_negative()) {
        (Good::Up, false) | (Good::Down, true) => " better",
        (Good::Up, true) | (Good::Down, false) => " worse",
        (Good::Unsaid, _) => "",
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod tests_support;
