//! What waits to be written to one socket: a bounded queue between the hub and the socket's task.
//!
//! Promise: a durable delivery is handed over in order or the socket ends (close 4008); it is never skipped. An
//! ephemeral one (typing) is dropped as soon as half of the room is taken.
//!
//! The bound is that of the queue. What the task has taken out is no longer counted while it is written, so a socket may
//! keep twice as much: a burst that comes meanwhile has the whole queue.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use axum::extract::ws::Utf8Bytes;
use beckon_core::id::ConversationId;
use tokio::sync::Notify;

use crate::ws::close::CloseCode;

/// One thing for a socket.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// A durable event in the position of this reader.
    Event {
        /// Its conversation.
        conversation: ConversationId,
        /// `visitor_seq` for visitors, `seq` for agents.
        position: i64,
        /// The whole frame.
        frame: Utf8Bytes,
    },
    /// Events up to this position are there: for a socket that has opened the conversation and has not had them.
    UpTo {
        /// The conversation.
        conversation: ConversationId,
        /// As in `Event`.
        position: i64,
    },
    /// A latest value: a list row, a thread, presence, cursors.
    Frame(Utf8Bytes),
    /// Worth nothing a moment later.
    Ephemeral(Utf8Bytes),
    /// What this agent may see has changed: the socket asks the store.
    Renew,
    /// The reader may no longer see this conversation: it ends here, with this frame.
    Gone {
        /// The conversation.
        conversation: ConversationId,
        /// The whole frame.
        frame: Utf8Bytes,
    },
}

impl Delivery {
    fn bytes(&self) -> usize {
        match self {
            Self::Event { frame, .. }
            | Self::Frame(frame)
            | Self::Ephemeral(frame)
            | Self::Gone { frame, .. } => frame.len(),
            Self::UpTo { .. } | Self::Renew => size_of::<Self>(),
        }
    }
}

/// The queue of one socket.
#[derive(Debug)]
pub struct Outbound {
    most_bytes: usize,
    state: Mutex<Waiting>,
    ready: Notify,
    full: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    deliveries: VecDeque<Delivery>,
    bytes: usize,
    close: Option<CloseCode>,
}

/// What the socket's task takes out.
#[derive(Debug, Default)]
pub struct Batch {
    /// In order.
    pub deliveries: VecDeque<Delivery>,
    /// Set when the socket has to end after (drain) or instead of (all others) these.
    pub close: Option<CloseCode>,
}

impl Outbound {
    /// A queue with room for so many bytes.
    pub fn new(most_bytes: usize) -> Self {
        Self { most_bytes, state: Mutex::default(), ready: Notify::new(), full: Notify::new() }
    }

    /// Puts a delivery in the queue.
    pub fn push(&self, delivery: Delivery) {
        let mut waiting = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.close.is_some() {
            return;
        }
        let bytes = waiting.bytes + delivery.bytes();
        if matches!(delivery, Delivery::Ephemeral(_)) && bytes * 2 > self.most_bytes {
            return;
        }
        if bytes > self.most_bytes {
            waiting.deliveries = VecDeque::new();
            waiting.bytes = 0;
            waiting.close = Some(CloseCode::Slow);
            self.full.notify_waiters();
        } else {
            waiting.bytes = bytes;
            waiting.deliveries.push_back(delivery);
        }
        drop(waiting);
        self.ready.notify_one();
    }

    /// Ends the socket. The first reason stays.
    pub fn close(&self, code: CloseCode) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).close.get_or_insert(code);
        self.ready.notify_one();
    }

    /// Resolves when the queue overflows, for a task that is stuck in a write.
    pub async fn overflowed(&self) {
        loop {
            let full = self.full.notified();
            if self.state.lock().unwrap_or_else(PoisonError::into_inner).close == Some(CloseCode::Slow) {
                return;
            }
            full.await;
        }
    }

    /// Takes all of it, if there is something to do.
    pub fn waiting(&self) -> Option<Batch> {
        let mut waiting = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.close.is_none() && waiting.deliveries.is_empty() {
            return None;
        }
        waiting.bytes = 0;
        Some(Batch { deliveries: std::mem::take(&mut waiting.deliveries), close: waiting.close })
    }

    /// Waits for something to do and takes all of it.
    pub async fn take(&self) -> Batch {
        loop {
            let ready = self.ready.notified();
            if let Some(batch) = self.waiting() {
                return batch;
            }
            ready.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(bytes: usize) -> Utf8Bytes {
        "x".repeat(bytes).into()
    }

    #[tokio::test]
    async fn a_full_queue_ends_the_socket_and_skips_nothing_silently() {
        let outbound = Outbound::new(100);
        outbound.push(Delivery::Frame(frame(60)));
        outbound.push(Delivery::Frame(frame(60)));
        outbound.push(Delivery::Frame(frame(1)));
        let batch = outbound.take().await;
        assert_eq!(batch.close, Some(CloseCode::Slow));
        assert!(batch.deliveries.is_empty());
    }

    #[tokio::test]
    async fn typing_is_dropped_at_half() {
        let outbound = Outbound::new(100);
        outbound.push(Delivery::Ephemeral(frame(40)));
        outbound.push(Delivery::Ephemeral(frame(40)));
        outbound.push(Delivery::Frame(frame(40)));
        let batch = outbound.take().await;
        assert_eq!((batch.deliveries.len(), batch.close), (2, None));
    }
}
