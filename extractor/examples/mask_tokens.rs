//! Tokenised sentences in, the masks that the run time finds in them out; the training collapses the same spans.
//!
//! Each line of standard input is `{"tokens": ["fined", "$", "5", "m"], "spaces": [true, false, false, false]}`, where
//! `spaces` tells whether white space follows the token. Each line of output is a list of
//! `[first token, one past the last, kind, stand-in]`. A mask that cuts a token in two is left out.

use std::io::{self, BufRead, BufWriter, Write};

use anyhow::{Context, ensure};
use extractor::mask::{self, MaskedValue};
use serde::Deserialize;

#[derive(Deserialize)]
struct Sentence {
    tokens: Vec<String>,
    spaces: Vec<bool>,
}

fn main() -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for (number, line) in io::stdin().lock().lines().enumerate() {
        let sentence: Sentence = serde_json::from_str(&line?).with_context(|| format!("line {}", number + 1))?;
        ensure!(sentence.tokens.len() == sentence.spaces.len(), "line {}: a space for every token", number + 1);
        let mut text = String::new();
        let mut starts = Vec::new();
        let mut ends = Vec::new();
        for (token, space) in sentence.tokens.iter().zip(&sentence.spaces) {
            starts.push(text.len());
            text.push_str(token);
            ends.push(text.len());
            if *space {
                text.push(' ');
            }
        }
        let found: Vec<(usize, usize, &str, String)> = mask::find(&text)
            .iter()
            .filter_map(|mask| {
                let first = starts.binary_search(&(mask.span.start as usize)).ok()?;
                let last = ends.binary_search(&(mask.span.end as usize)).ok()?;
                let kind = match mask.value {
                    MaskedValue::Money(_) => "money",
                    MaskedValue::Date(_) => "date",
                    MaskedValue::Percent(_) => "percent",
                    MaskedValue::Url => "url",
                };
                Some((first, last + 1, kind, mask.stand_in().to_owned()))
            })
            .collect();
        serde_json::to_writer(&mut out, &found)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}
