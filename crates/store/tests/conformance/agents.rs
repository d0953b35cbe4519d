//! Agents, their sign-ins and set-up links.

use beckon_core::agent::Role;
use beckon_core::command::Refusal;
use beckon_core::text::{Email, Name};
use beckon_core::time::Timestamp;
use beckon_store::{AgentChange, NewAgent, StoreError};

use crate::house::{House, secret};

pub(crate) fn new_agent(email: &str) -> NewAgent {
    NewAgent {
        name: Name::new("Maja").unwrap(),
        email: Email::new(email).unwrap(),
        role: Role::Admin,
        password: "phc".to_owned(),
    }
}

pub(crate) async fn emails_are_unique(house: &House) {
    let store = &house.store;
    assert!(!store.any_agent().await.unwrap());
    let maja = store.create_agent(new_agent("maja@example.com")).await.unwrap();
    let again = store.create_agent(new_agent("MAJA@example.com")).await;
    assert!(matches!(again, Err(StoreError::Exists(_))));
    assert!(store.any_agent().await.unwrap());
    let found = store.agent_by_email(&maja.email).await.unwrap().unwrap();
    assert_eq!((found.agent, found.password.as_str()), (maja, "phc"));
    assert_eq!(store.agent_by_email(&Email::new("x@y").unwrap()).await, Ok(None));
}

pub(crate) async fn setup_tokens_work_once(house: &House) {
    let store = &house.store;
    let soon = || beckon_core::time::Clock::now(&*house.clock).plus_seconds(60);
    // A token may be made for a further agent, too: its user forgot the password, say.
    store.create_agent(new_agent("taken@example.com")).await.unwrap();
    let token = secret();
    store.create_setup_token(token, soon()).await.unwrap();
    assert!(store.setup_token_works(token).await.unwrap());
    assert!(!store.setup_token_works(secret()).await.unwrap());
    let clash = store.create_agent_with_setup_token(token, new_agent("taken@example.com")).await;
    assert!(matches!(clash, Err(StoreError::Exists(_))));
    assert!(store.setup_token_works(token).await.unwrap(), "what failed used nothing up");
    store.create_agent_with_setup_token(token, new_agent("a@example.com")).await.unwrap();
    assert!(!store.setup_token_works(token).await.unwrap());
    let again = store.create_agent_with_setup_token(token, new_agent("b@example.com")).await;
    assert_eq!(again, Err(StoreError::NotFound));
    let late = secret();
    store.create_setup_token(late, soon()).await.unwrap();
    house.clock.skip_seconds(61);
    assert!(!store.setup_token_works(late).await.unwrap());
    let ended = store.create_agent_with_setup_token(late, new_agent("c@example.com")).await;
    assert_eq!(ended, Err(StoreError::NotFound));
    assert_eq!(store.agent_by_email(&new_agent("c@example.com").email).await, Ok(None));
}

pub(crate) async fn a_new_setup_token_voids_the_one_before(house: &House) {
    let store = &house.store;
    let end = beckon_core::time::Clock::now(&*house.clock).plus_seconds(60);
    let (first, second) = (secret(), secret());
    store.create_setup_token(first, end).await.unwrap();
    store.create_setup_token(second, end).await.unwrap();
    assert!(!store.setup_token_works(first).await.unwrap());
    let refused = store.create_agent_with_setup_token(first, new_agent("a@example.com")).await;
    assert_eq!(refused, Err(StoreError::NotFound));
    store.create_agent_with_setup_token(second, new_agent("b@example.com")).await.unwrap();
}

pub(crate) async fn the_first_agent_voids_every_setup_token(house: &House) {
    let store = &house.store;
    let end = beckon_core::time::Clock::now(&*house.clock).plus_seconds(60);
    let token = secret();
    store.create_setup_token(token, end).await.unwrap();
    store.create_agent(new_agent("a@example.com")).await.unwrap();
    assert!(!store.setup_token_works(token).await.unwrap());
    // A further agent leaves a link alone that was made for somebody.
    let token = secret();
    store.create_setup_token(token, end).await.unwrap();
    store.create_agent(new_agent("b@example.com")).await.unwrap();
    assert!(store.setup_token_works(token).await.unwrap());
}

pub(crate) async fn sign_ins_end(house: &House) {
    let store = &house.store;
    let maja = house.agent("maja", Role::Agent).await;
    let end = beckon_core::time::Clock::now(&*house.clock).plus_seconds(100);
    let tokens = [secret(), secret()];
    let mut sessions = Vec::new();
    for token in tokens {
        sessions.push(store.create_agent_session(maja.id, token, end).await.unwrap());
    }
    assert_eq!(store.agent_session(tokens[0]).await.unwrap().unwrap(), sessions[0]);
    store.delete_agent_session(sessions[0].id).await.unwrap();
    store.delete_agent_session(sessions[0].id).await.unwrap();
    assert_eq!(store.agent_session(tokens[0]).await, Ok(None));
    assert!(store.agent_session(tokens[1]).await.unwrap().is_some());
    house.clock.skip_seconds(101);
    assert_eq!(store.agent_session(tokens[1]).await, Ok(None));
    let unknown = uuid::Uuid::new_v4().into();
    assert_eq!(store.create_agent_session(unknown, secret(), end).await, Err(StoreError::NotFound));
}

pub(crate) async fn a_new_password_keeps_one_sign_in(house: &House) {
    let store = &house.store;
    let (maja, ivo) = (house.agent("maja", Role::Agent).await, house.agent("ivo", Role::Agent).await);
    let end = beckon_core::time::Clock::now(&*house.clock).plus_seconds(100);
    let (here, elsewhere, stranger) = (secret(), secret(), secret());
    let kept = store.create_agent_session(maja.id, here, end).await.unwrap();
    let other = store.create_agent_session(maja.id, elsewhere, end).await.unwrap();
    store.create_agent_session(ivo.id, stranger, end).await.unwrap();
    assert_eq!(store.set_password(maja.id, "next".to_owned(), kept.id).await, Ok(vec![other.id]));
    let known = store.agent_by_email(&maja.email).await.unwrap().unwrap();
    assert_eq!(known.password, "next");
    assert_eq!(store.agent_session(elsewhere).await, Ok(None));
    assert!(store.agent_session(here).await.unwrap().is_some());
    assert_eq!(store.delete_agent_sessions(maja.id).await, Ok(vec![kept.id]));
    assert_eq!(store.delete_agent_sessions(maja.id).await, Ok(Vec::new()));
    assert!(store.agent_session(stranger).await.unwrap().is_some(), "a stranger's stays");
    let unknown = uuid::Uuid::new_v4().into();
    assert_eq!(store.set_password(unknown, "x".to_owned(), kept.id).await, Err(StoreError::NotFound));
}

pub(crate) async fn agents_are_renamed_and_listed(house: &House) {
    let store = &house.store;
    let (maja, ivo) = (house.agent("maja", Role::Agent).await, house.agent("ivo", Role::Supervisor).await);
    let renamed = store.rename_agent(maja.id, Name::new("Maja P.").unwrap()).await.unwrap();
    assert_eq!((renamed.name.as_str(), renamed.id), ("Maja P.", maja.id));
    assert_eq!(store.agents().await.unwrap(), [renamed, ivo]);
    let unknown = uuid::Uuid::new_v4().into();
    assert_eq!(store.rename_agent(unknown, Name::new("x").unwrap()).await, Err(StoreError::NotFound));
}

pub(crate) async fn one_administrator_is_left(house: &House) {
    let store = &house.store;
    let (one, two) = (house.agent("one", Role::Admin).await, house.agent("two", Role::Admin).await);
    let end = beckon_core::time::Clock::now(&*house.clock).plus_seconds(100);
    let token = secret();
    let session = store.create_agent_session(two.id, token, end).await.unwrap();
    let disable = AgentChange { disabled: Some(true), role: None };
    let demote = AgentChange { disabled: None, role: Some(Role::Agent) };
    let (after, ended) = store.change_agent(two.id, disable).await.unwrap();
    assert_eq!((after.disabled, after.role, ended), (true, Role::Admin, vec![session.id]));
    assert_eq!(store.agent_session(token).await, Ok(None));
    for change in [disable, demote] {
        let refused = store.change_agent(one.id, change).await;
        assert_eq!(refused, Err(Refusal::LastAdministrator.into()));
    }
    assert_eq!(store.agent(one.id).await.unwrap(), one, "nothing of it was stored");
    store.change_agent(two.id, AgentChange { disabled: Some(false), role: None }).await.unwrap();
    assert_eq!(store.change_agent(one.id, demote).await.unwrap().0.role, Role::Agent);
    let unknown = uuid::Uuid::new_v4().into();
    assert_eq!(store.change_agent(unknown, demote).await, Err(StoreError::NotFound));
}

pub(crate) async fn the_access_mark_changes_with_every_end_of_a_right(house: &House) {
    let store = &house.store;
    let maja = house.agent("maja", Role::Agent).await;
    house.agent("boss", Role::Admin).await;
    let sign_in = async || {
        let expires_at = Timestamp(i64::MAX);
        store.create_agent_session(maja.id, secret(), expires_at).await.unwrap().id
    };
    let mut mark = store.access_mark().await.unwrap();
    let session = sign_in().await;
    assert_eq!(store.access_mark().await.unwrap(), mark, "a beginning ends nothing");
    let mut changed = async || {
        let now = store.access_mark().await.unwrap();
        std::mem::replace(&mut mark, now) != now
    };
    store.delete_agent_session(session).await.unwrap();
    assert!(changed().await, "signed out");
    let session = sign_in().await;
    store.set_password(maja.id, "$argon2id$…".to_owned(), session).await.unwrap();
    assert!(changed().await, "another password");
    store.delete_agent_sessions(maja.id).await.unwrap();
    assert!(changed().await, "signed out everywhere");
    store.set_agent_queues(maja.id, Vec::new()).await.unwrap();
    assert!(changed().await, "other queues");
    for change in [
        AgentChange { role: Some(Role::Supervisor), ..AgentChange::default() },
        AgentChange { disabled: Some(true), ..AgentChange::default() },
    ] {
        store.change_agent(maja.id, change).await.unwrap();
        assert!(changed().await, "{change:?}");
    }
    assert!(!changed().await);
}
