//! What is loaded, how much memory it takes, and what goes when there is too much.

use std::sync::atomic::Ordering;

use model::{Breakdown, IndicatorCode, Source};

use crate::Cube;

/// What one source said of one breakdown of an indicator, as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// Of what.
    pub indicator: IndicatorCode,
    /// Of which part.
    pub breakdown: Breakdown,
    /// By whom.
    pub source: Source,
    /// How many columns, each of one period.
    pub columns: usize,
    /// The memory they take.
    pub bytes: usize,
}

impl Cube {
    /// Everything that is loaded, by indicator.
    pub fn loaded(&self) -> Vec<Loaded> {
        let mut loaded: Vec<Loaded> = vec![];
        for (indicator, held) in &self.held {
            for (breakdown, said) in &held.by_breakdown {
                for &source in Source::ALL.iter().filter(|source| said.has(**source)) {
                    let series = said.series(source);
                    loaded.push(Loaded {
                        indicator: indicator.clone(),
                        breakdown: breakdown.clone(),
                        source,
                        columns: series.columns.len(),
                        bytes: series.bytes(),
                    });
                }
            }
        }
        loaded.sort_by(|a, b| {
            (&a.indicator, &a.breakdown, a.source).cmp(&(&b.indicator, &b.breakdown, b.source))
        });
        loaded
    }

    /// The memory that everything takes.
    pub fn bytes(&self) -> usize {
        let held: usize = self.held.values().map(|held| held.bytes()).sum();
        held + self.places.bytes() + self.moments.capacity() * 24
    }

    /// Gives memory back until no more than so many bytes are taken, beginning with the indicators
    /// that were not asked about for longest: first what a checkpoint still holds and what can be
    /// worked out again, then whole indicators, which are answered and have to be loaded again.
    pub fn shed(&mut self, most_bytes: usize) -> Vec<IndicatorCode> {
        let mut by_use: Vec<(u64, usize, IndicatorCode)> = self
            .held
            .iter()
            .map(|(code, held)| (held.used.load(Ordering::Relaxed), held.bytes(), code.clone()))
            .collect();
        by_use.sort();
        let mut bytes = self.bytes();
        for (_, held_bytes, code) in &mut by_use {
            if bytes <= most_bytes {
                return vec![];
            }
            let held = self.held.get_mut(code.as_str()).expect("it was listed");
            held.release();
            bytes = bytes.saturating_sub(*held_bytes - held.bytes());
            *held_bytes = held.bytes();
        }
        let mut gone = vec![];
        for (_, freed, code) in by_use {
            if bytes <= most_bytes {
                break;
            }
            bytes = bytes.saturating_sub(freed);
            self.forget(code.as_str());
            gone.push(code);
        }
        gone
    }
}
