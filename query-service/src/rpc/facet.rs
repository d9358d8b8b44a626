//! `FacetEvents`: the counts of [`crate::facet`] over a snapshot, on the wire.

use fineprint_proto::{google::r#type::Money, v1};
use prost::Message as _;

use super::status::{Error, Fault};
use crate::{
    event::StoredEvent,
    facet::{Months, Sums, TopValues},
    index::{OrdinalSet, SegmentIndex},
    limits::FACET_VALUES_DEFAULT,
    log::{Part, Sequence, Snapshot},
    query::Query,
    schema::{self, Kind},
};

/// Counts of one field.
#[derive(Debug)]
pub enum Facet {
    /// The most frequent values.
    Values(TopValues),
    /// Events by month.
    Months(Months),
    /// Sums by currency.
    Sums(Sums),
}

/// How many events were counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Events that match.
    pub events_count: u64,
    /// Those of them that have no value.
    pub missing_count: u64,
}

impl Facet {
    /// A count of nothing yet, by the field of a request.
    ///
    /// # Errors
    /// [`Fault::InvalidField`] where there is no such field or its values cannot be counted.
    pub fn new(field: &str) -> Result<Self, Error> {
        match schema::find(field).map(|field| field.kind) {
            Some(Kind::Date(date)) => Ok(Self::Months(Months::new(date))),
            Some(Kind::Amount) => Ok(Self::Sums(Sums::new())),
            _ => match TopValues::new(field) {
                Ok(values) => Ok(Self::Values(values)),
                Err(error) => Err(Error::field(Fault::InvalidField, "field", error.to_string())),
            },
        }
    }

    /// Whether the values of a field can be counted.
    #[must_use]
    pub fn counts(field: &schema::Field) -> bool {
        Self::new(field.path).is_ok()
    }

    /// The filter that asks whether an event has a value of a field. True and false are both values.
    #[must_use]
    pub fn with_value(field: &str) -> String {
        match schema::find(field).map(|field| field.kind) {
            Some(Kind::Flag(_)) => String::new(),
            _ => format!("{field}:*"),
        }
    }

    fn add_segment(&mut self, index: &SegmentIndex, events: &OrdinalSet) {
        match self {
            Self::Values(values) => values.add_segment(index, events),
            Self::Months(months) => months.add_segment(index, events),
            Self::Sums(sums) => sums.add_segment(index, events),
        }
    }

    fn add_event(&mut self, event: &StoredEvent) {
        match self {
            Self::Values(values) => values.add_event(event),
            Self::Months(months) => months.add_event(event),
            Self::Sums(sums) => sums.add_event(event),
        }
    }

    /// Counts the events of a snapshot that match; `with_value` asks whether an event has a value at all, `check`,
    /// now and then, whether to go on.
    ///
    /// # Errors
    /// What `check` gives.
    pub fn add(
        &mut self,
        query: &Query,
        with_value: &Query,
        snapshot: &Snapshot,
        check: impl Fn() -> Result<(), Error>,
    ) -> Result<Counted, Error> {
        let mut counted = Counted::default();
        for part in snapshot.parts() {
            check()?;
            match part {
                // Counted is what is held.
                Part::Lost(_) => {}
                Part::Sealed(segment) => {
                    let events = query.resolve(segment);
                    self.add_segment(segment.index(), &events);
                    counted.events_count += events.len() as u64;
                    counted.missing_count += events.without(&with_value.resolve(segment)).len() as u64;
                }
                Part::Open(open) => {
                    let visible = snapshot.head().next().get().saturating_sub(open.base().get());
                    let records = (0..u32::try_from(visible).unwrap_or(u32::MAX)).map_while(|at| open.record(at));
                    for record in records.filter(|record| query.matches(record)) {
                        self.add_event(&record.event);
                        counted.events_count += 1;
                        counted.missing_count += u64::from(!with_value.matches(record));
                    }
                }
            }
        }
        Ok(counted)
    }

    /// The values on the wire, at most so many, and how many there are. `requested` 0 means the default.
    #[must_use]
    pub fn values(&self, requested: u64, max: u64, snapshot: &Snapshot) -> (Vec<v1::FacetValue>, u64) {
        let shown = if requested == 0 { FACET_VALUES_DEFAULT } else { requested }.min(max);
        let shown = usize::try_from(shown).unwrap_or(usize::MAX);
        match self {
            Self::Values(values) => {
                let told = |value: &str, sequence| {
                    let sample = snapshot.bytes(Sequence::new(sequence))?;
                    Some(values.as_told(value, &v1::Event::decode(sample).ok()?))
                };
                let top = values.top(shown).into_iter().map(|value| v1::FacetValue {
                    count: value.events_count,
                    value: told(&value.value, value.sample_sequence).unwrap_or(value.value),
                    sum: None,
                });
                (top.collect(), values.values_count() as u64)
            }
            Self::Months(months) => {
                // A histogram without its ends is none: all of it, unless fewer are asked for.
                let shown = if requested == 0 { usize::try_from(max).unwrap_or(usize::MAX) } else { shown };
                let all = months.counts().count();
                let newest = months.counts().skip(all.saturating_sub(shown));
                let values = newest.map(|(month, count)| v1::FacetValue { value: month.to_string(), count, sum: None });
                (values.collect(), all as u64)
            }
            Self::Sums(sums) => {
                let all = sums.by_currency().count();
                let values = sums.by_currency().map(|(currency, sum)| v1::FacetValue {
                    value: currency.to_string(),
                    count: sum.amounts_count,
                    sum: money(currency.to_string(), sum.total_nanos),
                });
                let mut values: Vec<v1::FacetValue> = values.collect();
                values.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.value.cmp(&other.value)));
                values.truncate(shown);
                (values, all as u64)
            }
        }
    }
}

/// A sum of billionths; `None` where it does not fit.
fn money(currency_code: String, nanos: i128) -> Option<Money> {
    const UNIT: i128 = 1_000_000_000;
    Some(Money { currency_code, units: i64::try_from(nanos / UNIT).ok()?, nanos: i32::try_from(nanos % UNIT).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{event::Timestamp, filter::compile, samples};

    #[test]
    fn an_event_without_a_value_counts_for_none() {
        let empty = crate::store::Store::start(
            crate::store::Options::default(),
            Box::new(crate::store::MemoryJournal),
            std::sync::Arc::new(|| Timestamp::EPOCH),
        )
        .expect("a log");
        let snapshot = empty.snapshot();
        let countable: Vec<&str> = schema::paths().filter(|path| Facet::new(path).is_ok()).collect();
        for wanted in
            ["type", "reported", "amount_bound", "actor.kind", "target.country", "country", "occurred", "amount"]
        {
            assert!(countable.contains(&wanted), "{wanted} is not countable");
        }
        for path in countable {
            let has_value = compile(&Facet::with_value(path), Timestamp::EPOCH).expect("a filter");
            for sequence in 1..=300 {
                let event = StoredEvent::try_from(&samples::event(7, sequence)).expect("a valid event");
                let mut facet = Facet::new(path).expect("countable");
                facet.add_event(&event);
                let (values, distinct) = facet.values(1_000, 1_000, &snapshot);
                assert_eq!(values.len() as u64, distinct);
                assert_eq!(!values.is_empty(), has_value.matches(&event), "{path} of {event:?}");
            }
        }
        empty.stop();
    }

    #[test]
    fn sums_that_money_cannot_hold_are_left_out() {
        let whole = i128::from(i64::MAX) * 1_000_000_000 + 999_999_999;
        assert_eq!(
            money("RUB".to_owned(), whole).map(|money| (money.units, money.nanos)),
            Some((i64::MAX, 999_999_999))
        );
        assert_eq!(money("RUB".to_owned(), whole + 1), None);
        assert_eq!(
            money("RUB".to_owned(), -1_500_000_000).map(|money| (money.units, money.nanos)),
            Some((-1, -500_000_000))
        );
    }
}
