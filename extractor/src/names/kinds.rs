//! Of what kind a name is: a vote over the whole document, so that one name has one kind in it.

use std::collections::BTreeMap;

use super::units::Unit;
use crate::document::ByteSpan;
use crate::gazetteer::{EntityKind, Gazetteer, fold};
use crate::syntax::{Deprel, NameKind, NameTag, Tree, Upos, Xpos};

/// What speaks for a kind, in votes. The gazetteer outweighs all that a text can say in passing.
mod weight {
    pub(super) const GAZETTEER: f32 = 20.0;
    pub(super) const LEGAL_FORM: f32 = 8.0;
    pub(super) const NOUN_INSIDE: f32 = 8.0;
    pub(super) const TITLE: f32 = 6.0;
    pub(super) const APPOSITION: f32 = 3.0;
    pub(super) const GIVEN_NAME: f32 = 4.0;
    pub(super) const COPULA: f32 = 2.0;
    pub(super) const RELATIVE: f32 = 2.0;
    pub(super) const POSSESSION: f32 = 1.0;
    pub(super) const PLACE_PREPOSITION: f32 = 0.7;
    pub(super) const SPEAKS: f32 = 0.3;
    pub(super) const NETWORK: f32 = 1.0;
    pub(super) const NETWORK_LONG_PERSON: f32 = 1.8;
    /// From here on a kind is more than a guess.
    pub(super) const SURE: f32 = 3.0;
    /// A name of which nothing is known is rather a body's.
    pub(super) const PRIOR_ORGANISATION: f32 = 0.6;
}

const KINDS: [EntityKind; 8] = [
    EntityKind::Organisation,
    EntityKind::Authority,
    EntityKind::Person,
    EntityKind::Country,
    EntityKind::Place,
    EntityKind::Product,
    EntityKind::Group,
    EntityKind::Other,
];

#[derive(Clone, Debug, Default)]
struct Tally {
    votes: [f32; KINDS.len()],
    descriptors: Vec<String>,
}

impl Tally {
    fn add(&mut self, kind: EntityKind, weight: f32) {
        if let Some(place) = KINDS.iter().position(|&k| k == kind) {
            self.votes[place] += weight;
        }
    }
}

/// The votes of a document, by folded name.
#[derive(Debug, Default)]
pub(super) struct Ballot {
    tallies: BTreeMap<String, Tally>,
}

impl Ballot {
    /// Counts what the sentences say of their names.
    pub(super) fn count(text: &str, trees: &[Tree], units: &[Vec<Unit>], gazetteer: &Gazetteer) -> Self {
        let mut ballot = Self::default();
        for (tree, units) in trees.iter().zip(units) {
            for unit in units {
                let voter = Voter { text, tree, unit, gazetteer };
                let tally = ballot.tallies.entry(fold(voter.name())).or_default();
                voter.vote(tally);
            }
        }
        ballot.share();
        ballot
    }

    /// A name that is the last word of a longer one ("Ostrander", "Theo Ostrander") shares its votes for a person.
    fn share(&mut self) {
        let person = KINDS.iter().position(|&k| k == EntityKind::Person).unwrap_or_default();
        let long: Vec<(String, f32)> = self
            .tallies
            .iter()
            .filter(|(name, tally)| name.contains(' ') && best(&tally.votes) == EntityKind::Person)
            .map(|(name, tally)| (name.clone(), tally.votes[person]))
            .collect();
        for (name, votes) in long {
            for part in [name.rsplit(' ').next(), name.split(' ').next()].into_iter().flatten() {
                if let Some(tally) = self.tallies.get_mut(part) {
                    tally.votes[person] += votes;
                }
            }
        }
    }

    /// The kind of `name`, and whether much speaks for it.
    pub(super) fn kind(&self, name: &str) -> (EntityKind, bool) {
        let Some(tally) = self.tallies.get(&fold(name)) else { return (EntityKind::Other, false) };
        let kind = best(&tally.votes);
        let votes = KINDS.iter().zip(&tally.votes).find(|&(&known, _)| known == kind).map_or(0.0, |(_, &votes)| votes);
        (kind, votes >= weight::SURE)
    }

    /// Nouns that the document gives beside `name`, each once, in order.
    pub(super) fn descriptors(&self, name: &str) -> Vec<String> {
        self.tallies.get(&fold(name)).map(|tally| tally.descriptors.clone()).unwrap_or_default()
    }
}

fn best(votes: &[f32; KINDS.len()]) -> EntityKind {
    let mut winner = EntityKind::Organisation;
    let mut most = votes[0] + weight::PRIOR_ORGANISATION;
    for (&kind, &count) in KINDS.iter().zip(votes).skip(1) {
        if count > most {
            winner = kind;
            most = count;
        }
    }
    winner
}

struct Voter<'t> {
    text: &'t str,
    tree: &'t Tree,
    unit: &'t Unit,
    gazetteer: &'t Gazetteer,
}

impl<'t> Voter<'t> {
    fn name(&self) -> &'t str {
        let words = &self.tree.words;
        ByteSpan { start: words[self.unit.first].span.start, end: words[self.unit.last].span.end }.of(self.text)
    }

    fn form(&self, word: usize) -> String {
        self.tree.words[word].form.to_lowercase()
    }

    /// The kind of the noun at `word`, with its lemma; a plural tells nothing of one name.
    fn noun(&self, word: usize) -> Option<(EntityKind, String)> {
        let w = &self.tree.words[word];
        if !matches!(w.upos, Upos::Noun | Upos::Propn | Upos::Adj) || matches!(w.xpos, Xpos::Nns | Xpos::Nnps) {
            return None;
        }
        let two = word.checked_sub(1).map(|before| format!("{} {}", self.form(before), self.form(word)));
        [two.unwrap_or_default(), self.form(word), w.lemma.to_lowercase()]
            .into_iter()
            .find_map(|lemma| Some((self.gazetteer.head_noun(&lemma)?, lemma)))
    }

    fn vote(&self, tally: &mut Tally) {
        if let Some(id) = self.unit.entry {
            tally.add(self.gazetteer.entry(id).kind, weight::GAZETTEER);
        }
        self.inside(tally);
        self.before(tally);
        self.around(tally);
        self.network(tally);
    }

    /// Nouns and legal forms within the name.
    fn inside(&self, tally: &mut Tally) {
        let unit = self.unit;
        if self.unit.entry.is_some() || unit.first == unit.last {
            return;
        }
        // The noun that heads a name stands last, or last before "of", "for": "Ministry of Digital Affairs".
        let stop = (unit.first + 1..=unit.last)
            .find(|&word| matches!(self.form(word).as_str(), "of" | "for" | "on" | "in" | "against"))
            .map_or(unit.last, |preposition| preposition - 1);
        for word in (unit.first..=unit.last).rev() {
            if self.gazetteer.is_legal_form(&self.tree.words[word].form) {
                tally.add(EntityKind::Organisation, weight::LEGAL_FORM);
                return;
            }
        }
        let form = self.form(stop);
        let plural = form.strip_suffix("ies").map(|stem| format!("{stem}y"));
        let known = self
            .gazetteer
            .head_noun(&form)
            .or_else(|| self.gazetteer.head_noun(form.strip_suffix('s')?))
            .or_else(|| self.gazetteer.head_noun(&plural?));
        match known {
            // "Mr King", "Anna Baker": words for persons are family names, too.
            Some(EntityKind::Person) | None => {
                let first = &self.tree.words[unit.first].form;
                let last = &self.tree.words[unit.last].form;
                if self.gazetteer.is_business_word(last) {
                    tally.add(EntityKind::Organisation, weight::NOUN_INSIDE);
                } else if self.gazetteer.is_given_name(first) && unit.last - unit.first < 5 {
                    tally.add(EntityKind::Person, weight::GIVEN_NAME);
                }
            }
            Some(EntityKind::Group | EntityKind::Product) => tally.add(EntityKind::Organisation, 1.0),
            Some(kind) => {
                tally.add(kind, weight::NOUN_INSIDE);
                if !tally.descriptors.contains(&form) {
                    tally.descriptors.push(form);
                }
            }
        }
    }

    /// Titles and nouns in front: "Mr", "spokesman", "the messenger service Threema".
    fn before(&self, tally: &mut Tally) {
        let unit = self.unit;
        if let Some((_, last)) = unit.title {
            let title = self.form(last);
            tally.add(EntityKind::Person, weight::TITLE);
            if self.gazetteer.head_noun(&title).is_some() && !tally.descriptors.contains(&title) {
                tally.descriptors.push(title);
            }
            return;
        }
        let Some(before) = unit.first.checked_sub(1) else { return };
        let form = self.form(before);
        if unit.title.is_none()
            && self.gazetteer.is_title(form.trim_end_matches('.'))
            && self.gazetteer.head_noun(&form).is_none()
        {
            tally.add(EntityKind::Person, weight::TITLE);
        } else if let Some((kind, noun)) = self.noun(before)
            && self.joined(before)
        {
            let weight = if kind == EntityKind::Person { weight::TITLE } else { weight::APPOSITION };
            self.describe(kind, noun, weight, tally);
        } else if form == "," && before > 0 {
            // "the watchdog, Roskomnadzor"
            let parsed = (unit.first..=unit.last).any(|w| self.tree.words[w].deprel == Deprel::Appos);
            if let (true, Some((kind, noun))) = (parsed, self.noun(before - 1)) {
                self.describe(kind, noun, weight::APPOSITION, tally);
            }
        }
    }

    /// Whether the noun right before the name belongs to the same phrase.
    fn joined(&self, noun: usize) -> bool {
        let words = &self.tree.words;
        let inside = |word: usize| (self.unit.first..=self.unit.last).contains(&word);
        words[noun].head.is_some_and(inside)
            || (self.unit.first..=self.unit.last).any(|w| words[w].head == Some(noun))
            || (words[noun].head == words[self.unit.head].head
                && matches!(words[noun].deprel, Deprel::Compound | Deprel::Flat))
    }

    fn describe(&self, kind: EntityKind, noun: String, weight: f32, tally: &mut Tally) {
        let office = matches!(
            noun.as_str(),
            "commissioner" | "prosecutor" | "ombudsman" | "supervisor" | "overseer" | "attorney-general"
        );
        let kind = match kind {
            EntityKind::Group => return,
            // "the commissioner" is a body, "the commissioner, Ann Aitken" a person.
            EntityKind::Authority if office => EntityKind::Person,
            // "its local service Yakov", "the app Papagaio": services act and are acted on alike.
            EntityKind::Product if self.unit.entry.is_some() => EntityKind::Organisation,
            kind => kind,
        };
        tally.add(kind, weight);
        if !tally.descriptors.contains(&noun) {
            tally.descriptors.push(noun);
        }
    }

    /// What hangs on the name, and what it hangs on.
    fn around(&self, tally: &mut Tally) {
        let (tree, head) = (self.tree, self.unit.head);
        for &dependent in tree.dependents(head) {
            let word = &tree.words[dependent];
            match word.deprel {
                Deprel::Appos if dependent > self.unit.last => {
                    if let Some((kind, noun)) = self.noun(dependent) {
                        self.describe(kind, noun, weight::APPOSITION, tally);
                    }
                }
                Deprel::AclRelcl => self.relative(dependent, tally),
                Deprel::Case if matches!(self.form(dependent).as_str(), "in" | "at" | "near" | "outside") => {
                    if matches!(tree.words[head].deprel, Deprel::Obl | Deprel::Nmod) {
                        tally.add(EntityKind::Place, weight::PLACE_PREPOSITION);
                    }
                }
                _ => {}
            }
        }
        let word = &tree.words[head];
        let Some(above) = word.head else { return };
        match word.deprel {
            Deprel::Nsubj => {
                let governor = &tree.words[above];
                if tree.first(above, Deprel::Cop).is_some() {
                    if let Some((kind, noun)) = self.noun(above) {
                        self.describe(kind, noun, weight::COPULA, tally);
                    }
                } else if matches!(
                    governor.lemma.as_str(),
                    "say" | "tell" | "add" | "write" | "ask" | "testify" | "smile"
                ) {
                    tally.add(EntityKind::Person, weight::SPEAKS);
                }
            }
            Deprel::NmodPoss | Deprel::Compound => {
                let lemma = tree.words[above].lemma.to_lowercase();
                if matches!(
                    lemma.as_str(),
                    "app"
                        | "service"
                        | "user"
                        | "customer"
                        | "share"
                        | "office"
                        | "website"
                        | "subsidiary"
                        | "unit"
                        | "spokesman"
                        | "spokeswoman"
                        | "spokesperson"
                        | "ceo"
                        | "boss"
                        | "founder"
                        | "owner"
                        | "server"
                        | "platform"
                        | "product"
                        | "account"
                        | "board"
                        | "store"
                        | "plant"
                        | "software"
                        | "licence"
                        | "license"
                        | "branch"
                        | "parent"
                        | "shareholder"
                        | "employee"
                        | "staff"
                        | "network"
                ) {
                    tally.add(EntityKind::Organisation, weight::POSSESSION);
                } else if matches!(
                    lemma.as_str(),
                    "wife" | "husband" | "son" | "daughter" | "lawyer" | "mother" | "father"
                ) {
                    tally.add(EntityKind::Person, weight::POSSESSION);
                }
            }
            Deprel::Appos if above < self.unit.first => {
                if let Some((kind, noun)) = self.noun(above) {
                    self.describe(kind, noun, weight::APPOSITION, tally);
                }
            }
            _ => {}
        }
    }

    fn relative(&self, clause: usize, tally: &mut Tally) {
        for word in self.tree.subtree(clause) {
            let near = word <= self.unit.last + 4 && word > self.unit.last;
            if near {
                match self.form(word).as_str() {
                    "who" | "whom" => return tally.add(EntityKind::Person, weight::RELATIVE),
                    "which" => return tally.add(EntityKind::Organisation, weight::RELATIVE),
                    "where" => return tally.add(EntityKind::Place, weight::RELATIVE),
                    _ => {}
                }
            }
        }
    }

    /// The network's own type, by majority of the words.
    fn network(&self, tally: &mut Tally) {
        let mut counts = [0_usize; 3];
        for word in self.unit.first..=self.unit.last {
            if let NameTag::Begin(kind) | NameTag::Inside(kind) = self.tree.words[word].name {
                counts[match kind {
                    NameKind::Person => 0,
                    NameKind::Organisation => 1,
                    NameKind::Location => 2,
                }] += 1;
            }
        }
        let long = self.unit.last > self.unit.first;
        let [person, organisation, place] = counts;
        if person > organisation && person > place {
            tally.add(EntityKind::Person, if long { weight::NETWORK_LONG_PERSON } else { weight::NETWORK });
        } else if organisation > place {
            tally.add(EntityKind::Organisation, weight::NETWORK);
        } else if place > 0 {
            tally.add(EntityKind::Place, weight::NETWORK);
        }
    }
}
