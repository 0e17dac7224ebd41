//! Counts of events by minute, hour and day: what is left when the events themselves are gone.
//!
//! Counts add up and sketches merge, so it makes no difference in which order events came, in which groups they were
//! rolled up, or how often the server was started in between. A step without a dossier counts its visitors by a sketch;
//! a step of a dossier counts dossiers, each once, which the store does because only it knows those of before.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Channel, Event, Span, Step, start_of};
use crate::sketch::Sketch;

/// What is counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The code of the portal.
    pub site: String,
    /// How long the time is.
    pub span: Span,
    /// Where it begins.
    pub start: Timestamp,
    /// Of which procedure; `None` is the whole portal, in which every event counts as well.
    pub service: Option<String>,
    /// How far they came.
    pub step: Step,
    /// How the dossiers came in.
    pub channel: Channel,
    /// Machines are counted apart.
    pub is_bot: bool,
}

/// A count and who it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Events.
    pub events: u64,
    /// Their visitors, of steps without a dossier.
    pub visitors: Sketch,
}

impl Count {
    fn merge(&mut self, other: &Count) {
        self.events += other.events;
        self.visitors.merge(&other.visitors);
    }
}

/// The events of one minute that differ in nothing else that is counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Grain {
    minute: Timestamp,
    step: Step,
    channel: Channel,
    is_bot: bool,
    site: String,
    service: String,
}

/// A dossier at one of its steps; the first event of it counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dossier {
    /// The code of the portal.
    pub site: String,
    /// Of which procedure.
    pub service: String,
    /// How far it came.
    pub step: Step,
    /// What the portal calls it.
    pub dossier: String,
    /// Whether a machine said so.
    pub is_bot: bool,
    /// How it came in.
    pub channel: Channel,
    /// When it came to the step.
    pub at: Timestamp,
}

/// What some events came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollup {
    grains: BTreeMap<Grain, Count>,
    dossiers: BTreeSet<Dossier>,
    heard: BTreeMap<String, Timestamp>,
}

impl Rollup {
    /// Counts an event.
    pub fn add(&mut self, event: Event) {
        self.add_times(event, 1);
    }

    /// Counts an event that happened so often within its minute, by the same visitor; of a dossier it is one.
    pub fn add_times(&mut self, event: Event, times: u64) {
        match self.heard.get_mut(&event.site) {
            Some(heard) => *heard = event.at.max(*heard),
            None => drop(self.heard.insert(event.site.clone(), event.at)),
        }
        if event.step.has_dossier() {
            self.dossiers.insert(Dossier {
                site: event.site.clone(),
                service: event.service.clone(),
                step: event.step,
                dossier: event.dossier,
                is_bot: event.is_bot,
                channel: event.channel,
                at: event.at,
            });
        }
        let count = self.grains.entry(Grain {
            minute: start_of(event.at, Span::Minute),
            step: event.step,
            channel: event.channel,
            is_bot: event.is_bot,
            site: event.site,
            service: event.service,
        });
        let count = count.or_default();
        count.events += times;
        if let Some(visitor) = event.visitor.filter(|_| !event.step.has_dossier()) {
            count.visitors.add(visitor);
        }
    }

    /// Takes in what other events came to.
    pub fn merge(&mut self, other: Rollup) {
        for (grain, count) in other.grains {
            self.grains.entry(grain).or_default().merge(&count);
        }
        self.dossiers.extend(other.dossiers);
        for (site, at) in other.heard {
            let heard = self.heard.entry(site).or_insert(at);
            *heard = at.max(*heard);
        }
    }

    /// The counts: of each minute, hour and day, for each service and for the whole portal.
    pub fn counts(&self) -> BTreeMap<Key, Count> {
        let mut counts: BTreeMap<Key, Count> = BTreeMap::new();
        for (grain, count) in &self.grains {
            let service = (!grain.service.is_empty()).then(|| grain.service.clone());
            let rows = [Some(None), service.map(Some)];
            for (span, service) in Span::ALL
                .into_iter()
                .flat_map(|span| rows.iter().flatten().map(move |service| (span, service)))
            {
                let key = Key {
                    site: grain.site.clone(),
                    span,
                    start: start_of(grain.minute, span),
                    service: service.clone(),
                    step: grain.step,
                    channel: grain.channel,
                    is_bot: grain.is_bot,
                };
                counts.entry(key).or_default().merge(count);
            }
        }
        counts
    }

    /// The dossiers, each once a step.
    pub fn dossiers(&self) -> impl Iterator<Item = &Dossier> {
        self.dossiers.iter()
    }

    /// By portal: when the last of its events happened.
    pub fn heard(&self) -> &BTreeMap<String, Timestamp> {
        &self.heard
    }

    /// Whether there was no event.
    pub fn is_empty(&self) -> bool {
        self.grains.is_empty()
    }
}
