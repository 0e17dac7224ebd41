//! The log of counted events: on disk before anybody hears that it was taken, and read back after any end.
//!
//! One thread writes. Whatever arrives while it waits for the disk goes together into the next group, so one sync pays
//! for many events, and more of them the busier it is. A group is a frame with its length and a checksum; a frame that
//! was cut off was never acknowledged and is cut away. Positions count bytes over all segments, so that the counts in
//! the database can say up to where they go.

use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::fs::{File, OpenOptions, TryLockError};
use std::hash::BuildHasher;
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use jiff::{SignedDuration, Timestamp};
use measure::beacon::{Event, WINDOW, record};
use tokio::sync::oneshot;

/// A segment is followed by the next from so many bytes on.
const SEGMENT: u64 = 64 << 20;
/// Length, checksum, and when it was received.
const HEADER: usize = 16;
/// A group takes no more events from so many bytes on; whoever comes then is told to come again.
const GROUP: usize = 4 << 20;
/// No event takes more bytes in the log.
const LARGEST: usize = 2048;
/// So many may wait for the disk; more are told to come again.
const MOST_WAITING: usize = 16_384;
/// So many counted events are kept in memory until they are rolled up; of more, the log is read again.
const MOST_IN_MEMORY: usize = 200_000;
/// So many events are remembered at most, to know them when they come again: some 24 bytes each.
const MOST_REMEMBERED: usize = 16_000_000;
/// After the disk refused something, it is tried again so often.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// An open log. It belongs to one process: a second is refused.
pub struct Log {
    shared: Arc<Shared>,
    /// Names the log in the database.
    name: String,
    writer: Mutex<Option<JoinHandle<()>>>,
    hasher: RandomState,
}

struct Shared {
    folder: PathBuf,
    state: Mutex<State>,
    work: Condvar,
    /// Held as long as the log is open.
    _lock: File,
}

#[derive(Default)]
struct State {
    /// What goes into the next group.
    group: Vec<u8>,
    events: Vec<(u64, Event)>,
    received: Timestamp,
    waiting: Vec<oneshot::Sender<()>>,
    /// Events by a hash of site and id, with the hour in which they were received.
    remembered: HashMap<u64, i64>,
    /// Whole and on disk, not yet taken to be rolled up.
    done: Done,
    closing: bool,
}

/// A stretch of the log that is on disk.
#[derive(Default)]
struct Done {
    from: u64,
    to: u64,
    /// Its events; nothing when they have to be read from the log.
    events: Option<Vec<Event>>,
}

/// Events that are on disk, in the order in which they were taken.
pub struct Stretch {
    /// Where it begins.
    pub from: u64,
    /// Where it ends.
    pub to: u64,
    /// What lies there.
    pub events: Vec<Event>,
}

/// An event that was taken: it is on disk once this is answered. When it is dropped instead, the disk refused.
#[derive(Debug)]
pub struct Taken {
    /// Whether it had been taken before, and counts once.
    pub is_repeated: bool,
    /// Answered when it is on disk.
    pub on_disk: oneshot::Receiver<()>,
}

/// More is waiting for the disk than may be; nothing was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overloaded;

/// A file of the log.
#[derive(Clone, Debug)]
struct Segment {
    base: u64,
    path: PathBuf,
    changed: SystemTime,
}

impl Log {
    /// Opens the log of a folder, which is made if it is missing. `position` says, of the log's name, up to where it was
    /// rolled up.
    pub async fn open(
        folder: &Path,
        now: Timestamp,
        position: impl AsyncFnOnce(&str) -> Result<u64>,
    ) -> Result<Log> {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        let lock = lock(folder)?;
        let name = name_of(folder)?;
        let rolled_up = position(&name).await?;
        let mut remembered = HashMap::new();
        let hasher = RandomState::new();
        let oldest = hour_of(now) - WINDOW.as_hours();
        // An hour more than the window, because the file's time is of another clock.
        let recent = SystemTime::now() - Duration::from_secs((WINDOW.as_secs() + 3600) as u64);
        let mut end = 0;
        let segments = segments(folder)?;
        for (place, segment) in segments.iter().enumerate() {
            let next = segments.get(place + 1).map_or(u64::MAX, |next| next.base);
            let is_last = place + 1 == segments.len();
            end = if segment.changed >= recent || is_last {
                read_frames(segment, segment.base, next, |received, group| {
                    let hour = hour_of(received);
                    if hour >= oldest {
                        let ids = events_of(group).map(|event| (hash(&hasher, &event), hour));
                        remembered.extend(ids);
                    }
                    true
                })?
            } else {
                next
            };
        }
        if let Some(last) = segments.last() {
            let length = end - last.base;
            let file = OpenOptions::new().write(true).open(&last.path)?;
            if file.metadata()?.len() > length {
                tracing::warn!(
                    "the last group of {} was cut off and never acknowledged",
                    last.path.display()
                );
                file.set_len(length)?;
                file.sync_all()?;
            }
        }
        // A log that was put back is behind what was counted of it: it goes on after that.
        let end = end.max(rolled_up);
        let file = Appending::open(folder, end)?;
        let done = Done { from: rolled_up, to: end, events: (rolled_up == end).then(Vec::new) };
        let state = State { remembered, done, ..State::default() };
        let shared = Arc::new(Shared {
            folder: folder.to_owned(),
            state: Mutex::new(state),
            work: Condvar::new(),
            _lock: lock,
        });
        let writing = shared.clone();
        let writer = std::thread::Builder::new()
            .name("beacon-log".to_owned())
            .spawn(move || writing.write_groups(file))
            .context("a thread for the log of events")?;
        Ok(Log { shared, name, writer: Mutex::new(Some(writer)), hasher })
    }

    /// What the database knows it by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes an event for the next group.
    pub fn take(&self, event: Event, now: Timestamp) -> Result<Taken, Overloaded> {
        let id = hash(&self.hasher, &event);
        let (told, on_disk) = oneshot::channel();
        let mut state = self.shared.lock();
        if state.closing || state.waiting.len() >= MOST_WAITING || state.group.len() >= GROUP {
            return Err(Overloaded);
        }
        let is_repeated = match state.remembered.entry(id) {
            Entry::Occupied(_) => true,
            Entry::Vacant(vacant) => {
                vacant.insert(hour_of(now));
                false
            }
        };
        if !is_repeated {
            record::write(&event, &mut state.group);
            state.events.push((id, event));
            state.received = now;
        }
        // A repeated event waits as well: the first one may be on its way to the disk.
        let is_first = state.waiting.is_empty();
        state.waiting.push(told);
        drop(state);
        if is_first {
            self.shared.work.notify_one();
        }
        Ok(Taken { is_repeated, on_disk })
    }

    /// The next stretch that is on disk and was not handed out yet; nothing when there is none.
    pub fn stretch(&self) -> Result<Option<Stretch>> {
        let (from, to) = {
            let mut state = self.shared.lock();
            let done = &mut state.done;
            if done.from == done.to {
                return Ok(None);
            }
            if let Some(events) = &mut done.events {
                let stretch =
                    Stretch { from: done.from, to: done.to, events: std::mem::take(events) };
                done.from = done.to;
                return Ok(Some(stretch));
            }
            (done.from, done.to)
        };
        let (events, reached) = self.read(from, to)?;
        let mut state = self.shared.lock();
        state.done.from = reached;
        if state.done.from == state.done.to {
            state.done.events = Some(vec![]);
        }
        Ok(Some(Stretch { from, to: reached, events }))
    }

    /// Forgets ids that are older than the window, and removes segments that were rolled up and are older than `kept`.
    pub fn forget(&self, now: Timestamp, rolled_up: u64, kept: SignedDuration) -> Result<()> {
        let oldest = hour_of(now) - WINDOW.as_hours();
        {
            let mut state = self.shared.lock();
            state.remembered.retain(|_, hour| *hour >= oldest);
            // Where there are more than memory is meant for, the oldest hours go first, but never the current one.
            for hour in oldest..hour_of(now) {
                if state.remembered.len() <= MOST_REMEMBERED {
                    break;
                }
                state.remembered.retain(|_, of| *of > hour);
            }
            if state.remembered.capacity() > 4 * state.remembered.len() + 1024 {
                state.remembered.shrink_to_fit();
            }
        }
        let kept = Duration::try_from(kept).context("days are kept forwards in time")?;
        let old = SystemTime::now() - kept;
        let segments = segments(&self.shared.folder)?;
        for pair in segments.windows(2) {
            let [segment, next] = pair else { continue };
            if next.base <= rolled_up && segment.changed < old {
                std::fs::remove_file(&segment.path)
                    .with_context(|| format!("removing {}", segment.path.display()))?;
            }
        }
        Ok(())
    }

    /// Writes what waits, then writes no more.
    pub fn close(&self) {
        self.shared.lock().closing = true;
        self.shared.work.notify_one();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer
            && writer.join().is_err()
        {
            tracing::error!("the writer of the log of events panicked");
        }
    }

    /// Events from a position on, and up to where they were read: a stretch too long for memory is read in parts.
    fn read(&self, from: u64, to: u64) -> Result<(Vec<Event>, u64)> {
        let segments = segments(&self.shared.folder)?;
        let (mut events, mut reached) = (vec![], from);
        for (place, segment) in segments.iter().enumerate() {
            let end = segments.get(place + 1).map_or(to, |next| next.base.min(to));
            if end <= reached || events.len() >= MOST_IN_MEMORY {
                continue;
            }
            reached = read_frames(segment, reached.max(segment.base), end, |_, group| {
                events.extend(events_of(group));
                events.len() < MOST_IN_MEMORY
            })?;
            if reached < end && events.len() < MOST_IN_MEMORY {
                tracing::error!("{} cannot be read from {reached} on", segment.path.display());
                reached = end;
            }
        }
        // What is not there any more is not waited for.
        Ok((events, if reached == from { to } else { reached }))
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_groups(&self, mut file: Appending) {
        let (mut group, mut events, mut waiting) = (vec![], vec![], vec![]);
        loop {
            let received = {
                let mut state = self.lock();
                while state.waiting.is_empty() && !state.closing {
                    state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
                if state.waiting.is_empty() {
                    return;
                }
                std::mem::swap(&mut state.group, &mut group);
                std::mem::swap(&mut state.events, &mut events);
                std::mem::swap(&mut state.waiting, &mut waiting);
                state.received
            };
            let written = if group.is_empty() { Ok(()) } else { file.append(received, &group) };
            match written {
                Ok(()) => {
                    // First, so that the next stretch has what was acknowledged.
                    self.lock().done.add(file.end(), &mut events);
                    for told in waiting.drain(..) {
                        // Whoever asked may have gone.
                        let _ = told.send(());
                    }
                }
                Err(error) => {
                    tracing::error!("the log of events: {error:#}");
                    {
                        let mut state = self.lock();
                        for (id, _) in events.drain(..) {
                            state.remembered.remove(&id);
                        }
                    }
                    waiting.clear();
                    // Nobody knows what the disk has of it: the next group goes into a segment of its own.
                    loop {
                        std::thread::sleep(TRY_AGAIN);
                        match Appending::create(&self.folder, file.end()) {
                            Ok(fresh) => break file = fresh,
                            Err(error) => tracing::error!("the log of events: {error:#}"),
                        }
                        if self.lock().closing {
                            return;
                        }
                    }
                }
            }
            group.clear();
        }
    }
}

impl Done {
    fn add(&mut self, end: u64, more: &mut Vec<(u64, Event)>) {
        self.to = end;
        if let Some(events) = &mut self.events {
            events.extend(more.drain(..).map(|(_, event)| event));
            if events.len() > MOST_IN_MEMORY {
                self.events = None;
            }
        }
        more.clear();
    }
}

/// The segment that is written.
struct Appending {
    folder: PathBuf,
    file: File,
    base: u64,
    length: u64,
    frame: Vec<u8>,
}

impl Appending {
    /// Goes on at the end of the last segment, or begins one.
    fn open(folder: &Path, end: u64) -> Result<Appending> {
        let last = segments(folder)?.pop();
        let Some(last) = last.filter(|last| last.base <= end && end - last.base < SEGMENT) else {
            return Appending::create(folder, end);
        };
        let length = end - last.base;
        let opened = || -> std::io::Result<File> {
            let mut file = OpenOptions::new().write(true).open(&last.path)?;
            if file.metadata()?.len() != length {
                return Err(ErrorKind::NotFound.into());
            }
            file.seek(SeekFrom::End(0))?;
            Ok(file)
        };
        match opened() {
            Ok(file) => Ok(Appending {
                folder: folder.to_owned(),
                file,
                base: last.base,
                length,
                frame: vec![],
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Appending::create(folder, end),
            Err(error) => Err(error).with_context(|| format!("opening {}", last.path.display())),
        }
    }

    fn create(folder: &Path, base: u64) -> Result<Appending> {
        let path = folder.join(format!("{base:020}.log"));
        let made = || -> std::io::Result<File> {
            let file = OpenOptions::new().write(true).create(true).truncate(true).open(&path)?;
            file.sync_all()?;
            // Without its name on disk the file is lost with what was synced into it.
            File::open(folder)?.sync_all()?;
            Ok(file)
        };
        let file = made().with_context(|| format!("making {}", path.display()))?;
        Ok(Appending { folder: folder.to_owned(), file, base, length: 0, frame: vec![] })
    }

    fn end(&self) -> u64 {
        self.base + self.length
    }

    /// Writes a group and waits until it is on disk.
    fn append(&mut self, received: Timestamp, group: &[u8]) -> Result<()> {
        if self.length >= SEGMENT {
            *self = Appending::create(&self.folder, self.end())?;
        }
        let received = received.as_microsecond().to_le_bytes();
        self.frame.clear();
        self.frame.extend((group.len() as u32).to_le_bytes());
        self.frame.extend(checksum(self.end(), received, group).to_le_bytes());
        self.frame.extend(received);
        self.frame.extend(group);
        self.file.write_all(&self.frame).context("writing a group")?;
        self.file.sync_data().context("waiting for the disk")?;
        self.length += self.frame.len() as u64;
        Ok(())
    }
}

/// Of what is in a frame and where it stands, so that an old one is never taken for a new one.
fn checksum(position: u64, received: [u8; 8], group: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&position.to_le_bytes());
    sum.update(&received);
    sum.update(group);
    sum.finalize()
}

/// Shows a segment's whole frames between two positions, each with when it was received, as long as they are wanted;
/// answers where the last one ends.
fn read_frames(
    segment: &Segment,
    from: u64,
    to: u64,
    mut show: impl FnMut(Timestamp, &[u8]) -> bool,
) -> Result<u64> {
    let reading = || format!("reading {}", segment.path.display());
    let mut file = File::open(&segment.path).with_context(reading)?;
    file.seek(SeekFrom::Start(from - segment.base)).with_context(reading)?;
    let mut file = BufReader::with_capacity(1 << 20, file);
    let (mut at, mut group) = (from, vec![]);
    while at < to {
        let mut header = [0; HEADER];
        if !filled(&mut file, &mut header).with_context(reading)? {
            break;
        }
        let part =
            |from: usize| -> [u8; 4] { header[from..from + 4].try_into().expect("four bytes") };
        let length = u32::from_le_bytes(part(0)) as usize;
        let received: [u8; 8] = header[8..].try_into().expect("eight bytes");
        if length == 0 || length > GROUP + LARGEST {
            break;
        }
        group.resize(length, 0);
        if !filled(&mut file, &mut group).with_context(reading)?
            || checksum(at, received, &group) != u32::from_le_bytes(part(4))
        {
            break;
        }
        at += (HEADER + length) as u64;
        let received = Timestamp::from_microsecond(i64::from_le_bytes(received));
        if !show(received.unwrap_or_default(), &group) {
            break;
        }
    }
    Ok(at)
}

fn events_of(mut group: &[u8]) -> impl Iterator<Item = Event> {
    std::iter::from_fn(move || record::read(&mut group))
}

/// Whether there were bytes enough.
fn filled(from: &mut impl Read, into: &mut [u8]) -> std::io::Result<bool> {
    match from.read_exact(into) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// The log's files, in order.
fn segments(folder: &Path) -> Result<Vec<Segment>> {
    let reading = || format!("reading {}", folder.display());
    let mut segments = vec![];
    for entry in std::fs::read_dir(folder).with_context(reading)? {
        let entry = entry.with_context(reading)?;
        let name = entry.file_name();
        let base = name.to_str().and_then(|name| name.strip_suffix(".log")?.parse().ok());
        if let Some(base) = base {
            let changed = entry.metadata()?.modified()?;
            segments.push(Segment { base, path: entry.path(), changed });
        }
    }
    segments.sort_by_key(|segment| segment.base);
    Ok(segments)
}

fn lock(folder: &Path) -> Result<File> {
    let path = folder.join("lock");
    let lock = File::create(&path).with_context(|| format!("making {}", path.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            bail!("another server writes the log of {}", folder.display())
        }
        Err(TryLockError::Error(error)) => Err(error).context("locking the log of events"),
    }
}

/// Drawn once; a log that is thrown away is followed by one of another name, which was never rolled up.
fn name_of(folder: &Path) -> Result<String> {
    let path = folder.join("name");
    match std::fs::read_to_string(&path) {
        Ok(name) if !name.trim().is_empty() => Ok(name.trim().to_owned()),
        Ok(_) => bail!("{} is empty", path.display()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let name = format!("{:016x}", rand::random::<u64>());
            let partial = path.with_extension("partial");
            let mut file = File::create(&partial)?;
            file.write_all(name.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&partial, &path)?;
            File::open(folder)?.sync_all()?;
            Ok(name)
        }
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

fn hour_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(3600)
}

fn hash(hasher: &RandomState, event: &Event) -> u64 {
    hasher.hash_one((&event.site, &event.id))
}

#[cfg(test)]
mod tests;
