-- What is read from vendors. The tables of the kinds of records are made from
-- the domain's list of fields (kinds.go), with a stage table each.

-- One list that a task of an instance reads.
CREATE TABLE stream (
  no {{key}},
  instance_no  BIGINT NOT NULL,
  task         TEXT NOT NULL,
  name         TEXT NOT NULL,
  kind         TEXT NOT NULL,
  gen          BIGINT NOT NULL DEFAULT 0, -- of the last reading: the number of its run
  allowed      TEXT NOT NULL DEFAULT '',  -- field whose mass change a person approved, for the next merge
  next_cursor  TEXT NOT NULL DEFAULT '',  -- where the next delta goes on
  basis        TEXT NOT NULL DEFAULT '',  -- digest of scopes and mapping at the last complete reading
  complete_at  BIGINT NOT NULL DEFAULT 0, -- end of the last complete reading
  asked_at     BIGINT NOT NULL DEFAULT 0, -- when the vendor last said that it is not offered
  UNIQUE (instance_no, task, name)
);

-- A part of a stream that is read, checkpointed and swept on its own.
CREATE TABLE part (
  no {{key}},
  stream_no    BIGINT NOT NULL,
  name         TEXT NOT NULL,
  read_gen     BIGINT NOT NULL DEFAULT 0, -- last reading that asked for it
  complete_gen BIGINT NOT NULL DEFAULT 0, -- last reading that came to a proven end
  UNIQUE (stream_no, name)
);

CREATE TABLE run (
  no {{key}},
  id           TEXT NOT NULL UNIQUE,
  instance_id  TEXT NOT NULL,
  instance_no  BIGINT NOT NULL,
  task         TEXT NOT NULL,
  state        TEXT NOT NULL,
  cause        TEXT NOT NULL, -- trigger
  held         BIGINT NOT NULL DEFAULT 0,
  attempt      BIGINT NOT NULL DEFAULT 1,
  due_at       BIGINT NOT NULL, -- queued: not before
  queued_at    BIGINT NOT NULL,
  started_at   BIGINT NOT NULL DEFAULT 0,
  ended_at     BIGINT NOT NULL DEFAULT 0,
  touched_at   BIGINT NOT NULL DEFAULT 0, -- last sign of life of its process
  holder       TEXT NOT NULL DEFAULT '',  -- process that works on it
  wait_until   BIGINT NOT NULL DEFAULT 0,
  wait_reason  TEXT NOT NULL DEFAULT '',
  basis        TEXT NOT NULL DEFAULT '', -- digest of manifest and settings: another one cannot be resumed
  requests     BIGINT NOT NULL DEFAULT 0,
  class        TEXT NOT NULL DEFAULT '',
  message      TEXT NOT NULL DEFAULT '',
  hint         TEXT NOT NULL DEFAULT '',
  cancel_requested_at BIGINT NOT NULL DEFAULT 0
);
-- Two runs of a task are never under way at once.
CREATE UNIQUE INDEX run_one ON run (instance_no, task) WHERE ended_at = 0;
CREATE INDEX run_due ON run (due_at) WHERE ended_at = 0;
CREATE INDEX run_instance ON run (instance_no, task, no);

-- One stream in one run: how far it is and how it ended.
CREATE TABLE run_stream (
  run_no       BIGINT NOT NULL,
  stream_no    BIGINT NOT NULL,
  gen          BIGINT NOT NULL,
  phase        TEXT NOT NULL, -- reading, merging, judging, done
  checkpoint   TEXT NOT NULL DEFAULT '',
  merged_seq   BIGINT NOT NULL DEFAULT 0, -- stage rows up to here are in the kind's table
  result       TEXT NOT NULL DEFAULT '',  -- JSON: how the reading ended
  held_fields  TEXT NOT NULL DEFAULT '',  -- their changes wait for a person
  live_before  BIGINT NOT NULL DEFAULT 0, -- live rows when it began
  pages        BIGINT NOT NULL DEFAULT 0,
  items        BIGINT NOT NULL DEFAULT 0,
  added        BIGINT NOT NULL DEFAULT 0,
  changed      BIGINT NOT NULL DEFAULT 0,
  removed      BIGINT NOT NULL DEFAULT 0,
  rejected     BIGINT NOT NULL DEFAULT 0,
  state        TEXT NOT NULL DEFAULT 'pending',
  scope        TEXT NOT NULL DEFAULT '',
  message      TEXT NOT NULL DEFAULT '',
  hint         TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (run_no, stream_no)
);

-- The rows that a reading saw again: ascending differences as varints, a blob a page.
CREATE TABLE seen (
  stream_no BIGINT NOT NULL,
  gen       BIGINT NOT NULL,
  part_no   BIGINT NOT NULL,
  ids       {{blob}} NOT NULL
);
CREATE INDEX seen_stream ON seen (stream_no);

-- Rows that the source itself reports as gone, until the reading is judged.
CREATE TABLE leaving (
  stream_no BIGINT NOT NULL,
  gen       BIGINT NOT NULL,
  row_id    BIGINT NOT NULL
);
CREATE INDEX leaving_stream ON leaving (stream_no);

CREATE TABLE reject (
  run_no      BIGINT NOT NULL,
  stream_no   BIGINT NOT NULL,
  external_id TEXT NOT NULL,
  reason      TEXT NOT NULL
);
CREATE INDEX reject_run ON reject (run_no, stream_no);

CREATE TABLE run_log (
  run_no  BIGINT NOT NULL,
  seq     BIGINT NOT NULL,
  at      BIGINT NOT NULL,
  kind    TEXT NOT NULL,
  stream  TEXT NOT NULL DEFAULT '',
  method  TEXT NOT NULL DEFAULT '',
  host    TEXT NOT NULL DEFAULT '',
  path    TEXT NOT NULL DEFAULT '',
  status  BIGINT NOT NULL DEFAULT 0,
  took_us BIGINT NOT NULL DEFAULT 0,
  bytes   BIGINT NOT NULL DEFAULT 0,
  page    BIGINT NOT NULL DEFAULT 0,
  attempt BIGINT NOT NULL DEFAULT 0,
  class   TEXT NOT NULL DEFAULT '',
  message TEXT NOT NULL DEFAULT '',
  hint    TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (run_no, seq)
);

CREATE TABLE hold (
  no {{key}},
  id          TEXT NOT NULL UNIQUE,
  instance_no BIGINT NOT NULL,
  run_id      TEXT NOT NULL,
  stream_no   BIGINT NOT NULL,
  gen         BIGINT NOT NULL,
  kind        TEXT NOT NULL,
  what        TEXT NOT NULL, -- removal, change
  field       TEXT NOT NULL DEFAULT '',
  count       BIGINT NOT NULL,
  live        BIGINT NOT NULL,
  why         TEXT NOT NULL,
  names       TEXT NOT NULL, -- JSON array, the first twenty
  created_at  BIGINT NOT NULL,
  decided_at  BIGINT NOT NULL DEFAULT 0,
  decision    TEXT NOT NULL DEFAULT '',
  decided_by  TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX hold_open ON hold (stream_no, what, field) WHERE decided_at = 0;
CREATE INDEX hold_instance ON hold (instance_no);

-- Each change of a field that is kept with its date.
CREATE TABLE change (
  no {{key}},
  kind     TEXT NOT NULL,
  row_id   BIGINT NOT NULL,
  run_no   BIGINT NOT NULL,
  at       BIGINT NOT NULL,
  field    TEXT NOT NULL,
  before   TEXT, -- NULL: unknown
  after    TEXT
);
CREATE INDEX change_row ON change (kind, row_id, no);

-- Use of an application by an account on one day. account and application are
-- the vendor's identifiers; application is '' where the instance is the application.
CREATE TABLE activity (
  id {{key}},
  instance_no      BIGINT NOT NULL,
  stream_no        BIGINT NOT NULL,
  account          TEXT NOT NULL,
  application      TEXT NOT NULL,
  application_name TEXT NOT NULL DEFAULT '',
  day              BIGINT NOT NULL, -- days since 1970 UTC
  count            BIGINT NOT NULL,
  first_at         BIGINT NOT NULL,
  last_at          BIGINT NOT NULL,
  UNIQUE (stream_no, account, application, day)
);
CREATE INDEX activity_instance ON activity (instance_no, last_at);

-- Events of the last days, so that what is read twice counts once.
CREATE TABLE event (
  stream_no   BIGINT NOT NULL,
  external_id TEXT NOT NULL,
  at          BIGINT NOT NULL,
  PRIMARY KEY (stream_no, external_id)
);

-- Tries of a credential that was refused, before the instance counts as revoked.
CREATE TABLE credential_probe (
  instance_no BIGINT PRIMARY KEY,
  tries       BIGINT NOT NULL,
  next_at     BIGINT NOT NULL
);
