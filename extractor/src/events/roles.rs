//! Which mention fills a role: a log-linear model over where each stands to the trigger, after what the frame says.
//!
//! A frame's own choice is the strongest feature, not the last word: where the parser hung a phrase wrongly, or the text
//! tells the party in another clause or sentence ("the probe ... it was closed"), the model finds it by kind, path,
//! distance and salience. The weights stand in `data/model/roles.json`, fitted by `training/roles.py`.

use std::{collections::BTreeMap, ops::Range, sync::LazyLock};

use serde::Deserialize;

use crate::{
    document::ByteSpan,
    events::{earlier::Earlier, reading::Reading},
    frames::{FrameMatch, Role},
    gazetteer::EntityKind,
    linear,
    syntax::{Deprel, Tree},
};

mod features;

use features::Asked;

/// Sentences back that a party of an act is looked for.
const SENTENCES_BACK_MAX: usize = 6;

/// Chains of the document's first parties, which are looked for from anywhere.
const FIRST_CHAINS: usize = 3;

/// What share of all a mention needs to be taken.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shares {
    /// The best mention is taken where it has this share or more; with a mention of the sentence those that are
    /// coordinated with it.
    least: f64,
    /// Any other mention of the sentence is taken at this share or more.
    sure: f64,
    /// Nothing is taken where that nobody fills the role has a larger share.
    nobody: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weights {
    actor: Shares,
    target: Shares,
    weights: linear::Weights,
}

static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| linear::embedded(include_str!("../../data/model/roles.json")));

/// Reads the weights, where they have not been read.
pub(super) fn ready() {
    LazyLock::force(&WEIGHTS);
}

/// A mention that may fill a role.
#[derive(Clone, Debug)]
pub struct RoleOption {
    /// Sentence of the mention.
    pub sentence: usize,
    /// Its head.
    pub word: usize,
    /// Whether it stands in the trigger's sentence.
    pub local: bool,
    /// Whether the frame chose it.
    pub framed: bool,
    /// First word of the coordination that it stands in: "Apple and Zoom" are one group.
    pub group: usize,
    /// The words of the mention.
    pub span: ByteSpan,
    /// The chain that it is taken to stand for; none for a phrase that no mention covers.
    pub chain: Option<usize>,
    /// What speaks for and against it, where that was asked for.
    pub features: Vec<String>,
    /// Whether it stands for nobody: the text does not tell who fills the role.
    pub nobody: bool,
    /// The sum of the features' weights.
    pub(super) score: f64,
    /// Its share among all that may fill the role.
    pub probability: f64,
}

/// What stands around the acts of a sentence; the same for each of them.
#[derive(Debug)]
pub(super) struct Around<'m> {
    /// The acts of the sentence.
    acts: &'m [(usize, FrameMatch)],
    /// The mentions of the sentence.
    here: Range<usize>,
    /// Chains with their last mention before the sentence, in their order.
    before: Vec<(usize, usize)>,
    /// For each chain how many of its class are told of more often.
    ranks: &'m [usize],
}

/// For each chain how many of its class, those in power or the others, the document mentions more often.
pub(super) fn ranks(reading: &Reading<'_>) -> Vec<usize> {
    let rules = |kind: EntityKind| matches!(kind, EntityKind::Authority | EntityKind::Country);
    let mut counts: [Vec<usize>; 2] = Default::default();
    for chain in reading.chains.chains() {
        counts[usize::from(rules(chain.kind))].push(chain.mentions.len());
    }
    for class in &mut counts {
        class.sort_unstable();
    }
    let of = |chain: &crate::coreference::Chain| {
        let class = &counts[usize::from(rules(chain.kind))];
        class.len() - class.partition_point(|&count| count <= chain.mentions.len())
    };
    reading.chains.chains().iter().map(of).collect()
}

impl<'m> Around<'m> {
    /// The parties of the sentences before `acts`, which are those of one sentence, and the document's first.
    /// `ranks` are those of [`ranks`].
    pub(super) fn new(
        reading: &Reading<'_>,
        sentence: usize,
        acts: &'m [(usize, FrameMatch)],
        ranks: &'m [usize],
    ) -> Self {
        let chains = reading.chains;
        let mut before: BTreeMap<usize, usize> = BTreeMap::new();
        for (number, chain) in chains.chains().iter().enumerate().take(FIRST_CHAINS) {
            let told = chain.mentions.partition_point(|&mention| chains.mentions()[mention].sentence < sentence);
            if let Some(&last) = chain.mentions[..told].last() {
                before.insert(number, last);
            }
        }
        for mention in chains.mentions_in(sentence.saturating_sub(SENTENCES_BACK_MAX)..sentence) {
            before.insert(chains.chain_of_mention(mention), mention);
        }
        before.retain(|&number, _| {
            let chain = &chains.chains()[number];
            chain.members.is_empty() && !matches!(chain.kind, EntityKind::Other | EntityKind::Place)
        });
        Self { acts, here: chains.mentions_in(sentence..sentence + 1), before: before.into_iter().collect(), ranks }
    }
}

/// What fills a role, in order of the text; nothing where most likely nobody does.
pub(super) fn choose<'o>(role: Role, options: &[&'o RoleOption]) -> Vec<&'o RoleOption> {
    let table = if role == Role::Actor { WEIGHTS.actor } else { WEIGHTS.target };
    let mut ranked: Vec<&RoleOption> = options.iter().copied().filter(|option| !option.nobody).collect();
    // The sort is stable: of equals the first stays.
    ranked
        .sort_by(|a, b| b.probability.total_cmp(&a.probability).then(b.local.cmp(&a.local)).then(a.word.cmp(&b.word)));
    let all: f64 = options.iter().map(|option| option.probability).sum();
    let likely = |option: &&RoleOption, share: f64| option.probability >= share * all;
    let nobody: f64 = options.iter().filter(|option| option.nobody).map(|option| option.probability).sum();
    if nobody > table.nobody * all {
        return Vec::new();
    }
    let Some(best) = ranked.first().copied().filter(|best| likely(best, table.least)) else { return Vec::new() };
    // Several parties fill a role where they are coordinated, or where each is sure by itself; never a name and its own
    // possessor ("Turkey" in "Turkey's competition board").
    let mut chosen: Vec<&RoleOption> = vec![best];
    for &option in ranked[1..].iter().filter(|option| best.local && option.local) {
        let alike = option.group == best.group || likely(&option, table.sure);
        let nested = chosen.iter().any(|seen| seen.span.contains(option.span) || option.span.contains(seen.span));
        if alike && !nested {
            chosen.push(option);
        }
    }
    chosen.sort_by_key(|option| (option.sentence, option.word));
    chosen
}

/// Every mention that may fill `role`, in order of the text: those of the sentence, each with what it may stand for, the
/// last mention of each party of the sentences before it, and nobody. `found` are the acts told before.
pub(super) fn options(
    reading: &Reading<'_>,
    around: &Around<'_>,
    sentence: usize,
    matched: &FrameMatch,
    role: Role,
    found: &Earlier,
) -> Vec<RoleOption> {
    let asked = Asked::new(reading, around, sentence, matched, role, found);
    let mut all = Vec::new();
    let mut here: Vec<usize> = Vec::new();
    for mention in &reading.chains.mentions()[around.here.clone()] {
        // "appealed to the Supreme Court" may all be the trigger: only its head is no party.
        if mention.head == matched.head {
            continue;
        }
        let own = reading.chains.index_of(sentence, mention.head);
        here.extend(own);
        all.push(local(&asked, mention.head, own, mention.span));
        for (rival, _, _) in reading.chains.rivals(sentence, mention.head).filter(|(rival, _, _)| Some(*rival) != own) {
            all.push(local(&asked, mention.head, Some(rival), mention.span));
        }
    }
    // A frame may choose a word that is no mention ("the sale of software").
    for argument in matched.role(role) {
        if !all.iter().any(|option: &RoleOption| option.word == argument.word) {
            let chain = reading.chains.index_of(sentence, argument.word);
            all.push(local(&asked, argument.word, chain, reading.phrase(sentence, argument.word)));
        }
    }
    for &(number, last) in around.before.iter().filter(|(number, _)| !here.contains(number)) {
        let mention = &reading.chains.mentions()[last];
        let features = features::far(&asked, number, mention);
        all.push(RoleOption {
            sentence: mention.sentence,
            word: mention.head,
            local: false,
            framed: false,
            group: mention.head,
            span: mention.span,
            chain: Some(number),
            score: features.sum(),
            features: features.into_names(),
            nobody: false,
            probability: 0.0,
        });
    }
    let mut words: Vec<usize> = all.iter().filter(|option| option.local).map(|option| option.word).collect();
    words.dedup();
    all.push(nobody(&asked, words.len()));
    let scores: Vec<f64> = all.iter().map(|option| option.score).collect();
    for (option, share) in all.iter_mut().zip(linear::softmax(&scores)) {
        option.probability = share;
    }
    all
}

/// A word of the trigger's sentence that is taken to stand for `chain`.
fn local(asked: &Asked<'_>, word: usize, chain: Option<usize>, span: ByteSpan) -> RoleOption {
    let features = features::near(asked, word, chain);
    RoleOption {
        sentence: asked.sentence,
        word,
        local: true,
        framed: asked.matched.role(asked.role).any(|argument| argument.word == word),
        group: group_of(&asked.reading.trees[asked.sentence], word),
        span,
        chain,
        score: features.sum(),
        features: features.into_names(),
        nobody: false,
        probability: 0.0,
    }
}

/// That the text does not tell who fills the role.
fn nobody(asked: &Asked<'_>, mentions: usize) -> RoleOption {
    let word = asked.matched.head;
    let features = features::nobody(asked, mentions);
    RoleOption {
        sentence: asked.sentence,
        word,
        local: false,
        framed: false,
        group: word,
        span: asked.reading.trees[asked.sentence].words[word].span,
        chain: None,
        score: features.sum(),
        features: features.into_names(),
        nobody: true,
        probability: 0.0,
    }
}

/// The first word of the coordination that `word` stands in.
pub(super) fn group_of(tree: &Tree, word: usize) -> usize {
    let mut at = word;
    while tree.words[at].deprel == Deprel::Conj
        && let Some(head) = tree.words[at].head
    {
        at = head;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::WEIGHTS;

    #[test]
    fn the_embedded_weights_are_read() {
        let share = |share: f64| (0.0..=1.0).contains(&share);
        let table = &*WEIGHTS;
        assert!(
            [table.actor, table.target].iter().all(|role| [role.least, role.sure, role.nobody].into_iter().all(share))
        );
        assert!(!table.weights.is_empty());
    }
}
