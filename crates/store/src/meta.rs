//! The promise about the database itself.

use async_trait::async_trait;
use beckon_core::id::Epoch;
use beckon_core::queue::Queue;
use beckon_core::widget::Widget;

use crate::StoreError;

/// What a new database begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstStart {
    /// "Website", multi-thread, and "Website, single thread".
    pub widgets: Vec<Widget>,
    /// "General".
    pub queue: Queue,
}

/// The database itself.
#[async_trait]
pub trait Meta: Send + Sync {
    /// Names this life of the database; random, made once.
    fn epoch(&self) -> Epoch;

    /// Makes what a new database begins with, once; `None` if it was there already.
    async fn first_start(&self) -> Result<Option<FirstStart>, StoreError>;

    /// Deletes what has ended and can be of no use: visitors' sessions and handles, agents' sign-ins, set-up tokens, invites,
    /// after 30 days what is kept to recognise a repeated context write, and after 90 days how a session ended. How many rows
    /// went. Cheap when there
    /// is nothing to do, and in small transactions when there is: meant for once an hour.
    async fn delete_expired(&self) -> Result<usize, StoreError>;

    /// Can the store write now? For readiness.
    async fn check_writable(&self) -> Result<(), StoreError>;
}
