//! Who takes part: a table of the segment's distinct parties, and the events of each by role.
//!
//! A party is a name, an id, a kind and a country together, so that conditions on one and the same participant are
//! decided here, once a party and not once an event.

use super::dictionary::Dictionary;
use super::ordinals::OrdinalSet;
use super::postings::Postings;
use std::collections::BTreeMap;

use crate::event::{CountryCode, EntityKind, Participant, Role, words};

/// Roles a party can have.
const ROLES_COUNT: usize = 4;
const ROLES: [Role; ROLES_COUNT] = [Role::Actor, Role::Target, Role::Product, Role::Place];
/// What stands in a key where the country is unknown.
const NO_COUNTRY: &str = "--";

/// One party of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Party<'a> {
    pub(crate) name: &'a str,
    pub(crate) id: &'a str,
    pub(crate) kind: EntityKind,
    pub(crate) country: Option<CountryCode>,
}

/// The parties of a segment.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct PartyIndex {
    /// Keys (see [`write_key`]), so that parties of one name are neighbours.
    keys: Dictionary,
    /// The events of party `p` in role `r`: list `4 p + r`.
    postings: Postings,
    /// Words of names, and the parties that have them.
    words: Dictionary,
    /// Where each word's parties end in `parties`.
    ends: Box<[u32]>,
    parties: Box<[u32]>,
}

/// Writes what tells parties apart: the name, NUL, the id, one letter for the kind, two for the country. A folded name
/// has no NUL in it.
pub(super) fn write_key(key: &mut String, party: &Participant) {
    key.clear();
    key.push_str(&party.name);
    key.push('\0');
    key.push_str(&party.entity_id);
    key.push(char::from(b'0' + u8::try_from(party.kind as i32).unwrap_or(0)));
    match party.country {
        Some(code) => code.0.iter().for_each(|letter| key.push(char::from(*letter))),
        None => key.push_str(NO_COUNTRY),
    }
}

fn read_key(key: &str) -> Party<'_> {
    let (name, rest) = key.split_once('\0').unwrap_or((key, "0--"));
    let (rest, country) = rest.split_at(rest.len() - NO_COUNTRY.len());
    let (id, kind) = rest.split_at(rest.len() - 1);
    let kind = kind.bytes().next().map_or(0, |letter| i32::from(letter - b'0'));
    Party { name, id, kind: EntityKind::try_from(kind).unwrap_or_default(), country: CountryCode::parse(country) }
}

/// List of a party in a role.
pub(super) fn list_of(party: u32, role: Role) -> u32 {
    let role = ROLES.iter().position(|one| *one == role).unwrap_or(0);
    party * ROLES_COUNT as u32 + u32::try_from(role).unwrap_or(0)
}

impl PartyIndex {
    pub(super) fn new(keys: Dictionary, pairs: &[(u32, u16)]) -> Self {
        let postings = Postings::new(keys.len() * ROLES_COUNT, pairs);
        let mut of_words: Vec<(&str, u32)> = Vec::new();
        for (number, party) in (0..keys.len()).zip(0_u32..) {
            of_words.extend(words(read_key(keys.term(number)).name).map(|word| (word, party)));
        }
        of_words.sort_unstable();
        of_words.dedup();
        let mut distinct: Vec<&str> = Vec::new();
        let mut ends: Vec<u32> = Vec::new();
        for (at, (word, _)) in (1_u32..).zip(&of_words) {
            if distinct.last() == Some(word) {
                ends.pop();
            } else {
                distinct.push(word);
            }
            ends.push(at);
        }
        let words = Dictionary::from_sorted(distinct.into_iter());
        let parties = of_words.iter().map(|(_, party)| *party).collect();
        Self { keys, postings, words, ends: ends.into_boxed_slice(), parties }
    }

    fn party(&self, number: usize) -> Party<'_> {
        read_key(self.keys.term(number))
    }

    fn lists(parties: impl Iterator<Item = usize>, role: Option<Role>) -> impl Iterator<Item = usize> {
        parties.flat_map(move |party| {
            let all = party * ROLES_COUNT..(party + 1) * ROLES_COUNT;
            all.zip(ROLES).filter(move |(_, one)| role.is_none_or(|role| role == *one)).map(|(list, _)| list)
        })
    }

    /// The events in which a party that passes has the role.
    pub(crate) fn filtered(&self, role: Option<Role>, passes: impl Fn(Party<'_>) -> bool) -> OrdinalSet {
        let parties = (0..self.keys.len()).filter(|number| passes(self.party(*number)));
        self.postings.union(Self::lists(parties, role))
    }

    /// The same, where every party that passes has a name that begins so.
    pub(crate) fn filtered_by_prefix(
        &self,
        role: Option<Role>,
        prefix: &str,
        passes: impl Fn(Party<'_>) -> bool,
    ) -> OrdinalSet {
        let parties = self.keys.starting_with(prefix).filter(|number| passes(self.party(*number)));
        self.postings.union(Self::lists(parties, role))
    }

    /// The same, where every party that passes has a name with this word in it, or one that begins so.
    pub(crate) fn filtered_by_word(
        &self,
        role: Option<Role>,
        word: &str,
        open: bool,
        passes: impl Fn(Party<'_>) -> bool,
    ) -> OrdinalSet {
        let found = if open {
            self.words.starting_with(word)
        } else {
            self.words.find(word).map_or(0..0, |number| number..number + 1)
        };
        let range = |number: usize| {
            let start = if number == 0 { 0 } else { self.ends[number - 1] as usize };
            &self.parties[start..self.ends[number] as usize]
        };
        let mut parties: Vec<u32> = found.flat_map(range).copied().collect();
        if open {
            parties.sort_unstable();
            parties.dedup();
        }
        let parties = parties.into_iter().map(|party| party as usize).filter(|number| passes(self.party(*number)));
        self.postings.union(Self::lists(parties, role))
    }

    /// The events in which any party has the role.
    pub(crate) fn any(&self, role: Option<Role>) -> OrdinalSet {
        self.postings.union(Self::lists(0..self.keys.len(), role))
    }

    /// What parties in the role are, by a key of theirs, with how many events of a set have one and the first that does.
    pub(crate) fn counts(
        &self,
        role: Option<Role>,
        set: &OrdinalSet,
        key: impl Fn(Party<'_>) -> Option<String>,
    ) -> Vec<(String, usize, u16)> {
        let mut by_key: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for party in 0..self.keys.len() {
            if let Some(key) = key(self.party(party)) {
                by_key.entry(key).or_default().push(party);
            }
        }
        let counted = by_key.into_iter().filter_map(|(key, parties)| {
            let events = self.postings.union(Self::lists(parties.into_iter(), role)).and(set);
            let first = events.iter().next()?;
            Some((key, events.len(), first))
        });
        counted.collect()
    }

    pub(crate) fn resident_bytes(&self) -> usize {
        self.keys.resident_bytes()
            + self.postings.resident_bytes()
            + self.words.resident_bytes()
            + size_of_val(&*self.ends)
            + size_of_val(&*self.parties)
    }
}
