//! Which frames the words of a sentence could evoke at all: a test before the sentence is parsed, and before a frame is
//! tried on it.
//!
//! It sees words only and errs on the side of parsing: a frame stays possible where one of its triggers could stand in the
//! sentence, each word in any inflection and part of speech, where each `need` with words has one of them somewhere in the
//! sentence, where what must be a sum, a date or a percentage is there, and where a governing word or negation that the
//! frame asks for could be.

use hashbrown::HashMap;
use smallvec::SmallVec;

use crate::{
    frames::{
        Condition, Frame, KindSet, Requirement, RoleRule,
        inflect::{noun_forms, verb_forms},
        matcher::lower,
        trigger::TriggerIndex,
    },
    syntax::Tree,
};

/// The words of a sentence.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// As they stand, in lower case.
    pub forms: &'a [String],
    /// The sentence with the dictionary forms, where it is parsed: those of irregular words no list has foreseen.
    pub tree: Option<&'a Tree>,
    /// The kinds that its masked words have.
    pub masked: KindSet,
}

/// What each frame asks of the words of a sentence.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    /// Form → the lists that it stands in.
    lists: HashMap<Box<str>, SmallVec<[u16; 4]>>,
    /// Number of lists.
    count: u16,
    /// What each frame asks for.
    frames: Vec<Asked>,
}

#[derive(Clone, Debug, Default)]
struct Asked {
    /// Lists of which a word must be there.
    lists: Vec<u16>,
    /// Sets of kinds that only masked words have, of which one must be there.
    masked: Vec<KindSet>,
}

impl Evidence {
    /// What `frames` ask for; `negation` are the words that negate.
    pub(super) fn new(frames: &[Frame]) -> Self {
        let mut evidence = Self::default();
        for frame in frames {
            let mut asked = Asked::default();
            for condition in &frame.need {
                evidence.condition(condition, &mut asked);
            }
            if frame.under_required && !frame.under.is_empty() {
                let forms = frame.under.iter().flat_map(|word| noun_forms(word).into_iter().chain(verb_forms(word)));
                let list = evidence.list(forms);
                asked.lists.push(list);
            }
            for alternatives in &frame.require {
                if let [Requirement::Role(role)] = alternatives[..]
                    && let Some(RoleRule { kinds, soft: false, .. }) = frame.roles.iter().find(|rule| rule.role == role)
                    && kinds.only_masked()
                {
                    asked.masked.push(*kinds);
                }
            }
            evidence.frames.push(asked);
        }
        evidence
    }

    fn condition(&mut self, condition: &Condition, asked: &mut Asked) {
        if !condition.lemmas.is_empty() {
            let list = self.list(condition.lemmas.iter().cloned());
            asked.lists.push(list);
        } else if let Some(kinds) = condition.kinds.filter(|kinds| kinds.only_masked()) {
            asked.masked.push(kinds);
        }
    }

    /// Files a list of forms and gives its number.
    fn list(&mut self, forms: impl Iterator<Item = String>) -> u16 {
        let number = self.count;
        self.count += 1;
        for form in forms {
            let lists = self.lists.entry(form.into_boxed_str()).or_default();
            if lists.last() != Some(&number) {
                lists.push(number);
            }
        }
        number
    }

    /// Whether the words of a sentence could evoke any frame.
    pub(super) fn may_evoke(&self, triggers: &TriggerIndex, words: Words<'_>) -> bool {
        triggers.possible(words.forms, self.possible(words))
    }

    /// Whether the words of a sentence have what the frame of a number asks for beside its trigger.
    pub(super) fn possible<'e>(&'e self, words: Words<'e>) -> impl FnMut(usize) -> bool + 'e {
        let mut found: Option<Vec<bool>> = None;
        move |frame| {
            let asked = &self.frames[frame];
            if !asked.masked.iter().all(|kinds| kinds.meets(words.masked)) {
                return false;
            }
            if asked.lists.is_empty() {
                return true;
            }
            let found = found.get_or_insert_with(|| self.lists_of(words));
            asked.lists.iter().all(|&list| found[usize::from(list)])
        }
    }

    /// For each list, whether a word of it is there.
    fn lists_of(&self, words: Words<'_>) -> Vec<bool> {
        let mut found = vec![false; usize::from(self.count)];
        let mut note = |word: &str| {
            for &list in self.lists.get(word).into_iter().flatten() {
                found[usize::from(list)] = true;
            }
        };
        for form in words.forms {
            note(form);
        }
        for (word, form) in words.tree.iter().flat_map(|tree| &tree.words).zip(words.forms) {
            let lemma = lower(&word.lemma);
            if *lemma != **form {
                note(&lemma);
            }
        }
        found
    }
}
