//! The real process with a data directory that has no room or is damaged.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

use fineprint_proto::v1::{
    self, event_ingest_service_client::EventIngestServiceClient, event_query_service_client::EventQueryServiceClient,
    stream_events_response::Body,
};
use redb::{Database, ReadableTable as _, TableDefinition};
use tonic::{Code, transport::Channel};

#[path = "../testing/plain.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared between tests")]
mod plain;
#[path = "support/rows.rs"]
mod rows;

use rows::check_row;

/// A running process; killed when dropped.
struct Process {
    child: Child,
    channel: Channel,
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Starts the service through the shell, which runs `before` first.
fn spawn(before: &str, data_dir: &Path) -> Child {
    Command::new("sh")
        .args(["-c", &format!("{before} exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_query-service")])
        .args(["--listen", "127.0.0.1:0", "--log", "info", "--data-dir"])
        .arg(data_dir)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the process starts")
}

impl Process {
    async fn start(before: &str, data_dir: &Path) -> Self {
        let mut child = spawn(before, data_dir);
        let mut lines = BufReader::new(child.stderr.take().expect("its errors")).lines();
        let address = loop {
            let line = lines.next().expect("not ended").expect("a line");
            if let Some((_, address)) = line.split_once("listening on ") {
                break address.split_whitespace().next().expect("an address").to_owned();
            }
        };
        // What it says later must not fill the pipe.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let channel = Channel::from_shared(format!("http://{address}")).expect("an address").connect().await;
        Self { child, channel: channel.expect("connected") }
    }

    async fn ingest(&self, numbers: std::ops::Range<u64>) -> Result<Vec<v1::IngestResult>, tonic::Status> {
        let request = v1::IngestEventBatchRequest { events: numbers.map(event).collect() };
        let mut producer = EventIngestServiceClient::new(self.channel.clone());
        Ok(producer.ingest_event_batch(request).await?.into_inner().results)
    }

    async fn count(&self) -> u64 {
        let mut reader = EventQueryServiceClient::new(self.channel.clone());
        reader.count_events(v1::CountEventsRequest::default()).await.expect("a count").into_inner().count
    }
}

/// An event of a kilobyte.
fn event(number: u64) -> v1::Event {
    v1::Event { reason: "x".repeat(1_000), ..plain::event(number) }
}

#[tokio::test]
async fn a_full_storage_stops_ingest_alone_and_loses_nothing() {
    const BATCH: u64 = 100;
    let folder = tempfile::tempdir().expect("a folder");
    // Files of the process end at some megabytes; ignored, the signal for it becomes an error of the write.
    let process = Process::start("trap '' XFSZ; ulimit -f 8192;", folder.path()).await;
    let mut kept = 0;
    let status = loop {
        assert!(kept < 100_000, "the storage never was full");
        match process.ingest(kept..kept + BATCH).await {
            Ok(_) => kept += BATCH,
            Err(status) => break status,
        }
    };
    check_row(&status, Code::ResourceExhausted, "STORAGE_FULL", &[]);
    assert_eq!(process.count().await, kept, "reads go on");
    check_row(&process.ingest(kept..kept + BATCH).await.expect_err("full"), status.code(), "STORAGE_FULL", &[]);
    drop(process);

    let process = Process::start("", folder.path()).await;
    assert_eq!(process.count().await, kept, "what was acknowledged is there, what was refused is not");
    let results = process.ingest(kept..kept + BATCH).await.expect("there is room");
    assert_eq!(results.first().map(|result| result.sequence), Some(kept + 1));
}

#[tokio::test]
async fn damage_is_told_with_its_range_and_the_rest_is_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let process = Process::start("", folder.path()).await;
    process.ingest(1..10).await.expect("taken in");
    drop(process);
    let records: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("records");
    let database = Database::create(folder.path().join("events.redb")).expect("the file of the log");
    let transaction = database.begin_write().expect("begun");
    for sequence in [4, 5] {
        let mut table = transaction.open_table(records).expect("the table");
        let mut bytes = table.get(sequence).expect("read").expect("a record").value().to_vec();
        bytes[7] ^= 1;
        table.insert(sequence, bytes.as_slice()).expect("written");
    }
    transaction.commit().expect("committed");
    drop(database);

    let process = Process::start("", folder.path()).await;
    let mut reader = EventQueryServiceClient::new(process.channel.clone());
    let request = v1::StreamEventsRequest::default();
    let mut stream = reader.stream_events(request).await.expect("a stream").into_inner();
    let mut sequences = Vec::new();
    let status = loop {
        match stream.message().await {
            Ok(message) => match message.expect("not over").body {
                Some(Body::Event(event)) => sequences.push(event.sequence),
                other => assert!(matches!(other, Some(Body::Started(_))), "{other:?}"),
            },
            Err(status) => break status,
        }
    };
    assert_eq!(sequences, [1, 2, 3]);
    let keys = ["first_sequence", "last_sequence", "last_token", "next_token"];
    let metadata = check_row(&status, Code::DataLoss, "STORAGE_CORRUPT", &keys);
    assert_eq!((metadata["first_sequence"].as_str(), metadata["last_sequence"].as_str()), ("4", "5"));
    assert_eq!(process.count().await, 7);
    let results = process.ingest(10..11).await.expect("taken in");
    assert_eq!(results[0].sequence, 10, "the log goes on behind what it had");
    drop(process);

    // Another start finds the same.
    let process = Process::start("", folder.path()).await;
    assert_eq!(process.count().await, 8);
}
