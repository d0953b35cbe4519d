-- Tokens and handles of sessions that ended: their browsers hear that, and not that nobody knows them. Kept for 90 days.
CREATE TABLE ended_token (
    token    BLOB PRIMARY KEY,              -- SHA-256
    why      TEXT NOT NULL,                 -- expired or revoked
    ended_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ended_token_ended_at ON ended_token (ended_at);

-- Further tokens of a session, beside the one it began with: each came with a handle.
CREATE TABLE session_token (
    token      BLOB PRIMARY KEY,            -- SHA-256
    session    BLOB NOT NULL,
    chain      BLOB NOT NULL,
    generation INTEGER NOT NULL,            -- of the handle that came with it
    made_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_token_session ON session_token (session, made_at);

-- Handles of one session on one site, each the successor of the one before. `generation` is the newest that was seen in use.
CREATE TABLE handle_chain (
    id         BLOB PRIMARY KEY,
    session    BLOB NOT NULL,
    origin     TEXT NOT NULL,
    generation INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX handle_chain_session ON handle_chain (session, changed_at);

CREATE TABLE handle (
    hash       BLOB PRIMARY KEY,            -- SHA-256
    chain      BLOB NOT NULL,
    generation INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX handle_chain_generation ON handle (chain, generation);
CREATE INDEX handle_expires_at ON handle (expires_at);

-- Whether a site's own storage may keep a handle for browsers that forget what the widget's frame keeps.
ALTER TABLE widget ADD COLUMN host_handle INTEGER NOT NULL DEFAULT 1;
