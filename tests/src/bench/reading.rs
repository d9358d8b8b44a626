//! The whole extraction on one core, beside spaCy's small model over the same texts: words a second, start-up, memory.
//!
//! Either side is a fresh process that has read nothing before. Speed and start-up are measured in processor time of the
//! thread that reads, so that what else the machine does weighs little; start-up is all from the beginning of the
//! process until the first text can be read, and reading is what comes after. Memory is the most that was ever resident.
//! The two sides take turns, and the fastest run of each counts: what else shares the caches only ever makes one slower.
//! A word is what stands between white space.

use crate::process;
use anyhow::{Context, anyhow, ensure};
use extractor::document::{self, InputForm, Metadata};
use extractor::pipeline::Extractor;
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Lines of a file of loose sentences that make one text.
const LOOSE_LINES: usize = 40;

/// Runs of each side.
const ROUNDS: usize = 3;

/// The peer's side of the comparison.
const SPACY_SPEED: &str = include_str!("spacy_speed.py");

/// One side's figures.
#[derive(Clone, Copy, Debug)]
pub struct Speed {
    /// Words read.
    pub words: f64,
    /// Seconds of processor time that reading took.
    pub seconds: f64,
    /// Seconds of processor time before the first word.
    pub start_seconds: f64,
    /// Most bytes that were resident.
    pub memory_bytes: f64,
    /// Events found; 0 for the peer.
    pub events: f64,
}

impl Speed {
    /// The faster and the larger of two runs' figures.
    fn best(self, other: Self) -> Self {
        Self {
            seconds: self.seconds.min(other.seconds),
            start_seconds: self.start_seconds.min(other.start_seconds),
            memory_bytes: self.memory_bytes.max(other.memory_bytes),
            ..self
        }
    }

    /// Words a second.
    #[must_use]
    pub fn words_per_second(&self) -> f64 {
        self.words / self.seconds
    }
}

/// Texts that are measured together.
#[derive(Clone, Debug)]
pub struct Group {
    /// File or folder that they are from.
    pub name: String,
    /// The texts.
    pub texts: Vec<String>,
}

/// The texts under `path`, in order: all `.txt` and `.md` files are one group, a text each; each `.txt.gz` is a group of
/// loose sentences, one a line. A group stops once it has `words_max` words.
///
/// # Errors
/// A file cannot be read, or there is no text.
pub fn groups(path: &Path, words_max: usize) -> anyhow::Result<Vec<Group>> {
    fn walk(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
        if !path.is_dir() {
            files.push(path.to_path_buf());
            return Ok(());
        }
        for entry in std::fs::read_dir(path)? {
            walk(&entry?.path(), files)?;
        }
        Ok(())
    }
    let mut files = Vec::new();
    walk(path, &mut files).with_context(|| format!("cannot read {}", path.display()))?;
    files.sort();
    let mut plain = Group { name: path.display().to_string(), texts: Vec::new() };
    let mut groups = Vec::new();
    for file in files {
        let name = file.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if name.ends_with(".txt") || (name.ends_with(".md") && name != "README.md") {
            plain.texts.push(std::fs::read_to_string(&file)?);
        } else if name.ends_with(".txt.gz") {
            let mut all = String::new();
            GzDecoder::new(std::fs::File::open(&file)?).read_to_string(&mut all)?;
            let lines: Vec<&str> = all.lines().collect();
            let texts = lines.chunks(LOOSE_LINES).map(|chunk| chunk.join("\n\n")).collect();
            groups.push(Group { name: file.display().to_string(), texts });
        }
    }
    if !plain.texts.is_empty() {
        groups.insert(0, plain);
    }
    for group in &mut groups {
        let mut words = 0;
        group.texts.retain(|text| {
            let more = words < words_max;
            words += text.split_whitespace().count();
            more
        });
    }
    ensure!(!groups.is_empty(), "no .txt, .md or .txt.gz lies under {}", path.display());
    Ok(groups)
}

/// Seconds of processor time of this thread so far, where the system tells them; else none.
fn thread_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

/// Most bytes that were resident in this process, where the system tells them.
fn memory_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? * 1024.0)
}

/// The child's side of [`side_by_side`], all that the program `read` does: makes an extractor, reads every text of standard input
/// on this thread, and prints the figures as JSON.
///
/// # Errors
/// The extractor's own data do not load, or a text is refused.
pub fn read_all() -> anyhow::Result<()> {
    let clock = Instant::now();
    let now = || thread_seconds().unwrap_or_else(|| clock.elapsed().as_secs_f64());
    let extractor = Extractor::embedded()?;
    let start_seconds = now();
    let mut texts: Vec<String> = Vec::new();
    for line in std::io::stdin().lines() {
        let value: Value = serde_json::from_str(&line?)?;
        texts.push(value["text"].as_str().context("a line has no text")?.to_owned());
    }
    let before = now();
    let mut events = 0;
    for text in &texts {
        let (document, _) = document::decode(text.as_bytes(), InputForm::Text, Metadata::default())?;
        events += extractor.extract(&document).events.len();
    }
    let seconds = now() - before;
    let words: usize = texts.iter().map(|text| text.split_whitespace().count()).sum();
    println!(
        "{}",
        json!({
            "words": words, "seconds": seconds, "start_seconds": start_seconds, "events": events,
            "memory_bytes": memory_bytes().unwrap_or_default(),
        })
    );
    Ok(())
}

/// Reads every text with the extractor and with spaCy's small model in turns; the best figures of each, the peer's only where it
/// is installed.
///
/// # Errors
/// A process cannot be started, or fails.
pub fn side_by_side(texts: &[String]) -> anyhow::Result<(Speed, Option<Speed>)> {
    let (mut mine, mut theirs) = (ours(texts)?, spacy(texts)?);
    for _ in 1..ROUNDS {
        mine = mine.best(ours(texts)?);
        if let Some(best) = theirs {
            theirs = spacy(texts)?.map(|again| best.best(again));
        }
    }
    Ok((mine, theirs))
}

/// Reads every text with the extractor, in a process of its own, which has the allocator of the shipped programs.
///
/// # Errors
/// The process cannot be started, or fails.
fn ours(texts: &[String]) -> anyhow::Result<Speed> {
    let told = run(&mut Command::new(process::program("read")?), texts)?;
    figures(&told.context("the extractor cannot be started")??)
}

/// Reads every text with spaCy's small model; none where it is not installed.
///
/// # Errors
/// The peer ends with an error other than that it is not installed.
fn spacy(texts: &[String]) -> anyhow::Result<Option<Speed>> {
    match run(Command::new("python3").args(["-c", SPACY_SPEED]), texts)? {
        None => Ok(None),
        Some(Err(error)) if error.to_string().contains("not installed") => Ok(None),
        Some(told) => Ok(Some(figures(&told?)?)),
    }
}

/// Gives `texts` to a command as JSON lines and answers with the JSON that it prints, or what it complains of; none where
/// there is no such command.
fn run(command: &mut Command, texts: &[String]) -> anyhow::Result<Option<anyhow::Result<Value>>> {
    let mut lines = Vec::new();
    for text in texts {
        writeln!(lines, "{}", json!({ "text": text }))?;
    }
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut child) = child else { return Ok(None) };
    let pipe = child.stdin.take();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || pipe.map(|mut pipe| pipe.write_all(&lines)));
        child.wait_with_output()
    })?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        return Ok(Some(Err(anyhow!("it ended with {}: {message}", output.status))));
    }
    Ok(Some(serde_json::from_slice(&output.stdout).context("the answer is not JSON")))
}

fn figures(told: &Value) -> anyhow::Result<Speed> {
    let figure = |name: &str| told[name].as_f64().with_context(|| format!("the process did not tell {name}"));
    Ok(Speed {
        words: figure("words")?,
        seconds: figure("seconds")?,
        start_seconds: figure("start_seconds")?,
        memory_bytes: figure("memory_bytes")?,
        events: told["events"].as_f64().unwrap_or_default(),
    })
}
