//! The journal on disk: one redb table from sequence to record, in one file of the data directory.
//!
//! A group of records is one transaction, synced before it is acknowledged: after a crash a group is there whole or not at
//! all, and a torn end is cut by redb itself. Each record carries a CRC-32C of its own, so that damage in the middle is
//! told with its range instead of being served. `docs/decisions/0001-durable-log.md` tells why redb.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};

use super::journal::{Durability, Journal, JournalError, JournalRecord, Recovered};
use crate::log::{Epoch, Sequence};

/// Name of the file in the data directory.
const FILE: &str = "events.redb";
/// Sequence to record and its checksum.
const RECORDS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("records");
/// Facts about the log.
const FACTS: TableDefinition<'_, &str, u64> = TableDefinition::new("facts");
const EPOCH: &str = "epoch";
/// Bytes that redb may hold of the file; the log has the events in memory itself.
const CACHE_BYTES: usize = 32 << 20;
/// Records read at once on recovery.
const READ_RECORDS: usize = 4_096;
const CHECKSUM_BYTES: usize = 4;

/// Keeps records in a folder.
#[derive(Debug)]
pub struct DiskJournal {
    path: PathBuf,
    /// Unset after an error, until the next use opens it anew.
    database: Option<Arc<Database>>,
    epoch: Epoch,
    /// Whether what the last error left behind may have to be removed.
    is_suspect: bool,
}

impl DiskJournal {
    /// Opens the journal in a folder, which is made where it is missing.
    ///
    /// # Errors
    /// [`JournalError::Storage`] where the folder cannot be used, or another process uses it.
    pub fn open(folder: &Path) -> Result<Self, JournalError> {
        std::fs::create_dir_all(folder)
            .map_err(|error| JournalError::Folder { path: folder.to_owned(), source: error })?;
        let path = folder.join(FILE);
        let database = open(&path)?;
        let epoch = epoch(&database)?;
        Ok(Self { path, database: Some(Arc::new(database)), epoch, is_suspect: false })
    }

    fn database(&mut self) -> Result<Arc<Database>, JournalError> {
        if let Some(database) = &self.database {
            return Ok(Arc::clone(database));
        }
        let database = Arc::new(open(&self.path)?);
        self.database = Some(Arc::clone(&database));
        Ok(database)
    }

    /// Gives the database up after an error: redb takes no further writes before it is opened anew.
    fn after<T>(&mut self, result: Result<T, redb::Error>) -> Result<T, JournalError> {
        result.map_err(|error| {
            self.database = None;
            self.is_suspect = true;
            storage(error)
        })
    }
}

fn open(path: &Path) -> Result<Database, JournalError> {
    let opened = Database::builder().set_cache_size(CACHE_BYTES).create(path);
    opened.map_err(|error| match error {
        redb::DatabaseError::DatabaseAlreadyOpen => JournalError::InUse { path: path.to_owned() },
        other => storage(other.into()),
    })
}

/// The identity of the log, made where the file is new.
fn epoch(database: &Database) -> Result<Epoch, JournalError> {
    let make = || -> Result<u64, redb::Error> {
        let transaction = database.begin_write()?;
        let epoch = {
            transaction.open_table(RECORDS)?;
            let mut facts = transaction.open_table(FACTS)?;
            let known = facts.get(EPOCH)?.map(|epoch| epoch.value());
            match known {
                Some(epoch) => epoch,
                None => {
                    let epoch = Epoch::random().get();
                    facts.insert(EPOCH, epoch)?;
                    epoch
                }
            }
        };
        transaction.commit()?;
        Ok(epoch)
    };
    make().map(Epoch::new).map_err(storage)
}

/// An error of the storage, told apart where the caller can do something about it.
fn storage(error: redb::Error) -> JournalError {
    match &error {
        redb::Error::Io(cause)
            if matches!(
                cause.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
            ) =>
        {
            JournalError::Full(Box::new(error))
        }
        _ => JournalError::Storage(Box::new(error)),
    }
}

impl Journal for DiskJournal {
    fn durability(&self) -> Durability {
        Durability::Synced
    }

    fn recover(&mut self) -> Result<Recovered, JournalError> {
        let database = self.database()?;
        let first = || -> Result<Option<u64>, redb::Error> {
            let transaction = database.begin_read()?;
            let records = transaction.open_table(RECORDS)?;
            Ok(records.first()?.map(|(sequence, _)| sequence.value()))
        };
        let first = first().map_err(storage)?.map_or(Sequence::FIRST, Sequence::new);
        let records = Records { database, next: first.get(), read: Vec::new().into_iter(), is_over: false };
        Ok(Recovered { epoch: self.epoch, first, records: Box::new(records) })
    }

    fn append(&mut self, records: &[JournalRecord]) -> Result<(), JournalError> {
        let Some(first) = records.first() else { return Ok(()) };
        let database = self.database()?;
        let is_suspect = self.is_suspect;
        let write = || -> Result<(), redb::Error> {
            let transaction = database.begin_write()?;
            {
                let mut table = transaction.open_table(RECORDS)?;
                if is_suspect {
                    // A group that was refused may have reached the disk all the same.
                    table.retain_in(first.sequence.get().., |_, _| false)?;
                }
                let mut value = Vec::new();
                for JournalRecord { sequence, bytes } in records {
                    value.clear();
                    value.extend_from_slice(bytes);
                    value.extend_from_slice(&crc32c::crc32c(bytes).to_le_bytes());
                    table.insert(sequence.get(), value.as_slice())?;
                }
            }
            transaction.commit()?;
            Ok(())
        };
        let written = write();
        self.after(written)?;
        self.is_suspect = false;
        Ok(())
    }

    fn evict(&mut self, through: Sequence) -> Result<(), JournalError> {
        let database = self.database()?;
        let remove = || -> Result<(), redb::Error> {
            let transaction = database.begin_write()?;
            transaction.open_table(RECORDS)?.retain_in(..=through.get(), |_, _| false)?;
            transaction.commit()?;
            Ok(())
        };
        let removed = remove();
        self.after(removed)
    }
}

/// Reads records back, some thousand at a time.
struct Records {
    database: Arc<Database>,
    next: u64,
    read: std::vec::IntoIter<Result<JournalRecord, JournalError>>,
    is_over: bool,
}

impl Records {
    fn read_more(&mut self) -> Result<(), redb::Error> {
        let transaction = self.database.begin_read()?;
        let table = transaction.open_table(RECORDS)?;
        let mut read = Vec::with_capacity(READ_RECORDS);
        for entry in table.range(self.next..)?.take(READ_RECORDS) {
            let (sequence, value) = entry?;
            read.push((sequence.value(), checked(value.value())));
        }
        self.is_over = read.len() < READ_RECORDS;
        if let Some((last, _)) = read.last() {
            self.next = last + 1;
        }
        // Damage that hangs together is told as one range.
        let mut records: Vec<Result<JournalRecord, JournalError>> = Vec::with_capacity(read.len());
        for (sequence, bytes) in read {
            let sequence = Sequence::new(sequence);
            match (bytes, records.last_mut()) {
                (Some(bytes), _) => records.push(Ok(JournalRecord { sequence, bytes })),
                (None, Some(Err(JournalError::Corrupt { last, .. }))) if last.next() == sequence => *last = sequence,
                (None, _) => records.push(Err(JournalError::Corrupt { first: sequence, last: sequence })),
            }
        }
        self.read = records.into_iter();
        Ok(())
    }
}

/// The record of a value, where its checksum is right.
fn checked(value: &[u8]) -> Option<Bytes> {
    let (bytes, checksum) = value.split_at_checked(value.len().checked_sub(CHECKSUM_BYTES)?)?;
    (checksum == crc32c::crc32c(bytes).to_le_bytes()).then(|| Bytes::copy_from_slice(bytes))
}

impl Iterator for Records {
    type Item = Result<JournalRecord, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(record) = self.read.next() {
                return Some(record);
            }
            if self.is_over {
                return None;
            }
            if let Err(error) = self.read_more() {
                self.is_over = true;
                return Some(Err(storage(error)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(sequence: u64) -> JournalRecord {
        JournalRecord { sequence: Sequence::new(sequence), bytes: Bytes::from(format!("record {sequence}")) }
    }

    fn recovered(journal: &mut DiskJournal) -> Vec<Result<JournalRecord, String>> {
        let recovered = journal.recover().expect("recovered");
        recovered.records.map(|record| record.map_err(|error| error.to_string())).collect()
    }

    #[test]
    fn records_and_epoch_come_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = DiskJournal::open(folder.path()).expect("opened");
        assert!(recovered(&mut journal).is_empty());
        let epoch = journal.epoch;
        for group in (1..=10_000).map(record).collect::<Vec<_>>().chunks(999) {
            journal.append(group).expect("appended");
        }
        drop(journal);
        let mut journal = DiskJournal::open(folder.path()).expect("opened again");
        assert_eq!(journal.epoch, epoch);
        assert_eq!(recovered(&mut journal), (1..=10_000).map(|sequence| Ok(record(sequence))).collect::<Vec<_>>());
        journal.evict(Sequence::new(9_000)).expect("evicted");
        drop(journal);
        let mut journal = DiskJournal::open(folder.path()).expect("opened again");
        assert_eq!(journal.recover().expect("recovered").first, Sequence::new(9_001));
        assert_eq!(recovered(&mut journal).len(), 1_000);
    }

    #[test]
    fn damage_is_told_with_its_range() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = DiskJournal::open(folder.path()).expect("opened");
        journal.append(&(1..=9).map(record).collect::<Vec<_>>()).expect("appended");
        let database = journal.database().expect("open");
        let transaction = database.begin_write().expect("begun");
        {
            let mut table = transaction.open_table(RECORDS).expect("the table");
            for sequence in [4_u64, 5, 8] {
                table.insert(sequence, b"not what was written".as_slice()).expect("damaged");
            }
        }
        transaction.commit().expect("committed");
        let errors: Vec<String> = recovered(&mut journal).into_iter().filter_map(Result::err).collect();
        assert_eq!(errors.len(), 2);
        assert!(errors[0].contains("sequences 4 to 5"), "{errors:?}");
        assert!(errors[1].contains("sequences 8 to 8"), "{errors:?}");
    }

    #[test]
    fn one_process_at_a_time_uses_a_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let _first = DiskJournal::open(folder.path()).expect("opened");
        let error = DiskJournal::open(folder.path()).expect_err("in use").to_string();
        assert!(error.contains("is used by another process"), "{error}");
    }
}
