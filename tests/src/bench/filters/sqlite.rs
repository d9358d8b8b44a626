//! The same events in SQLite, in memory: one table for what an event has once, one for each list, and an index for
//! every column that a question asks for, covering where that helps.

use query_service::event::StoredEvent;
use rusqlite::{Connection, Result, params};

pub(crate) struct Database(Connection);

impl Database {
    pub(crate) fn new() -> Result<Self> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4000000; PRAGMA temp_store = MEMORY;
             CREATE TABLE events (id INTEGER PRIMARY KEY, type INTEGER, custom_type TEXT, source TEXT, confidence REAL,
                                  first_day INTEGER, reported INTEGER, bytes BLOB);
             CREATE TABLE countries (code TEXT, event INTEGER, PRIMARY KEY (code, event)) WITHOUT ROWID;
             CREATE TABLE parties (role INTEGER, name TEXT, event INTEGER, PRIMARY KEY (role, name, event)) WITHOUT ROWID;
             CREATE TABLE amounts (currency TEXT, value REAL, event INTEGER, PRIMARY KEY (currency, value, event)) WITHOUT ROWID;
             BEGIN;",
        )?;
        Ok(Self(connection))
    }

    pub(crate) fn insert(&mut self, event: &StoredEvent, bytes: &[u8]) -> Result<()> {
        let id = event.sequence as i64;
        let first_day = event.occurred.map(|date| {
            let day = date.first_day();
            day.year() * 10_000 + day.month() * 100 + day.day()
        });
        self.0.prepare_cached("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)")?.execute(params![
            id,
            event.event_type as i32,
            &*event.custom_type,
            &*event.source,
            event.confidence,
            first_day,
            event.reported,
            bytes
        ])?;
        for country in &event.countries {
            self.0
                .prepare_cached("INSERT OR IGNORE INTO countries VALUES (?, ?)")?
                .execute(params![country.to_string(), id])?;
        }
        for party in &event.participants {
            self.0.prepare_cached("INSERT OR IGNORE INTO parties VALUES (?, ?, ?)")?.execute(params![
                party.role as i32,
                &*party.name,
                id
            ])?;
        }
        for amount in &event.amounts {
            self.0.prepare_cached("INSERT OR IGNORE INTO amounts VALUES (?, ?, ?)")?.execute(params![
                amount.currency.to_string(),
                amount.nanos as f64 / 1e9,
                id
            ])?;
        }
        Ok(())
    }

    pub(crate) fn finish(&mut self) -> Result<()> {
        self.0.execute_batch(
            "COMMIT;
             CREATE INDEX by_type_and_day ON events (type, first_day);
             CREATE INDEX by_type_and_reported ON events (type, reported);
             CREATE INDEX by_type_and_confidence ON events (type, confidence);
             CREATE INDEX by_custom_type_and_source ON events (custom_type, source);
             ANALYZE;",
        )
    }

    /// Reads the bytes of every row; how many there are.
    pub(crate) fn drain(&self, sql: &str) -> Result<usize> {
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut count = 0;
        let mut read: u64 = 0;
        while let Some(row) = rows.next()? {
            let bytes = row.get_ref(0)?.as_blob()?;
            read += bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
            count += 1;
        }
        std::hint::black_box(read);
        Ok(count)
    }
}
