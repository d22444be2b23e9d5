-- How an account is used by the threshold of its application, as it was decided last:
-- inactive, never or unknown. One that is active, closed or gone is not in it. The name
-- is that of the list, which is sorted by it.
CREATE TABLE account_class (
  account_id  BIGINT PRIMARY KEY,
  instance_no BIGINT NOT NULL,
  class       TEXT NOT NULL,
  name        TEXT NOT NULL
);
CREATE INDEX account_class_name ON account_class (class, name, account_id);

-- What the classes of an instance's accounts were decided with. They hold as long as
-- the same would be said now: since is the day on which the threshold begins, so that
-- a day or another threshold ends it.
CREATE TABLE class_decided (
  instance_no BIGINT PRIMARY KEY,
  since       BIGINT NOT NULL,
  from_at     BIGINT NOT NULL, -- of dated use; -1 if there is none
  listed      BIGINT NOT NULL, -- 1: the list of accounts was read lately
  dated       BIGINT NOT NULL  -- 1: dated use was
);
