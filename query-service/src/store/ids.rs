//! Which sequence each event id has, over everything that the log holds.

use std::{collections::VecDeque, hash::BuildHasher as _};

use hashbrown::HashTable;

use crate::{event::EventId, log::Sequence};

/// Ids that lie in one piece of memory.
const CHUNK_IDS: u64 = 4_096;

/// Sequences by id.
///
/// Sequences have no gaps, so an id lies where its sequence says, and the table holds four bytes for it; a table of ids
/// with sequences takes twice the memory, and ids are a good part of what a small event takes. The hash has a random
/// key, so that no producer can choose ids that collide.
#[derive(Debug, Default)]
pub(super) struct Ids {
    /// The lower half of each sequence; far fewer than 2^32 are held at once.
    table: HashTable<u32>,
    hasher: std::hash::RandomState,
    /// The ids in the order of their sequences, each chunk but the last full.
    chunks: VecDeque<Vec<EventId>>,
    /// Sequence of the first id of the first chunk.
    base: u64,
    /// First sequence held.
    first: u64,
    /// The sequence after the last one held.
    end: u64,
}

impl Ids {
    pub(super) fn get(&self, id: EventId) -> Option<Sequence> {
        let found = self.table.find(self.hasher.hash_one(id), |low| self.at(self.sequence(*low)) == Some(id))?;
        Some(Sequence::new(self.sequence(*found)))
    }

    /// Adds the id of the next sequence; the first one may be any.
    pub(super) fn push(&mut self, id: EventId, sequence: Sequence) {
        if self.chunks.is_empty() {
            (self.base, self.first, self.end) = (sequence.get(), sequence.get(), sequence.get());
        }
        debug_assert_eq!(self.end, sequence.get(), "sequences have no gaps");
        self.place(id);
        let Self { table, hasher, chunks, base, first, .. } = self;
        let hash_of = |low: &u32| {
            let id = at(chunks, sequence_of(*low, *first) - *base);
            id.map_or(0, |id| hasher.hash_one(id))
        };
        table.insert_unique(hasher.hash_one(id), low_of(sequence.get()), hash_of);
    }

    /// Passes over sequences whose ids are not known, up to and including one.
    pub(super) fn skip(&mut self, first: Sequence, last: Sequence) {
        if self.chunks.is_empty() {
            (self.base, self.first, self.end) = (first.get(), first.get(), first.get());
        }
        // Where the table does not know a sequence, its place among the ids means nothing.
        while self.end <= last.get() {
            self.place(EventId([0; 16]));
        }
    }

    /// Adds an id to those in order.
    fn place(&mut self, id: EventId) {
        match self.chunks.back_mut() {
            Some(chunk) if chunk.len() < CHUNK_IDS as usize => chunk.push(id),
            _ => {
                let mut chunk = Vec::with_capacity(CHUNK_IDS as usize);
                chunk.push(id);
                self.chunks.push_back(chunk);
            }
        }
        self.end += 1;
    }

    /// Removes the ids of a sequence and all after it.
    pub(super) fn truncate(&mut self, from: Sequence) {
        while self.end > from.get().max(self.first) {
            self.forget(self.end - 1);
            self.end -= 1;
            if let Some(chunk) = self.chunks.back_mut() {
                chunk.pop();
                if chunk.is_empty() {
                    self.chunks.pop_back();
                }
            }
        }
    }

    /// Removes the ids up to a sequence, at most `count` of them; tells whether more are left to remove.
    pub(super) fn evict(&mut self, through: Sequence, count: usize) -> bool {
        let end = through.get().saturating_add(1).min(self.end);
        for _ in (self.first..end).take(count) {
            self.forget(self.first);
            self.first += 1;
            if self.first - self.base == CHUNK_IDS {
                self.chunks.pop_front();
                self.base = self.first;
            }
        }
        self.first < end
    }

    fn forget(&mut self, sequence: u64) {
        let low = low_of(sequence);
        let Some(id) = self.at(sequence) else { return };
        if let Ok(entry) = self.table.find_entry(self.hasher.hash_one(id), |held| *held == low) {
            entry.remove();
        }
    }

    fn at(&self, sequence: u64) -> Option<EventId> {
        at(&self.chunks, sequence.checked_sub(self.base)?)
    }

    const fn sequence(&self, low: u32) -> u64 {
        sequence_of(low, self.first)
    }

    /// Bytes of memory taken.
    pub(super) fn held_bytes(&self) -> u64 {
        let chunk_bytes = CHUNK_IDS * size_of::<EventId>() as u64;
        self.table.allocation_size() as u64 + self.chunks.len() as u64 * chunk_bytes
    }
}

fn at(chunks: &VecDeque<Vec<EventId>>, offset: u64) -> Option<EventId> {
    let chunk = chunks.get(usize::try_from(offset / CHUNK_IDS).ok()?)?;
    // Below CHUNK_IDS.
    chunk.get((offset % CHUNK_IDS) as usize).copied()
}

/// The lower half of a sequence.
const fn low_of(sequence: u64) -> u32 {
    sequence as u32
}

/// The first sequence from `first` on that has this lower half.
const fn sequence_of(low: u32, first: u64) -> u64 {
    first + low.wrapping_sub(low_of(first)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is done to the ids, by numbers of events; an event's id is made of its sequence, and of how often the end
    /// was cut off before it.
    #[derive(Clone, Copy, Debug)]
    enum Act {
        Push(u64),
        Skip(u64),
        Truncate(u64),
        Evict(u64, usize),
    }

    /// Does the acts and compares with a plain map after each.
    fn check(start: u64, acts: &[Act]) {
        let mut ids = Ids::default();
        let mut plain = std::collections::BTreeMap::new();
        let mut end = start;
        for (round, act) in (0_u64..).zip(acts) {
            match *act {
                Act::Push(count) => {
                    for sequence in end..end + count {
                        let id = EventId((u128::from(sequence) << 64 | u128::from(round)).to_be_bytes());
                        assert_eq!(ids.get(id), None);
                        ids.push(id, Sequence::new(sequence));
                        plain.insert(sequence, id);
                    }
                    end += count;
                }
                Act::Skip(count) => {
                    ids.skip(Sequence::new(end), Sequence::new(end + count - 1));
                    end += count;
                }
                Act::Truncate(count) => {
                    end -= count;
                    ids.truncate(Sequence::new(end));
                    let cut = plain.split_off(&end);
                    assert!(cut.values().all(|id| ids.get(*id).is_none()), "{acts:?}");
                }
                Act::Evict(through, step) => {
                    while ids.evict(Sequence::new(start + through), step) {}
                    let kept = plain.split_off(&(start + through + 1));
                    assert!(plain.values().all(|id| ids.get(*id).is_none()), "{acts:?}");
                    plain = kept;
                }
            }
            assert!(plain.iter().all(|(sequence, id)| ids.get(*id) == Some(Sequence::new(*sequence))), "{acts:?}");
            assert_eq!(ids.table.len(), plain.len(), "{acts:?}");
        }
    }

    #[test]
    fn ids_are_found_while_their_events_are_held() {
        use Act::{Evict, Push, Skip, Truncate};
        let whole = CHUNK_IDS;
        for start in [1, 77, u64::from(u32::MAX) - 5_000] {
            check(start, &[Push(10), Truncate(10), Push(3)]);
            check(start, &[Push(whole), Truncate(1), Push(2), Evict(whole - 1, 1_024), Truncate(1), Push(1)]);
            check(start, &[Push(3 * whole), Evict(whole + 10, 100), Truncate(whole), Push(2 * whole)]);
            check(start, &[Skip(3), Push(whole), Skip(whole + 7), Push(5), Evict(whole + 20, 100), Push(1)]);
            check(start, &[Push(9), Evict(3, 2), Truncate(5), Push(9), Evict(12, 1_024)]);
        }
    }
}
