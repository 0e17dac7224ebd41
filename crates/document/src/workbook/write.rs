//! Writes a form as a workbook: the figures, the words, how to fill them in, and the hidden map.
//!
//! It is printed as it is filled: A4 landscape, the heading on every page, no wider than the page.

use model::Decimal;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties, Format,
    FormatAlign, FormatBorder, Formula, ProtectionOptions, Workbook as Book, Worksheet, XlsxError,
};

use super::number::as_float;
use super::{
    Asks, COMMENT, FILLED_MARK, Input, LABEL, MAP_MARK, Previous, Prompt, Row, Said, Section,
    Workbook,
};
use crate::Lang;
use crate::number::minimal;

/// What forms are printed in.
const FONT: &str = "Times New Roman";
const A4: u8 = 9;
/// The most characters of a comment and of an answer in words, as entry has them.
const LONGEST_COMMENT: u32 = 2_000;
const LONGEST_ANSWER: u32 = 20_000;
/// The defined name of the words that may stand instead of a number.
const WORDS: &str = "thay_so";

const KEY: u16 = 0;
const CODE: u16 = 1;
const NAME: u16 = 2;
const UNIT: u16 = 3;
const BEFORE: u16 = 4;
const THIS: u16 = 5;
const SAID: u16 = 6;
const LAST_YEAR: u16 = 7;
const TO_DATE: u16 = 8;
const PLAN: u16 = 9;

/// Writes a form as an .xlsx file.
pub fn write(form: &Workbook) -> Result<Vec<u8>, XlsxError> {
    write_all(std::slice::from_ref(form))
}

/// Writes forms as one .xlsx file: the sheets of each, then how to fill them in, which the first says for all.
pub fn write_all(forms: &[Workbook]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Book::new();
    let Some(first) = forms.first() else { return book.save_to_buffer() };
    book.set_properties(&DocProperties::new().set_title(&first.title).set_author("Quantrac"));
    let looks = Looks::new();
    for form in forms {
        let has = |wanted: fn(&Asks) -> bool| form.sections.iter().any(|one| wanted(&one.asks));
        if has(|asks| matches!(asks, Asks::Figures(_))) {
            figures(book.add_worksheet(), form, &looks)?;
        }
        if has(|asks| matches!(asks, Asks::Texts(_))) {
            texts(book.add_worksheet(), form, &looks)?;
        }
    }
    let at = instructions(book.add_worksheet(), first, &looks)?;
    if let Some((top, bottom)) = at {
        let sheet = instructions_name(first.lang);
        let range = format!("='{sheet}'!$B${}:$B${}", top + 1, bottom + 1);
        book.define_name(WORDS, &range)?;
    }
    for (number, form) in forms.iter().enumerate() {
        map(book.add_worksheet(), form, number)?;
    }
    book.save_to_buffer()
}

/// The name of a sheet of figures or of words.
fn sheet_name(form: &Workbook, own: &str, words: &str) -> String {
    match &form.part {
        None => own.to_owned(),
        Some(part) if words.is_empty() => part.name.clone(),
        Some(part) => format!("{} ({words})", part.name),
    }
}

/// A mark, of which form of the file.
fn mark(form: &Workbook, mark: &str) -> String {
    match &form.part {
        None => mark.to_owned(),
        Some(part) => format!("{mark} {}", part.tag),
    }
}

fn instructions_name(lang: Lang) -> &'static str {
    lang.pick("Hướng dẫn", "Instructions")
}

/// How cells look.
pub(super) struct Looks {
    pub title: Format,
    pub about: Format,
    hint: Format,
    pub heading: Format,
    section: Format,
    section_about: Format,
    pub code: Format,
    pub label: Format,
    unit: Format,
    body: Format,
    bold: Format,
}

/// Which cells a number stands in.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// To be filled.
    Open,
    /// A section that is closed.
    Closed,
    /// Only to be looked at.
    Ghost,
}

impl Looks {
    pub fn new() -> Looks {
        let base = || Format::new().set_font_name(FONT).set_font_size(11).set_text_wrap();
        let line = || {
            base()
                .set_border(FormatBorder::Thin)
                .set_border_color(Color::RGB(0xB8BEC8))
                .set_align(FormatAlign::VerticalCenter)
        };
        Looks {
            title: base().set_bold().set_font_size(14).set_align(FormatAlign::Center),
            about: base().set_align(FormatAlign::Center),
            hint: base().set_italic().set_align(FormatAlign::Center),
            heading: line()
                .set_bold()
                .set_align(FormatAlign::Center)
                .set_background_color(Color::RGB(0xE6EBF2)),
            section: line().set_bold().set_background_color(Color::RGB(0xF3F5F8)),
            section_about: line()
                .set_italic()
                .set_align(FormatAlign::Right)
                .set_background_color(Color::RGB(0xF3F5F8)),
            code: line().set_font_size(9).set_font_color(Color::RGB(0x555C66)),
            label: line(),
            unit: line().set_align(FormatAlign::Center),
            body: base().set_align(FormatAlign::Top),
            bold: base().set_bold().set_align(FormatAlign::Top),
        }
    }

    /// Of a cell that takes a number or words.
    fn cell(&self, place: Place) -> Format {
        match place {
            Place::Open => self.label.clone().set_unlocked().set_background_color(OPEN),
            Place::Closed => self.label.clone().set_background_color(Color::RGB(0xECECEC)),
            Place::Ghost => self.label.clone().set_font_color(Color::RGB(0x555C66)),
        }
    }

    pub fn number(&self, place: Place, scale: u8) -> Format {
        let pattern = match scale {
            0 => "#,##0".to_owned(),
            _ => format!("#,##0.{}", "0".repeat(scale.into())),
        };
        self.cell(place).set_align(FormatAlign::Right).set_num_format(pattern)
    }
}

/// The colour of what is to be filled in.
const OPEN: Color = Color::RGB(0xFFF8DC);

/// Nothing but the open cells takes a key; columns and rows can be made wider, because names are long.
fn protect(sheet: &mut Worksheet) {
    sheet.protect_with_options(&ProtectionOptions {
        format_columns: true,
        format_rows: true,
        ..ProtectionOptions::default()
    });
}

/// A4 across, no wider than the page.
pub(super) fn paper(sheet: &mut Worksheet, title: &str) {
    sheet
        .set_paper_size(A4)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3)
        .set_footer(format!("&L&9{}&R&9&P/&N", title.replace('&', "&&")));
}

/// The lines over a table; answers the row after them.
fn head(
    sheet: &mut Worksheet,
    form: &Workbook,
    looks: &Looks,
    hint: &str,
    columns: (u16, u16),
) -> Result<u32, XlsxError> {
    let (first, last) = columns;
    let lines = std::iter::once((form.title.as_str(), &looks.title))
        .chain(form.about.iter().map(|line| (line.as_str(), &looks.about)))
        .chain([(hint, &looks.hint)]);
    let mut row = 1;
    for (line, look) in lines {
        if first == last {
            sheet.write_string_with_format(row, first, line, look)?;
        } else {
            sheet.merge_range(row, first, row, last, line, look)?;
        }
        sheet.set_row_height(row, if row == 1 { 22 } else { 16 })?;
        row += 1;
    }
    Ok(row)
}

fn figures(sheet: &mut Worksheet, form: &Workbook, looks: &Looks) -> Result<(), XlsxError> {
    let lang = form.lang;
    sheet.set_name(sheet_name(form, lang.pick("Biểu số liệu", "Figures"), ""))?;
    let widths = [2, 15, 44, 14, 17, 17, 34, 14, 14, 14];
    for (column, width) in (0..).zip(widths) {
        sheet.set_column_width(column, width)?;
    }
    marks(sheet, form, &[(NAME, LABEL), (BEFORE, "previous"), (THIS, "this"), (SAID, COMMENT)])?;
    let hint = lang.pick(
        "Nhập vào các ô màu vàng: số, hoặc một trong các cụm từ ở trang Hướng dẫn. Dấu * là ô bắt buộc.",
        "Fill in the yellow cells: a number, or one of the words on the sheet Instructions. * marks what is required.",
    );
    let top = head(sheet, form, looks, hint, (CODE, PLAN))?;
    let headings = &form.headings;
    for (column, text) in [
        (CODE, lang.pick("Mã", "Code")),
        (NAME, lang.pick("Chỉ tiêu", "Indicator")),
        (UNIT, lang.pick("Đơn vị tính", "Unit of measure")),
        (BEFORE, &headings.previous),
        (THIS, &headings.this),
        (SAID, lang.pick("Giải thích", "Explanation")),
        (LAST_YEAR, &headings.last_year),
        (TO_DATE, &headings.year_to_date),
        (PLAN, &headings.plan),
    ] {
        sheet.write_string_with_format(top, column, text, &looks.heading)?;
    }
    sheet.set_row_height(top, 48)?;
    let mut at = top + 1;
    let mut first_open = None;
    for section in &form.sections {
        let Asks::Figures(rows) = &section.asks else { continue };
        section_line(sheet, at, section, looks, (CODE, UNIT, PLAN))?;
        at += 1;
        for row in rows {
            figure_row(sheet, at, row, lang, looks)?;
            if row.this.is_open {
                first_open.get_or_insert((at, THIS));
            }
            at += 1;
        }
    }
    sheet.set_freeze_panes(top + 1, UNIT)?;
    sheet.set_repeat_rows(top, top)?;
    sheet.set_print_area(1, CODE, at.saturating_sub(1), PLAN)?;
    paper(sheet, &form.title);
    protect(sheet);
    if let Some((row, column)) = first_open {
        sheet.set_selection(row, column, row, column)?;
    }
    if form.part.is_none() {
        sheet.set_active(true);
    }
    Ok(())
}

/// The hidden first row, which says what the columns are.
fn marks(sheet: &mut Worksheet, form: &Workbook, columns: &[(u16, &str)]) -> Result<(), XlsxError> {
    sheet.write_string(0, KEY, mark(form, FILLED_MARK))?;
    for (column, code) in columns {
        sheet.write_string(0, *column, *code)?;
    }
    sheet.set_row_hidden(0)?.set_column_hidden(KEY)?;
    Ok(())
}

fn section_line(
    sheet: &mut Worksheet,
    at: u32,
    section: &Section,
    looks: &Looks,
    (first, middle, last): (u16, u16, u16),
) -> Result<(), XlsxError> {
    sheet.merge_range(at, first, at, middle, &section.name, &looks.section)?;
    if middle < last {
        sheet.merge_range(at, middle + 1, at, last, &section.about, &looks.section_about)?;
    }
    sheet.set_row_height(at, 20)?;
    Ok(())
}

fn figure_row(
    sheet: &mut Worksheet,
    at: u32,
    row: &Row,
    lang: Lang,
    looks: &Looks,
) -> Result<(), XlsxError> {
    sheet.write_string(at, KEY, &row.key)?;
    sheet.write_string_with_format(at, CODE, &row.code, &looks.code)?;
    sheet.write_string_with_format(at, NAME, &row.label, &looks.label)?;
    let unit = if row.required { format!("{} *", row.unit) } else { row.unit.clone() };
    sheet.write_string_with_format(at, UNIT, unit, &looks.unit)?;
    // A program keeps 0.1113 of what is typed as 11,13%.
    let percent = (row.unit == "%").then(|| {
        lang.pick(
            "Nhập 11,13 cho 11,13%, không gõ dấu %.".to_owned(),
            "Enter 11.13 for 11.13%, without the sign.".to_owned(),
        )
    });
    match &row.previous {
        Previous::Known(number) => {
            ghost(sheet, at, BEFORE, *number, row.scale, lang, looks)?;
        }
        Previous::Asked(input, estimate) => {
            let said = estimate.map(|number| {
                let number = minimal(number, lang);
                lang.pick(
                    format!("Kỳ trước đã báo cáo (ước): {number}."),
                    format!("Reported last period (estimated): {number}."),
                )
            });
            let said: Vec<String> = said.into_iter().chain(percent.clone()).collect();
            let said = (!said.is_empty()).then(|| said.join("\n"));
            figure(sheet, (at, BEFORE), input, row.scale, said, lang, looks)?;
        }
    }
    let note = Some(row.note.clone()).filter(|note| !note.is_empty());
    let said: Vec<String> = percent.into_iter().chain(note).collect();
    let said = (!said.is_empty()).then(|| told(&said.join("\n")));
    figure(sheet, (at, THIS), &row.this, row.scale, said, lang, looks)?;
    let place = if row.this.is_open { Place::Open } else { Place::Closed };
    words(sheet, (at, SAID), &row.comment, &looks.cell(place))?;
    if row.this.is_open {
        longest(sheet, (at, SAID), LONGEST_COMMENT, lang)?;
    }
    ghost(sheet, at, LAST_YEAR, row.last_year, row.scale, lang, looks)?;
    ghost(sheet, at, TO_DATE, row.year_to_date, row.scale, lang, looks)?;
    ghost(sheet, at, PLAN, row.plan, row.scale, lang, looks)?;
    let lines = row.label.chars().count().div_ceil(42).max(row.code.chars().count().div_ceil(15));
    sheet.set_row_height(at, 18 * lines.clamp(1, 8) as u32)?;
    Ok(())
}

/// A note as Excel shows it beside a cell that is chosen: it takes 255 characters.
fn told(note: &str) -> String {
    if note.chars().count() <= 255 {
        return note.to_owned();
    }
    note.chars().take(254).chain(['…']).collect()
}

fn ghost(
    sheet: &mut Worksheet,
    at: u32,
    column: u16,
    number: Option<Decimal>,
    scale: u8,
    lang: Lang,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let said = number.map_or(Said::Nothing, Said::Number);
    put(sheet, (at, column), &said, lang, &looks.number(Place::Ghost, scale))
}

fn figure(
    sheet: &mut Worksheet,
    (at, column): (u32, u16),
    input: &Input,
    scale: u8,
    known: Option<String>,
    lang: Lang,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let place = if input.is_open { Place::Open } else { Place::Closed };
    put(sheet, (at, column), &input.said, lang, &looks.number(place, scale))?;
    if !input.is_open {
        return Ok(());
    }
    let cell = format!("{}{}", letters(column), at + 1);
    let rule =
        format!("IF(ISNUMBER({cell}),ROUND({cell},{scale})={cell},COUNTIF({WORDS},{cell})>0)");
    let wrong = match scale {
        0 => lang.pick(
            "Ô này nhận số nguyên, hoặc một trong các cụm từ ở trang Hướng dẫn.".to_owned(),
            "This cell takes a whole number, or one of the words on the sheet Instructions."
                .to_owned(),
        ),
        _ => lang.pick(
            format!(
                "Ô này nhận số có tối đa {scale} chữ số thập phân, hoặc một trong các cụm từ ở trang Hướng dẫn."
            ),
            format!(
                "This cell takes a number of at most {scale} decimals, or one of the words on the sheet Instructions."
            ),
        ),
    };
    let mut validation = DataValidation::new()
        .allow_custom(Formula::new(rule))
        .ignore_blank(true)
        .set_error_style(DataValidationErrorStyle::Stop)
        .set_error_title(lang.pick("Chưa đúng", "Not right"))?
        .set_error_message(wrong)?;
    if let Some(known) = known {
        validation = validation.set_input_message(known)?;
    }
    sheet.add_data_validation(at, column, at, column, &validation)?;
    Ok(())
}

pub(super) fn put(
    sheet: &mut Worksheet,
    at: (u32, u16),
    said: &Said,
    lang: Lang,
    look: &Format,
) -> Result<(), XlsxError> {
    match said {
        Said::Nothing => words(sheet, at, "", look),
        Said::Words(text) => words(sheet, at, text, look),
        Said::Number(number) => match as_float(*number) {
            Some(float) => sheet.write_number_with_format(at.0, at.1, float, look).map(drop),
            None => words(sheet, at, &minimal(*number, lang), look),
        },
    }
}

fn words(
    sheet: &mut Worksheet,
    (at, column): (u32, u16),
    text: &str,
    look: &Format,
) -> Result<(), XlsxError> {
    if text.is_empty() {
        sheet.write_blank(at, column, look)?;
    } else {
        sheet.write_string_with_format(at, column, text, look)?;
    }
    Ok(())
}

fn longest(
    sheet: &mut Worksheet,
    (at, column): (u32, u16),
    most: u32,
    lang: Lang,
) -> Result<(), XlsxError> {
    let validation = DataValidation::new()
        .allow_text_length(DataValidationRule::LessThanOrEqualTo(most))
        .set_error_title(lang.pick("Quá dài", "Too long"))?
        .set_error_message(lang.pick(
            format!("Ô này nhận tối đa {most} ký tự."),
            format!("This cell takes at most {most} characters."),
        ))?;
    sheet.add_data_validation(at, column, at, column, &validation)?;
    Ok(())
}

fn texts(sheet: &mut Worksheet, form: &Workbook, looks: &Looks) -> Result<(), XlsxError> {
    let lang = form.lang;
    let words = lang.pick("lời", "text");
    sheet.set_name(sheet_name(form, lang.pick("Phần lời", "Narrative"), words))?;
    let (label, answer) = (1, 2);
    sheet.set_column_width(KEY, 2)?.set_column_width(label, 34)?.set_column_width(answer, 110)?;
    marks(sheet, form, &[(label, LABEL), (answer, "text")])?;
    let hint = lang.pick(
        "Viết vào các ô màu vàng; Alt+Enter để xuống dòng.",
        "Write into the yellow cells; Alt+Enter begins a new line.",
    );
    let mut at = head(sheet, form, looks, hint, (label, answer))?;
    for section in &form.sections {
        let Asks::Texts(prompts) = &section.asks else { continue };
        section_line(sheet, at, section, looks, (label, label + 1, answer))?;
        at += 1;
        for Prompt { key, label: question, answer: input } in prompts {
            sheet.write_string(at, KEY, key)?;
            sheet.write_string_with_format(
                at,
                label,
                question,
                &looks.label.clone().set_align(FormatAlign::Top),
            )?;
            let place = if input.is_open { Place::Open } else { Place::Closed };
            let look = looks.cell(place).set_align(FormatAlign::Top).set_num_format("@");
            put(sheet, (at, answer), &input.said, lang, &look)?;
            if input.is_open {
                longest(sheet, (at, answer), LONGEST_ANSWER, lang)?;
            }
            let long = match &input.said {
                Said::Words(text) => text.chars().count() / 110 + text.matches('\n').count() + 1,
                Said::Nothing | Said::Number(_) => 1,
            };
            sheet.set_row_height(at, (15 * long.clamp(6, 26)) as u32)?;
            at += 1;
        }
    }
    sheet.set_print_area(1, label, at.saturating_sub(1), answer)?;
    paper(sheet, &form.title);
    protect(sheet);
    Ok(())
}

/// How to fill the file in; answers the first and the last row of the words that may stand instead of a number.
fn instructions(
    sheet: &mut Worksheet,
    form: &Workbook,
    looks: &Looks,
) -> Result<Option<(u32, u32)>, XlsxError> {
    let lang = form.lang;
    sheet.set_name(instructions_name(lang))?;
    sheet.set_column_width(0, 5)?.set_column_width(1, 32)?.set_column_width(2, 92)?;
    sheet.write_string_with_format(
        0,
        1,
        lang.pick("Cách nhập biểu này", "How to fill in this form"),
        &looks.bold.clone().set_font_size(14),
    )?;
    let steps: [(&str, &str); 7] = lang.pick(
        [
            ("Nhập ở đâu", "Chỉ các ô màu vàng nhận số liệu. Các ô khác được khóa để biểu gửi lại vẫn khớp với biểu của hệ thống."),
            ("Số", "Gõ số theo cách máy của bạn đang dùng, không ghi đơn vị tính. Số dán vào dưới dạng chữ được đọc theo cách viết Việt Nam: 1.234,5."),
            ("Ô trống", "Để trống là chưa nhập. Xóa số đã có thì khi nộp biểu, ô đó trên hệ thống cũng được xóa. Không phát sinh thì nhập 0."),
            ("Công thức", "Được dùng công thức trong ô màu vàng; hệ thống lấy kết quả, không lấy công thức."),
            ("Giải thích", "Ghi lý do khi số tăng, giảm bất thường, để Bộ không phải hỏi lại."),
            ("Không nên", "Không bỏ khóa trang, không đổi tên chỉ tiêu, không chép biểu sang tệp khác: tệp đã đổi sẽ không nhận được."),
            ("Nộp lại", "Lưu tệp dưới dạng .xlsx, mở biểu trên hệ thống và chọn “Nộp biểu Excel”. Hệ thống cho xem các ô thay đổi trước khi lưu. Nộp biểu Excel chưa phải là trình ký hay gửi Bộ."),
        ],
        [
            ("Where", "Only the yellow cells take data. The others are locked, so that the form still fits when it comes back."),
            ("Numbers", "Type numbers the way your computer does, without the unit of measure. A number pasted as text is read the English way: 1,234.5."),
            ("Empty cells", "Empty means not entered. A number that you delete here is deleted in the system when the file is uploaded. Where nothing occurred, enter 0."),
            ("Formulas", "Formulas in yellow cells are fine; their results are taken, not the formulas."),
            ("Explanation", "Say why when a figure rises or falls unusually, so that the ministry need not ask."),
            ("Please do not", "Do not unprotect the sheets, rename indicators or copy the form into another file: a file that was changed is not taken."),
            ("Upload", "Save the file as .xlsx, open the form in the system and choose “Upload Excel form”. The changes are shown before anything is saved. Uploading neither signs nor sends the form."),
        ],
    );
    let mut at = 2;
    for (number, (what, how)) in steps.into_iter().enumerate() {
        sheet.write_string_with_format(at, 0, (number + 1).to_string(), &looks.body)?;
        sheet.write_string_with_format(at, 1, what, &looks.bold)?;
        sheet.write_string_with_format(at, 2, how, &looks.body)?;
        sheet.set_row_height(at, 16 * how.chars().count().div_ceil(88) as u32)?;
        at += 1;
    }
    at += 1;
    sheet.write_string_with_format(
        at,
        1,
        lang.pick("Viết thay số", "Instead of a number"),
        &looks.heading,
    )?;
    sheet.write_string_with_format(at, 2, lang.pick("Khi nào", "When"), &looks.heading)?;
    let first = at + 1;
    for (word, when) in &form.absences {
        at += 1;
        sheet.write_string_with_format(at, 1, word, &looks.label)?;
        sheet.write_string_with_format(at, 2, when, &looks.label)?;
    }
    paper(sheet, &form.title);
    protect(sheet);
    Ok((!form.absences.is_empty()).then_some((first, at)))
}

/// The map, where nobody looks.
fn map(sheet: &mut Worksheet, form: &Workbook, number: usize) -> Result<(), XlsxError> {
    match form.part {
        None => sheet.set_name("quantrac")?,
        Some(_) => sheet.set_name(format!("quantrac {}", number + 1))?,
    };
    sheet.write_string(0, 0, mark(form, MAP_MARK))?;
    let facts = form.map.facts.iter().map(|(name, fact)| ["fact", name, fact, "", ""]);
    let cells = form.map.cells.iter();
    let cells = cells.map(|one| ["cell", &one.cell, &one.label, &one.value, &one.comment]);
    let seal = std::iter::once(["seal", &form.map.seal, "", "", ""]);
    for (at, line) in (1..).zip(facts.chain(cells).chain(seal)) {
        for (column, text) in (0..).zip(line).filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(at, column, text)?;
        }
    }
    sheet.set_very_hidden(true);
    sheet.protect();
    Ok(())
}

/// The letters of a column: 0 is A, 26 is AA.
pub(crate) fn letters(column: u16) -> String {
    let (mut rest, mut letters) = (u32::from(column) + 1, String::new());
    while rest > 0 {
        let letter = (rest - 1) % 26;
        letters.insert(0, char::from(b'A' + letter as u8));
        rest = (rest - 1) / 26;
    }
    letters
}
