//! Bản ký: scans of the signed paper of a form, kept with the record so that a backup of one is a backup of the other.
//!
//! A scan is never changed or taken away; whoever attaches a better one adds it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use model::{PersonId, SubmissionId};
use sha2::{Digest, Sha256};

use crate::backup::hex;
use crate::sql::{Conn, args, sql};
use crate::{Reader, StoreError, Tx};

/// A scan that is attached to a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// Its number.
    pub id: i64,
    /// What its sender called the file.
    pub name: String,
    /// Its media type, as its content says.
    pub kind: String,
    /// How many bytes.
    pub size: u64,
    /// Of its bytes, in hexadecimal.
    pub sha256: String,
    /// Who attached it.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
}

/// A scan to be attached.
#[derive(Clone, Debug)]
pub struct NewScan {
    /// To which form.
    pub submission: SubmissionId,
    /// What its sender called the file.
    pub name: String,
    /// Its media type, as its content says.
    pub kind: &'static str,
    /// Its bytes.
    pub content: Vec<u8>,
    /// Who attaches it.
    pub by: PersonId,
}

impl NewScan {
    /// The SHA-256 of its bytes, in hexadecimal.
    pub fn sha256(&self) -> String {
        hex(&Sha256::digest(&self.content))
    }
}

impl Reader {
    /// The scans of a form, the latest first, without their bytes.
    pub async fn scans(&mut self, submission: SubmissionId) -> Result<Vec<Scan>, StoreError> {
        let rows = self.conn.fetch_all(sql!("scans"), args![submission]).await?;
        rows.iter()
            .map(|row| {
                Ok(Scan {
                    id: row.int(0)?,
                    name: row.string(1)?,
                    kind: row.string(2)?,
                    size: row.int(3)? as u64,
                    sha256: row.string(4)?,
                    by_name: row.maybe_text(5)?.unwrap_or_default().to_owned(),
                    at: row.instant(6)?,
                })
            })
            .collect()
    }

    /// The media type and the bytes of one of a form's scans.
    pub async fn scan_content(
        &mut self,
        submission: SubmissionId,
        id: i64,
    ) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        let row = self.conn.fetch_optional(sql!("scan_content"), args![submission, id]).await?;
        row.map(|row| Ok((row.string(0)?, bytes(row.text(1)?)?))).transpose()
    }
}

impl Tx {
    /// Attaches a scan; answers its number.
    pub async fn add_scan(&mut self, scan: &NewScan) -> Result<i64, StoreError> {
        let id = self.new_id("scan").await?;
        let now = self.now();
        let row = args![
            id,
            scan.submission,
            scan.name.as_str(),
            scan.kind,
            scan.content.len() as i64,
            scan.sha256(),
            scan.by,
            now,
            BASE64.encode(&scan.content),
        ];
        self.conn.execute(sql!("add_scan"), row).await?;
        Ok(id)
    }
}

/// The scans whose bytes are not those that were attached.
pub(crate) async fn damaged(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let mut found = vec![];
    conn.for_each(sql!("all_scans"), vec![], |row| {
        let (id, expected) = (row.int(0)?, row.text(1)?);
        let is_whole = bytes(row.text(2)?).is_ok_and(|it| hex(&Sha256::digest(it)) == expected);
        if !is_whole {
            found.push(format!("scan {id} is not what was attached"));
        }
        Ok(())
    })
    .await?;
    Ok(found)
}

fn bytes(text: &str) -> Result<Vec<u8>, StoreError> {
    BASE64.decode(text).map_err(|error| StoreError::unreadable("a scan", error))
}
