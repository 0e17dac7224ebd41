//! A column that is in memory, or in the bytes of a checkpoint until it is first asked for.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::held::Stated;
use crate::written::{In, read_stated};

/// The bytes of a checkpoint, whoever owns them: memory as it is, or a file that its owner reads from
/// by position. A memory map would do as well, but safe Rust cannot make one.
pub trait Bytes: Send + Sync {
    /// How many there are.
    fn length(&self) -> usize;

    /// Some of them; `None` where they cannot be read.
    fn read(&self, range: Range<usize>) -> Option<Cow<'_, [u8]>>;
}

impl<T: AsRef<[u8]> + Send + Sync> Bytes for T {
    fn length(&self) -> usize {
        self.as_ref().len()
    }

    fn read(&self, range: Range<usize>) -> Option<Cow<'_, [u8]>> {
        self.as_ref().get(range).map(Cow::Borrowed)
    }
}

/// One column. A clone shares what is in memory until one of the two is changed.
#[derive(Clone)]
pub(crate) struct Slot {
    here: OnceLock<Arc<Stated>>,
    written: Option<Written>,
}

/// Where a column is written.
#[derive(Clone)]
pub(crate) struct Written {
    pub bytes: Arc<dyn Bytes>,
    pub range: Range<usize>,
    pub checksum: u32,
    /// How many units its indicator is collected from.
    pub places: usize,
}

impl Written {
    /// The column's bytes, if they are what was written.
    pub fn text(&self) -> Option<Cow<'_, [u8]>> {
        let text = self.bytes.read(self.range.clone())?;
        (crc32fast::hash(&text) == self.checksum).then_some(text)
    }

    fn read(&self) -> Option<Stated> {
        let text = self.text()?;
        let mut text = In::new(&text);
        read_stated(&mut text, self.places).filter(|_| text.is_at_end())
    }
}

impl Slot {
    pub fn of(stated: Stated) -> Slot {
        Slot { here: OnceLock::from(Arc::new(stated)), written: None }
    }

    pub fn at(written: Written) -> Slot {
        Slot { here: OnceLock::new(), written: Some(written) }
    }

    /// The column. Nobody asks for one whose indicator is not sound.
    pub fn get(&self) -> &Stated {
        self.here.get_or_init(|| {
            let read = self.written.as_ref().and_then(Written::read);
            Arc::new(read.expect("a column that was sound a moment ago reads as it was written"))
        })
    }

    /// The column to be changed: from then on it is not what was written.
    pub fn get_mut(&mut self) -> &mut Stated {
        self.get();
        self.written = None;
        Arc::make_mut(self.here.get_mut().expect("it was just read"))
    }

    pub fn into_stated(self) -> Stated {
        self.get();
        Arc::unwrap_or_clone(self.here.into_inner().expect("it was just read"))
    }

    /// The memory that the column takes; of one that is shared, this one's part.
    pub fn bytes(&self) -> usize {
        let here = self.here.get().map_or(0, |here| here.bytes() / Arc::strong_count(here));
        here + size_of::<Slot>()
    }

    /// Where it is written, if it has not changed since.
    pub fn written(&self) -> Option<&Written> {
        self.written.as_ref()
    }

    /// Whether it is in memory, or its checkpoint has it as it was written.
    pub fn is_sound(&self) -> bool {
        let is_written = |written: &Written| written.text().is_some();
        self.here.get().is_some() || self.written.as_ref().is_some_and(is_written)
    }

    /// Whether nothing was said since the other was the same.
    pub fn is_as(&self, other: &Slot) -> bool {
        let is_written_as_other = match (&self.written, &other.written) {
            (Some(own), Some(other)) => {
                Arc::ptr_eq(&own.bytes, &other.bytes) && own.range == other.range
            }
            (Some(_), None) | (None, Some(_)) | (None, None) => false,
        };
        is_written_as_other
            || matches!((self.here.get(), other.here.get()), (Some(own), Some(other)) if Arc::ptr_eq(own, other))
    }

    /// Says where the column is written as it stands.
    pub fn rests_on(&mut self, other: &Slot) {
        self.written.clone_from(&other.written);
    }

    /// Gives the memory back where the checkpoint still has the column.
    pub fn release(&mut self) {
        if self.written.is_some() {
            self.here = OnceLock::new();
        }
    }
}
