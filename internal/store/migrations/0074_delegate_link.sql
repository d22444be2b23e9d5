-- Links with which a vendor's administrator completes one connection. Hashes are
-- sha256 in hex: of the link's token, and of the cookie of the one browser that took it.
CREATE TABLE delegate_link (
  id          TEXT PRIMARY KEY,
  hash        TEXT NOT NULL UNIQUE,
  instance_id TEXT NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
  made_by     TEXT NOT NULL,
  note        TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL,
  browser     TEXT NOT NULL DEFAULT '',
  bound_at    BIGINT NOT NULL DEFAULT 0,
  origin      TEXT NOT NULL DEFAULT '',
  done_at     BIGINT NOT NULL DEFAULT 0,
  revoked_at  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX delegate_link_instance ON delegate_link (instance_id);
CREATE INDEX delegate_link_browser ON delegate_link (browser);
