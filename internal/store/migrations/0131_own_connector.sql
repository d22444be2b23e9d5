-- Connectors of the operator's own folder as an admin has trusted them: the
-- manifest, to show what changed since.
CREATE TABLE own_connector (
  name       TEXT PRIMARY KEY,
  digest     TEXT NOT NULL,
  manifest   TEXT NOT NULL,
  trusted_by TEXT NOT NULL,
  trusted_at BIGINT NOT NULL
);
