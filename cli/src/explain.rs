//! Why a text gives the events that it gives.

use crate::Outcome;
use crate::args::ExplainArgs;
use crate::report;
use anyhow::Context;
use extractor::document::{InputForm, Metadata, decode};
use extractor::explain::explain;
use extractor::pipeline::{Extractor, Options};
use std::io::Write as _;
use std::path::Path;

/// Runs `fineprint explain`: what is given is a file where one of that name stands, else a text.
pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<Outcome> {
    let options = Options { frames: args.frames.clone(), gazetteer: args.gazetteer.clone() };
    let extractor = Extractor::new(&options).context("cannot load the frames and names")?;
    let path = Path::new(&args.text);
    let (bytes, form) = if path.is_file() {
        let html = path.extension().is_some_and(|ending| ending == "html" || ending == "htm");
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        (bytes, if html { InputForm::Html } else { InputForm::Text })
    } else {
        (args.text.clone().into_bytes(), InputForm::Text)
    };
    let metadata = Metadata { id: "text".to_owned(), published: args.published, ..Metadata::default() };
    let (document, problems) = decode(&bytes, form, metadata).context("cannot explain this")?;
    for problem in &problems {
        report::note(&problem.message);
    }
    let explanation = explain(&extractor, &document);
    let mut out = anstream::stdout().lock();
    if args.json {
        writeln!(out, "{}", explanation.to_json())?;
    } else {
        write!(out, "{explanation}")?;
    }
    out.flush()?;
    Ok(Outcome::Whole)
}
