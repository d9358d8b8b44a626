//! A word in, the rows of the embedding tables that stand for it out.

/// How many kinds of feature a word has: its norm, its first and last three characters, its shape, and its last two
/// characters with the case of the first.
pub(super) const KINDS: usize = 5;

/// What a feature hashes into: two rows, whose vectors are added.
pub(super) const ROWS: usize = 2;

/// The rows of each table for `word`; `sizes` are the tables' numbers of rows.
pub(super) fn rows(word: &str, sizes: &[usize; KINDS]) -> [[usize; ROWS]; KINDS] {
    let features = features(word);
    std::array::from_fn(|kind| {
        std::array::from_fn(|row| {
            let seed = u32::try_from(ROWS * kind + row).expect("ten seeds");
            hash(&features[kind], seed) as usize % sizes[kind]
        })
    })
}

/// The feature strings; each kind with its own letter before it.
fn features(word: &str) -> [String; KINDS] {
    let straight = straighten(word);
    let norm: String = straight.to_lowercase().chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let first: String = norm.chars().take(3).collect();
    let capital = if straight.starts_with(char::is_uppercase) { '1' } else { '0' };
    [
        format!("n={norm}"),
        format!("p={first}"),
        format!("s={}", last(&norm, 3)),
        format!("h={}", shape(&straight)),
        format!("t={}{capital}", last(&norm, 2)),
    ]
}

/// The last `count` characters.
fn last(text: &str, count: usize) -> &str {
    let start = text.char_indices().rev().take(count).last().map_or(text.len(), |(at, _)| at);
    &text[start..]
}

/// The word with the plain form of quotation marks and dashes.
fn straighten(word: &str) -> String {
    match word {
        "‘" => "'".to_owned(),
        "“" | "”" | "``" | "''" => "\"".to_owned(),
        "–" | "—" => "-".to_owned(),
        "…" => "...".to_owned(),
        other => other.replace('’', "'"),
    }
}

/// Upper case, lower case, digit or the character itself; at most three of a run.
fn shape(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut run = 0;
    let mut previous = None;
    for c in word.chars() {
        let class = match c {
            c if c.is_uppercase() => 'X',
            c if c.is_lowercase() => 'x',
            c if is_digit(c) => 'd',
            c => c,
        };
        run = if previous == Some(class) { run + 1 } else { 1 };
        previous = Some(class);
        if run <= 3 {
            out.push(class);
        }
    }
    out
}

/// Digits of ASCII and their raised, lowered and wide forms.
fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '²' | '³' | '¹' | '⁰' | '⁴'..='⁹' | '₀'..='₉' | '０'..='９')
}

/// FNV-1a over the bytes, started anew for each seed and stirred at the end.
fn hash(text: &str, seed: u32) -> u32 {
    let mut h = 2_166_136_261 ^ seed.wrapping_mul(0x9E37_79B1);
    for byte in text.bytes() {
        h = (h ^ u32::from(byte)).wrapping_mul(16_777_619);
    }
    h ^= h >> 15;
    h = h.wrapping_mul(0x2C1B_3C6D);
    h ^ (h >> 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_those_of_the_training_code() {
        let check = |word: &str, expected: [&str; KINDS]| assert_eq!(features(word), expected, "{word}");
        check("Google", ["n=google", "p=goo", "s=gle", "h=Xxxx", "t=le1"]);
        check("$4.25", ["n=$0.00", "p=$0.", "s=.00", "h=$d.dd", "t=000"]);
        check("”", ["n=\"", "p=\"", "s=\"", "h=\"", "t=\"0"]);
        check("n’t", ["n=n't", "p=n't", "s=n't", "h=x'x", "t='t0"]);
        check("É1", ["n=é0", "p=é0", "s=é0", "h=Xd", "t=é01"]);
        check("", ["n=", "p=", "s=", "h=", "t=0"]);
    }
}
