//! Bad input: one line that names the thing and what to do, exit code not zero, and the rest of the batch still done.

use acceptance::process::{self, Finished};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

const GOOD: &str = "A court in Moscow fined Google 15 million roubles on 16 June 2022.";

fn file(folder: &Path, name: &str, content: &[u8]) -> anyhow::Result<PathBuf> {
    let path = folder.join(name);
    std::fs::write(&path, content)?;
    Ok(path)
}

fn extract(paths: &[&Path]) -> anyhow::Result<Finished> {
    let mut arguments = vec!["extract", "--format", "jsonl"];
    arguments.extend(paths.iter().filter_map(|path| path.to_str()));
    process::run("fineprint", &arguments, b"")
}

/// The one line of `stderr` that names `name`; every other line is progress or a summary.
fn line_about<'a>(done: &'a Finished, name: &str) -> &'a str {
    let lines: Vec<&str> = done.stderr.lines().filter(|line| line.contains(name)).collect();
    assert_eq!(lines.len(), 1, "one line names {name}:\n{}", done.stderr);
    lines[0]
}

#[test]
fn each_bad_file_is_told_in_a_line_and_the_rest_is_done() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let good = file(folder.path(), "good.txt", GOOD.as_bytes())?;
    let binary: Vec<u8> = (0..4096_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).chain([0; 64]).collect();
    let bad = [
        file(folder.path(), "empty.txt", b"")?,
        file(folder.path(), "binary.txt", &binary)?,
        file(folder.path(), "large.txt", "A long story. ".repeat(4 << 20).as_bytes())?,
        file(folder.path(), "unknown.xyz", GOOD.as_bytes())?,
        folder.path().join("missing.txt"),
    ];
    for path in &bad {
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        let done = extract(&[path, &good])?;
        assert!(!done.success, "{name} is told by the exit code");
        let line = line_about(&done, name);
        assert!(line.len() > name.len() + 10 && !line.contains("panicked"), "{line}");
        assert_eq!(done.stdout.lines().count(), 1, "the rest of the batch is done beside {name}: {}", done.stdout);
        assert!(done.stdout.contains("EVENT_TYPE_FINE"), "{}", done.stdout);
    }
    Ok(())
}

#[test]
fn bytes_that_are_no_utf8_are_read_as_far_as_they_are_text() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let latin = [GOOD.as_bytes(), b" The caf\xe9 next door was not involved."].concat();
    let path = file(folder.path(), "latin.txt", &latin)?;
    let done = extract(&[&path])?;
    assert!(done.success, "{}", done.stderr);
    assert!(done.stdout.contains("EVENT_TYPE_FINE"), "{}", done.stdout);
    Ok(())
}

#[test]
fn bad_lines_of_a_jsonl_file_are_told_and_the_others_read() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let line = |id: &str| serde_json::json!({"id": id, "text": GOOD}).to_string();
    let content = format!("{}\n{{\"id\": \"broken\"\n{}\n", line("one"), line("two"));
    let path = file(folder.path(), "batch.jsonl", content.as_bytes())?;
    let done = extract(&[&path])?;
    assert!(!done.success);
    let told = line_about(&done, "batch.jsonl");
    assert!(told.contains('2'), "the line's number is told: {told}");
    assert_eq!(done.stdout.lines().filter(|l| l.contains("EVENT_TYPE_FINE")).count(), 2, "{}", done.stdout);
    Ok(())
}

#[test]
fn a_date_that_nobody_gives_is_not_invented() -> anyhow::Result<()> {
    let text = "A court in Moscow fined Google 15 million roubles on Thursday.";
    let undated = process::run("fineprint", &["extract", "--format", "jsonl", "-"], text.as_bytes())?;
    assert!(
        undated.stdout.contains("EVENT_TYPE_FINE") && !undated.stdout.contains("\"occurred\""),
        "{}",
        undated.stdout
    );
    let dated = process::run(
        "fineprint",
        &["extract", "--format", "jsonl", "--published", "2022-06-17", "-"],
        text.as_bytes(),
    )?;
    let event: serde_json::Value = serde_json::from_str(dated.stdout.lines().next().unwrap_or_default())?;
    assert_eq!(event["occurred"], serde_json::json!({"year": 2022, "month": 6, "day": 16}));
    Ok(())
}

#[test]
fn a_query_service_that_is_not_there_is_named() -> anyhow::Result<()> {
    // A port that was free a moment ago, and that nobody serves.
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let done = process::run("fineprint", &["query", "type = FINE", "--server", &format!("http://{address}")], b"")?;
    assert!(!done.success);
    line_about(&done, &address);
    Ok(())
}

#[test]
fn a_port_in_use_is_named() -> anyhow::Result<()> {
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let address = taken.local_addr()?.to_string();
    for program in ["query-service", "extractor"] {
        let done = process::run(program, &["--listen", &address], b"")?;
        assert!(!done.success, "{program}");
        line_about(&done, &address);
    }
    Ok(())
}
