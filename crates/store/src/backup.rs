//! A backup: every row of every table as one line of JSON, consistent while people work, of neither database.
//!
//! Because nothing in it is of SQLite or PostgreSQL, restoring it is also the way from one to the other;
//! because it is in a fixed order and carries no time of its own, the backup of a restored store is the same file.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use model::Seq;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::migrate::MIGRATIONS;
use crate::sql::{Conn, Row, args};
use crate::{Engine, Head, Store, StoreError, Tx, WriteError};

/// A table, in an order in which rows come after those they point to.
pub(crate) struct Table {
    pub name: &'static str,
    /// Columns with their types; `key` many of them, from the first, order the rows.
    pub columns: &'static [(&'static str, Type)],
    pub key: usize,
    /// The schema version that brought it: a backup of an earlier one does not have it.
    pub since: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Int,
    Text,
}

use Type::{Int, Text};

macro_rules! table {
    ($name:literal, $key:literal, $($column:ident $kind:ident),+ $(,)?) => {
        table!($name since 1, $key, $($column $kind),+)
    };
    ($name:literal since $since:literal, $key:literal, $($column:ident $kind:ident),+ $(,)?) => {
        Table { name: $name, since: $since, key: $key, columns: &[$((stringify!($column), $kind)),+] }
    };
}

/// Every table but `migration`. A test compares this list with the schema.
pub(crate) const TABLES: &[Table] = &[
    table!("head", 1, one Int, seq Int, recorded_at Int),
    table!("counter", 1, name Text, value Int),
    table!("setting", 1, name Text, value Text),
    table!("account", 1, id Int, login Text, name Text, email Text, password Text, lang Text, disabled Int,
        failures Int, locked_until Int, created_at Int),
    table!("granted", 2, account Int, ordinal Int, role Text, body Text, sectors Text),
    table!("session", 1, token_hash Text, account Int, created_at Int, expires_at Int),
    table!("api_token", 1, id Int, account Int, name Text, token_hash Text, created_at Int, expires_at Int),
    table!("reset_link", 1, token_hash Text, account Int, expires_at Int, used_at Int),
    table!("idempotency", 2, account Int, request_key Text, request_hash Text, seq Int, answer Text, at Int),
    table!("committed", 1, seq Int, recorded_at Int),
    table!("origin", 2, seq Int, ordinal Int, kind Text, label_vi Text, label_en Text, submission Int, section Text,
        reason Text, actor Int),
    table!("observation", 2, seq Int, ordinal Int, origin Int, indicator Text, unit Text, period Text,
        period_start Int, period_end Int, breakdown Text, measure Text, source Text, publisher Text, kind Text,
        mantissa Int, scale Int, upper_mantissa Int, upper_scale Int, of_mantissa Int, of_scale Int,
        share_mantissa Int, share_scale Int, status Text, qualifier Text, synthetic Int, words Text),
    table!("event", 2, seq Int, ordinal Int, kind Text, actor Int, body Text, submission Int, section Text,
        indicator Text, period Text, detail Text),
    table!("definition", 3, kind Text, code Text, version Int, seq Int, content Text),
    table!("submission", 1, id Int, template Text, template_version Int, body Text, period Text, cells_cursor Int,
        created_at Int, updated_at Int, asked_until Text, extended_until Text),
    table!("section", 2, submission Int, section Text, ordinal Int, state Text, moved_by Int, moved_at Int,
        signed_by Int, reason Text, returned_from Text),
    table!("draft_cell", 2, submission Int, cell Text, version Int, kind Text, mantissa Int, scale Int,
        upper_mantissa Int, upper_scale Int, text Text, note Text, updated_by Int, updated_at Int, written Int),
    table!("notice", 1, id Int, account Int, at Int, text_vi Text, text_en Text, href Text, read_at Int),
    table!("return_reason", 1, id Int, account Int, text Text),
    table!("reminder", 1, id Int, template Text, period Text, body Text, sent_by Int, sent_at Int, mailed_at Int),
    table!("delegation" since 3, 1, id Int, giver Int, deputy Int, body Text, first_day Text, last_day Text,
        reason Text, made_at Int, ended_by Int, ended_at Int),
    table!("digest" since 3, 2, account Int, week Text, subject Text, text Text, made_at Int, mailed_at Int),
    table!("beside_measured" since 3, 2, submission Int, cell Text, typed_blind Text, cause Text),
    table!("scan" since 3, 1, id Int, submission Int, name Text, kind Text, size Int, sha256 Text, added_by Int,
        added_at Int, content Text),
    table!("help" since 3, 1, id Int, submission Int, token_hash Text, office Text, note Text, asked_by Int, asked_at Int,
        expires_at Int, sender_name Text, sender_office Text, sent_at Int, withdrawn_at Int),
    table!("help_cell" since 3, 2, help Int, cell Text, ordinal Int, kind Text, mantissa Int, scale Int,
        upper_mantissa Int, upper_scale Int, text Text, note Text, decision Text, decided_by Int, decided_at Int),
    table!("explanation" since 4, 1, id Int, body Text, indicator Text, unit Text, period Text, standing Text, due Text,
        outcome Text),
    table!("explanation_step" since 4, 2, explanation Int, ordinal Int, kind Text, actor Int, at Int, seq Int,
        words Text, due Text, cause Text, answer Text, outcome Text),
    table!("beacon_position" since 4, 1, log Text, position Int),
    table!("beacon_count" since 4, 7, portal Text, span Text, service Text, begins Int, step Text, channel Text,
        bot Int, events Int, dossiers Int, visitors Text),
    table!("beacon_month" since 5, 6, portal Text, service Text, begins Int, step Text, channel Text, bot Int, events Int,
        dossiers Int, visits Int),
    table!("beacon_dossier" since 4, 4, portal Text, step Text, bot Int, dossier Text),
    table!("beacon_heard" since 4, 1, portal Text, at Int),
    table!("beacon_refused" since 4, 3, portal Text, day Int, reason Text, events Int),
    table!("register_entry" since 4, 4, register Text, unit Text, code Text, version Int, seq Int, since Int, content Text,
        search Text, words Text, synthetic Int, changed_by Int),
    table!("dossier_day" since 4, 3, portal Text, day Int, version Int, seq Int, dossiers Int, sha256 Text,
        users Int),
    table!("dossier_count" since 4, 6, portal Text, day Int, version Int, service Text, channel Text, state Text,
        dossiers Int),
    table!("connector_run" since 4, 1, id Int, connector Text, cause Text, attempt Int, due_at Int, period Text, actor Int,
        started_at Int, finished_at Int, outcome Text, bytes Int, row_count Int, unknown Int, figures Int, recorded Int,
        seq Int, error_code Text, error_vi Text, error_en Text, push_key Text, push_hash Text),
    table!("connector_secret" since 4, 1, connector Text, sealed Text, set_at Int),
];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    quantrac_backup: u32,
    schema: usize,
    seq: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TableOpening {
    table: String,
    columns: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TableEnd {
    end: String,
    rows: u64,
    sha256: String,
}

/// The last line of a backup: what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trailer {
    /// The last commit in it.
    pub seq: u64,
    /// How many rows of all tables.
    pub rows: u64,
    /// Of every line before this one.
    pub sha256: String,
}

/// Why a backup was not written or not restored; a store that could not be restored is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file.
    #[error("the backup file: {0}")]
    File(#[from] std::io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Not a backup, cut off, or changed since it was written.
    #[error("line {line} of the backup: {what}")]
    Damaged {
        /// Where.
        line: u64,
        /// What is wrong there.
        what: String,
    },
    /// Written by a newer program.
    #[error("the backup has schema version {0}; this program restores up to {known}", known = MIGRATIONS.len())]
    Newer(usize),
    /// Something is there already.
    #[error("only an empty store can be restored into: table {0} has rows")]
    NotEmpty(&'static str),
}

const FORMAT: u32 = 1;
/// How many rows are restored by one statement.
const CHUNK: usize = 2000;
/// From so many bytes a statement restores fewer.
const CHUNK_BYTES: usize = 8 << 20;

impl Store {
    /// Writes everything, as of one moment, while people work. The file appears whole or not at all.
    pub async fn backup(&self, path: &Path) -> Result<Trailer, BackupError> {
        let mut reader = self.read().await?;
        let partial = path.with_extension("partial");
        reader.conn.begin_reading().await?;
        let written = write_all(&mut reader.conn, &partial).await;
        reader.conn.run("ROLLBACK").await?;
        let trailer = written?;
        std::fs::rename(&partial, path)?;
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::File::open(folder)?.sync_all()?;
        }
        Ok(trailer)
    }

    /// Fills an empty store from a backup: all of it or nothing.
    pub async fn restore(&self, path: &Path) -> Result<Trailer, BackupError> {
        let path = path.to_owned();
        let restored = self
            .write(None, move |tx| Box::pin(async move { restore_into(tx, &path).await }))
            .await;
        match restored {
            Ok(written) => Ok(written.value),
            Err(WriteError::Refused(error)) => Err(error),
            Err(WriteError::Failed(error)) => Err(error.into()),
            Err(WriteError::KeyReused) => unreachable!("no key was given"),
        }
    }
}

/// Lines under way to a file, with the checksum of each table and of all.
struct Lines {
    file: BufWriter<std::fs::File>,
    all: Sha256,
    table: Sha256,
}

impl Lines {
    fn put(&mut self, line: &str) -> std::io::Result<()> {
        self.file.write_all(line.as_bytes())?;
        self.file.write_all(b"\n")?;
        self.all.update(line);
        self.all.update("\n");
        self.table.update(line);
        self.table.update("\n");
        Ok(())
    }

    fn put_json(&mut self, line: &impl Serialize) -> std::io::Result<()> {
        self.put(&serde_json::to_string(line)?)
    }
}

async fn write_all(conn: &mut Conn, path: &Path) -> Result<Trailer, BackupError> {
    let file = BufWriter::with_capacity(1 << 20, std::fs::File::create(path)?);
    let mut lines = Lines { file, all: Sha256::new(), table: Sha256::new() };
    let head = Head::read(conn).await?;
    lines.put_json(&Opening {
        quantrac_backup: FORMAT,
        schema: MIGRATIONS.len(),
        seq: head.seq.0,
    })?;
    let mut total = 0;
    for table in TABLES {
        let columns = table.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        lines.put_json(&TableOpening { table: table.name.to_owned(), columns })?;
        lines.table = Sha256::new();
        let mut count = 0u64;
        let mut failed = None;
        each_row(conn, table, |line| {
            count += 1;
            if failed.is_none() {
                failed = lines.put(line).err();
            }
        })
        .await?;
        if let Some(error) = failed {
            return Err(error.into());
        }
        let sha256 = hex(&std::mem::take(&mut lines.table).finalize());
        lines.put_json(&TableEnd { end: table.name.to_owned(), rows: count, sha256 })?;
        total += count;
    }
    let sha256 = hex(&std::mem::take(&mut lines.all).finalize());
    let trailer = Trailer { seq: head.seq.0, rows: total, sha256 };
    lines.put_json(&trailer)?;
    let file = lines.file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(trailer)
}

/// Shows every row of a table as a line of JSON, in the order of its key.
pub(crate) async fn each_row(
    conn: &mut Conn,
    table: &Table,
    mut show: impl FnMut(&str),
) -> Result<(), StoreError> {
    let mut line = String::new();
    let print = |row: Row| {
        line.clear();
        print_row(&row, table, &mut line)?;
        show(&line);
        Ok(())
    };
    conn.for_each_made(select_all(table, conn.engine()), print).await
}

fn print_row(row: &Row, table: &Table, line: &mut String) -> Result<(), StoreError> {
    for (place, (_, kind)) in table.columns.iter().enumerate() {
        line.push(if place == 0 { '[' } else { ',' });
        let value = match kind {
            Int => row.maybe_int(place)?.map_or(Value::Null, Value::from),
            Text => row.maybe_text(place)?.map_or(Value::Null, Value::from),
        };
        line.push_str(&value.to_string());
    }
    line.push(']');
    Ok(())
}

fn names(columns: &[(&str, Type)]) -> String {
    columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

fn select_all(table: &Table, engine: Engine) -> String {
    // Both orders are of bytes, whatever the language of the database.
    let order: Vec<String> = table.columns[..table.key]
        .iter()
        .map(|(name, kind)| match (engine, kind) {
            (Engine::Postgres, Text) => format!("{name} COLLATE \"C\""),
            (Engine::Sqlite, _) | (Engine::Postgres, Int) => (*name).to_owned(),
        })
        .collect();
    format!("SELECT {} FROM {} ORDER BY {}", names(table.columns), table.name, order.join(", "))
}

fn insert_all(table: &Table, columns: &[(&str, Type)], engine: Engine) -> String {
    let values: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(place, (_, kind))| match (engine, kind) {
            (Engine::Postgres, Int) => format!("(value ->> {place})::bigint"),
            (Engine::Sqlite, _) | (Engine::Postgres, Text) => format!("value ->> {place}"),
        })
        .collect();
    let rows = match engine {
        Engine::Sqlite => "jsonb_each($1)",
        Engine::Postgres => "json_array_elements($1::json)",
    };
    format!(
        "INSERT INTO {} ({}) SELECT {} FROM {rows}",
        table.name,
        names(columns),
        values.join(", ")
    )
}

/// The lines of a backup as they are read, with where and what they are.
struct Lined<R> {
    file: R,
    line: String,
    number: u64,
    all: Sha256,
    table: Sha256,
}

impl<R: BufRead> Lined<R> {
    /// The next line, counted into the checksums; the trailer is read with `peek` first.
    fn next(&mut self) -> Result<&str, BackupError> {
        self.line.clear();
        self.number += 1;
        if (&mut self.file).take(1 << 30).read_line(&mut self.line)? == 0 {
            return Err(self.damaged("the file ends here, without its last line"));
        }
        if self.line.pop() != Some('\n') {
            return Err(self.damaged("the line is cut off"));
        }
        Ok(&self.line)
    }

    fn count_in(&mut self) {
        for sum in [&mut self.all, &mut self.table] {
            sum.update(&self.line);
            sum.update("\n");
        }
    }

    fn next_json<T: for<'a> Deserialize<'a>>(&mut self, what: &str) -> Result<T, BackupError> {
        self.next()?;
        self.json(what)
    }

    fn json<T: for<'a> Deserialize<'a>>(&self, what: &str) -> Result<T, BackupError> {
        serde_json::from_str(&self.line).map_err(|_| self.damaged(&format!("{what} is expected")))
    }

    fn damaged(&self, what: &str) -> BackupError {
        BackupError::Damaged { line: self.number, what: what.to_owned() }
    }
}

async fn restore_into(tx: &mut Tx, path: &Path) -> Result<Trailer, BackupError> {
    if tx.head().seq != Seq(0) {
        return Err(BackupError::NotEmpty("head"));
    }
    for table in TABLES.iter().rev() {
        match table.name {
            // What a new store has by itself.
            "head" => tx.conn.execute("DELETE FROM head", vec![]).await.map(drop)?,
            name => {
                let mut any = false;
                each_row(&mut tx.conn, table, |_| any = true).await?;
                if any {
                    return Err(BackupError::NotEmpty(name));
                }
            }
        }
    }
    let file = BufReader::with_capacity(1 << 20, std::fs::File::open(path)?);
    let mut lines =
        Lined { file, line: String::new(), number: 0, all: Sha256::new(), table: Sha256::new() };
    let opening: Opening = lines.next_json("the first line of a Quantrac backup")?;
    lines.count_in();
    if opening.quantrac_backup != FORMAT || opening.schema > MIGRATIONS.len() {
        return Err(BackupError::Newer(opening.schema));
    }
    let mut total = 0;
    for table in TABLES.iter().filter(|table| table.since <= opening.schema) {
        total += restore_table(tx, table, opening.schema, &mut lines).await?;
    }
    let all = hex(&std::mem::take(&mut lines.all).finalize());
    let trailer: Trailer = lines.next_json("the last line of a backup")?;
    let head = Head::read(&mut tx.conn).await?;
    if trailer.sha256 != all || trailer.rows != total || trailer.seq != head.seq.0 {
        return Err(lines.damaged("the checksum of the whole differs"));
    }
    tx.head_is(head);
    Ok(trailer)
}

async fn restore_table<R: BufRead>(
    tx: &mut Tx,
    table: &Table,
    schema: usize,
    lines: &mut Lined<R>,
) -> Result<u64, BackupError> {
    let opening: TableOpening = lines.next_json("the opening of a table")?;
    lines.count_in();
    // A backup of an earlier version lacks the columns that came later; they are empty.
    let is_there = |(name, _): &&(&str, Type)| opening.columns.iter().any(|column| column == name);
    let columns: Vec<(&str, Type)> = table.columns.iter().filter(is_there).copied().collect();
    let same = opening.columns.iter().eq(columns.iter().map(|(name, _)| *name));
    let complete = schema < MIGRATIONS.len() || columns.len() == table.columns.len();
    if opening.table != table.name || !same || !complete {
        return Err(lines.damaged(&format!("table {} with its columns is expected", table.name)));
    }
    lines.table = Sha256::new();
    let statement = insert_all(table, &columns, tx.conn.engine());
    let mut count = 0u64;
    let mut rows = String::from("[");
    let mut held = 0;
    loop {
        let is_row = lines.next()?.starts_with('[');
        if is_row {
            if held > 0 {
                rows.push(',');
            }
            rows.push_str(&lines.line);
            lines.count_in();
            (held, count) = (held + 1, count + 1);
        }
        let is_full = held == CHUNK || rows.len() >= CHUNK_BYTES;
        if is_full || (held > 0 && !is_row) {
            rows.push(']');
            let rows = std::mem::replace(&mut rows, String::from("["));
            tx.conn.execute_made(statement.clone(), args![rows]).await?;
            held = 0;
        }
        if !is_row {
            break;
        }
    }
    let end: TableEnd = lines.json("a row or the end of the table")?;
    let sha256 = hex(&std::mem::take(&mut lines.table).finalize());
    if end.end != table.name || end.rows != count || end.sha256 != sha256 {
        return Err(lines.damaged(&format!("the checksum of table {} differs", table.name)));
    }
    lines.count_in();
    Ok(count)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
