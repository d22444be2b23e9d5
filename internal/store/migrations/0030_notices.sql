-- What people are told. A notice is written in the transaction of the change
-- that it tells of, and so are its deliveries, which wait here until they are sent.
CREATE TABLE notice (
  no {{key}},
  key TEXT NOT NULL UNIQUE, -- two changes of one key are one
  kind TEXT NOT NULL,
  instance_id TEXT NOT NULL DEFAULT '',
  at BIGINT NOT NULL,
  event TEXT NOT NULL, -- JSON of purser.Event
  warning TEXT NOT NULL DEFAULT '' -- why it went to others than was said
);
CREATE INDEX notice_at ON notice (at);

-- state: waiting, sending, sent, failed, unsure (killed while handing it over), dropped (by a person).
CREATE TABLE notice_delivery (
  no {{key}},
  id TEXT NOT NULL UNIQUE,
  notice_no BIGINT NOT NULL REFERENCES notice (no) ON DELETE CASCADE,
  way TEXT NOT NULL, -- mail, webhook, chat
  target TEXT NOT NULL, -- an address, or the id of an endpoint
  reason TEXT NOT NULL DEFAULT '', -- why it goes there: list, instance, owner, admin, endpoint, test
  state TEXT NOT NULL,
  tries BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',
  hint TEXT NOT NULL DEFAULT '',
  UNIQUE (notice_no, way, target)
);
CREATE INDEX notice_delivery_due ON notice_delivery (state, next_at);

-- Each try, as the delivery log shows it.
CREATE TABLE notice_try (
  no {{key}},
  delivery_no BIGINT NOT NULL REFERENCES notice_delivery (no) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  took_us BIGINT NOT NULL,
  status BIGINT NOT NULL DEFAULT 0, -- of HTTP or SMTP, 0 if there was no answer
  error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX notice_try_of ON notice_try (delivery_no);

-- Who is told: everything (instance_id NULL), or what concerns one instance, too.
CREATE TABLE notice_recipient (
  id TEXT PRIMARY KEY,
  instance_id TEXT REFERENCES instance (id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  user_id TEXT NOT NULL DEFAULT '', -- the user whose address it was when it was added
  added_at BIGINT NOT NULL,
  added_by TEXT NOT NULL
);
CREATE UNIQUE INDEX notice_recipient_once ON notice_recipient (COALESCE(instance_id, ''), email);
CREATE INDEX notice_recipient_instance ON notice_recipient (instance_id);

-- Webhooks and incoming-webhook addresses of chats. sealed: JSON object of field
-- (url, secret) to base64 of its ciphertext.
CREATE TABLE notice_endpoint (
  id TEXT PRIMARY KEY,
  way TEXT NOT NULL,
  format TEXT NOT NULL, -- how a chat wants its messages, '' for a webhook
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  host TEXT NOT NULL,
  sealed TEXT NOT NULL,
  kinds TEXT NOT NULL, -- JSON array of event kinds, [] for every one
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL
);

-- What was told last of an instance, so that only changes are told.
-- state: '' (nothing yet), ok, failing, revoked.
CREATE TABLE instance_told (
  instance_no BIGINT PRIMARY KEY REFERENCES instance (no) ON DELETE CASCADE,
  state TEXT NOT NULL,
  complete BOOLEAN NOT NULL, -- the initial sync was told to be complete
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL
);
-- Nobody is told now what happened before there were notices.
INSERT INTO instance_told (instance_no, state, complete, seq, at)
  SELECT no, CASE WHEN status = 'revoked' THEN 'revoked' WHEN health IN ('failing', 'unauthorized', 'forbidden') THEN 'failing' ELSE 'ok' END, TRUE, 0, updated_at
  FROM instance i WHERE EXISTS (SELECT 1 FROM instance_task t WHERE t.instance_id = i.id AND t.data_as_of > 0);

ALTER TABLE hold ADD COLUMN told_at BIGINT NOT NULL DEFAULT 0;
UPDATE hold SET told_at = created_at;
