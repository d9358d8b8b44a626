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
    linear::{Features, Piece, Told, piece, tell},
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
    /// What many names of features have as a part.
    pieces: Pieces<'r>,
}

/// Parts of the names of features that are the same for every mention that is weighed.
#[derive(Clone, Copy)]
struct Pieces<'r> {
    /// The role.
    name: Piece<'r>,
    event_type: Piece<'r>,
    frame: Piece<'r>,
    /// Dictionary form of the trigger.
    trigger: Piece<'r>,
    /// Whether the trigger is a verb or anything else.
    class: Piece<'r>,
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
        let head = &reading.trees[sentence].words[matched.head];
        // "upheld the fine", not "upheld the ruling and fined".
        let matter = !matches!(head.deprel, Deprel::Conj | Deprel::Parataxis | Deprel::Advcl | Deprel::AclRelcl);
        let governor = head.head.filter(|_| matter);
        let over = around
            .acts
            .iter()
            .find(|(_, other)| other.stands() && Some(other.head) == governor)
            .map(|(_, other)| reading.frames.frames()[other.frame].event_type.as_str());
        let frame = &reading.frames.frames()[matched.frame];
        let event_type = frame.event_type.as_str();
        let pieces = Pieces {
            name: Piece::new(role.as_str()),
            event_type: Piece::new(event_type),
            frame: Piece::new(&frame.id),
            trigger: Piece::new(&head.lemma),
            class: Piece::new(if head.upos == Upos::Verb { "verb" } else { "noun" }),
        };
        Self { reading, around, sentence, matched, role, found, over, event_type, pieces }
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
    let &Asked { reading, sentence, matched, found, pieces: Pieces { name, event_type, .. }, .. } = asked;
    let chain = &reading.chains.chains()[number];
    let kind = chain.kind.piece();
    let back = (sentence - last.sentence).min(SENTENCES_BACK_MAX + 1);
    let salience = chain.mentions.len().min(8);
    let subject = matches!(reading.trees[last.sentence].words[last.head].deprel, Deprel::Nsubj | Deprel::NsubjPass);
    let mut features = Features::new(&WEIGHTS.weights, found.named());
    tell!(features, "far/" name);
    tell!(features, "far/" name "/type=" event_type);
    tell!(features, "far/" name "/kind=" kind);
    tell!(features, "far/" name "/type_kind=" event_type "/" kind);
    tell!(features, "far/" name "/back=" back);
    tell!(features, "far/" name "/salience=" salience);
    tell!(features, "far/" name "/first=" (last.sentence == 0 || number < 2));
    tell!(features, "far/" name "/named=" (chain.named));
    tell!(features, "far/" name "/subject=" subject);
    tell!(features, "far/" name "/noun_trigger=" (asked.tree().words[matched.head].upos != Upos::Verb));
    tell!(features, "far/" name "/framed_here=" (asked.is_framed()));
    let rank = asked.around.ranks[number].min(3);
    tell!(features, "far/" name "/rank=" rank "/" kind);
    tell!(features, "far/" name "/rank=" rank "/" event_type);
    tell!(features, "far/" name "/back=" back "/rank=" rank);
    instead(asked, None, Some(number), piece!("far"), &mut features);
    history(asked, number, piece!("far"), &mut features);
    features
}

/// What speaks for nobody.
pub(super) fn nobody(asked: &Asked<'_>, mentions: usize) -> Features<'static> {
    let &Asked { sentence, matched, found, pieces: Pieces { name, event_type, frame, .. }, .. } = asked;
    let tree = asked.tree();
    let word = &tree.words[matched.head];
    let mut features = Features::new(&WEIGHTS.weights, found.named());
    tell!(features, "nobody/" name);
    tell!(features, "nobody/" name "/type=" event_type);
    tell!(features, "nobody/" name "/frame=" frame);
    tell!(features, "nobody/" name "/framed=" (asked.is_framed()));
    tell!(features, "nobody/" name "/mentions=" (mentions.min(4)));
    tell!(features, "nobody/" name "/xpos=" (word.xpos));
    tell!(features, "nobody/" name "/deprel=" (word.deprel));
    tell!(features, "nobody/" name "/passive=" (tree.first(matched.head, Deprel::NsubjPass).is_some()));
    tell!(features, "nobody/" name "/sentence=" (sentence.min(3)));
    instead(asked, None, None, piece!("nobody"), &mut features);
    features
}

/// What the party of a chain has been in the acts told before: who fined once is seldom fined next.
fn history(asked: &Asked<'_>, chain: usize, place: Piece<'_>, features: &mut Features<'_>) {
    let &Asked { reading, found, event_type: own_type, pieces: Pieces { name, event_type, .. }, .. } = asked;
    let held = |parties: &[Party]| parties.iter().any(|party| party.chain == Some(chain));
    let count = |same_type: bool, actor: bool| found.parts(chain, actor, same_type.then_some(own_type)).min(2);
    tell!(features, place "/" name "/acted=" (count(false, true)) "/was_target=" (count(false, false)));
    tell!(features, place "/" name "/same_acted=" (count(true, true)) "/same_target=" (count(true, false)));
    let last = found.acts().last().filter(|earlier| held(&earlier.actors) || held(&earlier.targets));
    let last = last.map_or("none", |earlier| if held(&earlier.actors) { "actor" } else { "target" });
    tell!(features, place "/" name "/last=" last);
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
        tell!(features, place "/" name "/part=" theirs "." part "/" event_type);
        tell!(features, place "/" name "/part=" part "/" event_type);
        tell!(features, place "/" name "/part=" part "/back=" (back.min(4)));
    }
    let party = &reading.chains.chains()[chain];
    let title = party
        .mentions
        .first()
        .is_some_and(|&mention| reading.trees[reading.chains.mentions()[mention].sentence].block == BlockKind::Title);
    tell!(features, place "/" name "/title=" title "/" (party.named));
}

/// What speaks for a word of the trigger's sentence that is taken to stand for `chain`.
pub(super) fn near(asked: &Asked<'_>, word: usize, chain: Option<usize>) -> Features<'static> {
    let &Asked { reading, sentence, matched, role, over, found, .. } = asked;
    let Pieces { name, event_type, frame, trigger, class } = asked.pieces;
    let tree = &reading.trees[sentence];
    let predicates = &reading.predicates[sentence];
    let mut all = Features::new(&WEIGHTS.weights, found.named());
    tell!(all, "near/" name);
    tell!(all, "near/" name "/type=" event_type);
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
    tell!(all, "near/" name "/pick=" (&pick));
    tell!(all, "near/" name "/picked=" (picked.is_some()) "/" event_type);
    tell!(all, "near/" name "/frame=" frame "/" (picked.is_some()));
    if matched.trigger.contains(&word) {
        tell!(all, "near/" name "/in_trigger=" event_type);
    }
    let opposite = matched.arguments.iter().any(|argument| argument.word == word && argument.role != role);
    tell!(all, "near/" name "/elsewhere=" opposite);
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
    let slot = Piece::new(&slot);
    tell!(all, "near/" name "/slot=" class "/" slot);
    tell!(all, "near/" name "/type_slot=" event_type "/" class "/" slot);
    if let Some(over) = over {
        tell!(all, "near/" name "/over=" over "/" slot);
        tell!(all, "near/" name "/over=" over "/" event_type "/" slot);
    }
    tell!(all, "near/" name "/path=" class "/" (&tree.path(matched.head, word)));
    let entity_kind = chain.map_or(EntityKind::Other, |n| reading.chains.chains()[n].kind);
    let kind = entity_kind.piece();
    tell!(all, "near/" name "/kind=" kind);
    tell!(all, "near/" name "/type_kind=" event_type "/" kind);
    let form = reading.chains.mention(sentence, word).map_or("none", |mention| match mention.form {
        Form::Name => "name",
        Form::Nominal => "nominal",
        Form::Pronoun => "pronoun",
    });
    tell!(all, "near/" name "/form=" form);
    let named = chain.is_some_and(|n| reading.chains.chains()[n].named);
    tell!(all, "near/" name "/form=" form "/named=" named);
    tell!(all, "near/" name "/type=" event_type "/named=" named);
    tell!(all, "near/" name "/kind=" kind "/named=" named "/picked=" (picked.is_some()));
    tell!(all, "near/" name "/slot_kind=" class "/" slot "/" kind);
    tell!(all, "near/" name "/frame_kind=" frame "/" kind);
    tell!(all, "near/" name "/trigger=" trigger "/" class "/" slot);
    tell!(all, "near/" name "/below=" (tree.dominates(matched.head, word)));
    tell!(all, "near/" name "/same_clause=" (clause_of(tree, word) == clause_of(tree, matched.head)));
    tell!(all, "near/" name "/time=" (is_time(&tree.words[word].lemma)));
    let distance = matched.head.abs_diff(word);
    let bucket = match distance {
        0..=2 => "2",
        3..=5 => "5",
        6..=10 => "10",
        11..=20 => "20",
        _ => "far",
    };
    tell!(all, "near/" name "/distance=" (if word < matched.head { "before" } else { "after" }) "/" bucket);
    tell!(all, "near/" name "/own=" (tree.words[word].deprel));
    if form == "nominal" {
        let lemma = tree.words[word].lemma.to_lowercase();
        let lemma = Piece::new(&lemma);
        tell!(all, "near/" name "/lemma=" lemma);
        tell!(all, "near/" name "/lemma=" lemma "/" event_type);
    }
    instead(asked, Some(word), chain, piece!("near"), &mut all);
    governor(asked, word, kind, &mut all);
    neighbours(asked, word, &mut all);
    antecedent(asked, word, chain, &mut all);
    if let Some(chain) = chain {
        history(asked, chain, piece!("near"), &mut all);
        let rank = asked.around.ranks[chain].min(3);
        tell!(all, "near/" name "/rank=" rank "/" kind);
        let salience = reading.chains.chains()[chain].mentions.len().min(6);
        tell!(all, "near/" name "/salience=" salience);
    }
    let called = reading.chains.mention(sentence, word).map_or("", |mention| mention.name.as_str());
    tell!(all, "near/" name "/medium=" (reading.gazetteer.is_medium(called)));
    if let Some(governor) = tree.words[word].head {
        let says = reading.frames.attribution().verbs.contains(&reading.forms[sentence][governor]);
        tell!(all, "near/" name "/says=" (says && tree.words[word].deprel == Deprel::Nsubj && governor != matched.head));
    }
    all
}

/// What the frame chose for the role, seen from what it did not choose; and whether it chose the same party for the other.
fn instead(
    asked: &Asked<'_>,
    word: Option<usize>,
    chain: Option<usize>,
    place: Piece<'_>,
    features: &mut Features<'_>,
) {
    let &Asked { reading, sentence, matched, role, pieces: Pieces { name, event_type, .. }, .. } = asked;
    let chains = reading.chains;
    let other = matched
        .arguments
        .iter()
        .any(|argument| argument.role != role && chain.is_some() && chains.index_of(sentence, argument.word) == chain);
    tell!(features, place "/" name "/other_role=" other);
    if word.is_some_and(|word| matched.role(role).any(|argument| argument.word == word)) {
        return;
    }
    let Some(chosen) = matched.role(role).next() else { return };
    let kind_of = |chain: Option<usize>| chain.map_or(EntityKind::Other, |number| chains.chains()[number].kind);
    let their_kind = kind_of(chains.index_of(sentence, chosen.word));
    let own_kind = kind_of(chain);
    let (kind, theirs) = (own_kind.piece(), their_kind.piece());
    tell!(features, place "/" name "/instead=" theirs "/" event_type);
    tell!(features, place "/" name "/instead=" theirs "/" kind);
    tell!(features, place "/" name "/instead=" theirs "/" kind "/" event_type);
    if their_kind == EntityKind::Other {
        let lemma = Piece::new(&asked.tree().words[chosen.word].lemma);
        tell!(features, place "/" name "/instead=" lemma);
        tell!(features, place "/" name "/instead=" lemma "/" kind);
    }
}

/// The word that the mention hangs on, and by what: "the case against NAME", "NAME's ban".
fn governor(asked: &Asked<'_>, word: usize, kind: Piece<'_>, features: &mut Features<'_>) {
    let (tree, Pieces { name, event_type, .. }) = (asked.tree(), asked.pieces);
    let own = &tree.words[word];
    let Some(above) = own.head else { return };
    let (lemma, relation) = (Piece::new(&tree.words[above].lemma), own.deprel.piece());
    let case = Piece::new(case_of(tree, word).unwrap_or("none"));
    tell!(features, "near/" name "/on=" lemma "/" relation "/" case);
    tell!(features, "near/" name "/on=" lemma "/" relation "/" case "/" kind);
    tell!(features, "near/" name "/case=" case "/" event_type);
    let chosen = asked.matched.role(asked.role).any(|argument| argument.word == above);
    tell!(features, "near/" name "/on_chosen=" chosen "/" relation "/" case);
}

/// What the mention is to the other acts of the sentence.
fn neighbours(asked: &Asked<'_>, word: usize, features: &mut Features<'_>) {
    let &Asked { reading, matched, pieces: Pieces { name, event_type, .. }, .. } = asked;
    for (_, other) in asked.around.acts.iter().filter(|(_, other)| other.head != matched.head && other.stands()) {
        let theirs = &reading.frames.frames()[other.frame].event_type;
        for argument in other.arguments.iter().filter(|argument| argument.word == word) {
            let part = argument.role.as_str();
            tell!(features, "near/" name "/neighbour=" part);
            tell!(features, "near/" name "/neighbour=" theirs "." part "/" event_type);
        }
    }
}

/// How likely the word is to stand for the chain, where it may stand for several.
fn antecedent(asked: &Asked<'_>, word: usize, chain: Option<usize>, features: &mut Features<'_>) {
    let (chains, Pieces { name, .. }) = (asked.reading.chains, asked.pieces);
    let Some(mention) = chains.mention(asked.sentence, word) else { return };
    let rivals: Vec<(usize, f32, f64)> = chains.rivals(asked.sentence, word).collect();
    if rivals.is_empty() {
        return;
    }
    let class = coreference::class_of(mention);
    let own = chains.index_of(asked.sentence, word) == chain;
    let Some(rank) = rivals.iter().position(|(rival, _, _)| Some(*rival) == chain) else {
        tell!(features, "near/" name "/ante=" class "/outside");
        return;
    };
    let (_, score, share) = rivals[rank];
    let others = rivals.iter().enumerate().filter(|&(other, _)| other != rank).map(|(_, (_, score, _))| *score);
    let gap = score - others.fold(score - 4.0, f32::max);
    let gap = [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0].partition_point(|&bound| bound <= gap);
    let share = [0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9].partition_point(|&bound| bound <= share);
    tell!(features, "near/" name "/ante=" class "/own=" own);
    tell!(features, "near/" name "/ante=" class "/own=" own "/rank=" rank);
    tell!(features, "near/" name "/ante=" class "/gap=" gap);
    tell!(features, "near/" name "/ante=" class "/share=" share);
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
