//! The promise about widgets.

use async_trait::async_trait;
use beckon_core::id::WidgetId;
use beckon_core::text::Name;
use beckon_core::widget::{Widget, WidgetChange};

use crate::StoreError;

/// Widgets one house may have: more than one process serves sites.
pub const MOST_WIDGETS: usize = 200;

/// Widgets.
#[async_trait]
pub trait Widgets: Send + Sync {
    /// Makes a widget; refused beyond [`MOST_WIDGETS`].
    async fn create_widget(
        &self,
        name: Name,
        multi_thread: bool,
        allowed_origins: Vec<String>,
    ) -> Result<Widget, StoreError>;

    /// The widget.
    async fn widget(&self, id: WidgetId) -> Result<Widget, StoreError>;

    /// All widgets, oldest first.
    async fn widgets(&self) -> Result<Vec<Widget>, StoreError>;

    /// Changes a widget's settings. The widget after it.
    async fn update_widget(&self, id: WidgetId, change: WidgetChange) -> Result<Widget, StoreError>;

    /// Allows more origins; those already allowed stay. The widget after it.
    async fn allow_origins(&self, id: WidgetId, origins: Vec<String>) -> Result<Widget, StoreError>;
}
