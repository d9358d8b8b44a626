//! What an event is inside the service: the fields that filters ask for, checked once and trusted afterwards.
//!
//! Comes in: a [`v1::Event`] as a client sent it or as the log kept it. Goes out: a [`StoredEvent`], or every
//! violation of the rules that `event.proto` states. Names and texts are kept folded (see [`fold`]), since that is how
//! they are compared; the event as told is the encoded bytes, which the store keeps beside. Nothing is guessed: what
//! the event does not tell is `None`, empty, or an empty list.

use fineprint_proto::google::r#type::{Date, Money};
use fineprint_proto::v1;

mod date;
mod fold;
mod texts;

pub use date::{PartialDate, Timestamp};
pub use fineprint_proto::v1::{AmountBound, EntityKind, EventType, Factuality, Role};
pub use fold::{fold, words};
pub use texts::Texts;

/// Longest document id that is taken, in bytes.
pub const DOCUMENT_ID_BYTES_MAX: usize = 512;

/// Identity of an act: the 16 bytes that its 32 hexadecimal digits stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId(pub [u8; 16]);

impl EventId {
    /// Reads 32 lower-case hexadecimal digits; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: &[u8; 32] = text.as_bytes().try_into().ok()?;
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Some(Self(bytes))
    }
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl std::fmt::Display for EventId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// ISO 3166-1 alpha-2 code, or `EU`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CountryCode(pub [u8; 2]);

impl CountryCode {
    /// Reads two capital letters; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 2] = text.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Self(bytes))
    }
}

/// ISO 4217 code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CurrencyCode(pub [u8; 3]);

impl CurrencyCode {
    /// Reads three capital letters; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 3] = text.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Self(bytes))
    }
}

macro_rules! display_letters {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.iter().try_for_each(|letter| write!(formatter, "{}", char::from(*letter)))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, formatter)
            }
        }
    };
}
display_letters!(CountryCode);
display_letters!(CurrencyCode);

/// A party or thing of an act.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Participant {
    /// What it is to the act.
    pub role: Role,
    /// Its fullest name, folded; never empty.
    pub name: Box<str>,
    /// Its identity across documents, exactly as told; may be empty.
    pub entity_id: Box<str>,
    /// What it is.
    pub kind: EntityKind,
    /// Its home.
    pub country: Option<CountryCode>,
}

/// A sum of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Amount {
    /// Its currency.
    pub currency: CurrencyCode,
    /// Its value in billionths of the unit, never negative.
    pub nanos: i128,
}

/// The fields of one event that filters ask for. `sequence` and `ingest_time` are the store's to set.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    /// Identity of the act.
    pub event_id: EventId,
    /// Position in the log, from 1; 0 before the store has set it.
    pub sequence: u64,
    /// When the service took it in; the epoch before the store has set it.
    pub ingest_time: Timestamp,
    /// Kind of act.
    pub event_type: EventType,
    /// Name of the type where it is a user's own, else empty; exact.
    pub custom_type: Box<str>,
    /// How certain the text is.
    pub factuality: Factuality,
    /// Hedged by the text.
    pub reported: bool,
    /// Told as older background.
    pub background: bool,
    /// Each target has the amount for itself.
    pub amount_each: bool,
    /// Whether the amounts are exact.
    pub amount_bound: AmountBound,
    /// The parties, in the order of the text.
    pub participants: Box<[Participant]>,
    /// The sums, as told first.
    pub amounts: Box<[Amount]>,
    /// When the act happened.
    pub occurred: Option<PartialDate>,
    /// When the document was published.
    pub published: Option<PartialDate>,
    /// What the act is about, most telling first.
    pub countries: Box<[CountryCode]>,
    /// From 0 to 1.
    pub confidence: f64,
    /// The medium credited, folded; empty where none.
    pub source: Box<str>,
    /// Who speaks, folded; empty where none.
    pub speaker: Box<str>,
    /// Who published the document, folded; empty where unknown.
    pub publisher: Box<str>,
    /// The document's id, exact.
    pub document_id: Box<str>,
    /// The frame that matched, exact; empty where unknown.
    pub frame: Box<str>,
    /// The words that the event was read from, folded.
    pub quote: Box<str>,
    /// What the act is for, folded; empty where untold.
    pub reason: Box<str>,
    /// The law named, folded; empty where untold.
    pub legal_basis: Box<str>,
    /// The document's title, folded; empty where it has none.
    pub title: Box<str>,
}

impl StoredEvent {
    /// Bytes that this event occupies, what it points to included.
    #[must_use]
    pub fn resident_bytes(&self) -> usize {
        let strings = [
            &self.custom_type,
            &self.source,
            &self.speaker,
            &self.publisher,
            &self.document_id,
            &self.frame,
            &self.quote,
            &self.reason,
            &self.legal_basis,
            &self.title,
        ];
        let texts: usize = strings.iter().map(|text| text.len()).sum();
        let parties: usize = self.participants.iter().map(|party| party.name.len() + party.entity_id.len()).sum();
        size_of::<Self>()
            + texts
            + parties
            + size_of_val(&*self.participants)
            + size_of_val(&*self.amounts)
            + size_of_val(&*self.countries)
    }
}

/// One rule that an event breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The field, as a path from the event (`participants[1].role`).
    pub field: String,
    /// What is wrong with it and what is expected.
    pub description: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.field, self.description)
    }
}

/// Why an event is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It breaks rules of `event.proto`; all of them are listed.
    #[error("the event breaks {} of its rules, first {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Invalid(Vec<Violation>),
}

impl TryFrom<&v1::Event> for StoredEvent {
    type Error = Error;

    fn try_from(event: &v1::Event) -> Result<Self, Error> {
        let mut check = Check::default();
        let event_id = EventId::parse(&event.event_id);
        check.require(event_id.is_some(), "event_id", || "expected 32 lower-case hexadecimal digits");
        let event_type = check.closed(event.r#type(), EventType::Unspecified, event.r#type, "type");
        let factuality = check.closed(event.factuality(), Factuality::Unspecified, event.factuality, "factuality");
        check.custom_type(event_type, &event.custom_type);
        let participants: Box<[Participant]> =
            event.participants.iter().enumerate().map(|(index, party)| check.participant(index, party)).collect();
        let amounts =
            event.amounts.iter().enumerate().filter_map(|(index, money)| check.amount(index, money)).collect();
        if AmountBound::try_from(event.amount_bound).is_err() {
            check.add("amount_bound", format!("{} is not a known value", event.amount_bound));
        }
        let occurred = check.date("occurred", event.occurred.as_ref());
        let countries = event
            .countries
            .iter()
            .enumerate()
            .filter_map(|(index, code)| check.country(&format!("countries[{index}]"), code))
            .collect();
        check.require((0.0..=1.0).contains(&event.confidence), "confidence", || "expected a number from 0 to 1");

        let no_evidence = v1::Evidence::default();
        let evidence = event.evidence.as_ref().unwrap_or(&no_evidence);
        check.require(!evidence.quote.is_empty(), "evidence.quote", || "required");
        check.span("evidence.quote_span", evidence.quote_span);
        check.span("evidence.trigger_span", evidence.trigger_span);
        let no_document = v1::Document::default();
        let document = event.document.as_ref().unwrap_or(&no_document);
        check.require(!document.document_id.is_empty(), "document.document_id", || "required");
        if document.document_id.len() > DOCUMENT_ID_BYTES_MAX {
            check.add("document.document_id", format!("longer than {DOCUMENT_ID_BYTES_MAX} bytes"));
        }
        let published = check.date("document.published", document.published.as_ref());
        let no_attribution = v1::Attribution::default();
        let attribution = event.attribution.as_ref().unwrap_or(&no_attribution);

        let Some(event_id) = event_id.filter(|_| check.violations.is_empty()) else {
            return Err(Error::Invalid(check.violations));
        };
        Ok(Self {
            event_id,
            sequence: event.sequence,
            ingest_time: event.ingest_time.as_ref().map_or(Timestamp::EPOCH, Timestamp::from_wire),
            event_type,
            custom_type: event.custom_type.as_str().into(),
            factuality,
            reported: event.reported,
            background: event.background,
            amount_each: event.amount_each,
            amount_bound: event.amount_bound(),
            participants,
            amounts,
            occurred,
            published,
            countries,
            confidence: event.confidence,
            source: fold(&attribution.source),
            speaker: fold(&attribution.speaker),
            publisher: fold(&document.publisher),
            document_id: document.document_id.as_str().into(),
            frame: evidence.frame_id.as_str().into(),
            quote: fold(&evidence.quote),
            reason: fold(&event.reason),
            legal_basis: fold(&event.legal_basis),
            title: fold(&document.title),
        })
    }
}

/// Gathers what is wrong with an event.
#[derive(Default)]
struct Check {
    violations: Vec<Violation>,
}

impl Check {
    fn add(&mut self, field: impl Into<String>, description: impl Into<String>) {
        self.violations.push(Violation { field: field.into(), description: description.into() });
    }

    fn require(&mut self, holds: bool, field: &str, description: impl FnOnce() -> &'static str) {
        if !holds {
            self.add(field, description());
        }
    }

    /// A value of a closed list, where unset and unknown numbers are refused. Prost reads an unknown number as unset.
    fn closed<E: PartialEq + Copy>(&mut self, value: E, unspecified: E, number: i32, field: &str) -> E {
        if value == unspecified {
            let description = if number == 0 { "required".into() } else { format!("{number} is not a known value") };
            self.add(field, description);
        }
        value
    }

    fn custom_type(&mut self, event_type: EventType, name: &str) {
        if event_type != EventType::Custom {
            self.require(name.is_empty(), "custom_type", || "allowed only where type is EVENT_TYPE_CUSTOM");
            return;
        }
        let upper_snake = name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        self.require(upper_snake, "custom_type", || "required where type is EVENT_TYPE_CUSTOM, in UPPER_SNAKE_CASE");
    }

    fn participant(&mut self, index: usize, party: &v1::Participant) -> Participant {
        let at = |rest: &str| format!("participants[{index}].{rest}");
        let role = self.closed(party.role(), Role::Unspecified, party.role, &at("role"));
        let nobody = v1::Entity::default();
        let entity = party.entity.as_ref().unwrap_or(&nobody);
        let name = fold(&entity.name);
        self.require(!name.is_empty(), &at("entity.name"), || "required");
        if EntityKind::try_from(entity.kind).is_err() {
            self.add(at("entity.kind"), format!("{} is not a known value", entity.kind));
        }
        if let Some(mention) = &party.mention {
            self.span(&at("mention.span"), mention.span);
        }
        let country =
            if entity.country.is_empty() { None } else { self.country(&at("entity.country"), &entity.country) };
        Participant { role, name, entity_id: entity.entity_id.as_str().into(), kind: entity.kind(), country }
    }

    fn country(&mut self, field: &str, code: &str) -> Option<CountryCode> {
        let country = CountryCode::parse(code);
        if country.is_none() {
            self.add(field, format!("{code:?} is not an ISO 3166-1 alpha-2 code (two capital letters)"));
        }
        country
    }

    fn amount(&mut self, index: usize, money: &Money) -> Option<Amount> {
        let at = |rest: &str| format!("amounts[{index}].{rest}");
        let currency = CurrencyCode::parse(&money.currency_code);
        if currency.is_none() {
            self.add(
                at("currency_code"),
                format!("{:?} is not an ISO 4217 code (three capital letters)", money.currency_code),
            );
        }
        self.require(money.units >= 0, &at("units"), || "negative");
        self.require((0..1_000_000_000).contains(&money.nanos), &at("nanos"), || "expected 0 to 999,999,999");
        let nanos = i128::from(money.units) * 1_000_000_000 + i128::from(money.nanos);
        currency.map(|currency| Amount { currency, nanos })
    }

    fn date(&mut self, field: &str, date: Option<&Date>) -> Option<PartialDate> {
        let date = date?;
        let checked = PartialDate::new(date.year, date.month, date.day);
        if checked.is_none() {
            self.add(
                field,
                format!(
                    "{}-{}-{} is not a date: expected a year from 1 to 9999, then a month or 0, then a day or 0",
                    date.year, date.month, date.day
                ),
            );
        }
        checked
    }

    fn span(&mut self, field: &str, span: Option<v1::ByteSpan>) {
        self.require(span.is_none_or(|span| span.start <= span.end), field, || "ends before it starts");
    }
}

#[cfg(test)]
mod tests;
