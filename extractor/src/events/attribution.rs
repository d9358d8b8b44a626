//! Whom the text credits for what it tells.

use crate::{
    events::reading::{Party, Reading},
    predicates::{Slot, case_of},
    syntax::{Deprel, Upos},
};

/// Who is credited: the medium, and the one who speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Credit {
    /// The medium, agency or document.
    pub(super) source: String,
    /// The speaker where it is not a medium.
    pub(super) speaker: String,
}

/// Whom the sentence credits for the act at `trigger`: the outermost verb of saying above it, "according to", and a
/// medium that reports it anywhere in the sentence.
pub(super) fn credit(reading: &Reading<'_>, sentence: usize, trigger: usize) -> Credit {
    let tree = &reading.trees[sentence];
    let table = reading.frames.attribution();
    let mut credit = Credit::default();
    let mut take = |word: usize| {
        for party in reading.parties(sentence, word) {
            let name = name_of(&party);
            if reading.gazetteer.is_medium(&name) || is_medium_phrase(reading, sentence, word) {
                credit.source = name;
            } else if credit.speaker.is_empty() {
                credit.speaker = name;
            }
        }
    };
    let says = |word: usize| table.verbs.contains(&reading.forms[sentence][word]);
    let mut at = trigger;
    for _ in 0..tree.words.len() {
        for &d in tree.dependents(at) {
            let preposition = case_of(tree, d).unwrap_or_default();
            let told = table.prepositions.iter().any(|listed| listed == preposition);
            if told && matches!(tree.words[d].deprel, Deprel::Obl | Deprel::Nmod | Deprel::Advcl) {
                take(d);
            }
            // "..., Interfax reported": the saying hangs below what is said.
            if matches!(tree.words[d].deprel, Deprel::Parataxis | Deprel::Ccomp | Deprel::Conj)
                && says(d)
                && tree.words[d].deprel == Deprel::Parataxis
            {
                reading.predicates[sentence][d].slot(Slot::Subj).for_each(|filler| take(filler.word));
            }
        }
        let Some(head) = tree.words[at].head else { break };
        let clause = matches!(
            tree.words[at].deprel,
            Deprel::Ccomp
                | Deprel::Parataxis
                | Deprel::Xcomp
                | Deprel::Obj
                | Deprel::NsubjPass
                | Deprel::Advcl
                | Deprel::Acl
        );
        if clause && says(head) && tree.words[head].upos == Upos::Verb {
            for filler in reading.predicates[sentence][head].slot(Slot::Subj) {
                take(filler.word);
            }
        }
        at = head;
    }
    credit
}

fn name_of(party: &Party) -> String {
    party.name.clone()
}

/// "the newspaper Vedomosti", "the news site": a medium by its noun.
fn is_medium_phrase(reading: &Reading<'_>, sentence: usize, word: usize) -> bool {
    const NOUNS: &[&str] = &[
        "newspaper",
        "daily",
        "weekly",
        "broadcaster",
        "magazine",
        "newswire",
        "tabloid",
        "outlet",
        "newsletter",
        "paper",
    ];
    let tree = &reading.trees[sentence];
    std::iter::once(word)
        .chain(tree.dependents(word).iter().copied())
        .any(|w| NOUNS.contains(&tree.words[w].lemma.to_lowercase().as_str()))
}
