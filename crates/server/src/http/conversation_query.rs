//! What the contract's list of conversations can be asked: filters, order and page.

use std::fmt::Display;
use std::str::FromStr;

use beckon_core::agent::Agent;
use beckon_core::frame::object::schema;
use beckon_core::time::Timestamp;
use beckon_store::{ConversationFilter, OrderBy, OrderDirection, Span};
use utoipa::IntoParams;

use super::conversations::{direction_of, parsed};
use crate::error::ApiError;
use crate::limits::API_FILTER_VALUES;

/// Filters, order and page. Only the filters that are lists may be repeated.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(super) struct ListQuery {
    /// With one of these statuses; repeat it for several
    #[param(value_type = Vec<schema::Status>, required = false, max_items = 200)]
    status: Vec<String>,
    /// With one of these priorities, `URGENT`, `HIGH`, `NORMAL` or `LOW`; repeat it for several
    #[param(required = false, max_items = 200)]
    priority: Vec<String>,
    /// In one of these queues; repeat it for several
    #[param(required = false, max_items = 200)]
    queue_ids: Vec<String>,
    /// Only these; repeat it for several, at most 200
    #[param(required = false, max_items = 200)]
    conversation_ids: Vec<String>,
    /// Only this agent's
    agent_id: Option<String>,
    /// Started after this moment, like `2026-11-23T09:12:45.090+00:00`
    #[param(value_type = Option<String>, format = DateTime)]
    created_after: Option<String>,
    /// Started before it
    #[param(value_type = Option<String>, format = DateTime)]
    created_before: Option<String>,
    /// With the newest event after it
    #[param(value_type = Option<String>, format = DateTime)]
    updated_after: Option<String>,
    /// With the newest event before it
    #[param(value_type = Option<String>, format = DateTime)]
    updated_before: Option<String>,
    /// Closed after it
    #[param(value_type = Option<String>, format = DateTime)]
    closed_after: Option<String>,
    /// Closed before it
    #[param(value_type = Option<String>, format = DateTime)]
    closed_before: Option<String>,
    /// From 0
    pub(super) page: Option<String>,
    /// 0 to 999 (default 10)
    pub(super) limit: Option<String>,
    /// `id`, `createdAt`, `updatedAt` or `closedAt`, then `:asc` or `:desc` (default `id:asc`); what is not closed comes
    /// before what is, with `:desc` after it
    order_by: Option<String>,
}

impl ListQuery {
    /// Sorts the pairs of a query; what is not known is refused, never passed over.
    pub(super) fn read(pairs: Vec<(String, String)>) -> Result<Self, ApiError> {
        let mut query = Self::default();
        for (key, value) in pairs {
            let once = match key.as_str() {
                "status" => {
                    push(&key, &mut query.status, value)?;
                    continue;
                }
                "priority" => {
                    push(&key, &mut query.priority, value)?;
                    continue;
                }
                "queueIds" => {
                    push(&key, &mut query.queue_ids, value)?;
                    continue;
                }
                "conversationIds" => {
                    push(&key, &mut query.conversation_ids, value)?;
                    continue;
                }
                "agentId" => &mut query.agent_id,
                "createdAfter" => &mut query.created_after,
                "createdBefore" => &mut query.created_before,
                "updatedAfter" => &mut query.updated_after,
                "updatedBefore" => &mut query.updated_before,
                "closedAfter" => &mut query.closed_after,
                "closedBefore" => &mut query.closed_before,
                "page" => &mut query.page,
                "limit" => &mut query.limit,
                "orderBy" => &mut query.order_by,
                _ => return Err(ApiError::field(&key, "is not supported here")),
            };
            if once.replace(value).is_some() {
                return Err(ApiError::field(&key, "must not be given twice"));
            }
        }
        Ok(query)
    }

    /// The order, as asked and as understood.
    pub(super) fn order(&self) -> Result<(String, OrderBy, OrderDirection), ApiError> {
        let asked = self.order_by.as_deref().unwrap_or("id:asc");
        let wrong = "must be id, createdAt, updatedAt or closedAt, then :asc or :desc";
        let (order, direction) = order_of(asked).ok_or_else(|| ApiError::field("orderBy", wrong))?;
        Ok((asked.to_owned(), order, direction))
    }

    /// The filter, for this reader.
    pub(super) fn filter(&self, seen_by: Option<Agent>) -> Result<ConversationFilter, ApiError> {
        Ok(ConversationFilter {
            statuses: each("status", &self.status)?,
            agent: parsed("agentId", self.agent_id.as_deref())?,
            queues: each("queueIds", &self.queue_ids)?,
            priorities: each("priority", &self.priority)?,
            ids: each("conversationIds", &self.conversation_ids)?,
            created: span(("createdAfter", &self.created_after), ("createdBefore", &self.created_before))?,
            updated: span(("updatedAfter", &self.updated_after), ("updatedBefore", &self.updated_before))?,
            closed: span(("closedAfter", &self.closed_after), ("closedBefore", &self.closed_before))?,
            seen_by,
        })
    }
}

fn push(field: &str, values: &mut Vec<String>, value: String) -> Result<(), ApiError> {
    if values.len() == API_FILTER_VALUES {
        let most = format!("must not be given more than {API_FILTER_VALUES} times");
        return Err(ApiError::field(field, most));
    }
    values.push(value);
    Ok(())
}

fn each<T: FromStr<Err: Display>>(field: &str, values: &[String]) -> Result<Vec<T>, ApiError> {
    let parse =
        |value: &String| value.parse().map_err(|error: T::Err| ApiError::field(field, error.to_string()));
    values.iter().map(parse).collect()
}

/// Between two moments, both left out. The wire tells milliseconds, so what it shows as equal is equal here.
fn span(after: (&str, &Option<String>), before: (&str, &Option<String>)) -> Result<Span, ApiError> {
    const MILLISECOND: i64 = 1_000;
    let moment = |(field, text): (&str, &Option<String>)| parsed::<Timestamp>(field, text.as_deref());
    let (after, before) = (moment(after)?, moment(before)?);
    let begin = |at: Timestamp| Timestamp(at.0 - at.0.rem_euclid(MILLISECOND));
    Ok(Span {
        from: after.map(|at| begin(at).plus_micros(MILLISECOND)),
        until: before.map(|at| begin(at.plus_micros(MILLISECOND - 1))),
    })
}

fn order_of(text: &str) -> Option<(OrderBy, OrderDirection)> {
    let (field, direction) = text.split_once(':').unwrap_or((text, "asc"));
    let field = match field {
        "id" => OrderBy::Id,
        "createdAt" => OrderBy::CreatedAt,
        "updatedAt" => OrderBy::UpdatedAt,
        "closedAt" => OrderBy::ClosedAt,
        _ => return None,
    };
    Some((field, direction_of(direction)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_in_any_case() {
        assert_eq!(order_of("createdAt:DESC"), Some((OrderBy::CreatedAt, OrderDirection::Descending)));
        assert_eq!(order_of("id"), Some((OrderBy::Id, OrderDirection::Ascending)));
        assert_eq!(order_of("id; DROP TABLE event:asc"), None);
    }

    #[test]
    fn what_the_wire_shows_as_equal_is_neither_after_nor_before() {
        let shown = Some(Timestamp(1_795_425_165_090_123).to_string());
        let spanned = |after, before| span(("after", after), ("before", before)).ok();
        let of = |from: Option<i64>, until: Option<i64>| {
            Some(Span { from: from.map(Timestamp), until: until.map(Timestamp) })
        };
        assert_eq!(spanned(&shown, &None), of(Some(1_795_425_165_091_000), None));
        assert_eq!(spanned(&None, &shown), of(None, Some(1_795_425_165_090_000)));
        // A finer moment lies between two that the wire can show.
        let finer = Some("2026-11-23T09:12:45.0905Z".to_owned());
        assert_eq!(spanned(&finer, &finer), of(Some(1_795_425_165_091_000), Some(1_795_425_165_091_000)));
        assert!(span(("after", &None), ("before", &Some("noon".to_owned()))).is_err());
    }
}
