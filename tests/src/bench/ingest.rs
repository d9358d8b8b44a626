//! Events a second into the service, in memory and synced to the disk; and into JetStream with file storage that syncs
//! always, where a NATS server is installed.
//!
//! All take the same events over one connection with as many of them under way without an answer. The service is given
//! them in batches; JetStream takes a message an event, and answers each.

use super::feed;
use crate::process::Service;
use crate::{pair, samples};
use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use prost::Message;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// Messages without an answer.
const MESSAGES_UNDER_WAY_MAX: usize = feed::BATCHES_UNDER_WAY_MAX * feed::BATCH_EVENTS as usize;

/// Messages sent or answered before the other side has its turn.
const TURN_MESSAGES: usize = 500;

/// Events a second.
#[derive(Clone, Copy, Debug)]
pub struct Ingest {
    /// Into a service that holds them in memory.
    pub in_memory: f64,
    /// Into a service that syncs every group of batches to the disk.
    pub synced: f64,
    /// Into JetStream that syncs to the disk; `None` where no NATS server is installed.
    pub jetstream: Option<f64>,
}

/// Measures with `count` events, and half as many to the disk.
///
/// # Errors
/// A service does not start or answer.
pub async fn measure(count: u32) -> anyhow::Result<Ingest> {
    let service = pair::query_service()?;
    let in_memory = feed::rate(&service.url(), 0..count).await?;
    drop(service);
    let folder = tempfile::tempdir()?;
    let service = pair::query_service_keeping(folder.path())?;
    let synced = feed::rate(&service.url(), 0..count / 2).await?;
    drop(service);
    let jetstream = match nats_server() {
        Some(program) => Some(jetstream(&program, count / 2).await?),
        None => None,
    };
    Ok(Ingest { in_memory, synced, jetstream })
}

/// Where the NATS server is installed.
fn nats_server() -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths).map(|folder| folder.join("nats-server")).find(|path| path.is_file())
}

/// Events a second into JetStream.
async fn jetstream(program: &Path, count: u32) -> anyhow::Result<f64> {
    let folder = tempfile::tempdir()?;
    let settings = folder.path().join("settings.conf");
    let store = folder.path().join("store");
    let text = format!(
        "listen: \"127.0.0.1:-1\"\njetstream {{ store_dir: {:?}, sync_interval: always, max_file: 10G }}\n",
        store.display().to_string()
    );
    std::fs::write(&settings, text)?;
    let settings = settings.to_str().context("the folder's name is no text")?;
    let mut server = Service::start_program(program, &["-c", settings], "Listening for client connections on")?;
    server.wait_for_line("Server is ready", std::time::Duration::from_secs(30))?;
    let mut client = Client::connect(server.address()).await?;
    let stream = br#"{"name":"events","subjects":["events"],"storage":"file","retention":"limits","num_replicas":1}"#;
    client.publish("$JS.API.STREAM.CREATE.events", stream).await?;
    client.answer().await?;

    let messages: Vec<Bytes> = (0..count).map(|number| Bytes::from(samples::event(number).encode_to_vec())).collect();
    let start = Instant::now();
    let mut waiting: VecDeque<&Bytes> = messages.iter().collect();
    let mut under_way = 0;
    while !waiting.is_empty() || under_way > 0 {
        while under_way + TURN_MESSAGES <= MESSAGES_UNDER_WAY_MAX && !waiting.is_empty() {
            for message in waiting.drain(..waiting.len().min(TURN_MESSAGES)) {
                client.publish("events", message).await?;
                under_way += 1;
            }
        }
        for _ in 0..under_way.min(TURN_MESSAGES) {
            client.answer().await?;
            under_way -= 1;
        }
    }
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}

/// As much of the protocol of NATS as publishing with answers takes.
struct Client {
    reader: BufReader<OwnedReadHalf>,
    writer: BufWriter<OwnedWriteHalf>,
    line: String,
}

impl Client {
    async fn connect(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (reader, writer) = stream.into_split();
        let mut client = Self { reader: BufReader::new(reader), writer: BufWriter::new(writer), line: String::new() };
        client.read_line().await?;
        ensure!(client.line.starts_with("INFO "), "not a NATS server: {}", client.line);
        client.writer.write_all(b"CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB answers 1\r\n").await?;
        Ok(client)
    }

    async fn read_line(&mut self) -> anyhow::Result<()> {
        self.line.clear();
        ensure!(self.reader.read_line(&mut self.line).await? > 0, "the server closed the connection");
        Ok(())
    }

    /// Publishes a message that is to be answered.
    async fn publish(&mut self, subject: &str, message: &[u8]) -> anyhow::Result<()> {
        self.writer.write_all(format!("PUB {subject} answers {}\r\n", message.len()).as_bytes()).await?;
        self.writer.write_all(message).await?;
        self.writer.write_all(b"\r\n").await?;
        Ok(())
    }

    /// Waits for the next answer, which must tell of no error.
    async fn answer(&mut self) -> anyhow::Result<()> {
        self.writer.flush().await?;
        loop {
            self.read_line().await?;
            match self.line.split_whitespace().next() {
                Some("MSG") => {
                    let length: usize = self.line.split_whitespace().last().context("no length")?.parse()?;
                    let mut answer = vec![0; length + 2];
                    self.reader.read_exact(&mut answer).await?;
                    let answer = String::from_utf8_lossy(&answer);
                    ensure!(!answer.contains("\"error\""), "JetStream: {answer}");
                    return Ok(());
                }
                Some("PING") => {
                    self.writer.write_all(b"PONG\r\n").await?;
                    self.writer.flush().await?;
                }
                Some("-ERR") => bail!("the NATS server: {}", self.line),
                _ => {}
            }
        }
    }
}
