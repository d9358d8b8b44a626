//! Documents and events in any number, for tests and benchmarks: the same number gives the same content everywhere.

use fineprint_proto::google::r#type::{Date, Money};
use fineprint_proto::v1::{
    ByteSpan, Document, Entity, EntityKind, Event, EventType, Evidence, Factuality, InputDocument, Mention,
    Participant, Role, input_document::Content,
};

const COMPANIES: &[&str] =
    &["Google", "Apple", "Twitter", "Meta", "Telegram", "Zoom", "Amazon", "TikTok", "Microsoft", "Netflix"];
const PLACES: &[(&str, &str)] =
    &[("Russia", "RU"), ("India", "IN"), ("France", "FR"), ("Turkey", "TR"), ("Brazil", "BR")];

/// A date that tells `index` apart, within 2022.
fn date(index: u32) -> Date {
    let month = i32::try_from(index % 12).unwrap_or(0) + 1;
    let day = i32::try_from(index % 28).unwrap_or(0) + 1;
    Date { year: 2022, month, day }
}

/// The document of number `index`: a short story of a fine and what followed, told in one of several ways.
#[must_use]
pub fn document(index: u32) -> InputDocument {
    let company = COMPANIES[index as usize % COMPANIES.len()];
    let sum = 1_000 + index;
    let text = match index % 4 {
        0 => format!(
            "A court in Moscow fined {company} {sum} roubles on Thursday for failing to delete banned content. {company} said it would appeal the ruling."
        ),
        1 => format!("{company} was fined {sum} euros by the French privacy watchdog. The company paid the fine."),
        2 => format!(
            "India's competition regulator ordered {company} to pay {sum} rupees. The regulator also opened an investigation into {company}."
        ),
        _ => format!(
            "Russia blocked {company} in March. A Moscow court has imposed a fine of {sum} roubles on {company}."
        ),
    };
    InputDocument {
        document_id: format!("sample-{index:06}"),
        content: Some(Content::Text(text)),
        published: Some(date(index)),
        ..InputDocument::default()
    }
}

fn participant(role: Role, name: &str, kind: EntityKind, start: u32) -> Participant {
    let end = start + u32::try_from(name.len()).unwrap_or(0);
    Participant {
        role: role.into(),
        entity: Some(Entity {
            name: name.to_owned(),
            entity_id: format!("name:{}", name.to_lowercase()),
            kind: kind.into(),
            country: String::new(),
        }),
        mention: Some(Mention { text: name.to_owned(), span: Some(ByteSpan { start, end }) }),
    }
}

/// The event of number `index`: a fine in every hundredth, else an act of another type.
#[must_use]
pub fn event(index: u32) -> Event {
    let (place, country) = PLACES[index as usize % PLACES.len()];
    let company = COMPANIES[index as usize / 7 % COMPANIES.len()];
    let kind = match index % 100 {
        0 => EventType::Fine,
        n if n % 3 == 0 => EventType::Block,
        n if n % 3 == 1 => EventType::Order,
        _ => EventType::Accusation,
    };
    let quote = format!("The authorities of {place} acted on {company} in case {index}.");
    let start = u32::try_from(quote.find(company).unwrap_or(0)).unwrap_or(0);
    let amounts = vec![Money { currency_code: "RUB".into(), units: 1_000 + i64::from(index), nanos: 0 }];
    Event {
        event_id: format!("{:032x}", u128::from(index) + 1),
        r#type: kind.into(),
        factuality: Factuality::Actual.into(),
        participants: vec![
            participant(Role::Actor, place, EntityKind::Country, 19),
            participant(Role::Target, company, EntityKind::Organisation, start),
        ],
        amounts: if kind == EventType::Fine { amounts } else { Vec::new() },
        occurred: Some(date(index)),
        countries: vec![country.to_owned()],
        evidence: Some(Evidence {
            quote_span: Some(ByteSpan { start: 0, end: u32::try_from(quote.len()).unwrap_or(0) }),
            trigger_span: Some(ByteSpan { start: 20, end: 25 }),
            frame_id: "sample".into(),
            quote,
        }),
        document: Some(Document {
            document_id: format!("sample-{:06}", index / 3),
            title: "A sample".into(),
            published: Some(date(index)),
            ..Document::default()
        }),
        confidence: f64::from(index % 100) / 100.0,
        ..Event::default()
    }
}
