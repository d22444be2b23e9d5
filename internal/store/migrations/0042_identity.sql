-- Who a user is at a provider of OpenID Connect: bound by issuer and subject.
CREATE TABLE identity (
  issuer       TEXT NOT NULL,
  subject      TEXT NOT NULL,
  user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  email        TEXT NOT NULL, -- as the provider last said, for people to recognize
  created_at   BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX identity_of_user ON identity (user_id);

-- One way of a browser to the provider and back.
CREATE TABLE oidc_flow (
  state      TEXT PRIMARY KEY, -- sha256 of the state parameter
  browser    TEXT NOT NULL,    -- sha256 of the browser's cookie
  session_id TEXT NOT NULL,    -- '' where nobody is signed in yet
  purpose    TEXT NOT NULL,
  sealed     {{blob}} NOT NULL, -- nonce, proof key, where it goes on
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
