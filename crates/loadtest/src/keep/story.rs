//! What happens in a kept folder: every kind of event, lock, cursor and setting there is, by each author who can cause it.

use serde_json::{Value, json};
use uuid::Uuid;

use super::people::{Connection, People, Who};
use crate::server::Setup;
use crate::wire::{Door, text};
use crate::{Failure, Outcome};

/// What the story leaves to be asked for.
pub(super) struct Told {
    /// All conversations.
    pub(super) conversations: Vec<String>,
    /// Every write of a socket that was stored, and by whom: sent again, each must be known.
    pub(super) writes: Vec<(String, Value)>,
}

/// Numbers that a reader in JavaScript would change, an order that sorting would change, other alphabets.
const CART: &str = r#"{"currency":"EUR","cart":{"items":[{"name":"Fjord 🦊","price":1.10},{"name":"كرسي","price":93.58999999999999}],
    "total":12345678901234567890.10},"big":1e400,"a":null,"empty":{},"list":[1,[2,{"x":"\u0041\n"}]],"score":0.2}"#;

struct Story<'a> {
    door: &'a Door,
    people: &'a People,
    writes: Vec<(String, Value)>,
}

/// Lives through it all.
pub(super) async fn tell(setup: &Setup, door: &Door, people: &mut People) -> Outcome<Told> {
    let mut story = Story { door, people, writes: Vec::new() };
    story.settings(setup).await?;
    let mut conversations = story.vera().await?;
    conversations.push(story.paul().await?);
    conversations.extend(story.made_by_us().await?);
    Ok(Told { conversations, writes: story.writes })
}

fn said(text: &str) -> Value {
    json!({"type": "send", "message": {"type": "TEXT", "text": text}})
}

fn started(thread: Uuid, text: &str) -> Value {
    let mut frame = said(text);
    frame["thread"] = thread.to_string().into();
    frame
}

fn into(conversation: &str, mut frame: Value) -> Value {
    frame["conversation"] = conversation.into();
    frame
}

fn command(name: &str) -> Value {
    json!({"type": "command", "command": name})
}

fn context(strategy: &str, mode: &str, metadata: &str) -> Outcome<Value> {
    let metadata: Value = serde_json::from_str(metadata)?;
    Ok(json!({"type": "context", "strategy": strategy, "mode": mode, "metadata": metadata}))
}

impl Story<'_> {
    async fn write(&mut self, who: &mut Connection, frame: Value) -> Outcome<Value> {
        let (frame, answer) = who.write(frame).await?;
        let answer: Value = serde_json::from_str(&answer)?;
        // What no conversation took was not stored: it is no repetition when it comes again.
        if answer["pending"] != true {
            self.writes.push((who.who.clone(), frame));
        }
        Ok(answer)
    }

    async fn ask(&self, who: Who<'_>, method: &str, path: &str, body: Value) -> Outcome<Value> {
        self.people.ask(self.door, who, method, path, Some(body)).await
    }

    /// Widgets, quick replies, invites and keys.
    async fn settings(&self, setup: &Setup) -> Outcome<()> {
        let widget = &self.people.visitor("vera")?.widget;
        let settings = json!({
            "name": "Furniture", "allowed_origins": ["https://shop.example"], "protected_keys": ["tier"],
            "pins": ["cart.total", "order"], "welcome": "Hello", "team_name": "Team Fjord", "language": "en-US",
            "title_unread": true, "sound": true,
            "themes": {"night": {"styles": {"--bk-accent": "#112233"}, "scheme": "dark"}},
        });
        self.ask("agent:ada", "PATCH", &format!("/console/1/widgets/{widget}"), settings).await?;
        for (who, shortcut, shared) in [("agent:maja", "hi", false), ("agent:sam", "bye", true)] {
            let reply = json!({"shortcut": shortcut, "text": "Hello {{visitor.name}}", "shared": shared});
            self.ask(who, "POST", "/console/1/quick-replies", reply).await?;
        }
        for email in ["joan@example.com", "noor@example.com"] {
            self.ask("agent:ada", "POST", "/console/1/invites", json!({"email": email, "role": "AGENT"}))
                .await?;
        }
        let revoked = json!({"name": "Old shop", "scopes": ["conversations:read"]});
        let revoked = text(&self.ask("agent:ada", "POST", "/console/1/keys", revoked).await?["id"])?;
        self.people
            .text(self.door, "agent:ada", "DELETE", &format!("/console/1/keys/{revoked}"), None, &[])
            .await?;
        setup.run(&["admin", "key", "create", "Reader", "--scope", "read"], "").map(drop)
    }

    /// A visitor with several threads: context in every form, and a conversation that everybody has worked in.
    async fn vera(&mut self) -> Outcome<Vec<String>> {
        let mut vera = self.people.connect(self.door, "visitor:vera").await?;
        let mut maja = self.people.connect(self.door, "agent:maja").await?;
        let mut sam = self.people.connect(self.door, "agent:sam").await?;

        let mut first = started(Uuid::new_v4(), "Hello, is the Fjord in stock?");
        first["page"] = json!({"url": "https://shop.example/fjord?colour=blue", "title": "Fjord – Sofas"});
        first["context"] = json!({
            "client_id": Uuid::new_v4(), "mode": "merge", "metadata": serde_json::from_str::<Value>(CART)?,
        });
        first["standing"] = json!({"mode": "merge", "metadata": {"plan": "gold", "visits": 3}});
        let first = text(&self.write(&mut vera, first).await?["conversation"])?;
        let here = |frame| into(&first, frame);
        let path = format!("/ccaas/1/conversations/{first}");

        // The page's context: merged, removed, replaced, and against locks.
        self.write(
            &mut vera,
            here(context("ACTIVE", "merge", r#"{"order":"A-1","score":null,"tier":"own"}"#)?),
        )
        .await?;
        self.ask("key", "PATCH", &format!("{path}/metadata?lock=true"), json!({"order": "A-2", "vip": true}))
            .await?;
        self.write(&mut vera, here(context("ACTIVE", "merge", r#"{"order":"A-3","step":"checkout"}"#)?))
            .await?;
        self.write(
            &mut vera,
            here(context("ACTIVE", "replace", r#"{"page":"/cart","total":8.333333333333334}"#)?),
        )
        .await?;
        self.ask("key", "PATCH", &format!("{path}/metadata?lock=false"), json!({"vip": false})).await?;

        // An agent: takes, answers, notes, changes the status.
        self.write(&mut maja, here(command("take"))).await?;
        self.write(&mut maja, here(said("It is 🦊 – \"in stock\"."))).await?;
        let mut note = here(said("Wants it on Friday."));
        note["message"]["type"] = "NOTE".into();
        self.write(&mut maja, note).await?;
        self.ask("agent:maja", "PATCH", &format!("{path}/metadata"), json!({"order": "A-4"})).await?;
        self.write(&mut maja, here(command("wait"))).await?;
        self.write(&mut vera, here(said("Good."))).await?;
        self.write(&mut maja, here(command("solve"))).await?;
        self.write(&mut vera, here(said("One more thing."))).await?;

        // A program: in an agent's name and in its own.
        let maja_id = self.people.agent("maja")?.id.clone();
        let (from, to) = {
            let vera = self.people.visitor("vera")?;
            (vera.widget.clone(), vera.id.clone())
        };
        let message = json!({
            "from": from, "to": to, "channel": "LIVE_CHAT", "contentType": "TEXT",
            "content": {"text": "Your parcel is on its way."},
        });
        let messages = format!("{path}/messages");
        let named = [("x-agent-id", maja_id.as_str())];
        self.people.text(self.door, "key", "POST", &messages, Some(&message.to_string()), &named).await?;
        let notes = format!("{path}/notes");
        self.ask("key", "POST", &notes, json!({"content": "Called back.", "agentId": maja_id})).await?;
        self.ask("key", "POST", &notes, json!({"content": "Paid."})).await?;
        let sam_id = self.people.agent("sam")?.id.clone();
        let edit = json!({
            "topic": "Delivery", "summary": "Asks for Friday.", "priority": "HIGH", "queueId": null, "agentId": sam_id,
        });
        self.ask("key", "PATCH", &path, edit).await?;
        self.write(&mut sam, here(said("I have it now."))).await?;
        self.write(&mut sam, here(command("release"))).await?;
        self.people.text(self.door, "key", "POST", &messages, Some(&message.to_string()), &[]).await?;
        self.ask("agent:sam", "PUT", &format!("{path}/assignee"), json!({"agentId": maja_id})).await?;

        // How far each side has read, and what the agent knows of the context.
        self.cursor(&mut vera, &first, "read", 3).await?;
        self.cursor(&mut maja, &first, "read", 6).await?;
        self.cursor(&mut maja, &first, "seen", 6).await?;

        // A second thread begins with what stands; contexts for all; a third is closed.
        let second =
            text(&self.write(&mut vera, started(Uuid::new_v4(), "And the lamp?")).await?["conversation"])?;
        self.write(&mut vera, context("ALL", "merge", r#"{"currency":"USD"}"#)?).await?;
        self.write(&mut vera, context("ALL_PLUS_NEW", "merge", r#"{"plan":"silver"}"#)?).await?;
        let third =
            text(&self.write(&mut vera, started(Uuid::new_v4(), "Thank you")).await?["conversation"])?;
        for name in ["take", "solve", "reopen", "close"] {
            self.write(&mut sam, into(&third, command(name))).await?;
        }
        let mut late = into(&third, said("She was kind."));
        late["message"]["type"] = "NOTE".into();
        self.write(&mut sam, late).await?;
        Ok(vec![first, second, third])
    }

    /// A visitor with one thread, who waits for an answer.
    async fn paul(&mut self) -> Outcome<String> {
        let mut paul = self.people.connect(self.door, "visitor:paul").await?;
        self.write(&mut paul, context("ALL_PLUS_NEW", "merge", r#"{"lang":"de"}"#)?).await?;
        let answer = self.write(&mut paul, started(Uuid::new_v4(), "Guten Tag")).await?;
        text(&answer["conversation"])
    }

    /// Conversations that our side starts.
    async fn made_by_us(&self) -> Outcome<Vec<String>> {
        let new = json!({"topic": "Call back", "priority": "URGENT", "status": "WAITING"});
        let by_key = self.ask("key", "POST", "/ccaas/1/conversations", new).await?;
        let vera = &self.people.visitor("vera")?.id;
        let by_agent =
            self.ask("agent:sam", "POST", "/ccaas/1/conversations", json!({"visitorId": vera})).await?;
        Ok(vec![text(&by_key["id"])?, text(&by_agent["id"])?])
    }

    /// Moves a cursor, and waits until it has moved: what is asked on a socket after it is answered after it.
    async fn cursor(
        &self,
        who: &mut Connection,
        conversation: &str,
        what: &str,
        position: i64,
    ) -> Outcome<()> {
        who.send(&json!({"type": what, "conversation": conversation, "position": position})).await?;
        who.send(&json!({"type": "ping"})).await?;
        who.until(|frame| frame["type"] == "pong")
            .await
            .map(drop)
            .map_err(|error| Failure::new(format!("{what}: {error}")))
    }
}
