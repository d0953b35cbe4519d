//! One-use tickets that carry an agent's sign-in from the cookie to the socket.
//!
//! They live in memory for a minute: a restart only costs the console another request.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use beckon_core::time::Timestamp;
use beckon_store::AgentSession;

use crate::limits::{TICKET_SECONDS, TICKETS};
use crate::secret::{Secret, new_token, token_hash};

/// Tickets that wait to be used, oldest first.
#[derive(Debug, Default)]
pub struct Tickets {
    waiting: Mutex<VecDeque<Ticket>>,
}

#[derive(Debug)]
struct Ticket {
    hash: [u8; 32],
    session: AgentSession,
    expires_at: Timestamp,
}

impl Tickets {
    /// A ticket for this sign-in.
    pub fn issue(&self, session: AgentSession, now: Timestamp) -> Secret<String> {
        let token = new_token();
        let ticket = Ticket {
            hash: token_hash(token.expose()),
            session,
            expires_at: now.plus_seconds(TICKET_SECONDS),
        };
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|ticket| ticket.expires_at > now);
        if waiting.len() >= TICKETS {
            waiting.pop_front();
        }
        waiting.push_back(ticket);
        token
    }

    /// The sign-in of a ticket, once.
    pub fn redeem(&self, ticket: &str, now: Timestamp) -> Option<AgentSession> {
        let hash = token_hash(ticket);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let place = waiting.iter().position(|ticket| ticket.hash == hash)?;
        waiting.remove(place).filter(|ticket| ticket.expires_at > now).map(|ticket| ticket.session)
    }

    /// Forgets the tickets of a sign-in that has ended.
    pub fn forget(&self, session: beckon_core::id::AgentSessionId) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|ticket| ticket.session.id != session);
    }
}
