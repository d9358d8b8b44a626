//! What speaks for a mention in a role, by name.

use super::{Around, SENTENCES_BACK_MAX, WEIGHTS};
use crate::{
    coreference,
    document::BlockKind,
    events::{
        amounts::clause_of,
        earlier::Earlier,
        reading::{Party, Reading},
    },
    frames::{FrameMatch, Role},
    gazetteer::EntityKind,
    linear::Features,
    names::{Form, Mention},
    predicates::{Slot, case_of},
    syntax::{Deprel, Tree, Upos},
};

/// Acts back in which a party's part is looked for.
const PARTS_BACK_MAX: usize = 12;

/// A role of an act for which somebody is looked for.
pub(super) struct Asked<'r> {
    pub(super) reading: &'r Reading<'r>,
    pub(super) around: &'r Around<'r>,
    pub(super) sentence: usize,
    pub(super) matched: &'r FrameMatch,
    pub(super) role: Role,
    pub(super) found: &'r Earlier,
    /// The type of the act that this one is the matter of: a court that upholds a fine has not imposed it.
    over: Option<&'r str>,
    event_type: &'r str,
}

impl<'r> Asked<'r> {
    pub(super) fn new(
        reading: &'r Reading<'r>,
        around: &'r Around<'r>,
        sentence: usize,
        matched: &'r FrameMatch,
        role: Role,
        found: &'r Earlier,
    ) -> Self {
        let governor = reading.trees[sentence].words[matched.head].head;
        let over = around
            .acts
            .iter()
            .find(|(_, other)| other.stands() && Some(other.head) == governor)
            .map(|(_, other)| reading.frames.frames()[other.frame].event_type.as_str());
        let event_type = reading.frames.frames()[matched.frame].event_type.as_str();
        Self { reading, around, sentence, matched, role, found, over, event_type }
    }

    fn tree(&self) -> &'r Tree {
        &self.reading.trees[self.sentence]
    }

    /// Whether the frame chose anything for the role.
    fn is_framed(&self) -> bool {
        self.matched.role(self.role).next().is_some()
    }
}

/// What speaks for the party of `number`, whose latest mention stands in another sentence.
pub(super) fn far(asked: &Asked<'_>, number: usize, last: &Mention) -> Features<'static> {
    let &Asked { reading, sentence, matched, role, found, event_type, .. } = asked;
    let chain = &reading.chains.chains()[number];
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
    features.add(format_args!("far/{name}/noun_trigger={}", asked.tree().words[matched.head].upos != Upos::Verb));
    features.add(format_args!("far/{name}/framed_here={}", asked.is_framed()));
    let rank = asked.around.ranks[number].min(3);
    features.add(format_args!("far/{name}/rank={rank}/{:?}", chain.kind));
    features.add(format_args!("far/{name}/rank={rank}/{event_type}"));
    features.add(format_args!("far/{name}/back={back}/rank={rank}"));
    instead(asked, None, Some(number), "far", &mut features);
    history(asked, number, "far", &mut features);
    features
}

/// What speaks for nobody.
pub(super) fn nobody(asked: &Asked<'_>, mentions: usize) -> Features<'static> {
    let &Asked { reading, sentence, matched, role, found, .. } = asked;
    let tree = asked.tree();
    let frame = &reading.frames.frames()[matched.frame];
    let word = &tree.words[matched.head];
    let name = role.as_str();
    let mut features = Features::new(&WEIGHTS.weights, found.named());
    features.add(format_args!("nobody/{name}"));
    features.add(format_args!("nobody/{name}/type={}", frame.event_type));
    features.add(format_args!("nobody/{name}/frame={}", frame.id));
    features.add(format_args!("nobody/{name}/framed={}", asked.is_framed()));
    features.add(format_args!("nobody/{name}/mentions={}", mentions.min(4)));
    features.add(format_args!("nobody/{name}/xpos={}", word.xpos));
    features.add(format_args!("nobody/{name}/deprel={}", word.deprel));
    features.add(format_args!("nobody/{name}/passive={}", tree.first(matched.head, Deprel::NsubjPass).is_some()));
    features.add(format_args!("nobody/{name}/sentence={}", sentence.min(3)));
    instead(asked, None, None, "nobody", &mut features);
    features
}

/// What the party of a chain has been in the acts told before: who fined once is seldom fined next.
fn history(asked: &Asked<'_>, chain: usize, place: &str, features: &mut Features<'_>) {
    let &Asked { reading, role, found, event_type, .. } = asked;
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

/// What speaks for a word of the trigger's sentence that is taken to stand for `chain`.
pub(super) fn near(asked: &Asked<'_>, word: usize, chain: Option<usize>) -> Features<'static> {
    let &Asked { reading, sentence, matched, role, over, found, .. } = asked;
    let tree = &reading.trees[sentence];
    let predicates = &reading.predicates[sentence];
    let frame = &reading.frames.frames()[matched.frame];
    let event_type = asked.event_type;
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
    if matched.trigger.contains(&word) {
        all.add(format_args!("near/{name}/in_trigger={}", asked.event_type));
    }
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
    let class = if tree.words[matched.head].upos == Upos::Verb { "verb" } else { "noun" };
    all.add(format_args!("near/{name}/slot={class}/{slot}"));
    all.add(format_args!("near/{name}/type_slot={event_type}/{class}/{slot}"));
    if let Some(over) = over {
        all.add(format_args!("near/{name}/over={over}/{slot}"));
        all.add(format_args!("near/{name}/over={over}/{event_type}/{slot}"));
    }
    all.add(format_args!("near/{name}/path={class}/{}", tree.path(matched.head, word)));
    let kind = chain.map_or(EntityKind::Other, |n| reading.chains.chains()[n].kind);
    all.add(format_args!("near/{name}/kind={kind:?}"));
    all.add(format_args!("near/{name}/type_kind={event_type}/{kind:?}"));
    let form = reading.chains.mention(sentence, word).map_or("none", |mention| match mention.form {
        Form::Name => "name",
        Form::Nominal => "nominal",
        Form::Pronoun => "pronoun",
    });
    all.add(format_args!("near/{name}/form={form}"));
    let named = chain.is_some_and(|n| reading.chains.chains()[n].named);
    all.add(format_args!("near/{name}/form={form}/named={named}"));
    all.add(format_args!("near/{name}/type={event_type}/named={named}"));
    all.add(format_args!("near/{name}/kind={kind:?}/named={named}/picked={}", picked.is_some()));
    all.add(format_args!("near/{name}/slot_kind={class}/{slot}/{kind:?}"));
    all.add(format_args!("near/{name}/frame_kind={}/{kind:?}", frame.id));
    let lemma = &tree.words[matched.head].lemma;
    all.add(format_args!("near/{name}/trigger={lemma}/{class}/{slot}"));
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
    instead(asked, Some(word), chain, "near", &mut all);
    governor(asked, word, kind, &mut all);
    neighbours(asked, word, &mut all);
    antecedent(asked, word, chain, &mut all);
    if let Some(chain) = chain {
        history(asked, chain, "near", &mut all);
        let rank = asked.around.ranks[chain].min(3);
        all.add(format_args!("near/{name}/rank={rank}/{kind:?}"));
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

/// What the frame chose for the role, seen from what it did not choose; and whether it chose the same party for the other.
fn instead(asked: &Asked<'_>, word: Option<usize>, chain: Option<usize>, place: &str, features: &mut Features<'_>) {
    let &Asked { reading, sentence, matched, role, event_type, .. } = asked;
    let (chains, name) = (reading.chains, role.as_str());
    let kind = chain.map_or(EntityKind::Other, |number| chains.chains()[number].kind);
    let other = matched
        .arguments
        .iter()
        .any(|argument| argument.role != role && chain.is_some() && chains.index_of(sentence, argument.word) == chain);
    features.add(format_args!("{place}/{name}/other_role={other}"));
    if word.is_some_and(|word| matched.role(role).any(|argument| argument.word == word)) {
        return;
    }
    let Some(chosen) = matched.role(role).next() else { return };
    let theirs =
        chains.index_of(sentence, chosen.word).map_or(EntityKind::Other, |number| chains.chains()[number].kind);
    let lemma = &asked.tree().words[chosen.word].lemma;
    features.add(format_args!("{place}/{name}/instead={theirs:?}/{event_type}"));
    features.add(format_args!("{place}/{name}/instead={theirs:?}/{kind:?}"));
    features.add(format_args!("{place}/{name}/instead={theirs:?}/{kind:?}/{event_type}"));
    if theirs == EntityKind::Other {
        features.add(format_args!("{place}/{name}/instead={lemma}"));
        features.add(format_args!("{place}/{name}/instead={lemma}/{kind:?}"));
    }
}

/// The word that the mention hangs on, and by what: "the case against NAME", "NAME's ban".
fn governor(asked: &Asked<'_>, word: usize, kind: EntityKind, features: &mut Features<'_>) {
    let (tree, name) = (asked.tree(), asked.role.as_str());
    let own = &tree.words[word];
    let Some(above) = own.head else { return };
    let (lemma, relation) = (&tree.words[above].lemma, own.deprel);
    let case = case_of(tree, word).unwrap_or("none");
    features.add(format_args!("near/{name}/on={lemma}/{relation}/{case}"));
    features.add(format_args!("near/{name}/on={lemma}/{relation}/{case}/{kind:?}"));
    features.add(format_args!("near/{name}/case={case}/{}", asked.event_type));
    let chosen = asked.matched.role(asked.role).any(|argument| argument.word == above);
    features.add(format_args!("near/{name}/on_chosen={chosen}/{relation}/{case}"));
}

/// What the mention is to the other acts of the sentence.
fn neighbours(asked: &Asked<'_>, word: usize, features: &mut Features<'_>) {
    let &Asked { reading, matched, role, event_type, .. } = asked;
    let name = role.as_str();
    for (_, other) in asked.around.acts.iter().filter(|(_, other)| other.head != matched.head && other.stands()) {
        let theirs = &reading.frames.frames()[other.frame].event_type;
        for argument in other.arguments.iter().filter(|argument| argument.word == word) {
            let part = argument.role.as_str();
            features.add(format_args!("near/{name}/neighbour={part}"));
            features.add(format_args!("near/{name}/neighbour={theirs}.{part}/{event_type}"));
        }
    }
}

/// How likely the word is to stand for the chain, where it may stand for several.
fn antecedent(asked: &Asked<'_>, word: usize, chain: Option<usize>, features: &mut Features<'_>) {
    let (chains, name) = (asked.reading.chains, asked.role.as_str());
    let Some(mention) = chains.mention(asked.sentence, word) else { return };
    let rivals: Vec<(usize, f32, f64)> = chains.rivals(asked.sentence, word).collect();
    if rivals.is_empty() {
        return;
    }
    let class = coreference::class_of(mention);
    let own = chains.index_of(asked.sentence, word) == chain;
    let Some(rank) = rivals.iter().position(|(rival, _, _)| Some(*rival) == chain) else {
        features.add(format_args!("near/{name}/ante={class}/outside"));
        return;
    };
    let (_, score, share) = rivals[rank];
    let others = rivals.iter().enumerate().filter(|&(other, _)| other != rank).map(|(_, (_, score, _))| *score);
    let gap = score - others.fold(score - 4.0, f32::max);
    let gap = [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0].partition_point(|&bound| bound <= gap);
    let share = [0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9].partition_point(|&bound| bound <= share);
    features.add(format_args!("near/{name}/ante={class}/own={own}"));
    features.add(format_args!("near/{name}/ante={class}/own={own}/rank={rank}"));
    features.add(format_args!("near/{name}/ante={class}/gap={gap}"));
    features.add(format_args!("near/{name}/ante={class}/share={share}"));
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
