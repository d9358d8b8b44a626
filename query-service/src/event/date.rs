//! Dates as exact as a text tells them, and instants.
//!
//! A [`PartialDate`] stands for every day that it may mean: "2022-03" for 31 of them. Comparisons in filters are
//! defined on that range. A [`Timestamp`] is an instant in nanoseconds since 1970, UTC.

/// A day, a month or a year of the Gregorian calendar, in four bytes; ordered by its first day, the vaguer first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartialDate(u32);

impl PartialDate {
    /// `month` 0 means the whole year, `day` 0 the whole month. `None` where no such date exists.
    #[must_use]
    pub fn new(year: i32, month: i32, day: i32) -> Option<Self> {
        let (year, month, day) = (u32::try_from(year).ok()?, u32::try_from(month).ok()?, u32::try_from(day).ok()?);
        let known = (1..=9999).contains(&year)
            && match (month, day) {
                (0, 0) => true,
                (1..=12, 0) => true,
                (1..=12, day) => day <= days_in_month(year, month),
                _ => false,
            };
        known.then_some(Self(year << 9 | month << 5 | day))
    }

    /// Reads `2022`, `2022-03` or `2022-03-15`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut next = |digits: usize| match parts.next() {
            None => Some(0),
            Some(part) if part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()) => {
                part.parse::<i32>().ok().filter(|number| *number > 0)
            }
            Some(_) => None,
        };
        let (year, month, day) = (next(4)?, next(2)?, next(2)?);
        if parts.next().is_some() { None } else { Self::new(year, month, day) }
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> u32 {
        self.0 >> 9
    }

    /// The month from 1, or 0 where only the year is told.
    #[must_use]
    pub fn month(self) -> u32 {
        self.0 >> 5 & 15
    }

    /// The day from 1, or 0 where it is untold.
    #[must_use]
    pub fn day(self) -> u32 {
        self.0 & 31
    }

    /// The month of a day; a month or a year is itself.
    #[must_use]
    pub fn without_day(self) -> Self {
        Self(self.0 & !31)
    }

    /// The first day that it may mean.
    #[must_use]
    pub fn first_day(self) -> Self {
        let (month, day) = (self.month().max(1), self.day().max(1));
        Self(self.year() << 9 | month << 5 | day)
    }

    /// The last day that it may mean.
    #[must_use]
    pub fn last_day(self) -> Self {
        let month = if self.month() == 0 { 12 } else { self.month() };
        let day = if self.day() == 0 { days_in_month(self.year(), month) } else { self.day() };
        Self(self.year() << 9 | month << 5 | day)
    }
}

fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl std::fmt::Display for PartialDate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:04}", self.year())?;
        if self.month() > 0 {
            write!(formatter, "-{:02}", self.month())?;
        }
        if self.day() > 0 {
            write!(formatter, "-{:02}", self.day())?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for PartialDate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, formatter)
    }
}

/// An instant: nanoseconds since 1970-01-01T00:00:00Z, from 1678 to 2262.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);

    /// Reads the wire form; an instant out of range becomes the nearest that is in range.
    #[must_use]
    pub fn from_wire(time: &prost_types::Timestamp) -> Self {
        Self(time.seconds.saturating_mul(1_000_000_000).saturating_add(i64::from(time.nanos)))
    }

    /// The wire form.
    #[must_use]
    pub fn to_wire(self) -> prost_types::Timestamp {
        let nanos = self.0.rem_euclid(1_000_000_000);
        prost_types::Timestamp {
            seconds: self.0.div_euclid(1_000_000_000),
            nanos: i32::try_from(nanos).unwrap_or_default(),
        }
    }

    /// Reads RFC 3339 with a `Z` or an offset; `None` for anything else or out of range.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let time: jiff::Timestamp = text.parse().ok()?;
        i64::try_from(time.as_nanosecond()).ok().map(Self)
    }

    /// The day of this instant in UTC.
    #[must_use]
    pub fn day(self) -> Option<PartialDate> {
        let day = jiff::Timestamp::from_nanosecond(i128::from(self.0)).ok()?.to_zoned(jiff::tz::TimeZone::UTC).date();
        PartialDate::new(i32::from(day.year()), i32::from(day.month()), i32::from(day.day()))
    }

    /// The first instant of a day in UTC; `None` where it is out of range.
    #[must_use]
    pub fn start_of(day: PartialDate) -> Option<Self> {
        let (year, month, day) = (day.year(), day.month().max(1), day.day().max(1));
        let date =
            jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
                .ok()?;
        let start = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
        i64::try_from(start.as_nanosecond()).ok().map(Self)
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match jiff::Timestamp::from_nanosecond(i128::from(self.0)) {
            Ok(time) => write!(formatter, "{time}"),
            Err(_) => write!(formatter, "{} ns since 1970", self.0),
        }
    }
}
