//! Quick replies.

use beckon_core::agent::{Agent, Role};
use beckon_core::command::Refusal;
use beckon_core::id::QuickReplyId;
use beckon_core::quick_reply::{MOST_QUICK_REPLIES, QuickReply, QuickReplyDetails, Shortcut};
use beckon_store::StoreError;

use crate::house::{House, text};

fn details(shortcut: &str, shared: bool) -> QuickReplyDetails {
    QuickReplyDetails {
        shortcut: Shortcut::new(shortcut).unwrap(),
        text: text(&format!("the text of {shortcut}")),
        shared,
    }
}

async fn write(
    house: &House,
    agent: &Agent,
    id: Option<QuickReplyId>,
    details: QuickReplyDetails,
) -> Result<QuickReply, StoreError> {
    house.store.write_quick_reply(agent.id, id, details).await
}

async fn shortcuts(house: &House, agent: &Agent) -> Vec<String> {
    let replies = house.store.quick_replies(agent.id).await.unwrap();
    replies.iter().map(|reply| reply.details.shortcut.to_string()).collect()
}

pub(crate) async fn quick_replies_are_ones_own_or_shared(house: &House) {
    let maja = house.agent("maja", Role::Agent).await;
    let timo = house.agent("timo", Role::Agent).await;
    let boss = house.agent("boss", Role::Supervisor).await;
    let hers = write(house, &maja, None, details("Zoll", false)).await.unwrap();
    assert_eq!((hers.maker, &hers.details), (maja.id, &details("Zoll", false)));
    let shared = write(house, &boss, None, details("hi", true)).await.unwrap();
    assert_eq!(house.store.quick_replies(maja.id).await.unwrap(), [shared.clone(), hers.clone()]);
    assert_eq!(shortcuts(house, &timo).await, ["hi"]);
    assert_eq!(shortcuts(house, &boss).await, ["hi"]);

    // One shortcut in any case of its letters, in each of the two places.
    let taken = Err(StoreError::Exists("shortcut"));
    assert_eq!(write(house, &maja, None, details("zOLL", false)).await, taken);
    assert_eq!(write(house, &boss, None, details("HI", true)).await, taken);
    assert!(write(house, &timo, None, details("zoll", false)).await.is_ok());
    let own = write(house, &maja, None, details("HI", false)).await.unwrap();
    assert_eq!(write(house, &maja, Some(own.id), details("zoll", false)).await, taken);
    let renamed = write(house, &maja, Some(own.id), details("Hi", false)).await.unwrap();
    assert_eq!((renamed.id, renamed.details.shortcut.as_str()), (own.id, "Hi"), "its own is free to it");
    assert!(renamed.updated_at > own.updated_at);
}

pub(crate) async fn quick_replies_belong_to_whoever_may_write_them(house: &House) {
    let maja = house.agent("maja", Role::Agent).await;
    let timo = house.agent("timo", Role::Agent).await;
    let boss = house.agent("boss", Role::Supervisor).await;
    let forbidden = Err(StoreError::Refused(Refusal::SharedReply));
    assert_eq!(write(house, &maja, None, details("hi", true)).await, forbidden);
    let shared = write(house, &boss, None, details("hi", true)).await.unwrap();
    assert_eq!(write(house, &maja, Some(shared.id), details("hi", false)).await, forbidden);
    assert_eq!(house.store.delete_quick_reply(maja.id, shared.id).await.map(drop), forbidden.map(drop));
    let hers = write(house, &maja, None, details("mine", false)).await.unwrap();
    for other in [&timo, &boss] {
        assert_eq!(write(house, other, Some(hers.id), details("x", false)).await, Err(StoreError::NotFound));
        assert_eq!(house.store.delete_quick_reply(other.id, hers.id).await, Err(StoreError::NotFound));
    }
    let unknown = Some(QuickReplyId(boss.id.0));
    assert_eq!(write(house, &boss, unknown, details("x", false)).await, Err(StoreError::NotFound));
    assert_eq!(house.store.quick_replies(maja.id).await.unwrap(), [shared.clone(), hers.clone()]);

    let taken = write(house, &boss, Some(shared.id), details("hi", false)).await.unwrap();
    assert_eq!((taken.maker, shortcuts(house, &maja).await), (boss.id, vec!["mine".to_owned()]));
    house.store.delete_quick_reply(boss.id, shared.id).await.unwrap();
    assert_eq!(house.store.delete_quick_reply(boss.id, shared.id).await, Err(StoreError::NotFound));
    assert!(shortcuts(house, &boss).await.is_empty());
}

pub(crate) async fn there_are_only_so_many_quick_replies(house: &House) {
    let boss = house.agent("boss", Role::Supervisor).await;
    let full = Refusal::TooMany { what: "quick replies", limit: MOST_QUICK_REPLIES };
    for shared in [true, false] {
        let mut last = None;
        for number in 0..MOST_QUICK_REPLIES {
            last = Some(write(house, &boss, None, details(&format!("r{number}"), shared)).await.unwrap().id);
        }
        let more = write(house, &boss, None, details("more", shared)).await;
        assert_eq!(more, Err(StoreError::Refused(full.clone())), "shared: {shared}");
        assert!(
            write(house, &boss, last, details("renamed", shared)).await.is_ok(),
            "what is there may change"
        );
    }
    // The last of the own ones cannot become one more of the shared.
    let own = house.store.quick_replies(boss.id).await.unwrap();
    assert_eq!(own.len(), 2 * MOST_QUICK_REPLIES);
    let own = own.iter().find(|reply| !reply.details.shared && reply.details.shortcut.as_str() == "renamed");
    let moved = write(house, &boss, Some(own.unwrap().id), details("more", true)).await;
    assert_eq!(moved, Err(StoreError::Refused(full)));
}
