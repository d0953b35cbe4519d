-- For how many hours after its newest message a conversation that is not on screen may be guessed; 0: never.
ALTER TABLE widget ADD COLUMN guess_hours INTEGER NOT NULL DEFAULT 24;

-- Whose context it is: an agent is told where the same visitor's newest context is.
ALTER TABLE context ADD COLUMN visitor BLOB;
UPDATE context SET visitor = (SELECT visitor FROM conversation WHERE id = context.conversation);
CREATE INDEX context_visitor ON context (visitor, updated_at) WHERE version > 0;
