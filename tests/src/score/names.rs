//! When two names mean the same party.

use super::{harmonic, ratio};
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[\w.-]*\w").expect("the pattern is valid"));
static POSSESSIVE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[’']s\b").expect("the pattern is valid"));

/// Demonyms and capitals, and the country that they stand for.
const COUNTRY_WORDS: &[(&str, &str)] = &[
    ("russian", "russia"),
    ("russians", "russia"),
    ("american", "us"),
    ("u.s", "us"),
    ("usa", "us"),
    ("european", "eu"),
    ("chinese", "china"),
    ("indian", "india"),
    ("turkish", "turkey"),
    ("british", "uk"),
    ("irish", "ireland"),
    ("french", "france"),
    ("german", "germany"),
    ("italian", "italy"),
    ("dutch", "netherlands"),
    ("korean", "korea"),
    ("japanese", "japan"),
    ("moscow", "russia"),
    ("kremlin", "russia"),
    ("washington", "us"),
    ("beijing", "china"),
    ("brussels", "eu"),
];

/// Words that tell nothing about who somebody is.
const EMPTY_WORDS: &[&str] = &[
    "the",
    "a",
    "an",
    "of",
    "in",
    "on",
    "for",
    "its",
    "their",
    "his",
    "her",
    "and",
    "to",
    "s",
    "inc",
    "corp",
    "co",
    "ltd",
    "llc",
    "plc",
    "company",
    "corporation",
    "limited",
    "group",
];

/// The words that tell who `name` is.
fn name_words(name: &str) -> BTreeSet<String> {
    let lower = name.to_lowercase();
    let mut text = POSSESSIVE.replace_all(&lower, "").into_owned();
    for (phrase, code) in [
        ("u.s.", "us"),
        ("u.k.", "uk"),
        ("e.u.", "eu"),
        ("united states", "us"),
        ("european union", "eu"),
        ("united kingdom", "uk"),
    ] {
        text = text.replace(phrase, code);
    }
    let words: BTreeSet<String> = WORD
        .find_iter(&text)
        .map(|word| {
            let word = word.as_str();
            let word = COUNTRY_WORDS.iter().find(|(demonym, _)| *demonym == word).map_or(word, |(_, country)| country);
            let plural = word.chars().count() > 4 && word.ends_with('s') && !word.ends_with("ss");
            if plural { &word[..word.len() - 1] } else { word }.to_owned()
        })
        .collect();
    let telling: BTreeSet<String> = words.iter().filter(|w| !EMPTY_WORDS.contains(&w.as_str())).cloned().collect();
    if telling.is_empty() { words } else { telling }
}

/// Whether two names mean the same party.
#[must_use]
pub fn same_name(a: &str, b: &str) -> bool {
    let (a, b) = (name_words(a), name_words(b));
    let shared = a.intersection(&b).count();
    shared > 0 && ratio(shared, a.len().min(b.len())) >= 0.67
}

/// F1 of two lists of names; none where gold names nobody. A gold name may list alternatives with `|`.
pub(super) fn names_agreement(found: &[String], gold: &[String]) -> Option<f64> {
    if gold.is_empty() {
        return None;
    }
    let means = |f: &String, g: &String| g.split('|').any(|alternative| same_name(f, alternative));
    let gold_hit = gold.iter().filter(|g| found.iter().any(|f| means(f, g))).count();
    let found_hit = found.iter().filter(|f| gold.iter().any(|g| means(f, g))).count();
    if found.is_empty() || gold_hit == 0 {
        return Some(0.0);
    }
    Some(harmonic(ratio(found_hit, found.len()), ratio(gold_hit, gold.len())))
}
