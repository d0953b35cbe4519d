-- Requests that came with an Idempotency-Key, and what came of each. Nothing of what they said is kept here.
CREATE TABLE request (
    name         BLOB PRIMARY KEY,          -- SHA-256 of caller, endpoint, conversation and key, 16 bytes
    digest       BLOB NOT NULL,             -- SHA-256 of what was asked, 16 bytes
    conversation BLOB NOT NULL,
    seq          INTEGER                    -- the event that came of it; null: the conversation's start
) STRICT, WITHOUT ROWID;
