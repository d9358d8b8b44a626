//! One stream: a state that goes on step by step, and the waiting around it.

use std::{
    collections::VecDeque,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures::Stream;
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};
use tokio_util::sync::ReusableBoxFuture;

use super::{
    Drain, EndReason, Error, Found, GapReason, OnLoss, Request, Scan, Start, Stop, Update,
    locate::{self, Located},
};
use crate::{
    clock,
    event::Timestamp,
    limits::PROGRESS_SCANNED_EVENTS,
    log::{Lost, Position, Sequence, Snapshot},
    store::Store,
};

/// Steps, and events taken without one, between two looks at the clock and the drain.
const STEPS_BETWEEN_LOOKS: u32 = 64;

/// Where a stream stands; the states follow each other in this order.
#[derive(Debug)]
enum State {
    /// Looks for the newest N matches, from the head down.
    Searching { scan: Scan, left: u64, found: Option<Sequence> },
    /// Sends matches up to the bound.
    Running,
    /// The last update was given.
    Ended,
}

/// What one step came to.
enum Step {
    Give(Update),
    /// There is more to do at once.
    Again,
    /// Nothing to do before the head moves or a time comes.
    Wait,
    Over,
}

/// Why waiting ended is looked up again, so that the future tells nothing but the receiver that it borrowed.
type Waiting = ReusableBoxFuture<'static, watch::Receiver<Sequence>>;

/// One stream of a reader. A [`Stream`] of updates, each with the position to go on from.
pub struct Subscription {
    store: Store,
    request: Request,
    drain: Drain,
    state: State,
    scan: Scan,
    located: Located,
    /// Updates that stand before the next match.
    ready: VecDeque<Update>,
    /// Last sequence of the log when the stream began.
    history_end: Sequence,
    caught_up: bool,
    delivered: u64,
    /// Where the scan stood at the last message.
    told: Sequence,
    /// Steps and events since the clock and the drain were looked at.
    unlooked: u32,
    began: Instant,
    last_message: Instant,
    /// Set while `waiting` holds a future.
    is_waiting: bool,
    waiting: Waiting,
    head: Option<watch::Receiver<Sequence>>,
    /// Asks the writer whether everything older than the stop time is visible.
    barrier: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    barrier_passed: bool,
    /// Whether the scan's bound is where the stream ends, and not only how far the stop time is known to lie.
    bound_is_final: bool,
    /// Whether messages were sent since `last_message` was set.
    sent_since_look: bool,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription")
            .field("request", &self.request)
            .field("state", &self.state)
            .field("delivered", &self.delivered)
            .finish_non_exhaustive()
    }
}

impl Subscription {
    /// Begins a stream.
    ///
    /// # Errors
    /// [`Error::PositionEvicted`], [`Error::PositionAhead`], [`Error::EpochChanged`] or [`Error::Damaged`] where the start
    /// is not held.
    pub fn begin(store: Store, request: Request, drain: Drain) -> Result<Self, Error> {
        // Subscribed before the snapshot, so that no change of the head after it goes unnoticed.
        let head = store.watch_head();
        let snapshot = store.snapshot();
        let located = locate::locate(&request, store.epoch(), &snapshot)?;
        if let Some(Lost { first, last }) = snapshot.lost_at(located.first)
            && request.on_position_lost == OnLoss::Fail
            && !request.newest_first
            && !matches!(request.start, Start::Last(_))
        {
            let (epoch, position) = (store.epoch(), located.first.previous());
            return Err(Error::Damaged { epoch, position, first, last });
        }
        let query = request.query.clone();
        let bound_is_final = located.last.is_some() || !matches!(request.stop, Stop::Time(_));
        // While no event is as late as the stop time, what is held now is older for certain.
        let last = located.last.unwrap_or(if bound_is_final { Sequence::new(u64::MAX) } else { snapshot.head() });
        let scan = if request.newest_first {
            let from = located.below.map_or(snapshot.head(), Sequence::previous).min(last);
            Scan::descending(query.clone(), from, located.first)
        } else {
            Scan::ascending(query.clone(), located.first, last)
        };
        let state = match request.start {
            Start::Last(count) => State::Searching {
                scan: Scan::descending(query, snapshot.head().min(last), snapshot.earliest()),
                left: count,
                found: None,
            },
            _ => State::Running,
        };
        let now = Instant::now();
        let mut subscription = Self {
            told: scan.cursor(),
            store,
            request,
            drain,
            scan,
            located,
            ready: VecDeque::new(),
            history_end: snapshot.head(),
            caught_up: false,
            delivered: 0,
            unlooked: STEPS_BETWEEN_LOOKS,
            began: now,
            last_message: now,
            is_waiting: false,
            waiting: ReusableBoxFuture::new(std::future::pending()),
            head: Some(head),
            barrier: None,
            barrier_passed: false,
            bound_is_final,
            sent_since_look: false,
            state: State::Running,
        };
        if matches!(state, State::Running) {
            subscription.start(&snapshot);
        }
        subscription.state = state;
        Ok(subscription)
    }

    /// Puts the first updates up.
    fn start(&mut self, snapshot: &Snapshot) {
        self.ready.push_back(Update::Started {
            start: self.scan.cursor(),
            head: self.history_end,
            earliest: snapshot.earliest(),
        });
        self.ready.extend(self.located.gap.take());
        self.told = self.scan.cursor();
    }

    /// The sequence behind which the stream stands: up to it (newest first: from it on) everything was looked at.
    fn scanned(&self) -> Sequence {
        match self.request.newest_first {
            true => self.scan.cursor().next(),
            false => self.scan.cursor().previous(),
        }
    }

    fn end(&mut self, reason: EndReason) -> Step {
        self.state = State::Ended;
        Step::Give(Update::End { reason, delivered: self.delivered, scanned: self.scanned() })
    }

    fn progress(&self) -> Step {
        let (head, delivered) = (self.store.head(), self.delivered);
        Step::Give(Update::Progress { scanned: self.scanned(), head, delivered })
    }

    fn step(&mut self) -> Result<Step, Error> {
        if matches!(self.state, State::Ended) {
            return Ok(Step::Over);
        }
        if let Some(update) = self.ready.pop_front() {
            return Ok(Step::Give(update));
        }
        if self.unlooked >= STEPS_BETWEEN_LOOKS {
            self.unlooked = 0;
            if let Some(step) = self.look_up(Instant::now())? {
                return Ok(step);
            }
        }
        self.unlooked += 1;
        match &mut self.state {
            State::Searching { scan, left, found } => {
                match scan.step(|| self.store.snapshot()) {
                    Found::Match(event) => {
                        *found = Some(event.sequence());
                        *left -= 1;
                        if *left > 0 {
                            return Ok(Step::Again);
                        }
                    }
                    Found::Nothing => return Ok(Step::Again),
                    // Whether it held matches is not known: what is asked for lies before it, or ends there.
                    Found::Missing { first, last, reason: GapReason::Damage } => {
                        self.lost(first, last)?;
                        return Ok(Step::Again);
                    }
                    Found::End | Found::Missing { .. } => {}
                }
                let from = found.unwrap_or(self.history_end.next());
                let open_end = if self.bound_is_final { Sequence::new(u64::MAX) } else { self.history_end };
                let last = self.located.last.unwrap_or(open_end);
                self.scan = if self.request.newest_first {
                    Scan::descending(self.request.query.clone(), self.history_end.min(last), from)
                } else {
                    Scan::ascending(self.request.query.clone(), from, last)
                };
                self.state = State::Running;
                let snapshot = self.store.snapshot();
                self.start(&snapshot);
                Ok(Step::Again)
            }
            State::Running => self.run(),
            State::Ended => Ok(Step::Over),
        }
    }

    /// The clock and the drain.
    fn look_up(&mut self, now: Instant) -> Result<Option<Step>, Error> {
        if self.drain.is_begun() {
            return Ok(Some(self.end(EndReason::Draining)));
        }
        if self.request.deadline.is_some_and(|deadline| now >= self.began + deadline) {
            self.state = State::Ended;
            return Err(Error::DeadlineExceeded);
        }
        if self.request.max_duration.is_some_and(|duration| now >= self.began + duration) {
            return Ok(Some(self.end(EndReason::MaxDuration)));
        }
        if std::mem::take(&mut self.sent_since_look) {
            self.last_message = now;
        }
        let scanned = self.scan.cursor().get().abs_diff(self.told.get());
        let quiet = now.duration_since(self.last_message) >= self.request.progress_interval;
        if matches!(self.state, State::Running) && (quiet || scanned >= PROGRESS_SCANNED_EVENTS) {
            return Ok(Some(self.progress()));
        }
        Ok(None)
    }

    fn run(&mut self) -> Result<Step, Error> {
        if self.request.limit.is_some_and(|limit| self.delivered >= limit) {
            return Ok(self.end(EndReason::Limit));
        }
        if self.request.follow && !self.caught_up && self.scan.cursor() > self.history_end {
            self.caught_up = true;
            return Ok(Step::Give(Update::CaughtUp { head: self.history_end }));
        }
        match self.scan.step(|| self.store.snapshot()) {
            Found::Match(event) => {
                self.delivered += 1;
                Ok(Step::Give(Update::Event(event)))
            }
            Found::Nothing => Ok(Step::Again),
            Found::Missing { first, last, reason: GapReason::Damage } => {
                self.lost(first, last)?;
                Ok(Step::Give(Update::Gap { first, last, reason: GapReason::Damage }))
            }
            Found::Missing { first, last, .. } => self.overtaken(first, last),
            Found::End => self.at_end(),
        }
    }

    /// Gives `each` the events that come next, with the position after each, until it does not take one; tells how many it
    /// took. What lies at hand only, and nothing that is not an event: whoever reads the stream goes on reading it. For
    /// readers that copy many events at once.
    pub fn take_events(&mut self, mut each: impl FnMut(Position, &[u8]) -> bool) -> u64 {
        if !matches!(self.state, State::Running) || !self.ready.is_empty() {
            return 0;
        }
        let left = self.request.limit.map_or(u64::MAX, |limit| limit.saturating_sub(self.delivered));
        // Behind the end of history stands the update that tells so.
        let last = if self.request.follow && !self.caught_up { self.history_end } else { Sequence::new(u64::MAX) };
        let epoch = self.store.epoch();
        let (mut taken, mut told) = (0, self.told);
        self.scan.take_matches(last, |sequence, encoded| {
            let takes = taken < left && each(Position { epoch, sequence }, encoded);
            if takes {
                (taken, told) = (taken + 1, sequence.next());
            }
            takes
        });
        if taken > 0 {
            self.told = told;
            self.delivered += taken;
            self.sent_since_look = true;
            self.unlooked = self.unlooked.saturating_add(u32::try_from(taken).unwrap_or(u32::MAX));
        }
        taken
    }

    /// Came to events that the storage lost; an error where the reader did not ask for a gap.
    fn lost(&mut self, first: Sequence, last: Sequence) -> Result<(), Error> {
        if self.request.on_position_lost == OnLoss::Gap {
            return Ok(());
        }
        self.state = State::Ended;
        let position = if self.request.newest_first { last.next() } else { first.previous() };
        Err(Error::Damaged { epoch: self.store.epoch(), position, first, last })
    }

    fn overtaken(&mut self, first: Sequence, last: Sequence) -> Result<Step, Error> {
        match self.request.on_fall_behind {
            OnLoss::Gap => Ok(Step::Give(Update::Gap { first, last, reason: GapReason::Retention })),
            OnLoss::Fail => {
                self.state = State::Ended;
                let sequence = if self.request.newest_first { last.next() } else { first.previous() };
                let position = Position { epoch: self.store.epoch(), sequence };
                Err(Error::SlowConsumer { position, first, last })
            }
        }
    }

    /// The scan came to its bound or to the head.
    fn at_end(&mut self) -> Result<Step, Error> {
        if !self.bound_is_final {
            // The head may have moved since: where does the stop time lie now?
            let snapshot = self.store.snapshot();
            if let Some(last) = locate::last(&self.request, &snapshot) {
                self.bound_is_final = true;
                self.scan.set_bound(last);
                return Ok(Step::Again);
            }
            if snapshot.head() >= self.scan.cursor() {
                self.scan.set_bound(snapshot.head());
                return Ok(Step::Again);
            }
            if self.barrier_passed {
                return Ok(self.end(EndReason::Until));
            }
            if let Stop::Time(time) = self.request.stop
                && self.barrier.is_none()
                && clock::now() >= time
            {
                let store = self.store.clone();
                self.barrier = Some(Box::pin(async move {
                    // An empty batch is answered once all that came before it is visible. A writer that has stopped
                    // makes nothing visible any more.
                    drop(store.append(Vec::new()).await);
                }));
            }
            return Ok(Step::Wait);
        }
        if self.scan.is_at_bound() {
            return Ok(self.end(self.bound_reason()));
        }
        Ok(Step::Wait)
    }

    /// Why a stream ends whose scan came to its bound.
    fn bound_reason(&self) -> EndReason {
        // A stop ahead of the head ends a stream that does not follow at the head.
        let ahead = match self.request.stop {
            Stop::Open => true,
            Stop::After(sequence) => !self.request.follow && sequence > self.history_end,
            Stop::Time(_) => !self.request.follow && self.located.last == Some(self.history_end),
        };
        match (self.request.newest_first, ahead) {
            (true, _) => EndReason::Earliest,
            (false, true) => EndReason::Head,
            (false, false) => EndReason::Until,
        }
    }

    /// When to look up again although nothing has come in.
    fn next_look(&self) -> Instant {
        let mut next = self.last_message + self.request.progress_interval;
        for bound in [self.request.deadline, self.request.max_duration].into_iter().flatten() {
            next = next.min(self.began + bound);
        }
        if let Stop::Time(Timestamp(time)) = self.request.stop
            && self.barrier.is_none()
        {
            let left = time.saturating_sub(clock::now().0).max(0).unsigned_abs();
            next = next.min(Instant::now() + Duration::from_nanos(left));
        }
        next
    }

    fn poll_wait(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(barrier) = &mut self.barrier
            && !self.barrier_passed
            && barrier.as_mut().poll(cx).is_ready()
        {
            self.barrier_passed = true;
            return Poll::Ready(());
        }
        if !self.is_waiting {
            let Some(mut head) = self.head.take() else { return Poll::Ready(()) };
            // What the scan has seen up to now is not news.
            let behind = self.scan.cursor();
            if std::mem::take(&mut self.sent_since_look) {
                self.last_message = Instant::now();
            }
            let (drain, until) = (self.drain.clone(), self.next_look());
            self.waiting.set(async move {
                tokio::select! {
                    // The writer may have stopped: then the drain or a time ends the stream.
                    stopped = async { head.wait_for(|head| *head >= behind).await.is_err() } => {
                        if stopped {
                            tokio::select! {
                                () = drain.begun() => {}
                                () = sleep_until(until) => {}
                            }
                        }
                    }
                    () = drain.begun() => {}
                    () = sleep_until(until) => {}
                }
                head
            });
            self.is_waiting = true;
        }
        let head = ready!(self.waiting.poll(cx));
        self.is_waiting = false;
        self.head = Some(head);
        Poll::Ready(())
    }
}

impl Stream for Subscription {
    type Item = Result<(Position, Update), Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let mut again = 0;
        loop {
            match this.step() {
                Err(error) => return Poll::Ready(Some(Err(error))),
                Ok(Step::Over) => return Poll::Ready(None),
                Ok(Step::Give(update)) => {
                    this.sent_since_look = true;
                    this.told = this.scan.cursor();
                    return Poll::Ready(Some(Ok((this.position_after(&update), update))));
                }
                Ok(Step::Again) => {
                    again += 1;
                    // Each step is bounded, and so is the number of steps before other streams have their turn.
                    if again == STEPS_BETWEEN_LOOKS {
                        this.unlooked = STEPS_BETWEEN_LOOKS;
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                }
                Ok(Step::Wait) => {
                    ready!(this.poll_wait(cx));
                    // Woken: look at the clock and the drain at once.
                    this.unlooked = STEPS_BETWEEN_LOOKS;
                }
            }
        }
    }
}

impl Subscription {
    /// The position after an update: what stands in `ready` is not behind the client yet.
    fn position_after(&self, update: &Update) -> Position {
        let epoch = self.store.epoch();
        let sequence = match (update, self.ready.front()) {
            // A client that goes on from before the gap is told of it again.
            (Update::Started { .. }, Some(Update::Gap { first, reason: GapReason::Retention, .. })) => first.previous(),
            _ => self.scanned(),
        };
        Position { epoch, sequence }
    }
}
