//! API keys.

use beckon_core::command::Refusal;
use beckon_core::key::Scope;
use beckon_core::text::Name;
use beckon_core::time::{Clock, Timestamp};
use beckon_store::{KEYS_AT_ONCE, REVOKED_KEYS_SHOWN, StoreError};

use crate::house::{House, secret};

fn name() -> Name {
    Name::new("crm").unwrap()
}

pub(crate) async fn keys_are_found_by_their_secret(house: &House) {
    let store = &house.store;
    let hash = secret();
    let key = store.create_key(name(), Scope::Manage, hash).await.unwrap();
    assert_eq!(store.key_by_secret(hash).await.unwrap(), Some(key.clone()));
    assert_eq!(store.key_by_secret(secret()).await, Ok(None));
}

pub(crate) async fn a_revoked_key_stays_revoked(house: &House) {
    let store = &house.store;
    let hash = secret();
    let key = store.create_key(name(), Scope::Read, hash).await.unwrap();
    let other = store.create_key(name(), Scope::Manage, secret()).await.unwrap();
    store.revoke_key(key.id).await.unwrap();
    assert_eq!(store.key_by_secret(hash).await, Ok(None));
    let listed = store.keys().await.unwrap();
    assert_eq!((listed.len(), &listed[0]), (2, &other), "newest first");
    let revoked_at = listed[1].revoked_at;
    assert!(revoked_at.is_some());
    store.revoke_key(key.id).await.unwrap();
    assert_eq!(store.keys().await.unwrap()[1].revoked_at, revoked_at, "once is enough");
    let unknown = uuid::Uuid::new_v4().into();
    assert_eq!(store.revoke_key(unknown).await, Err(StoreError::NotFound));
}

pub(crate) async fn the_last_use_of_a_key_never_goes_back(house: &House) {
    let store = &house.store;
    let hash = secret();
    let key = store.create_key(name(), Scope::Read, hash).await.unwrap();
    assert_eq!(key.last_used_at, None);
    let at = house.clock.now();
    store.note_key_used(key.id, at).await.unwrap();
    store.note_key_used(key.id, Timestamp(at.0 - 1)).await.unwrap();
    assert_eq!(store.key_by_secret(hash).await.unwrap().unwrap().last_used_at, Some(at));
    store.note_key_used(uuid::Uuid::new_v4().into(), at).await.unwrap();
}

pub(crate) async fn there_are_only_so_many_keys(house: &House) {
    let store = &house.store;
    let mut last = None;
    for _ in 0..KEYS_AT_ONCE {
        last = Some(store.create_key(name(), Scope::Read, secret()).await.unwrap());
    }
    let refused = store.create_key(name(), Scope::Read, secret()).await;
    assert_eq!(refused, Err(Refusal::TooMany { what: "keys", limit: KEYS_AT_ONCE }.into()));
    store.revoke_key(last.unwrap().id).await.unwrap();
    store.create_key(name(), Scope::Read, secret()).await.unwrap();
    for key in store.keys().await.unwrap() {
        store.revoke_key(key.id).await.unwrap();
    }
    assert_eq!(store.keys().await.unwrap().len(), REVOKED_KEYS_SHOWN);
}
