-- What was asked of a vendor: one row a method, host and path. Paths stand as
-- templates, so there are as many rows as a connector knows requests.
CREATE TABLE vendor_call (
  instance_no BIGINT NOT NULL,
  host        TEXT NOT NULL,
  method      TEXT NOT NULL,
  path        TEXT NOT NULL,
  calls       BIGINT NOT NULL,
  errors      BIGINT NOT NULL,
  bytes       BIGINT NOT NULL,
  first_at    BIGINT NOT NULL,
  last_at     BIGINT NOT NULL,
  failed_at   BIGINT NOT NULL DEFAULT 0, -- the last one that failed
  failed_why  TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (instance_no, host, method, path)
);

-- The permissions that the vendor said it granted, when that was last read.
-- known: 0 where the vendor does not tell.
CREATE TABLE instance_grant (
  instance_no BIGINT PRIMARY KEY,
  known       BIGINT NOT NULL,
  scopes      TEXT NOT NULL, -- JSON array
  read_at     BIGINT NOT NULL
);
