//! The API's list of conversations: by page, filtered, ordered, with an exact total.
//!
//! Every filter has an index that leads to what it lets through, and every order has one that is walked without
//! sorting. Which of them is the shortest way follows from the tally, which says how many conversations lie along each;
//! what the way does not tell is asked of each row. All indexes are read status by status: the parts are merged here.

use std::cmp::Reverse;

use beckon_core::conversation::Status;
use beckon_core::id::{AgentId, QueueId};
use rusqlite::types::Value;
use rusqlite::{Connection, Row};
use uuid::Uuid;

use super::rows::{damaged, id, limit};
use super::snapshot;
use super::tally::{self, Tally};
use super::ways::{Asked, Way};
use crate::{ConversationFilter, ConversationList, OrderBy, OrderDirection, Span, StoreError};

/// Rows in a span of time are counted no further than this to find the shortest way: a longer span is long.
const PROBED: i64 = 10_000;
/// How many rows are worth sorting to be spared one step of a walk: what a walk looks for may lie at its far end.
const PATIENCE: i64 = 4;

/// One stretch of an index.
#[derive(Debug, Clone)]
struct Part {
    way: Way,
    status: Status,
    /// What the way leads to, if it must be told.
    to: Value,
    /// Without what is in the agent's places: those are parts of their own.
    elsewhere: bool,
}

/// One way to everything that the filter lets through.
#[derive(Debug)]
struct Road {
    parts: Vec<Part>,
    /// How many rows lie along it.
    rows: i64,
    /// It leads through the list in its order.
    in_order: bool,
}

impl Road {
    /// How many rows are likely to be read for the first `wanted` of `total`.
    fn length(&self, wanted: i64, total: i64) -> i64 {
        if !self.in_order {
            return self.rows;
        }
        let walked = wanted.saturating_mul(self.rows) / total.max(1);
        walked.saturating_mul(PATIENCE).min(self.rows)
    }
}

/// A place in the list: the value of its order, then the id.
type Place = (Option<i64>, Uuid);

/// A filter, ready to be asked.
struct Listing<'a> {
    connection: &'a Connection,
    filter: &'a ConversationFilter,
    tallies: Vec<Tally>,
    statuses: Vec<Status>,
    /// Whose queues limit what is seen, with these.
    seen_by: Option<(AgentId, &'a [QueueId])>,
}

fn blob(id: Uuid) -> Value {
    Value::Blob(id.into_bytes().to_vec())
}

/// Texts as JSON; `NULL` when there are none, for a filter that lets through all.
fn list(texts: impl Iterator<Item = String>) -> Value {
    let texts: Vec<String> = texts.collect();
    if texts.is_empty() { Value::Null } else { Value::Text(serde_json::Value::from(texts).to_string()) }
}

fn hex(id: Uuid) -> String {
    id.simple().to_string()
}

fn optional(number: Option<i64>) -> Value {
    number.map_or(Value::Null, Value::Integer)
}

impl<'a> Listing<'a> {
    fn new(connection: &'a Connection, filter: &'a ConversationFilter) -> Result<Self, StoreError> {
        let named = |status: &Status| filter.statuses.is_empty() || filter.statuses.contains(status);
        Ok(Self {
            connection,
            filter,
            tallies: tally::all(connection)?,
            statuses: Status::ALL.into_iter().filter(named).collect(),
            seen_by: filter
                .seen_by
                .as_ref()
                .filter(|agent| !tally::sees_all(agent))
                .map(|agent| (agent.id, agent.queues.as_slice())),
        })
    }

    /// How many conversations of the asked statuses are of these kinds.
    fn tallied(&self, of: impl Fn(&Tally) -> bool) -> i64 {
        let asked = self.tallies.iter().filter(|tally| self.statuses.contains(&tally.status));
        asked.filter(|tally| of(tally)).map(|tally| tally.conversations).sum()
    }

    fn parts(&self, way: Way, to: &Value) -> Vec<Part> {
        let part = |&status: &Status| Part { way, status, to: to.clone(), elsewhere: false };
        self.statuses.iter().map(part).collect()
    }

    fn of_queue(&self, to: &Value) -> Vec<Part> {
        [self.parts(Way::Assigned, to), self.parts(Way::Unassigned, to)].concat()
    }

    fn asked(&self, part: &Part) -> Asked<'_> {
        Asked { filter: self.filter, limited: self.seen_by.is_some(), elsewhere: part.elsewhere }
    }

    fn params(&self, part: &Part, most: i64) -> [Value; 15] {
        let filter = self.filter;
        let ends = |span: Span| [span.from, span.until].map(|end| optional(end.map(|end| end.0)));
        let [created_from, created_until] = ends(filter.created);
        let [updated_from, updated_until] = ends(filter.updated);
        let [closed_from, closed_until] = ends(filter.closed);
        let (me, places) = match self.seen_by {
            Some((agent, queues)) => {
                let queues: Vec<String> = queues.iter().map(|queue| hex(queue.0)).collect();
                (blob(agent.0), Value::Text(serde_json::Value::from(queues).to_string()))
            }
            None => (Value::Null, Value::Null),
        };
        [
            Value::Text(part.status.as_str().to_owned()),
            Value::Integer(most),
            filter.agent.map_or(Value::Null, |agent| blob(agent.0)),
            list(filter.queues.iter().map(|queue| hex(queue.0))),
            list(filter.priorities.iter().map(|priority| priority.as_str().to_owned())),
            list(filter.ids.iter().map(|id| hex(id.0))),
            created_from,
            created_until,
            updated_from,
            updated_until,
            closed_from,
            closed_until,
            me,
            places,
            part.to.clone(),
        ]
    }

    /// Reads a statement of a part; the later parameters are not in every one.
    fn read<T>(
        &self,
        sql: &str,
        part: &Part,
        most: i64,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let params = self.params(part, most);
        let taken = params.iter().take(statement.parameter_count());
        let found = statement.query_map(rusqlite::params_from_iter(taken), |row| read(row))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    fn counted(&self, sql: &str, part: &Part, most: i64) -> Result<i64, StoreError> {
        let counts: Vec<i64> = self.read(sql, part, most, |row| row.get(0))?;
        Ok(counts.into_iter().sum())
    }

    /// Every way there is: one along the order, one for each part of the filter, one through an agent's places.
    fn roads(&self, order: OrderBy) -> Result<Vec<Road>, StoreError> {
        let filter = self.filter;
        let along = Way::along(order, filter);
        let mut roads = Vec::new();
        let mut add = |parts: Vec<Part>, rows: i64| {
            let in_order = parts.iter().all(|part| part.way == along);
            roads.push(Road { parts, rows, in_order });
        };
        let everything = self.tallied(|_| true);
        let spans = [
            (Way::Created, filter.created),
            (Way::Updated, filter.updated),
            (Way::ClosedWithin, filter.closed),
        ];
        if spans.iter().all(|(way, span)| *way != along || span.is_endless()) {
            add(self.parts(along, &Value::Null), everything);
        }
        for (way, _) in spans.into_iter().filter(|(_, span)| !span.is_endless()) {
            let parts = self.parts(way, &Value::Null);
            let (mut rows, mut long) = (0, false);
            for part in &parts {
                let probed = self.counted(&way.probe(), part, PROBED)?;
                rows += probed;
                long |= probed == PROBED;
            }
            add(parts, if long { everything } else { rows });
        }
        if !filter.ids.is_empty() {
            add(self.parts(Way::Ids, &Value::Null), limit(filter.ids.len()));
        }
        if let Some(agent) = filter.agent {
            let rows = self.tallied(|tally| tally.agent == Some(agent));
            add(self.parts(Way::Agent, &blob(agent.0)), rows);
        }
        if !filter.queues.is_empty() {
            let queues = distinct(&filter.queues);
            let rows = self.tallied(|tally| tally.queue.is_some_and(|queue| queues.contains(&queue)));
            let to = queues.iter().map(|queue| blob(queue.0));
            add(to.flat_map(|to| self.of_queue(&to)).collect(), rows);
        }
        if !filter.priorities.is_empty() {
            let priorities = distinct(&filter.priorities);
            let rows = self.tallied(|tally| priorities.contains(&tally.priority));
            let to = priorities.iter().map(|priority| Value::Text(priority.as_str().to_owned()));
            add(to.flat_map(|to| self.parts(Way::Priority, &to)).collect(), rows);
        }
        if let (Some((me, queues)), Some(agent)) = (self.seen_by, &filter.seen_by) {
            let places = std::iter::once(Value::Null).chain(queues.iter().map(|queue| blob(queue.0)));
            let mut parts: Vec<Part> = places.flat_map(|to| self.of_queue(&to)).collect();
            let own = self.parts(Way::Agent, &blob(me.0)).into_iter();
            parts.extend(own.map(|part| Part { elsewhere: true, ..part }));
            add(parts, self.tallied(|tally| tally.is_seen_by(agent)));
        }
        Ok(roads)
    }

    /// From the counters where they know it, otherwise counted along the shortest way.
    fn total(&self, roads: &[Road]) -> Result<i64, StoreError> {
        let filter = self.filter;
        let spans = [filter.created, filter.updated, filter.closed];
        if filter.ids.is_empty() && spans.iter().all(|span| span.is_endless()) {
            return Ok(self.tallied(|tally| {
                let among = |queue: QueueId| filter.queues.contains(&queue);
                filter.seen_by.as_ref().is_none_or(|agent| tally.is_seen_by(agent))
                    && filter.agent.is_none_or(|agent| tally.agent == Some(agent))
                    && (filter.queues.is_empty() || tally.queue.is_some_and(among))
                    && (filter.priorities.is_empty() || filter.priorities.contains(&tally.priority))
            }));
        }
        let mut total = 0;
        // Of two that are as long the one whose index alone tells. Otherwise the first: its rows lie beside each other.
        let is_told = |road: &Road| road.parts.iter().all(|part| self.asked(part).is_told_by(part.way));
        let road = roads.iter().min_by_key(|road| (road.rows, !is_told(road)));
        for part in road.map_or(&[][..], |road| &road.parts) {
            total += self.counted(&part.way.count(&self.asked(part)), part, 0)?;
        }
        Ok(total)
    }
}

fn distinct<T: Copy + PartialEq>(named: &[T]) -> Vec<T> {
    let mut once = Vec::with_capacity(named.len());
    for one in named {
        if !once.contains(one) {
            once.push(*one);
        }
    }
    once
}

pub(super) fn page(
    connection: &Connection,
    filter: &ConversationFilter,
    order: OrderBy,
    direction: OrderDirection,
    page: usize,
    most: usize,
) -> Result<ConversationList, StoreError> {
    if filter.seen_by.as_ref().is_some_and(|agent| agent.disabled) {
        return Ok(ConversationList { conversations: Vec::new(), total: 0 });
    }
    let listing = Listing::new(connection, filter)?;
    let roads = listing.roads(order)?;
    let total = listing.total(&roads)?;
    let skip = page.saturating_mul(most);
    let wanted = limit(skip.saturating_add(most));
    if most == 0 || limit(skip) >= total {
        return Ok(ConversationList { conversations: Vec::new(), total });
    }
    let road = roads.iter().min_by_key(|road| (road.length(wanted, total), !road.in_order));
    let mut places: Vec<Place> = Vec::new();
    for part in road.map_or(&[][..], |road| &road.parts) {
        let sql = part.way.places(&listing.asked(part), order, direction);
        places.extend(listing.read(&sql, part, wanted, |row| Ok((row.get(0)?, id(row, 1)?)))?);
    }
    match direction {
        OrderDirection::Ascending => places.sort_unstable(),
        OrderDirection::Descending => places.sort_unstable_by_key(|place| Reverse(*place)),
    }
    let mut conversations = Vec::with_capacity(most.min(places.len()));
    for (_, id) in places.into_iter().skip(skip).take(most) {
        let found = snapshot::conversation_by_id(connection, id.into())?;
        conversations.push(found.ok_or_else(|| damaged("an index names no conversation"))?);
    }
    Ok(ConversationList { conversations, total })
}
