//! Where names begin and end, token by token: gazetteer matches, capitalised runs with their connectors, titles cut off.

use std::{cell::RefCell, collections::BTreeSet};

use crate::document::{BlockKind, ByteSpan};
use crate::gazetteer::{EntityKind, EntryId, Gazetteer};
use crate::syntax::{Deprel, NameKind, NameTag, Tree, Upos, Word};

/// Longest name that the gazetteer is asked for, in tokens.
const MATCH_TOKENS_MAX: usize = 10;

/// A name in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    /// First word.
    pub(super) first: usize,
    /// Last word.
    pub(super) last: usize,
    /// The word that the rest of the sentence hangs on.
    pub(super) head: usize,
    /// The gazetteer's entry.
    pub(super) entry: Option<EntryId>,
    /// Titles or nouns for persons that stood in front and were cut off ("Commerce Secretary").
    pub(super) title: Option<(usize, usize)>,
    /// Names in parentheses behind it that abbreviate it.
    pub(super) aliases: Vec<String>,
}

impl Unit {
    /// First word, titles included.
    pub(super) fn start(&self) -> usize {
        self.title.map_or(self.first, |(first, _)| first)
    }
}

/// The names of each sentence, in order and disjoint.
pub(super) fn find_all(text: &str, trees: &[Tree], gazetteer: &Gazetteer) -> Vec<Vec<Unit>> {
    let mut all: Vec<Vec<Unit>> = trees.iter().map(|tree| find(text, tree, gazetteer)).collect();
    // "Progressive" at the start of a sentence may be any word, but not where "Progressive Waste Solutions" is told of.
    // Nor is "Pixelgrove", where it is a name in the middle of another.
    let mut first_words = BTreeSet::new();
    for (tree, units) in trees.iter().zip(&all) {
        let finder = Finder::new(text, tree, gazetteer);
        let told = |unit: &&Unit| unit.last > unit.first || !(finder.headline || finder.starts_sentence(unit.first));
        for unit in units.iter().filter(told) {
            let form = tree.words[unit.first].form.as_str();
            let common = gazetteer.head_noun(&form.to_lowercase()).is_some()
                || gazetteer.demonym(form).is_some()
                || gazetteer.place(form).is_some();
            if !common && form.chars().count() > 3 {
                first_words.insert(form);
            }
        }
    }
    for (tree, units) in trees.iter().zip(&mut all) {
        let finder = Finder::new(text, tree, gazetteer);
        for word in 0..tree.words.len() {
            let w = &tree.words[word];
            let argument = matches!(
                w.deprel,
                Deprel::Nsubj
                    | Deprel::NsubjPass
                    | Deprel::Obj
                    | Deprel::Obl
                    | Deprel::OblAgent
                    | Deprel::Nmod
                    | Deprel::NmodPoss
                    | Deprel::Root
            );
            let free = !units.iter().any(|unit| (unit.start()..=unit.last).contains(&word));
            if argument && free && w.mask.is_none() && first_words.contains(w.form.as_str()) {
                finder.push_one(word, word, None, units);
            }
        }
        units.sort_by_key(|unit| unit.first);
    }
    all
}

/// The names of a sentence, in order and disjoint.
fn find(text: &str, tree: &Tree, gazetteer: &Gazetteer) -> Vec<Unit> {
    let finder = Finder::new(text, tree, gazetteer);
    let mut units = Vec::new();
    let mut at = 0;
    while at < tree.words.len() {
        if !finder.can_begin(at) {
            at += 1;
            continue;
        }
        let run_end = finder.run_end(at);
        let known = finder.known(at);
        // A known name that the run only begins with is a name of its own where the rest is not one with it.
        let end = match known {
            Some((end, _)) if end >= run_end || finder.headline => end,
            _ => run_end,
        };
        finder.push(at, end, &mut units);
        at = end + 1;
    }
    finder.aliases(&mut units);
    units
}

/// Whether a sentence capitalises nearly all its words, so that capitals tell nothing.
fn headline(tree: &Tree) -> bool {
    let mut words = 0;
    let mut capitals = 0;
    for word in &tree.words {
        if word.mask.is_none() && word.form.chars().count() > 3 && word.form.chars().all(char::is_alphabetic) {
            words += 1;
            capitals += usize::from(capitalised(&word.form));
        }
    }
    words >= 4 && capitals * 10 >= words * if tree.block == BlockKind::Title { 7 } else { 9 }
}

fn capitalised(form: &str) -> bool {
    let mut chars = form.chars();
    let first = chars.next();
    first.is_some_and(char::is_uppercase) || (first.is_some_and(char::is_alphanumeric) && chars.any(char::is_uppercase))
}

/// Nouns that names begin with as often as they describe them: "Bank Sarytau", "Studio Zuuka".
const NAMING_NOUNS: &[&str] = &[
    "bank",
    "group",
    "club",
    "radio",
    "television",
    "studio",
    "hotel",
    "casino",
    "union",
    "league",
    "network",
    "team",
    "party",
];

/// Last word and entry of a known name that begins at a word; none where none does.
type Known = Option<(usize, EntryId)>;

pub(super) struct Finder<'t> {
    text: &'t str,
    tree: &'t Tree,
    pub(super) gazetteer: &'t Gazetteer,
    headline: bool,
    /// [`Self::known`] of each word that was asked for: it is asked several times.
    known: RefCell<Vec<Option<Known>>>,
}

impl<'t> Finder<'t> {
    fn new(text: &'t str, tree: &'t Tree, gazetteer: &'t Gazetteer) -> Self {
        Self { text, tree, gazetteer, headline: headline(tree), known: RefCell::new(vec![None; tree.words.len()]) }
    }
}

impl Finder<'_> {
    pub(super) fn form(&self, word: usize) -> &str {
        &self.tree.words[word].form
    }

    pub(super) fn between(&self, first: usize, last: usize) -> &str {
        let words = &self.tree.words;
        ByteSpan { start: words[first].span.start, end: words[last].span.end }.of(self.text)
    }

    fn tagged(&self, word: usize) -> bool {
        self.tree.words[word].name != NameTag::Outside
    }

    /// Whether the word can be part of a name by itself.
    fn namelike(&self, word: usize) -> bool {
        let w = &self.tree.words[word];
        if w.mask.is_some() || !capitalised(&w.form) {
            return false;
        }
        if self.describes(word) {
            return false;
        }
        if matches!(w.upos, Upos::Propn) || self.tagged(word) {
            return !matches!(w.upos, Upos::Punct | Upos::Pron | Upos::Det);
        }
        !self.headline
            && !self.starts_sentence(word)
            && matches!(w.upos, Upos::Noun | Upos::Adj | Upos::X | Upos::Verb | Upos::Sym | Upos::Num)
            && w.form.chars().any(char::is_alphabetic)
    }

    /// "Carmaker Valmont" at the start of a sentence: a noun that tells what the name behind it is, and is no part of it.
    fn describes(&self, word: usize) -> bool {
        let Some(next) = self.tree.words.get(word + 1) else { return false };
        let form = self.form(word).to_lowercase();
        let kind = self.gazetteer.head_noun(&form);
        matches!(kind, Some(EntityKind::Organisation | EntityKind::Product))
            && !NAMING_NOUNS.contains(&form.as_str())
            && !self.form(word).chars().skip(1).any(char::is_uppercase)
            && self.starts_sentence(word)
            && next.mask.is_none()
            && next.upos == Upos::Propn
            && capitalised(&next.form)
            && self.gazetteer.lookup_id(self.between(word, word + 1)).is_none()
            && self.gazetteer.head_noun(&next.form.to_lowercase()).is_none()
    }

    fn starts_sentence(&self, word: usize) -> bool {
        (0..word).all(|before| {
            let w = &self.tree.words[before];
            matches!(w.upos, Upos::Punct | Upos::Sym | Upos::Num) || w.mask.is_some()
        }) || matches!(self.form(word - 1), ":" | "“" | "\"" | "‘" | "—" | "–" | "•")
    }

    fn can_begin(&self, word: usize) -> bool {
        self.namelike(word) || self.known(word).is_some() || self.opens_with_title(word)
    }

    /// "Judge Marisol Deakin" at the start of a sentence, where the title may be any noun.
    fn opens_with_title(&self, word: usize) -> bool {
        let form = self.form(word).trim_end_matches('.').to_lowercase();
        capitalised(self.form(word))
            && word + 1 < self.tree.words.len()
            && self.namelike(word + 1)
            && (self.gazetteer.is_title(&form) || self.gazetteer.head_noun(&form) == Some(EntityKind::Person))
    }

    /// The longest known name that begins at `first`: its last word and entry.
    fn known(&self, first: usize) -> Option<(usize, EntryId)> {
        if let Some(known) = self.known.borrow()[first] {
            return known;
        }
        let known = self.look_up(first);
        self.known.borrow_mut()[first] = Some(known);
        known
    }

    fn look_up(&self, first: usize) -> Option<(usize, EntryId)> {
        let w = &self.tree.words[first];
        if w.mask.is_some() || !w.form.chars().any(|c| c.is_uppercase() || c.is_ascii_digit()) {
            return None;
        }
        let longest = (first + MATCH_TOKENS_MAX).min(self.tree.words.len());
        let beginning = self.gazetteer.beginning(self.between(first, longest - 1));
        let words = &self.tree.words[first..longest];
        let apart = |pair: &[Word]| pair[0].span.end < pair[1].span.start;
        let mut blanks = words.windows(2).filter(|pair| apart(pair)).count();
        for end in (first + 1..=longest).rev() {
            let told = 1 + blanks;
            // The next name goes to the word before.
            blanks -= usize::from(end > first + 1 && apart(&words[end - first - 2..end - first]));
            let last = &self.tree.words[end - 1];
            if last.mask.is_some()
                || (end > first + 1
                    && (matches!(last.upos, Upos::Punct | Upos::Adp)
                        || matches!(last.form.as_str(), "'s" | "’s" | "'" | "’")))
            {
                continue;
            }
            let name = self.between(first, end - 1);
            if !beginning.may_be(name, told) {
                continue;
            }
            let Some(id) = self.gazetteer.lookup_id(name) else { continue };
            if end - first > 1 || self.plausible(first) {
                return Some((end - 1, id));
            }
        }
        None
    }

    /// Whether a single known word is meant as a name here, not as the word that it also is ("Target", "Visa").
    fn plausible(&self, word: usize) -> bool {
        let w = &self.tree.words[word];
        if matches!(w.upos, Upos::Punct | Upos::Pron | Upos::Aux | Upos::Det | Upos::Adp | Upos::Cconj) {
            return false;
        }
        if w.upos == Upos::Propn || self.tagged(word) {
            return true;
        }
        // "US", "UK" before a noun: adjectives that are names of countries.
        let acronym = w.form.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
        (acronym && w.form.len() > 1) || (!self.starts_sentence(word) && !self.headline && w.upos != Upos::Adj)
    }

    /// Last word of the capitalised run that begins at `first`.
    fn run_end(&self, first: usize) -> usize {
        let words = &self.tree.words;
        let mut end = self.known(first).map_or(first, |(end, _)| end);
        loop {
            let next = end + 1;
            if next >= words.len() {
                return end;
            }
            if self.namelike(next) && !self.new_phrase(end, next) {
                end = self.known(next).map_or(next, |(known, _)| known);
                continue;
            }
            if let Some(behind) = self.connector(first, end, next) {
                end = behind;
                continue;
            }
            return end;
        }
    }

    /// Whether `next` belongs to another phrase although nothing stands between ("told Google Apple"): only where one
    /// of them is known, as trees of unknown names are often torn.
    fn new_phrase(&self, end: usize, next: usize) -> bool {
        let words = &self.tree.words;
        let (a, b) = (&words[end], &words[next]);
        let apart = a.head != Some(next) && b.head != Some(end) && a.head != b.head && !self.reaches(end, next);
        apart && (self.known(next).is_some() || self.known(end).is_some()) && !self.gazetteer.is_legal_form(&b.form)
    }

    /// Whether one of two words hangs on the other, by however many steps.
    fn reaches(&self, a: usize, b: usize) -> bool {
        self.tree.dominates(a, b) || self.tree.dominates(b, a)
    }

    /// A connector at `at` that goes on with the name `first..=end`: the last word of what it adds.
    fn connector(&self, first: usize, end: usize, at: usize) -> Option<usize> {
        let words = &self.tree.words;
        let behind = at + 1;
        let name = self.between(first, end);
        match self.form(at) {
            "of" | "for" | "on" | "against" => {
                let mut start = behind;
                if start < words.len() && self.form(start).eq_ignore_ascii_case("the") {
                    start += 1;
                }
                let names_body =
                    matches!(self.kind_of_last(end), Some(EntityKind::Authority | EntityKind::Organisation))
                        || matches!(
                            self.form(end).to_lowercase().as_str(),
                            "general" | "house" | "attorneys" | "attorney"
                        );
                let fits = names_body && self.gazetteer.lookup_id(name).is_none_or(|_| self.form(at) == "of");
                (fits && start < words.len() && self.namelike(start)).then(|| self.stretch(start))
            }
            "&" | "+" if behind < words.len() && self.namelike(behind) => Some(self.stretch(behind)),
            "and" | "," if behind < words.len() && self.namelike(behind) => {
                // "Federal Competition and Consumer Protection Commission", "Ministry of Trade and Industry".
                let stop = self.stretch(behind);
                let of = (first..=end).any(|word| matches!(self.form(word), "of" | "for"));
                let closes = matches!(self.kind_of_last(stop), Some(EntityKind::Authority | EntityKind::Organisation));
                let open = self.kind_of_last(end).is_none()
                    && self.gazetteer.lookup_id(name).is_none()
                    && !self.tree.dominates(first, stop)
                    && end - first < 3;
                let place = self.gazetteer.place(self.between(behind, stop)).is_some();
                let goes_on = of
                    && !place
                    && self.gazetteer.lookup_id(self.between(behind, stop)).is_none()
                    && self.kind_of_last(stop).is_none()
                    && self.tagged(behind) == self.tagged(end)
                    && !self.is_person(behind);
                let comma = self.form(at) == ",";
                (!comma && ((closes && open && stop > behind) || goes_on)).then_some(stop)
            }
            "'s" | "’s" | "'" | "’" if behind < words.len() && self.namelike(behind) => {
                // "Prosecutor General's Office", "Information Commissioner's Office".
                let owner = self.form(end).to_lowercase();
                let office = matches!(
                    owner.as_str(),
                    "general"
                        | "commissioner"
                        | "prosecutor"
                        | "prosecutors"
                        | "attorney"
                        | "people"
                        | "controller"
                        | "ombudsman"
                        | "mayor"
                        | "governor"
                        | "sheriff"
                        | "coroner"
                );
                let body = self.gazetteer.head_noun(&self.form(behind).to_lowercase()) == Some(EntityKind::Authority);
                (office && body).then(|| self.stretch(behind))
            }
            "de" | "da" | "do" | "dos" | "del" | "della" | "di" | "la" | "le" | "du" | "van" | "von" | "der"
            | "den" | "bin" | "al" | "el" | "y" | "ter" | "ten" => {
                let mut start = behind;
                while start < words.len() && start < behind + 2 && self.form(start).chars().all(char::is_lowercase) {
                    start += 1;
                }
                (start < words.len() && self.namelike(start)).then(|| self.stretch(start))
            }
            "-" | "–" => {
                // "Al-Jazeera", "Chen-hsi", "Jae-myung", but not "Moscow-based".
                let tight = behind < words.len()
                    && words[end].span.end == words[at].span.start
                    && words[at].span.end == words[behind].span.start;
                let tagged = tight && self.tagged(behind) && self.tagged(end);
                let proper = tight && words[behind].upos == Upos::Propn && words[end].upos == Upos::Propn;
                (tight && (self.namelike(behind) || tagged || proper)).then(|| self.stretch(behind))
            }
            "." if words[end].span.end == words[at].span.start && self.form(end).chars().count() == 1 => {
                (behind < words.len() && self.namelike(behind)).then(|| self.stretch(behind))
            }
            // "School No. 14", "Judicial District No. 387".
            "No." | "№" if behind < words.len() && words[behind].upos == Upos::Num => Some(behind),
            _ => None,
        }
    }

    /// Last word of the plain capitalised run at `start`.
    fn stretch(&self, start: usize) -> usize {
        let mut end = start;
        while end + 1 < self.tree.words.len() && self.namelike(end + 1) {
            end += 1;
        }
        end
    }

    fn is_person(&self, word: usize) -> bool {
        matches!(self.tree.words[word].name, NameTag::Begin(NameKind::Person) | NameTag::Inside(NameKind::Person))
    }

    /// Kind that the last noun of a name tells ("… Court", "Ministry").
    pub(super) fn kind_of_last(&self, word: usize) -> Option<EntityKind> {
        let form = self.form(word).to_lowercase();
        self.gazetteer.head_noun(&form).or_else(|| self.gazetteer.head_noun(form.strip_suffix('s')?))
    }

    /// Files the name `first..=last`, without articles, with titles cut off.
    fn push(&self, first: usize, last: usize, units: &mut Vec<Unit>) {
        let (mut first, mut last) = (first, last);
        while first < last && matches!(self.form(first).to_lowercase().as_str(), "the" | "a" | "an") {
            first += 1;
        }
        while first < last && matches!(self.form(last), "'s" | "’s" | "'" | "’" | "." | "-") {
            last -= 1;
        }
        if self.gazetteer.lookup_id(self.between(first, last)).is_none() && first < last {
            if self.is_office(first, last) {
                return;
            }
            if let Some(split) = self.title_split(first, last) {
                return self.push_titled(first, split, last, units);
            }
            if let Some(inner) = self.demonym_split(first, last) {
                self.push_one(first, inner - 1, None, units);
                return self.push_one(inner, last, None, units);
            }
        }
        self.push_one(first, last, None, units);
    }

    /// "the Communications Minister": what somebody is, with capitals, is a description and no name.
    fn is_office(&self, first: usize, last: usize) -> bool {
        let form = self.form(last).to_lowercase();
        let person = self.gazetteer.is_title(&form) || self.gazetteer.head_noun(&form) == Some(EntityKind::Person);
        let the = first.checked_sub(1).is_some_and(|before| self.form(before).eq_ignore_ascii_case("the"));
        person && the && (first..=last).all(|word| self.known(word).is_none())
    }

    /// Where the name proper begins behind a title within `first..=last`: "Commerce Secretary | Gina Raimondo".
    fn title_split(&self, first: usize, last: usize) -> Option<usize> {
        let mut split = None;
        for word in first..last {
            let form = self.form(word).trim_end_matches('.').to_lowercase();
            let title = self.gazetteer.is_title(&form) || self.gazetteer.head_noun(&form) == Some(EntityKind::Person);
            if title {
                split = Some(word + 1);
            }
        }
        let split = split?;
        // Behind the title a person's name: one to four words, none of them a noun for bodies, no connector but "de".
        let body = (split..=last).any(|word| {
            let form = self.form(word).to_lowercase();
            matches!(form.as_str(), "of" | "for" | "and" | "'s" | "’s" | "general")
                || self.gazetteer.is_legal_form(&form)
                || matches!(
                    self.gazetteer.head_noun(&form),
                    Some(EntityKind::Authority | EntityKind::Organisation | EntityKind::Product)
                )
        });
        (!body && last - split < 5 && self.gazetteer.lookup_id(self.between(split, last)).is_none()).then_some(split)
    }

    /// The name behind the title, and any organisation in front of it ("Meta CEO Mark Zuckerberg").
    fn push_titled(&self, first: usize, split: usize, last: usize, units: &mut Vec<Unit>) {
        let mut start = first;
        if let Some((end, _)) = self.known(first)
            && end + 1 < split
        {
            self.push_one(first, end, None, units);
            start = end + 1;
        } else if self.gazetteer.demonym(self.form(first)).is_some() && first + 1 < split {
            self.push_one(first, first, None, units);
            start = first + 1;
        }
        let title = if start < split { Some((start, split - 1)) } else { None };
        self.push_one(split, last, title, units);
    }

    /// Where a name begins behind a country or its adjective: "Swiss | Threema", "US | Treasury" stays one.
    fn demonym_split(&self, first: usize, last: usize) -> Option<usize> {
        let mut inner = first;
        for end in (first..last.min(first + 2)).rev() {
            let words = self.between(first, end);
            let country = self.gazetteer.demonym(words).is_some()
                || self.gazetteer.lookup(words).is_some_and(|entry| entry.kind == EntityKind::Country);
            if country {
                inner = end + 1;
                break;
            }
        }
        if inner == first {
            return None;
        }
        let known = self.gazetteer.lookup(self.between(inner, last));
        let is_split = known.is_some_and(|entry| !matches!(entry.kind, EntityKind::Authority))
            || (first..inner).all(|word| self.tree.words[word].upos == Upos::Adj)
                && inner == last
                && self.kind_of_last(last).is_none();
        is_split.then_some(inner)
    }

    fn push_one(&self, first: usize, last: usize, title: Option<(usize, usize)>, units: &mut Vec<Unit>) {
        // A single capitalised noun for a body, without more, is no name: "the Commission", "Parliament".
        let entry = self.gazetteer.lookup_id(self.between(first, last));
        if first == last && entry.is_none() && title.is_none() {
            let word = &self.tree.words[first];
            let form = word.form.to_lowercase();
            let noun = self.gazetteer.head_noun(&form).is_some() || self.kind_of_last(first).is_some();
            let demonym = self.gazetteer.demonym(&word.form).is_some();
            let other = matches!(word.upos, Upos::Verb | Upos::Num | Upos::Adv) && !self.tagged(first);
            let short = form.chars().count() == 1
                || (!self.tagged(first) && self.starts_sentence(first) && !self.argument(first));
            let title = self.gazetteer.is_title(&form) && !self.tagged(first);
            if noun || demonym || other || short || title || self.gazetteer.is_no_name(&form) {
                return;
            }
        }
        let head = self.head(title.map_or(first, |(start, _)| start), last);
        units.push(Unit { first, last, head, entry, title, aliases: Vec::new() });
    }

    /// Whether a word is in a place where parties stand.
    fn argument(&self, word: usize) -> bool {
        matches!(
            self.tree.words[word].deprel,
            Deprel::Nsubj
                | Deprel::NsubjPass
                | Deprel::Obj
                | Deprel::Iobj
                | Deprel::Obl
                | Deprel::OblAgent
                | Deprel::Nmod
                | Deprel::NmodPoss
                | Deprel::Conj
                | Deprel::Appos
                | Deprel::Flat
        )
    }

    /// The word of `first..=last` on which none of the others stands: the one that hangs outside.
    fn head(&self, first: usize, last: usize) -> usize {
        let outside = |word: &usize| self.tree.words[*word].head.is_none_or(|head| head < first || head > last);
        let mut candidates: Vec<usize> = (first..=last).filter(outside).collect();
        let depth = |word: usize| {
            let mut depth = 0;
            let mut at = word;
            while let Some(head) = self.tree.words[at].head {
                at = head;
                depth += 1;
            }
            depth
        };
        let loose = |word: usize| {
            matches!(self.tree.words[word].deprel, Deprel::Punct | Deprel::Case | Deprel::Det | Deprel::Cc)
        };
        candidates.sort_by_key(|&word| (loose(word), depth(word), word));
        candidates.first().copied().unwrap_or(last)
    }
}
