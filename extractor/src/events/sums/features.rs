//! What speaks for each sum that an act may have, by name.

use super::{ACTS_BACK_MAX, Act, WEIGHTS};
use crate::{
    events::{
        Candidate,
        amounts::{Sum, clause_of},
        dates::verb_form,
        reading::Party,
    },
    frames::{FrameMatch, Role},
    linear::{Features, tell},
    predicates::{Slot, case_of},
    syntax::{Deprel, Tree, Upos},
};

impl Act<'_> {
    /// None yet.
    fn features(&self) -> Features<'static> {
        Features::new(&WEIGHTS.weights, self.found.named())
    }

    fn kind(&self) -> &'static str {
        kind(self.event_type.as_str())
    }

    /// The kind of the act of another trigger whose frame gives it the sum of `word`.
    fn claimed(&self, sentence: usize, word: usize) -> &'static str {
        self.others(sentence)
            .filter(|other| other.stands() && (sentence != self.sentence || other.head != self.matched.head))
            .find(|other| other.role(Role::Amount).any(|argument| argument.word == word))
            .map_or("none", |other| kind(&self.reading.frames.frames()[other.frame].event_type))
    }

    /// The matches of a sentence.
    fn others(&self, sentence: usize) -> impl Iterator<Item = &FrameMatch> + Clone {
        let first = self.matches.partition_point(|&(at, _)| at < sentence);
        self.matches[first..].iter().take_while(move |&&(at, _)| at == sentence).map(|(_, other)| other)
    }

    /// The act told before that has the sum, and whether it is done to the same party.
    fn taken(&self, sum: &Sum) -> Option<(&Candidate, bool)> {
        let acts = self.found.acts().iter().rev().take(ACTS_BACK_MAX);
        let earlier = acts.into_iter().find(|earlier| earlier.event.amounts.first() == sum.amounts.first())?;
        Some((earlier, shared(self.targets, &earlier.targets)))
    }

    /// What speaks for a sum of the act's own sentence; `rank` is its place among all of them, `local`.
    pub(super) fn local(&self, word: usize, rank: usize, local: &[usize], sum: &Sum) -> Features<'static> {
        let (tree, head, matched) = (self.tree(), self.matched.head, self.matched);
        let frame = &self.reading.frames.frames()[matched.frame];
        let kind = self.kind();
        let class = if tree.words[head].upos == Upos::Verb { "verb" } else { "noun" };
        let pick = matched.role(Role::Amount).position(|argument| argument.word == word);
        let pick = match pick {
            Some(number) => number.min(2).to_string(),
            None if matched.role(Role::Amount).next().is_some() => "other".to_owned(),
            None => "none".to_owned(),
        };
        let own = if clause_of(tree, word) == clause_of(tree, head) { "own" } else { "other" };
        let clauses = tree.path(clause_of(tree, head), clause_of(tree, word));
        let slot_in = |holder: usize| {
            let filler = self.reading.predicates[self.sentence][holder].fillers.iter().find(|f| f.word == word)?;
            Some(match filler.slot {
                Slot::P(preposition) => format!("p:{preposition}"),
                slot => slot.to_string(),
            })
        };
        let slot = slot_in(head)
            .or_else(|| matched.support.and_then(slot_in).map(|slot| format!("support.{slot}")))
            .or_else(|| tree.words[head].head.and_then(slot_in).map(|slot| format!("up.{slot}")))
            .unwrap_or_else(|| "none".to_owned());
        let order = if word < head { "before" } else { "after" };
        let away = match word.abs_diff(head) {
            0..=1 => "1",
            2..=3 => "3",
            4..=6 => "6",
            7..=12 => "12",
            13..=20 => "20",
            _ => "far",
        };
        let (low, high) = (word.min(head), word.max(head));
        let triggers = self.others(self.sentence).filter(|other| other.stands() && other.head != head);
        let between = triggers.clone().filter(|other| low < other.head && other.head < high).count();
        let nearer = triggers.clone().any(|other| other.head.abs_diff(word) < head.abs_diff(word));
        let hung = triggers.clone().any(|other| tree.words[word].head == Some(other.head));
        let claimed = self.claimed(self.sentence, word);
        let mut all = self.features();
        tell!(all, "local");
        tell!(all, "local/type="(self.event_type.as_str()));
        tell!(all, "local/pick=" pick);
        tell!(all, "local/pick=" pick "/" kind);
        tell!(all, "local/pick=" pick "/" claimed "/" kind);
        tell!(all, "local/rank=" (rank.min(3)) "/" own);
        tell!(all, "local/rank=" (rank.min(3)) "/" own "/" kind);
        tell!(all, "local/count=" (local.len().min(4)) "/" own);
        tell!(all, "local/path=" class "/" (tree.path(head, word)));
        tell!(all, "local/path=" kind "/" (tree.path(head, word)));
        tell!(all, "local/clauses=" clauses);
        tell!(all, "local/clauses=" clauses "/" kind);
        let verb = lemma(tree, clause_of(tree, word));
        tell!(all, "local/verb=" verb "/" clauses);
        tell!(all, "local/slot=" class "/" slot);
        tell!(all, "local/slot=" slot "/" kind);
        tell!(all, "local/away=" order "/" away);
        tell!(all, "local/away=" order "/" away "/" kind);
        tell!(all, "local/between=" (between.min(3)) "/nearer=" nearer);
        tell!(all, "local/between=" (between.min(3)) "/nearer=" nearer "/" kind);
        tell!(all, "local/hung=" hung "/nearer=" nearer);
        tell!(all, "local/claimed=" claimed "/" kind);
        tell!(all, "local/trigger=" (lemma(tree, head)) "/" own);
        tell!(all, "local/frame=" (frame.id) "/" own);
        tell!(all, "local/in_trigger="(matched.trigger.contains(&word)));
        tell!(all, "local/order="(local.iter().filter(|&&other| other < word).count().min(3)));
        all.add(format_args!("local/modality={:?}/{own}", matched.certainty.modality));
        tell!(all, "local/form=" (verb_form(tree, matched)) "/" own);
        self.told("local", self.sentence, word, sum, &mut all);
        all
    }

    /// What the words around a sum say of it, wherever it stands.
    fn told(&self, place: &str, sentence: usize, word: usize, sum: &Sum, all: &mut Features<'_>) {
        let tree = &self.reading.trees[sentence];
        let kind = self.kind();
        let governor = governor(tree, word);
        let noun = governor.map_or_else(|| "none".to_owned(), |governor| lemma(tree, governor));
        let verb = lemma(tree, clause_of(tree, word));
        // "The fine was 2 million", "revenue rose to 2 million": what the sum is told of.
        let subject = [word, clause_of(tree, word)]
            .into_iter()
            .find_map(|at| tree.first(at, Deprel::Nsubj).or_else(|| tree.first(at, Deprel::NsubjPass)));
        let subject = match subject.map(|subject| (tree.words[subject].upos, lemma(tree, subject))) {
            None => "none".to_owned(),
            Some((Upos::Noun, lemma)) => lemma,
            Some((upos, _)) => format!("{upos:?}"),
        };
        let case = case_of(tree, word).unwrap_or("none");
        let form =
            |at: Option<usize>| at.and_then(|at| self.reading.forms[sentence].get(at)).map_or("", String::as_str);
        let (last, next) = (form(word.checked_sub(1)), form(Some(word + 1)));
        tell!(all, place "/deprel=" (tree.words[word].deprel) "/case=" case);
        tell!(all, place "/case=" case "/" kind);
        tell!(all, place "/noun=" noun);
        tell!(all, place "/noun=" noun "/" kind);
        tell!(all, place "/verb=" verb);
        tell!(all, place "/verb=" verb "/" kind);
        tell!(all, place "/subject=" subject);
        tell!(all, place "/subject=" subject "/" kind);
        tell!(all, place "/last=" last);
        tell!(all, place "/last=" last "/" kind);
        tell!(all, place "/next=" next);
        tell!(all, place "/next=" next "/" kind);
        all.add(format_args!("{place}/bound={:?}/each={}", sum.bound, sum.each));
        tell!(all, place "/currencies=" (sum.amounts.len().min(3)));
        let (before, after) = self.beside(sentence, word);
        tell!(all, place "/before=" before);
        tell!(all, place "/after=" after);
        tell!(all, place "/before=" before "/after=" after "/" kind);
        match self.taken(sum) {
            Some((earlier, target)) => {
                let theirs = earlier.event.event_type.as_str();
                let same = theirs == self.event_type.as_str();
                let theirs = self::kind(theirs);
                let here = earlier.sentence == self.sentence;
                tell!(all, place "/taken=" theirs "/" kind);
                tell!(all, place "/taken=" same "/target=" target "/here=" here);
            }
            None => tell!(all, place "/taken=none"),
        }
    }

    /// What the parties nearest before and after a word of a sentence are to the act.
    fn beside(&self, sentence: usize, word: usize) -> (&'static str, &'static str) {
        let chains = self.reading.chains;
        let part = |index: Option<usize>| {
            let Some(index) = index else { return "nobody" };
            let chain = Some(chains.chain_of_mention(index));
            let holds = |parties: &[Party]| parties.iter().any(|party| party.chain == chain);
            if holds(self.targets) {
                "target"
            } else if holds(self.actors) {
                "actor"
            } else {
                "other"
            }
        };
        let head = |index: &usize| chains.mentions()[*index].head;
        let here = || chains.mentions_in(sentence..sentence + 1);
        let before = here().filter(|index| head(index) < word).max_by_key(head);
        let after = here().filter(|index| head(index) > word).min_by_key(head);
        (part(before), part(after))
    }

    /// What speaks for a sum of another sentence, which tells `told_there` sums.
    pub(super) fn around(
        &self,
        sentence: usize,
        word: usize,
        local: usize,
        told_there: usize,
        sum: &Sum,
    ) -> Features<'static> {
        let kind = self.kind();
        let (here, there) = (self.tree(), &self.reading.trees[sentence]);
        let back = if sentence > self.sentence { "next".to_owned() } else { (self.sentence - sentence).to_string() };
        let block = here.block == there.block;
        let claimed = self.claimed(sentence, word);
        let acts = self.others(sentence).filter(|other| other.stands()).count().min(3);
        // Whether that sentence speaks of a party of this act.
        let chains = self.reading.chains;
        let of = |parties: &[Party]| {
            let mut told = chains.mentions_in(sentence..sentence + 1).map(|index| chains.chain_of_mention(index));
            told.any(|chain| parties.iter().any(|party| party.chain == Some(chain)))
        };
        let (actor, target) = (of(self.actors), of(self.targets));
        let same = kind == claimed;
        let mut all = self.general("around", local);
        tell!(all, "around/back=" back "/local=" (local.min(1)));
        tell!(all, "around/back=" back "/" kind);
        tell!(all, "around/back=" back "/target=" target "/actor=" actor);
        tell!(all, "around/back=" back "/acts=" acts "/" same);
        tell!(all, "around/count="(told_there.min(4)));
        all.add(format_args!("around/title={:?}/block={block}", there.block));
        all.add(format_args!("around/title={:?}/{kind}", there.block));
        tell!(all, "around/claimed=" claimed);
        tell!(all, "around/claimed=" claimed "/" kind);
        self.told("around", sentence, word, sum, &mut all);
        all
    }

    /// What speaks for the sum of an act told before.
    pub(super) fn of_earlier(&self, earlier: &Candidate, back: usize, local: usize) -> Features<'static> {
        let kind = self.kind();
        let same = earlier.event.event_type == *self.event_type;
        let theirs = self::kind(earlier.event.event_type.as_str());
        let here = earlier.sentence == self.sentence;
        let (target, actor) = (shared(self.targets, &earlier.targets), shared(self.actors, &earlier.actors));
        let trigger =
            lemma(self.tree(), self.matched.head) == lemma(&self.reading.trees[earlier.sentence], earlier.matched.head);
        // "The fine" points back, "a fine" does not.
        let determiner = self.determiner();
        let nested = here && self.tree().dominates(self.matched.head, earlier.matched.head);
        let mut all = self.general("act", local);
        tell!(all, "act/types=" kind "/" theirs);
        tell!(all, "act/types=" kind "/" theirs "/local=" (local.min(1)));
        tell!(all, "act/same=" same "/target=" target "/actor=" actor "/here=" here);
        tell!(all, "act/same=" same "/target=" target "/local=" (local.min(1)));
        tell!(all, "act/same=" same "/trigger=" trigger "/" determiner);
        tell!(all, "act/same=" same "/" determiner "/target=" target);
        tell!(all, "act/back=" (back.min(4)) "/same=" same);
        tell!(all, "act/sentences="((self.sentence - earlier.sentence).min(4)));
        tell!(all, "act/sentences=" ((self.sentence - earlier.sentence).min(4)) "/same=" same);
        tell!(all, "act/nested=" nested "/" kind "/" theirs);
        all.add(format_args!(
            "act/modalities={:?}/{:?}",
            self.matched.certainty.modality, earlier.matched.certainty.modality
        ));
        all
    }

    /// What speaks for no sum where the sentence tells those of `local`.
    pub(super) fn none(&self, local: &[usize]) -> Features<'static> {
        let (tree, matched) = (self.tree(), self.matched);
        let kind = self.kind();
        let free = local.iter().filter(|&&word| self.claimed(self.sentence, word) == "none").count();
        let clause = clause_of(tree, matched.head);
        let own = local.iter().filter(|&&word| clause_of(tree, word) == clause).count();
        let framed = matched.role(Role::Amount).next().is_some();
        let mut all = self.general("none", local.len());
        tell!(all, "none/local=" (local.len().min(2)) "/free=" (free.min(2)));
        tell!(all, "none/own=" (own.min(2)) "/" kind);
        tell!(all, "none/framed=" framed "/" kind);
        tell!(all, "none/frame="(self.reading.frames.frames()[matched.frame].id));
        tell!(all, "none/trigger="(lemma(tree, matched.head)));
        tell!(all, "none/trigger=" (lemma(tree, matched.head)) "/" (self.determiner()));
        all
    }

    /// What every option that stands outside the sentence rests on; `name` tells which kind it is, `local` how many
    /// sums the sentence has.
    fn general(&self, name: &str, local: usize) -> Features<'static> {
        let (tree, matched) = (self.tree(), self.matched);
        let kind = self.kind();
        let local = local.min(2);
        let form = verb_form(tree, matched);
        let mut all = self.features();
        tell!(all, name);
        tell!(all, name "/local=" local);
        tell!(all, name "/type=" (self.event_type.as_str()));
        tell!(all, name "/kind=" kind "/local=" local);
        tell!(all, name "/form=" form "/local=" local);
        all.add(format_args!("{name}/modality={:?}/local={local}", matched.certainty.modality));
        tell!(all, name "/earlier=" (matched.certainty.earlier));
        all.add(format_args!("{name}/block={:?}", tree.block));
        tell!(all, name "/determiner=" (self.determiner()));
        all
    }

    /// How a noun trigger is determined; a verb is "verb".
    fn determiner(&self) -> &'static str {
        let (tree, head) = (self.tree(), self.matched.head);
        if tree.words[head].upos == Upos::Verb {
            return "verb";
        }
        match tree.first(head, Deprel::Det).map(|det| lemma(tree, det)).as_deref() {
            Some("the" | "that" | "this" | "both" | "those" | "these") => "definite",
            Some(_) => "indefinite",
            None if tree.first(head, Deprel::NmodPoss).is_some() => "possessed",
            None => "bare",
        }
    }
}

/// Whether two lists of parties have one in common.
fn shared(mine: &[Party], theirs: &[Party]) -> bool {
    mine.iter().any(|party| party.chain.is_some() && theirs.iter().any(|other| other.chain == party.chain))
}

/// How often acts of a type have a sum: nearly always, now and then, next to never. Types of a kind share what speaks for their
/// sums, since most of them have few.
fn kind(event_type: &str) -> &'static str {
    match event_type {
        "FINE" => "fine",
        "COMPLIANCE" | "DEMAND" | "LAWSUIT" | "LEGISLATION" | "LIFTING" | "ORDER" | "REFUSAL" | "SANCTION"
        | "VERDICT" => "claim",
        _ => "other",
    }
}

fn lemma(tree: &Tree, word: usize) -> String {
    tree.words[word].lemma.to_lowercase()
}

/// The noun that a sum counts or measures: "a fine of 2 million", "revenue of 2 million", "a 2 million deal".
fn governor(tree: &Tree, word: usize) -> Option<usize> {
    let noun = |word: usize| matches!(tree.words[word].upos, Upos::Noun | Upos::Propn);
    tree.words[word].head.filter(|&head| noun(head))
}
