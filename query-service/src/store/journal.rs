//! Where appended events are kept safe, behind one small trait.
//!
//! A journal takes groups of records in order, answers when they are as safe as its [`Durability`] tells, and gives
//! them back after a restart with the same sequences and the same epoch.

use bytes::Bytes;

use crate::log::{Epoch, Sequence};

/// How safe acknowledged events are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// In memory: a restart loses them.
    Memory,
    /// Handed to the operating system: a crash of the process does not lose them, one of the machine may.
    Written,
    /// On the disk.
    Synced,
}

/// Why a journal could not keep or give back records.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The storage has no room.
    #[error("the storage of the log is full; free room under the data directory or lower the retention")]
    Full(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The storage failed.
    #[error("the storage of the log failed: {0}")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Records in the middle are missing or damaged.
    #[error("the log is damaged at sequences {first} to {last}; restore the data directory from a copy or remove it")]
    Corrupt {
        /// First sequence damaged.
        first: Sequence,
        /// Last sequence damaged.
        last: Sequence,
    },
    /// The data directory cannot be used.
    #[error("data directory {}: {source}; give one that can be written with --data-dir", path.display())]
    Folder {
        /// The directory.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another process has the log open.
    #[error("{} is used by another process; stop it, or give another --data-dir", path.display())]
    InUse {
        /// The file.
        path: std::path::PathBuf,
    },
    /// A thread of the log could not start.
    #[error("a thread of the log could not start")]
    Thread(#[source] std::io::Error),
}

/// One event as a journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalRecord {
    /// Its sequence.
    pub sequence: Sequence,
    /// The event as `fineprint.v1.Event`, complete.
    pub bytes: Bytes,
}

/// What a journal gives back at the start: records in order, from `first`, without gaps.
pub struct Recovered {
    /// Identity of the log.
    pub epoch: Epoch,
    /// Sequence of the first record, or of the first to come where there are none.
    pub first: Sequence,
    /// The records.
    pub records: Box<dyn Iterator<Item = Result<JournalRecord, JournalError>> + Send>,
}

impl std::fmt::Debug for Recovered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recovered").field("epoch", &self.epoch).field("first", &self.first).finish_non_exhaustive()
    }
}

/// Keeps records safe. One writer calls it.
pub trait Journal: Send {
    /// How safe a record is when [`Self::append`] comes back.
    fn durability(&self) -> Durability;

    /// What was kept before; called once, first.
    ///
    /// # Errors
    /// [`JournalError::Corrupt`] with the range where records are damaged, [`JournalError::Storage`] else.
    fn recover(&mut self) -> Result<Recovered, JournalError>;

    /// Keeps records, whose sequences follow on what is kept: all of them or none.
    ///
    /// # Errors
    /// [`JournalError::Full`] or [`JournalError::Storage`].
    fn append(&mut self, records: &[JournalRecord]) -> Result<(), JournalError>;

    /// Forgets everything up to a sequence, itself included.
    ///
    /// # Errors
    /// [`JournalError::Storage`].
    fn evict(&mut self, through: Sequence) -> Result<(), JournalError>;
}

/// Keeps nothing beyond the log's own memory.
#[derive(Debug, Default)]
pub struct MemoryJournal;

impl Journal for MemoryJournal {
    fn durability(&self) -> Durability {
        Durability::Memory
    }

    fn recover(&mut self) -> Result<Recovered, JournalError> {
        Ok(Recovered { epoch: Epoch::random(), first: Sequence::FIRST, records: Box::new(std::iter::empty()) })
    }

    fn append(&mut self, _records: &[JournalRecord]) -> Result<(), JournalError> {
        Ok(())
    }

    fn evict(&mut self, _through: Sequence) -> Result<(), JournalError> {
        Ok(())
    }
}
