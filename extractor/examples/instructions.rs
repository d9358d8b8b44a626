//! Measures what the instructions for products of bytes gain, those that the code needs `unsafe` for.
//!
//!     cargo run --release -p extractor --example instructions -- FILE…
//!
//! Annotates the texts with tiles of bytes, with vectors of bytes and without either, by turns, and prints the shortest
//! time of each and how they compare, of whole annotation. All give the same trees, which is checked. A machine without
//! one of them is measured with what it has in its place.

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
    let models = [Model::embedded(), &Model::without_tiles()?, &Model::without_byte_products()?];
    let mut best = models.map(|_| f64::INFINITY);
    let mut trees = models.map(|_| Vec::new());
    for _ in 0..TURNS {
        for ((model, best), trees) in models.iter().zip(&mut best).zip(&mut trees) {
            let clock = Instant::now();
            *trees =
                documents.iter().flat_map(|sentences| model.annotate_all(sentences)).map(|tree| tree.words).collect();
            *best = best.min(clock.elapsed().as_secs_f64());
        }
    }
    ensure!(trees.windows(2).all(|pair| pair[0] == pair[1]), "the trees differ");
    println!("{tokens} tokens, same trees");
    for (name, time) in ["tiles of bytes", "vectors of bytes", "without either"].iter().zip(best) {
        println!("{name:<18} {:>7.1} ms, {:>3.0} % more", time * 1e3, (time / best[0] - 1.0) * 100.0);
    }
    Ok(())
}
