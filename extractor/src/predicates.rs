//! Trees in, voice-free slots out, so that frames stay tiny.
//!
//! Every word that can evoke an act or carry one gets the slots `subj`, `obj`, `obj2`, `comp`, `p:PREPOSITION`,
//! `poss`, `compound`, `amod`, `appos`, `adv` and `tmp`. Passives, relative clauses, participles, control,
//! coordination and copulas are undone here, once: in "Google, which was ordered to pay", the `subj` of `pay` is
//! `Google`. The method follows pyBART's enhancement of Universal Dependencies (Tiktinsky et al., 2020). Nothing here
//! knows names, kinds or frames.

use crate::syntax::{Deprel, Tree, Upos, Xpos};

mod prepositions;

pub use prepositions::preposition;

/// What a filler is to its predicate, whatever the voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// Who acts.
    Subj,
    /// What is acted on.
    Obj,
    /// Second bare object: the receiver of a double object, or the sum that stays in a passive.
    Obj2,
    /// A clause that completes the predicate.
    Comp,
    /// An adverb or particle.
    Adv,
    /// A bare time expression.
    Tmp,
    /// Possessor of a noun.
    Poss,
    /// Noun that modifies a noun in front.
    Compound,
    /// Adjective that modifies a noun.
    Amod,
    /// Apposition.
    Appos,
    /// Phrase or clause behind a preposition or conjunction.
    P(&'static str),
}

impl Slot {
    /// The slot that frame files call `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "subj" => Self::Subj,
            "obj" => Self::Obj,
            "obj2" => Self::Obj2,
            "comp" => Self::Comp,
            "adv" => Self::Adv,
            "tmp" => Self::Tmp,
            "poss" => Self::Poss,
            "compound" => Self::Compound,
            "amod" => Self::Amod,
            "appos" => Self::Appos,
            _ => Self::P(preposition(&text.strip_prefix("p:")?.replace('_', " "))?),
        })
    }
}

impl std::fmt::Display for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Subj => "subj",
            Self::Obj => "obj",
            Self::Obj2 => "obj2",
            Self::Comp => "comp",
            Self::Adv => "adv",
            Self::Tmp => "tmp",
            Self::Poss => "poss",
            Self::Compound => "compound",
            Self::Amod => "amod",
            Self::Appos => "appos",
            Self::P(preposition) => return write!(f, "p:{}", preposition.replace(' ', "_")),
        })
    }
}

/// How a filler came into its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Via {
    /// It depends on the predicate.
    Direct,
    /// It is coordinated with a direct filler.
    Coordinated,
    /// The predicate is a clause on it ("the firm that was fined").
    Relative,
    /// The slot is shared with a governing or coordinated predicate ("was ordered to pay").
    Inherited,
}

/// A word in a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filler {
    /// The slot.
    pub slot: Slot,
    /// Head word of the filler.
    pub word: usize,
    /// How it came there.
    pub via: Via,
}

/// One word's slots.
#[derive(Clone, Debug, Default)]
pub struct Predicate {
    /// The fillers, direct ones first within a slot.
    pub fillers: Vec<Filler>,
    /// Whether the word is a passive verb.
    pub passive: bool,
    /// What stands as the grammatical subject, whatever the voice: what dependent clauses inherit.
    surface: Vec<usize>,
    /// The predicates in whose slots this word stands, nearest first.
    pub governors: Vec<(usize, Slot)>,
}

impl Predicate {
    /// Fillers of `slot`, in order.
    pub fn slot(&self, slot: Slot) -> impl Iterator<Item = Filler> + '_ {
        self.fillers.iter().copied().filter(move |filler| filler.slot == slot)
    }

    fn has(&self, slot: Slot) -> bool {
        self.fillers.iter().any(|filler| filler.slot == slot)
    }

    fn add(&mut self, slot: Slot, word: usize, via: Via) {
        if !self.fillers.iter().any(|filler| filler.slot == slot && filler.word == word) {
            self.fillers.push(Filler { slot, word, via });
        }
    }
}

/// Verbs whose infinitive belongs to their subject although they have an object ("promised the court to pay").
const SUBJECT_CONTROL: &[&str] = &["promise", "threaten", "vow", "pledge", "swear", "use", "need", "take", "spend"];

/// The slots of every word of `tree`, by word index.
pub fn predicates(tree: &Tree) -> Vec<Predicate> {
    let mut all = vec![Predicate::default(); tree.words.len()];
    for word in top_down(tree) {
        let predicate = if clausal(tree, word) { clause(tree, word, &all) } else { nominal(tree, word) };
        all[word] = predicate;
    }
    for word in 0..all.len() {
        share_object(tree, word, &mut all);
        expand_coordination(tree, &mut all[word]);
    }
    let mut governors: Vec<Vec<(usize, Slot)>> = vec![Vec::new(); all.len()];
    for (word, predicate) in all.iter().enumerate() {
        for filler in &predicate.fillers {
            governors[filler.word].push((word, filler.slot));
        }
    }
    for (word, mut found) in governors.into_iter().enumerate() {
        found.sort_by_key(|&(governor, _)| governor.abs_diff(word));
        all[word].governors = found;
    }
    all
}

/// The verb, noun or adjective that holds the word's clause: the word itself where it heads one.
pub fn is_clause_head(tree: &Tree, word: usize) -> bool {
    clausal(tree, word)
}

fn top_down(tree: &Tree) -> Vec<usize> {
    let mut order: Vec<usize> = tree.root().into_iter().collect();
    let mut next = 0;
    while next < order.len() {
        order.extend_from_slice(tree.dependents(order[next]));
        next += 1;
    }
    order
}

/// Whether the word heads a clause: a verb, or anything with a subject or a copula.
fn clausal(tree: &Tree, word: usize) -> bool {
    let upos = tree.words[word].upos;
    // A participle in front of its noun is an adjective, whatever its tag.
    if matches!(tree.words[word].deprel, Deprel::Amod | Deprel::Compound) && tree.first(word, Deprel::Obj).is_none() {
        return false;
    }
    upos == Upos::Verb
        || tree.dependents(word).iter().any(|&d| {
            matches!(
                tree.words[d].deprel,
                Deprel::Nsubj | Deprel::NsubjPass | Deprel::Cop | Deprel::Csubj | Deprel::AuxPass
            )
        })
        || (upos == Upos::Aux && !matches!(tree.words[word].deprel, Deprel::Aux | Deprel::AuxPass | Deprel::Cop))
}

/// Preposition or conjunction in front of a phrase or clause, as one of the known ones.
pub fn case_of(tree: &Tree, word: usize) -> Option<&'static str> {
    let is_marker =
        |&d: &usize| matches!(tree.words[d].deprel, Deprel::Case | Deprel::Mark) && tree.words[d].upos != Upos::Part;
    let mut markers = tree.dependents(word).iter().copied().filter(is_marker);
    let first = markers.next()?;
    let alone = || preposition(&tree.words[first].form.to_lowercase());
    let mut text = String::new();
    for marker in std::iter::once(first).chain(markers) {
        for part in std::iter::once(marker).chain(tree.with(marker, Deprel::Fixed)) {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&tree.words[part].form.to_lowercase());
        }
    }
    preposition(&text).or_else(alone)
}

/// Whether "to" stands before the verb.
pub fn is_infinitive(tree: &Tree, word: usize) -> bool {
    tree.dependents(word)
        .iter()
        .any(|&d| tree.words[d].upos == Upos::Part && tree.words[d].form.eq_ignore_ascii_case("to"))
}

fn is_relative_pronoun(tree: &Tree, word: usize) -> bool {
    let w = &tree.words[word];
    matches!(w.xpos, Xpos::Wdt | Xpos::Wp | Xpos::WpPoss)
        || (w.upos == Upos::Pron && matches!(w.form.to_lowercase().as_str(), "that" | "which" | "who" | "whom"))
}

/// Whether the verb is passive in its own clause.
fn is_passive(tree: &Tree, word: usize, all: &[Predicate]) -> bool {
    let w = &tree.words[word];
    let has = |deprel| tree.first(word, deprel).is_some();
    if has(Deprel::NsubjPass) || has(Deprel::AuxPass) || has(Deprel::OblAgent) || has(Deprel::CsubjPass) {
        return true;
    }
    if w.xpos != Xpos::Vbn || w.upos != Upos::Verb || has(Deprel::Aux) || has(Deprel::Nsubj) {
        return false;
    }
    match (w.deprel, w.head) {
        (Deprel::Acl | Deprel::Advcl | Deprel::Xcomp | Deprel::Amod, _) => !has(Deprel::Obj),
        (Deprel::Conj, Some(head)) => all[head].passive,
        (Deprel::Root | Deprel::Parataxis | Deprel::Ccomp, _) => !has(Deprel::Obj),
        _ => false,
    }
}

#[allow(clippy::too_many_lines, reason = "one arm a relation; apart they would hide the order that matters")]
fn clause(tree: &Tree, word: usize, all: &[Predicate]) -> Predicate {
    let w = &tree.words[word];
    let mut found = Predicate { passive: is_passive(tree, word, all), ..Predicate::default() };
    let antecedent = match (w.deprel, w.head) {
        (Deprel::AclRelcl | Deprel::Acl, Some(head)) => Some(head),
        _ => None,
    };
    let mut antecedent_used = false;
    for &d in tree.dependents(word) {
        let deprel = tree.words[d].deprel;
        let (filler, via) = match antecedent {
            Some(head) if w.deprel == Deprel::AclRelcl && is_relative_pronoun(tree, d) => {
                antecedent_used = true;
                (head, Via::Relative)
            }
            _ => (d, Via::Direct),
        };
        match deprel {
            Deprel::Nsubj | Deprel::Csubj => {
                found.surface.push(filler);
                found.add(Slot::Subj, filler, via);
            }
            Deprel::NsubjPass | Deprel::CsubjPass => {
                found.surface.push(filler);
                found.add(Slot::Obj, filler, via);
            }
            Deprel::OblAgent => found.add(Slot::Subj, filler, via),
            Deprel::Obj => {
                let slot = if found.passive && found.has(Slot::Obj) { Slot::Obj2 } else { Slot::Obj };
                found.add(slot, filler, via);
            }
            Deprel::Iobj => found.add(Slot::Obj2, filler, via),
            Deprel::OblUnmarked | Deprel::NmodUnmarked => {
                let time = is_time(tree, d);
                found.add(if time { Slot::Tmp } else { Slot::Obj2 }, filler, via);
            }
            Deprel::Obl | Deprel::Nmod => match case_of(tree, d) {
                Some("by") if found.passive && !is_time(tree, d) && tree.words[d].upos != Upos::Verb => {
                    found.add(Slot::Subj, filler, via);
                    found.add(Slot::P("by"), filler, via);
                }
                Some(preposition) => found.add(Slot::P(preposition), filler, via),
                None if is_time(tree, d) => found.add(Slot::Tmp, filler, via),
                None => found.add(Slot::Obj2, filler, via),
            },
            Deprel::Xcomp | Deprel::Ccomp => found.add(Slot::Comp, filler, via),
            Deprel::Advcl => match case_of(tree, d) {
                Some(marker) => found.add(Slot::P(marker), filler, via),
                None if tree.first(d, Deprel::Mark).is_some() => found.add(Slot::P("to"), filler, via),
                None => found.add(Slot::Comp, filler, via),
            },
            Deprel::Advmod | Deprel::CompoundPrt => found.add(Slot::Adv, filler, via),
            Deprel::NmodPoss => found.add(Slot::Poss, filler, via),
            Deprel::Compound => found.add(Slot::Compound, filler, via),
            Deprel::Amod => found.add(Slot::Amod, filler, via),
            Deprel::Appos => found.add(Slot::Appos, filler, via),
            _ => {}
        }
    }
    // "fined Google 15 million": a sum that the parser hung on the name next to it is the verb's.
    for index in 0..found.fillers.len() {
        let filler = found.fillers[index];
        if matches!(filler.slot, Slot::Obj | Slot::Obj2) && filler.via == Via::Direct {
            for &d in tree.dependents(filler.word) {
                let hung = matches!(
                    tree.words[d].deprel,
                    Deprel::Flat
                        | Deprel::Compound
                        | Deprel::Nummod
                        | Deprel::Appos
                        | Deprel::NmodUnmarked
                        | Deprel::Dep
                );
                if hung && d > filler.word && tree.words[d].mask.is_some() && !is_time(tree, d) {
                    found.add(Slot::Obj2, d, Via::Direct);
                }
            }
        }
    }
    if let Some(head) = antecedent
        && !antecedent_used
    {
        attach_antecedent(tree, word, head, all, &mut found);
    }
    inherit_subject(tree, word, all, &mut found);
    found
}

/// The word that a participle is a clause on fills the slot that the participle leaves open.
fn fill_from_antecedent(found: &mut Predicate, slot: Slot, head: usize) {
    if !found.has(slot) {
        found.add(slot, head, Via::Relative);
        found.surface.push(head);
    }
}

fn attach_antecedent(tree: &Tree, word: usize, head: usize, all: &[Predicate], found: &mut Predicate) {
    let w = &tree.words[word];
    match w.deprel {
        Deprel::Acl if found.passive => fill_from_antecedent(found, Slot::Obj, head),
        Deprel::Acl if w.xpos == Xpos::Vbg => fill_from_antecedent(found, Slot::Subj, head),
        // "its decision to leave", "the court's order to pay": the infinitive's subject owns the noun, or governs it.
        Deprel::Acl => {
            let owners: Vec<usize> = all[head].slot(Slot::Poss).map(|filler| filler.word).collect();
            let owners = if owners.is_empty() { governing_subject(tree, head, all) } else { owners };
            for owner in owners {
                if !found.has(Slot::Subj) {
                    found.surface.push(owner);
                    found.add(if found.passive { Slot::Obj } else { Slot::Subj }, owner, Via::Inherited);
                }
            }
        }
        _ if tree.words[word].upos == Upos::Verb => {
            if !found.has(Slot::Subj) && !found.passive {
                found.add(Slot::Subj, head, Via::Relative);
                found.surface.push(head);
            } else if !found.has(Slot::Obj) {
                found.add(Slot::Obj, head, Via::Relative);
            }
        }
        _ => {}
    }
}

/// The grammatical subject of the clause in which the noun is an object ("Zoom made a decision to ...").
fn governing_subject(tree: &Tree, noun: usize, all: &[Predicate]) -> Vec<usize> {
    match (tree.words[noun].deprel, tree.words[noun].head) {
        (Deprel::Obj | Deprel::Obl, Some(verb)) => all[verb].surface.clone(),
        _ => Vec::new(),
    }
}

/// Objects that are no sums or dates.
fn parties<'a>(tree: &'a Tree, verb: &'a Predicate) -> impl Iterator<Item = usize> + 'a {
    let objects = verb.slot(Slot::Obj).chain(verb.slot(Slot::Obj2));
    objects.filter(|filler| tree.words[filler.word].mask.is_none()).map(|filler| filler.word)
}

/// "fined Zuuka for refusing", "barred it from selling", "gave it until May to settle": whether what the clause tells is done
/// by the object of its verb.
fn object_acts(tree: &Tree, clause: usize, verb: usize) -> bool {
    let marked = |lemmas: &[&str]| {
        let mut below = tree.dependents(clause).iter().map(|&word| &tree.words[word]);
        below.any(|w| matches!(w.deprel, Deprel::Mark | Deprel::Case) && lemmas.contains(&w.lemma.as_str()))
    };
    match tree.words[clause].xpos {
        Xpos::Vbg => marked(&["for", "over", "of", "from", "into"]),
        Xpos::Vb => matches!(tree.words[verb].lemma.as_str(), "give" | "grant") && marked(&["to"]),
        _ => false,
    }
}

fn inherit_subject(tree: &Tree, word: usize, all: &[Predicate], found: &mut Predicate) {
    if !found.surface.is_empty() {
        return;
    }
    let w = &tree.words[word];
    let Some(head) = w.head else { return };
    let inherited: Vec<usize> = match w.deprel {
        Deprel::Xcomp => {
            let objects: Vec<usize> = parties(tree, &all[head]).collect();
            let subject_control = SUBJECT_CONTROL.contains(&tree.words[head].lemma.as_str());
            if all[head].passive || objects.is_empty() || subject_control {
                all[head].surface.clone()
            } else {
                objects.into_iter().take(1).collect()
            }
        }
        Deprel::Advcl if object_acts(tree, word, head) && !all[head].passive => {
            let objects: Vec<usize> = parties(tree, &all[head]).collect();
            if objects.is_empty() { all[head].surface.clone() } else { objects.into_iter().take(1).collect() }
        }
        Deprel::Advcl => all[head].surface.clone(),
        Deprel::Conj if w.upos == Upos::Verb => {
            if tree.words[head].upos == Upos::Verb || clausal(tree, head) {
                all[head].surface.clone()
            } else {
                Vec::new()
            }
        }
        Deprel::Parataxis | Deprel::Ccomp if w.xpos == Xpos::Vbn || w.xpos == Xpos::Vbg => all[head].surface.clone(),
        _ => Vec::new(),
    };
    for subject in inherited {
        found.surface.push(subject);
        let slot = if found.passive { Slot::Obj } else { Slot::Subj };
        if slot == Slot::Subj || !found.has(Slot::Obj) {
            found.add(slot, subject, Via::Inherited);
        }
    }
    // "was investigated and fined by the court": the agent of the last passive belongs to all.
    if w.deprel == Deprel::Conj && found.passive && !found.has(Slot::Subj) {
        let agents: Vec<usize> = all[head].slot(Slot::Subj).map(|filler| filler.word).collect();
        for agent in agents {
            if !found.surface.contains(&agent) {
                found.add(Slot::Subj, agent, Via::Inherited);
            }
        }
    }
}

fn nominal(tree: &Tree, word: usize) -> Predicate {
    let mut found = Predicate::default();
    for &d in tree.dependents(word) {
        match tree.words[d].deprel {
            Deprel::NmodPoss => found.add(Slot::Poss, d, Via::Direct),
            Deprel::Compound => found.add(Slot::Compound, d, Via::Direct),
            Deprel::Amod => found.add(Slot::Amod, d, Via::Direct),
            Deprel::Appos => found.add(Slot::Appos, d, Via::Direct),
            Deprel::Nmod | Deprel::Obl | Deprel::Advcl => {
                if let Some(preposition) = case_of(tree, d) {
                    found.add(Slot::P(preposition), d, Via::Direct);
                } else if is_time(tree, d) {
                    found.add(Slot::Tmp, d, Via::Direct);
                }
            }
            Deprel::OblAgent => found.add(Slot::P("by"), d, Via::Direct),
            Deprel::NmodUnmarked | Deprel::OblUnmarked => {
                found.add(if is_time(tree, d) { Slot::Tmp } else { Slot::Obj2 }, d, Via::Direct);
            }
            Deprel::Ccomp | Deprel::Xcomp => found.add(Slot::Comp, d, Via::Direct),
            // "for refusing": a clause behind a preposition; "to pay": an infinitive.
            Deprel::Acl => match case_of(tree, d) {
                Some(preposition) => found.add(Slot::P(preposition), d, Via::Direct),
                None => found.add(Slot::Comp, d, Via::Direct),
            },
            Deprel::Advmod => found.add(Slot::Adv, d, Via::Direct),
            _ => {}
        }
    }
    found
}

/// "blocked and fined Google": the object stands behind the last verb and belongs to the first as well.
fn share_object(tree: &Tree, word: usize, all: &mut [Predicate]) {
    let w = &tree.words[word];
    if w.upos != Upos::Verb || all[word].passive || all[word].has(Slot::Obj) || all[word].has(Slot::Comp) {
        return;
    }
    let Some(next) = tree.with(word, Deprel::Conj).next() else { return };
    if next > word + 3 || all[next].passive || tree.words[next].xpos != w.xpos {
        return;
    }
    let shared: Vec<usize> =
        all[next].fillers.iter().filter(|f| f.slot == Slot::Obj && f.word > next).map(|f| f.word).collect();
    for object in shared {
        all[word].add(Slot::Obj, object, Via::Inherited);
    }
}

fn expand_coordination(tree: &Tree, predicate: &mut Predicate) {
    for index in 0..predicate.fillers.len() {
        let filler = predicate.fillers[index];
        let alone = tree.first(filler.word, Deprel::Conj).is_none();
        if alone || matches!(filler.slot, Slot::Comp | Slot::Adv | Slot::Amod) {
            continue;
        }
        let mut next = vec![filler.word];
        while let Some(word) = next.pop() {
            for other in tree.with(word, Deprel::Conj) {
                if !clausal(tree, other) || tree.words[word].upos == Upos::Verb {
                    let slot = match (filler.slot, case_of(tree, other)) {
                        (Slot::P(_), Some(own)) => Slot::P(own),
                        (slot, _) => slot,
                    };
                    predicate.add(slot, other, Via::Coordinated);
                    next.push(other);
                }
            }
        }
    }
}

/// Whether the phrase tells a time by its words alone.
fn is_time(tree: &Tree, word: usize) -> bool {
    const UNITS: &[&str] = &[
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "day",
        "week",
        "month",
        "year",
        "today",
        "yesterday",
        "tomorrow",
        "night",
        "morning",
        "afternoon",
        "evening",
        "time",
        "decade",
        "hour",
        "minute",
        "weekend",
        "quarter",
        "summer",
        "winter",
        "spring",
        "autumn",
        "moment",
        "once",
        "date",
    ];
    let w = &tree.words[word];
    let year = w.form.len() == 4 && w.form.chars().all(|c| c.is_ascii_digit()) && w.form.starts_with(['1', '2']);
    year || UNITS.contains(&w.lemma.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Block, BlockKind, ByteSpan};
    use crate::{mask, model::Model, tokenize};

    /// Checks which words stand in a slot of the word written `verb`.
    fn check(text: &str, verb: &str, slot: Slot, expected: &[&str]) {
        let blocks = [Block { span: ByteSpan::new(0, text.len()), kind: BlockKind::Body }];
        let trees = Model::embedded().annotate_all(&tokenize::tokenize(text, &blocks, &mask::find(text)));
        let tree = &trees[0];
        let at = tree.words.iter().position(|word| word.form == verb).unwrap_or_else(|| panic!("no {verb:?}: {text}"));
        let found: Vec<&str> =
            predicates(tree)[at].slot(slot).map(|filler| tree.words[filler.word].form.as_str()).collect();
        assert_eq!(found, expected, "{slot} of {verb:?}: {text}");
    }

    #[test]
    fn what_the_object_is_fined_for_or_given_time_for_is_done_by_the_object() {
        for (text, verb, doer) in [
            ("The regulator fined Zentora for refusing to hand over data.", "refusing", "Zentora"),
            ("The regulator fined Zentora for refusing to hand over data.", "hand", "Zentora"),
            ("A court barred Zentora from selling phones.", "selling", "Zentora"),
            ("The court gave the company until May to settle.", "settle", "company"),
            // What is done by a means, or said with it, is done by the subject.
            ("The regulator punished Zentora by closing its office.", "closing", "regulator"),
            ("The regulator fined Zentora, saying it had failed.", "saying", "regulator"),
        ] {
            check(text, verb, Slot::Subj, &[doer]);
        }
    }

    #[test]
    fn voice_control_and_coordination_are_undone() {
        check("Google, which was ordered to pay, will appeal.", "pay", Slot::Subj, &["Google"]);
        check("Google was fined by a court.", "fined", Slot::Obj, &["Google"]);
        check("Google was fined by a court.", "fined", Slot::Subj, &["court"]);
        check("Russia blocked Google and Apple.", "blocked", Slot::Obj, &["Google", "Apple"]);
        check("Russia blocked and fined Google.", "blocked", Slot::Obj, &["Google"]);
        check("The court ordered Google to pay.", "pay", Slot::Subj, &["Google"]);
        check("Google promised the court to pay.", "pay", Slot::Subj, &["Google"]);
    }
}
