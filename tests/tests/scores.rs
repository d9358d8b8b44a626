//! How well texts are read, against the answers beside them: the figures must not fall.

use std::{fs, path::Path};

use acceptance::score::{Found, GoldDocument, compare, read_events, read_gold};
use acceptance::{process, repository};
use anyhow::Context;
use serde_json::{Value, json};

/// The events that `arguments` and `input` make fineprint tell.
fn told(arguments: &[&str], input: &str) -> anyhow::Result<Vec<Found>> {
    let done = process::run("fineprint", arguments, input.as_bytes())?;
    assert!(done.success, "{}", done.stderr);
    read_events(&done.stdout)
}

/// Compares events with the answers under a heading, and prints the figures.
fn check(heading: &str, events: &[Found], gold: &[GoldDocument], minimums: &[(&str, f64)]) {
    let report = compare(events, gold);
    let short = report.below(minimums);
    assert!(short.is_empty(), "{heading}: {}\n{report}\n{}", short.join(", "), report.remarks.join("\n"));
    println!("\n{heading}\n{report}");
}

#[test]
fn the_seed_documents_are_read_as_their_answers_say() -> anyhow::Result<()> {
    let gold = read_gold(&[repository::root().join("seeds")])?;
    let events = told(&["extract", "seeds", "--format", "jsonl"], "")?;
    check("seed documents", &events, &gold, &[("f1", 0.91), ("full", 0.77), ("amount", 0.98)]);
    Ok(())
}

/// The texts of a folder as JSON lines.
fn documents(folder: &Path) -> anyhow::Result<String> {
    let mut lines = String::new();
    let mut paths: Vec<_> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "txt")) {
        let answers: Value = serde_json::from_str(&fs::read_to_string(path.with_extension("json"))?)?;
        let id = path.file_stem().and_then(|stem| stem.to_str()).context("a file name")?;
        let text = fs::read_to_string(path)?;
        lines.push_str(&format!("{}\n", json!({"id": id, "text": text, "published": answers["published"]})));
    }
    Ok(lines)
}

/// No weight was fitted and no frame written by these: the figures are what a reader of other texts may expect.
#[test]
fn texts_that_nothing_was_fitted_on_are_read_nearly_as_well() -> anyhow::Result<()> {
    let folder = repository::root().join("extractor/training/texts/held");
    let documents = documents(&folder)?;
    let gold = read_gold(&[folder])?;
    let extract = ["extract", "--input", "jsonl", "--format", "jsonl"];
    let events = told(&[&extract[..], &["-"]].concat(), &documents)?;
    let minimums = [
        ("f1", 0.755),
        ("precision", 0.785),
        ("full", 0.465),
        ("actor", 0.87),
        ("target", 0.84),
        ("countries", 0.93),
        ("factuality", 0.92),
        ("amount", 0.90),
    ];
    check("texts that nothing was fitted on", &events, &gold, &minimums);
    // Texts that were made to be hard are called t and a number, all others are ordinary news prose.
    let (hard, ordinary): (Vec<_>, Vec<_>) = gold.iter().cloned().partition(|document| document.name.starts_with('t'));
    check(
        "ordinary news prose among them",
        &events,
        &ordinary,
        &[("f1", 0.80), ("full", 0.525), ("actor", 0.89), ("target", 0.855)],
    );
    check("hard texts among them", &events, &hard, &[("f1", 0.67), ("full", 0.335), ("actor", 0.84), ("target", 0.78)]);
    // What is told as nearly sure is right nearly always.
    let sure = told(&[&extract[..], &["--min-confidence", "0.9", "-"]].concat(), &documents)?;
    check("what is told of them with a confidence of 0.9 or more", &sure, &gold, &[("precision", 0.9)]);
    Ok(())
}
