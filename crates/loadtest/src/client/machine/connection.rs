//! One connection: how it is opened, what is heard and sent on it until its end.

use std::sync::atomic::Ordering;

use serde_json::json;
use tokio::time::Instant;

use super::{End, Machine};

use crate::client::{Counts, Order, Who};
use crate::wire::{Ended, Heard, Socket};
use crate::{Failure, Outcome};

impl Machine {
    pub(super) async fn connect_and_converse(&mut self, failures: &mut u32, first: &mut bool) -> End {
        let (mut socket, rows) = match self.open().await {
            Ok(open) => open,
            Err(_) => return End::Socket(Ended::Lost),
        };
        if !std::mem::replace(first, false) {
            Counts::add(&self.counts.reconnects);
        }
        self.heard_at = Instant::now();
        match self.converse(&mut socket, rows, failures).await {
            Ok(never) => match never {},
            Err(end) => {
                if let End::Stopped | End::Offline = end {
                    socket.close().await;
                }
                end
            }
        }
    }

    /// A socket after its hello, and the conversations of an agent's list.
    async fn open(&mut self) -> Outcome<(Socket, Vec<String>)> {
        let greeting = self.who.greeting(&self.door).await?;
        let rows = self.who.rows(&self.door).await?;
        let mut socket = self.door.socket().await?;
        let resume: Vec<_> = match self.who {
            Who::Visitor(_) => self
                .views
                .iter()
                .map(|(conversation, view)| (conversation.clone(), view.epoch.clone(), view.position))
                .collect(),
            // Their many conversations are opened one by one.
            Who::Agent(_) => Vec::new(),
        };
        socket.hello(&greeting, &resume).await.map_err(|_| Failure::new("lost at hello"))?;
        Ok((socket, rows))
    }

    async fn converse(
        &mut self,
        socket: &mut Socket,
        rows: Vec<String>,
        failures: &mut u32,
    ) -> Result<std::convert::Infallible, End> {
        let welcome = self.hear(socket).await?;
        if welcome.kind != "welcome" {
            return Err(Failure::new(format!("{} instead of a welcome", welcome.kind)).into());
        }
        *failures = 0;
        self.take_epoch(welcome.epoch.unwrap_or_default());
        self.connected.store(true, Ordering::Relaxed);
        if let Who::Agent(_) = self.who {
            socket.feed(r#"{"type":"subscribe","topic":{"inbox":true}}"#).await?;
            let known: Vec<String> = self.views.keys().cloned().collect();
            for conversation in known.into_iter().chain(rows) {
                self.follow(socket, &conversation, true).await?;
            }
            socket.flush().await?;
        }
        let mut tick = tokio::time::interval(self.rules.ping);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            self.following.store(self.views.len(), Ordering::Relaxed);
            self.pump(socket).await?;
            tokio::select! {
                text = socket.next() => {
                    self.heard_at = Instant::now();
                    let text = text?;
                    self.log.bytes(&text)?;
                    self.handle(socket, Heard::parse(&text)?).await?;
                }
                order = self.orders.recv() => match order {
                    None | Some(Order::Stop) => return Err(End::Stopped),
                    Some(Order::Offline(true)) => {
                        self.offline = true;
                        return Err(End::Offline);
                    }
                    Some(order) => self.obey(order)?,
                },
                now = tick.tick() => {
                    if now.duration_since(self.heard_at) >= self.rules.silence {
                        return Err(End::Socket(Ended::Lost));
                    }
                    for (_, lane) in &mut self.lanes {
                        lane.give_up_after(self.rules.answer, self.rules.unit, now);
                    }
                    socket.send(r#"{"type":"ping"}"#).await?;
                }
            }
        }
    }

    async fn hear(&mut self, socket: &mut Socket) -> Result<Heard, End> {
        let heard = tokio::time::timeout(self.rules.silence, socket.next()).await;
        let text = heard.map_err(|_| End::Socket(Ended::Lost))??;
        self.heard_at = Instant::now();
        self.log.bytes(&text)?;
        Ok(Heard::parse(&text)?)
    }

    fn take_epoch(&mut self, epoch: String) {
        if self.epoch == epoch {
            return;
        }
        let known_before = !std::mem::replace(&mut self.epoch, epoch).is_empty();
        if !known_before {
            return;
        }
        let is_visitor = matches!(self.who, Who::Visitor(_));
        for (_, lane) in &mut self.lanes {
            let offered = lane.offer_again();
            if is_visitor {
                // The conversation may be gone; its thread leads to it, or to a new one.
                lane.conversation = None;
            }
            if offered > 0 {
                Counts::add(&self.counts.offered);
            }
            self.waiting.fetch_add(offered, Ordering::Relaxed);
        }
    }

    /// Follows a conversation as an agent.
    pub(super) async fn follow(
        &mut self,
        socket: &mut Socket,
        conversation: &str,
        again: bool,
    ) -> Result<(), End> {
        let known = self.views.contains_key(conversation);
        if known && !again {
            return Ok(());
        }
        self.start_view(conversation)?;
        let Some(view) = self.views.get_mut(conversation).filter(|view| !view.is_asking()) else {
            return Ok(());
        };
        view.ask();
        let mut frame = json!({"type": "subscribe", "topic": {"conversation": conversation}});
        if known {
            frame["epoch"] = view.epoch.as_str().into();
            frame["position"] = view.position.into();
        }
        self.lane(conversation);
        Ok(socket.feed(frame.to_string()).await?)
    }

    /// Sends what may be sent.
    async fn pump(&mut self, socket: &mut Socket) -> Result<(), End> {
        let now = Instant::now();
        let mut frames = Vec::new();
        for (place, (thread, lane)) in self.lanes.iter_mut().enumerate() {
            let Some(write) = lane.next(now) else { continue };
            self.request += 1;
            frames.push(self.who.frame(write, self.request, thread, lane.conversation.as_deref()));
            lane.sent(self.request, now);
            self.asked_by.insert(self.request, place);
            Counts::add(&self.counts.tries);
        }
        if frames.is_empty() {
            return Ok(());
        }
        for frame in frames {
            socket.feed(frame).await?;
        }
        Ok(socket.flush().await?)
    }
}
