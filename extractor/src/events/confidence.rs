//! How sure the result is: a logistic model over the rules that fired, after PredPatt (White et al., 2016).
//!
//! The weights stand in `data/model/confidence.json`, fitted by `training/confidence.py` on annotated documents.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::{
    document::BlockKind,
    events::{
        Candidate, EntityKind,
        earlier::Earlier,
        reading::{Party, Reading},
    },
    frames::{FrameMatch, Role},
    linear::{self, Features, tell},
    names::Form,
    predicates::Slot,
    syntax::{Deprel, Upos},
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weights {
    /// Events below this are not told unless they are asked for.
    threshold: f64,
    bias: f64,
    weights: linear::Weights,
}

static WEIGHTS: LazyLock<Weights> =
    LazyLock::new(|| linear::embedded(include_str!("../../data/model/confidence.json")));

/// Reads the weights, where they have not been read.
pub(super) fn ready() {
    LazyLock::force(&WEIGHTS);
}

/// Confidence below which an event is more likely wrong than worth telling, as fitted.
pub fn threshold() -> f64 {
    WEIGHTS.threshold
}

/// Probability that a careful reader would list the event.
pub(super) fn confidence(features: &Features<'_>) -> f64 {
    linear::logistic(WEIGHTS.bias + features.sum())
}

/// The names of what fired: frame, type, trigger, roles with their kinds, place in the text.
/// `matches` are those of the sentence, `earlier` the acts told before.
pub(super) fn features(
    reading: &Reading<'_>,
    candidate: &Candidate,
    matches: &[(usize, FrameMatch)],
    earlier: &Earlier,
) -> Features<'static> {
    let tree = &reading.trees[candidate.sentence];
    let matched = &candidate.matched;
    let frame = &reading.frames.frames()[matched.frame];
    let head = &tree.words[matched.head];
    let event_type = frame.event_type.as_str();
    let lemma = |word: usize| tree.words[word].lemma.to_lowercase();
    let trigger: Vec<String> = matched.trigger.iter().map(|&word| lemma(word)).collect();
    let mut all = Features::new(&WEIGHTS.weights, earlier.named());
    tell!(all, "frame="(frame.id));
    tell!(all, "type=" event_type);
    tell!(all, "trigger="(trigger.join("_")));
    tell!(all, "trigger_words="(matched.trigger.len().min(3)));
    tell!(all, "deprel="(head.deprel));
    tell!(all, "xpos="(head.xpos));
    all.add(format_args!("modality={:?}", matched.certainty.modality));
    all.add(format_args!("type_modality={event_type}/{:?}", matched.certainty.modality));
    tell!(all, "support="(matched.support.is_some()));
    tell!(all, "sentence="(candidate.sentence.min(6)));
    let block = match tree.block {
        BlockKind::Title => "title",
        BlockKind::Body => "body",
        BlockKind::Teaser => "teaser",
        BlockKind::Boilerplate => "boilerplate",
    };
    tell!(all, "block=" block);
    let noun = head.upos != Upos::Verb;
    tell!(all, "noun=" noun);
    if noun {
        let determiner = tree.first(matched.head, Deprel::Det).map_or_else(
            || if tree.first(matched.head, Deprel::NmodPoss).is_some() { "poss".to_owned() } else { "none".to_owned() },
            lemma,
        );
        tell!(all, "determiner=" determiner);
        let governor = head.head.map_or_else(|| "root".to_owned(), lemma);
        tell!(all, "governor=" governor);
    }
    context(reading, candidate, &mut all);
    for (role, parties) in [(Role::Actor, &candidate.actors), (Role::Target, &candidate.targets)] {
        role_features(reading, candidate, role, parties, event_type, &mut all);
    }
    tell!(all, "amount="(candidate.tells_sum()));
    tell!(all, "type_amount=" event_type "/" (candidate.tells_sum()));
    tell!(all, "date="(candidate.event.occurred.is_some()));
    tell!(all, "reason="(!candidate.event.reason.is_empty()));
    tell!(all, "earlier="(matched.certainty.earlier));
    tell!(all, "reported="(matched.certainty.reported));
    let same_type = earlier.of_type(&candidate.event.event_type);
    tell!(all, "same_type_before="(same_type.min(3)));
    // "Italy did the same": as what?
    let way = frame.id.rsplit('.').next().unwrap_or_default();
    let last = earlier.acts().iter().rev().find(|other| other.event.confidence >= WEIGHTS.threshold);
    if let Some(last) = last {
        let after = last.event.event_type.as_str();
        let apart = candidate.sentence.saturating_sub(last.sentence).min(3);
        tell!(all, "way=" way "/last=" (after == event_type) "/" apart);
        tell!(all, "after=" after "/" event_type);
    }
    let in_sentence = earlier.acts().iter().rev().take_while(|other| other.sentence == candidate.sentence).count();
    tell!(all, "in_sentence_before="(in_sentence.min(3)));
    let quoted = text_before(reading, candidate).is_some_and(|text| text.ends_with(['"', '“', '\'', '‘']));
    tell!(all, "quoted=" quoted);
    if let Some(winner) = matched.rival_of {
        let winner = &reading.frames.frames()[winner].event_type;
        tell!(all, "rival");
        tell!(all, "rival_of=" winner "/" event_type);
    }
    if let Some(outer) = matched.absorbed_by {
        let outer = &reading.frames.frames()[outer];
        tell!(all, "absorbed");
        all.add(format_args!("absorbed/modality={:?}", matched.certainty.modality));
        tell!(all, "absorbed_by=" (outer.event_type) "/" event_type);
        tell!(all, "absorbed_by="(outer.id));
        tell!(all, "absorbed/type=" event_type);
    }
    let here = matches.iter().map(|(_, other)| other);
    for other in here.filter(|other| other.head != matched.head && other.stands()) {
        company(reading, candidate, other, &mut all);
    }
    all
}

/// How the clause of the act is worded and what it hangs on: habits, conditions and rules are worded like acts.
fn context(reading: &Reading<'_>, candidate: &Candidate, all: &mut Features<'_>) {
    let tree = &reading.trees[candidate.sentence];
    let matched = &candidate.matched;
    let frame = &reading.frames.frames()[matched.frame].id;
    let forms = &reading.forms[candidate.sentence];
    let carrier = matched.support.unwrap_or(matched.head);
    let word = &tree.words[carrier];
    let lemma = |word: usize| tree.words[word].lemma.to_lowercase();
    tell!(all, "carrier_xpos=" frame "/" (word.xpos));
    for &dependent in tree.dependents(carrier) {
        let below = &tree.words[dependent];
        match below.deprel {
            Deprel::Mark
            | Deprel::Aux
            | Deprel::AuxPass
            | Deprel::Advmod
            | Deprel::Cop
            | Deprel::CompoundPrt
            | Deprel::Cc => {
                tell!(all, "below=" (below.deprel) "/" (lemma(dependent)));
            }
            deprel => tell!(all, "below=" deprel "/" (word.upos)),
        }
    }
    let first = matched.trigger.first().copied().unwrap_or(matched.head);
    let before = first.checked_sub(1).map_or("", |at| forms[at].as_str());
    tell!(all, "word_before=" before);
}

/// How another act of the sentence stands to this one: what one act is about is often no act of its own ("drop the case",
/// "appeal the fine").
fn company(reading: &Reading<'_>, candidate: &Candidate, other: &FrameMatch, all: &mut Features<'_>) {
    let tree = &reading.trees[candidate.sentence];
    let matched = &candidate.matched;
    let own = reading.frames.frames()[matched.frame].event_type.as_str();
    let theirs = reading.frames.frames()[other.frame].event_type.as_str();
    let mut push = |name: &str| {
        tell!(all, name "=" theirs);
        tell!(all, name "=" theirs "/" own);
    };
    if other.arguments.iter().any(|argument| argument.word == matched.head) {
        push("filler_of");
    } else if other.arguments.iter().any(|argument| tree.dominates(argument.word, matched.head)) {
        push("inside_filler_of");
    }
    if matched.arguments.iter().any(|argument| argument.word == other.head) {
        push("filled_by");
    }
    let beside = |word: usize| matches!(tree.words[word].deprel, Deprel::Conj | Deprel::Parataxis);
    if tree.words[matched.head].head == Some(other.head) {
        push(if beside(matched.head) { "joined_to" } else { "governed_by" });
    }
    if tree.words[other.head].head == Some(matched.head) {
        push(if beside(other.head) { "joined_by" } else { "governs" });
    }
    if other.trigger.iter().any(|word| matched.trigger.contains(word)) {
        push("shares_words_with");
    }
}

fn text_before<'a>(reading: &'a Reading<'_>, candidate: &Candidate) -> Option<&'a str> {
    reading.document.text.get(..candidate.event.trigger_span.start as usize)
}

fn role_features(
    reading: &Reading<'_>,
    candidate: &Candidate,
    role: Role,
    parties: &[Party],
    event_type: &str,
    all: &mut Features<'_>,
) {
    let name = role.as_str();
    let frame = &candidate.event.frame_id;
    let kind = parties.first().map_or("none", |party| match party.kind {
        EntityKind::Unknown => "unknown",
        EntityKind::Organisation => "organisation",
        EntityKind::Authority => "authority",
        EntityKind::Person => "person",
        EntityKind::Country => "country",
        EntityKind::Place => "place",
        EntityKind::Product => "product",
        EntityKind::Group => "group",
    });
    tell!(all, name "=" kind);
    tell!(all, "type_" name "=" event_type "/" kind);
    tell!(all, "frame_" name "=" frame "/" kind);
    if let Some(party) = parties.first() {
        let known = party.entity_id.starts_with("org:");
        tell!(all, name "_known=" known);
        tell!(all, name "_count=" (parties.len().min(3)));
        let named = party.chain.is_some_and(|chain| reading.chains.chains()[chain].named);
        tell!(all, name "_named=" named);
        tell!(all, "type_" name "_named=" event_type "/" named);
    }
    share_features(candidate, role, event_type, all);
    let Some(argument) = candidate.matched.role(role).next() else { return };
    let word = &reading.trees[candidate.sentence].words[argument.word];
    if word.upos != Upos::Propn {
        tell!(all, name "_head=" event_type "/" (word.lemma.to_lowercase()));
    }
    tell!(all, name "_path=" (argument.path.min(4)));
    tell!(all, name "_soft=" (argument.soft));
    tell!(all, name "_rescued=" (argument.rescued));
    all.add(format_args!("{name}_via={:?}", argument.via));
    let form = reading.chains.mention(candidate.sentence, argument.word).map_or("none", |mention| match mention.form {
        Form::Name => "name",
        Form::Nominal => "nominal",
        Form::Pronoun => "pronoun",
    });
    tell!(all, name "_form=" form);
    let slot = reading.predicates[candidate.sentence][candidate.matched.head]
        .fillers
        .iter()
        .find(|filler| filler.word == argument.word)
        .map_or_else(
            || "other".to_owned(),
            |filler| match filler.slot {
                Slot::P(preposition) => format!("p:{preposition}"),
                slot => slot.to_string(),
            },
        );
    tell!(all, name "_slot=" slot);
}

/// How sure the choice of a role is: who is hard to tell from the rest is often nobody's act.
fn share_features(candidate: &Candidate, role: Role, event_type: &str, all: &mut Features<'_>) {
    let name = role.as_str();
    let options = candidate.options.iter().filter(|(of, _)| of.as_str() == name).flat_map(|(_, options)| options);
    let Some(best) = options.clone().max_by(|a, b| a.probability.total_cmp(&b.probability)) else { return };
    let nobody = options.filter(|option| option.nobody).map(|option| option.probability).sum::<f64>();
    let bucket = |share: f64| match share {
        share if share >= 0.9 => "9",
        share if share >= 0.75 => "7",
        share if share >= 0.5 => "5",
        share if share >= 0.3 => "3",
        _ => "0",
    };
    let place = match (best.nobody, best.local) {
        (true, _) => "nobody",
        (false, true) => "near",
        (false, false) => "far",
    };
    tell!(all, name "_share=" (bucket(best.probability)));
    tell!(all, name "_place=" place);
    tell!(all, "type_" name "_place=" event_type "/" place);
    tell!(all, name "_nobody=" (bucket(nobody)));
}

#[cfg(test)]
mod tests {
    use super::WEIGHTS;

    #[test]
    fn the_embedded_weights_are_read() {
        let table = &*WEIGHTS;
        assert!((0.0..1.0).contains(&table.threshold) && !table.weights.is_empty());
    }
}
