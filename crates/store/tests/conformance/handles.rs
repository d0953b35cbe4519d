//! Handles: the way back to a session that the widget's frame has forgotten.

use beckon_core::id::SessionId;
use beckon_core::visitor::{HANDLE_GRACE_SECONDS, SESSION_SECONDS, SessionEnd};
use beckon_store::{FURTHER_TOKENS, HANDLE_SITES, NewSession, Redeemed, Redemption, SecretHash};

use crate::house::{House, secret};

const SITE: &str = "https://shop.example";

/// A session with a handle on the site.
async fn session_with_handle(house: &House) -> (SecretHash, SessionId, SecretHash) {
    let (token, handle) = (secret(), secret());
    let session = house.store.create_session(NewSession { widget: house.multi, token }).await.unwrap();
    house.store.grant_handle(session.id, SITE.to_owned(), handle).await.unwrap().unwrap();
    (token, session.id, handle)
}

fn by(house: &House, handle: SecretHash) -> Redemption {
    Redemption { widget: house.multi, origin: SITE.to_owned(), handle, successor: secret(), token: secret() }
}

/// Redeems a handle that must work; its successor and the further token.
async fn redeem(house: &House, handle: SecretHash) -> (SecretHash, SecretHash) {
    let redemption = by(house, handle);
    match house.store.redeem_handle(redemption.clone()).await.unwrap() {
        Redeemed::Session(..) => (redemption.successor, redemption.token),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn a_handle_leads_back_and_is_new_at_each_use(house: &House) {
    let store = &house.store;
    let (token, session, mut handle) = session_with_handle(house).await;
    for _ in 0..FURTHER_TOKENS + 2 {
        let (successor, further) = redeem(house, handle).await;
        assert_ne!(successor, handle);
        assert_eq!(store.session_by_token(further).await.unwrap().unwrap().id, session);
        house.clock.skip_seconds(3_600);
        handle = successor;
    }
    assert_eq!(store.session_by_token(token).await.unwrap().unwrap().id, session, "the first token stays");
    let unknown = by(house, secret());
    assert_eq!(store.redeem_handle(unknown).await, Ok(Redeemed::Unknown));
}

pub(crate) async fn a_handle_belongs_to_one_widget_and_one_site(house: &House) {
    let store = &house.store;
    let (_, session, handle) = session_with_handle(house).await;
    let elsewhere = Redemption { origin: "https://other.example".to_owned(), ..by(house, handle) };
    let of_another = Redemption { widget: house.single, ..by(house, handle) };
    for foreign in [elsewhere, of_another] {
        assert_eq!(store.redeem_handle(foreign).await, Ok(Redeemed::Unknown));
    }
    // Each site has one of its own, and a new one takes the place of the one before.
    let (second, third) = (secret(), secret());
    store.grant_handle(session, "https://www.shop.example".to_owned(), second).await.unwrap().unwrap();
    store.grant_handle(session, SITE.to_owned(), third).await.unwrap().unwrap();
    assert_eq!(store.redeem_handle(by(house, handle)).await, Ok(Redeemed::Unknown));
    redeem(house, third).await;
    let other = Redemption { origin: "https://www.shop.example".to_owned(), ..by(house, second) };
    assert!(matches!(store.redeem_handle(other).await, Ok(Redeemed::Session(..))));
    for site in 0..HANDLE_SITES {
        store.grant_handle(session, format!("https://{site}.example"), secret()).await.unwrap().unwrap();
    }
    assert_eq!(store.redeem_handle(by(house, third)).await, Ok(Redeemed::Unknown), "the longest unused goes");
}

pub(crate) async fn the_handle_before_works_for_other_tabs_and_an_older_one_ends_the_session(house: &House) {
    let store = &house.store;
    let (token, session, first) = session_with_handle(house).await;
    let (second, further) = redeem(house, first).await;
    // The answer was not seen yet: the page may have been left before it came.
    house.clock.skip_seconds(3_600);
    let (sibling, _) = redeem(house, first).await;
    assert!(store.session_by_token(further).await.unwrap().is_some());
    // Now it has been seen, and the first is the one before.
    house.clock.skip_seconds(HANDLE_GRACE_SECONDS - 1);
    let (late, _) = redeem(house, first).await;
    assert!(second != sibling && sibling != late);
    // Any of its successors works, whichever tab wrote last.
    let (next, _) = redeem(house, late).await;
    house.clock.skip_seconds(3_600);
    let (_, seen) = redeem(house, next).await;
    assert!(store.session_by_token(seen).await.unwrap().is_some());
    house.clock.skip_seconds(HANDLE_GRACE_SECONDS + 1);
    let reused = store.redeem_handle(by(house, first)).await.unwrap();
    assert!(matches!(reused, Redeemed::Reused(ended) if ended.id == session));
    assert_eq!(store.session_by_token(token).await, Ok(None), "it may have been stolen");
    for ended in [token, further, seen] {
        assert_eq!(store.session_end(ended).await, Ok(Some(SessionEnd::Revoked)));
    }
    assert_eq!(
        store.redeem_handle(by(house, next)).await,
        Ok(Redeemed::Ended(SessionEnd::Revoked)),
        "its handles with it"
    );
}

pub(crate) async fn a_handle_ends_with_its_session(house: &House) {
    let store = &house.store;
    let (token, session, handle) = session_with_handle(house).await;
    store.revoke_session(token).await.unwrap().unwrap();
    assert_eq!(store.redeem_handle(by(house, handle)).await, Ok(Redeemed::Ended(SessionEnd::Revoked)));
    assert_eq!(store.grant_handle(session, SITE.to_owned(), secret()).await, Ok(None));

    let (token, _, handle) = session_with_handle(house).await;
    house.clock.skip_seconds(SESSION_SECONDS / 2);
    assert!(store.session_by_token(token).await.unwrap().is_some());
    house.clock.skip_seconds(SESSION_SECONDS - 10);
    let (successor, _) = redeem(house, handle).await;
    house.clock.skip_seconds(SESSION_SECONDS + 1);
    assert_eq!(store.redeem_handle(by(house, successor)).await, Ok(Redeemed::Ended(SessionEnd::Expired)));
    store.delete_expired().await.unwrap();
    assert_eq!(store.redeem_handle(by(house, successor)).await, Ok(Redeemed::Ended(SessionEnd::Expired)));
}
