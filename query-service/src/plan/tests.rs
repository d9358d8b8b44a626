use super::*;
use crate::event::{StoredEvent, Timestamp};
use crate::filter::compile;
use crate::index::IndexBuilder;
use expect_test::{Expect, expect};
use fineprint_proto::v1;
use proptest::prelude::*;
use prost::Message;

use crate::samples::{self, Dice};

const NOW: Timestamp = Timestamp(1_795_348_800_000_000_000);

/// A sealed segment: its events, their bytes, their index.
struct Segment {
    events: Vec<StoredEvent>,
    encoded: Vec<Vec<u8>>,
    index: SegmentIndex,
}

fn segment(seed: u64, first_sequence: u64, events_count: u64) -> Segment {
    let wire: Vec<v1::Event> =
        (first_sequence..first_sequence + events_count).map(|sequence| samples::event(seed, sequence)).collect();
    let events: Vec<StoredEvent> = wire.iter().map(|event| StoredEvent::try_from(event).unwrap()).collect();
    let mut builder = IndexBuilder::new();
    events.iter().for_each(|event| assert!(builder.add(event)));
    Segment { events, encoded: wire.iter().map(Message::encode_to_vec).collect(), index: builder.finish() }
}

impl Segment {
    fn by_plan(&self, predicate: &Predicate) -> Vec<u16> {
        let selection = Plan::build(predicate).select(&self.index);
        let found: Vec<u16> = selection
            .candidates()
            .iter()
            .filter(|ordinal| selection.confirm(*ordinal, &self.encoded[usize::from(*ordinal)]))
            .collect();
        assert_eq!(selection.count(|ordinal| &self.encoded[usize::from(ordinal)]), found.len());
        assert!(!selection.is_exact() || found.len() == selection.candidates().len());
        found
    }

    fn by_scan(&self, predicate: &Predicate) -> Vec<u16> {
        (0..=u16::MAX)
            .zip(&self.events)
            .filter(|(_, event)| predicate.matches(event))
            .map(|(ordinal, _)| ordinal)
            .collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn the_plan_finds_what_a_scan_finds(seed in any::<u64>(), events_count in 0..300_u64, first in 1..300_u64) {
        let segment = segment(seed, first, events_count);
        let mut dice = Dice(seed);
        for _ in 0..60 {
            let depth = dice.below(4);
            let filter = samples::filter(&mut dice, depth);
            let predicate = compile(&filter, NOW).unwrap_or_else(|error| panic!("{}", error.problem().render(&filter)));
            prop_assert_eq!(segment.by_plan(&predicate), segment.by_scan(&predicate), "{}", filter);
            let canonical = compile(predicate.canonical(), NOW).unwrap();
            prop_assert_eq!(segment.by_scan(&canonical), segment.by_scan(&predicate), "{} as {}", filter, predicate.canonical());
        }
    }
}

#[test]
fn a_full_segment_is_found_as_a_small_one() {
    let segment = segment(7, 1, 65_536);
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
    let again = self::segment(7, 1, 65_536);
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
    let segment = segment(3, 1, 1000);
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
              all of
                type = FINE  [one posting list]
              any of
                any of
                  reason:"data"  [posting lists of the word]
                quote:"personal data"  [posting lists of the words, then the text]
              all but
                matches(title, "court")  [every event that has one, then the text]
            --
            all of
              all of: 80
                type = FINE  [one posting list]: 80
              any of
                any of: 75
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
          all of
            "Google"  [parties by word and posting lists of the word]
          any of
            participant:"store data"  [parties by word, then their posting lists]
            quote:"store data"  [posting lists of the words, then the text]
        --
        all of
          all of: 554
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
