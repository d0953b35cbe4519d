//! Widgets as pages and administrators know them: which page loaded one last, and what is changed of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use beckon_core::id::{AgentId, WidgetId};
use beckon_core::time::Timestamp;
use beckon_core::widget::{Pins, Widget, WidgetChange};
use beckon_store::StoreError;

use super::App;
use crate::error::ApiError;

/// The longest address of a page that is kept, in bytes.
const ADDRESS_BYTES: usize = 2048;

/// A page that loaded a widget.
#[derive(Clone, Debug)]
pub struct SeenPage {
    /// Its origin.
    pub origin: String,
    /// Its address, as far as its browser tells.
    pub url: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// The last page that loaded each widget since the start; one entry for each widget that there is.
#[derive(Debug, Default)]
pub struct SeenPages(Mutex<HashMap<WidgetId, SeenPage>>);

impl SeenPages {
    /// A page of this origin was told the widget's configuration.
    pub fn note(&self, widget: WidgetId, origin: &str, url: Option<&str>, at: Timestamp) {
        let kept = |text: &&str| text.len() <= ADDRESS_BYTES;
        if !kept(&origin) {
            return;
        }
        let page = SeenPage { origin: origin.to_owned(), url: url.filter(kept).map(str::to_owned), at };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(widget, page);
    }

    /// The last page that loaded the widget.
    pub fn last(&self, widget: WidgetId) -> Option<SeenPage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&widget).cloned()
    }
}

impl App {
    /// Changes a widget. Its pages learn of it when they load, its visitors when they write.
    pub async fn change_widget(&self, id: &str, change: WidgetChange) -> Result<Widget, ApiError> {
        let unknown = || ApiError::no_such(id);
        let widget: WidgetId = id.parse().map_err(|_| unknown())?;
        match self.store.update_widget(widget, change).await {
            Err(StoreError::NotFound) => Err(unknown()),
            widget => Ok(widget?),
        }
    }

    /// Pins rows of the context card, for everybody who answers on this widget.
    pub async fn pin(self: &Arc<Self>, by: AgentId, id: &str, pins: Pins) -> Result<Widget, ApiError> {
        self.limits.agent_sends.take(by, self.now().0).map_err(ApiError::TooMany)?;
        self.change_widget(id, WidgetChange { pins: Some(pins), ..WidgetChange::default() }).await
    }
}
