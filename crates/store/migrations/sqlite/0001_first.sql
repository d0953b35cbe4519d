-- Ids are 16-byte blobs: half the size of text in every index. Times are microseconds since 1970.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE widget (
    id              BLOB PRIMARY KEY,
    name            TEXT NOT NULL,
    multi_thread    INTEGER NOT NULL,
    allowed_origins TEXT NOT NULL,          -- JSON array of texts; empty: any
    protected_keys  TEXT NOT NULL,          -- JSON array of texts
    pins            TEXT NOT NULL,          -- JSON array of texts
    themes          TEXT NOT NULL,          -- JSON object: its own looks by name
    welcome         TEXT,
    team_name       TEXT,
    language        TEXT,
    title_unread    INTEGER NOT NULL,
    sound           INTEGER NOT NULL,
    created_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE queue (
    id         BLOB PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE agent (
    id         BLOB PRIMARY KEY,
    name       TEXT NOT NULL,
    email      TEXT NOT NULL UNIQUE,
    role       TEXT NOT NULL,
    password   TEXT NOT NULL,               -- PHC string
    disabled   INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE agent_queue (
    agent BLOB NOT NULL,
    queue BLOB NOT NULL,
    PRIMARY KEY (agent, queue)
) STRICT, WITHOUT ROWID;

CREATE TABLE agent_session (
    id         BLOB PRIMARY KEY,
    agent      BLOB NOT NULL,
    token      BLOB NOT NULL UNIQUE,        -- SHA-256
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX agent_session_expires_at ON agent_session (expires_at);
CREATE INDEX agent_session_agent ON agent_session (agent, id);

-- One-time links by which people become agents; using one deletes it.
CREATE TABLE invite (
    id         BLOB PRIMARY KEY,
    token      BLOB NOT NULL UNIQUE,        -- SHA-256
    email      TEXT NOT NULL UNIQUE,
    role       TEXT NOT NULL,
    created_by BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX invite_expires_at ON invite (expires_at);
CREATE INDEX invite_created_by ON invite (created_by);

-- At most one set-up link works; using it deletes it.
CREATE TABLE setup_token (
    token      BLOB PRIMARY KEY,            -- SHA-256
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_key (
    id           BLOB PRIMARY KEY,
    name         TEXT NOT NULL,
    scope        TEXT NOT NULL,
    secret       BLOB NOT NULL UNIQUE,      -- SHA-256
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,                   -- to the minute
    revoked_at   INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX api_key_working ON api_key (id) WHERE revoked_at IS NULL;
CREATE INDEX api_key_revoked ON api_key (id) WHERE revoked_at IS NOT NULL;

CREATE TABLE person (
    id         BLOB PRIMARY KEY,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE visitor (
    id         BLOB PRIMARY KEY,
    person     BLOB NOT NULL,
    widget     BLOB NOT NULL,
    name       TEXT,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    id         BLOB PRIMARY KEY,
    visitor    BLOB NOT NULL,
    token      BLOB NOT NULL UNIQUE,        -- SHA-256
    expires_at INTEGER NOT NULL,
    standing   TEXT                         -- what ALL_PLUS_NEW left standing
) STRICT, WITHOUT ROWID;
CREATE INDEX session_visitor ON session (visitor, id);
CREATE INDEX session_expires_at ON session (expires_at);

CREATE TABLE conversation (
    id                      BLOB NOT NULL UNIQUE,
    widget                  BLOB NOT NULL,
    visitor                 BLOB NOT NULL,
    thread                  BLOB NOT NULL,
    status                  TEXT NOT NULL,
    open                    INTEGER NOT NULL,   -- 1 unless closed
    agent                   BLOB,
    queue                   BLOB,
    priority                TEXT NOT NULL,
    topic                   TEXT,
    summary                 TEXT,
    head                    INTEGER NOT NULL,
    visitor_head            INTEGER NOT NULL,
    context_version         INTEGER NOT NULL,
    facts                   TEXT NOT NULL,
    agent_delivered         INTEGER NOT NULL,
    agent_delivered_visitor INTEGER NOT NULL,
    agent_read              INTEGER NOT NULL,
    agent_read_visitor      INTEGER NOT NULL,
    visitor_delivered       INTEGER NOT NULL,
    visitor_delivered_visitor INTEGER NOT NULL,
    visitor_read            INTEGER NOT NULL,
    visitor_read_visitor    INTEGER NOT NULL,
    messages_from_visitor   INTEGER NOT NULL,
    messages_to_visitor     INTEGER NOT NULL,
    unread_by_agents        INTEGER NOT NULL,
    unread_by_visitor       INTEGER NOT NULL,
    preview_author_kind     TEXT,
    preview_author          BLOB,
    preview_author_name     TEXT,
    preview_text            TEXT,
    preview_at              INTEGER,
    waiting_since           INTEGER,
    last_visitor_message_at INTEGER,
    sort_at                 INTEGER NOT NULL,   -- the visitor's newest message, else the start
    page_url                TEXT,
    page_title              TEXT,
    created_at              INTEGER NOT NULL,
    updated_at              INTEGER NOT NULL,
    closed_at               INTEGER
) STRICT;
-- One index for each list.
CREATE UNIQUE INDEX conversation_thread ON conversation (visitor, thread);
CREATE INDEX conversation_visitor ON conversation (visitor, id);
CREATE INDEX conversation_visitor_open ON conversation (visitor, id) WHERE open = 1;
CREATE INDEX conversation_inbox ON conversation (status, sort_at, id);
-- A conversation is in as few of these as can be: each message of a visitor moves it in all of them. `agent` stands at the
-- end so that the index alone tells of the condition, too.
CREATE INDEX conversation_inbox_agent ON conversation (agent, status, sort_at, id) WHERE agent IS NOT NULL;
CREATE INDEX conversation_inbox_queue ON conversation (queue, status, sort_at, id, agent) WHERE agent IS NOT NULL;
CREATE INDEX conversation_inbox_unassigned ON conversation (queue, status, sort_at, id, agent) WHERE agent IS NULL;
CREATE INDEX conversation_status ON conversation (status, id);
CREATE INDEX conversation_created ON conversation (status, created_at, id);
CREATE INDEX conversation_updated ON conversation (status, updated_at, id);
CREATE INDEX conversation_closed ON conversation (status, closed_at, id);
CREATE INDEX conversation_priority ON conversation (priority, status, id);

-- `owner` is whose shortcuts it is among: its maker's, or an empty blob for the shared ones.
CREATE TABLE quick_reply (
    id         BLOB PRIMARY KEY,
    owner      BLOB NOT NULL,
    folded     TEXT NOT NULL,               -- the shortcut in lower case
    shortcut   TEXT NOT NULL,
    text       TEXT NOT NULL,
    maker      BLOB NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX quick_reply_shortcut ON quick_reply (owner, folded);

-- How many conversations there are of each agent, queue, status and priority; an empty blob stands for none.
CREATE TABLE tally (
    agent         BLOB NOT NULL,
    queue         BLOB NOT NULL,
    status        TEXT NOT NULL,
    priority      TEXT NOT NULL,
    conversations INTEGER NOT NULL,
    PRIMARY KEY (agent, queue, status, priority)
) STRICT, WITHOUT ROWID;

-- A message's body lives here and nowhere else.
CREATE TABLE event (
    conversation BLOB NOT NULL,
    seq          INTEGER NOT NULL,
    visitor_seq  INTEGER,
    id           BLOB NOT NULL,
    kind         TEXT NOT NULL,
    at           INTEGER NOT NULL,
    author_kind  TEXT NOT NULL,
    author       BLOB,
    client_id    BLOB,
    context_version INTEGER,                -- of context events: the version they led to
    json         TEXT NOT NULL,
    PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX event_visitor_seq ON event (conversation, visitor_seq) WHERE visitor_seq IS NOT NULL;
CREATE INDEX event_note ON event (conversation, id) WHERE kind = 'note';
CREATE UNIQUE INDEX event_client_id ON event (author, client_id, conversation) WHERE client_id IS NOT NULL;

CREATE UNIQUE INDEX event_context_version ON event (conversation, context_version)
    WHERE context_version IS NOT NULL;

CREATE TABLE context (
    conversation BLOB PRIMARY KEY,
    text         TEXT NOT NULL,             -- compact JSON, the site's own order and digits
    version      INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    origins      TEXT NOT NULL              -- JSON: who set each key last, and which are locked
) STRICT;

-- The whole context after every so many versions: an earlier one is folded from the nearest.
CREATE TABLE context_checkpoint (
    conversation BLOB NOT NULL,
    seq          INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    text         TEXT NOT NULL,
    PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;

-- Up to which event an agent knows a conversation's context.
CREATE TABLE baseline (
    agent        BLOB NOT NULL,
    conversation BLOB NOT NULL,
    seq          INTEGER NOT NULL,
    PRIMARY KEY (agent, conversation)
) STRICT, WITHOUT ROWID;

-- What came of a context write, for when it is sent again.
CREATE TABLE receipt (
    author    BLOB NOT NULL,
    client_id BLOB NOT NULL,
    digest    BLOB NOT NULL,
    written   TEXT NOT NULL,                -- JSON: [[conversation, version, [ignored key, …]], …]
    at        INTEGER NOT NULL,
    PRIMARY KEY (author, client_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipt_at ON receipt (at);
