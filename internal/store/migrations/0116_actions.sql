-- Actions: changes at a vendor, planned, approved where asked, carried out and
-- read back. What state a target is in stands here before and after each request.
CREATE TABLE action (
  no {{key}},
  id          TEXT NOT NULL UNIQUE,
  instance_no BIGINT NOT NULL,
  connector   TEXT NOT NULL,
  name        TEXT NOT NULL, -- as the manifest calls it
  digest      TEXT NOT NULL, -- of the manifest when it was planned
  given       TEXT NOT NULL, -- JSON: what the person chose
  state       TEXT NOT NULL, -- planned, approved, running, done, canceled
  approval    BIGINT NOT NULL, -- 1: a second person has to approve
  planned_by  TEXT NOT NULL, -- JSON: an actor, as are approved_by and started_by
  planned_at  BIGINT NOT NULL,
  approved_by TEXT NOT NULL DEFAULT '',
  approved_at BIGINT NOT NULL DEFAULT 0,
  started_by  TEXT NOT NULL DEFAULT '',
  started_at  BIGINT NOT NULL DEFAULT 0,
  ended_at    BIGINT NOT NULL DEFAULT 0,
  undo_of     TEXT NOT NULL DEFAULT '',
  wait_until  BIGINT NOT NULL DEFAULT 0,
  wait_reason TEXT NOT NULL DEFAULT '',
  holder      TEXT NOT NULL DEFAULT '', -- the process that works on it
  touched_at  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX action_state ON action (state);
CREATE INDEX action_instance ON action (instance_no, no);

-- One target of an action.
CREATE TABLE action_item (
  no {{key}},
  action_no   BIGINT NOT NULL,
  instance_no BIGINT NOT NULL,
  account_id  BIGINT NOT NULL, -- 0: none
  account     TEXT NOT NULL,   -- the vendor's identifier
  record      TEXT NOT NULL,   -- the vendor's identifier of what is changed
  label       TEXT NOT NULL,
  requests    TEXT NOT NULL,   -- JSON: exactly what is sent, but for the credential
  state       TEXT NOT NULL,
  why         TEXT NOT NULL DEFAULT '',
  hint        TEXT NOT NULL DEFAULT '',
  class       TEXT NOT NULL DEFAULT '',
  step        BIGINT NOT NULL DEFAULT 0, -- requests that were answered well
  sending     BIGINT NOT NULL DEFAULT 0, -- 1: the next request may have left
  tries       BIGINT NOT NULL DEFAULT 0,
  sent_at     BIGINT NOT NULL DEFAULT 0,
  ended_at    BIGINT NOT NULL DEFAULT 0,
  log         TEXT NOT NULL DEFAULT '[]' -- JSON: lines as in the log of a run
);
CREATE INDEX action_item_action ON action_item (action_no, state);
CREATE INDEX action_item_record ON action_item (instance_no, record);
CREATE INDEX action_item_account ON action_item (account_id);
CREATE INDEX action_item_state ON action_item (state);

-- The switches of an instance over its connector's actions. No row: off.
CREATE TABLE instance_switch (
  instance_no BIGINT NOT NULL,
  name        TEXT NOT NULL, -- reclamation, provisioning
  enabled     BIGINT NOT NULL,
  approval    TEXT NOT NULL DEFAULT '', -- '' as the organization says
  changed_by  TEXT NOT NULL,
  changed_at  BIGINT NOT NULL,
  PRIMARY KEY (instance_no, name)
);

-- What no action ever touches. Accounts and people stand by the vendors' own
-- identifiers, so that they are known again after an instance was deleted.
CREATE TABLE protected (
  no {{key}},
  kind        TEXT NOT NULL, -- account, person, pattern
  value       TEXT NOT NULL, -- the pattern, or how it is known
  connector   TEXT NOT NULL DEFAULT '',
  tenant_id   TEXT NOT NULL DEFAULT '',
  instance_id TEXT NOT NULL DEFAULT '',
  external_id TEXT NOT NULL DEFAULT '',
  email       TEXT NOT NULL DEFAULT '', -- lower case
  note        TEXT NOT NULL DEFAULT '',
  added_by    TEXT NOT NULL,
  added_at    BIGINT NOT NULL
);
