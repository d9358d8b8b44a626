//! The real process with a data directory, killed with SIGKILL at random moments under ingest: what was acknowledged as
//! synced is there, once, under the same sequences of the same log, and so is whatever a reader was shown.
//!
//! `FINEPRINT_KILLS` sets how often it is killed (10 unless set). Each run prints its seed; `FINEPRINT_SEED` gives it anew:
//! the same sizes, orders and moments, as far as the machine keeps time.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use fineprint_proto::v1::{
    self, event_ingest_service_client::EventIngestServiceClient, event_query_service_client::EventQueryServiceClient,
    stream_events_request::Start, stream_events_response::Body,
};
use parking_lot::Mutex;
use tonic::transport::Channel;

#[path = "../testing/plain.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared between tests")]
mod plain;

use plain::event;

/// Producers that send at once.
const PRODUCERS: u64 = 3;
/// Events of one batch at most.
const BATCH_EVENTS_MAX: u64 = 40;
/// Longest time between two kills, once the process listens.
const LIFE_MAX: Duration = Duration::from_millis(250);
/// Longest time between start and kill where a process is killed while it starts.
const START_MAX: Duration = Duration::from_millis(60);

/// A running process; killed when dropped.
struct Process {
    child: Child,
    address: String,
}

fn spawn(data_dir: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_query-service"))
        .args(["--listen", "127.0.0.1:0", "--log", "info", "--limit", "segment_events_max=512", "--data-dir"])
        .arg(data_dir)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the process starts")
}

impl Process {
    fn start(data_dir: &Path) -> Self {
        let mut child = spawn(data_dir);
        let mut lines = BufReader::new(child.stderr.take().expect("its errors")).lines();
        let mut told = Vec::new();
        let address = loop {
            let line = lines.next().unwrap_or_else(|| panic!("ended: {told:?}")).expect("a line");
            if let Some((_, address)) = line.split_once("listening on ") {
                break address.split_whitespace().next().expect("an address").to_owned();
            }
            told.push(line);
        };
        // What it says later must not fill the pipe.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { child, address }
    }

    async fn channel(&self) -> Channel {
        let endpoint = Channel::from_shared(format!("http://{}", self.address)).expect("an address");
        endpoint.connect().await.expect("connected")
    }

    fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A random number generator that a seed repeats (xorshift).
struct Dice(u64);

impl Dice {
    const fn new(seed: u64) -> Self {
        // From zero xorshift never leaves.
        Self(seed ^ 0x9e37_79b9_7f4a_7c15 | 1)
    }

    const fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn within(&mut self, longest: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(longest.as_micros()).unwrap_or(u64::MAX)))
    }
}

/// What the log has promised so far.
#[derive(Debug, Default)]
struct Promised {
    /// Ids by sequence that were acknowledged as synced.
    acknowledged: BTreeMap<u64, String>,
    /// Ids by sequence that a reader was shown.
    shown: BTreeMap<u64, String>,
    /// Token of the last message of a reader, with the last sequence that it had then.
    token: Option<(String, u64)>,
    epoch: Option<String>,
}

/// Reads the log from a position; gives the events by sequence and the epoch.
async fn read(process: &Process, start: Option<Start>) -> (BTreeMap<u64, String>, String) {
    let mut reader = EventQueryServiceClient::new(process.channel().await);
    let request = v1::StreamEventsRequest { start, ..v1::StreamEventsRequest::default() };
    let mut stream = reader.stream_events(request).await.expect("a stream").into_inner();
    let (mut events, mut epoch) = (BTreeMap::new(), String::new());
    while let Some(message) = stream.message().await.expect("no error") {
        match message.body {
            Some(Body::Started(started)) => epoch = started.epoch,
            Some(Body::Event(event)) => assert!(events.insert(event.sequence, event.event_id).is_none()),
            Some(Body::Gap(gap)) => panic!("nothing was removed, and yet {gap:?}"),
            _ => {}
        }
    }
    (events, epoch)
}

/// Checks what a process holds after a kill against what was promised before it; gives how many events it holds.
async fn check(process: &Process, promised: &mut Promised, kill: u64) -> u64 {
    let (held, epoch) = read(process, None).await;
    assert_eq!(*promised.epoch.get_or_insert_with(|| epoch.clone()), epoch, "another log after kill {kill}");
    for (what, events) in [("acknowledged", &promised.acknowledged), ("shown to a reader", &promised.shown)] {
        for (sequence, id) in events {
            assert_eq!(held.get(sequence), Some(id), "{sequence} was {what} and is lost after kill {kill}");
        }
    }
    assert!(held.keys().copied().eq(1..=held.len() as u64), "a gap after kill {kill}");
    assert_eq!(held.values().collect::<BTreeSet<_>>().len(), held.len(), "an event twice after kill {kill}");
    if let Some((token, last)) = &promised.token {
        let (rest, _) = read(process, Some(Start::AfterToken(token.clone()))).await;
        assert!(rest.iter().eq(held.range(last + 1..)), "a token of before kill {kill} goes on elsewhere");
    }
    held.len() as u64
}

/// Sends batches until the process is gone, each again until it is answered: numbers of its own, and now and then those of
/// an earlier batch.
async fn produce(channel: Channel, promised: Arc<Mutex<Promised>>, next: Arc<Mutex<u64>>, mut dice: Dice) {
    let mut producer = EventIngestServiceClient::new(channel);
    loop {
        let count = 1 + dice.below(BATCH_EVENTS_MAX);
        let first = {
            let mut next = next.lock();
            if *next > 0 && dice.below(5) == 0 {
                dice.below(*next)
            } else {
                let first = *next;
                *next += count;
                first
            }
        };
        let events = (first..first + count).map(event).collect();
        let Ok(answer) = producer.ingest_event_batch(v1::IngestEventBatchRequest { events }).await else { return };
        let answer = answer.into_inner();
        assert_eq!(answer.durability(), v1::Durability::Synced);
        let mut promised = promised.lock();
        for result in answer.results {
            let before = promised.acknowledged.insert(result.sequence, result.event_id.clone());
            assert!(before.is_none_or(|before| before == result.event_id), "two events under {}", result.sequence);
        }
    }
}

/// Follows the log until the process is gone.
async fn follow(channel: Channel, promised: Arc<Mutex<Promised>>) {
    let mut reader = EventQueryServiceClient::new(channel);
    let start = promised.lock().token.clone().map(|(token, _)| Start::AfterToken(token));
    let request = v1::StreamEventsRequest { start, follow: true, ..v1::StreamEventsRequest::default() };
    let Ok(stream) = reader.stream_events(request).await else { return };
    let mut stream = stream.into_inner();
    while let Ok(Some(message)) = stream.message().await {
        let mut promised = promised.lock();
        let mut last = promised.token.as_ref().map_or(0, |(_, last)| *last);
        if let Some(Body::Event(event)) = message.body {
            assert_eq!(event.sequence, last + 1, "not the next event");
            last = event.sequence;
            promised.shown.insert(event.sequence, event.event_id);
        }
        promised.token = Some((message.resume_token, last));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_outlives_kills() {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse().ok());
    let kills = number("FINEPRINT_KILLS").unwrap_or(10);
    let seed = number("FINEPRINT_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("FINEPRINT_SEED={seed}");
    let mut dice = Dice::new(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let promised = Arc::new(Mutex::new(Promised::default()));
    let next = Arc::new(Mutex::new(0));
    let mut kills_in_start = 0;
    for kill in 1..=kills {
        if dice.below(4) == 0 {
            let mut starting = spawn(folder.path());
            thread::park_timeout(dice.within(START_MAX));
            starting.kill().expect("killed");
            starting.wait().expect("gone");
            kills_in_start += 1;
            continue;
        }
        let mut process = Process::start(folder.path());
        {
            let mut before = std::mem::take(&mut *promised.lock());
            check(&process, &mut before, kill - 1).await;
            *promised.lock() = before;
        }
        // What was under way at a kill may be there or not; it is sent again, and then is there once.
        let unanswered = (0..PRODUCERS).map(|_| Dice::new(dice.below(u64::MAX)));
        let mut clients = Vec::new();
        for dice in unanswered {
            let (promised, next) = (Arc::clone(&promised), Arc::clone(&next));
            clients.push(tokio::spawn(produce(process.channel().await, promised, next, dice)));
        }
        clients.push(tokio::spawn(follow(process.channel().await, Arc::clone(&promised))));
        let moment = Instant::now() + dice.within(LIFE_MAX);
        tokio::time::timeout_at(moment.into(), std::future::pending::<()>()).await.expect_err("time passes");
        process.kill();
        for client in clients {
            client.await.expect("a client without a violation");
        }
    }
    let process = Process::start(folder.path());
    let mut promised = std::mem::take(&mut *promised.lock());
    let held = check(&process, &mut promised, kills).await;
    println!(
        "{kills} kills ({kills_in_start} of them while it started), {} events acknowledged as synced, {} shown to a reader, \
         {held} held: none lost, none twice, no gap, the same log",
        promised.acknowledged.len(),
        promised.shown.len(),
    );
}

#[tokio::test]
async fn tokens_stay_good_over_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut process = Process::start(folder.path());
    let mut producer = EventIngestServiceClient::new(process.channel().await);
    let events = (0..10).map(event).collect();
    producer.ingest_event_batch(v1::IngestEventBatchRequest { events }).await.expect("an answer");
    let mut reader = EventQueryServiceClient::new(process.channel().await);
    let request = v1::StreamEventsRequest { limit: 4, ..v1::StreamEventsRequest::default() };
    let mut stream = reader.stream_events(request).await.expect("a stream").into_inner();
    let mut token = String::new();
    while let Some(message) = stream.message().await.expect("no error") {
        token = message.resume_token;
    }
    process.kill();
    let process = Process::start(folder.path());
    let (events, _) = read(&process, Some(Start::AfterToken(token))).await;
    assert!(events.keys().copied().eq(5..=10), "{events:?}");
}
