//! Measures what the instruction for products of bytes gains, the one that the code needs `unsafe` for.
//!
//!     cargo run --release -p extractor --example instructions -- FILE…
//!
//! Annotates the texts with it and without, by turns, and prints the shortest time of each and how they compare, of whole
//! annotation. Both give the same trees, which is checked.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use extractor::{
    document::{InputForm, Metadata, decode},
    mask,
    model::Model,
    tokenize::tokenize,
};

/// Turns of each.
const TURNS: usize = 7;

fn main() -> Result<()> {
    let mut documents = Vec::new();
    for file in std::env::args().skip(1) {
        let bytes = std::fs::read(&file).with_context(|| format!("{file} cannot be read"))?;
        let (document, _) = decode(&bytes, InputForm::Text, Metadata::default()).context(file)?;
        let masks = mask::find(&document.text);
        documents.push(tokenize(&document.text, &document.blocks, &masks));
    }
    ensure!(!documents.is_empty(), "name at least one file of text");
    let tokens: usize = documents.iter().flatten().map(|sentence| sentence.tokens.len()).sum();
    let models = [Model::embedded(), &Model::without_byte_products()?];
    let mut best = [f64::INFINITY; 2];
    let mut trees = [Vec::new(), Vec::new()];
    for _ in 0..TURNS {
        for ((model, best), trees) in models.iter().zip(&mut best).zip(&mut trees) {
            let clock = Instant::now();
            *trees =
                documents.iter().flat_map(|sentences| model.annotate_all(sentences)).map(|tree| tree.words).collect();
            *best = best.min(clock.elapsed().as_secs_f64());
        }
    }
    ensure!(trees[0] == trees[1], "the trees differ");
    let [with, without] = best;
    println!("{tokens} tokens, same trees");
    println!("with products of bytes    {:>7.1} ms", with * 1e3);
    println!("without                   {:>7.1} ms, {:.0} % more", without * 1e3, (without / with - 1.0) * 100.0);
    Ok(())
}
