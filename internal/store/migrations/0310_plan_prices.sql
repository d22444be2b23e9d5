-- What the contracts that are in force say of plans, by the application and the name
-- of the plan. It follows from contracts, and is made anew with what follows from them.
CREATE TABLE contract_plan (
  saas_no     BIGINT NOT NULL,
  name_key    TEXT NOT NULL, -- as the vendor writes it
  contract_id TEXT NOT NULL,
  model       TEXT NOT NULL, -- per_user, per_unit, flat
  price       BIGINT,        -- minor units, for a period; NULL unknown
  currency    TEXT NOT NULL DEFAULT '',
  period      TEXT NOT NULL DEFAULT '', -- month, year
  bought      BIGINT,
  PRIMARY KEY (saas_no, name_key)
);

-- Plans that are contained in another plan of the same instance, by the vendor's identifiers.
CREATE TABLE license_part (
  source TEXT NOT NULL, -- instance
  bundle TEXT NOT NULL,
  part   TEXT NOT NULL,
  PRIMARY KEY (source, bundle, part)
);
CREATE INDEX license_part_of ON license_part (source, part);
