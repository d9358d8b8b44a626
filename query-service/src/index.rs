//! Finds events of a sealed segment by their fields.
//!
//! Comes in: the events of a segment, in order, through [`IndexBuilder::add`]. Goes out: a [`SegmentIndex`], immutable,
//! which answers with sets of ordinals (position in the segment). The index is a function of the events alone:
//! building it again gives the same index. It knows nothing of filters, and does not hold the texts: whether words
//! stand in a row is for the reader of the encoded event to say.

use crate::event::{CurrencyCode, EventId, PartialDate};
use crate::schema::{DateField, EnumField, ExactField, FlagField, NameField, TextField};

mod builder;
mod dictionary;
mod ordinals;
mod parties;
mod postings;

pub use builder::IndexBuilder;
pub use ordinals::{OrdinalSet, Ordinals};
pub(crate) use parties::{Party, PartyIndex};
pub(crate) use postings::{RangeIndex, TermIndex};

use postings::Postings;

/// Most events that a segment may hold.
pub const SEGMENT_EVENTS_MAX: usize = 65_536;

/// The index of a sealed segment.
#[derive(Debug, PartialEq, Eq)]
pub struct SegmentIndex {
    first_sequence: u64,
    events_count: usize,
    enums: [Postings; 3],
    flags: [Postings; 3],
    exacts: [TermIndex; 3],
    names: [TermIndex; 3],
    texts: [TermIndex; 4],
    texts_set: [Postings; 4],
    countries: TermIndex,
    parties: PartyIndex,
    amounts: Box<[(CurrencyCode, RangeIndex<i128>)]>,
    dates: [RangeIndex<PartialDate>; 2],
    confidences: RangeIndex<u64>,
    /// Runs of events that came in at one instant: the first ordinal and the instant of each.
    ingest_starts: Box<[u16]>,
    ingest_times: Box<[i64]>,
    /// Four bytes of each event's id.
    fingerprints: Box<[u32]>,
}

/// The part of an id that the index keeps.
fn fingerprint(id: EventId) -> u32 {
    let [a, b, c, d, ..] = id.0;
    u32::from_be_bytes([a, b, c, d])
}

impl SegmentIndex {
    /// Sequence of the event with ordinal 0; 0 where the segment is empty.
    #[must_use]
    pub fn first_sequence(&self) -> u64 {
        self.first_sequence
    }

    /// Events in the segment.
    #[must_use]
    pub fn events_count(&self) -> usize {
        self.events_count
    }

    /// Bytes that the index occupies, what it points to included.
    #[must_use]
    pub fn resident_bytes(&self) -> usize {
        self.parts_bytes().iter().map(|(_, bytes)| bytes).sum::<usize>() + size_of::<Self>()
    }

    /// The same by part, for those who look for what is large.
    #[must_use]
    pub fn parts_bytes(&self) -> Vec<(&'static str, usize)> {
        let lists = |lists: &[Postings]| lists.iter().map(Postings::resident_bytes).sum::<usize>();
        let terms = |terms: &[TermIndex]| terms.iter().map(TermIndex::resident_bytes).sum::<usize>();
        let amounts: usize = self.amounts.iter().map(|(_, values)| values.resident_bytes()).sum();
        vec![
            ("enums and flags", lists(&self.enums) + lists(&self.flags)),
            ("ids and types", terms(&self.exacts)),
            ("names", terms(&self.names)),
            ("words", terms(&self.texts) + lists(&self.texts_set)),
            ("countries", self.countries.resident_bytes()),
            ("parties", self.parties.resident_bytes()),
            ("amounts", amounts + size_of_val(&*self.amounts)),
            ("dates", self.dates.iter().map(RangeIndex::resident_bytes).sum()),
            ("confidence", self.confidences.resident_bytes()),
            ("ingest times", size_of_val(&*self.ingest_starts) + size_of_val(&*self.ingest_times)),
            ("event ids", size_of_val(&*self.fingerprints)),
        ]
    }

    /// Every event.
    pub(crate) fn all(&self) -> OrdinalSet {
        OrdinalSet::first(self.events_count)
    }

    /// Events whose field has the value with this number.
    pub(crate) fn enum_value(&self, field: EnumField, number: u8) -> OrdinalSet {
        self.enums[field as usize].of(usize::from(number))
    }

    /// Events whose flag is true.
    pub(crate) fn flag(&self, field: FlagField) -> OrdinalSet {
        self.flags[field as usize].of(0)
    }

    pub(crate) fn exact(&self, field: ExactField) -> &TermIndex {
        &self.exacts[field as usize]
    }

    pub(crate) fn name(&self, field: NameField) -> &TermIndex {
        &self.names[field as usize]
    }

    /// The words of a text.
    pub(crate) fn words(&self, field: TextField) -> &TermIndex {
        &self.texts[field as usize]
    }

    /// Events that have the text at all.
    pub(crate) fn text_set(&self, field: TextField) -> OrdinalSet {
        self.texts_set[field as usize].of(0)
    }

    pub(crate) fn countries(&self) -> &TermIndex {
        &self.countries
    }

    pub(crate) fn parties(&self) -> &PartyIndex {
        &self.parties
    }

    /// Amounts by currency, in billionths.
    pub(crate) fn amounts(&self) -> &[(CurrencyCode, RangeIndex<i128>)] {
        &self.amounts
    }

    pub(crate) fn dates(&self, field: DateField) -> &RangeIndex<PartialDate> {
        &self.dates[field as usize]
    }

    /// Confidences as the bits of the number, which are in the order of the numbers.
    pub(crate) fn confidences(&self) -> &RangeIndex<u64> {
        &self.confidences
    }

    /// Events that came in at an instant that passes.
    pub(crate) fn ingested(&self, passes: impl Fn(i64) -> bool) -> OrdinalSet {
        let ends = self.ingest_starts.iter().skip(1).map(|start| usize::from(*start)).chain([self.events_count]);
        let mut set = OrdinalSet::default();
        let mut open: Option<usize> = None;
        let runs = self.ingest_starts.iter().map(|start| usize::from(*start)).zip(ends).zip(&self.ingest_times);
        let mut close = |from: usize, to: usize| {
            let run = OrdinalSet::first(to).without(&OrdinalSet::first(from));
            set = std::mem::take(&mut set).or(&run);
        };
        for ((start, _), time) in runs {
            match (passes(*time), open) {
                (true, None) => open = Some(start),
                (false, Some(from)) => {
                    close(from, start);
                    open = None;
                }
                _ => {}
            }
        }
        if let Some(from) = open {
            close(from, self.events_count);
        }
        set
    }

    /// Events that may have an id.
    pub(crate) fn with_id(&self, id: EventId) -> OrdinalSet {
        let wanted = fingerprint(id);
        let found = self.fingerprints.iter().zip(0..=u16::MAX).filter(|(one, _)| **one == wanted);
        OrdinalSet::from_sorted(found.map(|(_, ordinal)| ordinal).collect())
    }
}
