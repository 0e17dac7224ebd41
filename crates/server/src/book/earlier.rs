//! Cubes of earlier moments, kept while they are asked.
//!
//! A report that was issued is asked about again and again as it was known then: the first question
//! reads the rows of its indicators as of that moment, the others are answered as those of today are.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use cube::Cube;
use model::{IndicatorCode, Seq};

/// So many moments are kept.
const MOST_MOMENTS: usize = 16;

/// What was known up to one commit.
pub struct Moment {
    as_of: Seq,
    /// The definitions it is over were read up to here.
    defined_at: Seq,
    /// What is read of it so far.
    pub cube: RwLock<Cube>,
    /// One reader of the record at a time.
    pub reading: tokio::sync::Mutex<()>,
}

impl Moment {
    /// The indicators that are still to be read.
    pub fn missing(&self, needed: &BTreeSet<IndicatorCode>) -> Vec<IndicatorCode> {
        let cube = self.cube.read().unwrap_or_else(PoisonError::into_inner);
        needed.iter().filter(|code| !cube.holds(code.as_str())).cloned().collect()
    }

    fn bytes(&self) -> usize {
        self.cube.read().unwrap_or_else(PoisonError::into_inner).bytes()
    }
}

/// The moments that were asked about, the last one last.
#[derive(Default)]
pub struct Earlier(Mutex<Vec<Arc<Moment>>>);

impl Earlier {
    /// What is kept of a moment; where nothing is, a cube that is begun now.
    pub fn at(&self, as_of: Seq, defined_at: Seq, begin: impl FnOnce() -> Cube) -> Arc<Moment> {
        let mut moments = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |moment: &Arc<Moment>| moment.as_of == as_of && moment.defined_at == defined_at;
        let moment = match moments.iter().position(is_it) {
            Some(at) => moments.remove(at),
            None => {
                let mut cube = begin();
                cube.advance(as_of);
                let cube = RwLock::new(cube);
                Arc::new(Moment { as_of, defined_at, cube, reading: tokio::sync::Mutex::default() })
            }
        };
        moments.push(moment.clone());
        if moments.len() > MOST_MOMENTS {
            moments.remove(0);
        }
        moment
    }

    /// Drops the moments that were not asked about for longest, until so much is freed or there are none.
    pub fn shed(&self, bytes: usize) -> usize {
        let mut moments = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut freed = 0;
        while freed < bytes && !moments.is_empty() {
            freed += moments.remove(0).bytes();
        }
        freed
    }

    /// How many there are, and the memory they take.
    pub fn size(&self) -> (usize, usize) {
        let moments = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (moments.len(), moments.iter().map(|moment| moment.bytes()).sum())
    }
}
