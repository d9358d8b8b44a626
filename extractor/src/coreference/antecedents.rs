//! Which of its possible antecedents a nominal or pronoun takes: the hand-set score tells which are possible at all and
//! whether any is good enough; of those a nominal takes the best, and a pronoun what a log-linear model chooses. The
//! weights stand in `data/model/antecedents.json`, fitted by `training/antecedents.py`.

use std::{cmp::Reverse, sync::LazyLock};

use serde::Deserialize;

use super::deeds::{Deed, deed};
use super::ranking::{Context, Place, State, barred, clause_subject, is_subject};
use super::resolver::Resolver;
use crate::document::BlockKind;
use crate::gazetteer::EntityKind;
use crate::linear::{self, Features, Piece, Told, tell};
use crate::names::{Form, Mention, Number};
use crate::syntax::Tree;

/// Ranks from here on are as one.
const RANKS: usize = 3;

/// The likeliest antecedents that are kept for each mention.
const RIVALS_MAX: usize = 3;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weights {
    /// What the hand-set score counts beside the features.
    scale: f64,
    weights: linear::Weights,
}

static WEIGHTS: LazyLock<Weights> =
    LazyLock::new(|| linear::embedded(include_str!("../../data/model/antecedents.json")));

/// Reads the weights, where they have not been read.
pub(super) fn ready() {
    LazyLock::force(&WEIGHTS);
}

/// The possible antecedents of a mention.
#[derive(Clone, Debug)]
pub struct Weighed {
    /// Index of the mention.
    pub mention: usize,
    /// What was weighed.
    pub antecedents: Vec<Antecedent>,
}

/// What a mention may stand for.
#[derive(Clone, Debug)]
pub struct Antecedent {
    /// Index of the latest mention of its chain.
    pub mention: usize,
    /// The hand-set score.
    pub score: f32,
    /// What speaks for and against it.
    pub features: Vec<String>,
}

/// One of the likeliest antecedents of a mention.
#[derive(Clone, Debug)]
pub(crate) struct Rival {
    /// Latest mention of its chain.
    pub(crate) last: usize,
    /// The hand-set score.
    pub(crate) score: f32,
    /// Its share among all.
    pub(crate) share: f64,
}

/// A chain that a mention may stand for.
struct Possible<'r> {
    cluster: usize,
    state: &'r State,
    place: Place<'r>,
    score: f32,
}

/// What was found among the chains that a mention may stand for.
pub(super) struct Best {
    /// The likeliest chain.
    cluster: usize,
    /// The highest hand-set score, which any of them may have.
    score: f32,
}

impl Resolver<'_> {
    /// The chain that a mention most likely stands for, where one has a hand-set score of `least` or more.
    pub(super) fn best(&mut self, index: usize, least: f32) -> Option<usize> {
        self.weigh(index).filter(|best| best.score >= least).map(|best| best.cluster)
    }

    /// Weighs the chains that a mention may stand for, and keeps the likeliest as its rivals.
    pub(super) fn weigh(&mut self, index: usize) -> Option<Best> {
        let options = self.possible(index);
        // What alone can be meant is likely meant.
        let alone = if options.iter().filter(|option| option.place.distance <= 5).count() == 1 { 0.6 } else { 0.0 };
        let most = options.iter().map(|option| option.score).fold(f32::NEG_INFINITY, f32::max);
        let named = self.weighed.is_some();
        let features: Vec<Features<'_>> =
            (0..options.len()).map(|place| self.features(index, &options, place, named)).collect();
        let scores: Vec<f64> = options
            .iter()
            .zip(&features)
            .map(|(option, features)| WEIGHTS.scale * f64::from(option.score) + features.sum())
            .collect();
        let mut ranked: Vec<usize> = (0..options.len()).collect();
        ranked.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        let shares = linear::softmax(&scores);
        let rivals = ranked.iter().take(RIVALS_MAX).map(|&place| Rival {
            last: options[place].state.last,
            score: options[place].score,
            share: shares[place],
        });
        let rivals: Vec<Rival> = rivals.collect();
        let told = options.iter().zip(features).map(|(option, features)| Antecedent {
            mention: option.state.last,
            score: option.score,
            features: features.into_names(),
        });
        let weighed = named.then(|| Weighed { mention: index, antecedents: told.collect() });
        let best = ranked.first().map(|&place| Best { cluster: options[place].cluster, score: most + alone });
        self.rivals.insert(index, rivals);
        if let (Some(all), Some(weighed)) = (&mut self.weighed, weighed) {
            all.push(weighed);
        }
        best
    }

    /// The chains that a mention can stand for, the latest first.
    fn possible(&self, index: usize) -> Vec<Possible<'_>> {
        let mention = &self.mentions[index];
        let tree = &self.trees[mention.sentence];
        let noun = mention.noun.as_deref().and_then(|noun| self.gazetteer.noun(noun));
        let context = Context { tree, mention, noun, told: self.told[mention.sentence], gazetteer: self.gazetteer };
        let subject = clause_subject(tree, mention.head);
        let mut found = Vec::new();
        for &cluster in self.parties.iter().rev().chain(self.others.iter().rev()) {
            let Some(state) = self.states.get(cluster) else { continue };
            let last = &self.mentions[state.last];
            let here: Vec<usize> =
                self.here.get(&cluster).into_iter().flatten().map(|&m| self.mentions[m].head).collect();
            let place = Place {
                distance: self.told[mention.sentence] - self.told[last.sentence],
                last,
                barred: here.iter().any(|&head| barred(tree, head, mention.head) || subject == Some(head)),
                here,
            };
            if let Some(score) = context.score(state, &place) {
                found.push(Possible { cluster, state, place, score });
            }
        }
        found
    }

    /// What speaks for one of the options.
    fn features(&self, index: usize, options: &[Possible<'_>], at: usize, named: bool) -> Features<'static> {
        let mention = &self.mentions[index];
        let tree = &self.trees[mention.sentence];
        let option = &options[at];
        let (state, place) = (option.state, &option.place);
        let class = Piece::new(class_of(mention));
        let kind = state.kind.piece();
        let distance = place.distance.min(6);
        let mut all = Features::new(&WEIGHTS.weights, named);
        if mention.form != Form::Pronoun {
            return all;
        }
        tell!(all, class "/distance=" distance);
        tell!(all, class "/kind=" kind "/" (state.named));
        tell!(all, class "/kind=" kind "/" distance);
        tell!(all, class "/sure=" (state.sure) "/" kind);
        let number = match state.number {
            Number::Singular => "Singular",
            Number::Plural => "Plural",
        };
        tell!(all, class "/number=" (number));
        tell!(all, class "/count=" (state.count.min(6)));
        tell!(all, class "/lead=" (state.lead) "/source=" (state.source));
        tell!(all, class "/medium=" (state.medium));
        tell!(all, class "/voice=" (self.voice == Some(option.cluster)));
        let subject = state.subject.map_or(4, |told| (self.told[mention.sentence] - told).min(3));
        tell!(all, class "/subject=" subject);
        tell!(all, class "/subject=" subject "/" distance);
        self.rank_features(class, options, at, &mut all);
        self.last_features(class, mention, place, &mut all);
        deed_features(class, tree, mention, state, &mut all);
        if place.distance == 0 {
            self.sentence_features(class, tree, mention, place, &mut all);
        }
        all
    }

    /// How the option stands to the others.
    fn rank_features(&self, class: Piece<'_>, options: &[Possible<'_>], at: usize, all: &mut Features<'_>) {
        let option = &options[at];
        let rules = |kind: EntityKind| matches!(kind, EntityKind::Authority | EntityKind::Country);
        let rank =
            |ahead: &dyn Fn(&Possible<'_>) -> bool| options.iter().filter(|other| ahead(other)).count().min(RANKS);
        let score = rank(&|other| other.score > option.score);
        let count = rank(&|other| other.state.count > option.state.count);
        let latest = |other: &Possible<'_>| (Reverse(other.place.distance), other.place.last.head);
        let recent = rank(&|other| latest(other) > latest(option));
        let alike =
            rank(&|other| latest(other) > latest(option) && rules(other.state.kind) == rules(option.state.kind));
        tell!(all, class "/score_rank=" score);
        tell!(all, class "/count_rank=" count);
        tell!(all, class "/recent_rank=" recent);
        tell!(all, class "/alike_rank=" alike "/" (option.state.kind));
        tell!(all, class "/ranks=" score "/" count);
    }

    /// What its latest mention was and did.
    fn last_features(&self, class: Piece<'_>, mention: &Mention, place: &Place<'_>, all: &mut Features<'_>) {
        let (tree, last) = (&self.trees[mention.sentence], place.last);
        let there = &self.trees[last.sentence];
        let distance = place.distance.min(2);
        let (own, theirs) = (tree.words[mention.head].deprel.piece(), there.words[last.head].deprel.piece());
        tell!(all, class "/theirs=" theirs "/" distance);
        tell!(all, class "/parallel=" own "/" theirs);
        let form = match last.form {
            Form::Name => "Name",
            Form::Nominal => "Nominal",
            Form::Pronoun => "Pronoun",
        };
        tell!(all, class "/form=" form "/" distance);
        let again = last.text.eq_ignore_ascii_case(&mention.text);
        tell!(all, class "/again=" again "/" distance);
        let root = there.words[last.head].head.is_some_and(|head| there.words[head].head.is_none());
        tell!(all, class "/main=" (root && is_subject(there, last.head)) "/" distance);
        let title = there.block == BlockKind::Title;
        tell!(all, class "/title=" title);
        // Which of the parties of its sentence it is.
        let before = self
            .in_sentence(last.sentence)
            .filter(|&other| self.mentions[other].head < last.head)
            .filter(|&other| self.mentions[other].kind != EntityKind::Other)
            .count();
        tell!(all, class "/place=" (before.min(3)) "/" distance);
        let first = self.in_sentence(mention.sentence).next().is_some_and(|m| self.mentions[m].head == mention.head);
        tell!(all, class "/first=" first "/" distance "/" theirs);
        if let (Some(own), Some(theirs)) = (tree.words[mention.head].head, there.words[last.head].head) {
            let same = tree.words[own].lemma == there.words[theirs].lemma;
            tell!(all, class "/same_verb=" same);
        }
    }

    /// What the grammar of the sentence says for what it has mentioned before.
    fn sentence_features(
        &self,
        class: Piece<'_>,
        tree: &Tree,
        mention: &Mention,
        place: &Place<'_>,
        all: &mut Features<'_>,
    ) {
        let path = tree.path(mention.head, place.last.head);
        tell!(all, class "/path=" (&path));
        let above = place.here.iter().any(|&word| {
            is_subject(tree, word) && tree.words[word].head.is_some_and(|v| tree.dominates(v, mention.head))
        });
        tell!(all, class "/above=" above);
        let far = mention.head.abs_diff(place.last.head);
        tell!(all, class "/words=" ([3, 6, 10, 15, 20, 30].partition_point(|&bound| bound < far)));
        tell!(all, class "/mentions_here=" (place.here.len().min(3)));
    }
}

/// What the verb beside the mention says, and what the chain was told to do before.
fn deed_features(class: Piece<'_>, tree: &Tree, mention: &Mention, state: &State, all: &mut Features<'_>) {
    let kind = state.kind.piece();
    let did = match deed(tree, mention.head) {
        Some(Deed::Rules) => "rules",
        Some(Deed::Bears) => "bears",
        None => "none",
    };
    let balance = match state.rules.cmp(&state.bears) {
        std::cmp::Ordering::Greater => "rules",
        std::cmp::Ordering::Less => "bears",
        std::cmp::Ordering::Equal if state.rules > 0 => "both",
        std::cmp::Ordering::Equal => "none",
    };
    tell!(all, class "/deed=" did "/" kind);
    tell!(all, class "/deed=" did "/" balance);
    let word = &tree.words[mention.head];
    tell!(all, class "/own=" (word.deprel) "/" kind);
}

/// Mentions of one class have weights in common.
pub(crate) fn class_of(mention: &Mention) -> &'static str {
    match mention.form {
        Form::Name => "name",
        Form::Nominal => "nominal",
        Form::Pronoun => match mention.text.to_lowercase().as_str() {
            "it" | "its" | "itself" => "it",
            "we" | "us" | "our" | "ours" | "ourselves" => "we",
            "they" | "them" | "their" | "theirs" | "themselves" => "they",
            _ => "person",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::WEIGHTS;

    #[test]
    fn the_embedded_weights_are_read() {
        assert!(WEIGHTS.scale > 0.0 && !WEIGHTS.weights.is_empty());
    }
}
