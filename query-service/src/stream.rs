//! Streams over the log: history, the live tail, or both without a seam, by cursor.
//!
//! Comes in: a [`Request`] and the store. Goes out: [`Update`]s in the order started, (gap | event | progress |
//! caught up)…, end; each with the [`Position`] to go on from. Promised, and held by the tests of these names:
//!
//! - Ordered: sequences rise (fall, newest first) within a stream.
//! - Unique: no sequence comes twice.
//! - Atomic: the events of one appended batch become visible together.
//! - Reliable: between two events that a stream sent lies no other that matches, other than in a gap.
//! - Resumable: what follows a token is what would have followed in the first stream.
//! - Bookmarkable: after progress to a sequence, every match up to it was sent.
//! - Accounted: every sequence that could not be looked at lies in exactly one gap.
//!
//! A stream holds no event in memory while it waits, and no queue: a slow reader costs nothing.

pub mod drain;
pub mod locate;
pub mod scan;
mod subscription;

use std::{sync::Arc, time::Duration};

pub use drain::Drain;
pub use scan::{Direction, Found, Scan};
pub use subscription::Subscription;

use crate::{
    event::Timestamp,
    log::{Epoch, EventRef, Position, Sequence},
    query::Query,
};

/// Where a stream begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the earliest event held.
    Earliest,
    /// After a position.
    After(Position),
    /// At a sequence.
    At(Sequence),
    /// At the first event that came in at this time or later.
    Time(Timestamp),
    /// At the newest N events that match.
    Last(u64),
    /// At what comes in from now on.
    Now,
}

/// Where a stream stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// At the head of the log when the stream began, or never with `follow`.
    Open,
    /// After a sequence.
    After(Sequence),
    /// Before the first event that came in at this time or later.
    Time(Timestamp),
}

/// What to do about events that are no longer held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnLoss {
    /// Fail with an error that tells the positions.
    Fail,
    /// Say exactly what is missing and go on.
    Gap,
}

/// What to stream.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which events.
    pub query: Arc<Query>,
    /// Where to begin.
    pub start: Start,
    /// Where to stop.
    pub stop: Stop,
    /// Go on with what comes in.
    pub follow: bool,
    /// Newest first; history only.
    pub newest_first: bool,
    /// Stop after so many events.
    pub limit: Option<u64>,
    /// Stop after so long.
    pub max_duration: Option<Duration>,
    /// Fail after so long.
    pub deadline: Option<Duration>,
    /// Where the start is not held.
    pub on_position_lost: OnLoss,
    /// Where retention overtakes the stream.
    pub on_fall_behind: OnLoss,
    /// Longest time without a message.
    pub progress_interval: Duration,
}

/// Why events are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapReason {
    /// Retention removed them.
    Retention,
    /// The storage lost them.
    Damage,
    /// The log began anew.
    EpochChanged,
}

/// Why a stream ended in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The head was reached, without `follow`.
    Head,
    /// The limit was reached.
    Limit,
    /// The stop was reached.
    Until,
    /// The duration passed.
    MaxDuration,
    /// Newest first: the start was reached.
    Earliest,
    /// The service stops.
    Draining,
}

/// What a stream tells.
#[derive(Clone, Debug)]
pub enum Update {
    /// The stream began.
    Started {
        /// First sequence looked at.
        start: Sequence,
        /// Last sequence of the log.
        head: Sequence,
        /// First sequence held.
        earliest: Sequence,
    },
    /// An event that matches.
    Event(EventRef),
    /// How far the stream has come.
    Progress {
        /// All matches up to here (newest first: from here on) were sent.
        scanned: Sequence,
        /// Last sequence of the log.
        head: Sequence,
        /// Events sent.
        delivered: u64,
    },
    /// Events that can no longer be delivered.
    Gap {
        /// First sequence missing; 0 where unknown.
        first: Sequence,
        /// Last sequence missing; 0 where unknown.
        last: Sequence,
        /// Why.
        reason: GapReason,
    },
    /// History is delivered.
    CaughtUp {
        /// Its last sequence.
        head: Sequence,
    },
    /// The stream ends in order.
    End {
        /// Why.
        reason: EndReason,
        /// Events sent.
        delivered: u64,
        /// All matches up to here (newest first: from here on) were sent.
        scanned: Sequence,
    },
}

/// Why a stream could not begin or go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Retention removed the start.
    #[error(
        "sequence {requested} is no longer held, the log begins at {earliest}; begin there, or ask for a gap with \
         on_position_lost"
    )]
    PositionEvicted {
        /// Identity of the log.
        epoch: Epoch,
        /// The sequence asked for.
        requested: Sequence,
        /// First sequence held.
        earliest: Sequence,
        /// Last sequence of the log.
        head: Sequence,
    },
    /// The log does not reach the start yet.
    #[error("sequence {requested} is ahead of the log, which ends at {head}; use `from_now` to wait for new events")]
    PositionAhead {
        /// Identity of the log.
        epoch: Epoch,
        /// The sequence asked for.
        requested: Sequence,
        /// First sequence held.
        earliest: Sequence,
        /// Last sequence of the log.
        head: Sequence,
    },
    /// The token is of another log.
    #[error(
        "the token is of log {requested}, this is log {epoch}: it began anew; begin again, or ask for a gap with on_position_lost"
    )]
    EpochChanged {
        /// Identity of the log.
        epoch: Epoch,
        /// The log asked for.
        requested: Epoch,
        /// First sequence held.
        earliest: Sequence,
        /// Last sequence of the log.
        head: Sequence,
    },
    /// Retention overtook the stream.
    #[error(
        "the stream was too slow: retention removed sequences {first} to {last} before they were read; read faster, \
         narrow the filter, or ask for a gap with on_fall_behind"
    )]
    SlowConsumer {
        /// Where the stream stood.
        position: Position,
        /// First sequence missing.
        first: Sequence,
        /// Last sequence missing.
        last: Sequence,
    },
    /// The storage lost events that the stream came to.
    #[error(
        "sequences {first} to {last} are lost, the storage was damaged there; begin behind them with next_token, or ask \
         for a gap with on_position_lost"
    )]
    Damaged {
        /// Identity of the log.
        epoch: Epoch,
        /// Where the stream stood.
        position: Sequence,
        /// First sequence lost.
        first: Sequence,
        /// Last sequence lost.
        last: Sequence,
    },
    /// The client's deadline passed.
    #[error("the deadline of the call passed; give a longer one, or bound the stream with max_duration")]
    DeadlineExceeded,
}
