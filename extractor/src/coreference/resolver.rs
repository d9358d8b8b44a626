//! Reads the mentions in the order of the text and gives each nominal and pronoun its antecedent.

use std::collections::BTreeMap;

use super::antecedents::{Rival, Weighed};
use super::deeds::{Deed, deed};
use super::ranking::{State, is_subject};
use super::wording::{Gender, modifiers};
use super::{Assignment, plural, speaker, story};
use crate::document::{BlockKind, Document};
use crate::gazetteer::{EntityKind, Gazetteer, fold, plain_words};
use crate::names::{Determined, Form, Mention, Number};
use crate::syntax::{Deprel, Tree, Upos};

/// How many of the latest chains compete for a mention; bounds the time for texts of any length.
const PARTIES_MAX: usize = 100;
const OTHERS_MAX: usize = 10;
/// Least score of an antecedent.
const NOMINAL_MIN: f32 = 2.0;
const PRONOUN_MIN: f32 = 0.8;
/// Sentences of the body in which a headline's nominal may find its name.
const LEAD_SENTENCES: usize = 6;

pub(super) struct Resolver<'t> {
    pub(super) document: &'t Document,
    pub(super) trees: &'t [Tree],
    pub(super) mentions: &'t [Mention],
    pub(super) gazetteer: &'t Gazetteer,
    names: Vec<Option<usize>>,
    /// The words of each nominal, folded; empty for other mentions.
    folded: Vec<String>,
    /// Number of each sentence among those of the story.
    pub(super) told: Vec<usize>,
    pub(super) cluster: Vec<usize>,
    pub(super) states: States,
    /// Clusters by their latest mention, latest last: parties, and other things.
    pub(super) parties: Vec<usize>,
    pub(super) others: Vec<usize>,
    members: BTreeMap<usize, Vec<usize>>,
    /// Mentions of the sentence at hand, by cluster.
    pub(super) here: BTreeMap<usize, Vec<usize>>,
    pub(super) coordinations: Vec<plural::Coordination>,
    pub(super) first_body: usize,
    /// The party that the document speaks for.
    pub(super) voice: Option<usize>,
    /// Whether the document asks and answers.
    pub(super) interview: bool,
    /// The likeliest antecedents of each mention.
    pub(super) rivals: BTreeMap<usize, Vec<Rival>>,
    /// What was weighed for each mention, where somebody wants to read it.
    pub(super) weighed: Option<Vec<Weighed>>,
}

/// Whether a word stands where sources are named: "Interfax reported", "according to APA".
fn reports(tree: &Tree, word: usize) -> bool {
    let w = &tree.words[word];
    let Some(head) = w.head else { return false };
    let verb = matches!(tree.words[head].lemma.as_str(), "report" | "write" | "cite" | "learn" | "quote");
    let according = tree.with(word, Deprel::Case).any(|case| tree.words[case].form.eq_ignore_ascii_case("according"));
    (verb && is_subject(tree, word)) || according
}

/// What is told of each cluster so far.
pub(super) struct States {
    /// Where the state of a cluster stands.
    places: Vec<Option<usize>>,
    states: Vec<(usize, State)>,
}

impl States {
    /// The state of a cluster that has one.
    pub(super) fn get(&self, cluster: usize) -> Option<&State> {
        self.places[cluster].map(|place| &self.states[place].1)
    }

    /// The state of a cluster, which is `first` where it has none.
    fn of(&mut self, cluster: usize, first: impl FnOnce() -> State) -> &mut State {
        let place = *self.places[cluster].get_or_insert_with(|| {
            self.states.push((cluster, first()));
            self.states.len() - 1
        });
        &mut self.states[place].1
    }
}

impl<'t> Resolver<'t> {
    pub(super) fn new(
        document: &'t Document,
        trees: &'t [Tree],
        mentions: &'t [Mention],
        gazetteer: &'t Gazetteer,
        names: Vec<Option<usize>>,
    ) -> Self {
        let mut count = 0;
        let told = trees
            .iter()
            .map(|tree| {
                count += usize::from(story(tree.block));
                count
            })
            .collect();
        let first_body = trees.iter().position(|tree| tree.block == BlockKind::Body).unwrap_or(0);
        let voice = speaker::voice(document, trees, mentions, &names, gazetteer);
        Self {
            document,
            trees,
            mentions,
            gazetteer,
            names,
            folded: mentions
                .iter()
                .map(|mention| if mention.form == Form::Nominal { fold(&mention.text) } else { String::new() })
                .collect(),
            told,
            cluster: (0..mentions.len()).collect(),
            states: States { places: vec![None; mentions.len()], states: Vec::new() },
            parties: Vec::new(),
            others: Vec::new(),
            members: BTreeMap::new(),
            here: BTreeMap::new(),
            coordinations: Vec::new(),
            first_body,
            voice,
            interview: speaker::interview(document, mentions),
            rivals: BTreeMap::new(),
            weighed: None,
        }
    }

    pub(super) fn run(mut self) -> Assignment {
        let appositions = self.appositions();
        let mut start = 0;
        while let Some(first) = self.mentions.get(start) {
            let sentence = first.sentence;
            let behind = start + self.mentions[start..].partition_point(|m| m.sentence == sentence);
            let in_story = story(self.trees[sentence].block);
            self.here.clear();
            // Who says "we" is often told behind the words.
            let (speakers, others): (Vec<usize>, Vec<usize>) =
                (start..behind).partition(|&index| speaker::first_person(&self.mentions[index]));
            for index in others.into_iter().chain(speakers) {
                let target = self.names[index]
                    .or_else(|| appositions.get(&index).and_then(|&other| self.names[other]))
                    .or_else(|| {
                        appositions.get(&index).filter(|&&other| other < index).map(|&other| self.cluster[other])
                    })
                    .or_else(|| if in_story { self.antecedent(index) } else { None });
                self.assign(index, target.unwrap_or(index), in_story);
            }
            if in_story {
                plural::coordinations(&mut self, sentence);
            }
            start = behind;
        }
        self.forward();
        let kinds = self.states.states.iter().map(|(cluster, state)| (*cluster, state.kind)).collect();
        Assignment {
            cluster: self.cluster,
            members: self.members,
            kinds,
            rivals: self.rivals,
            weighed: self.weighed.unwrap_or_default(),
        }
    }

    /// Each nominal with the name or nominal that it stands beside.
    fn appositions(&self) -> BTreeMap<usize, usize> {
        let mut found = BTreeMap::new();
        for (index, mention) in self.mentions.iter().enumerate() {
            let Some(other) = mention.same_as else { continue };
            let (name, nominal) = if mention.form == Form::Name { (index, other) } else { (other, index) };
            if self.mentions[nominal].form == Form::Nominal {
                found.entry(nominal).or_insert(name);
            }
        }
        // "chipmaker Qualcomm" read as one phrase: the noun that hangs on the name right behind it.
        let by_head: BTreeMap<(usize, usize), usize> =
            self.mentions.iter().enumerate().map(|(index, m)| ((m.sentence, m.head), index)).collect();
        for (index, mention) in self.mentions.iter().enumerate() {
            let word = &self.trees[mention.sentence].words[mention.head];
            if mention.form != Form::Nominal || word.deprel != Deprel::Compound {
                continue;
            }
            let Some(&above) = word.head.and_then(|head| by_head.get(&(mention.sentence, head))) else { continue };
            if self.mentions[above].form == Form::Name && mention.head < self.mentions[above].core.0 {
                found.entry(index).or_insert(above);
            }
        }
        found
    }

    /// The cluster of a mention, known for names before they are reached.
    pub(super) fn cluster_of(&self, index: usize) -> usize {
        self.names[index].unwrap_or(self.cluster[index])
    }

    fn assign(&mut self, index: usize, target: usize, in_story: bool) {
        let mention = &self.mentions[index];
        self.cluster[index] = target;
        if !in_story {
            return;
        }
        self.here.entry(target).or_default().push(index);
        let subject = is_subject(&self.trees[mention.sentence], mention.head);
        let lead = self.trees[mention.sentence].block == BlockKind::Title || mention.sentence < self.first_body + 2;
        let entry = mention.entry.map(|id| self.gazetteer.entry(id));
        let state = self.states.of(target, || State {
            kind: mention.kind,
            sure: mention.sure,
            number: mention.number,
            sector: None,
            medium: false,
            named: false,
            country: mention.country,
            nouns: Vec::new(),
            modifiers: Vec::new(),
            name_words: Vec::new(),
            count: 0,
            first_sentence: mention.sentence,
            last: index,
            subject: None,
            gender: None,
            rules: 0,
            bears: 0,
            source: true,
            lead,
        });
        state.count += 1;
        state.source &= reports(&self.trees[mention.sentence], mention.head);
        state.last = index;
        match deed(&self.trees[mention.sentence], mention.head) {
            Some(Deed::Rules) => state.rules += 1,
            Some(Deed::Bears) => state.bears += 1,
            None => {}
        }
        if subject {
            state.subject = Some(self.told[mention.sentence]);
        }
        if let Some(entry) = entry {
            state.sector = (!entry.sector.is_empty()).then(|| entry.sector.clone());
            state.medium = entry.medium;
        }
        if mention.form == Form::Name {
            if !state.named || (mention.sure && !state.sure) {
                state.kind = mention.kind;
                state.sure = mention.sure;
                state.number = mention.number;
            }
            state.named = true;
            let folded = fold(&mention.name);
            for word in plain_words(&folded) {
                if !state.name_words.iter().any(|known| known == word) {
                    state.name_words.push(word.to_owned());
                }
            }
        } else if state.kind == EntityKind::Other {
            state.kind = mention.kind;
        } else if !state.sure && mention.form == Form::Nominal && mention.number == state.number {
            // "Zuuka … the company": what it is called tells what it is.
            if matches!(mention.kind, EntityKind::Organisation | EntityKind::Authority | EntityKind::Person) {
                state.kind = mention.kind;
                state.sure = true;
            }
        }
        if mention.form == Form::Pronoun && mention.kind == EntityKind::Person && !state.sure {
            // "Kesh … he": nothing but a person.
            state.kind = EntityKind::Person;
            state.sure = true;
        }
        state.country = state.country.or(mention.country);
        if mention.form == Form::Nominal {
            for word in modifiers(&self.trees[mention.sentence], mention, self.gazetteer) {
                if !state.modifiers.contains(&word) {
                    state.modifiers.push(word);
                }
            }
        }
        for noun in mention.noun.iter().chain(&mention.descriptors) {
            state.gender = state.gender.or_else(|| Gender::of(noun));
            if !state.nouns.contains(noun) {
                state.nouns.push(noun.clone());
            }
        }
        if state.kind == EntityKind::Person {
            let told = match mention.form {
                Form::Pronoun => Gender::of(&mention.text.to_lowercase()),
                _ => mention.text.split_whitespace().find_map(|word| Gender::of(&word.to_lowercase())),
            };
            let before =
                mention.core.0.checked_sub(1).map(|word| self.trees[mention.sentence].words[word].form.to_lowercase());
            state.gender = state.gender.or(told).or_else(|| before.and_then(|word| Gender::of(&word)));
        }
        let word = &self.trees[mention.sentence].words[mention.head];
        let unresolved = target == index && mention.form == Form::Pronoun;
        if unresolved || (target == index && mention.form == Form::Nominal && word.deprel == Deprel::Compound) {
            // The network of a "network provider" is nothing that the text goes on with, nor is "it" of nobody known.
            return;
        }
        let list = if state.kind == EntityKind::Other { &mut self.others } else { &mut self.parties };
        if let Some(place) = list.iter().rposition(|&cluster| cluster == target) {
            list.remove(place);
        }
        list.push(target);
        let bound = if state.kind == EntityKind::Other { OTHERS_MAX } else { PARTIES_MAX };
        if list.len() > bound {
            list.remove(0);
        }
    }

    /// Indices of the mentions of a sentence.
    pub(super) fn in_sentence(&self, sentence: usize) -> std::ops::Range<usize> {
        let start = self.mentions.partition_point(|m| m.sentence < sentence);
        let end = self.mentions.partition_point(|m| m.sentence <= sentence);
        start..end
    }

    /// The cluster that a nominal or pronoun stands for.
    fn antecedent(&mut self, index: usize) -> Option<usize> {
        let mention = &self.mentions[index];
        match mention.form {
            Form::Name => None,
            Form::Pronoun => match mention.text.to_lowercase().as_str() {
                "who" | "whom" | "whose" | "which" | "that" => self.relative(index),
                "we" | "us" | "our" | "ours" | "ourselves" => {
                    // Who speaks is found by grammar; the chains that were weighed stay known as rivals.
                    self.weigh(index);
                    speaker::of(self, index)
                }
                "i" | "me" | "my" | "myself" => speaker::of(self, index),
                "you" | "your" | "yours" => speaker::addressed(self),
                "they" | "them" | "their" | "theirs" | "themselves" => {
                    let best = self.best(index, PRONOUN_MIN);
                    self.several(index).or(best)
                }
                "it" | "its" | "itself" | "he" | "him" | "his" | "himself" | "she" | "her" | "hers" | "herself" => {
                    self.best(index, PRONOUN_MIN)
                }
                _ => self.several(index),
            },
            Form::Nominal => self.nominal(index),
        }
    }

    fn nominal(&mut self, index: usize) -> Option<usize> {
        let mention = &self.mentions[index];
        if mention.number == Number::Plural
            && let Some(members) = plural::apposed(self, index)
        {
            self.members.insert(index, members);
            return None;
        }
        if matches!(mention.noun.as_deref(), Some("latter" | "former")) {
            return self.several(index);
        }
        if mention.noun.is_none() || mention.number == Number::Plural {
            return match mention.determined {
                Determined::Definite | Determined::Same => self.several(index).or_else(|| self.same_words(index)),
                _ if mention.noun.as_deref().is_some_and(plural::counts) => self.several(index),
                _ => self.same_words(index),
            };
        }
        match mention.determined {
            Determined::Definite | Determined::Same => self.best(index, NOMINAL_MIN),
            Determined::Possessed => self.best(index, NOMINAL_MIN + 1.5),
            Determined::Bare => self.same_words(index),
            Determined::Indefinite => None,
        }
    }

    /// The clause's noun, for a relative pronoun; where the tree does not tell, the phrase right before it.
    fn relative(&self, index: usize) -> Option<usize> {
        let mention = &self.mentions[index];
        let tree = &self.trees[mention.sentence];
        let mut at = mention.head;
        while let Some(head) = tree.words[at].head {
            if tree.words[at].deprel == Deprel::AclRelcl {
                let found = self.here.iter().find(|(_, here)| here.iter().any(|&m| self.mentions[m].head == head));
                if let Some((&cluster, _)) = found {
                    return Some(cluster);
                }
                break;
            }
            at = head;
        }
        let personal = mention.text.to_lowercase().starts_with("who");
        let mut before = mention.head.checked_sub(1)?;
        while tree.words[before].upos == Upos::Adp {
            before = before.checked_sub(1)?;
        }
        if tree.words[before].form == "," {
            before = before.checked_sub(1)?;
        } else if !personal {
            return None;
        }
        let behind = tree.words[before].span.end;
        let fits = |m: &usize| {
            let other = &self.mentions[*m];
            let thing = matches!(other.kind, EntityKind::Product | EntityKind::Place | EntityKind::Country);
            other.span.end == behind && other.form != Form::Pronoun && !(personal && thing)
        };
        let found = self.in_sentence(mention.sentence).take_while(|&m| m < index).filter(fits).last()?;
        Some(self.cluster_of(found))
    }

    /// An earlier phrase in the same words: "police", "foreign firms".
    fn same_words(&self, index: usize) -> Option<usize> {
        let folded = &self.folded[index];
        let alike = |cluster: &&usize| {
            let last = self.states.get(**cluster).map(|state| state.last);
            last.is_some_and(|last| self.mentions[last].form == Form::Nominal && self.folded[last] == *folded)
        };
        self.parties.iter().rev().find(alike).or_else(|| self.others.iter().rev().find(alike)).copied()
    }

    fn several(&mut self, index: usize) -> Option<usize> {
        match plural::antecedent(self, index)? {
            plural::Found::Chain(cluster) => Some(cluster),
            plural::Found::Members(members) => {
                self.members.insert(index, members);
                None
            }
        }
    }

    /// Headlines tell first and name later: "Court fines Zoom" finds its court in the first sentences of the body; and
    /// "a Moscow court" is the "Tagansky District Court" that the next sentences name.
    fn forward(&mut self) {
        let mut renamed: BTreeMap<usize, usize> = BTreeMap::new();
        let mut nominals: Vec<usize> = Vec::new();
        for (index, mention) in self.mentions.iter().enumerate() {
            if mention.sentence >= self.first_body + LEAD_SENTENCES {
                break;
            }
            let alone =
                self.cluster[index] == index && mention.form == Form::Nominal && mention.number == Number::Singular;
            if alone && mention.determined != Determined::Possessed && story(self.trees[mention.sentence].block) {
                nominals.push(index);
            }
        }
        for index in nominals {
            if let Some(target) = self.named_later(index) {
                renamed.insert(index, target);
            }
        }
        for cluster in &mut self.cluster {
            let mut steps = 0;
            while let Some(&target) = renamed.get(cluster) {
                *cluster = target;
                steps += 1;
                if steps > renamed.len() {
                    break;
                }
            }
        }
    }

    fn named_later(&self, index: usize) -> Option<usize> {
        let mention = &self.mentions[index];
        let title = self.trees[mention.sentence].block == BlockKind::Title;
        let lemma = mention.noun.as_deref()?;
        let noun = self.gazetteer.noun(lemma)?;
        if !matches!(
            noun.kind,
            EntityKind::Authority | EntityKind::Organisation | EntityKind::Product | EntityKind::Person
        ) {
            return None;
        }
        let reach = if title { self.first_body + LEAD_SENTENCES } else { mention.sentence + 4 };
        let mut found = None;
        for (other, later) in self.mentions.iter().enumerate().skip(index + 1) {
            if later.sentence > reach {
                break;
            }
            let cluster = self.cluster[other];
            if later.sentence == mention.sentence
                || later.form == Form::Pronoun
                || cluster <= index
                || !story(self.trees[later.sentence].block)
            {
                continue;
            }
            let Some(state) = self.states.get(cluster) else { continue };
            let begins = state.first_sentence > mention.sentence;
            let named = later.form == Form::Name;
            let called = state.nouns.iter().any(|n| n == lemma) || state.name_words.iter().any(|word| word == lemma);
            let suits = state.sector.as_deref().is_some_and(|sector| !noun.any_sector && noun.suits_sector(sector));
            let countries = mention.country.is_none() || state.country.is_none() || mention.country == state.country;
            let described = modifiers(&self.trees[mention.sentence], mention, self.gazetteer);
            let known = |word: &String| state.modifiers.contains(word) || state.name_words.contains(word);
            if noun.kind == EntityKind::Authority && !title && !described.iter().all(known) {
                continue;
            }
            let told = if title {
                called || (named && suits)
            } else {
                named && (called || (suits && noun.kind == EntityKind::Authority))
            };
            if begins && told && countries && state.number == mention.number && !state.medium {
                if named {
                    return Some(cluster);
                }
                found = found.or(Some(cluster));
            }
        }
        found.filter(|_| title)
    }
}
