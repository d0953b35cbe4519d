//! What can go wrong.

use beckon_core::command::Refusal;
use thiserror::Error;

/// Why a store operation gave no result.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// A rule said no; nothing was stored, and the same will be refused again.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What the operation is about does not exist, or is not the asker's.
    #[error("not found")]
    NotFound,
    /// Something of that name exists already.
    #[error("{0} exists already")]
    Exists(&'static str),
    /// The disk or the database cannot write now; nothing was stored, and it may work later.
    #[error("storage is unavailable: {0}")]
    Unavailable(String),
    /// A read took longer than one may and was cut short; the same may work later, and less is sooner read.
    #[error("reading took too long")]
    TookTooLong,
    /// The transaction was lost at its end: stored or not, nobody knows. Send the same again.
    #[error("the outcome is unknown, retry the same")]
    Unknown,
    /// What is stored cannot be understood; a defect, or a damaged file.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
}
