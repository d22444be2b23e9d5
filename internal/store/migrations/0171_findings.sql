-- What somebody should look at, derived from the rows. instance, by its
-- identifier, and the vendor's own identifier name it, so that it is the same one
-- however often it is derived.
CREATE TABLE finding (
  no {{key}},
  kind          TEXT NOT NULL,
  source        TEXT NOT NULL, -- ins_…, '' for what stands beyond instances
  external_id   TEXT NOT NULL,
  instance_no   BIGINT NOT NULL,
  saas_no       BIGINT NOT NULL, -- number of the application, 0 for none
  account_id    BIGINT NOT NULL,
  person_id     BIGINT NOT NULL,
  plan_id       BIGINT NOT NULL,
  term_value    BIGINT, -- minor units for a billing period; NULL unknown
  annual        BIGINT, -- the same for a year
  currency      TEXT NOT NULL DEFAULT '',
  realizable_on TEXT NOT NULL DEFAULT '', -- the day from which it can be saved; '' unknown
  realizable_by TEXT NOT NULL DEFAULT '', -- what says so: plan, vendor, contract
  about         TEXT NOT NULL DEFAULT '', -- number or day that belongs to its sentence
  found_at      BIGINT NOT NULL,
  gone_at       BIGINT NOT NULL DEFAULT 0,
  ended         TEXT NOT NULL DEFAULT '', -- why it is gone: removed, changed
  state         TEXT NOT NULL, -- open, snoozed, accepted, done, verified
  until         TEXT NOT NULL DEFAULT '',
  decided_at    BIGINT NOT NULL DEFAULT 0,
  UNIQUE (kind, source, external_id)
);
CREATE INDEX finding_by_age ON finding (state, found_at, no);
CREATE INDEX finding_by_value ON finding (state, (COALESCE(annual, -1)), no);
CREATE INDEX finding_by_kind ON finding (state, kind, no);
CREATE INDEX finding_instance ON finding (instance_no);
CREATE INDEX finding_account ON finding (account_id);

-- What was decided about findings, by the vendors' own identifiers: it stays
-- when what it is about goes and comes again.
CREATE TABLE finding_decision (
  kind        TEXT NOT NULL,
  source      TEXT NOT NULL,
  external_id TEXT NOT NULL,
  state       TEXT NOT NULL, -- snoozed, accepted, done
  until       TEXT NOT NULL DEFAULT '',
  reason      TEXT NOT NULL DEFAULT '',
  decided_by  TEXT NOT NULL,
  decided_at  BIGINT NOT NULL,
  PRIMARY KEY (kind, source, external_id)
);

-- What is said by hand of a plan that a vendor tells, or of one of which none
-- tells anything. Prices are minor units for one seat, or for all where flat.
CREATE TABLE license_term (
  no {{key}},
  source      TEXT NOT NULL, -- ins_… of the vendor's plan, '' for one by hand
  external_id TEXT NOT NULL, -- the vendor's identifier of the plan, or one of our own
  saas_no     BIGINT NOT NULL,
  name        TEXT NOT NULL DEFAULT '', -- of a plan by hand
  model       TEXT NOT NULL, -- per_user, per_unit, flat
  family      TEXT NOT NULL DEFAULT '', -- plans of one family give the same; '' its own
  bought      BIGINT, -- NULL: as the vendor says
  included    BIGINT NOT NULL DEFAULT 0, -- paid for whatever is used
  minimum     BIGINT NOT NULL DEFAULT 0,
  free        BIGINT NOT NULL DEFAULT 0, -- seats that cost nothing
  price       BIGINT,
  currency    TEXT NOT NULL DEFAULT '',
  period      TEXT NOT NULL DEFAULT '', -- month, year; '' unknown
  ends_on     TEXT NOT NULL DEFAULT '',
  version     BIGINT NOT NULL DEFAULT 1,
  updated_at  BIGINT NOT NULL,
  UNIQUE (source, external_id)
);
CREATE INDEX license_term_saas ON license_term (saas_no);

-- Accounts of an application of which no seat is ever a finding: one account, a
-- kind of accounts, or a mail domain.
CREATE TABLE license_exclusion (
  no {{key}},
  saas_no BIGINT NOT NULL,
  what    TEXT NOT NULL, -- account, kind, domain
  value   TEXT NOT NULL, -- ins_…/vendor's identifier, robot, example.com
  reason  TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  UNIQUE (saas_no, what, value)
);
