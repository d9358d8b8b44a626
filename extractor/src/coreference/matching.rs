//! Which names are one name: alias, acronym, legal form, parts.

use std::collections::BTreeMap;

use super::story;
use crate::gazetteer::{EntityKind, EntryId, Gazetteer, fold, plain_words};
use crate::names::{Form, Mention, acronym_of};
use crate::syntax::Tree;

/// One spelling of a name in the document.
struct Spelling {
    /// Folded, without legal forms.
    folded: String,
    /// Its telling words.
    words: Vec<String>,
    entry: Option<EntryId>,
    kind: EntityKind,
    /// Written in capitals throughout.
    capitals: bool,
    /// Whether the story itself has it.
    told: bool,
    /// First mention.
    first: usize,
}

/// The cluster of every mention that is a name: the index of the first mention of one of its spellings.
pub(super) fn cluster(trees: &[Tree], mentions: &[Mention], gazetteer: &Gazetteer) -> Vec<Option<usize>> {
    let mut spellings: Vec<Spelling> = Vec::new();
    let mut by_fold: BTreeMap<String, usize> = BTreeMap::new();
    let mut of_mention = vec![None; mentions.len()];
    for (index, mention) in mentions.iter().enumerate() {
        if mention.form != Form::Name {
            continue;
        }
        let folded = gazetteer.strip_legal_forms(&fold(&mention.name)).to_owned();
        let told = story(trees[mention.sentence].block);
        let place = *by_fold.entry(folded.clone()).or_insert_with(|| {
            let words = plain_words(&folded).map(str::to_owned).collect();
            let capitals = mention.name.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
            spellings.push(Spelling {
                folded: folded.clone(),
                words,
                entry: mention.entry,
                kind: mention.kind,
                capitals,
                told,
                first: index,
            });
            spellings.len() - 1
        });
        let spelling = &mut spellings[place];
        spelling.told |= told;
        spelling.entry = spelling.entry.or(mention.entry);
        of_mention[index] = Some(place);
    }

    let mut joined = Joined::new(spellings.len());
    let mut by_entry: BTreeMap<EntryId, usize> = BTreeMap::new();
    for (index, spelling) in spellings.iter().enumerate() {
        if let Some(entry) = spelling.entry {
            let first = *by_entry.entry(entry).or_insert(index);
            joined.join(first, index);
        }
    }
    // What the document itself tells of abbreviations goes before what the gazetteer knows.
    for (index, mention) in mentions.iter().enumerate() {
        for alias in &mention.aliases {
            let alias = by_fold.get(gazetteer.strip_legal_forms(&fold(alias)));
            if let (Some(place), Some(&alias)) = (of_mention[index], alias) {
                joined.join(place, alias);
            }
        }
    }
    let matcher = Matcher { spellings: &spellings, gazetteer };
    let by_word = matcher.by_word();
    for short in 0..spellings.len() {
        if let Some(long) = matcher.longer(short, &by_word) {
            joined.join(long, short);
        }
    }

    let mut first: BTreeMap<usize, usize> = BTreeMap::new();
    for place in of_mention.iter().flatten() {
        let root = joined.root(*place);
        let mention = spellings[*place].first;
        let slot = first.entry(root).or_insert(mention);
        *slot = (*slot).min(mention);
    }
    of_mention.into_iter().map(|place| place.map(|place| first[&joined.root(place)])).collect()
}

/// Disjoint sets.
struct Joined {
    above: Vec<usize>,
}

impl Joined {
    fn new(count: usize) -> Self {
        Self { above: (0..count).collect() }
    }

    fn root(&mut self, mut place: usize) -> usize {
        while self.above[place] != place {
            self.above[place] = self.above[self.above[place]];
            place = self.above[place];
        }
        place
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.above[b.max(a)] = a.min(b);
    }
}

struct Matcher<'m> {
    spellings: &'m [Spelling],
    gazetteer: &'m Gazetteer,
}

/// Words that make a longer name of a known company without making it another one.
const COMPANY_WORDS: &[&str] = &[
    "international",
    "distribution",
    "technologies",
    "technology",
    "systems",
    "communications",
    "europe",
    "global",
    "platforms",
    "operations",
    "services",
    "trading",
    "industries",
    "enterprises",
    "solutions",
    "networks",
    "electronics",
    "software",
    "labs",
    "lab",
    "telecom",
    "telecommunications",
    "media",
    "messenger",
    "energy",
    "bank",
    "airlines",
    "motors",
];

impl Matcher<'_> {
    /// Spellings by each of their words.
    fn by_word(&self) -> BTreeMap<&str, Vec<usize>> {
        let mut by_word: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, spelling) in self.spellings.iter().enumerate() {
            if spelling.words.len() > 1 {
                for word in &spelling.words {
                    by_word.entry(word).or_default().push(index);
                }
            }
        }
        by_word
    }

    /// The longer spelling that `short` is short for: the first in the text of those that fit.
    fn longer(&self, short: usize, by_word: &BTreeMap<&str, Vec<usize>>) -> Option<usize> {
        let name = &self.spellings[short];
        if matches!(name.kind, EntityKind::Country | EntityKind::Place) && name.entry.is_some() {
            return None;
        }
        let none = Vec::new();
        let sharing = name.words.first().and_then(|word| by_word.get(word.as_str())).unwrap_or(&none);
        let last = name.words.last().and_then(|word| by_word.get(word.as_str())).unwrap_or(&none);
        let parts = sharing.iter().chain(last).copied().filter(|&long| long != short && self.is_part(short, long));
        let best = parts.min_by_key(|&long| self.preference(short, long));
        if best.is_some() || !name.capitals || name.words.len() != 1 {
            return best;
        }
        let stands_for = |long: &usize| {
            let other = &self.spellings[*long];
            (other.entry.is_none() || name.entry.is_none() || other.entry == name.entry)
                && acronym_of(&name.folded, &other.folded)
        };
        (0..self.spellings.len()).filter(|&long| long != short).find(stands_for)
    }

    /// Persons for persons before others, then those told in the story, then the first.
    fn preference(&self, short: usize, long: usize) -> (bool, bool, usize) {
        let other = &self.spellings[long];
        let person = |kind| kind == EntityKind::Person;
        (person(other.kind) != person(self.spellings[short].kind), !other.told, other.first)
    }

    fn is_part(&self, short: usize, long: usize) -> bool {
        let (a, b) = (&self.spellings[short], &self.spellings[long]);
        if a.words.is_empty() || a.words.len() >= b.words.len() || (a.told && !b.told) {
            return false;
        }
        if a.entry.is_some() && b.entry.is_some() && a.entry != b.entry {
            return false;
        }
        if b.kind == EntityKind::Person {
            let one = a.words.len() == 1 && (a.kind == EntityKind::Person || a.entry.is_none());
            let first = one && a.words[0] == b.words[0] && a.kind == EntityKind::Person;
            return first || ((one || a.kind == EntityKind::Person) && b.words.ends_with(&a.words));
        }
        if matches!(b.kind, EntityKind::Country | EntityKind::Place)
            || a.kind == EntityKind::Person && a.words.len() > 1
        {
            return false;
        }
        let added = |words: &[String]| words.iter().all(|word| self.adds_nothing(word));
        if b.words.starts_with(&a.words) {
            let rest = &b.words[a.words.len()..];
            // "Google" is known, "Google Play" is another thing; "Zentora" is not, "Zentora Labs" is likely the same.
            return if a.entry.is_some() {
                added(rest)
            } else {
                !self.only_place(&a.words) && !self.only_noun(&a.words)
            };
        }
        if b.words.ends_with(&a.words) {
            let front = &b.words[..b.words.len() - a.words.len()];
            let countries = front.iter().all(|word| self.is_place(word));
            return countries && !self.only_noun(&a.words);
        }
        // "Tagansky court" for "Tagansky District Court": first and last word and nothing else.
        b.kind == EntityKind::Authority
            && a.words.len() > 1
            && a.words.first() == b.words.first()
            && a.words.last() == b.words.last()
            && !self.is_place(&a.words[0])
    }

    fn adds_nothing(&self, word: &str) -> bool {
        COMPANY_WORDS.contains(&word) || self.gazetteer.is_legal_form(word) || self.is_place(word)
    }

    /// Whether a folded word is a country, its adjective, or a place.
    fn is_place(&self, word: &str) -> bool {
        let mut chars = word.chars();
        let Some(first) = chars.next() else { return false };
        let capitalised: String = first.to_uppercase().chain(chars).collect();
        let acronym = word.len() <= 3 && self.gazetteer.place(&word.to_uppercase()).is_some();
        acronym || self.gazetteer.demonym(&capitalised).is_some() || self.gazetteer.place(&capitalised).is_some()
    }

    fn only_place(&self, words: &[String]) -> bool {
        words.iter().all(|word| self.is_place(word))
    }

    fn only_noun(&self, words: &[String]) -> bool {
        words.len() == 1 && self.gazetteer.head_noun(&words[0]).is_some()
    }
}
