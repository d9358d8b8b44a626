//! When an act happened: which of the dates that the text tells is the act's own, or that none is.
//!
//! A log-linear model chooses among the dates of the sentence, those told around it, the dates of acts told before, the
//! day of publication and no date at all; the rules below make the options and what speaks for each. The weights stand in
//! `data/model/dates.json`, fitted by `training/choices.py`.

mod apart;
mod distance;
mod timeline;

use std::sync::LazyLock;

use crate::{
    events::{Candidate, PartialDate, earlier::Earlier, reading::Reading},
    frames::FrameMatch,
    linear::{self, Features, tell},
    predicates::case_of,
    syntax::{Deprel, Tree, Upos, Xpos},
    values::date::{self, Expression, Tense, When, Year},
};

/// Sentences back that a date is looked for.
const SENTENCES_BACK_MAX: usize = 4;
/// Dates and acts back that "two days later" may count from.
const CHAIN_BASES_MAX: usize = 4;
/// Acts back whose dates are looked at.
const ACTS_BACK_MAX: usize = 8;

pub(super) use timeline::Timeline;

use distance::distance;
use timeline::Told;

static WEIGHTS: LazyLock<linear::Choice> =
    LazyLock::new(|| linear::embedded(include_str!("../../data/model/dates.json")));

/// Reads the weights, where they have not been read.
pub(super) fn ready() {
    LazyLock::force(&WEIGHTS);
}

/// A date that an act may have; none is an option too.
#[derive(Clone, Debug)]
pub struct DateOption {
    /// The date, or that the text tells none.
    pub date: Option<PartialDate>,
    /// What speaks for and against it, where that was asked for.
    pub features: Vec<String>,
    /// The sum of the features' weights.
    pub(super) score: f64,
    /// Share of this option among all.
    pub probability: f64,
}

/// The date with the largest share of the options, unless the text most likely tells none; with that share.
pub(super) fn choose(options: &[DateOption]) -> Option<(PartialDate, f64)> {
    let dated = options.iter().filter_map(|option| Some((option.date?, option.probability)));
    linear::likeliest(dated).filter(|(_, share)| *share >= WEIGHTS.told)
}

/// Every date that the act of `matched` may have. `others` are the matches of its sentence, `found` the acts told before.
pub(super) fn options(
    reading: &Reading<'_>,
    timeline: &Timeline,
    sentence: usize,
    matched: &FrameMatch,
    others: &[(usize, FrameMatch)],
    found: &Earlier,
) -> Vec<DateOption> {
    let act = Act::new(reading, timeline, sentence, matched, found.named());
    let mut all = Vec::new();
    let in_sentence = timeline.before(sentence)..timeline.before(sentence + 1);
    let local = &timeline.told[in_sentence.clone()];
    let costs: Vec<Option<u32>> = local.iter().map(|told| distance(act.tree, matched, told.word)).collect();
    let first = in_sentence.start;
    for (number, told) in local.iter().enumerate() {
        let before = &timeline.told[first.saturating_sub(CHAIN_BASES_MAX)..first + number];
        let rank = costs.iter().filter(|&&cost| cost.unwrap_or(u32::MAX) < costs[number].unwrap_or(u32::MAX)).count();
        let nearer = others.iter().any(|(at, other)| {
            *at == sentence
                && other.stands()
                && other.head != matched.head
                && distance(act.tree, other, told.word).unwrap_or(u32::MAX) < costs[number].unwrap_or(u32::MAX)
        });
        let mut features = act.local(told, costs[number], rank, nearer);
        tell!(features, "local/only="(local.len() == 1));
        tell!(features, "local/only=" (local.len() == 1) "/nearer=" nearer);
        act.meanings(told, before, found, &features, &mut all);
    }
    let has_local = !local.is_empty();
    // Told before this sentence: in headlines, in the sentences right before, and last of all; and in the next one.
    let nearest = in_sentence.start.checked_sub(1).and_then(|last| timeline.past[last]);
    let near = timeline.before(sentence.saturating_sub(SENTENCES_BACK_MAX))..in_sentence.start;
    let next = in_sentence.end..timeline.before(sentence + 2);
    let titles = &timeline.titles[..timeline.titles.partition_point(|&told| told < in_sentence.start)];
    let mut places: Vec<usize> = titles.iter().copied().chain(nearest).chain(near).chain(next).collect();
    places.sort_unstable();
    places.dedup();
    for number in places {
        all.extend(act.around(&timeline.told[number], has_local, nearest == Some(number)));
    }
    all.extend(apart::options(&act, timeline, found));
    for (back, earlier) in found.acts().iter().rev().take(ACTS_BACK_MAX).enumerate() {
        if let Some(date) = earlier.event.occurred {
            all.push(act.of_earlier(earlier, back, date, has_local));
        }
    }
    if let Some(published) = reading.document.published {
        all.push(act.option(Some(published), act.published("published", published, has_local)));
        // "The watchdog has fined the firm": lately, without a day.
        if published.day.is_some() {
            let month = PartialDate { day: None, ..published };
            all.push(act.option(Some(month), act.published("month", month, has_local)));
        }
    }
    all.push(act.option(None, act.general("none", has_local)));
    let scores: Vec<f64> = all.iter().map(|option| option.score).collect();
    for (option, share) in all.iter_mut().zip(linear::softmax(&scores)) {
        option.probability = share;
    }
    all
}

/// An act whose date is looked for.
struct Act<'a> {
    reading: &'a Reading<'a>,
    tree: &'a Tree,
    sentence: usize,
    matched: &'a FrameMatch,
    event_type: &'a str,
    /// Form of the trigger or of the verb that carries it: "past", "perfect", "present", "future", "infinitive", "noun".
    form: &'static str,
    /// Form of the verb whose clause the act stands in ("SAID it would").
    above: Option<&'static str>,
    /// What tells of the act's time without a date: "just", "then", "again".
    adverbs: Vec<String>,
    /// Whether the text tells days as readers of the day of publication count them ("today", "on Tuesday").
    told_day: bool,
    /// Whether what speaks for each option is kept by name.
    named: bool,
}

impl<'a> Act<'a> {
    fn new(
        reading: &'a Reading<'a>,
        timeline: &Timeline,
        sentence: usize,
        matched: &'a FrameMatch,
        named: bool,
    ) -> Self {
        let tree = &reading.trees[sentence];
        Self {
            reading,
            tree,
            sentence,
            matched,
            event_type: &reading.frames.frames()[matched.frame].event_type,
            form: verb_form(tree, matched),
            above: above(tree, matched.head).map(|verb| form_of(tree, verb)),
            adverbs: adverbs(tree, matched),
            told_day: timeline.days,
            named,
        }
    }

    fn option(&self, date: Option<PartialDate>, features: Features<'_>) -> DateOption {
        DateOption { date, score: features.sum(), features: features.into_names(), probability: 0.0 }
    }

    /// What `told` may mean: as past, as coming, and counted from other dates than the one before it.
    /// `before` are the dates told before it.
    fn meanings(
        &self,
        told: &Told,
        before: &[Told],
        found: &Earlier,
        features: &Features<'static>,
        all: &mut Vec<DateOption>,
    ) {
        let published = self.reading.document.published;
        let mut seen: Vec<PartialDate> = Vec::new();
        let mut add = |name: &str, date: Option<PartialDate>| {
            let Some(date) = date.filter(|date| !seen.contains(date)) else { return };
            seen.push(date);
            let mut features = features.clone();
            let side = self.side(date);
            features.add(format_args!("local/reading={name}/{side}/{:?}", self.matched.certainty.modality));
            tell!(features, "local/side=" side "/" (self.form));
            features.add(format_args!("local/side={side}/{:?}", told.expression.relation));
            let gap = self.gap(date);
            tell!(features, "local/reading=" name "/" (kind(&told.expression)) "/gap=" side "/" gap);
            tell!(features, "local/gap=" side "/" gap "/" (self.form));
            features.add(format_args!("local/gap={side}/{gap}/{:?}", self.matched.certainty.modality));
            tell!(features, "local/grain="(grain(date)));
            tell!(features, "local/grain=" (grain(date)) "/" (self.event_type));
            all.push(self.option(Some(date), features));
        };
        add("past", told.past);
        add("future", date::resolve(&told.expression, published, Tense::Future, told.previous));
        let acted = found.last_date();
        match told.expression.when {
            When::Chain(..) | When::DayOfMonth(..) => {
                add("act", date::resolve(&told.expression, published, Tense::Past, acted));
                add("published", date::resolve(&told.expression, published, Tense::Past, published));
                let acts = found.acts().iter().rev().filter_map(|act| act.event.occurred);
                for base in acts.take(CHAIN_BASES_MAX) {
                    add("earlier_act", date::resolve(&told.expression, published, Tense::Past, Some(base)));
                }
                for base in before.iter().rev().filter_map(|told| told.past).take(CHAIN_BASES_MAX) {
                    add("earlier_date", date::resolve(&told.expression, published, Tense::Past, Some(base)));
                }
            }
            // "In 2016 the agency opened a case; in May it fined the firm": a month of the year that is told of.
            When::Calendar { year: Year::Untold, month: Some(month), day, weekday: None } => {
                for (name, base) in [("year_of_act", acted), ("year_told", told.previous)] {
                    let chained = When::Calendar { year: Year::Chain(0), month: Some(month), day, weekday: None };
                    let chained = Expression { when: chained, ..told.expression.clone() };
                    add(name, base.and_then(|base| date::resolve(&chained, published, Tense::Past, Some(base))));
                }
            }
            _ => {}
        }
    }

    fn side(&self, date: PartialDate) -> &'static str {
        let Some(published) = self.reading.document.published else { return "unknown" };
        // What one of them does not tell is taken as that of the other.
        let told = |mine: Option<i8>, theirs: Option<i8>| mine.or(theirs).unwrap_or_default();
        let here = (published.year, told(published.month, date.month), told(published.day, date.day));
        let there = (date.year, told(date.month, published.month), told(date.day, published.day));
        match there.cmp(&here) {
            std::cmp::Ordering::Less => "before",
            std::cmp::Ordering::Equal => "same",
            std::cmp::Ordering::Greater => "after",
        }
    }

    /// How long before or after publication, roughly.
    fn gap(&self, date: PartialDate) -> &'static str {
        let Some(published) = self.reading.document.published else { return "unknown" };
        let days = |date: PartialDate, other: PartialDate| {
            let (month, day) = (date.month.or(other.month).unwrap_or(1), date.day.or(other.day).unwrap_or(1));
            i32::from(date.year) * 372 + i32::from(month) * 31 + i32::from(day)
        };
        match days(date, published).abs_diff(days(published, date)) {
            0 => "none",
            1..=7 => "week",
            8..=31 => "month",
            32..=93 => "quarter",
            94..=186 => "half",
            187..=372 => "year",
            _ => "years",
        }
    }

    /// What speaks for a date of the act's own sentence.
    fn local(&self, told: &Told, cost: Option<u32>, rank: usize, nearer: bool) -> Features<'static> {
        let (tree, word, head) = (self.tree, told.word, self.matched.head);
        let cost = cost.map_or("none".to_owned(), |cost| {
            if cost >= 20 { (cost / 10 * 10).min(60) } else { cost.min(9) }.to_string()
        });
        let class = if tree.words[head].upos == Upos::Verb { "verb" } else { "noun" };
        let relation = told.expression.relation;
        let case = case_of(tree, word).unwrap_or("none");
        let away = match word.abs_diff(head) {
            0..=2 => "2",
            3..=5 => "5",
            6..=10 => "10",
            11..=20 => "20",
            _ => "far",
        };
        let order = if word < head { "before" } else { "after" };
        let governor = tree.words[word].head;
        let says = governor.is_some_and(|governor| {
            governor != head
                && self.reading.frames.attribution().verbs.contains(&self.reading.forms[self.sentence][governor])
        });
        let own_phrase = self.matched.trigger.contains(&word) || governor == Some(head);
        let mut all = Features::new(&WEIGHTS.weights, self.named);
        tell!(all, "local");
        tell!(all, "local/cost=" cost);
        all.add(format_args!("local/cost={cost}/{relation:?}"));
        tell!(all, "local/rank="(rank.min(3)));
        tell!(all, "local/rank=" (rank.min(3)) "/nearer=" nearer);
        tell!(all, "local/path=" class "/" (tree.path(head, word)));
        tell!(all, "local/case=" case "/own=" own_phrase);
        all.add(format_args!("local/relation={relation:?}/{}", self.event_type));
        all.add(format_args!("local/relation={relation:?}/{}", self.form));
        tell!(all, "local/when="(kind(&told.expression)));
        tell!(all, "local/away=" order "/" away);
        tell!(all, "local/deprel="(tree.words[word].deprel));
        tell!(all, "local/says=" says);
        tell!(all, "local/says=" says "/" (self.event_type));
        tell!(all, "local/type="(self.event_type));
        all.add(format_args!("local/modality={:?}", self.matched.certainty.modality));
        tell!(all, "local/earlier="(self.matched.certainty.earlier));
        all
    }

    /// A date told in a sentence around the act's.
    fn around(&self, told: &Told, has_local: bool, nearest: bool) -> Option<DateOption> {
        let date = told.past?;
        let other = &self.reading.trees[told.sentence];
        let back = if told.sentence > self.sentence {
            "next".to_owned()
        } else {
            (self.sentence - told.sentence).min(SENTENCES_BACK_MAX + 1).to_string()
        };
        let block = self.tree.block == other.block;
        let main = other.words[told.word].head.is_some_and(|head| other.words[head].head.is_none());
        let mut features = self.general("around", has_local);
        tell!(features, "around/back=" back);
        tell!(features, "around/back=" back "/local=" has_local);
        tell!(features, "around/nearest=" nearest "/local=" has_local);
        tell!(features, "around/nearest=" nearest "/main=" main "/" (self.form));
        features.add(format_args!("around/title={:?}", other.block));
        tell!(features, "around/block=" block);
        tell!(features, "around/main=" main);
        features.add(format_args!("around/relation={:?}", told.expression.relation));
        tell!(features, "around/when="(kind(&told.expression)));
        tell!(features, "around/grain="(grain(date)));
        tell!(features, "around/side=" (self.side(date)) "/" (self.form));
        tell!(features, "around/first="(told.sentence < 2));
        Some(self.option(Some(date), features))
    }

    /// The date of an act told before.
    fn of_earlier(&self, earlier: &Candidate, back: usize, date: PartialDate, has_local: bool) -> DateOption {
        let same_type = earlier.event.event_type.as_str() == self.event_type;
        let here = earlier.sentence == self.sentence;
        let linked = self.matched.arguments.iter().any(|argument| {
            let chain = self.reading.chains.index_of(self.sentence, argument.word);
            chain.is_some() && earlier.targets.iter().chain(&earlier.actors).any(|party| party.chain == chain)
        });
        let joined = here && {
            let (a, b) = (self.matched.head, earlier.matched.head);
            let conjunct = |word: usize, of: usize| {
                self.tree.words[word].deprel == Deprel::Conj && self.tree.words[word].head == Some(of)
            };
            conjunct(a, b) || conjunct(b, a)
        };
        let mut features = self.general("act", has_local);
        tell!(features, "act/same_type=" same_type "/linked=" linked "/here=" here);
        tell!(features, "act/same_type=" same_type "/linked=" linked "/local=" has_local);
        tell!(features, "act/joined=" joined);
        tell!(features, "act/back="(back.min(4)));
        tell!(features, "act/sentences="((self.sentence - earlier.sentence).min(4)));
        tell!(features, "act/types=" (self.event_type) "/" (earlier.event.event_type.as_str()));
        tell!(features, "act/grain="(grain(date)));
        tell!(features, "act/background="(earlier.event.background));
        features.add(format_args!(
            "act/modalities={:?}/{:?}",
            self.matched.certainty.modality, earlier.matched.certainty.modality
        ));
        self.option(Some(date), features)
    }

    /// What speaks for the day or the month of publication.
    fn published(&self, name: &str, date: PartialDate, has_local: bool) -> Features<'static> {
        let mut features = self.general(name, has_local);
        let told = self.told_day;
        tell!(features, name "/grain=" (grain(date)));
        tell!(features, name "/grain=" (grain(date)) "/form=" (self.form));
        features.add(format_args!("{name}/grain={}/modality={:?}", grain(date), self.matched.certainty.modality));
        tell!(features, name "/told_day=" told);
        tell!(features, name "/told_day=" told "/form=" (self.form));
        tell!(features, name "/told_day=" told "/sentence=" (self.sentence.min(5)));
        features
    }

    /// What every option that stands outside the sentence rests on; `name` tells which kind it is.
    fn general(&self, name: &str, has_local: bool) -> Features<'static> {
        let certainty = &self.matched.certainty;
        let mut all = Features::new(&WEIGHTS.weights, self.named);
        tell!(all, name);
        tell!(all, name "/local=" has_local);
        tell!(all, name "/type=" (self.event_type));
        all.add(format_args!("{name}/modality={:?}/local={has_local}", certainty.modality));
        tell!(all, name "/form=" (self.form));
        tell!(all, name "/form=" (self.form) "/local=" has_local);
        all.add(format_args!("{name}/form={}/{:?}", self.form, certainty.modality));
        tell!(all, name "/earlier=" (certainty.earlier) "/local=" has_local);
        tell!(all, name "/sentence=" (self.sentence.min(5)));
        all.add(format_args!("{name}/block={:?}", self.tree.block));
        tell!(all, name "/deprel=" (self.tree.words[self.matched.head].deprel));
        if let Some(above) = self.above {
            tell!(all, name "/above=" above "/" (self.form));
        }
        for adverb in &self.adverbs {
            tell!(all, name "/adverb=" adverb);
        }
        all
    }
}

/// The form of the verb that tells the act: the trigger, else its support verb.
pub(super) fn verb_form(tree: &Tree, matched: &FrameMatch) -> &'static str {
    let verb = if tree.words[matched.head].upos == Upos::Verb { Some(matched.head) } else { matched.support };
    verb.map_or("noun", |verb| form_of(tree, verb))
}

/// The verb that governs the clause of `word`.
fn above(tree: &Tree, word: usize) -> Option<usize> {
    let mut at = tree.words[word].head?;
    while tree.words[at].upos != Upos::Verb {
        at = tree.words[at].head?;
    }
    Some(at)
}

/// Adverbs of the trigger and of the verb that carries it, in lower case.
fn adverbs(tree: &Tree, matched: &FrameMatch) -> Vec<String> {
    let of = |word: usize| tree.dependents(word).iter().filter(|&&d| tree.words[d].deprel == Deprel::Advmod);
    let all = of(matched.head).chain(matched.support.into_iter().flat_map(of));
    all.map(|&word| tree.words[word].form.to_lowercase()).collect()
}

fn form_of(tree: &Tree, verb: usize) -> &'static str {
    let aux: Vec<(&str, Xpos)> = tree
        .dependents(verb)
        .iter()
        .filter(|&&d| matches!(tree.words[d].deprel, Deprel::Aux | Deprel::AuxPass))
        .map(|&d| (tree.words[d].lemma.as_str(), tree.words[d].xpos))
        .collect();
    let has = |lemma: &str| aux.iter().find(|(seen, _)| seen.eq_ignore_ascii_case(lemma)).map(|&(_, xpos)| xpos);
    if aux.iter().any(|&(_, xpos)| xpos == Xpos::Md) {
        return "modal";
    }
    match (has("have"), has("be"), tree.words[verb].xpos) {
        (Some(Xpos::Vbd), ..) => "pluperfect",
        (Some(_), ..) => "perfect",
        (None, Some(Xpos::Vbd), _) => "past",
        (None, Some(Xpos::Vbz | Xpos::Vbp), Xpos::Vbg) => "progressive",
        (None, Some(_), _) => "present",
        (None, None, Xpos::Vbd) => "past",
        (None, None, Xpos::Vbz | Xpos::Vbp) => "present",
        (None, None, Xpos::Vbn) => "participle",
        (None, None, Xpos::Vbg) => "gerund",
        _ => "infinitive",
    }
}

/// How a date is written.
fn kind(expression: &Expression) -> &'static str {
    match expression.when {
        When::Calendar { day: Some(_), .. } => "day",
        When::Calendar { month: Some(_), .. } => "month",
        When::Calendar { .. } => "year",
        When::Weekday(..) => "weekday",
        When::Weekend(_) => "weekend",
        When::DayOfMonth(..) => "day_of_month",
        When::Offset(date::Unit::Day, 0) => "today",
        When::Offset(..) => "offset",
        When::Chain(..) => "chain",
        When::Part { .. } => "part",
        When::Decade(_) => "decade",
    }
}

/// How exact a date is.
fn grain(date: PartialDate) -> &'static str {
    match (date.month, date.day) {
        (Some(_), Some(_)) => "day",
        (Some(_), None) => "month",
        _ => "year",
    }
}

#[cfg(test)]
mod tests {
    use super::WEIGHTS;

    #[test]
    fn the_embedded_weights_are_read() {
        let table = &*WEIGHTS;
        assert!((0.0..1.0).contains(&table.told) && !table.weights.is_empty());
    }
}
