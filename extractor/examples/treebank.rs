//! Measures the language engine on treebanks and files of names.
//!
//!     cargo run --release -p extractor --example treebank -- FILE.conllu[.gz]|FILE.bio[.gz]… [--min MEASURE=PERCENT,…]
//!
//! For a treebank, with its own tokens and sentences: part of speech (`upos`, `xpos`), heads (`uas`), heads with relations
//! (`las`; `uas_np` and `las_np` without punctuation), dictionary forms (`lemma`); and on its raw text, tokens and
//! sentences found (`token`, `sentence`, F1). Rare relations are merged on both sides as in training. For names
//! (`word TAB tag`, sentences divided by empty lines): F1 over whole names with their kind (`name`). A measure below its `--min` makes
//! the exit code 1.

use anyhow::{Context, Result, bail};
use extractor::document::{Block, BlockKind, ByteSpan};
use extractor::model::Model;
use extractor::syntax::conllu;
use extractor::syntax::{NameKind, NameTag, Tree, Upos};
use extractor::tokenize::{Sentence, Token, tokenize};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

fn main() -> Result<ExitCode> {
    let mut files = Vec::new();
    let mut minimums = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument != "--min" {
            files.push(argument);
            continue;
        }
        let list = arguments.next().context("--min needs MEASURE=PERCENT,…")?;
        for entry in list.split(',') {
            let (measure, percent) =
                entry.split_once('=').with_context(|| format!("{entry:?} is no MEASURE=PERCENT"))?;
            let percent: f64 = percent.parse().with_context(|| format!("{percent:?} is no number"))?;
            minimums.push((measure.to_owned(), percent));
        }
    }
    if files.is_empty() {
        bail!("name at least one treebank (.conllu, .conllu.gz) or file of names (.bio, .bio.gz)");
    }
    let mut is_met = true;
    for file in &files {
        let text = text_of(Path::new(file))?;
        let is_names = file.trim_end_matches(".gz").ends_with(".bio");
        let measures = if is_names { names(&text)? } else { treebank(&conllu::read(&text).context(file.clone())?) };
        let shown: Vec<String> = measures.iter().map(|(measure, percent)| format!("{measure} {percent:.2}")).collect();
        println!("{}: {}", Path::new(file).file_name().unwrap_or_default().display(), shown.join("  "));
        for (measure, minimum) in &minimums {
            if let Some((_, percent)) = measures.iter().find(|(name, _)| name == measure)
                && percent < minimum
            {
                println!("  {measure} is below {minimum}");
                is_met = false;
            }
        }
    }
    Ok(if is_met { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn text_of(file: &Path) -> Result<String> {
    let bytes = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mut text = String::new();
    if file.extension().is_some_and(|ending| ending == "gz") {
        flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).map(|_| ())
    } else {
        (&bytes[..]).read_to_string(&mut text).map(|_| ())
    }
    .with_context(|| format!("{} holds no UTF-8 text", file.display()))?;
    Ok(text)
}

type Measures = Vec<(&'static str, f64)>;

/// Right ones of all, in percent.
#[derive(Default)]
struct Share {
    right: u32,
    all: u32,
}

impl Share {
    fn add(&mut self, is_right: bool) {
        self.right += u32::from(is_right);
        self.all += 1;
    }

    fn percent(&self) -> f64 {
        100.0 * f64::from(self.right) / f64::from(self.all.max(1))
    }
}

fn percent_f1<T: Ord>(gold: &BTreeSet<T>, found: &BTreeSet<T>) -> f64 {
    let count = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    200.0 * count(gold.intersection(found).count()) / count(gold.len() + found.len()).max(1.0)
}

/// A sentence of the given words.
fn sentence<'a>(words: impl Iterator<Item = &'a str>) -> Sentence {
    let mut at = 0;
    let tokens: Vec<Token> = words
        .map(|form| {
            let span = ByteSpan::new(at, at + form.len());
            at += form.len() + 1;
            Token { span, form: form.to_owned(), mask: None }
        })
        .collect();
    Sentence { span: ByteSpan::new(0, at), block: BlockKind::Body, tokens }
}

fn treebank(gold: &[conllu::Sentence]) -> Measures {
    let sentences: Vec<Sentence> =
        gold.iter().map(|s| sentence(s.words.iter().map(|word| word.form.as_str()))).collect();
    let trees = Model::embedded().annotate_all(&sentences);
    let [mut upos, mut xpos, mut uas, mut las, mut uas_np, mut las_np, mut lemma] =
        std::array::from_fn(|_| Share::default());
    for (gold, tree) in gold.iter().zip(&trees) {
        for (gold, word) in gold.words.iter().zip(&tree.words) {
            upos.add(gold.upos == word.upos);
            xpos.add(gold.xpos == Some(word.xpos));
            let head = gold.head == word.head;
            let arc = head && gold.deprel == word.deprel;
            uas.add(head);
            las.add(arc);
            if gold.upos != Upos::Punct {
                uas_np.add(head);
                las_np.add(arc);
                lemma.add(gold.lemma.to_lowercase() == word.lemma.to_lowercase());
            }
        }
    }
    let (token, sentence) = raw_text(gold);
    vec![
        ("upos", upos.percent()),
        ("xpos", xpos.percent()),
        ("uas", uas.percent()),
        ("las", las.percent()),
        ("uas_np", uas_np.percent()),
        ("las_np", las_np.percent()),
        ("lemma", lemma.percent()),
        ("token", token),
        ("sentence", sentence),
    ]
}

/// F1 of tokens and of sentences on the text that the words and their spaces make.
fn raw_text(gold: &[conllu::Sentence]) -> (f64, f64) {
    let mut text = String::new();
    let mut blocks = Vec::new();
    let mut start = 0;
    let (mut tokens, mut sentences) = (BTreeSet::new(), BTreeSet::new());
    for sentence in gold {
        if (sentence.starts_document || sentence.starts_paragraph) && !text.is_empty() {
            blocks.push(Block { span: ByteSpan::new(start, text.trim_end().len()), kind: BlockKind::Body });
            text.push('\n');
            start = text.len();
        }
        let first = text.len();
        for word in &sentence.words {
            let at = text.len();
            text.push_str(&word.form);
            tokens.insert((at, text.len()));
            if word.space_after {
                text.push(' ');
            }
        }
        sentences.insert((first, text.trim_end().len()));
    }
    blocks.push(Block { span: ByteSpan::new(start, text.len()), kind: BlockKind::Body });
    let found = tokenize(&text, &blocks, &[]);
    let range = |span: ByteSpan| (span.start as usize, span.end as usize);
    let found_tokens = found.iter().flat_map(|s| &s.tokens).map(|token| range(token.span)).collect();
    let found_sentences = found.iter().map(|s| range(s.span)).collect();
    (percent_f1(&tokens, &found_tokens), percent_f1(&sentences, &found_sentences))
}

/// The names of a sentence: kind, first word, one past the last word.
fn spans(tags: impl Iterator<Item = NameTag>) -> Vec<(NameKind, usize, usize)> {
    let mut out: Vec<(NameKind, usize, usize)> = Vec::new();
    for (index, tag) in tags.enumerate() {
        match tag {
            NameTag::Begin(kind) => out.push((kind, index, index + 1)),
            NameTag::Inside(kind) => match out.last_mut() {
                Some((open, _, end)) if *open == kind && *end == index => *end += 1,
                _ => out.push((kind, index, index + 1)),
            },
            NameTag::Outside => {}
        }
    }
    out
}

fn names(text: &str) -> Result<Measures> {
    let mut sentences = Vec::new();
    let mut gold = BTreeSet::new();
    for block in text.split("\n\n").filter(|block| !block.trim().is_empty()) {
        let mut words = Vec::new();
        let mut tags = Vec::new();
        for line in block.lines().filter(|line| !line.is_empty()) {
            let (word, tag) = line.split_once('\t').with_context(|| format!("{line:?} is no word, tab and tag"))?;
            words.push(word);
            tags.push(NameTag::parse(tag).with_context(|| format!("{tag:?} is no name tag"))?);
        }
        gold.extend(spans(tags.into_iter()).into_iter().map(|span| (sentences.len(), span)));
        sentences.push(sentence(words.into_iter()));
    }
    let trees = Model::embedded().annotate_all(&sentences);
    let found = trees.iter().enumerate().flat_map(|(index, tree)| {
        let tags = |tree: &Tree| tree.words.iter().map(|word| word.name).collect::<Vec<_>>();
        spans(tags(tree).into_iter()).into_iter().map(move |span| (index, span))
    });
    Ok(vec![("name", percent_f1(&gold, &found.collect()))])
}
