//! Storage: the promise (`Store`) and its backends.
