//! Dates told from another: "last month", "that October", "two days later", and the parts of a year or month.

use super::{
    Phrase, day_first, day_number, decade, from_weekday, month, month_first, phrase, stand_for, weekday,
    with_part_of_day, year_after, year_number,
};
use crate::mask::pieces::{Kind, Pieces};
use crate::values::date::{Unit, When, Which, Year};
use crate::values::number;

/// "last month", "this Thursday", "next spring", "that October", "last night", "this morning", "last weekend".
pub(super) fn deictic(pieces: &Pieces, at: usize) -> Option<Phrase> {
    let which = pieces.word(at);
    // "the last week" is a duration.
    if pieces.word_before(at, 1) == "the" && which != "that" {
        return None;
    }
    let mut next = at + 1;
    if which == "that" && matches!(pieces.next_word(next), "very" | "same")
        || which == "this" && pieces.next_word(next) == "past"
    {
        next += 1;
    }
    let unit = match pieces.next_word(next) {
        "day" => Some(Unit::Day),
        "week" => Some(Unit::Week),
        "month" => Some(Unit::Month),
        "year" => Some(Unit::Year),
        _ => None,
    };
    if let Some(unit) = unit {
        // "this year's" goes on as a possessive; "that week" counts from what was told before.
        let when = match which {
            "last" if unit != Unit::Day => When::Offset(unit, -1),
            "next" if unit != Unit::Day => When::Offset(unit, 1),
            "this" if unit != Unit::Day => When::Offset(unit, 0),
            "that" => When::Chain(unit, 0),
            _ => return None,
        };
        return phrase(when, next + 1);
    }
    if let Some((day, end)) = weekday(pieces, next) {
        let which = match which {
            "last" => Which::Last,
            "next" => Which::Next,
            _ => Which::Nearest,
        };
        if let Some((When::Weekday(day, on @ Which::On(_)), end, _)) = from_weekday(pieces, next) {
            return phrase(When::Weekday(day, on), end);
        }
        let (when, end, _) = with_part_of_day(pieces, (When::Weekday(day, which), end, None));
        return phrase(when, end);
    }
    let year = match which {
        "last" => Year::Last,
        "next" => Year::Next,
        "this" => Year::Offset(0),
        _ => Year::Chain(0),
    };
    if let Some((month, mut end, _)) = pieces.next(next).and_then(|_| month(pieces, next)) {
        let day = day_number(pieces, end).map(|(day, _, after)| {
            end = after;
            day
        });
        if day.is_some() || pieces.get(next).is_some_and(|p| p.end - p.start > 2) {
            return phrase(When::Calendar { year, month: Some(month), day, weekday: None }, end);
        }
    }
    match (which, pieces.next_word(next)) {
        ("last", "night" | "evening") => phrase(When::Offset(Unit::Day, -1), next + 1),
        ("this", "morning" | "afternoon" | "evening") => phrase(When::Offset(Unit::Day, 0), next + 1),
        ("that", "morning" | "afternoon" | "evening" | "night") => phrase(When::Chain(Unit::Day, 0), next + 1),
        (_, "weekend") => {
            let which = match which {
                "last" => Which::Last,
                "next" => Which::Next,
                _ => Which::Nearest,
            };
            phrase(When::Weekend(which), next + 1)
        }
        (_, "spring" | "summer" | "autumn" | "fall" | "winter") => {
            season(pieces, next, year).map(|(when, end, _)| (when, end, Some(stand_for(when))))
        }
        _ => None,
    }
}

/// "spring 2023", "the autumn of last year", "last summer"; a bare season only where something tells that it is a time.
pub(super) fn season(pieces: &Pieces, at: usize, year: Year) -> Option<Phrase> {
    let (first, last) = match pieces.word(at) {
        "spring" => (3, 5),
        "summer" => (6, 8),
        "autumn" | "fall" => (9, 11),
        _ => (1, 12),
    };
    if year != Year::Untold {
        return phrase(When::Part { year, first, last }, at + 1);
    }
    if let Some((year, end)) = year_after(pieces, at + 1) {
        return phrase(When::Part { year, first, last }, end);
    }
    let timed = ["in", "since", "by", "until", "from", "during", "before", "the"].contains(&pieces.word_before(at, 1));
    let by_the = pieces.word_before(at, 1) == "the"
        && !["in", "since", "by", "until", "from", "during", "before", "over"].contains(&pieces.word_before(at, 2));
    let bare = timed && !by_the && pieces.word(at) != "fall" && !pieces.capital(at);
    bare.then_some((When::Part { year, first, last }, at + 1, None))
}

/// "New Year's Day", "Christmas Eve".
pub(super) fn feast(pieces: &Pieces, at: usize) -> Option<Phrase> {
    let day = match pieces.word(at) {
        "new" if pieces.next_word(at + 1) == "year" && pieces.next_word(at + 3) == "s" => at + 4,
        "christmas" => at + 1,
        _ => return None,
    };
    let (month, day, end) = match (pieces.word(at), pieces.next_word(day)) {
        ("new", "day") => (1, 1, day + 1),
        ("new", "eve") => (12, 31, day + 1),
        ("christmas", "day") => (12, 25, day + 1),
        ("christmas", "eve") => (12, 24, day + 1),
        _ => return None,
    };
    let (year, end) = year_after(pieces, end).unwrap_or((Year::Untold, end));
    phrase(When::Calendar { year, month: Some(month), day: Some(day), weekday: None }, end)
}

/// "early March", "late last year", "mid-2027", "late in April of last year", "end of June", "beginning of the year".
pub(super) fn within(pieces: &Pieces, at: usize) -> Option<Phrase> {
    let word = pieces.word(at);
    let mut next = at + 1;
    if matches!(word, "early" | "late" | "mid") {
        let dashed = matches!(pieces.next(next).map(|p| p.kind), Some(Kind::Mark('-' | '–' | '\u{2011}')));
        // "late in April"
        if dashed || word != "mid" && pieces.next_word(next) == "in" {
            next += 1;
        }
    } else {
        if pieces.next_word(next) != "of" {
            return None;
        }
        next += 1;
        if matches!(pieces.next_word(next), "the" | "this") {
            let unit = match pieces.next_word(next + 1) {
                "week" => Some(Unit::Week),
                "month" => Some(Unit::Month),
                "year" => Some(Unit::Year),
                _ => None,
            };
            if let Some(unit) = unit {
                return phrase(When::Offset(unit, 0), next + 2);
            }
        }
    }
    pieces.next(next)?;
    let (when, end) = inner(pieces, next)?;
    phrase(when, end)
}

/// A date that another phrase goes on with: a year, a month, a day, "last year", "the third quarter".
fn inner(pieces: &Pieces, at: usize) -> Option<(When, usize)> {
    if let Some(year) = year_number(pieces, at) {
        return Some((When::Calendar { year: Year::Known(year), month: None, day: None, weekday: None }, at + 1));
    }
    let found = match pieces.next_word(at) {
        "last" | "next" | "this" | "that" => deictic(pieces, at),
        // Parts of parts ("the end of the end of …") would nest without end.
        "the" => match pieces.next_word(at + 1) {
            "end" | "beginning" | "start" | "middle" | "close" => None,
            "first" | "second" | "third" | "fourth" => part_of_year(pieces, at + 1),
            "last" | "final" | "early" | "small" | "opening" | "closing" | "night" | "morning" | "evening"
            | "afternoon" => None,
            _ => definite(pieces, at),
        },
        "first" | "second" | "third" | "fourth" => part_of_year(pieces, at),
        "spring" | "summer" | "autumn" | "winter" => season(pieces, at, Year::Untold).or_else(|| {
            let (first, last) = if pieces.word(at) == "winter" { (1, 12) } else { (3, 11) };
            phrase(When::Part { year: Year::Untold, first, last }, at + 1)
        }),
        _ if pieces.is_number(at) => day_first(pieces, at),
        _ => match month(pieces, at) {
            Some(_) => month_first(pieces, at).or_else(|| {
                let (number, end, _) = month(pieces, at)?;
                phrase(When::Calendar { year: Year::Untold, month: Some(number), day: None, weekday: None }, end)
            }),
            None => from_weekday(pieces, at),
        },
    }?;
    Some((found.0, found.1))
}

/// Phrases that begin with "the".
pub(super) fn definite(pieces: &Pieces, at: usize) -> Option<Phrase> {
    let next = at + 1;
    let unit = |index: usize| match pieces.next_word(index) {
        "day" => Some(Unit::Day),
        "week" => Some(Unit::Week),
        "month" => Some(Unit::Month),
        "year" => Some(Unit::Year),
        "morning" | "evening" | "afternoon" | "night" => Some(Unit::Day),
        _ => None,
    };
    let ends =
        |index: usize| pieces.next(index).is_none_or(|piece| matches!(piece.kind, Kind::Mark(mark) if mark != '-'));
    match pieces.next_word(next) {
        "end" | "beginning" | "start" | "middle" | "close" => {
            let (when, end, _) = within(pieces, next)?;
            phrase(when, end)
        }
        "same" => phrase(When::Chain(unit(next + 1)?, 0), next + 2),
        "eve" if ends(next + 1) || ["the", "a", "had", "was", "were"].contains(&pieces.next_word(next + 1)) => {
            (pieces.word_before(at, 1) == "on").then_some(())?;
            phrase(When::Chain(Unit::Day, -1), next + 1)
        }
        "week" if pieces.next_word(next + 1) == "before" && pieces.next_word(next + 2) == "last" => {
            phrase(When::Offset(Unit::Week, -2), next + 3)
        }
        "month" if pieces.next_word(next + 1) == "before" && pieces.next_word(next + 2) == "last" => {
            phrase(When::Offset(Unit::Month, -2), next + 3)
        }
        "year" if pieces.next_word(next + 1) == "before" && pieces.next_word(next + 2) == "last" => {
            phrase(When::Offset(Unit::Year, -2), next + 3)
        }
        "following" | "next" => phrase(When::Chain(unit(next + 1)?, 1), next + 2),
        "previous" | "preceding" => phrase(When::Chain(unit(next + 1)?, -1), next + 2),
        "weekend" => phrase(When::Weekend(Which::Nearest), next + 1),
        "day" if pieces.next_word(next + 1) == "before" && pieces.next_word(next + 2) == "yesterday" => {
            phrase(When::Offset(Unit::Day, -2), next + 3)
        }
        "day" if pieces.next_word(next + 1) == "after" && pieces.next_word(next + 2) == "tomorrow" => {
            phrase(When::Offset(Unit::Day, 2), next + 3)
        }
        "day" | "week" | "month" | "year" => match pieces.next_word(next + 1) {
            "before" if ends(next + 2) => phrase(When::Chain(unit(next)?, -1), next + 2),
            "earlier" => phrase(When::Chain(unit(next)?, -1), next + 2),
            "after" if ends(next + 2) => phrase(When::Chain(unit(next)?, 1), next + 2),
            "" => {
                let year = year_number(pieces, next + 1).filter(|_| pieces.word(next) == "year")?;
                phrase(When::Calendar { year: Year::Known(year), month: None, day: None, weekday: None }, next + 2)
            }
            _ => None,
        },
        "spring" | "summer" | "autumn" | "fall" | "winter" => {
            let (when, end, _) = season(pieces, next, Year::Untold)?;
            phrase(when, end)
        }
        "first" | "second" | "third" | "fourth" | "last" | "final" | "early" | "small" | "opening" | "closing"
        | "night" | "morning" | "evening" | "afternoon" => part_of_year(pieces, next).or_else(|| part_of(pieces, next)),
        _ => {
            if let Some((when, end, _)) = day_first(pieces, next) {
                return phrase(when, end);
            }
            if let Some((when, end, _)) = decade(pieces, next) {
                return phrase(when, end);
            }
            let (day, ordinal, end) = day_number(pieces, next)?;
            // "the 5th floor": only where nothing that could be counted follows.
            let timed =
                ["on", "until", "till", "by", "since", "from", "before", "after"].contains(&pieces.word_before(at, 1));
            let counts = pieces.next(end).is_some_and(|p| p.kind == Kind::Word)
                && ![
                    "and", "to", "in", "for", "by", "at", "when", "after", "as", "with", "that", "it", "the", "a",
                    "he", "she", "they", "of",
                ]
                .contains(&pieces.next_word(end));
            if !ordinal || !timed {
                return None;
            }
            // "the 23rd of the same month"
            if pieces.next_word(end) == "of" {
                let the = usize::from(pieces.next_word(end + 1) == "the");
                let month = match (pieces.next_word(end + 1 + the), pieces.next_word(end + 2 + the)) {
                    ("same" | "that", "month") => None,
                    ("this", "month") => Some(0),
                    ("last", "month") => Some(-1),
                    ("next", "month") => Some(1),
                    _ => return None,
                };
                return phrase(When::DayOfMonth(day, month), end + 3 + the);
            }
            if counts {
                return None;
            }
            phrase(When::DayOfMonth(day, None), end)
        }
    }
}

/// "first week of October", "early hours of 6 November", "night of 5 May", "last days of March".
fn part_of(pieces: &Pieces, at: usize) -> Option<Phrase> {
    let noun = |index: usize| {
        [
            "week",
            "weeks",
            "days",
            "hours",
            "months",
            "weekend",
            "half",
            "part",
            "night",
            "morning",
            "evening",
            "afternoon",
        ]
        .contains(&pieces.next_word(index))
    };
    let of = if noun(at) {
        at + 1
    } else if noun(at + 1) {
        at + 2
    } else {
        return None;
    };
    (pieces.next_word(of) == "of" && pieces.next(of + 1).is_some()).then_some(())?;
    let (when, end) = inner(pieces, of + 1)?;
    phrase(when, end)
}

/// "third quarter of 2022", "second half of last year", "first quarter".
pub(super) fn part_of_year(pieces: &Pieces, at: usize) -> Option<Phrase> {
    let number = match pieces.word(at) {
        "first" => 0,
        "second" => 1,
        "third" => 2,
        "fourth" | "last" | "final" => 3,
        _ => return None,
    };
    let (first, last) = match pieces.next_word(at + 1) {
        "quarter" => (3 * number + 1, 3 * number + 3),
        "half" if number < 2 => (6 * number + 1, 6 * number + 6),
        _ => return None,
    };
    if matches!(pieces.word(at), "last" | "final") && year_after(pieces, at + 2).is_none() {
        return None;
    }
    let told = match pieces.next_word(at + 2) {
        "of" if matches!(pieces.next_word(at + 3), "the" | "this") && pieces.next_word(at + 4) == "year" => {
            Some((Year::Offset(0), at + 5))
        }
        _ => year_after(pieces, at + 2),
    };
    // "a third half of the pitch": a half needs its year, or "in the" before it.
    let the = usize::from(pieces.word_before(at, 1) == "the");
    let timed = ["in", "since", "by", "for", "during", "from", "until"].contains(&pieces.word_before(at, 1 + the));
    match told {
        Some((year, end)) => phrase(When::Part { year, first, last }, end),
        None if timed && pieces.next_word(at + 2) != "of" => {
            phrase(When::Part { year: Year::Untold, first, last }, at + 2)
        }
        None => None,
    }
}

/// "Q3 2022", "Q3".
pub(super) fn quarter_letter(pieces: &Pieces, at: usize) -> Option<Phrase> {
    (pieces.capital(at) && pieces.attached(at + 1)).then_some(())?;
    let number = pieces.small(at + 1).and_then(|n| i8::try_from(n).ok()).filter(|n| (1..=4).contains(n))?;
    let (year, end) = year_after(pieces, at + 2).unwrap_or((Year::Untold, at + 2));
    phrase(When::Part { year, first: 3 * number - 2, last: 3 * number }, end)
}

/// "two days ago", "a year earlier", "30 hours later", "nine days on".
pub(super) fn counted(pieces: &Pieces, at: usize) -> Option<Phrase> {
    if pieces.word(at) == "half" && pieces.next_word(at + 1) == "a" && pieces.next_word(at + 2) == "year" {
        let when = match pieces.next_word(at + 3) {
            "ago" => When::Offset(Unit::Month, -6),
            "later" => When::Chain(Unit::Month, 6),
            "earlier" | "before" => When::Chain(Unit::Month, -6),
            _ => return None,
        };
        return phrase(when, at + 4);
    }
    let (unit, count, end) = span(pieces, at)?;
    let ends = pieces.next(end + 1).is_none_or(|piece| matches!(piece.kind, Kind::Mark(_)));
    let when = match pieces.next_word(end) {
        "ago" => When::Offset(unit, -count),
        "later" => When::Chain(unit, count),
        "earlier" => When::Chain(unit, -count),
        "after" | "on" | "afterwards" if ends => When::Chain(unit, count),
        "before" | "previously" | "prior" if ends => When::Chain(unit, -count),
        _ => return None,
    };
    phrase(when, end + 1)
}

/// "two days", "a fortnight", "30 hours", "hours": a span of time, and the piece after it.
pub(super) fn span(pieces: &Pieces, at: usize) -> Option<(Unit, i32, usize)> {
    // A bare unit: "hours later"; days, weeks or years of no number have no date.
    if matches!(pieces.word(at), "hours" | "minutes") {
        return Some((Unit::Day, 0, at + 1));
    }
    let (count, next) = number::count(pieces, at)?;
    let next = next + usize::from(pieces.hyphen(next));
    let (unit, count) = match pieces.next_word(next) {
        "day" | "days" => (Unit::Day, count),
        "week" | "weeks" => (Unit::Week, count),
        "fortnight" => (Unit::Week, count.checked_mul(2)?),
        "month" | "months" => (Unit::Month, count),
        "year" | "years" => (Unit::Year, count),
        "decade" | "decades" => (Unit::Year, count.checked_mul(10)?),
        "hour" | "hours" | "minute" | "minutes" => (Unit::Day, 0),
        _ => return None,
    };
    Some((unit, count, next + 1))
}
