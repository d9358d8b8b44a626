//! Where in the log a request begins and stops.

use super::{Error, GapReason, OnLoss, Request, Start, Stop, Update};
use crate::log::{Epoch, Sequence, Snapshot};

/// A range of sequences, both ends included, empty where `first` is behind `last`; and what is known to be missing.
#[derive(Clone, Debug)]
pub(super) struct Located {
    /// First sequence to look at.
    pub(super) first: Sequence,
    /// Last sequence to look at; `None` where it is not fixed yet.
    pub(super) last: Option<Sequence>,
    /// Sequence behind which the history begins, newest first, where a token says so.
    pub(super) below: Option<Sequence>,
    /// The gap before the first sequence.
    pub(super) gap: Option<Update>,
}

/// Finds a request's range in a snapshot. [`Start::Last`] gives the earliest sequence: the caller searches from there.
pub(super) fn locate(request: &Request, epoch: Epoch, snapshot: &Snapshot) -> Result<Located, Error> {
    let (earliest, head) = (snapshot.earliest(), snapshot.head());
    let stop = last(request, snapshot);
    let mut below = None;
    let mut gap = None;
    let first = match request.start {
        Start::Earliest | Start::Last(_) => earliest,
        Start::Now => head.next(),
        Start::Time(time) => snapshot.first_at(time),
        Start::After(position) if position.epoch != epoch => {
            let requested = position.epoch;
            if request.on_position_lost == OnLoss::Fail {
                return Err(Error::EpochChanged { epoch, requested, earliest, head });
            }
            let reason = GapReason::EpochChanged;
            gap = Some(Update::Gap { first: Sequence::ZERO, last: Sequence::ZERO, reason });
            earliest
        }
        Start::After(position) if request.newest_first => {
            if position.sequence > head.next() {
                return Err(Error::PositionAhead { epoch, requested: position.sequence, earliest, head });
            }
            below = Some(position.sequence);
            earliest
        }
        Start::After(position) => {
            if position.sequence > head {
                return Err(Error::PositionAhead { epoch, requested: position.sequence, earliest, head });
            }
            position.sequence.next()
        }
        Start::At(sequence) => {
            if sequence > head.next() {
                return Err(Error::PositionAhead { epoch, requested: sequence, earliest, head });
            }
            sequence
        }
    };
    let first = if first < earliest {
        if request.on_position_lost == OnLoss::Fail {
            return Err(Error::PositionEvicted { epoch, requested: first, earliest, head });
        }
        let last = stop.map_or(earliest.previous(), |stop| stop.min(earliest.previous()));
        if first <= last {
            gap = Some(Update::Gap { first, last, reason: GapReason::Retention });
        }
        earliest
    } else {
        first
    };
    Ok(Located { first, last: stop, below, gap })
}

/// The last sequence of a request's range, as far as a snapshot can tell.
pub(super) fn last(request: &Request, snapshot: &Snapshot) -> Option<Sequence> {
    let head = snapshot.head();
    match request.stop {
        Stop::Open => (!request.follow).then_some(head),
        Stop::After(sequence) if request.follow => Some(sequence),
        Stop::After(sequence) => Some(sequence.min(head)),
        Stop::Time(time) => {
            let after = snapshot.first_at(time);
            (after <= head || !request.follow).then(|| after.previous())
        }
    }
}
