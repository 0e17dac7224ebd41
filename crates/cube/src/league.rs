//! The units of a kind with their places among one another.
//!
//! A league table asks for the place of every one of them, so places are worked out once for all and kept
//! until a figure of the indicator changes.

use model::answer::{Basis, Coverage, Level};
use model::indicator::Good;
use model::{Decimal, Figure, Period, Source, UnitKind};

use crate::places::TreeOf;

/// Whose numbers, of when, of which units.
pub(crate) type LeagueKey = (Source, Period, UnitKind, TreeOf);

/// Numbers of units of one kind.
pub(crate) struct League {
    good: Good,
    /// The smallest first.
    numbers: Vec<Decimal>,
    /// By place in the domain: its place in the league; 0 of a unit without a number.
    ranks: Box<[u32]>,
    coverage: Coverage,
    /// What they say together.
    level: Option<Level>,
}

impl League {
    /// Of units of a domain of so many places: their places there and their numbers, of so many that are expected.
    pub fn new(good: Good, places: usize, members: &[(u32, Level)], peers: u32) -> League {
        let mut in_order: Vec<(Decimal, u32)> =
            members.iter().filter_map(|(place, level)| Some((level.number()?, *place))).collect();
        in_order.sort_unstable();
        let mut ranks = vec![0; places].into_boxed_slice();
        let numbers: Vec<Decimal> = in_order.iter().map(|(number, _)| *number).collect();
        let mut ahead = 0;
        let mut put = |at: usize, before: Option<usize>, number: usize| {
            let is_tied = before.is_some_and(|before| numbers[before] == numbers[at]);
            if !is_tied {
                ahead = number;
            }
            ranks[in_order[at].1 as usize] = ahead as u32 + 1;
        };
        match good {
            Good::Up | Good::Unsaid => {
                let last = numbers.len();
                (0..last).rev().for_each(|at| {
                    put(at, (at + 1 < last).then_some(at + 1), last - 1 - at);
                });
            }
            Good::Down => (0..numbers.len()).for_each(|at| put(at, at.checked_sub(1), at)),
        }
        let levels: Vec<&Level> = members.iter().map(|(_, level)| level).collect();
        League {
            good,
            coverage: Coverage { present: numbers.len() as u32, expected: peers },
            level: Level::from(Decimal::ZERO, Basis::Computed, Coverage::default(), &levels),
            numbers,
            ranks,
        }
    }

    /// The place of the unit at a place of the domain; `None` where it has no number.
    pub fn rank(&self, place: u32) -> Option<u32> {
        Some(self.ranks[place as usize]).filter(|rank| *rank > 0)
    }

    /// The place that a number would have: one more than those that are strictly better, so that ties share it.
    pub fn rank_of(&self, number: Decimal) -> u32 {
        let ahead = match self.good {
            Good::Up | Good::Unsaid => {
                self.numbers.len() - self.numbers.partition_point(|other| *other <= number)
            }
            Good::Down => self.numbers.partition_point(|other| *other < number),
        };
        ahead as u32 + 1
    }

    /// The answer for a place in the league.
    pub fn level(&self, rank: u32) -> Option<Level> {
        Some(Level {
            figure: Figure::Number(Decimal::whole(rank.into())),
            of: Some(Decimal::whole(self.numbers.len() as i64)),
            coverage: self.coverage,
            ..self.level.clone()?
        })
    }

    pub fn bytes(&self) -> usize {
        self.numbers.capacity() * size_of::<Decimal>() + self.ranks.len() * 4 + size_of::<League>()
    }
}
