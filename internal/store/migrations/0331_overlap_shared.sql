-- How many people have two applications of one category, as it was added up last.
CREATE TABLE overlap_shared (
  a          BIGINT NOT NULL, -- numbers of applications, the smaller first
  b          BIGINT NOT NULL,
  people     BIGINT NOT NULL,
  using_both BIGINT NOT NULL,
  PRIMARY KEY (a, b)
);
CREATE INDEX overlap_shared_b ON overlap_shared (b);

-- With which others an application was looked at, and as of when. It holds until a day
-- or another threshold says something else.
CREATE TABLE overlap_decided (
  saas_no BIGINT PRIMARY KEY,
  alike   BIGINT NOT NULL, -- the smallest number among those that were looked at together
  since   BIGINT NOT NULL  -- the day on which its threshold begins
);
CREATE INDEX overlap_decided_alike ON overlap_decided (alike);

-- Findings are counted by this index alone.
DROP INDEX finding_by_kind;
CREATE INDEX finding_by_kind ON finding (state, kind, ended, currency, annual, no);
