//! Tables as an Arrow IPC stream: one schema, batches of rows, an end.
//!
//! Only what the answer to a query needs: texts, counts, numbers of commits, flags. The crates that write all of
//! Arrow take five minutes of processor time in a release build; the format's metadata are a few flatbuffers
//! (Schema.fbs, Message.fbs), whose slots are numbered here as they are there.

use flatbuffers::{FlatBufferBuilder, TableFinishedWIPOffset, VOffsetT, WIPOffset};

/// The end of a stream.
pub const END: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

const METADATA_V5: i16 = 4;
const HEADER_SCHEMA: u8 = 1;
const HEADER_BATCH: u8 = 3;
const TYPE_INT: u8 = 2;
const TYPE_UTF8: u8 = 5;
const TYPE_BOOL: u8 = 6;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// UTF-8, perhaps null.
    Text,
    /// Unsigned, 32 bits, never null.
    Count,
    /// Unsigned, 64 bits, perhaps null.
    Seq,
    /// True or false, never null.
    Flag,
}

/// The values of a column in one batch.
pub enum Column {
    /// Of [`Kind::Text`].
    Texts(Vec<Option<String>>),
    /// Of [`Kind::Count`].
    Counts(Vec<u32>),
    /// Of [`Kind::Seq`].
    Seqs(Vec<Option<u64>>),
    /// Of [`Kind::Flag`].
    Flags(Vec<bool>),
}

type Metadata = FlatBufferBuilder<'static>;
type Table = WIPOffset<TableFinishedWIPOffset>;

/// The place of a table's member, by its number in the schema of the format.
fn slot(number: VOffsetT) -> VOffsetT {
    4 + 2 * number
}

/// The message that a stream begins with.
pub fn schema(columns: &[(&str, Kind)]) -> Vec<u8> {
    let mut metadata = Metadata::new();
    let fields: Vec<Table> =
        columns.iter().map(|(name, kind)| field(&mut metadata, name, *kind)).collect();
    let fields = metadata.create_vector(&fields);
    let table = metadata.start_table();
    metadata.push_slot_always(slot(1), fields);
    let header = metadata.end_table(table);
    message(metadata, HEADER_SCHEMA, header, vec![])
}

fn field(metadata: &mut Metadata, name: &str, kind: Kind) -> Table {
    let name = metadata.create_string(name);
    let none: [Table; 0] = [];
    let children = metadata.create_vector(&none);
    let (id, is_nullable, bits) = match kind {
        Kind::Text => (TYPE_UTF8, true, None),
        Kind::Count => (TYPE_INT, false, Some(32)),
        Kind::Seq => (TYPE_INT, true, Some(64)),
        Kind::Flag => (TYPE_BOOL, false, None),
    };
    let table = metadata.start_table();
    if let Some(bits) = bits {
        metadata.push_slot_always::<i32>(slot(0), bits);
        metadata.push_slot_always(slot(1), false);
    }
    let of_type = metadata.end_table(table);
    let table = metadata.start_table();
    metadata.push_slot_always(slot(0), name);
    metadata.push_slot_always(slot(1), is_nullable);
    metadata.push_slot_always(slot(2), id);
    metadata.push_slot_always(slot(3), of_type);
    metadata.push_slot_always(slot(5), children);
    metadata.end_table(table)
}

/// A message of some rows, in the order of the columns.
pub fn batch(rows: usize, columns: &[Column]) -> Vec<u8> {
    let mut body = Body::default();
    for column in columns {
        body.add(column, rows);
    }
    let mut metadata = Metadata::new();
    let nodes = pairs(&mut metadata, &body.nodes);
    let buffers = pairs(&mut metadata, &body.buffers);
    let table = metadata.start_table();
    metadata.push_slot_always(slot(0), rows as i64);
    metadata.push_slot_always(slot(1), nodes);
    metadata.push_slot_always(slot(2), buffers);
    let header = metadata.end_table(table);
    message(metadata, HEADER_BATCH, header, body.bytes)
}

/// A vector of structs of two numbers, which a buffer that grows towards its beginning takes backwards.
fn pairs(
    metadata: &mut Metadata,
    pairs: &[(i64, i64)],
) -> WIPOffset<flatbuffers::Vector<'static, i64>> {
    metadata.start_vector::<i64>(2 * pairs.len());
    for (first, second) in pairs.iter().rev() {
        metadata.push(*second);
        metadata.push(*first);
    }
    metadata.end_vector::<i64>(pairs.len())
}

/// Metadata and body with what stands before them: a mark and the metadata's length, padded to eight bytes.
fn message(mut metadata: Metadata, kind: u8, header: Table, body: Vec<u8>) -> Vec<u8> {
    let table = metadata.start_table();
    metadata.push_slot_always(slot(3), body.len() as i64);
    metadata.push_slot_always(slot(2), header);
    metadata.push_slot_always(slot(0), METADATA_V5);
    metadata.push_slot_always(slot(1), kind);
    let message = metadata.end_table(table);
    metadata.finish_minimal(message);
    let metadata = metadata.finished_data();
    let padded = metadata.len().next_multiple_of(8);
    let mut written = Vec::with_capacity(8 + padded + body.len());
    written.extend([0xff; 4]);
    written.extend((padded as u32).to_le_bytes());
    written.extend(metadata);
    written.resize(8 + padded, 0);
    written.extend(body);
    written
}

/// The buffers of a batch, one after another, each from a multiple of eight on.
#[derive(Default)]
struct Body {
    bytes: Vec<u8>,
    /// Rows and nulls of each column.
    nodes: Vec<(i64, i64)>,
    /// Place and length of each buffer.
    buffers: Vec<(i64, i64)>,
}

impl Body {
    fn add(&mut self, column: &Column, rows: usize) {
        match column {
            Column::Texts(texts) => {
                self.add_validity(texts.iter().map(Option::is_some), rows);
                let mut ends = vec![0u32];
                let mut joined = vec![];
                for text in texts {
                    joined.extend(text.as_deref().unwrap_or_default().as_bytes());
                    ends.push(joined.len() as u32);
                }
                self.add_buffer(ends.into_iter().flat_map(u32::to_le_bytes));
                self.add_buffer(joined);
            }
            Column::Counts(counts) => {
                self.add_validity(counts.iter().map(|_| true), rows);
                self.add_buffer(counts.iter().flat_map(|count| count.to_le_bytes()));
            }
            Column::Seqs(seqs) => {
                self.add_validity(seqs.iter().map(Option::is_some), rows);
                self.add_buffer(seqs.iter().flat_map(|seq| seq.unwrap_or(0).to_le_bytes()));
            }
            Column::Flags(flags) => {
                self.add_validity(flags.iter().map(|_| true), rows);
                self.add_buffer(bitmap(flags.iter().copied()));
            }
        }
    }

    fn add_validity(&mut self, valid: impl ExactSizeIterator<Item = bool> + Clone, rows: usize) {
        assert_eq!(valid.len(), rows, "every column has a value for each row");
        let nulls = valid.clone().filter(|valid| !valid).count();
        self.nodes.push((rows as i64, nulls as i64));
        // Where nothing is null there is no bitmap.
        self.add_buffer(if nulls == 0 { vec![] } else { bitmap(valid) });
    }

    fn add_buffer(&mut self, bytes: impl IntoIterator<Item = u8>) {
        let from = self.bytes.len();
        self.bytes.extend(bytes);
        self.buffers.push((from as i64, (self.bytes.len() - from) as i64));
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
    }
}

/// A bit for each, the first in the lowest place.
fn bitmap(bits: impl ExactSizeIterator<Item = bool>) -> Vec<u8> {
    let mut bytes = vec![0u8; bits.len().div_ceil(8)];
    for (at, bit) in bits.enumerate() {
        bytes[at / 8] |= u8::from(bit) << (at % 8);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fixture was read and validated by another's reader (pyarrow 26) when it was written: three rows, as they are
    /// here. Whoever writes it anew has it read anew.
    #[test]
    fn a_stream_is_the_one_that_others_read() {
        let text = |text: &str| Some(text.to_owned());
        let mut stream = schema(&[
            ("unit", Kind::Text),
            ("present", Kind::Count),
            ("seq", Kind::Seq),
            ("synthetic", Kind::Flag),
        ]);
        stream.extend(batch(
            2,
            &[
                Column::Texts(vec![text("Bình Định"), None]),
                Column::Counts(vec![63, 0]),
                Column::Seqs(vec![Some(1 << 40), None]),
                Column::Flags(vec![true, false]),
            ],
        ));
        stream.extend(batch(
            1,
            &[
                Column::Texts(vec![text("")]),
                Column::Counts(vec![u32::MAX]),
                Column::Seqs(vec![Some(0)]),
                Column::Flags(vec![true]),
            ],
        ));
        stream.extend(END);
        let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/src/api/arrow.stream");
        if std::env::var_os("QUANTRAC_UPDATE").is_some() {
            std::fs::write(fixture, &stream).unwrap();
        }
        assert_eq!(stream, std::fs::read(fixture).unwrap());
    }
}
