//! How figures and columns are written in a checkpoint: little-endian, each list after its length.
//!
//! Reading never trusts a length: what does not fit reads as nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::answer::{Basis, Coverage, Level, Part};
use model::{Absence, Breakdown, Decimal, Figure, Measure, Period, Qualifier, Seq, Status};

use crate::column::{Column, Dense, Plain};
use crate::held::{Others, Stated};

/// Bytes that are being written.
#[derive(Default)]
pub(crate) struct Out(pub Vec<u8>);

impl Out {
    pub fn u8(&mut self, number: u8) {
        self.0.push(number);
    }

    pub fn u32(&mut self, number: u32) {
        self.0.extend(number.to_le_bytes());
    }

    pub fn u64(&mut self, number: u64) {
        self.0.extend(number.to_le_bytes());
    }

    /// How many of something follow.
    pub fn count(&mut self, count: usize) {
        self.u32(u32::try_from(count).expect("no list here is that long"));
    }

    pub fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend(text.as_bytes());
    }

    pub fn at(&mut self, recorded_at: Timestamp) {
        self.0.extend(recorded_at.as_nanosecond().to_le_bytes());
    }

    fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Out, T)) {
        self.u8(u8::from(value.is_some()));
        if let Some(value) = value {
            write(self, value);
        }
    }

    fn decimal(&mut self, number: Decimal) {
        self.u64(number.mantissa() as u64);
        self.u8(number.scale());
    }

    pub fn part(&mut self, part: Part) {
        let (kind, period) = match part {
            Part::Level(period) => (0, period),
            Part::YearToDate(period) => (1, period),
            Part::Plan(period) => (2, period),
        };
        self.u8(kind);
        self.text(&period.to_string());
    }

    fn figure(&mut self, figure: Figure) {
        match figure {
            Figure::Number(number) => {
                self.u8(0);
                self.decimal(number);
            }
            Figure::Range { low, high } => {
                self.u8(1);
                self.decimal(low);
                self.decimal(high);
            }
            Figure::Magnitude(power) => {
                self.u8(2);
                self.decimal(power);
            }
            Figure::Absent(reason) => {
                self.u8(3);
                self.u8(reason as u8);
            }
        }
    }

    pub fn level(&mut self, level: &Level) {
        self.figure(level.figure);
        self.option(level.of, Out::decimal);
        self.u8(level.status as u8);
        self.option(level.qualifier, |out, qualifier| out.u8(qualifier as u8));
        self.option(level.publisher.as_deref(), Out::text);
        self.option(level.measured_share, Out::decimal);
        self.u64(level.seq.0);
        self.at(level.recorded_at);
        self.u8(level.synthetic.into());
    }

    fn levels(&mut self, levels: &BTreeMap<u32, Level>) {
        self.count(levels.len());
        for (key, level) in levels {
            self.u32(*key);
            self.level(level);
        }
    }

    fn plain(&mut self, plain: Plain) {
        self.u8(plain.tag());
        self.u64(plain.number.unwrap_or_default() as u64);
        self.u32(plain.seq);
    }

    pub fn stated(&mut self, stated: &Stated) {
        let column = &stated.column;
        self.u8(column.scale());
        let few = column.few();
        self.count(few.len());
        for (place, plain) in few {
            self.u32(*place);
            self.plain(*plain);
        }
        self.option(column.dense(), |out, dense| {
            dense.has.iter().for_each(|word| out.u64(*word));
            dense.values.iter().for_each(|value| out.u64(*value as u64));
            dense.seqs.iter().for_each(|seq| out.u32(*seq));
            out.0.extend(&dense.tags);
        });
        self.levels(column.odd());
        self.levels(&stated.outside);
    }

    pub fn others(&mut self, others: &BTreeMap<(Measure, Period), &BTreeMap<u32, Level>>) {
        self.count(others.len());
        for ((measure, period), levels) in others {
            self.text(&measure.to_string());
            self.text(&period.to_string());
            self.levels(levels);
        }
    }
}

/// Bytes that are being read.
pub(crate) struct In<'a> {
    left: &'a [u8],
}

impl<'a> In<'a> {
    pub fn new(left: &'a [u8]) -> In<'a> {
        In { left }
    }

    pub fn is_at_end(&self) -> bool {
        self.left.is_empty()
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, left) = self.left.split_at_checked(count)?;
        self.left = left;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub fn bytes32(&mut self) -> Option<[u8; 32]> {
        self.array()
    }

    pub fn count(&mut self) -> Option<usize> {
        self.u32().map(|count| count as usize)
    }

    pub fn text(&mut self) -> Option<&'a str> {
        let count = self.count()?;
        std::str::from_utf8(self.take(count)?).ok()
    }

    pub fn at(&mut self) -> Option<Timestamp> {
        Timestamp::from_nanosecond(self.array().map(i128::from_le_bytes)?).ok()
    }

    fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        match self.u8()? {
            0 => Some(None),
            1 => read(self).map(Some),
            _ => None,
        }
    }

    fn decimal(&mut self) -> Option<Decimal> {
        Decimal::new((self.u64()? as i64).into(), self.u8()?)
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        all.get(usize::from(self.u8()?)).copied()
    }

    pub fn breakdown(&mut self) -> Option<Breakdown> {
        Breakdown::parse(self.text()?).ok()
    }

    fn period(&mut self) -> Option<Period> {
        Period::parse(self.text()?).ok()
    }

    pub fn part(&mut self) -> Option<Part> {
        let kind = self.u8()?;
        let period = self.period()?;
        match kind {
            0 => Some(Part::Level(period)),
            1 => Some(Part::YearToDate(period)),
            2 => Some(Part::Plan(period)),
            _ => None,
        }
    }

    fn figure(&mut self) -> Option<Figure> {
        Some(match self.u8()? {
            0 => Figure::Number(self.decimal()?),
            1 => Figure::Range { low: self.decimal()?, high: self.decimal()? },
            2 => Figure::Magnitude(self.decimal()?),
            3 => Figure::Absent(self.of(Absence::ALL)?),
            _ => return None,
        })
    }

    fn level(&mut self) -> Option<Level> {
        Some(Level {
            figure: self.figure()?,
            basis: Basis::Stated,
            computed: None,
            ratio: None,
            of: self.option(In::decimal)?,
            status: self.of(Status::ALL)?,
            qualifier: self.option(|read| read.of(Qualifier::ALL))?,
            publisher: self.option(In::text)?.map(Into::into),
            measured_share: self.option(In::decimal)?,
            coverage: Coverage::ONE,
            seq: Seq(self.u64()?),
            recorded_at: self.at()?,
            synthetic: self.u8()? != 0,
        })
    }

    fn levels(&mut self) -> Option<BTreeMap<u32, Level>> {
        let count = self.count()?;
        (0..count).map(|_| Some((self.u32()?, self.level()?))).collect()
    }

    fn plain(&mut self) -> Option<Plain> {
        let (tag, value, seq) = (self.u8()?, self.u64()? as i64, self.u32()?);
        Plain::of(tag, value, seq)
    }

    pub fn others(&mut self) -> Option<Others> {
        let count = self.count()?;
        let one = |_| {
            let measure = Measure::parse(self.text()?).ok()?;
            Some(((measure, self.period()?), self.levels()?))
        };
        (0..count).map(one).collect()
    }

    /// Numbers of so many bytes each.
    fn numbers<T, const N: usize>(
        &mut self,
        count: usize,
        of: impl Fn([u8; N]) -> T,
    ) -> Option<Vec<T>> {
        let (chunks, _) = self.take(count.checked_mul(N)?)?.as_chunks::<N>();
        Some(chunks.iter().map(|chunk| of(*chunk)).collect())
    }
}

/// What was stated in a column of so many places.
pub(crate) fn read_stated(text: &mut In<'_>, places: usize) -> Option<Stated> {
    let scale = text.u8()?;
    let count = text.count()?;
    let few = (0..count)
        .map(|_| Some((text.u32()?, text.plain()?)))
        .collect::<Option<BTreeMap<u32, Plain>>>()?;
    let dense = text.option(|text| {
        Some(Dense {
            has: text.numbers(places.div_ceil(64), u64::from_le_bytes)?,
            values: text.numbers(places, i64::from_le_bytes)?,
            seqs: text.numbers(places, u32::from_le_bytes)?,
            tags: text.take(places)?.to_vec(),
        })
    })?;
    let column = Column::of(places, scale, few, dense.unwrap_or_default(), text.levels()?);
    Some(Stated { column, outside: text.levels()? })
}
