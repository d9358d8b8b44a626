//! The plainest events that the service takes, and the plainest request for them: what a test adds matters to it.

use std::{sync::Arc, time::Duration};

use fineprint_proto::v1;
use prost::Message as _;
use query_service::{
    clock,
    event::StoredEvent,
    query::Query,
    store::NewEvent,
    stream::{OnLoss, Request, Start, Stop},
};

/// Whether the event of a number is a fine; the others are blocks.
pub const fn is_fine(number: u64) -> bool {
    number.is_multiple_of(3)
}

/// The event of a number, which its id tells.
pub fn event(number: u64) -> v1::Event {
    v1::Event {
        event_id: format!("{number:032x}"),
        r#type: if is_fine(number) { v1::EventType::Fine } else { v1::EventType::Block }.into(),
        factuality: v1::Factuality::Actual.into(),
        evidence: Some(v1::Evidence { quote: format!("quote {number}"), ..v1::Evidence::default() }),
        document: Some(v1::Document { document_id: "d".to_owned(), ..v1::Document::default() }),
        ..v1::Event::default()
    }
}

/// An event on its way into the log; it must be valid.
pub fn new_event(event: &v1::Event) -> NewEvent {
    NewEvent { event: StoredEvent::try_from(event).expect("a valid event"), encoded: event.encode_to_vec() }
}

/// Everything from a start on that matches a filter, and what comes in; gaps where events are missing.
pub fn request(filter: &str, start: Start) -> Request {
    Request {
        query: Arc::new(Query::compile(filter, clock::now()).expect("a filter").0),
        start,
        stop: Stop::Open,
        follow: true,
        newest_first: false,
        limit: None,
        max_duration: None,
        deadline: None,
        on_position_lost: OnLoss::Gap,
        on_fall_behind: OnLoss::Gap,
        progress_interval: Duration::from_secs(1),
    }
}
