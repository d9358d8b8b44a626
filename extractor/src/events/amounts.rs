//! The sum of an act: which money expression belongs to it, and in which currencies it is told.

use crate::{
    events::{Amount, AmountBound, reading::Reading},
    frames::FrameMatch,
    gazetteer::Country,
    mask::MaskedValue,
    predicates::is_clause_head,
    syntax::{Tree, Upos},
    values::money,
};

/// A sum as the text gives it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sum {
    /// As told first, then in other currencies.
    pub amounts: Vec<Amount>,
    /// Whether it is a bound.
    pub bound: AmountBound,
    /// Whether each target has it for itself.
    pub each: bool,
}

/// Whether the word stands for a sum of money.
pub(super) fn is_sum(reading: &Reading<'_>, sentence: usize, word: usize) -> bool {
    let mask = reading.trees[sentence].words[word].mask;
    mask.is_some_and(|mask| matches!(reading.masks[mask].value, MaskedValue::Money(_)))
}

/// The sum that the masked word `word` tells; bare dollars are those of the first of `homes` that has dollars.
pub(super) fn sum(reading: &Reading<'_>, sentence: usize, word: usize, homes: &[Country]) -> Option<Sum> {
    let mask = reading.trees[sentence].words[word].mask?;
    let MaskedValue::Money(expression) = &reading.masks[mask].value else { return None };
    let homes: Vec<&str> = homes.iter().map(Country::as_str).collect();
    let amounts: Vec<Amount> =
        money::resolve(expression, &homes).into_iter().map(|(value, currency)| Amount { value, currency }).collect();
    if amounts.is_empty() {
        return None;
    }
    let bound = match expression.bound {
        money::Bound::Exact => AmountBound::Exact,
        money::Bound::About => AmountBound::Approximate,
        money::Bound::AtMost => AmountBound::Maximum,
        money::Bound::AtLeast | money::Bound::Upto(_) => AmountBound::Minimum,
    };
    Some(Sum { amounts, bound, each: expression.each })
}

/// Whether the sum of `word` names the currency of the code by a sign or word that no other currency has.
pub(super) fn names(reading: &Reading<'_>, sentence: usize, word: usize, code: &str) -> bool {
    let Some(MaskedValue::Money(expression)) =
        reading.trees[sentence].words[word].mask.map(|mask| &reading.masks[mask].value)
    else {
        return false;
    };
    expression.amounts.iter().any(|amount| matches!(amount.currency, money::Currency::Code(own) if own == code))
}

/// The sum nearest to the trigger in its own clause, where no role of the frame led to one.
pub(super) fn nearest(reading: &Reading<'_>, sentence: usize, matched: &FrameMatch) -> Option<usize> {
    let tree = &reading.trees[sentence];
    let clause = clause_of(tree, matched.head);
    (0..tree.words.len())
        .filter(|&word| is_sum(reading, sentence, word) && clause_of(tree, word) == clause)
        .min_by_key(|&word| (matched.head.abs_diff(word), word))
}

/// The verb whose clause the word stands in, or the root.
pub(super) fn clause_of(tree: &Tree, word: usize) -> usize {
    let mut at = word;
    loop {
        if tree.words[at].upos == Upos::Verb && is_clause_head(tree, at) {
            return at;
        }
        match tree.words[at].head {
            Some(head) => at = head,
            None => return at,
        }
    }
}
