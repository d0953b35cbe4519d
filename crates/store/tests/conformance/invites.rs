//! Invites.

use beckon_core::agent::{Agent, Role};
use beckon_core::command::Refusal;
use beckon_core::text::{Email, Name};
use beckon_core::time::Clock;
use beckon_store::{AgentChange, INVITES_AT_ONCE, NewInvite, SecretHash, StoreError};

use crate::agents::new_agent;
use crate::house::{House, secret};

fn invite(house: &House, by: &Agent, email: &str, token: SecretHash) -> NewInvite {
    NewInvite {
        token,
        email: Email::new(email).unwrap(),
        role: Role::Supervisor,
        created_by: by.id,
        expires_at: house.clock.now().plus_seconds(60),
    }
}

fn name() -> Name {
    Name::new("Ivo").unwrap()
}

pub(crate) async fn an_invite_makes_one_agent(house: &House) {
    let store = &house.store;
    let maja = house.agent("maja", Role::Admin).await;
    let token = secret();
    let made = store.create_invite(invite(house, &maja, "ivo@example.com", token)).await.unwrap();
    assert_eq!((made.created_by_name.as_str(), made.role), ("maja", Role::Supervisor));
    assert_eq!(store.invite_by_token(token).await, Ok(Some(made.clone())));
    assert_eq!(store.invite_by_token(secret()).await, Ok(None));
    assert_eq!(store.invites().await, Ok(vec![made.clone()]));
    let ivo = store.create_agent_with_invite(token, name(), "phc".to_owned()).await.unwrap();
    assert_eq!((ivo.email.as_str(), ivo.role), ("ivo@example.com", Role::Supervisor));
    assert_eq!(ivo.queues.len(), 1, "joins the default queue like everybody");
    let again = store.create_agent_with_invite(token, name(), "phc".to_owned()).await;
    assert_eq!(again, Err(StoreError::NotFound));
    assert_eq!(store.invite_by_token(token).await, Ok(None));
    assert_eq!(store.delete_invite(made.id).await, Err(StoreError::NotFound));
}

pub(crate) async fn invites_end(house: &House) {
    let store = &house.store;
    let (maja, other) = (house.agent("maja", Role::Admin).await, house.agent("other", Role::Admin).await);
    let (first, second, third) = (secret(), secret(), secret());
    store.create_invite(invite(house, &maja, "ivo@example.com", first)).await.unwrap();
    store.create_invite(invite(house, &maja, "ivo@example.com", second)).await.unwrap();
    assert_eq!(store.invite_by_token(first).await, Ok(None), "the newest of an address is the one");
    store.create_invite(invite(house, &other, "ana@example.com", third)).await.unwrap();

    let demote = AgentChange { role: Some(Role::Agent), disabled: None };
    store.change_agent(other.id, demote).await.unwrap();
    assert_eq!(store.invite_by_token(third).await, Ok(None), "who may not invite has not invited");
    assert!(store.invite_by_token(second).await.unwrap().is_some());

    house.clock.skip_seconds(61);
    assert_eq!(store.invite_by_token(second).await, Ok(None));
    assert_eq!(store.invites().await, Ok(Vec::new()));
    let late = store.create_agent_with_invite(second, name(), "phc".to_owned()).await;
    assert_eq!(late, Err(StoreError::NotFound));
    assert_eq!(store.delete_expired().await, Ok(1));
}

pub(crate) async fn an_invite_needs_a_free_address(house: &House) {
    let store = &house.store;
    let maja = house.agent("maja", Role::Admin).await;
    let taken = store.create_invite(invite(house, &maja, "maja@example.com", secret())).await;
    assert!(matches!(taken, Err(StoreError::Exists(_))));
    let token = secret();
    store.create_invite(invite(house, &maja, "ivo@example.com", token)).await.unwrap();
    store.create_agent(new_agent("ivo@example.com")).await.unwrap();
    let clash = store.create_agent_with_invite(token, name(), "phc".to_owned()).await;
    assert!(matches!(clash, Err(StoreError::Exists(_))));
    for number in 1..INVITES_AT_ONCE {
        let email = format!("{number}@example.com");
        store.create_invite(invite(house, &maja, &email, secret())).await.unwrap();
    }
    let refused = store.create_invite(invite(house, &maja, "more@example.com", secret())).await;
    assert_eq!(refused, Err(Refusal::TooMany { what: "invites", limit: INVITES_AT_ONCE }.into()));
}
