-- Calendars of notice deadlines that a program subscribes to. Its address is a
-- secret of which only the hash is kept.
CREATE TABLE contract_feed (
  id         TEXT PRIMARY KEY,
  hash       TEXT NOT NULL UNIQUE, -- sha256, hex
  name       TEXT NOT NULL,
  user_id    TEXT NOT NULL,
  made_by    TEXT NOT NULL,
  prices     BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at    BIGINT NOT NULL DEFAULT 0
);
