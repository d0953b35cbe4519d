//! What a client does with each frame of the server.

use std::sync::atomic::Ordering;
use std::time::Duration;

use rand::RngExt;
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::{End, Machine};
use crate::client::{Counts, Who};
use crate::log::{Kind, Line};
use crate::view::{Step, View};
use crate::wire::{Heard, Socket};
use crate::{Failure, Outcome};

#[derive(Deserialize)]
struct EventHead<'a> {
    id: &'a str,
    kind: &'a str,
    author: AuthorHead<'a>,
}

#[derive(Deserialize)]
struct AuthorHead<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
}

impl Machine {
    pub(super) async fn handle(&mut self, socket: &mut Socket, heard: Heard) -> Result<(), End> {
        match heard.kind.as_str() {
            "event" => self.event(socket, heard).await,
            "state" => self.state(heard),
            "live" => self.live(socket, heard).await,
            "accepted" => self.accepted(socket, heard).await,
            "rejected" => self.rejected(&heard),
            "pong" => self.pong(socket, heard).await,
            "cursor" => {
                let (delivered, read) = (heard.delivered.unwrap_or_default(), heard.read.unwrap_or_default());
                self.cursors(false, heard.conversation.unwrap_or_default(), delivered, read)
            }
            "row" => {
                let conversation = heard.conversation.unwrap_or_default();
                self.follow(socket, &conversation, false).await?;
                Ok(socket.flush().await?)
            }
            "drain" => {
                Counts::add(&self.counts.drains);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn cursors(&mut self, state: bool, conversation: String, delivered: i64, read: i64) -> Result<(), End> {
        // A position that a cursor names belongs to the epoch of this connection.
        let epoch = self.epoch.clone();
        Ok(self.log.add(&Line::Cursor { state, conversation, epoch, delivered, read })?)
    }

    async fn event(&mut self, socket: &mut Socket, heard: Heard) -> Result<(), End> {
        let (Some(conversation), Some(position), Some(event)) =
            (heard.conversation, heard.position, heard.event)
        else {
            return Err(Failure::new("an event without a place").into());
        };
        let new = !self.views.contains_key(&conversation);
        self.start_view(&conversation)?;
        let Some(view) = self.views.get_mut(&conversation) else { return Ok(()) };
        match view.event(position, event.get().to_owned()) {
            Step::Apply(events) => self.apply(socket, &conversation, events).await?,
            Step::Ask => return self.sync(socket, &conversation).await,
            Step::Nothing => Counts::add(&self.counts.known),
        }
        // Another tab has begun it: a ping's heads tell of what is open on this socket only.
        if new && self.views.get_mut(&conversation).is_some_and(View::ask) {
            self.sync(socket, &conversation).await?;
        }
        Ok(())
    }

    /// A view from the first event on, for a conversation that is new here.
    pub(super) fn start_view(&mut self, conversation: &str) -> Outcome<()> {
        if self.views.contains_key(conversation) {
            return Ok(());
        }
        self.views.insert(conversation.to_owned(), View::new(&self.epoch));
        let epoch = self.epoch.clone();
        self.log.add(&Line::Reset { conversation: conversation.to_owned(), epoch, first: 1 })
    }

    async fn apply(
        &mut self,
        socket: &mut Socket,
        conversation: &str,
        events: Vec<(i64, String)>,
    ) -> Result<(), End> {
        let last = events.last().map_or(0, |(position, _)| *position);
        for (position, event) in events {
            let head: EventHead<'_> = serde_json::from_str(&event).map_err(Failure::from)?;
            self.log.add(&Line::Saw {
                conversation: conversation.to_owned(),
                position,
                event_id: head.id.to_owned(),
            })?;
            Counts::add(&self.counts.events);
            let from_visitor = head.kind == "message" && head.author.kind == "visitor";
            if let (Who::Agent(_), true) = (&self.who, from_visitor)
                && self.chance.random_range(0..100) < self.rules.answered_percent
            {
                let kind = if self.chance.random_range(0..4) == 0 { Kind::Note } else { Kind::Text };
                self.queue(kind, conversation)?;
            }
        }
        if self.chance.random_range(0..100) < self.rules.read_percent {
            let frame = json!({"type": "read", "conversation": conversation, "position": last});
            socket.send(frame.to_string()).await?;
        }
        Ok(())
    }

    async fn sync(&mut self, socket: &mut Socket, conversation: &str) -> Result<(), End> {
        let Some(view) = self.views.get(conversation) else { return Ok(()) };
        let frame = json!({
            "type": "sync", "conversation": conversation, "epoch": view.epoch, "position": view.position,
        });
        Ok(socket.send(frame.to_string()).await?)
    }

    fn state(&mut self, heard: Heard) -> Result<(), End> {
        let Some(conversation) = heard.conversation else { return Ok(()) };
        let epoch = heard.epoch.unwrap_or_default();
        let view = self.views.entry(conversation.clone()).or_default();
        if heard.mode.as_deref() == Some("reset") {
            let first = heard.first.unwrap_or(1);
            if view.position > 0 {
                Counts::add(&self.counts.resets);
            }
            view.reset(&epoch, first);
            self.log.add(&Line::Reset { conversation: conversation.clone(), epoch, first })?;
        } else if view.epoch != epoch {
            return Err(Failure::new("a replay in another epoch").into());
        }
        if let Some(cursors) = heard.cursors {
            self.cursors(true, conversation, cursors.delivered, cursors.read)?;
        }
        Ok(())
    }

    async fn live(&mut self, socket: &mut Socket, heard: Heard) -> Result<(), End> {
        let conversation = heard.conversation.unwrap_or_default();
        if self.views.get_mut(&conversation).is_some_and(View::live) {
            self.sync(socket, &conversation).await?;
        }
        Ok(())
    }

    async fn accepted(&mut self, socket: &mut Socket, heard: Heard) -> Result<(), End> {
        let request = heard.request.unwrap_or_default();
        let Some(place) = self.asked_by.remove(&request) else { return Ok(()) };
        let (_, lane) = &mut self.lanes[place];
        if !lane.tried(request) {
            // An answer to an earlier write's try: another of its tries was answered before.
            return Ok(());
        }
        let Some(write) = lane.done(true) else { return Ok(()) };
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        let written = heard.conversations.as_ref().and_then(|all| all.first().cloned());
        let conversation =
            heard.conversation.or_else(|| written.as_ref().map(|written| written.conversation.clone()));
        if write.kind != Kind::Context && lane.conversation.is_none() {
            lane.conversation.clone_from(&conversation);
        }
        self.log.keep(&Line::Acked {
            client_id: write.client_id,
            conversation: conversation.clone(),
            position: heard.position,
            event_id: heard.event_id,
            version: written.map(|written| written.version),
            duplicate: heard.duplicate,
            epoch: self.epoch.clone(),
        })?;
        Counts::add(&self.counts.acked);
        if heard.duplicate {
            Counts::add(&self.counts.duplicates);
        }
        let Some(conversation) = conversation.filter(|_| write.kind != Kind::Context) else { return Ok(()) };
        if self.views.contains_key(&conversation) {
            return Ok(());
        }
        self.start_view(&conversation)?;
        // This socket follows a conversation it started; one that was started on another has to be opened.
        if heard.duplicate && self.views.get_mut(&conversation).is_some_and(View::ask) {
            self.sync(socket, &conversation).await?;
        }
        Ok(())
    }

    fn rejected(&mut self, heard: &Heard) -> Result<(), End> {
        let code = heard.code.clone().unwrap_or_default();
        let Some(request) = heard.request else {
            // A sync, cursor or resume of a conversation that a restore took away.
            if let Some(conversation) = heard.conversation.as_ref().filter(|_| code == "not_found") {
                self.views.remove(conversation);
                return Ok(());
            }
            let told = heard.message.as_deref().unwrap_or_default();
            return Err(Failure::new(format!("rejected without a number: {code} {told}")).into());
        };
        let Some(place) = self.asked_by.remove(&request) else { return Ok(()) };
        let (_, lane) = &mut self.lanes[place];
        if !lane.flies(request) {
            return Ok(());
        }
        match heard.retry.as_deref() {
            Some("same") => lane.again(self.rules.unit, Instant::now()),
            Some("later") => {
                Counts::add(&self.counts.later);
                match heard.after_ms {
                    Some(after) => lane.again_after(Duration::from_millis(after), Instant::now()),
                    None => lane.again(self.rules.unit, Instant::now()),
                }
            }
            _ => {
                if let Some(write) = lane.done(false) {
                    self.waiting.fetch_sub(1, Ordering::Relaxed);
                    self.log.keep(&Line::Failed { client_id: write.client_id, code })?;
                    Counts::add(&self.counts.failed);
                }
            }
        }
        Ok(())
    }

    async fn pong(&mut self, socket: &mut Socket, heard: Heard) -> Result<(), End> {
        let heads = heard.heads.unwrap_or_default();
        let mut missing = Vec::new();
        for (conversation, head) in &heads {
            let Some(view) = self.views.get_mut(conversation) else { continue };
            if !view.has(*head) && view.ask() {
                missing.push(conversation.clone());
            }
        }
        for conversation in &missing {
            self.sync(socket, conversation).await?;
        }
        let all = heads
            .iter()
            .all(|(conversation, head)| self.views.get(conversation).is_none_or(|view| view.has(*head)));
        let follows_all = self.views.keys().all(|conversation| heads.contains_key(conversation));
        if all && follows_all && self.waiting.load(Ordering::Relaxed) == 0 && !self.settling.is_empty() {
            self.log.flush()?;
            for settled in self.settling.drain(..) {
                // Nobody waits any more: as good.
                let _unheard = settled.send(());
            }
        }
        Ok(())
    }
}
