//! Measures how the time of each step grows with the length of the text, for texts that nobody writes.
//!
//!     cargo run --release -p extractor --example scaling -- [--bytes N] [SHAPE]…
//!
//! Reads each shape at N bytes (65,536) and at twice as many, and prints the milliseconds of each step at the latter, each
//! with how many times as long it took as at the former where it took long enough to tell: near 2 is linear, near 4 is
//! quadratic.

use std::time::Instant;

use anyhow::{Context, Result};
use extractor::{
    coreference,
    document::{InputForm, Metadata, decode},
    events, mask,
    model::Model,
    names,
    pipeline::Extractor,
    predicates::predicates,
    tokenize::tokenize,
};

/// Makes the part of a text with that number.
type Shape = fn(usize) -> String;

/// Name and maker of each shape.
const SHAPES: &[(&str, Shape)] = &[
    ("no space", |_| "a".to_owned()),
    ("no sentence end", |n| format!("word{} ", n % 97)),
    ("commas", |_| "one, ".to_owned()),
    ("parentheses", |_| "(".to_owned()),
    ("quotes", |_| "\"".to_owned()),
    ("apart quotes", |_| "\" ".to_owned()),
    ("apostrophes", |_| "'".to_owned()),
    ("full stops", |_| ".".to_owned()),
    ("apart full stops", |_| ". ".to_owned()),
    ("dashes", |_| "-".to_owned()),
    ("hyphened", |_| "well-known-".to_owned()),
    ("slashes", |_| "and/or/".to_owned()),
    ("abbreviations", |_| "Mr. \"".to_owned()),
    ("addresses", |_| "www.a.com/".to_owned()),
    ("address stops", |_| "www.a.com...........".to_owned()),
    ("numbers", |_| "1,".to_owned()),
    ("digits", |_| "7".to_owned()),
    ("number words", |_| "one hundred million ".to_owned()),
    ("sums", |_| "$5 million ".to_owned()),
    ("sums in brackets", |_| "$5 million (€4 million) or ".to_owned()),
    ("dates", |_| "May 5, 2020 ".to_owned()),
    ("dashes of dates", |_| "2020-01-02-".to_owned()),
    ("lines", |_| "\n".to_owned()),
    ("short lines", |_| "Yes\n\n".to_owned()),
    ("titles", |n| format!("Court Fines Zentavo {n}\n\n")),
    ("tags", |_| "<b>".to_owned()),
    ("letters", |n| char::from_u32(0x4e00 + u32::try_from(n % 5000).unwrap_or_default()).unwrap_or('a').to_string()),
    ("we", |_| "We said so. ".to_owned()),
    ("we without end", |_| "we said ".to_owned()),
    ("you", |_| "What did you say? ".to_owned()),
    ("he", |n| format!("Ana Person{} said he left. ", n % 300)),
    ("same words", |n| format!("Foreign firms {} left police. ", n % 300)),
    ("both", |_| "Apple and Google left. Both firms left. They left. ".to_owned()),
    ("names", |n| format!("Zentavo{n} bought Morvane{n}. ")),
    ("names without end", |n| format!("Zentavo{n}, ")),
    ("acronyms", |n| format!("{} left. ", letters(n))),
    ("long names", |n| format!("Bank of {} left. ", letters(n))),
    ("one name", |_| "Google left. ".to_owned()),
    ("first names", |n| format!("Ana {} left. Ana left. ", letters(n).to_lowercase().replace('a', "A"))),
    ("media", |n| format!("The Daily {} reported it. ", letters(n))),
    ("acts", |n| format!("A court fined Zentavo{n} {n} million rubles on 5 May 2020. ")),
    ("acts of one", |_| "A court fined Google. ".to_owned()),
    ("acts without end", |_| "a court fined Google and ".to_owned()),
    ("acts and dates", |n| format!("In {}, Google was fined. ", 1950 + n % 70)),
];

/// A word of capitals that is another one for every number.
fn letters(mut number: usize) -> String {
    let mut word = String::new();
    for _ in 0..4 {
        word.push(char::from(b'A' + u8::try_from(number % 26).unwrap_or_default()));
        number /= 26;
    }
    word
}

const STEPS: [&str; 10] =
    ["decode", "mask", "tokenise", "annotate", "predicates", "mentions", "chains", "frames", "candidates", "merge"];

/// Milliseconds below which a step took too short to compare.
const COMPARED_MS_MIN: f64 = 5.0;

fn main() -> Result<()> {
    let mut bytes = 65_536;
    let mut wanted = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bytes" => bytes = arguments.next().context("--bytes needs a number")?.parse()?,
            _ => wanted.push(argument),
        }
    }
    let extractor = Extractor::embedded()?;
    for (name, make) in SHAPES.iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|w| w == name)) {
        let short = steps(&extractor, &text(*make, bytes))?;
        let long = steps(&extractor, &text(*make, 2 * bytes))?;
        print!("{name:<18} {:>8.0} ms", long.iter().sum::<f64>());
        for ((step, short), long) in STEPS.iter().zip(short).zip(long) {
            if long >= COMPARED_MS_MIN {
                print!("  {step} {long:.0}");
                if short >= COMPARED_MS_MIN / 4.0 {
                    print!(" (x{:.1})", long / short);
                }
            }
        }
        println!();
    }
    Ok(())
}

fn text(make: fn(usize) -> String, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 64);
    for number in 0.. {
        if text.len() >= bytes {
            break;
        }
        text.push_str(&make(number));
    }
    text
}

/// Milliseconds that each step took.
fn steps(extractor: &Extractor, text: &str) -> Result<[f64; STEPS.len()]> {
    let (decoding, decoded) = timed(|| decode(text.as_bytes(), InputForm::Text, Metadata::default()));
    let Ok((document, _)) = decoded else { return Ok([0.0; STEPS.len()]) };
    let model = Model::embedded();
    let (masking, masks) = timed(|| mask::find(&document.text));
    let (tokenising, sentences) = timed(|| tokenize(&document.text, &document.blocks, &masks));
    let (annotating, trees) = timed(|| model.annotate_all(&sentences));
    let (normalising, _) = timed(|| trees.iter().map(predicates).collect::<Vec<_>>());
    let (naming, mentions) = timed(|| names::mentions(&document, &trees, extractor.gazetteer()));
    let (chaining, _) = timed(|| coreference::resolve(&document, &trees, mentions, extractor.gazetteer()));
    let (reading_all, read) = timed(|| extractor.read(&document));
    let before = masking + tokenising + annotating + normalising + naming + chaining;
    let reading = extractor.reading(&document, &read);
    let (assembling, candidates) = timed(|| events::candidates(&reading, &read.matches));
    let (merging, _) = timed(|| events::merge(&reading, candidates));
    let matching = (reading_all - before).max(0.0);
    Ok([decoding, masking, tokenising, annotating, normalising, naming, chaining, matching, assembling, merging])
}

/// Milliseconds that `work` took, and what it gave.
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let clock = Instant::now();
    let out = work();
    (clock.elapsed().as_secs_f64() * 1e3, out)
}
