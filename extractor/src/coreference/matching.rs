//! Which names are one name: alias, acronym, legal form, parts.

use std::collections::BTreeMap;

use super::story;
use crate::gazetteer::{EntityKind, EntryId, Gazetteer, fold, plain_words};
use crate::names::{Form, Mention, acronym_letters, initials};
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
    let longer = Longer::new(&spellings);
    for short in 0..spellings.len() {
        if let Some(long) = matcher.longer(short, &longer) {
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

/// The spellings of several words by what they may be shortened to, so that no name is held against all others.
#[derive(Default)]
struct Longer<'s> {
    /// By the words that they begin or end with.
    by_part: BTreeMap<&'s [String], Vec<usize>>,
    /// Authorities by their first and last word.
    by_ends: BTreeMap<(&'s str, &'s str), Vec<usize>>,
    /// By the initials of their words.
    by_initials: BTreeMap<String, Vec<usize>>,
}

impl<'s> Longer<'s> {
    fn new(spellings: &'s [Spelling]) -> Self {
        let mut all = Self::default();
        for (index, spelling) in spellings.iter().enumerate() {
            let words = &spelling.words[..];
            for cut in 1..words.len() {
                all.by_part.entry(&words[..cut]).or_default().push(index);
                all.by_part.entry(&words[cut..]).or_default().push(index);
            }
            if let ([first, .., last], EntityKind::Authority) = (words, spelling.kind) {
                all.by_ends.entry((first, last)).or_default().push(index);
            }
            let [every, telling] = initials(&spelling.folded);
            if telling != every {
                all.by_initials.entry(telling).or_default().push(index);
            }
            if !every.is_empty() {
                all.by_initials.entry(every).or_default().push(index);
            }
        }
        all
    }

    /// Those that may be shortened to `words`.
    fn than<'a>(&'a self, words: &'a [String]) -> impl Iterator<Item = usize> + 'a {
        let ends = match words {
            [first, .., last] => self.by_ends.get(&(first.as_str(), last.as_str())),
            _ => None,
        };
        self.by_part.get(words).into_iter().chain(ends).flatten().copied()
    }

    /// Those that `acronym` may stand for, in order of the text.
    fn with_initials(&self, acronym: &str) -> impl Iterator<Item = usize> {
        acronym_letters(acronym).and_then(|letters| self.by_initials.get(&letters)).into_iter().flatten().copied()
    }
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
    /// The longer spelling that `short` is short for: the first in the text of those that fit.
    fn longer(&self, short: usize, longer: &Longer<'_>) -> Option<usize> {
        let name = &self.spellings[short];
        if matches!(name.kind, EntityKind::Country | EntityKind::Place) && name.entry.is_some() {
            return None;
        }
        let parts = longer.than(&name.words).filter(|&long| long != short && self.is_part(short, long));
        let best = parts.min_by_key(|&long| self.preference(short, long));
        if best.is_some() || !name.capitals || name.words.len() != 1 {
            return best;
        }
        let stands_for = |long: &usize| {
            let other = &self.spellings[*long];
            other.entry.is_none() || name.entry.is_none() || other.entry == name.entry
        };
        longer.with_initials(&name.folded).filter(|&long| long != short).find(stands_for)
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
