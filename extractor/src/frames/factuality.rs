//! How certain the text is that an act happened: composed outward from the trigger.
//!
//! The method follows De Facto (Saurí and Pustejovsky, 2012): start with what the trigger says, walk its governors
//! outward, take the weakest modality met, and flip on negation. Relative clauses and appositions do not inherit the
//! modality of the clause around them. The words are data (`shared.toml`), the walk is here.

use hashbrown::HashMap;

use crate::{
    predicates::{Predicate, case_of, is_clause_head, is_infinitive},
    syntax::{Deprel, Tree, Upos, Xpos},
};

/// How certain an act is told to be, from strong to weak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Modality {
    /// As having happened or being in force.
    #[default]
    Actual,
    /// As announced, agreed, scheduled or intended.
    Planned,
    /// As possible, threatened, sought or feared.
    Possible,
    /// As not having happened.
    Denied,
}

impl Modality {
    /// The name as the tables write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Actual => "ACTUAL",
            Self::Planned => "PLANNED",
            Self::Possible => "POSSIBLE",
            Self::Denied => "DENIED",
        }
    }

    /// The modality that the tables call `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "ACTUAL" => Self::Actual,
            "PLANNED" => Self::Planned,
            "POSSIBLE" => Self::Possible,
            "DENIED" => Self::Denied,
            _ => return None,
        })
    }
}

/// What the walk found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Certainty {
    /// The weakest modality met, negation included.
    pub modality: Modality,
    /// Whether the text hedges with "reportedly" and the like.
    pub reported: bool,
    /// Whether it is told in the past perfect or as an earlier act.
    pub earlier: bool,
}

/// The words that change certainty.
#[derive(Clone, Debug, Default)]
pub(super) struct FactualityTable {
    /// Modal auxiliaries.
    pub(super) modal: HashMap<String, Modality>,
    /// Verbs, nouns and adjectives that govern an act ("plan", "threat", "likely").
    pub(super) embed: HashMap<String, Modality>,
    /// Prepositions and conjunctions that head an act's clause ("without", "if").
    pub(super) mark: HashMap<String, Modality>,
    /// Negating words.
    pub(super) negation: Vec<String>,
    /// Adverbs that hedge.
    pub(super) reported: Vec<String>,
    /// Adverbs that place an act in the past of the story.
    pub(super) earlier: Vec<String>,
    /// Nouns whose content may be true or not ("report", "rumour").
    pub(super) claim: Vec<String>,
    /// Verbs that call a claim untrue, and adjectives that do.
    pub(super) refute: Vec<String>,
}

/// What the frame itself brings to the certainty of its act.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Own {
    /// Certainty of the trigger ("threat of a ban").
    pub(super) modality: Option<Modality>,
    /// Whether the trigger's negation and modal belong to the act ("will not pay" is a refusal).
    pub(super) negated: bool,
}

impl FactualityTable {
    /// Whether the clause of `word` is negated, or says "no longer" or "any more".
    pub(super) fn negates(&self, tree: &Tree, word: usize) -> bool {
        tree.dependents(word).iter().any(|&d| {
            let form = tree.words[d].form.to_lowercase();
            match tree.words[d].deprel {
                Deprel::Advmod | Deprel::Det | Deprel::Cc | Deprel::CcPreconj | Deprel::Discourse => {
                    self.negation.contains(&form)
                        || form == "anymore"
                        || (matches!(form.as_str(), "longer" | "more" | "way" | "means" | "circumstances")
                            && tree.dependents(d).iter().any(|&n| tree.words[n].form.eq_ignore_ascii_case("no")))
                }
                Deprel::Aux => form == "cannot",
                Deprel::Nsubj | Deprel::NsubjPass | Deprel::Obj => {
                    self.negation.contains(&form)
                        || tree.dependents(d).iter().any(|&det| {
                            let form = tree.words[det].form.to_lowercase();
                            matches!(form.as_str(), "no" | "neither" | "none" | "nothing")
                                || (form == "not" && tree.words[d].deprel == Deprel::Obj)
                        })
                }
                Deprel::Obl => tree.dependents(d).iter().any(|&det| tree.words[det].form.eq_ignore_ascii_case("no")),
                _ => false,
            }
        })
    }
}

struct Walk<'a> {
    tree: &'a Tree,
    table: &'a FactualityTable,
    supports: &'a dyn Fn(usize) -> bool,
    modality: Modality,
    own_mood: bool,
    negations: u32,
    found: Certainty,
}

/// The certainty of the act that the word `trigger` evokes. `supports` tells whether a word is a support verb: its
/// mood is then the mood of the noun that it carries.
pub(super) fn certainty(
    tree: &Tree,
    predicates: &[Predicate],
    table: &FactualityTable,
    trigger: usize,
    own: Own,
    supports: &dyn Fn(usize) -> bool,
) -> Certainty {
    let mut walk = Walk {
        tree,
        table,
        supports,
        modality: own.modality.unwrap_or_default(),
        own_mood: !own.negated,
        negations: 0,
        found: Certainty::default(),
    };
    walk.outward(trigger, predicates);
    let Walk { mut modality, negations, mut found, .. } = walk;
    if negations % 2 == 1 {
        modality = if modality == Modality::Denied { Modality::Actual } else { Modality::Denied };
    }
    found.modality = modality;
    found
}

impl Walk<'_> {
    fn weaken(&mut self, modality: Modality) {
        if modality == Modality::Denied {
            self.negations += 1;
        } else {
            self.modality = self.modality.max(modality);
        }
    }

    fn lemma(&self, word: usize) -> String {
        self.tree.words[word].lemma.to_lowercase()
    }

    /// Modals, negation and hedges on the word itself. `counted` is the word below it whose own "no" has been counted.
    fn local(&mut self, word: usize, counted: Option<usize>) {
        let mut has_have = false;
        let mut has_aux = false;
        for &d in self.tree.dependents(word) {
            let w = &self.tree.words[d];
            let form = w.form.to_lowercase();
            match w.deprel {
                Deprel::Aux | Deprel::AuxPass | Deprel::Cop => {
                    has_aux = true;
                    let lemma =
                        if form == "'d" || form == "’d" { "would".to_owned() } else { w.lemma.to_lowercase() };
                    has_have |= w.xpos == Xpos::Vbd && lemma == "have";
                    if let Some(&modality) = self.table.modal.get(&lemma).or_else(|| self.table.modal.get(&form)) {
                        self.weaken(modality);
                    }
                }
                Deprel::Advmod | Deprel::Det | Deprel::Cc | Deprel::CcPreconj | Deprel::Discourse => {
                    if self.table.negation.contains(&form) || self.table.negation.contains(&w.lemma.to_lowercase()) {
                        self.negations += 1;
                    }
                    self.found.reported |= self.table.reported.contains(&form);
                    self.found.earlier |= self.table.earlier.contains(&form);
                }
                // "No appeal was lodged": the word that the walk came from has counted its own "no".
                Deprel::Nsubj | Deprel::NsubjPass | Deprel::Obj if counted != Some(d) => {
                    let says = |relation: Deprel, word: &str| {
                        self.tree.with(d, relation).any(|n| self.tree.words[n].form.eq_ignore_ascii_case(word))
                    };
                    let negated = self.table.negation.contains(&form)
                        || says(Deprel::Det, "no")
                        || (w.deprel != Deprel::Obj
                            && (says(Deprel::Det, "neither") || says(Deprel::CcPreconj, "neither")));
                    if negated {
                        self.negations += 1;
                    }
                }
                _ => {}
            }
        }
        self.found.earlier |= has_have && has_aux;
        if self.is_to(word) {
            self.weaken(Modality::Planned);
        }
    }

    /// "is to cease", "are to be taken off": a form of "be" in front of the infinitive tells what is arranged.
    fn is_to(&self, word: usize) -> bool {
        let of = |d: &usize, lemma: &str| self.tree.words[*d].lemma.eq_ignore_ascii_case(lemma);
        let dependents = self.tree.dependents(word);
        let to = dependents.iter().find(|d| self.tree.words[**d].upos == Upos::Part && of(d, "to"));
        to.is_some_and(|to| {
            dependents.iter().any(|d| {
                d < to
                    && of(d, "be")
                    && matches!(self.tree.words[*d].deprel, Deprel::Aux | Deprel::AuxPass | Deprel::Cop)
                    && matches!(self.tree.words[*d].xpos, Xpos::Vbz | Xpos::Vbp | Xpos::Vbd)
            })
        })
    }

    /// "the penalty would be a million": an act whose measure or nature hangs on a modal hangs on it itself.
    fn modal_of_predicate(&mut self, word: usize) {
        let dependents = self.tree.dependents(word);
        if !dependents.iter().any(|&d| self.tree.words[d].deprel == Deprel::Cop) {
            return;
        }
        for &d in dependents {
            let w = &self.tree.words[d];
            let modal = w.deprel == Deprel::Aux;
            if let Some(&modality) = self.table.modal.get(&w.lemma.to_lowercase()).filter(|_| modal) {
                self.weaken(modality);
            }
        }
    }

    /// "nor is it true that …", "it is not the case that …": what is told as untrue is denied.
    fn untrue(&mut self, word: usize) {
        let truth = matches!(self.lemma(word).as_str(), "true" | "correct" | "accurate" | "case");
        if truth && self.table.negates(self.tree, word) {
            self.negations += 1;
        }
    }

    /// "under penalty of a daily fine", "on pain of suspension": what disobedience would bring.
    fn on_pain(&self, word: usize) -> bool {
        matches!(self.lemma(word).as_str(), "penalty" | "pain" | "threat" | "peril")
            && matches!(case_of(self.tree, word), Some("on" | "under"))
    }

    /// "dismissed suggestions that …", "reports that … are premature": what a claim holds is denied with the claim.
    fn refuted(&mut self, claim: usize) {
        if !self.table.claim.contains(&self.lemma(claim)) {
            return;
        }
        let word = &self.tree.words[claim];
        let Some(head) = word.head else { return };
        let by = matches!(word.deprel, Deprel::Obj | Deprel::Nsubj | Deprel::NsubjPass);
        if by && self.table.refute.contains(&self.lemma(head)) && !self.table.negates(self.tree, head) {
            self.negations += 1;
        }
    }

    /// "is not accompanied by any fine": the negation of the clause covers what stands in it with "any".
    fn any(&mut self, word: usize, head: usize) {
        let any = self
            .tree
            .with(word, Deprel::Det)
            .any(|det| matches!(self.tree.words[det].form.to_lowercase().as_str(), "any" | "either"));
        if any && self.table.negates(self.tree, head) {
            self.negations += 1;
        }
    }

    fn mark(&mut self, word: usize) -> Option<&'static str> {
        let case = case_of(self.tree, word);
        if let Some(&modality) = case.and_then(|case| self.table.mark.get(case)) {
            self.weaken(modality);
        }
        case
    }

    fn embed(&mut self, word: usize) -> bool {
        let lemma = self.lemma(word);
        let particle = self
            .tree
            .dependents(word)
            .iter()
            .find(|&&d| self.tree.words[d].deprel == Deprel::CompoundPrt)
            .map(|&d| format!("{lemma} {}", self.tree.words[d].form.to_lowercase()));
        let found =
            particle.and_then(|with| self.table.embed.get(&with)).or_else(|| self.table.embed.get(&lemma)).copied();
        if let Some(modality) = found {
            self.weaken(modality);
        }
        found.is_some()
    }

    fn outward(&mut self, trigger: usize, predicates: &[Predicate]) {
        let mut at = trigger;
        let mut first = true;
        let mut counted = None;
        for _ in 0..self.tree.words.len() {
            let clause = is_clause_head(self.tree, at);
            if if first { self.own_mood } else { clause } {
                self.local(at, counted);
                counted = Some(at);
            }
            first = false;
            let word = &self.tree.words[at];
            let Some(head) = word.head else { return };
            match word.deprel {
                Deprel::Xcomp | Deprel::Csubj | Deprel::CsubjPass => {
                    self.embed(head);
                    at = head;
                }
                Deprel::Ccomp => {
                    // What is said keeps its own mood; only the governing word's meaning counts, and its denial.
                    self.mark(at);
                    self.embed(head);
                    self.untrue(head);
                    self.refuted(head);
                    return;
                }
                Deprel::Obj
                | Deprel::Nsubj
                | Deprel::NsubjPass
                | Deprel::Obl
                | Deprel::Iobj
                | Deprel::OblAgent
                | Deprel::OblUnmarked
                    if !clause || !predicates[at].governors.is_empty() =>
                {
                    if clause && matches!(word.deprel, Deprel::Obl | Deprel::OblUnmarked) {
                        self.mark(at);
                        return;
                    }
                    self.mark(at);
                    let carried = (self.supports)(head);
                    if !self.embed(head) && !carried {
                        if word.deprel == Deprel::Nsubj {
                            self.modal_of_predicate(head);
                        }
                        self.any(at, head);
                        return;
                    }
                    at = head;
                }
                Deprel::Nmod | Deprel::Compound | Deprel::NmodPoss => {
                    if self.on_pain(head) {
                        self.weaken(Modality::Possible);
                        return;
                    }
                    if !self.embed(head) {
                        return;
                    }
                    at = head;
                }
                Deprel::Acl => {
                    if is_infinitive(self.tree, at) {
                        if !self.embed(head) {
                            self.weaken(Modality::Planned);
                        }
                        at = head;
                    } else if case_of(self.tree, at).is_some() {
                        self.mark(at);
                        self.refuted(head);
                        if !self.embed(head) {
                            return;
                        }
                        at = head;
                    } else {
                        self.refuted(head);
                        return;
                    }
                }
                Deprel::Advcl => {
                    if is_infinitive(self.tree, at) && self.mark(at).is_none() {
                        // "came to Vienna to sign": what is done for a purpose is intended.
                        self.weaken(Modality::Planned);
                    } else {
                        self.mark(at);
                    }
                    return;
                }
                Deprel::Conj => {
                    // "may block or fine": a bare second verb shares the mood of the first.
                    let own_mood = self.tree.dependents(at).iter().any(|&d| {
                        matches!(
                            self.tree.words[d].deprel,
                            Deprel::Aux | Deprel::Nsubj | Deprel::NsubjPass | Deprel::Cop
                        )
                    });
                    if own_mood {
                        return;
                    }
                    // Negation of the first verb covers "or", not "and" ("did not appeal and paid").
                    let negations = self.negations;
                    let joined_by_or = self
                        .tree
                        .with(at, Deprel::Cc)
                        .any(|cc| matches!(self.tree.words[cc].form.to_lowercase().as_str(), "or" | "nor"));
                    if clause {
                        self.local(head, counted);
                        if !joined_by_or {
                            self.negations = negations;
                        }
                    }
                    let above = &self.tree.words[head];
                    if above.head.is_none() {
                        return;
                    }
                    // Go on from where the first conjunct stands, without counting its own mood twice.
                    self.climb_from(head, clause.then_some(head));
                    return;
                }
                _ => return,
            }
        }
    }

    /// The embedding above the first of a coordination; `counted` is the word below whose own "no" has been counted.
    fn climb_from(&mut self, word: usize, mut counted: Option<usize>) {
        let mut at = word;
        for _ in 0..self.tree.words.len() {
            let w = &self.tree.words[at];
            let Some(head) = w.head else { return };
            match w.deprel {
                Deprel::Xcomp | Deprel::Ccomp => {
                    self.embed(head);
                    if w.deprel == Deprel::Ccomp {
                        return;
                    }
                    self.local(head, counted);
                    counted = Some(head);
                    at = head;
                }
                Deprel::Obj | Deprel::Nsubj | Deprel::NsubjPass | Deprel::Obl if !is_clause_head(self.tree, at) => {
                    let carried = (self.supports)(head);
                    if !self.embed(head) && !carried {
                        return;
                    }
                    self.local(head, counted);
                    counted = Some(head);
                    at = head;
                }
                Deprel::Acl if is_infinitive(self.tree, word) => {
                    if !self.embed(head) {
                        self.weaken(Modality::Planned);
                    }
                    return;
                }
                Deprel::Advcl => {
                    if is_infinitive(self.tree, word) {
                        self.weaken(Modality::Planned);
                    } else {
                        self.mark(at);
                    }
                    return;
                }
                _ => return,
            }
        }
    }
}
