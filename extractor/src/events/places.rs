//! Where the passages of a document are set: "the regulator" and "the court" sit there, and bare dollars are of there.
//!
//! Every mention of a place, a state or an authority is a clue, the more so the nearer it stands, and the whole
//! document's setting is the last resort.

use std::{collections::BTreeMap, ops::Range};

use crate::{
    document::BlockKind,
    events::reading::Reading,
    gazetteer::{self, Country},
    mask::MaskedValue,
    names::{Form, Mention},
    syntax::Deprel,
    values::money::Currency,
};

/// How much a clue weighs by what it is.
mod weight {
    pub(super) const AUTHORITY: f64 = 3.0;
    pub(super) const STATE: f64 = 2.0;
    pub(super) const TOLD_GROUP: f64 = 1.5;
    pub(super) const TOLD_PERSON: f64 = 1.0;
    /// "the Swiss firm" tells where the firm sits, not where the story happens.
    pub(super) const TOLD_COMPANY: f64 = 0.6;
    pub(super) const COMPANY: f64 = 0.05;
    pub(super) const CURRENCY: f64 = 1.5;
    pub(super) const DATELINE: f64 = 3.0;
    /// A pronoun or a description that repeats what a name has told.
    pub(super) const REPEATED: f64 = 0.3;
}

/// How much a clue counts by where it stands, seen from the act.
mod reach {
    pub(super) const BEFORE: f64 = 0.8;
    pub(super) const AFTER: f64 = 0.5;
    pub(super) const EARLIER_PARAGRAPH: f64 = 0.25;
    pub(super) const PER_PARAGRAPH: f64 = 0.7;
    pub(super) const LATER_PARAGRAPH: f64 = 0.05;
    /// The share of a country in all clues of the document.
    pub(super) const DOCUMENT: f64 = 1.5;
    /// The same for headline, dateline and lead.
    pub(super) const LEAD: f64 = 0.3;
}

/// A place among so many first words of a paragraph sets it.
const OPENING_WORDS: usize = 5;

/// Sentences before and after an act whose clues count one by one; what stands further away counts with the whole document.
const SENTENCES_MAX: usize = 200;

/// What tells of a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClueKind {
    Authority,
    /// The country itself, or a place in it.
    State,
    /// "Swiss users".
    ToldGroup,
    ToldPerson,
    /// "the Swiss firm".
    ToldCompany,
    /// A company whose home is known.
    Company,
    /// A sum in the country's own currency.
    Currency,
    /// Dateline, or a place that opens a paragraph.
    Dateline,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Clue {
    pub(super) sentence: usize,
    pub(super) paragraph: usize,
    pub(super) country: Country,
    pub(super) kind: ClueKind,
    /// Whether it stands for what a name has told before.
    pub(super) repeated: bool,
}

impl Clue {
    fn weight(&self) -> f64 {
        let weight = match self.kind {
            ClueKind::Authority => weight::AUTHORITY,
            ClueKind::State => weight::STATE,
            ClueKind::ToldGroup => weight::TOLD_GROUP,
            ClueKind::ToldPerson => weight::TOLD_PERSON,
            ClueKind::ToldCompany => weight::TOLD_COMPANY,
            ClueKind::Company => weight::COMPANY,
            ClueKind::Currency => weight::CURRENCY,
            ClueKind::Dateline => weight::DATELINE,
        };
        if self.repeated { weight * weight::REPEATED } else { weight }
    }
}

/// Where a document is set, passage by passage.
#[derive(Debug)]
pub(super) struct Setting {
    clues: Vec<Clue>,
    paragraphs: Vec<usize>,
    /// Share of each country in the clues of the document, and of its headline, dateline and lead.
    shares: Vec<(Country, f64)>,
}

impl Setting {
    /// Gathers the clues of a document.
    pub(super) fn of(reading: &Reading<'_>) -> Self {
        let blocks = &reading.document.blocks;
        let paragraphs: Vec<usize> = reading
            .trees
            .iter()
            .map(|tree| blocks.partition_point(|block| block.span.end <= tree.span.start))
            .collect();
        let mut clues = Vec::new();
        for mention in reading.chains.mentions() {
            let Some(sentence) = told_in(reading, mention.sentence) else { continue };
            let dateline = sentence != mention.sentence;
            let place = matches!(mention.kind, gazetteer::EntityKind::Country | gazetteer::EntityKind::Place);
            if let Some((country, kind, repeated)) = clue(reading, mention)
                && (place || !dateline)
            {
                // "In Honiara, meanwhile, …" sets the paragraph that it opens.
                let opens =
                    mention.head < OPENING_WORDS && (sentence == 0 || paragraphs[sentence - 1] != paragraphs[sentence]);
                let sets = dateline || (place && opens && !is_party(reading, mention));
                let (kind, repeated) = if sets { (ClueKind::Dateline, false) } else { (kind, repeated) };
                clues.push(Clue { sentence, paragraph: paragraphs[sentence], country, kind, repeated });
            }
        }
        for (sentence, tree) in reading.trees.iter().enumerate() {
            if !matches!(tree.block, BlockKind::Title | BlockKind::Body) {
                continue;
            }
            let sums = (0..tree.words.len()).filter_map(|word| currency_country(reading, sentence, word));
            for country in sums {
                let (paragraph, kind) = (paragraphs[sentence], ClueKind::Currency);
                clues.push(Clue { sentence, paragraph, country, kind, repeated: false });
            }
        }
        clues.sort_by_key(|clue| clue.sentence);
        let shares = shares(reading, &clues);
        Self { clues, paragraphs, shares }
    }

    /// The paragraph of a sentence.
    pub(super) fn paragraph(&self, sentence: usize) -> usize {
        self.paragraphs[sentence]
    }

    /// The clues of some sentences, in order of the text.
    pub(super) fn clues(&self, sentences: Range<usize>) -> &[Clue] {
        let before = |sentence: usize| self.clues.partition_point(|clue| clue.sentence < sentence);
        &self.clues[before(sentences.start)..before(sentences.end)]
    }

    /// The countries in which the passage around a sentence may be set, likeliest first, and how much speaks for each.
    pub(super) fn homes(&self, sentence: usize) -> Vec<(Country, f64)> {
        let mut scores = self.shares.clone();
        let paragraph = self.paragraphs[sentence];
        // What another paragraph tells often tells no more than what it tells once.
        let mut elsewhere: BTreeMap<(usize, Country), f64> = BTreeMap::new();
        let first = self.clues.partition_point(|clue| clue.sentence + SENTENCES_MAX < sentence);
        for clue in self.clues[first..].iter().take_while(|clue| clue.sentence <= sentence + SENTENCES_MAX) {
            if clue.paragraph != paragraph {
                let most = elsewhere.entry((clue.paragraph, clue.country)).or_default();
                *most = most.max(clue.weight());
                continue;
            }
            let near = if clue.sentence <= sentence {
                reach::BEFORE.powi(distance(sentence, clue.sentence))
            } else {
                reach::AFTER.powi(distance(clue.sentence, sentence))
            };
            add(&mut scores, clue.country, clue.weight() * near);
        }
        for ((other, country), weight) in elsewhere {
            let far = if other < paragraph {
                reach::EARLIER_PARAGRAPH * reach::PER_PARAGRAPH.powi(distance(paragraph, other) - 1)
            } else {
                reach::LATER_PARAGRAPH
            };
            add(&mut scores, country, weight * far);
        }
        scores.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        scores
    }
}

/// Whether its sentence tells what the place does or bears: "The United States blacklisted …" is set nowhere by that.
fn is_party(reading: &Reading<'_>, mention: &Mention) -> bool {
    let deprel = reading.trees[mention.sentence].words[mention.head].deprel;
    matches!(deprel, Deprel::Nsubj | Deprel::NsubjPass | Deprel::Obj | Deprel::Iobj | Deprel::NmodPoss)
}

fn distance(later: usize, earlier: usize) -> i32 {
    i32::try_from(later - earlier).unwrap_or(i32::MAX)
}

/// The sentence of the story that a mention counts for: its own, or for a dateline the one that it opens.
fn told_in(reading: &Reading<'_>, sentence: usize) -> Option<usize> {
    let story =
        |at: usize| reading.trees.get(at).is_some_and(|tree| matches!(tree.block, BlockKind::Title | BlockKind::Body));
    if story(sentence) {
        return Some(sentence);
    }
    let short = reading.trees[sentence].words.len() <= 16;
    (reading.trees[sentence].block == BlockKind::Boilerplate && short && story(sentence + 1)).then_some(sentence + 1)
}

/// What a mention tells of the setting, and whether it repeats what a name has told.
fn clue(reading: &Reading<'_>, mention: &Mention) -> Option<(Country, ClueKind, bool)> {
    let chain = reading.chains.chain_of(mention.sentence, mention.head)?;
    let told = mention.country.filter(|_| mention.country_told);
    let country = told.or(chain.country)?;
    let medium = chain.entry.is_some_and(|id| reading.gazetteer.entry(id).medium);
    let kind = match chain.kind {
        _ if medium => return None,
        gazetteer::EntityKind::Authority => ClueKind::Authority,
        gazetteer::EntityKind::Country | gazetteer::EntityKind::Place => ClueKind::State,
        gazetteer::EntityKind::Group if told.is_some() => ClueKind::ToldGroup,
        gazetteer::EntityKind::Person if told.is_some() => ClueKind::ToldPerson,
        _ if told.is_some() => ClueKind::ToldCompany,
        gazetteer::EntityKind::Organisation => ClueKind::Company,
        _ => return None,
    };
    let repeated = mention.form == Form::Pronoun || (mention.form == Form::Nominal && told.is_none());
    Some((country, kind, repeated))
}

/// The country of a sum in a currency that is one country's alone; dollars and euros are paid everywhere.
pub(super) fn currency_country(reading: &Reading<'_>, sentence: usize, word: usize) -> Option<Country> {
    let mask = reading.trees[sentence].words[word].mask?;
    let MaskedValue::Money(expression) = &reading.masks[mask].value else { return None };
    let Currency::Code(code) = expression.amounts.first()?.currency else { return None };
    if matches!(code, "USD" | "EUR") { None } else { reading.gazetteer.currency_country(code) }
}

fn shares(reading: &Reading<'_>, clues: &[Clue]) -> Vec<(Country, f64)> {
    let first_body = reading.trees.iter().position(|tree| tree.block == BlockKind::Body).unwrap_or(0);
    let mut scores = Vec::new();
    let lead = |clue: &&Clue| clue.sentence <= first_body + 1;
    for (portion, all) in [
        (reach::DOCUMENT, clues.iter().collect::<Vec<_>>()),
        (reach::LEAD, clues.iter().filter(lead).collect::<Vec<_>>()),
    ] {
        let total: f64 = all.iter().map(|clue| clue.weight()).sum();
        for clue in all {
            add(&mut scores, clue.country, portion * clue.weight() / total);
        }
    }
    scores
}

fn add(scores: &mut Vec<(Country, f64)>, country: Country, score: f64) {
    match scores.iter_mut().find(|(known, _)| *known == country) {
        Some((_, sum)) => *sum += score,
        None => scores.push((country, score)),
    }
}
