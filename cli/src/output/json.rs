//! An event as canonical proto3 JSON.

use fineprint_proto::{FILE_DESCRIPTOR_SET, v1};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use std::io;
use std::sync::LazyLock;

#[allow(clippy::expect_used, reason = "the descriptors are compiled in and hold fineprint.v1.Event; a test reads them")]
static EVENT: LazyLock<MessageDescriptor> = LazyLock::new(|| {
    DescriptorPool::decode(FILE_DESCRIPTOR_SET)
        .expect("descriptors that this build made")
        .get_message_by_name("fineprint.v1.Event")
        .expect("the event's own descriptor")
});

/// `event` on one line.
pub(super) fn event(event: &v1::Event) -> io::Result<String> {
    let message = DynamicMessage::decode(EVENT.clone(), event.encode_to_vec().as_slice()).map_err(io::Error::other)?;
    serde_json::to_string(&message).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_written_as_proto3_json_says() {
        let sent = v1::Event {
            event_id: "a".to_owned(),
            sequence: 9_007_199_254_740_993,
            r#type: v1::EventType::Fine.into(),
            factuality: v1::Factuality::Actual.into(),
            amounts: vec![fineprint_proto::google::r#type::Money {
                currency_code: "RUB".to_owned(),
                units: 15_000_000,
                nanos: 0,
            }],
            ingest_time: Some(prost_types::Timestamp { seconds: 0, nanos: 0 }),
            confidence: 0.5,
            ..v1::Event::default()
        };
        assert_eq!(
            event(&sent).expect("JSON"),
            r#"{"eventId":"a","sequence":"9007199254740993","type":"EVENT_TYPE_FINE","factuality":"FACTUALITY_ACTUAL","amounts":[{"currencyCode":"RUB","units":"15000000"}],"confidence":0.5,"ingestTime":"1970-01-01T00:00:00Z"}"#
        );
    }
}
