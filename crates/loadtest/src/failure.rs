//! Why something stopped: one sentence.

use std::fmt::{self, Display, Formatter};

/// What went wrong.
#[derive(Debug)]
pub struct Failure(String);

/// A value, or why there is none.
pub type Outcome<T> = Result<T, Failure>;

impl Failure {
    /// From a sentence.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// `Failure` is no `Error` itself, so every error can become one with `?`.
impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        Self(text)
    }
}
