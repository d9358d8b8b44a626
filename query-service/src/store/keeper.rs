//! The thread that seals full segments and keeps retention, so that the writer waits for neither.

use std::{
    sync::{
        Arc,
        atomic::Ordering,
        mpsc::{self, RecvTimeoutError, SyncSender},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{Command, JournalError, Retention, Shared};
use crate::{
    limits::SEALING_SEGMENTS_MAX,
    log::{OpenSegment, Part, Segment, Sequence, View},
};

/// Ids removed while the writer waits.
const IDS_STEP: usize = 1_024;
/// How often age is looked at where nothing is sealed.
const TICK: Duration = Duration::from_secs(1);

/// Starts the thread; it ends when the sender is dropped.
pub(super) fn start(
    shared: Arc<Shared>,
    commands: tokio::sync::mpsc::WeakSender<Command>,
) -> Result<(SyncSender<Arc<OpenSegment>>, JoinHandle<()>), JournalError> {
    let (sender, receiver) = mpsc::sync_channel::<Arc<OpenSegment>>(SEALING_SEGMENTS_MAX);
    let handle = thread::Builder::new()
        .name("log-keeper".to_owned())
        .spawn(move || {
            loop {
                match receiver.recv_timeout(TICK) {
                    Ok(full) => seal(&shared, &full),
                    Err(RecvTimeoutError::Timeout) => roll_old(&shared, &commands),
                    Err(RecvTimeoutError::Disconnected) => return,
                }
                retain(&shared);
            }
        })
        .map_err(JournalError::Thread)?;
    Ok((sender, handle))
}

fn seal(shared: &Shared, full: &Arc<OpenSegment>) {
    let segment = Arc::new(Segment::seal(full));
    shared.view.rcu(|view| {
        let parts = view.parts.iter().map(|part| match part {
            Part::Open(open) if Arc::ptr_eq(open, full) => Part::Sealed(Arc::clone(&segment)),
            part => part.clone(),
        });
        View { parts: parts.collect() }
    });
}

/// Bytes of memory that all events held take, index and ids included.
pub(super) fn held_bytes(shared: &Shared) -> u64 {
    let ids = shared.ids.read().held_bytes();
    ids + shared.snapshot().parts().iter().map(Part::held_bytes).sum::<u64>()
}

/// Removes what retention no longer keeps.
fn retain(shared: &Shared) {
    let retention = &shared.options.retention;
    if *retention == Retention::default() {
        return;
    }
    let snapshot = shared.snapshot();
    // The ids belong to all segments alike; each bears its share.
    let per_event = shared.ids.read().held_bytes() / snapshot.event_count().max(1);
    let held = |part: &Part| part.held_bytes() + u64::from(part.len()) * per_event;
    let surplus = retention.surplus(snapshot.parts(), (shared.clock)(), held);
    let (evicted, _) = snapshot.parts().split_at(surplus);
    let Some(last) = evicted.last() else { return };
    shared.view.rcu(|view| {
        let kept = view.parts.iter().filter(|part| part.base() > last.base());
        View { parts: kept.cloned().collect() }
    });
    for part in evicted {
        shared.counts.encoded_bytes.fetch_sub(part.encoded_bytes(), Ordering::Relaxed);
    }
    let through = last.base().get() + u64::from(last.len()) - 1;
    // In steps, so that the writer never waits long for the lock.
    while shared.ids.write().evict(Sequence::new(through), IDS_STEP) {}
    shared.counts.evicted_sequence.store(through, Ordering::Release);
    tracing::info!(through, "retention removed old events");
}

/// Asks for a new segment where the open one holds events that age will want to remove.
fn roll_old(shared: &Shared, commands: &tokio::sync::mpsc::WeakSender<Command>) {
    let Some(age) = shared.options.retention.roll_age() else { return };
    let snapshot = shared.snapshot();
    let first = snapshot.parts().last().and_then(|part| part.ingest_time(0));
    let old = first.is_some_and(|first| {
        let since = (shared.clock)().0.saturating_sub(first.0);
        u128::from(since.max(0).unsigned_abs()) >= age.as_nanos()
    });
    if old && let Some(commands) = commands.upgrade() {
        // Where the queue is full, the next tick asks again.
        drop(commands.try_send(Command::Roll));
    }
}
