//! How certain the text is that an act happened, as careful readers judge it.
//!
//! The frames' walk over modals, negation and governing verbs (`frames/factuality.rs`) is the strongest evidence, not the
//! last word: a log-linear model weighs it with the form of the verb, the trigger, its frame and what governs it. The
//! weights stand in `data/model/factuality.json`, fitted by `training/choices.py`.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::{
    events::{
        Factuality,
        dates::verb_form,
        linear::{self, Features},
        reading::Reading,
    },
    frames::FrameMatch,
    predicates::case_of,
    syntax::{Deprel, Upos},
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weights {
    weights: linear::Weights,
}

fn weights() -> &'static Weights {
    static WEIGHTS: OnceLock<Weights> = OnceLock::new();
    WEIGHTS.get_or_init(|| {
        #[allow(clippy::expect_used, reason = "the file is part of the binary and a test reads it")]
        serde_json::from_str(include_str!("../../data/model/factuality.json")).expect("embedded weights are read")
    })
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
            let mut features = Features::new(&weights().weights, named);
            for what in &evidence {
                features.add(format_args!("{name}/{what}"));
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

#[cfg(test)]
mod tests {
    use super::weights;

    #[test]
    fn the_embedded_weights_are_read() {
        assert!(!weights().weights.is_empty());
    }
}
