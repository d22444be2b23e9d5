-- Files with contracts that somebody looks at before they are taken over. They go
-- with the taking over, or after a day.
CREATE TABLE contract_import (
  id      TEXT PRIMARY KEY,
  name    TEXT NOT NULL,
  content {{blob}} NOT NULL,
  made_by TEXT NOT NULL,
  made_at BIGINT NOT NULL
);
