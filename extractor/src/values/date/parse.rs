//! Recognises dates in the pieces of a text. Every attempt looks at a bounded number of pieces.

use super::{Expression, Relation, Unit, Weekday, When, Which, Year};
use crate::mask::pieces::{Kind, Pieces};
use crate::values::number;

/// An expression and the pieces that it takes.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) first: usize,
    pub(crate) end: usize,
    pub(crate) expression: Expression,
}

/// What stands for a date that no single word names, on either side of the publication.
const BEFORE_WORD: &str = "yesterday";
const AFTER_WORD: &str = "tomorrow";
/// What stands for a part of a year or a day of a month that is written in several words.
const MONTH_WORD: &str = "June";

/// A date phrase: its meaning, the piece after it, its head word (none: the text itself, which is one word).
type Phrase = (When, usize, Option<String>);

/// The date that begins at piece `at`.
pub(crate) fn find(pieces: &Pieces, at: usize) -> Option<Found> {
    let piece = pieces.get(at)?;
    // "COVID-19", "A320": a number that hangs on a word before it is no date; "mid-October" is read from "mid".
    let hangs = at > 0
        && pieces.attached(at)
        && matches!(
            pieces.get(at - 1).map(|p| p.kind),
            Some(Kind::Word | Kind::Number | Kind::Mark('-' | '/' | '_' | '.' | '@' | '#' | '\'' | '’'))
        );
    if hangs {
        return None;
    }
    let (when, end, head) = match piece.kind {
        Kind::Number => numeric(pieces, at),
        Kind::Word => worded(pieces, at),
        Kind::Mark(_) => None,
    }?;
    let head = head.unwrap_or_else(|| pieces.text(at).to_owned());
    Some(Found { first: at, end, expression: Expression { when, relation: relation(pieces, at), head } })
}

/// What the word before the date makes of it.
fn relation(pieces: &Pieces, at: usize) -> Relation {
    let word = match pieces.word_before(at, 1) {
        "late" | "early" | "about" | "around" | "at" | "least" | "the" => pieces.word_before(at, 2),
        word => word,
    };
    match word {
        "since" | "from" => Relation::Since,
        "until" | "till" | "til" | "through" => Relation::Until,
        "by" => Relation::By,
        "before" => Relation::Before,
        "after" | "following" => Relation::After,
        _ => Relation::On,
    }
}

fn numeric(pieces: &Pieces, at: usize) -> Option<Phrase> {
    day_first(pieces, at)
        .or_else(|| all_digits(pieces, at))
        .or_else(|| counted(pieces, at))
        .or_else(|| decade(pieces, at))
        .or_else(|| year_in_context(pieces, at))
}

fn worded(pieces: &Pieces, at: usize) -> Option<Phrase> {
    let word = pieces.word(at);
    let day = |count| Some((When::Offset(Unit::Day, count), at + 1, None));
    match word {
        "" => None,
        "yesterday" => day(-1).map(|phrase| with_part_of_day(pieces, phrase)),
        "today" | "tonight" | "overnight" => day(0),
        "tomorrow" => day(1).map(|phrase| with_part_of_day(pieces, phrase)),
        "weekend" => Some((When::Weekend(Which::Nearest), at + 1, None)),
        "last" | "next" | "this" | "that" => deictic(pieces, at),
        "earlier" | "later" => {
            let (when, end, _) = match pieces.next_word(at + 1) {
                "last" | "next" | "this" | "that" => deictic(pieces, at + 1)?,
                _ => return None,
            };
            Some((when, end, Some(stand_for(when))))
        }
        "early" | "late" | "mid" | "beginning" | "start" | "middle" | "end" | "close" => within(pieces, at),
        "the" => definite(pieces, at),
        "spring" | "summer" | "autumn" | "fall" | "winter" => season(pieces, at, Year::Untold),
        "q" => quarter_letter(pieces, at),
        "first" | "second" | "third" | "fourth" => part_of_year(pieces, at),
        "friday" | "monday" | "saturday" | "sunday" | "thursday" | "tuesday" | "wednesday" | "mon" | "tue" | "tues"
        | "wed" | "thu" | "thur" | "thurs" | "fri" | "sat" | "sun" => from_weekday(pieces, at),
        _ => month_first(pieces, at).or_else(|| counted(pieces, at)),
    }
}

/// The weekday that the piece names, with the piece after it; short forms need a dot or a comma and a number after it.
fn weekday(pieces: &Pieces, at: usize) -> Option<(Weekday, usize)> {
    if !pieces.capital(at) {
        return None;
    }
    let (day, short) = match pieces.word(at) {
        "monday" => (Weekday::Monday, false),
        "tuesday" => (Weekday::Tuesday, false),
        "wednesday" => (Weekday::Wednesday, false),
        "thursday" => (Weekday::Thursday, false),
        "friday" => (Weekday::Friday, false),
        "saturday" => (Weekday::Saturday, false),
        "sunday" => (Weekday::Sunday, false),
        "mon" => (Weekday::Monday, true),
        "tue" | "tues" => (Weekday::Tuesday, true),
        "wed" => (Weekday::Wednesday, true),
        "thu" | "thur" | "thurs" => (Weekday::Thursday, true),
        "fri" => (Weekday::Friday, true),
        "sat" => (Weekday::Saturday, true),
        "sun" => (Weekday::Sunday, true),
        _ => return None,
    };
    if !short {
        return Some((day, at + 1));
    }
    let mut next = at + 1;
    for mark in ['.', ','] {
        next += usize::from(pieces.is_mark(next, mark));
    }
    let dated =
        month(pieces, next).is_some() || pieces.small(next).is_some() && month_after_day(pieces, next).is_some();
    (next > at + 1 && dated).then_some((day, next))
}

fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// A month's name at `at`: its number, the piece after it, and whether the name alone settles that a month is meant.
fn month(pieces: &Pieces, at: usize) -> Option<(i8, usize, bool)> {
    if pieces.get(at).is_none_or(|piece| piece.kind != Kind::Word) || !pieces.capital(at) {
        return None;
    }
    let (number, certain, short) = match pieces.word(at) {
        "january" => (1, true, false),
        "february" => (2, true, false),
        "march" => (3, false, false),
        "april" => (4, false, false),
        "may" => (5, false, false),
        "june" => (6, false, false),
        "july" => (7, true, false),
        "august" => (8, false, false),
        "september" => (9, true, false),
        "october" => (10, true, false),
        "november" => (11, true, false),
        "december" => (12, true, false),
        "jan" => (1, false, true),
        "feb" => (2, false, true),
        "mar" => (3, false, true),
        "apr" => (4, false, true),
        "jun" => (6, false, true),
        "jul" => (7, false, true),
        "aug" => (8, false, true),
        "sep" | "sept" => (9, false, true),
        "oct" => (10, false, true),
        "nov" => (11, false, true),
        "dec" => (12, false, true),
        _ => return None,
    };
    let dot = usize::from(short && pieces.is_mark(at + 1, '.') && pieces.attached(at + 1));
    Some((number, at + 1 + dot, certain))
}

fn month_name(month: i8) -> String {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(month).ok().and_then(|m| NAMES.get(m.wrapping_sub(1))).copied().unwrap_or(MONTH_WORD).to_owned()
}

/// The one word that stands for a date of several.
fn stand_for(when: When) -> String {
    match when {
        When::Calendar { weekday: Some(day), .. } | When::Weekday(day, _) => weekday_name(day).to_owned(),
        When::Calendar { month: Some(month), .. } => month_name(month),
        When::Calendar { year: Year::Known(year), .. } | When::Part { year: Year::Known(year), .. } => year.to_string(),
        When::Decade(year) => year.to_string(),
        When::Calendar { .. } | When::Offset(_, ..=0) | When::Chain(_, ..=0) => BEFORE_WORD.to_owned(),
        When::Offset(..) | When::Chain(..) => AFTER_WORD.to_owned(),
        When::Weekend(_) => weekday_name(Weekday::Sunday).to_owned(),
        When::DayOfMonth(_) | When::Part { .. } => MONTH_WORD.to_owned(),
    }
}

/// A phrase of several words.
fn phrase(when: When, end: usize) -> Option<Phrase> {
    Some((when, end, Some(stand_for(when))))
}

/// Passes over "morning", "evening" and the like.
fn with_part_of_day(pieces: &Pieces, (when, end, head): Phrase) -> Phrase {
    match pieces.next_word(end) {
        "morning" | "afternoon" | "evening" | "night" | "noon" => {
            (when, end + 1, head.or_else(|| Some(stand_for(when))))
        }
        _ => (when, end, head),
    }
}

/// A year's number at `at`.
fn year_number(pieces: &Pieces, at: usize) -> Option<i16> {
    let text = pieces.text(at);
    let plausible = text.len() == 4 && (text.starts_with("19") || text.starts_with("20"));
    let hangs_on = pieces.attached(at + 1)
        && matches!(pieces.next(at + 1).map(|p| p.kind), Some(Kind::Word | Kind::Mark('%' | '€' | '/' | '$')));
    (plausible && pieces.next(at).is_some() && !hangs_on).then(|| text.parse().ok()).flatten()
}

/// How the year after a month or season is told, and the piece after it: ", 2022", "of last year", "this year".
fn year_after(pieces: &Pieces, at: usize) -> Option<(Year, usize)> {
    let joint = usize::from(pieces.is_mark(at, ',') || pieces.next_word(at) == "of");
    let start = at + joint;
    if let Some(year) = year_number(pieces, start) {
        return Some((Year::Known(year), start + 1));
    }
    if pieces.is_mark(at, ',') {
        return None;
    }
    let the = usize::from(pieces.next_word(start) == "the");
    if pieces.next_word(start + the + 1) != "year" {
        return None;
    }
    let year = match (the, pieces.next_word(start + the)) {
        (0, "last") => Year::Offset(-1),
        (0, "this") => Year::Offset(0),
        (0, "next") => Year::Offset(1),
        (0, "that") | (1, "same") => Year::Chain(0),
        (1, "following" | "next") => Year::Chain(1),
        (1, "previous" | "preceding") => Year::Chain(-1),
        _ => return None,
    };
    Some((year, start + the + 2))
}

/// A day of the month in digits with or without its ending: "4", "4th". With the piece after it.
fn day_number(pieces: &Pieces, at: usize) -> Option<(i8, bool, usize)> {
    let text = pieces.text(at);
    if !pieces.is_number(at) || pieces.next(at).is_none() || text.len() > 2 {
        return None;
    }
    let day: i8 = text.parse().ok().filter(|day| (1..=31).contains(day))?;
    if pieces.attached(at + 1) && matches!(pieces.next_word(at + 1), "st" | "nd" | "rd" | "th") {
        return Some((day, true, at + 2));
    }
    let hangs_on = pieces.attached(at + 1)
        && matches!(
            pieces.next(at + 1).map(|p| p.kind),
            Some(Kind::Word | Kind::Mark('%' | ':' | '$' | '€' | '£' | '°'))
        );
    (!hangs_on).then_some((day, false, at + 1))
}

/// The month after the day at `at` ("17 June", "17th of June", "24-25 February", "1 and 3 July"), with the piece after it.
fn month_after_day(pieces: &Pieces, at: usize) -> Option<(i8, i8, usize)> {
    let (day, _, mut next) = day_number(pieces, at)?;
    let joint = matches!(pieces.next(next).map(|p| p.kind), Some(Kind::Mark('-' | '–' | '/')))
        || matches!(pieces.next_word(next), "and" | "to" | "or");
    if let Some((_, _, after)) = day_number(pieces, next + 1).filter(|_| joint) {
        next = after;
    }
    if pieces.next_word(next) == "of" {
        next += 1;
    }
    next += usize::from(pieces.hyphen(next));
    pieces.next(next)?;
    let (month, next, _) = month(pieces, next)?;
    Some((day, month, next))
}

/// "17 June 2022", "the 4th of May last year" (from the number on).
fn day_first(pieces: &Pieces, at: usize) -> Option<Phrase> {
    let (day, month, next) = month_after_day(pieces, at)?;
    let next = next + usize::from(pieces.hyphen(next) && year_number(pieces, next + 1).is_some());
    let (year, end) = year_after(pieces, next).unwrap_or((Year::Untold, next));
    phrase(When::Calendar { year, month: Some(month), day: Some(day), weekday: None }, end)
}

/// "June 16, 2022", "June 2022", "Sept. 25", "March last year", "June".
fn month_first(pieces: &Pieces, at: usize) -> Option<Phrase> {
    let (number, next, certain) = month(pieces, at)?;
    let before = pieces.word_before(at, 1);
    let calendar = |year, day| When::Calendar { year, month: Some(number), day, weekday: None };
    if let Some((year, end)) = year_after(pieces, next) {
        return phrase(calendar(year, None), end);
    }
    if let Some((day, ordinal, mut end)) = day_number(pieces, next) {
        // "in June 17 companies": after "in" a bare number counts what follows it.
        let counts = before == "in" && !ordinal && pieces.next(end).is_some_and(|p| p.kind == Kind::Word);
        if !counts && number::scale_at(pieces, end).is_none() && !pieces.is_mark(end, '%') {
            let joint = matches!(pieces.next(end).map(|p| p.kind), Some(Kind::Mark('-' | '–')))
                || matches!(pieces.next_word(end), "and" | "to");
            if let Some((_, _, after)) = day_number(pieces, end + 1).filter(|(other, ..)| joint && *other > day) {
                end = after;
            }
            let (year, end) = year_after(pieces, end).unwrap_or((Year::Untold, end));
            return phrase(calendar(year, Some(day)), end);
        }
    }
    let in_context = matches!(
        before,
        "in" | "since"
            | "until"
            | "till"
            | "by"
            | "from"
            | "of"
            | "during"
            | "before"
            | "after"
            | "early"
            | "late"
            | "mid"
            | "through"
            | "between"
            | "for"
            | "and"
            | "to"
            | "every"
            | "around"
            | "about"
    );
    let like_a_name =
        |index: usize| pieces.next(index).is_some() && pieces.capital(index) && !pieces.word(index).is_empty();
    let named = like_a_name(next) || at > 0 && pieces.capital(at - 1) && !pieces.word_before(at, 1).is_empty();
    let certain_here = certain || in_context && !like_a_name(next) || number != 3 && number != 5 && !named;
    let full_name = pieces.get(at).is_some_and(|piece| piece.end - piece.start > 4)
        || matches!(number, 5..=7) && next == at + 1 && pieces.word(at).len() > 3
        || number == 5;
    (certain_here && full_name).then_some((calendar(Year::Untold, None), next, None))
}

/// "Thursday", "Thursday, June 16", "Friday last week", "Monday (5)", "Friday night".
fn from_weekday(pieces: &Pieces, at: usize) -> Option<Phrase> {
    let (day, next) = weekday(pieces, at)?;
    let (_, next, _) = with_part_of_day(pieces, (When::Weekday(day, Which::Nearest), next, None));
    let comma = usize::from(pieces.is_mark(next, ','));
    for open in [0, 1] {
        let start = if open == 0 { next + comma } else { next + 1 };
        if open == 1 && !pieces.is_mark(next, '(') {
            break;
        }
        if pieces.next(start).is_none() {
            continue;
        }
        let dated =
            day_first(pieces, start).or_else(|| month_first(pieces, start).filter(|(_, end, _)| *end > start + 1));
        if let Some((When::Calendar { year, month, day: Some(date), .. }, end, _)) = dated {
            let end = end + usize::from(open == 1 && pieces.is_mark(end, ')'));
            return phrase(When::Calendar { year, month, day: Some(date), weekday: Some(day) }, end);
        }
        // "Monday (5)", "Monday (14/7)"
        if let Some((date, _, after)) = day_number(pieces, start).filter(|_| open == 1) {
            if pieces.is_mark(after, ')') {
                return phrase(When::Weekday(day, Which::On(date)), after + 1);
            }
            if let Some(month) =
                pieces.small(after + 1).and_then(|m| i8::try_from(m).ok()).filter(|m| (1..=12).contains(m))
            {
                if matches!(pieces.next(after).map(|p| p.kind), Some(Kind::Mark('/' | '.')))
                    && pieces.is_mark(after + 2, ')')
                {
                    let when =
                        When::Calendar { year: Year::Untold, month: Some(month), day: Some(date), weekday: Some(day) };
                    return phrase(when, after + 3);
                }
            }
        }
    }
    let of = usize::from(pieces.next_word(next) == "of");
    if pieces.next_word(next + of + 1) == "week" {
        let week = match pieces.next_word(next + of) {
            "last" => Some(-1),
            "this" => Some(0),
            "next" => Some(1),
            _ => None,
        };
        if let Some(week) = week {
            return phrase(When::Weekday(day, Which::Week(week)), next + of + 2);
        }
    }
    if pieces.next_word(next) == "last" && !matches!(pieces.next_word(next + 1), "year" | "month" | "summer" | "autumn")
    {
        let ends = pieces.next(next + 1).is_none_or(|piece| matches!(piece.kind, Kind::Mark(_)));
        if ends {
            return phrase(When::Weekday(day, Which::Last), next + 1);
        }
    }
    let when = When::Weekday(day, Which::Nearest);
    if next > at + 1 { phrase(when, next) } else { Some((when, next, None)) }
}

/// "last month", "this Thursday", "next spring", "that October", "last night", "this morning", "last weekend".
fn deictic(pieces: &Pieces, at: usize) -> Option<Phrase> {
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
        if unit == Unit::Week && which != "that" {
            return phrase(when, next + 1);
        }
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
fn season(pieces: &Pieces, at: usize, year: Year) -> Option<Phrase> {
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
    let timed =
        matches!(pieces.word_before(at, 1), "in" | "since" | "by" | "until" | "from" | "during" | "before" | "the");
    let by_the = pieces.word_before(at, 1) == "the"
        && !matches!(
            pieces.word_before(at, 2),
            "in" | "since" | "by" | "until" | "from" | "during" | "before" | "over"
        );
    let bare = timed && !by_the && pieces.word(at) != "fall" && !pieces.capital(at);
    bare.then_some((When::Part { year, first, last }, at + 1, None))
}

/// "early March", "late last year", "mid-2027", "late in April of last year", "end of June", "beginning of the year".
fn within(pieces: &Pieces, at: usize) -> Option<Phrase> {
    let word = pieces.word(at);
    let mut next = at + 1;
    if matches!(word, "early" | "late" | "mid") {
        if matches!(pieces.next(next).map(|p| p.kind), Some(Kind::Mark('-' | '–' | '\u{2011}'))) {
            next += 1;
        } else if matches!(word, "early" | "late") && pieces.next_word(next) == "in" {
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
        "the" => definite(pieces, at),
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
fn definite(pieces: &Pieces, at: usize) -> Option<Phrase> {
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
            let timed = matches!(
                pieces.word_before(at, 1),
                "on" | "until" | "till" | "by" | "since" | "from" | "before" | "after"
            );
            let counts = pieces.next(end).is_some_and(|p| p.kind == Kind::Word)
                && !matches!(
                    pieces.next_word(end),
                    "and"
                        | "to"
                        | "in"
                        | "for"
                        | "by"
                        | "at"
                        | "when"
                        | "after"
                        | "as"
                        | "with"
                        | "that"
                        | "it"
                        | "the"
                        | "a"
                        | "he"
                        | "she"
                        | "they"
                        | "of"
                );
            (ordinal && timed && !counts && pieces.next_word(end) != "of").then_some(())?;
            phrase(When::DayOfMonth(day), end)
        }
    }
}

/// "first week of October", "early hours of 6 November", "night of 5 May", "last days of March".
fn part_of(pieces: &Pieces, at: usize) -> Option<Phrase> {
    let noun = |index: usize| {
        matches!(
            pieces.next_word(index),
            "week"
                | "weeks"
                | "days"
                | "hours"
                | "months"
                | "weekend"
                | "half"
                | "part"
                | "night"
                | "morning"
                | "evening"
                | "afternoon"
        )
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
fn part_of_year(pieces: &Pieces, at: usize) -> Option<Phrase> {
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
    let timed = matches!(pieces.word_before(at, 1 + the), "in" | "since" | "by" | "for" | "during" | "from" | "until");
    match told {
        Some((year, end)) => phrase(When::Part { year, first, last }, end),
        None if timed && pieces.next_word(at + 2) != "of" => {
            phrase(When::Part { year: Year::Untold, first, last }, at + 2)
        }
        None => None,
    }
}

/// "Q3 2022", "Q3".
fn quarter_letter(pieces: &Pieces, at: usize) -> Option<Phrase> {
    (pieces.capital(at) && pieces.attached(at + 1)).then_some(())?;
    let number = pieces.small(at + 1).and_then(|n| i8::try_from(n).ok()).filter(|n| (1..=4).contains(n))?;
    let (year, end) = year_after(pieces, at + 2).unwrap_or((Year::Untold, at + 2));
    phrase(When::Part { year, first: 3 * number - 2, last: 3 * number }, end)
}

/// "two days ago", "a year earlier", "30 hours later", "nine days on".
fn counted(pieces: &Pieces, at: usize) -> Option<Phrase> {
    let (count, next) = match pieces.word(at) {
        // A bare unit: "hours later"; days, weeks or years of no number have no date.
        "hours" | "minutes" => (0, at),
        _ => {
            let (count, next) = number::count(pieces, at)?;
            (count, next + usize::from(pieces.hyphen(next)))
        }
    };
    let (unit, count) = match pieces.next_word(next) {
        "day" | "days" => (Unit::Day, count),
        "week" | "weeks" => (Unit::Week, count),
        "fortnight" => (Unit::Week, count.checked_mul(2)?),
        "month" | "months" => (Unit::Month, count),
        "year" | "years" => (Unit::Year, count),
        "decade" | "decades" => (Unit::Year, count.checked_mul(10)?),
        "hour" | "hours" | "minute" | "minutes" => (Unit::Day, 0),
        _ => match pieces.word(at) {
            "hours" | "minutes" => (Unit::Day, 0),
            _ => return None,
        },
    };
    let next = if matches!(pieces.word(at), "hours" | "minutes") { at } else { next };
    let ends = pieces.next(next + 2).is_none_or(|piece| matches!(piece.kind, Kind::Mark(_)));
    let when = match pieces.next_word(next + 1) {
        "ago" => When::Offset(unit, -count),
        "later" => When::Chain(unit, count),
        "earlier" => When::Chain(unit, -count),
        "after" | "on" | "afterwards" if ends => When::Chain(unit, count),
        "before" | "previously" | "prior" if ends => When::Chain(unit, -count),
        _ => return None,
    };
    phrase(when, next + 2)
}

/// "1990s", "the 2010s".
fn decade(pieces: &Pieces, at: usize) -> Option<Phrase> {
    let year: i16 =
        pieces.small(at).and_then(|year| i16::try_from(year).ok()).filter(|year| (1800..2100).contains(year))?;
    let apostrophe = usize::from(matches!(pieces.next(at + 1).map(|p| p.kind), Some(Kind::Mark('\'' | '’'))));
    let plural =
        pieces.attached(at + 1) && pieces.next_word(at + 1 + apostrophe) == "s" && year % 10 == 0 && apostrophe == 0;
    plural.then_some((When::Decade(year), at + 2, Some(stand_for(When::Decade(year)))))
}

/// "2022-06-16", "16.06.2022", "16/06/2022", "6/16/2022".
fn all_digits(pieces: &Pieces, at: usize) -> Option<Phrase> {
    let text = pieces.text(at);
    let (first, second, third, end) = if text.matches('.').count() == 2 {
        let mut parts = text.split('.');
        let mut part = || parts.next().filter(|p| p.len() <= 4).and_then(|p| p.parse::<i16>().ok());
        (part()?, part()?, part()?, at + 1)
    } else {
        let mark = pieces.next(at + 1).map(|p| p.kind).filter(|kind| matches!(kind, Kind::Mark('-' | '/')))?;
        (pieces.next(at + 3).map(|p| p.kind) == Some(mark)).then_some(())?;
        (1..=4).all(|i| pieces.attached(at + i)).then_some(())?;
        let part = |index: usize| pieces.small(index).and_then(|n| i16::try_from(n).ok());
        (part(at)?, part(at + 2)?, part(at + 4)?, at + 5)
    };
    let year = |year: i16| (1900..2100).contains(&year);
    let (year, month, day) = if year(first) {
        (first, second, third)
    } else if year(third) && first > 12 {
        (third, second, first)
    } else if year(third) && (second > 12 || first == second) {
        (third, first, second)
    } else if year(third) && text.contains('.') {
        // Dots part day, month and year wherever they are used.
        (third, second, first)
    } else if year(third) && (1..=12).contains(&first) && (1..=12).contains(&second) {
        // Which of the two is the month, nothing tells.
        return phrase(When::Calendar { year: Year::Known(third), month: None, day: None, weekday: None }, end);
    } else {
        return None;
    };
    let month = i8::try_from(month).ok().filter(|m| (1..=12).contains(m))?;
    let day = i8::try_from(day).ok().filter(|d| (1..=31).contains(d))?;
    phrase(When::Calendar { year: Year::Known(year), month: Some(month), day: Some(day), weekday: None }, end)
}

/// A year that the words around it tell to be one: "in 2019", "a 2021 law".
fn year_in_context(pieces: &Pieces, at: usize) -> Option<Phrase> {
    let year = year_number(pieces, at)?;
    let follows = pieces.next_word(at + 1);
    let ranged = pieces.hyphen(at + 1) && pieces.is_number(at + 2);
    let preposition = matches!(
        pieces.word_before(at, 1),
        "in" | "since"
            | "until"
            | "till"
            | "by"
            | "from"
            | "of"
            | "during"
            | "before"
            | "after"
            | "through"
            | "between"
            | "to"
            | "for"
            | "around"
            | "fiscal"
            | "year"
            | "and"
    );
    let counted = follows.ends_with('s')
        && !matches!(follows, "was" | "has" | "is" | "as" | "its" | "this" | "plus" | "says")
        || follows == "people";
    let attribute = matches!(pieces.word_before(at, 1), "a" | "the" | "its" | "their" | "his" | "her" | "s")
        && !follows.is_empty()
        && !pieces.capital(at + 1);
    let paired = matches!(pieces.word_before(at, 1), "and" | "to") && year_number(pieces, at.checked_sub(2)?).is_none();
    let timed = preposition && !counted && !paired || attribute && !counted;
    let when = When::Calendar { year: Year::Known(year), month: None, day: None, weekday: None };
    if timed && ranged {
        let end = if year_number(pieces, at + 2).is_some() || pieces.text(at + 2).len() == 2 { at + 3 } else { at + 1 };
        return phrase(when, end);
    }
    timed.then_some((when, at + 1, None))
}
