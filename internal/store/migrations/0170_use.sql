-- From when until when a list of dated use tells of its instance without a gap.
CREATE TABLE use_window (
  stream_no   BIGINT PRIMARY KEY,
  instance_no BIGINT NOT NULL,
  from_at     BIGINT NOT NULL,
  until_at    BIGINT NOT NULL
);
CREATE INDEX use_window_instance ON use_window (instance_no);

-- How far back the readings until now went was not noted: what is certain begins
-- with the first one.
INSERT INTO use_window (stream_no, instance_no, from_at, until_at)
  SELECT no, instance_no, first_complete_at, complete_at FROM stream WHERE kind = 'activity' AND complete_at > 0 AND first_complete_at > 0;

-- After how many days without use an account of the application is inactive.
ALTER TABLE saas_application ADD COLUMN use_days BIGINT NOT NULL DEFAULT 60;

-- The sums over an application, now by where they come from: source_no is the
-- instance, told says whether its list of users tells a last use, born whether
-- the account came to be within the window of dated use.
DROP TABLE application_day;
CREATE TABLE application_day (
  application_id BIGINT NOT NULL,
  direct         BIGINT NOT NULL,
  source_no      BIGINT NOT NULL,
  told           BIGINT NOT NULL,
  born           BIGINT NOT NULL,
  class          TEXT NOT NULL, -- used, never, unknown, closed
  day            BIGINT NOT NULL, -- days since 1970 UTC; 0 unless used
  accounts       BIGINT NOT NULL,
  PRIMARY KEY (application_id, direct, source_no, told, born, class, day)
);
INSERT INTO derivation_due (instance_no, kind, since, mark) SELECT no, 'account', 0, 1 FROM instance WHERE no > 0
  ON CONFLICT (instance_no, kind) DO UPDATE SET since = 0, mark = derivation_due.mark + 1;
INSERT INTO derivation_due (instance_no, kind, since, mark) SELECT no, 'assignment', 0, 1 FROM instance WHERE no > 0
  ON CONFLICT (instance_no, kind) DO UPDATE SET since = 0, mark = derivation_due.mark + 1;
