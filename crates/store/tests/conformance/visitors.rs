//! Visitors and their sessions.

use beckon_core::visitor::SESSION_SECONDS;
use beckon_store::{NewSession, StoreError};

use crate::house::{House, secret};

pub(crate) async fn sessions_slide_and_end(house: &House) {
    let store = &house.store;
    let token = secret();
    let made = store.create_session(NewSession { widget: house.multi, token }).await.unwrap();
    let unknown = NewSession { widget: uuid::Uuid::new_v4().into(), token: secret() };
    assert_eq!(store.create_session(unknown).await, Err(StoreError::NotFound));
    assert_eq!(store.visitor(made.visitor).await.unwrap().widget, house.multi);

    house.clock.skip_seconds(60);
    let soon = store.session_by_token(token).await.unwrap().unwrap();
    assert_eq!(soon.expires_at, made.expires_at, "touched at most once an hour");
    house.clock.skip_seconds(3_600);
    let later = store.session_by_token(token).await.unwrap().unwrap();
    assert!(later.expires_at > made.expires_at);
    assert_eq!(store.session_by_token(token).await.unwrap().unwrap(), later);
    house.clock.skip_seconds(SESSION_SECONDS - 10);
    assert!(store.session_by_token(token).await.unwrap().is_some(), "used within 30 days");
    house.clock.skip_seconds(SESSION_SECONDS + 1);
    assert_eq!(store.session_by_token(token).await, Ok(None));
    assert_eq!(store.session_by_token(secret()).await, Ok(None));
}
