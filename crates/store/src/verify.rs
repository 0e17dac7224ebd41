//! Whether the record is whole: its order, its sums, and that nothing points to what is not there.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::backup::{TABLES, each_row, hex};
use crate::columns::Interner;
use crate::sql::{Conn, args, sql};
use crate::{Head, Store, StoreError};
use model::Seq;

/// What a look at everything has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The last commit.
    pub head: Head,
    /// Every table with its sums, as a backup of the same moment has them.
    pub tables: Vec<TableSums>,
    /// The sum of all stated numbers, each scale by itself: the same on whatever database the record is.
    pub sums: Vec<(u8, i128)>,
    /// What is not as it must be; empty when all is well.
    pub findings: Vec<String>,
}

/// The rows of a table, counted and summed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSums {
    /// Its name.
    pub table: &'static str,
    /// How many rows.
    pub rows: u64,
    /// Of every row as a line of a backup.
    pub sha256: String,
}

impl Verification {
    /// Whether all is well.
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }
}

/// What must be zero, and what it means when it is not.
const COUNTS: &[(&str, &str)] = &[
    (sql!("count_time_going_back"), "commits are recorded earlier than the one before them"),
    (sql!("count_observation_gaps"), "commits have gaps in the order of their observations"),
    (sql!("count_event_gaps"), "commits have gaps in the order of their events"),
    (sql!("count_orphaned_observations"), "observations have no commit or no origin"),
    (sql!("count_orphaned_origins"), "origins have no commit"),
    (sql!("count_orphaned_events"), "events have no commit"),
    (sql!("count_orphaned_definitions"), "definitions have no commit"),
    (sql!("count_orphaned_sections"), "sections, cells, scans or grants belong to nothing"),
];

impl Store {
    /// Looks at everything, as of one moment, while people work.
    pub async fn verify(&self) -> Result<Verification, StoreError> {
        let mut reader = self.read().await?;
        reader.conn.begin_reading().await?;
        let verified = verify(&mut reader.conn).await;
        reader.conn.run("ROLLBACK").await?;
        verified
    }
}

async fn verify(conn: &mut Conn) -> Result<Verification, StoreError> {
    let head = Head::read(conn).await?;
    let mut findings = vec![];

    let row = conn.fetch_one(sql!("extent_of_commits"), vec![]).await?;
    let (count, first, last, last_at) = (row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?);
    let expected = head.seq.0 as i64;
    if count != expected || last != expected || first != expected.min(1) {
        findings.push(format!(
            "the head is at {expected}, but {count} commits run from {first} to {last}"
        ));
    }
    if expected > 0 && last_at != head.recorded_at.as_microsecond() {
        findings.push("the head and the last commit were recorded at different moments".to_owned());
    }
    for &(question, what) in COUNTS {
        let wrong = conn.fetch_one(question, vec![]).await?.int(0)?;
        if wrong > 0 {
            findings.push(format!("{wrong} {what}"));
        }
    }

    findings.extend(crate::scans::damaged(conn).await?);

    let mut sums: Vec<(u8, i128)> = vec![];
    let mut interner = Interner::default();
    let mut unreadable = vec![];
    conn.for_each(sql!("observations_between"), args![Seq(0), Seq::LATEST], |row| {
        let joined = row.text(0)?;
        match interner.observation(joined) {
            Ok(one) => {
                for number in [one.figure.shown(), one.figure.upper()].into_iter().flatten() {
                    match sums.binary_search_by_key(&number.scale(), |(scale, _)| *scale) {
                        Ok(place) => sums[place].1 += i128::from(number.mantissa()),
                        Err(place) => {
                            sums.insert(place, (number.scale(), number.mantissa().into()))
                        }
                    }
                }
            }
            Err(error) => unreadable.push(format!("observation {joined}: {error}")),
        }
        Ok(())
    })
    .await?;
    findings.extend(unreadable);

    let mut tables = vec![];
    for table in TABLES {
        let (mut rows, mut sum) = (0, Sha256::new());
        each_row(conn, table, |line| {
            rows += 1;
            sum.update(line);
            sum.update("\n");
        })
        .await?;
        tables.push(TableSums { table: table.name, rows, sha256: hex(&sum.finalize()) });
    }
    Ok(Verification { head, tables, sums, findings })
}

/// A line for each table, then what was found.
impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seq {}", self.head.seq)?;
        for TableSums { table, rows, sha256 } in &self.tables {
            writeln!(f, "{table:<12} {rows:>9} rows  {sha256}")?;
        }
        for (scale, sum) in &self.sums {
            writeln!(f, "numbers with {scale} decimals: {sum}")?;
        }
        for finding in &self.findings {
            writeln!(f, "WRONG: {finding}")?;
        }
        f.write_str(if self.is_whole() { "whole" } else { "not whole" })
    }
}
