//! Who listens to what, in this process.
//!
//! A doorbell with the frame in it: everything here was committed before. The writer rings after each commit, in the order
//! of the commits, but not for one whose outcome nobody knew, nor for what a socket had begun to follow too late for. The
//! socket's task sees the hole and reads what is missing from the store.

mod elsewhere;
mod viewers;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::ws::Utf8Bytes;
use beckon_core::agent::Agent;
use beckon_core::frame::server::Writing;
use beckon_core::id::{AgentId, AgentSessionId, ConversationId, SessionId, VisitorId, WidgetId};
use beckon_core::visitor::Session;

use self::elsewhere::Owners;
use crate::ws::close::CloseCode;
use crate::ws::outbound::{Delivery, Outbound};

/// Names a socket in this process.
pub type ConnectionId = u64;

/// Who a socket belongs to.
#[derive(Clone, Debug)]
pub enum Owner {
    /// A tab of a visitor, on a widget, and its session.
    Visitor(VisitorId, WidgetId, SessionId),
    /// A console of an agent, and its sign-in.
    Agent(Arc<Agent>, AgentSessionId),
}

/// A frame for agents, with the variant that only its own author gets.
#[derive(Clone, Debug)]
pub struct AgentFrame {
    /// For everybody.
    pub frame: Utf8Bytes,
    /// For the consoles of its author, with the author's `client_id`.
    pub own: Option<(AgentId, Utf8Bytes)>,
}

/// The subscriptions of all sockets.
#[derive(Debug, Default)]
pub struct Hub {
    next: AtomicU64,
    farewells: AtomicUsize,
    revocations: AtomicU64,
    topics: Mutex<Topics>,
}

#[derive(Debug, Default)]
struct Topics {
    connections: HashMap<ConnectionId, Arc<Outbound>>,
    visitors: HashMap<VisitorId, Vec<Tab>>,
    agents: HashMap<ConnectionId, Console>,
    followers: HashMap<ConversationId, Vec<ConnectionId>>,
    /// Whose those conversations are.
    owners: Owners,
    /// Visitors' sockets by widget.
    widgets: HashMap<WidgetId, usize>,
    online: bool,
}

/// A visitor's socket.
#[derive(Debug)]
struct Tab {
    id: ConnectionId,
    session: SessionId,
    outbound: Arc<Outbound>,
}

#[derive(Debug)]
struct Console {
    agent: Arc<Agent>,
    session: AgentSessionId,
    outbound: Arc<Outbound>,
    /// It was heard of lately: only then it counts for who is online.
    there: bool,
    inbox: bool,
    followed: Vec<ConversationId>,
    /// Those of them that were opened: there colleagues see the agent.
    shown: Vec<ConversationId>,
    /// Where the agent is writing now.
    writing: Option<(ConversationId, Writing)>,
}

impl Hub {
    fn topics(&self) -> MutexGuard<'_, Topics> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a socket. A visitor's hears of all conversations of the visitor from now on; an agent's of what it follows.
    pub fn join(self: &Arc<Self>, owner: Owner, outbound: Arc<Outbound>) -> Membership {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut topics = self.topics();
        topics.connections.insert(id, Arc::clone(&outbound));
        match &owner {
            Owner::Visitor(visitor, widget, session) => {
                // Most have one tab.
                let tabs = topics.visitors.entry(*visitor).or_insert_with(|| Vec::with_capacity(1));
                tabs.push(Tab { id, session: *session, outbound });
                *topics.widgets.entry(*widget).or_default() += 1;
            }
            Owner::Agent(agent, session) => {
                let console = Console {
                    agent: Arc::clone(agent),
                    session: *session,
                    outbound,
                    there: true,
                    inbox: false,
                    followed: Vec::new(),
                    shown: Vec::new(),
                    writing: None,
                };
                topics.agents.insert(id, console);
            }
        }
        drop(topics);
        Membership { hub: Arc::clone(self), id, owner }
    }

    /// How many sockets there are.
    pub fn connections(&self) -> usize {
        self.topics().connections.len()
    }

    /// A socket that is sent away at a planned stop, until it has heard why: the process must not end before.
    pub fn farewell(self: &Arc<Self>) -> Farewell {
        self.farewells.fetch_add(1, Ordering::SeqCst);
        Farewell(Arc::clone(self))
    }

    /// How many of those there are.
    pub fn farewells(&self) -> usize {
        self.farewells.load(Ordering::SeqCst)
    }

    /// How many visitors' sockets there are on a widget.
    pub fn connected_to(&self, widget: WidgetId) -> usize {
        self.topics().widgets.get(&widget).copied().unwrap_or(0)
    }

    /// Whether visitors are told that somebody is there.
    pub fn is_online(&self) -> bool {
        self.topics().online
    }

    /// Compares what visitors were told with who is there; `Some` with the new state if they must be told again.
    /// With `leaving` false only the way to *online* is taken: leaving waits for a grace time.
    pub fn settle_presence(&self, leaving: bool) -> Option<bool> {
        let mut topics = self.topics();
        let online = topics.agents.values().any(|console| console.there);
        if online == topics.online || (!online && !leaving) {
            return None;
        }
        topics.online = online;
        Some(online)
    }

    /// To every visitor's socket.
    pub fn to_all_visitors(&self, frame: &Utf8Bytes) {
        for tab in self.topics().visitors.values().flatten() {
            tab.outbound.push(Delivery::Frame(frame.clone()));
        }
    }

    /// Whether the visitor has a socket here.
    pub fn has_visitor(&self, visitor: VisitorId) -> bool {
        self.topics().visitors.contains_key(&visitor)
    }

    /// To the sockets of a visitor, except the one given.
    pub fn to_visitor(&self, visitor: VisitorId, except: Option<ConnectionId>, delivery: &Delivery) {
        for tab in self.topics().visitors.get(&visitor).into_iter().flatten() {
            if Some(tab.id) != except {
                tab.outbound.push(delivery.clone());
            }
        }
    }

    /// Whether an agent's socket follows the conversation.
    pub fn has_followers(&self, conversation: ConversationId) -> bool {
        self.topics().followers.contains_key(&conversation)
    }

    /// An event to the agents who follow the conversation.
    pub fn event_to_followers(&self, conversation: ConversationId, position: i64, event: &AgentFrame) {
        let topics = self.topics();
        for console in topics.consoles(conversation) {
            let own = event.own.as_ref().filter(|(agent, _)| *agent == console.agent.id);
            let frame = own.map_or(&event.frame, |(_, frame)| frame).clone();
            console.outbound.push(Delivery::Event { conversation, position, frame });
        }
    }

    /// To the agents who follow the conversation, except the socket given.
    pub fn to_followers(
        &self,
        conversation: ConversationId,
        except: Option<ConnectionId>,
        delivery: &Delivery,
    ) {
        let topics = self.topics();
        for id in topics.followers.get(&conversation).into_iter().flatten() {
            if let (false, Some(console)) = (Some(*id) == except, topics.agents.get(id)) {
                console.outbound.push(delivery.clone());
            }
        }
    }

    /// To the sockets of one agent that follow the conversation.
    pub fn to_follower(&self, agent: AgentId, conversation: ConversationId, delivery: &Delivery) {
        for console in self.topics().consoles(conversation).filter(|console| console.agent.id == agent) {
            console.outbound.push(delivery.clone());
        }
    }

    /// Whether any agent has an inbox open.
    pub fn has_inboxes(&self) -> bool {
        self.topics().agents.values().any(|console| console.inbox)
    }

    /// A list row to the agents who have an inbox open or the conversation, and may see it.
    pub fn row(&self, conversation: ConversationId, row: &Utf8Bytes, may_see: impl Fn(&Agent) -> bool) {
        for console in self.topics().agents.values() {
            if (console.inbox || console.followed.contains(&conversation)) && may_see(&console.agent) {
                console.outbound.push(Delivery::Frame(row.clone()));
            }
        }
    }

    /// The conversation changed hands: agents who may no longer see it hear that it is gone, and no longer follow it.
    pub fn part(&self, conversation: ConversationId, gone: &Utf8Bytes, may_see: impl Fn(&Agent) -> bool) {
        let mut topics = self.topics();
        let Topics { agents, followers, owners, .. } = &mut *topics;
        let mut left = false;
        for (id, console) in agents.iter_mut() {
            let follows = console.followed.contains(&conversation);
            if (console.inbox || follows) && !may_see(&console.agent) {
                console.outbound.push(Delivery::Gone { conversation, frame: gone.clone() });
                left |= console.leave(conversation);
                unfollow(followers, owners, conversation, *id);
            }
        }
        if left {
            topics.announce_viewers(conversation);
        }
    }

    /// Ends the sockets of a sign-in.
    pub fn revoke(&self, session: AgentSessionId) {
        for console in self.topics().agents.values().filter(|console| console.session == session) {
            console.outbound.close(CloseCode::Revoked);
        }
    }

    /// Ends the sockets of a visitor's session, which was revoked in the store before.
    pub fn revoke_visitor(&self, session: &Session) {
        // Counted first: a socket that joins from here on sees it, one that joined before is found below.
        self.revocations.fetch_add(1, Ordering::SeqCst);
        let topics = self.topics();
        let tabs = topics.visitors.get(&session.visitor).into_iter().flatten();
        for tab in tabs.filter(|tab| tab.session == session.id) {
            tab.outbound.close(CloseCode::Revoked);
        }
    }

    /// Grows whenever a visitor's session is revoked: who found a session before it grew looks again.
    pub fn revocations(&self) -> u64 {
        self.revocations.load(Ordering::SeqCst)
    }

    /// Lets the sockets of an agent look again at what the agent may see.
    pub fn renew(&self, agent: AgentId) {
        for console in self.topics().agents.values().filter(|console| console.agent.id == agent) {
            console.outbound.push(Delivery::Renew);
        }
    }

    /// Lets the sockets of all agents look again whether their sign-ins hold and what they may see.
    pub fn renew_all(&self) {
        for console in self.topics().agents.values() {
            console.outbound.push(Delivery::Renew);
        }
    }

    /// The agents who have a console open here that counts as there.
    pub fn agents_online(&self) -> HashSet<AgentId> {
        let topics = self.topics();
        topics.agents.values().filter(|console| console.there).map(|console| console.agent.id).collect()
    }

    /// The queues of all sockets, to send them away at a planned stop.
    pub fn all(&self) -> Vec<Arc<Outbound>> {
        self.topics().connections.values().map(Arc::clone).collect()
    }
}

impl Topics {
    fn consoles(&self, conversation: ConversationId) -> impl Iterator<Item = &Console> {
        let ids = self.followers.get(&conversation).into_iter().flatten();
        ids.filter_map(|id| self.agents.get(id))
    }

    fn unfollow(&mut self, conversation: ConversationId, id: ConnectionId) {
        unfollow(&mut self.followers, &mut self.owners, conversation, id);
    }
}

fn unfollow(
    followers: &mut HashMap<ConversationId, Vec<ConnectionId>>,
    owners: &mut Owners,
    conversation: ConversationId,
    id: ConnectionId,
) {
    if let Some(ids) = followers.get_mut(&conversation) {
        ids.retain(|other| *other != id);
        if ids.is_empty() {
            followers.remove(&conversation);
            owners.forget(conversation);
        }
    }
}

/// See [`Hub::farewell`]; dropping it ends it.
#[derive(Debug)]
pub struct Farewell(Arc<Hub>);

impl Drop for Farewell {
    fn drop(&mut self) {
        self.0.farewells.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A socket's place in the hub; dropping it leaves all topics.
#[derive(Debug)]
pub struct Membership {
    hub: Arc<Hub>,
    /// The socket.
    pub id: ConnectionId,
    owner: Owner,
}

impl Membership {
    /// Follows a conversation (agents). Events from now on wait in the socket's queue.
    pub fn follow(&self, conversation: ConversationId) {
        let mut topics = self.hub.topics();
        if let Some(console) = topics.agents.get_mut(&self.id)
            && !console.followed.contains(&conversation)
        {
            console.followed.push(conversation);
            topics.followers.entry(conversation).or_default().push(self.id);
        }
    }

    /// Stops following a conversation (agents).
    pub fn unfollow(&self, conversation: ConversationId) {
        let mut topics = self.hub.topics();
        let left = topics.agents.get_mut(&self.id).is_some_and(|console| console.leave(conversation));
        topics.unfollow(conversation, self.id);
        if left {
            topics.announce_viewers(conversation);
        }
    }

    /// What the agent is called or may see has changed (agents).
    pub fn renew(&self, agent: Arc<Agent>) {
        let mut topics = self.hub.topics();
        if let Some(console) = topics.agents.get_mut(&self.id) {
            let renamed = console.agent.name != agent.name;
            console.agent = agent;
            let shown = if renamed { console.shown.clone() } else { Vec::new() };
            for conversation in shown {
                topics.announce_viewers(conversation);
            }
        }
    }

    /// The console counts as there, or no longer (agents).
    pub fn be_there(&self, there: bool) {
        let mut topics = self.hub.topics();
        let Some(console) = topics.agents.get_mut(&self.id) else { return };
        console.there = there;
        let shown = console.shown.clone();
        for conversation in shown {
            topics.announce_viewers(conversation);
        }
    }

    /// Follows the list, or no longer (agents).
    pub fn follow_inbox(&self, follow: bool) {
        if let Some(console) = self.hub.topics().agents.get_mut(&self.id) {
            console.inbox = follow;
        }
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        let mut topics = self.hub.topics();
        topics.connections.remove(&self.id);
        match &self.owner {
            Owner::Visitor(visitor, widget, _) => {
                if let Some(sockets) = topics.widgets.get_mut(widget) {
                    *sockets -= 1;
                    if *sockets == 0 {
                        topics.widgets.remove(widget);
                    }
                }
                if let Some(sockets) = topics.visitors.get_mut(visitor) {
                    sockets.retain(|tab| tab.id != self.id);
                    if sockets.is_empty() {
                        topics.visitors.remove(visitor);
                    }
                }
            }
            Owner::Agent(..) => {
                if let Some(console) = topics.agents.remove(&self.id) {
                    for conversation in console.followed {
                        topics.unfollow(conversation, self.id);
                    }
                    for conversation in console.shown {
                        topics.announce_viewers(conversation);
                    }
                }
            }
        }
    }
}
