//! Who says "we": the party whose words are given, or else the one that the document speaks for.

use super::resolver::Resolver;
use crate::gazetteer::EntityKind;
use crate::names::Form;
use crate::syntax::Deprel;

const SPEECH: &[&str] = &[
    "say", "tell", "add", "write", "state", "announce", "declare", "explain", "claim", "insist", "note", "comment",
    "argue", "reply", "respond", "warn", "confirm", "promise", "stress", "quote", "complain", "admit", "joke", "ask",
    "read",
];

/// The cluster for which a first person speaks.
pub(super) fn of(resolver: &Resolver<'_>, index: usize) -> Option<usize> {
    let mention = &resolver.mentions[index];
    let single = matches!(mention.text.to_lowercase().as_str(), "i" | "me" | "my" | "myself");
    let speaker = in_sentence(resolver, mention.sentence, mention.head).or_else(|| {
        mention
            .sentence
            .checked_sub(1)
            .filter(|_| quoted(resolver, mention.sentence))
            .and_then(|before| in_sentence(resolver, before, usize::MAX))
    });
    if let Some(cluster) = speaker {
        let state = resolver.states.get(&cluster)?;
        if single || state.kind != EntityKind::Person {
            return Some(cluster);
        }
        return affiliation(resolver, cluster).or_else(|| voice(resolver));
    }
    if single { None } else { voice(resolver) }
}

/// The cluster that an interviewer addresses: the one that answers "we".
pub(super) fn addressed(resolver: &Resolver<'_>) -> Option<usize> {
    let answers =
        resolver.mentions.iter().filter(|m| matches!(m.text.as_str(), "We" | "we" | "us" | "our" | "Our")).count();
    let asked = resolver.document.text.matches('?').count();
    if answers >= 3 && asked >= 3 { voice(resolver) } else { None }
}

/// Whether a sentence stands in quotation marks that an earlier sentence may have opened.
fn quoted(resolver: &Resolver<'_>, sentence: usize) -> bool {
    let text = resolver.trees[sentence].span.of(&resolver.document.text);
    text.contains(['"', '“', '”'])
}

/// The subject of a verb of saying.
fn in_sentence(resolver: &Resolver<'_>, sentence: usize, pronoun: usize) -> Option<usize> {
    let tree = resolver.trees.get(sentence)?;
    let start = resolver.mentions.partition_point(|m| m.sentence < sentence);
    let end = resolver.mentions.partition_point(|m| m.sentence <= sentence);
    for index in start..end {
        let mention = &resolver.mentions[index];
        let word = &tree.words[mention.head];
        let subject = matches!(word.deprel, Deprel::Nsubj);
        let speaks = word.head.is_some_and(|verb| SPEECH.contains(&tree.words[verb].lemma.as_str()));
        let party = matches!(mention.kind, EntityKind::Organisation | EntityKind::Authority | EntityKind::Person)
            || mention.form == Form::Pronoun;
        let first_person = matches!(mention.text.to_lowercase().as_str(), "we" | "i");
        if subject && speaks && party && !first_person && mention.head != pronoun {
            // A speaker behind the words is not resolved yet; a name is.
            let cluster = resolver.cluster_of(index);
            if resolver.states.contains_key(&cluster) {
                return Some(cluster);
            }
        }
    }
    None
}

/// The body for which a person speaks: "Kolorit's chief executive, Ana Lima", "Ana Lima, spokeswoman for Kolorit".
fn affiliation(resolver: &Resolver<'_>, person: usize) -> Option<usize> {
    for index in 0..resolver.mentions.len() {
        let mention = &resolver.mentions[index];
        if resolver.cluster_of(index) != person || mention.form == Form::Pronoun {
            continue;
        }
        let tree = &resolver.trees[mention.sentence];
        let start = resolver.mentions.partition_point(|m| m.sentence < mention.sentence);
        let end = resolver.mentions.partition_point(|m| m.sentence <= mention.sentence);
        for (other, body) in resolver.mentions.iter().enumerate().take(end).skip(start) {
            let is_body =
                matches!(body.kind, EntityKind::Organisation | EntityKind::Authority) && body.form == Form::Name;
            let below = tree.dominates(mention.head, body.head) && body.head != mention.head;
            let close = body.head.abs_diff(mention.head) <= 12;
            if is_body && below && close {
                return Some(resolver.cluster_of(other));
            }
        }
    }
    None
}

/// The organisation that the document tells most of.
fn voice(resolver: &Resolver<'_>) -> Option<usize> {
    let mut best: Option<(usize, usize)> = None;
    for (&cluster, state) in &resolver.states {
        let body = state.named && !state.medium && matches!(state.kind, EntityKind::Organisation);
        if body && best.is_none_or(|(_, count)| state.count > count) {
            best = Some((cluster, state.count));
        }
    }
    best.map(|(cluster, _)| cluster)
}
