//! Mentions of several: "both firms", "the pair", "the trio", "they".

use super::ranking::barred;
use super::resolver::Resolver;
use super::wording::modifiers;
use crate::gazetteer::EntityKind;
use crate::names::{Determined, Form, Mention, Number};
use crate::syntax::Deprel;

/// Sentences back in which a coordination is looked for.
const REACH_SENTENCES: usize = 5;
const COORDINATIONS_MAX: usize = 12;

/// "Facebook and Instagram": mentions that a plural may stand for together.
#[derive(Clone, Debug)]
pub(super) struct Coordination {
    pub(super) sentence: usize,
    pub(super) mentions: Vec<usize>,
}

/// What a plural stands for.
pub(super) enum Found {
    /// One chain, of several things.
    Chain(usize),
    /// The chains of these mentions.
    Members(Vec<usize>),
}

/// Whether a noun counts what it stands for: "pair", "trio".
pub(super) fn counts(noun: &str) -> bool {
    count_of(noun).is_some()
}

fn count_of(word: &str) -> Option<usize> {
    Some(match word {
        "pair" | "duo" | "couple" | "both" | "two" | "neither" | "either" | "2" => 2,
        "trio" | "three" | "3" => 3,
        "quartet" | "four" | "4" => 4,
        "quintet" | "five" | "5" => 5,
        "six" | "6" => 6,
        "seven" | "7" => 7,
        _ => return None,
    })
}

/// Files the coordinations of a sentence whose mentions are all resolved.
pub(super) fn coordinations(resolver: &mut Resolver<'_>, sentence: usize) {
    let tree = &resolver.trees[sentence];
    let start = resolver.mentions.partition_point(|m| m.sentence < sentence);
    let end = resolver.mentions.partition_point(|m| m.sentence <= sentence);
    for first in start..end {
        let head = resolver.mentions[first].head;
        if tree.words[head].deprel == Deprel::Conj
            && tree.words[head].head.is_some_and(|h| resolver.mentions[start..end].iter().any(|m| m.head == h))
        {
            continue;
        }
        let mut members = vec![first];
        for conjunct in tree.with(head, Deprel::Conj) {
            if let Some(other) = (start..end).find(|&other| resolver.mentions[other].head == conjunct) {
                members.push(other);
            }
        }
        if members.len() > 1 {
            resolver.coordinations.push(Coordination { sentence, mentions: members });
        }
    }
    let surplus = resolver.coordinations.len().saturating_sub(COORDINATIONS_MAX);
    resolver.coordinations.drain(..surplus);
}

/// The names that stand beside a plural: "two carriers, Sibtelekom and Obnet".
pub(super) fn apposed(resolver: &Resolver<'_>, index: usize) -> Option<Vec<usize>> {
    let mention = &resolver.mentions[index];
    let tree = &resolver.trees[mention.sentence];
    let start = resolver.mentions.partition_point(|m| m.sentence < mention.sentence);
    let end = resolver.mentions.partition_point(|m| m.sentence <= mention.sentence);
    let at = |head: usize| (start..end).find(|&m| resolver.mentions[m].head == head);
    let named = |head: usize| at(head).filter(|&m| resolver.mentions[m].form == Form::Name && head > mention.head);
    // "two carriers, Sibtelekom and Obnet", whatever the tree makes of it.
    let behind = tree.words.partition_point(|word| word.span.start < mention.span.end);
    if tree.words.get(behind).is_some_and(|word| word.form == "," || word.form == ":")
        && matches!(mention.determined, Determined::Indefinite | Determined::Definite | Determined::Possessed)
        && let Some(first) =
            (start..end).find(|&m| resolver.mentions[m].core.0 == behind + 1 && resolver.mentions[m].form == Form::Name)
    {
        let head = resolver.mentions[first].head;
        let mut members = vec![first];
        members
            .extend(tree.with(head, Deprel::Conj).filter_map(at).filter(|&m| resolver.mentions[m].form == Form::Name));
        let count =
            tree.dependents(mention.head).iter().find_map(|&word| count_of(&tree.words[word].form.to_lowercase()));
        if members.len() > 1 && count.is_none_or(|count| count == members.len()) {
            return Some(members);
        }
    }
    if let Some(members) = listed(resolver, index) {
        return Some(members);
    }
    for &dependent in tree.dependents(mention.head) {
        let beside = match tree.words[dependent].deprel {
            Deprel::Appos => true,
            Deprel::Flat | Deprel::Nmod | Deprel::NmodUnmarked | Deprel::Compound => {
                named(dependent).is_some_and(|m| resolver.mentions[m].core.0 == mention.core.1 + 1)
            }
            _ => false,
        };
        if let (true, Some(first)) = (beside, named(dependent)) {
            let others = tree.with(dependent, Deprel::Conj).filter_map(named);
            let members: Vec<usize> = std::iter::once(first).chain(others).collect();
            if members.len() > 1 {
                return Some(members);
            }
        }
    }
    None
}

/// The names of as many as are told that are listed further on: "three businessmen it accuses of fraud: A, B and C", "two
/// apps popular with those locked out, A and B, were warned".
fn listed(resolver: &Resolver<'_>, index: usize) -> Option<Vec<usize>> {
    let mention = &resolver.mentions[index];
    let tree = &resolver.trees[mention.sentence];
    let own = mention.noun.as_deref().and_then(count_of);
    let count = own.or_else(|| {
        tree.dependents(mention.head).iter().find_map(|&word| count_of(&tree.words[word].form.to_lowercase()))
    })?;
    let here = resolver.in_sentence(mention.sentence);
    let name = |head: usize| {
        here.clone().find(|&m| resolver.mentions[m].head == head && resolver.mentions[m].form == Form::Name)
    };
    here.clone().find_map(|first| {
        let other = &resolver.mentions[first];
        let mark = other.core.0.checked_sub(1).map(|before| tree.words[before].form.as_str())?;
        let argument = matches!(tree.words[other.head].deprel, Deprel::Nsubj | Deprel::NsubjPass | Deprel::Obj);
        let opens = mark == ":" || (matches!(mark, "," | "—" | "–" | "(") && !argument);
        if other.head < mention.head || other.form != Form::Name || !opens {
            return None;
        }
        let members: Vec<usize> =
            std::iter::once(first).chain(tree.with(other.head, Deprel::Conj).filter_map(name)).collect();
        (members.len() == count).then_some(members)
    })
}

/// The antecedent of a plural mention.
pub(super) fn antecedent(resolver: &Resolver<'_>, index: usize) -> Option<Found> {
    let mention = &resolver.mentions[index];
    let tree = &resolver.trees[mention.sentence];
    let pronoun = mention.form == Form::Pronoun;
    let form = tree.words[mention.head].form.to_lowercase();
    let noun = mention.noun.as_deref().unwrap_or(&form);
    // "the latter", "the former": one of the last two.
    if matches!(form.as_str(), "latter" | "former") {
        return one_of_two(resolver, mention, form == "latter");
    }
    if mention.number == Number::Singular {
        return None;
    }
    let told = count_of(noun).or_else(|| {
        tree.dependents(mention.head).iter().find_map(|&word| count_of(&tree.words[word].form.to_lowercase()))
    });
    let wanted = wanted(resolver, mention);
    let plural = chain(resolver, index);
    let noun_entry = resolver.gazetteer.noun(noun);
    let elliptic = mention.form == Form::Nominal && (mention.noun.is_none() || counts(noun));
    let plain = modifiers(tree, mention, resolver.gazetteer).is_empty();
    let whole = matches!(form.as_str(), "both" | "neither" | "either");
    // "the decisions" are none of the parties; "the retailers" may be, "the two firms" are.
    let possible = pronoun
        || (elliptic && (whole || mention.determined != Determined::Bare))
        || noun_entry.is_some_and(|noun| match noun.kind {
            EntityKind::Organisation | EntityKind::Authority | EntityKind::Person | EntityKind::Country => plain,
            EntityKind::Product => plain && told.is_some(),
            _ => false,
        });
    if !possible {
        return plural.map(|(cluster, _)| Found::Chain(cluster));
    }
    let together = coordination(resolver, mention, told, wanted, pronoun);
    match (plural, together) {
        (Some((cluster, near)), Some((members, at))) => {
            Some(if near >= at { Found::Chain(cluster) } else { Found::Members(members) })
        }
        (Some((cluster, _)), None) => Some(Found::Chain(cluster)),
        (None, Some((members, _))) => Some(Found::Members(members)),
        (None, None) => told
            .filter(|_| !pronoun && (elliptic || noun_entry.is_some_and(|noun| noun.any_sector)))
            .and_then(|count| last(resolver, mention, count, wanted))
            .map(Found::Members),
    }
}

/// The kind that the mention's noun asks for; none where anything will do.
fn wanted(resolver: &Resolver<'_>, mention: &Mention) -> Option<EntityKind> {
    let noun = mention.noun.as_deref()?;
    if counts(noun) {
        return None;
    }
    resolver.gazetteer.head_noun(noun)
}

fn fits(kind: EntityKind, wanted: Option<EntityKind>) -> bool {
    let body = |kind| matches!(kind, EntityKind::Organisation | EntityKind::Authority);
    match wanted {
        None => kind != EntityKind::Other && kind != EntityKind::Group,
        Some(EntityKind::Product) => matches!(kind, EntityKind::Organisation | EntityKind::Product),
        Some(EntityKind::Group) => true,
        Some(EntityKind::Authority) => kind == EntityKind::Authority,
        Some(wanted) => kind == wanted || (body(kind) && body(wanted)),
    }
}

/// A chain of several that the mention can go on with, and the position of its latest mention.
fn chain(resolver: &Resolver<'_>, index: usize) -> Option<(usize, (usize, usize))> {
    let mention = &resolver.mentions[index];
    let tree = &resolver.trees[mention.sentence];
    let pronoun = mention.form == Form::Pronoun;
    let noun = mention.noun.as_deref();
    for &cluster in resolver.parties.iter().rev() {
        let Some(state) = resolver.states.get(cluster) else { continue };
        let last = &resolver.mentions[state.last];
        let distance = mention.sentence - last.sentence;
        if distance > REACH_SENTENCES {
            break;
        }
        if state.number != Number::Plural || (distance == 0 && barred(tree, last.head, mention.head)) {
            continue;
        }
        let alike = match noun {
            Some(noun) => state.nouns.iter().any(|known| known == noun),
            None => distance <= 2,
        };
        if alike && (!pronoun || distance <= 2) {
            return Some((cluster, (last.sentence, last.head)));
        }
    }
    None
}

fn coordination(
    resolver: &Resolver<'_>,
    mention: &Mention,
    told: Option<usize>,
    wanted: Option<EntityKind>,
    pronoun: bool,
) -> Option<(Vec<usize>, (usize, usize))> {
    let reach = if pronoun { 2 } else { REACH_SENTENCES };
    for found in resolver.coordinations.iter().rev() {
        if found.sentence + reach < mention.sentence {
            break;
        }
        let right_count = told.is_none_or(|count| count == found.mentions.len());
        let right_kind = found.mentions.iter().all(|&m| {
            let unsure = resolver.mentions[m].form == Form::Name && !resolver.mentions[m].sure;
            unsure || fits(resolver.mentions[m].kind, wanted)
        });
        if right_count && right_kind {
            let last = found.mentions.iter().map(|&m| resolver.mentions[m].head).max().unwrap_or(0);
            return Some((found.mentions.clone(), (found.sentence, last)));
        }
    }
    None
}

/// The last `count` parties of the right kind.
fn last(resolver: &Resolver<'_>, mention: &Mention, count: usize, wanted: Option<EntityKind>) -> Option<Vec<usize>> {
    let tree = &resolver.trees[mention.sentence];
    let mut found = Vec::new();
    for &cluster in resolver.parties.iter().rev() {
        let Some(state) = resolver.states.get(cluster) else { continue };
        let last = &resolver.mentions[state.last];
        if last.sentence + REACH_SENTENCES < mention.sentence {
            break;
        }
        let here = last.sentence == mention.sentence && barred(tree, last.head, mention.head);
        let body = (wanted.is_some()
            && (wanted != Some(EntityKind::Organisation) || state.kind != EntityKind::Authority))
            || matches!(state.kind, EntityKind::Organisation | EntityKind::Person | EntityKind::Product);
        if state.named && !here && body && fits(state.kind, wanted) && state.number == Number::Singular && !state.medium
        {
            found.push(state.last);
        }
        if found.len() == count {
            found.reverse();
            return Some(found);
        }
    }
    None
}

fn one_of_two(resolver: &Resolver<'_>, mention: &Mention, latter: bool) -> Option<Found> {
    if mention.determined == Determined::Indefinite {
        return None;
    }
    let near = resolver.coordinations.last().filter(|found| {
        let parties = found.mentions.iter().all(|&m| fits(resolver.mentions[m].kind, None));
        found.mentions.len() == 2 && parties && found.sentence + 1 >= mention.sentence
    });
    let pair = match near {
        Some(found) => found.mentions.clone(),
        None => last_two(resolver, mention)?,
    };
    let chosen = if latter { pair[1] } else { pair[0] };
    Some(Found::Chain(resolver.cluster_of(chosen)))
}

/// The last two parties of the sentence before.
fn last_two(resolver: &Resolver<'_>, mention: &Mention) -> Option<Vec<usize>> {
    let acts = |kind| matches!(kind, EntityKind::Organisation | EntityKind::Authority | EntityKind::Person);
    let mut found = Vec::new();
    for &cluster in resolver.parties.iter().rev() {
        let Some(state) = resolver.states.get(cluster) else { continue };
        let last = &resolver.mentions[state.last];
        let near = last.sentence + 1 >= mention.sentence;
        if near && state.named && acts(state.kind) && state.number == Number::Singular {
            found.push(state.last);
        }
        if found.len() == 2 {
            found.reverse();
            return Some(found);
        }
    }
    None
}
