//! When an act happened: the date expression that belongs to its trigger, and what it means.

use crate::{
    events::{PartialDate, reading::Reading},
    frames::{FrameMatch, Tense},
    mask::MaskedValue,
    predicates::{case_of, is_clause_head},
    syntax::{Deprel, Tree, Upos},
    values::date,
};

/// The date of a match: the expression in the slots of the trigger, else of its support verb, else in the clauses
/// around it, else at the head of the sentence. Nothing is borrowed from other sentences but what an expression itself
/// refers to ("two days later").
pub(super) fn occurred(
    reading: &Reading<'_>,
    sentence: usize,
    matched: &FrameMatch,
    previous: Option<PartialDate>,
) -> Option<PartialDate> {
    let tree = &reading.trees[sentence];
    let mut candidates: Vec<(u32, usize, usize)> = Vec::new();
    for (word, w) in tree.words.iter().enumerate() {
        let Some(mask) = w.mask else { continue };
        if !matches!(reading.masks[mask].value, MaskedValue::Date(_)) {
            continue;
        }
        if let Some(cost) = distance(tree, matched, word) {
            candidates.push((cost, word.abs_diff(matched.head), mask));
        }
    }
    candidates.sort_unstable();
    let tense = match matched.certainty.tense {
        Tense::Past => date::Tense::Past,
        Tense::Future => date::Tense::Future,
    };
    candidates.into_iter().find_map(|(_, _, mask)| {
        let MaskedValue::Date(expression) = &reading.masks[mask].value else { return None };
        date::resolve(expression, reading.document.published, tense, previous)
    })
}

/// How far the date word stands from the trigger; none where it belongs to another act.
///
/// A date in the trigger's own phrases costs nothing; one on the words above it costs by their distance; one elsewhere
/// in the sentence is the last resort, most of all one in a clause with a time of its own ("after the law passed in 2019").
fn distance(tree: &Tree, matched: &FrameMatch, word: usize) -> Option<u32> {
    let anchors = anchors(tree, matched);
    let mut at = word;
    let mut steps = 0;
    while let Some(head) = tree.words[at].head {
        if let Some(position) = anchors.iter().position(|&anchor| anchor == head) {
            return Some(u32::try_from(position).unwrap_or(u32::MAX).saturating_mul(2).saturating_add(steps));
        }
        if is_clause_head(tree, head) && tree.words[head].upos == Upos::Verb {
            // "a ruling handed down on Friday": a clause on the trigger itself tells the trigger's time.
            let of_anchor = tree.words[head].head.and_then(|above| anchors.iter().position(|&anchor| anchor == above));
            let on_noun = matches!(tree.words[head].deprel, Deprel::AclRelcl | Deprel::Acl);
            return match of_anchor {
                Some(0) if on_noun => Some(3 + steps),
                _ if on_noun || tree.words[head].deprel == Deprel::Advcl => Some(60 + steps),
                _ => Some(30 + steps),
            };
        }
        steps += 1;
        at = head;
    }
    Some(20 + steps)
}

/// The trigger and the words above it whose time is its time: support verb, governing verbs, the clause it stands in.
fn anchors(tree: &Tree, matched: &FrameMatch) -> Vec<usize> {
    let mut anchors = vec![matched.head];
    anchors.extend(matched.support);
    let mut at = matched.head;
    for _ in 0..6 {
        let Some(head) = tree.words[at].head else { break };
        let through = match tree.words[at].deprel {
            Deprel::Xcomp
            | Deprel::Obj
            | Deprel::Nsubj
            | Deprel::NsubjPass
            | Deprel::Obl
            | Deprel::Conj
            | Deprel::Compound
            | Deprel::Nmod
            | Deprel::OblAgent
            | Deprel::Iobj => true,
            Deprel::Advcl => !matches!(case_of(tree, at), Some("after" | "before" | "since" | "if" | "until")),
            Deprel::Ccomp => false,
            Deprel::Acl => true,
            _ => false,
        };
        if !through {
            break;
        }
        if !anchors.contains(&head) {
            anchors.push(head);
        }
        at = head;
    }
    anchors
}
