//! Words a second of the whole extraction on one core, beside spaCy's small model over the same texts.
//!
//! Both are measured in processor time of the one thread that reads, so that what else the machine does weighs little,
//! and both without their start-up, which is told apart. A word is what stands between white space.

use anyhow::{Context, ensure};
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
}

impl Speed {
    /// Words a second.
    #[must_use]
    pub fn words_per_second(&self) -> f64 {
        self.words / self.seconds
    }
}

/// The texts under `path`, in order: `.txt` and `.md` are one text each, `.txt.gz` holds loose sentences, one a line.
/// Stops once `words_max` words are collected.
///
/// # Errors
/// A file cannot be read, or there is no text.
pub fn texts(path: &Path, words_max: usize) -> anyhow::Result<Vec<String>> {
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
    let (mut texts, mut words) = (Vec::new(), 0);
    for file in files {
        let name = file.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        let found = if name.ends_with(".txt") || (name.ends_with(".md") && name != "README.md") {
            vec![std::fs::read_to_string(&file)?]
        } else if name.ends_with(".txt.gz") {
            let mut all = String::new();
            GzDecoder::new(std::fs::File::open(&file)?).read_to_string(&mut all)?;
            let lines: Vec<&str> = all.lines().collect();
            lines.chunks(LOOSE_LINES).map(|chunk| chunk.join("\n\n")).collect()
        } else {
            Vec::new()
        };
        for text in found {
            if words >= words_max {
                return Ok(texts);
            }
            words += text.split_whitespace().count();
            texts.push(text);
        }
    }
    ensure!(!texts.is_empty(), "no .txt, .md or .txt.gz lies under {}", path.display());
    Ok(texts)
}

/// Seconds of processor time of this thread so far, where the system tells them; else none.
fn thread_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

/// Runs `work` and answers with the processor time that it took, or the time on the clock where the system does not
/// tell the former.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let (clock, thread) = (Instant::now(), thread_seconds());
    let out = work();
    let seconds = match (thread, thread_seconds()) {
        (Some(before), Some(after)) => after - before,
        _ => clock.elapsed().as_secs_f64(),
    };
    (out, seconds)
}

fn words(texts: &[String]) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "far below the bounds of f64")]
    let count = texts.iter().map(|text| text.split_whitespace().count()).sum::<usize>() as f64;
    count
}

/// Reads every text with the extractor, on this thread. Answers with the speed and the number of events.
///
/// # Errors
/// The extractor's own data do not load, or a text is refused.
pub fn ours(texts: &[String]) -> anyhow::Result<(Speed, usize)> {
    let (extractor, start_seconds) = timed(Extractor::embedded);
    let extractor = extractor?;
    let (events, seconds) = timed(|| -> anyhow::Result<usize> {
        let mut events = 0;
        for text in texts {
            let (document, _) = document::decode(text.as_bytes(), InputForm::Text, Metadata::default())?;
            events += extractor.extract(&document).events.len();
        }
        Ok(events)
    });
    Ok((Speed { words: words(texts), seconds, start_seconds }, events?))
}

/// Reads every text with spaCy's small model; none where it is not installed.
///
/// # Errors
/// The peer ends with an error other than that it is not installed.
pub fn spacy(texts: &[String]) -> anyhow::Result<Option<Speed>> {
    let mut lines = Vec::new();
    for text in texts {
        writeln!(lines, "{}", json!({ "text": text }))?;
    }
    let child = Command::new("python3")
        .args(["-c", SPACY_SPEED])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else { return Ok(None) };
    let pipe = child.stdin.take();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || pipe.map(|mut pipe| pipe.write_all(&lines)));
        child.wait_with_output()
    })?;
    let message = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() && message.contains("not installed") {
        return Ok(None);
    }
    ensure!(output.status.success(), "spaCy ended with {}: {message}", output.status);
    let told: Value = serde_json::from_slice(&output.stdout).context("spaCy's answer is not JSON")?;
    let figure = |name: &str| told[name].as_f64().with_context(|| format!("spaCy did not tell {name}"));
    Ok(Some(Speed { words: figure("words")?, seconds: figure("seconds")?, start_seconds: figure("start_seconds")? }))
}
