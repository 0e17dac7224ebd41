//! The three reviews that the product is shown by: text of ours around live figures.
//!
//! A review is a function of the catalogue and the units, so that an indicator that is added to a
//! sector appears in the sector's table without anyone editing a report.

mod half_2020;
mod half_2024;
mod quarter_2020;

use model::indicator::{OverTime, OverUnits};
use model::{Frequency, Indicator, Period, Sector};

use crate::html::Context;
use crate::tree::{
    Block, Column, ColumnKind, Document, Inline, Letterhead, Row, Table, WhenUnanswered,
};
use crate::{Lang, markup, period};

/// A review that can be built.
#[derive(Clone, Copy, Debug)]
pub struct Review {
    /// Its name in addresses.
    pub id: &'static str,
    /// Its title in Vietnamese.
    pub title_vi: &'static str,
    /// Its title in English.
    pub title_en: &'static str,
    write: fn(&mut Author),
}

/// Every review, the latest first.
pub const REVIEWS: [Review; 3] = [half_2024::REVIEW, half_2020::REVIEW, quarter_2020::REVIEW];

/// The review with this name, in a language.
pub fn review(id: &str, context: Context, lang: Lang) -> Option<Document> {
    let review = REVIEWS.into_iter().find(|review| review.id == id)?;
    let period = Period::parse(id).expect("a review is named for its period");
    let mut author = Author { context, lang, period, blocks: vec![] };
    (review.write)(&mut author);
    let (month, year) = (period.last_month() + 1, period.named_year());
    Some(Document {
        id: id.to_owned(),
        lang,
        letterhead: Letterhead {
            superior: None,
            agency: lang
                .pick("Bộ Thông tin và Truyền thông", "Ministry of Information and Communications")
                .to_owned(),
            number: lang.pick("Số:          /BC-BTTTT", "No.          /BC-BTTTT").to_owned(),
            place_and_date: lang.pick(
                format!("Hà Nội, ngày       tháng {month} năm {year}"),
                format!("Hà Nội,        {month}/{year}"),
            ),
        },
        kind: lang.pick("Báo cáo", "Report").to_owned(),
        title: lang.pick(review.title_vi, review.title_en).to_owned(),
        blocks: author.blocks,
    })
}

/// Writes blocks in one language from texts in both.
struct Author<'a> {
    context: Context<'a>,
    lang: Lang,
    period: Period,
    blocks: Vec<Block>,
}

/// A text in Vietnamese and in English.
type Both<'a> = (&'a str, &'a str);

impl Author<'_> {
    fn pick(&self, (vi, en): Both) -> String {
        self.lang.pick(vi, en).to_owned()
    }

    fn line(&self, (vi, en): Both) -> Vec<Inline> {
        markup::read(self.lang.pick(vi, en), self.period)
            .expect("the tests read every text of the reviews")
    }

    fn heading(&mut self, level: u8, text: Both) {
        let text = self.pick(text);
        self.blocks.push(Block::Heading { level, text });
    }

    fn paragraph(&mut self, text: Both) {
        let line = self.line(text);
        self.blocks.push(Block::Paragraph(line));
    }

    fn note(&mut self, text: Both) {
        let line = self.line(text);
        self.blocks.push(Block::Note(line));
    }

    fn list(&mut self, lines: &[Both]) {
        let lines = lines.iter().map(|text| self.line(*text)).collect();
        self.blocks.push(Block::List(lines));
    }

    fn columns(&self, columns: &[(ColumnKind, Both)]) -> Vec<Column> {
        columns
            .iter()
            .map(|(kind, title)| Column { title: self.pick(*title), kind: *kind })
            .collect()
    }

    /// A table whose cells are written in the notation; rows stand whether answered or not.
    fn table(
        &mut self,
        caption: Both,
        unit: Option<Both>,
        columns: &[(ColumnKind, Both)],
        rows: &[&[Both]],
    ) {
        let rows = rows.iter().map(|row| Row {
            cells: row.iter().map(|cell| self.line(*cell)).collect(),
            when_unanswered: WhenUnanswered::Kept,
        });
        let table = Table {
            caption: self.pick(caption),
            unit_note: unit.map(|unit| self.pick(unit)),
            columns: self.columns(columns),
            rows: rows.collect(),
        };
        self.blocks.push(Block::Table(table));
    }

    /// The paragraph, if the catalogue has every indicator that it speaks of.
    fn paragraph_if_collected(&mut self, text: Both) {
        let line = self.line(text);
        let known = |figure: &crate::FigureRef| {
            self.context.catalogue.get(figure.cell.indicator.as_str()).is_some()
        };
        if line.iter().flat_map(Inline::figures).all(known) {
            self.blocks.push(Block::Paragraph(line));
        }
    }

    /// The sector's indicators: level, change on year, share of plan, coverage. Those without a level are left out.
    fn sector_table(&mut self, sector: Sector) {
        let lang = self.lang;
        let mut indicators: Vec<&Indicator> =
            self.context.catalogue.iter().filter(|indicator| indicator.sector == sector).collect();
        indicators.sort_by_key(|indicator| {
            (!indicator.code.as_str().ends_with(".DOANHTHU"), indicator.code.clone())
        });
        if indicators.is_empty() {
            return;
        }
        let rows = indicators.into_iter().map(|indicator| {
            let at = self.told_at(indicator);
            let named = match at == self.period {
                true => lang.pick(&indicator.name_vi, &indicator.name_en).clone(),
                false => format!(
                    "{} ({})",
                    lang.pick(&indicator.name_vi, &indicator.name_en),
                    period::words(at, lang)
                ),
            };
            let figure = |asks: &str| {
                let text = format!("{{{} {asks} period={at}}}", indicator.code);
                markup::read(&text, self.period).expect("an indicator's code is a code")
            };
            Row {
                cells: vec![
                    vec![Inline::Text(named)],
                    vec![Inline::Text(lang.pick(&indicator.unit_vi, &indicator.unit_en).clone())],
                    figure("number"),
                    figure("change_on_year arrow"),
                    figure("share_of_plan number"),
                    figure("coverage"),
                ],
                when_unanswered: WhenUnanswered::LeftOut,
            }
        });
        let rows = rows.collect();
        let name = lang.pick(sector.name_vi(), sector.name_en());
        let when = period::words(self.period, lang);
        self.blocks.push(Block::Table(Table {
            caption: lang.pick(
                format!("Các chỉ tiêu lĩnh vực {}, {when}", crate::words::inside(name)),
                format!("{name}: indicators, {when}"),
            ),
            unit_note: None,
            columns: self.columns(&[
                (ColumnKind::Ordinal, ("TT", "No.")),
                (ColumnKind::Name, ("Chỉ tiêu", "Indicator")),
                (ColumnKind::Words, ("Đơn vị tính", "Unit")),
                (ColumnKind::Figures, ("Thực hiện", "Level")),
                (ColumnKind::Figures, ("So với cùng kỳ năm trước", "On the year")),
                (ColumnKind::Figures, ("So với kế hoạch năm", "Share of plan")),
                (ColumnKind::Figures, ("Độ bao phủ", "Coverage")),
            ]),
            rows,
        }));
    }

    /// Reported against measured, of the units together: both numbers, how far they lie apart, how many units are
    /// measured. Indicators that the catalogue does not have, and of which nothing is known, are left out.
    fn reconciled(&mut self, caption: Both, unit: &str, numbers: &[(&str, Period)]) {
        let lang = self.lang;
        let rows = numbers.iter().filter_map(|(code, period)| {
            let indicator = self.context.catalogue.get(code)?;
            let name = lang.pick(&indicator.name_vi, &indicator.name_en);
            let figure = |asks: &str| {
                let text = format!("{{{code} {asks} unit={unit} period={period}}}");
                markup::read(&text, self.period).expect("an indicator's code is a code")
            };
            Some(Row {
                cells: vec![
                    vec![Inline::Text(format!("{name} ({})", period::words(*period, lang)))],
                    vec![Inline::Text(lang.pick(&indicator.unit_vi, &indicator.unit_en).clone())],
                    figure("number source=reported"),
                    figure("number source=measured"),
                    figure("apart"),
                    figure("coverage source=measured"),
                ],
                when_unanswered: WhenUnanswered::LeftOut,
            })
        });
        let rows = rows.collect();
        self.blocks.push(Block::Table(Table {
            caption: self.pick(caption),
            unit_note: None,
            columns: self.columns(&[
                (ColumnKind::Name, ("Chỉ tiêu", "Indicator")),
                (ColumnKind::Words, ("Đơn vị tính", "Unit")),
                (ColumnKind::Figures, ("Số báo cáo", "Reported")),
                (ColumnKind::Figures, ("Số đo trực tuyến", "Measured")),
                (ColumnKind::Figures, ("Chênh lệch", "Difference")),
                (ColumnKind::Figures, ("Số đơn vị được đo", "Units measured")),
            ]),
            rows,
        }));
    }

    /// The period at which an indicator is told in this review: monthly stocks, and monthly figures
    /// that do not add up, in the last month; ratios follow their numerator and denominator.
    fn told_at(&self, indicator: &Indicator) -> Period {
        let last_month = self.period.months().last().copied().unwrap_or(self.period);
        match (indicator.over_time, &indicator.over_units, indicator.frequency) {
            (_, OverUnits::Ratio, _) | (OverTime::Sum | OverTime::Max, ..) => self.period,
            (OverTime::Last | OverTime::None, _, Frequency::Month) => last_month,
            (OverTime::Last | OverTime::None, ..) => self.period,
        }
    }

    fn signatures(&mut self) {
        let (preparer, signer) =
            (("Người lập biểu", "Prepared by"), ("Thủ trưởng đơn vị", "Head of the body"));
        let block = Block::Signatures { preparer: self.pick(preparer), signer: self.pick(signer) };
        self.blocks.push(block);
    }
}
