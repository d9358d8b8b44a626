//! Appends groups of records to redb and to fjall, each group synced before the next, then opens both again after a kill
//! of the writer, and prints records a second, the time to open and read everything, and the bytes on the disk.
//!
//! `durable-log-comparison` runs the whole comparison; it starts itself as the writer that is killed.

use std::{
    env,
    error::Error,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use redb::{ReadableDatabase as _, ReadableTable as _};

const RECORD_BYTES: usize = 600;
const RECORDS: redb::TableDefinition<'_, u64, &[u8]> = redb::TableDefinition::new("records");
/// How long each writer writes.
const WRITING: Duration = Duration::from_secs(4);

type Fallible<T> = Result<T, Box<dyn Error>>;

/// One way to keep records.
trait Journal {
    fn append(&mut self, first: u64, values: &[Vec<u8>]) -> Fallible<()>;
    /// Reads everything; gives how many records there are, and whether their numbers have no gap.
    fn read(&self) -> Fallible<(u64, bool)>;
}

struct Redb(redb::Database);

impl Journal for Redb {
    fn append(&mut self, first: u64, values: &[Vec<u8>]) -> Fallible<()> {
        let transaction = self.0.begin_write()?;
        {
            let mut table = transaction.open_table(RECORDS)?;
            for (number, value) in (first..).zip(values) {
                table.insert(number, value.as_slice())?;
            }
        }
        transaction.commit()?;
        Ok(())
    }

    fn read(&self) -> Fallible<(u64, bool)> {
        let transaction = self.0.begin_read()?;
        let table = transaction.open_table(RECORDS)?;
        let (mut count, mut gapless) = (0, true);
        for entry in table.iter()? {
            gapless &= entry?.0.value() == count;
            count += 1;
        }
        Ok((count, gapless))
    }
}

struct Fjall(fjall::Database, fjall::Keyspace);

impl Journal for Fjall {
    fn append(&mut self, first: u64, values: &[Vec<u8>]) -> Fallible<()> {
        let mut batch = self.0.batch();
        for (number, value) in (first..).zip(values) {
            batch.insert(&self.1, number.to_be_bytes(), value.as_slice());
        }
        batch.commit()?;
        self.0.persist(fjall::PersistMode::SyncData)?;
        Ok(())
    }

    fn read(&self) -> Fallible<(u64, bool)> {
        let (mut count, mut gapless) = (0_u64, true);
        for guard in self.1.iter() {
            gapless &= guard.key()?.as_ref() == count.to_be_bytes();
            count += 1;
        }
        Ok((count, gapless))
    }
}

fn open(kind: &str, folder: &Path) -> Fallible<Box<dyn Journal>> {
    match kind {
        "redb" => Ok(Box::new(Redb(redb::Database::create(folder.join("events.redb"))?))),
        _ => {
            let database = fjall::Database::builder(folder).open()?;
            let keyspace = database.keyspace("records", fjall::KeyspaceCreateOptions::default)?;
            Ok(Box::new(Fjall(database, keyspace)))
        }
    }
}

/// Writes until it is killed, and tells each number that is synced.
fn write(kind: &str, folder: &Path, group: usize) -> Fallible<()> {
    let mut journal = open(kind, folder)?;
    let mut next = 0;
    loop {
        let values: Vec<Vec<u8>> = (0..group)
            .map(|at| {
                // Text-like values: half of the bytes repeat.
                (0..RECORD_BYTES).map(|byte| if byte % 2 == 0 { b'a' } else { (next as usize * 31 + at * 7 + byte * byte) as u8 }).collect()
            })
            .collect();
        journal.append(next, &values)?;
        next += group as u64;
        println!("{next}");
    }
}

fn disk_bytes(folder: &Path) -> Fallible<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() { disk_bytes(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}

fn main() -> Fallible<()> {
    let arguments: Vec<String> = env::args().collect();
    if let [_, kind, folder, group] = arguments.as_slice() {
        return write(kind, Path::new(folder), group.parse()?);
    }
    println!("{:<6} {:>6} {:>12} {:>10} {:>12} {:>8}", "", "group", "records/s", "open ms", "bytes/record", "lost");
    for group in [1, 64, 1_024] {
        for kind in ["redb", "fjall"] {
            let folder = tempfile::tempdir()?;
            let mut child = Command::new(env::current_exe()?)
                .args([kind, &folder.path().display().to_string(), &group.to_string()])
                .stdout(Stdio::piped())
                .spawn()?;
            let began = Instant::now();
            let mut acknowledged: u64 = 0;
            for line in BufReader::new(child.stdout.take().ok_or("no output")?).lines() {
                acknowledged = line?.parse()?;
                if began.elapsed() >= WRITING {
                    break;
                }
            }
            let elapsed = began.elapsed();
            child.kill()?;
            child.wait()?;
            let reopening = Instant::now();
            let (count, gapless) = open(kind, folder.path())?.read()?;
            let opened = reopening.elapsed();
            let lost = acknowledged.saturating_sub(count);
            assert!(gapless, "{kind} came back with a gap");
            println!(
                "{kind:<6} {group:>6} {:>12.0} {:>10} {:>12.0} {lost:>8}",
                acknowledged as f64 / elapsed.as_secs_f64(),
                opened.as_millis(),
                disk_bytes(folder.path())? as f64 / count.max(1) as f64,
            );
        }
    }
    Ok(())
}
