//! Whom the text credits for what it tells.
//!
//! A walk outwards from the act: the verbs of saying that govern it; what is put in between ("…, the court said on
//! Friday"); "according to", "citing" and the like; whoever speaks before a colon; a medium that the sentence names in
//! passing. A sentence that credits nobody goes on with the speech of the one before it where its tenses or quotation
//! marks say so, and with the medium of its paragraph. A medium is the source before those who speak in it.

use crate::{
    document::BlockKind,
    events::reading::{Party, Reading},
    frames::FrameMatch,
    gazetteer::EntityKind,
    names::{Form, Mention},
    predicates::Slot,
    syntax::{Deprel, Tree, Upos, Word, Xpos},
};

mod aside;

/// Sentences back to which reported speech may go on.
const SPEECH_SENTENCES_MAX: usize = 2;

/// Sentences of the body that credit what the headline tells.
const LEAD_SENTENCES: usize = 2;

/// Words behind an office up to the comma before its holder's name.
const OFFICE_WORDS_MAX: usize = 6;

/// Sentences back in a paragraph in which the medium is looked for that all of it is credited to.
const PARAGRAPH_SENTENCES_MAX: usize = 50;

/// Nouns for media.
const MEDIUM_NOUNS: &[&str] = &[
    "newspaper",
    "daily",
    "weekly",
    "broadcaster",
    "magazine",
    "newswire",
    "tabloid",
    "outlet",
    "newsletter",
    "paper",
    "media",
    "gazette",
];

/// Who is credited: the medium, and the one who speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Credit {
    /// The medium, agency or document.
    pub(super) source: String,
    /// The speaker where it is not a medium.
    pub(super) speaker: String,
}

impl Credit {
    fn is_empty(&self) -> bool {
        self.source.is_empty() && self.speaker.is_empty()
    }
}

/// Whom the text credits for the act of `matched`, whose parties are `parties`.
pub(super) fn credit(reading: &Reading<'_>, sentence: usize, matched: &FrameMatch, parties: &[&Party]) -> Credit {
    let parties: Vec<usize> = parties.iter().filter_map(|party| party.chain).collect();
    let own = Walk { reading, sentence, trigger: &matched.trigger, parties: &parties };
    let mut credit = own.around(matched.head);
    if credit.is_empty() && own.goes_on(matched.head) {
        credit.speaker =
            own.paragraph_before(SPEECH_SENTENCES_MAX).find_map(|at| own.at(at).speech()).unwrap_or_default();
    }
    if credit.is_empty() && reading.trees[sentence].block == BlockKind::Title {
        // A headline tells what the lead credits.
        let lead = reading.trees.iter().position(|tree| tree.block == BlockKind::Body);
        let mut first = lead.into_iter().flat_map(|lead| lead..reading.trees.len()).take(LEAD_SENTENCES);
        credit.source = first.clone().find_map(|at| own.at(at).credited_medium()).unwrap_or_default();
        if credit.is_empty() {
            credit.speaker = first.find_map(|at| own.at(at).aside()).unwrap_or_default();
        }
    }
    if credit.is_empty() {
        let mut near = own.paragraph_before(PARAGRAPH_SENTENCES_MAX).chain(own.paragraph_after());
        credit.source = near.find_map(|at| own.at(at).credited_medium()).unwrap_or_default();
    }
    credit
}

/// A sentence that is looked through for those whom it credits.
#[derive(Clone, Copy)]
struct Walk<'r> {
    reading: &'r Reading<'r>,
    sentence: usize,
    /// Words that evoke the act: they credit nobody.
    trigger: &'r [usize],
    /// Chains of the act's own parties: a medium that is fined is no source.
    parties: &'r [usize],
}

impl<'r> Walk<'r> {
    fn at(&self, sentence: usize) -> Self {
        Self { sentence, trigger: &[], ..*self }
    }

    fn tree(&self) -> &'r Tree {
        &self.reading.trees[self.sentence]
    }

    fn mentions(&self) -> impl Iterator<Item = &'r Mention> + use<'r> {
        let (all, sentence) = (self.reading.chains.mentions(), self.sentence);
        let start = all.partition_point(|mention| mention.sentence < sentence);
        all[start..].iter().take_while(move |mention| mention.sentence == sentence)
    }

    /// Whether a word is a verb of saying that does not evoke the act itself.
    fn says(&self, word: usize) -> bool {
        let w = &self.tree().words[word];
        let table = self.reading.frames.attribution();
        w.upos == Upos::Verb
            && !self.trigger.contains(&word)
            && table.verbs.contains(&self.reading.forms[self.sentence][word])
    }

    fn around(&self, head: usize) -> Credit {
        let mut credit = Credit::default();
        for word in self.governing(head) {
            self.take(word, &mut credit);
        }
        for word in aside::speakers(self, Some(head)) {
            self.take(word, &mut credit);
        }
        if credit.is_empty() {
            for word in self.that(head) {
                self.take(word, &mut credit);
            }
        }
        for word in self.referred() {
            self.take(word, &mut credit);
        }
        if credit.is_empty()
            && let Some(word) = self.before_colon(head)
        {
            self.take(word, &mut credit);
        }
        if credit.source.is_empty() {
            credit.source = self.reports().or_else(|| self.medium()).unwrap_or_default();
        }
        credit
    }

    /// Files what the phrase of `word` stands for as medium or speaker; the first of each stays.
    fn take(&self, word: usize, credit: &mut Credit) {
        let Some((name, medium)) = self.voice(word) else { return };
        let place = if medium { &mut credit.source } else { &mut credit.speaker };
        if place.is_empty() {
            *place = name;
        }
    }

    /// The name of whom a phrase stands for, and whether it is a medium; none for what cannot tell anything.
    fn voice(&self, word: usize) -> Option<(String, bool)> {
        if let Some(medium) = self.known_medium(word) {
            return Some((medium, true));
        }
        let mention = self.mention(word)?;
        let number = self.reading.chains.index_of(self.sentence, mention.head)?;
        let chain = &self.reading.chains.chains()[number];
        let all = self.reading.chains.mentions();
        if !chain.named && chain.mentions.iter().all(|&m| all[m].form == Form::Pronoun) {
            return None;
        }
        if matches!(mention.text.to_lowercase().as_str(), "we" | "us" | "our" | "i" | "me" | "my") {
            // The text itself.
            return None;
        }
        if mention.form == Form::Nominal && self.is_medium_noun(mention.head) {
            // Whatever the tree has put it beside, "Polish media" are themselves.
            return Some((mention.text.clone(), true));
        }
        let nouns = &self.reading.frames.attribution().nouns;
        let speaks = matches!(
            chain.kind,
            EntityKind::Person | EntityKind::Authority | EntityKind::Organisation | EntityKind::Group
        ) || (mention.form == Form::Name && chain.kind != EntityKind::Place)
            || mention.noun.as_ref().is_some_and(|noun| nouns.contains(noun));
        speaks.then(|| (chain.name.clone(), false))
    }

    /// The mention of a word; of a title or office the name that stands beside it ("deputy minister Ana Lima", "its
    /// lawyer, Ana Lima,").
    fn mention(&self, word: usize) -> Option<&'r Mention> {
        let mention = self.reading.chains.mention(self.sentence, word)?;
        if mention.form != Form::Nominal {
            return Some(mention);
        }
        let words = &self.tree().words;
        let person = |first: usize| {
            self.mentions()
                .find(|other| other.form == Form::Name && other.kind == EntityKind::Person && other.core.0 == first)
        };
        if let Some(name) = person(mention.head + 1) {
            return Some(name);
        }
        // "the minister for digital affairs, Ana Lima,"
        let reach = (mention.head + 1..words.len()).take(OFFICE_WORDS_MAX);
        let comma = reach
            .take_while(|&word| !matches!(words[word].upos, Upos::Verb | Upos::Aux))
            .find(|&word| words[word].form == ",");
        let name = comma.and_then(|comma| person(comma + 1));
        let closed =
            |name: &&Mention| words.get(name.core.1 + 1).is_none_or(|word| matches!(word.form.as_str(), "," | "."));
        Some(name.filter(closed).unwrap_or(mention))
    }

    /// Subjects of the verbs of saying above the act, nearest first, and of those that hang below as asides.
    fn governing(&self, head: usize) -> Vec<usize> {
        let tree = self.tree();
        let mut found = Vec::new();
        let mut at = head;
        for _ in 0..tree.words.len() {
            for &below in tree.dependents(at) {
                let word = &tree.words[below];
                let said = word.deprel == Deprel::Parataxis
                    || (word.deprel == Deprel::Advcl
                        && tree
                            .first(below, Deprel::Mark)
                            .is_some_and(|mark| self.reading.forms[self.sentence][mark] == "as"));
                if said && self.says(below) && !tree.dominates(below, head) {
                    found.extend(self.subjects(below));
                }
            }
            let Some(above) = tree.words[at].head else { break };
            let clause = matches!(
                tree.words[at].deprel,
                Deprel::Ccomp
                    | Deprel::Parataxis
                    | Deprel::Xcomp
                    | Deprel::Obj
                    | Deprel::NsubjPass
                    | Deprel::Csubj
                    | Deprel::Advcl
                    | Deprel::Acl
                    | Deprel::Obl
            );
            // "was told to pay", "asked it to leave": an order, no report; nor is "said in a lawsuit" one of the lawsuit.
            let ordered = tree.words[at].deprel == Deprel::Xcomp
                && (self.reading.predicates[self.sentence][above].passive || tree.first(above, Deprel::Obj).is_some());
            let loose = tree.words[at].deprel == Deprel::Obl && !is_clause(tree, at);
            if clause && !loose && !ordered && self.says(above) {
                found.extend(self.subjects(above));
            }
            at = above;
        }
        found
    }

    fn subjects(&self, verb: usize) -> Vec<usize> {
        let subjects = self.reading.predicates[self.sentence][verb].slot(Slot::Subj);
        let found: Vec<usize> = subjects.map(|filler| filler.word).collect();
        if found.is_empty() { aside::beside(self, verb).into_iter().collect() } else { found }
    }

    /// "the minister told reporters that …": the nearest verb of saying before the act with "that" between them, however
    /// the tree hangs the clause.
    fn that(&self, head: usize) -> Vec<usize> {
        let forms = &self.reading.forms[self.sentence];
        let Some(that) = (1..head).rev().find(|&word| forms[word] == "that") else { return Vec::new() };
        let broken = |word: usize| matches!(forms[word].as_str(), ";" | ":" | "and" | "but");
        (0..that)
            .rev()
            .take_while(|&word| !broken(word))
            .find(|&word| self.says(word))
            .map(|verb| self.subjects(verb))
            .unwrap_or_default()
    }

    /// "according to X", "citing X", "in X's words": who follows, or possesses.
    fn referred(&self) -> Vec<usize> {
        let (tree, forms) = (self.tree(), &self.reading.forms[self.sentence]);
        let mut found = Vec::new();
        for phrase in &self.reading.frames.attribution().prepositions {
            let words: Vec<&str> = phrase.split(' ').collect();
            for start in 0..forms.len() {
                let end = start + words.len();
                if end >= forms.len() || !forms[start..end].iter().zip(&words).all(|(form, word)| form == word) {
                    continue;
                }
                let from = tree.words[end].span.start;
                // Of phrases that begin here ("the head of the agency") the first head is what all the others belong to.
                let told = |mention: &&Mention| {
                    mention.span.start <= from
                        && from < mention.span.end
                        && mention.head >= end
                        && tree.words[mention.head].deprel != Deprel::NmodPoss
                };
                found.extend(self.mentions().filter(told).map(|mention| mention.head).next());
            }
        }
        for (word, form) in forms.iter().enumerate() {
            if matches!(form.as_str(), "words" | "account" | "telling" | "reckoning") {
                let case = tree.first(word, Deprel::Case).map(|case| forms[case].as_str());
                let owner = tree.with(word, Deprel::NmodPoss).next();
                let of = tree
                    .with(word, Deprel::Nmod)
                    .find(|&owner| tree.first(owner, Deprel::Case).is_some_and(|case| forms[case] == "of"));
                if matches!(case, Some("in" | "by" | "on")) {
                    found.extend(owner.or(of));
                }
            }
        }
        found
    }

    /// "a report by the website X": whose report it is.
    fn reports(&self) -> Option<String> {
        let (tree, forms) = (self.tree(), &self.reading.forms[self.sentence]);
        let table = self.reading.frames.attribution();
        (0..forms.len()).filter(|&word| table.nouns.contains(&tree.words[word].lemma)).find_map(|report| {
            let by = |&owner: &usize| {
                let case = tree.first(owner, Deprel::Case).map(|case| forms[case].as_str());
                matches!(case, Some("by" | "in" | "from" | "on"))
            };
            let owner = tree.with(report, Deprel::Nmod).find(by)?;
            let mention = self.mention(owner).or_else(|| self.mention(tree.with(owner, Deprel::Appos).next()?))?;
            let body = matches!(mention.kind, EntityKind::Organisation | EntityKind::Product | EntityKind::Other);
            let chain = self.reading.chains.chain_of(self.sentence, mention.head)?;
            (chain.named && body).then(|| chain.name.clone())
        })
    }

    /// "The minister was unmoved: nobody would be cut off": the subject of what stands before the colon.
    fn before_colon(&self, head: usize) -> Option<usize> {
        let tree = self.tree();
        let colon = (0..head).rev().find(|&word| tree.words[word].form == ":")?;
        let subject = (0..colon).find(|&word| {
            let w = &tree.words[word];
            w.deprel == Deprel::Nsubj && w.head.is_some_and(|verb| verb < colon && tree.words[verb].upos == Upos::Verb)
        })?;
        let number = self.reading.chains.index_of(self.sentence, subject)?;
        // A firm is said to have done something for two reasons: …; officials speak.
        let speaks = match self.reading.chains.chains()[number].kind {
            EntityKind::Person | EntityKind::Authority => true,
            EntityKind::Organisation => !self.parties.contains(&number),
            _ => false,
        };
        speaks.then_some(subject)
    }

    /// A medium that the sentence names and that is no party of the act.
    fn medium(&self) -> Option<String> {
        self.mentions().filter(|mention| mention.form == Form::Name).find_map(|mention| {
            let chain = self.reading.chains.index_of(self.sentence, mention.head);
            let party = chain.is_some_and(|chain| self.parties.contains(&chain));
            if party { None } else { self.known_medium(mention.head) }
        })
    }

    /// A medium that this sentence credits for something, whatever it is.
    fn credited_medium(&self) -> Option<String> {
        self.voices()
            .into_iter()
            .filter_map(|word| self.voice(word))
            .find_map(|(name, medium)| medium.then_some(name))
            .or_else(|| self.reports())
    }

    /// Whoever is credited in between.
    fn aside(&self) -> Option<String> {
        let words = aside::speakers(self, None).into_iter().chain(self.referred());
        words.into_iter().find_map(|word| self.voice(word)).map(|(name, _)| name)
    }

    fn voices(&self) -> Vec<usize> {
        let verbs = (0..self.tree().words.len()).filter(|&word| self.says(word));
        let mut found = aside::speakers(self, None);
        found.extend(verbs.flat_map(|verb| self.subjects(verb)));
        found.extend(self.referred());
        found
    }

    /// Whoever speaks in this sentence.
    fn speech(&self) -> Option<String> {
        self.voices().into_iter().find_map(|word| self.voice(word)).map(|(name, _)| name)
    }

    /// Whether a sentence without a speaker goes on with the speech before it: it stands in quotation marks, or in the
    /// tenses of reported speech ("the ministry would be going to court", "the slowdown had been ended").
    fn goes_on(&self, head: usize) -> bool {
        let tree = self.tree();
        let quotes = |words: &[Word]| {
            words.iter().filter(|word| matches!(word.form.as_str(), "\"" | "“" | "”" | "``" | "''")).count()
        };
        if quotes(&tree.words[..head]) % 2 == 1 {
            return true;
        }
        let clause = clause_of(tree, head);
        tree.dependents(clause).iter().any(|&word| {
            let w = &tree.words[word];
            matches!(w.deprel, Deprel::Aux | Deprel::AuxPass)
                && matches!(self.reading.forms[self.sentence][word].as_str(), "would" | "had" | "should")
        })
    }

    fn paragraph_before(&self, most: usize) -> impl Iterator<Item = usize> + use<'r> {
        let (reading, sentence) = (self.reading, self.sentence);
        (0..sentence).rev().take(most).take_while(move |&other| same_paragraph(reading, sentence, other))
    }

    fn paragraph_after(&self) -> impl Iterator<Item = usize> + use<'r> {
        let (reading, sentence) = (self.reading, self.sentence);
        (sentence + 1..reading.trees.len()).take(1).take_while(move |&other| same_paragraph(reading, sentence, other))
    }

    /// The medium that a word names, or that its noun is about ("the Interfax news agency").
    fn known_medium(&self, word: usize) -> Option<String> {
        let tree = self.tree();
        let below = tree.dependents(word).iter().copied();
        let beside = below.filter(|&d| matches!(tree.words[d].deprel, Deprel::Compound | Deprel::Flat | Deprel::Appos));
        std::iter::once(word).chain(beside).find_map(|word| {
            let chain = self.reading.chains.chain_of(self.sentence, word)?;
            let known = chain.entry.is_some_and(|id| self.reading.gazetteer.entry(id).medium);
            // "The daily Vesti" is one medium, "Russian media" are none in particular.
            let described = chain.named && self.is_medium_noun(word) && self.tree().words[word].lemma != "media";
            (known || described).then(|| chain.name.clone())
        })
    }

    /// "the newspaper Vedomosti": whether the noun of a phrase is a medium's.
    fn is_medium_noun(&self, word: usize) -> bool {
        let tree = self.tree();
        std::iter::once(word)
            .chain(tree.dependents(word).iter().copied().filter(|&d| d < word))
            .any(|w| MEDIUM_NOUNS.contains(&tree.words[w].lemma.to_lowercase().as_str()))
    }
}

fn same_paragraph(reading: &Reading<'_>, a: usize, b: usize) -> bool {
    let blocks = &reading.document.blocks;
    let block = |sentence: usize| blocks.partition_point(|block| block.span.end <= reading.trees[sentence].span.start);
    reading.trees[a].block == BlockKind::Body && block(a) == block(b)
}

fn is_clause(tree: &Tree, word: usize) -> bool {
    matches!(tree.words[word].upos, Upos::Verb | Upos::Aux)
}

/// The verb of the clause in which a word stands.
fn clause_of(tree: &Tree, word: usize) -> usize {
    let mut at = word;
    while !is_clause(tree, at) || tree.words[at].deprel == Deprel::Xcomp {
        match tree.words[at].head {
            Some(head) => at = head,
            None => break,
        }
    }
    at
}

/// Whether a verb is finite by itself: "said", "says", not "saying".
fn finite(tree: &Tree, word: usize) -> bool {
    matches!(tree.words[word].xpos, Xpos::Vbd | Xpos::Vbz | Xpos::Vbp)
}

#[cfg(test)]
mod tests;
