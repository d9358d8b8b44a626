//! The noun phrase around a head: where it begins and ends, how it is determined, which country and number it tells.

use super::units::Unit;
use super::{Form, Number};
use crate::document::ByteSpan;
use crate::gazetteer::{Country, EntityKind, Gazetteer};
use crate::syntax::{Deprel, Tree, Upos, Xpos};

/// How a noun phrase is determined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Determined {
    /// "the", "this", "that", "these", "such": known from before, or from the world.
    Definite,
    /// "the same", "the said", "this", "that": surely known from before.
    Same,
    /// "a", "some", "several", "another", a bare number: new.
    Indefinite,
    /// "its", "Google's": new, but tied to something known.
    Possessed,
    /// Nothing.
    Bare,
}

/// A sentence with its names.
#[derive(Clone, Copy)]
pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) tree: &'t Tree,
    pub(super) units: &'t [Unit],
    pub(super) gazetteer: &'t Gazetteer,
}

impl<'t> Reader<'t> {
    /// The text from the first to the last word.
    pub(super) fn words(&self, first: usize, last: usize) -> &'t str {
        let words = &self.tree.words;
        ByteSpan { start: words[first].span.start, end: words[last].span.end }.of(self.text)
    }

    fn form(&self, word: usize) -> String {
        self.tree.words[word].form.to_lowercase()
    }

    /// The noun phrase of `head`: modifiers before it and those behind that belong to what it is called by.
    pub(super) fn span(&self, head: usize, unit: Option<&Unit>) -> ByteSpan {
        let words = &self.tree.words;
        let (mut first, mut last) = unit.map_or((head, head), |unit| (unit.first, unit.last));
        let core = (first, last);
        let named = unit.is_some();
        for &dependent in self.tree.dependents(head) {
            let word = &words[dependent];
            let before = dependent < core.0;
            let keep = match word.deprel {
                Deprel::Det
                | Deprel::DetPredet
                | Deprel::Amod
                | Deprel::Compound
                | Deprel::Nummod
                | Deprel::NmodPoss
                | Deprel::CcPreconj => before,
                Deprel::Advmod | Deprel::NmodUnmarked => before && word.mask.is_none(),
                Deprel::Flat | Deprel::Fixed | Deprel::Goeswith => true,
                Deprel::Nmod => !before && self.belongs(dependent, named),
                _ => false,
            };
            if !keep || (word.mask.is_some() && dependent > core.1) {
                continue;
            }
            let inner = self.tree.subtree_without(dependent, |word| self.loose(word));
            for word in inner {
                first = first.min(word);
                last = last.max(word);
            }
        }
        // Punctuation and prepositions that stray into the subtree's ends are no part of the phrase.
        while first < core.0 && self.edge(first) {
            first += 1;
        }
        while last > core.1 && self.edge(last) {
            last -= 1;
        }
        ByteSpan { start: words[first].span.start, end: words[last].span.end }
    }

    /// Whether what hangs on a word is too loose to stand in a noun phrase.
    fn loose(&self, word: usize) -> bool {
        matches!(
            self.tree.words[word].deprel,
            Deprel::Acl
                | Deprel::AclRelcl
                | Deprel::Advcl
                | Deprel::Parataxis
                | Deprel::Appos
                | Deprel::Punct
                | Deprel::Ccomp
        )
    }

    fn edge(&self, word: usize) -> bool {
        let w = &self.tree.words[word];
        (w.upos == Upos::Punct && !matches!(w.form.as_str(), "\"" | "“" | "”" | "%")) || w.upos == Upos::Cconj
    }

    /// Whether a prepositional phrase belongs to the noun ("users of WhatsApp", "lenders from Laos"), not to a name.
    fn belongs(&self, dependent: usize, named: bool) -> bool {
        let Some(case) = self.tree.first(dependent, Deprel::Case) else { return false };
        if self.tree.words[dependent].mask.is_some() || dependent < case {
            return false;
        }
        match self.form(case).as_str() {
            "of" => true,
            "for" | "from" | "in" | "at" | "on" | "to" | "over" | "against" | "between" | "with" | "outside"
            | "inside" => !named,
            _ => false,
        }
    }

    /// How the phrase of `head` is determined.
    pub(super) fn determined(&self, head: usize) -> Determined {
        let mut found = Determined::Bare;
        for &dependent in self.tree.dependents(head) {
            let form = self.form(dependent);
            let word = &self.tree.words[dependent];
            let told = match word.deprel {
                Deprel::Det | Deprel::DetPredet => match form.as_str() {
                    "this" | "that" | "these" | "those" | "such" => Determined::Same,
                    "the" | "both" | "either" | "neither" => Determined::Definite,
                    _ => Determined::Indefinite,
                },
                Deprel::Amod if matches!(form.as_str(), "same" | "said" | "latter" | "former") => Determined::Same,
                Deprel::NmodPoss => Determined::Possessed,
                Deprel::Nummod if found == Determined::Bare => Determined::Indefinite,
                _ => continue,
            };
            if found == Determined::Bare || told == Determined::Same || found == Determined::Indefinite {
                found = told;
            }
        }
        found
    }

    /// The country that the phrase tells: "the Swiss firm", "Russia's regulator", "a Moscow court", "the watchdog in Delhi".
    pub(super) fn country(&self, head: usize, unit: Option<&Unit>) -> Option<Country> {
        let (first, last) = unit.map_or((head, head), |unit| (unit.first, unit.last));
        if let Some(unit) = unit
            && unit.entry.is_none()
        {
            for word in unit.first..=unit.last {
                if unit.first == unit.last {
                    break;
                }
                let form = self.tree.words[word].form.as_str();
                if let Some(country) = self.gazetteer.demonym(form).or_else(|| self.gazetteer.place(form)) {
                    return Some(country);
                }
            }
        }
        let mut loosely = None;
        for word in first..=last {
            for &dependent in self.tree.dependents(word) {
                if (first..=last).contains(&dependent) {
                    continue;
                }
                let w = &self.tree.words[dependent];
                match w.deprel {
                    Deprel::Amod
                    | Deprel::Compound
                    | Deprel::NmodPoss
                    | Deprel::Nmod
                    | Deprel::NmodUnmarked
                    | Deprel::Flat => {}
                    _ => continue,
                }
                let Some(country) = self.country_of_word(dependent) else { continue };
                if w.deprel != Deprel::Nmod {
                    return Some(country);
                }
                let case = self.tree.first(dependent, Deprel::Case).map(|case| self.form(case));
                if matches!(case.as_deref(), Some("of" | "in" | "from" | "at")) {
                    loosely = loosely.or(Some(country));
                }
            }
        }
        loosely
    }

    /// The country of an adjective, of a place, or of the name that a word heads.
    fn country_of_word(&self, word: usize) -> Option<Country> {
        let form = self.tree.words[word].form.as_str();
        let unit = self.units.iter().find(|unit| (unit.first..=unit.last).contains(&word));
        let name = unit.map_or(form, |unit| self.words(unit.first, unit.last));
        let parts = || {
            // "London-based", "Moscow-listed": the tokens of a hyphened word hang on its last part.
            self.tree.dependents(word).iter().find_map(|&part| {
                let part = self.tree.words[part].form.as_str();
                self.gazetteer.place(part).or_else(|| self.gazetteer.demonym(part))
            })
        };
        self.gazetteer
            .demonym(name)
            .or_else(|| self.gazetteer.place(name))
            .or_else(|| self.gazetteer.demonym(form))
            .or_else(|| {
                matches!(self.form(word).as_str(), "based" | "listed" | "registered" | "owned" | "run" | "born" | "led")
                    .then(parts)
                    .flatten()
            })
    }

    /// The noun that a phrase is called by, as the table of nouns writes it: "search engine", "central bank", "chipmaker".
    pub(super) fn noun(&self, head: usize) -> String {
        let start = self.noun_start(head);
        let lemma = self.lemma(head);
        if start < head {
            let before = (start..head).map(|word| self.form(word)).collect::<Vec<_>>().join(" ");
            return format!("{before} {lemma}").replace(" - ", "-");
        }
        lemma
    }

    /// Where the noun itself begins, when the table knows more than its last word.
    pub(super) fn noun_start(&self, head: usize) -> usize {
        let lemma = self.lemma(head);
        if !self.gazetteer.may_end_noun(&lemma) {
            return head;
        }
        for back in 1..=2_usize {
            let Some(start) = head.checked_sub(back) else { break };
            let before = (start..head).map(|word| self.form(word)).collect::<Vec<_>>().join(" ");
            let noun = format!("{before} {lemma}").replace(" - ", "-");
            if self.gazetteer.noun(&noun).is_some_and(|long| self.gazetteer.noun(&lemma) != Some(long)) {
                return start;
            }
        }
        head
    }

    pub(super) fn lemma(&self, word: usize) -> String {
        let w = &self.tree.words[word];
        let form = self.form(word);
        if self.gazetteer.noun(&form).is_some() {
            return form;
        }
        let lemma = w.lemma.to_lowercase();
        if self.gazetteer.noun(&lemma).is_some() || !matches!(w.xpos, Xpos::Nns | Xpos::Nnps | Xpos::Nnp) {
            return lemma;
        }
        let singular = form
            .strip_suffix("ies")
            .map(|stem| format!("{stem}y"))
            .or_else(|| form.strip_suffix("men").map(|stem| format!("{stem}man")))
            .or_else(|| form.strip_suffix('s').map(str::to_owned));
        singular.filter(|noun| self.gazetteer.noun(noun).is_some()).unwrap_or(lemma)
    }

    /// A nominal's form, kind and number; none for words that are part of another phrase.
    pub(super) fn nominal(&self, head: usize) -> Option<(Form, EntityKind, Number)> {
        let word = &self.tree.words[head];
        let modifier = matches!(word.deprel, Deprel::Compound | Deprel::Flat | Deprel::Fixed | Deprel::Goeswith);
        // "messenger" in "the messenger Threema" is a modifier of the name; "court" in "court ruling" of a noun.
        if modifier && word.deprel != Deprel::Compound {
            return None;
        }
        if word.form.chars().all(|c| !c.is_alphabetic()) {
            return None;
        }
        let lemma = self.noun(head);
        let known = self.gazetteer.head_noun(&lemma);
        if modifier && !matches!(known, Some(EntityKind::Authority | EntityKind::Organisation | EntityKind::Person)) {
            return None;
        }
        let number = self.number(head);
        let kind = match known {
            None => {
                if self.gazetteer.demonym(&word.form).is_some() {
                    EntityKind::Group
                } else {
                    EntityKind::Other
                }
            }
            Some(kind @ (EntityKind::Organisation | EntityKind::Person)) if number == Number::Plural => {
                let _ = kind;
                EntityKind::Group
            }
            Some(EntityKind::Country) if number == Number::Plural => EntityKind::Group,
            Some(kind) => kind,
        };
        Some((Form::Nominal, kind, number))
    }

    pub(super) fn number(&self, head: usize) -> Number {
        let word = &self.tree.words[head];
        let collective = matches!(self.form(head).as_str(), "pair" | "duo" | "trio" | "couple" | "quartet" | "police");
        let many =
            self.tree.with(head, Deprel::Nummod).any(|number| !matches!(self.form(number).as_str(), "one" | "1"));
        if matches!(word.xpos, Xpos::Nns | Xpos::Nnps) || collective || many {
            Number::Plural
        } else {
            Number::Singular
        }
    }

    /// A pronoun's form, kind and number; none for those that stand for no party.
    pub(super) fn pronoun(&self, head: usize) -> Option<(Form, EntityKind, Number)> {
        let word = &self.tree.words[head];
        if word.deprel == Deprel::Expl {
            return None;
        }
        let (kind, number) = match self.form(head).as_str() {
            "it" | "its" | "itself" => (EntityKind::Other, Number::Singular),
            "he" | "him" | "his" | "himself" | "she" | "her" | "hers" | "herself" | "i" | "me" | "my" | "myself" => {
                (EntityKind::Person, Number::Singular)
            }
            "they" | "them" | "their" | "theirs" | "themselves" | "we" | "us" | "our" | "ours" | "ourselves" => {
                (EntityKind::Other, Number::Plural)
            }
            "you" | "your" | "yours" => (EntityKind::Other, Number::Plural),
            "who" | "whom" | "whose" | "which" | "that" => (EntityKind::Other, Number::Singular),
            "both" | "neither" | "either" | "each" | "all" | "none" | "these" | "those" => {
                (EntityKind::Other, Number::Plural)
            }
            _ => return None,
        };
        Some((Form::Pronoun, kind, number))
    }

    /// Numbers and determiners that stand for a noun: "the two", "both", "the latter", "the former".
    pub(super) fn elliptic(&self, head: usize) -> Option<(Form, EntityKind, Number)> {
        let word = &self.tree.words[head];
        let argument = matches!(
            word.deprel,
            Deprel::Nsubj
                | Deprel::NsubjPass
                | Deprel::Obj
                | Deprel::Iobj
                | Deprel::Obl
                | Deprel::OblAgent
                | Deprel::Nmod
                | Deprel::Conj
                | Deprel::NmodPoss
                | Deprel::Appos
        );
        if !argument {
            return None;
        }
        let number = match self.form(head).as_str() {
            "two" | "three" | "four" | "both" | "neither" | "either" | "each" | "all" | "none" => Number::Plural,
            "latter" | "former" | "one" | "that" | "this" | "first" | "second" | "third" | "other" => Number::Singular,
            _ => return None,
        };
        Some((Form::Nominal, EntityKind::Other, number))
    }
}
