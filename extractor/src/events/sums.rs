//! Which of the sums that a text tells is an act's own, or that none is.
//!
//! A log-linear model chooses among the sums of the act's sentence, those told around it, those of acts told before, and
//! no sum at all; the rules below make the options and what speaks for each. The weights stand in
//! `data/model/amounts.json`, fitted by `training/choices.py`. Of a user's own types they know nothing: those go by the
//! frame, and else by what stands nearest.

mod features;

use std::{cmp::Reverse, ops::Range, sync::LazyLock};

use crate::{
    events::{
        Amount, EventType,
        amounts::{self, Sum, clause_of},
        earlier::Earlier,
        reading::{Party, Reading},
    },
    frames::FrameMatch,
    gazetteer::Country,
    linear::{self, Features, tell},
    syntax::Tree,
};

/// Sums of the act's sentence that are weighed, the nearest ones.
const LOCAL_MAX: usize = 16;
/// Sentences back that a sum is looked for.
const SENTENCES_BACK_MAX: usize = 3;
/// Sums around the sentence that are weighed, the nearest ones.
const AROUND_MAX: usize = 8;
/// Acts back whose sums are looked at.
const ACTS_BACK_MAX: usize = 8;

static WEIGHTS: LazyLock<linear::Choice> =
    LazyLock::new(|| linear::embedded(include_str!("../../data/model/amounts.json")));

/// Reads the weights, where they have not been read.
pub(super) fn ready() {
    LazyLock::force(&WEIGHTS);
}

/// A sum that an act may have; none is an option too.
#[derive(Clone, Debug)]
pub struct SumOption {
    /// The sum, or that the text tells none.
    pub sum: Option<Sum>,
    /// What speaks for and against it, where that was asked for.
    pub features: Vec<String>,
    /// Whether it stands in the act's own sentence.
    pub(super) local: bool,
    /// The sum of the features' weights.
    score: f64,
    /// Share of this option among all.
    pub probability: f64,
}

/// The sum with the largest share of the options, unless the text most likely tells none.
pub(super) fn choose(options: &[SumOption]) -> Option<&SumOption> {
    fn first(option: &SumOption) -> Option<&Amount> {
        option.sum.as_ref()?.amounts.first()
    }
    let amounts = options.iter().filter_map(|option| Some((first(option)?, option.probability)));
    let (amount, _) = linear::likeliest(amounts).filter(|(_, share)| *share >= WEIGHTS.told)?;
    // Of the options that tell it the likeliest of the act's own sentence, if there is one.
    let rank = |option: &SumOption| (option.local, option.probability);
    options
        .iter()
        .filter(|option| first(option) == Some(amount))
        .reduce(|best, next| if rank(next) > rank(best) { next } else { best })
}

/// The sums that a document tells, by sentence and word, in order of the text.
#[derive(Debug)]
pub(super) struct Purse(Vec<(usize, usize)>);

impl Purse {
    /// The sums of the document.
    pub(super) fn new(reading: &Reading<'_>) -> Self {
        let sums = |(sentence, tree): (usize, &Tree)| {
            let words = (0..tree.words.len()).filter(|&word| amounts::is_sum(reading, sentence, word));
            words.map(|word| (sentence, word)).collect::<Vec<_>>()
        };
        Self(reading.trees.iter().enumerate().flat_map(sums).collect())
    }

    /// Whether a sum of the document names the currency of the code, and no sign that several have.
    fn names(&self, reading: &Reading<'_>, code: &str) -> bool {
        self.0.iter().any(|&(sentence, word)| amounts::names(reading, sentence, word, code))
    }

    fn of(&self, sentences: Range<usize>) -> &[(usize, usize)] {
        let at = |sentence: usize| self.0.partition_point(|&(told, _)| told < sentence);
        &self.0[at(sentences.start)..at(sentences.end)]
    }
}

/// An act whose sum is looked for.
pub(super) struct Act<'a> {
    pub(super) reading: &'a Reading<'a>,
    pub(super) purse: &'a Purse,
    pub(super) sentence: usize,
    pub(super) matched: &'a FrameMatch,
    pub(super) event_type: &'a EventType,
    /// Who acts.
    pub(super) actors: &'a [Party],
    /// Who or what is acted on.
    pub(super) targets: &'a [Party],
    /// The countries whose currency bare dollars may be.
    pub(super) homes: &'a [Country],
    /// The matches of the document, in order of the text.
    pub(super) matches: &'a [(usize, FrameMatch)],
    /// The acts told before.
    pub(super) found: &'a Earlier,
}

/// Every sum that the act may have; empty where the text tells none, and for a user's own types.
pub(super) fn options(act: &Act<'_>) -> Vec<SumOption> {
    let purse = act.purse;
    if purse.0.is_empty() || matches!(act.event_type, EventType::Custom(_)) {
        return Vec::new();
    }
    let sentence = act.sentence;
    let head = act.matched.head;
    let mut local: Vec<usize> = purse.of(sentence..sentence + 1).iter().map(|&(_, word)| word).collect();
    let clause = clause_of(act.tree(), head);
    local.sort_by_cached_key(|&word| (clause_of(act.tree(), word) != clause, word.abs_diff(head), word));
    local.truncate(LOCAL_MAX);
    let mut all = Vec::new();
    for (rank, &word) in local.iter().enumerate() {
        act.readings(sentence, word, true, &mut all, |sum| act.local(word, rank, &local, sum));
    }
    let mut around: Vec<(usize, usize)> = purse.of(sentence.saturating_sub(SENTENCES_BACK_MAX)..sentence + 2).to_vec();
    around.retain(|&(told, _)| told != sentence);
    around.sort_by_key(|&(told, word)| (told.abs_diff(sentence), Reverse(told), word));
    around.truncate(AROUND_MAX);
    for (told, word) in around {
        let told_there = purse.of(told..told + 1).len();
        act.readings(told, word, false, &mut all, |sum| act.around(told, word, local.len(), told_there, sum));
    }
    for (back, earlier) in act.found.acts().iter().rev().take(ACTS_BACK_MAX).enumerate() {
        if earlier.tells_sum() {
            let sum = Sum {
                amounts: earlier.event.amounts.clone(),
                bound: earlier.event.amount_bound,
                each: earlier.event.amount_each,
            };
            all.push(act.option(Some(sum), false, act.of_earlier(earlier, back, local.len())));
        }
    }
    all.push(act.option(None, false, act.none(&local)));
    let scores: Vec<f64> = all.iter().map(|option| option.score).collect();
    for (option, share) in all.iter_mut().zip(linear::softmax(&scores)) {
        option.probability = share;
    }
    all
}

impl Act<'_> {
    fn tree(&self) -> &Tree {
        &self.reading.trees[self.sentence]
    }

    /// Adds an option for each currency that the sum of `word` may be in: bare dollars may be those of any of the countries
    /// around the act, and of none of them.
    fn readings(
        &self,
        sentence: usize,
        word: usize,
        local: bool,
        all: &mut Vec<SumOption>,
        features: impl Fn(&Sum) -> Features<'static>,
    ) {
        let bare = amounts::sum(self.reading, sentence, word, &[]);
        let mut seen: Vec<Sum> = Vec::new();
        for rank in 0..=self.homes.len() {
            // The last reading is that of no country.
            let homes = self.homes.get(rank..).unwrap_or_default();
            let Some(sum) = amounts::sum(self.reading, sentence, word, homes) else { continue };
            if seen.contains(&sum) {
                continue;
            }
            let mut features = features(&sum);
            if bare.as_ref() != Some(&sum) || !seen.is_empty() {
                let home = if bare.as_ref() == Some(&sum) { "none".to_owned() } else { seen.len().to_string() };
                tell!(features, "reading=" home);
                if let Some(first) = sum.amounts.first() {
                    tell!(features, "reading="(first.currency));
                    let elsewhere = self.purse.names(self.reading, &first.currency);
                    tell!(features, "reading=" home "/elsewhere=" elsewhere);
                }
            }
            all.push(self.option(Some(sum.clone()), local, features));
            seen.push(sum);
        }
    }

    fn option(&self, sum: Option<Sum>, local: bool, features: Features<'_>) -> SumOption {
        SumOption { sum, local, score: features.sum(), features: features.into_names(), probability: 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::WEIGHTS;
    use crate::{
        document::{InputForm, Metadata, decode},
        pipeline::Extractor,
    };

    /// The sums of the events of a type, in order of the text, each as told first.
    fn check(text: &str, event_type: &str, sums: &[&str]) {
        let (document, _) = decode(text.as_bytes(), InputForm::Text, Metadata::default()).unwrap();
        let events = Extractor::embedded().unwrap().extract(&document).events;
        let found: Vec<String> = events
            .iter()
            .filter(|event| event.event_type.as_str() == event_type)
            .map(|event| {
                event
                    .amounts
                    .first()
                    .map_or_else(String::new, |sum| format!("{} {}", sum.value.normalize(), sum.currency))
            })
            .collect();
        assert_eq!(found, sums, "{text}: {events:#?}");
    }

    #[test]
    fn a_sum_of_another_thing_is_none_of_the_act() {
        check(
            "The regulator fined Zuuka 2 million euros over a deal worth 40 million euros.",
            "FINE",
            &["2000000 EUR"],
        );
        check("Zuuka, which earned 40 million euros last year, was fined 2 million euros.", "FINE", &["2000000 EUR"]);
        check(
            "The court fined Zuuka 2 million euros in May. Zuuka appealed against the fine on Monday.",
            "APPEAL",
            &[""],
        );
        check("Zuuka left Latvia and sold its factory there for 3 million euros.", "EXIT", &[""]);
    }

    #[test]
    fn a_sum_may_stand_in_another_clause_or_in_the_next_sentence() {
        check("Zuuka sued Pirola in Riga on Monday, seeking 3 million euros in damages.", "LAWSUIT", &["3000000 EUR"]);
        check(
            "The regulator fined Zuuka on Monday. The penalty is 2 million euros, it said.",
            "FINE",
            &["2000000 EUR"],
        );
    }

    #[test]
    fn the_embedded_weights_are_read() {
        let table = &*WEIGHTS;
        assert!((0.0..1.0).contains(&table.told) && !table.weights.is_empty());
    }
}
