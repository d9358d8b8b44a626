//! What must hold of any text and any events: for property tests and fuzzing.
//!
//! Names its modules by `crate::`, so that whoever includes it brings `event`, `filter`, `index`, `plan` and `samples`
//! into the root.

use crate::event::{StoredEvent, Timestamp};
use crate::filter::{Predicate, compile, parse};
use crate::index::{IndexBuilder, SegmentIndex};
use crate::plan::Plan;
use crate::samples;
use fineprint_proto::v1;
use prost::Message;

/// The moment that `ago` counts from: 2026-11-22T12:00:00Z.
pub const NOW: Timestamp = Timestamp(1_795_348_800_000_000_000);

/// A sealed segment: its events, their bytes, their index.
pub struct Segment {
    pub events: Vec<StoredEvent>,
    pub encoded: Vec<Vec<u8>>,
    pub index: SegmentIndex,
}

impl Segment {
    /// Events of `samples`, from a sequence on.
    pub fn new(seed: u64, first_sequence: u64, events_count: u64) -> Self {
        let sequences = first_sequence..first_sequence + events_count;
        let told: Vec<v1::Event> = sequences.map(|sequence| samples::event(seed, sequence)).collect();
        let events: Vec<StoredEvent> =
            told.iter().map(|event| StoredEvent::try_from(event).expect("samples are valid")).collect();
        let mut builder = IndexBuilder::new();
        events.iter().for_each(|event| assert!(builder.add(event)));
        Self { events, encoded: told.iter().map(Message::encode_to_vec).collect(), index: builder.finish() }
    }

    /// Ordinals that the plan finds.
    pub fn by_plan(&self, predicate: &Predicate) -> Vec<u16> {
        let selection = Plan::build(predicate).select(&self.index);
        let encoded = |ordinal: u16| &*self.encoded[usize::from(ordinal)];
        let found: Vec<u16> =
            selection.candidates().iter().filter(|ordinal| selection.confirm(*ordinal, encoded(*ordinal))).collect();
        assert_eq!(selection.count(encoded), found.len());
        assert!(selection.resolve(encoded).iter().eq(found.iter().copied()));
        assert!(!selection.is_exact() || found.len() == selection.candidates().len());
        found
    }

    /// Ordinals that a scan finds.
    pub fn by_scan(&self, predicate: &Predicate) -> Vec<u16> {
        (0..=u16::MAX)
            .zip(&self.events)
            .filter(|(_, event)| predicate.matches(event))
            .map(|(ordinal, _)| ordinal)
            .collect()
    }
}

/// Any text is read or refused with a place in it; what is read prints and reads the same, and so does its meaning.
pub fn check_text(text: &str) {
    if let Ok(expression) = parse(text) {
        let printed = expression.to_string();
        let again =
            parse(&printed).unwrap_or_else(|error| panic!("{text:?} prints as {}", error.problem().render(&printed)));
        assert_eq!(again.to_string(), printed, "printed from {text:?}");
    }
    match compile(text, NOW) {
        Ok(predicate) => {
            let canonical = predicate.canonical();
            let again = compile(canonical, NOW);
            let again = again.unwrap_or_else(|error| panic!("{text:?} reads as {}", error.problem().render(canonical)));
            assert_eq!(again.canonical(), canonical, "canonical form of {text:?}");
        }
        Err(error) => {
            let problem = error.problem();
            assert!(problem.offset + problem.length <= text.len() && text.is_char_boundary(problem.offset), "{text:?}");
            assert!(problem.render(text).contains(&problem.message));
        }
    }
}

/// The plan finds what a scan finds, for a filter and for its canonical form.
pub fn check_agreement(segment: &Segment, filter: &str) {
    let Ok(predicate) = compile(filter, NOW) else { return };
    let scanned = segment.by_scan(&predicate);
    assert_eq!(segment.by_plan(&predicate), scanned, "{filter}");
    let canonical = compile(predicate.canonical(), NOW).expect("the canonical form is a filter");
    assert_eq!(segment.by_scan(&canonical), scanned, "{filter} as {}", predicate.canonical());
}
