//! Reads values: escapes and wildcards of strings, numbers, dates, durations.
//!
//! In a string a backslash stands before `"`, `'`, `\`, `*`, `n`, `t`, `r` and `uXXXX`, before nothing else. A `*` at the
//! start or end of a value stands for anything; `\*` is the character itself.

use super::ast::{ByteSpan, Member, Quote};
use crate::event::{PartialDate, Timestamp};

/// A value on the right of an operator.
#[derive(Clone, Debug)]
pub(super) struct Literal {
    /// The value, escapes read, without the wildcards.
    pub(super) text: String,
    /// Whether anything may stand before it.
    pub(super) open_start: bool,
    /// Whether anything may stand after it.
    pub(super) open_end: bool,
    /// Where it stands.
    pub(super) span: ByteSpan,
}

/// What is wrong with a value, and where in the filter.
pub(super) type Fault = (ByteSpan, String);

impl Literal {
    /// Reads a value in which a `*` at the ends is a wildcard.
    pub(super) fn read(member: &Member) -> Result<Self, Fault> {
        let characters = characters(member)?;
        let is_star = |at: Option<&(char, bool)>| at == Some(&('*', false));
        let open_start = is_star(characters.first());
        let open_end = characters.len() > 1 && is_star(characters.last());
        let kept = &characters[usize::from(open_start)..characters.len() - usize::from(open_end)];
        if kept.contains(&('*', false)) {
            let message =
                "`*` stands only at the start or end of a value; the character itself is written \\* in quotes";
            return Err((member.span(), message.to_owned()));
        }
        let text = kept.iter().map(|(character, _)| *character).collect();
        Ok(Self { text, open_start, open_end, span: member.span() })
    }

    /// Reads a value in which `*` is a character like others.
    pub(super) fn plain(member: &Member) -> Result<Self, Fault> {
        let text = characters(member)?.iter().map(|(character, _)| *character).collect();
        Ok(Self { text, open_start: false, open_end: false, span: member.span() })
    }

    /// Whether it is a lone `*`: any value.
    pub(super) fn is_anything(&self) -> bool {
        self.open_start && self.text.is_empty()
    }

    /// Whether a wildcard is in it.
    pub(super) fn is_open(&self) -> bool {
        self.open_start || self.open_end
    }
}

/// The characters of a value, dots between its parts included, each with whether it was escaped.
fn characters(member: &Member) -> Result<Vec<(char, bool)>, Fault> {
    let mut all = Vec::new();
    for (index, part) in member.parts.iter().enumerate() {
        if index > 0 {
            all.push(('.', false));
        }
        if part.quote == Quote::None {
            all.extend(part.raw.chars().map(|character| (character, false)));
            continue;
        }
        let mut rest = part.raw.char_indices();
        while let Some((at, character)) = rest.next() {
            if character != '\\' {
                all.push((character, false));
                continue;
            }
            let escaped = match rest.next() {
                Some((_, same @ ('"' | '\'' | '\\' | '*'))) => Some(same),
                Some((_, 'n')) => Some('\n'),
                Some((_, 't')) => Some('\t'),
                Some((_, 'r')) => Some('\r'),
                Some((start, 'u')) => part.raw.get(start + 1..start + 5).and_then(|digits| {
                    rest.nth(3);
                    let hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
                    u32::from_str_radix(digits, 16).ok().filter(|_| hexadecimal).and_then(char::from_u32)
                }),
                _ => None,
            };
            let Some(escaped) = escaped else {
                let start = part.span.start + 1 + at;
                let message = "unknown escape: expected \\\\, \\\", \\', \\*, \\n, \\t, \\r or \\uXXXX; a backslash is written \\\\";
                return Err((ByteSpan { start, end: start + 1 }, message.to_owned()));
            };
            all.push((escaped, true));
        }
    }
    Ok(all)
}

/// Reads a number of at most nine decimals into billionths: `1000000`, `2.5`, `1e6`. `None` for anything else, below
/// zero, or above ten to the 27th.
pub(super) fn nanos(text: &str) -> Option<i128> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits_only(whole) || !digits_only(fraction) || mantissa.ends_with('.') {
        return None;
    }
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some(0);
    }
    let shift = 9_i32.checked_add(exponent)?.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    let kept = if shift < 0 {
        let (kept, cut) = digits.split_at_checked(digits.len().checked_sub(shift.unsigned_abs() as usize)?)?;
        if cut.bytes().any(|digit| digit != b'0') {
            return None;
        }
        kept
    } else {
        digits
    };
    let scale = 10_i128.checked_pow(u32::try_from(shift.max(0)).ok()?)?;
    let value = if kept.is_empty() { 0 } else { kept.parse::<i128>().ok()?.checked_mul(scale)? };
    (value <= 10_i128.pow(36)).then_some(value)
}

/// Prints billionths as the shortest number.
pub(super) fn print_nanos(nanos: i128) -> String {
    let (whole, fraction) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    if fraction == 0 {
        return whole.to_string();
    }
    format!("{whole}.{fraction:09}").trim_end_matches('0').to_owned()
}

/// Reads a duration of whole numbers with units, largest first: `24h`, `1d12h`, `90s`. In nanoseconds.
pub(super) fn duration(text: &str) -> Option<i64> {
    let mut total = 0_i64;
    let mut smallest = i64::MAX;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: i64 = rest[..digits].parse().ok()?;
        let unit = match rest.as_bytes().get(digits)? {
            b'd' => 86_400,
            b'h' => 3_600,
            b'm' => 60,
            b's' => 1,
            _ => return None,
        };
        if unit >= smallest {
            return None;
        }
        smallest = unit;
        total = number.checked_mul(unit)?.checked_add(total)?;
        rest = &rest[digits + 1..];
    }
    (smallest < i64::MAX).then(|| total.checked_mul(1_000_000_000))?
}

/// An instant, or a day, month or year that stands for all its instants in UTC.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Moment {
    /// One instant.
    Instant(Timestamp),
    /// All instants of these days.
    Days(PartialDate),
}

impl Moment {
    /// Reads RFC 3339 or a partial date.
    pub(super) fn parse(text: &str) -> Option<Self> {
        PartialDate::parse(text).map(Self::Days).or_else(|| Timestamp::parse(text).map(Self::Instant))
    }

    /// The first and the last instant; `None` where they are out of range.
    #[must_use]
    pub fn range(self) -> Option<(Timestamp, Timestamp)> {
        match self {
            Self::Instant(instant) => Some((instant, instant)),
            Self::Days(date) => {
                let last = Timestamp::start_of(date.last_day())?;
                let end = last.0.checked_add(86_400_000_000_000 - 1)?;
                Some((Timestamp::start_of(date.first_day())?, Timestamp(end)))
            }
        }
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Instant(instant) => instant.fmt(formatter),
            Self::Days(date) => date.fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_exactly() {
        for (text, expected) in [
            ("0", Some(0)),
            ("1000000", Some(1_000_000_000_000_000)),
            ("2.5", Some(2_500_000_000)),
            ("0.000000001", Some(1)),
            ("0.0000000001", None),
            ("1.0000000000", Some(1_000_000_000)),
            ("1e6", Some(1_000_000_000_000_000)),
            ("2.997E9", Some(2_997_000_000_000_000_000)),
            ("1e-9", Some(1)),
            ("1e-10", None),
            ("00012", Some(12_000_000_000)),
            ("1e27", Some(10_i128.pow(36))),
            ("1e28", None),
            ("1e999999999999", None),
            ("1e2147483647", None),
            ("0e-2147483648", Some(0)),
            ("5e-2147483648", None),
            ("-1", None),
            ("1.", None),
            (".5", None),
            ("1_000", None),
            ("1M", None),
            ("", None),
            ("e", None),
        ] {
            assert_eq!(nanos(text), expected, "{text}");
            if let Some(value) = expected {
                assert_eq!(nanos(&print_nanos(value)), expected, "{text} printed");
            }
        }
    }

    #[test]
    fn durations_are_whole_numbers_of_falling_units() {
        for (text, expected) in [
            ("24h", Some(86_400)),
            ("1d12h", Some(129_600)),
            ("90s", Some(90)),
            ("1d2h3m4s", Some(93_784)),
            ("0s", Some(0)),
            ("h", None),
            ("1h1d", None),
            ("1h1h", None),
            ("1.5h", None),
            ("1w", None),
            ("", None),
            ("99999999999d", None),
        ] {
            assert_eq!(duration(text), expected.map(|seconds: i64| seconds * 1_000_000_000), "{text}");
        }
    }
}
