//! The cube's checkpoint: a file in the data folder, opened at the start in place of reading the record.
//!
//! A new one takes the place of the old in one step, so that whoever stops the machine in between finds
//! the old one. One that is not of this record as it is now is thrown away, and the record is read.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cube::{BadCheckpoint, Bytes, Cube, Mark};
use jiff::Timestamp;
use model::{Catalogue, Seq, Units};

/// Where checkpoints of one server are kept, and how often its columns were read.
#[derive(Clone)]
pub struct Shelf {
    file: PathBuf,
    reads: Arc<AtomicU64>,
}

/// A checkpoint that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The last commit that is in it.
    pub seq: Seq,
    /// When it was written.
    pub written_at: Timestamp,
    /// How long it is.
    pub bytes: u64,
}

/// Why a checkpoint was thrown away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Cut short, changed since it was written, or not to be read.
    Damaged,
    /// Written by another version of the program.
    OtherVersion,
    /// Written for other units or indicators.
    OtherDefinitions,
    /// Of another record, or of one that went another way since: a backup was restored.
    OtherRecord,
    /// The record does not reach so far: an earlier backup was restored.
    Ahead,
}

impl Unfit {
    /// Every reason.
    pub const ALL: [Unfit; 5] = [
        Unfit::Damaged,
        Unfit::OtherVersion,
        Unfit::OtherDefinitions,
        Unfit::OtherRecord,
        Unfit::Ahead,
    ];

    /// The code used in interfaces.
    pub fn code(self) -> &'static str {
        match self {
            Unfit::Damaged => "damaged",
            Unfit::OtherVersion => "other_version",
            Unfit::OtherDefinitions => "other_definitions",
            Unfit::OtherRecord => "other_record",
            Unfit::Ahead => "ahead",
        }
    }
}

impl From<BadCheckpoint> for Unfit {
    fn from(bad: BadCheckpoint) -> Unfit {
        match bad {
            BadCheckpoint::Damaged => Unfit::Damaged,
            BadCheckpoint::OtherVersion => Unfit::OtherVersion,
            BadCheckpoint::Foreign => Unfit::OtherDefinitions,
        }
    }
}

/// A file that columns are read from by position. A memory map would save the copy; safe Rust cannot make one.
struct OnDisk {
    file: File,
    length: usize,
    reads: Arc<AtomicU64>,
}

impl Bytes for OnDisk {
    fn length(&self) -> usize {
        self.length
    }

    fn read(&self, range: Range<usize>) -> Option<Cow<'_, [u8]>> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        // A length that was not written by us must not take all memory.
        if range.end > self.length {
            return None;
        }
        let mut text = vec![0; range.len()];
        self.file.read_exact_at(&mut text, range.start as u64).ok()?;
        Some(Cow::Owned(text))
    }
}

impl Shelf {
    /// In this folder, which is made when there is something to keep.
    pub fn new(folder: &Path) -> Shelf {
        Shelf { file: folder.join("cube.checkpoint"), reads: Arc::default() }
    }

    /// How often something was read: when it stays the same, no column has come into memory from here.
    pub fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// The cube of the checkpoint that is here, if there is one; its columns stay on disk until they are asked for.
    pub fn open(
        &self,
        units: &Arc<Units>,
        catalogue: &Arc<Catalogue>,
    ) -> Result<Option<(Cube, Mark, Kept)>, Unfit> {
        let file = match File::open(&self.file) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(_) => return Err(Unfit::Damaged),
        };
        let bytes = file.metadata().map_err(|_| Unfit::Damaged)?.len();
        let length = usize::try_from(bytes).map_err(|_| Unfit::Damaged)?;
        let on_disk = OnDisk { file, length, reads: self.reads.clone() };
        let (cube, mark) = Cube::over(on_disk, units.clone(), catalogue.clone())?;
        let kept = Kept { seq: cube.seq(), written_at: mark.written_at, bytes };
        Ok(Some((cube, mark, kept)))
    }

    /// Writes a cube beside the checkpoint that is here, and puts it in its place when it is on disk.
    pub fn write(&self, cube: &Cube, mark: &Mark) -> io::Result<()> {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let new = self.file.with_extension(format!("new-{}", std::process::id()));
        let write = || {
            let mut out = BufWriter::with_capacity(1 << 20, File::create(&new)?);
            cube.write(mark, &mut out)?;
            out.into_inner()?.sync_all()?;
            fs::rename(&new, &self.file)?;
            File::open(folder)?.sync_all()
        };
        let written = write();
        if written.is_err() {
            // What is left of it is of no use; that it cannot be removed either changes nothing.
            let _ = fs::remove_file(&new);
        }
        written
    }

    /// Removes the checkpoint.
    pub fn clear(&self) {
        if let Err(error) = fs::remove_file(&self.file)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!("removing {}: {error}", self.file.display());
        }
    }

    /// Removes what servers left that were stopped while they wrote.
    pub fn sweep(&self) {
        let Some(folder) = self.file.parent() else { return };
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with("cube.new-") {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}
