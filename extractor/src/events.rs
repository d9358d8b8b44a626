//! Frame matches in, events out: one act told twice is one event.
//!
//! [`Event`] is the value that the whole crate means by "event": a plain mirror of `fineprint.v1.Event` without the
//! fields that only a log can set (sequence, ingest time) and without the document, which travels beside it. `emit`
//! turns it into wire bytes.

mod amounts;
mod assemble;
mod attribution;
mod confidence;
mod countries;
mod dates;
mod earlier;
mod factuality;
mod merge;
mod places;
mod reading;
mod roles;
mod same;
mod split;
mod sums;

pub use amounts::Sum;
pub use assemble::{Candidate, candidates, candidates_with_features};
pub use confidence::threshold;
pub use countries::CountryOption;
pub use dates::DateOption;
pub use factuality::FactualityOption;
pub use merge::merge;
pub use reading::{Party, Reading, SentenceKinds};
pub use roles::RoleOption;
pub use same::names as same_act_features;
pub use sums::SumOption;

pub use crate::values::date::PartialDate;

use crate::document::ByteSpan;
use rust_decimal::{Decimal, RoundingStrategy};
use std::fmt;

/// Reads the weights of assembly, so that the first document waits no longer for them than the next one.
pub(crate) fn ready() {
    roles::ready();
    dates::ready();
    sums::ready();
    countries::ready();
    factuality::ready();
    confidence::ready();
    same::ready();
}

macro_rules! event_types {
    ($($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)?) => {
        /// Kind of act. `docs/events.md` defines each.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum EventType {
            $($(#[$doc])* $variant,)+
            /// A type of a user's own frame file, in UPPER_SNAKE_CASE.
            Custom(String),
        }

        impl EventType {
            /// The types that come with the extractor, in the order of the definition.
            pub const BUILT_IN: &'static [Self] = &[$(Self::$variant),+];

            /// The name as frame files and filters write it (`FINE`).
            pub fn as_str(&self) -> &str {
                match self { $(Self::$variant => $text,)+ Self::Custom(name) => name }
            }

            /// The type that frame files write as `name`: one of the built-in ones, or a user's own.
            pub fn parse(name: &str) -> Self {
                match name { $($text => Self::$variant,)+ _ => Self::Custom(name.to_owned()) }
            }
        }
    };
}

event_types! {
    /// An authority imposes, orders or seeks a monetary penalty.
    Fine = "FINE",
    /// A complaint, charge or administrative case is brought against someone.
    Lawsuit = "LAWSUIT",
    /// An authority opens or runs an inquiry.
    Investigation = "INVESTIGATION",
    /// An authority issues a binding demand to do or stop something.
    Order = "ORDER",
    /// A court or tribunal decides.
    Verdict = "VERDICT",
    /// A person is detained, arrested or jailed.
    Arrest = "ARREST",
    /// Sanctions, export controls or a blacklist entry hit a party or country.
    Sanction = "SANCTION",
    /// Sale, purchase, import or use of something is forbidden.
    Ban = "BAN",
    /// Access to a service, site, app or content is cut off by a state.
    Block = "BLOCK",
    /// A service is slowed down on purpose.
    Throttle = "THROTTLE",
    /// A ban, block, sanction or case is lifted, eased or dropped.
    Lifting = "LIFTING",
    /// A law or general rule is proposed, passed or in force.
    Legislation = "LEGISLATION",
    /// A vendor or platform stops, pauses, limits or refuses sales or service.
    Suspension = "SUSPENSION",
    /// A company leaves a market, closes its office or disposes of its local business.
    Exit = "EXIT",
    /// Sales or service start again, or are newly offered.
    Resumption = "RESUMPTION",
    /// A platform takes down content, an app or an account.
    Removal = "REMOVAL",
    /// A party does or agrees to do what an authority wants.
    Compliance = "COMPLIANCE",
    /// A party refuses or fails to do so.
    Refusal = "REFUSAL",
    /// A party contests a decision before a court or authority.
    Appeal = "APPEAL",
    /// Consequences are threatened that fit no type above.
    Warning = "WARNING",
    /// A party publicly accuses or blames another of wrongdoing.
    Accusation = "ACCUSATION",
    /// A non-binding call on someone to do something.
    Demand = "DEMAND",
    /// A state or customer replaces a product with another one.
    Substitution = "SUBSTITUTION",
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How certain the text is that an act happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Factuality {
    /// Told as having happened or being in force.
    #[default]
    Actual,
    /// Announced, agreed, scheduled or intended.
    Planned,
    /// May, could, considered, threatened or sought.
    Possible,
    /// Told as not having happened, or contested as untrue.
    Denied,
}

impl Factuality {
    /// The name as frame files and filters write it (`ACTUAL`).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Actual => "ACTUAL",
            Self::Planned => "PLANNED",
            Self::Possible => "POSSIBLE",
            Self::Denied => "DENIED",
        }
    }
}

/// What a participant is to the act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Who acts.
    Actor,
    /// Who or what is acted on.
    Target,
    /// The product, service or content that the act is about, where it is not the target itself.
    Product,
    /// Where the act takes effect.
    Place,
}

impl Role {
    /// The name as frame files and filters write it (`ACTOR`).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Actor => "ACTOR",
            Self::Target => "TARGET",
            Self::Product => "PRODUCT",
            Self::Place => "PLACE",
        }
    }
}

/// What an entity is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntityKind {
    /// Unknown.
    #[default]
    Unknown,
    /// A company, platform, association or other body that is not an authority.
    Organisation,
    /// A court, regulator, ministry, police force or other body with public power.
    Authority,
    /// A person.
    Person,
    /// A country or union of countries, also where its capital or seat stands for it.
    Country,
    /// Any other place.
    Place,
    /// A product, service, site, app or other content.
    Product,
    /// A class of parties ("tech companies", "Russian users").
    Group,
}

/// Words of the text with the place where they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mention {
    /// The words, exactly as they stand in the document.
    pub text: String,
    /// Where they stand.
    pub span: ByteSpan,
}

/// A party or thing of an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// What it is to the act.
    pub role: Role,
    /// The fullest name that the document gives ("Zoom Video Communications" for "it").
    pub name: String,
    /// Identity across documents: `org:google`, `country:RU`, or `name:` and the folded name.
    pub entity_id: String,
    /// What it is.
    pub kind: EntityKind,
    /// ISO 3166-1 alpha-2 code of its home, or empty where unknown.
    pub country: String,
    /// The words at the act that stand for it ("the company").
    pub mention: Mention,
}

/// A sum of money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    /// How much, in units of the currency.
    pub value: Decimal,
    /// ISO 4217 code.
    pub currency: String,
}

impl Amount {
    /// Whether this is what a headline makes of `exact`: the same sum with fewer digits, rounded or cut off by less than a
    /// tenth.
    pub(crate) fn is_rounded(&self, exact: &Self) -> bool {
        let (coarse, fine) = (self.value.normalize(), exact.value.normalize());
        let digits =
            |value: Decimal| value.mantissa().unsigned_abs().to_string().trim_end_matches('0').len().try_into().ok();
        let (Some(few), Some(many)): (Option<u32>, Option<u32>) = (digits(coarse), digits(fine)) else { return false };
        let told = |strategy| fine.round_sf_with_strategy(few, strategy) == Some(coarse);
        self.currency == exact.currency
            && (coarse - fine).abs() < fine.abs() / Decimal::TEN
            && (1..many).contains(&few)
            && (told(RoundingStrategy::MidpointAwayFromZero) || told(RoundingStrategy::ToZero))
    }
}

/// Whether an amount is exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AmountBound {
    /// Exact, or no amount.
    #[default]
    Exact,
    /// "about", "around", "nearly".
    Approximate,
    /// "up to", "at most", "less than".
    Maximum,
    /// "at least", "more than", "over".
    Minimum,
}

/// One act that a document reports. A field that the text does not tell stays empty: nothing is guessed.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Identity of the act from its content alone; see [`Event::identify`].
    pub id: String,
    /// Which kind of act it is.
    pub event_type: EventType,
    /// How certain the text is that the act happened.
    pub factuality: Factuality,
    /// True where the text hedges the act with "reportedly", "allegedly" and the like.
    pub reported: bool,
    /// The parties and things of the act, in the order of the text.
    pub participants: Vec<Participant>,
    /// The sum of the act as told first, then the same sum in other currencies as the text gives them.
    pub amounts: Vec<Amount>,
    /// Whether the amounts are exact or a bound.
    pub amount_bound: AmountBound,
    /// True where each target has the amount for itself.
    pub amount_each: bool,
    /// When the act happened or is to happen.
    pub occurred: Option<PartialDate>,
    /// ISO 3166-1 alpha-2 codes (and `EU`) of the jurisdiction or territory of the act, most telling first.
    pub countries: Vec<String>,
    /// What the act is for, in the words of the text; empty where untold.
    pub reason: String,
    /// The law or rule that the text names as the basis of the act; empty where untold.
    pub legal_basis: String,
    /// The medium, agency or document that the text credits; empty where none.
    pub source: String,
    /// The person or body that speaks, where it is not a medium; empty where none.
    pub speaker: String,
    /// Where the shortest stretch of the text stands that holds the trigger and the main arguments.
    pub quote_span: ByteSpan,
    /// Where the word stands that evokes the act.
    pub trigger_span: ByteSpan,
    /// The frame that matched ("fine.verb").
    pub frame_id: String,
    /// Probability that a careful reader would list this event with these parties, from 0 to 1.
    pub confidence: f64,
    /// True where the act is told as older background of the story and not as its news.
    pub background: bool,
}

impl Event {
    /// The id of this act in the document `document_id`: 32 lower-case hexadecimal characters, made from the
    /// document's id, the type, the trigger with its place and the parties with their roles. Neither the certainty nor
    /// any value that later versions may read better (date, amount, reason, confidence) has a part in it.
    pub fn identify(&self, document_id: &str, text: &str) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut feed = |part: &str| {
            // The length goes first, so that no two lists of parts give the same bytes.
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        };
        feed(document_id);
        feed(self.event_type.as_str());
        feed(&self.trigger_span.start.to_string());
        feed(self.trigger_span.of(text));
        for participant in &self.participants {
            feed(participant.role.as_str());
            feed(&participant.entity_id);
            feed(&participant.name);
        }
        let hex = hasher.finalize().to_hex();
        hex[..32].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(event_type: EventType, target: &str) -> Event {
        let mention = Mention { text: target.to_owned(), span: ByteSpan::new(0, target.len()) };
        Event {
            id: String::new(),
            event_type,
            factuality: Factuality::Actual,
            reported: false,
            participants: vec![Participant {
                role: Role::Target,
                name: target.to_owned(),
                entity_id: format!("name:{}", target.to_lowercase()),
                kind: EntityKind::Organisation,
                country: String::new(),
                mention,
            }],
            amounts: Vec::new(),
            amount_bound: AmountBound::Exact,
            amount_each: false,
            occurred: None,
            countries: Vec::new(),
            reason: String::new(),
            legal_basis: String::new(),
            source: String::new(),
            speaker: String::new(),
            quote_span: ByteSpan::new(0, 17),
            trigger_span: ByteSpan::new(11, 17),
            frame_id: "fine.verb".to_owned(),
            confidence: 0.9,
            background: false,
        }
    }

    #[test]
    fn every_type_is_read_as_it_is_written() {
        assert_eq!(EventType::BUILT_IN.len(), 23);
        for event_type in EventType::BUILT_IN {
            assert_eq!(&EventType::parse(event_type.as_str()), event_type);
        }
        assert_eq!(EventType::parse("DATA_BREACH"), EventType::Custom("DATA_BREACH".to_owned()));
        assert_eq!(EventType::parse("DATA_BREACH").as_str(), "DATA_BREACH");
    }

    #[test]
    fn an_id_tells_document_type_place_and_parties_and_nothing_else() {
        let text = "Google was fined.";
        let first = event(EventType::Fine, "Google");
        let id = first.identify("a", text);
        assert_eq!(id.len(), 32);
        assert!(id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)), "{id}");
        let mut surer = first.clone();
        surer.confidence = 0.1;
        surer.factuality = Factuality::Denied;
        assert_eq!(surer.identify("a", text), id);
        assert_ne!(first.identify("b", text), id);
        assert_ne!(event(EventType::Block, "Google").identify("a", text), id);
        assert_ne!(event(EventType::Fine, "Meta").identify("a", text), id);
        let mut elsewhere = first;
        elsewhere.trigger_span = ByteSpan::new(12, 17);
        assert_ne!(elsewhere.identify("a", text), id);
    }

    #[test]
    fn a_rounded_sum_has_fewer_digits() {
        let check = |exact: &str, round: &str, expected: bool| {
            let sum = |value: &str| Amount { value: value.parse().unwrap(), currency: "USD".to_owned() };
            assert_eq!(sum(round).is_rounded(&sum(exact)), expected, "{exact} to {round}");
        };
        check("61400000", "61000000", true);
        check("18500000", "18000000", true);
        check("18500000", "19000000", true);
        check("61400000", "60000000", true);
        check("1234.5", "1200", true);
        check("1400000", "1000000", false);
        check("61000000", "61400000", false);
        check("61400000", "62000000", false);
        check("61000000", "61000000", false);
        check("318000000", "360000000", false);
        check("61400000", "0", false);
    }

    #[test]
    fn a_date_is_written_as_exactly_as_it_is_known() {
        for (date, written) in [
            (PartialDate { year: 2022, month: Some(6), day: Some(16) }, "2022-06-16"),
            (PartialDate { year: 2022, month: Some(6), day: None }, "2022-06"),
            (PartialDate { year: 2021, month: None, day: None }, "2021"),
        ] {
            assert_eq!(date.to_string(), written);
        }
    }
}
