//! How well a chain fits a mention: hard conditions first, then a sum of hand-set weights.

use super::wording::{Gender, modifiers};
use crate::gazetteer::{Country, EntityKind, Gazetteer, Noun};
use crate::names::{Determined, Form, Mention, Number};
use crate::syntax::{Deprel, Tree, Upos};

/// Weights of what speaks for an antecedent, set by hand and by search over the texts with local arguments.
mod weight {
    pub(super) const CALLED: f32 = 2.0;
    pub(super) const IN_NAME: f32 = 1.6;
    pub(super) const UNNAMED: f32 = 1.5;
    pub(super) const NOMINAL_NEAR: f32 = 0.7;
    pub(super) const NOMINAL_SALIENCE: f32 = 0.4;
    pub(super) const NOMINAL_SUBJECT: f32 = 0.6;
    pub(super) const COMPLEMENT: f32 = 1.2;
    pub(super) const STRANGE_MODIFIER: f32 = 0.3;
    pub(super) const SAME_COUNTRY: f32 = 1.5;
    pub(super) const SUITS: f32 = 1.0;
}

/// What is known of a chain while the text is read.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) kind: EntityKind,
    /// Whether much speaks for that kind.
    pub(super) sure: bool,
    pub(super) number: Number,
    /// Line of business, where the gazetteer knows it.
    pub(super) sector: Option<String>,
    pub(super) medium: bool,
    pub(super) named: bool,
    pub(super) country: Option<Country>,
    /// Nouns that it was called by.
    pub(super) nouns: Vec<String>,
    /// Other words that it was described by.
    pub(super) modifiers: Vec<String>,
    /// Folded words of its names.
    pub(super) name_words: Vec<String>,
    pub(super) count: usize,
    pub(super) first_sentence: usize,
    /// Its latest mention.
    pub(super) last: usize,
    /// Number, among those of the story, of the sentence in which it last was a subject.
    pub(super) subject: Option<usize>,
    pub(super) gender: Option<Gender>,
    /// How often it does as those in power do, and how often that is done to it.
    pub(super) rules: usize,
    pub(super) bears: usize,
    /// Whether it was so far nothing but the source of a report.
    pub(super) source: bool,
    /// Whether it is told of in the headline or the first sentences.
    pub(super) lead: bool,
}

/// A mention in its sentence.
pub(super) struct Context<'t> {
    pub(super) tree: &'t Tree,
    pub(super) mention: &'t Mention,
    pub(super) noun: Option<&'t Noun>,
    /// Number of its sentence among those of the story.
    pub(super) told: usize,
    pub(super) gazetteer: &'t Gazetteer,
}

/// Where a chain's latest mention stands, seen from the mention at hand.
pub(super) struct Place<'t> {
    /// Sentences between.
    pub(super) distance: usize,
    /// Latest mention of the chain.
    pub(super) last: &'t Mention,
    /// Heads of the chain's mentions in the sentence at hand.
    pub(super) here: Vec<usize>,
    /// Whether the chain has a mention in the sentence that bars it by grammar.
    pub(super) barred: bool,
}

/// Whether a word is a subject, in whatever voice.
pub(super) fn is_subject(tree: &Tree, word: usize) -> bool {
    matches!(tree.words[word].deprel, Deprel::Nsubj | Deprel::NsubjPass | Deprel::Csubj | Deprel::CsubjPass)
}

/// Whether two words of a sentence cannot stand for the same: arguments of one predicate, or one within the other.
pub(super) fn barred(tree: &Tree, a: usize, b: usize) -> bool {
    if a == b {
        return false;
    }
    let (wa, wb) = (&tree.words[a], &tree.words[b]);
    let possessive = |word: &crate::syntax::Word| word.deprel == Deprel::NmodPoss;
    let apposed = |word: &crate::syntax::Word| matches!(word.deprel, Deprel::Appos | Deprel::Flat | Deprel::Compound);
    if wa.head == wb.head && !possessive(wa) && !possessive(wb) && !apposed(wa) && !apposed(wb) {
        return true;
    }
    // Conjuncts are two.
    let conjunct = |x: usize, y: usize| tree.words[x].deprel == Deprel::Conj && tree.words[x].head == Some(y);
    if conjunct(a, b) || conjunct(b, a) {
        return true;
    }
    contains(tree, a, b) || contains(tree, b, a)
}

/// The word that is the subject of a predicate, its own or one that it shares: "court" of "ordered" in "the court fined
/// Zuuka and ordered it to pay".
fn subject_of(tree: &Tree, predicate: usize) -> Option<usize> {
    let mut at = predicate;
    loop {
        let own = tree.dependents(at).iter().copied().find(|&word| is_subject(tree, word));
        if own.is_some() {
            return own;
        }
        let word = &tree.words[at];
        match word.deprel {
            Deprel::Conj | Deprel::Advcl => at = word.head?,
            _ => return None,
        }
    }
}

/// The subject of the clause in which a word that is no possessor stands: it cannot be that subject itself.
pub(super) fn clause_subject(tree: &Tree, word: usize) -> Option<usize> {
    let mut at = word;
    loop {
        let w = &tree.words[at];
        let head = w.head?;
        match w.deprel {
            Deprel::Obj | Deprel::Iobj | Deprel::Obl | Deprel::OblAgent | Deprel::Nmod => {}
            _ => return None,
        }
        if matches!(tree.words[head].upos, Upos::Verb | Upos::Aux) {
            return subject_of(tree, head);
        }
        at = head;
    }
}

/// Whether the noun phrase of `outer` holds `inner` by nothing but nominal relations ("its subsidiary").
fn contains(tree: &Tree, outer: usize, inner: usize) -> bool {
    let mut at = inner;
    loop {
        let word = &tree.words[at];
        let nominal = matches!(
            word.deprel,
            Deprel::NmodPoss
                | Deprel::Nmod
                | Deprel::Compound
                | Deprel::Amod
                | Deprel::NmodUnmarked
                | Deprel::Det
                | Deprel::Conj
        );
        match word.head {
            Some(head) if nominal => {
                if head == outer {
                    return true;
                }
                at = head;
            }
            _ => return false,
        }
    }
}

impl Context<'_> {
    /// How well the chain fits, or none where it cannot.
    pub(super) fn score(&self, state: &State, place: &Place<'_>) -> Option<f32> {
        if place.barred {
            return None;
        }
        match self.mention.form {
            Form::Name => None,
            Form::Nominal => self.nominal(state, place),
            Form::Pronoun => self.pronoun(state, place),
        }
    }

    pub(super) fn near(place: &Place<'_>) -> f32 {
        match place.distance {
            0 => 1.6,
            1 => 1.5,
            2 => 1.0,
            3 => 0.6,
            4 => 0.3,
            5 => 0.1,
            far => -0.1 * (far.min(20) - 5) as f32,
        }
    }

    pub(super) fn salience(state: &State) -> f32 {
        let count = match state.count {
            0 | 1 => 0.0,
            2 => 0.3,
            3 | 4 => 0.5,
            5..=8 => 0.7,
            _ => 0.9,
        };
        count + if state.lead { 0.3 } else { 0.0 }
    }

    pub(super) fn subject(&self, state: &State) -> f32 {
        let sentence = self.told;
        match state.subject {
            Some(at) if at + 1 >= sentence => 0.8,
            Some(at) if at + 2 >= sentence => 0.3,
            _ => 0.0,
        }
    }

    fn nominal(&self, state: &State, place: &Place<'_>) -> Option<f32> {
        let mention = self.mention;
        if mention.number != state.number {
            return None;
        }
        if let (true, Some(told), Some(known)) = (mention.country_told, mention.country, state.country)
            && told != known
        {
            return None;
        }
        let lemma = mention.noun.as_deref().unwrap_or_default();
        let called = state.nouns.iter().any(|noun| noun == lemma);
        let last_word = lemma.rsplit([' ', '-']).next().unwrap_or(lemma);
        // "the exchange" is not the Securities and Exchange Commission, whose name only has the word among others.
        let kin = self.noun.is_none_or(|noun| noun.kind == state.kind)
            || state.name_words.last().is_some_and(|word| word == last_word);
        let in_name = kin && state.name_words.iter().any(|word| word == last_word);
        let fit = self.noun_fit(state, called || in_name)?;
        let capitalised = self.tree.words[mention.head].form.chars().next().is_some_and(char::is_uppercase)
            && mention.head > 0
            && mention.determined == Determined::Definite;
        let mut score = fit
            + Self::near(place) * weight::NOMINAL_NEAR
            + Self::salience(state) * weight::NOMINAL_SALIENCE
            + self.subject(state) * weight::NOMINAL_SUBJECT;
        if called {
            score += weight::CALLED;
        }
        if in_name {
            score += if capitalised { 4.0 } else { weight::IN_NAME };
        } else if capitalised && state.named {
            score -= 1.5;
        }
        if mention.country_told && mention.country.is_some() && state.country == mention.country {
            score += weight::SAME_COUNTRY;
        }
        if !state.named && !called {
            score -= weight::UNNAMED;
        }
        if state.medium
            && state.count <= 2
            && !called
            && !in_name
            && self.noun.is_none_or(|noun| !noun.sectors.iter().any(|s| s == "media"))
        {
            score -= 1.5;
        }
        if state.source && !state.medium && !called && !in_name {
            score -= 0.8;
        }
        if mention.determined == Determined::Same {
            score += 0.8;
        }
        score += self.modifiers_fit(state, mention)?;
        Some(score)
    }

    /// How well the noun names a thing of the chain's kind and sector; none where it cannot.
    fn noun_fit(&self, state: &State, told: bool) -> Option<f32> {
        if told {
            return Some(1.0);
        }
        let noun = self.noun?;
        let lemma = self.mention.noun.as_deref().unwrap_or_default();
        let sector = state.sector.as_deref();
        // What else it was called tells its line of business where no entry does: a "messenger" is an "app".
        let body = noun.kind != EntityKind::Authority && sector.is_none() && !noun.any_sector;
        let kindred = body && state.nouns.iter().any(|n| self.kindred(noun, n));
        let suits = kindred || sector.is_some_and(|sector| !noun.any_sector && noun.suits_sector(sector));
        let strange = sector.is_some_and(|sector| !noun.suits_sector(sector));
        let kind = match (noun.kind, state.kind) {
            (EntityKind::Organisation | EntityKind::Authority, EntityKind::Organisation | EntityKind::Authority)
            | (EntityKind::Product, EntityKind::Organisation) => {
                // "the company" is one that was named, and may be any.
                if noun.any_sector && noun.kind == EntityKind::Organisation && noun.kind == state.kind && state.named {
                    1.0
                } else if noun.kind == state.kind || suits {
                    0.6
                } else if matches!(lemma, "body" | "organisation" | "organization" | "institution" | "bank" | "group")
                    || (noun.kind == EntityKind::Product && !strange)
                {
                    0.2
                } else {
                    return None;
                }
            }
            (EntityKind::Authority, EntityKind::Country) if lemma == "bloc" => 2.5,
            // An app goes by its maker's name: "the company" is who runs it.
            (EntityKind::Organisation, EntityKind::Product) if sector.is_none() => {
                if noun.any_sector && state.named {
                    0.3
                } else {
                    -0.3
                }
            }
            (EntityKind::Country, EntityKind::Country) => 1.0,
            (EntityKind::Place, EntityKind::Place) => {
                if matches!(lemma, "state" | "market" | "county" | "continent") {
                    -0.5
                } else {
                    0.6
                }
            }
            (EntityKind::Person, EntityKind::Person) | (EntityKind::Product, EntityKind::Product) => 0.4,
            (EntityKind::Group, EntityKind::Group) => -2.0,
            // A name of which little is known may be what it is called here for the first time.
            (
                EntityKind::Organisation | EntityKind::Product | EntityKind::Person,
                EntityKind::Organisation | EntityKind::Person | EntityKind::Place | EntityKind::Product,
            ) if state.named && !state.sure => 0.2,
            _ => return None,
        };
        if strange {
            return None;
        }
        // A telling noun ("the airline") for a chain of which nothing is told that speaks for it.
        let unsupported =
            !kindred && !noun.any_sector && sector.is_none() && state.nouns.iter().any(|n| self.tells_sector(n));
        let unknown = !kindred && !noun.any_sector && sector.is_none() && !unsupported;
        // Persons are told apart by what they do: "the judge" is not any man, and no minister.
        let person = noun.kind == EntityKind::Person;
        let other_office =
            person && state.nouns.iter().any(|n| self.gazetteer.head_noun(n) == Some(EntityKind::Person));
        Some(
            kind + if suits { weight::SUITS } else { 0.0 }
                - if unsupported { 1.2 } else { 0.0 }
                - if unknown { 0.3 } else { 0.0 }
                - if other_office {
                    1.2
                } else if person {
                    0.3
                } else {
                    0.0
                },
        )
    }

    /// What the words beside the noun say: "the culture ministry" is not the ministry of trade, "the website of the
    /// broadcaster" is not any website.
    fn modifiers_fit(&self, state: &State, mention: &Mention) -> Option<f32> {
        let mut score = 0.0;
        let authority = self.noun.is_some_and(|noun| noun.kind == EntityKind::Authority);
        // "the Vision headset" has a name of its own: it is no other product, nor its maker.
        let product = self.noun.is_some_and(|noun| noun.kind == EntityKind::Product);
        let is_name = |word: &str| {
            let named = |&dependent: &usize| {
                let w = &self.tree.words[dependent];
                w.deprel == Deprel::Compound && w.form.starts_with(char::is_uppercase) && w.form.to_lowercase() == word
            };
            self.tree.dependents(mention.head).iter().any(named)
        };
        for word in modifiers(self.tree, mention, self.gazetteer) {
            let stem = word.strip_suffix('s').unwrap_or(&word);
            let known = |other: &String| other == &word || other.strip_suffix('s').unwrap_or(other) == stem;
            if state.modifiers.iter().any(known) || state.name_words.iter().any(known) {
                score += 0.8;
            } else if authority || (product && is_name(&word)) {
                return None;
            } else {
                score -= weight::STRANGE_MODIFIER;
            }
        }
        for &dependent in self.tree.dependents(mention.head) {
            let behind = dependent > mention.head;
            match self.tree.words[dependent].deprel {
                Deprel::Nmod if behind && self.tree.words[dependent].mask.is_none() => score -= weight::COMPLEMENT,
                Deprel::AclRelcl | Deprel::Acl if behind => score -= 0.6,
                _ => {}
            }
        }
        Some(score)
    }

    /// Whether two nouns can name things of one line of business.
    fn kindred(&self, noun: &Noun, other: &str) -> bool {
        self.gazetteer
            .noun(other)
            .is_some_and(|other| !other.any_sector && other.sectors.iter().any(|s| noun.sectors.contains(s)))
    }

    fn tells_sector(&self, noun: &str) -> bool {
        self.gazetteer.noun(noun).is_some_and(|noun| !noun.any_sector)
    }
}
