//! Events on their way to the query service: nothing is lost while it is away.
//!
//! The outbox is one queue of numbered items. A submission puts the items of a document in, a publisher takes them out
//! in order, sends them and reports what became of each; the submission waits for that. An item stays after its
//! acknowledgement until its submission ends: where the other side starts anew with an empty log (another epoch), every
//! item that is kept is sent again. Both sides are bounded, by count and by bytes: whoever puts waits for room, and of
//! the acknowledged items the oldest are let go, which ends their submission with an error where a new epoch would have
//! needed them.
//!
//! The outbox does not know what its items are, and does not talk to anyone.

use parking_lot::Mutex;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Notify;

/// What became of an item on the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Taken.
    Appended,
    /// Held already.
    Duplicate,
    /// Refused, and why.
    Refused(String),
}

/// Why an outbox cannot keep its promise to a submission.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The other side lost what it had acknowledged, and too much of it was let go here.
    #[error(
        "the query service started anew and lost events that it had acknowledged, of which {count} are no longer kept \
         here; submit the documents again"
    )]
    Lost {
        /// Items that cannot be sent again.
        count: u64,
    },
}

/// Bounds of an outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Items without an acknowledgement.
    pub pending_events_max: usize,
    /// Their bytes.
    pub pending_bytes_max: usize,
    /// Acknowledged items of running submissions that are kept.
    pub kept_events_max: usize,
    /// Their bytes.
    pub kept_bytes_max: usize,
}

/// A bounded queue of items with their acknowledgements. Clones are the same outbox.
#[derive(Debug)]
pub struct Outbox<T> {
    inner: Arc<Inner<T>>,
}

impl<T> Clone for Outbox<T> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone() }
    }
}

#[derive(Debug)]
struct Inner<T> {
    state: Mutex<State<T>>,
    changed: Notify,
    bounds: Bounds,
}

#[derive(Debug)]
struct State<T> {
    items: BTreeMap<u64, Item<T>>,
    /// Number of the next item.
    next: u64,
    /// Every item below is acknowledged in this epoch.
    acknowledged: u64,
    epoch: Option<String>,
    epoch_count: u64,
    pending: Load,
    kept: Load,
    /// Items that were acknowledged and told, oldest first; some may be gone.
    told: VecDeque<u64>,
    submissions: BTreeMap<u64, Running>,
    next_submission: u64,
}

#[derive(Debug)]
struct Item<T> {
    value: Arc<T>,
    bytes: usize,
    submission: u64,
    /// With the count of the epoch that told it.
    outcome: Option<(u64, Outcome)>,
    is_told: bool,
}

#[derive(Debug, Default)]
struct Running {
    /// Acknowledged items that were let go.
    dropped: u64,
    /// Items that a new epoch needed and that were no longer there.
    lost: u64,
}

/// A count of items with their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Load {
    events: usize,
    bytes: usize,
}

impl Load {
    fn add(&mut self, bytes: usize) {
        self.events += 1;
        self.bytes += bytes;
    }

    fn remove(&mut self, bytes: usize) {
        self.events -= 1;
        self.bytes -= bytes;
    }
}

/// An item with its number.
pub type Numbered<T> = (u64, Arc<T>);

impl<T> Outbox<T> {
    /// An empty outbox.
    pub fn new(bounds: Bounds) -> Self {
        let state = State {
            items: BTreeMap::new(),
            next: 0,
            acknowledged: 0,
            epoch: None,
            epoch_count: 0,
            pending: Load::default(),
            kept: Load::default(),
            told: VecDeque::new(),
            submissions: BTreeMap::new(),
            next_submission: 0,
        };
        Self { inner: Arc::new(Inner { state: Mutex::new(state), changed: Notify::new(), bounds }) }
    }

    /// Begins a submission.
    pub fn submission(&self) -> Submission<T> {
        let mut state = self.inner.state.lock();
        let id = state.next_submission;
        state.next_submission += 1;
        state.submissions.insert(id, Running::default());
        Submission { outbox: self.clone(), id, end: AtomicU64::new(state.next) }
    }

    /// How many items have no acknowledgement.
    pub fn pending_count(&self) -> usize {
        self.inner.state.lock().pending.events
    }

    /// Waits until every item is acknowledged.
    pub async fn drained(&self) {
        self.until(|state| (state.pending.events == 0).then_some(())).await;
    }

    /// Number of the first item without an acknowledgement: where a publisher begins on a new connection.
    pub fn resume_at(&self) -> u64 {
        self.inner.state.lock().acknowledged
    }

    /// Waits until there is an item numbered `from` or higher.
    pub async fn filled(&self, from: u64) {
        self.until(|state| state.items.range(from..).next().map(|_| ())).await;
    }

    /// The items from number `from` on, in order: at most `events_max`, and at most `bytes_max` bytes of them unless the
    /// first alone is larger.
    pub fn batch(&self, from: u64, events_max: usize, bytes_max: usize) -> Vec<Numbered<T>> {
        let state = self.inner.state.lock();
        let mut bytes = 0;
        let fitting = state.items.range(from..).take(events_max).take_while(|(_, item)| {
            let first = bytes == 0;
            bytes += item.bytes;
            first || bytes <= bytes_max
        });
        fitting.map(|(number, item)| (*number, item.value.clone())).collect()
    }

    /// Takes the acknowledgement of the items with these numbers, which follow on all that is acknowledged. `durable`
    /// says that the other side does not lose them when it restarts. True where `epoch` is another than before: then all
    /// items that are kept have no acknowledgement any more, and are to be sent anew from [`Self::resume_at`].
    pub fn acknowledge(&self, epoch: &str, durable: bool, results: Vec<(u64, Outcome)>) -> bool {
        let mut state = self.inner.state.lock();
        let is_new = state.epoch.as_deref().is_some_and(|known| known != epoch);
        if state.epoch.as_deref() != Some(epoch) {
            state.epoch = Some(epoch.to_owned());
            state.epoch_count += 1;
        }
        let count = state.epoch_count;
        let mut end = state.acknowledged;
        for (number, outcome) in results {
            end = end.max(number + 1);
            if let Some(item) = state.items.get_mut(&number) {
                // What was taken and then sent again within one epoch is a duplicate of itself.
                let taken = matches!(&item.outcome, Some((at, Outcome::Appended)) if *at == count);
                if !(taken && outcome == Outcome::Duplicate) {
                    item.outcome = Some((count, outcome));
                }
            }
        }
        if is_new {
            state.start_anew();
        } else {
            state.settle(end, durable);
        }
        state.trim(&self.inner.bounds);
        drop(state);
        self.inner.changed.notify_waiters();
        is_new
    }

    /// Waits until `ready` gives something.
    async fn until<R>(&self, mut ready: impl FnMut(&mut State<T>) -> Option<R>) -> R {
        loop {
            let changed = self.inner.changed.notified();
            tokio::pin!(changed);
            // From here on no change is missed, also one that happens before the wait.
            changed.as_mut().enable();
            if let Some(result) = ready(&mut self.inner.state.lock()) {
                return result;
            }
            changed.await;
        }
    }
}

impl<T> State<T> {
    /// Counts everything below `end` as acknowledged.
    fn settle(&mut self, end: u64, durable: bool) {
        let mut gone = Vec::new();
        for (number, item) in self.items.range(self.acknowledged..end) {
            self.pending.remove(item.bytes);
            self.kept.add(item.bytes);
            if !self.submissions.contains_key(&item.submission) || (durable && item.is_told) {
                gone.push(*number);
            }
        }
        self.acknowledged = self.acknowledged.max(end);
        for number in gone {
            self.remove_kept(number);
        }
        if durable {
            while let Some(number) = self.told.pop_front() {
                self.remove_kept(number);
            }
        }
    }

    /// The other side holds nothing any more.
    fn start_anew(&mut self) {
        for running in self.submissions.values_mut() {
            running.lost += std::mem::take(&mut running.dropped);
        }
        self.pending.events += self.kept.events;
        self.pending.bytes += self.kept.bytes;
        self.kept = Load::default();
        self.acknowledged = self.items.first_key_value().map_or(self.next, |(number, _)| *number);
    }

    /// Lets the oldest acknowledged items go while there are too many.
    fn trim(&mut self, bounds: &Bounds) {
        while self.kept.events > bounds.kept_events_max || self.kept.bytes > bounds.kept_bytes_max {
            let Some(number) = self.told.pop_front() else { return };
            if number >= self.acknowledged {
                // It waits to be sent again; it comes back when it is told again.
                continue;
            }
            if let Some(submission) = self.remove_kept(number)
                && let Some(running) = self.submissions.get_mut(&submission)
            {
                running.dropped += 1;
            }
        }
    }

    /// Removes an acknowledged item; gives its submission.
    fn remove_kept(&mut self, number: u64) -> Option<u64> {
        if number >= self.acknowledged {
            return None;
        }
        let item = self.items.remove(&number)?;
        self.kept.remove(item.bytes);
        Some(item.submission)
    }
}

/// A running submission: what puts items in and waits for what becomes of them. Items without an acknowledgement
/// outlive it, acknowledged ones do not.
#[derive(Debug)]
pub struct Submission<T> {
    outbox: Outbox<T>,
    id: u64,
    /// Number after the last item that was put in.
    end: AtomicU64,
}

/// The numbers of the items that were put in together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket(Range<u64>);

impl<T> Submission<T> {
    /// Puts the items of one document in, each with its bytes. Waits for room; a document that is larger than the
    /// outbox waits until it is empty.
    pub async fn put(&self, values: Vec<(T, usize)>) -> Ticket {
        let load = Load { events: values.len(), bytes: values.iter().map(|(_, bytes)| bytes).sum() };
        let mut values = Some(values);
        let (id, bounds) = (self.id, self.outbox.inner.bounds);
        let range = self
            .outbox
            .until(|state| {
                let fits = state.pending.events + load.events <= bounds.pending_events_max
                    && state.pending.bytes + load.bytes <= bounds.pending_bytes_max;
                if !fits && state.pending.events > 0 && load.events > 0 {
                    return None;
                }
                let start = state.next;
                for (value, bytes) in values.take()? {
                    let item = Item { value: Arc::new(value), bytes, submission: id, outcome: None, is_told: false };
                    state.items.insert(state.next, item);
                    state.next += 1;
                    state.pending.add(bytes);
                }
                Some(start..state.next)
            })
            .await;
        self.end.fetch_max(range.end, Ordering::Relaxed);
        self.outbox.inner.changed.notify_waiters();
        Ticket(range)
    }

    /// Waits until every item of `ticket` is acknowledged, and gives what became of each, in order.
    ///
    /// # Errors
    /// The other side lost acknowledged items that are no longer here.
    pub async fn settled(&self, ticket: &Ticket) -> Result<Vec<Outcome>, Error> {
        let range = ticket.0.clone();
        self.outbox
            .until(|state| {
                if let Err(error) = self.check(state) {
                    return Some(Err(error));
                }
                if !range.is_empty() && state.acknowledged < range.end {
                    return None;
                }
                let mut outcomes = Vec::new();
                for number in range.clone() {
                    let Some(item) = state.items.get_mut(&number) else { continue };
                    item.is_told = true;
                    outcomes.extend(item.outcome.as_ref().map(|(_, outcome)| outcome.clone()));
                    state.told.push_back(number);
                }
                Some(Ok(outcomes))
            })
            .await
    }

    /// Waits until every item that was put in is acknowledged in the epoch of now.
    ///
    /// # Errors
    /// The other side lost acknowledged items that are no longer here.
    pub async fn finished(&self) -> Result<(), Error> {
        let end = self.end.load(Ordering::Relaxed);
        self.outbox
            .until(|state| match self.check(state) {
                Ok(()) => (state.acknowledged >= end).then_some(Ok(())),
                lost => Some(lost),
            })
            .await
    }

    fn check(&self, state: &State<T>) -> Result<(), Error> {
        match state.submissions.get(&self.id) {
            Some(Running { lost, .. }) if *lost > 0 => Err(Error::Lost { count: *lost }),
            _ => Ok(()),
        }
    }
}

impl<T> Drop for Submission<T> {
    fn drop(&mut self) {
        let mut state = self.outbox.inner.state.lock();
        state.submissions.remove(&self.id);
        let acknowledged = state.acknowledged;
        let gone: Vec<u64> = state
            .items
            .range(..acknowledged)
            .filter(|(_, item)| item.submission == self.id)
            .map(|(number, _)| *number)
            .collect();
        for number in gone {
            state.remove_kept(number);
        }
        let State { told, items, .. } = &mut *state;
        told.retain(|number| items.contains_key(number));
        drop(state);
        self.outbox.inner.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
