-- A deletion of an instance, or of all that was read of its users. It goes on
-- after a restart where it stood, and stays as a record when it is over.
CREATE TABLE deletion (
  no {{key}},
  id            TEXT NOT NULL UNIQUE,
  scope         TEXT NOT NULL, -- users, instance
  instance_no   BIGINT NOT NULL,
  instance_id   TEXT NOT NULL,
  instance_name TEXT NOT NULL,
  connector     TEXT NOT NULL,
  status_before TEXT NOT NULL, -- where an instance goes back to that stays
  reason_before TEXT NOT NULL,
  actor         TEXT NOT NULL, -- JSON: who asked, for the audit log
  plan          TEXT NOT NULL, -- JSON: what was to go and to stay, counted at the beginning
  gone          TEXT NOT NULL DEFAULT '{}', -- JSON: table to rows that went
  step          BIGINT NOT NULL DEFAULT 0, -- how far it is in the list of tables
  phase         TEXT NOT NULL DEFAULT '',
  revocation    TEXT NOT NULL DEFAULT '', -- '' while it was not tried
  begun_at      BIGINT NOT NULL,
  ended_at      BIGINT NOT NULL DEFAULT 0
);
-- An instance is deleted once at a time.
CREATE UNIQUE INDEX deletion_open ON deletion (instance_no) WHERE ended_at = 0;
CREATE INDEX deletion_instance ON deletion (instance_id, no);

-- An instance that was deleted while lines of spend stay that came through it:
-- they keep its number, which it gets back when the same tenant is connected again.
CREATE TABLE former_instance (
  instance_no    BIGINT PRIMARY KEY,
  instance_id    TEXT NOT NULL UNIQUE,
  name           TEXT NOT NULL,
  connector      TEXT NOT NULL,
  tenant_id      TEXT NOT NULL,
  application_id BIGINT NOT NULL,
  deleted_at     BIGINT NOT NULL
);
CREATE INDEX former_instance_tenant ON former_instance (connector, tenant_id);

-- Links by hand whose account or person was deleted: they bind again, by the
-- vendors' own identifiers, when both are read again.
CREATE TABLE kept_link (
  no {{key}},
  account_connector TEXT NOT NULL,
  account_tenant    TEXT NOT NULL,
  account_instance  TEXT NOT NULL, -- ins_…: counts where the tenant is not known
  account_external  TEXT NOT NULL,
  person_connector  TEXT NOT NULL,
  person_tenant     TEXT NOT NULL,
  person_instance   TEXT NOT NULL,
  person_external   TEXT NOT NULL,
  how               TEXT NOT NULL,
  linked_at         BIGINT NOT NULL,
  UNIQUE (account_connector, account_tenant, account_instance, account_external)
);

-- What is known of people's addresses goes with the people, a slice at a time.
CREATE INDEX person_address_person ON person_address (person_id);
CREATE INDEX person_alias_person ON person_alias (person_id);
