-- How applications are used, added up when rows have changed: lists would count
-- hundreds of thousands of rows for a page otherwise. direct is 1 for the
-- accounts of the application's own instances, 0 for those of identity providers
-- to which it is assigned.
CREATE TABLE application_count (
  application_id BIGINT NOT NULL,
  direct         BIGINT NOT NULL,
  accounts       BIGINT NOT NULL, -- live ones
  people         BIGINT NOT NULL, -- to whom they belong
  PRIMARY KEY (application_id, direct)
);

-- The same accounts by the day of their last use, so that every threshold can be
-- told from it and none of it grows old by itself.
CREATE TABLE application_day (
  application_id BIGINT NOT NULL,
  direct         BIGINT NOT NULL,
  class          TEXT NOT NULL, -- used, never, unknown, closed
  day            BIGINT NOT NULL, -- days since 1970 UTC; 0 unless used
  accounts       BIGINT NOT NULL,
  PRIMARY KEY (application_id, direct, class, day)
);

INSERT INTO derivation_due (instance_no, kind, since, mark) SELECT no, 'assignment', 0, 1 FROM instance WHERE no > 0
  ON CONFLICT (instance_no, kind) DO UPDATE SET since = 0, mark = derivation_due.mark + 1;
