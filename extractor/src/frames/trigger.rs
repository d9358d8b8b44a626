//! Triggers: the words that evoke a frame, found in a tree by form, so that a wrong lemma hides none.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::{
    frames::inflect::{noun_forms, verb_forms},
    syntax::{Deprel, Tree, Upos},
};

/// What part of speech evokes a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TriggerClass {
    /// A verb, with what belongs to it: "fine", "cut off", "put on hold", "take to court". The further words stand in
    /// the verb's own phrases, in this order, with other words between them.
    Verb,
    /// A noun, with the words around it: "fine", "statement of objections". The words stand side by side.
    Noun,
    /// Words side by side, of any part of speech: "unavailable", "out of reach", "off limits".
    Phrase,
}

/// One trigger of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Its class.
    pub class: TriggerClass,
    /// Its words, base forms in lower case; never empty.
    pub words: Vec<String>,
}

/// Where a trigger was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Number of the frame in its set.
    pub(super) frame: usize,
    /// Word that heads the trigger.
    pub(super) head: usize,
    /// All words of the trigger, in order.
    pub(super) words: Vec<usize>,
}

/// Most words between two words of a verb's trigger.
const GAP_WORDS_MAX: usize = 9;

/// Form → triggers that begin with it. Forms have numbers, so that those of a sentence are looked up once each.
#[derive(Clone, Debug, Default)]
pub(super) struct TriggerIndex {
    numbers: HashMap<Box<str>, u32>,
    /// By the number of the form.
    entries: Vec<Vec<Entry>>,
}

#[derive(Clone, Debug)]
struct Entry {
    frame: usize,
    class: TriggerClass,
    /// The numbers of the forms of each further word.
    rest: Arc<[Vec<u32>]>,
    /// Of which numbers, by their bits, one must be in the sentence.
    bits: u64,
}

/// Bits of numbers, one a number; several numbers share each.
fn bits(numbers: &[u32]) -> u64 {
    numbers.iter().filter(|&&number| number != UNKNOWN).fold(0, |bits, number| bits | 1 << (number % 64))
}

/// What stands for a form that no trigger has.
const UNKNOWN: u32 = u32::MAX;

impl TriggerIndex {
    /// Adds a trigger of frame number `frame`.
    pub(super) fn add(&mut self, frame: usize, trigger: &Trigger) {
        let Some((first, rest)) = trigger.words.split_first() else { return };
        // The further words of a verb's trigger are particles, prepositions and nouns, not verbs.
        let forms = |word: &str| match trigger.class {
            TriggerClass::Phrase => vec![word.to_owned()],
            TriggerClass::Verb | TriggerClass::Noun => noun_forms(word),
        };
        let rest: Arc<[Vec<u32>]> =
            rest.iter().map(|word| forms(word).iter().map(|form| self.number(form)).collect()).collect();
        let bits = rest.last().map_or(u64::MAX, |numbers| bits(numbers));
        let first = if trigger.class == TriggerClass::Verb { verb_forms(first) } else { forms(first) };
        for form in first {
            let number = self.number(&form);
            let entry = Entry { frame, class: trigger.class, rest: Arc::clone(&rest), bits };
            self.entries[number as usize].push(entry);
        }
    }

    /// The number of a form, which is a new one where none has it.
    fn number(&mut self, form: &str) -> u32 {
        if let Some(&number) = self.numbers.get(form) {
            return number;
        }
        #[expect(clippy::cast_possible_truncation, reason = "frames hold thousands of words, not billions")]
        let number = self.entries.len() as u32;
        self.entries.push(Vec::new());
        self.numbers.insert(form.into(), number);
        number
    }

    /// The numbers of the words of a sentence.
    fn numbers(&self, forms: &[String]) -> Vec<u32> {
        forms.iter().map(|form| self.numbers.get(form.as_str()).copied().unwrap_or(UNKNOWN)).collect()
    }

    fn entries(&self, number: u32) -> &[Entry] {
        self.entries.get(number as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether a trigger of a frame that `counts` could stand in a sentence of words `forms` (lower case), whatever its
    /// tree.
    pub(super) fn possible(&self, forms: &[String], mut counts: impl FnMut(usize) -> bool) -> bool {
        let numbers = self.numbers(forms);
        let there = bits(&numbers);
        numbers.iter().enumerate().any(|(at, &number)| {
            self.entries(number).iter().filter(|entry| entry.bits & there != 0).any(|entry| {
                let there = match entry.class {
                    TriggerClass::Verb => in_reach(&numbers, at, &entry.rest),
                    TriggerClass::Noun | TriggerClass::Phrase => side_by_side(&numbers, at, entry).is_some(),
                };
                there && counts(entry.frame)
            })
        })
    }

    /// Every trigger in `tree` of a frame that `counts`, in order of its first word, then of the frames. `forms` are the
    /// words in lower case.
    pub(super) fn find(&self, tree: &Tree, forms: &[String], mut counts: impl FnMut(usize) -> bool) -> Vec<Found> {
        let numbers = self.numbers(forms);
        let there = bits(&numbers);
        let mut found = Vec::new();
        for (at, &number) in numbers.iter().enumerate() {
            for entry in self.entries(number).iter().filter(|entry| entry.bits & there != 0) {
                if !counts(entry.frame) {
                    continue;
                }
                let words = match entry.class {
                    TriggerClass::Verb => verb_at(tree, forms, &numbers, at, entry),
                    TriggerClass::Noun => side_by_side(&numbers, at, entry)
                        .filter(|words| words.iter().any(|&w| is_noun(tree, w)) && !is_predicative_verb(tree, at)),
                    TriggerClass::Phrase => side_by_side(&numbers, at, entry),
                };
                if let Some(words) = words {
                    let head = match entry.class {
                        TriggerClass::Verb => at,
                        TriggerClass::Noun | TriggerClass::Phrase => head_of(tree, &words),
                    };
                    found.push(Found { frame: entry.frame, head, words });
                }
            }
        }
        found
    }
}

fn is_noun(tree: &Tree, word: usize) -> bool {
    matches!(tree.words[word].upos, Upos::Noun | Upos::Propn | Upos::X)
        || tree.words[word].xpos.as_str().starts_with("NN")
}

/// "fines" tagged as a verb in "the court fines Google" is no noun.
fn is_predicative_verb(tree: &Tree, word: usize) -> bool {
    tree.words[word].upos == Upos::Verb
}

fn side_by_side(numbers: &[u32], at: usize, entry: &Entry) -> Option<Vec<usize>> {
    for (offset, alternatives) in entry.rest.iter().enumerate() {
        let number = numbers.get(at + offset + 1)?;
        if !alternatives.contains(number) {
            return None;
        }
    }
    Some((at..=at + entry.rest.len()).collect())
}

/// The word of the trigger that is governed from outside it.
fn head_of(tree: &Tree, words: &[usize]) -> usize {
    let outside = |&word: &usize| tree.words[word].head.is_none_or(|head| !words.contains(&head));
    let heads: Vec<usize> = words.iter().copied().filter(outside).collect();
    // Where the parser split the phrase, its last content word speaks for it.
    heads
        .iter()
        .copied()
        .rev()
        .find(|&w| is_noun(tree, w) || tree.words[w].upos == Upos::Adj)
        .unwrap_or_else(|| heads.last().copied().unwrap_or(words[0]))
}

fn verb_at(tree: &Tree, forms: &[String], numbers: &[u32], at: usize, entry: &Entry) -> Option<Vec<usize>> {
    let word = &tree.words[at];
    // A participle may be tagged as an adjective; a verb in a headline as a noun.
    let verbal = match word.upos {
        Upos::Verb | Upos::Aux => true,
        Upos::Adj => word.xpos.as_str().starts_with("VB") || forms[at].ends_with("ed") || forms[at].ends_with("en"),
        _ => false,
    };
    if !verbal {
        return None;
    }
    let mut words = vec![at];
    matches_rest(tree, numbers, at, &entry.rest, &mut words).then_some(words)
}

/// Whether the further words of a verb's trigger follow the one at `last` in order, none too far from the one before.
fn in_reach(numbers: &[u32], last: usize, rest: &[Vec<u32>]) -> bool {
    let Some((alternatives, further)) = rest.split_first() else { return true };
    let end = numbers.len().min(last + GAP_WORDS_MAX + 2);
    (last + 1..end).any(|next| alternatives.contains(&numbers[next]) && in_reach(numbers, next, further))
}

/// Whether a word is the preposition of a date: "gave it notice in March" is no giving in.
fn dates(tree: &Tree, word: usize) -> bool {
    let w = &tree.words[word];
    w.deprel == Deprel::Case && w.head.is_some_and(|noun| tree.words[noun].mask.is_some())
}

fn matches_rest(tree: &Tree, numbers: &[u32], head: usize, rest: &[Vec<u32>], words: &mut Vec<usize>) -> bool {
    let Some((alternatives, further)) = rest.split_first() else {
        // Everything hangs together: each word depends on another of the trigger or on an object of its verb, or
        // follows the word before it.
        return words.iter().enumerate().skip(1).all(|(index, &word)| {
            word == words[index - 1] + 1
                || tree.words[word]
                    .head
                    .is_some_and(|above| words.contains(&above) || tree.words[above].head == Some(head))
        });
    };
    let last = words[words.len() - 1];
    let end = numbers.len().min(last + GAP_WORDS_MAX + 2);
    for next in last + 1..end {
        // Who pleads not guilty does not plead guilty.
        if next > last + 1 && tree.words[next - 1].form.eq_ignore_ascii_case("not") {
            return false;
        }
        if alternatives.contains(&numbers[next]) && !(next > last + 1 && dates(tree, next)) {
            words.push(next);
            if matches_rest(tree, numbers, head, further, words) {
                return true;
            }
            words.pop();
        }
    }
    false
}
