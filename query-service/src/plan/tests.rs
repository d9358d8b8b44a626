use super::*;
use crate::agreement::{NOW, Segment, check_agreement};
use crate::filter::compile;
use crate::index::IndexBuilder;
use crate::samples::{self, Dice};
use expect_test::{Expect, expect};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn the_plan_finds_what_a_scan_finds(seed in any::<u64>(), events_count in 0..300_u64, first in 1..300_u64) {
        let segment = Segment::new(seed, first, events_count);
        let mut dice = Dice(seed);
        for _ in 0..60 {
            let depth = dice.below(4);
            let filter = samples::filter(&mut dice, depth);
            compile(&filter, NOW).unwrap_or_else(|error| panic!("{}", error.problem().render(&filter)));
            check_agreement(&segment, &filter);
        }
    }
}

#[test]
fn a_full_segment_is_found_as_a_small_one() {
    let segment = Segment::new(7, 1, 65_536);
    let mut dice = Dice(7);
    let mut found_count = 0;
    for _ in 0..80 {
        let filter = samples::filter(&mut dice, 2);
        let predicate = compile(&filter, NOW).unwrap();
        let found = segment.by_plan(&predicate);
        assert_eq!(found, segment.by_scan(&predicate), "{filter}");
        found_count += usize::from(!found.is_empty());
    }
    assert!(found_count > 40, "only {found_count} of 80 random filters found anything");
    let again = Segment::new(7, 1, 65_536);
    assert!(again.index == segment.index, "building again gives the same index");
    let mut full = IndexBuilder::new();
    segment.events.iter().for_each(|event| assert!(full.add(event)));
    assert!(!full.add(&segment.events[0]), "a segment is full at 65,536 events");
    let encoded: usize = segment.encoded.iter().map(Vec::len).sum();
    let share = segment.index.resident_bytes() as f64 / encoded as f64;
    assert!(share < 0.3, "the index takes {share:.2} of the encoded bytes: {:?}", segment.index.parts_bytes());
}

fn check_explain(filter: &str, expected: &Expect) {
    let plan = Plan::build(&compile(filter, NOW).unwrap());
    let segment = Segment::new(3, 1, 1000);
    expected.assert_eq(&format!("{}--\n{}", plan.explain(), plan.explain_on(&segment.index)));
}

#[test]
fn a_plan_explains_itself() {
    check_explain(
        "",
        &expect![[r#"
        every event
        --
        every event: 1000
    "#]],
    );
    check_explain(
        "type = FINE AND target:\"Google\" AND amount.RUB >= 1000000 AND occurred >= \"2022-01\"",
        &expect![[r#"
            all of
              type = FINE  [one posting list]
              occurred >= "2022-01"  [posting lists of the dates that match]
              amount.RUB >= 1000000  [posting lists of a range of values]
              target:"Google"  [parties by word, then their posting lists]
            --
            all of: 1
              type = FINE  [one posting list]: 80
              occurred >= "2022-01"  [posting lists of the dates that match]: 414
              amount.RUB >= 1000000  [posting lists of a range of values]: 134
              target:"Google"  [parties by word, then their posting lists]: 124
        "#]],
    );
    check_explain(
        "country = RU AND (type = BLOCK OR type = THROTTLE) AND -factuality = DENIED",
        &expect![[r#"
        all of
          all but
            factuality = DENIED  [one posting list]
          any of
            type = BLOCK  [one posting list]
            type = THROTTLE  [one posting list]
          country = RU  [one posting list]
        --
        all of: 26
          all but: 950
            factuality = DENIED  [one posting list]: 50
          any of: 98
            type = BLOCK  [one posting list]: 52
            type = THROTTLE  [one posting list]: 46
          country = RU  [one posting list]: 289
    "#]],
    );
    check_explain(
        "type = FINE AND (quote:\"personal data\" OR reason:data) AND NOT matches(title, \"court\")",
        &expect![[r#"
            all of
              type = FINE  [one posting list]
              any of
                reason:"data"  [posting lists of the word]
                quote:"personal data"  [posting lists of the words, then the text]
              all but
                matches(title, "court")  [every event that has one, then the text]
            --
            all of
              type = FINE  [one posting list]: 80
              any of
                reason:"data"  [posting lists of the word]: 75
                quote:"personal data"  [posting lists of the words, then the text]: 65
              all but
                matches(title, "court")  [every event that has one, then the text]: 516
        "#]],
    );
    check_explain(
        "\"store data\" Google",
        &expect![[r#"
            all of
              "Google"  [parties by word and posting lists of the word]
              any of
                participant:"store data"  [parties by word, then their posting lists]
                quote:"store data"  [posting lists of the words, then the text]
            --
            all of
              "Google"  [parties by word and posting lists of the word]: 554
              any of
                participant:"store data"  [parties by word, then their posting lists]: 0
                quote:"store data"  [posting lists of the words, then the text]: 66
        "#]],
    );
    check_explain(
        "participant(ACTOR, \"court\", AUTHORITY) AND target.country = US AND reason = \"*data*\"",
        &expect![[r#"
            all of
              all of
                participant(ACTOR, "court", AUTHORITY)  [parties by word, then their posting lists]
                target.country = US  [all parties, then the posting lists of those that match]
              reason = "*data*"  [every event that has one, then the text]
            --
            all of
              all of: 6
                participant(ACTOR, "court", AUTHORITY)  [parties by word, then their posting lists]: 47
                target.country = US  [all parties, then the posting lists of those that match]: 148
              reason = "*data*"  [every event that has one, then the text]: 521
        "#]],
    );
}
