//! The cube as a file: written when there is time, read column by column when it is asked.
//!
//! A checkpoint is thrown away rather than repaired. It says for which units and indicators it was
//! written and up to which commit; a list at its end says where each column is, with a checksum. So
//! opening one reads the list, and a column is read when it is first asked for.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::io::{self, Write};
use std::sync::Arc;

use jiff::Timestamp;
use model::{Catalogue, IndicatorCode, Seq, Source, Units};
use sha2::{Digest, Sha256};

use crate::Cube;
use crate::held::Held;
use crate::slot::{Bytes, Slot, Written};
use crate::written::{In, Out};

/// The first bytes of every checkpoint, and the last.
const MAGIC: &[u8; 8] = b"qtr-cube";

/// The version of the form it is written in; another is not read.
const VERSION: u32 = 2;

/// Magic, version, fingerprint, record, seq, when that was recorded, when this was written, checksum of these.
const HEAD: usize = 8 + 4 + 32 + 32 + 8 + 16 + 16 + 4;

/// Where the list is, how long it is, its checksum, magic.
const FOOT: usize = 8 + 8 + 4 + 8;

/// Why a checkpoint is thrown away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCheckpoint {
    /// Cut short, or changed since it was written.
    #[error("the checkpoint is damaged")]
    Damaged,
    /// Written by another version of the program.
    #[error("the checkpoint is of another version")]
    OtherVersion,
    /// Written for other units or indicators.
    #[error("the checkpoint is of other units or indicators")]
    Foreign,
}

/// Of what a checkpoint was made, and when: whoever keeps it knows whether that is still so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What the record calls itself.
    pub record: [u8; 32],
    /// When the cube's last commit was recorded; in a record that went another way since, it is another moment.
    pub recorded_at: Timestamp,
    /// When this was written.
    pub written_at: Timestamp,
}

impl Cube {
    /// Writes everything that was said. What follows from it is worked out again when it is asked for.
    pub fn write(&self, mark: &Mark, out: &mut impl Write) -> io::Result<()> {
        let mut head = Out::default();
        head.0.extend(MAGIC);
        head.u32(VERSION);
        head.0.extend(fingerprint(&self.places.units, &self.catalogue));
        head.0.extend(mark.record);
        head.u64(self.seq.0);
        head.at(mark.recorded_at);
        head.at(mark.written_at);
        head.u32(crc32fast::hash(&head.0));
        out.write_all(&head.0)?;

        let mut at = head.0.len() as u64;
        let mut list = Out::default();
        let sound: BTreeMap<&IndicatorCode, &Held> =
            self.held.iter().filter(|(_, held)| held.is_sound()).collect();
        list.count(sound.len());
        for (indicator, held) in sound {
            list.text(indicator.as_str());
            let by_breakdown: BTreeMap<_, _> = held.by_breakdown.iter().collect();
            list.count(by_breakdown.len());
            for (breakdown, said) in by_breakdown {
                list.text(breakdown.as_str());
                for &source in Source::ALL {
                    let series = said.series(source);
                    let columns: BTreeMap<_, _> = series.columns.iter().collect();
                    list.count(columns.len());
                    for (part, slot) in columns {
                        let text = ColumnText::of(slot);
                        let bytes = text.bytes();
                        list.part(*part);
                        list.u64(at);
                        list.u64(bytes.len() as u64);
                        list.u32(crc32fast::hash(bytes));
                        out.write_all(bytes)?;
                        at += bytes.len() as u64;
                    }
                    list.others(&series.others.iter().map(|(key, said)| (*key, said)).collect());
                }
            }
        }
        let moments: BTreeMap<_, _> = self.moments.iter().collect();
        list.count(moments.len());
        for (seq, recorded_at) in moments {
            list.u32(*seq);
            list.at(*recorded_at);
        }
        out.write_all(&list.0)?;

        let mut foot = Out::default();
        foot.u64(at);
        foot.u64(list.0.len() as u64);
        foot.u32(crc32fast::hash(&list.0));
        foot.0.extend(MAGIC);
        out.write_all(&foot.0)
    }

    /// A cube over the bytes of a checkpoint, which stay where they are, and its mark.
    pub fn over(
        bytes: impl Bytes + 'static,
        units: Arc<Units>,
        catalogue: Arc<Catalogue>,
    ) -> Result<(Cube, Mark), BadCheckpoint> {
        let bytes: Arc<dyn Bytes> = Arc::new(bytes);
        let head = bytes.read(0..HEAD).ok_or(BadCheckpoint::Damaged)?;
        let (seq, mark) = read_head(&head, &units, &catalogue)?;
        let mut cube = Cube::new(units, catalogue);
        cube.read_list(&bytes).ok_or(BadCheckpoint::Damaged)?;
        cube.seq = seq;
        Ok((cube, mark))
    }

    /// Every column that has not changed since `then` is from now on found where it is `written`: its
    /// memory can be given back, and an earlier checkpoint is no longer held.
    pub fn rest_on(&mut self, then: &Cube, written: &Cube) {
        for (code, held) in &mut self.held {
            if let (Some(then), Some(written)) = (then.held.get(code), written.held.get(code)) {
                held.rest_on(then, written);
            }
        }
    }

    fn read_list(&mut self, bytes: &Arc<dyn Bytes>) -> Option<()> {
        let all = bytes.length();
        let foot = bytes.read(all.checked_sub(FOOT)?..all)?;
        let is_ended = foot.ends_with(MAGIC);
        let mut foot = In::new(&foot);
        let (at, length) = (usize::try_from(foot.u64()?).ok()?, usize::try_from(foot.u64()?).ok()?);
        let end = at.checked_add(length)?;
        if !is_ended || end.checked_add(FOOT)? != all {
            return None;
        }
        let list = bytes.read(at..end)?;
        if crc32fast::hash(&list) != foot.u32()? {
            return None;
        }

        let mut list = In::new(&list);
        for _ in 0..list.count()? {
            let code = IndicatorCode::parse(list.text()?).ok()?;
            let domain = self.places.domain(self.catalogue.get(code.as_str())?);
            let mut held = Held::new(domain.clone());
            for _ in 0..list.count()? {
                let breakdown = list.breakdown()?;
                for &source in Source::ALL {
                    let series = held.said_mut(&breakdown, source);
                    for _ in 0..list.count()? {
                        let part = list.part()?;
                        let from = usize::try_from(list.u64()?).ok()?;
                        let range = from..from.checked_add(usize::try_from(list.u64()?).ok()?)?;
                        let (bytes, places) = (bytes.clone(), domain.len());
                        let written = Written { bytes, range, checksum: list.u32()?, places };
                        series.columns.insert(part, Slot::at(written));
                    }
                    series.others.extend(list.others()?);
                }
            }
            self.held.insert(code, held);
        }
        for _ in 0..list.count()? {
            self.moments.insert(list.u32()?, list.at()?);
        }
        list.is_at_end().then_some(())
    }
}

/// A column as it is written: as it was, where it has not changed.
enum ColumnText<'a> {
    AsItWas(Cow<'a, [u8]>),
    New(Vec<u8>),
}

impl ColumnText<'_> {
    fn of(slot: &Slot) -> ColumnText<'_> {
        if let Some(text) = slot.written().and_then(Written::text) {
            return ColumnText::AsItWas(text);
        }
        let mut text = Out::default();
        text.stated(slot.get());
        ColumnText::New(text.0)
    }

    fn bytes(&self) -> &[u8] {
        match self {
            ColumnText::AsItWas(bytes) => bytes,
            ColumnText::New(bytes) => bytes,
        }
    }
}

/// The commit up to which a checkpoint was written, and its mark.
fn read_head(
    head: &[u8],
    units: &Units,
    catalogue: &Catalogue,
) -> Result<(Seq, Mark), BadCheckpoint> {
    let damaged = BadCheckpoint::Damaged;
    let (said, checksum) = head.split_at(HEAD - 4);
    if !head.starts_with(MAGIC) || In::new(checksum).u32() != Some(crc32fast::hash(said)) {
        return Err(damaged);
    }
    let mut said = In::new(&said[MAGIC.len()..]);
    if said.u32() != Some(VERSION) {
        return Err(BadCheckpoint::OtherVersion);
    }
    if said.bytes32() != Some(fingerprint(units, catalogue)) {
        return Err(BadCheckpoint::Foreign);
    }
    let mut read = || {
        let (record, seq) = (said.bytes32()?, Seq(said.u64()?));
        Some((seq, Mark { record, recorded_at: said.at()?, written_at: said.at()? }))
    };
    read().ok_or(damaged)
}

/// What units and indicators a checkpoint is written for.
pub(crate) fn fingerprint(units: &Units, catalogue: &Catalogue) -> [u8; 32] {
    let mut digest = Digested(Sha256::new());
    let mut add = |shown: &dyn Debug| {
        writeln!(digest, "{shown:?}").expect("a digest takes everything");
    };
    for unit in units.iter() {
        add(&(&unit.code, unit.kind, unit.validity, &unit.parents, &unit.members, &unit.successor));
    }
    for indicator in catalogue.iter() {
        add(indicator);
    }
    digest.0.finalize().into()
}

struct Digested(Sha256);

impl std::fmt::Write for Digested {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.update(text);
        Ok(())
    }
}
