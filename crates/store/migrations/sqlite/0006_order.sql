-- Places in lists are in the order of everything stored, which never falls when the clock does (see sqlite/order.rs).
-- sort_at is such a place already. 0: a row from before; its times are its place.
ALTER TABLE conversation ADD COLUMN visitor_sort_at INTEGER NOT NULL DEFAULT 0;
