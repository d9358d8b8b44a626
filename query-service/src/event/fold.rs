//! How names and texts are compared: without case, accents, typographic quotes or runs of white space.
//!
//! [`fold`] is applied to events when they come in and to filters when they are checked, so that comparing is plain
//! comparing of bytes. Folding what is folded changes nothing.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Folds a name or text: compatibility decomposition without combining marks, lower case, plain quotes and hyphens,
/// single spaces for white space and control characters, none at the ends.
#[must_use]
pub fn fold(text: &str) -> Box<str> {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        text.chars().for_each(|character| push(&mut folded, character.to_ascii_lowercase()));
    } else {
        let plain = text.nfkd().filter(|character| !is_combining_mark(*character)).map(straighten);
        // Lower case may decompose once more, as in the capital I with a dot.
        for character in plain.flat_map(char::to_lowercase).nfkd().filter(|character| !is_combining_mark(*character)) {
            push(&mut folded, character);
        }
    }
    if folded.ends_with(' ') {
        folded.pop();
    }
    folded.into_boxed_str()
}

fn push(folded: &mut String, character: char) {
    if !character.is_whitespace() && !character.is_control() {
        folded.push(character);
    } else if !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
}

fn straighten(character: char) -> char {
    match character {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{ab}' | '\u{bb}' => '"',
        '\u{2010}'..='\u{2015}' => '-',
        other => other,
    }
}

/// The words of a folded text: its longest runs of letters and digits, in order.
pub fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty())
}
