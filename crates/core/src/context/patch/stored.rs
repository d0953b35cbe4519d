//! A write as JSON text: kept in the session, and what of it tells a repetition.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Op, Patch, Step, WriteMode};
use crate::context::sent::Shared;
use crate::context::{ContextError, PageAddress, Sent, When};
use crate::time::Timestamp;

impl Patch {
    /// Its body as JSON text, without when and where it was called: a repetition is older and still the same.
    pub fn body_text(&self) -> String {
        let ops: Vec<StoredBody<'_>> =
            self.steps.iter().map(|step| StoredBody::of(&step.key, &step.op)).collect();
        serde_json::to_string(&(self.mode, ops)).expect("texts are always JSON")
    }

    /// Keeps the write as JSON text for the store; read back by [`Patch::from_stored`]. It must have been
    /// [`dated`](Patch::dated): an age means nothing later.
    pub fn to_stored(&self) -> String {
        let mut shared = Shared::default();
        let last = shared.place(&self.last);
        let ops: Vec<(StoredBody<'_>, usize)> = self
            .steps
            .iter()
            .map(|step| (StoredBody::of(&step.key, &step.op), shared.place(&step.sent)))
            .collect();
        let ops: Vec<_> =
            ops.into_iter().map(|(StoredBody(key, op, value), sent)| (key, op, value, sent)).collect();
        let moment = |when: When| match when {
            When::At(moment) => Some(moment.0),
            When::Ago(_) | When::Unknown => None,
        };
        let calls: Vec<(Option<i64>, Option<&PageAddress>)> =
            shared.all().iter().map(|sent| (moment(sent.when), sent.page.as_ref())).collect();
        serde_json::to_string(&(self.mode, ops, calls, last, moment(self.replaced)))
            .expect("texts are always JSON")
    }

    /// Reads what [`Patch::to_stored`] wrote, and what it wrote before calls had an age.
    pub fn from_stored(text: &str) -> Result<Self, ContextError> {
        let broken = |told: String| ContextError::NotAnObject(told);
        let stored: StoredPatch = serde_json::from_str(text).map_err(|error| broken(error.to_string()))?;
        let StoredPatch(mode, ops, calls, last, replaced) = stored;
        let when = |moment: Option<i64>| moment.map_or(When::Unknown, |moment| When::At(Timestamp(moment)));
        let mut calls: Vec<Arc<Sent>> = calls
            .into_iter()
            .map(|(moment, page)| {
                let page = page.as_deref().and_then(PageAddress::cut);
                Arc::new(Sent { when: when(moment), page })
            })
            .collect();
        if calls.is_empty() {
            calls.push(Arc::new(Sent { when: When::Unknown, page: None }));
        }
        let call = |place: usize| {
            calls.get(place).map(Arc::clone).ok_or_else(|| broken("a call is missing".to_owned()))
        };
        let steps = ops.into_iter().map(|StoredOp(key, op, value, sent)| {
            let op = match (op.as_str(), value) {
                ("set", Some(value)) => Op::Set(value),
                ("remove", None) => Op::Remove,
                ("reset", Some(value)) => Op::Reset(value),
                _ => return Err(broken(format!("unknown step {op}"))),
            };
            Ok(Step { key, op, sent: call(sent)? })
        });
        Ok(Self {
            mode,
            steps: steps.collect::<Result<_, _>>()?,
            last: call(last)?,
            replaced: when(replaced),
        })
    }
}

#[derive(Serialize)]
struct StoredBody<'a>(&'a str, &'static str, Option<&'a String>);

impl<'a> StoredBody<'a> {
    fn of(key: &'a str, op: &'a Op) -> Self {
        match op {
            Op::Set(value) => Self(key, "set", Some(value)),
            Op::Remove => Self(key, "remove", None),
            Op::Reset(value) => Self(key, "reset", Some(value)),
        }
    }
}

/// Mode, steps, calls (moment, page), the place of the last call, when it replaced.
#[derive(Deserialize)]
struct StoredPatch(
    WriteMode,
    Vec<StoredOp>,
    #[serde(default)] Vec<(Option<i64>, Option<String>)>,
    #[serde(default)] usize,
    #[serde(default)] Option<i64>,
);

/// Key, step, value, the place of its call.
#[derive(Deserialize)]
struct StoredOp(String, String, Option<String>, #[serde(default)] usize);
