//! Dates as written, and the days, months or years that they mean for a text published on a day.
//!
//! An [`Expression`] keeps what was written; [`resolve`] gives it a meaning. What the text does not settle stays
//! unresolved: a relative date without a publication date has no meaning here, and none is invented.

mod parse;
mod resolve;

use std::{fmt, str::FromStr};

pub use jiff::civil::{Date, Weekday};
pub(crate) use parse::{find, span_at_end};
pub use resolve::resolve;
pub(crate) use resolve::shifted;

/// A date as exact as it is known: a year, a month of a year, or a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartialDate {
    /// Year of the Gregorian calendar.
    pub year: i16,
    /// Month, 1 to 12.
    pub month: Option<i8>,
    /// Day of the month; only with a month.
    pub day: Option<i8>,
}

impl PartialDate {
    /// A whole year.
    pub fn year(year: i16) -> Self {
        Self { year, month: None, day: None }
    }

    /// The month that `date` lies in.
    pub fn month_of(date: Date) -> Self {
        Self { year: date.year(), month: Some(date.month()), day: None }
    }
}

impl From<Date> for PartialDate {
    fn from(date: Date) -> Self {
        Self { year: date.year(), month: Some(date.month()), day: Some(date.day()) }
    }
}

/// What was to be a date and is none; says what to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no date; write a day, month or year as in 2022-06-17, 2022-06 or 2022")]
pub struct NoDate;

/// From ISO 8601: a year of four digits, a month with it, a day with both.
impl FromStr for PartialDate {
    type Err = NoDate;

    fn from_str(told: &str) -> Result<Self, NoDate> {
        if !told.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            return Err(NoDate);
        }
        let day = |told: &str| told.parse::<Date>().map_err(|_| NoDate);
        match told.len() {
            4 => day(&format!("{told}-01-01")).map(|day| Self::year(day.year())),
            7 => day(&format!("{told}-01")).map(Self::month_of),
            10 => day(told).map(Self::from),
            _ => Err(NoDate),
        }
    }
}

/// As ISO 8601 writes it: "2022", "2022-06", "2022-06-16".
impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        for part in [self.month, self.day.filter(|_| self.month.is_some())].into_iter().flatten() {
            write!(f, "-{part:02}")?;
        }
        Ok(())
    }
}

/// Whether the act that a date belongs to lies before or after the publication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tense {
    /// Told as having happened.
    Past,
    /// Told as coming.
    Future,
    /// Not told; taken as past where a choice must be made.
    #[default]
    Unknown,
}

/// A unit that relative dates count in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Calendar days.
    Day,
    /// Weeks; what is told in weeks is known to the month.
    Week,
    /// Calendar months.
    Month,
    /// Calendar years.
    Year,
}

/// How the year of a month or season is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Year {
    /// Not at all: "in March".
    Untold,
    /// By its number.
    Known(i16),
    /// From the year of publication: "March last year" is −1.
    Offset(i16),
    /// From the date told before: "that October" is 0, "March the following year" 1.
    Chain(i16),
    /// The last one that is over or begun before this month: "last March".
    Last,
    /// The next one to come: "next March".
    Next,
}

/// Which weekday or weekend is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Which {
    /// "on Thursday", "this Thursday": the nearest one on the side that the tense tells.
    Nearest,
    /// "last Thursday": before the day of publication.
    Last,
    /// "next Thursday": after the day of publication.
    Next,
    /// "Thursday of last week" is −1.
    Week(i8),
    /// "Thursday (5)": the one on that day of a month.
    On(i8),
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum When {
    /// A year, month or day of the calendar; a weekday beside it settles an untold year.
    Calendar {
        /// How the year is told.
        year: Year,
        /// Month, 1 to 12.
        month: Option<i8>,
        /// Day of the month.
        day: Option<i8>,
        /// "Thursday, June 16".
        weekday: Option<Weekday>,
    },
    /// "on Thursday".
    Weekday(Weekday, Which),
    /// "over the weekend".
    Weekend(Which),
    /// "the 15th", with the month where it is told from the month of publication ("of last month" is −1).
    DayOfMonth(i8, Option<i32>),
    /// From the day of publication: "yesterday" is −1 day, "last month" −1 month.
    Offset(Unit, i32),
    /// From the date told before: "two days later", "a year earlier", "the same day".
    Chain(Unit, i32),
    /// A season, quarter or half of a year, with its first and last month; known to the year.
    Part {
        /// How the year is told.
        year: Year,
        /// First month, 1 to 12.
        first: i8,
        /// Last month, 1 to 12.
        last: i8,
    },
    /// "in the 1990s": no date.
    Decade(i16),
}

/// What the word before a date makes of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Relation {
    /// "on", "in", or nothing: when it happened.
    #[default]
    On,
    /// "since": when it began; always in the past.
    Since,
    /// "from", "starting": when it begins or began.
    From,
    /// "until", "till", "through": when it ends.
    Until,
    /// "by": when it is to be done.
    By,
    /// "before", "ahead of".
    Before,
    /// "after", "following".
    After,
}

/// A date as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Expression {
    /// What was written.
    pub when: When,
    /// What the word before it makes of it.
    pub relation: Relation,
    /// The one word that stands for it when the sentence is parsed: "June", "Thursday", "2022", "yesterday".
    pub head: String,
}

impl Expression {
    /// Whether the date is one end of a time rather than the time itself: "since February", "until Friday".
    pub fn is_bound(&self) -> bool {
        !matches!(self.relation, Relation::On | Relation::By)
    }
}

#[cfg(test)]
mod tests;
