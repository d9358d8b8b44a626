//! The dates that a document tells, in order of the text, each with what it means where it is past.

use super::kind;
use crate::{
    document::BlockKind,
    events::{PartialDate, reading::Reading},
    mask::MaskedValue,
    values::date::{self, Expression, Tense},
};

/// The dates of a document in order of the text.
#[derive(Debug)]
pub(in crate::events) struct Timeline {
    pub(super) told: Vec<Told>,
    /// For each date the last one up to it that means something where it is past.
    pub(super) past: Vec<Option<usize>>,
    /// Those in headlines.
    pub(super) titles: Vec<usize>,
    /// Whether any is a day counted from that of publication: "today", "on Tuesday".
    pub(super) days: bool,
}

/// A date as the text tells it.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) sentence: usize,
    pub(super) word: usize,
    pub(super) expression: Expression,
    /// The date told before it, which "two days later" counts from.
    pub(super) previous: Option<PartialDate>,
    /// What it means where it is past.
    pub(super) past: Option<PartialDate>,
}

impl Timeline {
    /// The dates of the document.
    pub(in crate::events) fn new(reading: &Reading<'_>) -> Self {
        let mut told: Vec<Told> = Vec::new();
        let mut previous: Option<PartialDate> = None;
        for (sentence, tree) in reading.trees.iter().enumerate() {
            for (word, w) in tree.words.iter().enumerate() {
                let Some(MaskedValue::Date(expression)) = w.mask.map(|mask| &reading.masks[mask].value) else {
                    continue;
                };
                let past = date::resolve(expression, reading.document.published, Tense::Past, previous);
                told.push(Told { sentence, word, expression: expression.clone(), previous, past });
                previous = past.or(previous);
            }
        }
        let mut last = None;
        let past = told.iter().enumerate().map(|(number, told)| {
            last = told.past.map(|_| number).or(last);
            last
        });
        let past = past.collect();
        let title = |told: &Told| reading.trees[told.sentence].block == BlockKind::Title;
        let titles = told.iter().enumerate().filter(|(_, told)| title(told)).map(|(number, _)| number).collect();
        let days = told.iter().any(|told| matches!(kind(&told.expression), "weekday" | "today" | "offset"));
        Self { told, past, titles, days }
    }

    /// How many dates are told before a sentence.
    pub(super) fn before(&self, sentence: usize) -> usize {
        self.told.partition_point(|told| told.sentence < sentence)
    }
}
