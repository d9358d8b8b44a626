//! Sets of ordinals, the positions of events in one segment.
//!
//! A segment holds at most 65,536 events, so an ordinal is a `u16` and a set is one container of a roaring bitmap: a
//! sorted list while it is small, 1,024 words of bits beyond. Every operation costs time in the size of its smaller
//! list or in 1,024 words, never in the number of events.

/// Words of a set of bits.
pub(crate) const WORDS: usize = 1024;
/// Longest list before bits are smaller and faster.
pub(crate) const LIST_MAX: usize = 4096;

/// One bit an ordinal.
pub(crate) type Bits = [u64; WORDS];

/// An empty set of bits.
pub(crate) fn no_bits() -> Box<Bits> {
    Box::new([0; WORDS])
}

/// A set of ordinals.
#[derive(Clone, PartialEq, Eq)]
pub struct OrdinalSet(Form);

#[derive(Clone, PartialEq, Eq)]
enum Form {
    /// Sorted, without repeats, at most [`LIST_MAX`].
    List(Vec<u16>),
    /// More than [`LIST_MAX`].
    Bits(Box<Bits>),
}

impl Default for OrdinalSet {
    fn default() -> Self {
        Self(Form::List(Vec::new()))
    }
}

impl OrdinalSet {
    /// The ordinals below `count`.
    #[must_use]
    pub fn first(count: usize) -> Self {
        let mut bits = no_bits();
        let count = count.min(WORDS * 64);
        bits[..count / 64].fill(u64::MAX);
        if !count.is_multiple_of(64) {
            bits[count / 64] = (1 << (count % 64)) - 1;
        }
        Self::from_bits(bits)
    }

    /// The ordinals of a sorted list without repeats.
    pub(crate) fn from_sorted(list: Vec<u16>) -> Self {
        debug_assert!(list.is_sorted_by(|one, next| one < next));
        if list.len() <= LIST_MAX {
            return Self(Form::List(list));
        }
        let mut bits = no_bits();
        list.iter().for_each(|ordinal| set_bit(&mut bits, *ordinal));
        Self(Form::Bits(bits))
    }

    /// The ordinals whose bit is set.
    pub(crate) fn from_bits(bits: Box<Bits>) -> Self {
        let count: u32 = bits.iter().map(|word| word.count_ones()).sum();
        if count as usize > LIST_MAX {
            return Self(Form::Bits(bits));
        }
        Self(Form::List(BitIter::new(&bits).collect()))
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Form::List(list) => list.len(),
            Form::Bits(bits) => bits.iter().map(|word| word.count_ones() as usize).sum(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(&self.0, Form::List(list) if list.is_empty())
    }

    /// Whether an ordinal is in the set.
    #[must_use]
    pub fn contains(&self, ordinal: u16) -> bool {
        match &self.0 {
            Form::List(list) => list.binary_search(&ordinal).is_ok(),
            Form::Bits(bits) => has_bit(bits, ordinal),
        }
    }

    /// The ordinals in rising order; the iterator can also be walked from its end.
    #[must_use]
    pub fn iter(&self) -> Ordinals<'_> {
        self.range(0, u16::MAX)
    }

    /// The ordinals from `first` to `last`, both included, in rising order.
    #[must_use]
    pub fn range(&self, first: u16, last: u16) -> Ordinals<'_> {
        match &self.0 {
            Form::List(list) => {
                let start = list.partition_point(|ordinal| *ordinal < first);
                let end = list.partition_point(|ordinal| *ordinal <= last).max(start);
                Ordinals(Walk::List(list[start..end].iter()))
            }
            Form::Bits(bits) => Ordinals(Walk::Bits(BitIter::range(bits, first, last))),
        }
    }

    /// What is in both.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        match (self.0, &other.0) {
            (Form::List(list), Form::List(others)) => Self(Form::List(common(list, others))),
            (Form::List(mut list), Form::Bits(bits)) => {
                list.retain(|ordinal| has_bit(bits, *ordinal));
                Self(Form::List(list))
            }
            (Form::Bits(bits), Form::List(list)) => {
                Self(Form::List(list.iter().copied().filter(|ordinal| has_bit(&bits, *ordinal)).collect()))
            }
            (Form::Bits(mut bits), Form::Bits(others)) => {
                bits.iter_mut().zip(others.iter()).for_each(|(word, other)| *word &= other);
                Self::from_bits(bits)
            }
        }
    }

    /// What is in either.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        match (self.0, &other.0) {
            (Form::List(list), Form::List(others)) if list.len() + others.len() <= LIST_MAX => {
                let mut all = list;
                all.extend_from_slice(others);
                // Two runs in order: the stable sort merges them.
                all.sort();
                all.dedup();
                Self(Form::List(all))
            }
            (Form::Bits(mut bits), Form::Bits(others)) => {
                bits.iter_mut().zip(others.iter()).for_each(|(word, other)| *word |= other);
                Self(Form::Bits(bits))
            }
            (Form::Bits(mut bits), Form::List(list)) => {
                list.iter().for_each(|ordinal| set_bit(&mut bits, *ordinal));
                Self(Form::Bits(bits))
            }
            (Form::List(list), _) => {
                let mut bits = other.to_bits();
                list.iter().for_each(|ordinal| set_bit(&mut bits, *ordinal));
                Self::from_bits(bits)
            }
        }
    }

    /// What is in this one and not in the other.
    #[must_use]
    pub fn without(self, other: &Self) -> Self {
        match (self.0, &other.0) {
            (Form::List(mut list), _) => {
                list.retain(|ordinal| !other.contains(*ordinal));
                Self(Form::List(list))
            }
            (Form::Bits(mut bits), Form::List(list)) => {
                for ordinal in list {
                    bits[usize::from(*ordinal) / 64] &= !(1 << (ordinal % 64));
                }
                Self::from_bits(bits)
            }
            (Form::Bits(mut bits), Form::Bits(others)) => {
                bits.iter_mut().zip(others.iter()).for_each(|(word, other)| *word &= !other);
                Self::from_bits(bits)
            }
        }
    }

    fn to_bits(&self) -> Box<Bits> {
        match &self.0 {
            Form::List(list) => {
                let mut bits = no_bits();
                list.iter().for_each(|ordinal| set_bit(&mut bits, *ordinal));
                bits
            }
            Form::Bits(bits) => bits.clone(),
        }
    }
}

/// Lists that are so many times longer than others are searched, entry by entry of the others.
const SEARCH_FACTOR: usize = 16;
/// From this many entries on, bits are set and asked sooner than lists are searched.
const BITS_MIN: usize = 512;

/// What is in both of two lists.
fn common(mut list: Vec<u16>, others: &[u16]) -> Vec<u16> {
    if others.len().saturating_mul(SEARCH_FACTOR) < list.len() {
        return others.iter().copied().filter(|ordinal| list.binary_search(ordinal).is_ok()).collect();
    }
    let is_searched = list.len().saturating_mul(SEARCH_FACTOR) < others.len() || list.len() + others.len() < BITS_MIN;
    if is_searched {
        list.retain(|ordinal| others.binary_search(ordinal).is_ok());
    } else {
        let mut bits = no_bits();
        others.iter().for_each(|ordinal| set_bit(&mut bits, *ordinal));
        list.retain(|ordinal| has_bit(&bits, *ordinal));
    }
    list
}

impl FromIterator<u16> for OrdinalSet {
    fn from_iter<I: IntoIterator<Item = u16>>(ordinals: I) -> Self {
        let mut list: Vec<u16> = ordinals.into_iter().collect();
        list.sort_unstable();
        list.dedup();
        Self::from_sorted(list)
    }
}

impl std::fmt::Debug for OrdinalSet {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.iter()).finish()
    }
}

pub(crate) fn set_bit(bits: &mut Bits, ordinal: u16) {
    bits[usize::from(ordinal) / 64] |= 1 << (ordinal % 64);
}

pub(crate) fn has_bit(bits: &Bits, ordinal: u16) -> bool {
    bits[usize::from(ordinal) / 64] & (1 << (ordinal % 64)) != 0
}

/// The ordinals of a set, in rising order.
#[derive(Clone, Debug)]
pub struct Ordinals<'a>(Walk<'a>);

#[derive(Clone, Debug)]
enum Walk<'a> {
    List(std::slice::Iter<'a, u16>),
    Bits(BitIter<'a>),
}

impl Iterator for Ordinals<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        match &mut self.0 {
            Walk::List(list) => list.next().copied(),
            Walk::Bits(bits) => bits.next(),
        }
    }
}

impl DoubleEndedIterator for Ordinals<'_> {
    fn next_back(&mut self) -> Option<u16> {
        match &mut self.0 {
            Walk::List(list) => list.next_back().copied(),
            Walk::Bits(bits) => bits.next_back(),
        }
    }
}

/// Walks set bits from both ends. `front` and `back` hold what is left of the words at `low` and `high`; where both
/// stand on the same word, `front` alone counts.
#[derive(Clone, Debug)]
pub(crate) struct BitIter<'a> {
    bits: &'a Bits,
    low: usize,
    high: usize,
    front: u64,
    back: u64,
}

impl<'a> BitIter<'a> {
    pub(crate) fn new(bits: &'a Bits) -> Self {
        Self::range(bits, 0, u16::MAX)
    }

    fn range(bits: &'a Bits, first: u16, last: u16) -> Self {
        if first > last {
            return Self { bits, low: 0, high: 0, front: 0, back: 0 };
        }
        let (low, high) = (usize::from(first) / 64, usize::from(last) / 64);
        let (from_first, to_last) = (u64::MAX << (first % 64), u64::MAX >> (63 - last % 64));
        let front = if low == high { bits[low] & from_first & to_last } else { bits[low] & from_first };
        Self { bits, low, high, front, back: bits[high] & to_last }
    }
}

impl Iterator for BitIter<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        while self.front == 0 {
            if self.low >= self.high {
                return None;
            }
            self.low += 1;
            self.front = if self.low == self.high { self.back } else { self.bits[self.low] };
        }
        let bit = self.front.trailing_zeros() as usize;
        self.front &= self.front - 1;
        u16::try_from(self.low * 64 + bit).ok()
    }
}

impl DoubleEndedIterator for BitIter<'_> {
    fn next_back(&mut self) -> Option<u16> {
        while self.low < self.high {
            if self.back != 0 {
                let bit = 63 - self.back.leading_zeros() as usize;
                self.back &= !(1 << bit);
                return u16::try_from(self.high * 64 + bit).ok();
            }
            self.high -= 1;
            self.back = self.bits[self.high];
        }
        if self.front == 0 {
            return None;
        }
        let bit = 63 - self.front.leading_zeros() as usize;
        self.front &= !(1 << bit);
        u16::try_from(self.low * 64 + bit).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn any_set() -> impl Strategy<Value = BTreeSet<u16>> {
        prop_oneof![
            proptest::collection::btree_set(any::<u16>(), 0..50),
            proptest::collection::btree_set(0..200_u16, 0..150),
            (any::<u64>(), 200..9_000_usize).prop_map(|(seed, count)| {
                let mut state = seed | 1;
                (0..count)
                    .map(|_| {
                        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                        u16::try_from(state >> 48).unwrap()
                    })
                    .collect()
            }),
        ]
    }

    fn set(ordinals: &BTreeSet<u16>) -> OrdinalSet {
        OrdinalSet::from_sorted(ordinals.iter().copied().collect())
    }

    proptest! {
        #[test]
        fn sets_behave_as_sets(one in any_set(), two in any_set(), first in any::<u16>(), last in any::<u16>()) {
            let (a, b) = (set(&one), set(&two));
            prop_assert_eq!(a.len(), one.len());
            prop_assert!(a.iter().eq(one.iter().copied()));
            prop_assert!(a.iter().rev().eq(one.iter().rev().copied()));
            prop_assert_eq!(a.clone().and(&b), set(&one.intersection(&two).copied().collect()));
            prop_assert_eq!(a.clone().or(&b), set(&one.union(&two).copied().collect()));
            prop_assert_eq!(a.clone().without(&b), set(&one.difference(&two).copied().collect()));
            prop_assert_eq!(a.contains(first), one.contains(&first));
            if first <= last {
                prop_assert!(a.range(first, last).eq(one.range(first..=last).copied()));
                prop_assert!(a.range(first, last).rev().eq(one.range(first..=last).rev().copied()));
            } else {
                prop_assert_eq!(a.range(first, last).next(), None);
            }
        }

        #[test]
        fn both_ends_meet(one in any_set(), turns in proptest::collection::vec(any::<bool>(), 0..9_100)) {
            let set = set(&one);
            let mut walk = set.iter();
            let mut expected = one.clone();
            for front in turns {
                if front {
                    prop_assert_eq!(walk.next(), expected.pop_first());
                } else {
                    prop_assert_eq!(walk.next_back(), expected.pop_last());
                }
            }
        }

        #[test]
        fn the_first_are_the_first(count in 0..65_536_usize) {
            let first = OrdinalSet::first(count);
            prop_assert_eq!(first.len(), count);
            prop_assert_eq!(first.iter().next_back().map(usize::from), count.checked_sub(1));
        }
    }
}
