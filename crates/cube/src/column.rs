//! What was said of every unit of a domain for one period: plain numbers as dense integers, all else at the side.
//!
//! Nearly every figure of a ministry is a number at its indicator's scale with a status, so that is
//! thirteen bytes and a bit; a range, a qualifier or another scale is kept whole, and is rare.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::Timestamp;
use model::answer::{Basis, Coverage, Level};
use model::{Absence, Decimal, Figure, Seq, Status};

use crate::quick::Quick;

/// When commits were recorded, by seq.
pub(crate) type Moments = Quick<u32, Timestamp>;

/// From one in so many units the plain figures of a column are dense.
const SPARSE: usize = 8;

/// The scale of a column that no number stands in.
const NO_SCALE: u8 = u8::MAX;

const SYNTHETIC: u8 = 4;

/// Figures by place in a domain.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    places: usize,
    /// The scale of its plain numbers.
    scale: u8,
    /// Plain figures until enough was said.
    few: BTreeMap<u32, Plain>,
    /// Plain figures from then on.
    dense: Dense,
    /// How many units are not applicable, among the dense.
    not_applicable: u32,
    /// Figures that are not plain.
    odd: BTreeMap<u32, Level>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Dense {
    /// A bit for each place with a plain number.
    pub has: Vec<u64>,
    /// Zero where there is no plain number.
    pub values: Vec<i64>,
    pub seqs: Vec<u32>,
    /// Status + 1 (0: nothing was said), whether it is synthetic, absence + 1.
    pub tags: Vec<u8>,
}

/// A figure that fits a dense column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plain {
    /// Number, or why there is none.
    pub number: Result<i64, Absence>,
    pub status: Status,
    pub synthetic: bool,
    pub seq: u32,
}

impl Plain {
    /// What a tag stands for, with its number; nothing for the tag of a place where nothing is.
    #[inline]
    pub fn of(tag: u8, value: i64, seq: u32) -> Option<Plain> {
        let status = *Status::ALL.get(usize::from(tag & 3).checked_sub(1)?)?;
        let number = match usize::from(tag >> 4).checked_sub(1) {
            Some(reason) => Err(*Absence::ALL.get(reason)?),
            None => Ok(value),
        };
        Some(Plain { number, status, synthetic: tag & SYNTHETIC != 0, seq })
    }

    pub fn tag(self) -> u8 {
        let absence = self.number.err().map_or(0, |absence| absence as u8 + 1);
        (self.status as u8 + 1) | if self.synthetic { SYNTHETIC } else { 0 } | absence << 4
    }
}

impl Column {
    pub fn new(places: usize) -> Column {
        Column {
            places,
            scale: NO_SCALE,
            few: BTreeMap::new(),
            dense: Dense::default(),
            not_applicable: 0,
            odd: BTreeMap::new(),
        }
    }

    /// The column of these parts, as a checkpoint kept them.
    pub fn of(
        places: usize,
        scale: u8,
        few: BTreeMap<u32, Plain>,
        dense: Dense,
        odd: BTreeMap<u32, Level>,
    ) -> Column {
        let in_dense = dense.tags.iter().filter(|tag| is_not_applicable(**tag)).count();
        let in_few = few.values().filter(|plain| plain.is_not_applicable()).count();
        let not_applicable = (in_dense + in_few) as u32;
        Column { places, scale, few, dense, not_applicable, odd }
    }

    pub fn few(&self) -> &BTreeMap<u32, Plain> {
        &self.few
    }

    pub fn places(&self) -> usize {
        self.places
    }

    pub fn scale(&self) -> u8 {
        self.scale
    }

    pub fn odd(&self) -> &BTreeMap<u32, Level> {
        &self.odd
    }

    /// The dense parts, where enough was said.
    pub fn dense(&self) -> Option<&Dense> {
        (!self.dense.values.is_empty()).then_some(&self.dense)
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.odd.is_empty() && self.few.is_empty() && self.dense.values.is_empty()
    }

    pub fn bytes(&self) -> usize {
        let dense = &self.dense;
        dense.has.capacity() * 8
            + dense.values.capacity() * 8
            + dense.seqs.capacity() * 4
            + dense.tags.capacity()
            + self.few.len() * (size_of::<Plain>() + 16)
            + self.odd.len() * (size_of::<Level>() + 16)
            + size_of::<Column>()
    }

    /// The plain figure at a place.
    pub fn plain(&self, place: u32) -> Option<Plain> {
        let at = place as usize;
        match self.dense.tags.get(at) {
            Some(&tag) => Plain::of(tag, self.dense.values[at], self.dense.seqs[at]),
            None => self.few.get(&place).copied(),
        }
    }

    /// What was said at a place, whole.
    pub fn get(&self, place: u32, moments: &Moments) -> Option<Level> {
        if let Some(odd) = self.odd.get(&place) {
            return Some(odd.clone());
        }
        self.plain(place).map(|plain| self.whole(plain, moments))
    }

    fn whole(&self, plain: Plain, moments: &Moments) -> Level {
        let figure = match plain.number {
            Ok(mantissa) => Figure::Number(decimal(mantissa, self.scale)),
            Err(reason) => Figure::Absent(reason),
        };
        Level {
            figure,
            basis: Basis::Stated,
            computed: None,
            ratio: None,
            of: None,
            status: plain.status,
            qualifier: None,
            publisher: None,
            measured_share: None,
            coverage: Coverage::ONE,
            seq: Seq(plain.seq.into()),
            recorded_at: moments.get(&plain.seq).copied().unwrap_or_default(),
            synthetic: plain.synthetic,
        }
    }

    /// The commit of what was said at a place.
    pub fn seq(&self, place: u32) -> Option<Seq> {
        let odd = self.odd.get(&place).map(|level| level.seq);
        odd.or_else(|| self.plain(place).map(|plain| Seq(plain.seq.into())))
    }

    /// Puts what was said at a place, in place of what was there.
    pub fn put(&mut self, place: u32, level: Option<Level>, moments: &Moments) {
        let plain = level.as_ref().and_then(|level| self.as_plain(level, moments));
        match (level, plain) {
            (_, Some((plain, scale))) => {
                let put = self.put_plain(place, plain, scale);
                debug_assert!(put, "a plain figure has the column's scale");
            }
            (level, None) => {
                self.clear_plain(place);
                match level {
                    Some(level) => self.odd.insert(place, level),
                    None => self.odd.remove(&place),
                };
            }
        }
    }

    /// Puts a plain figure whose scale is the column's; answers whether it is.
    pub fn put_plain(&mut self, place: u32, plain: Plain, scale: u8) -> bool {
        if plain.number.is_ok() {
            if self.scale == NO_SCALE {
                self.scale = scale;
            }
            if scale != self.scale {
                return false;
            }
        }
        if !self.odd.is_empty() {
            self.odd.remove(&place);
        }
        self.clear_plain(place);
        self.not_applicable += u32::from(plain.is_not_applicable());
        if !self.dense.values.is_empty() {
            self.dense.put(place, plain);
            return true;
        }
        self.few.insert(place, plain);
        if self.few.len() * SPARSE > self.places {
            self.dense = Dense::new(self.places);
            for (place, plain) in std::mem::take(&mut self.few) {
                self.dense.put(place, plain);
            }
        }
        true
    }

    fn clear_plain(&mut self, place: u32) {
        let Some(plain) = self.plain(place) else { return };
        self.not_applicable -= u32::from(plain.is_not_applicable());
        if self.few.remove(&place).is_none() {
            self.dense.clear(place);
        }
    }

    /// The same as a plain figure and its scale, if nothing of it is lost.
    fn as_plain(&self, level: &Level, moments: &Moments) -> Option<(Plain, u8)> {
        let seq = u32::try_from(level.seq.0).ok()?;
        let (number, scale) = match level.figure {
            Figure::Number(number) => (Ok(number.mantissa()), number.scale()),
            Figure::Absent(reason) => (Err(reason), self.scale),
            Figure::Range { .. } | Figure::Magnitude(_) => return None,
        };
        let is_plain = level.basis == Basis::Stated
            && level.computed.is_none()
            && level.ratio.is_none()
            && level.of.is_none()
            && level.qualifier.is_none()
            && level.publisher.is_none()
            && level.measured_share.is_none()
            && level.coverage == Coverage::ONE
            && (number.is_err() || self.scale == NO_SCALE || self.scale == scale)
            && moments.get(&seq) == Some(&level.recorded_at);
        let plain = Plain { number, status: level.status, synthetic: level.synthetic, seq };
        is_plain.then_some((plain, scale))
    }

    /// How many of these places are not applicable, odd ones included.
    pub fn not_applicable(&self, runs: &[Range<u32>]) -> u32 {
        let mut count = 0;
        if self.not_applicable > 0 {
            for run in runs {
                count += run
                    .clone()
                    .filter_map(|place| self.plain(place))
                    .filter(|plain| plain.is_not_applicable())
                    .count() as u32;
            }
        }
        let is_not_applicable =
            |level: &&Level| level.figure.absence() == Some(Absence::NotApplicable);
        count + self.odd_in(runs).filter(is_not_applicable).count() as u32
    }

    /// The plain figures in these places while there are few.
    pub fn few_in(&self, run: Range<u32>) -> impl Iterator<Item = Plain> {
        let some = (!self.few.is_empty()).then(|| self.few.range(run));
        some.into_iter().flatten().map(|(_, plain)| *plain)
    }

    /// The places of plain figures.
    pub fn plain_places(&self) -> Vec<u32> {
        let is_plain = |place: &u32| self.dense.tags[*place as usize] != 0;
        let dense = (0..self.dense.tags.len() as u32).filter(is_plain);
        self.few.keys().copied().chain(dense).collect()
    }

    /// The odd figures in these places.
    pub fn odd_in(&self, runs: &[Range<u32>]) -> impl Iterator<Item = &Level> {
        let runs = if self.odd.is_empty() { &[] } else { runs };
        runs.iter().flat_map(|run| self.odd.range(run.clone()).map(|(_, level)| level))
    }
}

impl Plain {
    fn is_not_applicable(self) -> bool {
        self.number == Err(Absence::NotApplicable)
    }
}

fn is_not_applicable(tag: u8) -> bool {
    tag >> 4 == Absence::NotApplicable as u8 + 1
}

impl Dense {
    fn new(places: usize) -> Dense {
        Dense {
            has: vec![0; places.div_ceil(64)],
            values: vec![0; places],
            seqs: vec![0; places],
            tags: vec![0; places],
        }
    }

    /// Puts a figure at a place where nothing is.
    fn put(&mut self, place: u32, plain: Plain) {
        let at = place as usize;
        if let Ok(mantissa) = plain.number {
            self.has[at / 64] |= 1 << (at % 64);
            self.values[at] = mantissa;
        }
        self.seqs[at] = plain.seq;
        self.tags[at] = plain.tag();
    }

    fn clear(&mut self, place: u32) {
        let at = place as usize;
        self.has[at / 64] &= !(1 << (at % 64));
        (self.values[at], self.seqs[at], self.tags[at]) = (0, 0, 0);
    }
}

/// A mantissa that was taken from a number of this scale.
pub(crate) fn decimal(mantissa: i64, scale: u8) -> Decimal {
    Decimal::new(mantissa.into(), scale).expect("it was a number of at most 18 digits")
}
