//! How well texts are read, against the answers beside them: the figures must not fall.

use std::{fs, path::Path};

use acceptance::score::{compare, read_events, read_gold};
use acceptance::{process, repository};
use anyhow::Context;
use serde_json::{Value, json};

/// Reads the events that `arguments` and `input` make fineprint tell against the gold of `folder`.
fn check(arguments: &[&str], input: &str, folder: &Path, minimums: &[(&str, f64)]) -> anyhow::Result<()> {
    let done = process::run("fineprint", arguments, input.as_bytes())?;
    assert!(done.success, "{}", done.stderr);
    let report = compare(&read_events(&done.stdout)?, &read_gold(&[folder.to_owned()])?);
    let short = report.below(minimums);
    assert!(short.is_empty(), "{}\n{report}\n{}", short.join(", "), report.remarks.join("\n"));
    println!("{report}");
    Ok(())
}

#[test]
fn the_seed_documents_are_read_as_their_answers_say() -> anyhow::Result<()> {
    let folder = repository::root().join("seeds");
    check(&["extract", "seeds", "--format", "jsonl"], "", &folder, &[("f1", 0.89), ("full", 0.71), ("amount", 0.93)])
}

/// No weight was fitted and no frame written by these: the figures are what a reader of other texts may expect.
#[test]
fn texts_that_nothing_was_fitted_on_are_read_nearly_as_well() -> anyhow::Result<()> {
    let folder = repository::root().join("extractor/training/texts/held");
    let mut documents = String::new();
    let mut paths: Vec<_> =
        fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "txt")) {
        let answers: Value = serde_json::from_str(&fs::read_to_string(path.with_extension("json"))?)?;
        let id = path.file_stem().and_then(|stem| stem.to_str()).context("a file name")?;
        let text = fs::read_to_string(path)?;
        documents.push_str(&format!("{}\n", json!({"id": id, "text": text, "published": answers["published"]})));
    }
    let minimums = [
        ("f1", 0.71),
        ("precision", 0.73),
        ("full", 0.38),
        ("actor", 0.86),
        ("target", 0.80),
        ("countries", 0.91),
        ("factuality", 0.91),
    ];
    let extract = ["extract", "--input", "jsonl", "--format", "jsonl"];
    check(&[&extract[..], &["-"]].concat(), &documents, &folder, &minimums)?;
    // What is told as nearly sure is right nearly always.
    let sure = [&extract[..], &["--min-confidence", "0.9", "-"]].concat();
    check(&sure, &documents, &folder, &[("precision", 0.9)])
}
