-- Checklists of people who leave. They name people and accounts by the sources' own
-- identifiers and as they were called, so that what was done stays told when the
-- rows are gone.
CREATE TABLE leaver_list (
  no {{key}},
  id            TEXT NOT NULL UNIQUE,
  person_source TEXT NOT NULL, -- ins_… whose roster lists the person
  person_key    TEXT NOT NULL, -- as that roster calls them
  name          TEXT NOT NULL,
  started_at    BIGINT NOT NULL,
  started_by    TEXT NOT NULL,
  closed_at     BIGINT NOT NULL DEFAULT 0 -- when later data showed everything closed; 0: not yet
);
CREATE INDEX leaver_list_person ON leaver_list (person_source, person_key);

CREATE TABLE leaver_item (
  no {{key}},
  list_no       BIGINT NOT NULL REFERENCES leaver_list (no) ON DELETE CASCADE,
  source        TEXT NOT NULL, -- ins_… that has the account
  external_id   TEXT NOT NULL, -- as the vendor calls it
  source_name   TEXT NOT NULL,
  label         TEXT NOT NULL,
  assignee      TEXT NOT NULL DEFAULT '', -- usr_…
  done_at       BIGINT NOT NULL DEFAULT 0,
  done_by       TEXT NOT NULL DEFAULT '',
  note          TEXT NOT NULL DEFAULT '',
  verified_at   BIGINT NOT NULL DEFAULT 0, -- the reading that showed it closed
  verified_how  TEXT NOT NULL DEFAULT '',  -- gone, suspended, deactivated
  UNIQUE (list_no, source, external_id)
);
