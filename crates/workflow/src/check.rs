//! Everything that is wrong or surprising in a form, found at once.
//!
//! An error is something that cannot be true (a part above its whole) and stops the signature; a
//! warning is something that is seldom true and asks for a comment on its cell. All comparisons are
//! exact.

use model::{Catalogue, Decimal, Figure, Indicator, text};

use crate::Language;
use crate::computed::Before;
use crate::entry::{print, too_many_decimals};
use crate::form::{Cells, number};
use crate::form_check;
use crate::template::{CellKey, Column, Row, RowKey, Section, Template};

/// What is checked, and beside what.
pub struct Form<'a> {
    /// Which cells there are.
    pub template: &'a Template,
    /// What they count.
    pub catalogue: &'a Catalogue,
    /// What stands in them.
    pub cells: &'a Cells,
    /// What the record knows of a row.
    pub before: &'a dyn Fn(&RowKey) -> Before,
}

/// One thing to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub cell: CellKey,
    /// What.
    pub problem: Problem,
    /// Whether the cell's comment explains it; errors cannot be explained away.
    pub explained: bool,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Cannot be signed.
    Error,
    /// Asks for a comment.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn code(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// With which earlier figure a figure was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The period just before.
    PreviousPeriod,
    /// The same period of last year.
    LastYear,
    /// The estimate that this figure settles.
    Estimate,
}

impl Base {
    pub(crate) fn in_words(self, language: Language) -> &'static str {
        let (vi, en) = match self {
            Base::PreviousPeriod => ("kỳ trước", "the previous period"),
            Base::LastYear => ("cùng kỳ năm trước", "the same period last year"),
            Base::Estimate => ("số ước đã gửi", "the estimate sent before"),
        };
        language.pick(vi, en)
    }
}

/// A name in both languages, for sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// What a finding says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A required cell is empty.
    Required,
    /// A required cell states that there is no number.
    AbsenceOfRequired,
    /// Words where a number belongs, or a number where words belong.
    WrongKind,
    /// A digit would be lost.
    TooManyDecimals {
        /// How many are kept.
        scale: u8,
    },
    /// Below zero, where the indicator cannot be.
    Negative,
    /// Below the indicator's least value.
    BelowLeast {
        /// Its least value.
        least: Decimal,
    },
    /// Above the indicator's greatest value.
    AboveGreatest {
        /// Its greatest value.
        greatest: Decimal,
    },
    /// A part above its whole.
    ExceedsWhole {
        /// Its whole.
        whole: Names,
        /// The whole's number.
        number: Decimal,
    },
    /// A breakdown above the total of the same indicator.
    ExceedsTotal {
        /// The total's number.
        number: Decimal,
    },
    /// A numerator above its denominator, in a share.
    ExceedsDenominator {
        /// The denominator.
        denominator: Names,
        /// Its number.
        number: Decimal,
    },
    /// Growth beyond what the indicator's limit takes without a word.
    Growth {
        /// On which base.
        on: Base,
        /// How much, per cent, rounded to one decimal.
        percent: Decimal,
        /// The limit, per cent.
        limit: Decimal,
    },
    /// About a thousand, a million or a thousand million times its base, or that part of it: another unit of measure.
    UnitJump {
        /// On which base.
        on: Base,
        /// 3, 6 or 9.
        power: u8,
        /// More than the base rather than less.
        larger: bool,
        /// The unit of measure that is asked for.
        unit: Names,
    },
    /// An actual far from the estimate that it settles.
    SettledDiffers {
        /// The estimate.
        estimate: Decimal,
        /// How far, per cent, rounded to one decimal.
        percent: Decimal,
    },
    /// Not the number that is measured with enough share.
    MeasuredDiffers {
        /// The measured number.
        measured: Decimal,
    },
    /// A check of this form does not hold.
    FormCheck {
        /// Which kind of check.
        code: &'static str,
        /// How bad its makers hold it to be.
        severity: Severity,
        /// What they say, or what is usual.
        said: Names,
    },
}

/// An actual may differ from its estimate by so much per cent without a word.
const SETTLED_PERCENT: i64 = 20;

/// A jump counts as one of units within this factor of 10³, 10⁶ or 10⁹.
const JUMP_TOLERANCE: i64 = 3;

impl Problem {
    /// How bad it is. A jump by a thousand happens to small counts; one by a million does not.
    pub fn severity(&self) -> Severity {
        match self {
            Problem::Required
            | Problem::WrongKind
            | Problem::TooManyDecimals { .. }
            | Problem::Negative
            | Problem::BelowLeast { .. }
            | Problem::AboveGreatest { .. }
            | Problem::ExceedsWhole { .. }
            | Problem::ExceedsTotal { .. }
            | Problem::ExceedsDenominator { .. } => Severity::Error,
            Problem::UnitJump { power, .. } if *power >= 6 => Severity::Error,
            Problem::FormCheck { severity, .. } => *severity,
            Problem::UnitJump { .. }
            | Problem::AbsenceOfRequired
            | Problem::Growth { .. }
            | Problem::SettledDiffers { .. }
            | Problem::MeasuredDiffers { .. } => Severity::Warning,
        }
    }

    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Problem::Required => "required",
            Problem::AbsenceOfRequired => "absence_of_required",
            Problem::WrongKind => "wrong_kind",
            Problem::TooManyDecimals { .. } => "too_many_decimals",
            Problem::Negative => "negative",
            Problem::BelowLeast { .. } => "below_least",
            Problem::AboveGreatest { .. } => "above_greatest",
            Problem::ExceedsWhole { .. } => "exceeds_whole",
            Problem::ExceedsTotal { .. } => "exceeds_total",
            Problem::ExceedsDenominator { .. } => "exceeds_denominator",
            Problem::Growth { on: Base::LastYear, .. } => "growth_on_year",
            Problem::Growth { .. } => "growth_on_period",
            Problem::UnitJump { .. } => "unit_jump",
            Problem::SettledDiffers { .. } => "settled_differs",
            Problem::MeasuredDiffers { .. } => "measured_differs",
            Problem::FormCheck { code, .. } => code,
        }
    }

    /// The sentence the user reads.
    pub fn message(&self, language: Language) -> String {
        let shown = |number: &Decimal| print(*number, language);
        let (vi, en) = match self {
            Problem::Required => (
                "Chưa nhập số liệu. Nếu không phát sinh, hãy nhập 0; nếu chưa có, hãy chọn lý do.".to_owned(),
                "Nothing is entered. If none occurred, enter 0; if there is no figure, choose a reason.".to_owned(),
            ),
            Problem::AbsenceOfRequired => (
                "Chỉ tiêu này cần có số liệu. Hãy giải trình vì sao không có.".to_owned(),
                "A figure is needed here. Please explain why there is none.".to_owned(),
            ),
            Problem::WrongKind => (
                "Nội dung không đúng loại của ô này.".to_owned(),
                "This is not the kind of content the cell takes.".to_owned(),
            ),
            Problem::TooManyDecimals { scale } => too_many_decimals(*scale),
            Problem::Negative => {
                ("Số liệu của chỉ tiêu này không thể âm.".to_owned(), "This indicator cannot be negative.".to_owned())
            }
            Problem::BelowLeast { least } => (
                format!("Số liệu nhỏ hơn mức thấp nhất có thể là {}.", shown(least)),
                format!("The figure is below the least possible, {}.", shown(least)),
            ),
            Problem::AboveGreatest { greatest } => (
                format!("Số liệu lớn hơn mức cao nhất có thể là {}.", shown(greatest)),
                format!("The figure is above the greatest possible, {}.", shown(greatest)),
            ),
            Problem::ExceedsWhole { whole, number } => (
                format!("Số liệu lớn hơn “{}” ({}), trong khi chỉ là một phần của chỉ tiêu đó.", whole.vi, shown(number)),
                format!("The figure is above “{}” ({}), of which it is a part.", whole.en, shown(number)),
            ),
            Problem::ExceedsTotal { number } => (
                format!("Số liệu của phân tổ lớn hơn tổng số ({}).", shown(number)),
                format!("The figure of the breakdown is above the total ({}).", shown(number)),
            ),
            Problem::ExceedsDenominator { denominator, number } => (
                format!("Số liệu lớn hơn “{}” ({}), nên tỷ lệ vượt quá 100%.", denominator.vi, shown(number)),
                format!("The figure is above “{}” ({}), which makes a share of over 100%.", denominator.en, shown(number)),
            ),
            Problem::Growth { on, percent, limit } => (
                format!(
                    "{} {}% so với {}, quá mức {}% thường gặp. Hãy giải trình.",
                    if percent.is_negative() { "Giảm" } else { "Tăng" },
                    shown(&percent.magnitude()),
                    on.in_words(Language::Vietnamese),
                    shown(limit),
                ),
                format!(
                    "{} of {}% on {}, beyond the usual {}%. Please explain.",
                    if percent.is_negative() { "A fall" } else { "A rise" },
                    shown(&percent.magnitude()),
                    on.in_words(Language::English),
                    shown(limit),
                ),
            ),
            Problem::FormCheck { said, .. } => (said.vi.clone(), said.en.clone()),
            Problem::UnitJump { on, power, larger, unit } => jump_in_words(*on, *power, *larger, unit),
            Problem::SettledDiffers { estimate, percent } => (
                format!(
                    "Số thực hiện chênh {}% so với số ước đã gửi ({}). Hãy giải trình.",
                    shown(&percent.magnitude()),
                    shown(estimate)
                ),
                format!(
                    "The actual differs by {}% from the estimate sent before ({}). Please explain.",
                    shown(&percent.magnitude()),
                    shown(estimate)
                ),
            ),
            Problem::MeasuredDiffers { measured } => (
                format!("Khác số đo trực tuyến ({}). Hãy xác nhận số đo, hoặc chọn nguyên nhân và giải trình.", shown(measured)),
                format!("This is not the measured number ({}). Confirm that, or choose the cause and explain.", shown(measured)),
            ),
        };
        language.pick(vi, en)
    }
}

fn jump_in_words(on: Base, power: u8, larger: bool, unit: &Names) -> (String, String) {
    let times = Decimal::whole(10i64.pow(power.into()));
    let (vi_times, en_times) =
        (print(times, Language::Vietnamese), print(times, Language::English));
    let asked_vi = format!("Chỉ tiêu này tính bằng {}", unit.vi);
    let hint = match unit_taken_for(&unit.vi, power, larger) {
        Some(taken) => format!("{asked_vi}; có phải bạn đã nhập bằng {taken}?"),
        None => format!("{asked_vi}; hãy kiểm tra lại đơn vị tính."),
    };
    let direction_vi = if larger { "gấp khoảng" } else { "nhỏ hơn khoảng" };
    let times_en =
        if larger { format!("about {en_times} times") } else { format!("about 1/{en_times} of") };
    (
        format!(
            "Số này {direction_vi} {vi_times} lần {}. {hint}",
            on.in_words(Language::Vietnamese)
        ),
        format!(
            "This is {times_en} {}. The indicator is counted in {}; please check the unit of measure.",
            on.in_words(Language::English),
            unit.en
        ),
    )
}

/// The unit that somebody typed in, if the jump is one between units people use: `đồng` for `tỷ đồng`.
fn unit_taken_for(unit_vi: &str, power: u8, larger: bool) -> Option<String> {
    const SCALES: [(&str, i8); 5] =
        [("", 0), ("nghìn", 3), ("triệu", 6), ("tỷ", 9), ("nghìn tỷ", 12)];
    let unit = text::normalised(unit_vi);
    let (scale, thing) = SCALES.iter().rev().find_map(|(word, scale)| {
        if word.is_empty() {
            Some((*scale, unit.as_str()))
        } else {
            unit.strip_prefix(&format!("{word} ")).map(|thing| (*scale, thing))
        }
    })?;
    let power = i8::try_from(power).ok()?;
    let taken = if larger { scale - power } else { scale + power };
    let (word, _) = SCALES.iter().find(|(_, scale)| *scale == taken)?;
    Some(format!("{word} {thing}").trim().to_owned())
}

impl Finding {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.problem.severity()
    }

    /// A stable code.
    pub fn code(&self) -> &'static str {
        self.problem.code()
    }

    /// The sentence the user reads.
    pub fn message(&self, language: Language) -> String {
        self.problem.message(language)
    }
}

/// Whether any of them stops the signature.
pub fn block_signing<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> bool {
    findings.into_iter().any(|finding| finding.severity() == Severity::Error)
}

/// Whether a section can be received without a look: no errors, and every warning explained.
pub fn is_clean<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> bool {
    findings.into_iter().all(|finding| finding.severity() == Severity::Warning && finding.explained)
}

/// Every finding of the form, in the order of its cells.
pub fn check(form: &Form) -> Vec<Finding> {
    form.template.sections.iter().flat_map(|section| check_section(form, section)).collect()
}

/// Every finding of one section, in the order of its cells.
pub fn check_section(form: &Form, section: &Section) -> Vec<Finding> {
    let mut findings = vec![];
    for row in section.rows() {
        let key = section.row_key(row);
        let Some(indicator) = form.catalogue.get(row.indicator.as_str()) else { continue };
        let before = (form.before)(&key);
        for &column in row.columns() {
            let cell = key.cell(column);
            findings.extend(problems(form, row, indicator, &key, column, &before).into_iter().map(
                |problem| {
                    let explained = problem.severity() == Severity::Warning
                        && form.cells.get(&cell).is_some_and(|filled| filled.is_explained());
                    Finding { cell: cell.clone(), problem, explained }
                },
            ));
        }
    }
    findings
}

fn problems(
    form: &Form,
    row: &Row,
    indicator: &Indicator,
    key: &RowKey,
    column: Column,
    before: &Before,
) -> Vec<Problem> {
    let cell = key.cell(column);
    let filled = form.cells.get(&cell);
    let required = row.required && column == Column::This;
    let value = match filled.map(|filled| (filled.is_empty(), filled.as_figure())) {
        None | Some((true, _)) => return if required { vec![Problem::Required] } else { vec![] },
        Some((false, None)) => return vec![Problem::WrongKind],
        Some((false, Some(Figure::Absent(_)))) => {
            return if required { vec![Problem::AbsenceOfRequired] } else { vec![] };
        }
        Some((false, Some(Figure::Number(value)))) => value,
        Some((false, Some(Figure::Range { .. } | Figure::Magnitude(_)))) => return vec![],
    };
    let mut problems = vec![];
    problems.extend(
        (value.least_scale() > indicator.scale)
            .then_some(Problem::TooManyDecimals { scale: indicator.scale }),
    );
    problems.extend(beyond_limits(indicator, value));
    problems.extend(beyond_whole(form, indicator, key, column, value));
    problems.extend(form_check::problems(form, key, column, value, before));
    let settled = number(form.cells, &key.cell(Column::Previous));
    let bases: Vec<(Base, Decimal)> = match column {
        Column::Previous => {
            before.previous.map(|estimate| (Base::Estimate, estimate)).into_iter().collect()
        }
        Column::This => {
            let previous = settled.or(before.previous).map(|base| (Base::PreviousPeriod, base));
            let last_year = before.last_year.map(|base| (Base::LastYear, base));
            previous.into_iter().chain(last_year).collect()
        }
    };
    // A jump of units explains every growth; saying both would hide the cause.
    if let Some(jump) = bases.iter().find_map(|(on, base)| unit_jump(indicator, *on, value, *base))
    {
        problems.push(jump);
        return problems;
    }
    problems.extend(bases.iter().filter_map(|(on, base)| growth(indicator, *on, value, *base)));
    problems
}

fn beyond_limits(indicator: &Indicator, value: Decimal) -> Option<Problem> {
    let least = indicator.limits.min.unwrap_or(Decimal::ZERO);
    if value.is_negative() && !least.is_negative() {
        Some(Problem::Negative)
    } else if value < least {
        Some(Problem::BelowLeast { least })
    } else {
        let greatest = indicator.limits.max.filter(|greatest| value > *greatest)?;
        Some(Problem::AboveGreatest { greatest })
    }
}

/// Its whole, its total and its denominator, as far as the same column of the form has them.
fn beyond_whole(
    form: &Form,
    indicator: &Indicator,
    key: &RowKey,
    column: Column,
    value: Decimal,
) -> Vec<Problem> {
    let in_form = |code: &str, breakdown: &model::Breakdown| {
        form.template.sections.iter().find_map(|section| {
            let asks = |row: &&Row| row.indicator.as_str() == code && row.breakdown == *breakdown;
            let row = section.rows().iter().find(asks)?;
            number(form.cells, &section.row_key(row).cell(column))
        })
    };
    let names = |code: &str| {
        let named = form.catalogue.get(code);
        Names {
            vi: named.map_or(code, |indicator| &indicator.name_vi).to_owned(),
            en: named.map_or(code, |indicator| &indicator.name_en).to_owned(),
        }
    };
    let mut problems = vec![];
    let whole = indicator.part_of.as_ref().map(model::IndicatorCode::as_str);
    if let Some(whole) = whole
        && let Some(number) = in_form(whole, &key.breakdown).filter(|number| value > *number)
    {
        problems.push(Problem::ExceedsWhole { whole: names(whole), number });
    }
    let is_share = indicator.ratio.is_some() || indicator.is_percentage();
    if key.breakdown != model::Breakdown::TOTAL
        && !is_share
        && let Some(number) = in_form(key.indicator.as_str(), &model::Breakdown::TOTAL)
            .filter(|number| value > *number)
    {
        problems.push(Problem::ExceedsTotal { number });
    }
    for share in form.catalogue.iter().filter(|candidate| is_bounded_share(candidate)) {
        let Some(ratio) = share.ratio.as_ref().filter(|ratio| ratio.numerator == key.indicator)
        else {
            continue;
        };
        let denominator = ratio.denominator.as_str();
        if whole == Some(denominator) {
            continue;
        }
        if let Some(number) = in_form(denominator, &key.breakdown).filter(|number| value > *number)
        {
            problems.push(Problem::ExceedsDenominator { denominator: names(denominator), number });
        }
    }
    problems.dedup();
    problems
}

/// A share that cannot pass 100%: a percentage ratio, unless its own limit says it can.
fn is_bounded_share(indicator: &Indicator) -> bool {
    let hundred = Decimal::whole(100);
    indicator.ratio.as_ref().is_some_and(|ratio| ratio.factor == hundred)
        && indicator.is_percentage()
        && indicator.limits.max.is_none_or(|greatest| greatest <= hundred)
}

fn unit_jump(indicator: &Indicator, on: Base, value: Decimal, base: Decimal) -> Option<Problem> {
    if value <= Decimal::ZERO || base <= Decimal::ZERO || indicator.is_percentage() {
        return None;
    }
    let tolerance = Decimal::whole(JUMP_TOLERANCE);
    let (larger, more, less) =
        if value > base { (true, value, base) } else { (false, base, value) };
    let near = |power: u8| {
        let times = Decimal::whole(10i64.pow(power.into()));
        let wide = Decimal::whole(JUMP_TOLERANCE * 10i64.pow(power.into()));
        !exceeds((less, times), (more, tolerance))
            && !exceeds((more, Decimal::whole(1)), (less, wide))
    };
    let power = [3, 6, 9].into_iter().find(|power| near(*power))?;
    let unit = Names { vi: indicator.unit_vi.clone(), en: indicator.unit_en.clone() };
    Some(Problem::UnitJump { on, power, larger, unit })
}

fn growth(indicator: &Indicator, on: Base, value: Decimal, base: Decimal) -> Option<Problem> {
    let limit = match on {
        Base::PreviousPeriod | Base::LastYear => indicator.limits.growth_percent?,
        Base::Estimate => Decimal::whole(SETTLED_PERCENT),
    };
    let (percent, limit) = beyond(value, base, limit)?;
    Some(match on {
        Base::PreviousPeriod | Base::LastYear => Problem::Growth { on, percent, limit },
        Base::Estimate => Problem::SettledDiffers { estimate: base, percent },
    })
}

/// By how much a number differs from its base, per cent, rounded to one decimal, if that is beyond a limit; and the limit.
pub(crate) fn beyond(value: Decimal, base: Decimal, limit: Decimal) -> Option<(Decimal, Decimal)> {
    let difference = value.minus(base)?;
    let hundred = Decimal::whole(100);
    if base.is_zero() || !exceeds((difference.magnitude(), hundred), (limit, base.magnitude())) {
        return None;
    }
    Some((difference.times_over(hundred, base.magnitude(), 1)?, limit))
}

/// Whether one product is above another; exactly, and for numbers that are not negative.
fn exceeds(left: (Decimal, Decimal), right: (Decimal, Decimal)) -> bool {
    let product = |(a, b): (Decimal, Decimal)| {
        (
            i128::from(a.mantissa()) * i128::from(b.mantissa()),
            u32::from(a.scale()) + u32::from(b.scale()),
        )
    };
    let ((left, left_scale), (right, right_scale)) = (product(left), product(right));
    // A product has at most 36 digits; one that no longer fits after widening is above any that does.
    let widened = |mantissa: i128, by: u32| {
        10i128.checked_pow(by).and_then(|times| mantissa.checked_mul(times))
    };
    if left_scale <= right_scale {
        widened(left, right_scale - left_scale).is_none_or(|left| left > right)
    } else {
        widened(right, left_scale - right_scale).is_some_and(|right| left > right)
    }
}

#[cfg(test)]
mod tests;
