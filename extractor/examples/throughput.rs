//! Measures how fast the language engine reads.
//!
//!     cargo run --release -p extractor --example throughput -- FILE[.gz]…
//!
//! Prints, for one thread and the best of three runs over all the text: tokens a second of the tokeniser alone, of the network alone
//! (every sentence gets its tree), and of both.

use anyhow::{Context, Result, bail};
use extractor::model::Model;
use extractor::tokenize::{Sentence, tokenize};
use std::io::Read;
use std::time::{Duration, Instant};

/// Sentences that are annotated at once, as many as a document may have.
const BATCH_SENTENCES: usize = 60;

fn main() -> Result<()> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        bail!("name at least one file of text (.gz or not)");
    }
    let mut text = String::new();
    for file in &files {
        let bytes = std::fs::read(file).with_context(|| format!("{file} cannot be read"))?;
        if file.ends_with(".gz") {
            flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).context(file.clone())?;
        } else {
            text.push_str(&String::from_utf8(bytes).with_context(|| format!("{file} holds no UTF-8 text"))?);
        }
    }
    let start = Instant::now();
    let model = Model::embedded();
    println!("model read in {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    let (cut, sentences) = best(|| tokenize(&text, &[], &[]));
    let tokens: usize = sentences.iter().map(|s| s.tokens.len()).sum();
    println!("{} bytes, {} sentences, {tokens} tokens", text.len(), sentences.len());
    let (read, _) = best(|| {
        sentences.chunks(BATCH_SENTENCES).map(|batch: &[Sentence]| model.annotate_all(batch).len()).sum::<usize>()
    });
    let rate = |time: Duration| f64::from(u32::try_from(tokens).unwrap_or(u32::MAX)) / time.as_secs_f64();
    println!("tokenise  {:>10.0} tokens/s", rate(cut));
    println!("annotate  {:>10.0} tokens/s", rate(read));
    println!("both      {:>10.0} tokens/s", rate(cut + read));
    Ok(())
}

/// The shortest of three runs, and what the last gave.
fn best<T>(mut run: impl FnMut() -> T) -> (Duration, T) {
    let mut timed = || {
        let start = Instant::now();
        let out = run();
        (start.elapsed(), out)
    };
    let (first, _) = timed();
    let (second, _) = timed();
    let (third, out) = timed();
    (first.min(second).min(third), out)
}
