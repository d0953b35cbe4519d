//! Why a socket ends. 4000-4499: come back; 4500-4999: do not.

use axum::extract::ws::{CloseFrame, Utf8Bytes};

/// Close codes of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseCode {
    /// The server is about to stop.
    Drain,
    /// A defect here, or storage that does not answer.
    Internal,
    /// A ticket that is used, too old, or of a server that was started anew since: there is another for the asking.
    TicketOver,
    /// The reader is slower than what happens.
    Slow,
    /// No pong.
    NoPong,
    /// A flood of frames.
    TooManyRequests,
    /// The token is not known here, or there is none. It may be known to another database.
    BadToken,
    /// Not JSON, not text, too large, or a first frame that is no hello.
    BadFrame,
    /// No hello in time.
    NoHello,
    /// The session was ended on purpose.
    Revoked,
    /// The session was not used for 30 days.
    Expired,
    /// More sockets than one session or address may have.
    TooManyConnections,
    /// A page of another origin.
    Origin,
    /// A protocol version that is not spoken here.
    Version,
}

impl CloseCode {
    /// The number and a short word for logs and developers' tools.
    pub fn parts(self) -> (u16, &'static str) {
        match self {
            Self::Drain => (4001, "drain"),
            Self::Internal => (4004, "internal"),
            Self::TicketOver => (4005, "token expired"),
            Self::Slow => (4008, "slow"),
            Self::NoPong => (4012, "no pong"),
            Self::TooManyRequests => (4013, "too many requests"),
            Self::BadToken => (4500, "unknown token"),
            Self::BadFrame => (4501, "bad frame"),
            Self::NoHello => (4502, "no hello"),
            Self::Revoked => (4503, "revoked"),
            Self::TooManyConnections => (4504, "too many connections"),
            Self::Origin => (4505, "origin"),
            Self::Version => (4506, "version"),
            Self::Expired => (4507, "expired"),
        }
    }

    /// As a WebSocket close frame.
    pub fn frame(self) -> CloseFrame {
        let (code, reason) = self.parts();
        CloseFrame { code, reason: Utf8Bytes::from_static(reason) }
    }
}
