//! A run of characters without a space in, its tokens out: a port of the rules of the training code, which were made
//! for the conventions of the English treebanks.

/// First parts that stay with their word ("non-profit").
const PREFIXES: &[&str] = &[
    "e", "non", "pre", "anti", "mid", "re", "post", "co", "over", "pro", "multi", "ex", "sub", "semi", "neo",
    "counter", "micro", "un", "inter", "pan", "mini", "extra", "ultra", "bi", "tri",
];

/// Words that keep their full stop.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "st", "jr", "sr", "prof", "gen", "sen", "rep", "gov", "lt", "col", "sgt", "capt", "inc",
    "ltd", "corp", "co", "llc", "bros", "vs", "etc", "e.g", "i.e", "a.m", "p.m", "no", "jan", "feb", "mar", "apr",
    "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "ft", "mt", "dept", "est", "approx", "fig", "u.s", "u.k",
    "u.n", "e.u", "d.c", "ph.d", "b.c", "a.d", "al", "cf", "op", "hon", "rev", "messrs", "ave", "blvd", "s.a", "n.v",
    "v",
];

/// Units that are cut off the number before them.
const UNITS: &[&str] = &[
    "m", "bn", "k", "mn", "b", "tn", "km", "kg", "mm", "cm", "am", "pm", "mb", "gb", "%", "gw", "mw", "ft", "hz",
    "ghz", "mhz", "min", "mph",
];

/// Endings that tell a bare host name.
const TOP_DOMAINS: &[&str] = &["com", "org", "net", "gov", "edu", "io", "ru", "uk", "eu", "co"];

const LONGEST_LISTED: usize = 8;

/// Whether `word` is in `list`, whatever its case. Only ASCII can be.
fn listed(word: &str, list: &[&str]) -> bool {
    word.len() <= LONGEST_LISTED && list.iter().any(|entry| entry.eq_ignore_ascii_case(word))
}

pub(super) fn is_abbreviation(word: &str) -> bool {
    listed(word, ABBREVIATIONS)
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '–' | '—')
}

fn is_opening(c: char) -> bool {
    matches!(c, '(' | '[' | '{' | '"' | '“' | '‘' | '«' | '<' | '*' | '\'' | '`' | '‚' | '„')
}

fn is_closing(c: char) -> bool {
    matches!(c, ')' | ']' | '}' | '"' | '”' | '’' | '»' | '>' | '*' | ',' | ';' | ':' | '!' | '?' | '\'' | '…')
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '€' | '£' | '¥' | '₽' | '₹' | '₩' | '₴')
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Bytes of the web address that `chunk` starts with, without the punctuation that ends a sentence behind it.
pub(super) fn address_length(chunk: &str) -> Option<usize> {
    let is_prefix = |prefix: &str| {
        chunk.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)) && chunk.len() > prefix.len()
    };
    if !["http://", "https://", "www."].iter().any(|prefix| is_prefix(prefix)) {
        return None;
    }
    let kept = chunk.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '"', '\'', '”', '’', '»', '>']);
    (kept.len() > 4).then_some(kept.len())
}

/// Whether `word` is an e-mail address or a host name with or without a path.
fn is_address(word: &str) -> bool {
    if let Some((user, host)) = word.split_once('@') {
        let dotted = host.split_once('.');
        return !user.is_empty()
            && user.chars().all(|c| is_word(c) || matches!(c, '.' | '+' | '-'))
            && dotted.is_some_and(|(first, rest)| {
                !first.is_empty()
                    && !rest.is_empty()
                    && host.chars().all(|c| is_word(c) || matches!(c, '.' | '-'))
                    && !first.contains('.')
            });
    }
    let host = word.split_once('/').map_or(word, |(host, _)| host);
    let Some((name, top)) = host.rsplit_once('.') else { return false };
    listed(top, TOP_DOMAINS)
        && name.split('.').all(|label| !label.is_empty() && label.chars().all(|c| is_word(c) || c == '-'))
}

/// Cuts `text[start..end]`, which holds no space. `limit` bounds what may be looked at behind it.
pub(super) fn split(text: &str, start: usize, end: usize, limit: usize, push: &mut impl FnMut(usize, usize)) {
    let chunk = &text[start..end];
    if chunk.bytes().all(|b| b.is_ascii_alphabetic()) {
        plain(chunk, start, push);
        return;
    }
    if is_address(chunk) {
        push(start, end);
        return;
    }
    let from = peel_front(text, start, end, push);
    let mut behind = Vec::new();
    let to = peel_back(text, from, end, limit, &mut behind);
    if from < to {
        core(text, from, to, limit, push);
    }
    for &(a, b) in behind.iter().rev() {
        push(a, b);
    }
}

/// Cuts opening punctuation, currency signs and dashes off the front; the first byte that stays.
fn peel_front(text: &str, start: usize, end: usize, push: &mut impl FnMut(usize, usize)) -> usize {
    let mut at = start;
    while let Some(first) = text[at..end].chars().next() {
        let rest = &text[at..end];
        let next = at + first.len_utf8();
        if is_opening(first) {
            if matches!(first, '\'' | '‘') && stays_quoted(rest) {
                break;
            }
            let stop = if first == '*' { at + run(rest, |c| c == '*') } else { next };
            push(at, stop);
            at = stop;
        } else if is_currency(first) || (first == '#' && next < end) {
            push(at, next);
            at = next;
        } else if rest.starts_with("...") {
            let stop = at + run(rest, |c| c == '.');
            push(at, stop);
            at = stop;
        } else if is_dash(first) && next < end && !(first == '-' && text.as_bytes()[next].is_ascii_digit()) {
            let stop = at + run(rest, is_dash);
            push(at, stop);
            at = stop;
        } else {
            break;
        }
    }
    at
}

/// Whether an apostrophe at the start belongs to its word: a clitic on its own ("'s"), "'em", or a year ("'22").
fn stays_quoted(word: &str) -> bool {
    let mut chars = word.chars();
    let quote = chars.next();
    let rest = chars.as_str();
    let is_year = {
        let digits = rest.strip_suffix('s').unwrap_or(rest);
        digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit())
    };
    is_year || (quote == Some('\'') && listed(rest, &["s", "re", "ve", "ll", "d", "m", "t", "em", "til", "cause"]))
}

/// Bytes of the run at the start of `text` for which `holds`.
fn run(text: &str, holds: impl Fn(char) -> bool) -> usize {
    text.len() - text.trim_start_matches(holds).len()
}

/// Bytes of the run at the end of `text` for which `holds`.
fn run_back(text: &str, holds: impl Fn(char) -> bool) -> usize {
    text.len() - text.trim_end_matches(holds).len()
}

/// Collects what is cut off the back, last first; the end of what stays.
fn peel_back(text: &str, from: usize, end: usize, limit: usize, behind: &mut Vec<(usize, usize)>) -> usize {
    let mut end = end;
    while let Some(last) = text[from..end].chars().next_back() {
        let word = &text[from..end];
        let before = end - last.len_utf8();
        let start = if last == '…' || word.ends_with("...") {
            end - run_back(word, |c| matches!(c, '.' | '…'))
        } else if matches!(last, '!' | '?') {
            end - run_back(word, |c| matches!(c, '!' | '?'))
        } else if is_closing(last) {
            before
        } else if last == '.' {
            if keeps_stop(text, from, before, limit) {
                break;
            }
            before
        } else if is_dash(last) && before > from {
            end - run_back(word, is_dash)
        } else if last == '%' && before > from {
            before
        } else {
            break;
        };
        behind.push((start, end));
        end = start;
    }
    end
}

/// Whether the full stop at `stop` belongs to the word before it: initials, acronyms with dots, abbreviations.
fn keeps_stop(text: &str, from: usize, stop: usize, limit: usize) -> bool {
    let word = &text[from..stop];
    let is_initials =
        !word.is_empty() && word.split('.').all(|part| part.len() == 1 && part.as_bytes()[0].is_ascii_alphabetic());
    if is_initials {
        return true;
    }
    if word.eq_ignore_ascii_case("no") {
        // "No. 5" is a number, "He said no." an answer.
        let behind = text.get(stop + 1..limit).unwrap_or_default();
        return behind.trim_start_matches([' ', '\u{a0}']).starts_with(|c: char| c.is_ascii_digit());
    }
    is_abbreviation(word)
}

/// A word of letters alone: whole, but for what English writes together.
fn plain(word: &str, start: usize, push: &mut impl FnMut(usize, usize)) {
    let cut = match word.len() {
        5 if ["gonna", "wanna", "gotta"].iter().any(|w| word.eq_ignore_ascii_case(w)) => 3,
        6 if word.eq_ignore_ascii_case("cannot") => 3,
        length => length,
    };
    push(start, start + cut);
    if cut < word.len() {
        push(start + cut, start + word.len());
    }
}

/// Cuts a word without punctuation around it.
fn core(text: &str, start: usize, end: usize, limit: usize, push: &mut impl FnMut(usize, usize)) {
    let word = &text[start..end];
    if word.bytes().all(|b| b.is_ascii_alphabetic()) {
        plain(word, start, push);
        return;
    }
    if is_address(word) {
        push(start, end);
        return;
    }
    if let Some((a, b)) = inner_break(word) {
        core(text, start, start + a, limit, push);
        push(start + a, start + b);
        split(text, start + b, end, limit, push);
        return;
    }
    if let Some(cut) = clitic(word) {
        core(text, start, start + cut, limit, push);
        push(start + cut, end);
        return;
    }
    if has_slashes(word) {
        parts(text, start, end, &['/', ','], limit, push);
        return;
    }
    if let Some(dash) = word.find('-') {
        if word.bytes().any(|b| b.is_ascii_alphabetic()) {
            if !is_code(word) && cut_hyphens(text, start, end, limit, push) {
                return;
            }
        } else if is_range(word, dash) {
            push(start, start + dash);
            push(start + dash, start + dash + 1);
            push(start + dash + 1, end);
            return;
        }
    }
    if let Some(cut) = dollar_prefix(word) {
        push(start, start + cut);
        core(text, start + cut, end, limit, push);
        return;
    }
    match unit_start(word) {
        Some(cut) => {
            push(start, start + cut);
            push(start + cut, end);
        }
        None => push(start, end),
    }
}

/// A run of dots, a dash or a bracket between letters, as a range of bytes.
fn inner_break(word: &str) -> Option<(usize, usize)> {
    let mut previous: Option<char> = None;
    for (at, c) in word.char_indices() {
        let length = match c {
            '.' => Some(run(&word[at..], |c| c == '.')).filter(|&dots| dots >= 3),
            '-' => Some(run(&word[at..], |c| c == '-')).filter(|&dashes| dashes >= 2),
            '…' | '—' | '–' => Some(c.len_utf8()),
            _ => None,
        };
        if let Some(length) = length
            && previous.is_some_and(|p| p.is_ascii_alphanumeric() || matches!(p, ')' | ']'))
            && word[at + length..].starts_with(|n: char| n.is_ascii_alphanumeric() || matches!(n, '(' | '“' | '"'))
        {
            return Some((at, at + length));
        }
        previous = Some(c);
    }
    let bytes = word.as_bytes();
    (1..bytes.len().saturating_sub(1))
        .find(|&at| bytes[at] == b'(' && bytes[at - 1].is_ascii_alphabetic() && bytes[at + 1].is_ascii_alphabetic())
        .map(|at| (at, at + 1))
}

/// Where the clitic at the end of `word` starts ("n't", "'s").
fn clitic(word: &str) -> Option<usize> {
    let (quote_at, quote) = word.char_indices().rev().take(3).find(|&(_, c)| matches!(c, '\'' | '’'))?;
    let tail = &word[quote_at + quote.len_utf8()..];
    if tail.eq_ignore_ascii_case("t") && word[..quote_at].ends_with(['n', 'N']) && quote_at > 1 {
        return Some(quote_at - 1);
    }
    (quote_at > 0 && listed(tail, &["s", "re", "ve", "ll", "d", "m"])).then_some(quote_at)
}

/// Words of letters joined by slashes ("and/or"), or letters joined by a comma.
fn has_slashes(word: &str) -> bool {
    let slashed = word.len() > 3
        && word.contains('/')
        && word.split('/').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphabetic() || b == b'.'));
    slashed
        || word.as_bytes().windows(3).any(|w| w[1] == b',' && w[0].is_ascii_alphabetic() && w[2].is_ascii_alphabetic())
}

/// Cuts at each of `marks`, which become tokens.
fn parts(text: &str, start: usize, end: usize, marks: &[char], limit: usize, push: &mut impl FnMut(usize, usize)) {
    let mut at = start;
    for piece in text[start..end].split_inclusive(marks) {
        let kept = piece.trim_end_matches(marks).len();
        if kept > 0 {
            core(text, at, at + kept, limit, push);
        }
        if kept < piece.len() {
            push(at + kept, at + piece.len());
        }
        at += piece.len();
    }
}

/// A designation such as "F-16" or "COVID-19" with at most three capitals.
fn is_code(word: &str) -> bool {
    let letters = run(word, |c| c.is_ascii_uppercase());
    let Some(rest) = word[letters..].strip_prefix('-') else { return false };
    (1..=3).contains(&letters) && rest.starts_with(|c: char| c.is_ascii_digit()) && rest.chars().all(is_word)
}

/// Cuts at the hyphens, unless the word is one with a prefix; whether it did.
fn cut_hyphens(text: &str, start: usize, end: usize, limit: usize, push: &mut impl FnMut(usize, usize)) -> bool {
    let word = &text[start..end];
    let count = word.split('-').count();
    if word.split('-').any(str::is_empty) {
        return false;
    }
    let prefixed = word.split('-').next().is_some_and(|first| listed(first, PREFIXES));
    if prefixed && count == 2 {
        return false;
    }
    let mut at = start;
    let mut rest = word;
    let mut is_first = true;
    while !rest.is_empty() {
        let first_dash = rest.find('-');
        let dash = match first_dash {
            Some(dash) if is_first && prefixed => rest[dash + 1..].find('-').map(|more| dash + 1 + more),
            other => other,
        };
        is_first = false;
        let length = dash.unwrap_or(rest.len());
        core(text, at, at + length, limit, push);
        at += length;
        rest = &rest[length..];
        if !rest.is_empty() {
            push(at, at + 1);
            at += 1;
            rest = &rest[1..];
        }
    }
    true
}

/// Two numbers joined by a hyphen, which stands at `dash`.
fn is_range(word: &str, dash: usize) -> bool {
    let is_number = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_digit())
            && part.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b':'))
    };
    is_number(&word[..dash]) && is_number(&word[dash + 1..])
}

/// Bytes of a dollar sign with its country before a number ("US$").
fn dollar_prefix(word: &str) -> Option<usize> {
    let (country, amount) = word.split_once('$')?;
    let number = run(amount, |c| c.is_ascii_digit() || matches!(c, '.' | ','));
    let is_amount = number > 0 && amount[number..].chars().all(is_word);
    (is_amount && matches!(country, "US" | "A" | "C" | "AU" | "CA" | "HK" | "NZ" | "S")).then_some(country.len() + 1)
}

/// Where the unit starts that follows a number ("5bn").
fn unit_start(word: &str) -> Option<usize> {
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let number = run(unsigned, |c| c.is_ascii_digit() || matches!(c, '.' | ','));
    listed(&unsigned[number..], UNITS).then(|| word.len() - (unsigned.len() - number))
}
