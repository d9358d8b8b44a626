//! Sums up events: the values of a field that most of them have, events by month, sums of money by currency.
//!
//! Sealed segments are counted through their index with [`TopValues::add_segment`] and its like, events of a growing
//! segment one by one with `add_event`; both give the same counts. Names are counted folded, as filters compare them;
//! [`TopValues::as_told`] finds how an event writes one.

use crate::event::{CurrencyCode, PartialDate, Participant, StoredEvent, fold};
use crate::index::{OrdinalSet, SegmentIndex};
use crate::schema::{self, DateField, ExactField, FlagField, Kind, NameField};
use fineprint_proto::v1;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Why a field cannot be counted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No such field.
    #[error("unknown field `{0}`: GetFilterSchema lists the fields")]
    UnknownField(String),
    /// Its values are texts, numbers or dates.
    #[error("`{0}` has no values to count: expected a field of names, ids, countries, enums or booleans")]
    NotCountable(String),
}

/// One value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The value, names folded.
    pub value: String,
    /// Events that have it.
    pub events_count: u64,
    /// Sequence of one event that has it.
    pub sample_sequence: u64,
}

/// Counts the values of one field.
#[derive(Clone, Debug)]
pub struct TopValues {
    kind: Kind,
    counts: BTreeMap<String, (u64, u64)>,
}

impl TopValues {
    /// A count of nothing yet.
    ///
    /// # Errors
    /// [`Error`] where the field does not exist or has no values to count.
    pub fn new(path: &str) -> Result<Self, Error> {
        let field = schema::find(path).ok_or_else(|| Error::UnknownField(path.to_owned()))?;
        match field.kind {
            Kind::Enum(_)
            | Kind::Flag(_)
            | Kind::Exact(_)
            | Kind::Name(_)
            | Kind::Party(_)
            | Kind::PartyId(_)
            | Kind::PartyKind(_)
            | Kind::PartyCountry(_)
            | Kind::Country => Ok(Self { kind: field.kind, counts: BTreeMap::new() }),
            Kind::EventId
            | Kind::Text(_)
            | Kind::Amount
            | Kind::Date(_)
            | Kind::IngestTime
            | Kind::Sequence
            | Kind::Confidence => Err(Error::NotCountable(path.to_owned())),
        }
    }

    fn add(&mut self, value: &str, events_count: usize, sequence: u64) {
        match self.counts.get_mut(value) {
            Some((count, _)) => *count += events_count as u64,
            None => {
                self.counts.insert(value.to_owned(), (events_count as u64, sequence));
            }
        }
    }

    /// Counts events of a sealed segment.
    pub fn add_segment(&mut self, index: &SegmentIndex, events: &OrdinalSet) {
        let sequence = |ordinal: u16| index.first_sequence() + u64::from(ordinal);
        let kind = self.kind;
        let mut add_set = |value: &str, set: OrdinalSet| {
            if let Some(first) = set.iter().next() {
                self.add(value, set.len(), sequence(first));
            }
        };
        let terms = match kind {
            Kind::Enum(field) => {
                field.values().for_each(|(name, number)| add_set(name, index.enum_value(field, number).and(events)));
                return;
            }
            Kind::Flag(field) => {
                add_set("true", index.flag(field).and(events));
                add_set("false", events.clone().without(&index.flag(field)));
                return;
            }
            Kind::Exact(field) => index.exact(field),
            Kind::Name(field) => index.name(field),
            Kind::Country => index.countries(),
            Kind::Party(role) | Kind::PartyId(role) | Kind::PartyKind(role) | Kind::PartyCountry(role) => {
                let key =
                    |party: crate::index::Party<'_>| party_value(kind, party.name, party.id, party.kind, party.country);
                for (value, count, first) in index.parties().counts(role, events, key) {
                    self.add(&value, count, sequence(first));
                }
                return;
            }
            _ => return,
        };
        for (value, count, first) in terms.counts(events) {
            self.add(value, count, sequence(first));
        }
    }

    /// Counts one event.
    pub fn add_event(&mut self, event: &StoredEvent) {
        let mut values: Vec<String> = match self.kind {
            Kind::Enum(field) => field.name(field.number(event)).map(str::to_owned).into_iter().collect(),
            Kind::Flag(FlagField::Reported) => vec![event.reported.to_string()],
            Kind::Flag(FlagField::Background) => vec![event.background.to_string()],
            Kind::Flag(FlagField::AmountEach) => vec![event.amount_each.to_string()],
            Kind::Exact(ExactField::CustomType) => vec![event.custom_type.to_string()],
            Kind::Exact(ExactField::DocumentId) => vec![event.document_id.to_string()],
            Kind::Exact(ExactField::Frame) => vec![event.frame.to_string()],
            Kind::Name(NameField::Source) => vec![event.source.to_string()],
            Kind::Name(NameField::Speaker) => vec![event.speaker.to_string()],
            Kind::Name(NameField::Publisher) => vec![event.publisher.to_string()],
            Kind::Country => event.countries.iter().map(ToString::to_string).collect(),
            Kind::Party(role) | Kind::PartyId(role) | Kind::PartyKind(role) | Kind::PartyCountry(role) => {
                let wanted = |party: &&Participant| role.is_none_or(|role| role == party.role);
                let value = |party: &Participant| {
                    party_value(self.kind, &party.name, &party.entity_id, party.kind, party.country)
                };
                event.participants.iter().filter(wanted).filter_map(value).collect()
            }
            _ => Vec::new(),
        };
        values.sort_unstable();
        values.dedup();
        for value in values.iter().filter(|value| !value.is_empty()) {
            self.add(value, 1, event.sequence);
        }
    }

    /// The values that most events have, at most `values_max`; of equal counts in the order of the values.
    #[must_use]
    pub fn top(&self, values_max: usize) -> Vec<Value> {
        let mut values: Vec<(&String, &(u64, u64))> = self.counts.iter().collect();
        values.sort_by_key(|(_, (count, _))| Reverse(*count));
        let shown = values.into_iter().take(values_max).map(|(value, (events_count, sample_sequence))| Value {
            value: value.clone(),
            events_count: *events_count,
            sample_sequence: *sample_sequence,
        });
        shown.collect()
    }

    /// How many values there are.
    #[must_use]
    pub fn values_count(&self) -> usize {
        self.counts.len()
    }

    /// How an event that has a value writes it ("Société Générale" for "societe generale").
    #[must_use]
    pub fn as_told(&self, value: &str, event: &v1::Event) -> String {
        let attribution = event.attribution.as_ref();
        let told: Vec<&str> = match self.kind {
            Kind::Name(NameField::Source) => attribution.map(|one| &*one.source).into_iter().collect(),
            Kind::Name(NameField::Speaker) => attribution.map(|one| &*one.speaker).into_iter().collect(),
            Kind::Name(NameField::Publisher) => event.document.iter().map(|one| &*one.publisher).collect(),
            Kind::Party(_) => event
                .participants
                .iter()
                .filter_map(|party| party.entity.as_ref())
                .map(|entity| &*entity.name)
                .collect(),
            _ => Vec::new(),
        };
        told.into_iter().find(|told| *fold(told) == *value).unwrap_or(value).to_owned()
    }
}

fn party_value(
    kind: Kind,
    name: &str,
    id: &str,
    entity_kind: crate::event::EntityKind,
    country: Option<crate::event::CountryCode>,
) -> Option<String> {
    match kind {
        Kind::Party(_) => Some(name.to_owned()),
        Kind::PartyId(_) => Some(id.to_owned()).filter(|id| !id.is_empty()),
        Kind::PartyKind(_) => {
            schema::entity_kinds().find(|(_, one)| *one == entity_kind).map(|(name, _)| name.to_owned())
        }
        _ => country.map(|code| code.to_string()),
    }
}

/// Counts events by month. An event of which only the year is told counts for the year.
#[derive(Clone, Debug)]
pub struct Months {
    field: DateField,
    counts: BTreeMap<PartialDate, u64>,
}

impl Months {
    /// A count of nothing yet, by this date.
    #[must_use]
    pub fn new(field: DateField) -> Self {
        Self { field, counts: BTreeMap::new() }
    }

    fn add(&mut self, date: PartialDate, events_count: usize) {
        *self.counts.entry(date.without_day()).or_default() += events_count as u64;
    }

    /// Counts events of a sealed segment.
    pub fn add_segment(&mut self, index: &SegmentIndex, events: &OrdinalSet) {
        index.dates(self.field).counts(events).for_each(|(date, count)| self.add(date, count));
    }

    /// Counts one event.
    pub fn add_event(&mut self, event: &StoredEvent) {
        let date = match self.field {
            DateField::Occurred => event.occurred,
            DateField::Published => event.published,
        };
        date.into_iter().for_each(|date| self.add(date, 1));
    }

    /// The months, and the years of which no month is told, in order, with their events.
    pub fn counts(&self) -> impl Iterator<Item = (PartialDate, u64)> {
        self.counts.iter().map(|(month, count)| (*month, *count))
    }
}

/// What the sums in one currency come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// Sums told; the same sum told twice in one event is one.
    pub amounts_count: u64,
    /// All of them together, in billionths of the unit.
    pub total_nanos: i128,
    /// The least, in billionths.
    pub least_nanos: i128,
    /// The greatest, in billionths.
    pub greatest_nanos: i128,
}

/// Sums money by currency.
#[derive(Clone, Debug, Default)]
pub struct Sums(BTreeMap<CurrencyCode, Sum>);

impl Sums {
    /// Sums of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn add(&mut self, currency: CurrencyCode, nanos: i128, amounts_count: usize) {
        let sum = self.0.entry(currency).or_insert(Sum {
            amounts_count: 0,
            total_nanos: 0,
            least_nanos: nanos,
            greatest_nanos: nanos,
        });
        sum.amounts_count += amounts_count as u64;
        sum.total_nanos = sum.total_nanos.saturating_add(nanos.saturating_mul(amounts_count as i128));
        sum.least_nanos = sum.least_nanos.min(nanos);
        sum.greatest_nanos = sum.greatest_nanos.max(nanos);
    }

    /// Adds events of a sealed segment.
    pub fn add_segment(&mut self, index: &SegmentIndex, events: &OrdinalSet) {
        for (currency, values) in index.amounts() {
            values.counts(events).for_each(|(nanos, count)| self.add(*currency, nanos, count));
        }
    }

    /// Adds one event.
    pub fn add_event(&mut self, event: &StoredEvent) {
        for (at, amount) in event.amounts.iter().enumerate() {
            if !event.amounts[..at].contains(amount) {
                self.add(amount.currency, amount.nanos, 1);
            }
        }
    }

    /// The currencies in the order of their codes.
    pub fn by_currency(&self) -> impl Iterator<Item = (CurrencyCode, Sum)> {
        self.0.iter().map(|(currency, sum)| (*currency, *sum))
    }
}

#[cfg(test)]
mod tests;
