//! Visitors and their sessions.

use beckon_core::visitor::{ENDED_TOKEN_SECONDS, SESSION_SECONDS, SessionEnd};
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

pub(crate) async fn a_session_that_ended_is_told_from_one_that_is_unknown(house: &House) {
    let store = &house.store;
    let (expired, revoked, alive) = (secret(), secret(), secret());
    for token in [expired, revoked] {
        store.create_session(NewSession { widget: house.multi, token }).await.unwrap();
    }
    let ended = store.session_by_token(revoked).await.unwrap().unwrap();
    assert_eq!(store.revoke_session(revoked).await.unwrap().unwrap().id, ended.id);
    assert_eq!(store.revoke_session(revoked).await, Ok(None), "ended once");
    assert_eq!(store.revoke_session(secret()).await, Ok(None));
    assert_eq!(store.session_by_token(revoked).await, Ok(None));
    assert_eq!(store.session_end(revoked).await, Ok(Some(SessionEnd::Revoked)));
    assert_eq!(store.session_end(expired).await, Ok(None), "it has not ended");

    house.clock.skip_seconds(SESSION_SECONDS + 1);
    store.create_session(NewSession { widget: house.multi, token: alive }).await.unwrap();
    assert_eq!(store.session_end(expired).await, Ok(Some(SessionEnd::Expired)), "before it is deleted");
    assert_eq!(store.delete_expired().await, Ok(1));
    for (token, end) in [
        (expired, Some(SessionEnd::Expired)),
        (revoked, Some(SessionEnd::Revoked)),
        (alive, None),
        (secret(), None),
    ] {
        assert_eq!(store.session_end(token).await, Ok(end));
    }
    // What was revoked is forgotten 90 days after that, what expired 90 days after it was noticed.
    house.clock.skip_seconds(ENDED_TOKEN_SECONDS - SESSION_SECONDS);
    store.delete_expired().await.unwrap();
    assert_eq!(store.session_end(revoked).await, Ok(None));
    assert_eq!(store.session_end(expired).await, Ok(Some(SessionEnd::Expired)));
    house.clock.skip_seconds(SESSION_SECONDS);
    store.delete_expired().await.unwrap();
    assert_eq!(store.session_end(expired).await, Ok(None));
}
