//! Notes.

use beckon_core::agent::{Agent, Role};
use beckon_core::command::{Actor, Command, Refusal, WriteNote};
use beckon_core::conversation::Status;
use beckon_core::event::AuthorKind;
use beckon_core::id::{ConversationId, EventId};
use beckon_core::text::NoteText;
use beckon_store::{EventRange, OrderDirection, Side, StoreError};
use uuid::Uuid;

use crate::house::{House, client, refused};

fn by(agent: &Agent, conversation: ConversationId, words: &str) -> WriteNote {
    WriteNote {
        by: Actor::Agent(agent.id),
        as_agent: None,
        conversation,
        client_id: client(),
        text: NoteText::new(words).unwrap(),
    }
}

pub(crate) async fn a_note_is_the_teams_alone(house: &House) {
    let guest = house.guest(house.multi).await;
    let maja = house.agent("maja", Role::Agent).await;
    let id = house.start(guest, "hello").await.id;
    let before = house.store.conversation(id, Side::Ours).await.unwrap();
    let note = by(&maja, id, "asked twice");
    let first = house.store.apply(Command::Note(note.clone())).await.unwrap();
    let after = first.conversations[0].conversation.clone();
    assert_eq!(after.head, before.head + 1);
    // Whatever else is the same: no unread message, no preview, no owner, nothing that the visitor counts.
    let same = beckon_core::conversation::Conversation {
        head: before.head,
        updated_at: before.updated_at,
        ..after.clone()
    };
    assert_eq!(same, before);
    let stored = first.conversations[0].note().unwrap();
    assert_eq!((stored.visitor_seq, stored.author_kind), (None, AuthorKind::Agent));
    let seen = house.store.events(id, Side::Visitor(guest.visitor), EventRange::After(0), 10).await.unwrap();
    assert_eq!(seen.events.len(), 1);

    let again = house.store.apply(Command::Note(note.clone())).await.unwrap();
    assert!(again.duplicate);
    assert_eq!(again.conversations[0].note(), Some(stored));
    assert_eq!(house.journal(id).await.len(), 2);
    let other = WriteNote { text: NoteText::new("something else").unwrap(), ..note.clone() };
    assert_eq!(refused(house.store.apply(Command::Note(other)).await), Refusal::ClientIdReused);

    let timo = house.agent("timo", Role::Agent).await;
    house.take(&timo, id).await.unwrap();
    assert_eq!(refused(house.store.apply(Command::Note(by(&maja, id, "x"))).await), Refusal::Forbidden);
    assert!(house.store.apply(Command::Note(note)).await.unwrap().duplicate, "known is known");
    house.set_status(&timo, id, Status::Closed).await;
    let closed = house.store.conversation(id, Side::Ours).await.unwrap();
    house.store.apply(Command::Note(by(&timo, id, "called back"))).await.unwrap();
    let noted = house.store.conversation(id, Side::Ours).await.unwrap();
    assert_eq!((noted.status, noted.closed_at), (Status::Closed, closed.closed_at), "it stays closed");
    assert_eq!((noted.head, noted.visitor_head), (closed.head + 1, closed.visitor_head));
    assert_eq!(refused(house.store.apply(Command::Note(by(&maja, id, "x"))).await), Refusal::Forbidden);
    assert_eq!(house.store.notes(id, OrderDirection::Ascending, 0, 10).await.unwrap().total, 2);
}

pub(crate) async fn notes_are_listed_with_exact_totals(house: &House) {
    let maja = house.agent("maja", Role::Agent).await;
    let id = house.start(house.guest(house.multi).await, "hello").await.id;
    let other = house.start(house.guest(house.multi).await, "hello").await.id;
    let mut written = Vec::new();
    for n in 0..5 {
        house.agent_says(&maja, id, "between").await;
        let applied = house.store.apply(Command::Note(by(&maja, id, &n.to_string()))).await.unwrap();
        written.push(applied.conversations[0].note().unwrap().clone());
    }
    house.store.apply(Command::Note(by(&maja, other, "elsewhere"))).await.unwrap();
    let page = house.store.notes(id, OrderDirection::Ascending, 1, 2).await.unwrap();
    assert_eq!((page.notes.as_slice(), page.total), (&written[2..4], 5));
    let newest = house.store.notes(id, OrderDirection::Descending, 0, 1).await.unwrap();
    assert_eq!(newest.notes, [written[4].clone()]);
    assert_eq!(house.store.note(id, written[1].id).await.unwrap(), written[1]);
    assert_eq!(house.store.note(other, written[1].id).await, Err(StoreError::NotFound));
    let message = house.journal(id).await[0].id;
    assert_eq!(house.store.note(id, message).await, Err(StoreError::NotFound), "no message is a note");
    assert_eq!(house.store.note(id, EventId(Uuid::new_v4())).await, Err(StoreError::NotFound));
}

pub(crate) async fn a_program_notes_in_whose_name_it_may(house: &House) {
    let maja = house.agent("maja", Role::Agent).await;
    let timo = house.agent("timo", Role::Agent).await;
    let id = house.start(house.guest(house.multi).await, "hello").await.id;
    house.take(&maja, id).await.unwrap();
    let key = house.key().await;
    let as_agent = |agent: Option<&Agent>| WriteNote {
        by: key.clone(),
        as_agent: agent.map(|agent| agent.id),
        ..by(&maja, id, "from a program")
    };
    let own = house.store.apply(Command::Note(as_agent(None))).await.unwrap();
    assert_eq!(own.conversations[0].note().unwrap().author_kind, AuthorKind::Api);
    let hers = house.store.apply(Command::Note(as_agent(Some(&maja)))).await.unwrap();
    assert_eq!(hers.conversations[0].note().unwrap().author_id, Some(maja.id.0));
    let foreign = house.store.apply(Command::Note(as_agent(Some(&timo)))).await;
    assert_eq!(refused(foreign), Refusal::InvalidAgent(timo.id));
    let borrowed = WriteNote { as_agent: Some(timo.id), ..by(&maja, id, "x") };
    assert_eq!(refused(house.store.apply(Command::Note(borrowed)).await), Refusal::InvalidAgent(timo.id));
}
