//! The form of a name under which it is filed and compared.

/// Legal forms that stand before a name ("OOO Yandex", "PT Telkom").
pub(super) fn stands_before_names(word: &str) -> bool {
    matches!(word, "ooo" | "oao" | "ao" | "pao" | "zao" | "pjsc" | "jsc" | "ojsc" | "cjsc" | "pt" | "too" | "llc")
}

/// Whether a name is written in capitals, as acronyms are.
pub(super) fn capitals(name: &str) -> bool {
    let name = without_possessive(name.trim());
    let name = name.strip_prefix("the ").or_else(|| name.strip_prefix("The ")).unwrap_or(name);
    let mut letters = name.chars().filter(|c| c.is_alphabetic()).peekable();
    letters.peek().is_some() && letters.all(char::is_uppercase)
}

fn without_possessive(name: &str) -> &str {
    if !name.ends_with(['s', 'S', '\'', '’']) {
        return name;
    }
    ["'s", "’s", "'S", "’S"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .or_else(|| name.strip_suffix("s'").map(|_| &name[..name.len() - 1]))
        .or_else(|| name.strip_suffix("s’").map(|rest| &name[..rest.len() + 1]))
        .unwrap_or(name)
}

/// The folded form of a name: lower case, blanks single, apostrophes straight, without "the" before, a possessive
/// ending behind, quotation marks around, or the dots of abbreviations ("U.S." and "US" fold alike).
pub fn fold(name: &str) -> String {
    let name = without_possessive(name.trim_matches(is_around_names));
    let mut folded = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if folded.is_empty() && is_article(word) && name.len() > word.len() {
            continue;
        }
        if !folded.is_empty() {
            folded.push(' ');
        }
        fold_word(word, &mut folded);
    }
    folded
}

fn is_around_names(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '“' | '”' | '«' | '»' | ',' | ';' | '‘')
}

fn is_article(word: &str) -> bool {
    word.eq_ignore_ascii_case("the")
}

/// Adds the folded form of a word, whose possessive ending is cut off if it has any.
fn fold_word(word: &str, folded: &mut String) {
    // Names are folded by the million, and nearly all their words are of this kind.
    if word.is_ascii() && !word.contains('.') {
        let start = folded.len();
        folded.push_str(word);
        folded[start..].make_ascii_lowercase();
        return;
    }
    let abbreviation = is_abbreviation(word);
    for c in word.chars() {
        match c {
            '.' if abbreviation => {}
            '’' => folded.push('\''),
            c => folded.extend(c.to_lowercase()),
        }
    }
}

/// How the folded forms of names begin that begin as `text` does and have a further word: their first word, and how many
/// articles stand before it.
pub(super) fn beginning(text: &str) -> (String, usize) {
    let mut words = text.trim_start_matches(is_around_names).split_whitespace().enumerate();
    let first = words.find(|(_, word)| !is_article(word));
    let mut folded = String::new();
    if let Some((_, word)) = first {
        fold_word(word, &mut folded);
    }
    (folded, first.map_or(0, |(articles, _)| articles))
}

/// "U.S.", "Inc.", "S.p.A.", "N.V." but not "Mail.ru" or "Booking.com".
fn is_abbreviation(word: &str) -> bool {
    word.ends_with('.') || (word.contains('.') && word.split('.').all(|part| part.chars().count() <= 1))
}

/// The words of a folded name that tell it apart: without articles, prepositions and "and".
pub fn plain_words(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split([' ', ',', '(', ')', '/', '"'])
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '+' && c != '&'))
        .map(|word| word.strip_suffix("'s").unwrap_or(word))
        .filter(|word| {
            !word.is_empty() && !matches!(*word, "the" | "a" | "an" | "of" | "for" | "in" | "on" | "and" | "&")
        })
}
