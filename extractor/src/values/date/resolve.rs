//! What a date as written means, given the day of publication, the tense and the date told before.

use jiff::{Span, civil::Date, civil::Weekday};

use super::{Expression, PartialDate, Relation, Tense, Unit, When, Which, Year};

/// What `expression` means in a text published on, in the month of or in the year of `anchor`, or none where the text does
/// not settle it.
///
/// `tense` tells on which side of the publication the act lies; `previous` is the date told before, which "two days
/// later" and "the same month" count from.
pub fn resolve(
    expression: &Expression,
    anchor: Option<PartialDate>,
    tense: Tense,
    previous: Option<PartialDate>,
) -> Option<PartialDate> {
    let tense = match (expression.relation, tense) {
        (Relation::Since, _) => Tense::Past,
        // What nobody told to be over: a term that is set runs until its day.
        (Relation::By | Relation::Until | Relation::From, Tense::Unknown) => Tense::Future,
        _ => tense,
    };
    let anchor = match anchor {
        Some(PartialDate { year, month: Some(month), day: Some(day) }) => Date::new(year, month, day).ok(),
        Some(loose) => return loosely(expression.when, loose, tense, previous),
        None => None,
    };
    match expression.when {
        When::Calendar { year, month, day, weekday } => calendar(year, month, day, weekday, anchor, tense, previous),
        When::Weekday(weekday, which) => on_weekday(anchor?, weekday, which, tense),
        When::Weekend(which) => {
            let day = on_weekday(anchor?, Weekday::Saturday, which, tense)?;
            Some(PartialDate { day: None, ..day })
        }
        When::DayOfMonth(day, Some(months)) => {
            let month = shifted(PartialDate::month_of(anchor?), Unit::Month, months)?;
            valid(month.year, month.month, Some(day))
        }
        When::DayOfMonth(day, None) => day_of_month(day, anchor, tense, previous),
        When::Offset(unit, count) => shifted(PartialDate::from(anchor?), unit, count),
        When::Chain(unit, count) => shifted(previous?, unit, count),
        When::Part { year, first, last } => part(year, first, last, anchor, tense, previous),
        When::Decade(_) => None,
    }
}

/// What `when` means in a text of which the month or the year of publication alone is known: as exact as that allows.
fn loosely(when: When, anchor: PartialDate, tense: Tense, previous: Option<PartialDate>) -> Option<PartialDate> {
    let year_of = |year: Year, first: i8, last: i8| match (year, anchor.month) {
        (Year::Known(year), _) => Some(year),
        (Year::Offset(count), _) => anchor.year.checked_add(count),
        (Year::Chain(count), _) => previous?.year.checked_add(count),
        (Year::Last, Some(here)) => Some(anchor.year - i16::from(last >= here)),
        (Year::Last, None) => anchor.year.checked_sub(1),
        (Year::Next, Some(here)) => Some(anchor.year + i16::from(first <= here)),
        (Year::Next, None) => anchor.year.checked_add(1),
        (Year::Untold, Some(here)) if tense == Tense::Future => Some(anchor.year + i16::from(last < here)),
        (Year::Untold, Some(here)) => Some(anchor.year - i16::from(first > here)),
        (Year::Untold, None) => Some(anchor.year),
    };
    match when {
        When::Calendar { year, month, day, .. } => {
            valid(year_of(year, month.unwrap_or(1), month.unwrap_or(12))?, month, day)
        }
        When::Part { year, first, last } => year_of(year, first, last).map(PartialDate::year),
        // The week of a weekday or weekend is not known, the month is the best that is.
        When::Weekday(..) | When::Weekend(_) => Some(anchor),
        When::DayOfMonth(day, months) => {
            let month = match (months, previous) {
                (None, Some(PartialDate { month: Some(_), .. })) => previous?,
                _ => shifted(anchor, Unit::Month, months.unwrap_or(0))?,
            };
            valid(month.year, Some(month.month?), Some(day))
        }
        When::Offset(unit, count) => shifted(anchor, unit, count),
        When::Chain(unit, count) => shifted(previous?, unit, count),
        When::Decade(_) => None,
    }
}

/// The year that `year` tells by itself, if it does.
fn told(year: Year, anchor: Option<Date>, previous: Option<PartialDate>) -> Option<i16> {
    match year {
        Year::Known(year) => Some(year),
        Year::Offset(count) => anchor?.year().checked_add(count),
        Year::Chain(count) => previous?.year.checked_add(count),
        Year::Untold | Year::Last | Year::Next => None,
    }
}

fn calendar(
    year: Year,
    month: Option<i8>,
    day: Option<i8>,
    weekday: Option<Weekday>,
    anchor: Option<Date>,
    tense: Tense,
    previous: Option<PartialDate>,
) -> Option<PartialDate> {
    if let Some(year) = told(year, anchor, previous) {
        return valid(year, month, day);
    }
    let anchor = anchor?;
    let month = month?;
    let this = anchor.year();
    if let (Some(day), Some(weekday)) = (day, weekday) {
        let fits = |year: &i16| Date::new(*year, month, day).is_ok_and(|date| date.weekday() == weekday);
        let order = if tense == Tense::Future { [this, this + 1, this - 1] } else { [this, this - 1, this + 1] };
        if let Some(year) = order.iter().find(|year| fits(year)) {
            return valid(*year, Some(month), Some(day));
        }
    }
    let here = (anchor.month(), if day.is_some() { anchor.day() } else { 0 });
    let there = (month, day.unwrap_or(0));
    let year = match (year, tense) {
        (Year::Last, _) => this - i16::from(there >= here),
        (Year::Next, _) => this + i16::from(there <= here),
        (_, Tense::Future) => this + i16::from(there < here),
        // A page dated in another time zone tells of "tomorrow".
        _ if day.is_some() && anchor.tomorrow().is_ok_and(|next| (next.month(), next.day()) == there) => {
            anchor.tomorrow().ok()?.year()
        }
        _ => this - i16::from(there > here),
    };
    valid(year, Some(month), day)
}

/// The date, unless it is not on the calendar.
fn valid(year: i16, month: Option<i8>, day: Option<i8>) -> Option<PartialDate> {
    Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
    Some(PartialDate { year, month, day: day.filter(|_| month.is_some()) })
}

fn on_weekday(anchor: Date, weekday: Weekday, which: Which, tense: Tense) -> Option<PartialDate> {
    let date = match which {
        Which::Last => anchor.nth_weekday(-1, weekday).ok()?,
        Which::Next => anchor.nth_weekday(1, weekday).ok()?,
        Which::Nearest if anchor.weekday() == weekday => anchor,
        Which::Nearest if tense == Tense::Future => anchor.nth_weekday(1, weekday).ok()?,
        Which::Nearest => anchor.nth_weekday(-1, weekday).ok()?,
        Which::Week(count) => {
            let from_monday =
                i32::from(weekday.to_monday_zero_offset()) - i32::from(anchor.weekday().to_monday_zero_offset());
            days(anchor, from_monday + 7 * i32::from(count))?
        }
        Which::On(day) => {
            let sign = if tense == Tense::Future { 1 } else { -1 };
            let fits = |date: &Date| date.day() == day && date.weekday() == weekday;
            // A weekday falls on a day of the month at least once in fourteen months.
            let near = (0..7).filter_map(|back| days(anchor, -sign * back));
            let far = (0..430).filter_map(|on| days(anchor, sign * on));
            far.chain(near).find(fits)?
        }
    };
    Some(date.into())
}

fn days(from: Date, count: i32) -> Option<Date> {
    from.checked_add(Span::new().try_days(count).ok()?).ok()
}

fn day_of_month(day: i8, anchor: Option<Date>, tense: Tense, previous: Option<PartialDate>) -> Option<PartialDate> {
    if let Some(PartialDate { year, month: Some(month), .. }) = previous {
        return valid(year, Some(month), Some(day));
    }
    let anchor = anchor?;
    let shift = match tense {
        Tense::Future if day < anchor.day() => 1,
        Tense::Past | Tense::Unknown if day > anchor.day() => -1,
        _ => 0,
    };
    let month = anchor.first_of_month().checked_add(Span::new().months(shift)).ok()?;
    valid(month.year(), Some(month.month()), Some(day))
}

/// `from`, `count` units on, as exact as both are.
pub(crate) fn shifted(from: PartialDate, unit: Unit, count: i32) -> Option<PartialDate> {
    let day = match (from.month, from.day) {
        (Some(month), Some(day)) => Date::new(from.year, month, day).ok(),
        _ => None,
    };
    match (unit, day, from.month) {
        (Unit::Day, Some(day), _) => days(day, count).map(PartialDate::from),
        (Unit::Week, Some(day), _) => days(day, count.checked_mul(7)?).map(PartialDate::month_of),
        // Days after a month are somewhere in that month or the next: the month is the best that is known.
        (Unit::Day | Unit::Week, None, _) => Some(from),
        (Unit::Month, _, Some(month)) => {
            let first = Date::new(from.year, month, 1).ok()?;
            first.checked_add(Span::new().try_months(count).ok()?).ok().map(PartialDate::month_of)
        }
        (Unit::Month, _, None) => Some(from),
        (Unit::Year, ..) => Some(PartialDate::year(i16::try_from(i32::from(from.year).checked_add(count)?).ok()?)),
    }
}

fn part(
    year: Year,
    first: i8,
    last: i8,
    anchor: Option<Date>,
    tense: Tense,
    previous: Option<PartialDate>,
) -> Option<PartialDate> {
    if let Some(year) = told(year, anchor, previous) {
        return Some(PartialDate::year(year));
    }
    let anchor = anchor?;
    let (this, month) = (anchor.year(), anchor.month());
    let year = match (year, tense) {
        // "last summer" in August is this year's only when it is over.
        (Year::Last, _) => this - i16::from(last >= month),
        (Year::Next, _) => this + i16::from(first <= month),
        (_, Tense::Future) => this + i16::from(last < month),
        _ => this - i16::from(first > month),
    };
    Some(PartialDate::year(year))
}
