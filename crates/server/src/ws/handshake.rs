//! From an open socket to a known visitor or agent.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use beckon_core::frame::client::Hello;
use beckon_core::frame::server::{AgentSelf, CLIENT_LIMITS, ServerFrame, Welcome};
use beckon_core::frame::{ClientFrame, VERSION, parse};
use beckon_core::visitor::SessionEnd;
use tokio::time::timeout;
use uuid::Uuid;

use super::close::CloseCode;
use super::connection::{Connection, Ended, Peer, say_goodbye};
use super::outbound::Outbound;
use crate::app::{App, Standing, Tab};
use crate::hub::Owner;
use crate::limits::{AGENT_OUTBOUND_BYTES, Place, RESUME_CONVERSATIONS, VISITOR_OUTBOUND_BYTES};

/// A socket that is known, on its way into the loop.
struct Met {
    connection: Connection,
    welcomed: Result<(), Ended>,
    is_agent: bool,
    _place: Place<IpAddr>,
}

/// Runs a socket from its first frame to its end. What comes before and after the loop is boxed: an idle socket keeps
/// no room for it.
pub(super) async fn greet(app: Arc<App>, socket: WebSocket, ip: IpAddr, origin_is_own: bool) {
    let Some(mut met) = Box::pin(meet(app, socket, ip, origin_is_own)).await else { return };
    if met.welcomed.is_ok() {
        met.welcomed = met.connection.run().await;
    }
    Box::pin(part(met)).await;
}

/// From the first frame to the welcome; `None`: the socket was sent away.
async fn meet(app: Arc<App>, mut socket: WebSocket, ip: IpAddr, origin_is_own: bool) -> Option<Box<Met>> {
    if !origin_is_own {
        send_away(socket, CloseCode::Origin).await;
        return None;
    }
    let Some(place) = app.limits.sockets_per_ip.take(ip) else {
        send_away(socket, CloseCode::TooManyConnections).await;
        return None;
    };
    let first = timeout(Duration::from_millis(app.timing.hello_ms), first_frame(&mut socket)).await;
    let refused = match first {
        Err(_) => CloseCode::NoHello,
        Ok(Err(Ended::Lost)) => return None,
        Ok(Err(Ended::Close(code))) => code,
        Ok(Ok(_)) if app.is_stopping() => CloseCode::Drain,
        Ok(Ok(hello)) => {
            let revocations = app.hub.revocations();
            match recognise(&app, &hello).await {
                Ok(peer) => return Some(welcome_in(app, socket, peer, hello, place, revocations).await),
                Err(code) => code,
            }
        }
    };
    let _farewell = (refused == CloseCode::Drain).then(|| app.hub.farewell());
    send_away(socket, refused).await;
    None
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
            let standing = app.standing_of(token, hello.widget.as_deref()).await.map_err(|error| {
                tracing::error!(%error, "a session could not be read");
                CloseCode::Internal
            })?;
            let mut session = match standing {
                Standing::Lives(session) => session,
                Standing::Unknown => return Err(CloseCode::BadToken),
                Standing::Ended(SessionEnd::Expired) => return Err(CloseCode::Expired),
                Standing::Ended(SessionEnd::Revoked) => return Err(CloseCode::Revoked),
            };
            // Large, and read from the store when it is needed.
            session.standing = None;
            let places = &app.limits.sockets_per_session;
            let place = places.take(session.id).ok_or(CloseCode::TooManyConnections)?;
            // One without a name is taken for another tab at each hello.
            let tab = match &hello.tab {
                Some(name) => Tab::new(session.id, name),
                None => Tab::new(session.id, &Uuid::new_v4().to_string()),
            };
            Ok(Peer::Visitor { session, tab, _place: place })
        }
        (None, Some(ticket)) => {
            let token = app.tickets.redeem(ticket, app.now()).ok_or(CloseCode::TicketOver)?;
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

async fn welcome_in(
    app: Arc<App>,
    socket: WebSocket,
    peer: Peer,
    hello: Hello,
    place: Place<IpAddr>,
    revocations: u64,
) -> Box<Met> {
    let (owner, room) = match &peer {
        Peer::Visitor { session, .. } => {
            (Owner::Visitor(session.visitor, session.widget, session.id), VISITOR_OUTBOUND_BYTES)
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
    let connection = Connection::new(app, socket, outbound, membership, peer);
    let mut met = Box::new(Met { connection, welcomed: Ok(()), is_agent, _place: place });
    met.welcomed = match still_lives(&met.connection.app, &hello, revocations).await {
        Ok(()) => welcome(&mut met.connection, hello).await,
        ended => ended,
    };
    met
}

/// A revocation finds the sockets it knows: one that joined a moment later looks again.
async fn still_lives(app: &App, hello: &Hello, revocations: u64) -> Result<(), Ended> {
    let Some(token) = hello.token.as_deref() else { return Ok(()) };
    if app.hub.revocations() == revocations {
        return Ok(());
    }
    let found = app.session_of(token).await.map_err(Ended::storage)?;
    found.map(drop).ok_or(Ended::Close(CloseCode::Revoked))
}

/// Says goodbye, and a while later that the last agent has gone.
async fn part(met: Box<Met>) {
    let Met { connection, welcomed, is_agent, _place } = *met;
    let app = Arc::clone(&connection.app);
    connection.end(welcomed.err().unwrap_or(Ended::Lost)).await;
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
