//! Quantities as news writes them: digits with scale words and letters, and number words.

use rust_decimal::Decimal;

use crate::mask::pieces::{Kind, Pieces};

/// A quantity and how it was written, which decides what it may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quantity {
    /// The value, its scale applied.
    pub(crate) value: Decimal,
    /// The factor that a scale word or letter gave; one where there was none.
    pub(crate) scale: Decimal,
    /// Whether the digits were grouped by thousands.
    pub(crate) grouped: bool,
    /// Whether it was written in words.
    pub(crate) worded: bool,
}

impl Quantity {
    /// Whether a scale word or letter was written.
    pub(crate) fn scaled(&self) -> bool {
        self.scale != Decimal::ONE
    }
}

/// The quantity that begins at piece `at`, and the piece after it.
pub(crate) fn quantity(pieces: &Pieces, at: usize) -> Option<(Quantity, usize)> {
    if pieces.is_number(at) {
        in_digits(pieces, at)
    } else if may_begin_number(pieces.word(at)) {
        in_words(pieces, at)
    } else {
        None
    }
}

/// Whether a word begins and ends as some word does that a number may begin with; nearly all words of a text do not.
fn may_begin_number(word: &str) -> bool {
    match *word.as_bytes() {
        [b'a'] | [b'a', b'n'] => true,
        [first, _, .., last] => {
            word.len() <= 9
                && matches!(first, b'e' | b'f' | b'h' | b'n' | b'o' | b'q' | b's' | b't' | b'z')
                && matches!(last, b'e' | b'f' | b'n' | b'o' | b'r' | b't' | b'x' | b'y')
        }
        _ => false,
    }
}

fn in_digits(pieces: &Pieces, at: usize) -> Option<(Quantity, usize)> {
    let (value, grouped, mut next) = match spaced_groups(pieces, at) {
        Some((value, next)) => (value, true, next),
        None => {
            let (value, grouped) = digits(pieces.text(at))?;
            (value, grouped, at + 1)
        }
    };
    let mut scale = Decimal::ONE;
    if let Some((factor, after)) = scale_at(pieces, next) {
        scale = factor;
        next = after;
    }
    let mut value = value.checked_mul(scale)?;
    // "1 crore 50 lakh"
    if scale == power(7)
        && pieces.is_number(next)
        && let Some((lakhs, after)) = scale_at(pieces, next + 1).filter(|(factor, _)| *factor == power(5))
        && let Some((more, _)) = digits(pieces.text(next)).filter(|(more, _)| *more < Decimal::ONE_HUNDRED)
    {
        value = value.checked_add(more.checked_mul(lakhs)?)?;
        next = after;
    }
    Some((Quantity { value, scale, grouped, worded: false }, next))
}

/// "1 500 000": groups of three after one to three digits, set apart by single spaces.
fn spaced_groups(pieces: &Pieces, at: usize) -> Option<(Decimal, usize)> {
    let first = pieces.text(at);
    if first.len() > 3 || !first.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut all = first.to_owned();
    let mut next = at + 1;
    while next - at < 6 && pieces.next(next).is_some_and(|piece| piece.gap && piece.kind == Kind::Number) {
        let group = pieces.text(next);
        if group.len() != 3 || !group.bytes().all(|b| b.is_ascii_digit()) {
            break;
        }
        all.push_str(group);
        next += 1;
    }
    if next == at + 1 { None } else { Some((all.parse().ok()?, next)) }
}

/// The value of digits with commas and dots, and whether they were grouped by thousands.
///
/// A single comma before other than three digits is a decimal comma ("3,2 million"); several dots are groups.
pub(crate) fn digits(text: &str) -> Option<(Decimal, bool)> {
    if text.len() > 28 {
        return None;
    }
    let commas = text.matches(',').count();
    let dots = text.matches('.').count();
    let last_group = text.rsplit([',', '.']).next().map_or(0, str::len);
    let (plain, grouped) = match (commas, dots) {
        (0, 0 | 1) => (text.to_owned(), false),
        (1, 0) if last_group != 3 => (text.replace(',', "."), false),
        (_, 0) => (text.replace(',', ""), true),
        (0, _) => (text.replace('.', ""), true),
        (_, 1) if text.rfind('.') > text.rfind(',') => (text.replace(',', ""), true),
        (1, _) if text.rfind(',') > text.rfind('.') => (text.replace('.', "").replace(',', "."), true),
        _ => return None,
    };
    Some((plain.parse().ok()?, grouped))
}

/// The factor of the scale word or letter at `at`, and the piece after it; a hyphen before it is passed over.
pub(crate) fn scale_at(pieces: &Pieces, at: usize) -> Option<(Decimal, usize)> {
    let start = if pieces.hyphen(at) { at + 1 } else { at };
    let piece = pieces.next(start)?;
    let attached = !piece.gap && start == at;
    let factor = match pieces.word(start) {
        "hundred" => 2,
        "thousand" | "thousands" | "thsd" | "ths" => 3,
        "lakh" | "lakhs" | "lac" => 5,
        "million" | "millions" | "mn" | "mln" | "mio" | "mill" | "mil" => 6,
        "crore" | "crores" | "cr" => 7,
        "billion" | "billions" | "bn" | "bln" | "milliard" => 9,
        "trillion" | "trillions" | "tn" | "trn" | "trln" => 12,
        "k" if attached => 3,
        "m" | "mm" if attached || pieces.text(start) == "m" => 6,
        "b" if attached || pieces.text(start) == "b" => 9,
        "t" if attached => 12,
        _ => return None,
    };
    let mut next = start + 1;
    // "2.2 mill. kroner": the dot belongs to the short form when the expression goes on.
    if matches!(pieces.word(start), "mill" | "mln" | "mio" | "bln" | "bn" | "mn" | "cr")
        && pieces.is_mark(next, '.')
        && pieces.attached(next)
        && pieces.next(next + 1).is_some_and(|piece| piece.kind == Kind::Word && !pieces.capital(next + 1))
    {
        next += 1;
    }
    // "1.5 lakh crore"
    if factor == 5 && matches!(pieces.next_word(next), "crore" | "crores") {
        return Some((power(12), next + 1));
    }
    Some((power(factor), next))
}

fn power(exponent: u32) -> Decimal {
    Decimal::from(10_i64.pow(exponent))
}

/// The value of a number word below a hundred.
fn small_word(word: &str) -> Option<u32> {
    Some(match word {
        "zero" => 0,
        "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" => 10,
        "eleven" => 11,
        "twelve" => 12,
        "thirteen" => 13,
        "fourteen" => 14,
        "fifteen" => 15,
        "sixteen" => 16,
        "seventeen" => 17,
        "eighteen" => 18,
        "nineteen" => 19,
        "twenty" => 20,
        "thirty" => 30,
        "forty" => 40,
        "fifty" => 50,
        "sixty" => 60,
        "seventy" => 70,
        "eighty" => 80,
        "ninety" => 90,
        _ => return None,
    })
}

fn scale_word(word: &str) -> Option<Decimal> {
    Some(power(match word {
        "thousand" => 3,
        "lakh" | "lakhs" => 5,
        "million" => 6,
        "crore" | "crores" => 7,
        "billion" => 9,
        "trillion" => 12,
        _ => return None,
    }))
}

/// The count in words or digits at `at` that a span of time may have: "two", "a", "a couple of", "30", "twenty-one".
pub(crate) fn count(pieces: &Pieces, at: usize) -> Option<(i32, usize)> {
    if let Some(value) = pieces.small(at) {
        return Some((value, at + 1));
    }
    match pieces.next_word(at) {
        "a" | "an" if pieces.next_word(at + 1) == "couple" && pieces.next_word(at + 2) == "of" => Some((2, at + 3)),
        "a" | "an" => Some((1, at + 1)),
        word => {
            let value = small_word(word)?;
            let (unit, next) = match tens_and_unit(pieces, at + 1, value) {
                Some((unit, next)) => (unit, next),
                None => (0, at + 1),
            };
            Some((i32::try_from(value + unit).ok()?, next))
        }
    }
}

/// The unit after a multiple of ten: "twenty-one", "twenty one".
fn tens_and_unit(pieces: &Pieces, at: usize, tens: u32) -> Option<(u32, usize)> {
    if tens < 20 {
        return None;
    }
    let start = if pieces.hyphen(at) { at + 1 } else { at };
    let unit = small_word(pieces.next_word(start)).filter(|unit| (1..10).contains(unit))?;
    Some((unit, start + 1))
}

/// Most pieces that a number in words takes.
const WORDS_MAX: usize = 24;

fn in_words(pieces: &Pieces, at: usize) -> Option<(Quantity, usize)> {
    let worded = |value: Decimal, scale: Decimal, next: usize| {
        Some((Quantity { value, scale, grouped: false, worded: true }, next))
    };
    // The word at a piece, or after the hyphen there, and the piece after it.
    let joined = |at: usize| {
        let start = at + usize::from(pieces.hyphen(at));
        (pieces.next_word(start), start + 1)
    };
    let half = |at: usize| -> Option<(Decimal, usize)> {
        // "half a million", "half-a-million", "half million", "a quarter of a million", "three-quarters of a million"
        let (share, mut next) = match pieces.word(at) {
            "half" => (Decimal::new(5, 1), at + 1),
            "quarter" => (Decimal::new(25, 2), at + 1),
            "three" if joined(at + 1).0 == "quarters" => (Decimal::new(75, 2), joined(at + 1).1),
            _ => return None,
        };
        for article in ["of", "a"] {
            let skip = usize::from(pieces.hyphen(next));
            if pieces.next_word(next + skip) == article {
                next += skip + 1;
            }
        }
        let skip = usize::from(pieces.hyphen(next));
        let scale = scale_word(pieces.next_word(next + skip))?;
        Some((share * scale, next + skip + 1))
    };
    let first = pieces.word(at);
    if let Some((value, next)) = half(at) {
        return worded(value, value, next);
    }
    if matches!(first, "a" | "one")
        && let Some((value, next)) = half(at + 1)
    {
        return worded(value, value, next);
    }
    let (mut total, mut group, mut scale) = (Decimal::ZERO, Decimal::ZERO, Decimal::ONE);
    let mut next = at;
    let mut seen = false;
    while next - at < WORDS_MAX {
        let start = if seen && pieces.hyphen(next) { next + 1 } else { next };
        if seen && pieces.next(start).is_none() {
            break;
        }
        let word = pieces.word(start);
        if let Some(value) = small_word(word) {
            // "nineteen eighty": two numbers, not one.
            if seen && !(group.is_zero() || group >= Decimal::from(20) && value < 10 || group >= Decimal::ONE_HUNDRED) {
                break;
            }
            group += Decimal::from(value);
        } else if !seen && matches!(word, "a" | "an") {
            // An article counts only before what it multiplies.
            let follows = pieces.next_word(start + 1);
            if follows != "hundred" && follows != "dozen" && scale_word(follows).is_none() {
                return None;
            }
            group = Decimal::ONE;
        } else if word == "hundred" && seen {
            group *= Decimal::ONE_HUNDRED;
        } else if word == "dozen" && seen {
            group *= Decimal::from(12);
        } else if word == "point" && seen {
            let mut place = Decimal::new(1, 1);
            let mut digit = start + 1;
            while let Some(value) = small_word(pieces.next_word(digit)).filter(|value| *value < 10) {
                if digit - start > 6 {
                    break;
                }
                group += Decimal::from(value) * place;
                place *= Decimal::new(1, 1);
                digit += 1;
            }
            if digit == start + 1 {
                break;
            }
            next = digit;
            continue;
        } else if let Some(factor) = scale_word(word).filter(|_| seen) {
            total = total.checked_add(group.checked_mul(factor)?)?;
            group = Decimal::ZERO;
            scale = factor;
        } else if word == "and" && seen && !group.is_zero() && joined(start + 1).0 == "a" {
            // "two and a half million", "one-and-a-half million"
            let (half, after) = joined(joined(start + 1).1);
            if half != "half" {
                break;
            }
            group += Decimal::new(5, 1);
            next = after;
            continue;
        } else if word == "and" && seen && small_word(pieces.next_word(start + 1)).is_some() {
            // "two hundred and fifty thousand"; not "five and six"
            if group < Decimal::ONE_HUNDRED && !group.is_zero() {
                break;
            }
            next = start + 1;
            continue;
        } else {
            break;
        }
        seen = true;
        next = start + 1;
    }
    if !seen {
        return None;
    }
    worded(total.checked_add(group)?, scale, next)
}

#[cfg(test)]
mod tests {
    use super::{may_begin_number, small_word};

    #[test]
    fn every_word_that_begins_a_number_may_begin_one() {
        let tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
        let small = [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ];
        for word in small.iter().chain(&tens) {
            assert!(small_word(word).is_some() && may_begin_number(word), "{word}");
        }
        for word in ["a", "an", "half", "quarter"] {
            assert!(may_begin_number(word), "{word}");
        }
        for word in ["", "I", "million", "court", "fined", "and", "of"] {
            assert!(!may_begin_number(word), "{word}");
        }
    }
}
