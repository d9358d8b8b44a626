//! Kinds of fillers and sets of them.

/// What a phrase stands for, as far as frames ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the kinds are defined in docs/frames.md")]
pub enum Kind {
    Organisation,
    Authority,
    Person,
    Country,
    Place,
    Product,
    Group,
    Money,
    Date,
    Percent,
    Clause,
    Thing,
}

impl Kind {
    const ALL: [(Self, &'static str); 12] = [
        (Self::Organisation, "ORG"),
        (Self::Authority, "AUTHORITY"),
        (Self::Person, "PERSON"),
        (Self::Country, "COUNTRY"),
        (Self::Place, "PLACE"),
        (Self::Product, "PRODUCT"),
        (Self::Group, "GROUP"),
        (Self::Money, "MONEY"),
        (Self::Date, "DATE"),
        (Self::Percent, "PERCENT"),
        (Self::Clause, "CLAUSE"),
        (Self::Thing, "THING"),
    ];

    /// The kind as frame files write it.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("THING", |(_, text)| text)
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindSet(u16);

impl KindSet {
    /// The set that frame files call `text`: a kind, or one of the unions PARTY (organisations, authorities, persons,
    /// countries, groups), STATE (authorities and countries), TERRITORY (countries and places), SERVICE (products and
    /// organisations), NOMINAL (everything but money, dates, percentages and clauses) and ANY.
    pub fn parse(text: &str) -> Option<Self> {
        use Kind::{Authority, Country, Group, Organisation, Person, Place, Product, Thing};
        let of = |kinds: &[Kind]| Some(Self(kinds.iter().fold(0, |bits, &kind| bits | 1 << kind as u16)));
        match text {
            "PARTY" => of(&[Organisation, Authority, Person, Country, Group]),
            "STATE" => of(&[Authority, Country]),
            "TERRITORY" => of(&[Country, Place]),
            "SERVICE" => of(&[Product, Organisation]),
            "NOMINAL" => of(&[Organisation, Authority, Person, Country, Group, Place, Product, Thing]),
            "ANY" => Some(Self::ANY),
            _ => Kind::ALL.iter().find(|(_, name)| *name == text).and_then(|(kind, _)| of(&[*kind])),
        }
    }

    /// Both sets together.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The set of all kinds.
    pub const ANY: Self = Self(u16::MAX);

    /// The set of no kinds.
    pub const NONE: Self = Self(0);

    /// The set with `kind`.
    #[must_use]
    pub fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind as u16)
    }

    /// Whether the sets have a kind in common.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether only masked words are of these kinds: sums, dates and percentages.
    pub(super) fn only_masked(self) -> bool {
        let masked = Self::NONE.with(Kind::Money).with(Kind::Date).with(Kind::Percent);
        self.0 & !masked.0 == 0
    }

    /// Whether the set holds `kind`.
    pub fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u16) != 0
    }
}
