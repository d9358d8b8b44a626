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
    linear::Features,
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
        all.add(format_args!("local"));
        all.add(format_args!("local/type={}", self.event_type.as_str()));
        all.add(format_args!("local/pick={pick}"));
        all.add(format_args!("local/pick={pick}/{kind}"));
        all.add(format_args!("local/pick={pick}/{claimed}/{kind}"));
        all.add(format_args!("local/rank={}/{own}", rank.min(3)));
        all.add(format_args!("local/rank={}/{own}/{kind}", rank.min(3)));
        all.add(format_args!("local/count={}/{own}", local.len().min(4)));
        all.add(format_args!("local/path={class}/{}", tree.path(head, word)));
        all.add(format_args!("local/path={kind}/{}", tree.path(head, word)));
        all.add(format_args!("local/clauses={clauses}"));
        all.add(format_args!("local/clauses={clauses}/{kind}"));
        let verb = lemma(tree, clause_of(tree, word));
        all.add(format_args!("local/verb={verb}/{clauses}"));
        all.add(format_args!("local/slot={class}/{slot}"));
        all.add(format_args!("local/slot={slot}/{kind}"));
        all.add(format_args!("local/away={order}/{away}"));
        all.add(format_args!("local/away={order}/{away}/{kind}"));
        all.add(format_args!("local/between={}/nearer={nearer}", between.min(3)));
        all.add(format_args!("local/between={}/nearer={nearer}/{kind}", between.min(3)));
        all.add(format_args!("local/hung={hung}/nearer={nearer}"));
        all.add(format_args!("local/claimed={claimed}/{kind}"));
        all.add(format_args!("local/trigger={}/{own}", lemma(tree, head)));
        all.add(format_args!("local/frame={}/{own}", frame.id));
        all.add(format_args!("local/in_trigger={}", matched.trigger.contains(&word)));
        all.add(format_args!("local/order={}", local.iter().filter(|&&other| other < word).count().min(3)));
        all.add(format_args!("local/modality={:?}/{own}", matched.certainty.modality));
        all.add(format_args!("local/form={}/{own}", verb_form(tree, matched)));
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
        all.add(format_args!("{place}/deprel={}/case={case}", tree.words[word].deprel));
        all.add(format_args!("{place}/case={case}/{kind}"));
        all.add(format_args!("{place}/noun={noun}"));
        all.add(format_args!("{place}/noun={noun}/{kind}"));
        all.add(format_args!("{place}/verb={verb}"));
        all.add(format_args!("{place}/verb={verb}/{kind}"));
        all.add(format_args!("{place}/subject={subject}"));
        all.add(format_args!("{place}/subject={subject}/{kind}"));
        all.add(format_args!("{place}/last={last}"));
        all.add(format_args!("{place}/last={last}/{kind}"));
        all.add(format_args!("{place}/next={next}"));
        all.add(format_args!("{place}/next={next}/{kind}"));
        all.add(format_args!("{place}/bound={:?}/each={}", sum.bound, sum.each));
        all.add(format_args!("{place}/currencies={}", sum.amounts.len().min(3)));
        let (before, after) = self.beside(sentence, word);
        all.add(format_args!("{place}/before={before}"));
        all.add(format_args!("{place}/after={after}"));
        all.add(format_args!("{place}/before={before}/after={after}/{kind}"));
        match self.taken(sum) {
            Some((earlier, target)) => {
                let theirs = earlier.event.event_type.as_str();
                let same = theirs == self.event_type.as_str();
                let theirs = self::kind(theirs);
                let here = earlier.sentence == self.sentence;
                all.add(format_args!("{place}/taken={theirs}/{kind}"));
                all.add(format_args!("{place}/taken={same}/target={target}/here={here}"));
            }
            None => all.add(format_args!("{place}/taken=none")),
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
        all.add(format_args!("around/back={back}/local={}", local.min(1)));
        all.add(format_args!("around/back={back}/{kind}"));
        all.add(format_args!("around/back={back}/target={target}/actor={actor}"));
        all.add(format_args!("around/back={back}/acts={acts}/{same}"));
        all.add(format_args!("around/count={}", told_there.min(4)));
        all.add(format_args!("around/title={:?}/block={block}", there.block));
        all.add(format_args!("around/title={:?}/{kind}", there.block));
        all.add(format_args!("around/claimed={claimed}"));
        all.add(format_args!("around/claimed={claimed}/{kind}"));
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
        all.add(format_args!("act/types={kind}/{theirs}"));
        all.add(format_args!("act/types={kind}/{theirs}/local={}", local.min(1)));
        all.add(format_args!("act/same={same}/target={target}/actor={actor}/here={here}"));
        all.add(format_args!("act/same={same}/target={target}/local={}", local.min(1)));
        all.add(format_args!("act/same={same}/trigger={trigger}/{determiner}"));
        all.add(format_args!("act/same={same}/{determiner}/target={target}"));
        all.add(format_args!("act/back={}/same={same}", back.min(4)));
        all.add(format_args!("act/sentences={}", (self.sentence - earlier.sentence).min(4)));
        all.add(format_args!("act/sentences={}/same={same}", (self.sentence - earlier.sentence).min(4)));
        all.add(format_args!("act/nested={nested}/{kind}/{theirs}"));
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
        all.add(format_args!("none/local={}/free={}", local.len().min(2), free.min(2)));
        all.add(format_args!("none/own={}/{kind}", own.min(2)));
        all.add(format_args!("none/framed={framed}/{kind}"));
        all.add(format_args!("none/frame={}", self.reading.frames.frames()[matched.frame].id));
        all.add(format_args!("none/trigger={}", lemma(tree, matched.head)));
        all.add(format_args!("none/trigger={}/{}", lemma(tree, matched.head), self.determiner()));
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
        all.add(format_args!("{name}"));
        all.add(format_args!("{name}/local={local}"));
        all.add(format_args!("{name}/type={}", self.event_type.as_str()));
        all.add(format_args!("{name}/kind={kind}/local={local}"));
        all.add(format_args!("{name}/form={form}/local={local}"));
        all.add(format_args!("{name}/modality={:?}/local={local}", matched.certainty.modality));
        all.add(format_args!("{name}/earlier={}", matched.certainty.earlier));
        all.add(format_args!("{name}/block={:?}", tree.block));
        all.add(format_args!("{name}/determiner={}", self.determiner()));
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
