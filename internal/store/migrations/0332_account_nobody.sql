-- Live accounts that are nobody's, by the name of the list.
CREATE TABLE account_nobody (
  account_id  BIGINT PRIMARY KEY,
  instance_no BIGINT NOT NULL,
  name        TEXT NOT NULL
);
CREATE INDEX account_nobody_name ON account_nobody (name, account_id);

-- How many live accounts an instance has. Everything is decided once more.
ALTER TABLE class_decided ADD COLUMN accounts BIGINT NOT NULL DEFAULT 0;
DELETE FROM class_decided;
