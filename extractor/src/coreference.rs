//! Mentions in, chains out: which mentions of a document stand for the same party, and its fullest name.
//!
//! Names join names by alias, acronym, legal form and parts ("Zoom", "Zoom Video Communications"); two different names
//! never join. Nominals ("the company", "the Swiss messenger", "both firms") and pronouns take the best of their
//! possible antecedents by hand-set weights; a nominal without one stands for itself. Names in teasers and boilerplate
//! lend nothing to the story. Pure and deterministic; time is linear in the text for texts of any length, as only the
//! chains of the last sentences and the most mentioned ones compete.

use std::{collections::BTreeMap, ops::Range};

use crate::document::{BlockKind, Document};
use crate::gazetteer::{Country, EntityKind, EntryId, Gazetteer, fold};
use crate::names::{Form, Mention, Number};
use crate::syntax::Tree;

mod antecedents;
mod deeds;
mod matching;
mod plural;
mod pronouns;
mod ranking;
mod resolver;
mod speaker;
mod wording;

use antecedents::Rival;
pub(crate) use antecedents::class_of;
pub use antecedents::{Antecedent, Weighed};

/// What a document tells of one party, thing or place.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// Fullest name in the document; for what is never named, the fullest of its descriptions.
    pub name: String,
    /// `org:google`, `country:RU`, or `name:` and the folded name where the gazetteer does not know it.
    pub entity_id: String,
    /// What it is.
    pub kind: EntityKind,
    /// Where it is at home, by the gazetteer or by what the document tells.
    pub country: Option<Country>,
    /// One or several.
    pub number: Number,
    /// The gazetteer's entry.
    pub entry: Option<EntryId>,
    /// Whether a name stands for it in the document.
    pub named: bool,
    /// Indices of its mentions, in order of the text.
    pub mentions: Vec<usize>,
    /// Indices of the chains that it stands for together ("both firms"); mostly empty.
    pub members: Vec<usize>,
}

/// The mentions of a document, resolved.
#[derive(Clone, Debug, Default)]
pub struct Chains {
    mentions: Vec<Mention>,
    chains: Vec<Chain>,
    chain_of_mention: Vec<usize>,
    /// The mention of each word, by sentence; only as many words as have one.
    by_word: Vec<Vec<Option<usize>>>,
    /// The likeliest antecedents of a mention, best first.
    rivals: BTreeMap<usize, Vec<Rival>>,
}

impl Chains {
    /// All chains, in order of their first mentions.
    pub fn chains(&self) -> &[Chain] {
        &self.chains
    }

    /// All mentions, by sentence and head.
    pub fn mentions(&self) -> &[Mention] {
        &self.mentions
    }

    /// Indices of the mentions of a range of sentences.
    pub fn mentions_in(&self, sentences: Range<usize>) -> Range<usize> {
        let before = |sentence: usize| self.mentions.partition_point(|mention| mention.sentence < sentence);
        before(sentences.start)..before(sentences.end)
    }

    /// Index of the chain of a mention.
    pub fn chain_of_mention(&self, mention: usize) -> usize {
        self.chain_of_mention[mention]
    }

    /// The mention with this head; or, for a word inside a name, the name's.
    pub fn mention(&self, sentence: usize, head: usize) -> Option<&Mention> {
        self.mention_index(sentence, head).map(|index| &self.mentions[index])
    }

    /// The chains that the mention with this head may stand for, likeliest first, each with its hand-set score and its
    /// share among all; empty where nothing was weighed.
    pub(crate) fn rivals(&self, sentence: usize, head: usize) -> impl Iterator<Item = (usize, f32, f64)> {
        let found = self.mention_index(sentence, head).and_then(|index| self.rivals.get(&index));
        found.into_iter().flatten().map(|rival| (self.chain_of_mention[rival.last], rival.score, rival.share))
    }

    fn mention_index(&self, sentence: usize, head: usize) -> Option<usize> {
        *self.by_word.get(sentence)?.get(head)?
    }

    /// Index of the chain of the mention with this head.
    pub fn index_of(&self, sentence: usize, head: usize) -> Option<usize> {
        self.mention_index(sentence, head).map(|index| self.chain_of_mention[index])
    }

    /// The chain of the mention with this head; or, for a word inside a name, the name's.
    pub fn chain_of(&self, sentence: usize, head: usize) -> Option<&Chain> {
        self.index_of(sentence, head).map(|index| &self.chains[index])
    }

    /// Whether the mention with this head is a pronoun for which no phrase of the document was found.
    pub fn is_unresolved(&self, sentence: usize, head: usize) -> bool {
        let pronoun = |&index: &usize| self.mentions[index].form == Form::Pronoun;
        self.chain_of(sentence, head)
            .is_some_and(|chain| !chain.named && chain.members.is_empty() && chain.mentions.iter().all(pronoun))
    }

    /// Whom the mention with this head stands for: its chain, or the members where it stands for several.
    pub fn parties(&self, sentence: usize, head: usize) -> Vec<&Chain> {
        match self.chain_of(sentence, head) {
            None => Vec::new(),
            Some(chain) if chain.members.is_empty() => vec![chain],
            Some(chain) => chain.members.iter().map(|&member| &self.chains[member]).collect(),
        }
    }
}

/// Reads the weights of antecedents, so that the first document waits no longer for them than the next one.
pub(crate) fn ready() {
    antecedents::ready();
}

/// The chains of `mentions`, which [`crate::names::mentions`] found in `trees`.
pub fn resolve(document: &Document, trees: &[Tree], mentions: Vec<Mention>, gazetteer: &Gazetteer) -> Chains {
    let names = matching::cluster(trees, &mentions, gazetteer);
    let assigned = resolver::Resolver::new(document, trees, &mentions, gazetteer, names).run();
    build(trees, mentions, assigned, gazetteer)
}

/// [`resolve`] that also tells by name what speaks for each possible antecedent: for fitting the weights.
pub fn resolve_with_features(
    document: &Document,
    trees: &[Tree],
    mentions: Vec<Mention>,
    gazetteer: &Gazetteer,
) -> (Chains, Vec<Weighed>) {
    let names = matching::cluster(trees, &mentions, gazetteer);
    let mut resolver = resolver::Resolver::new(document, trees, &mentions, gazetteer, names);
    resolver.weighed = Some(Vec::new());
    let mut assigned = resolver.run();
    let weighed = std::mem::take(&mut assigned.weighed);
    (build(trees, mentions, assigned, gazetteer), weighed)
}

/// Which mentions are one, and which stand for several.
pub(crate) struct Assignment {
    /// Cluster of every mention.
    pub(crate) cluster: Vec<usize>,
    /// Mentions whose clusters a mention's cluster stands for together.
    pub(crate) members: BTreeMap<usize, Vec<usize>>,
    /// What all mentions of a cluster together tell of its kind.
    pub(crate) kinds: BTreeMap<usize, EntityKind>,
    /// The likeliest antecedents of a mention, best first.
    pub(crate) rivals: BTreeMap<usize, Vec<Rival>>,
    /// What was weighed for each mention, where that was asked for.
    pub(crate) weighed: Vec<Weighed>,
}

fn build(trees: &[Tree], mut mentions: Vec<Mention>, assigned: Assignment, gazetteer: &Gazetteer) -> Chains {
    let mut order: BTreeMap<usize, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut chain_of_mention = Vec::with_capacity(mentions.len());
    for (index, &cluster) in assigned.cluster.iter().enumerate() {
        let chain = *order.entry(cluster).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[chain].push(index);
        chain_of_mention.push(chain);
    }
    let mut chains: Vec<Chain> = groups.into_iter().map(|group| chain(trees, &mentions, group, gazetteer)).collect();
    for (cluster, &kind) in &assigned.kinds {
        if let Some(&chain) = order.get(cluster)
            && chains[chain].entry.is_none()
        {
            chains[chain].kind = kind;
        }
    }
    for (cluster, members) in &assigned.members {
        let Some(&chain) = order.get(cluster) else { continue };
        let mut found: Vec<usize> = members.iter().map(|&mention| chain_of_mention[mention]).collect();
        found.sort_unstable();
        found.dedup();
        found.retain(|&member| member != chain);
        chains[chain].members = found;
    }
    // A name has one kind wherever it stands, and a pronoun that of its name.
    for (mention, &chain) in mentions.iter_mut().zip(&chain_of_mention) {
        if mention.form != Form::Nominal || mention.kind == EntityKind::Other {
            mention.kind = chains[chain].kind;
        }
    }
    let mut by_word: Vec<Vec<Option<usize>>> = vec![Vec::new(); trees.len()];
    let mut put = |sentence: usize, word: usize, index: usize| {
        let words = &mut by_word[sentence];
        words.resize(words.len().max(word + 1), None);
        words[word] = Some(index);
    };
    for (index, mention) in mentions.iter().enumerate() {
        for word in mention.core.0..=mention.core.1 {
            put(mention.sentence, word, index);
        }
    }
    // A word that heads one mention stands for that one, whatever other it stands in.
    for (index, mention) in mentions.iter().enumerate() {
        put(mention.sentence, mention.head, index);
    }
    Chains { mentions, chains, chain_of_mention, by_word, rivals: assigned.rivals }
}

fn chain(trees: &[Tree], mentions: &[Mention], group: Vec<usize>, gazetteer: &Gazetteer) -> Chain {
    let in_story = |index: &&usize| story(trees[mentions[**index].sentence].block);
    let told: Vec<&Mention> = group.iter().filter(in_story).map(|&index| &mentions[index]).collect();
    // "We" of a statement may be named by nothing but its letterhead.
    let told = if told.iter().all(|mention| mention.form == Form::Pronoun) {
        group.iter().map(|&index| &mentions[index]).collect()
    } else {
        told
    };
    let entry = told.iter().find_map(|mention| mention.entry);
    let fullest = told.iter().copied().min_by_key(|mention| fullness(trees, mention)).unwrap_or(&mentions[group[0]]);
    let entity_id = match entry {
        Some(id) => gazetteer.entry(id).entity_id.clone(),
        None => format!("name:{}", gazetteer.strip_legal_forms(&fold(&fullest.name))),
    };
    let kind = entry.map_or_else(
        || told.iter().find(|m| m.form == fullest.form && m.name == fullest.name).map_or(fullest.kind, |m| m.kind),
        |id| gazetteer.entry(id).kind,
    );
    let entry_country = entry.and_then(|id| gazetteer.entry(id).country);
    let country = entry_country.or_else(|| told.iter().find_map(|mention| mention.country));
    Chain {
        name: fullest.name.split_whitespace().collect::<Vec<_>>().join(" "),
        entity_id,
        kind,
        country,
        number: fullest.number,
        entry,
        named: fullest.form == Form::Name,
        mentions: group,
        members: Vec::new(),
    }
}

/// Sorts the fullest mention first: names, then nominals, then pronouns; names of the body before those of headlines
/// (whose capitals run names together), longer before shorter, earlier before later.
fn fullness(trees: &[Tree], mention: &Mention) -> (u8, bool, std::cmp::Reverse<usize>, usize, usize) {
    let form = match mention.form {
        Form::Name => 0,
        Form::Nominal => 1,
        Form::Pronoun => 2,
    };
    let headline = trees[mention.sentence].block != BlockKind::Body;
    let words = mention
        .name
        .split_whitespace()
        .filter(|word| !matches!(word.to_lowercase().as_str(), "the" | "a" | "an"))
        .count();
    (form, headline && form == 0, std::cmp::Reverse(words), mention.sentence, mention.head)
}

/// Whether a block belongs to the story that the document tells.
pub(crate) fn story(block: BlockKind) -> bool {
    matches!(block, BlockKind::Title | BlockKind::Body)
}

#[cfg(test)]
mod tests;
