//! Errors of the service as gRPC statuses: one table, each with a stable `google.rpc.ErrorInfo` reason.

use crate::document;
use crate::emit;
use crate::limits;
use crate::outbox;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _, pb};

/// Domain of the reasons.
const DOMAIN: &str = "fineprint";

/// Everything that a method can answer with other than its response.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// The document cannot be read.
    #[error(transparent)]
    Document(#[from] emit::Error),
    /// The request has no document.
    #[error("document is required; send one")]
    NoDocument,
    /// The confidence is none.
    #[error("min_confidence is {0}; send a number from 0 to 1")]
    BadConfidence(f64),
    /// As many submissions run as may.
    #[error("{} submissions run already; try again later", limits::SUBMISSIONS_MAX)]
    TooManySubmissions,
    /// An event is larger than the query service takes.
    #[error("an event has {bytes} bytes, more than the {} allowed; split the document", limits::EVENT_BYTES_MAX)]
    EventTooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The query service refused events.
    #[error("the query service refused {count} events of the document, first {first}")]
    Refused {
        /// How many.
        count: usize,
        /// What it said of the first.
        first: String,
    },
    /// The outbox cannot keep its promise.
    #[error(transparent)]
    Outbox(#[from] outbox::Error),
    /// The service stops.
    #[error("the extractor is stopping; submit the documents without an answer again later")]
    Draining,
    /// The document could not be extracted because of a defect.
    #[error("the document met a defect in the extractor; please report it with the document")]
    Defect,
}

impl Error {
    fn code(&self) -> Code {
        match self {
            Self::Document(emit::Error::Document(document::Error::TooLarge { .. } | document::Error::TooDeep))
            | Self::TooManySubmissions
            | Self::EventTooLarge { .. } => Code::ResourceExhausted,
            Self::Document(_) | Self::NoDocument | Self::BadConfidence(_) => Code::InvalidArgument,
            Self::Refused { .. } => Code::FailedPrecondition,
            Self::Outbox(_) => Code::Aborted,
            Self::Draining => Code::Unavailable,
            Self::Defect => Code::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Document(emit::Error::Document(document::Error::TooLarge { .. })) => "DOCUMENT_TOO_LARGE",
            Self::Document(emit::Error::Document(document::Error::TooDeep)) => "DOCUMENT_TOO_DEEP",
            Self::Document(_) | Self::NoDocument => "INVALID_DOCUMENT",
            Self::BadConfidence(_) => "INVALID_CONFIDENCE",
            Self::TooManySubmissions => "TOO_MANY_SUBMISSIONS",
            Self::EventTooLarge { .. } => "EVENT_TOO_LARGE",
            Self::Refused { .. } => "EVENTS_REFUSED",
            Self::Outbox(_) => "LOG_RESTARTED",
            Self::Draining => "DRAINING",
            Self::Defect => "DEFECT",
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Document(error) => Some(error.field()),
            Self::NoDocument => Some("document"),
            Self::BadConfidence(_) => Some("min_confidence"),
            _ => None,
        }
    }

    /// The error as part of a message.
    pub(super) fn to_message(&self) -> pb::Status {
        let status = self.to_status();
        // The details of a status are a `google.rpc.Status` already.
        prost::Message::decode(status.details()).unwrap_or_else(|_| pb::Status {
            code: status.code().into(),
            message: self.to_string(),
            details: Vec::new(),
        })
    }

    fn to_status(&self) -> Status {
        let mut details = ErrorDetails::new();
        details.set_error_info(self.reason(), DOMAIN, std::collections::HashMap::<String, String>::new());
        if let Some(field) = self.field() {
            details.add_bad_request_violation(field, self.to_string());
        }
        if matches!(self, Self::TooManySubmissions | Self::Draining) {
            details.set_retry_info(Some(std::time::Duration::from_secs(1)));
        }
        Status::with_error_details(self.code(), self.to_string(), details)
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        error.to_status()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_tells_its_reason_and_field() {
        for (error, code, reason, field) in [
            (Error::NoDocument, Code::InvalidArgument, "INVALID_DOCUMENT", Some("document")),
            (
                emit::Error::NoContent("content").into(),
                Code::InvalidArgument,
                "INVALID_DOCUMENT",
                Some("document.content"),
            ),
            (
                emit::Error::Document(document::Error::TooLarge { bytes: 9 }).into(),
                Code::ResourceExhausted,
                "DOCUMENT_TOO_LARGE",
                Some("document.content"),
            ),
            (Error::BadConfidence(2.0), Code::InvalidArgument, "INVALID_CONFIDENCE", Some("min_confidence")),
            (Error::TooManySubmissions, Code::ResourceExhausted, "TOO_MANY_SUBMISSIONS", None),
            (outbox::Error::Lost { count: 3 }.into(), Code::Aborted, "LOG_RESTARTED", None),
            (Error::Draining, Code::Unavailable, "DRAINING", None),
        ] {
            let message = error.to_message();
            assert_eq!((message.code, message.message.as_str()), (i32::from(code), error.to_string().as_str()));
            let status = Status::from(error);
            assert_eq!(status.code(), code);
            let details = status.get_error_details();
            let info = details.error_info().expect("an ErrorInfo");
            assert_eq!((info.reason.as_str(), info.domain.as_str()), (reason, "fineprint"));
            let told = details.bad_request().and_then(|bad| bad.field_violations.first()).map(|v| v.field.as_str());
            assert_eq!(told, field);
        }
    }
}
