//! The database itself.

use beckon_core::agent::Role;
use beckon_core::command::{ContextTarget, WriteContext};
use beckon_core::strategy::Strategy;
use beckon_core::visitor::SESSION_SECONDS;
use beckon_store::NewSession;

use crate::house::{House, client, merge, secret};

pub(crate) async fn the_first_start_happens_once(house: &House) {
    let store = &house.store;
    assert_eq!(store.first_start().await, Ok(None));
    let widgets = store.widgets().await.unwrap();
    let told: Vec<_> = widgets.iter().map(|widget| (widget.name.as_str(), widget.multi_thread)).collect();
    assert_eq!(told, [("Website", true), ("Website, single thread", false)]);
    assert_eq!(store.queues().await.unwrap()[0].name.as_str(), "General");
    store.check_writable().await.unwrap();
}

pub(crate) async fn what_has_ended_is_deleted_and_nothing_else(house: &House) {
    let store = &house.store;
    let soon = || beckon_core::time::Clock::now(&*house.clock).plus_seconds(60);
    let maja = house.agent("maja", Role::Agent).await;
    let key = house.key().await;
    let old = house.guest(house.multi).await;
    let id = house.start(old, "hello").await.id;
    let mut first = house.by_strategy(old, Strategy::Active, Some(id), merge(r#"{"a":1}"#));
    first.client_id = Some(client());
    house.try_context(first).await.unwrap();
    store.create_setup_token(secret(), soon()).await.unwrap();
    // More than one transaction's worth.
    for _ in 0..1_001 {
        store.create_agent_session(maja.id, secret(), soon()).await.unwrap();
    }
    assert_eq!(store.delete_expired().await, Ok(0));

    house.clock.skip_seconds(SESSION_SECONDS + 1);
    let token = secret();
    let session = NewSession { widget: house.multi, token };
    let guest = store.create_session(session).await.unwrap();
    let late = secret();
    store.create_setup_token(late, soon()).await.unwrap();
    let sign_in = secret();
    store.create_agent_session(maja.id, sign_in, soon()).await.unwrap();
    let second = WriteContext {
        target: ContextTarget::Conversation { by: key, conversation: id },
        client_id: Some(client()),
        patch: merge(r#"{"b":2}"#),
        lock: None,
    };
    house.try_context(second.clone()).await.unwrap();
    // A session, the sign-ins and a receipt; the new set-up token had taken the old one's place.
    assert_eq!(store.delete_expired().await, Ok(1 + 1_001 + 1));
    assert_eq!(store.delete_expired().await, Ok(0));

    assert_eq!(store.session_by_token(token).await.unwrap().unwrap().id, guest.id);
    assert!(store.setup_token_works(late).await.unwrap());
    assert!(store.agent_session(sign_in).await.unwrap().is_some());
    assert!(house.try_context(second).await.unwrap().duplicate);
    assert_eq!(store.threads(old.visitor, 10).await.unwrap().len(), 1, "conversations stay");
    house.clock.skip_seconds(61);
    assert_eq!(store.delete_expired().await, Ok(2));
}
