//! Which mention fills a role: a log-linear model over where each stands to the trigger, after what the frame says.
//!
//! A frame's own choice is the strongest feature, not the last word: where the parser hung a phrase wrongly, or the text
//! tells the party in another clause or sentence ("the probe ... it was closed"), the model finds it by kind, path,
//! distance and salience. The weights stand in `data/model/roles.json`, fitted by `training/roles.py`.

use std::{collections::BTreeMap, ops::Range, sync::LazyLock};

use serde::Deserialize;

use crate::{
    document::{BlockKind, ByteSpan},
    events::{
        amounts::clause_of,
        earlier::Earlier,
        linear::{self, Features},
        reading::{Party, Reading},
    },
    frames::{FrameMatch, Role},
    gazetteer::EntityKind,
    names::Form,
    predicates::Slot,
    syntax::{Deprel, Tree},
};

/// Sentences back that a party of an act is looked for.
const SENTENCES_BACK_MAX: usize = 6;

/// Acts back in which a party's part is looked for.
const PARTS_BACK_MAX: usize = 12;

/// Chains of the document's first parties, which are looked for from anywhere.
const FIRST_CHAINS: usize = 3;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weights {
    /// The best mention is taken where it has this share of all or more; with a mention of the sentence those that are
    /// coordinated with it.
    least: f64,
    /// Any other mention of the sentence is taken at this share or more.
    sure: f64,
    weights: linear::Weights,
}

static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| linear::embedded(include_str!("../../data/model/roles.json")));

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

/// What fills a role: heads of mentions as (sentence, word), best first; empty where most likely nothing does.
pub(super) fn choose(options: &[RoleOption]) -> Vec<(usize, usize)> {
    let table = &*WEIGHTS;
    let mut ranked: Vec<&RoleOption> = options.iter().filter(|option| !option.nobody).collect();
    ranked
        .sort_by(|a, b| b.probability.total_cmp(&a.probability).then(b.local.cmp(&a.local)).then(a.word.cmp(&b.word)));
    let Some(best) = ranked.first().copied().filter(|best| best.probability >= table.least) else { return Vec::new() };
    // Several parties fill a role where they are coordinated, or where each is sure by itself; never a name and its own
    // possessor ("Turkey" in "Turkey's competition board").
    let mut chosen: Vec<&RoleOption> = vec![best];
    for &option in ranked[1..].iter().filter(|option| best.local && option.local) {
        let alike = option.group == best.group || option.probability >= table.sure;
        let nested = chosen.iter().any(|seen| seen.span.contains(option.span) || option.span.contains(seen.span));
        if alike && !nested {
            chosen.push(option);
        }
    }
    let mut taken: Vec<(usize, usize)> = chosen.iter().map(|option| (option.sentence, option.word)).collect();
    taken.sort_unstable();
    taken
}

/// Every mention that may fill `role`, in order of the text: those of the sentence, the last mention of each party of the
/// sentences before it, and nobody. `found` are the acts told before.
pub(super) fn options(
    reading: &Reading<'_>,
    around: &Around<'_>,
    sentence: usize,
    matched: &FrameMatch,
    role: Role,
    found: &Earlier,
) -> Vec<RoleOption> {
    // The act that this one is the matter of: a court that upholds a fine has not imposed it.
    let governor = reading.trees[sentence].words[matched.head].head;
    let over = around
        .acts
        .iter()
        .find(|(_, other)| other.stands() && Some(other.head) == governor)
        .map(|(_, other)| reading.frames.frames()[other.frame].event_type.as_str());
    let mut all = Vec::new();
    let mut here: Vec<usize> = Vec::new();
    for mention in &reading.chains.mentions()[around.here.clone()] {
        if matched.trigger.contains(&mention.head) {
            continue;
        }
        let framed = matched.role(role).any(|argument| argument.word == mention.head);
        here.extend(reading.chains.index_of(sentence, mention.head));
        let features = local_features(reading, sentence, matched, role, mention.head, over, found);
        all.push(RoleOption {
            sentence,
            word: mention.head,
            local: true,
            framed,
            group: group_of(&reading.trees[sentence], mention.head),
            span: mention.span,
            score: features.sum(),
            features: features.into_names(),
            nobody: false,
            probability: 0.0,
        });
    }
    // A frame may choose a word that is no mention ("the sale of software").
    for argument in matched.role(role) {
        if !all.iter().any(|option: &RoleOption| option.word == argument.word) {
            let features = local_features(reading, sentence, matched, role, argument.word, over, found);
            all.push(RoleOption {
                sentence,
                word: argument.word,
                local: true,
                framed: true,
                group: group_of(&reading.trees[sentence], argument.word),
                span: reading.phrase(sentence, argument.word),
                score: features.sum(),
                features: features.into_names(),
                nobody: false,
                probability: 0.0,
            });
        }
    }
    for &(number, last) in around.before.iter().filter(|(number, _)| !here.contains(number)) {
        let (chain, last) = (&reading.chains.chains()[number], &reading.chains.mentions()[last]);
        let event_type = reading.frames.frames()[matched.frame].event_type.as_str();
        let name = role.as_str();
        let back = (sentence - last.sentence).min(SENTENCES_BACK_MAX + 1);
        let salience = chain.mentions.len().min(8);
        let subject = matches!(reading.trees[last.sentence].words[last.head].deprel, Deprel::Nsubj | Deprel::NsubjPass);
        let mut features = Features::new(&WEIGHTS.weights, found.named());
        features.add(format_args!("far/{name}"));
        features.add(format_args!("far/{name}/type={event_type}"));
        features.add(format_args!("far/{name}/kind={:?}", chain.kind));
        features.add(format_args!("far/{name}/type_kind={event_type}/{:?}", chain.kind));
        features.add(format_args!("far/{name}/back={back}"));
        features.add(format_args!("far/{name}/salience={salience}"));
        features.add(format_args!("far/{name}/first={}", last.sentence == 0 || number < 2));
        features.add(format_args!("far/{name}/named={}", chain.named));
        features.add(format_args!("far/{name}/subject={subject}"));
        features.add(format_args!(
            "far/{name}/noun_trigger={}",
            reading.trees[sentence].words[matched.head].upos != crate::syntax::Upos::Verb
        ));
        features.add(format_args!("far/{name}/framed_here={}", matched.role(role).next().is_some()));
        let rank = around.ranks[number].min(3);
        features.add(format_args!("far/{name}/rank={rank}/{:?}", chain.kind));
        features.add(format_args!("far/{name}/rank={rank}/{event_type}"));
        features.add(format_args!("far/{name}/back={back}/rank={rank}"));
        history(reading, number, event_type, role, found, "far", &mut features);
        all.push(RoleOption {
            sentence: last.sentence,
            word: last.head,
            local: false,
            framed: false,
            group: last.head,
            span: last.span,
            score: features.sum(),
            features: features.into_names(),
            nobody: false,
            probability: 0.0,
        });
    }
    let mentions = all.iter().filter(|option| option.local).count();
    all.push(nobody(reading, sentence, matched, role, mentions, found.named()));
    let scores: Vec<f64> = all.iter().map(|option| option.score).collect();
    for (option, share) in all.iter_mut().zip(linear::softmax(&scores)) {
        option.probability = share;
    }
    all
}

/// That the text does not tell who fills the role.
fn nobody(
    reading: &Reading<'_>,
    sentence: usize,
    matched: &FrameMatch,
    role: Role,
    mentions: usize,
    named: bool,
) -> RoleOption {
    let tree = &reading.trees[sentence];
    let frame = &reading.frames.frames()[matched.frame];
    let word = &tree.words[matched.head];
    let name = role.as_str();
    let mut features = Features::new(&WEIGHTS.weights, named);
    features.add(format_args!("nobody/{name}"));
    features.add(format_args!("nobody/{name}/type={}", frame.event_type));
    features.add(format_args!("nobody/{name}/frame={}", frame.id));
    features.add(format_args!("nobody/{name}/framed={}", matched.role(role).next().is_some()));
    features.add(format_args!("nobody/{name}/mentions={}", mentions.min(4)));
    features.add(format_args!("nobody/{name}/xpos={}", word.xpos));
    features.add(format_args!("nobody/{name}/deprel={}", word.deprel));
    features.add(format_args!("nobody/{name}/passive={}", tree.first(matched.head, Deprel::NsubjPass).is_some()));
    features.add(format_args!("nobody/{name}/sentence={}", sentence.min(3)));
    RoleOption {
        sentence,
        word: matched.head,
        local: false,
        framed: false,
        group: matched.head,
        span: word.span,
        score: features.sum(),
        features: features.into_names(),
        nobody: true,
        probability: 0.0,
    }
}

/// What the party of a chain has been in the acts told before: who fined once is seldom fined next.
fn history(
    reading: &Reading<'_>,
    chain: usize,
    event_type: &str,
    role: Role,
    found: &Earlier,
    place: &str,
    features: &mut Features<'_>,
) {
    let name = role.as_str();
    let held = |parties: &[Party]| parties.iter().any(|party| party.chain == Some(chain));
    let count = |same_type: bool, actor: bool| found.parts(chain, actor, same_type.then_some(event_type)).min(2);
    features.add(format_args!("{place}/{name}/acted={}/was_target={}", count(false, true), count(false, false)));
    features.add(format_args!("{place}/{name}/same_acted={}/same_target={}", count(true, true), count(true, false)));
    let last = found.acts().last().filter(|earlier| held(&earlier.actors) || held(&earlier.targets));
    features.add(format_args!(
        "{place}/{name}/last={}",
        last.map_or("none", |earlier| if held(&earlier.actors) { "actor" } else { "target" })
    ));
    // Who was fined appeals, and against whom: what the party was in the last act that it had a part in.
    let part = found.acts().iter().rev().take(PARTS_BACK_MAX).enumerate().find_map(|(back, act)| {
        let part = if held(&act.actors) {
            "actor"
        } else if held(&act.targets) {
            "target"
        } else {
            return None;
        };
        Some((back, part, act.event.event_type.as_str()))
    });
    if let Some((back, part, theirs)) = part {
        features.add(format_args!("{place}/{name}/part={theirs}.{part}/{event_type}"));
        features.add(format_args!("{place}/{name}/part={part}/{event_type}"));
        features.add(format_args!("{place}/{name}/part={part}/back={}", back.min(4)));
    }
    let party = &reading.chains.chains()[chain];
    let title = party
        .mentions
        .first()
        .is_some_and(|&mention| reading.trees[reading.chains.mentions()[mention].sentence].block == BlockKind::Title);
    features.add(format_args!("{place}/{name}/title={title}/{}", party.named));
}

fn local_features(
    reading: &Reading<'_>,
    sentence: usize,
    matched: &FrameMatch,
    role: Role,
    word: usize,
    over: Option<&str>,
    found: &Earlier,
) -> Features<'static> {
    let tree = &reading.trees[sentence];
    let predicates = &reading.predicates[sentence];
    let frame = &reading.frames.frames()[matched.frame];
    let event_type = frame.event_type.as_str();
    let name = role.as_str();
    let mut all = Features::new(&WEIGHTS.weights, found.named());
    all.add(format_args!("near/{name}"));
    all.add(format_args!("near/{name}/type={event_type}"));
    let picked = matched.role(role).find(|argument| argument.word == word);
    let pick = picked.map_or_else(
        || if matched.role(role).next().is_some() { "other".to_owned() } else { "none".to_owned() },
        |argument| {
            format!(
                "{}{}{}",
                argument.path.min(3),
                if argument.soft { "s" } else { "" },
                if argument.rescued { "r" } else { "" }
            )
        },
    );
    all.add(format_args!("near/{name}/pick={pick}"));
    all.add(format_args!("near/{name}/picked={}/{event_type}", picked.is_some()));
    all.add(format_args!("near/{name}/frame={}/{}", frame.id, picked.is_some()));
    let opposite = matched.arguments.iter().any(|argument| argument.word == word && argument.role != role);
    all.add(format_args!("near/{name}/elsewhere={opposite}"));
    let slot_in = |holder: usize| {
        predicates[holder].fillers.iter().find(|filler| filler.word == word).map(|filler| match filler.slot {
            Slot::P(preposition) => format!("p:{preposition}"),
            slot => slot.to_string(),
        })
    };
    let slot = slot_in(matched.head)
        .or_else(|| matched.support.and_then(slot_in).map(|slot| format!("support.{slot}")))
        .or_else(|| tree.words[matched.head].head.and_then(slot_in).map(|slot| format!("up.{slot}")))
        .unwrap_or_else(|| "none".to_owned());
    let class = if tree.words[matched.head].upos == crate::syntax::Upos::Verb { "verb" } else { "noun" };
    all.add(format_args!("near/{name}/slot={class}/{slot}"));
    all.add(format_args!("near/{name}/type_slot={event_type}/{class}/{slot}"));
    if let Some(over) = over {
        all.add(format_args!("near/{name}/over={over}/{slot}"));
        all.add(format_args!("near/{name}/over={over}/{event_type}/{slot}"));
    }
    all.add(format_args!("near/{name}/path={class}/{}", path(tree, matched.head, word)));
    let kind = reading.chains.index_of(sentence, word).map_or(EntityKind::Other, |n| reading.chains.chains()[n].kind);
    all.add(format_args!("near/{name}/kind={kind:?}"));
    all.add(format_args!("near/{name}/type_kind={event_type}/{kind:?}"));
    let form = reading.chains.mention(sentence, word).map_or("none", |mention| match mention.form {
        Form::Name => "name",
        Form::Nominal => "nominal",
        Form::Pronoun => "pronoun",
    });
    all.add(format_args!("near/{name}/form={form}"));
    let named = reading.chains.index_of(sentence, word).is_some_and(|n| reading.chains.chains()[n].named);
    all.add(format_args!("near/{name}/form={form}/named={named}"));
    all.add(format_args!("near/{name}/type={event_type}/named={named}"));
    all.add(format_args!("near/{name}/kind={kind:?}/named={named}/picked={}", picked.is_some()));
    all.add(format_args!("near/{name}/below={}", tree.dominates(matched.head, word)));
    all.add(format_args!("near/{name}/same_clause={}", clause_of(tree, word) == clause_of(tree, matched.head)));
    all.add(format_args!("near/{name}/time={}", is_time(&tree.words[word].lemma)));
    let distance = matched.head.abs_diff(word);
    let bucket = match distance {
        0..=2 => "2",
        3..=5 => "5",
        6..=10 => "10",
        11..=20 => "20",
        _ => "far",
    };
    all.add(format_args!("near/{name}/distance={}/{bucket}", if word < matched.head { "before" } else { "after" }));
    all.add(format_args!("near/{name}/own={}", tree.words[word].deprel));
    if form == "nominal" {
        let lemma = tree.words[word].lemma.to_lowercase();
        all.add(format_args!("near/{name}/lemma={lemma}"));
        all.add(format_args!("near/{name}/lemma={lemma}/{event_type}"));
    }
    if let Some(chain) = reading.chains.index_of(sentence, word) {
        history(reading, chain, event_type, role, found, "near", &mut all);
        let salience = reading.chains.chains()[chain].mentions.len().min(6);
        all.add(format_args!("near/{name}/salience={salience}"));
    }
    let called = reading.chains.mention(sentence, word).map_or("", |mention| mention.name.as_str());
    all.add(format_args!("near/{name}/medium={}", reading.gazetteer.is_medium(called)));
    if let Some(governor) = tree.words[word].head {
        let says = reading.frames.attribution().verbs.contains(&reading.forms[sentence][governor]);
        all.add(format_args!(
            "near/{name}/says={}",
            says && tree.words[word].deprel == Deprel::Nsubj && governor != matched.head
        ));
    }
    all
}

/// Whether the noun measures time: "two weeks" and "noon" are nobody.
fn is_time(lemma: &str) -> bool {
    const UNITS: [&str; 16] = [
        "second",
        "minute",
        "hour",
        "day",
        "night",
        "week",
        "weekend",
        "month",
        "quarter",
        "year",
        "decade",
        "noon",
        "midnight",
        "morning",
        "afternoon",
        "evening",
    ];
    UNITS.iter().any(|unit| unit.eq_ignore_ascii_case(lemma))
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

/// The relations from the trigger up to the common word and down to the mention, shortened where they are many.
pub(super) fn path(tree: &Tree, from: usize, to: usize) -> String {
    let chain = |mut word: usize| {
        let mut all = vec![word];
        while let Some(head) = tree.words[word].head {
            all.push(head);
            word = head;
        }
        all
    };
    let (up, down) = (chain(from), chain(to));
    let Some(meet) = up.iter().copied().find(|word| down.contains(word)) else { return "apart".to_owned() };
    let rises: Vec<&str> = up.iter().take_while(|&&w| w != meet).map(|&w| tree.words[w].deprel.as_str()).collect();
    let falls: Vec<&str> = down.iter().take_while(|&&w| w != meet).map(|&w| tree.words[w].deprel.as_str()).collect();
    if rises.len() + falls.len() > 4 {
        return format!("long/{}/{}", rises.len().min(4), falls.len().min(4));
    }
    let mut text = String::new();
    for step in rises {
        text.push('^');
        text.push_str(step);
    }
    for step in falls.iter().rev() {
        text.push('_');
        text.push_str(step);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::WEIGHTS;

    #[test]
    fn the_embedded_weights_are_read() {
        let table = &*WEIGHTS;
        assert!((0.0..=1.0).contains(&table.least) && (0.0..=1.0).contains(&table.sure) && !table.weights.is_empty());
    }
}
