//! Which mention fills a role: a log-linear model over where each stands to the trigger, after what the frame says.
//!
//! A frame's own choice is the strongest feature, not the last word: where the parser hung a phrase wrongly, or the text
//! tells the party in another clause or sentence ("the probe ... it was closed"), the model finds it by kind, path,
//! distance and salience. The weights stand in `data/model/roles.json`, fitted by `training/roles.py`.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::{
    document::{BlockKind, ByteSpan},
    events::{
        Candidate, linear,
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

fn weights() -> &'static Weights {
    static WEIGHTS: OnceLock<Weights> = OnceLock::new();
    WEIGHTS.get_or_init(|| {
        #[allow(clippy::expect_used, reason = "the file is part of the binary and a test reads it")]
        serde_json::from_str(include_str!("../../data/model/roles.json")).expect("embedded weights are read")
    })
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
    /// What speaks for and against it.
    pub features: Vec<String>,
    /// Whether it stands for nobody: the text does not tell who fills the role.
    pub nobody: bool,
    /// Its share among all that may fill the role.
    pub probability: f64,
}

/// What fills a role: heads of mentions as (sentence, word), best first; empty where most likely nothing does.
pub(super) fn choose(options: &[RoleOption]) -> Vec<(usize, usize)> {
    let table = weights();
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
/// sentences before it, and nobody. `matches` are those of the document, `found` the acts told before.
pub(super) fn options(
    reading: &Reading<'_>,
    sentence: usize,
    matched: &FrameMatch,
    role: Role,
    matches: &[(usize, FrameMatch)],
    found: &[Candidate],
) -> Vec<RoleOption> {
    // The act that this one is the matter of: a court that upholds a fine has not imposed it.
    let governor = reading.trees[sentence].words[matched.head].head;
    let over = matches
        .iter()
        .find(|(at, other)| *at == sentence && other.rival_of.is_none() && Some(other.head) == governor)
        .map(|(_, other)| reading.frames.frames()[other.frame].event_type.as_str());
    let mut all = Vec::new();
    let mut here: Vec<usize> = Vec::new();
    for mention in reading.chains.mentions() {
        if mention.sentence != sentence || matched.trigger.contains(&mention.head) {
            continue;
        }
        let framed = matched.role(role).any(|argument| argument.word == mention.head);
        here.extend(reading.chains.index_of(sentence, mention.head));
        all.push(RoleOption {
            sentence,
            word: mention.head,
            local: true,
            framed,
            group: group_of(&reading.trees[sentence], mention.head),
            span: mention.span,
            features: local_features(reading, sentence, matched, role, mention.head, over, found),
            nobody: false,
            probability: 0.0,
        });
    }
    // A frame may choose a word that is no mention ("the sale of software").
    for argument in matched.role(role) {
        if !all.iter().any(|option: &RoleOption| option.word == argument.word) {
            all.push(RoleOption {
                sentence,
                word: argument.word,
                local: true,
                framed: true,
                group: group_of(&reading.trees[sentence], argument.word),
                span: reading.phrase(sentence, argument.word),
                features: local_features(reading, sentence, matched, role, argument.word, over, found),
                nobody: false,
                probability: 0.0,
            });
        }
    }
    for (number, chain) in reading.chains.chains().iter().enumerate() {
        if here.contains(&number) || !chain.members.is_empty() {
            continue;
        }
        let before =
            chain.mentions.iter().rev().map(|&m| &reading.chains.mentions()[m]).find(|m| m.sentence < sentence);
        let Some(last) = before.filter(|m| sentence - m.sentence <= SENTENCES_BACK_MAX || number < 3) else { continue };
        if matches!(chain.kind, EntityKind::Other | EntityKind::Place) {
            continue;
        }
        let event_type = reading.frames.frames()[matched.frame].event_type.as_str();
        let name = role.as_str();
        let back = (sentence - last.sentence).min(SENTENCES_BACK_MAX + 1);
        let salience = chain.mentions.len().min(8);
        let subject = matches!(reading.trees[last.sentence].words[last.head].deprel, Deprel::Nsubj | Deprel::NsubjPass);
        let mut features = vec![
            format!("far/{name}"),
            format!("far/{name}/type={event_type}"),
            format!("far/{name}/kind={:?}", chain.kind),
            format!("far/{name}/type_kind={event_type}/{:?}", chain.kind),
            format!("far/{name}/back={back}"),
            format!("far/{name}/salience={salience}"),
            format!("far/{name}/first={}", last.sentence == 0 || number < 2),
            format!("far/{name}/named={}", chain.named),
            format!("far/{name}/subject={subject}"),
            format!(
                "far/{name}/noun_trigger={}",
                reading.trees[sentence].words[matched.head].upos != crate::syntax::Upos::Verb
            ),
            format!("far/{name}/framed_here={}", matched.role(role).next().is_some()),
        ];
        history(reading, number, event_type, role, found, "far", &mut features);
        all.push(RoleOption {
            sentence: last.sentence,
            word: last.head,
            local: false,
            framed: false,
            group: last.head,
            span: last.span,
            features,
            nobody: false,
            probability: 0.0,
        });
    }
    all.push(nobody(reading, sentence, matched, role, all.iter().filter(|option| option.local).count()));
    let scores: Vec<f64> = all.iter().map(|option| linear::sum(&weights().weights, &option.features)).collect();
    for (option, share) in all.iter_mut().zip(linear::softmax(&scores)) {
        option.probability = share;
    }
    all
}

/// That the text does not tell who fills the role.
fn nobody(reading: &Reading<'_>, sentence: usize, matched: &FrameMatch, role: Role, mentions: usize) -> RoleOption {
    let tree = &reading.trees[sentence];
    let frame = &reading.frames.frames()[matched.frame];
    let word = &tree.words[matched.head];
    let name = role.as_str();
    let features = vec![
        format!("nobody/{name}"),
        format!("nobody/{name}/type={}", frame.event_type),
        format!("nobody/{name}/frame={}", frame.id),
        format!("nobody/{name}/framed={}", matched.role(role).next().is_some()),
        format!("nobody/{name}/mentions={}", mentions.min(4)),
        format!("nobody/{name}/xpos={}", word.xpos),
        format!("nobody/{name}/deprel={}", word.deprel),
        format!("nobody/{name}/passive={}", tree.first(matched.head, Deprel::NsubjPass).is_some()),
        format!("nobody/{name}/sentence={}", sentence.min(3)),
    ];
    RoleOption {
        sentence,
        word: matched.head,
        local: false,
        framed: false,
        group: matched.head,
        span: word.span,
        features,
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
    found: &[Candidate],
    place: &str,
    features: &mut Vec<String>,
) {
    let name = role.as_str();
    let held = |parties: &[Party]| parties.iter().any(|party| party.chain == Some(chain));
    let count = |same_type: bool, actor: bool| {
        let acts = found.iter().filter(|earlier| !same_type || earlier.event.event_type.as_str() == event_type);
        acts.filter(|earlier| held(if actor { &earlier.actors } else { &earlier.targets })).count().min(2)
    };
    features.push(format!("{place}/{name}/acted={}/was_target={}", count(false, true), count(false, false)));
    features.push(format!("{place}/{name}/same_acted={}/same_target={}", count(true, true), count(true, false)));
    let last = found.last().filter(|earlier| held(&earlier.actors) || held(&earlier.targets));
    features.push(format!(
        "{place}/{name}/last={}",
        last.map_or("none", |earlier| if held(&earlier.actors) { "actor" } else { "target" })
    ));
    let party = &reading.chains.chains()[chain];
    let title = party
        .mentions
        .first()
        .is_some_and(|&mention| reading.trees[reading.chains.mentions()[mention].sentence].block == BlockKind::Title);
    features.push(format!("{place}/{name}/title={title}/{}", party.named));
}

fn local_features(
    reading: &Reading<'_>,
    sentence: usize,
    matched: &FrameMatch,
    role: Role,
    word: usize,
    over: Option<&str>,
    found: &[Candidate],
) -> Vec<String> {
    let tree = &reading.trees[sentence];
    let predicates = &reading.predicates[sentence];
    let frame = &reading.frames.frames()[matched.frame];
    let event_type = frame.event_type.as_str();
    let name = role.as_str();
    let mut all = vec![format!("near/{name}"), format!("near/{name}/type={event_type}")];
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
    all.push(format!("near/{name}/pick={pick}"));
    all.push(format!("near/{name}/picked={}/{event_type}", picked.is_some()));
    all.push(format!("near/{name}/frame={}/{}", frame.id, picked.is_some()));
    let opposite = matched.arguments.iter().any(|argument| argument.word == word && argument.role != role);
    all.push(format!("near/{name}/elsewhere={opposite}"));
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
    all.push(format!("near/{name}/slot={class}/{slot}"));
    all.push(format!("near/{name}/type_slot={event_type}/{class}/{slot}"));
    if let Some(over) = over {
        all.push(format!("near/{name}/over={over}/{slot}"));
        all.push(format!("near/{name}/over={over}/{event_type}/{slot}"));
    }
    all.push(format!("near/{name}/path={class}/{}", path(tree, matched.head, word)));
    let kind = reading.chains.index_of(sentence, word).map_or(EntityKind::Other, |n| reading.chains.chains()[n].kind);
    all.push(format!("near/{name}/kind={kind:?}"));
    all.push(format!("near/{name}/type_kind={event_type}/{kind:?}"));
    let form = reading.chains.mention(sentence, word).map_or("none", |mention| match mention.form {
        Form::Name => "name",
        Form::Nominal => "nominal",
        Form::Pronoun => "pronoun",
    });
    all.push(format!("near/{name}/form={form}"));
    let distance = matched.head.abs_diff(word);
    let bucket = match distance {
        0..=2 => "2",
        3..=5 => "5",
        6..=10 => "10",
        11..=20 => "20",
        _ => "far",
    };
    all.push(format!("near/{name}/distance={}/{bucket}", if word < matched.head { "before" } else { "after" }));
    all.push(format!("near/{name}/own={}", tree.words[word].deprel));
    if form == "nominal" {
        let lemma = tree.words[word].lemma.to_lowercase();
        all.push(format!("near/{name}/lemma={lemma}"));
        all.push(format!("near/{name}/lemma={lemma}/{event_type}"));
    }
    if let Some(chain) = reading.chains.index_of(sentence, word) {
        history(reading, chain, event_type, role, found, "near", &mut all);
        let salience = reading.chains.chains()[chain].mentions.len().min(6);
        all.push(format!("near/{name}/salience={salience}"));
    }
    let named = reading.chains.mention(sentence, word).map_or("", |mention| mention.name.as_str());
    all.push(format!("near/{name}/medium={}", reading.gazetteer.is_medium(named)));
    if let Some(governor) = tree.words[word].head {
        let says = reading.frames.attribution().verbs.contains(&reading.forms[sentence][governor]);
        all.push(format!(
            "near/{name}/says={}",
            says && tree.words[word].deprel == Deprel::Nsubj && governor != matched.head
        ));
    }
    all
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
    use super::weights;

    #[test]
    fn the_embedded_weights_are_read() {
        let table = weights();
        assert!((0.0..=1.0).contains(&table.least) && (0.0..=1.0).contains(&table.sure) && !table.weights.is_empty());
    }
}
