//! How far a date stands from an act in the tree.

use crate::{
    frames::FrameMatch,
    predicates::{case_of, is_clause_head},
    syntax::{Deprel, Tree, Upos},
};

/// How far the date word stands from the trigger; none where it belongs to another act.
///
/// A date in the trigger's own phrases costs nothing; one on the words above it costs by their distance; one elsewhere
/// in the sentence is the last resort, most of all one in a clause with a time of its own ("after the law passed in 2019").
pub(super) fn distance(tree: &Tree, matched: &FrameMatch, word: usize) -> Option<u32> {
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
pub(super) fn anchors(tree: &Tree, matched: &FrameMatch) -> Vec<usize> {
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
