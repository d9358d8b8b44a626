//! Posting lists: for each term of a field, the ordinals of the events that have it.
//!
//! All lists of a field lie in one piece of memory, two bytes an entry; a list of more than 4,096 is kept as bits.

use super::dictionary::Dictionary;
use super::ordinals::{Bits, LIST_MAX, OrdinalSet, has_bit, no_bits, set_bit};
use std::ops::Range;

/// Ordinals from which on they are put in order by bits rather than by sorting.
const SORTED_MAX: usize = 256;

/// The lists of terms 0, 1, 2 and so on.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Postings {
    /// Where each list ends in `flat`.
    ends: Box<[u32]>,
    flat: Box<[u16]>,
    /// Lists that are bits instead, by term.
    dense: Box<[(u32, Box<Bits>)]>,
}

impl Postings {
    /// From pairs of term and ordinal in which the ordinals of each term rise; repeats are dropped.
    pub(crate) fn new(terms_count: usize, pairs: &[(u32, u16)]) -> Self {
        let mut starts = vec![0_u32; terms_count + 1];
        let mut last: Vec<Option<u16>> = vec![None; terms_count];
        let mut is_new = |term: u32, ordinal: u16| last[term as usize].replace(ordinal) != Some(ordinal);
        let kept: Vec<(u32, u16)> = pairs.iter().copied().filter(|(term, ordinal)| is_new(*term, *ordinal)).collect();
        for (term, _) in &kept {
            starts[*term as usize + 1] += 1;
        }
        let dense_terms: Vec<u32> =
            (0..).zip(&starts[1..]).filter(|(_, count)| **count as usize > LIST_MAX).map(|(term, _)| term).collect();
        let mut dense: Vec<(u32, Box<Bits>)> = dense_terms.iter().map(|term| (*term, no_bits())).collect();
        dense_terms.iter().for_each(|term| starts[*term as usize + 1] = 0);
        for term in 0..terms_count {
            starts[term + 1] += starts[term];
        }
        let mut flat = vec![0_u16; starts[terms_count] as usize];
        let mut next: Vec<u32> = starts[..terms_count].to_vec();
        for (term, ordinal) in kept {
            if let Ok(at) = dense_terms.binary_search(&term) {
                set_bit(&mut dense[at].1, ordinal);
            } else {
                flat[next[term as usize] as usize] = ordinal;
                next[term as usize] += 1;
            }
        }
        Self { ends: starts[1..].into(), flat: flat.into_boxed_slice(), dense: dense.into_boxed_slice() }
    }

    fn terms_count(&self) -> usize {
        self.ends.len()
    }

    fn list(&self, term: usize) -> &[u16] {
        let start = if term == 0 { 0 } else { self.ends[term - 1] as usize };
        &self.flat[start..self.ends[term] as usize]
    }

    fn dense(&self, term: usize) -> Option<&Bits> {
        let term = u32::try_from(term).ok()?;
        self.dense.binary_search_by_key(&term, |(term, _)| *term).ok().map(|at| &*self.dense[at].1)
    }

    /// The ordinals of one term; none where there is no such term.
    pub(crate) fn of(&self, term: usize) -> OrdinalSet {
        if term >= self.terms_count() {
            return OrdinalSet::default();
        }
        match self.dense(term) {
            Some(bits) => OrdinalSet::from_bits(Box::new(*bits)),
            None => OrdinalSet::from_sorted(self.list(term).to_vec()),
        }
    }

    /// The ordinals that have one of the terms.
    pub(crate) fn union(&self, terms: impl Iterator<Item = usize>) -> OrdinalSet {
        let mut gathered: Vec<u16> = Vec::new();
        let mut bits: Option<Box<Bits>> = None;
        let mut lists_count = 0;
        for term in terms.filter(|term| *term < self.terms_count()) {
            lists_count += 1;
            match (self.dense(term), &mut bits) {
                (Some(dense), bits) => {
                    let bits = bits.get_or_insert_with(no_bits);
                    bits.iter_mut().zip(dense.iter()).for_each(|(word, more)| *word |= more);
                }
                (None, Some(bits)) => self.list(term).iter().for_each(|ordinal| set_bit(bits, *ordinal)),
                (None, None) => gathered.extend_from_slice(self.list(term)),
            }
            if gathered.len() > LIST_MAX {
                let bits = bits.get_or_insert_with(no_bits);
                gathered.drain(..).for_each(|ordinal| set_bit(bits, ordinal));
            }
        }
        match bits {
            Some(mut bits) => {
                gathered.iter().for_each(|ordinal| set_bit(&mut bits, *ordinal));
                OrdinalSet::from_bits(bits)
            }
            None if lists_count > 1 && gathered.len() > SORTED_MAX => {
                let mut bits = no_bits();
                gathered.iter().for_each(|ordinal| set_bit(&mut bits, *ordinal));
                OrdinalSet::from_bits(bits)
            }
            None => {
                if lists_count > 1 {
                    gathered.sort_unstable();
                    gathered.dedup();
                }
                OrdinalSet::from_sorted(gathered)
            }
        }
    }

    /// How many ordinals of a set a term has, and the first of them; `None` where it has none.
    pub(crate) fn count_within(&self, term: usize, set: &OrdinalSet) -> Option<(usize, u16)> {
        let has = |ordinal: &u16| match self.dense(term) {
            Some(bits) => has_bit(bits, *ordinal),
            None => self.list(term).binary_search(ordinal).is_ok(),
        };
        // The shorter side is walked.
        let mut count = 0;
        let mut first = None;
        let mut found = |ordinal: u16| {
            count += 1;
            first.get_or_insert(ordinal);
        };
        if self.dense(term).is_some() || set.len() < self.list(term).len() {
            set.iter().filter(has).for_each(&mut found);
        } else {
            self.list(term).iter().copied().filter(|ordinal| set.contains(*ordinal)).for_each(&mut found);
        }
        first.map(|first| (count, first))
    }

    pub(crate) fn resident_bytes(&self) -> usize {
        size_of_val(&*self.ends)
            + size_of_val(&*self.flat)
            + size_of_val(&*self.dense)
            + self.dense.len() * size_of::<Bits>()
    }
}

/// A dictionary and the posting lists of its terms.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct TermIndex {
    pub(super) dictionary: Dictionary,
    pub(super) postings: Postings,
}

impl TermIndex {
    /// The ordinals of one term.
    pub(crate) fn equal(&self, term: &str) -> OrdinalSet {
        self.dictionary.find(term).map_or_else(OrdinalSet::default, |number| self.postings.of(number))
    }

    /// The ordinals of the terms that begin so.
    pub(crate) fn starting_with(&self, prefix: &str) -> OrdinalSet {
        self.postings.union(self.dictionary.starting_with(prefix))
    }

    /// The ordinals of the terms that pass.
    pub(crate) fn filtered(&self, passes: impl Fn(&str) -> bool) -> OrdinalSet {
        self.postings.union((0..self.dictionary.len()).filter(|number| passes(self.dictionary.term(*number))))
    }

    /// The ordinals of all terms.
    pub(crate) fn any(&self) -> OrdinalSet {
        self.postings.union(0..self.dictionary.len())
    }

    /// The terms that events of a set have, with how many have them and the first that does.
    pub(crate) fn counts<'a>(&'a self, set: &'a OrdinalSet) -> impl Iterator<Item = (&'a str, usize, u16)> {
        (0..self.dictionary.len()).filter_map(|number| {
            let (count, first) = self.postings.count_within(number, set)?;
            Some((self.dictionary.term(number), count, first))
        })
    }

    pub(crate) fn resident_bytes(&self) -> usize {
        self.dictionary.resident_bytes() + self.postings.resident_bytes()
    }
}

/// Distinct values in order, and the ordinals of each.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RangeIndex<V> {
    values: Box<[V]>,
    postings: Postings,
}

impl<V: Copy + Ord> RangeIndex<V> {
    /// From values with ordinals, in any order.
    pub(crate) fn new(mut pairs: Vec<(V, u16)>) -> Self {
        pairs.sort_unstable();
        let mut values: Vec<V> = Vec::new();
        let mut numbered: Vec<(u32, u16)> = Vec::with_capacity(pairs.len());
        for (value, ordinal) in pairs {
            if values.last() != Some(&value) {
                values.push(value);
            }
            numbered.push((u32::try_from(values.len() - 1).unwrap_or(u32::MAX), ordinal));
        }
        let postings = Postings::new(values.len(), &numbered);
        Self { values: values.into_boxed_slice(), postings }
    }

    /// The ordinals of the values that pass. The values that do must be neighbours.
    pub(crate) fn between(&self, too_low: impl Fn(V) -> bool, too_high: impl Fn(V) -> bool) -> OrdinalSet {
        let start = self.values.partition_point(|value| too_low(*value));
        let end = self.values.partition_point(|value| !too_high(*value)).max(start);
        self.postings.union(Range { start, end })
    }

    /// The ordinals of the values that pass.
    pub(crate) fn filtered(&self, passes: impl Fn(V) -> bool) -> OrdinalSet {
        self.postings.union((0..self.values.len()).filter(|number| passes(self.values[*number])))
    }

    /// The values that events of a set have, with how many have them.
    pub(crate) fn counts<'a>(&'a self, set: &'a OrdinalSet) -> impl Iterator<Item = (V, usize)> {
        (0..self.values.len())
            .filter_map(|number| self.postings.count_within(number, set).map(|(count, _)| (self.values[number], count)))
    }

    pub(crate) fn resident_bytes(&self) -> usize {
        size_of_val(&*self.values) + self.postings.resident_bytes()
    }
}
