//! A client's rule for events: apply at the last position + 1; drop what is lower; hold what is higher and ask.

use std::collections::BTreeMap;

/// What one client has of one conversation.
#[derive(Debug, Default)]
pub struct View {
    /// The epoch of the position.
    pub epoch: String,
    /// The last position that was applied.
    pub position: i64,
    /// Events above a hole, by position.
    held: BTreeMap<i64, String>,
    /// An answer to a `sync` is on its way.
    asking: bool,
}

/// What to do after an event.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Apply these, in order.
    Apply(Vec<(i64, String)>),
    /// Nothing: it is known already, or held until an answer that is on its way.
    Nothing,
    /// It is held; ask for what is missing.
    Ask,
}

impl View {
    /// An empty view in an epoch.
    pub fn new(epoch: &str) -> Self {
        Self { epoch: epoch.to_owned(), ..Self::default() }
    }

    /// An event arrived.
    pub fn event(&mut self, position: i64, event: String) -> Step {
        if position <= self.position {
            return Step::Nothing;
        }
        if position > self.position + 1 {
            self.held.insert(position, event);
            return if self.ask() { Step::Ask } else { Step::Nothing };
        }
        let mut applied = vec![(position, event)];
        self.position = position;
        while let Some(next) = self.held.remove(&(self.position + 1)) {
            self.position += 1;
            applied.push((self.position, next));
        }
        self.held.retain(|position, _| *position > self.position);
        Step::Apply(applied)
    }

    /// Notes that the client asks now; false: it has asked already.
    pub fn ask(&mut self) -> bool {
        !std::mem::replace(&mut self.asking, true)
    }

    /// Whether an answer to a `sync` is on its way.
    pub fn is_asking(&self) -> bool {
        self.asking
    }

    /// A `state` of mode `reset`: what there was goes, the event at `first` is next.
    pub fn reset(&mut self, epoch: &str, first: i64) {
        epoch.clone_into(&mut self.epoch);
        self.position = first - 1;
        self.held.retain(|position, _| *position >= first);
    }

    /// A `live`: whether the client must ask once more, because what it holds still does not fit.
    pub fn live(&mut self) -> bool {
        self.asking = false;
        !self.held.is_empty() && self.ask()
    }

    /// The connection is gone, and with it any answer that was on its way.
    pub fn lost(&mut self) {
        self.asking = false;
        self.held.clear();
    }

    /// Whether everything up to this head is here.
    pub fn has(&self, head: i64) -> bool {
        self.position >= head && self.held.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(view: &mut View, position: i64) -> Step {
        view.event(position, format!("event {position}"))
    }

    fn applied(step: Step) -> Vec<i64> {
        match step {
            Step::Apply(events) => events.into_iter().map(|(position, _)| position).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_hole_is_asked_for_once_and_what_is_above_it_waits() {
        let mut view = View::new("e");
        assert_eq!(applied(step(&mut view, 1)), [1]);
        assert_eq!(step(&mut view, 3), Step::Ask);
        assert_eq!(step(&mut view, 4), Step::Nothing, "asked already");
        assert_eq!(step(&mut view, 1), Step::Nothing, "known");
        assert_eq!(applied(step(&mut view, 2)), [2, 3, 4]);
        assert!(!view.live() && view.has(4));
    }

    #[test]
    fn a_reset_starts_over_and_keeps_what_is_above_it() {
        let mut view = View::new("e");
        assert_eq!(step(&mut view, 60), Step::Ask);
        view.reset("f", 10);
        assert_eq!((view.position, view.epoch.as_str()), (9, "f"));
        assert!(view.live(), "60 still does not fit");
        for position in 10..59 {
            assert_eq!(applied(step(&mut view, position)), [position]);
        }
        assert_eq!(applied(step(&mut view, 59)), [59, 60]);
    }
}
