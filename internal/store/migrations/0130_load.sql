-- Records that were handed over to an instance: files and pages of programs. Their
-- content stands in parts: of a file the next piece of its bytes, of pages one page.
CREATE TABLE load (
  no            {{key}},
  id            TEXT NOT NULL UNIQUE,
  instance_no   BIGINT NOT NULL,
  kind          TEXT NOT NULL,
  mode          TEXT NOT NULL,
  form          TEXT NOT NULL,
  name          TEXT NOT NULL DEFAULT '',
  origin        TEXT NOT NULL,
  mapping       TEXT NOT NULL DEFAULT '',
  digest        TEXT NOT NULL DEFAULT '',
  state         TEXT NOT NULL,
  bytes         BIGINT NOT NULL DEFAULT 0,
  pages         BIGINT NOT NULL DEFAULT 0,
  run_no        BIGINT NOT NULL DEFAULT 0,
  read_rows     BIGINT NOT NULL DEFAULT 0,
  rejected_rows BIGINT NOT NULL DEFAULT 0,
  message       TEXT NOT NULL DEFAULT '',
  kept          BIGINT NOT NULL DEFAULT 1,
  opened_by     TEXT NOT NULL,
  opened_at     BIGINT NOT NULL,
  finished_at   BIGINT NOT NULL DEFAULT 0,
  ended_at      BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX load_instance ON load (instance_no, kind, no);
CREATE INDEX load_run ON load (run_no);
CREATE TABLE load_part (
  load_no BIGINT NOT NULL,
  no      BIGINT NOT NULL,
  body    {{blob}} NOT NULL,
  PRIMARY KEY (load_no, no)
);
-- Mappings of columns that were saved under a name.
CREATE TABLE file_mapping (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  kind       TEXT NOT NULL,
  mapping    TEXT NOT NULL,
  made_by    TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);
