//! Which countries an act is about.
//!
//! What the act itself tells goes first: where it takes effect, whose authority acts, whose territory is meant. Where it
//! tells nothing, "the regulator" and "the court" sit where the passage is set: every mention of a place, a state or
//! an authority is a clue, the more so the nearer it stands, and the whole document's setting is the last resort.

use std::collections::BTreeMap;

use crate::{
    document::BlockKind,
    events::{
        EntityKind, EventType,
        reading::{Party, Reading},
    },
    gazetteer::{self, Country},
    mask::MaskedValue,
    names::{Form, Mention},
    predicates::Slot,
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

#[derive(Clone, Copy, Debug)]
struct Clue {
    sentence: usize,
    paragraph: usize,
    country: Country,
    weight: f64,
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
            if let Some((country, weight)) = clue(reading, mention)
                && (place || !dateline)
            {
                // "In Honiara, meanwhile, …" sets the paragraph that it opens.
                let opens =
                    mention.head < OPENING_WORDS && (sentence == 0 || paragraphs[sentence - 1] != paragraphs[sentence]);
                let weight = if dateline || (place && opens) { weight::DATELINE } else { weight };
                clues.push(Clue { sentence, paragraph: paragraphs[sentence], country, weight });
            }
        }
        for (sentence, tree) in reading.trees.iter().enumerate() {
            if !matches!(tree.block, BlockKind::Title | BlockKind::Body) {
                continue;
            }
            let sums = tree.words.iter().filter_map(|word| currency_country(reading, word.mask?));
            for country in sums {
                clues.push(Clue { sentence, paragraph: paragraphs[sentence], country, weight: weight::CURRENCY });
            }
        }
        clues.sort_by_key(|clue| clue.sentence);
        let shares = shares(reading, &clues);
        Self { clues, paragraphs, shares }
    }

    /// The country in which the passage around a sentence is set.
    pub(super) fn home(&self, sentence: usize) -> Option<Country> {
        let mut scores = self.shares.clone();
        let paragraph = self.paragraphs[sentence];
        // What another paragraph tells often tells no more than what it tells once.
        let mut elsewhere: BTreeMap<(usize, Country), f64> = BTreeMap::new();
        let first = self.clues.partition_point(|clue| clue.sentence + SENTENCES_MAX < sentence);
        for clue in self.clues[first..].iter().take_while(|clue| clue.sentence <= sentence + SENTENCES_MAX) {
            if clue.paragraph != paragraph {
                let most = elsewhere.entry((clue.paragraph, clue.country)).or_default();
                *most = most.max(clue.weight);
                continue;
            }
            let near = if clue.sentence <= sentence {
                reach::BEFORE.powi(distance(sentence, clue.sentence))
            } else {
                reach::AFTER.powi(distance(clue.sentence, sentence))
            };
            add(&mut scores, clue.country, clue.weight * near);
        }
        for ((other, country), weight) in elsewhere {
            let far = if other < paragraph {
                reach::EARLIER_PARAGRAPH * reach::PER_PARAGRAPH.powi(distance(paragraph, other) - 1)
            } else {
                reach::LATER_PARAGRAPH
            };
            add(&mut scores, country, weight * far);
        }
        best(&scores)
    }
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

/// What a mention tells of the setting.
fn clue(reading: &Reading<'_>, mention: &Mention) -> Option<(Country, f64)> {
    let chain = reading.chains.chain_of(mention.sentence, mention.head)?;
    let told = mention.country.filter(|_| mention.country_told);
    let country = told.or(chain.country)?;
    let medium = chain.entry.is_some_and(|id| reading.gazetteer.entry(id).medium);
    let weight = match chain.kind {
        _ if medium => return None,
        gazetteer::EntityKind::Authority => weight::AUTHORITY,
        gazetteer::EntityKind::Country | gazetteer::EntityKind::Place => weight::STATE,
        gazetteer::EntityKind::Group if told.is_some() => weight::TOLD_GROUP,
        gazetteer::EntityKind::Person if told.is_some() => weight::TOLD_PERSON,
        _ if told.is_some() => weight::TOLD_COMPANY,
        gazetteer::EntityKind::Organisation => weight::COMPANY,
        _ => return None,
    };
    let repeated = mention.form == Form::Pronoun || (mention.form == Form::Nominal && told.is_none());
    Some((country, if repeated { weight * weight::REPEATED } else { weight }))
}

/// The country of a sum in a currency that is one country's alone; dollars and euros are paid everywhere.
fn currency_country(reading: &Reading<'_>, mask: usize) -> Option<Country> {
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
        let total: f64 = all.iter().map(|clue| clue.weight).sum();
        for clue in all {
            add(&mut scores, clue.country, portion * clue.weight / total);
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

fn best(scores: &[(Country, f64)]) -> Option<Country> {
    scores.iter().copied().min_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))).map(|(country, _)| country)
}

/// The countries of an act, most telling first.
pub(super) fn countries(
    event_type: &EventType,
    actors: &[Party],
    targets: &[Party],
    places: &[Country],
    home: Option<Country>,
) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |code: &str| {
        if !code.is_empty() && !found.iter().any(|seen| seen == code) {
            found.push(code.to_owned());
        }
    };
    for place in places {
        add(place.as_str());
    }
    let state = |party: &&Party| matches!(party.kind, EntityKind::Authority | EntityKind::Country);
    let territory = |party: &&Party| matches!(party.kind, EntityKind::Country | EntityKind::Place | EntityKind::Group);
    let market = matches!(event_type, EventType::Suspension | EventType::Exit | EventType::Resumption);
    let (first, second) = if market { (targets, actors) } else { (actors, targets) };
    for party in first.iter().filter(|party| if market { territory(party) } else { state(party) }) {
        add(party.country.as_deref().unwrap_or_default());
    }
    for party in second.iter().filter(|party| state(party) || territory(party)) {
        add(party.country.as_deref().unwrap_or_default());
    }
    if *event_type == EventType::Sanction {
        // Sanctions are an act of one state on another's parties.
        for party in targets {
            add(party.country.as_deref().unwrap_or_default());
        }
    }
    if found.is_empty() {
        found.extend(home.map(|home| home.as_str().to_owned()));
    }
    found
}

/// Countries named in the clause of the act, as in "in Italy".
pub(super) fn in_clause(reading: &Reading<'_>, sentence: usize, holders: &[usize]) -> Vec<Country> {
    let predicates = &reading.predicates[sentence];
    let mut found = Vec::new();
    for &holder in holders {
        for filler in &predicates[holder].fillers {
            if !matches!(filler.slot, Slot::P("in" | "across" | "throughout" | "within" | "from")) {
                continue;
            }
            for party in reading.parties(sentence, filler.word) {
                if matches!(party.kind, EntityKind::Country | EntityKind::Place)
                    && let Some(country) = party.country.as_deref().and_then(Country::parse)
                {
                    found.push(country);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::{
        document::{InputForm, Metadata, decode},
        pipeline::Extractor,
    };

    /// The countries of the first event of a type whose quote holds `words`.
    fn check(text: &str, words: &str, countries: &[&str]) {
        let (document, _) = decode(text.as_bytes(), InputForm::Text, Metadata::default()).unwrap();
        let events = Extractor::embedded().unwrap().extract(&document).events;
        let found = events.iter().find(|event| event.quote_span.of(&document.text).contains(words));
        assert_eq!(found.map(|event| event.countries.clone()).unwrap_or_default(), countries, "{text}: {events:#?}");
    }

    #[test]
    fn the_act_itself_tells_first() {
        check("A court in Nairobi fined the American firm Zuuka $2m.", "fined", &["KE"]);
        check("Poland's consumer office fined Zuuka 2 million euros.", "fined", &["PL"]);
        check("Apple stopped selling phones in Russia.", "stopped", &["RU"]);
    }

    #[test]
    fn sanctions_are_about_both_sides() {
        check("The United States blacklisted the Chinese chipmaker Huaxin.", "blacklisted", &["US", "CN"]);
    }

    #[test]
    fn a_dateline_or_an_earlier_sentence_sets_the_scene() {
        check("LAGOS, May 3 - The commission fined Zuuka and it must pay by June.", "fined", &["NG"]);
        check("Hungary has a new media law. The regulator fined Zuuka on Friday.", "fined", &["HU"]);
        check("The regulator fined Zuuka 40 million tenge.", "fined", &["KZ"]);
    }

    #[test]
    fn each_passage_has_a_scene_of_its_own() {
        let text = "In Finland, the regulator fined Zuuka.\n\nIn Chile, meanwhile, prosecutors want more. The tribunal \
                    convicted Pirola on Monday.\n\nPERU. The police arrested Hugo Sarmiento on Sunday.";
        check(text, "fined", &["FI"]);
        check(text, "convicted", &["CL"]);
        check(text, "arrested", &["PE"]);
    }
}
