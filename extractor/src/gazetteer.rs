//! Known names: organisations, authorities, media, products, countries with their demonyms and metonyms, cities and
//! regions; and the nouns that tell what kind of thing they head.
//!
//! The tables are plain tab-separated files under `extractor/data/gazetteer`, built into the binary; a folder may
//! replace any of them ([`Gazetteer::load`]). Looking a name up is a hash of its folded form, whatever the number of
//! entries. What the tables do not know is left to [`crate::names`].

use hashbrown::{HashMap, HashSet};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

mod fold;
mod load;

pub use fold::{fold, plain_words};
pub use load::Error;

/// What a name or a noun phrase stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntityKind {
    /// A company, association, medium or other body that is not an authority.
    Organisation,
    /// A court, regulator, ministry, parliament, police force, government or union of states.
    Authority,
    /// A person.
    Person,
    /// A country, or the European Union.
    Country,
    /// A city, region or other place.
    Place,
    /// A product, service or piece of content that is acted on.
    Product,
    /// A class of persons or organisations: users, customers, foreign firms.
    Group,
    /// Anything else, or not known.
    Other,
}

impl EntityKind {
    /// Every kind, in the order of the enum.
    pub(crate) const ALL: &'static [Self] = &[
        Self::Organisation,
        Self::Authority,
        Self::Person,
        Self::Country,
        Self::Place,
        Self::Product,
        Self::Group,
        Self::Other,
    ];

    /// The kind that the tables write as `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "ORGANISATION" => Self::Organisation,
            "AUTHORITY" => Self::Authority,
            "PERSON" => Self::Person,
            "COUNTRY" => Self::Country,
            "PLACE" => Self::Place,
            "PRODUCT" => Self::Product,
            "GROUP" => Self::Group,
            "OTHER" => Self::Other,
            _ => return None,
        })
    }

    /// How names of features write the kind.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Organisation => "Organisation",
            Self::Authority => "Authority",
            Self::Person => "Person",
            Self::Country => "Country",
            Self::Place => "Place",
            Self::Product => "Product",
            Self::Group => "Group",
            Self::Other => "Other",
        }
    }

    /// Whether one that acts can be of this kind: organisations, authorities, persons, countries.
    pub fn can_act(self) -> bool {
        matches!(self, Self::Organisation | Self::Authority | Self::Person | Self::Country)
    }
}

/// ISO 3166 alpha-2 code of a country; also `EU`, `UN` and `XK`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country([u8; 2]);

impl Country {
    /// The country with the code `text`: two capital letters of the Latin alphabet.
    pub fn parse(text: &str) -> Option<Self> {
        match *text.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Some(Self([a, b])),
            _ => None,
        }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl std::fmt::Display for Country {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Debug for Country {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Position of an entry in its gazetteer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(u32);

/// A known name and what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Stable id: `org:google`, `authority:ofcom`, `country:RU`, `place:frankfurt`, `product:windows`.
    pub entity_id: String,
    /// Its usual name.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
    /// Where it is at home.
    pub country: Option<Country>,
    /// Line of business or kind of body (`bank`, `regulator`, …), told apart by the nouns that can name it; may be empty.
    pub sector: String,
    /// Whether it is a news medium.
    pub medium: bool,
    /// Entity id of the owner of a product, where the tables know both.
    pub owner: Option<String>,
}

/// A noun that tells the kind of what it heads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noun {
    /// The kind of what it names.
    pub kind: EntityKind,
    /// Whether it can name entries of any sector.
    pub any_sector: bool,
    /// Sectors of the entries that it can name.
    pub sectors: Vec<String>,
}

impl Noun {
    /// Whether the noun can stand for something of `sector` ("the airline" for an airline, "the company" for any).
    pub fn suits_sector(&self, sector: &str) -> bool {
        self.any_sector || sector.is_empty() || self.sectors.iter().any(|s| s == sector)
    }
}

/// A name as a key of the tables.
#[derive(Clone, Copy, Debug)]
struct Key {
    entry: EntryId,
    /// Written in capitals in the tables ("US", "SEC"): then "us" and "Sec" are other words.
    capitals: bool,
}

/// What is known of all names that begin with a certain word.
#[derive(Clone, Copy, Debug)]
pub struct Beginning {
    /// Articles before that word.
    articles: usize,
    /// The most words of a known name.
    words_max: usize,
}

impl Beginning {
    /// Whether `name`, which begins so and has at least so many `words` with blanks between, may be a known one; for sure
    /// not where false.
    pub fn may_be(self, name: &str, words: usize) -> bool {
        // A word that is the last one, too, may have an ending that does not count, and so may a last one that is but
        // signs.
        if words < self.articles + 2 || !name.ends_with(char::is_alphanumeric) {
            return true;
        }
        if self.words_max == 0 {
            return false;
        }
        let last = name.split_whitespace().next_back().unwrap_or_default();
        words - self.articles <= self.words_max || is_written_as_legal_form(last)
    }
}

/// Whether a word is written as legal forms are: "too" and "as" are words as well, and then have no capitals or dots.
fn is_written_as_legal_form(word: &str) -> bool {
    word.contains('.') || word == "plc" || word.chars().any(char::is_uppercase)
}

/// The tables, ready for look-ups.
#[derive(Clone, Debug, Default)]
pub struct Gazetteer {
    entries: Vec<Entry>,
    keys: HashMap<String, Key>,
    /// First word of keys → the most words of one of them.
    beginnings: HashMap<String, usize>,
    demonyms: HashMap<String, Country>,
    metonyms: HashMap<String, Country>,
    capitals: HashMap<String, Country>,
    nouns: HashMap<String, Noun>,
    /// The last words of the nouns that have several ("engine" of "search engine").
    last_words: HashSet<String>,
    legal_forms: HashMap<String, ()>,
    titles: HashMap<String, ()>,
    business_words: HashMap<String, ()>,
    given_names: HashMap<String, ()>,
    no_names: HashMap<String, ()>,
    currencies: BTreeMap<String, Country>,
}

impl Gazetteer {
    /// The tables that are built into the binary.
    ///
    /// # Panics
    /// Never: a test loads them.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: OnceLock<Gazetteer> = OnceLock::new();
        #[allow(clippy::expect_used, reason = "the embedded tables are constants that a test loads")]
        EMBEDDED.get_or_init(|| load::embedded().expect("the embedded tables are sound: a test loads them"))
    }

    /// The tables in the folder `dir`; those that it lacks are the embedded ones. Errors name file, line and what was
    /// expected there.
    pub fn load(dir: &Path) -> Result<Self, Error> {
        load::folder(dir)
    }

    /// The entry that `name` names; case, a leading "the", a possessive ending and legal forms ("Inc.", "PJSC") do
    /// not matter, except that words without any capital name nothing, and that acronyms must be written in capitals.
    pub fn lookup(&self, name: &str) -> Option<&Entry> {
        self.lookup_id(name).map(|id| self.entry(id))
    }

    /// As [`Self::lookup`], but the entry's position.
    pub fn lookup_id(&self, name: &str) -> Option<EntryId> {
        if !name.chars().any(|c| c.is_uppercase() || c.is_ascii_digit()) && !name.contains('.') {
            return None;
        }
        let folded = fold(name);
        let key = self.keys.get(&folded).or_else(|| {
            let last = name.split_whitespace().next_back()?;
            let stripped = if is_written_as_legal_form(last) { self.strip_legal_forms(&folded) } else { &folded };
            (stripped.len() < folded.len()).then(|| self.keys.get(stripped)).flatten()
        })?;
        (!key.capitals || fold::capitals(name)).then_some(key.entry)
    }

    /// What is known of the names that begin as `text` does, to spare the look-ups that would find nothing.
    pub fn beginning(&self, text: &str) -> Beginning {
        let (first, articles) = fold::beginning(text);
        // Legal forms before a name are no part of it, nor are commas before those behind.
        let open = first.is_empty() || first.ends_with([',', '&']) || fold::stands_before_names(&first);
        let words_max = if open { usize::MAX } else { self.beginnings.get(&first).copied().unwrap_or_default() };
        Beginning { articles, words_max }
    }

    /// The entry at `id`.
    pub fn entry(&self, id: EntryId) -> &Entry {
        &self.entries[id.0 as usize]
    }

    /// The entries, in the order of the tables.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The country of an adjective ("Russian") or of a word for its people ("Russians", "Dutchman").
    pub fn demonym(&self, word: &str) -> Option<Country> {
        if !word.chars().next().is_some_and(char::is_uppercase) || (word.len() == 2 && !fold::capitals(word)) {
            return None;
        }
        self.demonyms.get(&fold(word)).copied()
    }

    /// The country in which the country, city or region `name` lies.
    pub fn place(&self, name: &str) -> Option<Country> {
        let entry = self.lookup(name)?;
        matches!(entry.kind, EntityKind::Country | EntityKind::Place).then_some(entry.country).flatten()
    }

    /// The country whose government `name` stands for when it acts: capitals ("Moscow"), seats of power ("Kremlin",
    /// "Downing Street") and the country's own names.
    pub fn state(&self, name: &str) -> Option<Country> {
        if let Some(entry) = self.lookup(name)
            && entry.kind == EntityKind::Country
        {
            return entry.country;
        }
        let folded = fold(name);
        self.capitals.get(&folded).or_else(|| self.metonyms.get(&folded)).copied()
    }

    /// The country of which `name` is the capital.
    pub fn capital(&self, name: &str) -> Option<Country> {
        self.capitals.get(&fold(name)).copied()
    }

    /// The kind that a noun tells of what it heads ("regulator" → authority); singular, lower case.
    pub fn head_noun(&self, lemma: &str) -> Option<EntityKind> {
        self.noun(lemma).map(|noun| noun.kind)
    }

    /// What the tables tell of a noun; singular, lower case.
    pub fn noun(&self, lemma: &str) -> Option<&Noun> {
        self.nouns.get(lemma).or_else(|| {
            // "co-owner", "ex-minister", "vice-chair", "photo-sharing network", "insurance group".
            let (_, last) = lemma.rsplit_once(['-', ' '])?;
            self.nouns.get(last)
        })
    }

    /// Whether a noun of several words may end with `lemma`, so that the words before it are worth a look.
    pub fn may_end_noun(&self, lemma: &str) -> bool {
        lemma.contains(['-', ' ']) || self.last_words.contains(lemma)
    }

    /// Whether `name` is a news medium.
    pub fn is_medium(&self, name: &str) -> bool {
        self.lookup(name).is_some_and(|entry| entry.medium)
    }

    /// Whether `word` is a legal form ("Inc.", "PJSC", "GmbH") or as little of a name ("Group").
    pub fn is_legal_form(&self, word: &str) -> bool {
        self.legal_forms.contains_key(&fold(word))
    }

    /// Whether `words` is what stands before a person's name ("Mr", "President", "Tan Sri").
    pub fn is_title(&self, words: &str) -> bool {
        self.titles.contains_key(&fold(words))
    }

    /// Whether `word` is one that closes the names of companies ("Logistics", "Telecom").
    pub fn is_business_word(&self, word: &str) -> bool {
        self.business_words.contains_key(&fold(word))
    }

    /// Whether `word` is a person's given name.
    pub fn is_given_name(&self, word: &str) -> bool {
        self.given_names.contains_key(&fold(word))
    }

    /// Whether `word` names no party although it is written with a capital ("Monday", "CEO").
    pub fn is_no_name(&self, word: &str) -> bool {
        self.no_names.contains_key(&word.to_lowercase())
    }

    /// The country that issues the currency with the ISO 4217 `code`.
    pub fn currency_country(&self, code: &str) -> Option<Country> {
        self.currencies.get(code).copied()
    }

    /// A folded name without the legal forms at its end (and those that stand before names: "PT", "OOO").
    pub fn strip_legal_forms<'n>(&self, folded: &'n str) -> &'n str {
        let mut rest = folded;
        while let Some((before, last)) = rest.rsplit_once(' ') {
            if !self.legal_forms.contains_key(last.trim_end_matches(',')) {
                break;
            }
            rest = before.trim_end_matches([',', ' ', '&']);
        }
        while let Some((first, after)) = rest.split_once(' ') {
            if !fold::stands_before_names(first) {
                break;
            }
            rest = after;
        }
        rest
    }
}

#[cfg(test)]
mod tests;
