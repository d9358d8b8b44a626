use super::*;
use crate::event::Timestamp;
use crate::filter::compile;
use crate::index::IndexBuilder;
use crate::plan::Plan;
use crate::samples;
use prost::Message;

/// Events, and the index and bytes of all of them.
fn segment() -> (Vec<v1::Event>, Vec<StoredEvent>, SegmentIndex) {
    let told: Vec<v1::Event> = (101..1_101).map(|sequence| samples::event(11, sequence)).collect();
    let events: Vec<StoredEvent> = told.iter().map(|event| StoredEvent::try_from(event).unwrap()).collect();
    let mut builder = IndexBuilder::new();
    events.iter().for_each(|event| assert!(builder.add(event)));
    (told, events, builder.finish())
}

#[test]
fn segments_and_single_events_count_alike() {
    let (told, events, index) = segment();
    for filter in ["", "type = FINE", "quote:\"personal data\"", "type = APPEAL AND source = TASS AND amount.USD > 0"] {
        let predicate = compile(filter, Timestamp::EPOCH).unwrap();
        let encoded: Vec<Vec<u8>> = told.iter().map(Message::encode_to_vec).collect();
        let matching = Plan::build(&predicate).select(&index).resolve(|ordinal| &encoded[usize::from(ordinal)]);
        let passing: Vec<&StoredEvent> = events.iter().filter(|event| predicate.matches(event)).collect();

        let countable = schema::paths().filter_map(|path| TopValues::new(path).ok());
        for mut by_index in countable {
            let mut by_event = by_index.clone();
            by_index.add_segment(&index, &matching);
            passing.iter().for_each(|event| by_event.add_event(event));
            let top = by_index.top(1_000);
            assert_eq!(top, by_event.top(1_000), "{:?} of {filter}", by_index.kind);
            assert!(top.is_sorted_by(|one, next| one.events_count >= next.events_count));
            assert_eq!(by_index.top(2), top[..top.len().min(2)]);
        }
        for field in [DateField::Occurred, DateField::Published] {
            let (mut by_index, mut by_event) = (Months::new(field), Months::new(field));
            by_index.add_segment(&index, &matching);
            passing.iter().for_each(|event| by_event.add_event(event));
            assert!(by_index.counts().eq(by_event.counts()));
        }
        let (mut by_index, mut by_event) = (Sums::new(), Sums::new());
        by_index.add_segment(&index, &matching);
        passing.iter().for_each(|event| by_event.add_event(event));
        assert!(by_index.by_currency().eq(by_event.by_currency()));
        let total: i128 = passing
            .iter()
            .flat_map(|event| {
                let mut amounts = event.amounts.to_vec();
                amounts.sort_unstable_by_key(|amount| (amount.currency, amount.nanos));
                amounts.dedup();
                amounts
            })
            .map(|amount| amount.nanos)
            .sum();
        assert_eq!(by_index.by_currency().map(|(_, sum)| sum.total_nanos).sum::<i128>(), total);
    }
}

#[test]
fn names_are_shown_as_an_event_tells_them() {
    let (told, _, index) = segment();
    let mut targets = TopValues::new("target").unwrap();
    targets.add_segment(&index, &OrdinalSet::first(index.events_count()));
    let top = targets.top(100);
    let value = top.iter().find(|value| value.value == "societe generale").unwrap();
    let sample = told.iter().find(|event| event.sequence == value.sample_sequence).unwrap();
    assert_eq!(targets.as_told(&value.value, sample), "Société Générale");
}

#[test]
fn what_has_no_values_is_refused() {
    assert_eq!(TopValues::new("quote").unwrap_err(), Error::NotCountable("quote".into()));
    assert_eq!(TopValues::new("qoute").unwrap_err(), Error::UnknownField("qoute".into()));
}
