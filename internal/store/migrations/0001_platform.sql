-- Who may use Purser, and what was done with it. Moments are microseconds since
-- 1970 UTC, 0 for none; identifiers are ULIDs with a prefix; hashes are hex.
CREATE TABLE users (
  id              TEXT PRIMARY KEY,
  email           TEXT NOT NULL UNIQUE,
  name            TEXT NOT NULL,
  role            TEXT NOT NULL,
  password        TEXT NOT NULL, -- argon2id in its own notation, '' before the first one
  created_at      BIGINT NOT NULL,
  updated_at      BIGINT NOT NULL,
  last_sign_in_at BIGINT NOT NULL
);

CREATE TABLE session (
  hash         TEXT PRIMARY KEY, -- sha256 of the cookie
  id           TEXT NOT NULL UNIQUE,
  user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  origin       TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL
);
CREATE INDEX session_of_user ON session (user_id);

-- One-time links: the first admin, the way back in, invitations, a sign-in.
CREATE TABLE invitation (
  hash       TEXT PRIMARY KEY, -- sha256 of the link's token
  id         TEXT NOT NULL UNIQUE,
  purpose    TEXT NOT NULL,
  email      TEXT NOT NULL, -- '' where the one who opens the link says it
  role       TEXT NOT NULL,
  invited_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE TABLE token (
  id           TEXT PRIMARY KEY,
  hash         TEXT NOT NULL UNIQUE, -- sha256 of the secret
  user_id      TEXT REFERENCES users (id) ON DELETE CASCADE, -- NULL: made on the host
  maker        TEXT NOT NULL,
  name         TEXT NOT NULL,
  scopes       TEXT NOT NULL, -- JSON array of operations
  created_at   BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL
);
CREATE INDEX token_of_user ON token (user_id);

CREATE TABLE setting (
  name       TEXT PRIMARY KEY,
  value      TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE audit (
  seq         BIGINT PRIMARY KEY,
  at          BIGINT NOT NULL,
  actor_kind  TEXT NOT NULL,
  actor_id    TEXT NOT NULL,
  actor_name  TEXT NOT NULL,
  origin      TEXT NOT NULL,
  operation   TEXT NOT NULL,
  object      TEXT NOT NULL,
  object_name TEXT NOT NULL,
  before      TEXT NOT NULL, -- JSON, '' if there was nothing
  after       TEXT NOT NULL,
  hash        TEXT NOT NULL UNIQUE -- sha256 over the hash before and this row
);
CREATE INDEX audit_object ON audit (object, seq);
CREATE INDEX audit_actor ON audit (actor_id, seq);

-- The end of the chain: entries cut off at the end are missed here.
CREATE TABLE audit_head (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  seq  BIGINT NOT NULL,
  hash TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');

-- What was written stays as it was written.
-- sqlite: CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
-- sqlite: BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- sqlite: CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
-- sqlite: BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- postgres: CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS
-- postgres: $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
-- postgres: CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit
-- postgres:   FOR EACH ROW EXECUTE FUNCTION audit_append_only();
-- postgres: CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
-- postgres:   FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
