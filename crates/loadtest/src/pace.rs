//! How to wait for what does not say when it comes.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::{Failure, Outcome};

/// Between two looks: it leaves the machine to what is waited for.
pub const PACE: Duration = Duration::from_millis(10);

/// Looks until there is something, for at most so long, which is a guard against hanging and no measure.
pub async fn until<Found>(
    what: &str,
    most: Duration,
    mut look: impl FnMut() -> Outcome<Option<Found>>,
) -> Outcome<Found> {
    let begun = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if begun.elapsed() > most {
            return Err(Failure::new(format!("after {most:?} it is not so that {what}")));
        }
        sleep(PACE).await;
    }
}
