//! Recognises dates in the pieces of a text. Every attempt looks at a bounded number of pieces.

mod relative;

use super::{Expression, Relation, Unit, Weekday, When, Which, Year};
use crate::mask::pieces::{Kind, Pieces};
use crate::values::number;
use relative::{counted, definite, deictic, feast, part_of_year, quarter_letter, season, span, within};

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

/// Most pieces that a span of time in words takes: "a couple of weeks", "twenty-one days".
const SPAN_PIECES_MAX: usize = 5;

/// The span of time that `text` ends with: "was blocked three days" ends with three days.
pub(crate) fn span_at_end(text: &str) -> Option<(Unit, i32)> {
    let pieces = Pieces::new(text);
    let end = pieces.len();
    (end.saturating_sub(SPAN_PIECES_MAX)..end).find_map(|at| {
        pieces.begin(at);
        if pieces.word(at) == "the" && pieces.next_word(at + 1) == "day" && at + 2 == end {
            return Some((Unit::Day, 1));
        }
        span(&pieces, at).filter(|&(_, _, last)| last == end).map(|(unit, count, _)| (unit, count))
    })
}

/// What the word before the date makes of it.
fn relation(pieces: &Pieces, at: usize) -> Relation {
    let word = match pieces.word_before(at, 1) {
        "late" | "early" | "about" | "around" | "at" | "least" | "the" => pieces.word_before(at, 2),
        word => word,
    };
    match word {
        "since" => Relation::Since,
        "from" | "starting" | "beginning" | "effective" => Relation::From,
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
            let (when, end, _) = match (pieces.next_word(at + 1), pieces.next_word(at + 2), pieces.next_word(at + 3)) {
                ("last" | "next" | "this" | "that", ..) => deictic(pieces, at + 1)?,
                // "earlier in the week": of the publication's own.
                ("in", "the", "week") => phrase(When::Offset(Unit::Week, 0), at + 4)?,
                ("in", "the", "month") => phrase(When::Offset(Unit::Month, 0), at + 4)?,
                ("in", "the", "year") => phrase(When::Offset(Unit::Year, 0), at + 4)?,
                _ => return None,
            };
            Some((when, end, Some(stand_for(when))))
        }
        "early" | "late" | "mid" | "beginning" | "start" | "middle" | "end" | "close" => within(pieces, at),
        "year" if pieces.hyphen(at + 1) && pieces.next_word(at + 2) == "end" => {
            phrase(When::Calendar { year: Year::Offset(0), month: None, day: None, weekday: None }, at + 3)
        }
        "the" => definite(pieces, at),
        "new" | "christmas" => feast(pieces, at),
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
        When::DayOfMonth(..) | When::Part { .. } => MONTH_WORD.to_owned(),
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
    // "June, 15th": the comma stands only before an ordinal.
    let after_comma = pieces.is_mark(next, ',') && day_number(pieces, next + 1).is_some_and(|(_, ordinal, _)| ordinal);
    if let Some((day, ordinal, mut end)) = day_number(pieces, next + usize::from(after_comma)) {
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
    let in_context = [
        "in", "as", "since", "until", "till", "by", "from", "of", "during", "before", "after", "early", "late", "mid",
        "through", "between", "for", "and", "to", "every", "around", "about",
    ]
    .contains(&before);
    let like_a_name =
        |index: usize| pieces.next(index).is_some() && pieces.capital(index) && !pieces.word(index).is_empty();
    let named = like_a_name(next) || at > 0 && pieces.capital(at - 1) && !pieces.word_before(at, 1).is_empty();
    let certain_here = certain || in_context && !like_a_name(next) || number != 3 && number != 5 && !named;
    let word = pieces.word(at);
    let full_name = word == "may" || word.len() > 3 && word != "sept";
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
            let closed = matches!(pieces.next(after).map(|p| p.kind), Some(Kind::Mark('/' | '.')))
                && pieces.is_mark(after + 2, ')');
            let month = pieces.small(after + 1).and_then(|m| i8::try_from(m).ok()).filter(|m| (1..=12).contains(m));
            if let Some(month) = month.filter(|_| closed) {
                let when =
                    When::Calendar { year: Year::Untold, month: Some(month), day: Some(date), weekday: Some(day) };
                return phrase(when, after + 3);
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
    let preposition = [
        "in", "as", "since", "until", "till", "by", "from", "of", "during", "before", "after", "through", "between",
        "to", "for", "around", "fiscal", "year", "and",
    ]
    .contains(&pieces.word_before(at, 1));
    let counted = follows.ends_with('s')
        && !["was", "has", "is", "as", "its", "this", "plus", "says"].contains(&follows)
        || follows == "people";
    let attribute = ["a", "the", "its", "their", "his", "her", "s"].contains(&pieces.word_before(at, 1))
        && !follows.is_empty()
        && !pieces.capital(at + 1);
    let back = ["back", "dates", "dating", "prior", "up", "postponed", "delayed"].contains(&pieces.word_before(at, 2));
    let paired =
        !back && matches!(pieces.word_before(at, 1), "and" | "to") && year_number(pieces, at.checked_sub(2)?).is_none();
    let timed = preposition && !counted && !paired || attribute && !counted;
    let when = When::Calendar { year: Year::Known(year), month: None, day: None, weekday: None };
    if timed && ranged {
        let end = if year_number(pieces, at + 2).is_some() || pieces.text(at + 2).len() == 2 { at + 3 } else { at + 1 };
        return phrase(when, end);
    }
    timed.then_some((when, at + 1, None))
}
