//! Abbreviations: the first letters of a longer name. All names are folded.

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
