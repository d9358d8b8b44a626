//! One value for one field: what it must look like, and what it means.

use super::{Checker, Subject, always_set};
use crate::event::{CountryCode, CurrencyCode, EntityKind, EventId, PartialDate, Role, fold};
use crate::filter::ast::Comparator;
use crate::filter::error::Error;
use crate::filter::literal::{Literal, Moment, nanos};
use crate::filter::pattern::{Pattern, Phrase};
use crate::filter::predicate::{Node, PartyTest, Shown, Test};
use crate::schema::{self, EnumField, Kind};

impl<'a> Checker<'a> {
    /// `field:*`: whether the field is set.
    pub(super) fn presence(&self, subject: Subject<'a>) -> Result<Node, Error> {
        let party = |test: PartyTest| Test::Party(test);
        let test = match subject.kind {
            Kind::Flag(field) => Test::Flag(field, true),
            kind if always_set(kind) => return Ok(Node::All),
            Kind::Enum(field) => Test::EnumSet(field),
            Kind::Exact(field) => Test::Exact(field, None),
            Kind::Name(field) => Test::Name(field, None),
            Kind::Text(field) => Test::Text(field, None),
            Kind::Party(role) => party(PartyTest { role, ..PartyTest::default() }),
            Kind::PartyId(role) => party(PartyTest { role, has_id: true, ..PartyTest::default() }),
            Kind::PartyKind(role) => {
                party(PartyTest { role, kind: Some(EntityKind::Unspecified), ..PartyTest::default() })
            }
            Kind::PartyCountry(role) => party(PartyTest { role, country: Some(None), ..PartyTest::default() }),
            Kind::Country => Test::Country(None),
            Kind::Amount => Test::Amount(subject.currency, None),
            Kind::Date(field) => Test::Date(field, None),
            Kind::EventId | Kind::IngestTime | Kind::Sequence | Kind::Confidence => return Ok(Node::All),
        };
        Ok(Node::Test(test))
    }

    /// `field comparator value`. For `!=` the test is that of `=`.
    pub(super) fn value(
        &mut self,
        subject: Subject<'a>,
        comparator: Comparator,
        literal: &Literal,
    ) -> Result<Test, Error> {
        let relation = match comparator {
            Comparator::NotEqual | Comparator::Has => Comparator::Equal,
            other => other,
        };
        let words = comparator == Comparator::Has;
        Ok(match subject.kind {
            Kind::Exact(field) => Test::Exact(field, Some(self.exact(literal)?)),
            Kind::Name(field) => Test::Name(field, Some(self.folded(subject, literal, words)?)),
            Kind::Text(field) => Test::Text(field, Some(self.folded(subject, literal, words)?)),
            Kind::Party(role) => party(role, self.folded(subject, literal, words)?),
            Kind::PartyId(role) => {
                Test::Party(PartyTest { role, id: Some(self.exact(literal)?), ..PartyTest::default() })
            }
            _ if literal.is_open() => {
                let message = format!(
                    "`{}` takes no `*` within a value; `{}:*` asks whether it is set",
                    subject.path, subject.path
                );
                return Err(self.fault(literal.span, message));
            }
            Kind::Enum(field) => Test::Enum(field, self.enum_value(field, literal)?),
            Kind::Flag(field) => match &*literal.text {
                "true" => Test::Flag(field, true),
                "false" => Test::Flag(field, false),
                _ => return Err(self.not_one_of(literal.span, "expected true or false", &["true", "false"])),
            },
            Kind::EventId => match EventId::parse(&literal.text) {
                Some(id) => Test::EventId(id),
                None => return Err(self.fault(literal.span, "expected 32 lower-case hexadecimal digits")),
            },
            Kind::PartyKind(role) => {
                Test::Party(PartyTest { role, kind: Some(self.entity_kind(literal)?), ..PartyTest::default() })
            }
            Kind::PartyCountry(role) => {
                Test::Party(PartyTest { role, country: Some(Some(self.country(literal)?)), ..PartyTest::default() })
            }
            Kind::Country => Test::Country(Some(self.country(literal)?)),
            Kind::Amount => self.amount(subject, comparator, relation, literal)?,
            Kind::Date(field) => match PartialDate::parse(&literal.text) {
                Some(date) => Test::Date(field, Some((relation, date))),
                None => {
                    return Err(self.fault(literal.span, "expected a date: \"2022\", \"2022-03\" or \"2022-03-15\""));
                }
            },
            Kind::IngestTime => match Moment::parse(&literal.text) {
                Some(moment) => self.instant(relation, moment, literal.span)?,
                None => {
                    let message = "expected a time: \"2022-03-15T10:00:00Z\", or a day, month or year in UTC";
                    return Err(self.fault(literal.span, message));
                }
            },
            Kind::Sequence => match literal.text.parse::<u64>() {
                Ok(value) if literal.text.bytes().all(|digit| digit.is_ascii_digit()) => {
                    Test::Sequence(relation, value)
                }
                _ => return Err(self.fault(literal.span, "expected a whole number from 0")),
            },
            Kind::Confidence => match literal.text.parse::<f64>() {
                Ok(value) if (0.0..=1.0).contains(&value) => Test::Confidence(relation, value.abs()),
                _ => return Err(self.fault(literal.span, "expected a number from 0 to 1")),
            },
        })
    }

    pub(super) fn instant(
        &self,
        relation: Comparator,
        moment: Moment,
        span: crate::filter::ast::ByteSpan,
    ) -> Result<Test, Error> {
        match moment.range() {
            Some((first, last)) => Ok(Test::IngestTime(relation, moment, (first.0, last.0))),
            None => Err(self.fault(span, "this time is out of range: years 1678 to 2261 are known")),
        }
    }

    fn amount(
        &self,
        subject: Subject<'a>,
        comparator: Comparator,
        relation: Comparator,
        literal: &Literal,
    ) -> Result<Test, Error> {
        let Some(currency) = subject.currency else {
            return match CurrencyCode::parse(&literal.text) {
                Some(currency) if comparator == Comparator::Has => Ok(Test::Amount(Some(currency), None)),
                _ => {
                    Err(self
                        .fault(subject.span, "say in which currency: amount.RUB >= 1000000, or amount:RUB for any sum"))
                }
            };
        };
        match nanos(&literal.text) {
            Some(value) => Ok(Test::Amount(Some(currency), Some((relation, value)))),
            None => Err(self.fault(
                literal.span,
                "expected a number from 0 with at most nine decimals, without separators: 1000000, 2.5 or 1e6",
            )),
        }
    }

    fn enum_value(&self, field: EnumField, literal: &Literal) -> Result<u8, Error> {
        let short = literal.text.strip_prefix(field.prefix()).unwrap_or(&literal.text);
        field.values().find(|(name, _)| *name == short).map(|(_, number)| number).ok_or_else(|| {
            let names: Vec<&str> = field.values().map(|(name, _)| name).collect();
            let hint = if field == EnumField::Type {
                format!(
                    "no type is called `{}`; a type of your own frames is written custom_type = \"NAME\"",
                    literal.text
                )
            } else {
                format!("no value is called `{}`", literal.text)
            };
            self.not_one_of(literal.span, hint, &names)
        })
    }

    pub(super) fn entity_kind(&self, literal: &Literal) -> Result<EntityKind, Error> {
        let short = literal.text.strip_prefix("ENTITY_KIND_").unwrap_or(&literal.text);
        schema::entity_kinds().find(|(name, _)| *name == short).map(|(_, kind)| kind).ok_or_else(|| {
            let names: Vec<&str> = schema::entity_kinds().map(|(name, _)| name).collect();
            self.not_one_of(literal.span, format!("no kind is called `{}`", literal.text), &names)
        })
    }

    pub(super) fn country(&self, literal: &Literal) -> Result<CountryCode, Error> {
        CountryCode::parse(&literal.text).ok_or_else(|| {
            let mut problem =
                self.problem(literal.span, "expected a country as two capital letters (ISO 3166-1 alpha-2), or EU");
            let upper = literal.text.to_uppercase();
            problem.nearest = CountryCode::parse(&upper).map(|_| upper);
            Error::InvalidFilter(Box::new(problem))
        })
    }

    fn exact(&self, literal: &Literal) -> Result<Shown, Error> {
        self.not_empty(literal)?;
        Ok(Shown { pattern: ends(literal, &literal.text), written: literal.text.as_str().into() })
    }

    pub(super) fn folded(&self, subject: Subject<'a>, literal: &Literal, words: bool) -> Result<Shown, Error> {
        self.not_empty(literal)?;
        let folded = fold(&literal.text);
        let written = literal.text.as_str().into();
        if !words {
            return Ok(Shown { pattern: ends(literal, &folded), written });
        }
        if literal.open_start {
            let message = format!("`:` looks for whole words; write contains({}, \"…\") or = for this", subject.path);
            return Err(self.fault(literal.span, message));
        }
        match Phrase::new(&folded, literal.open_end) {
            Some(phrase) => Ok(Shown { pattern: Pattern::Words(phrase), written }),
            None => Err(self.fault(literal.span, "there is no word to search for in this")),
        }
    }

    pub(super) fn not_empty(&self, literal: &Literal) -> Result<(), Error> {
        if fold(&literal.text).is_empty() {
            return Err(
                self.fault(literal.span, "an empty value matches nothing: NOT field:* asks whether it is unset")
            );
        }
        Ok(())
    }
}

/// The comparison that wildcards at the ends of a value ask for.
fn ends(literal: &Literal, text: &str) -> Pattern {
    match (literal.open_start, literal.open_end) {
        (false, false) => Pattern::Equal(text.into()),
        (false, true) => Pattern::Prefix(text.into()),
        (true, false) => Pattern::Suffix(text.into()),
        (true, true) => Pattern::contains(text),
    }
}

/// The test of a participant's name; a value with a colon in it may be an id as well.
pub(super) fn party(role: Option<Role>, name: Shown) -> Test {
    Test::Party(PartyTest { role, id: id_of(&name), name: Some(name), ..PartyTest::default() })
}

/// The id that a name may be.
pub(super) fn id_of(name: &Shown) -> Option<Shown> {
    let id: Box<str> = name.written.clone();
    let pattern = match &name.pattern {
        _ if !id.contains(':') => return None,
        Pattern::Equal(_) => Pattern::Equal(id.clone()),
        Pattern::Prefix(_) => Pattern::Prefix(id.clone()),
        Pattern::Words(phrase) if phrase.is_open() => Pattern::Prefix(id.clone()),
        Pattern::Words(_) => Pattern::Equal(id.clone()),
        Pattern::Suffix(_) | Pattern::Contains(_) | Pattern::Regex(_) => return None,
    };
    Some(Shown { pattern, written: id })
}
