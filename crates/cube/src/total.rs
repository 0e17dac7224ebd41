//! What the leaves of a unit come to: a number that totals of parts can be put together from.

use std::ops::Range;

use model::answer::{Basis, Coverage, Level};
use model::{Decimal, Figure, Seq, Status};

use crate::column::{Column, Dense, Moments, Plain};

/// How leaves become one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    Sum,
    Max,
}

/// The leaves of a unit, put together. Of leaves with a publisher it cannot be made: see [`is_told`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Total {
    mantissa: i128,
    scale: u8,
    pub present: u32,
    pub expected: u32,
    status: Option<Status>,
    synthetic: bool,
    seq: u32,
    /// How many of the leaves say how much of them is measured, and the least of it.
    shares: u32,
    least_share: Option<Decimal>,
}

/// Whether a figure says more than when a total was last changed: then the order of leaves matters,
/// and the total is worked out leaf by leaf.
pub(crate) fn is_told(level: &Level, how: How, scale: u8, moments: &Moments) -> bool {
    let seq = u32::try_from(level.seq.0);
    level.publisher.is_some()
        || !seq.is_ok_and(|seq| moments.get(&seq) == Some(&level.recorded_at))
        || how == How::Max && level.number().is_some_and(|number| number.scale() != scale)
}

impl Total {
    /// The total of some places of a column.
    pub fn of(column: &Column, runs: &[Range<u32>], how: How) -> Total {
        let mut total = Total::default();
        for run in runs {
            total.expected += run.end - run.start;
        }
        total.expected -= column.not_applicable(runs);
        let mut plain = Sums::new(how);
        for run in runs {
            match column.dense() {
                Some(dense) => plain.add_run(dense, run.clone()),
                None => column.few_in(run.clone()).for_each(|figure| plain.add(figure)),
            }
        }
        total.add_sums(&plain, column.scale(), how);
        column.odd_in(runs).for_each(|level| total.add(level, how));
        total
    }

    /// Adds a figure of one leaf that is expected already.
    pub fn add(&mut self, level: &Level, how: How) {
        let Some(number) = level.number() else { return };
        self.put_together(number.mantissa().into(), number.scale(), how);
        self.present += 1;
        self.status = least(self.status, level.status);
        self.synthetic |= level.synthetic;
        self.seq = self.seq.max(u32::try_from(level.seq.0).unwrap_or(u32::MAX));
        if let Some(share) = level.measured_share {
            self.shares += 1;
            self.least_share = Some(self.least_share.map_or(share, |least| least.min(share)));
        }
    }

    /// Adds plain figures of leaves that are expected already.
    pub fn add_sums(&mut self, sums: &Sums, scale: u8, how: How) {
        if sums.present == 0 {
            return;
        }
        self.put_together(sums.value, scale, how);
        self.present += sums.present;
        self.status = least(self.status, sums.status().expect("something is present"));
        self.synthetic |= sums.tags & SYNTHETIC != 0;
        self.seq = self.seq.max(sums.seq);
    }

    /// Adds the total of other leaves.
    pub fn add_total(&mut self, other: &Total, how: How) {
        self.expected += other.expected;
        let Some(status) = other.status else { return };
        self.put_together(other.mantissa, other.scale, how);
        self.present += other.present;
        self.status = least(self.status, status);
        self.synthetic |= other.synthetic;
        self.seq = self.seq.max(other.seq);
        self.shares += other.shares;
        self.least_share = match (self.least_share, other.least_share) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }

    fn put_together(&mut self, mantissa: i128, scale: u8, how: How) {
        if self.present == 0 {
            (self.mantissa, self.scale) = (mantissa, scale);
            return;
        }
        let widest = self.scale.max(scale);
        let at = |mantissa: i128, scale: u8| mantissa * 10i128.pow((widest - scale).into());
        let (a, b) = (at(self.mantissa, self.scale), at(mantissa, scale));
        self.scale = widest;
        self.mantissa = match how {
            How::Sum => a + b,
            How::Max => a.max(b),
        };
    }

    /// The number, when there is one and it can be kept.
    pub fn number(&self) -> Option<Decimal> {
        (self.present > 0).then(|| Decimal::new(self.mantissa, self.scale)).flatten()
    }

    pub fn coverage(&self) -> Coverage {
        Coverage { present: self.present, expected: self.expected }
    }

    pub fn level(&self, moments: &Moments) -> Option<Level> {
        self.level_of(self.number()?, Basis::RolledUp, self.coverage(), moments)
    }

    /// Another number that was worked out of the same leaves.
    pub fn level_of(
        &self,
        number: Decimal,
        basis: Basis,
        coverage: Coverage,
        moments: &Moments,
    ) -> Option<Level> {
        Some(Level {
            figure: Figure::Number(number),
            basis,
            computed: None,
            ratio: None,
            of: None,
            status: self.status?,
            qualifier: None,
            publisher: None,
            measured_share: self.least_share.filter(|_| self.shares == self.present),
            coverage,
            seq: Seq(self.seq.into()),
            recorded_at: moments.get(&self.seq).copied().unwrap_or_default(),
            synthetic: self.synthetic,
        })
    }
}

fn least(a: Option<Status>, b: Status) -> Option<Status> {
    Some(a.map_or(b, |a| a.min(b)))
}

const SYNTHETIC: u8 = 4;

/// Sums over plain numbers, quick to add to.
#[derive(Clone, Debug)]
pub(crate) struct Sums {
    how: How,
    pub value: i128,
    pub present: u32,
    pub seq: u32,
    /// A bit for each status + 1 that occurs.
    statuses: u8,
    tags: u8,
}

impl Sums {
    pub fn new(how: How) -> Sums {
        let value = match how {
            How::Sum => 0,
            How::Max => i128::MIN,
        };
        Sums { how, value, present: 0, seq: 0, statuses: 0, tags: 0 }
    }

    fn status(&self) -> Option<Status> {
        Status::ALL.iter().copied().find(|status| self.statuses >> (*status as u8 + 1) & 1 == 1)
    }

    /// Adds one figure, if it is a number.
    pub fn add(&mut self, plain: Plain) {
        let Ok(value) = plain.number else { return };
        self.value = match self.how {
            How::Sum => self.value + i128::from(value),
            How::Max => self.value.max(value.into()),
        };
        self.present += 1;
        self.seq = self.seq.max(plain.seq);
        self.statuses |= 1 << (plain.status as u8 + 1);
        self.tags |= u8::from(plain.synthetic) * SYNTHETIC;
    }

    pub fn add_run(&mut self, dense: &Dense, run: Range<u32>) {
        for_each_word(run, |at, mask| self.add_word(dense, at, dense.has[at] & mask));
    }

    /// Adds the places of one word whose bits are set; they all have a number.
    pub fn add_word(&mut self, dense: &Dense, at: usize, word: u64) {
        if word == u64::MAX {
            let places = at * 64..at * 64 + 64;
            self.present += 64;
            let values = &dense.values[places.clone()];
            self.value = match self.how {
                How::Sum => self.value + sum(values),
                How::Max => self.value.max(values.iter().copied().max().map_or(0, i128::from)),
            };
            let seqs = &dense.seqs[places.clone()];
            self.seq = self.seq.max(seqs.iter().copied().fold(0, u32::max));
            for tag in &dense.tags[places] {
                self.statuses |= 1 << (tag & 3);
                self.tags |= tag;
            }
            return;
        }
        let mut left = word;
        while left != 0 {
            let place = at * 64 + left.trailing_zeros() as usize;
            left &= left - 1;
            let value = i128::from(dense.values[place]);
            self.value = match self.how {
                How::Sum => self.value + value,
                How::Max => self.value.max(value),
            };
            self.seq = self.seq.max(dense.seqs[place]);
            self.statuses |= 1 << (dense.tags[place] & 3);
            self.tags |= dense.tags[place];
        }
        self.present += word.count_ones();
    }
}

/// The sum of a few values, in two halves so that nothing overflows and a compiler can add many at once.
fn sum(values: &[i64]) -> i128 {
    let high: i64 = values.iter().map(|value| value >> 32).sum();
    let low: i64 = values.iter().map(|value| value & 0xffff_ffff).sum();
    (i128::from(high) << 32) + i128::from(low)
}

/// The words of a bitmap that a stretch of places touches, with the bits that are inside.
pub(crate) fn for_each_word(run: Range<u32>, mut each: impl FnMut(usize, u64)) {
    if run.is_empty() {
        return;
    }
    let (first, last) = (run.start as usize / 64, (run.end as usize - 1) / 64);
    for at in first..=last {
        let mut mask = u64::MAX;
        if at == first {
            mask &= u64::MAX << (run.start % 64);
        }
        if at == last {
            mask &= u64::MAX >> (63 - (run.end - 1) % 64);
        }
        each(at, mask);
    }
}

/// A total as it is kept for each of many nodes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Packed {
    pub value: i64,
    pub present: u32,
    pub expected: u32,
    pub seq: u32,
    pub scale: u8,
    /// Status + 1, whether it is synthetic, whether it is kept whole elsewhere.
    tag: u8,
}

const ELSEWHERE: u8 = 8;

impl Packed {
    /// The total packed; `None` when it has to be kept whole.
    pub fn of(total: &Total) -> Option<Packed> {
        let fits = total.present == 0 || total.number().is_some();
        (fits && (total.shares < total.present || total.present == 0)).then(|| Packed {
            value: total.mantissa as i64,
            present: total.present,
            expected: total.expected,
            seq: total.seq,
            scale: total.scale,
            tag: total.status.map_or(0, |status| status as u8 + 1)
                | if total.synthetic { SYNTHETIC } else { 0 },
        })
    }

    /// Says that the total is kept whole.
    pub fn elsewhere() -> Packed {
        Packed { tag: ELSEWHERE, ..Packed::default() }
    }

    pub fn is_elsewhere(self) -> bool {
        self.tag & ELSEWHERE != 0
    }

    /// The weakest status + 1; 0 of nothing.
    pub fn status_code(self) -> u8 {
        self.tag & 3
    }

    fn status(self) -> Option<Status> {
        Status::ALL.get(usize::from(self.status_code()).checked_sub(1)?).copied()
    }

    pub fn is_synthetic(self) -> bool {
        self.tag & SYNTHETIC != 0
    }

    pub fn total(self) -> Total {
        Total {
            mantissa: self.value.into(),
            scale: self.scale,
            present: self.present,
            expected: self.expected,
            status: self.status(),
            synthetic: self.is_synthetic(),
            seq: self.seq,
            shares: 0,
            least_share: None,
        }
    }
}

/// Several plain figures of one unit as one: a flow over time.
pub(crate) fn over_time(parts: &[Plain], how: How) -> Option<Plain> {
    let mut whole = *parts.first()?;
    let mut value = i128::from(whole.number.ok()?);
    for part in &parts[1..] {
        let next = i128::from(part.number.ok()?);
        value = match how {
            How::Sum => value + next,
            How::Max => value.max(next),
        };
        whole.status = whole.status.min(part.status);
        whole.synthetic |= part.synthetic;
        whole.seq = whole.seq.max(part.seq);
    }
    whole.number = Ok(Decimal::new(value, 0)?.mantissa());
    Some(whole)
}
