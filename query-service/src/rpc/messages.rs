//! The messages of one `StreamEvents` call, counted and measured.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures::Stream;
use tokio::sync::OwnedSemaphorePermit;
use tonic::Status;

use super::{
    chunks::{Frames, Messages},
    mask::Mask,
    status::Error,
    wire::{self, StreamMessage},
};
use crate::{
    log::Position,
    metrics::Metrics,
    query::Query,
    store::Store,
    stream::{EndReason, GapReason, Subscription, Update},
};

/// The message stream of one `StreamEvents` call.
#[derive(Debug)]
pub struct MessageStream {
    subscription: Subscription,
    about: About,
    metrics: Arc<Metrics>,
    /// What the lag is measured by.
    store: Store,
    /// Why the stream ended, as far as it has.
    ended: &'static str,
    /// Updates since the lag was measured.
    unmeasured: u32,
    /// Events that the metrics do not count yet: all streams share their counter.
    uncounted: u64,
    _permit: OwnedSemaphorePermit,
}

/// What the messages of a stream are made with.
#[derive(Debug)]
pub(super) struct About {
    /// Which events.
    pub(super) query: Arc<Query>,
    /// What in the filter may not mean what it seems to.
    pub(super) warnings: Vec<String>,
    /// Fields of the events; `None` means all.
    pub(super) mask: Option<Arc<Mask>>,
}

/// Updates, at least, between two measures of a stream's lag.
const UPDATES_BETWEEN_MEASURES: u32 = 256;

impl MessageStream {
    /// The messages of a subscription to a store, as long as the permit is held.
    pub(super) const fn new(
        subscription: Subscription,
        about: About,
        store: Store,
        metrics: Arc<Metrics>,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        // Where nothing else is told, the client went away.
        let ended = "client";
        Self { subscription, about, metrics, store, ended, unmeasured: 0, uncounted: 0, _permit: permit }
    }

    fn measure(&mut self, position: Position, update: &Update) {
        let metrics = &self.metrics;
        match update {
            Update::Event(_) => self.uncounted += 1,
            Update::Gap { reason: GapReason::Retention, .. } => metrics.gap("retention"),
            Update::Gap { reason: GapReason::Damage, .. } => metrics.gap("damage"),
            Update::Gap { reason: GapReason::EpochChanged, .. } => metrics.gap("epoch_changed"),
            Update::End { reason, .. } => {
                self.ended = match reason {
                    EndReason::Head => "head",
                    EndReason::Limit => "limit",
                    EndReason::Until => "until",
                    EndReason::MaxDuration => "max_duration",
                    EndReason::Earliest => "earliest",
                    EndReason::Draining => "draining",
                }
            }
            Update::Started { .. } | Update::Progress { .. } | Update::CaughtUp { .. } => {}
        }
        self.unmeasured += 1;
        if self.unmeasured >= UPDATES_BETWEEN_MEASURES || matches!(update, Update::Progress { .. }) {
            self.measure_lag(position);
        }
    }

    /// Measures how far behind the head the stream is.
    fn measure_lag(&mut self, position: Position) {
        self.unmeasured = 0;
        self.metrics.lag(self.store.head().get().saturating_sub(position.sequence.get()));
        self.count();
    }

    /// Tells the metrics of the events sent.
    fn count(&mut self) {
        if self.uncounted > 0 {
            self.metrics.sent(std::mem::take(&mut self.uncounted));
        }
    }
}

impl Messages for MessageStream {
    type Message = StreamMessage;

    fn write_more(&mut self, frames: &mut Frames) {
        // A mask makes an event anew, whose length is known only then.
        if self.about.mask.is_some() {
            return;
        }
        let mut last = None;
        let taken = self.subscription.take_events(|position, encoded| {
            let has_room = frames.add(wire::event_message_bytes(encoded), |buffer| {
                wire::write_event(position, encoded, buffer);
            });
            if has_room {
                last = Some(position);
            }
            has_room
        });
        let Some(position) = last else { return };
        self.uncounted += taken;
        self.unmeasured = self.unmeasured.saturating_add(u32::try_from(taken).unwrap_or(u32::MAX));
        if self.unmeasured >= UPDATES_BETWEEN_MEASURES {
            self.measure_lag(position);
        }
    }
}

impl Drop for MessageStream {
    fn drop(&mut self) {
        self.count();
        self.metrics.stream_ended(self.ended);
    }
}

impl Stream for MessageStream {
    type Item = Result<StreamMessage, Status>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let Poll::Ready(next) = Pin::new(&mut this.subscription).poll_next(cx) else {
            this.count();
            return Poll::Pending;
        };
        let message = match next {
            None => {
                this.count();
                return Poll::Ready(None);
            }
            Some(Ok((position, update))) => {
                this.measure(position, &update);
                let About { query, warnings, mask } = &this.about;
                Ok(StreamMessage::new(position, update, query, warnings, mask.as_deref()))
            }
            Some(Err(error)) => {
                this.ended = "error";
                Err(Error::Stream(error).into())
            }
        };
        Poll::Ready(Some(message))
    }
}
