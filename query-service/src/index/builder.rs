//! Gathers the events of a segment, and seals it.

use super::dictionary::Dictionary;
use super::parties::{PartyIndex, list_of, write_key};
use super::postings::{Postings, RangeIndex, TermIndex};
use super::{SEGMENT_EVENTS_MAX, SegmentIndex};
use crate::event::{CurrencyCode, PartialDate, StoredEvent, words};
use crate::schema::EnumField;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::collections::BTreeMap;
use std::hash::BuildHasher;

/// Gathers the events of a segment that is still growing.
#[derive(Debug, Default)]
pub struct IndexBuilder {
    first_sequence: u64,
    events_count: usize,
    key: String,
    enums: [Vec<(u32, u16)>; 3],
    flags: [Vec<u16>; 3],
    exacts: [Terms; 3],
    names: [Terms; 3],
    texts: [Terms; 4],
    texts_set: [Vec<u16>; 4],
    countries: Terms,
    parties: Terms,
    roles: Vec<(u32, crate::event::Role, u16)>,
    amounts: BTreeMap<CurrencyCode, Vec<(i128, u16)>>,
    dates: [Vec<(PartialDate, u16)>; 2],
    confidences: Vec<(u64, u16)>,
    ingest_starts: Vec<u16>,
    ingest_times: Vec<i64>,
    fingerprints: Vec<u32>,
}

impl IndexBuilder {
    /// An index of no event yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next event; its ordinal is the number of those before it. Events beyond [`SEGMENT_EVENTS_MAX`] are
    /// refused with `false`.
    pub fn add(&mut self, event: &StoredEvent) -> bool {
        let Some(ordinal) = u16::try_from(self.events_count).ok().filter(|_| self.events_count < SEGMENT_EVENTS_MAX)
        else {
            return false;
        };
        if self.events_count == 0 {
            self.first_sequence = event.sequence;
        }
        self.events_count += 1;
        for (pairs, field) in
            self.enums.iter_mut().zip([EnumField::Type, EnumField::Factuality, EnumField::AmountBound])
        {
            pairs.push((u32::from(field.number(event)), ordinal));
        }
        for (list, flag) in self.flags.iter_mut().zip([event.reported, event.background, event.amount_each]) {
            if flag {
                list.push(ordinal);
            }
        }
        add_each(&mut self.exacts, [&event.custom_type, &event.document_id, &event.frame], ordinal);
        add_each(&mut self.names, [&event.source, &event.speaker, &event.publisher], ordinal);
        let texts = [&event.quote, &event.reason, &event.legal_basis, &event.title];
        for ((terms, set), text) in self.texts.iter_mut().zip(&mut self.texts_set).zip(texts) {
            if !text.is_empty() {
                set.push(ordinal);
            }
            words(text).for_each(|word| terms.add(word, ordinal));
        }
        for country in &event.countries {
            self.countries.add(std::str::from_utf8(&country.0).unwrap_or_default(), ordinal);
        }
        for party in &event.participants {
            write_key(&mut self.key, party);
            self.roles.push((self.parties.number(&self.key), party.role, ordinal));
        }
        for amount in &event.amounts {
            self.amounts.entry(amount.currency).or_default().push((amount.nanos, ordinal));
        }
        for (pairs, date) in self.dates.iter_mut().zip([event.occurred, event.published]) {
            pairs.extend(date.map(|date| (date, ordinal)));
        }
        // Of numbers from 0 on, the bits are in the order of the numbers.
        self.confidences.push((event.confidence.abs().to_bits(), ordinal));
        if self.ingest_times.last() != Some(&event.ingest_time.0) {
            self.ingest_times.push(event.ingest_time.0);
            self.ingest_starts.push(ordinal);
        }
        self.fingerprints.push(super::fingerprint(event.event_id));
        true
    }

    /// Seals the segment.
    #[must_use]
    pub fn finish(self) -> SegmentIndex {
        let (keys, ranks) = self.parties.sorted();
        let mut lists: Vec<(u32, u16)> = self
            .roles
            .iter()
            .map(|(party, role, ordinal)| (list_of(ranks[*party as usize], *role), *ordinal))
            .collect();
        lists.sort_by_key(|(list, _)| *list);
        SegmentIndex {
            first_sequence: self.first_sequence,
            events_count: self.events_count,
            enums: self.enums.map(|pairs| {
                let values_count = pairs.iter().map(|(value, _)| *value as usize + 1).max().unwrap_or(0);
                Postings::new(values_count, &pairs)
            }),
            flags: self.flags.map(one_list),
            exacts: self.exacts.map(Terms::finish),
            names: self.names.map(Terms::finish),
            texts: self.texts.map(Terms::finish),
            texts_set: self.texts_set.map(one_list),
            countries: self.countries.finish(),
            parties: PartyIndex::new(keys, &lists),
            amounts: self.amounts.into_iter().map(|(currency, pairs)| (currency, RangeIndex::new(pairs))).collect(),
            dates: self.dates.map(RangeIndex::new),
            confidences: RangeIndex::new(self.confidences),
            ingest_starts: self.ingest_starts.into_boxed_slice(),
            ingest_times: self.ingest_times.into_boxed_slice(),
            fingerprints: self.fingerprints.into_boxed_slice(),
        }
    }
}

fn add_each(terms: &mut [Terms; 3], values: [&str; 3], ordinal: u16) {
    for (terms, value) in terms.iter_mut().zip(values) {
        if !value.is_empty() {
            terms.add(value, ordinal);
        }
    }
}

fn one_list(list: Vec<u16>) -> Postings {
    let pairs: Vec<(u32, u16)> = list.into_iter().map(|ordinal| (0, ordinal)).collect();
    Postings::new(1, &pairs)
}

/// Terms in order of arrival, and who has them.
#[derive(Debug, Default)]
struct Terms {
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
    /// All terms, one after the other.
    bytes: String,
    ends: Vec<u32>,
    pairs: Vec<(u32, u16)>,
}

impl Terms {
    fn term(bytes: &str, ends: &[u32], number: u32) -> usize {
        debug_assert!(bytes.len() <= u32::MAX as usize);
        if number == 0 { 0 } else { ends[number as usize - 1] as usize }
    }

    /// Number of a term, which it gets now if it is new.
    fn number(&mut self, term: &str) -> u32 {
        let Self { numbers, hasher, bytes, ends, .. } = self;
        let of = |number: u32| &bytes[Self::term(bytes, ends, number)..ends[number as usize] as usize];
        let hash = hasher.hash_one(term);
        if let Some(number) = numbers.find(hash, |number| of(*number) == term) {
            return *number;
        }
        let number = u32::try_from(ends.len()).unwrap_or(u32::MAX);
        numbers.insert_unique(hash, number, |number| hasher.hash_one(of(*number)));
        bytes.push_str(term);
        ends.push(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        number
    }

    fn add(&mut self, term: &str, ordinal: u16) {
        let number = self.number(term);
        self.pairs.push((number, ordinal));
    }

    /// The terms in order, and the rank of each number.
    fn sorted(&self) -> (Dictionary, Vec<u32>) {
        let of = |number: &u32| {
            &self.bytes[Self::term(&self.bytes, &self.ends, *number)..self.ends[*number as usize] as usize]
        };
        let mut order: Vec<u32> = (0..).take(self.ends.len()).collect();
        order.sort_unstable_by_key(|number| of(number));
        let mut ranks = vec![0; order.len()];
        for (rank, number) in (0..).zip(&order) {
            ranks[*number as usize] = rank;
        }
        (Dictionary::from_sorted(order.iter().map(of)), ranks)
    }

    fn finish(self) -> TermIndex {
        let (dictionary, ranks) = self.sorted();
        let pairs: Vec<(u32, u16)> =
            self.pairs.iter().map(|(number, ordinal)| (ranks[*number as usize], *ordinal)).collect();
        let postings = Postings::new(dictionary.len(), &pairs);
        TermIndex { dictionary, postings }
    }
}
