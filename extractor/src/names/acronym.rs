//! Abbreviations: the first letters of a longer name. All names are folded.

use super::units::{Finder, Unit};
use crate::gazetteer::fold;

/// Whether `short` is what is left of `long` when its words are cut to their first letters ("cci", "competition
/// commission of india"). Both folded.
pub(crate) fn acronym_of(short: &str, long: &str) -> bool {
    acronym_letters(short).is_some_and(|letters| initials(long).contains(&letters))
}

/// The letters of a word that may stand for the initials of a longer name; none for what cannot.
pub(crate) fn acronym_letters(short: &str) -> Option<String> {
    let letters: String = short.chars().filter(|c| c.is_alphanumeric()).collect();
    let count = letters.chars().count();
    ((2..=8).contains(&count) && !short.contains(' ')).then_some(letters)
}

/// The initials of the words of a folded name, and those without its small words; both empty for a single word.
pub(crate) fn initials(long: &str) -> [String; 2] {
    let words = || long.split([' ', '-']).filter(|word| !word.is_empty());
    if words().nth(1).is_none() {
        return Default::default();
    }
    let small = |w: &&str| matches!(*w, "of" | "for" | "and" | "the" | "in" | "on" | "to" | "&" | "de" | "la");
    let first = |word: &str| word.chars().next();
    [words().filter_map(first).collect(), words().filter(|word| !small(word)).filter_map(first).collect()]
}

impl Finder<'_> {
    /// "Competition Commission of India (CCI)": the acronym is another name of what stands before it.
    pub(super) fn aliases(&self, units: &mut [Unit]) {
        let mut index = 1;
        while index < units.len() {
            let (before, unit) = (&units[index - 1], &units[index]);
            let parenthesis = unit.first == before.last + 2 && matches!(self.form(unit.first - 1), "(" | "-LRB-");
            let alias = self.between(unit.first, unit.last).to_owned();
            let name = fold(self.between(before.first, before.last));
            let abbreviates = alias.chars().filter(|c| c.is_uppercase()).count() >= 2 && !alias.contains(' ');
            // "Zentora Group plc (ZNT)": the letters of a ticker stand in the name in their order.
            let mut letters = name.chars();
            let ticker = alias.chars().all(char::is_uppercase)
                && name.starts_with(|c| alias.to_lowercase().starts_with(c))
                && alias.to_lowercase().chars().all(|c| letters.any(|letter| letter == c));
            let before_noun = before.title.is_none() && self.kind_of_last(before.last).is_some();
            let same_entry = unit.entry.is_some() && unit.entry == before.entry;
            let place = self.gazetteer.place(&alias).is_some() || self.gazetteer.is_medium(&alias);
            if parenthesis
                && (acronym_of(&fold(&alias), &name)
                    || same_entry
                    || (abbreviates && (before_noun || ticker) && !place))
            {
                units[index - 1].aliases.push(alias);
            }
            index += 1;
        }
    }
}
