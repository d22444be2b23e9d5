-- What people decided about accounts and people that were deleted: it binds again,
-- by the vendors' own identifiers, when they are read again.
CREATE TABLE kept_decision (
  no {{key}},
  what TEXT NOT NULL,              -- not: whose an account is not; kind: what it is; verdict: two rows of rosters
  one_connector TEXT NOT NULL,     -- the account, or the first row
  one_tenant TEXT NOT NULL,
  one_instance TEXT NOT NULL,
  one_external TEXT NOT NULL,
  other_connector TEXT NOT NULL,   -- the person, or the second row; '' for nobody
  other_tenant TEXT NOT NULL,
  other_instance TEXT NOT NULL,
  other_external TEXT NOT NULL,
  value TEXT NOT NULL,             -- the kind; same or apart
  how TEXT NOT NULL,
  decided_at BIGINT NOT NULL,
  UNIQUE (what, one_connector, one_tenant, one_instance, one_external, other_connector, other_tenant, other_instance, other_external)
);
