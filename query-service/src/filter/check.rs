//! Gives an expression its meaning against the table of fields.
//!
//! Every field, operator and value is checked here and nowhere else; what passes is a [`Predicate`] that cannot fail.
//! `!=` becomes "set, and not equal", a composite on the right of `=` or `:` is spread over its values.

mod calls;
mod values;

use super::ast::{
    Arg, ByteSpan, Call, Comparable, Comparator, Expression, Member, Node as Written, Quote, Restriction,
};
use super::error::{Error, Problem};
use super::literal::Literal;
use super::pattern::Phrase;
use super::predicate::{Node, Predicate, Test};
use crate::event::{CurrencyCode, Timestamp, fold};
use crate::schema::{self, Kind};

/// Gives an expression its meaning. `now` is the moment that `ago("24h")` counts from.
///
/// # Errors
/// [`Error::InvalidFilter`] on an unknown field, a wrong value and the like; [`Error::FilterTooComplex`] on too many or
/// too large regular expressions.
pub fn check(expression: &Expression, now: Timestamp) -> Result<Predicate, Error> {
    let Some(root) = &expression.root else { return Ok(Predicate::all()) };
    let mut checker = Checker { text: &expression.text, now, regexes_count: 0 };
    checker.node(root).map(Predicate::new)
}

struct Checker<'a> {
    text: &'a str,
    now: Timestamp,
    regexes_count: usize,
}

/// A field on the left of an operator: what it is, and the currency where one stands behind it.
#[derive(Clone, Copy)]
struct Subject<'a> {
    kind: Kind,
    currency: Option<CurrencyCode>,
    /// As written.
    path: &'a str,
    span: ByteSpan,
}

impl<'a> Checker<'a> {
    fn problem(&self, span: ByteSpan, message: impl Into<String>) -> Problem {
        Problem::at(self.text, span.start..span.end, message)
    }

    fn fault(&self, span: ByteSpan, message: impl Into<String>) -> Error {
        Error::InvalidFilter(Box::new(self.problem(span, message)))
    }

    /// A fault where something else of a list was expected.
    fn not_one_of(&self, span: ByteSpan, message: impl Into<String>, allowed: &[&str]) -> Error {
        let mut problem = self.problem(span, message);
        problem.nearest = super::error::nearest(self.source(span).trim_matches(['"', '\'']), allowed);
        problem.allowed = allowed.iter().map(|one| (*one).to_owned()).collect();
        Error::InvalidFilter(Box::new(problem))
    }

    fn source(&self, span: ByteSpan) -> &'a str {
        &self.text[span.start..span.end]
    }

    fn node(&mut self, node: &Written) -> Result<Node, Error> {
        match node {
            Written::And(parts) | Written::Juxtaposition(parts) => {
                parts.iter().map(|part| self.node(part)).collect::<Result<_, _>>().map(Node::and)
            }
            Written::Or(parts) => parts.iter().map(|part| self.node(part)).collect::<Result<_, _>>().map(Node::or),
            Written::Not(_, part, _) => self.node(part).map(Node::not),
            Written::Group(part, _) => self.node(part),
            Written::Restriction(restriction) => self.restriction(restriction),
        }
    }

    fn restriction(&mut self, restriction: &Restriction) -> Result<Node, Error> {
        match (&restriction.comparable, &restriction.comparison) {
            (Comparable::Member(member), None) => self.words(member).map(Node::Test),
            (Comparable::Call(call), None) => self.call(call).map(Node::Test),
            (Comparable::Call(call), Some(_)) => {
                Err(self.fault(call.span, "a function stands alone, without an operator"))
            }
            (Comparable::Member(member), Some((comparator, arg))) => {
                let subject = self.subject(member)?;
                self.compare(subject, *comparator, arg)
            }
        }
    }

    /// A word or string alone: a search of the quote and the names.
    fn words(&self, member: &Member) -> Result<Test, Error> {
        let literal = self.read(Literal::read(member))?;
        if literal.open_start {
            return Err(self.fault(literal.span, "a word to search for cannot begin with `*`"));
        }
        match Phrase::new(&fold(&literal.text), literal.open_end) {
            Some(phrase) => Ok(Test::Words(phrase, literal.text.into())),
            None => Err(self.fault(
                literal.span,
                match &*literal.text {
                    "&" | "&&" => "the operator is AND",
                    "|" | "||" => "the operator is OR",
                    _ => "there is no word to search for in this",
                },
            )),
        }
    }

    fn read(&self, literal: Result<Literal, super::literal::Fault>) -> Result<Literal, Error> {
        literal.map_err(|(span, message)| self.fault(span, message))
    }

    /// The field that a member names.
    fn subject(&self, member: &Member) -> Result<Subject<'a>, Error> {
        let span = member.span();
        let path = self.source(span);
        if let Some(quoted) = member.parts.iter().find(|part| part.quote != Quote::None) {
            return Err(self.fault(quoted.span, "a field is written without quotes and stands on the left"));
        }
        if let [amount, currency] = &*member.parts
            && schema::find(&amount.raw).is_some_and(|field| field.kind == Kind::Amount)
        {
            let Some(code) = CurrencyCode::parse(&currency.raw) else {
                let mut problem = self
                    .problem(currency.span, "expected a currency (ISO 4217, three capital letters) after `amount.`");
                let upper = currency.raw.to_uppercase();
                problem.nearest = CurrencyCode::parse(&upper).map(|_| upper);
                return Err(Error::InvalidFilter(Box::new(problem)));
            };
            return Ok(Subject { kind: Kind::Amount, currency: Some(code), path, span });
        }
        match schema::find(path) {
            Some(field) => Ok(Subject { kind: field.kind, currency: None, path, span }),
            None => Err(self.unknown_field(path, span)),
        }
    }

    /// What is listed are the fields under the first part of the path, if there are any, else those without a dot; the
    /// nearest is looked for among all.
    fn unknown_field(&self, path: &str, span: ByteSpan) -> Error {
        let (head, rest) = path.split_once('.').unwrap_or((path, ""));
        let under: Vec<&str> =
            schema::paths().filter(|one| one.split_once('.').is_some_and(|(start, _)| start == head)).collect();
        let listed: Vec<&str> = if rest.is_empty() || under.is_empty() {
            schema::paths().filter(|one| !one.contains('.')).collect()
        } else {
            under
        };
        let all: Vec<&str> = schema::FIELDS
            .iter()
            .flat_map(|field| std::iter::once(&field.path).chain(field.aliases))
            .copied()
            .collect();
        let mut problem = self.problem(span, format!("unknown field `{path}`"));
        problem.nearest = super::error::nearest(path, &all);
        problem.allowed = listed.into_iter().map(str::to_owned).collect();
        Error::InvalidFilter(Box::new(problem))
    }

    fn compare(&mut self, subject: Subject<'a>, comparator: Comparator, arg: &Arg) -> Result<Node, Error> {
        if !subject.kind.operators().contains(&comparator.symbol()) {
            return Err(self.not_one_of(
                subject.span.to(arg.span()),
                format!("`{}` is not defined for `{}`", comparator.symbol(), subject.path),
                subject.kind.operators(),
            ));
        }
        match arg {
            Arg::Comparable(Comparable::Member(member)) => self.compare_value(subject, comparator, member),
            Arg::Comparable(Comparable::Call(call)) => self.compare_call(subject, comparator, call),
            Arg::Composite(node, span) => {
                if !matches!(comparator, Comparator::Equal | Comparator::Has) {
                    let message = format!("`{}` takes one value, not a parenthesis", comparator.symbol());
                    return Err(self.fault(*span, message));
                }
                self.spread(subject, comparator, node)
            }
        }
    }

    /// `field = (a OR b)`: the same operator before each value.
    fn spread(&mut self, subject: Subject<'a>, comparator: Comparator, node: &Written) -> Result<Node, Error> {
        let mut each = |parts: &[Written]| -> Result<Vec<Node>, Error> {
            parts.iter().map(|part| self.spread(subject, comparator, part)).collect()
        };
        match node {
            Written::And(parts) | Written::Juxtaposition(parts) => each(parts).map(Node::and),
            Written::Or(parts) => each(parts).map(Node::or),
            Written::Not(_, part, _) => self.spread(subject, comparator, part).map(Node::not),
            Written::Group(part, _) => self.spread(subject, comparator, part),
            Written::Restriction(Restriction { comparable: Comparable::Member(member), comparison: None }) => {
                self.compare_value(subject, comparator, member)
            }
            Written::Restriction(other) => {
                Err(self.fault(other.span(), "only values stand in a parenthesis behind an operator"))
            }
        }
    }

    fn compare_value(&mut self, subject: Subject<'a>, comparator: Comparator, member: &Member) -> Result<Node, Error> {
        let literal = self.read(Literal::read(member))?;
        if literal.is_anything() {
            if !matches!(comparator, Comparator::Has | Comparator::Equal) {
                return Err(self.fault(literal.span, format!("`{}` cannot be compared with `*`", comparator.symbol())));
            }
            return self.presence(subject);
        }
        let test = self.value(subject, comparator, &literal)?;
        if comparator != Comparator::NotEqual {
            return Ok(Node::Test(test));
        }
        let not_equal = Node::not(Node::Test(test));
        Ok(if always_set(subject.kind) { not_equal } else { Node::and(vec![self.presence(subject)?, not_equal]) })
    }

    fn compare_call(&mut self, subject: Subject<'a>, comparator: Comparator, call: &Call) -> Result<Node, Error> {
        let test = self.ago(subject, comparator, call)?;
        if comparator != Comparator::NotEqual {
            return Ok(Node::Test(test));
        }
        let not_equal = Node::not(Node::Test(test));
        Ok(if always_set(subject.kind) { not_equal } else { Node::and(vec![self.presence(subject)?, not_equal]) })
    }
}

/// Whether every event has a value for the field.
fn always_set(kind: Kind) -> bool {
    use crate::schema::{EnumField, ExactField, TextField};
    match kind {
        Kind::Enum(field) => field != EnumField::AmountBound,
        Kind::Exact(field) => field == ExactField::DocumentId,
        Kind::Text(field) => field == TextField::Quote,
        Kind::Flag(_) | Kind::EventId | Kind::IngestTime | Kind::Sequence | Kind::Confidence => true,
        Kind::Name(_)
        | Kind::Party(_)
        | Kind::PartyId(_)
        | Kind::PartyKind(_)
        | Kind::PartyCountry(_)
        | Kind::Country
        | Kind::Amount
        | Kind::Date(_) => false,
    }
}
