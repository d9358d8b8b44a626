//! Answers a predicate from the index of a segment, and reads the texts of events only where the index cannot decide.
//!
//! [`Plan::build`] once a filter, [`Plan::select`] once a segment; the [`Selection`] then holds the candidates in order.
//! Where [`Selection::is_exact`] does not hold, each candidate is put to [`Selection::confirm`] with its encoded bytes.
//! The result is that of [`Predicate::matches`] on every event of the segment.
//!
//! How: the parts of a predicate that posting lists decide are joined as sets. A part that needs the text (a phrase, a
//! pattern, a whole text, an id) contributes two sets: the events that surely match, and those that may. Negation swaps
//! the two. What surely matches is never read; of what may match, only the undecided parts are looked at.

use crate::filter::{Node, Predicate, Test};
use crate::index::{OrdinalSet, SegmentIndex};
use std::sync::Arc;

mod explain;
mod lookup;
mod read;

use read::Reader;

/// How to find the events that match a predicate. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Plan(Arc<Steps>);

#[derive(Debug)]
struct Steps {
    predicate: Predicate,
    root: Step,
    /// How many [`Step::Sets`] there are.
    sets_count: usize,
}

/// A part of a plan.
#[derive(Debug)]
enum Step {
    /// Decided by the index alone; the number tells where its set is kept for [`Selection::confirm`].
    Sets(Node, usize),
    /// Narrowed by the index, decided by the text.
    Read(Test),
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
}

/// The events of one segment that match, or may match.
#[derive(Clone, Debug)]
pub struct Selection {
    plan: Plan,
    candidates: OrdinalSet,
    /// Candidates that match for sure; `None` where all do.
    sure: Option<OrdinalSet>,
    /// The sets of the steps that the index decided, where some are undecided.
    sets: Vec<OrdinalSet>,
}

/// What is known about the events of a step.
struct Bounds {
    may: OrdinalSet,
    /// `None` where it is the same set.
    sure: Option<OrdinalSet>,
}

impl Plan {
    /// Makes the plan of a predicate.
    #[must_use]
    pub fn build(predicate: &Predicate) -> Self {
        let mut sets_count = 0;
        let root = step(predicate.root(), &mut sets_count);
        Self(Arc::new(Steps { predicate: predicate.clone(), root, sets_count }))
    }

    /// The predicate that this plan answers.
    #[must_use]
    pub fn predicate(&self) -> &Predicate {
        &self.0.predicate
    }

    /// Finds the candidates of a segment.
    #[must_use]
    pub fn select(&self, index: &SegmentIndex) -> Selection {
        if let Step::Sets(node, _) = &self.0.root {
            let candidates = lookup::node(index, node);
            return Selection { plan: self.clone(), candidates, sure: None, sets: Vec::new() };
        }
        let mut sets = vec![OrdinalSet::default(); self.0.sets_count];
        let Bounds { may, sure } = bounds(index, &self.0.root, &mut sets);
        Selection { plan: self.clone(), candidates: may, sure, sets }
    }

    /// How the plan works, for people: one line a step.
    #[must_use]
    pub fn explain(&self) -> String {
        explain::explain(&self.0.root, None)
    }

    /// The same, with the number of events that each step finds in a segment.
    #[must_use]
    pub fn explain_on(&self, index: &SegmentIndex) -> String {
        explain::explain(&self.0.root, Some(index))
    }
}

impl Selection {
    /// Ordinals of the events that may match; no other event of the segment matches.
    #[must_use]
    pub fn candidates(&self) -> &OrdinalSet {
        &self.candidates
    }

    /// Whether every candidate matches.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.sure.is_none()
    }

    /// Whether a candidate matches. `encoded` is its `fineprint.v1.Event`; it is read only where the index could not
    /// decide.
    #[must_use]
    pub fn confirm(&self, ordinal: u16, encoded: &[u8]) -> bool {
        let Some(sure) = &self.sure else { return true };
        sure.contains(ordinal) || self.decide(&self.plan.0.root, ordinal, &mut Reader::new(encoded))
    }

    /// How many events match. `encoded` gives the bytes of an ordinal; it is asked only where the index could not
    /// decide.
    #[must_use]
    pub fn count<'a>(&self, mut encoded: impl FnMut(u16) -> &'a [u8]) -> usize {
        match &self.sure {
            None => self.candidates.len(),
            Some(sure) => {
                let open = self.candidates.iter().filter(|ordinal| !sure.contains(*ordinal));
                sure.len() + open.filter(|ordinal| self.confirm(*ordinal, encoded(*ordinal))).count()
            }
        }
    }

    /// The events that match. `encoded` gives the bytes of an ordinal; it is asked only where the index could not
    /// decide.
    #[must_use]
    pub fn resolve<'a>(&self, mut encoded: impl FnMut(u16) -> &'a [u8]) -> OrdinalSet {
        match &self.sure {
            None => self.candidates.clone(),
            Some(_) => self.candidates.iter().filter(|ordinal| self.confirm(*ordinal, encoded(*ordinal))).collect(),
        }
    }

    fn decide(&self, step: &Step, ordinal: u16, reader: &mut Reader<'_>) -> bool {
        match step {
            Step::Sets(_, number) => self.sets[*number].contains(ordinal),
            Step::Read(test) => reader.passes(test),
            Step::And(steps) => steps.iter().all(|step| self.decide(step, ordinal, reader)),
            Step::Or(steps) => steps.iter().any(|step| self.decide(step, ordinal, reader)),
            Step::Not(step) => !self.decide(step, ordinal, reader),
        }
    }
}

/// The step of a node, with all that the index decides alone drawn together.
fn step(node: &Node, sets_count: &mut usize) -> Step {
    let mut decided = |node: Node| {
        *sets_count += 1;
        Step::Sets(node, *sets_count - 1)
    };
    match node {
        node if lookup::decides(node) => decided(node.clone()),
        Node::And(parts) | Node::Or(parts) => {
            let join: fn(Vec<Node>) -> Node = if let Node::And(_) = node { Node::And } else { Node::Or };
            let (by_index, by_text): (Vec<&Node>, Vec<&Node>) = parts.iter().partition(|part| lookup::decides(part));
            let mut steps = Vec::new();
            match &*by_index {
                [] => {}
                [only] => steps.push(decided((*only).clone())),
                several => steps.push(decided(join(several.iter().copied().cloned().collect()))),
            }
            steps.extend(by_text.into_iter().map(|part| step(part, sets_count)));
            if let Node::And(_) = node { Step::And(steps) } else { Step::Or(steps) }
        }
        Node::Not(part) => Step::Not(Box::new(step(part, sets_count))),
        // Words stand in a name or in the quote: the names the index knows.
        Node::Test(Test::Words(phrase, written)) => {
            let [names, quote] = lookup::names_and_quote(phrase, written);
            Step::Or(vec![decided(Node::Test(names)), Step::Read(quote)])
        }
        Node::Test(test) => Step::Read(test.clone()),
        Node::All => decided(Node::All),
    }
}

/// Finds what may match and what surely does, and keeps the sets that the index decided.
fn bounds(index: &SegmentIndex, step: &Step, sets: &mut [OrdinalSet]) -> Bounds {
    match step {
        Step::Sets(node, number) => {
            let set = lookup::node(index, node);
            sets[*number].clone_from(&set);
            Bounds { may: set, sure: None }
        }
        Step::Read(test) => Bounds { may: lookup::candidates(index, test), sure: Some(OrdinalSet::default()) },
        Step::And(steps) => {
            let mut all: Option<Bounds> = None;
            for step in steps {
                if all.as_ref().is_some_and(|bounds| bounds.may.is_empty()) {
                    break;
                }
                let next = bounds(index, step, sets);
                all = Some(match all {
                    None => next,
                    Some(so_far) => {
                        Bounds { sure: both(&so_far, &next, OrdinalSet::and), may: so_far.may.and(&next.may) }
                    }
                });
            }
            all.unwrap_or_else(|| Bounds { may: index.all(), sure: None })
        }
        Step::Or(steps) => {
            let mut any = Bounds { may: OrdinalSet::default(), sure: None };
            for step in steps {
                let next = bounds(index, step, sets);
                any = Bounds { sure: both(&any, &next, OrdinalSet::or), may: any.may.or(&next.may) };
            }
            any
        }
        Step::Not(step) => {
            let Bounds { may, sure } = bounds(index, step, sets);
            match sure {
                None => Bounds { may: index.all().without(&may), sure: None },
                Some(sure) => Bounds { sure: Some(index.all().without(&may)), may: index.all().without(&sure) },
            }
        }
    }
}

/// What surely matches of two steps joined; `None` where that is what may match.
fn both(one: &Bounds, other: &Bounds, join: fn(OrdinalSet, &OrdinalSet) -> OrdinalSet) -> Option<OrdinalSet> {
    if one.sure.is_none() && other.sure.is_none() {
        return None;
    }
    let sure = |bounds: &Bounds| bounds.sure.clone().unwrap_or_else(|| bounds.may.clone());
    Some(join(sure(one), &sure(other)))
}

#[cfg(test)]
mod tests;
