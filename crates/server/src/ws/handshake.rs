//! From an open socket to a known visitor or agent.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use beckon_core::frame::client::Hello;
use beckon_core::frame::server::{AgentSelf, CLIENT_LIMITS, ServerFrame, Welcome};
use beckon_core::frame::{ClientFrame, VERSION, parse};
use tokio::time::timeout;

use super::close::CloseCode;
use super::connection::{Connection, Ended, Peer, say_goodbye};
use super::outbound::Outbound;
use crate::app::App;
use crate::hub::Owner;
use crate::limits::{AGENT_OUTBOUND_BYTES, RESUME_CONVERSATIONS, VISITOR_OUTBOUND_BYTES};

/// Runs a socket from its first frame to its end.
pub(super) async fn greet(app: Arc<App>, mut socket: WebSocket, ip: IpAddr, origin_is_own: bool) {
    if !origin_is_own {
        return send_away(socket, CloseCode::Origin).await;
    }
    let Some(_place) = app.limits.sockets_per_ip.take(ip) else {
        return send_away(socket, CloseCode::TooManyConnections).await;
    };
    let first = timeout(Duration::from_millis(app.timing.hello_ms), first_frame(&mut socket)).await;
    let hello = match first {
        Err(_) => return send_away(socket, CloseCode::NoHello).await,
        Ok(Err(Ended::Lost)) => return,
        Ok(Err(Ended::Close(code))) => return send_away(socket, code).await,
        Ok(Ok(hello)) => hello,
    };
    if app.is_stopping() {
        return send_away(socket, CloseCode::Drain).await;
    }
    // Boxed: only the loop of an idle socket is worth keeping small, and this is gone by then.
    match Box::pin(recognise(&app, &hello)).await {
        Err(code) => send_away(socket, code).await,
        Ok(peer) => converse(app, socket, peer, hello).await,
    }
}

async fn send_away(socket: WebSocket, code: CloseCode) {
    say_goodbye(socket, code, || {}).await;
}

async fn first_frame(socket: &mut WebSocket) -> Result<Hello, Ended> {
    loop {
        match socket.recv().await {
            None => return Err(Ended::Lost),
            Some(Err(_) | Ok(Message::Binary(_))) => return Err(Ended::Close(CloseCode::BadFrame)),
            Some(Ok(Message::Close(_))) => return Err(Ended::Lost),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Text(text))) => {
                return match parse(&text) {
                    Ok(ClientFrame::Hello(hello)) => Ok(hello),
                    _ => Err(Ended::Close(CloseCode::BadFrame)),
                };
            }
        }
    }
}

async fn recognise(app: &Arc<App>, hello: &Hello) -> Result<Peer, CloseCode> {
    if hello.version != VERSION {
        return Err(CloseCode::Version);
    }
    match (hello.token.as_deref(), hello.ticket.as_deref()) {
        (Some(token), None) => {
            let found = app.session_of(token).await.map_err(|error| {
                tracing::error!(%error, "a session could not be read");
                CloseCode::Internal
            })?;
            let mut session = found.ok_or(CloseCode::BadToken)?;
            // Large, and read from the store when it is needed.
            session.standing = None;
            let places = &app.limits.sockets_per_session;
            let place = places.take(session.id).ok_or(CloseCode::TooManyConnections)?;
            Ok(Peer::Visitor { session, _place: place })
        }
        (None, Some(ticket)) => {
            let token = app.tickets.redeem(ticket, app.now()).ok_or(CloseCode::BadToken)?;
            let found = app.store.agent_session(token).await.map_err(|error| {
                tracing::error!(%error, "a sign-in could not be read");
                CloseCode::Internal
            })?;
            let session = found.ok_or(CloseCode::Revoked)?;
            Ok(Peer::Agent { agent: Arc::new(session.agent), session: session.id, token })
        }
        _ => Err(CloseCode::BadToken),
    }
}

async fn converse(app: Arc<App>, socket: WebSocket, peer: Peer, hello: Hello) {
    let (owner, room) = match &peer {
        Peer::Visitor { session, .. } => {
            (Owner::Visitor(session.visitor, session.widget), VISITOR_OUTBOUND_BYTES)
        }
        Peer::Agent { agent, session, .. } => {
            (Owner::Agent(Arc::clone(agent), *session), AGENT_OUTBOUND_BYTES)
        }
    };
    let is_agent = matches!(peer, Peer::Agent { .. });
    let outbound = Arc::new(Outbound::new(room));
    let membership = app.hub.join(owner, Arc::clone(&outbound));
    if app.is_stopping() {
        // The stop may have sent everybody away between the hello and here.
        outbound.close(CloseCode::Drain);
    }
    if is_agent {
        app.publish_presence(false);
    }
    let mut connection = Connection::new(Arc::clone(&app), socket, outbound, membership, peer);
    let mut ended = Box::pin(welcome(&mut connection, hello)).await;
    if ended.is_ok() {
        ended = connection.run().await;
    }
    connection.end(ended.err().unwrap_or(Ended::Lost)).await;
    if is_agent {
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(app.timing.presence_grace_ms)).await;
            app.publish_presence(true);
        });
    }
}

/// Says who is known, then what was missed in the conversations that were on screen.
async fn welcome(connection: &mut Connection, hello: Hello) -> Result<(), Ended> {
    let app = Arc::clone(&connection.app);
    // A sign-out finds the sockets it knows: one that joined a moment later looks for itself.
    connection.renew().await?;
    let mut frame = Welcome {
        connection: connection.membership.id.to_string(),
        epoch: app.store.epoch(),
        now: app.now(),
        limits: CLIENT_LIMITS,
        online: app.hub.is_online(),
        threads: None,
        agent: None,
    };
    match &connection.peer {
        Peer::Visitor { session, .. } => {
            frame.threads = Some(app.threads(session.visitor).await.map_err(Ended::storage)?);
        }
        Peer::Agent { agent, .. } => {
            frame.agent = Some(AgentSelf {
                id: agent.id,
                name: agent.name.to_string(),
                email: agent.email.to_string(),
                role: agent.role,
            });
        }
    }
    connection.feed(ServerFrame::Welcome(frame)).await?;
    for (number, resume) in hello.resume.into_iter().enumerate() {
        if number < RESUME_CONVERSATIONS {
            connection.open(&resume.conversation, Some((&resume.epoch, resume.position))).await?;
        } else {
            connection.refuse_resume(&resume.conversation).await?;
        }
    }
    connection.flush().await
}
