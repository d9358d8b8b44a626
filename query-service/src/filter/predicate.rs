//! A filter with its meaning: a test that an event passes or not.
//!
//! The rules for what is not told: a test of an unset field fails, also one with `!=` (which is "set, and not equal");
//! `NOT` turns any result around, so that `NOT occurred = "2022"` passes an event without a date. A test of a list
//! passes where one element does. A comparison with a date passes where it holds for every day that the event's date
//! may stand for: "2022-03" is after "2022-02", and neither before nor after "2022".

use super::ast::Comparator;
use super::literal::Moment;
use super::pattern::{Pattern, Phrase};
use crate::event::{CountryCode, CurrencyCode, EntityKind, EventId, PartialDate, Participant, Role, StoredEvent};
use crate::schema::{DateField, EnumField, ExactField, FlagField, NameField, TextField};

/// What a filter means. Testing an event allocates nothing.
#[derive(Clone, Debug)]
pub struct Predicate {
    root: Node,
    canonical: Box<str>,
}

/// A part of a predicate.
#[derive(Clone, Debug)]
pub enum Node {
    /// Every event passes.
    All,
    /// All of these pass, cheapest first.
    And(Vec<Self>),
    /// One of these passes, cheapest first.
    Or(Vec<Self>),
    /// This one does not pass.
    Not(Box<Self>),
    /// One test.
    Test(Test),
}

/// One test of one field.
#[derive(Clone, Debug)]
pub enum Test {
    /// The field has the value with this number.
    Enum(EnumField, u8),
    /// The field of a closed list is set at all.
    EnumSet(EnumField),
    /// The flag has this value.
    Flag(FlagField, bool),
    /// The string is set, and matches where a pattern is given.
    Exact(ExactField, Option<Shown>),
    /// The event has this id.
    EventId(EventId),
    /// The name is set, and matches where a pattern is given.
    Name(NameField, Option<Shown>),
    /// The text is set, and matches where a pattern is given.
    Text(TextField, Option<Shown>),
    /// One participant passes all of this.
    Party(PartyTest),
    /// There is a country, or this one.
    Country(Option<CountryCode>),
    /// There is an amount: in the currency where one is given, and in the relation where one is given (billionths).
    Amount(Option<CurrencyCode>, Option<(Comparator, i128)>),
    /// The date is set, and in the relation where one is given.
    Date(DateField, Option<(Comparator, PartialDate)>),
    /// The instant that the event came in at is in the relation to the first and last instant.
    IngestTime(Comparator, Moment, (i64, i64)),
    /// The sequence is in the relation.
    Sequence(Comparator, u64),
    /// The confidence is in the relation.
    Confidence(Comparator, f64),
    /// The words stand in the quote or in the name of a participant.
    Words(Phrase, Box<str>),
}

/// A pattern, with the value that the filter's author wrote.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What is compared.
    pub pattern: Pattern,
    /// The value as written, escapes read, without wildcards.
    pub written: Box<str>,
}

/// What one and the same participant must be. Unset parts ask for nothing.
#[derive(Clone, Debug, Default)]
pub struct PartyTest {
    /// Its role.
    pub role: Option<Role>,
    /// Its name.
    pub name: Option<Shown>,
    /// Its id; where `name` is set too, one of the two suffices.
    pub id: Option<Shown>,
    /// Whether an id must be set.
    pub has_id: bool,
    /// Its kind; whether one is set where [`EntityKind::Unspecified`].
    pub kind: Option<EntityKind>,
    /// Its country; whether one is set where `Some(None)`.
    pub country: Option<Option<CountryCode>>,
}

impl PartyTest {
    /// Whether a participant passes, its role left aside.
    #[must_use]
    pub fn admits(&self, name: &str, id: &str, kind: EntityKind, country: Option<CountryCode>) -> bool {
        let named = match (&self.name, &self.id) {
            (None, None) => true,
            (by_name, by_id) => {
                by_name.as_ref().is_some_and(|shown| shown.pattern.matches(name))
                    || by_id.as_ref().is_some_and(|shown| shown.pattern.matches(id) && !id.is_empty())
            }
        };
        named
            && !(self.has_id && id.is_empty())
            && self.kind.is_none_or(|wanted| {
                if wanted == EntityKind::Unspecified { kind != EntityKind::Unspecified } else { kind == wanted }
            })
            && self.country.is_none_or(|wanted| if wanted.is_none() { country.is_some() } else { country == wanted })
    }

    fn matches(&self, party: &Participant) -> bool {
        self.role.is_none_or(|role| role == party.role)
            && self.admits(&party.name, &party.entity_id, party.kind, party.country)
    }
}

impl Predicate {
    /// The predicate of the empty filter: every event passes.
    #[must_use]
    pub fn all() -> Self {
        Self { root: Node::All, canonical: "".into() }
    }

    /// A predicate of parts in the order of the filter.
    pub(super) fn new(mut root: Node) -> Self {
        let canonical = root.to_string().into_boxed_str();
        root.sort();
        Self { root, canonical }
    }

    /// Whether every event passes because nothing is asked.
    #[must_use]
    pub fn is_all(&self) -> bool {
        matches!(self.root, Node::All)
    }

    /// Whether an event passes.
    #[must_use]
    pub fn matches(&self, event: &StoredEvent) -> bool {
        self.root.matches(event)
    }

    /// The filter as it was understood, fully parenthesised. Filters with the same canonical form match the same
    /// events, so that it serves as the key of shared work.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The parts.
    #[must_use]
    pub fn root(&self) -> &Node {
        &self.root
    }
}

impl Node {
    /// Parts that all must pass; what is nested in the same way is taken up.
    pub(super) fn and(parts: Vec<Self>) -> Self {
        let mut all = Vec::new();
        for part in parts {
            match part {
                Self::And(inner) => all.extend(inner),
                Self::All => {}
                other => all.push(other),
            }
        }
        match all.len() {
            0 => Self::All,
            1 => all.swap_remove(0),
            _ => Self::And(all),
        }
    }

    /// Parts of which one must pass; what is nested in the same way is taken up.
    pub(super) fn or(parts: Vec<Self>) -> Self {
        let mut any = Vec::new();
        for part in parts {
            match part {
                Self::Or(inner) => any.extend(inner),
                other => any.push(other),
            }
        }
        if any.len() == 1 { any.swap_remove(0) } else { Self::Or(any) }
    }

    /// The contrary; twice is none.
    pub(super) fn not(part: Self) -> Self {
        match part {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    fn matches(&self, event: &StoredEvent) -> bool {
        match self {
            Self::All => true,
            Self::And(parts) => parts.iter().all(|part| part.matches(event)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(event)),
            Self::Not(part) => !part.matches(event),
            Self::Test(test) => test.matches(event),
        }
    }

    /// Puts cheap parts before dear ones, within each conjunction and disjunction.
    fn sort(&mut self) {
        match self {
            Self::And(parts) | Self::Or(parts) => {
                parts.iter_mut().for_each(Self::sort);
                parts.sort_by_key(Self::cost);
            }
            Self::Not(part) => part.sort(),
            Self::All | Self::Test(_) => {}
        }
    }

    fn cost(&self) -> u32 {
        match self {
            Self::All => 0,
            Self::And(parts) | Self::Or(parts) => parts.iter().map(Self::cost).sum(),
            Self::Not(part) => part.cost(),
            Self::Test(test) => test.cost(),
        }
    }
}

impl Test {
    /// How dear it is to test one event, as a rough order.
    fn cost(&self) -> u32 {
        let dear = |shown: &Option<Shown>, base: u32| match shown {
            Some(Shown { pattern: Pattern::Regex(_), .. }) => 100 + base,
            _ => base,
        };
        match self {
            Self::Enum(..) | Self::EnumSet(_) | Self::Flag(..) | Self::Sequence(..) | Self::Confidence(..) => 1,
            Self::IngestTime(..) | Self::EventId(_) | Self::Date(..) => 2,
            Self::Country(_) | Self::Amount(..) => 3,
            Self::Exact(_, shown) | Self::Name(_, shown) => dear(shown, 4),
            Self::Party(party) => dear(&party.name, 8),
            Self::Text(_, shown) => dear(shown, 20),
            Self::Words(..) => 40,
        }
    }

    /// Whether an event passes.
    #[must_use]
    pub fn matches(&self, event: &StoredEvent) -> bool {
        match self {
            Self::Enum(field, number) => field.number(event) == *number,
            Self::EnumSet(field) => field.number(event) != 0,
            Self::Flag(field, value) => flag_of(event, *field) == *value,
            Self::Exact(field, shown) => string_matches(exact_of(event, *field), shown.as_ref()),
            Self::EventId(id) => event.event_id == *id,
            Self::Name(field, shown) => string_matches(name_of(event, *field), shown.as_ref()),
            Self::Text(field, shown) => string_matches(text_of(event, *field), shown.as_ref()),
            Self::Party(test) => event.participants.iter().any(|party| test.matches(party)),
            Self::Country(None) => !event.countries.is_empty(),
            Self::Country(Some(code)) => event.countries.contains(code),
            Self::Amount(currency, relation) => event.amounts.iter().any(|amount| {
                currency.is_none_or(|code| code == amount.currency)
                    && relation.is_none_or(|(comparator, value)| holds(comparator, &amount.nanos, &value))
            }),
            Self::Date(field, relation) => date_of(event, *field)
                .is_some_and(|date| relation.is_none_or(|(comparator, value)| date_holds(comparator, date, value))),
            Self::IngestTime(comparator, _, range) => instant_holds(*comparator, event.ingest_time.0, *range),
            Self::Sequence(comparator, value) => holds(*comparator, &event.sequence, value),
            Self::Confidence(comparator, value) => holds(*comparator, &event.confidence, value),
            Self::Words(phrase, _) => {
                phrase.matches(&event.quote) || event.participants.iter().any(|party| phrase.matches(&party.name))
            }
        }
    }
}

fn string_matches(text: &str, shown: Option<&Shown>) -> bool {
    !text.is_empty() && shown.is_none_or(|shown| shown.pattern.matches(text))
}

fn flag_of(event: &StoredEvent, field: FlagField) -> bool {
    match field {
        FlagField::Reported => event.reported,
        FlagField::Background => event.background,
        FlagField::AmountEach => event.amount_each,
    }
}

fn exact_of(event: &StoredEvent, field: ExactField) -> &str {
    match field {
        ExactField::CustomType => &event.custom_type,
        ExactField::DocumentId => &event.document_id,
        ExactField::Frame => &event.frame,
    }
}

fn name_of(event: &StoredEvent, field: NameField) -> &str {
    match field {
        NameField::Source => &event.source,
        NameField::Speaker => &event.speaker,
        NameField::Publisher => &event.publisher,
    }
}

fn text_of(event: &StoredEvent, field: TextField) -> &str {
    match field {
        TextField::Quote => &event.quote,
        TextField::Reason => &event.reason,
        TextField::LegalBasis => &event.legal_basis,
        TextField::Title => &event.title,
    }
}

fn date_of(event: &StoredEvent, field: DateField) -> Option<PartialDate> {
    match field {
        DateField::Occurred => event.occurred,
        DateField::Published => event.published,
    }
}

/// Whether a value is in a relation to another. `:` is `=`, and `!=` holds where `=` does not.
pub(crate) fn holds<T: PartialOrd>(comparator: Comparator, left: &T, right: &T) -> bool {
    match comparator {
        Comparator::Equal | Comparator::Has => left == right,
        Comparator::NotEqual => left != right,
        Comparator::Less => left < right,
        Comparator::LessEqual => left <= right,
        Comparator::Greater => left > right,
        Comparator::GreaterEqual => left >= right,
    }
}

/// Whether the relation holds for every day that the date may stand for; for `=`, whether all of them lie in the value.
pub(crate) fn date_holds(comparator: Comparator, date: PartialDate, value: PartialDate) -> bool {
    let within = || date.first_day() >= value.first_day() && date.last_day() <= value.last_day();
    match comparator {
        Comparator::Equal | Comparator::Has => within(),
        Comparator::NotEqual => !within(),
        Comparator::Less => date.last_day() < value.first_day(),
        Comparator::LessEqual => date.last_day() <= value.last_day(),
        Comparator::Greater => date.first_day() > value.last_day(),
        Comparator::GreaterEqual => date.first_day() >= value.first_day(),
    }
}

/// Whether an instant is in the relation to a range of instants; for `=`, whether it lies in it.
pub(crate) fn instant_holds(comparator: Comparator, instant: i64, (first, last): (i64, i64)) -> bool {
    match comparator {
        Comparator::Equal | Comparator::Has => (first..=last).contains(&instant),
        Comparator::NotEqual => !(first..=last).contains(&instant),
        Comparator::Less => instant < first,
        Comparator::LessEqual => instant <= last,
        Comparator::Greater => instant > last,
        Comparator::GreaterEqual => instant >= first,
    }
}
