//! The tests inside frame files.

use crate::Outcome;
use crate::args::FramesCheckArgs;
use crate::report;
use anyhow::Context;
use extractor::check::check;
use extractor::pipeline::{Extractor, Options};
use std::io::Write as _;

/// Runs `fineprint frames check`: loads the frames and reads every example inside them.
pub(crate) fn run_check(args: &FramesCheckArgs) -> anyhow::Result<Outcome> {
    let options = Options { frames: args.dir.clone(), gazetteer: None };
    let extractor = Extractor::new(&options).context("cannot load the frames")?;
    let found = check(&extractor);
    for failure in &found.failures {
        report::error(&format!("{}: {}: {}", failure.origin, failure.frame, failure.message));
    }
    let mut out = anstream::stdout().lock();
    writeln!(out, "{} frames, {} examples hold, {} do not", found.frames, found.passed, found.failures.len())?;
    out.flush()?;
    Ok(if found.failures.is_empty() { Outcome::Whole } else { Outcome::Partial })
}
