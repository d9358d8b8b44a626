//! Measures names and coreference by themselves: for each event of the gold files in the folders given, the local
//! mention of its actor and target (`args`) is found, resolved, and compared with the gold `actor` or `target` by the
//! rule of the event scorer. Prints the accuracy for names, nominals and pronouns.
//!
//! `cargo run --release -p acceptance --example coreference -- GOLD_DIR... [--verbose] [--mentions]`

use std::path::{Path, PathBuf};

use acceptance::score::same_name;
use anyhow::{Context, Result, bail};
use extractor::coreference::{self, Chains};
use extractor::document::{InputForm, Metadata, decode};
use extractor::gazetteer::Gazetteer;
use extractor::model::Model;
use extractor::names::{self, Form};
use extractor::syntax::Tree;
use extractor::{mask, tokenize};
use serde_json::Value;

#[derive(Default)]
struct Score {
    right: usize,
    all: usize,
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3} ({}/{})", self.right as f64 / self.all.max(1) as f64, self.right, self.all)
    }
}

fn main() -> Result<()> {
    let (flags, folders): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|arg| arg.starts_with("--"));
    if folders.is_empty() {
        bail!("name at least one folder of gold files");
    }
    let verbose = flags.iter().any(|flag| flag == "--verbose");
    let show = flags.iter().any(|flag| flag == "--mentions");
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in &folders {
        let listing = std::fs::read_dir(folder).with_context(|| format!("read the folder {folder}"))?;
        for file in listing {
            paths.push(file?.path());
        }
    }
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    paths.sort();
    let mut scores: [Score; 4] = Default::default();
    let mut documents = 0;
    for path in &paths {
        let gold: Value =
            serde_json::from_str(&std::fs::read_to_string(path)?).with_context(|| path.display().to_string())?;
        let read = read(&path.with_extension("txt"))?;
        documents += 1;
        if show {
            print_mentions(&read);
        }
        for event in gold["events"].as_array().into_iter().flatten() {
            for arg in event["args"].as_array().into_iter().flatten() {
                check(path, event, arg, &read, verbose, &mut scores);
            }
        }
    }
    let [names, nominals, pronouns, missing] = &scores;
    let all = Score { right: scores.iter().map(|s| s.right).sum(), all: scores.iter().map(|s| s.all).sum() };
    println!("{documents} documents");
    println!(
        "names     {names}\nnominals  {nominals}\npronouns  {pronouns}\nno mention {}\noverall   {all}",
        missing.all
    );
    Ok(())
}

struct Read {
    text: String,
    trees: Vec<Tree>,
    chains: Chains,
}

fn read(path: &Path) -> Result<Read> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    let (document, _) = decode(&bytes, InputForm::Text, Metadata::default())?;
    let masks = mask::find(&document.text);
    let sentences = tokenize::tokenize(&document.text, &document.blocks, &masks);
    let trees: Vec<Tree> =
        Model::embedded().annotate_all(&sentences).into_iter().map(Tree::with_described_names).collect();
    let gazetteer = Gazetteer::embedded();
    let mentions = names::mentions(&document, &trees, gazetteer);
    let chains = coreference::resolve(&document, &trees, mentions, gazetteer);
    Ok(Read { text: document.text, trees, chains })
}

fn print_mentions(read: &Read) {
    for (sentence, tree) in read.trees.iter().enumerate() {
        println!("\n[{sentence} {:?}] {}", tree.block, tree.span.of(&read.text));
        for mention in read.chains.mentions().iter().filter(|m| m.sentence == sentence) {
            let parties: Vec<&str> =
                read.chains.parties(sentence, mention.head).iter().map(|c| c.name.as_str()).collect();
            let country = mention.country.map(|c| c.to_string()).unwrap_or_default();
            println!("   {:?} {:?} {} {:?} → {parties:?}", mention.form, mention.kind, country, mention.text);
        }
    }
}

fn check(path: &Path, event: &Value, arg: &Value, read: &Read, verbose: bool, scores: &mut [Score; 4]) {
    let field = match arg["role"].as_str() {
        Some("ACTOR") => "actor",
        Some("TARGET") => "target",
        _ => return,
    };
    let gold: Vec<&str> = event[field].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let (Some(text), Some(quote)) = (arg["text"].as_str(), event["quote"].as_str()) else { return };
    let trigger = event["trigger"].as_str().unwrap_or_default();
    if gold.is_empty() {
        return;
    }
    let Some((sentence, head)) = locate(read, text, quote, trigger) else { return };
    let chains = &read.chains;
    let form = chains.mention(sentence, head).map(|mention| mention.form);
    let found: Vec<&str> = chains.parties(sentence, head).iter().map(|chain| chain.name.as_str()).collect();
    let right = gold.iter().flat_map(|g| g.split('|')).any(|g| found.iter().any(|f| same_name(f, g)));
    let score = &mut scores[match form {
        Some(Form::Name) => 0,
        Some(Form::Nominal) => 1,
        Some(Form::Pronoun) => 2,
        None => 3,
    }];
    score.all += 1;
    score.right += usize::from(right);
    if verbose && !right {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        println!("{stem} {form:?} {text:?} → {found:?}, gold {gold:?}\n      {quote}");
    }
}

/// Sentence and head of the words `text` in the quote that holds the trigger.
fn locate(read: &Read, text: &str, quote: &str, trigger: &str) -> Option<(usize, usize)> {
    let from = read.text.find(quote)?;
    let anchor = from + quote.find(trigger).unwrap_or(0);
    let sentence = read.trees.iter().position(|tree| anchor < tree.span.end as usize)?;
    let bounds = (
        from.min(read.trees[sentence].span.start as usize),
        (from + quote.len()).max(read.trees[sentence].span.end as usize),
    );
    let whole_word = |at: usize| {
        let before = read.text[..at].chars().next_back();
        let after = read.text[at + text.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    };
    let near = read.text[bounds.0..bounds.1]
        .match_indices(text)
        .map(|(at, _)| at + bounds.0)
        .filter(|&at| whole_word(at))
        .min_by_key(|&at| (at < from || at >= from + quote.len(), at.abs_diff(anchor)))?;
    let (start, end) = (near, near + text.len());
    let sentence = read.trees.iter().position(|tree| start < tree.span.end as usize)?;
    let tree = &read.trees[sentence];
    let inside: Vec<usize> = (0..tree.words.len())
        .filter(|&word| {
            let span = tree.words[word].span;
            (span.start as usize) < end && span.end as usize > start
        })
        .collect();
    let outside = |word: usize| tree.words[word].head.is_none_or(|head| !inside.contains(&head));
    let depth = |mut word: usize| {
        let mut depth = 0;
        while let Some(head) = tree.words[word].head {
            word = head;
            depth += 1;
        }
        depth
    };
    let has_mention = |word: usize| read.chains.mention(sentence, word).is_some();
    inside
        .iter()
        .copied()
        .filter(|&word| outside(word))
        .min_by_key(|&word| (!has_mention(word), depth(word), word))
        .map(|head| (sentence, head))
}
