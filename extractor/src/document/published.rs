//! A document in, the day it was published out, where its own words tell it.
//!
//! Only what stands as a publication date counts: a labelled date, a date line under the headline, the day in the
//! address, a dateline. A day without a year takes the year from the address or the copyright line alone. A date in
//! the story itself says nothing of the day it was told.

use super::{BlockKind, Document};
use jiff::civil::Date;
use regex::Regex;
use std::sync::LazyLock;

/// Blocks at the head of a text in which an unlabelled date may stand: headline, byline and what is between them.
const HEAD_BLOCKS: usize = 8;

const MONTHS: &str = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";

/// A pattern whose words end as those of ASCII do: with ends of any script the fast engine gives up wherever a line has
/// quotation marks.
#[allow(clippy::expect_used, reason = "the patterns are constants that the tests compile")]
fn pattern(text: &str) -> Regex {
    Regex::new(&text.replace("{month}", MONTHS).replace(r"\b", r"(?-u:\b)")).expect("a constant pattern")
}

static LABEL_PUBLISHED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\W*(?:first )?(?:published|posted|issued|date|created)(?: on| at| in)?\b\W*"));
static LABEL_UPDATED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\W*(?:last )?(?:updated|modified)(?: on| at)?\b\W*"));
/// What a date at the head of a text may be beside the day of its telling.
static OTHER_DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:closing|deadline|due|until|by no later|expires?|valid|event|conference|from|as of)\b")
});
static COPYRIGHT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?:©|\(c\)|copyright)\s*(?:(?:19|20)\d\d\s*[-–]\s*)?((?:19|20)\d\d)\b"));
static ISO: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)(?:T|\b)"));
static DAY_MONTH_YEAR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(\d{1,2})(?:st|nd|rd|th)?\s+({month})\.?,?\s+((?:19|20)\d\d)\b"));
static MONTH_DAY_YEAR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b({month})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)\b"));
static DOTTED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)\b"));
static SLASHED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)\b"));
static MONTH_DAY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b({month})\.?\s+(\d{1,2})\b"));
static URL_DAY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"/((?:19|20)\d\d)[/-]([01]?\d|{month})[/-]([0-3]?\d)(?:[/_.-]|$)"));
static URL_YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"/((?:19|20)\d\d)(?:/|$)"));

/// Makes the patterns, where they have not been made.
pub(super) fn ready() {
    for pattern in [
        &LABEL_PUBLISHED,
        &LABEL_UPDATED,
        &OTHER_DAY,
        &COPYRIGHT,
        &ISO,
        &DAY_MONTH_YEAR,
        &MONTH_DAY_YEAR,
        &DOTTED,
        &SLASHED,
        &MONTH_DAY,
        &URL_DAY,
        &URL_YEAR,
    ] {
        LazyLock::force(pattern);
    }
}

/// The day that `document` tells as its own.
pub(super) fn find(document: &Document) -> Option<Date> {
    let text = document.text.as_str();
    let lines: Vec<(usize, BlockKind, &str)> =
        document.blocks.iter().enumerate().map(|(index, block)| (index, block.kind, block.span.of(text))).collect();
    let short = |line: &str| line.split_whitespace().count() <= 24;

    let labelled = |label: &Regex| {
        lines.iter().filter(|(_, kind, line)| *kind != BlockKind::Teaser && short(line)).find_map(|(_, _, line)| {
            let end = label.find(line)?.end();
            let (at, day) = first_day(&line[end..])?;
            // "Published on Monday, 3 May 2021" still is the label's date; "Posted in: Law | 3 May 2021", too.
            (at <= 60).then_some(day)
        })
    };
    let head_line = || {
        let first_body =
            lines.iter().filter(|(_, kind, _)| *kind == BlockKind::Body).nth(1).map_or(usize::MAX, |l| l.0);
        lines
            .iter()
            .take(HEAD_BLOCKS)
            .filter(|(index, kind, line)| *kind == BlockKind::Boilerplate && *index < first_body && short(line))
            .filter(|(_, _, line)| !OTHER_DAY.is_match(line))
            .find_map(|(_, _, line)| first_day(line).map(|(_, day)| day))
    };
    labelled(&LABEL_PUBLISHED)
        .or_else(head_line)
        .or_else(|| in_url(&document.uri))
        .or_else(|| labelled(&LABEL_UPDATED))
        .or_else(|| dateline(document, &lines))
}

/// A dateline without a year ("MOSCOW, June 17"), with the year of the address or of the copyright line.
fn dateline(document: &Document, lines: &[(usize, BlockKind, &str)]) -> Option<Date> {
    let line = lines
        .iter()
        .take(HEAD_BLOCKS)
        .find(|(_, kind, line)| *kind == BlockKind::Boilerplate && super::blocks::is_dateline(line))?;
    let found = MONTH_DAY.captures(line.2)?;
    let year = URL_YEAR
        .captures(&document.uri)
        .or_else(|| {
            let copyright = lines.iter().filter(|(_, kind, _)| *kind == BlockKind::Boilerplate);
            copyright.filter_map(|(_, _, line)| COPYRIGHT.captures(line)).next()
        })?
        .get(1)?;
    Date::new(year.as_str().parse().ok()?, month(&found[1])?, found[2].parse().ok()?).ok()
}

/// The day in the path of an address (`/2022/06/17/`).
fn in_url(uri: &str) -> Option<Date> {
    let found = URL_DAY.captures(uri)?;
    let month = found[2].parse().ok().or_else(|| month(&found[2]))?;
    Date::new(found[1].parse().ok()?, month, found[3].parse().ok()?).ok()
}

/// `2022-06-17` as a day.
pub(super) fn iso_day(text: &str) -> Option<Date> {
    let found = ISO.captures(text).filter(|found| found.get(0).is_some_and(|all| all.start() == 0))?;
    Date::new(found[1].parse().ok()?, found[2].parse().ok()?, found[3].parse().ok()?).ok()
}

/// The first whole date of `line` and where it begins. A range of days and a date that may be read in two ways are
/// none.
pub(super) fn first_day(line: &str) -> Option<(usize, Date)> {
    let number = |text: &str| text.parse::<i8>().ok();
    let year = |text: &str| text.parse::<i16>().ok();
    let mut found: Vec<(usize, Option<Date>)> = Vec::new();
    let mut add = |at: usize, parts: Option<(i16, i8, i8)>| {
        let in_range = line[..at].ends_with(['-', '–', '/', '.']);
        found.push((at, parts.filter(|_| !in_range).and_then(|(y, m, d)| Date::new(y, m, d).ok())));
    };
    let start = |captures: &regex::Captures<'_>| captures.get(0).map_or(0, |all| all.start());
    if let Some(c) = ISO.captures(line) {
        add(start(&c), year(&c[1]).zip(number(&c[2])).zip(number(&c[3])).map(|((y, m), d)| (y, m, d)));
    }
    if let Some(c) = DAY_MONTH_YEAR.captures(line) {
        add(start(&c), year(&c[3]).zip(month(&c[2])).zip(number(&c[1])).map(|((y, m), d)| (y, m, d)));
    }
    if let Some(c) = MONTH_DAY_YEAR.captures(line) {
        add(start(&c), year(&c[3]).zip(month(&c[1])).zip(number(&c[2])).map(|((y, m), d)| (y, m, d)));
    }
    if let Some(c) = DOTTED.captures(line) {
        add(start(&c), year(&c[3]).zip(number(&c[2])).zip(number(&c[1])).map(|((y, m), d)| (y, m, d)));
    }
    if let Some(c) = SLASHED.captures(line) {
        let (first, second) = (number(&c[1]), number(&c[2]));
        let parts = year(&c[3]).zip(first.zip(second)).and_then(|(y, (first, second))| match (first, second) {
            _ if first == second => Some((y, first, second)),
            (13.., 1..=12) => Some((y, second, first)),
            (1..=12, 13..) => Some((y, first, second)),
            _ => None,
        });
        add(start(&c), parts);
    }
    found.sort_by_key(|(at, _)| *at);
    let (at, day) = *found.first()?;
    day.filter(|day| (1980..=2100).contains(&day.year())).map(|day| (at, day))
}

fn month(name: &str) -> Option<i8> {
    const NAMES: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let lower = name.to_ascii_lowercase();
    let at = NAMES.iter().position(|short| lower.starts_with(short))?;
    i8::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use crate::document::{InputForm, Metadata, decode};

    fn check(uri: &str, text: &str, expected: Option<&str>) {
        let metadata = Metadata { uri: uri.to_owned(), ..Metadata::default() };
        let (document, _) = decode(text.as_bytes(), InputForm::Text, metadata).expect("text");
        assert_eq!(document.published.map(|day| day.to_string()).as_deref(), expected, "{uri} {text}");
    }

    #[test]
    fn a_date_is_taken_where_it_stands_as_the_publication_date() {
        let story = "A court in Moscow fined Google 15 million roubles on Thursday, the agency said.";
        for (head, expected) in [
            ("Published: 21 February 2019", Some("2019-02-21")),
            ("Updated Friday, 5 September 2025 · All times Kathmandu", Some("2025-09-05")),
            ("First published on Monday, March 28, 2022, 04:10 pm ET", Some("2022-03-28")),
            ("29 Jul 2019", Some("2019-07-29")),
            ("Sat, Oct 22nd, 2016", Some("2016-10-22")),
            ("20/01/2025", Some("2025-01-20")),
            ("01/20/2025", Some("2025-01-20")),
            ("03/04/2025", None),
            ("01.03.2022  Reading time: 2 minutes", Some("2022-03-01")),
            ("By a staff writer  Jan 23, 2015 - 8:52 AM  Comments (11)", Some("2015-01-23")),
            ("Posted in: Dominance, Russia | 11 May 2017", Some("2017-05-11")),
            ("ABUJA, Thursday 19 September 2024", Some("2024-09-19")),
            ("Ninth Conference, Cusco, 14-16 September 2023", None),
            ("31 February 2022", None),
            ("Closing date: Sunday 1 March 2026, 23:55. Ref 17", None),
        ] {
            check("", &format!("Google fined again in Moscow\n{head}\n\n{story}"), expected);
        }
        check("", &format!(" date 2021-04-08 {story}"), Some("2021-04-08"));
    }

    #[test]
    fn an_address_tells_its_day() {
        for (uri, expected) in [
            ("https://example.org/2022/06/17/fine", Some("2022-06-17")),
            ("https://example.org/news/2022-06-17/fine", Some("2022-06-17")),
            ("https://example.org/2022/jun/17/fine", Some("2022-06-17")),
            ("https://example.org/2022/06/fine", None),
            ("https://example.org/2022/13/45/fine", None),
        ] {
            check(uri, "A court fined Google on Thursday.", expected);
        }
    }

    #[test]
    fn a_dateline_needs_a_year_from_elsewhere() {
        let story = "MOSCOW, June 17 (Wire) — A court fined Google on Thursday, after a fine in 2019 and one in 2021.";
        check("", story, None);
        check("https://example.org/2022/a", story, Some("2022-06-17"));
        check("", &format!("{story}\n\n© 2022 Wire. All rights reserved."), Some("2022-06-17"));
        check("", "MOSCOW, June 17, 2022 (Wire) — A court fined Google on Thursday.", Some("2022-06-17"));
        check("", "ZURICH, 17 June 2022. A court fined Google on Thursday.", Some("2022-06-17"));
        check("", "Washington, 17 June 2022 -- A court fined Google on Thursday.", Some("2022-06-17"));
        check("", "June 17, 2022. A court fined Google on Thursday.", Some("2022-06-17"));
        check("", "On June 17, 2022, a court fined Google. It was fined on 3 March 2021. Twice.", None);
        check("", "June 17, 2022 was a Friday for Google.", None);
    }

    #[test]
    fn a_date_of_the_story_is_not_the_day_of_its_telling() {
        check("", "A court fined Google on 3 March 2021.\nIt was fined again on 5 May 2021.", None);
        check("", "Google was fined\n\nThe court ruled on 3 March 2021 that the company must pay up.", None);
    }
}
