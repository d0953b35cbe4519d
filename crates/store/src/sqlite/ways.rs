//! The statements of the API's list of conversations: one set for each index that leads into it.

use crate::{ConversationFilter, OrderBy, OrderDirection};

/// What a filter asks of each row. ?1 is the status of the part, ?2 the most rows; ?15 leaves out what is in the
/// places that ?14 names, ?16 is what the way leads to.
const FILTER: &str = "\
    AND (?3 IS NULL OR c.agent = ?3) \
    AND (?4 IS NULL OR c.queue IN (SELECT unhex(value) FROM json_each(?4))) \
    AND (?5 IS NULL OR c.priority IN (SELECT value FROM json_each(?5))) \
    AND (?6 IS NULL OR c.id IN (SELECT unhex(value) FROM json_each(?6))) \
    AND (?7 IS NULL OR c.created_at >= ?7) AND (?8 IS NULL OR c.created_at < ?8) \
    AND (?9 IS NULL OR c.updated_at >= ?9) AND (?10 IS NULL OR c.updated_at < ?10) \
    AND (?11 IS NULL OR c.closed_at >= ?11) AND (?12 IS NULL OR c.closed_at < ?12) \
    AND (?13 IS NULL OR c.agent = ?13 OR c.queue IS NULL \
         OR c.queue IN (SELECT unhex(value) FROM json_each(?14))) \
    AND (?15 IS NULL OR (c.queue IS NOT NULL AND c.queue NOT IN (SELECT unhex(value) FROM json_each(?14))))";

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
    /// One queue's, or those without a queue.
    Queue,
    /// Those with one priority.
    Priority,
}

impl Way {
    #[cfg(test)]
    pub(super) const ALL: [Self; 9] = [
        Self::Id,
        Self::Created,
        Self::Updated,
        Self::Closed,
        Self::ClosedWithin,
        Self::Ids,
        Self::Agent,
        Self::Queue,
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
            Self::Queue => "conversation_inbox_queue",
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
            Self::Agent => "AND c.agent = ?16",
            Self::Queue => "AND c.queue IS ?16",
            Self::Priority => "AND c.priority = ?16",
        }
    }

    /// The statement that reads the places of a part, in the order of the list.
    pub(super) fn places(self, order: OrderBy, direction: OrderDirection) -> String {
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
        let (index, condition) = (self.index(), self.condition());
        format!(
            "SELECT {key}, c.id FROM conversation c INDEXED BY {index} WHERE c.status = ?1 {condition} {FILTER} \
             ORDER BY {by}c.id{way} LIMIT ?2"
        )
    }

    /// The statement that counts what the filter lets through of a part.
    pub(super) fn count(self) -> String {
        let (index, condition) = (self.index(), self.condition());
        format!(
            "SELECT COUNT(*) FROM conversation c INDEXED BY {index} WHERE c.status = ?1 {condition} {FILTER}"
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
