//! The three dialects: Beckon's, the limit engine's, socket.io's.

use serde_json::json;
use uuid::Uuid;

use super::dialect::{
    Dialect, Frame, Greeting, Who, conversation_id, digits_after, number_in, text_of, watched,
};

/// What the visitors write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Writes {
    /// Messages.
    #[default]
    Messages,
    /// Context.
    Context,
}

/// Conversations that one socket of an agent may follow in Beckon.
const MOST_FOLLOWED: usize = 200;

/// A visitor that the database knows.
#[derive(Clone, Debug)]
pub struct Known {
    /// Proves the session.
    pub token: String,
    /// The visitor's one conversation.
    pub conversation: Uuid,
    /// The newest position the visitor may see.
    pub head: i64,
}

/// Who watches what.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// Conversations, each with a visitor.
    pub conversations: usize,
    /// Consoles that watch.
    pub watchers: usize,
    /// Every watcher follows every conversation; otherwise they share them out.
    pub shared: bool,
    /// Visitors come back from the first position and must get what they missed; otherwise they have everything.
    pub resume: bool,
    /// What is written.
    pub writes: Writes,
}

impl Scene {
    /// Conversations with a visitor each, shared out among as few watchers as Beckon allows.
    pub fn of(conversations: usize) -> Self {
        let watchers = conversations.div_ceil(MOST_FOLLOWED);
        Self { conversations, watchers, shared: false, resume: false, writes: Writes::Messages }
    }

    fn ids(&self, watcher: usize, id: impl Fn(usize) -> Uuid) -> Vec<Uuid> {
        let each = self.conversations.div_ceil(if self.shared { 1 } else { self.watchers.max(1) });
        let watcher = if self.shared { 0 } else { watcher };
        watched(watcher, each, self.conversations).map(id).collect()
    }
}

/// Beckon's frames.
#[derive(Debug)]
pub struct Beckon {
    /// Who watches what.
    pub scene: Scene,
    /// All visitors, by number.
    pub visitors: Vec<Known>,
    /// One for each watcher.
    pub tickets: Vec<String>,
    /// The epoch of all positions.
    pub epoch: String,
}

impl Dialect for Beckon {
    fn path(&self) -> &str {
        "/livechat/1/socket"
    }

    fn greet(&mut self, who: Who, step: &mut usize, heard: Option<&str>) -> Greeting {
        match (who, heard) {
            (Who::Visitor(number), None) => {
                let Known { token, conversation, head } = &self.visitors[number];
                let position = if self.scene.resume { 1 } else { *head };
                let resume =
                    json!([{"conversation": conversation, "epoch": self.epoch, "position": position}]);
                let hello =
                    json!({"type": "hello", "version": 1, "token": token, "tab": "1", "resume": resume});
                Greeting::say(hello.to_string())
            }
            (Who::Watcher(number), None) => {
                let hello =
                    json!({"type": "hello", "version": 1, "ticket": self.tickets[number], "tab": "1"});
                Greeting::say(hello.to_string())
            }
            (Who::Visitor(_), Some(frame)) => Greeting::ready(frame.starts_with(r#"{"type":"live""#)),
            (Who::Watcher(number), Some(frame)) => {
                let ids = self.scene.ids(number, |number| self.visitors[number].conversation);
                if frame.starts_with(r#"{"type":"welcome""#) {
                    let subscribe =
                        |id| json!({"type": "subscribe", "topic": {"conversation": id}}).to_string();
                    return Greeting { say: ids.into_iter().map(subscribe).collect(), ready: false };
                }
                *step += usize::from(frame.starts_with(r#"{"type":"live""#));
                Greeting::ready(*step == ids.len())
            }
        }
    }

    fn send(&self, conversation: usize, number: u64) -> String {
        let (id, client_id, text) =
            (self.visitors[conversation].conversation, Uuid::new_v4(), text_of(number));
        match self.scene.writes {
            Writes::Messages => format!(
                r#"{{"type":"send","request":{number},"client_id":"{client_id}","conversation":"{id}","message":{{"type":"TEXT","text":"{text}"}}}}"#
            ),
            Writes::Context => format!(
                r#"{{"type":"context","request":{number},"client_id":"{client_id}","strategy":"ACTIVE","conversation":"{id}","mode":"merge","metadata":{{"seen":"{text}"}}}}"#
            ),
        }
    }

    fn hear(&self, frame: &str) -> Frame {
        heard(frame)
    }
}

/// Beckon's and the limit engine's frames say the same in the same place.
fn heard(frame: &str) -> Frame {
    if frame.starts_with(r#"{"type":"event""#) {
        return number_in(frame).map_or(Frame::Other, Frame::Delivered);
    }
    if frame.starts_with(r#"{"type":"accepted""#) {
        return digits_after(frame, r#""request":"#).map_or(Frame::Other, Frame::Accepted);
    }
    if frame.starts_with(r#"{"type":"rejected""#) { Frame::Refused } else { Frame::Other }
}

/// The limit engine's frames.
#[derive(Debug)]
pub struct Limit {
    /// Who watches what.
    pub scene: Scene,
}

impl Dialect for Limit {
    fn path(&self) -> &str {
        "/socket"
    }

    fn greet(&mut self, who: Who, _step: &mut usize, heard: Option<&str>) -> Greeting {
        match (who, heard) {
            (Who::Visitor(number), None) if self.scene.resume => {
                let id = conversation_id(number);
                Greeting::say(json!({"type": "hello", "conversation": id, "position": 1}).to_string())
            }
            (Who::Visitor(_), None) => Greeting::say(json!({"type": "hello"}).to_string()),
            (Who::Watcher(number), None) => {
                let ids = self.scene.ids(number, conversation_id);
                Greeting::say(json!({"type": "subscribe", "conversations": ids}).to_string())
            }
            (_, Some(frame)) => Greeting::ready(
                [r#"{"type":"live""#, r#"{"type":"welcome""#, r#"{"type":"subscribed""#]
                    .iter()
                    .any(|ready| frame.starts_with(ready)),
            ),
        }
    }

    fn send(&self, conversation: usize, number: u64) -> String {
        let (id, client_id, text) = (conversation_id(conversation), Uuid::new_v4(), text_of(number));
        format!(
            r#"{{"type":"send","request":{number},"client_id":"{client_id}","conversation":"{id}","message":{{"type":"TEXT","text":"{text}"}}}}"#
        )
    }

    fn hear(&self, frame: &str) -> Frame {
        heard(frame)
    }
}

/// socket.io's packets over engine.io's, as its client sends them.
#[derive(Debug)]
pub struct SocketIo {
    /// Who watches what.
    pub scene: Scene,
}

impl Dialect for SocketIo {
    fn path(&self) -> &str {
        "/socket.io/?EIO=4&transport=websocket"
    }

    fn greet(&mut self, who: Who, _step: &mut usize, heard: Option<&str>) -> Greeting {
        let Some(frame) = heard else { return Greeting::default() };
        match (who, frame) {
            (Who::Visitor(number), frame) if frame.starts_with("0{") && self.scene.resume => {
                // Position 1 of each conversation is the row whose id the fill gave it.
                let after = first_id(number);
                let auth = json!({"conversation": conversation_id(number), "after": after});
                Greeting::say(format!("40{auth}"))
            }
            (_, frame) if frame.starts_with("0{") => Greeting::say("40".to_owned()),
            (Who::Visitor(_), frame) if frame.starts_with("40") => Greeting::ready(!self.scene.resume),
            (Who::Visitor(_), frame) => Greeting::ready(frame == r#"42["live"]"#),
            (Who::Watcher(number), frame) if frame.starts_with("40") => {
                let ids = self.scene.ids(number, conversation_id);
                Greeting::say(format!("420{}", json!(["watch", ids])))
            }
            (Who::Watcher(_), frame) => Greeting::ready(frame.starts_with("430")),
        }
    }

    fn send(&self, conversation: usize, number: u64) -> String {
        let (id, client_id, text) = (conversation_id(conversation), Uuid::new_v4(), text_of(number));
        format!(
            r#"42{number}["message",{{"client_id":"{client_id}","conversation":"{id}","text":"{text}"}}]"#
        )
    }

    fn hear(&self, frame: &str) -> Frame {
        if frame == "2" {
            return Frame::KeepAlive("3");
        }
        if frame.starts_with(r#"42["event""#) {
            return number_in(frame).map_or(Frame::Other, Frame::Delivered);
        }
        if frame.starts_with("43") {
            return digits_after(frame, "43").map_or(Frame::Other, Frame::Accepted);
        }
        Frame::Other
    }
}

/// Messages of each conversation when visitors resume: one that was seen, and these that were missed.
pub const MISSED: usize = 5;

/// The row of a conversation's first message in PostgreSQL.
pub fn first_id(conversation: usize) -> u64 {
    (conversation * (MISSED + 1) + 1) as u64
}

/// The texts of a conversation before a resume: the first is of no account, the others have numbers.
pub fn earlier_texts(conversation: usize) -> Vec<String> {
    let first = (conversation * MISSED) as u64;
    std::iter::once("Hello".to_owned()).chain((first..first + MISSED as u64).map(text_of)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_understood() {
        let id = Uuid::nil();
        let text = text_of(9);
        assert_eq!(heard(r#"{"type":"accepted","request":17,"at":null}"#), Frame::Accepted(17));
        assert_eq!(
            heard(&format!(r#"{{"type":"event","conversation":"{id}","text":"{text}"}}"#)),
            Frame::Delivered(9)
        );
        assert_eq!(heard(&format!(r#"{{"type":"row","preview":"{text}"}}"#)), Frame::Other, "no event");
        let socket_io = SocketIo { scene: Scene::of(1) };
        assert_eq!(socket_io.hear(r#"4317[{"position":1}]"#), Frame::Accepted(17));
        assert_eq!(socket_io.hear(&format!(r#"42["event",{{"text":"{text}"}}]"#)), Frame::Delivered(9));
        assert_eq!(socket_io.hear("2"), Frame::KeepAlive("3"));
    }
}
