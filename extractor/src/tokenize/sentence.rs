//! Tokens in, sentences out: a port of the rules of the training code, which need no model on edited text.

use super::Piece;
use std::ops::Range;

/// Abbreviations that a name or number follows, so that they never end a sentence.
const NEVER_LAST: &[&str] = &[
    "mr", "mrs", "ms", "dr", "st", "prof", "gen", "sen", "rep", "gov", "lt", "col", "sgt", "capt", "vs", "e.g", "i.e",
    "no", "fig", "hon", "rev", "messrs", "v", "approx", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept",
    "oct", "nov", "dec", "mt", "ft",
];

/// Words that start a sentence when they follow an abbreviation with a capital.
const STARTERS: &[&str] = &[
    "The",
    "A",
    "An",
    "In",
    "On",
    "At",
    "It",
    "He",
    "She",
    "They",
    "We",
    "I",
    "This",
    "That",
    "These",
    "Those",
    "But",
    "And",
    "However",
    "Meanwhile",
    "According",
    "As",
    "After",
    "Before",
    "While",
    "When",
    "If",
    "For",
    "From",
    "His",
    "Her",
    "Their",
    "Its",
    "Our",
    "There",
    "Some",
    "Many",
    "Most",
    "Other",
    "Both",
    "Also",
    "Earlier",
    "Last",
    "More",
    "No",
    "Not",
    "Since",
    "So",
    "Under",
    "With",
    "What",
    "Who",
    "Why",
    "How",
    "You",
    "Mr.",
    "Ms.",
    "Mrs.",
    "Dr.",
    "Critics",
    "Officials",
    "Although",
    "Though",
    "Despite",
    "During",
    "By",
    "To",
    "Now",
    "Then",
    "Yet",
    "Still",
    "One",
    "Two",
    "Three",
];

/// Which line ends end a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breaks {
    /// All of them: a line is a paragraph.
    Lines,
    /// Those of empty lines: a paragraph may be broken at a width.
    EmptyLines,
}

impl Breaks {
    fn end_sentence(self, gap: &str) -> bool {
        if gap.len() < 2 && !gap.contains(is_line_end) {
            return false;
        }
        let line_ends = gap.replace("\r\n", "\n").matches(is_line_end).count();
        line_ends > usize::from(self == Self::EmptyLines)
    }
}

/// Cuts `pieces` into sentences; the ranges cover them all, in order.
pub(super) fn split(text: &str, pieces: &[Piece], breaks: Breaks) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < pieces.len() {
        match end_after(text, pieces, at, breaks) {
            Some(end) => {
                sentences.push(start..end);
                start = end;
                at = end;
            }
            None => at += 1,
        }
    }
    if start < pieces.len() {
        sentences.push(start..pieces.len());
    }
    sentences
}

/// The token that starts the next sentence, where one ends with token `at` or the quotes behind it.
fn end_after(text: &str, pieces: &[Piece], at: usize, breaks: Breaks) -> Option<usize> {
    let next = at + 1;
    if next == pieces.len() || breaks.end_sentence(gap(text, pieces, next)) {
        return Some(next);
    }
    let word = last_word(text, pieces[at])?;
    let mut behind = next;
    while behind < pieces.len()
        && matches!(form(text, pieces[behind]), "\"" | "”" | "’" | "'" | ")" | "]" | "»")
        && gap(text, pieces, behind).is_empty()
    {
        behind += 1;
    }
    if behind == pieces.len() {
        return Some(behind);
    }
    let is_apart = !gap(text, pieces, behind).is_empty();
    let opening = (behind..pieces.len())
        .find(|&index| !matches!(form(text, pieces[index]), "\"" | "“" | "‘" | "'" | "(" | "[" | "«"));
    let opens = opening.map_or(Opens::Capital, |index| Opens::of(text, pieces[index]));
    let ends = match word {
        Last::Stop => is_apart && (opens != Opens::Other || matches!(form(text, pieces[behind]), "-" | "•" | "*")),
        Last::Dots => is_apart && opens == Opens::Capital && opening.is_some(),
        Last::Abbreviation(stem) => {
            let starts = opening.is_some_and(|index| STARTERS.contains(&form(text, pieces[index])));
            let may_end = stem.len() > 1 && !NEVER_LAST.iter().any(|listed| listed.eq_ignore_ascii_case(stem));
            let often_ends = ["a.m", "p.m", "etc"].iter().any(|listed| listed.eq_ignore_ascii_case(stem));
            is_apart && opens == Opens::Capital && may_end && (starts || often_ends)
        }
    };
    ends.then_some(behind)
}

/// What a word that may end a sentence is.
enum Last<'a> {
    /// A full stop, question or exclamation mark.
    Stop,
    /// Three dots.
    Dots,
    /// A word with its full stop, given without it.
    Abbreviation(&'a str),
}

fn last_word(text: &str, piece: Piece) -> Option<Last<'_>> {
    let word = piece.of(text);
    if piece.mask.is_some() {
        // "at 5 p.m." may end a sentence like any other abbreviation.
        let stem = word.strip_suffix('.')?;
        return Some(Last::Abbreviation(stem.rsplit(' ').next().unwrap_or(stem)));
    }
    match word {
        "..." | "…" => return Some(Last::Dots),
        _ if word.bytes().all(|b| matches!(b, b'.' | b'!' | b'?')) => return Some(Last::Stop),
        _ => {}
    }
    let stem = word.strip_suffix('.')?;
    stem.bytes().all(|b| b.is_ascii_alphabetic() || b == b'.').then_some(Last::Abbreviation(stem))
}

/// How a word that may start a sentence starts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opens {
    Capital,
    Digit,
    Other,
}

impl Opens {
    fn of(text: &str, piece: Piece) -> Self {
        match piece.of(text).chars().next() {
            Some(c) if c.is_uppercase() => Self::Capital,
            Some(c) if c.is_numeric() || piece.mask.is_some() => Self::Digit,
            _ => Self::Other,
        }
    }
}

/// The text of an unmasked piece; nothing for a masked one, which is never punctuation.
fn form(text: &str, piece: Piece) -> &str {
    if piece.mask.is_some() { "" } else { piece.of(text) }
}

/// What stands between piece `index` and the one before it.
fn gap<'a>(text: &'a str, pieces: &[Piece], index: usize) -> &'a str {
    &text[pieces[index - 1].end..pieces[index].start]
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
