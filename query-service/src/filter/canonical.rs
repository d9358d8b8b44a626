//! Prints a predicate as a filter: aliases resolved, values spelt one way, every group in parentheses.
//!
//! Reading what is printed gives the same predicate.

use super::ast::Comparator;
use super::literal::print_nanos;
use super::pattern::Pattern;
use super::predicate::{Node, PartyTest, Shown, Test};
use crate::schema::{self, Kind};
use std::fmt::{Display, Formatter, Result, Write};

impl Display for Node {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let joined = |formatter: &mut Formatter<'_>, parts: &[Self], between: &str| {
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    formatter.write_str(between)?;
                }
                part.fmt_grouped(formatter)?;
            }
            Ok(())
        };
        match self {
            Self::All => Ok(()),
            Self::And(parts) => joined(formatter, parts, " AND "),
            Self::Or(parts) => joined(formatter, parts, " OR "),
            Self::Not(part) => {
                formatter.write_str("NOT ")?;
                part.fmt_grouped(formatter)
            }
            Self::Test(test) => test.fmt(formatter),
        }
    }
}

impl Node {
    fn fmt_grouped(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Self::And(_) | Self::Or(_) | Self::Not(_) => write!(formatter, "({self})"),
            // What always holds is nothing at the top, and the presence of what is always set within a group.
            Self::All => formatter.write_str("sequence:*"),
            Self::Test(_) => self.fmt(formatter),
        }
    }
}

impl Display for Test {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Self::Enum(field, number) => {
                write!(formatter, "{} = {}", path(Kind::Enum(*field)), field.name(*number).unwrap_or_default())
            }
            Self::EnumSet(field) => write!(formatter, "{}:*", path(Kind::Enum(*field))),
            Self::Flag(field, value) => write!(formatter, "{} = {value}", path(Kind::Flag(*field))),
            Self::Exact(field, shown) => string(formatter, path(Kind::Exact(*field)), shown.as_ref()),
            Self::EventId(id) => write!(formatter, "event_id = \"{id}\""),
            Self::Name(field, shown) => string(formatter, path(Kind::Name(*field)), shown.as_ref()),
            Self::Text(field, shown) => string(formatter, path(Kind::Text(*field)), shown.as_ref()),
            Self::Party(test) => party(formatter, test),
            Self::Country(None) => formatter.write_str("country:*"),
            Self::Country(Some(code)) => write!(formatter, "country = {code}"),
            Self::Amount(None, _) => formatter.write_str("amount:*"),
            Self::Amount(Some(currency), None) => write!(formatter, "amount:{currency}"),
            Self::Amount(Some(currency), Some((comparator, nanos))) => {
                write!(formatter, "amount.{currency} {} {}", sign(*comparator), print_nanos(*nanos))
            }
            Self::Date(field, None) => write!(formatter, "{}:*", path(Kind::Date(*field))),
            Self::Date(field, Some((comparator, date))) => {
                write!(formatter, "{} {} \"{date}\"", path(Kind::Date(*field)), sign(*comparator))
            }
            Self::IngestTime(comparator, moment, _) => {
                write!(formatter, "ingest_time {} \"{moment}\"", sign(*comparator))
            }
            Self::Sequence(comparator, value) => write!(formatter, "sequence {} {value}", sign(*comparator)),
            Self::Confidence(comparator, value) => write!(formatter, "confidence {} {value}", sign(*comparator)),
            Self::Words(phrase, written) => quoted(formatter, "", written, if phrase.is_open() { "*" } else { "" }),
        }
    }
}

fn sign(comparator: Comparator) -> &'static str {
    if comparator == Comparator::Has { "=" } else { comparator.symbol() }
}

/// The path that the table gives to a kind.
fn path(kind: Kind) -> &'static str {
    schema::FIELDS.iter().find(|field| field.kind == kind).map_or("", |field| field.path)
}

fn string(formatter: &mut Formatter<'_>, path: &str, shown: Option<&Shown>) -> Result {
    let Some(Shown { pattern, written }) = shown else { return write!(formatter, "{path}:*") };
    match pattern {
        Pattern::Regex(_) => {
            write!(formatter, "matches({path}, ")?;
            quoted_plain(formatter, written)?;
            return formatter.write_char(')');
        }
        Pattern::Words(_) => write!(formatter, "{path}:")?,
        _ => write!(formatter, "{path} = ")?,
    }
    pattern_value(formatter, pattern, written)
}

fn pattern_value(formatter: &mut Formatter<'_>, pattern: &Pattern, written: &str) -> Result {
    let (before, after) = match pattern {
        Pattern::Equal(_) | Pattern::Regex(_) => ("", ""),
        Pattern::Prefix(_) => ("", "*"),
        Pattern::Suffix(_) => ("*", ""),
        Pattern::Contains(_) => ("*", "*"),
        Pattern::Words(phrase) => ("", if phrase.is_open() { "*" } else { "" }),
    };
    quoted(formatter, before, written, after)
}

fn party(formatter: &mut Formatter<'_>, test: &PartyTest) -> Result {
    let path = |kind: fn(_) -> Kind| path(kind(test.role));
    match test {
        PartyTest { name: None, id: None, has_id: true, .. } => write!(formatter, "{}:*", path(Kind::PartyId)),
        PartyTest { name: None, id: Some(id), .. } => string(formatter, path(Kind::PartyId), Some(id)),
        PartyTest { name: Some(name), kind: None, country: None, .. } => {
            string(formatter, path(Kind::Party), Some(name))
        }
        PartyTest { name: None, kind: None, country: None, .. } => write!(formatter, "{}:*", path(Kind::Party)),
        PartyTest { name: None, kind: Some(kind), country: None, .. } => match kind_name(*kind) {
            Some(name) => write!(formatter, "{} = {name}", path(Kind::PartyKind)),
            None => write!(formatter, "{}:*", path(Kind::PartyKind)),
        },
        PartyTest { name: None, kind: None, country: Some(country), .. } => match country {
            Some(code) => write!(formatter, "{} = {code}", path(Kind::PartyCountry)),
            None => write!(formatter, "{}:*", path(Kind::PartyCountry)),
        },
        PartyTest { name, kind, country, .. } => {
            let role = schema::ROLES.iter().find(|(_, role)| Some(*role) == test.role).map_or("ANY", |(name, _)| name);
            write!(formatter, "participant({role}, ")?;
            match name {
                Some(shown) => pattern_value(formatter, &shown.pattern, &shown.written)?,
                None => formatter.write_char('*')?,
            }
            if let Some(kind) = kind.and_then(kind_name) {
                write!(formatter, ", {kind}")?;
            }
            if let Some(Some(code)) = country {
                write!(formatter, ", {code}")?;
            }
            formatter.write_char(')')
        }
    }
}

fn kind_name(kind: crate::event::EntityKind) -> Option<&'static str> {
    schema::entity_kinds().find(|(_, one)| *one == kind).map(|(name, _)| name)
}

/// A string in which `*` is a wildcard outside of `written`.
fn quoted(formatter: &mut Formatter<'_>, before: &str, written: &str, after: &str) -> Result {
    write!(formatter, "\"{before}")?;
    for character in written.chars() {
        if character == '*' {
            formatter.write_str("\\*")?;
        } else {
            escaped(formatter, character)?;
        }
    }
    write!(formatter, "{after}\"")
}

/// A string in which `*` is a character like others.
fn quoted_plain(formatter: &mut Formatter<'_>, written: &str) -> Result {
    formatter.write_char('"')?;
    written.chars().try_for_each(|character| escaped(formatter, character))?;
    formatter.write_char('"')
}

fn escaped(formatter: &mut Formatter<'_>, character: char) -> Result {
    match character {
        '"' | '\\' => write!(formatter, "\\{character}"),
        '\n' => formatter.write_str("\\n"),
        '\t' => formatter.write_str("\\t"),
        '\r' => formatter.write_str("\\r"),
        control if control.is_control() => write!(formatter, "\\u{:04x}", u32::from(control)),
        other => formatter.write_char(other),
    }
}
