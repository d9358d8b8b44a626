use super::{PartialDate, Relation, Tense, resolve};
use crate::mask::{MaskedValue, find};

/// The dates of `text`, each resolved with the one before as the previous.
fn dates(text: &str, published: &str, tense: Tense) -> String {
    let anchor: Option<PartialDate> = (!published.is_empty()).then(|| published.parse().unwrap());
    let mut previous: Option<PartialDate> = None;
    let shown: Vec<String> = find(text)
        .iter()
        .filter_map(|mask| {
            let MaskedValue::Date(written) = &mask.value else { return None };
            let meant = resolve(written, anchor, tense, previous);
            previous = meant.or(previous);
            Some(meant.map_or("?".to_owned(), |date| date.to_string()))
        })
        .collect();
    shown.join(" ")
}

fn check(tense: Tense, rows: &[(&str, &str, &str)]) {
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(text, published, expected)| {
            let got = dates(text, published, tense);
            (got != *expected).then(|| format!("{text:?} ({published}): {got:?}, expected {expected:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn whole_dates_need_no_anchor() {
    check(
        Tense::Past,
        &[
            ("on June 16, 2022", "", "2022-06-16"),
            ("on June 16 2022", "", "2022-06-16"),
            ("on June 16th, 2022", "", "2022-06-16"),
            ("on Thursday, June 16, 2022", "", "2022-06-16"),
            ("on 16 June 2022", "", "2022-06-16"),
            ("on 16th June 2022", "", "2022-06-16"),
            ("on the 16th of June 2022", "", "2022-06-16"),
            ("on the 4th of May, 2021", "", "2021-05-04"),
            ("on Thursday 16 June 2022", "", "2022-06-16"),
            ("2022-06-16", "", "2022-06-16"),
            ("on 16.06.2022", "", "2022-06-16"),
            ("on 16/06/2022", "", "2022-06-16"),
            ("on 06/16/2022", "", "2022-06-16"),
            ("on 06/05/2022", "", "2022"),
            ("on Sept. 25, 2025", "", "2025-09-25"),
            ("on Sep 25, 2025", "", "2025-09-25"),
            ("on 25 Sep 2025", "", "2025-09-25"),
            ("on Feb. 3, 2024", "", "2024-02-03"),
            ("in June 2022", "", "2022-06"),
            ("in June, 2022", "", "2022-06"),
            ("in June of 2022", "", "2022-06"),
            ("in May 2021", "", "2021-05"),
            ("in March 2021", "", "2021-03"),
            ("in early March 2021", "", "2021-03"),
            ("late in April 2021", "", "2021-04"),
            ("in mid-October 2020", "", "2020-10"),
            ("at the end of June 2022", "", "2022-06"),
            ("in 2019", "", "2019"),
            ("since 2019", "", "2019"),
            ("back in 2019,", "", "2019"),
            ("it goes back to 2023, when", "", "2023"),
            ("as early as 2020", "", "2020"),
            ("in early 2023", "", "2023"),
            ("in late-2022", "", "2022"),
            ("by mid-2027", "", "2027"),
            ("by the end of 2023", "", "2023"),
            ("at the start of 2023", "", "2023"),
            ("a 2021 law", "", "2021"),
            ("in the third quarter of 2022", "", "2022"),
            ("in the first half of 2022", "", "2022"),
            ("in Q3 2022", "", "2022"),
            ("in spring 2023", "", "2023"),
            ("in the spring of 2023", "", "2023"),
            ("the winter of 2022", "", "2022"),
            ("from 2019 to 2021", "", "2019 2021"),
            ("between 2019 and 2021", "", "2019 2021"),
            ("in the first week of October 2023", "", "2023-10"),
            ("in the early hours of 6 November 2021", "", "2021-11-06"),
            ("on 24-25 February 2022", "", "2022-02-24"),
            ("on 1 and 3 July 2024", "", "2024-07-01"),
            ("on February 24-25, 2022", "", "2022-02-24"),
            ("from 1 to 31 March 2024", "", "2024-03-01"),
            ("in the year 2020", "", "2020"),
            ("in the 1990s", "", "?"),
            ("in the 2010s", "2022-06-17", "?"),
            ("on February 30, 2022", "", "?"),
        ],
    );
}

#[test]
fn relative_dates_have_no_meaning_without_an_anchor() {
    for text in [
        "on Thursday",
        "yesterday",
        "today",
        "last month",
        "last week",
        "last year",
        "in March",
        "on June 16",
        "over the weekend",
        "two days ago",
        "this year",
        "next Friday",
        "in the third quarter",
        "last summer",
        "on the 15th",
        "the next day",
        "a year earlier",
    ] {
        assert_eq!(dates(text, "", Tense::Past), "?", "{text:?}");
    }
}

#[test]
fn a_month_or_year_of_publication_anchors_what_it_can() {
    check(
        Tense::Past,
        &[
            ("this month", "2022-03", "2022-03"),
            ("last month", "2022-01", "2021-12"),
            ("on Friday", "2022-03", "2022-03"),
            ("yesterday", "2022-03", "2022-03"),
            ("on January 4", "2023-06", "2023-01-04"),
            ("on July 4", "2023-06", "2022-07-04"),
            ("in May", "2023-06", "2023-05"),
            ("last year", "2023-06", "2022"),
            ("earlier this year", "2023", "2023"),
            ("this month", "2023", "2023"),
            ("in May", "2023", "2023-05"),
            ("this spring", "2018-07", "2018"),
            ("on the 4th", "2018-07", "2018-07-04"),
        ],
    );
    check(Tense::Future, &[("on March 1", "2020-06", "2021-03-01"), ("next month", "2020-12", "2021-01")]);
}

#[test]
fn past_dates_count_back_from_the_publication() {
    check(
        Tense::Past,
        &[
            // 2022-06-17 is a Friday.
            ("on Thursday", "2022-06-17", "2022-06-16"),
            ("on June, 15th it", "2022-06-17", "2022-06-15"),
            ("earlier in the week", "2022-06-17", "2022-06"),
            ("earlier in the year", "2022-06-17", "2022"),
            ("half a year ago", "2022-06-17", "2021-12"),
            ("the week before last", "2022-06-17", "2022-06"),
            ("on Friday fined and on the eve, blocked", "2022-06-17", "2022-06-17 2022-06-16"),
            ("by year-end", "2022-06-17", "2022"),
            ("on Friday", "2022-06-17", "2022-06-17"),
            ("on Saturday", "2022-06-17", "2022-06-11"),
            ("Thursday", "2022-06-17", "2022-06-16"),
            ("last Thursday", "2022-06-17", "2022-06-16"),
            ("last Friday", "2022-06-17", "2022-06-10"),
            ("this Thursday", "2022-06-17", "2022-06-16"),
            ("Thursday evening", "2022-06-17", "2022-06-16"),
            ("late on Thursday", "2022-06-17", "2022-06-16"),
            ("Thursday last week", "2022-06-17", "2022-06-09"),
            ("on Friday of last week", "2022-06-17", "2022-06-10"),
            ("Friday last", "2022-06-17", "2022-06-10"),
            ("on Thursday (16)", "2022-06-17", "2022-06-16"),
            ("on Thursday (16/6)", "2022-06-17", "2022-06-16"),
            ("on Thursday (June 16)", "2022-06-17", "2022-06-16"),
            ("on Thursday, June 16", "2022-06-17", "2022-06-16"),
            ("on Monday, December 20", "2022-06-17", "2021-12-20"),
            ("today", "2022-06-17", "2022-06-17"),
            ("yesterday", "2022-06-17", "2022-06-16"),
            ("yesterday evening", "2022-06-17", "2022-06-16"),
            ("the day before yesterday", "2022-06-17", "2022-06-15"),
            ("last night", "2022-06-17", "2022-06-16"),
            ("this morning", "2022-06-17", "2022-06-17"),
            ("overnight", "2022-06-17", "2022-06-17"),
            ("two days ago", "2022-06-17", "2022-06-15"),
            ("a day ago", "2022-06-17", "2022-06-16"),
            ("30 days ago", "2022-06-17", "2022-05-18"),
            ("three weeks ago", "2022-06-17", "2022-05"),
            ("a fortnight ago", "2022-06-17", "2022-06"),
            ("two months ago", "2022-06-17", "2022-04"),
            ("six months ago", "2022-03-31", "2021-09"),
            ("a year ago", "2022-06-17", "2021"),
            ("twenty-one years ago", "2022-06-17", "2001"),
            ("a decade ago", "2022-06-17", "2012"),
            ("last week", "2022-06-17", "2022-06"),
            ("last week", "2022-06-03", "2022-05"),
            ("this week", "2022-06-17", "2022-06"),
            ("earlier this week", "2022-06-17", "2022-06"),
            ("last month", "2022-06-17", "2022-05"),
            ("last month", "2022-01-17", "2021-12"),
            ("this month", "2022-06-17", "2022-06"),
            ("earlier this month", "2022-06-17", "2022-06"),
            ("last year", "2022-06-17", "2021"),
            ("late last year", "2022-06-17", "2021"),
            ("this year", "2022-06-17", "2022"),
            ("earlier this year", "2022-06-17", "2022"),
            ("over the weekend", "2022-06-17", "2022-06"),
            ("at the weekend", "2022-06-03", "2022-05"),
            ("last weekend", "2022-06-17", "2022-06"),
            ("in March", "2022-06-17", "2022-03"),
            ("in June", "2022-06-17", "2022-06"),
            ("in July", "2022-06-17", "2021-07"),
            ("in May", "2022-06-17", "2022-05"),
            ("since May", "2022-06-17", "2022-05"),
            ("last May", "2022-06-17", "2022-05"),
            ("last June", "2022-06-17", "2021-06"),
            ("last December", "2022-06-17", "2021-12"),
            ("in December last year", "2022-06-17", "2021-12"),
            ("in February last year", "2022-06-17", "2021-02"),
            ("on 24 February of last year", "2022-06-17", "2021-02-24"),
            ("on May 3 last year", "2022-06-17", "2021-05-03"),
            ("in March this year", "2022-06-17", "2022-03"),
            ("in early March this year", "2022-06-17", "2022-03"),
            ("late in April of last year", "2022-06-17", "2021-04"),
            ("early March", "2022-06-17", "2022-03"),
            ("since mid-October", "2022-06-17", "2021-10"),
            ("March 22", "2022-06-17", "2022-03-22"),
            ("17 June", "2022-06-17", "2022-06-17"),
            ("18 June", "2022-06-17", "2022-06-18"),
            ("20 June", "2022-06-17", "2021-06-20"),
            ("since February 24", "2022-06-17", "2022-02-24"),
            ("the 4th of May", "2022-06-17", "2022-05-04"),
            ("May 4th", "2022-06-17", "2022-05-04"),
            ("Jan. 6", "2022-06-17", "2022-01-06"),
            ("on the 15th", "2022-06-17", "2022-06-15"),
            ("on the 20th", "2022-06-17", "2022-05-20"),
            ("on the 15th of last month", "2022-06-17", "2022-05-15"),
            ("in the third quarter", "2022-06-17", "2021"),
            ("in the first quarter", "2022-06-17", "2022"),
            ("in the second half of last year", "2022-06-17", "2021"),
            ("in the first half of the year", "2022-06-17", "2022"),
            ("last spring", "2022-06-17", "2022"),
            ("last summer", "2022-06-17", "2021"),
            ("last autumn", "2022-06-17", "2021"),
            ("this spring", "2022-06-17", "2022"),
            ("in spring", "2022-06-17", "2022"),
            ("in the autumn", "2022-06-17", "2021"),
            ("since the summer", "2022-05-17", "2021"),
            ("at the end of last month", "2022-06-17", "2022-05"),
            ("at the beginning of the year", "2022-06-17", "2022"),
            ("at the end of March", "2022-06-17", "2022-03"),
            ("on New Year's Day", "2022-06-17", "2022-01-01"),
            ("on Christmas Eve", "2022-06-17", "2021-12-24"),
        ],
    );
}

#[test]
fn future_dates_count_on_from_the_publication() {
    check(
        Tense::Future,
        &[
            ("on Monday", "2022-06-17", "2022-06-20"),
            ("on Friday", "2022-06-17", "2022-06-17"),
            ("next Friday", "2022-06-17", "2022-06-24"),
            ("tomorrow", "2022-06-17", "2022-06-18"),
            ("next week", "2022-06-17", "2022-06"),
            ("next week", "2022-06-27", "2022-07"),
            ("next month", "2022-12-17", "2023-01"),
            ("next year", "2022-06-17", "2023"),
            ("in July", "2022-06-17", "2022-07"),
            ("in March", "2022-06-17", "2023-03"),
            ("in June", "2022-06-17", "2022-06"),
            ("from 1 January", "2022-06-17", "2023-01-01"),
            ("by 21 June", "2022-06-17", "2022-06-21"),
            ("on June 1", "2022-06-17", "2023-06-01"),
            ("since February", "2022-06-17", "2022-02"),
            ("next spring", "2022-06-17", "2023"),
            ("this autumn", "2022-06-17", "2022"),
            ("by the end of the year", "2022-06-17", "2022"),
            ("by the end of June", "2022-06-17", "2022-06"),
            ("by the end of this month", "2022-06-17", "2022-06"),
            ("in the fourth quarter", "2022-06-17", "2022"),
            ("until the 15th", "2022-06-17", "2022-07-15"),
            ("until the 25th", "2022-06-17", "2022-06-25"),
            ("next March", "2022-06-17", "2023-03"),
            ("by 2030", "2022-06-17", "2030"),
        ],
    );
}

#[test]
fn without_a_tense_only_a_set_term_lies_ahead() {
    check(
        Tense::Unknown,
        &[
            ("in July", "2022-06-17", "2021-07"),
            ("on Monday", "2022-06-17", "2022-06-13"),
            ("by 1 July", "2022-06-17", "2022-07-01"),
            ("from 1 July", "2022-06-17", "2022-07-01"),
            ("until Monday", "2022-06-17", "2022-06-20"),
            ("since July", "2022-06-17", "2021-07"),
            ("as recently as March,", "2022-06-17", "2022-03"),
        ],
    );
}

#[test]
fn chained_dates_count_from_the_date_before() {
    check(
        Tense::Past,
        &[
            ("on June 1, 2022, and two days later", "", "2022-06-01 2022-06-03"),
            ("on June 1, 2022. The next day it paid", "", "2022-06-01 2022-06-02"),
            ("on June 1, 2022; the following day", "", "2022-06-01 2022-06-02"),
            ("on June 1, 2022. The day before, it", "", "2022-06-01 2022-05-31"),
            ("on June 1, 2022, the same day", "", "2022-06-01 2022-06-01"),
            ("on June 1, 2022. Hours later, it", "", "2022-06-01 2022-06-01"),
            ("on June 1, 2022. A week later, it", "", "2022-06-01 2022-06"),
            ("in June 2022. Nine days on, it", "", "2022-06 2022-06"),
            ("in June 2022, and a month later", "", "2022-06 2022-07"),
            ("in June 2022. A year earlier it", "", "2022-06 2021"),
            ("in 2022. The following year it", "", "2022 2023"),
            ("in 2022. The previous year it", "", "2022 2021"),
            ("in 2022, and that October", "", "2022 2022-10"),
            ("in June 2022, on the 23rd of the same month", "", "2022-06 2022-06-23"),
            ("in June 2022, on the 23rd,", "", "2022-06 2022-06-23"),
            ("two days later", "2022-06-17", "?"),
        ],
    );
}

#[test]
fn what_is_not_a_date() {
    for text in [
        "it may appeal",
        "May I ask",
        "Theresa May said",
        "a protest march",
        "March on the capital",
        "the second company",
        "in June 17 companies left",
        "the sun set",
        "sat down",
        "2,019 people",
        "2022 people",
        "for two years",
        "over the past week",
        "within a month",
        "5 million users",
        "Windows 2000",
        "April Smith said",
        "Section 2022",
        "the third party",
        "the last day",
        "the fall of the regime",
        "spring onions",
        "a winter coat",
        "the 5th floor",
        "Boeing 2019",
        "1,990s",
        "Article 17",
        "10.5.3",
        "the first half was better",
        "a decade of rule",
        "this company",
        "next to it",
        "that is why",
        "the end of the war",
        "the beginning of a trend",
        "end of story",
        "early adopters",
        "late fees",
        "mid-sized firms",
    ] {
        let got = dates(text, "2022-06-17", Tense::Past);
        let march_on_is_dated = text.starts_with("in June 17") && got == "2022-06";
        assert!(got.is_empty() || march_on_is_dated, "{text:?}: {got}");
    }
}

#[test]
fn a_date_knows_the_word_before_it() {
    for (text, relation, is_bound) in [
        ("on Thursday", Relation::On, false),
        ("since February 24", Relation::Since, true),
        ("from 1 July", Relation::From, true),
        ("until the end of June", Relation::Until, true),
        ("by the end of June", Relation::By, false),
        ("before 2025", Relation::Before, true),
        ("after March 2022", Relation::After, true),
        ("since early March", Relation::Since, true),
    ] {
        let masks = find(text);
        let Some(MaskedValue::Date(date)) = masks.first().map(|mask| &mask.value) else {
            panic!("{text:?}: {masks:?}")
        };
        assert_eq!((date.relation, date.is_bound()), (relation, is_bound), "{text:?}");
    }
}
