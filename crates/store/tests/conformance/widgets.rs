//! Widgets and their settings.

use std::collections::BTreeMap;

use beckon_core::command::Refusal;
use beckon_core::text::{Name, TeamName, Welcome};
use beckon_core::widget::{Language, Pins, ProtectedKeys, Scheme, Theme, Themes, Widget, WidgetChange};
use beckon_store::{MOST_WIDGETS, StoreError};

use crate::house::House;

pub(crate) async fn widgets_keep_their_settings(house: &House) {
    let store = &house.store;
    let before = store.widget(house.multi).await.unwrap();
    let theme = Theme {
        styles: BTreeMap::from([("--bk-accent".to_owned(), "#8a3b12".to_owned())]),
        scheme: Some(Scheme::Dark),
        ..Theme::default()
    };
    let change = WidgetChange {
        name: Some(Name::new("Shop").unwrap()),
        allowed_origins: Some(vec!["https://a.example".to_owned()]),
        image_hosts: Some(vec!["https://cdn.example".to_owned()]),
        protected_keys: Some(ProtectedKeys::new(vec!["tier".to_owned()]).unwrap()),
        pins: Some(Pins::new(vec!["car.colour".to_owned()]).unwrap()),
        themes: Some(Themes::new(BTreeMap::from([("autumn".to_owned(), theme)])).unwrap()),
        welcome: Some(Some(Welcome::new("Ask us").unwrap())),
        team_name: Some(Some(TeamName::new("Norrvik").unwrap())),
        language: Some(Some(Language::new("ar-AE").unwrap())),
        title_unread: Some(true),
        ..WidgetChange::default()
    };
    let after = store.update_widget(house.multi, change.clone()).await.unwrap();
    assert_eq!(after, before.changed(change));
    assert_eq!(store.widget(house.multi).await.unwrap(), after);
    let change = WidgetChange {
        language: Some(None),
        multi_thread: Some(false),
        sound: Some(true),
        ..WidgetChange::default()
    };
    let last = store.update_widget(house.multi, change).await.unwrap();
    assert_eq!(last, Widget { language: None, multi_thread: false, sound: true, ..after });
    assert_eq!(store.widget(house.multi).await.unwrap(), last);
    let unknown = uuid::Uuid::new_v4().into();
    let refused = store.update_widget(unknown, WidgetChange::default()).await;
    assert_eq!(refused, Err(StoreError::NotFound));
}

pub(crate) async fn widgets_keep_their_origins(house: &House) {
    let store = &house.store;
    let name = Name::new("Shop").unwrap();
    let origins = vec!["https://a.example".to_owned()];
    let widget = store.create_widget(name, true, origins).await.unwrap();
    let more = vec!["https://b.example".to_owned(), "https://a.example".to_owned()];
    let after = store.allow_origins(widget.id, more).await.unwrap();
    assert_eq!(after.allowed_origins, ["https://a.example", "https://b.example"]);
    assert_eq!(store.widget(widget.id).await.unwrap(), after);
    assert_eq!(store.widgets().await.unwrap().len(), 3);
    let unknown = uuid::Uuid::new_v4().into();
    assert_eq!(store.widget(unknown).await, Err(StoreError::NotFound));
    assert_eq!(store.allow_origins(unknown, Vec::new()).await, Err(StoreError::NotFound));
}

pub(crate) async fn there_are_only_so_many_widgets(house: &House) {
    let name = || Name::new("Shop").unwrap();
    for _ in house.store.widgets().await.unwrap().len()..MOST_WIDGETS {
        house.store.create_widget(name(), true, Vec::new()).await.unwrap();
    }
    let refused = house.store.create_widget(name(), true, Vec::new()).await;
    assert_eq!(refused, Err(Refusal::TooMany { what: "widgets", limit: MOST_WIDGETS }.into()));
}
