//! Wire messages to requests, updates to wire messages.

use std::{sync::Arc, time::Duration};

use fineprint_proto::v1;
use v1::stream_events_response::Body;

use super::{
    codec::{EncodedEvent, WriteResponse, write_field},
    mask::Mask,
    status::{Error, Fault, Violation},
};
use crate::{
    clock,
    event::Timestamp,
    limits::{Limits, PROGRESS_SECONDS, PROGRESS_SECONDS_DEFAULT},
    log::{Epoch, Lost, Position, Sequence, epoch::TOKEN_CHARACTERS},
    query::Query,
    store::{Durability, Retention},
    stream::{EndReason, GapReason, OnLoss, Request, Start, Stop, Update},
};

/// Compiles a request's filter; gives its warnings beside.
///
/// # Errors
/// [`Error::Filter`].
pub fn query(filter: &str) -> Result<(Query, Vec<String>), Error> {
    Query::compile(filter, clock::now()).map_err(Error::Filter)
}

/// Reads a request's mask; `None` means every field.
///
/// # Errors
/// [`Fault::InvalidMask`] with every unknown path.
pub fn mask(mask: Option<&prost_types::FieldMask>) -> Result<Option<Arc<Mask>>, Error> {
    let paths = mask.map(|mask| mask.paths.as_slice()).unwrap_or_default();
    match Mask::new(paths.iter().map(String::as_str)) {
        Ok(mask) => Ok(mask.map(Arc::new)),
        Err(unknown) => {
            let violations =
                unknown.iter().map(|path| Violation::new(format!("read_mask.paths[{}]", path.index), path.to_string()));
            Err(Error::Invalid(Fault::InvalidMask, violations.collect()))
        }
    }
}

/// Reads what to stream. `deadline` is the client's.
///
/// # Errors
/// [`Error::Filter`], [`Fault::InvalidMask`], [`Fault::InvalidToken`], or [`Fault::IncompatibleFields`] with every
/// combination and value that does not fit.
pub fn stream_request(
    wire: &v1::StreamEventsRequest,
    deadline: Option<Duration>,
    limits: &Limits,
    compile: impl FnOnce(&str) -> Result<Arc<Query>, Error>,
) -> Result<Request, Error> {
    use v1::stream_events_request::{Start as WireStart, Stop as WireStop};

    let mut faults = Vec::new();
    let mut fault = |field: &str, description: String| faults.push(Violation::new(field, description));
    let mut bad_token = None;
    let start = match &wire.start {
        None => Start::Earliest,
        Some(WireStart::AfterToken(token)) => match Position::parse(token) {
            Ok(position) => Start::After(position),
            Err(error) => {
                bad_token = Some(Error::token("after_token", error));
                Start::Earliest
            }
        },
        Some(WireStart::FromSequence(0)) => {
            fault("from_sequence", "0 is no sequence; sequences count from 1".to_owned());
            Start::Earliest
        }
        Some(WireStart::FromSequence(sequence)) => Start::At(Sequence::new(*sequence)),
        Some(WireStart::FromTime(time)) => Start::Time(Timestamp::from_wire(time)),
        Some(WireStart::Last(count)) => {
            let (count, max) = (u64::from(*count), limits.last_events_max);
            if count == 0 || count > max {
                fault("last", format!("{count} is not from 1 to {max}"));
            }
            Start::Last(count)
        }
        Some(WireStart::FromNow(true)) => Start::Now,
        Some(WireStart::FromNow(false)) => {
            fault("from_now", "false means nothing; leave it out to begin at the earliest event".to_owned());
            Start::Earliest
        }
    };
    let stop = match &wire.stop {
        None => Stop::Open,
        Some(WireStop::UntilSequence(0)) => {
            fault("until_sequence", "0 is no sequence; sequences count from 1".to_owned());
            Stop::Open
        }
        Some(WireStop::UntilSequence(sequence)) => Stop::After(Sequence::new(*sequence)),
        Some(WireStop::UntilTime(time)) => Stop::Time(Timestamp::from_wire(time)),
    };
    if start == Start::Now && !wire.follow {
        fault("from_now", "needs `follow`: nothing comes from now on in a stream that ends at the head".to_owned());
    }
    if let (Start::At(from), Stop::After(until)) = (start, stop)
        && until < from
    {
        fault("until_sequence", format!("{until} is before from_sequence {from}"));
    }
    if let (Start::Time(from), Stop::Time(until)) = (start, stop)
        && until < from
    {
        fault("until_time", format!("{until} is before from_time {from}"));
    }
    if wire.newest_first {
        if wire.follow {
            fault("newest_first", "does not go with `follow`: what comes in is always newest last".to_owned());
        }
        match start {
            Start::Last(_) => fault("newest_first", "does not go with `last`; use `limit`".to_owned()),
            Start::Now => fault("newest_first", "does not go with `from_now`".to_owned()),
            Start::Earliest | Start::After(_) | Start::At(_) | Start::Time(_) => {}
        }
    }
    let max_duration = wire.max_duration.as_ref().map(|duration| match Duration::try_from(*duration) {
        Ok(duration) if !duration.is_zero() => duration,
        Ok(_) | Err(_) => {
            fault("max_duration", "expected a duration above 0; leave it out for none".to_owned());
            Duration::MAX
        }
    });
    let progress_interval = match wire.progress_interval.map(Duration::try_from) {
        None => Duration::from_secs(PROGRESS_SECONDS_DEFAULT),
        Some(Ok(interval)) if PROGRESS_SECONDS.contains(&interval.as_secs()) && interval <= longest_progress() => {
            interval
        }
        Some(_) => {
            let (first, last) = (PROGRESS_SECONDS.start(), PROGRESS_SECONDS.end());
            fault("progress_interval", format!("expected {first} s to {last} s"));
            Duration::ZERO
        }
    };
    let on_position_lost = match v1::PositionLostPolicy::try_from(wire.on_position_lost) {
        Ok(v1::PositionLostPolicy::Unspecified | v1::PositionLostPolicy::Fail) => OnLoss::Fail,
        Ok(v1::PositionLostPolicy::SkipWithGap) => OnLoss::Gap,
        Err(unknown) => {
            fault("on_position_lost", format!("{} is not a known value", unknown.0));
            OnLoss::Fail
        }
    };
    let on_fall_behind = match v1::FallBehindPolicy::try_from(wire.on_fall_behind) {
        Ok(v1::FallBehindPolicy::Unspecified | v1::FallBehindPolicy::SkipWithGap) => OnLoss::Gap,
        Ok(v1::FallBehindPolicy::Fail) => OnLoss::Fail,
        Err(unknown) => {
            fault("on_fall_behind", format!("{} is not a known value", unknown.0));
            OnLoss::Gap
        }
    };
    if !faults.is_empty() {
        return Err(Error::Invalid(Fault::IncompatibleFields, faults));
    }
    if let Some(error) = bad_token {
        return Err(error);
    }
    Ok(Request {
        query: compile(&wire.filter)?,
        start,
        stop,
        follow: wire.follow,
        newest_first: wire.newest_first,
        limit: (wire.limit > 0).then_some(wire.limit),
        // Beyond a century there is no difference, and no clock that overflows.
        max_duration: max_duration.map(|duration| duration.min(CENTURY)),
        deadline: deadline.map(|deadline| deadline.min(CENTURY)),
        on_position_lost,
        on_fall_behind,
        progress_interval,
    })
}

const CENTURY: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);

fn longest_progress() -> Duration {
    Duration::from_secs(*PROGRESS_SECONDS.end())
}

/// A message of a stream.
#[derive(Debug)]
pub struct StreamMessage {
    position: Position,
    body: StreamBody,
}

#[derive(Debug)]
enum StreamBody {
    Event(EncodedEvent),
    Other(Box<Body>),
}

/// Numbers of the fields of `StreamEventsResponse` that the pass-through writes itself.
const RESUME_TOKEN_FIELD: u32 = 1;
const EVENT_FIELD: u32 = 3;

impl WriteResponse for StreamMessage {
    fn write(&self, buffer: &mut impl bytes::BufMut) {
        match &self.body {
            StreamBody::Event(event) => write_event(self.position, event.bytes(), buffer),
            StreamBody::Other(body) => {
                write_field(RESUME_TOKEN_FIELD, &self.position.token(), buffer);
                body.encode(buffer);
            }
        }
    }
}

/// Writes the message of an encoded event.
pub(super) fn write_event(position: Position, encoded: &[u8], buffer: &mut impl bytes::BufMut) {
    write_field(RESUME_TOKEN_FIELD, &position.token(), buffer);
    write_field(EVENT_FIELD, encoded, buffer);
}

/// Bytes of the message of an encoded event.
pub(super) fn event_message_bytes(encoded: &[u8]) -> usize {
    // A key is a byte, and so is the length of a token.
    2 + TOKEN_CHARACTERS + 1 + prost::length_delimiter_len(encoded.len()) + encoded.len()
}

impl StreamMessage {
    /// The message of an update, with the mask's fields of its event only.
    #[must_use]
    pub fn new(position: Position, update: Update, query: &Query, warnings: &[String], mask: Option<&Mask>) -> Self {
        let other = |body| StreamBody::Other(Box::new(body));
        let body = match update {
            Update::Event(event) => StreamBody::Event(match mask {
                Some(mask) => EncodedEvent::Masked(mask.apply(event.bytes())),
                None => EncodedEvent::Stored(event),
            }),
            Update::Started { start, head, earliest } => other(Body::Started(v1::StreamStarted {
                epoch: position.epoch.to_string(),
                start_sequence: start.get(),
                head_sequence: head.get(),
                earliest_sequence: earliest.get(),
                canonical_filter: query.canonical().to_owned(),
                warnings: warnings.to_vec(),
            })),
            Update::Progress { scanned, head, delivered } => other(Body::Progress(v1::StreamProgress {
                scanned_sequence: scanned.get(),
                head_sequence: head.get(),
                delivered_count: delivered,
                server_time: Some(clock::now().to_wire()),
            })),
            Update::Gap { first, last, reason } => other(Body::Gap(v1::StreamGap {
                first_sequence: first.get(),
                last_sequence: last.get(),
                reason: gap_reason(reason).into(),
            })),
            Update::CaughtUp { head } => other(Body::CaughtUp(v1::StreamCaughtUp { head_sequence: head.get() })),
            Update::End { reason, delivered, scanned } => other(Body::End(v1::StreamEnd {
                reason: end_reason(reason).into(),
                delivered_count: delivered,
                scanned_sequence: scanned.get(),
            })),
        };
        Self { position, body }
    }
}

const fn gap_reason(reason: GapReason) -> v1::GapReason {
    match reason {
        GapReason::Retention => v1::GapReason::Retention,
        GapReason::Damage => v1::GapReason::Damage,
        GapReason::EpochChanged => v1::GapReason::EpochChanged,
    }
}

const fn end_reason(reason: EndReason) -> v1::EndReason {
    match reason {
        EndReason::Head => v1::EndReason::Head,
        EndReason::Limit => v1::EndReason::Limit,
        EndReason::Until => v1::EndReason::Until,
        EndReason::MaxDuration => v1::EndReason::MaxDuration,
        EndReason::Draining => v1::EndReason::Draining,
        EndReason::Earliest => v1::EndReason::Earliest,
    }
}

/// How safe events are, on the wire.
#[must_use]
pub const fn durability(durability: Durability) -> v1::Durability {
    match durability {
        Durability::Memory => v1::Durability::Memory,
        Durability::Written => v1::Durability::Written,
        Durability::Synced => v1::Durability::Synced,
    }
}

/// What is kept, on the wire.
#[must_use]
pub fn retention(retention: &Retention) -> v1::Retention {
    v1::Retention {
        event_count: retention.events_max.unwrap_or(0),
        held_bytes: retention.bytes_max.unwrap_or(0),
        age: retention.age_max.and_then(|age| age.try_into().ok()),
    }
}

/// What is lost, on the wire.
#[must_use]
pub const fn lost(lost: Lost) -> v1::SequenceRange {
    v1::SequenceRange { first_sequence: lost.first.get(), last_sequence: lost.last.get() }
}

/// An epoch as the wire spells it.
#[must_use]
pub fn epoch(epoch: Epoch) -> String {
    epoch.to_string()
}
