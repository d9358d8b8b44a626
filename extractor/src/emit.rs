//! Where events meet wire bytes: domain values in, messages of `fineprint.v1` out, and documents the other way.

use crate::document::{self, ByteSpan, Document, InputForm, Metadata, Problem, ProblemCode};
use crate::events::{Amount, AmountBound, EntityKind, Event, EventType, Factuality, PartialDate, Participant, Role};
use fineprint_proto::google::r#type as common;
use fineprint_proto::v1;
use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// The message for `event`, read from `document`. `sequence` and `ingest_time` stay unset: the query service sets
/// them. A sum of 2⁶³ units or more has no form in `google.type.Money` and is left out.
pub fn to_proto(event: &Event, document: &Document) -> v1::Event {
    let (event_type, custom_type) = type_to_proto(&event.event_type);
    let attribution = (!event.source.is_empty() || !event.speaker.is_empty())
        .then(|| v1::Attribution { source: event.source.clone(), speaker: event.speaker.clone() });
    v1::Event {
        event_id: event.id.clone(),
        sequence: 0,
        r#type: event_type.into(),
        custom_type,
        factuality: match event.factuality {
            Factuality::Actual => v1::Factuality::Actual,
            Factuality::Planned => v1::Factuality::Planned,
            Factuality::Possible => v1::Factuality::Possible,
            Factuality::Denied => v1::Factuality::Denied,
        }
        .into(),
        reported: event.reported,
        participants: event.participants.iter().map(participant_to_proto).collect(),
        amounts: event.amounts.iter().filter_map(amount_to_proto).collect(),
        amount_bound: match event.amount_bound {
            AmountBound::Exact => v1::AmountBound::Unspecified,
            AmountBound::Approximate => v1::AmountBound::Approximate,
            AmountBound::Maximum => v1::AmountBound::Maximum,
            AmountBound::Minimum => v1::AmountBound::Minimum,
        }
        .into(),
        amount_each: event.amount_each,
        occurred: event.occurred.map(date_to_proto),
        countries: event.countries.clone(),
        reason: event.reason.clone(),
        legal_basis: event.legal_basis.clone(),
        attribution,
        evidence: Some(v1::Evidence {
            quote: event.quote_span.of(&document.text).to_owned(),
            quote_span: Some(span_to_proto(event.quote_span)),
            trigger_span: Some(span_to_proto(event.trigger_span)),
            frame_id: event.frame_id.clone(),
        }),
        document: Some(v1::Document {
            document_id: document.id.clone(),
            title: document.title.clone(),
            uri: document.uri.clone(),
            publisher: document.publisher.clone(),
            published: document.published.map(date_to_proto),
        }),
        confidence: event.confidence,
        background: event.background,
        ingest_time: None,
    }
}

/// The message for `problem`.
pub fn problem_to_proto(problem: &Problem) -> v1::Problem {
    let code = match problem.code {
        ProblemCode::NoPublicationDate => v1::ProblemCode::NoPublicationDate,
        ProblemCode::ReplacedBytes => v1::ProblemCode::ReplacedBytes,
        ProblemCode::NoText => v1::ProblemCode::NoText,
        ProblemCode::LongSentence => v1::ProblemCode::LongSentence,
    };
    v1::Problem { code: code.into(), message: problem.message.clone() }
}

/// Why a document message cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No content was given.
    #[error("document.{0} is required; send the text or the page")]
    NoContent(&'static str),
    /// The date is none.
    #[error("document.published is no date: year {year}, month {month}, day {day}; send a real day, or leave it out")]
    BadDate {
        /// Year as sent.
        year: i32,
        /// Month as sent.
        month: i32,
        /// Day as sent.
        day: i32,
    },
    /// The content is no document.
    #[error("document {0}")]
    Document(#[from] document::Error),
}

impl Error {
    /// The field of `InputDocument` that is wrong.
    pub fn field(&self) -> &'static str {
        match self {
            Self::NoContent(_) => "document.content",
            Self::BadDate { .. } => "document.published",
            Self::Document(document::Error::IdTooLong { .. }) => "document.document_id",
            Self::Document(_) => "document.content",
        }
    }
}

/// Reads the document of a message.
///
/// # Errors
/// No content, a date that is none, or content that is no document.
pub fn read_document(input: &v1::InputDocument) -> Result<(Document, Vec<Problem>), Error> {
    use v1::input_document::Content;
    let metadata = Metadata {
        id: input.document_id.clone(),
        title: input.title.clone(),
        uri: input.uri.clone(),
        publisher: input.publisher.clone(),
        published: input.published.as_ref().map(date_from_proto).transpose()?,
    };
    match &input.content {
        None => Err(Error::NoContent("content")),
        Some(Content::Text(text)) => Ok(document::decode(text.as_bytes(), InputForm::Text, metadata)?),
        Some(Content::Html(page)) => Ok(document::decode(page, InputForm::Html, metadata)?),
    }
}

/// The day, month or year of a message.
fn date_from_proto(date: &common::Date) -> Result<PartialDate, Error> {
    let bad = || Error::BadDate { year: date.year, month: date.month, day: date.day };
    let year = i16::try_from(date.year).ok().filter(|year| (0..=9999).contains(year)).ok_or_else(bad)?;
    let month = i8::try_from(date.month).map_err(|_| bad())?;
    let day = i8::try_from(date.day).map_err(|_| bad())?;
    match (year, month, day) {
        (1.., 0, 0) => Ok(PartialDate::year(year)),
        (1.., 1..=12, 0) => Ok(PartialDate { year, month: Some(month), day: None }),
        (1.., 1..=12, 1..) => Date::new(year, month, day).map(PartialDate::from).map_err(|_| bad()),
        _ => Err(bad()),
    }
}

/// The message for a day, month or year.
pub fn date_to_proto(date: PartialDate) -> common::Date {
    let day = if date.month.is_some() { date.day.unwrap_or(0) } else { 0 };
    common::Date { year: date.year.into(), month: date.month.unwrap_or(0).into(), day: day.into() }
}

fn span_to_proto(span: ByteSpan) -> v1::ByteSpan {
    v1::ByteSpan { start: span.start, end: span.end }
}

fn participant_to_proto(participant: &Participant) -> v1::Participant {
    let role = match participant.role {
        Role::Actor => v1::Role::Actor,
        Role::Target => v1::Role::Target,
        Role::Product => v1::Role::Product,
        Role::Place => v1::Role::Place,
    };
    let kind = match participant.kind {
        EntityKind::Unknown => v1::EntityKind::Unspecified,
        EntityKind::Organisation => v1::EntityKind::Organisation,
        EntityKind::Authority => v1::EntityKind::Authority,
        EntityKind::Person => v1::EntityKind::Person,
        EntityKind::Country => v1::EntityKind::Country,
        EntityKind::Place => v1::EntityKind::Place,
        EntityKind::Product => v1::EntityKind::Product,
        EntityKind::Group => v1::EntityKind::Group,
    };
    v1::Participant {
        role: role.into(),
        entity: Some(v1::Entity {
            name: participant.name.clone(),
            entity_id: participant.entity_id.clone(),
            kind: kind.into(),
            country: participant.country.clone(),
        }),
        mention: Some(v1::Mention {
            text: participant.mention.text.clone(),
            span: Some(span_to_proto(participant.mention.span)),
        }),
    }
}

fn amount_to_proto(amount: &Amount) -> Option<common::Money> {
    let units = amount.value.trunc();
    // Money knows billionths; what is below them is rounded, half away from zero as people do.
    let nanos = ((amount.value - units) * Decimal::from(1_000_000_000)).round();
    let (units, nanos) = (units.to_i64()?, nanos.to_i32()?);
    let (units, nanos) =
        if nanos.abs() == 1_000_000_000 { (units.checked_add(nanos.signum().into())?, 0) } else { (units, nanos) };
    Some(common::Money { currency_code: amount.currency.clone(), units, nanos })
}

fn type_to_proto(event_type: &EventType) -> (v1::EventType, String) {
    let wire = match event_type {
        EventType::Fine => v1::EventType::Fine,
        EventType::Lawsuit => v1::EventType::Lawsuit,
        EventType::Investigation => v1::EventType::Investigation,
        EventType::Order => v1::EventType::Order,
        EventType::Verdict => v1::EventType::Verdict,
        EventType::Arrest => v1::EventType::Arrest,
        EventType::Sanction => v1::EventType::Sanction,
        EventType::Ban => v1::EventType::Ban,
        EventType::Block => v1::EventType::Block,
        EventType::Throttle => v1::EventType::Throttle,
        EventType::Lifting => v1::EventType::Lifting,
        EventType::Legislation => v1::EventType::Legislation,
        EventType::Suspension => v1::EventType::Suspension,
        EventType::Exit => v1::EventType::Exit,
        EventType::Resumption => v1::EventType::Resumption,
        EventType::Removal => v1::EventType::Removal,
        EventType::Compliance => v1::EventType::Compliance,
        EventType::Refusal => v1::EventType::Refusal,
        EventType::Appeal => v1::EventType::Appeal,
        EventType::Warning => v1::EventType::Warning,
        EventType::Accusation => v1::EventType::Accusation,
        EventType::Demand => v1::EventType::Demand,
        EventType::Substitution => v1::EventType::Substitution,
        EventType::Custom(name) => return (v1::EventType::Custom, name.clone()),
    };
    (wire, String::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Mention;

    #[test]
    fn an_event_is_sent_whole() {
        let text = "A court fined Arvo 1.5 million crowns.".to_owned();
        let document = Document {
            id: "a".to_owned(),
            title: "T".to_owned(),
            uri: "u".to_owned(),
            publisher: "P".to_owned(),
            published: Some(jiff::civil::date(2021, 5, 3).into()),
            text,
            blocks: Vec::new(),
        };
        let event = Event {
            id: "0123456789abcdef0123456789abcdef".to_owned(),
            event_type: EventType::Fine,
            factuality: Factuality::Planned,
            reported: true,
            participants: vec![Participant {
                role: Role::Target,
                name: "Arvo".to_owned(),
                entity_id: "name:arvo".to_owned(),
                kind: EntityKind::Organisation,
                country: "NO".to_owned(),
                mention: Mention { text: "Arvo".to_owned(), span: ByteSpan::new(14, 18) },
            }],
            amounts: vec![
                Amount { value: Decimal::new(1_500_000, 0), currency: "NOK".to_owned() },
                Amount { value: Decimal::MAX, currency: "XXX".to_owned() },
            ],
            amount_bound: AmountBound::Maximum,
            amount_each: true,
            occurred: Some(PartialDate { year: 2021, month: Some(5), day: None }),
            countries: vec!["NO".to_owned()],
            reason: "late reports".to_owned(),
            legal_basis: "the Act".to_owned(),
            source: "Wire".to_owned(),
            speaker: String::new(),
            quote_span: ByteSpan::new(0, 18),
            trigger_span: ByteSpan::new(8, 13),
            frame_id: "fine.verb".to_owned(),
            confidence: 0.75,
            background: true,
        };
        let sent = to_proto(&event, &document);
        assert_eq!((sent.r#type(), sent.factuality()), (v1::EventType::Fine, v1::Factuality::Planned));
        assert_eq!(sent.amounts.len(), 1);
        assert_eq!((sent.amounts[0].units, sent.amounts[0].nanos), (1_500_000, 0));
        assert_eq!(sent.amount_bound(), v1::AmountBound::Maximum);
        assert_eq!(sent.occurred, Some(common::Date { year: 2021, month: 5, day: 0 }));
        let evidence = sent.evidence.expect("evidence");
        assert_eq!(evidence.quote, "A court fined Arvo");
        assert_eq!(evidence.trigger_span, Some(v1::ByteSpan { start: 8, end: 13 }));
        let told = sent.document.expect("a document");
        assert_eq!(told.published, Some(common::Date { year: 2021, month: 5, day: 3 }));
        assert_eq!(sent.attribution, Some(v1::Attribution { source: "Wire".to_owned(), speaker: String::new() }));
        assert_eq!(sent.participants[0].role(), v1::Role::Target);
        assert!(sent.reported && sent.amount_each && sent.background);
    }

    #[test]
    fn every_type_has_a_wire_form_of_its_own_name() {
        for event_type in EventType::BUILT_IN {
            let (wire, custom) = type_to_proto(event_type);
            assert_eq!(wire.as_str_name(), format!("EVENT_TYPE_{event_type}"));
            assert_eq!(custom, "");
        }
        let own = EventType::Custom("DATA_BREACH".to_owned());
        assert_eq!(type_to_proto(&own), (v1::EventType::Custom, "DATA_BREACH".to_owned()));
    }

    #[test]
    fn sums_keep_their_parts() {
        for (value, money) in [
            ("15000000", Some((15_000_000, 0))),
            ("98.4", Some((98, 400_000_000))),
            ("0.0000000005", Some((0, 0))),
            ("1.9999999999", Some((2, 0))),
            ("-2.5", Some((-2, -500_000_000))),
            ("9223372036854775807", Some((i64::MAX, 0))),
            ("9223372036854775808", None),
        ] {
            let amount = Amount { value: value.parse().expect("a number"), currency: "EUR".to_owned() };
            assert_eq!(amount_to_proto(&amount).map(|m| (m.units, m.nanos)), money, "{value}");
        }
    }

    #[test]
    fn a_message_is_read_or_refused_with_its_field() {
        use v1::input_document::Content;
        let input = |content: Option<Content>, date: Option<(i32, i32, i32)>| v1::InputDocument {
            document_id: "a".to_owned(),
            content,
            published: date.map(|(year, month, day)| common::Date { year, month, day }),
            ..v1::InputDocument::default()
        };
        let text = |words: &str| Some(Content::Text(words.to_owned()));
        let (document, _) = read_document(&input(text("Words."), Some((2022, 6, 17)))).expect("a document");
        assert_eq!(document.published, Some(jiff::civil::date(2022, 6, 17).into()));
        let (document, _) = read_document(&input(text("Words."), Some((2022, 6, 0)))).expect("a document");
        assert_eq!(document.published.map(|date| date.to_string()).as_deref(), Some("2022-06"));
        for (message, field) in [
            (input(None, None), "document.content"),
            (input(text(" "), None), "document.content"),
            (input(text("Words."), Some((2022, 2, 30))), "document.published"),
            (input(text("Words."), Some((0, 6, 17))), "document.published"),
            (input(text("Words."), Some((2022, 0, 17))), "document.published"),
            (input(Some(Content::Html(vec![0, 1, 2, 3].into())), None), "document.content"),
            (v1::InputDocument { document_id: "x".repeat(513), ..input(text("Words."), None) }, "document.document_id"),
        ] {
            assert_eq!(read_document(&message).expect_err("refused").field(), field);
        }
    }
}
