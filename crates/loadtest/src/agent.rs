//! What is special about agents: a ticket for each hello, a list to follow, conversations by their own names.

use serde_json::json;

use crate::Outcome;
use crate::log::{Kind, Queued};
use crate::wire::{Door, Greeting};

/// An agent, signed in.
#[derive(Clone, Debug)]
pub struct Agent {
    /// Signs in with it.
    pub email: String,
    /// Of the sign-in.
    pub cookie: String,
    /// The server's own origin, however the agent gets there.
    pub origin: String,
}

impl Agent {
    pub(crate) async fn greeting(&self, door: &Door) -> Outcome<Greeting> {
        Ok(Greeting::Ticket(door.ticket(&self.cookie, &self.origin).await?))
    }

    /// The conversations of the list: after a reconnect the console fetches it over HTTP.
    pub(crate) async fn rows(&self, door: &Door) -> Outcome<Vec<String>> {
        let request =
            door.request("GET", "/ccaas/1/inbox?view=all&limit=200")?.header("cookie", &self.cookie);
        let page = door.json(request).await?;
        let rows = page["rows"].as_array().into_iter().flatten();
        Ok(rows.filter_map(|row| row["conversation"].as_str().map(str::to_owned)).collect())
    }
}

/// The frame of a write.
pub(crate) fn frame(write: &Queued, request: u64, conversation: &str) -> String {
    let kind = if write.kind == Kind::Note { "NOTE" } else { "TEXT" };
    json!({
        "type": "send", "request": request, "client_id": write.client_id, "conversation": conversation,
        "message": {"type": kind, "text": write.body},
    })
    .to_string()
}
