//! Event coreference: whether two candidates of one type tell the same act.
//!
//! A logistic model weighs what the two have in common and what speaks against it: parties, sums, dates, certainty, the
//! trigger, and where in the document they stand (a headline tells again what the text tells). The method is the
//! mention-pair model of event coreference (Chen and Ji, 2009); the weights stand in `data/model/same.json`, fitted by
//! `training/same.py`. A user's own types are compared by rule: the weights know nothing of them.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::{
    document::BlockKind,
    events::{
        Amount, Candidate, EntityKind, EventType, Factuality, PartialDate,
        reading::{Party, Reading},
    },
    frames::Role,
    linear::{self, Features, Piece, Told, tell},
    syntax::{Deprel, Tree, Upos},
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weights {
    bias: f64,
    weights: linear::Weights,
}

static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| linear::embedded(include_str!("../../data/model/same.json")));

/// Reads the weights, where they have not been read.
pub(super) fn ready() {
    LazyLock::force(&WEIGHTS);
}

/// Probability that `later` tells the act of `earlier` again: 0 for acts of two types, 1 for two words of a sentence that have
/// the words for their sum in common. Of the others, what is not `weighed` and acts of a user's own type go by rule.
pub(super) fn probability(reading: &Reading<'_>, earlier: &Candidate, later: &Candidate, weighed: bool) -> f64 {
    if earlier.event.event_type != later.event.event_type {
        return 0.0;
    }
    // "will pay a fine of 2 million": words for a sum tell one act, whoever the two triggers were given as parties.
    let triggers = earlier.sentence == later.sentence && earlier.matched.head != later.matched.head;
    if triggers && share_sum_words(earlier, later) == Some(true) {
        return 1.0;
    }
    let common = Common::of(earlier, later);
    if !weighed || matches!(earlier.event.event_type, EventType::Custom(_)) {
        return f64::from(u8::from(common.agrees()));
    }
    linear::logistic(WEIGHTS.bias + features(reading, earlier, later, &common, false).sum())
}

/// What speaks for and against two candidates of one type being one act, by name.
pub fn names(reading: &Reading<'_>, earlier: &Candidate, later: &Candidate) -> Vec<String> {
    features(reading, earlier, later, &Common::of(earlier, later), true).into_names()
}

/// How what two candidates tell of one thing (a role, the sum, the date) stands to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    /// Neither tells it.
    None,
    /// The earlier one alone tells it.
    Earlier,
    /// The later one alone tells it.
    Later,
    /// Both tell the same.
    Same,
    /// Some of what they tell is the same.
    Meet,
    /// Dates of which one is told less exactly.
    Compatible,
    /// Dates of one month.
    SameMonth,
    /// A state, and a party of it.
    State,
    /// Others, one of them by a mere description.
    Described,
    /// Others.
    Clash,
}

impl Told for Relation {
    fn piece(&self) -> Piece<'_> {
        Piece::new(match self {
            Self::None => "none",
            Self::Earlier => "earlier",
            Self::Later => "later",
            Self::Same => "same",
            Self::Meet => "meet",
            Self::Compatible => "compatible",
            Self::SameMonth => "same_month",
            Self::State => "state",
            Self::Described => "described",
            Self::Clash => "clash",
        })
    }
}

/// What two candidates have in common, and what speaks against their being one act.
struct Common {
    targets: Relation,
    actors: Relation,
    sums: Relation,
    dates: Relation,
    /// Whether one is denied and the other told.
    denied: bool,
    /// Whether one of them tells no target.
    untold: bool,
}

impl Common {
    fn of(a: &Candidate, b: &Candidate) -> Self {
        let denied = |c: &Candidate| c.event.factuality == Factuality::Denied;
        Self {
            targets: parties(&a.targets, &b.targets),
            actors: parties(&a.actors, &b.actors),
            sums: sums(a, b),
            dates: dates(a.event.occurred, b.event.occurred),
            denied: denied(a) != denied(b),
            untold: a.targets.is_empty() || b.targets.is_empty(),
        }
    }

    /// No contradiction in parties, sum, date or denial, and something in common.
    fn agrees(&self) -> bool {
        let meet = |relation| matches!(relation, Relation::Same | Relation::Meet);
        let clash = |relation| {
            matches!(relation, Relation::State | Relation::Described | Relation::SameMonth | Relation::Clash)
        };
        if self.denied || [self.targets, self.actors, self.sums, self.dates].into_iter().any(clash) {
            return false;
        }
        meet(self.targets) || self.sums == Relation::Same || (meet(self.actors) && self.untold)
    }
}

fn features(
    reading: &Reading<'_>,
    earlier: &Candidate,
    later: &Candidate,
    common: &Common,
    named: bool,
) -> Features<'static> {
    let event_type = later.event.event_type.as_str();
    let Common { targets, actors, sums, dates, .. } = common;
    let trees = (&reading.trees[earlier.sentence], &reading.trees[later.sentence]);
    let title = trees.0.block == BlockKind::Title || trees.1.block == BlockKind::Title;
    let apart = match later.sentence.abs_diff(earlier.sentence) {
        0 => "0",
        1 => "1",
        2..=3 => "3",
        4..=7 => "7",
        _ => "far",
    };
    let trigger = |candidate: &Candidate, tree: &Tree| tree.words[candidate.matched.head].lemma.to_lowercase();
    let same_trigger = trigger(earlier, trees.0) == trigger(later, trees.1);
    let noun = trees.1.words[later.matched.head].upos != Upos::Verb;
    let determiner = trees.1.first(later.matched.head, Deprel::Det).map(|d| trees.1.words[d].lemma.to_lowercase());
    let definite = match determiner.as_deref() {
        Some("the" | "that" | "this" | "both") => "definite",
        Some(_) => "indefinite",
        None if trees.1.first(later.matched.head, Deprel::NmodPoss).is_some() => "possessed",
        None => "bare",
    };
    let mut all = Features::new(&WEIGHTS.weights, named);
    let agree = common.agrees();
    tell!(all, "agree=" agree);
    tell!(all, "agree=" agree "/type=" event_type);
    tell!(all, "agree=" agree "/apart=" apart);
    tell!(all, "agree=" agree "/title=" title);
    tell!(all, "agree=" agree "/same_trigger=" same_trigger);
    tell!(all, "agree=" agree "/noun=" noun "/" definite);
    tell!(all, "type=" event_type);
    tell!(all, "targets=" targets);
    tell!(all, "actors=" actors);
    tell!(all, "targets=" targets "/actors=" actors);
    tell!(all, "type=" event_type "/targets=" targets);
    tell!(all, "type=" event_type "/actors=" actors);
    tell!(all, "sums=" sums);
    tell!(all, "sums=" sums "/targets=" targets);
    tell!(all, "dates=" dates);
    tell!(all, "dates=" dates "/targets=" targets);
    tell!(all, "dates=" dates "/same_trigger=" same_trigger);
    tell!(all, "title=" title);
    tell!(all, "title=" title "/targets=" targets);
    tell!(all, "title=" title "/actors=" actors);
    tell!(all, "apart=" apart);
    tell!(all, "apart=" apart "/targets=" targets);
    tell!(all, "same_trigger=" same_trigger);
    tell!(all, "same_trigger=" same_trigger "/type=" event_type);
    tell!(all, "noun=" noun "/" definite);
    tell!(all, "noun=" noun "/" definite "/targets=" targets);
    tell!(all, "certainty=" (earlier.event.factuality.as_str()) "/" (later.event.factuality.as_str()));
    tell!(all, "same_certainty="(earlier.event.factuality == later.event.factuality));
    tell!(all, "background=" (earlier.event.background) "/" (later.event.background));
    if earlier.sentence == later.sentence {
        let stands = stand(trees.0, earlier, later);
        tell!(all, "tree=" stands);
        tell!(all, "tree=" stands "/type=" event_type);
        tell!(all, "tree=" stands "/targets=" targets);
        let sum_word = match share_sum_words(earlier, later) {
            Some(true) => "same",
            Some(false) => "other",
            None => "untold",
        };
        tell!(all, "sum_word=" sum_word "/tree=" stands);
    }
    for (role, mine, theirs) in
        [("target", &earlier.targets, &later.targets), ("actor", &earlier.actors, &later.actors)]
    {
        if let (Some(mine), Some(theirs)) = (mine.first(), theirs.first()) {
            tell!(all, role "_described=" (is_described(mine)) "/" (is_described(theirs)));
            all.add(format_args!("{role}_kinds={:?}/{:?}", mine.kind, theirs.kind));
        }
    }
    all
}

/// How the triggers of two candidates of one sentence stand to each other in its tree: "pay" and the "fine" that is its
/// object tell one act, two coordinated verbs two.
fn stand(tree: &Tree, earlier: &Candidate, later: &Candidate) -> &'static str {
    let (a, b) = (earlier.matched.head, later.matched.head);
    let under = |below: usize, above: usize| tree.words[below].head == Some(above);
    let object =
        |word: usize| matches!(tree.words[word].deprel, Deprel::Obj | Deprel::Nsubj | Deprel::NsubjPass | Deprel::Obl);
    if a == b {
        "one"
    } else if (under(a, b) && object(a)) || (under(b, a) && object(b)) {
        "argument"
    } else if under(a, b) || under(b, a) {
        "below"
    } else if tree.dominates(a, b) || tree.dominates(b, a) {
        "far_below"
    } else {
        "apart"
    }
}

/// Whether two candidates of one sentence have the words for their sum in common; none unless both have a sum.
fn share_sum_words(earlier: &Candidate, later: &Candidate) -> Option<bool> {
    let word = |candidate: &Candidate| candidate.matched.role(Role::Amount).next().map(|argument| argument.word);
    Some(word(earlier)? == word(later)?)
}

/// How the parties of one role of two candidates stand to each other.
fn parties(a: &[Party], b: &[Party]) -> Relation {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => Relation::None,
        (true, false) => Relation::Later,
        (false, true) => Relation::Earlier,
        (false, false) if overlap(a, b) => {
            if a.len() == b.len() && a.iter().all(|x| overlap(std::slice::from_ref(x), b)) {
                Relation::Same
            } else {
                Relation::Meet
            }
        }
        (false, false) => {
            let state = |party: &Party| party.kind == EntityKind::Country;
            let home = |a: &Party, b: &Party| a.country.is_some() && a.country == b.country;
            let pairs = || a.iter().flat_map(|x| b.iter().map(move |y| (x, y)));
            // "Norway fines Pulsar" of what its data authority did.
            if pairs().any(|(x, y)| home(x, y) && (state(x) || state(y))) {
                Relation::State
            } else if pairs().any(|(x, y)| is_described(x) || is_described(y)) {
                Relation::Described
            } else {
                Relation::Clash
            }
        }
    }
}

/// Whether all that is known of the party is a description ("the firm's partners").
fn is_described(party: &Party) -> bool {
    party.entity_id.starts_with("name:") && party.name.chars().next().is_none_or(char::is_lowercase)
}

fn sums(a: &Candidate, b: &Candidate) -> Relation {
    match (a.tells_sum(), b.tells_sum()) {
        (false, false) => Relation::None,
        (false, true) => Relation::Later,
        (true, false) => Relation::Earlier,
        (true, true) if same_sum(a, b) => Relation::Same,
        (true, true) => Relation::Clash,
    }
}

fn dates(a: Option<PartialDate>, b: Option<PartialDate>) -> Relation {
    match (a, b) {
        (None, None) => Relation::None,
        (Some(_), None) => Relation::Earlier,
        (None, Some(_)) => Relation::Later,
        (Some(a), Some(b)) if a == b => Relation::Same,
        (Some(a), Some(b)) if compatible(a, b) => Relation::Compatible,
        (Some(a), Some(b)) if a.year == b.year && a.month == b.month => Relation::SameMonth,
        _ => Relation::Clash,
    }
}

fn overlap(a: &[Party], b: &[Party]) -> bool {
    a.iter().any(|x| b.iter().any(|y| x.entity_id == y.entity_id || (x.chain.is_some() && x.chain == y.chain)))
}

fn same_sum(a: &Candidate, b: &Candidate) -> bool {
    let same = |x: &Amount, y: &Amount| x == y || x.is_rounded(y) || y.is_rounded(x);
    a.event.amounts.iter().any(|x| b.event.amounts.iter().any(|y| same(x, y)))
}

fn compatible(a: PartialDate, b: PartialDate) -> bool {
    a.year == b.year
        && (a.month.is_none() || b.month.is_none() || a.month == b.month)
        && (a.day.is_none() || b.day.is_none() || a.day == b.day)
}

#[cfg(test)]
mod tests {
    use super::WEIGHTS;
    use crate::{
        document::{InputForm, Metadata, decode},
        pipeline::Extractor,
    };

    /// How many events of a type `text` tells.
    fn check(text: &str, event_type: &str, wanted: usize) {
        let extractor = Extractor::embedded().expect("the embedded data");
        let (document, _) = decode(text.as_bytes(), InputForm::Text, Metadata::default()).expect("plain text");
        let events = extractor.extract(&document).events;
        let told = events.iter().filter(|event| event.event_type.as_str() == event_type).count();
        assert_eq!(told, wanted, "{text}");
    }

    #[test]
    fn the_embedded_weights_are_read() {
        assert!(!WEIGHTS.weights.is_empty());
    }

    #[test]
    fn an_act_told_again_is_one_event() {
        let again = "Court fines Zentora\n\nA Tallinn court on Monday fined Zentora 2 million euros. The fine of 2 million \
                     euros is the second this year, the court said.";
        check(again, "FINE", 1);
        check("Norway fines Zentora\n\nNorway's data watchdog fined Zentora 22 million crowns on Monday.", "FINE", 1);
    }

    #[test]
    fn words_for_a_sum_tell_one_act() {
        check("Founder Ana Lima will pay a fine of 50 million euros imposed on Zentora.", "FINE", 1);
        check("Founder Ana Lima forfeited a fine of 50 million euros to Latvia.", "FINE", 1);
        let guilty = "Its founder Ana Lima pleaded guilty and will pay a fine of 50 million euros";
        check(&format!("{guilty} for the company's violations."), "FINE", 1);
        // The company's own sum is another act.
        check(&format!("Zentora agreed to pay $4.3 billion to settle a criminal case. {guilty}."), "FINE", 2);
    }

    #[test]
    fn acts_that_differ_in_party_or_sum_are_several_events() {
        check("A court fined Zentora 2 million euros. It fined Morvane 3 million euros, too.", "FINE", 2);
        check("In 2020 the court fined Zentora 2 million euros. In 2021 it fined Zentora 9 million euros.", "FINE", 2);
        check("Belarus banned Zentora in 2020. Latvia banned Morvane in 2021.", "BAN", 2);
    }
}
