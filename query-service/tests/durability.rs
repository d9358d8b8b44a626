//! The real process with a data directory, killed at random moments: what was acknowledged is there, once, under the same
//! sequences of the same log.
//!
//! `FINEPRINT_KILLS` sets how often it is killed (8 unless set), `FINEPRINT_SEED` repeats a run.

use std::{
    collections::BTreeMap,
    env,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use fineprint_proto::v1::{
    self, event_ingest_service_client::EventIngestServiceClient, event_query_service_client::EventQueryServiceClient,
    stream_events_response::Body,
};
use tonic::transport::Channel;

/// A running process; killed when dropped.
struct Process {
    child: Child,
    address: String,
}

impl Process {
    fn start(data_dir: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_query-service"))
            .args(["--listen", "127.0.0.1:0", "--log", "info", "--data-dir"])
            .arg(data_dir)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the process starts");
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

fn event(number: u64) -> v1::Event {
    v1::Event {
        event_id: format!("{number:032x}"),
        r#type: v1::EventType::Fine.into(),
        factuality: v1::Factuality::Actual.into(),
        evidence: Some(v1::Evidence { quote: format!("quote {number}"), ..v1::Evidence::default() }),
        document: Some(v1::Document { document_id: "d".to_owned(), ..v1::Document::default() }),
        ..v1::Event::default()
    }
}

/// A random number generator that a seed repeats (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// All events of the log by sequence, and its epoch.
async fn everything(process: &Process) -> (BTreeMap<u64, String>, String) {
    let mut reader = EventQueryServiceClient::new(process.channel().await);
    let mut stream = reader.stream_events(v1::StreamEventsRequest::default()).await.expect("a stream").into_inner();
    let (mut events, mut epoch) = (BTreeMap::new(), String::new());
    while let Some(message) = stream.message().await.expect("no error") {
        match message.body {
            Some(Body::Started(started)) => epoch = started.epoch,
            Some(Body::Event(event)) => assert!(events.insert(event.sequence, event.event_id).is_none()),
            _ => {}
        }
    }
    (events, epoch)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_outlives_kills() {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse().ok());
    let kills = number("FINEPRINT_KILLS").unwrap_or(8);
    let seed = number("FINEPRINT_SEED").unwrap_or_else(|| u64::from(std::process::id()) * 0x9e37_79b9 + 1);
    println!("FINEPRINT_SEED={seed}");
    let mut dice = Dice(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let mut acknowledged: BTreeMap<u64, String> = BTreeMap::new();
    let mut known_epoch = None;
    let mut next = 0;
    for kill in 0..=kills {
        let mut process = Process::start(folder.path());
        let (held, epoch) = everything(&process).await;
        assert_eq!(*known_epoch.get_or_insert(epoch.clone()), epoch, "another log after kill {kill}");
        for (sequence, id) in &acknowledged {
            assert_eq!(held.get(sequence), Some(id), "lost after kill {kill}");
        }
        assert_eq!(held.keys().copied().collect::<Vec<_>>(), (1..=held.len() as u64).collect::<Vec<_>>());
        let distinct: std::collections::BTreeSet<&String> = held.values().collect();
        assert_eq!(distinct.len(), held.len(), "an event twice after kill {kill}");
        // What was under way when it was killed may be there or not; it is sent again, and then is there once.
        let mut producer = EventIngestServiceClient::new(process.channel().await);
        let batches = dice.below(30);
        let waits = dice.below(2_000);
        let mut sent = async |from: u64| {
            let count = 1 + from % 37;
            let events = (from..from + count).map(event).collect();
            let answer = producer.ingest_event_batch(v1::IngestEventBatchRequest { events }).await;
            answer.map(|answer| (answer.into_inner(), from + count))
        };
        for _ in 0..batches {
            let (answer, after) = sent(next).await.expect("an answer");
            assert_eq!(answer.durability(), v1::Durability::Synced);
            acknowledged.extend(answer.results.into_iter().map(|result| (result.sequence, result.event_id)));
            next = after;
        }
        let killing = async {
            for _ in 0..waits {
                tokio::task::yield_now().await;
            }
            process.kill();
        };
        let (answer, ()) = tokio::join!(sent(next), killing);
        if let Ok((answer, after)) = answer {
            acknowledged.extend(answer.results.into_iter().map(|result| (result.sequence, result.event_id)));
            next = after;
        }
    }
    println!("{kills} kills, {} events acknowledged", acknowledged.len());
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
    let mut reader = EventQueryServiceClient::new(process.channel().await);
    let start = Some(v1::stream_events_request::Start::AfterToken(token));
    let request = v1::StreamEventsRequest { start, ..v1::StreamEventsRequest::default() };
    let mut stream = reader.stream_events(request).await.expect("a stream").into_inner();
    let mut sequences = Vec::new();
    let read = async {
        while let Some(message) = stream.message().await.expect("no error") {
            if let Some(Body::Event(event)) = message.body {
                sequences.push(event.sequence);
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), read).await.expect("in time");
    assert_eq!(sequences, [5, 6, 7, 8, 9, 10]);
}
