//! Trees in, the mentions of parties, places and things in them out, each with its kind.
//!
//! A mention is a name ("Tagansky District Court"), a nominal ("the Swiss messenger", "both firms", "customers") or a
//! pronoun. Names are found by three witnesses, the gazetteer, the network's tags and capital letters, and their
//! kinds by a vote over the document: what the gazetteer knows, nouns inside the name ("… Court"), legal forms, titles,
//! appositions ("the watchdog, Roskomnadzor"), relative pronouns and, weakest, the network's own types.
//! Pure and deterministic; time is linear in the text.

use crate::document::{ByteSpan, Document};
use crate::gazetteer::{Country, EntityKind, EntryId, Gazetteer, fold};
use crate::syntax::{Deprel, Tree, Upos, Xpos};

mod acronym;
mod homonyms;
mod kinds;
mod phrase;
mod units;

pub(crate) use acronym::{acronym_letters, acronym_of, initials};
pub use phrase::Determined;

/// How a mention is worded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// A name.
    Name,
    /// A noun phrase headed by a common noun, or by a number or determiner that stands for one ("the two", "both").
    Nominal,
    /// A pronoun, relative pronouns included.
    Pronoun,
}

/// Whether a mention stands for one or for several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Number {
    /// One.
    Singular,
    /// Several.
    Plural,
}

/// A phrase that stands for a party, thing, group or place.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    /// Index of its sentence.
    pub sentence: usize,
    /// Index of its head in the sentence.
    pub head: usize,
    /// Indices of the first and last word of the name or noun that it is about, without modifiers around it.
    pub core: (usize, usize),
    /// The noun phrase, without relative clauses, appositions and loose prepositional phrases.
    pub span: ByteSpan,
    /// The words of `span`.
    pub text: String,
    /// The name without title, article and other modifiers; for other forms the same as `text`.
    pub name: String,
    /// How it is worded.
    pub form: Form,
    /// What it stands for.
    pub kind: EntityKind,
    /// Whether much speaks for that kind; what an unknown name stands for is otherwise little more than a guess.
    pub sure: bool,
    /// One or several.
    pub number: Number,
    /// Country that the phrase tells ("the Swiss firm", "a Moscow court"), or else that of the entry.
    pub country: Option<Country>,
    /// Whether `country` is told by the phrase itself.
    pub country_told: bool,
    /// The gazetteer's entry.
    pub entry: Option<EntryId>,
    /// Lemma of the noun that it is called by, for nominals.
    pub noun: Option<String>,
    /// Lemmas of nouns that the text gives beside a name ("messenger", "service").
    pub descriptors: Vec<String>,
    /// Other names that stand in parentheses behind it.
    pub aliases: Vec<String>,
    /// How it is determined: "the", "a", "its", bare.
    pub determined: Determined,
    /// Index of the mention of which this one is an apposition, or which it titles.
    pub same_as: Option<usize>,
}

/// The mentions of `trees` (the sentences of `document`, in order), by sentence and head; every head once.
pub fn mentions(document: &Document, trees: &[Tree], gazetteer: &Gazetteer) -> Vec<Mention> {
    let mut units = units::find_all(&document.text, trees, gazetteer);
    homonyms::unlink(&document.text, trees, gazetteer, &mut units);
    let ballot = kinds::Ballot::count(&document.text, trees, &units, gazetteer);
    let mut all = Vec::new();
    for (sentence, (tree, units)) in trees.iter().zip(&units).enumerate() {
        let first = all.len();
        collect(sentence, &document.text, tree, units, &ballot, gazetteer, &mut all);
        appositions(tree, &mut all[first..], first);
    }
    all
}

fn collect(
    sentence: usize,
    text: &str,
    tree: &Tree,
    units: &[units::Unit],
    ballot: &kinds::Ballot,
    gazetteer: &Gazetteer,
    all: &mut Vec<Mention>,
) {
    let reader = phrase::Reader { text, tree, units, gazetteer };
    let mut within = vec![None; tree.words.len()];
    for (index, unit) in units.iter().enumerate() {
        for slot in &mut within[unit.start()..=unit.last] {
            *slot = Some(index);
        }
    }
    for (word, unit) in within.into_iter().enumerate() {
        let mention = match unit {
            Some(index) if units[index].head == word => Some(name(sentence, &reader, &units[index], ballot)),
            Some(_) => None,
            None => other(sentence, &reader, word),
        };
        all.extend(mention);
    }
}

fn name(sentence: usize, reader: &phrase::Reader<'_>, unit: &units::Unit, ballot: &kinds::Ballot) -> Mention {
    let tree = reader.tree;
    let name = reader.words(unit.first, unit.last).to_owned();
    let entry = unit.entry;
    let told = reader.country(unit.head, Some(unit));
    let entry_country = entry.and_then(|id| reader.gazetteer.entry(id).country);
    let (kind, sure) = ballot.kind(&name);
    let span = reader.span(unit.head, Some(unit));
    let plural = matches!(tree.words[unit.head].xpos, Xpos::Nns) && kind == EntityKind::Group;
    Mention {
        sentence,
        head: unit.head,
        core: (unit.start(), unit.last),
        span,
        text: span.of(reader.text).to_owned(),
        form: Form::Name,
        kind,
        sure,
        number: if plural { Number::Plural } else { Number::Singular },
        country: told.or(entry_country),
        country_told: told.is_some(),
        entry,
        noun: None,
        descriptors: ballot.descriptors(&name),
        aliases: unit.aliases.clone(),
        determined: reader.determined(unit.head),
        same_as: None,
        name,
    }
}

fn other(sentence: usize, reader: &phrase::Reader<'_>, head: usize) -> Option<Mention> {
    let word = &reader.tree.words[head];
    if word.mask.is_some() {
        return None;
    }
    let (form, kind, number) = match word.upos {
        Upos::Pron => reader.pronoun(head)?,
        Upos::Noun | Upos::Propn => reader.nominal(head)?,
        Upos::Num | Upos::Det | Upos::Adj => reader.elliptic(head)?,
        _ => return None,
    };
    let span = if form == Form::Pronoun { word.span } else { reader.span(head, None) };
    let text = span.of(reader.text).to_owned();
    let country = if form == Form::Pronoun { None } else { reader.country(head, None) };
    let first = if form == Form::Nominal { reader.noun_start(head) } else { head };
    Some(Mention {
        sentence,
        head,
        core: (first, head),
        span,
        name: text.clone(),
        text,
        form,
        kind,
        sure: form == Form::Nominal && kind != EntityKind::Other,
        number,
        country,
        country_told: country.is_some(),
        entry: None,
        noun: (form == Form::Nominal).then(|| reader.noun(head)),
        descriptors: Vec::new(),
        aliases: Vec::new(),
        determined: reader.determined(head),
        same_as: None,
    })
}

/// Links appositions: "the watchdog, Roskomnadzor", "Verkada, the maker of cameras", "the messenger Threema".
fn appositions(tree: &Tree, mentions: &mut [Mention], offset: usize) {
    for index in 0..mentions.len() {
        let mention = &mentions[index];
        let word = &tree.words[mention.head];
        let Some(above) = word.head else { continue };
        let Some(other) = mentions.iter().position(|m| m.head == above) else { continue };
        let (a, b) = (&mentions[other], mention);
        let linked = match word.deprel {
            Deprel::Appos => true,
            // "messenger service Threema" read as one phrase: the name stands behind its noun.
            Deprel::Flat | Deprel::Nmod | Deprel::NmodUnmarked | Deprel::Compound | Deprel::Dep => {
                a.form == Form::Nominal
                    && b.form == Form::Name
                    && b.core.0 == a.core.1 + 1
                    && tree.first(b.head, Deprel::Case).is_none()
            }
            _ => false,
        };
        let forms = matches!(
            (a.form, b.form),
            (Form::Name, Form::Nominal) | (Form::Nominal, Form::Name) | (Form::Nominal, Form::Nominal)
        ) || (a.form == Form::Name && b.form == Form::Name && word.deprel == Deprel::Appos);
        if linked && forms && a.number == b.number && compatible(a, b) {
            mentions[index].same_as = Some(offset + other);
        }
    }
    described(tree, mentions, offset);
    between_commas(tree, mentions, offset);
    defined(tree, mentions, offset);
}

/// `Vale Sereno S.A. (the "Company")`, `Trottoar Spel AB ("the operator")`: what a name is called from here on.
fn defined(tree: &Tree, mentions: &mut [Mention], offset: usize) {
    let words = &tree.words;
    let at_byte = |byte: u32| words.partition_point(|word| word.span.start < byte);
    for index in 0..mentions.len() {
        let b = &mentions[index];
        if b.form == Form::Pronoun || b.same_as.is_some() {
            continue;
        }
        let opening = |form: &str| matches!(form, "(" | "-LRB-" | "[");
        let inside = |form: &str| {
            matches!(form, "\"" | "“" | "‘" | "'" | "``")
                || ["the", "hereinafter", "hereafter"].iter().any(|w| form.eq_ignore_ascii_case(w))
        };
        let mut first = b.core.0;
        let mut quoted = false;
        while first > 0 && inside(&words[first - 1].form) {
            first -= 1;
            quoted |= !words[first].form.chars().any(char::is_alphabetic);
        }
        if !quoted || first == 0 || !opening(&words[first - 1].form) {
            continue;
        }
        let named = |a: &Mention| a.form == Form::Name && at_byte(a.span.end) == first - 1;
        if let Some(other) = mentions.iter().position(named) {
            mentions[index].same_as = Some(offset + other);
        }
    }
}

/// "the operator Zentora", where the tree has torn noun and name apart; not "the operator Zentora bought".
fn described(tree: &Tree, mentions: &mut [Mention], offset: usize) {
    for index in 1..mentions.len() {
        let b = &mentions[index];
        if b.form != Form::Name || b.same_as.is_some() || b.determined != Determined::Bare {
            continue;
        }
        let Some(other) = mentions[..index].iter().rposition(|a| a.core.1 + 1 == b.core.0) else { continue };
        let a = &mentions[other];
        let told = a.form == Form::Nominal
            && a.determined == Determined::Definite
            && a.same_as.is_none()
            && matches!(
                a.kind,
                EntityKind::Organisation | EntityKind::Authority | EntityKind::Product | EntityKind::Person
            );
        let clause = tree.words[b.head].head.filter(|&verb| tree.words[verb].deprel == Deprel::AclRelcl);
        let relative = clause.is_some_and(|verb| tree.words[verb].head == Some(a.head));
        let taken = mentions.iter().any(|m| m.same_as == Some(offset + other));
        if told && !relative && !taken && a.number == b.number && compatible(a, b) {
            mentions[index].same_as = Some(offset + other);
        }
    }
}

/// Appositions that the tree has attached elsewhere: "its owner, the Cyprus-registered Marlowe & Tash Ltd, said".
fn between_commas(tree: &Tree, mentions: &mut [Mention], offset: usize) {
    let words = &tree.words;
    let at_byte = |byte: u32| words.partition_point(|word| word.span.start < byte);
    for index in 0..mentions.len() {
        let b = &mentions[index];
        let (first, behind) = (at_byte(b.span.start), at_byte(b.span.end));
        let closing = |form: &str| {
            matches!(form, "," | "." | ")" | "–" | "—" | ";" | ":" | "which" | "who" | "whom" | "whose" | "that")
        };
        let closes = words.get(behind).is_none_or(|word| closing(&word.form));
        let listed = words.get(behind + 1).is_some_and(|word| matches!(word.form.as_str(), "and" | "or" | "&"));
        if b.same_as.is_some()
            || b.form == Form::Pronoun
            || first < 2
            || words[first - 1].form != ","
            || !closes
            || listed
        {
            continue;
        }
        let Some(other) = mentions.iter().position(|a| at_byte(a.span.end) == first - 1 && a.form != Form::Pronoun)
        else {
            continue;
        };
        let a = &mentions[other];
        let verb = |m: &Mention| {
            let governor = words[m.head].head.map(|head| words[head].upos);
            let subject = matches!(words[m.head].deprel, Deprel::Nsubj | Deprel::NsubjPass | Deprel::Obj);
            subject && matches!(governor, Some(Upos::Verb | Upos::Aux))
        };
        let names_it = matches!((a.form, b.form), (Form::Nominal, Form::Name) | (Form::Name, Form::Nominal));
        let nominal = if a.form == Form::Nominal { a } else { b };
        let told = matches!(nominal.determined, Determined::Definite | Determined::Possessed | Determined::Indefinite)
            && nominal.kind != EntityKind::Other
            && nominal.kind != EntityKind::Group;
        // One of the two hangs on the sentence; of two subjects each would have a verb.
        let once = !(verb(a) && verb(b) && words[a.head].head != words[b.head].head);
        let loose = tree.first(b.head, Deprel::Case).is_none() && tree.first(b.head, Deprel::Cc).is_none();
        if names_it && told && once && loose && a.number == b.number && compatible(a, b) && a.same_as.is_none() {
            mentions[index].same_as = Some(offset + other);
        }
    }
}

/// Whether an apposition can stand for the same: not "Moscow, Russia", not "Reuters, June 17".
fn compatible(a: &Mention, b: &Mention) -> bool {
    let body = |kind| matches!(kind, EntityKind::Organisation | EntityKind::Authority | EntityKind::Product);
    let guess = |m: &Mention| m.form == Form::Name && !m.sure && m.kind != EntityKind::Country;
    let both_names = a.form == Form::Name && b.form == Form::Name;
    if both_names {
        return acronym_of(&fold(&b.name), &fold(&a.name)) || acronym_of(&fold(&a.name), &fold(&b.name));
    }
    (guess(a) || guess(b))
        || a.kind == b.kind
        || (body(a.kind) && body(b.kind))
        || matches!((a.kind, b.kind), (EntityKind::Other, _) | (_, EntityKind::Other))
        || matches!(
            (a.kind, b.kind),
            (EntityKind::Place, EntityKind::Country) | (EntityKind::Country, EntityKind::Place)
        )
}

#[cfg(test)]
mod tests;
