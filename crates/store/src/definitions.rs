//! Units, bodies, indicators and templates: what an administrator changes while running, with every version kept.

use std::collections::{BTreeMap, HashMap};

use measure::Portal;
use model::{Body, Indicator, Seq, Unit};
use workflow::Template;

use crate::rows::Rows;
use crate::shapes::Stored;
use crate::sql::{args, bulk_sql, sql};
use crate::{Reader, StoreError, Tx};

/// Everything defined, as known at a place in the record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definitions {
    /// By code.
    pub units: Vec<Unit>,
    /// By code.
    pub bodies: Vec<Body>,
    /// By code.
    pub indicators: Vec<Indicator>,
    /// Every version, by code, then version: a submission keeps the one it was opened with.
    pub templates: Vec<Template>,
    /// By code.
    pub portals: Vec<Portal>,
}

/// How many rows go into one bulk statement.
const CHUNK: usize = 2000;

impl Reader {
    /// Everything defined, as known at `seq`.
    pub async fn definitions_as_known_at(&mut self, seq: Seq) -> Result<Definitions, StoreError> {
        let mut found = Definitions { units: self.defined(seq).await?, ..Definitions::default() };
        found.bodies = self.defined(seq).await?;
        found.indicators = self.defined(seq).await?;
        found.portals = self.defined(seq).await?;
        let templates: Vec<Template> = self.every_version(seq).await?;
        let templates: BTreeMap<_, _> =
            templates.into_iter().map(|one| ((one.code.clone(), one.version), one)).collect();
        found.templates = templates.into_values().collect();
        Ok(found)
    }

    /// The last version of each code.
    async fn defined<T: Stored>(&mut self, seq: Seq) -> Result<Vec<T>, StoreError> {
        let every: Vec<T> = self.every_version(seq).await?;
        let last: BTreeMap<String, T> =
            every.into_iter().map(|one| (one.code().to_owned(), one)).collect();
        Ok(last.into_values().collect())
    }

    async fn every_version<T: Stored>(&mut self, seq: Seq) -> Result<Vec<T>, StoreError> {
        let mut found = vec![];
        let read = |row: crate::sql::Row| {
            let shape = serde_json::from_str(row.text(1)?)
                .map_err(|error| StoreError::unreadable(T::KIND, error))?;
            found.push(T::read(row.text(0)?, shape)?);
            Ok(())
        };
        self.conn.for_each(sql!("definitions"), args![T::KIND, seq], read).await?;
        Ok(found)
    }
}

impl Tx {
    /// Defines units, or the next versions of them. Callers have checked that the tree holds (`Units::new`).
    pub async fn define_units(&mut self, units: &[Unit]) -> Result<(), StoreError> {
        self.define(units).await
    }

    /// Defines bodies, or the next versions of them.
    pub async fn define_bodies(&mut self, bodies: &[Body]) -> Result<(), StoreError> {
        self.define(bodies).await
    }

    /// Defines indicators, or the next versions of them.
    pub async fn define_indicators(&mut self, indicators: &[Indicator]) -> Result<(), StoreError> {
        self.define(indicators).await
    }

    /// Defines templates, or the next versions of them.
    pub async fn define_templates(&mut self, templates: &[Template]) -> Result<(), StoreError> {
        self.define(templates).await
    }

    /// Defines portals, or the next versions of them.
    pub async fn define_portals(&mut self, portals: &[Portal]) -> Result<(), StoreError> {
        self.define(portals).await
    }

    pub(crate) async fn define<T: Stored>(&mut self, these: &[T]) -> Result<(), StoreError> {
        if these.is_empty() {
            return Ok(());
        }
        let seq = self.seq().await?;
        let mut versions: HashMap<String, i64> = HashMap::new();
        for row in self.conn.fetch_all(sql!("definition_versions"), args![T::KIND]).await? {
            versions.insert(row.string(0)?, row.int(1)?);
        }
        let statement = bulk_sql!(self.conn.engine(), "add_definitions");
        for chunk in these.chunks(CHUNK) {
            let mut rows = Rows::new(self.conn.engine());
            for one in chunk {
                let version = versions.entry(one.code().to_owned()).or_default();
                *version += 1;
                let content = serde_json::to_string(&one.shape())
                    .map_err(|error| StoreError::unreadable(T::KIND, error))?;
                rows.row().text(T::KIND).text(one.code()).int(*version).text(&*content);
            }
            self.conn.execute(statement, rows.after(args![seq])).await?;
        }
        Ok(())
    }
}
