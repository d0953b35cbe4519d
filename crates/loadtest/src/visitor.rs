//! What is special about visitors: they name conversations by threads of their own making, and send context.

use serde_json::json;

use crate::client::{INTERNAL, raw};
use crate::log::{Kind, Queued};
use crate::wire::{Greeting, Session};

/// A context has so many keys of one visitor at most: later writes set them again.
pub const KEYS: u64 = 24;

/// A visitor.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The session.
    pub session: Session,
    /// Its threads: one lane each.
    pub threads: Vec<String>,
}

impl Visitor {
    pub(crate) fn greeting(&self) -> Greeting {
        Greeting::Token(self.session.token.clone())
    }
}

/// The key that the write of this number sets.
pub fn context_key(n: u64) -> String {
    format!("key {}", n % KEYS)
}

/// The context of the write of this number, with a number that a JavaScript reader would round.
pub(crate) fn context(n: u64) -> String {
    let key = context_key(n);
    format!(r#"{{"{key}":{{"n":{n},"digits":12345678901234567890.10,"word":"{INTERNAL}"}}}}"#)
}

/// The frame of a write.
pub(crate) fn frame(write: &Queued, request: u64, thread: &str, conversation: Option<&str>) -> String {
    let client_id = &write.client_id;
    if write.kind == Kind::Context {
        return json!({
            "type": "context", "request": request, "client_id": client_id, "strategy": "ACTIVE", "mode": "merge",
            "conversation": conversation, "metadata": raw(&write.body),
        })
        .to_string();
    }
    let mut frame = json!({
        "type": "send", "request": request, "client_id": client_id,
        "message": {"type": "TEXT", "text": write.body},
    });
    match conversation {
        Some(conversation) => frame["conversation"] = conversation.into(),
        None => frame["thread"] = thread.into(),
    }
    frame.to_string()
}
