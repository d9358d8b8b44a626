//! Who says "we": the party whose words are given, or else the one that the document speaks for.

use std::collections::BTreeMap;

use super::ranking::is_subject;
use super::resolver::Resolver;
use super::story;
use crate::document::{BlockKind, Document};
use crate::gazetteer::{EntityKind, Gazetteer};
use crate::names::{Form, Mention, Number};
use crate::syntax::{Deprel, Tree};

const SPEECH: &[&str] = &[
    "say", "tell", "add", "write", "state", "announce", "declare", "explain", "claim", "insist", "note", "comment",
    "argue", "reply", "respond", "warn", "confirm", "promise", "stress", "quote", "complain", "admit", "joke", "ask",
    "read",
];
/// Sentences back in which the words that are given may begin.
const QUOTE_SENTENCES: usize = 6;
/// Mentions back in which is looked for what tells whom a person speaks for.
const AFFILIATION_MENTIONS: usize = 400;

/// How much a document must say "we" (2) and "our" (1) to be somebody's own words.
const FIRST_PERSON_MIN: usize = 3;

/// Whether a word is a pronoun of the first person.
pub(super) fn first_person(mention: &Mention) -> bool {
    mention.form == Form::Pronoun
        && matches!(
            mention.text.to_lowercase().as_str(),
            "we" | "us" | "our" | "ours" | "ourselves" | "i" | "me" | "my" | "myself"
        )
}

/// The cluster for which a first person speaks; its sentence is read to the end.
pub(super) fn of(resolver: &Resolver<'_>, index: usize) -> Option<usize> {
    let mention = &resolver.mentions[index];
    let single = matches!(mention.text.to_lowercase().as_str(), "i" | "me" | "my" | "myself");
    if let Some(named) = beside(resolver, index) {
        return Some(named);
    }
    let start = resolver.trees[mention.sentence].words[mention.head].span.start as usize;
    if !in_quote(resolver.document, resolver.trees, mention.sentence, start) {
        return if single { None } else { resolver.voice };
    }
    let speaker = speaker_in(resolver, mention.sentence, mention.head)
        .or_else(|| speaker_in(resolver, mention.sentence.checked_sub(1)?, usize::MAX))
        .or_else(|| named_speaker_in(resolver, mention.sentence + 1));
    let Some(speaker) = speaker else { return if single { None } else { resolver.voice.or_else(|| leader(resolver)) } };
    let cluster = resolver.cluster_of(speaker);
    let person = resolver.states.get(cluster).map_or(resolver.mentions[speaker].kind, |state| state.kind);
    if single || !matches!(person, EntityKind::Person | EntityKind::Other) {
        return Some(cluster);
    }
    affiliation(resolver, index, cluster).or_else(|| spoken_for(resolver, index)).or_else(|| leader(resolver))
}

/// The cluster that an interviewer addresses: the one that answers "we".
pub(super) fn addressed(resolver: &Resolver<'_>) -> Option<usize> {
    resolver.voice.filter(|_| resolver.interview)
}

/// Whether a document asks and answers.
pub(super) fn interview(document: &Document, mentions: &[Mention]) -> bool {
    let answers = mentions.iter().filter(|m| first_person(m)).take(3).count();
    let asked = document.text.matches('?').take(3).count();
    answers == 3 && asked == 3
}

/// "We, the undersigned organisations", "at Zentora we": who says so with the pronoun.
fn beside(resolver: &Resolver<'_>, index: usize) -> Option<usize> {
    let mention = &resolver.mentions[index];
    let tree = &resolver.trees[mention.sentence];
    let apposed = tree.first(mention.head, Deprel::Appos);
    let mut here = resolver.in_sentence(mention.sentence);
    let found = here.find(|&m| {
        let other = &resolver.mentions[m];
        let at = other.form == Form::Name
            && other.kind != EntityKind::Place
            && other.head < mention.head
            && tree.words[other.head].deprel == Deprel::Obl
            && tree.words[other.head].head == tree.words[mention.head].head
            && tree.with(other.head, Deprel::Case).any(|case| tree.words[case].form.eq_ignore_ascii_case("at"));
        apposed == Some(other.head) || (at && is_subject(tree, mention.head))
    });
    found.map(|m| resolver.cluster_of(m))
}

/// Whether the words at a byte of a sentence are somebody's, between quotation marks.
fn in_quote(document: &Document, trees: &[Tree], sentence: usize, at: usize) -> bool {
    let from = trees[sentence.saturating_sub(QUOTE_SENTENCES)].span.start as usize;
    let Some(before) = document.text.get(from.min(at)..at) else { return false };
    let paragraph = before.rsplit('\n').next().unwrap_or(before);
    let count = |mark: char| paragraph.matches(mark).count();
    count('“') > count('”') || count('"') % 2 == 1 || count('«') > count('»')
}

/// The mention that is the subject of a verb of saying.
fn speaker_in(resolver: &Resolver<'_>, sentence: usize, pronoun: usize) -> Option<usize> {
    let tree = resolver.trees.get(sentence)?;
    resolver.in_sentence(sentence).find(|&index| {
        let mention = &resolver.mentions[index];
        let word = &tree.words[mention.head];
        let says = word.head.is_some_and(|verb| SPEECH.contains(&tree.words[verb].lemma.as_str()));
        let party = matches!(mention.kind, EntityKind::Organisation | EntityKind::Authority | EntityKind::Person)
            || mention.form != Form::Nominal;
        let speaks = says && matches!(word.deprel, Deprel::Nsubj | Deprel::NsubjPass) && mention.head != pronoun;
        speaks && party && !first_person(mention) && resolver.states.get(resolver.cluster_of(index)).is_some()
    })
}

/// The same in a sentence that is not read yet, of whose mentions only names are known.
fn named_speaker_in(resolver: &Resolver<'_>, sentence: usize) -> Option<usize> {
    let tree = resolver.trees.get(sentence).filter(|tree| story(tree.block))?;
    let start = tree.span.start as usize;
    if !in_quote(resolver.document, resolver.trees, sentence, start) {
        return None;
    }
    resolver.in_sentence(sentence).find(|&index| {
        let mention = &resolver.mentions[index];
        let word = &tree.words[mention.head];
        let says = word.head.is_some_and(|verb| SPEECH.contains(&tree.words[verb].lemma.as_str()));
        let body = matches!(mention.kind, EntityKind::Organisation | EntityKind::Authority);
        mention.form == Form::Name && body && says && word.deprel == Deprel::Nsubj
    })
}

/// The body for which a person speaks: "Kolorit's chief executive, Ana Lima", "Ana Lima, spokeswoman for Kolorit",
/// "its founder, Ana Lima".
fn affiliation(resolver: &Resolver<'_>, index: usize, person: usize) -> Option<usize> {
    let behind = resolver.mentions.partition_point(|m| m.sentence <= resolver.mentions[index].sentence);
    for here in (behind.saturating_sub(AFFILIATION_MENTIONS)..behind).rev() {
        let mention = &resolver.mentions[here];
        if resolver.cluster_of(here) != person || mention.form == Form::Pronoun {
            continue;
        }
        let tree = &resolver.trees[mention.sentence];
        for other in resolver.in_sentence(mention.sentence) {
            let body = &resolver.mentions[other];
            let cluster = resolver.cluster_of(other);
            let state = resolver.states.get(cluster);
            let is_body = match body.form {
                // Whom nobody knows is a body where it has executives.
                Form::Name => {
                    let owner = matches!(tree.words[body.head].deprel, Deprel::Compound | Deprel::NmodPoss);
                    let known = matches!(body.kind, EntityKind::Organisation | EntityKind::Authority);
                    known || (owner && !body.sure && body.kind != EntityKind::Country)
                }
                _ => state.is_some_and(|state| {
                    state.named
                        && (state.kind == EntityKind::Organisation
                            || state.kind == EntityKind::Authority
                            || !state.sure)
                }),
            };
            let below = body.head != mention.head && in_phrase(tree, mention.head, body.head);
            let close = body.head.abs_diff(mention.head) <= 12;
            if is_body && below && close && cluster != person && !first_person(body) {
                return Some(cluster);
            }
        }
    }
    None
}

/// Whether a word stands below a noun in its phrase, not in a clause about it.
fn in_phrase(tree: &Tree, noun: usize, word: usize) -> bool {
    let mut at = word;
    while at != noun {
        let clause = matches!(
            tree.words[at].deprel,
            Deprel::AclRelcl | Deprel::Acl | Deprel::Advcl | Deprel::Ccomp | Deprel::Parataxis
        );
        match tree.words[at].head {
            Some(head) if !clause => at = head,
            _ => return false,
        }
    }
    true
}

/// The body for which somebody unnamed speaks ("said a spokesman"): the one that the sentences at hand are about.
fn spoken_for(resolver: &Resolver<'_>, index: usize) -> Option<usize> {
    let sentence = resolver.mentions[index].sentence;
    let mut found = None;
    let before = resolver.mentions[..index].iter().enumerate().rev();
    for (other, mention) in before.take_while(|(_, m)| m.sentence + 2 >= sentence) {
        let cluster = resolver.cluster_of(other);
        let Some(state) = resolver.states.get(cluster) else { continue };
        let body = state.kind == EntityKind::Organisation && state.number == Number::Singular && !state.medium;
        if state.named && body {
            if is_subject(&resolver.trees[mention.sentence], mention.head) {
                return Some(cluster);
            }
            found = found.or(Some(cluster));
        }
    }
    found
}

/// The organisation that was told most of so far.
fn leader(resolver: &Resolver<'_>) -> Option<usize> {
    let mut best: Option<(usize, usize)> = None;
    for &cluster in &resolver.parties {
        let Some(state) = resolver.states.get(cluster) else { continue };
        let body = state.named && !state.medium && state.kind == EntityKind::Organisation;
        if body && best.is_none_or(|(_, count)| state.count > count) {
            best = Some((cluster, state.count));
        }
    }
    best.map(|(cluster, _)| cluster)
}

/// The party that a document speaks for: where it says "we" of its own, whom the headline, the first lines and the text
/// name most, without those whom it tells of beside its "we".
pub(super) fn voice(
    document: &Document,
    trees: &[Tree],
    mentions: &[Mention],
    names: &[Option<usize>],
    gazetteer: &Gazetteer,
) -> Option<usize> {
    let mut own: Vec<usize> = Vec::new();
    let mut weight = 0;
    for mention in mentions.iter().filter(|m| first_person(m) && story(trees[m.sentence].block)) {
        let start = trees[mention.sentence].words[mention.head].span.start as usize;
        if in_quote(document, trees, mention.sentence, start) {
            continue;
        }
        weight += 1;
        if trees[mention.sentence].words[mention.head].deprel != Deprel::NmodPoss {
            weight += 1;
            own.push(mention.sentence);
        }
    }
    if weight < FIRST_PERSON_MIN {
        return None;
    }
    let first_body = trees.iter().position(|tree| tree.block == BlockKind::Body)?;
    let mut scores: BTreeMap<usize, f32> = BTreeMap::new();
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for (index, mention) in mentions.iter().enumerate() {
        let Some(cluster) = names[index] else { continue };
        let medium = mention.entry.is_some_and(|entry| gazetteer.entry(entry).medium);
        // "Lake Watch Freedonia" is read as a place for the country in it.
        let place = mention.kind == EntityKind::Place && gazetteer.place(&mention.name).is_none();
        let known = mention.sure || matches!(mention.kind, EntityKind::Country | EntityKind::Authority);
        let guess = place || !known;
        let body = mention.kind == EntityKind::Organisation || guess;
        if medium || !body || mention.number == Number::Plural {
            continue;
        }
        let tree = &trees[mention.sentence];
        let count = counts.entry(cluster).or_default();
        *count += 1;
        let main = tree.words[mention.head].head.is_some_and(|verb| tree.words[verb].head.is_none());
        let begins = (main && is_subject(tree, mention.head)) || mention.core.0 == 0;
        let mut score = if *count <= 4 { 0.1 } else { 0.0 };
        score += match tree.block {
            BlockKind::Title => 0.5,
            BlockKind::Boilerplate | BlockKind::Body if mention.sentence <= first_body => {
                if begins {
                    1.0
                } else {
                    0.4
                }
            }
            BlockKind::Boilerplate if tree.span.of(&document.text).starts_with("About ") => 1.0,
            _ => 0.0,
        };
        if mention.kind == EntityKind::Person {
            score -= 0.1;
        }
        // "We told the ministry": who is told of beside "we" is another.
        if own.binary_search(&mention.sentence).is_ok() && tree.words[mention.head].deprel != Deprel::Appos {
            score -= 1.0;
        }
        *scores.entry(cluster).or_default() += score;
    }
    let best = scores.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
    best.filter(|&(_, score)| score >= 0.6).map(|(cluster, _)| cluster)
}
