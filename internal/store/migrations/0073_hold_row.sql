-- Mass changes that a person decides row by row. An undecided or rejected row
-- keeps its old value until the vendor sends another one; an approved one is
-- merged by the next reading, and forgotten then.
CREATE TABLE hold_row (
  stream_no BIGINT NOT NULL,
  field     TEXT NOT NULL,
  row_id    BIGINT NOT NULL,
  name      TEXT NOT NULL,
  before    TEXT, -- NULL: unknown
  after     TEXT,
  decision  TEXT NOT NULL DEFAULT '', -- approved, rejected
  PRIMARY KEY (stream_no, field, row_id)
);
