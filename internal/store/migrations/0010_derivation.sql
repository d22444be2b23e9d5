-- What was written and not yet derived from: links of accounts to people, last
-- use, discovered applications. A row stands here from the transaction that ends
-- a reading until everything that follows from it is written, so that a crash
-- between two slices is made up for.
CREATE TABLE derivation_due (
  instance_no BIGINT NOT NULL,
  kind        TEXT NOT NULL,
  since       BIGINT NOT NULL, -- rows that were written since; 0 for all
  mark        BIGINT NOT NULL, -- counts the times that it was asked for
  PRIMARY KEY (instance_no, kind)
);

-- Matching works without it since.
DROP TABLE account_match;
