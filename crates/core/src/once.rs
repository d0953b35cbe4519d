//! Requests that may be sent again: the same name with the same body happens once.

use sha2::{Digest, Sha256};

use crate::command::Refusal;
use crate::decide::AuthorKey;
use crate::id::{ClientId, ConversationId};

/// What names a request, and what it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Once {
    name: [u8; 16],
    digest: [u8; 16],
}

impl Once {
    /// A request of this caller to an endpoint, about a conversation if it names one, under the caller's own key. `asked`
    /// is everything that another request would say otherwise.
    pub fn new(
        caller: AuthorKey,
        endpoint: &str,
        conversation: Option<ConversationId>,
        key: &str,
        asked: &[&[u8]],
    ) -> Self {
        let about = conversation.map_or([0; 16], |id| id.0.into_bytes());
        let caller_id = caller.id.into_bytes();
        let kind = caller.kind.as_str().as_bytes();
        let name = digest(&[kind, &caller_id, endpoint.as_bytes(), &about, key.as_bytes()]);
        Self { name, digest: digest(asked) }
    }

    /// By what it is found again.
    pub fn name(&self) -> [u8; 16] {
        self.name
    }

    /// Tells it from another request under the same name.
    pub fn digest(&self) -> [u8; 16] {
        self.digest
    }

    /// The name of the write that it makes.
    pub fn client_id(&self) -> ClientId {
        uuid::Builder::from_custom_bytes(self.name).into_uuid().into()
    }

    /// Is the request that was stored under this name the same one?
    ///
    /// # Errors
    /// It asked for something else.
    pub fn repeats(&self, earlier: [u8; 16]) -> Result<(), Refusal> {
        if earlier == self.digest { Ok(()) } else { Err(Refusal::KeyReused) }
    }
}

/// Of several parts, so that none can run into the next.
fn digest(parts: &[&[u8]]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut digest = [0; 16];
    digest.copy_from_slice(&hash.finalize()[..16]);
    digest
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::event::AuthorKind;

    fn once(
        kind: AuthorKind,
        id: u128,
        endpoint: &str,
        about: Option<u128>,
        key: &str,
        asked: &[&[u8]],
    ) -> Once {
        let caller = AuthorKey { kind, id: Uuid::from_u128(id) };
        Once::new(caller, endpoint, about.map(|id| Uuid::from_u128(id).into()), key, asked)
    }

    #[test]
    fn a_name_is_one_callers_at_one_place() {
        let name = |kind, id, endpoint, about, key| once(kind, id, endpoint, about, key, &[]).name();
        let this = name(AuthorKind::Api, 1, "messages", Some(7), "k");
        assert_eq!(once(AuthorKind::Api, 1, "messages", Some(7), "k", &[b"asked"]).name(), this);
        for other in [
            name(AuthorKind::Agent, 1, "messages", Some(7), "k"),
            name(AuthorKind::Api, 2, "messages", Some(7), "k"),
            name(AuthorKind::Api, 1, "notes", Some(7), "k"),
            name(AuthorKind::Api, 1, "messages", Some(8), "k"),
            name(AuthorKind::Api, 1, "messages", None, "k"),
            name(AuthorKind::Api, 1, "messages", Some(7), "K"),
        ] {
            assert_ne!(other, this);
        }
    }

    #[test]
    fn another_body_is_no_repetition() {
        let asked = |parts: &[&[u8]]| once(AuthorKind::Api, 1, "notes", None, "k", parts);
        let first = asked(&[b"body", b""]);
        assert_eq!(first.repeats(asked(&[b"body", b""]).digest()), Ok(()));
        for other in [asked(&[b"body "]), asked(&[b"bod", b"y"]), asked(&[b"body", b"agent"])] {
            assert_eq!(first.repeats(other.digest()), Err(Refusal::KeyReused));
        }
    }
}
