-- A list as somebody wants to see it again: filters, columns and order are the
-- query of its address. Nobody else sees one that is not shared.
CREATE TABLE saved_view (
  id         TEXT PRIMARY KEY,
  list       TEXT NOT NULL, -- accounts, people, …
  name       TEXT NOT NULL,
  query      TEXT NOT NULL,
  user_id    TEXT NOT NULL, -- whose it is
  made_by    TEXT NOT NULL, -- how people know that user
  shared     BIGINT NOT NULL,
  version    BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX saved_view_by_user ON saved_view (user_id);
CREATE INDEX saved_view_shared ON saved_view (shared, list);

-- Who gets a view by mail, and when next. outcome says how it went the last time.
CREATE TABLE saved_report (
  view_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  every   TEXT NOT NULL, -- weekly, monthly
  next_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL DEFAULT 0,
  outcome TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (view_id, user_id)
);
CREATE INDEX saved_report_due ON saved_report (next_at);
