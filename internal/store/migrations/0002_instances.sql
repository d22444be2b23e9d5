-- Applications that the organization uses or pays for. Discovered ones come from
-- identity providers by application_source.
CREATE TABLE saas_application (
  id {{key}},
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  connector TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL,
  owner_id TEXT NOT NULL DEFAULT '',
  first_seen_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX saas_application_status ON saas_application (status, name_key);

-- One tenant of an application. Its rows stand under no, a small number.
CREATE TABLE instance (
  no {{key}},
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  connector TEXT NOT NULL,
  application_id BIGINT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  health TEXT NOT NULL DEFAULT 'unknown',
  health_since BIGINT NOT NULL DEFAULT 0,
  health_why TEXT NOT NULL DEFAULT '',
  auth TEXT NOT NULL DEFAULT '',
  settings TEXT NOT NULL DEFAULT '{}',
  owner_id TEXT NOT NULL DEFAULT '',
  tenant_id TEXT NOT NULL DEFAULT '',
  tenant_name TEXT NOT NULL DEFAULT '',
  account TEXT NOT NULL DEFAULT '',
  confirmed BOOLEAN NOT NULL DEFAULT FALSE,
  set_up_later BOOLEAN NOT NULL DEFAULT FALSE,
  tested TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX instance_application ON instance (application_id);

CREATE TABLE instance_task (
  instance_id TEXT NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
  task TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  every_us BIGINT NOT NULL,
  next_run_at BIGINT NOT NULL DEFAULT 0,
  first_at BIGINT NOT NULL DEFAULT 0,
  data_as_of BIGINT NOT NULL DEFAULT 0,
  not_offered TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (instance_id, task)
);
CREATE INDEX instance_task_due ON instance_task (next_run_at);

-- sealed: JSON object of field to base64 of its ciphertext. Beside the credential
-- in use an instance may have one that was granted anew and is not confirmed yet.
CREATE TABLE credential (
  id TEXT PRIMARY KEY,
  instance_id TEXT NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
  connector TEXT NOT NULL,
  auth TEXT NOT NULL,
  hosts TEXT NOT NULL,
  generation BIGINT NOT NULL,
  sealed TEXT NOT NULL,
  entered_at BIGINT NOT NULL DEFAULT 0,
  expires_at BIGINT NOT NULL DEFAULT 0,
  used_at BIGINT NOT NULL DEFAULT 0,
  lease_holder TEXT NOT NULL DEFAULT '',
  lease_until BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX credential_instance ON credential (instance_id);

-- Ways through a vendor's consent page that are under way, ten minutes each.
CREATE TABLE authorize_flow (
  state TEXT PRIMARY KEY,
  session TEXT NOT NULL,
  user_id TEXT NOT NULL,
  instance_id TEXT NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
  connector TEXT NOT NULL,
  auth TEXT NOT NULL,
  hosts TEXT NOT NULL,
  scopes TEXT NOT NULL,
  redirect TEXT NOT NULL,
  sealed TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX authorize_flow_end ON authorize_flow (expires_at);

-- An application as one instance of an identity provider names it.
CREATE TABLE application_source (
  application_id BIGINT NOT NULL REFERENCES saas_application (id) ON DELETE CASCADE,
  instance_no BIGINT NOT NULL,
  external_id TEXT NOT NULL,
  PRIMARY KEY (instance_no, external_id)
);
CREATE INDEX application_source_of ON application_source (application_id);

-- Whose account it is, with the reason. Rows by hand win and stay.
CREATE TABLE account_person (
  account_id BIGINT PRIMARY KEY,
  instance_no BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  how TEXT NOT NULL,
  manual BOOLEAN NOT NULL DEFAULT FALSE,
  linked_at BIGINT NOT NULL
);
CREATE INDEX account_person_person ON account_person (person_id);
CREATE INDEX account_person_instance ON account_person (instance_no);

-- Last use as dated activity says it, beside what the account's own list says.
CREATE TABLE account_use (
  account_id BIGINT PRIMARY KEY,
  instance_no BIGINT NOT NULL,
  used_at BIGINT NOT NULL
);
CREATE INDEX account_use_instance ON account_use (instance_no);
