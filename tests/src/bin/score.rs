//! Scores extracted events against gold folders.
//!
//!     fineprint extract seeds --format jsonl | cargo run -p acceptance --bin score -- seeds [--verbose] [--json] [--min f1=0.5]
//!
//! Events come in on standard input, one proto3-JSON event a line. Exits 1 where a figure falls below a `--min`.

use acceptance::score;
use anyhow::{Context, bail};
use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    let (mut folders, mut minimums, mut verbose, mut json) = (Vec::new(), Vec::new(), false, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--verbose" => verbose = true,
            "--json" => json = true,
            "--min" => {
                let pair = arguments.next().context("--min needs NAME=VALUE")?;
                let (name, value) = pair.split_once('=').context("--min needs NAME=VALUE")?;
                minimums.push((name.to_owned(), value.parse::<f64>().context("--min needs a number")?));
            }
            flag if flag.starts_with('-') => bail!("unknown flag {flag}: use --verbose, --json or --min NAME=VALUE"),
            folder => folders.push(PathBuf::from(folder)),
        }
    }
    if folders.is_empty() {
        bail!("name at least one folder of gold files, for instance seeds");
    }
    let mut lines = String::new();
    std::io::stdin().read_to_string(&mut lines).context("cannot read the events from standard input")?;
    let report = score::compare(&score::read_events(&lines)?, &score::read_gold(&folders)?);
    if verbose {
        report.remarks.iter().for_each(|remark| println!("{remark}"));
    }
    if json {
        let figures: serde_json::Map<String, serde_json::Value> = report
            .figures()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), serde_json::json!((value * 10_000.0).round() / 10_000.0)))
            .collect();
        println!("{}", serde_json::Value::Object(figures));
    } else {
        println!("{report}");
    }
    let minimums: Vec<(&str, f64)> = minimums.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let short = report.below(&minimums);
    if short.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    println!("below the bar: {}", short.join(", "));
    Ok(ExitCode::FAILURE)
}
