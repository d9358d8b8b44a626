//! The log behind one writer: `append`, `snapshot`, `watch_head`, and nothing else that changes it.
//!
//! Promised: appends are idempotent by event id over everything held; a batch becomes visible at once or not at all;
//! sequences have no gaps and `ingest_time` never falls; what readers see is as safe as [`Store::durability`] tells.
//! One thread writes, in groups of the batches that wait; another seals full segments and keeps retention.

pub mod disk;
pub mod ids;
pub mod journal;
pub mod keeper;
pub mod retention;
mod writer;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
};

use arc_swap::ArcSwap;
use parking_lot::{Mutex, RwLock};
use tokio::sync::{mpsc, oneshot, watch};

pub use disk::DiskJournal;
pub use journal::{Durability, Journal, JournalError, MemoryJournal, Recovered};
pub use retention::Retention;

use crate::{
    event::{EventId, StoredEvent, Timestamp},
    limits::Limits,
    log::{Epoch, EventRef, OpenSegment, Part, Sequence, Snapshot, View},
};
use ids::Ids;

/// Where the writer takes the time from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How to keep a log.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Bounds of segments and queues.
    pub limits: Limits,
    /// What to keep.
    pub retention: Retention,
}

/// An event on its way into the log.
#[derive(Debug)]
pub struct NewEvent {
    /// The event as filters see it.
    pub event: StoredEvent,
    /// The event as `fineprint.v1.Event` without `sequence` and `ingest_time`, which the writer adds at the end.
    pub encoded: Vec<u8>,
}

/// What became of an event that was to be appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It has this sequence now.
    New(Sequence),
    /// The log held its id already, under this sequence.
    Duplicate(Sequence),
}

/// Why a batch was not appended. None of its events is in the log.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    /// The writer has stopped, because the service stops.
    #[error("the log takes no more events, the service stops; send them again later")]
    Stopped,
    /// The journal refused the batch.
    #[error("the events could not be kept safe: {0}")]
    Journal(#[source] Arc<JournalError>),
}

/// A batch that the writer has, or will have.
#[derive(Debug)]
pub struct Submitted(oneshot::Receiver<Result<Vec<Appended>, AppendError>>);

impl Submitted {
    /// What became of each event, once it is as safe as [`Store::durability`] tells.
    ///
    /// # Errors
    /// [`AppendError`]; none of the events is in the log then, other than the duplicates that were there before.
    pub async fn answer(self) -> Result<Vec<Appended>, AppendError> {
        self.0.await.map_err(|_| AppendError::Stopped)?
    }
}

#[derive(Debug)]
enum Command {
    Append { events: Vec<NewEvent>, reply: oneshot::Sender<Result<Vec<Appended>, AppendError>> },
    Roll,
}

/// Counts that the threads keep; all since the start.
#[derive(Debug, Default)]
pub struct Counts {
    /// Encoded bytes of the events held.
    pub encoded_bytes: AtomicU64,
    /// Events appended.
    pub appended_events: AtomicU64,
    /// Events that were duplicates.
    pub duplicate_events: AtomicU64,
    /// Last sequence that retention removed.
    pub evicted_sequence: AtomicU64,
}

struct Shared {
    epoch: Epoch,
    durability: Durability,
    options: Options,
    view: ArcSwap<View>,
    head: watch::Sender<Sequence>,
    ids: RwLock<Ids>,
    counts: Counts,
    failed: AtomicBool,
    clock: Clock,
}

impl Shared {
    fn snapshot(&self) -> Snapshot {
        Snapshot::of(self.view.load_full())
    }
}

struct Threads {
    commands: Option<mpsc::Sender<Command>>,
    handles: Vec<JoinHandle<()>>,
}

/// The log behind one writer. Clones share it.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
    commands: mpsc::WeakSender<Command>,
    threads: Arc<Mutex<Threads>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("epoch", &self.shared.epoch).field("head", &self.head()).finish_non_exhaustive()
    }
}

impl Store {
    /// Starts the log with what the journal recovered, and its threads.
    ///
    /// # Errors
    /// [`JournalError`] where the journal cannot give back what it holds, or a thread cannot start.
    pub fn start(mut options: Options, mut journal: Box<dyn Journal>, clock: Clock) -> Result<Self, JournalError> {
        let recovered = journal.recover()?;
        writer::fit_segments(&mut options.limits, &options.retention);
        let capacity = writer::segment_capacity(&options.limits);
        let (head, _) = watch::channel(Sequence::ZERO);
        let shared = Arc::new(Shared {
            epoch: recovered.epoch,
            durability: journal.durability(),
            view: ArcSwap::from_pointee(View {
                parts: vec![Part::Open(Arc::new(OpenSegment::new(recovered.first, capacity)))],
            }),
            head,
            ids: RwLock::new(Ids::default()),
            counts: Counts::default(),
            failed: AtomicBool::new(false),
            clock,
            options,
        });
        shared.counts.evicted_sequence.store(recovered.first.previous().get(), Ordering::Relaxed);
        let (commands, receiver) =
            mpsc::channel(usize::try_from(shared.options.limits.append_queue_batches_max).unwrap_or(1).max(1));
        let (keeper, keeper_handle) = keeper::start(Arc::clone(&shared), commands.downgrade())?;
        let writer_handle = writer::start(Arc::clone(&shared), journal, recovered, receiver, keeper)?;
        let weak = commands.downgrade();
        Ok(Self {
            shared,
            commands: weak,
            threads: Arc::new(Mutex::new(Threads {
                commands: Some(commands),
                handles: vec![writer_handle, keeper_handle],
            })),
        })
    }

    /// Appends events, in order; gives what became of each once it is as safe as [`Self::durability`] tells.
    ///
    /// # Errors
    /// [`AppendError`]; none of the events is in the log then, other than the duplicates that were there before.
    pub async fn append(&self, events: Vec<NewEvent>) -> Result<Vec<Appended>, AppendError> {
        self.submit(events).await?.answer().await
    }

    /// Gives events to the writer, in the order of the calls; waits while too many batches wait already.
    ///
    /// # Errors
    /// [`AppendError::Stopped`].
    pub async fn submit(&self, events: Vec<NewEvent>) -> Result<Submitted, AppendError> {
        let Some(commands) = self.commands.upgrade() else { return Err(AppendError::Stopped) };
        let (reply, answer) = oneshot::channel();
        commands.send(Command::Append { events, reply }).await.map_err(|_| AppendError::Stopped)?;
        Ok(Submitted(answer))
    }

    /// The log as it is now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.shared.snapshot()
    }

    /// Last sequence of the log.
    #[must_use]
    pub fn head(&self) -> Sequence {
        *self.shared.head.borrow()
    }

    /// Wakes on each change of the head.
    #[must_use]
    pub fn watch_head(&self) -> watch::Receiver<Sequence> {
        self.shared.head.subscribe()
    }

    /// The event with an id.
    #[must_use]
    pub fn get(&self, id: EventId) -> Option<EventRef> {
        let sequence = self.shared.ids.read().get(id)?;
        let snapshot = self.snapshot();
        snapshot.find(sequence).map(|(part, ordinal)| EventRef::new(part.clone(), ordinal))
    }

    /// Bytes of memory that the events held take, index included.
    #[must_use]
    pub fn held_bytes(&self) -> u64 {
        keeper::held_bytes(&self.shared)
    }

    /// Identity of the log.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.shared.epoch
    }

    /// How safe acknowledged events are.
    #[must_use]
    pub fn durability(&self) -> Durability {
        self.shared.durability
    }

    /// Counts since the start.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.shared.counts
    }

    /// What is kept.
    #[must_use]
    pub fn retention(&self) -> &Retention {
        &self.shared.options.retention
    }

    /// Stops taking events, writes those that wait, and ends the threads. Readers go on. Blocks until then.
    pub fn stop(&self) {
        let handles = {
            let mut threads = self.threads.lock();
            threads.commands = None;
            std::mem::take(&mut threads.handles)
        };
        for handle in handles {
            if handle.join().is_err() {
                tracing::error!("a thread of the log ended with a panic");
            }
        }
    }
}
