//! The schema, brought forward one numbered step at a time.
//!
//! Steps are never changed once shipped; what an older version wrote is kept as a fixture and opened in the tests.

use crate::StoreError;
use crate::sql::{Conn, args, sql};

/// Every step, in order; its number is its place from 1.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_record.sql"),
    include_str!("../migrations/0002_extension.sql"),
    include_str!("../migrations/0003_forms.sql"),
    include_str!("../migrations/0004_measure.sql"),
    include_str!("../migrations/0005_measured.sql"),
];

pub(crate) async fn bring_up_to_date(conn: &mut Conn) -> Result<(), StoreError> {
    let known = MIGRATIONS.len() as i64;
    loop {
        conn.begin_writing().await?;
        let found = locked_version(conn).await;
        let step = match found {
            Ok(found) if found > known => Err(StoreError::NewerSchema { found, known }),
            Ok(found) if found == known => Ok(None),
            Ok(found) => apply(conn, found).await.map(Some),
            Err(error) => Err(error),
        };
        match step {
            Ok(Some(())) => conn.run("COMMIT").await?,
            Ok(None) => return conn.run("COMMIT").await,
            Err(error) => {
                conn.run("ROLLBACK").await?;
                return Err(error);
            }
        }
    }
}

/// Two servers may start at once: the lock lets one of them apply a step and the other find it applied.
/// SQLite's writing transactions wait for one another by themselves.
async fn locked_version(conn: &mut Conn) -> Result<i64, StoreError> {
    if conn.engine() == crate::Engine::Postgres {
        conn.run(sql!("lock_migrations.postgres")).await?;
    }
    conn.run(sql!("create_migration")).await?;
    conn.fetch_one(sql!("schema_version"), vec![]).await?.int(0)
}

async fn apply(conn: &mut Conn, found: i64) -> Result<(), StoreError> {
    conn.run(MIGRATIONS[found as usize]).await?;
    conn.execute(sql!("add_migration"), args![found + 1]).await.map(drop)
}
