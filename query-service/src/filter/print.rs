//! Writes an expression as text again: the same words, one space where white space stood, none where none is needed.
//!
//! Reading what is printed gives the same expression.

use super::ast::{Arg, Call, Comparable, Comparator, Expression, Member, Negation, Node, Quote, Restriction, Value};
use std::fmt::{Display, Formatter, Result};

impl Display for Expression {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        self.root.as_ref().map_or(Ok(()), |root| root.fmt(formatter))
    }
}

impl Display for Node {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Self::And(nodes) => joined(formatter, nodes, " AND "),
            Self::Juxtaposition(nodes) => joined(formatter, nodes, " "),
            Self::Or(nodes) => joined(formatter, nodes, " OR "),
            Self::Not(Negation::Word, node, _) => write!(formatter, "NOT {node}"),
            Self::Not(Negation::Minus, node, _) => write!(formatter, "-{node}"),
            Self::Group(node, _) => write!(formatter, "({node})"),
            Self::Restriction(restriction) => restriction.fmt(formatter),
        }
    }
}

fn joined<T: Display>(formatter: &mut Formatter<'_>, parts: &[T], between: &str) -> Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            formatter.write_str(between)?;
        }
        part.fmt(formatter)?;
    }
    Ok(())
}

impl Display for Restriction {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        self.comparable.fmt(formatter)?;
        match &self.comparison {
            None => Ok(()),
            Some((Comparator::Has, arg)) => write!(formatter, ":{arg}"),
            Some((comparator, arg)) => write!(formatter, " {} {arg}", comparator.symbol()),
        }
    }
}

impl Display for Comparable {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Self::Member(member) => member.fmt(formatter),
            Self::Call(call) => call.fmt(formatter),
        }
    }
}

impl Display for Member {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        joined(formatter, &self.parts, ".")
    }
}

impl Display for Call {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        joined(formatter, &self.name, ".")?;
        formatter.write_str("(")?;
        joined(formatter, &self.args, ", ")?;
        formatter.write_str(")")
    }
}

impl Display for Arg {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Self::Comparable(comparable) => comparable.fmt(formatter),
            Self::Composite(node, _) => write!(formatter, "({node})"),
        }
    }
}

impl Display for Value {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self.quote {
            Quote::None => formatter.write_str(&self.raw),
            Quote::Single => write!(formatter, "'{}'", self.raw),
            Quote::Double => write!(formatter, "\"{}\"", self.raw),
        }
    }
}
