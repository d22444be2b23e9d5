-- Since when rows of a stream are known: the end of its first complete reading,
-- and the number of that reading. Before, nothing is known.
ALTER TABLE stream ADD COLUMN first_complete_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE stream ADD COLUMN first_complete_gen BIGINT NOT NULL DEFAULT 0;
UPDATE stream SET first_complete_gen = COALESCE((SELECT min(x.run_no) FROM run_stream x WHERE x.stream_no = stream.no AND x.state = 'complete'), 0)
  WHERE complete_at <> 0;
UPDATE stream SET first_complete_at = COALESCE((SELECT r.ended_at FROM run r WHERE r.no = stream.first_complete_gen AND r.ended_at <> 0), complete_at)
  WHERE complete_at <> 0;

-- What an account has or had: its groups, seats and applications.
CREATE INDEX membership_account ON "membership" (instance_no, account);
CREATE INDEX seat_account ON "seat" (instance_no, account);
CREATE INDEX assignment_account ON "assignment" (instance_no, account);
