//! Notes: what the team says among itself.

use super::draft::Draft;
use super::{Decision, Earlier, Moment, Outcome, Snapshot};
use crate::command::{Actor, Refusal, WriteNote};
use crate::event::{Body, Kind, note_in};
use crate::text::NoteText;

/// The known write, if it is the same note.
fn known(earlier: &Earlier, text: &NoteText) -> Result<Outcome, Refusal> {
    let same =
        earlier.kind == Kind::Note && note_in(&earlier.json).is_ok_and(|stored| stored == text.as_str());
    if same { Ok(Outcome::Known(earlier.clone())) } else { Err(Refusal::ClientIdReused) }
}

pub(super) fn write(snapshot: &Snapshot, note: &WriteNote, moment: &Moment<'_>) -> Result<Outcome, Refusal> {
    let author = note.as_agent.map_or_else(|| note.by.clone(), Actor::Agent);
    snapshot.seen_by(&note.by)?;
    if let Some(earlier) = snapshot.earlier_in(note.conversation, note.client_id) {
        return known(earlier, &note.text);
    }
    let conversation = snapshot.writable_by(&note.by)?;
    if let Some(named) = note.as_agent {
        // A program notes in the name of who could have noted there; an agent in no other name.
        let anothers = matches!(note.by, Actor::Agent(own) if own != named);
        if anothers || snapshot.writable_by(&author).is_err() {
            return Err(Refusal::InvalidAgent(named));
        }
    }
    // What was said about a closed conversation is often what the next one needs: notes go on.
    let mut draft = Draft::of(conversation, None, moment);
    draft.push(&snapshot.author(&author), Some(note.client_id), Body::Note(note.text.clone()));
    Ok(Outcome::Store(Box::new(Decision { writes: vec![draft.finish()], ..Decision::default() })))
}
