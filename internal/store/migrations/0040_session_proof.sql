-- A session knows its browser, how it began, and when it last proved itself.
ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN way TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN proven_at BIGINT NOT NULL DEFAULT 0;
UPDATE session SET proven_at = created_at;

-- Failed sign-ins in a window, so that a restart forgives none of them. The key
-- is the sha256 of who and whence: what is typed as an address may be a password.
CREATE TABLE sign_in_try (
  key    TEXT PRIMARY KEY,
  since  BIGINT NOT NULL,
  failed BIGINT NOT NULL
);
CREATE INDEX sign_in_try_since ON sign_in_try (since);

-- What was typed into a form before the session had to prove itself again.
CREATE TABLE kept_form (
  hash       TEXT PRIMARY KEY, -- sha256 of its name in the address
  session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  sealed     {{blob}} NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX kept_form_of_session ON kept_form (session_id);
