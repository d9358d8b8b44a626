//! What is put in between: "…, Softline, one of its distributors, reported on Friday", "…, said the mediator, Ana Lima, …".
//!
//! Parsers hang such asides on whatever stands before them, so they are read from the words: a finite verb of saying with
//! nothing said behind it, and the phrase beside it that no preposition introduces.

use super::{Walk, finite};
use crate::{
    names::{Form, Mention},
    syntax::{Deprel, Upos},
};

/// Words between an aside's verb and the end of its stretch.
const TAIL_WORDS_MAX: usize = 4;

/// Heads of the mentions that speak in the asides of a sentence; `act` is the word for which they are asked.
pub(super) fn speakers(walk: &Walk<'_>, act: Option<usize>) -> Vec<usize> {
    let words = walk.tree().words.len();
    (0..words)
        .filter(|&verb| walk.says(verb) && finite(walk.tree(), verb))
        .filter_map(|verb| of(walk, verb, act))
        .collect()
}

fn of(walk: &Walk<'_>, verb: usize, act: Option<usize>) -> Option<usize> {
    let start = start_of_stretch(walk, verb);
    let end = stretch_end(walk, verb);
    // "…, the court said on Friday." has nothing of its own to say; "…, the court said it would appeal" has.
    if act.is_some_and(|act| act > start && act < end) {
        return None;
    }
    if start == verb {
        let before = verb.checked_sub(1)?;
        return if breaks(walk, before) { speaker_between(walk, verb + 1, end) } else { None };
    }
    if empty_behind(walk, verb, end) { beside(walk, verb) } else { None }
}

/// The phrase right before a verb; an apposition between commas leads back to what it stands beside.
pub(super) fn beside(walk: &Walk<'_>, verb: usize) -> Option<usize> {
    let words = &walk.tree().words;
    // "…, now says": what stands between the comma and the verb is the verb's own.
    let own = |&word: &usize| matches!(words[word].upos, Upos::Adv | Upos::Aux | Upos::Part);
    let verb = (0..verb).rev().take_while(own).last().unwrap_or(verb);
    let mut first = start_of_stretch(walk, verb);
    if first == verb || verb == 0 {
        return None;
    }
    let nearest = speaker_between(walk, first, verb);
    let apposed = words[verb - 1].form == ",";
    if !apposed || nearest.is_some_and(|head| named(walk, head)) {
        return nearest;
    }
    for _ in 0..2 {
        let Some(stop) = first.checked_sub(1).filter(|&stop| words[stop].form == "," && stop > 0) else { break };
        first = start_of_stretch(walk, stop);
        let free = |m: &&Mention| {
            m.form == Form::Name
                && (first..stop).contains(&m.head)
                && walk.tree().words[m.head].deprel != Deprel::NmodPoss
        };
        let name = walk.mentions().filter(free).last();
        if let Some(name) = name {
            return Some(name.head);
        }
    }
    nearest
}

fn named(walk: &Walk<'_>, head: usize) -> bool {
    walk.reading.chains.mention(walk.sentence, head).is_some_and(|mention| mention.form == Form::Name)
}

fn breaks(walk: &Walk<'_>, word: usize) -> bool {
    matches!(
        walk.tree().words[word].form.as_str(),
        "," | "\"" | "”" | "“" | "’" | "'" | ";" | ":" | "–" | "—" | "(" | ")"
    )
}

/// First word behind the last break before `word`. A comma or parenthesis right before a verb closes what stands beside
/// its subject and is passed, unless the subject follows ("…, said the mediator").
fn start_of_stretch(walk: &Walk<'_>, word: usize) -> usize {
    let words = &walk.tree().words;
    let mut at = word;
    if at > 0 && breaks(walk, at - 1) {
        let follows = words.get(word + 1).is_some_and(|next| {
            next.mask.is_none()
                && matches!(next.upos, Upos::Det | Upos::Noun | Upos::Propn | Upos::Pron | Upos::Adj | Upos::Num)
        });
        if !matches!(words[at - 1].form.as_str(), "," | ")") || (follows && walk.says(word)) {
            return at;
        }
        if words[at - 1].form == ")" {
            // "the agency (NITDA) said"
            at = (0..at).rev().find(|&open| words[open].form == "(").unwrap_or(at - 1);
        } else {
            at -= 1;
        }
    }
    while at > 0 && !breaks(walk, at - 1) {
        at -= 1;
    }
    at
}

fn stretch_end(walk: &Walk<'_>, verb: usize) -> usize {
    let words = &walk.tree().words;
    (verb + 1..words.len())
        .find(|&word| breaks(walk, word) || matches!(words[word].form.as_str(), "." | "?" | "!"))
        .unwrap_or(words.len())
}

/// Whether nothing is said behind the verb but when, where and to whom.
fn empty_behind(walk: &Walk<'_>, verb: usize, end: usize) -> bool {
    let words = &walk.tree().words;
    let Some(next) = words.get(verb + 1).filter(|_| verb + 1 < end) else { return true };
    if next.mask.is_some() || matches!(next.upos, Upos::Adp | Upos::Adv) {
        return true;
    }
    let short = end - verb <= TAIL_WORDS_MAX;
    short && words[verb + 1..end].iter().all(|word| !matches!(word.upos, Upos::Verb | Upos::Aux | Upos::Sconj))
}

/// The party in a stretch of words that no preposition introduces and that possesses no other.
fn speaker_between(walk: &Walk<'_>, first: usize, end: usize) -> Option<usize> {
    let tree = walk.tree();
    let free = |mention: &&Mention| {
        let word = &tree.words[mention.head];
        let led = mention_start(walk, mention)
            .checked_sub(1)
            .is_some_and(|before| before >= first && tree.words[before].upos == Upos::Adp);
        (first..end).contains(&mention.head)
            && !led
            && !matches!(word.deprel, Deprel::NmodPoss | Deprel::Compound)
            && mention.form != Form::Pronoun
    };
    let spoken = walk.mentions().find(free).map(|mention| mention.head);
    spoken.or_else(|| {
        let pronoun = |mention: &&Mention| (first..end).contains(&mention.head) && mention.form == Form::Pronoun;
        walk.mentions().find(pronoun).map(|mention| mention.head)
    })
}

fn mention_start(walk: &Walk<'_>, mention: &Mention) -> usize {
    walk.tree().words.partition_point(|word| word.span.start < mention.span.start)
}
