-- How the live seats of each plan are used, as it was decided with the classes of use: a
-- list of plans would judge the seats of all of them otherwise. A plan without a row is
-- judged as it is asked for.
CREATE TABLE plan_use (
  instance_no BIGINT NOT NULL,
  plan        TEXT NOT NULL, -- the vendor's identifier
  active      BIGINT NOT NULL,
  inactive    BIGINT NOT NULL,
  never       BIGINT NOT NULL,
  unknown     BIGINT NOT NULL,
  closed      BIGINT NOT NULL, -- of accounts that let nobody in
  PRIMARY KEY (instance_no, plan)
);
INSERT INTO derivation_due (instance_no, kind, since, mark) SELECT DISTINCT instance_no, 'seat', 0, 1 FROM stream WHERE kind = 'seat'
  ON CONFLICT (instance_no, kind) DO UPDATE SET since = 0, mark = derivation_due.mark + 1;
