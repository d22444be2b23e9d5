-- Contracts: what holds whatever the period in contract, what was agreed for each
-- period in contract_period. Days are text, so that they compare as days.
CREATE TABLE contract (
  no {{key}},
  id          TEXT NOT NULL UNIQUE,
  name        TEXT NOT NULL,
  name_key    TEXT NOT NULL,
  vendor      TEXT NOT NULL,
  facts       TEXT NOT NULL, -- JSON of purser.ContractFacts
  terms       TEXT NOT NULL, -- JSON of purser.ContractTerms, of the newest period
  period      BIGINT NOT NULL,
  po_number   TEXT NOT NULL DEFAULT '',
  owner_id    TEXT NOT NULL DEFAULT '', -- usr_… or per_…
  owner_no    BIGINT NOT NULL DEFAULT 0, -- number of the person, 0 for none
  end_on      TEXT NOT NULL DEFAULT '',
  notice_on   TEXT NOT NULL DEFAULT '',
  due_on      TEXT NOT NULL, -- what the list is ordered by; 9999-12-31 for none
  decision    TEXT NOT NULL,
  version     BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  updated_by  TEXT NOT NULL
);
CREATE INDEX contract_by_due ON contract (due_on, no);
CREATE INDEX contract_by_name ON contract (name_key, no);
CREATE INDEX contract_by_end ON contract (end_on, no);

-- saas_no is the number of an application in saas_application.
CREATE TABLE contract_application (
  contract_no BIGINT NOT NULL,
  saas_no     BIGINT NOT NULL,
  PRIMARY KEY (contract_no, saas_no)
);
CREATE INDEX contract_application_saas ON contract_application (saas_no);

CREATE TABLE contract_period (
  contract_no BIGINT NOT NULL,
  period      BIGINT NOT NULL,
  terms       TEXT NOT NULL,
  made_at     BIGINT NOT NULL,
  made_by     TEXT NOT NULL,
  PRIMARY KEY (contract_no, period)
);

CREATE TABLE contract_decision (
  no {{key}},
  contract_no BIGINT NOT NULL,
  period      BIGINT NOT NULL,
  decision    TEXT NOT NULL,
  why         TEXT NOT NULL,
  made_at     BIGINT NOT NULL,
  made_by     TEXT NOT NULL,
  sheet       TEXT NOT NULL DEFAULT '' -- JSON: the renewal sheet as it was then
);
CREATE INDEX contract_decision_of ON contract_decision (contract_no, no);

-- What was changed, by whom. money is 1 where before and after tell a price.
CREATE TABLE contract_change (
  no {{key}},
  contract_no BIGINT NOT NULL,
  at          BIGINT NOT NULL,
  made_by     TEXT NOT NULL,
  field       TEXT NOT NULL,
  before      TEXT NOT NULL,
  after       TEXT NOT NULL,
  money       BIGINT NOT NULL
);
CREATE INDEX contract_change_of ON contract_change (contract_no, no);
