//! How certain the text is that an act happened, as careful readers judge it.
//!
//! The frames' walk over modals, negation and governing verbs (`frames/factuality.rs`) is the strongest evidence, not the
//! last word: a log-linear model weighs it with the form of the verb, the trigger, its frame and what governs it. The
//! weights stand in `data/model/factuality.json`, fitted by `training/choices.py`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::{
    events::{Factuality, dates::verb_form, reading::Reading},
    frames::{FrameMatch, Role},
    linear::{self, Features, tell},
    mask::MaskedValue,
    predicates::case_of,
    syntax::{Deprel, Tree, Upos},
    values::{self, money::Bound},
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weights {
    weights: linear::Weights,
}

static WEIGHTS: LazyLock<Weights> =
    LazyLock::new(|| linear::embedded(include_str!("../../data/model/factuality.json")));

/// Reads the weights, where they have not been read.
pub(super) fn ready() {
    LazyLock::force(&WEIGHTS);
}

/// A certainty that an act may have.
#[derive(Clone, Debug)]
pub struct FactualityOption {
    /// The certainty.
    pub factuality: Factuality,
    /// What speaks for and against it, where that was asked for.
    pub features: Vec<String>,
    /// The sum of the features' weights.
    score: f64,
}

/// The likeliest certainty.
pub(super) fn choose(options: &[FactualityOption]) -> Factuality {
    let mut best = (Factuality::default(), f64::NEG_INFINITY);
    for option in options {
        if option.score > best.1 {
            best = (option.factuality, option.score);
        }
    }
    best.0
}

/// Every certainty with what speaks for it, by name where it is `named`.
pub(super) fn options(
    reading: &Reading<'_>,
    sentence: usize,
    matched: &FrameMatch,
    named: bool,
) -> Vec<FactualityOption> {
    let evidence = evidence(reading, sentence, matched);
    [Factuality::Actual, Factuality::Planned, Factuality::Possible, Factuality::Denied]
        .into_iter()
        .map(|factuality| {
            let name = factuality.as_str();
            let mut features = Features::new(&WEIGHTS.weights, named);
            for what in &evidence {
                tell!(features, name "/" what);
            }
            FactualityOption { factuality, score: features.sum(), features: features.into_names() }
        })
        .collect()
}

fn evidence(reading: &Reading<'_>, sentence: usize, matched: &FrameMatch) -> Vec<String> {
    let tree = &reading.trees[sentence];
    let frame = &reading.frames.frames()[matched.frame];
    let event_type = frame.event_type.as_str();
    let word = &tree.words[matched.head];
    let lemma = |word: usize| tree.words[word].lemma.to_lowercase();
    let walked = matched.certainty.modality.as_str();
    let form = verb_form(tree, matched);
    let carrier = matched.support.unwrap_or(matched.head);
    let governor = tree.words[carrier].head;
    let governed = governor.map_or_else(|| "root".to_owned(), lemma);
    let mut all = vec![
        format!("walked={walked}"),
        format!("walked={walked}/{event_type}"),
        format!("walked={walked}/{form}"),
        format!("walked={walked}/deprel={}", tree.words[carrier].deprel),
        format!("walked={walked}/noun={}", word.upos != Upos::Verb),
        format!("type={event_type}"),
        format!("type={event_type}/{form}"),
        format!("frame={}", frame.id),
        format!("trigger={}", lemma(matched.head)),
        format!("form={form}"),
        format!("deprel={}", tree.words[carrier].deprel),
        format!("governor={governed}"),
        format!("governor={governed}/{}", tree.words[carrier].deprel),
        format!("block={:?}", tree.block),
        format!("earlier={}", matched.certainty.earlier),
        format!("reported={}", matched.certainty.reported),
    ];
    if let Some(case) = case_of(tree, carrier) {
        all.push(format!("mark={case}"));
    }
    if denied_next(reading, sentence) {
        all.push(format!("denied_next/embedded={}", tree.words[carrier].head.is_some()));
        all.push(format!("denied_next/walked={walked}"));
    }
    if let Some(condition) = condition(tree, carrier) {
        all.push(format!("condition={condition}"));
        all.push(format!("condition={condition}/walked={walked}"));
    }
    let sums = || matched.role(Role::Amount).filter_map(|argument| money(reading, sentence, argument.word));
    if sums().any(|sum| matches!(sum.bound, Bound::AtMost | Bound::Upto(_))) {
        all.push("sum=at_most".to_owned());
        all.push(format!("sum=at_most/walked={walked}"));
    }
    if matched.role(Role::Amount).any(|argument| is_per_day(tree, argument.word)) || is_per_day(tree, matched.head) {
        all.push(format!("sum=per_day/walked={walked}"));
    }
    for holder in std::iter::once(matched.head).chain(matched.support) {
        for &d in tree.dependents(holder) {
            match tree.words[d].deprel {
                Deprel::Aux | Deprel::AuxPass | Deprel::Cop => all.push(format!("aux={}", lemma(d))),
                Deprel::Advmod => all.push(format!("adverb={}", lemma(d))),
                Deprel::Det => all.push(format!("determiner={}", lemma(d))),
                Deprel::Amod => all.push(format!("adjective={}", lemma(d))),
                _ => {}
            }
        }
    }
    all
}

/// "It has not." "It didn't.": whether the next sentence does nothing but deny what this one tells.
fn denied_next(reading: &Reading<'_>, sentence: usize) -> bool {
    let Some(next) = reading.trees.get(sentence + 1) else { return false };
    let words: Vec<&str> = next.words.iter().filter(|w| w.upos != Upos::Punct).map(|w| w.form.as_str()).collect();
    let subject = |word: &str| ["it", "he", "she", "they", "this", "that"].iter().any(|s| s.eq_ignore_ascii_case(word));
    match words.as_slice() {
        [who, aux @ .., last] if subject(who) && aux.len() <= 3 => {
            let negated = ["not", "n't", "n’t"].contains(last);
            // "It has not yet." and "It did not do so." deny as well.
            let trailing = matches!(*last, "so" | "yet") && aux.iter().any(|word| ["not", "n't", "n’t"].contains(word));
            negated || trailing
        }
        _ => false,
    }
}

/// The word that makes the clause of `word` hang on a condition: "if", "unless", "once" or an inverted "should".
fn condition(tree: &Tree, word: usize) -> Option<&'static str> {
    let mut at = word;
    for _ in 0..4 {
        for clause in tree.with(at, Deprel::Advcl) {
            if let Some(case @ ("if" | "unless" | "once" | "in case" | "provided" | "until")) = case_of(tree, clause) {
                return Some(case);
            }
            let first = tree.dependents(clause).first().map(|&d| tree.words[d].form.to_lowercase());
            if let Some("should" | "were") = first.as_deref() {
                return Some("should");
            }
        }
        match (tree.words[at].head, &tree.words[at].deprel) {
            (Some(head), Deprel::Xcomp | Deprel::Obj | Deprel::Nsubj | Deprel::NsubjPass | Deprel::Conj) => at = head,
            _ => break,
        }
    }
    None
}

fn money<'a>(reading: &'a Reading<'_>, sentence: usize, word: usize) -> Option<&'a values::money::Expression> {
    let mask = reading.trees[sentence].words[word].mask?;
    match &reading.masks[mask].value {
        MaskedValue::Money(expression) => Some(expression),
        _ => None,
    }
}

/// "50,000 a day", "a daily fine", "for each day of delay": what falls due anew as long as somebody disobeys.
fn is_per_day(tree: &Tree, word: usize) -> bool {
    let unit = |word: &str| matches!(word, "day" | "daily" | "week" | "weekly" | "month" | "monthly" | "hour");
    tree.dependents(word).iter().any(|&d| {
        let w = &tree.words[d];
        let measure = tree
            .dependents(d)
            .iter()
            .any(|&each| matches!(tree.words[each].form.to_lowercase().as_str(), "a" | "per" | "each" | "every"));
        let lemma = w.lemma.to_lowercase();
        unit(&lemma) && (measure || w.deprel == Deprel::Amod)
    })
}

#[cfg(test)]
mod tests {
    use super::WEIGHTS;

    #[test]
    fn the_embedded_weights_are_read() {
        assert!(!WEIGHTS.weights.is_empty());
    }
}
