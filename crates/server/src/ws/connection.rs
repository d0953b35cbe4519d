//! One task per socket: it reads, writes and keeps the order of what the other side gets.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use beckon_core::agent::Agent;
use beckon_core::frame::server::{ConversationOnly, ServerFrame};
use beckon_core::frame::{ClientFrame, FrameError, parse};
use beckon_core::id::{AgentSessionId, ConversationId, SessionId};
use beckon_core::visitor::Session;
use beckon_store::{SecretHash, StoreError};
use futures_util::{FutureExt, SinkExt};
use tokio::time::{Instant, sleep, timeout};

use super::close::CloseCode;
use super::outbound::{Batch, Delivery, Outbound};
use super::presence::{Presence, silence_of};
use super::typing::Typing;
use crate::app::{App, Reader, Tab, event_frame};
use crate::error::{rejected, rejected_frame};
use crate::hub::Membership;
use crate::limits::{FRAMES_BURST_SECONDS, Place};

/// Who is at the other end.
pub(super) enum Peer {
    /// A tab of a visitor.
    Visitor {
        /// Its session.
        session: Session,
        /// Which of its tabs.
        tab: Tab,
        /// Freed when the socket ends.
        _place: Place<SessionId>,
    },
    /// A console of an agent.
    Agent {
        /// Who.
        agent: Arc<Agent>,
        /// The sign-in.
        session: AgentSessionId,
        /// What the store knows of the sign-in's token.
        token: SecretHash,
    },
}

impl Peer {
    /// As a reader of conversations.
    pub(super) fn reader(&self) -> Reader<'_> {
        match self {
            Self::Visitor { session, .. } => Reader::Visitor(session.visitor),
            Self::Agent { agent, .. } => Reader::Agent(agent),
        }
    }
}

/// Why a connection stops.
#[derive(Debug)]
pub(super) enum Ended {
    /// We end it.
    Close(CloseCode),
    /// It is gone.
    Lost,
}

impl Ended {
    /// The storage did not answer: the client comes back.
    pub(super) fn storage(error: StoreError) -> Self {
        match error {
            StoreError::TookTooLong => tracing::warn!(%error, "a socket ends; its client comes back"),
            error => tracing::error!(%error, "a socket ends because the storage does not answer"),
        }
        Self::Close(CloseCode::Internal)
    }
}

/// A socket after its hello.
pub(super) struct Connection {
    pub(super) app: Arc<App>,
    socket: WebSocket,
    outbound: Arc<Outbound>,
    pub(super) membership: Membership,
    pub(super) peer: Peer,
    /// Conversations that were opened here, and the last position written of each.
    pub(super) followed: HashMap<ConversationId, i64>,
    /// What the agent is writing. Boxed: an idle socket keeps no room for it.
    pub(super) writing: Option<Box<Typing>>,
    /// Whether the agent counts as there. Boxed, as above.
    pub(super) presence: Option<Box<Presence>>,
    pub(super) heard_at: Instant,
    pace: Pace,
    unflushed: bool,
}

/// The frames a client may send: far more than one at work does, far fewer than a flood.
struct Pace {
    per_second: f64,
    tokens: f64,
    at: Instant,
}

impl Pace {
    fn take(&mut self) -> bool {
        let now = Instant::now();
        let filled = self.tokens + now.duration_since(self.at).as_secs_f64() * self.per_second;
        self.at = now;
        self.tokens = filled.min(self.per_second * FRAMES_BURST_SECONDS) - 1.0;
        self.tokens >= 0.0
    }
}

enum Step {
    Incoming(Option<Result<Message, axum::Error>>),
    Outgoing(Batch),
    WritesNoMore,
    Silence,
    Tick,
}

impl Connection {
    pub(super) fn new(
        app: Arc<App>,
        socket: WebSocket,
        outbound: Arc<Outbound>,
        membership: Membership,
        peer: Peer,
    ) -> Self {
        let now = Instant::now();
        let per_second = app.limits.frames;
        let presence = Presence::of(&peer, now, &app.timing);
        Self {
            app,
            socket,
            outbound,
            membership,
            peer,
            followed: HashMap::new(),
            writing: None,
            presence,
            heard_at: now,
            pace: Pace { per_second, tokens: per_second * FRAMES_BURST_SECONDS, at: now },
            unflushed: false,
        }
    }

    /// Reads and writes until the socket ends.
    pub(super) async fn run(&mut self) -> Result<(), Ended> {
        let between_pings = Duration::from_millis(self.app.timing.ping_ms);
        let mut tick = Box::pin(sleep(between_pings));
        loop {
            let step = tokio::select! {
                message = self.socket.recv() => Step::Incoming(message),
                batch = self.outbound.take() => Step::Outgoing(batch),
                () = end_of(&mut self.writing) => Step::WritesNoMore,
                () = silence_of(&mut self.presence) => Step::Silence,
                () = &mut tick => Step::Tick,
            };
            // After a pause of this process, what the other side said meanwhile counts before its silence does.
            let counts = match step {
                Step::Tick => self.is_silent(),
                Step::Silence => self.is_absent(),
                _ => false,
            };
            let said = if counts { self.socket.recv().now_or_never() } else { None };
            let step = said.map_or(step, Step::Incoming);
            match step {
                Step::Incoming(None) => return Err(Ended::Lost),
                // Too large, not UTF-8 or against the WebSocket protocol; or gone, and then nobody hears the code.
                Step::Incoming(Some(Err(_))) => return Err(Ended::Close(CloseCode::BadFrame)),
                Step::Incoming(Some(Ok(message))) => {
                    self.heard_at = Instant::now();
                    // Boxed, like all the rest: a write's future is large, and an idle socket has none.
                    Box::pin(self.receive(message)).await?;
                    self.settle_presence();
                    // What a write brought to its own sender leaves together with the answer.
                    if let Some(batch) = self.outbound.waiting() {
                        Box::pin(self.deliver(batch)).await?;
                    }
                }
                Step::Outgoing(batch) => Box::pin(self.deliver(batch)).await?,
                Step::WritesNoMore => self.stop_writing(),
                Step::Silence => self.settle_presence(),
                Step::Tick => {
                    Box::pin(self.tick()).await?;
                    tick.as_mut().reset(Instant::now() + between_pings);
                }
            }
            if self.unflushed {
                Box::pin(self.flush()).await?;
            }
        }
    }

    fn is_silent(&self) -> bool {
        self.heard_at.elapsed() >= Duration::from_millis(self.app.timing.pong_ms)
    }

    async fn tick(&mut self) -> Result<(), Ended> {
        if self.is_silent() {
            return Err(Ended::Close(CloseCode::NoPong));
        }
        if let Peer::Agent { .. } = self.peer {
            self.renew().await?;
        }
        self.feed_message(Message::Ping(axum::body::Bytes::new())).await
    }

    /// Asks again whether an agent's sign-in holds and what the agent may see: it may have ended or changed from
    /// another process or just before this socket was known. What may no longer be seen is gone.
    pub(super) async fn renew(&mut self) -> Result<(), Ended> {
        let Peer::Agent { agent, token, .. } = &mut self.peer else { return Ok(()) };
        let found = self.app.store.agent_session(*token).await.map_err(Ended::storage)?;
        let fresh = found.ok_or(Ended::Close(CloseCode::Revoked))?.agent;
        if **agent == fresh {
            return Ok(());
        }
        let fresh = Arc::new(fresh);
        *agent = Arc::clone(&fresh);
        self.membership.renew(Arc::clone(&fresh));
        let followed: Vec<ConversationId> = self.followed.keys().copied().collect();
        for conversation in followed {
            match self.app.conversation_for_agent(&fresh, conversation).await {
                Ok(_) => {}
                Err(StoreError::NotFound) => self.lose(conversation).await?,
                Err(error) => return Err(Ended::storage(error)),
            }
        }
        Ok(())
    }

    /// The reader may no longer see a conversation.
    async fn lose(&mut self, conversation: ConversationId) -> Result<(), Ended> {
        self.stop_writing_in(conversation);
        self.followed.remove(&conversation);
        self.membership.unfollow(conversation);
        self.feed(ServerFrame::Gone(ConversationOnly { conversation })).await
    }

    async fn receive(&mut self, message: Message) -> Result<(), Ended> {
        // A ping or a pong also costs a turn, and the library answers each ping.
        if !self.pace.take() {
            return Err(Ended::Close(CloseCode::TooManyRequests));
        }
        match message {
            Message::Text(text) => match parse(&text) {
                Ok(frame) => {
                    self.page_spoke(matches!(frame, ClientFrame::Ping));
                    self.handle(frame).await
                }
                Err(FrameError::Broken) => Err(Ended::Close(CloseCode::BadFrame)),
                Err(error) => self.feed(ServerFrame::Rejected(rejected_frame(error))).await,
            },
            Message::Binary(_) => Err(Ended::Close(CloseCode::BadFrame)),
            Message::Close(_) => Err(Ended::Lost),
            // The library answers pings by itself.
            Message::Ping(_) | Message::Pong(_) => Ok(()),
        }
    }

    async fn deliver(&mut self, batch: Batch) -> Result<(), Ended> {
        let ends_at_once = batch.close.is_some_and(|code| code != CloseCode::Drain);
        if !ends_at_once {
            for delivery in batch.deliveries {
                match delivery {
                    Delivery::Frame(frame) | Delivery::Ephemeral(frame) => self.feed_text(frame).await?,
                    Delivery::Event { conversation, position, frame } => {
                        self.deliver_event(conversation, position, frame).await?;
                    }
                    Delivery::UpTo { conversation, position } => self.fill(conversation, position).await?,
                    Delivery::Renew => Box::pin(self.renew()).await?,
                    Delivery::Gone { conversation, frame } => {
                        self.stop_writing_in(conversation);
                        self.followed.remove(&conversation);
                        self.feed_text(frame).await?;
                    }
                }
            }
        }
        batch.close.map_or(Ok(()), |code| Err(Ended::Close(code)))
    }

    /// Writes an event in its place. What is missing before it, after a commit whose outcome nobody knew or while it was
    /// opened, is read from the store.
    async fn deliver_event(
        &mut self,
        conversation: ConversationId,
        position: i64,
        frame: Utf8Bytes,
    ) -> Result<(), Ended> {
        let Some(last) = self.followed.get_mut(&conversation) else {
            return match self.peer {
                // Not opened in this tab; the client knows what to do with it.
                Peer::Visitor { .. } => self.feed_text(frame).await,
                Peer::Agent { .. } => Ok(()),
            };
        };
        if position <= *last {
            return Ok(());
        }
        if position == *last + 1 {
            *last = position;
            return self.feed_text(frame).await;
        }
        self.fill(conversation, position).await
    }

    async fn fill(&mut self, conversation: ConversationId, up_to: i64) -> Result<(), Ended> {
        let app = Arc::clone(&self.app);
        while let Some(last) = self.followed.get(&conversation).copied().filter(|last| *last < up_to) {
            let missing = match app.events_after(self.peer.reader(), conversation, last).await {
                Ok(missing) if missing.is_empty() => {
                    return Err(Ended::storage(StoreError::Damaged("an event is missing".to_owned())));
                }
                Ok(missing) => missing,
                Err(StoreError::NotFound) => return self.lose(conversation).await,
                Err(error) => return Err(Ended::storage(error)),
            };
            for (position, event) in missing {
                let text = self.peer.reader().event_text(&event);
                self.feed_text(event_frame(conversation, position, &text)).await?;
                self.followed.insert(conversation, position);
            }
        }
        Ok(())
    }

    /// Queues a refusal.
    pub(super) async fn reject(
        &mut self,
        request: Option<u64>,
        rejection: crate::app::Rejection,
    ) -> Result<(), Ended> {
        self.feed(ServerFrame::Rejected(rejected(request, rejection))).await
    }

    /// Queues a frame.
    pub(super) async fn feed(&mut self, frame: ServerFrame) -> Result<(), Ended> {
        self.feed_text(frame.to_text().into()).await
    }

    /// Queues a frame that is text already.
    pub(super) async fn feed_text(&mut self, text: Utf8Bytes) -> Result<(), Ended> {
        self.feed_message(Message::Text(text)).await
    }

    async fn feed_message(&mut self, message: Message) -> Result<(), Ended> {
        self.unflushed = true;
        within_write_time(self.write_time(), &self.outbound, self.socket.feed(message)).await
    }

    /// Writes what was queued.
    pub(super) async fn flush(&mut self) -> Result<(), Ended> {
        if !self.unflushed {
            return Ok(());
        }
        self.unflushed = false;
        within_write_time(self.write_time(), &self.outbound, self.socket.flush()).await
    }

    fn write_time(&self) -> Duration {
        Duration::from_millis(self.app.timing.write_ms)
    }

    /// Says goodbye, if anybody is there to hear it, and leaves.
    pub(super) async fn end(mut self, ended: Ended) {
        self.stop_writing();
        let Self { app, socket, membership, peer, .. } = self;
        if let Ended::Close(code) = ended {
            let (number, reason) = code.parts();
            tracing::debug!(connection = membership.id, number, reason, "a socket ends");
            // Begins before the membership ends, so that a planned stop sees one or the other.
            let _farewell = (code == CloseCode::Drain).then(|| app.hub.farewell());
            if code == CloseCode::Slow {
                // Whatever else happens is no longer for it. It has much to read before it comes to the goodbye.
                drop(membership);
                say_goodbye_within(GOODBYE_TO_SLOW, socket, code, || drop(peer)).await;
            } else {
                say_goodbye(socket, code, || drop((membership, peer))).await;
            }
        }
    }
}

/// Resolves when what the agent writes is forgotten; never while nothing is written.
async fn end_of(writing: &mut Option<Box<Typing>>) {
    match writing {
        Some(writing) => writing.ends.as_mut().await,
        None => std::future::pending().await,
    }
}

/// Time a peer has to take the goodbye. Leaving with unread bytes would reset the connection and lose the code.
const GOODBYE: Duration = Duration::from_secs(2);
/// The same for one whose buffers are full.
const GOODBYE_TO_SLOW: Duration = Duration::from_secs(10);

/// Sends a close code, calls `said`, and waits a little for the peer to close.
pub(super) async fn say_goodbye(socket: WebSocket, code: CloseCode, said: impl FnOnce()) {
    say_goodbye_within(GOODBYE, socket, code, said).await;
}

async fn say_goodbye_within(time: Duration, mut socket: WebSocket, code: CloseCode, said: impl FnOnce()) {
    // A peer that is gone or does not read needs no goodbye.
    let _unheard = timeout(time, socket.send(Message::Close(Some(code.frame())))).await;
    said();
    let _unanswered = timeout(time, async { while let Some(Ok(_)) = socket.recv().await {} }).await;
}

async fn within_write_time(
    most: Duration,
    outbound: &Outbound,
    write: impl Future<Output = Result<(), axum::Error>>,
) -> Result<(), Ended> {
    tokio::select! {
        biased;
        written = timeout(most, write) => match written {
            Err(_) => Err(Ended::Close(CloseCode::Slow)),
            Ok(Err(_)) => Err(Ended::Lost),
            Ok(Ok(())) => Ok(()),
        },
        () = outbound.overflowed() => Err(Ended::Close(CloseCode::Slow)),
    }
}
