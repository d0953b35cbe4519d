//! Widgets: one per brand or site.

mod settings;
mod theme;

pub use settings::{GuessHours, Language, MOST_PINS, MOST_PROTECTED_KEYS, Pins, ProtectedKeys, SettingError};
pub use theme::{MOST_THEMES, Scheme, Styles, THEME_VARIABLES, Theme, Themes};

use crate::id::WidgetId;
use crate::text::{Name, TeamName, Welcome};
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
    /// Origins beside those whose pictures the context card loads by itself; no page is embedded by them.
    pub image_hosts: Vec<String>,
    /// Keys of the context that the page may not write.
    pub protected_keys: ProtectedKeys,
    /// What agents pinned in the context card.
    pub pins: Pins,
    /// Its own looks, beside those that come with Beckon.
    pub themes: Themes,
    /// Its greeting; `None`: the one that comes with Beckon.
    pub welcome: Option<Welcome>,
    /// What visitors see above the chat; `None`: the widget's name.
    pub team_name: Option<TeamName>,
    /// The language it speaks; `None`: the page decides.
    pub language: Option<Language>,
    /// Is the number of unread messages shown in the page's title?
    pub title_unread: bool,
    /// Does a new message make a sound?
    pub sound: bool,
    /// For how long ACTIVE may guess a conversation that is not on screen.
    pub guess: GuessHours,
    /// May a site's own storage keep a handle, for browsers that forget what the widget's frame keeps?
    pub host_handle: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What is to change about a widget; `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WidgetChange {
    /// See [`Widget::name`].
    pub name: Option<Name>,
    /// See [`Widget::multi_thread`].
    pub multi_thread: Option<bool>,
    /// See [`Widget::allowed_origins`].
    pub allowed_origins: Option<Vec<String>>,
    /// See [`Widget::image_hosts`].
    pub image_hosts: Option<Vec<String>>,
    /// See [`Widget::protected_keys`].
    pub protected_keys: Option<ProtectedKeys>,
    /// See [`Widget::pins`].
    pub pins: Option<Pins>,
    /// See [`Widget::themes`].
    pub themes: Option<Themes>,
    /// See [`Widget::welcome`].
    pub welcome: Option<Option<Welcome>>,
    /// See [`Widget::team_name`].
    pub team_name: Option<Option<TeamName>>,
    /// See [`Widget::language`].
    pub language: Option<Option<Language>>,
    /// See [`Widget::title_unread`].
    pub title_unread: Option<bool>,
    /// See [`Widget::sound`].
    pub sound: Option<bool>,
    /// See [`Widget::guess`].
    pub guess: Option<GuessHours>,
    /// See [`Widget::host_handle`].
    pub host_handle: Option<bool>,
}

impl Widget {
    /// A widget as it starts.
    pub fn new(
        id: WidgetId,
        name: Name,
        multi_thread: bool,
        allowed_origins: Vec<String>,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id,
            name,
            multi_thread,
            allowed_origins,
            image_hosts: Vec::new(),
            protected_keys: ProtectedKeys::default(),
            pins: Pins::default(),
            themes: Themes::default(),
            welcome: None,
            team_name: None,
            language: None,
            title_unread: false,
            sound: false,
            guess: GuessHours::default(),
            host_handle: true,
            created_at,
        }
    }

    /// The widget after a change.
    #[must_use]
    pub fn changed(self, change: WidgetChange) -> Self {
        Self {
            id: self.id,
            name: change.name.unwrap_or(self.name),
            multi_thread: change.multi_thread.unwrap_or(self.multi_thread),
            allowed_origins: change.allowed_origins.unwrap_or(self.allowed_origins),
            image_hosts: change.image_hosts.unwrap_or(self.image_hosts),
            protected_keys: change.protected_keys.unwrap_or(self.protected_keys),
            pins: change.pins.unwrap_or(self.pins),
            themes: change.themes.unwrap_or(self.themes),
            welcome: change.welcome.unwrap_or(self.welcome),
            team_name: change.team_name.unwrap_or(self.team_name),
            language: change.language.unwrap_or(self.language),
            title_unread: change.title_unread.unwrap_or(self.title_unread),
            sound: change.sound.unwrap_or(self.sound),
            guess: change.guess.unwrap_or(self.guess),
            host_handle: change.host_handle.unwrap_or(self.host_handle),
            created_at: self.created_at,
        }
    }
}
