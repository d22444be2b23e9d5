-- The second factor of a local account: a secret shared with an authenticator app.
CREATE TABLE totp (
  user_id      TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  sealed       {{blob}} NOT NULL,
  created_at   BIGINT NOT NULL,
  confirmed_at BIGINT NOT NULL, -- 0 while it is being set up
  last_step    BIGINT NOT NULL  -- the newest step whose code was used
);

-- One-time codes for who lost the app.
CREATE TABLE recovery_code (
  hash    TEXT PRIMARY KEY, -- sha256 over the user and the code
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX recovery_code_of_user ON recovery_code (user_id);

-- A sign-in whose password was right and whose code is due.
CREATE TABLE sign_in_step (
  hash       TEXT PRIMARY KEY, -- sha256 of what the browser holds
  user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  expires_at BIGINT NOT NULL
);
