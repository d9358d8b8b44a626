//! How a string is compared: whole, at its ends, by its words, or by a regular expression.
//!
//! Names and texts come folded ([`crate::event::fold`]), and so do the patterns that they are compared with; ids come as
//! they are. Matching allocates nothing.

use crate::event::words;
use memchr::memmem::Finder;
use regex::Regex;

/// A comparison of strings.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// The whole string.
    Equal(Box<str>),
    /// Its beginning.
    Prefix(Box<str>),
    /// Its end.
    Suffix(Box<str>),
    /// Any part of it.
    Contains(Box<Finder<'static>>),
    /// Words of it, one after the other.
    Words(Phrase),
    /// Anything in it that the expression finds.
    Regex(Regex),
}

impl Pattern {
    /// The comparison with any part of a string.
    #[must_use]
    pub fn contains(part: &str) -> Self {
        Self::Contains(Box::new(Finder::new(part).into_owned()))
    }

    /// Whether a string matches.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Equal(whole) => **whole == *text,
            Self::Prefix(start) => text.starts_with(&**start),
            Self::Suffix(end) => text.ends_with(&**end),
            Self::Contains(part) => part.find(text.as_bytes()).is_some(),
            Self::Words(phrase) => phrase.matches(text),
            Self::Regex(regex) => regex.is_match(text),
        }
    }

    /// Whole words that every string that matches has; none where nothing is known.
    #[must_use]
    pub fn required_words(&self) -> Vec<&str> {
        let (text, cut_front, cut_back) = match self {
            Self::Equal(whole) => (&**whole, false, false),
            Self::Prefix(start) => (&**start, false, true),
            Self::Suffix(end) => (&**end, true, false),
            Self::Contains(part) => (std::str::from_utf8(part.needle()).unwrap_or_default(), true, true),
            Self::Words(phrase) => return phrase.whole_words().collect(),
            Self::Regex(_) => return Vec::new(),
        };
        let mut found: Vec<&str> = words(text).collect();
        let is_letter = |character: char| character.is_alphanumeric();
        if cut_back && text.ends_with(is_letter) {
            found.pop();
        }
        if cut_front && text.starts_with(is_letter) && !found.is_empty() {
            found.remove(0);
        }
        found
    }
}

/// Words that stand one after the other, whatever stands between them that is no word.
#[derive(Clone, Debug)]
pub struct Phrase {
    words: Box<[Box<str>]>,
    /// Finds the first word.
    first: Box<Finder<'static>>,
    /// Whether the last word may go on.
    open: bool,
}

impl Phrase {
    /// The words of a folded text; `open` where the last may go on. `None` where there is no word in it.
    #[must_use]
    pub fn new(folded: &str, open: bool) -> Option<Self> {
        let words: Box<[Box<str>]> = words(folded).map(Into::into).collect();
        let first = Box::new(Finder::new(&**words.first()?).into_owned());
        Some(Self { words, first, open })
    }

    /// Its words, in order.
    #[must_use]
    pub fn words(&self) -> &[Box<str>] {
        &self.words
    }

    /// Whether the last word may go on.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// The words that stand whole.
    pub fn whole_words(&self) -> impl Iterator<Item = &str> {
        let count = self.words.len() - usize::from(self.open);
        self.words[..count].iter().map(|word| &**word)
    }

    /// Whether the words stand in a folded text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let mut from = 0;
        while let Some(found) = self.first.find(&text.as_bytes()[from..]) {
            let at = from + found;
            let starts_word = !text[..at].ends_with(char::is_alphanumeric);
            if starts_word && self.follows(&text[at..]) {
                return true;
            }
            // A word begins with one character at least: the next may begin behind it.
            from = at + text[at..].chars().next().map_or(1, char::len_utf8);
        }
        false
    }

    /// Whether all the words stand at the start of a text that begins with the first one.
    fn follows(&self, text: &str) -> bool {
        let mut rest = text;
        for (index, word) in self.words.iter().enumerate() {
            let Some(after) = rest.strip_prefix(&**word) else { return false };
            let last = index + 1 == self.words.len();
            if after.starts_with(char::is_alphanumeric) && !(last && self.open) {
                return false;
            }
            rest = after.trim_start_matches(|character: char| !character.is_alphanumeric());
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_phrase(phrase: &str, open: bool, text: &str, expected: bool) {
        assert_eq!(Phrase::new(phrase, open).unwrap().matches(text), expected, "{phrase:?} in {text:?}");
    }

    #[test]
    fn a_phrase_is_whole_words_in_a_row() {
        check_phrase("google", false, "google llc", true);
        check_phrase("google", false, "googled", false);
        check_phrase("google", true, "googled", true);
        check_phrase("oogle", false, "google", false);
        check_phrase("google play", false, "the google-play store", true);
        check_phrase("google play", false, "google, the play", false);
        check_phrase("play sto", true, "google play store", true);
        check_phrase("a a b", false, "a a a b", true);
        check_phrase("é", false, "éé é", true);
        assert!(Phrase::new("--", false).is_none());
    }

    #[test]
    fn required_words_are_those_that_must_stand() {
        let check = |pattern: Pattern, expected: &[&str]| assert_eq!(pattern.required_words(), expected);
        check(Pattern::Equal("store data".into()), &["store", "data"]);
        check(Pattern::Prefix("store dat".into()), &["store"]);
        check(Pattern::Prefix("store dat ".into()), &["store", "dat"]);
        check(Pattern::Suffix("re data now".into()), &["data", "now"]);
        check(Pattern::contains("re data no"), &["data"]);
        check(Pattern::contains("data"), &[]);
        check(Pattern::Words(Phrase::new("store dat", true).unwrap()), &["store"]);
    }
}
