//! What the driver says to each engine and what it understands of the answers. Everything else is the same for all.

use uuid::Uuid;

/// Begins the number in a message's text, by which the driver knows it again.
const MARK: &[u8] = b"~m";
/// Digits after it.
const DIGITS: usize = 10;
/// Characters of a message: two lines of a person in a hurry.
const TEXT_CHARACTERS: usize = 120;

/// Whose socket it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The visitor of the conversation with this number.
    Visitor(usize),
    /// The watcher (a console) with this number.
    Watcher(usize),
}

/// What a frame means to the driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The message with this number is on disk.
    Accepted(u64),
    /// The message with this number arrived.
    Delivered(u64),
    /// Nothing was stored.
    Refused,
    /// To be answered at once, so that the socket lives on.
    KeepAlive(&'static str),
    /// Not the driver's business.
    Other,
}

/// Frames that bring a socket from the upgrade to where it can be used.
#[derive(Debug, Default)]
pub struct Greeting {
    /// To send now.
    pub say: Vec<String>,
    /// The socket can be used.
    pub ready: bool,
}

impl Greeting {
    /// Says one thing and waits.
    pub fn say(frame: String) -> Self {
        Self { say: vec![frame], ready: false }
    }

    /// Ready or not, nothing to say.
    pub fn ready(ready: bool) -> Self {
        Self { say: Vec::new(), ready }
    }
}

/// One engine's language.
pub trait Dialect {
    /// Path of the WebSocket.
    fn path(&self) -> &str;

    /// What to say next to get ready. `heard` is `None` after the upgrade, `step` begins at 0 and is the dialect's own.
    fn greet(&mut self, who: Who, step: &mut usize, heard: Option<&str>) -> Greeting;

    /// The frame that sends a message.
    fn send(&self, conversation: usize, number: u64) -> String;

    /// What a frame means.
    fn hear(&self, frame: &str) -> Frame;
}

/// The text of a message.
pub fn text_of(number: u64) -> String {
    format!("{}{number:0DIGITS$} {:x<1$}", "~m", TEXT_CHARACTERS - DIGITS - 3)
}

/// The number of the message in a frame; the last one, because a context event tells the value before, too.
pub fn number_in(frame: &str) -> Option<u64> {
    let at = memchr::memmem::rfind(frame.as_bytes(), MARK)? + MARK.len();
    frame.get(at..at + DIGITS)?.parse().ok()
}

/// The digits after the first `key` in a frame.
pub fn digits_after(frame: &str, key: &str) -> Option<u64> {
    let rest = &frame[memchr::memmem::find(frame.as_bytes(), key.as_bytes())? + key.len()..];
    let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

/// The conversation with this number, for engines that take any name.
pub fn conversation_id(number: usize) -> Uuid {
    Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 | number as u128)
}

/// The conversations that a watcher follows: those of the others are shared out evenly.
pub fn watched(watcher: usize, per_watcher: usize, conversations: usize) -> std::ops::Range<usize> {
    let first = (watcher * per_watcher).min(conversations);
    first..(first + per_watcher).min(conversations)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_known_again() {
        let text = text_of(4711);
        assert_eq!(text.len(), TEXT_CHARACTERS);
        assert_eq!(number_in(&format!(r#"{{"type":"event","text":"{text}"}}"#)), Some(4711));
        assert_eq!(number_in(&format!("{} {}", text_of(1), text_of(2))), Some(2), "the value after");
        assert_eq!(number_in("~m12"), None);
    }

    #[test]
    fn the_last_watcher_has_the_rest() {
        assert_eq!(watched(0, 200, 450), 0..200);
        assert_eq!(watched(2, 200, 450), 400..450);
        assert_eq!(watched(3, 200, 450), 450..450);
    }
}
