use super::*;
use crate::agreement::Segment;
use crate::event::Timestamp;
use crate::filter::compile;
use crate::plan::Plan;
use crate::samples;

#[test]
fn segments_and_single_events_count_alike() {
    let Segment { events, encoded, index } = Segment::new(11, 101, 1_000);
    for filter in ["", "type = FINE", "quote:\"personal data\"", "type = APPEAL AND source = TASS AND amount.USD > 0"] {
        let predicate = compile(filter, Timestamp::EPOCH).unwrap();
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
    let index = Segment::new(11, 101, 1_000).index;
    let mut targets = TopValues::new("target").unwrap();
    targets.add_segment(&index, &OrdinalSet::first(index.events_count()));
    let top = targets.top(100);
    let value = top.iter().find(|value| value.value == "societe generale").unwrap();
    let sample = samples::event(11, value.sample_sequence);
    assert_eq!(targets.as_told(&value.value, &sample), "Société Générale");
}

#[test]
fn what_has_no_values_is_refused() {
    assert_eq!(TopValues::new("quote").unwrap_err(), Error::NotCountable("quote".into()));
    assert_eq!(TopValues::new("qoute").unwrap_err(), Error::UnknownField("qoute".into()));
}
