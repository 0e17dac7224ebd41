//! How many different visitors there were, without keeping who they were.
//!
//! A sketch (HyperLogLog) remembers of every visitor only the place of the first one-bit of a keyed hash, in one of
//! 4096 registers. Sketches of several minutes are merged without counting anybody twice, which sums cannot do. Its
//! error is stated: one standard error is 1.63 %, so 997 of 1000 estimates are within 5 % of the truth, and counts up
//! to some hundreds are exact or off by one or two. It is worked out in whole numbers, so every machine answers the same.

use std::collections::BTreeMap;

/// log2 of the number of registers.
const PRECISION: u32 = 12;
const REGISTERS: usize = 1 << PRECISION;
/// The largest rank of a 64-bit hash: that many bits are left beside the register's number.
const MOST: u8 = (64 - PRECISION) as u8;
/// With so many registers in use, all of them take less room than a list of those in use.
const DENSE_FROM: usize = REGISTERS / 3;
/// One of six bits.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// What each digit is worth.
const VALUES: [Option<u8>; 256] = {
    let mut values = [None; 256];
    let mut value = 0;
    while value < DIGITS.len() {
        values[DIGITS[value] as usize] = Some(value as u8);
        value += 1;
    }
    values
};

/// One standard error in hundredths of a percent: 1.04 / √4096.
pub const STANDARD_ERROR_BP: u32 = 163;

/// The visitors of some time; two sketches of the same visitors are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sketch(Form);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    /// Fewer than [`DENSE_FROM`] registers are in use.
    Sparse(BTreeMap<u16, u8>),
    /// Every register; 0 is one that nobody came to.
    Dense(Box<[u8; REGISTERS]>),
}

impl Default for Sketch {
    fn default() -> Sketch {
        Sketch(Form::Sparse(BTreeMap::new()))
    }
}

/// A text that no version of this has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no sketch of visitors")]
pub struct NotASketch;

impl Sketch {
    /// Somebody came, known by the 64 bits of a keyed hash that is evenly spread.
    pub fn add(&mut self, visitor: u64) {
        let register = (visitor >> (64 - PRECISION)) as u16;
        let rank = ((visitor << PRECISION).leading_zeros() as u8).min(MOST - 1) + 1;
        self.raise(register, rank);
    }

    /// Takes the visitors of another sketch in; those of both count once.
    pub fn merge(&mut self, other: &Sketch) {
        match &other.0 {
            Form::Sparse(used) => used.iter().for_each(|(&at, &rank)| self.raise(at, rank)),
            Form::Dense(all) => {
                for (at, &rank) in all.iter().enumerate().filter(|(_, rank)| **rank > 0) {
                    self.raise(at as u16, rank);
                }
            }
        }
    }

    /// Whether nobody came.
    pub fn is_empty(&self) -> bool {
        matches!(&self.0, Form::Sparse(used) if used.is_empty())
    }

    /// How many different visitors, within the stated error.
    pub fn estimate(&self) -> u64 {
        // Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6: one formula
        // from none to all, without the bias between small and large counts. Fractions are of 2^52.
        let mut with_rank = [0u128; MOST as usize + 1];
        let mut used = 0;
        self.for_each(|_, rank| {
            with_rank[usize::from(rank)] += 1;
            used += 1;
        });
        let Some(nobody) = sigma((REGISTERS - used) as u128) else { return 0 };
        let ranked: u128 = (1..=u32::from(MOST))
            .map(|rank| with_rank[rank as usize] << (u32::from(MOST) - rank))
            .sum();
        // 1 / (2 ln 2) is 0.72134752.
        let whole = (72_134_752u128 * (REGISTERS * REGISTERS) as u128) << u32::from(MOST);
        let parts = 100_000_000 * (nobody + ranked);
        ((whole + parts / 2) / parts) as u64
    }

    /// As it is stored: a letter for its form, then six bits a character.
    pub fn encode(&self) -> String {
        let digit = |six: u16| char::from(DIGITS[usize::from(six & 63)]);
        match &self.0 {
            Form::Sparse(used) => {
                let mut text = String::with_capacity(1 + used.len() * 3);
                text.push('s');
                for (&at, &rank) in used {
                    text.extend([digit(at >> 6), digit(at), digit(u16::from(rank))]);
                }
                text
            }
            Form::Dense(all) => {
                std::iter::once('d').chain(all.iter().map(|&rank| digit(u16::from(rank)))).collect()
            }
        }
    }

    /// Reads what [`Sketch::encode`] wrote.
    pub fn decode(text: &str) -> Result<Sketch, NotASketch> {
        let value = |digit: &u8| VALUES[usize::from(*digit)].ok_or(NotASketch);
        let (form, digits) = text.as_bytes().split_first().ok_or(NotASketch)?;
        match form {
            b's' if digits.len().is_multiple_of(3) && digits.len() < 3 * DENSE_FROM => {
                let mut used = BTreeMap::new();
                for three in digits.chunks_exact(3) {
                    let at = u16::from(value(&three[0])?) << 6 | u16::from(value(&three[1])?);
                    let rank = value(&three[2])?;
                    if !(1..=MOST).contains(&rank) || used.insert(at, rank).is_some() {
                        return Err(NotASketch);
                    }
                }
                Ok(Sketch(Form::Sparse(used)))
            }
            b'd' if digits.len() == REGISTERS => {
                let mut all = Box::new([0; REGISTERS]);
                for (register, digit) in all.iter_mut().zip(digits) {
                    *register = value(digit)?;
                }
                let used = all.iter().filter(|rank| **rank > 0).count();
                let is_one = used >= DENSE_FROM && all.iter().all(|rank| *rank <= MOST);
                if is_one { Ok(Sketch(Form::Dense(all))) } else { Err(NotASketch) }
            }
            _ => Err(NotASketch),
        }
    }

    fn for_each(&self, mut show: impl FnMut(u16, u8)) {
        match &self.0 {
            Form::Sparse(used) => used.iter().for_each(|(&at, &rank)| show(at, rank)),
            Form::Dense(all) => {
                let used = all.iter().enumerate().filter(|(_, rank)| **rank > 0);
                used.for_each(|(at, &rank)| show(at as u16, rank));
            }
        }
    }

    fn raise(&mut self, at: u16, rank: u8) {
        match &mut self.0 {
            Form::Dense(all) => {
                let register = &mut all[usize::from(at)];
                *register = rank.max(*register);
            }
            Form::Sparse(used) => {
                let register = used.entry(at).or_default();
                *register = rank.max(*register);
                if used.len() >= DENSE_FROM {
                    let mut all = Box::new([0; REGISTERS]);
                    used.iter().for_each(|(&at, &rank)| all[usize::from(at)] = rank);
                    self.0 = Form::Dense(all);
                }
            }
        }
    }
}

/// What the registers that nobody came to say: m·σ(empty/m) as a fraction of 2^52; nothing when all are empty.
fn sigma(empty: u128) -> Option<u128> {
    let one = 1u128 << MOST;
    let mut power = (empty << MOST) / REGISTERS as u128;
    if power >= one {
        return None;
    }
    let mut sum = power;
    for doubling in 0..64 {
        power = (power * power) >> MOST;
        let more = power << doubling;
        if more == 0 {
            break;
        }
        sum += more;
    }
    Some(sum * REGISTERS as u128)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Evenly spread 64 bits (splitmix64), so that a test has the same visitors on every machine.
    fn visitor(seed: u64, number: u64) -> u64 {
        let mut bits = seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    fn of(visitors: impl IntoIterator<Item = u64>) -> Sketch {
        let mut sketch = Sketch::default();
        visitors.into_iter().for_each(|one| sketch.add(one));
        sketch
    }

    #[test]
    fn estimates_keep_their_stated_error_at_every_size() {
        for truth in [1u64, 2, 10, 100, 500, 1_000, 3_000, 10_000, 20_000, 100_000, 1_000_000] {
            let seeds = if truth > 100_000 { 4 } else { 40 };
            let mut squares = 0;
            for seed in 0..seeds {
                let found = of((0..truth).map(|one| visitor(seed * 7_919 + 1, one))).estimate();
                let off = found.abs_diff(truth);
                assert!(
                    off * 10_000 <= truth * 3 * u64::from(STANDARD_ERROR_BP) + 10_000,
                    "{found} of {truth}"
                );
                let off_bp = off * 10_000 / truth;
                squares += off_bp * off_bp;
            }
            let most = u64::from(STANDARD_ERROR_BP).pow(2) * seeds;
            assert!(squares <= most * 3 / 2 + 10_000, "{truth}: {squares} of {most}");
        }
    }

    #[test]
    fn nobody_is_none_and_what_is_no_sketch_is_refused() {
        assert_eq!(Sketch::default().estimate(), 0);
        assert!(Sketch::default().is_empty());
        for text in ["", "x", "sAA", "sAAA", "sAA_", "dA", "sAéA", "s AA"] {
            assert_eq!(Sketch::decode(text), Err(NotASketch), "{text}");
        }
    }

    proptest! {
        /// However visitors are grouped and in whatever order, the sketch is the same.
        #[test]
        fn merging_is_adding(left in 0u64..4000, both in 0u64..4000, right in 0u64..4000) {
            let one = of((0..left + both).map(|n| visitor(1, n)));
            let other = of((left..left + both + right).rev().map(|n| visitor(1, n)));
            let all = of((0..left + both + right).map(|n| visitor(1, n)));
            let (mut forth, mut back) = (one.clone(), other.clone());
            forth.merge(&other);
            back.merge(&one);
            prop_assert_eq!(&forth, &all);
            prop_assert_eq!(&back, &all);
            back.merge(&all);
            prop_assert_eq!(&back, &all);
            prop_assert_eq!(Sketch::decode(&all.encode()).unwrap(), all);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            if let Ok(sketch) = Sketch::decode(&text) {
                sketch.estimate();
            }
        }
    }
}
