//! How well the seed documents are read, against the answers beside them: the figures must not fall.

use acceptance::score::{compare, read_events, read_gold};
use acceptance::{process, repository};

/// What the extraction reaches at least.
const MINIMUMS: &[(&str, f64)] = &[("f1", 0.82), ("full", 0.60), ("amount", 0.93)];

#[test]
fn the_seed_documents_are_read_as_their_answers_say() -> anyhow::Result<()> {
    let done = process::run("fineprint", &["extract", "seeds", "--format", "jsonl"], b"")?;
    assert!(done.success, "{}", done.stderr);
    let events = read_events(&done.stdout)?;
    let report = compare(&events, &read_gold(&[repository::root().join("seeds")])?);
    let short = report.below(MINIMUMS);
    assert!(short.is_empty(), "{}\n{report}\n{}", short.join(", "), report.remarks.join("\n"));
    println!("{report}");
    Ok(())
}
