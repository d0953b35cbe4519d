//! One-use tickets that carry an agent's sign-in from the cookie to the socket.
//!
//! They live in memory for a minute: a restart only costs the console another request.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use beckon_core::id::AgentSessionId;
use beckon_core::time::Timestamp;
use beckon_store::SecretHash;

use crate::limits::{TICKET_SECONDS, TICKETS};
use crate::secret::{Secret, new_token, token_hash};

/// Tickets that wait to be used, oldest first.
#[derive(Debug, Default)]
pub struct Tickets {
    waiting: Mutex<VecDeque<Ticket>>,
}

#[derive(Debug)]
struct Ticket {
    hash: SecretHash,
    session: AgentSessionId,
    token: SecretHash,
    expires_at: Timestamp,
}

impl Tickets {
    /// A ticket for the sign-in of this token.
    pub fn issue(&self, session: AgentSessionId, token: SecretHash, now: Timestamp) -> Secret<String> {
        let secret = new_token();
        let expires_at = now.plus_seconds(TICKET_SECONDS);
        let ticket = Ticket { hash: token_hash(secret.expose()), session, token, expires_at };
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|ticket| ticket.expires_at > now);
        if waiting.len() >= TICKETS {
            waiting.pop_front();
        }
        waiting.push_back(ticket);
        secret
    }

    /// The token of a ticket's sign-in, once. Whether that still holds, the store knows.
    pub fn redeem(&self, ticket: &str, now: Timestamp) -> Option<SecretHash> {
        let hash = token_hash(ticket);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let place = waiting.iter().position(|ticket| ticket.hash == hash)?;
        waiting.remove(place).filter(|ticket| ticket.expires_at > now).map(|ticket| ticket.token)
    }

    /// Forgets the tickets of a sign-in that has ended.
    pub fn forget(&self, session: AgentSessionId) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|ticket| ticket.session != session);
    }
}
