-- How an application of an identity provider was recognized, and what was seen
-- of it: by whom it can be reached, and who signed in through the provider in
-- the thirty days before it was last added up. NULL: the provider does not say.
ALTER TABLE application_source ADD COLUMN library TEXT NOT NULL DEFAULT '';
ALTER TABLE application_source ADD COLUMN connector TEXT NOT NULL DEFAULT '';
ALTER TABLE application_source ADD COLUMN how TEXT NOT NULL DEFAULT '';
ALTER TABLE application_source ADD COLUMN confidence BIGINT NOT NULL DEFAULT 0;
ALTER TABLE application_source ADD COLUMN manual BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE application_source ADD COLUMN assigned BIGINT;
ALTER TABLE application_source ADD COLUMN signed_in BIGINT;
ALTER TABLE application_source ADD COLUMN sign_ins BIGINT;

-- What a person said an application of a tenant is. It outlives the instance.
CREATE TABLE kept_match (
  connector   TEXT NOT NULL,
  tenant      TEXT NOT NULL, -- the vendor's identity of it, or the instance's where it has none
  external_id TEXT NOT NULL,
  application TEXT NOT NULL, -- its name
  library     TEXT NOT NULL DEFAULT '',
  how         TEXT NOT NULL,
  PRIMARY KEY (connector, tenant, external_id)
);

CREATE INDEX assignment_application ON "assignment" (instance_no, application);

ALTER TABLE saas_application ADD COLUMN note TEXT NOT NULL DEFAULT '';

-- What people decided about an application, and what it was fed by.
CREATE TABLE application_step (
  no {{key}},
  application_id BIGINT NOT NULL REFERENCES saas_application (id) ON DELETE CASCADE,
  at     BIGINT NOT NULL,
  actor  TEXT NOT NULL,
  what   TEXT NOT NULL, -- status, owner, note, match, feed
  before TEXT NOT NULL DEFAULT '',
  after  TEXT NOT NULL DEFAULT '',
  note   TEXT NOT NULL DEFAULT ''
);
CREATE INDEX application_step_of ON application_step (application_id, no);

-- An account of an identity provider through which somebody uses a managed
-- application. Nothing of the account is kept twice: it stands in "account".
CREATE TABLE sso_account (
  id {{key}},
  application_id BIGINT NOT NULL REFERENCES saas_application (id) ON DELETE CASCADE,
  instance_no    BIGINT NOT NULL,
  account        TEXT NOT NULL,   -- as the provider calls it
  way            BIGINT NOT NULL, -- 0 seen signing in, 1 consent, 2 assigned somehow, 3 by a group, 4 directly
  user_name      TEXT NOT NULL DEFAULT '',
  first_seen_at  BIGINT NOT NULL,
  used_at        BIGINT,          -- NULL unknown, 0 never
  told           BIGINT NOT NULL DEFAULT 0, -- 1 if a list of the provider tells it
  born           BIGINT,          -- when it was given
  gone_at        BIGINT NOT NULL DEFAULT 0,
  UNIQUE (application_id, instance_no, account)
);
CREATE INDEX sso_account_of ON sso_account (instance_no, account);

-- How an application goes over from an identity provider to its own instance.
-- Which of the two counts follows from this and from the first complete roster:
-- nothing else is switched, so that nothing is half switched.
CREATE TABLE application_feed (
  application_id BIGINT PRIMARY KEY REFERENCES saas_application (id) ON DELETE CASCADE,
  chosen         TEXT NOT NULL DEFAULT '',    -- sso, direct: by a person
  parallel_days  BIGINT NOT NULL DEFAULT 0,   -- after the first complete roster
  version        BIGINT NOT NULL DEFAULT 1
);

INSERT INTO derivation_due (instance_no, kind, since, mark) SELECT no, 'application', 0, 1 FROM instance WHERE no > 0
  ON CONFLICT (instance_no, kind) DO UPDATE SET since = 0, mark = derivation_due.mark + 1;
INSERT INTO derivation_due (instance_no, kind, since, mark) SELECT no, 'assignment', 0, 1 FROM instance WHERE no > 0
  ON CONFLICT (instance_no, kind) DO UPDATE SET since = 0, mark = derivation_due.mark + 1;
