//! Widgets: one per brand or site.

use crate::id::WidgetId;
use crate::text::Name;
use crate::time::Timestamp;

/// A widget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Widget {
    /// Identity; in the site's snippet.
    pub id: WidgetId,
    /// What agents call it.
    pub name: Name,
    /// May a visitor have several conversations that are not closed?
    pub multi_thread: bool,
    /// Origins that may embed it, as browsers write them; empty: any.
    pub allowed_origins: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
}
