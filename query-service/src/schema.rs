//! The one table of what a filter may ask for.
//!
//! The checker, the planner, `GetFilterSchema` and `docs/filters.md` are all made from [`FIELDS`] and [`FUNCTIONS`]. A
//! field is a path, its aliases, a [`Kind`] and a sentence with an example; type, operators, values and the way the
//! index answers for it follow from the kind alone.

use crate::event::{AmountBound, EntityKind, EventType, Factuality, Role, StoredEvent};

mod table;

pub use table::{FIELDS, FUNCTIONS};

/// A field that a filter may use.
#[derive(Debug)]
pub struct Field {
    /// Path as written in a filter.
    pub path: &'static str,
    /// Other paths that mean the same, most of them those of `event.proto`.
    pub aliases: &'static [&'static str],
    /// What its values are.
    pub kind: Kind,
    /// What it means, in one sentence.
    pub doc: &'static str,
    /// A filter that uses it.
    pub example: &'static str,
}

/// A function that a filter may call.
#[derive(Debug)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// How it is called.
    pub signature: &'static str,
    /// What it means, in one sentence.
    pub doc: &'static str,
    /// A filter that uses it.
    pub example: &'static str,
}

/// What the values of a field are. The typed lists below say which part of the event they are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One value of a closed list.
    Enum(EnumField),
    /// True or false; never unset.
    Flag(FlagField),
    /// A string that is compared exactly.
    Exact(ExactField),
    /// The event's id.
    EventId,
    /// A name, compared folded.
    Name(NameField),
    /// A text that is searched by its words, folded.
    Text(TextField),
    /// Names or ids of the participants in a role, or in any.
    Party(Option<Role>),
    /// Ids of those participants.
    PartyId(Option<Role>),
    /// Kinds of those participants.
    PartyKind(Option<Role>),
    /// Countries of those participants.
    PartyCountry(Option<Role>),
    /// What the event is about.
    Country,
    /// Sums of money; a currency code stands behind the path.
    Amount,
    /// A day, month or year.
    Date(DateField),
    /// When the service took the event in.
    IngestTime,
    /// Position in the log.
    Sequence,
    /// From 0 to 1.
    Confidence,
}

/// Fields with a closed list of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EnumField {
    /// Kind of act.
    Type,
    /// How certain the text is.
    Factuality,
    /// Whether the amounts are exact.
    AmountBound,
}

/// Fields that are true or false.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FlagField {
    /// Hedged by the text.
    Reported,
    /// Told as older background.
    Background,
    /// Each target has the amount for itself.
    AmountEach,
}

/// Strings compared exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExactField {
    /// Name of a user's own type.
    CustomType,
    /// The document's id.
    DocumentId,
    /// The frame that matched.
    Frame,
}

/// Names outside the participants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NameField {
    /// The medium credited.
    Source,
    /// Who speaks.
    Speaker,
    /// Who published the document.
    Publisher,
}

/// Texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextField {
    /// The words that the event was read from.
    Quote,
    /// What the act is for.
    Reason,
    /// The law named.
    LegalBasis,
    /// The document's title.
    Title,
}

/// Dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateField {
    /// When the act happened.
    Occurred,
    /// When the document was published.
    Published,
}

/// How the index of a sealed segment answers for a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexKind {
    /// A posting list a value.
    Postings,
    /// A table of the segment's parties, then a posting list a party and role.
    Parties,
    /// A posting list a word; phrases and patterns then look at the text.
    Words,
    /// Distinct values in order, a posting list each.
    Ranges,
    /// A column that is walked.
    Column,
    /// The position itself.
    Position,
}

impl Kind {
    /// Type of the values, as `GetFilterSchema` names it.
    #[must_use]
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Enum(_) | Self::PartyKind(_) => "enum",
            Self::Flag(_) => "boolean",
            Self::Exact(_)
            | Self::EventId
            | Self::Name(_)
            | Self::Text(_)
            | Self::Party(_)
            | Self::PartyId(_)
            | Self::PartyCountry(_)
            | Self::Country => "string",
            Self::Amount | Self::Sequence | Self::Confidence => "number",
            Self::Date(_) => "date",
            Self::IngestTime => "timestamp",
        }
    }

    /// Operators allowed.
    #[must_use]
    pub fn operators(self) -> &'static [&'static str] {
        match self {
            Self::Amount | Self::Date(_) | Self::IngestTime | Self::Sequence | Self::Confidence => {
                &["=", "!=", "<", "<=", ">", ">=", ":"]
            }
            _ => &["=", "!=", ":"],
        }
    }

    /// Values allowed where the list is closed, else none.
    #[must_use]
    pub fn values(self) -> Vec<&'static str> {
        match self {
            Self::Enum(field) => field.values().map(|(name, _)| name).collect(),
            Self::PartyKind(_) => entity_kinds().map(|(name, _)| name).collect(),
            Self::Flag(_) => vec!["true", "false"],
            _ => Vec::new(),
        }
    }

    /// How the index answers for it.
    #[must_use]
    pub fn index(self) -> IndexKind {
        match self {
            Self::Enum(_) | Self::Flag(_) | Self::Exact(_) | Self::Name(_) | Self::Country => IndexKind::Postings,
            Self::Party(_) | Self::PartyId(_) | Self::PartyKind(_) | Self::PartyCountry(_) => IndexKind::Parties,
            Self::Text(_) => IndexKind::Words,
            Self::Amount | Self::Date(_) => IndexKind::Ranges,
            Self::EventId | Self::IngestTime | Self::Confidence => IndexKind::Column,
            Self::Sequence => IndexKind::Position,
        }
    }
}

impl EnumField {
    /// Names and numbers of the values, without the unset one.
    pub fn values(self) -> impl Iterator<Item = (&'static str, u8)> {
        (1..=u8::MAX).map_while(move |number| self.name(number).map(|name| (name, number)))
    }

    /// Name of a value, short; `None` for the unset one and for numbers that mean nothing.
    #[must_use]
    pub fn name(self, number: u8) -> Option<&'static str> {
        let number = i32::from(number);
        let full = match self {
            _ if number == 0 => return None,
            Self::Type => EventType::try_from(number).ok()?.as_str_name(),
            Self::Factuality => Factuality::try_from(number).ok()?.as_str_name(),
            Self::AmountBound => AmountBound::try_from(number).ok()?.as_str_name(),
        };
        full.strip_prefix(self.prefix())
    }

    /// Number of the value that an event has; 0 where unset.
    #[must_use]
    pub fn number(self, event: &StoredEvent) -> u8 {
        let number = match self {
            Self::Type => event.event_type as i32,
            Self::Factuality => event.factuality as i32,
            Self::AmountBound => event.amount_bound as i32,
        };
        u8::try_from(number).unwrap_or(0)
    }

    /// What the API's names of the values begin with; a filter may write it or leave it out.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Type => "EVENT_TYPE_",
            Self::Factuality => "FACTUALITY_",
            Self::AmountBound => "AMOUNT_BOUND_",
        }
    }
}

/// Names of the roles as filters write them, with the role.
pub const ROLES: [(&str, Role); 4] =
    [("ACTOR", Role::Actor), ("TARGET", Role::Target), ("PRODUCT", Role::Product), ("PLACE", Role::Place)];

/// Names of the kinds of entities as filters write them, with the kind.
pub fn entity_kinds() -> impl Iterator<Item = (&'static str, EntityKind)> {
    (1..).map_while(|number| {
        let kind = EntityKind::try_from(number).ok()?;
        Some((kind.as_str_name().strip_prefix("ENTITY_KIND_")?, kind))
    })
}

/// Finds a field by its path or one of its aliases.
#[must_use]
pub fn find(path: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.path == path || field.aliases.contains(&path))
}

/// Every path that a filter may write, aliases left out.
pub fn paths() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|field| field.path)
}

#[cfg(test)]
mod tests;
