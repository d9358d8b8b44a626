//! Frames on one sentence: which fire, with which arguments, and why the others do not.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::{
    frames::{
        Condition, Frame, Inner, Kind, KindSet, Path, Requirement, Role,
        factuality::{Certainty, Own, certainty},
        load::{FrameSet, Support},
        path::Step,
        trigger::Found,
    },
    predicates::{Filler, Predicate, Slot, Via, is_clause_head, is_infinitive},
    syntax::{Deprel, Tree},
};

/// Tells the kind of the phrase that a word heads.
pub trait Kinds {
    /// Kind of the phrase headed by word number `word` of the sentence.
    fn kind(&self, word: usize) -> Kind;
}

/// A sentence as the matcher sees it.
#[derive(Clone, Copy)]
pub struct Sentence<'a> {
    /// The tree.
    pub tree: &'a Tree,
    /// The slots of its words.
    pub predicates: &'a [Predicate],
    /// The words in lower case.
    pub forms: &'a [String],
    /// The kinds of its phrases.
    pub kinds: &'a dyn Kinds,
}

impl std::fmt::Debug for Sentence<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sentence").field("forms", &self.forms).finish_non_exhaustive()
    }
}

/// A filler of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argument {
    /// The role.
    pub role: Role,
    /// Head word of the filler.
    pub word: usize,
    /// Which of the role's paths led to it, from 0.
    pub path: usize,
    /// Whether it was found next to where it should stand.
    pub rescued: bool,
    /// Whether its kind does not fit.
    pub soft: bool,
    /// How it came into its slot.
    pub via: Via,
}

/// A frame that fired.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameMatch {
    /// Number of the frame in its set.
    pub frame: usize,
    /// Word that heads the trigger.
    pub head: usize,
    /// All words of the trigger.
    pub trigger: Vec<usize>,
    /// The fillers, in order of the frame's roles.
    pub arguments: Vec<Argument>,
    /// How certain the act is.
    pub certainty: Certainty,
    /// The support verb that carries a noun trigger.
    pub support: Option<usize>,
    /// The governing word that the frame asked for.
    pub under: Option<usize>,
    /// The frame that took the trigger by its rank, where another did: assembly decides between the two.
    pub rival_of: Option<usize>,
    /// The frame whose act this one is a part of, as a rule ("ordered the provider to block the site"): told only where
    /// the weights are sure of it all the same.
    pub absorbed_by: Option<usize>,
}

impl FrameMatch {
    /// Whether it took its trigger by rank, and is no part of another act.
    pub fn stands(&self) -> bool {
        self.rival_of.is_none() && self.absorbed_by.is_none()
    }

    /// The fillers of `role`.
    pub fn role(&self, role: Role) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().filter(move |argument| argument.role == role)
    }
}

/// Why a frame fired or did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It fired.
    Fired,
    /// None of these alternatives was filled.
    Missing(Vec<Requirement>),
    /// A needed condition did not hold; its number among those of the frame.
    Unmet(usize),
    /// A forbidden condition held; its number among those of the frame.
    Vetoed(usize),
    /// No governing word of the frame's list stands above.
    NotUnder,
    /// The frame needs a negation at its trigger.
    NotNegated,
    /// Another frame took the trigger; its id.
    Beaten(String),
    /// It is part of the act of another frame, or gave way to it; its id.
    Absorbed(String),
}

/// A frame that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Number of the frame in its set.
    pub frame: usize,
    /// Words of the trigger.
    pub trigger: Vec<usize>,
    /// What came of it.
    pub outcome: Outcome,
}

/// Tries every frame whose number is `possible` on the sentence. Gives the matches in order of their triggers, and every
/// attempt.
pub(super) fn match_sentence(
    set: &FrameSet,
    sentence: Sentence<'_>,
    possible: impl FnMut(usize) -> bool,
) -> (Vec<FrameMatch>, Vec<Attempt>) {
    let mut attempts = Vec::new();
    let mut fired: Vec<FrameMatch> = Vec::new();
    for found in set.triggers().find(sentence.tree, sentence.forms, possible) {
        let frame = &set.frames()[found.frame];
        let outcome = match Matching::new(set, sentence, frame, &found).run(&found) {
            Ok(matched) => {
                fired.push(matched);
                Outcome::Fired
            }
            Err(outcome) => outcome,
        };
        attempts.push(Attempt { frame: found.frame, trigger: found.words, outcome });
    }
    let kept = settle(set, sentence, fired, &mut attempts);
    (kept, attempts)
}

/// Fillers on a path: mostly one or two, so that they need no memory of their own.
type Fillers = SmallVec<[Filler; 4]>;

struct Matching<'a> {
    set: &'a FrameSet,
    sentence: Sentence<'a>,
    frame: &'a Frame,
    head: usize,
    trigger: &'a [usize],
    support: Option<(usize, &'a Support)>,
    under: Option<usize>,
}

impl<'a> Matching<'a> {
    fn new(set: &'a FrameSet, sentence: Sentence<'a>, frame: &'a Frame, found: &'a Found) -> Self {
        let support = support_of(set, sentence, found.head);
        let under = under_of(sentence, &frame.under, found.head);
        Self { set, sentence, frame, head: found.head, trigger: &found.words, support, under }
    }

    fn run(&self, found: &Found) -> Result<FrameMatch, Outcome> {
        if !self.frame.under.is_empty() && self.under.is_none() && self.frame.under_required {
            return Err(Outcome::NotUnder);
        }
        if let Some(unmet) = self.frame.need.iter().position(|condition| !self.holds(condition)) {
            return Err(Outcome::Unmet(unmet));
        }
        if let Some(vetoed) = self.frame.veto.iter().position(|condition| self.holds(condition)) {
            return Err(Outcome::Vetoed(vetoed));
        }
        if self.frame.negated && !self.set.factuality().negates(self.sentence.tree, self.head) {
            return Err(Outcome::NotNegated);
        }
        let mut arguments = Vec::new();
        for rule in &self.frame.roles {
            let taken: Vec<usize> = arguments
                .iter()
                .filter(|a: &&Argument| matches!(a.role, Role::Actor | Role::Target | Role::Amount))
                .map(|a| a.word)
                .collect();
            arguments.extend(self.fill(rule.role, &rule.at, rule.kinds, rule.soft, &taken));
        }
        for alternatives in &self.frame.require {
            let filled = alternatives.iter().any(|requirement| match requirement {
                Requirement::Role(role) => arguments.iter().any(|argument| argument.role == *role),
                Requirement::Support => self.support.is_some(),
                Requirement::Under => self.under.is_some(),
            });
            if !filled {
                return Err(Outcome::Missing(alternatives.clone()));
            }
        }
        let carries = |word: usize| self.set.supports(self.sentence, word).next().is_some();
        let certainty = certainty(
            self.sentence.tree,
            self.sentence.predicates,
            self.set.factuality(),
            self.head,
            Own { modality: self.frame.modality, negated: self.frame.negated },
            &carries,
        );
        Ok(FrameMatch {
            frame: found.frame,
            head: self.head,
            trigger: found.words.clone(),
            arguments,
            certainty,
            support: self.support.map(|(word, _)| word),
            under: self.under,
            rival_of: None,
            absorbed_by: None,
        })
    }

    fn holds(&self, condition: &Condition) -> bool {
        condition.paths.iter().flat_map(|path| self.walk(path)).any(|filler| {
            let lemma_fits = condition.lemmas.is_empty()
                || condition.lemmas.contains(&self.sentence.forms[filler.word])
                || condition.lemmas.contains(&*lower_lemma(self.sentence.tree, filler.word));
            lemma_fits && condition.kinds.is_none_or(|kinds| kinds.has(self.kind(filler.word)))
        })
    }

    fn kind(&self, word: usize) -> Kind {
        self.sentence.kinds.kind(word)
    }

    fn fill(&self, role: Role, at: &[Path], kinds: KindSet, soft: bool, taken: &[usize]) -> Vec<Argument> {
        let mut fallback: Vec<Argument> = Vec::new();
        for rescue in [false, true] {
            for (number, path) in at.iter().enumerate() {
                let fillers = if rescue { self.rescue(path) } else { self.walk(path) };
                let argument = |filler: &Filler, soft| Argument {
                    role,
                    word: filler.word,
                    path: number,
                    rescued: rescue,
                    soft,
                    via: filler.via,
                };
                let free = |filler: &&Filler| !taken.contains(&filler.word) && !self.trigger.contains(&filler.word);
                let fitting: Vec<Argument> = fillers
                    .iter()
                    .filter(free)
                    .filter(|filler| kinds.has(self.kind(filler.word)))
                    .map(|filler| argument(filler, false))
                    .collect();
                if !fitting.is_empty() {
                    return fitting;
                }
                if soft && fallback.is_empty() && !rescue {
                    fallback = fillers
                        .iter()
                        .filter(free)
                        .filter(|filler| {
                            !matches!(self.kind(filler.word), Kind::Money | Kind::Date | Kind::Percent | Kind::Clause)
                        })
                        .map(|filler| argument(filler, true))
                        .collect();
                }
            }
        }
        fallback
    }

    /// The fillers that a path leads to.
    fn walk(&self, path: &Path) -> Fillers {
        let start = Filler { slot: Slot::Obj, word: self.head, via: Via::Direct };
        let mut at = Fillers::from_slice(&[start]);
        for step in &path.steps {
            let mut next = Fillers::new();
            for filler in &at {
                for found in self.step(filler.word, *step) {
                    if !next.iter().any(|seen| seen.word == found.word) {
                        next.push(found);
                    }
                }
            }
            at = next;
        }
        at
    }

    fn step(&self, word: usize, step: Step) -> Fillers {
        let direct = |word: usize| Filler { slot: Slot::Obj, word, via: Via::Direct };
        match step {
            Step::Slot(slot) => self.slot(word, slot),
            Step::SupportGiver => self.through_support(|support| &support.giver),
            Step::SupportReceiver => self.through_support(|support| &support.receiver),
            Step::Under => self.under.into_iter().map(direct).collect(),
            Step::Governor => self.sentence.tree.words[word].head.into_iter().map(direct).collect(),
            Step::Itself => Fillers::from_slice(&[direct(word)]),
            Step::Theme => theme(self.sentence, word),
            Step::Agent => agent(self.sentence, word),
        }
    }

    /// The fillers of a slot. Where a particle of the trigger was read as a preposition ("switch off the internet"), the
    /// phrase behind it is the trigger's object.
    fn slot(&self, word: usize, slot: Slot) -> Fillers {
        let predicate = &self.sentence.predicates[word];
        let found: Fillers = predicate.slot(slot).collect();
        if !found.is_empty() || slot != Slot::Obj || word != self.head || self.trigger.len() < 2 {
            return found;
        }
        let tree = self.sentence.tree;
        let is_particle = |filler: &&Filler| {
            matches!(filler.slot, Slot::P("off" | "down" | "out" | "up" | "over" | "in" | "away" | "back"))
                && tree.with(filler.word, Deprel::Case).any(|case| self.trigger.contains(&case))
        };
        predicate.fillers.iter().filter(is_particle).copied().collect()
    }

    fn through_support(&self, side: impl Fn(&Support) -> &Vec<Slot>) -> Fillers {
        let Some((verb, support)) = self.support else { return Fillers::new() };
        for &slot in side(support) {
            let fillers: Fillers = self.sentence.predicates[verb]
                .slot(slot)
                .filter(|filler| filler.word != self.head && self.sentence.tree.words[filler.word].mask.is_none())
                .collect();
            if !fillers.is_empty() {
                return fillers;
            }
        }
        Fillers::new()
    }

    /// Where the parser may have hung a phrase instead: on the object or sum next to it, or on the verb above.
    fn rescue(&self, path: &Path) -> Fillers {
        let [Step::Slot(slot @ Slot::P(_))] = path.steps[..] else { return Fillers::new() };
        let predicates = self.sentence.predicates;
        let mut found = Fillers::new();
        let near: SmallVec<[usize; 8]> = predicates[self.head]
            .fillers
            .iter()
            .filter(|filler| {
                matches!(filler.slot, Slot::Obj | Slot::Obj2 | Slot::P("of" | "for" | "on")) && filler.word > self.head
            })
            .map(|filler| filler.word)
            .collect();
        for word in near {
            found.extend(predicates[word].slot(slot));
        }
        if found.is_empty()
            && let Some((verb, _)) = self.support
        {
            found.extend(predicates[verb].slot(slot));
        }
        if found.is_empty()
            && !is_clause_head(self.sentence.tree, self.head)
            && let Some(head) = self.sentence.tree.words[self.head].head
        {
            found.extend(predicates[head].slot(slot).filter(|filler| filler.word > self.head));
        }
        found
    }
}

/// The lemma of a word in lower case, as those of proper nouns are not.
fn lower_lemma(tree: &Tree, word: usize) -> Cow<'_, str> {
    lower(&tree.words[word].lemma)
}

/// A lemma in lower case.
pub(super) fn lower(lemma: &str) -> Cow<'_, str> {
    let is_lower = lemma.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lower { Cow::Borrowed(lemma) } else { Cow::Owned(lemma.to_lowercase()) }
}

/// What an adjective or phrase is said of.
fn theme(sentence: Sentence<'_>, word: usize) -> Fillers {
    let predicates = sentence.predicates;
    let tree = sentence.tree;
    let own: Fillers = predicates[word].slot(Slot::Subj).chain(predicates[word].slot(Slot::Obj)).collect();
    if !own.is_empty() {
        return own;
    }
    let Some(head) = tree.words[word].head else { return Fillers::new() };
    if matches!(tree.words[word].deprel, Deprel::Amod | Deprel::Acl | Deprel::AclRelcl | Deprel::Nmod) {
        return Fillers::from_slice(&[Filler { slot: Slot::Obj, word: head, via: Via::Relative }]);
    }
    let objects: Fillers = predicates[head].slot(Slot::Obj).filter(|f| f.word != word).collect();
    if objects.is_empty() { predicates[head].slot(Slot::Subj).collect() } else { objects }
}

/// Who brings an adjective or phrase about.
fn agent(sentence: Sentence<'_>, word: usize) -> Fillers {
    let predicates = sentence.predicates;
    let Some(head) = sentence.tree.words[word].head else { return Fillers::new() };
    if predicates[word].slot(Slot::Subj).next().is_some() {
        return Fillers::new();
    }
    let has_object = predicates[head].slot(Slot::Obj).any(|filler| filler.word != word);
    if has_object { predicates[head].slot(Slot::Subj).collect() } else { Fillers::new() }
}

/// The support verb that carries the noun, and its table row.
fn support_of<'a>(set: &'a FrameSet, sentence: Sentence<'a>, noun: usize) -> Option<(usize, &'a Support)> {
    sentence.predicates[noun].governors.iter().find_map(|&(verb, slot)| {
        set.supports(sentence, verb).find(|support| support.at.contains(&slot)).map(|support| (verb, support))
    })
}

/// The nearest word above `word` whose lemma is in `under`; a modal or "have to" counts as well.
fn under_of(sentence: Sentence<'_>, under: &[String], word: usize) -> Option<usize> {
    if under.is_empty() {
        return None;
    }
    let tree = sentence.tree;
    let lists = |w: usize| {
        let word = lower_lemma(tree, w);
        under.iter().any(|lemma| *lemma == word)
    };
    let mut at = word;
    for _ in 0..4 {
        // "is to pay" hangs its "is" on the verb as a copula.
        let is_modal = |&&d: &&usize| matches!(tree.words[d].deprel, Deprel::Aux | Deprel::Cop) && lists(d);
        if let Some(&modal) = tree.dependents(at).iter().find(is_modal) {
            return Some(modal);
        }
        let head = tree.words[at].head?;
        match tree.words[at].deprel {
            Deprel::Xcomp
            | Deprel::Ccomp
            | Deprel::Acl
            | Deprel::Advcl
            | Deprel::Csubj
            | Deprel::Obj
            | Deprel::Conj
            | Deprel::Obl
            | Deprel::Nmod => {
                if lists(head) {
                    return Some(head);
                }
                at = head;
            }
            _ => return None,
        }
    }
    None
}

/// Keeps one match a trigger, with its rivals of other types behind it, and lets frames swallow or give way to the acts in
/// their clauses.
fn settle(
    set: &FrameSet,
    sentence: Sentence<'_>,
    mut fired: Vec<FrameMatch>,
    attempts: &mut [Attempt],
) -> Vec<FrameMatch> {
    let frames = set.frames();
    let rank = |m: &FrameMatch| {
        let frame = &frames[m.frame];
        let hard = m.arguments.iter().filter(|a| !a.soft && !a.rescued).count();
        (frame.priority, m.trigger.len(), hard, std::cmp::Reverse(m.frame))
    };
    let note = |attempts: &mut [Attempt], loser: &FrameMatch, outcome: Outcome| {
        if let Some(attempt) =
            attempts.iter_mut().find(|attempt| attempt.frame == loser.frame && attempt.trigger == loser.trigger)
        {
            attempt.outcome = outcome;
        }
    };
    // One frame a trigger word: longer triggers and higher priorities first.
    fired.sort_by_key(|m| std::cmp::Reverse(rank(m)));
    let mut kept: Vec<FrameMatch> = Vec::new();
    let mut rivals: Vec<FrameMatch> = Vec::new();
    for mut matched in fired {
        let taken = kept.iter().find(|other| {
            other.head == matched.head || other.trigger.iter().any(|word| matched.trigger.contains(word))
        });
        let Some(winner) = taken else {
            kept.push(matched);
            continue;
        };
        note(attempts, &matched, Outcome::Beaten(frames[winner.frame].id.clone()));
        let event_type = |m: &FrameMatch| &frames[m.frame].event_type;
        let known = |other: &FrameMatch| other.head == matched.head && event_type(other) == event_type(&matched);
        if winner.head == matched.head && !known(winner) && !rivals.iter().any(known) {
            matched.rival_of = Some(winner.frame);
            rivals.push(matched);
        }
    }
    kept.sort_by_key(|m| (m.head, m.frame));
    let mut dropped = vec![None; kept.len()];
    for outer in 0..kept.len() {
        let frame = &frames[kept[outer].frame];
        if frame.inner == Inner::Keep {
            continue;
        }
        let clauses: Vec<usize> = sentence.predicates[kept[outer].head]
            .fillers
            .iter()
            .filter(|f| match f.slot {
                // "urged it to pay", not "urged it to pay, accusing it of delay".
                Slot::Comp => {
                    sentence.tree.words[f.word].deprel != Deprel::Advcl || is_infinitive(sentence.tree, f.word)
                }
                Slot::P("to" | "for" | "from" | "against" | "of" | "with") => f.word > kept[outer].head,
                _ => false,
            })
            .map(|f| f.word)
            .collect();
        for inner in 0..kept.len() {
            if inner == outer || !clauses.iter().any(|&clause| inside(sentence.tree, clause, kept[inner].head)) {
                continue;
            }
            let inner_type = &frames[kept[inner].frame].event_type;
            if frame.inner == Inner::Yield || frame.yield_to.contains(inner_type) {
                dropped[outer] = Some(inner);
            } else if dropped[inner].is_none() {
                dropped[inner] = Some(outer);
            }
        }
    }
    for (number, absorber) in dropped.iter().enumerate() {
        if let Some(absorber) = absorber {
            note(attempts, &kept[number], Outcome::Absorbed(frames[kept[*absorber].frame].id.clone()));
        }
    }
    for (matched, absorber) in dropped.iter().enumerate() {
        kept[matched].absorbed_by = absorber.map(|absorber| kept[absorber].frame);
    }
    // What another act swallowed takes its rivals with it.
    rivals.retain(|rival| kept.iter().any(|winner| winner.head == rival.head && winner.absorbed_by.is_none()));
    kept.extend(rivals);
    kept.sort_by_key(|m| (m.head, m.rival_of.is_some(), m.frame));
    kept
}

/// Whether `word` belongs to the clause of `clause` itself, not to a relative clause or apposition in it.
fn inside(tree: &Tree, clause: usize, word: usize) -> bool {
    let mut at = word;
    loop {
        if at == clause {
            return true;
        }
        if matches!(tree.words[at].deprel, Deprel::AclRelcl | Deprel::Appos | Deprel::Parataxis) {
            return false;
        }
        match tree.words[at].head {
            Some(head) => at = head,
            None => return false,
        }
    }
}
