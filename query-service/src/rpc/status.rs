//! Errors of the service as gRPC statuses: one exhaustive table, without a wildcard.
//!
//! Each status carries `google.rpc.ErrorInfo` with a stable reason, the domain `fineprint` and every changing part as
//! metadata; bad requests carry `BadRequest`, quotas `QuotaFailure`, what may be tried again `RetryInfo`. Message and
//! details together stay within 4 KiB, which every client and proxy takes. `INTERNAL` is left to broken invariants.

use std::{collections::HashMap, fmt, time::Duration};

use prost::Message as _;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _, pb};

use crate::{
    filter,
    limits::ERROR_BYTES_MAX,
    log::{Epoch, Position, PositionError, Sequence},
    store::{AppendError, JournalError},
    stream,
};

/// Domain of the reasons.
pub const DOMAIN: &str = "fineprint";

/// A field of a request and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field in the request.
    pub field: String,
    /// What is wrong and what to do.
    pub description: String,
}

impl Violation {
    /// A violation of a field.
    pub fn new(field: impl Into<String>, description: impl Into<String>) -> Self {
        Self { field: field.into(), description: description.into() }
    }
}

/// What a request can be wrong in, other than its filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Fields that do not go together, or a value out of range.
    IncompatibleFields,
    /// A field that is missing or has no allowed value.
    InvalidField,
    /// A mask with unknown paths.
    InvalidMask,
    /// A token that was never given out.
    InvalidToken,
    /// A page token of another request.
    TokenMismatch,
    /// A batch whose number does not follow on the one before.
    BatchOutOfOrder,
    /// An event that breaks rules.
    InvalidEvent,
    /// Bytes that are no message of the method.
    MalformedRequest,
}

/// Everything that a method can answer with other than its response.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The filter is wrong.
    #[error("filter {0}")]
    Filter(#[source] filter::Error),
    /// The request is wrong.
    #[error("{}", told(.0, .1))]
    Invalid(Fault, Vec<Violation>),
    /// The stream cannot begin or go on.
    #[error(transparent)]
    Stream(#[from] stream::Error),
    /// As many calls of this kind are open as may be.
    #[error("{limit} {what} are open already; try again later, or raise {name}")]
    TooMany {
        /// What is open.
        what: &'static str,
        /// Name of the limit.
        name: &'static str,
        /// Its value.
        limit: u64,
    },
    /// As many calls have begun in this second as may.
    #[error("{limit} calls have begun within this second; call again after it, or raise calls_per_second_max")]
    TooFast {
        /// The limit.
        limit: u64,
    },
    /// The producer has more under way than it was allowed, or a batch is too large.
    #[error("{what}: {value} is over {name} = {limit}")]
    OverLimit {
        /// What is over.
        what: &'static str,
        /// Name of the limit.
        name: &'static str,
        /// Its value.
        limit: u64,
        /// What was found.
        value: u64,
    },
    /// The service stops.
    #[error("the service is draining; go on elsewhere or later, with the token of the last message")]
    Draining,
    /// The log is being restored.
    #[error("the log is being restored from the disk; try again later")]
    NotReady,
    /// No event has the id.
    #[error("event `{id}` is not in the log; it never was, or retention removed it")]
    EventNotFound {
        /// The id.
        id: String,
    },
    /// The log did not take the batch.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The work took longer than it may.
    #[error("the call took longer than {seconds} s; narrow the filter, or use StreamEvents")]
    TooLong {
        /// How long it may take.
        seconds: u64,
    },
    /// The transport could not read the request.
    #[error("the request could not be read: {}", .0.message())]
    Client(Box<Status>),
    /// The service has no such method.
    #[error("the method is unknown; `grpcurl describe` lists the methods")]
    UnknownMethod,
    /// A task of the service broke.
    #[error("the service broke an invariant of its own; the log of the service tells more")]
    Broken,
}

fn told(fault: &Fault, violations: &[Violation]) -> String {
    let first = violations.first().map(|violation| format!("{}: {}", violation.field, violation.description));
    let first = first.unwrap_or_else(|| fault.reason().to_lowercase().replace('_', " "));
    match violations.len() {
        0 | 1 => first,
        more => format!("{first} (and {} more)", more - 1),
    }
}

impl Fault {
    /// The reason that clients see.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::IncompatibleFields => "INCOMPATIBLE_FIELDS",
            Self::InvalidField => "INVALID_FIELD",
            Self::InvalidMask => "INVALID_MASK",
            Self::InvalidToken => "INVALID_TOKEN",
            Self::TokenMismatch => "TOKEN_MISMATCH",
            Self::BatchOutOfOrder => "BATCH_OUT_OF_ORDER",
            Self::InvalidEvent => "INVALID_EVENT",
            Self::MalformedRequest => "MALFORMED_REQUEST",
        }
    }
}

impl Error {
    /// A fault in one field.
    pub fn field(fault: Fault, field: impl Into<String>, description: impl Into<String>) -> Self {
        Self::Invalid(fault, vec![Violation::new(field, description)])
    }

    /// A token that was never given out.
    #[must_use]
    pub fn token(field: &str, error: PositionError) -> Self {
        Self::field(Fault::InvalidToken, field, error.to_string())
    }
}

/// What a status is made of, before its size is bounded.
struct Parts {
    code: Code,
    reason: &'static str,
    metadata: Vec<(&'static str, String)>,
    violations: Vec<Violation>,
    quota: Option<(String, String)>,
    retry: Option<Duration>,
}

impl Parts {
    const fn new(code: Code, reason: &'static str) -> Self {
        Self { code, reason, metadata: Vec::new(), violations: Vec::new(), quota: None, retry: None }
    }

    fn with(mut self, key: &'static str, value: impl fmt::Display) -> Self {
        self.metadata.push((key, value.to_string()));
        self
    }

    fn retry(mut self, after: Duration) -> Self {
        self.retry = Some(after);
        self
    }

    fn positions(self, epoch: Epoch, earliest: Sequence, head: Sequence) -> Self {
        let token = Position { epoch, sequence: earliest.previous() }.token_text();
        self.with("earliest_sequence", earliest).with("head_sequence", head).with("earliest_token", token)
    }

    fn status(mut self, message: &str) -> Status {
        let told = self.violations.len();
        loop {
            let status = self.unbounded(message, told);
            if status.message().len() + status.details().len() <= ERROR_BYTES_MAX || self.violations.pop().is_none() {
                return status;
            }
        }
    }

    fn unbounded(&self, message: &str, told: usize) -> Status {
        let mut details = ErrorDetails::new();
        let metadata: HashMap<String, String> =
            self.metadata.iter().map(|(key, value)| ((*key).to_owned(), shortened(value, 256))).collect();
        details.set_error_info(self.reason, DOMAIN, metadata);
        for Violation { field, description } in &self.violations {
            details.add_bad_request_violation(shortened(field, 256), shortened(description, 1_024));
        }
        let left_out = told - self.violations.len();
        if left_out > 0 {
            details.add_bad_request_violation("…", format!("and {left_out} more"));
        }
        if let Some((subject, description)) = &self.quota {
            details.add_quota_failure_violation(subject, description);
        }
        if let Some(after) = self.retry {
            details.set_retry_info(Some(after));
        }
        Status::with_error_details(self.code, shortened(message, 1_024), details)
    }
}

/// The first bytes of a text, cut between characters, marked where it was cut.
fn shortened(text: &str, bytes_max: usize) -> String {
    if text.len() <= bytes_max {
        return text.to_owned();
    }
    let end = (0..=bytes_max).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}…", &text[..end])
}

/// When to try again where the service stops or is full.
const RETRY: Duration = Duration::from_secs(1);

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let parts = match error {
            Error::Filter(error) => {
                let problem = error.problem();
                let mut parts = Parts::new(Code::InvalidArgument, error.reason())
                    .with("offset", problem.offset)
                    .with("token", &problem.token);
                if let Some(nearest) = &problem.nearest {
                    parts = parts.with("nearest", nearest);
                }
                if !problem.allowed.is_empty() {
                    parts = parts.with("allowed", problem.allowed.join(", "));
                }
                parts.violations.push(Violation::new("filter", problem.to_string()));
                parts
            }
            Error::Invalid(fault, violations) => {
                let mut parts = Parts::new(Code::InvalidArgument, fault.reason());
                parts.violations = violations;
                parts
            }
            Error::Stream(error) => stream_parts(error),
            Error::TooMany { what, name, limit } => {
                let mut parts =
                    Parts::new(Code::ResourceExhausted, "TOO_MANY_STREAMS").with("limit", name).with("value", limit);
                parts.quota = Some((name.to_owned(), format!("at most {limit} {what} at once")));
                parts.retry(RETRY)
            }
            Error::TooFast { limit } => {
                let name = "calls_per_second_max";
                let mut parts =
                    Parts::new(Code::ResourceExhausted, "RATE_LIMITED").with("limit", name).with("value", limit);
                parts.quota = Some((name.to_owned(), format!("at most {limit} calls in a second")));
                parts.retry(RETRY)
            }
            Error::OverLimit { what, name, limit, value } => {
                let mut parts = Parts::new(Code::ResourceExhausted, "LIMIT_EXCEEDED")
                    .with("limit", name)
                    .with("value", limit)
                    .with("found", value);
                parts.quota = Some((name.to_owned(), format!("{what}: at most {limit}")));
                parts
            }
            Error::NotReady => Parts::new(Code::Unavailable, "NOT_READY").retry(RETRY),
            Error::Draining => Parts::new(Code::Unavailable, "DRAINING").retry(RETRY),
            Error::EventNotFound { id } => Parts::new(Code::NotFound, "EVENT_NOT_FOUND").with("event_id", id),
            Error::Append(error) => append_parts(&error),
            Error::TooLong { seconds } => {
                Parts::new(Code::DeadlineExceeded, "DEADLINE_EXCEEDED").with("scan_seconds_max", seconds)
            }
            Error::Client(status) => client_parts(&status),
            Error::UnknownMethod => Parts::new(Code::Unimplemented, "UNKNOWN_METHOD"),
            Error::Broken => Parts::new(Code::Internal, "BROKEN_INVARIANT"),
        };
        parts.status(&message)
    }
}

fn stream_parts(error: stream::Error) -> Parts {
    match error {
        stream::Error::PositionEvicted { epoch, requested, earliest, head } => {
            Parts::new(Code::OutOfRange, "POSITION_EVICTED")
                .with("requested", requested)
                .positions(epoch, earliest, head)
        }
        stream::Error::PositionAhead { epoch, requested, earliest, head } => {
            Parts::new(Code::OutOfRange, "POSITION_AHEAD").with("requested", requested).positions(epoch, earliest, head)
        }
        stream::Error::EpochChanged { epoch, requested, earliest, head } => {
            Parts::new(Code::OutOfRange, "EPOCH_CHANGED")
                .with("requested", requested)
                .with("epoch", epoch)
                .positions(epoch, earliest, head)
        }
        stream::Error::SlowConsumer { position, first, last } => Parts::new(Code::Aborted, "SLOW_CONSUMER")
            .with("last_token", position.token_text())
            .with("first_sequence", first)
            .with("last_sequence", last),
        stream::Error::Damaged { epoch, position, first, last } => {
            let token = |sequence| Position { epoch, sequence }.token_text();
            Parts::new(Code::DataLoss, "STORAGE_CORRUPT")
                .with("first_sequence", first)
                .with("last_sequence", last)
                .with("last_token", token(position))
                .with("next_token", token(if position > last { first } else { last }))
        }
        stream::Error::DeadlineExceeded => Parts::new(Code::DeadlineExceeded, "DEADLINE_EXCEEDED"),
    }
}

fn append_parts(error: &AppendError) -> Parts {
    match error {
        AppendError::Stopped => Parts::new(Code::Unavailable, "DRAINING").retry(RETRY),
        AppendError::Journal(error) => match &**error {
            JournalError::Full(_) => Parts::new(Code::ResourceExhausted, "STORAGE_FULL"),
            // Damage is found at the start alone.
            JournalError::Storage(_)
            | JournalError::Thread(_)
            | JournalError::Folder { .. }
            | JournalError::InUse { .. }
            | JournalError::Corrupt { .. } => Parts::new(Code::Unavailable, "STORAGE_FAILED").retry(RETRY),
        },
    }
}

/// What the transport says of a request that it could not read.
fn client_parts(status: &Status) -> Parts {
    match status.code() {
        // The transport's word for a message over its bound.
        Code::OutOfRange | Code::ResourceExhausted => {
            Parts::new(Code::ResourceExhausted, "LIMIT_EXCEEDED").with("limit", "request_bytes_max, ingest_bytes_max")
        }
        Code::Unimplemented if status.message().is_empty() => Parts::new(Code::Unimplemented, "UNKNOWN_METHOD"),
        Code::Unimplemented => Parts::new(Code::Unimplemented, "UNSUPPORTED"),
        Code::Cancelled => Parts::new(Code::Cancelled, "CANCELLED"),
        Code::InvalidArgument | Code::Internal | Code::Unknown | Code::DataLoss | Code::FailedPrecondition => {
            Parts::new(Code::InvalidArgument, "MALFORMED_REQUEST")
        }
        code @ (Code::Ok
        | Code::DeadlineExceeded
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::Aborted
        | Code::Unavailable
        | Code::Unauthenticated) => Parts::new(code, "REQUEST_FAILED"),
    }
}

/// Bytes that are no message of the method.
#[must_use]
pub fn malformed(error: &prost::DecodeError) -> Status {
    Error::field(Fault::MalformedRequest, "request", format!("not a message of this method: {error}")).into()
}

/// A status as the message that stands in a response.
#[must_use]
pub fn as_message(status: &Status) -> pb::Status {
    let plain =
        || pb::Status { code: i32::from(status.code()), message: status.message().to_owned(), details: Vec::new() };
    if status.details().is_empty() { plain() } else { pb::Status::decode(status.details()).unwrap_or_else(|_| plain()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_stays_within_its_bytes_whatever_it_tells() {
        let violations: Vec<Violation> =
            (0..500).map(|number| Violation::new(format!("events[{number}]"), "ä".repeat(2_000))).collect();
        let status = Status::from(Error::Invalid(Fault::IncompatibleFields, violations));
        assert!(status.message().len() + status.details().len() <= ERROR_BYTES_MAX);
        let details = status.get_error_details();
        let bad_request = details.bad_request().expect("a bad request");
        assert!(bad_request.field_violations.len() > 1);
        let last = bad_request.field_violations.last().expect("a violation");
        assert_eq!(last.description, format!("and {} more", 500 - (bad_request.field_violations.len() - 1)));
    }

    #[test]
    fn a_status_in_a_response_keeps_its_details() {
        let status = Status::from(Error::EventNotFound { id: "x".to_owned() });
        let message = as_message(&status);
        assert_eq!(message.code, i32::from(Code::NotFound));
        assert_eq!(message.details.len(), 1);
    }
}
