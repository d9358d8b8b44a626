//! The seven promises of a stream, each a property of its name, over random ingest, readers that stall and come back,
//! and retention that removes what they have not read.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use fineprint_proto::v1;
use futures::{FutureExt as _, StreamExt as _};
use proptest::prelude::*;
use prost::Message as _;
use query_service::{
    clock,
    limits::Limits,
    log::{Position, Sequence},
    store::{MemoryJournal, NewEvent, Options, Retention, Store},
    stream::{Drain, GapReason, Request, Start, Subscription, Update},
};

#[path = "../testing/plain.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared between tests")]
mod plain;

use plain::is_fine;

/// What happens, one after the other.
#[derive(Clone, Debug)]
enum Act {
    /// A batch of so many events comes in.
    Append(u64),
    /// The reader reads until there is nothing, or so many updates.
    Read(usize),
    /// The reader takes the events at hand, so many at most.
    Take(usize),
    /// The reader goes away and comes back with its last token.
    Reopen,
}

/// A random run.
#[derive(Clone, Debug)]
struct Plan {
    segment_events: u64,
    retention_events: Option<u64>,
    filtered: bool,
    before: Vec<u64>,
    acts: Vec<Act>,
}

fn plan() -> impl Strategy<Value = Plan> {
    let act = prop_oneof![
        3 => (1_u64..40).prop_map(Act::Append),
        3 => (1_usize..60).prop_map(Act::Read),
        1 => Just(Act::Read(usize::MAX)),
        3 => (1_usize..60).prop_map(Act::Take),
        1 => Just(Act::Reopen),
    ];
    (
        1_u64..50,
        proptest::option::of(8_u64..120),
        any::<bool>(),
        proptest::collection::vec(1_u64..60, 0..6),
        proptest::collection::vec(act, 1..40),
    )
        .prop_map(|(segment_events, retention_events, filtered, before, acts)| Plan {
            segment_events,
            retention_events,
            filtered,
            before,
            acts,
        })
}

/// What a reader saw, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    Event(u64),
    Gap(u64, u64),
    Progress(u64),
    CaughtUp(u64),
}

/// A run and what came of it.
#[derive(Debug)]
struct Trace {
    plan: Plan,
    seen: Vec<Seen>,
    /// Position after each thing seen.
    positions: Vec<Position>,
    /// Heads where the reader found nothing more to read.
    rests: Vec<u64>,
    /// Last sequence of each batch.
    batch_ends: BTreeSet<u64>,
    head: u64,
    /// What is removed at the end.
    evicted: u64,
}

const FILTER: &str = "type = FINE";

fn event(sequence: u64) -> NewEvent {
    plain::new_event(&plain::event(sequence))
}

fn request(filtered: bool, start: Start) -> Request {
    plain::request(if filtered { FILTER } else { "" }, start)
}

fn store(plan: &Plan) -> Store {
    let limits = Limits { segment_events_max: plan.segment_events, ..Limits::default() };
    let retention = Retention { events_max: plan.retention_events, ..Retention::default() };
    Store::start(Options { limits, retention }, Box::new(MemoryJournal), Arc::new(clock::now)).expect("a log")
}

struct Run {
    store: Store,
    drain: Drain,
    trace: Trace,
    next: u64,
    position: Option<Position>,
}

impl Run {
    async fn append(&mut self, count: u64) {
        let events = (self.next..self.next + count).map(event).collect();
        self.next += count;
        self.store.append(events).await.expect("appended");
        self.trace.batch_ends.insert(self.next - 1);
    }

    fn open(&self) -> Subscription {
        let start = self.position.map_or(Start::Earliest, Start::After);
        let request = request(self.trace.plan.filtered, start);
        Subscription::begin(self.store.clone(), request, self.drain.clone()).expect("a stream")
    }

    fn note(&mut self, position: Position, update: &Update) {
        let seen = match update {
            Update::Event(event) => Some(Seen::Event(event.sequence().get())),
            Update::Gap { first, last, reason: GapReason::Retention } => Some(Seen::Gap(first.get(), last.get())),
            Update::Progress { scanned, .. } => Some(Seen::Progress(scanned.get())),
            Update::CaughtUp { head } => Some(Seen::CaughtUp(head.get())),
            Update::Started { .. } => None,
            Update::Gap { reason: GapReason::EpochChanged | GapReason::Damage, .. } | Update::End { .. } => {
                panic!("{update:?}")
            }
        };
        if let Some(seen) = seen {
            self.trace.seen.push(seen);
            self.trace.positions.push(position);
        }
        self.position = Some(position);
    }

    /// Reads at most so many updates; stops where there is nothing to read.
    async fn read(&mut self, stream: &mut Subscription, count: usize) {
        for _ in 0..count {
            // A stream that scans gives the thread back now and then, which is not the end of what there is.
            let mut idle = 0;
            let next = loop {
                match stream.next().now_or_never() {
                    Some(next) => break Some(next),
                    None if idle == 3 => break None,
                    None => idle += 1,
                }
                tokio::task::yield_now().await;
            };
            match next {
                Some(next) => {
                    let (position, update) = next.expect("not over").expect("no error");
                    self.note(position, &update);
                }
                None => {
                    if let Some(position) = self.position {
                        self.trace.rests.push(position.sequence.get());
                    }
                    return;
                }
            }
        }
    }

    /// Takes at most so many events; what they are is told by their bytes.
    fn take(&mut self, stream: &mut Subscription, count: usize) {
        let mut left = count;
        let taken = stream.take_events(|position, encoded| {
            if left > 0 {
                left -= 1;
                let event = v1::Event::decode(encoded).expect("an event");
                self.trace.seen.push(Seen::Event(event.sequence));
                self.trace.positions.push(position);
                self.position = Some(position);
                return true;
            }
            false
        });
        assert_eq!(taken, (count - left) as u64);
    }

    /// Reads until everything up to the head is behind the reader.
    async fn read_to_head(&mut self, stream: &mut Subscription) {
        while self.position.is_none_or(|position| position.sequence < self.store.head()) {
            let next = tokio::time::timeout(Duration::from_secs(20), stream.next()).await.expect("in time");
            let (position, update) = next.expect("not over").expect("no error");
            self.note(position, &update);
        }
    }
}

fn run(plan: &Plan) -> Trace {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let trace = Trace {
            plan: plan.clone(),
            seen: Vec::new(),
            positions: Vec::new(),
            rests: Vec::new(),
            batch_ends: BTreeSet::new(),
            head: 0,
            evicted: 0,
        };
        let mut run = Run { store: store(plan), drain: Drain::default(), trace, next: 1, position: None };
        for count in &plan.before {
            run.append(*count).await;
        }
        let mut stream = run.open();
        for act in &plan.acts {
            match act {
                Act::Append(count) => run.append(*count).await,
                Act::Read(count) => run.read(&mut stream, *count).await,
                Act::Take(count) => run.take(&mut stream, *count),
                Act::Reopen => stream = run.open(),
            }
        }
        run.read_to_head(&mut stream).await;
        run.trace.head = run.store.head().get();
        run.store.stop();
        run.trace.evicted = run.store.snapshot().earliest().previous().get();
        run.trace
    })
}

impl Trace {
    fn events(&self) -> impl Iterator<Item = u64> {
        self.seen.iter().filter_map(|seen| match seen {
            Seen::Event(sequence) => Some(*sequence),
            Seen::Gap(..) | Seen::Progress(_) | Seen::CaughtUp(_) => None,
        })
    }

    fn gaps(&self) -> Vec<(u64, u64)> {
        let gap = |seen: &Seen| match seen {
            Seen::Gap(first, last) => Some((*first, *last)),
            Seen::Event(_) | Seen::Progress(_) | Seen::CaughtUp(_) => None,
        };
        self.seen.iter().filter_map(gap).collect()
    }

    fn matches(&self, sequence: u64) -> bool {
        !self.plan.filtered || is_fine(sequence)
    }

    fn in_gap(&self, sequence: u64) -> usize {
        self.gaps().iter().filter(|(first, last)| (*first..=*last).contains(&sequence)).count()
    }

    /// The first sequence that the reader was to see: what was removed before it came is not missing.
    fn start(&self) -> u64 {
        let first_gap = self.gaps().first().map_or(u64::MAX, |(first, _)| *first);
        self.events().next().unwrap_or(u64::MAX).min(first_gap)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// Sequences rise within a stream, and over streams that follow each other by token.
    #[test]
    fn ordered(plan in plan()) {
        let trace = run(&plan);
        let events: Vec<u64> = trace.events().collect();
        prop_assert!(events.is_sorted(), "{:?}", trace);
    }

    /// No event comes twice.
    #[test]
    fn unique(plan in plan()) {
        let trace = run(&plan);
        let distinct: BTreeSet<u64> = trace.events().collect();
        prop_assert_eq!(distinct.len(), trace.events().count(), "{:?}", trace);
    }

    /// Where a reader finds nothing more to read, it stands at the end of a batch, never within one.
    #[test]
    fn atomic(mut plan in plan()) {
        plan.filtered = false;
        plan.retention_events = None;
        let trace = run(&plan);
        for rest in trace.rests.iter().filter(|rest| **rest > 0) {
            prop_assert!(trace.batch_ends.contains(rest), "{} in {:?}", rest, trace);
        }
    }

    /// Between two events lies no other that matches, other than in a gap.
    #[test]
    fn reliable(plan in plan()) {
        let trace = run(&plan);
        let events: BTreeSet<u64> = trace.events().collect();
        for sequence in (trace.start()..=trace.head).filter(|sequence| trace.matches(*sequence)) {
            prop_assert!(events.contains(&sequence) || trace.in_gap(sequence) > 0, "{} in {:?}", sequence, trace);
        }
        for sequence in &events {
            prop_assert!(trace.matches(*sequence), "{} in {:?}", sequence, trace);
        }
    }

    /// What follows a token is what followed it in the first stream.
    #[test]
    fn resumable(mut plan in plan(), at in any::<proptest::sample::Index>()) {
        plan.retention_events = None;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(async {
            let store = store(&plan);
            let mut next = 1;
            for count in plan.before.iter().chain([&1]) {
                store.append((next..next + count).map(event).collect()).await.expect("appended");
                next += count;
            }
            let read = |start| {
                let request = Request { follow: false, ..request(plan.filtered, start) };
                let stream = Subscription::begin(store.clone(), request, Drain::default()).expect("a stream");
                stream.map(|next| next.expect("no error")).collect::<Vec<_>>()
            };
            let events = |updates: &[(Position, Update)]| -> Vec<u64> {
                let event = |(_, update): &(Position, Update)| match update {
                    Update::Event(event) => Some(event.sequence().get()),
                    _ => None,
                };
                updates.iter().filter_map(event).collect()
            };
            let whole = read(Start::Earliest).await;
            let at = at.index(whole.len());
            let token = whole[at].0.token_text();
            let rest = read(Start::After(Position::parse(&token).expect("a token"))).await;
            assert_eq!(events(&rest), events(&whole[at + 1..]), "after {token}");
            store.stop();
        });
    }

    /// After progress to a sequence, and after a token of it, every match up to it was sent or lies in a gap.
    #[test]
    fn bookmarkable(plan in plan()) {
        let trace = run(&plan);
        for (at, (seen, position)) in trace.seen.iter().zip(&trace.positions).enumerate() {
            let told = match seen {
                Seen::Progress(scanned) | Seen::CaughtUp(scanned) => (*scanned).max(position.sequence.get()),
                Seen::Event(_) | Seen::Gap(..) => position.sequence.get(),
            };
            let before: BTreeSet<u64> = trace.events().take(
                trace.seen[..=at].iter().filter(|seen| matches!(seen, Seen::Event(_))).count()
            ).collect();
            for sequence in (trace.start()..=told).filter(|sequence| trace.matches(*sequence)) {
                prop_assert!(before.contains(&sequence) || trace.in_gap(sequence) > 0, "{} in {:?}", sequence, trace);
            }
        }
    }

    /// Every sequence that was not looked at lies in exactly one gap, and no gap tells of what is still held.
    #[test]
    fn accounted(plan in plan()) {
        let trace = run(&plan);
        for sequence in trace.start()..=trace.head {
            prop_assert!(trace.in_gap(sequence) <= 1, "{} twice in {:?}", sequence, trace);
        }
        for sequence in trace.events() {
            prop_assert_eq!(trace.in_gap(sequence), 0, "{} sent and missing in {:?}", sequence, trace);
        }
        for (first, last) in trace.gaps() {
            prop_assert!(first <= last && last <= trace.evicted, "{}-{} in {:?}", first, last, trace);
        }
    }
}

#[test]
fn a_stream_newest_first_is_the_stream_turned_round() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let plan =
            Plan { segment_events: 7, retention_events: None, filtered: true, before: Vec::new(), acts: Vec::new() };
        let store = store(&plan);
        store.append((1..=100).map(event).collect()).await.expect("appended");
        let read = |newest_first, start, limit| {
            let request = Request { follow: false, newest_first, limit, ..request(true, start) };
            let stream = Subscription::begin(store.clone(), request, Drain::default()).expect("a stream");
            stream.map(|next| next.expect("no error")).collect::<Vec<_>>()
        };
        let events = |updates: &[(Position, Update)]| -> Vec<u64> {
            updates
                .iter()
                .filter_map(|(_, update)| match update {
                    Update::Event(event) => Some(event.sequence().get()),
                    _ => None,
                })
                .collect()
        };
        let rising = events(&read(false, Start::Earliest, None).await);
        assert_eq!(rising, (1..=100).filter(|sequence| is_fine(*sequence)).collect::<Vec<_>>());
        let falling = read(true, Start::Earliest, None).await;
        assert_eq!(events(&falling), rising.iter().rev().copied().collect::<Vec<_>>());
        // In two parts, by token.
        let first = read(true, Start::Earliest, Some(5)).await;
        let (position, _) = first.last().expect("an end");
        let rest = read(true, Start::After(*position), None).await;
        assert_eq!([events(&first), events(&rest)].concat(), events(&falling));
        // The newest four, in rising order.
        let last = read(false, Start::Last(4), None).await;
        assert_eq!(events(&last), rising[rising.len() - 4..]);
        let from = read(false, Start::At(Sequence::new(50)), None).await;
        assert_eq!(events(&from), rising.iter().filter(|sequence| **sequence >= 50).copied().collect::<Vec<_>>());
        store.stop();
    });
}

#[test]
fn taking_events_gives_what_reading_gives() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let plan =
            Plan { segment_events: 7, retention_events: None, filtered: true, before: Vec::new(), acts: Vec::new() };
        let store = store(&plan);
        store.append((1..=100).map(event).collect()).await.expect("appended");
        // The positions of all events, and how many the end tells.
        let read = async |request: Request, takes: bool| {
            let mut stream = Subscription::begin(store.clone(), request, Drain::default()).expect("a stream");
            let mut positions = Vec::new();
            loop {
                let (position, update) = stream.next().await.expect("not over").expect("no error");
                match update {
                    Update::Event(_) => positions.push(position),
                    Update::End { delivered, .. } => return (positions, delivered),
                    _ => {}
                }
                if takes {
                    // Five at a time: the sixth is refused, and comes again.
                    let mut room = 5;
                    stream.take_events(|position, _| {
                        let takes = room > 0;
                        if takes {
                            room -= 1;
                            positions.push(position);
                        }
                        takes
                    });
                }
            }
        };
        for filtered in [false, true] {
            for limit in [None, Some(1), Some(3), Some(20)] {
                for (start, newest_first) in
                    [(Start::Earliest, false), (Start::Earliest, true), (Start::Last(9), false)]
                {
                    let request = Request { follow: false, newest_first, limit, ..request(filtered, start) };
                    let expected = read(request.clone(), false).await;
                    assert_eq!(read(request.clone(), true).await, expected, "{request:?}");
                }
            }
        }
        store.stop();
    });
}
