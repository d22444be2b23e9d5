-- Answers to creating requests, for those that are sent again with the same
-- Idempotency-Key. name is a digest of who asked, what and with which key; until
-- done is 1 the first request is still being answered.
CREATE TABLE replay (
  name TEXT PRIMARY KEY,
  body TEXT NOT NULL,
  at BIGINT NOT NULL,
  done BIGINT NOT NULL DEFAULT 0,
  status BIGINT NOT NULL DEFAULT 0,
  kind TEXT NOT NULL DEFAULT '',
  answer {{blob}}
);
CREATE INDEX replay_at ON replay (at);
