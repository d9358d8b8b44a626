//! Functions: what they are called with, and what they mean.

use super::values::id_of;
use super::{Checker, Subject};
use crate::event::{PartialDate, Role, Timestamp};
use crate::filter::ast::{Arg, ByteSpan, Call, Comparable, Comparator, Member, Quote};
use crate::filter::error::Error;
use crate::filter::literal::{Literal, Moment, duration};
use crate::filter::pattern::Pattern;
use crate::filter::predicate::{PartyTest, Shown, Test};
use crate::filter::{FILTER_REGEX_BYTES_MAX, FILTER_REGEXES_MAX};
use crate::schema::{self, Kind};

/// How a string function compares.
#[derive(Clone, Copy, PartialEq)]
enum Comparison {
    Matches,
    StartsWith,
    EndsWith,
    Contains,
}

impl<'a> Checker<'a> {
    /// A function that is true or false of an event.
    pub(super) fn call(&mut self, call: &Call) -> Result<Test, Error> {
        match &*self.name(call) {
            "participant" => self.participant(call),
            "matches" => self.string_call(call, Comparison::Matches),
            "startsWith" => self.string_call(call, Comparison::StartsWith),
            "endsWith" => self.string_call(call, Comparison::EndsWith),
            "contains" => self.string_call(call, Comparison::Contains),
            "ago" => Err(self.fault(call.span, "ago() is a value: ingest_time >= ago(\"24h\")")),
            other => {
                let names: Vec<&str> = schema::FUNCTIONS.iter().map(|function| function.name).collect();
                let span = call.name.iter().map(|part| part.span).reduce(ByteSpan::to).unwrap_or(call.span);
                Err(self.not_one_of(span, format!("unknown function `{other}`"), &names))
            }
        }
    }

    fn name(&self, call: &Call) -> String {
        call.name.iter().map(|part| &*part.raw).collect::<Vec<_>>().join(".")
    }

    fn wrong_arguments(&self, call: &Call) -> Error {
        let name = self.name(call);
        let signature = schema::FUNCTIONS.iter().find(|function| function.name == name).map_or("", |one| one.signature);
        self.fault(call.span, format!("expected {signature}"))
    }

    fn member<'c>(&self, call: &'c Call, index: usize) -> Result<&'c Member, Error> {
        match call.args.get(index) {
            Some(Arg::Comparable(Comparable::Member(member))) => Ok(member),
            _ => Err(self.wrong_arguments(call)),
        }
    }

    fn participant(&mut self, call: &Call) -> Result<Test, Error> {
        if !(2..=4).contains(&call.args.len()) {
            return Err(self.wrong_arguments(call));
        }
        let role = self.role(self.member(call, 0)?)?;
        let literal = self.read(Literal::read(self.member(call, 1)?))?;
        let mut test = PartyTest { role, ..PartyTest::default() };
        if !literal.is_anything() {
            let subject = Subject { kind: Kind::Party(role), currency: None, path: "participant", span: call.span };
            let name = self.folded(subject, &literal, true)?;
            test.id = id_of(&name);
            test.name = Some(name);
        }
        for index in 2..call.args.len() {
            let literal = self.read(Literal::plain(self.member(call, index)?))?;
            let is_country = literal.text.len() == 2;
            if is_country && test.country.is_none() {
                test.country = Some(Some(self.country(&literal)?));
            } else if !is_country && test.kind.is_none() {
                test.kind = Some(self.entity_kind(&literal)?);
            } else {
                return Err(self.wrong_arguments(call));
            }
        }
        Ok(Test::Party(test))
    }

    fn role(&self, member: &Member) -> Result<Option<Role>, Error> {
        let literal = self.read(Literal::plain(member))?;
        let short = literal.text.strip_prefix("ROLE_").unwrap_or(&literal.text);
        if short == "ANY" {
            return Ok(None);
        }
        schema::ROLES.iter().find(|(name, _)| *name == short).map(|(_, role)| Some(*role)).ok_or_else(|| {
            let names: Vec<&str> = schema::ROLES.iter().map(|(name, _)| *name).chain(["ANY"]).collect();
            self.not_one_of(literal.span, format!("no role is called `{}`", literal.text), &names)
        })
    }

    fn string_call(&mut self, call: &Call, comparison: Comparison) -> Result<Test, Error> {
        if call.args.len() != 2 {
            return Err(self.wrong_arguments(call));
        }
        let subject = self.subject(self.member(call, 0)?)?;
        let argument = self.member(call, 1)?;
        let literal = self.read(Literal::plain(argument))?;
        self.not_empty(&literal)?;
        let exact = match subject.kind {
            Kind::Exact(_) | Kind::PartyId(_) => true,
            Kind::Name(_) | Kind::Text(_) | Kind::Party(_) => false,
            _ => return Err(self.fault(subject.span, format!("`{}` is not a string", subject.path))),
        };
        let text = if exact { literal.text.clone() } else { String::from(crate::event::fold(&literal.text)) };
        let pattern = match comparison {
            Comparison::Matches => Pattern::Regex(self.regex(argument, &literal, exact)?),
            Comparison::StartsWith => Pattern::Prefix(text.into()),
            Comparison::EndsWith => Pattern::Suffix(text.into()),
            Comparison::Contains => Pattern::contains(&text),
        };
        let shown = Shown { pattern, written: literal.text.into() };
        Ok(match subject.kind {
            Kind::Exact(field) => Test::Exact(field, Some(shown)),
            Kind::Name(field) => Test::Name(field, Some(shown)),
            Kind::Text(field) => Test::Text(field, Some(shown)),
            Kind::PartyId(role) => Test::Party(PartyTest { role, id: Some(shown), ..PartyTest::default() }),
            Kind::Party(role) => super::values::party(role, shown),
            _ => return Err(self.fault(subject.span, format!("`{}` is not a string", subject.path))),
        })
    }

    fn regex(&mut self, argument: &Member, literal: &Literal, exact: bool) -> Result<regex::Regex, Error> {
        self.regexes_count += 1;
        if self.regexes_count > FILTER_REGEXES_MAX {
            let message = format!("more than {FILTER_REGEXES_MAX} regular expressions");
            return Err(Error::FilterTooComplex(Box::new(self.problem(literal.span, message))));
        }
        let pattern = if exact { literal.text.clone() } else { fold_pattern(&literal.text) };
        let compiled = regex::RegexBuilder::new(&pattern)
            .case_insensitive(!exact)
            .size_limit(FILTER_REGEX_BYTES_MAX)
            .dfa_size_limit(FILTER_REGEX_BYTES_MAX)
            .nest_limit(50)
            .build();
        compiled.map_err(|error| match error {
            regex::Error::CompiledTooBig(limit) => {
                let message = format!("this regular expression compiles to more than {limit} bytes");
                Error::FilterTooComplex(Box::new(self.problem(literal.span, message)))
            }
            other => {
                let text = other.to_string();
                let last = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
                let span = argument
                    .parts
                    .first()
                    .filter(|part| part.quote != Quote::None)
                    .map_or(literal.span, |part| part.span);
                self.fault(span, format!("not a regular expression: {last}"))
            }
        })
    }

    /// `ago("24h")` as the value of a time or date.
    pub(super) fn ago(&self, subject: Subject<'a>, comparator: Comparator, call: &Call) -> Result<Test, Error> {
        if self.name(call) != "ago" {
            return Err(self.fault(call.span, "expected a value; the only function that gives one is ago(\"24h\")"));
        }
        if call.args.len() != 1 {
            return Err(self.wrong_arguments(call));
        }
        let literal = self.read(Literal::plain(self.member(call, 0)?))?;
        let instant = duration(&literal.text).and_then(|nanos| self.now.0.checked_sub(nanos)).map(Timestamp);
        let Some(instant) = instant else {
            return Err(self.fault(literal.span, "expected a duration of whole d, h, m and s: \"24h\" or \"1d12h\""));
        };
        let relation =
            if matches!(comparator, Comparator::NotEqual | Comparator::Has) { Comparator::Equal } else { comparator };
        match subject.kind {
            Kind::IngestTime => self.instant(relation, Moment::Instant(instant), literal.span),
            Kind::Date(field) => {
                let day: Option<PartialDate> = instant.day();
                let day = day.ok_or_else(|| self.fault(literal.span, "this time is out of range"))?;
                Ok(Test::Date(field, Some((relation, day))))
            }
            _ => Err(self.fault(call.span, format!("`{}` is neither a time nor a date", subject.path))),
        }
    }
}

/// Folds the letters of a regular expression; what steers it is ASCII and stays, case is left to the matcher.
fn fold_pattern(pattern: &str) -> String {
    let mut folded = String::with_capacity(pattern.len());
    for character in pattern.chars() {
        if character.is_ascii() || character.is_whitespace() {
            folded.push(character);
        } else {
            folded.push_str(&crate::event::fold(character.encode_utf8(&mut [0; 4])));
        }
    }
    folded
}
