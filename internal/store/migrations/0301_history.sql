-- How things stood at the end of each day, so that pages can show how they went: sums,
-- which are neither rows of anybody nor ever worked out again. Days count from 1970 UTC.
CREATE TABLE use_history (
  day            BIGINT NOT NULL,
  application_id BIGINT NOT NULL,
  active         BIGINT NOT NULL,
  inactive       BIGINT NOT NULL,
  never          BIGINT NOT NULL,
  unknown        BIGINT NOT NULL,
  PRIMARY KEY (day, application_id)
);

CREATE TABLE finding_history (
  day      BIGINT NOT NULL,
  kind     TEXT NOT NULL,
  currency TEXT NOT NULL, -- '' of those without a value
  open     BIGINT NOT NULL,
  annual   BIGINT NOT NULL, -- minor units
  PRIMARY KEY (day, kind, currency)
);
