//! The statements of the API's list of conversations: one set for each index that leads into it.

use crate::{ConversationFilter, OrderBy, OrderDirection, Span};

/// What is asked of each row along a way. Only what a filter has is written down: a list that asks nothing else is
/// counted and skipped through in the index alone.
///
/// ?1 is the status of the part, ?2 the most rows, ?15 what the way leads to. The plus keeps SQLite from entering an
/// index by these instead of by what leads into it.
pub(super) struct Asked<'a> {
    pub(super) filter: &'a ConversationFilter,
    /// Only what one agent may see: ?13, in the places that ?14 names.
    pub(super) limited: bool,
    /// Without what is in those places.
    pub(super) elsewhere: bool,
}

impl Asked<'_> {
    /// Whether the way sees to all of it.
    pub(super) fn is_told_by(&self, way: Way) -> bool {
        self.along(way).is_empty()
    }

    /// Without what the way itself sees to.
    fn along(&self, way: Way) -> String {
        let Self { filter, limited, elsewhere } = self;
        let span = |span: Span, led: Way| {
            let open = way != led;
            (open && span.from.is_some(), open && span.until.is_some())
        };
        let (created_from, created_until) = span(filter.created, Way::Created);
        let (updated_from, updated_until) = span(filter.updated, Way::Updated);
        let (closed_from, closed_until) = span(filter.closed, Way::ClosedWithin);
        [
            (filter.agent.is_some(), " AND +c.agent = ?3"),
            (
                !filter.queues.is_empty(),
                " AND +c.queue IN (SELECT unhex(value) FROM json_each(?4))",
            ),
            (!filter.priorities.is_empty(), " AND +c.priority IN (SELECT value FROM json_each(?5))"),
            (
                !filter.ids.is_empty() && way != Way::Ids,
                " AND +c.id IN (SELECT unhex(value) FROM json_each(?6))",
            ),
            (created_from, " AND +c.created_at >= ?7"),
            (created_until, " AND +c.created_at < ?8"),
            (updated_from, " AND +c.updated_at >= ?9"),
            (updated_until, " AND +c.updated_at < ?10"),
            (closed_from, " AND +c.closed_at >= ?11"),
            (closed_until, " AND +c.closed_at < ?12"),
            (
                *limited,
                " AND (+c.agent = ?13 OR +c.queue IS NULL OR +c.queue IN (SELECT unhex(value) FROM json_each(?14)))",
            ),
            (
                *elsewhere,
                " AND +c.queue IS NOT NULL AND +c.queue NOT IN (SELECT unhex(value) FROM json_each(?14))",
            ),
        ]
        .into_iter()
        .filter(|(is_asked, _)| *is_asked)
        .map(|(_, condition)| condition)
        .collect()
    }
}

/// By which index conversations of one status are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// All, by id.
    Id,
    /// The span of starts.
    Created,
    /// The span of newest events.
    Updated,
    /// All, by when they were closed.
    Closed,
    /// The span of closings.
    ClosedWithin,
    /// The ids asked for.
    Ids,
    /// One agent's.
    Agent,
    /// One queue's, or those without a queue, that somebody has.
    Assigned,
    /// The same that nobody has.
    Unassigned,
    /// Those with one priority.
    Priority,
}

impl Way {
    #[cfg(test)]
    pub(super) const ALL: [Self; 10] = [
        Self::Id,
        Self::Created,
        Self::Updated,
        Self::Closed,
        Self::ClosedWithin,
        Self::Ids,
        Self::Agent,
        Self::Assigned,
        Self::Unassigned,
        Self::Priority,
    ];

    /// The way that is walked in the order of the list.
    pub(super) fn along(order: OrderBy, filter: &ConversationFilter) -> Self {
        match order {
            OrderBy::Id => Self::Id,
            OrderBy::CreatedAt => Self::Created,
            OrderBy::UpdatedAt => Self::Updated,
            OrderBy::ClosedAt if filter.closed.is_endless() => Self::Closed,
            OrderBy::ClosedAt => Self::ClosedWithin,
        }
    }

    /// The index it takes.
    pub(super) fn index(self) -> &'static str {
        match self {
            Self::Id => "conversation_status",
            Self::Created => "conversation_created",
            Self::Updated => "conversation_updated",
            Self::Closed | Self::ClosedWithin => "conversation_closed",
            Self::Ids => "sqlite_autoindex_conversation_1",
            Self::Agent => "conversation_inbox_agent",
            Self::Assigned => "conversation_inbox_queue",
            Self::Unassigned => "conversation_inbox_unassigned",
            Self::Priority => "conversation_priority",
        }
    }

    /// What leads into the index, beside the status.
    fn condition(self) -> &'static str {
        match self {
            Self::Id | Self::Closed => "",
            Self::Created => {
                "AND c.created_at >= IFNULL(?7, -9223372036854775808) \
                 AND c.created_at < IFNULL(?8, 9223372036854775807)"
            }
            Self::Updated => {
                "AND c.updated_at >= IFNULL(?9, -9223372036854775808) \
                 AND c.updated_at < IFNULL(?10, 9223372036854775807)"
            }
            Self::ClosedWithin => {
                "AND c.closed_at >= IFNULL(?11, -9223372036854775808) \
                 AND c.closed_at < IFNULL(?12, 9223372036854775807)"
            }
            Self::Ids => "AND c.id IN (SELECT unhex(value) FROM json_each(?6))",
            Self::Agent => "AND c.agent = ?15",
            Self::Assigned => "AND c.queue IS ?15 AND c.agent IS NOT NULL",
            Self::Unassigned => "AND c.queue IS ?15 AND c.agent IS NULL",
            Self::Priority => "AND c.priority = ?15",
        }
    }

    /// The statement that reads the places of a part, in the order of the list.
    pub(super) fn places(self, asked: &Asked<'_>, order: OrderBy, direction: OrderDirection) -> String {
        let way = match direction {
            OrderDirection::Ascending => "",
            OrderDirection::Descending => " DESC",
        };
        let (key, by) = match order {
            OrderBy::Id => ("NULL", String::new()),
            OrderBy::CreatedAt => ("c.created_at", format!("c.created_at{way}, ")),
            OrderBy::UpdatedAt => ("c.updated_at", format!("c.updated_at{way}, ")),
            OrderBy::ClosedAt => ("c.closed_at", format!("c.closed_at{way}, ")),
        };
        let (index, condition, asked) = (self.index(), self.condition(), asked.along(self));
        format!(
            "SELECT {key}, c.id FROM conversation c INDEXED BY {index} WHERE c.status = ?1 {condition}{asked} \
             ORDER BY {by}c.id{way} LIMIT ?2"
        )
    }

    /// The statement that counts what the filter lets through of a part.
    pub(super) fn count(self, asked: &Asked<'_>) -> String {
        let (index, condition, asked) = (self.index(), self.condition(), asked.along(self));
        format!(
            "SELECT COUNT(*) FROM conversation c INDEXED BY {index} WHERE c.status = ?1 {condition}{asked}"
        )
    }

    /// The statement that counts the rows of a span, filtered or not, up to so many.
    pub(super) fn probe(self) -> String {
        let (index, condition) = (self.index(), self.condition());
        format!(
            "SELECT COUNT(*) FROM \
             (SELECT 1 FROM conversation c INDEXED BY {index} WHERE c.status = ?1 {condition} LIMIT ?2)"
        )
    }
}
