//! Requests that may be sent again: with an `Idempotency-Key` a POST happens once, and a repetition gets the first answer.

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use beckon_core::command::{Command, Refusal};
use beckon_core::decide::AuthorKey;
use beckon_core::event::{Author, AuthorKind};
use beckon_core::id::{ClientId, ConversationId};
use beckon_core::once::Once;
use beckon_store::{Applied, StoreError};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::body::{Text, parse};
use crate::app::{App, Caller};
use crate::error::{ApiError, KEY_HEADER};
use crate::limits::LONGEST_KEY;

/// In whose name a key writes: part of what is asked.
const AGENT_HEADER: &str = "x-agent-id";

/// A body, and whether it may be sent again.
#[derive(Debug)]
pub(super) struct Repeatable<T> {
    pub(super) body: T,
    asked: Option<Asked>,
}

/// What a repetition must say as well.
#[derive(Debug)]
struct Asked {
    key: String,
    agent: Vec<u8>,
    body: String,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Repeatable<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let key = key_of(request.headers())?;
        let agent = request.headers().get(AGENT_HEADER).map(|value| value.as_bytes().to_vec());
        let Text(text) = Text::from_request(request, state).await?;
        let body = parse(&text)?;
        let asked = key.map(|key| Asked { key, agent: agent.unwrap_or_default(), body: text });
        Ok(Self { body, asked })
    }
}

/// The request's key, if it has one.
fn key_of(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let wrong = |message: String| Err(ApiError::field(KEY_HEADER, message));
    let mut given = headers.get_all(KEY_HEADER).iter();
    let Some(value) = given.next() else { return Ok(None) };
    if given.next().is_some() {
        return wrong("must not be given twice".to_owned());
    }
    let key = value.as_bytes();
    if key.is_empty() {
        return wrong("must not be empty".to_owned());
    }
    if key.len() > LONGEST_KEY {
        return wrong(format!("must not be longer than {LONGEST_KEY} characters"));
    }
    match value.to_str() {
        Ok(text) if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Some(text.to_owned())),
        _ => wrong("must be made of visible ASCII characters, without spaces".to_owned()),
    }
}

impl<T> Repeatable<T> {
    /// Names the request of this caller to an endpoint; `None` if it may not be sent again.
    pub(super) fn once(
        &self,
        caller: &Caller,
        endpoint: &str,
        conversation: Option<ConversationId>,
    ) -> Option<Once> {
        let Asked { key, agent, body } = self.asked.as_ref()?;
        let caller = match caller {
            Caller::Key(key) => AuthorKey { kind: AuthorKind::Api, id: key.id.0 },
            Caller::Agent(agent) => AuthorKey { kind: AuthorKind::Agent, id: agent.id.0 },
        };
        Some(Once::new(caller, endpoint, conversation, key, &[body.as_bytes(), agent]))
    }
}

/// The name of the write that a request makes.
pub(super) fn client_id(once: Option<&Once>) -> ClientId {
    once.map_or_else(|| ClientId(Uuid::new_v4()), Once::client_id)
}

impl App {
    /// Applies a command for a request, once if it has a name.
    pub(super) async fn write_for(
        self: &Arc<Self>,
        command: Command,
        started_by: Option<Author>,
        once: Option<Once>,
    ) -> Result<Applied, ApiError> {
        let running = match &once {
            Some(once) => Some(self.in_flight.begin(once).ok_or(ApiError::InFlight)?),
            None => None,
        };
        let applied = self.write_once(command, started_by, once).await;
        drop(running);
        match applied {
            Err(StoreError::Refused(Refusal::KeyReused)) => Err(ApiError::KeyReused),
            applied => Ok(applied?),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn read(values: &[&[u8]]) -> Result<Option<String>, ApiError> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(KEY_HEADER, HeaderValue::from_bytes(value).expect("a header"));
        }
        key_of(&headers)
    }

    #[test]
    fn keys_have_edges() {
        assert_eq!(read(&[]), Ok(None));
        let longest = "k".repeat(LONGEST_KEY);
        for key in ["k", "order-7/step 2".replace(' ', "_").as_str(), "\"quoted\"", longest.as_str()] {
            assert_eq!(read(&[key.as_bytes()]), Ok(Some(key.to_owned())));
        }
        let too_long = "k".repeat(LONGEST_KEY + 1);
        for (values, said) in [
            (&[b"".as_slice()] as &[&[u8]], "empty"),
            (&[too_long.as_bytes()], "255"),
            (&[b"a b"], "ASCII"),
            (&[b"\ttab"], "ASCII"),
            (&["é".as_bytes()], "ASCII"),
            (&[b"a", b"a"], "twice"),
        ] {
            let Err(ApiError::BadRequest { fields, .. }) = read(values) else {
                panic!("refused: {values:?}")
            };
            assert!(fields[KEY_HEADER][0].contains(said), "{fields:?}");
        }
    }
}
